package feed

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// publish divides what a feed says into its subscription document and its
// archives, and adds it to the composition.
func (c *composer) publish(p *plan) {
	d := c.divided(p)
	c.divisions[p.Path] = d
	c.Feeds = append(c.Feeds, d.feed)
	c.Problems = append(c.Problems, d.problems...)
	c.wake(d.wake)
}

// divided returns a feed as it is published: divided by the calendar, or a
// partner's as that wants it.
func (c *composer) divided(p *plan) *division {
	if p.Profile == "" {
		return c.divide(p)
	}
	asked := *p.Feed
	d := &division{plan: plan{Feed: &asked, limit: p.limit}, now: c.now, feed: p.Feed}
	c.hand(p, d)
	return d
}

// division is a feed, its archives with it, as it was divided.
type division struct {
	plan     plan // as it was asked for; its Feed is a copy
	gone     []Tombstone
	since    time.Time // when the feed was first known
	now      time.Time // the instant that it was made for
	feed     *Feed
	problems []article.Problem
	wake     time.Time // when it is another one; zero for never
}

// divide makes the subscription document and the archives of a feed, or takes
// over those of the last composition.
func (c *composer) divide(p *plan) *division {
	f := p.Feed
	told := c.told(f.Path)
	asked := *f
	d := &division{plan: plan{&asked, p.limit, p.entries}, gone: c.tombstones(p), since: told.Since, now: c.now, feed: f}
	if last := c.last.divisions[f.Path]; last != nil && !c.roll.fresh && c.stands(last, d, told) {
		return last
	}
	f.ID = told.ID
	f.podcast(p.entries, told)
	f.Period = c.site.Archive
	if f.Period == site.Auto {
		f.Period = site.Period(told.Period)
		if f.Period == "" && len(p.entries) > 0 {
			f.Period = choosePeriod(p.entries)
		}
	}
	w := window{limit: p.limit, content: f.Content, archived: f.Period != site.Off, open: len(p.entries)}
	if w.archived {
		c.archive(p, &w, told, d)
	}
	f.Entries, f.brief = w.cut(p.entries)
	for _, g := range d.gone {
		f.Gone = append(f.Gone, g)
		d.wakes(g.When.Add(tombstoneLife), c.now)
	}
	f.Updated = updated(f.Entries, f.Gone, told)
	f.made = &made{}
	d.advise(f, &w)
	return d
}

// stands reports whether what was divided is what would be divided now.
func (c *composer) stands(last, d *division, told Told) bool {
	f := last.feed
	return !c.now.Before(last.now) && (last.wake.IsZero() || c.now.Before(last.wake)) &&
		told.ID == f.ID && told.Updated.Equal(f.Updated) && told.Since.Equal(last.since) && (told.Podcast == f.PodcastID || f.PodcastID == "") &&
		(c.site.Archive != site.Auto || told.Period == string(f.Period)) &&
		slices.Equal(d.plan.entries, last.plan.entries) &&
		reflect.DeepEqual(d.gone, last.gone) && reflect.DeepEqual(d.plan.limit, last.plan.limit) &&
		reflect.DeepEqual(d.plan.Feed, last.plan.Feed)
}

// wakes notes that a feed is another one from t on.
func (d *division) wakes(t, now time.Time) {
	if t.After(now) && (d.wake.IsZero() || t.Before(d.wake)) {
		d.wake = t
	}
}

// tombstones returns the entries that vanished of late from a feed and are not
// back in it.
func (c *composer) tombstones(p *plan) []Tombstone {
	var gone []Tombstone
	for _, g := range c.memory.Gone {
		back := c.back[g.ID]
		if g.When.Add(tombstoneLife).After(c.now) && slices.Contains(g.In, p.Path) && (back == nil || !has(p.entries, back)) {
			gone = append(gone, g)
		}
	}
	return gone
}

// archive divides the past of a feed by the calendar of the site's zone, so
// that no article moves another from one archive to the next.
func (c *composer) archive(p *plan, w *window, told Told, d *division) {
	f := p.Feed
	days := time.Duration(max(p.limit.Days, 1)) * 24 * time.Hour
	var parts []Feed
	for from := 0; from < len(p.entries); {
		s := spanOf(f.Period, p.entries[from].Published.Time().In(c.site.Zone))
		n := within(p.entries[from:], s.start)
		if s.end.After(c.now) {
			d.wakes(s.end, c.now)
		} else {
			a := *f
			a.Path = strings.TrimPrefix(f.Path+"/archive/"+s.name, "/")
			a.Current, a.Entries = f, p.entries[from:from+n:from+n]
			parts = append(parts, a)
			w.open = min(w.open, from)
		}
		from += n
	}
	for i := range parts {
		f.Archives = append(f.Archives, &parts[i])
	}
	// RFC 5005, section 4.1: who has an archive may never fetch it again. So
	// what is corrected or added in it later is said to subscribers, too.
	for _, e := range c.late {
		seen := e.Article.Seen.Time()
		at := place(p.entries, e)
		if at < w.open {
			continue // not here, or not yet in an archive
		}
		end := spanOf(f.Period, e.Published.Time().In(c.site.Zone)).end
		if !seen.Before(end) && seen.After(told.Since) && seen.Add(days).After(c.now) {
			w.again = append(w.again, at)
			d.wakes(seen.Add(days), c.now)
		}
	}
	slices.Sort(w.again)
	for i, a := range f.Archives {
		if i > 0 {
			a.Next = f.Archives[i-1]
		}
		if i+1 < len(f.Archives) {
			a.Prev = f.Archives[i+1]
		}
	}
	if len(f.Archives) > 0 {
		f.Prev = f.Archives[0]
	}
	c.takeOver(d)
	for _, a := range f.Archives {
		if a.made == nil {
			a.made, a.Updated = &made{}, updated(a.Entries, nil, Told{})
		}
	}
}

// takeOver gives the archives of a feed what is known of them when they are as
// they were in the last composition.
func (c *composer) takeOver(d *division) {
	last := c.last.divisions[d.feed.Path]
	if last == nil || c.roll.fresh || !reflect.DeepEqual(d.plan.Feed, last.plan.Feed) || !reflect.DeepEqual(d.feed.Face(), last.feed.Face()) {
		return
	}
	i := 0
	for _, a := range d.feed.Archives {
		for i < len(last.feed.Archives) && last.feed.Archives[i].Path > a.Path {
			i++
		}
		if i == len(last.feed.Archives) {
			return
		}
		was := last.feed.Archives[i]
		if was.Path == a.Path && was.Prev.at() == a.Prev.at() && was.Next.at() == a.Next.at() && slices.Equal(was.Entries, a.Entries) {
			a.made, a.Updated = was.made, was.Updated
		}
	}
}

// at is the path of a feed, also where there is none.
func (f *Feed) at() string {
	if f == nil {
		return ""
	}
	return f.Path
}

// within returns how many entries from the first on are not before an instant.
func within(entries []*Entry, start time.Time) int {
	first, n := article.At(start), 1
	for n < len(entries) && !entries[n].Published.Before(first) {
		n = min(2*n, len(entries))
	}
	from := n / 2
	return from + sort.Search(min(n, len(entries))-from, func(i int) bool { return entries[from+i].Published.Before(first) })
}

// window decides which entries stand in a subscription document. Entries are
// known by their places in the list of all, which is newest first.
type window struct {
	limit    site.Limit
	content  site.Content
	archived bool  // whether the feed has a past in archives
	open     int   // so many stand in no closed archive: the newest
	again    []int // of the others, those that were corrected or added of late, sorted

	// What cut had to do.
	brief   int // entries shown by their summaries for want of room
	dropped int // entries left out for want of room
	beyond  int // entries that stand beyond the limit because no archive holds them
}

// cut returns the entries of the subscription document, newest first, and those
// of them that are shown by their summaries: the last days or the newest
// entries, whichever are more, what is said again, and whatever stands in no
// closed archive. What is more than the limits leaves, the oldest first, unless
// no archive holds it: then it loses its body.
func (w *window) cut(entries []*Entry) (stand []*Entry, brief map[*Entry]bool) {
	if len(entries) == 0 {
		return nil, nil
	}
	n := min(w.limit.Entries, len(entries))
	oldest := article.At(entries[0].Published.Time().AddDate(0, 0, -w.limit.Days))
	for n < len(entries) && !entries[n].Published.Before(oldest) {
		n++
	}
	n = min(n, mostEntries)
	again := w.latest(entries)
	var kept []int
	for i := range n {
		kept = append(kept, i)
	}
	if w.archived && w.open > n {
		for i := n; i < w.open; i++ {
			kept = append(kept, i)
		}
		w.beyond = w.open - n
	}
	for _, i := range again {
		if i >= len(kept) {
			kept = append(kept, i)
		}
	}
	// drop leaves out the oldest entry that may be left out.
	drop := func() bool {
		for _, spare := range []func(int) bool{
			func(i int) bool { return !w.keeps(i) && !slices.Contains(again, i) },
			func(i int) bool { return !w.keeps(i) },
		} {
			for at := len(kept) - 1; at > 0; at-- {
				if spare(kept[at]) {
					kept = slices.Delete(kept, at, at+1)
					return true
				}
			}
		}
		return false
	}
	for len(kept) > mostEntries && drop() {
	}
	ask(entries, kept)
	bytes := 0
	said, bodies := map[int]int{}, map[int]int{}
	for _, i := range kept {
		e := entries[i]
		head, body := e.size()
		said[i] = head
		if w.content != site.Summary && !e.Showing.Summary {
			bodies[i] = body
		}
		bytes += head + bodies[i]
	}
	brief = map[*Entry]bool{}
	for at := len(kept) - 1; at >= 0 && bytes > w.limit.Bytes; at-- {
		if body := bodies[kept[at]]; body > 0 {
			brief[entries[kept[at]]] = true
			bytes -= body
		}
	}
	before := len(kept)
	for bytes > w.limit.Bytes && drop() {
		bytes = 0
		for _, i := range kept {
			bytes += said[i]
		}
	}
	w.dropped = before - len(kept)
	for _, i := range kept {
		stand = append(stand, entries[i])
		w.brief += b2i(brief[entries[i]])
	}
	if w.archived && (len(kept) > mostEntries || bytes > w.limit.Bytes) {
		w.beyond = max(w.beyond, 1)
	}
	return stand, brief
}

// keeps reports whether the entry at a place must stand in the subscription
// document, since an archive will hold it and does not yet.
func (w *window) keeps(i int) bool { return w.archived && i < w.open }

// latest returns those entries that are said again, of many the latest, sorted.
func (w *window) latest(entries []*Entry) []int {
	all := slices.Clone(w.again)
	slices.SortStableFunc(all, func(a, b int) int { return entries[b].Article.Seen.Compare(entries[a].Article.Seen) })
	all = all[:min(len(all), w.limit.Entries)]
	slices.Sort(all)
	return all
}

// size returns the bytes of title and summary, and those of the body. An entry
// that cannot be shown has none: whoever renders it says so.
func (e *Entry) size() (said, body int) {
	f, err := e.facts()
	if err != nil {
		return len(e.Title), 0
	}
	return len(e.Title) + f.said, f.body
}

// advise tells the owner what the limit does to a feed.
func (d *division) advise(f *Feed, w *window) {
	report := func(code, text, hint string) { d.problems = append(d.problems, ofSite(code, text, hint)) }
	name := cmp.Or(f.Path, "the site's feed")
	if w.brief+w.dropped > 0 {
		report("limit", fmt.Sprintf("limit.bytes: to stay within %d bytes, %s shows %d of %d entries by their summaries alone and leaves %d out",
			w.limit.Bytes, name, w.brief, len(f.Entries)+w.dropped, w.dropped), "raise limit.bytes, or lower limit.entries and limit.days")
	}
	if next := shorter(f.Period); w.beyond > 0 && next != "" {
		report("archive", fmt.Sprintf("archive: %s has %d entries, more than its limit, for no closed archive holds them yet", name, len(f.Entries)),
			fmt.Sprintf("set archive: %s", next))
	}
}
