package check

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/net/html"
)

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func (s *scanner) skipSpace() int {
	from := s.pos
	for s.pos < len(s.src) && isSpace(s.src[s.pos]) {
		s.pos++
	}
	return s.pos - from
}

// plain marks the bytes of text that need no second look.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 0x80; c++ {
		t[c] = true
	}
	t['\t'], t['\n'] = true, true
	t['<'], t['&'], t[']'] = false, false, false
	return t
}()

// characters reads text up to the next tag. Nothing is copied unless something
// has to be replaced.
func (s *scanner) characters() {
	s.buf = s.buf[:0]
	from, copied, doubtful := s.pos, false, false
	flush := func() { s.buf, copied = append(s.buf, s.src[from:s.pos]...), true }
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case plain[c]:
			s.pos += textRun(s.src[s.pos:])
		case c == '<':
			goto done
		case c == '&':
			flush()
			s.buf = s.reference(s.buf)
			from = s.pos
		case c == ']':
			if bytes.HasPrefix(s.src[s.pos:], []byte("]]>")) {
				s.fault(s.pos, saxError, "]]> in text")
			}
			s.pos++
		case c == '\r':
			flush()
			s.buf = append(s.buf, '\n')
			s.pos++
			if s.pos < len(s.src) && s.src[s.pos] == '\n' {
				s.pos++
			}
			from = s.pos
		default:
			n, ok := s.character(&doubtful)
			if ok {
				s.pos += n
			} else {
				flush()
				s.pos += n
				from = s.pos
			}
		}
	}
done:
	if copied {
		s.buf = append(s.buf, s.src[from:s.pos]...)
		s.text = s.buf
	} else {
		s.text = s.src[from:s.pos]
	}
	s.doubt(doubtful)
}

// character looks at one character that is not plain and returns its length
// and whether XML allows it (XML 1.0, section 2.2). It sets doubtful for
// characters that are legal but almost surely a mistake.
func (s *scanner) character(doubtful *bool) (n int, ok bool) {
	r, n := utf8.DecodeRune(s.src[s.pos:])
	switch {
	case r == utf8.RuneError && n <= 1:
		s.fault(s.pos, unicodeError, "byte %#02x is not UTF-8", s.src[s.pos])
		return 1, false
	case !isChar(r):
		s.fault(s.pos, saxError, "character %U is not allowed in XML", r)
		return n, false
	case r == utf8.RuneError && s.converted != "":
		if s.replaced++; s.replaced == 1 {
			s.first = s.place(s.pos)
		}
		*doubtful = true
	case 0x80 <= r && r <= 0x9f || r == utf8.RuneError:
		*doubtful = true
	}
	return n, true
}

// doubt reports text that shows signs of a wrong conversion between encodings.
func (s *scanner) doubt(doubtful bool) {
	if doubtful {
		s.fault(s.from, badCharacters, "characters that no author writes: a wrong conversion between encodings")
	} else if bytes.IndexByte(s.text, 0xc3) >= 0 && mojibake(s.text) {
		s.fault(s.from, badCharacters, "UTF-8 that was encoded twice: %q", clip(string(s.text)))
	}
}

// mojibake tells that a text of Latin letters only is UTF-8 again when it is
// read as ISO 8859-1, which no language is by chance.
func mojibake(t []byte) bool {
	latin := make([]byte, 0, len(t))
	for _, r := range string(t) {
		if r > 0xff {
			return false
		}
		latin = append(latin, byte(r))
	}
	return len(latin) < len(t) && utf8.Valid(latin)
}

func isChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		0x20 <= r && r <= 0xd7ff || 0xe000 <= r && r <= 0xfffd || 0x10000 <= r && r <= 0x10ffff
}

// reference reads one reference at an ampersand and appends what it stands for
// (XML 1.0, sections 4.1 and 4.6). What is no reference stands for itself.
func (s *scanner) reference(to []byte) []byte {
	const longest = 32
	rest := s.src[s.pos+1 : min(len(s.src), s.pos+1+longest)]
	end := bytes.IndexByte(rest, ';')
	literal := func() []byte {
		s.pos++
		return append(to, '&')
	}
	if end <= 0 {
		s.fault(s.pos, saxError, "& that begins no reference")
		return literal()
	}
	ref := rest[:end]
	if ref[0] == '#' {
		digits, base := ref[1:], rune(10)
		if len(digits) > 0 && digits[0] == 'x' {
			digits, base = digits[1:], 16
			s.hex = true
		}
		r, ok := rune(0), len(digits) > 0
		for _, c := range digits {
			d := digit(c)
			if d < 0 || d >= base || r > 0x10ffff {
				ok = false
				break
			}
			r = r*base + d
		}
		switch {
		case !ok:
			s.fault(s.pos, saxError, "&%s; is no reference to a character", ref)
			return literal()
		case !isChar(r):
			s.fault(s.pos, saxError, "&%s; is a character that is not allowed in XML", ref)
			s.pos += end + 2
			return to
		}
		if 0x80 <= r && r <= 0x9f || r == utf8.RuneError {
			s.fault(s.pos, badCharacters, "&%s; is a character that no author writes", ref)
		}
		s.pos += end + 2
		return utf8.AppendRune(to, r)
	}
	var c byte
	switch string(ref) {
	case "amp":
		c = '&'
	case "lt":
		c = '<'
	case "gt":
		c = '>'
	case "quot":
		c = '"'
	case "apos":
		c = '\''
	default:
		if !isName(ref) {
			s.fault(s.pos, saxError, "& that begins no reference")
			return literal()
		}
		if !s.legacy && !s.entity[string(ref)] {
			s.fault(s.pos, undefinedNamedEntity, "&%s; is defined in HTML only", ref)
		}
		s.pos += end + 2
		return append(to, html.UnescapeString("&"+string(ref)+";")...)
	}
	s.pos += end + 2
	return append(to, c)
}

func digit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// legal reports the characters of src[from:to] that XML does not allow, for
// the parts of a document that nothing is read from.
func (s *scanner) legal(from, to int) {
	var doubtful bool
	for s.pos = from; s.pos < to; {
		if c := s.src[s.pos]; 0x20 <= c && c < 0x80 || isSpace(c) {
			s.pos++
			continue
		}
		n, _ := s.character(&doubtful)
		s.pos += n
	}
}

// nameByte marks the ASCII characters of names, the colon included.
var nameByte = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			c == '_' || c == ':' || c == '-' || c == '.'
	}
	return t
}()

// isNameRune is NameChar beyond ASCII (XML 1.0, section 2.3).
func isNameRune(r rune) bool {
	return r == 0xb7 || 0x300 <= r && r <= 0x36f || r == 0x203f || r == 0x2040 || isNameStart(r)
}

// isNameStart is NameStartChar beyond ASCII.
func isNameStart(r rune) bool {
	return 0xc0 <= r && r <= 0x2ff && r != 0xd7 && r != 0xf7 ||
		0x370 <= r && r <= 0x1fff && r != 0x37e ||
		r == 0x200c || r == 0x200d || 0x2070 <= r && r <= 0x218f || 0x2c00 <= r && r <= 0x2fef ||
		0x3001 <= r && r <= 0xd7ff || 0xf900 <= r && r <= 0xfdcf || 0xfdf0 <= r && r < 0xfffd ||
		0x10000 <= r && r <= 0xeffff
}

// isName tells whether all of b is a name.
func isName(b []byte) bool {
	for i, r := range string(b) {
		switch {
		case r < utf8.RuneSelf:
			if !nameByte[r] || i == 0 && ('0' <= r && r <= '9' || r == '-' || r == '.') {
				return false
			}
		case r == utf8.RuneError || i == 0 && !isNameStart(r) || !isNameRune(r):
			return false
		}
	}
	return len(b) > 0
}
