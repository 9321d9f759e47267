package article

import (
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// mustReadAlike fails when plainMarkup reads markup in another way than the parser
// does, and reports whether it reads it at all.
func mustReadAlike(t *testing.T, markup string) bool {
	t.Helper()
	got := plainMarkup([]byte(markup), new(room))
	if got == nil {
		return false
	}
	want, err := parseAny([]byte(markup))
	if err != nil {
		t.Fatalf("plain, and the parser says %v: %q", err, markup)
	}
	if got, want := outline(got), outline(want); got != want {
		t.Fatalf("%q is read as\n%s\nwant\n%s", markup, got, want)
	}
	return true
}

// outline writes down all that a tree is.
func outline(tree *html.Node) string {
	var b strings.Builder
	var write func(n *html.Node)
	write = func(n *html.Node) {
		b.WriteString(strings.Repeat(" ", int(n.Type)))
		b.WriteString(n.Namespace + "|" + n.DataAtom.String() + "|" + n.Data + "|")
		for _, attr := range n.Attr {
			b.WriteString(attr.Namespace + ":" + attr.Key + "=" + attr.Val + "|")
		}
		b.WriteString("(\n")
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			write(c)
		}
		b.WriteString(")\n")
	}
	write(tree)
	return b.String()
}

// TestPlainMarkupIsReadAsTheParserReadsIt puts together markup of which most is
// nearly plain.
func TestPlainMarkupIsReadAsTheParserReadsIt(t *testing.T) {
	elements := strings.Fields(`h1 h2 p br hr div span center pre blockquote figure figcaption details summary ul ol li dl dt dd
		table caption colgroup col thead tbody tr th td a b code em i s strong ruby rb rt audio video picture source img
		main nav address hgroup font svg math textarea`)
	texts := []string{"a", "\n", " b\n", "&amp;", "&lt;p&gt;", "&rsquo;", "&notit;", "&copy", "&#39;", "&#x1;", "&#0;", "AT&T", "&", "ü", "]]>", "<!--more-->",
		"<!-- a -->", "<!---->", "<!-->", "<!-- a--b -->", "<!-- a --!>", "<", ">", "</", "<?x?>", "<!doctype html>", "\x00", "\r\n", "\f", "\"", "'"}
	attributes := []string{` href="x"`, ` class="a b"`, ` id=""`, ` title="&amp;&quot;&#39;"`, ` title="&copy=&notit;&rsquo;"`, ` alt="<p>"`, ` id="a" id="b"`,
		` aria-hidden="true"`, ` hidden`, ` src=x`, ` title='x'`, ` A="b"`, `  id="x"`, ` xml:lang="en"`, "\nid=\"x\"", ` style="a"class="b"`, ` title="`, ` /`}
	random := rand.New(rand.NewPCG(9, 9))
	one := func(of []string) string { return of[random.IntN(1+random.IntN(1+random.IntN(len(of))))] } // those that are plain come first
	var b strings.Builder
	var grow func(depth int)
	grow = func(depth int) {
		for range 1 + random.IntN(3) {
			if random.IntN(3) == 0 {
				b.WriteString(one(texts))
			}
			e := elements[random.IntN(len(elements))]
			b.WriteString("<" + e)
			for range random.IntN(3) {
				b.WriteString(one(attributes))
			}
			switch {
			case strings.Contains(" br hr col source img ", " "+e+" "):
				b.WriteString([]string{">", " />", "/>"}[random.IntN(3)])
				continue
			case random.IntN(50) == 0:
				b.WriteString("/")
			}
			b.WriteString(">")
			if random.IntN(3) == 0 {
				b.WriteString(one(texts))
			}
			if depth > 0 {
				grow(random.IntN(depth))
			}
			if random.IntN(50) > 0 {
				b.WriteString("</" + e + ">")
			}
		}
	}
	plain := 0
	for range 60_000 {
		b.Reset()
		grow(2)
		if mustReadAlike(t, b.String()) {
			plain++
		}
	}
	if plain < 2000 {
		t.Errorf("of 60000 bodies %d were plain, want more", plain)
	}
}

// TestWhatMarkdownBecomesIsPlain names what articles have in them every day.
func TestWhatMarkdownBecomesIsPlain(t *testing.T) {
	for _, text := range []string{
		"## The *port*\n\nIt's \"open\" -- [says](https://example.org/a?b&c \"the 'desk'\") she... <https://example.org>\n",
		"- one\n- two\n\n  three\n\n1. four\n",
		"> a **b** ~~c~~ `d < e`\n\n```go\nfunc() {}\n```\n\n    code\n\n***\n",
		"![The port](port.jpg \"a\")  \nnext\\\nline\n",
		"| a | b |\n|---|:-:|\n| c | d |\n",
		"a[^1]\n\n[^1]: b\n",
		"a\n: b\n",
		"one\n\n<!--more-->\n\ntwo\n",
	} {
		markup, err := markdownHTML(text, new(room))
		if err != nil {
			t.Fatal(err)
		}
		if !mustReadAlike(t, string(markup)) {
			t.Errorf("not plain: %s", markup)
		}
	}
}

func FuzzPlainMarkup(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack.markup)
	}
	f.Add(`<p id="a">b &amp; c<br /><img src="d" alt="&quot;" /></p><pre>` + "\n" + `e</pre><!--more--><table><tr></tr></table>`)
	f.Fuzz(func(t *testing.T, markup string) {
		if len(markup) < 1<<14 {
			mustReadAlike(t, markup)
		}
	})
}
