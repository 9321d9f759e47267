// Package page writes what people look at: the page at the base of a site, which
// says what there is to subscribe to, and a page for each article of a site that
// has no pages of its own.
//
// # What it promises
//
// The same feed gives the same bytes: there is no clock. A page is one file,
// its style included, and works without JavaScript; it asks for nothing from
// elsewhere but the pictures that its articles show. It is balanced HTML
// (https://html.spec.whatwg.org/), and every page names the feeds, so that a
// reader given its address finds them.
//
// # Languages
//
// A page has the language and the direction of what it shows. The program's own
// words are few and English, and marked so, for screen readers and translators;
// most things are said without words. A date is written in full in English
// ("20 November 2023") and elsewhere in the form that is read alike in all
// languages ("2023-11-20", ISO 8601), for the site's readers: in its time zone.
//
// # What it does not do
//
// It sanitises no HTML and makes no address absolute: entries come with that
// done.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html"
	"html/template"
	"strings"
	"sync"
	"time"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

//go:embed *.tmpl style.css
var files embed.FS

// templates are parsed when the first page is written and not at every start of
// the program.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(files, "*.tmpl"))
})

// style is embedded in every page: a page is looked at once, by somebody who
// came for one article, and should need one request.
var style = sync.OnceValue(func() template.CSS {
	css, err := files.ReadFile("style.css")
	if err != nil {
		panic(err)
	}
	return template.CSS(css)
})

// common is what every page says.
type common struct {
	tongue
	Title       string // of the page
	Description string
	Canonical   string // the page's own address
	Site        string // title of the site
	Home        string
	Rights      string
	Icon        string
	Feeds       []document
	Style       template.CSS
}

// document is a feed in one of its formats.
type document struct {
	Name  string // of the format
	Title string // of the feed in this format, unlike those of the others
	Type  template.HTMLAttr
	URL   string
}

// documents returns the formats that f is published in, the one to choose first:
// a browser or reader that offers one offers the first.
//
// Their types are attributes, whole, for html/template would write the plus sign
// as a reference, and many a feed finder looks for the type without parsing.
func documents(f *feed.Feed) []document {
	var all []document
	for _, d := range []struct {
		format          site.Format
		name, mediaType string
	}{
		{site.RSS, "RSS", "application/rss+xml"},
		{site.Atom, "Atom", "application/atom+xml"},
		{site.JSON, "JSON Feed", "application/feed+json"},
	} {
		for _, format := range f.Formats {
			if format == d.format {
				all = append(all, document{Name: d.name, Title: f.Title + " (" + d.name + ")", Type: template.HTMLAttr(`type="` + d.mediaType + `"`), URL: f.URL(d.format)})
			}
		}
	}
	return all
}

func newCommon(f *feed.Feed) common {
	return common{
		tongue: newTongue(f.Language),
		Site:   f.Title,
		Home:   f.Home,
		Rights: f.Rights,
		Icon:   f.Icon,
		Feeds:  documents(f),
		Style:  style(),
	}
}

// shown is an entry as a page shows it.
type shown struct {
	Title     string
	Link      string
	Authors   []person
	Place     string
	Tags      []string
	Published *instant
	Updated   *instant // nil when it is that of Published
	Summary   string
	Picture   *feed.Picture // nil when there is none
	Tongue    *tongue       // nil when it is the page's
}

type person struct {
	Name string
	URL  string // empty when there is none
}

func newShown(e *feed.Entry, c feed.Content, zone *time.Location) shown {
	s := shown{
		Title:     e.Title,
		Link:      e.Link,
		Place:     e.Place,
		Tags:      e.Tags,
		Published: &instant{e.Published.In(zone), e.Language},
		Summary:   c.Summary,
	}
	if !e.Updated.Equal(e.Published) {
		s.Updated = &instant{e.Updated.In(zone), e.Language}
	}
	if c.Picture != nil && c.Picture.URL != "" {
		s.Picture = c.Picture
	}
	for _, p := range e.Authors {
		if p.Name == "" {
			continue
		}
		// Bylines are written by hand: "example.org/ana" would lead below the page.
		if !strings.HasPrefix(p.URL, "https://") && !strings.HasPrefix(p.URL, "http://") {
			p.URL = ""
		}
		s.Authors = append(s.Authors, person{p.Name, p.URL})
	}
	return s
}

// Landing writes the page at the base of the site: what f is, the addresses to
// subscribe to, and f's entries. Dates are those of zone, the site's.
//
// Where an entry cannot be shown the error is a [*feed.EntryError].
func Landing(f *feed.Feed, zone *time.Location) ([]byte, error) {
	data := struct {
		common
		Entries []shown
	}{common: newCommon(f)}
	data.Title = f.Title
	data.Description = f.Description
	data.Canonical = f.Base
	for _, e := range f.Entries {
		c, err := e.Content()
		if err != nil {
			return nil, &feed.EntryError{ID: e.ID, Err: err}
		}
		s := newShown(e, c, zone)
		if e.Language != f.Language {
			t := newTongue(e.Language)
			s.Tongue = &t
		}
		data.Entries = append(data.Entries, s)
	}
	return execute("landing.tmpl", data)
}

// Article writes the page of e, an entry of f, whole also where the feed carries
// summaries only. Dates are those of zone, the site's.
//
// Where e cannot be shown the error is a [*feed.EntryError].
func Article(f *feed.Feed, e *feed.Entry, zone *time.Location) ([]byte, error) {
	c, err := e.Content()
	if err != nil {
		return nil, &feed.EntryError{ID: e.ID, Err: err}
	}
	data := struct {
		common
		SiteTongue *tongue // nil when it is the page's
		Entry      shown
		Lead       *feed.Picture // nil when there is none or the body shows it
		Body       template.HTML
	}{common: newCommon(f)}
	if e.Language != f.Language {
		t := data.tongue
		data.SiteTongue = &t
		data.tongue = newTongue(e.Language)
	}
	data.Title = e.Title + " – " + f.Title
	data.Description = c.Summary
	data.Canonical = e.Link
	data.Entry = newShown(e, c, zone)
	if p := data.Entry.Picture; p != nil && !shows(c.HTML, p.URL) {
		data.Lead = p
	}
	data.Body = template.HTML(c.HTML)
	return execute("article.tmpl", data)
}

// shows reports whether a body has the picture at address in it.
func shows(body, address string) bool {
	return strings.Contains(body, `"`+address+`"`) || strings.Contains(body, `"`+html.EscapeString(address)+`"`)
}

func execute(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	// HTML, section 13.2.3.5: controls and noncharacters are errors of the
	// document. Bytes that are not UTF-8 become U+FFFD, as in a browser.
	return bytes.Map(func(r rune) rune {
		control := r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r <= 0x9F
		noncharacter := 0xFDD0 <= r && r <= 0xFDEF || r&0xFFFE == 0xFFFE
		if control || noncharacter {
			return -1
		}
		return r
	}, b.Bytes()), nil
}
