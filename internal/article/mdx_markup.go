package article

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// markupLine reads a line that begins with a tag of HTML. To Markdown such a
// line, and all behind it up to an empty one, is HTML and nothing else; to MDX
// what stands between tags is Markdown like any other: blocks of it when the
// tags have lines of their own, else a phrase.
func (e *expander) markupLine(line, rest string) bool {
	if e.prose || !e.strict() || e.depth >= 8 {
		return false
	}
	start := e.at + len(line) - len(rest)
	if !isBlockTag(e.text[start:]) && !e.standsAlone(start) {
		return false
	}
	e.copy(start) // the indent
	for taken := false; !taken || isBlockTag(e.text[e.at:]); taken = true {
		if !e.markupTag() {
			return taken
		}
		e.skipBlanks()
	}
	e.out = append(e.out, "\n\n"...)
	e.lines.text = false
	if e.at < len(e.text) && e.text[e.at] == '\n' {
		e.at++
	}
	return true
}

// standsAlone tells whether a tag of HTML begins at an offset that has lines of
// its own, behind an empty one.
func (e *expander) standsAlone(start int) bool {
	if name := tagName(e.text[start:]); name == "" || isRawElement(name) || len(e.out) > 0 && !strings.HasSuffix(string(e.out[max(0, len(e.out)-2):]), "\n\n") {
		return false
	}
	at := e.at
	e.at = start
	end, ok := e.startTag()
	e.at = at
	behind, _, _ := strings.Cut(e.text[end:], "\n")
	return ok && strings.TrimSpace(behind) == ""
}

func (e *expander) skipBlanks() {
	for e.at < len(e.text) && (e.text[e.at] == ' ' || e.text[e.at] == '\t') {
		e.at++
	}
}

// markupTag takes the tag at e.at, and of an element that has text behind its
// tag and ends in the same paragraph the whole, with what is in it as a phrase.
func (e *expander) markupTag() bool {
	end, ok := e.startTag()
	if !ok {
		return false
	}
	name, tag := tagName(e.text[e.at:]), e.text[e.at:end]
	e.tagOf(tag, name)
	e.at = end
	if e.skipBlanks(); strings.HasPrefix(tag, "</") || strings.HasPrefix(e.text[e.at:], "\n") {
		return true
	}
	start, behind := e.elementEndIn(end, name)
	if start == 0 {
		return true
	}
	sub := expander{src: e.src, text: e.text[end:start], line: e.lineAt(end), components: true, wiki: e.wiki, imports: e.imports, reported: e.reported, depth: e.depth + 1}
	sub.run()
	e.problems, e.reported, e.effort = append(e.problems, sub.problems...), sub.reported, e.effort+sub.effort
	e.out = append(e.out, e.phrase(string(sub.out))+"</"+name+">"...)
	e.at = behind
	return true
}

// tagOf writes a tag with the attributes that HTML has.
func (e *expander) tagOf(tag, name string) {
	if strings.HasPrefix(tag, "</") || !strings.Contains(tag, "{") && !strings.Contains(tag, "className") {
		e.out = append(e.out, strings.Join(strings.Fields(tag), " ")...)
		return
	}
	e.out = append(e.out, "<"+name+e.htmlAttributes(strings.TrimSuffix(tag[1+len(name):], ">"))+">"...)
}

// elementEndIn returns where the element of that name ends whose content begins
// at an offset, and what stands behind its end tag; 0 when it does not before
// the next empty line.
func (e *expander) elementEndIn(from int, name string) (start, behind int) {
	window := e.text[from:min(len(e.text), from+mostTag)]
	if blank := strings.Index(window, "\n\n"); blank >= 0 {
		window = window[:blank]
	}
	depth := 1
	for at := 0; e.afford(1); {
		i := strings.IndexByte(window[at:], '<')
		if i < 0 {
			break
		}
		at += i
		e.effort += i
		if tagName(window[at:]) == name {
			if strings.HasPrefix(window[at:], "</") {
				if depth--; depth == 0 {
					end := strings.IndexByte(window[at:], '>')
					if end < 0 {
						break
					}
					return from + at, from + at + end + 1
				}
			} else {
				depth++
			}
		}
		at++
	}
	return 0, 0
}

// tagName returns the name in the tag of HTML that s begins with, "" when it
// begins with none.
func tagName(s string) string {
	s, ok := strings.CutPrefix(s, "<")
	if !ok {
		return ""
	}
	s = strings.TrimPrefix(s, "/")
	n := 0
	for n < len(s) && ('a' <= s[n] && s[n] <= 'z' || n > 0 && ('0' <= s[n] && s[n] <= '9' || s[n] == '-')) {
		n++
	}
	if n == 0 || n == len(s) || strings.IndexByte(" \t\n/>", s[n]) < 0 {
		return ""
	}
	return s[:n]
}

// isBlockTag tells whether s begins with a tag that Markdown takes for the
// beginning of HTML.
func isBlockTag(s string) bool {
	name := tagName(s)
	if name == "" || isRawElement(name) {
		return false
	}
	switch startTagOf(atom.Lookup([]byte(name))) {
	case closesParagraph, closesHeading, closesEntry, belongsInTable:
		return true
	}
	return false
}
