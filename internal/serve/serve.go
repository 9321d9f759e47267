// Package serve answers HTTP requests from one edition.
//
// A [Server] holds everything it may say in a table that is made when an
// edition comes ([Server.Swap]): a request is a look into that table. It can be
// given the next edition at any time.
//
// # Promises
//
// One response comes from one edition, whole, whatever is swapped meanwhile.
// What is answered depends on method, path, preconditions and range alone: no
// byte comes from a query, the Host field or X-Forwarded fields, and there are
// no directories to list. A 304 is the truth: the client's copy has the bytes
// that a 200 would have brought. Clients that are slow, silent or talk too much
// lose their own connection, not everybody's ([Run]).
//
// # What it does not do
//
// It knows neither articles nor builds; [Admin] shows a Status that others fill
// in. It does not compress, limit rates or speak TLS.
package serve

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"

	"feedmill/internal/edition"
)

// Server answers from the edition it was given last.
type Server struct {
	current atomic.Pointer[table]
	log     *slog.Logger
}

// New returns a server without an edition: it answers 503 until Swap. Documents
// that cannot be opened are told to log.
func New(log *slog.Logger) *Server { return &Server{log: log} }

// Swap makes e what is answered from. Requests under way are finished from the
// edition that they began with.
func (s *Server) Swap(e *edition.Edition) { s.current.Store(newTable(e, s.log)) }

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := s.current.Load()
	if t == nil {
		starting.send(w, r)
		return
	}
	found := t.find(r.URL.Path)
	if found == nil {
		notFound.send(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		found.send(w, r)
	case http.MethodOptions:
		options(w)
	default:
		notAllowed.send(w, r)
	}
}

// options answers what may be done here; browsers ask before they let a page of
// another site send a conditional request.
func options(w http.ResponseWriter) {
	h := w.Header()
	h["Allow"] = allow
	h["Access-Control-Allow-Origin"] = anyOrigin
	h["Access-Control-Allow-Methods"] = allow
	h["Access-Control-Allow-Headers"] = conditionFields
	h["Access-Control-Max-Age"] = aDay
	w.WriteHeader(http.StatusNoContent)
}

// fixed is an answer that is the same for every request.
type fixed struct {
	status int
	header http.Header
	body   string
}

func (f *fixed) send(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), f.header)
	w.WriteHeader(f.status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, f.body)
	}
}

// plain returns a fixed answer in plain text. It may be read by any page, as
// web readers want to know why a feed does not come, and is kept by no cache.
func plain(status int, body string, more ...string) *fixed {
	f := &fixed{status: status, body: body, header: http.Header{
		"Content-Type":                  {"text/plain; charset=utf-8"},
		"Content-Length":                {strconv.Itoa(len(body))},
		"Cache-Control":                 {"no-store"},
		"X-Content-Type-Options":        {"nosniff"},
		"Content-Security-Policy":       {"default-src 'none'; sandbox"},
		"Access-Control-Allow-Origin":   anyOrigin,
		"Access-Control-Expose-Headers": exposed,
	}}
	for i := 0; i < len(more); i += 2 {
		f.header[more[i]] = []string{more[i+1]}
	}
	return f
}

// Header values that are the same in all answers, and the answers that are the
// same for all editions. Nothing changes them.
var (
	allow           = []string{"GET, HEAD, OPTIONS"}
	anyOrigin       = []string{"*"}
	exposed         = []string{"ETag, Link, Retry-After, Date"}
	conditionFields = []string{"If-None-Match, If-Modified-Since, If-Match, If-Unmodified-Since, If-Range, Range"}
	aDay            = []string{"86400"}

	// Some readers understand Retry-After in seconds only.
	starting    = plain(http.StatusServiceUnavailable, "The first edition is being made.\n", "Retry-After", "60")
	unavailable = plain(http.StatusServiceUnavailable, "This is not available just now.\n", "Retry-After", "60")

	notFound           = plain(http.StatusNotFound, "There is nothing here.\n")
	gone               = plain(http.StatusGone, "This was withdrawn.\n")
	notAllowed         = plain(http.StatusMethodNotAllowed, "This can only be read.\n", "Allow", allow[0])
	preconditionFailed = plain(http.StatusPreconditionFailed, "This is not what you have.\n")
	badRange           = plain(http.StatusRequestedRangeNotSatisfiable, "This is shorter.\n")
)

// moved returns the answer that something is elsewhere for good.
func moved(location string) *fixed {
	f := plain(http.StatusMovedPermanently, "This has moved.\n", "Location", location)
	f.header["Cache-Control"] = []string{"public, max-age=3600"}
	return f
}
