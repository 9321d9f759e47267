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
	f := fragment{judge: j, said: map[string]bool{}}
	z := html.NewTokenizer(j.in)
	z.SetMaxBuf(j.in.most + 1)
	var (
		at      = mark{place: beginning}
		doctype bool
		lang    bool
		title   string
		inTitle bool
		svg     int // open elements of a drawing, in which the rules of HTML do not hold
		ids     = map[string]bool{}
	)
	for {
		kind := z.Next()
		raw := z.Raw()
		f.node = &node{name: name{local: "page"}, at: at.place, def: &element{}}
		at.pos = 0
		at.advance(raw, len(raw))
		switch kind {
		case html.ErrorToken:
			for _, tag := range f.open {
				if !endsByItself[tag] {
					f.fault(notHTML, "<%s> has no end", tag)
				}
			}
			if !doctype {
				j.report(beginning, pageDoctype, "the page has no document type")
			}
			if !lang {
				j.report(beginning, pageLang, "the page does not say its language")
			}
			if strings.TrimSpace(title) == "" {
				j.report(beginning, pageTitle, "the page has no title")
			}
			return
		case html.DoctypeToken:
			doctype = true
		case html.TextToken:
			if inTitle {
				title += string(raw)
			} else if svg == 0 {
				f.text(raw)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			slash := bytes.HasSuffix(raw, []byte("/>"))
			tag, more := z.TagName()
			element := string(tag)
			attrs := map[string]string{}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				attrs[string(key)] = string(value)
			}
			if id := attrs["id"]; id != "" {
				if ids[id] {
					j.report(f.node.at, pageID, "id %q stands there twice", clip(id))
				}
				ids[id] = true
			}
			switch {
			case element == "svg" || svg > 0:
				if !slash {
					svg++
				}
				continue
			case element == "html":
				lang = isLanguage(attrs["lang"])
			case element == "title":
				inTitle = true
			case element == "link":
				j.autodiscovery(f.node.at, attrs)
			}
			f.nest(element, slash)
		case html.EndTagToken:
			tag, _ := z.TagName()
			switch {
			case svg > 0:
				svg--
				continue
			case string(tag) == "title":
				inTitle = false
			}
			f.end(string(tag))
		}
	}
}

// autodiscovery judges a link by which readers find a feed from a page.
func (j *judge) autodiscovery(at place, attrs map[string]string) {
	alternate := false
	for _, rel := range strings.Fields(strings.ToLower(attrs["rel"])) {
		alternate = alternate || rel == "alternate"
	}
	if alternate && feedTypes[strings.ToLower(attrs["type"])] && !hasScheme(attrs["href"]) {
		j.report(at, pageFeed, "the feed %q has a relative address", clip(attrs["href"]))
	}
}
