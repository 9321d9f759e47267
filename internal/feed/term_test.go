package feed

import (
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
)

func TestTerm(t *testing.T) {
	at := func(name string, from, until time.Time) *article.Article {
		a := story(t, name, name, noon.Add(-time.Hour))
		a.From, a.Until = from, until
		return a
	}
	var never time.Time
	c := Compose([]*article.Article{
		at("held-back.md", noon.Add(30*time.Minute), never),
		at("over.md", never, noon),
		at("running.md", noon.Add(-2*time.Hour), noon.Add(20*time.Minute)),
		at("from-before-its-date.md", noon.Add(-48*time.Hour), never),
	}, testSite(), none, told, noon)
	var got []string
	for _, e := range c.Entries {
		got = append(got, strings.TrimPrefix(e.ID, "tag:example.org,2026:"))
	}
	if want := []string{"from-before-its-date.md", "running.md"}; !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	if want := noon.Add(20 * time.Minute); !c.Wake.Equal(want) {
		t.Errorf("wake at %v, want %v, when the first term ends", c.Wake, want)
	}
}

func TestAnArticleThatItsGeneratorPublishes(t *testing.T) {
	a := story(t, "a.md", "See [it](b.md) and ![p](p.png).", noon)
	b := story(t, "b.md", "b", noon)
	a.Link = "https://www.example.org/2026/a/"
	s := testSite()
	has := fileSet(func(path string) bool { return path == "p.png" })
	entries := func() map[string]*Entry {
		all := map[string]*Entry{}
		for _, e := range Compose([]*article.Article{a, b}, s, has, told, noon).Entries {
			all[strings.TrimPrefix(e.ID, "tag:example.org,2026:")] = e
		}
		return all
	}
	e := entries()
	if got := e["a.md"]; got.Link() != a.Link || got.Page() != "" {
		t.Errorf("link %q and page %q, want %q and no page", got.Link(), got.Page(), a.Link)
	}
	if got := e["b.md"]; got.Page() != "articles/b/" {
		t.Errorf("the other article: page %q, want one of its own", got.Page())
	}
	content, err := e["a.md"].Content()
	if err != nil {
		t.Fatal(err)
	}
	if want := `src="https://www.example.org/2026/a/p.png"`; !strings.Contains(content.HTML, want) || len(content.Media) > 0 {
		t.Errorf("got %s and media %v, want %s and none: the picture lies at its address", content.HTML, content.Media, want)
	}
	s.Link = "https://news.example.org/{slug}/"
	if got := entries()["a.md"].Link(); got != "https://news.example.org/a/" {
		t.Errorf("the site file states addresses: got %q", got)
	}
}
