package feed

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// newsroom is a site in which things happen by chance.
type newsroom struct {
	t        *testing.T
	random   *rand.Rand
	articles map[string]*article.Article
	site     site.Site
	memory   Memory
	files    map[string]int // path → size
	now      time.Time
	n        int
}

func (r *newsroom) Has(path string) bool { return r.files[path] > 0 }

func (r *newsroom) Measure(path string) (length int64, width, height int) {
	return int64(r.files[path]), r.files[path], 1
}

func (r *newsroom) one(of ...string) string { return of[r.random.IntN(len(of))] }

// write writes an article.
func (r *newsroom) write(path string) {
	r.n++
	body := []string{fmt.Sprintf("Text %d.", r.n)}
	for range r.random.IntN(3) {
		body = append(body, r.one("[other](a1.md)", "[gone](a2.md#x)", "![picture](p.png)", "![picture](q.png)", "[away](https://example.com/)", "Pristina", "[here](#x)", "[wiki](/a3)"))
	}
	published := r.now.Add(-time.Duration(r.random.IntN(120*24)) * time.Hour)
	if old := r.articles[path]; old != nil {
		published = old.Published.Time()
	}
	a := story(r.t, path, strings.Join(body, "\n\n")+"\n", published)
	a.Updated = article.At(published.Add(time.Duration(r.random.IntN(100)) * time.Hour))
	a.Seen = article.At(r.now.Add(-time.Duration(r.random.IntN(1000)) * time.Hour))
	for range r.random.IntN(3) {
		a.Tags = append(a.Tags, r.one("Kosovo", "kosovo", "NATO", "C++", "C"))
	}
	a.Section = r.one("", "world", "sport")
	a.Authors = []article.Person{{Name: r.one("Ana", "Besa", "")}}
	a.Language = r.one("", "", "", "sr", "sr-Latn", "de")
	switch r.random.IntN(12) {
	case 0:
		a.Until = r.now.Add(time.Duration(r.random.IntN(100)-20) * time.Hour)
	case 1:
		a.From = r.now.Add(time.Duration(r.random.IntN(100)-20) * time.Hour)
	case 2:
		a.Showing.Only = []string{r.one("site", "tags/kosovo", "own")}
	case 3:
		a.Showing.Nowhere = true
	case 4:
		a.Showing.Summary, a.Withdrawn = true, true
	case 5:
		a.Draft = true
	}
	r.articles[path] = a
}

// happen lets something happen, and says what.
func (r *newsroom) happen() string {
	path := fmt.Sprintf("a%d.md", r.random.IntN(30))
	switch r.random.IntN(14) {
	case 0, 1, 2, 3:
		r.write(path)
		return "write " + path
	case 4:
		if a := r.articles[path]; a != nil {
			r.memory.Gone = append(slices.Clone(r.memory.Gone), Tombstone{ID: a.ID, When: r.now.UTC().Truncate(time.Second), In: []string{"", "tags/kosovo"}})
		}
		delete(r.articles, path)
		return "remove " + path
	case 5:
		if a := r.articles[path]; a != nil {
			b := a.Copy()
			b.Slug += "-moved"
			r.articles[path] = b
		}
		return "move " + path
	case 6:
		file := r.one("p.png", "q.png")
		r.files = maps.Clone(r.files)
		r.files[file] = r.random.IntN(4)
		return "draw " + file
	case 7:
		r.site.Each = [][]site.Dimension{nil, {site.Tag}, {site.Tag, site.Person, site.Section}}[r.random.IntN(3)]
		return "ask for other feeds"
	case 8:
		r.site.Limit.Entries = 1 + r.random.IntN(20)
		r.site.Limit.Bytes = 100 + r.random.IntN(5000)
		return "limit"
	case 9:
		r.site.Archive = []site.Period{site.Off, site.Month, site.Day, site.Auto}[r.random.IntN(4)]
		return "archive"
	case 10:
		r.site.Feeds = nil
		if r.random.IntN(3) > 0 {
			r.site.Feeds = []site.Feed{{Path: "own", Title: "Own", Formats: r.site.Formats, Limit: r.site.Limit, Content: site.Summary,
				Match: site.Match{Any: []site.Match{{Text: []string{"Pristina"}}, {Tag: []string{"nato"}}}}}}
		}
		return "make a feed of its own"
	case 11:
		r.site.Link = r.one("", "https://www.example.org/{slug}/")
		return "link elsewhere"
	case 12:
		r.now = r.now.Add(-time.Duration(r.random.IntN(100)) * time.Hour)
		return "set the clock back"
	}
	r.now = r.now.Add(time.Duration(r.random.IntN(300)) * time.Hour)
	return "time passes"
}

// all is what a composition says, as far as anybody can see.
func (c Composition) all(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	key := func(k Key, err error) Key {
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for _, f := range c.Feeds {
		for _, part := range append([]*Feed{f}, f.Archives...) {
			fmt.Fprintln(&b, "feed", part.Path, part.Updated, part.Period, key(part.Key()), ids(part.Entries))
		}
	}
	for _, r := range c.Retired {
		fmt.Fprintln(&b, "retired", r.Path, key(r.Key()), len(r.Archives))
	}
	for _, e := range c.Entries {
		content, err := e.Content()
		media, _ := e.Media()
		fmt.Fprintln(&b, "entry", e.ID, key(e.Key()), content, err, media, c.In(e))
	}
	ailments := c.Ailments()
	slices.SortFunc(ailments, article.Problem.Compare)
	fmt.Fprintln(&b, "ailments", ailments)
	fmt.Fprintln(&b, "news", ids(c.News), "media", c.Media, "problems", c.Problems, "wake", c.Wake)
	return b.String()
}

// What comes after a composition is what would be composed without it.
func TestNextIsCompose(t *testing.T) {
	for seed := range uint64(40) {
		r := &newsroom{t: t, random: rand.New(rand.NewPCG(seed, 2)), articles: map[string]*article.Article{}, site: testSite(), now: noon}
		r.files = map[string]int{"p.png": 1}
		r.site.Archive, r.site.Limit = site.Month, site.Limit{Entries: 5, Days: 3, Bytes: 1e6}
		r.memory = Memory{NewID: told.NewID}
		for range 20 {
			r.write(fmt.Sprintf("a%d.md", r.random.IntN(30)))
		}
		var last Composition
		stands := map[string][]string{}
		var did []string
		for step := range 60 {
			articles := slices.SortedFunc(maps.Values(r.articles), byPath)
			next := last.Next(articles, r.site, r, r.memory, r.now)
			want := Compose(articles, r.site, r, r.memory, r.now)
			if got, want := next.all(t), want.all(t); got != want {
				t.Fatalf("seed %d, step %d, after %q:\n%s", seed, step, did, firstDifference(got, want))
			}
			if step%4 == 3 {
				did = append(did, "(held)")
			} else {
				// Published: the ledger remembers it.
				last = next
				standing, all := next.Standing()
				if all {
					clear(stands)
				}
				for id, in := range standing {
					if stands[id] = in; in == nil {
						delete(stands, id)
					}
				}
				for _, e := range next.Entries {
					if got, want := stands[e.ID], next.In(e); !slices.Equal(got, want) {
						t.Fatalf("seed %d, step %d, after %q: %s stands in %q, want %q", seed, step, did, e.ID, got, want)
					}
				}
				if len(stands) > len(next.Entries) {
					t.Fatalf("seed %d, step %d, after %q: of %d entries %d stand somewhere", seed, step, did, len(next.Entries), len(stands))
				}
				gone := r.memory.Gone
				feeds := maps.Clone(r.memory.Feeds)
				r.memory = remembered(next)
				for path, was := range feeds {
					is, ok := r.memory.Feeds[path]
					if !ok {
						r.memory.Feeds[path] = was
						continue
					}
					is.Since = was.Since
					r.memory.Feeds[path] = is
				}
				r.memory.Gone = gone
			}
			did = append(did, r.happen())
		}
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("got  %s\nwant %s", a[i], b[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(a), len(b))
}

func BenchmarkCompose(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		articles := make([]*article.Article, n)
		for i := range articles {
			articles[i] = benchArticle(b, i)
		}
		s := site.Default()
		s.Link, s.Each = "https://www.example.org/{section}/{slug}/", []site.Dimension{site.Tag, site.Person, site.Section}
		now := noon.AddDate(1, 0, 0)
		first := Compose(articles, s, none, told, now)
		memory := remembered(first)
		first = first.Next(articles, s, none, memory, now)
		b.Run(fmt.Sprintf("%d articles from nothing", n), func(b *testing.B) {
			for b.Loop() {
				Compose(articles, s, none, memory, now)
			}
		})
		b.Run(fmt.Sprintf("%d articles, one edited", n), func(b *testing.B) {
			c := first
			for i := 0; b.Loop(); i++ {
				edited := slices.Clone(articles)
				a := *articles[n-1-i%100]
				a.Title += fmt.Sprint(i)
				edited[n-1-i%100] = &a
				c = c.Next(edited, s, none, memory, now)
			}
		})
	}
}

func benchArticle(b *testing.B, i int) *article.Article {
	a, problems := article.Parse(fmt.Sprintf("2026/%06d.md", i), []byte(fmt.Sprintf("---\ntitle: Article %d\n---\nText of *article* %d.\n", i, i)), article.Options{})
	if a == nil {
		b.Fatal(problems)
	}
	a.ID, a.Published = fmt.Sprintf("tag:example.org,2026:%06d", i), article.At(noon.Add(-time.Duration(i%90_000)*time.Hour/4))
	a.Updated, a.Section = a.Published, []string{"balkans", "europe", "world"}[i%3]
	a.Tags = []string{fmt.Sprint("tag ", i%40), fmt.Sprint("Tag ", i%7)}
	a.Authors = []article.Person{{Name: fmt.Sprint("Author ", i%20)}}
	return a
}
