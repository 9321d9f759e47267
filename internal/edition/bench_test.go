package edition

import (
	"fmt"
	"testing"
)

// A store of many documents: what a server reads when it starts, what is looked
// at when all articles are, and what it costs to publish one document more.
func BenchmarkStore(b *testing.B) {
	const n = 100_000
	h := house(b.TempDir())
	s := h.store(nil)
	unlock, err := s.Lock()
	if err != nil {
		b.Fatal(err)
	}
	defer unlock()
	all := []Document{Bytes("rss.xml", "application/rss+xml", Feed, make([]byte, 300_000))}
	for i := range n {
		all = append(all, Bytes(fmt.Sprintf("articles/%d/index.html", i), "text/html", Page, fmt.Append(nil, i)))
	}
	e, err := New(base, all, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := s.Publish(e, at(1)); err != nil {
		b.Fatal(err)
	}
	if err := s.Fold(); err != nil {
		b.Fatal(err)
	}
	b.Run("start", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.store(nil).Glance(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("look at all files", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Open(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("publish one document", func(b *testing.B) {
		for i := 2; b.Loop(); i++ {
			last, err := s.Last()
			if err != nil {
				b.Fatal(err)
			}
			next, err := last.With([]Document{Bytes("rss.xml", "application/rss+xml", Feed, fmt.Append(nil, i))}, nil, nil, nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := s.Publish(next, at(i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
