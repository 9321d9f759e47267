package article

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBodiesBeyondTheLimitsAreRefused(t *testing.T) {
	lines := func(n int, line string) string { return strings.Repeat(line+"\n", n) }
	for _, refused := range []struct {
		name   string
		format Format
		text   string
		line   int // counted from 10
		want   string
	}{
		{"a table of 300 columns and 300 rows", Markdown, "a\n\n|" + strings.Repeat("a|", 300) + "\n|" + strings.Repeat("-|", 300) + "\n" + lines(300, "|"), 179, "the tables have more than 50000 cells"},
		{"many tables", Markdown, lines(300, "|"+strings.Repeat("a|", 50)+"\n|"+strings.Repeat("-|", 50)+"\n|\n|\n|\n"), 1511, "the tables have more than 50000 cells"},
		{"a table in a quotation", Markdown, "> |" + strings.Repeat("a|", 300) + "\n> |" + strings.Repeat("-|", 300) + "\n" + lines(300, "> |"), 177, "the tables have more than 50000 cells"},
		{"escaped pipes", Markdown, "|a|\n|-|\n" + lines(2001, "|`\\|`|"), 2012, "the tables have more than 2000 escaped pipes"},
		{"quotations within quotations", Markdown, strings.Repeat(">", 101) + " a", 10, "quotations and lists are nested more than 100 deep"},
		{"lists within quotations", Markdown, "a\n" + strings.Repeat("> 1. - ", 40) + "a", 11, "quotations and lists are nested more than 100 deep"},
		{"lists that are indented further and further", Markdown, "a\n" + strings.Repeat("  ", 101) + "- a", 11, "quotations and lists are nested more than 100 deep"},
		{"links that are never closed", Markdown, strings.Repeat("[a](", 2001), 10, "a paragraph has more than 2000 links"},
		{"blocks of many links", Markdown, lines(20, strings.Repeat("[a](", 1999)+"\n"), 24, "too many links, brackets and marks of emphasis between two empty lines"},
		{"emphasis that is never closed", Markdown, strings.Repeat("*a_", 10_000), 10, "too many links, brackets and marks of emphasis between two empty lines"},
		{"attributes of a heading", Markdown, "a\n\n# b {" + strings.Repeat(".c ", 2000) + "}", 12, "the attributes of a heading take more than 4096 bytes"},
		{"attributes of a heading that is underlined", Markdown, "b {" + strings.Repeat(".c ", 2000) + "}\n===", 11, "the attributes of a heading take more than 4096 bytes"},
		{"brackets in brackets", Markdown, strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), 10, "too many links, brackets and marks of emphasis between two empty lines"},
		{"few brackets in many brackets", Markdown, strings.Repeat("[", 30_000) + strings.Repeat("]", 1_500), 10, "too many links, brackets and marks of emphasis between two empty lines"},
		{"brackets beside brackets", Markdown, lines(15_000, "[1] a"), 14_142 + 10, "too many links, brackets and marks of emphasis between two empty lines"},
		{"definitions of references", Markdown, lines(2001, "[a]: b"), 2010, "there are more than 2000 definitions of references and footnotes"},
		{"definitions of footnotes", Markdown, lines(2001, "[^a]: b"), 2010, "there are more than 2000 definitions of references and footnotes"},
		{"a small table that becomes large", Markdown, "|" + strings.Repeat("a|", 200) + "\n|" + strings.Repeat("-|", 200) + "\n" + lines(200, "a"), 10, "more than 75168 bytes"},
		{"quotation marks", Markdown, "a\n" + strings.Repeat("\"'", 125_001), 11, "more than 250000 quotation marks"},
		{"paragraphs without end", Text, strings.Repeat("a\n\n", 100_001), 10, "more than 100000 paragraphs"},
		{"elements without end", HTML, strings.Repeat("<br>", 100_001), 10, "more than 100000 paragraphs"},
		{"elements within elements", HTML, strings.Repeat("<div>", 600), 10, "512"},
		{"elements within elements in Markdown", Markdown, strings.Repeat("<div>\n\n", 600), 10, "512"},
		{"a substitution of substitutions", RST, ".. |a0| replace:: xxxxxxxxxx\n" + substitutions(1, 30) + "\n|a29|", 10, "its substitutions become more than"},
		{"a long substitution, often", RST, ".. |a| replace:: " + strings.Repeat("b ", 10_000) + "\n\n" + strings.Repeat("|a| ", 10_000), 10, "its substitutions become more than"},
		{"addresses that grow", HTML, strings.Repeat("<a href=x>a</a>", 10_000), 10, "a body of 150000 bytes becomes more than 1265536 bytes of HTML"},
	} {
		t.Run(refused.name, func(t *testing.T) {
			a := written("2026/a.md", &source{format: refused.format, text: refused.text, line: 10})
			body, err := a.Body(func(ref string) string { return "https://example.org/" + strings.Repeat("a", 200) + ref })
			var p Problem
			if !errors.As(err, &p) {
				t.Fatalf("got %d bytes and error %v, want a Problem", len(body.HTML), err)
			}
			if p.Path != "2026/a.md" || p.Line != refused.line || p.Severity != Error || p.Code == "" || p.Hint == "" || !strings.Contains(p.Text, refused.want) {
				t.Errorf("got  %v\nwant 2026/a.md:%d: %s, with a code and a hint", err, refused.line, refused.want)
			}
		})
	}
}

func TestAModestBodyExceedsNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	pieces := []string{"a ", "\n", "\n\n", "*", "_~", "[", "]", "](", "]:", "[a]", "|", "\\|", "---\n", "|-|", "> ", "- ", "1. ", "# ", "{.a", "}", `"'`, "===\n", "  "}
	modest := 0
	for range 3000 {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			piece := pieces[random.IntN(len(pieces))] + pieces[random.IntN(len(pieces))]
			b.WriteString(strings.Repeat(piece, random.IntN(1<<random.IntN(18))))
			if b.Len() > 1<<18 {
				break
			}
		}
		s := source{format: Markdown, text: b.String(), line: 1}
		if !s.isModest() {
			continue
		}
		modest++
		if err := s.exceedsAt(); err != nil {
			t.Fatalf("%.200q of %d bytes is modest, but %v", s.text, len(s.text), err)
		}
	}
	if modest < 500 {
		t.Errorf("only %d were modest", modest)
	}
}

// substitutions defines each by ten of the one before.
func substitutions(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, ".. |a%d| replace:: %s\n", i, strings.Repeat(fmt.Sprintf("|a%d| ", i-1), 10))
	}
	return b.String()
}

func TestLongHonestBodiesPassTheLimits(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Country | Votes | Seats |\n| --- | ---: | ---: |\n")
	for range 1000 {
		table.WriteString("| Macedonia | 123,456 | 12 |\n")
	}
	for _, passes := range []struct{ name, text string }{
		{"a table of a thousand rows", table.String()},
		{"a hundred sections of fifty links", strings.Repeat("## a\n\n"+strings.Repeat("- [a *b* `c`](https://e.org/)\n", 50)+"\n", 100)},
		{"thematic breaks of any length", strings.Repeat("* ", 300) + "\n\n" + strings.Repeat("-", 300) + "\n\n" + strings.Repeat("_ ", 300)},
		{"code with long lines and deep indents", "```\n" + strings.Repeat(strings.Repeat("\t", 30)+"a_b_c[i](*p) = ~x;\n", 500) + "```\n"},
		{"a thousand footnotes", strings.Repeat("A sentence as long as those that need a note.[^1]\n\n", 1000) + strings.Repeat("[^1]: The note that it needs.\n\n", 1000)},
	} {
		t.Run(passes.name, func(t *testing.T) {
			if body := bodyOf(t, Markdown, passes.text); body.HTML == "" {
				t.Error("got an empty body")
			}
		})
	}
}
