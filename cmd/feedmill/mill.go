package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/library"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// mill is one directory of articles, where its editions go, and what is
// remembered between them.
type mill struct {
	library  *library.Library
	store    *edition.Store
	ledger   string         // file
	book     *ledger.Ledger // as it was left by the last build; nil before the first
	journal  string         // of the ledger
	changed  []string       // paths below the articles that the next build looks at; nil for all
	stood    string         // what the last build left, see left; empty before the first
	progress *progress      // nil where nobody sits
	oneShot  bool           // fold the ledger after the build: nothing follows
	keeps    bool           // what was read is kept beside the build, for the next process
	keeping  sync.WaitGroup // until it is; the ledger is asked meanwhile
	warm     bool           // what a build leaves in memory is wanted, for the next edit
	// good are the articles of the last edition that this process published,
	// sorted by path, as they were read: their last good form.
	good   []*article.Article
	reader check.Reader
	seal   *seal // of the last build; nil before it was looked for
	// unsealed says that the seal is not written yet.
	unsealed bool
	// contents is the size of the file of what is known of contents, in bytes, 0
	// when it is to be written anew; needed what it was when it was.
	contents, needed int64
	first            *feed.Composition // before the first of this process
	last             *printed          // nil: nothing was published by this process
	// program names all that the documents have from the program.
	program string
	// render writes a feed: render.Document, in whose place tests put worse.
	render func(f *feed.Feed, format string) (body []byte, mediaType string, err error)
}

func newMill(o *options) (*mill, error) {
	state, err := o.stateDir()
	if err != nil {
		return nil, err
	}
	articles := library.New(library.Dir(o.articles))
	articles.Cache, articles.Program = filepath.Join(state, "articles.cache"), program()
	m := &mill{
		library: articles,
		store:   edition.NewStore(o.feeds, state),
		render:  render.Document,
		program: program(),
		ledger:  cmp.Or(o.ledger, filepath.Join(state, "ledger.jsonl")),
		journal: filepath.Join(state, "ledger.journal"),
	}
	articles.Omit = func(a *article.Article) bool { return m.book != nil && m.book.Purged(a) }
	return m, nil
}

// overtaken reports whether another process has published since this one has, when
// that stands which left says.
func (m *mill) overtaken(left string) bool { return m.stood != "" && m.stood != left }

// catchUp has the next look see all that another process can have read, which
// waits for no file to settle: subscribers who have the new text must not be given
// the old one. What is returned ends that.
func (m *mill) catchUp() (end func()) {
	settle := m.library.Settle
	m.changed, m.library.Settle = nil, 0
	return func() { m.library.Settle = settle }
}

// look looks at the articles: all of them, or when changed names some alone,
// those and the ones that had not settled.
func (m *mill) look(ctx context.Context, now time.Time) (*library.Sight, error) {
	if m.changed == nil {
		return m.library.Look(ctx, now)
	}
	return m.library.LookAgain(ctx, now, m.changed)
}

// before is what stands when a build begins.
type before struct {
	edition *edition.Edition // nil when nothing was published yet
	ledger  *ledger.Ledger
	damage  *edition.DamageError // documents that are not on disk as they were published; nil: none
}

// damaged reports whether a document is not on disk as it was published.
func (b before) damaged(d *edition.Document) bool { return b.damage != nil && b.damage.Has(d) }

// open reads what stands, and makes the ledger ready for articles.
func (m *mill) open(s site.Site, articles []*article.Article, now time.Time, how manner) (before, error) {
	b, err := m.find(how)
	if err != nil {
		return b, err
	}
	return b, m.ready(b, s, articles, now)
}

// find reads what stands: the published edition and the ledger.
func (m *mill) find(how manner) (b before, err error) {
	m.keeping.Wait()
	b.edition, err = m.standing(how)
	if damage := (*edition.DamageError)(nil); errors.As(err, &damage) {
		b.damage = damage // the next publish writes anew what is missing
	} else if err != nil {
		return b, err
	}
	pending, err := m.store.Pending()
	if err != nil {
		return b, err
	}
	if m.book == nil || len(pending) > 0 || !m.book.Current() {
		if m.book, err = ledger.Open(m.ledger, m.journal, pending...); err != nil {
			return b, err
		}
	}
	b.ledger = m.book
	return b, nil
}

// ready gives a new ledger its owner's part of ids. When the ledger was lost,
// what the published feeds still show is recalled.
func (m *mill) ready(b before, s site.Site, articles []*article.Article, now time.Time) (err error) {
	authority := b.ledger.Authority()
	var lost map[string]check.Reading
	if b.ledger.Empty() && b.edition != nil {
		if lost, err = readFeeds(b.edition); err != nil {
			return err
		}
		for _, f := range s.Feeds {
			if f.Profile != "" {
				delete(lost, f.Path+"/") // its dates are a partner's
			}
		}
		authority = cmp.Or(authority, authorityOf(lost))
	}
	if err := b.ledger.SetAuthority(cmp.Or(s.IDAuthority, authority, defaultAuthority(s, now))); err != nil || lost == nil {
		return err
	}
	return m.recall(b, lost, articles, s, now)
}

func (m *mill) standing(how manner) (*edition.Edition, error) {
	if how == rehearse {
		return m.store.Read()
	}
	if m.changed != nil {
		return m.store.Last() // files are looked at when all articles are
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

// entryOf returns the id of the entry that an error of documents is about.
func entryOf(err error) (id string, cause error, ok bool) {
	var e *feed.EntryError
	if !errors.As(err, &e) {
		return "", nil, false
	}
	return e.ID, e.Err, true
}
