package main

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/internal/edition"
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

// TestALedgerThatIsAlteredMeanwhileIsRead alters the ledger when a build has
// published, and is about to be sealed.
func TestALedgerThatIsAlteredMeanwhileIsRead(t *testing.T) {
	d := newDesk(t, "archive: off\n")
	d.story("a", "date: 2024-01-01", "The text of A.")
	d.m.store.Committed = func(*edition.Edition) {
		if err := os.Mkdir(d.m.ledger, 0o700); err != nil {
			t.Error(err)
		}
	}
	now := time.Now().Add(time.Minute)
	d.build(now)
	if err := d.m.save(); err != nil {
		t.Fatal(err)
	}
	s, err := site.Load(d.o.siteFile())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.m.build(t.Context(), s, now.Add(time.Minute), publish); err == nil {
		t.Error("a directory in the ledger's place is not noticed")
	}
}
