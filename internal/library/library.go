// Package library reads a directory of articles and keeps up with it.
//
// [Library.Scan] walks the directory and returns a [Snapshot]: every article
// that is there, what is wrong with those that are broken, and which other
// files lie beside them. The next scan parses only what changed since.
//
// # What it promises
//
// The directory is only ever read. Nothing in it can make a scan wait: a named
// pipe, a device or a socket is never opened, and what is opened is a regular
// file, read up to a limit. Symbolic links are not followed, the directory
// itself excepted, which its operator named; so no article can bring in a file
// from elsewhere.
//
// One broken file costs one article. When it was good before, its last good
// form stays, for as long as there is the cache; the problem is reported all the
// same. When the directory itself cannot be read to its end, the scan is an
// error: half a directory would look like half of the articles withdrawn.
//
// The same files give the same snapshot, in whatever order the file system
// lists them.
//
// # Conventions
//
// A directory that belongs to a site generator is read by its rules: which
// files are articles and which are pages, which folders are topics, languages
// or drafts, where an article is published. The generator is the one that the
// site file states, else that whose configuration lies in the directory or
// above it, else the one that names and texts of the files give away;
// Snapshot.Convention tells which, and why.
//
// # What is no article
//
// Articles are known by their extension (see [article.FormatOf]). Passed over
// without a word are the litter of editors, synchronisers and version control
// (.x, #x#, x~, x.orig, x.tmp, x.sync-conflict-…), what begins with an
// underscore (but for _posts and _drafts where the convention has them),
// node_modules, and the texts that describe a directory instead of belonging to
// it: README, LICENSE, robots.txt and their like. A link, a pipe or a device that
// is called like an article gets a warning.
//
// # What it does not do
//
// It does not watch: [Library.Dirs] tells what a watcher should look at. It
// has no clock: the instant of a scan is an argument, and serves only to tell
// which files are too fresh to be trusted.
package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// Library is a directory of articles and what is known of it. It may be used
// from several goroutines; scans wait for one another.
type Library struct {
	// Settle is how long a new or changed file must have been left alone
	// before it is read; until then its last good form stands, and a new
	// article waits. Default 0: what is there is read. It is not changed while
	// a scan runs.
	Settle time.Duration

	// Cache is the file in which Save keeps what is known of the articles, for
	// the next process; beside it, with .texts behind its name, lie copies of
	// the texts that were shown. Empty, the default: nothing is kept, and an
	// article whose file changed has no text any more. What lies there may be
	// deleted at any time. Cache and what follows is not changed after the
	// first scan.
	Cache string
	// Program names the program: files that another one has parsed are parsed
	// again.
	Program string
	// ReadOnly says that the cache is read and not written.
	ReadOnly bool
	// Omit tells the articles of which nothing is written to the cache. It may be
	// nil. Drafts and articles whose time has not come are never written.
	Omit func(*article.Article) bool
	// Progress is told, from several goroutines, how many of the files that have
	// to be looked into are done. It may be nil.
	Progress func(done, all int)
	// Warn is told why a cache is not used. It may be nil.
	Warn func(error)

	fsys  fs.FS
	parse func(p *article.Parser, path string, src []byte, opt article.Options) (*article.Article, []article.Problem)

	scanning sync.Mutex // held while the directory is read; guards what follows
	tree     *tree      // that of the last scan
	known    []*known   // of its articles' files
	ruled    *rules     // by which they were read
	last     Snapshot   // what came of it
	unsteady []int      // indexes of the files that are looked at whatever their stamps
	loaded   bool       // the cache was read
	saved    state      // what is in it

	mu     sync.Mutex // guards what follows
	dirs   []string
	hashes map[string]hash // by path, of media
	// measures has the sizes of pictures, by path.
	measures map[string]measured
	reads    *reading // what files are read by since the last scan
	texts    texts    // has a lock of its own
}

// New returns the library of the articles in fsys, which is [Dir] for a
// directory on disk. Nothing is read yet.
func New(fsys fs.FS) *Library {
	return &Library{fsys: fsys, parse: (*article.Parser).Parse, hashes: map[string]hash{}, measures: map[string]measured{}}
}

// Snapshot is what a directory of articles held at one moment. It is not
// changed once handed over, and neither are its articles.
type Snapshot struct {
	// Articles are those that may be published, sorted by Path. A broken one
	// stands here in its last good form, when it had one.
	Articles []*article.Article
	// Drafts is the number of articles that their authors keep back.
	Drafts int
	// Convention is the site generator whose rules the articles follow.
	Convention Convention
	// Pages is the number of files that have the form of articles and by the
	// convention are none: pages, lists, redirects.
	Pages int
	// Problems are those of all files, drafts included, sorted as
	// [article.Problem.Compare] does.
	Problems []article.Problem
	// Parsed is the number of files that this scan had to parse.
	Parsed int
	// Unsettled is when the first of the files that were too fresh can be
	// read, see Library.Settle; zero when there is none.
	Unsettled time.Time
	// Waiting are the paths of those files, sorted.
	Waiting []string

	// Digest names all files that the scan saw, by path and stamp: another scan
	// with the same digest and the same site finds the same. It is empty when
	// that is not certain: a file is so fresh that it may change without
	// anything showing it, or not all were looked at.
	Digest string

	others  string
	tree    *tree
	library *Library
}

// FilesVersion names the files that are no articles, by path and stamp: while
// it is the same, Has and Measure give the same answers.
func (s Snapshot) FilesVersion() string { return s.others }

// Has reports whether a regular file that is no article lies at a path below
// the directory: a picture, a recording. Litter is not there.
func (s Snapshot) Has(path string) bool {
	if s.tree == nil {
		return false
	}
	_, ok := s.tree.others.find(path)
	return ok
}

// Scan reads what is new. The site says in which zone and language articles
// are written that do not tell; now is the instant of the scan.
//
// An error means that the directory could not be read to its end, or that ctx
// is done; then the library knows what it knew before.
func (l *Library) Scan(ctx context.Context, s site.Site, now time.Time) (Snapshot, error) {
	sight, err := l.Look(ctx, now)
	if err != nil {
		return Snapshot{}, err
	}
	defer sight.Close()
	return sight.Read(ctx, s)
}

// Rescan is Scan for some paths below the directory that are said to have
// changed: all else is taken to be as it was at the last scan. It costs in
// proportion to what changed. Who must not miss anything scans.
func (l *Library) Rescan(ctx context.Context, s site.Site, now time.Time, paths []string) (Snapshot, error) {
	sight, err := l.look(ctx, now, paths)
	if err != nil {
		return Snapshot{}, err
	}
	defer sight.Close()
	return sight.Read(ctx, s)
}

// Sight is the directory as it lies there, before anything in it is read.
type Sight struct {
	// Digest is that of the Snapshot that Read will return. It is empty, too, when
	// nothing is known of any article yet: then they are looked at as they are read.
	Digest string

	library *Library
	ground  ground
	tree    *tree
	now     time.Time
	few     bool // not all was looked at
	others  string
}

// Look goes over the directory at the instant now and opens no file in it.
// Close must be called in the end. Errors are those of Scan.
func (l *Library) Look(ctx context.Context, now time.Time) (*Sight, error) {
	return l.look(ctx, now, nil)
}

// LookAgain is Look for some paths below the directory, see [Library.Rescan]. Its
// Digest is empty.
func (l *Library) LookAgain(ctx context.Context, now time.Time, paths []string) (*Sight, error) {
	return l.look(ctx, now, paths)
}

func (l *Library) look(ctx context.Context, now time.Time, only []string) (*Sight, error) {
	l.scanning.Lock()
	last, first := l.tree, l.knowsNothing()
	l.scanning.Unlock()
	g, err := l.open()
	if err != nil {
		return nil, err
	}
	t, err := walk(ctx, g, last, only, first)
	if err != nil {
		g.Close()
		return nil, fmt.Errorf("read the directory of articles: %w", err)
	}
	s := &Sight{library: l, ground: g, tree: t, now: now, few: only != nil}
	s.Digest, s.others = t.digest(now, s.few)
	return s, nil
}

// knowsNothing reports whether all files will be read, whatever their stamps.
func (l *Library) knowsNothing() bool {
	if l.tree != nil || l.Settle > 0 {
		return false
	}
	_, err := os.Stat(l.Cache)
	return l.Cache == "" || errors.Is(err, fs.ErrNotExist)
}

// Close ends the look at the directory.
func (s *Sight) Close() error { return s.ground.Close() }

// Read reads what is new; see [Library.Scan].
func (v *Sight) Read(ctx context.Context, s site.Site) (Snapshot, error) {
	l := v.library
	l.scanning.Lock()
	defer l.scanning.Unlock()
	if !l.loaded {
		l.loaded, l.saved = true, l.load(s.Zone, v.tree.articles.paths)
	}
	ruled := l.rules(v.ground, v.tree, s, v.now)
	lastTree, lastKnown := l.tree, l.known
	var sameRules bool // as lastKnown was found by
	if l.tree == nil {
		lastTree, lastKnown = &tree{articles: files{paths: l.saved.paths}}, l.saved.known
		sameRules = l.saved.rules == ruled.rulesSum()
	} else {
		sameRules = l.ruled.layout == ruled.layout
	}
	r := &reading{Library: l, pool: article.NewPool(), layout: ruled.layout, tree: v.tree, now: v.now,
		options: article.Options{Zone: s.Zone, Language: s.Language, Encoding: s.Encoding}}
	var some []int // that are looked at; nil for all
	if v.tree.base != nil && v.tree.base == l.tree && v.tree.names == l.tree.names && sameRules {
		some = slices.Concat(v.tree.touched, l.unsteady)
		slices.Sort(some)
		some = append([]int{}, slices.Compact(some)...)
	}
	known, parsed, err := r.read(ctx, v.ground, lastTree, lastKnown, sameRules, some)
	if err != nil {
		return Snapshot{}, err
	}
	if v.tree.unseen {
		v.tree.unseen = false
		v.Digest, _ = v.tree.digest(v.now, false)
	}
	snap := l.last
	if l.tree == nil || l.tree.names != v.tree.names || ruled.convention != l.ruled.convention || !slices.Equal(v.tree.problems, l.tree.problems) {
		snap = r.snapshot(known, ruled)
	} else if !snap.replace(l.known, known) || ruled.layout.needsDate() {
		snap = r.snapshot(known, ruled)
	}
	snap.Parsed, snap.Digest, snap.others, snap.tree, snap.library = parsed, v.Digest, v.others, v.tree, l
	if some == nil || v.tree.names != l.tree.names {
		l.unsteady = l.unsteady[:0]
		for i, k := range known {
			if !k.steady() {
				l.unsteady = append(l.unsteady, i)
			}
		}
	} else {
		l.unsteady = slices.DeleteFunc(some, func(i int) bool { return known[i].steady() })
	}
	if len(l.unsteady) > 0 {
		snap.Digest = "" // they have to be looked at again, whatever their stamps
	}

	r.known, r.pool = known, nil
	v.tree.base, v.tree.touched = nil, nil // else every tree there was would stay in memory
	l.tree, l.known, l.ruled, l.last = v.tree, known, ruled, snap
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dirs, l.reads = v.tree.dirs, r
	isGone := func(path string) bool { _, ok := v.tree.others.find(path); return !ok }
	maps.DeleteFunc(l.hashes, func(path string, _ hash) bool { return isGone(path) })
	maps.DeleteFunc(l.measures, func(path string, _ measured) bool { return isGone(path) })
	return snap, nil
}

// read looks at the files of these indexes, nil for all, that have changed or
// have to be looked at again, after what was known of those of the last tree: all
// of them when it was not found by the same rules. Files that vanish meanwhile
// leave the reading's tree.
func (r *reading) read(ctx context.Context, g ground, last *tree, before []*known, sameRules bool, todo []int) (after []*known, parsed int, err error) {
	paths := r.tree.articles.paths
	after = make([]*known, len(paths))
	if last != nil && last.names == r.tree.names {
		copy(after, before)
	} else if last != nil {
		at := 0
		for i, path := range paths {
			for at < len(before) && last.articles.paths[at] < path {
				at++
			}
			if at < len(before) && last.articles.paths[at] == path {
				after[i] = before[at]
			}
		}
	}
	stands := func(i int) bool { return sameRules && after[i].stands(*r.tree.articles.stamps.at(i)) }
	if todo != nil {
		todo = slices.DeleteFunc(slices.Clone(todo), stands)
	} else {
		for i := range after {
			if !stands(i) {
				todo = append(todo, i)
			}
		}
	}
	var count, done atomic.Int64
	err = share(ctx, g, len(todo), func(w walker, i int) error {
		i = todo[i]
		st := r.tree.articles.stamps.at(i)
		k, isParsed := r.lookAt(w, paths[i], *st, after[i])
		if isParsed {
			count.Add(1)
		}
		if r.tree.unseen && k != nil {
			*st = k.stamp
			if !k.read { // by which it has no stamp either, and perhaps more is wrong than with this file
				var err error
				if *st, err = w.stat(split(paths[i])); replaced(err) {
					k = nil
				} else if err != nil {
					return fmt.Errorf("read the directory of articles: %w", err)
				}
			}
		}
		after[i] = k
		if n := done.Add(1); n%chunk == 0 && r.Progress != nil {
			r.Progress(int(n), len(todo))
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if slices.Contains(after, nil) {
		r.tree.leaveOut(func(i int) bool { return after[i] == nil })
		after = slices.DeleteFunc(after, func(k *known) bool { return k == nil })
	}
	return after, int(count.Load()), nil
}

// replace puts the articles of files that changed in the place of those that
// were, and reports false when more is new than that.
func (s *Snapshot) replace(before, after []*known) bool {
	plain := func(k *known) bool {
		return !k.outside && k.good != nil && !k.good.Draft && len(k.problems) == 0 && k.unrest == nil
	}
	articles := s.Articles
	for i, k := range after {
		was := before[i]
		if k == was {
			continue
		}
		if !plain(k) || !plain(was) {
			return false
		}
		if k.good == was.good {
			continue
		}
		at, ok := slices.BinarySearchFunc(articles, k.good.Path, func(a *article.Article, path string) int { return cmp.Compare(a.Path, path) })
		if !ok {
			return false
		}
		if &articles[0] == &s.Articles[0] {
			articles = slices.Clone(articles) // of the snapshot that was handed over
		}
		articles[at] = k.good
	}
	s.Articles = articles
	return true
}

// snapshot is what is known of all files, put together.
func (r *reading) snapshot(all []*known, ruled *rules) Snapshot {
	snap := Snapshot{Convention: ruled.convention, Articles: make([]*article.Article, 0, len(all))}
	snap.Problems = slices.Concat(r.tree.problems, ruled.problems)
	for i, k := range all {
		snap.Problems = append(snap.Problems, k.problems...)
		if k.unrest != nil {
			snap.Waiting = append(snap.Waiting, r.tree.articles.paths[i])
			if snap.Unsettled.IsZero() || k.unrest.again.Before(snap.Unsettled) {
				snap.Unsettled = k.unrest.again
			}
		}
		switch a := k.good; {
		case k.outside, a == nil && len(k.problems) == 0 && k.read:
			snap.Pages++
		case a == nil:
		case a.Draft:
			snap.Drafts++
		default:
			snap.Articles = append(snap.Articles, a)
		}
	}
	snap.leaveUndated(ruled.layout)
	slices.SortStableFunc(snap.Problems, article.Problem.Compare)
	return snap
}

// leaveUndated takes away the articles without a date where the generator
// takes such files for pages, and has dated ones.
func (s *Snapshot) leaveUndated(lay *layout) {
	undated := func(a *article.Article) bool { return a.Published.IsZero() }
	all := len(s.Articles)
	if !lay.needsDate() || !slices.ContainsFunc(s.Articles, func(a *article.Article) bool { return !undated(a) }) {
		return
	}
	dated, not := map[string]int{}, map[string]int{} // articles by their folders
	for _, a := range s.Articles {
		if folder := folderOf(a); undated(a) {
			not[folder]++
		} else {
			dated[folder]++
		}
	}
	for _, a := range s.Articles {
		if folder := folderOf(a); undated(a) && folder != "." && dated[folder] > not[folder] {
			s.Problems = append(s.Problems, article.Problem{Path: a.Path, Severity: article.Warning, Code: "undated",
				Text: fmt.Sprintf("has no date, as most files beside it have; by the rules of %s it is a page and stands in no feed", lay.convention),
				Hint: "write its date, if it is an article"})
		}
	}
	s.Articles = slices.DeleteFunc(s.Articles, undated)
	s.Pages += all - len(s.Articles)
}

// folderOf is the folder in which an article lies, of one that is a folder itself
// the folder around it.
func folderOf(a *article.Article) string {
	if stem, _, _ := strings.Cut(path.Base(a.Path), "."); stem == "index" {
		return path.Dir(path.Dir(a.Path))
	}
	return path.Dir(a.Path)
}

// Dirs returns the directories that the last scan went through, slash-separated
// below the root, which is "."; sorted. Before the first scan there are none.
func (l *Library) Dirs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.dirs)
}

// vanished tells the error of a file that went away between two looks at it.
func vanished(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// replaced tells that of one that did, or in whose place lies something else: the
// next walk tells what that is.
func replaced(err error) bool { return vanished(err) || errors.Is(err, errNotRegular) }
