package feed

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// longestSlug bounds a segment of an address, in bytes; names of files end at
// 255.
const longestSlug = 200

// fold returns what two spellings of one value have in common: composed
// (Unicode NFC), without case, with single spaces.
func fold(s string) string {
	return strings.Join(strings.Fields(norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))), " ")
}

// slug makes a segment of an address of a value in any script: letters, digits
// and marks in lower case, everything else one hyphen. Plus signs, and number
// signs that follow something, are words, so that C, C++ and C# differ. It is
// empty when the value has no letter and no digit.
func slug(value string) string {
	var b strings.Builder
	hyphen := false
	word := func(s string) {
		if b.Len()+len(s)+1 > longestSlug {
			return
		}
		if hyphen && b.Len() > 0 {
			b.WriteByte('-')
		}
		hyphen = false
		b.WriteString(s)
	}
	for _, r := range norm.NFC.String(strings.ToLower(value)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			word(string(r))
		case r == '+' && b.Len() > 0:
			hyphen = true
			word("plus")
			hyphen = true
		case r == '#' && b.Len() > 0:
			hyphen = true
			word("sharp")
			hyphen = true
		default:
			hyphen = true
		}
	}
	return b.String()
}

// unused returns s, or s with the first number from 2 for which taken is false.
func unused(s string, taken func(string) bool) string {
	if !taken(s) {
		return s
	}
	for n := 2; ; n++ {
		if t := s + "-" + strconv.Itoa(n); !taken(t) {
			return t
		}
	}
}
