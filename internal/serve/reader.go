package serve

import (
	"strings"
	"unicode"
)

// reader is who polls a feed, as the User-Agent field says.
type reader struct {
	// name is a known reader's name, "browser", or else the first word of the
	// field, as the client wrote it; empty when there is no field.
	name string
	// known says that name is from the table of readers: one of few values.
	known bool
	// subscribers is how many people the client says it fetches for; 0 when it
	// does not say.
	subscribers int
}

// readers are the feed readers and aggregators that are told apart, by what
// their User-Agent contains, in lower case. Earlier rows count first: many name
// another program that they want to be taken for.
var readers = [...]struct{ mark, name string }{
	{"feedlybot", "Feedly"},
	{"feedly/", "Feedly"},
	{"feedbin", "Feedbin"},
	{"inoreader", "Inoreader"},
	{"newsblur", "NewsBlur"},
	{"bazqux", "BazQux"},
	{"theoldreader", "The Old Reader"},
	{"miniflux", "Miniflux"},
	{"freshrss", "FreshRSS"},
	{"netnewswire", "NetNewsWire"},
	{"newsboat", "Newsboat"},
	{"newsbeuter", "Newsbeuter"},
	{"tiny tiny rss", "Tiny Tiny RSS"},
	{"commafeed", "CommaFeed"},
	{"nextcloud-news", "Nextcloud News"},
	{"feedspot", "Feedspot"},
	{"blogtrottr", "Blogtrottr"},
	{"bloglovin", "Bloglovin"},
	{"netvibes", "Netvibes"},
	{"newsify", "Newsify"},
	{"g2reader", "G2Reader"},
	{"feed wrangler", "Feed Wrangler"},
	{"flipboard", "Flipboard"},
	{"superfeedr", "Superfeedr"},
	{"livejournal", "LiveJournal"},
	{"dreamwidth", "Dreamwidth"},
	{"liferea", "Liferea"},
	{"akregator", "Akregator"},
	{"thunderbird", "Thunderbird"},
	{"quiterss", "QuiteRSS"},
	{"vienna/", "Vienna"},
	{"reeder/", "Reeder"},
	{"unread rss", "Unread"},
	{"feeder/", "Feeder"},
	{"selfoss", "selfoss"},
	{"yarr/", "yarr"},
	{"rss2email", "rss2email"},
	{"slackbot", "Slack"},
	{"applenewsbot", "Apple News"},
	{"simplepie", "SimplePie"},
	{"feedvalidator", "W3C Feed Validator"},
	{"feedfetcher-google", "Feedfetcher"},
}

// parseReader reads a User-Agent field.
func parseReader(agent string) reader {
	agent = agent[:min(len(agent), 512)]
	r := reader{subscribers: subscribers(agent)}
	low := strings.ToLower(agent)
	for _, row := range readers {
		if strings.Contains(low, row.mark) {
			r.name, r.known = row.name, true
			return r
		}
	}
	r.name = firstWord(agent)
	if r.name == "Mozilla" {
		r.name, r.known = "browser", true
	}
	return r
}

// firstWord returns the name of the first product (RFC 9110, section 10.1.5),
// without its version, 64 bytes at the most.
func firstWord(agent string) string {
	agent = strings.TrimSpace(agent)
	if i := strings.IndexFunc(agent, func(r rune) bool { return r == '/' || r == ';' || r == '(' || unicode.IsSpace(r) }); i >= 0 {
		agent = agent[:i]
	}
	return strings.ToValidUTF8(agent[:min(len(agent), 64)], "")
}

// maxSubscribers is more than any feed has: a larger figure is not meant.
const maxSubscribers = 100_000_000

// subscribers finds the figure in "12 subscribers", "1 subscriber", "1,204
// subscribers", "3 readers" and "Subscriber Count: 12".
func subscribers(agent string) int {
	for _, word := range [...]string{" subscriber", " reader"} {
		for rest := agent; ; {
			i := strings.Index(rest, word)
			if i < 0 {
				break
			}
			if n, ok := figureBefore(rest[:i]); ok {
				return n
			}
			rest = rest[i+len(word):]
		}
	}
	if _, after, ok := strings.Cut(agent, "Subscriber Count: "); ok {
		end := 0
		for end < len(after) && (isDigit(after[end]) || after[end] == ',') {
			end++
		}
		n, _ := figureBefore(after[:end])
		return n
	}
	return 0
}

// figureBefore reads the whole number at the end of s.
func figureBefore(s string) (n int, ok bool) {
	digits := 0
	for scale := 1; digits < len(s); digits++ {
		c := s[len(s)-1-digits]
		if c == ',' {
			continue
		}
		if !isDigit(c) {
			break
		}
		if n += int(c-'0') * scale; n > maxSubscribers {
			return 0, false
		}
		scale = min(scale*10, maxSubscribers+1)
		ok = true
	}
	return n, ok
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
