package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

var spring = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func listed(title string, formats ...site.Format) *feed.Feed {
	return &feed.Feed{
		Path: "вести", Title: title, Listed: true, Base: "https://feeds.example.org/", Home: "https://www.example.org/?a=1&b=2",
		Language: "mk", Formats: formats, Updated: spring,
	}
}

func TestOPML(t *testing.T) {
	old := listed("Old", site.RSS)
	old.Listed = false
	got, err := OPML([]*feed.Feed{listed("Вести & \x1b“more”\n", site.JSON, site.Atom, site.RSS), listed("Atom", site.Atom), listed("JSON", site.JSON), old})
	if err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Вести &amp; “more”</title>
    <dateModified>Tue, 10 Mar 2026 12:00:00 GMT</dateModified>
  </head>
  <body>
    <outline type="rss" text="Вести &amp; “more”" title="Вести &amp; “more”" xmlUrl="https://feeds.example.org/%D0%B2%D0%B5%D1%81%D1%82%D0%B8/rss.xml" htmlUrl="https://www.example.org/?a=1&amp;b=2" language="mk" version="RSS2"></outline>
    <outline type="rss" text="Atom" title="Atom" xmlUrl="https://feeds.example.org/%D0%B2%D0%B5%D1%81%D1%82%D0%B8/atom.xml" htmlUrl="https://www.example.org/?a=1&amp;b=2" language="mk"></outline>
  </body>
</opml>
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func locations(n int) (entries []*feed.Entry) {
	for i := range n {
		entries = append(entries, feed.NewEntry(feed.Shown{
			Link: fmt.Sprintf("https://www.example.org/%d?a&b", n-i), Title: "A & B", Language: "sr-Latn",
			Published: spring.Add(-time.Duration(i) * time.Minute), Updated: spring.Add(-time.Duration(i) * time.Minute),
		}, nil))
	}
	return entries
}

func TestSitemap(t *testing.T) {
	unknown := func(string) int { return 0 }
	parts := SitemapParts(locations(2), unknown)
	if len(parts) != 1 || parts[0].Path != "sitemap.xml" {
		t.Fatalf("got %v", parts)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <url>
    <loc>https://www.example.org/?a=1&amp;b=2</loc>
    <lastmod>2026-03-10T12:00:00Z</lastmod>
  </url>
  <url>
    <loc>https://www.example.org/1?a&amp;b</loc>
    <lastmod>2026-03-10T11:59:00Z</lastmod>
  </url>
  <url>
    <loc>https://www.example.org/2?a&amp;b</loc>
    <lastmod>2026-03-10T12:00:00Z</lastmod>
  </url>
</urlset>
`
	if diff := cmp.Diff(want, string(Sitemap(listed("A"), parts[0].Entries))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// In a large site an article that comes, goes or changes is a matter of one file.
func TestALargeSitemap(t *testing.T) {
	date := func(y int, m time.Month, i int) time.Time {
		return time.Date(y, m, 28, 0, 0, 0, 0, time.UTC).Add(-time.Duration(i) * time.Minute)
	}
	var entries []*feed.Entry
	add := func(y int, m time.Month, n int) {
		for i := range n {
			e := feed.Shown{Link: fmt.Sprintf("https://www.example.org/%d/%d/%d", y, m, i), Published: date(y, m, i), Updated: date(y, m, i)}
			entries = append(entries, feed.NewEntry(e, nil))
		}
	}
	add(2026, 3, 2500)
	add(2026, 1, 10)
	add(2025, 12, 1000)
	var paths []string
	var updated []time.Time
	n := 0
	all := SitemapParts(entries, func(string) int { return 0 })
	for _, part := range all {
		if len(part.Entries) > 1000 {
			t.Errorf("%s has %d addresses", part.Path, len(part.Entries))
		}
		paths, updated = append(paths, fmt.Sprint(part.Path, " ", len(part.Entries))), append(updated, date(2026, 3, 0))
		n += len(part.Entries)
	}
	want := []string{"sitemap-home.xml 0", "sitemap-2026-03.xml 1000", "sitemap-2026-03-2.xml 1000", "sitemap-2026-03-3.xml 500", "sitemap-2026-01.xml 10", "sitemap-2025-12.xml 1000"}
	if diff := cmp.Diff(want, paths); diff != "" || n != len(entries) {
		t.Errorf("%d addresses in\n%s", n, diff)
	}
	for _, wrong := range []int{0, -1, 1, 9, -11, 5000} { // what is said of before is only a hint
		had := func(path string) int {
			i := slices.IndexFunc(all, func(p SitemapPart) bool { return p.Path == path })
			return len(all[i].Entries) + wrong
		}
		if diff := cmp.Diff(all, SitemapParts(entries, had), cmp.Comparer(func(a, b *feed.Entry) bool { return a == b })); diff != "" {
			t.Errorf("when a file had %d more:\n%s", wrong, diff)
		}
	}
	const index = `<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap>
    <loc>https://feeds.example.org/sitemap-home.xml</loc>
    <lastmod>2026-03-28T00:00:00Z</lastmod>
  </sitemap>
</sitemapindex>
`
	if diff := cmp.Diff(index, string(SitemapIndex("https://feeds.example.org/", []string{"sitemap-home.xml"}, updated))); diff != "" {
		t.Error(diff)
	}
}

func TestNewsSitemap(t *testing.T) {
	got, err := NewsSitemap(listed("The Desk"), locations(1))
	if err != nil {
		t.Fatal(err)
	}
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
  <url>
    <loc>https://www.example.org/1?a&amp;b</loc>
    <news:news>
      <news:publication>
        <news:name>The Desk</news:name>
        <news:language>sr</news:language>
      </news:publication>
      <news:publication_date>2026-03-10T12:00:00Z</news:publication_date>
      <news:title>A &amp; B</news:title>
    </news:news>
  </url>
</urlset>
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	many, err := NewsSitemap(listed("The Desk"), locations(1200))
	if n := strings.Count(string(many), "<news:news>"); err != nil || n != mostNews || !strings.Contains(string(many), "/1200?") {
		t.Errorf("%d news, %v, want the newest 1000", n, err)
	}
	for tag, want := range map[string]string{"en-GB": "en", "zh": "zh-cn", "zh-Hant-HK": "zh-tw", "zh-TW": "zh-tw", "sr-Latn": "sr"} {
		if got := newsLanguage(tag); got != want {
			t.Errorf("%s is %q, want %q", tag, got, want)
		}
	}
}

func TestRobots(t *testing.T) {
	const want = "User-agent: *\nDisallow:\n\nSitemap: https://feeds.example.org/sitemap.xml\nSitemap: https://feeds.example.org/news-sitemap.xml\n"
	if got := string(Robots("https://feeds.example.org/")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
