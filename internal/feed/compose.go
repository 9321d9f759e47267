package feed

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// mostEntries bounds every feed: the most that a known reader takes of one
// document (Feedbin).
const mostEntries = 300

// Told is what subscribers were told about one feed.
type Told struct {
	Path     string
	ID       string
	Kind     string // as that of [Feed], likewise the next ones
	Value    string
	Title    string
	Period   string
	Language string
	Formats  string    // in the order of the feed, with spaces between; empty when not known
	Podcast  string    // the GUID by which directories know it; empty when it never was one
	Updated  time.Time // zero when it never had an entry
	Since    time.Time // when it was first known
}

// Memory is what subscribers were told until now.
type Memory struct {
	Feeds map[string]Told // every feed that was ever published, by path
	Gone  []Tombstone     // the articles that vanished in the last 30 days
	// Given is what partners have, by the paths of their feeds.
	Given map[string][]Given
	// NewID makes the id of a feed that is new.
	NewID func(path string) string
}

// tombstoneLife is how long a feed says that an entry vanished.
const tombstoneLife = 30 * 24 * time.Hour

// newsLife is how long an article is news (Google's description of news
// sitemaps).
const newsLife = 48 * time.Hour

// Composition is all that a site says at one moment.
type Composition struct {
	// Feeds are all feeds: the site's first, then those of its own making, then
	// those for sections, tags, authors and languages, each by path, and last
	// those that are not listed.
	Feeds []*Feed
	// Retired are the feeds that were published and are no more.
	Retired []Retired
	// Entries are all published articles, newest first. Those with a Page are
	// published here as pages of their own.
	Entries []*Entry
	// News are those of the last two days, as search engines understand news,
	// without what was withdrawn.
	News []*Entry
	// Given is what partners have from now on, or were told to forget, by the
	// paths of their feeds.
	Given map[string][]Given
	// Media are the site's own pictures: its icon and logo.
	Media []Media
	// Problems are what the site asks for and cannot be done as it is.
	Problems []article.Problem
	// Wake is the next instant at which the composition changes although
	// nothing is edited; zero when there is none.
	Wake time.Time

	making *making
}

// making is how a composition was made, for the next. It is not changed.
type making struct {
	site      site.Site // in effect
	files     string    // their version, when they have one
	shelf     *shelf
	imprint   *imprint
	roll      *roll
	choice    *choice
	divisions map[string]*division // of what is published, by path
	// late are the entries that were corrected or added of late, and maybe after
	// their period: since the first feed was known.
	late  []*Entry
	since time.Time
	// back are those that are there of the articles that vanished of late, by
	// id; nil for those that are not.
	back map[string]*Entry
	// standing tells that of entries which did not change the feeds did not
	// either.
	standing bool
}

// Files tells of the files below the directory of articles that are none, by
// their paths. It is asked from several goroutines.
type Files interface {
	Has(path string) bool
	// Measure returns a file's length in bytes, and of a picture its width and
	// height in pixels; zero for what is not known.
	Measure(path string) (length int64, width, height int)
}

// versioned are files whose answers are the same as long as the version is.
type versioned interface{ FilesVersion() string }

// Retired is a feed that is published no more, and the one that stands for it:
// nil when none does.
type Retired struct {
	*Feed
	For *Feed
}

// Compose decides what the site says at the instant now. The articles come
// from the ledger, with id, address and dates; those whose time has not come or
// is over are not in the result. Files tells which other files lie below the
// directory of articles.
func Compose(articles []*article.Article, s site.Site, files Files, memory Memory, now time.Time) Composition {
	return Composition{}.Next(articles, s, files, memory, now)
}

// Next is Compose for what comes after c: the result is the same, and made in
// proportion to what changed. An article is unchanged when it is the same
// pointer. Entries and feeds that did not change are those of c, so that who has
// made documents of them knows that nothing is to be done.
func (c Composition) Next(articles []*article.Article, s site.Site, files Files, memory Memory, now time.Time) Composition {
	n := composer{memory: memory, now: now, last: c.making}
	if n.last == nil {
		n.last = &making{shelf: newShelf()}
	}
	n.making = &making{shelf: n.last.shelf, divisions: map[string]*division{}}
	n.making.site = s
	n.making.site.Language = n.language(articles)
	n.site = n.making.site
	n.call(articles, files)
	n.Entries = n.roll.newest
	n.news()
	n.wake(n.roll.wake)
	n.common = Feed{
		Base: n.site.BaseURL, Home: home(n.site), Rights: n.site.Rights, Author: author(n.site),
		Icon: n.picture(n.site, "icon", n.site.Icon, files), Image: n.picture(n.site, "image", n.site.Image, files),
		Poll: n.site.Poll, SkipHours: n.site.SkipHours, SkipDays: n.site.SkipDays,
		Language: n.site.Language, Content: n.site.Content, Formats: n.site.Formats,
		Favicon: n.picture(n.site, "favicon", n.site.Favicon, files), License: n.site.License, Ended: n.site.Ended,
		Webmaster: article.Person{Name: n.site.Webmaster.Name, Email: n.site.Webmaster.Email, URL: n.site.Webmaster.URL}, Scheme: n.scheme(), Podcast: n.podcast(files),
	}
	n.choose(n.last.choice)
	n.recall()
	n.feeds()
	n.standing = n.last.choice != nil && !n.roll.fresh && slices.Equal(n.last.choice.dims, n.choice.dims) && sameKeys(n.divisions, n.last.divisions)
	n.Composition.making = n.making
	return n.Composition
}

// composer makes one composition.
type composer struct {
	Composition
	*making
	last   *making
	memory Memory
	now    time.Time
	common Feed // what all feeds have in common
}

// call calls the roll, and lets the shelf know where articles are read now.
func (c *composer) call(articles []*article.Article, files Files) {
	before := c.last.roll
	if before != nil && !reflect.DeepEqual(c.site, c.last.site) {
		before = nil
	}
	if c.imprint = c.last.imprint; before == nil {
		c.imprint = &imprint{
			address: newAddress(c.site), language: c.site.Language, shelf: c.shelf,
			authors: []article.Person{author(c.site)}, // whose name is the site's
		}
	}
	enter := func(a *article.Article) *Entry { return newEntry(a, c.imprint) }
	c.roll = newRoll(before, articles, c.now, enter)
	if v, ok := files.(versioned); ok {
		c.files = v.FilesVersion()
	}
	p := newPlaces(c.site, c.roll, files)
	if before != nil && !c.roll.moved && c.files != "" && c.files == c.last.files {
		p.byName = c.shelf.places().byName // no path is new
	}
	asking := c.shelf.move(p, c.roll, c.last.roll)
	if before != nil && (c.roll.moved || c.files == "" || c.files != c.last.files) {
		var changed []*Entry
		for _, e := range asking {
			if !e.words().holds(e.Article, p) {
				changed = append(changed, e)
			}
		}
		c.roll.renew(changed, enter)
	}
}

// news finds the latest articles, and when the first of them is none any more.
func (c *composer) news() {
	for _, e := range c.Entries {
		until := e.Published.Time().Add(newsLife)
		if !until.After(c.now) {
			break
		}
		if !e.Article.Withdrawn {
			c.News = append(c.News, e)
			c.wake(until)
		}
	}
}

// recall finds the entries that were corrected or added of late, and those that
// are back.
func (c *composer) recall() {
	days := max(c.site.Limit.Days, 1)
	for _, own := range c.site.Feeds {
		days = max(days, own.Limit.Days)
	}
	c.since = c.now
	for _, told := range c.memory.Feeds {
		if told.Since.Before(c.since) {
			c.since = told.Since
		}
	}
	came, left := c.roll.came, map[*Entry]bool{}
	if c.roll.fresh || c.roll.now.Before(c.last.roll.now) || !c.since.Equal(c.last.since) {
		came = c.Entries
	} else {
		for _, e := range c.roll.left {
			left[e] = true
		}
		came = append(slices.Clone(came), c.last.late...)
	}
	for _, e := range came {
		seen := e.Article.Seen.Time()
		if seen.After(c.since) && seen.AddDate(0, 0, days+1).After(c.now) && !left[e] {
			c.late = append(c.late, e)
		}
	}

	c.back = map[string]*Entry{}
	looked := c.roll.came
	for _, g := range c.memory.Gone {
		was, known := c.last.back[g.ID]
		if !known || c.roll.fresh {
			looked = c.Entries
			was = nil
		}
		if was != nil && left[was] {
			was = nil
		}
		c.back[g.ID] = was
	}
	if len(c.back) == 0 {
		return
	}
	for _, e := range looked {
		if _, gone := c.back[e.ID]; gone {
			c.back[e.ID] = e
		}
	}
}

// Changed returns the entries that are not those of the composition before, and
// those of it that are no more; all is true when the one knows nothing of the
// other.
func (c Composition) Changed() (came, left []*Entry, all bool) {
	return c.making.roll.came, c.making.roll.left, c.making.roll.fresh
}

// In returns the paths of the feeds that an entry stands in, sorted.
func (c Composition) In(e *Entry) []string {
	var in []string
	for path, d := range c.making.divisions {
		if has(d.plan.entries, e) {
			in = append(in, path)
		}
	}
	slices.Sort(in)
	return in
}

// Stands reports whether the feed at a path has an entry with an id, or a GUID, in
// its document or in its past.
func (c Composition) Stands(id, path string) bool {
	d := c.making.divisions[path]
	return d != nil && slices.ContainsFunc(d.plan.entries, func(e *Entry) bool { return e.is(id) })
}

// Lives reports whether an entry with an id stands in any feed.
func (c Composition) Lives(id string) bool {
	for path := range c.making.divisions {
		if c.Stands(id, path) {
			return true
		}
	}
	return false
}

// is reports whether subscribers know the entry by an id.
func (e *Entry) is(id string) bool { return e.ID == id || e.GUID != "" && e.GUID == id }

// Standing returns ids of entries, each with the paths of the feeds that it
// stands in, sorted. They are all; or else those whose paths may differ from
// those in the composition before.
func (c Composition) Standing() (in iter.Seq2[string, []string], all bool) {
	m := c.making
	if m.standing {
		return func(yield func(string, []string) bool) {
			here := map[string]bool{}
			for _, e := range m.roll.came {
				if here[e.ID] = true; !yield(e.ID, c.In(e)) {
					return
				}
			}
			for _, e := range m.roll.left {
				if !here[e.ID] && !yield(e.ID, nil) {
					return
				}
			}
		}, false
	}
	return func(yield func(string, []string) bool) {
		in := make(map[*Entry]*stand, len(c.Entries))
		nowhere := &stand{with: map[string]*stand{}}
		for _, path := range slices.Sorted(maps.Keys(m.divisions)) {
			for _, e := range m.divisions[path].plan.entries {
				in[e] = cmp.Or(in[e], nowhere).and(path)
			}
		}
		for _, e := range c.Entries {
			if !yield(e.ID, cmp.Or(in[e], nowhere).feeds) {
				return
			}
		}
	}, true
}

// stand is the feeds that some entries stand in, of which there are few
// combinations, by their paths.
type stand struct {
	feeds []string
	with  map[string]*stand // and one more
}

func (s *stand) and(path string) *stand {
	next := s.with[path]
	if next == nil {
		next = &stand{append(slices.Clip(s.feeds), path), map[string]*stand{}}
		s.with[path] = next
	}
	return next
}

func sameKeys(a, b map[string]*division) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if b[k] == nil {
			return false
		}
	}
	return true
}

// wake notes that the composition changes at t.
func (c *composer) wake(t time.Time) {
	if t.After(c.now) && (c.Wake.IsZero() || t.Before(c.Wake)) {
		c.Wake = t
	}
}

// picture returns the address of one of the site's own pictures, noting the
// file that is to be published for it.
func (c *Composition) picture(s site.Site, key, ref string, files Files) string {
	if ref == "" || isAbsolute(ref) {
		return ref
	}
	path, ok := local("", ref)
	if !ok || !files.Has(path) || mediaType(path) == "" {
		c.Problems = append(c.Problems, article.Problem{
			Path: "site.yaml", Severity: article.Warning, Code: "no-" + key,
			Text: fmt.Sprintf("%s: there is no picture %q in the directory of articles", key, ref),
			Hint: "put the file there or write its whole address",
		})
		return ""
	}
	// The same file may be the icon and the logo.
	if m := (Media{Source: path, Path: path, Type: mediaType(path)}); !slices.Contains(c.Media, m) {
		c.Media = append(c.Media, m)
	}
	return s.BaseURL + escapePath(path)
}

// updated returns the date of a feed: that of its latest entry or tombstone,
// never earlier than what was told, and of a feed that never had an entry, when
// it was first known. It is never the instant of the build.
func updated(entries []*Entry, gone []Tombstone, told Told) time.Time {
	t := told.Updated
	for _, g := range gone {
		if g.When.After(t) {
			t = g.When
		}
	}
	for _, e := range entries {
		if at := e.Updated.Time(); at.After(t) {
			t = at
		}
	}
	if t.IsZero() {
		t = told.Since
	}
	return t.UTC()
}

func author(s site.Site) article.Person {
	return article.Person{Name: cmp.Or(s.Author.Name, s.Title), Email: s.Author.Email, URL: s.Author.URL}
}

func newEntry(a *article.Article, common *imprint) *Entry {
	return &Entry{Article: a, imprint: common}
}

// updated returns an entry that says the same at another date.
func (e *Entry) updated(at time.Time) *Entry {
	a := e.Article.Copy()
	a.Updated = article.At(at)
	again := &Entry{Article: a, imprint: e.imprint}
	again.said.Store(e.words())
	return again
}
