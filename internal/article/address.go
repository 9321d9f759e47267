package article

import (
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// unlazy puts the addresses that a script would have put in place, when the
// reader scrolled there, into src and srcset. What stood in their stead is a
// placeholder.
func unlazy(n *html.Node) {
	for i, attr := range n.Attr {
		var real string
		switch attr.Key {
		case "data-src", "data-lazy-src", "data-original":
			real = "src"
		case "data-srcset", "data-lazy-srcset":
			real = "srcset"
		default:
			continue
		}
		for j := range n.Attr {
			if n.Attr[j].Key == real {
				n.Attr[j].Key = "data-placeholder"
			}
		}
		n.Attr[i].Key = real
	}
	kept := n.Attr[:0]
	for _, attr := range n.Attr {
		if !strings.HasPrefix(attr.Key, "data-") {
			kept = append(kept, attr)
		}
	}
	n.Attr = kept
}

// withoutScript shows the picture that a page has for those who run no script,
// instead of the placeholder before it. Whatever else is in n goes.
func (s *shown) withoutScript(n *html.Node) {
	var img *html.Node
	// What stands in noscript is text to a parser that may run scripts.
	if text := inner(n); strings.Contains(text, "<img") {
		if tree, err := parseFragment([]byte(text), new(room)); err == nil {
			for d := range tree.Descendants() {
				if d.DataAtom == atom.Img && d.Namespace == "" {
					img = &html.Node{Type: html.ElementNode, Data: d.Data, DataAtom: d.DataAtom, Attr: d.Attr}
					break
				}
			}
		}
	}
	if img == nil {
		n.Parent.RemoveChild(n)
		return
	}
	if before := elementBefore(n); before != nil && before.DataAtom == atom.Img {
		before.Parent.RemoveChild(before)
	}
	replace(n, img)
	s.element(img, ruleOf(img))
}

// elementBefore returns the element next before n, nil when text comes between.
func elementBefore(n *html.Node) *html.Node {
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode {
			return p
		}
		if p.Type == html.TextNode && strings.TrimSpace(p.Data) != "" {
			return nil
		}
	}
	return nil
}

// RefPrefix begins an address that names another article, as generators'
// references do: by its path beside this one or below the directory of
// articles, or by the end of its path, with or without the extension. A
// fragment may stand behind it.
const RefPrefix = "article:"

// address returns the absolute address that ref leads to, "" when none.
func (s *shown) address(ref string, link bool) string {
	ref = placed(trimAddress(ref))
	if ref == "" || !allowedAddress(ref, link, true) && !(link && strings.HasPrefix(ref, RefPrefix)) {
		return ""
	}
	address := trimAddress(s.resolve(ref))
	if !allowedAddress(address, link, false) {
		return ""
	}
	return strings.ReplaceAll(address, " ", "%20")
}

// placed returns ref without the marks by which Pelican and Zola tell what an
// address is about: {filename}other.md, {static}/images/a.png, @/blog/other.md.
func placed(ref string) string {
	if rest, ok := strings.CutPrefix(ref, "@/"); ok {
		return RefPrefix + "/" + rest
	}
	begin := ref[:min(len(ref), len("%7Bfilename%7D"))]
	if !strings.HasPrefix(begin, "{") && !strings.HasPrefix(begin, "|") && !strings.HasPrefix(begin, "%7") {
		return ref
	}
	marked := placeSigns.Replace(ref)
	kind, rest, found := strings.Cut(marked[1:], marked[:1])
	if !found {
		return ref
	}
	switch kind {
	case "static", "attach":
		return rest
	case "filename":
		switch strings.ToLower(path.Ext(pathOnly(rest))) {
		case "", ".md", ".markdown", ".mdx", ".rst", ".html", ".htm", ".txt":
			return RefPrefix + rest
		}
		return rest
	case "index":
		return "/"
	case "author", "category", "tag", "archives":
		return "" // pages that its generator makes
	}
	return ref
}

// placeSigns writes both forms of the marks between bars.
var placeSigns = strings.NewReplacer("{", "|", "}", "|", "%7B", "|", "%7D", "|", "%7C", "|", "%7b", "|", "%7d", "|", "%7c", "|")

// trimAddress removes what browsers remove from an address before they read
// it (WHATWG URL, section 4.4), so that no other address is judged than the
// one that will be followed.
func trimAddress(ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, ref)
}

// allowedAddress is the rule for addresses: http and https, for a link also
// mailto and tel; as it is written it may also be relative. A scheme is what
// stands before the first colon, unless a slash, a question mark or a hash
// comes first (RFC 3986, section 4.2).
func allowedAddress(ref string, link, relative bool) bool {
	i := strings.IndexAny(ref, ":/?#")
	if i < 0 || ref[i] != ':' {
		return relative
	}
	switch strings.ToLower(ref[:i]) {
	case "http", "https":
		return true
	case "mailto", "tel":
		return link
	}
	return false
}

// candidates resolves the addresses of a srcset; those that lead nowhere are
// left out. It reads as browsers do (HTML, "Parsing a srcset attribute"): a
// comma parts candidates only after a blank or at the end of an address.
func (s *shown) candidates(srcset string) string {
	var kept []string
	for rest := srcset; ; {
		rest = strings.TrimLeft(rest, ", \t\n")
		if rest == "" {
			return strings.Join(kept, ", ")
		}
		end := strings.IndexAny(rest, " \t\n")
		if end < 0 {
			end = len(rest)
		}
		ref, descriptor := rest[:end], ""
		rest = rest[end:]
		if bare := strings.TrimRight(ref, ","); bare != ref {
			ref = bare
		} else {
			descriptor, rest, _ = strings.Cut(rest, ",")
		}
		address := s.address(ref, false)
		if address == "" {
			continue
		}
		if bare := strings.TrimRight(address, ","); bare != address {
			address = bare + strings.Repeat("%2C", len(address)-len(bare))
		}
		if descriptor = strings.Join(strings.Fields(descriptor), " "); descriptor != "" {
			address += " " + descriptor
		}
		kept = append(kept, address)
	}
}
