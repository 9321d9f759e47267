package page

import (
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// specimens are feeds to try a theme with: one that has all there can be, its
// second article in another language and direction, and one that has next to
// nothing.
func specimens() []*feed.Feed {
	at := time.Date(2024, 5, 18, 6, 30, 0, 0, time.UTC)
	const base = "https://example.org/"
	picture := &feed.Picture{URL: base + "articles/full/picture.png", Type: "image/png", Alt: "Alt", Caption: "Caption", Credit: "Credit"}
	full := feed.NewEntry(feed.Shown{
		ID: "full", Title: "Title", Link: base + "articles/full/", Page: "articles/full/",
		Authors: []article.Person{{Name: "Author", Email: "author@example.org", URL: base + "author"}, {Name: "Another"}},
		Section: "Section", Tags: []string{"Tag", "Another"}, Language: "en", Place: "Place", Published: at, Updated: at.Add(time.Hour),
	}, func() (feed.Content, error) {
		return feed.Content{HTML: "<p>Body</p>", Text: "Body", Summary: "Summary", Picture: picture}, nil
	})
	other := feed.NewEntry(feed.Shown{
		ID: "other", Title: "Title", Link: base + "articles/other/", Page: "articles/other/", Language: "ar", Published: at, Updated: at,
	}, func() (feed.Content, error) {
		return feed.Content{HTML: `<p><img src="` + picture.URL + `" alt=""/></p>`, Picture: picture}, nil
	})
	return []*feed.Feed{{
		ID: "full", Title: "Site", Description: "Description", Base: base, Home: base, Language: "en", Rights: "Rights",
		Icon: base + "icon.png", Image: base + "logo.png", Author: article.Person{Name: "Site"}, Updated: at, Poll: 15 * time.Minute,
		Content: site.Full, Formats: []site.Format{site.RSS, site.Atom, site.JSON}, Entries: []*feed.Entry{full, other},
	}, {
		ID: "empty", Title: "Site", Base: base, Home: "https://www.example.org/", Language: "he", Author: article.Person{Name: "Site"},
		Updated: at, Poll: time.Hour, Content: site.Full, Formats: []site.Format{site.RSS},
	}}
}
