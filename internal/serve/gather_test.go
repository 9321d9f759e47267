package serve

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"testing"
)

// written is the server's end of a connection. It keeps the sizes of what was
// written, and fails after so many bytes.
type written struct {
	net.Conn
	sizes []int
	bytes []byte
	room  int
}

func (w *written) Write(b []byte) (int, error) {
	n := min(len(b), w.room-len(w.bytes))
	w.sizes = append(w.sizes, n)
	w.bytes = append(w.bytes, b[:n]...)
	if n < len(b) {
		return n, errGone
	}
	return n, nil
}

var errGone = errors.New("the client has gone")

func TestGather(t *testing.T) {
	for _, tt := range []struct {
		name   string
		writes []int // bytes, while an answer is gathered
		held   []int // what has come of it before it ends
		sent   []int // and then
	}{
		{"a beginning and the rest", []int{4096, 20000}, []int{4096, 20000}, []int{4096, 20000}},
		{"a beginning alone is held until the end", []int{300}, nil, []int{300}},
		{"two beginnings go together", []int{4096, 4096}, []int{4096, 4096}, []int{4096, 4096}},
		{"the third is held again", []int{4096, 4096, 10}, []int{4096, 4096}, []int{4096, 4096, 10}},
		{"much goes at once", []int{20000}, []int{20000}, []int{20000}},
		{"nothing", nil, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &written{room: 1 << 20}
			c := &conn{Conn: w}
			var all []byte
			n, err := c.gathered(func() (n int, err error) {
				for i, size := range tt.writes {
					b := bytes.Repeat([]byte{byte('a' + i)}, size)
					all = append(all, b...)
					m, err := c.Write(b)
					clear(b) // whoever writes may use its buffer again
					if err != nil || m != size {
						t.Errorf("write of %d: got %d, %v", size, m, err)
					}
					n += m
				}
				if !slices.Equal(w.sizes, tt.held) {
					t.Errorf("before the end: got %v, want %v", w.sizes, tt.held)
				}
				return n, nil
			})
			if err != nil || n != len(all) {
				t.Errorf("got %d, %v, want %d", n, err, len(all))
			}
			if !slices.Equal(w.sizes, tt.sent) || !bytes.Equal(w.bytes, all) {
				t.Errorf("got %v, want %v, as they were written", w.sizes, tt.sent)
			}
			// What comes later is not held back.
			if _, err := c.Write([]byte("next")); err != nil || !bytes.HasSuffix(w.bytes, []byte("next")) {
				t.Errorf("the next write: %v", err)
			}
		})
	}
}

// Errors come through, with the bytes of the second write that went out.
func TestGatherBreaks(t *testing.T) {
	c := &conn{Conn: &written{room: 5000}}
	n, err := c.gathered(func() (int, error) {
		if _, err := c.Write(make([]byte, 4096)); err != nil {
			t.Error(err)
		}
		return c.Write(make([]byte, 20000))
	})
	if n != 5000-4096 || !errors.Is(err, errGone) {
		t.Errorf("in the second: got %d, %v", n, err)
	}
	c = &conn{Conn: &written{room: 100}}
	if _, err := c.gathered(func() (int, error) { return c.Write(make([]byte, 4096)) }); !errors.Is(err, errGone) {
		t.Errorf("in what is sent at the end: got %v", err)
	}
}
