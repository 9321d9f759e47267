package feed

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
)

// roll is who is published at one moment, in the orders in which composing
// needs them. The next one takes over what has not changed.
type roll struct {
	articles []*article.Article // all that were given, sorted by path
	entries  []*Entry           // of articles, by the same index; nil for those that are not published
	newest   []*Entry           // newest first; equal instants by id
	// pending are those that will come or go without being edited: indexes of
	// articles.
	pending []int
	now     time.Time // the instant that all this is true of
	wake    time.Time // the first at which it is not, for pending; zero when there is none

	// What the roll before had and this one has not, and the other way round.
	left, came []*Entry
	fresh      bool // nothing was taken over: all came
	moved      bool // where articles are read is not as it was
}

// newRoll calls the roll at the instant now. Last is the one before, nil when
// there is none or its entries are of another site; enter makes an entry.
func newRoll(last *roll, articles []*article.Article, now time.Time, enter func(*article.Article) *Entry) *roll {
	if r := callRoll(last, articles, now, enter); r != nil {
		return r
	}
	return callRoll(last, slices.SortedStableFunc(slices.Values(articles), byPath), now, enter)
}

// callRoll is newRoll for articles that are sorted; of others it returns nil.
// It walks along the two lists, and looks at those articles alone that are not
// in both.
func callRoll(last *roll, articles []*article.Article, now time.Time, enter func(*article.Article) *Entry) *roll {
	r := &roll{articles: articles, entries: make([]*Entry, len(articles)), now: now, fresh: last == nil}
	if last == nil {
		last = &roll{}
	}
	// Until its wake nobody comes or goes who is not edited.
	same := !now.Before(last.now) && (last.wake.IsZero() || now.Before(last.wake))
	pending := last.pending
	j, along := 0, false // whether the article before was the one before in last, too
	for i, a := range articles {
		here := j < len(last.articles) && last.articles[j] == a
		if i > 0 && !(along && here) && byPath(articles[i-1], a) > 0 {
			return nil
		}
		along = here
		for j < len(last.articles) && last.articles[j] != a && last.articles[j].Path < a.Path {
			r.leave(last.entries[j])
			j++
		}
		var was *Entry
		if j < len(last.articles) && (last.articles[j] == a || last.articles[j].Path == a.Path) {
			was = last.entries[j]
			if same && last.articles[j] == a {
				for len(pending) > 0 && pending[0] < j {
					pending = pending[1:]
				}
				if len(pending) > 0 && pending[0] == j {
					r.due(i)
				}
				r.entries[i] = was
				j++
				continue
			}
			j++
		}
		switch {
		case !r.due(i):
			r.leave(was)
		case was != nil && was.Article == a:
			r.entries[i] = was
		default:
			e := enter(a)
			r.entries[i] = e
			r.came = append(r.came, e)
			if was == nil || !sameAddress(was, e) {
				r.moved = true
			}
			if was != nil {
				r.left = append(r.left, was)
			}
		}
	}
	for ; j < len(last.articles); j++ {
		r.leave(last.entries[j])
	}
	r.newest = replace(last.newest, r.left, r.came)
	return r
}

// due reports whether the article at an index is published now, and notes when
// that changes.
func (r *roll) due(i int) bool {
	a := r.articles[i]
	if a.Draft || a.Ended(r.now) {
		return false
	}
	from := a.Begins()
	due := !from.After(r.now)
	change := a.Until
	if !due {
		change = from
	}
	if change.After(r.now) {
		r.pending = append(r.pending, i)
		if r.wake.IsZero() || change.Before(r.wake) {
			r.wake = change
		}
	}
	return due
}

func (r *roll) leave(e *Entry) {
	if e != nil {
		r.left = append(r.left, e)
		r.moved = true
	}
}

// at returns the entry of the article at a path, nil when there is none.
func (r *roll) at(path string) *Entry {
	i, ok := slices.BinarySearchFunc(r.articles, path, func(a *article.Article, path string) int { return strings.Compare(a.Path, path) })
	if !ok {
		return nil
	}
	for i+1 < len(r.articles) && r.articles[i+1].Path == path {
		i++
	}
	return r.entries[i]
}

func byPath(a, b *article.Article) int {
	if a == b {
		return 0
	}
	return strings.Compare(a.Path, b.Path)
}

func newestFirst(a, b *Entry) int {
	return cmp.Or(b.Published.Compare(a.Published), strings.Compare(a.ID, b.ID))
}

// replace returns sorted, which is newest first, without those that left and
// with those that came. Where nothing changes it is the slice itself.
func replace(sorted, left, came []*Entry) []*Entry {
	if len(left)+len(came) == 0 {
		return sorted
	}
	if len(sorted) == 0 && slices.IsSortedFunc(came, newestFirst) {
		return came
	}
	if len(left)+len(came) > len(sorted)/16 {
		gone := make(map[*Entry]bool, len(left))
		for _, e := range left {
			gone[e] = true
		}
		all := make([]*Entry, 0, len(sorted)+len(came))
		for _, e := range sorted {
			if !gone[e] {
				all = append(all, e)
			}
		}
		all = append(all, came...)
		return sortNewest(all)
	}
	// What is between the places of the few is copied whole.
	type step struct {
		at  int // in sorted
		out bool
		e   *Entry
	}
	var steps []step
	for _, e := range left {
		if at := place(sorted, e); at >= 0 {
			steps = append(steps, step{at: at, out: true})
		}
	}
	for _, e := range came {
		at, _ := slices.BinarySearchFunc(sorted, e, newestFirst)
		steps = append(steps, step{at: at, e: e})
	}
	slices.SortStableFunc(steps, func(a, b step) int {
		if a.at != b.at || a.out || b.out {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b2i(a.out), b2i(b.out)))
		}
		return newestFirst(a.e, b.e)
	})
	all := make([]*Entry, 0, len(sorted)+len(came))
	from := 0
	for _, c := range steps {
		all = append(all, sorted[from:c.at]...)
		from = c.at
		if c.out {
			from++
		} else {
			all = append(all, c.e)
		}
	}
	return append(all, sorted[from:]...)
}

// sortNewest sorts entries. It compares numbers that lie side by side, and the
// entries themselves only where these are equal.
func sortNewest(entries []*Entry) []*Entry {
	type dated struct {
		at    article.Instant
		index int // the order of those that are equal stays: faster so than by a stable sort
		*Entry
	}
	all := make([]dated, len(entries))
	for i, e := range entries {
		all[i] = dated{e.Published, i, e}
	}
	slices.SortFunc(all, func(a, b dated) int {
		if order := b.at.Compare(a.at); order != 0 {
			return order
		}
		return cmp.Or(newestFirst(a.Entry, b.Entry), cmp.Compare(a.index, b.index))
	})
	for i, d := range all {
		entries[i] = d.Entry
	}
	return entries
}

// place returns the index of an entry in a list that is newest first, -1 when it
// is not there.
func place(sorted []*Entry, e *Entry) int {
	at, _ := slices.BinarySearchFunc(sorted, e, newestFirst)
	for ; at < len(sorted) && newestFirst(sorted[at], e) == 0; at++ {
		if sorted[at] == e {
			return at
		}
	}
	return -1
}

func has(sorted []*Entry, e *Entry) bool { return place(sorted, e) >= 0 }

// renew puts other entries in the place of some whose content is another one
// now.
func (r *roll) renew(changed []*Entry, enter func(*article.Article) *Entry) {
	if len(changed) == 0 {
		return
	}
	r.entries = slices.Clone(r.entries)
	var came []*Entry
	for _, was := range changed {
		i, _ := slices.BinarySearchFunc(r.articles, was.Article, byPath)
		for r.articles[i] != was.Article {
			i++
		}
		r.entries[i] = enter(was.Article)
		came = append(came, r.entries[i])
	}
	r.newest = replace(r.newest, changed, came)
	r.left, r.came = append(r.left, changed...), append(r.came, came...)
}
