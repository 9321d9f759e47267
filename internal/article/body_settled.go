package article

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// settled writes tree so that reading it again gives the same tree. HTML has
// trees that no markup can express, such as a link within a link where a table
// was misplaced; each reading mends some of it. The markup is in
// the room.
func settled(tree *html.Node, r *room) ([]byte, error) {
	markup := appendChildren(r.shown[:0], tree)
	r.shown = markup
	if settles(tree, around{}) {
		return markup, nil
	}
	for range 8 {
		again, err := parseAny(markup)
		if err != nil {
			return nil, err
		}
		next := appendChildren(nil, again)
		if bytes.Equal(next, markup) {
			return markup, nil
		}
		markup = next
	}
	return nil, fmt.Errorf("read the body: its elements are nested so that no two readings agree")
}

// around is what an element stands in.
type around struct {
	depth     int
	paragraph bool
	heading   bool
	formatted bool
}

// deepElements is how deep the elements of a body may stand in each other without
// another look at whether a parser still reads them.
const deepElements = 500

// settles tells whether what is in n will certainly be read again as it is
// written: nothing in it closes what it stands in, or is moved out of it. Of
// what is rare it may say so for no reason; then it is read once more.
func settles(n *html.Node, in around) bool {
	if in.depth++; in.depth > deepElements {
		return false
	}
	tabular := isTabular(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && tabular && strings.Trim(c.Data, " \t\n") != "" {
			return false
		}
		if c.Type != html.ElementNode {
			continue
		}
		inner := in
		tag := startTagOf(c.DataAtom)
		switch {
		case tabular != (tag == belongsInTable):
			return false
		case tag == formatsText:
			if in.formatted && inside(c, c.DataAtom) {
				return false
			}
			inner.formatted = true
		case tag == closesParagraph:
			if in.paragraph {
				return false
			}
			inner.paragraph = c.DataAtom == atom.P
		case tag == closesHeading:
			if in.paragraph || in.heading {
				return false
			}
			inner.heading = true
		case tag != doesNothing && !isPlaced(c, n):
			return false
		}
		if !settles(c, inner) {
			return false
		}
	}
	return true
}

// startTag is what the start tag of an element does to what it stands in (HTML,
// "The rules for parsing tokens in HTML content").
type startTag int

const (
	doesMore         startTag = iota // than is looked at here
	doesNothing                      // wherever it stands
	formatsText                      // nothing, but it may be closed and opened anew
	closesParagraph                  // when one is open
	closesHeading                    // or a paragraph
	closesEntry                      // of its list, or a paragraph
	closesAnnotation                 // of its ruby
	belongsInTable                   // where it is placed, or it is moved there
)

// startTagOf returns what the start tag of an element does that the policy
// passes.
func startTagOf(element atom.Atom) startTag {
	switch element {
	case atom.Abbr, atom.Acronym, atom.Audio, atom.Bdi, atom.Bdo, atom.Br, atom.Cite, atom.Del, atom.Dfn, atom.Img,
		atom.Ins, atom.Kbd, atom.Mark, atom.Picture, atom.Q, atom.Ruby, atom.Samp, atom.Source, atom.Span, atom.Sub,
		atom.Sup, atom.Time, atom.Track, atom.Var, atom.Video, atom.Wbr:
		return doesNothing
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.I, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return formatsText
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Div, atom.Dl,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Header, atom.Hgroup, atom.Hr, atom.Main, atom.Nav, atom.Ol,
		atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Ul:
		return closesParagraph
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return closesHeading
	case atom.Li, atom.Dt, atom.Dd:
		return closesEntry
	case atom.Rb, atom.Rt, atom.Rp:
		return closesAnnotation
	case atom.Caption, atom.Colgroup, atom.Col, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Th, atom.Td:
		return belongsInTable
	}
	return doesMore
}

// isPlaced tells whether n stands directly in what it belongs into.
func isPlaced(n, parent *html.Node) bool {
	switch n.DataAtom {
	case atom.Li:
		return parent.DataAtom == atom.Ul || parent.DataAtom == atom.Ol
	case atom.Dt, atom.Dd:
		return parent.DataAtom == atom.Dl
	case atom.Rb, atom.Rt, atom.Rp:
		return parent.DataAtom == atom.Ruby
	case atom.Caption, atom.Colgroup, atom.Thead, atom.Tbody, atom.Tfoot:
		return parent.DataAtom == atom.Table
	case atom.Col:
		return parent.DataAtom == atom.Colgroup
	case atom.Tr:
		return parent.DataAtom == atom.Thead || parent.DataAtom == atom.Tbody || parent.DataAtom == atom.Tfoot
	case atom.Th, atom.Td:
		return parent.DataAtom == atom.Tr
	}
	return false
}

// isTabular tells the elements that have nothing in them but parts of a table.
func isTabular(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Table, atom.Colgroup, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
		return true
	}
	return false
}
