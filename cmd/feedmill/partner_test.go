package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// TestWhatAPartnerRefuses lets the judge find what the writer of a partner's
// feed did not see: the article is out of that feed, and of no other.
func TestWhatAPartnerRefuses(t *testing.T) {
	text := strings.Repeat("The water stood at the crest. ", 20)
	for name, test := range map[string]struct {
		spoil func(item []byte) []byte // an item of the partner's feed
		only  string                   // whose; empty: everybody's
		stay  string
	}{
		"a link with a campaign": {
			func(item []byte) []byte {
				return bytes.Replace(item, []byte("/</link>"), []byte("/?utm_source=x</link>"), 1)
			},
			"s2", "s0 s1 s3 s4",
		},
		"no text": {
			func(item []byte) []byte {
				from, to := bytes.Index(item, []byte("<content:encoded>")), bytes.Index(item, []byte("</content:encoded>"))
				return append(item[:from:from], item[to+len("</content:encoded>"):]...)
			},
			"s0", "s1 s2 s3 s4",
		},
		"a feed too large: the oldest go": {
			func(item []byte) []byte {
				return bytes.Replace(item, []byte("<content:encoded>"), []byte("<content:encoded>"+strings.Repeat("x", 300<<10)), 1)
			},
			"", "s0 s1 s2",
		},
		"not RSS at all": {
			func(item []byte) []byte {
				return bytes.Replace(item, []byte("</pubDate>"), []byte("</pubDate><nonsense/>"), 1)
			},
			"s1", "s0 s2 s3 s4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "language: en\nimage: https://www.example.org/logo.png\nfeeds:\n  - {path: smart, profile: smartnews}\n")
			for i := range 5 {
				d.story(fmt.Sprintf("s%d", i), "date: "+day.AddDate(0, 0, -i-1).Format(time.DateOnly), text)
			}
			d.m.render = func(f *feed.Feed, format string) ([]byte, string, error) {
				body, mediaType, err := render.Document(f, format)
				if f.Path != "smart" {
					return body, mediaType, err
				}
				items := bytes.Split(body, []byte("<item>"))
				for i := range items[1:] {
					if test.only == "" || bytes.Contains(items[i+1], []byte("2023:"+test.only+"<")) {
						items[i+1] = test.spoil(items[i+1])
					}
				}
				return bytes.Join(items, []byte("<item>")), mediaType, err
			}
			s, err := site.Load(d.o.siteFile())
			if err != nil {
				t.Fatal(err)
			}
			out, err := d.m.build(t.Context(), s, day, publish)
			if err != nil {
				t.Fatal(err)
			}
			for path, want := range map[string]string{"smart/rss.xml": test.stay, "rss.xml": "s0 s1 s2 s3 s4", "atom.xml": "s0 s1 s2 s3 s4"} {
				var got []string
				for i := range 5 {
					if id := fmt.Sprintf("s%d", i); strings.Contains(content(t, out.edition, path), "2023:"+id+"<") {
						got = append(got, id)
					}
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s has %v, want %s", path, got, want)
				}
			}
			said := 0
			for _, p := range out.problems {
				if p.Code == "smartnews" {
					said++
					if p.Severity != article.Warning || !strings.HasPrefix(p.Text, "SmartNews does not take it: ") || !strings.HasSuffix(p.Hint, "and not in smart") || !strings.HasSuffix(p.Path, ".md") {
						t.Errorf("problem %+v", p)
					}
				}
			}
			if want := 5 - len(strings.Fields(test.stay)); said != want {
				t.Errorf("%d problems, want %d", said, want)
			}
		})
	}
}

// TestALostLedgerIsNotRecalledFromAPartner loses the ledger after a change that
// only a partner's feed dates anew, and only it still shows.
func TestALostLedgerIsNotRecalledFromAPartner(t *testing.T) {
	d := newDesk(t, "language: en\nimage: https://www.example.org/logo.png\narchive: off\nlimit: {entries: 1, days: 0}\nfeeds:\n  - {path: a, profile: smartnews}\n")
	text := strings.Repeat("The water stood at the crest. ", 20)
	build := func(now time.Time) outcome {
		t.Helper()
		s, err := site.Load(d.o.siteFile())
		if err != nil {
			t.Fatal(err)
		}
		out, err := d.m.build(t.Context(), s, now, accept)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	d.story("new", "date: 2026-03-01", text)
	d.story("old", "", text)
	if err := os.Chtimes(filepath.Join(d.o.articles, "old.md"), day, day.AddDate(0, -1, 0)); err != nil {
		t.Fatal(err)
	}
	build(day)
	d.story("old", "", text+"More.")
	if err := os.Chtimes(filepath.Join(d.o.articles, "old.md"), day, day.AddDate(0, -1, 0)); err != nil {
		t.Fatal(err)
	}
	build(day.Add(time.Hour))
	for _, name := range []string{"ledger.jsonl", "ledger.journal"} {
		if err := os.Remove(filepath.Join(d.dir, ".feeds-state", name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for _, e := range build(day.Add(2 * time.Hour)).told.Articles {
		if want := day.AddDate(0, -1, 0); e.Path == "old.md" && !e.Published.Time().Equal(want) {
			t.Errorf("published %v, want %v", e.Published, want)
		}
	}
}
