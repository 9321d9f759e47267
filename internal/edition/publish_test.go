package edition

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"feedmill/internal/durable"

	"github.com/google/go-cmp/cmp"
)

func TestFilesCanBeServedByOthersAndTheStateIsPrivate(t *testing.T) {
	h := newHouse(t)
	h.mustPublish(t, h.store(nil), 1)
	old := syscall.Umask(0)
	syscall.Umask(old)
	for name, want := range map[string]fs.FileMode{
		h.state():                              0o700,
		h.feeds():                              0o755,
		filepath.Join(h.feeds(), "articles/a"): 0o755,
		filepath.Join(h.feeds(), "rss.xml"):    0o644,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := info.Mode().Perm(), want&^fs.FileMode(old); got != want {
			t.Errorf("%s: got mode %v, want %v", name, got, want)
		}
	}
}

// touched returns all that tells whether somebody touched a file.
func touched(t *testing.T, h house) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(string(h), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[name] = fmt.Sprint(info.ModTime().UnixNano(), info.Size(), info.Sys().(*syscall.Stat_t).Ino)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPublishingTheSameAgainTouchesNothing(t *testing.T) {
	h := newHouse(t)
	first := h.mustPublish(t, h.store(nil), 1)
	for _, tt := range []struct {
		name string
		s    *Store
	}{
		{"a process that has just started", h.store(nil)},
		{"a process that published it", func() *Store {
			s := h.store(nil)
			h.mustPublish(t, s, 2)
			first = h.mustPublish(t, s, 3)
			return s
		}()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			locked(t, tt.s, func() {
				before := touched(t, h)
				n, _ := which(first, 3)
				e, result, err := tt.s.Publish(sample(n), at(n).Add(time.Hour), durable.Append{File: h.ledger()})
				if err != nil {
					t.Fatal(err)
				}
				if d := diff(first, e); d != "" {
					t.Errorf("the edition changed:\n%s", d)
				}
				if want := (Result{Unchanged: sample(n).Len()}); result != want {
					t.Errorf("got %+v, want %+v", result, want)
				}
				if d := cmp.Diff(before, touched(t, h)); d != "" {
					t.Errorf("touched:\n%s", d)
				}
			})
			// What was published last is what the next case starts from.
			first = h.mustPublish(t, h.store(nil), 3)
		})
	}
}

func TestPublishWritesOnlyWhatDiffers(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	h.mustPublish(t, s, 1)
	before := touched(t, h)
	locked(t, s, func() {
		_, result, err := h.publish(s, 2)
		if err != nil {
			t.Fatal(err)
		}
		// Removed: the page of edition 1 alone, and turn.
		want := Result{Written: 5, Removed: 2, Unchanged: 3, Bytes: 4*int64(len("edition 001\n")) + 1212}
		for _, name := range []string{"long.xml.br", "long.xml.gz"} {
			info, err := os.Stat(filepath.Join(h.feeds(), name))
			if err != nil {
				t.Fatal(err)
			}
			want.Bytes += info.Size()
		}
		if result != want {
			t.Errorf("got %+v, want %+v", result, want)
		}
	})
	after := touched(t, h)
	for _, name := range []string{"headers.xml", "long-same.xml", "long-same.xml.gz", "articles/same", "articles/same/picture.png"} {
		name = filepath.Join(h.feeds(), name)
		if before[name] != after[name] {
			t.Errorf("%s was touched", name)
		}
	}
}

func TestModified(t *testing.T) {
	one := func(body string) *Edition {
		e, err := New(base, []Document{Bytes("rss.xml", "application/rss+xml", Feed, []byte(body))}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	nine := time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)
	skopje := time.FixedZone("CET", 3600)
	h := newHouse(t)
	for _, tt := range []struct {
		name     string
		body     string
		now      time.Time
		modified time.Time
		twice    bool
	}{
		{"new bytes get now, in UTC and whole seconds", "a", nine.Add(700 * time.Millisecond).In(skopje), nine, false},
		{"the same bytes keep theirs", "a", nine.Add(time.Hour), nine, false},
		{"other bytes in the same second are marked", "b", nine.Add(900 * time.Millisecond), nine, true},
		{"and stay marked", "b", nine.Add(time.Hour), nine, true},
		{"a clock that went back does not take the date along", "c", nine.Add(-time.Hour), nine, true},
		{"later bytes get later dates, and no mark", "d", nine.Add(time.Second), nine.Add(time.Second), false},
		{"the old bytes are new again", "a", nine.Add(time.Minute), nine.Add(time.Minute), false},
	} {
		for _, s := range []*Store{h.store(nil), h.store(nil)} { // the second finds it published
			locked(t, s, func() {
				e, _, err := s.Publish(one(tt.body), tt.now)
				if err != nil {
					t.Fatal(err)
				}
				d, _ := e.Document("rss.xml")
				if d.Modified != tt.modified || d.Twice != tt.twice {
					t.Errorf("%s: got %v, twice %v, want %v, %v", tt.name, d.Modified, d.Twice, tt.modified, tt.twice)
				}
			})
		}
	}
}

func TestHeadersThatChangeDoNotMoveModified(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	h.mustPublish(t, s, 1)
	h.mustPublish(t, s, 2)
	d, _ := h.mustOpen(t, h.store(nil)).Document("headers.xml")
	if d.MaxAge != 2*time.Minute || d.Links[0].URL != "https://hub.example.org/2" {
		t.Errorf("got max-age %v and links %v of another edition", d.MaxAge, d.Links)
	}
	if !d.Modified.Equal(at(1)) {
		t.Errorf("got modified %v, want %v", d.Modified, at(1))
	}
}

func TestFilesOfOthersStay(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	h.mustPublish(t, s, 1)
	for _, name := range []string{"CNAME", "articles/only/1/notes.txt", "articles/a/.htaccess"} {
		if err := os.WriteFile(filepath.Join(h.feeds(), name), []byte("ours"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	h.mustPublish(t, s, 2)
	h.mustOpen(t, h.store(nil))
	for _, name := range []string{"CNAME", "articles/only/1/notes.txt", "articles/a/.htaccess"} {
		if got, err := os.ReadFile(filepath.Join(h.feeds(), name)); string(got) != "ours" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(h.feeds(), "articles/only/1/index.html")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the document beside them: got %v, want it removed", err)
	}
}

func TestASourceThatIsNotWhatItWasIsNotPublished(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		size       int64 // as stated
	}{
		{"other bytes", "edition 00X\n", 12},
		{"longer", "edition 002\nmore", 12},
		{"shorter", "edition", 12},
		{"a size that never was true", "edition 002\n", 11},
	} {
		h := newHouse(t)
		h.mustPublish(t, h.store(nil), 1)
		d := media("articles/a/picture.png", []byte("edition 002\n"))
		d.Size = tt.size
		d.content = file(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(tt.body)), nil })
		e, err := New(base, []Document{d}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := h.store(nil)
		locked(t, s, func() {
			if _, _, err := s.Publish(e, at(2)); !errors.Is(err, errReadBack) {
				t.Errorf("%s: got %v, want %v", tt.name, err, errReadBack)
			}
			h.check(t, []int{1}, true)
		})
	}
}

func TestPublishRefusesWhatItCouldNotFinish(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(h house) error
		want string
	}{
		{"a directory where a document must be", func(h house) error {
			return os.Mkdir(filepath.Join(h.feeds(), "turn/about/b"), 0o755)
		}, "feeds/turn/about/b: in the way: a document must be there"},
		{"a file of somebody else where a document must be", func(h house) error {
			return os.WriteFile(filepath.Join(h.feeds(), "turn/about/b"), nil, 0o644)
		}, "feeds/turn/about/b: in the way: a document must be at"},
		{"a link where a directory must be", func(h house) error {
			return os.Symlink("articles", filepath.Join(h.feeds(), "articles/only/3"))
		}, "feeds/articles/only/3: in the way: a directory must be there"},
		{"a journal that somebody changed", func(h house) error {
			return os.WriteFile(filepath.Join(h.state(), journalName), nil, 0o644)
		}, journalName + ": changed since it was read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			s := h.store(nil)
			h.mustPublish(t, s, 2)
			if err := tt.do(h); err != nil {
				t.Fatal(err)
			}
			s.published.seen = s.stamp() // as if it had come later
			locked(t, s, func() {
				before := touched(t, h)
				_, _, err := h.publish(s, 3)
				if err == nil || errors.Is(err, ErrUnapplied) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				after := touched(t, h)
				delete(before, h.feeds()) // staging came and went
				delete(after, h.feeds())
				if d := cmp.Diff(before, after); d != "" {
					t.Errorf("touched:\n%s", d)
				}
			})
		})
	}
}

func TestPublishRefusesAnAppendToAnotherState(t *testing.T) {
	for _, tt := range []struct {
		name string
		a    durable.Append
		want string
	}{
		{"too short", durable.Append{File: "ledger.journal", At: 100}, "changed since it was read"},
		{"too long", durable.Append{File: "ledger.journal", At: 1}, "changed since it was read"},
		{"gone", durable.Append{File: "other.journal", At: 1}, "gone since it was read"},
		{"in no directory", durable.Append{File: "nowhere/other.journal"}, "no such file or directory"},
	} {
		h := newHouse(t)
		s := h.store(nil)
		h.mustPublish(t, s, 1)
		tt.a.File = filepath.Join(h.state(), tt.a.File)
		tt.a.Data = []byte("x")
		locked(t, s, func() {
			if _, _, err := s.Publish(sample(2), at(2), tt.a); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
			}
		})
		if err := h.tidy(1); err != nil {
			t.Error(err)
		}
	}
}

func TestALedgerElsewhereIsPartOfThePublish(t *testing.T) {
	h := newHouse(t)
	elsewhere := filepath.Join(string(h), "ledger.journal")
	s := h.store(nil)
	locked(t, s, func() {
		for n := range 3 { // the same edition, and more to tell
			if _, _, err := s.Publish(sample(1), at(1), durable.Append{File: elsewhere, At: int64(n), Data: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got, err := os.ReadFile(elsewhere); string(got) != "xxx" {
		t.Errorf("got %q, %v, want xxx", got, err)
	}
}

func TestErrorsNameTheFileThatTheOperatorKnows(t *testing.T) {
	h := newHouse(t)
	s := h.store(func(op, name string, do func() error) error {
		if op == "write" && strings.Contains(name, stagingName) {
			return &fs.PathError{Op: op, Path: name, Err: syscall.ENOSPC}
		}
		return do()
	})
	s.feeds = "feeds"
	t.Chdir(string(h))
	locked(t, s, func() {
		e, err := New(base, docs("tags/kosovo/atom.xml"), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Publish(e, at(1))
		want := "publish edition " + e.Digest[:12] + ": write feeds/tags/kosovo/atom.xml: no space left on device"
		if err == nil || err.Error() != want || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

func TestManyNewFilesDoNotCostASyncEach(t *testing.T) {
	h := newHouse(t)
	var paths []string
	for i := range 300 {
		paths = append(paths, fmt.Sprintf("articles/%d/index.html", i))
	}
	e, err := New(base, docs(paths...), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // files are read back side by side
	ops := map[string]int{}
	s := h.store(func(op, name string, do func() error) error {
		mu.Lock()
		ops[op]++
		mu.Unlock()
		return do()
	})
	locked(t, s, func() {
		if _, _, err := s.Publish(e, at(1)); err != nil {
			t.Fatal(err)
		}
	})
	if ops["syncfs"] == 0 {
		t.Skipf("no system call for it here; got %v", ops)
	}
	if ops["sync"] > 20 {
		t.Errorf("got %d syncs for %d files, want a few; all operations: %v", ops["sync"], len(paths), ops)
	}
}

// Whoever serves the directory without us, and so sees an edition being put
// into place, meets no link to what is not there yet.
func TestWhatIsLinkedToIsInPlaceFirst(t *testing.T) {
	h := newHouse(t)
	var placed, removed []string
	s := h.store(func(op, name string, do func() error) error {
		if err := impatient(op, name, do); err != nil {
			return err
		}
		if path, err := filepath.Rel(h.feeds(), name); err == nil && filepath.IsLocal(path) {
			switch op {
			case "rename":
				placed = append(placed, path)
			case "remove":
				removed = append(removed, fmt.Sprintf("%s after %d", path, len(placed)))
			}
		}
		return nil
	})
	publish := func(n int, docs ...Document) {
		t.Helper()
		e, err := New(base, docs, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		placed, removed = nil, nil
		locked(t, s, func() {
			if _, _, err := s.Publish(e, at(n)); err != nil {
				t.Fatal(err)
			}
		})
	}
	publish(1, doc("old.xml"), doc("d"))
	publish(2,
		Bytes("a.xml", "application/xml", Index, nil),
		Bytes("b.xml", "application/rss+xml", Feed, nil),
		Bytes("c/index.html", "text/html", Page, nil),
		media("d/a.png", nil))
	if want := []string{"d/a.png", "c/index.html", "b.xml", "a.xml"}; !slices.Equal(placed, want) {
		t.Errorf("got the order %q, want %q", placed, want)
	}
	// What stands in the way of a new document cannot wait.
	if want := []string{"d after 0", "old.xml after 4"}; !slices.Equal(removed, want) {
		t.Errorf("got removed %q, want %q", removed, want)
	}
}

func TestPublishFoldsAJournalThatOutgrewTheManifest(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	var paths []string
	for i := range 500 {
		paths = append(paths, fmt.Sprintf("articles/%d/index.html", i))
	}
	size := func(name string) int64 {
		info, err := os.Stat(filepath.Join(h.state(), name))
		if errors.Is(err, fs.ErrNotExist) {
			return 0
		}
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	locked(t, s, func() {
		for n, paths := range [][]string{paths, paths, paths[1:]} {
			e, err := New(base, docs(paths...), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Publish(e, at(n)); err != nil {
				t.Fatal(err)
			}
			snapshot, journal := size(snapshotName), size(journalName)
			if folded := n == 2; folded != (snapshot > journal) {
				t.Errorf("publish %d: got a manifest of %d and a journal of %d bytes", n, snapshot, journal)
			}
		}
	})
	if e := h.mustOpen(t, h.store(nil)); e.Len() != len(paths)-1 {
		t.Errorf("got %d documents, want %d", e.Len(), len(paths)-1)
	}
}
