package article

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxJSONDepth is how deep front matter and JSON-LD may nest; real ones need
// five.
const maxJSONDepth = 100

// cutJSON finds a JSON object at the front of a text. A brace alone is not
// enough: templates begin with one too.
func cutJSON(text string, line int) (block, bool) {
	if !strings.HasPrefix(text, "{") || !strings.HasPrefix(strings.TrimLeft(text[1:], " \t\n"), `"`) {
		return block{}, false
	}
	var raw json.RawMessage
	dec := json.NewDecoder(strings.NewReader(text))
	if err := dec.Decode(&raw); err != nil {
		// Not an object, but begun as one: the reader names the place.
		return block{text: text[:min(len(text), maxFrontMatter)], line: line}, true
	}
	end := int(dec.InputOffset())
	return block{
		text: text[:end], line: line,
		rest: strings.TrimLeft(text[end:], " \t"), next: line + strings.Count(text[:end], "\n"),
	}, true
}

// readJSON reads front matter in JSON, number by number as it is written.
func (p *parsing) readJSON(b *block) (value, bool) {
	j := newJSONReader(b.text, b.line)
	v, err := j.value(0)
	if err == nil && v.kind != mapping {
		err = errors.New("it is no object")
	}
	if err != nil {
		text := err.Error()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			text = "the object has no end"
		}
		p.fail(j.line(), "front-matter", "front matter: "+text, "correct the JSON object; its keys and texts stand in straight quotation marks")
		return value{}, false
	}
	return v, true
}

// jsonReader makes values of JSON's tokens.
type jsonReader struct {
	dec    *json.Decoder
	text   string
	first  int // line of the file on which text begins
	seen   int // offset up to which line feeds are counted
	passed int // line feeds before it
	budget int
}

func newJSONReader(text string, line int) *jsonReader {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return &jsonReader{dec: dec, text: text, first: line, budget: maxValues}
}

func (j *jsonReader) line() int {
	at := int(j.dec.InputOffset())
	j.passed += strings.Count(j.text[j.seen:at], "\n")
	j.seen = at
	return j.first + j.passed
}

func (j *jsonReader) value(depth int) (value, error) {
	if j.budget--; j.budget < 0 || depth > maxJSONDepth {
		return value{}, fmt.Errorf("it holds more than %d values or nests deeper than %d", maxValues, maxJSONDepth)
	}
	tok, err := j.dec.Token()
	if err != nil {
		return value{}, err
	}
	v := value{kind: scalar, line: j.line()}
	switch tok := tok.(type) {
	case nil:
		v.kind = nothing
	case string:
		v.text, v.quoted = tok, true
	case bool, json.Number:
		v.text = fmt.Sprint(tok)
	case json.Delim:
		v.kind = list
		if tok == '{' {
			v.kind = mapping
		}
		for j.dec.More() {
			key := ""
			if v.kind == mapping {
				k, err := j.dec.Token()
				if err != nil {
					return value{}, err
				}
				key = k.(string)
			}
			x, err := j.value(depth + 1)
			if err != nil {
				return value{}, err
			}
			if v.kind == list {
				v.list = append(v.list, x)
			} else {
				v.entries = append(v.entries, entry{key, x})
			}
		}
		if _, err := j.dec.Token(); err != nil {
			return value{}, err
		}
	}
	return v, nil
}
