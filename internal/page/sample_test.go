package page

import (
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

var skopje = time.FixedZone("CET", 3600)

// sample is a feed of a wire story, an article with all that an article can
// have, and one in a language that is written from right to left.
func sample() *feed.Feed {
	return &feed.Feed{
		ID:          "tag:example.org,2023:feed",
		Title:       "The Balkan Desk",
		Description: "News from the Western Balkans",
		Base:        "https://feeds.example.org/",
		Home:        "https://feeds.example.org/",
		Poll:        15 * time.Minute,
		Language:    "en",
		Rights:      "© The Balkan Desk & partners",
		Icon:        "https://feeds.example.org/icon.png",
		Author:      article.Person{Name: "The Balkan Desk"},
		Updated:     time.Date(2023, 11, 21, 8, 15, 0, 0, time.UTC),
		Content:     site.Full,
		Formats:     []site.Format{site.JSON, site.Atom, site.RSS},
		Entries:     []*feed.Entry{full(), wire(), rightToLeftEntry()},
	}
}

func full() *feed.Entry {
	return newEntry(feed.Shown{
		ID:        "tag:example.org,2023:tides",
		Title:     `How AT&T <b>counts</b> "tides"`,
		Link:      "https://feeds.example.org/articles/tides/",
		Page:      "articles/tides/",
		Authors:   []article.Person{{Name: "Ana Marić", URL: "https://example.org/ana?a=1&b=2"}, {Name: "R&D", URL: "example.org"}},
		Tags:      []string{"Adriatic", "Q&A", "C++"},
		Language:  "en",
		Published: time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC),
		Updated:   time.Date(2023, 11, 21, 8, 15, 0, 0, time.UTC),
	}, feed.Content{
		HTML: `<p>The sea rose <em>twice</em> a day; see <a href="https://example.org/tables">the tables</a>, where <code>high &gt; low</code>.<sup><a href="#tides-fn1" id="tides-fnref1">1</a></sup></p>` + "\n" +
			`<h2 id="tides-why">Why it matters</h2>` + "\n" +
			`<blockquote><p>Nobody had asked the fishermen before, and they had known it all along.</p></blockquote>` + "\n" +
			`<ul><li>Split</li><li>Kotor, where the bay is <strong>deep</strong></li></ul>` + "\n" +
			`<pre><code>level := mean + amplitude*math.Cos(2*math.Pi*hours/12.42) // hours since the last high water</code></pre>` + "\n" +
			`<table><thead><tr><th>Port</th><th>High</th><th>Low</th></tr></thead><tbody><tr><td>Split</td><td>0.34 m</td><td>0.11 m</td></tr><tr><td>Kotor</td><td>0.31 m</td><td>0.09 m</td></tr></tbody></table>` + "\n" +
			`<hr/>` + "\n" + `<ol><li id="tides-fn1"><p>Measured in 2023. <a href="#tides-fnref1">↩</a></p></li></ol>`,
		Summary: `The sea rose twice a day; see the tables, where high > low.`,
		Picture: &feed.Picture{URL: "https://feeds.example.org/articles/tides/sea.jpg?w=800&h=600", Type: "image/jpeg", Alt: `The "sea" at Split`, Caption: "High water <at> Split", Credit: "J. Doe & Co"},
	})
}

func wire() *feed.Entry {
	return newEntry(feed.Shown{
		ID:        "tag:example.org,2023:nato-kosovo",
		Title:     "Nato considers permanent increase in military presence in Kosovo",
		Link:      "https://feeds.example.org/articles/nato-kosovo/",
		Page:      "articles/nato-kosovo/",
		Authors:   []article.Person{{Name: "Valentina Dimitrievska"}},
		Place:     "Skopje",
		Language:  "en",
		Published: time.Date(2023, 11, 19, 23, 0, 0, 0, time.UTC),
		Updated:   time.Date(2023, 11, 19, 23, 0, 0, 0, time.UTC),
		Plain:     true,
	}, feed.Content{
		HTML: "<p>Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway regarding the potential for a permanent increase in the alliance's military contingent in Kosovo.</p>\n" +
			"<p>The move is aimed at avoiding the risk of a new violent conflict in Kosovo or the wider region.</p>\n" +
			"<p>“Good talks with President Vjosa Osmani and PM Albin Kurti on the security situation in Kosovo and the region. Nato will continue do what’s necessary to maintain a safe &amp; secure environment for all communities,” Stoltenberg said on X network.</p>",
		Summary: "Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway regarding the potential for a permanent increase in the alliance's military contingent in Kosovo.",
	})
}

func rightToLeftEntry() *feed.Entry {
	return newEntry(feed.Shown{
		ID:        "tag:example.org,2023:khabar",
		Title:     "خبر قصير من بريشتينا",
		Link:      "https://feeds.example.org/articles/khabar/",
		Page:      "articles/khabar/",
		Authors:   []article.Person{{Name: "ليلى حسن"}},
		Tags:      []string{"كوسوفو"},
		Language:  "ar",
		Published: time.Date(2023, 11, 18, 11, 30, 0, 0, time.UTC),
		Updated:   time.Date(2023, 11, 18, 11, 30, 0, 0, time.UTC),
	}, feed.Content{
		HTML: `<p>قال الأمين العام لحلف الناتو إن المحادثات جارية بشأن زيادة دائمة في الوجود العسكري في كوسوفو.</p>` + "\n" +
			`<figure><img src="https://feeds.example.org/articles/khabar/hall.png?a=1&amp;b=2" alt="القاعة"/></figure>` + "\n" +
			`<blockquote><p>هذا اقتباس.</p></blockquote>`,
		Summary: "قال الأمين العام لحلف الناتو إن المحادثات جارية بشأن زيادة دائمة في الوجود العسكري في كوسوفو.",
		Picture: &feed.Picture{URL: "https://feeds.example.org/articles/khabar/hall.png?a=1&b=2", Alt: "القاعة"},
	})
}

// empty is the feed of a site that has just been made.
func empty() *feed.Feed {
	return &feed.Feed{
		Title: "New", Base: "http://localhost:8080/", Home: "https://www.example.org/", Language: "he",
		Formats: []site.Format{site.Atom},
	}
}

// several are the sample and feeds of all kinds beside it.
func several() []*feed.Feed {
	all := []*feed.Feed{sample()}
	for _, f := range []feed.Feed{
		{Path: "tags/q-a", Title: "The Balkan Desk: Q&A", Formats: []site.Format{site.RSS, site.JSON}},
		{Path: "kosovo", Title: "Kosovo", Description: "All that is about <Kosovo>"},
		{Path: "languages/ar", Title: "مكتب البلقان", Language: "ar", Description: "بالعربية"},
		{Path: "authors/ana", Title: "Ana Marić"},
		{Path: "tags", Title: "Price tags"}, // of the site's own making: no directory below
	} {
		f.Base, f.Home = all[0].Base, all[0].Home
		if f.Language == "" {
			f.Language = "en"
		}
		if f.Formats == nil {
			f.Formats = all[0].Formats
		}
		all = append(all, &f)
	}
	return all
}

func newEntry(e feed.Shown, c feed.Content) *feed.Entry {
	return feed.NewEntry(e, func() (feed.Content, error) { return c, nil })
}
