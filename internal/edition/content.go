package edition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"feedmill/internal/durable"
)

// content is where a document's bytes are.
type content interface {
	open() (io.ReadCloser, error)
}

// memory is bytes that nobody changes.
type memory []byte

func (m memory) open() (io.ReadCloser, error) {
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(m), io.NopCloser(nil)}, nil
}

// file is bytes that are opened anew at each request.
type file func() (io.ReadCloser, error)

func (f file) open() (io.ReadCloser, error) { return f() }

// damage stands for bytes that are not as they were published.
type damage struct{ err error }

func (d damage) open() (io.ReadCloser, error) { return nil, d.err }

// DamageError says that documents are not on disk as they were published. The
// edition that comes with it is complete all the same: it still has what the
// manifest says of these documents, only Open of theirs fails. The next Publish
// writes them anew.
type DamageError struct {
	Paths []string // of the documents, sorted
	Errs  []error  // what is wrong with each
}

func (e *DamageError) Error() string {
	const shown = 3
	var b strings.Builder
	for i, err := range e.Errs[:min(shown, len(e.Errs))] {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(err.Error())
	}
	if more := len(e.Errs) - shown; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

func (e *DamageError) Unwrap() []error { return e.Errs }

// has reports whether the document at a path is damaged.
func (e *DamageError) has(path string) bool {
	if e == nil {
		return false
	}
	_, found := slices.BinarySearch(e.Paths, path)
	return found
}

// content reads a published document, or for media only looks at it. With hold,
// what it has read stays in memory.
func (s *Store) content(d *Document, staged string, hold bool) (content, error) {
	f, err := s.open(d, staged)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if d.Kind == Media {
		return s.file(d, staged, nil), nil
	}
	if !hold {
		info, err := f.Stat()
		if err == nil {
			err = s.compareFile(d, f)
		}
		if err != nil {
			return nil, err
		}
		return s.file(d, staged, info), nil
	}
	body := make([]byte, d.Size)
	if _, err := io.ReadFull(f, body); err != nil {
		return nil, s.about("read", d.Path, err)
	}
	sum := sha256.Sum256(body)
	if err := s.compareDigest(d, sum[:]); err != nil {
		return nil, err
	}
	return memory(body), nil
}

// file is the content of a published document that is opened at each request.
// It is compared with the digest at the first, unless seen says that it was, and
// again whenever the file at its place is another: that may be of the next
// edition, whose bytes must not go out as this one's.
func (s *Store) file(d *Document, staged string, seen fs.FileInfo) content {
	published := *d
	var compared atomic.Pointer[fs.FileInfo]
	if seen != nil {
		compared.Store(&seen)
	}
	return file(func() (io.ReadCloser, error) {
		f, err := s.open(&published, staged)
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if before := compared.Load(); err == nil && (before == nil || !sameFile(*before, info)) {
			if err = s.compareFile(&published, f); err == nil {
				compared.Store(&info)
			}
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	})
}

// compareFile compares the bytes of an open file with the document's digest and
// goes back to its beginning.
func (s *Store) compareFile(d *Document, f io.ReadSeeker) error {
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return s.about("read", d.Path, err)
	}
	if err := s.compareDigest(d, h.Sum(nil)); err != nil {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

func (s *Store) compareDigest(d *Document, sum []byte) error {
	if hex.EncodeToString(sum) != d.Digest {
		return fmt.Errorf("%s: changed since it was published", s.inFeeds(d.Path))
	}
	return nil
}

// open opens a published document: in staging, if a publish may not have moved
// it yet, else at its place.
func (s *Store) open(d *Document, staged string) (*durable.File, error) {
	name := s.inFeeds(d.Path)
	// No pipe makes us wait, no link leads elsewhere.
	const flags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOFOLLOW
	var f *durable.File
	err := fs.ErrNotExist
	if staged != "" {
		f, err = s.disk.OpenFile(s.staged(staged), flags, 0)
	}
	if errors.Is(err, fs.ErrNotExist) {
		f, err = s.disk.OpenFile(name, flags, 0)
	}
	if err != nil {
		return nil, s.about("open", d.Path, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = s.about("stat", d.Path, err)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s: not a regular file", name)
	case info.Size() != d.Size:
		err = fmt.Errorf("%s: has %d bytes, and had %d when it was published", name, info.Size(), d.Size)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// about says what was done to the document at a path, where the operator looks
// for it, whatever name the file has just then. What happened to another file,
// such as the source of a picture, keeps its own name.
func (s *Store) about(op, path string, err error) error {
	name := s.inFeeds(path)
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at) && (at.Path == name || filepath.Dir(at.Path) == s.staged("")):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}
