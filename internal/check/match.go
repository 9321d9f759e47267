package check

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Story is what a publisher knows of one of its articles, for finding the entry
// that a feed of before has for it.
type Story struct {
	ID        string   // that it states, or would be given; may be empty
	Addresses []string // absolute, where it is read, or was
	Title     string
	Published time.Time // zero when it is not known
}

// Trait is what an entry and a story are the same by.
type Trait string

const (
	ByID      Trait = "id"
	ByAddress Trait = "link"
	ByDay     Trait = "title and day"
	ByTitle   Trait = "title" // where one of the two has no date
)

// Pairing is an entry and the story that it tells.
type Pairing struct {
	Entry Entry
	Story int // index into the stories given
	By    Trait
}

// Matching says which entries of a feed tell which stories.
type Matching struct {
	Pairs   []Pairing
	Unknown []Entry // whose story is not there
	// Unclear are entries that may tell one of several stories, or whose id
	// stands at another entry too.
	Unclear []Unclear
	// Other are entries of a later feed whose story has an id from an earlier
	// one, which is another.
	Other []Pairing
	// Untold are the stories that no entry tells, as indexes.
	Untold []int
}

// Unclear is an entry that cannot be matched for sure.
type Unclear struct {
	Entry   Entry
	Stories []int  // that it may tell
	Twin    *Entry // that has its id, and comes first
}

// Match finds the stories that feeds tell: by id, then by link, then by title
// and day, each where it is the trait of one entry and one story alone. Of two
// feeds the first counts where they disagree; an entry that is in both is the
// first's, completed with the dates of the second. The zone is the site's, in
// which a day is one day.
//
// Links are compared without what does not tell two pages apart: the scheme,
// the case of the host, a slash or an index.html at the end, how the path is
// percent-encoded, and parameters that count visitors.
func Match(feeds []Reading, stories []Story, zone *time.Location) Matching {
	m := matcher{stories: stories, zone: zone, told: make([]int, len(stories)), byTrait: map[Trait]map[string][]int{}}
	for i, s := range stories {
		m.told[i] = -1
		for _, by := range []Trait{ByID, ByAddress, ByDay, ByTitle} {
			for _, key := range m.keys(by, s) {
				if m.byTrait[by] == nil {
					m.byTrait[by] = map[string][]int{}
				}
				if all := m.byTrait[by][key]; !slices.Contains(all, i) {
					m.byTrait[by][key] = append(all, i)
				}
			}
		}
	}
	for _, f := range feeds {
		m.feed(f)
	}
	for i, told := range m.told {
		if told < 0 {
			m.Untold = append(m.Untold, i)
		}
	}
	return m.Matching
}

type matcher struct {
	Matching
	stories []Story
	zone    *time.Location
	told    []int // index into Pairs by story; -1: not yet told
	byTrait map[Trait]map[string][]int
}

// feed matches the entries of one more feed.
func (m *matcher) feed(f Reading) {
	base, err := url.Parse(f.Self)
	if err != nil || !base.IsAbs() {
		if base, err = url.Parse(f.Home); err != nil {
			base = &url.URL{}
		}
	}
	var left []*Entry
	first := map[string]*Entry{}
	for _, p := range m.Pairs {
		first[p.Entry.ID] = &p.Entry
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		switch twin := first[e.ID]; {
		case e.ID == "":
			m.Unknown = append(m.Unknown, *e)
		case twin == nil:
			first[e.ID] = e
			left = append(left, e)
		case folded(twin.Title) != folded(e.Title):
			m.Unclear = append(m.Unclear, Unclear{Entry: *e, Twin: twin})
		default:
			m.complete(e)
		}
	}
	for _, by := range []Trait{ByID, ByAddress, ByDay, ByTitle} {
		left = m.pass(by, left, base)
	}
	for _, e := range left {
		var may []int
		for _, by := range []Trait{ByAddress, ByDay, ByTitle} {
			for _, i := range m.candidates(by, e, base) {
				if m.told[i] < 0 && !slices.Contains(may, i) {
					may = append(may, i)
				}
			}
		}
		if len(may) > 0 {
			m.Unclear = append(m.Unclear, Unclear{Entry: *e, Stories: may})
		} else {
			m.Unknown = append(m.Unknown, *e)
		}
	}
}

// pass pairs the entries that share a trait with one story alone, and returns
// the others.
func (m *matcher) pass(by Trait, entries []*Entry, base *url.URL) (left []*Entry) {
	claims := map[int][]*Entry{}
	hits := make([][]int, len(entries))
	for i, e := range entries {
		hits[i] = m.candidates(by, e, base)
		for _, story := range hits[i] {
			claims[story] = append(claims[story], e)
		}
	}
	for i, e := range entries {
		if len(hits[i]) != 1 || len(claims[hits[i][0]]) != 1 {
			left = append(left, e)
			continue
		}
		p := Pairing{Entry: *e, Story: hits[i][0], By: by}
		switch told := m.told[p.Story]; {
		case told < 0:
			m.told[p.Story] = len(m.Pairs)
			m.Pairs = append(m.Pairs, p)
		case by == ByTitle:
			left = append(left, e) // too little to say that it is the same again
		default:
			m.Other = append(m.Other, p)
		}
	}
	return left
}

// complete gives a pair the dates that another document has and its own not.
func (m *matcher) complete(e *Entry) {
	for i := range m.Pairs {
		if p := &m.Pairs[i]; p.Entry.ID == e.ID {
			if p.Entry.Published.IsZero() {
				p.Entry.Published = e.Published
			}
			if e.Updated.After(p.Entry.Updated) {
				p.Entry.Updated = e.Updated
			}
		}
	}
}

// candidates returns the stories that share a trait with an entry.
func (m *matcher) candidates(by Trait, e *Entry, base *url.URL) []int {
	s := Story{ID: e.ID, Title: e.Title, Published: e.date()}
	for _, ref := range []string{e.Link, e.also} {
		if u, err := base.Parse(ref); err == nil && ref != "" {
			s.Addresses = append(s.Addresses, u.String())
		}
	}
	var all []int
	for _, key := range m.keys(by, s) {
		for _, i := range m.byTrait[by][key] {
			if by == ByTitle && !s.Published.IsZero() && !m.stories[i].Published.IsZero() {
				continue // both have a date, and not the same
			}
			if !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	return all
}

// keys are what a story has of a trait.
func (m *matcher) keys(by Trait, s Story) []string {
	var keys []string
	title := folded(s.Title)
	switch {
	case by == ByID && s.ID != "":
		keys = append(keys, s.ID)
	case by == ByAddress:
		for _, a := range s.Addresses {
			if key := pageOf(a); key != "" {
				keys = append(keys, key)
			}
		}
	case by == ByTitle && title != "":
		keys = append(keys, title)
	case by == ByDay && title != "" && !s.Published.IsZero():
		// The day where it was written, where the site is, and in Greenwich: a
		// feed may name the instant in any of them.
		for _, t := range []time.Time{s.Published, s.Published.In(m.zone), s.Published.UTC()} {
			if key := t.Format(time.DateOnly) + " " + title; !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// folded returns a title without what differs between two ways of writing it:
// case, white space, typographic marks, elements of HTML.
func folded(title string) string {
	title = html.UnescapeString(tags.ReplaceAllString(html.UnescapeString(title), ""))
	title = cases.Fold().String(norm.NFKC.String(marks.Replace(title)))
	return strings.Join(strings.Fields(title), " ")
}

var (
	tags  = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
	marks = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "--", "-", "…", "...", "`", "", "\u00ad", "", "\u200b", "")
)

// counting are parameters by which visitors are counted; they lead to no other
// page.
var counting = []string{"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "cmpid", "ocid", "xtor", "ref", "source", "src", "rss", "from"}

// pageOf returns what tells the page at an address from others; empty when it
// is no address of a page.
func pageOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.ToLower(u.Host)
	for _, port := range []string{":80", ":443"} {
		host = strings.TrimSuffix(host, port)
	}
	where := path.Clean("/" + u.Path) // decoded
	switch base := path.Base(where); base {
	case "index.html", "index.htm", "index.php":
		where = path.Dir(where)
	}
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(name, "utm_") || slices.Contains(counting, strings.ToLower(name)) {
			delete(query, name)
		}
	}
	page := host + strings.TrimSuffix(norm.NFC.String(where), "/")
	if len(query) > 0 {
		page += "?" + query.Encode()
	}
	if u.Fragment != "" && !strings.HasPrefix(u.Fragment, "utm_") {
		page += "#" + u.Fragment
	}
	return page
}

// SamePage reports whether two addresses are those of one page, as [Match]
// compares them.
func SamePage(a, b string) bool { return pageOf(a) != "" && pageOf(a) == pageOf(b) }

// CanBeID reports whether a string can be the id of an entry in every format:
// that of Atom is an absolute IRI (RFC 4287, section 4.2.6).
func CanBeID(id string) bool {
	j := &judge{}
	canonicalIRI(j, &node{}, "", id)
	return j.count[Error] == 0 && !strings.ContainsAny(id, " \t\r\n")
}
