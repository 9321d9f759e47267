package feed

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"feedmill/internal/site"
)

// publish divides what a feed says into its subscription document and its
// archives, and adds it to the composition.
func (c *composer) publish(p *plan) {
	if p.Profile != "" {
		c.Feeds = append(c.Feeds, c.hand(p))
		return
	}
	for _, e := range p.entries {
		c.stands(e, p)
	}
	c.Feeds = append(c.Feeds, c.divide(p, c.report, c.wake))
}

// stands notes that an entry stands in a feed.
func (c *composer) stands(e *Entry, p *plan) {
	c.In[e.ID] = append(c.In[e.ID], p.Path)
	if e.GUID != "" {
		c.In[e.GUID] = c.In[e.ID]
	}
}

// unpublished returns a feed as it would be if it were published.
func (c *composer) unpublished(p *plan) *Feed {
	return c.divide(p, func(_, _, _ string) {}, func(time.Time) {})
}

// divide makes the subscription document and the archives of a feed.
func (c *composer) divide(p *plan, report func(code, text, hint string), wake func(time.Time)) *Feed {
	f := p.Feed
	told := c.told(f.Path)
	f.ID = told.ID
	f.podcast(p.entries, told)
	f.Period = c.site.Archive
	if f.Period == site.Auto {
		f.Period = site.Period(told.Period)
		if f.Period == "" && len(p.entries) > 0 {
			f.Period = choosePeriod(p.entries)
		}
	}
	w := window{limit: p.limit, content: f.Content, archived: f.Period != site.Off, closed: map[*Entry]bool{}, again: map[*Entry]bool{}}
	if w.archived {
		c.archive(p, &w, told, wake)
	}
	f.Entries, f.brief = w.cut(p.entries)
	for _, g := range c.memory.Gone {
		standing := func(e *Entry) bool { return e.ID == g.ID }
		if until := g.When.Add(tombstoneLife); until.After(c.now) && slices.Contains(g.In, f.Path) && !slices.ContainsFunc(p.entries, standing) {
			f.Gone = append(f.Gone, g)
			wake(until)
		}
	}
	f.Updated = updated(f.Entries, f.Gone, told)
	c.advise(f, &w, report)
	return f
}

// archive divides the past of a feed by the calendar of the site's zone, so
// that no article moves another from one archive to the next.
func (c *composer) archive(p *plan, w *window, told Told, wake func(time.Time)) {
	f := p.Feed
	days := time.Duration(max(p.limit.Days, 1)) * 24 * time.Hour
	for _, e := range p.entries {
		span := spanOf(f.Period, e.Published.In(c.site.Zone))
		if span.end.After(c.now) {
			wake(span.end)
			continue
		}
		path := "archive/" + span.name
		if f.Path != "" {
			path = f.Path + "/" + path
		}
		if n := len(f.Archives); n == 0 || f.Archives[n-1].Path != path {
			a := *f
			a.Path, a.Current, a.Archives = path, f, nil
			f.Archives = append(f.Archives, &a)
		}
		a := f.Archives[len(f.Archives)-1]
		a.Entries = append(a.Entries, e)
		w.closed[e] = true
		// RFC 5005, section 4.1: who has an archive may never fetch it again. So
		// what is corrected or added in it later is said to subscribers, too.
		seen := e.article.Seen
		if !seen.Before(span.end) && seen.After(told.Since) && seen.Add(days).After(c.now) {
			w.again[e] = true
			wake(seen.Add(days))
		}
	}
	for i, a := range f.Archives {
		if i > 0 {
			a.Next = f.Archives[i-1]
		}
		if i+1 < len(f.Archives) {
			a.Prev = f.Archives[i+1]
		}
		a.Updated = updated(a.Entries, nil, Told{})
	}
	if len(f.Archives) > 0 {
		f.Prev = f.Archives[0]
	}
}

// window decides which entries stand in a subscription document.
type window struct {
	limit    site.Limit
	content  site.Content
	archived bool            // whether the feed has a past in archives
	closed   map[*Entry]bool // those that stand in a closed archive
	again    map[*Entry]bool // those of closed that were corrected or added of late

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
func (w *window) cut(entries []*Entry) (kept []*Entry, brief map[*Entry]bool) {
	if len(entries) == 0 {
		return nil, nil
	}
	n := min(w.limit.Entries, len(entries))
	oldest := entries[0].Published.AddDate(0, 0, -w.limit.Days)
	for n < len(entries) && !entries[n].Published.Before(oldest) {
		n++
	}
	again := w.latest(entries)
	for i, e := range entries {
		switch {
		case i < min(n, mostEntries) || again[e]:
			kept = append(kept, e)
		case w.keeps(e):
			kept = append(kept, e)
			w.beyond++
		}
	}
	// drop leaves out the oldest entry that may be left out.
	drop := func() bool {
		for _, spare := range []func(*Entry) bool{
			func(e *Entry) bool { return !w.keeps(e) && !again[e] },
			func(e *Entry) bool { return !w.keeps(e) },
		} {
			for i := len(kept) - 1; i > 0; i-- {
				if spare(kept[i]) {
					kept = slices.Delete(kept, i, i+1)
					return true
				}
			}
		}
		return false
	}
	for len(kept) > mostEntries && drop() {
	}
	bytes := 0
	bodies := map[*Entry]int{}
	for _, e := range kept {
		said, body := e.size()
		if w.content != site.Summary && !e.Brief {
			bodies[e] = body
		}
		bytes += said + bodies[e]
	}
	brief = map[*Entry]bool{}
	for i := len(kept) - 1; i >= 0 && bytes > w.limit.Bytes; i-- {
		if body := bodies[kept[i]]; body > 0 {
			brief[kept[i]] = true
			bytes -= body
		}
	}
	before := slices.Clone(kept)
	for bytes > w.limit.Bytes && drop() {
		bytes = 0
		for _, e := range kept {
			said, _ := e.size()
			bytes += said
		}
	}
	w.dropped = len(before) - len(kept)
	for _, e := range kept {
		w.brief += b2i(brief[e])
	}
	if w.archived && (len(kept) > mostEntries || bytes > w.limit.Bytes) {
		w.beyond = max(w.beyond, 1)
	}
	return kept, brief
}

// keeps reports whether an entry must stand in the subscription document, since
// an archive will hold it and does not yet.
func (w *window) keeps(e *Entry) bool { return w.archived && !w.closed[e] }

// latest returns those entries that are said again, of many the latest.
func (w *window) latest(entries []*Entry) map[*Entry]bool {
	var all []*Entry
	for _, e := range entries {
		if w.again[e] {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *Entry) int { return b.article.Seen.Compare(a.article.Seen) })
	latest := map[*Entry]bool{}
	for _, e := range all[:min(len(all), w.limit.Entries)] {
		latest[e] = true
	}
	return latest
}

// size returns the bytes of title and summary, and those of the body. An entry
// that cannot be shown has none: whoever renders it says so.
func (e *Entry) size() (said, body int) {
	c, err := e.Content()
	if err != nil {
		return len(e.Title), 0
	}
	return len(e.Title) + len(c.Summary), len(c.HTML)
}

// advise tells the owner what the limit does to a feed.
func (c *composer) advise(f *Feed, w *window, report func(code, text, hint string)) {
	name := cmp.Or(f.Path, "the site's feed")
	if w.brief+w.dropped > 0 {
		report("limit", fmt.Sprintf("limit.bytes: of %d entries of %s, %d are shown by their summaries and %d left out, to stay within %d bytes",
			len(f.Entries)+w.dropped, name, w.brief, w.dropped, w.limit.Bytes), "raise limit.bytes, or lower limit.entries and limit.days")
	}
	if next := shorter(f.Period); w.beyond > 0 && next != "" {
		report("archive", fmt.Sprintf("archive: %s has %d entries, more than its limit, for no closed archive holds them yet", name, len(f.Entries)),
			fmt.Sprintf("set archive: %s", next))
	}
}
