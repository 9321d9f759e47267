package article

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inline writes the inline markup of text, one paragraph of reStructuredText,
// as HTML.
func (r *rst) inline(text string) string {
	s := rstInline{rst: r, text: text, missing: map[string]bool{}}
	return s.html()
}

// rstInline is one paragraph being read.
type rstInline struct {
	*rst
	text    string
	at      int
	out     strings.Builder
	missing map[string]bool // ends of markup that the rest of the text does not hold
}

var (
	rstURL      = pattern(`^(?:https?|ftp)://[^\s<>"` + "`" + `]+`)
	rstRole     = pattern(`^:([a-zA-Z][a-zA-Z0-9_.+-]*(?::[a-zA-Z0-9_.+-]+)*):` + "`")
	rstFootnote = pattern(`^\[([0-9]+|#[\pL\pN_.-]*|\*|[\pL][\pL\pN_.-]*)\]_`)
	rstEmbedded = pattern(`(?s)^(.*?)\s*<([^<>]+)>$`)
)

func (s *rstInline) html() string {
	for s.at < len(s.text) {
		rest := s.text[s.at:]
		c := rest[0]
		if c == '\\' {
			s.escape(rest)
			continue
		}
		if after, ok := strings.CutPrefix(rest, rstMarkupBegin); ok {
			if markup, _, ok := strings.Cut(after, rstMarkupEnd); ok {
				s.out.WriteString(strings.ReplaceAll(markup, rstMarkupLine, "\n"))
				s.at += len(rstMarkupBegin) + len(markup) + len(rstMarkupEnd)
				continue
			}
		}
		if strings.IndexByte("*`|[:_", c) >= 0 || isRSTWord(c) {
			if n := s.markup(rest); n > 0 {
				s.at += n
				continue
			}
		}
		if isRSTWord(c) { // a word is markup from its beginning or not at all
			n := 1
			for n < len(rest) && isRSTWord(rest[n]) {
				n++
			}
			s.out.WriteString(html.EscapeString(rest[:n]))
			s.at += n
			continue
		}
		_, n := utf8.DecodeRuneInString(rest)
		s.out.WriteString(html.EscapeString(rest[:n]))
		s.at += n
	}
	return s.out.String()
}

// mostReference is how long the name of a reference may be that stands without
// backquotes, in bytes.
const mostReference = 200

// referenceLength returns the length of the reference that s begins with, such
// as name_, a-longer.name_ or anonymous__; 0 when it begins with none.
func referenceLength(s string) int {
	word := func(from int) int {
		for from < len(s) {
			r, n := utf8.DecodeRuneInString(s[from:])
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
				break
			}
			from += n
		}
		return from
	}
	end := word(0)
	for end > 0 && end < min(len(s), mostReference) && strings.IndexByte("-._+:", s[end]) >= 0 {
		next := word(end + 1)
		if next == end+1 {
			break
		}
		end = next
	}
	switch {
	case end == 0:
		return 0
	case strings.HasPrefix(s[end:], "__"):
		return end + 2
	case strings.HasPrefix(s[end:], "_"):
		return end + 1
	}
	return 0
}

func isRSTWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
}

// escape writes what a backslash stands for: the character behind it, and
// nothing for white space.
func (s *rstInline) escape(rest string) {
	s.at++
	r, n := utf8.DecodeRuneInString(rest[1:])
	if n == 0 {
		return
	}
	s.at += n
	if !unicode.IsSpace(r) {
		s.out.WriteString(html.EscapeString(string(r)))
	}
}

// markup writes what begins at the front of rest, when it is markup, and
// returns its length.
func (s *rstInline) markup(rest string) int {
	if !s.mayStart(rest) {
		return 0
	}
	switch {
	case strings.HasPrefix(rest, "``"):
		return s.phrase(rest, "``", func(inner string) {
			s.out.WriteString("<code>" + html.EscapeString(inner) + "</code>")
		})
	case strings.HasPrefix(rest, "**"):
		return s.phrase(rest, "**", func(inner string) {
			s.out.WriteString("<strong>" + html.EscapeString(unescapeRST(inner)) + "</strong>")
		})
	case rest[0] == '*':
		return s.phrase(rest, "*", func(inner string) {
			s.out.WriteString("<em>" + html.EscapeString(unescapeRST(inner)) + "</em>")
		})
	case strings.HasPrefix(rest, "_`"):
		return s.phrase(rest, "_`", func(inner string) {
			s.out.WriteString(`<span id="` + html.EscapeString(slugFrom(inner)) + `">` + html.EscapeString(inner) + "</span>")
		})
	case rest[0] == '`':
		return s.interpreted(rest, "")
	case rest[0] == ':':
		if m := rstRole().FindStringSubmatch(rest); m != nil {
			before := len(m[0]) - 1
			if n := s.interpreted(rest[before:], m[1]); n > 0 {
				return before + n
			}
		}
	case rest[0] == '|':
		return s.substitution(rest)
	case rest[0] == '[':
		if m := rstFootnote().FindStringSubmatch(rest); m != nil && s.mayEnd(rest[len(m[0]):]) {
			s.out.WriteString(s.footnoteMark(m[1]))
			return len(m[0])
		}
	case strings.HasPrefix(rest, "http") || strings.HasPrefix(rest, "ftp"):
		if m := strings.TrimRight(rstURL().FindString(rest), ".,;:!?)]}'*|\\"); strings.Contains(m, "://") {
			s.out.WriteString(link(m, html.EscapeString(m)))
			return len(m)
		}
		fallthrough
	default:
		m := rest[:referenceLength(rest)]
		if m == "" || !s.mayEnd(rest[len(m):]) {
			return 0
		}
		name := strings.TrimRight(m, "_")
		target, known := s.reference(name, strings.HasSuffix(m, "__"))
		if !known {
			return 0
		}
		s.out.WriteString(link(target, html.EscapeString(name)))
		return len(m)
	}
	return 0
}

// mayStart reports whether markup may begin here: behind white space or an
// opening sign, and not before white space.
func (s *rstInline) mayStart(rest string) bool {
	if s.at > 0 {
		before, _ := utf8.DecodeLastRuneInString(s.text[:s.at])
		if unicode.IsLetter(before) || unicode.IsDigit(before) || before == '\\' && !strings.HasSuffix(s.text[:s.at], `\\`) {
			return strings.HasSuffix(s.text[:s.at], `\ `)
		}
		if strings.ContainsRune(")]}>_*`|", before) {
			return false
		}
	}
	return true
}

// mayEnd reports whether markup may end before rest.
func (s *rstInline) mayEnd(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	return n == 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
}

// end finds where markup that is closed by sign ends, from the offset from on;
// -1 when it does not.
func (s *rstInline) end(rest, sign string, from int) int {
	if s.missing[sign] || from >= len(rest) || unicode.IsSpace(rune(rest[from])) {
		return -1
	}
	for at := from + 1; ; {
		i := strings.Index(rest[min(at, len(rest)):], sign)
		if i < 0 {
			s.missing[sign] = true
			return -1
		}
		at += i
		before := rest[at-1]
		if !unicode.IsSpace(rune(before)) && (before != '\\' || sign == "``") && (s.mayEnd(rest[at+len(sign):]) || sign == "`" && strings.HasPrefix(rest[at+1:], "_")) {
			return at
		}
		at++
	}
}

func (s *rstInline) phrase(rest, sign string, write func(inner string)) int {
	closing := strings.TrimPrefix(sign, "_")
	end := s.end(rest, closing, len(sign))
	if end < 0 {
		return 0
	}
	write(rest[len(sign):end])
	return end + len(closing)
}

// interpreted reads `text`, :role:`text`, `text`:role:, `text`_ and
// `text <target>`_.
func (s *rstInline) interpreted(rest, role string) int {
	end := s.end(rest, "`", 1)
	if end < 0 {
		return 0
	}
	inner, n := rest[1:end], end+1
	if strings.HasPrefix(rest[n:], "_") {
		anonymous := strings.HasPrefix(rest[n:], "__")
		n++
		if anonymous {
			n++
		}
		text := inner
		var target string
		var known bool
		if m := rstEmbedded().FindStringSubmatch(inner); m != nil {
			text, target, known = m[1], strings.Join(strings.Fields(m[2]), ""), true
			if text == "" {
				text = target
			}
			if name, ok := strings.CutSuffix(target, "_"); ok && !strings.Contains(name, "/") {
				target, known = s.reference(name, false)
			} else if !anonymous {
				s.targets[rstName(text)] = target
			}
		} else {
			target, known = s.reference(text, anonymous)
		}
		text = html.EscapeString(unescapeRST(text))
		if known {
			text = link(unescapeRST(target), text)
		}
		s.out.WriteString(text)
		return n
	}
	if role == "" && strings.HasPrefix(rest[n:], ":") {
		if word, _, ok := strings.Cut(rest[n+1:], ":"); ok && word != "" && isHandle(strings.ToLower(word)) && s.mayEnd(rest[n+2+len(word):]) {
			role, n = word, n+2+len(word)
		}
	}
	s.role(role, inner)
	return n
}

// roles are the elements that roles of interpreted text become.
var roles = map[string]string{
	"": "cite", "title-reference": "cite", "title": "cite", "t": "cite",
	"emphasis": "em", "strong": "strong", "literal": "code", "code": "code", "math": "code", "samp": "code",
	"command": "code", "file": "code", "program": "code", "option": "code", "envvar": "code", "func": "code",
	"class": "code", "meth": "code", "mod": "code", "py:func": "code", "py:class": "code", "py:mod": "code",
	"kbd": "kbd", "sub": "sub", "subscript": "sub", "sup": "sup", "superscript": "sup", "abbr": "abbr",
	"abbreviation": "abbr", "ac": "abbr", "acronym": "abbr", "dfn": "dfn",
}

func (s *rstInline) role(role, inner string) {
	role = strings.ToLower(role)
	text, target := inner, ""
	if m := rstEmbedded().FindStringSubmatch(inner); m != nil && role != "" && roles[role] == "" && s.raws[role] == "" {
		text, target = m[1], m[2]
	}
	switch {
	case s.raws[role] == "html":
		s.out.WriteString(inner)
	case role == "pep" && digits(text):
		s.out.WriteString(link("https://peps.python.org/pep-"+strings.Repeat("0", max(0, 4-len(text)))+text+"/", "PEP "+text))
	case role == "rfc" && digits(text):
		s.out.WriteString(link("https://www.rfc-editor.org/rfc/rfc"+text, "RFC "+text))
	case roles[role] != "":
		if e := roles[role]; e == "code" {
			s.out.WriteString("<code>" + html.EscapeString(inner) + "</code>")
		} else {
			s.out.WriteString("<" + e + ">" + html.EscapeString(unescapeRST(inner)) + "</" + e + ">")
		}
	case isWeb(target):
		s.out.WriteString(link(target, html.EscapeString(unescapeRST(text))))
	default: // it leads to another document, which only its generator knows
		s.out.WriteString(html.EscapeString(unescapeRST(text)))
	}
}

func (s *rstInline) substitution(rest string) int {
	end := s.end(rest, "|", 1)
	if end < 0 {
		return 0
	}
	markup, ok := s.substitutions[rstName(rest[1:end])]
	if !ok {
		return 0
	}
	if s.substituted += len(markup); s.substituted > s.mostSubstituted {
		markup = ""
	}
	n := end + 1
	for strings.HasPrefix(rest[n:], "_") { // |name|_ is a link as well
		n++
	}
	s.out.WriteString(markup)
	return n
}

// reference is where a name leads.
func (r *rst) reference(name string, anonymous bool) (string, bool) {
	if anonymous {
		if r.nextAnonymous < len(r.anonymous) {
			r.nextAnonymous++
			return r.anonymous[r.nextAnonymous-1], true
		}
		return "", false
	}
	target, ok := r.targets[rstName(name)]
	for range 5 { // .. _a: b_
		next, indirect := strings.CutSuffix(target, "_")
		if !indirect || strings.Contains(next, "/") {
			break
		}
		if target, ok = r.targets[rstName(strings.Trim(next, "`"))]; !ok {
			break
		}
	}
	return target, ok
}

func link(target, text string) string {
	return `<a href="` + html.EscapeString(target) + `">` + text + "</a>"
}

// rstName makes spellings of a name comparable.
func rstName(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(unescapeRST(s)), " "))
}

func unescapeRST(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == ' ' || s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
