package check

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// said writes what became of a match, for comparing.
func said(m Matching) []string {
	var all []string
	for _, p := range m.Pairs {
		all = append(all, fmt.Sprintf("%s is %d by %s", p.Entry.ID, p.Story, p.By))
	}
	for _, e := range m.Unknown {
		all = append(all, e.ID+" is unknown")
	}
	for _, u := range m.Unclear {
		if u.Twin != nil {
			all = append(all, u.Entry.ID+" is a twin")
		} else {
			all = append(all, fmt.Sprintf("%s may be %v", u.Entry.ID, u.Stories))
		}
	}
	for _, p := range m.Other {
		all = append(all, fmt.Sprintf("%s is %d otherwise", p.Entry.ID, p.Story))
	}
	for _, i := range m.Untold {
		all = append(all, fmt.Sprintf("%d is untold", i))
	}
	return all
}

func TestMatch(t *testing.T) {
	const page = "https://www.example.org/2023/tides/"
	on := at("2023-11-20T08:00:00Z")
	tides := Story{ID: "tag:example.org,2026:tides", Addresses: []string{page}, Title: "The tides", Published: on}
	other := Story{Addresses: []string{"https://www.example.org/2023/other/"}, Title: "Other", Published: on}
	by := func(link string) Reading {
		return Reading{Entries: []Entry{{ID: "x", Title: "Something else", Link: link, Published: on.AddDate(1, 0, 0)}}}
	}
	titled := func(title string, on time.Time) Reading {
		return Reading{Entries: []Entry{{ID: "x", Title: title, Link: "https://old.example.org/?p=1", Published: on}}}
	}
	skopje := time.FixedZone("", 3600)
	for name, test := range map[string]struct {
		feeds   []Reading
		stories []Story
		want    []string
	}{
		"by the id that the article states": {
			[]Reading{{Entries: []Entry{{ID: tides.ID, Title: "x"}}}}, []Story{tides}, []string{tides.ID + " is 0 by id"},
		},
		"by the link as it is":                      {[]Reading{by(page)}, []Story{tides, other}, []string{"x is 0 by link", "1 is untold"}},
		"by http for https":                         {[]Reading{by("http://www.example.org/2023/tides/")}, []Story{tides}, []string{"x is 0 by link"}},
		"by a host in capitals, with its port":      {[]Reading{by("https://WWW.Example.ORG:443/2023/tides/")}, []Story{tides}, []string{"x is 0 by link"}},
		"without the slash":                         {[]Reading{by("https://www.example.org/2023/tides")}, []Story{tides}, []string{"x is 0 by link"}},
		"with index.html":                           {[]Reading{by(page + "index.html")}, []Story{tides}, []string{"x is 0 by link"}},
		"with parameters that count visitors":       {[]Reading{by(page + "?utm_source=rss&utm_medium=feed&fbclid=1")}, []Story{tides}, []string{"x is 0 by link"}},
		"not with parameters that lead elsewhere":   {[]Reading{by("https://www.example.org/2023/?p=tides")}, []Story{tides}, []string{"x is unknown", "0 is untold"}},
		"not by the page's other part":              {[]Reading{by("https://www.example.org/2023/")}, []Story{tides}, []string{"x is unknown", "0 is untold"}},
		"by percent-encoding of any form":           {[]Reading{by("https://www.example.org/%d0%bf%D1%80")}, []Story{{Addresses: []string{"https://www.example.org/пр/"}}}, []string{"x is 0 by link"}},
		"by a link that is relative to the feed":    {[]Reading{{Self: "https://www.example.org/feed.xml", Entries: []Entry{{ID: "x", Link: "/2023/tides"}}}}, []Story{tides}, []string{"x is 0 by link"}},
		"by title and day":                          {[]Reading{titled("The  Tides", on.Add(3*time.Hour))}, []Story{tides}, []string{"x is 0 by title and day"}},
		"by a title with other marks and elements":  {[]Reading{titled("<em>It’s</em> “the” tides &amp;amp; more", on)}, []Story{{Title: `It's "the" tides & more`, Published: on}}, []string{"x is 0 by title and day"}},
		"by the day where the site is":              {[]Reading{titled("The tides", at("2023-11-19T23:00:00Z"))}, []Story{tides}, []string{"x is 0 by title and day"}},
		"not by title and another day":              {[]Reading{titled("The tides", on.AddDate(0, 0, 3))}, []Story{tides}, []string{"x is unknown", "0 is untold"}},
		"by the title alone when nobody knows when": {[]Reading{titled("The tides", time.Time{})}, []Story{tides}, []string{"x is 0 by title"}},
		"not when two articles are called so":       {[]Reading{titled("The tides", on)}, []Story{tides, {Title: "The tides", Published: on}}, []string{"x may be [0 1]", "0 is untold", "1 is untold"}},
		"where all link to one page, by the title": {
			[]Reading{{Entries: []Entry{{ID: "x", Title: "The tides", Link: page, Published: on}, {ID: "y", Title: "Other", Link: page, Published: on}}}},
			[]Story{tides, other}, []string{"x is 0 by title and day", "y is 1 by title and day"},
		},
		"an id that two entries have is the first's": {
			[]Reading{{Entries: []Entry{{ID: "x", Title: "The tides", Published: on}, {ID: "x", Title: "Other", Published: on}}}},
			[]Story{tides, other}, []string{"x is 0 by title and day", "x is a twin", "1 is untold"},
		},
		"the same entry in feed and archive": {
			[]Reading{{Entries: []Entry{{ID: "x", Title: "The tides", Published: on}, {ID: "x", Title: "The tides", Published: on}}}},
			[]Story{tides}, []string{"x is 0 by title and day"},
		},
		"of two feeds the first counts": {
			[]Reading{by(page), {Entries: []Entry{{ID: "y", Link: page, Title: "The tides"}}}},
			[]Story{tides}, []string{"x is 0 by link", "y is 0 otherwise"},
		},
		"two feeds that agree": {[]Reading{by(page), by(page)}, []Story{tides}, []string{"x is 0 by link"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(Match(test.feeds, test.stories, skopje)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestReadOldFormats reads what only adopt meets.
func TestReadOldFormats(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"RSS 1.0": {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.org/"><title>T</title><link>https://example.org/</link></channel>
<item rdf:about="https://example.org/a"><title>A</title><link>https://example.org/a/</link><dc:date>2004-05-06</dc:date></item></rdf:RDF>`,
			"https://example.org/a A https://example.org/a/ 2004-05-06"},
		"RSS 0.90": {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>
<item><title>A</title><link>https://example.org/a/</link></item></rdf:RDF>`,
			"https://example.org/a/ A https://example.org/a/ 0001-01-01"},
		"RSS 0.91": {`<rss version="0.91"><channel><title>T</title><item><title>A</title><link>https://example.org/a/</link></item></channel></rss>`,
			"https://example.org/a/ A https://example.org/a/ 0001-01-01"},
		"Atom 0.3": {`<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><title>A</title><link rel="alternate" href="https://example.org/a/"/><id>tag:a</id><issued>2004-05-06T07:08:09Z</issued><modified>2004-05-06T07:08:09Z</modified></entry></feed>`,
			"tag:a A https://example.org/a/ 2004-05-06"},
		"JSON Feed 1 with a number for an id": {`{"version":"https://jsonfeed.org/version/1","title":"T","items":[{"id":4711,"title":"A","url":"https://example.org/a/","date_published":"2004-05-06T07:08:09Z"}]}`,
			"4711 A https://example.org/a/ 2004-05-06"},
	} {
		r, err := Read([]byte(test.body))
		if err != nil || len(r.Entries) != 1 || r.Format == "" {
			t.Errorf("%s: got %+v, error %v, want one entry", name, r, err)
			continue
		}
		e := r.Entries[0]
		if got := strings.Join([]string{e.ID, e.Title, e.Link, e.Published.Format(time.DateOnly)}, " "); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestMatchByPermalink: the link may lead to somebody who counts clicks.
func TestMatchByPermalink(t *testing.T) {
	const page = "https://www.example.org/tides/"
	for name, item := range map[string]string{
		"guid":     `<guid>` + page + `</guid>`,
		"origLink": `<guid isPermaLink="false">7</guid><feedburner:origLink xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">` + page + `</feedburner:origLink>`,
	} {
		r, err := Read([]byte(`<rss version="2.0"><channel><title>T</title><item><title>x</title><link>http://feedproxy.example.com/~r/7/</link>` + item + `</item></channel></rss>`))
		if err != nil {
			t.Fatal(err)
		}
		if m := Match([]Reading{r}, []Story{{Addresses: []string{page}}}, time.UTC); len(m.Pairs) != 1 || m.Pairs[0].By != ByAddress {
			t.Errorf("%s: got %q, want a pair by link", name, said(m))
		}
	}
}

func TestCanBeID(t *testing.T) {
	for id, want := range map[string]bool{
		"tag:example.org,2023:a": true, "https://example.org/a?b=c": true, "urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6": true,
		"https://example.org/č": true, "tag:None,2026-06-25:/": true,
		"4711": false, "/a": false, "a b": false, "https://example.org/a b": false, "": false, "tag:a\n": false,
	} {
		if got := CanBeID(id); got != want {
			t.Errorf("%q can be an id: got %v, want %v", id, got, want)
		}
	}
}

// TestFetch follows a feed into its past, and gives up where that ends badly.
func TestFetch(t *testing.T) {
	feed := func(id, more string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:example.org,2023:/</id><title>T</title>` + more + `<entry><id>` + id + `</id><title>A</title></entry></feed>`
	}
	documents := map[string]string{
		"/feed":      feed("a", `<link rel="prev-archive" href="2023"/>`),
		"/2023":      feed("b", `<link rel="prev-archive" href="/2022"/>`),
		"/2022":      feed("c", `<link rel="prev-archive" href="/feed"/>`), // a loop ends it
		"/broken":    feed("a", `<link rel="prev-archive" href="/missing"/>`),
		"/paged":     `{"version":"https://jsonfeed.org/version/1.1","next_url":"/paged/2","items":[{"id":"a"}]}`,
		"/paged/2":   `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"b"}]}`,
		"/not-a-one": "<p>Hello",
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := documents[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, body)
	}))
	defer srv.Close()
	v := NewVisitor(true)
	defer v.Close()
	for path, test := range map[string]struct{ ids, err string }{
		"/feed": {"a b c", ""}, "/paged": {"a b", ""}, "/broken": {"a", "404"}, "/not-a-one": {"", "read feed"}, "/missing": {"", "404"},
	} {
		readings, err := v.Fetch(context.Background(), srv.URL+path)
		var ids []string
		for _, r := range readings {
			for _, e := range r.Entries {
				ids = append(ids, e.ID)
			}
		}
		if got := strings.Join(ids, " "); got != test.ids {
			t.Errorf("%s: got entries %q, want %q", path, got, test.ids)
		}
		if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got error %v, want %q", path, err, test.err)
		}
	}
	if _, err := NewVisitor(false).Fetch(context.Background(), srv.URL+"/feed"); err == nil {
		t.Error("an address that is not public was fetched")
	}
}
