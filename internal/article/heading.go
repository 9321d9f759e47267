package article

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// headingWindow is how much of a Markdown text is parsed to find its first
// words, in bytes.
const headingWindow = 4096

// readMarkdown reads Markdown behind its front matter. The heading that stands
// first is the title, or repeats it, and is then no part of the text.
func (p *parsing) readMarkdown(body string, line int) {
	at := firstBlock(body)
	top, below, _ := strings.Cut(body[at:], "\n")
	underline, _, _ := strings.Cut(below, "\n")
	if heading, n := headingAt([]string{top, underline}, 0); n > 0 {
		title := markdownText(heading)
		if p.a.Title == "" && title != "" {
			p.a.Title = title
		}
		if fold(title) == fold(p.a.Title) {
			gone := len(top)
			if n > 1 {
				gone += len("\n") + len(underline)
			}
			body = body[:at] + strings.Repeat("\n", n-1) + body[at+gone:]
		}
	}
	if p.a.Title == "" {
		p.a.Title = laterHeading(strings.Split(body[at:], "\n"))
	}
	if p.a.Title == "" {
		if words := firstParagraph(body[at:]); words != "" {
			p.a.Title, p.titleMade = madeTitle(words), true
		}
	}
	for more := true; more; line++ {
		var l, rest string
		if l, rest, more = strings.Cut(body, "\n"); strings.TrimSpace(l) != "" {
			break
		}
		body = rest
	}
	p.a.body.text = strings.TrimRight(body, " \t\n")
	p.a.body.line = line
}

// firstBlock is the offset of the line on which a Markdown text begins, behind
// comments (a licence often), templates' comments and the imports of MDX.
func firstBlock(body string) int {
	end := ""
	for at := 0; ; {
		line, _, found := strings.Cut(body[at:], "\n")
		l := strings.TrimSpace(line)
		switch {
		case end != "":
			if strings.Contains(l, end) {
				end = ""
			}
		case l == "":
		case strings.HasPrefix(l, "<!--"):
			if !strings.Contains(l, "-->") {
				end = "-->"
			}
		case strings.HasPrefix(l, "{%") && strings.HasSuffix(l, "%}"):
		case strings.HasPrefix(l, "import ") && strings.ContainsAny(l, `"'`), strings.HasPrefix(l, "export "):
		default:
			return at
		}
		if !found {
			return len(body)
		}
		at += len(line) + 1
	}
}

// headingAt reads the heading of the first level at line i: "# Title", or a
// line underlined by = or -. It returns the number of its lines, 0 when there
// is none.
func headingAt(lines []string, i int) (heading string, n int) {
	if i >= len(lines) || strings.HasPrefix(lines[i], "    ") || strings.HasPrefix(lines[i], "\t") {
		return "", 0
	}
	l := strings.TrimSpace(lines[i])
	if rest, ok := strings.CutPrefix(l, "#"); ok && strings.TrimLeft(rest, " \t") != rest {
		rest = strings.TrimSpace(rest)
		if closed := strings.TrimRight(rest, "#"); closed != rest && strings.HasSuffix(closed, " ") {
			rest = closed
		}
		return withoutAttributes(rest), 1
	}
	if i+1 < len(lines) && l != "" && !strings.ContainsAny(l[:1], "#>-*+|<`~{") {
		if below := strings.TrimSpace(lines[i+1]); below != "" && (strings.Trim(below, "=") == "" || len(below) > 2 && strings.Trim(below, "-") == "") {
			return withoutAttributes(l), 2
		}
	}
	return "", 0
}

// withoutAttributes takes "{#anchor .class}" off the end of a heading.
func withoutAttributes(heading string) string {
	if i := strings.LastIndex(heading, " {"); i > 0 && strings.HasSuffix(heading, "}") && strings.ContainsAny(heading[i+2:i+3], "#.:") {
		return strings.TrimSpace(heading[:i])
	}
	return heading
}

// laterHeading is the first "# Title" in the text, outside code. It stays
// where it is: words stand before it.
func laterHeading(lines []string) string {
	fence := ""
	for i, l := range lines {
		t := strings.TrimSpace(l)
		if fence != "" {
			if strings.HasPrefix(t, fence) {
				fence = ""
			}
			continue
		}
		if strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") {
			fence = t[:3]
			continue
		}
		if strings.HasPrefix(t, "#") {
			if heading, n := headingAt(lines, i); n == 1 {
				return markdownText(heading)
			}
		}
	}
	return ""
}

// plainMarkdown is CommonMark without extensions, enough to tell words from
// their marks.
var plainMarkdown = sync.OnceValue(func() goldmark.Markdown { return goldmark.New() })

// markdownText is what a line or a short text of Markdown says: without the
// marks of emphasis, code and links, escapes and entities read.
func markdownText(s string) string {
	if hasNoMarks(s) {
		return oneLine(s)
	}
	return readMarks(s)
}

// hasNoMarks reports whether s is certainly nothing to Markdown but the words
// of one paragraph: it begins with a letter, has no second line, and none of
// the signs that mark something within a line (CommonMark 0.31, section 6).
func hasNoMarks(s string) bool {
	if s == "" || len(s) > headingWindow {
		return false
	}
	c := s[0]
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf
	return letter && !strings.ContainsAny(s, "\n\x00\\`*_[<&")
}

func readMarks(s string) string {
	src := []byte(s[:min(len(s), headingWindow)])
	var b strings.Builder
	collectText(&b, plainMarkdown().Parser().Parse(text.NewReader(src)), src)
	return oneLine(b.String())
}

// firstParagraph is the text of the first paragraph, else of the first
// heading.
func firstParagraph(body string) string {
	src := []byte(body[:min(len(body), headingWindow)])
	heading := ""
	for n := plainMarkdown().Parser().Parse(text.NewReader(src)).FirstChild(); n != nil; n = n.NextSibling() {
		var b strings.Builder
		collectText(&b, n, src)
		words := oneLine(b.String())
		if n.Kind() == ast.KindParagraph && words != "" {
			return words
		}
		if heading == "" {
			heading = words
		}
	}
	return heading
}

func collectText(b *strings.Builder, n ast.Node, src []byte) {
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					b.Write(t.Segment.Value(src))
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			words := util.UnescapePunctuations(n.Segment.Value(src))
			b.Write(util.ResolveEntityNames(util.ResolveNumericReferences(words)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(src))
		}
		return ast.WalkContinue, nil
	})
}

// summaryText makes a stated summary plain text.
func (p *parsing) summaryText(s string) string {
	switch {
	case strings.Contains(s, "</") || strings.Contains(s, "<br"):
		s = textOf(s)
	case p.a.Format == HTML: // as the text is
		s = html.UnescapeString(s)
	}
	if p.a.Format == Markdown {
		return markdownText(s)
	}
	return oneLine(s)
}
