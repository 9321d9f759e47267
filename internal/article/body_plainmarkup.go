package article

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plainMarkup reads markup as [html.ParseFragment] does, in a third of the time, when
// nobody could read it otherwise: every element that is opened is closed, in
// order and in small letters, and nothing in it closes what it stands in (see
// settles). That is what goldmark makes of most articles. Of any other markup
// it returns nil. The nodes are the room's.
func plainMarkup(markup []byte, r *room) *html.Node {
	// A parser makes something else of these.
	if bytes.IndexByte(markup, 0) >= 0 || bytes.IndexByte(markup, '\r') >= 0 {
		return nil
	}
	if r.nodes == nil {
		r.nodes = make([]html.Node, 0, min(bytes.Count(markup, []byte("<"))+2, mostNodes))
	}
	m := plainReader{rest: string(markup), room: r}
	body := m.node(html.ElementNode, "body")
	body.DataAtom = atom.Body
	if !m.read(body) || !settles(body, around{}) {
		return nil
	}
	return body
}

// plainReader reads plain markup.
type plainReader struct {
	rest string
	*room
}

// read reads all of the markup into n.
func (m *plainReader) read(n *html.Node) bool {
	for depth := 0; m.rest != ""; {
		if m.rest[0] != '<' {
			m.text(n)
			continue
		}
		switch rest := m.rest[1:]; {
		case strings.HasPrefix(rest, "/"):
			end := strings.IndexByte(rest, '>')
			if depth == 0 || end < 0 || rest[1:end] != n.Data {
				return false
			}
			m.rest = rest[end+1:]
			n = n.Parent
			depth--
		case strings.HasPrefix(rest, "!--"):
			if !m.comment(n) {
				return false
			}
		default:
			c, void := m.startTag()
			if c == nil {
				return false
			}
			n.AppendChild(c)
			if !void {
				n = c
				if depth++; depth > deepElements {
					return false
				}
			}
		}
		if m.rest == "" {
			return depth == 0
		}
	}
	return true
}

// text reads up to the next tag.
func (m *plainReader) text(n *html.Node) {
	text, _, _ := strings.Cut(m.rest, "<")
	m.rest = m.rest[len(text):]
	text = html.UnescapeString(text)
	if n.DataAtom == atom.Pre && n.FirstChild == nil {
		// HTML, "The rules for parsing tokens in HTML content": it is there for
		// those who write by hand.
		if text = strings.TrimPrefix(text, "\n"); text == "" {
			return
		}
	}
	n.AppendChild(m.node(html.TextNode, text))
}

// comment reads a comment, unless it is one that ends in some other way than
// most.
func (m *plainReader) comment(n *html.Node) bool {
	text, rest, found := strings.Cut(m.rest[len("<!--"):], "-->")
	if !found || strings.ContainsAny(text, "<>&") || strings.Contains(text, "--") || strings.HasSuffix(text, "-") {
		return false
	}
	m.rest = rest
	n.AppendChild(m.node(html.CommentNode, text))
	return true
}

// startTag reads a start tag; nil when it is not written as most are.
func (m *plainReader) startTag() (n *html.Node, void bool) {
	s := m.rest[1:]
	i := 0
	for i < len(s) && ('a' <= s[i] && s[i] <= 'z' || i > 0 && '0' <= s[i] && s[i] <= '9') {
		i++
	}
	element := atom.Lookup([]byte(s[:i]))
	does := startTagOf(element)
	if does == doesMore {
		return nil, false
	}
	n = m.node(html.ElementNode, element.String())
	n.DataAtom = element
	s = s[i:]
	first := len(m.attrs)
	for len(s) > 1 && s[0] == ' ' && s[1] != '/' {
		i = 1
		for i < len(s) && ('a' <= s[i] && s[i] <= 'z' || s[i] == '-') {
			i++
		}
		key := s[1:i]
		if key == "" || !strings.HasPrefix(s[i:], `="`) || slices.ContainsFunc(m.attrs[first:], func(a html.Attribute) bool { return a.Key == key }) {
			return nil, false
		}
		value, rest, found := strings.Cut(s[i+2:], `"`)
		if !found {
			return nil, false
		}
		value, ok := decodedValue(value)
		if !ok {
			return nil, false
		}
		if len(m.attrs) == cap(m.attrs) {
			m.attrs, first = append(make([]html.Attribute, 0, max(mostAttrs, 2*(len(m.attrs)-first))), m.attrs[first:]...), 0
		}
		m.attrs = append(m.attrs, html.Attribute{Key: key, Val: value})
		s = rest
	}
	if last := len(m.attrs); last > first {
		n.Attr = m.attrs[first:last:last]
	}
	if does == formatsText {
		// The parser keeps a list of these, and sorts their attributes for that.
		slices.SortFunc(n.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
	}
	void = isVoid(element)
	if void {
		s = strings.TrimPrefix(s, " /")
	}
	if !strings.HasPrefix(s, ">") {
		return nil, false
	}
	m.rest = s[1:]
	return n, void
}

// decodedValue decodes the value of an attribute, where fewer signs are read as a
// reference than in text, unless it has others than the usual ones.
func decodedValue(s string) (string, bool) {
	for rest := s; ; {
		_, after, found := strings.Cut(rest, "&")
		if !found {
			return html.UnescapeString(s), true
		}
		if name, _, _ := strings.Cut(after, ";"); len(name) == len(after) || name != "amp" && name != "quot" && name != "lt" && name != "gt" && name != "#39" {
			return "", false
		}
		rest = after
	}
}
