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

	missing map[string]bool // directories of Place that were not there before; a record that is read does not know
}

// place is a file of staging and the document that it becomes.
type place struct {
	Staged string `json:"staged"`
	Path   string `json:"path"`
}

// entry is a [durable.Append]. Many bytes are not in the record, but in a file of
// their own beside it, which takes the place of a journal that is empty.
type entry struct {
	// File is relative to the state directory when it lies there: directory and
	// record may be moved together. Else it is absolute.
	File string `json:"file"`
	At   int64  `json:"at"`
	Data []byte `json:"data,omitempty"`
	Part string `json:"part,omitempty"` // name in the state directory of the file that has the bytes; when it is gone, it was applied

	bytes []byte // of a part that is not written yet
}

const (
	// partsFormat is the version of a record with parts: who does not know of them
	// would take them for nothing.
	partsFormat = 2
	// inRecord is how many bytes of an append a record holds.
	inRecord = 64 << 10
	// mostParts is how many parts a record can have: of the ledger and of the
	// manifest.
	mostParts = 2
)

func partName(n int) string { return fmt.Sprintf("commit.%d", n) }

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

// of returns the append that an entry is, without the bytes of a part.
func (s *Store) of(e entry) durable.Append {
	file := e.File
	if !filepath.IsAbs(file) {
		file = s.inState(file)
	}
	return durable.Append{File: file, At: e.At, Data: e.Data}
}

// appends returns the record's appends, but for those that are applied. There are
// none in a nil record.
func (r *record) appends(s *Store) ([]durable.Append, error) {
	if r == nil {
		return nil, nil
	}
	var all []durable.Append
	for _, e := range r.Append {
		a := s.of(e)
		if e.Part != "" {
			var err error
			if a.Data, err = s.disk.ReadFile(s.inState(e.Part)); errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return nil, err
			}
		}
		all = append(all, a)
	}
	return all, nil
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
	if err := known(name, head.Format, partsFormat); err != nil {
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
	for i, e := range r.Append {
		if e.Part != "" && e.Part != partName(i) {
			return nil, fmt.Errorf("%s: %q is not the name of a part", name, e.Part)
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

// writeParts makes durable what the record has in files of their own, with their
// names: a record without its part would be taken for applied.
func (s *Store) writeParts(r *record) error {
	synced := true
	for i := range r.Append {
		e := &r.Append[i]
		if e.Part == "" {
			continue
		}
		if err := s.writePart(s.inState(e.Part), e.bytes); err != nil {
			return err
		}
		e.bytes = nil
		synced = false
	}
	if synced {
		return nil
	}
	return s.disk.SyncDir(s.state)
}

func (s *Store) writePart(name string, data []byte) error {
	if err := s.disk.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // of a publish that was given up
	}
	return s.disk.WriteNew(name, data, 0o644)
}

// sweepParts removes parts of which no record speaks.
func (s *Store) sweepParts() error {
	for n := range mostParts {
		if err := s.disk.Remove(s.inState(partName(n))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// carry applies an entry.
func (s *Store) carry(e entry) error {
	a := s.of(e)
	if e.Part == "" {
		return s.disk.Apply(a)
	}
	part := s.inState(e.Part)
	if a.At == 0 && !filepath.IsAbs(e.File) {
		if err := s.disk.Rename(part, a.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return s.disk.SyncDir(s.state)
	}
	data, err := s.disk.ReadFile(part)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	a.Data = data
	if err := s.disk.Apply(a); err != nil {
		return err
	}
	return s.disk.Remove(part)
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
	if err := s.placeAll(r); err != nil {
		return err
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
	for _, e := range r.Append {
		if err := s.carry(e); err != nil {
			return err
		}
	}
	if err := s.disk.Remove(s.inState(recordName)); err != nil {
		return err
	}
	return s.disk.SyncDir(s.state)
}

// placeAll moves the staged files to their paths. The directories of many are made
// beside that: the file system has a lock for each, and another for renames.
func (s *Store) placeAll(r *record) error {
	if !durable.Bulk(len(r.missing)) {
		for _, p := range r.Place {
			if err := s.place(p, r.missing); err != nil {
				return err
			}
		}
		return nil
	}
	made := make(chan error, len(r.Place)) // for each place its directory
	go func() {
		for _, p := range r.Place {
			made <- s.mkdirMissing(p, r.missing)
		}
	}()
	var err error
	for _, p := range r.Place {
		if failed := <-made; err == nil {
			err = failed
		}
		if err == nil {
			err = s.place(p, nil)
		}
	}
	return err
}

// mkdirMissing makes the directory of a place when it is missing, and then takes it
// from these.
func (s *Store) mkdirMissing(p place, missing map[string]bool) error {
	dir := path.Dir(p.Path)
	if !missing[dir] {
		return nil
	}
	delete(missing, dir)
	return s.mkdirAll(dir)
}

// place moves a staged file to its path. One that is not there was moved
// before the crash, or is lost, and Open then reports the document.
// Of the missing directories it takes those that it makes.
func (s *Store) place(p place, missing map[string]bool) error {
	staged, name := s.staged(p.Staged), s.inFeeds(p.Path)
	if err := s.mkdirMissing(p, missing); err != nil {
		return err
	}
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
	err := s.disk.Mkdir(s.inFeeds(dir), 0o755)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.mkdirAll(path.Dir(dir)); err != nil {
			return err
		}
		err = s.disk.Mkdir(s.inFeeds(dir), 0o755)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
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

// touched returns the directories in which the record changes names; when they are
// to be synced one by one, without those that are gone.
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
	bulk := durable.Bulk(len(dirs))
	var there []string
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		name := s.inFeeds(dir)
		if bulk {
			there = append(there, name)
			continue
		}
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
