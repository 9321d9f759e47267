package library

import (
	"io/fs"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sys/unix"
)

// stamp is what tells two states of a file apart without reading it. Its times
// are in nanoseconds since 1970.
type stamp struct {
	size     int64
	modified int64
	inode    uint64 // 0 where the file system has none
	changed  int64  // of the inode: no program can set it; 0 where there is none
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), modified: info.ModTime().UnixNano()}
	s.inode, s.changed = inode(info)
	return s
}

// stampFrom is the stamp of what the system says of a file.
func stampFrom(st *unix.Stat_t) stamp {
	return stamp{size: st.Size, modified: st.Mtim.Nano(), inode: uint64(st.Ino), changed: st.Ctim.Nano()}
}

// last is when the file was last touched, as far as it can be known. A copy
// that keeps the old modification time is fresh all the same.
func (s stamp) last() time.Time {
	if s.changed == 0 {
		return s.time()
	}
	return time.Unix(0, s.changed)
}

// time is the modification time.
func (s stamp) time() time.Time { return time.Unix(0, s.modified) }

// fresh reports whether at the instant now the file may change without its
// stamp changing.
func (s stamp) fresh(now time.Time) bool { return now.Sub(s.last()) < racy }

// add adds the stamp to a digest.
func (s stamp) add(to *xxhash.Digest) {
	var b [32]byte
	for i, n := range [...]uint64{uint64(s.size), uint64(s.modified), s.inode, uint64(s.changed)} {
		for j := range 8 {
			b[8*i+j] = byte(n >> (8 * j))
		}
	}
	to.Write(b[:])
}

// stamps are those of files, by their index, in pieces: what changed in a few files
// leaves all other pieces to be shared with what was before.
type stamps [][]stamp

const piece = 512 // stamps

func newStamps(n int) stamps {
	s := make(stamps, 0, (n+piece-1)/piece)
	for ; n > 0; n -= piece {
		s = append(s, make([]stamp, min(n, piece)))
	}
	return s
}

func (s stamps) at(i int) *stamp { return &s[i/piece][i%piece] }

// but returns the same stamps, of which those at some indexes, which are sorted, may
// be changed.
func (s stamps) but(some []int) stamps {
	s = slices.Clone(s)
	for n, i := range some {
		if at := i / piece; n == 0 || some[n-1]/piece != at {
			s[at] = slices.Clone(s[at])
		}
	}
	return s
}
