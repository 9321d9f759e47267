package render

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/feeds"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// BenchmarkRender writes a feed of 50 entries of 4 KB each.
func BenchmarkRender(b *testing.B) {
	f := empty()
	for i := range 50 {
		f.Entries = append(f.Entries, newEntry(feed.Shown{
			ID: fmt.Sprintf("tag:example.org,2023:%d", i), Title: "Nato considers increase", Link: "https://example.org/",
			Published: f.Updated, Updated: f.Updated.Add(time.Hour),
		}, feed.Content{HTML: fourKB, Text: fourKB, Summary: "Nato's Secretary General said on November 20."}))
	}
	for _, format := range []site.Format{site.RSS, site.Atom, site.JSON} {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				document := mustRender(b, f, format)
				b.ReportMetric(float64(len(document)), "bytes/document")
			}
		})
	}
}

// BenchmarkCompose composes a site of 50 articles of 4 KB each and writes its feed
// in all formats: with bodies that are rendered already, as for every document
// but the first that shows them, and from their sources on.
func BenchmarkCompose(b *testing.B) {
	date := time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC)
	articles := func(body string) (all []*article.Article) {
		for i := range 50 {
			a, problems := article.Parse(fmt.Sprintf("%d.html", i), []byte("<h1>Nato considers increase</h1>\n"+body), article.Options{})
			if a == nil {
				b.Fatal(problems)
			}
			a.ID, a.Published, a.Updated = fmt.Sprintf("tag:example.org,2023:%d", i), article.At(date), article.At(date.Add(time.Hour))
			all = append(all, a)
		}
		return all
	}
	none := noFiles{}
	memory := feed.Memory{NewID: func(path string) string { return "tag:example.org,2023:/" + path }}
	content := feed.Content{HTML: fourKB, Text: fourKB, Summary: "Nato's Secretary General said on November 20."}
	for name, body := range map[string]string{"rendered": "<p>x</p>", "sources": fourKB} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			all := articles(body)
			for b.Loop() {
				f := feed.Compose(all, site.Default(), none, memory, date.AddDate(0, 0, 1)).Feeds[0]
				if name == "rendered" {
					for i, e := range f.Entries {
						f.Entries[i] = newEntry(e.Shown(), content)
					}
				}
				for _, format := range formats {
					mustRender(b, f, format)
				}
			}
		})
	}
}

// BenchmarkGorilla has gorilla/feeds convert and write the same by itself, to
// compare.
func BenchmarkGorilla(b *testing.B) {
	date := time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC)
	f := &feeds.Feed{Title: "New & quiet", Link: &feeds.Link{Href: "http://localhost:8080/"}, Updated: date}
	for i := range 50 {
		f.Items = append(f.Items, &feeds.Item{
			Id: fmt.Sprintf("tag:example.org,2023:%d", i), Title: "Nato considers increase", Link: &feeds.Link{Href: "https://example.org/"},
			Created: date, Updated: date.Add(time.Hour),
			Content: fourKB, Description: "Nato's Secretary General said on November 20.",
		})
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, write := range []func(io.Writer) error{f.WriteRss, f.WriteAtom, f.WriteJSON} {
				var document strings.Builder
				if err := write(&document); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for format, write := range map[string]func(io.Writer) error{"rss": f.WriteRss, "atom": f.WriteAtom, "json": f.WriteJSON} {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var document strings.Builder
				if err := write(&document); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(document.Len()), "bytes/document")
			}
		})
	}
}

var fourKB = strings.Repeat(`<p>“Good talks,” Stoltenberg said to the alliance's <a href="https://example.org/">president</a> & others.</p>`+"\n", 37)

// noFiles is a directory that holds articles alone.
type noFiles struct{}

func (noFiles) Has(string) bool                  { return false }
func (noFiles) Measure(string) (int64, int, int) { return 0, 0, 0 }
