package page

import (
	"cmp"

	"feedmill/internal/feed"
)

// newsArticle is an entry in the words of schema.org, as JSON-LD
// (https://schema.org/NewsArticle), with all that search engines ask for. It is
// written by html/template, which escapes what could end a script.
type newsArticle struct {
	Context       string   `json:"@context"`
	Type          string   `json:"@type"`
	Headline      string   `json:"headline"`
	Description   string   `json:"description,omitempty"`
	DatePublished string   `json:"datePublished"`
	DateModified  string   `json:"dateModified"`
	InLanguage    string   `json:"inLanguage"`
	Section       string   `json:"articleSection,omitempty"`
	Keywords      []string `json:"keywords,omitempty"`
	Location      *agent   `json:"contentLocation,omitempty"`
	Image         []string `json:"image,omitempty"`
	Author        []agent  `json:"author"`
	Publisher     agent    `json:"publisher"`
	MainEntity    webPage  `json:"mainEntityOfPage"`
}

// agent is who or where: a person, an organisation, a place.
type agent struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Logo string `json:"logo,omitempty"`
}

type webPage struct {
	Type string `json:"@type"`
	ID   string `json:"@id"`
}

func newNewsArticle(f *feed.Feed, e *feed.Entry, s shown) newsArticle {
	logo := cmp.Or(f.Image, f.Icon)
	a := newsArticle{
		Context:       "https://schema.org",
		Type:          "NewsArticle",
		Headline:      e.Title,
		Description:   s.Summary,
		DatePublished: s.Published.Machine,
		DateModified:  s.Updated.Machine,
		InLanguage:    e.Language(),
		Section:       e.Section,
		Keywords:      e.Tags,
		Publisher:     agent{Type: "Organization", Name: f.Title, URL: f.Home, Logo: logo},
		MainEntity:    webPage{Type: "WebPage", ID: e.Link()},
	}
	if e.Place != "" {
		a.Location = &agent{Type: "Place", Name: e.Place}
	}
	// A story without a picture of its own is shown with the site's.
	if s.Picture != nil {
		a.Image = []string{s.Picture.URL}
	} else if logo != "" {
		a.Image = []string{logo}
	}
	for _, p := range s.Authors {
		author := agent{Type: "Person", Name: p.Name, URL: p.URL}
		if p.Name == f.Author.Name || p.Name == f.Title {
			author.Type = "Organization" // the desk, standing in for nobody in particular
		}
		a.Author = append(a.Author, author)
	}
	if a.Author == nil {
		a.Author = []agent{{Type: "Organization", Name: f.Title, URL: f.Home}}
	}
	return a
}
