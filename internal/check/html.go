package check

import (
	"bytes"
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
		if htmlElements[strings.ToLower(m[1])] != 0 {
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

// standing says what may be done with an element of HTML in a feed.
type standing int

const (
	safe  standing = iota + 1
	risky          // readers drop it, or its author means harm
)

// htmlElements are the elements of HTML, those that went out of use included.
var htmlElements = func() map[string]standing {
	m := map[string]standing{}
	for _, name := range strings.Fields(`a abbr acronym address area article aside audio b bdi bdo big blockquote br
		button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em
		fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend
		li main map mark menu meter nav noscript ol optgroup option output p picture pre progress q rp rt ruby s samp
		search section select slot small source span strike strong sub summary sup table tbody td template textarea tfoot
		th thead time tr track tt u ul var video wbr`) {
		m[name] = safe
	}
	for _, name := range strings.Fields(`applet base basefont body embed frame frameset head html iframe link listing
		meta noframes object param plaintext script style title xmp`) {
		m[name] = risky
	}
	return m
}()

// addresses are the attributes that hold an address.
var addresses = map[string]bool{
	"href": true, "src": true, "poster": true, "cite": true, "action": true, "formaction": true, "data": true,
	"longdesc": true, "background": true,
}

// htmlText judges HTML that stands in a feed as text. A finding is at the
// element that holds it; each rule is reported once of one text.
func htmlText(j *judge, n *node, _, v string) {
	if strings.IndexByte(v, '<') < 0 && strings.IndexByte(v, '&') < 0 {
		return
	}
	f := fragment{judge: j, node: n, said: map[string]bool{}}
	f.read(v)
}

// A fragment is HTML that is being judged.
type fragment struct {
	judge *judge
	node  *node
	said  map[string]bool
	open  []string
}

func (f *fragment) fault(r rule, format string, args ...any) {
	if !f.said[r.name] {
		f.said[r.name] = true
		f.judge.fault(f.node, r, "", format, args...)
	}
}

func (f *fragment) read(v string) {
	z := html.NewTokenizer(strings.NewReader(v))
	z.SetMaxBuf(len(v) + 1)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(bytes.TrimSpace(z.Raw())) > 0 {
				f.fault(notHTML, "ends inside a tag or comment")
			}
			for _, tag := range f.open {
				if !endsByItself[tag] {
					f.fault(notHTML, "<%s> has no end", tag)
				}
			}
			return
		case html.TextToken:
			f.text(z.Raw())
		case html.StartTagToken, html.SelfClosingTagToken:
			raw := z.Raw()
			slash := bytes.HasSuffix(raw, []byte("/>"))
			name, more := z.TagName()
			f.start(string(name), slash)
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				f.attribute(string(key), string(value))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			f.end(string(name))
		}
	}
}

// text reports < and & that were not escaped.
func (f *fragment) text(raw []byte) {
	if len(f.open) > 0 && rawText[f.open[len(f.open)-1]] {
		return
	}
	if bytes.IndexByte(raw, '<') >= 0 {
		f.fault(notHTML, "< that begins no tag")
	}
	for bytes.IndexByte(raw, '&') >= 0 {
		raw = raw[bytes.IndexByte(raw, '&')+1:]
		end := bytes.IndexByte(raw[:min(len(raw), 32)], ';')
		if end > 0 && entityName().Match(raw[:end]) && !isEntity(string(raw[:end])) {
			f.fault(notHTML, "&%s; is not defined", raw[:end])
		}
	}
}

var entityName = pattern(`^[a-zA-Z]+$`)

// rawText are the elements whose text is not markup.
var rawText = map[string]bool{"script": true, "style": true, "textarea": true, "title": true, "xmp": true,
	"iframe": true, "noembed": true, "noframes": true, "plaintext": true}

// voidElements have no content and no end tag.
var voidElements = map[string]bool{"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true,
	"img": true, "input": true, "link": true, "meta": true, "param": true, "source": true, "track": true, "wbr": true,
	"basefont": true, "frame": true}

// endsByItself are the elements whose end tag may be left out.
var endsByItself = map[string]bool{"p": true, "li": true, "dd": true, "dt": true, "option": true, "optgroup": true,
	"rp": true, "rt": true, "td": true, "th": true, "tr": true, "tbody": true, "thead": true, "tfoot": true,
	"colgroup": true, "caption": true, "html": true, "head": true, "body": true}

// endsParagraph are the elements before which a paragraph ends.
var endsParagraph = map[string]bool{"address": true, "article": true, "aside": true, "blockquote": true, "center": true,
	"details": true, "dialog": true, "dir": true, "div": true, "dl": true, "fieldset": true, "figcaption": true,
	"figure": true, "footer": true, "form": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true,
	"header": true, "hgroup": true, "hr": true, "li": true, "main": true, "menu": true, "nav": true, "ol": true, "p": true,
	"pre": true, "search": true, "section": true, "table": true, "ul": true, "dd": true, "dt": true}

// endedBy lists the elements that end before another of their kind.
var endedBy = map[string][]string{
	"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}, "option": {"option"}, "optgroup": {"option", "optgroup"},
	"rp": {"rp", "rt"}, "rt": {"rp", "rt"}, "td": {"td", "th"}, "th": {"td", "th"}, "tr": {"td", "th", "tr", "colgroup", "caption"},
	"tbody": {"td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "caption"},
	"thead": {"colgroup", "caption"}, "tfoot": {"td", "th", "tr", "tbody", "thead"},
	"body": {"head"},
}

func (f *fragment) top() string {
	if len(f.open) == 0 {
		return ""
	}
	return f.open[len(f.open)-1]
}

func (f *fragment) start(tag string, slash bool) {
	switch htmlElements[tag] {
	case 0:
		f.fault(notHTML, "<%s> is not HTML", clip(tag))
	case risky:
		f.fault(securityRisk, "<%s>, which readers drop", tag)
	}
	f.nest(tag, slash)
}

// nest keeps account of the elements that are open.
func (f *fragment) nest(tag string, slash bool) {
	if endsParagraph[tag] && f.top() == "p" {
		f.open = f.open[:len(f.open)-1]
	}
	for again := true; again; {
		again = false
		for _, e := range endedBy[tag] {
			if f.top() == e {
				f.open = f.open[:len(f.open)-1]
				again = true
			}
		}
	}
	// Only foreign elements may end with a slash (HTML, section 13.1.2.1).
	if voidElements[tag] || slash && htmlElements[tag] == 0 {
		return
	}
	if slash {
		f.fault(notHTML, "<%s/> does not end the element", tag)
	}
	if len(f.open) < maxDepth {
		f.open = append(f.open, tag)
	} else {
		f.fault(notHTML, "nested deeper than %d", maxDepth)
	}
}

func (f *fragment) end(tag string) {
	if htmlElements[tag] == 0 {
		f.fault(notHTML, "</%s> is not HTML", clip(tag))
	}
	if voidElements[tag] {
		f.fault(notHTML, "</%s> ends nothing", tag)
		return
	}
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i] == tag {
			f.open = f.open[:i]
			return
		}
		if !endsByItself[f.open[i]] {
			f.fault(notHTML, "</%s> where <%s> should end", clip(tag), f.open[i])
			for ; i >= 0; i-- {
				if f.open[i] == tag {
					f.open = f.open[:i]
					return
				}
			}
			return
		}
	}
	f.fault(notHTML, "</%s> ends nothing", clip(tag))
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
	switch tag := n.name.local; {
	case n.name.space == nsXHTML && htmlElements[tag] == 0:
		j.fault(n, notHTML, "", "is not HTML")
	case n.name.space == nsXHTML && htmlElements[tag] == risky, tag == "script", tag == "foreignObject":
		j.fault(n, securityRisk, "", "readers drop it")
	}
	f := fragment{judge: j, node: n, said: map[string]bool{}}
	for _, a := range n.attrs {
		if a.name.space == "" {
			f.attribute(a.name.local, a.value)
		}
	}
}
