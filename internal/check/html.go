package check

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

var (
	endTagForm = pattern(`</(\w+)>`)
	entityForm = pattern(`&(#?\w+)`)
	notHexForm = pattern(`&#[x0-9]|<[/a-zA-Z]`)
	numberForm = pattern(`^#([0-9]+|[xX][0-9a-fA-F]+)$`)
)

// plainText judges text in which readers show markup as it is written.
func plainText(j *judge, n *node, attr, v string) {
	if attr != "" {
		if strings.IndexByte(v, '<') >= 0 {
			j.markup(n, attr, v, containsHTML)
		}
		return
	}
	j.plain(n, v, containsHTML)
}

// plain judges the text of n, which is no markup, or was not declared as such.
// In RSS hexadecimal references show that the writer meant characters
// (RSS Best Practices Profile, character data).
func (j *judge) plain(n *node, v string, r rule) {
	if strings.IndexByte(v, '<') < 0 && strings.IndexByte(v, '&') < 0 {
		return
	}
	if j.markup(n, "", v, r) || n.hex {
		return
	}
	for _, m := range entityForm().FindAllStringSubmatch(v, -1) {
		if isEntity(m[1]) {
			j.fault(n, r, "", "&%s; in plain text", clip(m[1]))
			return
		}
	}
	if j.format == RSS && strings.HasPrefix(j.version, "2.") && notHexForm().MatchString(v) {
		j.fault(n, characterData, "", "%q would be safer with &#x3C; and &#x26;", clip(v))
	}
}

// markup reports an end tag of HTML.
func (j *judge) markup(n *node, attr, v string, r rule) bool {
	for _, m := range endTagForm().FindAllStringSubmatch(v, -1) {
		if e := htmlElements[strings.ToLower(m[1])]; e != nil && e.standing != 0 {
			j.fault(n, r, attr, "markup %s in plain text", m[0])
			return true
		}
	}
	return false
}

// isEntity tells whether &name; means another character in HTML.
func isEntity(name string) bool {
	if strings.HasPrefix(name, "#") {
		return numberForm().MatchString(name)
	}
	return html.UnescapeString("&"+name+";") != "&"+name+";"
}

// An htmlElement is what is known of an element.
type htmlElement struct {
	name     string
	standing standing
	void     bool     // it has no content and no end tag
	verbatim bool     // its text is not markup
	bare     bool     // the tokenizer reads no tags in it
	optional bool     // its end tag may be left out
	block    bool     // a paragraph ends before it
	ends     []string // elements that end before it
}

// standing says what may be done with an element of HTML in a feed.
type standing int

const (
	safe  standing = iota + 1
	risky          // readers drop it, or its author means harm
)

// htmlElements are the elements of HTML, those that went out of use included;
// without a standing are some of which only other things are known.
var htmlElements = func() map[string]*htmlElement {
	m := map[string]*htmlElement{}
	set := func(names string, do func(e *htmlElement)) {
		for _, name := range strings.Fields(names) {
			if m[name] == nil {
				m[name] = &htmlElement{name: name}
			}
			do(m[name])
		}
	}
	set(`a abbr acronym address area article aside audio b bdi bdo big blockquote br
		button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em
		fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend
		li main map mark menu meter nav noscript ol optgroup option output p picture pre progress q rp rt ruby s samp
		search section select slot small source span strike strong sub summary sup table tbody td template textarea tfoot
		th thead time tr track tt u ul var video wbr`, func(e *htmlElement) { e.standing = safe })
	set(`applet base basefont body embed frame frameset head html iframe link listing
		meta noframes object param plaintext script style title xmp`, func(e *htmlElement) { e.standing = risky })
	set("script style textarea title xmp iframe noembed noframes plaintext", func(e *htmlElement) { e.verbatim = true })
	set("iframe noembed noframes noscript plaintext script style textarea title xmp", func(e *htmlElement) { e.bare = true })
	set("area base br col embed hr img input link meta param source track wbr basefont frame", func(e *htmlElement) { e.void = true })
	set("p li dd dt option optgroup rp rt td th tr tbody thead tfoot colgroup caption html head body", func(e *htmlElement) { e.optional = true })
	set(`address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section table ul dd dt`, func(e *htmlElement) { e.block = true })
	for name, ends := range map[string]string{
		"li": "li", "dd": "dd dt", "dt": "dd dt", "option": "option", "optgroup": "option optgroup",
		"rp": "rp rt", "rt": "rp rt", "td": "td th", "th": "td th", "tr": "td th tr colgroup caption",
		"tbody": "td th tr tbody thead tfoot colgroup caption",
		"thead": "colgroup caption", "tfoot": "td th tr tbody thead",
		"body": "head",
	} {
		set(name, func(e *htmlElement) { e.ends = strings.Fields(ends) })
	}
	return m
}()

// addresses are the attributes that hold an address.
var addresses = map[string]bool{
	"href": true, "src": true, "poster": true, "cite": true, "action": true, "formaction": true, "data": true,
	"longdesc": true, "background": true,
}

// htmlText judges HTML that stands in a feed as text.
func htmlText(j *judge, n *node, _, v string) { longHTML(j, n, []byte(v)) }

// longHTML judges HTML that stands in a feed as text. A finding is at the element
// that holds it.
func longHTML(j *judge, n *node, v []byte) {
	if bytes.IndexByte(v, '<') < 0 && bytes.IndexByte(v, '&') < 0 {
		return
	}
	j.remarks(n, j.prose(v).faults)
}

// prose returns what is known of a text.
func (j *judge) prose(v []byte) *prose {
	if j.reader != nil {
		if p := j.reader.again(v); p != nil {
			return p
		}
	}
	return j.proses.of(v)
}

// remarks reports what is wrong with the text of n.
func (j *judge) remarks(n *node, found []remark) {
	for _, r := range found {
		j.fault(n, r.rule, "", "%s", r.text)
	}
}

// A fragment is HTML that is being judged.
type fragment struct {
	found []remark
	said  map[string]bool // rules
	open  []*htmlElement
}

// fault notes an offence against a rule, once.
func (f *fragment) fault(r rule, format string, args ...any) {
	if f.said[r.name] {
		return
	}
	if f.said == nil {
		f.said = map[string]bool{}
	}
	f.said[r.name] = true
	f.found = append(f.found, remark{r, fmt.Sprintf(format, args...)})
}

// text reports < and & that were not escaped.
func (f *fragment) text(raw []byte) {
	if f.top().verbatim {
		return
	}
	if bytes.IndexByte(raw, '<') >= 0 {
		f.fault(notHTML, "< that begins no tag")
	}
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return
		}
		raw = raw[i+1:]
		end := bytes.IndexByte(raw[:min(len(raw), 32)], ';')
		if end > 0 && isLetters(raw[:end]) && !isEntity(string(raw[:end])) {
			f.fault(notHTML, "&%s; is not defined", raw[:end])
		}
	}
}

func isLetters(b []byte) bool {
	for _, c := range b {
		if !isLetter(c) {
			return false
		}
	}
	return true
}

// top is the innermost element.
func (f *fragment) top() *htmlElement {
	if len(f.open) == 0 {
		return outermost
	}
	return f.open[len(f.open)-1]
}

// outermost is what is around the text.
var outermost = &htmlElement{}

// start judges a start tag.
func (f *fragment) start(h *htmlScanner) {
	e := h.element()
	switch e.standing {
	case 0:
		f.fault(notHTML, "<%s> is not HTML", clip(string(h.name)))
	case risky:
		f.fault(securityRisk, "<%s>, which readers drop", h.name)
	}
	f.nest(e, h)
	for _, a := range h.attrs {
		f.attribute(string(a.key), string(a.value))
	}
}

// nest keeps account of the elements that are open.
func (f *fragment) nest(e *htmlElement, h *htmlScanner) {
	if e.block && f.top().name == "p" {
		f.open = f.open[:len(f.open)-1]
	}
	for again := len(e.ends) > 0; again; {
		again = false
		for _, ended := range e.ends {
			if f.top().name == ended {
				f.open = f.open[:len(f.open)-1]
				again = true
			}
		}
	}
	// Only foreign elements may end with a slash (HTML, section 13.1.2.1).
	if e.void || h.slash && e.standing == 0 {
		return
	}
	if h.slash {
		f.fault(notHTML, "<%s/> does not end the element", h.name)
	}
	if len(f.open) < maxDepth {
		f.open = append(f.open, e)
	} else {
		f.fault(notHTML, "nested deeper than %d", maxDepth)
	}
}

// end judges an end tag.
func (f *fragment) end(h *htmlScanner) {
	e, tag := h.element(), h.name
	if e.standing == 0 {
		f.fault(notHTML, "</%s> is not HTML", clip(string(tag)))
	}
	if e.void {
		f.fault(notHTML, "</%s> ends nothing", tag)
		return
	}
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i].name == string(tag) {
			f.open = f.open[:i]
			return
		}
		if !f.open[i].optional {
			f.fault(notHTML, "</%s> where <%s> should end", clip(string(tag)), f.open[i].name)
			for ; i >= 0; i-- {
				if f.open[i].name == string(tag) {
					f.open = f.open[:i]
					return
				}
			}
			return
		}
	}
	f.fault(notHTML, "</%s> ends nothing", clip(string(tag)))
}

// close judges the end of the text.
func (f *fragment) close() {
	for _, e := range f.open {
		if !e.optional {
			f.fault(notHTML, "<%s> has no end", e.name)
		}
	}
}

func (f *fragment) attribute(key, value string) {
	switch {
	case strings.HasPrefix(key, "on"):
		f.fault(securityRiskAttr, "attribute %s", clip(key))
	case key == "style":
		if p := dangerousStyle(value); p != "" {
			f.fault(dangerousStyleAttr, "style %q", clip(p))
		}
	case key == "srcset":
		for _, candidate := range strings.Split(value, ",") {
			if c := strings.Fields(candidate); len(c) > 0 {
				f.address(key, c[0])
			}
		}
	case addresses[key]:
		f.address(key, value)
	}
}

// address judges an address in HTML.
func (f *fragment) address(key, v string) {
	v = strings.TrimSpace(v)
	scheme := strings.ToLower(schemeOf(v))
	switch scheme {
	case "":
		if i := strings.IndexFunc(v, func(r rune) bool { return r < 0x80 && !uriChar[r] }); i >= 0 {
			f.fault(invalidURIChar, "%q in %q", v[i:i+1], clip(v))
		} else {
			f.fault(containsRelRef, "%s=%q is relative", key, clip(v))
		}
	case "javascript:", "vbscript:":
		f.fault(securityRiskAttr, "%s=%q", key, clip(v))
	}
}

// styles are the properties that readers leave in a style attribute.
var styles = func() map[string]bool {
	m := map[string]bool{}
	for _, p := range strings.Fields(`color background-color background border border-collapse border-color border-radius
		border-spacing border-style border-width border-top border-right border-bottom border-left clear cursor direction
		display float font font-family font-size font-style font-variant font-weight height letter-spacing line-height
		list-style-type margin margin-top margin-right margin-bottom margin-left overflow padding padding-top
		padding-right padding-bottom padding-left text-align text-decoration text-indent unicode-bidi vertical-align
		white-space width`) {
		m[p] = true
	}
	return m
}()

// dangerousStyle returns the part of a style attribute that can hide or fetch
// something, empty when there is none.
func dangerousStyle(v string) string {
	if strings.ContainsAny(v, "\\@<{") || strings.Contains(v, "/*") {
		return v
	}
	for _, declaration := range strings.Split(v, ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property = strings.ToLower(strings.TrimSpace(property))
		if property == "" {
			continue
		}
		value = strings.ToLower(value)
		if !styles[property] || strings.Contains(value, "url(") || strings.Contains(value, "expression") || strings.Contains(value, ":") {
			return strings.TrimSpace(declaration)
		}
	}
	return ""
}

// xhtml is an element inside the div of a construct of type xhtml.
var xhtml = &element{
	text: func(j *judge, n *node, _, v string) {
		if len(n.seen) == 0 && j.parent().def != n.def {
			j.markup(n, "", v, notInline)
		}
	},
	inside: func(j *judge, outer, n *node) *element {
		switch n.name.space {
		case nsXHTML, nsSVG, nsMathML:
			judgeXHTML(j, n)
			return outer.def
		case "":
			j.fault(n, missingNamespace, "", "has no namespace, inside XHTML")
		default:
			if outer.name.space == nsXHTML && prefixes[n.name.space] != "" {
				j.fault(n, undefinedElement.of("RFC 4287, section 3.1.1.3"), "", "is not defined in XHTML")
			}
		}
		return nil
	},
}

// judgeXHTML judges one element of XHTML, SVG or MathML.
func judgeXHTML(j *judge, n *node) {
	var standing standing
	if e := htmlElements[n.name.local]; e != nil {
		standing = e.standing
	}
	switch tag := n.name.local; {
	case n.name.space == nsXHTML && standing == 0:
		j.fault(n, notHTML, "", "is not HTML")
	case n.name.space == nsXHTML && standing == risky, tag == "script", tag == "foreignObject":
		j.fault(n, securityRisk, "", "readers drop it")
	}
	var f fragment
	for _, a := range n.attrs {
		if a.name.space == "" {
			f.attribute(a.name.local, a.value)
		}
	}
	j.remarks(n, f.found)
}
