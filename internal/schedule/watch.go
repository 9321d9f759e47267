package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Watcher calls Poke when something below the roots changed, with the paths that
// did, as far as it can tell. It is a hint: the
// system may keep changes to itself (network file systems, exhausted limits),
// so whoever must not miss any looks on a schedule as well.
//
// A root that is a directory is watched with all directories below it, also
// those that come later; symbolic links are followed in the root itself only.
// Any other root is watched by its name in its directory: a file, or what is
// not there yet. Roots that are replaced, whole or by pointing a symbolic link
// elsewhere, are noticed within seconds.
//
// Names that editors and copying programs use for a while do not count: those
// that begin with a dot or end in "~", ".swp", ".swx", ".tmp" or ".bak",
// "#name#" and 4913. Nor do changes of mode and times alone. The roots
// themselves always count.
type Watcher struct {
	// Roots returns the directories and files to watch; it is asked again
	// every few seconds.
	Roots func() []string
	// Poke is called when a change has settled: Settle after the last event, and
	// five seconds after the first at the latest. Changed are the paths of files
	// and directories that came, went or changed, each below a root as the root
	// was given; nil when not all of them are known.
	Poke func(changed []string)
	// Log gets one warning when the system's limits do not allow to watch all.
	Log *slog.Logger
	// Settle is the quiet that ends a change; half a second from NewWatcher.
	Settle time.Duration

	ceiling time.Duration // the longest that a change is waited for
	look    time.Duration // between two looks at the roots
	warned  bool
}

// NewWatcher returns a watcher that has not begun.
func NewWatcher(roots func() []string, poke func(changed []string), log *slog.Logger) *Watcher {
	return &Watcher{
		Roots:   roots,
		Poke:    poke,
		Log:     log,
		Settle:  500 * time.Millisecond,
		ceiling: 5 * time.Second,
		look:    5 * time.Second,
	}
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) { w.run(ctx, w.open) }

func (w *Watcher) run(ctx context.Context, open func(context.Context) *view) {
	v := open(ctx)
	defer func() { v.close() }()

	looks := time.NewTicker(w.look)
	defer looks.Stop()
	settled := time.NewTimer(w.Settle)
	settled.Stop()
	defer settled.Stop()
	var first time.Time // event of a change that has not settled
	stale := false      // v no longer has all directories
	paths := map[string]bool{}

	changed := func() {
		now := time.Now()
		if first.IsZero() {
			first = now
		}
		settled.Reset(min(w.Settle, first.Add(w.ceiling).Sub(now)))
	}
	for {
		select {
		case <-ctx.Done():
			return
		case event := <-v.events:
			if v.counts(event) {
				stale = stale || v.outdates(event)
				if len(paths) <= mostPaths {
					paths[v.given(event.Name)] = true
				}
				changed()
			}
		case err := <-v.errors:
			// What the system dropped may have been anything.
			stale = true
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				w.Log.Debug("watching files", "err", err)
			}
			changed()
		case <-looks.C:
			if v.rootsChanged(w.Roots()) {
				stale = true
				changed()
			}
		case <-settled.C:
			known := slices.Sorted(maps.Keys(paths))
			if stale || paths[""] || len(paths) > mostPaths {
				known = nil
			}
			clear(paths)
			if stale {
				// All watches are made anew: it cannot be known which of them
				// followed a directory to its new name, and which went with
				// one that is gone. What happens between the two views is seen
				// by the run that the poke leads to.
				v.close()
				v = open(ctx)
				stale = false
			}
			first = time.Time{}
			w.Poke(known)
		}
	}
}

// mostPaths is how many paths of a change are told apart.
const mostPaths = 1000

// view is what is watched, from one opening to the next. Without help of the
// system it sees the roots alone.
type view struct {
	watcher *fsnotify.Watcher // nil when there is none
	events  <-chan fsnotify.Event
	errors  <-chan error

	roots []root
	trees map[string]bool   // directories watched for all names in them
	tops  map[string]string // directories that are roots → the roots as they were given
	named map[string]string // files watched for themselves → likewise
}

// root is a root as it was when the view was opened.
type root struct {
	path string
	info fs.FileInfo // nil when it was not there
}

// open begins to watch all that is below the roots.
func (w *Watcher) open(ctx context.Context) *view {
	v := &view{trees: map[string]bool{}, tops: map[string]string{}, named: map[string]string{}}
	for _, path := range w.Roots() {
		v.roots = append(v.roots, root{path, stat(path)})
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		w.warn(err)
		return v
	}
	v.watcher, v.events, v.errors = watcher, watcher.Events, watcher.Errors

	for _, r := range v.roots {
		if r.info != nil && r.info.IsDir() {
			err = cmp.Or(err, v.addTree(ctx, r.path))
		}
	}
	for _, r := range v.roots {
		if r.info == nil || !r.info.IsDir() {
			err = cmp.Or(err, v.addNamed(r.path))
		}
	}
	if err != nil {
		w.warn(err)
	} else {
		w.warned = false
	}
	return v
}

func (v *view) close() {
	if v.watcher != nil {
		// The only error there is: that it is closed already.
		_ = v.watcher.Close()
	}
}

// addTree watches a directory and all below it. A directory is watched before
// its names are read, so that nothing can come in between.
func (v *view) addTree(ctx context.Context, root string) error {
	top, err := resolve(root)
	if err != nil {
		return nil // gone again; rootsChanged will tell
	}
	v.tops[top] = root
	return filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil:
			return nil // unreadable, or gone again: for the scan to report
		case !d.IsDir():
			return nil
		case path != top && passing(d.Name()), v.trees[path]:
			return fs.SkipDir
		}
		err = v.add(path)
		if err == nil {
			v.trees[path] = true
		}
		return exhausted(err)
	})
}

// addNamed watches one file, by the directory that it is in: editors put a new
// file in the place of the old.
func (v *view) addNamed(name string) error {
	dir, err := resolve(filepath.Dir(name))
	if err != nil {
		return nil
	}
	v.named[filepath.Join(dir, filepath.Base(name))] = name
	if v.trees[dir] {
		return nil
	}
	return exhausted(v.add(dir))
}

func (v *view) add(dir string) error {
	if err := v.watcher.Add(dir); err != nil {
		return fmt.Errorf("watch %q: %w", dir, err)
	}
	return nil
}

// given returns a name of an event as a path below a root as it was given; empty
// when it lies below none.
func (v *view) given(name string) string {
	name = filepath.Clean(name)
	if root := v.named[name]; root != "" {
		return root
	}
	for dir := name; ; dir = filepath.Dir(dir) {
		if root, ok := v.tops[dir]; ok {
			return filepath.Join(root, name[len(dir):])
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// counts reports whether an event is a reason to look at the articles.
func (v *view) counts(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod || event.Name == "" {
		return false
	}
	name := filepath.Clean(event.Name)
	if v.named[name] != "" || v.trees[name] {
		return true
	}
	return v.trees[filepath.Dir(name)] && !passing(filepath.Base(name))
}

// outdates reports whether, after an event that counts, the view is no longer
// right: a root is another, or other directories have to be watched.
func (v *view) outdates(event fsnotify.Event) bool {
	name := filepath.Clean(event.Name)
	switch {
	case v.named[name] != "":
		return true
	case event.Has(fsnotify.Create):
		info, err := os.Lstat(name)
		return err == nil && info.IsDir()
	case event.Has(fsnotify.Remove), event.Has(fsnotify.Rename):
		return v.trees[name]
	}
	return false
}

// rootsChanged compares the roots with what they were.
func (v *view) rootsChanged(paths []string) bool {
	if len(paths) != len(v.roots) {
		return true
	}
	for i, path := range paths {
		was, is := v.roots[i], stat(path)
		switch {
		case path != was.path, (is == nil) != (was.info == nil):
			return true
		case is == nil:
		case !os.SameFile(is, was.info):
			return true
		case !is.IsDir() && (is.Size() != was.info.Size() || !is.ModTime().Equal(was.info.ModTime())):
			return true
		}
	}
	return false
}

// warn tells once that watching is incomplete, and what can be done.
func (w *Watcher) warn(err error) {
	if w.warned {
		return
	}
	w.warned = true
	hint := "raise the limit of open files: ulimit -n"
	switch {
	case errors.Is(err, syscall.ENOSPC):
		hint = "sysctl fs.inotify.max_user_watches=524288"
	case errors.Is(err, syscall.EMFILE):
		hint = "sysctl fs.inotify.max_user_instances=1024, or raise the limit of open files: ulimit -n"
	}
	w.Log.Warn("not all changes of files are seen at once; the schedule finds them", "err", err, "hint", hint)
}

// exhausted returns err if it says that a limit of the system is reached. What
// else keeps a directory from being watched concerns it alone: it is gone
// again, or the scan reports it as unreadable.
func exhausted(err error) error {
	for _, limit := range []error{syscall.ENOSPC, syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, limit) {
			return err
		}
	}
	return nil
}

// passing reports whether a name is one that programs use for a while.
func passing(name string) bool {
	switch filepath.Ext(name) {
	case ".swp", ".swx", ".tmp", ".bak":
		return true
	}
	return strings.HasPrefix(name, ".") ||
		strings.HasSuffix(name, "~") ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") ||
		name == "4913" // vim tries with it whether it may write in a directory
}

// resolve returns the one name by which a directory is watched, without
// symbolic links.
func resolve(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// stat returns nil for what is not there.
func stat(path string) fs.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}
