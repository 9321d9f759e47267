package library

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
)

// ground is a directory that a scan goes over.
type ground interface {
	// walker returns one that goes over it; it must be closed.
	walker() walker
	// Close ends it, when its walkers are closed.
	Close() error
}

// walker goes over a ground. It is for one goroutine.
type walker interface {
	// list returns the names in a directory, and a mark of them: when the
	// directory still has the mark was, which is not zero, the names are those
	// of before, and none are returned. A zero mark tells nothing.
	list(ctx context.Context, dir string, was uint64) (names []name, mark uint64, err error)
	// stat returns the stamp of a regular file.
	stat(dir, base string) (stamp, error)
	// read returns the bytes of a regular file, until the next call, and its
	// stamp from before they were read: what is written meanwhile changes the
	// stamp for the next look.
	read(dir, base string) ([]byte, stamp, error)
	close()
}

// name is a name in a directory, and of what.
type name struct {
	base string
	mode fs.FileMode // the type alone
}

// open opens the directory for one scan.
func (l *Library) open() (ground, error) {
	if d, ok := l.fsys.(dir); ok {
		// One directory from the first file to the last, even when the path
		// is given to another one meanwhile.
		return openDisk(d.path)
	}
	return anyGround{l.fsys}, nil
}

// anyGround is a file system of any kind.
type anyGround struct{ fsys fs.FS }

func (g anyGround) walker() walker { return g }
func (anyGround) Close() error     { return nil }
func (anyGround) close()           {}

func (g anyGround) list(ctx context.Context, dir string, _ uint64) ([]name, uint64, error) {
	f, err := g.fsys.Open(dir)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, 0, &fs.PathError{Op: "readdir", Path: dir, Err: errors.New("not a directory")}
	}
	names, err := listEntries(ctx, d)
	return names, 0, err
}

// batch is how many names of a directory are read at a time.
const batch = 1024

// listEntries reads a directory to its end, or fails.
func listEntries(ctx context.Context, d fs.ReadDirFile) ([]name, error) {
	var names []name
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			names = append(names, name{e.Name(), e.Type()})
		}
		if err == io.EOF || err == nil && len(entries) == 0 {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (g anyGround) stat(dir, base string) (stamp, error) {
	info, err := fs.Lstat(g.fsys, join(dir, base))
	if err != nil {
		return stamp{}, err
	}
	if !info.Mode().IsRegular() {
		return stamp{}, &fs.PathError{Op: "stat", Path: join(dir, base), Err: errNotRegular}
	}
	return stampOf(info), nil
}

func (g anyGround) read(dir, base string) ([]byte, stamp, error) {
	return readFile(g.fsys, join(dir, base))
}

// join joins a directory of a file system and a name in it.
func join(dir, base string) string {
	if dir == "." {
		return base
	}
	return dir + "/" + base
}

// readFile returns a file's bytes and its stamp from before they were read.
func readFile(fsys fs.FS, path string) ([]byte, stamp, error) {
	f, info, err := openRegular(fsys, path)
	if err != nil {
		return nil, stamp{}, err
	}
	defer f.Close()
	if info.Size() > mostBytes {
		return nil, stamp{}, errTooLarge
	}
	// The size may be outdated by now; the limit holds all the same.
	src := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := src.ReadFrom(io.LimitReader(f, mostBytes+1)); err != nil {
		return nil, stamp{}, err
	}
	if src.Len() > mostBytes {
		return nil, stamp{}, errTooLarge
	}
	return src.Bytes(), stampOf(info), nil
}

// openRegular opens a regular file, of any file system.
func openRegular(fsys fs.FS, path string) (fs.File, fs.FileInfo, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
