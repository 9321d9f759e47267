package library

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
)

// split parts the path of a file into the directory that it lies in and its name
// there.
func split(path string) (dir, base string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return ".", path
}

// folder is a directory as its names were read. It is not changed any more.
type folder struct {
	path     string
	mark     uint64   // of its names; zero when they have to be read again
	articles []string // paths of the files that have the form of articles, sorted
	others   []string // of the other regular files, sorted
	below    []string // of the directories in it, sorted as what is in them
	sections []string // of the files called _index, which describe a section, sorted
	problems []article.Problem
}

// files are the files of one kind in a tree, sorted by path, and their states.
type files struct {
	paths  []string // shared by all trees with the same names
	stamps stamps
}

// find returns the index of the file at a path.
func (f files) find(path string) (int, bool) {
	return slices.BinarySearch(f.paths, path)
}

// these returns the indexes of those of the paths that are there, sorted.
func (f files) these(paths map[string]bool) []int {
	all := []int{}
	for path := range paths {
		if i, ok := f.find(path); ok {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	return all
}

// tree is what a walk finds.
type tree struct {
	folders  map[string]*folder // by path
	dirs     []string           // paths of folders, sorted
	articles files              // those that have the form of articles
	sections files              // those that are called _index and describe a section
	others   files              // the other regular files
	problems []article.Problem
	// unseen says that no article was looked at: all are going to be read, and
	// have their stamps then.
	unseen bool
	// partial says that a file vanished under the walk: then the names are not
	// those of the folders, and the next walk makes them anew.
	partial bool
	// names is another pointer for every change of names; all trees that have
	// it share their paths.
	names *names
	// base is the tree that this one was made from by looking at some of its
	// articles alone, whose indexes are touched. It is nil when all were looked at.
	base    *tree
	touched []int
}

// names tells one set of names from all others, by its address.
type names struct{ _ byte }

// walk goes through a directory to its end, or fails. Of what it finds as it
// was at the last walk, nil before the first, the names are not taken apart
// again. With only, no more is looked at than these paths and what is found to
// be new by them; the rest is as it was. With unseen, no article is looked at.
func walk(ctx context.Context, g ground, last *tree, only []string, unseen bool) (*tree, error) {
	t := &tree{folders: map[string]*folder{}, unseen: unseen}
	if last == nil {
		last, only = &tree{}, nil
	}
	var dirs, states map[string]bool
	if only != nil {
		var known bool
		if dirs, states, known = last.doubtful(g, only); !known {
			dirs, states = nil, nil
		}
	}
	if err := t.list(ctx, g, last, dirs); err != nil {
		return nil, err
	}
	same := t.join(last)
	if states != nil && same {
		t.base, t.touched = last, last.articles.these(states)
	}
	for _, f := range []struct {
		files *files
		last  files
	}{{&t.articles, last.articles}, {&t.sections, last.sections}, {&t.others, last.others}} {
		if unseen && f.files == &t.articles {
			f.files.stamps = newStamps(len(f.files.paths))
			continue
		}
		gone, err := f.files.look(ctx, g, f.last, same, states)
		if err != nil {
			return nil, err
		}
		if gone {
			t.partial = true
			t.names = new(names)
		}
	}
	return t, nil
}

// doubtful tells what has to be looked at for some paths to be as they are: the
// directories whose names are read anew, and the files that are looked at. It
// reports false when that is everything.
func (t *tree) doubtful(g ground, paths []string) (dirs, states map[string]bool, ok bool) {
	w := g.walker()
	defer w.close()
	dirs, states = map[string]bool{}, map[string]bool{}
	for _, path := range paths {
		states[path] = true
		dir, base := split(path)
		_, isArticle := t.articles.find(path)
		_, isSection := t.sections.find(path)
		_, isOther := t.others.find(path)
		if isArticle || isSection || isOther {
			if _, err := w.stat(dir, base); err == nil {
				continue
			}
		}
		if t.folders[path] != nil {
			dirs[path] = true
		}
		if t.folders[dir] == nil {
			return nil, nil, false
		}
		dirs[dir] = true
	}
	return dirs, states, true
}

// list reads the names of all directories, or of those whose names are in
// doubt; the others are as they were.
func (t *tree) list(ctx context.Context, g ground, last *tree, doubtful map[string]bool) error {
	l := lister{tree: t, queue: []string{"."}}
	l.idle = sync.NewCond(&l.mu)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			w := g.walker()
			defer w.close()
			for {
				dir, ok := l.next()
				if !ok {
					return
				}
				was := last.folders[dir]
				if was != nil && doubtful != nil && !doubtful[dir] {
					l.done(was, nil)
					continue
				}
				f, err := listFolder(ctx, w, dir, was)
				if vanished(err) && dir != "." {
					f, err = nil, nil
				}
				l.done(f, err)
			}
		})
	}
	workers.Wait()
	return l.err
}

// lister is the work that several walkers share.
type lister struct {
	mu    sync.Mutex
	idle  *sync.Cond // queue or busy changed
	tree  *tree
	queue []string // directories to be listed
	busy  int      // walkers that list one
	err   error    // the first
}

func (l *lister) next() (dir string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 && l.busy > 0 && l.err == nil {
		l.idle.Wait()
	}
	if len(l.queue) == 0 || l.err != nil {
		return "", false
	}
	dir = l.queue[len(l.queue)-1]
	l.queue = l.queue[:len(l.queue)-1]
	l.busy++
	return dir, true
}

// done takes a directory as it was listed, nil when it vanished.
func (l *lister) done(f *folder, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	if err != nil && l.err == nil {
		l.err = err
	}
	if f != nil {
		l.tree.folders[f.path] = f
		l.queue = append(l.queue, f.below...)
	}
	l.idle.Broadcast()
}

// listFolder reads the names of a directory, which was as given, or nil.
func listFolder(ctx context.Context, w walker, dir string, was *folder) (*folder, error) {
	var mark uint64
	if was != nil {
		mark = was.mark
	}
	names, mark, err := w.list(ctx, dir, mark)
	if err != nil {
		return nil, err
	}
	if was != nil && mark != 0 && mark == was.mark {
		return was, nil
	}
	f := &folder{path: dir, mark: mark}
	for _, n := range names {
		f.take(n)
	}
	for _, paths := range []*[]string{&f.articles, &f.sections, &f.others} {
		slices.Sort(*paths)
		*paths = slices.Clone(*paths) // without room for more
	}
	slices.SortFunc(f.below, func(a, b string) int { return cmp.Compare(a+"/", b+"/") }) // as what is in them
	if was != nil && sharesNames(f, was) {
		// So that trees can be compared by their paths.
		f.articles, f.sections, f.others, f.below = was.articles, was.sections, was.others, was.below
	}
	return f, nil
}

// take takes what is called n.
func (f *folder) take(n name) {
	isDir := n.mode.IsDir()
	if skipped(f.path, n.base, isDir) {
		if strings.HasPrefix(n.base, "_index.") && n.mode.IsRegular() && utf8.ValidString(n.base) {
			f.sections = append(f.sections, join(f.path, n.base))
		}
		return
	}
	p := join(f.path, n.base)
	_, isArticle := article.FormatOf(n.base)
	switch {
	case !utf8.ValidString(p):
		f.badName(p, isArticle || isDir)
	case isDir:
		f.below = append(f.below, p)
	case n.mode.IsRegular() && isArticle:
		f.articles = append(f.articles, p)
	case n.mode.IsRegular():
		f.others = append(f.others, p)
	case isArticle:
		f.notRegular(p, n.mode)
	}
}

// notRegular reports what is called like an article and is not read.
func (f *folder) notRegular(path string, mode fs.FileMode) {
	p := article.Problem{Path: path, Severity: article.Warning, Code: "not-regular",
		Text: fmt.Sprintf("is %s, which is not read", kind(mode)), Hint: "put a regular file in its place"}
	if mode&fs.ModeSymlink != 0 {
		p.Code = "symlink"
		p.Text = "is a symbolic link, which is not followed"
		p.Hint = "put the file itself in its place"
	}
	f.problems = append(f.problems, p)
}

// badName reports what would be read were its name text: neither an id nor an
// address can be made of other bytes.
func (f *folder) badName(path string, wouldBeRead bool) {
	if !wouldBeRead {
		return
	}
	f.problems = append(f.problems, article.Problem{
		Path: strings.ToValidUTF8(path, "\ufffd"), Severity: article.Error, Code: "bad-name",
		Text: fmt.Sprintf("the name %q is not UTF-8", path), Hint: "rename it",
	})
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	default:
		return "no regular file"
	}
}

// join makes one tree of the folders, and reports whether it has the names of
// the last.
func (t *tree) join(last *tree) (same bool) {
	same = len(t.folders) == len(last.folders) && len(t.folders) > 0 && !last.partial
	for path, f := range t.folders {
		was := last.folders[path]
		same = same && was != nil && sharesNames(f, was)
		t.problems = append(t.problems, f.problems...)
	}
	slices.SortFunc(t.problems, article.Problem.Compare)
	t.names = last.names
	if same {
		t.dirs, t.articles.paths, t.sections.paths, t.others.paths = last.dirs, last.articles.paths, last.sections.paths, last.others.paths
		return true
	}
	t.names = new(names)
	t.dirs = make([]string, 0, len(t.folders))
	for path := range t.folders {
		t.dirs = append(t.dirs, path)
	}
	slices.Sort(t.dirs)
	if root := t.folders["."]; root != nil {
		t.collect(root)
	}
	return false
}

// sharesNames reports whether two states of a folder hold the same files.
func sharesNames(a, b *folder) bool {
	return a == b || slices.Equal(a.articles, b.articles) && slices.Equal(a.sections, b.sections) && slices.Equal(a.others, b.others) && slices.Equal(a.below, b.below)
}

// collect adds the files of a folder and of those below it, sorted by path: a
// folder stands where its path with a stroke behind it does.
func (t *tree) collect(f *folder) {
	for _, kind := range []struct {
		paths *[]string
		of    func(*folder) []string
	}{
		{&t.articles.paths, func(f *folder) []string { return f.articles }},
		{&t.sections.paths, func(f *folder) []string { return f.sections }},
		{&t.others.paths, func(f *folder) []string { return f.others }},
	} {
		n := 0
		for _, f := range t.folders {
			n += len(kind.of(f))
		}
		*kind.paths = t.collectFiles(make([]string, 0, n), f, kind.of)
	}
}

func (t *tree) collectFiles(all []string, f *folder, of func(*folder) []string) []string {
	paths := of(f)
	for _, dir := range f.below {
		n, _ := slices.BinarySearch(paths, dir+"/")
		all = append(all, paths[:n]...)
		paths = paths[n:]
		if below := t.folders[dir]; below != nil {
			all = t.collectFiles(all, below, of)
		}
	}
	return append(all, paths...)
}

// chunk is how many files a walker takes at a time: neighbours, which lie in
// the same directory.
const chunk = 64

// look fills in the stamps of the files at the paths. With only, no others
// are looked at but these and those that were not there at the last look. Files
// that vanished since their names were read are left out; it reports whether
// there were any.
func (f *files) look(ctx context.Context, g ground, last files, same bool, only map[string]bool) (vanishing bool, err error) {
	var mu sync.Mutex
	gone := map[int]bool{}
	var todo []int // nil for all
	if only != nil && same {
		todo = last.these(only)
		f.stamps = last.stamps.but(todo)
	} else {
		f.stamps = newStamps(len(f.paths))
	}
	if only != nil && !same {
		todo = []int{}
		at := 0
		for i, path := range f.paths {
			for at < len(last.paths) && last.paths[at] < path {
				at++
			}
			if at < len(last.paths) && last.paths[at] == path && !only[path] {
				*f.stamps.at(i) = *last.stamps.at(at)
			} else {
				todo = append(todo, i)
			}
		}
	}
	n := len(f.paths)
	if todo != nil {
		n = len(todo)
	}
	err = share(ctx, g, n, func(w walker, i int) error {
		if todo != nil {
			i = todo[i]
		}
		st, err := w.stat(split(f.paths[i]))
		if replaced(err) {
			mu.Lock()
			defer mu.Unlock()
			gone[i] = true
			return nil
		}
		*f.stamps.at(i) = st
		return err
	})
	if err != nil || len(gone) == 0 {
		return false, err
	}
	*f = f.without(func(i int) bool { return gone[i] })
	return true, nil
}

// without returns the files but for some.
func (f files) without(gone func(i int) bool) files {
	var kept files
	var stays []int
	for i, path := range f.paths {
		if !gone(i) {
			kept.paths, stays = append(kept.paths, path), append(stays, i)
		}
	}
	kept.stamps = newStamps(len(stays))
	for to, from := range stays {
		*kept.stamps.at(to) = *f.stamps.at(from)
	}
	return kept
}

// leaveOut takes articles out that vanished after they were looked at.
func (t *tree) leaveOut(gone func(i int) bool) {
	t.articles = t.articles.without(gone)
	t.partial = true
	t.names = new(names)
}

// digest names all files of a tree, as they were at the instant now, and those
// of them that are no articles. The first is empty when a file is so fresh that
// its stamp says nothing, or when not all were looked at, as with few.
func (t *tree) digest(now time.Time, few bool) (all, others string) {
	fresh := false
	d := xxhash.New()
	add := func(f files) {
		for i, path := range f.paths {
			d.WriteString(path)
			d.Write(separator[:])
			st := f.stamps.at(i)
			st.add(d)
			fresh = fresh || st.fresh(now)
		}
	}
	add(t.others)
	others = strconv.FormatUint(d.Sum64(), 16)
	if few || t.unseen {
		return "", others
	}
	d.Write(separator[:])
	add(t.articles)
	d.Write(separator[:])
	add(t.sections)
	for _, dir := range t.dirs {
		d.WriteString(dir)
		d.Write(separator[:])
	}
	for _, p := range t.problems {
		d.WriteString(p.Path)
		d.WriteString(p.Text)
		d.Write(separator[:])
	}
	if fresh || t.partial {
		return "", others
	}
	return strconv.FormatUint(d.Sum64(), 16), others
}

// share calls do with each number below n, in chunks, from all processors; it
// ends early with the first error.
func share(ctx context.Context, g ground, n int, do func(w walker, i int) error) error {
	var next atomic.Int64
	var failure atomic.Pointer[error]
	work := func() {
		w := g.walker()
		defer w.close()
		for ctx.Err() == nil && failure.Load() == nil {
			from := int(next.Add(chunk)) - chunk
			if from >= n {
				return
			}
			for i := from; i < min(from+chunk, n); i++ {
				if i&15 == 0 && ctx.Err() != nil {
					return
				}
				if err := do(w, i); err != nil {
					failure.CompareAndSwap(nil, &err)
					return
				}
			}
		}
	}
	if n <= chunk {
		work()
	} else {
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			workers.Go(work)
		}
		workers.Wait()
	}
	if err := failure.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}
