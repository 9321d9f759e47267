package feed

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// parse makes an article as the ledger would hand it over.
func story(t *testing.T, path, src string, published time.Time) *article.Article {
	t.Helper()
	a, problems := article.Parse(path, []byte(src), article.Options{})
	if a == nil {
		t.Fatalf("%s: %v", path, problems)
	}
	a.ID, a.Published, a.Updated = "tag:example.org,2026:"+path, article.At(published), article.At(published)
	return a
}

func testSite() site.Site {
	s := site.Default()
	s.Title, s.BaseURL = "The Desk", "https://feeds.example.org/news/"
	return s
}

// fileSet tells which files lie beside the articles. A picture has 10,000 bytes
// and 1200 by 630 pixels, all else 5 MB.
type fileSet func(path string) bool

func (has fileSet) Has(path string) bool { return has(path) }

func (has fileSet) Measure(path string) (length int64, width, height int) {
	switch {
	case !has(path):
		return 0, 0, 0
	case strings.HasPrefix(mediaType(path), "image/"):
		return 10_000, 1200, 630
	}
	return 5_000_000, 0, 0
}

var none = fileSet(func(string) bool { return false })

// told is the memory of a site whose feed is a year old.
var told = Memory{
	Feeds: map[string]Told{"": {ID: "tag:example.org,2026:/", Kind: SiteFeed, Since: noon.AddDate(-1, 0, 0)}},
	NewID: func(path string) string { return "tag:example.org,2026:/" + path },
}

func TestWhatIsDue(t *testing.T) {
	draft := story(t, "draft.md", "draft", noon.Add(-time.Hour))
	draft.Draft = true
	articles := []*article.Article{
		story(t, "old.md", "old", noon.Add(-48*time.Hour)),
		story(t, "now.md", "now", noon),
		draft,
		story(t, "tomorrow.md", "tomorrow", noon.Add(24*time.Hour)),
		story(t, "soon.md", "soon", noon.Add(time.Minute)),
		story(t, "same-b.md", "b", noon.Add(-time.Hour)),
		story(t, "same-a.md", "a", noon.Add(-time.Hour)),
	}
	c := Compose(articles, testSite(), none, told, noon)
	var got []string
	for _, e := range c.Feeds[0].Entries {
		got = append(got, strings.TrimPrefix(e.ID, "tag:example.org,2026:"))
	}
	if want := []string{"now.md", "same-a.md", "same-b.md", "old.md"}; !slices.Equal(got, want) {
		t.Errorf("entries %v, want %v", got, want)
	}
	if want := noon.Add(time.Minute); !c.Wake.Equal(want) {
		t.Errorf("wake at %v, want %v", c.Wake, want)
	}
	if c := Compose(articles, testSite(), none, told, c.Wake); len(c.Entries) != 5 {
		t.Errorf("at its time there are %d entries, want 5", len(c.Entries))
	}
}

func TestTheOrderOfArticlesDoesNotMatter(t *testing.T) {
	var articles []*article.Article
	for i := range 20 {
		articles = append(articles, story(t, fmt.Sprintf("%d.md", i), "text", noon.Add(-time.Duration(i/3)*time.Hour)))
	}
	ids := func() (ids []string) {
		for _, e := range Compose(articles, testSite(), none, told, noon).Entries {
			ids = append(ids, e.ID)
		}
		return ids
	}
	first := ids()
	slices.Reverse(articles)
	if second := ids(); !slices.Equal(first, second) {
		t.Errorf("got %v, then %v", first, second)
	}
}

func TestTheDateOfAFeed(t *testing.T) {
	since, early, late := noon.Add(-9*time.Hour), noon.Add(-5*time.Hour), noon.Add(-time.Hour)
	of := func(at time.Time) *Entry { return NewEntry(Shown{Updated: at}, nil) }
	for name, test := range map[string]struct {
		entries []*Entry
		told    Told
		want    time.Time
	}{
		"is its latest entry's":                    {[]*Entry{of(early), of(late)}, Told{Since: since}, late},
		"is never earlier than it was":             {[]*Entry{of(early)}, Told{Updated: late, Since: since}, late},
		"stays when all entries are gone":          {nil, Told{Updated: late, Since: since}, late},
		"without any entry is when it was founded": {nil, Told{Since: since}, since},
	} {
		t.Run(name, func(t *testing.T) {
			if got := updated(test.entries, nil, test.told); !got.Equal(test.want) {
				t.Errorf("updated %v, want %v", got, test.want)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		link, section, want string
	}{
		"no link: a page of its own":           {"", "", "https://feeds.example.org/news/articles/a-story/"},
		"slug and section":                     {"https://www.example.org/{section}/{slug}/", "world", "https://www.example.org/world/a-story/"},
		"no section leaves no empty segment":   {"https://www.example.org/{section}/{slug}/", "", "https://www.example.org/a-story/"},
		"the day is the site's, not Greenwich": {"https://www.example.org/{year}/{month}/{day}/{slug}", "", "https://www.example.org/2026/03/11/a-story"},
		"the path, percent-encoded":            {"https://www.example.org/{path}.html", "", "https://www.example.org/dir%20one/a-story.html"},
		"a section in any script":              {"https://www.example.org/{section}/", "свет", "https://www.example.org/%D1%81%D0%B2%D0%B5%D1%82/"},
	} {
		t.Run(name, func(t *testing.T) {
			s := testSite()
			s.Link, s.Zone = test.link, skopje
			a := story(t, "dir one/a-story.md", "text", time.Date(2026, 3, 10, 23, 30, 0, 0, time.UTC))
			a.Section = test.section
			c := Compose([]*article.Article{a}, s, none, told, noon.AddDate(0, 0, 2))
			e := c.Entries[0]
			if e.Link() != test.want {
				t.Errorf("link %q, want %q", e.Link(), test.want)
			}
			if (e.Page() == "") != (test.link != "") {
				t.Errorf("page %q beside link %q", e.Page(), test.link)
			}
		})
	}
}

func TestHome(t *testing.T) {
	for link, want := range map[string]string{
		"":                                "https://feeds.example.org/news/",
		"https://www.example.org/{slug}/": "https://www.example.org/",
		"https://www.example.org/blog/post-{slug}":   "https://www.example.org/blog/",
		"https://www.example.org/a/{section}/{slug}": "https://www.example.org/a/",
	} {
		s := testSite()
		s.Link = link
		if got := Compose(nil, s, none, told, noon).Feeds[0].Home; got != want {
			t.Errorf("link %q: home %q, want %q", link, got, want)
		}
	}
}

func TestReferences(t *testing.T) {
	files := fileSet(func(path string) bool {
		return slices.Contains([]string{"2026/a.jpg", "2026/img/a.jpg", "img/a.jpg", "img/b.jpg", "logo.svg", "2026/дом.png", "2026/tool.exe", "2026/a b.pdf"}, path)
	})
	const page = "https://feeds.example.org/news/articles/story/"
	const elsewhere = "https://www.example.org/story/"
	for name, test := range map[string]struct {
		ref       string
		here      string // with a page of its own
		there     string // with a link to another site
		published string // source of the file that is published, with a page of its own
	}{
		"an absolute address stays":               {ref: "https://example.net/a?b=1&c=2#d", here: "https://example.net/a?b=1&c=2#d", there: "https://example.net/a?b=1&c=2#d"},
		"a host in another script":                {ref: "https://пример.example/п", here: "https://xn--e1afmkfd.example/%D0%BF", there: "https://xn--e1afmkfd.example/%D0%BF"},
		"an address with spaces":                  {ref: " https://example.net/a b ", here: "https://example.net/a%20b", there: "https://example.net/a%20b"},
		"an address without scheme":               {ref: "//example.net/a", here: "https://example.net/a", there: "https://example.net/a"},
		"mail":                                    {ref: "mailto:desk@example.org", here: "mailto:desk@example.org", there: "mailto:desk@example.org"},
		"a script":                                {ref: "javascript:alert(1)"},
		"a file of the machine":                   {ref: "file:///etc/passwd"},
		"a place in the article":                  {ref: "#fn1", here: page + "#fn1", there: elsewhere + "#fn1"},
		"a picture beside the article":            {ref: "a.jpg", here: page + "a.jpg", there: elsewhere + "a.jpg", published: "2026/a.jpg"},
		"a picture with a query":                  {ref: "a.jpg?v=2", here: page + "a.jpg", there: elsewhere + "a.jpg?v=2", published: "2026/a.jpg"},
		"a picture in a folder beside it":         {ref: "./img/a.jpg", here: page + "img/a.jpg", there: elsewhere + "img/a.jpg", published: "2026/img/a.jpg"},
		"a picture one folder up":                 {ref: "../img/a.jpg", here: page + "img/a.jpg", there: "https://www.example.org/img/a.jpg", published: "img/a.jpg"},
		"a picture from the root":                 {ref: "/logo.svg", here: page + "logo.svg", there: "https://www.example.org/logo.svg", published: "logo.svg"},
		"a name in any script":                    {ref: "дом.png", here: page + "%D0%B4%D0%BE%D0%BC.png", there: elsewhere + "%D0%B4%D0%BE%D0%BC.png", published: "2026/дом.png"},
		"a name with a space":                     {ref: "a%20b.pdf", here: page + "a%20b.pdf", there: elsewhere + "a%20b.pdf", published: "2026/a b.pdf"},
		"a picture that is not there":             {ref: "missing.jpg", there: elsewhere + "missing.jpg"},
		"a file of a kind that is not published":  {ref: "tool.exe", there: elsewhere + "tool.exe"},
		"a way out of the directory":              {ref: "../../etc/passwd", there: "https://www.example.org/etc/passwd"},
		"another article by its file":             {ref: "../other.md", here: "https://feeds.example.org/news/articles/other/", there: "https://www.example.org/other/"},
		"another article without the extension":   {ref: "/other", here: "https://feeds.example.org/news/articles/other/", there: "https://www.example.org/other/"},
		"a place in another article":              {ref: "../other.md#end", here: "https://feeds.example.org/news/articles/other/#end", there: "https://www.example.org/other/#end"},
		"another article as in a vault":           {ref: "2025/weekly/index.md", here: "https://feeds.example.org/news/articles/weekly/", there: "https://www.example.org/weekly/"},
		"a picture as in a vault":                 {ref: "img/b.jpg", here: page + "img/b.jpg", there: elsewhere + "img/b.jpg", published: "img/b.jpg"},
		"a draft":                                 {ref: "../draft.md", there: "https://www.example.org/draft.md"},
		"an article by its name":                  {ref: "article:other", here: "https://feeds.example.org/news/articles/other/", there: "https://www.example.org/other/"},
		"an article by the end of its path":       {ref: "article:weekly", here: "https://feeds.example.org/news/articles/weekly/", there: "https://www.example.org/weekly/"},
		"an article from further up":              {ref: "article:/content/_posts/other.md#end", here: "https://feeds.example.org/news/articles/other/#end", there: "https://www.example.org/other/#end"},
		"a file by a reference to an article":     {ref: "article:a.jpg", here: page + "a.jpg", there: elsewhere + "a.jpg", published: "2026/a.jpg"},
		"a reference to a page of the site":       {ref: "article:/docs/tides.md#end", there: "https://www.example.org/docs/tides/#end"},
		"a reference to a draft":                  {ref: "article:draft", there: "https://www.example.org/draft/"},
		"a reference that is an address":          {ref: "article:javascript:alert(1)"},
		"nothing":                                 {ref: "", here: page, there: elsewhere},
		"what no parser takes, as the author has": {ref: "http://[::1", there: ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := story(t, "2026/story.md", "text", noon)
			other := story(t, "other.md", "text", noon)
			weekly := story(t, "2025/weekly/index.md", "text", noon)
			draft := story(t, "draft.md", "text", noon)
			draft.Draft = true
			for _, where := range []struct{ link, want, published string }{
				{"", test.here, test.published},
				{"https://www.example.org/{slug}/", test.there, ""},
			} {
				s := testSite()
				s.Link = where.link
				enter := func(a *article.Article) *Entry { return newEntry(a, &imprint{address: newAddress(s)}) }
				r := newResolver(newPlaces(s, newRoll(nil, []*article.Article{a, other, weekly}, noon, enter), files), a)
				if got := r.resolve(test.ref); got != where.want {
					t.Errorf("link %q: got %q, want %q", where.link, got, where.want)
				}
				var sources []string
				for _, m := range r.media {
					sources = append(sources, m.Source)
				}
				if got := strings.Join(sources, " "); got != where.published {
					t.Errorf("link %q: published %q, want %q", where.link, got, where.published)
				}
				if (len(r.problems) > 0) != (where.want == "") {
					t.Errorf("link %q: problems %v beside address %q", where.link, r.problems, where.want)
				}
			}
		})
	}
}

func TestTwoPicturesOfOneName(t *testing.T) {
	a := story(t, "2026/story.md", "![](img/a.jpg) ![](../img/a.jpg) ![](img/a.jpg)", noon)
	c := Compose([]*article.Article{a}, testSite(), fileSet(func(path string) bool { return strings.HasSuffix(path, "a.jpg") }), told, noon)
	content, err := c.Entries[0].Content()
	if err != nil {
		t.Fatal(err)
	}
	want := []Media{
		{Source: "2026/img/a.jpg", Path: "articles/story/img/a.jpg", Type: "image/jpeg"},
		{Source: "img/a.jpg", Path: "articles/story/img/a-2.jpg", Type: "image/jpeg"},
	}
	if !reflect.DeepEqual(content.Media, want) {
		t.Errorf("media %v, want %v", content.Media, want)
	}
}

func TestWhoWroteIt(t *testing.T) {
	s := testSite()
	anonymous, named := story(t, "a.md", "text", noon), story(t, "b.md", "text", noon)
	named.Authors = []article.Person{{Name: "Ana"}, {Name: "Luan"}}
	entries := Compose([]*article.Article{anonymous, named}, s, none, told, noon).Entries
	if got := entries[0].Authors(); len(got) != 1 || got[0].Name != "The Desk" {
		t.Errorf("nobody named: authors %v, want the site's title", got)
	}
	if got := entries[1].Authors(); len(got) != 2 || got[0].Name != "Ana" {
		t.Errorf("authors %v, want Ana and Luan", got)
	}
	s.Author = site.Author{Name: "The Newsroom", Email: "desk@example.org"}
	c := Compose([]*article.Article{anonymous}, s, none, told, noon)
	if got := c.Entries[0].Authors()[0]; got.Name != "The Newsroom" || got.Email != "desk@example.org" {
		t.Errorf("author %v, want the site's", got)
	}
	if got := c.Feeds[0].Author.Name; got != "The Newsroom" {
		t.Errorf("the feed's author %q, want the site's", got)
	}
}

func TestTheSitesPictures(t *testing.T) {
	s := testSite()
	s.Icon, s.Image = "art/icon.png", "https://example.org/logo.png"
	c := Compose(nil, s, fileSet(func(path string) bool { return path == "art/icon.png" }), told, noon)
	f := c.Feeds[0]
	if f.Icon != "https://feeds.example.org/news/art/icon.png" || f.Image != s.Image {
		t.Errorf("icon %q, image %q", f.Icon, f.Image)
	}
	if len(c.Media) != 1 || c.Media[0].Source != "art/icon.png" {
		t.Errorf("media %v, want the icon alone", c.Media)
	}
	s.Image = s.Icon
	c = Compose(nil, s, fileSet(func(path string) bool { return true }), told, noon)
	if f := c.Feeds[0]; f.Icon == "" || f.Image != f.Icon || len(c.Media) != 1 {
		t.Errorf("icon %q, image %q, media %v, want one file for both", f.Icon, f.Image, c.Media)
	}
	s.Image = "https://example.org/logo.png"
	c = Compose(nil, s, none, told, noon)
	if c.Feeds[0].Icon != "" || len(c.Problems) != 1 {
		t.Errorf("a missing icon: %q, problems %v, want none and one", c.Feeds[0].Icon, c.Problems)
	}
}

func TestEveryMediaTypeIsForFilesThatAreNoArticles(t *testing.T) {
	for ext := range mediaTypes {
		if _, ok := article.FormatOf("x" + ext); ok {
			t.Errorf("%s is a format of articles: a draft could leave as a file beside another", ext)
		}
		if ext == ".yaml" || ext == ".yml" || ext == ".toml" || ext == ".json" {
			t.Errorf("%s may be a site file or an author's notes", ext)
		}
	}
}
