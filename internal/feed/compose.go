package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// mostEntries bounds every feed: the most that a known reader takes of one
// document (Feedbin).
const mostEntries = 300

// Told is what subscribers were told about one feed.
type Told struct {
	Path     string
	ID       string
	Kind     string // as that of [Feed], likewise the next ones
	Value    string
	Title    string
	Period   string
	Language string
	Formats  string    // in the order of the feed, with spaces between; empty when not known
	Podcast  string    // the GUID by which directories know it; empty when it never was one
	Updated  time.Time // zero when it never had an entry
	Since    time.Time // when it was first known
}

// Memory is what subscribers were told until now.
type Memory struct {
	Feeds map[string]Told // every feed that was ever published, by path
	Gone  []Tombstone     // the articles that vanished in the last 30 days
	// Given is what partners have, by the paths of their feeds.
	Given map[string][]Given
	// NewID makes the id of a feed that is new.
	NewID func(path string) string
}

// tombstoneLife is how long a feed says that an entry vanished.
const tombstoneLife = 30 * 24 * time.Hour

// newsLife is how long an article is news (Google's description of news
// sitemaps).
const newsLife = 48 * time.Hour

// Composition is all that a site says at one moment.
type Composition struct {
	// Feeds are all feeds: the site's first, then those of its own making, then
	// those for sections, tags, authors and languages, each by path, and last
	// those that are not listed.
	Feeds []*Feed
	// Retired are the feeds that were published and are no more.
	Retired []Retired
	// Entries are all published articles, newest first. Those with a Page are
	// published here as pages of their own.
	Entries []*Entry
	// News are those of the last two days, as search engines understand news,
	// without what was withdrawn.
	News []*Entry
	// In tells the paths of the feeds that an entry stands in, by its id, and by
	// its GUID.
	In map[string][]string
	// Given is what partners have from now on, or were told to forget, by the
	// paths of their feeds.
	Given map[string][]Given
	// Media are the site's own pictures: its icon and logo.
	Media []Media
	// Problems are what the site asks for and cannot be done as it is.
	Problems []article.Problem
	// Wake is the next instant at which the composition changes although
	// nothing is edited; zero when there is none.
	Wake time.Time
}

// Files tells of the files below the directory of articles that are none, by
// their paths.
type Files interface {
	Has(path string) bool
	// Measure returns a file's length in bytes, and of a picture its width and
	// height in pixels; zero for what is not known.
	Measure(path string) (length int64, width, height int)
}

// Retired is a feed that is published no more, and the one that stands for it:
// nil when none does.
type Retired struct {
	*Feed
	For *Feed
}

// Compose decides what the site says at the instant now. The articles come
// from the ledger, with id, address and dates; those whose time has not come or
// is over are not in the result. Files tells which other files lie below the
// directory of articles.
func Compose(articles []*article.Article, s site.Site, files Files, memory Memory, now time.Time) Composition {
	c := composer{site: s, files: files, memory: memory, now: now}
	c.In = map[string][]string{}
	due := c.due(articles)
	s.Language = c.language(due)
	c.site.Language = s.Language
	places := newPlaces(s, due, files)
	for _, a := range due {
		e := newEntry(a, s, places)
		c.Entries = append(c.Entries, e)
		if until := a.Published.Add(newsLife); until.After(now) && !a.Withdrawn {
			c.News = append(c.News, e)
			c.wake(until)
		}
	}
	c.common = Feed{
		Base: s.BaseURL, Home: home(s), Rights: s.Rights, Author: author(s),
		Icon: c.picture(s, "icon", s.Icon, files), Image: c.picture(s, "image", s.Image, files),
		Poll: s.Poll, SkipHours: s.SkipHours, SkipDays: s.SkipDays,
		Language: s.Language, Content: s.Content, Formats: s.Formats,
		Favicon: c.picture(s, "favicon", s.Favicon, files), License: s.License, Ended: s.Ended,
		Webmaster: article.Person{Name: s.Webmaster.Name, Email: s.Webmaster.Email, URL: s.Webmaster.URL}, Scheme: c.scheme(), Podcast: c.podcast(files),
	}
	c.feeds()
	return c.Composition
}

// composer makes one composition.
type composer struct {
	Composition
	site   site.Site
	files  Files
	memory Memory
	now    time.Time
	common Feed // what all feeds have in common
}

// wake notes that the composition changes at t.
func (c *composer) wake(t time.Time) {
	if t.After(c.now) && (c.Wake.IsZero() || t.Before(c.Wake)) {
		c.Wake = t
	}
}

// due returns the articles that are published now, newest first.
func (c *composer) due(articles []*article.Article) []*article.Article {
	var due []*article.Article
	for _, a := range articles {
		switch from := a.Begins(); {
		case a.Draft, a.Ended(c.now):
		case from.After(c.now):
			c.wake(from)
		default:
			due = append(due, a)
			c.wake(a.Until)
		}
	}
	slices.SortFunc(due, func(a, b *article.Article) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.ID, b.ID))
	})
	return due
}

// picture returns the address of one of the site's own pictures, noting the
// file that is to be published for it.
func (c *Composition) picture(s site.Site, key, ref string, files Files) string {
	if ref == "" || isAbsolute(ref) {
		return ref
	}
	path, ok := local("", ref)
	if !ok || !files.Has(path) || mediaType(path) == "" {
		c.Problems = append(c.Problems, article.Problem{
			Path: "site.yaml", Severity: article.Warning, Code: "no-" + key,
			Text: fmt.Sprintf("%s: there is no picture %q in the directory of articles", key, ref),
			Hint: "put the file there or write its whole address",
		})
		return ""
	}
	c.Media = append(c.Media, Media{Source: path, Path: path, Type: mediaType(path)})
	return s.BaseURL + escapePath(path)
}

// updated returns the date of a feed: that of its latest entry or tombstone,
// never earlier than what was told, and of a feed that never had an entry, when
// it was first known. It is never the instant of the build.
func updated(entries []*Entry, gone []Tombstone, told Told) time.Time {
	t := told.Updated
	for _, g := range gone {
		if g.When.After(t) {
			t = g.When
		}
	}
	for _, e := range entries {
		if e.Updated.After(t) {
			t = e.Updated
		}
	}
	if t.IsZero() {
		t = told.Since
	}
	return t.UTC()
}

func author(s site.Site) article.Person {
	return article.Person{Name: cmp.Or(s.Author.Name, s.Title), Email: s.Author.Email, URL: s.Author.URL}
}

var escapeText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func newEntry(a *article.Article, s site.Site, places *places) *Entry {
	e := Entry{
		ID:      a.ID,
		GUID:    a.GUID,
		Title:   a.Title,
		Authors: a.Authors,

		Contributors: a.Contributors,

		Section:   a.Section,
		Tags:      a.Tags,
		Language:  cmp.Or(a.Language, s.Language),
		Place:     a.Place,
		Point:     a.Point,
		Rights:    a.Rights,
		Source:    a.Source,
		External:  a.External,
		Published: a.Published.UTC(),
		Updated:   a.Updated.UTC(),
		Until:     a.Until,
		Plain:     a.Format == article.Text,
		Brief:     a.Showing.Summary,
		article:   a,
	}
	if len(e.Authors) == 0 {
		e.Authors = []article.Person{author(s)}
	}
	at := places.of[a.Path]
	e.Link, e.Page = at.link, at.page
	return NewEntry(e, func() (Content, error) {
		r := resolver{places: places, article: a, at: at, names: map[string]string{}}
		body, err := a.Body(r.resolve)
		if err != nil {
			return Content{}, err
		}
		if a.Showing.Summary {
			// The rest is for some alone: it is not here to be shown by mistake, in
			// a feed, on a page or as a file beside one.
			body.HTML, body.Text = "<p>"+escapeText.Replace(body.Summary)+"</p>", body.Summary
			body.Problems, r.media, r.names, r.problems = nil, nil, map[string]string{}, nil
		}
		c := Content{HTML: body.HTML, Text: body.Text, Summary: body.Summary}
		if p := a.Picture; p != nil && p.Src != "" {
			if url := r.resolve(p.Src); url != "" {
				c.Picture = &Picture{URL: url, Type: mediaType(pathOf(url)), Title: p.Title, Alt: p.Alt, Caption: p.Caption, Credit: p.Credit}
				c.Picture.Length, c.Picture.Width, c.Picture.Height = r.measure(p.Src)
				if c.Picture.Width == 0 {
					c.Picture.Width, c.Picture.Height = p.Width, p.Height
				}
			}
		}
		if !a.Showing.Summary {
			for _, said := range a.Enclosures {
				if enc, ok := r.enclosure(said); ok {
					c.Enclosures = append(c.Enclosures, enc)
				}
			}
			c.Banner, c.Links, c.Episode = r.address(a.Banner), r.links(a.Links), r.episode(a.Episode)
		}
		c.Media, c.Problems = r.media, append(r.problems, body.Problems...)
		return c, nil
	})
}
