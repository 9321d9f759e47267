package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/site"
)

// buildSample builds the project's sample into a directory of the test's.
func buildSample(t *testing.T, now time.Time) (outcome, string) {
	t.Helper()
	dir := t.TempDir()
	o := &options{articles: filepath.Join(projectRoot, "articles"), feeds: filepath.Join(dir, "feeds")}
	s, err := site.Load(o.siteFile())
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMill(o)
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.build(t.Context(), s, now, publish)
	if err != nil {
		t.Fatal(err)
	}
	return out, o.feeds
}

func TestTheSampleIsClean(t *testing.T) {
	out, _ := buildSample(t, time.Now())
	for _, p := range out.problems {
		t.Errorf("problem: %v", p)
	}
	for _, f := range out.findings {
		t.Errorf("finding: %v", f)
	}
	if out.result.Written != 23 || out.entries != 4 {
		t.Errorf("%d documents of %d articles, want 23 of 4", out.result.Written, out.entries)
	}
}

// TestTheSeedStory wants of a real wire story what its author would.
func TestTheSeedStory(t *testing.T) {
	_, feeds := buildSample(t, time.Now())
	body, err := os.ReadFile(filepath.Join(feeds, "feed.json"))
	if err != nil {
		t.Fatal(err)
	}
	var feed struct {
		Items []struct {
			ID      string `json:"id"`
			Title   string `json:"title"`
			Summary string `json:"summary"`
			HTML    string `json:"content_html"`
			Text    string `json:"content_text"`
			Image   string `json:"image"`
			Date    string `json:"date_published"`
			Authors []struct {
				Name string `json:"name"`
			} `json:"authors"`
		} `json:"items"`
	}
	if err := json.Unmarshal(body, &feed); err != nil {
		t.Fatal(err)
	}
	for _, story := range feed.Items {
		if story.ID != "tag:example.org,2023:000_ee2d5c45ba387dc9" {
			continue
		}
		if want := "Nato considers permanent increase in military presence in Kosovo"; story.Title != want {
			t.Errorf("title %q, want %q", story.Title, want)
		}
		if len(story.Authors) != 1 || story.Authors[0].Name != "Valentina Dimitrievska" {
			t.Errorf("authors %v, want Valentina Dimitrievska", story.Authors)
		}
		if want := "2023-11-19T23:00:00Z"; story.Date != want {
			t.Errorf("published %s, want %s: midnight of 20 November in Skopje", story.Date, want)
		}
		if got := strings.Count(story.HTML, "<p>"); got != 10 {
			t.Errorf("%d paragraphs, want 10", got)
		}
		if want := "Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway regarding the potential for a permanent increase in the alliance's military contingent in Kosovo."; story.Summary != want {
			t.Errorf("summary %q, want %q", story.Summary, want)
		}
		for _, want := range []string{"“Good talks with President Vjosa Osmani", "do what’s necessary", "Kosovo’s unilaterally declared independence", "\"We are now reviewing", "Kosovo's Nato membership", "safe & secure"} {
			if !strings.Contains(story.Text, want) {
				t.Errorf("the text lacks %q", want)
			}
		}
		for _, never := range []string{"By Valentina", "considers permanent increase", "/ Nato", "President Vjosa Osmani."} {
			if strings.Contains(story.HTML+story.Text, never) {
				t.Errorf("the body shows %q", never)
			}
		}
		if story.Image != "" {
			t.Errorf("image %q, but no picture came with the story", story.Image)
		}
		return
	}
	t.Fatalf("the story is not in the feed")
}

// TestNothingOfAnAbsentPicture searches every published byte for the caption
// of the picture that did not come with the seed story.
func TestNothingOfAnAbsentPicture(t *testing.T) {
	out, _ := buildSample(t, time.Now())
	for d := range out.edition.Documents() {
		if bytes.Contains(d.Content(), []byte("Jens Stoltenberg with Kosovo")) {
			t.Errorf("%s shows the caption", d.Path)
		}
	}
}

// TestOneBuildIsLikeAnother builds twice, years apart, in two directories: the
// bytes are equal, so no clock is in them.
func TestOneBuildIsLikeAnother(t *testing.T) {
	first, _ := buildSample(t, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	second, _ := buildSample(t, time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC))
	if first.edition.Digest != second.edition.Digest {
		for d := range first.edition.Documents() {
			other, ok := second.edition.Document(d.Path)
			if !ok || d.Digest != other.Digest {
				t.Errorf("%s differs:\n%s", d.Path, cmp.Diff(string(d.Content()), string(other.Content())))
			}
		}
	}
}

// TestThreeFormatsSayTheSame reads the sample's feeds with a parser that is
// not ours, and compares them with each other and with what check reads.
func TestThreeFormatsSayTheSame(t *testing.T) {
	out, _ := buildSample(t, time.Now())
	type entry struct {
		ID, Title, Link, Authors, Published, Tags string
	}
	var said [][]entry
	for _, path := range []string{"rss.xml", "atom.xml", "feed.json"} {
		d, ok := out.edition.Document(path)
		if !ok {
			t.Fatalf("no %s", path)
		}
		parsed, err := gofeed.NewParser().Parse(bytes.NewReader(d.Content()))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		reading, err := check.Read(d.Content())
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if parsed.Title != reading.Title || len(parsed.Items) != len(reading.Entries) {
			t.Errorf("%s: gofeed reads %q with %d entries, check %q with %d", path, parsed.Title, len(parsed.Items), reading.Title, len(reading.Entries))
		}
		var entries []entry
		for i, item := range parsed.Items {
			var names []string
			for _, a := range item.Authors {
				names = append(names, a.Name)
			}
			if dc := item.DublinCoreExt; dc != nil {
				names = dc.Creator // of several, gofeed has one among its authors
			}
			entries = append(entries, entry{item.GUID, item.Title, item.Link, strings.Join(names, ", "), item.PublishedParsed.UTC().String(), strings.Join(item.Categories, ", ")})
			if r := reading.Entries[i]; r.ID != item.GUID || r.Title != item.Title || !r.Published.Equal(*item.PublishedParsed) {
				t.Errorf("%s: gofeed reads %v, check %v", path, entries[i], r)
			}
		}
		said = append(said, entries)
	}
	for i, path := range []string{"atom.xml", "feed.json"} {
		if diff := cmp.Diff(said[0], said[i+1]); diff != "" {
			t.Errorf("rss.xml and %s say different things:\n%s", path, diff)
		}
	}
}

// TestNothingIsEscapedTwice searches every document of the sample for the
// marks of wrong escaping.
func TestNothingIsEscapedTwice(t *testing.T) {
	out, _ := buildSample(t, time.Now())
	for d := range out.edition.Documents() {
		if d.Kind == edition.Media {
			continue
		}
		for _, mark := range []string{"&amp;lt;", "&amp;amp;", "&amp;#", "<title>&lt;p&gt;", "\uFFFD"} {
			if bytes.Contains(d.Content(), []byte(mark)) {
				t.Errorf("%s: has %q", d.Path, mark)
			}
		}
	}
}
