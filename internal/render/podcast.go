package render

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

const (
	itunesNamespace  = "http://www.itunes.com/dtds/podcast-1.0.dtd" // to the letter
	podcastNamespace = "https://podcastindex.org/namespace/1.0"
)

// podcastShow is what PSP-1 wants of a channel besides
// (https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification).
type podcastShow struct {
	Author     *markup          `xml:"itunes:author"`
	Categories []itunesCategory `xml:"itunes:category"`
	Explicit   bool             `xml:"itunes:explicit"`
	Image      *itunesImage     `xml:"itunes:image"`
	Owner      *itunesOwner     `xml:"itunes:owner"`
	Type       string           `xml:"itunes:type,omitempty"`
	GUID       string           `xml:"podcast:guid"`
	Locked     string           `xml:"podcast:locked,omitempty"`
	Medium     string           `xml:"podcast:medium,omitempty"`
}

type itunesCategory struct {
	Text string          `xml:"text,attr"`
	Sub  *itunesCategory `xml:"itunes:category"`
}

type itunesImage struct {
	Href string `xml:"href,attr"`
}

type itunesOwner struct {
	Name  *markup `xml:"itunes:name"`
	Email string  `xml:"itunes:email"`
}

// podcastEpisode is what PSP-1 knows of an item besides.
type podcastEpisode struct {
	Duration    string              `xml:"itunes:duration,omitempty"`
	Image       *itunesImage        `xml:"itunes:image"`
	Explicit    string              `xml:"itunes:explicit,omitempty"`
	Number      int                 `xml:"itunes:episode,omitempty"`
	Season      int                 `xml:"itunes:season,omitempty"`
	Type        string              `xml:"itunes:episodeType,omitempty"`
	Transcripts []podcastTranscript `xml:"podcast:transcript"`
	Chapters    *podcastFile        `xml:"podcast:chapters"`
	People      []podcastPerson     `xml:"podcast:person"`
}

type podcastTranscript struct {
	podcastFile
	Language string `xml:"language,attr,omitempty"`
}

type podcastFile struct {
	URL  string `xml:"url,attr"`
	Type string `xml:"type,attr"`
}

type podcastPerson struct {
	Role  string `xml:"role,attr,omitempty"`
	Group string `xml:"group,attr,omitempty"`
	Image string `xml:"img,attr,omitempty"`
	URL   string `xml:"href,attr,omitempty"`
	Name  string `xml:",chardata"`
}

// podcastGroups are the groups of the Podcast Taxonomy
// (https://podcasttaxonomy.com/) to which the parts belong that somebody can
// have in an episode. The group of an empty name is the cast.
var podcastGroups = map[string]string{
	"host": "", "co-host": "", "guest": "", "guest host": "", "narrator": "", "announcer": "", "reporter": "", "voice actor": "",
	"producer": "creative direction", "executive producer": "creative direction", "director": "creative direction",
	"author": "writing", "writer": "writing", "editor": "writing", "managing editor": "writing", "translator": "writing",
	"researcher": "writing", "fact checker": "writing",
	"audio editor": "audio post-production", "sound designer": "audio post-production", "audio engineer": "audio production",
}

func newPodcastShow(d *document) *podcastShow {
	p := d.Podcast
	if p == nil {
		return nil
	}
	show := &podcastShow{Author: plain(p.Author), Explicit: p.Explicit, Type: p.Type, GUID: d.PodcastID, Locked: p.Locked, Medium: p.Medium}
	for _, c := range p.Categories {
		category := itunesCategory{Text: c.Name}
		if c.Sub != "" {
			category.Sub = &itunesCategory{Text: c.Sub}
		}
		show.Categories = append(show.Categories, category)
	}
	if p.Image != "" {
		show.Image = &itunesImage{p.Image}
	}
	if p.Owner.Email != "" {
		show.Owner = &itunesOwner{Name: plain(p.Owner.Name), Email: p.Owner.Email}
	}
	return show
}

// newPodcastEpisode describes an entry with a recording; nil for any other.
func newPodcastEpisode(e entry) *podcastEpisode {
	if len(e.body.Enclosures) == 0 {
		return nil
	}
	ep := &podcastEpisode{}
	if d := e.body.Enclosures[0].Duration; d > 0 {
		ep.Duration = strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10)
	}
	for _, c := range e.Contributors {
		if group, ok := podcastGroups[c.Role]; ok {
			ep.People = append(ep.People, podcastPerson{Role: c.Role, Group: group, Image: c.Avatar, URL: c.URL, Name: c.Name})
		}
	}
	said := e.body.Episode
	if said == nil {
		return ep
	}
	ep.Number, ep.Season, ep.Type, ep.Explicit = said.Number, said.Season, said.Type, said.Explicit
	if said.Image != "" {
		ep.Image = &itunesImage{said.Image}
	}
	for _, t := range said.Transcripts {
		ep.Transcripts = append(ep.Transcripts, podcastTranscript{podcastFile{t.Src, t.Type}, t.Language})
	}
	if said.Chapters != "" {
		ep.Chapters = &podcastFile{said.Chapters, "application/json+chapters"}
	}
	return ep
}

// cleanPodcast returns p with clean strings; nil when there is none.
func cleanPodcast(p *feed.Podcast, author string) *feed.Podcast {
	if p == nil {
		return nil
	}
	c := *p
	c.Author, c.Image = cmp.Or(line(c.Author), author), web(c.Image)
	c.Type, c.Locked, c.Medium, c.Categories = line(c.Type), line(c.Locked), line(c.Medium), slices.Clone(p.Categories)
	for i := range c.Categories {
		c.Categories[i].Name, c.Categories[i].Sub = line(c.Categories[i].Name), line(c.Categories[i].Sub)
	}
	owner := person(article.Person{Name: c.Owner.Name, Email: c.Owner.Email})
	c.Owner.Name, c.Owner.Email = cmp.Or(owner.Name, c.Author), owner.Email
	return &c
}

// cleanEpisode returns ep with clean strings; nil when there is none.
func cleanEpisode(ep *article.Episode) *article.Episode {
	if ep == nil {
		return nil
	}
	c := *ep
	c.Type, c.Explicit = line(c.Type), line(c.Explicit)
	c.Chapters, c.Transcripts = web(c.Chapters), nil
	if c.Image = web(c.Image); !isJPEGOrPNG(c.Image) { // Apple's rule
		c.Image = ""
	}
	for _, t := range ep.Transcripts {
		if t.Src, t.Type, t.Language = web(t.Src), line(t.Type), line(t.Language); t.Src != "" && t.Type != "" {
			c.Transcripts = append(c.Transcripts, t)
		}
	}
	return &c
}
