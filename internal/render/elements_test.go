package render

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// TestNastyStringsComeThroughInEveryElement reads what surrounds a story back
// as it was, by a reader that knows namespaces.
func TestNastyStringsComeThroughInEveryElement(t *testing.T) {
	type person struct {
		Name string `xml:"name"`
	}
	for name, s := range nasty {
		f := podcast()
		want := line("x" + s)
		f.Webmaster.Name, f.Podcast.Author, f.Podcast.Owner.Name = "x"+s, "x"+s, "x"+s
		withContent(f, func(e *feed.Shown, c *feed.Content) {
			for i := range e.Contributors {
				e.Contributors[i].Name = "x" + s
			}
			e.Rights, e.Source.Title, e.Source.Rights, e.Source.Authors[0].Name = "x"+s, "x"+s, "x"+s, "x"+s
			c.Picture.Title, c.Links[2].Title = "x"+s, "x"+s
		})
		var rss struct {
			Channel struct {
				WebMaster string `xml:"webMaster"`
				Author    string `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd author"`
				Owner     struct {
					Name string `xml:"name"`
				} `xml:"http://www.itunes.com/dtds/podcast-1.0.dtd owner"`
				Items []struct {
					Contributors []string `xml:"http://purl.org/dc/elements/1.1/ contributor"`
					Rights       string   `xml:"http://purl.org/dc/elements/1.1/ rights"`
					Source       string   `xml:"source"`
					Media        []struct {
						Title string `xml:"title"`
					} `xml:"http://search.yahoo.com/mrss/ content"`
					People []string `xml:"https://podcastindex.org/namespace/1.0 person"`
				} `xml:"item"`
			} `xml:"channel"`
		}
		document := mustRender(t, f, site.RSS)
		wellFormed(t, document, site.RSS)
		if err := xml.Unmarshal(document, &rss); err != nil {
			t.Errorf("%s: RSS: %v", name, err)
			continue
		}
		item := rss.Channel.Items[0]
		got := []string{strings.TrimSuffix(strings.TrimPrefix(rss.Channel.WebMaster, "web@example.org ("), ")"), rss.Channel.Author, rss.Channel.Owner.Name, item.Rights, item.Source, item.Media[0].Title, item.Contributors[0], item.People[0]}
		for _, g := range got {
			if g != want {
				t.Errorf("%s: RSS: got %q, want %q everywhere: %q", name, g, want, got)
				break
			}
		}
		var atom struct {
			Entries []struct {
				Contributors []person `xml:"contributor"`
				Rights       text     `xml:"rights"`
				Source       struct {
					Title   text     `xml:"title"`
					Rights  text     `xml:"rights"`
					Authors []person `xml:"author"`
				} `xml:"source"`
				Links []struct {
					Title string `xml:"title,attr"`
					Rel   string `xml:"rel,attr"`
				} `xml:"link"`
			} `xml:"entry"`
		}
		document = mustRender(t, f, site.Atom)
		wellFormed(t, document, site.Atom)
		if err := xml.Unmarshal(document, &atom); err != nil {
			t.Errorf("%s: Atom: %v", name, err)
			continue
		}
		e := atom.Entries[0]
		var titles []string
		for _, l := range e.Links {
			if l.Title != "" && l.Rel == "related" {
				titles = append(titles, l.Title)
			}
		}
		got = append([]string{e.Contributors[0].Name, e.Rights.plain(), e.Source.Title.plain(), e.Source.Rights.plain(), e.Source.Authors[0].Name}, titles...)
		if diff := cmp.Diff([]string{want, want, want, want, want, want}, got); diff != "" {
			t.Errorf("%s: Atom (-want +got):\n%s", name, diff)
		}
	}
}

// text is a Text construct as a reader takes it.
type text struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

func (c text) plain() string {
	if c.Type == "html" {
		return htmlText(c.Text)
	}
	return c.Text
}
