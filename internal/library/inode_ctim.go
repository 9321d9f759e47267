//go:build linux || openbsd || dragonfly

package library

import (
	"io/fs"
	"syscall"
)

// inode returns what a stamp holds of the file system's own bookkeeping.
func inode(info fs.FileInfo) (number uint64, changed int64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino, st.Ctim.Nano()
	}
	return 0, 0
}
