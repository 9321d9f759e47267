package main

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/library"
	"feedmill/internal/page"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// looks counts how often a file beside the articles is asked for, as whoever
// renders an article with a picture does.
type looks struct{ atomic.Int64 }

func (n *looks) Has(string) bool                  { n.Add(1); return true }
func (n *looks) Measure(string) (int64, int, int) { return 0, 0, 0 }

// toldArticles are articles with a text, the newest of now and each other one apart
// older than the one before.
func toldArticles(t *testing.T, n int, text string, now time.Time, apart time.Duration) (all []*article.Article) {
	t.Helper()
	for i := range n {
		path := fmt.Sprintf("%04d.md", i)
		a, problems := article.Parse(path, []byte("# "+path+"\n\n"+text), article.Options{})
		if a == nil {
			t.Fatal(problems)
		}
		a.ID, a.Slug = "tag:example.org,2023:"+path, path
		a.Published = article.At(now.Add(-time.Duration(i) * apart))
		a.Updated = a.Published
		all = append(all, a)
	}
	return all
}

// TestContentsAreGivenUpWhenTheLastDocumentIsMade: those that stand in a feed
// stay where a next edition will show them again.
func TestContentsAreGivenUpWhenTheLastDocumentIsMade(t *testing.T) {
	now := time.Date(2023, 11, 20, 12, 0, 0, 0, time.UTC)
	all := toldArticles(t, 200, "Text ![x](x.png).\n", now, 24*time.Hour)
	s := site.Default()
	s.Archive = site.Month
	beside := library.New(fstest.MapFS{"x.png": {Data: []byte("a picture")}})
	for name, oneShot := range map[string]bool{"of a server": false, "of a build that ends": true} {
		t.Run(name, func(t *testing.T) {
			var n looks
			c := feed.Compose(all, s, &n, feed.Memory{NewID: func(path string) string { return "tag:example.org,2023:/" + path }}, now)
			if len(c.Feeds[0].Archives) == 0 || c.Entries[0].Page() == "" {
				t.Fatal("the site has no archives, or no pages")
			}
			p := &press{mill: &mill{library: beside, oneShot: oneShot, render: render.Document}, outcome: &outcome{}, site: s, theme: page.BuiltIn()}
			w := p.plan(c)
			for _, e := range c.Entries {
				if _, err := e.Content(); err != nil {
					t.Fatal(err)
				}
			}
			live := map[*feed.Entry]bool{}
			for _, e := range c.Feeds[0].Entries {
				live[e] = !oneShot
			}
			before := n.Load()
			for _, u := range w.units {
				if _, err := u.make(); err != nil {
					t.Fatal(err)
				}
				if n.Load() != before {
					t.Fatalf("%s shows what was given up", u.paths[0])
				}
				w.done(u)
			}
			for _, e := range c.Entries {
				if _, err := e.Content(); err != nil {
					t.Fatal(err)
				}
				if kept := n.Load() == before; kept != live[e] {
					t.Errorf("%s: kept %v, want %v", e.ID, kept, live[e])
				}
				before = n.Load()
			}
		})
	}
}

// TestPartsOfTheSitemapKeepNoListOfBefore edits one article of many: the files of
// the sitemap that are the same hold on to the entries that there are now alone.
func TestPartsOfTheSitemapKeepNoListOfBefore(t *testing.T) {
	now := time.Date(2023, 11, 20, 12, 0, 0, 0, time.UTC)
	all := toldArticles(t, 1500, "", now, 2*time.Hour)
	s := site.Default()
	s.Link = "https://www.example.org/{slug}/"
	memory := feed.Memory{NewID: func(path string) string { return "tag:example.org,2023:/" + path }}
	var n looks
	first := feed.Compose(all, s, &n, memory, now)
	p := &press{mill: &mill{}, outcome: &outcome{}, site: s, theme: page.BuiltIn()}
	w := p.plan(first)
	p.last = &printed{composition: first, face: w.face, parts: w.parts}

	all = slices.Clone(all)
	all[3] = all[3].Copy()
	all[3].Updated = article.At(now)
	second := first.Next(all, s, &n, memory, now)
	next := p.plan(second)
	parts := next.parts
	if len(parts) != len(w.parts) || len(parts) < 4 {
		t.Fatalf("%d files, and %d before", len(parts), len(w.parts))
	}
	at := 0
	for i, part := range parts {
		if len(part.Entries) == 0 {
			continue
		}
		if &part.Entries[0] != &second.Entries[at] {
			t.Errorf("%s holds another list than the composition", part.Path)
		}
		isMade := slices.ContainsFunc(next.units, func(u unit) bool { return slices.Contains(u.paths, part.Path) })
		if isMade != (i == 1) {
			t.Errorf("%s: written anew: %v", part.Path, isMade)
		}
		at += len(part.Entries)
	}
}
