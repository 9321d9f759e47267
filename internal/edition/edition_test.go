package edition

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const base = "https://feeds.example.org/blog/"

func doc(path string) Document { return Bytes(path, "text/plain", Feed, []byte(path)) }

func docs(paths ...string) []Document {
	var all []Document
	for _, p := range paths {
		all = append(all, doc(p))
	}
	return all
}

func TestNewRefusesWhatCannotBePublished(t *testing.T) {
	with := func(change func(*Document)) []Document {
		d := doc("rss.xml")
		change(&d)
		return []Document{d}
	}
	for _, tt := range []struct {
		name      string
		base      string
		docs      []Document
		redirects map[string]string
		gone      []string
		want      string
	}{
		{name: "base without a slash at the end", base: "https://example.org", want: `base: "https://example.org" is not`},
		{name: "base without a host", base: "/blog/", want: "base: "},
		{name: "base of another scheme", base: "file:///feeds/", want: "base: "},
		{name: "base with a query", base: "https://example.org/?a", want: "base: "},
		{name: "absolute path", docs: docs("/rss.xml"), want: `document "/rss.xml": not a path below the base`},
		{name: "path that leaves the directory", docs: docs("../rss.xml"), want: "not a path below the base"},
		{name: "path of a directory", docs: docs("tags/"), want: "not a path below the base"},
		{name: "the directory itself", docs: docs("."), want: "not a path below the base"},
		{name: "path of the staging directory", docs: docs(".staging/rss.xml"), want: ".staging is not for documents"},
		{name: "two documents at a path", docs: docs("rss.xml", "rss.xml"), want: `document "rss.xml": there are two`},
		{name: "a document below another", docs: docs("tags/a/rss.xml", "tags"), want: `document "tags/a/rss.xml": it is below the document "tags"`},
		{name: "no media type", docs: with(func(d *Document) { d.Type = "" }), want: "no media type"},
		{name: "unknown kind", docs: with(func(d *Document) { d.Kind = "sound" }), want: `kind "sound" is not known`},
		{name: "half a second", docs: with(func(d *Document) { d.MaxAge = time.Second / 2 }), want: "max-age 500ms is not in whole seconds"},
		{name: "no digest", docs: with(func(d *Document) { d.Digest = "" }), want: "no SHA-256 digest"},
		{name: "a literal", docs: []Document{{Path: "a", Type: "b/c", Kind: Page, Digest: doc("a").Digest}}, want: "made by neither Bytes nor File"},
		{name: "redirect to nothing", docs: docs("rss.xml"), redirects: map[string]string{"feed": "atom.xml"}, want: `redirect "feed": no document "atom.xml" to lead to`},
		{name: "redirect to a redirect", docs: docs("rss.xml"), redirects: map[string]string{"feed": "rss", "rss": "rss.xml"}, want: `redirect "feed": no document "rss"`},
		{name: "redirect outside the base", docs: docs("rss.xml"), redirects: map[string]string{"feed": "/rss.xml"}, want: `redirect "feed": "/rss.xml" is not below "/blog/"`},
		{name: "redirect at a document", docs: docs("rss.xml", "atom.xml"), redirects: map[string]string{"rss.xml": "atom.xml"}, want: `redirect "rss.xml": there is a document`},
		{name: "redirect at the address of a page", docs: docs("a/index.html", "b"), redirects: map[string]string{"a/": "b"}, want: `redirect "a/": there is a document`},
		{name: "redirect from an absolute path", docs: docs("rss.xml"), redirects: map[string]string{"/feed": "rss.xml"}, want: `redirect "/feed": not a path below the base`},
		{name: "gone at a document", docs: docs("rss.xml"), gone: []string{"rss.xml"}, want: `gone "rss.xml": there is a document`},
		{name: "gone at the address of a page", docs: docs("a/index.html"), gone: []string{"a/"}, want: `gone "a/": there is a document`},
		{name: "gone at a redirect", docs: docs("rss.xml"), redirects: map[string]string{"feed": "rss.xml"}, gone: []string{"feed"}, want: `gone "feed": there is a redirect`},
		{name: "gone outside", gone: []string{"../a"}, want: `gone "../a": not a path below the base`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.base == "" {
				tt.base = base
			}
			_, err := New(tt.base, tt.docs, tt.redirects, tt.gone)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestEditionLookups(t *testing.T) {
	e, err := New(base,
		docs("rss.xml", "index.html", "articles/b/index.html", "articles/a/index.html"),
		map[string]string{
			"feed":      "rss.xml",
			"rss":       "/blog/rss.xml",
			"articles/": "/blog/",
			"old/":      "articles/a/",
		},
		[]string{"articles/withdrawn/"})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for d := range e.Documents() {
		paths = append(paths, d.Path)
	}
	if want := []string{"articles/a/index.html", "articles/b/index.html", "index.html", "rss.xml"}; !slices.Equal(paths, want) || e.Len() != len(want) {
		t.Errorf("got %d documents %q, want %q", e.Len(), paths, want)
	}
	if d, ok := e.Document("rss.xml"); !ok || string(d.Content()) != "rss.xml" {
		t.Errorf("rss.xml: got %v, %v", d, ok)
	}
	if d, ok := e.Document("feed"); ok {
		t.Errorf("feed: got the document %v", d)
	}
	for from, want := range map[string]string{
		"feed":      "rss.xml",
		"rss":       "rss.xml",
		"articles/": "index.html",
		"old/":      "articles/a/index.html",
		"old":       "",
		"rss.xml":   "",
	} {
		if got, ok := e.Redirect(from); got != want || ok != (want != "") {
			t.Errorf("redirect %q: got %q, %v, want %q", from, got, ok, want)
		}
	}
	for path, want := range map[string]bool{"articles/withdrawn/": true, "rss.xml": false, "feed": false} {
		if got := e.Gone(path); got != want {
			t.Errorf("gone %q: got %v, want %v", path, got, want)
		}
	}
}

func TestDocumentAddress(t *testing.T) {
	for path, want := range map[string]string{
		"rss.xml":                 "rss.xml",
		"index.html":              "",
		"articles/a/index.html":   "articles/a/",
		"articles/a/myindex.html": "articles/a/myindex.html",
	} {
		if got := doc(path).Address(); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestDigestNamesAllThatIsPublishedAndNothingElse(t *testing.T) {
	type parts struct {
		base      string
		docs      []Document
		redirects map[string]string
		gone      []string
	}
	digest := func(change func(*parts)) string {
		p := parts{base, docs("a", "b"), map[string]string{"c": "a"}, []string{"d", "e"}}
		change(&p)
		e, err := New(p.base, p.docs, p.redirects, p.gone)
		if err != nil {
			t.Fatal(err)
		}
		return e.Digest
	}
	first := digest(func(*parts) {})
	for name, change := range map[string]func(*parts){
		"order":    func(p *parts) { slices.Reverse(p.docs); slices.Reverse(p.gone) },
		"modified": func(p *parts) { p.docs[0].Modified, p.docs[0].Twice = time.Unix(1, 0), true },
		"bytes or file": func(p *parts) {
			d := p.docs[0]
			p.docs[0] = File(d.Path, d.Type, d.Kind, d.Size, d.Digest, d.Open)
		},
	} {
		if got := digest(change); got != first {
			t.Errorf("%s: the digest differs", name)
		}
	}
	seen := map[string]string{first: "nothing"}
	for name, change := range map[string]func(*parts){
		"base":     func(p *parts) { p.base += "x/" },
		"path":     func(p *parts) { p.docs[1].Path = "bb" },
		"bytes":    func(p *parts) { p.docs[1] = Bytes("b", "text/plain", Feed, []byte("B")) },
		"type":     func(p *parts) { p.docs[1].Type = "text/html" },
		"kind":     func(p *parts) { p.docs[1].Kind = Page },
		"max-age":  func(p *parts) { p.docs[1].MaxAge = time.Second },
		"links":    func(p *parts) { p.docs[1].Links = []Link{{URL: "https://hub.example.org/", Rel: "hub"}} },
		"redirect": func(p *parts) { p.redirects["c"] = "b" },
		"gone":     func(p *parts) { p.gone = p.gone[1:] },
	} {
		got := digest(change)
		if other, ok := seen[got]; ok {
			t.Errorf("%s: the same digest as with a change of %s", name, other)
		}
		seen[got] = name
	}
}

func TestDocumentOpen(t *testing.T) {
	d := Bytes("a", "text/plain", Page, []byte("body"))
	for range 2 {
		r, err := d.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.(io.Seeker); !ok {
			t.Error("the reader cannot seek")
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != "body" {
			t.Errorf("got %q, %v", got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := string(d.Content()); got != "body" {
		t.Errorf("got content %q", got)
	}
	opened := 0
	f := File("a", "text/plain", Media, d.Size, d.Digest, func() (io.ReadCloser, error) {
		opened++
		return nil, fmt.Errorf("opened %d times", opened)
	})
	if f.Content() != nil {
		t.Error("a file has content in memory")
	}
	if _, err := f.Open(); err == nil || err.Error() != "opened 1 times" {
		t.Errorf("got %v", err)
	}
	if empty := Bytes("a", "text/plain", Page, nil); empty.Size != 0 || empty.Content() == nil {
		t.Errorf("an empty document: got %d bytes, %v", empty.Size, empty.Content())
	}
}

func TestTheDocumentsInADirectory(t *testing.T) {
	e, err := New(base, docs("a", "b/c", "b/d/e", "b-f", "b0", "g/h/i", "g/j", "z"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{".": "a b-f b0 z", "b": "b/c", "g": "g/j", "b/d": "b/d/e", "none": ""} {
		var got []string
		for d := range e.In(dir) {
			got = append(got, d.Path)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("in %s: got %q, want %q", dir, got, want)
		}
	}
}

// An edition that is made of the one before is the one that is made of nothing.
func TestWithIsNew(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	e, err := New(base, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Document{}
	for step := range 300 {
		var changed []Document
		var without []string
		for range random.IntN(4) {
			path := fmt.Sprintf("%c/%d.xml", 'a'+rune(random.IntN(3)), random.IntN(9))
			if random.IntN(3) == 0 {
				without = append(without, path)
				delete(all, path)
			}
		}
		for range random.IntN(4) {
			path := fmt.Sprintf("%c/%d.xml", 'a'+rune(random.IntN(3)), random.IntN(9))
			if slices.ContainsFunc(changed, func(d Document) bool { return d.Path == path }) {
				continue
			}
			d := Bytes(path, "application/xml", Feed, fmt.Append(nil, step))
			changed, all[path] = append(changed, d), d
		}
		if e, err = e.With(changed, without, nil, nil); err != nil {
			t.Fatal(err)
		}
		want, err := New(base, slices.Collect(maps.Values(all)), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(want, e); d != "" || e.Digest != want.Digest {
			t.Fatalf("step %d: %s", step, d)
		}
	}
}
