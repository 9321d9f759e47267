// Package serve answers HTTP requests from one edition.
//
// A [Server] has everything that readers poll ready, in a table that is made when
// an edition comes ([Server.Swap]): a request is a look into that table. It can be
// given the next edition at any time. Pages and archives are read, and compressed,
// when somebody asks for them, and kept as far as there is memory.
//
// # Promises
//
// One response comes from one edition, whole, whatever is swapped meanwhile.
// What is answered depends on method, path, preconditions and range alone: no
// byte comes from a query, the Host field or X-Forwarded fields, and there are
// no directories to list. A 304 is the truth: the client's copy has the bytes
// that a 200 would have brought, in a coding that the client takes. Clients that
// are slow, silent, too many or talk too much lose their own connection or have
// to wait, not everybody ([Run], [Connections], [Rate]).
//
// # What it does not do
//
// It knows neither articles nor builds; [Admin] shows a Status that others fill
// in. Where documents lie, and which of them are compressed in advance, is the
// edition's.
package serve

import (
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"feedmill/internal/edition"
)

// Server answers from the edition it was given last. Its fields are set before
// the first Swap; one goroutine calls Swap.
type Server struct {
	// Memory is how many bytes of documents may be held in memory, with those
	// that the edition holds; 0 means 128 MiB. At least an eighth of it is for
	// what is asked for.
	Memory int64
	// Proxies are trusted to say for whom they ask.
	Proxies Proxies
	// Rate bounds what a client gets. It does not count a 304, nor what goes to
	// a trusted proxy or to this machine.
	Rate Rate

	current atomic.Pointer[table]
	kept    *kept
	rates   *rates // nil: not bounded
	log     *slog.Logger
	// patience is how long the files of an edition may be on the disk before it
	// is answered from.
	patience time.Duration
}

// New returns a server without an edition: it answers 503 until Swap. Documents
// that cannot be opened are told to log.
func New(log *slog.Logger) *Server {
	return &Server{log: log, kept: newKept(), patience: 2 * time.Second}
}

func (s *Server) memory() int64 {
	if s.Memory == 0 {
		return 128 << 20
	}
	return s.Memory
}

// Swap makes e what is answered from. Requests under way are finished from the
// edition that they began with.
func (s *Server) Swap(e *edition.Edition) {
	t := newTable(e)
	s.kept.bound(max(s.memory()-t.held, s.memory()/8))
	if s.rates == nil && s.Rate.PerSecond > 0 {
		s.rates = newRates(s.Rate)
	}
	if before := s.current.Swap(t); before != nil {
		close(before.replaced)
	}
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		options(w, r)
		return
	}
	var patience <-chan time.Time
	for {
		t := s.current.Load()
		if t == nil {
			starting.send(w, r)
			return
		}
		err := s.answer(t, w, r)
		if err == nil {
			return
		}
		// An edition that is being put into place has replaced the file. The
		// request gets its answer from that one, in a moment.
		if patience == nil {
			patience = time.After(s.patience)
		}
		select {
		case <-t.replaced:
			continue
		case <-r.Context().Done():
		case <-patience:
		}
		s.log.Error("document not served", "path", r.URL.Path, "err", err)
		unavailable.send(w, r)
		return
	}
}

// answer answers from one edition. An error says that the document is not there
// as it was published, and that nothing was sent.
func (s *Server) answer(t *table, w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.find(t, r)
	if err != nil {
		return err
	}
	now := time.Now()
	if v != nil {
		switch v.precondition(r.Header, now) {
		case http.StatusNotModified:
			v.fill(w.Header(), v.notModified, now)
			w.WriteHeader(http.StatusNotModified)
			return nil
		case http.StatusPreconditionFailed:
			f = preconditionFailed
		}
	}
	if s.overRate(r, now) {
		f = s.rates.tooMany
	}
	if f != nil {
		f.send(w, r)
		return nil
	}
	return s.send(v, w, r, now)
}

// find returns what a request asks for: a version of a document, or a fixed
// answer.
func (s *Server) find(t *table, r *http.Request) (*version, *fixed, error) {
	ready := t.polled[r.URL.Path]
	var d *edition.Document
	var f *fixed
	if ready == nil {
		d, f = t.find(r.URL.Path)
	}
	switch {
	case f == notFound:
		return nil, f, nil
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return nil, notAllowed, nil
	case f != nil:
		return nil, f, nil
	case ready != nil:
		return ready.choose(r.Header), nil, nil
	}
	v, err := s.ready(d, r)
	return v, nil, err
}

// overRate counts an answer for the client of a request, and reports whether
// that is too many.
func (s *Server) overRate(r *http.Request, now time.Time) bool {
	if s.rates == nil {
		return false
	}
	client := s.Proxies.Client(r)
	exempt := !client.IsValid() || client.IsLoopback() || s.Proxies.Has(client)
	return !exempt && !s.rates.take(client, now)
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
		"X-Content-Type-Options":        nosniff,
		"Referrer-Policy":               referrerPolicy,
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
	conditionFields = []string{"If-None-Match, If-Modified-Since, If-Match, If-Unmodified-Since, If-Range, Range, A-IM"}
	aDay            = []string{"86400"}
	acceptEncoding  = []string{"Accept-Encoding"}
	nosniff         = []string{"nosniff"}
	// Other sites learn which site a reader comes from, not what was read.
	referrerPolicy = []string{"strict-origin-when-cross-origin"}

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
