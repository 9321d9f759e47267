package library

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// disk is a directory of the operating system, held open. Each name is looked
// up in the open directory above it and never through a symbolic link, so that
// nothing below can lead elsewhere.
type disk struct{ fd int }

// openDisk opens the directory at a path, which may be a symbolic link.
func openDisk(path string) (ground, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if err == nil {
			return disk{fd}, nil
		} else if err != unix.EINTR {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

func (d disk) Close() error { return unix.Close(d.fd) }

func (d disk) walker() walker { return &diskWalker{root: d} }

// diskWalker holds the directories open that lead to where it is: the next
// file is nearly always in the same one.
type diskWalker struct {
	root disk
	at   string   // the directory that it is in, "." at first
	path []string // its segments
	open []int    // descriptors of each
	buf  *[]byte  // of what was read last; nil at first
}

// readBuffers are those of walkers that are closed: who reads the files of a few
// articles again takes a walker for each.
var readBuffers = sync.Pool{New: func() any { return &[]byte{} }}

func (w *diskWalker) close() {
	w.leave(0)
	if w.buf != nil && len(*w.buf) <= usualBuffer {
		readBuffers.Put(w.buf)
	}
	w.buf = nil
}

// usualBuffer has room for nearly every file.
const usualBuffer = 64 << 10

// leave goes up until only depth directories are open.
func (w *diskWalker) leave(depth int) {
	for i := len(w.open) - 1; i >= depth; i-- {
		// It was only read from.
		_ = unix.Close(w.open[i])
	}
	w.path, w.open, w.at = w.path[:depth], w.open[:depth], ""
}

// directory returns the descriptor of a directory, which stays the walker's.
func (w *diskWalker) directory(dir string) (int, error) {
	if dir == "." {
		return w.root.fd, nil
	}
	if dir == w.at {
		return w.open[len(w.open)-1], nil
	}
	segments := strings.Split(dir, "/")
	same := 0
	for same < len(segments) && same < len(w.path) && segments[same] == w.path[same] {
		same++
	}
	w.leave(same)
	fd := w.root.fd
	if same > 0 {
		fd = w.open[same-1]
	}
	for _, s := range segments[same:] {
		below, err := openAt(fd, s, unix.O_DIRECTORY)
		if err != nil {
			if err == unix.ENOTDIR || err == unix.ELOOP { // something else was put in its place
				err = unix.ENOENT
			}
			return 0, &fs.PathError{Op: "open", Path: dir, Err: err}
		}
		fd = below
		w.path, w.open = append(w.path, s), append(w.open, fd)
	}
	w.at = dir
	return fd, nil
}

// openAt opens what lies in a directory for reading. It waits for nothing:
// without O_NONBLOCK, opening a named pipe lasts until somebody writes.
func openAt(fd int, base string, flags int) (int, error) {
	for {
		below, err := unix.Openat(fd, base, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW|unix.O_CLOEXEC|flags, 0)
		if err != unix.EINTR {
			return below, err
		}
	}
}

func (w *diskWalker) list(ctx context.Context, dir string, was uint64) ([]name, uint64, error) {
	fd, err := w.directory(dir)
	if err != nil {
		return nil, 0, err
	}
	// Another descriptor than the walker's own: that one's place in the
	// directory is not at its beginning the next time.
	fd, err = openAt(fd, ".", unix.O_DIRECTORY)
	if err != nil {
		return nil, 0, &fs.PathError{Op: "open", Path: dir, Err: err}
	}
	names, mark, err := listDisk(ctx, fd, was)
	if err != nil && ctx.Err() == nil {
		err = &fs.PathError{Op: "readdir", Path: dir, Err: err}
	}
	return names, mark, err
}

func (w *diskWalker) stat(dir, base string) (stamp, error) {
	fd, err := w.directory(dir)
	if err != nil {
		return stamp{}, err
	}
	var st unix.Stat_t
	for {
		if err = unix.Fstatat(fd, base, &st, unix.AT_SYMLINK_NOFOLLOW); err != unix.EINTR {
			break
		}
	}
	if err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = errNotRegular
	}
	if err != nil {
		return stamp{}, &fs.PathError{Op: "stat", Path: join(dir, base), Err: err}
	}
	return stampFrom(&st), nil
}

func (w *diskWalker) read(dir, base string) ([]byte, stamp, error) {
	fail := func(err error) ([]byte, stamp, error) {
		return nil, stamp{}, &fs.PathError{Op: "read", Path: join(dir, base), Err: err}
	}
	fd, err := w.directory(dir)
	if err != nil {
		return nil, stamp{}, err
	}
	if fd, err = openAt(fd, base, 0); err != nil {
		if err == unix.ELOOP {
			err = errNotRegular
		}
		return fail(err)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fail(err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return fail(errNotRegular)
	}
	if st.Size > mostBytes {
		return nil, stamp{}, errTooLarge
	}
	// One byte more than there should be shows whether it has grown.
	if w.buf == nil {
		w.buf = readBuffers.Get().(*[]byte)
	}
	buf := *w.buf
	if need := int(st.Size) + 1; len(buf) < need {
		buf = make([]byte, max(need, usualBuffer))
	}
	defer func() { *w.buf = buf }()
	n := 0
	for {
		if n == len(buf) {
			buf = append(buf, make([]byte, len(buf))...)
		}
		more, err := unix.Read(fd, buf[n:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fail(err)
		}
		n += more
		if n > mostBytes {
			return nil, stamp{}, errTooLarge
		}
		if more == 0 || n == int(st.Size) && more < len(buf)-n+more {
			return buf[:n], stampFrom(&st), nil
		}
	}
}
