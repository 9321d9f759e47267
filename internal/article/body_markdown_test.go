package article

import "testing"

func TestMarkdownBecomesHTML(t *testing.T) {
	for _, block := range []struct{ name, text, want string }{
		{"a table", "| a | b |\n|:--|--:|\n| 1 | 2 |", "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"left\">1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>"},
		{"tasks", "- [ ] a\n- [x] b", "<ul>\n<li>☐ a</li>\n<li>☑ b</li>\n</ul>"},
		{"what was struck out", "~~a~~", "<p><del>a</del></p>"},
		{"an address without a mark", "https://e.org/a", `<p><a href="https://e.org/a">https://e.org/a</a></p>`},
		{"a definition", "a\n: b", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>"},
		{"code with its language", "```c++ {hl_lines=2}\na < \"b\" -- 'c'\n```", "<pre><code class=\"language-c++\">a &lt; \"b\" -- 'c'\n</code></pre>"},
		{"code that begins with an empty line", "```\n\na\n```", "<pre><code>\na\n</code></pre>"},
		{"raw HTML", "<figure>\n<img src=\"b.png\">\n<figcaption>*c*</figcaption>\n</figure>", "<figure>\n<img src=\"https://example.org/a/b.png\" />\n<figcaption>*c*</figcaption>\n</figure>"},
		{"raw HTML that is never closed", "<div><b>a\n\nb", "<div><b>a\n<p>b</p>\n</b></div>"},
		{"a table of contents", "[TOC]\n\na", "<p>a</p>"},
		{"Chinese that is wrapped", "北约\n秘书长 *说*\n\n    北约\n    秘书长", "<p>北约秘书长 <em>说</em></p>\n<pre><code>北约\n秘书长\n</code></pre>"},
		{"code at the beginning of a line", "with\n`a`", "<p>with\n<code>a</code></p>"},
		{"a picture that leads nowhere", "a ![b](gone.png) c\n\n![b](gone.png)", "<p>a  c</p>"},
		{"dangerous links", "[a](javascript:alert(1)) <javascript:alert(1)> [b](data:text/html,x)", "<p>a javascript:alert(1) b</p>"},
		{"references to what is no character", "a&#0;&#xD800;&#xFFFE;&#1;b\x00c", "<p>abc</p>"},

		{"headings", "# The *ports* of “Kotor”\n\n## Størrelse & vekt\n\n## 港口\n\n## 港口\n\n## 港口-1\n\n## a {#b}\n\n## !", "<h1 id=\"the-ports-of-kotor\">The <em>ports</em> of “Kotor”</h1>\n<h2 id=\"størrelse--vekt\">Størrelse &amp; vekt</h2>\n<h2 id=\"港口\">港口</h2>\n<h2 id=\"港口-1\">港口</h2>\n<h2 id=\"港口-1-1\">港口-1</h2>\n<h2 id=\"b\">a</h2>\n<h2>!</h2>"},
		{"a footnote", "a[^x]\n\n[^x]: b", "<p>a<sup id=\"ports-fnref:1\"><a class=\"footnote-ref\" href=\"https://example.org/a/#ports-fn:1\" role=\"doc-noteref\">1</a></sup></p>\n<div class=\"footnotes\" role=\"doc-endnotes\">\n<hr />\n<ol>\n<li id=\"ports-fn:1\">\n<p>b\u00a0<a class=\"footnote-backref\" href=\"https://example.org/a/#ports-fnref:1\" role=\"doc-backlink\">↩︎</a></p>\n</li>\n</ol>\n</div>"},
	} {
		t.Run(block.name, func(t *testing.T) {
			got := bodyOf(t, Markdown, block.text).HTML
			if got != block.want {
				t.Errorf("got  %s\nwant %s", got, block.want)
			}
			mustHold(t, got)
		})
	}
}

func TestTypographyKeepsQuotationsSensible(t *testing.T) {
	for _, quotation := range []struct{ text, want string }{
		{`Kosovo's "new" border`, `Kosovo’s “new” border`},
		{`"We said 'the alliance' and 'nothing' else," he said.`, `“We said ‘the alliance’ and ‘nothing’ else,” he said.`},
		{`"'No,' she said."`, `“‘No,’ she said.”`},
		{`'This ends the line'`, `‘This ends the line’`},
		{`the officials' plan, the dogs' bone`, `the officials’ plan, the dogs’ bone`},
		{`'twas in the '90s, rock 'n' roll`, `’twas in the ’90s, rock ’n’ roll`},
		{`the *Guardian*'s report, *'twas*, ('so')`, `the <em>Guardian</em>’s report, <em>’twas</em>, (‘so’)`},
		{`l'État, Peter's, isn't, they're, O'Neill`, `l’État, Peter’s, isn’t, they’re, O’Neill`},
		{`6'2" tall`, `6'2" tall`},
		{`"[a](b)", "*a*"`, `“<a href="https://example.org/a/b">a</a>”, “<em>a</em>”`},
		{`„Ja“, «oui», ‘yes’, “so”`, `„Ja“, «oui», ‘yes’, “so”`},
		{"1 -- 2 --- 3 ... `'a' -- \"b\"`", "1 – 2 — 3 … <code>'a' -- \"b\"</code>"},
		{`'Über' – 'да'`, `‘Über’ – ‘да’`},
	} {
		if got, want := bodyOf(t, Markdown, quotation.text).HTML, "<p>"+quotation.want+"</p>"; got != want {
			t.Errorf("%s\ngot  %s\nwant %s", quotation.text, got, want)
		}
	}
}
