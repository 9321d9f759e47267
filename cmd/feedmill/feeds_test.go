package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// desk is a site that is built at instants of the test's choice.
type desk struct {
	t   *testing.T
	dir string
	m   *mill
	o   *options
}

func newDesk(t *testing.T, siteFile string) *desk {
	t.Helper()
	dir := t.TempDir()
	d := &desk{t: t, dir: dir, o: &options{articles: filepath.Join(dir, "articles"), feeds: filepath.Join(dir, "feeds")}}
	if err := os.Mkdir(d.o.articles, 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.m, err = newMill(d.o); err != nil {
		t.Fatal(err)
	}
	d.file("site.yaml", "base_url: https://feeds.example.org/\nid_authority: example.org,2023\n"+siteFile)
	return d
}

func (d *desk) file(name, text string) { write(d.t, filepath.Join(d.o.articles, name), text) }

func (d *desk) story(name, meta, text string) {
	d.file(name+".md", "---\ntitle: "+name+"\n"+meta+"\n---\n"+text+"\n")
}

// build publishes; what is held is an error.
func (d *desk) build(now time.Time) outcome {
	d.t.Helper()
	s, err := site.Load(d.o.siteFile())
	if err != nil {
		d.t.Fatal(err)
	}
	out, err := d.m.build(d.t.Context(), s, now, publish)
	if err != nil {
		d.t.Fatal(err)
	}
	if len(out.held) > 0 {
		d.t.Fatalf("held: %v", out.held)
	}
	for _, f := range out.findings {
		d.t.Errorf("finding: %v", f)
	}
	return out
}

func content(t *testing.T, e *edition.Edition, path string) string {
	t.Helper()
	d, ok := e.Document(path)
	if !ok {
		t.Fatalf("no document %s", path)
	}
	f, err := d.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

var day = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestACorrectionReachesSubscribers(t *testing.T) {
	d := newDesk(t, "archive: year\nlimit: {entries: 1, days: 2}\n")
	d.story("old", "date: 2023-05-01", "The dam broke.")
	d.story("older", "date: 2022-05-01", "Text.")
	d.story("new", "date: 2026-03-01", "Text.")
	first := d.build(day)
	if strings.Contains(content(t, first.edition, "atom.xml"), "The dam") {
		t.Fatal("the old story stands in the feed from the beginning")
	}
	before := content(t, first.edition, "archive/2022/atom.xml")
	d.story("old", "date: 2023-05-01\ncorrection: It stands.", "The dam broke.")
	corrected := day.Add(time.Hour)
	out := d.build(corrected)
	for _, path := range []string{"rss.xml", "atom.xml", "feed.json", "archive/2023/atom.xml"} {
		if !strings.Contains(content(t, out.edition, path), "It stands.") {
			t.Errorf("%s does not have the correction", path)
		}
	}
	if content(t, out.edition, "archive/2022/atom.xml") != before {
		t.Error("another archive changed")
	}
	if want := corrected.AddDate(0, 0, 2); !out.wake.Equal(want) {
		t.Errorf("wake at %v, want %v", out.wake, want)
	}
	if out = d.build(out.wake); strings.Contains(content(t, out.edition, "atom.xml"), "It stands.") {
		t.Error("the correction stands in the feed for more than two days")
	}
}

func TestTheTimeOfAnArticle(t *testing.T) {
	d := newDesk(t, "")
	d.story("stays", "date: 2026-03-01", "Text.")
	d.story("offer", "date: 2026-03-10 13:00\nexpires: 2026-03-10 14:00", "Secret.")
	contains := func(out outcome) bool {
		for doc := range out.edition.Documents() {
			if doc.Kind != edition.Media && strings.Contains(content(t, out.edition, doc.Path), "Secret") {
				return true
			}
		}
		return false
	}
	out := d.build(day)
	if contains(out) || !out.wake.Equal(day.Add(time.Hour)) {
		t.Fatalf("before its time it is there: %v; wake at %v", contains(out), out.wake)
	}
	out = d.build(out.wake)
	if !contains(out) || !out.wake.Equal(day.Add(2*time.Hour)) {
		t.Fatalf("at its time it is there: %v; wake at %v", contains(out), out.wake)
	}
	over := out.wake
	out = d.build(over)
	if contains(out) {
		t.Error("after its time it is there")
	}
	if !out.edition.Gone("articles/offer/") {
		t.Error("its page does not answer 410")
	}
	if want := fmt.Sprintf(`<at:deleted-entry ref="tag:example.org,2023:offer" when="%s">`, over.Format(time.RFC3339)); !strings.Contains(content(t, out.edition, "atom.xml"), want) {
		t.Errorf("no tombstone %s", want)
	}
	for !out.wake.IsZero() && out.wake.Before(over.AddDate(0, 0, 31)) {
		out = d.build(out.wake)
	}
	if strings.Contains(content(t, out.edition, "atom.xml"), "deleted-entry") {
		t.Error("after 30 days the tombstone is there")
	}
}

// TestWhatTheOwnerMayChange changes what asks for other feeds and other
// documents: nothing is held, nothing is told as new.
func TestWhatTheOwnerMayChange(t *testing.T) {
	const base = "base_url: https://feeds.example.org/\nid_authority: example.org,2023\n"
	d := newDesk(t, "archive: off\nlimit: {entries: 15, days: 0}\n")
	for i := range 60 {
		d.story(fmt.Sprintf("s%02d", i), fmt.Sprintf("date: %s\ntags: [t%d]", day.AddDate(0, 0, -7*i-1).Format(time.DateOnly), i%3), "Text.")
	}
	before := d.build(day).edition
	for i, change := range []string{
		"limit: {entries: 15, days: 0}\n", // archives begin
		"limit: {entries: 15, days: 0}\neach: [tag, section, author]\n",
		"limit: {entries: 10, days: 0}\neach: [tag]\n",
		"limit: {entries: 12, days: 0}\n",
		"limit: {entries: 12, days: 0}\narchive: month\n",
		"limit: {entries: 12, days: 0, bytes: 10KB}\narchive: off\n",
	} {
		d.file("site.yaml", base+change)
		out := d.build(day.Add(time.Duration(i+1) * time.Hour))
		differences, err := check.Compared(before, out.edition, out.stands)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range differences.Feeds {
			for _, c := range f.Entries {
				if c.Kind == check.Reannounced || c.Kind == check.Changed {
					t.Errorf("%q: %s of %q is %s", change, c.ID, f.Feed, c.Kind)
				}
			}
		}
		before = out.edition
	}
}

// TestTheHistoryIsServed follows the links of every format from the
// subscription document through all archives, as a crawler does.
func TestTheHistoryIsServed(t *testing.T) {
	d := newDesk(t, "archive: month\nlimit: {entries: 3, days: 0}\n")
	for i := range 40 {
		d.story(fmt.Sprintf("s%02d", i), "date: "+day.AddDate(0, 0, -13*i-1).Format(time.DateOnly), "Text.")
	}
	e := d.build(day).edition
	for name, next := range map[string]string{"rss.xml": `rel="prev-archive"`, "atom.xml": `rel="prev-archive"`, "feed.json": `"next_url"`} {
		found := map[string]bool{}
		for path, steps := name, 0; path != "" && steps < 100; steps++ {
			body := content(t, e, path)
			reading, err := check.Read([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range reading.Entries {
				found[entry.ID] = true
			}
			path = ""
			for line := range strings.Lines(body) {
				if strings.Contains(line, next) {
					_, rest, _ := strings.Cut(line, "https://feeds.example.org/")
					path, _, _ = strings.Cut(rest, `"`)
				}
			}
		}
		if len(found) != 40 {
			t.Errorf("from %s a crawler finds %d of 40 articles", name, len(found))
		}
	}
}

// TestAnArticleThatLeavesAFeed gets another tag: it is not deleted, so nobody is
// told that it is. When it is, the subscribers of both feeds are.
func TestAnArticleThatLeavesAFeed(t *testing.T) {
	d := newDesk(t, "each: [tag]\n")
	d.story("stays", "date: 2026-03-01\ntags: [dam, river]", "Text.")
	d.story("moves", "date: 2026-03-02\ntags: [dam]", "Text.")
	d.build(day)
	d.story("moves", "date: 2026-03-02\ntags: [river]", "Text.")
	out := d.build(day.Add(time.Hour)) // fails on any finding
	for _, path := range []string{"atom.xml", "tags/dam/atom.xml", "tags/river/atom.xml"} {
		if strings.Contains(content(t, out.edition, path), "deleted-entry") {
			t.Errorf("%s says that something was deleted", path)
		}
	}
	if err := os.Remove(filepath.Join(d.o.articles, "moves.md")); err != nil {
		t.Fatal(err)
	}
	out = d.build(day.Add(2 * time.Hour))
	for _, path := range []string{"atom.xml", "tags/dam/atom.xml", "tags/river/atom.xml"} {
		if !strings.Contains(content(t, out.edition, path), `<at:deleted-entry ref="tag:example.org,2023:moves"`) {
			t.Errorf("%s does not say that the article was deleted", path)
		}
	}
}

// TestABadArticleInAnArchive shows in no subscription document, and with a fault
// that names no entry: it alone is kept out.
func TestABadArticleInAnArchive(t *testing.T) {
	d := newDesk(t, "archive: year\nlimit: {entries: 1, days: 0}\n")
	d.m.render = func(f *feed.Feed, format string) ([]byte, string, error) {
		body, mediaType, err := render.Document(f, format)
		if bytes.Contains(body, []byte("SPOILT</title>")) && f.Current != nil {
			body = bytes.Replace(body, []byte("<?xml"), []byte("\n<?xml"), 1)
		}
		return body, mediaType, err
	}
	d.story("new", "date: 2026-03-01", "Text.")
	d.story("one", "date: 2023-05-01", "Text.")
	d.story("bad SPOILT", "date: 2023-05-02", "Text.")
	d.story("two", "date: 2023-05-03", "Text.")
	out := d.build(day)
	archive := content(t, out.edition, "archive/2023/atom.xml")
	if strings.Contains(archive, "SPOILT") || !strings.Contains(archive, "<title>one<") || !strings.Contains(archive, "<title>two<") {
		t.Errorf("got %s, want all but the bad one", archive)
	}
	if len(out.problems) != 1 || out.problems[0].Code != "kept-out" || out.problems[0].Path != "bad SPOILT.md" {
		t.Errorf("got problems %v, want one that names the article", out.problems)
	}
}
