// Package article turns one file, written by a person, into one [Article]:
// metadata and source. What it cannot accept it describes as a [Problem],
// with the line where the author can mend it.
//
// Parsing is cheap and renders nothing: an article's body costs something only
// when a feed or a page shows it, by [Article.Body].
//
// The package knows no directory, no other article, no address of a site and
// no clock.
package article

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Format is how an article's source is written.
type Format uint8

const (
	Text     Format = iota // plain text, as wire services send it
	Markdown               // CommonMark with GFM, footnotes and typographic quotes
	HTML                   // a whole page or a fragment
	RST                    // reStructuredText, as Pelican and Nikola use it
)

// Article is one story: what its author left, and by what subscribers know it.
// Parse fills in what the file states; the ledger completes the identity and
// the dates that the file leaves out, in an Article of its own with the same
// Manuscript. Once handed over neither is changed; who wants another makes a
// [Article.Copy].
type Article struct {
	*Manuscript // never nil
	*Identity   // never nil
}

// Identity is by what subscribers know an article, and since when.
type Identity struct {
	*Alias // never nil; shared by all that have none

	// ID is the id (or guid) that subscribers know the article by; from Parse
	// only when the file states one.
	ID string
	// Slug is the article's last segment of an address: the stated one, else
	// made from the file's name. From Parse it may be shared by other articles.
	Slug string

	// Published is the instant the article states for its publication, zero
	// when it states none. A day without a time is midnight in its zone.
	Published Instant
	// Updated is the instant the article states for its last significant
	// change, zero when it states none.
	Updated Instant
	// Seen is when the ledger first saw the article, or its latest significant
	// change. Before it has, it is the modification time of the file, which
	// stands in for Published once, at first sight, and is then kept by the
	// ledger; zero from Parse.
	Seen Instant
}

// Alias is what few articles have besides their id.
type Alias struct {
	// GUID is what RSS and JSON Feed say in place of ID, for subscribers who know
	// the article by a text that is no id for Atom; empty from Parse, and nearly
	// always.
	GUID string
}

// Manuscript is what the file of an article says, but for what the ledger may
// know better. There are as many of them in memory as the site has articles: what
// several may have in common stands there once, and what only documents show is
// not kept, see [Sources].
type Manuscript struct {
	*Byline // never nil, likewise the next ones
	*Topics
	*Seldom // shared by all that have nothing of it

	// Path is where the file lies: slash-separated, below the directory of
	// articles, the file's name included.
	Path  string
	Title string // plain text, never empty

	// Link is the absolute address at which people read the article when that
	// is known: then no page is published for it. It is never known to Parse.
	Link string

	// Picture is the lead image, nil when the article names none. Its Src is
	// empty when the text has a caption but no picture came with it: then
	// nothing of it is published.
	Picture *Picture

	// Digest names title and source body: the same text has the same digest,
	// wherever the file lies and however its front matter is spelt. It is the
	// SHA-256 of the title, a line feed and the source body in
	// UTF-8, with LF line ends and no empty lines at either end. The source
	// body is what follows the front matter (headline and byline included), of
	// HTML the article's own part of the page. A title that Parse made of the
	// first words or of the file's name is left out. A correction and a
	// withdrawal are part of it. So nothing in the digest
	// depends on how well a release of feedmill reads bylines, or renders.
	Digest Digest

	// Origin is a digest of all that the article was made of: the bytes of its
	// file, and what else it was read by. Two articles with the same Path and
	// Origin are the same but for Seen, their bodies included. It is zero from
	// Parse.
	Origin [16]byte

	*writing // never nil; shared by all whose text is given back

	Format     Format
	SlugStated bool // the author chose Slug
	Draft      bool // never leaves the process
	// Withdrawn says that the article is taken back: its text is a notice of
	// that, with the Correction, and nothing of what it was is left but title,
	// people and tags.
	Withdrawn bool
}

// Byline is by whom an article is, and for whom: much the same for many.
type Byline struct {
	Authors  []Person // in the order of the byline; empty when none is named
	Section  string   // stated, else the first folder of Path that is no date; may be empty
	Language string   // a BCP 47 tag; empty means the site's
	Place    string   // of the dateline or byline
}

// Topics are what an article is about.
type Topics struct {
	Tags []string // in the author's order and spelling, without repeats
	// Categories are those of Tags that are stated as categories, or that the
	// folders stand for: some generators make addresses of them.
	Categories []string
}

// Seldom is what few articles state.
type Seldom struct {
	// Contributors are those who took part besides the authors.
	Contributors []Contributor
	Point        *Point // where the article plays; nil when it states none
	Rights       string // who holds them, plain text; empty means as the site says

	// From and Until are the instants between which the article may be shown,
	// as it states them besides its date; zero when it states none.
	From, Until time.Time

	// Address is where the article says that its site's generator publishes it,
	// as it is written: a path, or a whole address. Empty when it does not say.
	Address string
	// Formerly are the addresses at which the article says that it is read, or
	// was, as they are written: permalink, aliases, canonical address.
	Formerly []string

	// External is an address elsewhere that the article is about, as link
	// blogs state it: absolute http or https; empty when it states none.
	External string
	// Links are further addresses that the article states, without External.
	Links []Link
	// Source is the feed that the article was taken over from; nil when it is
	// the site's own.
	Source *Source

	// Showing says in which feeds the article stands, and how much of it.
	Showing Showing
	// Correction is a note on what was wrong, plain text, which is shown at the
	// end of the body; empty when there is none.
	Correction string

	// Banner is a wide picture to stand above the article, as written in it;
	// empty when it states none.
	Banner string
	// Enclosures are the recordings and films that come with the article, as
	// podcasts have them, in the order in which it names them.
	Enclosures []Enclosure
	// Episode is what podcasts say of them; nil when the article says nothing
	// of that.
	Episode *Episode
}

// AliasOf returns the alias that a GUID is, empty or not.
func AliasOf(guid string) *Alias {
	if guid == "" {
		return &noAlias
	}
	return &Alias{GUID: guid}
}

// What those share that have nothing of it. Nobody changes it.
var (
	noAlias  Alias
	noByline Byline
	noTopics Topics
	usual    Seldom
)

// New returns an article of which nothing is known but its path. Its fields may
// be set until it is handed over.
func New(path string) *Article {
	a := &new(whole).join().Article
	a.Path = path
	return a
}

// Copy returns an article like a whose fields may be set without changing it.
func (a *Article) Copy() *Article {
	w := &whole{manuscript: *a.Manuscript, identity: *a.Identity, alias: *a.Alias,
		byline: *a.Byline, topics: *a.Topics, seldom: *a.Seldom, writing: *a.writing}
	return &w.join().Article
}

// whole is an article in one piece, which shares nothing.
type whole struct {
	Article
	manuscript Manuscript
	identity   Identity
	alias      Alias
	byline     Byline
	topics     Topics
	seldom     Seldom
	writing    writing
	source     source
}

func (w *whole) join() *whole {
	m, id := &w.manuscript, &w.identity
	w.Manuscript, w.Identity = m, id
	id.Alias, m.Byline, m.Topics, m.Seldom, m.writing = &w.alias, &w.byline, &w.topics, &w.seldom, &w.writing
	return w
}

// Digest is a SHA-256; zero when there is none.
type Digest [sha256.Size]byte

// String returns the digest in hexadecimal, empty when there is none.
func (d Digest) String() string {
	if d == (Digest{}) {
		return ""
	}
	return hex.EncodeToString(d[:])
}

// MarshalText is String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes. Of any other text no article is
// ever the digest: that is none.
func (d *Digest) UnmarshalText(text []byte) error {
	*d = Digest{}
	if len(text) == hex.EncodedLen(len(d)) {
		if _, err := hex.Decode(d[:], text); err != nil {
			*d = Digest{}
		}
	}
	return nil
}

// Begins returns the instant from which on the article may be shown.
func (a *Article) Begins() time.Time {
	if published := a.Published.Time(); !a.From.After(published) {
		return published
	}
	return a.From
}

// Ended reports whether at the instant now the article may not be shown any
// more.
func (a *Article) Ended(now time.Time) bool { return !a.Until.IsZero() && !a.Until.After(now) }

// Showing says in which feeds an article stands, and how much of it. The zero
// value: wherever it belongs, as much as the feed shows.
type Showing struct {
	Nowhere bool     // in no feed and in no archive of one
	Summary bool     // its summary alone, in every feed
	Only    []string // paths of the feeds in which it may stand, "site" for the site's; empty: all
}

// Person is somebody named as an author.
type Person struct {
	Name   string
	Email  string
	URL    string
	Avatar string // absolute http or https address of a portrait
}

// Picture is an article's lead image.
type Picture struct {
	Src     string // as written in the article; empty when there is no picture
	Title   string // plain text
	Alt     string
	Caption string // plain text
	Credit  string // the photographer or agency, without the slash
	// Width and Height are what the article states, in pixels; zero when it
	// does not.
	Width, Height int
}

// Enclosure is a recording or a film that comes with an article.
type Enclosure struct {
	Src      string // as written in the article
	Type     string // stated media type; empty: by the name's extension
	Title    string
	Length   int64         // stated size in bytes; zero when it is not
	Duration time.Duration // stated; zero when it is not
}

// Body is what an article says, rendered.
type Body struct {
	HTML    string // sanitised and balanced; every address in it is absolute
	Text    string // the same in plain text, paragraphs parted by an empty line
	Summary string // the author's summary, else from the first paragraphs
	// Problems are warnings: what the source asks of its site's generator and
	// feedmill cannot do. They come in the order of their lines.
	Problems []Problem
}
