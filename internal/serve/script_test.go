package serve

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// TestScripts runs testdata/*.txt against the edition that the first line of
// each file names: "edition blog", or "edition none" before the first.
//
// A case is a request and checks, up to an empty line; a line with # says what
// it is about:
//
//	GET /rss.xml             the request; the target goes out as it stands
//	send If-None-Match: "x"  a field of the request
//	send body x              a body for it
//	status == 304            what is checked: status, body or header NAME
//	header ETag exists       how: == != contains !contains ~ (a regular expression) exists !exists
//
// In fields and values {tag /rss.xml} stands for the ETag of a document, and
// {tag gzip /rss.xml} for that of a version, without quotation marks.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d scripts, %v, want some", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{t: t, file: file}
			for i, line := range strings.Split(string(data)+"\n", "\n") {
				s.line = i + 1
				s.do(strings.TrimSpace(line))
			}
		})
	}
}

// script is the state of a script between two lines.
type script struct {
	t      *testing.T
	file   string
	line   int
	server *httptest.Server

	request  *request // nil between cases
	response *response
	checks   int
}

type request struct {
	line         int
	method, path string
	header       http.Header
	body         string
}

type response struct {
	status int
	header http.Header
	body   string
}

func (s *script) fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, args...))
}

func (s *script) do(line string) {
	s.t.Helper()
	verb, rest, _ := strings.Cut(line, " ")
	switch {
	case strings.HasPrefix(line, "#"):
	case line == "":
		if s.request != nil && s.checks == 0 {
			s.fatalf("the case checks nothing")
		}
		s.request, s.response, s.checks = nil, nil, 0
	case verb == "edition":
		s.server = httptest.NewServer(samples(s.t, rest))
		s.t.Cleanup(s.server.Close)
	case verb == "send" && s.response == nil && s.request != nil:
		name, value, ok := strings.Cut(rest, ":")
		if body, isBody := strings.CutPrefix(rest, "body "); isBody {
			s.request.body = body
		} else if ok {
			s.request.header.Add(name, s.expand(strings.TrimSpace(value)))
		} else {
			s.fatalf("%q is not a field", rest)
		}
	case verb == "status" || verb == "header" || verb == "body":
		if s.request == nil {
			s.fatalf("a check without a request")
		}
		if s.response == nil {
			s.response = s.fetch(s.request)
		}
		s.check(verb, rest)
		s.checks++
	case s.request == nil && verb == strings.ToUpper(verb):
		s.request = &request{line: s.line, method: verb, path: rest, header: http.Header{}}
	default:
		s.fatalf("%q is not a line of a script", line)
	}
}

var tagOf = regexp.MustCompile(`\{tag ([a-z]+ )?(/[^}]*)\}`)

func (s *script) expand(value string) string {
	s.t.Helper()
	return tagOf.ReplaceAllStringFunc(value, func(m string) string {
		coding, path := tagOf.FindStringSubmatch(m)[1], tagOf.FindStringSubmatch(m)[2]
		r := s.fetch(&request{method: "GET", path: path, header: http.Header{"Accept-Encoding": {coding}}})
		tag := strings.Trim(r.header.Get("ETag"), `"`)
		if tag == "" {
			s.fatalf("%s: there is no ETag", m)
		}
		return tag
	})
}

func (s *script) fetch(r *request) *response {
	s.t.Helper()
	req, err := http.NewRequest(r.method, s.server.URL+"/", strings.NewReader(r.body))
	if err != nil {
		s.fatalf("%v", err)
	}
	raw, query, asked := strings.Cut(r.path, "?")
	path, err := url.PathUnescape(raw)
	if err != nil {
		s.fatalf("%v", err)
	}
	req.URL.Path, req.URL.RawPath, req.URL.RawQuery, req.URL.ForceQuery = path, raw, query, asked
	if r.header != nil {
		req.Header = r.header
		if host := r.header.Get("Host"); host != "" {
			req.Host = host
		}
	}
	resp, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		s.fatalf("%v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.fatalf("%v", err)
	}
	resp.Header.Del("Date")
	resp.Header.Del("Connection")
	return &response{resp.StatusCode, resp.Header, string(body)}
}

func (s *script) check(what, rest string) {
	s.t.Helper()
	subject, got, exists := what, "", true
	switch what {
	case "status":
		got = fmt.Sprint(s.response.status)
	case "body":
		got, exists = s.response.body, s.response.body != ""
	case "header":
		var name string
		name, rest, _ = strings.Cut(rest, " ")
		values, ok := s.response.header[http.CanonicalHeaderKey(name)]
		subject, got, exists = "header "+name, strings.Join(values, " | "), ok
	}
	op, want, _ := strings.Cut(rest, " ")
	want = s.expand(strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(want))
	var ok bool
	switch op {
	case "==":
		ok = exists && got == want || what == "body" && got == want
	case "!=":
		ok = got != want
	case "contains":
		ok = strings.Contains(got, want)
	case "!contains":
		ok = !strings.Contains(got, want)
	case "~":
		ok = regexp.MustCompile(want).MatchString(got)
	case "exists":
		ok = exists
	case "!exists":
		ok = !exists
	default:
		s.fatalf("%q is not a way to check", op)
	}
	if !ok {
		s.t.Errorf("%s:%d: %s %s, line %d: got %s %q, want it %s %q",
			s.file, s.line, s.request.method, s.request.path, s.request.line, subject, got, op, want)
	}
}

// samples returns a server of the edition that a script names.
func samples(t *testing.T, name string) *Server {
	t.Helper()
	s := New(testLog(t))
	s.patience = 0 // there is a broken document, and no next edition
	switch name {
	case "none":
	case "top":
		s.Swap(sample(t, "https://feeds.example.org/"))
	case "coded":
		s.Swap(codedSample(t))
	case "blog":
		s.Swap(sample(t, "https://www.example.org/my%20blog/"))
	default:
		t.Fatalf("there is no edition %q", name)
	}
	return s
}

// words are worth compressing.
var words = bytes.Repeat([]byte("Some words, and again. "), 100)

// codedSample is an edition as a store publishes it: what is polled has siblings
// and is in memory, the rest is on disk.
func codedSample(t testing.TB) *edition.Edition {
	t.Helper()
	docs := []edition.Document{
		edition.Bytes("rss.xml", rssType, edition.Feed, words),
		edition.Bytes("short.xml", rssType, edition.Feed, words[:100]),
		edition.Bytes("index.html", htmlType, edition.Page, words),
		edition.Bytes("articles/tides/index.html", htmlType, edition.Page, words),
		edition.Bytes("articles/short/index.html", htmlType, edition.Page, words[:100]),
		edition.Bytes("sitemap.xml", "application/xml", edition.Index, words),
		file("tides.png", "image/png", words),
	}
	for i := range docs {
		docs[i].MaxAge = 900e9
	}
	return publish(t, edition.NewStore(filepath.Join(t.TempDir(), "feeds"), filepath.Join(t.TempDir(), "state")), published, docs...)
}

// publish publishes documents by a store.
func publish(t testing.TB, s *edition.Store, now time.Time, docs ...edition.Document) *edition.Edition {
	t.Helper()
	e, err := edition.New("https://feeds.example.org/", docs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := s.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err = s.Publish(e, now); err != nil {
		t.Fatal(err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	return e
}

const (
	rssType  = "application/rss+xml; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
)

// sample is a small edition with everything that an edition can have.
func sample(t *testing.T, base string) *edition.Edition {
	t.Helper()
	rss := edition.Bytes("rss.xml", rssType, edition.Feed, []byte("<rss>one</rss>\n"))
	rss.Links = []edition.Link{
		{URL: base + "rss.xml", Rel: "self", Type: "application/rss+xml"},
		{URL: "https://hub.example.net/?a=1,2", Rel: "hub"},
	}
	twice := edition.Bytes("twice.xml", rssType, edition.Feed, []byte("<rss>two</rss>\n"))
	twice.Twice = true
	broken := edition.File("media/broken.png", "image/png", edition.Media, 10, strings.Repeat("0", 64),
		func() (io.ReadCloser, error) { return nil, fmt.Errorf("changed since it was published") })
	docs := []edition.Document{
		rss,
		twice,
		edition.Bytes("feed.json", "application/feed+json", edition.Feed, []byte("{}\n")),
		edition.Bytes("tags/кошари/rss.xml", rssType, edition.Feed, []byte("<rss>tag</rss>\n")),
		edition.Bytes("empty.xml", rssType, edition.Feed, nil),
		edition.Bytes("index.html", htmlType, edition.Page, []byte("<h1>Feeds</h1>\n")),
		edition.Bytes("articles/tides/index.html", htmlType, edition.Page, []byte("<h1>Tides</h1>\n")),
		edition.Bytes("sitemap.xml", "application/xml", edition.Index, []byte("<urlset/>\n")),
		edition.Bytes("media/small.png", "image/png", edition.Media, []byte("0123456789")),
		file("media/tides.png", "image/png", []byte("0123456789")),
		broken,
	}
	for i := range docs {
		docs[i].MaxAge = 900e9
		docs[i].Modified = published
	}
	e, err := edition.New(base, docs,
		map[string]string{
			"feed":            "rss.xml",
			"articles/waves/": "articles/tides/",
			"темы/кошари":     "tags/кошари/rss.xml",
			"home":            "index.html",
		},
		[]string{"articles/secret/", "old.xml"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
