package page

import (
	"bytes"
	"html/template"
	"sync"
)

// parts are what the pages of a site have in common in one language, as
// layout.tmpl defines them. They are executed once, and stand in every page as
// they are: the first build of a site has a page for every article there ever
// was.
type parts struct {
	Opening template.HTML // before the title
	Links   template.HTML // to the feeds, and the icon
	Up      template.HTML // the line that leads to the site
	Foot    template.HTML
}

// partsKey is all that parts are made of.
type partsKey struct {
	page                                      string // name of the template
	tongue                                    tongue
	siteTongue                                tongue // zero when it is the page's
	site, home, feedsPage, rights, icon, rule string
	feeds                                     [3]document
}

// partsMade are parts by what they are made of.
type partsMade struct {
	mu   sync.Mutex // guards what follows
	made map[partsKey]parts
}

// mostParts is how many are kept: a server may see a site under many titles.
const mostParts = 64

// parts executes the definitions for a page that a template is to write, unless
// that was done for another.
func (t *Theme) parts(page string, c *common) (parts, error) {
	key := partsKey{page: page, tongue: c.tongue, site: c.Site, home: c.Home, feedsPage: c.FeedsPage, rights: c.Rights, icon: c.Icon, rule: c.Policy}
	if c.SiteTongue != nil {
		key.siteTongue = *c.SiteTongue
	}
	copy(key.feeds[:], c.Feeds)
	t.known.mu.Lock()
	defer t.known.mu.Unlock()
	if made, ok := t.known.made[key]; ok {
		return made, nil
	}
	// What is said of one page cannot stand in all.
	of := *c
	of.Title, of.Description, of.Canonical = "", "", ""
	var made parts
	for _, part := range []struct {
		name string
		html *template.HTML
	}{{"opening", &made.Opening}, {"links", &made.Links}, {"up", &made.Up}, {"foot", &made.Foot}} {
		var b bytes.Buffer
		if err := t.pages[page].ExecuteTemplate(&b, part.name, of); err != nil {
			return parts{}, t.blame(page, err)
		}
		*part.html = template.HTML(b.String())
	}
	if t.known.made == nil || len(t.known.made) == mostParts {
		t.known.made = map[partsKey]parts{}
	}
	t.known.made[key] = made
	return made, nil
}
