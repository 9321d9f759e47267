package serve

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"feedmill/internal/edition"
)

// Metrics are the figures of this process in the format of Prometheus. No label
// has a path or an address: every label is one of few values.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	builds   *prometheus.HistogramVec
	readers  audience

	mu       sync.Mutex
	counters map[answer]prometheus.Counter // guarded by mu: those of requests
}

// NewMetrics returns metrics of what Status says at the time of a scrape, of
// what Observer and Built tell, and of the process.
func NewMetrics(status func() Status) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "feedmill_http_requests_total",
			Help: "Requests answered, by the kind of the document at the path, the status, and whether the client asked only for what is newer than its copy.",
		}, []string{"kind", "status", "conditional"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "feedmill_http_response_bytes_total",
			Help: "Bytes of the bodies of answers, by the kind of the document.",
		}, []string{"kind"}),
		builds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "feedmill_build_duration_seconds",
			Help:    "How long builds took, by how they ended.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100, 300},
		}, []string{"result"}),
		readers:  audience{last: map[subscription]figure{}},
		counters: map[answer]prometheus.Counter{},
	}
	m.registry.MustRegister(m.requests, m.bytes, m.builds, &m.readers,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, result := range []Result{Published, Unchanged, Held, Failed} {
		m.builds.WithLabelValues(string(result)) // there from the beginning, as 0
	}

	in := func(state string) func() float64 {
		return func() float64 {
			if status().state(time.Now()) == state {
				return 1
			}
			return 0
		}
	}
	m.Gauge("feedmill_held", "1 while a guard keeps the last edition and an operator has to decide.", in("held"))
	m.Gauge("feedmill_stale", "1 while what is served may be older than the articles: the last build failed, or none ended when it should have.", in("stale"))
	m.Gauge("feedmill_degraded", "1 after three builds in a row that failed.", in("degraded"))
	m.Gauge("feedmill_articles", "Articles in the edition that is served; 0 before a build has made or found it.", func() float64 { return float64(status().Articles) })
	m.Gauge("feedmill_problems", "Problems in articles at the last build.", func() float64 { return float64(status().Problems) })
	m.Gauge("feedmill_edition_age_seconds", "Time since the edition that is served was published; 0 without one.", func() float64 { return seconds(status().Published) })
	m.Gauge("feedmill_checked_age_seconds", "Time since a build last found the edition to be as the articles are; 0 before the first.", func() float64 { return seconds(status().Checked) })
	m.Gauge("feedmill_next_run_timestamp_seconds", "When the next build is planned, in Unix time; 0 when none is.", func() float64 { return unix(status().Next) })
	return m
}

// seconds is how long ago t was, 0 when it is not known.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t).Seconds())
}

// unix is t in seconds of Unix time, 0 when it is not known.
func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// Gauge adds a figure that goes up and down; value is called at each scrape.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

// Counter adds a figure that only goes up.
func (m *Metrics) Counter(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

// Built counts a build that ended.
func (m *Metrics) Built(result Result, took time.Duration) {
	m.builds.WithLabelValues(string(result)).Observe(took.Seconds())
}

// Handler returns what answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

func (m *Metrics) answered(kind edition.Kind, a *answered, r *http.Request) {
	m.counter(answer{kind, a.status, conditional(r)}).Inc()
	if a.bytes > 0 {
		m.bytes.WithLabelValues(string(kind)).Add(float64(a.bytes))
	}
	// Most clients have no figure; that is found out quickly.
	if kind == edition.Feed && subscribers(r.UserAgent()) > 0 {
		who := parseReader(r.UserAgent())
		m.readers.note(who, r.URL.Path, time.Now())
	}
}

// answer is what of an answer is counted.
type answer struct {
	kind        edition.Kind
	status      int
	conditional bool
}

// counter returns what counts answers of a sort. To find it by its labels takes
// longer than to make most answers.
func (m *Metrics) counter(a answer) prometheus.Counter {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.counters[a]
	if !ok {
		c = m.requests.WithLabelValues(string(a.kind), statusLabel(a.status), strconv.FormatBool(a.conditional))
		m.counters[a] = c
	}
	return c
}

// statusLabel is a status that is answered here, or its class.
func statusLabel(status int) string {
	switch status {
	case 200, 204, 206, 301, 304, 400, 404, 405, 406, 410, 412, 416, 421, 429, 500, 503:
		return strconv.Itoa(status)
	}
	return strconv.Itoa(status/100) + "xx"
}

// Figures of an audience are kept for audienceTime: the slowest of those who
// report subscribers look once a day. There are no more than audienceSize.
const (
	audienceTime = 48 * time.Hour
	audienceSize = 4096
)

// audience is how many people the services that fetch for many say they fetch
// for. Anybody can say anything; it is an estimate.
type audience struct {
	mu   sync.Mutex
	last map[subscription]figure // guarded by mu
}

// subscription is one service at one feed.
type subscription struct {
	reader, path string
	known        bool // the reader
}

// figure is what a service said last.
type figure struct {
	subscribers int
	said        time.Time
}

func (a *audience) note(who reader, path string, now time.Time) {
	key := subscription{who.name, path, who.known}
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, there := a.last[key]; !there && len(a.last) >= audienceSize {
		a.forget(now)
		if len(a.last) >= audienceSize {
			return
		}
	}
	a.last[key] = figure{who.subscribers, now}
}

// forget removes what is out of date; the caller has the lock.
func (a *audience) forget(now time.Time) {
	for key, f := range a.last {
		if now.Sub(f.said) > audienceTime {
			delete(a.last, key)
		}
	}
}

var subscribersDesc = prometheus.NewDesc("feedmill_subscribers",
	"People that a service says it fetches feeds for, over all feeds, in what it said in the last two days.", []string{"reader"}, nil)

// Describe implements [prometheus.Collector].
func (a *audience) Describe(to chan<- *prometheus.Desc) { to <- subscribersDesc }

// Collect implements [prometheus.Collector].
func (a *audience) Collect(to chan<- prometheus.Metric) {
	sums := map[string]int{}
	a.mu.Lock()
	a.forget(time.Now())
	for key, f := range a.last {
		name := "other" // what others write is no label
		if key.known {
			name = key.reader
		}
		sums[name] += f.subscribers
	}
	a.mu.Unlock()
	for name, n := range sums {
		to <- prometheus.MustNewConstMetric(subscribersDesc, prometheus.GaugeValue, float64(n), name)
	}
}
