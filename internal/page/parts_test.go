package page

import (
	"strings"
	"testing"

	"feedmill/internal/feed"
)

// TestPartsAreThoseOfTheirPages makes pages of sites that differ in one thing that
// all pages of a site have in common, with one theme, and each with one of its own.
func TestPartsAreThoseOfTheirPages(t *testing.T) {
	fresh := func() *Theme {
		theme, problems := themed(map[string]string{styleSheet: "p{}"})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return theme
	}
	shared := fresh()
	for range 2 {
		for what, change := range map[string]func(f *feed.Feed){
			"nothing":                        func(f *feed.Feed) {},
			"the title":                      func(f *feed.Feed) { f.Title = "Another" },
			"the home":                       func(f *feed.Feed) { f.Home = "https://other.example/" },
			"the base":                       func(f *feed.Feed) { f.Base = "https://other.example/" },
			"the rights":                     func(f *feed.Feed) { f.Rights = "Mine" },
			"the icon":                       func(f *feed.Feed) { f.Icon = "https://other.example/icon.png" },
			"the formats":                    func(f *feed.Feed) { f.Formats = f.Formats[:1] },
			"the language":                   func(f *feed.Feed) { f.Language, f.Entries[0].Article.Language = "sr", "sr" },
			"the language of the site":       func(f *feed.Feed) { f.Language = "sr" },
			"the language of the site again": func(f *feed.Feed) { f.Language = "ar" },
		} {
			f := sample()
			change(f)
			for name, page := range map[string]func(theme *Theme) ([]byte, error){
				"article": func(theme *Theme) ([]byte, error) { return theme.Article(f, f.Entries[0], skopje) },
				"landing": func(theme *Theme) ([]byte, error) { return theme.Landing(f, skopje) },
				"feeds":   func(theme *Theme) ([]byte, error) { return theme.Feeds([]*feed.Feed{f}, "") },
			} {
				got, err := page(shared)
				if err != nil {
					t.Fatal(err)
				}
				if want, _ := page(fresh()); string(got) != string(want) {
					t.Errorf("%s of a site where %s is another: it has the parts of another page", name, what)
				}
			}
		}
	}
}

// TestThemeReplacesParts: one that defines a part, and one whose head is its own.
func TestThemeReplacesParts(t *testing.T) {
	f := sample()
	for layout, want := range map[string]string{
		`{{define "foot"}}<footer>mine: {{.Site}}</footer>{{end}}`:                    "<footer>mine: The Balkan Desk</footer>",
		`{{define "up"}}<nav>{{.Title}}{{.Canonical}}{{.Home}}</nav>{{end}}`:          "<nav>https://feeds.example.org/</nav>", // nothing of the page
		`{{define "head"}}<!doctype html><title>{{.Title}}</title>mine{{end}}`:        "</title>mine\n<meta property",
		`{{define "opening"}}<!doctype html><html lang="{{.Language}}"><head>{{end}}`: `<html lang="en"><head>` + "\n<title>",
	} {
		theme, problems := themed(map[string]string{layoutTemplate: layout})
		page, err := theme.Article(f, f.Entries[0], skopje)
		if err != nil || len(problems) > 0 || !strings.Contains(string(page), want) {
			t.Errorf("%s: got %v, problems %v, and the page lacks %s", layout, err, problems, want)
		}
	}
	theme, problems := themed(map[string]string{articleTemplate: `{{template "head" .}}{{template "style" .}}<body>{{.Up}}{{.Foot}}{{range .Feeds}}{{.Name}}{{end}}</body></html>`})
	page, err := theme.Article(f, f.Entries[0], skopje)
	if err != nil || len(problems) > 0 || !strings.Contains(string(page), `<a class="up"`) || !strings.Contains(string(page), "</footer>RSSAtom") {
		t.Errorf("a template of the site cannot show the parts: %v %v\n%s", err, problems, page)
	}
}

func TestFewPartsAreKept(t *testing.T) {
	theme, _ := themed(map[string]string{styleSheet: "p{}"})
	f := sample()
	for i := range 3 * mostParts {
		f.Title = strings.Repeat("a", i)
		if _, err := theme.Article(f, f.Entries[0], skopje); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(theme.known.made); n > mostParts {
		t.Errorf("%d parts are kept, want at most %d", n, mostParts)
	}
}

func TestWhatMayNotStandInHTMLGoes(t *testing.T) {
	for _, text := range []string{"", "abcdefgh", "abcdefgü", "abcdefg\n\t", "abcdefghi\x7f", "abcd\x7fefg", "abcdefg\x1f", "ab\x80", "abcdefghijk\u0085", "日本語日本語\uffff", "\ufdd0abcdefgh", "\ufffd"} {
		want := strings.Map(func(r rune) rune {
			if unwanted(r) {
				return -1
			}
			return r
		}, text)
		if got := string(clean([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
