package article

import (
	"maps"
	"slices"
	"strings"
)

// arguments are what stands in a tag behind its name.
type arguments struct {
	positional []string
	named      map[string]string // by name in lower case
}

// get returns the first of the named arguments that has a value.
func (a arguments) get(names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(a.named[name]); v != "" {
			return v
		}
	}
	return ""
}

// either returns a named argument, else the one at a position.
func (a arguments) either(position int, names ...string) string {
	if v := a.get(names...); v != "" || position >= len(a.positional) {
		return v
	}
	return strings.TrimSpace(a.positional[position])
}

// values returns all arguments, in an order that is always the same.
func (a arguments) values() []string {
	all := slices.Clone(a.positional)
	for _, name := range slices.Sorted(maps.Keys(a.named)) {
		all = append(all, a.named[name])
	}
	return all
}

// readArguments reads what stands behind a name: words and quoted strings,
// each perhaps with a name and one of the signs before it, parted by blanks and
// commas.
func readArguments(s, signs string) arguments {
	var a arguments
	for {
		s = strings.TrimLeft(s, " \t\n,")
		if s == "" || len(a.positional)+len(a.named) >= mostArguments {
			return a
		}
		n := 0
		for n < len(s) && (isNameByte(s[n]) || s[n] == ':' && n+1 < len(s) && isNameByte(s[n+1]) && !strings.Contains(signs, ":")) {
			n++
		}
		after := strings.TrimLeft(s[n:], " \t")
		if n > 0 && after != "" && strings.IndexByte(signs, after[0]) >= 0 && !strings.HasPrefix(after, "://") {
			name := strings.ToLower(s[:n])
			v, rest := readValue(strings.TrimLeft(after[1:], " \t\n"))
			if _, twice := a.named[name]; !twice {
				a.named = with(a.named, name, v)
			}
			s = rest
			continue
		}
		v, rest := readValue(s)
		a.positional = append(a.positional, v)
		s = rest
	}
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.' || c == '@'
}

// readValue reads one value and returns what stands behind it.
func readValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	switch quote := s[0]; quote {
	case '"', '\'', '`':
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			switch {
			case s[i] == '\\' && quote != '`' && i+1 < len(s):
				if i++; s[i] != '\\' && s[i] != '"' && s[i] != '\'' {
					b.WriteByte('\\')
				}
				b.WriteByte(s[i])
			case s[i] == quote:
				return b.String(), s[i+1:]
			default:
				b.WriteByte(s[i])
			}
		}
		return strings.TrimRight(s[1:], " \t\n"), ""
	case '{', '[', '(':
		if end := balanced(s); end > 0 {
			return s[:end], s[end:]
		}
	case '\xe2': // a typographic quotation mark
		if inner, ok := strings.CutPrefix(s, "“"); ok {
			if v, rest, ok := strings.Cut(inner, "”"); ok {
				return v, rest
			}
		}
	}
	end := strings.IndexAny(s, " \t\n,")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// balanced returns the length of what begins with a bracket, up to the one
// that closes it; 0 when none does. Brackets in strings and comments of
// JavaScript do not count.
func balanced(s string) int {
	depth := 0
	for i := 0; i < len(s) && i < mostTag; i++ {
		switch s[i] {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'', '`':
			// An apostrophe of prose has no end on its line.
			end := strings.IndexByte(s[i+1:min(len(s), i+mostTag)], s[i])
			if end >= 0 && (s[i] == '`' || !strings.Contains(s[i+1:i+1+end], "\n")) {
				i += end + 1
			}
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				if end := strings.Index(s[i:min(len(s), i+mostTag)], "*/"); end >= 0 {
					i += end + 1
				}
			}
		}
	}
	return 0
}
