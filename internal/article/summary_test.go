package article

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSummary(t *testing.T) {
	sentence := func(n int) string { return strings.TrimSpace(strings.Repeat("Sixteen letters. ", n)) } // 17 characters each, one less in all
	for _, s := range []struct {
		name   string
		format Format
		text   string
		want   string
	}{
		{"a first paragraph that is long enough is the whole of it", Text, sentence(12) + "\n\n" + sentence(12), sentence(12)},
		{"short paragraphs are put together", Text, sentence(5) + "\n\n" + sentence(5) + "\n\n" + sentence(5), sentence(10)},
		{"a long paragraph is cut behind a word", Text, sentence(30), sentence(16) + " Sixteen letters. Sixteen…"},
		{"a short article is its own summary", Text, "One line.", "One line."},
		{"an empty article has none", Text, "", ""},
		{"a word without end is cut all the same", Text, strings.Repeat("a", 400), strings.Repeat("a", 299) + "…"},
		{"a letter keeps its accent", Text, strings.Repeat("e\u0301", 400), strings.Repeat("e\u0301", 299) + "…"},
		{"Chinese is cut between words", Text, strings.Repeat("北约秘书长说，", 50), strings.Repeat("北约秘书长说，", 42) + "北约秘书长…"},
		{"Japanese paragraphs need no blank", Text, "北大西洋条約機構は。\n\n会見した。", "北大西洋条約機構は。会見した。"},
		{"headings, code, tables, captions and lists do not count", Markdown, "# A\n\n- b\n\n```\nc\n```\n\n| d |\n|---|\n\n<figure><img src=x><figcaption><p>e</p></figcaption></figure>\n\n> f\n\ng *h* `i`[^1]\n\n[^1]: j", "g h i"},
		{"neither does a paragraph that is only a link", HTML, `<p><a href="x">Share</a></p><iframe src="https://e.org/"></iframe><p>a</p>`, "a"},
		{"neither does one without a word", HTML, `<p>***</p><p><img src="x" alt="y"></p><p>a</p>`, "a"},
		{"without paragraphs any text will do", HTML, `<h1>a</h1><div>b<br>c</div><ul><li>d</li></ul><pre>e</pre>`, "b c - d"},
		{"up to the marker", Markdown, "a\n\nb\n\n<!-- more -->\n\nc", "a b"},
		{"up to a marker within a paragraph", Markdown, "a <!--more--> b", "a"},
		{"up to the marker, however long", Markdown, sentence(20) + "\n\n" + sentence(20) + "\n\n<!-- truncate -->\n\nc", sentence(40)},
		{"up to the marker of MDX", Markdown, "a\n\n{/* truncate */}\n\nb", "a"},
		{"up to the marker of Nikola", HTML, "<p>a</p><!-- TEASER_END --><p>b</p>", "a"},
		{"a marker behind a picture alone is passed over", Markdown, "![a](b)\n\n<!--more-->\n\nc", "c"},
		{"a marker in a quotation", Markdown, "a\n\n> b\n>\n> <!--more-->\n\nc", "a"},
		{"a marker in code is code", Markdown, "a\n\n`<!--more-->`\n\nb", "a <!--more--> b"},
		{"another comment is no marker", Markdown, "a\n\n<!-- more to come -->\n\nb", "a b"},
		{"what was struck out is not in it", Markdown, "~~Five~~ Six people", "Six people"},
	} {
		t.Run(s.name, func(t *testing.T) {
			body := bodyOf(t, s.format, s.text)
			if body.Summary != s.want {
				t.Errorf("got  %q\nwant %q", body.Summary, s.want)
			}
			if strings.Contains(body.HTML, "<!--") || strings.Contains(body.HTML, "truncate */") {
				t.Errorf("a marker is left in %s", body.HTML)
			}
			if n := characters(body.Summary); n > mostCharacters && !strings.Contains(s.name, "however long") {
				t.Errorf("got %d characters (%d runes), want at most %d", n, utf8.RuneCountInString(body.Summary), mostCharacters)
			}
		})
	}
}

func TestStatedSummaryStands(t *testing.T) {
	a := written("a.md", &source{format: Markdown, text: "a\n\n<!--more-->\n\nb", summary: "stated"})
	if body, err := a.Body(fromArticle); err != nil || body.Summary != "stated" {
		t.Errorf("got %q, %v, want the stated summary", body.Summary, err)
	}
}

func TestPlainText(t *testing.T) {
	for _, text := range []struct{ name, markup, want string }{
		{"paragraphs and headings", "<h2>a</h2><p>b\n c</p><div>d<p>e</p>f</div>", "a\n\nb c\n\nd\n\ne\n\nf"},
		{"phrases", "<p>a<b>b</b> <i>c</i> d&nbsp;e &lt;f&gt;</p>", "ab c d\u00a0e <f>"},
		{"line breaks", "<p>a<br>b<br><br>c<br></p>d", "a\nb\n\nc\n\nd"},
		{"a list", "<p>a</p><ul><li>b</li><li>c<ol start=3><li>d</li><li>e</li></ol></li></ul>f", "a\n\n- b\n- c\n  3. d\n  4. e\n\nf"},
		{"a list with paragraphs", "<ol><li><p>a</p><p>b</p></li><li></li><li>c</li></ol>", "1. a\n\n   b\n\n3. c"},
		{"a table", "<table><caption>t</caption><tr><th>a</th><th></th><th>b</th></tr><tr><td>c<p>d</p></td><td>e</td></tr></table>", "t\n\na\t\tb\nc d\te"},
		{"code", "<p>a</p><pre><code>if b {\n\n\tc\n}\n</code></pre>d", "a\n\nif b {\n\n\tc\n}\n\nd"},
		{"a quotation", "<p>a</p><blockquote><p>b</p><blockquote>c</blockquote><p>d</p></blockquote>e", "a\n\n> b\n>\n> > c\n>\n> d\n\ne"},
		{"a quotation in a list", "<ul><li>a<blockquote>b</blockquote></li></ul>", "- a\n\n  > b"},
		{"definitions", "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>", "a\nb\nc\nd"},
		{"a figure", `<figure><img src="x" alt="y"><figcaption>a</figcaption></figure>`, "a"},
		{"numbers that are raised", "10<sup>6</sup> m<sup>-2</sup>, the 1<sup>st</sup>, CO<sub>2</sub>", "10⁶ m⁻², the 1st, CO2"},
		{"a footnote", `a<sup><a href="#fn1">1</a></sup><ol><li id="fn1">b <a href="#x" class="footnote-backref">↩</a></li></ol>`, "a[1]\n\n1. b"},
		{"quotation marks and ruby", "<q>a</q> <ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "“a” 漢(かん)"},
		{"what is struck out", "<del>a</del> <s>b</s> c", "c"},
		{"a film", `<video src="x" controls>your browser is old</video>a`, "a"},
	} {
		t.Run(text.name, func(t *testing.T) {
			if got := bodyOf(t, HTML, text.markup).Text; got != text.want {
				t.Errorf("got  %q\nwant %q", got, text.want)
			}
		})
	}
}
