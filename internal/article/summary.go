package article

import (
	"iter"
	"math"
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
				case c == end || isApart(c) && holds(c, end):
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

// holds tells whether d stands somewhere in n.
func holds(n, d *html.Node) bool {
	for ; d != nil; d = d.Parent {
		if d == n {
			return true
		}
	}
	return false
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
