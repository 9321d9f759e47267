package article

import "strings"

// writing is where an article's body comes from.
type writing struct {
	body *source // nil while from has to give it back
	from Sources // nil while the article has it
}

// source is an article's body before rendering.
type source struct {
	format  Format
	text    string // Text: the paragraphs' text, header lines removed; Markdown: what follows front matter (title heading removed when it became the title); HTML: the inner HTML of the article's own part of the page
	line    int    // line of the file on which text begins, from 1
	summary string // the author's own, plain text; empty when there is none
	slug    string // unique prefix for footnote ids

	title      string // == Article.Title, for a template that shows it
	convention string // the generator whose marks the text may hold; empty when not known
	separator  string // what ends the summary, besides the usual markers; empty when nothing else does
	mdx        bool   // Markdown with components

	// What a template may show: what front matter says, and what the site's
	// configuration does, by their keys in lower case, parted by full stops.
	values, settings map[string]string
}

// mostKept bounds what is kept of front matter for templates to show.
const mostKept = 100

// keep remembers of front matter and of the site's configuration what the text
// may show by a template.
func (s *source) keep(meta value, settings map[string]string) {
	if s.format != Markdown && s.format != HTML || !mayShowValues(s.text) {
		return
	}
	s.settings = settings
	var keep func(path string, v value)
	keep = func(path string, v value) {
		for _, e := range v.entries {
			name := strings.ToLower(e.key)
			switch {
			case len(s.values) >= mostKept:
				return
			case e.value.kind == mapping:
				keep(path+name+".", e.value)
			case e.value.kind == scalar && len(e.value.text) <= mostTag && strings.Contains(s.text, e.key):
				s.values = with(s.values, path+name, e.value.text)
			}
		}
	}
	keep("", meta)
}

// mayShowValues reports whether a text may have something in it that shows a
// value: a tag of Liquid, Nunjucks or Hugo, or MDX's {frontMatter.name}.
func mayShowValues(text string) bool {
	return strings.IndexByte(text, '{') >= 0 && // seldom even this
		(strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "frontMatter."))
}

// parameter returns what Hugo shows for {{< param name >}}.
func (s source) parameter(name string) (string, bool) {
	if v, ok := s.stated(name); ok {
		return v, true
	}
	v, ok := s.settings[strings.ToLower(name)]
	return v, ok
}

// stated returns what front matter says under a key, as templates write it.
func (s source) stated(key string) (string, bool) {
	key = strings.ToLower(key)
	for _, section := range []string{"", "params.", "extra."} {
		if v, ok := s.values[section+key]; ok {
			return v, true
		}
	}
	return "", false
}
