package edition

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"feedmill/internal/durable"
)

// drive is what a disk keeps through a power cut when it keeps nothing but
// what it was told to sync: of a file the bytes, of a directory the names.
type drive struct {
	root  string
	files map[uint64][]byte            // by inode
	dirs  map[uint64]map[string]uint64 // names to inodes, by inode
	held  map[uint64]*os.File          // so that no number is given away again
}

func inode(name string) (uint64, fs.FileInfo, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return 0, nil, err
	}
	return info.Sys().(*syscall.Stat_t).Ino, info, nil
}

// newDrive returns the drive under a house, with all that is there now.
func newDrive(t *testing.T, h house) *drive {
	t.Helper()
	d := &drive{
		root:  string(h),
		files: map[uint64][]byte{},
		dirs:  map[uint64]map[string]uint64{},
		held:  map[uint64]*os.File{},
	}
	if err := d.syncAll(); err != nil {
		t.Fatal(err)
	}
	return d
}

// hold notes that there is a file or directory, of which nothing is kept yet.
func (d *drive) hold(name string) error {
	ino, info, err := inode(name)
	if err != nil || d.held[ino] != nil {
		return err
	}
	if info.IsDir() {
		d.dirs[ino] = map[string]uint64{}
	}
	d.held[ino], err = os.Open(name)
	return err
}

func (d *drive) release() {
	for _, f := range d.held {
		f.Close()
	}
}

// do carries out an operation on the real disk and notes what it makes durable.
func (d *drive) do(op, name string, do func() error) error {
	switch op {
	case "sync":
		return d.sync(name)
	case "syncfs":
		return d.syncAll()
	case "open", "mkdir":
		if err := do(); err != nil {
			return err
		}
		return d.hold(name)
	}
	return do()
}

func (d *drive) sync(name string) error {
	if err := d.hold(name); err != nil {
		return err
	}
	ino, info, err := inode(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		d.files[ino], err = os.ReadFile(name)
		return err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	d.dirs[ino] = map[string]uint64{}
	for _, e := range entries {
		if d.dirs[ino][e.Name()], _, err = inode(filepath.Join(name, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (d *drive) syncAll() error {
	return filepath.WalkDir(d.root, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return d.sync(name)
	})
}

// restore writes what the drive kept to a new directory.
func (d *drive) restore(to string) error {
	ino, _, err := inode(d.root)
	if err != nil {
		return err
	}
	return d.restoreDir(ino, to)
}

func (d *drive) restoreDir(ino uint64, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for name, ino := range d.dirs[ino] {
		name = filepath.Join(to, name)
		var err error
		if _, ok := d.dirs[ino]; ok {
			err = d.restoreDir(ino, name)
		} else {
			err = os.WriteFile(name, d.files[ino], 0o644) // no bytes when they were not synced
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cut cuts the power of a house before the n-th operation of a store, and
// returns what the disk then holds. It is false when there were fewer
// operations.
func cut(t *testing.T, h house, d *drive, n int, do func(s *Store) error) (house, bool) {
	t.Helper()
	defer d.release()
	s := h.store(nil)
	calls := 0
	locked(t, s, func() {
		s.disk.Fault = serial(func(op, name string, do func() error) error {
			if calls++; calls >= n && op != "close" {
				return syscall.EIO
			}
			return d.do(op, name, do)
		})
		err := do(s)
		s.disk.Fault = impatient
		if calls < n && err != nil {
			t.Fatal(err)
		}
	})
	after := newHouse(t)
	if err := d.restore(string(after)); err != nil {
		t.Fatal(err)
	}
	return after, calls >= n
}

// The power may be cut before any operation, and after the last: a disk that
// keeps only what was synced then holds one whole edition with its ledger.
func TestPublishSurvivesAPowerCut(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(t *testing.T, h house) *drive
		do      func(h house, s *Store) error
		from    int
	}{
		{
			"while it publishes the first edition",
			func(t *testing.T, h house) *drive { return newDrive(t, h) },
			func(h house, s *Store) error { _, _, err := h.publish(s, 2); return err },
			0,
		},
		{
			"while it publishes the next edition",
			func(t *testing.T, h house) *drive {
				h.mustPublish(t, h.store(nil), 1)
				return newDrive(t, h)
			},
			func(h house, s *Store) error { _, _, err := h.publish(s, 2); return err },
			1,
		},
		{
			"while it publishes many files",
			func(t *testing.T, h house) *drive { return newDrive(t, h) },
			func(h house, s *Store) error { _, _, err := s.Publish(many(), at(1)); return err },
			0,
		},
		{
			"while it publishes the next edition, and its siblings after that",
			func(t *testing.T, h house) *drive {
				h.mustPublish(t, h.store(nil), 1)
				return newDrive(t, h)
			},
			func(h house, s *Store) error {
				s.SiblingsLater = true
				return h.publishLater(s, 2)
			},
			1,
		},
		{
			"while it publishes many files that it had begun to sync",
			func(t *testing.T, h house) *drive { return newDrive(t, h) },
			func(h house, s *Store) error { return publishSynced(s, many()) },
			0,
		},
		{
			"while it finishes a publish",
			func(t *testing.T, h house) *drive {
				h.mustPublish(t, h.store(nil), 1)
				h.interrupt(t, impatient)
				return newDrive(t, h)
			},
			func(h house, s *Store) error { _, err := s.Open(); return err },
			2,
		},
		{
			"while it finishes one whose record was not synced",
			func(t *testing.T, h house) *drive {
				h.mustPublish(t, h.store(nil), 1)
				d := newDrive(t, h)
				h.interrupt(t, d.do)
				return d
			},
			func(h house, s *Store) error { _, err := s.Open(); return err },
			1,
		},
		{
			"while it folds the manifest",
			func(t *testing.T, h house) *drive {
				h.mustPublish(t, h.store(nil), 2)
				return newDrive(t, h)
			},
			func(h house, s *Store) error { return s.Fold() },
			2,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				h := newHouse(t)
				after, more := cut(t, h, tt.prepare(t, h), n, func(s *Store) error { return tt.do(h, s) })

				e, err := after.store(nil).Read()
				if err != nil {
					t.Fatalf("cut before operation %d: Read: %v", n, err)
				}
				read, err := which2(e)
				if err != nil {
					t.Fatalf("cut before operation %d: Read: %v", n, err)
				}
				got, err := which2(after.mustOpen(t, after.store(nil)))
				if err != nil || got != read || got < tt.from {
					t.Fatalf("cut before operation %d: got edition %d, %v, and %d without the lock", n, got, err, read)
				}
				after.mustComplete(t)
				if got > 0 && e.Digest != many().Digest {
					if err := after.tidy(got); err != nil {
						t.Fatalf("cut before operation %d: %v", n, err)
					}
				}
				if !more {
					if got != 2 {
						t.Errorf("cut after it succeeded: got edition %d, want 2", got)
					}
					if n < 15 {
						t.Errorf("got %d operations, want more", n)
					}
					return
				}
			}
		})
	}
}

// A process dies when it has dropped the record and before that is synced. The
// next one folds the ledger, which may lie on another disk, and then the power
// is cut: the record must not come back, and ask for the ledger as it was.
func TestARecordThatWasDroppedDoesNotComeBack(t *testing.T) {
	h := newHouse(t)
	ledger := filepath.Join(string(h), "ledger.journal")
	told := durable.Append{File: ledger, Data: []byte("told 1\n")}
	first := h.store(nil)
	locked(t, first, func() {
		if _, _, err := first.Publish(sample(1), at(1), told); err != nil {
			t.Fatal(err)
		}
	})

	d := newDrive(t, h)
	defer d.release()
	s := h.store(nil)
	dropped := false
	locked(t, s, func() {
		s.disk.Fault = func(op, name string, do func() error) error {
			if dropped && op != "close" {
				return syscall.EIO
			}
			dropped = op == "remove" && filepath.Base(name) == recordName
			return d.do(op, name, do)
		}
		told := durable.Append{File: ledger, At: int64(len(told.Data)), Data: []byte("told 2\n")}
		if _, _, err := s.Publish(sample(2), at(2), told); !dropped || err == nil {
			t.Fatalf("dropped: %v; %v", dropped, err)
		}
	})

	next := h.store(d.do)
	h.mustOpen(t, next)
	if err := next.disk.Apply(durable.Append{File: ledger}); err != nil {
		t.Fatal(err)
	}
	moved := newHouse(t)
	if err := d.restore(string(moved)); err != nil {
		t.Fatal(err)
	}
	// The ledger's path is in the record; it is there as it was at the cut.
	if n, err := which(moved.mustOpen(t, moved.store(nil)), 2); n != 2 || err != nil {
		t.Errorf("got edition %d, %v, want 2", n, err)
	}
}

// many returns an edition of so many documents that they are synced at once.
func many() *Edition {
	var paths []string
	for i := range 12 {
		paths = append(paths, fmt.Sprintf("articles/%d/index.html", i))
	}
	e, err := New(base, docs(paths...), nil, nil)
	if err != nil {
		panic(err)
	}
	return e
}

// publishSynced publishes an edition of which all documents were staged, and synced
// together before that.
func publishSynced(s *Store, e *Edition) error {
	stage, err := s.Stage()
	if err != nil {
		return err
	}
	defer stage.Discard()
	stage.syncs.Store(0)
	var docs []Document
	for d := range e.Documents() {
		staged, err := stage.Put(*d)
		if err != nil {
			return err
		}
		docs = append(docs, staged)
	}
	stage.Sync()
	e, err = New(base, docs, nil, nil)
	if err == nil {
		_, _, err = s.Publish(e, at(1))
	}
	return err
}

// which2 is which, and counts the edition of many documents as 2.
func which2(e *Edition) (int, error) {
	if e != nil && e.Digest == many().Digest {
		for d := range e.Documents() {
			if err := whole(d); err != nil {
				return 2, err
			}
		}
		return 2, nil
	}
	return which(e, 2)
}
