package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// A gate decides, article by article, what goes into an edition when a document
// is not valid: an article that is the cause is left in its last good form if
// there is one, and else kept out. The rest goes out.
type gate struct {
	sources []*article.Article         // as they were read, or in their last good form
	good    []*article.Article         // sorted by path, as they were read when they were last published
	out     map[string]bool            // paths of those that are kept out
	refused map[string]map[string]bool // ids of those that a partner refuses, by the paths of its feeds
}

func newGate(sources, good []*article.Article) *gate {
	return &gate{sources: sources, good: good, out: map[string]bool{}, refused: map[string]map[string]bool{}}
}

// pass returns the articles that are not kept out.
func (g *gate) pass(articles []*article.Article) []*article.Article {
	if len(g.out) == 0 {
		return articles
	}
	return slices.DeleteFunc(slices.Clone(articles), func(a *article.Article) bool { return g.out[a.Path] })
}

// refuse turns an article away, and reports whether its last good form stands
// in its place: then the ledger has to be told anew.
func (g *gate) refuse(path string) (restored bool) {
	i := slices.IndexFunc(g.sources, func(a *article.Article) bool { return a.Path == path })
	at, known := slices.BinarySearchFunc(g.good, path, func(a *article.Article, path string) int { return strings.Compare(a.Path, path) })
	if known && i >= 0 && g.good[at] != g.sources[i] {
		g.sources = slices.Clone(g.sources)
		g.sources[i] = g.good[at]
		return true
	}
	g.out[path] = true
	return false
}

// published returns what stands in the edition now, for the gate of the next.
func (g *gate) published() []*article.Article { return g.pass(g.sources) }

// fault is an article that keeps a document from being valid, or with an empty
// id a document that no article can be blamed for.
type fault struct {
	id    string
	cause error
	page  bool // it shows on the article's page, which may be the theme's fault
}

// faults returns the articles to blame for what is not valid: those that the
// findings name; where a finding names none, the article whose page it is, or
// the entries of the feed that make the difference.
func (m *mill) faults(findings []check.Finding, c feed.Composition) []fault {
	if !slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Level == check.Error }) {
		return nil
	}
	var all []fault
	blamed := map[string]bool{}
	blame := func(id string, f check.Finding, page bool) {
		if !blamed[id] {
			blamed[id] = true
			all = append(all, fault{id, errors.New(f.String()), page})
		}
	}
	shown := map[string]string{} // what formats call an entry → its id
	for _, e := range c.Entries {
		shown[e.ID], shown[cmp.Or(e.GUID, e.ID)] = e.ID, e.ID
	}
	for _, f := range findings {
		if f.Level == check.Error && shown[f.Entry] != "" {
			blame(shown[f.Entry], f, false)
		}
	}
	if len(all) > 0 {
		return all // without these the other findings may be gone
	}
	for _, f := range findings {
		if f.Level != check.Error {
			continue
		}
		if i := slices.IndexFunc(c.Entries, func(e *feed.Entry) bool { return e.Page() != "" && e.Page()+"index.html" == f.Document }); i >= 0 {
			blame(c.Entries[i].ID, f, true)
			continue
		}
		ids := m.culprits(f.Document, c)
		for _, id := range ids {
			blame(id, f, false)
		}
		if len(ids) == 0 {
			blame("", f, false)
		}
	}
	return all
}

// culprits returns the entries without which a feed is valid. It is found by
// rendering ever smaller parts of the feed; a feed that is not valid without
// any entry has none.
func (m *mill) culprits(document string, c feed.Composition) []string {
	for _, f := range c.Feeds {
		for _, part := range append([]*feed.Feed{f}, f.Archives...) {
			for _, format := range part.Formats {
				if part.Document(format) == document {
					return bisect(part.Entries, func(entries []*feed.Entry) bool { return m.sound(part, format, entries) })
				}
			}
		}
	}
	return nil
}

// sound reports whether a feed is valid with these entries.
func (m *mill) sound(f *feed.Feed, format site.Format, entries []*feed.Entry) bool {
	part := *f
	part.Entries = entries
	body, mediaType, err := m.render(&part, string(format))
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(check.Document(f.Document(format), mediaType, f.URL(format), body),
		func(f check.Finding) bool { return f.Level == check.Error })
}

// bisect returns the ids of the entries to leave out until sound holds, each
// the last of the shortest run of entries from the first for which it does not.
func bisect(entries []*feed.Entry, sound func([]*feed.Entry) bool) []string {
	if !sound(nil) {
		return nil
	}
	var ids []string
	for !sound(entries) {
		n := sort.Search(len(entries), func(n int) bool { return !sound(entries[:n+1]) })
		if n == len(entries) {
			return ids // sound by itself, and not a moment ago: the feed's own fault
		}
		ids = append(ids, entries[n].ID)
		entries = slices.Delete(slices.Clone(entries), n, n+1)
	}
	return ids
}

// invalid is the error of an edition that cannot be mended by leaving articles
// out.
func invalid(f fault) error { return fmt.Errorf("the edition is not valid: %w", f.cause) }
