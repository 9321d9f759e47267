package library

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sys/unix"

	"feedmill/internal/article"
)

// A cache is a file of segments, each with its length and a digest of its
// bytes:
//
//	head    what wrote it, and in what form
//	clues   what the sample of files gave away
//	files   what is known of files, sorted by path
//
// The file is written whole, then segments are put behind: what they say of a
// path counts instead of what was said before. When those have grown, it is
// written whole again. A file or segment that is not as it should be is not
// read, and all behind it: the articles are parsed instead.
const cacheFormat = "feedmill articles 1"

var errCache = errors.New("not a cache of articles, or a damaged one")

// state is what of the library is in the cache.
type state struct {
	paths []string
	known []*known
	clues map[string]clue
	rules uint64 // by which the files were read
	// What of the cache's file is ours: its length as written whole, and in all.
	whole, size int64
}

// rulesSum names rules over restarts.
func (r *rules) rulesSum() uint64 { return xxhash.Sum64String(fmt.Sprint(r.digest, r.site)) }

// load reads the cache. Without one, or with one that is of no use, nothing is
// known; why is told to Warn.
func (l *Library) load(zone *time.Location, paths []string) state {
	if l.Cache == "" {
		return state{}
	}
	f, err := os.Open(l.Cache)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}
	}
	s := state{}
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil {
			s, err = l.decode(f, info.Size(), zone, paths)
		}
	}
	if err != nil && l.Warn != nil {
		l.Warn(fmt.Errorf("read %s: %w; the articles are parsed anew", l.Cache, err))
	}
	return s
}

// decode takes a cache of a size apart, of which no more is in memory at a time
// than a segment for each processor. Beside an error it returns what could be
// read.
func (l *Library) decode(f io.ReaderAt, size int64, zone *time.Location, paths []string) (state, error) {
	segments, damage := findSegments(f, size)
	if len(segments) == 0 {
		return state{}, errCache
	}
	first, err := segments[0].read(f, new([]byte))
	if err != nil || first[0] != headSegment {
		return state{}, errCache
	}
	head := decoder{s: first[1:]}
	format, program, records := head.text(), head.text(), head.text()
	s := state{rules: head.fixed(), whole: int64(head.fixed()), size: segments[len(segments)-1].end(), clues: map[string]clue{}}
	if head.bad || format != cacheFormat || records != article.RecordFormat() {
		return state{}, fmt.Errorf("of another form: %q", format)
	}
	texts := int64(0) // the length of their file
	if info, err := os.Stat(l.textsFile()); err == nil {
		texts = info.Size()
	}
	trusted := program == l.Program // else the last good forms count, and all files are read again
	parts := make([]part, len(segments))
	pool := article.NewPool()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var room []byte
			for i := int(next.Add(1)); i < len(segments); i = int(next.Add(1)) {
				text, err := segments[i].read(f, &room)
				if err != nil {
					parts[i].damage = err
					continue
				}
				parts[i] = decodePart(text, zone, l, trusted, texts, pool, pathReader{known: paths})
			}
		})
	}
	workers.Wait()
	later := map[string]*known{}
	for i, p := range parts[1:] {
		if p.damage != nil {
			damage = p.damage
			break
		}
		if p.err != nil {
			return state{}, p.err
		}
		if p.clues != nil && trusted {
			s.clues = p.clues
		}
		if segments[i+1].at < s.whole {
			s.paths, s.known = append(s.paths, p.paths...), append(s.known, p.known...)
		} else {
			for j, path := range p.paths {
				later[path] = p.known[j]
			}
		}
	}
	if damage != nil || !trusted {
		s.size = 0 // written whole the next time
	}
	s.merge(later)
	if !slices.IsSorted(s.paths) {
		return state{}, errCache
	}
	return s, damage
}

// merge takes what is known instead, or no longer.
func (s *state) merge(later map[string]*known) {
	if len(later) == 0 {
		return
	}
	changed := slices.Sorted(maps.Keys(later))
	paths, all := make([]string, 0, len(s.paths)), make([]*known, 0, len(s.known))
	add := func(path string) {
		if k := later[path]; k != nil {
			paths, all = append(paths, path), append(all, k)
		}
	}
	next := 0
	for i, path := range s.paths {
		for next < len(changed) && changed[next] < path {
			add(changed[next])
			next++
		}
		if next < len(changed) && changed[next] == path {
			add(path)
			next++
			continue
		}
		paths, all = append(paths, path), append(all, s.known[i])
	}
	for ; next < len(changed); next++ {
		add(changed[next])
	}
	s.paths, s.known = paths, all
}

// part is what one segment says.
type part struct {
	paths  []string
	known  []*known // nil: the file is gone
	clues  map[string]clue
	damage error // it is not as it was written
	err    error // it is, and of no use
}

// pathReader gives paths as the strings that a walk found, so that they are not in
// memory twice.
type pathReader struct {
	known []string // sorted
	next  int      // index of the one that probably comes next
}

// own returns a path that does not hold on to text.
func (r *pathReader) own(text string) string {
	i, ok := r.next, r.next < len(r.known) && r.known[r.next] == text
	if !ok {
		if i, ok = slices.BinarySearch(r.known, text); !ok {
			return strings.Clone(text)
		}
	}
	r.next = i + 1
	return r.known[i]
}

func decodePart(segment string, zone *time.Location, l *Library, trusted bool, texts int64, pool *article.Pool, paths pathReader) part {
	d := decoder{s: segment[1:]}
	var p part
	switch segment[0] {
	case cluesSegment:
		p.clues = map[string]clue{}
		for d.s != "" && !d.bad {
			path := d.own()
			c := clue{stamp: d.stamp()}
			flags := d.byte()
			c.read, c.dated, c.refused = flags&1 != 0, flags&2 != 0, flags&4 != 0
			for n := d.count(); n > 0; n-- {
				c.marks = append(c.marks, int(d.unsigned()))
			}
			p.clues[path] = c
		}
	case filesSegment:
		for d.s != "" && !d.bad {
			path := paths.own(d.text())
			k, err := d.known(path, zone, l, pool)
			if err != nil {
				return part{err: err}
			}
			if k != nil {
				k.read = k.read && trusted
				if k.text >= texts {
					k.text = 0 // lost
				}
			}
			p.paths, p.known = append(p.paths, path), append(p.known, k)
		}
	default:
		d.bad = true
	}
	if d.bad {
		p.err = errCache
	}
	return p
}

// Flags of a file, in the order in which they are written.
const (
	isRead = 1 << iota
	isRacy
	isCurrent
	isBeside
	isGood
	isGone
)

// mayKeep reports whether what is known of a file may be written down. An
// article that nobody may see when it was scanned stays in the process.
func (l *Library) mayKeep(k *known) bool {
	switch a := k.good; {
	case k.outside:
		return false
	case a == nil || a.Draft:
		return true
	case a.Begins().After(l.reads.now):
		return false
	default:
		return l.Omit == nil || !l.Omit(a)
	}
}

func (e *encoder) known(path string, k *known, zone *time.Location) {
	e.text(path)
	if k == nil {
		e.b = append(e.b, isGone)
		return
	}
	e.flags(k.read, k.racy, k.current, k.beside, k.good != nil)
	e.stamp(k.stamp)
	source := k.source()
	e.fixed(binary.BigEndian.Uint64(source[:8]))
	e.fixed(keyOf(source))
	e.unsigned(uint64(k.text))
	e.unsigned(uint64(len(k.problems)))
	for _, p := range k.problems {
		e.text(p.Path)
		e.unsigned(uint64(p.Line))
		e.unsigned(uint64(p.Column))
		e.unsigned(uint64(p.Severity))
		e.text(p.Code)
		e.text(p.Text)
		e.text(p.Hint)
	}
	if k.good != nil {
		e.b = append(e.b, k.good.Origin[:]...)
		if k.good.Draft { // of which nothing is ever shown
			draft := article.New(path)
			draft.Draft = true
			e.record(draft, time.UTC)
		} else {
			e.record(k.good, zone)
		}
	}
}

// known reads what is known of a file, nil when it is gone.
func (d *decoder) known(path string, zone *time.Location, l *Library, pool *article.Pool) (*known, error) {
	flags := d.byte()
	if flags&isGone != 0 {
		return nil, nil
	}
	k := &known{
		read: flags&isRead != 0, racy: flags&isRacy != 0, current: flags&isCurrent != 0 && flags&isGood != 0, beside: flags&isBeside != 0,
		stamp: d.stamp(),
	}
	more := rest{of: sourceOf(d.fixed(), d.fixed())}
	k.text = int64(d.unsigned())
	if n := d.count(); n > 0 {
		more.problems = make([]article.Problem, n)
		for i := range more.problems {
			more.problems[i] = article.Problem{Path: d.own(), Line: int(d.unsigned()), Column: int(d.unsigned()),
				Severity: article.Severity(d.unsigned()), Code: d.own(), Text: d.own(), Hint: d.own()}
		}
	}
	if flags&isGood == 0 || d.bad {
		return k.with(more), nil
	}
	var source [16]byte
	if len(d.s) < len(source) {
		return nil, errCache
	}
	copy(source[:], d.s)
	d.s = d.s[len(source):]
	var err error
	k.good, err = article.Restore(d.text(), path, zone, l, source, pool)
	return k.with(more), err
}

// Files returns the files that Save writes.
func (l *Library) Files() []string { return []string{l.Cache, l.textsFile()} }

// Save writes to the cache what the library has come to know since it was
// written last, in proportion to that. Without Cache, or with ReadOnly, it does
// nothing. An error means that the next process will parse more, and no more
// than that.
func (l *Library) Save() error { return l.save(true) }

// SaveArticles is Save as soon as the articles are read, while their texts are
// being asked for: where the copies of those lie is left to Save.
func (l *Library) SaveArticles() error { return l.save(false) }

func (l *Library) save(texts bool) error {
	if l.Cache == "" || l.ReadOnly {
		return nil
	}
	l.scanning.Lock()
	defer l.scanning.Unlock()
	if l.tree == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(l.Cache), 0o700); err != nil {
		return err
	}
	if texts {
		if err := l.keepTexts(); err != nil {
			return err
		}
	}
	next := state{paths: l.tree.articles.paths, known: l.known, clues: l.ruled.clues, rules: l.ruled.rulesSum()}
	s, zone := &l.saved, l.reads.options.Zone
	// Small changes are put behind the file as it is.
	if room := s.whole + s.whole/2 + mostAdded - s.size; s.size > 0 && s.rules == next.rules {
		changed, all := l.changes(next, room, zone)
		if changed.empty() {
			s.paths, s.known = next.paths, next.known // what it was read from is not needed any more
			return nil
		}
		if all {
			if err := appendFile(l.Cache, s.size, changed.segment()); err == nil {
				next.whole, next.size = s.whole, s.size+int64(len(changed.b))
				l.saved = next
				return nil
			}
		}
	}
	size, err := l.writeWhole(next, zone)
	if err != nil {
		l.saved.size = 0
		return fmt.Errorf("write %s: %w", l.Cache, err)
	}
	next.whole, next.size = size, size
	l.saved = next
	return nil
}

// changes writes a segment of the files of which next does not say what the cache
// says; when that takes more bytes than there is room for, of some of them.
func (l *Library) changes(next state, room int64, zone *time.Location) (e encoder, all bool) {
	e.begin(filesSegment)
	s := &l.saved
	at := 0
	for i, path := range next.paths {
		for at < len(s.paths) && s.paths[at] < path {
			e.known(s.paths[at], nil, zone)
			at++
		}
		wasThere := at < len(s.paths) && s.paths[at] == path
		if wasThere {
			if at++; s.known[at-1] == next.known[i] {
				continue
			}
		}
		if k := next.known[i]; l.mayKeep(k) {
			e.known(path, k, zone)
		} else if wasThere {
			e.known(path, nil, zone)
		}
		if int64(len(e.b)) > room {
			return e, false
		}
	}
	for ; at < len(s.paths); at++ {
		e.known(s.paths[at], nil, zone)
	}
	return e, int64(len(e.b)) <= room
}

// Forget deletes the cache and the copies of texts. What is to be omitted is not
// in the next ones.
func (l *Library) Forget() error {
	l.scanning.Lock()
	defer l.scanning.Unlock()
	l.texts.mu.Lock()
	defer l.texts.mu.Unlock()
	l.saved = state{}
	l.texts.at, l.texts.pending, l.texts.size = nil, nil, 0
	if l.tree != nil {
		all := slices.Clone(l.known)
		for i, k := range all {
			if k.text != 0 {
				bare := *k
				bare.text = 0
				all[i] = &bare
			}
		}
		l.know(all)
	}
	for _, name := range []string{l.Cache, l.Cache + temporarySuffix, l.textsFile(), l.textsFile() + temporarySuffix} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// keepTexts notes where the texts are that were kept since.
func (l *Library) keepTexts() error {
	t := &l.texts
	t.mu.Lock()
	t.flush(l)
	err := t.failed
	t.failed = nil
	at := t.at
	t.mu.Unlock()
	if err != nil {
		return fmt.Errorf("keep the texts of articles: %w", err)
	}
	all := l.known
	if len(at) > 0 {
		all = slices.Clone(all)
		for i, k := range all {
			if k.good == nil || k.text != 0 {
				continue
			}
			if where, ok := at[k.good.Origin]; ok {
				kept := *k
				kept.text = where
				all[i] = &kept
			}
		}
	}
	folded, err := t.fold(l, all)
	if err != nil {
		return fmt.Errorf("fold the texts of articles: %w", err)
	}
	if folded != nil {
		all = folded
	}
	l.know(all)
	return nil
}

// know takes what is known of the files of the tree, in other words.
func (l *Library) know(all []*known) {
	l.known = all
	l.mu.Lock()
	defer l.mu.Unlock()
	r := *l.reads
	r.known = all
	l.reads = &r
}

// writeWhole writes a cache and returns its length.
func (l *Library) writeWhole(s state, zone *time.Location) (size int64, err error) {
	err = replaceFile(l.Cache, func(w io.WriteSeeker) error {
		e := encoder{b: make([]byte, 0, usualSegment+usualSegment/8)}
		put := func() error {
			if e.empty() {
				return nil
			}
			n, err := w.Write(e.segment())
			size += int64(n)
			return err
		}
		e.head(l.Program, s.rules, 0)
		if err := put(); err != nil {
			return err
		}
		e.begin(cluesSegment)
		l.writeClues(&e, s)
		if err := put(); err != nil {
			return err
		}
		e.begin(filesSegment)
		for i, path := range s.paths {
			if k := s.known[i]; l.mayKeep(k) {
				e.known(path, k, zone)
			}
			if len(e.b) > usualSegment {
				if err := put(); err != nil {
					return err
				}
				e.begin(filesSegment)
			}
		}
		if err := put(); err != nil {
			return err
		}
		// Only a file that is whole says how long it is.
		if _, err := w.Seek(0, io.SeekStart); err != nil {
			return err
		}
		e.head(l.Program, s.rules, size)
		_, err := w.Write(e.segment())
		return err
	})
	return size, err
}

// writeClues writes those of a state.
func (l *Library) writeClues(e *encoder, s state) {
	for path, c := range s.clues {
		if i, ok := l.tree.articles.find(path); !ok || !l.mayKeep(s.known[i]) {
			continue // names tell something, too
		}
		e.text(path)
		e.stamp(c.stamp)
		e.flags(c.read, c.dated, c.refused)
		e.unsigned(uint64(len(c.marks)))
		for _, m := range c.marks {
			e.unsigned(uint64(m))
		}
	}
}

// replaceFile puts a file in the place of another in one step. It is not
// synced: what a power cut spoils does not have its digest any more.
func replaceFile(name string, write func(io.WriteSeeker) error) error {
	f, err := temporary(name)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = os.Rename(f.Name(), name)
	} else {
		os.Remove(f.Name())
	}
	return errors.Join(err, f.Close())
}

// temporary opens the empty file in which name is written, and locks it until it is
// closed. All processes take the same: what one leaves that is killed, and it may be
// large, is taken by the next.
func temporary(name string) (*os.File, error) {
	for {
		f, err := os.OpenFile(name+temporarySuffix, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			f.Close()
			if err == unix.EWOULDBLOCK {
				err = errors.New("another process writes it")
			}
			return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		locked, err := f.Stat()
		there, gone := os.Lstat(f.Name())
		if err == nil && gone == nil && os.SameFile(locked, there) {
			err = f.Truncate(0)
			if err == nil {
				return f, nil
			}
		}
		// Else another process has just put it into place.
		if f.Close(); err != nil {
			return nil, err
		}
	}
}

const temporarySuffix = ".tmp"

// appendFile puts data behind a file that is size bytes long, and fails when it
// is not: somebody else has written it.
func appendFile(name string, size int64, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != size {
		return ErrChanged
	}
	if _, err := f.WriteAt(data, size); err != nil {
		return err
	}
	return f.Close()
}
