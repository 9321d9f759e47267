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
	// values returns what an entry has of it.
	values func(*Entry) []string
}{
	{site.Section, "sections", func(e *Entry) []string {
		if e.Section == "" {
			return nil
		}
		return []string{e.Section}
	}},
	{site.Tag, "tags", func(e *Entry) []string { return e.Tags }},
	{site.Person, "authors", func(e *Entry) []string {
		var names []string
		for _, p := range e.article.Authors {
			if p.Name != "" {
				names = append(names, p.Name)
			}
		}
		return names
	}},
	{site.Language, "languages", func(e *Entry) []string { return []string{tongue(e.Language)} }},
}

// titleMark parts the site's title from what a feed of one value is about.
const titleMark = " – "

// language returns the site's language: what its file states, else what it was,
// else the one that most articles state that state any.
func (c *composer) language(due []*article.Article) string {
	if told := c.memory.Feeds[""]; c.site.LanguageStated {
		return c.site.Language
	} else if told.Language != "" {
		return told.Language
	}
	count := map[string]int{c.site.Language: 0}
	for _, a := range due {
		count[cmp.Or(a.Language, c.site.Language)]++
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
	for _, own := range c.site.Feeds {
		all = append(all, c.own(own))
	}
	for _, d := range dimensions {
		all = append(all, c.each(d.Dimension, d.dir, d.values)...)
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
			c.Retired = append(c.Retired, Retired{Feed: c.unpublished(p)})
		} else if target := made[strings.TrimPrefix(to, "/")]; to != "" && target != nil {
			c.Retired = append(c.Retired, Retired{c.unpublished(p), target})
		} else if to != "" {
			c.report("retire", fmt.Sprintf("retire: there is no feed %q to stand for %s, which stays", to, p.Path), "name a feed that is published, or gone")
			p.Listed = false
			c.publish(p)
		}
	}
	for _, e := range c.Entries {
		for _, name := range e.article.Showing.Only {
			if made[name] == nil && name != "site" {
				c.Problems = append(c.Problems, article.Problem{
					Path: e.article.Path, Severity: article.Warning, Code: "no-feed",
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
	c.Problems = append(c.Problems, article.Problem{Path: "site.yaml", Severity: article.Warning, Code: code, Text: text, Hint: hint})
}

// plan returns a feed without its entries.
func (c *composer) plan(path, kind, value, title string) *plan {
	f := c.common
	f.Path, f.Kind, f.Value, f.Title, f.Listed = path, kind, value, title, true
	return &plan{Feed: &f, limit: c.site.Limit}
}

// take gives a plan the entries that it chooses and that may stand in it.
func (c *composer) take(p *plan, chosen func(*Entry) bool) {
	name := cmp.Or(p.Path, "site")
	for _, e := range c.Entries {
		showing := e.article.Showing
		if !showing.Nowhere && (len(showing.Only) == 0 || slices.Contains(showing.Only, name)) && chosen(e) {
			p.entries = append(p.entries, e)
		}
	}
}

// main plans the site's feed: one feed, one language.
func (c *composer) main() *plan {
	p := c.plan("", SiteFeed, "", c.site.Title)
	p.Description = c.site.Description
	c.take(p, func(e *Entry) bool { return tongue(e.Language) == tongue(c.site.Language) })
	return p
}

// own plans a feed of the site's own making.
func (c *composer) own(own site.Feed) *plan {
	p := c.plan(own.Path, OwnFeed, "", own.Title)
	p.Description, p.Formats, p.Content, p.limit = own.Description, own.Formats, own.Content, own.Limit
	p.Language = cmp.Or(own.Language, c.site.Language)
	p.Ended = p.Ended || own.Ended
	p.Listed, p.Profile, p.Syndicated = own.Listed, own.Profile, own.Syndicated
	if p.Profile != "" {
		p.Description = cmp.Or(p.Description, c.site.Description)
	}
	if own.Image != "" {
		p.Image = c.picture(c.site, "image", own.Image, c.files)
	}
	c.take(p, func(e *Entry) bool {
		return matches(own.Match, e) && (p.Profile == "" || tongue(e.Language) == tongue(p.Language))
	})
	return p
}

// each plans the feeds of one dimension: for every value when the site asks for
// them, for another language than the site's always, and for every value that
// there ever was a feed for.
func (c *composer) each(d site.Dimension, dir string, values func(*Entry) []string) []*plan {
	asked := slices.Contains(c.site.Each, d)
	spellings := map[string]map[string]int{} // folded value → spelling → how often
	has := map[*Entry][]string{}             // folded values of an entry
	for _, e := range c.Entries {
		if e.article.Showing.Nowhere {
			continue
		}
		for _, v := range values(e) {
			folded := fold(v)
			if !slices.Contains(has[e], folded) {
				has[e] = append(has[e], folded)
			}
			if spellings[folded] == nil {
				spellings[folded] = map[string]int{}
			}
			spellings[folded][v]++
		}
	}
	paths := map[string]string{} // folded value → path
	taken := map[string]bool{}
	for path, told := range c.memory.Feeds {
		if taken[path] = true; told.Kind == string(d) {
			paths[told.Value] = path
		}
	}
	listed := map[string]bool{}
	for _, value := range slices.Sorted(maps.Keys(spellings)) {
		listed[value] = asked || d == site.Language && value != tongue(c.site.Language)
		if paths[value] == "" && listed[value] {
			paths[value] = unused(dir+"/"+cmp.Or(slug(value), string(d)), func(path string) bool { return taken[path] })
			taken[paths[value]] = true
		}
	}
	var all []*plan
	for _, value := range slices.Sorted(maps.Keys(paths)) {
		path := paths[value]
		p := c.plan(path, string(d), value, c.memory.Feeds[path].Title)
		if names := spellings[value]; names != nil {
			p.Title = c.site.Title + titleMark + commonest(names)
		}
		p.Listed = listed[value]
		if d == site.Language {
			p.Language = value
		}
		c.take(p, func(e *Entry) bool { return slices.Contains(has[e], value) })
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
	for _, path := range slices.Sorted(maps.Keys(c.memory.Feeds)) {
		if slices.ContainsFunc(all, func(p *plan) bool { return p.Path == path }) {
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
