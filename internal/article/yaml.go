package article

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// readYAML reads front matter in YAML by its nodes, so that every scalar keeps
// its text. What YAML refuses but can mean only one thing is repaired, each
// line with a warning.
func (p *parsing) readYAML(b *block) (value, bool) {
	var room []entry
	if !p.taken {
		room = p.entries[:0]
	}
	if meta, ok := plainYAML(b.text, b.line, room); ok {
		if !p.taken {
			p.entries, p.taken = meta.entries, true
		}
		return meta, true
	}
	doc, repairs, err := mendYAML(b.text)
	if err != nil && b.endsEarly() {
		p.warn(b.next, "front-matter", "front matter has no end; taken to end here", "write a line --- behind the last key")
		doc, repairs, err = mendYAML(b.text)
	}
	if err != nil {
		p.yamlError(b, err)
		return value{}, false
	}
	for _, r := range repairs {
		p.warn(b.line+r.line, "front-matter", r.text, r.hint)
	}
	meta := value{kind: mapping, line: b.line}
	if doc == nil {
		return meta, true
	}
	if doc.Kind != yaml.MappingNode {
		p.fail(b.line, "front-matter", "front matter holds no keys", `write each line as "key: value"`)
		return value{}, false
	}
	budget := maxValues
	meta, ok := yamlValue(doc, b.line-1, &budget)
	if !ok {
		p.fail(b.line, "front-matter", fmt.Sprintf("front matter holds more than %d values", maxValues), "")
		return value{}, false
	}
	return meta, true
}

// mendYAML loads a text as it is, else with what repairYAML does to it. The
// error is that of the text as it is, which the author can see.
func mendYAML(text string) (*yaml.Node, []repair, error) {
	doc, err := loadYAML(text)
	if err == nil {
		return doc, nil, nil
	}
	repaired, repairs := repairYAML(text)
	if len(repairs) == 0 {
		return nil, nil, err
	}
	doc, again := loadYAML(repaired)
	if again != nil {
		return nil, nil, err
	}
	return doc, repairs, nil
}

// endsEarly makes of a block that ends in a ruler of the text, because its own
// end is missing, one that ends at its first empty line. It reports false when
// the block cannot be taken for such.
func (b *block) endsEarly() bool {
	n := keyLines(b.text)
	if n == 0 || n == len(b.text) || strings.TrimSpace(leading(b.text[n:], func(r rune) bool { return r != '\n' })) != "" {
		return false
	}
	if _, _, err := mendYAML(b.text[:n]); err != nil {
		return false
	}
	b.text, b.rest = b.text[:n], b.tail[n:]
	b.next = b.line + strings.Count(b.text, "\n")
	return true
}

// loadYAML reads one document; nil when it is empty.
func loadYAML(text string) (*yaml.Node, error) {
	var doc yaml.Node
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := yaml.Load([]byte(text), &doc); err != nil {
		if onlyComments(text) {
			return nil, nil
		}
		return nil, err
	}
	if doc.Kind == yaml.DocumentNode {
		if len(doc.Content) == 0 {
			return nil, nil
		}
		return doc.Content[0], nil
	}
	return &doc, nil
}

func onlyComments(text string) bool {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			return false
		}
	}
	return true
}

// yamlValue converts a node; offset is added to its line. The budget bounds
// what aliases multiply.
func yamlValue(n *yaml.Node, offset int, budget *int) (value, bool) {
	if *budget--; *budget < 0 {
		return value{}, false
	}
	v := value{line: n.Line + offset}
	switch n.Kind {
	case yaml.AliasNode:
		target, ok := yamlValue(n.Alias, offset, budget)
		target.line = v.line
		return target, ok
	case yaml.ScalarNode:
		v.quoted = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0
		if v.text = n.Value; v.quoted || n.ShortTag() != "!!null" {
			v.kind = scalar
		}
	case yaml.SequenceNode:
		v.kind = list
		for _, c := range n.Content {
			x, ok := yamlValue(c, offset, budget)
			if !ok {
				return value{}, false
			}
			v.list = append(v.list, x)
		}
	case yaml.MappingNode:
		v.kind = mapping
		for i := 0; i+1 < len(n.Content); i += 2 {
			x, ok := yamlValue(n.Content[i+1], offset, budget)
			if !ok {
				return value{}, false
			}
			x.line = n.Content[i].Line + offset // the key's, also of a list below it
			v.entries = append(v.entries, entry{n.Content[i].Value, x})
		}
	}
	return v, true
}

// yamlError reports what the YAML library says, at the line of the file.
func (p *parsing) yamlError(b *block, err error) {
	line, column, text := 0, 0, err.Error()
	var one *yaml.LoadError
	var all *yaml.LoadErrors
	if errors.As(err, &all) && len(all.Errors) > 0 {
		one = all.Errors[0]
	} else {
		errors.As(err, &one)
	}
	if one != nil {
		mark := one.Mark
		if strings.Contains(one.ContextMsg, "quoted") || strings.Contains(one.ContextMsg, "flow") {
			mark = one.ContextMark // where it opens, not where the search for its end was given up
		}
		line, column, text = mark.Line, mark.Column, strings.TrimPrefix(one.Message, "yaml: ")
	}
	hint := "correct the line, or put its value in quotation marks"
	switch {
	case strings.Contains(text, "end of stream"):
		hint = "close the quotation mark or bracket that is open"
	case strings.Contains(text, "excessive aliasing"):
		hint = "write the values out instead of repeating them by aliases"
	case strings.Contains(text, "multiple"):
		text, hint = "a second YAML document begins inside the front matter", "remove the line ---"
	}
	p.report(Problem{
		Line: b.line + max(line, 1) - 1, Column: column, Severity: Error, Code: "front-matter",
		Text: "front matter: " + text, Hint: hint,
	})
}

// repair is a line of front matter that was read as its author meant it.
type repair struct {
	line int // from 0, in the front matter
	text string
	hint string
}

// repairYAML puts right what YAML refuses in a line and what has one meaning
// only: tabs in an indentation, and a value that would be fine in quotation
// marks, such as `title: Breaking: mayor resigns`.
func repairYAML(text string) (string, []repair) {
	lines := strings.Split(text, "\n")
	var repairs []repair
	for i, l := range lines {
		indent := leading(l, func(r rune) bool { return r == ' ' || r == '\t' })
		if strings.Contains(indent, "\t") && len(indent) < len(l) {
			lines[i] = strings.ReplaceAll(indent, "\t", "  ") + l[len(indent):]
			repairs = append(repairs, repair{i, "front matter: a tab indents the line", "indent by blanks"})
		}
	}
	for i, l := range lines {
		if key, val, ok := cutGluedKey(l); ok {
			l = key + ": " + val
			lines[i] = l
			repairs = append(repairs, repair{i, fmt.Sprintf("%s: no blank behind the colon", key), "write it as " + l})
		}
		key, val, ok := cutKey(l)
		if !ok || val == "" || strings.ContainsAny(l[:1], " \t") || i+1 < len(lines) && strings.HasPrefix(lines[i+1], " ") {
			continue // a value of several lines has more than one meaning
		}
		if _, err := loadYAML(l); err == nil {
			continue
		}
		if listLike(val) {
			continue
		}
		val = unquotedYAML(val)
		lines[i] = key + ": " + strconv.Quote(val)
		repairs = append(repairs, repair{
			i, fmt.Sprintf("%s: YAML does not allow this value without quotation marks", key),
			fmt.Sprintf("write it as %s: %s", key, yamlQuote(val)),
		})
	}
	return strings.Join(lines, "\n"), repairs
}

// unquotedYAML takes off quotation marks that are there but do not do their
// work: typographic ones, or a pair around another.
func unquotedYAML(val string) string {
	if inner, ok := straightened(val); ok {
		return inner
	}
	for _, q := range []string{`"`, `'`} {
		if inner, ok := strings.CutPrefix(val, q); ok && len(inner) > 1 && strings.HasSuffix(inner, q) {
			return strings.TrimSuffix(inner, q)
		}
	}
	return val
}

// listLike reports whether a value opens a list or mapping of YAML and closes
// it, or never does: what is inside cannot be guessed.
func listLike(val string) bool {
	return strings.HasPrefix(val, "[") && (strings.HasSuffix(val, "]") || !strings.Contains(val, "]")) ||
		strings.HasPrefix(val, "{") && !strings.HasPrefix(val, "{{") ||
		strings.HasPrefix(val, `"`) && strings.Count(val, `"`) == 1 ||
		strings.HasPrefix(val, `'`) && strings.Count(val, `'`) == 1
}

// yamlQuote writes a value in the quotation marks that its author would take.
func yamlQuote(s string) string {
	if !strings.ContainsAny(s, `"\`) {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
