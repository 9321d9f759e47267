package article

import (
	"strings"
	"testing"
)

func TestTitlesBecomePlain(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"  Two \t words\nfolded ", "Two words folded"},
		{"AT&amp;T &lt;3 &mdash; you", "AT&T <3 — you"},
		{"A <em>great</em> day<br>ends", "A great day ends"},
		{"`Vec<T>` and Box<T>", "`Vec<T>` and Box<T>"},
		{"`<b>` is a <b>tag</b>", "`<b>` is a tag"},
		{"one ` alone", "one ` alone"},
		{"a < b > c", "a < b > c"},
		{"bell\x07 and \u0085 and \uFEFF end", "bell and and end"},
		{"\u202Eturned", "\u202Eturned\u202C"},
		{"\u2066isolated\u2069 and on\u2069", "\u2066isolated\u2069 and on"},
		{"مرحبا بكم", "مرحبا بكم"},
		{"👩‍👩‍👧 family", "👩‍👩‍👧 family"},
	} {
		if got := titleText(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestShortenCountsWhatPeopleCount(t *testing.T) {
	family := "👩‍👩‍👧"
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{strings.Repeat(family, 5), 5, strings.Repeat(family, 5)},
		{strings.Repeat(family, 6), 5, strings.Repeat(family, 4) + "…"},
		{"one two three four", 10, "one two…"},
		{"unbreakable", 5, "unbr…"},
	} {
		if got := shorten(c.text, c.limit); got != c.want {
			t.Errorf("%q to %d: got %q, want %q", c.text, c.limit, got, c.want)
		}
	}
	a, problems := Parse("a.md", []byte("---\ntitle: "+strings.Repeat("é ", 10_000)+"\n---\nText."), Options{})
	if a == nil {
		t.Fatal(problems)
	}
	if n := len([]rune(a.Title)); n > maxTitle {
		t.Errorf("got a title of %d characters, want at most %d", n, maxTitle)
	}
}

func TestTagsAreCleaned(t *testing.T) {
	tags, dropped := cleanTags([]string{" Go ", "go", "", "GO", "\x07", "Sea  side", "Sea side"})
	if got := strings.Join(tags, "|"); got != "Go|Sea side" || dropped != 0 {
		t.Errorf("got %q and %d dropped, want Go|Sea side and none", got, dropped)
	}
	var many []string
	for i := range 10_000 {
		many = append(many, strings.Repeat("x", i%100+1)+string(rune('a'+i%26)))
	}
	tags, dropped = cleanTags(many)
	if len(tags) != maxTags || dropped == 0 {
		t.Errorf("got %d tags and %d dropped, want %d and some", len(tags), dropped, maxTags)
	}
}
