package check

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// The limits of a visit.
const (
	MaxDocument  = 20 << 20 // bytes of one document, compressed or not; it is held in memory
	maxRedirects = 10
	visitTimeout = 30 * time.Second // of one request, redirects included
	maxArchives  = 200              // documents that are followed
)

// A Visitor fetches documents as a feed reader does, and judges them and how
// they are served. It speaks http and https only, with limits of size, time
// and redirects, and keeps to public addresses: they are looked at when the
// connection is made, after the name was resolved.
type Visitor struct {
	client *http.Client
	now    func() time.Time
}

// MaxFile is how many bytes of a file are judged: sitemaps have up to 50 MB.
const MaxFile = 128 << 20

// ErrPrivate is in the error of a visit to an address that is not public.
var ErrPrivate = errors.New("not a public address")

// NewVisitor returns a visitor; private lets it visit every address.
func NewVisitor(private bool) *Visitor {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if !private {
		dialer.Control = ssrf.New(ssrf.WithAnyPort()).Safe
	}
	return &Visitor{
		now: time.Now,
		client: &http.Client{
			Timeout: visitTimeout,
			Transport: &http.Transport{
				// No proxy: it would make the connection in our stead.
				DialContext:            dialer.DialContext,
				TLSHandshakeTimeout:    10 * time.Second,
				ResponseHeaderTimeout:  20 * time.Second,
				MaxResponseHeaderBytes: 1 << 20,
				DisableCompression:     true, // what is compressed is judged here
				ForceAttemptHTTP2:      true,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close closes the connections that are kept open.
func (v *Visitor) Close() { v.client.CloseIdleConnections() }

// A Visit is what became of one address.
type Visit struct {
	Address  string // as it was asked for
	Findings []Finding
	Feed     []Entry // the entries, when it is a feed
}

// Visit fetches the document at an address and judges it. With follow it goes
// on to what the feed links to as itself: its archives and its hubs, each a
// visit of its own. An error says why the document could not be read.
func (v *Visitor) Visit(ctx context.Context, address string, follow bool, profile *Profile) ([]Visit, error) {
	t := &tour{Visitor: v, profile: profile, seen: map[string]bool{}}
	first, err := t.document(ctx, address)
	if err != nil {
		return nil, err
	}
	visits := []Visit{first.Visit}
	if follow && first.reading != nil {
		visits = append(visits, t.follow(ctx, first)...)
	}
	return visits, nil
}

// tour is one call of Visit.
type tour struct {
	*Visitor
	profile *Profile
	seen    map[string]bool
}

// stop is one document of a tour.
type stop struct {
	Visit
	url     string   // after redirects
	reading *Reading // nil when it is no feed
	served  http.Header
	body    []byte
}

func (s *stop) report(r rule, format string, args ...any) {
	s.Findings = append(s.Findings, Finding{
		Document: s.Address, Level: r.level, Rule: r.name, Source: r.source, Hint: r.hint, Text: fmt.Sprintf(format, args...),
	})
}

// document visits one document.
func (t *tour) document(ctx context.Context, address string) (*stop, error) {
	s := &stop{Visit: Visit{Address: address}, url: address}
	response, body, err := t.fetch(ctx, s, http.MethodGet, http.Header{"Accept-Encoding": {"gzip"}})
	if err != nil {
		return nil, err
	}
	t.seen[address], t.seen[s.url] = true, true
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch %q: %s", address, response.Status)
	}
	s.served = response.Header
	plain, err := decoded(response.Header, body)
	if err != nil {
		return nil, fmt.Errorf("fetch %q: %w", address, err)
	}
	s.body = plain
	if reading, err := Read(plain); err == nil {
		s.reading, s.Feed = &reading, reading.Entries
	}
	source := Source{Path: address, Type: response.Header.Get("Content-Type"), URL: s.url, Now: t.now(), Profile: t.profile}
	for _, f := range source.Judge(plain) {
		// A feed that was redirected may still name the address that was asked for.
		if f.Rule == selfDoesntMatchLocation.name && s.reading != nil && canonical(s.reading.Self) == canonical(address) {
			continue
		}
		s.Findings = append(s.Findings, f)
	}
	t.http(ctx, s, response, len(body))
	return s, nil
}

// decoded returns a body without the coding that its header names.
func decoded(header http.Header, body []byte) ([]byte, error) {
	switch coding := strings.ToLower(header.Get("Content-Encoding")); coding {
	case "gzip", "x-gzip":
		return gunzip(body)
	case "", "identity":
		return body, nil
	default:
		return nil, fmt.Errorf("the answer is in %q, which was not asked for", coding)
	}
}

// Fetch reads the feed at an address and the documents of its past that it leads
// to (RFC 5005, and next_url in JSON Feed), newest first; nothing is judged.
// What can be read comes with an error that says what cannot.
func (v *Visitor) Fetch(ctx context.Context, address string) ([]Reading, error) {
	t := &tour{Visitor: v, seen: map[string]bool{}}
	var readings []Reading
	for next := address; next != ""; {
		if len(readings) > maxArchives {
			return readings, fmt.Errorf("%s: more than %d archives", address, maxArchives)
		}
		s := &stop{Visit: Visit{Address: next}, url: next}
		response, body, err := t.fetch(ctx, s, http.MethodGet, http.Header{"Accept-Encoding": {"gzip"}})
		if err != nil {
			return readings, err
		}
		if response.StatusCode != http.StatusOK {
			return readings, fmt.Errorf("fetch %q: %s", next, response.Status)
		}
		if body, err = decoded(response.Header, body); err != nil {
			return readings, fmt.Errorf("fetch %q: %w", next, err)
		}
		reading, err := Read(body)
		if err != nil {
			return readings, fmt.Errorf("%s: %w", next, err)
		}
		if u, err := url.Parse(reading.Self); err != nil || !u.IsAbs() {
			reading.Self = s.url
		}
		t.seen[next], t.seen[s.url] = true, true
		readings = append(readings, reading)
		if next = reading.Older(); next == "" {
			break
		}
		base, err := url.Parse(s.url)
		if err != nil {
			return readings, err
		}
		u, err := base.Parse(next)
		if err != nil {
			return readings, fmt.Errorf("%s: the document before it: %w", s.url, err)
		}
		if next = u.String(); t.seen[next] {
			break
		}
	}
	return readings, nil
}

// fetch asks for s.url and follows redirects, which it reports the first time.
func (t *tour) fetch(ctx context.Context, s *stop, method string, headers http.Header) (*http.Response, []byte, error) {
	for range maxRedirects + 1 {
		u, err := url.Parse(s.url)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, nil, fmt.Errorf("fetch %q: only addresses of http and https are visited", s.url)
		}
		request, err := http.NewRequestWithContext(ctx, method, s.url, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("fetch %q: %w", s.url, err)
		}
		request.Header = headers.Clone()
		request.Header.Set("User-Agent", "feedmill validate")
		request.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5")
		response, err := t.client.Do(request)
		if err != nil {
			if errors.Is(err, ssrf.ErrProhibitedIP) {
				err = fmt.Errorf("%s: %w", u.Host, ErrPrivate)
			}
			return nil, nil, fmt.Errorf("fetch %q: %w", s.url, err)
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, MaxDocument+1))
		response.Body.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("fetch %q: %w", s.url, err)
		}
		if len(body) > MaxDocument {
			return nil, nil, fmt.Errorf("fetch %q: more than %d MB", s.url, MaxDocument>>20)
		}
		location := response.Header.Get("Location")
		switch response.StatusCode {
		case http.StatusMovedPermanently, http.StatusPermanentRedirect, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		default:
			return response, body, nil
		}
		next, err := u.Parse(location)
		if err != nil || location == "" {
			return nil, nil, fmt.Errorf("fetch %q: %s without a usable Location", s.url, response.Status)
		}
		switch {
		case u.Scheme == "https" && next.Scheme == "http":
			s.report(insecureRedirect, "%s leads from https to %q", response.Status, clip(next.String()))
		case response.StatusCode == http.StatusMovedPermanently || response.StatusCode == http.StatusPermanentRedirect:
			s.report(permRedirect, "%s leads to %q", response.Status, clip(next.String()))
		default:
			s.report(tempRedirect, "%s leads to %q", response.Status, clip(next.String()))
		}
		s.url = next.String()
	}
	return nil, nil, fmt.Errorf("fetch %q: more than %d redirects", s.Address, maxRedirects)
}

// gunzip unpacks a body within the limit of size.
func gunzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, MaxDocument+1))
	if err != nil {
		return nil, err
	}
	if len(plain) > MaxDocument {
		return nil, fmt.Errorf("more than %d MB when it is unpacked", MaxDocument>>20)
	}
	return plain, nil
}

// follow visits the archives and the hubs of a feed.
func (t *tour) follow(ctx context.Context, first *stop) []Visit {
	var visits []Visit
	for _, hub := range t.hubs(first) {
		visits = append(visits, t.hub(ctx, hub))
	}
	at := first
	for range maxArchives {
		next := at.reading.Older()
		if next == "" {
			return visits
		}
		if base, err := url.Parse(at.url); err == nil {
			if u, err := base.Parse(next); err == nil {
				next = u.String()
			}
		}
		if t.seen[next] {
			loop := stop{Visit: Visit{Address: at.Address}}
			loop.report(archiveLoop, "leads back to %q", clip(next))
			return append(visits, loop.Visit)
		}
		archive, err := t.document(ctx, next)
		if err != nil {
			broken := stop{Visit: Visit{Address: at.Address}}
			broken.report(archiveBroken, "leads to a document that cannot be read: %v", err)
			return append(visits, broken.Visit)
		}
		switch {
		case archive.reading == nil:
			archive.report(archiveBroken, "is not a feed")
		case archive.reading.ID != first.reading.ID && first.reading.Format == Atom:
			archive.report(archiveID, "has the id %q, the feed %q", clip(archive.reading.ID), clip(first.reading.ID))
		}
		visits = append(visits, archive.Visit)
		if archive.reading == nil {
			return visits
		}
		at = archive
	}
	long := stop{Visit: Visit{Address: first.Address}}
	long.report(validatorLimit, "more than %d archives: the older ones were not visited", maxArchives)
	return append(visits, long.Visit)
}

// Older returns the address of the document that comes before this one, as it
// is written; empty when there is none.
func (r *Reading) Older() string {
	for _, what := range []string{"prev-archive link", "next link", "next_url"} {
		for _, l := range r.links {
			if l.what == what && l.entry == "" {
				return l.url
			}
		}
	}
	return ""
}

// hubs returns the addresses of the hubs of a feed.
func (t *tour) hubs(s *stop) []string {
	var hubs []string
	for _, l := range s.links("hub") {
		if !t.seen[l] {
			t.seen[l] = true
			hubs = append(hubs, l)
		}
	}
	for _, l := range s.reading.hubs {
		if !t.seen[l] {
			t.seen[l] = true
			hubs = append(hubs, l)
		}
	}
	return hubs
}

// hub asks whether a hub is there. It is not subscribed to: what a hub says to
// a request without parameters is its own affair, as long as it answers.
func (t *tour) hub(ctx context.Context, address string) Visit {
	s := &stop{Visit: Visit{Address: address}, url: address}
	response, _, err := t.fetch(ctx, s, http.MethodGet, http.Header{})
	switch {
	case err != nil:
		s.report(hubBroken, "does not answer: %v", err)
	case response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone || response.StatusCode >= 500:
		s.report(hubBroken, "answers %s", response.Status)
	}
	return s.Visit
}

// links returns the targets of the Link headers with a relation (RFC 8288).
func (s *stop) links(rel string) []string {
	base, err := url.Parse(s.url)
	if err != nil {
		return nil
	}
	var targets []string
	for _, header := range s.served.Values("Link") {
		for header != "" {
			var target, params string
			_, rest, ok := strings.Cut(header, "<")
			if !ok {
				break
			}
			if target, rest, ok = strings.Cut(rest, ">"); !ok {
				break
			}
			params, header = untilComma(rest)
			_, attrs, err := mime.ParseMediaType("x/x" + strings.TrimRight(params, "; "))
			if err != nil {
				continue
			}
			for _, r := range strings.Fields(strings.ToLower(attrs["rel"])) {
				if u, err := base.Parse(target); err == nil && r == rel {
					targets = append(targets, u.String())
				}
			}
		}
	}
	return targets
}

// untilComma cuts at the first comma that is not in quotation marks.
func untilComma(v string) (before, after string) {
	quoted := false
	for i := range len(v) {
		switch {
		case v[i] == '"':
			quoted = !quoted
		case v[i] == ',' && !quoted:
			return v[:i], v[i+1:]
		}
	}
	return v, ""
}

// mediaTypes are the types that a format may be served with, the best first.
var mediaTypes = map[Format][]string{
	RSS:  {"application/rss+xml", "application/rdf+xml", "application/xml", "text/xml"},
	Atom: {"application/atom+xml", "application/xml", "text/xml"},
	JSON: {"application/feed+json", "application/json"},
}

// typeOf returns the media type of a document as it is served.
func typeOf(header http.Header) (kind string, charset string) {
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return "", ""
	}
	return kind, cmp.Or(params["charset"], "")
}
