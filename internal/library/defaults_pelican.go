package library

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"strings"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// namePattern is a pattern by which Pelican takes metadata from the path of a
// file: https://docs.getpelican.com/en/latest/settings.html#metadata.
type namePattern struct {
	*regexp.Regexp
	base bool // it is matched against the name alone, without its extension
}

// namePatterns are those of a configuration. One that Go's expressions cannot
// say is passed over.
func namePatterns(g *site.Generator) []namePattern {
	var all []namePattern
	for _, key := range []string{"path_metadata", "filename_metadata"} {
		if pattern := g.Value(key); pattern != "" {
			if re, err := regexp.Compile(`^(?:` + pattern + `)`); err == nil {
				all = append(all, namePattern{re, key == "filename_metadata"})
			}
		}
	}
	return all
}

// pelicanDefaults are what Pelican's configuration says for articles, what it
// says for one path, and what the path itself says.
func (l *layout) pelicanDefaults(c article.Context, name, file string) map[string]string {
	if !l.rooted {
		return nil
	}
	all := map[string]string{}
	for key, text := range l.generator.Values("default_metadata") {
		// A dictionary, or pairs: (('status', 'draft'),)
		if n, is := strings.CutSuffix(key, ".0"); is {
			key, text = strings.ToLower(text), l.generator.Value("default_metadata."+n+".1")
		} else if strings.HasSuffix(key, ".1") {
			continue
		}
		all[key] = text
	}
	if folder := l.generator.Value("default_category"); folder != "" && len(c.Topics) == 0 {
		all["category"] = folder
	}
	below := path.Join(l.generator.Below, file)
	if root := path.Clean(cmp.Or(l.generator.Value("path"), ".")); root != "." {
		below = strings.TrimPrefix(below, root+"/")
	}
	for _, p := range l.named {
		text := below
		if p.base {
			text = strings.TrimSuffix(path.Base(name), path.Ext(name))
		}
		m := p.FindStringSubmatch(text)
		for i, group := range p.SubexpNames() {
			if i < len(m) && group != "" && m[i] != "" {
				all[strings.ToLower(group)] = m[i]
			}
		}
	}
	maps.Copy(all, l.generator.Values("extra_path_metadata."+strings.ToLower(below)))
	if len(all) == 0 {
		return nil
	}
	return all
}
