package edition

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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
// keep what they had. Of what is polled it makes the siblings. Only that is held in
// memory, the rest is opened from the feeds directory.
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
		return e, result, fmt.Errorf("publish edition %s: %w", next.Digest, err)
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
	e, writes, removes, result := s.compare(next, now)
	r, err := s.prepare(e, writes, removes, also)
	if err != nil {
		return nil, Result{}, err
	}
	if r == nil {
		return s.published.edition, result, nil
	}
	if err := s.stage(r, writes); err != nil {
		_ = s.sweep() // Open sweeps again
		return nil, Result{}, err
	}

	if err := s.commit(r); err != nil {
		// It may be there all the same. Then the next start must find what it
		// speaks of, and the edition is published.
		_, missing := s.disk.Lstat(s.inState(recordName))
		switch {
		case missing == nil:
			return s.asPublished(e, r), result, fmt.Errorf("%w: %w", ErrUnapplied, err)
		case errors.Is(missing, fs.ErrNotExist):
			_ = s.sweep()
		}
		return nil, Result{}, err
	}
	if err := s.apply(r); err != nil {
		return s.asPublished(e, r), result, fmt.Errorf("%w: %w", ErrUnapplied, err)
	}
	_ = s.sweep() // an empty directory
	table := s.published.table
	table.Committed()
	e = s.asPublished(e, nil)
	// Not before it is applied: until then Changed shall send the caller to Open.
	e.seen = s.stamp()
	s.published = &published{edition: e, table: table, seen: e.seen}
	return e, result, nil
}

// compare returns next with the dates of its documents, the documents to write,
// in the order in which they are put into place, and the paths to remove.
func (s *Store) compare(next *Edition, now time.Time) (e *Edition, writes []*Document, removes []string, result Result) {
	now = now.UTC().Truncate(time.Second)
	old := s.published.edition
	if old == nil {
		old = &Edition{}
	}
	e = &Edition{
		Base:      next.Base,
		Digest:    next.Digest,
		documents: make([]*Document, 0, len(next.documents)),
		byPath:    make(map[string]*Document, len(next.documents)),
		redirects: next.redirects,
		gone:      next.gone,
	}
	stands := map[string]string{} // digests of the siblings on disk
	for _, d := range old.documents {
		for _, sibling := range d.siblings {
			if !s.published.damage.has(sibling.Path) {
				stands[sibling.Path] = sibling.Digest
			}
		}
	}
	for _, d := range next.documents {
		d := *d
		before, ok := old.byPath[d.Path]
		switch {
		case !ok:
			d.Modified, d.Twice = now, false
		case before.Digest == d.Digest:
			d.Modified, d.Twice = before.Modified, before.Twice
		case now.After(before.Modified):
			d.Modified, d.Twice = now, false
		default:
			d.Modified, d.Twice = before.Modified, true
		}
		d.siblings = next.siblingsOf(&d, before)
		if ok && before.Digest == d.Digest && !s.published.damage.has(d.Path) {
			result.Unchanged++
		} else {
			writes = append(writes, &d)
			result.Written++
		}
		for _, sibling := range d.siblings {
			if stands[sibling.Path] != sibling.Digest {
				writes = append(writes, sibling.Document)
			}
		}
		e.documents = append(e.documents, &d)
		e.byPath[d.Path] = &d
	}
	for _, d := range writes {
		result.Bytes += d.Size
	}
	slices.SortStableFunc(writes, func(a, b *Document) int {
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	remains := make(map[string]bool, len(e.documents))
	for d := range e.files() {
		remains[d.Path] = true
	}
	for d := range old.files() {
		if !remains[d.Path] {
			removes = append(removes, d.Path)
		}
	}
	for _, d := range old.documents {
		if e.byPath[d.Path] == nil {
			result.Removed++
		}
	}
	return e, writes, removes, result
}

// prepare returns the record of what e needs done, nil when nothing differs.
func (s *Store) prepare(e *Edition, writes []*Document, removes []string, also []durable.Append) (*record, error) {
	changes, err := s.setLines(e)
	if err != nil {
		return nil, err
	}
	r := &record{Format: format, Edition: e.Digest}
	for _, a := range append(slices.Clone(also), changes) {
		if len(a.Data) == 0 {
			continue
		}
		if err := s.checkAppend(a); err != nil {
			return nil, err
		}
		entry, err := s.entry(a)
		if err != nil {
			return nil, err
		}
		r.Append = append(r.Append, entry)
	}
	for i, d := range writes {
		// The name has the digest, so that a reader who comes late finds these
		// bytes or none.
		r.Place = append(r.Place, place{Staged: fmt.Sprintf("%d-%s", i, d.Digest), Path: d.Path})
	}
	if len(r.Append) == 0 && len(r.Place) == 0 {
		return nil, nil
	}
	r.Clear, r.Remove = inTheWay(removes, writes)
	return r, nil
}

// setLines makes the manifest's table say what e does, and returns what its
// journal must get for that; no data when it says so already.
func (s *Store) setLines(e *Edition) (durable.Append, error) {
	table := s.published.table
	before := map[string]line{}
	if s.published.edition != nil {
		for path, l := range s.published.edition.lines() {
			before[path] = l
		}
	}
	for path, l := range e.lines() {
		if was, ok := before[path]; !ok || !reflect.DeepEqual(was, l) {
			if err := table.Set(path, l); err != nil {
				return durable.Append{}, err
			}
		}
		delete(before, path)
	}
	for path := range before {
		table.Delete(path)
	}
	changes, changed := table.Changes()
	if changed && table.Overgrown() {
		if err := table.Fold(); err != nil {
			return durable.Append{}, err
		}
		changes, _ = table.Changes()
	}
	return changes, nil
}

// asPublished returns e with what is not held in memory opened from where the
// record, if it is not yet applied, leaves it.
func (s *Store) asPublished(e *Edition, r *record) *Edition {
	staged := r.places()
	held := s.held(e)
	for d := range e.files() {
		if _, ok := d.content.(memory); !ok || !held[d] {
			d.content = s.file(d, staged[d.Path], nil)
		}
	}
	return e
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
		size := d.Size
		for _, sibling := range d.siblings {
			size += sibling.Size
		}
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
