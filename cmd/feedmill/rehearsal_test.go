package main

import (
	"fmt"
	"strings"
	"testing"

	"feedmill/internal/check"
)

// TestARehearsalFitsTheTerminal writes long titles in several scripts, and more
// of everything than anybody reads.
func TestARehearsalFitsTheTerminal(t *testing.T) {
	titles := []string{
		strings.Repeat("A long headline ", 20), strings.Repeat("日本語の見出し", 20), strings.Repeat("Новости из Скопье ", 20),
		strings.Repeat("e\u0301", 200), "two\nlines\tand \x1b[31ma colour\x07", "",
	}
	var changes []check.Change
	for i := range 3000 {
		c := check.Change{Kind: check.New, ID: fmt.Sprintf("tag:example.org,2023:%d", i), Title: titles[i%len(titles)]}
		switch i % 7 {
		case 1:
			c.Kind, c.Fields = check.Changed, []string{"title", "updated", "content"}
		case 2:
			c.Kind, c.Fields = check.Reannounced, []string{strings.Repeat("an id of before ", 10)}
		case 3:
			c.Kind = check.Aged
		}
		changes = append(changes, c)
	}
	for _, coloured := range []bool{false, true} {
		p := printer{columns: 80, coloured: coloured}
		p.feed(check.Difference{State: check.Altered, Entries: changes, Fields: []string{"title"}})
		p.feed(check.Difference{Feed: "tags/a", State: check.Altered, Entries: changes})
		p.rest([]check.Difference{{Feed: "tags/b", Entries: changes}, {Feed: "archive/2023", Archive: true}})
		out := p.b.String()
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		for _, l := range lines {
			for _, code := range []string{"\x1b[0m", "\x1b[1;31m", "\x1b[31m", "\x1b[33m", "\x1b[32m"} {
				if l = strings.ReplaceAll(l, code, ""); !coloured && strings.Contains(out, code) {
					t.Fatal("colours where there should be none")
				}
			}
			if n := columnsOf(l); n > 80 {
				t.Errorf("%d columns: %q", n, l)
			}
			if strings.ContainsAny(l, "\x1b\x07\t") {
				t.Errorf("what a title says moves the cursor: %q", l)
			}
		}
		if got, want := strings.Join(lines[:2], "|"), "the site's feed: the feed's title, 1,713 new, 429 changed, 429 re-announced,|    429 aged"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !strings.Contains(out, "  …             and 2,559 more\n") {
			t.Errorf("what is left out is not counted:\n%s", out)
		}
		if len(lines) > 50 {
			t.Errorf("%d lines of 3000 entries", len(lines))
		}
		if i := strings.Index(out, "tags/a: "); strings.Count(out[i:], "\n") != 2 {
			t.Errorf("what was said of the site's feed is said again:\n%s", out[i:])
		}
		if coloured != strings.Contains(out, "\x1b[33mchanged\x1b[0m") && coloured != strings.Contains(out, "\x1b[1;31mre-announced\x1b[0m") {
			t.Errorf("coloured: %v, yet\n%s", coloured, out)
		}
		if got, want := lines[len(lines)-1], "1 more feed, 1 more archive: 1,713 new, 429 changed, 429 re-announced, 429 aged"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for name, test := range map[string]struct {
		s       string
		columns int
		want    string
	}{
		"what fits stays":                      {"abc", 3, "abc"},
		"an ellipsis takes a column":           {"abcd", 3, "ab…"},
		"wide characters take two":             {"日本語", 6, "日本語"},
		"half of one is not shown":             {"日本語", 5, "日本…"},
		"nor where the ellipsis would go":      {"日本語", 4, "日…"},
		"marks take none":                      {"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
		"no space before the ellipsis":         {"ab cd", 4, "ab…"},
		"what joins and is not seen has none":  {"a\u200db", 2, "a\u200db"},
		"a picture is wide":                    {"🚂🚂", 3, "🚂…"},
		"another direction is no other length": {"عنوان", 3, "عن…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cut(test.s, test.columns); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
