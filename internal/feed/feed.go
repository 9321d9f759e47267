// Package feed decides what a site says: which feeds there are, which articles
// stand in each, and what each entry is. It is pure: the same articles, site,
// memory and instant give the same composition.
//
// It knows no format of feeds and no file.
package feed

import (
	"cmp"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// Feed is one feed, in no format yet: its subscription document, or one archive
// of its past.
type Feed struct {
	// Path is the directory of the feed's documents below the base, without
	// slashes at its ends: empty for the site's feed, else such as
	// "tags/kosovo", and of an archive "tags/kosovo/archive/2023-11".
	Path string
	// Kind tells what chooses the entries: [SiteFeed], [OwnFeed] or a
	// site.Dimension; Value is the value of that, folded.
	Kind  string
	Value string
	// Listed tells whether people are offered the feed. One that the site asks
	// for no more stays at its address, unlisted.
	Listed bool
	// ID is the feed's own permanent id, a tag URI (RFC 4151); archives have it
	// too.
	ID          string
	Title       string
	Description string
	Base        string // base URL of the site, with a slash at the end
	Home        string // absolute address of the page that people read
	Language    string // BCP 47
	Rights      string
	Icon        string         // absolute address, empty when there is none
	Image       string         // likewise: the logo
	Favicon     string         // likewise: the icon for small places
	Author      article.Person // the feed's; Name is never empty
	Webmaster   article.Person // who looks after the feed; Name is empty when nobody is named
	License     string         // absolute address, empty when there is none
	// Scheme names the vocabulary that the entries' tags are of. It is an
	// absolute IRI and the same for all feeds of the site, for good.
	Scheme string
	// Ended says that nothing more will come.
	Ended bool
	// Podcast is what directories of podcasts want to know; nil when the feed
	// is none.
	Podcast *Podcast
	// PodcastID is the GUID by which directories know the podcast for good,
	// wherever its feed is (Podcasting 2.0, podcast:guid). It stays when the
	// feed is a podcast no more; empty when it never was one.
	PodcastID string
	// Updated is the latest of the entries' Updated and of the tombstones',
	// never earlier than it was; of an archive the latest of its entries'.
	Updated time.Time
	Poll    time.Duration // how often readers should come; whole minutes
	// SkipHours (0 to 23, in Greenwich) and SkipDays are when they need not.
	SkipHours []int
	SkipDays  []time.Weekday
	Content   site.Content
	Formats   []site.Format
	Entries   []*Entry // newest first; equal instants by id
	// Gone are the entries that vanished of late; archives have none.
	Gone []Tombstone

	// Period is how much of the past an archive holds, empty as long as the
	// feed has no archive.
	Period site.Period
	// Archives are the parts of the feed's past whose period is closed, newest
	// first; archives have none themselves.
	Archives []*Feed
	// Profile is the partner that the feed is for, whose elements and limits it
	// then has; Syndicated says that MSN may have the pictures.
	Profile    site.Profile
	Syndicated bool
	// Current is the feed that this is an archive of, nil when it is none; Prev
	// and Next are the archives before and after this one, nil at the ends. Of
	// a subscription document Prev is the newest archive (RFC 5005, section 4).
	Current, Prev, Next *Feed

	brief map[*Entry]bool
	made  *made
}

// made is what is known of a feed, or of an archive, as long as it stays the
// same.
type made struct {
	mu  sync.Mutex
	key *Key // guarded by mu; nil: not known yet
}

// Same reports whether f says what g says: it was taken over from the
// composition before.
func (f *Feed) Same(g *Feed) bool { return g != nil && f.made != nil && f.made == g.made }

// What chooses the entries of a feed, besides a site.Dimension.
const (
	SiteFeed = "site" // all that is in the site's language
	OwnFeed  = "own"  // what the site's file says
)

// Document returns the path of the feed's document in a format, below the
// base: "rss.xml", "tags/kosovo/atom.xml".
func (f *Feed) Document(format site.Format) string {
	name := map[site.Format]string{site.RSS: "rss.xml", site.Atom: "atom.xml", site.JSON: "feed.json"}[format]
	if f.Path == "" {
		return name
	}
	return f.Path + "/" + name
}

// URL returns the absolute address of the feed's document in a format,
// percent-encoded; it is the document's self link.
func (f *Feed) URL(format site.Format) string { return f.Base + escapePath(f.Document(format)) }

// Brief reports whether of an entry of f only the summary is to be shown.
func (f *Feed) Brief(e *Entry) bool {
	return f.Content == site.Summary || e.Showing.Summary || f.brief[e]
}

// Tombstone is an entry that vanished (RFC 6721).
type Tombstone struct {
	ID   string
	When time.Time // whole seconds, UTC
	In   []string  // paths of the feeds in which it stood
	Link string    // absolute address under which a partner has it; else empty
}

// Entry is one article as feeds and pages show it. Most entries of a large site
// are shown by no document: they are kept small.
type Entry struct {
	// Article has what is shown, see [Shown], but for what the methods tell.
	*article.Article

	imprint *imprint
	// said has the words; nil as long as nobody asked for them.
	said atomic.Pointer[words]
}

// imprint is what all entries of a site have in common.
type imprint struct {
	address  address
	language string           // of articles that state none
	authors  []article.Person // of articles that name none
	shelf    *shelf
}

// Link is that of Shown, likewise the next ones.
func (e *Entry) Link() string { return e.imprint.address.link(e.Article) }
func (e *Entry) Page() string { return e.imprint.address.page(e.Article) }

// sameAddress reports whether two entries are read at the same place.
func sameAddress(a, b *Entry) bool { return a.Link() == b.Link() && a.Page() == b.Page() }

func (e *Entry) Authors() []article.Person {
	if len(e.Article.Authors) == 0 {
		return e.imprint.authors
	}
	return e.Article.Authors
}

func (e *Entry) Language() string { return cmp.Or(e.Article.Language, e.imprint.language) }

// Shown is what documents show of an entry besides its Content.
type Shown struct {
	ID string // the same in every format, for good
	// GUID is what RSS and JSON Feed say in place of ID, when subscribers know
	// the article by a text that is no id for Atom; nearly always empty.
	GUID  string
	Title string
	// Link is the absolute address where people read the article.
	Link string
	// Page is the path of the article's page below the base, with a slash at
	// the end ("articles/kosovo/"); empty when the site links elsewhere.
	Page    string
	Authors []article.Person // the site's author when the article names none
	// Contributors are those who took part besides.
	Contributors []article.Contributor
	Section      string
	Tags         []string
	Language     string // BCP 47, never empty
	Place        string
	Point        *article.Point // nil when it is not known
	Rights       string         // empty means as the feed's
	// Source is the feed that the entry was taken over from; nil when it is the
	// site's own.
	Source *article.Source
	// External is an absolute address elsewhere that the entry is about; empty
	// when there is none.
	External  string
	Published time.Time // UTC, whole seconds
	Updated   time.Time // never before Published
	Until     time.Time // when it leaves; zero when it does not
	// Plain says that the article's source is plain text, so that a format
	// which can carry text should.
	Plain bool
	// Brief says that the article lets feeds show its summary alone.
	Brief bool
}

// Shown returns what documents show of e.
func (e *Entry) Shown() Shown {
	return Shown{
		ID: e.ID, GUID: e.GUID, Title: e.Title, Link: e.Link(), Page: e.Page(), Authors: e.Authors(), Contributors: e.Contributors,
		Section: e.Section, Tags: e.Tags, Language: e.Language(), Place: e.Place, Point: e.Point, Rights: e.Rights, Source: e.Source,
		External: e.External, Published: e.Published.Time(), Updated: e.Updated.Time(), Until: e.Until, Plain: e.Format == article.Text, Brief: e.Showing.Summary,
	}
}

// NewEntry returns an entry of no article, with content as its content, rendered
// once at most.
func NewEntry(s Shown, content func() (Content, error)) *Entry {
	a := article.New("")
	a.ID, a.GUID, a.Title, a.Contributors, a.Section, a.Tags, a.Place = s.ID, s.GUID, s.Title, s.Contributors, s.Section, s.Tags, s.Place
	a.Point, a.Rights, a.Source, a.External, a.Until, a.Showing.Summary = s.Point, s.Rights, s.Source, s.External, s.Until, s.Brief
	a.Published, a.Updated = article.At(s.Published), article.At(s.Updated)
	if a.Format = article.Markdown; s.Plain {
		a.Format = article.Text
	}
	e := &Entry{Article: a, imprint: &imprint{
		address: address{
			link: func(*article.Article) string { return s.Link },
			page: func(*article.Article) string { return s.Page },
		},
		language: s.Language, authors: s.Authors,
	}}
	e.said.Store(&words{given: sync.OnceValues(content)})
	return e
}

// Content is what an entry says.
type Content struct {
	HTML    string // sanitised, balanced, every address absolute
	Text    string // the same in plain text
	Summary string // plain text
	// Picture is the lead image; nil when there is none.
	Picture *Picture
	// Enclosures are the recordings and films that come with it.
	Enclosures []Enclosure
	// Banner is the absolute address of a wide picture; empty when there is none.
	Banner string
	// Links are further addresses, absolute, without External.
	Links []article.Link
	// Episode is what podcasts say of the recording, every address absolute and
	// every transcript with its type; nil when nothing is said.
	Episode *article.Episode
	// Media are the files that this entry shows and that are published
	// beside its page.
	Media []Media
	// Problems are what rendering found: a picture that is not there.
	Problems []article.Problem
}

// Picture is the lead image of an entry.
type Picture struct {
	URL     string // absolute
	Type    string // media type, by the name's extension
	Title   string
	Alt     string
	Caption string
	Credit  string
	// Length in bytes, Width and Height in pixels; zero when not known.
	Length        int64
	Width, Height int
}

// Enclosure is a recording or a film that comes with an entry.
type Enclosure struct {
	URL      string // absolute
	Type     string // media type, never empty
	Title    string
	Length   int64         // in bytes; zero when not known
	Duration time.Duration // zero when not known
}

// Media is a file beside an article that is published with its page.
type Media struct {
	Source string // path below the directory of articles
	Path   string // path of the document below the base
	Type   string // media type, by the name's extension
}

// EntryError is the error of one entry that cannot be shown: without it the
// rest of the feed can be. Who shows entries returns it.
type EntryError struct {
	ID  string // of the entry
	Err error
}

func (e *EntryError) Error() string { return fmt.Sprintf("entry %q: %v", e.ID, e.Err) }
func (e *EntryError) Unwrap() error { return e.Err }
