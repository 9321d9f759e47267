package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"feedmill/internal/edition"
)

// document is a document ready to be sent. It is never changed.
type document struct {
	*edition.Document
	versions []*version // the smallest first; the last one is the plain bytes
}

// newDocument returns a document that the edition holds in memory.
func newDocument(d *edition.Document) *document {
	ready := &document{Document: d}
	for _, s := range d.Siblings() {
		if body := s.Content(); body != nil { // else it is damaged on disk
			ready.versions = append(ready.versions, newVersion(d, s.Coding, entityTag(s.Digest), s.Size, body))
		}
	}
	ready.versions = append(ready.versions, newVersion(d, "", entityTag(d.Digest), d.Size, d.Content()))
	return ready
}

// entityTag is an entity tag: 128 bits of the bytes' SHA-256. The same bytes have the
// same tag in every edition, and others, also those of another coding, never
// have.
func entityTag(digest string) string { return digest[:32] }

// choose returns the version that the client likes best, or of those that it
// takes the one that it has already: siblings are published later than the plain
// bytes, and nobody is to fetch a document again for that, nor to hear that it
// has changed (If-Match). A client that wants none gets the plain bytes all the
// same (RFC 9110, section 12.4.1).
func (d *document) choose(h http.Header) *version {
	plain := d.versions[len(d.versions)-1]
	if len(d.versions) == 1 {
		return plain
	}
	accepts := accepted(h["Accept-Encoding"])
	best, weight := plain, 0
	for _, v := range d.versions {
		if q := accepts.of(v.coding); q > weight {
			best, weight = v, q
		}
	}
	had, asks := h["If-Match"]
	compare := (*version).strongly
	if !asks {
		had, asks = h["If-None-Match"]
		compare = (*version).weakly
	}
	has := func(v *version) bool {
		return matches(had, func(tag string) bool { return compare(v, tag) })
	}
	if asks && !has(best) {
		for _, v := range d.versions {
			if accepts.of(v.coding) > 0 && has(v) {
				return v
			}
		}
	}
	return best
}

// version is a document in one content coding (RFC 9110, section 3.2: a
// representation). It is never changed.
type version struct {
	*edition.Document
	coding      string // empty for the plain bytes
	tag         string // the ETag without quotation marks
	size        int64  // bytes
	body        []byte // nil: to be opened
	ok          []field
	notModified []field // of a 304: what a 200 would have that caches keep
}

// field is a field of an answer's header, made before anybody asked.
type field struct {
	name   string // in canonical form
	values []string
}

// prepared returns the fields of a header, to be copied quickly.
func prepared(header http.Header) []field {
	fields := make([]field, 0, len(header))
	for name, values := range header {
		fields = append(fields, field{name, values})
	}
	return fields
}

func newVersion(d *edition.Document, coding, tag string, size int64, body []byte) *version {
	// RFC 9110, section 15.4.5: what a 304 repeats. Last-Modified and Link are
	// repeated as well: some readers keep only the validators of the last
	// answer, and hubs may have changed although the bytes have not.
	brief := http.Header{
		"Etag":          {`"` + tag + `"`},
		"Cache-Control": {cacheControl(d.MaxAge)},
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
	if d.Codable() {
		brief["Vary"] = acceptEncoding
	}

	full := make(http.Header, 16)
	maps.Copy(full, brief)
	full["Content-Type"] = []string{d.Type}
	full["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	full["X-Content-Type-Options"] = nosniff
	full["Content-Security-Policy"] = []string{securityPolicy(d.Kind)}
	full["Referrer-Policy"] = referrerPolicy
	if coding != "" {
		full["Content-Encoding"] = []string{coding}
	}
	if d.Kind == edition.Media {
		full["Accept-Ranges"] = []string{"bytes"}
	}
	return &version{Document: d, coding: coding, tag: tag, size: size, body: body, ok: prepared(full), notModified: prepared(brief)}
}

// cacheControl lets a copy be used for as long as readers are asked to wait. A
// cache in between may go on with it for a tenth of that while it looks for the
// next, and when nobody answers for a day or, if that is longer, until readers
// come again (RFC 5861).
func cacheControl(maxAge time.Duration) string {
	seconds := int64(maxAge / time.Second)
	return fmt.Sprintf("public, max-age=%d, stale-while-revalidate=%d, stale-if-error=%d",
		seconds, seconds/10, max(seconds, 24*60*60))
}

// largest is the size from which on a document is sent as it lies on disk,
// neither compressed nor kept: one must not push out all others.
func (s *Server) largest() int64 { return s.memory() / 4 }

// ready returns the version of a document that a request asks for. What the
// edition does not hold is read, and compressed, when it is asked for.
func (s *Server) ready(d *edition.Document, r *http.Request) (*version, error) {
	if d.Kind == edition.Media || d.Size > s.largest() {
		return newVersion(d, "", entityTag(d.Digest), d.Size, d.Content()), nil
	}
	if d.Codable() {
		if w := accepted(r.Header["Accept-Encoding"]); w.gzip > 0 && w.gzip >= w.identity {
			c := s.kept.get(copyKey{d.Digest, gzipCoding}, func() ([]byte, string, error) { return s.gzip(d) })
			if c.err != nil {
				return nil, c.err
			}
			if c.body != nil {
				return newVersion(d, gzipCoding, c.tag, int64(len(c.body)), c.body), nil
			}
		}
	}
	return newVersion(d, "", entityTag(d.Digest), d.Size, nil), nil
}

// plainBytes returns the bytes of a document that is not in memory.
func (s *Server) plainBytes(d *edition.Document) ([]byte, error) {
	c := s.kept.get(copyKey{d.Digest, ""}, func() ([]byte, string, error) {
		body, err := d.ReadAll()
		return body, "", err
	})
	return c.body, c.err
}

// gzip compresses a document. One that is polled has been compressed already,
// and lies beside.
func (s *Server) gzip(d *edition.Document) (body []byte, tag string, err error) {
	for _, sibling := range d.Siblings() {
		if sibling.Coding == gzipCoding {
			if body, err := sibling.ReadAll(); err == nil {
				return body, entityTag(sibling.Digest), nil
			}
		}
	}
	plain, err := d.ReadAll()
	if err != nil {
		return nil, "", err
	}
	body = edition.Gzip(plain)
	sum := sha256.Sum256(body)
	return body, entityTag(hex.EncodeToString(sum[:])), nil
}

// send answers a GET or HEAD request with the bytes. An error says that they are
// not there as they were published, and that nothing was sent.
func (s *Server) send(v *version, w http.ResponseWriter, r *http.Request, now time.Time) error {
	status, part := http.StatusOK, span{0, v.size}
	if v.Kind == edition.Media && r.Method == http.MethodGet {
		status, part = v.byteRange(r.Header)
		if status == http.StatusRequestedRangeNotSatisfiable {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", v.size))
			badRange.send(w, r)
			return nil
		}
	}
	body := v.body
	var file io.ReadCloser
	if body == nil {
		var err error
		if v.Kind != edition.Media && v.size <= s.largest() {
			body, err = s.plainBytes(v.Document)
		} else if file, err = v.Open(); err == nil {
			defer file.Close()
		}
		if err != nil {
			return err
		}
	}

	v.fill(w.Header(), v.ok, now)
	if status == http.StatusPartialContent {
		w.Header().Set("Content-Length", strconv.FormatInt(part.length(), 10))
		w.Header().Set("Content-Range", part.contentRange(v.size))
	}
	w.WriteHeader(status)
	switch {
	case r.Method == http.MethodHead:
	case file == nil:
		// An error is the client's going away.
		_, _ = w.Write(body[part.from:part.to])
	case copySpan(w, file, part) != nil:
		// The length is announced already; only a broken connection tells the
		// client that this is not all.
		panic(http.ErrAbortHandler)
	}
	return nil
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
func (v *version) fill(header http.Header, prepared []field, now time.Time) {
	for _, f := range prepared {
		header[f.name] = f.values
	}
	// RFC 9110, section 8.8.2.1: not later than the Date of the answer. The
	// clock may have been set back since the edition was published.
	if v.Modified.After(now) {
		header["Last-Modified"] = []string{now.UTC().Format(http.TimeFormat)}
	}
}

// securityPolicy is for browsers that show the document by itself: whatever an
// article brought with it, nothing in it runs. A page may use a script that is a
// document of the edition; no article can make one.
func securityPolicy(kind edition.Kind) string {
	switch kind {
	case edition.Page:
		return "default-src 'none'; img-src * data:; media-src * data:; style-src 'self' 'unsafe-inline'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
