package library

import (
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"sync"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sys/unix"
)

// The form of an entry, struct linux_dirent64: see getdents64(2).
const (
	entryLength = 16 // offset of the length of all of it, 16 bits
	entryType   = 18
	entryName   = 19 // ends with a zero
)

var listBuffers = sync.Pool{New: func() any { return new(make([]byte, 64<<10)) }}

// listDisk reads the directory behind a descriptor, which it closes. The mark
// is a digest of all that the system says: names, kinds, inodes and order.
func listDisk(ctx context.Context, fd int, was uint64) ([]name, uint64, error) {
	defer unix.Close(fd)
	all := listBuffers.Get().(*[]byte)
	defer listBuffers.Put(all)
	n := 0
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if len(*all)-n < 32<<10 {
			*all = append(*all, make([]byte, len(*all))...)
		}
		more, err := unix.Getdents(fd, (*all)[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if more == 0 {
			break
		}
		n += more
	}
	entries := (*all)[:n]
	mark := xxhash.Sum64(entries)
	if mark == was && was != 0 {
		return nil, mark, nil
	}
	var names []name
	for len(entries) > entryName {
		length := int(binary.NativeEndian.Uint16(entries[entryLength:]))
		if length <= entryName || length > len(entries) {
			return nil, 0, unix.EIO
		}
		base := entries[entryName:length]
		if end := bytes.IndexByte(base, 0); end >= 0 {
			base = base[:end]
		}
		kind := entries[entryType]
		entries = entries[length:]
		if string(base) == "." || string(base) == ".." {
			continue
		}
		mode, err := modeOf(fd, base, kind)
		if err == unix.ENOENT {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		names = append(names, name{string(base), mode})
	}
	return names, mark, nil
}

// modeOf is the kind of an entry. Some file systems leave it to be asked for.
func modeOf(fd int, base []byte, kind byte) (fs.FileMode, error) {
	if kind == unix.DT_UNKNOWN {
		var st unix.Stat_t
		if err := unix.Fstatat(fd, string(base), &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return 0, err
		}
		kind = byte(st.Mode & unix.S_IFMT >> 12) // as DT_… are
	}
	switch kind {
	case unix.DT_REG:
		return 0, nil
	case unix.DT_DIR:
		return fs.ModeDir, nil
	case unix.DT_LNK:
		return fs.ModeSymlink, nil
	case unix.DT_FIFO:
		return fs.ModeNamedPipe, nil
	case unix.DT_SOCK:
		return fs.ModeSocket, nil
	case unix.DT_BLK, unix.DT_CHR:
		return fs.ModeDevice, nil
	}
	return fs.ModeIrregular, nil
}
