package edition

import (
	"io/fs"
	"os"
	"sync/atomic"
)

// Changed reports whether something else than e, which came from this
// directory's store or is nil, may be published by now. It costs three calls of
// stat.
func (s *Store) Changed(e *Edition) bool {
	var seen stamp
	if e != nil && e.seen != nil {
		at := e.seen.Load()
		if at == nil {
			return false // it is being put into place
		}
		seen = *at
	}
	return !seen.equal(s.stamp())
}

// see notes what the store's files look like that say what e is.
func (e *Edition) see(seen stamp) {
	if e.seen == nil {
		e.seen = &atomic.Pointer[stamp]{}
	}
	e.seen.Store(&seen)
}

// stamp is what the files looked like that say what is published; nil for one
// that is not there.
type stamp [3]fs.FileInfo

func (s *Store) stamp() stamp {
	var seen stamp
	for i, name := range [...]string{snapshotName, journalName, recordName} {
		// What cannot be read is not there; who then reads it gets the error.
		if info, err := s.disk.Lstat(s.inState(name)); err == nil {
			seen[i] = info
		}
	}
	return seen
}

func (a stamp) equal(b stamp) bool {
	for i := range a {
		if (a[i] == nil) != (b[i] == nil) || (a[i] != nil && !sameFile(a[i], b[i])) {
			return false
		}
	}
	return true
}

// sameFile reports whether nobody wrote to a file or replaced it in between.
func sameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
