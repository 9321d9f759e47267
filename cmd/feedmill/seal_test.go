package main

import (
	"testing"
	"testing/synctest"
	"time"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// TestABuildIsSealedWhenItsArticlesHaveSettled builds right after an edit. When the
// build takes long, the next one ends early all the same.
func TestABuildIsSealedWhenItsArticlesHaveSettled(t *testing.T) {
	for _, tt := range []struct {
		name string
		took time.Duration
		want bool
	}{
		{"a short build", time.Millisecond, false},
		{"a long build", time.Minute, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, "archive: off\nlink: https://www.example.org/{slug}/\n")
			d.story("a", "date: 2024-01-01", "The text of A.")
			now := time.Now()
			render := d.m.render
			d.m.render = func(f *feed.Feed, format string) ([]byte, string, error) {
				time.Sleep(tt.took)
				return render(f, format)
			}
			s, err := site.Load(d.o.siteFile())
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				if _, err := d.m.build(t.Context(), s, now, publish); err != nil {
					t.Fatal(err)
				}
				if err := d.m.save(); err != nil {
					t.Fatal(err)
				}
			})
			next := newMillOf(t, d.o)
			sight, err := next.look(t.Context(), now.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			defer sight.Close()
			unlock, err := next.store.Lock()
			if err != nil {
				t.Fatal(err)
			}
			defer unlock()
			if _, got := next.sealed(sight.Digest, s, now.Add(time.Minute)); got != tt.want {
				t.Errorf("got sealed %v, want %v", got, tt.want)
			}
		})
	}
}
