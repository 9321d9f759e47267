package article

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	uniwords "github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A summary that the author did not write has from fewestCharacters to
// mostCharacters, as people count them (grapheme clusters), when the article
// is that long.
const (
	fewestCharacters = 150
	mostCharacters   = 300
)

// summary returns what an article says first, as one line of plain text: all
// that stands before the author's marker, else the first paragraphs. A
// heading, a caption, code or a table is never part of it.
func summary(tree *html.Node) string {
	if marker := moreMarker(tree); marker != nil {
		if s := joined(paragraphs(tree, marker), math.MaxInt); s != "" {
			return s
		}
	}
	return cut(joined(paragraphs(tree, nil), fewestCharacters))
}

// joined makes one line of as many paragraphs as enough characters take.
func joined(paragraphs iter.Seq[string], enough int) string {
	var taken []string
	length := 0
	for p := range paragraphs {
		taken = append(taken, p)
		if length += characters(p); length >= enough {
			break
		}
	}
	return rejoin(taken)
}

func moreMarker(tree *html.Node) *html.Node {
	for d := range tree.Descendants() {
		if d.Type == html.CommentNode {
			return d // the only comments left
		}
	}
	return nil
}

// paragraphs yields the text of what is certainly prose: the paragraphs that
// stand by themselves, not in a list, a quotation or an aside. Of an article
// that has none of these, whatever else is text. Nothing behind end counts.
func paragraphs(tree, end *html.Node) iter.Seq[string] {
	return func(yield func(string) bool) {
		found := false
		var collect func(*html.Node) bool
		collect = func(n *html.Node) bool {
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				switch {
				case c == end || isApart(c) && end != nil && slices.Contains(slices.Collect(end.Ancestors()), c):
					return false
				case isApart(c):
				case c.DataAtom == atom.P:
					w := plainWriter{short: true, end: end}
					w.children(c)
					if p := w.line(); !isOnlyLink(c) && strings.ContainsFunc(p, isWordy) {
						found = true
						if !yield(p) {
							return false
						}
					}
					if w.ended {
						return false
					}
				default:
					if !collect(c) {
						return false
					}
				}
			}
			return true
		}
		collect(tree)
		if found {
			return
		}
		w := plainWriter{short: true, end: end}
		w.children(tree)
		for p := range strings.SplitSeq(w.b.String(), "\n\n") {
			if strings.ContainsFunc(p, isWordy) && !yield(strings.ReplaceAll(p, "\n", " ")) {
				return
			}
		}
	}
}

// isApart tells the elements whose paragraphs are not the article's own
// running text.
func isApart(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Aside, atom.Details, atom.Header, atom.Footer, atom.Address:
		return true
	}
	return isNoProse(n)
}

// isNoProse tells what is never part of a summary.
func isNoProse(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Hgroup,
		atom.Figure, atom.Figcaption, atom.Pre, atom.Table, atom.Nav:
		return true
	}
	return strings.HasPrefix(attribute(n, "class"), "footnote")
}

// isOnlyLink tells a paragraph such as the one that an embed has become.
func isOnlyLink(p *html.Node) bool {
	c := p.FirstChild
	return c != nil && c.DataAtom == atom.A && c.NextSibling == nil
}

func isWordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// cut shortens s to mostCharacters, behind a word as Unicode finds them
// (UAX 29), so that Chinese and Japanese are cut well too.
func cut(s string) string {
	if characters(s) <= mostCharacters {
		return s
	}
	end, length := 0, 1 // the ellipsis
	for word := uniwords.FromString(s); word.Next(); end = word.End() {
		if length += characters(word.Value()); length > mostCharacters {
			break
		}
	}
	kept := strings.TrimRightFunc(s[:end], isNoEnd)
	if kept == "" {
		// One word without end.
		g := graphemes.FromString(s)
		for range mostCharacters - 1 {
			g.Next()
		}
		kept = s[:g.End()]
	}
	return kept + "…"
}

// isNoEnd tells what does not stand before an ellipsis.
func isNoEnd(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pd) || strings.ContainsRune(",;:.、，；：。", r)
}

// characters counts what people take for one character each.
func characters(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n++
	}
	return n
}

// plain returns the text of a tree: blocks parted by an empty line, the
// entries of lists, the rows of tables (cells parted by tabs) and what is
// behind a line break on lines of their own, preformatted text as it stands.
// What the article shows as struck out is no part of it.
func plain(tree *html.Node) string {
	var w plainWriter
	w.children(tree)
	return w.b.String()
}

// plainWriter writes the text of elements.
type plainWriter struct {
	short bool       // for a summary: no marks of footnotes, nothing that is no prose
	end   *html.Node // where to stop, nil at the end
	ended bool

	b      strings.Builder
	gap    int    // line ends owed before the next word
	empty  string // what the empty line among them begins with
	space  bool   // a blank is owed
	first  string // what the next line begins with, when not with prefix: the mark of a list's entry
	prefix string // what every line begins with: the marks of quotations, the indents of lists
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

// text writes text whose white space means no more than a blank.
func (w *plainWriter) text(s string) {
	for s != "" {
		start := strings.IndexFunc(s, func(r rune) bool { return !isHTMLSpace(r) })
		if start != 0 {
			w.space = true
		}
		if start < 0 {
			return
		}
		s = s[start:]
		end := strings.IndexFunc(s, isHTMLSpace)
		if end < 0 {
			end = len(s)
		}
		w.word(s[:end])
		s = s[end:]
	}
}

// isHTMLSpace tells what HTML collapses to one blank; a no-break space is
// none of it.
func isHTMLSpace(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }

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
func (w *plainWriter) line() string { return strings.Join(strings.Split(w.b.String(), "\n"), " ") }

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
