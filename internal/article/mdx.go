package article

import (
	"strings"
)

// mdxSigns are what nobody writes in Markdown that is not MDX, outside of code.
var mdxSigns = pattern(`(?m)^import\s[^\n]*['"][^'"\n]+['"];?[ \t]*$|^export (?:const|default|function|async) |\{/\*[^\n]*\*/\}|<[A-Za-z][\w.]*\s[^<>\n]*=\{`)

// hasComponents tells whether the article is MDX, by its name or by its marks.
func (e *expander) hasComponents() bool {
	switch {
	case e.src.format != Markdown:
		return false
	case e.src.mdx:
		return true
	}
	return mdxSigns().MatchString(e.text) && mdxSigns().MatchString(e.src.prose())
}

// prose returns a source in Markdown without its code.
func (s source) prose() string {
	e := expander{src: s, text: s.text, prose: true}
	e.run()
	return string(e.out)
}

// strict tells whether a brace begins an expression wherever it stands. In
// other Markdown that uses components it may be the author's own.
func (e *expander) strict() bool { return e.src.mdx || e.src.convention == "docusaurus" }

// module takes a line that imports or exports, with what belongs to it.
func (e *expander) module(line string) bool {
	if !strings.HasPrefix(line, "import ") && !strings.HasPrefix(line, "import{") && !strings.HasPrefix(line, "export ") && !strings.HasPrefix(line, "import '") && !strings.HasPrefix(line, `import "`) {
		return false
	}
	rest := e.text[e.at:]
	window := rest[:min(len(rest), 2<<10)]
	if blank := strings.Index(window, "\n\n"); blank >= 0 {
		window = window[:blank]
	}
	if !e.afford(len(window)) {
		return false
	}
	if strings.HasPrefix(line, "import") && !moduleImport().MatchString(window) ||
		strings.HasPrefix(line, "export") && !moduleExport().MatchString(line) {
		return false
	}
	// It ends with its line, or with the line that closes its brackets.
	end := len(line)
	for i := 0; i < len(rest) && i <= end; i++ {
		if c := rest[i]; c == '{' || c == '(' || c == '[' {
			if n := e.balanced(rest[i:]); n > 0 {
				i += n - 1
				if i >= end {
					if end = strings.IndexByte(rest[i:], '\n') + i; end < i {
						end = len(rest)
					}
				}
			}
		}
	}
	end = min(end, len(rest))
	if m := importedFile().FindStringSubmatch(rest[:min(end, len(window))]); m != nil {
		e.imports = with(e.imports, m[1], m[2])
	}
	e.at = min(len(e.text), e.at+end+1)
	e.lines.text = false
	return true
}

var (
	moduleImport = pattern(`^import\s*(?:['"]|[\w$*{][^'";]*?\bfrom\s*['"])`)
	moduleExport = pattern(`^export\s+(?:const|let|var|default|function|async|class|\{|\*)`)
	importedFile = pattern(`^import\s+(\w+)\s+from\s+['"]([^'"]+\.(?i:png|jpe?g|gif|webp|avif|svg|mp4|webm|mp3))['"]`)
)

// expression reads {what JavaScript shows}.
func (e *expander) expression() bool {
	rest := e.text[e.at:]
	if strings.HasPrefix(rest, "{/*") {
		end := e.find(e.at, "*/}")
		if end < 0 {
			return false
		}
		t := e.start(tag{})
		comment := e.text[e.at+3 : end]
		e.at = end + len("*/}")
		if isMoreMarker(comment) {
			e.put(t, piece{before: "<!--" + comment + "-->", block: t.opening})
			return true
		}
		e.put(t, piece{})
		return true
	}
	if !e.strict() && e.enclosing == 0 {
		return false
	}
	end := e.balanced(rest)
	if end == 0 || e.inHeadingID(rest[:end]) {
		return false
	}
	t := e.start(tag{})
	at := e.at
	if v, ok := e.literal(rest[:end]); ok {
		e.at += end
		e.out = append(e.out, escapeBraces(v)...)
		return true
	}
	e.at += end
	inside := oneLine(rest[1 : end-1])
	if inside != "" && !strings.HasPrefix(inside, "//") && !strings.HasPrefix(inside, "/*") {
		e.warn(at, "expression "+inside, "unknown-expression", "{"+shorten(inside, 60)+"} stands for a value that only the generator knows; it is removed", "write the value")
	}
	e.put(t, piece{})
	return true
}

// inHeadingID tells the id that stands behind a heading: {#id}.
func (e *expander) inHeadingID(braces string) bool { return strings.HasPrefix(braces, "{#") }

// literal returns the string that braces hold, and of a name what it imports.
func (e *expander) literal(braces string) (string, bool) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(braces, "{"), "}"))
	for _, call := range []string{"require(", "useBaseUrl(", "withBase("} {
		if inner, ok := strings.CutPrefix(s, call); ok {
			s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(inner, ".default"), ")"))
		}
	}
	if file, ok := e.imports[strings.TrimSuffix(strings.TrimSuffix(s, ".src"), ".default")]; ok {
		return file, true
	}
	if name, ok := strings.CutPrefix(s, "frontMatter."); ok {
		return e.src.stated(name)
	}
	if s == "" {
		return "", false
	}
	switch quote := s[0]; quote {
	case '"', '\'', '`':
		v, rest := readValue(s)
		return v, strings.TrimSpace(rest) == "" && !(quote == '`' && strings.Contains(v, "${"))
	}
	return "", false
}

// escapeBraces writes a string of JavaScript as Markdown that shows it.
func escapeBraces(s string) string {
	return strings.NewReplacer("<", "&lt;", "{", "&#123;", "}", "&#125;").Replace(s)
}

// startTag returns where the tag of an element ends that begins at e.at; braces
// in it may hold anything.
func (e *expander) startTag() (end int, ok bool) {
	rest := e.text[e.at:min(len(e.text), e.at+mostTag)]
	for i := 1; i < len(rest) && e.afford(1); i++ {
		switch c := rest[i]; c {
		case '>':
			return e.at + i + 1, true
		case '{':
			n := e.balanced(rest[i:])
			if n == 0 {
				return 0, false
			}
			i += n - 1
		case '"', '\'':
			n := strings.IndexByte(rest[i+1:], c)
			if n < 0 {
				return 0, false
			}
			i += n + 1
		case '<':
			return 0, false
		}
	}
	return 0, false
}

// balanced is [balanced] for as long as the article can afford it.
func (e *expander) balanced(s string) int {
	n := 0
	if e.afford(0) {
		n = balanced(s)
	}
	if n == 0 {
		e.effort += min(len(s), mostTag)
	}
	e.effort += n
	return n
}

// component reads the tags of components, and in those of HTML the attributes
// that only JSX has.
func (e *expander) component() bool {
	rest := e.text[e.at:]
	if strings.HasPrefix(rest, "<>") || strings.HasPrefix(rest, "</>") {
		e.at += strings.IndexByte(rest, '>') + 1
		e.skipBlankLine()
		return true
	}
	closing := strings.HasPrefix(rest, "</")
	begin := 1
	if closing {
		begin = 2
	}
	n := begin
	for n < len(rest) && isNameByte(rest[n]) && rest[n] != '@' {
		n++
	}
	name := rest[begin:n]
	if name == "" || n < len(rest) && strings.IndexByte(" \t\n/>", rest[n]) < 0 {
		return false
	}
	end, ok := e.startTag()
	if !ok {
		return false
	}
	written := strings.TrimSuffix(e.text[e.at+n:end], ">")
	if c := name[0]; 'a' <= c && c <= 'z' && !strings.Contains(name, ".") {
		if closing || !strings.Contains(written, "{") && !strings.Contains(written, "className") {
			return false
		}
		e.at = end
		e.out = append(e.out, "<"+name+e.htmlAttributes(written)+">"...)
		return true
	}
	if closing {
		e.at = end
		e.closeNamed(component, name)
		return true
	}
	written, alone := strings.CutSuffix(strings.TrimSpace(written), "/")
	t := e.start(tag{family: component, name: name, arguments: e.properties(written), written: written})
	paired := !alone && e.hasEnd(component, name, end)
	if paired && (foldElement(name) == "head" || foldElement(name) == "browseronly") {
		if i := e.find(end, "</"+name); i >= 0 {
			if gt := strings.IndexByte(e.text[i:], '>'); gt >= 0 {
				e.at = i + gt + 1
				e.put(t, piece{})
				return true
			}
		}
	}
	if paired && isRaw(name) {
		if i := e.find(end, "</"+name); i >= 0 {
			inner := strings.TrimSpace(e.text[end:i])
			gt := strings.IndexByte(e.text[i:], '>')
			if strings.HasPrefix(inner, "{`") && strings.HasSuffix(inner, "`}") && len(inner) > 4 && gt > 0 {
				e.at = i + gt + 1
				e.put(t, e.rawPiece(t, inner[2:len(inner)-2]))
				return true
			}
		}
	}
	e.mark(t, end, paired)
	return true
}

// properties reads the attributes of a component; of expressions only strings
// are known.
func (e *expander) properties(written string) arguments {
	a := readArguments(written, "=")
	for name, v := range a.named {
		if strings.HasPrefix(v, "{") {
			known, ok := e.literal(v)
			if !ok {
				delete(a.named, name)
				continue
			}
			a.named[name] = known
		}
	}
	a.positional = nil // they say that something is so
	return a
}

// htmlAttributes writes the attributes of an HTML element that JSX writes.
func (e *expander) htmlAttributes(written string) string {
	slash := ""
	if inner, ok := strings.CutSuffix(strings.TrimSpace(written), "/"); ok {
		written, slash = inner, " /"
	}
	var b strings.Builder
	for s := strings.TrimSpace(written); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '{' { // {...properties}
			n := balanced(s)
			if n == 0 {
				break
			}
			s = s[n:]
			continue
		}
		n := strings.IndexAny(s, "= \t\n")
		if n < 0 {
			n = len(s)
		}
		name := s[:n]
		if n == len(s) || s[n] != '=' {
			if s = s[max(n, 1):]; n > 0 {
				b.WriteString(" " + name)
			}
			continue
		}
		v, behind := readValue(strings.TrimLeft(s[n+1:], " \t\n"))
		if len(behind) >= len(s) {
			break
		}
		s = behind
		if strings.HasPrefix(v, "{") {
			known, ok := e.literal(v)
			if !ok {
				known, ok = strings.Trim(v, "{}"), strings.Trim(v, "{}0123456789") == ""
			}
			if !ok {
				continue
			}
			v = known
		}
		switch name {
		case "className":
			name = "class"
		case "srcSet":
			name = "srcset"
		}
		b.WriteString(attr(strings.ToLower(name), v))
	}
	return b.String() + slash
}
