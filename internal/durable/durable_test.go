package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var disk Disk

// trace is a disk that writes down what is done to it, with paths below dir.
func trace(dir string, log *[]string) Disk {
	return Disk{Fault: func(op, name string, do func() error) error {
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			rel = name
		}
		*log = append(*log, op+" "+rel)
		return do()
	}}
}

func TestWriteFileSyncsTheBytesBeforeTheNameAndTheNameBeforeItReturns(t *testing.T) {
	dir := t.TempDir()
	var log []string
	if err := trace(dir, &log).WriteFile(filepath.Join(dir, "a"), []byte("new"), 0o640); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"remove a.tmp",
		"open a.tmp", "write a.tmp", "sync a.tmp", "close a.tmp",
		"rename a",
		"open .", "sync .", "close .",
	}
	if !slices.Equal(log, want) {
		t.Errorf("got operations %q, want %q", log, want)
	}
	info, err := os.Stat(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o640 {
		t.Errorf("got mode %v, want -rw-r-----", info.Mode())
	}
}

// A failure of any operation, in each of its forms, leaves all of the old bytes
// or all of the new, and the next write succeeds.
func TestWriteFileIsWholeOrOldWhateverFails(t *testing.T) {
	for _, form := range []string{"not persisted", "persisted, answer lost", "crash"} {
		t.Run(form, func(t *testing.T) {
			for n := 1; ; n++ {
				dir := t.TempDir()
				name := filepath.Join(dir, "a")
				if err := disk.WriteFile(name, []byte("old"), 0o644); err != nil {
					t.Fatal(err)
				}
				calls := 0
				d := Disk{Fault: func(op, name string, do func() error) error {
					calls++
					switch {
					case calls < n || calls > n && form != "crash":
						return do()
					case form == "persisted, answer lost":
						return errors.Join(do(), syscall.EIO)
					case op == "close":
						do()
					}
					return syscall.EIO
				}}
				err := d.WriteFile(name, []byte("new"), 0o644)
				if err == nil && calls < n {
					if n < 9 {
						t.Errorf("got %d operations, want at least 9", n)
					}
					return
				}
				got, readErr := os.ReadFile(name)
				if readErr != nil {
					t.Fatal(readErr)
				}
				if s := string(got); s != "old" && s != "new" {
					t.Errorf("operation %d: got %q, want old or new", n, s)
				} else if err == nil && s != "new" {
					t.Errorf("operation %d: got %q after success, want new", n, s)
				}
				if err := disk.WriteFile(name, []byte("later"), 0o644); err != nil {
					t.Errorf("operation %d: the next write: %v", n, err)
				}
				left, err := os.ReadDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				if len(left) != 1 {
					t.Errorf("operation %d: got files %v, want one", n, left)
				}
			}
		})
	}
}

func TestMkdirAllSyncsTheDirectoryAboveEachNewOne(t *testing.T) {
	dir := t.TempDir()
	var log []string
	if err := trace(dir, &log).MkdirAll(filepath.Join(dir, "a/b"), 0o755); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"stat a/b", "stat a", "stat .",
		"mkdir a", "open .", "sync .", "close .",
		"mkdir a/b", "open a", "sync a", "close a",
	}
	if !slices.Equal(log, want) {
		t.Errorf("got operations %q, want %q", log, want)
	}
	if err := disk.MkdirAll(filepath.Join(dir, "a/b"), 0o755); err != nil {
		t.Errorf("when it is there: %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := disk.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, filepath.Join(file, "below")} {
		if err := disk.MkdirAll(name, 0o755); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%s: got %v, want %v", name, err, syscall.ENOTDIR)
		}
	}
}

func TestBatchSyncsFewChangesOneByOneAndManyAtOnce(t *testing.T) {
	for _, n := range []int{1, bulk, bulk + 1, 100} {
		syncs, order := 0, []int{}
		var ops []string
		dir := t.TempDir()
		err := trace(dir, &ops).Batch(dir, n, func(i int, sync bool) error {
			order = append(order, i)
			if sync {
				syncs++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(order) != n || !slices.IsSorted(order) {
			t.Errorf("%d changes: got calls %v", n, order)
		}
		wantSyncs, wantOps := n, []string(nil)
		if n > bulk && canSyncFS {
			wantSyncs, wantOps = 0, []string{"open .", "syncfs .", "close ."}
		}
		if syncs != wantSyncs || !slices.Equal(ops, wantOps) {
			t.Errorf("%d changes on %s: got %d syncs and operations %q, want %d and %q", n, runtime.GOOS, syncs, ops, wantSyncs, wantOps)
		}
	}
}

func TestBatchSyncsByTheSystemCall(t *testing.T) {
	if !canSyncFS {
		t.Skipf("%s on %s has none", runtime.GOOS, runtime.GOARCH)
	}
	var call func() error
	d := Disk{Fault: func(op, name string, do func() error) error {
		if op == "syncfs" {
			call = do
		}
		return do()
	}}
	if err := d.Batch(t.TempDir(), bulk+1, func(int, bool) error { return nil }); err != nil {
		t.Fatal(err)
	}
	// The descriptor is closed now, and the kernel says so.
	if err := call(); !errors.Is(err, syscall.EBADF) {
		t.Errorf("got %v, want %v", err, syscall.EBADF)
	}
}

func TestBatchStopsAtTheFirstError(t *testing.T) {
	for _, n := range []int{bulk, bulk + 1} {
		calls := 0
		err := Disk{}.Batch(t.TempDir(), n, func(i int, sync bool) error {
			calls++
			if i == 2 {
				return fs.ErrClosed
			}
			return nil
		})
		if !errors.Is(err, fs.ErrClosed) || calls != 3 {
			t.Errorf("%d changes: got %v after %d calls, want %v after 3", n, err, calls, fs.ErrClosed)
		}
	}
}

func TestAppendCanBeRepeatedHoweverFarItWentBefore(t *testing.T) {
	a := Append{At: 4, Data: []byte("five\nsix\n")}
	for _, tt := range []struct{ name, before string }{
		{"as it was before", "old\n"},
		{"torn in the middle", "old\nfiv"},
		{"applied already", "old\nfive\nsix\n"},
		{"with something after it", "old\nfive\nsix\nseven\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := a
			a.File = filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(a.File, []byte(tt.before), 0o644); err != nil {
				t.Fatal(err)
			}
			seen, err := a.Applied([]byte(tt.before))
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Apply(); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(a.File)
			if err != nil {
				t.Fatal(err)
			}
			if want := "old\nfive\nsix\n"; string(got) != want || string(seen) != want {
				t.Errorf("got %q, and %q without the disk, want %q", got, seen, want)
			}
		})
	}
}

func TestAppendRefusesAFileThatIsShorterThanItWas(t *testing.T) {
	a := Append{File: filepath.Join(t.TempDir(), "journal"), At: 4, Data: []byte("x")}
	if err := os.WriteFile(a.File, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("append to %s at 4: it ends at 3", a.File)
	if err := a.Apply(); err == nil || err.Error() != want {
		t.Errorf("Apply: got %v, want %s", err, want)
	}
	if _, err := a.Applied([]byte("old")); err == nil || err.Error() != want {
		t.Errorf("Applied: got %v, want %s", err, want)
	}
	if got, _ := os.ReadFile(a.File); string(got) != "old" {
		t.Errorf("got %q, want the file as it was", got)
	}
}

func TestAppendMakesAMissingJournalDurable(t *testing.T) {
	dir := t.TempDir()
	var log []string
	if err := trace(dir, &log).Apply(Append{File: filepath.Join(dir, "journal"), Data: []byte("x\n")}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(log, ", "); !strings.Contains(got, "sync journal") || !strings.Contains(got, "sync .") {
		t.Errorf("got operations %s, want file and directory synced", got)
	}
}
