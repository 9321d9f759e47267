package article

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Years outside are mistakes: nothing was published as a file before, and an
// article of the year 20260 makes whole feeds unwritable.
const (
	firstYear = 1970
	lastYear  = 2200
)

// moment is a date as somebody wrote it.
type moment struct {
	at    time.Time
	clock bool // a time of day was written too; else at is midnight in its zone
}

// day is a date of the calendar, perhaps one that does not exist.
type day struct {
	year  int // 0 when none was written
	month time.Month
	day   int
}

// errNoDate says that a text is no date at all, in any form.
var errNoDate = errors.New("is not a date")

// errFar is a year that nobody lives to see: what 9999-12-31 says of an end is
// that there is none.
var errFar = fmt.Errorf("is not within the years %d to %d", firstYear, lastYear)

// dateError says what is wrong with a text that is a date. It reads as the end
// of a sentence that begins with the date.
type dateError struct {
	text, hint string
	cause      error // may be nil
}

func (e *dateError) Error() string { return e.text }
func (e *dateError) Unwrap() error { return e.cause }

// dateHint names the cure for an error of [dateReader.read].
func dateHint(err error) string {
	var wrong *dateError
	if errors.As(err, &wrong) {
		return wrong.hint
	}
	return "write it as 2026-12-01 or 2026-12-01T09:00:00+01:00"
}

// dateReader reads dates as people and programs write them.
type dateReader struct {
	zone     *time.Location // for dates that state none
	language string         // whose month names and order of numbers come first
}

// read reads s, which must be a date from end to end. The note, when not
// empty, says what had to be put right, for a warning. An error is errNoDate
// or a *dateError.
func (d dateReader) read(s string) (m moment, note string, err error) {
	if m, ok := d.readISO(s); ok {
		return m, "", nil
	}
	return d.readAny(s)
}

// readAny is read for all forms.
func (d dateReader) readAny(s string) (m moment, note string, err error) {
	if !strings.ContainsAny(s, "0123456789") && !strings.Contains(s, "年") {
		return moment{}, "", errNoDate // sooner than words are looked up in all languages
	}
	if strings.Contains(s, "年") {
		s = ideographicDate(s)
	}
	toks := withoutPreposition(dateTokens(s))
	if len(toks) == 0 {
		return moment{}, "", errNoDate
	}
	m, note, err = d.readTokens(toks, "")
	if errors.Is(err, errNoDate) {
		// "Mon, 20 Nov 2023", "lundi 20 novembre 2023", "segunda-feira, …".
		// The rest is read first: it costs less than to look a word up in
		// all languages.
		if word, rest := cutWord(toks); len(rest) > 0 {
			if m, note, err := d.readTokens(rest, word); !errors.Is(err, errNoDate) {
				if _, ok := weekdayNamed(word, d.language); ok {
					return m, note, err
				}
			}
		}
	}
	return m, note, err
}

// readISO reads the forms that programs write, 2023-11-20 and
// 2023-11-20T08:30:00+01:00, with a blank for the T and before the zone, without
// seconds, without a zone or without the colon in it. It reports false for all
// else, what does not exist included.
func (d dateReader) readISO(s string) (moment, bool) {
	number := func(at, n int) (value int, ok bool) {
		if at+n > len(s) {
			return 0, false
		}
		for _, c := range []byte(s[at : at+n]) {
			if c < '0' || c > '9' {
				return 0, false
			}
			value = 10*value + int(c-'0')
		}
		return value, true
	}
	const dayLength, clockLength = len("2023-11-20"), len("2023-11-20T08:30")
	year, ok1 := number(0, 4)
	month, ok2 := number(5, 2)
	n, ok3 := number(8, 2)
	got := day{year, time.Month(month), n}
	if !ok1 || !ok2 || !ok3 || s[4] != '-' || s[7] != '-' || year < firstYear || year > lastYear || month < 1 || month > 12 || n < 1 || n > 28 && !got.exists() {
		return moment{}, false
	}
	zone := d.zone
	if zone == nil {
		zone = time.UTC
	}
	if len(s) == dayLength {
		return moment{at: time.Date(year, got.month, n, 0, 0, 0, 0, zone)}, true
	}
	hour, ok1 := number(11, 2)
	minute, ok2 := number(14, 2)
	if !ok1 || !ok2 || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || hour > 23 || minute > 59 {
		return moment{}, false
	}
	second, at := 0, clockLength
	if at < len(s) && s[at] == ':' {
		if second, ok1 = number(at+1, 2); !ok1 || second > 59 {
			return moment{}, false
		}
		at += 3
	}
	if at+1 < len(s) && s[at] == ' ' && (s[at+1] == '+' || s[at+1] == '-') {
		at++
	}
	switch rest := s[at:]; {
	case rest == "":
	case rest == "Z":
		zone = time.UTC
	case (len(rest) == len("+01:00") && rest[3] == ':' || len(rest) == len("+0100")) && (rest[0] == '+' || rest[0] == '-'):
		hours, ok1 := number(at+1, 2)
		minutes, ok2 := number(len(s)-2, 2)
		if !ok1 || !ok2 || hours > 14 || minutes > 59 {
			return moment{}, false
		}
		seconds := hours*3600 + minutes*60
		if rest[0] == '-' {
			seconds = -seconds
		}
		zone = fixedZone(seconds)
	default:
		return moment{}, false
	}
	return moment{time.Date(year, got.month, n, hour, minute, second, 0, zone), true}, true
}

// readDay reads a date without a time of day, its year perhaps missing.
func (d dateReader) readDay(s string) (day, bool) {
	c := &dateCursor{toks: dateTokens(s), language: d.language, yearless: true}
	got, err := c.day()
	if err != nil || !c.end() || !got.exists() {
		return day{}, false
	}
	return got, true
}

func (d dateReader) readTokens(toks []dateToken, weekday string) (moment, string, error) {
	c := &dateCursor{toks: toks, language: d.language}
	if c.number(1, 2) && c.at(1).text == ":" { // "15:30, 20 November 2023"
		if toks = timeLast(toks); toks == nil {
			return moment{}, "", errNoDate
		}
		c.toks = toks
	}
	got, err := c.day()
	if err != nil {
		return moment{}, "", err
	}
	c.weekdayBehind()
	var notes []string
	hour, clock, ok := c.clock()
	if !ok {
		return moment{}, "", errNoDate
	}
	// "2023-01-29 18:30:22 2023 -0800": the year once more. In the form of
	// asctime, "Nov 20 08:00:00 2023", it is the only one.
	zone := d.zone
	if zone == nil {
		zone = time.UTC
	}
	afterClock := func() bool {
		if !clock || !c.number(4) {
			return false
		}
		switch year := c.toks[c.i].n; got.year {
		case 0:
			got.year = year
		case year:
			notes = append(notes, "names the year twice")
		default:
			return false
		}
		c.i++
		return true
	}
	yearFirst := afterClock()
	if c.doubled {
		notes = append(notes, "has a colon too many")
	}
	z, err := c.zone(time.Date(got.year, got.month, got.day, hour.h, hour.m, hour.s, 0, zone))
	if err != nil {
		return moment{}, "", err
	}
	if z != nil {
		zone = z
	}
	if !yearFirst {
		afterClock()
	}
	if !c.end() || got.year == 0 {
		return moment{}, "", errNoDate
	}
	if got.year < 100 && !clock {
		return moment{}, "", errNoDate
	}
	if got.year < 100 { // RFC 5322, section 4.3
		got.year += 1900
		if got.year < 1950 {
			got.year += 100
		}
	}
	if got.year < firstYear || got.year > lastYear {
		wrong := &dateError{text: errFar.Error(), hint: "correct the year"}
		if got.year > lastYear {
			wrong.cause = errFar
		}
		return moment{}, "", wrong
	}
	if got.month < 1 || got.month > 12 || got.day < 1 || got.day > 31 {
		return moment{}, "", errNoDate
	}
	at := time.Date(got.year, got.month, got.day, 0, 0, 0, 0, zone)
	if clock {
		at = time.Date(got.year, got.month, got.day, hour.h, hour.m, hour.s, hour.ns, zone)
	}
	if !got.exists() {
		notes = append(notes, "does not exist, taken as "+at.Format(time.DateOnly))
	}
	if wd, ok := englishWeekday(weekday); ok && wd != at.Weekday() {
		notes = append(notes, fmt.Sprintf("names the wrong day of the week, %s is a %s", at.Format(time.DateOnly), at.Weekday()))
	}
	return moment{at, clock}, strings.Join(notes, " and "), nil
}

func (d day) exists() bool {
	year := d.year
	if year == 0 {
		year = 2000 // has a 29 February
	}
	t := time.Date(year, d.month, d.day, 0, 0, 0, 0, time.UTC)
	return t.Month() == d.month && t.Day() == d.day
}

func englishWeekday(word string) (time.Weekday, bool) {
	if word == "" {
		return 0, false
	}
	return calendars[0].weekday(foldWord(word))
}

// cutWord takes a first word, of two parts perhaps, and the comma behind it
// off a date.
func cutWord(toks []dateToken) (word string, rest []dateToken) {
	if toks[0].kind != wordToken {
		return "", nil
	}
	word, n := toks[0].text, 1
	switch {
	case len(toks) > 2 && toks[1].text == "-" && toks[2].kind == wordToken:
		word, n = word+"-"+toks[2].text, 3
	case len(toks) > 2 && toks[1].kind == wordToken && strings.EqualFold(word, "e"): // Albanian, "e hënë"
		word, n = word+" "+toks[1].text, 2
	}
	for n < len(toks) && (toks[n].text == "," || toks[n].text == ".") {
		n++
	}
	return word, toks[n:]
}

// prepositions lead to a date in a line or behind a label: "le 20 novembre",
// "dnia 20 listopada", "më 20 nëntor".
var prepositions = []string{"on", "le", "am", "den", "dem", "el", "il", "em", "a", "op", "dnia", "od", "dana", "дана", "më", "στις", "την", "τις"}

func withoutPreposition(toks []dateToken) []dateToken {
	if len(toks) > 3 && toks[0].kind == wordToken && toks[1].spaced && slices.Contains(prepositions, strings.ToLower(toks[0].text)) {
		return toks[1:]
	}
	return toks
}

// timeLast puts the time of day that stands before a date, with its zone and
// the comma or stroke behind, after it.
func timeLast(toks []dateToken) []dateToken {
	i := 3
	if len(toks) <= i {
		return nil
	}
	if len(toks) > i+1 && toks[i].text == ":" {
		i += 2
	}
	for i < len(toks) && (toks[i].kind == wordToken || toks[i].text == ".") {
		if _, zone := zones[strings.ToUpper(toks[i].text)]; !zone && !slices.Contains([]string{"am", "pm", "a", "p", "m", ".", "h", "uhr", "uur"}, strings.ToLower(toks[i].text)) {
			break
		}
		i++
	}
	clock := toks[:i:i]
	for i < len(toks) && slices.Contains([]string{",", "|", "-", "–", "—", "·", "/"}, toks[i].text) {
		i++
	}
	if i >= len(toks) {
		return nil
	}
	return slices.Concat(toks[i:], clock)
}
