package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"feedmill/internal/site"
)

// secret is a word of texts that not everybody may read.
const secret = "quicksilver"

// TestNothingLeaks publishes articles whose text may stand nowhere, or in one
// feed alone, in every kind of feed that there is, and looks for it in every
// byte that is published or kept.
func TestNothingLeaks(t *testing.T) {
	long := strings.Repeat("Nothing to see in this sentence. ", 30)
	text := long + "\n\nThe " + secret + " is below ![" + secret + "](" + secret + ".png) the dam. [" + secret + "](https://example.org/" + secret + ")"
	public := "summary: " + strings.Repeat("What all may read. ", 30) + "\n"
	for name, test := range map[string]struct {
		site    string
		stories []string // front matter, each of a story with the text
		allowed string   // where the text may be
		summary []string // documents that have the public part
	}{
		"pages of its own": {
			stories: []string{
				"date: 2026-02-01\nfeed: summary\n" + public, "date: 2026-02-02\nstatus: withdrawn", "date: 2026-02-03\ndraft: true",
				"date: 2026-04-01", "date: 2026-02-05\nexpires: 2026-03-01",
			},
			summary: []string{"tags/dams/archive/2026-02/atom.xml", "archive/2026-02/feed.json", "archive/2026-02/rss.xml", "flip/rss.xml", "mail/rss.xml", "articles/site-story0/index.html"},
		},
		"pages elsewhere": {
			site:    "link: https://www.example.org/{slug}/\n",
			stories: []string{"date: 2026-02-01\nfeed: false\n" + public, "date: 2026-02-02\nfeed: [members]\n" + public, "date: 2026-02-03\nfeed: summary\n" + public},
			allowed: "members/",
			summary: []string{"members/rss.xml", "archive/2026-02/atom.xml", "members/archive/2026-02/feed.json"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, test.site+`language: en-GB
image: https://www.example.org/logo.png
archive: month
each: [tag, author, section, language]
limit: {entries: 2, days: 0, bytes: 10KB}
feeds:
  - {path: own, title: Own, match: {tag: dams}}
  - {path: words, title: Words, match: {text: sentence}}
  - {path: members, title: Members, match: {tag: dams}, limit: {entries: 10, bytes: 1MB}}
  - {path: smart, profile: smartnews}
  - {path: start, profile: msn}
  - {path: flip, profile: flipboard}
  - {path: apple, profile: applenews}
  - {path: mail, profile: newsletter}
`)
			d.file("site/"+secret+".png", "not looked at")
			for i, meta := range test.stories {
				d.story("site/story"+string(rune('0'+i)), "slug: site-story"+string(rune('0'+i))+"\nauthor: Ana\ntags: [dams]\n"+meta, text)
			}
			d.story("site/public", "date: 2026-02-20\nauthor: Ana\ntags: [dams]", long)
			s, err := site.Load(d.o.siteFile())
			if err != nil {
				t.Fatal(err)
			}
			out, err := d.m.build(t.Context(), s, day, publish)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(out.feeds); n != 13 {
				t.Fatalf("%d feeds", n)
			}
			looked, found := 0, 0
			for _, dir := range []string{d.o.feeds, filepath.Join(d.dir, ".feeds-state")} {
				err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
					if err != nil || entry.IsDir() {
						return err
					}
					body, err := os.ReadFile(path)
					if err != nil {
						return err
					}
					looked++
					rel, _ := filepath.Rel(dir, path)
					if !bytes.Contains(unpacked(t, path, body), []byte(secret)) && !strings.Contains(rel, secret) {
						return nil
					}
					if found++; test.allowed == "" || !strings.HasPrefix(rel, test.allowed) {
						t.Errorf("%s has it", path)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if looked < 60 || found == 0 != (test.allowed == "") {
				t.Errorf("looked at %d files, found it in %d", looked, found)
			}
			for _, path := range test.summary {
				if !strings.Contains(content(t, out.edition, path), "What all may read.") {
					t.Errorf("%s lacks the summary", path)
				}
			}
		})
	}
}

// unpacked returns what a file says, with what is packed in it.
func unpacked(t *testing.T, path string, body []byte) []byte {
	t.Helper()
	var in io.Reader = bytes.NewReader(nil)
	var err error
	switch filepath.Ext(path) {
	case ".gz":
		in, err = gzip.NewReader(bytes.NewReader(body))
	case ".br":
		in = brotli.NewReader(bytes.NewReader(body))
	}
	if err != nil {
		t.Fatal(err)
	}
	more, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return append(body, more...)
}
