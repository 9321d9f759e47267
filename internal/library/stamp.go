package library

import (
	"io/fs"
	"time"
)

// stamp is what tells two states of a file apart without reading it.
type stamp struct {
	size     int64
	modified time.Time
	inode    uint64    // 0 where the file system has none
	changed  time.Time // of the inode: no program can set it; zero where there is none
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), modified: info.ModTime()}
	s.inode, s.changed = inode(info)
	return s
}

func (s stamp) same(t stamp) bool {
	return s.size == t.size && s.modified.Equal(t.modified) && s.inode == t.inode && s.changed.Equal(t.changed)
}

// last is when the file was last touched, as far as it can be known. A copy
// that keeps the old modification time is fresh all the same.
func (s stamp) last() time.Time {
	if s.changed.IsZero() {
		return s.modified
	}
	return s.changed
}
