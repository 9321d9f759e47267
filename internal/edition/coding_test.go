package edition

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// noise is what no compressor makes smaller.
func noise(size int) []byte {
	body := make([]byte, size)
	state := uint64(1)
	for i := range body {
		state = state*6364136223846793005 + 1442695040888963407
		body[i] = byte(state >> 56)
	}
	return body
}

func TestSiblingsAreMadeWhereTheyPay(t *testing.T) {
	text := bytes.Repeat([]byte("Some words. "), 100)
	both := []string{".br", ".gz"}
	for _, tt := range []struct {
		name string
		doc  Document
		also []Document
		want []string // suffixes
	}{
		{"a feed", Bytes("rss.xml", "application/rss+xml", Feed, text), nil, both},
		{"a feed below", Bytes("tags/a/rss.xml", "application/rss+xml", Feed, text), nil, both},
		{"the landing page", Bytes("index.html", "text/html", Page, text), nil, both},
		{"an article's page", Bytes("articles/a/index.html", "text/html", Page, text), nil, nil},
		{"a picture", media("a.png", text), nil, nil},
		{"a feed that fits into a packet", Bytes("rss.xml", "application/rss+xml", Feed, text[:leastCoded-1]), nil, nil},
		{"a feed that cannot be compressed", Bytes("rss.xml", "application/rss+xml", Feed, noise(5000)), nil, nil},
		{"a feed with a document where one would be", Bytes("rss.xml", "application/rss+xml", Feed, text), []Document{doc("rss.xml.gz")}, both[:1]},
		{"a feed with a directory where one would be", Bytes("rss.xml", "application/rss+xml", Feed, text), []Document{doc("rss.xml.br/a")}, both[1:]},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := New(base, append(tt.also, tt.doc), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			h := newHouse(t)
			s := h.store(nil)
			locked(t, s, func() {
				if e, _, err = s.Publish(e, at(1)); err != nil {
					t.Fatal(err)
				}
			})
			d, _ := e.Document(tt.doc.Path)
			var got []string
			for _, sibling := range d.Siblings() {
				got = append(got, filepath.Ext(sibling.Path))
				if err := decodes(sibling, d); err != nil {
					t.Errorf("%s: %v", sibling.Path, err)
				}
				if sibling.Digest == d.Digest || !sibling.Modified.Equal(d.Modified) {
					t.Errorf("%s: got digest %s and date %v, want a digest of its own and the document's date", sibling.Path, sibling.Digest, sibling.Modified)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got siblings %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(e.Digest, h.mustOpen(t, h.store(nil)).Digest); diff != "" {
				t.Errorf("siblings are no part of the edition's digest:\n%s", diff)
			}
		})
	}
}

func TestSiblingsGoWithTheirDocument(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	publish := func(n int, docs ...Document) Result {
		t.Helper()
		e, err := New(base, docs, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var result Result
		locked(t, s, func() {
			if _, result, err = s.Publish(e, at(n)); err != nil {
				t.Fatal(err)
			}
		})
		return result
	}
	files := func() (names []string) {
		t.Helper()
		entries, err := os.ReadDir(h.feeds())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	text := func(body []byte) Document { return Bytes("rss.xml", "application/rss+xml", Feed, body) }
	publish(1, doc("a"), text(long(1)))
	if got, want := files(), []string{"a", "rss.xml", "rss.xml.br", "rss.xml.gz"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	publish(2, doc("a"), text([]byte("short")))
	if got, want := files(), []string{"a", "rss.xml"}; !slices.Equal(got, want) {
		t.Errorf("too short to compress: got %q, want %q", got, want)
	}
	publish(3, doc("a"), text(long(3)))
	if got, want := publish(4, doc("a")), (Result{Removed: 1, Unchanged: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := files(), []string{"a"}; !slices.Equal(got, want) {
		t.Errorf("withdrawn: got %q, want %q", got, want)
	}
}

// Siblings that are made later are those that Publish makes, and until then there
// are none: not those of the edition before either.
func TestSiblingsThatAreMadeLater(t *testing.T) {
	want := newHouse(t)
	want.mustPublish(t, want.store(nil), 1)
	want.mustPublish(t, want.store(nil), 2)

	h := newHouse(t)
	s := h.later(nil)
	h.mustPublish(t, s, 1)
	if e := h.mustComplete(t); e.isLate() {
		t.Error("another store left them for later")
	}
	var told []*Edition
	s.Committed = func(e *Edition) { told = append(told, e) }
	e := h.mustPublish(t, s, 2)
	long, _ := e.Document("long.xml")
	same, _ := e.Document("long-same.xml")
	if !e.isLate() || !long.late || len(long.Siblings()) != 0 || same.late || len(same.Siblings()) != 2 {
		t.Errorf("got %d siblings of what is new and %d of what is not, want 0 and 2", len(long.Siblings()), len(same.Siblings()))
	}
	for _, suffix := range []string{".gz", ".br"} {
		if _, err := os.Lstat(filepath.Join(h.feeds(), "long.xml"+suffix)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("long.xml%s is that of the edition before: %v", suffix, err)
		}
	}
	for name, opened := range map[string]*Edition{"Open": h.mustOpen(t, h.store(nil)), "Fold": h.folded(t)} {
		if !opened.isLate() || opened.Digest != e.Digest {
			t.Errorf("%s: the manifest does not say that siblings are missing", name)
		}
	}

	var completed *Edition
	locked(t, s, func() {
		var err error
		if completed, err = s.Complete(); err != nil {
			t.Fatal(err)
		}
		if s.Changed(completed) {
			t.Error("what Complete returned is Changed")
		}
		operations := 0
		s.disk.Fault = func(op, name string, do func() error) error {
			if op != "lstat" {
				operations++
			}
			return impatient(op, name, do)
		}
		again, err := s.Complete()
		if s.disk.Fault = impatient; err != nil || again != completed || operations != 0 {
			t.Errorf("Complete, once more: got another edition, %v, or %d operations", err, operations)
		}
	})
	if completed.isLate() || completed.Digest != e.Digest || len(told) != 2 || told[0] != e || told[1] != completed {
		t.Errorf("late: %v; told of %d editions, want these two", completed.isLate(), len(told))
	}
	now, _ := completed.Document("long.xml")
	if !now.Modified.Equal(long.Modified) || now.Twice != long.Twice {
		t.Errorf("its date was %v, and is %v with siblings", long.Modified, now.Modified)
	}
	if err := h.tidy(2); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"long.xml.gz", "long.xml.br", "long-same.xml.gz"} {
		got, err1 := os.ReadFile(filepath.Join(h.feeds(), name))
		now, err2 := os.ReadFile(filepath.Join(want.feeds(), name))
		if err1 != nil || err2 != nil || !bytes.Equal(got, now) {
			t.Errorf("%s is not what Publish makes: %v, %v", name, err1, err2)
		}
	}
	for name, e := range map[string]*Edition{"Complete": completed, "Open": h.mustOpen(t, h.store(nil))} {
		if n, err := which(e, 2); n != 2 || err != nil || e.isLate() {
			t.Errorf("%s: got edition %d, %v, late: %v", name, n, err, e.isLate())
		}
	}
}

// folded folds the manifest and opens it.
func (h house) folded(t *testing.T) *Edition {
	t.Helper()
	s := h.store(nil)
	locked(t, s, func() {
		if err := s.Fold(); err != nil {
			t.Fatal(err)
		}
	})
	return h.mustOpen(t, h.store(nil))
}

// Publish makes what is late when it makes siblings itself and has the bytes, and
// Complete makes what can be made: of a document that was damaged meanwhile nothing.
func TestLateSiblingsAreMadeByWhoComesNext(t *testing.T) {
	h := newHouse(t)
	h.mustPublish(t, h.later(nil), 1)
	s := h.store(nil)
	s.Memory = 1 // nothing of what is published is in memory
	locked(t, s, func() {
		if _, err := s.Open(); err != nil {
			t.Fatal(err)
		}
		again, err := put(s, sample(1))
		if err != nil {
			t.Fatal(err)
		}
		e, _, err := s.Publish(again, at(2))
		if err != nil || !e.isLate() {
			t.Errorf("Publish had no bytes, and no siblings are late: %v", err)
		}
		e, _, err = s.Publish(sample(1), at(3))
		if err != nil || e.isLate() {
			t.Errorf("Publish had all bytes, and left siblings out: %v", err)
		}
	})
	if err := h.tidy(1); err != nil {
		t.Error(err)
	}

	s = h.later(nil)
	h.mustPublish(t, s, 2)
	if err := os.Truncate(filepath.Join(h.feeds(), "long.xml"), 7); err != nil {
		t.Fatal(err)
	}
	s = h.store(nil)
	locked(t, s, func() {
		if _, err := s.Open(); err == nil {
			t.Error("no damage was seen")
		}
		e, err := s.Complete()
		if err != nil || !e.isLate() {
			t.Errorf("got %v, late: %v", err, e.isLate())
		}
		if e, _, err = s.Publish(sample(2), at(3)); err != nil || e.isLate() {
			t.Errorf("the next Publish: %v, late: %v", err, e.isLate())
		}
	})
	if n, err := which(h.mustOpen(t, h.store(nil)), 2); n != 2 || err != nil {
		t.Errorf("got edition %d, %v", n, err)
	}
}

// A document of which nothing can be made smaller is not tried again.
func TestWhatDoesNotPayIsNotLate(t *testing.T) {
	e, err := New(base, []Document{Bytes("rss.xml", "application/rss+xml", Feed, noise(5000))}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	s := h.later(nil)
	locked(t, s, func() {
		if _, _, err := s.Publish(e, at(1)); err != nil {
			t.Fatal(err)
		}
		if e, err = s.Complete(); err != nil || e.isLate() {
			t.Errorf("%v, late: %v", err, e.isLate())
		}
	})
	if h.mustOpen(t, h.store(nil)).isLate() {
		t.Error("the manifest says that it is late")
	}
}

// What was published by a version without siblings gets them by and by.
func TestMissingSiblingsAreMade(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	e := h.mustPublish(t, s, 1)
	for d := range e.Documents() {
		d.siblings = nil
	}
	locked(t, s, func() {
		s.published.edition = e
		for _, suffix := range []string{".gz", ".br"} {
			if err := os.Remove(filepath.Join(h.feeds(), "long.xml"+suffix)); err != nil {
				t.Fatal(err)
			}
		}
		if _, result, err := s.Publish(sample(1), at(2)); err != nil || result.Written != 0 {
			t.Fatalf("got %+v, %v, want no document written", result, err)
		}
	})
	if n, err := which(h.mustOpen(t, h.store(nil)), 1); n != 1 || err != nil {
		t.Errorf("got edition %d, %v", n, err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	feeds := []Document{Bytes("articles/a/index.html", "text/html", Page, []byte("page"))}
	for _, path := range []string{"a/b/rss.xml", "a/rss.xml", "rss.xml"} {
		feeds = append(feeds, Bytes(path, "application/rss+xml", Feed, noise(2000)))
	}
	e, err := New(base, feeds, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHouse(t)
	for _, tt := range []struct {
		memory int64
		want   []string
	}{
		{0, []string{"a/b/rss.xml", "a/rss.xml", "rss.xml"}},
		{5000, []string{"a/rss.xml", "rss.xml"}},
		{2000, []string{"rss.xml"}},
		{1, nil},
	} {
		s := h.store(nil)
		s.Memory = tt.memory
		locked(t, s, func() {
			published, _, err := s.Publish(e, at(1))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := h.reopen(tt.memory)
			if err != nil {
				t.Fatal(err)
			}
			for name, e := range map[string]*Edition{"Publish": published, "Read": opened} {
				var got []string
				for d := range e.Documents() {
					if d.Content() != nil {
						got = append(got, d.Path)
					}
					if err := whole(d); err != nil {
						t.Errorf("%s: %s: %v", name, d.Path, err)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%s with %d bytes: got %q in memory, want %q", name, tt.memory, got, tt.want)
				}
			}
		})
	}
}

func (h house) reopen(memory int64) (*Edition, error) {
	s := h.store(nil)
	s.Memory = memory
	return s.Read()
}

func TestACodingOfAnotherVersionIsRefused(t *testing.T) {
	h := newHouse(t)
	h.mustPublish(t, h.store(nil), 1)
	for _, name := range []string{snapshotName, journalName} {
		file := filepath.Join(h.state(), name)
		body, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, bytes.ReplaceAll(body, []byte(`"coding":"br"`), []byte(`"coding":"zz"`)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.store(nil).Read(); err == nil || !bytes.Contains([]byte(err.Error()), []byte(`content coding "zz" is not known`)) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSiblings(b *testing.B) {
	var body []byte
	for i := range 1000 {
		body = fmt.Appendf(body, "<item><title>Title %d</title><description>%x some words that are in every one</description></item>\n", i*7919, noise(16+i%7))
	}
	e, err := New(base, []Document{Bytes("rss.xml", "application/rss+xml", Feed, body)}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	d, _ := e.Document("rss.xml")
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if got := siblingsOf(d, Gzip(body), compress(body, &brotlis)); len(got) != 2 {
			b.Fatalf("got %d siblings, want 2", len(got))
		}
	}
}

func TestOneCompressorServesOneAfterTheOther(t *testing.T) {
	made := 0
	pool := sync.Pool{New: func() any { made++; return gzips.New() }}
	c := compressors{pool: &pool}
	body := bytes.Repeat([]byte("Some words. "), 20_000)
	for range 20 {
		var beside sync.WaitGroup
		beside.Go(func() {
			if got, err := Decode("rss.xml.gz", c.compress(body)); err != nil || !bytes.Equal(got, body) {
				t.Errorf("got %d bytes, %v, want the %d that were compressed", len(got), err, len(body))
			}
		})
		beside.Wait()
	}
	if c.clear(); made != 1 || len(c.idle) > 0 {
		t.Errorf("%d compressors were made, and %d not given back; want 1 and 0", made, len(c.idle))
	}
}
