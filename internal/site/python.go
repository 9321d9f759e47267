package site

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// assignment is a line of a Python program that gives a name a value, at its
// outermost level.
var assignment = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)\s*(?::[^=]*)?=\s*([^=\s].*)?$`)

// decodePython reads the assignments of literals in a Python program: texts,
// numbers, True, False, None, and tuples, lists and dictionaries of them. Of a
// name that is set twice the last counts, as it does in the program. All else
// is passed over.
func (set settings) decodePython(name, src string) {
	mine := settings{}
	lines := strings.SplitAfter(src, "\n")
	at := 0
	for i := 0; i < len(lines); i++ {
		start := at
		at += len(lines[i])
		m := assignment.FindStringSubmatchIndex(strings.TrimRight(lines[i], "\r\n"))
		if m == nil || m[4] < 0 {
			continue
		}
		p := python{src: src, at: start + m[4], names: mine}
		v, ok := p.value(0)
		if !ok || !p.ends() {
			continue
		}
		key := lines[i][m[2]:m[3]]
		for k := range mine {
			if k == strings.ToLower(key) || strings.HasPrefix(k, strings.ToLower(key)+".") {
				delete(mine, k)
			}
		}
		mine.tree(name, key, v, func(string) int { return i + 1 })
		for at < p.at && i+1 < len(lines) { // the lines that a value goes on for
			i++
			at += len(lines[i])
		}
	}
	for _, s := range mine {
		set.put(s.key, s.text, s.file, s.line)
	}
}

// python reads one literal.
type python struct {
	src   string
	at    int
	names settings // what was assigned before
}

const mostPythonDepth = 20

func (p *python) value(depth int) (any, bool) {
	p.space(depth > 0)
	if depth > mostPythonDepth || p.at >= len(p.src) {
		return nil, false
	}
	switch c := p.src[p.at]; {
	case c == '(' || c == '[' || c == '{':
		return p.collection(c, depth)
	case c == '"' || c == '\'':
		return p.texts(depth)
	case c == '-' || '0' <= c && c <= '9':
		word := p.word("-+._")
		_, err := strconv.ParseFloat(strings.ReplaceAll(word, "_", ""), 64)
		return word, err == nil
	}
	word := p.word("_")
	switch word {
	case "True", "False":
		return strings.ToLower(word), true
	case "None":
		return nil, true
	case "":
		return nil, false
	}
	if p.at < len(p.src) && (p.src[p.at] == '"' || p.src[p.at] == '\'') {
		switch strings.ToLower(word) {
		case "u":
			return p.texts(depth)
		case "r":
			return p.text(true)
		}
		return nil, false
	}
	s, known := p.names[strings.ToLower(word)]
	return s.text, known
}

// texts reads texts that stand side by side, which are one.
func (p *python) texts(depth int) (any, bool) {
	whole := ""
	for {
		s, ok := p.text(false)
		if !ok {
			return nil, false
		}
		whole += s
		before := p.at
		if p.space(depth > 0); p.at >= len(p.src) || p.src[p.at] != '"' && p.src[p.at] != '\'' {
			p.at = before
			return whole, true
		}
	}
}

func (p *python) text(raw bool) (string, bool) {
	quote := p.src[p.at : p.at+1]
	if strings.HasPrefix(p.src[p.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	p.at += len(quote)
	var b strings.Builder
	for p.at < len(p.src) {
		rest := p.src[p.at:]
		switch {
		case strings.HasPrefix(rest, quote):
			p.at += len(quote)
			return b.String(), true
		case rest[0] == '\n' && len(quote) == 1:
			return "", false
		case rest[0] == '\\' && len(rest) > 1:
			p.at += 2
			if raw {
				b.WriteString(rest[:2])
			} else {
				unescape(&b, rest[1])
			}
		default:
			b.WriteByte(rest[0])
			p.at++
		}
	}
	return "", false
}

// unescape writes what a backslash and c stand for in Python and JavaScript.
// Numbers of characters are passed over.
func unescape(b *strings.Builder, c byte) {
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case '\n':
	case '\\', '\'', '"', '`', '/':
		b.WriteByte(c)
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
	}
}

// collection reads a tuple, list, set or dictionary.
func (p *python) collection(open byte, depth int) (any, bool) {
	closing := map[byte]byte{'(': ')', '[': ']', '{': '}'}[open]
	p.at++
	list, dict := []any{}, map[string]any{}
	for commas := 0; ; {
		p.space(true)
		if p.at >= len(p.src) {
			return nil, false
		}
		if p.src[p.at] == closing {
			p.at++
			switch {
			case len(dict) > 0:
				return dict, true
			case open == '(' && commas == 0 && len(list) == 1:
				return list[0], true // brackets around one value
			}
			return list, true
		}
		v, ok := p.value(depth + 1)
		if !ok {
			return nil, false
		}
		p.space(true)
		if open == '{' && p.at < len(p.src) && p.src[p.at] == ':' {
			p.at++
			x, ok := p.value(depth + 1)
			key, isText := v.(string)
			if !ok || !isText {
				return nil, false
			}
			dict[key] = x
		} else {
			list = append(list, v)
		}
		p.space(true)
		if p.at < len(p.src) && p.src[p.at] == ',' {
			p.at++
			commas++
		} else if p.at >= len(p.src) || p.src[p.at] != closing {
			return nil, false
		}
	}
}

// space goes past blanks and, within brackets, past comments and line ends.
func (p *python) space(lines bool) {
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == ' ' || c == '\t' || c == '\r' || lines && c == '\n':
			p.at++
		case lines && c == '#':
			end := strings.IndexByte(p.src[p.at:], '\n')
			if end < 0 {
				end = len(p.src) - p.at
			}
			p.at += end
		default:
			return
		}
	}
}

// ends reports whether nothing follows on the line: then the value is the
// whole of what is assigned.
func (p *python) ends() bool {
	p.space(false)
	return p.at >= len(p.src) || p.src[p.at] == '\n' || p.src[p.at] == '#' || p.src[p.at] == ';'
}

func (p *python) word(also string) string {
	start := p.at
	for p.at < len(p.src) {
		r, n := utf8.DecodeRuneInString(p.src[p.at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(also, r) {
			break
		}
		p.at += n
	}
	return p.src[start:p.at]
}
