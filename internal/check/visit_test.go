package check

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// feedAt is a feed that says it is at an address.
func feedAt(self, more string) []byte {
	return []byte(`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0" xml:lang="en">
<id>tag:example.org,2023:/</id><title>T</title><updated>2023-11-20T08:00:00Z</updated><author><name>A</name></author>
<link rel="self" href="` + self + `"/>` + more + `
<entry><id>tag:example.org,2023:a</id><title>A</title><updated>2023-11-20T08:00:00Z</updated><content>` + strings.Repeat("text ", 400) + `</content></entry>
</feed>
`)
}

// good serves a body as it should be served.
func good(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/atom+xml; charset=utf-8")
		h.Set("Cache-Control", "max-age=900")
		h.Set("Vary", "Accept-Encoding")
		etag, sent := `"plain"`, body
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(body)
			z.Close()
			etag, sent = `"packed"`, b.Bytes()
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("ETag", etag)
		http.ServeContent(w, r, "", time.Date(2023, 11, 20, 8, 0, 0, 0, time.UTC), bytes.NewReader(sent))
	}
}

// TestVisit serves a feed in ways that harm readers.
func TestVisit(t *testing.T) {
	without := func(header string) func(http.HandlerFunc) http.HandlerFunc {
		return func(next http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) { next(dropping{w, header}, r) }
		}
	}
	setting := func(header, value string) func(http.HandlerFunc) http.HandlerFunc {
		return func(next http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) { next(overriding{w, header, value}, r) }
		}
	}
	forgetting := func(headers ...string) func(http.HandlerFunc) http.HandlerFunc {
		return func(next http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				for _, h := range headers {
					r.Header.Del(h)
				}
				next(w, r)
			}
		}
	}
	tests := []struct {
		name  string
		worse func(http.HandlerFunc) http.HandlerFunc
		want  string
	}{
		{"as it should be", func(h http.HandlerFunc) http.HandlerFunc { return h }, ""},
		{"without a type", setting("Content-Type", ""), "NoContentType"},
		{"as a page", setting("Content-Type", "text/plain; charset=utf-8"), "UnexpectedContentType"},
		{"as some XML", setting("Content-Type", "application/xml; charset=utf-8"), "NonSpecificMediaType"},
		{"as text of no charset", setting("Content-Type", "text/xml"), "TextXml"},
		{"in another charset than it is in", setting("Content-Type", "application/atom+xml; charset=iso-8859-1"), "EncodingMismatch"},
		{"without ETag", without("Etag"), "OneValidator"},
		{"with a tag without quotation marks", setting("Etag", "abc"), "InvalidETag SameETag NotConditional"},
		{"with the same tag for two forms", setting("Etag", `"abc"`), "SameETag NotConditional"},
		{"without Cache-Control", without("Cache-Control"), "NoCacheControl"},
		{"expired at once", setting("Expires", "0"), "ExpiresAtOnce"},
		{"without Vary", without("Vary"), "MissingVary"},
		{"modified tomorrow", setting("Last-Modified", time.Now().Add(24*time.Hour).UTC().Format(http.TimeFormat)), "FutureLastModified"},
		{"uncompressed", forgetting("Accept-Encoding"), "Uncompressed"},
		{"to everybody anew", forgetting("If-None-Match", "If-Modified-Since"), "NotConditional"},
		{"304 to every tag", func(next http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("If-None-Match") != "" {
					r.Header.Set("If-None-Match", "*")
				}
				next(w, r)
			}
		}, "FalseNotModified"},
		{"no answer to HEAD", func(next http.HandlerFunc) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					http.Error(w, "no", http.StatusMethodNotAllowed)
					return
				}
				next(w, r)
			}
		}, "HeadDiffers"},
		{"with another self in the header", setting("Link", `<https://example.org/other>; rel="self"`), "LinkHeaderDiffers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var handler http.HandlerFunc
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r) }))
			defer server.Close()
			handler = tt.worse(good(feedAt(server.URL+"/atom.xml", "")))
			got, err := visit(t, server.URL+"/atom.xml", false)
			if err != nil || got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

type dropping struct {
	http.ResponseWriter
	header string
}

func (d dropping) WriteHeader(status int) {
	d.Header().Del(d.header)
	d.ResponseWriter.WriteHeader(status)
}

type overriding struct {
	http.ResponseWriter
	header, value string
}

func (o overriding) WriteHeader(status int) {
	o.Header()[o.header] = []string{o.value}
	o.ResponseWriter.WriteHeader(status)
}

// visit returns the rules that a document offends, each once.
func visit(t *testing.T, address string, follow bool) (string, error) {
	t.Helper()
	v := NewVisitor(true)
	defer v.Close()
	visits, err := v.Visit(context.Background(), address, follow, nil)
	var rules []string
	for _, visit := range visits {
		for _, f := range visit.Findings {
			if !slices.Contains(rules, f.Rule) {
				rules = append(rules, f.Rule)
			}
		}
	}
	return strings.Join(rules, " "), err
}

// TestVisitFollows goes from a feed to its archives and hubs.
func TestVisitFollows(t *testing.T) {
	archive := func(id int, prev string) string {
		return fmt.Sprintf(`<link rel="prev-archive" href="%s"/>`, prev)
	}
	tests := []struct {
		name  string
		pages func(base string) map[string]string // more of the feed at a path
		hub   int
		want  string
	}{
		{"two archives", func(b string) map[string]string {
			return map[string]string{"/atom.xml": archive(0, b+"/1"), "/1": archive(1, b+"/2"), "/2": ""}
		}, 200, ""},
		{"an archive that is not there", func(b string) map[string]string {
			return map[string]string{"/atom.xml": archive(0, b+"/1")}
		}, 200, "ArchiveBroken"},
		{"archives in a circle", func(b string) map[string]string {
			return map[string]string{"/atom.xml": archive(0, b+"/1"), "/1": archive(1, b+"/atom.xml")}
		}, 200, "ArchiveLoop"},
		{"a hub that is there", func(b string) map[string]string {
			return map[string]string{"/atom.xml": `<link rel="hub" href="` + b + `/hub"/>`}
		}, 400, ""},
		{"a hub that is gone", func(b string) map[string]string {
			return map[string]string{"/atom.xml": `<link rel="hub" href="` + b + `/hub"/>`}
		}, 404, "HubBroken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var server *httptest.Server
			server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				more, ok := tt.pages(server.URL)[r.URL.Path]
				switch {
				case r.URL.Path == "/hub":
					w.WriteHeader(tt.hub)
				case !ok:
					http.NotFound(w, r)
				default:
					good(feedAt(server.URL+r.URL.Path, more))(w, r)
				}
			}))
			defer server.Close()
			if got, err := visit(t, server.URL+"/atom.xml", true); err != nil || got != tt.want {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestVisitRedirects(t *testing.T) {
	var server *httptest.Server
	mux := http.NewServeMux()
	server = httptest.NewServer(mux)
	defer server.Close()
	mux.Handle("/atom.xml", good(feedAt(server.URL+"/atom.xml", "")))
	mux.Handle("/old", http.RedirectHandler("/atom.xml", http.StatusMovedPermanently))
	mux.Handle("/now", http.RedirectHandler("/atom.xml", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.Handle("/file", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.Handle("/large", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		page := make([]byte, 1<<20)
		for range 21 {
			w.Write(page)
		}
	}))
	mux.Handle("/bomb", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		page := make([]byte, 1<<20)
		for range 21 {
			z.Write(page)
		}
		z.Close()
	}))
	for path, want := range map[string]string{"/old": "PermRedirect", "/now": "TempRedirect"} {
		if got, err := visit(t, server.URL+path, false); err != nil || got != want {
			t.Errorf("%s: got %q (%v), want %q", path, got, err, want)
		}
	}
	for path, want := range map[string]string{
		"/loop": "more than 10 redirects", "/file": "only addresses of http and https", "/missing": "404",
		"/large": "more than 20 MB", "/bomb": "more than 20 MB when it is unpacked",
	} {
		if _, err := visit(t, server.URL+path, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want %q", path, err, want)
		}
	}
}

// TestVisitRefuses keeps a visitor to public addresses, also where a redirect
// or another notation leads elsewhere.
func TestVisitRefuses(t *testing.T) {
	server := httptest.NewServer(good(feedAt("https://example.org/", "")))
	defer server.Close()
	v := NewVisitor(false)
	defer v.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "100.64.0.1",
		"169.254.169.254", "172.16.0.1", "192.168.0.1", "198.18.0.1", "240.0.0.1", "224.0.0.1", "[64:ff9b::7f00:1]", "[fc00::1]",
		"[fe80::1]", "[2002:7f00:1::]", "[2001:db8::1]", "192.0.2.1"} {
		_, err := v.Visit(context.Background(), "http://"+host+port+"/", false, nil)
		if !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: got %v, want a refusal", host, err)
		}
	}
}
