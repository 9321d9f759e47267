package feed

import (
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

func TestPodcastGUID(t *testing.T) {
	for address, want := range map[string]string{
		// The vectors of the specification.
		"https://podnews.net/rss":                        "9b024349-ccf0-5f69-a609-6b82873eab3c",
		"http://podnews.net/rss//":                       "9b024349-ccf0-5f69-a609-6b82873eab3c",
		"https://mp3s.nashownotes.com/pc20rss.xml":       "917393e3-1b1e-5cef-ace4-edaa54e1f810",
		"https://feeds.example.org/tags/%D0%B0/rss.xml/": podcastGUID("x://feeds.example.org/tags/%D0%B0/rss.xml"),
	} {
		if got := podcastGUID(address); got != want {
			t.Errorf("podcastGUID(%s): got %s, want %s", address, got, want)
		}
	}
}

// episodes are an article with a recording and one without.
func episodes(t *testing.T) []*article.Article {
	return []*article.Article{
		story(t, "heard.md", "---\ntitle: Heard\ntags: talk\naudio: https://example.org/a.mp3\n---\nText.\n", noon.Add(-time.Hour)),
		story(t, "read.md", "---\ntitle: Read\ntags: print\n---\nText.\n", noon.Add(-2*time.Hour)),
	}
}

func podcastSite() site.Site {
	s := testSite()
	s.Each = []site.Dimension{site.Tag}
	s.Podcast = &site.Podcast{
		Categories: []site.Category{{Name: "News"}}, Image: "https://example.org/cover.jpg",
		Owner: site.Author{Name: "Ana", Email: "ana@example.org"},
	}
	return s
}

func TestWhichFeedsArePodcasts(t *testing.T) {
	c := Compose(episodes(t), podcastSite(), none, told, noon)
	got := map[string]bool{}
	for _, f := range c.Feeds {
		got[f.Path] = f.Podcast != nil
		if (f.PodcastID != "") != got[f.Path] {
			t.Errorf("%q has the GUID %q", f.Path, f.PodcastID)
		}
	}
	if !got[""] || !got["tags/talk"] || got["tags/print"] {
		t.Errorf("got %v, want those in which a recording stands", got)
	}
	if len(c.Problems) > 0 {
		t.Errorf("got the problems %v, want none", c.Problems)
	}
	s := podcastSite()
	s.Podcast = nil
	if f := Compose(episodes(t), s, none, told, noon).Feeds[0]; f.Podcast != nil || f.PodcastID != "" {
		t.Error("got a podcast that the site file says nothing of")
	}
}

func TestAPodcastKeepsItsGUID(t *testing.T) {
	first := Compose(episodes(t), podcastSite(), none, told, noon).Feeds[0].PodcastID
	if want := podcastGUID("https://feeds.example.org/news/rss.xml"); first != want {
		t.Errorf("got %s at first, want that of the feed's address, %s", first, want)
	}
	memory := told
	memory.Feeds = map[string]Told{"": told.Feeds[""]}
	known := memory.Feeds[""]
	known.Podcast = first
	memory.Feeds[""] = known
	for name, change := range map[string]func(*site.Site) []*article.Article{
		"when the site moves": func(s *site.Site) []*article.Article {
			s.BaseURL = "https://elsewhere.example/"
			return episodes(t)
		},
		"when no recording is left": func(*site.Site) []*article.Article { return episodes(t)[1:] },
		"when the site file says nothing of podcasts any more": func(s *site.Site) []*article.Article {
			s.Podcast = nil
			return episodes(t)
		},
	} {
		s := podcastSite()
		articles := change(&s)
		if got := Compose(articles, s, none, memory, noon).Feeds[0].PodcastID; got != first {
			t.Errorf("%s: got %q, want %s", name, got, first)
		}
	}
	s := podcastSite()
	s.Podcast.GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
	c := Compose(episodes(t), s, none, memory, noon)
	if got := c.Feeds[0].PodcastID; got != s.Podcast.GUID {
		t.Errorf("one that is stated: got %s, want %s", got, s.Podcast.GUID)
	}
	for _, f := range c.Feeds[1:] {
		if f.PodcastID == s.Podcast.GUID {
			t.Errorf("%s has the GUID of the site's own feed", f.Path)
		}
	}
}

func TestWhatAPodcastLacks(t *testing.T) {
	beside := fileSet(func(path string) bool { return strings.HasPrefix(path, "cover") })
	for name, test := range map[string]struct {
		change func(*site.Podcast)
		want   string // of the problem
	}{
		"a cover":                        {func(p *site.Podcast) { p.Image = "" }, "there is no cover in JPEG or PNG"},
		"a cover of a kind that counts":  {func(p *site.Podcast) { p.Image = "https://example.org/cover.webp" }, "there is no cover in JPEG or PNG"},
		"a square cover":                 {func(p *site.Podcast) { p.Image = "cover.png" }, `"cover.png" has 1200 by 630 pixels`},
		"an owner who can be written to": {func(p *site.Podcast) { p.Owner.Email = "" }, "nobody has an email address"},
	} {
		s := podcastSite()
		test.change(s.Podcast)
		c := Compose(episodes(t), s, beside, told, noon)
		if len(c.Problems) != 1 || !strings.Contains(c.Problems[0].Text, test.want) {
			t.Errorf("%s: got the problems %v, want %q", name, c.Problems, test.want)
		}
		if f := c.Feeds[0]; f.Podcast == nil || f.Podcast.Image != "" && !strings.HasSuffix(f.Podcast.Image, "g") {
			t.Errorf("%s: got %+v", name, f.Podcast)
		}
	}
}

func TestTheSchemeOfTags(t *testing.T) {
	for name, test := range map[string]struct{ id, stated, want string }{
		"made of the site's tag URI":            {"tag:example.org,2026:/", "", "tag:example.org,2026:/tags"},
		"of an id that was adopted":             {"https://old.example/feed/atom/", "", "https://old.example/feed/atom/#tags"},
		"of one with a fragment":                {"https://old.example/#feed", "", "https://old.example/#tags"},
		"of a UUID":                             {"urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a", "", "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a#tags"},
		"as the site file states it":            {"tag:example.org,2026:/", "https://example.org/topics/", "https://example.org/topics/"},
		"of a feed that nobody was told of yet": {"", "", "tag:example.org,2026:/tags"},
	} {
		memory := Memory{NewID: told.NewID, Feeds: map[string]Told{}}
		if test.id != "" {
			memory.Feeds[""] = Told{ID: test.id, Kind: SiteFeed, Since: noon}
		}
		s := podcastSite()
		s.CategoryScheme = test.stated
		c := Compose(episodes(t), s, none, memory, noon)
		s.BaseURL = "https://elsewhere.example/"
		moved := Compose(episodes(t), s, none, memory, noon)
		for i, f := range c.Feeds {
			if f.Scheme != test.want || moved.Feeds[i].Scheme != test.want {
				t.Errorf("%s: %q: got %q, and %q when the site moves, want %q", name, f.Path, f.Scheme, moved.Feeds[i].Scheme, test.want)
			}
		}
	}
}
