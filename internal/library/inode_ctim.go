//go:build linux || openbsd || dragonfly

package library

import (
	"io/fs"
	"syscall"
	"time"
)

// inode returns what a stamp holds of the file system's own bookkeeping.
func inode(info fs.FileInfo) (number uint64, changed time.Time) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino, time.Unix(st.Ctim.Unix())
	}
	return 0, time.Time{}
}
