package check

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// feedTypes are the media types by which a page names its feeds.
var feedTypes = map[string]bool{"application/rss+xml": true, "application/atom+xml": true, "application/feed+json": true}

// page judges a page of HTML lightly: what every browser and crawler needs.
func (j *judge) page() {
	p := pageState{judge: j, mark: mark{place: beginning}}
	if j.in.whole() {
		h := newHTMLScanner(j.in.src)
		for kind, end := html.CommentToken, 0; kind != html.ErrorToken; end += len(h.raw) {
			kind = h.next()
			p.from = min(end, len(j.in.src))
			p.token(kind, h)
			p.tell()
		}
		return
	}
	next := p.mark
	for kind, h := html.CommentToken, newHTMLReader(j.in, j.in.most); kind != html.ErrorToken; {
		kind = h.next()
		p.mark = next
		p.mark.pos, next.pos = 0, 0
		next.advance(h.raw, len(h.raw))
		p.token(kind, h)
		p.tell()
	}
}

// at returns the place of the token.
func (p *pageState) at() place {
	if p.from > p.mark.pos {
		p.mark.advance(p.in.src, p.from)
	}
	return p.mark.place
}

// pageState is what a judge knows of a page while it reads it.
type pageState struct {
	*judge
	body    fragment
	from    int  // where the token begins, in a page that is in memory
	mark    mark // of the token; in a page that is in memory, of one before
	doctype bool
	lang    bool
	title   []byte
	inTitle bool
	svg     int // open elements of a drawing, in which the rules of HTML do not hold
	ids     map[string]bool
}

// token judges a token.
func (p *pageState) token(kind html.TokenType, h *htmlScanner) {
	switch kind {
	case html.ErrorToken:
		p.end()
	case html.DoctypeToken:
		p.doctype = true
	case html.TextToken:
		if p.inTitle {
			p.title = append(p.title, h.raw...)
		} else if p.svg == 0 {
			p.body.text(h.raw)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		p.startTag(h)
	case html.EndTagToken:
		if p.svg > 0 {
			p.svg--
			return
		}
		p.inTitle = p.inTitle && string(h.name) != "title"
		p.body.end(h)
	}
}

// startTag judges a start tag.
func (p *pageState) startTag(h *htmlScanner) {
	if id := h.get("id"); len(id) > 0 {
		if p.ids[string(id)] {
			p.report(p.at(), pageID, "id %q stands there twice", clip(string(id)))
		}
		if p.ids == nil {
			p.ids = map[string]bool{}
		}
		p.ids[string(id)] = true
	}
	tag := string(h.name)
	if tag == "svg" || p.svg > 0 {
		if !h.slash {
			p.svg++
		}
		return
	}
	switch tag {
	case "html":
		p.lang = isLanguage(h.value("lang"))
	case "title":
		p.inTitle = true
	case "link":
		p.autodiscovery(h.value("rel"), h.value("type"), h.value("href"))
	}
	p.body.nest(h.element(), h)
}

// autodiscovery judges a link by which readers find a feed from a page.
func (p *pageState) autodiscovery(rels, kind, address string) {
	alternate := false
	for _, rel := range strings.Fields(strings.ToLower(rels)) {
		alternate = alternate || rel == "alternate"
	}
	if alternate && feedTypes[strings.ToLower(kind)] && !hasScheme(address) {
		p.report(p.at(), pageFeed, "the feed %q has a relative address", clip(address))
	}
}

// tell reports what was found wrong at the token.
func (p *pageState) tell() {
	if len(p.body.found) > 0 {
		p.remarks(&node{name: name{local: "page"}, at: p.at(), def: &element{}}, p.body.found)
		p.body.found = p.body.found[:0]
	}
}

// end judges the end of the page.
func (p *pageState) end() {
	p.body.close()
	p.tell()
	if !p.doctype {
		p.report(beginning, pageDoctype, "the page has no document type")
	}
	if !p.lang {
		p.report(beginning, pageLang, "the page does not say its language")
	}
	if len(bytes.TrimSpace(p.title)) == 0 {
		p.report(beginning, pageTitle, "the page has no title")
	}
}
