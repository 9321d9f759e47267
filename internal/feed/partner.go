package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// Given is an article as a partner has it, who goes on showing it until it is
// told otherwise.
type Given struct {
	ID   string
	Link string    // absolute address under which the partner has it
	Left time.Time // when it was taken back; zero while it is not
	Back time.Time // when it was given again after that; zero when it never was
}

// partner is what a feed for one has to keep to, beyond what the site file may
// say.
type partner struct {
	// lacks returns why the partner does not take an entry, of which only the
	// summary is shown or all, and the cure.
	lacks func(e *Entry, c Content, brief bool) (lack, cure string)
	// oldest is how old articles may be; zero: any.
	oldest time.Duration
	// recalls says that the partner keeps what it was given, also when it is
	// withdrawn, until the feed says so.
	recalls bool
	// whole says that an article of which feeds may only have the summary is not
	// for the partner.
	whole bool
	// current says that nobody should get what is withdrawn for the first time.
	current bool
}

// partners are those of [site.Profile]. Where the sources are silent the rules
// of package check are, too.
var partners = map[site.Profile]partner{
	// SmartFormat 2.1; its help on deleting articles: only an item that says so,
	// with a new date, deletes one.
	site.SmartNews: {recalls: true, whole: true, lacks: func(e *Entry, c Content, _ bool) (string, string) {
		if strings.Contains(e.Link(), "utm_") {
			return "its address has utm_ parameters", "link to the address without them"
		}
		return text(c)
	}},
	// MSN Partner Hub, feed item metadata requirements; content expiration and
	// takedown rules.
	site.MSN: {recalls: true, whole: true, oldest: 365 * 24 * time.Hour, lacks: func(e *Entry, c Content, _ bool) (string, string) {
		if n := utf8.RuneCountInString(e.Title); n <= 20 || n > 150 {
			return fmt.Sprintf("its title has %d characters, not 21 to 150", n), "write another title"
		}
		if lack, cure := text(c); lack != "" {
			return lack, cure
		}
		if n := utf8.RuneCountInString(c.Text); n < 450 || n > 500_000 {
			return fmt.Sprintf("its text has %d characters, not 450 to 500,000", n), "write more, or less"
		}
		return "", ""
	}},
	// about.flipboard.com/rss-spec
	site.Flipboard: {lacks: func(_ *Entry, c Content, brief bool) (string, string) {
		if n := utf8.RuneCountInString(c.Summary); (brief || c.HTML == "") && n < 300 {
			return fmt.Sprintf("it shows no text, and its summary has %d characters, not 300", n), "write a summary of 300 characters, or let the feed have the text"
		}
		return "", ""
	}},
	// Apple News, RSS guidelines
	site.AppleNews: {lacks: func(_ *Entry, c Content, _ bool) (string, string) {
		if c.HTML == "" && c.Summary == "" {
			return "it has neither text nor summary", "write a text"
		}
		return "", ""
	}},
	// A mail cannot be taken back, so nothing withdrawn is sent; without a
	// summary there is nothing below the title.
	site.Newsletter: {current: true, lacks: func(_ *Entry, c Content, _ bool) (string, string) {
		if c.Summary == "" {
			return "it has no summary", "write a summary, or a text"
		}
		return "", ""
	}},
}

// text finds out whether an entry has a text.
func text(c Content) (lack, cure string) {
	if c.HTML == "" {
		return "it has no text", "write one"
	}
	return "", ""
}

// hand makes a partner's feed: the newest entries that the partner takes, and
// word of those that were taken back. It looks at as many entries as a feed may
// have at all.
func (c *composer) hand(p *plan, d *division) {
	rules := partners[p.Profile]
	f := p.Feed
	told := c.told(f.Path)
	f.ID, f.Period = told.ID, site.Off
	f.Podcast, f.PodcastID = nil, told.Podcast
	standing := map[string]bool{}
	bytes, dropped := 0, 0
	for i, e := range p.entries {
		if e.Article.Withdrawn && (rules.recalls || rules.current) || e.Showing.Summary && rules.whole {
			continue
		}
		standing[e.ID] = true
		d.plan.entries = append(d.plan.entries, e)
		if i >= mostEntries || !p.room(f.Entries, e) || dropped > 0 {
			continue
		}
		if rules.oldest > 0 {
			if !e.Published.Time().Add(rules.oldest).After(c.now) {
				continue
			}
			d.wakes(e.Published.Time().Add(rules.oldest), c.now)
		}
		content, err := e.Content()
		if err == nil { // else whoever renders it says so
			if lack, cure := rules.lacks(e, content, f.Brief(e)); lack != "" {
				d.problems = append(d.problems, article.Problem{
					Path: e.Article.Path, Severity: article.Warning, Code: string(p.Profile),
					Text: fmt.Sprintf("%s does not take it: %s", p.Profile.Title(), lack),
					Hint: fmt.Sprintf("%s; it stands in the other feeds, and not in %s", cure, p.Path),
				})
				continue
			}
		}
		said, body := e.size()
		if f.Brief(e) {
			body = 0
		}
		if bytes += said + body; bytes > p.limit.Bytes && len(f.Entries) > 0 {
			dropped++
			continue
		}
		f.Entries = append(f.Entries, e)
	}
	if dropped > 0 {
		d.problems = append(d.problems, ofSite("limit", fmt.Sprintf("limit.bytes: %s has %d entries, to stay within %d bytes", f.Path, len(f.Entries), p.limit.Bytes),
			"raise limit.bytes of the feed, or lower its limit.entries"))
	}
	if rules.recalls {
		c.takeBack(d, standing)
	}
	f.Updated = updated(f.Entries, f.Gone, told)
	f.made = &made{}
}

// room reports whether there is room for a further entry: the last days before
// the newest or the newest entries, whichever are more, and never more than the
// partner takes.
func (p *plan) room(kept []*Entry, e *Entry) bool {
	n := len(kept)
	return n < p.limit.Entries || n < p.Profile.Most() && !e.Published.Time().Before(kept[0].Published.Time().AddDate(0, 0, -p.limit.Days))
}

// takeBack takes back what a partner was given and the feed would not show any
// more, however long the partner went on: for as long as a tombstone lives the
// feed says so. What only aged stays with the partner.
func (c *composer) takeBack(d *division, standing map[string]bool) {
	f := d.feed
	given := map[string]Given{}
	for _, g := range c.memory.Given[f.Path] {
		if !standing[g.ID] && g.Left.IsZero() {
			g.Left = c.now.UTC().Truncate(time.Second)
		} else if standing[g.ID] {
			if !g.Left.IsZero() {
				g.Back = c.now.UTC().Truncate(time.Second)
			}
			g.Left = time.Time{}
		}
		given[g.ID] = g
	}
	for i, e := range f.Entries {
		back := given[e.ID].Back
		given[e.ID] = Given{ID: e.ID, Link: e.Link(), Back: back}
		if back.After(e.Updated.Time()) {
			// Its date tells that it is not what was taken back.
			f.Entries[i] = e.updated(back)
		}
	}
	if c.Given == nil {
		c.Given = map[string][]Given{}
	}
	for _, g := range given {
		if until := g.Left.Add(tombstoneLife); g.Left.IsZero() {
			c.Given[f.Path] = append(c.Given[f.Path], g)
		} else if until.After(c.now) {
			c.Given[f.Path] = append(c.Given[f.Path], g)
			f.Gone = append(f.Gone, Tombstone{ID: g.ID, When: g.Left, In: []string{f.Path}, Link: g.Link})
			d.wakes(until, c.now)
		}
	}
	slices.SortFunc(c.Given[f.Path], func(a, b Given) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Gone, func(a, b Tombstone) int { return cmp.Or(b.When.Compare(a.When), strings.Compare(a.ID, b.ID)) })
}

// told returns what subscribers know of the feed at a path; of one that is new,
// what they are told first.
func (c *composer) told(path string) Told {
	if told, known := c.memory.Feeds[path]; known {
		return told
	}
	return Told{ID: c.memory.NewID(path), Since: c.now.UTC().Truncate(time.Second)}
}
