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
// form stays, for as long as the process runs; the problem is reported all the
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
// which files are too fresh to be trusted. It keeps nothing on disk.
package library

import (
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

	fsys  fs.FS
	parse func(path string, src []byte, opt article.Options) (*article.Article, []article.Problem)

	scanning sync.Mutex       // held for a whole scan
	known    map[string]known // by path, of the articles' files; guarded by scanning
	sampled  string           // what evident was told from; guarded by scanning
	evident  Convention       // what the files themselves gave away; guarded by scanning

	mu     sync.Mutex // guards what follows
	dirs   []string
	hashes map[string]hash // by path, of media
	// measures has the sizes of pictures, by path.
	measures map[string]measured
}

// New returns the library of the articles in fsys, which is [Dir] for a
// directory on disk. Nothing is read yet.
func New(fsys fs.FS) *Library {
	return &Library{fsys: fsys, parse: article.Parse, hashes: map[string]hash{}, measures: map[string]measured{}}
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

	others  map[string]bool
	library *Library
}

// Has reports whether a regular file that is no article lies at a path below
// the directory: a picture, a recording. Litter is not there.
func (s Snapshot) Has(path string) bool { return s.others[path] }

// Scan reads what is new. The site says in which zone and language articles
// are written that do not tell; now is the instant of the scan.
//
// An error means that the directory could not be read to its end, or that ctx
// is done; then the library knows what it knew before.
func (l *Library) Scan(ctx context.Context, s site.Site, now time.Time) (Snapshot, error) {
	l.scanning.Lock()
	defer l.scanning.Unlock()

	fsys := l.fsys
	if d, ok := fsys.(dir); ok {
		// One directory from the first file to the last, even when the path
		// is given to another one meanwhile.
		root, err := os.OpenRoot(d.path)
		if err != nil {
			return Snapshot{}, err
		}
		defer root.Close()
		fsys = rooted{root}
	}
	found, err := walk(ctx, fsys)
	if err != nil {
		return Snapshot{}, fmt.Errorf("read the directory of articles: %w", err)
	}
	snap := Snapshot{others: found.others, library: l, Problems: found.problems, Convention: l.recognise(fsys, found, s)}
	lay := newLayout(snap.Convention.Name, s, found)
	snap.Problems = append(snap.Problems, lay.readDefaults(found, func(name string) ([]byte, error) {
		src, _, err := read(fsys, name)
		return src, err
	})...)
	files := lay.articles(found)
	snap.Pages = len(found.articles) - len(files)
	looks, err := l.look(ctx, fsys, files, s, lay, now)
	if err != nil {
		return Snapshot{}, err
	}
	next := make(map[string]known, len(looks))
	for i, lk := range looks {
		if lk.gone {
			continue
		}
		next[files[i].path] = lk.known
		snap.Problems = append(snap.Problems, lk.known.problems...)
		if lk.parsed {
			snap.Parsed++
		}
		if t := lk.again; !t.IsZero() && (snap.Unsettled.IsZero() || t.Before(snap.Unsettled)) {
			snap.Unsettled = t
		}
		switch a := lk.known.good; {
		case a == nil && len(lk.known.problems) == 0 && lk.known.read:
			snap.Pages++
		case a == nil:
		case a.Draft:
			snap.Drafts++
		default:
			snap.Articles = append(snap.Articles, a)
		}
	}
	snap.leaveUndated(lay)
	slices.SortStableFunc(snap.Problems, article.Problem.Compare)

	l.known = next
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dirs = found.dirs
	maps.DeleteFunc(l.hashes, func(path string, _ hash) bool { return !found.others[path] })
	maps.DeleteFunc(l.measures, func(path string, _ measured) bool { return !found.others[path] })
	return snap, nil
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
