package library

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// FuzzPermalinks makes addresses by any pattern of any generator, for an article
// of any path and title: none, or an absolute one of the site's.
func FuzzPermalinks(f *testing.F) {
	f.Add("jekyll", ":categories/:year/:title:output_ext", "_posts/2024-01-02-a b.md", "A/ß?#", "")
	f.Add("hugo", "/:sections/:slug/%2e/", "posts/../a/index.fr.md", "..", "x y")
	f.Add("hexo", ":year-:i_month-:title.md", "2024-1-é.md", "é", "")
	f.Add("pelican", "{date:%Y/%b}/{slug}/{category}{", "a/b.rst", "C++", "")
	f.Add("eleventy", "/{{ title | slugify }}/{{ page.fileSlug }}/", "_posts/a.md", "x", "")
	f.Fuzz(func(t *testing.T, convention, pattern, name, title, slug string) {
		file := "a.md"
		if strings.ContainsAny(pattern, "\"\n\\\x00") {
			return
		}
		g := &site.Generator{Convention: site.Convention(convention), Address: "https://mill.example.org/"}
		l := &layout{convention: g.Convention, generator: g, linked: true, rooted: true}
		a := article.New(file)
		a.Title, a.Slug, a.SlugStated, a.Address = title, slug, slug != "", pattern
		a.Categories, a.Published = []string{title}, article.At(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC))
		link := l.link(a, article.Options{Zone: time.UTC, Context: article.Context{Name: name}})
		if link == "" {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme == "" {
			t.Errorf("%q for %q: got %q, %v", pattern, name, link, err)
		}
		hexoSlug(pattern, name)
		glob(pattern)(name)
	})
}

// FuzzDefaults reads anything as the files that state values for articles:
// without a panic, and with a rule or a problem for each that is broken.
func FuzzDefaults(f *testing.F) {
	f.Add("hugo", "---\ncascade:\n- target: {path: '{/a,/b/**}'}\n  author: x\n- draft: true\n---\n", "a/b.md")
	f.Add("hugo", "+++\n[[cascade]]\na = [1, {b = 2}]\n+++\n", "b.fr.md")
	f.Add("zola", "+++\ndraft = true\n+++\n", "a.md")
	f.Add("eleventy", "{\"permalink\": false, \"tags\": [\"a\"]}", "posts/a.md")
	f.Add("hugo", "{\"cascade\": {\"draft\": true}\n}", "x.md")
	f.Fuzz(func(t *testing.T, convention, src, name string) {
		l := &layout{convention: site.Convention(convention), generator: &site.Generator{Name: "posts"}}
		tr := &tree{sections: files{paths: []string{"_index.md"}}, others: files{paths: []string{"posts.11tydata.json"}}}
		problems := l.readDefaults(tr, func(string) ([]byte, error) { return []byte(src), nil })
		if len(problems) > 0 && len(l.defaults) == 0 {
			t.Errorf("%v, and nothing held back", problems)
		}
		l.defaultsOf(name, name, article.Context{})
	})
}
