package main

import (
	"slices"
	"testing"
)

func TestHintsArePathsBelowTheArticles(t *testing.T) {
	for _, test := range []struct {
		name    string
		changed [][]string
		want    []string
		few     bool
	}{
		{"nothing is said", nil, []string{"waits.md"}, true},
		{"files, twice", [][]string{{"articles/a.md", "articles/b/c.md"}, {"articles/a.md"}}, []string{"a.md", "b/c.md", "waits.md"}, true},
		{"the site file lies elsewhere", [][]string{{"site.yaml"}}, []string{"waits.md"}, true},
		{"the directory itself", [][]string{{"articles"}}, nil, false},
		{"it is not known what", [][]string{{"articles/a.md"}, nil}, nil, false},
	} {
		var h hints
		for _, changed := range test.changed {
			h.add("./articles", changed)
		}
		got, few := h.take([]string{"waits.md"})
		slices.Sort(got)
		if few != test.few || few && !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, few %v, want %q, %v", test.name, got, few, test.want, test.few)
		}
		if got, few := h.take(nil); len(got) != 0 || !few || got == nil {
			t.Errorf("%s: once more: got %q, few %v", test.name, got, few)
		}
	}
}
