package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/edition"
)

// jsonFeed is a document with entries, each published on the day of its number.
func jsonFeed(path string, kind edition.Kind, title string, days ...int) edition.Document {
	var items []string
	for _, day := range days {
		items = append(items, fmt.Sprintf(`{"id": "e%d", "url": "https://www.example.org/%d", "title": "Story %d", "content_text": "x", "date_published": "2023-11-%02dT08:00:00Z"}`, day, day, day, day))
	}
	return edition.Bytes(path, "application/feed+json", kind, []byte(`{"version": "https://jsonfeed.org/version/1.1", "title": "`+title+`", "items": [`+strings.Join(items, ",")+`]}`))
}

func TestCompared(t *testing.T) {
	const base = "https://feeds.example.org/"
	editionOf := func(redirects map[string]string, gone []string, documents ...edition.Document) *edition.Edition {
		t.Helper()
		e, err := edition.New(base, documents, redirects, gone)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	media := func(path, body string) edition.Document {
		return edition.Bytes(path, "image/png", edition.Media, []byte(body))
	}
	prev := editionOf(nil, nil,
		jsonFeed("feed.json", edition.Feed, "Site", 9, 8, 7),
		jsonFeed("same/feed.json", edition.Feed, "Same", 9),
		jsonFeed("renamed/feed.json", edition.Feed, "Was", 9),
		jsonFeed("moved/feed.json", edition.Feed, "Moved", 9),
		jsonFeed("ended/feed.json", edition.Feed, "Ended", 9),
		jsonFeed("fewer/feed.json", edition.Feed, "Fewer", 9), jsonFeed("fewer/atom.xml", edition.Feed, "Fewer", 9),
		jsonFeed("archive/2022/feed.json", edition.Archive, "Archive", 5, 4),
		media("a.png", "a"), media("b.png", "b"),
	)
	next := editionOf(map[string]string{"moved/feed.json": "feed.json"}, []string{"ended/feed.json"},
		jsonFeed("feed.json", edition.Feed, "Site", 10, 9, 8),
		jsonFeed("same/feed.json", edition.Feed, "Same", 9),
		jsonFeed("renamed/feed.json", edition.Feed, "Is", 9),
		jsonFeed("begun/feed.json", edition.Feed, "Begun", 2, 1), jsonFeed("begun/atom.xml", edition.Feed, "Begun", 2, 1),
		jsonFeed("fewer/feed.json", edition.Feed, "Fewer", 9),
		jsonFeed("archive/2022/feed.json", edition.Archive, "Archive", 6, 5),
		media("b.png", "other"), media("c.png", "c"),
	)
	for name, test := range map[string]struct {
		prev   *edition.Edition
		stands func(feed, id string) bool
		want   []string
	}{
		"one edition after another": {prev, nil, []string{
			" changed [feed.json]: new e10, aged e7",
			"begun new [begun/atom.xml begun/feed.json]: new e2, new e1",
			"ended gone [ended/feed.json]: ",
			"fewer changed formats [fewer/atom.xml]: ",
			"moved moved to feed.json [moved/feed.json]: ",
			"renamed changed title [renamed/feed.json]: ",
			"(archive/2022) changed [archive/2022/feed.json]: new e6, withdrawn e4",
			"media: withdrawn a.png, changed b.png, new c.png",
		}},
		"an edition after itself": {next, nil, []string{"media: "}},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Compared(test.prev, next, test.stands)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range d.Feeds {
				line := f.Feed
				if f.Archive {
					line = "(" + line + ")"
				}
				line += " " + string(f.State)
				if f.Instead != "" {
					line += " to " + f.Instead
				}
				if len(f.Fields) > 0 {
					line += " " + strings.Join(f.Fields, " ")
				}
				var entries []string
				for _, c := range f.Entries {
					entries = append(entries, string(c.Kind)+" "+c.ID)
				}
				got = append(got, fmt.Sprintf("%s %v: %s", line, f.Documents, strings.Join(entries, ", ")))
			}
			var files []string
			for _, f := range d.Media {
				files = append(files, string(f.Kind)+" "+f.Path)
			}
			got = append(got, "media: "+strings.Join(files, ", "))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if d, err := Compared(nil, prev, nil); err != nil || len(d.Feeds) != 7 || d.Feeds[0].State != Begun || len(d.Feeds[0].Entries) != 3 {
		t.Errorf("the first edition: %+v, %v", d.Feeds, err)
	}
	gone := editionOf(nil, nil, jsonFeed("feed.json", edition.Feed, "Site", 9, 7))
	for stands, want := range map[bool]Kind{true: Aged, false: Withdrawn} {
		d, err := Compared(prev, gone, func(feed, id string) bool { return stands && feed == "" && id == "e8" })
		if err != nil || len(d.Feeds[0].Entries) != 1 || d.Feeds[0].Entries[0].Kind != want {
			t.Errorf("an entry that stands: %v, is %+v (%v), want %s", stands, d.Feeds[0].Entries, err, want)
		}
	}
}
