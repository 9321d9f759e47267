package article

import (
	"strings"
	"testing"
)

func TestFrontMatterAndPagesAreBounded(t *testing.T) {
	for _, c := range []struct {
		what, name, src string
		problem         string // begins so; empty: none
	}{
		{"64 KiB of YAML", "a.md", "---\ntitle: x\ny: " + strings.Repeat("y", 64<<10-20) + "\n---\nText.", ""},
		{"more than 64 KiB of YAML", "a.md", "---\ntitle: x\ny: " + strings.Repeat("y", 64<<10) + "\n---\nText.", "a.md:1: front matter is longer than 64 KiB"},
		{"aliases that multiply", "a.md", "---\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ntags: [*d,*d]\n---\nText.", "a.md:2: front matter holds more than 10000 values"},
		{"10,001 values of TOML", "a.md", "+++\na = [" + strings.Repeat("1,", 10_001) + "]\n+++\nText.", "a.md:2: front matter holds more than 10000 values"},
		{"JSON 200 deep", "a.md", `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}\nText.", "a.md:1: front matter: it holds more than 10000 values or nests deeper than 100"},
		{"YAML 20,000 deep", "a.md", "---\na: " + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "\n---\nText.", "a.md:2:10004: front matter: exceeded max depth of 10000"},
		{"a page 500 deep", "a.html", strings.Repeat("<div>", 500) + "<p>Text.", ""},
		{"a page 5000 deep", "a.html", strings.Repeat("<div>", 5000) + "<p>Text.", "a.html: the page has more than 100000 elements or nests deeper than 1000"},
		{"a page of 200,000 elements", "a.html", strings.Repeat("<div></div>", 200_000) + "<p>Text.", "a.html: the page has more than 100000 elements or nests deeper than 1000"},
	} {
		a, problems := Parse(c.name, []byte(c.src), Options{})
		switch {
		case c.problem == "" && (a == nil || len(problems) > 0):
			t.Errorf("%s: got %v, want an article", c.what, problems)
		case c.problem != "" && (a != nil || len(problems) != 1 || !strings.HasPrefix(problems[0].String(), c.problem)):
			t.Errorf("%s: got %v, want %q", c.what, problems, c.problem)
		}
	}
}
