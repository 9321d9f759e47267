package render

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// forPartner is a feed for a partner with two entries, and one that it was given
// and has to forget.
func forPartner(p site.Profile) *feed.Feed {
	f := complete()
	f.Path, f.Formats, f.Profile, f.Syndicated = "for/"+string(p), []site.Format{site.RSS}, p, p == site.MSN
	f.Description = "News from the Western Balkans, every day of the week"
	f.Podcast = nil
	withContent(f, func(e *feed.Shown, c *feed.Content) {
		e.Until = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		c.HTML = `<h6>The lake</h6><p>Press <kbd>Enter</kbd>, <a href="tel:+389">call</a> or <a href="https://example.org/?a=1&amp;b=2" title="t">read</a> &lt;on&gt;.</p>` +
			`<figure><img src="https://example.org/wide.jpg" alt="a &quot;lake&quot;" width="1200" height="800" loading="lazy"><figcaption>Wide</figcaption></figure>` +
			`<p><del>Ten</del> nine</p><audio src="https://example.org/a.mp3" controls></audio><pre><code>a &amp;&amp; b</code></pre>`
	})
	if p == site.SmartNews || p == site.MSN {
		f.Gone = []feed.Tombstone{{ID: "tag:example.org,2023:gone", Link: "https://example.org/gone?a=1&b=2", When: time.Date(2023, 11, 22, 8, 0, 0, 0, time.UTC)}}
	}
	return f
}

func TestPartners(t *testing.T) {
	for _, p := range []site.Profile{site.SmartNews, site.MSN, site.Flipboard, site.AppleNews, site.Newsletter} {
		golden := filepath.Join("testdata", string(p)+".rss.xml")
		t.Run(golden, func(t *testing.T) {
			got := mustRender(t, forPartner(p), site.RSS)
			wellFormed(t, got, site.RSS)
			if *update {
				if err := os.WriteFile(golden, got, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("document differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	for name, test := range map[string]struct{ s, instead, want string }{
		"what fits stays":             {"News for all of the Balkans ok", "x", "News for all of the Balkans ok"},
		"whole words":                 {"News from the Western Balkans, every day", "x", "News from the Western…"},
		"no mark before the ellipsis": {"News for the whole Balkans, – and", "x", "News for the whole Balkans…"},
		"one long word is cut":        {"Donaudampfschifffahrtsgesellschaft", "x", "Donaudampfschifffahrtsgesells…"},
		"a script without spaces":     {"西バルカンのニュースを毎日お届けします、週末も祝日も休まずにお届け", "x", "西バルカンのニュースを毎日お届けします、週末も祝日も休まず…"},
		"nothing: the other":          {"", "The Desk", "The Desk"},
	} {
		t.Run(name, func(t *testing.T) {
			got := shorten(test.s, test.instead, 30)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if n := len([]rune(got)); n > 30 {
				t.Errorf("%d characters", n)
			}
		})
	}
}

func TestTheLeadImageIsNotShownTwice(t *testing.T) {
	p := &feed.Picture{URL: "https://example.org/a.jpg?x=1&y=2", Alt: "a"}
	for name, test := range map[string]struct {
		picture *feed.Picture
		html    string
		want    string
	}{
		"no picture":            {nil, "<p>x</p>", "<p>x</p>"},
		"it is not in the text": {p, "<p>x</p>", `<figure><img src="https://example.org/a.jpg?x=1&amp;y=2" alt="a"></figure>` + "\n<p>x</p>"},
		"it is in the text":     {p, `<p><img src="https://example.org/a.jpg?x=1&amp;y=2"></p>`, `<p><img src="https://example.org/a.jpg?x=1&amp;y=2"></p>`},
	} {
		t.Run(name, func(t *testing.T) {
			e := entry{}
			e.body.Picture, e.body.HTML = test.picture, test.html
			if got := withPicture(e); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
