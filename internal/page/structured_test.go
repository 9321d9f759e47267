package page

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

// structured reads the data block of an article's page as search engines do.
func structured(t *testing.T, page string) map[string]any {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	if err := json.Unmarshal([]byte(text(find(doc, "script"))), &data); err != nil {
		t.Fatalf("the data block is no JSON: %v", err)
	}
	return data
}

func TestStructuredDataSaysAllThatIsAskedFor(t *testing.T) {
	f := sample()
	f.Image = "https://feeds.example.org/logo.png"
	for name, test := range map[string]struct {
		entry *feed.Entry
		want  map[string]any
	}{
		"a story with a picture, two authors and an edit": {full(), map[string]any{
			"@context": "https://schema.org", "@type": "NewsArticle",
			"headline":      `How AT&T <b>counts</b> "tides"`,
			"description":   "The sea rose twice a day; see the tables, where high > low.",
			"datePublished": "2023-11-21T09:00:00+01:00",
			"dateModified":  "2023-11-21T09:15:00+01:00",
			"inLanguage":    "en",
			"keywords":      []any{"Adriatic", "Q&A", "C++"},
			"image":         []any{"https://feeds.example.org/articles/tides/sea.jpg?w=800&h=600"},
			"author": []any{
				map[string]any{"@type": "Person", "name": "Ana Marić", "url": "https://example.org/ana?a=1&b=2"},
				map[string]any{"@type": "Person", "name": "R&D"},
			},
			"publisher":        map[string]any{"@type": "Organization", "name": "The Balkan Desk", "url": "https://feeds.example.org/", "logo": "https://feeds.example.org/logo.png"},
			"mainEntityOfPage": map[string]any{"@type": "WebPage", "@id": "https://feeds.example.org/articles/tides/"},
		}},
		"one without a picture, by the desk itself": {newEntry(feed.Shown{
			ID: "desk", Title: "Closed on Monday", Link: "https://feeds.example.org/articles/desk/", Section: "house", Place: "Skopje", Language: "en",
			Authors: []article.Person{{Name: "The Balkan Desk"}}, Published: wire().Published.Time(), Updated: wire().Updated.Time(),
		}, feed.Content{}), map[string]any{
			"@context": "https://schema.org", "@type": "NewsArticle",
			"headline":         "Closed on Monday",
			"datePublished":    "2023-11-20T00:00:00+01:00",
			"dateModified":     "2023-11-20T00:00:00+01:00",
			"inLanguage":       "en",
			"articleSection":   "house",
			"contentLocation":  map[string]any{"@type": "Place", "name": "Skopje"},
			"image":            []any{"https://feeds.example.org/logo.png"},
			"author":           []any{map[string]any{"@type": "Organization", "name": "The Balkan Desk"}},
			"publisher":        map[string]any{"@type": "Organization", "name": "The Balkan Desk", "url": "https://feeds.example.org/", "logo": "https://feeds.example.org/logo.png"},
			"mainEntityOfPage": map[string]any{"@type": "WebPage", "@id": "https://feeds.example.org/articles/desk/"},
		}},
	} {
		if diff := cmp.Diff(test.want, structured(t, mustArticle(t, f, test.entry))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStructuredDataCannotEndItsScript(t *testing.T) {
	const hostile = "</script><script>alert(1)</script> <!-- ]]> \u2028 \\ \" 'x'"
	e := newEntry(feed.Shown{ID: "x", Title: hostile, Link: "https://example.org/", Language: "en", Tags: []string{hostile}}, feed.Content{Summary: hostile})
	data := structured(t, mustArticle(t, sample(), e))
	if data["headline"] != hostile || data["description"] != hostile {
		t.Errorf("got headline %q and description %q, want both %q", data["headline"], data["description"], hostile)
	}
}

// properties are the texts and addresses of the microformats in a page, by the
// class, in the order of the page.
func properties(t *testing.T, page string) map[string][]string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		for class := range strings.FieldsSeq(attrs["class"]) {
			kind, _, ok := strings.Cut(class, "-")
			if !ok {
				continue
			}
			value := strings.TrimSpace(text(n))
			switch kind {
			case "u":
				value = attrs["href"] + attrs["src"] + attrs["value"]
			case "dt":
				value = attrs["datetime"]
			case "h", "e":
				value = n.Data
			case "p":
			default:
				continue
			}
			found[class] = append(found[class], value)
		}
	}
	return found
}

func TestMicroformats(t *testing.T) {
	for name, test := range map[string]struct {
		page string
		want map[string][]string
	}{
		"an article that was edited, its picture before the body": {mustArticle(t, sample(), full()), map[string][]string{
			"h-entry": {"article"}, "h-card": {"a", "span"}, "e-content": {"div"},
			"p-name":       {`How AT&T <b>counts</b> "tides"`},
			"p-author":     {"Ana Marić", "R&D"},
			"p-category":   {"Adriatic", "Q&A", "C++"},
			"u-url":        {"https://feeds.example.org/articles/tides/"},
			"u-photo":      {"https://feeds.example.org/articles/tides/sea.jpg?w=800&h=600"},
			"dt-published": {"2023-11-21T09:00:00+01:00"},
			"dt-updated":   {"2023-11-21T09:15:00+01:00"},
		}},
		"one that was not, its picture in the body": {mustArticle(t, sample(), rightToLeftEntry()), map[string][]string{
			"h-entry": {"article"}, "h-card": {"span"}, "e-content": {"div"},
			"p-name":       {"خبر قصير من بريشتينا"},
			"p-author":     {"ليلى حسن"},
			"p-category":   {"كوسوفو"},
			"u-url":        {"https://feeds.example.org/articles/khabar/"},
			"u-photo":      {"https://feeds.example.org/articles/khabar/hall.png?a=1&b=2"},
			"dt-published": {"2023-11-18T12:30:00+01:00"},
			"dt-updated":   {"2023-11-18T12:30:00+01:00"},
		}},
	} {
		if diff := cmp.Diff(test.want, properties(t, test.page)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
