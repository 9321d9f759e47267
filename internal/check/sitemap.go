package check

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	sitemapSource = "sitemaps.org protocol 0.9"
	newsSource    = "Google, news sitemaps"
)

// sitemap is not a format of feeds, but of lists of pages.
const sitemap Format = "sitemap"

// The limits of sitemaps.
const (
	maxSitemapURLs = 50_000
	maxSitemapSize = 50 << 20
	maxNewsURLs    = 1000
	newsAge        = 48 * time.Hour
)

// What concerns sitemaps.
var (
	sitemapNamespace = rule{"SitemapNamespace", Error, sitemapSource + ", XML tag definitions", "write " + nsSitemap}
	sitemapLocation  = rule{"SitemapLocation", Error, sitemapSource + ", sitemap file location", "list addresses of the host that serves the sitemap, below its directory"}
	sitemapLength    = rule{"SitemapLength", Error, sitemapSource + ", loc", "shorten it below 2048 characters"}
	sitemapFrequency = rule{"SitemapFrequency", Error, sitemapSource + ", changefreq", "write always, hourly, daily, weekly, monthly, yearly or never"}
	sitemapPriority  = rule{"SitemapPriority", Error, sitemapSource + ", priority", "write a number from 0.0 to 1.0"}
	sitemapTooLarge  = rule{"SitemapTooLarge", Error, sitemapSource + ", sitemap index files", "split it and list the parts in a sitemap index"}
	sitemapDuplicate = rule{"SitemapDuplicate", Warning, sitemapSource, "list each address once"}
	newsTooMany      = rule{"NewsTooMany", Error, newsSource, "split it: a file takes 1000 articles"}
	newsTooOld       = rule{"NewsTooOld", Warning, newsSource, "list articles of the last two days only"}
	newsLanguage     = rule{"NewsLanguage", Error, newsSource, "write the language as ISO 639 does: en, or zh-cn and zh-tw"}
	newsDeprecated   = rule{"NewsDeprecated", Advice, newsSource, "leave it out: it is not read any more"}
)

// sitemapURLs is <urlset>.
var sitemapURLs = &element{
	source:   sitemapSource + ", urlset",
	lax:      true,
	children: map[name]child{sitemapName("url"): {element: sitemapURL, many: true}},
	end: func(j *judge, n *node) {
		if urls := n.seen[sitemapName("url")]; urls > maxSitemapURLs {
			j.fault(n, sitemapTooLarge, "", "has %d addresses, at most %d are read", urls, maxSitemapURLs)
		}
		if size := j.in.size(); size > maxSitemapSize {
			j.fault(n, sitemapTooLarge, "", "has %d bytes, at most %d are read", size, maxSitemapSize)
		}
		if j.feed.news > maxNewsURLs {
			j.fault(n, newsTooMany, "", "has %d news:news", j.feed.news)
		}
	},
}

// sitemapIndex is <sitemapindex>.
var sitemapIndex = &element{
	source: sitemapSource + ", sitemapindex",
	lax:    true,
	children: map[name]child{sitemapName("sitemap"): {many: true, element: &element{
		source: sitemapSource + ", sitemap",
		children: map[name]child{
			sitemapName("loc"):     {element: leaf(sitemapSource+", loc", location)},
			sitemapName("lastmod"): {element: leaf(sitemapSource+", lastmod", w3cdtf)},
		},
		end: needsLocation,
	}}},
	end: func(j *judge, n *node) {
		if maps := n.seen[sitemapName("sitemap")]; maps > maxSitemapURLs {
			j.fault(n, sitemapTooLarge, "", "has %d sitemaps, at most %d are read", maps, maxSitemapURLs)
		} else if maps == 0 {
			j.fault(n, missingElement, "", "has no sitemap")
		}
	},
}

func sitemapName(local string) name { return name{nsSitemap, local} }
func newsName(local string) name    { return name{nsNews, local} }

var sitemapURL = &element{
	source: sitemapSource + ", url",
	children: map[name]child{
		sitemapName("loc"):     {element: leaf(sitemapSource+", loc", location)},
		sitemapName("lastmod"): {element: leaf(sitemapSource+", lastmod", w3cdtf)},
		sitemapName("changefreq"): {element: leaf(sitemapSource+", changefreq",
			oneOf(sitemapFrequency, "always", "hourly", "daily", "weekly", "monthly", "yearly", "never"))},
		sitemapName("priority"): {element: leaf(sitemapSource+", priority", func(j *judge, n *node, _, v string) {
			if f, err := strconv.ParseFloat(v, 64); err != nil || !(0 <= f && f <= 1) {
				j.fault(n, sitemapPriority, "", "%q is not a number from 0.0 to 1.0", clip(v))
			}
		})},
		newsName("news"):   {element: newsElement},
		{nsImage, "image"}: {many: true},
		{nsVideo, "video"}: {many: true},
		{nsXHTML, "link"}:  {many: true},
	},
	end: needsLocation,
}

func needsLocation(j *judge, n *node) {
	if !n.has(nsSitemap, "loc") {
		j.fault(n, missingElement, "", "has no loc")
	}
}

// location judges the address of a page: on the host of the sitemap, and below
// its directory.
func location(j *judge, n *node, attr, v string) {
	if len(v) >= 2048 && utf8.RuneCountInString(v) >= 2048 {
		j.fault(n, sitemapLength, "", "%q has %d characters", clip(v), utf8.RuneCountInString(v))
	}
	httpURL(j, n, attr, v)
	if j.feed.ids == nil {
		j.feed.ids = map[string]int{}
		if !j.elsewhere {
			j.feed.here = hereOf(j.url)
		}
	}
	times := j.feed.ids[v] + 1
	j.feed.ids[v] = times
	if times == 2 {
		j.fault(n, sitemapDuplicate, "", "%q stands there more than once", clip(v))
	}
	if here := j.feed.here; here != nil && !here.has(v) {
		j.fault(n, sitemapLocation, "", "%q is not below %s://%s%s", clip(v), here.scheme, here.host, clip(here.directory))
	}
}

// A here is where a sitemap stands.
type here struct{ scheme, host, directory string }

// hereOf returns where the sitemap with an address stands, nil when that is not
// known.
func hereOf(address string) *here {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	return &here{u.Scheme, u.Host, u.Path[:strings.LastIndexByte(u.Path, '/')+1]}
}

// has tells whether the address of a page is on the host of the sitemap, and
// below its directory. What is no address is not.
func (h *here) has(address string) bool {
	if path, ok := plainPath(address, h.scheme, h.host); ok {
		return strings.HasPrefix(path+"/", h.directory)
	}
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	return strings.EqualFold(u.Host, h.host) && u.Scheme == h.scheme && strings.HasPrefix(u.Path+"/", h.directory)
}

// plainPath returns the path of an address on a host that has nothing else, and
// in it nothing that could be written in another way; ok tells that it is one.
func plainPath(address, scheme, host string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return "", false
	}
	if rest, ok = strings.CutPrefix(rest, "://"); !ok {
		return "", false
	}
	if path, ok = strings.CutPrefix(rest, host); !ok || path != "" && path[0] != '/' {
		return "", false
	}
	for i := range len(path) {
		if c := path[i]; !isLetter(c) && !isDigit(c) && c != '/' && c != '-' && c != '.' && c != '_' && c != '~' {
			return "", false
		}
	}
	return path, true
}

// newsElement is <news:news>.
var newsElement = &element{
	source: newsSource,
	children: map[name]child{
		newsName("publication"): {element: &element{source: newsSource,
			children: map[name]child{
				newsName("name"): {element: leaf(newsSource, filled)},
				newsName("language"): {element: leaf(newsSource, func(j *judge, n *node, _, v string) {
					if v != "zh-cn" && v != "zh-tw" && !newsLanguageForm().MatchString(v) {
						j.fault(n, newsLanguage, "", "%q is not a language of ISO 639", clip(v))
					}
				})},
			},
			end: needsNews("name", "language"),
		}},
		newsName("publication_date"): {element: leaf(newsSource, func(j *judge, n *node, attr, v string) {
			w3cdtf(j, n, attr, v)
			if t, ok := parseRFC3339(v); ok && !j.now.IsZero() && j.now.Sub(t) > newsAge {
				j.fault(n, newsTooOld, "", "%q is more than two days ago", v)
			}
		})},
		newsName("title"):         {element: leaf(newsSource, filled)},
		newsName("keywords"):      {element: newsOld},
		newsName("stock_tickers"): {element: newsOld},
		newsName("genres"):        {element: newsOld},
		newsName("access"):        {element: newsOld},
		newsName("geo_locations"): {element: newsOld},
	},
	begin: func(j *judge, _ *node) { j.feed.news++ },
	end:   needsNews("publication", "publication_date", "title"),
}

var newsLanguageForm = pattern(`^[a-z]{2,3}$`)

var newsOld = leaf(newsSource, func(j *judge, n *node, _, _ string) { j.fault(n, newsDeprecated, "", "is not read any more") })

// needsNews reports the elements that are missing.
func needsNews(locals ...string) func(*judge, *node) {
	return func(j *judge, n *node) {
		for _, local := range locals {
			if !n.has(nsNews, local) {
				j.fault(n, missingElement, "", "has no news:%s", local)
			}
		}
	}
}
