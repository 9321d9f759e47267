package article

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// rstKind is what becomes of a directive.
type rstKind int

const (
	rstUnknown    rstKind = iota // its text is shown, with a problem
	rstNothing                   // nothing: it steers the generator
	rstImage                     // a picture
	rstFigure                    // a picture with a caption
	rstCode                      // a program
	rstAdmonition                // a quotation with a title
	rstQuote                     // a quotation
	rstBare                      // what it holds
	rstRubric                    // a line in bold type
	rstRaw                       // HTML as it is
	rstEmbed                     // a link to a film or sound
	rstCSV                       // a table
	rstListTable                 // likewise
)

// rstDirectives are the directives of docutils, Pelican and Nikola that become
// HTML.
var rstDirectives = map[string]rstKind{
	"image": rstImage, "figure": rstFigure, "thumbnail": rstFigure,
	"code": rstCode, "code-block": rstCode, "sourcecode": rstCode, "parsed-literal": rstCode, "math": rstCode, "prompt": rstCode,
	"note": rstAdmonition, "tip": rstAdmonition, "hint": rstAdmonition, "warning": rstAdmonition, "important": rstAdmonition,
	"caution": rstAdmonition, "danger": rstAdmonition, "error": rstAdmonition, "attention": rstAdmonition, "admonition": rstAdmonition,
	"seealso": rstAdmonition, "topic": rstAdmonition, "sidebar": rstAdmonition,
	"epigraph": rstQuote, "highlights": rstQuote, "pull-quote": rstQuote,
	"compound": rstBare, "container": rstBare, "class": rstBare, "table": rstBare, "align": rstBare,
	"rubric": rstRubric, "raw": rstRaw,
	"youtube": rstEmbed, "vimeo": rstEmbed, "media": rstEmbed, "soundcloud": rstEmbed, "gist": rstEmbed,
	"csv-table": rstCSV, "list-table": rstListTable,
	"contents": rstNothing, "sectnum": rstNothing, "section-numbering": rstNothing, "meta": rstNothing, "title": rstNothing,
	"role": rstNothing, "default-role": rstNothing, "header": rstNothing, "footer": rstNothing, "target-notes": rstNothing,
	"highlight": rstNothing, "index": rstNothing, "replace": rstNothing, "unicode": rstNothing, "date": rstNothing,
}

// rstContent is what stands in a directive.
type rstContent struct {
	argument string
	options  map[string]string
	lines    []string
}

// rstBody parts the lines below a directive into the rest of its argument, its
// options and its content.
func rstBody(argument string, body []string) rstContent {
	d := rstContent{argument: argument, options: map[string]string{}}
	i := 0
	for i < len(body) && body[i] != "" && !rstField().MatchString(body[i]) && i == 0 && argument != "" {
		d.argument += " " + strings.TrimSpace(body[i])
		i++
	}
	last := ""
	for ; i < len(body) && body[i] != ""; i++ {
		if m := rstField().FindStringSubmatch(body[i]); m != nil {
			last = strings.ToLower(m[1])
			d.options[last] = m[2]
		} else if last != "" && indentOf(body[i]) > 0 {
			d.options[last] = strings.TrimSpace(d.options[last] + " " + strings.TrimSpace(body[i]))
		} else {
			break
		}
	}
	for i < len(body) && body[i] == "" {
		i++
	}
	d.lines = body[i:]
	return d
}

// image is the markup of a picture. Its addresses may be broken over lines.
func (d rstContent) image() string {
	src := strings.Join(strings.Fields(d.argument), "")
	markup := `<img src="` + html.EscapeString(src) + `" alt="` + html.EscapeString(d.options["alt"]) + `"`
	for _, name := range []string{"width", "height"} {
		if n := strings.TrimSuffix(strings.TrimSpace(d.options[name]), "px"); digits(n) {
			markup += " " + name + `="` + n + `"`
		}
	}
	markup += " />"
	if target := strings.Join(strings.Fields(d.options["target"]), ""); target != "" && !strings.HasSuffix(target, "_") {
		return link(target, markup)
	}
	return markup
}

// explicit writes the block at the front that begins with two full stops, and
// returns how many lines it takes.
func (r *rst) explicit(b *strings.Builder, lines []string, depth int) int {
	l := lines[0]
	body := rstIndented(lines[1:], 0)
	n := 1 + len(body)
	if m := rstDirective().FindStringSubmatch(l); m != nil {
		if m[1] == "" {
			r.directive(b, strings.ToLower(m[2]), m[3], body, depth)
		}
		return n
	}
	if m := rstNoteLine().FindStringSubmatch(l); m != nil {
		r.footnotes = append(r.footnotes, rstNote{label: m[1], lines: append([]string{m[2]}, body...)})
		return n
	}
	if m := rstTarget().FindStringSubmatch(l); m != nil {
		if strings.TrimSpace(m[2]) == "" && len(body) == 0 {
			b.WriteString(`<span id="` + html.EscapeString(slugFrom(strings.Trim(m[1], "`"))) + `"></span>`)
		}
		return n
	}
	if strings.HasPrefix(l, ".. TEASER_END") || strings.EqualFold(l, ".. more") {
		b.WriteString("<!--more-->\n")
	}
	if l == ".." && len(lines) > 1 && lines[1] == "" {
		return 1 // an empty comment ends what stands before it, and holds nothing
	}
	return n // a comment
}

func (r *rst) directive(b *strings.Builder, name, argument string, body []string, depth int) {
	kind := rstDirectives[name]
	if kind == rstNothing || name == "include" || name == "listing" || name == "literalinclude" {
		return
	}
	if kind == rstRaw {
		if slices.Contains(strings.Fields(strings.ToLower(argument)), "html") {
			b.WriteString(strings.Join(rstBody("html", body).lines, "\n") + "\n")
		}
		return
	}
	d := rstBody(argument, body)
	inner := func(lines []string) string {
		var in strings.Builder
		r.blocks(&in, lines, depth+1)
		return in.String()
	}
	switch kind {
	case rstImage:
		b.WriteString("<p>" + d.image() + "</p>\n")
	case rstFigure:
		b.WriteString("<figure>" + d.image())
		if caption := strings.TrimSpace(inner(d.lines)); caption != "" {
			b.WriteString("<figcaption>" + withoutParagraph(caption) + "</figcaption>")
		}
		b.WriteString("</figure>\n")
	case rstCode:
		class := ""
		if lang := strings.TrimSpace(d.argument); name != "math" && name != "parsed-literal" && isHandle(strings.ToLower(lang)) {
			class = ` class="language-` + lang + `"`
		} else if lang != "" {
			d.lines = append([]string{lang}, d.lines...)
		}
		b.WriteString("<pre><code" + class + ">" + html.EscapeString(strings.Join(d.lines, "\n")) + "\n</code></pre>\n")
	case rstAdmonition:
		title, lines := name, d.lines
		switch name {
		case "admonition", "topic", "sidebar":
			title = d.argument
		default: // the text may begin on the directive's own line
			title = strings.ToUpper(name[:1]) + name[1:]
			lines = append(append([]string{d.argument}, ""), d.lines...)
		}
		b.WriteString("<blockquote>\n<p><strong>" + r.inline(title) + "</strong></p>\n" + inner(lines) + "</blockquote>\n")
	case rstQuote:
		b.WriteString("<blockquote>\n" + inner(append([]string{d.argument, ""}, d.lines...)) + "</blockquote>\n")
	case rstRubric:
		b.WriteString("<p><strong>" + r.inline(d.argument) + "</strong></p>\n")
	case rstEmbed:
		b.WriteString("<p>" + embedLink(name, strings.TrimSpace(d.argument)) + "</p>\n")
	case rstCSV:
		r.csvTable(b, d)
	case rstListTable:
		r.listTable(b, d, depth)
	default: // rstBare and what is not known
		if name == "table" && d.argument != "" {
			b.WriteString("<p><strong>" + r.inline(d.argument) + "</strong></p>\n")
		} else if kind == rstUnknown && d.argument != "" {
			b.WriteString("<p>" + r.inline(d.argument) + "</p>\n")
		}
		b.WriteString(inner(d.lines))
	}
}

// embedLink is the link that stands for a film, sound or snippet.
func embedLink(name, id string) string {
	text, address := id, id
	switch name {
	case "youtube":
		address, text = "https://www.youtube.com/watch?v="+id, "Video on YouTube"
	case "vimeo":
		address, text = "https://vimeo.com/"+id, "Video on Vimeo"
	case "gist":
		address, text = "https://gist.github.com/"+id, "Gist "+id
	}
	if isWeb(id) {
		address = id
	}
	if !isWeb(address) {
		return html.EscapeString(text)
	}
	return link(address, html.EscapeString(text))
}

// listTable writes a table whose rows are a list of lists.
func (r *rst) listTable(b *strings.Builder, d rstContent, depth int) {
	split := func(lines []string) (parts [][]string) {
		for _, l := range lines {
			if m := rstBullet().FindString(l); m != "" && m[0] < 0x80 {
				parts = append(parts, []string{strings.Repeat(" ", len(m)) + l[len(m):]})
			} else if len(parts) > 0 {
				parts[len(parts)-1] = append(parts[len(parts)-1], l)
			}
		}
		for i, part := range parts {
			parts[i] = rstIndented(part, 0)
		}
		return parts
	}
	var rows [][][]string
	for _, row := range split(d.lines) {
		rows = append(rows, split(row))
	}
	head, _ := strconv.Atoi(d.options["header-rows"])
	if d.argument != "" {
		b.WriteString("<p><strong>" + r.inline(d.argument) + "</strong></p>\n")
	}
	r.table(b, rows, min(max(head, 0), len(rows)), depth+1)
}
