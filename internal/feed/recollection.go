package feed

import (
	"bytes"
	"encoding/gob"

	"feedmill/internal/article"
)

// recollection is facts as they are written down.
type recollection struct {
	Key        Key
	Asked      []string
	Answers    Key
	Said, Body int
	Media      []Media
	Problems   []article.Problem
}

// Learnt returns what was found out about contents since it was asked for last,
// in a form for [Remember], of which several can stand behind each other; with
// all, everything that is known of the entries of c. It is empty when there is
// nothing. Of entries that are not for all it says nothing.
func (c Composition) Learnt(all bool) ([]byte, error) {
	s := c.making.shelf
	s.mu.Lock()
	learnt := s.fresh
	s.fresh, s.known = nil, nil // the entries have theirs
	s.mu.Unlock()
	if all {
		learnt = nil
		for _, e := range c.Entries {
			said := e.said.Load()
			if said == nil {
				continue
			}
			said.mu.Lock()
			if said.facts != nil {
				learnt = append(learnt, said.facts)
			}
			said.mu.Unlock()
		}
	}
	var records []recollection
	for _, f := range learnt {
		if !f.private {
			records = append(records, recollection{f.key, f.asked, f.answers, f.said, f.body, f.media, f.problems})
		}
	}
	if records == nil {
		return nil, nil
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(records)
	return b.Bytes(), err
}

// Remember returns what stands before the first composition of a process: nothing
// but what others have learnt. It must have been this program, for another may
// render the same article in another way.
func Remember(learnt ...[]byte) (Composition, error) {
	s := newShelf()
	s.known = map[Key]facts{}
	for _, part := range learnt {
		var records []recollection
		if err := gob.NewDecoder(bytes.NewReader(part)).Decode(&records); err != nil {
			return Composition{}, err
		}
		for _, r := range records {
			s.known[r.Key] = facts{key: r.Key, asked: r.Asked, answers: r.Answers, said: r.Said, body: r.Body, media: r.Media, problems: r.Problems}
		}
	}
	return Composition{making: &making{shelf: s}}, nil
}
