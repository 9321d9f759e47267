package site

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// look looks for the configuration of a generator in one directory, and reads
// it.
func (g *Generator) look(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if os.IsPermission(err) || os.IsNotExist(err) {
			return false, nil // what cannot be seen says nothing
		}
		return false, err
	}
	here := map[string]bool{}
	for _, e := range entries {
		here[e.Name()] = true
	}
	for _, c := range configurations {
		for _, name := range c.names {
			if !here[strings.SplitN(name, "/", 2)[0]] {
				continue
			}
			g.settings = settings{}
			files := []string{filepath.Join(dir, filepath.FromSlash(name))}
			if strings.Contains(name, "*") {
				if files, err = filepath.Glob(files[0]); err != nil {
					return false, err
				}
			}
			if !g.decodeAll(files, strings.Contains(name, "*")) || !c.is(g.settings) {
				continue
			}
			g.Convention, g.File = c.convention, files[0]
			for _, more := range c.more {
				g.decodeAll([]string{filepath.Join(dir, filepath.FromSlash(more))}, false)
			}
			return true, nil
		}
	}
	g.settings = settings{}
	return false, nil
}

// decodeAll reads the files of one configuration; in a directory of several,
// each but the main one holds what stands below its name.
func (g *Generator) decodeAll(files []string, several bool) bool {
	found := false
	for _, name := range files {
		src, ok := g.read(name)
		if !ok {
			continue
		}
		prefix := ""
		if stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)); several && stem != "hugo" && stem != "config" {
			prefix = stem
		}
		if err := g.settings.decode(name, src, prefix); err != nil {
			g.problem(name, err)
		}
		found = true // even broken, it tells the generator
	}
	return found
}

// configuration is how a generator's configuration is found.
type configuration struct {
	convention Convention
	names      []string // the first that is there and tells itself counts
	is         func(settings) bool
	more       []string // further files, which add what the first leaves out
}

func always(settings) bool { return true }

// has tells a configuration by one of its keys.
func has(keys ...string) func(settings) bool {
	return func(set settings) bool {
		return slices.ContainsFunc(keys, func(key string) bool { _, ok := set[key]; return ok })
	}
}

// isHexo tells Hexo's _config.yml from Jekyll's.
var isHexo = has("source_dir", "new_post_name", "public_dir", "index_generator.per_page", "date_format", "post_asset_folder", "deploy.type", "per_page")

// configurations are those that feedmill knows. A file whose name says it all
// comes before one that several generators share.
var configurations = []configuration{
	{Hugo, []string{"hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"}, always, nil},
	{Zola, []string{"zola.toml"}, always, nil},
	{Zola, []string{"config.toml"}, has("base_url"), nil},
	{Hugo, []string{"config/_default/*.*"}, always, nil},
	{Hugo, []string{"config.toml", "config.yaml", "config.yml", "config.json"}, has("baseurl", "languagecode", "contentdir", "theme", "defaultcontentlanguage"), nil},
	{Pelican, []string{"pelicanconf.py", "pelican.conf.py"}, always, []string{"publishconf.py"}},
	{Docusaurus, []string{"docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs", "docusaurus.config.cjs"}, always, nil},
	{Astro, []string{"astro.config.mjs", "astro.config.js", "astro.config.ts", "astro.config.mts", "astro.config.cjs"}, always,
		[]string{"src/consts.ts", "src/consts.js", "src/config.ts", "src/site.config.ts"}},
	{Eleventy, []string{"eleventy.config.js", ".eleventy.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts"}, always,
		[]string{"_data/metadata.js", "_data/metadata.json", "_data/site.js", "_data/site.json", "src/_data/metadata.js", "src/_data/metadata.json", "src/_data/site.js", "src/_data/site.json"}},
	{Hexo, []string{"_config.yml", "_config.yaml", "_config.json"}, isHexo, nil},
	{Jekyll, []string{"_config.yml", "_config.yaml", "_config.toml"}, func(set settings) bool { return !isHexo(set) }, nil},
	{Nikola, []string{"conf.py"}, has("blog_title", "blog_author", "posts.0.0"), nil},
}

// take reads what the configuration says of the site.
func (g *Generator) take() {
	switch g.Convention {
	case Hugo:
		lang := strings.ToLower(g.Value("defaultcontentlanguage"))
		if lang == "" {
			lang = "en"
		}
		own := "languages." + lang + "."
		g.Title = g.line("title", own+"title", "title")
		g.Description = g.line("description", own+"params.description", own+"description", "params.description", "description")
		g.takeLanguage(own+"languagecode", own+"locale", "languagecode", "locale", "defaultcontentlanguage")
		g.takeZone(own+"timezone", "timezone")
		g.takeAuthor([]string{own + "params.author.name", own + "params.author", "params.author.name", "params.author", "author.name", "author"},
			[]string{"params.author.email", "author.email"}, []string{"params.author.url", "author.url"})
		g.takeAddress("", "baseurl")
	case Jekyll:
		g.Title = g.line("title", "title", "name")
		g.Description = g.line("description", "description", "tagline")
		g.takeLanguage("lang", "locale", "language")
		g.takeZone("timezone")
		g.takeAuthor([]string{"author.name", "author"}, []string{"author.email", "email"}, []string{"author.url", "author.uri"})
		g.takeAddress(g.Value("baseurl"), "url")
		g.takeCNAME()
	case Zola:
		g.Title = g.line("title", "title")
		g.Description = g.line("description", "description")
		g.takeLanguage("default_language")
		g.takeAuthor([]string{"author", "extra.author"}, nil, nil)
		g.takeAddress("", "base_url")
	case Pelican:
		g.Title = g.line("title", "sitename")
		g.Description = g.line("description", "sitesubtitle", "sitedesc", "site_description", "description")
		g.takeLanguage("default_lang")
		g.takeZone("timezone")
		g.takeAuthor([]string{"author"}, []string{"author_email", "email"}, nil)
		g.takeAddress("", "siteurl")
	case Docusaurus:
		g.Title = g.line("title", "title")
		g.Description = g.line("description", "tagline")
		g.takeLanguage("i18n.defaultlocale")
		g.takeAddress(g.Value("baseurl"), "url")
		g.givePages()
	case Astro:
		g.Title = g.line("title", "site_title", "title", "site.title")
		g.Description = g.line("description", "site_description", "description", "site.description", "desc")
		g.takeLanguage("i18n.defaultlocale")
		g.takeAuthor([]string{"author", "site.author"}, nil, nil)
		g.takeAddress(g.Value("base"), "site", "website", "site.website")
	case Eleventy:
		g.Title = g.line("title", "title", "name")
		g.Description = g.line("description", "description")
		g.takeLanguage("language", "lang")
		g.takeAuthor([]string{"author.name", "author"}, []string{"author.email"}, []string{"author.url"})
		g.takeAddress("", "url", "baseurl", "base")
	case Hexo:
		g.Title = g.line("title", "title")
		g.Description = g.line("description", "description", "subtitle")
		g.takeLanguage("language", "language.0")
		g.takeZone("timezone")
		g.takeAuthor([]string{"author"}, []string{"email"}, nil)
		g.takeAddress("", "url")
	case Nikola:
		g.Title = g.line("title", "blog_title")
		g.Description = g.line("description", "blog_description")
		g.takeLanguage("default_lang")
		g.takeZone("timezone")
		g.takeAuthor([]string{"blog_author"}, []string{"blog_email"}, nil)
		g.takeAddress("", "base_url", "site_url")
	}
	g.sortSayings()
}

// String writes a saying as "title: The Boatyard (hugo.toml:2)".
func (s Saying) String() string {
	if s.Line == 0 {
		return fmt.Sprintf("%s: %s (%s)", s.Key, s.Value, s.File)
	}
	return fmt.Sprintf("%s: %s (%s:%d)", s.Key, s.Value, s.File, s.Line)
}

// Taken returns what the site has from the configuration of its generator, in
// the order of the keys: all that the site file does not state otherwise.
func (s Site) Taken() []Saying {
	if s.Generator == nil {
		return nil
	}
	g, without := s.Generator, map[string]bool{}
	without["title"] = s.Title != g.Title
	without["description"] = s.Description != g.Description
	without["language"] = s.Language != g.Language
	without["time_zone"] = g.Zone == nil || s.Zone.String() != g.Zone.String()
	without["author"] = s.Author != g.Author
	without["address"] = s.Address() == ""
	return slices.DeleteFunc(slices.Clone(g.Sayings), func(said Saying) bool { return without[said.Key] })
}

// Address is where the site's generator publishes the articles; empty when it
// is not known, or when the site file states another convention or their Link.
func (s Site) Address() string {
	if g := s.Generator; g != nil && s.Link == "" && (s.Convention == "" || s.Convention == g.Convention) {
		return g.Address
	}
	return ""
}
