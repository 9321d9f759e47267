package article

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain returns the text of a tree: blocks parted by an empty line, the
// entries of lists, the rows of tables (cells parted by tabs) and what is
// behind a line break on lines of their own, preformatted text as it stands.
// What the article shows as struck out is no part of it.
func plain(tree *html.Node, r *room) string {
	w := plainWriter{b: *bytes.NewBuffer(r.plain[:0])}
	w.children(tree)
	r.plain = w.b.Bytes()
	return string(r.plain)
}

// plainWriter writes the text of elements.
type plainWriter struct {
	short bool       // for a summary: no marks of footnotes, nothing that is no prose
	end   *html.Node // where to stop, nil at the end
	ended bool

	b      bytes.Buffer // its string is a copy, and no larger than it has to be
	gap    int          // line ends owed before the next word
	empty  string       // what the empty line among them begins with
	space  bool         // a blank is owed
	first  string       // what the next line begins with, when not with prefix: the mark of a list's entry
	prefix string       // what every line begins with: the marks of quotations, the indents of lists
}

func (w *plainWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil && !w.ended; c = c.NextSibling {
		w.node(c)
	}
}

func (w *plainWriter) node(n *html.Node) {
	switch {
	case n == w.end:
		w.ended = n != nil
		return
	case n.Type == html.TextNode:
		w.text(n.Data)
		return
	case n.Type != html.ElementNode || w.short && isNoProse(n):
		return
	}
	switch n.DataAtom {
	case atom.Br:
		w.owe(min(w.gap+1, 2))
	case atom.Hr:
		w.owe(2)
	case atom.Del, atom.S, atom.Strike, atom.Rp, atom.Audio, atom.Video:
	case atom.Q:
		w.around("“", n, "”")
	case atom.Rt:
		w.around("(", n, ")")
	case atom.Sup:
		c := n.FirstChild
		if c != nil && c.NextSibling == nil && c.DataAtom == atom.A {
			// The mark of a footnote.
			if !w.short {
				w.around("[", c, "]")
			}
		} else if raised := superscript(c); raised != "" {
			w.word(raised)
		} else {
			w.children(n)
		}
	case atom.A:
		if !isBackreference(n) {
			w.children(n)
		}
	case atom.Pre:
		w.owe(2)
		for line := range strings.SplitSeq(strings.Trim(preformatted(n), "\n"), "\n") {
			w.word(strings.TrimRight(line, " \t"))
			w.owe(1)
		}
		w.owe(2)
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Tr:
		w.row(n)
	case atom.Dt, atom.Dd:
		w.owe(1)
		w.children(n)
		w.owe(1)
	case atom.Blockquote:
		w.owe(2)
		w.within("> ", "> ", n)
		w.owe(2)
	default:
		if !isBlock(n) {
			w.children(n)
			return
		}
		w.owe(2)
		w.children(n)
		w.owe(2)
	}
}

func isBlock(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hgroup,
		atom.Div, atom.Address, atom.Center, atom.Article, atom.Aside, atom.Section,
		atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Figure, atom.Figcaption,
		atom.Details, atom.Summary, atom.Dl, atom.Table, atom.Caption:
		return true
	}
	return false
}

func (w *plainWriter) list(n *html.Node) {
	lines := 2
	if n.Parent.DataAtom == atom.Li {
		lines = 1
	}
	number, err := strconv.Atoi(attribute(n, "start"))
	if err != nil {
		number = 1
	}
	w.owe(lines)
	for c := n.FirstChild; c != nil && !w.ended; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			w.node(c)
			continue
		}
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		w.owe(1)
		w.within(mark, strings.Repeat(" ", len(mark)), c)
		w.owe(1)
	}
	w.owe(lines)
}

// row writes the cells of a row, each as one line of text.
func (w *plainWriter) row(tr *html.Node) {
	var cells []string
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			cell := plainWriter{short: w.short}
			cell.children(c)
			cells = append(cells, cell.line())
		}
	}
	w.owe(1)
	if row := strings.TrimRight(strings.Join(cells, "\t"), "\t"); row != "" {
		w.word(row)
	}
	w.owe(1)
}

// within writes what is in n with mark before its first line and prefix
// before the others.
func (w *plainWriter) within(mark, prefix string, n *html.Node) {
	first, outer := w.first, w.prefix
	w.first = w.begin() + mark
	w.prefix = outer + prefix
	w.children(n)
	w.prefix = outer
	if w.first != "" {
		w.first = first // nothing was written
	}
}

func (w *plainWriter) around(before string, n *html.Node, after string) {
	w.word(before)
	w.children(n)
	w.space = false
	w.word(after)
}

// begin returns what the next line begins with.
func (w *plainWriter) begin() string {
	if w.first != "" {
		return w.first
	}
	return w.prefix
}

func (w *plainWriter) owe(lines int) {
	if w.gap == 0 || len(w.prefix) < len(w.empty) {
		w.empty = w.prefix
	}
	w.gap = max(w.gap, lines)
}

// text writes text whose white space means no more than a blank. A no-break
// space is none of it.
func (w *plainWriter) text(s string) {
	for {
		line, rest, more := strings.Cut(s, "\n")
		w.words(line)
		if !more {
			return
		}
		w.space = true
		s = rest
	}
}

// words writes a line of text.
func (w *plainWriter) words(s string) {
	if strings.IndexByte(s, '\t') < 0 && !strings.Contains(s, "  ") { // as nearly always
		words := strings.Trim(s, " ")
		w.space = w.space || strings.HasPrefix(s, " ")
		if words != "" {
			w.word(words)
			w.space = strings.HasSuffix(s, " ")
		}
		return
	}
	w.parted(s)
}

// parted writes a line of text whose words may be parted by more than a blank.
func (w *plainWriter) parted(s string) {
	for i := 0; i < len(s); {
		start := i
		// Words that are parted by a single blank each stand as they are.
		for i < len(s) && s[i] != '\t' && (s[i] != ' ' || i > start && i+1 < len(s) && !isGap(s[i+1])) {
			i++
		}
		if i > start {
			w.word(s[start:i])
		} else {
			w.space = true
			i++
		}
	}
}

func isGap(c byte) bool { return c == ' ' || c == '\t' }

// word writes s after the blank or the line ends that are owed.
func (w *plainWriter) word(s string) {
	switch {
	case w.b.Len() == 0:
		w.b.WriteString(w.begin())
	case w.gap > 0:
		w.b.WriteByte('\n')
		if w.gap > 1 {
			w.b.WriteString(strings.TrimRight(w.empty, " "))
			w.b.WriteByte('\n')
		}
		w.b.WriteString(w.begin())
	case w.space:
		w.b.WriteByte(' ')
	}
	w.b.WriteString(s)
	w.gap, w.space, w.first = 0, false, ""
}

// line returns what was written as one line.
func (w *plainWriter) line() string {
	return strings.ReplaceAll(strings.ReplaceAll(w.b.String(), "\n\n", "\n"), "\n", " ")
}

// preformatted returns the text in n with its line ends.
func preformatted(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// superscript returns a text of digits raised, for 10 to the 6th is not 106;
// "" for anything else.
func superscript(n *html.Node) string {
	if n == nil || n.Type != html.TextNode || n.NextSibling != nil || len(n.Data) > 10 {
		return ""
	}
	var raised strings.Builder
	for _, r := range n.Data {
		i := strings.IndexRune("0123456789-+", r)
		if i < 0 {
			return ""
		}
		raised.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")[i])
	}
	return raised.String()
}
