package page

import (
	"strconv"
	"strings"
	"time"

	"feedmill/internal/feed"
)

// subscription is what feeds.tmpl is given.
type subscription struct {
	common
	Groups []group
	OPML   string // address of the list of all feeds, empty when there is none
	Every  string // how often readers are asked to come: "15 minutes"
	Script string // path of what copies addresses, below the base
}

// group are feeds that are chosen in the same way.
type group struct {
	Name  string
	Feeds []offer
}

// offer is a feed to subscribe to.
type offer struct {
	Title       string
	Description string
	Tongue      *tongue // nil when it is the page's
	Documents   []document
}

// groups are the kinds of feeds, by the directory that their documents lie
// below, in the order in which the page has them.
var groups = []struct{ dir, name string }{
	{"", "All articles"},
	{"*", "Selections"}, // feeds of the site's own making
	{"sections", "By section"},
	{"tags", "By tag"},
	{"authors", "By author"},
	{"languages", "By language"},
}

// Feeds writes the page of the feeds: what a feed is, how to follow one, and
// the address of each in each of its formats. The first feed is the site's.
// Opml is the address of the list of all feeds for importing, empty when there
// is none.
//
// Where the theme is at fault the error is a [*ThemeError].
func (t *Theme) Feeds(feeds []*feed.Feed, opml string) ([]byte, error) {
	main := feeds[0]
	data := subscription{common: t.common(main), OPML: opml, Every: interval(main.Poll)}
	// The words of this page are the program's.
	if main.Language != english.Language {
		tongue := data.tongue
		data.SiteTongue = &tongue
		data.tongue = english
	}
	data.Title = "Feeds – " + main.Title
	data.Description = "The feeds of " + main.Title + ", and how to follow them."
	data.Canonical = main.Base + FeedsPage
	data.Script = CopyPath
	data.Policy += "; script-src 'self'"
	for _, g := range groups {
		var offers []offer
		for _, f := range feeds {
			if groupOf(f) != g.dir {
				continue
			}
			o := offer{Title: f.Title, Description: f.Description, Documents: documents(f)}
			if f.Language != data.Language {
				tongue := newTongue(f.Language)
				o.Tongue = &tongue
			}
			offers = append(offers, o)
		}
		if offers != nil {
			data.Groups = append(data.Groups, group{g.name, offers})
		}
	}
	var err error
	if data.parts, err = t.parts(feedsTemplate, &data.common); err != nil {
		return nil, err
	}
	return t.execute(feedsTemplate, data)
}

// english is the tongue of the program's own words.
var english = tongue{"en", "ltr"}

func groupOf(f *feed.Feed) string {
	dir, _, below := strings.Cut(f.Path, "/")
	for _, g := range groups {
		if g.dir == dir && (below || dir == "") {
			return dir
		}
	}
	return "*"
}

// interval writes a duration of whole minutes in words.
func interval(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	var words []string
	for _, part := range []struct {
		n    int
		unit string
	}{{hours, "hour"}, {minutes, "minute"}} {
		switch part.n {
		case 0:
		case 1:
			words = append(words, "1 "+part.unit)
		default:
			words = append(words, strconv.Itoa(part.n)+" "+part.unit+"s")
		}
	}
	return strings.Join(words, " ")
}
