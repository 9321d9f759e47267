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
		alone   bool // nothing but articles
	}{
		{"nothing is said", nil, []string{"waits.md"}, true, false},
		{"files, twice", [][]string{{"articles/a.md", "articles/b/c.md"}, {"articles/a.md"}}, []string{"a.md", "b/c.md", "waits.md"}, true, true},
		{"an article and the site file", [][]string{{"articles/a.md"}, {"articles/site.yaml"}}, []string{"a.md", "site.yaml", "waits.md"}, true, false},
		{"the site file lies elsewhere", [][]string{{"site.yaml"}}, []string{"waits.md"}, true, false},
		{"it is called like an article", [][]string{{"site.txt", "articles/a.md"}}, []string{"a.md", "waits.md"}, true, false},
		{"the directory itself", [][]string{{"articles"}}, nil, false, false},
		{"it is not known what", [][]string{{"articles/a.md"}, nil}, nil, false, false},
	} {
		var h hints
		for _, changed := range test.changed {
			h.add("./articles", changed)
		}
		got, few, alone := h.take([]string{"waits.md"})
		slices.Sort(got)
		if few != test.few || few && !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, few %v, want %q, %v", test.name, got, few, test.want, test.few)
		}
		if alone != test.alone {
			t.Errorf("%s: articles alone: %v", test.name, alone)
		}
		if got, few, alone := h.take(nil); len(got) != 0 || !few || alone || got == nil {
			t.Errorf("%s: once more: got %q, few %v, articles alone: %v", test.name, got, few, alone)
		}
	}
}
