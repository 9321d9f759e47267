package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"feedmill/internal/edition"
)

// making returns a function that makes so many bytes, and counts.
func making(size int, made *int) func() ([]byte, string, error) {
	return func() ([]byte, string, error) {
		*made++
		return make([]byte, size), "tag", nil
	}
}

func TestKeptIsBounded(t *testing.T) {
	k := newKept()
	k.bound(10 * (1000 + overhead))
	made := 0
	get := func(n, size int) { k.get(copyKey{fmt.Sprint(n), ""}, making(size, &made)) }
	for n := range 10 {
		get(n, 1000)
	}
	for n := range 10 {
		get(n, 1000)
	}
	if made != 10 {
		t.Errorf("with room for ten: got %d made, want 10", made)
	}
	get(0, 1000) // so that 1 is the oldest
	get(10, 1000)
	made = 0
	get(0, 1000)
	get(1, 1000)
	if made != 1 {
		t.Errorf("after the eleventh: got %d made anew, want only the oldest", made)
	}
	get(11, 100_000)
	if k.used > k.limit || k.order.Len() != len(k.byKey) {
		t.Errorf("after a large one: got %d bytes in use, want at most %d", k.used, k.limit)
	}
	k.bound(0)
	if k.used != 0 || k.order.Len() != 0 || len(k.byKey) != 0 {
		t.Errorf("without room: got %d bytes in %d copies, want none", k.used, k.order.Len())
	}
}

func TestKeptMakesOnce(t *testing.T) {
	k := newKept()
	k.bound(1 << 20)
	var made atomic.Int32
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			c := k.get(copyKey{"a", ""}, func() ([]byte, string, error) {
				made.Add(1)
				return []byte("body"), "tag", nil
			})
			if string(c.body) != "body" || c.tag != "tag" || c.err != nil {
				t.Errorf("got %q, %q, %v", c.body, c.tag, c.err)
			}
		})
	}
	readers.Wait()
	if made.Load() != 1 {
		t.Errorf("got it made %d times, want once", made.Load())
	}
}

func TestKeptForgetsErrors(t *testing.T) {
	k := newKept()
	k.bound(1 << 20)
	want := errors.New("no such file")
	if c := k.get(copyKey{"a", ""}, func() ([]byte, string, error) { return nil, "", want }); c.err != want {
		t.Errorf("got %v, want %v", c.err, want)
	}
	made := 0
	if c := k.get(copyKey{"a", ""}, making(1, &made)); c.err != nil || made != 1 {
		t.Errorf("the next time: got %v, made %d times, want it made", c.err, made)
	}
}

// page returns an edition of one page that counts how often it is opened.
func page(t *testing.T, body []byte, opened *int) *edition.Edition {
	t.Helper()
	d := edition.Bytes("a/index.html", htmlType, edition.Page, body)
	d = edition.File(d.Path, d.Type, d.Kind, d.Size, d.Digest, func() (io.ReadCloser, error) {
		*opened++
		return io.NopCloser(bytes.NewReader(body)), nil
	})
	e, err := edition.New("https://feeds.example.org/", []edition.Document{d}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPagesAreReadAndCompressedOnce(t *testing.T) {
	opened := 0
	s := New(testLog(t))
	for range 3 { // also the next edition has the same page
		s.Swap(page(t, words, &opened))
		for range 3 {
			for _, coding := range []string{"", "gzip"} {
				if body := decoded(t, get(s, "GET", "/a/", "Accept-Encoding", coding)); !bytes.Equal(body, words) {
					t.Errorf("%s: got other bytes", coding)
				}
			}
		}
	}
	if opened != 2 { // once to send, once to compress
		t.Errorf("got the file opened %d times, want 2", opened)
	}
}

// A document that would push out all others is sent from disk.
func TestLargeDocumentsStayOnDisk(t *testing.T) {
	opened := 0
	s := New(testLog(t))
	s.Memory = 4*int64(len(words)) - 1
	s.Swap(page(t, words, &opened))
	for range 3 {
		resp := get(s, "GET", "/a/", "Accept-Encoding", "gzip")
		if body := decoded(t, resp); !bytes.Equal(body, words) || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("got %d bytes in coding %q, want the plain ones", len(body), resp.Header.Get("Content-Encoding"))
		}
	}
	if opened != 3 || s.kept.used != 0 {
		t.Errorf("got the file opened %d times and %d bytes kept, want 3 and none", opened, s.kept.used)
	}
}

// Feeds that there is no room for are served from disk, with their siblings.
func TestPolledDocumentsWithoutRoom(t *testing.T) {
	store := edition.NewStore(filepath.Join(t.TempDir(), "feeds"), filepath.Join(t.TempDir(), "state"))
	store.Memory = 1
	e := publish(t, store, published, edition.Bytes("rss.xml", rssType, edition.Feed, words))
	s := New(testLog(t))
	s.Swap(e)
	d, _ := e.Document("rss.xml")
	resp := get(s, "GET", "/rss.xml", "Accept-Encoding", "gzip")
	if got, want := resp.Header.Get("ETag"), `"`+d.Siblings()[1].Digest[:32]+`"`; got != want {
		t.Errorf("got the tag %s, want that of the file beside it, %s", got, want)
	}
	if body := decoded(t, resp); !bytes.Equal(body, words) {
		t.Error("got other bytes")
	}
}

// A sibling that is damaged is not sent; the plain bytes are.
func TestDamagedSibling(t *testing.T) {
	dir := t.TempDir()
	store := func() *edition.Store {
		return edition.NewStore(filepath.Join(dir, "feeds"), filepath.Join(dir, "state"))
	}
	publish(t, store(), published, edition.Bytes("rss.xml", rssType, edition.Feed, words))
	for _, suffix := range []string{".br", ".gz"} {
		if err := os.WriteFile(filepath.Join(dir, "feeds", "rss.xml"+suffix), []byte("damage"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, memory := range []int64{0, 1} {
		from := store()
		from.Memory = memory
		e, err := from.Read()
		if damage := (*edition.DamageError)(nil); !errors.As(err, &damage) {
			t.Fatalf("got %v, want damage", err)
		}
		s := New(testLog(t))
		s.Swap(e)
		for _, coding := range []string{"br", "gzip"} {
			resp := get(s, "GET", "/rss.xml", "Accept-Encoding", coding)
			if body := decoded(t, resp); resp.StatusCode != 200 || !bytes.Equal(body, words) {
				t.Errorf("%s with %d bytes of memory: got %s, %d bytes", coding, memory, resp.Status, len(body))
			}
		}
	}
}

// Between the moment when the files of an edition are in place and that when it
// is answered from, a page of the edition before cannot be read. Who asks for it
// gets the next one.
func TestPageReplacedBeforeTheSwap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := edition.Bytes("a/index.html", htmlType, edition.Page, words)
		d = edition.File(d.Path, d.Type, d.Kind, d.Size, d.Digest, func() (io.ReadCloser, error) {
			return nil, errors.New("changed since it was published")
		})
		e, err := edition.New("https://feeds.example.org/", []edition.Document{d}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := New(testLog(t))
		s.Swap(e)
		opened := 0
		time.AfterFunc(s.patience/2, func() { s.Swap(page(t, words[:2000], &opened)) })
		begun := time.Now()
		resp := get(s, "GET", "/a/")
		if resp.StatusCode != 200 || resp.ContentLength != 2000 {
			t.Errorf("got %s with %d bytes, want 200 with 2000", resp.Status, resp.ContentLength)
		}
		if took := time.Since(begun); took != s.patience/2 {
			t.Errorf("got it after %v, want %v", took, s.patience/2)
		}

		s.Swap(e)
		begun = time.Now()
		if resp := get(s, "GET", "/a/"); resp.StatusCode != 503 {
			t.Errorf("without a swap: got %s, want 503", resp.Status)
		}
		if took := time.Since(begun); took != s.patience {
			t.Errorf("without a swap: got it after %v, want %v", took, s.patience)
		}
	})
}
