// Package ledger remembers what subscribers were told: each article's id,
// address, dates and digest, each feed's id and date, and what was withdrawn.
// It is why a restart, an edit, a rename or a new base URL makes no old story
// new.
//
// # The file
//
// A ledger is text, one JSON object a line, sorted by key, so that it can be
// read, compared and kept in git:
//
//	{"key":"article/2023/kosovo.txt","id":"tag:example.org,2023:2023/kosovo","slug":"kosovo","digest":"9f2c…","published":"2023-11-20T00:00:00+01:00","updated":"2023-11-20T00:00:00+01:00","seen":"2026-11-23T09:00:00Z","in":["","tags/nato"]}
//	{"key":"feed/","id":"tag:example.org,2023:/","kind":"site","title":"The Balkan Desk","period":"month","updated":"2023-11-20T00:00:00+01:00","since":"2026-11-23T09:00:00Z"}
//	{"key":"ledger","format":1,"authority":"example.org,2023"}
//
// Changes since go to a journal, which is written with an edition's commit and
// folded into the file later. A ledger is precious: what it holds can be
// derived from nothing else but, in part, the published feeds (see
// [Ledger.Adopt]).
//
// # Identity
//
// An article has the id that it states, else the one the ledger has for its
// path, else one minted from the path, once: tag:AUTHORITY:PATH (RFC 4151),
// the path without extension and percent-encoded. A string that was ever given
// to another article gets "~2", "~3". A file at a new path whose digest is that
// of exactly one article that vanished in the same scan, or in the last 30
// days, is that article, renamed: id, dates and address stay.
//
// The package knows no format of feeds and no published file.
package ledger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/durable"
)

// format is what the head line says; a ledger with another one is refused.
const format = 1

// renameWindow is how long a vanished article may come back at another path
// and still be the same one.
const renameWindow = 30 * 24 * time.Hour

// Ledger is what subscribers were told until now. Tell and Feed change it in
// memory only; the changes count once the append that Changes returns is
// written with an edition.
type Ledger struct {
	table    *durable.Table
	articles map[string]*record // by path
	owners   map[string]string  // id that was ever given → path of its record
	slugs    map[string]string  // address that was ever given → path of its record
	purged   map[string]bool    // salted digests of what was purged
	fresh    map[string]bool    // ids first given since Open
	head     head
}

// record is the line of one article.
type record struct {
	ID        string    `json:"id"`
	GUID      string    `json:"guid,omitempty"` // what RSS and JSON Feed say for ID, see [Known]
	Slug      string    `json:"slug"`
	Was       []string  `json:"was,omitempty"` // addresses of before, which answer 301
	Digest    string    `json:"digest"`
	Published time.Time `json:"published"`
	Stated    time.Time `json:"stated,omitzero"` // as long as the article states this date, Published is the one that was adopted
	Updated   time.Time `json:"updated"`
	Seen      time.Time `json:"seen"`           // when the ledger first saw the article
	Noted     time.Time `json:"noted,omitzero"` // when it saw Updated move; zero when it never did
	Gone      time.Time `json:"gone,omitzero"`  // when it vanished; zero while it is there
	In        []string  `json:"in,omitempty"`   // paths of the feeds in which subscribers have it, or had it once

	Given map[string]Given `json:"given,omitempty"` // to partners, by the paths of their feeds
}

// head is the line of the ledger itself.
type head struct {
	Format    int    `json:"format"`
	Authority string `json:"authority,omitempty"` // RFC 4151, minted at the first publish
	Salt      string `json:"salt,omitempty"`      // of the digests of what was purged
}

const (
	articleKey = "article/"
	feedKey    = "feed/"
	headKey    = "ledger"
)

// Open reads the ledger in the file snapshot and its journal; files that are
// missing make an empty ledger. Pending appends, of an edition that is
// committed and not yet applied, are read as if they were in the files.
func Open(snapshot, journal string, pending ...durable.Append) (*Ledger, error) {
	table, err := durable.OpenTable(snapshot, journal, pending...)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	l := &Ledger{
		table:    table,
		articles: map[string]*record{},
		owners:   map[string]string{},
		slugs:    map[string]string{},
		purged:   map[string]bool{},
		fresh:    map[string]bool{},
		head:     head{Format: format},
	}
	for key, line := range table.All() {
		if err := l.load(key, line); err != nil {
			return nil, fmt.Errorf("read ledger %s: %q: %w", snapshot, key, err)
		}
	}
	return l, nil
}

func (l *Ledger) load(key string, line json.RawMessage) error {
	switch path, ok := strings.CutPrefix(key, articleKey); {
	case ok:
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if r.ID == "" || r.Slug == "" {
			return fmt.Errorf("a line without id or slug")
		}
		l.articles[path] = &r
		l.own(path, &r)
	case strings.HasPrefix(key, purgedKey):
		l.purged[strings.TrimPrefix(key, purgedKey)] = true
	case key == headKey:
		if err := json.Unmarshal(line, &l.head); err != nil {
			return err
		}
		if l.head.Format != format {
			return fmt.Errorf("format %d is not known to this version, which knows %d", l.head.Format, format)
		}
	}
	return nil
}

// own notes that the record at path holds its id and addresses.
func (l *Ledger) own(path string, r *record) {
	l.owners[r.ID] = path
	l.slugs[r.Slug] = path
	for _, s := range r.Was {
		if _, taken := l.slugs[s]; !taken {
			l.slugs[s] = path
		}
	}
}

// Fresh reports whether an article has an id that was first given since Open: no
// subscriber can have it under that yet.
func (l *Ledger) Fresh(id string) bool { return l.fresh[id] }

// Empty reports whether the ledger knows no article: it is new, or was lost.
func (l *Ledger) Empty() bool { return len(l.articles) == 0 }

// Authority returns the owner's part of minted ids, empty before the first.
func (l *Ledger) Authority() string { return l.head.Authority }

// SetAuthority says whose ids are minted from now on; ids already given stay.
func (l *Ledger) SetAuthority(authority string) error {
	if authority == l.head.Authority {
		return nil
	}
	l.head.Authority = authority
	return l.table.Set(headKey, l.head)
}

// Told is what Tell answers.
type Told struct {
	// Articles are the articles given, completed with id, address and dates,
	// sorted by path. Those dated after now pass as they came, without an id:
	// the ledger does not know them before their time.
	Articles []*article.Article
	// Problems name the articles that were kept out.
	Problems []article.Problem

	Before   int // articles that were there until now
	New      int // seen for the first time
	Vanished int // there until now, and no longer
	Renamed  int
}

// Hold returns why an edition made of these articles should not follow the
// last one without being asked for, or an empty string: articles vanish by
// tens when a disk is not mounted or an export failed, seldom because someone
// meant it.
func (t Told) Hold() string {
	left := t.Before - t.Vanished
	switch {
	case t.Before > 0 && left == 0 && t.New == 0:
		return fmt.Sprintf("all %d articles vanished", t.Before)
	case t.Vanished > 10 && t.Vanished > t.Before/2:
		return fmt.Sprintf("%d of %d articles vanished", t.Vanished, t.Before)
	}
	return ""
}

// Tell takes note of the articles that are there at the instant now and
// completes each with what subscribers were, or will be, told about it. Of two
// articles with one id the one published earlier stays, then the first by
// path; the other is kept out. The articles given are not changed.
func (l *Ledger) Tell(articles []*article.Article, now time.Time) (Told, error) {
	now = now.UTC().Truncate(time.Second)
	articles = slices.SortedFunc(slices.Values(articles), func(a, b *article.Article) int { return cmp.Compare(a.Path, b.Path) })
	var told Told
	var due []*article.Article
	here := map[string]bool{}
	for _, a := range articles {
		if l.Purged(a) {
			told.Problems = append(told.Problems, purgedProblem(a))
			continue
		}
		here[a.Path] = true
		switch {
		case a.Begins().After(now):
			told.Articles = append(told.Articles, a)
			delete(here, a.Path)
		case a.Ended(now):
			if err := l.end(a.Path, now); err != nil {
				return Told{}, err
			}
		default:
			due = append(due, a)
		}
	}
	for _, r := range l.articles {
		if r.Gone.IsZero() {
			told.Before++
		}
	}
	renamed, err := l.rename(due, here, now)
	if err != nil {
		return Told{}, err
	}
	told.Renamed = renamed

	due, twins := l.unique(due)
	told.Problems = append(told.Problems, twins...)
	for _, a := range due {
		if a.ID != "" {
			l.owners[a.ID] = a.Path
		}
	}
	// Articles that the ledger knows keep what they have before new ones are
	// given anything: a new file must not take an old one's address.
	slices.SortStableFunc(due, func(a, b *article.Article) int {
		return cmp.Compare(b2i(l.articles[a.Path] == nil), b2i(l.articles[b.Path] == nil))
	})
	for _, a := range due {
		if l.articles[a.Path] == nil {
			told.New++
		}
		full, err := l.tell(a, now)
		if err != nil {
			return Told{}, err
		}
		told.Articles = append(told.Articles, full)
	}
	for _, path := range slices.Sorted(maps.Keys(l.articles)) {
		if r := l.articles[path]; !here[path] && r.Gone.IsZero() {
			told.Vanished++
			if err := l.end(path, now); err != nil {
				return Told{}, err
			}
		}
	}
	slices.SortFunc(told.Articles, func(a, b *article.Article) int { return cmp.Compare(a.Path, b.Path) })
	return told, nil
}

// end notes that the article at path is not published any more.
func (l *Ledger) end(path string, now time.Time) error {
	r := l.articles[path]
	if r == nil || !r.Gone.IsZero() {
		return nil
	}
	r.Gone = now
	return l.table.Set(articleKey+path, r)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rename moves the records of articles whose file lies elsewhere now: known by
// the id that the file states, else by a digest that only one vanished has.
func (l *Ledger) rename(due []*article.Article, here map[string]bool, now time.Time) (int, error) {
	vanished := map[string][]string{} // digest → paths
	for path, r := range l.articles {
		if !here[path] && (r.Gone.IsZero() || now.Sub(r.Gone) <= renameWindow) {
			vanished[r.Digest] = append(vanished[r.Digest], path)
		}
	}
	n := 0
	for _, a := range due {
		if l.articles[a.Path] != nil {
			continue
		}
		old, ok := "", false
		if a.ID != "" {
			old, ok = l.owners[a.ID]
			ok = ok && !here[old] && l.articles[old] != nil
		} else if paths := vanished[a.Digest]; len(paths) == 1 {
			old, ok = paths[0], l.articles[paths[0]] != nil
		}
		if !ok {
			continue
		}
		r := l.articles[old]
		delete(l.articles, old)
		l.articles[a.Path] = r
		l.own(a.Path, r)
		l.table.Delete(articleKey + old)
		if err := l.table.Set(articleKey+a.Path, r); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// unique keeps out all but one of the articles that state the same id.
func (l *Ledger) unique(due []*article.Article) ([]*article.Article, []article.Problem) {
	holders := map[string]*article.Article{}
	lost := map[*article.Article]*article.Article{}
	for _, a := range due {
		id := a.ID
		if r := l.articles[a.Path]; id == "" && r != nil {
			id = r.ID
		}
		if id == "" {
			continue
		}
		other := holders[id]
		if other == nil {
			holders[id] = a
			continue
		}
		winner, loser := other, a
		if l.published(a).Before(l.published(other)) {
			winner, loser = a, other
		}
		holders[id], lost[loser] = winner, winner
	}
	var problems []article.Problem
	kept := slices.DeleteFunc(slices.Clone(due), func(a *article.Article) bool { return lost[a] != nil })
	for _, a := range due {
		if winner := lost[a]; winner != nil {
			problems = append(problems, article.Problem{
				Path: a.Path, Severity: article.Error, Code: "duplicate-id",
				Text: fmt.Sprintf("id: %q is the id of %s", cmp.Or(a.ID, l.idAt(a.Path)), winner.Path),
				Hint: "give this article an id of its own, or none",
			})
		}
	}
	return kept, problems
}

func (l *Ledger) idAt(path string) string {
	if r := l.articles[path]; r != nil {
		return r.ID
	}
	return ""
}

// published returns the date by which two articles with one id are ranked.
func (l *Ledger) published(a *article.Article) time.Time {
	if a.Published.IsZero() {
		if r := l.articles[a.Path]; r != nil {
			return r.Published
		}
		return a.Modified
	}
	return a.Published
}

// tell completes one article and notes what was told.
func (l *Ledger) tell(a *article.Article, now time.Time) (*article.Article, error) {
	old := l.articles[a.Path]
	r := record{Seen: now}
	if old != nil {
		r = *old
		r.Was = slices.Clone(old.Was)
	}
	r.Gone = time.Time{}

	switch {
	case a.ID != "":
		r.ID = a.ID
	case r.ID == "":
		r.ID = l.mint(a.Path)
	}

	switch {
	case old == nil:
		r.Slug = l.address(a.Slug, a.Path)
	case a.SlugStated:
		if slug := l.address(a.Slug, a.Path); slug != r.Slug {
			r.Was = append(slices.DeleteFunc(r.Was, func(s string) bool { return s == slug }), r.Slug)
			r.Slug = slug
		}
	}

	switch {
	case !a.Published.IsZero() && !a.Published.Equal(r.Stated):
		r.Published, r.Stated = a.Published, time.Time{}
	case r.Published.IsZero():
		r.Published = earlier(a.Modified, now)
	}
	r.Published = r.Published.Truncate(time.Second)

	switch {
	case !a.Updated.IsZero() && !a.Updated.After(now):
		r.Updated = a.Updated
	case old == nil:
		r.Updated = r.Published
	case old.Digest != a.Digest:
		r.Updated = later(now, old.Updated)
	}
	if old != nil && !old.Gone.IsZero() && !r.Updated.After(old.Gone) {
		// RFC 6721, section 3: of an entry and its tombstone the later one counts.
		r.Updated = now
	}
	r.Updated = later(r.Updated.Truncate(time.Second), r.Published)
	if old != nil && !r.Updated.Equal(old.Updated) {
		r.Noted = now
	}
	r.Digest = a.Digest

	if old == nil || old.ID != r.ID {
		l.fresh[r.ID] = true
	}
	l.articles[a.Path] = &r
	l.own(a.Path, &r)
	if err := l.table.Set(articleKey+a.Path, &r); err != nil {
		return nil, err
	}
	full := *a
	full.ID, full.GUID, full.Slug, full.Published, full.Updated = r.ID, r.GUID, r.Slug, r.Published, r.Updated
	full.Seen = later(r.Seen, r.Noted)
	return &full, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// mint makes an id for the article at path that no other article ever had.
func (l *Ledger) mint(path string) string {
	id := "tag:" + l.head.Authority + ":" + escape(withoutExt(path))
	return unused(id, "~", func(s string) bool { _, taken := l.owners[s]; return taken || l.WasPurged(s) })
}

// address returns slug, or slug with a number that no other article ever had.
func (l *Ledger) address(slug, path string) string {
	return unused(slug, "-", func(s string) bool { owner, taken := l.slugs[s]; return taken && owner != path || l.WasPurged(s) })
}

// unused returns s, or s with the first number from 2 for which taken is false.
func unused(s, mark string, taken func(string) bool) string {
	if !taken(s) {
		return s
	}
	for n := 2; ; n++ {
		if t := s + mark + strconv.Itoa(n); !taken(t) {
			return t
		}
	}
}

// withoutExt drops the extension of the last segment.
func withoutExt(path string) string {
	dot, slash := strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '/')
	if dot > slash+1 {
		return path[:dot]
	}
	return path
}

// escape percent-encodes what RFC 3986 does not allow in a path, so that the
// result is the specific part of a tag URI (RFC 4151, section 2.1).
func escape(path string) string {
	const keep = "-._~!$&'()*+,;=:@/"
	var b strings.Builder
	for _, c := range []byte(path) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// ToldFeed is what subscribers were told about a feed.
type ToldFeed struct {
	Path     string    `json:"-"`               // empty for the site's
	ID       string    `json:"id"`              // a tag URI
	Kind     string    `json:"kind,omitempty"`  // what chooses its entries: "site", "own", "tag" …
	Value    string    `json:"value,omitempty"` // of the tag and the like
	Title    string    `json:"title,omitempty"`
	Period   string    `json:"period,omitempty"` // of its archives
	Language string    `json:"language,omitempty"`
	Formats  string    `json:"formats,omitempty"` // in the order of the feed, with spaces between
	Podcast  string    `json:"podcast,omitempty"` // the GUID by which directories know it
	Updated  time.Time `json:"updated,omitzero"`  // what the feed showed last; zero when it never had an entry
	Since    time.Time `json:"since"`             // when the ledger first knew the feed
}

// Feeds returns every feed that subscribers were ever told about, by path.
func (l *Ledger) Feeds() (map[string]ToldFeed, error) {
	feeds := map[string]ToldFeed{}
	for key, line := range l.table.All() {
		path, ok := strings.CutPrefix(key, feedKey)
		if !ok {
			continue
		}
		var f ToldFeed
		if err := json.Unmarshal(line, &f); err != nil {
			return nil, fmt.Errorf("read ledger: %q: %w", key, err)
		}
		f.Path = path
		feeds[path] = f
	}
	return feeds, nil
}

// NewFeedID returns the id of a feed that is new.
func (l *Ledger) NewFeedID(path string) string {
	// No path of an article begins with a slash, so no article has this id.
	return "tag:" + l.head.Authority + ":/" + escape(path)
}

// ShowFeed notes what subscribers are told about a feed at the instant now. Its
// Since is the ledger's own.
func (l *Ledger) ShowFeed(f ToldFeed, now time.Time) error {
	key := feedKey + f.Path
	f.Since = now.UTC().Truncate(time.Second)
	if line, ok := l.table.Get(key); ok {
		told := ToldFeed{Path: f.Path}
		if err := json.Unmarshal(line, &told); err != nil {
			return fmt.Errorf("read ledger: %q: %w", key, err)
		}
		if f.Since = told.Since; f.Updated.Equal(told.Updated) {
			f.Updated = told.Updated
		}
		if f == told {
			return nil
		}
	}
	return l.table.Set(key, f)
}

// Stand notes in which feeds, by their paths, subscribers have the article with
// an id. What left a feed, for another tag say, is still what its subscribers
// have: they are told when it vanishes.
func (l *Ledger) Stand(in map[string][]string) error {
	for path, r := range l.articles {
		feeds := slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.In, in[r.ID]))))
		if !r.Gone.IsZero() || slices.Equal(feeds, r.In) {
			continue
		}
		r.In = feeds
		if err := l.table.Set(articleKey+path, r); err != nil {
			return err
		}
	}
	return nil
}

// Tombstone is an article that vanished.
type Tombstone struct {
	ID   string
	When time.Time
	In   []string // paths of the feeds in which subscribers have it
}

// Tombstones returns the articles that vanished in the 30 days before now, the
// latest first.
func (l *Ledger) Tombstones(now time.Time) []Tombstone {
	var all []Tombstone
	for path, r := range l.articles {
		if !r.Gone.IsZero() && now.Sub(r.Gone) <= renameWindow && len(r.In) > 0 && l.owners[r.ID] == path {
			all = append(all, Tombstone{r.ID, r.Gone, r.In})
		}
	}
	slices.SortFunc(all, func(a, b Tombstone) int { return cmp.Or(b.When.Compare(a.When), cmp.Compare(a.ID, b.ID)) })
	return all
}

// Moved returns the addresses that articles had before, each with the address
// that stands for it now.
func (l *Ledger) Moved() map[string]string {
	moved := map[string]string{}
	for _, r := range l.articles {
		for _, was := range r.Was {
			if r.Gone.IsZero() && l.slugs[was] == l.slugs[r.Slug] {
				moved[was] = r.Slug
			}
		}
	}
	return moved
}

// Gone returns the addresses of the articles that vanished in the 30 days
// before now, sorted.
func (l *Ledger) Gone(now time.Time) []string {
	var gone []string
	for _, r := range l.articles {
		if !r.Gone.IsZero() && now.Sub(r.Gone) <= renameWindow {
			gone = append(gone, r.Slug)
			gone = append(gone, r.Was...)
		}
	}
	slices.Sort(gone)
	return slices.Compact(gone)
}

// Changes returns what the journal must get for everything told since Open,
// and whether there is anything.
func (l *Ledger) Changes() (durable.Append, bool) { return l.table.Changes() }

// Committed says that the append of Changes is published.
func (l *Ledger) Committed() { l.table.Committed() }

// Fold writes the journal into the ledger's file: when it outgrows the file,
// and at a clean stop always. Changes must be committed.
func (l *Ledger) Fold(stop bool) error {
	if !stop && !l.table.Overgrown() {
		return nil
	}
	return l.table.Fold()
}
