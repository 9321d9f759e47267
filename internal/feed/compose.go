package feed

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// mostEntries bounds every feed: the most that a known reader takes of one
// document (Feedbin).
const mostEntries = 300

// Told is what subscribers were told about one feed.
type Told struct {
	ID      string
	Updated time.Time // zero when it never had an entry
	Since   time.Time // when it was first known
}

// Composition is all that a site says at one moment.
type Composition struct {
	Feeds []*Feed
	// Entries are all published articles, newest first. Those with a Page are
	// published here as pages of their own.
	Entries []*Entry
	// Media are the site's own pictures: its icon and logo.
	Media []Media
	// Problems are what the site asks for and the directory does not have.
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

// Compose decides what the site says at the instant now. The articles come
// from the ledger, with id, address and dates; those dated after now, and those
// whose time is over, are not in the result. Files tells which other files lie
// below the directory of articles; told, what the ledger has of the feed at a
// path.
func Compose(articles []*article.Article, s site.Site, files Files, told func(path string) Told, now time.Time) Composition {
	var c Composition
	var due []*article.Article
	for _, a := range articles {
		from := a.Published
		if a.From.After(from) {
			from = a.From
		}
		switch {
		case a.Draft, !a.Until.IsZero() && !a.Until.After(now):
		case from.After(now):
			c.wakeAt(from)
		default:
			due = append(due, a)
			c.wakeAt(a.Until)
		}
	}
	slices.SortFunc(due, func(a, b *article.Article) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.ID, b.ID))
	})
	places := newPlaces(s, due, files)
	for _, a := range due {
		c.Entries = append(c.Entries, newEntry(a, s, places))
	}
	icon, image := c.picture(s, "icon", s.Icon, files), c.picture(s, "image", s.Image, files)

	before := told("")
	f := &Feed{
		ID:          before.ID,
		Title:       s.Title,
		Description: s.Description,
		Base:        s.BaseURL,
		Home:        home(s),
		Language:    s.Language,
		Rights:      s.Rights,
		Icon:        icon,
		Image:       image,
		Author:      author(s),
		Poll:        s.Poll,
		Content:     s.Content,
		Formats:     s.Formats,
		Entries:     limit(c.Entries, s.Limit),
	}
	f.Updated = updated(f.Entries, before)
	c.Feeds = append(c.Feeds, f)
	return c
}

// wakeAt notes an instant at which the composition changes; zero is none.
func (c *Composition) wakeAt(t time.Time) {
	if !t.IsZero() && (c.Wake.IsZero() || t.Before(c.Wake)) {
		c.Wake = t
	}
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

// limit returns the first entries that the site's limit lets stand in a feed.
func limit(entries []*Entry, l site.Limit) []*Entry {
	n := min(l.Entries, len(entries))
	if len(entries) > 0 {
		oldest := entries[0].Published.AddDate(0, 0, -l.Days)
		for n < len(entries) && !entries[n].Published.Before(oldest) {
			n++
		}
	}
	return entries[:min(n, mostEntries)]
}

// updated returns the date of a feed: its latest entry's, never earlier than
// what was told, and of a feed that never had an entry, when it was first
// known. It is never the instant of the build.
func updated(entries []*Entry, told Told) time.Time {
	t := told.Updated
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

func newEntry(a *article.Article, s site.Site, places *places) *Entry {
	e := Entry{
		ID:        a.ID,
		Title:     a.Title,
		Authors:   a.Authors,
		Section:   a.Section,
		Tags:      a.Tags,
		Language:  cmp.Or(a.Language, s.Language),
		Place:     a.Place,
		External:  a.External,
		Published: a.Published.UTC(),
		Updated:   a.Updated.UTC(),
		Plain:     a.Format == article.Text,
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
		c := Content{HTML: body.HTML, Text: body.Text, Summary: body.Summary}
		if p := a.Picture; p != nil && p.Src != "" {
			if url := r.resolve(p.Src); url != "" {
				c.Picture = &Picture{URL: url, Type: mediaType(pathOf(url)), Alt: p.Alt, Caption: p.Caption, Credit: p.Credit}
				c.Picture.Length, c.Picture.Width, c.Picture.Height = r.measure(p.Src)
				if c.Picture.Width == 0 {
					c.Picture.Width, c.Picture.Height = p.Width, p.Height
				}
			}
		}
		for _, said := range a.Enclosures {
			if enc, ok := r.enclosure(said); ok {
				c.Enclosures = append(c.Enclosures, enc)
			}
		}
		c.Media, c.Problems = r.media, append(r.problems, body.Problems...)
		return c, nil
	})
}
