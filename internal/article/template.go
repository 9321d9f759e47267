package article

import (
	"html"
	"strings"
)

// The generators of sites put marks of their own into articles: shortcodes,
// template tags, components, admonitions. A feed has no such generator behind
// it, so each becomes what it would have shown, in plain HTML or Markdown. What
// feedmill does not know goes, with a problem that names it; the text between
// it and its end stays.
//
// What stands in code is the article's own and stays as it is. Only the marks
// by which authors keep their generator from reading an example go, for no
// reader ever saw them: {{</* x */>}} is shown as {{< x >}}, and what is
// between {% raw %} and {% endraw %} as it stands.

// expander replaces the marks of generators in one source.
type expander struct {
	src  source
	text string // of the source
	at   int    // how much of text has been read
	out  []byte // what it has become, of the innermost open frame

	line, counted int // the line of the file on which text[counted] stands

	frames    []frame
	enclosing int             // frames that components have opened
	ends      map[string]int  // where the last end of each name stands, by family and name
	missing   map[string]bool // what does not occur any more
	next      map[string]int  // where each terminator occurs next
	begin     int             // where the line of searched begins
	searched  int             // how far line ends have been looked for
	effort    int             // bytes that were looked at besides the reading itself
	valued    int             // bytes that variables have become

	lines lineState

	// variables are what {% assign %} and {% capture %} have set, imports what
	// an import of MDX names a picture by.
	variables, imports map[string]string

	components bool // the article is MDX, or uses its components
	prose      bool // only code is looked for, and left out
	depth      int  // of texts in texts
	wiki       bool // the article links as wikis do

	reported map[string]bool
	problems []Problem
}

// frame is a mark that has an end, and what stands behind it so far.
type frame struct {
	tag   tag
	outer []byte // what stands before it
}

// mostFrames bounds how deep marks may stand in each other, mostTag how long
// one may be, in bytes. What is beyond is read as if it had no end.
const (
	mostFrames   = 16
	mostTag      = 8 << 10
	mostReported = 100 // marks of an article that are reported

	mostArguments = 50
)

// family tells marks of one name apart.
type family string

const (
	hugo       family = "shortcode"
	liquid     family = "tag"
	zola       family = "zola shortcode"
	component  family = "component"
	admonition family = "admonition"
)

// tag is one mark.
type tag struct {
	family family
	name   string // as written
	arguments
	written  string // what is written behind the name
	includes string // the tag by which the template of that name is included; empty when it is none
	at       int    // offset in the text
	opening  bool   // its line has nothing before it
	indent   string // what a further line of its block begins with
	within   bool   // it stands in a line that cannot be parted: a heading, a row of a table
}

// piece is what a mark becomes.
type piece struct {
	before, inner, after string
	block                bool // it cannot stand in a paragraph
}

// expanded returns the source without the marks of generators, and what could
// not be kept.
func (s source) expanded() (source, []Problem) {
	if s.format == Text {
		return s, nil
	}
	if s.separator != "" && !strings.Contains(s.text, "<!--more-->") {
		s.text = strings.Replace(s.text, s.separator, "<!--more-->", 1)
	}
	if !s.mayHaveMarks() {
		return s, nil
	}
	e := expander{src: s, text: s.text, line: s.line}
	e.components = e.hasComponents()
	e.wiki = strings.Contains(s.text, "![[") || wikiSigns().MatchString(s.text) && wikiSigns().MatchString(s.prose())
	e.run()
	s.text = string(e.out)
	return s, e.problems
}

// mayHaveMarks tells, fast, what most articles have none of.
func (s source) mayHaveMarks() bool {
	if strings.Contains(s.text, "{") || s.mdx || s.convention == "docusaurus" {
		return true
	}
	return s.format == Markdown && (s.mayHaveFormulas() || strings.Contains(s.text, ":::") || strings.Contains(s.text, "[!") || strings.Contains(s.text, "[[") || strings.Contains(s.text, "!!! "))
}

func (e *expander) run() {
	e.out = make([]byte, 0, len(e.text)+len(e.text)/8)
	for e.at < len(e.text) {
		switch e.src.format {
		case Markdown:
			e.block()
		case RST:
			e.rstBlock()
		}
		e.inline()
	}
	for len(e.frames) > 0 {
		top := e.frames[len(e.frames)-1]
		if top.tag.family == admonition {
			e.close(len(e.frames) - 1)
		} else {
			e.unclosed()
		}
	}
}

// inline reads to the end of the line, or of the block of code that begins in
// it.
func (e *expander) inline() {
	for e.at < len(e.text) {
		i := strings.IndexAny(e.text[e.at:], "\n{`<[\\$")
		if i < 0 {
			e.copy(len(e.text))
			return
		}
		e.copy(e.at + i)
		rest := e.text[e.at:]
		switch rest[0] {
		case '\n':
			e.copy(e.at + 1)
			return
		case '\\':
			if e.formula() {
				continue
			}
			if e.src.format == Markdown && !strings.HasPrefix(rest, "\\\n") {
				e.copy(min(len(e.text), e.at+2))
				continue
			}
		case '$':
			if e.formula() {
				continue
			}
		case '`':
			if e.src.format != HTML {
				e.codeSpan()
				continue
			}
		case '<':
			if e.src.format != RST && e.markup() {
				continue
			}
		case '[':
			if e.src.format == Markdown && e.wikiLink() {
				continue
			}
		case '{':
			if e.brace() {
				continue
			}
		}
		e.copy(e.at + 1)
	}
}

// copy takes the text up to an offset as it stands.
func (e *expander) copy(to int) {
	e.out = append(e.out, e.text[e.at:to]...)
	e.at = to
}

// verbatim takes code up to an offset.
func (e *expander) verbatim(to int) {
	if !e.prose {
		e.out = append(e.out, unescaped(e.withParameters(e.text[e.at:to]))...)
	}
	e.at = to
}

// withParameters returns code with the values that Hugo, to which all text is
// alike, shows in it.
func (e *expander) withParameters(code string) string {
	if e.src.convention != "hugo" || !strings.Contains(code, "param") {
		return code
	}
	return parameterInCode().ReplaceAllStringFunc(code, func(shortcode string) string {
		if v, ok := e.src.parameter(parameterInCode().FindStringSubmatch(shortcode)[1]); ok {
			return v
		}
		return shortcode
	})
}

var parameterInCode = pattern(`\{\{[<%]\s*param\s+["` + "`" + `]?([\w.-]+)["` + "`" + `]?\s*[%>]\}\}`)

// unescaped returns code without the marks that keep a generator from reading
// it.
func unescaped(code string) string {
	if strings.Contains(code, "/*") && strings.Contains(code, "*/") {
		code = escapes.Replace(code)
	}
	var b strings.Builder
	for at := 0; ; {
		start, behind := findTag(code, at, "raw")
		end, after := -1, 0
		if start >= 0 {
			end, after = findTag(code, behind, "endraw")
		}
		if end < 0 {
			b.WriteString(code[at:])
			return b.String()
		}
		b.WriteString(code[at:start] + code[behind:end])
		at = after
	}
}

var escapes = strings.NewReplacer("{{</*", "{{<", "*/>}}", ">}}", "{{%/*", "{{%", "*/%}}", "%}}", "{{/*", "{{", "*/}}", "}}", "{%/*", "{%", "*/%}", "%}")

// findTag returns where {% name %} stands in s, behind an offset; start < 0
// when nowhere.
func findTag(s string, from int, name string) (start, behind int) {
	for from < len(s) {
		i := strings.Index(s[from:], "{%")
		if i < 0 {
			break
		}
		start = from + i
		inside := strings.TrimLeft(strings.TrimPrefix(s[start+2:], "-"), " ")
		if rest, ok := strings.CutPrefix(inside, name); ok {
			if end, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimLeft(rest, " "), "-"), "%}"); ok {
				return start, len(s) - len(end)
			}
		}
		from = start + 2
	}
	return -1, 0
}

// brace reads what begins with a brace.
func (e *expander) brace() bool {
	if e.prose {
		return false
	}
	rest := e.text[e.at:]
	switch {
	case strings.HasPrefix(rest, "{{<"), strings.HasPrefix(rest, "{{%"):
		return e.hugoShortcode()
	case strings.HasPrefix(rest, "{{"):
		return e.templateValue()
	case strings.HasPrefix(rest, "{%"):
		return e.templateTag()
	case strings.HasPrefix(rest, "{#"):
		return e.templateComment()
	case e.src.format == Markdown && e.attributeList():
		return true
	}
	return e.components && e.expression()
}

// until returns what stands from e.at to the terminator that closes what begins
// there, and where the terminator ends; 0 when none does. A terminator in
// quotation marks does not count, unless there is no other.
func (e *expander) until(terminator string) (inside string, end int) {
	at, ok := e.next[terminator]
	if !ok || at < e.at {
		at = len(e.text)
		if i := strings.Index(e.text[e.at:], terminator); i >= 0 {
			at = e.at + i
		}
		e.next = with(e.next, terminator, at)
	}
	window := e.text[e.at:min(len(e.text), e.at+mostTag)]
	n := at - e.at
	if n < 2 || n+len(terminator) > len(window) || strings.Contains(window[2:n], window[:2]) {
		return "", 0
	}
	if strings.ContainsAny(window[:n], "\"`") && e.afford(len(window)) {
		if i := outsideQuotes(window, terminator); i >= 0 {
			n = i
		}
	}
	return window[:n], e.at + n + len(terminator)
}

// afford allows to look once more at so many bytes. What an article may cost is
// in proportion to its length, however it is written.
func (e *expander) afford(n int) bool {
	e.effort += n
	return e.effort <= 16*len(e.text)+1<<20
}

// find returns where what occurs next behind an offset, -1 when nowhere.
func (e *expander) find(from int, what string) int {
	if e.missing[what] {
		return -1
	}
	i := strings.Index(e.text[from:], what)
	if i < 0 {
		e.missing = with(e.missing, what, true)
		return -1
	}
	return from + i
}

// outsideQuotes returns where the first terminator stands that is not in
// quotation marks, -1 when none does.
func outsideQuotes(s, terminator string) int {
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote == 0 && strings.HasPrefix(s[i:], terminator):
			return i
		case quote != 0 && c == '\\' && quote != '`':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '`'):
			quote = c
		}
	}
	return -1
}

func with[M ~map[K]V, K comparable, V any](m M, key K, v V) M {
	if m == nil {
		m = make(M)
	}
	m[key] = v
	return m
}

// open begins a mark whose end comes later.
func (e *expander) open(t tag) {
	e.frames = append(e.frames, frame{tag: t, outer: e.out})
	e.out = nil
	if t.family == component {
		e.enclosing++
	}
}

// close ends the frame at index i. Those in it were never closed.
func (e *expander) close(i int) {
	for len(e.frames) > i+1 {
		e.unclosed()
	}
	f := e.pop()
	inner := string(e.out)
	e.out = f.outer
	if e.src.format == RST {
		made, _ := rstHTML(inner)
		inner = withoutParagraph(strings.TrimSpace(made))
	}
	e.put(f.tag, e.piece(f.tag, inner, true))
}

// unclosed takes the innermost frame for a mark without an end.
func (e *expander) unclosed() {
	f := e.pop()
	inner := e.out
	e.out = f.outer
	e.put(f.tag, e.piece(f.tag, "", false))
	e.out = append(e.out, inner...)
}

func (e *expander) pop() frame {
	f := e.frames[len(e.frames)-1]
	e.frames = e.frames[:len(e.frames)-1]
	if f.tag.family == component {
		e.enclosing--
	}
	return f
}

// closeNamed ends the innermost frame of that name. An end without a beginning
// goes.
func (e *expander) closeNamed(f family, name string) {
	for i := len(e.frames) - 1; i >= 0; i-- {
		if t := e.frames[i].tag; t.family == f && (t.name == name || name == "") {
			e.close(i)
			return
		}
	}
	e.skipBlankLine()
}

// start fills in where a tag stands.
func (e *expander) start(t tag) tag {
	t.at = e.at
	if i := strings.LastIndexByte(e.text[e.searched:e.at], '\n'); i >= 0 {
		e.begin = e.searched + i + 1
	}
	e.searched = e.at
	before := e.text[e.begin:e.at]
	t.within = e.src.format == Markdown && (strings.HasPrefix(strings.TrimLeft(before, " \t"), "|") || strings.HasPrefix(before, "#"))
	if len(before) > 200 { // no indent is that long
		before = before[:200] + "a"
	}
	t.opening = true
	for text := before; ; {
		text = strings.TrimLeft(text, " \t")
		if text == "" {
			break
		}
		if text[0] == '>' {
			text = text[1:]
			continue
		}
		n := listMarker(text)
		if n == 0 {
			t.opening = false
			break
		}
		text = text[n:]
	}
	if t.opening {
		t.indent = strings.Map(func(r rune) rune {
			if r == '>' || r == '\t' {
				return r
			}
			return ' '
		}, before)
	} else {
		text := strings.TrimLeft(before, " \t")
		t.indent = before[:len(before)-len(text)]
		if n := listMarker(text); n > 0 {
			t.indent += strings.Repeat(" ", n+1)
		}
	}
	return t
}

// mark puts a mark in place that has no end, or opens one that has.
func (e *expander) mark(t tag, end int, paired bool) {
	e.at = end
	if paired && len(e.frames) < mostFrames {
		e.open(t)
		return
	}
	e.put(t, e.piece(t, "", false))
}

// put writes what a tag has become.
func (e *expander) put(t tag, p piece) {
	switch {
	case e.src.format == RST:
		e.out = append(e.out, rstMarkup(p.before+p.inner+p.after)...)
		return
	case e.src.format != Markdown || !p.block && !strings.Contains(p.inner, "\n"):
		e.out = append(e.out, p.before+p.inner+p.after...)
		if p.before+p.inner+p.after == "" && t.opening {
			e.skipBlankLine()
		}
		return
	case t.within:
		e.out = append(e.out, strings.Join(strings.Fields(p.before+" "+p.inner+" "+p.after), " ")...)
		return
	}
	if !t.opening {
		e.out = append(e.out, "\n\n"+t.indent...)
	}
	if inner := strings.TrimRight(strings.TrimLeft(p.inner, "\n"), " \t\n"); inner != "" {
		if p.before != "" {
			e.out = append(e.out, p.before+"\n\n"...)
			if !strings.HasPrefix(p.inner, "\n") { // it stood behind the tag
				e.out = append(e.out, t.indent...)
			}
		}
		e.out = append(e.out, inner...)
		if p.after != "" {
			e.out = append(e.out, "\n\n"+t.indent+p.after...)
		}
	} else {
		e.out = append(e.out, p.before+p.after...)
	}
	e.out = append(e.out, '\n')
	e.lines.text = false
	rest := e.text[e.at:]
	if trimmed := strings.TrimLeft(rest, " \t"); trimmed != "" && trimmed[0] != '\n' {
		e.out = append(e.out, "\n"+t.indent...)
		e.at += len(rest) - len(trimmed)
	}
}

// skipBlankLine takes with a tag that leaves nothing the line that it stood
// on alone.
func (e *expander) skipBlankLine() {
	begin := strings.LastIndexByte(string(e.out[max(0, len(e.out)-200):]), '\n')
	line := e.out[max(0, len(e.out)-200)+begin+1:]
	rest := strings.TrimLeft(e.text[e.at:min(len(e.text), e.at+200)], " \t")
	if strings.TrimSpace(string(line)) == "" && strings.HasPrefix(rest, "\n") {
		e.out = e.out[:len(e.out)-len(line)]
		if e.last() == '\n' {
			e.out = e.out[:len(e.out)-1]
		}
		e.at += strings.IndexByte(e.text[e.at:], '\n')
	}
}

// hasEnd tells whether the end of a mark stands behind an offset.
func (e *expander) hasEnd(f family, name string, from int) bool {
	if e.ends == nil {
		e.ends = lastEnds(e.text)
	}
	return e.ends[string(f)+" "+name] >= from
}

// innerRaw returns what stands from an offset up to an end tag, and where that
// ends; false when there is none.
func (e *expander) innerRaw(from int, name string, find func(s string, from int, name string) (start, behind int)) (string, int, bool) {
	if e.missing["inner "+name] {
		return "", 0, false
	}
	start, behind := find(e.text, from, name)
	if start < 0 {
		e.missing = with(e.missing, "inner "+name, true)
		return "", 0, false
	}
	return e.text[from:start], behind, true
}

// warn reports a mark that is lost, once for each name.
func (e *expander) warn(at int, key, code, text, hint string) {
	if e.reported[key] || len(e.reported) >= mostReported {
		return
	}
	e.reported = with(e.reported, key, true)
	e.problems = append(e.problems, Problem{Line: e.lineAt(at), Severity: Warning, Code: code, Text: text, Hint: hint})
}

// lineAt returns the line of the file on which an offset stands.
func (e *expander) lineAt(at int) int {
	if at < e.counted {
		return e.line - strings.Count(e.text[at:e.counted], "\n")
	}
	e.line += strings.Count(e.text[e.counted:at], "\n")
	e.counted = at
	return e.line
}

// attr writes an attribute of HTML on one line, nothing when it has no value.
func attr(key, value string) string {
	if value = strings.Join(strings.Fields(value), " "); value == "" {
		return ""
	}
	return " " + key + `="` + html.EscapeString(value) + `"`
}
