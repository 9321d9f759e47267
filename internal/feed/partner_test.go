package feed

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

var prose = strings.Repeat("The water stood at the crest for three hours. ", 12)

// partnerSite is a site with a feed for one partner at "p".
func partnerSite(profile site.Profile) site.Site {
	s := testSite()
	s.LanguageStated = true
	limit := site.Limit{Entries: 3, Bytes: 1e5}
	s.Feeds = []site.Feed{{Path: "p", Title: "P", Profile: profile, Formats: []site.Format{site.RSS}, Content: site.Full, Limit: limit, Language: "en"}}
	return s
}

// of returns the feed at a path.
func of(t *testing.T, c Composition, path string) *Feed {
	t.Helper()
	i := slices.IndexFunc(c.Feeds, func(f *Feed) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("no feed at %q", path)
	}
	return c.Feeds[i]
}

func names(entries []*Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(e.ID, "tag:example.org,2026:"), ".md"))
	}
	return strings.Join(all, " ")
}

// TestWhatPartnersTake asks which of several articles stands in the feed of a
// partner, and what is said of the others.
func TestWhatPartnersTake(t *testing.T) {
	long := "# The dam at Mavrovo held\n\n" + prose
	for name, test := range map[string]struct {
		profile site.Profile
		source  string
		change  func(*article.Article)
		lack    string // empty: it stands in the feed
		silent  bool   // it does not, and nothing is said
	}{
		"SmartNews takes a story":                  {profile: site.SmartNews, source: long},
		"SmartNews wants a text":                   {profile: site.SmartNews, source: "---\ntitle: The dam at Mavrovo held\n---\n", lack: "SmartNews does not take it: it has no text"},
		"SmartNews wants clean addresses":          {profile: site.SmartNews, source: long, change: func(a *article.Article) { a.Link = "https://example.org/?utm_source=x" }, lack: "SmartNews does not take it: its address has utm_ parameters"},
		"SmartNews gets nothing of a summary":      {profile: site.SmartNews, source: "---\nfeed: summary\n---\n" + long, silent: true},
		"SmartNews gets nothing withdrawn":         {profile: site.SmartNews, source: long, change: func(a *article.Article) { a.Withdrawn = true }, silent: true},
		"MSN takes a story":                        {profile: site.MSN, source: long},
		"MSN wants 21 characters of title":         {profile: site.MSN, source: "# Twenty-one characters\n\n" + prose},
		"MSN wants no less":                        {profile: site.MSN, source: "# Twenty characters ab\n\n" + prose, lack: "MSN does not take it: its title has 20 characters, not 21 to 150"},
		"MSN wants no more than 150":               {profile: site.MSN, source: "# " + strings.Repeat("я", 151) + "\n\n" + prose, lack: "MSN does not take it: its title has 151 characters, not 21 to 150"},
		"MSN wants 450 characters of text":         {profile: site.MSN, source: "# The dam at Mavrovo held\n\n" + prose[:300], lack: "MSN does not take it: its text has 300 characters, not 450 to 500,000"},
		"MSN takes nothing older than a year":      {profile: site.MSN, source: long, change: func(a *article.Article) { a.Published = article.At(noon.AddDate(-1, 0, 0)) }, silent: true},
		"MSN gets one language":                    {profile: site.MSN, source: "---\nlanguage: mk\n---\n" + long, silent: true},
		"Flipboard takes a story":                  {profile: site.Flipboard, source: long},
		"Flipboard takes a long summary":           {profile: site.Flipboard, source: "---\nfeed: summary\nsummary: " + prose[:320] + "\n---\n" + long},
		"Flipboard takes no short summary alone":   {profile: site.Flipboard, source: "---\nfeed: summary\nsummary: Short.\n---\n" + long, lack: "Flipboard does not take it: it shows no text, and its summary has 6 characters, not 300"},
		"Flipboard shows that it is withdrawn":     {profile: site.Flipboard, source: "---\nstatus: withdrawn\n---\n" + long},
		"Apple News takes a story":                 {profile: site.AppleNews, source: long},
		"Apple News wants something to read":       {profile: site.AppleNews, source: "---\ntitle: The dam\n---\n", lack: "Apple News does not take it: it has neither text nor summary"},
		"a newsletter takes a story":               {profile: site.Newsletter, source: long},
		"a newsletter takes a summary":             {profile: site.Newsletter, source: "---\nfeed: summary\nsummary: Short.\n---\n" + long},
		"a newsletter sends nothing withdrawn":     {profile: site.Newsletter, source: "---\nstatus: withdrawn\n---\n" + long, silent: true},
		"a newsletter wants a line below a title":  {profile: site.Newsletter, source: "---\ntitle: The dam\n---\n", lack: "a newsletter does not take it: it has no summary"},
		"no partner gets what stands in no feed":   {profile: site.Flipboard, source: "---\nfeed: false\n---\n" + long, silent: true},
		"no partner gets what names other feeds":   {profile: site.Flipboard, source: "---\nfeed: [site]\n---\n" + long, silent: true},
		"a partner gets what names the feed":       {profile: site.Flipboard, source: "---\nfeed: [p]\n---\n" + long},
		"no partner gets what is still to come":    {profile: site.MSN, source: long, change: func(a *article.Article) { a.Published = article.At(noon.Add(time.Hour)) }, silent: true},
		"no partner gets what has had its time up": {profile: site.MSN, source: long, change: func(a *article.Article) { a.Until = noon }, silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := story(t, "a.md", test.source, noon.Add(-time.Hour))
			if test.change != nil {
				test.change(a)
			}
			c := Compose([]*article.Article{a}, partnerSite(test.profile), none, told, noon)
			got := ""
			for _, p := range c.Problems {
				got += p.Text
				if p.Path != "a.md" || p.Severity != article.Warning || p.Code != string(test.profile) || !strings.Contains(p.Hint, "not in p") {
					t.Errorf("problem %+v", p)
				}
			}
			if got != test.lack {
				t.Errorf("got problem %q, want %q", got, test.lack)
			}
			stands, wanted := names(of(t, c, "p").Entries), "a"
			if test.lack != "" || test.silent {
				wanted = ""
			}
			if stands != wanted {
				t.Errorf("in the feed stands %q, want %q", stands, wanted)
			}
		})
	}
}

// TestThePlaceInAPartnersFeed fills it with what the partner takes, up to its
// limit, and not with what it does not take.
func TestThePlaceInAPartnersFeed(t *testing.T) {
	var all []*article.Article
	for i := range 8 {
		text := "# The dam at Mavrovo held\n\n" + prose
		if i%2 == 0 {
			text = "# Short\n\n" + prose
		}
		all = append(all, story(t, fmt.Sprintf("%d.md", i), text, noon.Add(-time.Duration(i+1)*time.Hour)))
	}
	s := partnerSite(site.MSN)
	if got := names(of(t, Compose(all, s, none, told, noon), "p").Entries); got != "1 3 5" {
		t.Errorf("three entries: got %q", got)
	}
	s.Feeds[0].Limit.Days = 1
	if got := names(of(t, Compose(all, s, none, told, noon), "p").Entries); got != "1 3 5 7" {
		t.Errorf("a day: got %q", got)
	}
	s.Feeds[0].Limit = site.Limit{Entries: 3, Bytes: 1500}
	c := Compose(all, s, none, told, noon)
	if got := names(of(t, c, "p").Entries); got != "1" {
		t.Errorf("1500 bytes: got %q", got)
	}
	if !slices.ContainsFunc(c.Problems, func(p article.Problem) bool { return strings.HasPrefix(p.Text, "limit.bytes: p has 1 entries") }) {
		t.Errorf("nothing is said of the limit: %v", c.Problems)
	}
	// It leaves when it is a year old, and the composition wakes for that.
	lone := story(t, "a.md", "# The dam at Mavrovo held\n\n"+prose, noon.AddDate(0, 0, -364))
	c = Compose([]*article.Article{lone}, partnerSite(site.MSN), none, told, noon)
	if want := lone.Published.Time().Add(365 * 24 * time.Hour); !c.Wake.Equal(want) {
		t.Errorf("wakes at %v, want %v", c.Wake, want)
	}
}

// TestWhatIsTakenBack follows an article through the feed of a partner who keeps
// what it has.
func TestWhatIsTakenBack(t *testing.T) {
	s := partnerSite(site.SmartNews)
	s.Feeds[0].Limit.Entries = 1
	text := "# The dam at Mavrovo held\n\n" + prose
	a, b := story(t, "a.md", text, noon.Add(-2*time.Hour)), story(t, "b.md", text, noon.Add(-time.Hour))
	memory := told
	// compose says what stands in the feed, and what is taken back.
	compose := func(now time.Time, articles ...*article.Article) string {
		c := Compose(articles, s, none, memory, now)
		memory.Given = c.Given
		f := of(t, c, "p")
		said := names(f.Entries)
		for _, e := range f.Entries {
			if !e.Updated.Equal(e.Published) {
				said += fmt.Sprintf("@%s", e.Updated.Time().Sub(noon))
			}
		}
		for _, g := range f.Gone {
			said += fmt.Sprintf(" -%s@%s", strings.TrimPrefix(g.Link, "https://feeds.example.org/news/articles/"), g.When.Sub(noon))
		}
		return said
	}
	hidden := b.Copy()
	hidden.Showing.Nowhere = true
	for _, step := range []struct {
		name     string
		after    time.Duration
		articles []*article.Article
		want     string
	}{
		{"it stands there", 0, []*article.Article{a}, "a"},
		{"a newer one comes and it ages: the partner keeps it", time.Hour, []*article.Article{a, b}, "b"},
		{"the newer one may stand nowhere", 2 * time.Hour, []*article.Article{a, hidden}, "a -b/@2h0m0s"},
		{"nothing more happens: the same is said", 3 * time.Hour, []*article.Article{a, hidden}, "a -b/@2h0m0s"},
		{"both are deleted, one in its window and one long aged", 4 * time.Hour, nil, " -a/@4h0m0s -b/@2h0m0s"},
		{"one comes back", 5 * time.Hour, []*article.Article{a}, "a@5h0m0s -b/@2h0m0s"},
		{"after thirty days nothing more is said", 31 * 24 * time.Hour, []*article.Article{a}, "a@5h0m0s"},
		{"nor later", 32 * 24 * time.Hour, []*article.Article{a}, "a@5h0m0s"},
	} {
		if got := compose(noon.Add(step.after), step.articles...); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
	if c := Compose(nil, s, none, Memory{Feeds: told.Feeds, NewID: told.NewID, Given: map[string][]Given{"p": {{ID: "x", Link: "https://example.org/x"}}}}, noon); !c.Wake.Equal(noon.Add(tombstoneLife)) {
		t.Errorf("wakes at %v, want it when nothing is said any more", c.Wake)
	}
}
