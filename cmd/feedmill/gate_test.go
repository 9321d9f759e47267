package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// A mutant is a way in which what writes documents could break.
type mutant struct {
	name     string
	document string
	old, new string // what is replaced, wherever it stands
	kind     string // the Content-Type instead, when it is the mutant
}

// mutants are faults of rendering and of publishing, put into the documents of
// the sample between render and check.
var mutants = []mutant{
	{"RSS does not escape an ampersand", "rss.xml", "The Balkan Desk</title>", "Balkan & Desk</title>", ""},
	{"Atom does not escape a tag", "atom.xml", "<![CDATA[<p>", "<p>", ""},
	{"a CDATA section ends too early", "rss.xml", "<![CDATA[<p>", "<![CDATA[<p>]]>", ""},
	{"Atom swaps its dates", "atom.xml", "<published>2024-05-18T06:30:00Z</published>", "<published>2031-05-18T06:30:00Z</published>", ""},
	{"Atom has another date than the others", "atom.xml", "<published>2024-05-18T06:30:00Z</published>", "<published>2024-05-17T06:30:00Z</published>", ""},
	{"RSS forgets a namespace", "rss.xml", ` xmlns:content="http://purl.org/rss/1.0/modules/content/"`, "", ""},
	{"Atom forgets its namespace", "atom.xml", ` xmlns="http://www.w3.org/2005/Atom"`, "", ""},
	{"the self link of RSS is relative", "rss.xml", `href="http://localhost:8080/rss.xml"`, `href="rss.xml"`, ""},
	{"the self link of Atom is another address", "atom.xml", `href="http://localhost:8080/atom.xml"`, `href="http://localhost:8080/rss.xml"`, ""},
	{"the self link of Atom is lost", "atom.xml", `rel="self"`, `rel="related"`, ""},
	{"a guid is lost", "rss.xml", `<guid isPermaLink="false">tag:example.org,2023:ajvar</guid>`, "", ""},
	{"a guid is said to be a link", "rss.xml", ` isPermaLink="false"`, "", ""},
	{"an id is given twice", "atom.xml", "<id>tag:example.org,2023:ajvar</id>", "<id>tag:example.org,2023:night-library</id>", ""},
	{"an id changes in JSON", "feed.json", `"tag:example.org,2023:ajvar"`, `"tag:example.org,2023:ajvar-2"`, ""},
	{"an id is a number in JSON", "feed.json", `"id": "tag:example.org,2023:ajvar"`, `"id": 7`, ""},
	{"a character that XML does not allow", "rss.xml", "</description>", "\x0b</description>", ""},
	{"a byte that is not UTF-8", "atom.xml", "</title>", "\xff</title>", ""},
	{"half a document", "rss.xml", "</channel>", "", ""},
	{"a blank line before the declaration", "atom.xml", "<?xml version", "\n<?xml version", ""},
	{"another encoding is declared", "rss.xml", `encoding="utf-8"`, `encoding="iso-8859-1"`, ""},
	{"a date with the wrong weekday", "rss.xml", "Sat, 18 May 2024", "Sun, 18 May 2024", ""},
	{"a date without a zone", "atom.xml", "23:00:00Z</updated>", "23:00:00</updated>", ""},
	{"RSS has the date of Atom", "rss.xml", "<pubDate>Sat, 18 May 2024 06:30:00 GMT</pubDate>", "<pubDate>2024-05-18T06:30:00Z</pubDate>", ""},
	{"a link of an entry leads nowhere", "atom.xml", "articles/ajvar/", "articles/ajwar/", ""},
	{"a link of an entry is relative", "rss.xml", "<link>http://localhost:8080/articles/ajvar/</link>", "<link>articles/ajvar/</link>", ""},
	{"a comma at the end of JSON", "feed.json", "\n}\n", ",\n}\n", ""},
	{"JSON forgets its version", "feed.json", `"version": "https://jsonfeed.org/version/1.1",`, "", ""},
	{"the channel has no title", "rss.xml", "<title>The Balkan Desk</title>", "", ""},
	{"Atom is served as RSS", "atom.xml", "", "", "application/rss+xml; charset=utf-8"},
	{"RSS is served as a page", "rss.xml", "", "", "text/html; charset=utf-8"},
	{"JSON is served as text", "feed.json", "", "", "text/plain; charset=utf-8"},
	{"a page forgets its document type", "index.html", "<!doctype html>", "", ""},
}

// TestTheGateCatchesEveryMutant breaks the documents of a sound edition, one
// fault at a time.
func TestTheGateCatchesEveryMutant(t *testing.T) {
	out, _ := buildSample(t, time.Now())
	var sound []edition.Document
	for d := range out.next.Documents() {
		sound = append(sound, *d)
	}
	caught := 0
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			docs := slices.Clone(sound)
			i := slices.IndexFunc(docs, func(d edition.Document) bool { return d.Path == m.document })
			if i < 0 {
				t.Fatalf("no %s in the edition", m.document)
			}
			body, kind := string(docs[i].Content()), docs[i].Type
			if m.kind != "" {
				kind = m.kind
			} else if !strings.Contains(body, m.old) {
				t.Fatalf("%q does not stand in %s", m.old, m.document)
			}
			docs[i] = edition.Bytes(m.document, kind, docs[i].Kind, []byte(strings.ReplaceAll(body, m.old, m.new)))
			broken, err := edition.New(out.next.Base, docs, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if faults := (&mill{render: render.Document}).faults(new(check.Reader).Edition(nil, broken, nil, time.Time{}), feed.Composition{Feeds: out.feeds}); len(faults) == 0 {
				t.Errorf("got no fault, want one")
			} else {
				caught++
			}
		})
	}
	t.Logf("caught %d of %d mutants", caught, len(mutants))
}

// TestBisect finds the entries that make a feed invalid.
func TestBisect(t *testing.T) {
	var entries []*feed.Entry
	for i := range 100 {
		entries = append(entries, feed.NewEntry(feed.Shown{ID: fmt.Sprint(i)}, nil))
	}
	tests := []struct {
		name  string
		sound func(ids []string) bool
		want  []string
	}{
		{"all is well", func([]string) bool { return true }, nil},
		{"one is bad", func(ids []string) bool { return !slices.Contains(ids, "37") }, []string{"37"}},
		{"three are bad", func(ids []string) bool {
			return !slices.Contains(ids, "0") && !slices.Contains(ids, "50") && !slices.Contains(ids, "99")
		}, []string{"0", "50", "99"}},
		{"two are bad together", func(ids []string) bool { return !slices.Contains(ids, "3") || !slices.Contains(ids, "60") }, []string{"60"}},
		{"the feed itself is bad", func([]string) bool { return false }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tries := 0
			got := bisect(entries, func(part []*feed.Entry) bool {
				tries++
				var ids []string
				for _, e := range part {
					ids = append(ids, e.ID)
				}
				return tt.sound(ids)
			})
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if most := 2 + 9*(1+len(tt.want)); tries > most {
				t.Errorf("rendered %d times, want at most %d", tries, most)
			}
		})
	}
}

// TestTheGateKeepsTheLastGoodForm refuses articles that were published before,
// and that were not.
func TestTheGateKeepsTheLastGoodForm(t *testing.T) {
	old, same := article.New("a.md"), article.New("b.md")
	old.Title = "good"
	g := newGate([]*article.Article{article.New("a.md"), same, article.New("c.md")}, []*article.Article{old, same})
	for _, tt := range []struct {
		path string
		want bool
	}{{"a.md", true}, {"b.md", false}, {"c.md", false}} {
		if got := g.refuse(tt.path); got != tt.want {
			t.Errorf("%s: its last good form stands: got %v, want %v", tt.path, got, tt.want)
		}
	}
	if got := g.pass(g.sources); len(got) != 1 || got[0] != old {
		t.Errorf("got %v, want only the old form of a.md", got)
	}
	if g.refuse("a.md") {
		t.Error("the last good form was refused and stands all the same")
	}
	if got := g.published(); len(got) != 0 {
		t.Errorf("got %v, want nothing published", got)
	}
}

// TestOneBadArticleCostsOneArticle renders an article wrongly: it stays as it
// was published, the rest goes out; where no last form of it is known, it is
// kept out.
func TestOneBadArticleCostsOneArticle(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(body []byte) []byte
	}{
		{"with its id beside the fault", func(body []byte) []byte {
			return bytes.ReplaceAll(body, []byte("SPOILT</title>"), []byte("SPOILT\x0b</title>"))
		}},
		{"with a fault that names no entry", func(body []byte) []byte {
			if bytes.Contains(body, []byte("SPOILT")) {
				return bytes.Replace(body, []byte("<?xml"), []byte("\n<?xml"), 1)
			}
			return body
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			o := &options{articles: filepath.Join(dir, "articles"), feeds: filepath.Join(dir, "feeds")}
			write := func(name, text string) {
				t.Helper()
				if err := os.MkdirAll(o.articles, 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(o.articles, name), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			post := func(name, title string) {
				write(name, "---\ntitle: "+title+"\ndate: 2023-11-20T08:00:00Z\n---\n\nThe text of "+title+".\n")
			}
			write("site.yaml", "title: The Desk\nbase_url: https://feeds.example.org/\nid_authority: example.org,2023\n")
			settings, err := site.Load(o.siteFile())
			if err != nil {
				t.Fatal(err)
			}
			start := func() *mill {
				m, err := newMill(o)
				if err != nil {
					t.Fatal(err)
				}
				m.render = func(f *feed.Feed, format string) ([]byte, string, error) {
					body, mediaType, err := render.Document(f, format)
					return tt.spoil(body), mediaType, err
				}
				return m
			}
			now := time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC)
			build := func(m *mill) (problems []string, atom string) {
				t.Helper()
				now = now.Add(time.Hour)
				out, err := m.build(t.Context(), settings, now, publish)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range out.problems {
					problems = append(problems, p.Path+" "+p.Code)
				}
				body, err := os.ReadFile(filepath.Join(o.feeds, "atom.xml"))
				if err != nil {
					t.Fatal(err)
				}
				return problems, string(body)
			}
			m := start()
			post("a.md", "One")
			post("b.md", "Two")
			if problems, _ := build(m); len(problems) > 0 {
				t.Fatalf("got problems %q, want none", problems)
			}

			post("a.md", "One SPOILT")
			post("c.md", "Three")
			problems, atom := build(m)
			if want := []string{"a.md kept-back"}; !slices.Equal(problems, want) {
				t.Errorf("got problems %q, want %q", problems, want)
			}
			if !strings.Contains(atom, "<title>One</title>") || !strings.Contains(atom, "<title>Three</title>") || strings.Contains(atom, "SPOILT") {
				t.Errorf("got %s, want One as it was, and Three", atom)
			}
			if strings.Count(atom, "<updated>2023-11-20T08:00:00Z</updated>") < 3 {
				t.Errorf("got %s, want no entry updated", atom)
			}

			problems, atom = build(start()) // a new process knows no form of before
			if want := []string{"a.md kept-out"}; !slices.Equal(problems, want) {
				t.Errorf("after a restart: got problems %q, want %q", problems, want)
			}
			if strings.Contains(atom, "<title>One") || !strings.Contains(atom, "<title>Two</title>") {
				t.Errorf("after a restart: got %s, want Two and Three", atom)
			}

			post("a.md", "One mended")
			if problems, atom = build(start()); len(problems) > 0 || !strings.Contains(atom, "<title>One mended</title>") {
				t.Errorf("mended: got %s with problems %q, want all three", atom, problems)
			}
		})
	}
}

// TestABrokenArticleThatWasNeverShownCostsItself breaks an article of which no copy
// was kept, and then makes room for it in the feed.
func TestABrokenArticleThatWasNeverShownCostsItself(t *testing.T) {
	d := newDesk(t, "limit: {entries: 1, days: 0}\nlink: https://www.example.org/{slug}/\narchive: off\n")
	d.story("a", "date: 2024-01-01", "The text of A.")
	d.story("b", "date: 2024-02-01", "The text of B.")
	d.story("c", "date: 2024-03-01", "The text of C.")
	d.build(day)
	d.file("b.md", "\x89PNG\r\n\x1a\n\x00\x00")
	d.build(day.Add(time.Hour))
	if err := os.Remove(filepath.Join(d.o.articles, "c.md")); err != nil {
		t.Fatal(err)
	}
	out := d.build(day.Add(2 * time.Hour))
	if atom := content(t, out.edition, "atom.xml"); !strings.Contains(atom, "The text of A.") {
		t.Errorf("got %s, want A in place of C", atom)
	}
	var said []string
	for _, p := range out.problems {
		said = append(said, p.Path+" "+p.Code)
	}
	if want := []string{"b.md kept-out", "b.md binary"}; !slices.Equal(said, want) {
		t.Errorf("got problems %q, want %q", said, want)
	}
	d.story("b", "date: 2024-02-01", "The text of B.")
	if atom := content(t, d.build(day.Add(3*time.Hour)).edition, "atom.xml"); !strings.Contains(atom, "The text of B.") {
		t.Errorf("mended: got %s", atom)
	}
}

// TestABrokenArticleStaysAfterALostCache breaks an article when what was kept of all
// had been lost, and nothing that shows it had to be made since.
func TestABrokenArticleStaysAfterALostCache(t *testing.T) {
	for name, lost := range map[string][]string{
		"all is lost":                  {"articles.cache", "articles.cache.texts"},
		"the texts are lost":           {"articles.cache.texts"},
		"killed before it was written": {},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "archive: off\nlink: https://www.example.org/{slug}/\n")
			d.story("a", "date: 2024-01-01", "The text of A.")
			d.story("b", "date: 2024-02-01", "The text of B.")
			later := time.Now().Add(time.Minute) // than the files
			next := func() string {
				t.Helper()
				later = later.Add(time.Minute)
				atom := content(t, d.build(later).edition, "atom.xml")
				if err := d.m.save(); err != nil {
					t.Fatal(err)
				}
				d.m = newMillOf(t, d.o)
				return atom
			}
			if len(lost) == 0 {
				d.build(later)
				d.m = newMillOf(t, d.o)
			} else {
				next()
			}
			for _, name := range lost {
				if err := os.Remove(filepath.Join(filepath.Dir(d.m.journal), name)); err != nil {
					t.Fatal(err)
				}
			}
			next()
			d.file("b.md", "\x89PNG\r\n\x1a\n\x00\x00")
			d.story("a", "date: 2024-01-01", "Another text of A.")
			if atom := next(); !strings.Contains(atom, "The text of B.") || !strings.Contains(atom, "Another text of A.") {
				t.Errorf("got %s, want both", atom)
			}
		})
	}
}
