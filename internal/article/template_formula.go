package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// formulaSigns are what formulas in TeX stand between: those of the page's
// script, and behind a further backslash those of Markdown that knows none.
var formulaSigns = []struct{ begin, end string }{
	{"$$", "$$"}, {"$", "$"}, {`\\[`, `\\]`}, {`\\(`, `\\)`}, {`\[`, `\]`}, {`\(`, `\)`},
}

func (s source) mayHaveFormulas() bool {
	return strings.Contains(s.text, "$") && strings.ContainsAny(s.text, `\^_`) || strings.Contains(s.text, `\[`) || strings.Contains(s.text, `\(`)
}

// formula takes a formula, in which Markdown and templates would find signs of
// their own, as it is written. What only might be one, such as two prices, is
// left alone: a formula has no blanks within its signs, and something that
// prose has not.
func (e *expander) formula() bool {
	if e.src.format != Markdown {
		return false
	}
	rest := e.text[e.at:min(len(e.text), e.at+mostTag)]
	for _, sign := range formulaSigns {
		inner, ok := strings.CutPrefix(rest, sign.begin)
		if !ok {
			continue
		}
		if blank := strings.Index(inner, "\n\n"); blank >= 0 {
			inner = inner[:blank]
		}
		if !e.afford(len(inner)) {
			return false
		}
		end := strings.Index(inner, sign.end)
		for sign.end == "$" && end > 0 && inner[end-1] == '\\' { // \$ is a dollar
			next := strings.Index(inner[end+1:], "$")
			if next < 0 {
				return false
			}
			end += 1 + next
		}
		if end <= 0 {
			return false
		}
		behind := inner[end+len(sign.end):]
		if inner = inner[:end]; sign.end == "$" && !isTight(inner, behind) || !isFormula(inner, sign.begin[0] == '$') {
			return false
		}
		shown := strings.Replace(sign.begin, `\\`, `\`, 1) + strings.Join(strings.Fields(inner), " ") + strings.Replace(sign.end, `\\`, `\`, 1)
		e.out = append(e.out, formulaEscapes.Replace(escapeText(shown))...)
		e.at += len(sign.begin) + end + len(sign.end)
		return true
	}
	return false
}

// isTight tells whether one dollar before inner and one between it and behind
// can belong together.
func isTight(inner, behind string) bool {
	if len(inner) > mostFormula || strings.Contains(inner, "\n") || twoWords().MatchString(inner) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(inner)
	last, _ := utf8.DecodeLastRuneInString(inner)
	next, _ := utf8.DecodeRuneInString(behind)
	return !unicode.IsSpace(first) && !unicode.IsSpace(last) && (behind == "" || !unicode.IsLetter(next) && !unicode.IsDigit(next))
}

// mostFormula is how long a formula may be that stands between single dollars,
// in bytes.
const mostFormula = 200

// isFormula tells whether a text has what only formulas have, and nothing that
// none has.
func isFormula(s string, dollars bool) bool {
	for _, prose := range []string{"</", "`", "](", "://"} {
		if strings.Contains(s, prose) {
			return false
		}
	}
	if strings.ContainsRune(s, '^') || strings.Contains(s, "_{") || dollars && strings.ContainsRune(s, '_') {
		return true
	}
	for i := range len(s) - 1 {
		if c := s[i+1] | 0x20; s[i] == '\\' && 'a' <= c && c <= 'z' {
			return true
		}
	}
	return false
}

var twoWords = pattern(`\pL{3} [\pL,]{3}`)

// formulaEscapes writes what typographers change.
var formulaEscapes = strings.NewReplacer("-", "&#45;", ".", "&#46;")
