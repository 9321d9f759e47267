package check

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What concerns the way in which a document is served.
var (
	tempRedirect     = rule{"TempRedirect", Advice, "RFC 9110, section 15.4.3", "redirect for good with 301 or 308 if the feed has moved"}
	permRedirect     = rule{"PermRedirect", Advice, "RFC 9110, section 15.4.2", "give readers the new address; keep the old one answering"}
	insecureRedirect = rule{"InsecureRedirect", Warning, "RFC 9110, section 17.7", "redirect to https"}
	noContentType    = rule{"NoContentType", Warning, "RFC 9110, section 8.3", "say what the document is"}
	textXML          = rule{"TextXml", Advice, "RFC 7303, section 3", "serve it as application/rss+xml or application/atom+xml, with charset=utf-8"}
	genericType      = rule{"NonSpecificMediaType", Advice, "RFC 9110, section 8.3", "serve it as what it is"}
	noValidator      = rule{"NoValidator", Warning, "RFC 9110, section 8.8", "send ETag and Last-Modified: readers fetch the whole feed each time without"}
	oneValidator     = rule{"OneValidator", Advice, "RFC 9110, section 8.8.3.1", "send both ETag and Last-Modified"}
	invalidETag      = rule{"InvalidETag", Error, "RFC 9110, section 8.8.3", "put it into quotation marks"}
	invalidHTTPDate  = rule{"InvalidHTTPDate", Error, "RFC 9110, section 5.6.7", "write it as Mon, 20 Nov 2023 00:00:00 GMT"}
	futureModified   = rule{"FutureLastModified", Warning, "RFC 9110, section 8.8.2.1", "send no date later than Date"}
	notConditional   = rule{"NotConditional", Warning, "RFC 9110, section 13.1", "answer 304 when the reader has what is served"}
	falseNotModified = rule{"FalseNotModified", Warning, "RFC 9110, section 13.1.2", "answer 200 to a tag that is not the document's: readers miss changes"}
	notModified      = rule{"NotModifiedHeaders", Warning, "RFC 9110, section 15.4.5", "repeat in 304 what a 200 would say"}
	uncompressed     = rule{"Uncompressed", Advice, "RFC 9110, section 8.4", "compress it for those who ask"}
	missingVary      = rule{"MissingVary", Warning, "RFC 9110, section 12.5.5", "send Vary: Accept-Encoding with every form of the document"}
	sameETag         = rule{"SameETag", Warning, "RFC 9110, section 8.8.3.3", "give each encoding an ETag of its own, or weak ones"}
	noCacheControl   = rule{"NoCacheControl", Advice, "RFC 9111, section 4.2.2", "send Cache-Control: max-age, which readers poll by"}
	expiresAtOnce    = rule{"ExpiresAtOnce", Warning, "RFC 9111, section 5.3", "leave Expires out: some readers then ignore ETag"}
	headDiffers      = rule{"HeadDiffers", Warning, "RFC 9110, section 9.3.2", "answer HEAD as GET, without the body"}
	linkHeader       = rule{"LinkHeaderDiffers", Warning, "WebSub, section 4", "say the same in the Link header and in the feed"}
	hubBroken        = rule{"HubBroken", Warning, "WebSub, section 4", "name a hub that works, and ping it"}
	hubWithoutSelf   = rule{"HubWithoutSelf", Warning, "WebSub, section 4", "name the topic too: a link self"}
	archiveBroken    = rule{"ArchiveBroken", Error, "RFC 5005, section 4", "publish the archive, or take the link out"}
	archiveLoop      = rule{"ArchiveLoop", Error, "RFC 5005, section 4", "let each archive lead to an older one"}
	archiveID        = rule{"ArchiveID", Warning, "RFC 5005, section 4", "give every document of a feed the same id"}
)

var (
	eTagForm      = pattern(`^(W/)?"[\x21\x23-\x7e\x80-\xff]*"$`)
	worthwhile    = 1400 // bytes that fit into one packet anyway
	repeatedBy304 = []string{"ETag", "Cache-Control", "Vary", "Expires", "Content-Location"}
)

// http judges how a document is served, and asks again with conditions.
func (t *tour) http(ctx context.Context, s *stop, response *http.Response, size int) {
	t.mediaType(s)
	t.linkHeaders(s)
	etag, modified := response.Header.Get("ETag"), response.Header.Get("Last-Modified")
	switch {
	case etag == "" && modified == "":
		s.report(noValidator, "neither ETag nor Last-Modified")
	case etag == "":
		s.report(oneValidator, "Last-Modified without ETag")
	case modified == "":
		s.report(oneValidator, "ETag without Last-Modified")
	}
	if etag != "" && !eTagForm().MatchString(etag) {
		s.report(invalidETag, "ETag %s is not in quotation marks", clip(etag))
	}
	if modified != "" {
		if when, err := http.ParseTime(modified); err != nil {
			s.report(invalidHTTPDate, "Last-Modified %q", clip(modified))
		} else if when.After(t.now().Add(time.Minute)) {
			s.report(futureModified, "Last-Modified %q is in the future", clip(modified))
		}
	}
	if response.Header.Get("Cache-Control") == "" && response.Header.Get("Expires") == "" {
		s.report(noCacheControl, "neither Cache-Control nor Expires")
	}
	if e := response.Header.Get("Expires"); e == "0" || e == "-1" {
		s.report(expiresAtOnce, "Expires: %s", e)
	}
	t.compression(ctx, s, response, size)
	t.conditions(ctx, s, response)
	if head, _, err := t.fetch(ctx, &stop{Visit: Visit{Address: s.Address}, url: s.url}, http.MethodHead, http.Header{"Accept-Encoding": {"gzip"}}); err != nil {
		s.report(headDiffers, "HEAD: %v", err)
	} else if head.StatusCode != http.StatusOK {
		s.report(headDiffers, "HEAD is answered %s", head.Status)
	} else if got, want := head.Header.Get("Content-Type"), response.Header.Get("Content-Type"); got != want {
		s.report(headDiffers, "HEAD says Content-Type %q, GET %q", clip(got), clip(want))
	}
}

func (t *tour) mediaType(s *stop) {
	kind, charset := typeOf(s.served)
	if kind == "" {
		s.report(noContentType, "no Content-Type that can be read: %q", clip(s.served.Get("Content-Type")))
		return
	}
	if s.reading == nil {
		return
	}
	known := mediaTypes[s.reading.Format]
	switch {
	case !slices.Contains(known, kind):
		already := func(f Finding) bool { return f.Rule == unexpectedContentType.name }
		if !slices.ContainsFunc(s.Findings, already) {
			s.report(unexpectedContentType, "a feed is served as %s", clip(kind))
		}
	case kind == "text/xml" && charset == "":
		s.report(textXML, "text/xml without a charset")
	case kind != known[0] && kind != "application/rdf+xml":
		s.report(genericType, "%s instead of %s", clip(kind), known[0])
	}
}

// linkHeaders compares what the Link headers say with what the feed says:
// subscribers to hubs look at the headers first.
func (t *tour) linkHeaders(s *stop) {
	if s.reading == nil {
		return
	}
	selfs, hubs := s.links("self"), s.links("hub")
	if len(selfs) > 1 {
		s.report(linkHeader, "%d Link headers with rel=self", len(selfs))
	}
	if len(selfs) == 1 && s.reading.Self != "" && selfs[0] != s.reading.Self {
		s.report(linkHeader, "the header's self is %q, the feed's %q", clip(selfs[0]), clip(s.reading.Self))
	}
	if len(hubs) > 0 && len(s.reading.hubs) > 0 && !slices.Equal(slices.Sorted(slices.Values(hubs)), slices.Sorted(slices.Values(s.reading.hubs))) {
		s.report(linkHeader, "the header's hubs are %s, the feed's %s", clip(strings.Join(hubs, " ")), clip(strings.Join(s.reading.hubs, " ")))
	}
	if len(hubs)+len(s.reading.hubs) > 0 && len(selfs) == 0 && s.reading.Self == "" {
		s.report(hubWithoutSelf, "a hub and no self link")
	}
}

// compression asks for the document as it is and compares it with the
// compressed one.
func (t *tour) compression(ctx context.Context, s *stop, response *http.Response, size int) {
	if response.Header.Get("Content-Encoding") == "" {
		if size > worthwhile {
			s.report(uncompressed, "%d bytes are sent uncompressed", size)
		}
		return
	}
	varies := strings.ToLower(strings.Join(response.Header.Values("Vary"), ","))
	if !strings.Contains(varies, "accept-encoding") && !strings.Contains(varies, "*") {
		s.report(missingVary, "compressed without Vary: Accept-Encoding")
	}
	plain, _, err := t.fetch(ctx, &stop{Visit: Visit{Address: s.Address}, url: s.url}, http.MethodGet, http.Header{"Accept-Encoding": {"identity"}})
	if err != nil || plain.StatusCode != http.StatusOK || plain.Header.Get("Content-Encoding") != "" {
		return
	}
	etag := response.Header.Get("ETag")
	if etag != "" && !strings.HasPrefix(etag, "W/") && plain.Header.Get("ETag") == etag {
		s.report(sameETag, "ETag %s for the document compressed and not", clip(etag))
	}
	if varies := strings.ToLower(strings.Join(plain.Header.Values("Vary"), ",")); !strings.Contains(varies, "accept-encoding") && !strings.Contains(varies, "*") {
		s.report(missingVary, "uncompressed without Vary: Accept-Encoding, though there is a compressed form")
	}
}

// conditions asks again as a reader does that has the document.
func (t *tour) conditions(ctx context.Context, s *stop, response *http.Response) {
	ask := func(key, value string) *http.Response {
		again, _, err := t.fetch(ctx, &stop{Visit: Visit{Address: s.Address}, url: s.url}, http.MethodGet, http.Header{"Accept-Encoding": {"gzip"}, key: {value}})
		if err != nil {
			s.report(notConditional, "asked with %s: %v", key, err)
			return nil
		}
		return again
	}
	if etag := response.Header.Get("ETag"); etag != "" {
		if again := ask("If-None-Match", etag); again != nil {
			t.notModified(s, "If-None-Match", response, again)
		}
		if again := ask("If-None-Match", `"feedmill-validate-no-such-tag"`); again != nil && again.StatusCode == http.StatusNotModified {
			s.report(falseNotModified, "304 to an ETag that the document never had")
		}
	}
	if modified := response.Header.Get("Last-Modified"); modified != "" {
		if again := ask("If-Modified-Since", modified); again != nil {
			t.notModified(s, "If-Modified-Since", response, again)
		}
	}
}

// notModified judges the answer to a condition that does not hold.
func (t *tour) notModified(s *stop, key string, response, again *http.Response) {
	if again.StatusCode != http.StatusNotModified {
		// A feed that changed in between has other validators.
		if again.Header.Get("ETag") == response.Header.Get("ETag") && again.Header.Get("Last-Modified") == response.Header.Get("Last-Modified") {
			s.report(notConditional, "%s is answered %s", key, again.Status)
		}
		return
	}
	for _, header := range repeatedBy304 {
		if response.Header.Get(header) != "" && again.Header.Get(header) == "" {
			s.report(notModified, "304 to %s without %s", key, header)
		}
	}
}
