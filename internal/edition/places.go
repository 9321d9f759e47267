package edition

import (
	"fmt"
	"io/fs"
	"path"
	"syscall"
)

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
