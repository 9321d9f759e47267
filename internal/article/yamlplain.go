package article

import (
	"strings"
	"unicode/utf8"
)

// mostPlain is the length in bytes of front matter above which the library
// reads it; it bounds the values as well, each of which takes two bytes.
const mostPlain = maxValues

// plainYAML reads front matter that holds nothing but what nearly all front
// matter holds: keys at the margin, each with a scalar in one line, plain or in
// quotation marks, with a list of such scalars, in brackets or line by line, or
// with a mapping of such scalars below it. What it reads is what the YAML
// library reads (YAML 1.2.2, sections 7.3 to 8.2), at a thirtieth of the cost.
// It reports false at the first thing that it does not know for certain; then
// the library reads all of it. line is the file's line on which text begins; the
// entries are put into room as far as there is any.
func plainYAML(text string, line int, room []entry) (value, bool) {
	if len(text) > mostPlain || !plainCharacters(text) {
		return value{}, false
	}
	meta := value{kind: mapping, entries: room}
	open := false // the last key at the margin has no value yet, and may get one below
	indent := 0   // of what stands below it; 0 while nothing does, or a list at the margin
	for n := line; text != ""; n++ {
		var l string
		l, text, _ = strings.Cut(text, "\n")
		l = strings.TrimRight(l, " ")
		if l == "" {
			continue
		}
		depth := 0
		for l[depth] == ' ' {
			depth++
		}
		below := l[depth:]
		inList := below[0] == '-'
		if depth == 0 && !inList {
			key, rest, ok := plainKey(l)
			if !ok {
				return value{}, false
			}
			v := value{line: n}
			if open, indent = rest == "", 0; !open {
				if v, ok = plainValue(rest, n); !ok {
					return value{}, false
				}
			}
			if meta.line == 0 {
				meta.line = n
			}
			meta.entries = append(meta.entries, entry{key, v})
			continue
		}
		if !open {
			return value{}, false // a scalar of several lines, or worse
		}
		v := &meta.entries[len(meta.entries)-1].value
		switch {
		case v.kind == nothing:
			indent = depth
		case depth != indent || inList != (v.kind == list):
			return value{}, false
		}
		if inList {
			item, ok := strings.CutPrefix(below, "- ")
			if !ok {
				return value{}, false
			}
			x, ok := plainScalar(strings.TrimLeft(item, " "), n)
			if !ok {
				return value{}, false
			}
			v.kind, v.list = list, append(v.list, x)
			continue
		}
		key, rest, ok := plainKey(below)
		if !ok {
			return value{}, false
		}
		x := value{line: n}
		if rest != "" {
			if x, ok = plainScalar(rest, n); !ok {
				return value{}, false
			}
		}
		v.kind, v.entries = mapping, append(v.entries, entry{key, x})
	}
	return meta, len(meta.entries) > 0
}

// plainCharacters reports whether a text holds only characters that a YAML
// document may hold (section 5.1) and none that some version of YAML takes for
// the end of a line, or for a tab.
func plainCharacters(text string) bool {
	plain := plainFront(text)
	if strings.IndexByte(text[:plain], '\t') >= 0 || strings.IndexByte(text[:plain], 0x7F) >= 0 {
		return false
	}
	for i := plain; i < len(text); i++ {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' || c == 0x7F {
				return false
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r < 0xA0 || r == '\u2028' || r == '\u2029' || 0xD800 <= r && r < 0xE000 || r == '\uFEFF' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError {
			return false
		}
		i += n - 1
	}
	return true
}

// plainKey splits "key: value" and "key:".
func plainKey(l string) (key, rest string, ok bool) {
	n := 0
	for n < len(l) && (letterOrDigit(l[n]) || l[n] == '_' || n > 0 && (l[n] == '-' || l[n] == '.')) {
		n++
	}
	if n == 0 || n > 100 || n == len(l) || l[n] != ':' {
		return "", "", false
	}
	rest = l[n+1:]
	if rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	return l[:n], strings.TrimLeft(rest, " "), true
}

func letterOrDigit(c byte) bool {
	return isASCIILetter(c) || '0' <= c && c <= '9'
}

// plainValue reads what stands behind a key, in its line.
func plainValue(s string, line int) (value, bool) {
	if s[0] == '[' {
		return plainList(s, line)
	}
	return plainScalar(s, line)
}

// plainScalar reads a scalar of one line that ends with the line.
func plainScalar(s string, line int) (value, bool) {
	if s == "" {
		return value{}, false
	}
	if s[0] == '"' || s[0] == '\'' {
		inner, after, ok := plainQuoted(s)
		return value{kind: scalar, text: inner, quoted: true, line: line}, ok && after == ""
	}
	if !opensPlain(s[0]) || s[len(s)-1] == ':' || strings.Contains(s, ": ") || strings.Contains(s, " #") {
		return value{}, false
	}
	return plainText(s, line), true
}

// plainText is a plain scalar as a value: nothing, when it is one of the names
// of that.
func plainText(s string, line int) value {
	v := value{kind: scalar, text: s, line: line}
	switch s {
	case "null", "Null", "NULL":
		v.kind = nothing
	}
	return v
}

// opensPlain reports whether a plain scalar may begin with c: certainly so with
// a letter, a digit, a character outside ASCII, and some signs.
func opensPlain(c byte) bool {
	return letterOrDigit(c) || c >= utf8.RuneSelf || c == '/' || c == '(' || c == '$' || c == '_' || c == '+'
}

// plainQuoted cuts a quoted scalar without escapes off the front of s.
func plainQuoted(s string) (inner, after string, ok bool) {
	inner, after, ok = strings.Cut(s[1:], s[:1])
	if s[0] == '\'' && strings.HasPrefix(after, "'") || s[0] == '"' && strings.Contains(inner, `\`) {
		return "", "", false
	}
	return inner, after, ok
}

// plainList reads a list in brackets, of scalars, in one line.
func plainList(s string, line int) (value, bool) {
	v := value{kind: list, line: line}
	if len(s) < 2 || s[len(s)-1] != ']' {
		return value{}, false
	}
	s = strings.TrimLeft(s[1:len(s)-1], " ")
	if s != "" {
		v.list = make([]value, 0, 1+strings.Count(s, ","))
	}
	for s != "" {
		var x value
		if s[0] == '"' || s[0] == '\'' {
			inner, after, ok := plainQuoted(s)
			if !ok {
				return value{}, false
			}
			x, s = value{kind: scalar, text: inner, quoted: true, line: line}, strings.TrimLeft(after, " ")
			if s != "" && s[0] != ',' {
				return value{}, false
			}
		} else {
			end := strings.IndexByte(s, ',')
			if end < 0 {
				end = len(s)
			}
			item := strings.TrimRight(s[:end], " ")
			if item == "" || !opensPlain(item[0]) || strings.ContainsAny(item, "[]{}:#\"'&*!|>%@`?") {
				return value{}, false
			}
			x, s = plainText(item, line), s[end:]
		}
		v.list = append(v.list, x)
		if s == "" {
			return v, true
		}
		if s = strings.TrimLeft(s[1:], " "); s == "" {
			return value{}, false // a comma behind the last
		}
	}
	return v, true
}
