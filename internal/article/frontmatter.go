package article

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

// maxFrontMatter is the most that front matter may measure, in bytes. YAML's
// cost grows faster than its length.
const maxFrontMatter = 64 << 10

// maxValues is the most values that front matter may hold, what its aliases
// repeat included.
const maxValues = 10_000

// kind tells what a value of front matter is.
type kind uint8

const (
	nothing kind = iota // null, or no value behind the key
	scalar
	list
	mapping
)

// value is what front matter says under one key: the text as written, and no
// library's idea of its type. So 2024-05-06 stays those ten characters, 1.20
// keeps its zero and NO is not a truth value.
type value struct {
	kind    kind
	quoted  bool        // the scalar stood in quotation marks
	line    int         // in the file, from 1
	text    string      // of a scalar
	list    []value     // of a list
	entries []entry     // of a mapping, in the order of the file
	roles   *statements // of the mapping that is all of the front matter, once it is sorted
}

// entry is a key and its value.
type entry struct {
	key   string // as written
	value value
}

// block is front matter, cut out of a file but not yet read.
type block struct {
	text string // without its fences
	line int    // of the file on which text begins
	tail string // text, its closing fence and the rest
	rest string // the file behind it
	next int    // line of the file on which rest begins
}

// dialect is one way of writing front matter.
type dialect struct {
	name string
	// cut finds front matter at the front of text, whose first line is the
	// file's line numbered line. It reports false when text begins otherwise.
	cut func(text string, line int) (block, bool)
	// read reads what was cut. It reports problems to p, and false when an
	// Error is among them. It may find that less is front matter.
	read func(p *parsing, b *block) (value, bool)
	// formats are those in which the dialect occurs.
	formats []Format
}

// dialects returns the ways of writing front matter, the first that fits is
// taken.
var dialects = sync.OnceValue(func() []dialect {
	all := []Format{Text, Markdown, HTML, RST}
	return []dialect{
		{"YAML", fenced("---", "yaml", "yml"), (*parsing).readYAML, all},
		{"TOML", fenced("+++", "toml"), (*parsing).readTOML, all},
		{"TOML", fenced("---toml"), (*parsing).readTOML, all},
		{"JSON", fenced("---json"), (*parsing).readJSON, all},
		{"JavaScript", fenced("---js", "javascript"), (*parsing).readJavaScript, all},
		{"JSON", cutJSON, (*parsing).readJSON, []Format{Text, Markdown}},
		{"YAML", cutUnopened, (*parsing).readYAML, []Format{Markdown}},
		{"YAML", cutUnclosed, (*parsing).readUnclosed, all},
		{"TOML", cutUnclosedTOML, (*parsing).readUnclosedTOML, all},
		{"comment lines", cutCommentLines, (*parsing).readLines, all},
		{"header lines", cutHeaderLines, (*parsing).readLines, []Format{Text, Markdown}},
	}
})

// frontMatter takes the front matter off text. It returns an empty mapping
// when there is none, and false when there is some that cannot be read: then
// the article is kept out, for front matter must never be published as text.
func (p *parsing) frontMatter(text string) (meta value, rest string, line int, ok bool) {
	trimmed := strings.TrimLeft(text, " \t\n")
	blank := strings.Count(text[:len(text)-len(trimmed)], "\n")
	trimmed = text[lineStart(text, blank):]
	for _, d := range dialects() {
		if !slices.Contains(d.formats, p.a.Format) {
			continue
		}
		b, found := d.cut(trimmed, blank+1)
		if !found {
			continue
		}
		if len(b.text) > maxFrontMatter {
			p.fail(blank+1, "front-matter", fmt.Sprintf("front matter is longer than %d KiB", maxFrontMatter>>10), "")
			return value{}, "", 0, false
		}
		meta, ok := d.read(p, &b)
		return meta, b.rest, b.next, ok
	}
	return value{kind: mapping}, text, 1, true
}

// lineStart is the offset at which the line after n line feeds begins.
func lineStart(s string, n int) int {
	at := 0
	for range n {
		at += strings.IndexByte(s[at:], '\n') + 1
	}
	return at
}

// fenced returns a cut for front matter between two lines of the same sign.
// The opening fence may name the dialect ("---yaml"); the closing one may be
// longer and, as in YAML, three full stops. Fences stand at the beginning of
// their line, so that a block scalar may hold an indented one.
func fenced(fence string, names ...string) func(string, int) (block, bool) {
	sign := fence[:3]
	return func(text string, line int) (block, bool) {
		if !strings.HasPrefix(strings.TrimLeft(text, " "), sign[:1]) {
			return block{}, false // most texts have no such first line, and some have a long one
		}
		first, rest, found := strings.Cut(text, "\n")
		first = strings.TrimRight(first, " \t")
		opened := first == fence
		for _, name := range names {
			opened = opened || strings.EqualFold(strings.ReplaceAll(first, " ", ""), sign+name)
		}
		if !found || !opened {
			return block{}, false
		}
		b := block{line: line + 1, tail: rest, next: line + 1}
		for at := 0; at < len(rest); {
			l, _, more := strings.Cut(rest[at:], "\n")
			b.next++
			after := at + len(l)
			if more {
				after++
			}
			if closes(l, sign) {
				b.text, b.rest = rest[:at], rest[after:]
				return b, sign != "---" || isFrontMatter(b.text)
			}
			at = after
		}
		return block{}, false
	}
}

func closes(line, sign string) bool {
	if line == "" || line[0] != sign[0] && line[0] != '.' {
		return false
	}
	line = strings.TrimRight(line, " \t")
	return len(line) >= 3 && strings.Trim(line, sign[:1]) == "" || sign == "---" && line == "..."
}

// isFrontMatter tells a header between two fences from text between two
// rulers: what is not empty begins with a key.
func isFrontMatter(text string) bool {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' || l[0] == '%' {
			continue
		}
		if _, _, ok := cutKey(l); ok {
			return true
		}
		_, _, glued := cutGluedKey(l)
		return glued || strings.HasPrefix(l, "{") || strings.HasPrefix(l, "const ") || strings.HasPrefix(l, "//")
	}
	return true
}

// cutKey splits a line "key: value". A key is one to three words, in quotation
// marks perhaps, and the colon ends the line or has a blank behind it.
func cutKey(line string) (key, val string, ok bool) {
	key, val, found := strings.Cut(line, ":")
	if !found || val != "" && val[0] != ' ' && val[0] != '\t' {
		return "", "", false
	}
	key = strings.Trim(key, `"' `)
	if key == "" || len(key) > 40 || strings.Count(key, " ") > 2 {
		return "", "", false
	}
	for i, r := range key {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && (i == 0 && r != '_' || !strings.ContainsRune("0123456789_-. @:", r)) {
			return "", "", false
		}
	}
	return key, strings.TrimSpace(val), true
}

// cutGluedKey splits a line "key:value", which YAML does not take for a key,
// where the key is one that feedmill knows and the value is no address.
func cutGluedKey(line string) (key, val string, ok bool) {
	key, val, found := strings.Cut(line, ":")
	if !found || val == "" || strings.HasPrefix(val, "//") {
		return "", "", false
	}
	if _, _, isKey := cutKey(key + ":"); !isKey || !opensHeader(key) || val[0] == ' ' || val[0] == '\t' {
		return "", "", false
	}
	return key, val, true
}

// cutUnopened finds keys that only a closing fence parts from the text, as
// Hexo allows.
func cutUnopened(text string, line int) (block, bool) {
	head, rest, found := strings.Cut(text, "\n---")
	if !found || len(head) > maxFrontMatter {
		return block{}, false
	}
	tail, rest, _ := strings.Cut(rest, "\n")
	first, _, _ := strings.Cut(head, "\n")
	if key, _, ok := cutKey(first); !ok || !knownKey(key) || strings.Trim(tail, "- \t") != "" || keyLines(head) != len(head) {
		return block{}, false
	}
	return block{text: head, line: line, rest: rest, next: line + strings.Count(head, "\n") + 2}, true
}

// cutUnclosed finds YAML whose closing fence is missing: an opening one, a
// known key, and keys up to an empty line.
func cutUnclosed(text string, line int) (block, bool) {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return block{}, false
	}
	l, _, _ := strings.Cut(rest, "\n")
	if key, _, ok := cutKey(l); !ok || !knownKey(key) {
		return block{}, false
	}
	n := keyLines(rest)
	b := block{text: rest[:n], line: line + 1, rest: rest[n:]}
	b.next = b.line + strings.Count(b.text, "\n")
	return b, true
}

func (p *parsing) readUnclosed(b *block) (value, bool) {
	if l, _, _ := strings.Cut(b.rest, "\n"); strings.TrimSpace(l) != "" && l[0] != '#' {
		p.fail(b.next, "front-matter", "front matter has no end, and the text begins before an empty line", "write a line --- behind the last key")
		return value{}, false
	}
	p.warn(b.next, "front-matter", "front matter has no end; taken to end here", "write a line --- behind the last key")
	return p.readYAML(b)
}

// cutUnclosedTOML finds TOML whose closing fence is missing: an opening one, and
// keys. It ends before the first empty line that neither a table nor a comment
// follows.
func cutUnclosedTOML(text string, line int) (block, bool) {
	first, rest, _ := strings.Cut(text, "\n")
	l, _, _ := strings.Cut(rest, "\n")
	if strings.TrimRight(first, " \t") != "+++" || !strings.ContainsAny(l, "=[") {
		return block{}, false
	}
	n := tomlLines(rest)
	b := block{text: rest[:n], line: line + 1, rest: rest[n:]}
	b.next = b.line + strings.Count(b.text, "\n")
	return b, true
}

var (
	tomlTable = regexp.MustCompile(`^\[{1,2}[\w.\- "']+\]{1,2}\s*(?:#.*)?$`)
	tomlKey   = regexp.MustCompile(`^\s*[\w.\-"']+\s*=\s*(.*)$`)
)

// tomlLines is the length of the lines at the front of text that can be TOML.
func tomlLines(text string) int {
	n, at, inList, blank := 0, 0, false, false
	for l := range strings.Lines(text) {
		at += len(l)
		t := strings.TrimSpace(l)
		key := tomlKey.FindStringSubmatch(t)
		switch {
		case inList:
			inList = !strings.HasSuffix(strings.TrimSuffix(t, ","), "]")
		case t == "":
			blank = true
			continue
		case t[0] == '#' && !blank, tomlTable.MatchString(t):
		case key != nil && !blank:
			inList = strings.HasPrefix(key[1], "[") && !strings.Contains(key[1], "]")
		default:
			return n
		}
		n, blank = at, false
	}
	return n
}

func (p *parsing) readUnclosedTOML(b *block) (value, bool) {
	var judged map[string]any
	l, _, _ := strings.Cut(b.rest, "\n")
	if strings.TrimSpace(l) != "" && l[0] != '#' || toml.Unmarshal([]byte(b.text), &judged) != nil {
		p.fail(b.line-1, "front-matter", "front matter has no end", "write a line +++ behind the last key")
		return value{}, false
	}
	p.warn(b.next, "front-matter", "front matter has no end; taken to end here", "write a line +++ behind the last key")
	return p.readTOML(b)
}

// keyLines is the length of the lines at the front of text that can be YAML
// front matter: keys, list entries, comments, and what is indented.
func keyLines(text string) int {
	n := 0
	for l := range strings.Lines(text) {
		t := strings.TrimRight(l, " \t\n")
		if t == "" {
			break
		}
		_, _, isKey := cutKey(t)
		if !isKey && !strings.ContainsAny(t[:1], " \t#") && !strings.HasPrefix(t, "- ") {
			break
		}
		n += len(l)
	}
	return n
}
