package article

import (
	"strings"
	"unicode"
)

// byline is what a line such as "By A and B in Skopje November 20, 2023" says.
type byline struct {
	authors []Person
	place   string
	date    moment // zero when it names none
	// whole is set when every word of the line was understood: only then may
	// the line be taken out of the text.
	whole bool
}

// bylineWords are the words that make a byline in one language.
type bylineWords struct {
	language string
	by       []string
	and      []string
	in       []string
}

// bylineLanguages has English first; another language counts where the
// article or the site is written in it, since "Von" and "Par" begin sentences.
var bylineLanguages = [...]bylineWords{
	{"en", []string{"By ", "By: ", "Author: ", "Written by ", "Words by ", "Story by ", "Reported by "}, []string{" and ", " & "}, []string{" in "}},
	{"de", []string{"Von ", "Von: ", "Text: "}, []string{" und "}, []string{" in ", " aus "}},
	{"fr", []string{"Par ", "Par : ", "Par: ", "Texte : ", "Texte: "}, []string{" et "}, []string{" à ", " au ", " en "}},
	{"es", []string{"Por ", "Por: ", "Texto: "}, []string{" y ", " e "}, []string{" en "}},
	{"it", []string{"Di ", "Di: ", "Testo: "}, []string{" e ", " ed "}, []string{" da ", " a ", " in "}},
	{"pt", []string{"Por ", "Por: ", "Texto: "}, []string{" e "}, []string{" em "}},
	{"nl", []string{"Door ", "Door: ", "Tekst: "}, []string{" en "}, []string{" in "}},
	{"pl", []string{"Autor: ", "Autorka: ", "Autorzy: ", "Tekst: "}, []string{" i ", " oraz "}, []string{" w ", " z "}},
	{"ru", []string{"Автор: ", "Авторы: ", "Автор ", "Текст: "}, []string{" и "}, []string{" в "}},
	{"uk", []string{"Автор: ", "Автори: ", "Авторка: ", "Автор ", "Текст: "}, []string{" і ", " та ", " й "}, []string{" у ", " в "}},
	{"sr", []string{"Piše: ", "Pišu: ", "Autor: ", "Piše ", "Пише: ", "Пишу: ", "Аутор: ", "Пише "}, []string{" i ", " и "}, []string{" iz ", " u ", " из ", " у "}},
	{"sq", []string{"Nga ", "Nga: ", "Autor: "}, []string{" dhe "}, []string{" në ", " nga "}},
	{"el", []string{"Του ", "Της ", "Των ", "Από τον ", "Από την ", "Γράφει ο ", "Γράφει η ", "Ρεπορτάζ: "}, []string{" και "}, []string{" στην ", " στη ", " στο "}},
	{"tr", []string{"Yazan: ", "Haber: ", "Yazar: ", "Muhabir: "}, []string{" ve "}, nil},
	{"ja", []string{"文:", "文・", "文=", "取材・文:", "取材・文=", "執筆:", "筆者:"}, []string{"、"}, nil},
	{"zh", []string{"记者:", "作者:", "文:", "文/", "撰文:", "記者:", "記者 ", "记者 ", "本报记者 "}, []string{"、"}, nil},
}

// maxByline is the longest byline in bytes; longer lines are prose.
const maxByline = 300

// readByline reads a line as a byline. It reports false for a line that is
// not certainly one.
func readByline(line string, dates dateReader) (byline, bool) {
	if len(line) > maxByline {
		return byline{}, false
	}
	line = strings.ReplaceAll(oneLine(line), "\uFF1A", ":")
	for i := range bylineLanguages {
		w := &bylineLanguages[i]
		if i > 0 && w.language != baseLanguage(dates.language) {
			continue
		}
		for _, by := range w.by {
			if len(line) > len(by) && strings.EqualFold(line[:len(by)], by) {
				if b, ok := w.read(strings.TrimSpace(line[len(by):]), dates); ok {
					return b, true
				}
			}
		}
	}
	return byline{}, false
}

// read reads what follows the word "by".
func (w *bylineWords) read(rest string, dates dateReader) (byline, bool) {
	var b byline
	rest, b.date = cutDate(rest, dates)
	if w.language == "ja" || w.language == "zh" {
		if b.authors = ideographicNames(rest, w.language == "ja"); b.authors != nil {
			b.whole = true
			return b, true
		}
	}
	for _, in := range w.in {
		i := strings.LastIndex(rest, in)
		if i <= 0 {
			continue
		}
		if place := strings.TrimRight(rest[i+len(in):], " ,"); isPlace(place) {
			b.place, rest = place, rest[:i]
			break
		}
	}
	b.whole = true
	parts := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' || r == '|' || r == ';' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if len(parts) == 0 {
		return byline{}, false
	}
	// "A and B", "A, B and C, CNN": the list of names ends with the part that
	// holds the "and"; what follows is where they work.
	for i, part := range parts {
		before, after, found := cutAny(part, w.and)
		if !found {
			if after, found = cutFront(part, w.and); !found {
				continue
			}
		}
		names := parts[:i:i]
		if before != "" {
			names = append(names, before)
		}
		last := withoutEmployer(after)
		if names = append(names, last); !allNames(names) {
			break
		}
		b.authors = persons(names)
		for _, part := range parts[i+1:] {
			b.whole = b.whole && (isEmployment(part) || isPlace(part))
		}
		return b, true
	}
	name := withoutEmployer(parts[0])
	switch {
	case isName(name):
	case len(parts) == 1 && isAgency(name):
	default:
		return byline{}, false
	}
	b.authors = persons([]string{name})
	for _, part := range parts[1:] {
		b.whole = b.whole && isEmployment(part)
	}
	return b, true
}

// ideographicNames reads names of two to eight characters each, which have no
// capital. In Japanese a blank may part somebody's two names, in Chinese it
// parts two people.
func ideographicNames(s string, spaced bool) []Person {
	names := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、,;\uFF0C", r) || r == ' ' && !spaced })
	for _, name := range names {
		n := 0
		for _, r := range strings.Replace(name, " ", "", 1) {
			if !ideographic(r) && r != '・' {
				return nil
			}
			n++
		}
		if n < 2 || n > 8 {
			return nil
		}
	}
	return persons(names)
}

func persons(names []string) []Person {
	var all []Person
	for _, n := range names {
		all = appendPerson(all, Person{Name: n})
	}
	return all
}

func allNames(names []string) bool {
	for _, n := range names {
		if !isName(n) {
			return false
		}
	}
	return true
}

// cutAny cuts s at the first of the separators.
func cutAny(s string, separators []string) (before, after string, found bool) {
	for _, sep := range separators {
		if before, after, found = strings.Cut(s, sep); found {
			return before, after, true
		}
	}
	return "", "", false
}

// cutFront takes one of the words off the front of s ("and C" of "A, B, and C").
func cutFront(s string, words []string) (string, bool) {
	for _, w := range words {
		if after, ok := strings.CutPrefix(s, strings.TrimPrefix(w, " ")); ok {
			return after, true
		}
	}
	return s, false
}

// withoutEmployer cuts "Jane Doe of Reuters", "Jane Doe for the Guardian" and
// "Jane Doe at the White House" behind the name.
func withoutEmployer(s string) string {
	for _, sep := range []string{" of ", " for ", " at ", " from ", " ("} {
		if before, after, ok := strings.Cut(s, sep); ok && isName(before) && after != "" {
			return before
		}
	}
	return s
}

// isEmployment reports whether a part of a byline says what somebody is or
// where they work: a word of offices, an acronym, "The …", a domain.
func isEmployment(s string) bool {
	ws := strings.Fields(s)
	for _, w := range ws {
		if notNames()[strings.ToLower(strings.Trim(w, ".'’"))] {
			return true
		}
	}
	return len(ws) == 1 && (isAcronym(s) || strings.Contains(strings.Trim(s, "."), "."))
}

func isAcronym(s string) bool {
	return len(s) >= 2 && len(s) <= 6 && strings.ToUpper(s) == s && strings.ToLower(s) != s
}

// isAgency reports whether s is a news agency that signs as an author.
func isAgency(s string) bool {
	switch strings.ToLower(s) {
	case "reuters", "afp", "ap", "dpa", "ansa", "upi", "bloomberg", "the associated press", "associated press",
		"agence france-presse", "staff", "staff writer", "staff reporter":
		return true
	}
	return false
}

// isPlace reports whether s reads as the name of a place: up to six words,
// each with a capital or a particle, none of them of offices.
func isPlace(s string) bool {
	ws := strings.Fields(s)
	if len(ws) == 0 || len(ws) > 6 || len(s) > 80 {
		return false
	}
	for i, w := range ws {
		first := []rune(w)[0]
		small := i > 0 && i < len(ws)-1 && (particles()[w] || w == "of" || w == "and" || w == "the" || w == "upon" || w == "on")
		if !small && (!unicode.IsLetter(first) || unicode.IsLower(first)) {
			return false
		}
		for _, r := range w {
			if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune("'’.-,", r) {
				return false
			}
		}
	}
	return true
}

// cutDate takes a date off the end of s, and the words and signs that lead to
// it. The shortest end that is a date counts, with the day of the week before
// it.
func cutDate(s string, dates dateReader) (string, moment) {
	if !strings.ContainsAny(s, "0123456789") {
		return s, moment{}
	}
	var starts []int
	for i := range s {
		if i == 0 || s[i-1] == ' ' || s[i-1] == '|' {
			starts = append(starts, i)
		}
	}
	for k := len(starts) - 1; k >= 0 && k >= len(starts)-maxDateTokens; k-- {
		m, _, err := dates.read(s[starts[k]:])
		if err != nil {
			continue
		}
		if k > 0 {
			if longer, _, err := dates.read(s[starts[k-1]:]); err == nil {
				m, k = longer, k-1
			}
		}
		before := strings.TrimRight(s[:starts[k]], " ,|-–—·:")
		return strings.TrimSuffix(before, " on"), m
	}
	return s, moment{}
}

// dateline is what the front of a story's first paragraph says:
// "SKOPJE, Nov 20 (Reuters) - ".
type dateline struct {
	place string
	text  string // of the date, its year perhaps missing; empty when there is none
}

// readDateline reads the dateline of a paragraph. Its words stay in the text.
// A place in capitals alone is no dateline ("EXCLUSIVE - …"): an agency, a
// date or the name of the country must stand beside it.
func readDateline(paragraph string, dates dateReader) (dateline, bool) {
	head := oneLine(paragraph[:min(len(paragraph), 200)])
	end := -1
	for _, dash := range []string{" - ", " – ", " — ", "—", "--", " _ "} {
		if i := strings.Index(head, dash); i > 0 && (end < 0 || i < end) {
			end = i
		}
	}
	if end < 0 || end > 100 {
		return dateline{}, false
	}
	head = strings.TrimSpace(head[:end])
	agency := false
	if before, inside, ok := strings.Cut(head, "("); ok {
		if inside, ok = strings.CutSuffix(inside, ")"); !ok || inside == "" || !startsUpper(inside) {
			return dateline{}, false
		}
		head, agency = strings.TrimRight(before, " ,"), true
	}
	var d dateline
	d.place = head
	for i := range head {
		if head[i] != ',' {
			continue
		}
		after := strings.TrimSpace(head[i+1:])
		_, _, err := dates.read(after)
		if _, ok := dates.readDay(after); ok || err == nil {
			d.place, d.text = head[:i], after
			break
		}
	}
	first, country, qualified := strings.Cut(d.place, ",")
	capitals := strings.ToUpper(first) == first && len(first) > 2
	if !isPlace(d.place) || !agency && !capitals || !agency && d.text == "" && !(qualified && strings.TrimSpace(country) != "") {
		return dateline{}, false
	}
	return d, true
}
