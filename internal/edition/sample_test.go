package edition

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"feedmill/internal/durable"
)

// start is when the first sample is published; each later one is a minute later.
var start = time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)

func at(n int) time.Time { return start.Add(time.Duration(n-1) * time.Minute) }

// media returns a document that is a file on somebody else's disk.
func media(path string, body []byte) Document {
	sum := sha256.Sum256(body)
	return File(path, "image/png", Media, int64(len(body)), hex.EncodeToString(sum[:]), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(body)), nil
	})
}

// sample returns the n-th of a row of editions that differ in every way in
// which one edition can differ from the one before it: documents changed, new,
// removed and unchanged, in all kinds and of the same size, with siblings and
// without; a document where a
// directory was, and the other way round; a document of which only the headers
// differ; redirects; gone paths.
func sample(n int) *Edition {
	if e, ok := samples.Load(n); ok {
		return e.(*Edition)
	}
	e := makeSample(n)
	samples.Store(n, e)
	return e
}

var samples sync.Map // by number

// long is a document that is worth compressing.
func long(n int) []byte {
	return fmt.Appendf(nil, "edition %03d\n%s", n, strings.Repeat("Some words. ", 100))
}

func makeSample(n int) *Edition {
	body := fmt.Appendf(nil, "edition %03d\n", n)
	headers := Bytes("headers.xml", "application/xml", Feed, []byte("always the same bytes\n"))
	headers.MaxAge = time.Duration(n) * time.Minute
	headers.Links = []Link{{URL: fmt.Sprintf("https://hub.example.org/%d", n), Rel: "hub"}}
	docs := []Document{
		headers,
		Bytes("rss.xml", "application/rss+xml", Feed, body),
		Bytes("long.xml", "application/rss+xml", Feed, long(n)),
		Bytes("long-same.xml", "application/rss+xml", Feed, long(0)),
		Bytes(fmt.Sprintf("articles/only/%d/index.html", n), "text/html; charset=utf-8", Page, body),
		media("articles/a/picture.png", body),
		media("articles/same/picture.png", []byte("always the same picture")),
	}
	if n%2 == 0 {
		docs = append(docs, Bytes("turn/about/a.xml", "application/xml", Index, body))
	} else {
		docs = append(docs, Bytes("turn", "application/xml", Index, body))
	}
	e, err := New(base, docs,
		map[string]string{fmt.Sprintf("from/%d", n): "rss.xml", "feed": []string{"rss.xml", "headers.xml"}[n%2]},
		[]string{fmt.Sprintf("articles/only/%d/", n-1)})
	if err != nil {
		panic(err)
	}
	return e
}

// which returns the number of the sample that e is, whole: one up to last. All
// documents are read.
func which(e *Edition, last int) (int, error) {
	if e == nil {
		return 0, nil
	}
	for n := 1; n <= last; n++ {
		if e.Digest == sample(n).Digest {
			for d := range e.Documents() {
				if err := whole(d); err != nil {
					return n, fmt.Errorf("edition %d: %s: %w", n, d.Path, err)
				}
				if err := wholeSiblings(d); err != nil {
					return n, fmt.Errorf("edition %d: %w", n, err)
				}
			}
			return n, nil
		}
	}
	return 0, fmt.Errorf("a mixture: %s", e.Digest)
}

// errWrongBytes is worse than a document that cannot be opened.
var errWrongBytes = errors.New("the bytes of another edition")

func whole(d *Document) error {
	r, err := d.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != d.Digest || int64(len(body)) != d.Size {
		return errWrongBytes
	}
	return nil
}

// wholeSiblings checks that a document has the siblings that it should have by
// now, with its bytes.
func wholeSiblings(d *Document) error {
	var got []string
	for _, s := range d.Siblings() {
		got = append(got, s.Path)
		if err := whole(s.Document); err != nil {
			return fmt.Errorf("%s: %w", s.Path, err)
		}
		if err := decodes(s, d); err != nil {
			return fmt.Errorf("%s: %w", s.Path, err)
		}
	}
	var want []string
	if strings.HasPrefix(d.Path, "long") && !d.late {
		want = []string{d.Path + ".br", d.Path + ".gz"}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: got the siblings %q, want %q", d.Path, got, want)
	}
	return nil
}

// decodes checks that a sibling holds the bytes of its document.
func decodes(s Sibling, d *Document) error {
	r, err := s.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	body := io.Reader(brotli.NewReader(r))
	if s.Coding == codingGzip {
		// That of the standard library, as a second opinion.
		if body, err = gzip.NewReader(r); err != nil {
			return err
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != d.Digest {
		return errWrongBytes
	}
	return nil
}

// house is a directory with a feeds and a state directory.
type house string

// newHouse returns a new one, in memory where there is such a file system: what
// the tests ask is what the calls are, not what the disk does.
func newHouse(t *testing.T) house {
	t.Helper()
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err != nil || !info.IsDir() {
		return house(t.TempDir())
	}
	dir, err := os.MkdirTemp(memory, "edition")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return house(dir)
}

func (h house) feeds() string  { return filepath.Join(string(h), "feeds") }
func (h house) state() string  { return filepath.Join(string(h), "state") }
func (h house) ledger() string { return filepath.Join(h.state(), "ledger.journal") }

// store returns a store of the house. Without a fault it works as on any disk,
// but does not wait for it: that would be all the time that these tests take.
func (h house) store(fault func(op, name string, do func() error) error) *Store {
	s := NewStore(h.feeds(), h.state())
	s.inRecord = len("told 1\n") // and what the manifest gets is a part
	s.disk.Fault = fault
	if fault == nil {
		s.disk.Fault = impatient
	}
	return s
}

func impatient(op, name string, do func() error) error {
	if op == "sync" || op == "syncfs" {
		return nil
	}
	return do()
}

// publish publishes the n-th sample, and says so in the ledger.
func (h house) publish(s *Store, n int) (*Edition, Result, error) {
	before, err := os.ReadFile(h.ledger())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, Result{}, err
	}
	pending, err := h.store(nil).Pending()
	if err != nil {
		return nil, Result{}, err
	}
	for _, a := range pending {
		if a.File != h.ledger() {
			continue
		}
		if before, err = a.Applied(before); err != nil {
			return nil, Result{}, err
		}
	}
	e, err := put(s, sample(n))
	if err != nil {
		return nil, Result{}, err
	}
	defer s.stage.Discard()
	return s.Publish(e, at(n), durable.Append{
		File: h.ledger(),
		At:   int64(len(before)),
		Data: fmt.Appendf(nil, "told %d\n", n),
	})
}

// later returns a store of the house that makes siblings later.
func (h house) later(fault func(op, name string, do func() error) error) *Store {
	s := h.store(fault)
	s.SiblingsLater = true
	return s
}

// publishLater publishes the n-th sample, and its siblings after that.
func (h house) publishLater(s *Store, n int) error {
	if _, _, err := h.publish(s, n); err != nil {
		return err
	}
	_, err := s.Complete()
	return err
}

// mustComplete opens what is published and makes the siblings that are missing.
func (h house) mustComplete(t *testing.T) *Edition {
	t.Helper()
	s := h.store(nil)
	h.mustOpen(t, s)
	var e *Edition
	locked(t, s, func() {
		var err error
		if e, err = s.Complete(); err != nil {
			t.Fatal(err)
		}
	})
	if e != nil && e.isLate() {
		t.Error("siblings are missing after Complete")
	}
	return e
}

// put returns an edition of which some documents have been put into staging, as
// most are that are made; the others are written by Publish.
func put(s *Store, e *Edition) (*Edition, error) {
	stage, err := s.Stage()
	if err != nil {
		return nil, err
	}
	var docs []Document
	for d := range e.Documents() {
		if strings.HasPrefix(d.Path, "long") || d.Kind == Page {
			staged, err := stage.Put(*d)
			if err != nil {
				stage.Discard()
				return nil, err
			}
			docs = append(docs, staged)
		}
	}
	return e.With(docs, nil, e.redirects, slices.Collect(maps.Keys(e.gone)))
}

// toldLast checks that the ledger speaks of whole editions, the n-th last.
func (h house) toldLast(n int) error {
	ledger, err := os.ReadFile(h.ledger())
	if err != nil {
		return err
	}
	last := 0
	for line := range strings.Lines(string(ledger)) {
		var told int
		if _, err := fmt.Sscanf(line, "told %d\n", &told); err != nil || told <= last {
			return fmt.Errorf("ledger: %q after %d: %v", line, last, err)
		}
		last = told
	}
	if last != n {
		return fmt.Errorf("ledger: %d is last, want %d", last, n)
	}
	return nil
}

// locked calls do between Lock and unlock.
func locked(t *testing.T, s *Store, do func()) {
	t.Helper()
	unlock, err := s.Lock()
	if err != nil {
		t.Fatal(err)
	}
	do()
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
}

// mustPublish publishes the n-th sample and expects no trouble.
func (h house) mustPublish(t *testing.T, s *Store, n int) *Edition {
	t.Helper()
	var e *Edition
	locked(t, s, func() {
		var err error
		if e, _, err = h.publish(s, n); err != nil {
			t.Fatal(err)
		}
	})
	return e
}

// tidy checks that the house holds the n-th sample and nothing else.
func (h house) tidy(n int) error {
	want := []string{}
	for d := range sample(n).Documents() {
		want = append(want, d.Path)
		if strings.HasPrefix(d.Path, "long") {
			want = append(want, d.Path+".br", d.Path+".gz")
		}
	}
	slices.Sort(want)
	got := []string{}
	err := filepath.WalkDir(h.feeds(), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		path, err := filepath.Rel(h.feeds(), name)
		if err != nil {
			return err
		}
		got = append(got, filepath.ToSlash(path))
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if d, ok := sample(n).Document(filepath.ToSlash(path)); ok {
			if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != d.Digest {
				return fmt.Errorf("%s: %q is not of edition %d", path, body, n)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("files %q, want %q", got, want)
	}
	entries, err := os.ReadDir(h.state())
	if err != nil {
		return err
	}
	for _, e := range entries {
		// A crash may leave a temporary file, which the next write sweeps.
		name := strings.TrimSuffix(e.Name(), ".tmp")
		if !slices.Contains([]string{lockName, snapshotName, journalName, filepath.Base(h.ledger())}, name) && e.Name() != recordName+".tmp" {
			return fmt.Errorf("%s is left in the state directory", e.Name())
		}
	}
	return h.toldLast(n)
}
