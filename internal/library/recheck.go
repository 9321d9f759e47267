package library

import (
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Recheck returns the Digest of the snapshot that was read, also when it was left
// empty because articles were so fresh that they might change without anything
// showing it: if that has passed at the instant now, they are read once more, to see
// that they did not. It is empty as long as that is not certain.
func (s *Sight) Recheck(now time.Time) string {
	l := s.library
	l.scanning.Lock()
	defer l.scanning.Unlock()
	if l.tree != s.tree || l.last.Digest != "" || len(l.unsteady) == 0 || s.few {
		return l.last.Digest
	}
	fresh := func(f files) bool {
		return slices.ContainsFunc(f.stamps, func(some []stamp) bool {
			return slices.ContainsFunc(some, func(st stamp) bool { return st.fresh(s.now) })
		})
	}
	if fresh(s.tree.others) || fresh(s.tree.sections) {
		return "" // when they were read is not known
	}
	for _, i := range l.unsteady {
		if k := l.known[i]; !k.read || k.beside || k.unrest != nil || k.stamp.fresh(now) {
			return ""
		}
	}
	w := s.ground.walker()
	defer w.close()
	all := slices.Clone(l.known)
	for _, i := range l.unsteady {
		k := *all[i]
		src, st, err := w.read(split(s.tree.articles.paths[i]))
		if err != nil || st != k.stamp || sourceOf(xxhash.Sum64(src), keyOf(k.source())) != k.source() {
			return ""
		}
		k.racy = false
		all[i] = &k
	}
	l.know(all)
	l.unsteady = nil
	l.last.Digest, _ = s.tree.digest(now, false)
	return l.last.Digest
}
