package serve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// amount is how much of something a test does: the number in the environment,
// else the one given.
func amount(t *testing.T, name string, n int) int {
	t.Helper()
	if text := os.Getenv(name); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return n
}

// row is a document of the n-th of a row of editions: n in each of its lines, and
// always of the same size.
func row(n int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%08d some words of a line\n", n), 200)
}

// Readers in a loop while editions are published and swapped: what is polled, a
// page and a picture are there at every instant, whole, of one edition and never
// of an earlier one than before.
//
// FEEDMILL_TEST_POLLS and FEEDMILL_TEST_SWAPS make it as long as one likes.
func TestSwapUnderLoad(t *testing.T) {
	polls, swaps := amount(t, "FEEDMILL_TEST_POLLS", 5000), amount(t, "FEEDMILL_TEST_SWAPS", 100)
	dir, err := os.MkdirTemp(memoryDir(), "serve")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store := edition.NewStore(filepath.Join(dir, "feeds"), filepath.Join(dir, "state"))
	next := func(n int) *edition.Edition {
		body := row(n)
		return publish(t, store, published.Add(time.Duration(n)*time.Second),
			edition.Bytes("rss.xml", rssType, edition.Feed, body),
			edition.Bytes("index.html", htmlType, edition.Page, body),
			edition.Bytes("articles/tides/index.html", htmlType, edition.Page, body),
			file("sound.mp3", "audio/mpeg", body))
	}
	s := New(testLog(t))
	s.Swap(next(0))
	server := httptest.NewServer(s)
	defer server.Close()

	var asked, unmodified, swapped atomic.Int64
	var readers sync.WaitGroup
	for i := range 4 {
		readers.Go(func() {
			r := poller{client: &http.Client{Transport: &http.Transport{DisableCompression: true}}, seen: map[string]int{}, tags: map[string]string{}}
			defer r.client.CloseIdleConnections()
			for n := i; asked.Add(1) <= int64(polls) || swapped.Load() < int64(swaps); n++ {
				path := []string{"/rss.xml", "/", "/rss.xml", "/articles/tides/", "/sound.mp3"}[n%5]
				coding := []string{"", "gzip", "br, gzip"}[n%3]
				same, err := r.poll(server.URL, path, coding)
				if err != nil {
					t.Errorf("%s in %q: %v", path, coding, err)
					return
				}
				if same {
					unmodified.Add(1)
				}
			}
		})
	}
	for n := 1; n <= swaps && !t.Failed(); n++ {
		s.Swap(next(n))
		swapped.Store(int64(n))
		// In step with the polls, so that each edition is asked for.
		for asked.Load() < int64(n)*int64(polls)/int64(swaps) && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
	}
	swapped.Store(int64(swaps))
	readers.Wait()
	t.Logf("%d polls over %d swaps, %d of them 304", asked.Load(), swaps, unmodified.Load())
	if unmodified.Load() == 0 {
		t.Error("got no 304 at all")
	}
}

// memoryDir is a directory in memory where there is one; what is asked is not
// how fast a disk is.
func memoryDir() string {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		return memory
	}
	return ""
}

// poller is a reader, and what it has seen.
type poller struct {
	client *http.Client
	seen   map[string]int    // number of the edition, by path
	tags   map[string]string // by path and coding
}

// poll asks for a document, and reports whether it is the same as before. An
// error says what is wrong with the answer.
func (p *poller) poll(base, path, coding string) (same bool, err error) {
	req, err := http.NewRequest("GET", base+path, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Accept-Encoding", coding)
	if tag := p.tags[path+coding]; tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, err
	}
	tag := resp.Header.Get("ETag")
	switch resp.StatusCode {
	case http.StatusNotModified:
		if tag != p.tags[path+coding] || len(body) > 0 {
			return false, fmt.Errorf("got 304 with the tag %s and %d bytes, asked for other than %s", tag, len(body), p.tags[path+coding])
		}
		return true, nil
	case http.StatusOK:
	default:
		return false, fmt.Errorf("got %s: %s", resp.Status, body)
	}
	if sum := sha256.Sum256(body); tag != `"`+hex.EncodeToString(sum[:16])+`"` {
		return false, fmt.Errorf("torn: got the tag %s with %d bytes whose digest is %x", tag, len(body), sum[:16])
	}
	plain, err := decode(resp.Header.Get("Content-Encoding"), body)
	if err != nil {
		return false, err
	}
	var n int
	if _, err := fmt.Sscanf(string(plain[:min(8, len(plain))]), "%d", &n); err != nil {
		return false, fmt.Errorf("empty or torn: %d bytes: %w", len(plain), err)
	}
	if !bytes.Equal(plain, row(n)) {
		return false, fmt.Errorf("mixed: not all of edition %d", n)
	}
	if want := published.Add(time.Duration(n) * time.Second).Format(http.TimeFormat); resp.Header.Get("Last-Modified") != want {
		return false, fmt.Errorf("mixed: got edition %d with the date %s, want %s", n, resp.Header.Get("Last-Modified"), want)
	}
	if n < p.seen[path] {
		return false, fmt.Errorf("backwards: got edition %d after %d", n, p.seen[path])
	}
	p.seen[path] = n
	p.tags[path+coding] = tag
	return false, nil
}
