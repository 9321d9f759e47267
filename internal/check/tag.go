package check

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// intern returns b as a string, the same each time.
func (s *scanner) intern(b []byte) string {
	if n, ok := s.names[string(b)]; ok {
		return n
	}
	n := string(b)
	s.names[n] = n
	return n
}

// word reads a name as written (XML 1.0, section 2.3).
func (s *scanner) word() []byte {
	from := s.pos
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		if c < utf8.RuneSelf {
			if !nameByte[c] {
				if s.pos > from && isLetter(s.src[from]) && isASCII(s.src[from:s.pos]) {
					return s.src[from:s.pos]
				}
				break
			}
			s.pos++
			continue
		}
		r, n := utf8.DecodeRune(s.src[s.pos:])
		if !isNameRune(r) {
			break
		}
		s.pos += n
	}
	w := s.src[from:s.pos]
	if !isName(w) {
		s.pos = from
		return nil
	}
	return w
}

// startTag reads a start tag or an empty element (XML 1.0, section 3.1).
func (s *scanner) startTag() token {
	s.move(s.from)
	s.at = s.start.place
	s.pos++
	raw := s.word()
	if raw == nil {
		return s.fatal(s.from, "< that begins no tag")
	}
	if len(s.open) == 0 && s.rooted {
		return s.fatal(s.from, "a second root element <%s>", clip(string(raw)))
	}
	if len(s.open) == maxDepth {
		s.fault(s.from, validatorLimit, "elements nested deeper than %d", maxDepth)
		s.ended = true
		return endOfDocument
	}
	s.rooted = true
	element := openElement{raw: s.intern(raw)}
	for {
		spaces := s.skipSpace()
		if s.pos == len(s.src) {
			return s.unended(s.from, "the document ends inside <%s>", element.raw)
		}
		if s.src[s.pos] == '>' {
			s.pos++
			break
		}
		if bytes.HasPrefix(s.src[s.pos:], []byte("/>")) {
			s.pos += 2
			s.closing = true
			break
		}
		if spaces == 0 {
			return s.fatal(s.pos, "no space before an attribute of <%s>", element.raw)
		}
		if err := s.attribute(); err != nil {
			if s.pos == len(s.src) {
				return s.unended(s.from, "<%s>: %v", element.raw, err)
			}
			return s.fatal(s.from, "<%s>: %v", element.raw, err)
		}
		if len(s.attrs)+len(s.declared) > maxAttributes {
			s.fault(s.from, validatorLimit, "more than %d attributes", maxAttributes)
			s.ended = true
			return endOfDocument
		}
	}
	s.declare(&element)
	element.name = s.expand(element.raw, s.at)
	for i := range s.attrs { // at most maxAttributes
		a := &s.attrs[i]
		if strings.IndexByte(a.name.local, ':') >= 0 {
			a.name = s.expand(a.name.local, a.at)
		}
		for _, earlier := range s.attrs[:i] {
			if earlier.name == a.name {
				s.report(a.at, saxError, "<%s>: attribute %s stands there twice", element.raw, a.name.local)
				s.ended = true
				return endOfDocument
			}
		}
	}
	s.open = append(s.open, element)
	s.name = element.name
	return startTag
}

// attribute reads one attribute; its name is not expanded yet.
func (s *scanner) attribute() error {
	at := s.place(s.pos)
	raw := s.word()
	if raw == nil {
		return fmt.Errorf("neither an attribute nor the end of the tag")
	}
	s.skipSpace()
	if s.pos == len(s.src) || s.src[s.pos] != '=' {
		return fmt.Errorf("attribute %s has no value", clip(string(raw)))
	}
	s.pos++
	s.skipSpace()
	if s.pos == len(s.src) || s.src[s.pos] != '"' && s.src[s.pos] != '\'' {
		return fmt.Errorf("the value of attribute %s is not in quotation marks", clip(string(raw)))
	}
	quote := s.src[s.pos]
	s.pos++
	s.keep = s.keep[:0]
	var doubtful bool
	for {
		if s.pos == len(s.src) {
			return fmt.Errorf("the value of attribute %s has no end", clip(string(raw)))
		}
		switch c := s.src[s.pos]; {
		case c == quote:
			s.pos++
			if doubtful {
				s.report(at, badCharacters, "%s: characters that no author writes: a wrong conversion between encodings", clip(string(raw)))
			}
			a := attribute{name: name{local: s.intern(raw)}, value: string(s.keep), at: at}
			if a.name.local == "xmlns" || strings.HasPrefix(a.name.local, "xmlns:") {
				prefix := strings.TrimPrefix(strings.TrimPrefix(a.name.local, "xmlns"), ":")
				s.declared = append(s.declared, declaration{prefix: prefix, uri: a.value, at: at, colon: a.name.local == "xmlns:"})
			} else {
				s.attrs = append(s.attrs, a)
			}
			return nil
		case c == '<':
			return fmt.Errorf("< in the value of attribute %s", clip(string(raw)))
		case c == '&':
			s.keep = s.reference(s.keep)
		case isSpace(c):
			if c == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
				s.pos++
			}
			s.keep = append(s.keep, ' ')
			s.pos++
		case 0x20 < c && c < utf8.RuneSelf:
			s.keep = append(s.keep, c)
			s.pos++
		default:
			n, ok := s.character(&doubtful)
			if ok {
				s.keep = append(s.keep, s.src[s.pos:s.pos+n]...)
			}
			s.pos += n
		}
	}
}

// declare binds the prefixes that the start tag declares (Namespaces in XML
// 1.0, sections 2.2 and 3).
func (s *scanner) declare(element *openElement) {
	for i, d := range s.declared {
		switch {
		case strings.Contains(d.prefix, ":") || d.colon:
			s.report(d.at, saxError, "xmlns:%s is not a declaration of a prefix", clip(d.prefix))
			continue
		case d.prefix == "xmlns" || (d.prefix == "xml") != (d.uri == nsXML) || d.uri == nsXMLNS:
			s.report(d.at, saxError, "prefix %q cannot be declared as %q", clip(d.prefix), clip(d.uri))
			continue
		case strings.ContainsRune(d.uri, ' '):
			s.report(d.at, saxError, "namespace %q is not an address", clip(d.uri))
		case d.prefix != "" && d.uri == "":
			s.report(d.at, saxError, "prefix %q is declared as nothing", clip(d.prefix))
			continue
		}
		for _, earlier := range s.declared[:i] {
			if earlier.prefix == d.prefix {
				s.report(d.at, saxError, "prefix %q is declared twice", clip(d.prefix))
			}
		}
		s.spaces[d.prefix] = append(s.spaces[d.prefix], s.intern([]byte(d.uri)))
		element.prefixes = append(element.prefixes, d.prefix)
	}
}

// expand resolves the name of an element, or the name of an attribute that has
// a prefix: the default namespace is for elements only (Namespaces in XML 1.0,
// section 6.2).
func (s *scanner) expand(raw string, at place) name {
	prefix, local, ok := strings.Cut(raw, ":")
	if !ok {
		prefix, local = "", raw
	} else if prefix == "" || local == "" || strings.Contains(local, ":") || !isName([]byte(local)) {
		s.report(at, saxError, "%q is not a name", clip(raw))
		return name{local: raw}
	}
	bound := s.spaces[prefix]
	if len(bound) == 0 {
		if prefix == "" {
			return name{local: local}
		}
		s.report(at, missingNamespace, "prefix %q of %s is not declared", clip(prefix), clip(raw))
		return name{space: undeclared, local: local}
	}
	return name{bound[len(bound)-1], local}
}

// undeclared stands for the namespace of a prefix that has none.
const undeclared = "\x00"

// endTag reads an end tag.
func (s *scanner) endTag() token {
	s.pos += len("</")
	raw := s.word()
	s.skipSpace()
	if raw == nil || s.pos == len(s.src) || s.src[s.pos] != '>' {
		return s.fatal(s.from, "an end tag that is malformed")
	}
	s.pos++
	if len(s.open) == 0 {
		return s.fatal(s.from, "</%s> outside the root element", clip(string(raw)))
	}
	if want := s.open[len(s.open)-1].raw; string(raw) != want {
		return s.fatal(s.from, "</%s> where <%s> should end", clip(string(raw)), clip(want))
	}
	return s.pop()
}

// pop closes the innermost element.
func (s *scanner) pop() token {
	e := s.open[len(s.open)-1]
	s.open = s.open[:len(s.open)-1]
	for _, p := range e.prefixes {
		s.spaces[p] = s.spaces[p][:len(s.spaces[p])-1]
	}
	s.name = e.name
	return endTag
}
