package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"feedmill/internal/edition"
)

// State tells what becomes of a feed.
type State string

const (
	Begun   State = "new"     // nobody could have it before
	Altered State = "changed" // it says something else
	Moved   State = "moved"   // its address leads to another document
	Ended   State = "gone"    // its address leads nowhere
)

// Difference is what becomes of one feed, or of one archive of a feed, when an
// edition follows another: what its subscribers see.
type Difference struct {
	Feed    string // directory of its documents, without a slash at the end; empty for the site's
	Archive bool
	State   State
	Instead string // of Moved: the path that the address leads to
	// Documents are the paths of those that are new or not the same, or that are
	// no more, sorted.
	Documents []string
	Fields    []string // what an altered feed says otherwise of itself: title, link, id, address …
	Entries   []Change // of a feed that is begun: all that stand in it

	formats bool // it is published in a format more, or less
}

// FileChange is what becomes of a document that is no feed.
type FileChange struct {
	Path string
	Kind Kind // New, Changed or Withdrawn
}

// Differences are what becomes of all that an edition publishes.
type Differences struct {
	Feeds []Difference // feeds first, then archives, by path; only those with a difference
	Media []FileChange // pictures and recordings, by path
	Pages []FileChange // pages and their parts, by path
}

// Compared reads what two editions publish in different bytes. Of a feed that is
// published in several formats, the first that both have in other bytes speaks
// for all, in the order of their names: Atom says most. Prev is nil before the
// first publish. Stands tells whether the publisher still has an entry in a
// feed, though its document, which is bounded, may not show it; nil when nobody
// knows.
//
// Cost is in proportion to what differs.
func Compared(prev, next *edition.Edition, stands func(feed, id string) bool) (Differences, error) {
	c := comparison{feeds: map[string]*Difference{}, stands: stands}
	var err error
	for d := range next.Documents() {
		was, ok := document(prev, d.Path)
		if ok && was.Digest == d.Digest {
			continue
		}
		if !ok {
			was = nil
		}
		err = cmp.Or(err, c.document(was, d))
	}
	if prev != nil {
		for d := range prev.Documents() {
			if _, ok := next.Document(d.Path); !ok {
				c.removed(d, next)
			}
		}
	}
	c.formats(prev, next)
	var all Differences
	for _, d := range c.feeds {
		slices.Sort(d.Documents)
		all.Feeds = append(all.Feeds, *d)
	}
	slices.SortFunc(all.Feeds, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(order(a.Archive), order(b.Archive)), cmp.Compare(a.Feed, b.Feed))
	})
	byPath := func(a, b FileChange) int { return cmp.Compare(a.Path, b.Path) }
	slices.SortFunc(c.media, byPath)
	slices.SortFunc(c.pages, byPath)
	all.Media, all.Pages = c.media, c.pages
	return all, err
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}

func document(e *edition.Edition, path string) (*edition.Document, bool) {
	if e == nil {
		return nil, false
	}
	return e.Document(path)
}

type comparison struct {
	feeds        map[string]*Difference // by directory
	media, pages []FileChange
	stands       func(feed, id string) bool
}

// document takes in a document that is new, or has other bytes than was.
func (c *comparison) document(was, d *edition.Document) error {
	if !isFeed(d) {
		kind := Changed
		if was == nil {
			kind = New
		}
		c.file(d, kind)
		return nil
	}
	dir := strings.TrimSuffix(path.Dir(d.Path), ".")
	f := c.feeds[dir]
	if f == nil {
		f = &Difference{Feed: dir, Archive: d.Kind == edition.Archive, State: Begun}
		c.feeds[dir] = f
	}
	f.Documents = append(f.Documents, d.Path)
	f.formats = f.formats || was == nil
	if f.State == Altered || was == nil && len(f.Documents) > 1 {
		return nil // another format spoke for it
	}
	new, err := readDocument(d, nil)
	if err != nil {
		return err
	}
	if was == nil {
		f.Entries = Compare(Reading{}, new)
		return nil
	}
	old, err := readDocument(was, nil)
	if err != nil {
		old = Reading{} // it was damaged: there is nothing to compare with
	}
	p := Pair{Document: d.Path, Old: old, New: new}
	if c.stands != nil && !f.Archive {
		p.Stands = func(id string) bool { return c.stands(dir, id) }
	}
	f.State, f.Entries, f.Fields = Altered, p.Changes(), heads(old, new)
	for i := range f.Entries {
		if f.Archive && f.Entries[i].Kind == Aged {
			f.Entries[i].Kind = Withdrawn // an archive has no limit
		}
	}
	return nil
}

// formats finds the feeds that are published in a format more or less, and may
// seem to begin or to end.
func (c *comparison) formats(prev, next *edition.Edition) {
	had, has := directories(prev), directories(next)
	for dir, f := range c.feeds {
		if !f.formats || !had[dir] || !has[dir] {
			continue
		}
		if f.State != Altered {
			f.State, f.Instead, f.Entries = Altered, "", nil
		}
		f.Fields = append(f.Fields, "formats")
	}
}

// directories are those in which an edition has feeds or archives.
func directories(e *edition.Edition) map[string]bool {
	dirs := map[string]bool{}
	if e == nil {
		return dirs
	}
	for d := range e.Documents() {
		if isFeed(d) {
			dirs[strings.TrimSuffix(path.Dir(d.Path), ".")] = true
		}
	}
	return dirs
}

// removed takes in a document of before that is no more.
func (c *comparison) removed(d *edition.Document, next *edition.Edition) {
	if !isFeed(d) {
		c.file(d, Withdrawn)
		return
	}
	dir := strings.TrimSuffix(path.Dir(d.Path), ".")
	f := c.feeds[dir]
	if f == nil {
		f = &Difference{Feed: dir, Archive: d.Kind == edition.Archive, State: Ended}
		c.feeds[dir] = f
		if to, ok := next.Redirect(d.Path); ok {
			f.State, f.Instead = Moved, to
		}
	}
	f.formats = true
	f.Documents = append(f.Documents, d.Path)
}

func (c *comparison) file(d *edition.Document, kind Kind) {
	switch d.Kind {
	case edition.Media:
		c.media = append(c.media, FileChange{d.Path, kind})
	case edition.Page:
		c.pages = append(c.pages, FileChange{d.Path, kind})
	}
}

// heads names what a feed says otherwise of itself, without its date, which is
// that of its entries.
func heads(old, new Reading) []string {
	var fields []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"title", old.Title != new.Title},
		{"description", old.offered.description != new.offered.description},
		{"language", old.offered.language != new.offered.language},
		{"link", old.Home != new.Home},
		{"id", old.ID != new.ID},
		{"address", old.Self != new.Self},
	} {
		if f.differs {
			fields = append(fields, f.name)
		}
	}
	return fields
}
