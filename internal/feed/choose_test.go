package feed

import (
	"slices"
	"strings"
	"testing"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

func TestSlugs(t *testing.T) {
	for value, want := range map[string]string{
		"Kosovo":                 "kosovo",
		"C++":                    "c-plus-plus",
		"C#":                     "c-sharp",
		"C":                      "c",
		"#election":              "election",
		"Новости":                "новости",
		"日本語":                    "日本語",
		"हिन्दी":                 "हिन्दी",
		"Café  Müller":           "café-müller",
		"Cafe\u0301":             "café",
		"R&D / x":                "r-d-x",
		"--":                     "",
		"🚂":                      "",
		strings.Repeat("ж", 300): strings.Repeat("ж", 99),
	} {
		if got := slug(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

// tagged are articles with one tag each.
func tagged(t *testing.T, tags ...string) (all []*article.Article) {
	for i, tag := range tags {
		a := story(t, string(rune('a'+i))+".md", "text", noon)
		a.Tags = []string{tag}
		all = append(all, a)
	}
	return all
}

// outline lists feeds as "path title: entries", those that are not listed in
// parentheses.
func outline(c Composition) []string {
	var all []string
	for _, f := range c.Feeds {
		var names []string
		for _, e := range f.Entries {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(e.ID, "tag:example.org,2026:"), ".md"))
		}
		line := f.Path + " “" + f.Title + "” " + strings.Join(names, " ")
		if !f.Listed {
			line = "(" + line + ")"
		}
		all = append(all, line)
	}
	return all
}

func want(t *testing.T, c Composition, lines ...string) {
	t.Helper()
	if got := outline(c); !slices.Equal(got, lines) {
		t.Errorf("feeds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// remembered returns a memory of what a composition says.
func remembered(c Composition) Memory {
	m := Memory{Feeds: map[string]Told{}, NewID: told.NewID}
	for _, f := range c.Feeds {
		m.Feeds[f.Path] = Told{Path: f.Path, ID: f.ID, Kind: f.Kind, Value: f.Value, Title: f.Title, Period: string(f.Period), Language: f.Language, Updated: f.Updated, Since: noon}
	}
	return m
}

func TestAFeedForEachValue(t *testing.T) {
	s := testSite()
	s.Each = []site.Dimension{site.Tag}
	first := tagged(t, "C#", "c sharp", "KOSOVO", "Kosovo", "kosovo", "Kosovo", "🚂", "✈")
	c := Compose(first, s, none, told, noon)
	want(t, c,
		" “The Desk” a b c d e f g h",
		"tags/c-sharp “The Desk – c sharp” b",
		"tags/c-sharp-2 “The Desk – C#” a",
		"tags/kosovo “The Desk – Kosovo” c d e f",
		"tags/tag “The Desk – ✈” h",
		"tags/tag-2 “The Desk – 🚂” g",
	)
	if got, want := c.Feeds[1].ID, "tag:example.org,2026:/tags/c-sharp"; got != want {
		t.Errorf("id %q, want %q", got, want)
	}

	// Whoever has an address keeps it, whatever else comes or goes.
	memory := remembered(c)
	c = Compose(tagged(t, "C#", "C-Sharp"), s, none, memory, noon)
	want(t, c,
		" “The Desk” a b",
		"tags/c-sharp-2 “The Desk – C#” a",
		"tags/c-sharp-3 “The Desk – C-Sharp” b",
		"(tags/c-sharp “The Desk – c sharp” )",
		"(tags/kosovo “The Desk – Kosovo” )",
		"(tags/tag “The Desk – ✈” )",
		"(tags/tag-2 “The Desk – 🚂” )",
	)

	// No feeds are asked for: those that there were go on, unlisted.
	s.Each = nil
	c = Compose(tagged(t, "C#", "new"), s, none, memory, noon)
	if got := outline(c)[2]; got != "(tags/c-sharp-2 “The Desk – C#” a)" || len(c.Feeds) != 6 {
		t.Errorf("feeds\n%s", strings.Join(outline(c), "\n"))
	}
}

func TestEachDimension(t *testing.T) {
	s := testSite()
	s.Each = []site.Dimension{site.Person, site.Section, site.Tag}
	a, b := story(t, "world/a.md", "text", noon), story(t, "b.md", "text", noon)
	a.Authors = []article.Person{{Name: "Ana Petrova"}, {Name: "Luan"}}
	a.Tags = []string{"dam", "Dam"}
	want(t, Compose([]*article.Article{a, b}, s, none, told, noon),
		" “The Desk” b world/a",
		"sections/world “The Desk – world” world/a",
		"tags/dam “The Desk – Dam” world/a",
		"authors/ana-petrova “The Desk – Ana Petrova” world/a",
		"authors/luan “The Desk – Luan” world/a",
	)
}

func TestLanguages(t *testing.T) {
	speaking := func(tags ...string) (all []*article.Article) {
		for i, tag := range tags {
			a := story(t, string(rune('a'+i))+".md", "text", noon)
			a.Language = tag
			all = append(all, a)
		}
		return all
	}
	s := testSite()
	s.Language, s.LanguageStated = "en", true
	c := Compose(speaking("en-GB", "", "sr", "sr-Latn", "sr-Cyrl-RS", "de-AT"), s, none, told, noon)
	want(t, c,
		" “The Desk” a b",
		"languages/de “The Desk – de” f",
		"languages/sr “The Desk – sr” c",
		"languages/sr-cyrl “The Desk – sr-cyrl” e",
		"languages/sr-latn “The Desk – sr-latn” d",
	)
	if got := c.Feeds[1].Language; got != "de" {
		t.Errorf("language %q, want de", got)
	}
	s.LanguageStated = false
	if c = Compose(speaking("mk", "mk", "sq"), s, none, told, noon); c.Feeds[0].Language != "mk" || len(c.Feeds[0].Entries) != 2 {
		t.Errorf("nothing stated: language %q with %d entries, want the commonest, mk, with 2", c.Feeds[0].Language, len(c.Feeds[0].Entries))
	}
	c = Compose(speaking("mk", "sq", "sq"), s, none, remembered(c), noon)
	if c.Feeds[0].Language != "mk" {
		t.Errorf("the site's language was mk and becomes %q", c.Feeds[0].Language)
	}
}

func TestMatch(t *testing.T) {
	a := story(t, "news/2023/dam.md", "---\ntitle: The dam at Mavrovo\ntags: [Rivers, dams]\nauthor: Ana Petrova\nlang: sr-Latn\n---\nIn Pristina the **EU said** it is neutral.\n", noon)
	for name, test := range map[string]struct {
		m    site.Match
		want bool
	}{
		"a tag in other letters":           {site.Match{Tag: []string{"RIVERS"}}, true},
		"one of two tags":                  {site.Match{Tag: []string{"lakes", "dams"}}, true},
		"no part of a tag":                 {site.Match{Tag: []string{"dam"}}, false},
		"an author":                        {site.Match{Author: []string{"ana petrova"}}, true},
		"the section":                      {site.Match{Section: []string{"News"}}, true},
		"the language":                     {site.Match{Language: []string{"sr"}}, true},
		"its script":                       {site.Match{Language: []string{"sr-Latn"}}, true},
		"another script":                   {site.Match{Language: []string{"sr-Cyrl"}}, false},
		"a path":                           {site.Match{Path: []string{"news/*/*.md"}}, true},
		"a path of any depth":              {site.Match{Path: []string{"news/**"}}, true},
		"a path that ends so":              {site.Match{Path: []string{"**/dam.md"}}, true},
		"a path that is longer":            {site.Match{Path: []string{"news/*"}}, false},
		"a path elsewhere":                 {site.Match{Path: []string{"old/**"}}, false},
		"a word of the title":              {site.Match{Text: []string{"mavrovo"}}, true},
		"a word of the text":               {site.Match{Text: []string{"Pristina"}}, true},
		"words through markup":             {site.Match{Text: []string{"the eu said"}}, true},
		"no part of a word":                {site.Match{Text: []string{"Pristin"}}, false},
		"the beginning of a word":          {site.Match{Text: []string{"Pristin*"}}, true},
		"a short word, not within another": {site.Match{Text: []string{"utra"}}, false},
		"parts of different kinds, both":   {site.Match{Tag: []string{"dams"}, Text: []string{"EU"}}, true},
		"parts of different kinds, one":    {site.Match{Tag: []string{"dams"}, Text: []string{"Nato"}}, false},
		"all":                              {site.Match{All: []site.Match{{Tag: []string{"dams"}}, {Tag: []string{"rivers"}}}}, true},
		"not all":                          {site.Match{All: []site.Match{{Tag: []string{"dams"}}, {Tag: []string{"lakes"}}}}, false},
		"any":                              {site.Match{Any: []site.Match{{Tag: []string{"lakes"}}, {Tag: []string{"rivers"}}}}, true},
		"none of any":                      {site.Match{Any: []site.Match{{Tag: []string{"lakes"}}}}, false},
		"any but not":                      {site.Match{Any: []site.Match{{Tag: []string{"dams"}}}, Not: []site.Match{{Author: []string{"Ana Petrova"}}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := testSite()
			s.Feeds = []site.Feed{{Path: "own", Title: "Own", Listed: true, Match: test.m, Formats: s.Formats, Content: s.Content, Limit: s.Limit}}
			c := Compose([]*article.Article{a}, s, none, told, noon)
			if got := len(c.Feeds[1].Entries) == 1; got != test.want {
				t.Errorf("chosen %v, want %v", got, test.want)
			}
		})
	}
}

func TestWhereAnArticleLetsItselfStand(t *testing.T) {
	articles := tagged(t, "dam", "dam", "dam", "dam")
	articles[0].Showing = article.Showing{Nowhere: true}
	articles[1].Showing = article.Showing{Only: []string{"tags/dam"}}
	articles[2].Showing = article.Showing{Only: []string{"site", "own", "onw"}}
	articles[3].Showing = article.Showing{Summary: true}
	s := testSite()
	s.Each = []site.Dimension{site.Tag}
	s.Feeds = []site.Feed{{Path: "own", Title: "Own", Listed: true, Match: site.Match{Tag: []string{"dam"}}, Formats: s.Formats, Content: s.Content, Limit: s.Limit}}
	c := Compose(articles, s, none, told, noon.AddDate(1, 0, 0))
	want(t, c, " “The Desk” c d", "own “Own” c d", "tags/dam “The Desk – dam” b d")
	for _, f := range c.Feeds {
		for _, part := range append([]*Feed{f}, f.Archives...) {
			for _, e := range part.Entries {
				if summary := e.ID == articles[3].ID; part.Brief(e) != summary {
					t.Errorf("%s: %s brief %v, want %v", part.Path, e.ID, part.Brief(e), summary)
				}
			}
		}
	}
	if len(c.Entries) != 4 {
		t.Errorf("%d pages, want 4", len(c.Entries))
	}
	if len(c.Problems) != 1 || c.Problems[0].Path != articles[2].Path || !strings.Contains(c.Problems[0].Text, `"onw"`) {
		t.Errorf("problems %v, want one, of the feed that is not there", c.Problems)
	}
}

func TestRetire(t *testing.T) {
	s := testSite()
	s.Each = []site.Dimension{site.Tag}
	first := Compose(tagged(t, "old", "new", "sick"), s, none, told, noon)
	s.Retire = map[string]string{"tags/old": "/tags/new", "tags/sick": site.Gone, "tags/never": site.Gone}
	c := Compose(tagged(t, "old", "new", "sick"), s, none, remembered(first), noon)
	want(t, c, " “The Desk” a b c", "tags/new “The Desk – new” b")
	var retired []string
	for _, r := range c.Retired {
		retired = append(retired, r.Path+" "+r.For.path())
	}
	if want := []string{"tags/old tags/new", "tags/sick -"}; !slices.Equal(retired, want) {
		t.Errorf("retired %v, want %v", retired, want)
	}
	if len(c.Problems) != 1 || !strings.Contains(c.Problems[0].Text, "tags/never") {
		t.Errorf("problems %v, want one, of the feed that never was", c.Problems)
	}
	s.Retire = map[string]string{"tags/old": "/tags/nowhere"}
	c = Compose(tagged(t, "old"), s, none, remembered(first), noon)
	if got := outline(c); !slices.Contains(got, "(tags/old “The Desk – old” a)") || len(c.Problems) != 1 {
		t.Errorf("nothing stands for it: feeds %v, problems %v, want that it stays", got, c.Problems)
	}
}

func TestAFeedThatIsNotAskedForStays(t *testing.T) {
	s := testSite()
	s.Feeds = []site.Feed{{Path: "own", Title: "Own", Listed: true, Match: site.Match{Tag: []string{"x"}}, Formats: s.Formats, Content: s.Content, Limit: s.Limit}}
	first := Compose(tagged(t, "x"), s, none, told, noon)
	s.Feeds = nil
	c := Compose(tagged(t, "x"), s, none, remembered(first), noon)
	want(t, c, " “The Desk” a", "(own “Own” )")
	if was, is := first.Feeds[1], c.Feeds[1]; was.ID != is.ID || is.Updated.Before(was.Updated) {
		t.Errorf("id %q, updated %v, want %q, not before %v", is.ID, is.Updated, was.ID, was.Updated)
	}
}
