package article

import (
	"fmt"
	"math/bits"
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

// firstControl returns where the first control character of a text stands; -1
// when there is none, as in nearly all.
func firstControl(s string) int {
	i := 0
	for len(s)-i >= 8 {
		if len(s)-i >= 32 {
			w := s[i : i+32]
			if belowBlank(word(w[:8]))|belowBlank(word(w[8:16]))|belowBlank(word(w[16:24]))|belowBlank(word(w[24:])) == 0 {
				i += 32
				continue
			}
		}
		below := belowBlank(word(s[i : i+8]))
		if below == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(below) / 8; isControl(s[i]) {
			return i
		}
		i++
	}
	for ; i < len(s); i++ {
		if isControl(s[i]) {
			return i
		}
	}
	return -1
}

// word is eight characters as one number, the first in its lowest bits.
func word(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// belowBlank looks at the characters of a word at once. It is zero when none of
// them comes before the blank in ASCII; else its lowest bit is the highest of the
// first such character: only behind that the subtraction borrows from others.
func belowBlank(word uint64) uint64 {
	const low, high = 0x2020202020202020, 0x8080808080808080
	return (word - low) &^ word & high
}

// isBinary reports whether a text, whose first control character is given,
// holds NUL, or so many control characters as no writing has: more than a few,
// and more than one in twenty of all.
func isBinary(s string, first int) bool {
	if strings.IndexByte(s[first:], 0) >= 0 {
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
	first := firstControl(text)
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
