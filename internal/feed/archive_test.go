package feed

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test needs no zone files of the machine

	"feedmill/internal/article"
	"feedmill/internal/site"
)

func TestPeriods(t *testing.T) {
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		at        string // in Greenwich
		period    site.Period
		name, end string // the end in Skopje
	}{
		{"2023-12-31T22:59:59Z", site.Year, "2023", "2024-01-01 00:00 +0100"},
		{"2023-12-31T23:00:00Z", site.Year, "2024", "2025-01-01 00:00 +0100"},
		{"2023-11-20T12:00:00Z", site.Month, "2023-11", "2023-12-01 00:00 +0100"},
		{"2024-02-29T12:00:00Z", site.Month, "2024-02", "2024-03-01 00:00 +0100"},
		{"2024-12-30T12:00:00Z", site.Week, "2025-W01", "2025-01-06 00:00 +0100"},
		{"2021-01-03T12:00:00Z", site.Week, "2020-W53", "2021-01-04 00:00 +0100"},
		{"2024-03-31T12:00:00Z", site.Day, "2024-03-31", "2024-04-01 00:00 +0200"}, // a day of 23 hours
		{"2024-10-27T12:00:00Z", site.Week, "2024-W43", "2024-10-28 00:00 +0100"},
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		got := spanOf(test.period, at.In(skopje))
		if end := got.end.Format("2006-01-02 15:04 -0700"); got.name != test.name || end != test.end {
			t.Errorf("%s by %s: %s until %s, want %s until %s", test.at, test.period, got.name, end, test.name, test.end)
		}
	}
}

func TestThePeriodIsChosenByHowMuchIsPublished(t *testing.T) {
	for name, test := range map[string]struct {
		n     int
		every time.Duration
		want  site.Period
	}{
		"one article says little": {1, time.Hour, site.Month},
		"four in two years":       {4, 180 * 24 * time.Hour, site.Year},
		"one a week":              {300, 7 * 24 * time.Hour, site.Year},
		"one a day":               {300, 24 * time.Hour, site.Month},
		"seven a day":             {400, 3*time.Hour + 26*time.Minute, site.Week},
		"fifty a day":             {400, 29 * time.Minute, site.Day},
	} {
		t.Run(name, func(t *testing.T) {
			var entries []*Entry
			for i := range test.n {
				entries = append(entries, NewEntry(Shown{Published: noon.Add(-time.Duration(i) * test.every)}, nil))
			}
			if got := choosePeriod(entries); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// past is a site with years of articles, some of them of one day.
type past struct {
	t        *testing.T
	site     site.Site
	memory   Memory
	articles []*article.Article
}

func newPast(t *testing.T, seed uint64, period site.Period) *past {
	random := rand.New(rand.NewPCG(seed, 1))
	p := &past{t: t, site: testSite(), memory: told}
	p.site.Archive, p.site.Limit, p.site.Each = period, site.Limit{Entries: 5, Days: 3, Bytes: 1e6}, []site.Dimension{site.Tag}
	at := noon
	for i := range 60 {
		p.add(fmt.Sprintf("%02d.md", i), at, at)
		at = at.Add(-time.Duration(random.IntN(40*24)) * time.Hour)
	}
	return p
}

func (p *past) add(path string, published, seen time.Time) {
	a := story(p.t, path, "text", published)
	a.Seen = article.At(seen)
	a.Tags = []string{"all", string("abc"[len(p.articles)%3])}
	p.articles = append(p.articles, a)
}

func (p *past) at(now time.Time) Composition {
	return Compose(p.articles, p.site, none, p.memory, now)
}

// said is all that a composition puts into documents, by their paths.
func said(c Composition) map[string]string {
	all := map[string]string{}
	for _, f := range c.Feeds {
		for _, part := range append([]*Feed{f}, f.Archives...) {
			var b strings.Builder
			fmt.Fprintln(&b, part.ID, part.Title, part.Updated, part.Prev.path(), part.Next.path(), part.Current.path(), part.Gone)
			for _, e := range part.Entries {
				fmt.Fprintln(&b, e.ID, e.Title, e.Updated, part.Brief(e))
			}
			all[part.Path] = b.String()
		}
	}
	all["news"] = strings.Join(ids(c.News), " ")
	return all
}

func (f *Feed) path() string {
	if f == nil {
		return "-"
	}
	return f.Path
}

// differ returns the paths of the documents that two compositions do not share.
func differ(a, b Composition) []string {
	was, is := said(a), said(b)
	paths := map[string]bool{}
	for path := range was {
		paths[path] = was[path] != is[path]
	}
	for path := range is {
		paths[path] = was[path] != is[path]
	}
	maps.DeleteFunc(paths, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(paths))
}

func ids(entries []*Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return all
}

var everyPeriod = []site.Period{site.Auto, site.Day, site.Week, site.Month, site.Year}

func TestEveryArticleStandsOnceInTheHistory(t *testing.T) {
	for _, period := range everyPeriod {
		for seed := range uint64(6) {
			p := newPast(t, seed, period)
			for step := range 12 {
				now := noon.AddDate(0, 0, 34*step-200)
				c := p.at(now)
				for _, f := range c.Feeds {
					archived := map[string]int{}
					for i, a := range f.Archives {
						if a.Current != f || a.ID != f.ID {
							t.Fatalf("%s: not an archive of %q", a.Path, f.Path)
						}
						if i == 0 && f.Prev != a || i > 0 && (f.Archives[i-1].Prev != a || a.Next != f.Archives[i-1]) {
							t.Fatalf("%s is not linked with its neighbours", a.Path)
						}
						for _, e := range a.Entries {
							archived[e.ID]++
							if span := spanOf(f.Period, e.Published.Time().In(p.site.Zone)); span.end.After(now) {
								t.Fatalf("%s stands in %s, which is open until %v", e.ID, a.Path, span.end)
							}
						}
					}
					// Crawled by its links.
					reached := map[string]bool{}
					for d := f; d != nil; d = d.Prev {
						for _, e := range d.Entries {
							reached[e.ID] = true
						}
					}
					stands := ids(f.Entries)
					for _, e := range c.Entries {
						if !slices.Contains(c.In(e), f.Path) {
							continue
						}
						if n := archived[e.ID]; n > 1 || n == 0 && !slices.Contains(stands, e.ID) {
							t.Fatalf("%v, %q: %s stands in %d closed archives; in the subscription document: %v", now, f.Path, e.ID, n, slices.Contains(stands, e.ID))
						}
						if !reached[e.ID] {
							t.Fatalf("%v, %q: a crawl does not reach %s", now, f.Path, e.ID)
						}
					}
				}
			}
		}
	}
}

func TestANewArticleChangesNoArchive(t *testing.T) {
	for _, period := range everyPeriod[1:] {
		p := newPast(t, 7, period)
		before := p.at(noon)
		p.add("new.md", noon, noon)
		for _, path := range differ(before, p.at(noon)) {
			if strings.Contains(path, "archive/") {
				t.Errorf("by %s: a new article changes %s", period, path)
			}
		}
	}
}

func TestABackdatedArticle(t *testing.T) {
	for _, period := range everyPeriod[1:] {
		for seed := range uint64(8) {
			p := newPast(t, seed, period)
			p.site.Each = nil
			before := p.at(noon)
			published := noon.AddDate(0, 0, -int(seed)*50-400)
			p.add("added.md", published, noon)
			after := p.at(noon)
			its := "archive/" + spanOf(period, published.In(p.site.Zone)).name
			allowed := []string{"", its}
			for _, a := range after.Feeds[0].Archives {
				if a.Path == its {
					allowed = append(allowed, a.Prev.path(), a.Next.path())
				}
			}
			changed := differ(before, after)
			for _, path := range changed {
				if !slices.Contains(allowed, path) {
					t.Errorf("by %s: an article of %v changes %s, want only %v", period, published, path, allowed)
				}
			}
			if !slices.Contains(changed, its) {
				t.Errorf("by %s: it does not stand in %s", period, its)
			}
			// For limit.days it is said to subscribers as well.
			const id = "tag:example.org,2026:added.md"
			if !slices.Contains(ids(after.Feeds[0].Entries), id) {
				t.Errorf("by %s: subscribers are not told", period)
			}
			later := noon.AddDate(0, 0, 3)
			if !p.at(later.Add(-time.Second)).wakesBy(later) || slices.Contains(ids(p.at(later).Feeds[0].Entries), id) {
				t.Errorf("by %s: subscribers are told for more than 3 days", period)
			}
		}
	}
}

func (c Composition) wakesBy(t time.Time) bool { return !c.Wake.IsZero() && !c.Wake.After(t) }

func TestWhatSubscribersHaveIsNotSaidAgain(t *testing.T) {
	p := newPast(t, 3, site.Month)
	for _, a := range p.articles {
		a.Seen = 0
	}
	want := ids(p.at(noon).Feeds[0].Entries)
	closed := p.articles[len(want)]
	closed.Seen = article.At(spanOf(site.Month, closed.Published.Time()).end.Add(-time.Second))
	if got := ids(p.at(noon).Feeds[0].Entries); !slices.Equal(got, want) {
		t.Errorf("seen while its period was open: entries %v, want %v", got, want)
	}
	// At the first publish everything is seen at once.
	for _, a := range p.articles {
		a.Seen = article.At(noon)
	}
	p.memory = Memory{NewID: told.NewID}
	if got := ids(p.at(noon).Feeds[0].Entries); !slices.Equal(got, want) {
		t.Errorf("at the first publish: entries %v, want %v", got, want)
	}
}

func TestAnArticleOfAPeriodThatEndsSoonIsNotSaidAgain(t *testing.T) {
	p := newPast(t, 3, site.Month)
	p.articles = p.articles[:0]
	end := spanOf(site.Month, noon).end
	for i := range 10 {
		p.add(fmt.Sprintf("%d.md", i), end.Add(-time.Duration(i+1)*time.Hour), end.Add(-time.Duration(10-i)*time.Minute))
	}
	p.site.Limit.Days = 0
	if got := len(p.at(end).Feeds[0].Entries); got != 5 {
		t.Errorf("when the month is over there are %d entries, want the 5 of the limit", got)
	}
}

func TestBetweenTwoWakesNothingChanges(t *testing.T) {
	for _, period := range everyPeriod {
		p := newPast(t, 11, period)
		p.articles[20].Until = noon.AddDate(0, 0, 2)
		p.articles[21].Seen = article.At(noon.Add(-time.Hour))
		p.memory.Gone = []Tombstone{{ID: "urn:gone", When: noon.AddDate(0, 0, -29), In: []string{"", "tags/a"}}}
		now := noon.AddDate(0, 0, -40)
		gone := p.memory.Gone
		p.memory = remembered(p.at(now))
		p.memory.Gone = gone
		for path, told := range p.memory.Feeds {
			told.Since = noon.AddDate(-1, 0, 0)
			p.memory.Feeds[path] = told
		}
		for steps := 0; ; steps++ {
			c := p.at(now)
			if c.Wake.IsZero() {
				if steps < 5 {
					t.Errorf("by %s: only %d instants at which something changes", period, steps)
				}
				break
			}
			for _, between := range []time.Time{now.Add(1), now.Add(c.Wake.Sub(now) / 2), c.Wake.Add(-1)} {
				if d := differ(c, p.at(between)); len(d) > 0 {
					t.Fatalf("by %s: between %v and its wake-up at %v, at %v, %v change", period, now, c.Wake, between, d)
				}
			}
			now = c.Wake
		}
	}
}

func TestThePeriodIsKept(t *testing.T) {
	p := newPast(t, 1, site.Auto)
	first := p.at(noon).Feeds[0]
	if first.Period != site.Year {
		t.Fatalf("period %s, want year", first.Period)
	}
	p.memory.Feeds = map[string]Told{"": {ID: "x", Kind: SiteFeed, Period: "year", Since: noon.AddDate(-1, 0, 0)}}
	for i := range 300 {
		p.add(fmt.Sprintf("many-%d.md", i), noon.Add(-time.Duration(i)*time.Hour), noon)
	}
	c := p.at(noon)
	if got := c.Feeds[0].Period; got != site.Year {
		t.Errorf("as more is published the period becomes %s", got)
	}
	if !slices.ContainsFunc(c.Problems, func(p article.Problem) bool { return p.Code == "archive" && strings.Contains(p.Hint, "month") }) {
		t.Errorf("problems %v, want the advice to archive by month", c.Problems)
	}
	p.site.Archive = site.Off
	if f := p.at(noon).Feeds[0]; len(f.Archives) > 0 || f.Prev != nil || len(f.Entries) > 100 {
		t.Errorf("without archives: %d archives, %d entries", len(f.Archives), len(f.Entries))
	}
}

func TestTombstonesInFeeds(t *testing.T) {
	p := newPast(t, 1, site.Month)
	when := noon.AddDate(0, 0, -3)
	p.memory.Gone = []Tombstone{
		{ID: "urn:gone", When: when, In: []string{"", "tags/a"}},
		{ID: p.articles[0].ID, When: when, In: []string{""}},
	}
	has := map[string][]string{}
	for _, f := range p.at(noon).Feeds {
		for _, part := range append([]*Feed{f}, f.Archives...) {
			for _, g := range part.Gone {
				has[g.ID] = append(has[g.ID], part.Path)
			}
		}
	}
	if want := map[string][]string{"urn:gone": {"", "tags/a"}}; !reflect.DeepEqual(has, want) {
		t.Errorf("tombstones %v, want %v: in subscription documents, of what is not there", has, want)
	}
	p.articles = p.articles[5:]
	if f := p.at(noon).Feeds[0]; f.Updated.Before(when) {
		t.Errorf("the feed was updated %v, want not before its tombstone of %v", f.Updated, when)
	}
	for _, f := range p.at(when.Add(tombstoneLife)).Feeds {
		if len(f.Gone) > 0 {
			t.Errorf("after 30 days %s has tombstones %v", f.Path, f.Gone)
		}
	}
}
