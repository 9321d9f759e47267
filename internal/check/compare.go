package check

import "time"

// Kind tells how subscribers meet a change.
type Kind string

const (
	New         Kind = "new"         // an entry that they did not have
	Changed     Kind = "changed"     // an entry that they have, said differently
	Withdrawn   Kind = "withdrawn"   // an entry that is no longer there
	Reannounced Kind = "reannounced" // an entry that they have, under a new id: they are shown it again
	Aged        Kind = "aged"        // an entry that left at the end of the feed, as newer ones came
)

// Change is one thing that subscribers of a feed see.
type Change struct {
	Kind   Kind
	ID     string
	Title  string
	Fields []string // of Changed: title, link, published, updated, content, authors, tags, media; of Reannounced: the old id
}

// Compare returns what subscribers who have read old see in new: first what is
// in new, in its order, then what is not any more, in the order of old.
//
// An entry that is gone has aged, and was not withdrawn, when it is older than
// every entry of new, and new either is as full as old or has a newer entry at
// its head: feeds have a limit; and when new does not say that it is deleted. An
// entry is reannounced when its id is new and its page, or its title and day,
// are those of an entry that is gone, or its page is that of one that is still
// there: then subscribers have the story twice.
func Compare(old, new Reading) []Change {
	old.Entries, new.Entries = distinct(old.Entries), distinct(new.Entries)
	before := make(map[string]*Entry, len(old.Entries))
	for i := range old.Entries {
		before[old.Entries[i].ID] = &old.Entries[i]
	}
	now := make(map[string]bool, len(new.Entries))
	for _, e := range new.Entries {
		now[e.ID] = true
	}
	// Entries that are gone, by what they are known for besides their id.
	gone := map[string][]*Entry{}
	for i := range old.Entries {
		if e := &old.Entries[i]; !now[e.ID] {
			for _, trait := range e.traits() {
				gone[trait] = append(gone[trait], e)
			}
		}
	}
	var changes []Change
	standing := map[string]string{} // page → id, of those that stay where they are
	for i := range new.Entries {
		e := &new.Entries[i]
		if was := before[e.ID]; was != nil && pageOf(e.Link) != "" && pageOf(e.Link) == pageOf(was.Link) {
			standing[pageOf(e.Link)] = e.ID
		}
	}
	renamed := map[string]bool{}
	for i := range new.Entries {
		e := &new.Entries[i]
		if was, ok := before[e.ID]; ok {
			if fields := differences(was, e); len(fields) > 0 {
				changes = append(changes, Change{Kind: Changed, ID: e.ID, Title: e.Title, Fields: fields})
			}
			continue
		}
		c := Change{Kind: New, ID: e.ID, Title: e.Title}
		if was := counterpart(e, gone, renamed); was != nil {
			c.Kind, c.Fields = Reannounced, []string{was.ID}
			renamed[was.ID] = true
		} else if id := standing[pageOf(e.Link)]; id != "" {
			c.Kind, c.Fields = Reannounced, []string{id}
		}
		changes = append(changes, c)
	}
	oldest, newest := span(new)
	_, head := span(old)
	slid := len(new.Entries) >= len(old.Entries) || newest.After(head)
	for _, e := range old.Entries {
		switch {
		case now[e.ID] || renamed[e.ID]:
		case slid && len(new.Entries) > 0 && e.date().Before(oldest) && !new.deleted[e.ID]:
			changes = append(changes, Change{Kind: Aged, ID: e.ID, Title: e.Title})
		default:
			changes = append(changes, Change{Kind: Withdrawn, ID: e.ID, Title: e.Title})
		}
	}
	return changes
}

// distinct returns the entries without those whose id an earlier one has, which
// readers do not show.
func distinct(entries []Entry) []Entry {
	seen := make(map[string]bool, len(entries))
	var first []Entry
	for _, e := range entries {
		if !seen[e.ID] {
			seen[e.ID] = true
			first = append(first, e)
		}
	}
	return first
}

// counterpart returns an entry that is gone and says the same as e.
func counterpart(e *Entry, gone map[string][]*Entry, taken map[string]bool) *Entry {
	for _, trait := range e.traits() {
		for _, was := range gone[trait] {
			if !taken[was.ID] {
				return was
			}
		}
	}
	return nil
}

// date is when an entry was published, as far as that is known.
func (e *Entry) date() time.Time {
	if e.Published.IsZero() {
		return e.Updated
	}
	return e.Published
}

// traits are what two entries with different ids are the same story by.
func (e *Entry) traits() []string {
	var t []string
	if page := pageOf(e.Link); page != "" {
		t = append(t, "page "+page)
	}
	if title := folded(e.Title); title != "" && !e.Published.IsZero() {
		t = append(t, "day "+e.Published.UTC().Format(time.DateOnly)+" "+title)
	}
	return t
}

// span returns the dates of the oldest and the newest entry.
func span(r Reading) (oldest, newest time.Time) {
	for i := range r.Entries {
		d := r.Entries[i].date()
		if i == 0 || d.Before(oldest) {
			oldest = d
		}
		if d.After(newest) {
			newest = d
		}
	}
	return oldest, newest
}

// differences names what subscribers see changed in an entry.
func differences(was, is *Entry) []string {
	var fields []string
	for _, f := range []struct {
		name    string
		differs bool
	}{
		{"title", was.Title != is.Title},
		{"link", was.Link != is.Link},
		{"published", !was.Published.Equal(is.Published)},
		{"updated", !was.Updated.Equal(is.Updated)},
		{"content", was.body != is.body || was.Title == is.Title && was.Digest != is.Digest},
		{"authors", was.people != is.people},
		{"tags", was.tags != is.tags},
		{"media", was.media != is.media},
	} {
		if f.differs {
			fields = append(fields, f.name)
		}
	}
	return fields
}
