package page

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"feedmill/internal/feed"
)

// What crawlers look for, below the base.
const (
	SitemapPath     = "sitemap.xml"
	NewsSitemapPath = "news-sitemap.xml"
	RobotsPath      = "robots.txt"

	SitemapType = "application/xml; charset=utf-8"
	RobotsType  = "text/plain; charset=utf-8"
)

// Limits of one file, by https://www.sitemaps.org/protocol.html and by Google's
// description of news sitemaps.
const (
	mostLocations    = 50_000
	mostNews         = 1000
	mostSitemapBytes = 50 << 20
)

const (
	sitemapNamespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
	newsNamespace    = "http://www.google.com/schemas/sitemap-news/0.9"
)

type sitemap struct {
	XMLName   xml.Name   `xml:"urlset"`
	Namespace string     `xml:"xmlns,attr"`
	News      string     `xml:"xmlns:news,attr,omitempty"`
	Locations []location `xml:"url"`
}

type sitemapIndex struct {
	XMLName   xml.Name   `xml:"sitemapindex"`
	Namespace string     `xml:"xmlns,attr"`
	Locations []location `xml:"sitemap"`
}

type location struct {
	URL      string `xml:"loc"`
	Modified string `xml:"lastmod,omitempty"`
	News     *news  `xml:"news:news"`
}

type news struct {
	Publication string `xml:"news:publication>news:name"`
	Language    string `xml:"news:publication>news:language"`
	Published   string `xml:"news:publication_date"`
	Title       string `xml:"news:title"`
}

// Sitemaps writes the list of all pages for crawlers: the site's own, then
// entries. The result maps paths below the base to documents: one, or where
// there are more than 50,000 pages, or than 50 MB hold, an index and the files
// that it names, the oldest pages in the first, so that new ones change the last
// alone.
func Sitemaps(main *feed.Feed, entries []*feed.Entry) (map[string][]byte, error) {
	all := []location{{URL: main.Home, Modified: stamp(main.Updated)}}
	for _, e := range slices.Backward(entries) {
		if e.Link != main.Home {
			all = append(all, location{URL: e.Link, Modified: stamp(e.Updated)})
		}
	}
	parts := chunks(all)
	if len(parts) == 1 {
		body, err := marshal(sitemap{Namespace: sitemapNamespace, Locations: all})
		return map[string][]byte{SitemapPath: body}, err
	}
	files := map[string][]byte{}
	index := sitemapIndex{Namespace: sitemapNamespace}
	for _, part := range parts {
		body, err := marshal(sitemap{Namespace: sitemapNamespace, Locations: part})
		if err != nil {
			return nil, err
		}
		latest := ""
		for _, l := range part {
			latest = max(latest, l.Modified)
		}
		path := fmt.Sprintf("sitemap-%d.xml", len(index.Locations)+1)
		files[path] = body
		index.Locations = append(index.Locations, location{URL: main.Base + path, Modified: latest})
	}
	body, err := marshal(index)
	files[SitemapPath] = body
	return files, err
}

// chunks divides locations into as many as one file may hold.
func chunks(all []location) [][]location {
	const around = 100 // bytes of the elements around an address and its date, with indentation
	var parts [][]location
	from, bytes := 0, around
	for i, l := range all {
		// An ampersand is written with four bytes more.
		size := len(l.URL) + 4*strings.Count(l.URL, "&") + len(l.Modified) + around
		if i-from == mostLocations || bytes+size > mostSitemapBytes {
			parts = append(parts, all[from:i])
			from, bytes = i, around
		}
		bytes += size
	}
	return append(parts, all[from:])
}

// NewsSitemap writes the list of the latest articles in the form that Google
// News reads. It may be empty. Entries are the news, newest first; of more than
// 1000 the newest count.
func NewsSitemap(main *feed.Feed, entries []*feed.Entry) ([]byte, error) {
	root := sitemap{Namespace: sitemapNamespace, News: newsNamespace}
	for _, e := range entries[:min(len(entries), mostNews)] {
		root.Locations = append(root.Locations, location{URL: e.Link, News: &news{
			Publication: plain(main.Title),
			Language:    newsLanguage(e.Language),
			Published:   stamp(e.Published),
			Title:       plain(e.Title),
		}})
	}
	return marshal(root)
}

// SitemapLines returns the lines that a robots.txt needs on the host that the
// pages are on (https://www.sitemaps.org/protocol.html#submit_robots).
func SitemapLines(base string) string {
	return "Sitemap: " + base + SitemapPath + "\nSitemap: " + base + NewsSitemapPath + "\n"
}

// Robots writes a robots.txt (RFC 9309) that lets everybody in.
func Robots(base string) []byte {
	return []byte("User-agent: *\nDisallow:\n\n" + SitemapLines(base))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
