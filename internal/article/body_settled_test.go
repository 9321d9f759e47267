package article

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestTagsInAnyOrderAreReadAgainAsTheyAreWritten puts together what a parser
// moves, closes and opens anew.
func TestTagsInAnyOrderAreReadAgainAsTheyAreWritten(t *testing.T) {
	elements := strings.Fields(`h1 h2 p br hr div span center pre blockquote article figure figcaption details summary
		ul ol li dl dt dd table caption colgroup col thead tbody tr th td a b code em i s strong tt u ruby rb rt rp
		audio video picture source img form select option button svg math mtext mglyph foreignObject desc title
		style script template noscript iframe object nobr font input textarea x-y body`)
	random := rand.New(rand.NewPCG(7, 7))
	simple := 0
	for range 4000 {
		var b strings.Builder
		few := make([]string, 2+random.IntN(8))
		for i := range few {
			few[i] = elements[random.IntN(len(elements))]
		}
		for range random.IntN(30) {
			switch e := few[random.IntN(len(few))]; random.IntN(5) {
			case 0:
				b.WriteString("</" + e + ">")
			case 1:
				b.WriteString(" a\n")
			default:
				b.WriteString("<" + e + ` href="x" src="y">`)
			}
		}
		tree, err := parseFragment([]byte(b.String()), new(room))
		if err != nil {
			t.Fatal(err)
		}
		s := shown{resolve: fromArticle}
		s.show(tree)
		if settles(tree, around{}) {
			simple++
		}
		before := t.Failed()
		if mustHold(t, bodyOf(t, HTML, b.String()).HTML); t.Failed() && !before {
			t.Logf("made of %s", b.String())
		}
	}
	if simple < 1000 {
		t.Errorf("of 4000 bodies %d were certain to be read again as they are written, want more", simple)
	}
}

// TestWhatSettlesIsReadAgainAsItIsWritten judges trees that no parser made.
func TestWhatSettlesIsReadAgainAsItIsWritten(t *testing.T) {
	var elements []atom.Atom
	for a, r := range policy() {
		if r.treatment == passes {
			elements = append(elements, a)
		}
	}
	slices.Sort(elements)
	random := rand.New(rand.NewPCG(8, 8))
	var grow func(n *html.Node, depth int)
	grow = func(n *html.Node, depth int) {
		for range 1 + random.IntN(3) {
			if random.IntN(2) == 0 {
				n.AppendChild(&html.Node{Type: html.TextNode, Data: []string{"a", "\n"}[random.IntN(2)]})
			}
			a := elements[random.IntN(len(elements))]
			c := &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
			n.AppendChild(c)
			if depth > 0 && !isVoid(a) {
				grow(c, random.IntN(depth))
			}
		}
	}
	certain := 0
	for range 60_000 {
		tree := &html.Node{Type: html.ElementNode, DataAtom: atom.Body, Data: "body"}
		grow(tree, 3)
		if !settles(tree, around{}) {
			continue
		}
		certain++
		markup := appendChildren(nil, tree)
		again, err := parseAny(markup)
		if err != nil {
			t.Fatal(err)
		}
		if next := appendChildren(nil, again); string(next) != string(markup) {
			t.Fatalf("%s\nis read as\n%s", markup, next)
		}
	}
	if certain < 3000 {
		t.Errorf("of 60000 trees %d were certain, want more", certain)
	}
}
