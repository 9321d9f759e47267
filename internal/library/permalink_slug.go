package library

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The generators make segments of addresses each in a way of its own.

// hugoPath writes a path as Hugo does: blanks become hyphens, signs fall away.
func hugoPath(s string, cased bool) string {
	if !cased {
		s = strings.ToLower(s)
	}
	var b strings.Builder
	hyphen := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '-':
			hyphen = true
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(`.\/_#+~@`, r):
			if hyphen {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// jekyllSlug makes a segment as Jekyll does: of a title in the mode "pretty",
// which keeps some signs.
func jekyllSlug(s string, pretty bool) string {
	signs := ""
	if pretty {
		signs = "._~!$&'()+,;=@"
	} else {
		s = strings.ToLower(s)
	}
	return hyphenated(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(signs, r)
	})
}

func pelicanSlug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r == ' ') {
			b.WriteRune(r)
		}
	}
	return strings.ToLower(strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == '-' || r == ' ' }), "-"))
}

// asciiSlug writes what has letters of its own in ASCII, in lower case.
func asciiSlug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return hyphenated(b.String(), func(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' })
}

// hyphenated puts one hyphen in the place of all that is not kept.
func hyphenated(s string, keeps func(rune) bool) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !keeps(r) }), "-")
}
