package edition

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// stage writes the documents into the staging directory, durably, and reads
// them back.
func (s *Store) stage(r *record, writes []*Document) error {
	if len(writes) == 0 {
		return nil
	}
	if err := s.disk.MkdirAll(s.feeds, 0o755); err != nil {
		return err
	}
	if err := s.checkPlaces(r); err != nil {
		return err
	}
	if err := s.sweep(); err != nil {
		return err
	}
	// For us alone: what is in there is not public yet.
	if err := s.disk.Mkdir(s.staged(""), 0o700); err != nil {
		return err
	}
	err := s.disk.Batch(s.staged(""), len(writes), func(i int, sync bool) error {
		if err := s.write(s.staged(r.Place[i].Staged), writes[i], sync); err != nil {
			return s.about("write", writes[i].Path, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.staged("")); err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.feeds); err != nil {
		return err
	}
	for i, d := range writes {
		if err := s.readBack(s.staged(r.Place[i].Staged), d); err != nil {
			return s.about("read back", d.Path, err)
		}
	}
	return nil
}

// write stages one document.
func (s *Store) write(name string, d *Document, sync bool) error {
	content, err := d.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	f, err := s.disk.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	// One byte more tells a source that has grown.
	if _, err := io.Copy(f, io.LimitReader(content, d.Size+1)); err != nil {
		f.Close()
		return err
	}
	if sync {
		if err := f.Sync(); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}

var errReadBack = errors.New("these are not the bytes that were to be written")

// readBack compares a staged file with the document: against disks that lie,
// and against sources that changed since the edition was made.
func (s *Store) readBack(name string, d *Document) error {
	f, err := s.disk.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	if n != d.Size || hex.EncodeToString(h.Sum(nil)) != d.Digest {
		return errReadBack
	}
	return nil
}

// checkPlaces refuses, while it can still be refused, paths at which no
// document can be put: below something that is no directory, or where a
// directory is that holds what we did not write.
func (s *Store) checkPlaces(r *record) error {
	cleared := map[string]bool{}
	for _, p := range r.Clear {
		cleared[p] = true
	}
	root, err := s.disk.Stat(s.feeds)
	if err != nil {
		return err
	}
	checked := map[string]bool{".": true}
	for _, p := range r.Place {
		if err := s.checkDir(path.Dir(p.Path), root, checked, cleared); err != nil {
			return err
		}
		info, err := s.disk.Lstat(s.inFeeds(p.Path))
		if absent(err) {
			continue
		}
		if err != nil {
			return err
		}
		if info.IsDir() {
			if err := s.checkOurs(p.Path, cleared); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDir accepts what can hold documents: a directory of the same file
// system, or nothing yet.
func (s *Store) checkDir(dir string, root fs.FileInfo, checked, cleared map[string]bool) error {
	if checked[dir] {
		return nil
	}
	checked[dir] = true
	if err := s.checkDir(path.Dir(dir), root, checked, cleared); err != nil {
		return err
	}
	name := s.inFeeds(dir)
	info, err := s.disk.Lstat(name)
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case !info.IsDir() && !cleared[dir]:
		return fmt.Errorf("%s: in the way: a directory must be there", name)
	case info.IsDir() && device(info) != device(root):
		return fmt.Errorf("%s: on another file system than %s", name, s.feeds)
	}
	return nil
}

// checkOurs accepts a directory that is empty once the documents of before are
// cleared.
func (s *Store) checkOurs(dir string, cleared map[string]bool) error {
	entries, err := s.disk.ReadDir(s.inFeeds(dir))
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s: in the way: a document must be there", s.inFeeds(dir))
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = s.checkOurs(p, cleared)
		case !cleared[p]:
			err = fmt.Errorf("%s: in the way: a document must be at %s", s.inFeeds(p), s.inFeeds(dir))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// device returns the file system that a file is on.
func device(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev)
	}
	return 0
}
