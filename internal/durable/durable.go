// Package durable writes files so that they are there, whole, after a crash or
// a power cut.
//
// # What it promises
//
// When [Disk.WriteFile] returns without an error, a reader finds the new bytes
// under the name, now and after a power cut. When it returns an error, or the
// process dies in it, a reader finds all of the old bytes or all of the new.
// Nobody ever finds a part.
//
// Three things make that so, in this order, as system calls show them:
//
//	openat("ledger.jsonl.tmp", O_WRONLY|O_CREAT|O_EXCL)
//	write, fsync                    the bytes are on the disk, under no name
//	renameat(".tmp" → name)         the name changes hands in one step
//	fsync(the directory)            and so does the disk's idea of it
//
// Without the first fsync a power cut leaves an empty file under the name, on
// ext4 with noauto_da_alloc and elsewhere; without the last it brings the old
// file back after the caller was told of success.
//
// A sync that failed is never tried again on the same file: the kernel may have
// dropped the bytes and call them clean (PostgreSQL's fsync lesson of 2018).
// The temporary file is thrown away, and the next attempt writes a new one.
//
// [Append] and [Table] build on the same care: an append can be repeated after
// a crash, and a table is a text file of keyed lines with a journal of later
// lines.
//
// # What it does not do
//
// It takes no locks: one writer at a time for a name is the caller's care. It
// cannot help against a disk that says it has written and has not; who wants
// to know reads back.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// WriteFile replaces what is at name by data, durably, in one step. A new file
// gets the mode perm, before the umask. A symbolic link at name is replaced
// too, not followed. The temporary file is name with ".tmp" appended; one that
// a crash left is swept by the next call.
func (d Disk) WriteFile(name string, data []byte, perm fs.FileMode) error {
	temp := name + ".tmp"
	if err := d.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A new file, not the old one emptied: see the package comment on syncs
	// that failed.
	if err := d.WriteNew(temp, data, perm); err != nil {
		return err
	}
	if err := d.Rename(temp, name); err != nil {
		d.Remove(temp) // swept by the next call if this fails too
		return err
	}
	return d.SyncDir(filepath.Dir(name))
}

// WriteNew writes a file that is not there yet, durably but for its name: that
// is, once its directory is synced. After an error there is none, if it can be
// helped.
func (d Disk) WriteNew(name string, data []byte, perm fs.FileMode) (err error) {
	f, err := d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			d.Remove(name)
		}
	}()
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// MkdirAll makes the directory name and those above it that are missing, with
// the mode perm before the umask, durably.
func (d Disk) MkdirAll(name string, perm fs.FileMode) error {
	info, err := d.Stat(name)
	if err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(name)
	if above != name {
		if err := d.MkdirAll(above, perm); err != nil {
			return err
		}
	}
	if err := d.Mkdir(name, perm); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.SyncDir(above)
}

// SyncDir makes durable which names the directory holds.
func (d Disk) SyncDir(name string) error {
	f, err := d.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	// Some file systems cannot sync a directory and say EINVAL; there is
	// nothing that one could do instead.
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		f.Close()
		return err
	}
	return f.Close()
}

// bulk is the number of changes from which on one sync of the whole file
// system is cheaper than a sync of each.
const bulk = 8

// Bulk reports whether n changes are so many that they are better made durable
// at once, by an [FS]. It is false where the system has no call for that.
func Bulk(n int) bool { return n > bulk && canSyncFS }

// FS is a file system to be synced. It is opened before the changes that it
// shall make durable: syncfs(2) reports the write errors since then (Linux 5.8
// and later).
type FS struct {
	dir  *File
	disk Disk
}

// OpenFS opens the file system of a directory.
func (d Disk) OpenFS(dir string) (*FS, error) {
	f, err := d.OpenFile(dir, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	return &FS{f, d}, nil
}

// Sync makes durable all that was written.
func (f *FS) Sync() error {
	return f.disk.Do("syncfs", f.dir.Name(), func() error { return syncFS(f.dir.file) })
}

func (f *FS) Close() error { return f.dir.Close() }

// Batch carries out n changes in or below the directory dir and makes them
// durable. It calls change with each number from 0 to n-1, in order; when sync
// is true the change must sync what it wrote. For many changes, where the
// system has a call for it, sync is false and the file system of dir is synced
// once, at the end.
func (d Disk) Batch(dir string, n int, change func(i int, sync bool) error) error {
	if !Bulk(n) {
		for i := range n {
			if err := change(i, true); err != nil {
				return err
			}
		}
		return nil
	}
	f, err := d.OpenFS(dir)
	if err != nil {
		return err
	}
	for i := range n {
		if err := change(i, false); err != nil {
			f.Close()
			return err
		}
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
