package durable

import (
	"fmt"
	"os"
	"path/filepath"
)

// Append is bytes that a journal gets at an offset. It can be applied again
// after a crash, however far the first time went.
type Append struct {
	File string
	At   int64 // length of the file before
	Data []byte
}

// Apply writes the bytes at their offset, cuts off what follows and syncs. A
// file that is missing is empty, and made. An error when the file is shorter
// than At: it is not the file that the append was made for.
func (a Append) Apply() error { return Disk{}.Apply(a) }

// Apply is [Append.Apply], on this disk.
func (d Disk) Apply(a Append) error {
	f, err := d.OpenFile(a.File, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	if err := a.apply(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if a.At > 0 {
		return nil
	}
	return d.SyncDir(filepath.Dir(a.File)) // the file may be new
}

func (a Append) apply(f *File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < a.At {
		return fmt.Errorf("append to %s at %d: it ends at %d", a.File, a.At, info.Size())
	}
	if _, err := f.WriteAt(a.Data, a.At); err != nil {
		return err
	}
	if err := f.Truncate(a.At + int64(len(a.Data))); err != nil {
		return err
	}
	return f.Sync()
}

// Applied returns what the file would hold after Apply, for one that holds
// data now.
func (a Append) Applied(data []byte) ([]byte, error) {
	if int64(len(data)) < a.At {
		return nil, fmt.Errorf("append to %s at %d: it ends at %d", a.File, a.At, len(data))
	}
	return append(data[:a.At:a.At], a.Data...), nil
}
