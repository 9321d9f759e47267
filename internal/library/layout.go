package library

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// layout is where a site generator has its articles, and what their folders
// mean.
type layout struct {
	convention site.Convention
	generator  *site.Generator // the zero value when there is none
	rooted     bool            // the articles lie where the configuration says
	contents   []content       // where articles lie below it; none: anywhere
	bundles    map[string]bool // the folders that are one article
	languages  map[string]bool // the folders that hold one language each
	posts      bool            // there is a directory _posts
	base       article.Context // what is the same for all
	digest     string          // of all that the site says
	linked     bool            // articles have addresses of the generator's
	defaults   []defaults      // of keys, for articles that leave them out; the weakest first
	named      []namePattern   // Pelican's, which take metadata from paths
}

// content is a directory of articles below the generator's own.
type content struct {
	dir      string
	language string // of all in it; empty when it holds several
}

func newLayout(c site.Convention, s site.Site, t *tree) *layout {
	l := &layout{convention: c, generator: s.Generator, bundles: map[string]bool{}, languages: map[string]bool{}}
	if l.generator == nil {
		l.generator = &site.Generator{}
	}
	known := l.generator.Convention == c
	l.linked = known && s.Address() != ""
	l.digest = fmt.Sprint(l.generator.Digest(), l.linked, s.Zone)
	l.base = article.Context{People: people(s), Labels: l.generator.Labels}
	if c != site.Plain {
		l.base.Convention = article.Convention(c)
	}
	switch {
	case known && c == site.Jekyll:
		l.base.Separator = l.generator.Value("excerpt_separator")
		l.base.Values = l.generator.Values("")
	case known && c == site.Hugo:
		l.base.Values = l.generator.Values("params")
	}
	if known && c == site.Pelican {
		l.named = namePatterns(l.generator)
	}
	l.posts = t.posts() != "" || slices.Contains(strings.Split(l.generator.Below, "/"), "_posts") || l.generator.Name == "_posts"
	if c == site.Hugo || c == site.Zola {
		l.bundles = bundles(t, known || s.Convention == c)
	}
	// Where its own directories hold no article, the articles were put elsewhere
	// below the configuration: then they are taken for all of its contents.
	l.rooted = known
	if l.rooted {
		l.contents = contents(l.generator)
		l.findLanguages(t)
		l.rooted = l.holdsArticles(t)
	}
	if !l.rooted {
		l.contents, l.languages = nil, map[string]bool{}
		l.findLanguages(t)
	}
	return l
}

// bundles returns the folders that are one article, since an index.md lies in
// them. Where only the files make believe that they are Hugo's or Zola's, an
// index.md beside several others is the list of these, as everywhere else: whoever
// has articles in such a folder would miss them all.
func bundles(t *tree, certain bool) map[string]bool {
	dirs, others := map[string]bool{}, map[string]int{}
	for _, file := range t.articles.paths {
		dir, base := split(file)
		if name, _, _ := strings.Cut(base, "."); name != "index" {
			others[dir]++
		} else if dir != "." {
			dirs[dir] = true
		}
	}
	maps.DeleteFunc(dirs, func(dir string, _ bool) bool { return !certain && others[dir] > mostInBundle })
	return dirs
}

// mostInBundle is how many files of articles' kinds a folder that is one article
// may hold besides: what it includes, the words of a song.
const mostInBundle = 2

// contents are the directories in which a configuration says that articles
// lie.
func contents(g *site.Generator) []content {
	switch g.Convention {
	case site.Hugo:
		var all []content
		for key, dir := range g.Values("languages") {
			if lang, ok := strings.CutSuffix(key, ".contentdir"); ok {
				all = append(all, content{path.Clean(dir), lang})
			}
		}
		slices.SortFunc(all, func(a, b content) int { return cmp.Compare(a.dir, b.dir) })
		if dir := path.Clean(cmp.Or(g.Value("contentdir"), "content")); !slices.ContainsFunc(all, func(c content) bool { return c.dir == dir }) {
			all = append(all, content{dir: dir})
		}
		return all
	case site.Zola:
		return []content{{dir: "content"}}
	case site.Hexo:
		return []content{{dir: path.Clean(cmp.Or(g.Value("source_dir"), "source"))}}
	case site.Jekyll:
		return []content{{dir: path.Clean(cmp.Or(g.Value("source"), "."))}}
	case site.Eleventy:
		return []content{{dir: path.Clean(cmp.Or(g.Value("dir.input"), "."))}}
	case site.Astro:
		return []content{{dir: "src/content"}, {dir: "src/pages"}, {dir: "src/data"}}
	case site.Docusaurus:
		all := []content{{dir: "blog"}}
		for _, key := range []string{"presets.blog.path", "plugins.path"} {
			if dir := g.Value(key); dir != "" {
				all = append(all, content{dir: path.Clean(dir)})
			}
		}
		return all
	case site.Pelican:
		root := path.Clean(cmp.Or(g.Value("path"), "."))
		var all []content
		for _, dir := range list(g, "article_paths") {
			all = append(all, content{dir: path.Join(root, dir)})
		}
		if len(all) == 0 {
			all = []content{{dir: root}}
		}
		return all
	case site.Nikola:
		var all []content
		for key, pattern := range g.Values("posts") {
			if strings.HasSuffix(key, ".0") && strings.Contains(pattern, "*") {
				all = append(all, content{dir: path.Dir(pattern)})
			}
		}
		if len(all) == 0 {
			all = []content{{dir: "posts"}}
		}
		return all
	}
	return nil
}

// list reads a list of texts, or one text, from a configuration.
func list(g *site.Generator, key string) []string {
	if one := g.Value(key); one != "" {
		return []string{one}
	}
	values := g.Values(key)
	var all []string
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range values {
			if !yield(k) {
				return
			}
		}
	}) {
		all = append(all, values[k])
	}
	return all
}

// findLanguages finds folders at the top that hold one language each: those
// that the configuration names, or two and more that are called like languages.
func (l *layout) findLanguages(t *tree) {
	found := map[string]bool{}
	for _, file := range t.articles.paths {
		name, _, ok := l.below(file)
		if !ok {
			continue
		}
		folder, _, nested := strings.Cut(name, "/")
		if _, seen := found[folder]; nested && !seen {
			_, found[folder] = article.FolderLanguage(folder)
		}
	}
	maps.DeleteFunc(found, func(_ string, language bool) bool { return !language })
	for folder := range found {
		named := len(l.generator.Values("languages."+strings.ToLower(folder))) > 0 ||
			slices.Contains(list(l.generator, "languages"), folder) || l.generator.Value("translations."+folder) != ""
		if named || len(found) > 1 {
			l.languages[folder] = true
		}
	}
}

// below returns the path of a file below the directory of contents that it
// lies in; false when it lies in none.
func (l *layout) below(file string) (name, language string, ok bool) {
	if !l.rooted {
		return file, "", true
	}
	whole := path.Join(l.generator.Below, file)
	if len(l.contents) == 0 {
		return whole, "", true
	}
	for _, c := range l.contents {
		if c.dir == "." {
			return whole, c.language, true
		}
		if rest, ok := strings.CutPrefix(whole, c.dir+"/"); ok {
			return rest, c.language, true
		}
	}
	return "", "", false
}

// holdsArticles reports whether any file is an article by the layout's rules.
func (l *layout) holdsArticles(t *tree) bool {
	return slices.ContainsFunc(t.articles.paths, func(file string) bool {
		_, ok := l.place(file)
		return ok
	})
}

// place tells what the folders say of a file; false when it is no article.
func (l *layout) place(file string) (article.Context, bool) {
	c := l.base
	name, language, ok := l.below(file)
	if !ok {
		return c, false
	}
	if folder, rest, nested := strings.Cut(name, "/"); nested && l.languages[folder] {
		language, name = folder, rest
	}
	c.Language, _ = article.FolderLanguage(language)
	stem, _, _ := strings.Cut(path.Base(name), ".")
	if !strings.Contains(name, "/") && strings.EqualFold(stem, "index") && (l.rooted || l.convention != site.Plain || l.generator.Below == "") {
		return c, false // the list of what lies here
	}
	hidden := strings.HasPrefix(file, "_") || strings.Contains(file, "/_") // in a folder of a generator
	if l.convention == site.Plain {
		c.Name = name
		c.Defaults = l.defaultsOf(file, name, c)
		return c, !hidden
	}
	segments := strings.Split(name, "/")
	if l.convention == site.Eleventy && slices.Contains(segments, "_posts") { // as of a site that was Jekyll's
		segments = slices.DeleteFunc(segments, func(s string) bool { return s == "_posts" })
	} else if l.convention != site.Jekyll && l.convention != site.Hexo && hidden {
		return c, false
	}
	folders := segments[:len(segments)-1]
	switch l.convention {
	case site.Hugo, site.Zola:
		for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
			if l.bundles[dir] && (dir != path.Dir(file) || stem != "index") {
				return c, false // it belongs to the article that its folder is
			}
		}
	case site.Jekyll, site.Hexo:
		i := slices.IndexFunc(segments, func(s string) bool { return s == "_posts" || s == "_drafts" })
		if i < 0 && (l.posts && !l.inPosts() || l.rooted && !l.inPosts()) {
			return c, false // a page
		}
		if i >= 0 {
			c.Draft = segments[i] == "_drafts"
			if l.convention == site.Jekyll {
				c.Topics = slices.Clone(segments[:i])
				if !l.rooted && len(c.Topics) > 0 && slices.Contains([]string{"src", "source", "docs", "site", "www"}, c.Topics[0]) {
					c.Topics = c.Topics[1:] // the site's own directory, whose configuration is not seen
				}
			}
			segments = slices.Concat(segments[:i], segments[i+1:])
		}
		if l.convention == site.Jekyll && !c.Draft && !datedName.MatchString(segments[len(segments)-1]) {
			return c, false
		}
		if l.convention == site.Jekyll && i >= 0 { // what lies below _posts is for order alone
			segments = append(segments[:i:i], segments[len(segments)-1])
		}
	case site.Pelican:
		for _, dir := range append(list(l.generator, "article_excludes"), l.pages()...) {
			if name == dir || strings.HasPrefix(name, strings.Trim(dir, "/")+"/") {
				return c, false
			}
		}
		if folder := l.category(file, folders); folder != "" && l.generator.Value("use_folder_as_category") != "false" {
			c.Topics = []string{folder}
		}
	case site.Nikola:
		if !l.rooted {
			switch segments[0] {
			case "pages", "stories", "galleries", "listings", "files", "templates", "themes", "images", "shortcodes", "plugins":
				return c, false
			case "posts", "blog":
				segments = segments[1:]
			}
		}
	case site.Docusaurus, site.Astro:
		if l.convention == site.Astro && l.rooted && len(segments) > 1 {
			segments = segments[1:] // the collection
		}
	}
	c.Name = path.Join(segments...)
	c.Defaults = l.defaultsOf(file, name, c)
	if l.convention == site.Pelican {
		c.Defaults = l.pelicanDefaults(c, name, file)
	}
	return c, true
}

// inPosts reports whether the directory of articles is _posts, or lies in it.
func (l *layout) inPosts() bool {
	return l.generator.Name == "_posts" || slices.Contains(strings.Split(l.generator.Below, "/"), "_posts")
}

// pages are Pelican's directories of pages and of files that are copied.
func (l *layout) pages() []string {
	all := list(l.generator, "page_paths")
	if len(all) == 0 {
		all = []string{"pages"}
	}
	return all
}

// category is the folder that stands for an article's category: the nearest.
func (l *layout) category(file string, folders []string) string {
	if len(folders) > 0 {
		return folders[len(folders)-1]
	}
	if l.rooted && l.generator.Below != "" && path.Dir(file) == "." {
		if root := path.Clean(cmp.Or(l.generator.Value("path"), ".")); l.generator.Below != root {
			return path.Base(l.generator.Below)
		}
	}
	return ""
}

// needsDate reports whether the generator leaves files without a date out of
// its lists: they are pages.
func (l *layout) needsDate() bool {
	switch l.convention {
	case site.Hugo:
		for _, v := range l.generator.Values("frontmatter.date") {
			if v == ":filemodtime" || v == ":git" {
				return false
			}
		}
		return true
	case site.Zola, site.Eleventy, site.Pelican, site.Astro:
		return true
	}
	return false
}

// context tells what the rules say of a file; false when by them it is no
// article.
func (l *layout) context(file string, t *tree) (article.Context, bool) {
	c, ok := l.place(file)
	if ok && l.convention == site.Nikola {
		meta := strings.TrimSuffix(file, path.Ext(file)) + ".meta"
		if _, there := t.others.find(meta); there {
			c.MetaName = meta
		}
	}
	return c, ok
}

// sum is a digest of all that decides what the rules say of a file, but for its
// path and the site's settings.
func (l *layout) sum(t *tree) uint64 {
	var beside []string // files of metadata
	if l.convention == site.Nikola {
		for _, file := range t.others.paths {
			if strings.HasSuffix(file, ".meta") {
				beside = append(beside, file)
			}
		}
	}
	return xxhash.Sum64String(fmt.Sprint(l.convention, l.digest, l.rooted, l.contents, l.bundles, l.languages, l.posts, l.base.Separator, beside))
}

// key changes whenever an article has to be parsed anew though its file has not
// changed. The file beside it counts, once it was read.
func (l *layout) key(opt article.Options) uint64 {
	d := xxhash.New()
	c := opt.Context
	for _, s := range []string{
		opt.Zone.String(), opt.Language, opt.Encoding, l.digest,
		string(c.Convention), c.Name, c.Language, string(c.Meta), c.MetaName, c.Separator,
	} {
		d.WriteString(s)
		d.Write(separator[:])
	}
	for _, topic := range c.Topics {
		d.WriteString(topic)
		d.Write(separator[:])
	}
	if c.Draft {
		d.WriteString("draft")
	}
	return d.Sum64()
}

// separator stands between two texts in a digest; no UTF-8 has it.
var separator = [...]byte{0xFF}
