package check

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestRuns: eight bytes at a time are what one is at a time.
func TestRuns(t *testing.T) {
	runs := []struct {
		name string
		run  func([]byte) int
		goes func(c byte) bool
	}{
		{"ASCII", asciiRun, func(c byte) bool { return c < 0x80 }},
		{"printable", printableRun, func(c byte) bool { return ' ' <= c && c < 0x80 }},
		{"text", textRun, func(c byte) bool { return plain[c] }},
		{"quoted", quotedRun, func(c byte) bool { return c >= ' ' && c != '"' && c != '\\' }},
	}
	for _, tt := range runs {
		t.Run(tt.name, func(t *testing.T) {
			for c := range 256 {
				for at := range 20 {
					b := bytes.Repeat([]byte("x"), 20)
					b[at] = byte(c)
					b[min(at+1, 19)] ^= 1 // a neighbour that a borrow could reach
					want := 0
					for want < len(b) && tt.goes(b[want]) {
						want++
					}
					if got := tt.run(b); got != want {
						t.Fatalf("%#02x at %d: got %d, want %d", c, at, got, want)
					}
				}
			}
		})
	}
}

func TestCharacters(t *testing.T) {
	pieces := []string{"a", "a line of ASCII of some length ", "é", "Приштина", "新聞", "😀", "\xff", "\xd0", "\x80", "\xe6\x96", "\n"}
	r := rand.New(rand.NewPCG(11, 12))
	for range 20_000 {
		var b []byte
		for range r.IntN(60) {
			b = append(b, pieces[r.IntN(len(pieces))]...)
		}
		if got, want := characters(b), utf8.RuneCount(b); got != want {
			t.Fatalf("%q: got %d, want %d", b, got, want)
		}
	}
}
