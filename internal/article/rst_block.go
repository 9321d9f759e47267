package article

import (
	"encoding/csv"
	"html"
	"strconv"
	"strings"
)

// mostRSTNesting is how deep blocks may lie within blocks; what lies deeper is
// shown as it is written.
const mostRSTNesting = 30

var (
	rstBullet     = pattern(`^[-*+•‣⁃](?: +|$)`)
	rstEnumerator = pattern(`^(?:\(?([0-9]{1,4}|[a-zA-Z]|[ivxlcdmIVXLCDM]{1,8}|#)[.)])(?: +|$)`)
	rstGridTop    = pattern(`^\+[-=]+(?:\+[-=]+)*\+$`)
	rstSimpleTop  = pattern(`^={2,}(?: +={2,})*$`)
)

// blocks writes the blocks that lines hold.
func (r *rst) blocks(b *strings.Builder, lines []string, depth int) {
	if depth > mostRSTNesting {
		b.WriteString("<pre>" + html.EscapeString(strings.Join(lines, "\n")) + "</pre>\n")
		return
	}
	for i := 0; i < len(lines); {
		l := lines[i]
		switch {
		case l == "":
			i++
		case indentOf(l) > 0:
			body := rstIndented(lines[i:], 0)
			b.WriteString("<blockquote>\n")
			r.blocks(b, body, depth+1)
			b.WriteString("</blockquote>\n")
			i += len(body)
		case strings.HasPrefix(l, ".. ") || l == "..":
			i += r.explicit(b, lines[i:], depth)
		case strings.HasPrefix(l, "__ "):
			i++
		case strings.HasPrefix(l, ">>> "):
			n := i
			for n < len(lines) && lines[n] != "" {
				n++
			}
			b.WriteString(`<pre><code class="language-pycon">` + html.EscapeString(strings.Join(lines[i:n], "\n")) + "\n</code></pre>\n")
			i = n
		default:
			i += r.block(b, lines[i:], depth)
		}
	}
}

// block writes the one block at the front, and returns how many lines it took.
func (r *rst) block(b *strings.Builder, lines []string, depth int) int {
	l := lines[0]
	if title, n := rstTitle(lines); n > 0 {
		r.heading(b, lines, title, n)
		return n
	}
	switch {
	case rstGridTop().MatchString(l):
		if n := r.gridTable(b, lines, depth); n > 0 {
			return n
		}
	case rstSimpleTop().MatchString(l):
		if n := r.simpleTable(b, lines, depth); n > 0 {
			return n
		}
	case isAdornment(l) && len(l) >= 4 && (len(lines) == 1 || lines[1] == ""):
		b.WriteString("<hr />\n")
		return 1
	case strings.HasPrefix(l, "| ") || l == "|":
		n := 0
		for n < len(lines) && (strings.HasPrefix(lines[n], "|") || n > 0 && strings.HasPrefix(lines[n], " ")) {
			n++
		}
		var verses []string
		for _, v := range lines[:n] {
			if text, ok := strings.CutPrefix(v, "|"); ok {
				verses = append(verses, strings.TrimPrefix(text, " "))
			} else {
				verses[len(verses)-1] += " " + strings.TrimSpace(v)
			}
		}
		for j, v := range verses {
			in := indentOf(v)
			verses[j] = strings.Repeat("\u00A0", 2*in) + r.inline(v[in:])
		}
		b.WriteString("<p>" + strings.Join(verses, "<br />\n") + "</p>\n")
		return n
	}
	if rstBullet().MatchString(l) {
		return r.list(b, lines, false, depth)
	}
	if rstEnumerator().MatchString(l) && (len(lines) == 1 || lines[1] == "" || indentOf(lines[1]) > 0 || rstEnumerator().MatchString(lines[1])) {
		return r.list(b, lines, true, depth)
	}
	if rstField().MatchString(l) {
		return r.fieldList(b, lines, depth)
	}
	if len(lines) > 1 && lines[1] != "" && indentOf(lines[1]) > 0 && !strings.HasSuffix(l, "::") {
		return r.definitions(b, lines, depth)
	}
	return r.paragraph(b, lines)
}

// heading writes a section title. The article's own title stands above all of
// them, so they begin at the second level.
func (r *rst) heading(b *strings.Builder, lines []string, title string, n int) {
	style := lines[n-1][:1]
	if n == 3 {
		style += style
	}
	level := -1
	for i, known := range r.levels {
		if known == style {
			level = i
		}
	}
	if level < 0 {
		r.levels = append(r.levels, style)
		level = len(r.levels) - 1
	}
	h := "h" + strconv.Itoa(min(2+level, 6))
	b.WriteString("<" + h + ` id="` + html.EscapeString(slugFrom(title)) + `">` + r.inline(title) + "</" + h + ">\n")
}

// paragraph writes a paragraph, and the literal block that it announces.
func (r *rst) paragraph(b *strings.Builder, lines []string) int {
	n := 1
	for n < len(lines) && lines[n] != "" && indentOf(lines[n]) == 0 && !strings.HasPrefix(lines[n], ".. ") {
		n++
	}
	text := strings.Join(lines[:n], "\n")
	head, announces := strings.CutSuffix(text, "::")
	if !announces {
		b.WriteString("<p>" + r.inline(text) + "</p>\n")
		return n
	}
	if strings.TrimSpace(head) != "" {
		if !strings.HasSuffix(head, " ") && !strings.HasSuffix(head, "\n") {
			head += ":"
		}
		b.WriteString("<p>" + r.inline(strings.TrimRight(head, " \n")) + "</p>\n")
	}
	from := n
	for from < len(lines) && lines[from] == "" {
		from++
	}
	var body []string
	if from < len(lines) && indentOf(lines[from]) > 0 {
		body = rstIndented(lines[from:], 0)
	} else if from < len(lines) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", lines[from][0]) >= 0 {
		for sign := lines[from][0]; from+len(body) < len(lines) && lines[from+len(body)] != "" && lines[from+len(body)][0] == sign; {
			body = append(body, lines[from+len(body)]) // quoted lines, not indented
		}
	}
	if len(body) == 0 {
		return n
	}
	b.WriteString("<pre><code>" + html.EscapeString(strings.Join(body, "\n")) + "\n</code></pre>\n")
	return from + len(body)
}

// list writes a bullet or an enumerated list.
func (r *rst) list(b *strings.Builder, lines []string, numbered bool, depth int) int {
	element, start, sign := "ul", "", lines[0][:1]
	marker := rstBullet()
	if numbered {
		element, marker = "ol", rstEnumerator()
		m := marker.FindStringSubmatch(lines[0])
		switch c := m[1]; {
		case digits(c) && c != "1":
			start = ` start="` + c + `"`
		case c == "i" || len(c) > 1 && c[0] >= 'a':
			start = ` type="i"`
		case c == "I" || len(c) > 1 && !digits(c):
			start = ` type="I"`
		case c[0] >= 'a' && c[0] <= 'z':
			start = ` type="a"`
		case c[0] >= 'A' && c[0] <= 'Z':
			start = ` type="A"`
		}
	}
	var elements [][]string
	i, loose := 0, false
	for i < len(lines) {
		if lines[i] == "" {
			i++
			continue
		}
		m := marker.FindString(lines[i])
		if m == "" || !numbered && lines[i][:1] != sign {
			break
		}
		n := i + 1
		for n < len(lines) && (lines[n] == "" || indentOf(lines[n]) > 0) {
			n++
		}
		for n > i+1 && lines[n-1] == "" {
			n--
		}
		width := len(m)
		if strings.TrimSpace(m) == m && n > i+1 { // the text begins on the next line
			width = max(1, indentOf(lines[i+1]))
		}
		body := []string{lines[i][min(width, len(lines[i])):]}
		for _, l := range lines[i+1 : n] {
			body = append(body, l[min(width, indentOf(l)):])
		}
		elements = append(elements, body)
		loose = loose || strings.Contains(strings.Join(body, "\n"), "\n\n")
		i = n
	}
	b.WriteString("<" + element + start + ">\n")
	for _, e := range elements {
		var inner strings.Builder
		r.blocks(&inner, e, depth+1)
		text := strings.TrimSpace(inner.String())
		if !loose {
			text = withoutParagraph(text)
		}
		b.WriteString("<li>" + text + "</li>\n")
	}
	b.WriteString("</" + element + ">\n")
	return i
}

// withoutParagraph takes the tags of a first paragraph away, of a text that
// has no other.
func withoutParagraph(text string) string {
	inner, ok := strings.CutPrefix(text, "<p>")
	first, rest, closed := strings.Cut(inner, "</p>")
	if !ok || !closed || strings.Contains(rest, "<p>") {
		return text
	}
	return first + rest
}

// definitions writes terms, each with the indented text below it.
func (r *rst) definitions(b *strings.Builder, lines []string, depth int) int {
	b.WriteString("<dl>\n")
	i := 0
	for i+1 < len(lines) && lines[i] != "" && indentOf(lines[i]) == 0 && lines[i+1] != "" && indentOf(lines[i+1]) > 0 && !strings.HasPrefix(lines[i], ".. ") {
		b.WriteString("<dt>" + r.inline(lines[i]) + "</dt>\n<dd>")
		body := rstIndented(lines[i+1:], 0)
		var inner strings.Builder
		r.blocks(&inner, body, depth+1)
		b.WriteString(withoutParagraph(strings.TrimSpace(inner.String())) + "</dd>\n")
		i += 1 + len(body)
		for i < len(lines) && lines[i] == "" {
			i++
		}
	}
	b.WriteString("</dl>\n")
	return i
}

func (r *rst) fieldList(b *strings.Builder, lines []string, depth int) int {
	b.WriteString("<dl>\n")
	i := 0
	for i < len(lines) {
		m := rstField().FindStringSubmatch(lines[i])
		if m == nil {
			break
		}
		body := rstIndented(lines[i+1:], 0)
		var inner strings.Builder
		r.blocks(&inner, append([]string{m[2]}, body...), depth+1)
		b.WriteString("<dt>" + r.inline(m[1]) + "</dt>\n<dd>" + withoutParagraph(strings.TrimSpace(inner.String())) + "</dd>\n")
		i += 1 + len(body)
		for i < len(lines) && lines[i] == "" {
			i++
		}
	}
	b.WriteString("</dl>\n")
	return i
}

// gridTable writes a table drawn with +, - and |. One in which cells span
// others is shown as it is drawn.
func (r *rst) gridTable(b *strings.Builder, lines []string, depth int) int {
	n := 1
	for n < len(lines) && lines[n] != "" && strings.IndexByte("+|", lines[n][0]) >= 0 {
		n++
	}
	var edges []int
	for i := range lines[0] {
		if lines[0][i] == '+' {
			edges = append(edges, i)
		}
	}
	var rows [][][]string // rows of cells of lines
	head := 0
	cells := make([][]string, len(edges)-1)
	for _, l := range lines[1:n] {
		row := []rune(l)
		if rstGridTop().MatchString(l) {
			rows = append(rows, cells)
			cells = make([][]string, len(edges)-1)
			if strings.Contains(l, "=") {
				head = len(rows)
			}
			continue
		}
		for i := range cells {
			if edges[i+1] >= len(row) || row[edges[i]] != '|' || row[edges[i+1]] != '|' {
				b.WriteString("<pre>" + html.EscapeString(strings.Join(lines[:n], "\n")) + "</pre>\n")
				return n
			}
			cells[i] = append(cells[i], strings.TrimRight(string(row[edges[i]+1:edges[i+1]]), " "))
		}
	}
	r.table(b, rows, head, depth)
	return n
}

// simpleTable writes a table whose columns lines of equals signs tell.
func (r *rst) simpleTable(b *strings.Builder, lines []string, depth int) int {
	var starts []int
	for i := range lines[0] {
		if lines[0][i] == '=' && (i == 0 || lines[0][i-1] == ' ') {
			starts = append(starts, i)
		}
	}
	var rows [][][]string
	head, n, edges := 0, 1, 1
	for ; n < len(lines); n++ {
		l := lines[n]
		if rstSimpleTop().MatchString(l) {
			edges++
			if n+1 == len(lines) || lines[n+1] == "" {
				break
			}
			head = len(rows)
			continue
		}
		row := []rune(l)
		first := strings.TrimSpace(string(row[:min(len(row), starts[min(1, len(starts)-1)])]))
		if len(starts) == 1 {
			first = l
		}
		if l == "" || strings.Trim(l, "- ") == "" {
			continue
		}
		if first != "" || len(rows) == 0 {
			rows = append(rows, make([][]string, len(starts)))
		}
		last := rows[len(rows)-1]
		for i, at := range starts {
			end := len(row)
			if i+1 < len(starts) {
				end = min(end, starts[i+1])
			}
			if at < end {
				last[i] = append(last[i], strings.TrimRight(string(row[at:end]), " "))
			}
		}
	}
	if n == len(lines) || edges < 2 {
		return 0
	}
	r.table(b, rows, head, depth)
	return n + 1
}

func (r *rst) table(b *strings.Builder, rows [][][]string, head, depth int) {
	b.WriteString("<table>\n")
	for i, row := range rows {
		if i == 0 && head > 0 {
			b.WriteString("<thead>\n")
		} else if i == head {
			b.WriteString("<tbody>\n")
		}
		element := "td"
		if i < head {
			element = "th"
		}
		b.WriteString("<tr>")
		for _, cell := range row {
			least := -1
			for _, l := range cell {
				if d := indentOf(l); l != "" && (least < 0 || d < least) {
					least = d
				}
			}
			var inner strings.Builder
			r.blocks(&inner, dedented(cell, max(least, 0)), depth+1)
			b.WriteString("<" + element + ">" + withoutParagraph(strings.TrimSpace(inner.String())) + "</" + element + ">")
		}
		b.WriteString("</tr>\n")
		if i == head-1 {
			b.WriteString("</thead>\n")
		}
	}
	if len(rows) > head {
		b.WriteString("</tbody>\n")
	}
	b.WriteString("</table>\n")
}

// csvTable writes the rows of a csv-table.
func (r *rst) csvTable(b *strings.Builder, d rstContent) {
	read := func(text string) [][]string {
		c := csv.NewReader(strings.NewReader(text))
		c.FieldsPerRecord, c.LazyQuotes, c.TrimLeadingSpace = -1, true, true
		if delimiter := d.options["delim"]; delimiter == "tab" {
			c.Comma = '\t'
		} else if len(delimiter) == 1 {
			c.Comma = rune(delimiter[0])
		}
		rows, err := c.ReadAll()
		if err != nil {
			return [][]string{{text}}
		}
		return rows
	}
	var rows [][][]string
	head, _ := strconv.Atoi(d.options["header-rows"])
	if h := d.options["header"]; h != "" {
		head = 1
		rows = append(rows, cellsOf(read(h))...)
	}
	rows = append(rows, cellsOf(read(strings.Join(d.lines, "\n")))...)
	if d.argument != "" {
		b.WriteString("<p><strong>" + r.inline(d.argument) + "</strong></p>\n")
	}
	r.table(b, rows, min(max(head, 0), len(rows)), mostRSTNesting-1)
}

func cellsOf(rows [][]string) [][][]string {
	out := make([][][]string, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			out[i] = append(out[i], strings.Split(cell, "\n"))
		}
	}
	return out
}
