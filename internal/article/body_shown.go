package article

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shown turns a tree as it was parsed into what is published of it: only what
// the policy passes, addresses absolute, embeds as links, nothing that leads
// nowhere.
type shown struct {
	resolve func(ref string) string
	prefix  string // of the ids of footnotes, without whitespace
	// markdown says that the body was written in Markdown: headings are given
	// ids, as by the generators of sites.
	markdown bool
	marked   bool // Markdown or reStructuredText, whose paragraphs feedmill made itself
	replace  bool // U+FFFD is the author's own
	encoded  bool // the source names characters by number, which may be any

	ids  map[string]int // given so far, each with how often it was asked for
	lost int            // pictures, films and sounds left out so far
}

// show changes tree in place, in the order of the document.
func (s *shown) show(tree *html.Node) {
	s.ids = map[string]int{}
	s.children(tree)
}

func (s *shown) children(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode:
			c.Data = s.text(c.Data)
			if s.marked {
				c.Data = withoutWideBreaks(c)
			}
		case c.Type == html.CommentNode && isMoreMarker(c.Data):
			// Kept for the summary; a comment is never written.
		case c.Type != html.ElementNode:
			n.RemoveChild(c)
		default:
			switch r := ruleOf(c); r.treatment {
			case passes:
				s.element(c, r)
			case embeds:
				s.embed(c)
			case checks:
				replace(c, checkbox(c))
			case illustrates:
				s.withoutScript(c)
			case goes:
				n.RemoveChild(c)
			default:
				if c.FirstChild != nil {
					next = c.FirstChild
				}
				unwrap(c)
			}
		}
		c = next
	}
}

// element shows one element that passes; n may be removed or replaced by what
// is in it.
func (s *shown) element(n *html.Node, r rules) {
	lostBefore := s.lost
	s.attributes(n, r)
	s.children(n)
	lost := s.lost > lostBefore

	switch n.DataAtom {
	case atom.Img:
		if attribute(n, "src") == "" {
			s.lose(n)
		}
	case atom.Source, atom.Track:
		if attribute(n, "src") == "" && attribute(n, "srcset") == "" {
			n.Parent.RemoveChild(n)
		}
	case atom.Picture:
		if !contains(n, atom.Img) {
			s.lose(n)
		}
	case atom.Audio, atom.Video:
		if attribute(n, "src") == "" && !contains(n, atom.Source) {
			s.lose(n)
		} else if !hasAttribute(n, "controls") {
			// Without them, and without the scripts of its page, nobody
			// could start it.
			n.Attr = append(n.Attr, html.Attribute{Key: "controls"})
		}
	case atom.Figure:
		if lost && !contains(n, atom.Img, atom.Video, atom.Audio, atom.Table, atom.Pre, atom.Blockquote) {
			s.lose(n)
		}
	case atom.A, atom.Span:
		if lost && empty(n) || isBackreference(n) && attribute(n, "href") == "" {
			n.Parent.RemoveChild(n)
		} else if len(n.Attr) == 0 || n.DataAtom == atom.A && attribute(n, "href") == "" && attribute(n, "id") == "" {
			unwrap(n)
		}
	case atom.P, atom.Div, atom.Center, atom.Em, atom.Strong, atom.B, atom.I:
		if lost && empty(n) || s.marked && (n.DataAtom == atom.P && blankParagraph(n) || isContentsMark(n)) {
			n.Parent.RemoveChild(n)
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		if s.markdown && attribute(n, "id") == "" {
			if id := s.unique(headingID(n)); id != "" {
				n.Attr = append(n.Attr, html.Attribute{Key: "id", Val: id})
			}
		}
	}
}

func (s *shown) lose(n *html.Node) {
	n.Parent.RemoveChild(n)
	s.lost++
}

// unwrap puts what is in n in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

// attributes keeps the attributes that pass, each once, and resolves addresses.
func (s *shown) attributes(n *html.Node, r rules) {
	unlazy(n)
	kept := n.Attr[:0]
	for _, attr := range n.Attr {
		passes, named := r.attributes[attr.Key]
		if !named || attr.Namespace != "" || passes != nil && !passes(attr.Val) ||
			slices.ContainsFunc(kept, func(k html.Attribute) bool { return k.Key == attr.Key }) { // HTML: the first one counts
			continue
		}
		attr.Val = s.text(attr.Val)
		switch attr.Key {
		case "href":
			if s.isFootnote(strings.TrimPrefix(attr.Val, "#")) && strings.HasPrefix(attr.Val, "#") {
				attr.Val = "#" + s.prefix + "-" + attr.Val[1:]
			}
			attr.Val = s.address(attr.Val, true)
		case "src", "poster", "cite":
			attr.Val = s.address(attr.Val, false)
		case "srcset":
			attr.Val = s.candidates(attr.Val)
		case "name":
			// Only a link has one: how pages named a place before id.
			if hasAttribute(n, "id") {
				continue
			}
			attr.Key = "id"
			attr.Val = s.id(attr.Val)
		case "id":
			attr.Val = s.id(attr.Val)
		case "class":
			if !isFootnoteClass(attr.Val) {
				attr.Val = languageClass(attr.Val)
			}
		default:
			kept = append(kept, attr)
			continue
		}
		if attr.Val != "" {
			kept = append(kept, attr)
		}
	}
	n.Attr = kept
	if n.DataAtom == atom.Img && attribute(n, "src") == "" {
		// A reader that knows no srcset needs one of them as src.
		if first, _, _ := strings.Cut(attribute(n, "srcset"), " "); first != "" {
			n.Attr = append(n.Attr, html.Attribute{Key: "src", Val: strings.TrimSuffix(first, ",")})
		}
	}
}

// embed replaces an embedded page by a link to it.
func (s *shown) embed(n *html.Node) {
	unlazy(n)
	ref := attribute(n, "src")
	if n.DataAtom == atom.Object {
		ref = attribute(n, "data")
	}
	address := s.address(s.text(ref), false)
	if address == "" {
		s.lose(n)
		return
	}
	private := strings.Contains(address, "youtube-nocookie.com")
	address = watchable(address)
	name := strings.Join(strings.Fields(s.text(attribute(n, "title"))), " ")
	if name == "" {
		name = address
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			name = u.Host
		}
	}
	shownAs := &html.Node{Type: html.TextNode, Data: name}
	stands := n.Parent.DataAtom
	alone := stands == atom.Body || stands == atom.Div || stands == atom.Section || stands == atom.Article
	if !inside(n, atom.A) {
		link := &html.Node{Type: html.ElementNode, Data: "a", DataAtom: atom.A, Attr: []html.Attribute{{Key: "href", Val: address}}}
		if still := poster(address); still != "" && alone && !private {
			link.AppendChild(&html.Node{Type: html.ElementNode, Data: "img", DataAtom: atom.Img, Attr: []html.Attribute{{Key: "src", Val: still}, {Key: "alt"}}})
			link.AppendChild(&html.Node{Type: html.ElementNode, Data: "br", DataAtom: atom.Br})
		}
		link.AppendChild(shownAs)
		shownAs = link
	}
	if alone {
		p := &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
		p.AppendChild(shownAs)
		shownAs = p
	}
	replace(n, shownAs)
}

// watchable returns the address of the page on which people watch a film,
// when address is that of a player, which refuses to be opened by itself.
func watchable(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	switch strings.TrimPrefix(u.Host, "www.") {
	case "youtube.com", "youtube-nocookie.com":
		if id, ok := strings.CutPrefix(u.Path, "/embed/"); ok && id != "" && id != "videoseries" {
			return "https://www.youtube.com/watch?v=" + url.QueryEscape(id)
		}
	case "player.vimeo.com":
		if id, ok := strings.CutPrefix(u.Path, "/video/"); ok && id != "" {
			return "https://vimeo.com/" + url.PathEscape(id)
		}
	}
	return address
}

// poster returns the address of a still of the film at address, "" when none is
// known without asking. YouTube has one of this name for every film.
func poster(address string) string {
	id, ok := strings.CutPrefix(address, "https://www.youtube.com/watch?v=")
	if !ok || len(id) != 11 {
		return ""
	}
	return "https://i.ytimg.com/vi/" + id + "/hqdefault.jpg"
}

// checkbox returns what is shown of an input, nil when nothing is.
func checkbox(n *html.Node) *html.Node {
	if !strings.EqualFold(attribute(n, "type"), "checkbox") {
		return nil
	}
	mark := "☐"
	if hasAttribute(n, "checked") {
		mark = "☑"
	}
	return &html.Node{Type: html.TextNode, Data: mark}
}

// text cleans what the parser decoded: a reference such as &#1; passes every
// earlier look, and what cannot be decoded becomes U+FFFD.
func (s *shown) text(t string) string {
	if !s.encoded {
		return t
	}
	t = cleaned(t)
	if !s.replace && strings.ContainsRune(t, unicode.ReplacementChar) {
		t = strings.ReplaceAll(t, "\uFFFD", "")
	}
	return t
}

// id returns the id to write for id: once in the article, and for a footnote
// once among the articles of a feed. Readers that show several articles on one
// page look a footnote up by its id; every other link within the article leads
// to the article's own page, where ids stand as they are written.
func (s *shown) id(id string) string {
	if strings.ContainsFunc(id, unicode.IsSpace) {
		return ""
	}
	if s.isFootnote(id) {
		id = s.prefix + "-" + id
	}
	if s.ids[id] > 0 {
		return ""
	}
	s.ids[id] = 1
	return id
}

func (s *shown) isFootnote(id string) bool {
	return s.prefix != "" && (strings.HasPrefix(id, "fn") || strings.HasPrefix(id, "footnote"))
}

// unique returns id, or id with a number behind it when the article has it
// already.
func (s *shown) unique(id string) string {
	if id == "" {
		return ""
	}
	free := id
	for s.ids[free] > 0 {
		free = id + "-" + strconv.Itoa(s.ids[id])
		s.ids[id]++
	}
	s.ids[free] = 1
	return free
}

// headingID makes an id of a heading's text as GitHub and Hugo do, so that
// links to it hold on the article's own page.
func headingID(n *html.Node) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.Join(strings.Fields(inner(n)), " "))
}

// isBackreference tells the arrow that leads from a footnote back to its mark.
func isBackreference(n *html.Node) bool { return attribute(n, "class") == "footnote-backref" }

// isMoreMarker tells the comments that generators end a summary by. Behind
// WordPress's stands what the link to the rest says.
func isMoreMarker(comment string) bool {
	switch strings.ToLower(strings.TrimSpace(comment)) {
	case "more", "truncate", "readmore", "teaser_end", "excerpt", "excerpt_end", "excerpt-end", "endexcerpt":
		return true
	}
	return strings.HasPrefix(comment, "more ")
}

// blankParagraph tells a paragraph without anything, as marks that are removed
// leave it.
func blankParagraph(n *html.Node) bool {
	return n.FirstChild == nil || n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode && strings.TrimSpace(n.FirstChild.Data) == ""
}

// isContentsMark tells the paragraph in whose place generators put a table of
// contents.
func isContentsMark(n *html.Node) bool {
	text := onlyText(n)
	if len(text) > len("[[_TOC_]]") {
		return false
	}
	switch strings.ToUpper(text) {
	case "[TOC]", "[[TOC]]", "@[TOC]", "${TOC}", "{{TOC}}", "[[_TOC_]]":
		return true
	}
	return false
}

// onlyText returns the text of a paragraph that has nothing else.
func onlyText(n *html.Node) string {
	if c := n.FirstChild; n.DataAtom == atom.P && c != nil && c.Type == html.TextNode && c.NextSibling == nil {
		return strings.TrimSpace(c.Data)
	}
	return ""
}

// withoutWideBreaks returns text without the line ends between Chinese or
// Japanese characters: a browser would show each as a blank.
func withoutWideBreaks(n *html.Node) string {
	if !strings.Contains(n.Data, "\n") || !strings.ContainsFunc(n.Data, isWide) || inside(n, atom.Pre) {
		return n.Data
	}
	lines := strings.Split(n.Data, "\n")
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			last, _ := utf8.DecodeLastRuneInString(lines[i-1])
			if first, _ := utf8.DecodeRuneInString(line); !isWide(last) || !isWide(first) {
				b.WriteByte('\n')
			}
		}
		b.WriteString(line)
	}
	return b.String()
}
