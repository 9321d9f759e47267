package article

import (
	"strings"
	"sync"
)

// Pool has, of what many articles have in common, such as their authors and
// tags, one for all. It may be used from several goroutines.
type Pool struct {
	mu      sync.Mutex // guards what follows, by what stands in the record
	bylines map[string]*Byline
	topics  map[string]*Topics
	seldoms map[string]*Seldom
	writing *writing // the last that was asked for
}

// NewPool returns an empty pool.
func NewPool() *Pool {
	return &Pool{bylines: map[string]*Byline{}, topics: map[string]*Topics{}, seldoms: map[string]*Seldom{}}
}

// writingOf returns the writing that from gives back.
func (p *Pool) writingOf(from Sources) *writing {
	if p.writing == nil || p.writing.from != from {
		p.writing = &writing{from: from}
	}
	return p.writing
}

// pooled returns what read finds in the group that r is at, or what it found
// where the same stood in another record; of an empty group that is none. It
// holds on to nothing of the record.
func pooled[T any](pool map[string]*T, r *recordReader, read func(*recordReader) *T, none *T) *T {
	group := r.text()
	if group == "" {
		return none
	}
	if known, ok := pool[group]; ok {
		return known
	}
	own := recordReader{s: strings.Clone(group), zone: r.zone}
	key := own.s
	found := read(&own)
	if own.bad || own.s != "" {
		r.bad = true
		return none
	}
	pool[key] = found
	return found
}
