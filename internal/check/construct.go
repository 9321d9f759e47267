package check

import (
	"encoding/base64"
	"strings"
)

// textConstruct is a text construct (RFC 4287, section 3.1).
var textConstruct = &element{
	attrs:  map[string]check{"type": textType},
	long:   constructText,
	begin:  extraText,
	inside: insideConstruct,
}

func textType(j *judge, n *node, attr, v string) {
	switch v {
	case "text", "html", "xhtml":
	case "":
		j.fault(n, attrNotBlank, attr, "is empty")
	default:
		j.fault(n, invalidTextType, attr, "%q is not text, html or xhtml", clip(v))
	}
}

// extraText reports what RSS has elements of its own for.
func extraText(j *judge, n *node) {
	if j.format == RSS && n.name != atomName("summary") {
		j.fault(n, duplicateDescriptionSemantics, "", "says in RSS what an element of RSS says")
	}
}

// atomContent is <content> (RFC 4287, section 4.1.3).
var atomContent = &element{
	source: "RFC 4287, section 4.1.3",
	attrs:  map[string]check{"type": contentType, "src": uriAttribute},
	long:   constructText,
	begin: func(j *judge, n *node) {
		c := &j.entry.content
		_, c.src = n.attr("src")
		kind := constructType(n)
		c.known, c.binary = true, strings.Contains(kind, "/") && !isXML(kind) && !strings.HasPrefix(kind, "text/")
		if _, ok := n.attr("type"); !ok && c.src {
			j.fault(n, missingTypeAttr, "", "has src and no type")
		}
		if !c.src {
			extraText(j, n)
		}
	},
	inside: insideConstruct,
}

// contentType judges a type of content: text, html, xhtml or a media type that
// is not composite (RFC 4287, section 4.1.3.1).
func contentType(j *judge, n *node, attr, v string) {
	_, src := n.attr("src")
	switch {
	case v == "":
		j.fault(n, attrNotBlank, attr, "is empty")
	case (v == "text" || v == "html" || v == "xhtml") && !src:
	case !isMIME(v) || strings.HasPrefix(v, "multipart/") || strings.HasPrefix(v, "message/"):
		j.fault(n, invalidMIMEType, attr, "%q is not a type that content can have", clip(v))
	}
}

// constructType returns the type of a text construct or content.
func constructType(n *node) string {
	if v, ok := n.attr("type"); ok {
		return v
	}
	if _, ok := n.attr("src"); ok {
		return ""
	}
	return "text"
}

func isXML(kind string) bool {
	return strings.HasSuffix(kind, "+xml") || strings.HasSuffix(kind, "/xml")
}

// constructText judges what a text construct or content says.
func constructText(j *judge, n *node, v []byte) {
	kind := constructType(n)
	_, src := n.attr("src")
	children := len(n.seen) > 0
	if len(v) == 0 && !children && !src {
		j.fault(n, notBlank, "", "is empty")
		return
	}
	switch {
	case src:
		if len(v) > 0 || children {
			j.fault(n, unexpectedText, "", "has src and is not empty")
		}
	case kind == "text":
		j.plain(n, string(v), containsUndeclaredHTML)
	case kind == "html":
		longHTML(j, n, v)
	case kind == "xhtml":
		if len(v) > 0 || !children {
			j.fault(n, missingXHTMLDiv, "", "has text outside of its div")
			j.markup(n, "", string(v), notInline)
		}
	case isXML(kind):
		if children && len(v) > 0 {
			j.fault(n, unexpectedText, "", "has text outside of its element")
		}
	case strings.HasPrefix(kind, "text/html"):
		longHTML(j, n, v)
		if !strings.Contains(strings.ToLower(string(v)), "<html") {
			j.fault(n, htmlFragment, "", "is a fragment, declared as a whole document")
		}
	case strings.HasPrefix(kind, "text/"):
		j.plain(n, string(v), containsUndeclaredHTML)
	case strings.Contains(kind, "/"):
		if _, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(v)), "")); err != nil {
			j.fault(n, notBase64, "", "is %s and not in base64", clip(kind))
		}
	}
}

// insideConstruct finds what an element in a text construct or content is.
func insideConstruct(j *judge, outer, n *node) *element {
	div := n.name == name{nsXHTML, "div"}
	switch kind := constructType(outer); {
	case kind == "xhtml":
		if len(outer.seen) > 0 || !div {
			j.fault(outer, missingXHTMLDiv, "", "is not one div of XHTML")
		}
		if n.name.space != nsXHTML {
			j.fault(outer, notHTML, "", "%s is not XHTML", label(n.name))
			return nil
		}
		judgeXHTML(j, n)
		return xhtml
	case kind == "application/xhtml+xml":
		if n.name != (name{nsXHTML, "html"}) {
			j.fault(outer, htmlFragment, "", "is a fragment, declared as a whole document")
		}
	case !isXML(kind):
		j.fault(outer, undefinedElement, "", "has an element %s in text", label(n.name))
	}
	return nil
}
