package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/durable"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/library"
	"feedmill/internal/site"
)

// manner is how far a build goes.
type manner int

const (
	publish  manner = iota
	rehearse        // stop after check: nothing is written
	accept          // publish even what a guard would hold
	purging         // publish without an article that was purged: that its feeds are empty now is meant
)

// outcome is what became of a build.
type outcome struct {
	edition  *edition.Edition // what readers get from now on; nil when there is nothing yet
	next     *edition.Edition // what this build made, published or not
	result   edition.Result
	site     site.Site // as it was read for this build
	snapshot library.Snapshot
	told     ledger.Told
	entries  int
	feeds    []*feed.Feed
	problems []article.Problem          // of the articles
	findings []check.Finding            // of the documents
	stands   func(feed, id string) bool // whether a feed still has an entry, shown or not
	held     []string                   // why the edition was not published
	released []string                   // why it would not have been, had it not been asked for
	damage   error                      // what of the last edition was altered on disk
	wake     time.Time                  // when the next build is due although nothing is edited
}

// build is the main job, in six steps: read, compose, render, check, publish,
// tell. What can fail comes before what cannot be undone; when it fails, the
// last edition stays. The last step is the caller's: it has the server.
func (m *mill) build(ctx context.Context, s site.Site, now time.Time, how manner) (out outcome, err error) {
	for try := 1; ; try++ {
		out, err = m.try(ctx, s, now, how)
		// An article was edited since it was read.
		if !errors.Is(err, library.ErrChanged) && !errors.Is(err, errOvertaken) || try == tries {
			return out, err
		}
	}
}

// tries is how often a build begins again because articles change meanwhile, or
// others publish.
const tries = 3

// errOvertaken says that another process has published since the articles were
// looked at, and may have read what was written later.
var errOvertaken = errors.New("another process has published since the articles were looked at")

func (m *mill) try(ctx context.Context, s site.Site, now time.Time, how manner) (out outcome, err error) {
	out.site = s
	began, stood := time.Now(), m.left()
	if m.overtaken(stood) {
		defer m.catchUp()()
	}
	sight, err := m.look(ctx, now) // read
	if err != nil {
		return m.keep(out, err)
	}
	defer func() { err = errors.Join(err, sight.Close()) }()
	if how != rehearse {
		unlock, locked := m.store.Lock()
		if locked != nil {
			return out, locked
		}
		defer func() { err = errors.Join(err, unlock()) }()
		if m.left() != stood {
			return out, errOvertaken
		}
		defer func() {
			if err == nil {
				m.stood = m.left()
			}
		}()
		if out, ok := m.sealed(sight.Digest, s, now); ok {
			return out, nil
		}
		defer func() {
			if err == nil && len(out.held) == 0 {
				m.setSeal(sight.Recheck(now.Add(time.Since(began))), s, now, out)
			}
		}()
	}
	var last before
	var unknown error
	var beside sync.WaitGroup
	beside.Go(func() { last, unknown = m.find(how) })
	out.snapshot, err = sight.Read(ctx, s)
	beside.Wait()
	if err != nil {
		return m.keep(out, err)
	}
	if unknown != nil {
		return out, unknown
	}
	if m.keeps {
		// What cannot be written now is tried again when all is done, and said.
		m.keeping.Go(func() { _ = m.library.SaveArticles() })
	}
	p, err := m.newPress(ctx, &out, s, now, how, last)
	if err != nil {
		return out, err
	}
	defer p.discard()
	for done := false; !done; {
		p.compose()
		if err = p.print(); err == nil { // render
			err = p.check()
		}
		if done = err == nil; !done {
			if err = p.mend(err); err != nil {
				return out, err
			}
		}
	}
	if err := p.conclude(); err != nil {
		return out, err
	}
	if how == rehearse || how != accept && len(out.held) > 0 {
		return out, nil
	}
	return out, p.publish()
}

// publish replaces the published edition, and with it the ledger.
func (p *press) publish() error {
	book := p.before.ledger
	var also []durable.Append
	changes, told, err := book.Changes()
	if err != nil {
		return err
	}
	if told {
		also = append(also, changes)
	}
	published, result, err := p.store.Publish(p.next, p.now, also...)
	if published != nil { // also beside edition.ErrUnapplied
		p.outcome.edition, p.result = published, result
	}
	if err != nil {
		return err
	}
	p.released, p.held = p.held, nil
	book.Committed(changes)
	completed, err := p.store.Complete()
	if completed != nil {
		p.outcome.edition = completed
	}
	p.published()
	if err != nil {
		return err
	}
	if p.oneShot {
		return book.Fold(ledger.WhenCheap)
	}
	return book.Fold(ledger.WhenGrown)
}

// remember returns what the ledger knows of what subscribers were told.
func remember(book *ledger.Ledger, now time.Time) feed.Memory {
	memory := feed.Memory{Feeds: map[string]feed.Told{}, NewID: book.NewFeedID}
	for path, told := range book.Feeds() {
		memory.Feeds[path] = feed.Told(told)
	}
	for _, t := range book.Tombstones(now) {
		memory.Gone = append(memory.Gone, feed.Tombstone{ID: t.ID, When: t.When, In: t.In})
	}
	memory.Given = map[string][]feed.Given{}
	for path, all := range book.Given() {
		for _, g := range all {
			memory.Given[path] = append(memory.Given[path], feed.Given(g))
		}
	}
	return memory
}

// show notes in the ledger what a composition tells subscribers.
func show(c feed.Composition, book *ledger.Ledger, now time.Time) error {
	for _, f := range c.Feeds {
		told := ledger.ToldFeed{
			Path: f.Path, ID: f.ID, Kind: f.Kind, Value: f.Value, Title: f.Title,
			Period: string(f.Period), Language: f.Language, Podcast: f.PodcastID, Updated: f.Updated,
			Formats: formatsOf(f),
		}
		if err := book.ShowFeed(told, now); err != nil {
			return err
		}
	}
	in, _ := c.Standing()
	given := map[string][]ledger.Given{}
	for path, all := range c.Given {
		for _, g := range all {
			given[path] = append(given[path], ledger.Given(g))
		}
	}
	return errors.Join(book.Give(given), book.Stand(in))
}

// formatsOf returns the formats of a feed of the site's own making: if it is
// forsaken, it stays in these.
func formatsOf(f *feed.Feed) string {
	if f.Kind != feed.OwnFeed {
		return ""
	}
	var words []string
	for _, format := range f.Formats {
		words = append(words, string(format))
	}
	return strings.Join(words, " ")
}

// keep is the outcome when the directory of articles cannot be read: what was
// published stays, held; without that the build failed.
func (m *mill) keep(out outcome, cause error) (outcome, error) {
	if errors.Is(cause, context.Canceled) {
		return out, cause // nobody asks any more
	}
	last, err := m.store.Read()
	if err != nil || last == nil {
		return out, errors.Join(&unreadable{cause}, err)
	}
	out.edition = last
	out.held = []string{cause.Error()}
	return out, nil
}

// unreadable is the error of a directory of articles that cannot be read when
// nothing was published before.
type unreadable struct{ error }

func (e *unreadable) Unwrap() error { return e.error }

// redirects are the old paths that stand for documents: the usual guesses at a
// feed's address, the site's aliases, the addresses that articles had, and the
// feeds that another stands for. An alias of what nobody publishes is a problem.
func redirects(c feed.Composition, s site.Site, book *ledger.Ledger, next *edition.Edition) (to map[string]string, dead []article.Problem) {
	published := func(path string) bool {
		_, ok := next.Document(path)
		return ok
	}
	to = guesses(c.Feeds[0])
	maps.Copy(to, s.Aliases)
	if s.Link == "" {
		for was, slug := range book.Moved() {
			if page := "articles/" + slug + "/"; published(page + "index.html") {
				to["articles/"+was+"/"] = page
			}
		}
	}
	for _, r := range c.Retired {
		if r.For == nil {
			continue
		}
		for _, format := range r.Formats {
			instead := format
			if !slices.Contains(r.For.Formats, format) {
				instead = r.For.Formats[0]
			}
			to[r.Document(format)] = r.For.Document(instead)
		}
	}
	for old, target := range s.Aliases {
		if !published(target) {
			delete(to, old)
			dead = append(dead, article.Problem{
				Path: "site.yaml", Severity: article.Warning, Code: "alias",
				Text: fmt.Sprintf("aliases./%s: %q is not published", old, target), Hint: "name a feed that there is",
			})
		}
	}
	return to, dead
}

// guesses are the addresses that readers, people and browsers try, each with the
// document that answers it.
func guesses(f *feed.Feed) map[string]string {
	to := map[string]string{}
	for _, guess := range []struct {
		format site.Format
		paths  []string
	}{
		{site.RSS, []string{"feed", "rss", "feed.rss", "index.rss", "index.xml", "feed/rss", "feeds/rss.xml", "rss2.xml"}},
		{site.Atom, []string{"atom", "feed.xml", "feed/atom", "feed.atom", "feeds/atom.xml", "index.atom"}},
		{site.JSON, []string{"feed/json", "json", "index.json"}},
	} {
		format := guess.format
		if !slices.Contains(f.Formats, format) {
			if format == site.JSON {
				continue
			}
			format = f.Formats[0]
		}
		for _, path := range guess.paths {
			to[path] = f.Document(format)
		}
	}
	// Browsers ask for it when what they show, a feed say, names no icon.
	const favicon = "favicon.ico"
	if icon, ok := strings.CutPrefix(f.Icon, f.Base); ok && icon != favicon {
		if path, err := url.PathUnescape(icon); err == nil {
			to[favicon] = path
		}
	}
	return to
}

// gonePaths are the paths that answer 410: the pages of articles that vanished, and
// what is left of feeds that are retired.
func gonePaths(c feed.Composition, s site.Site, book *ledger.Ledger, now time.Time) []string {
	var paths []string
	if s.Link == "" {
		for _, slug := range book.Gone(now) {
			paths = append(paths, "articles/"+slug+"/")
		}
	}
	for _, r := range c.Retired {
		parts := slices.Clone(r.Archives)
		if r.For == nil {
			parts = append(parts, r.Feed)
		}
		for _, f := range parts {
			for _, format := range f.Formats {
				paths = append(paths, f.Document(format))
			}
		}
	}
	return paths
}
