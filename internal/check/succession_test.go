package check

import (
	"fmt"
	"strings"
	"testing"

	"feedmill/internal/edition"

	"github.com/google/go-cmp/cmp"
)

// many returns stories of one day.
func many(prefix string, n, day int) []Entry {
	var all []Entry
	for i := range n {
		all = append(all, story(fmt.Sprintf("%s%d", prefix, i), day))
	}
	return all
}

func TestSuccession(t *testing.T) {
	a, b, c := story("a", 1), story("b", 2), story("c", 3)
	headed := func(r Reading, change func(*Reading)) Reading {
		change(&r)
		return r
	}
	var others []Entry // with other ids
	var renamed []string
	for _, e := range many("a", 12, 2) {
		e.ID = "x" + e.ID
		others, renamed = append(others, e), append(renamed, "Reannounced "+e.ID)
	}
	tests := []struct {
		name     string
		old, new Reading
		findings []string
		hold     string
	}{
		{"nothing happened", feedOf(b, a), feedOf(b, a), nil, ""},
		{"a story comes", feedOf(b, a), feedOf(c, b, a), nil, ""},
		{"the first stories come", feedOf(), feedOf(many("n", 50, 1)...), nil, ""},
		{"the feed's id changes", feedOf(a), headed(feedOf(a), func(r *Reading) { r.ID = "tag:example.net,2023:" }), []string{"FeedIDChanged"}, ""},
		{"the feed's address changes", feedOf(a), headed(feedOf(a), func(r *Reading) { r.Self = "https://example.net/" }), []string{"SelfChanged"}, ""},
		{"the feed is updated in the past", feedOf(a), headed(feedOf(a), func(r *Reading) { r.Updated = at("2020-01-01T00:00:00Z") }), []string{"UpdatedWentBack"}, ""},
		{"a story's date moves", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.Published = b.Published })), []string{"PublishedChanged a"}, ""},
		{"a story's date is lost", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.Published = at("0001-01-01T00:00:00Z") })), []string{"PublishedChanged a"}, ""},
		{"a story is updated in the past", feedOf(b, with(a, func(e *Entry) { e.Updated = b.Updated })), feedOf(b, a), []string{"UpdatedWentBack a"}, ""},
		{"a story gets another id", feedOf(b, a), feedOf(b, with(a, func(e *Entry) { e.ID = "x" })), []string{"Reannounced x"}, ""},
		{"all stories are gone", feedOf(b, a), feedOf(), nil, "no entries where there were 2"},
		{"many new stories come", feedOf(many("a", 12, 2)...), feedOf(append(many("n", 30, 3), many("a", 12, 2)...)...), nil, ""},
		{"many old stories come as new", feedOf(many("a", 12, 2)...), feedOf(append(many("n", 13, 1), many("a", 12, 2)...)...), nil,
			"13 of 25 entries have ids that subscribers do not know, and are older than the last edition"},
		{"a higher limit shows the feed's past", feedOf(many("a", 12, 2)...), feedOf(append(many("a", 12, 2), many("known", 40, 1)...)...), nil, ""},
		{"half of the stories are old and come as new", feedOf(many("a", 12, 2)...), feedOf(append(many("n", 12, 1), many("a", 12, 2)...)...), nil, ""},
		{"ten old stories come as new", feedOf(many("a", 5, 2)...), feedOf(append(many("n", 10, 1), many("a", 5, 2)...)...), nil, ""},
		{"eleven old stories come as new", feedOf(many("a", 5, 2)...), feedOf(append(many("n", 11, 1), many("a", 5, 2)...)...), nil,
			"11 of 16 entries have ids that subscribers do not know, and are older than the last edition"},
		{"many stories come on the day of the last", feedOf(many("a", 12, 2)...), feedOf(append(many("n", 30, 2), many("a", 12, 2)...)...), nil, ""},
		{"stories that came together get other ids", feedOf(many("a", 12, 2)...), feedOf(others...), renamed,
			"12 of 12 entries have ids that subscribers do not know, and are older than the last edition"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			newcomers := 1000
			if strings.Contains(tt.name, "past") {
				newcomers = 0
			}
			findings, holds := Succession([]Pair{{Document: "atom.xml", Old: tt.old, New: tt.new}}, newcomers)
			var got []string
			for _, f := range findings {
				got = append(got, strings.TrimSpace(f.Rule+" "+f.Entry))
				if f.Document != "atom.xml" || f.Level != Warning || f.Source == "" || f.Hint == "" {
					t.Errorf("got %+v, want a warning of atom.xml with source and hint", f)
				}
			}
			if diff := cmp.Diff(tt.findings, got); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
			hold := ""
			for _, h := range holds {
				hold += h.Reason
				if !strings.Contains(h.Hint, "--accept") || h.Document != "atom.xml" {
					t.Errorf("got %+v, want it to name the document and --accept", h)
				}
			}
			if hold != tt.hold {
				t.Errorf("hold: got %q, want %q", hold, tt.hold)
			}
		})
	}
}

func TestPairs(t *testing.T) {
	prev := published(t, nil, feedDocs("a", "b")...)
	next := published(t, map[string]string{"feed.json": "rss.xml"}, feedDocs("a", "c")[:1]...)
	pairs, findings := new(Reader).Pairs(prev, next)
	if len(pairs) != 1 || pairs[0].Document != "rss.xml" || pairs[0].Old.Entries[1].ID != id("b") || pairs[0].New.Entries[1].ID != id("c") {
		t.Errorf("got %+v, want rss.xml, old and new", pairs)
	}
	if len(findings) != 1 || findings[0].Rule != "FeedRemoved" || findings[0].Document != "atom.xml" {
		t.Errorf("got %v, want that atom.xml was removed; feed.json was redirected", findings)
	}
	if pairs, findings := new(Reader).Pairs(prev, prev); pairs != nil || findings != nil {
		t.Errorf("the same edition: got %v and %v, want nothing", pairs, findings)
	}
	if pairs, findings := new(Reader).Pairs(nil, prev); pairs != nil || findings != nil {
		t.Errorf("the first edition: got %v and %v, want nothing", pairs, findings)
	}
}

const base = "https://feeds.example.org/"

func id(slug string) string { return "tag:example.org,2023:" + slug }

// published returns an edition of documents.
func published(t *testing.T, redirects map[string]string, docs ...edition.Document) *edition.Edition {
	t.Helper()
	e, err := edition.New(base, docs, redirects, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// feedDocs returns a site's feed with these stories in all formats.
func feedDocs(slugs ...string) []edition.Document {
	var rss, atom, json strings.Builder
	for i, slug := range slugs {
		link := base + "articles/" + slug + "/"
		fmt.Fprintf(&rss, `<item><title>%s</title><link>%s</link><description>x</description><guid isPermaLink="false">%s</guid></item>`, slug, link, id(slug))
		fmt.Fprintf(&atom, `<entry><id>%s</id><title>%s</title><updated>2023-11-20T09:00:0%dZ</updated><link href="%s"/><content>x</content></entry>`, id(slug), slug, i, link)
		if i > 0 {
			json.WriteByte(',')
		}
		fmt.Fprintf(&json, `{"id": %q, "url": %q, "content_text": "x"}`, id(slug), link)
	}
	return []edition.Document{
		edition.Bytes("rss.xml", "application/rss+xml; charset=utf-8", edition.Feed, fmt.Appendf(nil,
			`<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title>`+
				`<link>%s</link><description>D</description><language>en</language><atom:link rel="self" href="%srss.xml"/>%s</channel></rss>`, base, base, rss.String())),
		edition.Bytes("atom.xml", "application/atom+xml; charset=utf-8", edition.Feed, fmt.Appendf(nil,
			`<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:example.org,2023:</id><title>T</title>`+
				`<updated>2023-11-20T09:00:00Z</updated><author><name>A</name></author><link href="%s"/><link rel="self" href="%satom.xml"/>%s</feed>`, base, base, atom.String())),
		edition.Bytes("feed.json", "application/feed+json", edition.Feed, fmt.Appendf(nil,
			`{"version": "https://jsonfeed.org/version/1.1", "title": "T", "home_page_url": %q, "feed_url": %q, "items": [%s]}`, base, base+"feed.json", json.String())),
	}
}

// TestHoldsOnce: the formats of a feed are held by one reason.
func TestHoldsOnce(t *testing.T) {
	old, empty := feedOf(many("a", 3, 1)...), feedOf()
	_, holds := Succession([]Pair{{Document: "atom.xml", Old: old, New: empty}, {Document: "rss.xml", Old: old, New: empty}, {Document: "tags/x/rss.xml", Old: old, New: empty}}, 0)
	if len(holds) != 2 || holds[0].Document != "atom.xml" || holds[1].Document != "tags/x/rss.xml" {
		t.Errorf("got %v, want one hold for each of two feeds", holds)
	}
}

// TestVanished: an entry that is taken out should leave a tombstone.
func TestVanished(t *testing.T) {
	entries := []Entry{story("c", 3), story("b", 2), story("a", 1)}
	old, without := feedOf(entries...), feedOf(entries[0], entries[2])
	findings, _ := Succession([]Pair{{Document: "atom.xml", Old: old, New: without}}, 0)
	if len(findings) != 1 || findings[0].Rule != "NoTombstone" || findings[0].Entry != entries[1].ID {
		t.Errorf("got %v, want NoTombstone of %s", findings, entries[1].ID)
	}
	without.deleted = map[string]bool{entries[1].ID: true}
	if findings, _ := Succession([]Pair{{Document: "atom.xml", Old: old, New: without}}, 0); len(findings) > 0 {
		t.Errorf("with a tombstone: got %v, want nothing", findings)
	}
}
