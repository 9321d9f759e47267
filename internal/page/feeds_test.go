package page

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFeedsPageHasEveryFeedInEveryFormat(t *testing.T) {
	page := mustFeeds(t, "", several()...)
	part := regexp.MustCompile(`<h2>([^<]*)</h2>|<summary[^>]*>([^<]*)</summary>|<code class="address">([^<]*)</code>`)
	var got []string
	for _, m := range part.FindAllStringSubmatch(page, -1) {
		got = append(got, m[1]+m[2]+strings.TrimPrefix(m[3], "https://feeds.example.org/"))
	}
	want := []string{
		"All articles", "rss.xml", "atom.xml", "feed.json",
		"Selections", "Kosovo", "kosovo/rss.xml", "kosovo/atom.xml", "kosovo/feed.json", "Price tags", "tags/rss.xml", "tags/atom.xml", "tags/feed.json",
		"By tag", "The Balkan Desk: Q&amp;A", "tags/q-a/rss.xml", "tags/q-a/feed.json",
		"By author", "Ana Marić", "authors/ana/rss.xml", "authors/ana/atom.xml", "authors/ana/feed.json",
		"By language", "مكتب البلقان", "languages/ar/rss.xml", "languages/ar/atom.xml", "languages/ar/feed.json",
		"Good to know",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if strings.Contains(page, "OPML") {
		t.Errorf("the page offers a list of all feeds, and there is none")
	}
	const link = `<a href="https://feeds.example.org/feeds.opml" type="text/x-opml">OPML</a>`
	if page := mustFeeds(t, "https://feeds.example.org/feeds.opml", several()...); !strings.Contains(page, link) {
		t.Errorf("the page lacks %s", link)
	}
}

func TestIntervals(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", time.Minute: "1 minute", 15 * time.Minute: "15 minutes", time.Hour: "1 hour", 90 * time.Minute: "1 hour 30 minutes", 24 * time.Hour: "24 hours",
	} {
		if got := interval(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
