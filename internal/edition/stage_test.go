package edition

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"feedmill/internal/durable"
)

// From the moment of the commit an edition can be served: it is published, and
// can be read whole before, while and after its files are moved, whether or not
// that succeeds.
func TestAnEditionCanBeServedAsSoonAsItIsCommitted(t *testing.T) {
	for _, tt := range []struct {
		name    string
		applied bool
	}{{"applied", true}, {"not applied", false}} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			s := h.store(nil)
			h.mustPublish(t, s, 1)
			var early *Edition
			s.Committed = func(e *Edition) {
				if got, err := h.store(nil).Read(); err != nil || got.Digest != e.Digest {
					t.Errorf("told of what is not published: %v", err)
				}
				early = e
			}
			renames := 0
			s.disk.Fault = func(op, name string, do func() error) error {
				if early != nil && op == "rename" {
					if renames++; renames == 2 && !tt.applied {
						return syscall.EIO
					}
					if s.Changed(early) {
						t.Errorf("Changed while it is put into place")
					}
				}
				if early == nil && (op == "rename" && strings.HasPrefix(name, h.feeds()) || op == "remove" && filepath.Dir(name) == h.feeds()) {
					t.Errorf("%s %s before the commit", op, name)
				}
				err := impatient(op, name, do)
				if early != nil && op == "rename" {
					if n, err := which(early, 2); n != 2 || err != nil {
						t.Errorf("after %s %s: got edition %d, %v", op, name, n, err)
					}
					if e, err := h.store(nil).Read(); err != nil || e.Digest != early.Digest {
						t.Errorf("it is not published: %v", err)
					}
				}
				return err
			}
			locked(t, s, func() {
				e, _, err := h.publish(s, 2)
				if e != early || (err == nil) != tt.applied {
					t.Errorf("got another edition, or %v", err)
				}
				if got := s.Changed(e); got == tt.applied {
					t.Errorf("Changed is %v", got)
				}
				for d := range e.files() {
					if _, waits := d.inStaging(); waits && tt.applied {
						t.Errorf("%s is still looked for in staging", d.Path)
					}
				}
			})
			if n, err := which(early, 2); n != 2 || err != nil || renames < 2 {
				t.Errorf("got edition %d, %v, after %d renames", n, err, renames)
			}
		})
	}
}

// What is put into staging is the same edition as what Publish writes by itself,
// however many documents there are and whatever room there is.
func TestWhatIsPutIsWhatIsPublished(t *testing.T) {
	for _, memory := range []int64{0, 1, 3000} {
		var docs []Document
		for i := range 3 * syncedAlone {
			docs = append(docs, Bytes(fmt.Sprintf("tags/%d/rss.xml", i), "application/rss+xml", Feed, long(i)))
			docs = append(docs, Bytes(fmt.Sprintf("articles/%d/index.html", i), "text/html", Page, long(i)))
		}
		want, err := New(base, docs, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t)
		s := h.store(nil)
		s.Memory = memory
		locked(t, s, func() {
			stage, err := s.Stage()
			if err != nil {
				t.Fatal(err)
			}
			defer stage.Discard()
			var makers sync.WaitGroup
			for i := range docs {
				makers.Go(func() {
					var err error
					if docs[i], err = stage.Put(docs[i]); err != nil {
						t.Error(err)
					}
				})
			}
			makers.Wait()
			for _, d := range docs { // before it is published, too: they are checked
				if err := whole(&d); err != nil {
					t.Errorf("%s: %v", d.Path, err)
				}
			}
			next, err := New(base, docs, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Publish(next, at(1)); err != nil {
				t.Fatal(err)
			}
		})
		got := h.mustOpen(t, h.store(nil))
		if got.Digest != want.Digest {
			t.Errorf("got another edition")
		}
		for d := range got.Documents() {
			var codings []string
			for _, s := range d.Siblings() {
				codings = append(codings, s.Coding)
				if err := errors.Join(whole(s.Document), decodes(s, d)); err != nil {
					t.Errorf("%s: %v", s.Path, err)
				}
			}
			if err := whole(d); err != nil || (len(codings) == 2) != (d.Kind == Feed) {
				t.Errorf("%s: %v, with siblings %v", d.Path, err, codings)
			}
		}
	}
}

// An error of the background is one of Publish, and nothing is published.
func TestAnErrorOfTheBackgroundKeepsAnEditionBack(t *testing.T) {
	for _, op := range []string{"write", "sync"} {
		h := newHouse(t)
		s := h.store(nil)
		h.mustPublish(t, s, 1)
		s.disk.Fault = func(o, name string, do func() error) error {
			if o == op && strings.Contains(name, stagingName) {
				return syscall.ENOSPC
			}
			return impatient(o, name, do)
		}
		locked(t, s, func() {
			stage, err := s.Stage()
			if err != nil {
				t.Fatal(err)
			}
			defer stage.Discard()
			d, _ := sample(2).Document("long.xml")
			put, err := stage.Put(*d)
			if err != nil {
				t.Fatal(err)
			}
			next, err := sample(2).With([]Document{put}, nil, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := "write " + filepath.Join(h.feeds(), "long.xml")
			if _, _, err := s.Publish(next, at(2)); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s: no space left on device", op, err, want)
			}
			s.disk.Fault = impatient
			h.check(t, []int{1}, true)
		})
	}
}

// A few files are synced one by one and while the edition is checked, many
// together: at the end, or when it is said that these are all.
func TestFilesAreSyncedOnceEach(t *testing.T) {
	for i, n := range []int{1, syncedAlone, syncedAlone + 1, syncedAlone + 20, syncedAlone, syncedAlone + 1, syncedAlone + 20} {
		said := i > 3
		h := newHouse(t)
		s := h.store(nil)
		var synced []string
		whole := 0
		s.disk.Fault = serial(func(op, name string, do func() error) error {
			if op == "sync" && filepath.Dir(name) == s.staged("") {
				synced = append(synced, name)
			}
			if op == "syncfs" && name == s.staged("") {
				whole++
			}
			return impatient(op, name, do)
		})
		locked(t, s, func() {
			stage, err := s.Stage()
			if err != nil {
				t.Fatal(err)
			}
			var docs []Document
			for i := range n {
				d, err := stage.Put(Bytes(fmt.Sprintf("a/%d.html", i), "text/html", Page, fmt.Append(nil, i)))
				if err != nil {
					t.Fatal(err)
				}
				docs = append(docs, d)
			}
			if said {
				stage.Sync()
				stage.background.Wait()
				if early := whole > 0; early != durable.Bulk(n-syncedAlone) {
					t.Errorf("%d files: they are synced early: %v", n, early)
				}
			}
			e, err := New(base, docs, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Publish(e, at(1)); err != nil {
				t.Fatal(err)
			}
		})
		slices.Sort(synced)
		if got := len(slices.Compact(slices.Clone(synced))); got != len(synced) || whole == 0 && got != n || whole == 1 && got != syncedAlone || whole > 1 {
			t.Errorf("%d files: got %d of %d synced, and the file system %d times", n, got, len(synced), whole)
		}
	}
}

// What a new document costs, in operations of the disk.
func TestANewDocumentTakesFewOperations(t *testing.T) {
	const n, others = 100, 40
	h := newHouse(t)
	s := h.store(nil)
	h.mustPublish(t, s, 1)
	counts := map[string]int{}
	s.disk.Fault = serial(func(op, name string, do func() error) error {
		counts[op]++
		return impatient(op, name, do)
	})
	locked(t, s, func() {
		stage, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		docs := make([]Document, n)
		for i := range docs {
			if docs[i], err = stage.Put(Bytes(fmt.Sprintf("new/%d/index.html", i), "text/html", Page, long(i))); err != nil {
				t.Fatal(err)
			}
		}
		next, err := sample(1).With(docs, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		stage.background.Wait()
		clear(counts)
		for _, d := range docs {
			if _, err := d.ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		// It is not compared first: Publish will.
		for op, want := range map[string]int{"open": 1, "stat": 1, "read": 1, "close": 1} {
			if counts[op] > want*n+others {
				t.Errorf("reading %d documents: %s %d times, want %d and some", n, op, counts[op], want*n)
			}
		}
		clear(counts)
		if _, _, err := s.Publish(next, at(2)); err != nil {
			t.Fatal(err)
		}
	})
	for op, want := range map[string]int{"open": 1, "stat": 1, "read": 1, "close": 1, "lstat": 0, "mkdir": 1, "rename": 1, "write": 0, "remove": 0, "sync": 0} {
		if counts[op] > want*n+others {
			t.Errorf("publishing %d documents: %s %d times, want %d and some", n, op, counts[op], want*n)
		}
	}
}

// Which directories are missing is found out before the commit; afterwards
// somebody else may have made or removed some.
func TestDirectoriesMayComeAndGoAfterTheCommit(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	h.mustPublish(t, s, 1)
	there := filepath.Join(h.feeds(), "there")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	s.disk.Fault = serial(func(op, name string, do func() error) error {
		err := impatient(op, name, do)
		if op == "rename" && filepath.Base(name) == recordName {
			if err := errors.Join(os.MkdirAll(filepath.Join(h.feeds(), "missing/below"), 0o755), os.Remove(there)); err != nil {
				t.Error(err)
			}
		}
		return err
	})
	e, err := New(base, docs("missing/below/a.html", "there/b.html"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	locked(t, s, func() {
		if _, _, err := s.Publish(e, at(2)); err != nil {
			t.Fatal(err)
		}
	})
	for d := range h.mustOpen(t, h.store(nil)).Documents() {
		if err := whole(d); err != nil {
			t.Errorf("%s: %v", d.Path, err)
		}
	}
}

// A document that is put again for the sake of a sibling stays the file that it is.
func TestADocumentWhoseSiblingIsDamagedKeepsItsMark(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	s.Memory = 1
	h.mustPublish(t, s, 1)
	if err := os.Remove(filepath.Join(h.feeds(), "long.xml.gz")); err != nil {
		t.Fatal(err)
	}
	locked(t, s, func() {
		if _, err := s.Open(); err == nil {
			t.Fatal("no damage")
		}
		stage, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		d, _ := sample(1).Document("long.xml")
		put, err := stage.Put(*d)
		if err != nil {
			t.Fatal(err)
		}
		next, err := sample(1).With([]Document{put}, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := s.Publish(next, at(2))
		if err != nil {
			t.Fatal(err)
		}
		is, _ := e.Document("long.xml")
		info, err := os.Lstat(filepath.Join(h.feeds(), "long.xml"))
		if err != nil || is.mark != markOf(info) {
			t.Errorf("got the mark %v, want %v, %v", is.mark, markOf(info), err)
		}
	})
}

// What was read back since it is durable is not read back again; what was read
// before, or read differently, is.
func TestWhatIsReadIsReadBack(t *testing.T) {
	for _, tt := range []struct {
		name    string
		before  bool // it is read before it is durable
		altered bool // somebody writes into the file before it is read
		want    int  // times that Publish reads it
	}{
		{"read when it is durable", false, false, 0},
		{"read before it is durable", true, false, 1},
		{"altered and read", false, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			s := h.store(nil)
			locked(t, s, func() {
				stage, err := s.Stage()
				if err != nil {
					t.Fatal(err)
				}
				d, err := stage.Put(Bytes("a/1.html", "text/html", Page, []byte("one")))
				if err != nil {
					t.Fatal(err)
				}
				stage.background.Wait()
				if !d.staged.synced.Load() {
					t.Fatal("it is not durable")
				}
				d.staged.synced.Store(!tt.before)
				if tt.altered {
					if err := os.WriteFile(s.staged(d.staged.name), []byte("two"), 0o644); err != nil {
						t.Fatal(err)
					}
					info, err := os.Stat(s.staged(d.staged.name))
					if err != nil {
						t.Fatal(err)
					}
					d.mark = markOf(info) // as if nobody had seen it
				}
				if body, err := d.ReadInto(make([]byte, 0, 8)); err != nil || !tt.altered && string(body) != "one" {
					t.Fatalf("got %q, %v", body, err)
				}
				d.staged.synced.Store(true)
				reads := 0
				s.disk.Fault = serial(func(op, name string, do func() error) error {
					if op == "read" && name == s.staged(d.staged.name) {
						reads++
					}
					return impatient(op, name, do)
				})
				e, err := New(base, []Document{d}, nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, _, err := s.Publish(e, at(1)); errors.Is(err, errReadBack) != tt.altered || !tt.altered && err != nil {
					t.Errorf("got %v", err)
				}
				if reads != tt.want {
					t.Errorf("Publish read it %d times, want %d", reads, tt.want)
				}
			})
		})
	}
}

// Of very many bytes some are synced while the next are written.
func TestMuchIsSyncedInParts(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	whole := 0
	s.disk.Fault = serial(func(op, name string, do func() error) error {
		if op == "syncfs" {
			whole++
		}
		return impatient(op, name, do)
	})
	locked(t, s, func() {
		stage, err := s.Stage()
		if err != nil {
			t.Fatal(err)
		}
		defer stage.Discard()
		stage.syncs.Store(0)
		stage.pending = syncedTogether - 100
		for i := range 200 {
			if _, err := stage.Put(Bytes(fmt.Sprintf("a/%d.html", i), "text/html", Page, []byte("x"))); err != nil {
				t.Fatal(err)
			}
		}
		stage.background.Wait()
		if want := b2i(durable.Bulk(100)); whole != want || len(stage.unsynced) != 200-100*want {
			t.Errorf("synced %d times, and %d files are left", whole, len(stage.unsynced))
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
