package feed

import (
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// The same entries, some by their summaries alone: another document.
func TestKeyTellsWhoIsShownByASummary(t *testing.T) {
	entries := hourly(3)
	key := func(brief ...*Entry) Key {
		f := &Feed{Path: "own", Content: site.Full, Entries: entries, brief: map[*Entry]bool{}}
		for _, e := range brief {
			f.brief[e] = true
		}
		k, err := f.Key()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	all := map[Key]string{}
	for name, k := range map[string]Key{
		"nobody": key(), "the oldest": key(entries[2]), "the newest": key(entries[0]), "two": key(entries[1], entries[2]),
	} {
		if other, ok := all[k]; ok {
			t.Errorf("%s and %s by the summary: the same key", name, other)
		}
		all[k] = name
	}
	if k := key(entries[2]); all[k] != "the oldest" {
		t.Error("two keys of the same document")
	}
}

func TestKeyOfAddresses(t *testing.T) {
	a, b := story(t, "a.md", "text", noon), story(t, "b.md", "text", noon)
	edited := a.Copy()
	edited.Updated = article.At(noon.Add(time.Hour))
	key := func(link string, of []any, articles ...*article.Article) Key {
		s := testSite()
		s.Link = link
		return KeyOfAddresses(Compose(articles, s, none, told, noon).Entries, of...)
	}
	e := Compose([]*article.Article{a}, testSite(), none, told, noon).Entries[0]
	seen := map[Key]string{}
	for what, k := range map[string]Key{
		"two entries":             key("", nil, a, b),
		"one of them":             key("", nil, a),
		"one that was edited":     key("", nil, edited),
		"one at another address":  key("https://www.example.org/{slug}/", nil, a),
		"one and something else":  key("", []any{"home"}, a),
		"none":                    key("", nil),
		"its words in its place":  key("", []any{e.Link(), e.Updated.Time().Unix()}),
		"none and something else": key("", []any{"home"}),
	} {
		if other, ok := seen[k]; ok {
			t.Errorf("%s: the same key as %s", what, other)
		}
		seen[k] = what
	}
	if key("", nil, a, b) != key("", nil, a.Copy(), b) {
		t.Error("the same entries have another key")
	}
}
