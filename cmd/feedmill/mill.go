package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/library"
	"feedmill/internal/page"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// mill is one directory of articles, where its editions go, and what is
// remembered between them.
type mill struct {
	library *library.Library
	store   *edition.Store
	ledger  string // file
	journal string // of the ledger
	oneShot bool   // fold the ledger after the build: nothing follows
	// good are the articles of the last edition that this process published, by
	// path, as they were read: their last good form.
	good map[string]*article.Article
	// render writes a feed: render.Document, in whose place tests put worse.
	render func(f *feed.Feed, format string) (body []byte, mediaType string, err error)
}

func newMill(o *options) (*mill, error) {
	state, err := o.stateDir()
	if err != nil {
		return nil, err
	}
	return &mill{
		library: library.New(library.Dir(o.articles)),
		store:   edition.NewStore(o.feeds, state),
		render:  render.Document,
		ledger:  cmp.Or(o.ledger, filepath.Join(state, "ledger.jsonl")),
		journal: filepath.Join(state, "ledger.journal"),
	}, nil
}

// before is what stands when a build begins.
type before struct {
	edition *edition.Edition // nil when nothing was published yet
	ledger  *ledger.Ledger
	damage  error // documents that are not on disk as they were published
}

// open reads what stands. When the ledger was lost, what the published feeds
// still show is recalled.
func (m *mill) open(s site.Site, articles []*article.Article, now time.Time, how manner) (b before, err error) {
	b.edition, err = m.last(how)
	if damage := (*edition.DamageError)(nil); errors.As(err, &damage) {
		b.damage = damage // the next publish writes anew what is missing
	} else if err != nil {
		return b, err
	}
	pending, err := m.store.Pending()
	if err != nil {
		return b, err
	}
	if b.ledger, err = ledger.Open(m.ledger, m.journal, pending...); err != nil {
		return b, err
	}
	authority := b.ledger.Authority()
	var lost map[string]check.Reading
	if b.ledger.Empty() && b.edition != nil {
		if lost, err = readFeeds(b.edition); err != nil {
			return b, err
		}
		for _, f := range s.Feeds {
			if f.Profile != "" {
				delete(lost, f.Path+"/") // its dates are a partner's
			}
		}
		authority = cmp.Or(authority, authorityOf(lost))
	}
	if err := b.ledger.SetAuthority(cmp.Or(s.IDAuthority, authority, defaultAuthority(s, now))); err != nil || lost == nil {
		return b, err
	}
	return b, m.recall(b, lost, articles, s, now)
}

func (m *mill) last(how manner) (*edition.Edition, error) {
	if how == rehearse {
		return m.store.Read()
	}
	return m.store.Open()
}

// defaultAuthority is the host of the base URL and the day of the first
// publish (RFC 4151, section 2.1).
func defaultAuthority(s site.Site, now time.Time) string {
	host := "localhost"
	if u, err := url.Parse(s.BaseURL); err == nil && u.Hostname() != "" && !strings.Contains(u.Hostname(), ":") {
		host = u.Hostname()
	}
	return host + "," + now.UTC().Format(time.DateOnly)
}

// authorityOf reads the owner's part out of the published feeds' own ids.
func authorityOf(published map[string]check.Reading) string {
	for _, reading := range published {
		if rest, ok := strings.CutPrefix(reading.ID, "tag:"); ok {
			if authority, _, ok := strings.Cut(rest, ":/"); ok {
				return authority
			}
		}
	}
	return ""
}

// readFeeds reads each feed of an edition back, in the first of its formats
// that says most (Atom has ids and both dates), by the feed's directory.
func readFeeds(e *edition.Edition) (map[string]check.Reading, error) {
	readings := map[string]check.Reading{}
	if e == nil {
		return readings, nil
	}
	for _, name := range []string{"atom.xml", "feed.json", "rss.xml"} {
		for d := range e.Documents() {
			dir, base := path.Split(d.Path)
			if _, done := readings[dir]; done || base != name || d.Kind != edition.Feed && d.Kind != edition.Archive {
				continue
			}
			body, err := d.ReadAll()
			if err != nil {
				return nil, fmt.Errorf("read back: %w", err)
			}
			reading, err := check.Read(body)
			if err != nil {
				return nil, fmt.Errorf("read back %s: %w", d.Path, err)
			}
			readings[dir] = reading
		}
	}
	return readings, nil
}

// documents renders everything that a composition says, its pages as theme has
// them. Its error is an entry's when one article cannot be shown.
func (m *mill) documents(c feed.Composition, s site.Site, theme *page.Theme) ([]edition.Document, []article.Problem, error) {
	var documents []edition.Document
	shown := map[*feed.Entry]bool{}
	for _, f := range c.Feeds {
		for _, part := range append([]*feed.Feed{f}, f.Archives...) {
			more, err := m.feedDocuments(part)
			if err != nil {
				return nil, nil, err
			}
			documents = append(documents, more...)
			for _, e := range part.Entries {
				shown[e] = true
			}
		}
	}
	main := c.Feeds[0]
	index, err := m.indexes(c, s)
	if err != nil {
		return nil, nil, err
	}
	style := edition.Bytes(render.StylePath, render.StyleType, edition.Page, render.Style())
	style.MaxAge = s.Poll
	script := edition.Bytes(page.CopyPath, page.CopyType, edition.Page, page.CopyScript())
	script.MaxAge = s.Poll
	documents = append(append(documents, index...), style, script)
	landing, err := theme.Landing(main, s.Zone)
	if err != nil {
		return nil, nil, err
	}
	documents = append(documents, m.page("index.html", landing, s))
	listed := slices.DeleteFunc(slices.Clone(c.Feeds), func(f *feed.Feed) bool { return !f.Listed })
	subscribe, err := theme.Feeds(listed, main.Base+page.OPMLPath)
	if err != nil {
		return nil, nil, err
	}
	documents = append(documents, m.page(page.FeedsPage+"index.html", subscribe, s))
	media := slices.Clone(c.Media)
	var problems []article.Problem
	for _, e := range c.Entries {
		if e.Page == "" && !shown[e] {
			continue
		}
		if e.Page != "" {
			body, err := theme.Article(main, e, s.Zone)
			if err != nil {
				return nil, nil, err
			}
			documents = append(documents, m.page(e.Page+"index.html", body, s))
		}
		content, err := e.Content()
		if err != nil {
			return nil, nil, err
		}
		media = append(media, content.Media...)
		problems = append(problems, content.Problems...)
	}
	for _, file := range media {
		size, digest, open, err := m.library.Media(file.Source)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", file.Source, err)
		}
		d := edition.File(file.Path, file.Type, edition.Media, size, digest, open)
		d.MaxAge = s.Poll
		documents = append(documents, d)
	}
	return documents, problems, nil
}

// archiveAge is how long an archive may be kept by those who fetched it: it
// changes seldom.
const archiveAge = 24 * time.Hour

// feedDocuments renders one feed, or one archive of a feed, in its formats.
// Archives are not kept in memory: what is to be written is rendered again.
func (m *mill) feedDocuments(f *feed.Feed) ([]edition.Document, error) {
	var documents []edition.Document
	for _, format := range f.Formats {
		body, mediaType, err := m.render(f, string(format))
		if err != nil {
			return nil, err
		}
		d := edition.Bytes(f.Document(format), mediaType, edition.Feed, body)
		d.MaxAge = f.Poll
		if f.Current != nil {
			d = edition.File(d.Path, mediaType, edition.Archive, d.Size, d.Digest, func() (io.ReadCloser, error) {
				body, _, err := m.render(f, string(format))
				return io.NopCloser(bytes.NewReader(body)), err
			})
			d.MaxAge = archiveAge
		}
		d.Links = []edition.Link{
			{URL: f.URL(format), Rel: "self", Type: strings.TrimSuffix(mediaType, "; charset=utf-8")},
			{URL: f.Home, Rel: "alternate", Type: "text/html"},
		}
		documents = append(documents, d)
	}
	return documents, nil
}

// indexes renders what importers and crawlers look for.
func (m *mill) indexes(c feed.Composition, s site.Site) ([]edition.Document, error) {
	main := c.Feeds[0]
	list, err := page.OPML(c.Feeds)
	if err != nil {
		return nil, err
	}
	documents := []edition.Document{
		edition.Bytes(page.OPMLPath, page.OPMLType, edition.Index, list),
		edition.Bytes(page.RobotsPath, page.RobotsType, edition.Index, page.Robots(s.BaseURL)),
	}
	sitemaps, err := page.Sitemaps(main, c.Entries)
	if err != nil {
		return nil, err
	}
	if sitemaps[page.NewsSitemapPath], err = page.NewsSitemap(main, c.News); err != nil {
		return nil, err
	}
	for path, body := range sitemaps {
		documents = append(documents, edition.Bytes(path, page.SitemapType, edition.Index, body))
	}
	for i := range documents {
		documents[i].MaxAge = s.Poll
	}
	return documents, nil
}

func (m *mill) page(path string, body []byte, s site.Site) edition.Document {
	d := edition.Bytes(path, "text/html; charset=utf-8", edition.Page, body)
	d.MaxAge = s.Poll
	return d
}

// entryOf returns the id of the entry that an error of documents is about.
func entryOf(err error) (id string, cause error, ok bool) {
	var e *feed.EntryError
	if !errors.As(err, &e) {
		return "", nil, false
	}
	return e.ID, e.Err, true
}
