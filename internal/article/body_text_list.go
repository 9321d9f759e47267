package article

import (
	"strconv"
	"strings"
)

// textList is a list found in a text.
type textList struct {
	mark    byte // '.' or ')' behind the number, or 0 for a bullet
	start   int
	entries [][]string // the lines of each, without its mark
}

func (w *textWriter) list(list *textList, depth int) {
	open, end := "<ul>\n", "</ul>\n"
	if list.mark != 0 {
		open, end = "<ol>\n", "</ol>\n"
		if list.start != 1 {
			open = `<ol start="` + strconv.Itoa(list.start) + "\">\n"
		}
	}
	w.WriteString(open)
	for _, entry := range list.entries {
		inner, at := (*textList)(nil), len(entry)
		if depth < deepest {
			inner, at = w.listWithin(entry)
		}
		w.WriteString("<li>")
		w.linked(rejoin(entry[:at]))
		if inner != nil {
			w.WriteString("\n")
			w.list(inner, depth+1)
		}
		w.WriteString("</li>\n")
	}
	w.WriteString(end)
}

// readList reads the list that begins with the first of lines and returns how
// many lines it has; nil when there is none, or one of a single entry, which
// may be a dash in a dialogue or a date.
func (w *textWriter) readList(lines []string) (*textList, int) {
	mark, number, rest := entryMark(lines[0])
	if rest == "" {
		return nil, 0
	}
	list := &textList{start: number, entries: [][]string{{rest}}}
	if mark == '.' || mark == ')' {
		list.mark = mark
	}
	base := indent(lines[0])
	taken := 1
	for i := 1; i < len(lines); i++ {
		line := lines[i]
		if isBlank(line) {
			continue
		}
		last := &list.entries[len(list.entries)-1]
		nextMark, nextNumber, rest := entryMark(line)
		switch {
		case rest != "" && indent(line) < base+2 && nextMark == mark && (list.mark == 0 || nextNumber == number+1):
			number = nextNumber
			list.entries = append(list.entries, []string{rest})
		case taken < i:
			// Behind an empty line only a further entry goes on with the list.
			return list.certain(), taken
		case indent(line) >= base+2,
			w.margin > 0 && columns(strings.TrimSpace(lines[i-1]))*10 >= w.margin*8 && rest == "":
			*last = append(*last, line)
		default:
			return list.certain(), taken
		}
		taken = i + 1
	}
	return list.certain(), taken
}

// certain returns the list when it has two entries at least.
func (l *textList) certain() *textList {
	if len(l.entries) < 2 {
		return nil
	}
	return l
}

// listWithin finds the list that takes up the end of lines, after the first,
// and the line at which it begins.
func (w *textWriter) listWithin(lines []string) (*textList, int) {
	for i := 1; i < len(lines); i++ {
		if _, _, rest := entryMark(lines[i]); rest != "" {
			if list, taken := w.readList(lines[i:]); list != nil && taken == len(lines)-i {
				return list, i
			}
			break
		}
	}
	return nil, len(lines)
}

// entryMark reads what a list's entry begins with; rest is empty when line
// begins with no such mark.
func entryMark(line string) (mark byte, number int, rest string) {
	if line = strings.TrimSpace(line); line == "" || isBreak(line) {
		return 0, 0, ""
	}
	for _, bullet := range []string{"- ", "* ", "+ ", "• "} {
		if rest, ok := strings.CutPrefix(line, bullet); ok {
			return bullet[0], 0, strings.TrimSpace(rest)
		}
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if digits == 0 || digits > 3 || len(line) < digits+3 || line[digits] != '.' && line[digits] != ')' || line[digits+1] != ' ' {
		return 0, 0, ""
	}
	number, _ = strconv.Atoi(line[:digits])
	return line[digits], number, strings.TrimSpace(line[digits+1:])
}
