package feed

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/article"
)

// entryOf composes one article among files and returns its entry and content.
func entryOf(t *testing.T, src string, files ...string) (*Entry, Content) {
	t.Helper()
	articles := []*article.Article{
		story(t, "2026/sea.md", "---\ntitle: Sea\n"+src+"\n---\nText.\n", noon.Add(-time.Hour)),
		story(t, "2026/tides.md", "# Tides\n\nText.\n", noon.Add(-2*time.Hour)),
	}
	beside := fileSet(func(path string) bool { return slices.Contains(files, path) })
	e := Compose(articles, testSite(), beside, told, noon).Entries[0]
	c, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	return e, c
}

func TestWhatAnEntryLeadsTo(t *testing.T) {
	const base = "https://feeds.example.org/news/articles/"
	for name, test := range map[string]struct {
		src   string
		files []string
		want  []article.Link
		not   string // what a problem says
	}{
		"an address of the web stays, percent-encoded": {"related: https://example.org/é?a=1&b=2", nil,
			[]article.Link{{Rel: "related", Href: "https://example.org/%C3%A9?a=1&b=2"}}, ""},
		"another article is meant by its file": {"related: [tides.md, ./tides.md#high]", nil,
			[]article.Link{{Rel: "related", Href: base + "tides/"}, {Rel: "related", Href: base + "tides/#high"}}, ""},
		"a paper beside the article is published, and its type is known": {"related: papers/report.pdf", []string{"2026/papers/report.pdf"},
			[]article.Link{{Rel: "related", Href: base + "sea/papers/report.pdf", Type: "application/pdf"}}, ""},
		"a type that is stated stands": {"links: [{rel: alternate, hreflang: fr, type: application/xhtml+xml, href: https://example.org/a.pdf}]", nil,
			[]article.Link{{Rel: "alternate", Href: "https://example.org/a.pdf", Type: "application/xhtml+xml", Language: "fr"}}, ""},
		"what is not there is left out and reported": {"related: ./nothing.md", nil, nil, `"./nothing.md" is not there`},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := entryOf(t, test.src, test.files...)
			if diff := cmp.Diff(test.want, c.Links); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
			said := ""
			for _, p := range c.Problems {
				said += p.Text + "\n"
			}
			if test.not == "" && said != "" || !strings.Contains(said, test.not) {
				t.Errorf("got the problems %q, want %q", said, test.not)
			}
		})
	}
}

func TestWhatAnEntryTakesFromItsArticle(t *testing.T) {
	e, c := entryOf(t, `translator: Jane Doe
rights: © Jane
location: {name: Skopje, lat: 41.9981, lng: 21.4254}
source: {title: The Sea Paper, feed: https://sea.example/rss.xml}
image: {src: a.png, title: Dawn}
banner_image: wide.png`, "2026/a.png", "2026/wide.png")
	if len(e.Contributors) != 1 || e.Contributors[0].Name != "Jane Doe" || e.Contributors[0].Role != "translator" {
		t.Errorf("got the contributors %v", e.Contributors)
	}
	if e.Rights != "© Jane" || e.Place != "Skopje" || e.Point == nil || *e.Point != (article.Point{Latitude: 41.9981, Longitude: 21.4254}) {
		t.Errorf("got rights %q, place %q at %v", e.Rights, e.Place, e.Point)
	}
	if e.Source == nil || e.Source.ID != "https://sea.example/rss.xml" {
		t.Errorf("got the source %v", e.Source)
	}
	if want := "https://feeds.example.org/news/articles/sea/wide.png"; c.Banner != want || c.Picture.Title != "Dawn" {
		t.Errorf("got banner %q and the picture's title %q, want %q and Dawn", c.Banner, c.Picture.Title, want)
	}
	if len(c.Media) != 2 {
		t.Errorf("got the media %v, want both pictures", c.Media)
	}
}

func TestFilesOfAnEpisode(t *testing.T) {
	const base = "https://feeds.example.org/news/articles/sea/"
	_, c := entryOf(t, `audio: sea.mp3
transcript: [sea.vtt, sea.json, "https://example.org/said"]
chapters: chapters.json
episode_image: square.png`, "2026/sea.mp3", "2026/sea.vtt", "2026/sea.json", "2026/chapters.json", "2026/square.png", "2026/other.json")
	want := &article.Episode{
		Image: base + "square.png", Chapters: base + "chapters.json",
		Transcripts: []article.Transcript{{Src: base + "sea.vtt", Type: "text/vtt"}, {Src: base + "sea.json", Type: "application/json"}},
	}
	if diff := cmp.Diff(want, c.Episode); diff != "" {
		t.Errorf("episode (-want +got):\n%s", diff)
	}
	var published []string
	for _, m := range c.Media {
		published = append(published, m.Source)
	}
	slices.Sort(published)
	if want := []string{"2026/chapters.json", "2026/sea.json", "2026/sea.mp3", "2026/sea.vtt", "2026/square.png"}; !slices.Equal(published, want) {
		t.Errorf("published %v, want %v", published, want)
	}
}

func TestJSONThatNoRecordingNamesIsNotPublished(t *testing.T) {
	_, c := entryOf(t, "related: ./chapters.json", "2026/chapters.json")
	if len(c.Media) > 0 || len(c.Links) > 0 {
		t.Errorf("got %v and %v, want nothing", c.Media, c.Links)
	}
}

func TestOfAnArticleForSomeAloneNoFileGoesOut(t *testing.T) {
	_, c := entryOf(t, `feed: summary
image: https://example.org/dawn.png
audio: sea.mp3
transcript: sea.vtt
chapters: chapters.json
banner_image: wide.png
related: papers/report.pdf`, "2026/sea.mp3", "2026/sea.vtt", "2026/chapters.json", "2026/wide.png", "2026/papers/report.pdf")
	if len(c.Media)+len(c.Enclosures)+len(c.Links) > 0 || c.Episode != nil || c.Banner != "" {
		t.Errorf("got media %v, enclosures %v, links %v, episode %v and banner %q, want none", c.Media, c.Enclosures, c.Links, c.Episode, c.Banner)
	}
}

// TestCureOfADeadReference: what begins with a slash is most often a page of the
// site that feedmill cannot know, and no file that is missing.
func TestCureOfADeadReference(t *testing.T) {
	for ref, want := range map[string]string{"/about/": "`link: ", "./nothing.md": "beside the article"} {
		_, c := entryOf(t, "related: "+ref)
		if len(c.Problems) != 1 || !strings.Contains(c.Problems[0].Hint, want) {
			t.Errorf("%s: got the problems %v, want one whose hint names %q", ref, c.Problems, want)
		}
	}
}
