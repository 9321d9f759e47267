package article

import "strings"

// In reStructuredText the marks of generators become HTML, which stands within
// a line between two characters that nobody writes, its line ends a third.
const (
	rstMarkupBegin = "\uE0F0"
	rstMarkupEnd   = "\uE0F1"
	rstMarkupLine  = "\uE0F2"
)

// rstMarkupSigns takes the characters away where no line is read: in the
// argument of a directive.
var rstMarkupSigns = strings.NewReplacer(rstMarkupBegin, "", rstMarkupEnd, "", rstMarkupLine, "\n")

// rstMarkup writes HTML so that it is read as it stands.
func rstMarkup(markup string) string {
	if markup == "" {
		return ""
	}
	return rstMarkupBegin + strings.ReplaceAll(rstMarkupSigns.Replace(markup), "\n", rstMarkupLine) + rstMarkupEnd
}

// rstBlock takes the lines of literal blocks, in which marks are the article's
// own text.
func (e *expander) rstBlock() {
	for e.at < len(e.text) {
		line, _, _ := strings.Cut(e.text[e.at:], "\n")
		in := indentOf(line)
		literal := e.lines.literal > 0 && in >= e.lines.literal
		if strings.TrimSpace(line) == "" || literal {
			to := min(len(e.text), e.at+len(line)+1)
			e.verbatim(to)
			continue
		}
		e.lines.literal = 0
		if m := rstDirective().FindStringSubmatch(line[in:]); m != nil {
			if how := rstDirectives[strings.ToLower(m[2])]; how == rstCode || how == rstCSV {
				e.lines.literal = in + 1
			}
		} else if strings.HasSuffix(strings.TrimRight(line, " \t"), "::") {
			e.lines.literal = in + 1
		}
		return
	}
}
