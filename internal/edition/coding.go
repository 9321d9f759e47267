package edition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Content codings, as Content-Encoding names them (RFC 9110, section 8.4.1, and
// RFC 7932).
const (
	codingGzip   = "gzip"
	codingBrotli = "br"
)

// leastCoded is the size in bytes from which on compressing is tried: what is
// smaller travels in one packet, whatever is done to it.
const leastCoded = 1024

// suffixes are those of the files in which web servers look for a coding.
var suffixes = map[string]string{codingGzip: ".gz", codingBrotli: ".br"}

// Sibling is a document's bytes in a content coding, in a file beside it:
// rss.xml.gz. What is said of the document is said of it.
type Sibling struct {
	Coding string // as Content-Encoding names it
	*Document
}

// Siblings returns what the store keeps beside the document, which is among those
// that are polled: its bytes in the codings that pay. The smallest comes first.
func (d *Document) Siblings() []Sibling { return d.siblings }

// polled reports whether readers ask for the document again and again.
func (d *Document) polled() bool { return d.Kind == Feed || d.Path == indexName }

// Codable reports whether it may pay to compress the document. Pictures and
// sound are compressed already.
func (d *Document) Codable() bool { return d.Kind != Media && d.Size >= leastCoded }

// Decode returns the bytes of a file without the content coding that its name
// tells of, as those of siblings do.
func Decode(name string, body []byte) ([]byte, error) {
	switch {
	case strings.HasSuffix(name, suffixes[codingGzip]):
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(z)
	case strings.HasSuffix(name, suffixes[codingBrotli]):
		return io.ReadAll(brotli.NewReader(bytes.NewReader(body)))
	}
	return body, nil
}

// siblingsOf returns the siblings of a document whose bytes are these in the
// codings, nil where one does not pay.
func siblingsOf(d *Document, gz, br []byte) []Sibling {
	var siblings []Sibling
	if br != nil && (gz == nil || len(br) < len(gz)) {
		siblings = append(siblings, newSibling(d, codingBrotli, br))
	}
	if gz != nil {
		siblings = append(siblings, newSibling(d, codingGzip, gz))
	}
	return siblings
}

// takeSiblings gives a document the siblings of the one before when it has the
// same bytes, and else new ones, unless they are to be made later.
func (s *Store) takeSiblings(d, before *Document) {
	same := before != nil && before.Digest == d.Digest
	switch body := d.Content(); {
	case !d.polled() || !d.Codable():
	case same && before.siblingsWhole():
		for _, old := range before.siblings {
			sibling := *old.Document
			d.siblings = append(d.siblings, Sibling{old.Coding, &sibling})
		}
	case s.SiblingsLater || same && before.late && body == nil:
		d.late = true
	case body != nil:
		d.siblings = siblingsOf(d, Gzip(body), compress(body, &brotlis))
	}
}

// isLate reports whether siblings of documents are still to be made.
func (e *Edition) isLate() bool {
	return slices.ContainsFunc(e.documents, func(d *Document) bool { return d.late })
}

// Complete makes the siblings that Publish has left for later, and publishes the
// edition with them: readers get it without until then. It returns what is
// published, nil when nothing is. It needs the lock. Its errors are those of
// Publish.
func (s *Store) Complete() (*Edition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return nil, errNotLocked
	}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	e := s.published.edition
	if e == nil || !e.isLate() {
		return e, nil
	}
	completed, err := s.complete(e)
	if err != nil {
		s.published = nil
		return completed, fmt.Errorf("compress edition %s: %w", e.Digest[:12], err)
	}
	return completed, nil
}

func (s *Store) complete(e *Edition) (*Edition, error) {
	s.give()
	s.stage = s.newStage()
	defer s.give()
	var docs []Document
	for _, d := range e.documents {
		if d.late && !s.published.damage.Has(d) { // else the next Publish writes it anew
			docs = append(docs, *d)
		}
	}
	if err := s.stage.complete(docs); err != nil {
		return nil, err
	}
	next, err := e.With(docs, nil, e.redirects, slices.Collect(maps.Keys(e.gone)))
	if err != nil {
		return nil, err
	}
	e, _, err = s.publish(next, time.Time{}, nil)
	return e, err
}

func newSibling(d *Document, coding string, body []byte) Sibling {
	sum := sha256.Sum256(body)
	return Sibling{coding, &Document{
		Path:    d.Path + suffixes[coding],
		Size:    int64(len(body)),
		Digest:  hex.EncodeToString(sum[:]),
		content: memory(body),
	}}
}

// siblingsWhole reports whether there are siblings, all as they were published.
func (d *Document) siblingsWhole() bool {
	for _, s := range d.siblings {
		if _, damaged := s.content.(damage); damaged {
			return false
		}
	}
	return len(d.siblings) > 0
}

// taken reports whether a document, or a directory of documents, is at a path.
func (e *Edition) taken(path string) bool {
	_, ok := e.Document(path)
	return ok || e.below(path) != nil
}

// files returns the documents, sorted by path, each followed by its siblings.
func (e *Edition) files() iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		for _, d := range e.documents {
			if !yield(d) {
				return
			}
			for _, s := range d.siblings {
				if !yield(s.Document) {
					return
				}
			}
		}
	}
}
