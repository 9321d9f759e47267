package check

import (
	"strings"
)

const opmlSource = "OPML 2.0"

// opml is not a format of feeds, but of lists of them.
const opml Format = "opml"

// What concerns outlines.
var (
	invalidOPMLVersion    = rule{"InvalidOPMLVersion", Error, opmlSource + ", the opml element", "write 2.0"}
	invalidExpansionState = rule{"InvalidExpansionState", Error, opmlSource + ", head", "write line numbers with commas"}
	invalidOutlineVersion = rule{"InvalidOutlineVersion", Warning, opmlSource + ", subscription lists", "write RSS, RSS1 or RSS2, or leave it out"}
	invalidOutlineType    = rule{"InvalidOutlineType", Warning, "OPML 1.0", "write rss or link"}
	missingOutlineType    = rule{"MissingOutlineType", Warning, opmlSource + ", the outline element", `add type="rss"`}
	missingXMLURL         = rule{"MissingXmlURL", Warning, opmlSource + ", subscription lists", "add xmlUrl, with a capital U: readers subscribe to it"}
	missingTitleAttr      = rule{"MissingTitleAttr", Warning, opmlSource + ", subscription lists", "add title"}
	missingURLAttr        = rule{"MissingUrlAttr", Warning, opmlSource + ", inclusion", "add url"}
)

// opmlRoot is <opml>, outlineRoot what it was called before it had versions.
var (
	opmlRoot    = opmlDocument("version")
	outlineRoot = opmlDocument()
)

func opmlDocument(required ...string) *element {
	return &element{
		source: opmlSource + ", the opml element",
		attrs: map[string]check{"version": func(j *judge, n *node, attr, v string) {
			oneOf(invalidOPMLVersion, "1.0", "1.1", "2.0")(j, n, attr, v)
			j.version = v
		}},
		required: required,
		children: map[name]child{
			rssName("head"): {element: opmlHead, many: true},
			rssName("body"): {element: opmlBody, many: true},
		},
		also: []map[name]child{anywhere, places},
		end: func(j *judge, n *node) {
			for _, local := range []string{"head", "body"} {
				if !n.has("", local) {
					j.fault(n, missingElement, "", "has no %s", local)
				}
			}
		},
	}
}

var opmlHead = &element{
	source: opmlSource + ", the head element",
	children: map[name]child{
		rssName("title"):           {element: opmlLeaf(htmlText)},
		rssName("dateCreated"):     {element: opmlLeaf(rfc822)},
		rssName("dateModified"):    {element: opmlLeaf(rfc822)},
		rssName("ownerName"):       {element: opmlLeaf(htmlText)},
		rssName("ownerEmail"):      {element: opmlLeaf(contactAddress)},
		rssName("ownerId"):         {element: opmlLeaf(httpURL)},
		rssName("docs"):            {element: opmlLeaf(fullURI)},
		rssName("expansionState"):  {element: opmlLeaf(matching(expansionForm, invalidExpansionState, "a list of lines"))},
		rssName("vertScrollState"): {element: opmlLeaf(positive)},
		rssName("windowTop"):       {element: opmlLeaf(positive)},
		rssName("windowLeft"):      {element: opmlLeaf(positive)},
		rssName("windowBottom"):    {element: opmlLeaf(positive)},
		rssName("windowRight"):     {element: opmlLeaf(positive)},
	},
	also: []map[name]child{anywhere, places},
}

var expansionForm = pattern(`^(\d+(,\s*\d+)*)?$`)

func opmlLeaf(text check) *element { return leaf(opmlSource+", the head element", text) }

// contactAddress judges an e-mail address where a name may stand beside it.
func contactAddress(j *judge, n *node, _, v string) {
	if !address().MatchString(v) {
		j.fault(n, invalidContact, "", "%q is not an e-mail address", clip(v))
	}
}

var opmlBody = &element{
	source:   opmlSource + ", the body element",
	children: map[name]child{rssName("outline"): {element: opmlOutline, many: true}},
	also:     []map[name]child{anywhere, places},
	end: func(j *judge, n *node) {
		if !n.has("", "outline") {
			j.fault(n, missingElement, "", "has no outline")
		}
	},
}

// opmlOutline is <outline>, which holds others of its kind.
var opmlOutline = func() *element {
	e := &element{
		source: opmlSource + ", the outline element",
		attrs: map[string]check{
			"category":     anything,
			"created":      rfc822,
			"description":  htmlText,
			"htmlUrl":      fullURI,
			"isBreakpoint": oneOf(invalidTrueFalse, "true", "false"),
			"isComment":    oneOf(invalidTrueFalse, "true", "false"),
			"language":     language,
			"text":         htmlText,
			"title":        htmlText,
			"type":         anything,
			"url":          fullURI,
			"version":      oneOf(invalidOutlineVersion, "RSS", "RSS1", "RSS2", "scriptingNews"),
			"xmlUrl":       anything,
		},
		required: []string{"text"},
		also:     []map[name]child{anywhere, places},
		begin:    outlineType,
	}
	e.children = map[name]child{rssName("outline"): {element: e, many: true}}
	return e
}()

// outlineType judges what an outline says it is.
func outlineType(j *judge, n *node) {
	kind, stated := n.attr("type")
	has := func(attr string) bool { _, ok := n.attr(attr); return ok }
	switch strings.ToLower(kind) {
	case "rss":
		if !has("xmlUrl") {
			j.fault(n, missingXMLURL, "", "is a feed and has no xmlUrl")
		}
		if !has("title") {
			j.fault(n, missingTitleAttr, "", "is a feed and has no title")
		}
	case "link":
		if !has("url") {
			j.fault(n, missingURLAttr, "", "is a link and has no url")
		}
	default:
		if stated && strings.HasPrefix(j.version, "1.") {
			j.fault(n, invalidOutlineType, "type", "%q is not a type of OPML %s", clip(kind), j.version)
		}
	}
	if stated || len(n.attrs) < 2 {
		return
	}
	for _, attr := range []string{"description", "htmlUrl", "language", "title", "version", "xmlUrl"} {
		if has(attr) {
			j.fault(n, missingOutlineType, "", "has %s and does not say its type", attr)
			return
		}
	}
}
