package article

import (
	"fmt"
	"slices"
	"strings"
)

// rst renders reStructuredText, as Pelican and Nikola use it, as HTML: what
// docutils specifies of sections, paragraphs, lists, definition and field
// lists, quotations, literal and line blocks, tables, footnotes, links,
// substitutions and inline markup, and the directives that [rstDirectives]
// names. It never includes a file and runs nothing.
type rst struct {
	targets       map[string]string // name → address
	anonymous     []string          // addresses of the links that have no name
	nextAnonymous int
	substitutions map[string]string // name → markup
	raws          map[string]string // role → format, of `.. role:: x(raw)`

	numbers   map[string]string // label of a footnote → what its mark says
	marks     int               // how many marks without a name there were
	footnotes []rstNote

	levels []string // styles of section titles, in the order of their levels

	substituted, mostSubstituted int // bytes that substitutions have become, and may
}

// rstHTML renders a source. It reports false when its substitutions become more
// than it may become: what is left then is not the article.
func rstHTML(source string) (string, bool) {
	r := &rst{mostSubstituted: mostOutput(len(source)), targets: map[string]string{}, substitutions: map[string]string{}, raws: map[string]string{}, numbers: map[string]string{}}
	lines := rstLines(source)
	r.collect(lines)
	var b strings.Builder
	r.blocks(&b, lines, 0)
	r.endnotes(&b)
	return rstMarkupSigns.Replace(b.String()), r.substituted <= r.mostSubstituted
}

// rstLines splits a source; a tab goes to the next eighth column.
func rstLines(source string) []string {
	lines := strings.Split(source, "\n")
	for i, l := range lines {
		l = strings.TrimRight(l, " \t\f\v")
		if strings.Contains(l, "\t") && len(l) < 10_000 {
			var b strings.Builder
			column := 0
			for _, c := range l {
				if c != '\t' {
					b.WriteRune(c)
					column++
					continue
				}
				n := 8 - column%8
				b.WriteString(strings.Repeat(" ", n))
				column += n
			}
			l = b.String()
		}
		lines[i] = l
	}
	return lines
}

var (
	rstDirective    = pattern(`^\.\. (?:\|([^|]+)\| )?([a-zA-Z][a-zA-Z0-9_.+:-]*?) ?::(?: +(.*))?$`)
	rstTarget       = pattern("^\\.\\. _(`[^`]+`|[^:`]+(?::[^: `][^:]*)*): *(.*)$")
	rstNoteLine     = pattern(`^\.\. \[([0-9]+|#[\pL\pN_.-]*|\*|[\pL][\pL\pN_.-]*)\](?: +(.*))?$`)
	rstField        = pattern(`^:((?:[^:\\\n]|\\.|:[^ \n])+):(?: +(.*))?$`)
	rstRoleArgument = pattern(`^([a-zA-Z0-9_-]+)\(raw\)$`)
)

// collect finds what may be used before it is defined: targets of links,
// substitutions, footnotes. Those in literal blocks are never used.
func (r *rst) collect(lines []string) {
	var labels []string
	for i, l := range lines {
		t := strings.TrimLeft(l, " ")
		if rest, ok := strings.CutPrefix(t, "__ "); ok {
			r.anonymous = append(r.anonymous, strings.TrimSpace(rest))
			continue
		}
		if !strings.HasPrefix(t, ".. ") {
			continue
		}
		if m := rstNoteLine().FindStringSubmatch(t); m != nil {
			labels = append(labels, m[1])
		} else if rest, ok := strings.CutPrefix(t, ".. __:"); ok {
			r.anonymous = append(r.anonymous, strings.TrimSpace(rest))
		} else if m := rstTarget().FindStringSubmatch(t); m != nil {
			name := rstName(strings.Trim(m[1], "`"))
			address := strings.TrimSpace(m[2])
			for j := i + 1; j < len(lines) && j < i+5 && lines[j] != "" && indentOf(lines[j]) > indentOf(l); j++ {
				address += strings.TrimSpace(lines[j])
			}
			if address == "" {
				address = "#" + slugFrom(name)
			}
			r.targets[name] = address
		} else if m := rstDirective().FindStringSubmatch(t); m != nil && m[2] == "role" {
			if raw := rstRoleArgument().FindStringSubmatch(m[3]); raw != nil && i+1 < len(lines) {
				r.raws[raw[1]] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[i+1]), ":format:"))
			}
		} else if m != nil && m[1] != "" {
			r.substitute(rstName(m[1]), m[2], m[3], rstIndented(lines[i+1:], indentOf(l)))
		}
	}
	for i, l := range lines {
		if isAdornment(l) && i > 0 && lines[i-1] != "" && indentOf(lines[i-1]) == 0 {
			name := rstName(lines[i-1])
			if _, known := r.targets[name]; !known {
				r.targets[name] = "#" + slugFrom(name)
			}
		}
	}
	r.number(labels)
}

// substitute reads `.. |name| image:: …` and `.. |name| replace:: …`.
func (r *rst) substitute(name, directive, argument string, body []string) {
	if len(r.substitutions) > 1000 {
		return
	}
	switch directive {
	case "image":
		d := rstBody(argument, body)
		r.substitutions[name] = d.image()
	case "replace", "unicode":
		if len(body) > 0 {
			argument += " " + strings.Join(body, " ")
		}
		r.substitutions[name] = r.inline(strings.TrimSpace(argument))
	}
}

// indentOf is the number of blanks that a line begins with.
func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// rstIndented returns the lines at the front that are empty or indented by
// more than a number of blanks, without the indent that they share.
func rstIndented(lines []string, more int) []string {
	n, least := 0, -1
	for n < len(lines) && (lines[n] == "" || indentOf(lines[n]) > more) {
		if d := indentOf(lines[n]); lines[n] != "" && (least < 0 || d < least) {
			least = d
		}
		n++
	}
	for n > 0 && lines[n-1] == "" {
		n--
	}
	return dedented(lines[:n], max(least, 0))
}

func dedented(lines []string, by int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l[min(by, len(l)):]
	}
	return out
}

// isAdornment tells the lines that underline or overline a title, or part a
// text: one sign of punctuation, repeated.
func isAdornment(l string) bool {
	return len(l) >= 3 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", l[0]) >= 0 && strings.Trim(l, l[:1]) == ""
}

// readRST takes the title, the fields below it and the problems out of a
// source in reStructuredText. Line is the file's on which text begins.
func (p *parsing) readRST(text string, line int) {
	lines := rstLines(text)
	first := 0
	skip := func() {
		for first < len(lines) {
			switch l := lines[first]; {
			case l == "":
				first++
			case strings.HasPrefix(l, ".. ") && !rstDirective().MatchString(l) && !rstTarget().MatchString(l) && !rstNoteLine().MatchString(l) &&
				!strings.HasPrefix(l, ".. __"): // a comment, of Emacs perhaps
				first++
				for first < len(lines) && (lines[first] != "" && indentOf(lines[first]) > 0) {
					first++
				}
			default:
				return
			}
		}
	}
	start := 0
	fields := func() {
		if n := p.post(lines[first:], line+first); n > 0 {
			clear(lines[first : first+n]) // no directive that is not known
			first += n
			start = first
			return
		}
		meta := value{kind: mapping, line: line + first}
		at := first
		for at < len(lines) {
			m := rstField().FindStringSubmatch(lines[at])
			if m == nil {
				break
			}
			v := value{kind: scalar, text: m[2], line: line + at}
			for at++; at < len(lines) && lines[at] != "" && indentOf(lines[at]) > 0; at++ {
				v.text = strings.TrimSpace(v.text + "\n" + strings.TrimSpace(lines[at]))
			}
			if v.text == "" {
				v.kind = nothing
			}
			meta.entries = append(meta.entries, entry{m[1], v})
		}
		if len(meta.entries) > 0 && slices.ContainsFunc(meta.entries, func(e entry) bool { return knownKey(e.key) }) {
			p.metadata(meta)
			first, start = at, at
		}
	}
	skip()
	fields()
	skip()
	if title, n := rstTitle(lines[first:]); n > 0 {
		switch {
		case p.a.Title == "":
			p.a.Title = titleText(title)
			start = first + n
		case fold(titleText(title)) == fold(p.a.Title):
			start = first + n
		}
		if start == first+n {
			first += n
			skip()
			fields()
		}
	}
	for start < len(lines) && lines[start] == "" {
		start++
	}
	rest := strings.Split(text, "\n")[start:]
	p.a.body.text, p.a.body.line = strings.TrimRight(strings.Join(rest, "\n"), " \t\n"), line+start
	p.rstProblems(lines, line)
}

// post reads the directive by which ABlog, a blog within Sphinx, knows its
// articles, and tells how many lines it takes:
//
//	.. post:: 29 October 2021
//	   :author: Ana Petrova
//
// One without a date is a draft. Of its options count those that say what the
// fields of the same name say: excerpt and image are numbers to it.
// https://ablog.readthedocs.io/en/stable/manual/posting-and-listing.html
func (p *parsing) post(lines []string, line int) int {
	if len(lines) == 0 {
		return 0
	}
	m := rstDirective().FindStringSubmatch(lines[0])
	if m == nil || m[1] != "" || m[2] != "post" {
		return 0
	}
	meta := value{kind: mapping, line: line}
	if date := strings.TrimSpace(m[3]); date != "" {
		meta.entries = append(meta.entries, entry{"date", value{kind: scalar, text: date, line: line}})
	} else {
		p.a.Draft = true
	}
	n := 1
	for ; n < len(lines) && lines[n] != "" && indentOf(lines[n]) > 0; n++ {
		option := rstField().FindStringSubmatch(strings.TrimSpace(lines[n]))
		if option == nil {
			continue
		}
		switch option[1] {
		case "author", "tags", "category", "language", "location", "title":
			meta.entries = append(meta.entries, entry{option[1], value{kind: scalar, text: option[2], line: line + n}})
		}
	}
	p.metadata(meta)
	return n
}

// rstTitle reads a section title at the front, and tells how many lines it
// takes.
func rstTitle(lines []string) (title string, n int) {
	if len(lines) >= 3 && isAdornment(lines[0]) && isAdornment(lines[2]) && lines[0][0] == lines[2][0] && strings.TrimSpace(lines[1]) != "" {
		return strings.TrimSpace(lines[1]), 3
	}
	if len(lines) >= 2 && lines[0] != "" && indentOf(lines[0]) == 0 && !isAdornment(lines[0]) && underlines(lines[1], lines[0]) {
		return lines[0], 2
	}
	return "", 0
}

// underlines reports whether a line underlines a title. One that is shorter
// than the title still does from four signs on, as in docutils.
func underlines(l, title string) bool {
	return isAdornment(l) && (len(l) >= 4 || len(l) >= len([]rune(title)))
}

// rstProblems names the directives that become their text, or nothing, each
// once.
func (p *parsing) rstProblems(lines []string, line int) {
	told := map[string]bool{}
	literal := -1 // the indent that a literal block is deeper than
	for i, l := range lines {
		if l == "" {
			continue
		}
		indent := indentOf(l)
		if literal >= 0 && indent > literal {
			continue
		}
		literal = -1
		var m []string
		if t := strings.TrimLeft(l, " "); strings.HasPrefix(t, ".. ") {
			m = rstDirective().FindStringSubmatch(t)
		}
		if m == nil {
			if strings.HasSuffix(l, "::") {
				literal = indent
			}
			continue
		}
		name := strings.ToLower(m[2])
		switch how := rstDirectives[name]; how {
		case rstCode, rstRaw, rstCSV, rstNothing:
			literal = indent
			if how == rstRaw && !strings.Contains(" "+strings.ToLower(m[3])+" ", " html ") {
				continue // for another format
			}
		case rstUnknown:
			if m[1] == "" && !told[name] {
				told[name] = true
				what, hint := "its text alone is shown", "write what it stands for in plain reStructuredText"
				if name == "include" || name == "listing" || name == "literalinclude" {
					what, hint = "no file is included", "put the text into the article"
					literal = indent
				}
				p.warn(line+i, "directive", fmt.Sprintf("the directive %q is not known; %s", m[2], what), hint)
			}
		}
	}
}
