package article

// source is an article's body before rendering.
type source struct {
	format  Format
	text    string // Text: the paragraphs' text, header lines removed; Markdown: what follows front matter (title heading removed when it became the title); HTML: the inner HTML of the article's own part of the page
	line    int    // line of the file on which text begins, from 1
	summary string // == Article.Summary
	slug    string // unique prefix for footnote ids

	title      string // == Article.Title, for a template that shows it
	convention string // the generator whose marks the text may hold; empty when not known
	separator  string // what ends the summary, besides the usual markers; empty when nothing else does
	mdx        bool   // Markdown with components
}
