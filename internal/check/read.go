package check

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"golang.org/x/net/html"
)

// Reading is a feed as its subscribers get it.
type Reading struct {
	Format Format
	ID     string // the feed's own id; empty in RSS, which has none
	Title  string
	Self   string // the address that the feed gives for itself
	Home   string // the page that people read
	// Language is the BCP 47 tag that the feed states for itself; may be empty.
	Language string
	Updated  time.Time // stated, else the latest of the entries'
	Entries  []Entry   // in the order of the feed

	offered offering
	hubs    []string
	deleted map[string]bool // ids that have a tombstone
	derived bool            // Updated is the latest of the entries', for want of a stated one
	links   []link
}

// Entry is one entry of a feed.
type Entry struct {
	ID        string // guid or id; in RSS without a guid the link, as readers do
	Title     string // plain text
	Link      string
	Published time.Time // zero when not stated
	Updated   time.Time // stated, else Published
	// Digest names title, summary and content as a reader sees them: text,
	// structure, pictures and links. How they are written does not matter.
	Digest string

	body    sum    // the part of Digest that is not the title
	people  sum    // digest of authors
	tags    sum    // of categories
	media   sum    // of pictures and enclosures, by their addresses
	also    string // another address that it gives for itself; may be empty
	at      place  // where it begins in XML
	offered offering
}

// link is an address that a feed leads to.
type link struct {
	url   string
	what  string // how to name it: "enclosure"
	entry string // id, empty for the feed's own
}

// Read reads a feed in RSS (0.9x, 1.0 and 2.0), Atom (0.3 and 1.0) or JSON Feed
// back. An error says that the document is none of these, or malformed; what is
// merely invalid is read as far as it goes.
func Read(body []byte) (Reading, error) {
	r := &reader{}
	if err := r.collect(body); err != nil {
		return Reading{}, err
	}
	return r.reading(), nil
}

// Said returns what the entry with an id says in a feed: its title, summary and
// content as a reader sees them, marks for elements included.
func Said(body []byte, id string) ([]string, error) {
	r := &reader{literal: true}
	if err := r.collect(body); err != nil {
		return nil, err
	}
	var said []string
	for _, d := range r.drafts {
		if cmp.Or(d.ID, d.Link) == id {
			said = append(append(said, d.Title), d.texts...)
		}
	}
	return said, nil
}

// A reader gathers a Reading.
type reader struct {
	Reading
	drafts  []draft
	proses  *proses // may be nil
	literal bool    // the texts are kept as they are seen

	// The text that was taken in last, and what is known of it: who judges the
	// document meanwhile asks for the same. None before the next token.
	last      []byte
	lastProse *prose
}

// prose returns what is known of a text.
func (r *reader) prose(v []byte) *prose {
	r.last, r.lastProse = v, r.proses.of(v)
	return r.lastProse
}

// again returns what is known of a text when it is the one that was taken in last.
func (r *reader) again(v []byte) *prose {
	if r.lastProse == nil || !bytes.Equal(v, r.last) {
		return nil
	}
	return r.lastProse
}

// draft is an entry that is being gathered.
type draft struct {
	Entry
	said  []byte   // digests of summary and content
	texts []string // the same as they are seen, when they are kept
	who   []string // authors
	about []string // categories
	links []link
	gone  bool      // it says of itself that it is deleted
	until time.Time // when it expires; zero when it does not say
}

// collect reads a feed.
func (r *reader) collect(body []byte) error {
	var err error
	j := &judge{in: newWindow(body, nil)}
	j.decode("")
	switch sniff(j.in.src, "") {
	case markup:
		err = r.readXML(j.in, j.encoding)
	case object:
		err = r.readJSON(body)
	default:
		err = errors.New("not a feed")
	}
	return r.failure(err)
}

// failure is the error of a document that is no feed, nil when it is one.
func (r *reader) failure(cause error) error {
	if cause == nil && r.Format == "" {
		cause = errors.New("neither RSS nor Atom")
	}
	if cause == nil {
		return nil
	}
	return fmt.Errorf("read feed: %w", cause)
}

// say takes in a text of an entry that is shown as it is.
func (r *reader) say(d *draft, v []byte) {
	said := sumOf(v)
	d.said = append(d.said, said[:]...)
	if r.literal {
		d.texts = append(d.texts, string(v))
	}
}

// sayHTML takes in a text of an entry that is HTML.
func (r *reader) sayHTML(d *draft, p *prose, v []byte) {
	d.said = append(d.said, p.shown[:]...)
	if r.literal {
		d.texts = append(d.texts, visible(string(v)))
	}
}

func (r *reader) reading() Reading {
	r.Entries = slices.Grow(r.Entries, len(r.drafts))
	for _, d := range r.drafts {
		e := d.Entry
		if e.ID == "" {
			e.ID = e.Link
		}
		if e.Updated.IsZero() {
			e.Updated = e.Published
		}
		// What expires at its last change is taken back: so MSN is told.
		if d.gone || !d.until.IsZero() && !d.until.After(e.Updated) {
			r.bury(e.ID)
			continue
		}
		e.offered.id = e.ID != ""
		e.body, e.people, e.tags = sumOf(d.said), sumOfAll(d.who...), sumOfAll(d.about...)
		var media []string
		for _, l := range d.links {
			media = append(media, l.what, l.url)
		}
		e.media = sumOfAll(media...)
		whole := sumOfAll(e.Title, string(d.said))
		e.Digest = hex.EncodeToString(whole[:])
		if e.Link != "" {
			d.links = append(d.links, link{url: e.Link, what: "link"})
		}
		for _, l := range d.links {
			l.entry = e.ID
			r.links = append(r.links, l)
		}
		r.Entries = append(r.Entries, e)
	}
	if r.derived = r.Updated.IsZero(); r.derived {
		for _, e := range r.Entries {
			if e.Updated.After(r.Updated) {
				r.Updated = e.Updated
			}
		}
	}
	return r.Reading
}

// bury notes that the feed says of an entry that it is deleted.
func (r *reader) bury(id string) {
	if r.deleted == nil {
		r.deleted = map[string]bool{}
	}
	r.deleted[id] = true
}

// sumOfAll is the digest of several texts.
func sumOfAll(parts ...string) sum {
	all := make([]byte, 0, 256)
	for _, p := range parts {
		all = append(strconv.AppendInt(all, int64(len(p)), 10), ':')
		all = append(all, p...)
	}
	return sumOf(all)
}

// readXML reads RSS or Atom.
func (r *reader) readXML(in *window, converted string) error {
	x := &xmlReader{reader: r}
	s := newScanner(in, converted, x.report)
	for t := s.next(); t != endOfDocument; t = s.next() {
		x.token(t, s)
	}
	return x.fault
}

// An xmlReader reads the tokens of RSS or Atom.
type xmlReader struct {
	*reader
	path   []name
	attrs  map[string]string // of the innermost leaf
	text   []byte
	markup int   // depth inside a construct of type xhtml
	fault  error // why it is not well-formed, the first reason
	whole  bool  // the document was read to its end
}

// report notes why a document is not well-formed.
func (r *xmlReader) report(at place, why rule, format string, args ...any) {
	if r.fault == nil && why.name == saxError.name {
		r.fault = fmt.Errorf("line %d: %s", at.line, fmt.Sprintf(format, args...))
	}
}

func (r *xmlReader) token(t token, s *scanner) {
	r.lastProse = nil
	switch t {
	case startTag:
		r.start(s)
	case text:
		if r.markup > 0 {
			r.text = append(r.text, html.EscapeString(string(s.text))...)
		} else {
			r.text = append(r.text, s.text...)
		}
	case endTag:
		r.end(s.name.plain())
	}
}

// plain returns the name under which an element of an old version is known
// today: what RSS 1.0 and Atom 0.3 have in other namespaces says the same.
func (n name) plain() name {
	switch n.space {
	case nsRSS1, nsRSS090:
		return rssName(n.local)
	case nsAtom03:
		return atomName(n.local)
	}
	return n
}

func (r *xmlReader) start(s *scanner) {
	element := s.name.plain()
	if r.markup > 0 {
		r.markup++
		r.text = append(append(r.text, '<'), s.name.local...)
		for _, a := range s.attrs {
			r.text = fmt.Appendf(r.text, ` %s="%s"`, a.name.local, html.EscapeString(a.value))
		}
		r.text = append(r.text, '>')
		return
	}
	if len(r.path) == 0 {
		switch element {
		case rssName("rss"), name{nsRDF, "RDF"}:
			r.Format = RSS
		case atomName("feed"), atomName("entry"):
			r.Format = Atom
			for _, a := range s.attrs {
				if a.name == (name{nsXML, "lang"}) {
					r.Language = a.value
				}
			}
		}
	}
	r.path = append(r.path, element)
	r.text = r.text[:0]
	if r.attrs == nil {
		r.attrs = map[string]string{}
	}
	clear(r.attrs)
	for _, a := range s.attrs {
		if a.name.space == "" {
			r.attrs[a.name.local] = a.value
		}
	}
	if element.space == nsAtom && r.attrs["type"] == "xhtml" {
		r.markup = 1
	}
	switch element {
	case rssName("item"), atomName("entry"):
		r.drafts = append(r.drafts, draft{Entry: Entry{at: s.at}})
		for _, a := range s.attrs {
			if a.name == (name{nsRDF, "about"}) { // of RSS 1.0, which has no guid
				r.drafts[len(r.drafts)-1].ID = a.value
			}
		}
	case name{nsTombstones, "deleted-entry"}:
		r.bury(r.attrs["ref"])
	case name{nsMedia, "content"}, name{nsMedia, "thumbnail"}:
		if n := len(r.drafts); n > 0 && r.attrs["url"] != "" {
			r.drafts[n-1].offered.media(s.name.local, r.attrs)
			r.drafts[n-1].links = append(r.drafts[n-1].links, link{url: r.attrs["url"], what: label(s.name)})
		}
	}
}

func (r *xmlReader) end(n name) {
	if r.markup > 1 {
		r.markup--
		r.text = append(append(append(r.text, "</"...), n.local...), '>')
		return
	}
	inside := r.path[:len(r.path)-1]
	r.path = inside
	r.markup = 0
	v := bytes.TrimSpace(r.text)
	r.text = r.text[:0]
	// Only the elements of the feed and of its entries count: a title may
	// also be that of an image, or of the source of an entry.
	if len(inside) == 0 {
		return
	}
	switch inside[len(inside)-1] {
	case rssName("channel"), atomName("feed"):
		r.head(n, string(v))
	case rssName("item"), atomName("entry"):
		if d := &r.drafts[len(r.drafts)-1]; !r.story(d, n, v) {
			r.entry(d, n, string(v))
		}
	case atomName("author"):
		if len(inside) > 1 && inside[len(inside)-2] == atomName("entry") && n == atomName("name") {
			d := &r.drafts[len(r.drafts)-1]
			d.who = append(d.who, string(v))
		}
	}
}

// head takes in an element of the feed itself.
func (r *xmlReader) head(n name, v string) {
	switch n {
	case rssName("description"), atomName("subtitle"):
		r.offered.description = v
	case rssName("language"), name{nsDC, "language"}:
		r.offered.language, r.Language = v, v
	case name{nsSmartNews, "logo"}:
		r.offered.logo = true
	case rssName("title"):
		r.Title = v
	case atomName("title"):
		r.Title = r.visible(v)
	case rssName("link"):
		r.Home = v
		r.links = append(r.links, link{url: v, what: "link"})
	case rssName("lastBuildDate"), rssName("pubDate"):
		if t, ok := parseRFC822(v); ok && t.After(r.Updated) {
			r.Updated = t
		}
	case atomName("updated"), atomName("modified"):
		if t, ok := parseRFC3339(v); ok {
			r.Updated = t
		}
	case atomName("id"):
		r.ID = v
	case atomName("link"):
		rel := r.attrs["rel"]
		if rel == "" {
			rel = "alternate"
		}
		switch {
		case rel == "hub":
			r.hubs = append(r.hubs, r.attrs["href"])
		case rel == "self":
			r.Self = r.attrs["href"]
		case rel == "alternate" && (r.Home == "" || r.attrs["type"] == "text/html"):
			r.Home = r.attrs["href"]
		}
		if rel == "self" || rel == "alternate" || historyRelations[rel] {
			r.links = append(r.links, link{url: r.attrs["href"], what: rel + " link"})
		}
	case atomName("icon"), atomName("logo"):
		r.links = append(r.links, link{url: v, what: n.local})
	}
}

// entry takes in an element of an entry.
func (r *xmlReader) entry(e *draft, n name, v string) {
	switch n {
	case rssName("guid"), atomName("id"):
		if e.ID == "" || n.space == "" {
			e.ID = v
		}
		if n.space == "" && r.attrs["isPermaLink"] != "false" {
			e.also = cmp.Or(e.also, v)
		}
	case name{nsBurner, "origLink"}:
		e.also = v
	case rssName("title"):
		e.Title = v
	case atomName("title"):
		e.Title = r.visible(v)
	case rssName("link"):
		e.Link = v
	case atomName("link"):
		switch rel := r.attrs["rel"]; {
		case (rel == "" || rel == "alternate") && e.Link == "":
			e.Link = r.attrs["href"]
		case rel == "enclosure":
			e.offered.enclosure(r.attrs)
			e.links = append(e.links, link{url: r.attrs["href"], what: "enclosure"})
		}
	case rssName("enclosure"):
		e.offered.enclosure(r.attrs)
		e.links = append(e.links, link{url: r.attrs["url"], what: "enclosure"})
	case rssName("pubDate"):
		if t, ok := parseRFC822(v); ok {
			e.Published = t
		}
	case atomName("published"), atomName("issued"), name{nsDC, "date"}:
		if t, ok := parseLoose(v); ok && (n.space == nsAtom || e.Published.IsZero()) {
			e.Published = t
		}
	case atomName("updated"), atomName("modified"), name{nsDCTerms, "modified"}:
		if t, ok := parseRFC3339(v); ok {
			e.Updated = t
		}
	case name{nsMedia, "status"}:
		e.gone = v == "deleted" || r.attrs["state"] == "deleted"
	case name{nsMSN, "expirationDate"}:
		e.until, _ = parseRFC3339(v)
	case rssName("author"), name{nsDC, "creator"}:
		e.offered.author, e.who = true, append(e.who, v)
	case atomName("author"):
		e.offered.author = true
	case rssName("category"):
		e.offered.category, e.about = true, append(e.about, v)
	case atomName("category"):
		e.offered.category, e.about = true, append(e.about, r.attrs["term"])
	}
}

// story takes in an element of an entry that says what it is about, which may be
// long; it tells whether it is one.
func (r *xmlReader) story(e *draft, n name, v []byte) bool {
	switch n {
	case rssName("description"), name{nsContent, "encoded"}:
		p := r.prose(v)
		e.offered.text(n.space == "", p)
		r.sayHTML(e, p, v)
	case atomName("summary"), atomName("content"):
		p := r.prose(v)
		e.offered.text(n.local == "summary", p)
		if r.plain() {
			r.say(e, v)
		} else {
			r.sayHTML(e, p, v)
		}
		if src := r.attrs["src"]; src != "" {
			r.say(e, []byte(src))
		}
	default:
		return false
	}
	return true
}

// plain tells that the text construct that just ended is no markup.
func (r *xmlReader) plain() bool {
	kind := r.attrs["type"]
	return kind == "" || kind == "text"
}

// visible returns what a reader sees of the text construct that just ended.
func (r *xmlReader) visible(v string) string {
	if r.plain() {
		return v
	}
	return visible(v)
}
