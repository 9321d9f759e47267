package article

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/el"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/sq"
	"github.com/go-playground/locales/sr"
	"github.com/go-playground/locales/sr_Latn"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/zh"
	"golang.org/x/text/unicode/norm"
)

// calendar holds the month and day names of one language. Its names are
// folded when a date first asks for them: a process that reads no such date
// does not pay.
type calendar struct {
	language string
	// inflects is set where the ending of a month's name changes with its
	// case, so that CLDR's form is only one of several.
	inflects bool
	cldr     func() locales.Translator

	once     sync.Once
	months   []string // folded, January first
	short    []string
	weekdays []string // folded, Sunday first
}

// calendars is searched in this order after the article's own language.
var calendars = [...]calendar{
	{language: "en", cldr: en.New},
	{language: "fr", cldr: fr.New},
	{language: "de", cldr: de.New},
	{language: "es", cldr: es.New},
	{language: "it", cldr: it.New},
	{language: "pt", cldr: pt.New},
	{language: "nl", cldr: nl.New},
	{language: "pl", cldr: pl.New, inflects: true},
	{language: "ru", cldr: ru.New, inflects: true},
	{language: "uk", cldr: uk.New, inflects: true},
	{language: "sr", cldr: sr.New, inflects: true},
	{language: "sr-latn", cldr: sr_Latn.New, inflects: true},
	{language: "sq", cldr: sq.New},
	{language: "el", cldr: el.New, inflects: true},
	{language: "tr", cldr: tr.New},
	{language: "ja", cldr: ja.New},
	{language: "zh", cldr: zh.New},
	{language: "ar", cldr: ar.New},
}

func (c *calendar) load() {
	c.once.Do(func() {
		t := c.cldr()
		c.months = foldWords(t.MonthsWide())
		c.short = foldWords(t.MonthsAbbreviated())
		c.weekdays = foldWords(t.WeekdaysWide())
	})
}

// month finds the month that a folded word names: its whole name, the
// abbreviation, the first letters of the name (at least three), or, with stems
// and where names inflect, the same stem with another ending.
func (c *calendar) month(word string, stems bool) (time.Month, bool) {
	c.load()
	for i, name := range c.months {
		if word == name || word == c.short[i] {
			return time.Month(i + 1), true
		}
	}
	letters := utf8.RuneCountInString(word)
	best, found, shared := time.Month(0), false, 0
	for i, name := range c.months {
		n := commonPrefix(word, name)
		whole := utf8.RuneCountInString(name)
		ok := letters >= 3 && n == letters
		if stems && c.inflects {
			ok = ok || n >= min(3, whole-1) && letters-n <= 3 && whole-n <= 4
		}
		switch {
		case ok && n > shared:
			best, found, shared = time.Month(i+1), true, n
		case ok && n == shared:
			found = false // "ju" of June and July
		}
	}
	return best, found
}

func (c *calendar) weekday(word string) (time.Weekday, bool) {
	c.load()
	for i, name := range c.weekdays {
		if word == name || utf8.RuneCountInString(word) >= 2 && strings.HasPrefix(name, word) {
			return time.Weekday(i), true
		}
	}
	return 0, false
}

// eachCalendar calls f with the calendars of the language, of English, then
// of all others, until f reports true. It tells f whether the calendar is the
// language's own.
func eachCalendar(language string, f func(c *calendar, own bool) bool) {
	own := baseLanguage(language)
	for i := range calendars {
		if base, _, _ := strings.Cut(calendars[i].language, "-"); base == own && f(&calendars[i], true) {
			return
		}
	}
	for i := range calendars {
		if base, _, _ := strings.Cut(calendars[i].language, "-"); base != own && f(&calendars[i], false) {
			return
		}
	}
}

func monthNamed(word, language string) (m time.Month, ok bool) {
	word = foldWord(word)
	eachCalendar(language, func(c *calendar, own bool) bool {
		m, ok = c.month(word, own)
		return ok
	})
	return m, ok
}

func weekdayNamed(word, language string) (d time.Weekday, ok bool) {
	word = foldWord(word)
	eachCalendar(language, func(c *calendar, _ bool) bool {
		d, ok = c.weekday(word)
		return ok
	})
	return d, ok
}

// foldWord makes words comparable: lower case, no accents, no full stop, and
// the Turkish dotless i as i.
func foldWord(s string) string {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ı':
			b.WriteByte('i')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func foldWords(words []string) []string {
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = foldWord(w)
	}
	return folded
}

// commonPrefix counts the letters that both words begin with.
func commonPrefix(a, b string) int {
	n := 0
	for a != "" && b != "" {
		x, i := utf8.DecodeRuneInString(a)
		y, j := utf8.DecodeRuneInString(b)
		if x != y {
			break
		}
		a, b = a[i:], b[j:]
		n++
	}
	return n
}

// baseLanguage is the first subtag of a BCP 47 tag, in lower case.
func baseLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	return strings.ToLower(base)
}
