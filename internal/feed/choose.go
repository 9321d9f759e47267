package feed

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// plan is one feed and everything that it ever says.
type plan struct {
	*Feed
	limit   site.Limit
	entries []*Entry // newest first
}

// dimensions are what there can be feeds for, in the order in which they are
// listed, with the directory that the feeds lie in.
var dimensions = []struct {
	site.Dimension
	dir string
	// append appends what an entry has of it.
	append func(values []string, ch *choice, e *Entry) []string
}{
	{site.Section, "sections", func(values []string, _ *choice, e *Entry) []string {
		if e.Section == "" {
			return values
		}
		return append(values, e.Section)
	}},
	{site.Tag, "tags", func(values []string, _ *choice, e *Entry) []string { return append(values, e.Tags...) }},
	{site.Person, "authors", func(values []string, _ *choice, e *Entry) []string {
		for _, p := range e.Article.Authors {
			if p.Name != "" {
				values = append(values, p.Name)
			}
		}
		return values
	}},
	{site.Language, "languages", func(values []string, ch *choice, e *Entry) []string {
		return append(values, ch.tongue(e.Language()))
	}},
}

// titleMark parts the site's title from what a feed of one value is about.
const titleMark = " – "

// choice is which entries each feed chooses, whatever their number.
type choice struct {
	main  lineup
	picky lineup   // who name the feeds that they may stand in
	own   []lineup // of the site's own making, in its order
	terms map[term]*use
	dims  []site.Dimension // those that terms are of

	folded  map[string]string // values → what [fold] makes of them
	tongues map[string]string // tags of languages → what [tongue] does
}

// lineup is entries, newest first, and how many of them may not stand wherever
// they belong.
type lineup struct {
	entries []*Entry
	picky   int
	change
}

// change is what is to be done to a list.
type change struct{ left, came []*Entry }

func (l *lineup) leave(e *Entry) {
	l.left = append(l.left, e)
	l.picky -= b2i(e.picky())
}

func (l *lineup) come(e *Entry) {
	l.came = append(l.came, e)
	l.picky += b2i(e.picky())
}

// settle carries the change out. All are those that there are, newest first: where
// none of them is missing, the list is that one.
func (l *lineup) settle(all []*Entry) {
	if len(l.entries)-len(l.left)+len(l.came) == len(all) {
		l.entries = all
	} else {
		l.entries = replace(l.entries, l.left, l.came)
	}
	l.change = change{}
}

func (e *Entry) picky() bool { return len(e.Article.Showing.Only) > 0 }

// in returns the entries that may stand in the feed of a name.
func (l *lineup) in(name string) []*Entry {
	if l.picky == 0 {
		return l.entries
	}
	var may []*Entry
	for _, e := range l.entries {
		if only := e.Article.Showing.Only; len(only) == 0 || slices.Contains(only, name) {
			may = append(may, e)
		}
	}
	return may
}

// term is one value of a dimension, folded.
type term struct {
	site.Dimension
	value string
}

// use is how a term is used.
type use struct {
	lineup
	spellings map[string]int // how often each is used
	made      bool           // just now: nobody else has it yet
}

// choose makes the choice for a roll: the last one's, with what changed.
func (c *composer) choose(last *choice) {
	var dims []site.Dimension
	for _, d := range dimensions {
		told := func(t Told) bool { return t.Kind == string(d.Dimension) }
		if d.Dimension == site.Language || slices.Contains(c.site.Each, d.Dimension) || slices.ContainsFunc(slices.Collect(maps.Values(c.memory.Feeds)), told) {
			dims = append(dims, d.Dimension)
		}
	}
	left, came := c.roll.left, c.roll.came
	ch := &choice{dims: dims, own: make([]lineup, len(c.site.Feeds)), terms: map[term]*use{}, folded: map[string]string{}, tongues: map[string]string{}}
	switch {
	case last == nil || c.roll.fresh || !slices.Equal(last.dims, dims):
		left, came = nil, c.roll.newest
	default:
		ch.main, ch.picky, ch.own = last.main, last.picky, slices.Clone(last.own)
		ch.terms, ch.folded, ch.tongues = maps.Clone(last.terms), last.folded, last.tongues
	}
	for i, own := range c.site.Feeds {
		l := &ch.own[i]
		for _, e := range left {
			if has(l.entries, e) {
				l.leave(e)
			}
		}
		for _, e := range came {
			if !e.Article.Showing.Nowhere && matches(own.Match, e) &&
				(own.Profile == "" || ch.tongue(e.Language()) == ch.tongue(cmp.Or(own.Language, c.site.Language))) {
				l.come(e)
			}
		}
		l.settle(c.roll.newest)
	}
	var mine []*use // made for this choice
	var values []string
	var seen []*use // by one entry
	used := func(e *Entry, spelled int, member func(*lineup)) {
		if e.picky() {
			member(&ch.picky)
		}
		if e.Article.Showing.Nowhere {
			return
		}
		if ch.tongue(e.Language()) == ch.tongue(c.site.Language) {
			member(&ch.main)
		}
		seen = seen[:0]
		for _, d := range dimensions {
			if !slices.Contains(dims, d.Dimension) {
				continue
			}
			values = d.append(values[:0], ch, e)
			for _, v := range values {
				t := term{d.Dimension, ch.fold(v)}
				u := ch.terms[t]
				if u == nil || !u.made {
					next := &use{spellings: map[string]int{}, made: true}
					if u != nil {
						next.lineup, next.spellings = u.lineup, maps.Clone(u.spellings)
					}
					u = next
					mine, ch.terms[t] = append(mine, u), u
				}
				if u.spellings[v] += spelled; u.spellings[v] == 0 {
					delete(u.spellings, v)
				}
				if !slices.Contains(seen, u) {
					seen = append(seen, u)
					member(&u.lineup)
				}
			}
		}
	}
	for _, e := range left {
		used(e, -1, func(l *lineup) { l.leave(e) })
	}
	for _, e := range came {
		used(e, +1, func(l *lineup) { l.come(e) })
	}
	ch.main.settle(c.roll.newest)
	ch.picky.settle(c.roll.newest)
	for _, u := range mine {
		u.made = false
		u.settle(c.roll.newest)
	}
	maps.DeleteFunc(ch.terms, func(_ term, u *use) bool { return len(u.spellings) == 0 })
	c.choice = ch
}

// fold is the function of that name, asked once for each value.
func (ch *choice) fold(v string) string {
	f, ok := ch.folded[v]
	if !ok {
		f = fold(v)
		ch.folded[v] = f
	}
	return f
}

// tongue likewise.
func (ch *choice) tongue(tag string) string {
	t, ok := ch.tongues[tag]
	if !ok {
		t = tongue(tag)
		ch.tongues[tag] = t
	}
	return t
}

// language returns the site's language: what its file states, else what it was,
// else the one that most articles state that state any.
func (c *composer) language(articles []*article.Article) string {
	s := &c.making.site
	if told := c.memory.Feeds[""]; s.LanguageStated {
		return s.Language
	} else if told.Language != "" {
		return told.Language
	}
	count := map[string]int{s.Language: 0}
	for _, a := range articles {
		if !a.Draft && !a.Ended(c.now) && !a.Begins().After(c.now) {
			count[cmp.Or(a.Language, s.Language)]++
		}
	}
	return commonest(count)
}

// commonest returns the key that is counted most often, of several the first.
func commonest(count map[string]int) string {
	return slices.MinFunc(slices.Collect(maps.Keys(count)), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
}

// tongue returns what makes two languages different feeds: the language and,
// where it is named, the script.
func tongue(tag string) string {
	parts := strings.Split(strings.ToLower(tag), "-")
	if len(parts) > 1 && len(parts[1]) == 4 {
		return parts[0] + "-" + parts[1]
	}
	return parts[0]
}

// feeds makes all feeds.
func (c *composer) feeds() {
	var all []*plan
	all = append(all, c.main())
	for i := range c.site.Feeds {
		all = append(all, c.own(i))
	}
	for _, d := range dimensions {
		all = append(all, c.each(d.Dimension, d.dir)...)
	}
	all = append(all, c.forsaken(all)...)

	made := map[string]*Feed{}
	for _, p := range all {
		if c.site.Retire[p.Path] == "" {
			c.publish(p)
			made[p.Path] = p.Feed
		}
	}
	for _, p := range all {
		if to := c.site.Retire[p.Path]; to == site.Gone {
			c.Retired = append(c.Retired, Retired{Feed: c.divide(p).feed})
		} else if target := made[strings.TrimPrefix(to, "/")]; to != "" && target != nil {
			c.Retired = append(c.Retired, Retired{c.divide(p).feed, target})
		} else if to != "" {
			c.report("retire", fmt.Sprintf("retire: there is no feed %q to stand for %s, which stays", to, p.Path), "name a feed that is published, or gone")
			p.Listed = false
			c.publish(p)
		}
	}
	for _, e := range c.choice.picky.entries {
		for _, name := range e.Article.Showing.Only {
			if made[name] == nil && name != "site" {
				c.Problems = append(c.Problems, article.Problem{
					Path: e.Article.Path, Severity: article.Warning, Code: "no-feed",
					Text: fmt.Sprintf("feed: there is no feed %q for the article to stand in", name),
					Hint: "write the path of a feed as in its address, such as tags/dam, or site",
				})
			}
		}
	}
	for path := range c.site.Retire {
		if !slices.ContainsFunc(all, func(p *plan) bool { return p.Path == path }) {
			c.report("retire", fmt.Sprintf("retire: no feed was ever published at %s", path), "remove the line, or write the path as it was")
		}
	}
	slices.SortStableFunc(c.Feeds, func(a, b *Feed) int { return cmp.Compare(b2i(!a.Listed), b2i(!b.Listed)) })
	slices.SortFunc(c.Problems, article.Problem.Compare)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// report notes that the site's file asks for what cannot be done as it is.
func (c *composer) report(code, text, hint string) {
	c.Problems = append(c.Problems, ofSite(code, text, hint))
}

// ofSite is a problem of the site's file.
func ofSite(code, text, hint string) article.Problem {
	return article.Problem{Path: "site.yaml", Severity: article.Warning, Code: code, Text: text, Hint: hint}
}

// plan returns a feed without its entries.
func (c *composer) plan(path, kind, value, title string) *plan {
	f := c.common
	f.Path, f.Kind, f.Value, f.Title, f.Listed = path, kind, value, title, true
	return &plan{Feed: &f, limit: c.site.Limit}
}

// main plans the site's feed: one feed, one language.
func (c *composer) main() *plan {
	p := c.plan("", SiteFeed, "", c.site.Title)
	p.Description = c.site.Description
	p.entries = c.choice.main.in("site")
	return p
}

// own plans a feed of the site's own making, by its index.
func (c *composer) own(i int) *plan {
	own := c.site.Feeds[i]
	p := c.plan(own.Path, OwnFeed, "", own.Title)
	p.Description, p.Formats, p.Content, p.limit = own.Description, own.Formats, own.Content, own.Limit
	p.Language = cmp.Or(own.Language, c.site.Language)
	p.Ended = p.Ended || own.Ended
	p.Listed, p.Profile, p.Syndicated = own.Listed, own.Profile, own.Syndicated
	if p.Profile != "" {
		p.Description = cmp.Or(p.Description, c.site.Description)
	}
	if own.Image != "" {
		p.Image = c.picture(c.site, "image", own.Image, c.shelf.places().files)
	}
	p.entries = c.choice.own[i].in(p.Path)
	return p
}

// each plans the feeds of one dimension: for every value when the site asks for
// them, for another language than the site's always, and for every value that
// there ever was a feed for.
func (c *composer) each(d site.Dimension, dir string) []*plan {
	if !slices.Contains(c.choice.dims, d) {
		return nil
	}
	asked := slices.Contains(c.site.Each, d)
	paths := map[string]string{} // folded value → path
	taken := map[string]bool{}
	for path, told := range c.memory.Feeds {
		if taken[path] = true; told.Kind == string(d) {
			paths[told.Value] = path
		}
	}
	var values []string
	for t := range c.choice.terms {
		if t.Dimension == d {
			values = append(values, t.value)
		}
	}
	slices.Sort(values)
	listed := map[string]bool{}
	for _, value := range values {
		listed[value] = asked || d == site.Language && value != tongue(c.site.Language)
		if paths[value] == "" && listed[value] {
			paths[value] = unused(dir+"/"+cmp.Or(slug(value), string(d)), func(path string) bool { return taken[path] })
			taken[paths[value]] = true
		}
	}
	var all []*plan
	for value, path := range paths {
		p := c.plan(path, string(d), value, c.memory.Feeds[path].Title)
		if u := c.choice.terms[term{d, value}]; u != nil {
			p.Title = c.site.Title + titleMark + commonest(u.spellings)
			p.entries = u.in(path)
		}
		p.Listed = listed[value]
		if d == site.Language {
			p.Language = value
		}
		if len(p.entries) == 0 {
			// All that have the value name other feeds that they stand in.
			if _, known := c.memory.Feeds[path]; !known {
				continue
			}
			p.Listed = false
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *plan) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// forsaken plans the feeds that were once published and that nothing asks for:
// subscribers find them at their addresses, without entries.
func (c *composer) forsaken(all []*plan) []*plan {
	var more []*plan
	planned := make(map[string]bool, len(all))
	for _, p := range all {
		planned[p.Path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(c.memory.Feeds)) {
		if planned[path] {
			continue
		}
		told := c.memory.Feeds[path]
		p := c.plan(path, told.Kind, told.Value, cmp.Or(told.Title, c.site.Title))
		p.Language = cmp.Or(told.Language, p.Language)
		if formats := strings.Fields(told.Formats); len(formats) > 0 {
			p.Formats = nil
			for _, format := range formats {
				p.Formats = append(p.Formats, site.Format(format))
			}
		}
		p.Listed = false
		more = append(more, p)
	}
	return more
}
