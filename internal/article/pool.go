package article

import (
	"strings"
	"sync"
)

// Pool has, of what many articles have in common, such as their authors and
// tags, one for all. It may be used from several goroutines.
type Pool struct {
	mu     sync.Mutex // guards what follows, by what stands in the record
	texts  map[string]string
	lists  map[string][]string
	people map[string][]Person
}

// NewPool returns an empty pool.
func NewPool() *Pool {
	return &Pool{texts: map[string]string{}, lists: map[string][]string{}, people: map[string][]Person{}}
}

// pooled returns what read finds in a record, or what it found where the same
// stood in another. It holds on to nothing of the record.
func pooled[T any](p *Pool, in func(*Pool) map[string]T, r *recordReader, read func(*recordReader) T) (found T) {
	at := r.s
	read(r)
	at = at[:len(at)-len(r.s)]
	if len(at) == 1 { // the number of none
		return found
	}
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if known, ok := in(p)[at]; ok {
			return known
		}
	}
	key := strings.Clone(at)
	found = read(&recordReader{s: key})
	if p != nil {
		in(p)[key] = found
	}
	return found
}
