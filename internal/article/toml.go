package article

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// readTOML reads front matter in TOML. The library first judges the whole;
// then its syntax tree is read, which keeps dates as they are written and
// knows the line of every key.
func (p *parsing) readTOML(b *block) (value, bool) {
	var judged map[string]any
	if err := toml.Unmarshal([]byte(b.text), &judged); err != nil {
		line, column := 1, 0
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column = at.Position()
		}
		p.report(Problem{
			Line: b.line + line - 1, Column: column, Severity: Error, Code: "front-matter",
			Text: "front matter: " + strings.TrimPrefix(err.Error(), "toml: "),
			Hint: "correct the line; a text stands in quotation marks in TOML",
		})
		return value{}, false
	}
	t := tomlTree{parser: &unstable.Parser{}, offset: b.line - 1, budget: maxValues}
	t.parser.Reset([]byte(b.text))
	root := &value{kind: mapping, line: b.line}
	table := root
	for t.parser.NextExpression() {
		switch e := t.parser.Expression(); e.Kind {
		case unstable.Table:
			table = t.descend(root, e.Key(), false)
		case unstable.ArrayTable:
			table = t.descend(root, e.Key(), true)
		case unstable.KeyValue:
			t.put(table, e)
		}
	}
	if err := t.parser.Error(); err != nil {
		p.fail(b.line, "front-matter", "front matter: "+err.Error(), "")
		return value{}, false
	}
	if t.budget < 0 {
		p.fail(b.line, "front-matter", fmt.Sprintf("front matter holds more than %d values", maxValues), "")
		return value{}, false
	}
	return *root, true
}

// tomlTree makes values of TOML's syntax tree.
type tomlTree struct {
	parser *unstable.Parser
	offset int // added to every line
	budget int
}

func (t *tomlTree) line(n *unstable.Node) int {
	return t.parser.Shape(n.Raw).Start.Line + t.offset
}

// descend finds or makes the mapping that keys lead to; with another, the last
// of them is a list of mappings, of which a further one begins.
func (t *tomlTree) descend(v *value, keys unstable.Iterator, another bool) *value {
	for keys.Next() {
		key := keys.Node()
		last := keys.IsLast()
		v = v.child(string(key.Data), t.line(key))
		if another && last {
			v.kind = list
			v.list = append(v.list, value{kind: mapping, line: t.line(key)})
		}
		if v.kind == list && len(v.list) > 0 { // keys below a list mean its newest mapping
			v = &v.list[len(v.list)-1]
		}
		v.kind = mapping
		t.budget--
	}
	return v
}

// child finds or makes the value under key.
func (v *value) child(key string, line int) *value {
	for i := range v.entries {
		if v.entries[i].key == key {
			return &v.entries[i].value
		}
	}
	v.entries = append(v.entries, entry{key, value{line: line}})
	return &v.entries[len(v.entries)-1].value
}

func (t *tomlTree) put(table *value, e *unstable.Node) {
	keys := e.Key()
	for keys.Next() {
		key := keys.Node()
		table.kind = mapping
		table = table.child(string(key.Data), t.line(key))
	}
	line := table.line
	*table = t.value(e.Value(), line)
}

func (t *tomlTree) value(n *unstable.Node, line int) value {
	t.budget--
	v := value{line: line}
	switch n.Kind {
	case unstable.Array:
		v.kind = list
		for it := n.Children(); it.Next(); {
			v.list = append(v.list, t.value(it.Node(), line))
		}
	case unstable.InlineTable:
		v.kind = mapping
		for it := n.Children(); it.Next(); {
			t.put(&v, it.Node())
		}
	default:
		v.kind, v.text, v.quoted = scalar, string(n.Data), n.Kind == unstable.String
	}
	return v
}
