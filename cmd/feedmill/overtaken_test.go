package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"feedmill/internal/site"
)

// newPair returns a desk whose mill is a server's that has built once, and the mill
// of another process beside it.
func newPair(t *testing.T) (d, other *desk) {
	d = newDesk(t, "archive: off\n")
	d.story("a", "date: 2024-01-01", "The text of A.")
	d.story("b", "date: 2024-02-01", "The text of B.")
	d.build(time.Now())
	d.m.library.Settle = time.Hour
	other = &desk{t: t, dir: d.dir, o: d.o, m: newMillOf(t, d.o)}
	return d, other
}

// edit edits one article, adds one and deletes one.
func (d *desk) edit() {
	d.t.Helper()
	d.story("a", "date: 2024-01-01", "Another text of A.")
	d.story("c", "date: 2024-03-01", "The text of C.")
	if err := os.Remove(filepath.Join(d.o.articles, "b.md")); err != nil {
		d.t.Fatal(err)
	}
}

// edited checks that what was published after edit is what a build leaves.
func (d *desk) edited(out outcome) {
	d.t.Helper()
	atom := content(d.t, out.edition, "atom.xml")
	if !strings.Contains(atom, "Another text of A.") || !strings.Contains(atom, "The text of C.") || strings.Contains(atom, "The text of B.") {
		d.t.Errorf("got %s, want what the other process has read", atom)
	}
	if out.result.Written+out.result.Removed > 0 {
		d.t.Errorf("%d documents written, %d removed, and nothing is new", out.result.Written, out.result.Removed)
	}
}

// TestWhatAnotherProcessHasReadIsNotTakenBack has another process publish edits that
// this one was not told of, or is waiting for to settle.
func TestWhatAnotherProcessHasReadIsNotTakenBack(t *testing.T) {
	for name, changed := range map[string][]string{
		"it is told of nothing":    {},
		"it is told of one":        {"a.md"},
		"it looks at all articles": nil,
	} {
		t.Run(name, func(t *testing.T) {
			d, other := newPair(t)
			d.edit()
			other.build(time.Now())
			d.m.changed = changed
			d.edited(d.build(time.Now()))
			if d.m.library.Settle != time.Hour {
				t.Error("it waits no more for files to settle")
			}
		})
	}
}

// TestAnotherProcessPublishesMeanwhile has another process publish edits when this
// one has looked at the articles and is about to read them.
func TestAnotherProcessPublishesMeanwhile(t *testing.T) {
	d, other := newPair(t)
	counted := &asked{Context: t.Context()}
	sight, err := d.m.library.Look(counted, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	sight.Close()
	s, err := site.Load(d.o.siteFile())
	if err != nil {
		t.Fatal(err)
	}
	last := counted.times.Load() // when all is looked at
	meanwhile := &asked{Context: t.Context(), at: last, do: func() {
		d.edit()
		other.build(time.Now())
	}}
	out, err := d.m.build(meanwhile, s, time.Now(), publish)
	if err != nil || meanwhile.times.Load() <= last {
		t.Fatal(err)
	}
	d.edited(out)
}

// asked is a context that counts how often it is asked whether it ended, and does
// something once.
type asked struct {
	context.Context
	times atomic.Int64
	at    int64
	do    func()
}

func (a *asked) Err() error {
	if n := a.times.Add(1); n == a.at {
		a.do()
	}
	return a.Context.Err()
}
