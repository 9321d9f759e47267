package library

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/internal/site"
)

// TestDefaultsAreReadAnew changes what a section hands down and nothing else: the
// articles below it change, and only then are they parsed again.
func TestDefaultsAreReadAnew(t *testing.T) {
	old := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), ModTime: old} }
	fsys := fstest.MapFS{
		"posts/_index.md": file("---\ncascade: {author: Ann}\n---\n"),
		"posts/one.md":    file("---\ntitle: One\ndate: 2024-01-01\n---\nText.\n"),
	}
	s := site.Default()
	s.Convention = site.Hugo
	l := New(fsys)
	scan := func(want string, parsed int) {
		t.Helper()
		snap, err := l.Scan(context.Background(), s, old.AddDate(1, 0, 0))
		if err != nil || len(snap.Articles) != 1 || len(snap.Articles[0].Authors) != 1 {
			t.Fatalf("got %v, %v", snap.Articles, err)
		}
		if got := snap.Articles[0].Authors[0].Name; got != want || snap.Parsed != parsed {
			t.Errorf("got %q and %d parsed, want %q and %d", got, snap.Parsed, want, parsed)
		}
	}
	scan("Ann", 1)
	scan("Ann", 0)
	fsys["posts/_index.md"] = file("---\ncascade: {author: Bo}\n---\n")
	scan("Bo", 1)
}
