package article

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
)

// sanitiser is the one policy by which every body is sanitised, whatever it
// was written in. It knows elements and attributes; addresses have a rule of
// their own, see allowedAddress. An element that the table does not name loses
// its tags and keeps its text.
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
//	          noembed and its like, button, select, textarea, and whatever is
//	          marked hidden
//	ends      a comment: only the marker that ends a summary is noticed
//
// What becomes something else, goes or ends passes the policy bare, so that
// the parser sees where it begins and ends as a browser would; [shown] then
// replaces or removes it, and nothing of it is ever written.
var sanitiser = sync.OnceValue(func() *bluemonday.Policy {
	var (
		word     = regexp.MustCompile(`^[A-Za-z][A-Za-z-]{0,30}$`)
		number   = regexp.MustCompile(`^-?[0-9]{1,6}$`)
		length   = regexp.MustCompile(`^[0-9]{1,5}%?$`)
		id       = regexp.MustCompile(`^\S{1,200}$`)
		language = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)
		code     = regexp.MustCompile(`(?:^|\s)language-\S`)
		footnote = regexp.MustCompile(`^footnote(?:-ref|-backref|s)$`)
		doc      = regexp.MustCompile(`^doc-[a-z]+$`)
	)
	p := bluemonday.NewPolicy()
	for _, pass := range []struct {
		elements   string
		attributes string         // none: the element alone
		matching   *regexp.Regexp // of the attribute's value; nil: any
	}{
		{elements: "h1 h2 h3 h4 h5 h6 hgroup p br wbr hr div span address center pre blockquote"},
		{elements: "article aside section header footer main nav figure figcaption details summary"},
		{elements: "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td"},
		{elements: "a abbr acronym b bdi bdo big cite code dfn del em i ins kbd mark q s samp small strike strong sub sup time tt u var ruby rb rt rp"},
		{elements: "img picture source audio video track"},
		{elements: "iframe embed object input noscript " + strings.Join(goWithContent, " ")},

		{"a", "href name", nil},
		{"a", "rel hreflang", regexp.MustCompile(`^[A-Za-z -]{1,100}$`)},
		{"blockquote q del ins", "cite", nil},
		{"del ins time", "datetime", regexp.MustCompile(`^[0-9A-Za-z:.,+ -]{1,60}$`)},
		{"code pre", "class", code},
		{"a div section sup li ol", "class", footnote},
		{"a div section sup li ol", "role", doc},
		{"details", "open", nil},
		{"ol", "start", number},
		{"ol", "type", regexp.MustCompile(`^[1aAiI]$`)},
		{"ol", "reversed", nil},
		{"li", "value", number},
		{"colgroup col", "span", number},
		{"th td", "colspan rowspan", number},
		{"th", "scope", word},
		{"th td", "headers", id},
		{"tr th td col colgroup", "align", word},
		{"img source", "src srcset sizes data-src data-srcset data-lazy-src data-lazy-srcset data-original", nil},
		{"img", "alt", nil},
		{"img", "loading decoding", word},
		{"img source video", "width height", length},
		{"source", "media type", nil},
		{"audio video", "src data-src controls loop muted", nil},
		{"audio video", "preload", word},
		{"video", "poster", nil},
		{"track", "src label default", nil},
		{"track", "kind", word},
		{"track", "srclang", language},
		{"iframe", "src data-src", nil},
		{"embed", "src", nil},
		{"object", "data", nil},
		{"input", "type checked", nil},
	} {
		elements := strings.Fields(pass.elements)
		if pass.attributes == "" {
			p.AllowNoAttrs().OnElements(elements...)
			continue
		}
		attributes := p.AllowAttrs(strings.Fields(pass.attributes)...)
		if pass.matching != nil {
			attributes = attributes.Matching(pass.matching)
		}
		attributes.OnElements(elements...)
	}
	p.AllowAttrs("id").Matching(id).Globally()
	p.AllowAttrs("lang").Matching(language).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(?:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("title", "hidden").Globally()
	// Comments never reach the output; see the table.
	p.AllowComments()
	return p
})

// goWithContent are the elements that pass the policy only to be removed with
// all that is in them.
var goWithContent = []string{
	"svg", "canvas", "template", "noembed", "noframes", "title",
	"button", "select", "datalist", "textarea", "annotation", "annotation-xml",
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

// isClean tells, byte by byte, what nearly every text is.
func isClean(s string) bool {
	ascii := true
	for i := range len(s) {
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
