package serve

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"feedmill/internal/edition"
)

// document is what is said of a document. Its maps are never changed.
type document struct {
	*edition.Document
	log         *slog.Logger
	body        []byte      // nil: to be opened
	tag         string      // the ETag without quotation marks
	ok          http.Header // of a 200
	notModified http.Header // of a 304: what a 200 would have that caches keep
}

func newDocument(d *edition.Document, log *slog.Logger) *document {
	// 128 bits of the bytes' SHA-256: the same bytes have the same tag in every
	// edition, and others never have.
	tag := d.Digest[:32]
	// RFC 9110, section 15.4.5: what a 304 repeats. Last-Modified and Link are
	// repeated as well: some readers keep only the validators of the last
	// answer, and hubs may have changed although the bytes have not.
	brief := http.Header{
		"Etag":          {`"` + tag + `"`},
		"Cache-Control": {"public, max-age=" + strconv.FormatInt(int64(d.MaxAge/time.Second), 10)},
	}
	if !d.Modified.IsZero() {
		brief["Last-Modified"] = []string{d.Modified.UTC().Format(http.TimeFormat)}
	}
	if v := linkField(d.Links); v != "" {
		brief["Link"] = []string{v}
	}
	if d.Kind == edition.Feed || d.Kind == edition.Archive {
		brief["Access-Control-Allow-Origin"] = anyOrigin
		brief["Access-Control-Expose-Headers"] = exposed
	}

	full := brief.Clone()
	full["Content-Type"] = []string{d.Type}
	full["Content-Length"] = []string{strconv.FormatInt(d.Size, 10)}
	full["X-Content-Type-Options"] = []string{"nosniff"}
	full["Content-Security-Policy"] = []string{securityPolicy(d.Kind)}
	if d.Kind == edition.Media {
		full["Accept-Ranges"] = []string{"bytes"}
	}
	return &document{Document: d, log: log, body: d.Content(), tag: tag, ok: full, notModified: brief}
}

// send answers a GET or HEAD request.
func (d *document) send(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	switch d.precondition(r.Header, now) {
	case http.StatusNotModified:
		d.fill(w.Header(), d.notModified, now)
		w.WriteHeader(http.StatusNotModified)
		return
	case http.StatusPreconditionFailed:
		preconditionFailed.send(w, r)
		return
	}

	status, part := http.StatusOK, span{0, d.Size}
	if d.Kind == edition.Media && r.Method == http.MethodGet {
		status, part = d.byteRange(r.Header)
		if status == http.StatusRequestedRangeNotSatisfiable {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", d.Size))
			badRange.send(w, r)
			return
		}
	}
	var file io.ReadCloser
	if d.body == nil {
		var err error
		if file, err = d.Open(); err != nil {
			d.log.Error("document not served", "path", d.Path, "err", err)
			unavailable.send(w, r)
			return
		}
		defer file.Close()
	}

	d.fill(w.Header(), d.ok, now)
	if status == http.StatusPartialContent {
		w.Header().Set("Content-Length", strconv.FormatInt(part.length(), 10))
		w.Header().Set("Content-Range", part.contentRange(d.Size))
	}
	w.WriteHeader(status)
	switch {
	case r.Method == http.MethodHead:
	case file == nil:
		// An error is the client's going away.
		_, _ = w.Write(d.body[part.from:part.to])
	case copySpan(w, file, part) != nil:
		// The length is announced already; only a broken connection tells the
		// client that this is not all.
		panic(http.ErrAbortHandler)
	}
}

// copySpan writes a part of a file. A file that ends before it is an error.
func copySpan(w io.Writer, file io.Reader, part span) error {
	if part.from > 0 {
		var err error
		if seeker, ok := file.(io.Seeker); ok {
			_, err = seeker.Seek(part.from, io.SeekStart)
		} else {
			_, err = io.CopyN(io.Discard, file, part.from)
		}
		if err != nil {
			return err
		}
	}
	_, err := io.CopyN(w, file, part.length())
	return err
}

// fill copies prepared fields.
func (d *document) fill(header, prepared http.Header, now time.Time) {
	maps.Copy(header, prepared)
	// RFC 9110, section 8.8.2.1: not later than the Date of the answer. The
	// clock may have been set back since the edition was published.
	if d.Modified.After(now) {
		header["Last-Modified"] = []string{now.UTC().Format(http.TimeFormat)}
	}
}

// securityPolicy is for browsers that show the document by itself: whatever an
// article brought with it, nothing in it runs.
func securityPolicy(kind edition.Kind) string {
	switch kind {
	case edition.Page:
		return "default-src 'none'; img-src * data:; media-src * data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'"
	case edition.Media:
		return "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox"
	}
	return "default-src 'none'; style-src 'self'; img-src * data:"
}

// linkField writes the value of a Link field (RFC 8288, section 3).
func linkField(links []edition.Link) string {
	var b strings.Builder
	for _, l := range links {
		u, err := url.Parse(l.URL)
		if err != nil {
			continue // not an address that anybody could follow
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("<" + u.String() + `>; rel="` + l.Rel + `"`)
		if l.Type != "" {
			b.WriteString(`; type="` + l.Type + `"`)
		}
	}
	return b.String()
}
