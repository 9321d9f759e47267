package page

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

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

// mostNews is the limit of one file, by Google's description of news sitemaps.
const mostNews = 1000

// aboutLocations is how many addresses a file gets, of the 50,000 that
// https://www.sitemaps.org/protocol.html allows: an article that changes changes
// one file.
const aboutLocations = 1000

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

// SitemapPart is one file of the list of all pages for crawlers: some entries,
// newest first.
type SitemapPart struct {
	Path    string // below the base
	Entries []*feed.Entry
}

// SitemapParts divides entries, which are newest first: all in one file, or where
// there are more than 1,000 by months, in Greenwich, so that no article moves
// another from one file to the next. A month with many more than that is divided
// again, its oldest first. Where there is more than one file, [SitemapPath] is
// that of their index.
//
// Had tells how many entries a file had before, 0 where that is not known: where a
// month ends then need mostly not be searched for.
func SitemapParts(entries []*feed.Entry, had func(path string) int) []SitemapPart {
	if len(entries) < aboutLocations {
		return []SitemapPart{{SitemapPath, entries}}
	}
	parts := []SitemapPart{{"sitemap-home.xml", nil}}
	for len(entries) > 0 {
		y, m, _ := entries[0].Published.Time().Date()
		start := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
		ends := func(n int) bool { return n == len(entries) || entries[n].Published.Time().Before(start) }
		n := had(monthlyPath(y, m, 1))
		if n < 1 || n > len(entries) || ends(n-1) || !ends(n) {
			n = sort.Search(len(entries), ends)
		}
		month := entries[:n]
		entries = entries[n:]
		for file := 1; len(month) > 0; file++ {
			n := min(aboutLocations, len(month))
			parts = append(parts, SitemapPart{monthlyPath(y, m, file), month[len(month)-n:]})
			month = month[:len(month)-n]
		}
	}
	return parts
}

// monthlyPath is the path of one of the files of a month.
func monthlyPath(y int, m time.Month, file int) string {
	if file > 1 {
		return fmt.Sprintf("sitemap-%04d-%02d-%d.xml", y, m, file)
	}
	return fmt.Sprintf("sitemap-%04d-%02d.xml", y, m)
}

// Sitemap writes one file of the list of all pages: the site's own, unless main
// is nil, then those of entries, oldest first.
func Sitemap(main *feed.Feed, entries []*feed.Entry) []byte {
	b := make([]byte, 0, 200+120*len(entries))
	b = append(b, xml.Header...)
	b = append(b, `<urlset xmlns="`+sitemapNamespace+"\">\n"...)
	home := ""
	if main != nil {
		home = main.Home
		b = appendLocation(b, "url", home, main.Updated)
	}
	for _, e := range slices.Backward(entries) {
		if link := e.Link(); link != home {
			b = appendLocation(b, "url", link, e.Updated.Time())
		}
	}
	return append(b, "</urlset>\n"...)
}

// SitemapIndex writes the index of the files at paths below a base, with what was
// updated last in each.
func SitemapIndex(base string, paths []string, updated []time.Time) []byte {
	b := append([]byte(nil), xml.Header...)
	b = append(b, `<sitemapindex xmlns="`+sitemapNamespace+"\">\n"...)
	for i, path := range paths {
		b = appendLocation(b, "sitemap", base+path, updated[i])
	}
	return append(b, "</sitemapindex>\n"...)
}

func appendLocation(b []byte, element, address string, updated time.Time) []byte {
	b = append(append(append(b, "  <"...), element...), ">\n    <loc>"...)
	if strings.ContainsAny(address, "&<>\"'\t\n\r") || !utf8.ValidString(address) {
		var text bytes.Buffer
		_ = xml.EscapeText(&text, []byte(address)) // a buffer takes everything
		b = append(b, text.Bytes()...)
	} else {
		b = append(b, address...)
	}
	b = append(b, "</loc>\n    <lastmod>"...)
	b = updated.UTC().AppendFormat(b, time.RFC3339)
	return append(append(append(b, "</lastmod>\n  </"...), element...), ">\n"...)
}

// NewsSitemap writes the list of the latest articles in the form that Google
// News reads. It may be empty. Entries are the news, newest first; of more than
// 1000 the newest count.
func NewsSitemap(main *feed.Feed, entries []*feed.Entry) ([]byte, error) {
	root := sitemap{Namespace: sitemapNamespace, News: newsNamespace}
	for _, e := range entries[:min(len(entries), mostNews)] {
		root.Locations = append(root.Locations, location{URL: e.Link(), News: &news{
			Publication: plain(main.Title),
			Language:    newsLanguage(e.Language()),
			Published:   stamp(e.Published.Time()),
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
