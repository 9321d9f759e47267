package check

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// longest is how many bytes a piece of a document may have that has to be seen
// whole while the document is being read: a text, a tag, a comment, an entry of
// a JSON Feed. It bounds the memory that judging needs.
const longest = 4 << 20

// place is where something stands, counted from 1, the column in characters.
// Zero is the whole document.
type place struct{ line, column int }

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

// beginning is the place of the first character.
var beginning = place{1, 1}

// A mark keeps account of the place of a position that only moves forward.
type mark struct {
	pos int
	place
}

// advance moves the mark to a later position in src.
func (m *mark) advance(src []byte, to int) {
	passed := src[m.pos:to]
	if n := bytes.Count(passed, []byte("\n")); n > 0 {
		m.line += n
		m.column = 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	m.column += characters(passed)
	m.pos = to
}

// A window is the part of a document that is in memory: all of one that is
// handed over as bytes, else the piece that is being read and what follows it,
// up to twice the longest.
type window struct {
	src []byte
	pos int       // what is before it was read
	in  io.Reader // brings what follows src; nil at the end
	err error     // why the document ended before its end

	most   int  // bytes that a piece may have
	before int  // bytes of the document before src
	start  mark // not behind pos
	last   mark // the place that was asked for last
}

// newWindow returns a window of src, and of what in brings after it.
func newWindow(src []byte, in io.Reader) *window {
	most := longest
	if in == nil {
		most = max(most, len(src))
	}
	return &window{src: src, in: in, most: most, start: mark{place: beginning}, last: mark{place: beginning}}
}

// fill reads on until the longest piece is in memory, or the rest of the
// document. What is before pos is dropped.
func (w *window) fill() {
	if w.in == nil || len(w.src)-w.pos >= w.most {
		return
	}
	w.move(w.pos)
	w.before += w.pos
	w.src = w.src[:copy(w.src, w.src[w.pos:])]
	w.pos, w.start.pos, w.last = 0, 0, mark{place: w.start.place}
	for w.in != nil && len(w.src) < 2*w.most {
		if len(w.src) == cap(w.src) {
			grown := make([]byte, len(w.src), min(max(64<<10, 4*cap(w.src)), 2*w.most))
			copy(grown, w.src)
			w.src = grown
		}
		n, err := w.in.Read(w.src[len(w.src):cap(w.src)])
		w.src = w.src[:len(w.src)+n]
		if err != nil {
			w.end(err)
		}
	}
}

func (w *window) end(err error) {
	w.in = nil
	if err != io.EOF {
		w.err = err
	}
}

// whole tells that all of the document is in memory, and that nothing in it can be
// too long.
func (w *window) whole() bool { return w.in == nil && w.before+w.pos == 0 && len(w.src) <= w.most }

// move moves the start up to a position.
func (w *window) move(to int) {
	w.start.advance(w.src, to)
	if w.last.pos < to {
		w.last = w.start
	}
}

// place returns the place of a position, not before the start. It is cheap for
// positions that are asked for in their order.
func (w *window) place(at int) place {
	if at < w.last.pos {
		w.last = w.start
	}
	w.last.advance(w.src, at)
	return w.last.place
}

// valid tells whether what is in memory is UTF-8.
func (w *window) valid() bool {
	if w.in != nil {
		return utf8.Valid(withoutCut(w.src))
	}
	return utf8.Valid(w.src)
}

// withoutCut leaves out a character whose last bytes are not there yet.
func withoutCut(b []byte) []byte {
	for i := 1; i < min(len(b)+1, utf8.UTFMax); i++ {
		if end := b[len(b)-i:]; utf8.RuneStart(end[0]) {
			if !utf8.FullRune(end) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// size returns how many bytes were read.
func (w *window) size() int { return w.before + w.pos }

// Read hands out the document, for readers that bring their own window.
func (w *window) Read(p []byte) (int, error) {
	if w.pos < len(w.src) {
		n := copy(p, w.src[w.pos:])
		w.pos += n
		return n, nil
	}
	if w.in == nil {
		return 0, io.EOF
	}
	n, err := w.in.Read(p)
	if err != nil {
		w.end(err)
	}
	return n, err
}
