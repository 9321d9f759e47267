package feed

import (
	"testing"
	"time"

	"feedmill/internal/article"

	"github.com/google/go-cmp/cmp"
)

func TestFilesBesideTheArticleAreMeasured(t *testing.T) {
	const src = "---\ntitle: Sea\nimage: sea.jpg\nimage_width: 300\n" +
		"enclosures:\n  - {url: sea.mp3, length: 12, title: Read aloud, duration: '1:02'}\n" +
		"  - {url: 'https://cdn.example.org/sea?f=1', type: audio/ogg, length: 77}\n" +
		"  - gone.mp3\n---\nText.\n"
	files := fileSet(func(path string) bool { return path == "2026/sea.jpg" || path == "2026/sea.mp3" })
	for link, at := range map[string]string{"": "https://feeds.example.org/news/articles/sea/", "https://www.example.org/{slug}/": "https://www.example.org/sea/"} {
		a := story(t, "2026/sea.md", src, noon)
		s := testSite()
		s.Link = link
		c, err := Compose([]*article.Article{a}, s, files, told, noon).Entries[0].Content()
		if err != nil {
			t.Fatal(err)
		}
		want := &Picture{URL: at + "sea.jpg", Type: "image/jpeg", Length: 10_000, Width: 1200, Height: 630}
		if diff := cmp.Diff(want, c.Picture); diff != "" {
			t.Errorf("with the link %q: the picture (-want +got):\n%s", link, diff)
		}
		enclosures := []Enclosure{
			{URL: at + "sea.mp3", Type: "audio/mpeg", Title: "Read aloud", Length: 5_000_000, Duration: 62 * time.Second},
			{URL: "https://cdn.example.org/sea?f=1", Type: "audio/ogg", Length: 77},
		}
		if link != "" { // what lies elsewhere cannot be looked for
			enclosures = append(enclosures, Enclosure{URL: at + "gone.mp3", Type: "audio/mpeg"})
		}
		if diff := cmp.Diff(enclosures, c.Enclosures); diff != "" {
			t.Errorf("with the link %q: the enclosures (-want +got):\n%s", link, diff)
		}
	}
}

func TestPictureElsewhereHasTheSizeThatIsStated(t *testing.T) {
	a := story(t, "sea.md", "---\ntitle: Sea\nimage: {src: 'https://cdn.example.org/sea.png', width: 640, height: 480}\n---\nText.\n", noon)
	c, err := Compose([]*article.Article{a}, testSite(), none, told, noon).Entries[0].Content()
	if err != nil {
		t.Fatal(err)
	}
	want := &Picture{URL: "https://cdn.example.org/sea.png", Type: "image/png", Width: 640, Height: 480}
	if diff := cmp.Diff(want, c.Picture); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
