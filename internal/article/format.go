package article

import (
	"path"
	"strings"
)

// formats names the extensions of each format, in lower case.
var formats = map[string]Format{
	".txt":      Text,
	".text":     Text,
	".md":       Markdown,
	".markdown": Markdown,
	".mdx":      Markdown,
	".html":     HTML,
	".htm":      HTML,
	".xhtml":    HTML,
	".rst":      RST,
	".rest":     RST,
}

// FormatOf tells by its extension how the file called name is written. It
// reports false for a file that is no article.
func FormatOf(name string) (Format, bool) {
	f, ok := formats[strings.ToLower(path.Ext(name))]
	return f, ok
}

func (f Format) String() string {
	switch f {
	case Text:
		return "plain text"
	case Markdown:
		return "Markdown"
	case RST:
		return "reStructuredText"
	default:
		return "HTML"
	}
}

// maxBytes is the size above which a file is not read as an article. Markdown
// gets less because its rendering may cost more than its length.
func (f Format) maxBytes() int {
	if f == Markdown || f == RST {
		return 1 << 20
	}
	return 4 << 20
}
