package library

import (
	"fmt"
	"io"
	"io/fs"
)

// mostAside is the size of a file, in bytes, above which Aside refuses it.
const mostAside = 1 << 20

// Aside returns the bytes of a file that belongs to the site and not to its
// readers, such as a template, by its path below the directory. A scan passes it
// over and [Library.Media] refuses it.
//
// What is no regular file or larger than 1 MiB is refused; a missing one is
// [fs.ErrNotExist].
func (l *Library) Aside(name string) ([]byte, error) {
	f, info, err := openRegular(l.fsys, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostAside+1))
	if err == nil && max(info.Size(), int64(len(text))) > mostAside {
		err = fmt.Errorf("larger than %d MiB", mostAside>>20)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return text, nil
}
