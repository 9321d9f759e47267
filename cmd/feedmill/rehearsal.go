package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"

	"feedmill/internal/check"
)

// A rehearsal is what `build --dry-run` says: what subscribers would see, feed
// by feed, read from the published and the new bytes.
type rehearsal struct {
	check.Differences
	held    []string // why it would not be published
	remarks []remark // problems and findings
}

// rehearse compares what a build made with what is published.
func (o *options) rehearse(out outcome) (rehearsal, error) {
	r := rehearsal{held: out.held, remarks: o.report(out).remarks}
	if out.next == nil { // the articles cannot be read: nothing would change
		return r, nil
	}
	var err error
	r.Differences, err = check.Compared(out.edition, out.next, out.stands)
	return r, err
}

// How much is written out; the rest is counted.
const (
	mostFeeds   = 25 // feeds with what their subscribers see
	mostChanges = 12 // entries of a feed
	mostFiles   = 12 // media
)

// kinds are in the order in which they want attention. What aged is only
// counted: feeds have a limit.
var kinds = []struct {
	check.Kind
	word   string
	colour string // ECMA-48, section 8.3.117
}{
	{check.Reannounced, "re-announced", "\x1b[1;31m"},
	{check.Withdrawn, "withdrawn", "\x1b[31m"},
	{check.Changed, "changed", "\x1b[33m"},
	{check.New, "new", "\x1b[32m"},
	{check.Aged, "aged", ""},
}

const kindWidth = len("re-announced")

// terminal writes the rehearsal for people, each line as wide as the terminal
// at most; elsewhere titles are whole.
func (r rehearsal) terminal(w io.Writer) error {
	columns, coloured := 0, coloured(w)
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		columns = 80
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n >= 40 {
			columns = n
		}
	}
	p := printer{columns: columns, coloured: coloured}
	for i, f := range r.Feeds {
		if i == mostFeeds && len(r.Feeds) > mostFeeds+1 {
			p.rest(r.Feeds[i:])
			break
		}
		p.feed(f)
	}
	p.files("media", r.Media, mostFiles)
	p.files("pages", r.Pages, 0)
	if p.b.Len() == 0 && len(r.held) == 0 {
		p.line("", "subscribers would see nothing new")
	}
	for _, hold := range r.held {
		fmt.Fprintf(&p.b, "it would be held: %s\n", printableText(hold))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// printer lays out lines.
type printer struct {
	b        strings.Builder
	columns  int // 0: as many as it takes
	coloured bool
	said     map[string]bool // what was said of entries already: it is not said of each feed anew
}

// saying tells whether two feeds' subscribers see the same of an entry.
func saying(c check.Change) string {
	return fmt.Sprintf("%s %q %q %q", c.Kind, c.ID, c.Title, c.Fields)
}

// line writes one line; what is behind stays whole, and text gives way to it.
func (p *printer) line(head, text string, behind ...string) {
	tail := strings.Join(behind, "")
	if p.columns > 0 {
		text = cut(text, max(p.columns-columnsOf(head)-columnsOf(tail), 20))
	}
	p.b.WriteString(strings.TrimRight(head+text+tail, " ") + "\n")
}

// list writes parts with commas between, none of them shortened.
func (p *printer) list(head string, parts []string) {
	line := head
	for i, part := range parts {
		if i > 0 {
			line += ","
			if p.columns > 0 && columnsOf(line+" "+part) >= p.columns {
				p.line("", line)
				line = "   "
			}
			line += " "
		}
		line += part
	}
	p.b.WriteString(line + "\n")
}

// feed writes what becomes of one feed.
func (p *printer) feed(f check.Difference) {
	name := f.Feed
	if name == "" {
		name = "the site's feed"
	}
	switch f.State {
	case check.Begun:
		what := "a new feed"
		if f.Archive {
			what = "a new archive"
		}
		p.line(name+": ", fmt.Sprintf("%s of %s", what, entries(len(f.Entries))))
		return
	case check.Ended:
		p.line(name+": ", "gone; its addresses answer 410 or 404")
		return
	case check.Moved:
		p.line(name+": ", "gone; its addresses lead to "+f.Instead)
		return
	}
	said := tally(f.Entries)
	known := p.said
	p.said = maps.Clone(known)
	for _, c := range f.Entries {
		if p.said == nil {
			p.said = map[string]bool{}
		}
		p.said[saying(c)] = true
	}
	if len(f.Fields) > 0 {
		said = append([]string{"the feed's " + strings.Join(f.Fields, ", ")}, said...)
	}
	if len(said) == 0 {
		said = []string{"other bytes, and nothing that readers show"}
	}
	p.list(name+": ", said)
	written := 0
	for _, kind := range kinds[:len(kinds)-1] {
		for _, c := range f.Entries {
			if c.Kind != kind.Kind || known[saying(c)] {
				continue
			}
			if written++; written > mostChanges {
				continue
			}
			p.entry(c, kind.word, kind.colour)
		}
	}
	if more := written - mostChanges; more > 0 {
		p.line("  ", fmt.Sprintf("%-*s  and %s more", kindWidth, "…", number(more)))
	}
}

// entry writes what becomes of one entry.
func (p *printer) entry(c check.Change, word, colour string) {
	head := fmt.Sprintf("  %-*s  ", kindWidth, word)
	if p.coloured && colour != "" {
		// The escapes have no width: the line is cut by what is seen.
		before := p.b.Len()
		p.entryText(head, c)
		written := p.b.String()[before:]
		rest := p.b.String()[:before]
		p.b.Reset()
		p.b.WriteString(rest + strings.Replace(written, word, colour+word+"\x1b[0m", 1))
		return
	}
	p.entryText(head, c)
}

func (p *printer) entryText(head string, c check.Change) {
	title := titleOf(c)
	switch c.Kind {
	case check.Reannounced:
		p.line(head, title)
		indent := strings.Repeat(" ", columnsOf(head))
		p.line(indent+"was ", printableText(c.Fields[0]))
		p.line(indent+"is  ", printableText(c.ID))
	case check.Changed:
		p.line(head, title, " ("+strings.Join(c.Fields, ", ")+")")
	default:
		p.line(head, title)
	}
}

// titleOf is what an entry is called on one line.
func titleOf(c check.Change) string {
	return strings.Join(strings.Fields(printableText(cmp.Or(c.Title, c.ID))), " ")
}

// rest counts the feeds that are not written out.
func (p *printer) rest(feeds []check.Difference) {
	archives := 0
	var all []check.Change
	for _, f := range feeds {
		if f.Archive {
			archives++
		}
		all = append(all, f.Entries...)
	}
	var what []string
	for _, more := range []struct {
		n    int
		noun string
	}{{len(feeds) - archives, "more feed"}, {archives, "more archive"}} {
		if more.n > 0 {
			what = append(what, count(more.n, more.noun))
		}
	}
	head := strings.Join(what, ", ")
	if said := tally(all); len(said) > 0 {
		p.list(head+": ", said)
	} else {
		p.line("", head)
	}
}

// files writes what becomes of documents that are no feeds.
func (p *printer) files(what string, files []check.FileChange, most int) {
	if len(files) == 0 {
		return
	}
	var changes []check.Change
	for _, f := range files {
		changes = append(changes, check.Change{Kind: f.Kind})
	}
	p.list(what+": ", tally(changes))
	for i, f := range files {
		if i >= most {
			if most > 0 {
				p.line("  ", fmt.Sprintf("%-*s  and %s more", kindWidth, "…", number(len(files)-most)))
			}
			break
		}
		p.line(fmt.Sprintf("  %-*s  ", kindWidth, string(f.Kind)), printableText(f.Path))
	}
}

// tally counts changes by their kinds.
func tally(changes []check.Change) []string {
	count := map[check.Kind]int{}
	for _, c := range changes {
		count[c.Kind]++
	}
	var parts []string
	for _, kind := range []check.Kind{check.New, check.Changed, check.Withdrawn, check.Reannounced, check.Aged} {
		if n := count[kind]; n > 0 {
			parts = append(parts, number(n)+" "+wordFor(kind))
		}
	}
	return parts
}

// wordFor is what people read for a kind.
func wordFor(kind check.Kind) string {
	for _, k := range kinds {
		if k.Kind == kind {
			return k.word
		}
	}
	return string(kind)
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return number(n) + " entries"
}

// number writes a number with a comma between thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// columnsOf is how many columns of a terminal a text takes: two for wide
// characters (Unicode Standard Annex #11), none for marks and what is not seen.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOfRune(r)
	}
	return n
}

func columnsOfRune(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case width.LookupRune(r).Kind() == width.EastAsianWide || width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens a text to so many columns, with an ellipsis for what is left out.
func cut(s string, columns int) string {
	if columnsOf(s) <= columns {
		return s
	}
	n := 0
	for i, r := range s {
		if n += columnsOfRune(r); n > columns-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// json writes the rehearsal for programs.
func (r rehearsal) json(w io.Writer) error {
	type entry struct {
		Kind   check.Kind `json:"kind"`
		ID     string     `json:"id"`
		Title  string     `json:"title"`
		Fields []string   `json:"fields,omitempty"` // of what is changed
		Was    string     `json:"was,omitempty"`    // the id of what is re-announced
	}
	type feed struct {
		Feed      string             `json:"feed"`
		Archive   bool               `json:"archive"`
		State     check.State        `json:"state"`
		Instead   string             `json:"instead,omitempty"`
		Documents []string           `json:"documents"`
		Fields    []string           `json:"fields,omitempty"`
		Count     map[check.Kind]int `json:"count"`
		Entries   []entry            `json:"entries"`
	}
	type file struct {
		Path string     `json:"path"`
		Kind check.Kind `json:"kind"`
	}
	files := func(changes []check.FileChange) []file {
		all := []file{}
		for _, c := range changes {
			all = append(all, file(c))
		}
		return all
	}
	feeds := []feed{}
	for _, d := range r.Feeds {
		f := feed{d.Feed, d.Archive, d.State, d.Instead, d.Documents, d.Fields, map[check.Kind]int{}, []entry{}}
		for _, c := range d.Entries {
			e := entry{Kind: c.Kind, ID: c.ID, Title: c.Title, Fields: c.Fields}
			if c.Kind == check.Reannounced {
				e.Fields, e.Was = nil, c.Fields[0]
			}
			f.Count[c.Kind]++
			f.Entries = append(f.Entries, e)
		}
		feeds = append(feeds, f)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Feeds    []feed   `json:"feeds"`
		Media    []file   `json:"media"`
		Pages    []file   `json:"pages"`
		Held     []string `json:"held"`
		Findings []remark `json:"findings"`
	}{feeds, files(r.Media), files(r.Pages), append([]string{}, r.held...), append([]remark{}, r.remarks...)})
}
