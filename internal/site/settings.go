package site

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v4"
)

// setting is one scalar of a generator's configuration.
type setting struct {
	key  string // as its author spelt it
	text string
	file string
	line int // from 1; 0 when not known
}

// settings are the scalars of a configuration by their path in lower case. What
// was set first stays, unless it is empty: the files of a configuration are read
// in the order in which they count.
type settings map[string]setting

// mostSettings bounds a configuration; a large one has a few thousand.
const mostSettings = 50_000

var errTooMany = errors.New("holds too many values")

func (set settings) put(path, text, file string, line int) {
	key := strings.ToLower(path)
	if before, ok := set[key]; (!ok || before.text == "") && len(set) < mostSettings {
		set[key] = setting{key: path, text: text, file: file, line: line}
	}
}

// spelt returns a path of keys as its author wrote it.
func (set settings) spelt(path string) string {
	for key, s := range set {
		if key == path || strings.HasPrefix(key, path+".") {
			return s.key[:len(path)]
		}
	}
	return path
}

// decode reads YAML, JSON (which is YAML), TOML, Python or JavaScript, by the
// name of the file; prefix is the path that all keys stand below.
func (set settings) decode(name string, src []byte, prefix string) error {
	src = bytes.TrimPrefix(src, []byte("\xEF\xBB\xBF"))
	if e := unreadable(src); e != nil {
		return *e
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".toml":
		return set.decodeTOML(name, src, prefix)
	case ".py":
		set.decodePython(name, string(src))
		return nil
	case ".js", ".mjs", ".cjs", ".ts", ".mts":
		set.decodeScript(name, string(src), prefix)
		return nil
	}
	return set.decodeYAML(name, src, prefix)
}

// ReadData reads a file of data, told by the extension of its name as a
// configuration is, into the form of [Generator.Values]. Of a program only
// plain assignments of literals count. An error that knows its line is an
// [Error].
func ReadData(name string, src []byte) (map[string]string, error) {
	set := settings{}
	if err := set.decode(name, src, ""); err != nil {
		return nil, err
	}
	all := make(map[string]string, len(set))
	for key, s := range set {
		all[key] = s.text
	}
	return all, nil
}

func (set settings) decodeYAML(name string, src []byte, prefix string) error {
	// Liquid's "---" may stand at both ends of a data file.
	var doc yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		return err
	}
	if err := loader.Load(&doc); err != nil {
		if strings.TrimSpace(string(src)) == "" {
			return nil
		}
		return syntaxError(name, src, err)
	}
	budget := mostSettings
	for _, n := range doc.Content {
		if !set.node(name, prefix, n, &budget) {
			return errTooMany
		}
	}
	return nil
}

func (set settings) node(name, path string, n *yaml.Node, budget *int) bool {
	if *budget--; *budget < 0 {
		return false
	}
	switch n.Kind {
	case yaml.AliasNode:
		return set.node(name, path, n.Alias, budget)
	case yaml.ScalarNode:
		if !isNull(n) {
			set.put(path, n.Value, name, n.Line)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			if !set.node(name, join(path, strconv.Itoa(i)), c, budget) {
				return false
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !set.node(name, join(path, n.Content[i].Value), n.Content[i+1], budget) {
				return false
			}
		}
	}
	return true
}

func (set settings) decodeTOML(name string, src []byte, prefix string) error {
	var root map[string]any
	if err := toml.Unmarshal(src, &root); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return Error{Line: line, Column: column, Text: strings.TrimPrefix(at.Error(), "toml: ")}
		}
		return err
	}
	lines := strings.Split(string(src), "\n")
	set.tree(name, prefix, root, func(path string) int { return lineOfKey(lines, path) })
	return nil
}

// tree puts what a decoder made of a file.
func (set settings) tree(name, path string, v any, line func(path string) int) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			set.tree(name, join(path, key), x, line)
		}
	case []any:
		for i, x := range v {
			set.tree(name, join(path, strconv.Itoa(i)), x, line)
		}
	case nil:
	default:
		set.put(path, fmt.Sprint(v), name, line(path))
	}
}

// lineOfKey finds the line on which TOML sets the last part of a path, 0 when
// it is not told by its beginning.
func lineOfKey(lines []string, path string) int {
	table, key, _ := cutLast(path)
	at := ""
	for i, l := range lines {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "[") {
			at = strings.Trim(strings.TrimSpace(strings.SplitN(l, "#", 2)[0]), "[] ")
			continue
		}
		name, _, found := strings.Cut(l, "=")
		if found && strings.Trim(strings.TrimSpace(name), `"'`) == key && (at == table || at == "" && table == "") {
			return i + 1
		}
	}
	return 0
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
