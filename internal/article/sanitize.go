package article

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// treatment is what the policy does with an element.
type treatment int

const (
	unwraps     treatment = iota // it loses its tags, and what is in it stays
	passes                       // with the attributes that its rules name
	embeds                       // a link to what it embeds
	checks                       // ☐ or ☑ for a checkbox, nothing for any other input
	illustrates                  // the picture in it, when there is one
	goes                         // with all that is in it
)

// rules are what the policy says of an element.
type rules struct {
	treatment
	attributes map[string]func(value string) bool // those that pass, when their value does; nil: any value
}

// policy is the one policy by which every body is sanitised, whatever it was
// written in. It judges the tree that a parser made of the body, as a browser
// would, and names what passes: whatever it does not name does not. Addresses
// have a rule of their own, see allowedAddress. What it leaves can be written
// without any element whose content a parser reads as something other than
// markup and text, so that it is read again as what it was judged to be.
//
//	passes    headings, paragraphs, lists, quotations, preformatted text,
//	          figures, tables, definition lists, details, phrases (abbr, code,
//	          del, ins, mark, ruby, sub, sup, time …), links, img, picture,
//	          source, audio, video, track; the attributes that give them
//	          meaning (alt, datetime, lang, dir, title, id, sizes, colspan …)
//	          and no others: no style, no event handler, no foreign class
//	class     language-… of code; the three that mark footnotes
//	becomes   iframe, embed, object: a link to what they embed
//	          input: ☐ or ☑ for a checkbox, nothing for any other
//	          noscript: the picture in it, when there is one
//	goes      with all that is in it: script, style, svg, canvas, template,
//	          noembed and its like, button, select, textarea, whatever is
//	          marked hidden, and the signs by which headings are linked to
//	ends      a comment: only the marker that ends a summary is noticed
//
// Of a formula in MathML the text remains.
//
// bluemonday, with the same policy, is what the tests compare this with. It
// reads a body once more than the tree has to be read anyway, which takes as
// long as everything else here together.
var policy = sync.OnceValue(func() map[atom.Atom]rules {
	var (
		word     = madeOf(letters+"-", 31)
		number   = func(v string) bool { return madeOf(digitSigns, 6)(strings.TrimPrefix(v, "-")) }
		length   = func(v string) bool { return madeOf(digitSigns, 5)(strings.TrimSuffix(v, "%")) }
		one      = func(v string) bool { return v != "" && len(v) <= 800 && !strings.ContainsAny(v, " \t\n\f\r") }
		language = madeOf(letters+digitSigns+"-", 35)
		relation = madeOf(letters+" -", 100)
		moment   = madeOf(letters+digitSigns+":.,+ -", 60)
	)
	p := map[atom.Atom]rules{}
	for _, pass := range []struct {
		treatment
		elements string
	}{
		{passes, "h1 h2 h3 h4 h5 h6 hgroup p br wbr hr div span address center pre blockquote"},
		{passes, "article aside section header footer main nav figure figcaption details summary"},
		{passes, "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td"},
		{passes, "a abbr acronym b bdi bdo big cite code dfn del em i ins kbd mark q s samp small strike strong sub sup time tt u var ruby rb rt rp"},
		{passes, "img picture source audio video track"},
		{embeds, "iframe embed object"},
		{checks, "input"},
		{illustrates, "noscript"},
		{goes, "script style svg canvas template noembed noframes title button select datalist textarea"},
	} {
		for element := range strings.FieldsSeq(pass.elements) {
			p[atom.Lookup([]byte(element))] = rules{pass.treatment, map[string]func(string) bool{
				"id": one, "lang": language, "title": nil,
				"dir": func(v string) bool { return slices.Contains([]string{"ltr", "rtl", "auto"}, strings.ToLower(v)) },
			}}
		}
	}
	for _, pass := range []struct {
		elements   string
		attributes string
		value      func(string) bool // nil: any
	}{
		{"a", "href name", nil},
		{"a", "rel hreflang", relation},
		{"blockquote q del ins", "cite", nil},
		{"del ins time", "datetime", moment},
		{"code pre", "class", isLanguageClass},
		{"a div section sup li ol", "class", isFootnoteClass},
		{"a div section sup li ol", "role", func(v string) bool { return strings.HasPrefix(v, "doc-") && madeOf(letters, 30)(v[len("doc-"):]) }},
		{"details", "open", nil},
		{"ol", "start", number},
		{"ol", "type", func(v string) bool { return len(v) == 1 && strings.Contains("1aAiI", v) }},
		{"ol", "reversed", nil},
		{"li", "value", number},
		{"colgroup col", "span", number},
		{"th td", "colspan rowspan", number},
		{"th", "scope", word},
		{"th td", "headers", one},
		{"tr th td col colgroup", "align", word},
		{"img source", "src srcset sizes", nil},
		{"img", "alt", nil},
		{"img", "loading decoding", word},
		{"img source video", "width height", length},
		{"source", "media type", nil},
		{"audio video", "src controls loop muted", nil},
		{"audio video", "preload", word},
		{"video", "poster", nil},
		{"track", "src label default", nil},
		{"track", "kind", word},
		{"track", "srclang", language},
	} {
		for element := range strings.FieldsSeq(pass.elements) {
			for attribute := range strings.FieldsSeq(pass.attributes) {
				p[atom.Lookup([]byte(element))].attributes[attribute] = pass.value
			}
		}
	}
	return p
})

// ruleOf returns what the policy says of n, an element.
func ruleOf(n *html.Node) rules {
	switch {
	case n.Namespace == "math":
		switch n.Data {
		case "annotation", "annotation-xml", "style", "script":
			return rules{treatment: goes} // the formula once more, in another language
		}
		return rules{}
	case n.Namespace != "" || hasAttribute(n, "hidden") || isDecoration(n):
		return rules{treatment: goes}
	}
	return policy()[n.DataAtom]
}

// isDecoration tells what pages show to eyes alone: a formula once more in the
// form of its letters, the sign beside a heading by which it is linked to.
func isDecoration(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Span, atom.A, atom.I:
		if attribute(n, "aria-hidden") == "true" && !contains(n, atom.Img, atom.Picture, atom.Video, atom.Audio) {
			return true
		}
	}
	return n.DataAtom == atom.A && startTagOf(n.Parent.DataAtom) == closesHeading &&
		!hasAttribute(n, "id") && !hasAttribute(n, "name") && // else others link to it
		strings.HasPrefix(attribute(n, "href"), "#") && strings.Trim(inner(n), " \n#¶§🔗") == "" && !contains(n, atom.Img)
}

const digitSigns = "0123456789"

// madeOf accepts what has only these signs, at least one and at most so many.
func madeOf(signs string, most int) func(string) bool {
	return func(v string) bool { return v != "" && len(v) <= most && strings.Trim(v, signs) == "" }
}

// isLanguageClass finds among the classes of code the language that it is in.
func isLanguageClass(classes string) bool { return languageClass(classes) != "" }

func languageClass(classes string) string {
	for class := range strings.FieldsSeq(classes) {
		if len(class) > len("language-") && strings.HasPrefix(class, "language-") {
			return class
		}
	}
	return ""
}

func isFootnoteClass(class string) bool {
	switch class {
	case "footnotes", "footnote-ref", "footnote-backref":
		return true
	}
	return false
}

// cleaned returns s in Unicode that every format of feed can carry, with its
// line ends as \n: without control characters but tab and line feed, without
// the noncharacters U+FFFE and U+FFFF (XML 1.0, section 2.2) and without bytes
// that are no UTF-8.
func cleaned(s string) string {
	if isClean(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\f':
			// A form feed begins a new page; what stands on both sides of it
			// is parted as by the end of a line.
			return '\n'
		case unwanted(r):
			return -1
		}
		return r
	}, s)
}

// isClean tells what nearly every text is.
func isClean(s string) bool {
	ascii := true
	for i := 0; i < len(s); i++ {
		for i+8 <= len(s) && isPrintable(word(s[i:i+8])) {
			i += 8
		}
		if i == len(s) {
			break
		}
		switch c := s[i]; {
		case c < ' ' && c != '\t' && c != '\n' || c == 0x7f:
			return false
		case c < 0x80:
		case c == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0: // U+0080 to U+009F
			return false
		case c == 0xef && i+2 < len(s) && s[i+1] == 0xbf && s[i+2] > 0xbd: // U+FFFE, U+FFFF
			return false
		default:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s)
}

// isPrintable tells, at one glance, whether the characters of a word are all
// printable ASCII.
func isPrintable(word uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	// A byte's highest bit is set when it is set in the word, when the byte is
	// below a blank, or when it is DEL.
	return (word|(word-ones*' ')|(word+ones))&high == 0
}

// unwanted tells which characters cleaned leaves out or replaces.
func unwanted(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case r < 0x20 || 0x7f <= r && r <= 0x9f:
		return true
	}
	return r == 0xfffe || r == 0xffff
}
