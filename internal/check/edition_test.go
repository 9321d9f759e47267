package check

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"

	"github.com/google/go-cmp/cmp"
)

func page(path string) edition.Document {
	return edition.Bytes(path, "text/html; charset=utf-8", edition.Page,
		[]byte(`<!doctype html><html lang="en"><head><title>T</title></head><body><p>x</p></body></html>`))
}

// siteDocs returns the feeds and pages of a whole site.
func siteDocs(slugs ...string) []edition.Document {
	docs := append(feedDocs(slugs...), page("index.html"))
	for _, slug := range slugs {
		docs = append(docs, page("articles/"+slug+"/index.html"))
	}
	return docs
}

func without(docs []edition.Document, path string) []edition.Document {
	var rest []edition.Document
	for _, d := range docs {
		if d.Path != path {
			rest = append(rest, d)
		}
	}
	return rest
}

func replaced(docs []edition.Document, path, old, new string) []edition.Document {
	var all []edition.Document
	for _, d := range docs {
		if d.Path == path {
			d = edition.Bytes(d.Path, d.Type, d.Kind, []byte(strings.Replace(string(d.Content()), old, new, 1)))
		}
		all = append(all, d)
	}
	return all
}

func TestEdition(t *testing.T) {
	good := siteDocs("a", "b")
	lost := edition.File("rss.xml", "application/rss+xml", edition.Feed, 1, strings.Repeat("0", 64),
		func() (io.ReadCloser, error) { return nil, errors.New("gone") })
	kept := edition.File("picture.jpg", "image/jpeg", edition.Media, 1, strings.Repeat("1", 64),
		func() (io.ReadCloser, error) {
			t.Error("a picture was read, want it left alone")
			return nil, errors.New("read")
		})
	tests := []struct {
		name      string
		prev      []edition.Document // nil: none
		next      []edition.Document
		redirects map[string]string
		want      []string
	}{
		{"the first edition", nil, good, nil, nil},
		{"an edition with a picture", nil, append([]edition.Document{kept}, good...), nil, nil},
		{"a fault in a feed", nil, replaced(good, "atom.xml", "<content>x</content>", "<content>x</content><b/>"), nil,
			[]string{"atom.xml error UndefinedElement " + id("a")}},
		{"a fault in a page", nil, replaced(good, "index.html", "<title>T</title>", ""), nil, []string{"index.html error PageTitle"}},
		{"a fault that was there before", replaced(good, "index.html", "<title>T</title>", ""), replaced(good, "index.html", "<title>T</title>", ""), nil, nil},
		{"a self link to elsewhere", nil, replaced(good, "rss.xml", base+"rss.xml", base+"feed.rss"), nil,
			[]string{"rss.xml error SelfDoesntMatchLocation", "rss.xml error BrokenLink"}},
		{"no self link", nil, replaced(good, "rss.xml", `<atom:link rel="self" href="`+base+`rss.xml"/>`, ""), nil,
			[]string{"rss.xml error MissingAtomSelfLink"}},
		{"no page for an entry", nil, without(good, "articles/b/index.html"), nil,
			[]string{"atom.xml error BrokenLink " + id("b"), "feed.json error BrokenLink " + id("b"), "rss.xml error BrokenLink " + id("b")}},
		{"a redirect for an entry", nil, without(good, "articles/b/index.html"), map[string]string{"articles/b/": "articles/a/index.html"}, nil},
		{"no landing page", nil, without(good, "index.html"), nil,
			[]string{"atom.xml error BrokenLink", "feed.json error BrokenLink", "rss.xml error BrokenLink"}},
		{"a page is removed and the feeds are as before", good, without(good, "articles/b/index.html"), nil,
			[]string{"atom.xml error BrokenLink " + id("b"), "feed.json error BrokenLink " + id("b"), "rss.xml error BrokenLink " + id("b")}},
		{"an entry that one format does not have", nil, append(without(good, "feed.json"), feedDocs("a")[2]), nil,
			[]string{"feed.json error IDsDiffer " + id("b")}},
		{"an entry that only one format has", nil, append(without(siteDocs("a", "b"), "rss.xml"), feedDocs("a", "b", "a2")[0], page("articles/a2/index.html")), nil,
			[]string{"rss.xml error IDsDiffer " + id("a2")}},
		{"a format that was changed alone", good, append(without(good, "feed.json"), feedDocs("a")[2]), nil,
			[]string{"feed.json error IDsDiffer " + id("b")}},
		{"a document that cannot be read", nil, append(without(good, "rss.xml"), lost), nil, []string{"rss.xml error Unreadable"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var prev *edition.Edition
			if tt.prev != nil {
				prev = published(t, nil, tt.prev...)
			}
			var got []string
			for _, f := range new(Reader).Edition(prev, published(t, tt.redirects, tt.next...), nil, time.Time{}) {
				got = append(got, strings.TrimSpace(f.Document+" "+f.Level.String()+" "+f.Rule+" "+f.Entry))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}
