package check

import (
	"bytes"
	"strings"
)

// Format is a format of feeds.
type Format string

const (
	RSS  Format = "rss"  // RSS 2.0, and 0.91 and 0.92
	Atom Format = "atom" // Atom 1.0, RFC 4287
	JSON Format = "json" // JSON Feed 1 and 1.1
)

// An element is what a vocabulary says of one element.
type element struct {
	source string // where it is defined
	text   check  // judges its text; nil when it must have none, or is long
	// long judges a text that may be long, where it lies; it keeps nothing of it.
	long     func(j *judge, n *node, v []byte)
	attrs    map[string]check
	required []string // attributes that it must have
	children map[name]child
	also     []map[name]child // children that extensions bring
	// begin and end judge what shows only at the start tag, or when all
	// children are known.
	begin, end func(*judge, *node)
	// inside finds the definition of a child by other means than its name.
	inside func(j *judge, outer, n *node) *element
	entry  bool // findings in it are about one entry
	lax    bool // further attributes are nobody's business
}

func (e *element) hasText() bool { return e.text != nil || e.long != nil }

// child is an element in its place.
type child struct {
	*element
	many bool // it may be repeated
	// again is the rule that a repetition offends; zero means duplicateElement.
	again rule
}

// A check judges the value of an attribute, or with attr "" the text of an
// element, trimmed.
type check func(j *judge, n *node, attr, value string)

// all judges by several checks.
func all(checks ...check) check {
	return func(j *judge, n *node, attr, value string) {
		for _, c := range checks {
			c(j, n, attr, value)
		}
	}
}

// anything lets every value pass.
func anything(*judge, *node, string, string) {}

// A node is an element that is open.
type node struct {
	name  name
	def   *element // nil: it and all inside it is passed over
	at    place
	begin int // of its own text in judge.text
	attrs []attribute
	seen  map[name]int // its children so far
	hex   bool         // a hexadecimal reference stands in its text
	lang  bool         // a language is known
}

func (n *node) attr(local string) (string, bool) {
	for _, a := range n.attrs {
		if a.name.local == local && a.name.space == "" {
			return a.value, true
		}
	}
	return "", false
}

func (n *node) has(space, local string) bool { return n.seen[name{space, local}] > 0 }

// xmlState is what a judge knows while it reads XML.
type xmlState struct {
	format  Format // empty while it is not known
	version string // of RSS
	alias   string // a namespace that the document wrongly uses for RSS
	nodes   []node // the open elements; depth of them are in use
	depth   int
	value   []byte               // text of the open elements
	known   map[declaration]bool // namespaces that were judged, wherever they were declared
	broken  bool                 // the document was not read to its end

	feed  feedState
	entry entryState
}

// xml judges a document of XML.
func (j *judge) xml(mediaType string) {
	j.known = map[declaration]bool{}
	report := j.report
	if j.reader != nil {
		report = func(at place, r rule, format string, args ...any) {
			j.reader.report(at, r, format, args...)
			j.report(at, r, format, args...)
		}
	}
	s := newScanner(j.in, j.encoding, report)
	t := s.next()
	for ; t != endOfDocument && !j.overwhelmed(); t = s.next() {
		if j.reader != nil {
			j.reader.token(t, s)
		}
		switch t {
		case startTag:
			j.start(s, mediaType)
		case text:
			j.characters(s)
		case endTag:
			j.finish()
		}
	}
	if j.reader != nil {
		j.reader.whole = t == endOfDocument && !j.broken
	}
	if j.inEntry() {
		j.closeEntry()
	}
}

// inEntry tells whether the document ended inside an entry.
func (j *judge) inEntry() bool {
	for _, n := range j.nodes[:j.depth] {
		if n.def != nil && n.def.entry {
			return true
		}
	}
	return false
}

func (j *judge) top() *node { return &j.nodes[j.depth-1] }

// parent returns the node around n, nil for the root.
func (j *judge) parent() *node {
	if j.depth < 2 {
		return nil
	}
	return &j.nodes[j.depth-2]
}

func (j *judge) start(s *scanner, mediaType string) {
	if j.depth == 0 {
		j.root(s, mediaType)
	}
	j.namespaces(s)
	if s.name.space == nsRSS090 && j.version == "1.0" && j.depth == 1 {
		j.version, j.alias = "0.90", nsRSS090
	}
	if s.name.space == j.alias && j.alias != "" {
		s.name.space = map[Format]string{sitemap: nsSitemap}[j.format]
	}
	if j.depth == len(j.nodes) {
		j.nodes = append(j.nodes, node{seen: map[name]int{}})
	}
	n := &j.nodes[j.depth]
	clear(n.seen)
	*n = node{name: s.name, at: s.at, begin: len(j.value), attrs: append(n.attrs[:0], s.attrs...), seen: n.seen}
	if j.depth == 0 {
		n.def = roots[s.name]
	} else {
		outer := &j.nodes[j.depth-1]
		n.lang = outer.lang
		n.def = j.place(outer, n)
		if n.name.space == nsItunes {
			j.feed.itunes, j.entry.itunes = true, true
		}
		outer.seen[n.name]++
	}
	j.depth++
	j.attributes(n)
	if n.def == nil {
		return
	}
	if n.def.entry {
		j.openEntry()
		j.entry = entryState{}
	}
	if n.def.begin != nil {
		n.def.begin(j, n)
	}
}

// root finds out which format a document is in.
func (j *judge) root(s *scanner, mediaType string) {
	switch {
	case s.name.local == "rss":
		j.format = RSS
		if s.name.space != "" {
			j.report(s.at, invalidNamespace, "rss is in namespace %q: RSS 2.0 has none", clip(s.name.space))
			j.alias = s.name.space
		}
	case s.name.space == nsAtom && (s.name.local == "feed" || s.name.local == "entry"):
		j.format = Atom
	case s.name.local == "feed" || s.name.local == "entry":
		switch s.name.space {
		case "":
			j.report(s.at, missingNamespace, "%s without the namespace of Atom", s.name.local)
		case nsAtom03:
			j.report(s.at, obsoleteNamespace, "Atom 0.3 was withdrawn")
		default:
			j.report(s.at, invalidNamespace, "%s is in namespace %q", s.name.local, clip(s.name.space))
		}
		return
	case s.name == name{nsRDF, "RDF"}:
		j.format, j.version, j.alias = RSS, "1.0", nsRSS1
		j.report(s.at, oldRSS, "RSS 1.0")
	case s.name == rssName("opml"):
		j.format = opml
	case s.name == rssName("outlineDocument"):
		j.format = opml
		j.report(s.at, obsoleteVersion, "%s became opml in 2000", s.name.local)
	case s.name.local == "urlset" || s.name.local == "sitemapindex":
		j.format = sitemap
		if s.name.space != nsSitemap {
			j.report(s.at, sitemapNamespace, "%s is in namespace %q", s.name.local, clip(s.name.space))
			j.alias = s.name.space
		}
	}
	switch want := map[string]Format{"application/rss+xml": RSS, "application/atom+xml": Atom}[mediaType]; {
	case j.format == "" && mediaType != "image/svg+xml":
		j.report(s.at, undefinedElement.of("RSS 2.0; RFC 4287"), "%s is not the root of a feed, an outline or a sitemap", clip(s.name.local))
	case want == "":
	case j.format != want:
		j.report(s.at, unexpectedContentType, "%s is served as %s", s.name.local, mediaType)
	}
}

// namespaces judges the declarations of a start tag, each once in a document.
func (j *judge) namespaces(s *scanner) {
	if j.format == "" {
		return
	}
	for _, d := range s.declared {
		at := d.at
		d.at = place{}
		if d.uri == "" || d.uri == j.alias || j.known[d] {
			continue
		}
		j.known[d] = true
		usual, ok := prefixes[d.uri]
		switch {
		case d.uri == "http://search.yahoo.com/mrss":
			j.report(at, mediaRSSNamespace, "namespace %q lacks the slash at its end", d.uri)
		case !ok && uris[d.prefix] != "":
			j.report(at, reservedPrefix, "prefix %q is known for %s", d.prefix, uris[d.prefix])
		case !ok && j.partner.knows(d.uri):
		case !ok:
			j.report(at, unknownNamespace, "namespace %q is not known", clip(d.uri))
		case j.format == Atom && d.prefix != "" && (d.uri == nsAtom || d.uri == nsXHTML):
			j.report(at, avoidNamespacePrefix, "prefix %q in Atom: some readers look for the names without one", clip(d.prefix))
		case d.prefix != "" && d.prefix != usual && uris[d.prefix] != "":
			j.report(at, reservedPrefix, "prefix %q is known for %s", d.prefix, uris[d.prefix])
		case d.prefix != "" && d.prefix != usual && usual != "":
			j.report(at, nonstdPrefix, "prefix %q instead of the usual %q", clip(d.prefix), usual)
		}
	}
}

// place finds the definition of n in the element around it, and reports what
// may not stand there. Without a definition all of it is passed over.
func (j *judge) place(outer, n *node) *element {
	if outer.def == nil {
		// RSS 2.0, "Extending RSS": what is not RSS is in a namespace.
		if j.format == RSS && !j.rdf() && n.name.space == "" && outer.name.space != "" && !j.partner.defines(outer.name) {
			j.report(n.at, notInANamespace, "%s inside %s has no namespace", label(n.name), label(outer.name))
		}
		return nil
	}
	if outer.def.inside != nil {
		return outer.def.inside(j, outer, n)
	}
	c, ok := outer.def.children[n.name]
	for i := 0; !ok && i < len(outer.def.also); i++ {
		c, ok = outer.def.also[i][n.name]
	}
	if !ok {
		j.misplaced(outer, n)
		return nil
	}
	if !c.many && outer.seen[n.name] > 0 {
		r, source := c.again, outer.def.source
		if r.name == "" {
			r = duplicateElement
		}
		if c.element != nil {
			source = c.source
		}
		j.report(n.at, r.of(source), "a second %s in %s", label(n.name), label(outer.name))
	}
	return c.element
}

// misplaced reports an element that is not defined where it stands.
func (j *judge) misplaced(outer, n *node) {
	own := map[Format]string{Atom: nsAtom, sitemap: nsSitemap}[j.format]
	switch {
	case n.name.space == undeclared:
	case outer.def.hasText() && j.rdf() && n.name.space == nsRDF:
		// In RDF a text may be said as a resource with properties.
	case outer.def.hasText() && len(outer.seen) > 0:
		// An element that was not closed: the first finding says so.
	case outer.def.hasText():
		j.report(n.at, undefinedElement.of(outer.def.source), "element %s in the text of %s", label(n.name), label(outer.name))
	case n.name.space == own:
		j.report(n.at, undefinedElement.of(outer.def.source), "%s is not defined in %s", label(n.name), label(outer.name))
	case n.name.space == "":
		j.report(n.at, undeterminableVocabulary, "%s has no namespace", label(n.name))
	case j.partner.defines(n.name):
	case n.name.space == nsXHTML:
		j.report(n.at, misplacedXHTMLContent, "%s directly in %s", label(n.name), label(outer.name))
	case anywhere[n.name].element != nil || n.name.space == nsAtom && atomNames[n.name.local]:
		j.report(n.at, questionableUsage.of(n.name.space), "%s is not expected in %s", label(n.name), label(outer.name))
	case judged[n.name.space]:
		j.report(n.at, undefinedElement.of(n.name.space), "%s is not defined in %s", label(n.name), label(outer.name))
	}
}

// attributes judges the attributes of n.
func (j *judge) attributes(n *node) {
	for i := range n.attrs {
		a := &n.attrs[i]
		switch {
		case a.name == name{nsXML, "lang"}:
			n.lang = a.value != ""
			if a.value != "" {
				language(j, n, "xml:lang", a.value)
			}
		case a.name == name{nsXML, "base"}:
			iri(j, n, "xml:base", a.value)
		case a.name.space == nsXML || a.name.space == undeclared || n.def == nil || n.def.inside != nil && n.def.attrs == nil:
		case a.name.space == "" || judged[a.name.space]:
			local := a.name.local
			if a.name.space != "" {
				local = prefixes[a.name.space] + ":" + local
			}
			if c, ok := n.def.attrs[local]; ok {
				c(j, n, local, a.value)
			} else if !n.def.lax {
				j.report(a.at, unexpectedAttribute.of(n.def.source), "%s has no attribute %s", label(n.name), clip(local))
			}
		case j.format == RSS && !j.rdf() && n.name.space == "":
			j.report(a.at, useOfExtensionAttr, "attribute %s of %s is in another namespace", clip(a.name.local), label(n.name))
		}
	}
	if n.def == nil {
		return
	}
	for _, local := range n.def.required {
		if _, ok := n.attr(local); !ok {
			j.report(n.at, missingAttribute.of(n.def.source), "%s has no %s", label(n.name), local)
		}
	}
}

func (j *judge) characters(s *scanner) {
	n := j.top()
	if n.def == nil {
		return
	}
	if !n.def.hasText() {
		if len(bytes.TrimSpace(s.text)) > 0 {
			j.stray(n, s)
		}
		return
	}
	n.hex = n.hex || s.hex
	if len(j.value)-n.begin+len(s.text) > s.most {
		s.tooLong()
		j.broken = true
		return
	}
	j.value = append(j.value, s.text...)
}

// stray reports text where only elements may stand.
func (j *judge) stray(n *node, s *scanner) {
	r := unexpectedText
	if n.name == (name{nsAtom, "link"}) {
		r = atomLinkNotEmpty
	}
	j.report(s.place(s.from), r.of(n.def.source), "text %q in %s", clip(strings.TrimSpace(string(s.text))), label(n.name))
}

// finish judges the innermost element, whose children and text are known now.
func (j *judge) finish() {
	n := j.top()
	if n.def != nil {
		switch text := bytes.TrimSpace(j.value[n.begin:]); {
		case n.def.long != nil:
			n.def.long(j, n, text)
		case n.def.text != nil:
			n.def.text(j, n, "", string(text))
		}
		if n.def.end != nil {
			n.def.end(j, n)
		}
		if n.def.entry {
			j.closeEntry()
		}
	}
	j.value = j.value[:n.begin]
	j.depth--
}

// fault reports what is wrong with the value of an attribute or, with attr "",
// of n itself.
func (j *judge) fault(n *node, r rule, attr, format string, args ...any) {
	what := label(n.name)
	if attr != "" {
		what += " " + attr
	}
	source := ""
	if n.def != nil {
		source = n.def.source
	}
	j.report(n.at, r.of(source), "%s: "+format, append([]any{what}, args...)...)
}

// label names an element as people write it.
func label(n name) string {
	if p := prefixes[n.space]; p != "" && n.space != nsAtom {
		return p + ":" + clip(n.local)
	}
	return clip(n.local)
}
