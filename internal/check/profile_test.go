package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestProfiles asks each partner about a feed that it takes, and about feeds
// with one thing wrong.
func TestProfiles(t *testing.T) {
	now := time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC)
	item := `<item><title>Nato considers permanent increase in Kosovo</title><link>https://www.example.org/a</link>` +
		`<description>D</description><dc:creator>Ana</dc:creator><category>Kosovo</category><guid isPermaLink="false">tag:example.org,2023:%d</guid>` +
		`<pubDate>Mon, 20 Nov 2023 08:00:00 GMT</pubDate><media:content url="https://www.example.org/a.jpg" medium="image" width="1200" height="800"/>` +
		`<content:encoded>` + strings.Repeat("The text. ", 60) + `</content:encoded></item>`
	var items strings.Builder
	for i := range 30 {
		fmt.Fprintf(&items, item, i)
	}
	good := `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="` + nsDC + `" xmlns:media="` + nsMedia + `" xmlns:content="` + nsContent +
		`" xmlns:snf="` + nsSmartNews + `"><channel><title>T</title><link>https://www.example.org/</link><description>D</description><language>en-GB</language>` +
		`<lastBuildDate>Mon, 20 Nov 2023 08:00:00 GMT</lastBuildDate><snf:logo><url>https://www.example.org/l.png</url></snf:logo>` + items.String() + `</channel></rss>`
	tests := []struct{ name, partner, old, new, want string }{
		{"all is well", "flipboard", "", "", ""},
		{"all is well", "smartnews", "", "", ""},
		{"thirty at once", "msn", "", "", "MSNFresh"},
		{"all is well", "applenews", "", "", ""},
		{"all is well", "newsletter", "", "", ""},
		{"no description", "newsletter", "<description>D</description><dc:creator>", "<dc:creator>", "NewsletterDescription"},
		{"a picture wider than a mail", "newsletter", "<content:encoded>", `<content:encoded>&lt;img src="https://www.example.org/a.jpg" width="601"&gt;`, "NewsletterWidth"},
		{"an element that is not shown", "msn", "<content:encoded>", "<content:encoded>&lt;kbd&gt;Enter&lt;/kbd&gt; ", "MSNMarkup"},
		{"no language", "flipboard", "<language>en-GB</language>", "", "FlipboardFeed"},
		{"a small picture", "flipboard", `width="1200"`, `width="200"`, "FlipboardImage"},
		{"another domain", "flipboard", "<link>https://www.example.org/a<", "<link>https://example.net/a<", "FlipboardDomain"},
		{"no text", "flipboard", strings.Repeat("The text. ", 60), "", "FlipboardText"},
		{"no logo", "smartnews", "snf:logo", "snf:other", "SmartNewsLogo"},
		{"a tracked link", "smartnews", "example.org/a<", "example.org/a?utm_source=x<", "SmartNewsLink"},
		{"a date to come", "smartnews", "<pubDate>Mon, 20 Nov 2023", "<pubDate>Mon, 27 Nov 2023", "SmartNewsDate"},
		{"a short title", "msn", "Nato considers permanent increase in Kosovo", "Nato", "MSNTitle"},
		{"a short text", "msn", strings.Repeat("The text. ", 60), "Short.", "MSNText"},
		{"an old story", "msn", "<pubDate>Mon, 20 Nov 2023", "<pubDate>Sat, 20 Nov 2021", "MSNDate"},
		{"a language without a locale", "applenews", "en-GB", "en", "AppleNewsLanguage"},
		{"markup in a title", "applenews", "increase in", "&lt;b&gt;increase&lt;/b&gt; in", "AppleNewsMarkup"},
	}
	for _, tt := range tests {
		t.Run(tt.partner+": "+tt.name, func(t *testing.T) {
			p := ProfileNamed(tt.partner)
			body := good
			if tt.old != "" {
				if body = strings.ReplaceAll(good, tt.old, tt.new); body == good {
					t.Fatalf("%q does not stand in the feed", tt.old)
				}
			}
			var got []string
			for _, f := range (Source{URL: "https://www.example.org/rss.xml", Now: now, Profile: p}).Judge([]byte(body)) {
				if p.Asks(f.Rule) && !slices.Contains(got, f.Rule) {
					got = append(got, f.Rule)
				}
			}
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWhatOnlyPartnersKnow judges elements that a partner defines, and nobody
// else.
func TestWhatOnlyPartnersKnow(t *testing.T) {
	head := `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="` + nsAtom + `" xmlns:media="` + nsMedia + `" xmlns:mi="` + nsMSN + `" xmlns:snf="` + nsSmartNews +
		`"><channel><title>T</title><link>https://www.example.org/</link><description>D</description>` +
		`<atom:link rel="self" type="application/rss+xml" href="https://www.example.org/rss.xml"/>`
	item := func(element string) string {
		return head + `<item><title>A title</title><link>https://www.example.org/a</link><description>D</description><guid isPermaLink="false">tag:example.org,2023:a</guid>` +
			`<pubDate>Mon, 20 Nov 2023 08:00:00 GMT</pubDate>` + element + `</item></channel></rss>`
	}
	for name, test := range map[string]struct {
		body, partner string
		rule          string // what is found with no other partner; for the partner it is not
	}{
		"media:status":       {item("<media:status>active</media:status>"), "smartnews", "UndefinedElement"},
		"snf:logo":           {head + "<snf:logo><url>https://www.example.org/l.png</url></snf:logo></channel></rss>", "smartnews", "NotInANamespace"},
		"mi:expirationDate":  {item("<mi:expirationDate>2024-01-01T00:00:00Z</mi:expirationDate>"), "msn", "UnknownNamespace"},
		"its own namespaces": {item(""), "smartnews", "UnknownNamespace"},
	} {
		t.Run(name, func(t *testing.T) {
			count := func(p *Profile) (n int) {
				for _, f := range (Source{URL: "https://www.example.org/rss.xml", Profile: p}).Judge([]byte(test.body)) {
					if f.Rule == test.rule {
						n++
					}
				}
				return n
			}
			nobody, partner, another := count(nil), count(ProfileNamed(test.partner)), count(ProfileNamed("flipboard"))
			if nobody == 0 || partner >= nobody || another != nobody {
				t.Errorf("%s: found %d times by nobody, %d by %s, %d by another", test.rule, nobody, partner, test.partner, another)
			}
		})
	}
}

// TestWhatIsTakenBack reads what partners' feeds say of themselves to be gone.
func TestWhatIsTakenBack(t *testing.T) {
	read := func(element string) Reading {
		r, err := Read([]byte(`<rss version="2.0" xmlns:media="` + nsMedia + `" xmlns:mi="` + nsMSN + `" xmlns:dcterms="` + nsDCTerms + `"><channel><item><title>T</title>` +
			`<link>https://www.example.org/a</link><guid isPermaLink="false">a</guid><pubDate>Mon, 20 Nov 2023 08:00:00 GMT</pubDate>` + element + `</item></channel></rss>`))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, test := range map[string]struct {
		element string
		gone    bool
	}{
		"nothing is said":               {"", false},
		"SmartNews: active":             {"<media:status>active</media:status>", false},
		"SmartNews: deleted":            {"<media:status>deleted</media:status>", true},
		"Media RSS: deleted":            {`<media:status state="deleted"/>`, true},
		"MSN: it will expire":           {"<mi:expirationDate>2099-01-01T00:00:00Z</mi:expirationDate>", false},
		"MSN: it expired when changed":  {"<dcterms:modified>2023-11-21T08:00:00Z</dcterms:modified><mi:expirationDate>2023-11-21T08:00:00Z</mi:expirationDate>", true},
		"MSN: changed, and expires yet": {"<dcterms:modified>2023-11-21T08:00:00Z</dcterms:modified><mi:expirationDate>2023-11-22T08:00:00Z</mi:expirationDate>", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := read(test.element)
			if gone := len(r.Entries) == 0 && r.deleted["a"]; gone != test.gone {
				t.Errorf("gone: %v, want %v", gone, test.gone)
			}
			if changes := Compare(read(""), r); test.gone && (len(changes) != 1 || changes[0].Kind != Withdrawn) {
				t.Errorf("subscribers see %v", changes)
			}
		})
	}
}
