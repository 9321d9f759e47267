package site

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxSize bounds a site file, in bytes. A real one is a few kilobytes.
const maxSize = 1 << 20

// compose reads src as one YAML document and returns its root, nil when there
// is nothing in it. Nodes are read instead of values because they know their
// line and column, and because text stays as it was written.
func compose(name string, src []byte) (*yaml.Node, Errors) {
	if len(src) > maxSize {
		return nil, Errors{{Name: name, Text: fmt.Sprintf("more than %d MiB is not a site file", maxSize>>20)}}
	}
	if e := unreadable(src); e != nil {
		e.Name = name
		return nil, Errors{*e}
	}
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		return nil, Errors{{Name: name, Text: err.Error()}}
	}
	var doc, next yaml.Node
	switch err := loader.Load(&doc); {
	case err == io.EOF:
		return nil, nil // empty, or comments alone
	case err != nil:
		return nil, Errors{syntaxError(name, src, err)}
	}
	var errs Errors
	switch err := loader.Load(&next); {
	case err == nil:
		errs = append(errs, Error{Name: name, Line: next.Line, Column: next.Column,
			Text: "a second document begins here", Hint: "keep one, and remove the line ---"})
	case err != io.EOF:
		errs = append(errs, syntaxError(name, src, err))
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, errs
	}
	return doc.Content[0], errs
}

// unreadable finds the first byte that YAML cannot carry. The YAML library
// refuses it too, but does not say where it is.
func unreadable(src []byte) *Error {
	line, column := 1, 1
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &Error{Line: line, Column: column, Text: "is not UTF-8 from here on", Hint: "save the file as UTF-8"}
		case r == '\n', r == '\r' && !bytes.HasPrefix(src[i:], []byte("\r\n")):
			line, column = line+1, 0
		case forbidden(r):
			return &Error{Line: line, Column: column, Text: fmt.Sprintf("control character %U", r), Hint: "remove it"}
		}
		column++
		i += size
	}
	return nil
}

// forbidden tells the characters that stand in no YAML file (YAML 1.2.2,
// section 5.1) and in no text of a feed (XML 1.0, section 2.2).
func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' ||
		r >= 0x7f && r < 0xa0 && r != 0x85 ||
		r == 0xfffe || r == 0xffff
}

// everydayMistakes says in the owner's words what the YAML library says in
// its own. The position of a thing that is never closed is where it begins.
var everydayMistakes = map[string]struct {
	text, hint string
	begins     bool
}{
	"mapping values are not allowed in this context": {
		text: "a colon and a space inside a value, or a line that is indented too far",
		hint: "put the value in quotation marks, or align the key with the one above"},
	"found character that cannot start any token": {
		text: "a value cannot begin with this character",
		hint: "put the value in quotation marks"},
	"did not find expected alphabetic or numeric character": {
		text:   "a value cannot begin with this character",
		hint:   "put the value in quotation marks",
		begins: true},
	"found unexpected end of stream": {
		text:   "a quotation mark that is never closed",
		hint:   "close it at the end of the value",
		begins: true},
	"did not find expected comment or line break": {
		text: "text cannot follow here",
		hint: "put the value in quotation marks, or begin it on the next line"},
	"did not find expected ',' or ']'": {
		text:   "a [ that is never closed, or a comma missing after it",
		hint:   "write a list as [rss, atom]",
		begins: true},
	"did not find expected ',' or '}'": {
		text:   "a { that is never closed, or a comma missing after it",
		hint:   "write a map as {entries: 50, days: 7}",
		begins: true},
	"could not find expected ':'": {
		text:   "a key without a colon",
		hint:   "write it as key: value",
		begins: true},
	"did not find expected key": {
		text: "neither a key nor the rest of a value",
		hint: "align the key with those above, or put the whole value in quotation marks"},
	"block sequence entries are not allowed in this context": {
		text: "a list cannot begin here",
		hint: "begin it on the next line, or write it as [rss, atom]"},
}

// syntaxError turns what the YAML library says into an error of ours.
func syntaxError(name string, src []byte, err error) Error {
	var le *yaml.LoadError
	if !errors.As(err, &le) {
		return Error{Name: name, Text: err.Error()}
	}
	e := Error{Name: name, Line: le.Mark.Line, Column: le.Mark.Column, Text: "not YAML: " + le.Message}
	if known, ok := everydayMistakes[le.Message]; ok {
		e.Text, e.Hint = known.text, known.hint
		if known.begins && le.ContextMark.Line > 0 {
			e.Line, e.Column = le.ContextMark.Line, le.ContextMark.Column
		}
	}
	switch at(src, le.Mark) {
	case '*': // an alias of something that is not there; its name is in the message
		e.Text, e.Hint = "a value cannot begin with this character", "put the value in quotation marks"
	case '\t':
		// YAML 1.2.2, section 6.1: tabs are not allowed in indentation.
		e.Text, e.Hint = "a tab in the indentation", "indent with spaces"
	}
	return e
}

// at returns the character at a mark, 0 when there is none.
func at(src []byte, mark yaml.Mark) rune {
	lines := bytes.SplitN(src, []byte("\n"), mark.Line+1)
	if mark.Line < 1 || mark.Line > len(lines) {
		return 0
	}
	line := []rune(string(lines[mark.Line-1]))
	if mark.Column < 1 || mark.Column > len(line) {
		return 0
	}
	return line[mark.Column-1]
}
