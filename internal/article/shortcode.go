package article

import (
	"strings"
)

// hugoShortcode reads {{< name arguments >}}, {{% name arguments %}} and their
// ends. An escaped one is shown, without its escape.
func (e *expander) hugoShortcode() bool {
	sign := e.text[e.at+2]
	terminator := string(sign) + "}}"
	if sign == '<' {
		terminator = ">}}"
	}
	inside, end := e.until(terminator)
	if end == 0 {
		return false
	}
	inside = strings.Trim(inside[3:], " \t\n")
	if escaped, ok := strings.CutPrefix(inside, "/*"); ok {
		shown := "{{" + string(sign) + strings.TrimSuffix(escaped, "*/") + terminator
		e.at = end
		e.shows(shown)
		return true
	}
	if name, ok := strings.CutPrefix(inside, "/"); ok {
		e.at = end
		e.closeNamed(hugo, strings.TrimSpace(name))
		return true
	}
	inside, alone := strings.CutSuffix(inside, "/")
	name, written := cutName(inside)
	if name == "" {
		return false
	}
	t := e.start(tag{family: hugo, name: name, arguments: readArguments(written, "="), written: written})
	paired := !alone && e.hasEnd(hugo, name, end)
	if paired && (isRaw(name) || name == "raw") {
		if inner, behind, ok := e.innerRaw(end, name, findEnd); ok {
			e.at = behind
			if name == "raw" { // Nikola's, around examples of shortcodes
				e.out = append(e.out, inner...)
				return true
			}
			e.put(t, e.rawPiece(t, inner))
			return true
		}
	}
	e.mark(t, end, paired)
	return true
}

// findEnd returns where the end of a shortcode stands in s, behind an offset;
// start < 0 when nowhere.
func findEnd(s string, from int, name string) (start, behind int) {
	for from < len(s) {
		i := strings.Index(s[from:], "{{")
		if i < 0 {
			break
		}
		start = from + i
		from = start + 2
		rest := strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(s[from:], "<%"), "-"), " \t\n")
		if rest, ok := strings.CutPrefix(rest, "/"); ok {
			if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), name); ok {
				rest = strings.TrimLeft(rest, " \t")
				if strings.HasPrefix(rest, ">}}") || strings.HasPrefix(rest, "%}}") {
					return start, len(s) - len(rest) + 3
				}
			}
		}
	}
	return -1, 0
}

// cutName splits what stands in a tag into its name and the rest.
func cutName(inside string) (name, rest string) {
	inside = strings.TrimSpace(inside)
	n := strings.IndexAny(inside, " \t\n\"`'(")
	if n < 0 {
		n = len(inside)
	}
	return inside[:n], inside[n:]
}

// marksEnds finds the ends of all families.
var marksEnds = pattern(`\{\{[<%]-?\s*/\s*([\w./-]+)|\{%-?\s*end_?(\w*)\s*-?%\}|</([A-Z][\w.]*)\s*>`)

// lastEnds returns where the last end of each name stands.
func lastEnds(text string) map[string]int {
	last := map[string]int{}
	for _, m := range marksEnds().FindAllStringSubmatchIndex(text, -1) {
		switch {
		case m[2] >= 0:
			last[string(hugo)+" "+text[m[2]:m[3]]] = m[0]
		case m[4] >= 0 && m[4] == m[5]:
			last[string(zola)+" "] = m[0]
		case m[4] >= 0:
			last[string(liquid)+" "+text[m[4]:m[5]]] = m[0]
		case m[6] >= 0:
			last[string(component)+" "+text[m[6]:m[7]]] = m[0]
		}
	}
	return last
}

// zolaShortcode reads name(arguments), as it stands in {{ }} and {% %}.
func zolaShortcode(inside string) (tag, bool) {
	open := strings.IndexByte(inside, '(')
	if open < 0 || !strings.HasSuffix(inside, ")") {
		return tag{}, false
	}
	name := strings.TrimSpace(inside[:open])
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r > 0x7f || !isNameByte(byte(r)) && r != ':' && r != '/' }) {
		return tag{}, false
	}
	written := inside[open+1 : len(inside)-1]
	return tag{family: zola, name: name, arguments: readArguments(written, "="), written: written}, true
}
