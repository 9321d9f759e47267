package site

import (
	"fmt"
	"maps"
	"slices"
)

// Profile is the partner that a feed is made for, and by whose rules.
type Profile string

const (
	SmartNews  Profile = "smartnews"
	MSN        Profile = "msn"
	Flipboard  Profile = "flipboard"
	AppleNews  Profile = "applenews"
	Newsletter Profile = "newsletter" // services that send feeds by mail: Mailchimp, Buttondown, Kit
)

// partner is what a feed for a partner may be.
type partner struct {
	title   string // as it calls itself
	entries int    // when the file says nothing
	most    int    // entries
	bytes   int    // the most of titles, summaries and bodies: a document of it stays below the partner's limit
	whole   bool   // summaries alone are of no use to it
}

var partners = map[Profile]partner{
	// One megabyte a document, markup and all.
	SmartNews: {title: "SmartNews", entries: 50, most: 100, bytes: 700e3, whole: true},
	// Ten megabytes a document, and fewer than 30 articles of the last three days.
	MSN: {title: "MSN", entries: 25, most: 29, bytes: 7e6, whole: true},
	// At least 30 entries.
	Flipboard: {title: "Flipboard", entries: 50, most: 300, bytes: 7e6},
	AppleNews: {title: "Apple News", entries: 50, most: 60, bytes: 7e6},
	// What is not sent within a few days never is.
	Newsletter: {title: "a newsletter", entries: 20, most: 50, bytes: 1e6},
}

// Title returns the partner's name as people write it.
func (p Profile) Title() string { return partners[p].title }

// Most returns how many entries the partner takes of one feed.
func (p Profile) Most() int { return partners[p].most }

// limit returns the limit of a feed for the partner that states none.
func (p Profile) limit() Limit {
	return Limit{Entries: partners[p].entries, Bytes: min(Default().Limit.Bytes, partners[p].bytes)}
}

// readProfile finds the partner that a feed is for, and sets what is otherwise
// for such a feed when nothing more is said.
func (f *Feed) readProfile(v value) {
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if v.node.Content[i].Value != "profile" {
			continue
		}
		words := slices.Sorted(maps.Keys(partners))
		known := make([]string, len(words))
		for i, word := range words {
			known[i] = string(word)
		}
		if word, ok := v.child("profile", v.node.Content[i+1]).word(known...); ok {
			f.Profile = Profile(word)
			f.Listed, f.Formats, f.Content, f.Limit = false, []Format{RSS}, Full, f.Profile.limit()
		}
		return
	}
}

// keepToProfile adds as errors what the partner of a feed does not take.
func (f *Feed) keepToProfile(v value) {
	rules := partners[f.Profile]
	if f.Profile == "" {
		if f.Syndicated {
			v.fail("add profile: msn, or leave it out", "syndication_rights is for feeds with a profile")
		}
		return
	}
	fail := func(key, hint, text string) {
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			if v.node.Content[i].Value == key {
				v.child(key, v.node.Content[i+1]).fail(hint, "%s", text)
			}
		}
	}
	if !slices.Equal(f.Formats, []Format{RSS}) {
		fail("formats", "leave the key out", rules.title+" reads RSS alone")
	}
	if rules.whole && f.Content == Summary {
		fail("content", "leave the key out; an article with feed: summary stays out of it", rules.title+" takes whole articles alone")
	}
	if f.Limit.Entries > rules.most {
		fail("limit", fmt.Sprintf("write up to %d", rules.most), fmt.Sprintf("%s takes at most %d entries, not %d", rules.title, rules.most, f.Limit.Entries))
	}
	if f.Limit.Bytes > rules.bytes {
		fail("limit", fmt.Sprintf("write up to %dKB", rules.bytes/1000), fmt.Sprintf("%s does not read so large a feed", rules.title))
	}
	if f.Syndicated && f.Profile != MSN {
		fail("syndication_rights", "leave the key out", "MSN alone asks for it")
	}
}
