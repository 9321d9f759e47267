package ledger

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

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
func (l *Ledger) Feeds() map[string]ToldFeed { return maps.Clone(l.feeds) }

// NewFeedID returns the id of a feed that is new.
func (l *Ledger) NewFeedID(path string) string {
	// No path of an article begins with a slash, so no article has this id.
	return "tag:" + l.head.Authority + ":/" + escape(path)
}

// ShowFeed notes what subscribers are told about a feed at the instant now. Its
// Since is the ledger's own.
func (l *Ledger) ShowFeed(f ToldFeed, now time.Time) error {
	f.Since = now.UTC().Truncate(time.Second)
	if told, ok := l.feeds[f.Path]; ok {
		if f.Since = told.Since; f.Updated.Equal(told.Updated) {
			f.Updated = told.Updated
		}
		if f == told {
			return nil
		}
	}
	if !utf8.ValidString(f.Path) {
		return fmt.Errorf("feed %q: the path is not UTF-8", f.Path)
	}
	if err := l.change(feedKey + f.Path); err != nil {
		return err
	}
	l.feeds[f.Path] = f
	return nil
}

// Stand notes in which feeds, by their paths, subscribers have the articles with
// some ids. What left a feed, for another tag say, is still what its subscribers
// have: they are told when it vanishes.
func (l *Ledger) Stand(in iter.Seq2[string, []string]) error {
	if l.ambiguous {
		named := maps.Collect(in)
		for _, r := range l.records {
			if r == nil {
				continue
			}
			if err := l.stand(r, named[r.ID]); err != nil {
				return err
			}
		}
		return nil
	}
	for id, feeds := range in {
		if r := l.holder(id); r != nil {
			if err := l.stand(r, feeds); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Ledger) stand(r *record, feeds []string) error {
	has := func(feed string) bool { return slices.Contains(r.In, feed) }
	if !r.Gone.IsZero() || !slices.ContainsFunc(feeds, func(feed string) bool { return !has(feed) }) {
		return nil
	}
	if err := l.changeArticle(r.path); err != nil {
		return err
	}
	in := feeds
	if len(r.In) > 0 || !slices.IsSorted(in) {
		in = slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.In, feeds))))
	}
	r.standing = l.lists.one(in)
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
	for path := range l.gone {
		if r := l.at(path); now.Sub(r.Gone) <= renameWindow && len(r.In) > 0 && l.holder(r.ID) == r {
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
	for path := range l.moved {
		r := l.at(path)
		for _, was := range r.Was {
			if r.Gone.IsZero() && l.resident(was) == l.resident(r.Slug) {
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
	for path := range l.gone {
		if r := l.at(path); now.Sub(r.Gone) <= renameWindow {
			gone = append(gone, r.Slug)
			gone = append(gone, r.Was...)
		}
	}
	slices.Sort(gone)
	return slices.Compact(gone)
}
