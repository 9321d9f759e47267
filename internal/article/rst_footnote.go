package article

import (
	"html"
	"strconv"
	"strings"
)

// rstNote is a footnote or citation.
type rstNote struct {
	label string // "1", "#", "#name", "*", "CIT2002"
	lines []string
}

// number gives each footnote, by its label, what its mark says: those without
// a number of their own take the first that is free, in the order in which
// they are defined. The marks without a name ("#", "*") are told apart by
// which of them they are.
func (r *rst) number(labels []string) {
	taken := map[string]bool{}
	for _, l := range labels {
		taken[l] = true
	}
	next, unnamed := 0, 0
	for _, l := range labels {
		key := l
		if l == "#" || l == "*" {
			unnamed++
			key += strconv.Itoa(unnamed)
		}
		if l[0] != '#' && l != "*" {
			r.numbers[key] = l
			continue
		}
		for next++; taken[strconv.Itoa(next)]; next++ {
		}
		r.numbers[key] = strconv.Itoa(next)
	}
}

// footnoteMark writes the mark of a footnote, such as [1]_, [#name]_ or [*]_.
func (r *rst) footnoteMark(label string) string {
	if label == "#" || label == "*" {
		r.marks++
		label += strconv.Itoa(r.marks)
	}
	text, known := r.numbers[label]
	if !known {
		return "[" + html.EscapeString(label) + "]"
	}
	id := html.EscapeString(footnoteID(label))
	return `<sup id="fnref:` + id + `"><a href="#fn:` + id + `" class="footnote-ref" role="doc-noteref">` + html.EscapeString(text) + "</a></sup>"
}

func footnoteID(label string) string {
	return strings.NewReplacer("#", "auto-", "*", "sign-").Replace(label)
}

// endnotes writes the footnotes at the end.
func (r *rst) endnotes(b *strings.Builder) {
	if len(r.footnotes) == 0 {
		return
	}
	b.WriteString("<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr />\n<ol>\n")
	unnamed := 0
	for i := 0; i < len(r.footnotes); i++ { // a note may bring in another
		note := r.footnotes[i]
		label := note.label
		if label == "#" || label == "*" {
			unnamed++
			label += strconv.Itoa(unnamed)
		}
		var inner strings.Builder
		r.blocks(&inner, note.lines, mostRSTNesting/2)
		text := strings.TrimSpace(inner.String())
		if number := r.numbers[label]; number != "" && !digits(number) { // a citation
			text = "<p>[" + html.EscapeString(number) + "] " + strings.TrimPrefix(text, "<p>")
		}
		id := html.EscapeString(footnoteID(label))
		back := ` <a href="#fnref:` + id + `" class="footnote-backref" role="doc-backlink">↩︎</a>`
		if before, ok := strings.CutSuffix(text, "</p>"); ok {
			text = before + back + "</p>"
		} else {
			text += back
		}
		b.WriteString(`<li id="fn:` + id + `">` + text + "</li>\n")
	}
	b.WriteString("</ol>\n</div>\n")
}
