package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsonParser reads a document of JSON that is in memory. It takes what
// encoding/json takes and reads the same in it, but for what is nested too deep.
// Anything else is errIrregular: what is wrong with it, encoding/json says.
type jsonParser struct {
	src   []byte
	pos   int
	mark  mark
	open  []byte            // the brackets that token has met
	due   byte              // the separator that has to come before the next token; 0: none
	names map[string]string // of members, each once
	lent  []byte            // strings with escapes
	items []member          // of the value that is read
}

// errIrregular says that a document is not the JSON that nearly all is.
var errIrregular = errors.New("not read here")

func newJSONParser(src []byte) *jsonParser {
	return &jsonParser{src: src, mark: mark{place: beginning}, names: map[string]string{}}
}

// space skips white space and returns what follows, 0 at the end.
func (p *jsonParser) space() byte {
	for p.pos < len(p.src) {
		if c := p.src[p.pos]; !isSpace(c) {
			return c
		}
		p.pos++
	}
	return 0
}

// here returns the place of what comes next.
func (p *jsonParser) here() place {
	p.mark.advance(p.src, p.pos)
	return p.mark.place
}

// separate skips what separates the last token from the next, and returns the
// character with which this begins.
func (p *jsonParser) separate() (byte, error) {
	c := p.space()
	due := p.due
	p.due = 0
	if due == 0 || due == ',' && (len(p.open) == 0 || c == ']' || c == '}') {
		return c, nil
	}
	if c != due {
		return 0, errIrregular
	}
	p.pos++
	if c = p.space(); c == ']' || c == '}' {
		return 0, errIrregular
	}
	return c, nil
}

// more tells whether there is another member or value before the closing bracket.
func (p *jsonParser) more() bool {
	c := p.space()
	return c != ']' && c != '}' && c != 0
}

// token reads a bracket or the name of a member.
func (p *jsonParser) token() (json.Token, place, error) {
	c, err := p.separate()
	at := p.here()
	if err != nil {
		return nil, at, err
	}
	inside := byte(0)
	if len(p.open) > 0 {
		inside = p.open[len(p.open)-1]
	}
	switch {
	case p.pos == len(p.src) && inside == 0:
		return nil, at, io.EOF
	case c == '{' || c == '[':
		p.open = append(p.open, c)
		p.pos++
		return json.Delim(c), at, nil
	case c == '}' && inside == '{' || c == ']' && inside == '[':
		p.open = p.open[:len(p.open)-1]
		p.pos++
		p.due = ','
		return json.Delim(c), at, nil
	case c == '"' && inside == '{':
		name, err := p.name()
		p.due = ':'
		return name, at, err
	}
	return nil, at, errIrregular
}

// datum reads the value of a member or of an array. Its strings and members are
// lent: they hold until the next is read.
func (p *jsonParser) datum() (datum, place, error) {
	if _, err := p.separate(); err != nil {
		return datum{}, place{}, err
	}
	p.due = ','
	p.lent = p.lent[:0]
	d, err := p.value(0)
	return d, d.at, err
}

// value reads a value.
func (p *jsonParser) value(depth int) (datum, error) {
	c := p.space()
	d := datum{at: p.here()}
	var err error
	switch {
	case c == '"':
		d.kind = str
		d.value, err = p.str()
	case c == '{' || c == '[':
		if depth == maxDepth {
			return d, errIrregular
		}
		p.pos++
		d.kind = record
		if c == '[' {
			d.kind = list
		}
		err = p.contents(&d, depth+1)
	case c == '-' || isDigit(c):
		d.kind = number
		d.value, err = p.number()
	case p.word("true") || p.word("false"):
		d.kind = boolean
	case p.word("null"):
	default:
		err = errIrregular
	}
	return d, err
}

func (p *jsonParser) word(w string) bool {
	if !bytes.HasPrefix(p.src[p.pos:], []byte(w)) {
		return false
	}
	p.pos += len(w)
	return true
}

// usualMembers is how many an item has, or a few less.
const usualMembers = 16

// contents reads what is in an object or array, up to the closing bracket.
func (p *jsonParser) contents(d *datum, depth int) error {
	end := byte('}')
	if d.kind == list {
		end = ']'
	}
	if p.space() == end {
		p.pos++
		return nil
	}
	if outer := d.kind == record && depth == 1; outer {
		d.members = p.items[:0]
		defer func() { p.items = d.members }()
	}
	for {
		var m member
		var err error
		if d.kind == record {
			if p.space() != '"' {
				return errIrregular
			}
			m.at = p.here()
			if m.name, err = p.name(); err != nil {
				return err
			}
			if p.space() != ':' {
				return errIrregular
			}
			p.pos++
		}
		if m.value, err = p.value(depth); err != nil {
			return err
		}
		if d.kind == record {
			d.members = append(d.members, m)
		} else {
			d.list = append(d.list, m.value)
		}
		switch p.space() {
		case end:
			p.pos++
			return nil
		case ',':
			p.pos++
		default:
			return errIrregular
		}
	}
}

// number reads a number (RFC 8259, section 6).
func (p *jsonParser) number() ([]byte, error) {
	from := p.pos
	digits := func() bool {
		first := p.pos
		for p.pos < len(p.src) && isDigit(p.src[p.pos]) {
			p.pos++
		}
		return p.pos > first
	}
	p.word("-")
	if !p.word("0") && !digits() {
		return nil, errIrregular
	}
	if p.word(".") && !digits() {
		return nil, errIrregular
	}
	if p.word("e") || p.word("E") {
		if !p.word("+") {
			p.word("-")
		}
		if !digits() {
			return nil, errIrregular
		}
	}
	return p.src[from:p.pos], nil
}

// name reads the name of a member.
func (p *jsonParser) name() (string, error) {
	b, err := p.str()
	if err != nil {
		return "", err
	}
	name, ok := p.names[string(b)]
	if !ok {
		name = string(b)
		p.names[name] = name
	}
	return name, nil
}

// str reads a string (RFC 8259, section 7). What has no escapes is where it lies.
func (p *jsonParser) str() ([]byte, error) {
	p.pos++
	from := p.pos
	p.pos += quotedRun(p.src[p.pos:])
	if p.pos < len(p.src) && p.src[p.pos] == '"' {
		p.pos++
		return p.src[from : p.pos-1], nil
	}
	start := len(p.lent)
	p.lent = append(p.lent, p.src[from:p.pos]...)
	for {
		if p.pos == len(p.src) || p.src[p.pos] < ' ' {
			return nil, errIrregular
		}
		if p.src[p.pos] == '"' {
			p.pos++
			return p.lent[start:len(p.lent):len(p.lent)], nil
		}
		if err := p.escape(); err != nil {
			return nil, err
		}
		n := quotedRun(p.src[p.pos:])
		p.lent = append(p.lent, p.src[p.pos:p.pos+n]...)
		p.pos += n
	}
}

// escape reads an escape.
func (p *jsonParser) escape() error {
	if p.pos+1 == len(p.src) {
		return errIrregular
	}
	c := p.src[p.pos+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r := p.unit()
		if r < 0 {
			return errIrregular
		}
		if utf16.IsSurrogate(r) {
			// Half of a pair is no character.
			if whole := utf16.DecodeRune(r, p.peekUnit()); whole != utf8.RuneError {
				p.unit()
				r = whole
			} else {
				r = utf8.RuneError
			}
		}
		p.lent = utf8.AppendRune(p.lent, r)
		return nil
	default:
		return errIrregular
	}
	p.lent = append(p.lent, c)
	p.pos += 2
	return nil
}

// unit reads \u and four digits; it is below zero when there is none.
func (p *jsonParser) unit() rune {
	r := p.peekUnit()
	if r >= 0 {
		p.pos += 6
	}
	return r
}

func (p *jsonParser) peekUnit() rune {
	if len(p.src)-p.pos < 6 || p.src[p.pos] != '\\' || p.src[p.pos+1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range p.src[p.pos+2 : p.pos+6] {
		d := digit(c)
		if d < 0 {
			return -1
		}
		r = r<<4 | d
	}
	return r
}
