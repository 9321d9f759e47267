package check

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// An htmlScanner splits HTML into the tokens of html.Tokenizer, several times as
// fast. What nearly all HTML is made of it cuts out of the text where it lies;
// at the first thing of which it is not certain (a value without quotation marks,
// capitals, a comment that does not end as it should) it leaves the rest to the
// tokenizer.
//
// Its fields describe the last token and hold until the next.
type htmlScanner struct {
	raw   []byte          // as it is written
	name  []byte          // of a tag, in small letters
	tag   *htmlElement    // what is known of that; nil: nothing
	attrs []htmlAttribute // of a start tag, each name once
	slash bool            // the tag ends with one

	src    []byte
	pos    int
	inside []byte          // the element whose text comes next, which is not markup; nil: none
	bare   bool            // the text has no references
	slow   *html.Tokenizer // who reads on; nil as long as all is certain
}

// htmlAttribute is an attribute of HTML as it is written, in small letters.
type htmlAttribute struct{ key, value []byte }

// newHTMLScanner returns the tokens of what is in memory.
func newHTMLScanner(src []byte) *htmlScanner { return &htmlScanner{src: src} }

// newHTMLReader returns the tokens of what is being read, each of at most so
// many bytes.
func newHTMLReader(in io.Reader, most int) *htmlScanner {
	h := &htmlScanner{slow: html.NewTokenizer(in)}
	h.slow.SetMaxBuf(most + 1)
	return h
}

// next reads the next token and returns its kind; at the end of the text, and in
// a tag that has no end, html.ErrorToken.
func (h *htmlScanner) next() html.TokenType {
	kind := html.ErrorToken
	if h.slow == nil {
		kind = h.token()
	}
	if h.slow == nil {
		return kind
	}
	kind = h.slow.Next()
	h.raw, h.name, h.attrs = h.slow.Raw(), nil, h.attrs[:0]
	switch kind {
	case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		h.raw = bytes.Clone(h.raw) // its letters may be changed where they are
		h.slash = bytes.HasSuffix(h.raw, []byte("/>"))
		var more bool
		h.name, more = h.slow.TagName()
		for h.tag = htmlElements[string(h.name)]; more; {
			var a htmlAttribute
			a.key, a.value, more = h.slow.TagAttr()
			h.attrs = append(h.attrs, a)
		}
	}
	return kind
}

// value returns the value of an attribute, empty when it is not there.
func (h *htmlScanner) value(key string) string { return string(h.get(key)) }

// get is value for who keeps nothing of it.
func (h *htmlScanner) get(key string) []byte {
	for _, a := range h.attrs {
		if string(a.key) == key {
			return a.value
		}
	}
	return nil
}

// text returns the text of the last token as it is meant. It is called once, and
// raw is not looked at afterwards.
func (h *htmlScanner) text() []byte {
	if h.slow != nil {
		return h.slow.Text()
	}
	text := h.raw
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	if h.bare || bytes.IndexByte(text, '&') < 0 {
		return text
	}
	return []byte(html.UnescapeString(string(text)))
}

// leave lets the tokenizer read on from a place between two tokens.
func (h *htmlScanner) leave(at int) html.TokenType {
	h.slow = html.NewTokenizer(bytes.NewReader(h.src[at:]))
	return html.ErrorToken
}

// token reads a token, or leaves it to the tokenizer.
func (h *htmlScanner) token() html.TokenType {
	from, name := h.pos, h.inside
	h.inside, h.bare = nil, false
	if name != nil {
		if n := rawEnd(h.src[from:], name); n > 0 {
			h.bare = string(name) != "title" && string(name) != "textarea"
			return h.cut(from+n, html.TextToken)
		}
	}
	// Text ends where a tag begins, or something like it.
	to := from
	for {
		n := bytes.IndexByte(h.src[to:], '<')
		if n < 0 || to+n+1 == len(h.src) {
			to = len(h.src)
			break
		}
		to += n
		if c := h.src[to+1]; isLetter(c) || c == '/' || c == '!' || c == '?' {
			break
		}
		to++
	}
	if to > from {
		return h.cut(to, html.TextToken)
	}
	if to == len(h.src) {
		return h.cut(to, html.ErrorToken)
	}
	switch h.src[to+1] {
	case '/':
		return h.endTag()
	case '!':
		return h.declaration()
	case '?':
		return h.leave(to)
	}
	return h.startTag()
}

// isHTMLSpace tells what separates the parts of a tag.
func isHTMLSpace(c byte) bool { return isSpace(c) || c == '\f' }

// htmlNames marks the characters of names of which there is no doubt: small
// letters everywhere, and marks behind the first.
var htmlNames = func() (t [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789-_:.") {
		t[c] = true
	}
	return t
}()

// word returns the end of a name that begins at a place; the same place if there
// is none.
func (h *htmlScanner) word(from int) int {
	if from >= len(h.src) || h.src[from] < 'a' || h.src[from] > 'z' {
		return from
	}
	for from < len(h.src) && htmlNames[h.src[from]] {
		from++
	}
	return from
}

// element returns what is known of the element of a tag; of those that HTML does not
// have nothing but the name.
func (h *htmlScanner) element() *htmlElement {
	if h.tag == nil {
		return &htmlElement{name: string(h.name)}
	}
	return h.tag
}

// space returns the end of white space that begins at a place.
func (h *htmlScanner) space(from int) int {
	for from < len(h.src) && isHTMLSpace(h.src[from]) {
		from++
	}
	return from
}

// is tells whether a piece of text stands at a place.
func (h *htmlScanner) is(at int, piece string) bool {
	return len(h.src)-at >= len(piece) && string(h.src[at:at+len(piece)]) == piece
}

// endTag reads an end tag without attributes.
func (h *htmlScanner) endTag() html.TokenType {
	name := h.pos + len("</")
	end := h.word(name)
	if end == name || !h.is(h.space(end), ">") {
		return h.leave(h.pos)
	}
	h.name, h.attrs = h.src[name:end], h.attrs[:0]
	h.tag = htmlElements[string(h.name)]
	return h.cut(h.space(end)+1, html.EndTagToken)
}

// cut ends the token at a place.
func (h *htmlScanner) cut(end int, kind html.TokenType) html.TokenType {
	h.raw, h.pos = h.src[h.pos:end], end
	return kind
}

// declaration reads a comment or a document type.
func (h *htmlScanner) declaration() html.TokenType {
	rest := h.src[h.pos:]
	if h.is(h.pos, "<!--") {
		// <!--> and <!---> are comments too, and --!> ends one.
		n := bytes.Index(rest[4:], []byte("--"))
		if n < 0 || rest[4] == '>' || h.is(h.pos+4, "->") || !h.is(h.pos+4+n, "-->") {
			return h.leave(h.pos)
		}
		return h.cut(h.pos+4+n+3, html.CommentToken)
	}
	const doctype = "<!doctype "
	end := bytes.IndexByte(rest, '>')
	if end < len(doctype) || !strings.EqualFold(string(rest[:len(doctype)]), doctype) {
		return h.leave(h.pos)
	}
	return h.cut(h.pos+end+1, html.DoctypeToken)
}

// startTag reads a start tag.
func (h *htmlScanner) startTag() html.TokenType {
	at := h.word(h.pos + 1)
	h.name, h.attrs = h.src[h.pos+1:at], h.attrs[:0]
	if at == h.pos+1 {
		return h.leave(h.pos)
	}
	h.tag = htmlElements[string(h.name)]
	for {
		next := h.space(at)
		switch {
		case h.is(next, ">"):
			return h.opened(next+1, html.StartTagToken)
		case h.is(next, "/>"):
			return h.opened(next+2, html.SelfClosingTagToken)
		case next == at || !h.attribute(next, &at):
			return h.leave(h.pos)
		}
	}
}

// fewAttributes is how many of a tag are compared with each other.
const fewAttributes = 32

// attribute reads an attribute that begins at a place and moves at to its end; it
// tells whether it is certain of it.
func (h *htmlScanner) attribute(from int, at *int) bool {
	end := h.word(from)
	a := htmlAttribute{key: h.src[from:end]}
	*at = end
	switch {
	case end == from || end == len(h.src):
		return false
	case h.src[end] == '=':
		if end+1 == len(h.src) || h.src[end+1] != '"' && h.src[end+1] != '\'' {
			return false
		}
		value := h.src[end+2:]
		n := bytes.IndexByte(value, h.src[end+1])
		if n < 0 {
			return false
		}
		*at = end + 2 + n + 1
		var ok bool
		if a.value, ok = attributeValue(value[:n]); !ok {
			return false
		}
	case h.src[end] == '>':
	case !isHTMLSpace(h.src[end]) || h.is(h.space(end), "="):
		return false
	}
	for _, earlier := range h.attrs {
		if bytes.Equal(earlier.key, a.key) {
			return false // only the first counts
		}
	}
	if len(h.attrs) == fewAttributes {
		return false
	}
	h.attrs = append(h.attrs, a)
	return true
}

// attributeValue returns a value as it is meant, and whether that is certain: in
// attributes references are not read as in text, unless they are whole.
func attributeValue(v []byte) ([]byte, bool) {
	if bytes.IndexByte(v, '\r') >= 0 || bytes.IndexByte(v, 0) >= 0 {
		return nil, false
	}
	if bytes.IndexByte(v, '&') < 0 {
		return v, true
	}
	for rest := v; ; {
		i := bytes.IndexByte(rest, '&')
		if i < 0 {
			return []byte(html.UnescapeString(string(v))), true
		}
		rest = rest[i+1:]
		switch end := bytes.IndexByte(rest[:min(len(rest), 8)], ';'); {
		case end < 0:
			return nil, false
		default:
			switch name := string(rest[:end]); name {
			case "amp", "lt", "gt", "quot", "#34", "#39", "#43", "#x26", "#x22", "#x27":
			default:
				return nil, false
			}
		}
	}
}

// opened ends a start tag. What follows some is text, up to their end tag.
func (h *htmlScanner) opened(end int, kind html.TokenType) html.TokenType {
	if h.tag != nil && h.tag.bare {
		if rawEnd(h.src[end:], h.name) < 0 {
			return h.leave(h.pos)
		}
		h.inside = h.name
	}
	h.slash = h.src[end-2] == '/'
	return h.cut(end, kind)
}

// rawEnd returns where the text of an element ends that is not markup; below zero
// when that is not certain.
func rawEnd(src, name []byte) int {
	for from := 0; ; {
		n := bytes.Index(src[from:], []byte("</"))
		if n < 0 {
			return -1
		}
		from += n
		after := from + len("</") + len(name)
		if after < len(src) && bytes.EqualFold(src[from+len("</"):after], name) && (isHTMLSpace(src[after]) || src[after] == '/' || src[after] == '>') {
			// A comment in a script may hide an end tag. Zero is nowhere a character
			// of HTML.
			text := src[:from]
			if bytes.IndexByte(text, 0) >= 0 || string(name) == "script" && bytes.Contains(text, []byte("<!--")) || string(name) == "plaintext" {
				return -1
			}
			return from
		}
		from += len("</")
	}
}
