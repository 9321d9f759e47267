package serve

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"feedmill/internal/edition"
)

// Observer sees what is asked and answered. It changes nothing of either.
type Observer struct {
	Server  *Server  // says what lies at a path, and whom to believe who asks
	Metrics *Metrics // counts; nil for none
	// Access gets a line for each answer; nil for none.
	Access *slog.Logger
}

// Handler returns next, observed.
func (o *Observer) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answered{ResponseWriter: w}
		if o.Access != nil {
			a.begun = time.Now()
		}
		// Deferred, as a handler that cannot go on panics.
		defer o.observe(a, r)
		next.ServeHTTP(a, r)
		a.whole = true
	})
}

// answered is what became of a request.
type answered struct {
	http.ResponseWriter
	begun  time.Time // zero when nobody wants to know
	status int
	bytes  int64 // of the body
	whole  bool  // not cut off
}

// Unwrap is for [http.ResponseController].
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answered) WriteHeader(status int) {
	if a.status == 0 && status >= 200 { // what comes before is not the answer
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Write(b []byte) (int, error) {
	a.begin()
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom keeps the quick ways of the writer below, such as sendfile.
func (a *answered) ReadFrom(from io.Reader) (int64, error) {
	a.begin()
	n, err := io.Copy(a.ResponseWriter, from)
	a.bytes += n
	return n, err
}

func (a *answered) begin() {
	if a.status == 0 {
		a.status = http.StatusOK
	}
}

func (o *Observer) observe(a *answered, r *http.Request) {
	a.begin()
	kind := o.Server.kind(r.URL.Path)
	if o.Metrics != nil {
		o.Metrics.answered(kind, a, r)
	}
	if o.Access == nil {
		return
	}
	client := "" // of a socket without addresses
	if address := o.Server.Proxies.Client(r); address.IsValid() {
		client = address.String()
	}
	who := parseReader(r.UserAgent())
	attrs := make([]slog.Attr, 0, 11)
	attrs = append(attrs,
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", a.status),
		slog.Int64("bytes", a.bytes),
		slog.Float64("ms", float64(time.Since(a.begun).Microseconds())/1000),
		slog.String("client", client),
		slog.String("kind", string(kind)),
		slog.Bool("conditional", conditional(r)),
		slog.String("reader", who.name),
	)
	if who.subscribers > 0 {
		attrs = append(attrs, slog.Int("subscribers", who.subscribers))
	}
	if !a.whole {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	o.Access.LogAttrs(context.Background(), slog.LevelInfo, "answered", attrs...)
}

// conditional reports whether a client has a copy and asks for what is newer.
func conditional(r *http.Request) bool {
	return len(r.Header["If-None-Match"]) > 0 || len(r.Header["If-Modified-Since"]) > 0
}

// nothing is the kind of what is no document: redirects, what is gone and what
// never was. Their status tells them apart.
const nothing edition.Kind = "none"

// kind is the kind of the document at a path.
func (s *Server) kind(path string) edition.Kind {
	t := s.current.Load()
	if t == nil {
		return nothing
	}
	local, ok := strings.CutPrefix(path, t.root)
	if !ok {
		return nothing
	}
	if local == "" || strings.HasSuffix(local, "/") {
		local += "index.html"
	}
	if d, ok := t.edition.Document(local); ok {
		return d.Kind
	}
	return nothing
}
