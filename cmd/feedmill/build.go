package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/durable"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/library"
	"feedmill/internal/page"
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
	out.site = s
	// read
	if out.snapshot, err = m.library.Scan(ctx, s, now); err != nil {
		return m.keep(out, err)
	}
	if how != rehearse {
		unlock, locked := m.store.Lock()
		if locked != nil {
			return out, locked
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	before, err := m.open(s, out.snapshot.Articles, now, how)
	if err != nil {
		return out, err
	}
	last, book := before.edition, before.ledger
	out.edition, out.damage = last, before.damage
	if out.told, err = book.Tell(out.snapshot.Articles, now); err != nil {
		return out, err
	}

	gate := newGate(slices.DeleteFunc(slices.Clone(out.snapshot.Articles), book.Purged), m.good)
	memory, err := remember(book, now)
	if err != nil {
		return out, err
	}
	// refuse leaves an article in its last good form, or keeps it out.
	refuse := func(f fault) error {
		if !out.refuse(gate, f) {
			return nil
		}
		if before, err = m.open(s, out.snapshot.Articles, now, how); err != nil {
			return err
		}
		book = before.ledger
		if out.told, err = book.Tell(gate.sources, now); err != nil {
			return err
		}
		memory, err = remember(book, now)
		return err
	}
	theme, problems := page.NewTheme(m.library.Aside)
	out.problems = append(out.problems, problems...)
	var composition feed.Composition
	for {
		// compose
		composition = feed.Compose(gate.pass(out.told.Articles), s, out.snapshot, memory, now)
		gate.withhold(composition)
		// render
		documents, rendered, err := m.documents(composition, s, theme)
		if id, cause, ok := entryOf(err); ok {
			if err := refuse(fault{id: id, cause: cause}); err != nil {
				return out, err
			}
			continue
		} else if broken := (*page.ThemeError)(nil); errors.As(err, &broken) {
			theme = out.undress(err)
			continue
		} else if err != nil {
			return out, err
		}
		to, dead := redirects(composition, s, book, documents)
		out.next, err = edition.New(s.BaseURL, documents, to, gone(composition, s, book, now))
		if err != nil {
			return out, err
		}
		// check
		partners := profiles(composition)
		out.findings = check.Edition(last, out.next, partners, now)
		if refused := m.refuses(gate, out.findings, composition, out.told.Articles); refused != nil {
			out.problems = append(out.problems, refused...)
			continue
		}
		refused := false
		for _, f := range m.faults(unpartnered(out.findings, partners), composition) {
			switch {
			case theme.Own() && (f.id == "" || f.page):
				theme = out.undress(f.cause)
			case f.id != "":
				err = refuse(f)
			default:
				err = invalid(f)
			}
			if refused = true; err != nil {
				return out, err
			}
		}
		if refused {
			continue
		}
		out.note(composition, append(rendered, dead...))
		if err := show(composition, book, now); err != nil {
			return out, err
		}
		break
	}
	follows := succeed(last, out.next, out.told.New, book.Fresh, composition)
	out.stands = func(feed, id string) bool { return slices.Contains(composition.In[id], feed) }
	out.findings = append(out.findings, follows.findings...)
	if hold := out.told.Hold(); hold != "" {
		out.held = append(out.held, hold)
	} else if how != purging {
		out.held = follows.holds
	}
	if how == rehearse || how != accept && len(out.held) > 0 {
		return out, nil
	}

	// publish
	var also []durable.Append
	if changes, ok := book.Changes(); ok {
		also = append(also, changes)
	}
	published, result, err := m.store.Publish(out.next, now, also...)
	if published != nil { // also beside edition.ErrUnapplied
		out.edition, out.result = published, result
	}
	if err != nil {
		return out, err
	}
	out.released, out.held = out.held, nil
	book.Committed()
	m.good = gate.published()
	return out, book.Fold(m.oneShot)
}

// remember returns what the ledger knows of what subscribers were told.
func remember(book *ledger.Ledger, now time.Time) (feed.Memory, error) {
	memory := feed.Memory{Feeds: map[string]feed.Told{}, NewID: book.NewFeedID}
	feeds, err := book.Feeds()
	for path, told := range feeds {
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
	return memory, err
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
	given := map[string][]ledger.Given{}
	for path, all := range c.Given {
		for _, g := range all {
			given[path] = append(given[path], ledger.Given(g))
		}
	}
	return errors.Join(book.Give(given), book.Stand(c.In))
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

// refuse notes that an article is not as it should be in this edition, and
// reports whether the ledger has to be told anew.
func (out *outcome) refuse(g *gate, f fault) (restored bool) {
	i := slices.IndexFunc(out.told.Articles, func(a *article.Article) bool { return a.ID == f.id })
	path := out.told.Articles[i].Path
	restored = g.refuse(path)
	problem := article.Problem{Code: "kept-out", Text: f.cause.Error(), Hint: "the article is kept out of this edition; the others go out"}
	if said := (article.Problem{}); errors.As(f.cause, &said) {
		problem = said // with the line, and the cure
	} else if restored {
		problem.Code, problem.Hint = "kept-back", "the article stays as it was published last; the others go out"
	}
	problem.Path, problem.Severity = path, article.Error
	out.problems = append(out.problems, problem)
	return restored
}

// undress notes what is wrong with the site's own theme, or with a document when
// that may be the theme's fault, and returns the built-in one for the next try.
func (out *outcome) undress(cause error) *page.Theme {
	var broken *page.ThemeError
	if errors.As(cause, &broken) {
		out.problems = append(out.problems, broken.Problem)
	} else {
		out.problems = append(out.problems, article.Problem{
			Path: page.ThemeDir, Severity: article.Warning, Code: "theme", Text: cause.Error(),
			Hint: "all pages are made with the built-in theme",
		})
	}
	return page.BuiltIn()
}

// note collects what the operator is told about the edition that stands.
func (out *outcome) note(c feed.Composition, rendered []article.Problem) {
	out.entries, out.feeds, out.wake = len(c.Entries), c.Feeds, c.Wake
	out.problems = slices.Concat(out.snapshot.Problems, out.told.Problems, c.Problems, rendered, out.problems)
	slices.SortFunc(out.problems, article.Problem.Compare)
}

// redirects are the old paths that stand for documents: the usual guesses at a
// feed's address, the site's aliases, the addresses that articles had, and the
// feeds that another stands for. An alias of what nobody publishes is a problem.
func redirects(c feed.Composition, s site.Site, book *ledger.Ledger, documents []edition.Document) (to map[string]string, dead []article.Problem) {
	to = guesses(c.Feeds[0])
	maps.Copy(to, s.Aliases)
	if s.Link == "" {
		pages := map[string]bool{}
		for _, e := range c.Entries {
			pages[e.Page] = true
		}
		for was, slug := range book.Moved() {
			if page := "articles/" + slug + "/"; pages[page] {
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
	published := map[string]bool{}
	for _, d := range documents {
		published[d.Path] = true
	}
	for old, target := range s.Aliases {
		if !published[target] {
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

// gone are the paths that answer 410: the pages of articles that vanished, and
// what is left of feeds that are retired.
func gone(c feed.Composition, s site.Site, book *ledger.Ledger, now time.Time) []string {
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
