package ledger

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Given is an article as a partner has it, who goes on showing it until it is
// told otherwise.
type Given struct {
	ID   string    `json:"-"`
	Link string    `json:"link"`          // absolute address under which the partner has it
	Left time.Time `json:"left,omitzero"` // when it was taken back; zero while it is not
	Back time.Time `json:"back,omitzero"` // when it was given again after that; zero when it never was
}

// same reports whether two are written alike.
func (g Given) same(h Given) bool {
	return g.Link == h.Link && g.Left.Equal(h.Left) && g.Back.Equal(h.Back)
}

// Given returns what partners have, by the paths of their feeds; of each the
// articles by id.
func (l *Ledger) Given() map[string][]Given {
	given := map[string][]Given{}
	for path := range l.given {
		r := l.at(path)
		for feed, g := range r.Given {
			g.ID = r.ID
			given[feed] = append(given[feed], g)
		}
	}
	for _, all := range given {
		slices.SortFunc(all, func(a, b Given) int { return strings.Compare(a.ID, b.ID) })
	}
	return given
}

// Give notes what partners have from now on, by the paths of their feeds. What
// is not named any more is forgotten.
func (l *Ledger) Give(given map[string][]Given) error {
	of := map[string]map[string]Given{} // by id, by path of the feed
	for feed, all := range given {
		for _, g := range all {
			if of[g.ID] == nil {
				of[g.ID] = map[string]Given{}
			}
			of[g.ID][feed] = Given{Link: g.Link, Left: g.Left, Back: g.Back}
		}
	}
	if len(of) == 0 && len(l.given) == 0 {
		return nil
	}
	for _, r := range l.records {
		if r == nil {
			continue
		}
		has := of[r.ID]
		if maps.EqualFunc(has, r.Given, Given.same) {
			continue
		}
		next := r.copy()
		next.Given = has
		if err := l.put(r.path, next); err != nil {
			return err
		}
	}
	return nil
}
