package article

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxDateTokens bounds the work that one date may cost; the longest real form,
// that of JavaScript with its zone's name in brackets, has half as many.
const maxDateTokens = 40

// zones are the abbreviations of RFC 822, section 5.1. No others are read:
// "CST" alone names three zones in the world (but see abbreviated), and package time takes an
// abbreviation that it does not know for UTC without a word.
var zones = map[string]int{
	"Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
	"MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// elsewhere are abbreviations that all zones of the world that have them use for
// one offset, in hours from UTC (the tz database, its files of 2024).
var elsewhere = map[string]int{
	"WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
	"JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}

// abbreviated reads the name of a zone when only one can be meant: the site's
// own zone uses it at that time, or all that use it mean the same. A zone that
// is called otherwise at that time, "CET" in a July of Paris, is a mistake in
// the name or in the time, which cannot be told.
func abbreviated(name string, local time.Time) (seconds int, ok bool) {
	own, offset := local.Zone()
	if own == name {
		return offset, true
	}
	for _, month := range []time.Month{time.January, time.July} {
		if used, _ := time.Date(local.Year(), month, 1, 0, 0, 0, 0, local.Location()).Zone(); used == name {
			return 0, false
		}
	}
	hours, ok := elsewhere[name]
	return hours * 3600, ok
}

type tokenKind int

const (
	numberToken tokenKind = iota
	wordToken
	signToken
)

// dateToken is a run of digits, a run of letters, or one other character.
type dateToken struct {
	kind   tokenKind
	text   string
	n      int  // of a number
	spaced bool // white space stands before it
	end    int  // its offset's end in the text
}

// dateTokens takes s apart; nil when it is too long for a date.
func dateTokens(s string) []dateToken {
	var toks []dateToken
	length, spaced := len(s), false
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) || r == '\u200e' || r == '\u200f' {
			s, spaced = s[size:], true
			continue
		}
		if len(toks) == maxDateTokens {
			return nil
		}
		tok := dateToken{kind: signToken, text: s[:size], spaced: spaced}
		switch {
		case '0' <= r && r <= '9':
			tok.kind = numberToken
			tok.text = leading(s, func(r rune) bool { return '0' <= r && r <= '9' })
			if len(tok.text) > 9 {
				return nil
			}
			tok.n, _ = strconv.Atoi(tok.text)
		case unicode.IsLetter(r):
			tok.kind = wordToken
			tok.text = leading(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) })
		}
		s, spaced = s[len(tok.text):], false
		tok.end = length - len(s)
		toks = append(toks, tok)
	}
	return toks
}

// leading is the longest part at the front of s whose characters all satisfy f.
func leading(s string, f func(rune) bool) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return !f(r) }); i >= 0 {
		return s[:i]
	}
	return s
}

// dateCursor walks over the tokens of a date.
type dateCursor struct {
	toks     []dateToken
	i        int
	language string
	yearless bool // a day and a month suffice
	doubled  bool // a colon stood twice
}

func (c *dateCursor) end() bool { return c.i == len(c.toks) }

// number reports whether the next token is a number of one of these lengths.
func (c *dateCursor) number(digits ...int) bool {
	return c.at(0).kind == numberToken && c.i < len(c.toks) && slices.Contains(digits, len(c.toks[c.i].text))
}

// at is the token n places ahead, an empty sign behind the end.
func (c *dateCursor) at(n int) dateToken {
	if c.i+n < len(c.toks) {
		return c.toks[c.i+n]
	}
	return dateToken{kind: signToken}
}

// skip passes over the next token when it is one of texts, compared without
// regard to case.
func (c *dateCursor) skip(texts ...string) bool {
	t := c.at(0).text
	if t == "" || !slices.ContainsFunc(texts, func(s string) bool { return strings.EqualFold(s, t) }) {
		return false
	}
	c.i++
	return true
}

// day reads the part of a date that names the day, in the forms
//
//	2023-11-20  2023/11/20  2023.11.20  20231120
//	20 November 2023  20. Nov. 2023  20-Nov-2023  21Aug2007  20 de noviembre de 2023
//	November 20th, 2023  Nov 20 (the year follows the time)
//	20.11.2023  20/11/2023
func (c *dateCursor) day() (day, error) {
	switch {
	case c.number(8):
		n := c.at(0).n
		c.i++
		return day{n / 10000, time.Month(n / 100 % 100), n % 100}, nil
	case c.number(4, 5) && c.at(1).kind == signToken && c.at(2).kind == numberToken:
		return c.yearFirst()
	case c.number(1, 2) && slices.Contains([]string{".", "/", "-"}, c.at(1).text) && c.at(2).kind == numberToken && c.at(3).text == c.at(1).text:
		return c.numeric()
	case c.number(1, 2):
		return c.dayFirst()
	case c.at(0).kind == wordToken:
		return c.monthFirst()
	}
	return day{}, errNoDate
}

func (c *dateCursor) yearFirst() (day, error) {
	sign := c.at(1).text
	if !slices.Contains([]string{"-", "/", "."}, sign) || c.at(3).text != sign || c.at(4).kind != numberToken {
		return day{}, errNoDate
	}
	if len(c.at(2).text) > 2 || len(c.at(4).text) > 2 {
		return day{}, errNoDate
	}
	got := day{c.at(0).n, time.Month(c.at(2).n), c.at(4).n}
	c.i += 5
	return got, nil
}

// numeric reads day, month and year in numbers. With full stops the day comes
// first everywhere; with strokes and hyphens the order depends on the country,
// and where nothing tells it there is no right reading.
func (c *dateCursor) numeric() (day, error) {
	a, sign, b, year := c.at(0).n, c.at(1).text, c.at(2).n, c.at(4)
	if year.kind != numberToken || len(year.text) != 4 {
		return day{}, errNoDate
	}
	c.i += 5
	if sign == "." {
		c.skip(".")
		if c.skip("г", "года", "р", "року", "r", "године", "godine") {
			c.skip(".")
		}
	}
	dayFirst, monthFirst := day{year.n, time.Month(b), a}, day{year.n, time.Month(a), b}
	tag := strings.ToLower(strings.ReplaceAll(c.language, "_", "-"))
	switch {
	case sign == "." || a > 12 || a == b:
		return dayFirst, nil
	case b > 12 || tag == "en-us":
		return monthFirst, nil
	case tag == "" || tag == "en":
		return day{}, &dateError{
			text: fmt.Sprintf("may be %04d-%02d-%02d or %04d-%02d-%02d", year.n, b, a, year.n, a, b),
			hint: "write the one that is meant",
		}
	}
	return dayFirst, nil
}

func (c *dateCursor) dayFirst() (day, error) {
	got := day{day: c.at(0).n}
	c.i++
	c.skip("st", "nd", "rd", "th", "er", ".", "º", "°")
	c.skip("-", "/", "de", "of")
	if !c.monthWord(&got) {
		return day{}, errNoDate
	}
	c.skip("-", "/", "de", "del", "of", ",")
	c.yearNumber(&got)
	if got.year == 0 && !c.yearless {
		return day{}, errNoDate
	}
	return got, nil
}

func (c *dateCursor) monthFirst() (day, error) {
	var got day
	if !c.monthWord(&got) || !c.number(1, 2) {
		return day{}, errNoDate
	}
	got.day = c.at(0).n
	c.i++
	c.skip("st", "nd", "rd", "th")
	c.skip(",")
	if c.at(1).text != ":" {
		c.yearNumber(&got)
	}
	return got, nil
}

// weekdayBehind passes over the day of the week behind a date, as Turkish has
// it: "20 Kasım 2023 Pazartesi", "20.11.2023 (Monday)".
func (c *dateCursor) weekdayBehind() {
	start := c.i
	c.skip(",")
	bracket := c.skip("(")
	if t := c.at(0); t.kind == wordToken && utf8.RuneCountInString(t.text) > 2 {
		if _, ok := weekdayNamed(t.text, c.language); ok {
			c.i++
			c.skip(".")
			if !bracket || c.skip(")") {
				return
			}
		}
	}
	c.i = start
}

func (c *dateCursor) monthWord(d *day) bool {
	if c.at(0).kind != wordToken {
		return false
	}
	m, ok := monthNamed(c.at(0).text, c.language)
	if !ok {
		return false
	}
	d.month = m
	c.i++
	c.skip(".")
	return true
}

func (c *dateCursor) yearNumber(d *day) {
	if c.number(4) || c.number(2) && c.at(1).kind == numberToken {
		d.year = c.at(0).n
		c.i++
		// "20 ноября 2023 г.", "20. новембра 2023. године"
		c.skip(".")
		if c.skip("г", "год", "года", "р", "рік", "року", "год", "године", "godine", "r", "roku", "yılı") {
			c.skip(".")
		}
	}
}

type clockTime struct{ h, m, s, ns int }

// clock reads what follows a day: nothing, or a time of day.
func (c *dateCursor) clock() (t clockTime, found, ok bool) {
	start := c.i
	named := false
	for {
		word := c.at(0).kind == wordToken
		if !c.skip(",", "T", "@", "·", "|", "-", "–", "—", "•",
			"at", "um", "à", "a", "las", "la", "alle", "ore", "às", "as", "kl", "om", "godz", "godzina", "o", "u", "ora", "orën", "në", "saat", "klo",
			"в", "о", "об", "у", "στις", "ώρα") {
			break
		}
		named = named || word
		c.skip(".") // "kl.", "godz."
	}
	if c.at(0).kind != numberToken {
		c.i = start
		return t, false, true
	}
	switch {
	case c.number(6, 4) && c.i > start && strings.EqualFold(c.toks[c.i-1].text, "T"): // ISO 8601, basic format
		digits := c.at(0).text
		t.h, _ = strconv.Atoi(digits[:2])
		t.m, _ = strconv.Atoi(digits[2:4])
		if len(digits) == 6 {
			t.s, _ = strconv.Atoi(digits[4:])
		}
		c.i++
	case c.number(1, 2) && (c.at(1).text == ":" || c.at(1).text == "h" || c.at(1).text == "." && c.number2(2) && (named || isHourWord(c.at(3).text))) && c.at(2).kind == numberToken:
		t.h, t.m = c.at(0).n, c.at(2).n
		c.i += 3
		if c.at(0).text == ":" && c.at(1).text == ":" && c.number2(2) { // "00:10::00", which can be read in one way
			c.doubled = true
			c.i++
		}
		if c.at(0).text == ":" && c.at(1).kind == numberToken {
			t.s = c.at(1).n
			c.i += 2
			if (c.at(0).text == "." || c.at(0).text == ",") && c.at(1).kind == numberToken {
				t.ns, _ = strconv.Atoi((c.at(1).text + "000000000")[:9])
				c.i += 2
			}
		}
		c.halfDay(&t)
	case c.number(1, 2):
		t.h = c.at(0).n
		c.i++
		if !c.halfDay(&t) && !isHourWord(c.at(0).text) {
			return t, false, false
		}
	default: // a year behind the day: not ours to read
		c.i = start
		return t, false, true
	}
	if isHourWord(c.at(0).text) {
		c.i++
	}
	if t.s == 60 { // a leap second
		t.s, t.ns = 59, 0
	}
	return t, true, t.h < 24 && t.m < 60 && t.s < 60
}

// isHourWord reports whether a word says that the number before it is a time.
func isHourWord(s string) bool {
	switch strings.ToLower(s) {
	case "uhr", "uur", "hrs", "h", "hs", "heures", "ώρα":
		return true
	}
	return false
}

// halfDay reads "am", "p.m." and the like. It reports whether there was one.
func (c *dateCursor) halfDay(t *clockTime) bool {
	start := c.i
	half := strings.ToLower(c.at(0).text)
	c.i++
	switch half {
	case "πμ", "μμ":
		half = map[string]string{"πμ": "am", "μμ": "pm"}[half]
		c.skip(".")
	case "a", "p", "π", "μ": // "p.m.", "μ.μ."
		if half == "μ" {
			half = "p"
		}
		c.skip(".")
		if !c.skip("m", "μ") {
			c.i = start
			return false
		}
		c.skip(".")
	case "am", "pm":
		c.skip(".")
	default:
		c.i = start
		return false
	}
	if t.h < 1 || t.h > 12 {
		t.h = 24 // refused by clock
		return true
	}
	t.h %= 12
	if half[0] == 'p' {
		t.h += 12
	}
	return true
}

// zone reads what follows a time of day: nothing (then nil), a name, an
// offset, or both, and an explanation in brackets. The date so far, as in the
// site's zone, tells abbreviations that are used there.
func (c *dateCursor) zone(local time.Time) (*time.Location, error) {
	var zone *time.Location
	if t := c.at(0); t.kind == wordToken {
		offset, known := zones[strings.ToUpper(t.text)]
		offset *= 3600
		if seconds, ok := abbreviated(t.text, local); ok {
			offset, known = seconds, true
		}
		if !known {
			if c.i == 0 || strings.ToUpper(t.text) != t.text || len(t.text) > 5 {
				return nil, errNoDate
			}
			return nil, &dateError{
				text: fmt.Sprintf("has the time zone %q, which is not one of RFC 822", t.text),
				hint: "write the offset from UTC instead, such as +01:00",
			}
		}
		c.i++
		zone = fixedZone(offset)
	}
	if sign := c.at(0).text; (sign == "+" || sign == "-" || sign == "−") && c.at(1).kind == numberToken && !c.at(1).spaced {
		digits := c.at(1).text
		c.i += 2
		if len(digits) <= 2 && c.at(0).text == ":" && c.number2(1) {
			digits += c.at(1).text
			c.i += 2
		} else if len(digits) <= 2 {
			digits += "00"
		}
		hm, _ := strconv.Atoi(digits)
		if len(digits) > 4 || hm%100 > 59 || hm > 1459 {
			return nil, &dateError{
				text: fmt.Sprintf("has the offset %s%s, which no time zone has", sign, digits),
				hint: "write hours and minutes, such as +01:00",
			}
		}
		seconds := hm/100*3600 + hm%100*60
		if sign != "+" {
			seconds = -seconds
		}
		zone = fixedZone(seconds)
	}
	if zone != nil && c.skip("(") { // "(Central European Time)" of RFC 5322 and JavaScript
		for !c.end() && !c.skip(")") {
			c.i++
		}
	}
	return zone, nil
}

// number2 reports whether the token n places ahead has two digits.
func (c *dateCursor) number2(n int) bool {
	t := c.at(n)
	return t.kind == numberToken && len(t.text) == 2
}

// fixedZones are the zones of offsets that were met: a hundred thousand
// articles have two or three.
var fixedZones sync.Map // int, seconds → *time.Location

func fixedZone(seconds int) *time.Location {
	if seconds == 0 {
		return time.UTC
	}
	if zone, ok := fixedZones.Load(seconds); ok {
		return zone.(*time.Location)
	}
	zone, _ := fixedZones.LoadOrStore(seconds, time.FixedZone("", seconds))
	return zone.(*time.Location)
}
