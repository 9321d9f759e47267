// Package page writes what people look at: the page at the base of a site, the
// page of its feeds, and a page for each article of a site that has no pages of
// its own.
//
// # What it promises
//
// The same feed gives the same bytes: there is no clock. A page is one file,
// its style included, and works without JavaScript; it asks for nothing from
// elsewhere but the pictures that its articles show, and its own policy
// (https://www.w3.org/TR/CSP3/) keeps a browser to that, whichever server sends
// it. It is balanced HTML (https://html.spec.whatwg.org/), and every page names
// the feeds, so that a reader given its address finds them.
//
// An article's page says what it is to programs too: microformats
// (https://microformats.org/wiki/h-entry), Open Graph (https://ogp.me/) and
// schema.org's NewsArticle.
//
// # Themes
//
// Templates and style can be the site's own, see [NewTheme]. What is wrong with
// them is a problem for their author, and never keeps a page from being
// published: ours takes its place.
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
// done. Whether a theme's pages are balanced HTML is for package check to say.
package page

import (
	"html"
	"html/template"
	"strings"
	"time"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// FeedsPage is the path of the page of the feeds, below the base.
const FeedsPage = "feeds/"

// common is what every page says. Its fields, like those of all that templates
// are given, are described in `feedmill help theme`.
type common struct {
	tongue
	parts
	SiteTongue  *tongue // nil when it is the page's
	Title       string  // of the page
	Description string
	Canonical   string // the page's own address
	Site        string // title of the site
	Home        string
	FeedsPage   string // address of the page of the feeds
	Rights      string
	Icon        string
	Feeds       []document // the site's feed, in each format
	Style       template.HTML
	Policy      string
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

func (t *Theme) common(f *feed.Feed) common {
	return common{
		tongue:    newTongue(f.Language),
		Site:      f.Title,
		Home:      f.Home,
		FeedsPage: f.Base + FeedsPage,
		Rights:    f.Rights,
		Icon:      f.Icon,
		Feeds:     documents(f),
		Style:     t.style,
		Policy:    t.policy,
	}
}

// shown is an entry as a page shows it.
type shown struct {
	Title     string
	Link      string
	Authors   []person
	Section   string
	Place     string
	Tags      []string
	Published *instant
	Updated   *instant
	Edited    bool // it was updated after it was published
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
		Link:      e.Link(),
		Section:   e.Section,
		Place:     e.Place,
		Tags:      e.Tags,
		Published: newInstant(e.Published.Time().In(zone), e.Language()),
		Updated:   newInstant(e.Updated.Time().In(zone), e.Language()),
		Edited:    !e.Updated.Equal(e.Published),
		Summary:   c.Summary,
	}
	if c.Picture != nil && c.Picture.URL != "" {
		s.Picture = c.Picture
	}
	for _, p := range e.Authors() {
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

// landing is what landing.tmpl is given.
type landing struct {
	common
	Entries []shown
}

// Landing writes the page at the base of the site: what f is, the addresses to
// subscribe to, and f's entries. Dates are those of zone, the site's.
//
// Where an entry cannot be shown the error is a [*feed.EntryError]; where the
// theme is at fault, a [*ThemeError].
func (t *Theme) Landing(f *feed.Feed, zone *time.Location) ([]byte, error) {
	data := landing{common: t.common(f)}
	var err error
	if data.parts, err = t.parts(landingTemplate, &data.common); err != nil {
		return nil, err
	}
	data.Title = f.Title
	data.Description = f.Description
	data.Canonical = f.Base
	for _, e := range f.Entries {
		c, err := e.Content()
		if err != nil {
			return nil, &feed.EntryError{ID: e.ID, Err: err}
		}
		s := newShown(e, c, zone)
		if e.Language() != f.Language {
			tongue := newTongue(e.Language())
			s.Tongue = &tongue
		}
		data.Entries = append(data.Entries, s)
	}
	return t.execute(landingTemplate, data)
}

// story is what article.tmpl is given. It has the fields of common as its own:
// a template looks for those of an embedded struct by reflection and at some
// length, thirty times a page, and a site has a page for each article.
type story struct {
	Language, Direction      string
	Opening, Links, Up, Foot template.HTML

	SiteTongue                    *tongue
	Title, Description, Canonical string
	Site, Home, FeedsPage         string
	Rights, Icon                  string
	Feeds                         []document
	Style                         template.HTML
	Policy                        string

	Entry      shown
	Lead       *feed.Picture // nil when there is none or the body shows it
	Body       template.HTML
	Structured newsArticle
}

// newStory returns a story that says what every page says.
func newStory(c *common) story {
	return story{
		Language: c.Language, Direction: c.Direction,
		Opening: c.Opening, Links: c.Links, Up: c.Up, Foot: c.Foot,
		SiteTongue: c.SiteTongue,
		Title:      c.Title, Description: c.Description, Canonical: c.Canonical,
		Site: c.Site, Home: c.Home, FeedsPage: c.FeedsPage,
		Rights: c.Rights, Icon: c.Icon,
		Feeds: c.Feeds, Style: c.Style, Policy: c.Policy,
	}
}

// Article writes the page of e, an entry of f, whole also where the feed carries
// summaries only. Dates are those of zone, the site's.
//
// Where e cannot be shown the error is a [*feed.EntryError]; where the theme is
// at fault, a [*ThemeError].
func (t *Theme) Article(f *feed.Feed, e *feed.Entry, zone *time.Location) ([]byte, error) {
	c, err := e.Content()
	if err != nil {
		return nil, &feed.EntryError{ID: e.ID, Err: err}
	}
	says := t.common(f)
	if e.Language() != f.Language {
		tongue := says.tongue
		says.SiteTongue = &tongue
		says.tongue = newTongue(e.Language())
	}
	if says.parts, err = t.parts(articleTemplate, &says); err != nil {
		return nil, err
	}
	says.Title = e.Title + " – " + f.Title
	says.Description = c.Summary
	says.Canonical = e.Link()
	data := newStory(&says)
	data.Entry = newShown(e, c, zone)
	if p := data.Entry.Picture; p != nil && !shows(c.HTML, p.URL) {
		data.Lead = p
	}
	data.Body = template.HTML(c.HTML)
	if strings.Contains(c.HTML, "table") || strings.Contains(c.HTML, "<pre") {
		data.Body = template.HTML(scrollable.Replace(c.HTML))
	}
	data.Structured = newNewsArticle(f, e, data.Entry)
	return t.execute(articleTemplate, data)
}

// shows reports whether a body has the picture at address in it.
func shows(body, address string) bool {
	return strings.Contains(body, `"`+address+`"`) || strings.Contains(body, `"`+html.EscapeString(address)+`"`)
}

// scrollable lets what is wider than a narrow screen be scrolled with the
// keyboard too (WCAG 2.2, success criterion 2.1.1). A sanitised body has "<" at
// the beginning of tags alone, and names in small letters.
var scrollable = strings.NewReplacer(
	"<table", `<div class="wide" tabindex="0"><table`, "</table>", "</table></div>",
	"<pre", `<pre tabindex="0"`,
)
