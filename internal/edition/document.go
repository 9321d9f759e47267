package edition

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Kind groups documents that are served and counted alike.
type Kind string

const (
	Feed    Kind = "feed"    // polled by readers
	Archive Kind = "archive" // the past of a feed, fetched once, kept as files
	Page    Kind = "page"    // looked at by people
	Media   Kind = "media"   // pictures and sound, kept as files
	Index   Kind = "index"   // for crawlers and importers
)

// order is the order in which kinds are put into place: what is linked to comes
// before what links to it.
var order = []Kind{Media, Page, Archive, Feed, Index}

// Link is one Link header that a server sends with a document (RFC 8288).
type Link struct {
	URL  string `json:"url"` // absolute
	Rel  string `json:"rel"`
	Type string `json:"type,omitempty"`
}

// Document is one published file and what a server must say of it.
type Document struct {
	// Path is the file's place below the base: slash-separated, local, without
	// a leading slash. A path ending in index.html is served at its directory.
	Path   string
	Type   string // the exact Content-Type
	Kind   Kind
	MaxAge time.Duration // for Cache-Control; whole seconds
	Links  []Link

	Size   int64  // bytes
	Digest string // SHA-256 of the bytes, hexadecimal

	// Modified is when the bytes last changed, in whole seconds; Publish sets
	// it. It never goes backwards and is never taken from a file's time.
	Modified time.Time
	// Twice says that the bytes changed more than once in the second of
	// Modified: then a date alone proves nothing to a client.
	Twice bool

	// Key names what the bytes are made of, for those who make documents: zero
	// when they do not say. It is kept with the document, and no part of what
	// is published.
	Key [16]byte

	content  content
	siblings []Sibling
	late     bool // siblings are still to be made
	mark     mark
	staged   *staged // nil: it never was in staging
	sum      sum     // of all that names an edition; once it is in one
}

// digest hashes what of the document names an edition.
func (d *Document) digest() (s sum) {
	b := make([]byte, 0, 512)
	text := func(t string) { b = append(append(b, t...), 0) }
	text(d.Path)
	text(d.Type)
	text(string(d.Kind))
	text(d.Digest)
	b = binary.AppendVarint(b, int64(d.MaxAge/time.Second))
	b = binary.AppendVarint(b, d.Size)
	for _, l := range d.Links {
		text(l.URL)
		text(l.Rel)
		text(l.Type)
	}
	bytes := sha256.Sum256(b)
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(bytes[8*i:])
	}
	return s
}

// Bytes returns a document that is held in memory. The caller must not change
// body afterwards.
func Bytes(path, mediaType string, kind Kind, body []byte) Document {
	if body == nil {
		body = []byte{} // nil is for files
	}
	sum := sha256.Sum256(body)
	return Document{
		Path:    path,
		Type:    mediaType,
		Kind:    kind,
		Size:    int64(len(body)),
		Digest:  hex.EncodeToString(sum[:]),
		content: memory(body),
	}
}

// File returns a document that is never held in memory: open is called whenever
// it is read. Size is in bytes; digest is the SHA-256 of the bytes, hexadecimal.
func File(path, mediaType string, kind Kind, size int64, digest string, open func() (io.ReadCloser, error)) Document {
	return Document{
		Path:    path,
		Type:    mediaType,
		Kind:    kind,
		Size:    size,
		Digest:  digest,
		content: file(open),
	}
}

// Open returns the document's bytes. The reader is an [io.ReadSeeker] too, but
// for a document from File, where that is up to the function given. An error
// says that the bytes are not there as they were published.
func (d Document) Open() (io.ReadCloser, error) { return d.content.open(&d) }

// ReadAll returns the document's bytes, wherever they are. The caller must not
// change them.
func (d Document) ReadAll() ([]byte, error) {
	if body := d.Content(); body != nil {
		return body, nil
	}
	r, err := d.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body := make([]byte, d.Size)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Path, err)
	}
	return body, nil
}

// Content returns the document's bytes if they are held in memory, else nil.
// The caller must not change them.
func (d Document) Content() []byte {
	if m, ok := d.content.(memory); ok {
		return m
	}
	return nil
}

const indexName = "index.html"

// Address returns where the document is served, below the base: its path, or
// for an index.html the directory, with a slash at the end. The address of the
// index.html at the top is empty.
func (d Document) Address() string {
	if path.Base(d.Path) == indexName {
		return strings.TrimSuffix(d.Path, indexName)
	}
	return d.Path
}

func (d Document) validate() error {
	top, _, _ := strings.Cut(d.Path, "/")
	switch {
	case !fs.ValidPath(d.Path) || d.Path == ".":
		return errors.New("not a path below the base")
	case top == stagingName:
		return fmt.Errorf("%s is not for documents", stagingName)
	case d.Type == "":
		return errors.New("no media type")
	case !slices.Contains(order, d.Kind):
		return fmt.Errorf("kind %q is not known", d.Kind)
	case d.MaxAge < 0 || d.MaxAge%time.Second != 0:
		return fmt.Errorf("max-age %v is not in whole seconds", d.MaxAge)
	case d.Size < 0 || len(d.Digest) != hex.EncodedLen(sha256.Size):
		return errors.New("no size or no SHA-256 digest")
	case d.content == nil:
		return errors.New("made by neither Bytes nor File")
	}
	return nil
}
