package article

import (
	"slices"
	"strings"
)

// lineState is what the lines before one say about it.
type lineState struct {
	text  bool  // the line before is not empty, and no code
	items []int // where the text of the open list entries begins, in columns

	literal int // how far the lines of a literal block of reStructuredText are indented at least; 0 outside of one
}

// block reads what only the beginning of a line tells: code, and the marks
// that have lines of their own.
func (e *expander) block() {
	for e.at < len(e.text) {
		line, _, _ := strings.Cut(e.text[e.at:], "\n")
		trimmed := strings.TrimLeft(line, " \t")
		if strings.TrimSpace(line) == "" {
			e.lines.text = false
			e.nextLine(line)
			continue
		}
		in := indent(line)
		if e.components && in >= 4 && !e.within(in) {
			// In MDX an indent means nothing.
			e.dedent(len(line) - len(trimmed))
			if fence := fenceOf(trimmed); fence != "" {
				e.fence(fence, in)
				continue
			}
			line, in = trimmed, 0
		}
		if !e.lines.text {
			e.leave(in)
			if in >= e.margin()+4 {
				if !e.isMarked(trimmed) {
					e.indentedCode()
					continue
				}
				e.dedent(len(line) - len(trimmed))
				line, in = trimmed, 0
			}
		}
		rest := trimmed
		for {
			n := listMarker(rest)
			switch {
			case strings.HasPrefix(rest, ">"):
				rest = strings.TrimLeft(rest[1:], " \t")
				continue
			case n > 0 && strings.Trim(rest, rest[:1]+" \t") != "":
				e.leave(in)
				after := strings.TrimLeft(rest[n:], " \t")
				if len(rest)-len(after) > n+4 {
					after = rest[n+1:]
				}
				in += len(rest) - len(after)
				e.lines.items = append(e.lines.items, in)
				rest = after
				continue
			}
			break
		}
		e.lines.text = true
		if fence := fenceOf(rest); fence != "" {
			e.copy(e.at + len(line) - len(rest))
			e.fence(fence, 0)
			e.lines.text = false
			continue
		}
		if e.ownLine(line, rest) {
			continue
		}
		return
	}
}

// dedent leaves out the first n bytes of a line.
func (e *expander) dedent(n int) {
	e.at += n
	e.begin, e.searched = e.at, e.at
}

// margin is where the text of the innermost open list entry begins.
func (e *expander) margin() int {
	if n := len(e.lines.items); n > 0 {
		return e.lines.items[n-1]
	}
	return 0
}

// within tells whether a line so far indented belongs to a list entry.
func (e *expander) within(in int) bool {
	return len(e.lines.items) > 0 && in >= e.lines.items[0]
}

// leave ends the list entries that a line so far indented is no part of.
func (e *expander) leave(in int) {
	for len(e.lines.items) > 0 && in < e.margin() {
		e.lines.items = e.lines.items[:len(e.lines.items)-1]
	}
}

// isMarked tells a mark that is only set in to stand well in the one around it.
func (e *expander) isMarked(line string) bool {
	return len(e.frames) > 0 && (strings.HasPrefix(line, "{{<") || strings.HasPrefix(line, "{{%") || strings.HasPrefix(line, "{%") || strings.HasPrefix(line, ":::"))
}

func (e *expander) nextLine(line string) {
	e.copy(min(len(e.text), e.at+len(line)+1))
}

// indentedCode takes lines up to one that is less indented.
func (e *expander) indentedCode() {
	margin := e.margin() + 4
	to := e.at
	for at := e.at; at < len(e.text); {
		line, _, _ := strings.Cut(e.text[at:], "\n")
		at = min(len(e.text), at+len(line)+1)
		if strings.TrimSpace(line) == "" {
			continue
		}
		if indent(line) < margin {
			break
		}
		to = at
	}
	e.verbatim(to)
	e.lines.text = false
}

// fenceOf returns the sign that begins a fenced block of code, "" when line
// begins none.
func fenceOf(line string) string {
	if !strings.HasPrefix(line, "```") && !strings.HasPrefix(line, "~~~") {
		return ""
	}
	rest := strings.TrimLeft(line, line[:1])
	if line[0] == '`' && strings.Contains(rest, "`") {
		return ""
	}
	return line[:len(line)-len(rest)]
}

// fence takes a fenced block of code, the first so many blanks of its lines
// removed.
func (e *expander) fence(sign string, dedent int) {
	first := true
	start := e.at
	end := len(e.text)
	for at := e.at; at < len(e.text); first = false {
		line, _, _ := strings.Cut(e.text[at:], "\n")
		at = min(len(e.text), at+len(line)+1)
		if first {
			continue
		}
		line = strings.TrimLeft(line, " \t>")
		if strings.HasPrefix(line, sign) && strings.Trim(line, sign[:1]+" \t") == "" {
			end = at
			break
		}
	}
	if dedent == 0 || e.prose {
		e.verbatim(end)
		return
	}
	for line := range strings.Lines(unescaped(e.text[start:end])) {
		n := 0
		for n < len(line) && n < dedent && (line[n] == ' ' || line[n] == '\t') {
			n++
		}
		e.out = append(e.out, line[n:]...)
	}
	e.at = end
}

// codeSpan takes a span of code, or the backquotes when they open none.
func (e *expander) codeSpan() {
	rest := e.text[e.at:]
	sign := rest[:len(rest)-len(strings.TrimLeft(rest, "`"))]
	paragraph := rest
	if end := strings.Index(rest[:min(len(rest), mostTag)], "\n\n"); end >= 0 {
		paragraph = rest[:end]
	} else {
		paragraph = rest[:min(len(rest), mostTag)]
	}
	for at := len(sign); at < len(paragraph); {
		i := strings.Index(paragraph[at:], sign)
		if i < 0 {
			break
		}
		at += i
		run := len(paragraph[at:]) - len(strings.TrimLeft(paragraph[at:], "`"))
		if run == len(sign) {
			e.verbatim(e.at + at + run)
			return
		}
		at += run
	}
	e.copy(e.at + len(sign))
}

// markup reads what begins with an angle bracket: elements whose content is no
// text of the article, comments, and with components those.
func (e *expander) markup() bool {
	rest := e.text[e.at:]
	if strings.HasPrefix(rest, "<!--") {
		end := e.find(e.at, "-->")
		if end < 0 {
			return false
		}
		e.copy(end + len("-->"))
		return true
	}
	for _, name := range rawElementNames {
		if len(rest) <= len(name)+1 || !strings.EqualFold(rest[1:1+len(name)], name) || strings.IndexByte(" \t\n>", rest[1+len(name)]) < 0 {
			continue
		}
		end := e.elementEnd(name)
		if end == 0 {
			return false
		}
		if e.components && e.quotedCode(name, end) {
			return true
		}
		e.verbatim(end)
		return true
	}
	return e.components && e.component()
}

// rawElementNames are the elements in which marks are the article's own text.
var rawElementNames = []string{"pre", "code", "script", "style", "textarea"}

func isRawElement(name string) bool { return slices.Contains(rawElementNames, name) }

// quotedCode reads code that JSX has as a string: <pre>{`…`}</pre>.
func (e *expander) quotedCode(name string, end int) bool {
	begin, ok := e.startTag()
	if !ok || begin > end {
		return false
	}
	code := strings.TrimSpace(e.text[begin:strings.LastIndex(e.text[:end], "<")])
	if !strings.HasPrefix(code, "{`") || !strings.HasSuffix(code, "`}") || len(code) < 4 {
		return false
	}
	e.out = append(e.out, "<"+name+">"+escapeText(code[2:len(code)-2])+"</"+name+">"...)
	e.at = end
	return true
}

// elementEnd returns where the element that begins at e.at ends, 0 when it does
// not.
func (e *expander) elementEnd(name string) int {
	key := "</" + name
	if e.missing[key] {
		return 0
	}
	for at := e.at; ; {
		i := strings.Index(e.text[at:], "</")
		if i < 0 {
			e.missing = with(e.missing, key, true)
			return 0
		}
		at += i + 2
		if len(e.text) > at+len(name) && strings.EqualFold(e.text[at:at+len(name)], name) {
			if end := strings.IndexByte(e.text[at:], '>'); end >= 0 {
				return at + end + 1
			}
		}
	}
}
