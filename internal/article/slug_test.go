package article

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
)

func TestFileNamesTell(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"tides.md", "tides"},
		{"news/Tides & Co.md", "Tides & Co in news"},
		{"2015-02-06-storm.md", "storm on 2015-02-06"},
		{"2021-11-8_storm.md", "storm on 2021-11-8"},
		{"2015-02-06.md", " on 2015-02-06"},
		{"21Aug2007Casey6.txt", "Casey6 on 21 Aug 2007"},
		{"02May2006Collins183.txt", "Collins183 on 02 May 2006"},
		{"update.2015-02-06.md", "update on 2015-02-06"},
		{"2024/05/06/storm.md", "storm on 2024-05-06"},
		{"2024/05/06/storm/index.html", "storm on 2024-05-06"},
		{"2021-08-26-welcome/index.mdx", "welcome on 2021-08-26"},
		{"blog/fourthpost/fourthpost.md", "fourthpost in blog"},
		{"index.md", "index"},
		{"news/2024/storm.md", "storm in news"},
		{"_posts/storm.md", "storm"},
		{"\x1f/a\x07b/storm.md", "storm in ab"},
		{"storm.fr.md", "storm as fr"},
		{"storm/index.zh-hant-tw.md", "storm as zh-Hant-TW"},
		{"release-1.0.md", "release-1.0"},
		{"2026-13-45-no-date.md", "2026-13-45-no-date"},
		{"2015-02-06x.md", "2015-02-06x"},
		{"20 Ways to sail.txt", "20 Ways to sail"},
		{"2024-05-06-" + strings.Repeat("-7", 100) + ".md", strings.Repeat("-7", 100)[1:] + " on 2024-05-06"},
		{"_drafts/soon.md", "soon, a draft"},
	} {
		f := readFileName(c.file)
		got := f.stem
		if f.date != "" || f.folder != "" {
			got += " on " + cmp.Or(f.date, f.folder)
		}
		if f.section != "" {
			got += " in " + f.section
		}
		if f.language != "" {
			got += " as " + f.language
		}
		if f.draft {
			got += ", a draft"
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.file, got, c.want)
		}
	}
}

func TestSlugsAreOneSegment(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"Tides & Co", "tides-co"},
		{"release-1.0", "release-1-0"},
		{"  --a__b--  ", "a-b"},
		{"中文測試", "中文測試"},
		{"Čaj i kafa", "čaj-i-kafa"},
		{"हिन्दी", "हिन्दी"},
		{"../../etc", "etc"},
		{"🙂", ""},
	} {
		got := slugFrom(c.words)
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.words, got, c.want)
		}
		if got != "" && !validSlug(got) {
			t.Errorf("%q: the slug %q is not valid itself", c.words, got)
		}
	}
	if got := slugFrom(strings.Repeat("ж", 300)); len(got) > maxSlug || len(got) < maxSlug-4 || !validSlug(got) {
		t.Errorf("a long name: got a slug of %d bytes, want %d at most and not many less", len(got), maxSlug)
	}
	for _, s := range []string{"", ".", "..", "../x", "a/b", `a\b`, ".hidden", "-flag", "a b", "a?b", "a#b", "a%2fb", "a\x00b", "\xff", strings.Repeat("x", 201)} {
		if validSlug(s) {
			t.Errorf("%q is taken for a slug", s)
		}
	}
	for _, s := range []string{"a", "Rust-1.0", "a_b~c", "čaj"} {
		if !validSlug(s) {
			t.Errorf("%q is not taken for a slug", s)
		}
	}
}

func ExampleFormatOf() {
	for _, name := range []string{"a.txt", "b.MD", "c.xhtml", "d.pdf"} {
		format, ok := FormatOf(name)
		fmt.Println(name, ok, map[bool]string{true: format.String()}[ok])
	}
	// Output:
	// a.txt true plain text
	// b.MD true Markdown
	// c.xhtml true HTML
	// d.pdf false
}
