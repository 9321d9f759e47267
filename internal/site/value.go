package site

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// value is one value in the file and the key that leads to it. Its methods
// read it as what the key wants; what it is not, they add to errs.
type value struct {
	name string // of the file
	key  string
	node *yaml.Node
	errs *Errors
}

func (v value) fail(hint, format string, args ...any) {
	*v.errs = append(*v.errs, Error{
		Name: v.name, Line: v.node.Line, Column: v.node.Column,
		Key: v.key, Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// child returns the value at node below v, by the last part of its key.
func (v value) child(part string, node *yaml.Node) value {
	if strings.ContainsFunc(part, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }) || part == "" {
		part = strconv.Quote(part)
	}
	if v.key != "" {
		part = v.key + "." + part
	}
	return value{name: v.name, key: part, node: node, errs: v.errs}
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// is reports whether v is of a kind that its key takes. Where it is not, the
// hint shows one that would do.
func (v value) is(kind yaml.Kind, hint string) bool {
	names := map[yaml.Kind]string{yaml.ScalarNode: "text", yaml.SequenceNode: "a list", yaml.MappingNode: "a map of keys"}
	switch {
	case v.node.Kind == yaml.AliasNode:
		v.fail("write the value out", "YAML's aliases are not read here: *%s", v.node.Value)
	case isNull(v.node):
		v.fail("leave the key out for the default", "has no value")
	case v.node.Kind != kind:
		v.fail(hint, "%s where %s belongs", names[v.node.Kind], names[kind])
	case v.node.Style&yaml.TaggedStyle != 0 && !slices.Contains([]string{"!!str", "!!seq", "!!map"}, v.node.ShortTag()):
		v.fail("leave it out, or put the value in quotation marks", "YAML's tag %s is not read here", v.node.ShortTag())
	default:
		return true
	}
	return false
}

// pair is one key and its value in a map.
type pair struct {
	key  string
	node *yaml.Node // the key
	value
}

// pairs returns what a map holds, without the keys that it cannot read and
// those that it has read before.
func (v value) pairs() []pair {
	var ps []pair
	first := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		k, n := v.node.Content[i], v.node.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			v.child("?", k).fail("", "a key is one word, not a list or a map")
			continue
		}
		p := pair{k.Value, k, v.child(k.Value, n)}
		if line, twice := first[k.Value]; twice {
			p.failKey("keep one of them", "given twice, first in line %d", line)
			continue
		}
		first[k.Value] = k.Line
		ps = append(ps, p)
	}
	return ps
}

// failKey adds an error about the key, not its value.
func (p pair) failKey(hint, format string, args ...any) {
	p.value.node = p.node
	p.fail(hint, format, args...)
}

// fields reads a map whose keys are known.
func (v value) fields(known map[string]func(value)) {
	for _, p := range v.pairs() {
		read, ok := known[p.key]
		if ok {
			read(p.value)
			continue
		}
		words := slices.Sorted(maps.Keys(known))
		hint := "feedmill help site tells the keys"
		if len(words) < 5 {
			hint = "the keys here are " + strings.Join(words, ", ")
		}
		if near := nearest(p.key, words); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		p.failKey(hint, "no such key")
	}
}

// line reads text that is an address, a path or a word: as it is written,
// without white space at its ends. It is never empty.
func (v value) line() (string, bool) {
	if !v.is(yaml.ScalarNode, "write it on one line") {
		return "", false
	}
	s := strings.TrimSpace(v.node.Value)
	if s == "" {
		v.fail("leave the key out for the default", "is empty")
		return "", false
	}
	// An escape such as "\x07" brings in what the file itself cannot hold.
	if i := strings.IndexFunc(s, forbidden); i >= 0 {
		v.fail("remove it", "holds the control character %U", []rune(s[i:])[0])
		return "", false
	}
	return s, true
}

// text reads prose into to: one line, however it was broken in the file.
func (v value) text(to *string) {
	if s, ok := v.line(); ok {
		*to = strings.Join(strings.Fields(s), " ")
	}
}

// number reads a whole number between two bounds into to.
func (v value) number(to *int, from, upto int) {
	if !v.is(yaml.ScalarNode, "write it as "+strconv.Itoa(*to)) {
		return
	}
	n, err := strconv.Atoi(v.node.Value)
	switch {
	case err != nil || strconv.Itoa(n) != v.node.Value:
		v.fail("write it as "+strconv.Itoa(*to), "%q is not a whole number", v.node.Value)
	case v.node.ShortTag() != "!!int":
		v.fail("write it without quotation marks", "text where a number belongs")
	case n < from || n > upto:
		v.fail("", "%d is not from %d to %d", n, from, upto)
	default:
		*to = n
	}
}

// truth reads true or false into to.
func (v value) truth(to *bool) {
	if word, ok := v.word("true", "false"); ok {
		*to = word == "true"
	}
}

// word reads one of the words that a key knows.
func (v value) word(known ...string) (string, bool) {
	s, ok := v.line()
	if !ok {
		return "", false
	}
	if !slices.Contains(known, s) {
		hint := "write one of " + strings.Join(known, ", ")
		if near := nearest(s, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		v.fail(hint, "%q is not known", s)
		return "", false
	}
	return s, true
}
