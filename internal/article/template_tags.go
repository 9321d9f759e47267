package article

import (
	"path"
	"strings"
)

// templateTag reads {% name arguments %} as Liquid, Nunjucks, Hexo and Zola
// have it.
func (e *expander) templateTag() bool {
	inside, end := e.until("%}")
	if end == 0 || strings.Contains(inside, "\n\n") {
		return false
	}
	inside = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inside[2:], "-"), "-"))
	if escaped, ok := strings.CutPrefix(inside, "/*"); ok {
		e.at = end
		e.shows("{%" + strings.TrimSuffix(escaped, "*/") + "%}")
		return true
	}
	if t, ok := zolaShortcode(inside); ok && (e.src.convention == "zola" || e.hasEnd(zola, "", end)) {
		t.at = e.at
		written := t
		t = e.start(written)
		if isRaw(t.name) {
			if inner, behind, ok := e.innerRaw(end, "end", findTag); ok {
				e.at = behind
				e.put(t, e.rawPiece(t, inner))
				return true
			}
		}
		e.mark(t, end, e.hasEnd(zola, "", end))
		return true
	}
	name, written := cutName(inside)
	if name == "" || strings.Trim(name, nameLetters) != "" {
		return false
	}
	t := e.start(tag{family: liquid, name: name, written: strings.TrimSpace(written)})
	if strings.HasPrefix(t.written, "(") && strings.HasSuffix(t.written, ")") {
		t.written = t.written[1 : len(t.written)-1]
	}
	t.arguments = readArguments(e.interpolated(t.written), "=:")
	if strings.HasPrefix(name, "end") {
		e.at = end
		if name == "end" {
			e.closeNamed(zola, "")
		} else {
			e.closeNamed(liquid, strings.TrimPrefix(strings.TrimPrefix(name, "end"), "_"))
		}
		return true
	}
	paired := e.hasEnd(liquid, name, end)
	switch name {
	case "raw", "comment", "verbatim":
		inner, behind, ok := e.innerRaw(end, "end"+name, findTag)
		if !ok {
			break
		}
		if name == "comment" {
			e.at = behind
			e.put(t, piece{})
			return true
		}
		e.at = end
		e.skipBlankLine()
		start := e.at
		e.at = end + len(inner)
		e.out = append(e.out, e.text[min(start, e.at):e.at]...)
		e.at = behind
		e.skipBlankLine()
		return true
	case "for", "tablerow", "case", "macro", "set", "capture", "assign":
		return e.controlTag(t, end, paired)
	case "if", "unless", "ifchanged":
		if paired {
			e.warn(t.at, "tag "+name, "unknown-tag", "the tag {% "+name+" %} asks what only its generator knows; what stands up to {% else %} is kept", "write the text that is meant")
			e.mark(t, end, true)
			return true
		}
	case "else", "elsif", "elif", "elseif", "when":
		return e.alternative(end)
	case "include", "include_relative", "include_cached", "render", "partial", "component":
		t.name, t.includes = includedName(t), name
	}
	if paired && isRaw(name) {
		if inner, behind, ok := e.innerRaw(end, "end"+name, findTag); ok {
			e.at = behind
			e.put(t, e.rawPiece(t, inner))
			return true
		}
	}
	e.mark(t, end, paired)
	return true
}

const nameLetters = letters + "0123456789_-./"

// includedName returns the name of what {% include %} includes, and takes it
// off the arguments.
func includedName(t tag) string {
	if len(t.positional) == 0 {
		return t.name
	}
	name := t.positional[0]
	copy(t.positional, t.positional[1:])
	t.positional[len(t.positional)-1] = ""
	return strings.TrimSuffix(name, path.Ext(name))
}

// controlTag reads the tags that set variables, and takes out what repeats
// with values that only the generator has.
func (e *expander) controlTag(t tag, end int, paired bool) bool {
	name, value, _ := strings.Cut(t.written, "=")
	switch {
	case t.name == "assign" || t.name == "set" && strings.Contains(t.written, "="):
		if v, ok := e.evaluate(value); ok {
			e.variables = with(e.variables, strings.TrimSpace(name), v)
		}
		e.at = end
		e.put(t, piece{})
		return true
	case !paired:
		e.mark(t, end, false)
		return true
	}
	start, behind, ok := e.matchingEnd(t.name, end)
	if !ok {
		e.mark(t, end, false)
		return true
	}
	inner := e.text[end:start]
	e.at = behind
	if t.name == "capture" || t.name == "set" {
		e.variables = with(e.variables, strings.TrimSpace(name), strings.TrimSpace(e.interpolated(inner)))
	} else if t.name != "macro" {
		e.warn(t.at, "tag "+t.name, "unknown-tag", "the tag {% "+t.name+" %} repeats what only its generator knows; it is removed with what is in it", "write out what it lists")
	}
	e.put(t, piece{})
	return true
}

// alternative takes out what stands from {% else %} to the end of its
// condition.
func (e *expander) alternative(end int) bool {
	e.at = end
	for i := len(e.frames) - 1; i >= 0; i-- {
		name := e.frames[i].tag.name
		if e.frames[i].tag.family != liquid || name != "if" && name != "unless" {
			continue
		}
		if start, _, ok := e.matchingEnd(name, end); ok {
			e.at = start
		}
		return true
	}
	return true
}

// matchingEnd returns where the end of a tag stands whose content begins at an
// offset and may hold others of its name.
func (e *expander) matchingEnd(name string, from int) (start, behind int, ok bool) {
	if e.missing["end "+name] {
		return 0, 0, false
	}
	depth := 1
	for at := from; ; {
		start, inside, behind := nextTag(e.text, at)
		if start < 0 {
			e.missing = with(e.missing, "end "+name, true)
			return 0, 0, false
		}
		word, _ := cutName(inside)
		switch word {
		case name:
			depth++
		case "end" + name:
			depth--
		}
		if at = behind; depth == 0 {
			return start, behind, true
		}
	}
}

// nextTag returns the next {% tag %} in s behind an offset.
func nextTag(s string, from int) (start int, inside string, behind int) {
	i := strings.Index(s[from:], "{%")
	if i < 0 {
		return -1, "", 0
	}
	start = from + i
	n := strings.Index(s[start:], "%}")
	if n < 0 {
		return -1, "", 0
	}
	return start, strings.TrimSpace(strings.Trim(s[start+2:start+n], "-")), start + n + 2
}

// templateComment reads {# a comment #}, of the generators that have such.
func (e *expander) templateComment() bool {
	switch e.src.convention {
	case "eleventy", "zola", "hexo":
	default:
		return false
	}
	if len(e.text) > e.at+2 && e.text[e.at+2] != ' ' && e.text[e.at+2] != '-' {
		return false // the id of a heading
	}
	_, end := e.until("#}")
	if end == 0 {
		return false
	}
	t := e.start(tag{})
	e.at = end
	e.put(t, piece{})
	return true
}

// templateValue reads {{ what a template shows }}. Prose may well show two
// braces of its own, so what is no certain value stays, except in the articles
// of a generator that would take it for one.
func (e *expander) templateValue() bool {
	inside, end := e.until("}}")
	if end == 0 || strings.Contains(inside, "\n\n") || strings.HasPrefix(inside, "{{{") {
		return false
	}
	inside = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inside[2:], "-"), "-"))
	if escaped, ok := strings.CutPrefix(inside, "/*"); ok && strings.HasSuffix(escaped, "*/") {
		e.at = end
		e.shows("{{" + strings.TrimSuffix(escaped, "*/") + "}}")
		return true
	}
	if v, ok := e.evaluate(inside); ok {
		e.at = end
		e.out = append(e.out, e.rooted(v)...)
		return true
	}
	if t, ok := zolaShortcode(inside); ok && (e.src.convention == "zola" || isElement(t.name) || len(t.named) > 0) {
		t = e.start(t)
		e.mark(t, end, false)
		return true
	}
	first, _ := cutName(strings.ReplaceAll(inside, "|", " "))
	switch e.src.convention {
	case "jekyll", "eleventy", "hexo", "zola":
	default:
		if !strings.HasPrefix(first, "site.") && !strings.HasPrefix(first, "page.") && !e.inInlineShortcode() {
			return false
		}
	}
	t := e.start(tag{family: liquid, name: first})
	e.warn(e.at, "value "+inside, "unknown-tag", "{{ "+shorten(oneLine(inside), 60)+" }} stands for a value that only the generator knows; it is removed", "write the value")
	e.at = end
	e.put(t, piece{})
	return true
}

// inInlineShortcode tells whether the text is that of a template which Hugo
// would run in place.
func (e *expander) inInlineShortcode() bool {
	for _, f := range e.frames {
		if f.tag.family == hugo && strings.HasSuffix(f.tag.name, ".inline") {
			return true
		}
	}
	return false
}

// rooted returns the address v, which stands for that of the site when it is
// empty and no path follows.
func (e *expander) rooted(v string) string {
	if v != "" || !e.inAddress() || strings.HasPrefix(e.text[e.at:], "/") || strings.HasPrefix(e.text[e.at:], "{{") {
		return v
	}
	return "/"
}

// inAddress tells whether what is written next begins an address.
func (e *expander) inAddress() bool {
	end := string(e.out[max(0, len(e.out)-6):])
	return strings.HasSuffix(end, "](") || strings.HasSuffix(end, `="`) || strings.HasSuffix(end, "]: ")
}

// interpolated returns s with the values in it that are known; the others are
// left out, and what would be longer than a tag may be.
func (e *expander) interpolated(s string) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{{")
		if b.Len()+len(before) <= mostTag {
			b.WriteString(before)
		}
		if !found {
			return b.String()
		}
		inside, behind, closed := strings.Cut(rest, "}}")
		if !closed {
			return b.String()
		}
		if v, ok := e.evaluate(inside); ok && b.Len()+len(v) <= mostTag {
			b.WriteString(v)
		}
		s = behind
	}
}

// evaluate returns the value of a template's expression: a string or a name,
// behind it filters. It reports false for what only the generator knows.
func (e *expander) evaluate(expression string) (string, bool) {
	parts := splitOutsideQuotes(strings.Trim(strings.TrimSpace(expression), "-"), '|')
	v, ok := e.operand(parts[0])
	if !ok {
		return "", false
	}
	for _, filter := range parts[1:] {
		name, written := cutName(strings.ReplaceAll(filter, ":", " "))
		a := readArguments(strings.Trim(strings.TrimSpace(written), "()"), "")
		argument := ""
		if len(a.positional) > 0 {
			argument = a.positional[0]
			if known, ok := e.operand(argument); ok && !strings.HasPrefix(strings.TrimSpace(written), `"`) && !strings.HasPrefix(strings.TrimSpace(written), "'") {
				argument = known
			}
		}
		switch name {
		case "relative_url", "absolute_url", "url", "safe", "escape", "escape_once", "xml_escape", "h", "e", "strip", "trim", "htmlBaseUrl", "get_url", "raw":
		case "prepend":
			v = argument + v
		case "append":
			v += argument
		case "upcase", "upper":
			v = strings.ToUpper(v)
		case "downcase", "lower":
			v = strings.ToLower(v)
		case "replace":
			if len(a.positional) == 2 && a.positional[0] != "" && strings.Count(v, a.positional[0])*len(a.positional[1]) < mostTag {
				v = strings.ReplaceAll(v, a.positional[0], a.positional[1])
			}
		case "default":
			if v == "" {
				v = argument
			}
		default:
			return "", false
		}
		if len(v) > mostTag {
			return "", false
		}
	}
	e.valued += len(v)
	return v, e.valued <= len(e.text)+mostTag
}

// operand returns the value of a string or a name.
func (e *expander) operand(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", false
	}
	if s[0] == '"' || s[0] == '\'' {
		v, rest := readValue(s)
		return v, strings.TrimSpace(rest) == ""
	}
	switch s {
	case "site.baseurl", "site.url", "site.github.url", "site.root", "baseurl", "base_url", "BASE_PATH", "root_url", "config.base_url", "config.url", "config.root", "page.root", "rootpath":
		// An address below it is one on the article's own site.
		return "", true
	case "page.title", "title":
		if e.src.title != "" {
			return e.src.title, true
		}
	case "page.url", "page.permalink":
		return "#", true
	}
	if v, ok := e.variables[s]; ok {
		return v, true
	}
	if name, ok := strings.CutPrefix(s, "site."); ok {
		v, ok := e.src.settings[strings.ToLower(name)]
		return v, ok
	}
	name, ok := strings.CutPrefix(s, "page.")
	if !ok && e.src.convention != "eleventy" { // to which a name alone is one of front matter
		return "", false
	}
	return e.src.stated(name)
}

// splitOutsideQuotes splits s at a sign that stands in no quotation marks.
func splitOutsideQuotes(s string, sign byte) []string {
	var parts []string
	quote, from := byte(0), 0
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == sign:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}
