package library

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// mostDefaults is the most that a file of defaults may measure, in bytes: as
// much as the front matter of an article.
const mostDefaults = 64 << 10

// defaults are values for articles that leave them out, and which articles
// they are for.
type defaults struct {
	file   string // says so; empty: the configuration
	dir    string // below the directory of articles; all in it
	stem   string // of the one article that they are for; empty: all
	lang   string // of the articles that they are for; "*": any; empty: those whose names state none
	only   func(file, name string, c article.Context) bool
	values map[string]string // as in article.Context
}

func (d defaults) isFor(file, name string, c article.Context) bool {
	if d.dir != "." && !strings.HasPrefix(file, d.dir+"/") {
		return false
	}
	if d.stem != "" && d.stem != strings.TrimSuffix(file, path.Ext(file)) {
		return false
	}
	return (d.lang == "*" || d.lang == nameLanguage(file)) && (d.only == nil || d.only(file, name, c))
}

// nameLanguage is the language in the name of a file, such as fr in index.fr.md.
func nameLanguage(file string) string {
	ext := path.Ext(strings.TrimSuffix(file, path.Ext(file)))
	if _, ok := article.FolderLanguage(strings.TrimPrefix(ext, ".")); !ok {
		return ""
	}
	return ext[1:]
}

// readDefaults takes what the generator's configuration and the files of
// folders say for articles: Jekyll's defaults, Hugo's cascade, Zola's sections
// that are drafts, Eleventy's data files. Of a file that cannot be read
// nobody knows what it keeps back, so the articles that it is for are held back.
func (l *layout) readDefaults(t *tree, read func(name string) ([]byte, error)) (problems []article.Problem) {
	file := func(name string, take func(src []byte) error) {
		src, err := read(name)
		if vanished(err) {
			return
		}
		if err == nil && len(src) > mostDefaults {
			err = fmt.Errorf("longer than %d KiB", mostDefaults>>10)
		}
		if err == nil {
			err = take(src)
		}
		if err == nil {
			return
		}
		problem := article.Problem{Path: name, Severity: article.Error, Code: "defaults",
			Text: err.Error(), Hint: "correct the file; until then the articles that it is for are taken for drafts"}
		if at := (site.Error{}); errors.As(err, &at) {
			problem.Line, problem.Column, problem.Text = at.Line, at.Column, at.Text
		}
		problems = append(problems, problem)
		l.defaults = append(l.defaults, defaults{file: name, dir: path.Dir(name), lang: "*", values: map[string]string{"draft": "true"}})
	}
	sections := slices.DeleteFunc(byDepth(t.sections.paths), func(name string) bool { _, _, ok := l.below(name); return !ok })
	switch l.convention {
	case site.Jekyll:
		l.jekyllDefaults()
	case site.Hugo:
		l.cascade(l.generator.Values("cascade"), defaults{dir: ".", lang: "*"})
		for _, name := range sections {
			file(name, func(src []byte) error {
				said, err := frontData(string(src))
				l.cascade(below(said, "cascade"), defaults{file: name, dir: path.Dir(name), lang: nameLanguage(name)})
				return err
			})
		}
	case site.Zola:
		for _, name := range sections {
			file(name, func(src []byte) error {
				said, err := frontData(string(src))
				if said["draft"] == "true" { // Zola passes over the whole folder
					l.defaults = append(l.defaults, defaults{file: name, dir: path.Dir(name), lang: nameLanguage(name), values: map[string]string{"draft": "true"}})
				}
				return err
			})
		}
	case site.Eleventy:
		for _, d := range l.dataFiles(t) {
			file(d.name, func(src []byte) error { return l.takeData(d, src) })
		}
	}
	if len(l.defaults) > 0 {
		for _, d := range l.defaults {
			l.digest += fmt.Sprintf("%q %q %q %q %q", d.file, d.dir, d.stem, d.lang, d.values)
		}
	}
	return problems
}

// data sums up the stamps of the files that may say what articles leave out, and
// reports whether one is so fresh at the instant now that its stamp says nothing.
func (t *tree) data(now time.Time) (sum uint64, fresh bool) {
	d := xxhash.New()
	add := func(path string, st stamp) {
		d.WriteString(path)
		d.Write(separator[:])
		st.add(d)
		fresh = fresh || st.fresh(now)
	}
	for i, name := range t.sections.paths {
		add(name, *t.sections.stamps.at(i))
	}
	for i, name := range t.others.paths {
		switch path.Ext(name) {
		case ".json", ".yml", ".yaml", ".js", ".cjs", ".mjs":
			add(name, *t.others.stamps.at(i))
		}
	}
	return d.Sum64(), fresh
}

// byDepth sorts what stands higher first: the nearer counts more.
func byDepth(names []string) []string {
	return slices.SortedFunc(slices.Values(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
}

// below are the values whose paths lead through a key, by the rest of the path.
func below(values map[string]string, key string) map[string]string {
	found := map[string]string{}
	for k, v := range values {
		if rest, ok := strings.CutPrefix(k, key+"."); ok {
			found[rest] = v
		}
	}
	return found
}

// frontData reads the front matter of a file that describes a section.
func frontData(src string) (map[string]string, error) {
	src = strings.ReplaceAll(strings.TrimPrefix(src, "\uFEFF"), "\r\n", "\n")
	dialect := ".yaml"
	switch head := header(src); {
	case strings.HasPrefix(src, "{"):
		return site.ReadData("section.json", []byte(src[:jsonEnd(src)]))
	case head == "" || head == src:
		return nil, nil // it has none, or its end is missing: a text
	case strings.HasPrefix(src, "+++"):
		dialect = ".toml"
		fallthrough
	default:
		// The fence's own line stays as an empty one, for the numbers of lines.
		return site.ReadData("section"+dialect, []byte(strings.TrimLeft(head, "-+")))
	}
}

// jsonEnd is where the object at the front of a text ends, by the line that is
// nothing but its brace.
func jsonEnd(src string) int {
	if i := strings.Index(src, "\n}"); i >= 0 {
		return i + len("\n}")
	}
	return len(src)
}

// cascade takes what Hugo hands down: a map of values, or a list of maps that
// say for which pages they are. https://gohugo.io/configuration/cascade/
func (l *layout) cascade(said map[string]string, of defaults) {
	parts := []map[string]string{said}
	if _, isList := said[firstOf(said)]; isList && strings.HasPrefix(firstOf(said), "0.") {
		parts = nil
		for i := 0; ; i++ {
			part := below(said, strconv.Itoa(i))
			if len(part) == 0 {
				break
			}
			parts = append(parts, part)
		}
	}
	for _, part := range parts {
		d := of
		target := below(part, "target")
		maps.Copy(target, below(part, "_target"))
		d.values = map[string]string{}
		for key, v := range part {
			if outer, _, _ := strings.Cut(key, "."); outer != "target" && outer != "_target" {
				d.values[key] = v
			}
		}
		if len(d.values) == 0 {
			continue
		}
		paths, kind, lang, environment := glob(target["path"]), glob(target["kind"]), glob(target["lang"]), glob(target["environment"])
		first := cmp.Or(l.generator.Value("defaultcontentlanguage"), "en")
		d.only = func(file, name string, c article.Context) bool {
			logical := "/" + strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
			logical = strings.TrimSuffix(strings.TrimSuffix(logical, "/index"), "."+nameLanguage(file))
			return paths(logical) && kind("page") && lang(strings.ToLower(cmp.Or(nameLanguage(file), c.Language, first))) && environment("production")
		}
		l.defaults = append(l.defaults, d)
	}
}

// firstOf is the first key of a map, in order.
func firstOf(values map[string]string) string {
	first := ""
	for key := range values {
		if first == "" || key < first {
			first = key
		}
	}
	return first
}

// glob matches as Hugo's and Jekyll's patterns do: * within a segment, ** across
// them, {a,b} either. The empty pattern matches anything.
func glob(pattern string) func(string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	var b strings.Builder
	for rest := strings.ToLower(pattern); rest != ""; rest = rest[1:] {
		switch {
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			rest = rest[1:]
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		case rest[0] == '{':
			b.WriteString("(?:")
		case rest[0] == '}':
			b.WriteString(")")
		case rest[0] == ',':
			b.WriteString("|")
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	re, err := regexp.Compile(`^(?:` + b.String() + `)$`)
	if err != nil {
		return func(string) bool { return false } // braces that do not match
	}
	return re.MatchString
}

// jekyllDefaults follows https://jekyllrb.com/docs/configuration/front-matter-defaults/:
// of two scopes the one with the longer path counts, then the one with a type.
func (l *layout) jekyllDefaults() {
	type scope struct {
		path, kind string
		values     map[string]string
	}
	var scopes []scope
	for i := range 100 {
		said := l.generator.Values("defaults." + strconv.Itoa(i))
		if len(said) == 0 {
			break
		}
		scopes = append(scopes, scope{strings.Trim(said["scope.path"], "/"), said["scope.type"], below(said, "values")})
	}
	slices.SortStableFunc(scopes, func(a, b scope) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), cmp.Compare(min(len(a.kind), 1), min(len(b.kind), 1)))
	})
	source := path.Clean(cmp.Or(l.generator.Value("source"), "."))
	for _, s := range scopes {
		if len(s.values) == 0 {
			continue
		}
		within := glob(s.path + "/**")
		l.defaults = append(l.defaults, defaults{dir: ".", lang: "*", values: s.values, only: func(file, _ string, c article.Context) bool {
			whole := path.Join(l.generator.Below, file)
			if source != "." {
				whole = strings.TrimPrefix(whole, source+"/")
			}
			kind := "posts"
			if c.Draft {
				kind = "drafts"
			}
			return (s.kind == "" || s.kind == kind) && (s.path == "" || whole == s.path || within(strings.ToLower(whole)))
		}})
	}
}

// dataFile is one of Eleventy's files of data, for a folder or for the one
// template that has a path without its extension:
// https://www.11ty.dev/docs/data-template-dir/.
type dataFile struct {
	name string
	of   string // the folder, or the path
	one  bool   // it is for one template
}

// dataFiles are Eleventy's files of data, the weakest first: those of the
// folders, the nearer later, then those of templates.
func (l *layout) dataFiles(t *tree) []dataFile {
	strength := func(d dataFile) int {
		n := 2 * strings.Count(d.name, "/")
		if d.one {
			n += 1000
		}
		if strings.Contains(path.Base(d.name), ".11tydata.") {
			n++
		}
		return n
	}
	var files []dataFile
	for _, name := range t.others.paths {
		if d, ok := l.dataFile(name, t); ok {
			files = append(files, d)
		}
	}
	slices.SortFunc(files, func(a, b dataFile) int {
		return cmp.Or(cmp.Compare(strength(a), strength(b)), cmp.Compare(a.name, b.name))
	})
	return files
}

// dataFile tells a file of data by its name.
func (l *layout) dataFile(name string, t *tree) (d dataFile, ok bool) {
	dir, base := path.Dir(name), path.Base(name)
	stem, kind, marked := strings.Cut(base, ".11tydata.")
	if !marked {
		kind = strings.TrimPrefix(path.Ext(base), ".")
		stem = strings.TrimSuffix(base, "."+kind)
	}
	switch kind {
	case "json", "yml", "yaml": // which sites add by addDataExtension
	case "js", "cjs", "mjs":
		if !marked {
			return d, false
		}
	default:
		return d, false
	}
	own := path.Base(dir)
	if dir == "." {
		own = l.generator.Name
	}
	if of := path.Join(dir, stem); t.hasStem(of) {
		return dataFile{name, of, true}, true
	}
	return dataFile{name, dir, false}, stem == own
}

// takeData takes a file of data. Its tags are collections that the whole folder
// belongs to, which are no topics; those of one template are its own.
func (l *layout) takeData(d dataFile, src []byte) error {
	values, err := site.ReadData(path.Base(d.name), src)
	if err != nil {
		return err
	}
	for key := range values {
		if outer, _, _ := strings.Cut(key, "."); outer == "tags" && !d.one || outer == "eleventycomputed" {
			delete(values, key)
		}
	}
	if _, stated := values["permalink"]; !stated && strings.Contains(string(src), "permalink") {
		values["permalink"] = "{{ computed }}" // an address that only the generator knows
	}
	rule := defaults{file: d.name, dir: path.Dir(d.name), lang: "*", values: values}
	if d.one {
		rule.stem = d.of
	}
	l.defaults = append(l.defaults, rule)
	return nil
}

// defaultsOf are all values that are for an article, the stronger above the
// weaker.
func (l *layout) defaultsOf(file, name string, c article.Context) map[string]string {
	var all map[string]string
	for _, d := range l.defaults {
		switch {
		case !d.isFor(file, name, c):
		case all == nil:
			all = d.values
		default:
			all = above(all, d.values)
		}
	}
	return all
}

// above lays values over others. A list replaces a list.
func above(weak, strong map[string]string) map[string]string {
	all := maps.Clone(weak)
	for key := range strong {
		whole := key
		for at := 0; at < len(key); {
			part, _, _ := strings.Cut(key[at:], ".")
			if _, err := strconv.Atoi(part); err == nil && at > 0 {
				whole = key[:at-1]
				break
			}
			at += len(part) + 1
		}
		maps.DeleteFunc(all, func(k, _ string) bool {
			return k == whole || whole != key && strings.HasPrefix(k, whole+".") || strings.HasPrefix(k, key+".")
		})
	}
	maps.Copy(all, strong)
	return all
}
