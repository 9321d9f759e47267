package article

import (
	"cmp"
	"fmt"
	"strings"
)

// Severity tells what a problem costs.
type Severity int

const (
	Warning Severity = iota // the article is published; something in it was repaired or left out
	Error                   // the article is kept out
)

func (s Severity) String() string {
	if s == Error {
		return "error"
	}
	return "warning"
}

// Problem is something in a source file that its author should mend.
type Problem struct {
	Path     string // as in Article.Path
	Line     int    // from 1; 0 when the problem is the whole file's
	Column   int    // from 1, in characters; 0 when not known
	Severity Severity
	Code     string // a stable name for programs, such as "bad-date"
	Text     string // what is wrong, without the path: `date: "2026-13-01" is not a date`
	Hint     string // the cure, empty when there is none to name
}

// String writes the problem in the form that editors can follow, its hint on
// a line of its own:
//
//	2026/tides.md:3: date: "2026-13-01" is not a date
//	    hint: write it as 2026-12-01 or 2026-12-01T09:00:00+01:00
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Path)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	b.WriteString(": " + p.Text)
	if p.Hint != "" {
		b.WriteString("\n    hint: " + p.Hint)
	}
	return b.String()
}

// Compare orders problems as an author goes through them: by file, line,
// column, then text.
func (p Problem) Compare(q Problem) int {
	return cmp.Or(cmp.Compare(p.Path, q.Path), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column), cmp.Compare(p.Text, q.Text))
}
