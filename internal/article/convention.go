package article

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Convention is a site generator whose rules tell what stands in a file.
type Convention string

const (
	Hugo       Convention = "hugo"
	Jekyll     Convention = "jekyll"
	Eleventy   Convention = "eleventy"
	Zola       Convention = "zola"
	Pelican    Convention = "pelican"
	Docusaurus Convention = "docusaurus"
	Astro      Convention = "astro"
	Hexo       Convention = "hexo"
	Nikola     Convention = "nikola"
)

// Context is what a site generator's rules and files say of an article besides
// its own file. The zero value says nothing.
type Context struct {
	// Convention is the generator whose rules the file was written by; empty:
	// none's.
	Convention Convention
	// Name is the path that section, slug and date are read from: without the
	// folders that are the generator's own, such as content/en or _posts. Empty
	// means the path itself.
	Name string
	// Language is the BCP 47 tag of a folder that holds one language.
	Language string
	// Topics are those that the folders stand for.
	Topics []string
	// Draft says that the file lies among drafts.
	Draft bool
	// Meta is a file of metadata beside the article, of the name MetaName.
	Meta     []byte
	MetaName string
	// Separator is the site's mark at which summaries end, besides the usual
	// ones.
	Separator string
	// People are the authors that the site keeps in a file, by their ids.
	People map[string]Person
	// Labels are the topics that it keeps likewise.
	Labels map[string]string
	// Defaults are what the generator's configuration and the files of folders
	// state for articles that leave it out, by their keys, parted by full stops;
	// an element of a list has its number, from 0, for a key.
	Defaults map[string]string
	// Values are what the site's configuration says that templates may show, by
	// their keys in lower case, parted by full stops.
	Values map[string]string
}

// isArticle reports whether the file is one, by its front matter: generators
// make pages, lists and redirects of others. What is hidden from lists is not
// what a feed may show.
func (p *parsing) isArticle(meta value, body string) bool {
	said := func(is bool, names ...string) bool {
		for _, name := range names {
			if e, ok := meta.get(name); ok {
				if b, ok := truth(e.value); ok && b == is && e.value.kind == scalar {
					return true
				}
			}
		}
		return false
	}
	for _, name := range []string{"redirect", "redirectto", "redirecturl"} {
		if e, ok := meta.get(name); ok && !e.value.blank() && strings.TrimSpace(body) == "" {
			return false
		}
	}
	switch p.context.Convention {
	case Hugo:
		for _, name := range []string{"build.list", "build.render", "_build.list", "_build.render"} {
			if e, ok := meta.get(strings.ReplaceAll(name, "_", "")); ok && (strings.EqualFold(e.value.text, "never") || strings.EqualFold(e.value.text, "false")) {
				return false
			}
		}
		return !said(true, "headless") && (strings.TrimSpace(body) != "" || p.a.Title != "")
	case Zola:
		return !said(false, "render") && !said(true, "extra.hidefromfeed")
	case Eleventy:
		return !said(true, "eleventyexcludefromcollections") && !said(false, "permalink")
	case Hexo:
		e, ok := meta.get("layout")
		return !ok || e.value.text != "page"
	}
	return true
}

// statedAddress takes the address that the file states for itself, as it is
// written.
func (p *parsing) statedAddress(meta value) {
	var names []string
	switch p.context.Convention {
	case Hugo, Pelican:
		names = []string{"url"}
	case Zola:
		names = []string{"path"}
	case Jekyll, Eleventy, Hexo:
		names = []string{"permalink"}
	case Docusaurus:
		names = []string{"slug"}
	}
	for _, name := range names {
		if e, ok := meta.get(name); ok && e.value.kind == scalar {
			address := strings.TrimSpace(e.value.text)
			if template := strings.ContainsAny(address, "{}"); template && p.context.Convention == Eleventy ||
				!template && address != "" && publicAddress(address) {
				p.a.Address = address
			}
		}
	}
}

// statedTerm takes the days between which the article may be shown. One that
// cannot be read keeps the article out: it may be over already.
func (p *parsing) statedTerm(meta value) {
	if e, ok := meta.get("publishdate"); ok && !e.value.blank() {
		m, err := p.date(e)
		if err != nil && foldKey(meta.stated(publishedKey)[0].key) != "publishdate" { // else judged already
			p.fail(e.value.line, "bad-date", fmt.Sprintf("%s: %q %v", e.key, oneLine(e.value.text), err), dateHint(err))
		}
		p.a.From = m.at
	}
	for _, e := range meta.stated(expiresKey) {
		m, err := p.date(e)
		if errors.Is(err, errFar) {
			break // 2999-01-01: never
		}
		if err != nil {
			p.fail(e.value.line, "bad-date", fmt.Sprintf("%s: %q %v", e.key, oneLine(e.value.text), err), dateHint(err))
			continue
		}
		p.a.Until = m.at
		break
	}
}

// resolvePeople puts the site's own people in the place of the ids that stand
// for them.
func (p *parsing) resolvePeople() {
	if authors := p.a.Authors; len(p.context.People) == 0 && len(p.a.Contributors) == 0 && len(authors) == 1 && authors[0].Name != "" {
		return // as it is nearly always
	}
	resolve := func(who *Person) {
		id := strings.TrimPrefix(who.Name, "@")
		known, ok := p.context.People[id]
		if !ok {
			known, ok = p.context.People[strings.ToLower(id)]
		}
		if ok && who.Email == "" && who.URL == "" {
			*who = known
		}
	}
	for i := range p.a.Authors {
		resolve(&p.a.Authors[i])
	}
	for i := range p.a.Contributors {
		resolve(&p.a.Contributors[i].Person)
	}
	var once []Person
	for _, a := range p.a.Authors {
		once = appendPerson(once, a)
	}
	p.a.Authors = once
}

// statedTopics reads a key of topics as the generator does.
func (p *parsing) statedTopics(e entry) []string {
	switch c := p.context.Convention; { // keys that the generator does not know
	case c == Docusaurus && foldKey(e.key) != "tags", c == Pelican && foldKey(e.key) == "categories":
		return nil
	}
	all := topics(e.value)
	if key := foldKey(e.key); p.context.Convention == Jekyll && e.value.kind == scalar &&
		(key == "tags" || key == "categories") && !strings.ContainsAny(e.value.text, ",;") {
		all = strings.Fields(e.value.text)
	}
	if p.context.Convention == Eleventy {
		all = slices.DeleteFunc(all, isCollection)
	}
	for i, t := range all {
		if label := p.context.Labels[strings.TrimSpace(t)]; label != "" {
			all[i] = label
		}
	}
	if key := foldKey(e.key); key == "category" || key == "categories" {
		p.a.Categories = append(p.a.Categories, all...)
	}
	return all
}

// isCollection tells the tags by which Eleventy's sites gather their articles in
// collections, as its own starter and its documentation call them; they are no
// topics.
func isCollection(tag string) bool {
	switch strings.TrimSpace(tag) {
	case "all", "nav", "post", "posts", "blog", "article", "articles":
		return true
	}
	return false
}

// folderTopics adds the topics that the folders stand for. A category that is
// stated takes the place of Pelican's folder; in Jekyll's addresses the folders
// come first.
func (p *parsing) folderTopics() {
	if p.context.Convention == Pelican && len(p.a.Categories) > 0 {
		return
	}
	if len(p.context.Topics) == 0 {
		return
	}
	p.tags = append(p.tags, p.context.Topics...)
	p.a.Categories = append(slices.Clone(p.context.Topics), p.a.Categories...)
}

// nameSlug makes a slug of a file's name. Most generators keep the full stops
// and low lines in it: release_notes-7.0.0.
func (p *parsing) nameSlug(stem string) string {
	if p.context.Convention == "" || p.context.Convention == Zola {
		return slugFrom(stem)
	}
	var b strings.Builder
	for rest := stem; ; {
		i := strings.IndexAny(rest, "._")
		part, sign := rest, ""
		if i >= 0 {
			part, sign = rest[:i], rest[i:i+1]
		}
		b.WriteString(slugFrom(part) + sign)
		if i < 0 {
			break
		}
		rest = rest[i+1:]
	}
	slug := strings.TrimRight(b.String(), "._")
	if !validSlug(slug) || strings.Contains(slug, "..") {
		return slugFrom(stem)
	}
	return slug
}

// yamlTimestamp is what YAML 1.1 takes for an instant when it has a time of
// day with seconds.
var yamlTimestamp = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d\d:\d\d(?:\.\d*)?$`)

// zoneOf is the zone of a date that states none. Jekyll takes what its YAML
// library takes for an instant as one of UTC, and all else as written in the
// zone of the site.
func (p *parsing) zoneOf(v value) *time.Location {
	if p.context.Convention == Jekyll && !v.quoted && yamlTimestamp.MatchString(strings.TrimSpace(v.text)) {
		return time.UTC
	}
	return p.dates.zone
}

// separator is the mark at which the summary ends, when the file or its site
// has one of its own.
func (p *parsing) separator(meta value) string {
	if e, ok := meta.get("excerptseparator"); ok && e.value.kind == scalar {
		return strings.TrimSpace(e.value.text)
	}
	return strings.TrimSpace(p.context.Separator)
}

// siblingMeta reads the file of metadata that lies beside the article, and
// puts it before what the article says itself.
func (p *parsing) siblingMeta(meta value) value {
	if len(p.context.Meta) == 0 {
		return meta
	}
	own := p.a.Path
	p.a.Path = p.context.MetaName // for the problems
	defer func() { p.a.Path = own }()
	text := strings.ReplaceAll(strings.TrimPrefix(strings.ToValidUTF8(string(p.context.Meta), "\ufffd"), "\uFEFF"), "\r\n", "\n")
	more, _, _, ok := p.frontMatter(text)
	if ok {
		meta.entries = append(more.entries, meta.entries...)
	}
	return meta
}

// literal is an assignment of a literal in JavaScript: const title = "…"; or
// title: "…",
var (
	jsConst    = regexp.MustCompile(`^\s*(?:export\s+)?(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*(.*?);?\s*$`)
	jsProperty = regexp.MustCompile(`^\s*["']?([A-Za-z_$][\w$-]*)["']?\s*:\s*(.*?),?\s*$`)
)

// readJavaScript reads front matter that is a program, Eleventy's ---js, as
// data: constants and the keys of an object whose values are literals. It runs
// nothing; a key that feedmill knows and whose value is computed is a problem.
func (p *parsing) readJavaScript(b *block) (value, bool) {
	meta := value{kind: mapping, line: b.line}
	depth, object := 0, 0
	line := b.line - 1
	for l := range strings.Lines(b.text) {
		line++
		m := jsConst.FindStringSubmatch(l)
		if m == nil && depth == object && object == 1 {
			m = jsProperty.FindStringSubmatch(l)
		}
		at := depth
		depth += strings.Count(l, "{") - strings.Count(l, "}")
		if t := strings.TrimSpace(l); at == 0 && (t == "{" || strings.HasPrefix(t, "module.exports") || strings.HasPrefix(t, "export default") || t == "({") {
			object = 1
			continue
		}
		if m == nil || at != object {
			continue
		}
		v, ok := jsLiteral(m[2])
		if !ok {
			if knownKey(m[1]) && !strings.HasPrefix(m[2], "{") {
				p.warn(line, "front-matter", m[1]+": the value is computed, and front matter is not run", "write a literal")
			}
			continue
		}
		v.line = line
		for i := range v.list {
			v.list[i].line = line
		}
		meta.entries = append(meta.entries, entry{m[1], v})
	}
	return meta, true
}

// jsLiteral reads a text, a number, a truth value or a list of them.
func jsLiteral(s string) (value, bool) {
	s = strings.TrimSpace(s)
	switch s {
	case "true", "false":
		return value{kind: scalar, text: s}, true
	case "null", "undefined":
		return value{}, true
	case "":
		return value{}, false
	}
	if inner, ok := strings.CutPrefix(s, "["); ok && strings.HasSuffix(inner, "]") {
		v := value{kind: list}
		for rest := strings.TrimSuffix(inner, "]"); strings.TrimSpace(rest) != ""; {
			rest = strings.TrimSpace(rest)
			end := strings.IndexByte(rest, ',')
			if strings.IndexByte("\"'`", rest[0]) >= 0 {
				if end = strings.IndexByte(rest[1:], rest[0]) + 2; end < 2 {
					return value{}, false
				}
			} else if end < 0 {
				end = len(rest)
			}
			x, ok := jsLiteral(rest[:end])
			if !ok || x.kind == list {
				return value{}, false
			}
			v.list = append(v.list, x)
			rest = strings.TrimPrefix(strings.TrimSpace(rest[end:]), ",")
		}
		return v, true
	}
	if q := s[0]; len(s) > 1 && strings.IndexByte("\"'`", q) >= 0 && s[len(s)-1] == q {
		inner := s[1 : len(s)-1]
		if strings.Contains(inner, "${") || strings.Contains(strings.ReplaceAll(inner, `\`+string(q), ""), string(q)) {
			return value{}, false
		}
		return value{kind: scalar, quoted: true, text: strings.NewReplacer(`\n`, "\n", `\`+string(q), string(q), `\\`, `\`).Replace(inner)}, true
	}
	if strings.Trim(s, "0123456789.-") == "" {
		return value{kind: scalar, text: s}, true
	}
	return value{}, false
}

// FolderLanguage tells the language that a folder's name stands for: two
// letters, and perhaps a region or script ("fr", "pt-BR", "zh_tw").
func FolderLanguage(name string) (tag string, ok bool) {
	base, _, _ := strings.Cut(strings.ReplaceAll(name, "_", "-"), "-")
	if len(base) != 2 || base != strings.ToLower(base) {
		return "", false
	}
	return languageTag(name)
}
