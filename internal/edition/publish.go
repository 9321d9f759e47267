package edition

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"feedmill/internal/durable"
)

// Result says what Publish did.
type Result struct {
	Written   int   // documents that are new or have new bytes
	Removed   int   // documents
	Unchanged int   // documents whose bytes are the same
	Bytes     int64 // written
}

// ErrUnapplied says that an edition is published, but not all of its files are
// in their places: the next Open or Publish puts them there.
var ErrUnapplied = errors.New("published, and to be applied at the next start")

// Publish replaces the published edition by next, and applies the appends in
// also (to a ledger's journal, say) in the same step; see the package comment
// for the protocol. It needs the lock, since before the caller read what next
// was made from.
//
// It returns next with Modified and Twice of every document: bytes that differ
// get now, in whole seconds and never earlier than before; bytes that do not
// keep what they had. Of what is polled it makes the siblings, see
// Store.SiblingsLater. Only that is held in memory, the rest is opened from the
// feeds directory.
//
// An error leaves the edition of before. But with errors.Is(err, ErrUnapplied)
// the edition, which is returned too, and the appends are published; then the
// disk needs help, and the next Open or Publish applies the rest.
func (s *Store) Publish(next *Edition, now time.Time, also ...durable.Append) (*Edition, Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, result, err := s.publish(next, now, also)
	if err != nil {
		// The next one looks for itself what is on the disk.
		s.published = nil
		return e, result, fmt.Errorf("publish edition %s: %w", next.Digest[:12], err)
	}
	return e, result, nil
}

func (s *Store) publish(next *Edition, now time.Time, also []durable.Append) (*Edition, Result, error) {
	if !s.locked {
		return nil, Result{}, errNotLocked
	}
	if err := s.refresh(); err != nil {
		return nil, Result{}, err
	}
	if s.stage == nil {
		s.stage = s.newStage()
	}
	defer s.give()
	if err := s.stage.wait(); err != nil {
		return nil, Result{}, err
	}
	e, writes, removes, result := s.compare(next, now)
	r, err := s.prepare(e, writes, removes, also)
	if err != nil {
		return nil, Result{}, err
	}
	if r == nil {
		return s.published.edition, result, nil
	}
	if err := s.settle(r, writes); err != nil {
		return nil, Result{}, err
	}
	changes, err := s.manifest(e)
	if err != nil {
		return nil, Result{}, err
	}
	if err := r.append(s, changes); err != nil {
		return nil, Result{}, err
	}

	if err := s.writeParts(r); err != nil {
		return nil, Result{}, err
	}
	s.letGo(e)
	if err := s.commit(r); err != nil {
		// It may be there all the same. Then the next start must find what it
		// speaks of, and the edition is published.
		_, missing := s.disk.Lstat(s.inState(recordName))
		if missing == nil {
			s.stage.kept = true
			e.see(stamp{}) // until Open has applied it, it is Changed
			return e, result, fmt.Errorf("%w: %w", ErrUnapplied, err)
		} else if !errors.Is(missing, fs.ErrNotExist) {
			s.stage.kept = true
		}
		return nil, Result{}, err
	}
	if s.Committed != nil {
		s.Committed(e)
	}
	if err := s.apply(r); err != nil {
		s.stage.kept = true
		e.see(stamp{})
		return e, result, fmt.Errorf("%w: %w", ErrUnapplied, err)
	}
	for _, d := range writes {
		d.staged.placed.Store(true)
	}
	journal := s.published.journal
	journal.Committed(changes)
	s.published = &published{edition: e, journal: journal, seen: s.stamp()}
	e.see(s.published.seen)
	return e, result, nil
}

// compare returns next with the dates of its documents, the documents to write,
// in the order in which they are put into place, and the paths to remove.
func (s *Store) compare(next *Edition, now time.Time) (e *Edition, writes []*Document, removes []string, result Result) {
	now = now.UTC().Truncate(time.Second)
	old, damage := s.published.edition, s.published.damage
	if old == nil {
		old = &Edition{}
	}
	e = &Edition{Base: next.Base, Digest: next.Digest, sum: next.sum, redirects: next.redirects, gone: next.gone, seen: &atomic.Pointer[stamp]{}}
	e.documents = make([]*Document, 0, len(next.documents))
	var left []*Document // of old, those that are not in e as they are
	from := 0
	differ(old.documents, next.documents, func(before, d *Document) {
		if before != nil {
			left = append(left, before)
		}
		if d == nil {
			result.Removed++
			return
		}
		// All up to here are the same.
		i, _ := slices.BinarySearchFunc(next.documents[from:], d.Path, comparePath)
		e.documents = append(e.documents, next.documents[from:from+i]...)
		from += i + 1
		d = s.dated(d, before, now)
		e.documents = append(e.documents, d)
		if before != nil && before.Digest == d.Digest && !damage.has(d.Path) {
			result.Unchanged++
			if d.mark == (mark{}) || d.staged != nil {
				d.mark = before.mark
			}
			d.staged = nil
		} else {
			writes = append(writes, d)
			result.Written++
		}
	})
	e.documents = append(e.documents, next.documents[from:]...)
	result.Unchanged = len(e.documents) - result.Written
	stands := map[string]*Document{} // siblings on disk
	for _, d := range left {
		for _, sibling := range d.siblings {
			if !damage.has(sibling.Path) {
				stands[sibling.Path] = sibling.Document
			}
		}
	}
	remains := map[string]bool{}
	differ(old.documents, e.documents, func(_, d *Document) {
		if d == nil {
			return
		}
		d.siblings = slices.DeleteFunc(d.siblings, func(s Sibling) bool { return e.taken(s.Path) })
		remains[d.Path] = true
		for _, sibling := range d.siblings {
			remains[sibling.Path] = true
			if was := stands[sibling.Path]; was == nil || was.Digest != sibling.Digest {
				writes = append(writes, sibling.Document)
			} else {
				sibling.mark, sibling.staged = was.mark, nil
			}
		}
	})
	for _, d := range writes {
		result.Bytes += d.Size
	}
	slices.SortStableFunc(writes, func(a, b *Document) int {
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	for _, d := range left {
		if !remains[d.Path] && !e.has(d.Path) {
			removes = append(removes, d.Path)
		}
		for _, sibling := range d.siblings {
			if !remains[sibling.Path] && !e.has(sibling.Path) {
				removes = append(removes, sibling.Path)
			}
		}
	}
	return e, writes, removes, result
}

func (e *Edition) has(path string) bool {
	_, ok := e.Document(path)
	return ok
}

// dated returns a document of the next edition as it is published at the instant
// now; before is what stood at its path, nil for nothing.
func (s *Store) dated(next, before *Document, now time.Time) *Document {
	d := *next
	switch {
	case before == nil:
		d.Modified, d.Twice = now, false
	case before.Digest == d.Digest:
		d.Modified, d.Twice = before.Modified, before.Twice
	case now.After(before.Modified):
		d.Modified, d.Twice = now, false
	default:
		d.Modified, d.Twice = before.Modified, true
	}
	if d.staged != nil && d.staged.placed.Load() {
		d.staged = nil // it was published before
	}
	d.late = false
	if d.siblings == nil {
		var made bool
		if d.siblings, made = s.stage.coded[d.staged]; !made {
			s.takeSiblings(&d, before)
		}
	}
	d.siblings = slices.Clone(d.siblings)
	for i, sibling := range d.siblings {
		file := *sibling.Document
		file.Type, file.Kind, file.MaxAge, file.Links, file.Modified, file.Twice = d.Type, d.Kind, d.MaxAge, d.Links, d.Modified, d.Twice
		d.siblings[i].Document = &file
	}
	return &d
}

// prepare returns the record of what e needs done, the manifest's journal
// excepted; nil when nothing differs.
func (s *Store) prepare(e *Edition, writes []*Document, removes []string, also []durable.Append) (*record, error) {
	r := &record{Format: format, Edition: e.Digest}
	for _, a := range also {
		if err := r.append(s, a); err != nil {
			return nil, err
		}
	}
	for _, d := range writes {
		if d.staged == nil {
			d.staged = s.stage.name(d.Digest)
		}
		r.Place = append(r.Place, place{Staged: d.staged.name, Path: d.Path})
	}
	r.Clear, r.Remove = inTheWay(removes, writes)
	if len(r.Append) > 0 || len(r.Place) > 0 {
		return r, nil
	}
	changes, err := e.changes(s.published.edition)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	return r, nil
}

// append adds what a journal gets.
func (r *record) append(s *Store, a durable.Append) error {
	if len(a.Data) == 0 {
		return nil
	}
	if err := s.checkAppend(a); err != nil {
		return err
	}
	entry, err := s.entry(a)
	if err != nil {
		return err
	}
	if len(entry.Data) > s.inRecord && len(r.Append) < mostParts {
		r.Format, entry.Part = partsFormat, partName(len(r.Append))
		entry.Data, entry.bytes = nil, entry.Data
	}
	r.Append = append(r.Append, entry)
	return nil
}

// manifest returns what the manifest's journal must get to say what e does.
func (s *Store) manifest(e *Edition) (durable.Append, error) {
	data, err := e.changes(s.published.edition)
	if err != nil {
		return durable.Append{}, err
	}
	if len(data) > 0 && s.published.journal.Overgrown() {
		if err := s.fold(); err != nil {
			return durable.Append{}, err
		}
	}
	return s.published.journal.Append(data), nil
}

// letGo has what is not held in memory opened from where it is.
func (s *Store) letGo(e *Edition) {
	held := s.held(e)
	var before []*Document
	if s.published.edition != nil {
		before = s.published.edition.documents
	}
	differ(before, e.documents, func(_, d *Document) {
		if d == nil {
			return
		}
		for _, d := range append([]*Document{d}, documentsOf(d.siblings)...) {
			if _, ok := d.content.(memory); !ok || !held[d] {
				d.content = placed{s}
			}
		}
	})
}

func documentsOf(siblings []Sibling) []*Document {
	var all []*Document
	for _, s := range siblings {
		all = append(all, s.Document)
	}
	return all
}

// held returns the documents that are kept in memory: those that are polled,
// with their siblings, as many as there is room for. Those of the site come
// before those of its parts.
func (s *Store) held(e *Edition) map[*Document]bool {
	var polled []*Document
	for _, d := range e.documents {
		if d.polled() {
			polled = append(polled, d)
		}
	}
	slices.SortStableFunc(polled, func(a, b *Document) int {
		return strings.Count(a.Path, "/") - strings.Count(b.Path, "/")
	})
	held := map[*Document]bool{}
	var used int64
	for _, d := range polled {
		size := d.whole()
		if s.Memory > 0 && used+size > s.Memory {
			continue
		}
		used += size
		held[d] = true
		for _, sibling := range d.siblings {
			held[sibling.Document] = true
		}
	}
	return held
}

// whole is the size in bytes of a document and its siblings.
func (d *Document) whole() int64 {
	size := d.Size
	for _, sibling := range d.siblings {
		size += sibling.Size
	}
	return size
}

// inTheWay parts the paths to remove: a document that is where a directory of
// the new ones must be, or the other way round, has to go first.
func inTheWay(removes []string, writes []*Document) (first, rest []string) {
	if len(removes) == 0 {
		return nil, nil
	}
	written, above := map[string]bool{}, map[string]bool{}
	for _, d := range writes {
		written[d.Path] = true
		for dir := path.Dir(d.Path); dir != "."; dir = path.Dir(dir) {
			above[dir] = true
		}
	}
	for _, p := range removes {
		clash := above[p]
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			clash = clash || written[dir]
		}
		if clash {
			first = append(first, p)
		} else {
			rest = append(rest, p)
		}
	}
	return first, rest
}

// checkAppend refuses, while it can still be refused, an append that cannot be
// applied or was made for another state of the file.
func (s *Store) checkAppend(a durable.Append) error {
	f, err := s.disk.OpenFile(a.File, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := s.disk.Stat(filepath.Dir(a.File)); err != nil {
			return err
		}
		if a.At != 0 {
			return fmt.Errorf("%s: gone since it was read", a.File)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != a.At {
		return fmt.Errorf("%s: changed since it was read", a.File)
	}
	return nil
}
