package article

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A headline is at most so long, in characters. A line that ends like a
// sentence is one only when it is short.
const (
	maxHeadline         = 200
	maxHeadlineSentence = 120
)

// maxBeforeByline is how many lines that are nothing known may stand between
// headline and byline: a caption and a standfirst.
const maxBeforeByline = 2

// opening reads the lines at the top of a plain text that are not its
// paragraphs.
type opening struct {
	p     *parsing
	lines []string
	gone  []bool // the line is read and leaves the text
}

// readText reads plain text: headline, repeated headline, caption of an absent
// picture, byline and date line, each only where it certainly is one. All
// other lines are the text.
func (p *parsing) readText(text string, line int) {
	lines := strings.Split(text, "\n")
	o := opening{p: p, lines: lines, gone: make([]bool, len(lines))}
	at := o.leadingDates(o.next(0))
	if p.a.Title == "" && at < len(lines) {
		if isNotice(lines[at]) && o.next(at+1) < len(lines) {
			at = o.next(at + 1)
		}
		at = o.headline(at)
	}
	o.below(at)

	kept := make([]string, len(lines))
	empty := true
	for i, l := range lines {
		if !o.gone[i] {
			kept[i] = l
			empty = empty && strings.TrimSpace(l) == ""
		}
	}
	if empty && p.titleMade {
		kept, empty = lines, false
	}
	first := 0
	for !empty && strings.TrimSpace(kept[first]) == "" {
		first++
	}
	p.a.body.text = strings.TrimRight(strings.Join(kept[first:], "\n"), " \t\n")
	p.a.body.line = line + first
	o.dateline(strings.TrimSpace(kept[first]))
}

// next is the first line from i on that is not empty, or the number of lines.
func (o *opening) next(i int) int {
	for i < len(o.lines) && strings.TrimSpace(o.lines[i]) == "" {
		i++
	}
	return i
}

// leadingDates takes a date line above the headline.
func (o *opening) leadingDates(i int) int {
	if i < len(o.lines) && o.dateLine(i) {
		return o.next(i + 1)
	}
	return i
}

// dateLine reads line i as a date line. It leaves the text, unless it is one of
// several lines "key: value" that belong together, such as the head of minutes.
func (o *opening) dateLine(i int) bool {
	published, updated, ok := readDateLines(o.lines[i], o.p.dates)
	if !ok {
		m, isUpdate, is := readDateLine(o.lines[i], o.p.dates)
		if !is {
			return false
		}
		if isUpdate {
			updated = m
		} else {
			published = m
		}
	}
	o.gone[i] = !o.listed(i)
	if !updated.at.IsZero() && o.p.a.Updated.IsZero() {
		o.p.a.Updated = At(updated.at)
	}
	o.p.datedInText(published, false)
	o.p.datedInText(updated, true)
	return true
}

// listed reports whether line i is one of several lines "key: value".
func (o *opening) listed(i int) bool {
	if _, _, ok := cutKey(strings.TrimSpace(o.lines[i])); !ok {
		return false
	}
	for _, j := range []int{i - 1, i + 1} {
		if j < 0 || j >= len(o.lines) || o.gone[j] {
			continue
		}
		line := strings.TrimSpace(o.lines[j])
		if _, _, isDate := readDateLine(line, o.p.dates); isDate {
			continue
		}
		if key, _, ok := cutKey(line); ok && roleOf(foldKey(key)) != authorKey {
			return true
		}
	}
	return false
}

// placeLine reads line i as the place and day of a letter or a report, "Berlin,
// den 20. November 2023", which leave the text.
func (o *opening) placeLine(i int) bool {
	line := strings.TrimSpace(o.lines[i])
	place, date, found := strings.Cut(line, ",")
	if !found || len(line) > maxDateLine || strings.Count(place, " ") > 2 || !isPlace(place) {
		return false
	}
	if _, ok := weekdayNamed(place, o.p.dates.language); ok {
		return false
	}
	m, _, err := o.p.dates.read(date)
	if err != nil {
		return false
	}
	o.gone[i] = true
	o.p.a.Place = cmp.Or(o.p.a.Place, oneLine(place))
	o.p.datedInText(m, false)
	return true
}

// headline takes the title from line i, or makes one when that line is prose,
// and returns the line to go on from.
func (o *opening) headline(i int) int {
	line := strings.TrimSpace(o.lines[i])
	below := ""
	if i+1 < len(o.lines) {
		below = strings.TrimSpace(o.lines[i+1])
	}
	_, signed := readByline(below, o.p.dates)
	if last := o.wrappedHeadline(i); last > i {
		o.p.a.Title = oneLine(strings.Join(o.lines[i:last+1], " "))
		for j := i; j <= last; j++ {
			o.gone[j] = true
		}
		return last + 1
	}
	n := utf8.RuneCountInString(line)
	prose := n > maxHeadline ||
		n > maxHeadlineSentence && strings.ContainsAny(line[len(line)-1:], ".!?\"") ||
		startsLower(below) && !signed // wrapped lines of one paragraph
	if prose && !isUnderline(below) {
		end := i
		for end < len(o.lines) && strings.TrimSpace(o.lines[end]) != "" {
			end++
		}
		o.p.a.Title = cmp.Or(titleOfRuns(o.lines[i], o.p.dates), madeTitle(strings.Join(o.lines[i:end], "\n")))
		o.p.titleMade = true
		return i
	}
	o.p.a.Title = oneLine(line)
	o.gone[i] = true
	if isUnderline(below) {
		o.gone[i+1] = true
		return i + 2
	}
	return i + 1
}

// A line that was wrapped is between so many characters long.
const (
	leastWrapped = 55
	mostWrapped  = 80
)

// wrappedHeadline returns the last line of a headline that begins in line i and
// was wrapped where the lines of its system end: a paragraph of two or three
// lines that is no sentence and stands alone, each line so long that the next
// word did not fit. It returns i when there is none.
func (o *opening) wrappedHeadline(i int) int {
	last, length := i, 0
	for ; last < len(o.lines) && strings.TrimSpace(o.lines[last]) != ""; last++ {
		length += utf8.RuneCountInString(o.lines[last]) + 1
		if last-i > 2 || length > maxHeadline {
			return i
		}
	}
	last--
	if last <= i || o.next(last+1) == len(o.lines) || strings.ContainsAny(o.lines[last][len(strings.TrimRight(o.lines[last], " "))-1:], ".!?:;\"”") {
		return i
	}
	for j := i; j < last; j++ {
		n := utf8.RuneCountInString(strings.TrimSpace(o.lines[j]))
		word, _, _ := strings.Cut(strings.TrimSpace(o.lines[j+1]), " ")
		if n < leastWrapped || n > mostWrapped || n+1+utf8.RuneCountInString(word) <= 64 || fold(o.lines[j]) == fold(o.lines[j+1]) {
			return i
		}
	}
	for j := i + 1; j <= last; j++ {
		_, signed := readByline(o.lines[j], o.p.dates)
		_, _, dated := readDateLine(o.lines[j], o.p.dates)
		_, _, captioned := readCaption(strings.TrimSpace(o.lines[j]))
		if signed || dated || captioned || isUnderline(strings.TrimSpace(o.lines[j])) {
			return i
		}
	}
	return last
}

// mostNotice is more words than any notice has.
const mostNotice = 8

// isNotice reports whether a line says what kind of paper follows, not what it
// says.
func isNotice(line string) bool {
	words := 0
	for range strings.FieldsSeq(line) {
		if words++; words > mostNotice {
			return false
		}
	}
	switch fold(strings.TrimSpace(line)) {
	case "for immediate release", "press release", "news release", "media release", "latest news", "communiqué de presse",
		"pressemitteilung", "comunicado de prensa", "comunicato stampa", "nota de prensa", "saopštenje za javnost", "пресс-релиз":
		return true
	}
	return false
}

func isUnderline(s string) bool {
	return len(s) >= 3 && (strings.Trim(s, "=") == "" || strings.Trim(s, "-") == "" || strings.Trim(s, "*") == "")
}

func startsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// below reads the lines between headline and text, from line i on.
func (o *opening) below(i int) {
	end := o.byline(i)
	for j := o.next(i); j < len(o.lines); j = o.next(j + 1) {
		switch {
		case o.repeatsTitle(j):
			o.gone[j] = true
			if j+1 < len(o.lines) && isUnderline(strings.TrimSpace(o.lines[j+1])) {
				o.gone[j+1] = true
			}
		case o.dateLine(j):
		case o.placeLine(j):
		case j < end-1:
			o.caption(j)
		case j >= end:
			return // the text
		}
	}
}

func (o *opening) repeatsTitle(j int) bool {
	return !o.p.titleMade && o.p.a.Title != "" && len(o.lines[j]) < 2*len(o.p.a.Title)+maxHeadline && fold(o.lines[j]) == fold(o.p.a.Title)
}

// byline finds and reads the byline below line i. It returns the line behind
// it, i when there is none.
func (o *opening) byline(i int) int {
	unknown := 0
	for j := o.next(i); j < len(o.lines) && unknown <= maxBeforeByline; j = o.next(j + 1) {
		if o.repeatsTitle(j) {
			continue
		}
		b, ok := readByline(o.lines[j], o.p.dates)
		if !ok {
			if _, _, isDate := readDateLine(o.lines[j], o.p.dates); !isDate {
				unknown++
			}
			continue
		}
		if len(o.p.a.Authors) == 0 {
			o.p.a.Authors = b.authors
		}
		if o.p.a.Place == "" {
			o.p.a.Place = b.place
		}
		o.p.datedInText(b.date, false)
		o.gone[j] = b.whole
		return j + 1
	}
	return i
}

// caption reads line j, above a byline, when it is the caption of a picture
// that did not come with the text: it ends in its credit, or says what it is.
func (o *opening) caption(j int) {
	caption, credit, ok := readCaption(strings.TrimSpace(o.lines[j]))
	if !ok {
		return
	}
	if o.p.a.Picture == nil {
		o.p.a.Picture = &Picture{}
	}
	if pic := o.p.a.Picture; pic.Caption == "" {
		pic.Caption, o.gone[j] = oneLine(caption), true
		pic.Credit = cmp.Or(pic.Credit, oneLine(credit))
	}
}

// readCaption reads "Caption text. / Agency", "Caption (Photo: Agency)",
// "Caption (AP Photo/Jane Doe)" and "Photo: Caption".
func readCaption(line string) (caption, credit string, ok bool) {
	if i := strings.LastIndex(line, " / "); i > 0 {
		if credit = strings.TrimSpace(line[i+3:]); isCredit(credit) {
			return strings.TrimSpace(line[:i]), credit, true
		}
	}
	if i := strings.LastIndex(line, " ("); i > 0 && strings.HasSuffix(line, ")") {
		inside := line[i+2 : len(line)-1]
		for _, word := range []string{"Photo: ", "Photo by ", "Picture: ", "Image: ", "AP Photo/", "Photo/"} {
			if credit, ok := strings.CutPrefix(inside, word); ok && isCredit(credit) {
				return line[:i], credit, true
			}
		}
	}
	for _, word := range []string{"Photo: ", "Picture: ", "Image: ", "Caption: "} {
		if caption, ok := strings.CutPrefix(line, word); ok {
			return caption, "", true
		}
	}
	return "", "", false
}

// isCredit reports whether s is a photographer or an agency: up to six words,
// a capital among them ("bne IntelliNews"), and no sentence.
func isCredit(s string) bool {
	return strings.ContainsFunc(s, unicode.IsUpper) && len(strings.Fields(s)) <= 6 && len(s) <= 60 &&
		!strings.ContainsAny(s, "/!?;") && !strings.HasSuffix(s, ".")
}

// dateline reads the front of the first paragraph.
func (o *opening) dateline(paragraph string) {
	d, ok := readDateline(paragraph, o.p.dates)
	if !ok {
		return
	}
	if o.p.a.Place == "" {
		o.p.a.Place = d.place
	}
	if d.text == "" {
		return
	}
	if m, _, err := o.p.dates.read(d.text); err == nil {
		o.p.datedInText(m, false)
		return
	}
	// A dateline leaves the year to the day's paper. Only a folder of the
	// year can tell it: the day of reading would make the date move.
	got, _ := o.p.dates.readDay(d.text)
	if year := folderYear(o.p.a.Path); year != "" {
		text := fmt.Sprintf("%s-%02d-%02d", year, int(got.month), got.day)
		if m, note, err := o.p.dates.read(text); err == nil && note == "" {
			o.p.datedInText(m, false)
		}
	}
}

// datedInText takes a date that stands in the text itself, after all other
// sources. A date of updating stands in for the one of publishing.
func (p *parsing) datedInText(m moment, updated bool) {
	switch {
	case m.at.IsZero():
	case updated:
		p.textUpdated = m
	default:
		p.textDates = append(p.textDates, m)
	}
}
