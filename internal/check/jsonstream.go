package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// A jsonStream reads an object of JSON member by member, and knows their places.
type jsonStream struct {
	tape tape
	dec  *json.Decoder
}

func newJSONStream(in *window) *jsonStream {
	s := &jsonStream{tape: tape{in: in, most: in.most, mark: mark{place: beginning}}}
	s.dec = json.NewDecoder(&s.tape)
	return s
}

// token reads a bracket or the name of a member.
func (s *jsonStream) token() (json.Token, place, error) {
	after := s.dec.InputOffset()
	t, err := s.dec.Token()
	at := s.tape.next(after)
	return t, s.fault(at, err), err
}

// value reads the value of a member or of an array.
func (s *jsonStream) value() (json.RawMessage, place, error) {
	after := s.dec.InputOffset()
	var raw json.RawMessage
	err := s.dec.Decode(&raw)
	if len(raw) > s.tape.most {
		err = errTooLong
	}
	at := s.tape.next(after)
	return raw, s.fault(at, err), err
}

// more tells whether something comes before the closing bracket.
func (s *jsonStream) more() bool { return s.dec.More() }

// datum reads the value of a member or of an array, with all that is in it.
func (s *jsonStream) datum() (datum, place, error) {
	raw, at, err := s.value()
	if err != nil {
		return datum{}, at, err
	}
	p := newJSONReader(raw, at)
	d := p.read(0)
	if p.deep {
		return d, p.at, errDeep
	}
	return d, at, nil
}

// fault returns the place of an error in what begins at a place.
func (s *jsonStream) fault(at place, err error) place {
	switch syntax := (*json.SyntaxError)(nil); {
	case err == errNotUTF8:
		return s.tape.bad
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return s.tape.ahead(len(s.tape.src))
	case errors.As(err, &syntax):
		// The decoder counts from where it began to scan.
		var raw json.RawMessage
		if e := json.Unmarshal(s.tape.src[s.tape.mark.pos:], &raw); errors.As(e, &syntax) && e.Error() == err.Error() {
			return s.tape.ahead(int(syntax.Offset) - 1)
		}
	}
	return at
}

var (
	errTooLong = errors.New("longer than what is read")
	errDeep    = errors.New("nested deeper than what is read")
	errNotUTF8 = errors.New("not UTF-8")
)

// A tape is a reader that remembers what passed through it since the mark.
type tape struct {
	in      io.Reader
	most    int    // bytes that a value may have
	src     []byte // what passed since dropped
	mark    mark   // in src
	before  int64  // bytes that passed before src
	valid   int    // how much of src is known to be UTF-8
	bad     place  // of the first byte that is not
	invalid byte   // that byte
	err     error
}

func (t *tape) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	if len(t.src)-t.mark.pos > 2*t.most {
		t.err = errTooLong
		return 0, t.err
	}
	n, err := t.in.Read(p)
	t.src = append(t.src, p[:n]...)
	fresh := t.src[t.valid:]
	if err == nil {
		fresh = withoutCut(fresh)
	}
	if !utf8.Valid(fresh) {
		for len(fresh) > 0 {
			r, size := utf8.DecodeRune(fresh)
			if r == utf8.RuneError && size == 1 {
				break
			}
			fresh = fresh[size:]
			t.valid += size
		}
		t.bad, t.invalid, t.err = t.ahead(t.valid-t.mark.pos), fresh[0], errNotUTF8
		return max(n-(len(t.src)-t.valid), 0), t.err
	}
	t.valid += len(fresh)
	t.err = err
	return n, err
}

// next moves the mark to the token that follows an offset and returns its
// place.
func (t *tape) next(after int64) place {
	to := int(after - t.before)
	for to < len(t.src) && bytes.IndexByte([]byte(" \t\r\n,:"), t.src[to]) >= 0 {
		to++
	}
	t.mark.advance(t.src, to)
	if to > len(t.src)/2 {
		t.src = t.src[:copy(t.src, t.src[to:])]
		t.before += int64(to)
		t.valid -= to
		t.mark.pos = 0
	}
	return t.mark.place
}

// ahead is the place so many bytes behind the mark.
func (t *tape) ahead(n int) place {
	m := t.mark
	m.advance(t.src, max(m.pos, min(m.pos+n, len(t.src))))
	return m.place
}
