package render

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/feeds"
)

// A writer writes the elements of entries, which are nearly all of a document:
// the same bytes that encoding/xml makes of their types, in a tenth of the time.
// What few entries have is left to that.
type writer struct {
	b     []byte
	depth int
	bare  bool // nothing is inside the innermost element yet
	err   error
}

// margin is what a line begins with.
func (w *writer) margin() {
	w.b = append(w.b, '\n')
	for range w.depth {
		w.b = append(w.b, "  "...)
	}
}

// start begins a start tag; attributes may follow.
func (w *writer) start(name string) {
	w.margin()
	w.b = append(append(w.b, '<'), name...)
}

// open ends a start tag.
func (w *writer) open() {
	w.b = append(w.b, '>')
	w.depth++
	w.bare = true
}

// close writes an end tag.
func (w *writer) close(name string) {
	if w.depth--; !w.bare {
		w.margin()
	}
	w.end(name)
}

func (w *writer) end(name string) {
	w.b = append(append(append(w.b, "</"...), name...), '>')
	w.bare = false
}

// attr writes an attribute.
func (w *writer) attr(name, value string) {
	w.b = append(append(append(w.b, ' '), name...), `="`...)
	w.escape(value)
	w.b = append(w.b, '"')
}

// given writes an attribute, unless it is empty.
func (w *writer) given(name, value string) {
	if value != "" {
		w.attr(name, value)
	}
}

// number writes an attribute, unless it is 0.
func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.attr(name, strconv.FormatInt(n, 10))
	}
}

// empty ends an element that has attributes alone.
func (w *writer) empty(name string) {
	w.b = append(w.b, '>')
	w.end(name)
}

// text writes an element that has a text.
func (w *writer) text(name, value string) {
	w.start(name)
	w.b = append(w.b, '>')
	w.escape(value)
	w.end(name)
}

// said writes an element that has a text, unless that is empty.
func (w *writer) said(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

// markup writes an element, unless it is nil.
func (w *writer) markup(name string, m *markup) {
	if m == nil {
		return
	}
	w.start(name)
	w.b = append(w.b, '>')
	w.inside(m.XML, m.section)
	w.end(name)
}

// inside writes the inside of an element.
func (w *writer) inside(s string, section bool) {
	if section {
		w.b = appendCDATA(w.b, s)
	} else {
		w.b = append(w.b, s...)
	}
}

// escape writes text as encoding/xml does.
func (w *writer) escape(s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\'' || c == '&' || c == '<' || c == '>' {
			b := bytes.NewBuffer(w.b)
			w.fail(xml.EscapeText(b, []byte(s)))
			w.b = b.Bytes()
			return
		}
	}
	w.b = append(w.b, s...)
}

// element leaves an element to encoding/xml.
func (w *writer) element(name string, v any) {
	w.b = append(w.b, '\n')
	b := bytes.NewBuffer(w.b)
	e := xml.NewEncoder(b)
	e.Indent(strings.Repeat("  ", w.depth), "  ")
	w.fail(e.EncodeElement(v, xml.StartElement{Name: xml.Name{Local: name}}))
	w.b, w.bare = b.Bytes(), false
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// rssItem writes an item.
func (w *writer) rssItem(i *rssItem) {
	if i.rare() {
		w.element("item", i)
		return
	}
	w.start("item")
	w.open()
	w.markup("title", i.Title)
	w.text("link", i.Link)
	w.said("author", i.Author)
	w.said("comments", i.Comments)
	if enc := i.Enclosure; enc != nil {
		w.start("enclosure")
		w.attr("url", enc.Url)
		w.attr("length", enc.Length)
		w.attr("type", enc.Type)
		w.empty("enclosure")
	}
	if i.Guid != nil {
		w.start("guid")
		w.given("isPermaLink", i.Guid.IsPermaLink)
		w.b = append(w.b, '>')
		w.escape(i.Guid.Id)
		w.end("guid")
	}
	w.said("pubDate", i.PubDate)
	w.said("atom:updated", i.Updated)
	for _, m := range i.Creators {
		w.markup("dc:creator", m)
	}
	for _, m := range i.Contributors {
		w.markup("dc:contributor", m)
	}
	w.said("dc:language", i.Language)
	w.markup("dc:rights", i.Rights)
	for _, c := range i.Categories {
		w.start("category")
		w.given("domain", c.Domain)
		w.b = append(append(w.b, '>'), c.XML...)
		w.end("category")
	}
	w.markup("description", i.Description)
	w.markup("content:encoded", i.Content)
	for _, m := range i.Media {
		w.media(m)
	}
	w.thumbnail(i.Thumbnail)
	w.said("georss:point", i.Point)
	w.close("item")
}

// rare tells whether an item has what few have.
func (i *rssItem) rare() bool {
	return i.Source != nil || i.Also != nil || i.podcastEpisode != nil
}

// atomEntry writes an entry.
func (w *writer) atomEntry(e *atomEntry) {
	if e.Source != nil {
		w.element("entry", e)
		return
	}
	w.start("entry")
	w.given("xml:lang", e.Lang)
	w.given("xmlns", e.Xmlns)
	w.open()
	w.atomText("title", e.Title)
	w.text("updated", e.AtomEntry.Updated)
	w.text("id", e.Id)
	w.said("published", e.Published)
	for i := range e.Links {
		l := &e.Links[i]
		w.start("link")
		w.attr("href", l.Href)
		w.attr("rel", l.Rel)
		w.given("type", l.Type)
		w.given("hreflang", l.Hreflang)
		w.given("title", l.Title)
		w.given("length", l.Length)
		w.empty("link")
	}
	for i := range e.Authors {
		w.person("author", &e.Authors[i].AtomPerson)
	}
	for i := range e.Contributors {
		w.person("contributor", &e.Contributors[i].AtomPerson)
	}
	for i := range e.Categories {
		c := &e.Categories[i]
		w.start("category")
		w.attr("term", c.Term)
		w.given("scheme", c.Scheme)
		w.attr("label", c.Label)
		w.empty("category")
	}
	w.atomText("rights", e.Rights)
	w.atomText("summary", e.Summary)
	w.atomText("content", e.Content)
	w.media(e.Media)
	w.thumbnail(e.Thumbnail)
	w.said("georss:point", e.Point)
	w.close("entry")
}

func (w *writer) person(name string, p *feeds.AtomPerson) {
	w.start(name)
	w.open()
	w.said("name", p.Name)
	w.said("uri", p.Uri)
	w.said("email", p.Email)
	w.close(name)
}

func (w *writer) atomText(name string, t *atomText) {
	if t == nil {
		return
	}
	w.start(name)
	w.given("type", t.Type)
	w.b = append(w.b, '>')
	w.inside(t.XML, t.section)
	w.end(name)
}

func (w *writer) media(m *mediaContent) {
	if m == nil {
		return
	}
	if m.Thumbnail != nil || m.Also != nil {
		w.element("media:content", m)
		return
	}
	w.start("media:content")
	w.attr("url", m.URL)
	w.number("fileSize", m.FileSize)
	w.given("type", m.Type)
	w.attr("medium", m.Medium)
	w.number("width", int64(m.Width))
	w.number("height", int64(m.Height))
	w.number("duration", m.Duration)
	w.open()
	w.markup("media:title", m.Title)
	w.markup("media:description", m.Description)
	w.markup("media:credit", m.Credit)
	w.close("media:content")
}

func (w *writer) thumbnail(t *mediaThumbnail) {
	if t == nil {
		return
	}
	w.start("media:thumbnail")
	w.attr("url", t.URL)
	w.number("width", int64(t.Width))
	w.number("height", int64(t.Height))
	w.empty("media:thumbnail")
}
