package ledger

import (
	"hash/maphash"
	"slices"
)

// index finds records, which have numbers, by a text that each of them holds. It
// has their hashes alone: a map with the texts takes five times as much.
type index struct {
	slots []slot // a power of two of them; what is not in the place of its hash is behind it
	count int
}

// slot is one text; the zero value is empty.
type slot struct {
	hash   uint32
	number int32 // from 1
}

// fullest is how many eighths of the slots are in use at most.
const fullest = 7

// seed makes hashes that nobody can foresee.
var seed = maphash.MakeSeed()

func hashOf(s string) uint32 { return uint32(maphash.String(seed, s)) }

// newIndex returns an index with room for n texts.
func newIndex(n int) index {
	size := 8
	for n > size*fullest/8 {
		size *= 2
	}
	return index{slots: make([]slot, size)}
}

// find returns the slot of a text with a hash, which is of those numbers for
// which is reports true; nil when there is none.
func (x *index) find(hash uint32, is func(number int32) bool) *slot {
	for i := int(hash) & (len(x.slots) - 1); ; i = (i + 1) & (len(x.slots) - 1) {
		s := &x.slots[i]
		if s.number == 0 {
			return nil
		}
		if s.hash == hash && is(s.number) {
			return s
		}
	}
}

// add puts in a text that is not there.
func (x *index) add(hash uint32, number int32) {
	if x.count++; x.count > len(x.slots)*fullest/8 {
		larger := newIndex(len(x.slots))
		for _, s := range x.slots {
			if s.number != 0 {
				larger.put(s)
			}
		}
		x.slots = larger.slots
	}
	x.put(slot{hash, number})
}

func (x *index) put(s slot) {
	i := int(s.hash) & (len(x.slots) - 1)
	for x.slots[i].number != 0 {
		i = (i + 1) & (len(x.slots) - 1)
	}
	x.slots[i] = s
}

// remove takes out a text by its hash and number, if it is there.
func (x *index) remove(hash uint32, number int32) {
	mask := len(x.slots) - 1
	at := x.find(hash, func(n int32) bool { return n == number })
	if at == nil {
		return
	}
	x.count--
	i := int(hash) & mask
	for &x.slots[i] != at {
		i = (i + 1) & mask
	}
	// What was behind it only because it was there moves up.
	for j := (i + 1) & mask; x.slots[j].number != 0; j = (j + 1) & mask {
		home := int(x.slots[j].hash) & mask
		if (j-home)&mask >= (j-i)&mask {
			x.slots[i] = x.slots[j]
			i = j
		}
	}
	x.slots[i] = slot{}
}

// at returns the record of the article at a path, nil when there is none.
func (l *Ledger) at(path string) *record {
	if n := l.numberOf(path); n != 0 {
		return l.records[n-1]
	}
	return nil
}

// numberOf returns the number of the record at a path, 0 when there is none.
func (l *Ledger) numberOf(path string) int32 {
	if s := l.paths.find(hashOf(path), func(n int32) bool { return l.records[n-1].path == path }); s != nil {
		return s.number
	}
	return 0
}

// set makes r the record at its path, and returns its number.
func (l *Ledger) set(r *record) int32 {
	if n := l.numberOf(r.path); n != 0 {
		l.records[n-1] = r
		return n
	}
	l.records = append(l.records, r)
	n := int32(len(l.records))
	l.paths.add(hashOf(r.path), n)
	return n
}

// unset removes the record at a path, if there is one.
func (l *Ledger) unset(path string) {
	if n := l.numberOf(path); n != 0 {
		l.paths.remove(hashOf(path), n)
		l.records[n-1] = nil
	}
}

// holder returns the record that has an id, nil when none has.
func (l *Ledger) holder(id string) *record {
	if s := l.ids.find(hashOf(id), func(n int32) bool { return l.records[n-1].ID == id }); s != nil {
		return l.records[s.number-1]
	}
	return nil
}

// resident returns the record that has an address, or had it before; nil when
// none has.
func (l *Ledger) resident(slug string) *record {
	if s := l.slugs.find(hashOf(slug), func(n int32) bool { return l.records[n-1].lives(slug) }); s != nil {
		return l.records[s.number-1]
	}
	return nil
}

// lives reports whether the record has an address, or had it before.
func (r *record) lives(slug string) bool { return r.Slug == slug || slices.Contains(r.Was, slug) }
