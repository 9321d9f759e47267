// Package site is what the owner of a site says about it: site.yaml, read
// strictly into one value, with every error at its line and column.
//
// It knows no article, no feed and no clock: the same file gives the same
// [Site], wherever and whenever it is read.
//
// # The file
//
// Every key may be left out; a file that is empty, or not there, gives
// [Default]. All keys at once:
//
//	title: The Balkan Desk
//	description: News from the Western Balkans
//	base_url: https://feeds.example.org/
//	link: https://www.example.org/{section}/{slug}/
//	id_authority: example.org,2023
//	language: en
//	encoding: windows-1252
//	time_zone: Europe/Skopje
//	author: {name: The Balkan Desk, email: desk@example.org, url: https://www.example.org/}
//	rights: © The Balkan Desk
//	icon: icon.png
//	image: logo.png
//	favicon: favicon.png
//	webmaster: {name: Mira Novak, email: web@example.org}
//	license: https://creativecommons.org/licenses/by/4.0/
//	category_scheme: https://www.example.org/topics/
//	ended: false
//	podcast:
//	  category: [News / Daily News, Society & Culture]
//	  explicit: false
//	  image: cover.jpg
//	  owner: {name: The Balkan Desk, email: desk@example.org}
//	poll: 15m
//	formats: [rss, atom, json]
//	content: full
//	limit: {entries: 50, days: 7, bytes: 1MB}
//	convention: hugo
//	each: [tag, author, section, language]
//	feeds:
//	  - path: kosovo
//	    title: Kosovo
//	    match: {any: [{tag: kosovo}, {text: Pristina}], not: {author: Agency}}
//	  - {path: for-msn, profile: msn, image: wide.png, syndication_rights: true, listed: false}
//	archive: auto
//	retire: {tags/balkans: /kosovo, old-desk: gone}
//	skip_hours: [1, 2, 3]
//	skip_days: [Sunday]
//	aliases: {/feed/: rss.xml, /topics.atom: atom.xml}
//
// What each key means, its default and its unit stand at the fields of [Site],
// which bear the same names. An author may be a name alone:
//
//	author: Valentina Dimitrievska
//
// # Strictness
//
// A misspelt key that was passed over in silence would publish something else
// than its owner meant. So a key that is not known, a key given twice, a value
// of another kind and a value that cannot be right are errors, all of them
// reported at once:
//
//	articles/site.yaml:7:1: time_zon: no such key
//	    hint: did you mean "time_zone"?
//	articles/site.yaml:15:17: limit.entries: 5000 is not from 1 to 300
//
// Text is taken as it is written: "title: 1984" and "language: no" mean what
// they say. Two documents in one file and YAML's aliases (*name) are refused.
//
// Nothing outside the file is looked at: that an icon exists, or that an
// address answers, is for others to find out.
//
// # The site generator
//
// [FindGenerator] finds the configuration of the generator that a directory of
// articles belongs to, and [Generator.Load] lets it stand in for what the site
// file leaves out: title, description, language, time zone and author, and the
// addresses of articles. What the site file states always wins.
package site

import "time"

// Site is what site.yaml says. The zero value is not usable; [Default] is, and
// so is what [Parse] and [Load] return. It is not changed once handed over.
type Site struct {
	// Title is the name of the site and of its feeds, one line of plain text;
	// never empty. Default "Articles".
	Title string
	// Description is one sentence under the title, plain text. Default empty;
	// RSS, which requires one, says the title again then.
	Description string
	// BaseURL is where the published files are reachable; `feedmill serve`
	// answers under its path. Absolute http or https without user, query or
	// fragment; the host in lower case and in ASCII (RFC 5890), without the
	// scheme's own port; a slash at the end. Default http://localhost:8080/.
	BaseURL string
	// BaseURLStated tells a BaseURL from the file from the default that stands
	// in for it.
	BaseURLStated bool
	// Link is the template of an article's address, with {slug} or {path}, and
	// {section}, {year}, {month} and {day} besides, none of them in the host.
	// Absolute http or https; outside the placeholders it is a URI as RFC 3986
	// writes it. Default empty: feedmill publishes a page for each article.
	Link string
	// IDAuthority is the owner's part of minted ids: a domain name or an email
	// address that was the owner's on a day, a comma, and that day, month or
	// year, "example.org,2023" (RFC 4151, section 2.1). It is kept as written,
	// for ids are compared letter by letter. Default empty: it is left to the
	// ledger.
	IDAuthority string
	// Language is what the articles are written in that do not say so
	// themselves: a BCP 47 tag in its usual spelling, "en-GB". Default "en".
	Language string
	// LanguageStated tells a Language that the owner chose from the default.
	LanguageStated bool
	// Encoding is what articles are written in that are not UTF-8 and do not
	// say what they are: a name of the WHATWG Encoding Standard in its usual
	// spelling, "windows-1252". Default empty: such a file is read when the
	// site's language and its letters leave one reading.
	Encoding string
	// Zone is where a date without a zone was written. Default UTC. The key
	// time_zone takes a name of the IANA time zone database, "Europe/Skopje".
	Zone *time.Location
	// Author stands in where an article names nobody. Default nobody.
	Author Author
	// Rights is the copyright line of the feeds, plain text. Default empty.
	Rights string
	// Icon is the small square picture of the site, Image its logo: an
	// absolute http or https address, or a slash-separated path below the
	// directory of articles. Default empty: none.
	Icon  string
	Image string
	// Favicon is the icon for small places, likewise. Default empty: none.
	Favicon string
	// Webmaster is who looks after the feeds; with an email address. Default
	// nobody.
	Webmaster Author
	// License is the absolute address of the licence of what the feeds hold.
	// Default empty.
	License string
	// CategoryScheme names the vocabulary that tags are of: an absolute IRI (RFC
	// 4287, section 4.2.2.2), never changed. Default empty: one is made of the
	// site's permanent id.
	CategoryScheme string
	// Ended says that nothing more will come. Default false.
	Ended bool
	// Podcast is what directories of podcasts want to know of the feeds in
	// which recordings stand. Default nil: no feed is a podcast.
	Podcast *Podcast
	// Convention is the site generator whose rules the articles follow. Default
	// empty: it is recognised by evidence.
	Convention Convention
	// Generator is what the configuration of the site's generator says, which
	// stands in for what the site file leaves out; see [Generator.Load]. Nil
	// when the site was read without one.
	Generator *Generator
	// Poll is how often readers should come back: ttl and max-age. Whole
	// minutes from 5m to 24h, written "15m", "2h" or "1h30m". Default 15m.
	Poll time.Duration
	// Formats are the formats that each feed is published in, at least one,
	// none twice, in the order of the file. Default rss, atom, json.
	Formats []Format
	// Content is how much of an article a feed carries. Default full.
	Content Content
	// Limit bounds the length of a feed.
	Limit Limit
	// Each are the dimensions for each value of which there is a feed: of a tag
	// "tags/kosovo", likewise below authors, sections and languages. Default
	// none.
	Each []Dimension
	// Feeds are the feeds of the site's own making, in the order of the file.
	// Default none.
	Feeds []Feed
	// Archive is how the past of every feed is divided into archives (RFC
	// 5005). Default auto.
	Archive Period
	// Retire are paths of feeds that are published no more, each with the path
	// of the feed that stands for it, which begins with a slash, or [Gone].
	// Until it is named here, a feed that was published stays. Default none.
	Retire map[string]string
	// SkipHours are the hours of the day in Greenwich, from 0 to 23, in which
	// readers need not come; SkipDays the days of the week there. Both sorted.
	// Default none.
	SkipHours []int
	SkipDays  []time.Weekday
	// Aliases are old paths and the documents that stand for them now, such as
	// "feed/" and "rss.xml". Both are below BaseURL; the file writes the old
	// path with a slash in front, which is not kept here, and percent-encoded
	// where an address would be, which is decoded here. No old path is that of
	// a published document. Default none.
	Aliases map[string]string
}

// Author is whom the site speaks for. Every field may be empty; Name is not
// when another is given.
type Author struct {
	Name  string // plain text
	Email string // an addr-spec in ASCII (RFC 5322, section 3.4.1): desk@example.org
	URL   string // absolute http or https
	// Avatar is the absolute address of a portrait, which files of authors
	// state; the site's own author has none.
	Avatar string
}

// Format is a format of feeds.
type Format string

const (
	RSS  Format = "rss"  // RSS 2.0
	Atom Format = "atom" // Atom 1.0, RFC 4287
	JSON Format = "json" // JSON Feed 1.1
)

// Content says how much of an article a feed carries.
type Content string

const (
	Full    Content = "full"    // the whole body and a summary
	Summary Content = "summary" // the summary alone
)

// Limit bounds a feed: the entries of the last Days before the newest entry,
// or the Entries newest, whichever are more; never more than 300 (the most
// that any known reader takes).
type Limit struct {
	Entries int // from 1 to 300, default 50
	Days    int // from 0 (Entries alone counts) to 365, default 7
	// Bytes bounds the titles, summaries and bodies of all entries together,
	// before they are escaped: the oldest lose their bodies first, then they
	// are left out. From 10 KB to 10 MB, default 1 MB.
	Bytes int
}

// Default returns the site of an owner who says nothing.
func Default() Site {
	return Site{
		Title:    "Articles",
		BaseURL:  "http://localhost:8080/",
		Language: "en",
		Zone:     time.UTC,
		Poll:     15 * time.Minute,
		Formats:  []Format{RSS, Atom, JSON},
		Content:  Full,
		Limit:    Limit{Entries: 50, Days: 7, Bytes: 1e6},
		Archive:  Auto,
	}
}
