package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"feedmill/internal/edition"
)

// editionAt is an edition with a document of each kind.
func editionAt(t *testing.T, base string) *edition.Edition {
	t.Helper()
	page := edition.Bytes("articles/tides/index.html", "text/html; charset=utf-8", edition.Page, []byte("<p>Tides</p>"))
	e, err := edition.New(base, []edition.Document{
		edition.Bytes("rss.xml", "application/rss+xml; charset=utf-8", edition.Feed, []byte("<rss/>")),
		edition.Bytes("tags/sea/rss.xml", "application/rss+xml; charset=utf-8", edition.Feed, []byte("<rss></rss>")),
		edition.Bytes("sitemap.xml", "application/xml", edition.Index, []byte("<urlset/>")),
		edition.Bytes("index.html", "text/html; charset=utf-8", edition.Page, []byte("<p>Home</p>")),
		page,
		edition.Bytes("articles/tides/sea.png", "image/png", edition.Media, []byte("PNG")),
	}, map[string]string{"feed": "rss.xml"}, []string{"articles/old/"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// record asks a handler; fields are names and values of the request's header.
func record(h http.Handler, method, target, host string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAccessLog(t *testing.T) {
	s := New(slog.New(slog.DiscardHandler))
	s.Swap(editionAt(t, "https://feeds.example.org/top/"))
	s.Proxies = Proxies{netip.MustParsePrefix("192.0.2.0/24")}
	line := func(method, path string, status, bytes int, kind string, more ...any) map[string]any {
		m := map[string]any{
			"level": "INFO", "msg": "answered", "method": method, "path": path, "status": float64(status), "bytes": float64(bytes),
			"kind": kind, "client": "192.0.2.1", "conditional": false, "reader": "",
		}
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	tests := []struct {
		method, target string
		fields         []string
		want           map[string]any
	}{
		{"GET", "/top/rss.xml", nil, line("GET", "/top/rss.xml", 200, 6, "feed")},
		{"HEAD", "/top/rss.xml", nil, line("HEAD", "/top/rss.xml", 200, 0, "feed")},
		{"GET", "/top/rss.xml", []string{"If-None-Match", "*"}, line("GET", "/top/rss.xml", 304, 0, "feed", "conditional", true)},
		{"GET", "/top/rss.xml", []string{"If-Modified-Since", "never"}, line("GET", "/top/rss.xml", 200, 6, "feed", "conditional", true)},
		{"GET", "/top/rss.xml?token=canary", []string{"User-Agent", "Feedbin feed-id:1 - 12 subscribers"}, line("GET", "/top/rss.xml", 200, 6, "feed", "reader", "Feedbin", "subscribers", 12.)},
		{"GET", "/top/rss.xml", []string{"X-Forwarded-For", "203.0.113.9, 198.51.100.7"}, line("GET", "/top/rss.xml", 200, 6, "feed", "client", "198.51.100.7")},
		{"GET", "/top/", nil, line("GET", "/top/", 200, 11, "page")},
		{"GET", "/top/articles/tides/", nil, line("GET", "/top/articles/tides/", 200, 12, "page")},
		{"GET", "/top/articles/tides/sea.png", nil, line("GET", "/top/articles/tides/sea.png", 200, 3, "media")},
		{"GET", "/top/sitemap.xml", nil, line("GET", "/top/sitemap.xml", 200, 9, "index")},
		{"GET", "/top/feed", nil, line("GET", "/top/feed", 301, 16, "none")},
		{"GET", "/top/articles/old/", nil, line("GET", "/top/articles/old/", 410, 20, "none")},
		{"GET", "/elsewhere", nil, line("GET", "/elsewhere", 404, 22, "none")},
		{"POST", "/top/rss.xml", nil, line("POST", "/top/rss.xml", 405, 23, "feed")},
	}
	for _, tt := range tests {
		var log bytes.Buffer
		o := &Observer{Server: s, Access: slog.New(slog.NewJSONHandler(&log, nil))}
		record(o.Handler(s), tt.method, tt.target, "feeds.example.org", tt.fields...)
		var got map[string]any
		if err := json.Unmarshal(log.Bytes(), &got); err != nil {
			t.Fatalf("%s %s: %v in %q", tt.method, tt.target, err, &log)
		}
		delete(got, "time")
		delete(got, "ms")
		body := tt.want["bytes"]
		if status := tt.want["status"].(float64); status == 301 || status >= 400 {
			delete(got, "bytes") // how it is worded is not what is tested
			delete(tt.want, "bytes")
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s, %v bytes: wanted -, got +:\n%s", tt.method, tt.target, body, diff)
		}
	}
}

// A handler that is cut off is seen as well, and its panic goes on.
func TestObserverCut(t *testing.T) {
	var log bytes.Buffer
	o := &Observer{Server: New(nil), Access: slog.New(slog.NewJSONHandler(&log, nil))}
	h := o.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	}))
	func() {
		defer func() {
			if got := recover(); got != http.ErrAbortHandler {
				t.Errorf("got the panic %v, want ErrAbortHandler", got)
			}
		}()
		record(h, "GET", "/rss.xml", "")
	}()
	if got := log.String(); !strings.Contains(got, `"cut":true`) || !strings.Contains(got, `"bytes":4`) {
		t.Errorf("got %q, want 4 bytes and that it was cut off", got)
	}
}

// deadlines records what ResponseController asks of a connection.
type deadlines struct {
	http.ResponseWriter
	set   bool
	quick int64
}

func (d *deadlines) SetWriteDeadline(time.Time) error { d.set = true; return nil }

func (d *deadlines) ReadFrom(r io.Reader) (n int64, err error) {
	d.quick, err = io.Copy(io.Discard, r)
	return d.quick, err
}

// What the server's ResponseWriter can do is not hidden.
func TestObserverIsTransparent(t *testing.T) {
	d := &deadlines{ResponseWriter: httptest.NewRecorder()}
	o := &Observer{Server: New(nil)}
	o.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now()); err != nil {
			t.Errorf("deadline: %v", err)
		}
		if n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader("a file")}); n != 6 || err != nil {
			t.Errorf("copied %d, %v", n, err)
		}
	})).ServeHTTP(d, httptest.NewRequest("GET", "/", nil))
	if !d.set || d.quick != 6 {
		t.Errorf("deadline set: %v; %d bytes the quick way; want true and 6", d.set, d.quick)
	}
}

// scrape returns the metrics as a monitor reads them, by name.
func scrape(t *testing.T, m *Metrics) map[string]*dto.MetricFamily {
	t.Helper()
	w := record(Admin(func() Status { return Status{} }, m.Handler()), "GET", "/metrics", "")
	if w.Code != http.StatusOK {
		t.Fatalf("scrape: got %d: %s", w.Code, w.Body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// samplesOf writes the values of a family as "label=value label=value": value.
func samplesOf(f *dto.MetricFamily) map[string]float64 {
	all := map[string]float64{}
	for _, metric := range f.GetMetric() {
		var labels []string
		for _, l := range metric.GetLabel() {
			labels = append(labels, l.GetName()+"="+l.GetValue())
		}
		value := metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		all[strings.Join(labels, " ")] = value
	}
	return all
}

func TestMetrics(t *testing.T) {
	s := New(slog.New(slog.DiscardHandler))
	s.Swap(editionAt(t, "https://feeds.example.org/"))
	now := time.Now()
	m := NewMetrics(func() Status {
		return Status{
			Edition: "7f3a", Result: Held, Articles: 4, Problems: 2,
			Published: now.Add(-time.Hour), Checked: now.Add(-time.Minute), Next: time.Unix(1_800_000_000, 0),
		}
	})
	m.Gauge("feedmill_of_the_program", "A figure of the program's.", func() float64 { return 7 })
	h := (&Observer{Server: s, Metrics: m}).Handler(s)
	ask := func(target string, fields ...string) { record(h, "GET", target, "feeds.example.org", fields...) }
	ask("/rss.xml")
	ask("/rss.xml", "User-Agent", "Feedbin feed-id:1 - 10 subscribers")
	ask("/rss.xml", "User-Agent", "Feedbin feed-id:1 - 12 subscribers", "If-None-Match", "*") // says it anew
	ask("/tags/sea/rss.xml", "User-Agent", "Feedbin feed-id:2 - 30 subscribers")
	ask("/rss.xml", "User-Agent", "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 457 subscribers; like FeedFetcher-Google)")
	ask("/rss.xml", "User-Agent", "Tiny/1.0 (3 subscribers)")
	ask("/rss.xml", "User-Agent", "Tinier/1.0 (2 subscribers)")
	ask("/articles/tides/", "User-Agent", "Feedbin feed-id:3 - 99 subscribers") // no feed
	ask("/none-of-yours", "User-Agent", "Feedbin feed-id:3 - 99 subscribers")
	ask("/feed")
	m.Built(Published, 200*time.Millisecond)
	m.Built(Unchanged, 20*time.Millisecond)
	m.Built(Unchanged, 20*time.Millisecond)

	families := scrape(t, m)
	for name, want := range map[string]map[string]float64{
		"feedmill_http_requests_total": {
			"conditional=false kind=feed status=200": 6,
			"conditional=true kind=feed status=304":  1,
			"conditional=false kind=page status=200": 1,
			"conditional=false kind=none status=404": 1,
			"conditional=false kind=none status=301": 1,
		},
		"feedmill_subscribers":                {"reader=Feedbin": 42, "reader=Feedly": 457, "reader=other": 5},
		"feedmill_build_duration_seconds":     {"result=published": 1, "result=unchanged": 2, "result=held": 0, "result=failed": 0},
		"feedmill_held":                       {"": 1},
		"feedmill_stale":                      {"": 0},
		"feedmill_degraded":                   {"": 0},
		"feedmill_articles":                   {"": 4},
		"feedmill_problems":                   {"": 2},
		"feedmill_next_run_timestamp_seconds": {"": 1_800_000_000},
		"feedmill_of_the_program":             {"": 7},
	} {
		if diff := cmp.Diff(want, samplesOf(families[name])); diff != "" {
			t.Errorf("%s: wanted -, got +:\n%s", name, diff)
		}
	}
	if got := samplesOf(families["feedmill_http_response_bytes_total"])["kind=feed"]; got != 5*6+11 {
		t.Errorf("bytes of feeds: got %v, want 41", got)
	}
	if got := samplesOf(families["feedmill_edition_age_seconds"])[""]; got < 3600 || got > 3660 {
		t.Errorf("age of the edition: got %v, want an hour", got)
	}
	for _, name := range []string{"go_goroutines", "process_open_fds", "feedmill_checked_age_seconds"} {
		if families[name] == nil {
			t.Errorf("%s is not there", name)
		}
	}
	for name, family := range families {
		for labels := range samplesOf(family) {
			if strings.Contains(labels, "/") && !strings.HasPrefix(name, "go_") || strings.Contains(labels, "192.0.2") {
				t.Errorf("%s has a path or an address in %q", name, labels)
			}
		}
	}
}

// Whatever clients claim, the figures are bounded, and what is old is forgotten.
func TestAudience(t *testing.T) {
	start := time.Now()
	a := audience{last: map[subscription]figure{}}
	for i := range 3 * audienceSize {
		a.note(reader{name: strings.Repeat("x", i%64), subscribers: 1}, "/"+strings.Repeat("p", i), start)
	}
	if len(a.last) != audienceSize {
		t.Errorf("got %d figures, want %d", len(a.last), audienceSize)
	}
	collected := make(chan prometheus.Metric, 64)
	a.Collect(collected)
	if len(collected) != 1 {
		t.Errorf("unknown readers have %d labels, want one", len(collected))
	}
	a.note(reader{name: "Feedbin", known: true, subscribers: 5}, "/rss.xml", start.Add(audienceTime+time.Second))
	if len(a.last) != 1 {
		t.Errorf("got %d figures after two days, want 1", len(a.last))
	}
}

// The labels of a status are few, whatever a handler answers.
func TestStatusLabel(t *testing.T) {
	for status, want := range map[int]string{200: "200", 304: "304", 429: "429", 418: "4xx", 599: "5xx", 226: "2xx"} {
		if got := statusLabel(status); got != want {
			t.Errorf("%d: got %s, want %s", status, got, want)
		}
	}
}

// What observing a 304 costs beside answering it.
func BenchmarkObserver(b *testing.B) {
	s := New(slog.New(slog.DiscardHandler))
	e, err := edition.New("https://feeds.example.org/", []edition.Document{
		edition.Bytes("rss.xml", "application/rss+xml; charset=utf-8", edition.Feed, []byte("<rss/>")),
	}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	s.Swap(e)
	o := &Observer{Server: s, Metrics: NewMetrics(func() Status { return Status{} })}
	r := httptest.NewRequest("GET", "/rss.xml", nil)
	r.Header.Set("If-None-Match", "*")
	for name, h := range map[string]http.Handler{"alone": s, "observed": o.Handler(s)} {
		b.Run(name, func(b *testing.B) {
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				clear(w.Header())
				h.ServeHTTP(w, r)
			}
		})
	}
}
