package serve

import (
	"encoding/json"
	"net/http"
	"time"
)

// Result is how a build ended.
type Result string

const (
	Published Result = "published" // there is a new edition
	Unchanged Result = "unchanged" // the edition is as the articles are
	Held      Result = "held"      // a guard kept the last edition; an operator has to decide
	Failed    Result = "failed"    // an error kept the last edition; the next build tries again
)

// Status is how the program is doing, for operators and their monitors.
type Status struct {
	Edition   string    // short digest of the edition that is served; empty before the first
	Published time.Time // when that edition was published; zero when not known
	Result    Result    // of the last build; empty before the first has ended
	Ended     time.Time // when the last build ended; zero before
	// Checked is when a build last ended Published or Unchanged, zero when
	// none did: what is served is what the articles said then.
	Checked  time.Time
	Error    string    // why the last build was held or failed
	Failures int       // builds in a row that failed, up to the last
	Articles int       // in the edition that is served; 0 before a build has made or found it
	Problems int       // in articles, at the last build
	Next     time.Time // when the next build is planned; zero when none is
	// Due is when the next build has to have ended, whatever happens; zero
	// when that is not known.
	Due time.Time
}

// degradedAfter is how many builds in a row have to fail before the matter is
// one that does not pass by itself.
const degradedAfter = 3

// state is the status in a word:
//
//   - "starting": nothing is served yet;
//   - "held": a guard keeps the last edition; an operator has to decide;
//   - "degraded": three builds in a row failed, an operator has to look;
//   - "stale": the last build failed, or none ended when it should have: what
//     is served may be older than the articles, and the next build may mend it;
//   - "ok".
func (s Status) state(now time.Time) string {
	switch {
	case s.Edition == "":
		return "starting"
	case s.Result == Held:
		return "held"
	case s.Failures >= degradedAfter:
		return "degraded"
	case s.Result == Failed || s.Overdue(now):
		return "stale"
	}
	return "ok"
}

// Overdue reports whether a build should have ended and has not.
func (s Status) Overdue(now time.Time) bool { return !s.Due.IsZero() && now.After(s.Due) }

// Admin returns the handler of the admin address. It answers
//
//   - /livez: always 200, "ok": the process runs;
//   - /readyz: 200 when an edition is served, also an old one, else 503; in
//     both cases the status as JSON;
//   - /metrics: what metrics answers.
//
// All else is 404. Status is called at each request to /readyz.
func Admin(status func() Status, metrics http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := r.URL.Path == "/livez" || r.URL.Path == "/readyz" || r.URL.Path == "/metrics"
		switch {
		case !known:
			notFoundHere.send(w, r)
		case r.Method == http.MethodOptions:
			w.Header()["Allow"] = allow
			w.WriteHeader(http.StatusNoContent)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			notAllowedHere.send(w, r)
		case r.URL.Path == "/livez":
			alive.send(w, r)
		case r.URL.Path == "/metrics":
			metrics.ServeHTTP(w, r)
		default:
			ready(status(), time.Now()).send(w, r)
		}
	})
}

// The fixed answers of the admin address; nothing changes them.
var (
	alive          = private(plain(http.StatusOK, "ok\n"))
	notFoundHere   = private(notFound)
	notAllowedHere = private(notAllowed)
)

// private returns an answer that pages of other sites may not read.
func private(f *fixed) *fixed {
	p := *f
	p.header = f.header.Clone()
	p.header.Del("Access-Control-Allow-Origin")
	p.header.Del("Access-Control-Expose-Headers")
	return &p
}

// ready returns the answer of /readyz.
func ready(s Status, now time.Time) *fixed {
	report := struct {
		State    string `json:"state"`
		Edition  string `json:"edition,omitempty"`
		Age      *int64 `json:"edition_age_seconds,omitempty"`
		Result   Result `json:"last_build,omitempty"`
		Ended    string `json:"last_build_at,omitempty"`
		Checked  *int64 `json:"checked_seconds_ago,omitempty"`
		Error    string `json:"error,omitempty"`
		Failures int    `json:"failed_builds,omitempty"`
		Articles int    `json:"articles"`
		Problems int    `json:"problems"`
		Next     string `json:"next_run,omitempty"`
	}{
		State:    s.state(now),
		Edition:  s.Edition,
		Age:      ago(s.Published, now),
		Result:   s.Result,
		Ended:    instant(s.Ended),
		Checked:  ago(s.Checked, now),
		Error:    s.Error,
		Failures: s.Failures,
		Articles: s.Articles,
		Problems: s.Problems,
		Next:     instant(s.Next),
	}
	// Strings and numbers can always be written.
	body, _ := json.MarshalIndent(report, "", "  ")
	status := http.StatusOK
	if s.Edition == "" {
		status = http.StatusServiceUnavailable
	}
	f := private(plain(status, string(body)+"\n"))
	f.header["Content-Type"] = []string{"application/json"}
	return f
}

// ago is how long before now t was, in seconds; nil when t is not known.
func ago(t, now time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	seconds := max(0, int64(now.Sub(t)/time.Second))
	return &seconds
}

// instant writes t in whole seconds (RFC 3339); empty when it is not known.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
