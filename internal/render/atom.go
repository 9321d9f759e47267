package render

import (
	"encoding/xml"
	"html"
	"regexp"
	"strings"

	"github.com/gorilla/feeds"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

type atomFeed struct {
	Lang     string    `xml:"xml:lang,attr,omitempty"`
	Media    string    `xml:"xmlns:media,attr,omitempty"`
	History  string    `xml:"xmlns:fh,attr,omitempty"`
	Stones   string    `xml:"xmlns:at,attr,omitempty"`
	Place    string    `xml:"xmlns:georss,attr,omitempty"`
	Title    *atomText `xml:"title"`
	Subtitle *atomText `xml:"subtitle"`
	feeds.AtomFeed
	Links     []feeds.AtomLink `xml:"link"`
	Rights    *atomText        `xml:"rights"`
	Generator atomGenerator    `xml:"generator"`
	Archive   *struct{}        `xml:"fh:archive"`
	Deleted   []deletedEntry   `xml:"at:deleted-entry"`
	Inside    string           `xml:",innerxml"` // the entries

	entries []atomEntry
}

// deletedEntry is a tombstone (RFC 6721, section 3).
type deletedEntry struct {
	Ref  string `xml:"ref,attr"`
	When string `xml:"when,attr"`
}

type atomEntry struct {
	Lang  string    `xml:"xml:lang,attr,omitempty"`
	Title *atomText `xml:"title"`
	feeds.AtomEntry
	Links        []atomLink              `xml:"link"`
	Authors      []feeds.AtomAuthor      `xml:"author"`
	Contributors []feeds.AtomContributor `xml:"contributor"`
	Categories   []atomCategory          `xml:"category"`
	Rights       *atomText               `xml:"rights"`
	Summary      *atomText               `xml:"summary"`
	Content      *atomText               `xml:"content"`
	Media        *mediaContent           `xml:"media:content"` // as in RSS
	Thumbnail    *mediaThumbnail         `xml:"media:thumbnail"`
	Source       *atomSource             `xml:"source"`
	Point        string                  `xml:"georss:point,omitempty"`
}

// atomText is a Text construct (RFC 4287, section 3.1), or a content element.
type atomText struct {
	Type string `xml:"type,attr,omitempty"` // empty means text
	XML  string `xml:",innerxml"`

	section bool // as of markup
}

// MarshalXML writes t where encoding/xml writes what is around it.
func (t *atomText) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		Type string `xml:"type,attr,omitempty"`
		XML  string `xml:",innerxml"`
	}{t.Type, inside(t.XML, t.section)}, start)
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr"`
}

type atomGenerator struct {
	URI     string `xml:"uri,attr,omitempty"`
	Version string `xml:"version,attr"`
	Name    string `xml:",chardata"`
}

// Atom writes f as Atom 1.0 (RFC 4287).
func Atom(f *feed.Feed) ([]byte, error) {
	d, err := open(f)
	if err != nil {
		return nil, err
	}
	root := atomFeed{
		Lang:  d.Language,
		Title: newAtomText(d.Title),
		AtomFeed: feeds.AtomFeed{
			Xmlns:   atomNamespace,
			Id:      d.ID,
			Updated: rfc3339(d.Updated),
			Icon:    d.Icon,
			Logo:    d.Image,
			// RFC 4287, section 4.1.1: required unless every entry has one. A
			// feed that may be empty always has its own.
			Author: newAtomAuthor(d.Author),
		},
		Links:     []feeds.AtomLink{{Href: d.Home, Rel: "alternate", Type: "text/html"}},
		Generator: atomGenerator{URI: generatorURI(), Version: generatorVersion, Name: generator},
		Stones:    namespace(tombstoneNamespace, len(d.Gone) > 0),
		Inside:    placeholder,
		entries:   make([]atomEntry, 0, len(d.entries)),
	}
	// Only one that links to another: the W3C's validator takes an archive that
	// stands alone for one that has lost its links.
	if d.Prev != nil || d.Next != nil {
		root.Archive = d.archive()
		root.History = namespace(historyNamespace, root.Archive != nil)
	}
	for _, l := range d.links(func(f *feed.Feed) string { return f.URL("atom") }) {
		root.Links = append(root.Links, feeds.AtomLink{Href: l.url, Rel: l.rel, Type: "application/atom+xml"})
	}
	if d.License != "" {
		root.Links = append(root.Links, feeds.AtomLink{Href: d.License, Rel: "license"})
	}
	for _, g := range d.Gone {
		root.Deleted = append(root.Deleted, deletedEntry{Ref: line(g.ID), When: rfc3339(g.When)})
	}
	if d.Description != "" {
		root.Subtitle = newAtomText(d.Description)
	}
	if d.Rights != "" {
		root.Rights = newAtomText(d.Rights)
	}
	for _, e := range d.entries {
		entry := newAtomEntry(e, d)
		root.Media = namespace(mediaNamespace, root.Media != "" || entry.Media != nil)
		root.Place = namespace(placeNamespace, root.Place != "" || entry.Point != "")
		root.entries = append(root.entries, entry)
	}
	return d.marshal(root, func(w *writer) {
		w.depth = 1
		for i := range root.entries {
			w.atomEntry(&root.entries[i])
		}
	})
}

func newAtomEntry(e entry, d *document) atomEntry {
	entry := atomEntry{
		Lang:  e.Language,
		Title: newAtomText(e.Title),
		AtomEntry: feeds.AtomEntry{
			Id:        e.ID,
			Published: rfc3339(e.Published),
			Updated:   rfc3339(e.Updated),
		},
		Links:  newAtomLinks(e, d.Language),
		Source: newAtomSource(e),
		Point:  point(e.Point),
	}
	for _, p := range e.Authors {
		entry.Authors = append(entry.Authors, *newAtomAuthor(p))
	}
	for _, p := range distinct(e.Contributors) {
		entry.Contributors = append(entry.Contributors, feeds.AtomContributor{AtomPerson: newAtomAuthor(p).AtomPerson})
	}
	for _, tag := range e.Tags {
		entry.Categories = append(entry.Categories, atomCategory{Term: tag, Scheme: d.Scheme, Label: tag})
	}
	if e.Rights != "" {
		entry.Rights = newAtomText(e.Rights)
	}
	// RFC 4287, section 4.2.13: a summary should not repeat the content, which
	// in a story of one paragraph it would.
	if s := e.body.Summary; s != "" && !(e.full && e.saysNoMore(s)) {
		entry.Summary = newAtomText(s)
	}
	if e.full {
		entry.Content = &atomText{Type: "html", XML: e.body.HTML, section: true}
	}
	entry.Media, entry.Thumbnail = media(e.body.Picture, entry.Summary != nil && entry.Content != nil)
	return entry
}

// saysNoMore reports whether s is all the text that an entry has.
func (e entry) saysNoMore(s string) bool {
	text, n := e.body.Text, 0
	for n < min(len(s), len(text)) && s[n] == text[n] {
		n++
	}
	if n < len(text) && ' ' <= text[n] && text[n] < 0x7F && firstUnwanted(text[:n]) < 0 {
		return false // certainly, and the rest need not be looked at
	}
	return clean(text) == s
}

func newAtomAuthor(p article.Person) *feeds.AtomAuthor {
	return &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: p.Name, Uri: p.URL, Email: p.Email}}
}

// tagOrReference finds what a reader that guesses would take for HTML in plain
// text: the beginning of a tag, or of a reference that [html.UnescapeString]
// does not know.
var tagOrReference = regexp.MustCompile(`<[A-Za-z/!?]|&#|&[\pL\pN_]*[\pN_]`)

// newAtomText returns plain text as a Text construct: of type text, or of type
// html when it looks like markup ("How <b> differs from <strong>"). Readers
// that ignore the type read the second rightly as well, and the W3C's validator
// takes the first for a mistake.
func newAtomText(s string) *atomText {
	if strings.ContainsAny(s, "<&") && (tagOrReference.MatchString(s) || html.UnescapeString(s) != s) {
		return &atomText{Type: "html", XML: escapeXML.Replace(escapeHTML.Replace(s))}
	}
	return &atomText{XML: escapeXML.Replace(s)}
}
