package edition

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fault is a disk that fails at its n-th operation.
type fault struct {
	form  string
	n     int
	calls int
	err   error
	where string // the operation that failed
}

// serial has operations that are side by side follow one another, so that they can
// be counted.
func serial(fault func(op, name string, do func() error) error) func(op, name string, do func() error) error {
	var mu sync.Mutex
	return func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		return fault(op, name, do)
	}
}

// forms of failure.
const (
	notPersisted = "not persisted"          // and an error
	answerLost   = "persisted, answer lost" // done, and an error
	torn         = "torn"                   // only writes: one ends somewhere, and an error
	crash        = "crash"                  // nothing more happens, nor is cleaned up
)

func (f *fault) do(op, name string, do func() error) error {
	if f.form == torn && op != "write" {
		return impatient(op, name, do)
	}
	f.calls++
	switch {
	case f.calls < f.n || f.calls > f.n && f.form != crash:
		return impatient(op, name, do)
	case f.calls == f.n:
		f.where = op + " " + name
	}
	switch {
	case op == "close": // a descriptor is closed whatever close says
		do()
	case f.form == answerLost:
		if err := impatient(op, name, do); err != nil {
			return err
		}
	case f.form == torn:
		if err := tear(name); err != nil {
			return err
		}
	}
	return f.err
}

// tear leaves at the end of a file what a write may leave that did not end.
func tear(name string) error {
	w, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer w.Close()
	_, err = w.WriteString(`{"key":"rss`)
	return err
}

// survivable are the forms that a process survives.
var survivable = []string{notPersisted, answerLost, torn}

var everyForm = []string{notPersisted, answerLost, torn, crash}

// eachFault calls try with a disk that fails at its first operation, its
// second, and so on, in each of the forms, until try has an operation to spare.
// Try gets a new house each time.
func eachFault(t *testing.T, forms []string, least int, try func(t *testing.T, h house, f *fault)) {
	for i, form := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				f := &fault{form: form, n: n, err: []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EIO}[i]}
				h := newHouse(t)
				try(t, h, f)
				if t.Failed() {
					t.Fatalf("with %s: operation %d, %s", form, n, f.where)
				}
				if f.calls < n {
					if n <= least && form != torn {
						t.Errorf("got %d operations, want more than %d", f.calls, least)
					}
					return
				}
			}
		})
	}
}

func TestPublishIsWholeOrOldWhateverFails(t *testing.T) {
	eachFault(t, everyForm, 80, func(t *testing.T, h house, f *fault) {
		h.failPublish(t, f, true)
		if f.form != crash {
			return // what is left is tidy, and the next test goes on from less
		}
		h.mustPublish(t, h.store(nil), 3)
		h.settled(t, 3)
	})
}

// The process that saw the failure goes on by itself, without a new start.
func TestPublishGoesOnWhateverFailed(t *testing.T) {
	eachFault(t, survivable, 80, func(t *testing.T, h house, f *fault) {
		h.mustPublish(t, h.failPublish(t, f, false), 3)
		h.settled(t, 3)
	})
}

// failPublish publishes sample 1, and then sample 2 on a disk that fails; it
// checks which of the two is published, to the next process too if reopen is
// set. It returns the store that saw the failure.
func (h house) failPublish(t *testing.T, f *fault, reopen bool) *Store {
	t.Helper()
	h.mustPublish(t, h.store(nil), 1)
	s := h.store(nil)
	locked(t, s, func() {
		s.disk.Fault = serial(f.do)
		e, _, err := h.publish(s, 2)
		s.disk.Fault = impatient

		var want []int // what may be published now
		switch {
		case err == nil || errors.Is(err, ErrUnapplied):
			want = []int{2}
			if n, err := which(e, 2); n != 2 || err != nil {
				t.Errorf("Publish returned edition %d, %v", n, err)
			}
			if err != nil && !s.Changed(e) {
				t.Errorf("not Changed, and Open has something to apply")
			}
		case f.form == crash: // it may be too late to tell
			want = []int{1, 2}
		default:
			want = []int{1}
		}
		if err != nil && !errors.Is(err, f.err) {
			t.Errorf("got the error %v, want %v", err, f.err)
		}
		h.check(t, want, reopen)
	})
	return s
}

// What is published stays so, whatever keeps its siblings from being made, and they
// are made the next time.
func TestCompleteIsWholeOrOldWhateverFails(t *testing.T) {
	eachFault(t, everyForm, 40, func(t *testing.T, h house, f *fault) {
		s := h.later(nil)
		h.mustPublish(t, s, 1)
		locked(t, s, func() {
			s.disk.Fault = serial(f.do)
			e, err := s.Complete()
			s.disk.Fault = impatient
			if err != nil && !errors.Is(err, f.err) {
				t.Errorf("got the error %v, want %v", err, f.err)
			}
			if published := err == nil || errors.Is(err, ErrUnapplied); published {
				if n, err := which(e, 1); n != 1 || err != nil || e.isLate() {
					t.Errorf("Complete returned edition %d, %v, late: %v", n, err, e.isLate())
				}
			}
			e, err = h.store(nil).Read()
			if err != nil {
				t.Fatal(err)
			}
			if n, err := which(e, 1); n != 1 || err != nil {
				t.Errorf("got edition %d, %v", n, err)
			}
		})
		if f.form != crash {
			locked(t, s, func() { // the same process goes on
				if e, err := s.Complete(); err != nil || e.isLate() {
					t.Errorf("the next Complete: %v, late: %v", err, e.isLate())
				}
			})
		}
		h.mustComplete(t)
		h.settled(t, 1)
		h.mustPublish(t, h.store(nil), 2)
		h.settled(t, 2)
	})
}

// settled checks that the n-th sample is published, to a new process too.
func (h house) settled(t *testing.T, n int) {
	t.Helper()
	if err := h.tidy(n); err != nil {
		t.Error(err)
	}
	if got, err := which(h.mustOpen(t, h.store(nil)), 3); got != n || err != nil {
		t.Errorf("got edition %d, %v, want %d", got, err, n)
	}
}

// check checks that one of the samples in want is published: to a reader at
// once, and if reopen is set to the next publisher, who may find it only half
// applied.
func (h house) check(t *testing.T, want []int, reopen bool) {
	t.Helper()
	e, err := h.store(nil).Read()
	if err != nil {
		t.Errorf("Read: %v", err)
		return
	}
	n, err := which(e, 3)
	if err != nil || !slices.Contains(want, n) {
		t.Errorf("Read: got edition %d, %v, want one of %v", n, err, want)
		return
	}
	if !reopen {
		return
	}

	next := h.store(nil)
	next.locked = true // the lock is held for all of the test
	e, err = next.Open()
	if err != nil {
		t.Errorf("Open: %v", err)
		return
	}
	if got, err := which(e, 3); err != nil || got != n {
		t.Errorf("Open: got edition %d, %v, want %d as Read says", got, err, n)
	}
	if err := h.tidy(n); err != nil {
		t.Error(err)
	}
}

func TestTheFirstPublishIsWholeOrNothingWhateverFails(t *testing.T) {
	eachFault(t, everyForm, 80, func(t *testing.T, h house, f *fault) {
		s := h.store(nil)
		locked(t, s, func() {
			s.disk.Fault = serial(f.do)
			_, _, err := h.publish(s, 1)
			s.disk.Fault = impatient
			e, readErr := h.store(nil).Read()
			n, wholeErr := which(e, 1)
			published := err == nil || errors.Is(err, ErrUnapplied)
			if readErr != nil || wholeErr != nil || (n == 1) != published && f.form != crash {
				t.Errorf("Publish: %v; Read: got edition %d, %v, %v", err, n, readErr, wholeErr)
			}
		})
		s = h.store(nil)
		locked(t, s, func() {
			e, err := s.Open()
			if err != nil {
				t.Fatal(err)
			}
			if e == nil {
				if _, _, err := h.publish(s, 1); err != nil {
					t.Fatal(err)
				}
			}
		})
		if err := h.tidy(1); err != nil {
			t.Error(err)
		}
	})
}

// interrupt commits sample 2, on a disk that works by way of do, and dies before
// the commit is synced.
func (h house) interrupt(t *testing.T, do func(op, name string, do func() error) error) {
	t.Helper()
	s := h.store(nil)
	locked(t, s, func() {
		committed := false
		s.disk.Fault = serial(func(op, name string, really func() error) error {
			if committed && op != "close" {
				return syscall.EIO
			}
			committed = op == "rename" && strings.HasSuffix(name, recordName)
			return do(op, name, really)
		})
		if _, _, err := h.publish(s, 2); !committed || err == nil {
			t.Fatalf("committed: %v; %v", committed, err)
		}
	})
}

func TestOpenFinishesAPublishWhateverFails(t *testing.T) {
	eachFault(t, everyForm, 80, func(t *testing.T, h house, f *fault) {
		h.mustPublish(t, h.store(nil), 1)
		h.interrupt(t, impatient)
		s := h.store(nil)
		locked(t, s, func() {
			s.disk.Fault = serial(f.do)
			e, err := s.Open()
			s.disk.Fault = impatient
			if n, wholeErr := which(e, 2); err == nil && (n != 2 || wholeErr != nil) {
				t.Errorf("Open: got edition %d, %v", n, wholeErr)
			}
			h.check(t, []int{2}, true)
		})
		h.mustPublish(t, s, 3)
		h.settled(t, 3)
	})
}

// Folding the manifest is no business of a reader.
func TestFoldLosesNothingWhateverFails(t *testing.T) {
	eachFault(t, everyForm, 15, func(t *testing.T, h house, f *fault) {
		h.mustPublish(t, h.store(nil), 1)
		s := h.store(nil)
		locked(t, s, func() {
			s.disk.Fault = serial(f.do)
			err := s.Fold()
			s.disk.Fault = impatient
			if err != nil && !errors.Is(err, f.err) {
				t.Errorf("got %v, want %v", err, f.err)
			}
			h.check(t, []int{1}, true)
		})
		h.mustPublish(t, s, 2)
		h.settled(t, 2)
	})
}

// A disk that says it has written, and has not, is caught by reading back. One
// that lies about the commit record or about what follows cannot be: but then
// the next start finds the old edition, or knows which documents are damaged.
func TestPublishDoesNotBelieveADiskThatLies(t *testing.T) {
	caught := 0
	for n := 1; ; n++ {
		h := newHouse(t)
		h.mustPublish(t, h.store(nil), 1)
		s := h.store(nil)
		writes, lied := 0, ""
		locked(t, s, func() {
			s.disk.Fault = serial(func(op, name string, do func() error) error {
				if op == "write" {
					if writes++; writes == n {
						lied = name
						return nil
					}
				}
				return impatient(op, name, do)
			})
			_, _, err := h.publish(s, 2)
			s.disk.Fault = impatient
			if strings.Contains(lied, stagingName) {
				caught++
				if !errors.Is(err, errReadBack) || !strings.Contains(err.Error(), "read back "+h.feeds()) {
					t.Errorf("a lie about %s: got %v, want %v", lied, err, errReadBack)
				}
				h.check(t, []int{1}, true)
			}
		})
		if lied == "" {
			break
		}
	}
	if want := 7; caught != want {
		t.Errorf("got %d lies caught, want %d", caught, want)
	}
}
