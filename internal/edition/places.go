package edition

import (
	"fmt"
	"io/fs"
	"path"
	"syscall"
)

// checkPlaces refuses, while it can still be refused, paths at which no
// document can be put: below something that is no directory, or where a
// directory is that holds what we did not write. It notes which directories are
// missing.
func (s *Store) checkPlaces(r *record) error {
	cleared := map[string]bool{}
	for _, p := range r.Clear {
		cleared[p] = true
	}
	root, err := s.disk.Stat(s.feeds)
	if err != nil {
		return err
	}
	r.missing = map[string]bool{".": false}
	for _, p := range r.Place {
		dir := path.Dir(p.Path)
		if err := s.checkDir(dir, root, r.missing, cleared); err != nil {
			return err
		}
		if r.missing[dir] {
			continue
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
// system, or nothing yet, and then notes that it is missing. What has been
// checked is in missing, true or false.
func (s *Store) checkDir(dir string, root fs.FileInfo, missing, cleared map[string]bool) error {
	if _, checked := missing[dir]; checked {
		return nil
	}
	above := path.Dir(dir)
	if err := s.checkDir(above, root, missing, cleared); err != nil {
		return err
	}
	if missing[above] {
		missing[dir] = true
		return nil
	}
	name := s.inFeeds(dir)
	info, err := s.disk.Lstat(name)
	switch {
	case absent(err):
		missing[dir] = true
		return nil
	case err != nil:
		return err
	case !info.IsDir() && cleared[dir]:
		missing[dir] = true
		return nil
	case !info.IsDir():
		return fmt.Errorf("%s: in the way: a directory must be there", name)
	case device(info) != device(root):
		return fmt.Errorf("%s: on another file system than %s", name, s.feeds)
	}
	missing[dir] = false
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
