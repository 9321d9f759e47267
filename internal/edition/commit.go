package edition

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"syscall"

	"feedmill/internal/durable"
)

// record is the commit of an edition: everything that is left to do once it is
// published. It exists from the moment of publication until all of it is done.
type record struct {
	Format  int      `json:"format"`
	Edition string   `json:"edition"`          // digest
	Clear   []string `json:"clear,omitempty"`  // documents that stand in the way of others: removed first
	Place   []place  `json:"place,omitempty"`  // in the order of doing
	Remove  []string `json:"remove,omitempty"` // documents
	Append  []entry  `json:"append,omitempty"` // to journals
}

// place is a file of staging and the document that it becomes.
type place struct {
	Staged string `json:"staged"`
	Path   string `json:"path"`
}

// entry is a [durable.Append].
type entry struct {
	// File is relative to the state directory when it lies there: directory and
	// record may be moved together. Else it is absolute.
	File string `json:"file"`
	At   int64  `json:"at"`
	Data []byte `json:"data"`
}

// entry returns an append in the form of the record.
func (s *Store) entry(a durable.Append) (entry, error) {
	file, err := filepath.Abs(a.File)
	if err != nil {
		return entry{}, err
	}
	state, err := filepath.Abs(s.state)
	if err != nil {
		return entry{}, err
	}
	if local, err := filepath.Rel(state, file); err == nil && filepath.IsLocal(local) {
		file = local
	}
	return entry{File: file, At: a.At, Data: a.Data}, nil
}

// appends returns the record's appends. There are none in a nil record.
func (r *record) appends(s *Store) []durable.Append {
	if r == nil {
		return nil
	}
	var all []durable.Append
	for _, e := range r.Append {
		file := e.File
		if !filepath.IsAbs(file) {
			file = s.inState(file)
		}
		all = append(all, durable.Append{File: file, At: e.At, Data: e.Data})
	}
	return all
}

// places returns the names in staging by path of the document.
func (r *record) places() map[string]string {
	if r == nil {
		return nil
	}
	staged := make(map[string]string, len(r.Place))
	for _, p := range r.Place {
		staged[p.Path] = p.Staged
	}
	return staged
}

// readRecord returns the commit record, nil when there is none.
func (s *Store) readRecord() (*record, error) {
	data, err := s.recordBytes()
	if err != nil {
		return nil, err
	}
	return s.parseRecord(data)
}

// recordBytes returns the commit record as it is written, nil when there is none.
func (s *Store) recordBytes() ([]byte, error) {
	data, err := s.disk.ReadFile(s.inState(recordName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (s *Store) parseRecord(data []byte) (*record, error) {
	if data == nil {
		return nil, nil
	}
	name := s.inState(recordName)
	var head struct{ Format int }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := known(name, head.Format); err != nil {
		return nil, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	names := slices.Concat(r.Clear, r.Remove)
	for _, p := range r.Place {
		names = append(names, p.Path)
		if p.Staged != filepath.Base(p.Staged) {
			return nil, fmt.Errorf("%s: %q is not the name of a staged file", name, p.Staged)
		}
	}
	for _, n := range names {
		if !fs.ValidPath(n) {
			return nil, fmt.Errorf("%s: %q is not the path of a document", name, n)
		}
	}
	return &r, nil
}

// commit publishes: once it has returned without an error, the record is done
// for good.
func (s *Store) commit(r *record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.disk.WriteFile(s.inState(recordName), append(data, '\n'), 0o600)
}

// finish applies what an interrupted publish left to do.
func (s *Store) finish() error {
	r, err := s.readRecord()
	if err != nil {
		return err
	}
	if r == nil {
		// A record that was dropped just before a crash must not come back with a
		// power cut when the ledger has been folded.
		err := s.disk.SyncDir(s.state)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	// That the record can be read does not say that it is on the disk: the crash
	// may have come before the sync. Nothing may be applied on the strength of a
	// record that a power cut takes away.
	if err = s.commit(r); err == nil {
		err = s.apply(r)
	}
	if err != nil {
		return fmt.Errorf("apply edition %s, which is published: %w", r.Edition, err)
	}
	return nil
}

// apply does what the record says and drops it. All of it can be repeated:
// recovery takes the same way.
func (s *Store) apply(r *record) error {
	for _, p := range r.Clear {
		if err := s.remove(p); err != nil {
			return err
		}
	}
	for _, p := range r.Place {
		if err := s.place(p); err != nil {
			return err
		}
	}
	for _, p := range r.Remove {
		if err := s.remove(p); err != nil {
			return err
		}
	}
	dirs, err := s.touched(r)
	if err != nil {
		return err
	}
	err = s.disk.Batch(s.feeds, len(dirs), func(i int, sync bool) error {
		if !sync {
			return nil
		}
		return s.disk.SyncDir(dirs[i])
	})
	if err != nil {
		return err
	}
	for _, a := range r.appends(s) {
		if err := s.disk.Apply(a); err != nil {
			return err
		}
	}
	if err := s.disk.Remove(s.inState(recordName)); err != nil {
		return err
	}
	return s.disk.SyncDir(s.state)
}

// place moves a staged file to its path. One that is not there was moved
// before the crash, or is lost, and Open then reports the document.
func (s *Store) place(p place) error {
	staged, name := s.staged(p.Staged), s.inFeeds(p.Path)
	err := s.disk.Rename(staged, name)
	if errors.Is(err, fs.ErrNotExist) {
		// Either the file is not there or the directory.
		if _, missing := s.disk.Lstat(staged); errors.Is(missing, fs.ErrNotExist) {
			return nil
		}
		if err := s.mkdirAll(path.Dir(p.Path)); err != nil {
			return err
		}
		err = s.disk.Rename(staged, name)
	}
	if err != nil {
		return s.about("write", p.Path, err)
	}
	return nil
}

// mkdirAll makes a directory of documents and those above it that are missing.
// It need not make them durable: they are among those that apply syncs.
func (s *Store) mkdirAll(dir string) error {
	if dir == "." {
		return nil
	}
	if err := s.mkdirAll(path.Dir(dir)); err != nil {
		return err
	}
	if err := s.disk.Mkdir(s.inFeeds(dir), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// remove removes a document and the directories above it that it leaves empty.
func (s *Store) remove(p string) error {
	name := s.inFeeds(p)
	info, err := s.disk.Lstat(name)
	if err != nil && !absent(err) {
		return err
	}
	if err == nil && info.IsDir() {
		// Of somebody else, or of the new documents, when this is done again.
		return nil
	}
	if err == nil {
		if err := s.disk.Remove(name); err != nil {
			return err
		}
	}
	for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
		if err := s.disk.Rmdir(s.inFeeds(dir)); err != nil && !absent(err) {
			// It holds something else. Whatever the reason, an empty directory
			// harms nobody.
			break
		}
	}
	return nil
}

// touched returns the directories in which the record changes names, without
// those that are gone.
func (s *Store) touched(r *record) ([]string, error) {
	dirs := map[string]bool{}
	note := func(p string) {
		for p != "." {
			p = path.Dir(p)
			dirs[p] = true
		}
	}
	for _, p := range r.Clear {
		note(p)
	}
	for _, p := range r.Place {
		note(p.Path)
	}
	for _, p := range r.Remove {
		note(p)
	}
	var there []string
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		name := s.inFeeds(dir)
		info, err := s.disk.Lstat(name)
		switch {
		case err == nil && info.IsDir():
			there = append(there, name)
		case err != nil && !absent(err):
			return nil, err
		}
	}
	return there, nil
}

// sweep removes the staging directory.
func (s *Store) sweep() error {
	dir := s.staged("")
	entries, err := s.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.disk.Remove(s.staged(e.Name())); err != nil {
			return err
		}
	}
	return s.disk.Rmdir(dir)
}

// absent reports whether a path is not there, be it for want of a directory.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
