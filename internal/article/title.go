package article

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// maxTitle is the longest title in graphemes; what is longer ends in "…".
const maxTitle = 500

// oneLine makes a metadata string fit for one line anywhere: no control
// characters, white space folded, and what turns the direction of writing
// closed again, so that it cannot turn what stands behind it.
func oneLine(s string) string {
	if isOneLine(s) {
		return s
	}
	return asOneLine(s)
}

func asOneLine(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var closers []rune
	spaced := false
	for _, r := range s {
		if unicode.IsSpace(r) {
			spaced = true
			continue
		}
		switch r {
		case utf8.RuneError, '\uFEFF', '\uFFFE', '\uFFFF':
			continue
		case '\u202A', '\u202B', '\u202D', '\u202E': // embeddings and overrides
			closers = append(closers, '\u202C')
		case '\u2066', '\u2067', '\u2068': // isolates
			closers = append(closers, '\u2069')
		case '\u202C', '\u2069':
			if len(closers) == 0 || closers[len(closers)-1] != r {
				continue
			}
			closers = closers[:len(closers)-1]
		default:
			if unicode.IsControl(r) {
				continue
			}
		}
		if spaced && b.Len() > 0 {
			b.WriteByte(' ')
		}
		spaced = false
		b.WriteRune(r)
	}
	for i := len(closers) - 1; i >= 0; i-- {
		b.WriteRune(closers[i])
	}
	return b.String()
}

// isOneLine reports whether s is a line already, of ASCII, as most are.
func isOneLine(s string) bool {
	spaced := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == ' ' && spaced {
			return false
		}
		spaced = c == ' '
	}
	return !spaced || s == ""
}

// titleText makes a stated title plain text: entities are decoded, and the tags
// of inline HTML fall away, but not those between backquotes, which are code.
// The backquotes stay, as in the feeds of generators: to those a title in front
// matter is no Markdown. Other angle brackets are the title's own ("Vec<T>
// explained").
func titleText(s string) string {
	if !strings.ContainsAny(s, "`<&") {
		return oneLine(s)
	}
	parts := strings.Split(s, "`")
	if len(parts)%2 == 0 { // a lone backquote is no code mark
		parts = []string{s}
	}
	for i := 0; i < len(parts); i += 2 {
		parts[i] = withoutInlineTags(parts[i])
	}
	return oneLine(html.UnescapeString(strings.Join(parts, "`")))
}

// isInlineTag reports whether an element of this name is one that authors put
// into titles.
func isInlineTag(name string) bool {
	switch strings.ToLower(name) {
	case "a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark",
		"q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr":
		return true
	}
	return false
}

func withoutInlineTags(s string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		tag, rest, closed := strings.Cut(after, ">")
		name := leading(strings.TrimPrefix(tag, "/"), func(r rune) bool {
			return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		})
		if closed && isInlineTag(name) {
			if strings.EqualFold(name, "br") {
				b.WriteByte(' ')
			}
			s = rest
			continue
		}
		b.WriteByte('<')
		s = after
	}
}

// shorten cuts s to at most limit graphemes. What is cut ends in "…", at a
// word's end where one is near.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n, end := 0, 0
	for it := graphemes.FromString(s); it.Next(); n++ {
		if n == limit-1 {
			end = it.Start()
		}
		if n == limit {
			cut := s[:end]
			if i := strings.LastIndexByte(cut, ' '); i > len(cut)*2/3 {
				cut = cut[:i]
			}
			return strings.TrimRight(cut, " ,;:-–—") + "…"
		}
	}
	return s
}

// maxMadeTitle is the length in graphemes of a title that is made of the first
// words of a text.
const maxMadeTitle = 80

// madeTitle makes a title of a text that has none: its first sentence, or as
// many of its first words as fit. Lines of old systems keep headline, date and
// text apart by a run of blanks only; there the title ends.
func madeTitle(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.Index(text, "   "); i > 0 && i < 4*maxMadeTitle {
		text = text[:i]
	}
	text = oneLine(text[:min(len(text), 16*maxMadeTitle)])
	for i := range text {
		if i > 4*maxMadeTitle {
			break
		}
		if strings.ContainsAny(text[i:i+1], ".!?") && i > 20 && strings.HasPrefix(text[i+1:], " ") && startsUpper(text[i+2:]) {
			if first := text[:i+1]; shorten(first, maxMadeTitle) == first {
				return strings.TrimSuffix(first, ".")
			}
			break
		}
	}
	return shorten(text, maxMadeTitle)
}

// titleOfRuns finds the headline in a line in which an old system kept the
// parts of a page apart by runs of blanks: the first that is longer than the
// names of offices and columns and is no date; else the beginning of the prose.
// It is empty when the line has no such parts.
func titleOfRuns(line string, dates dateReader) string {
	const leastWords, leastLetters, prose, mostParts = 6, 40, 200, 40
	parts := strings.FieldsFunc(strings.ReplaceAll(line[:min(len(line), 4096)], "   ", "\x00"), func(r rune) bool { return r == 0 || r == '\t' })
	for i, part := range parts[:min(len(parts), mostParts)] {
		if head, tail, found := strings.Cut(strings.TrimSpace(part), "  "); found {
			if _, dated := cutLeadingDate(tail, dates); dated {
				return shorten(oneLine(head), 2*maxMadeTitle)
			}
		}
		if part, _ = cutLeadingDate(oneLine(part), dates); i == 0 && len(parts) == 1 && part == oneLine(line) {
			break
		}
		switch n := utf8.RuneCountInString(part); {
		case n > prose:
			return madeTitle(part)
		case n >= leastLetters || len(strings.Fields(part)) >= leastWords:
			return strings.TrimSuffix(shorten(part, 2*maxMadeTitle), ".")
		}
	}
	return ""
}

// cutLeadingDate takes a date of three to five words off the front of a text.
func cutLeadingDate(s string, dates dateReader) (string, bool) {
	words := strings.Fields(s[:min(len(s), 60)])
	for n := min(5, len(words)); n >= 3; n-- {
		if _, _, err := dates.read(strings.Join(words[:n], " ")); err == nil {
			return strings.Join(strings.Fields(s)[n:], " "), true
		}
	}
	return s, false
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// fold makes two wordings of a line comparable: case, white space, the form of
// quotation marks, the marks of code and a full stop at the end do not count.
func fold(s string) string {
	s = strings.ToLower(strings.TrimRight(oneLine(s), ". "))
	return quotationMarks.Replace(s)
}

var quotationMarks = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "`", "", "\u00AD", "")

// straightened takes away typographic quotation marks that stand around a
// whole value, where YAML needs straight ones.
func straightened(s string) (string, bool) {
	inner := strings.TrimSpace(s)
	for _, pair := range [][2]string{{"“", "”"}, {"”", "”"}, {"„", "“"}, {"„", "”"}, {"‘", "’"}, {"’", "’"}} {
		if after, ok := strings.CutPrefix(inner, pair[0]); ok && strings.HasSuffix(after, pair[1]) {
			return strings.TrimSuffix(after, pair[1]), true
		}
	}
	return s, false
}

// tags cleans topics: no empty ones, no repeats (the first spelling stays), no
// more than fifty.
func cleanTags(tags []string) (clean []string, dropped int) {
	keys := make([]string, len(tags))
	for i, t := range tags {
		keys[i] = strings.ToLower(oneLine(t))
	}
	said := sequenceOf(keys)
	for i, t := range tags {
		t = oneLine(t)
		if t == "" || said.first(i) < i {
			continue
		}
		if clean == nil {
			clean = make([]string, 0, min(len(tags), maxTags))
		}
		if len(clean) == maxTags {
			dropped++
			continue
		}
		clean = append(clean, shorten(t, maxTag))
	}
	return clean, dropped
}

const (
	maxTags = 50
	maxTag  = 100 // graphemes
)
