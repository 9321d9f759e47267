package article

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseFragment reads markup as a browser does inside body. The tree holds for as
// long as the room is its own.
func parseFragment(markup []byte, r *room) (*html.Node, error) {
	if body := plainMarkup(markup, r); body != nil {
		return body, nil
	}
	return parseAny(markup)
}

// parseAny is parseFragment for whatever is called markup.
func parseAny(markup []byte) (*html.Node, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(bytes.NewReader(markup), body)
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, nil
}

// appendChildren appends the markup of what is in n, by the algorithm of the
// HTML standard ("Serializing HTML fragments"), with void elements closed for
// readers that expect XHTML. [html.Render] would also write every quotation
// mark of the text as a reference, which doubles the weight of dialogue and
// shows where a reader decodes once too rarely.
func appendChildren(b []byte, n *html.Node) []byte {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			b = appendEscaped(b, c.Data, false)
		case html.ElementNode:
			b = append(b, '<')
			b = append(b, c.Data...)
			for _, attr := range c.Attr {
				b = append(b, ' ')
				b = append(b, attr.Key...)
				b = append(b, '=', '"')
				b = appendEscaped(b, attr.Val, true)
				b = append(b, '"')
			}
			if isVoid(c.DataAtom) {
				b = append(b, " />"...)
				continue
			}
			b = append(b, '>')
			start := len(b)
			b = appendChildren(b, c)
			if c.DataAtom == atom.Pre && len(b) > start && b[start] == '\n' {
				// A parser drops the first line end of a pre.
				b = slices.Insert(b, start, '\n')
			}
			b = append(b, '<', '/')
			b = append(b, c.Data...)
			b = append(b, '>')
		}
	}
	return b
}

func appendEscaped(b []byte, s string, attribute bool) []byte {
	from := 0
	for i := range len(s) {
		var reference string
		switch c := s[i]; {
		case c > '>':
			continue
		case c == '&':
			reference = "&amp;"
		case c == '<':
			reference = "&lt;"
		case c == '>':
			reference = "&gt;"
		case c == '"' && attribute:
			reference = "&quot;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), reference...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// isVoid tells the elements of the policy that have no end tag.
func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Col, atom.Hr, atom.Img, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, attr := range n.Attr {
		if attr.Key == key {
			return attr.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(attr html.Attribute) bool { return attr.Key == key })
}

// contains tells whether one of the elements stands somewhere in n.
func contains(n *html.Node, elements ...atom.Atom) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && slices.Contains(elements, d.DataAtom) {
			return true
		}
	}
	return false
}

// inside tells whether n stands somewhere in such an element.
func inside(n *html.Node, element atom.Atom) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == element {
			return true
		}
	}
	return false
}

// empty tells whether nothing of n can be seen.
func empty(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom != atom.Br || d.Type == html.TextNode && strings.TrimSpace(d.Data) != "" {
			return false
		}
	}
	return true
}

// inner returns the text in n as it stands.
func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// replace puts by in the place of n; nil leaves the place empty.
func replace(n, by *html.Node) {
	if by != nil {
		n.Parent.InsertBefore(by, n)
	}
	n.Parent.RemoveChild(n)
}
