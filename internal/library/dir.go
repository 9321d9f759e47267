package library

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Dir returns the directory at a path of the operating system as a file
// system. The path may be a symbolic link; below it none is followed, and what
// is neither a regular file nor a directory is not opened. The path is looked
// up anew each time, so that a directory which is put in its place is seen.
func Dir(path string) fs.FS { return dir{path} }

type dir struct{ path string }

func (d dir) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(d.path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return rooted{root}.Open(name)
}

// rooted is a directory that is held open.
type rooted struct{ root *os.Root }

var (
	errNotRegular = errors.New("not a regular file")
	errReplaced   = errors.New("replaced while it was opened")
)

func (r rooted) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	seen, err := r.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() && !seen.IsDir() {
		return fail(errNotRegular)
	}
	// What was put there since the look above must not be waited for either:
	// without O_NONBLOCK, opening a named pipe lasts until somebody writes.
	f, err := r.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	// os.Root follows a link that stays below it, whatever O_NOFOLLOW says.
	if info, err := f.Stat(); err != nil || !os.SameFile(seen, info) {
		f.Close()
		return fail(errors.Join(errReplaced, err))
	}
	return f, nil
}
