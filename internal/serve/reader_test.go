package serve

import (
	"strings"
	"testing"
)

// What readers send, from the access logs of sites that published theirs.
func TestParseReader(t *testing.T) {
	tests := []struct {
		agent       string
		name        string
		known       bool
		subscribers int
	}{
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 457 subscribers; like FeedFetcher-Google)", "Feedly", true, 457},
		{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; 134 subscribers; )", "Feedly", true, 134},
		{"FeedlyBot/1.0 (http://feedly.com)", "Feedly", true, 0},
		{"Feedbin feed-id:1373711 - 142 subscribers", "Feedbin", true, 142},
		{"Feedbin feed-id:12345 - 1 subscriber", "Feedbin", true, 1},
		{"Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 26 subscribers; )", "Inoreader", true, 26},
		{"Mozilla/5.0 (compatible; inoreader.com; 7 subscribers)", "Inoreader", true, 7},
		{"NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/0000000/webpage (Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.1 Safari/605.1.15)", "NewsBlur", true, 1},
		{"NewsBlur Feed Fetcher - 1,234 subscribers - https://newsblur.com", "NewsBlur", true, 1234},
		{"FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)", "Feedfetcher", true, 0},
		{"Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 3 subscribers; feed-id=1794595805790851116)", "Feedfetcher", true, 3},
		{"Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 6 subscribers)", "BazQux", true, 6},
		{"Mozilla/5.0 (compatible; theoldreader.com; 1 subscribers; feed-id=0719795c4d27c784217b0bc0)", "The Old Reader", true, 1},
		{"Mozilla/5.0 (compatible; Miniflux/2.2.8; +https://miniflux.app)", "Miniflux", true, 0},
		{"FreshRSS/1.23.1 (Linux; https://freshrss.org)", "FreshRSS", true, 0},
		{"NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", true, 0},
		{"Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_3; de-de) AppleWebKit/531.22.7 (KHTML, like Gecko) NetNewsWire/3.2.15", "NetNewsWire", true, 0},
		{"Newsboat/2.21 (Linux x86_64)", "Newsboat", true, 0},
		{"newsboat/r2.10.2-126-g16a0 (Linux x86_64) libcurl/7.58.0", "Newsboat", true, 0},
		{"Tiny Tiny RSS/24.02 (https://tt-rss.org/)", "Tiny Tiny RSS", true, 0},
		{"NextCloud-News/1.0", "Nextcloud News", true, 0},
		{"CommaFeed/4.3.0 (https://github.com/Athou/commafeed)", "CommaFeed", true, 0},
		{"Liferea/1.13.5 (Linux; https://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)", "Liferea", true, 0},
		{"Akregator/5.24.0 (23.08.0); syndication", "Akregator", true, 0},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.6.1", "Thunderbird", true, 0},
		{"Reeder/5050102 CFNetwork/3860.700.2 Darwin/25.6.0", "Reeder", true, 0},
		{"Feeder/2.6.19(1301); Android", "Feeder", true, 0},
		{"Unread RSS Reader - https://www.goldenhillsoftware.com/unread/", "Unread", true, 0},
		{"Blogtrottr/2.0", "Blogtrottr", true, 0},
		{"LiveJournal.com (webmaster@livejournal.com; for https://feeds.example.org/rss.xml; 3 readers)", "LiveJournal", true, 3},
		{"Bloglovin/1.0 (http://www.bloglovin.com; 2 subscribers)", "Bloglovin", true, 2},
		{"rss2email/3.14 (https://github.com/rss2email/rss2email)", "rss2email", true, 0},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "browser", true, 0},

		{"PlainFeeder v0.0.1 (+http://plainfeeder.com/about ; Subscriber Count: 12)", "PlainFeeder", false, 12},
		{"Bloglines/2.0 (http://www.bloglines.com; 81 subscribers)", "Bloglines", false, 81},
		{"SomeReader/2.1 (1,204 readers)", "SomeReader", false, 1204},
		{"curl/8.14.1", "curl", false, 0},
		{"python-requests/2.32.3", "python-requests", false, 0},
		{"", "", false, 0},
		{"   ", "", false, 0},

		{"Liar/1.0 (99999999999999999999 subscribers)", "Liar", false, 0},
		{"Liar/1.0 (-3 subscribers)", "Liar", false, 3},
		{"Liar/1.0 (many subscribers)", "Liar", false, 0},
		{"Liar/1.0 (subscribers; 5 subscribers)", "Liar", false, 5},
		{"Liar/1.0 (Subscriber Count: ?)", "Liar", false, 0},
		{strings.Repeat("x", 10_000), strings.Repeat("x", 64), false, 0},
	}
	for _, tt := range tests {
		want := reader{tt.name, tt.known, tt.subscribers}
		if got := parseReader(tt.agent); got != want {
			t.Errorf("%.80q:\ngot  %+v,\nwant %+v", tt.agent, got, want)
		}
	}
}
