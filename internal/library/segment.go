package library

import (
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
)

// The kinds of segments; see state.
const (
	headSegment  = 'h'
	cluesSegment = 'c'
	filesSegment = 'f'
)

const (
	segmentHead = 4 + 8 // length, digest

	// usualSegment is the length at which a segment ends when more are to come: so
	// much is in memory of each that is read or written.
	usualSegment = 256 << 10
	// mostAdded is how many bytes nobody minds behind a file, beside those that are
	// in proportion to it.
	mostAdded = 1 << 20
)

// span is where a segment lies in a file.
type span struct {
	at     int64
	length int64 // without its head
}

func (p span) end() int64 { return p.at + segmentHead + p.length }

// findSegments returns where the segments of a cache lie, up to one that cannot
// be there; the error says that there was one.
func findSegments(f io.ReaderAt, size int64) ([]span, error) {
	var all []span
	for at := int64(0); at < size; {
		var length [4]byte
		if _, err := f.ReadAt(length[:], at); err != nil {
			return all, errCache
		}
		p := span{at, int64(binary.LittleEndian.Uint32(length[:]))}
		if p.length == 0 || p.end() > size {
			return all, errCache
		}
		all = append(all, p)
		at = p.end()
	}
	return all, nil
}

// read returns a segment that is as it was written, until room is used again.
func (p span) read(f io.ReaderAt, room *[]byte) (string, error) {
	*room = slices.Grow((*room)[:0], int(segmentHead+p.length))[:segmentHead+p.length]
	b := *room
	if _, err := f.ReadAt(b, p.at); err != nil {
		return "", err
	}
	if xxhash.Sum64(b[segmentHead:]) != binary.LittleEndian.Uint64(b[4:]) {
		return "", errCache
	}
	return unsafe.String(&b[segmentHead], p.length), nil
}

// encoder writes a segment: begin, the parts, segment.
type encoder struct {
	b       []byte
	scratch []byte
}

// begin begins a segment of a kind, in the room of the one before.
func (e *encoder) begin(kind byte) {
	e.b = append(append(e.b[:0], make([]byte, segmentHead)...), kind)
}

// empty reports whether nothing was written since begin.
func (e *encoder) empty() bool { return len(e.b) == segmentHead+1 }

// segment ends what begin began.
func (e *encoder) segment() []byte {
	binary.LittleEndian.PutUint32(e.b, uint32(len(e.b)-segmentHead))
	binary.LittleEndian.PutUint64(e.b[4:], xxhash.Sum64(e.b[segmentHead:]))
	return e.b
}

// head writes the segment that tells what wrote a cache, and how long it is as
// it was written whole.
func (e *encoder) head(program string, rules uint64, whole int64) {
	e.begin(headSegment)
	e.text(cacheFormat)
	e.text(program)
	e.text(article.RecordFormat())
	e.fixed(rules)
	e.fixed(uint64(whole))
}

func (e *encoder) unsigned(n uint64) { e.b = binary.AppendUvarint(e.b, n) }
func (e *encoder) fixed(n uint64)    { e.b = binary.LittleEndian.AppendUint64(e.b, n) }

// flags writes a byte whose lowest bit is the first flag.
func (e *encoder) flags(all ...bool) {
	var bits byte
	for i, is := range all {
		if is {
			bits |= 1 << i
		}
	}
	e.b = append(e.b, bits)
}

func (e *encoder) text(s string) {
	e.unsigned(uint64(len(s)))
	e.b = append(e.b, s...)
}

func (e *encoder) record(a *article.Article, zone *time.Location) {
	e.scratch = a.Append(e.scratch[:0], zone)
	e.unsigned(uint64(len(e.scratch)))
	e.b = append(e.b, e.scratch...)
}

func (e *encoder) stamp(s stamp) {
	e.fixed(uint64(s.size))
	e.fixed(uint64(s.modified))
	e.fixed(s.inode)
	e.fixed(uint64(s.changed))
}

// decoder reads what an encoder wrote; what is not of that kind makes it bad.
type decoder struct {
	s   string
	bad bool
}

func (d *decoder) cut(n uint64) string {
	if n > uint64(len(d.s)) {
		d.s, d.bad = "", true
		return ""
	}
	s := d.s[:n]
	d.s = d.s[n:]
	return s
}

func (d *decoder) byte() byte {
	if s := d.cut(1); s != "" {
		return s[0]
	}
	return 0
}

func (d *decoder) unsigned() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		c := d.byte()
		n |= uint64(c&0x7F) << shift
		if c < 0x80 {
			return n
		}
	}
	d.bad = true
	return 0
}

// count is the number of what follows, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.unsigned()
	if n > uint64(len(d.s)) {
		d.s, d.bad = "", true
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return d.cut(d.unsigned()) }

// own is text that does not hold on to the segment.
func (d *decoder) own() string { return strings.Clone(d.text()) }

func (d *decoder) fixed() uint64 {
	s := d.cut(8)
	if d.bad {
		return 0
	}
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func (d *decoder) stamp() stamp {
	return stamp{size: int64(d.fixed()), modified: int64(d.fixed()), inode: d.fixed(), changed: int64(d.fixed())}
}
