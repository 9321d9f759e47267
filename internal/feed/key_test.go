package feed

import (
	"testing"

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
