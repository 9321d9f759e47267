package check

import (
	"fmt"
	"path"
	"slices"
	"time"

	"feedmill/internal/edition"
)

// Pair is one feed in two editions.
type Pair struct {
	Document string // path
	Old, New Reading
	// Stands tells whether the publisher still has an entry in the feed, though
	// its document, which is bounded, may not show it; nil when nobody knows.
	Stands func(id string) bool
	// Redated says that the date of an entry moves with each change of it, as
	// some partners ask for.
	Redated bool
	// Lives tells whether the publisher still has an entry in any feed. One that
	// only leaves this one, for another tag say, gets no tombstone: that would
	// name the entry itself, not its place here, and who reads both feeds would
	// lose it (RFC 4287, section 4.2.6: an id is the entry's everywhere). Nil when
	// nobody knows.
	Lives func(id string) bool
	// Fresh tells whether the publisher gives an id for the first time. What it
	// gave before and comes back, subscribers know. Nil when nobody knows.
	Fresh func(id string) bool
}

// Changes returns what subscribers of the feed see, as [Compare] does. What
// still stands has aged.
func (p Pair) Changes() []Change {
	changes := Compare(p.Old, p.New)
	for i, c := range changes {
		if c.Kind == Withdrawn && p.Stands != nil && p.Stands(c.ID) {
			changes[i].Kind = Aged
		}
	}
	return changes
}

// Hold is a reason to publish nothing until somebody has looked: what follows
// is more likely an accident than what its author wants, and subscribers cannot
// be made to forget it.
type Hold struct {
	Document string // path
	Reason   string
	Hint     string // names the way out
}

const acceptHint = "if this is meant, publish once with --accept"

// The guard against a flood of old stories: so many entries, and so great a
// part of the feed, have to be new to subscribers and older than the last
// edition.
const (
	floodCount = 10
	floodShare = 2 // more than one in two
)

// Succession says whether feeds may follow those that subscribers have.
// Findings are what harms readers and may yet be meant; holds are what must not
// be published without being asked for: a feed whose entries are all gone, and
// old stories that come back as new ones; one for the formats of a feed
// together.
//
// Newcomers is how many articles the publisher itself sees for the first time.
// Entries that are older than the whole old feed are only its past, which a
// higher limit shows again, unless there are newcomers who could be among them.
//
// Whether articles vanished is for the ledger to judge, which knows them all;
// here only the feed that is empty is seen.
func Succession(pairs []Pair, newcomers int) ([]Finding, []Hold) {
	var findings []Finding
	var holds []Hold
	for _, p := range pairs {
		s := succession{Pair: p}
		s.feed()
		s.entries()
		findings = append(findings, s.findings...)
		// The formats of a feed say the same, and so once.
		same := func(h Hold) bool { return path.Dir(h.Document) == path.Dir(p.Document) }
		if h := s.hold(newcomers); h != nil && !slices.ContainsFunc(holds, same) {
			holds = append(holds, *h)
		}
	}
	return findings, holds
}

type succession struct {
	Pair
	findings []Finding
}

func (s *succession) report(r rule, entry, format string, args ...any) {
	s.findings = append(s.findings, Finding{
		Document: s.Document, Level: r.level, Rule: r.name, Entry: entry,
		Text: fmt.Sprintf(format, args...), Hint: r.hint, Source: r.source,
	})
}

// feed compares what the feed says of itself.
func (s *succession) feed() {
	old, new := s.Old, s.New
	if old.ID != "" && old.ID != new.ID && old.Format != JSON {
		s.report(feedIDChanged, "", "the feed's id was %q and is %q", clip(old.ID), clip(new.ID))
	}
	if old.Self != "" && old.Self != new.Self {
		s.report(selfChanged, "", "the feed's address was %q and is %q", clip(old.Self), clip(new.Self))
	}
	// A date that is only derived goes back whenever the latest entry leaves.
	if new.Updated.Before(old.Updated) && len(new.Entries) > 0 && !new.derived {
		s.report(updatedWentBack, "", "the feed was updated %s and now %s", stamp(old.Updated), stamp(new.Updated))
	}
}

// entries compares the entries that both have.
func (s *succession) entries() {
	was := make(map[string]*Entry, len(s.Old.Entries))
	for i := range s.Old.Entries {
		was[s.Old.Entries[i].ID] = &s.Old.Entries[i]
	}
	for _, e := range s.New.Entries {
		old := was[e.ID]
		if old == nil {
			continue
		}
		if !s.Redated && !old.Published.IsZero() && !old.Published.Equal(e.Published) {
			s.report(publishedChanged, e.ID, "%q was published %s and now %s", clip(e.Title), stamp(old.Published), stamp(e.Published))
		}
		if e.Updated.Before(old.Updated) && old.Published.Equal(e.Published) {
			s.report(updatedWentBack, e.ID, "%q was updated %s and now %s", clip(e.Title), stamp(old.Updated), stamp(e.Updated))
		}
	}
	for _, c := range s.Changes() {
		switch {
		case c.Kind == Reannounced:
			s.report(reannounced, c.ID, "%q had the id %q", clip(c.Title), clip(c.Fields[0]))
		case c.Kind == Withdrawn && len(s.New.Entries) > 0 && s.New.Format == Atom && !s.New.deleted[c.ID] && (s.Lives == nil || !s.Lives(c.ID)):
			s.report(noTombstone, c.ID, "%q is not there any more, and nothing says so", clip(c.Title))
		}
	}
}

// hold looks for what is most likely an accident.
func (s *succession) hold(newcomers int) *Hold {
	if len(s.New.Entries) == 0 && len(s.Old.Entries) > 0 {
		return &Hold{s.Document, fmt.Sprintf("no entries where there were %d", len(s.Old.Entries)), acceptHint}
	}
	if len(s.Old.Entries) == 0 {
		return nil // nothing was announced yet
	}
	was := make(map[string]bool, len(s.Old.Entries))
	for _, e := range s.Old.Entries {
		was[e.ID] = true
	}
	stayed := 0
	for _, e := range s.New.Entries {
		if was[e.ID] {
			stayed++
		}
	}
	// Ids that were lost are lost by entries that subscribers have: where those
	// are still there, older ones may be the feed's past.
	var past time.Time
	if 2*stayed >= len(was) {
		past, _ = span(s.Old)
	}
	flood, older := 0, 0
	var again map[string]bool
	for _, e := range s.New.Entries {
		switch {
		case was[e.ID] || e.date().After(s.Old.Updated) || s.Fresh != nil && !s.Fresh(e.ID):
			continue
		case e.date().Equal(s.Old.Updated):
			// As new as what came last, where dates are days, or all that there was, where
			// it was published at once: then it is told under another id.
			if again == nil {
				again = s.reannounced()
			}
			if again[e.ID] {
				flood++
			}
		case e.date().Before(past):
			older++
		default:
			flood++
		}
	}
	flood += min(older, newcomers)
	if flood > floodCount && flood*floodShare > len(s.New.Entries) {
		return &Hold{s.Document,
			fmt.Sprintf("%d of %d entries have ids that subscribers do not know, and are older than the last edition", flood, len(s.New.Entries)),
			"look for lost ids or dates; " + acceptHint}
	}
	return nil
}

// reannounced returns the ids of entries that subscribers have under another.
func (s *succession) reannounced() map[string]bool {
	ids := map[string]bool{}
	for _, c := range s.Changes() {
		if c.Kind == Reannounced {
			ids[c.ID] = true
		}
	}
	return ids
}

// Pairs reads the feeds that two editions have in different bytes, and reports
// those that the next does not have any more, neither redirected nor gone. A feed of
// prev that cannot be read is passed over: there is nothing to compare with.
func (r *Reader) Pairs(prev, next *edition.Edition) ([]Pair, []Finding) {
	if prev == nil {
		return nil, nil
	}
	var changed []Pair
	var findings []Finding
	var documents [][2]*edition.Document
	for d, n := range next.Since(prev) {
		switch {
		case d == nil || d.Kind != edition.Feed:
		case n == nil:
			if _, led := next.Redirect(d.Path); !led && !next.Gone(d.Path) {
				s := succession{Pair: Pair{Document: d.Path}}
				s.report(feedRemoved, "", "the feed is not there any more")
				findings = append(findings, s.findings...)
			}
		case n.Digest != d.Digest:
			documents = append(documents, [2]*edition.Document{d, n})
		}
	}
	pairs := make([]Pair, len(documents))
	share(len(documents), func(i int) {
		d, n := documents[i][0], documents[i][1]
		old, err := r.read(d)
		if err != nil {
			return
		}
		if new, err := r.read(n); err == nil {
			pairs[i] = Pair{Document: d.Path, Old: old, New: new}
		}
	})
	for _, d := range documents {
		r.forget(d[0])
	}
	for _, p := range pairs {
		if p.Document != "" {
			changed = append(changed, p)
		}
	}
	return changed, findings
}
