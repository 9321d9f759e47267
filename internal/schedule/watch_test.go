package schedule

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// watched is a watcher at work on real files, in a hurry.
type watched struct {
	t     *testing.T
	dir   string        // holds articles and site.yaml
	pokes chan []string // each poke waits until it is taken
	waits chan bool     // tells that one does
}

// watch watches dir/articles and dir/site.yaml until the test ends, and waits
// until it does. A look at the roots is taken as often as given.
func watch(t *testing.T, dir string, look time.Duration) *watched {
	t.Helper()
	f := &watched{t: t, dir: dir, pokes: make(chan []string), waits: make(chan bool, 1)}
	ctx, stop := context.WithCancel(context.Background())
	roots := []string{filepath.Join(dir, "articles"), filepath.Join(dir, "site.yaml")}
	w := NewWatcher(
		func() []string { return roots },
		func(changed []string) {
			select {
			case f.waits <- true:
			default:
			}
			select {
			case f.pokes <- changed:
			case <-ctx.Done():
			}
		},
		slog.New(slog.DiscardHandler),
	)
	w.Settle, w.look = 10*time.Millisecond, look
	opened := make(chan bool, 1000)
	ended := make(chan bool)
	go func() {
		w.run(ctx, func(ctx context.Context) *view {
			v := w.open(ctx)
			opened <- true
			return v
		})
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	<-opened
	return f
}

// told waits for pokes until all the paths have been told, each below a root as
// it was given; a poke that tells none tells all.
func (f *watched) told(paths ...string) (all bool) {
	f.t.Helper()
	left := map[string]bool{}
	for _, path := range paths {
		left[f.path(path)] = true
	}
	for len(left) > 0 {
		select {
		case changed := <-f.pokes:
			if changed == nil {
				return true
			}
			for _, path := range changed {
				delete(left, path)
			}
		case <-time.After(patience):
			f.t.Fatalf("not told of %v", left)
		}
	}
	return false
}

func TestTheWatcherTellsWhatChanged(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	// The root is a link: what is told lies below the link.
	if err := os.Symlink(outside, filepath.Join(dir, "articles")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(outside, "2024"), 0o777); err != nil {
		t.Fatal(err)
	}
	f := watch(t, dir, time.Hour)
	write := func(name string) {
		if err := os.WriteFile(f.path(name), []byte("text"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("articles/2024/a.md")
	if f.told("articles/2024/a.md") {
		t.Error("a new file: told of everything")
	}
	write("articles/b.md")
	write("site.yaml")
	if !f.told("articles/b.md", "site.yaml") { // the site file is a root: its view is made anew
		t.Error("the site file: told of some")
	}
	f.rename("articles/b.md", "articles/2024/c.md")
	if f.told("articles/b.md", "articles/2024/c.md") {
		t.Error("a file that was moved: told of everything")
	}
	f.mkdir("articles/2025")
	if !f.told("articles/2025") {
		t.Error("a new directory: told of some")
	}
}

func (f *watched) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f *watched) mkdir(name string) {
	f.t.Helper()
	if err := os.MkdirAll(f.path(name), 0o777); err != nil {
		f.t.Fatal(err)
	}
}

func (f *watched) write(name string) {
	f.t.Helper()
	f.mkdir(filepath.Dir(name))
	if err := os.WriteFile(f.path(name), []byte(time.Now().String()), 0o666); err != nil {
		f.t.Fatal(err)
	}
}

func (f *watched) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(f.path(from), f.path(to)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *watched) remove(name string) {
	f.t.Helper()
	if err := os.RemoveAll(f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

// poked waits for a poke and then until they end: nothing is under way.
func (f *watched) poked(after string) {
	f.t.Helper()
	select {
	case <-f.pokes:
	case <-time.After(patience):
		f.t.Fatalf("no poke after: %s", after)
	}
	for quiet := time.NewTimer(100 * time.Millisecond); ; {
		select {
		case <-f.pokes:
			quiet.Reset(100 * time.Millisecond)
		case <-quiet.C:
			return
		}
	}
}

// Whatever becomes of the directory, the next change in it is seen. Every case
// ends with a file that is written, for which a poke must come.
func TestWatch(t *testing.T) {
	const never = time.Hour
	tests := []struct {
		name string
		look time.Duration
		play func(*watched)
		then string
	}{
		{"a file in the root", never, func(f *watched) {}, "articles/a.md"},
		{"a file in a directory that was there", never, func(f *watched) {}, "articles/2026/b.md"},
		{"a file in a directory that came later", never, func(f *watched) {
			f.mkdir("articles/2027")
			f.poked("a new directory")
		}, "articles/2027/c.md"},
		{"a file deep in a tree that came at once", never, func(f *watched) {
			f.mkdir("articles/x/y/z")
			f.poked("a new tree")
		}, "articles/x/y/z/d.md"},
		{"a file in a tree that was moved in", never, func(f *watched) {
			f.mkdir("elsewhere/m/n")
			f.rename("elsewhere", "articles/moved")
			f.poked("a tree that was moved in")
		}, "articles/moved/m/n/e.md"},
		{"a file in a tree that was renamed", never, func(f *watched) {
			f.mkdir("articles/old/deep")
			f.poked("a new tree")
			f.rename("articles/old", "articles/new")
			f.poked("a renamed tree")
		}, "articles/new/deep/f.md"},
		{"a file in a directory that was removed and made again", never, func(f *watched) {
			f.remove("articles/2026")
			f.mkdir("articles/2026")
			f.poked("a directory made again")
		}, "articles/2026/g.md"},
		{"a root that was removed and made again", never, func(f *watched) {
			f.remove("articles")
			f.poked("the root removed")
			f.mkdir("articles/2026")
			f.poked("the root made again")
		}, "articles/2026/h.md"},
		{"a root that was replaced by another", 10 * time.Millisecond, func(f *watched) {
			f.mkdir("next/2026")
			f.rename("articles", "last")
			f.rename("next", "articles")
			f.poked("the root replaced")
		}, "articles/2026/i.md"},
		{"a root that is a symbolic link pointed elsewhere", 10 * time.Millisecond, func(f *watched) {
			f.rename("articles", "v1")
			f.mkdir("v2/2026")
			for _, v := range []string{"v1", "v2"} {
				if err := os.Symlink(v, f.path("link")); err != nil {
					f.t.Fatal(err)
				}
				f.rename("link", "articles")
				f.poked("the root points to " + v)
			}
		}, "articles/2026/j.md"},
		{"the site file, written in place", never, func(f *watched) {}, "site.yaml"},
		{"the site file, after an editor put a new one in its place", never, func(f *watched) {
			f.write(".site.yaml.swp")
			f.rename(".site.yaml.swp", "site.yaml")
			f.poked("a new site file")
		}, "site.yaml"},
		{"the site file, after it was gone", never, func(f *watched) {
			f.remove("site.yaml")
			f.poked("the site file removed")
		}, "site.yaml"},
		{"a site file that is a link to a file in a directory that is replaced", 10 * time.Millisecond, func(f *watched) {
			f.write("conf/site.yaml")
			f.remove("site.yaml")
			if err := os.Symlink("conf/site.yaml", f.path("site.yaml")); err != nil {
				f.t.Fatal(err)
			}
			f.poked("the site file became a link")
		}, "conf/site.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			setup := &watched{t: t, dir: dir}
			setup.write("articles/2026/first.md")
			setup.write("site.yaml")
			f := watch(t, dir, tt.look)
			tt.play(f)
			f.write(tt.then)
			f.poked(tt.then + " written")
		})
	}
}

// While events overflow the system forgets some; what came meanwhile is watched
// all the same.
func TestWatchOverflow(t *testing.T) {
	dir := t.TempDir()
	setup := &watched{t: t, dir: dir}
	setup.write("articles/first.md")
	f := watch(t, dir, time.Hour)
	f.write("articles/a.md")
	<-f.waits
	// Until the poke is taken below nobody takes events. Linux keeps 16,384 of
	// them by default, and makes one of equal ones that follow each other.
	var files [2]*os.File
	for i := range files {
		file, err := os.Create(f.path("articles/" + strconv.Itoa(i)))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files[i] = file
	}
	for i := range 40_000 {
		if _, err := files[i%2].Write([]byte(".")); err != nil {
			t.Fatal(err)
		}
	}
	f.mkdir("articles/new")
	f.poked("a flood of events")
	f.write("articles/new/b.md")
	f.poked("a file in a directory whose event was lost")
}

func TestWatchLimits(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var log bytes.Buffer
	w := NewWatcher(func() []string { return []string{dir} }, func([]string) {}, slog.New(slog.NewTextHandler(&log, nil)))

	none := limit
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	v := w.open(t.Context())
	again := w.open(t.Context())
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}

	if v.watcher != nil || again.watcher != nil {
		t.Fatal("a watcher was made without descriptors, want none")
	}
	if got := strings.Count(log.String(), "level=WARN"); got != 1 {
		t.Errorf("got %d warnings, want 1, in:\n%s", got, &log)
	}
	if !strings.Contains(log.String(), "fs.inotify.max_user_instances") {
		t.Errorf("got the warning\n%swant it to name the sysctl", &log)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if !v.rootsChanged([]string{dir}) {
		t.Error("the root was removed, and a view without a watcher does not tell")
	}
}

func TestWatchHints(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "fs.inotify.max_user_watches"},
		{syscall.EMFILE, "fs.inotify.max_user_instances"},
		{syscall.ENFILE, "open files"},
	}
	for _, tt := range tests {
		var log bytes.Buffer
		w := NewWatcher(nil, nil, slog.New(slog.NewTextHandler(&log, nil)))
		w.warn(exhausted(&os.PathError{Op: "watch", Path: "x", Err: tt.err}))
		if !strings.Contains(log.String(), tt.want) {
			t.Errorf("%v: got the warning %q, want %q in it", tt.err, &log, tt.want)
		}
	}
	if err := exhausted(os.ErrNotExist); err != nil {
		t.Errorf("a directory that is gone: got %v, want no limit", err)
	}
}

func TestWatchCounts(t *testing.T) {
	v := &view{
		trees: map[string]bool{"/w/articles": true, "/w/articles/2026": true},
		named: map[string]string{"/w/site.yaml": "site.yaml", "/etc/.feedmill.yaml": ".feedmill.yaml"},
	}
	tests := []struct {
		op   fsnotify.Op
		name string
		want bool
	}{
		{fsnotify.Create, "/w/articles/a.md", true},
		{fsnotify.Write, "/w/articles/2026/a.md", true},
		{fsnotify.Write | fsnotify.Chmod, "/w/articles/2026/a.md", true},
		{fsnotify.Rename, "/w/articles/2026", true},
		{fsnotify.Remove, "/w/articles", true},
		{fsnotify.Write, "/w/site.yaml", true},
		{fsnotify.Write, "/etc/.feedmill.yaml", true}, // hidden, but named by the owner
		{fsnotify.Write, "/w/articles/4913.md", true},
		{fsnotify.Write, "/w/articles/# heading.txt", true},

		{fsnotify.Chmod, "/w/articles/a.md", false},
		{fsnotify.Write, "/w/notes.txt", false},
		{fsnotify.Write, "/etc/passwd", false},
		{fsnotify.Create, "/w/articles/.a.md.swp", false},
		{fsnotify.Create, "/w/articles/.git", false},
		{fsnotify.Create, "/w/articles/a.md~", false},
		{fsnotify.Create, "/w/articles/#a.md#", false},
		{fsnotify.Create, "/w/articles/.#a.md", false},
		{fsnotify.Create, "/w/articles/4913", false},
		{fsnotify.Create, "/w/articles/a.swp", false},
		{fsnotify.Create, "/w/articles/a.md.tmp", false},
		{fsnotify.Create, "/w/articles/a.md.bak", false},
		{0, "", false},
	}
	for _, tt := range tests {
		if got := v.counts(fsnotify.Event{Name: tt.name, Op: tt.op}); got != tt.want {
			t.Errorf("%v of %q: got %v, want %v", tt.op, tt.name, got, tt.want)
		}
	}
}

// What a view knows of a root is that of a moment; what it knows of a directory
// does not depend on the files in it.
func TestWatchOutdates(t *testing.T) {
	v := &view{
		trees: map[string]bool{"/w/articles": true},
		named: map[string]string{"/w/site.yaml": "site.yaml"},
	}
	tests := []struct {
		op   fsnotify.Op
		name string
		want bool
	}{
		{fsnotify.Write, "/w/site.yaml", true},
		{fsnotify.Remove, "/w/articles", true},
		{fsnotify.Rename, "/w/articles", true},
		{fsnotify.Write, "/w/articles/a.md", false},
		{fsnotify.Remove, "/w/articles/a.md", false},
	}
	for _, tt := range tests {
		if got := v.outdates(fsnotify.Event{Name: tt.name, Op: tt.op}); got != tt.want {
			t.Errorf("%v of %q: got %v, want %v", tt.op, tt.name, got, tt.want)
		}
	}
}

// A change is told when it has settled, a long one after five seconds, and one
// that needs other watches after these were made.
func TestWatchSettles(t *testing.T) {
	write := fsnotify.Event{Name: "/w/articles/a.md", Op: fsnotify.Write}
	tests := []struct {
		name string
		play func(events chan<- fsnotify.Event, errs chan<- error)
		want []string
	}{
		{
			"one event",
			func(events chan<- fsnotify.Event, _ chan<- error) { events <- write },
			[]string{"open at 0s", "poke at 500ms"},
		},
		{
			"events close together are one change",
			func(events chan<- fsnotify.Event, _ chan<- error) {
				for range 5 {
					events <- write
					time.Sleep(400 * time.Millisecond)
				}
			},
			[]string{"open at 0s", "poke at 2.1s"},
		},
		{
			"a file that is written all the time is told every five seconds",
			func(events chan<- fsnotify.Event, _ chan<- error) {
				for range 30 {
					events <- write
					time.Sleep(400 * time.Millisecond)
				}
			},
			[]string{"open at 0s", "poke at 5s", "poke at 10.2s", "poke at 12.1s"},
		},
		{
			"events that do not count are not a change",
			func(events chan<- fsnotify.Event, _ chan<- error) {
				events <- fsnotify.Event{Name: "/w/articles/.a.md.swp", Op: fsnotify.Write}
			},
			[]string{"open at 0s"},
		},
		{
			"a directory that is gone: watch anew, then tell",
			func(events chan<- fsnotify.Event, _ chan<- error) {
				events <- fsnotify.Event{Name: "/w/articles", Op: fsnotify.Remove}
			},
			[]string{"open at 0s", "open at 500ms", "poke at 500ms"},
		},
		{
			"an overflow: watch anew, then tell",
			func(_ chan<- fsnotify.Event, errs chan<- error) { errs <- fsnotify.ErrEventOverflow },
			[]string{"open at 0s", "open at 500ms", "poke at 500ms"},
		},
		{
			"another error: the same",
			func(_ chan<- fsnotify.Event, errs chan<- error) { errs <- errors.New("short read") },
			[]string{"open at 0s", "open at 500ms", "poke at 500ms"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				var got []string
				note := func(what string) { got = append(got, what+" at "+time.Since(begun).String()) }
				events, errs := make(chan fsnotify.Event), make(chan error)
				w := NewWatcher(
					func() []string { return nil },
					func([]string) { note("poke") },
					slog.New(slog.DiscardHandler),
				)
				ctx, stop := context.WithCancel(t.Context())
				go w.run(ctx, func(context.Context) *view {
					note("open")
					return &view{events: events, errors: errs, trees: map[string]bool{"/w/articles": true}}
				})
				tt.play(events, errs)
				time.Sleep(time.Minute)
				stop()
				synctest.Wait()
				if !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}
