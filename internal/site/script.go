package site

import (
	"regexp"
	"strconv"
	"strings"
)

// decodeScript reads the literals of a JavaScript or TypeScript program: the
// texts, numbers and truth values behind the keys of objects, each under the
// path of keys that leads to it, and those of constants, each under its name.
// A key whose value is the name of a constant has that constant's value. All
// else is passed over: calls, conditions and templates with values in them.
func (set settings) decodeScript(name, src, prefix string) {
	s := script{src: src, line: 1, names: map[string]string{}}
	var open []string // the keys of the brackets that are open; empty for one without
	key, keyLine := "", 0
	put := func(text string) {
		path := prefix
		for _, k := range open {
			if k != "" {
				path = join(path, k)
			}
		}
		set.put(join(path, key), text, name, keyLine)
		if len(open) == 0 {
			s.names[key] = text
		}
		key = ""
	}
	for {
		kind, text := s.next()
		switch kind {
		case 0:
			return
		case '{', '[', '(':
			if len(open) > mostPythonDepth*5 {
				return
			}
			k := key
			if len(open) == 0 && (s.assigned || kind == '(') {
				k = "" // const config = {: its keys are the configuration's
			}
			open, key = append(open, k), ""
			s.valueFollows, s.assigned = false, false
		case ',':
			key = ""
		case '}', ']', ')':
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
			key = ""
		case 't', 'w':
			if key != "" && s.valueFollows {
				value := text
				if kind == 'w' {
					known, ok := s.names[text]
					_, err := strconv.ParseFloat(text, 64)
					switch {
					case ok:
						value = known
					case text == "true" || text == "false" || err == nil:
					default:
						continue // a type, or a name that is not known
					}
				}
				if after := s.peek(); strings.IndexByte(",;}])\n", after) >= 0 || after == 0 || s.lineEnded {
					put(value)
				} else {
					key = ""
				}
				s.valueFollows = false
				continue
			}
			if text == "return" && kind == 'w' { // what follows is no value of it
				key = ""
			} else if !s.valueFollows {
				key, keyLine = text, s.line
			}
		}
	}
}

// script cuts a JavaScript program into what decodeScript looks at.
type script struct {
	src          string
	at, line     int
	names        map[string]string // of constants at the outermost level
	valueFollows bool              // a colon or an equals sign stands before
	assigned     bool              // it was an equals sign
	lineEnded    bool              // a line end stands before what peek sees
}

var scriptWord = regexp.MustCompile(`^[\pL\pN_$][\pL\pN_$.-]*`)

// next returns the kind of the next token ('t' a text, 'w' a word or number, a
// bracket as it is) and its text; 0 at the end. Of other signs it only notes
// those that lead to a value.
func (s *script) next() (kind byte, text string) {
	for s.at < len(s.src) {
		rest := s.src[s.at:]
		switch c := rest[0]; {
		case c == '\n':
			s.line++
			s.at++
		case strings.HasPrefix(rest, "//"):
			s.skip("\n", false)
		case strings.HasPrefix(rest, "/*"):
			s.skip("*/", true)
		case c == '"' || c == '\'' || c == '`':
			return 't', s.text(c)
		case strings.IndexByte("{[(", c) >= 0:
			s.at++
			return c, ""
		case strings.IndexByte("}])", c) >= 0:
			s.at++
			s.valueFollows = false
			return c, ""
		case c == ':' || c == '=':
			s.at++
			s.valueFollows, s.assigned = true, c == '='
		case c == ',' || c == ';':
			s.at++
			s.valueFollows, s.assigned = false, false
			return ',', ""
		default:
			if word := scriptWord.FindString(rest); word != "" {
				s.at += len(word)
				if word == "default" || strings.HasSuffix(word, ".exports") || word == "return" {
					s.assigned = true
				}
				return 'w', word
			}
			s.at++
		}
	}
	return 0, ""
}

func (s *script) skip(to string, with bool) {
	end := strings.Index(s.src[s.at:], to)
	if end < 0 {
		s.at = len(s.src)
		return
	}
	if with {
		end += len(to)
	}
	s.line += strings.Count(s.src[s.at:s.at+end], "\n")
	s.at += end
}

func (s *script) text(quote byte) string {
	var b strings.Builder
	for s.at++; s.at < len(s.src); s.at++ {
		switch c := s.src[s.at]; {
		case c == quote:
			s.at++
			return b.String()
		case c == '\\' && s.at+1 < len(s.src):
			s.at++
			unescape(&b, s.src[s.at])
		default:
			if c == '\n' {
				s.line++
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

// peek is the next sign that is no blank.
func (s *script) peek() byte {
	s.lineEnded = false
	for i := s.at; i < len(s.src); i++ {
		switch c := s.src[i]; c {
		case '\n':
			s.lineEnded = true
		case ' ', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}
