package library

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// TestConventions reads the directories of testdata/convention/*.txtar. An
// archive holds the files of a site and, as its last, "want": what a scan makes
// of it. The comment names the directory of articles, "articles: content", and
// may hold a site file from the line "site:" on.
func TestConventions(t *testing.T) {
	archives, err := filepath.Glob("testdata/convention/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			want, files := "", archive.Files[:0:0]
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files = append(files, f)
				where := filepath.Join(root, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(where), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(where, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			// What lies above the test's own directory is not its business.
			if err := os.MkdirAll(filepath.Join(root, ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
			comment, siteFile, _ := strings.Cut(string(archive.Comment), "site:\n")
			_, dir, _ := strings.Cut(comment, "articles: ")
			dir, _, _ = strings.Cut(dir, "\n")
			got := readable(t, root, dir, siteFile)
			if *update {
				archive.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// readable scans a directory below root and writes what is there as a person
// would want to compare it.
func readable(t *testing.T, root, dir, siteFile string) string {
	t.Helper()
	where := filepath.Join(root, dir)
	g, err := site.FindGenerator(where)
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(root, "site-of-the-test.yaml")
	if siteFile != "" {
		if err := os.WriteFile(own, []byte(siteFile), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := g.Load(own)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	snap, err := New(Dir(where)).Scan(context.Background(), s, now)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	short := func(text string) string { return strings.ReplaceAll(text, root+string(filepath.Separator), "") }
	fmt.Fprintf(&b, "convention %s (%s); %d pages, %d drafts\n", snap.Convention.Name, short(snap.Convention.Evidence), snap.Pages, snap.Drafts)
	fmt.Fprintf(&b, "site %q, %s, %s\n", s.Title, s.Language, s.Zone)
	for _, said := range s.Taken() {
		fmt.Fprintf(&b, "    %s\n", short(said.String()))
	}
	for _, problem := range g.Problems {
		fmt.Fprintf(&b, "%s\n", short(problem.Error()))
	}
	for _, a := range snap.Articles {
		fmt.Fprintf(&b, "\n%s: %s\n", a.Path, a.Title)
		line := func(key, val string) {
			if val != "" {
				fmt.Fprintf(&b, "    %-9s %s\n", key, val)
			}
		}
		instant := func(key string, at time.Time) {
			if !at.IsZero() {
				line(key, at.Format(time.RFC3339))
			}
		}
		instant("published", a.Published.InZone())
		instant("updated", a.Updated.InZone())
		instant("from", a.From)
		instant("until", a.Until)
		line("authors", written(a.Authors))
		line("tags", strings.Join(a.Tags, " | "))
		line("section", a.Section)
		line("language", a.Language)
		line("slug", a.Slug)
		line("link", a.Link)
	}
	for _, p := range snap.Problems {
		fmt.Fprintf(&b, "\n%s [%s] %s\n", p.Severity, p.Code, p)
	}
	return b.String()
}

func written(all []article.Person) string {
	var names []string
	for _, p := range all {
		names = append(names, strings.TrimSpace(p.Name+" "+p.URL))
	}
	return strings.Join(names, " | ")
}

// TestMarksAreNotMissed holds what tells a mark at first sight against its
// pattern, in texts made of what the patterns look for.
func TestMarksAreNotMissed(t *testing.T) {
	pieces := []string{
		"\n", "\n", "\n\n", " ", "a", "x: y\n", "---\n", "--- js\n", "+++\n", "title: ", "Date: ", "TAGS: ", "authors: ", "layout: post\n", "eleventyNavigation: a\n",
		".. title: a\n", "<!-- .. date: a\n", "Head\n====\n", "#*#*\n", ":date: a\n", ":authors: a\n", "{% note %}", "{% raw %}", "{% link a %}", "{{ page.x", "{:.a", "{{< x", "{{% x",
		"{filename}a", "|static|", "[extra]\n", "[taxonomies]\n", "sort_by = 1\n", "path = 2\n", "](@/", "lastmod: 1\n", "toc = a\n", "publishDate : 1\n", "isCJKLanguage: a\n",
		"<!-- truncate -->", "{/*truncate*/}", "@site/", "@theme/", "author_url: a\n", "sidebar_label: a\n", "import x from 'astro:a'\n", "import 'x.astro'\n", "heroImage: a\n", "modDatetime: a\n", "layout: \"news\n",
	}
	random := rand.New(rand.NewPCG(1, 2))
	matched := make([]int, len(marks()))
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		for i, m := range marks() {
			if !m.pattern().MatchString(text) {
				continue
			}
			matched[i]++
			if !m.in(text) {
				t.Fatalf("%q has %s, which was not seen", text, m.name)
			}
		}
	}
	for i, n := range matched {
		if n == 0 {
			t.Errorf("no text has %s", marks()[i].name)
		}
	}
}

func TestHeadersThatYAMLRefuses(t *testing.T) {
	for head, want := range map[string]bool{
		"---\ntitle: Breaking: mayor resigns\n":     true,
		"---\na: b\nauthor: a b: c":                 true,
		"---\ntitle: \"Breaking: mayor resigns\"\n": false,
		"---\ntitle: a\ndate: b\n":                  false,
		"---\ntitle: at 10:30\n":                    false,
		"---\ntitle: a:  \n":                        false,
		"---\ntitle: a # b: c\n":                    true,
	} {
		if got := isRefused(head); got != want {
			t.Errorf("%q: refused %v, want %v", head, got, want)
		}
	}
}
