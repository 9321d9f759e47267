package check

import (
	"bytes"
	"strings"
)

// maxDepth and maxAttributes are far above what any feed needs; they bound the
// work that a hostile document can cause.
const (
	maxDepth      = 256
	maxAttributes = 256
)

// name is an expanded name (Namespaces in XML 1.0, section 2.1).
type name struct{ space, local string }

type attribute struct {
	name  name
	value string // normalised as CDATA (XML 1.0, section 3.3.3)
	at    place
}

type token int

const (
	endOfDocument token = iota
	startTag
	endTag
	text
)

// A scanner splits XML 1.0 with namespaces into tags and text, strictly: it
// reports what a conforming parser must refuse, and what encoding/xml lets
// pass (undeclared prefixes, two roots, duplicate attributes). What can be
// skipped safely is reported and skipped, so that more can be found; after a
// fault in the structure the document ends.
//
// Its fields describe the last token and hold until the next.
type scanner struct {
	*window
	report    func(at place, r rule, format string, args ...any)
	converted string

	from  int         // where the token begins in src
	at    place       // the same, of a start tag
	name  name        // of a start or end tag
	attrs []attribute // of a start tag, declarations of namespaces left out
	text  []byte      // of text, references resolved
	hex   bool        // the text has a hexadecimal reference

	declared []declaration // by the start tag

	open    []openElement
	closing bool // the start tag was an empty element: its end comes next
	rooted  bool
	ended   bool
	legacy  bool            // the document type of RSS 0.91 defines the entities of HTML
	entity  map[string]bool // those that the document type defines itself

	spaces map[string][]string // the namespaces of a prefix, innermost last
	names  map[string]string   // every name met, once
	buf    []byte
	keep   []byte // attribute values

	replaced int   // characters that could not be converted
	first    place // of them
}

// declaration is a namespace that a start tag declares.
type declaration struct {
	prefix, uri string
	at          place
	colon       bool // a colon without a prefix
}

type openElement struct {
	raw      string // as written, with its prefix
	name     name
	prefixes []string // declared here
}

const (
	nsXML   = "http://www.w3.org/XML/1998/namespace"
	nsXMLNS = "http://www.w3.org/2000/xmlns/"
)

// newScanner returns a scanner of a document; converted is the encoding that
// it was in before, if it was not UTF-8.
func newScanner(in *window, converted string, report func(place, rule, string, ...any)) *scanner {
	s := &scanner{
		window:    in,
		converted: converted,
		report:    report,
		spaces:    map[string][]string{"xml": {nsXML}},
		names:     map[string]string{},
	}
	s.fill()
	s.prolog()
	return s
}

// xmlDeclaration is the declaration of XML 1.0, section 2.8.
var xmlDeclaration = pattern(`^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([a-zA-Z0-9_.:-]+)"|'([a-zA-Z0-9_.:-]+)')` +
	`(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?` +
	`(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>`)

// prolog reads what may only stand at the very beginning.
func (s *scanner) prolog() {
	if bytes.HasPrefix(s.src, []byte(byteOrderMark)) {
		s.report(beginning, byteOrder, "a byte order mark before the XML declaration")
		s.pos = len(byteOrderMark)
	}
	if n := s.skipSpace(); n > 0 && bytes.HasPrefix(s.src[s.pos:], []byte("<?xml")) && s.pos+5 < len(s.src) && isSpace(s.src[s.pos+5]) {
		s.fault(s.pos-n, wpBlankLine, "white space before the XML declaration")
	}
	m := xmlDeclaration().FindSubmatch(s.src[s.pos:min(len(s.src), s.pos+512)])
	if m == nil {
		if !bytes.HasPrefix(s.src[s.pos:], []byte("<?xml")) {
			s.report(beginning, missingEncoding, "no XML declaration")
		}
		return
	}
	if v := string(m[1]) + string(m[2]); v != "1.0" {
		s.fault(s.pos, badXMLVersion, "XML version %q", v)
	}
	switch encoding := string(m[3]) + string(m[4]); {
	case encoding == "":
		s.fault(s.pos, missingEncoding, "the XML declaration names no encoding")
	case strings.EqualFold(encoding, "utf-8") || s.converted != "":
	case s.valid():
		s.fault(s.pos, unknownEncoding, "the document is declared as %s", clip(encoding))
	default:
		s.fault(s.pos, unknownEncoding, "the document is declared as %s: it was not judged", clip(encoding))
		s.ended = true
		return
	}
	s.pos += len(m[0])
}

// fault reports what is wrong at a position of src.
func (s *scanner) fault(at int, r rule, format string, args ...any) {
	s.report(s.place(at), r, format, args...)
}

// next reads the next token. After endOfDocument it returns nothing else.
func (s *scanner) next() token {
	t := s.token()
	if t == endOfDocument && s.replaced > 0 {
		s.report(s.first, unicodeError, "%d characters that are not %s", s.replaced, clip(s.converted))
		s.replaced = 0
	}
	return t
}

// tooLong ends the document at a piece that is longer than what is read whole.
func (s *scanner) tooLong() token {
	s.fault(s.from, validatorLimit, "a text, tag or comment of more than %d bytes", s.most)
	s.from, s.ended = s.pos, true
	return endOfDocument
}

// unended ends the document at a piece that lacks its end: there is none, or it
// is too far away.
func (s *scanner) unended(at int, format string, args ...any) token {
	if s.in != nil || len(s.src)-s.from > s.most {
		return s.tooLong()
	}
	return s.fatal(at, format, args...)
}

func (s *scanner) token() token {
	s.attrs, s.declared, s.text, s.hex = s.attrs[:0], s.declared[:0], nil, false
	if s.closing {
		s.closing = false
		return s.pop()
	}
	for !s.ended {
		if s.pos-s.from > s.most {
			return s.tooLong()
		}
		s.fill()
		s.from = s.pos
		if s.pos == len(s.src) {
			if len(s.open) > 0 {
				return s.fatal(s.pos, "the document ends inside <%s>", s.open[len(s.open)-1].raw)
			}
			if !s.rooted {
				return s.fatal(s.pos, "the document has no element")
			}
			break
		}
		if s.src[s.pos] != '<' {
			if len(s.open) > 0 {
				s.characters()
				return text
			}
			s.skipSpace()
			if s.pos < len(s.src) && s.src[s.pos] != '<' {
				return s.fatal(s.pos, "text outside the root element")
			}
			continue
		}
		rest := s.src[s.pos:]
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			s.comment()
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			return s.cdata()
		case bytes.HasPrefix(rest, []byte("<!")):
			s.doctype()
		case bytes.HasPrefix(rest, []byte("<?")):
			s.instruction()
		case bytes.HasPrefix(rest, []byte("</")):
			return s.endTag()
		default:
			return s.startTag()
		}
	}
	s.ended = true
	return endOfDocument
}

// fatal ends the document: from here on its structure cannot be known.
func (s *scanner) fatal(at int, format string, args ...any) token {
	s.fault(at, saxError, format, args...)
	s.ended = true
	return endOfDocument
}

// comment reads a comment (XML 1.0, section 2.5).
func (s *scanner) comment() {
	from := s.pos + len("<!--")
	n := bytes.Index(s.src[from:], []byte("--"))
	if n < 0 {
		s.unended(s.pos, "a comment without an end")
		return
	}
	if !bytes.HasPrefix(s.src[from+n:], []byte("-->")) {
		s.fault(from+n, saxError, "-- in a comment")
		more := bytes.Index(s.src[from+n:], []byte("-->"))
		if more < 0 {
			s.unended(s.pos, "a comment without an end")
			return
		}
		n += more
	}
	s.legal(from, from+n)
	s.pos = from + n + len("-->")
}

// cdata reads a CDATA section (XML 1.0, section 2.7).
func (s *scanner) cdata() token {
	from := s.pos + len("<![CDATA[")
	n := bytes.Index(s.src[from:], []byte("]]>"))
	if n < 0 {
		return s.unended(s.pos, "a CDATA section without an end")
	}
	if len(s.open) == 0 {
		return s.fatal(s.pos, "a CDATA section outside the root element")
	}
	s.buf = s.buf[:0]
	end, start, copied, doubtful := from+n, from, false, false
	for s.pos = from; s.pos < end; {
		c := s.src[s.pos]
		if 0x20 <= c && c < 0x80 || c == '\n' || c == '\t' {
			s.pos += 1 + printableRun(s.src[s.pos+1:end])
			continue
		}
		if c == '\r' {
			s.buf, copied = append(append(s.buf, s.src[start:s.pos]...), '\n'), true
			s.pos++
			if s.pos < end && s.src[s.pos] == '\n' {
				s.pos++
			}
			start = s.pos
			continue
		}
		n, ok := s.character(&doubtful)
		if !ok {
			s.buf, copied = append(s.buf, s.src[start:s.pos]...), true
			start = s.pos + n
		}
		s.pos += n
	}
	if copied {
		s.buf = append(s.buf, s.src[start:end]...)
		s.text = s.buf
	} else {
		s.text = s.src[start:end]
	}
	s.doubt(doubtful)
	s.pos = end + len("]]>")
	return text
}

// instruction reads a processing instruction (XML 1.0, section 2.6).
func (s *scanner) instruction() {
	from := s.pos + len("<?")
	n := bytes.Index(s.src[from:], []byte("?>"))
	if n < 0 {
		s.unended(s.pos, "a processing instruction without an end")
		return
	}
	target, _, _ := bytes.Cut(s.src[from:from+n], []byte(" "))
	if i := bytes.IndexAny(target, "\t\r\n"); i >= 0 {
		target = target[:i]
	}
	switch {
	case !isName(target):
		s.fatal(s.pos, "a processing instruction without a name")
		return
	case strings.EqualFold(string(target), "xml"):
		s.fatal(s.pos, "an XML declaration that is malformed or not at the beginning")
		return
	}
	s.legal(from, from+n)
	s.pos = from + n + len("?>")
}

// doctype skips a document type declaration: a feed has no use for one, and
// what it declares is not looked at.
func (s *scanner) doctype() {
	if !bytes.HasPrefix(s.src[s.pos:], []byte("<!DOCTYPE")) || s.rooted {
		s.fatal(s.pos, "markup that is no tag, comment or CDATA section")
		return
	}
	subset, from := false, s.pos
	for i := s.pos; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"' || c == '\'':
			n := bytes.IndexByte(s.src[i+1:], c)
			if n < 0 {
				i = len(s.src)
				break
			}
			i += n + 1
		case bytes.HasPrefix(s.src[i:], []byte("<!--")):
			n := bytes.Index(s.src[i+4:], []byte("-->"))
			if n < 0 {
				i = len(s.src)
				break
			}
			i += n + 6
		case c == '[':
			subset = true
		case c == ']':
			subset = false
		case c == '>' && !subset:
			s.documentType(s.src[from:i], from)
			s.legal(from, i+1)
			return
		}
	}
	s.unended(s.pos, "a document type declaration without an end")
}

const netscapeDTD = `"-//Netscape Communications//DTD RSS 0.91//EN"`

var entityDeclaration = pattern(`<!ENTITY[ \t\r\n]+([A-Za-z_][\w.-]*)[ \t\r\n]+["']`)

// documentType judges a document type declaration. Nothing that it points to
// is fetched; of what it defines only the names of entities are kept, so that
// none can grow.
func (s *scanner) documentType(declaration []byte, at int) {
	switch {
	case bytes.Contains(declaration, []byte(netscapeDTD)) && bytes.Contains(declaration, []byte(`"http://www.rssboard.org/rss-0.91.dtd"`)):
		s.legacy = true
	case bytes.Contains(declaration, []byte(netscapeDTD)) && bytes.Contains(declaration, []byte(`"http://my.netscape.com/publish/formats/rss-0.91.dtd"`)):
		s.legacy = true
		s.fault(at, deprecatedDTD, "a document type that is served no more")
	default:
		s.fault(at, containsSystemEntity, "a document type declaration")
	}
	for _, m := range entityDeclaration().FindAllSubmatch(declaration, maxAttributes) {
		if s.entity == nil {
			s.entity = map[string]bool{}
		}
		s.entity[string(m[1])] = true
	}
}
