package page

import (
	"encoding/xml"
	"fmt"
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
		entries = append(entries, &feed.Entry{
			Link: fmt.Sprintf("https://www.example.org/%d?a&b", n-i), Title: "A & B", Language: "sr-Latn",
			Published: spring.Add(-time.Duration(i) * time.Minute), Updated: spring.Add(-time.Duration(i) * time.Minute),
		})
	}
	return entries
}

func TestSitemap(t *testing.T) {
	got, err := Sitemaps(listed("A"), locations(2))
	if err != nil {
		t.Fatal(err)
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
	if diff := cmp.Diff(map[string]string{"sitemap.xml": want}, texts(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func texts(files map[string][]byte) map[string]string {
	all := map[string]string{}
	for path, body := range files {
		all[path] = string(body)
	}
	return all
}

// TestASitemapOfLongAddresses keeps each file below 50 MB.
func TestASitemapOfLongAddresses(t *testing.T) {
	var entries []*feed.Entry
	long := strings.Repeat("&", 2000)
	for i := range 6000 {
		entries = append(entries, &feed.Entry{Link: fmt.Sprintf("https://www.example.org/%d?%s", i, long), Updated: spring})
	}
	files, err := Sitemaps(listed("A"), entries)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, body := range files {
		if len(body) > 50<<20 {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		n += strings.Count(string(body), "<url>")
	}
	if n != 6001 || len(files) != 3 {
		t.Errorf("%d addresses in %d files, want 6001 in 2 and an index", n, len(files))
	}
}

func TestALargeSitemap(t *testing.T) {
	entries := locations(100_010)
	files, err := Sitemaps(listed("A"), entries)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, body := range files {
		var read struct {
			XMLName xml.Name
			URLs    []string `xml:"url>loc"`
			Files   []string `xml:"sitemap>loc"`
		}
		if err := xml.Unmarshal(body, &read); err != nil {
			t.Fatal(err)
		}
		if path == SitemapPath {
			want := []string{"https://feeds.example.org/sitemap-1.xml", "https://feeds.example.org/sitemap-2.xml", "https://feeds.example.org/sitemap-3.xml"}
			if diff := cmp.Diff(want, read.Files); diff != "" || read.XMLName.Local != "sitemapindex" {
				t.Errorf("%s is %s with\n%s", path, read.XMLName.Local, diff)
			}
		}
		if len(read.URLs) > mostLocations {
			t.Errorf("%s has %d addresses", path, len(read.URLs))
		}
		n += len(read.URLs)
	}
	if n != 100_011 {
		t.Errorf("%d addresses, want 100011", n)
	}
	if !strings.Contains(string(files["sitemap-3.xml"]), "/100010?") {
		t.Error("the newest page does not stand in the last file")
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
