package article

import (
	"strings"

	"golang.org/x/net/html"
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

// address returns the absolute address that ref leads to, "" when none.
func (s *shown) address(ref string, link bool) string {
	ref = trimAddress(ref)
	if ref == "" || !allowedAddress(ref, link, true) {
		return ""
	}
	address := trimAddress(s.resolve(ref))
	if !allowedAddress(address, link, false) {
		return ""
	}
	return strings.ReplaceAll(address, " ", "%20")
}

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
