package article

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textHTML renders plain text as wire services and people write it. Paragraphs
// are parted by empty lines, and lines that were only wrapped are rejoined.
// Only what can hardly mean anything else becomes more than a paragraph:
//
//	Underlined        a line under another, of = or - and about as long: a heading
//	---------
//
//	- one             at least two entries with the same mark, or numbered one
//	- two             after the other: a list; further lines of an entry are indented
//
//	> as he wrote     a mark before every line: a quotation
//
//	* * *             a line of nothing else: a thematic break
//
//	Skopje    12      columns in every line: as it stands
//	Pristina   9
//
//	Roses are red,    lines that all end long before the others do:
//	violets are blue  verse or an address, whose lines stay
//
// Addresses that begin with http:// or https:// become links.
func textHTML(text string) string {
	var w textWriter
	lines := strings.Split(text, "\n")
	w.measure(lines)
	w.blocks(lines, 0)
	return w.String()
}

// textWriter renders the blocks of a text.
type textWriter struct {
	strings.Builder
	// margin is the length of the text's longest lines, in columns, when its
	// paragraphs are wrapped; 0 when nothing tells.
	margin int
	// whole says that a line of the text is a whole paragraph.
	whole bool
}

const (
	widestMargin   = 120   // columns; nobody wraps lines later
	proseLine      = 60    // columns; shorter lines do not tell how the text is wrapped
	longestAddress = 2_000 // bytes; what is longer is no address that works everywhere
	deepest        = 8     // quotations within quotations, lists within lists; deeper ones stay text
)

// measure finds out how the text is wrapped.
func (w *textWriter) measure(lines []string) {
	long, prose := 0, 0
	for _, line := range lines {
		n := columns(strings.TrimSpace(line))
		if n >= proseLine {
			prose++
		}
		if n > widestMargin && strings.Contains(line, " ") {
			long++
		} else if n <= widestMargin {
			w.margin = max(w.margin, n)
		}
	}
	w.whole = long > 0 && long*4 >= prose
	if w.margin < proseLine {
		w.margin = 0
	}
}

// blocks renders lines; depth quotations are open around them.
func (w *textWriter) blocks(lines []string, depth int) {
	for len(lines) > 0 {
		n := 0
		for n < len(lines) && !isBlank(lines[n]) {
			n++
		}
		if n > 0 {
			n = w.group(lines, n, depth)
		}
		lines = lines[n:]
		for len(lines) > 0 && isBlank(lines[0]) {
			lines = lines[1:]
		}
	}
}

// group renders the first n of lines, which no empty line parts, and returns
// how many were taken: a list may go on behind an empty line.
func (w *textWriter) group(lines []string, n, depth int) int {
	done := 0
	for done < n {
		group := lines[done:n]
		if isBreak(group[0]) {
			w.WriteString("<hr />\n")
			done++
			continue
		}
		if len(group) > 1 {
			if heading := underline(group[0], group[1]); heading != "" {
				w.element(heading, group[0])
				done += 2
				continue
			}
		}
		if list, taken := w.readList(lines[done:]); list != nil {
			w.list(list, 1)
			done += taken
			continue
		}
		switch {
		case depth < deepest && isQuotation(group):
			inner := make([]string, len(group))
			for i, line := range group {
				inner[i] = strings.TrimPrefix(strings.TrimPrefix(strings.TrimLeft(line, " \t"), ">"), " ")
			}
			w.WriteString("<blockquote>\n")
			w.blocks(inner, depth+1)
			w.WriteString("</blockquote>\n")
		case isColumns(group):
			w.WriteString("<pre>" + html.EscapeString(strings.Join(group, "\n")) + "</pre>\n")
		default:
			list, at := w.listWithin(group)
			w.paragraphs(group[:at])
			if list != nil {
				w.list(list, 1)
			}
		}
		return n
	}
	return done
}

// paragraphs renders lines that no empty one parts.
func (w *textWriter) paragraphs(lines []string) {
	longest, least := 0, indent(lines[0])
	for _, line := range lines {
		longest = max(longest, columns(strings.TrimSpace(line)))
		least = min(least, indent(line))
	}
	switch {
	case w.whole && longest > widestMargin:
		for _, line := range lines {
			w.element("p", strings.TrimSpace(line))
		}
		return
	case w.whole, w.margin > 0 && longest*10 <= w.margin*6:
		w.element("p", lines...)
		return
	}
	// As set on a typewriter, only indents may part the paragraphs.
	typed := indent(lines[0]) >= least+2
	from := 0
	for i := 1; i <= len(lines); i++ {
		if i == len(lines) || typed && indent(lines[i]) >= least+2 {
			w.element("p", rejoin(lines[from:i]))
			from = i
		}
	}
}

// element writes lines, with a line break between any two.
func (w *textWriter) element(name string, lines ...string) {
	w.WriteString("<" + name + ">")
	for i, line := range lines {
		if i > 0 {
			w.WriteString("<br />\n")
		}
		w.linked(strings.TrimSpace(line))
	}
	w.WriteString("</" + name + ">\n")
}

// linked writes text with its addresses as links.
func (w *textWriter) linked(text string) {
	for {
		start, end := findAddress(text)
		if start < 0 {
			w.WriteString(html.EscapeString(text))
			return
		}
		address := html.EscapeString(text[start:end])
		w.WriteString(html.EscapeString(text[:start]) + `<a href="` + address + `">` + address + "</a>")
		text = text[end:]
	}
}

// findAddress returns where the first address in text begins and ends, start
// < 0 when there is none. A stop or a bracket behind it is not part of it,
// unless the bracket was opened within.
func findAddress(text string) (start, end int) {
	for offset := 0; ; {
		i := strings.Index(text[offset:], "://")
		if i < 0 {
			return -1, 0
		}
		i += offset
		offset = i + 3
		before := text[max(0, i-len("https")-1):i]
		scheme := before[len(strings.TrimRight(before, letters)):]
		if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			continue
		}
		start = i - len(scheme)
		end = min(len(text), start+longestAddress)
		if n := strings.IndexFunc(text[offset:end], endsAddress); n >= 0 {
			end = offset + n
		} else if end < len(text) {
			offset = end
			continue
		}
		for end > offset {
			address, last := text[offset:end], text[end-1:end]
			if strings.Contains(".,;:!?'*_", last) ||
				last == ")" && strings.Count(address, "(") < strings.Count(address, ")") ||
				last == "]" && strings.Count(address, "[") < strings.Count(address, "]") {
				end--
				continue
			}
			break
		}
		if end > offset {
			return start, end
		}
	}
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// endsAddress tells characters that no written address contains.
func endsAddress(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`<>"`, r) || unicode.In(r, unicode.Pi, unicode.Pf) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff0f || r == '：' || r == '；' || r == '？'
}

// underline returns the heading that title becomes by the line below it, ""
// when that is no underline.
func underline(title, line string) string {
	title, line = strings.TrimSpace(title), strings.TrimSpace(line)
	length := columns(title)
	if len(line) < 3 || length > 100 || len(line) > length+length/2+3 || len(line)+length/2+3 < length {
		return ""
	}
	switch {
	case strings.Trim(line, "=") == "":
		return "h2"
	case strings.Trim(line, "-") == "":
		return "h3"
	}
	return ""
}

// isBreak tells a line of nothing but three or more of one mark.
func isBreak(line string) bool {
	line = strings.TrimSpace(line)
	return strings.IndexByte("*-_=~", line[0]) >= 0 && strings.Count(line, line[:1]) >= 3 && strings.Trim(line, line[:1]+" \t") == ""
}

// isQuotation tells whether every line is marked as quoted. "> 50 per cent"
// is not.
func isQuotation(lines []string) bool {
	for _, line := range lines {
		rest, marked := strings.CutPrefix(strings.TrimLeft(line, " \t"), ">")
		if !marked || startsWith(strings.TrimSpace(rest), unicode.IsDigit) && len(lines) == 1 {
			return false
		}
	}
	return true
}

// isColumns tells whether all of several lines are set in columns.
func isColumns(lines []string) bool {
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if !strings.Contains(line, "   ") && !strings.Contains(line, "\t") {
			return false
		}
	}
	return len(lines) > 1
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// indent returns how far the text of a line is set in, in columns.
func indent(line string) int {
	n := 0
	for _, r := range line {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 8 - n%8
		default:
			return n
		}
	}
	return n
}

// columns returns how wide s is where all letters have one width, and those
// of Chinese and Japanese two.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	if n < len(s) {
		for _, r := range s {
			if isWide(r) {
				n++
			}
		}
	}
	return n
}

// rejoin puts wrapped lines together: with a blank between them, but none
// between Chinese or Japanese characters, which are written without, and none
// in a compound that was parted behind its hyphen.
func rejoin(lines []string) string {
	var b strings.Builder
	var last, beforeLast rune
	for _, line := range lines {
		line = strings.TrimSpace(line)
		first, _ := utf8.DecodeRuneInString(line)
		switch {
		case b.Len() == 0 || line == "":
		case isWide(last) && isWide(first):
		case last == '-' && unicode.IsLetter(beforeLast) && unicode.IsLower(first):
		default:
			b.WriteByte(' ')
		}
		b.WriteString(line)
		var size int
		last, size = utf8.DecodeLastRuneInString(line)
		beforeLast, _ = utf8.DecodeLastRuneInString(line[:len(line)-size])
	}
	return b.String()
}

// isWide tells the characters of scripts that put no blanks between words.
func isWide(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef)
}
