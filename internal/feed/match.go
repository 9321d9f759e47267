package feed

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"feedmill/internal/site"
)

// matches reports whether an article is one that m chooses.
func matches(m site.Match, e *Entry) bool {
	chosen := func(one site.Match) bool { return matches(one, e) }
	if slices.ContainsFunc(m.All, func(one site.Match) bool { return !chosen(one) }) ||
		len(m.Any) > 0 && !slices.ContainsFunc(m.Any, chosen) ||
		slices.ContainsFunc(m.Not, chosen) {
		return false
	}
	var authors []string
	for _, p := range e.Article.Authors {
		authors = append(authors, p.Name)
	}
	for _, part := range []struct {
		wanted []string
		has    func(wanted string) bool
	}{
		{m.Tag, oneOf(e.Tags)},
		{m.Author, oneOf(authors)},
		{m.Section, oneOf([]string{e.Section})},
		{m.Language, func(wanted string) bool {
			have := fold(e.Language())
			return have == fold(wanted) || strings.HasPrefix(have, fold(wanted)+"-")
		}},
		{m.Path, func(pattern string) bool {
			return glob(strings.Split(pattern, "/"), strings.Split(e.Article.Path, "/"))
		}},
		{m.Text, e.holds},
	} {
		if len(part.wanted) > 0 && !slices.ContainsFunc(part.wanted, part.has) {
			return false
		}
	}
	return true
}

func oneOf(have []string) func(wanted string) bool {
	return func(wanted string) bool {
		return slices.ContainsFunc(have, func(s string) bool { return fold(s) == fold(wanted) })
	}
}

// glob matches a path with a pattern, both as segments; "**" stands for any
// number of them.
func glob(pattern, segments []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for n := range len(segments) - i + 1 {
				if glob(pattern[i+1:], segments[i+n:]) {
					return true
				}
			}
			return false
		}
		if i >= len(segments) {
			return false
		}
		if ok, err := path.Match(p, segments[i]); err != nil || !ok {
			return false
		}
	}
	return len(pattern) == len(segments)
}

// holds reports whether title, summary or body has a phrase in it as whole
// words; one that ends in a star may be the beginning of a word. An article
// that cannot be shown has only its title.
func (e *Entry) holds(phrase string) bool {
	phrase, open := strings.CutSuffix(fold(phrase), "*")
	texts := []string{e.Title}
	if c, err := e.Content(); err == nil {
		texts = append(texts, c.Summary, c.Text)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return holds(fold(text), phrase, open) })
}

// unspaced are the scripts that have no spaces between words: there a word ends
// wherever the next one begins.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func holds(text, phrase string, open bool) bool {
	letter := func(r rune) bool {
		return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)) && !unicode.In(r, unspaced...)
	}
	first, size := utf8.DecodeRuneInString(phrase)
	last, _ := utf8.DecodeLastRuneInString(phrase)
	for from := 0; ; {
		i := strings.Index(text[from:], phrase)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(phrase)
		before, _ := utf8.DecodeLastRuneInString(text[:start]) // RuneError, which is no letter, at an end
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !(letter(first) && letter(before)) && (open || !(letter(last) && letter(after))) {
			return true
		}
		from = start + size
	}
}
