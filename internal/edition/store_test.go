package edition

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"feedmill/internal/durable"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// mustOpen opens the published edition and expects it whole.
func (h house) mustOpen(t *testing.T, s *Store) *Edition {
	t.Helper()
	var e *Edition
	locked(t, s, func() {
		var err error
		if e, err = s.Open(); err != nil {
			t.Fatal(err)
		}
	})
	return e
}

// diff returns how two editions differ in what they say, not in where their
// bytes are.
func diff(a, b *Edition) string {
	return cmp.Diff(a, b, cmp.AllowUnexported(Edition{}),
		cmpopts.IgnoreFields(Edition{}, "seen"), cmpopts.IgnoreUnexported(Document{}), cmpopts.EquateEmpty())
}

func TestWriteAndOpenAreInverses(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	for n := 1; n <= 4; n++ {
		published := h.mustPublish(t, s, n)
		opened := h.mustOpen(t, h.store(nil))
		read, err := h.store(nil).Read()
		if err != nil {
			t.Fatal(err)
		}
		for name, e := range map[string]*Edition{"published": published, "opened": opened, "read": read} {
			if got, err := which(e, n); got != n || err != nil {
				t.Errorf("%s: got edition %d, %v, want %d", name, got, err, n)
			}
			if d := diff(published, e); d != "" {
				t.Errorf("%s differs from published:\n%s", name, d)
			}
		}
		if err := h.tidy(n); err != nil {
			t.Error(err)
		}
		// Redirects and gone paths come back too.
		if to, _ := opened.Redirect(fmt.Sprintf("from/%d", n)); to != "rss.xml" {
			t.Errorf("got the redirect %q, want rss.xml", to)
		}
		if !opened.Gone(fmt.Sprintf("articles/only/%d/", n-1)) {
			t.Error("nothing is gone")
		}
		for d := range opened.Documents() {
			if (d.Content() != nil) != (d.Kind == Feed) {
				t.Errorf("%s, %s: in memory: %v", d.Path, d.Kind, d.Content() != nil)
			}
		}
	}
	for n := 1; n <= 3; n++ {
		dir := filepath.Join(h.feeds(), fmt.Sprintf("articles/only/%d", n))
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left, empty: %v", dir, err)
		}
	}
}

func TestThereIsNoEditionBeforeTheFirst(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	if e, err := s.Read(); e != nil || err != nil {
		t.Errorf("Read: got %v, %v", e, err)
	}
	if entries, err := os.ReadDir(string(h)); err != nil || len(entries) != 0 {
		t.Errorf("Read made %v, %v", entries, err)
	}
	if s.Changed(nil) {
		t.Error("Changed, and nothing is there")
	}
	if e := h.mustOpen(t, s); e != nil {
		t.Errorf("Open: got %v", e)
	}
	h.mustPublish(t, s, 1)
	if !s.Changed(nil) {
		t.Error("not Changed after the first edition")
	}
}

func TestAFeedsPathThatIsAFileIsRefused(t *testing.T) {
	h := newHouse(t)
	if err := os.WriteFile(h.feeds(), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := h.store(nil)
	want := h.feeds() + ": not a directory"
	locked(t, s, func() {
		_, openErr := s.Open()
		_, readErr := s.Read()
		_, _, publishErr := h.publish(s, 1)
		for _, err := range []error{openErr, readErr, publishErr} {
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	})
}

func TestOneOfManyGetsTheLock(t *testing.T) {
	h := newHouse(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var unlocks []func() error
	for range 20 {
		wg.Go(func() {
			unlock, err := h.store(nil).Lock()
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				unlocks = append(unlocks, unlock)
			} else if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), h.state()) {
				t.Errorf("got %v, want %v", err, ErrLocked)
			}
		})
	}
	wg.Wait()
	if len(unlocks) != 1 {
		t.Fatalf("%d got the lock, want one", len(unlocks))
	}
	if err := unlocks[0](); err != nil {
		t.Fatal(err)
	}
	unlock, err := h.store(nil).Lock()
	if err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	unlock()
}

func TestWritingNeedsTheLock(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	locked(t, s, func() {})
	_, openErr := s.Open()
	_, _, publishErr := s.Publish(sample(1), at(1))
	for _, err := range []error{openErr, publishErr, s.Fold()} {
		if !errors.Is(err, errNotLocked) {
			t.Errorf("got %v, want %v", err, errNotLocked)
		}
	}
}

func TestChangedSeesAnotherPublisher(t *testing.T) {
	h := newHouse(t)
	server, other := h.store(nil), h.store(nil)
	e := h.mustPublish(t, server, 1)
	if server.Changed(e) {
		t.Error("Changed, and nobody published")
	}
	h.mustPublish(t, other, 2)
	if !server.Changed(e) {
		t.Error("not Changed after another published")
	}
	e, err := server.Read()
	if n, wholeErr := which(e, 2); n != 2 || err != nil || wholeErr != nil {
		t.Errorf("got edition %d, %v, %v, want 2", n, err, wholeErr)
	}
	if server.Changed(e) {
		t.Error("Changed, and this is what is published")
	}
	// Who publishes now does not do so on the strength of what was before.
	e = h.mustPublish(t, server, 3)
	if err := h.tidy(3); err != nil {
		t.Error(err)
	}
	if server.Changed(e) {
		t.Error("Changed after one's own publish")
	}
	locked(t, server, func() {
		if err := server.Fold(); err != nil {
			t.Fatal(err)
		}
	})
	if d := diff(e, h.mustOpen(t, h.store(nil))); d != "" {
		t.Errorf("folding changed the edition:\n%s", d)
	}
	if info, err := os.Stat(filepath.Join(h.state(), journalName)); err != nil || info.Size() != 0 {
		t.Errorf("the journal after folding: %v, %v", info, err)
	}
}

func TestAPublishThatIsNotAppliedIsSeenAsPublished(t *testing.T) {
	h := newHouse(t)
	h.mustPublish(t, h.store(nil), 1)
	h.interrupt(t, impatient)
	before := touched(t, h)
	s := h.store(nil)
	e, err := s.Read()
	if n, wholeErr := which(e, 2); n != 2 || err != nil || wholeErr != nil {
		t.Errorf("got edition %d, %v, %v, want 2", n, err, wholeErr)
	}
	pending, err := s.Pending()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(pending, func(a durable.Append) bool { return a.File == h.ledger() })
	if i < 0 || string(pending[i].Data) != "told 2\n" {
		t.Errorf("got pending %v, want the ledger's", pending)
	}
	if d := cmp.Diff(before, touched(t, h)); d != "" {
		t.Errorf("reading touched:\n%s", d)
	}
	h.mustOpen(t, s)
	// Its pictures were in staging, and are not any more.
	if n, err := which(e, 2); n != 2 || err != nil {
		t.Errorf("after it was applied: got edition %d, %v", n, err)
	}
	if pending, err := s.Pending(); pending != nil || err != nil {
		t.Errorf("got pending %v, %v, want none", pending, err)
	}
}

// What a record says itself, and what lies in a file beside it, comes to the same:
// records of the first kind are also those of earlier versions.
func TestARecordIsFinishedWhereverItsBytesAre(t *testing.T) {
	for _, tt := range []struct {
		name         string
		inRecord     int
		format, part string
	}{
		{"in the record", inRecord, `{"format":1,`, `"data":`},
		{"in parts", 0, `{"format":2,`, `"part":"commit.1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for first := range 2 { // a journal is empty, or not
				h := newHouse(t)
				for n := range first {
					h.mustPublish(t, h.store(nil), 1+n)
				}
				s := h.store(nil)
				s.inRecord = tt.inRecord
				committed := false
				locked(t, s, func() {
					s.disk.Fault = serial(func(op, name string, do func() error) error {
						if committed && op != "close" {
							return syscall.EIO
						}
						committed = op == "rename" && strings.HasSuffix(name, recordName)
						return impatient(op, name, do)
					})
					if _, _, err := h.publish(s, 2); !committed || err == nil {
						t.Fatalf("committed: %v; %v", committed, err)
					}
				})
				record, err := os.ReadFile(filepath.Join(h.state(), recordName))
				if err != nil || !strings.HasPrefix(string(record), tt.format) || !strings.Contains(string(record), tt.part) || strings.Contains(string(record), `"data":`) == strings.Contains(string(record), `"part":`) {
					t.Errorf("got the record %s, %v", record, err)
				}
				h.check(t, []int{2}, true)
				h.settled(t, 2)
			}
		})
	}
}

func TestLeftoversOfAPublishThatWasGivenUpAreSwept(t *testing.T) {
	h := newHouse(t)
	h.mustPublish(t, h.store(nil), 1)
	if err := os.Mkdir(filepath.Join(h.feeds(), stagingName), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.feeds(), stagingName, "0-abc"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	h.mustOpen(t, h.store(nil))
	if err := h.tidy(1); err != nil {
		t.Error(err)
	}
}

func TestAReaderNeverSeesAMixture(t *testing.T) {
	const last = 200
	polled := regexp.MustCompile(`: (rss|long|long-same|headers)\.xml`)
	h := newHouse(t)
	publisher := h.store(nil)
	h.mustPublish(t, publisher, 1)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			reader := h.store(nil)
			seen, reads := 0, 0
			for stop := false; !stop; reads++ {
				select {
				case <-done:
					stop = true // and look once more
				default:
				}
				e, err := reader.Read()
				if err != nil {
					t.Errorf("after %d: %v", seen, err)
					return
				}
				n, err := which(e, last)
				switch {
				case n == 0 || errors.Is(err, errWrongBytes):
					t.Errorf("after %d: %v", seen, err)
					return
				case err != nil && polled.MatchString(err.Error()):
					// A picture or a page may be replaced before it is opened; then it
					// is not opened. What is polled is in memory.
					t.Errorf("after %d: %v", seen, err)
					return
				case n < seen:
					t.Errorf("got edition %d after %d", n, seen)
					return
				}
				seen = n
			}
			if seen != last {
				t.Errorf("got edition %d at the end, want %d", seen, last)
			}
			t.Logf("%d reads", reads)
		})
	}
	locked(t, publisher, func() {
		for n := 2; n <= last; n++ {
			if _, _, err := h.publish(publisher, n); err != nil {
				t.Error(err)
				break
			}
		}
	})
	close(done)
	wg.Wait()
}
