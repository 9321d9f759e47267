package article

import (
	"path"
	"strings"
)

// ownLine reads the marks that have lines of their own. It reports whether it
// took the line.
func (e *expander) ownLine(line, rest string) bool {
	if e.prose {
		return false
	}
	switch {
	case e.components && rest == line && e.module(line):
		return true
	case strings.HasPrefix(rest, "<"):
		return e.markupLine(line, rest)
	case strings.HasPrefix(rest, ":::"):
		return e.colons(line, rest)
	case strings.HasPrefix(rest, "[!") && len(rest) < len(line):
		return e.callout(line, rest)
	case strings.HasPrefix(rest, "!!! ") || strings.HasPrefix(rest, "??? ") || strings.HasPrefix(rest, "???+ "):
		return e.exclamation(line, rest)
	case strings.HasPrefix(rest, "{") && (rest == line || strings.HasPrefix(rest, "{:")) && e.blockAttributes(line, rest):
		return true
	}
	return false
}

var (
	colonsOpen = pattern(`^:::+[ \t]*(?:\{?\.?([A-Za-z][\w-]*)\b[^\[{}\n]*?)?(?:[ \t]*\[([^\n]*)\])?[ \t]*(?:\{[^}\n]*\}?)?[ \t]*$`)
	colonsName = pattern(`^:::+[ \t]*(?:\{?\.?[A-Za-z][\w-]*\}?)?`)
	titleIn    = pattern(`title="([^"\n]*)"`)
)

// colons reads an admonition between lines of colons, as Docusaurus, VitePress
// and Pandoc have it.
func (e *expander) colons(line, rest string) bool {
	trimmed := strings.TrimRight(rest, " \t")
	sign := trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, ":"))]
	if trimmed == sign {
		for i := len(e.frames) - 1; i >= 0; i-- {
			if e.frames[i].tag.family == admonition {
				e.at = min(len(e.text), e.at+len(line))
				e.close(i)
				e.lines.text = false
				e.nextEnd()
				return true
			}
		}
		e.at = min(len(e.text), e.at+len(line)+1) // an end without a beginning
		return true
	}
	m := colonsOpen().FindStringSubmatch(trimmed)
	if m == nil || m[1] == "" || len(e.frames) >= mostFrames {
		return false
	}
	title := m[2]
	if title == "" {
		title = strings.TrimSpace(colonsName().ReplaceAllString(trimmed, ""))
		if named := titleIn().FindStringSubmatch(title); named != nil {
			title = named[1]
		}
		if i := strings.IndexByte(title, '{'); i >= 0 {
			title = strings.TrimSpace(title[:i])
		}
	}
	e.copy(e.at + len(line) - len(rest)) // the indent
	t := e.start(tag{family: admonition, name: strings.TrimPrefix(strings.ToLower(m[1]), "callout-")})
	t.named = map[string]string{"title": title}
	e.at = min(len(e.text), e.at+len(rest))
	e.open(t)
	e.nextEnd()
	e.lines.text = false
	return true
}

// nextEnd takes the end of the line.
func (e *expander) nextEnd() {
	if e.at < len(e.text) && e.text[e.at] == '\n' {
		e.copy(e.at + 1)
	}
}

var calloutHead = pattern(`^\[!([A-Za-z][\w -]*)(?:\|[^\]\n]*)?\][+-]?[ \t]*(.*)$`)

// callout reads the first line of a quotation that says what it is: > [!NOTE].
func (e *expander) callout(line, rest string) bool {
	m := calloutHead().FindStringSubmatch(strings.TrimRight(rest, " \t"))
	before := line[:len(line)-len(rest)]
	if m == nil || !strings.HasSuffix(strings.TrimRight(before, " \t"), ">") {
		return false
	}
	label := m[2]
	if label == "" {
		label = strings.ToUpper(m[1][:1]) + strings.ToLower(m[1][1:])
	}
	e.out = append(e.out, before+"**"+strings.Trim(label, "*")+"**\n"+strings.TrimRight(before, " \t")+"\n"...)
	e.at = min(len(e.text), e.at+len(line)+1)
	return true
}

var exclamationHead = pattern(`^(?:!!!|\?\?\?\+?) ([A-Za-z][\w-]*)(?: [\w -]+)?(?: "([^"\n]*)")?$`)

// exclamation reads an admonition as Python-Markdown has it: !!! note "Title",
// and its text set in.
func (e *expander) exclamation(line, rest string) bool {
	m := exclamationHead().FindStringSubmatch(strings.TrimRight(rest, " \t"))
	if m == nil {
		return false
	}
	margin := indent(line) + 4
	t := tag{family: admonition, name: strings.ToLower(m[1]), arguments: arguments{named: map[string]string{"title": m[2]}}, opening: true, indent: line[:len(line)-len(rest)]}
	var inner strings.Builder
	at := min(len(e.text), e.at+len(line)+1)
	for end := at; end < len(e.text); {
		l, _, _ := strings.Cut(e.text[end:], "\n")
		blank := strings.TrimSpace(l) == ""
		if !blank && indent(l) < margin {
			break
		}
		end = min(len(e.text), end+len(l)+1)
		if !blank {
			at = end
		}
	}
	for l := range strings.Lines(e.text[min(len(e.text), e.at+len(line)+1):at]) {
		n := 0
		for n < len(l) && n < 4 && l[n] == ' ' || n == 0 && l[n] == '\t' {
			n++
		}
		inner.WriteString(l[n:])
	}
	if strings.TrimSpace(inner.String()) == "" {
		return false
	}
	start := e.at
	sub := expander{src: e.src, text: inner.String(), line: e.lineAt(start) + 1, components: e.components, wiki: e.wiki, reported: e.reported, depth: e.depth + 1}
	if sub.depth < 8 {
		sub.run()
		e.problems, e.reported = append(e.problems, sub.problems...), sub.reported
	} else {
		sub.out = []byte(sub.text)
	}
	p, _ := note(e, t, string(sub.out))
	e.out = append(e.out, t.indent...)
	e.at = at
	e.put(t, p)
	e.out = append(e.out, '\n')
	e.lines.text = false
	return true
}

// attributeBody is what stands between the braces of kramdown's attributes,
// and those of markdown-it and goldmark.
const attributeBody = `(?:[ \t]*(?:[.#][\w:-]+|[\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)|[\w-]+))+[ \t]*`

var (
	kramdownAttributes = pattern(`^\{:` + attributeBody + `\}|^\{::[^}\n]*\}|^\{:/[a-z]*\}`)
	braceAttributes    = pattern(`^\{[ \t]*(?:[.#][\w:-]+|(?:class|id|width|height|style|align|loading|target|rel|title|caption)=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+))` + `(?:` + attributeBody + `)?\}`)
	contentsItem       = pattern(`(?:^|\n)[ \t]*(?:[-*+]|1\.)[ \t]+[^\n]*\n$`)
)

// blockAttributes takes a line of attributes for the block that it stands at,
// and with {:toc} the entry that it makes a table of contents of.
func (e *expander) blockAttributes(line, rest string) bool {
	trimmed := strings.TrimRight(rest, " \t")
	found := kramdownAttributes().FindString(trimmed)
	if found == "" && rest == line {
		found = braceAttributes().FindString(trimmed)
	}
	if found != trimmed {
		return false
	}
	if strings.HasPrefix(found, "{::comment") {
		if i := e.find(e.at, "{:/"); i >= 0 {
			if end := strings.IndexByte(e.text[i:], '}'); end >= 0 {
				e.at = i + end + 1
				return true
			}
		}
	}
	if strings.TrimSpace(strings.Trim(found, "{:}")) == "toc" {
		tail := max(0, len(e.out)-200)
		if at := contentsItem().FindIndex(e.out[tail:]); at != nil {
			e.out = append(e.out[:tail+at[0]], '\n')
		}
	}
	e.at = min(len(e.text), e.at+len(line)+1)
	return true
}

// attributeList takes the attributes behind a link, a picture or a word that is
// set apart, or in a heading.
func (e *expander) attributeList() bool {
	rest := e.text[e.at:min(len(e.text), e.at+256)]
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return false
	}
	found := kramdownAttributes().FindString(rest[:end+1])
	if found == "" && e.last() == ')' {
		found = braceAttributes().FindString(rest[:end+1])
	}
	if found == "" {
		return false
	}
	if last := e.last(); !strings.HasPrefix(found, "{::") && !strings.HasPrefix(found, "{:/") && last != 0 && strings.IndexByte(")*_`>]~ ", last) < 0 {
		return false
	}
	t := e.start(tag{})
	e.at += len(found)
	e.put(t, piece{})
	return true
}

// last returns the last byte that was written, 0 when there is none.
func (e *expander) last() byte {
	if n := len(e.out); n > 0 {
		return e.out[n-1]
	}
	return 0
}

// wikiSigns are links that only wikis have: with a label, a folder, a heading, or
// of several words. [[TOC]], [[nodiscard]] and [[1]] say nothing.
var wikiSigns = pattern(`\[\[\pL[\pL\pN'’ ._&-]*[|#/ ][^\[\]\n]*\]\](?:[^(]|$)`)

// wikiLink reads [[an article|label]] and ![[a picture]], where the article
// links that way.
func (e *expander) wikiLink() bool {
	rest := e.text[e.at:]
	if !e.wiki || !strings.HasPrefix(rest, "[[") {
		return false
	}
	end := strings.Index(rest[:min(len(rest), 1024)], "]]")
	if end < 0 || strings.ContainsAny(rest[2:end], "\n[") || strings.TrimSpace(rest[2:end]) == "" || strings.HasPrefix(rest[end:], "]](") {
		return false
	}
	name, label, labelled := strings.Cut(rest[2:end], "|")
	name = strings.TrimSuffix(name, "\\")
	embed := e.last() == '!'
	if !embed && (strings.Trim(name, "0123456789") == "" || name != strings.TrimSpace(name)) {
		return false // [[1]], [[ -f file ]]
	}
	e.at += end + 2
	if ext := path.Ext(pathOnly(name)); embed && ext != "" && !strings.EqualFold(ext, ".md") {
		if strings.Trim(label, "0123456789x") == "" {
			label = ""
		}
		e.out = append(e.out, "["+label+"](<"+name+">)"...)
		return true
	}
	if embed {
		e.out = e.out[:len(e.out)-1]
	}
	if !labelled {
		label = strings.TrimPrefix(strings.ReplaceAll(name, "#", " > "), " > ")
	}
	if strings.HasPrefix(name, "#") {
		e.out = append(e.out, label...)
		return true
	}
	e.out = append(e.out, "["+label+"](<"+RefPrefix+name+">)"...)
	return true
}
