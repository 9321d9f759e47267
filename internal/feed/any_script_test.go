package feed

import (
	"slices"
	"testing"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

func TestWordsInAnyScript(t *testing.T) {
	for name, test := range map[string]struct {
		text, phrase string
		want         bool
	}{
		"a word":                                    {"In Pristina, today", "pristina", true},
		"no part of a word":                         {"In Pristina, today", "stina", false},
		"the beginning of one, as asked":            {"In Pristina, today", "prist*", true},
		"not the middle, though asked":              {"In Pristina, today", "stin*", false},
		"Japanese has no spaces":                    {"東京都知事が語った", "東京", true},
		"nor in the middle":                         {"昨日、東京都知事が語った", "都知事", true},
		"nor Thai":                                  {"ข่าวกรุงเทพวันนี้", "กรุงเทพ", true},
		"Latin within Japanese is a word":           {"東京でNATOが会議", "nato", true},
		"Korean has":                                {"서울에서 열린 회의", "서울", false},
		"Cyrillic":                                  {"Вести из Скопја денес", "скопја", true},
		"a mark is part of its letter":              {"नमस्ते", "नमस्त", false},
		"a phrase that overlaps itself":             {"xan an an", "an an", true},
		"two forms of one letter":                   {"Cafe\u0301 Müller", "café", true},
		"signs at its ends need no word around":     {"C++17 is out", "c++", true},
		"a sign before does not make it two words":  {"well-known", "known", true},
		"white space is white space":                {"Nato\n Secretary\tGeneral", "secretary general", true},
		"the end of the text":                       {"in Skopje", "skopje", true},
		"a text that is shorter":                    {"Sk", "skopje", false},
		"upper case is lower, also of other length": {"STRASSE", "straße", true},
	} {
		t.Run(name, func(t *testing.T) {
			e := NewEntry(Shown{Title: test.text}, func() (Content, error) { return Content{}, nil })
			if got := e.holds(test.phrase); got != test.want {
				t.Errorf("%q in %q: got %v, want %v", test.phrase, test.text, got, test.want)
			}
		})
	}
}

// TestAFeedNobodyStandsIn makes no feed for a tag whose articles name other
// feeds; one that was published stays, unlisted.
func TestAFeedNobodyStandsIn(t *testing.T) {
	s := testSite()
	s.Each = []site.Dimension{site.Tag}
	articles := tagged(t, "dam", "members")
	first := Compose(articles, s, none, told, noon)
	articles[1].Showing = article.Showing{Only: []string{"site"}}
	want(t, Compose(articles, s, none, told, noon), " “The Desk” a b", "tags/dam “The Desk – dam” a")
	want(t, Compose(articles, s, none, remembered(first), noon), " “The Desk” a b", "tags/dam “The Desk – dam” a", "(tags/members “The Desk – members” )")
}

// TestAForsakenFeedKeepsItsFormats asks for no feed of its own any more: it
// stays at the addresses that it had, and at no others.
func TestAForsakenFeedKeepsItsFormats(t *testing.T) {
	s := testSite()
	memory := Memory{NewID: told.NewID, Feeds: map[string]Told{
		"":    told.Feeds[""],
		"own": {Path: "own", ID: "tag:example.org,2026:/own", Kind: OwnFeed, Title: "Own", Formats: "atom rss"},
		"was": {Path: "was", ID: "tag:example.org,2026:/was", Kind: OwnFeed, Title: "Was"}, // of before formats were kept
	}}
	c := Compose(tagged(t, "x"), s, none, memory, noon)
	for path, want := range map[string][]site.Format{"own": {site.Atom, site.RSS}, "was": s.Formats} {
		f := of(t, c, path)
		if !slices.Equal(f.Formats, want) || f.Listed || len(f.Entries) > 0 {
			t.Errorf("%s: formats %v, listed %v, %d entries; want %v, unlisted, none", path, f.Formats, f.Listed, len(f.Entries), want)
		}
	}
}
