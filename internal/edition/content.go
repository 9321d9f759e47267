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
	"syscall"

	"feedmill/internal/durable"
)

// content is where a document's bytes are.
type content interface {
	open(d *Document) (io.ReadCloser, error)
}

// memory is bytes that nobody changes.
type memory []byte

func (m memory) open(*Document) (io.ReadCloser, error) {
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(m), io.NopCloser(nil)}, nil
}

// file is bytes that are opened anew at each request.
type file func() (io.ReadCloser, error)

func (f file) open(*Document) (io.ReadCloser, error) { return f() }

// damage stands for bytes that are not as they were published.
type damage struct{ err error }

func (d damage) open(*Document) (io.ReadCloser, error) { return nil, d.err }

// placed is the bytes of a published document, which are opened at each
// request: at its place, or as long as it is not there yet, in staging.
type placed struct{ *Store }

func (p placed) open(d *Document) (io.ReadCloser, error) {
	f, _, err := p.Store.openWhole(d)
	if err != nil {
		return nil, err
	}
	return f, nil
}

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

// add notes what is wrong with a document. They come in the order of their paths.
func (e *DamageError) add(path string, err error) {
	e.Paths, e.Errs = append(e.Paths, path), append(e.Errs, err)
}

// orNone returns e, or nil when nothing is damaged.
func (e *DamageError) orNone() *DamageError {
	if len(e.Paths) == 0 {
		return nil
	}
	return e
}

// orNil is e as an error: a nil *DamageError must not become an error that is
// not nil.
func (e *DamageError) orNil() error {
	if e == nil {
		return nil
	}
	return e
}

// Has reports whether the document or one of its siblings is damaged.
func (e *DamageError) Has(d *Document) bool {
	return e.has(d.Path) || slices.ContainsFunc(d.siblings, func(s Sibling) bool { return e.has(s.Path) })
}

// ReadInto returns the bytes of a document in b, if there is room for them, and
// else in a new slice. Of one that is durable in staging they are compared with its
// digest: when these are the bytes that were to be written, it has been read back,
// and Publish need not do so again.
func (d *Document) ReadInto(b []byte) ([]byte, error) {
	if p, ok := d.content.(placed); ok {
		return p.Store.readInto(d, b)
	}
	f, err := d.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return fillFrom(f, d, b)
}

func (s *Store) readInto(d *Document, b []byte) ([]byte, error) {
	synced := d.staged != nil && d.staged.synced.Load() // before it is read
	f, info, err := s.openWhole(d)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if b, err = fillFrom(f, d, b); err != nil {
		return nil, err
	}
	if synced && d.mark == markOf(info) {
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) == d.Digest {
			d.staged.read.Store(true)
		}
	}
	return b, nil
}

// fillFrom reads the bytes of a document into b.
func fillFrom(f io.Reader, d *Document, b []byte) ([]byte, error) {
	b = slices.Grow(b[:0], int(d.Size))[:d.Size]
	_, err := io.ReadFull(f, b)
	return b, err
}

// inspect looks whether the bytes of a document are as they were published.
func (s *Store) inspect(d *Document) error {
	if lost, ok := d.content.(damage); ok {
		return lost.err
	}
	if info, err := s.lstat(d); err == nil && info.Mode().IsRegular() && info.Size() == d.Size && (d.Kind == Media || s.trusts(d, info)) {
		return nil
	}
	f, _, err := s.openWhole(d)
	if err != nil {
		return err
	}
	return f.Close()
}

// readWhole returns the bytes of a published document.
func (s *Store) readWhole(d *Document) ([]byte, error) {
	f, info, err := s.open(d)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body := make([]byte, d.Size)
	if _, err := io.ReadFull(f, body); err != nil {
		return nil, s.about("read", d.Path, err)
	}
	sum := sha256.Sum256(body)
	if err := s.compareDigest(d, sum[:]); err != nil {
		return nil, err
	}
	s.trust(d, info)
	return body, nil
}

// openWhole opens a document after it was compared with its digest. A file that
// has the mark of the one that was written, or was compared before, is not read:
// another may be of the next edition, whose bytes must not go out as this one's.
func (s *Store) openWhole(d *Document) (*durable.File, fs.FileInfo, error) {
	f, info, err := s.open(d)
	if err != nil {
		return nil, nil, err
	}
	if !s.trusts(d, info) {
		if err := s.compareFile(d, f); err != nil {
			f.Close()
			return nil, nil, err
		}
		s.trust(d, info)
	}
	return f, info, nil
}

// vouched is a file that has another mark than the one that was written, and the
// same bytes: the directory was copied.
type vouched struct {
	digest string
	mark   mark
}

func (s *Store) trusts(d *Document, info fs.FileInfo) bool {
	m := markOf(info)
	if d.mark == m {
		return true
	}
	v, ok := s.vouched.Load(d.Path)
	return ok && v == vouched{d.Digest, m}
}

func (s *Store) trust(d *Document, info fs.FileInfo) {
	if m := markOf(info); m != d.mark {
		s.vouched.Store(d.Path, vouched{d.Digest, m})
	}
}

// inStaging returns the name in staging of a document that may still be there.
func (d *Document) inStaging() (name string, ok bool) {
	if d.staged == nil || d.staged.placed.Load() {
		return "", false
	}
	return d.staged.name, true
}

// lstat looks at a document's file.
func (s *Store) lstat(d *Document) (fs.FileInfo, error) {
	if name, ok := d.inStaging(); ok {
		if info, err := s.disk.Lstat(s.staged(name)); err == nil {
			return info, nil
		}
	}
	return s.disk.Lstat(s.inFeeds(d.Path))
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
func (s *Store) open(d *Document) (*durable.File, fs.FileInfo, error) {
	name := s.inFeeds(d.Path)
	// No pipe makes us wait, no link leads elsewhere.
	const flags = os.O_RDONLY | syscall.O_NONBLOCK | syscall.O_NOFOLLOW
	var f *durable.File
	err := fs.ErrNotExist
	if staged, ok := d.inStaging(); ok {
		f, err = s.disk.OpenFile(s.staged(staged), flags, 0)
	}
	if errors.Is(err, fs.ErrNotExist) {
		f, err = s.disk.OpenFile(name, flags, 0)
	}
	if err != nil {
		return nil, nil, s.about("open", d.Path, err)
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
		return nil, nil, err
	}
	return f, info, nil
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
