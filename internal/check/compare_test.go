package check

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// story is an entry that was published on a day of November 2023.
func story(id string, day int) Entry {
	return Entry{
		ID: id, Title: "Story " + id, Link: "https://www.example.org/" + id + "/",
		Published: time.Date(2023, 11, day, 8, 0, 0, 0, time.UTC),
		Updated:   time.Date(2023, 11, day, 8, 0, 0, 0, time.UTC),
		Digest:    "digest of " + id,
	}
}

func with(e Entry, change func(*Entry)) Entry {
	change(&e)
	return e
}

func feedOf(entries ...Entry) Reading {
	r := Reading{Format: Atom, ID: "tag:example.org,2023:", Self: "https://feeds.example.org/atom.xml", Entries: entries}
	for _, e := range entries {
		if e.Updated.After(r.Updated) {
			r.Updated = e.Updated
		}
	}
	return r
}

func TestCompare(t *testing.T) {
	a, b, c := story("a", 1), story("b", 2), story("c", 3)
	tests := []struct {
		name     string
		old, new Reading
		want     []string
	}{
		{"nothing happened", feedOf(b, a), feedOf(b, a), nil},
		{"another order is no change", feedOf(b, a), feedOf(a, b), nil},
		{"the first publish", feedOf(), feedOf(b, a), []string{"new b", "new a"}},
		{"a story comes", feedOf(b, a), feedOf(c, b, a), []string{"new c"}},
		{"an old story comes", feedOf(c, b), feedOf(c, b, a), []string{"new a"}},
		{"a story is retitled", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.Title, e.Digest = "Other", "other" })), []string{"changed a [title]"}},
		{"a story is rewritten", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.Digest = "other" })), []string{"changed a [content]"}},
		{"a story moves", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.Link = "https://www.example.org/moved/" })), []string{"changed a [link]"}},
		{"the dates of a story change", feedOf(b, a),
			feedOf(b, with(a, func(e *Entry) { e.Published, e.Updated = c.Published, c.Published })), []string{"changed a [published updated]"}},
		{"a story is withdrawn from the middle", feedOf(c, b, a), feedOf(c, a), []string{"withdrawn b"}},
		{"the newest story is withdrawn", feedOf(c, b, a), feedOf(b, a), []string{"withdrawn c"}},
		{"the oldest story is withdrawn", feedOf(c, b, a), feedOf(c, b), []string{"withdrawn a"}},
		{"all stories are withdrawn", feedOf(b, a), feedOf(), []string{"withdrawn b", "withdrawn a"}},
		{"a full feed slides", feedOf(b, a), feedOf(c, b), []string{"new c", "aged a"}},
		{"a feed by days slides", feedOf(b, a, story("z", 1)), feedOf(c, b), []string{"new c", "aged a", "aged z"}},
		{"an older story fills the gap", feedOf(c, b), feedOf(c, a), []string{"new a", "withdrawn b"}},
		{"a story gets another id", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.ID = "x" })), []string{"reannounced x [a]"}},
		{"a story gets another id and address", feedOf(b, a),
			feedOf(b, with(a, func(e *Entry) { e.ID, e.Link = "x", "https://www.example.org/x/" })), []string{"reannounced x [a]"}},
		{"a story gets another id and date", feedOf(b, a),
			feedOf(with(a, func(e *Entry) { e.ID, e.Published = "x", c.Published }), b), []string{"reannounced x [a]"}},
		{"a story with the title of another", feedOf(b, a), feedOf(with(c, func(e *Entry) { e.Title = a.Title }), b, a), []string{"new c"}},
		{"a story gets another id and title", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.ID, e.Title = "x", "Other" })), []string{"reannounced x [a]"}},
		{"a story gets another id, address and time of its day", feedOf(b, a),
			feedOf(b, with(a, func(e *Entry) {
				e.ID, e.Link, e.Title, e.Published = "x", "https://www.example.org/x/", "STORY  a", e.Published.Add(9*time.Hour)
			})), []string{"reannounced x [a]"}},
		{"a story comes a second time", feedOf(b, a), feedOf(with(a, func(e *Entry) { e.ID, e.Title = "x", "Other" }), b, a), []string{"reannounced x [a]"}},
		{"a story takes the address that another had", feedOf(b, a),
			feedOf(c, b, with(a, func(e *Entry) { e.Link = c.Link })), []string{"new c", "changed a [link]"}},
		{"a story is said to be deleted as a full feed slides", feedOf(b, a),
			func() Reading { r := feedOf(c, b); r.deleted = map[string]bool{"a": true}; return r }(), []string{"new c", "withdrawn a"}},
		{"people, tags and pictures change", feedOf(b, a),
			feedOf(b, with(a, func(e *Entry) { e.people, e.tags, e.media = sum{1}, sum{1}, sum{1} })), []string{"changed a [authors tags media]"}},
		{"two stories of one title and date get other ids", feedOf(b, with(b, func(e *Entry) { e.ID = "b2" })),
			feedOf(with(b, func(e *Entry) { e.ID = "x" }), with(b, func(e *Entry) { e.ID = "y" })), []string{"reannounced x [b]", "reannounced y [b2]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Compare(tt.old, tt.new) {
				s := fmt.Sprintf("%s %s", c.Kind, c.ID)
				if len(c.Fields) > 0 {
					s += fmt.Sprint(" ", c.Fields)
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("changes differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCompareWritten compares two documents as they are written: a change of
// the content alone is one of the content, and no other.
func TestCompareWritten(t *testing.T) {
	read := func(title, content string) Reading {
		r, err := Read(fmt.Appendf(nil, `{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "title": %q, "content_text": %q}]}`, title, content))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tests := []struct {
		name     string
		old, new Reading
		want     []string
	}{
		{"title", read("a", "x"), read("b", "x"), []string{"title"}},
		{"content", read("a", "x"), read("a", "y"), []string{"content"}},
		{"both", read("a", "x"), read("b", "y"), []string{"title", "content"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(tt.old, tt.new)
			if want := []Change{{Kind: Changed, ID: "a", Title: tt.new.Entries[0].Title, Fields: tt.want}}; cmp.Diff(want, got) != "" {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
