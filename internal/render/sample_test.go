package render

import (
	"errors"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// sample is a feed of three entries: a wire story in plain text, an article with
// all that an article can have, and one in another language without a body.
func sample() *feed.Feed {
	skopje := time.FixedZone("CET", 3600)
	return &feed.Feed{
		ID:          "tag:example.org,2023:feed",
		Title:       "The Balkan Desk",
		Description: "News from the Western Balkans",
		Base:        "https://feeds.example.org/",
		Home:        "https://feeds.example.org/",
		Language:    "en",
		Rights:      "© The Balkan Desk & partners",
		Icon:        "https://feeds.example.org/icon.png",
		Image:       "https://feeds.example.org/logo.png",
		Author:      article.Person{Name: "The Balkan Desk", Email: "desk@example.org", URL: "https://www.example.org/"},
		Updated:     time.Date(2023, 11, 21, 8, 15, 0, 0, time.UTC),
		Poll:        15 * time.Minute,
		Content:     site.Full,
		Formats:     []site.Format{site.RSS, site.Atom, site.JSON},
		Entries: []*feed.Entry{
			newEntry(feed.Shown{
				ID:        "tag:example.org,2023:markup",
				Title:     `When <b> is text: AT&T's "&amp;" explained`,
				Link:      "https://feeds.example.org/articles/markup/",
				Authors:   []article.Person{{Name: "Ana Marić", Email: "ana@example.org", URL: "https://example.org/ana", Avatar: "https://example.org/ana.jpg"}, {Name: "R&D"}},
				Tags:      []string{"Kosovo", "Q&A", "C++"},
				External:  "https://example.com/марка?a=1&b=2",
				Language:  "en",
				Published: time.Date(2023, 11, 21, 9, 0, 0, 0, skopje),
				Updated:   time.Date(2023, 11, 21, 9, 15, 0, 0, skopje),
			}, feed.Content{
				HTML: `<p>In HTML, <code>a &lt; b &amp;&amp; c</code> is <a href="https://example.org/?a=1&amp;b=2">written</a> so.</p>` + "\n" +
					`<pre><code>x := m[a[0]]&gt;1 // ]]></code></pre>` + "\n" +
					`<figure><img src="https://feeds.example.org/articles/markup/hall.jpg" alt="The hall"/><figcaption>“The hall”</figcaption></figure>`,
				Text:    "In HTML, a < b && c is written so.\n\nx := m[a[0]]>1 // ]]>",
				Summary: "In HTML, a < b && c is written so.",
				Picture: &feed.Picture{URL: "https://feeds.example.org/articles/markup/hall.jpg?size=1&v=2", Type: "image/jpeg", Alt: "The hall", Caption: "The hall of the assembly", Credit: "J. Doe / AFP",
					Length: 48_213, Width: 1200, Height: 630},
				Enclosures: []feed.Enclosure{
					{URL: "https://cdn.example.org/hall.mp3?v=1&x=2", Type: "audio/mpeg", Title: "Read aloud & clear", Length: 3 << 30, Duration: 62*time.Second + 500*time.Millisecond},
					{URL: "https://feeds.example.org/articles/markup/hall.mp4", Type: "video/mp4"},
				},
			}),
			newEntry(feed.Shown{
				ID:        "tag:example.org,2023:nato-kosovo",
				Title:     "Nato considers permanent increase in military presence in Kosovo",
				Link:      "https://feeds.example.org/articles/nato-kosovo/",
				Authors:   []article.Person{{Name: "Valentina Dimitrievska"}},
				Section:   "wire",
				Place:     "Skopje",
				Language:  "en",
				Published: time.Date(2023, 11, 20, 0, 0, 0, 0, skopje),
				Updated:   time.Date(2023, 11, 20, 0, 0, 0, 0, skopje),
				Plain:     true,
			}, feed.Content{
				HTML: "<p>Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway.</p>\n" +
					"<p>“Good talks with President Vjosa Osmani,” Stoltenberg said. Kosovo’s independence from Serbia…</p>",
				Text: "Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway.\n\n" +
					"“Good talks with President Vjosa Osmani,” Stoltenberg said. Kosovo’s independence from Serbia…",
				Summary: "Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway.",
			}),
			newEntry(feed.Shown{
				ID:        "tag:example.org,2023:vest",
				Title:     "Кратка вест",
				Link:      "https://feeds.example.org/articles/vest/",
				Authors:   []article.Person{{Name: "The Balkan Desk", URL: "https://www.example.org/"}},
				Tags:      []string{"Скопје"},
				Language:  "mk",
				Published: time.Date(2023, 11, 19, 12, 0, 0, 0, time.UTC),
				Updated:   time.Date(2023, 11, 19, 12, 0, 0, 0, time.UTC),
			}, feed.Content{Summary: "Само еден ред."}),
		},
	}
}

// complete is the sample of a site and of articles that say all that they can.
func complete() *feed.Feed {
	f := sample()
	f.Favicon, f.License = "https://feeds.example.org/favicon.png", "https://creativecommons.org/licenses/by/4.0/"
	f.Webmaster = article.Person{Name: "Mira Novak & Co", Email: "web@example.org"}
	f.Scheme, f.Ended = "tag:example.org,2023:/tags", true
	e := f.Entries[0].Shown()
	c := must(f.Entries[0].Content())
	e.Contributors = []article.Contributor{
		{Person: article.Person{Name: "Luan Kola", URL: "https://example.org/luan", Avatar: "https://example.org/luan.png"}, Role: "guest"},
		{Person: article.Person{Name: "Jane R&D Doe"}, Role: "translator"},
		{Person: article.Person{Name: "Jane R&D Doe"}, Role: "photographer"},
	}
	e.Rights = "© 2023 Ana Marić & <the desk>"
	e.Point = &article.Point{Latitude: 41.9981, Longitude: -21.4254}
	e.Source = &article.Source{
		Title: "The <Sea> & Paper", Feed: "https://sea.example/rss.xml?a=1&b=2", Home: "https://sea.example/", ID: "tag:sea.example,2020:feed",
		Authors: []article.Person{{Name: "Mo Li", URL: "https://sea.example/mo"}}, Rights: "© Sea",
		Updated: time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC),
	}
	c.Banner = "https://feeds.example.org/articles/markup/wide.jpg"
	c.Picture.Title = "Hall & yard"
	c.Links = []article.Link{
		{Rel: "replies", Href: "https://forum.example.org/t/1?a=1&b=2", Type: "text/html"},
		{Rel: "license", Href: "https://creativecommons.org/licenses/by-nc/4.0/", Title: "CC BY-NC 4.0"},
		{Rel: "related", Href: "https://example.com/report.pdf", Type: "application/pdf", Language: "mk", Title: "The \"report\" & more", Length: 1234},
		{Rel: "via", Href: "https://sea.example/story"},
		{Rel: "alternate", Href: "https://feeds.example.org/fr/articles/markup/", Language: "fr"},
		{Rel: "alternate", Href: "https://feeds.example.org/markup.pdf", Type: "application/pdf"},
		{Rel: "alternate", Href: "https://feeds.example.org/twice.pdf", Type: "application/pdf"},
	}
	f.Entries[0] = newEntry(e, c)
	return f
}

// podcast is the same as a podcast.
func podcast() *feed.Feed {
	f := complete()
	f.PodcastID = "9b024349-ccf0-5f69-a609-6b82873eab3c"
	f.Podcast = &feed.Podcast{
		Podcast: site.Podcast{
			Categories: []site.Category{{Name: "News", Sub: "Daily News"}, {Name: "Society & Culture"}},
			Author:     "The Balkan Desk & friends", Owner: site.Author{Name: "The Balkan Desk", Email: "desk@example.org"},
			Type: "episodic", Locked: "yes", Medium: "newsletter",
		},
		Image: "https://feeds.example.org/cover.jpg",
	}
	e := f.Entries[0].Shown()
	c := must(f.Entries[0].Content())
	c.Episode = &article.Episode{
		Number: 7, Season: 2, Type: "bonus", Explicit: "false", Image: "https://feeds.example.org/articles/markup/square.png",
		Transcripts: []article.Transcript{
			{Src: "https://feeds.example.org/articles/markup/hall.vtt", Type: "text/vtt"},
			{Src: "https://feeds.example.org/articles/markup/hall.json?a=1&b=2", Type: "application/json", Language: "mk"},
		},
		Chapters: "https://feeds.example.org/articles/markup/chapters.json",
	}
	f.Entries[0] = newEntry(e, c)
	return f
}

func must(c feed.Content, err error) feed.Content {
	if err != nil {
		panic(err)
	}
	p := *c.Picture
	c.Picture = &p
	return c
}

// withSummaries is the sample of a site that keeps its articles' text for its
// own pages.
func withSummaries() *feed.Feed {
	f := sample()
	f.Content = site.Summary
	return f
}

// empty is the feed of a site that has just been made, with all that can be
// left out left out.
func empty() *feed.Feed {
	return &feed.Feed{
		ID:       "tag:localhost,2023:feed",
		Title:    "New & quiet",
		Base:     "http://localhost:8080/",
		Home:     "http://localhost:8080/",
		Language: "sr-Latn",
		Author:   article.Person{Name: "Somebody"},
		Updated:  time.Date(2023, 11, 1, 0, 0, 0, 0, time.UTC),
		Poll:     time.Hour,
		Content:  site.Full,
	}
}

func newEntry(e feed.Shown, c feed.Content) *feed.Entry {
	return feed.NewEntry(e, func() (feed.Content, error) { return c, nil })
}

var errUnreadable = errors.New("the table has 90000 cells")

// broken is an entry whose content cannot be had.
func broken(id string) *feed.Entry {
	e := feed.Shown{ID: id, Title: "Broken", Published: time.Unix(1e9, 0), Updated: time.Unix(1e9, 0)}
	return feed.NewEntry(e, func() (feed.Content, error) { return feed.Content{}, errUnreadable })
}

// archive is the sample as one month of the past between two others, of a feed
// for a tag, whose subscription document has lost an entry and rests at night.
func archive() *feed.Feed {
	current, before, after, month := sample(), *sample(), *sample(), *sample()
	current.Path, before.Path, after.Path, month.Path = "tags/вести", "tags/вести/archive/2023-09", "tags/вести/archive/2023-12", "tags/вести/archive/2023-11"
	month.Current, month.Prev, month.Next = current, &before, &after
	current.Prev = &after
	current.Gone = []feed.Tombstone{{ID: "tag:example.org,2023:gone", When: time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC)}}
	current.SkipHours, current.SkipDays = []int{1, 2}, []time.Weekday{time.Sunday}
	current.Entries = current.Entries[:1]
	return &month
}
