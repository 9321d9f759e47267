package durable

import (
	"bytes"
	"io/fs"
	"os"
	"syscall"
)

// Disk is where files are; the zero value is the machine's file system. All
// that this package and its users do to files goes through one, so that a test
// can stand between and let the n-th operation fail.
type Disk struct {
	// Fault, when not nil, is called in place of every operation, with its
	// name ("open", "write", "sync", "rename", …), the file, and do, which
	// carries it out. What it returns is the operation's result: with an error
	// and without do the operation failed, with an error after do it happened
	// and the answer was lost, without either the disk lied.
	Fault func(op, name string, do func() error) error
}

// Do carries out one operation that Disk has no method for.
func (d Disk) Do(op, name string, do func() error) error {
	if d.Fault == nil {
		return do()
	}
	return d.Fault(op, name, do)
}

// OpenFile is [os.OpenFile], and does not wait for the other end of a pipe.
func (d Disk) OpenFile(name string, flag int, perm fs.FileMode) (*File, error) {
	f := &File{disk: d}
	err := d.Do("open", name, func() (err error) {
		// O_NONBLOCK means nothing to a file, but spares package os four calls that
		// try it.
		f.file, err = os.OpenFile(name, flag|syscall.O_NONBLOCK, perm)
		return err
	})
	if err != nil {
		if f.file != nil {
			f.file.Close() // the answer was lost, the descriptor must not be
		}
		return nil, err
	}
	return f, nil
}

// ReadFile is [os.ReadFile].
func (d Disk) ReadFile(name string) ([]byte, error) {
	f, err := d.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if info, err := f.file.Stat(); err == nil {
		b.Grow(int(info.Size()) + bytes.MinRead) // a ledger may have hundreds of megabytes
	}
	_, err = b.ReadFrom(f)
	return b.Bytes(), err
}

// ReadDir is [os.ReadDir].
func (d Disk) ReadDir(name string) (entries []fs.DirEntry, err error) {
	err = d.Do("readdir", name, func() (err error) {
		entries, err = os.ReadDir(name)
		return err
	})
	return entries, err
}

// Stat is [os.Stat].
func (d Disk) Stat(name string) (info fs.FileInfo, err error) {
	err = d.Do("stat", name, func() (err error) {
		info, err = os.Stat(name)
		return err
	})
	return info, err
}

// Lstat is [os.Lstat].
func (d Disk) Lstat(name string) (info fs.FileInfo, err error) {
	err = d.Do("lstat", name, func() (err error) {
		info, err = os.Lstat(name)
		return err
	})
	return info, err
}

// Mkdir is [os.Mkdir].
func (d Disk) Mkdir(name string, perm fs.FileMode) error {
	return d.Do("mkdir", name, func() error { return os.Mkdir(name, perm) })
}

// Rename is [os.Rename] for files, without its look at what is there: a
// directory is refused by the system.
func (d Disk) Rename(from, to string) error {
	return d.Do("rename", to, func() error {
		err := syscall.Rename(from, to)
		for err == syscall.EINTR {
			err = syscall.Rename(from, to)
		}
		if err != nil {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
		}
		return nil
	})
}

// Remove is [os.Remove].
func (d Disk) Remove(name string) error {
	return d.Do("remove", name, func() error { return os.Remove(name) })
}

// Rmdir removes an empty directory. Other than [os.Remove] it leaves a symbolic
// link to one alone.
func (d Disk) Rmdir(name string) error {
	return d.Do("rmdir", name, func() error {
		if err := syscall.Rmdir(name); err != nil {
			return &fs.PathError{Op: "rmdir", Path: name, Err: err}
		}
		return nil
	})
}

// File is an open file of a [Disk]. Its methods are those of [os.File].
type File struct {
	file *os.File
	disk Disk
}

func (f *File) Name() string { return f.file.Name() }

// Fd returns the descriptor, which lives as long as f is not closed.
func (f *File) Fd() uintptr { return f.file.Fd() }

func (f *File) Read(p []byte) (n int, err error) {
	err = f.disk.Do("read", f.Name(), func() (err error) {
		n, err = f.file.Read(p)
		return err
	})
	return n, err
}

func (f *File) Seek(offset int64, whence int) (int64, error) { return f.file.Seek(offset, whence) }

func (f *File) Stat() (info fs.FileInfo, err error) {
	err = f.disk.Do("stat", f.Name(), func() (err error) {
		info, err = f.file.Stat()
		return err
	})
	return info, err
}

func (f *File) Write(p []byte) (int, error) {
	return f.write(p, func() (int, error) { return f.file.Write(p) })
}

func (f *File) WriteAt(p []byte, off int64) (int, error) {
	return f.write(p, func() (int, error) { return f.file.WriteAt(p, off) })
}

func (f *File) write(p []byte, write func() (int, error)) (n int, err error) {
	if len(p) == 0 {
		return 0, nil // no operation of the disk
	}
	err = f.disk.Do("write", f.Name(), func() (err error) {
		n, err = write()
		return err
	})
	if err == nil {
		n = len(p) // a disk that lies says so too
	}
	return n, err
}

func (f *File) Truncate(size int64) error {
	return f.disk.Do("truncate", f.Name(), func() error { return f.file.Truncate(size) })
}

func (f *File) Sync() error {
	return f.disk.Do("sync", f.Name(), f.file.Sync)
}

func (f *File) Close() error {
	return f.disk.Do("close", f.Name(), f.file.Close)
}
