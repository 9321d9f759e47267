package serve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/edition"
)

// published is when everything in the samples was: Mon, 20 Nov 2023 09:00:00 GMT.
var published = time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// file returns a document that is opened at every request.
func file(path, mediaType string, body []byte) edition.Document {
	sum := sha256.Sum256(body)
	return edition.File(path, mediaType, edition.Media, int64(len(body)), hex.EncodeToString(sum[:]),
		func() (io.ReadCloser, error) {
			return struct {
				io.ReadSeeker
				io.Closer
			}{bytes.NewReader(body), io.NopCloser(nil)}, nil
		})
}

// stream is a file without Seek.
func stream(path, mediaType string, body []byte) edition.Document {
	sum := sha256.Sum256(body)
	return edition.File(path, mediaType, edition.Media, int64(len(body)), hex.EncodeToString(sum[:]),
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewBuffer(body)), nil })
}

func get(h http.Handler, method, path string, fields ...string) *http.Response {
	r := httptest.NewRequest(method, "http://localhost/", nil)
	r.URL.Path = path
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// HEAD has the header fields of GET, whatever the answer, and no body.
func TestHeadIsGet(t *testing.T) {
	server := httptest.NewServer(samples(t, "top"))
	defer server.Close()
	admin := httptest.NewServer(Admin(func() Status { return Status{Edition: "7f3a", Result: Published} }, nil))
	defer admin.Close()
	starting := httptest.NewServer(samples(t, "none"))
	defer starting.Close()

	targets := []string{
		starting.URL + "/rss.xml", admin.URL + "/livez", admin.URL + "/readyz", admin.URL + "/",
		server.URL + "/nothing", server.URL + "/feed", server.URL + "/old.xml", server.URL + "/articles/tides",
	}
	for d := range sample(t, "https://feeds.example.org/").Documents() {
		targets = append(targets, server.URL+"/"+d.Path, server.URL+"/"+d.Address())
	}
	conditions := []http.Header{
		{},
		{"If-Modified-Since": {published.Format(http.TimeFormat)}},
		{"If-None-Match": {"*"}},
		{"If-Match": {`"other"`}},
	}
	for _, target := range targets {
		for _, condition := range conditions {
			var headers [2]http.Header
			for i, method := range []string{"GET", "HEAD"} {
				req, err := http.NewRequest(method, target, nil)
				if err != nil {
					t.Fatal(err)
				}
				maps.Copy(req.Header, condition)
				resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if method == "HEAD" && len(body) > 0 {
					t.Errorf("HEAD %s: got a body of %d bytes, want none", target, len(body))
				}
				headers[i] = resp.Header
				headers[i]["Status"] = []string{resp.Status}
				headers[i].Del("Date")
			}
			if diff := cmp.Diff(headers[0], headers[1]); diff != "" {
				t.Errorf("%s with %v: GET and HEAD differ:\n%s", target, condition, diff)
			}
		}
	}
}

// Last-Modified is never later than the Date of the answer, and a clock that
// was set back leads to answers with all bytes, never to a wrong 304.
func TestModifiedInTheFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC()
		d := edition.Bytes("rss.xml", rssType, edition.Feed, []byte("<rss/>"))
		d.Modified = now.Add(time.Hour).Truncate(time.Second)
		e, err := edition.New("https://feeds.example.org/", []edition.Document{d}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := New(testLog(t))
		s.Swap(e)

		first := get(s, "GET", "/rss.xml").Header
		if got, want := first.Get("Last-Modified"), now.Format(http.TimeFormat); got != want {
			t.Errorf("got Last-Modified %s, want now, %s", got, want)
		}
		time.Sleep(time.Minute)
		resp := get(s, "GET", "/rss.xml", "If-None-Match", first.Get("ETag"))
		if resp.StatusCode != http.StatusNotModified {
			t.Errorf("by tag: got %s, want 304", resp.Status)
		}
		if got, want := resp.Header.Get("Last-Modified"), time.Now().UTC().Format(http.TimeFormat); got != want {
			t.Errorf("304: got Last-Modified %s, want now, %s", got, want)
		}
		for _, since := range []string{first.Get("Last-Modified"), d.Modified.Format(http.TimeFormat)} {
			if resp := get(s, "GET", "/rss.xml", "If-Modified-Since", since); resp.StatusCode != http.StatusOK {
				t.Errorf("by the date %s: got %s, want 200", since, resp.Status)
			}
		}
		time.Sleep(2 * time.Hour)
		since := d.Modified.Format(http.TimeFormat)
		if resp := get(s, "GET", "/rss.xml", "If-Modified-Since", since); resp.StatusCode != http.StatusNotModified {
			t.Errorf("by date, when that has come: got %s, want 304", resp.Status)
		}
	})
}

// A document that Publish has not dated yet has no Last-Modified.
func TestWithoutDate(t *testing.T) {
	e, err := edition.New("https://feeds.example.org/",
		[]edition.Document{edition.Bytes("rss.xml", rssType, edition.Feed, []byte("<rss/>"))}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := New(testLog(t))
	s.Swap(e)
	resp := get(s, "GET", "/rss.xml", "If-Modified-Since", published.Format(http.TimeFormat))
	if resp.StatusCode != http.StatusOK || resp.Header["Last-Modified"] != nil {
		t.Errorf("got %s with Last-Modified %q, want 200 without", resp.Status, resp.Header["Last-Modified"])
	}
}

// numbered returns the n-th of a row of editions.
func numbered(t testing.TB, n int) *edition.Edition {
	body := fmt.Appendf(nil, "edition %d\n", n)
	body = append(body, bytes.Repeat([]byte("."), 40_000+n%7)...)
	e, err := edition.New("https://feeds.example.org/", []edition.Document{
		edition.Bytes("rss.xml", rssType, edition.Feed, body),
		edition.Bytes("index.html", htmlType, edition.Page, body),
		file("sound.mp3", "audio/mpeg", body),
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A part of a file that cannot be moved within is read up to, as of one that can.
func TestRangeOfStream(t *testing.T) {
	for name, d := range map[string]edition.Document{
		"file":   file("sound.mp3", "audio/mpeg", []byte("0123456789")),
		"stream": stream("sound.mp3", "audio/mpeg", []byte("0123456789")),
	} {
		e, err := edition.New("https://feeds.example.org/", []edition.Document{d}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		s := New(testLog(t))
		s.Swap(e)
		resp := get(s, "GET", "/sound.mp3", "Range", "bytes=3-5")
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := resp.Status+" "+string(body), "206 Partial Content 345"; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// A file that ends too early breaks the connection, so that nobody takes the
// beginning for the whole.
func TestFileCutOff(t *testing.T) {
	d := edition.File("sound.mp3", "audio/mpeg", edition.Media, 1000, strings.Repeat("0", 64),
		func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("beginning")), nil })
	e, err := edition.New("https://feeds.example.org/", []edition.Document{d}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := New(testLog(t))
	s.Swap(e)
	server := httptest.NewServer(s)
	defer server.Close()
	resp, err := http.Get(server.URL + "/sound.mp3")
	if err != nil {
		return // cut off before the header: as good
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d bytes and the error %v, want an unexpected end", len(body), err)
	}
}

// sink is a response writer that keeps nothing.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

func BenchmarkServe(b *testing.B) {
	s := New(slog.New(slog.DiscardHandler))
	e := numbered(b, 1)
	s.Swap(e)
	d, _ := e.Document("rss.xml")
	for _, bench := range []struct {
		name  string
		field string
		value string
	}{
		{"200", "", ""},
		{"304ByTag", "If-None-Match", `"` + d.Digest[:32] + `"`},
		{"304ByTagOfMany", "If-None-Match", `"other", W/"` + d.Digest[:32] + `-gzip"`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", "/rss.xml", nil)
			if bench.field != "" {
				r.Header.Set(bench.field, bench.value)
			}
			b.ReportAllocs()
			for b.Loop() {
				// As net/http does, a new header for every response.
				s.ServeHTTP(&sink{make(http.Header)}, r)
			}
		})
	}
}
