package library

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// link returns the address at which the generator publishes an article: the
// one that the article states, else the one that the pattern of the
// configuration gives. Empty when either is not known, or when the pattern
// asks for what only the generator knows.
func (l *layout) link(a *article.Article, opt article.Options) string {
	if !l.linked {
		return ""
	}
	if u, err := url.Parse(a.Address); err == nil && u.Scheme != "" {
		return a.Address
	}
	p := permalink{layout: l, a: a, name: cmp.Or(opt.Context.Name, a.Path), zone: opt.Zone}
	if l.generator.Zone == nil && l.convention != site.Jekyll && l.convention != site.Hexo && l.convention != site.Pelican {
		p.zone = time.UTC
	}
	p.dir, p.stem, p.nameDate = nameParts(p.name, l.convention)
	where := p.path()
	if p.unknown || where == "" {
		return ""
	}
	where = strings.TrimLeft(strings.TrimSuffix(where, "index.html"), "/")
	for strings.Contains(where, "//") {
		where = strings.ReplaceAll(where, "//", "/")
	}
	return l.generator.Address + (&url.URL{Path: "/" + where}).EscapedPath()[1:]
}

// permalink is an address being made.
type permalink struct {
	*layout
	a        *article.Article
	name     string // the path below the contents
	dir      string // of name; empty at the top; of a bundle, that of its folder
	stem     string // the file's or bundle's name, without extension, language and date
	nameDate string // in the name, as 2006-01-02; may be empty
	zone     *time.Location
	unknown  bool // something that only the generator knows was asked for
}

var nameWithDate = regexp.MustCompile(`^(\d{4})[-_](\d{1,2})[-_](\d{1,2})[-_T ]?(.*)$`)

// nameParts takes a path apart. A file called index has the name of its
// folder.
func nameParts(name string, c site.Convention) (dir, stem, date string) {
	dir, base := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	stem = strings.TrimSuffix(base, path.Ext(base))
	if ext := path.Ext(stem); ext != "" && c != site.Jekyll {
		if _, ok := article.FolderLanguage(ext[1:]); ok {
			stem = strings.TrimSuffix(stem, ext)
		}
	}
	if dir != "" && (stem == "index" || c == site.Eleventy && stem == path.Base(dir)) {
		stem, dir = path.Base(dir), strings.Trim(path.Dir(dir), ".")
	}
	if m := nameWithDate.FindStringSubmatch(stem); m != nil && c != site.Hugo && c != site.Hexo && c != site.Astro && c != site.Nikola {
		date = m[1] + "-" + pad(m[2]) + "-" + pad(m[3])
		if stem = m[4]; stem == "" {
			stem = date
		}
	}
	return dir, stem, date
}

func pad(n string) string { return strings.Repeat("0", max(0, 2-len(n))) + n }

// path returns where the generator publishes the article, below its address.
func (p *permalink) path() string {
	g, stated := p.generator, p.a.Address
	switch p.convention {
	case site.Hugo:
		return p.hugo(stated)
	case site.Zola:
		if stated != "" {
			return strings.Trim(stated, "/") + "/"
		}
		where := path.Join(p.dir, p.stem)
		if p.a.SlugStated {
			where = path.Join(p.dir, p.a.Slug)
		}
		switch cmp.Or(g.Value("slugify.paths"), "on") {
		case "on", "true":
			where = eachSegment(where, asciiSlug)
		case "safe":
			where = eachSegment(where, func(s string) string { return strings.ReplaceAll(s, " ", "_") })
		}
		return p.languagePrefix("default_language") + where + "/"
	case site.Jekyll:
		return p.expand(p.jekyllPattern(), p.jekyllToken)
	case site.Hexo:
		return p.expand(cmp.Or(stated, g.Value("permalink"), ":year/:month/:day/:title/"), p.hexoToken)
	case site.Docusaurus:
		return p.docusaurus(stated)
	case site.Pelican:
		if stated != "" {
			return stated
		}
		if saved, is := g.Stated("article_save_as"); is && saved == "" {
			return "" // it has no page of its own
		}
		return p.pelican(cmp.Or(g.Value("article_url"), "{slug}.html"))
	case site.Eleventy:
		if stated != "" {
			return p.eleventy(stated)
		}
		if slices.Contains(strings.Split(p.a.Path, "/"), "_posts") {
			return "" // sites that were Jekyll's keep its addresses by programs of their own
		}
		return path.Join(p.dir, p.stem) + "/"
	case site.Astro:
		return p.astro()
	case site.Nikola:
		return p.nikola()
	}
	return ""
}

// eleventyField is a value that a template of an address shows, in Liquid and
// Nunjucks.
var eleventyField = regexp.MustCompile(`\{\{-?\s*([\w.]+)\s*(?:\|\s*(slugify|slug)\s*(?:\(\))?\s*)?-?\}\}`)

// eleventy fills in the values that a file's name and front matter tell. What a
// program would make is not known.
func (p *permalink) eleventy(pattern string) string {
	where := eleventyField.ReplaceAllStringFunc(pattern, func(field string) string {
		m := eleventyField.FindStringSubmatch(field)
		var text string
		switch m[1] {
		case "page.fileSlug":
			text = p.stem
		case "page.filePathStem":
			text = "/" + path.Join(p.dir, p.stem)
		case "title":
			if m[2] == "" {
				return field
			}
			text = p.a.Title
		case "slug":
			if !p.a.SlugStated {
				return field
			}
			text = p.a.Slug
		default:
			return field
		}
		if m[2] != "" {
			return asciiSlug(text)
		}
		return text
	})
	if strings.ContainsAny(where, "{}%") {
		return ""
	}
	return where
}

// languagePrefix is the folder of an article that is not in the site's first
// language.
func (p *permalink) languagePrefix(key string) string {
	first := cmp.Or(p.generator.Value(key), "en")
	if p.a.Language == "" || strings.EqualFold(p.a.Language, first) {
		return ""
	}
	for name := range p.generator.Values("languages") {
		code, _, _ := strings.Cut(name, ".")
		if strings.EqualFold(code, p.a.Language) {
			return strings.ToLower(p.a.Language) + "/"
		}
	}
	return ""
}

// hugo follows https://gohugo.io/content-management/urls/.
func (p *permalink) hugo(stated string) string {
	g := p.generator
	prefix := p.languagePrefix("defaultcontentlanguage")
	if prefix == "" && g.Value("defaultcontentlanguageinsubdir") == "true" {
		prefix = cmp.Or(g.Value("defaultcontentlanguage"), "en") + "/"
	}
	if stated != "" {
		if strings.HasPrefix(stated, "/") {
			return stated
		}
		return prefix + stated
	}
	section, _, _ := strings.Cut(p.dir, "/")
	pattern := cmp.Or(g.Value("permalinks.page."+strings.ToLower(section)), g.Value("permalinks."+strings.ToLower(section)))
	where := p.dir + "/" + p.stem
	if p.a.SlugStated {
		where = p.dir + "/" + p.a.Slug
	}
	if pattern != "" {
		where = p.expand(pattern, func(token string) (string, bool) {
			switch token {
			case "section":
				return section, true
			case "sections":
				return p.dir, true
			case "title":
				return p.a.Title, true
			case "slug":
				if p.a.SlugStated {
					return p.a.Slug, true
				}
				return p.a.Title, true
			case "filename", "contentbasename":
				return p.stem, true
			case "slugorfilename", "slugorcontentbasename":
				if p.a.SlugStated {
					return p.a.Slug, true
				}
				return p.stem, true
			}
			return p.dateToken(token)
		})
	}
	where = strings.Trim(hugoPath(where, g.Value("disablepathtolower") == "true"), "/")
	if g.Value("uglyurls") == "true" {
		return prefix + where + ".html"
	}
	return prefix + where + "/"
}

// jekyllPattern follows https://jekyllrb.com/docs/permalinks/.
func (p *permalink) jekyllPattern() string {
	g := p.generator
	pattern := cmp.Or(p.a.Address, g.Value("collections.posts.permalink"), g.Value("permalink"), "date")
	switch pattern {
	case "date":
		return "/:categories/:year/:month/:day/:title:output_ext"
	case "pretty":
		return "/:categories/:year/:month/:day/:title/"
	case "ordinal":
		return "/:categories/:year/:y_day/:title:output_ext"
	case "none":
		return "/:categories/:title:output_ext"
	}
	return pattern
}

func (p *permalink) jekyllToken(token string) (string, bool) {
	switch token {
	case "title", "slug":
		if p.a.SlugStated {
			return p.a.Slug, true
		}
		return jekyllSlug(p.stem, token == "title"), true
	case "name":
		return jekyllSlug(p.stem, false), true
	case "categories":
		var all []string
		for _, c := range p.a.Categories {
			if c = jekyllSlug(c, false); !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
		return strings.Join(all, "/"), true
	case "output_ext":
		return ".html", true
	case "collection":
		return "posts", true
	}
	return p.dateToken(token)
}

func (p *permalink) hexoToken(token string) (string, bool) {
	switch token {
	case "title":
		return hexoSlug(cmp.Or(p.generator.Value("new_post_name"), ":title.md"), path.Join(p.dir, p.stem)), true
	case "name":
		return path.Base(hexoSlug(cmp.Or(p.generator.Value("new_post_name"), ":title.md"), path.Join(p.dir, p.stem))), true
	case "post_title":
		return hyphenated(strings.ToLower(p.a.Title), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }), true
	case "lang":
		return cmp.Or(p.a.Language, p.generator.Language), true
	case "category":
		if len(p.a.Categories) == 0 {
			return cmp.Or(p.generator.Value("default_category"), "uncategorized"), true
		}
		return strings.Join(p.a.Categories, "/"), true
	}
	return p.dateToken(token)
}

// hexoFields are what new_post_name may ask for, as Hexo's Permalink reads them
// back from the names of files.
var hexoFields = strings.NewReplacer(":year", `\d{4}`, ":month", `\d{2}`, ":day", `\d{2}`, ":i_month", `\d{1,2}`, ":i_day", `\d{1,2}`, ":hash", `[0-9a-f]{12}`, ":title", `(.+)`)

// hexoSlug is the title in a file's path, when the path has the form in which
// new posts are named; else the path.
func hexoSlug(pattern, name string) string {
	re, err := regexp.Compile("^" + hexoFields.Replace(regexp.QuoteMeta(strings.TrimSuffix(pattern, path.Ext(pattern)))) + "$")
	if err != nil || re.NumSubexp() != 1 {
		return name
	}
	if m := re.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

// docusaurus follows the blog plugin: an address without a stated slug has the
// date of the file's name, whatever the article says.
func (p *permalink) docusaurus(stated string) string {
	route := p.generator.Value("presets.blog.routebasepath")
	if route == "" {
		route = "blog"
	}
	where := path.Join(p.dir, p.stem)
	if p.nameDate != "" {
		where = path.Join(strings.ReplaceAll(p.nameDate, "-", "/"), p.dir, p.stem)
	} else if m := folderDate.FindStringSubmatch(where); m != nil {
		where = m[1] + "/" + m[2] + "/" + m[3] + "/" + m[4]
	}
	if stated != "" {
		where = strings.Trim(stated, "/")
	}
	where = strings.Trim(route, "/") + "/" + where
	if p.generator.Value("trailingslash") == "true" {
		where += "/"
	}
	return where
}

var folderDate = regexp.MustCompile(`^(\d{4})[-/](\d{2})[-/](\d{2})[-/](.+)$`)

// pelican follows ARTICLE_URL: https://docs.getpelican.com/en/latest/settings.html.
func (p *permalink) pelican(pattern string) string {
	if p.generator.Value("default_lang") != "" && p.a.Language != "" && !strings.EqualFold(p.a.Language, p.generator.Value("default_lang")) {
		pattern = cmp.Or(p.generator.Value("article_lang_url"), "{slug}-{lang}.html")
	}
	return braces.ReplaceAllStringFunc(pattern, func(field string) string {
		name, format, _ := strings.Cut(strings.Trim(field, "{}"), ":")
		switch name {
		case "slug":
			if p.a.SlugStated {
				return p.a.Slug
			}
			if p.generator.Value("slugify_source") == "basename" {
				return pelicanSlug(p.stem)
			}
			return pelicanSlug(p.a.Title)
		case "lang":
			return cmp.Or(p.a.Language, p.generator.Value("default_lang"))
		case "category":
			if len(p.a.Categories) > 0 {
				return pelicanSlug(p.a.Categories[0])
			}
			return pelicanSlug(cmp.Or(p.generator.Value("default_category"), "misc"))
		case "author":
			if len(p.a.Authors) > 0 {
				return pelicanSlug(p.a.Authors[0].Name)
			}
			return pelicanSlug(p.generator.Author.Name)
		case "filename":
			return p.stem
		case "date":
			if at, ok := p.at(); ok {
				if text, ok := strftime(at, format); ok {
					return text
				}
			}
		}
		p.unknown = true
		return ""
	})
}

var braces = regexp.MustCompile(`\{[^{}]*\}`)

// strftime writes a date by Python's format, of which patterns use these.
func strftime(t time.Time, format string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		short := format[i] == '-' && i+1 < len(format)
		if short {
			i++
		}
		layout := map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'b': "Jan", 'B': "January", 'H': "15", 'M': "04", 'S': "05"}[format[i]]
		if layout == "" {
			return "", false
		}
		text := t.Format(layout)
		if short {
			text = strings.TrimLeft(text, "0")
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// astro knows an address only where a page of the site is made for each
// article of a collection.
func (p *permalink) astro() string {
	collection, ok := strings.CutPrefix(path.Join(p.generator.Below, p.a.Path), "src/content/")
	if !ok {
		return ""
	}
	collection, _, _ = strings.Cut(collection, "/")
	for _, page := range []string{"[...slug].astro", "[slug].astro", "[...id].astro", "[id].astro", "[...slug]/index.astro", "[slug]/index.astro"} {
		for _, dir := range []string{collection, strings.TrimSuffix(collection, "s"), "posts", "blog"} {
			if p.generator.Has("src/pages/" + dir + "/" + page) {
				where := path.Join(p.dir, p.stem)
				if p.a.SlugStated {
					where = p.a.Slug
				}
				where = dir + "/" + eachSegment(where, func(s string) string {
					return strings.ReplaceAll(strings.ToLower(s), " ", "-")
				})
				if p.generator.Value("trailingslash") != "never" {
					where += "/"
				}
				return where
			}
		}
	}
	return ""
}

// nikola follows POSTS: the destination of the pattern that the file fits.
func (p *permalink) nikola() string {
	whole := path.Join(p.generator.Below, p.a.Path)
	for i := range 100 {
		pattern := p.generator.Value(fmt.Sprintf("posts.%d.0", i))
		if pattern == "" {
			break
		}
		if rest, ok := strings.CutPrefix(whole, path.Dir(pattern)+"/"); ok && path.Ext(pattern) == path.Ext(whole) {
			slug := p.stem
			if p.a.SlugStated {
				slug = p.a.Slug
			}
			where := path.Join(p.generator.Value(fmt.Sprintf("posts.%d.1", i)), path.Dir(rest), slug)
			if p.generator.Value("pretty_urls") == "false" {
				return where + ".html"
			}
			return where + "/"
		}
	}
	return ""
}

var token = regexp.MustCompile(`:[a-z_]+`)

// expand fills a pattern of words behind colons.
func (p *permalink) expand(pattern string, value func(token string) (string, bool)) string {
	return token.ReplaceAllStringFunc(pattern, func(t string) string {
		text, ok := value(t[1:])
		if !ok {
			p.unknown = true
		}
		return text
	})
}

// at is the article's date where the site is; false when it has none.
func (p *permalink) at() (time.Time, bool) {
	if p.a.Published.IsZero() {
		return time.Time{}, false
	}
	if p.zone == nil {
		return p.a.Published.InZone(), true
	}
	return p.a.Published.Time().In(p.zone), true
}

// dateToken fills the words for parts of a date.
func (p *permalink) dateToken(token string) (string, bool) {
	layout := map[string]string{
		"year": "2006", "short_year": "06", "month": "01", "i_month": "1", "day": "02", "i_day": "2", "hour": "15", "minute": "04", "second": "05",
		"monthname": "January", "weekdayname": "Monday", "short_month": "Jan", "long_month": "January", "y_day": "002", "yearday": "002",
	}[token]
	at, ok := p.at()
	if !ok || layout == "" {
		return "", false
	}
	text := at.Format(layout)
	if token == "yearday" {
		text = strings.TrimLeft(text, "0")
	}
	return text, true
}

func eachSegment(where string, f func(string) string) string {
	segments := strings.Split(where, "/")
	for i, s := range segments {
		segments[i] = f(s)
	}
	return strings.Join(segments, "/")
}
