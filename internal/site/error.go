package site

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing in a site file that its owner should mend.
type Error struct {
	Name   string // of the file, as it was given to Parse or Load
	Line   int    // from 1; 0 when the error is the whole file's
	Column int    // from 1, in characters; 0 when not known
	Key    string // such as "limit.entries"; empty when no key is concerned
	Text   string // what is wrong, without the key
	Hint   string // the cure, empty when there is none to name
}

// Error writes e in the form that editors can follow, its hint on a line of
// its own:
//
//	articles/site.yaml:14:5: feeds.tags.limt: no such key
//	    hint: did you mean "limit"?
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Name)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Text)
	if e.Hint != "" {
		b.WriteString("\n    hint: " + e.Hint)
	}
	return b.String()
}

// Errors are all the errors of one site file, in the order of the file; never
// empty when it is an error.
type Errors []Error

// Error writes the errors as [Error.Error] does, each from a line of its own.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single [Error].
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

func (es Errors) sort() {
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Key, b.Key))
	})
}
