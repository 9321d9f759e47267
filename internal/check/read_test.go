package check

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// TestRead reads the good documents of testdata.
func TestRead(t *testing.T) {
	kosovo := Entry{
		ID: "tag:example.org,2023:kosovo", Title: "Nato considers permanent increase", Link: "https://www.example.org/kosovo/",
		Published: at("2023-11-20T07:00:00Z"), Updated: at("2023-11-20T09:00:00Z"),
	}
	tests := []struct {
		file string
		want Reading
	}{
		{"rss.txtar", Reading{
			Format: RSS, Language: "en", Title: "The Balkan Desk", Self: "https://feeds.example.org/rss.xml", Home: "https://www.example.org/",
			Updated: at("2023-11-20T09:00:00Z"),
			Entries: []Entry{
				{ID: kosovo.ID, Title: "Nato considers <permanent> increase", Link: kosovo.Link,
					Published: at("2023-11-20T08:00:00Z"), Updated: kosovo.Updated},
				{ID: "https://www.example.org/tides/", Title: "Tides", Link: "https://www.example.org/tides/",
					Published: at("2023-11-19T07:00:00Z"), Updated: at("2023-11-19T07:00:00Z")},
			},
		}},
		{"atom.txtar", Reading{
			Format: Atom, Language: "en", ID: "tag:example.org,2023:", Title: "The Balkan Desk", Self: "https://feeds.example.org/atom.xml",
			Home: "https://www.example.org/", Updated: at("2023-11-20T09:00:00Z"),
			Entries: []Entry{
				kosovo,
				{ID: "tag:example.org,2023:tides", Title: "<divTides", Link: "https://www.example.org/tides/", Updated: at("2023-11-19T08:00:00Z")},
			},
		}},
		{"json.txtar", Reading{
			Format: JSON, Language: "en", ID: "https://feeds.example.org/feed.json", Title: "The Balkan Desk & more",
			Self: "https://feeds.example.org/feed.json", Home: "https://www.example.org/", Updated: at("2023-11-20T09:00:00Z"),
			Entries: []Entry{
				kosovo,
				{ID: "tag:example.org,2023:tides", Link: "https://www.example.org/tides/"},
			},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			_, good := load(t, tt.file)
			got, err := Read(good)
			if err != nil {
				t.Fatal(err)
			}
			ignore := cmpopts.IgnoreFields(Entry{}, "Digest")
			if diff := cmp.Diff(tt.want, got, ignore, cmpopts.IgnoreUnexported(Reading{}, Entry{})); diff != "" {
				t.Errorf("reading differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                    "",
		"a page":                     "<!doctype html><title>x</title>",
		"other XML":                  "<opml/>",
		"an entry in other XML":      `<x><entry xmlns="http://www.w3.org/2005/Atom"><id>a</id></entry></x>`,
		"other JSON":                 `{"items": []}`,
		"a feed that is cut off":     `<rss version="2.0"><channel><item><title>x`,
		"a JSON Feed that is cut":    `{"version": "https://jsonfeed.org/version/1.1", "items": [`,
		"RSS with a bare ampersand":  `<rss version="2.0"><channel><title>a & b</title></channel></rss>`,
		"JSON with an id not a text": `{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": [1]}]}`,
	} {
		if got, err := Read([]byte(body)); err == nil {
			t.Errorf("%s: got %+v, want an error", name, got)
		}
	}
}

// TestDigest compares what a reader sees of two contents.
func TestDigest(t *testing.T) {
	entry := func(content string) string {
		body := `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title>T</title>` + content + `</entry></feed>`
		r, err := Read([]byte(body))
		if err != nil {
			t.Fatalf("%s: %v", content, err)
		}
		return r.Entries[0].Digest
	}
	const text = `<content type="html">&lt;p&gt;One &lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`
	tests := []struct {
		name string
		b    string
		same bool
	}{
		{"CDATA is another spelling", `<content type="html"><![CDATA[<p>One <a href="https://x.org/">two</a></p>]]></content>`, true},
		{"white space is not shown", `<content type="html">&lt;p&gt;One
			&lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;
		</content>`, true},
		{"a class is not shown", `<content type="html">&lt;p class="x"&gt;One &lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`, true},
		{"a word is shown", `<content type="html">&lt;p&gt;Won &lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`, false},
		{"a link is followed", `<content type="html">&lt;p&gt;One &lt;a href="https://y.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`, false},
		{"emphasis is shown", `<content type="html">&lt;p&gt;&lt;b&gt;One&lt;/b&gt; &lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`, false},
		{"text is not markup", `<content>&lt;p&gt;One &lt;a href="https://x.org/"&gt;two&lt;/a&gt;&lt;/p&gt;</content>`, false},
		{"a summary is shown", text + "<summary>s</summary>", false},
		{"the title of its source is not", text + "<source><title>s</title></source>", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if same := entry(text) == entry(tt.b); same != tt.same {
				t.Errorf("got same %v, want %v", same, tt.same)
			}
		})
	}
}

// TestReadLinks wants the addresses that a feed leads to.
func TestReadLinks(t *testing.T) {
	_, good := load(t, "rss.txtar")
	r, err := Read(good)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range r.links {
		got = append(got, strings.TrimSpace(l.entry+" "+l.what+" "+l.url))
	}
	want := []string{
		"link https://www.example.org/",
		"self link https://feeds.example.org/rss.xml",
		"tag:example.org,2023:kosovo enclosure https://www.example.org/a.mp3",
		"tag:example.org,2023:kosovo media:content https://www.example.org/a.jpg",
		"tag:example.org,2023:kosovo media:content https://www.example.org/b.jpg",
		"tag:example.org,2023:kosovo media:thumbnail https://www.example.org/t.jpg",
		"tag:example.org,2023:kosovo link https://www.example.org/kosovo/",
		"https://www.example.org/tides/ link https://www.example.org/tides/",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links differ (-want +got):\n%s", diff)
	}
}
