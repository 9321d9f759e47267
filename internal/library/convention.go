package library

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// Convention is the site generator whose rules the articles follow, and why
// that is believed.
type Convention struct {
	Name     site.Convention
	Evidence string // "site.yaml says so", "_config.yml", "3 of 40 files: {{< shortcodes"
}

// mostSampled is how many files are looked into for evidence, and sampleBytes
// how far.
const (
	mostSampled = 60
	sampleBytes = 8 << 10
)

// rules are what articles are read by, for as long as nothing changes on which
// they depend.
type rules struct {
	convention Convention
	layout     *layout // another pointer only when it has another meaning
	digest     uint64  // of all that the layout depends on

	problems []article.Problem // of the files that say what articles leave out

	site  string // what the site says
	names *names // those of the tree
	data  uint64 // stamps of the files that may say what articles leave out
	clues map[string]clue
	// sample are the indexes of the files that were looked into for them.
	sample []int
}

// rules returns the rules for what a walk found: the last, if they still hold.
func (l *Library) rules(g ground, t *tree, s site.Site, now time.Time) *rules {
	data, fresh := t.data(now)
	next := &rules{site: settingsOf(s), names: t.names, data: data}
	last := l.ruled
	same := last != nil && last.site == next.site && last.names == next.names && last.data == data && !fresh
	if same && last.clues == nil {
		return last
	}
	stated := l.stated(t, s)
	if stated.Name == "" {
		before := l.saved.clues
		if last != nil {
			before = last.clues
		}
		if last != nil && last.names == next.names && last.sample != nil {
			next.sample = last.sample
		} else {
			next.sample = sampled(t.articles.paths)
		}
		var news bool
		if next.clues, news = l.clues(g, t, next.sample, before); same && !news {
			return last
		}
		stated = evident(t, next.clues, s)
	}
	next.convention = stated
	next.layout = newLayout(stated.Name, s, t)
	w := g.walker()
	defer w.close()
	next.problems = next.layout.readDefaults(t, func(name string) ([]byte, error) {
		src, _, err := w.read(split(name))
		return src, err
	})
	next.digest = next.layout.sum(t)
	if last != nil && last.digest == next.digest && last.site == next.site {
		next.layout = last.layout // by which it is known what files were read by
	}
	return next
}

// settingsOf is what of a site the rules depend on.
func settingsOf(s site.Site) string {
	generator := ""
	if s.Generator != nil {
		generator = s.Generator.Digest()
	}
	return fmt.Sprintf("%q %q %q %q %q %q", s.Convention, s.Zone, s.Language, s.Encoding, generator, s.Address())
}

// stated tells the convention that the owner states, else that of the
// generator's configuration when there are articles by its rules. Else it is
// empty, and the files themselves have to tell.
func (l *Library) stated(t *tree, s site.Site) Convention {
	if s.Convention != "" {
		return Convention{s.Convention, "site.yaml says so"}
	}
	if g := s.Generator; g != nil && g.Convention != "" {
		if newLayout(g.Convention, s, t).holdsArticles(t) {
			return Convention{g.Convention, g.File}
		}
	}
	return Convention{}
}

// sampled takes files from a directory, by their names alone: which ones does
// not change much when a file comes or goes. It returns their indexes.
func sampled(paths []string) []int {
	all := make([]int, len(paths))
	for i := range all {
		all[i] = i
	}
	if len(all) <= mostSampled {
		return all
	}
	sums := make([]uint64, len(paths))
	for i, path := range paths {
		sums[i] = xxhash.Sum64String(path)
	}
	// The smallest sums, by the greatest of those taken so far.
	some := all[:0:0]
	for _, i := range all {
		if len(some) == mostSampled && sums[i] >= sums[some[mostSampled-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(some, sums[i], func(j int, sum uint64) int { return cmp.Compare(sums[j], sum) })
		some = slices.Insert(some, at, i)
		some = some[:min(len(some), mostSampled)]
	}
	return some
}

// clue is what one file of the sample gives away.
type clue struct {
	stamp   stamp
	read    bool
	dated   bool  // its name is that of a Jekyll post
	marks   []int // indexes of those that it has, one of each convention
	refused bool  // YAML refuses its header
}

// clues looks into the files of the sample that changed, and reports whether
// anything is new.
func (l *Library) clues(g ground, t *tree, sample []int, before map[string]clue) (clues map[string]clue, news bool) {
	clues = make(map[string]clue, len(sample))
	w := g.walker()
	defer w.close()
	for _, i := range sample {
		path, st := t.articles.paths[i], *t.articles.stamps.at(i)
		if t.unseen {
			st, _ = w.stat(split(path)) // else it gives nothing away
		}
		c, known := before[path]
		if !known || c.stamp != st {
			c = clueOf(w, path)
			c.stamp = st
			news = true
		}
		clues[path] = c
	}
	return clues, news || len(clues) != len(before)
}

// mark is something in a file that one generator's articles have.
type mark struct {
	convention site.Convention
	weight     int // 3: no other has it; 1: others have it too
	name       string
	header     bool // it stands in the front matter, the opening fence included
	may        func(text string) bool
	pattern    func() *regexp.Regexp
}

// in reports whether a text has the mark. Most patterns have nothing by which
// package regexp could tell at once that they do not match, so may tells first.
func (m *mark) in(text string) bool { return m.may(text) && m.pattern().MatchString(text) }

// has tells the texts that hold one of the words.
func has(words ...string) func(text string) bool {
	return func(text string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
}

// begins tells the texts whose first colon stands behind one of the words.
func begins(words ...string) func(text string) bool {
	return func(text string) bool {
		word, _, found := strings.Cut(text[:min(len(text), 64)], ":")
		return found && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
	}
}

// lazy compiles a pattern when it is first needed: most never are.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// marks are tried on the front of a file, with line feeds for line ends.
var marks = sync.OnceValue(func() []mark {
	return []mark{
		{site.Nikola, 3, ".. title: headers", false, has(".. "), lazy(`\A(?:<!--\s*)?\.\. (?:title|slug|date|link|tags|description|category|type|author):`)},
		{site.Eleventy, 3, "---js front matter", true, has("js"), lazy(`\A---\s*js\s*\n`)},
		{site.Eleventy, 3, "keys of Eleventy", true, has("eleventy"), lazy(`(?m)^eleventy[A-Z]\w+:`)},
		{site.Hexo, 3, "tags of Hexo", false, has("{% "), lazy(`\{% (?:asset_img|asset_link|asset_path|codeblock|post_link|pullquote|blockquote|gallery|note\b)`)},
		{site.Hexo, 3, "headers without an opening ---", false, begins("title", "date", "layout", "tags", "categories"), lazy(`\A(?:title|date|layout|tags|categories):[^\n]*\n(?:[ \t-][^\n]*\n|\w[\w-]*:[^\n]*\n)*---\s*\n`)},
		{site.Pelican, 3, "links of Pelican", false, has("{filename}", "{static}", "{attach}", "{tag}", "{category}", "{author}", "|filename|", "|static|", "|attach|"), lazy(`\{(?:filename|static|attach|tag|category|author)\}|\|(?:filename|static|attach)\|`)},
		{site.Pelican, 2, "Key: value headers", false, begins("title", "date", "category", "slug", "tags", "author", "authors", "status"), lazy(`\A(?i:title|date|category|slug|tags|authors?|status):[^\n]*\n(?:(?:(?i:title|date|modified|category|tags|keywords|slug|authors?|summary|description|status|url|save_as|lang|translation|template|image|subtitle|series|nocomments|comments|email|cover|header_cover|og_image)[\w-]*:|[ \t])[^\n]*\n)+\s*\n`)},
		{site.Pelican, 2, "reStructuredText with fields below the title", false, has(":date:", ":category:", ":tags:", ":slug:", ":author", ":summary:", ":status:", ":modified:"), lazy(`\A(?:[#=*~^"+-]{4,}\n)?[^\n]+\n[#=*~^"+-]{4,}\s*\n\s*(?::\w+:[^\n]*\n)*:(?:date|category|tags|slug|authors?|summary|status|modified):`)},
		{site.Zola, 3, "tables of Zola", true, has("[taxonomies]", "[extra]"), lazy(`(?m)^\s*\[(?:taxonomies|extra)\]`)},
		{site.Zola, 3, "keys of Zola", true, has(" ="), lazy(`(?m)^(?:paginate_by|sort_by|insert_anchor_links|page_template|in_search_index|generate_feeds?|transparent|path) =`)},
		{site.Zola, 2, "links of Zola", false, has("](@/"), lazy(`\]\(@/`)},
		{site.Hugo, 3, "shortcodes of Hugo", false, has("{{<", "{{%"), lazy(`\{\{[<%]`)},
		{site.Hugo, 2, "keys of Hugo", true, has("lastmod", "Date", "headless", "linkTitle", "cascade", "aliases", "isCJK", "toc", "hideSummary", "ShowToc", "featuredImage"), lazy(`(?m)^(?:lastmod|publishDate|expiryDate|headless|linkTitle|cascade|aliases|isCJKLanguage|toc|hideSummary|ShowToc|featuredImage)\s*[:=]`)},
		{site.Hugo, 1, "+++ front matter", true, has("+++\n"), lazy(`\A\+\+\+\n`)},
		{site.Docusaurus, 3, "truncate marks", false, has("truncate"), lazy(`<!-- *truncate *-->|\{/\* *truncate *\*/\}`)},
		{site.Docusaurus, 3, "links of Docusaurus", false, has("@site/", "@docusaurus/", "@theme/"), lazy(`@site/|@docusaurus/|@theme/`)},
		{site.Docusaurus, 2, "keys of Docusaurus", true, has("author_", "authorURL", "authorTwitter", "authorFBID", "hide_table", "sidebar_label"), lazy(`(?m)^(?:author_title|author_url|author_image_url|authorURL|authorTwitter|authorFBID|hide_table_of_contents|sidebar_label):`)},
		{site.Astro, 3, "imports of Astro", false, has("astro"), lazy(`(?m)^import .*(?:\.astro|astro:)`)},
		{site.Astro, 3, "keys of Astro", true, has("Dat", "heroImage"), lazy(`(?m)^(?:pubDate|pubDatetime|heroImage|updatedDate|modDatetime):`)},
		{site.Jekyll, 3, "tags of Jekyll", false, has("{% ", "{{", "{:"), lazy(`\{% (?:highlight|link|post_url|include|include_relative|gist) |\{\{ ?(?:site|page)\.|\{: ?[.#]`)},
		{site.Jekyll, 1, "tags of Liquid", false, has("{% "), lazy(`\{% (?:raw|comment|endraw|assign|capture|if|for|unless)`)},
		{site.Jekyll, 1, "layouts", true, has("layout"), lazy(`(?m)^layout: *['"]?(?:post|blog|news\w*|article)`)},
	}
})

// header returns the front matter of a text, its opening fence included.
func header(text string) string {
	for _, fence := range []string{"---", "+++"} {
		if rest, ok := strings.CutPrefix(text, fence); ok {
			head, _, _ := strings.Cut(rest, "\n"+fence)
			return text[:len(fence)+len(head)]
		}
	}
	return ""
}

// unquoted is a header line that YAML refuses: a colon within a value.
var unquoted = lazy(`^[A-Za-z_]+: [^"'\[{|>#\n][^"'\n]*?: \S`)

// isRefused reports whether a header has such a line.
func isRefused(head string) bool {
	for line := range strings.Lines(head) {
		if strings.Count(line, ": ") > 1 && unquoted().MatchString(line) {
			return true
		}
	}
	return false
}

// datedName is the file name of a Jekyll post.
var datedName = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}-.`)

func clueOf(w walker, path string) clue {
	dir, base := split(path)
	c := clue{dated: datedName.MatchString(base)}
	src, _, err := w.read(dir, base)
	if err != nil {
		return c // it has its problem when it is read
	}
	c.read = true
	text := front(src)
	found, head := map[site.Convention]bool{}, header(text)
	for i, m := range marks() {
		if m.weight == 1 && m.convention == site.Jekyll && !c.dated {
			continue // layouts and Liquid are Eleventy's too; dated names are not
		}
		in := text
		if m.header {
			in = head
		}
		if !found[m.convention] && m.in(in) {
			found[m.convention] = true
			c.marks = append(c.marks, i)
		}
	}
	c.refused = strings.HasPrefix(head, "---\n") && len(head) < len(text) && isRefused(head)
	return c
}

// evident tells the convention by the names and the texts of files.
func evident(t *tree, sample map[string]clue, s site.Site) Convention {
	score, names := map[site.Convention]int{}, map[site.Convention]map[string]int{}
	once := map[string]bool{} // what is told by names, not by single files
	count := func(c site.Convention, weight int, name string) {
		score[c] += weight
		if names[c] == nil {
			names[c] = map[string]int{}
		}
		names[c][name]++
	}
	dated, refused := 0, 0
	for _, c := range sample {
		if c.dated {
			dated++
		}
		for _, i := range c.marks {
			m := marks()[i]
			count(m.convention, m.weight, m.name)
		}
		if c.refused {
			refused++
		}
	}
	// Every generator but Pelican, whose Markdown reads headers line by line,
	// would have refused to build these.
	if refused >= 3 && 20*refused >= len(sample) {
		return Convention{site.Pelican, fmt.Sprintf("the headers of %d of %d files are no YAML, and are read line by line", refused, len(sample))}
	}
	for _, name := range t.others.paths {
		dir, base := split(name)
		switch {
		case strings.Contains(base, ".11tydata."):
			count(site.Eleventy, 3, "directory data files")
			once["directory data files"] = true
		case path.Ext(base) == ".meta" && t.hasStem(strings.TrimSuffix(name, ".meta")):
			count(site.Nikola, 3, "files of metadata beside articles")
			once["files of metadata beside articles"] = true
		case base == "authors.yml" && (dir == "." || path.Base(dir) == "blog"):
			count(site.Docusaurus, 2, "authors.yml")
			once["authors.yml"] = true
		}
	}
	if posts, in := t.posts(), ""; posts != "" || s.Generator != nil && s.Generator.Name == "_posts" {
		if in = "a directory _posts"; posts == "" {
			in = "the directory is called _posts"
		}
		once[in] = true
		if score[site.Hexo] > score[site.Jekyll] || dated == 0 {
			count(site.Hexo, len(sample)+1, in)
		} else {
			count(site.Jekyll, len(sample)+1, in)
		}
	}
	if n := len(t.sections.paths); n > 0 {
		c := site.Hugo
		if score[site.Zola] > score[site.Hugo] {
			c = site.Zola
		}
		count(c, 2*n, "_index files")
		once["_index files"] = true
	}
	if score[site.Hugo] > 0 && score[site.Zola] > 0 && names[site.Zola]["tables of Zola"]+names[site.Zola]["keys of Zola"] > 0 && names[site.Hugo]["shortcodes of Hugo"] == 0 {
		delete(score, site.Hugo) // +++ and slug are Zola's too
	}
	best := site.Plain
	for _, m := range marks() { // in a fixed order
		if c := m.convention; score[c] > score[best] {
			best = c
		}
	}
	// A single file that quotes a generator's markup proves nothing of sixty.
	if best == site.Plain || 10*score[best] < len(sample) {
		return Convention{site.Plain, "no sign of a site generator"}
	}
	name, n := "", 0
	for _, m := range names[best] {
		n = max(n, m)
	}
	for candidate, m := range names[best] {
		if m == n && (name == "" || candidate < name) {
			name = candidate
		}
	}
	if once[name] {
		return Convention{best, name}
	}
	return Convention{best, fmt.Sprintf("%s in %d of %d files", name, n, len(sample))}
}

// front returns the beginning of a file, its line ends as line feeds.
func front(src []byte) string {
	src = bytes.TrimPrefix(src[:min(len(src), sampleBytes)], []byte("\xEF\xBB\xBF"))
	return strings.ReplaceAll(string(src), "\r\n", "\n")
}

// hasStem reports whether there is an article's file of this path without its
// extension.
func (t *tree) hasStem(stem string) bool {
	i, _ := t.articles.find(stem + ".")
	for ; i < len(t.articles.paths) && strings.HasPrefix(t.articles.paths[i], stem+"."); i++ {
		if p := t.articles.paths[i]; strings.TrimSuffix(p, path.Ext(p)) == stem {
			return true
		}
	}
	return false
}

// posts returns the path of a directory _posts; empty when there is none.
func (t *tree) posts() string {
	for _, d := range t.dirs {
		if path.Base(d) == "_posts" {
			return d
		}
	}
	return ""
}

// people are the authors that the site keeps, as articles name them.
func people(s site.Site) map[string]article.Person {
	if s.Generator == nil || len(s.Generator.People) == 0 {
		return nil
	}
	all := make(map[string]article.Person, len(s.Generator.People))
	for id, a := range s.Generator.People {
		all[id] = article.Person{Name: a.Name, Email: a.Email, URL: a.URL, Avatar: a.Avatar}
	}
	return all
}
