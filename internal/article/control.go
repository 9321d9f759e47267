package article

import (
	"fmt"
	"regexp"
	"strings"
)

// terminal is what a terminal takes for orders, of colours and the like: what
// somebody copied from one along with its text (ECMA-48, sections 5.4 and 5.6).
var terminal = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\^_])`)

// isControl tells the characters of ASCII that no text is written with. A form
// feed parts pages of plain text.
func isControl(c byte) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f'
}

// isBinary reports whether a text holds NUL, or so many control characters as
// no writing has: more than a few, and more than one in twenty of all.
func isBinary(s string) bool {
	if strings.IndexByte(s, 0) >= 0 {
		return true
	}
	if strings.IndexByte(s, 0x1B) >= 0 {
		s = terminal.ReplaceAllString(s, "")
	}
	controls := 0
	for i := range len(s) {
		if isControl(s[i]) {
			controls++
		}
	}
	return controls > 3 && controls*20 > len(s)
}

// withoutControls takes control characters out of a text, the orders to a
// terminal whole. A vertical tab, which some editors write for a new line within
// a paragraph, becomes a blank.
func (p *parsing) withoutControls(text string) string {
	first := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && isControl(byte(r)) })
	if first < 0 {
		return text
	}
	clean := text
	if strings.IndexByte(text, 0x1B) >= 0 {
		clean = terminal.ReplaceAllString(text, "")
	}
	clean = strings.Map(func(r rune) rune {
		switch {
		case r == '\v':
			return ' '
		case r < ' ' && isControl(byte(r)):
			return -1
		}
		return r
	}, clean)
	p.warn(1+strings.Count(text[:first], "\n"), "control-character",
		fmt.Sprintf("control characters left out, the first %U", text[first]), "remove them from the file")
	return clean
}
