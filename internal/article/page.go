package article

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of a page. Real ones have some thousand elements, a hundred deep.
const (
	maxElements = 100_000
	maxDepth    = 1000
)

// element is a part of a page: its tags and what is between them, as offsets
// into the page's text.
type element struct {
	name  string
	attrs map[string]string
	start int // of its start tag
	inner int // behind its start tag
	close int // of its end tag, or where it ends without one
	end   int // behind its end tag
	line  int // of its start tag, in the file
}

// page is an HTML file taken apart, but not made a tree: the article's part
// stays the bytes that its author wrote, so that neither its digest nor the
// numbers of its lines depend on a library.
type page struct {
	text     string
	line     int       // of the file on which text begins
	elements []element // in the order of their start tags; only those that say something
	meta     []metaTag
}

// metaTag is a meta element: name, property or itemprop, in lower case, and
// content.
type metaTag struct {
	name    string
	content string
	line    int
}

// containers are the elements that may hold or part an article.
func isContainer(a atom.Atom) bool {
	switch a {
	case atom.Html, atom.Head, atom.Body, atom.Article, atom.Main, atom.Section, atom.Div, atom.Header, atom.Footer,
		atom.Nav, atom.Aside, atom.Form, atom.H1, atom.Title, atom.Script, atom.Style, atom.Template, atom.Time, atom.Blockquote:
		return true
	}
	return false
}

// isVoidElement reports whether an element has no content. HTML, section 13.1.2.
func isVoidElement(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// takeApart finds the elements of a page.
func takeApart(text string, line int) (*page, error) {
	pg := &page{text: text, line: line}
	z := html.NewTokenizer(strings.NewReader(text))
	var stack []int
	open := make(map[string]int)
	attrs := make(map[string]string) // of one element after the other, until one keeps it
	at := 0
	pop := func(closeAt, end int) {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		pg.elements[i].close, pg.elements[i].end = closeAt, end
		open[pg.elements[i].name]--
	}
	for {
		kind := z.Next()
		start, startLine := at, line
		at += len(z.Raw())
		line += bytes.Count(z.Raw(), []byte{'\n'})
		switch kind {
		case html.ErrorToken:
			for len(stack) > 0 {
				pop(len(text), len(text))
			}
			return pg, nil
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			a := atom.Lookup(tag)
			name := nameOf(a, tag)
			readAttributes(attrs, z, more)
			if a == atom.Meta {
				pg.addMeta(attrs, startLine)
			}
			if isVoidElement(a) || !isContainer(a) && !speaks(attrs) && open[name] == 0 {
				continue
			}
			if len(pg.elements) == maxElements || len(stack) == maxDepth {
				return nil, fmt.Errorf("the page has more than %d elements or nests deeper than %d", maxElements, maxDepth)
			}
			stack = append(stack, len(pg.elements))
			open[name]++
			pg.elements = append(pg.elements, element{name: name, attrs: attrs, start: start, inner: at, line: startLine})
			attrs = make(map[string]string)
		case html.EndTagToken:
			tag, _ := z.TagName()
			name := nameOf(atom.Lookup(tag), tag)
			for open[name] > 0 {
				if pg.elements[stack[len(stack)-1]].name == name {
					pop(start, at)
					break
				}
				pop(start, start) // what was left open ends with its parent
			}
		}
	}
}

// speaks reports whether attributes say of an element what it holds.
func speaks(attrs map[string]string) bool {
	return attrs["itemprop"] != "" || attrs["rel"] == "author" || hasClass(attrs, contentClasses...) ||
		hasClass(attrs, "p-author", "dt-published", "dt-updated", "p-category")
}

// nameOf is the name of an element, a the atom of it.
func nameOf(a atom.Atom, tag []byte) string {
	if a != 0 {
		return a.String()
	}
	return string(tag)
}

// attributeNames are those that say something of an article.
var attributeNames = [...]string{"id", "class", "lang", "xml:lang", "name", "property", "itemprop", "content", "datetime", "type",
	"rel", "role", "http-equiv", "pubdate"}

// readAttributes makes attrs those of the element before z.
func readAttributes(attrs map[string]string, z *html.Tokenizer, more bool) {
	clear(attrs)
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		i := slices.IndexFunc(attributeNames[:], func(name string) bool { return name == string(key) })
		if i < 0 {
			continue
		}
		if _, twice := attrs[attributeNames[i]]; !twice {
			attrs[attributeNames[i]] = string(val)
		}
	}
}

func (pg *page) addMeta(attrs map[string]string, line int) {
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		if name := attrs[key]; name != "" {
			pg.meta = append(pg.meta, metaTag{strings.ToLower(name), attrs["content"], line})
			return
		}
	}
}

// metas returns the contents of the meta elements of these names, in the
// order of the names; those of the first name that has any.
func (pg *page) metas(names ...string) []metaTag {
	for _, name := range names {
		var found []metaTag
		for _, m := range pg.meta {
			if m.name == name && strings.TrimSpace(m.content) != "" {
				found = append(found, m)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// metaText is the one line of the first meta element of these names.
func (pg *page) metaText(names ...string) string {
	if found := pg.metas(names...); len(found) > 0 {
		return oneLine(found[0].content)
	}
	return ""
}

func (pg *page) inner(e *element) string { return pg.text[e.inner:e.close] }

// find returns the elements for which is reports true, in the order of the page.
func (pg *page) find(is func(*element) bool) []*element {
	var found []*element
	for i := range pg.elements {
		if e := &pg.elements[i]; is(e) {
			found = append(found, e)
		}
	}
	return found
}

// few bounds what a hostile page repeats: of anything that is read once for
// each of its places, the first sixteen count.
func few[T any](all []T) []T { return all[:min(len(all), 16)] }

func named(names ...string) func(*element) bool {
	return func(e *element) bool {
		for _, n := range names {
			if e.name == n {
				return true
			}
		}
		return false
	}
}

func hasClass(attrs map[string]string, classes ...string) bool {
	if attrs["class"] == "" {
		return false
	}
	for c := range strings.FieldsSeq(attrs["class"]) {
		for _, want := range classes {
			if c == want {
				return true
			}
		}
	}
	return false
}

// contentClasses are the classes by which microformats and the common themes
// mark the text of an article.
var contentClasses = []string{
	"e-content", "entry-content", "post-content", "article-content", "article-body", "article__body",
	"articleBody", "post-body", "story-body", "post__content", "entry__content", "blog-post-content",
}

// part finds the article's own part of the page: inside the article element,
// else the main one, what is marked as the text; else that element, the body,
// the whole file.
func (pg *page) part() element {
	whole := element{close: len(pg.text), end: len(pg.text)}
	best := whole
	for _, is := range []func(*element) bool{
		named("article"),
		func(e *element) bool { return e.name == "main" || e.attrs["role"] == "main" },
		named("body"),
	} {
		if e := longest(pg.find(is)); e != nil {
			best = *e
			break
		}
	}
	text := longest(pg.find(func(e *element) bool {
		return e.inner >= best.inner && e.close <= best.close &&
			(strings.EqualFold(e.attrs["itemprop"], "articleBody") || hasClass(e.attrs, contentClasses...))
	}))
	if text != nil {
		return *text
	}
	return best
}

func longest(elements []*element) *element {
	var best *element
	for _, e := range elements {
		if best == nil || e.close-e.inner > best.close-best.inner {
			best = e
		}
	}
	return best
}

// textOf is the text of a piece of HTML on one line.
func textOf(markup string) string {
	z := html.NewTokenizer(strings.NewReader(markup))
	var b strings.Builder
	silent := 0
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return oneLine(b.String())
		case html.TextToken:
			if silent == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			tag, _ := z.TagName()
			switch a := atom.Lookup(tag); {
			case a == atom.Script || a == atom.Style || a == atom.Template || a == atom.Title && b.Len() > 0:
				if kind == html.StartTagToken {
					silent++
				} else if kind == html.EndTagToken && silent > 0 {
					silent--
				}
			case !isInlineTag(string(tag)) || a == atom.Br:
				b.WriteByte(' ')
			}
		}
	}
}
