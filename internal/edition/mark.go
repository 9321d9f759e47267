package edition

import (
	"io/fs"
	"syscall"
)

// mark is by what a file is known for the one that was written, when it was read
// back: nobody who replaces or changes it leaves it the same by accident. The
// zero mark is nobody's.
type mark struct {
	modified int64 // nanoseconds since 1970
	inode    uint64
}

func markOf(info fs.FileInfo) mark {
	m := mark{modified: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		m.inode = uint64(st.Ino)
	}
	return m
}
