package article

import (
	"strings"
	"testing"
)

// shownFor renders a source in Markdown as an article of a generator.
func shownFor(t *testing.T, convention, path, text string) Body {
	t.Helper()
	a := written(path, &source{format: Markdown, text: text, line: 1, slug: "tides", convention: convention})
	a.Title = "Tides"
	a.Title = "Tides"
	body, err := a.Body(func(ref string) string {
		if name, ok := strings.CutPrefix(ref, RefPrefix); ok {
			return "https://example.org/the/" + name
		}
		return fromArticle(ref)
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestMarksOfGeneratorsBecomeHTML(t *testing.T) {
	for _, mark := range []struct{ name, convention, text, want string }{
		{"a figure with all that Hugo knows", "", `{{< figure src="a.png" alt="The *quay*" caption="Low *tide*" attr="A. Petrova" attrlink="https://e.org/" link="b.html" width="300px" >}}`,
			`<figure><a href="https://example.org/a/b.html"><img src="https://example.org/a/a.png" alt="The *quay*" width="300" /></a><figcaption>Low <em>tide</em> <a href="https://e.org/">A. Petrova</a></figcaption></figure>`},
		{"a figure described by its caption", "", "{{< figure src=a.png caption=`Low \"tide\"` >}}", `<figure><img src="https://example.org/a/a.png" alt="Low “tide”" /><figcaption>Low “tide”</figcaption></figure>`},
		{"a picture within a sentence", "", `a {{< img "a.png" "b" >}} c`, `<p>a <img src="https://example.org/a/a.png" alt="b" /> c</p>`},
		{"a figure in a table", "", "| a |\n|---|\n| {{< figure src=\"a.png\" caption=\"c\" >}} |", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td><img src=\"https://example.org/a/a.png\" alt=\"c\" /></td>\n</tr>\n</tbody>\n</table>"},
		{"a film", "", `{{< youtube id="ZJthWmvUzzc" title="The sea" >}}`, `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc"><img src="https://i.ytimg.com/vi/ZJthWmvUzzc/hqdefault.jpg" alt="" /><br />The sea</a></p>`},
		{"a film elsewhere", "", `{{< vimeo 48912912 >}}`, `<p><a href="https://vimeo.com/48912912">vimeo.com</a></p>`},
		{"a post of a network", "", `{{< tweet user="sea" id="108" >}}`, `<p><a href="https://x.com/sea/status/108">x.com</a></p>`},
		{"a gist", "", `{{< gist spf13 7896402 "img.html" >}}`, `<p><a href="https://gist.github.com/spf13/7896402">gist.github.com</a></p>`},
		{"highlighted code", "", "{{< highlight go \"linenos=table\" >}}\nfor {{ .A }} { *b* }\n{{< /highlight >}}", "<pre><code class=\"language-go\">for {{ .A }} { *b* }\n</code></pre>"},
		{"a reference as an address", "", `[b]({{< ref "b.md#c" >}}) [c]({{% relref "/c d.md" %}})`, `<p><a href="https://example.org/the/b.md#c">b</a> <a href="https://example.org/the//c%20d.md">c</a></p>`},
		{"a note of Markdown", "", "{{% notice tip %}}\nLow *tide*\n\n- a\n{{% /notice %}}\nb", "<blockquote>\n<p><strong>Tip</strong></p>\n<p>Low <em>tide</em></p>\n<ul>\n<li>a</li>\n</ul>\n</blockquote>\n<p>b</p>"},
		{"a note in one line", "", `{{< alert title="High" >}}tide{{< /alert >}}`, "<blockquote>\n<p><strong>High</strong></p>\n<p>tide</p>\n</blockquote>"},
		{"a note in a list", "", "- a\n\n  {{% note %}}\n  b\n  {{% /note %}}\n\n- c", "<ul>\n<li>\n<p>a</p>\n<blockquote>\n<p><strong>Note</strong></p>\n<p>b</p>\n</blockquote>\n</li>\n<li>\n<p>c</p>\n</li>\n</ul>"},
		{"details", "", "{{< details \"More\" >}}\na\n{{< /details >}}", "<details><summary>More</summary>\n<p>a</p>\n</details>"},
		{"tabs in tabs", "", "{{< tabs >}}\n{{% tab \"Go\" %}}\na\n{{% /tab %}}\n    {{< tab name=\"C\" >}}b{{< /tab >}}\n{{< /tabs >}}", "<p><strong>Go</strong></p>\n<p>a</p>\n<p><strong>C</strong></p>\n<p>b</p>"},
		{"a drawing in words", "", "{{< mermaid >}}\ngraph LR; A-->B\n{{< /mermaid >}}", "<pre><code class=\"language-mermaid\">graph LR; A--&gt;B\n</code></pre>"},
		{"a button", "", `{{< button href="/a" >}}Buy *it*{{< /button >}}`, `<p><a href="https://example.org/a">Buy <em>it</em></a></p>`},
		{"a quotation with its source", "", "{{< quote author=\"Ana\" >}}\na\n{{< /quote >}}", "<blockquote>\n<p>a</p>\n<p>— Ana</p>\n</blockquote>"},
		{"a film in a file", "", `{{< video src="a.mp4" poster="b.png" caption="c" >}}`, `<figure><video src="https://example.org/a/a.mp4" poster="https://example.org/a/b.png" controls=""></video><figcaption>c</figcaption></figure>`},
		{"raw HTML", "", "{{< rawhtml >}}<b>a</b>{{< /rawhtml >}}", "<p><b>a</b></p>"},
		{"an unknown one that shows a picture", "", `{{< wide_photo file="a.jpg" alt="b" >}}`, `<figure><img src="https://example.org/a/a.jpg" alt="b" /></figure>`},
		{"an escaped one", "", "Write {{</* figure a_b_c */>}} or {{%/* x */%}}.", "<p>Write {{&lt; figure a_b_c &gt;}} or {{% x %}}.</p>"},
		{"an escaped one in code", "", "`{{</* a */>}}` and\n\n    {{%/* b */%}}", "<p><code>{{&lt; a &gt;}}</code> and</p>\n<pre><code>{{% b %}}\n</code></pre>"},
		{"a bracket within quotation marks", "", `{{< img src="a.png" alt="a >}} b" >}}`, `<figure><img src="https://example.org/a/a.png" alt="a &gt;}} b" /></figure>`},

		{"code of Jekyll", "", "{% highlight ruby linenos %}\nputs {{ 'a' }}\n{% endhighlight %}", "<pre><code class=\"language-ruby\">puts {{ 'a' }}\n</code></pre>"},
		{"what is raw", "", "{% raw %}{{ a }}{% endraw %} `{% raw %}{% b %}{% endraw %}`", "<p>{{ a }} <code>{% b %}</code></p>"},
		{"a licence in a comment", "", "{% comment %}\nLicensed to {{ page.x }}\n{% endcomment %}\n\na", "<p>a</p>"},
		{"links of Jekyll", "", "[a]({% post_url 2016-10-06-a %}) [b]({% link _posts/b.md %}) [c]({{ site.baseurl }}/c) [d]({{ \"/d\" | relative_url }}) [e]({{ site.url }}) {{ page.title }}",
			`<p><a href="https://example.org/the/2016-10-06-a">a</a> <a href="https://example.org/the/_posts/b.md">b</a> <a href="https://example.org/c">c</a> <a href="https://example.org/d">d</a> <a href="https://example.org/">e</a> Tides</p>`},
		{"a variable of its own", "", "{% assign a = \"b\" %}{% capture c %}{{ a }}/c{% endcapture %}[d]({{ c | prepend: \"/\" }})", `<p><a href="https://example.org/b/c">d</a></p>`},
		{"an included picture", "", `{% include figure image_path="/a.png" alt="b" caption="c" %}`, `<figure><img src="https://example.org/a.png" alt="b" /><figcaption>c</figcaption></figure>`},
		{"an included film", "", `{% include embed/youtube.html id='ZJthWmvUzzc' %}`, `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc"><img src="https://i.ytimg.com/vi/ZJthWmvUzzc/hqdefault.jpg" alt="" /><br />www.youtube.com</a></p>`},
		{"attributes of kramdown", "", "* contents\n{:toc}\n\n## a\n{: .b #c}\n\n![d](e.png){: width=\"3\" .f } *g*{:.h}", "<h2 id=\"a\">a</h2>\n<p><img src=\"https://example.org/a/e.png\" alt=\"d\" /> <em>g</em></p>"},

		{"a film of Zola", "zola", `{{ youtube(id="ZJthWmvUzzc", autoplay=true) }}`, `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc"><img src="https://i.ytimg.com/vi/ZJthWmvUzzc/hqdefault.jpg" alt="" /><br />www.youtube.com</a></p>`},
		{"a quotation of Zola", "zola", "{% quote(author=\"Ana\") %}\na\n{% end %}", "<blockquote>\n<p>a</p>\n<p>— Ana</p>\n</blockquote>"},
		{"a link within Zola", "", "[a](@/blog/a.md#b)", `<p><a href="https://example.org/the//blog/a.md#b">a</a></p>`},
		{"code of Hexo", "hexo", "{% codeblock lang:js %}\nlet {{a}}\n{% endcodeblock %}", "<pre><code class=\"language-js\">let {{a}}\n</code></pre>"},
		{"a link of Hexo", "hexo", "{% post_link first-post 'The first' %} {% asset_img a.png 300 The quay %}", `<p><a href="https://example.org/the/first-post">The first</a> <img src="https://example.org/a/a.png" alt="The quay" /></p>`},
		{"links of Pelican", "pelican", "[a]({filename}/b.md) ![c]({static}/d.png) [e]({tag}f) [g](|filename|h.rst)", `<p><a href="https://example.org/the//b.md">a</a> <img src="https://example.org/d.png" alt="c" /> e <a href="https://example.org/the/h.rst">g</a></p>`},

		{"an admonition", "", ":::tip[Low *tide*]\n\na\n\n:::\n\nb", "<blockquote>\n<p><strong>Low <em>tide</em></strong></p>\n<p>a</p>\n</blockquote>\n<p>b</p>"},
		{"an admonition of VitePress in another", "", "::: warning\na\n:::: info More\nb\n::::\n:::", "<blockquote>\n<p><strong>Warning</strong></p>\n<p>a</p>\n<blockquote>\n<p><strong>More</strong></p>\n<p>b</p>\n</blockquote>\n</blockquote>"},
		{"a callout", "", "> [!NOTE]\n> a", "<blockquote>\n<p><strong>Note</strong></p>\n<p>a</p>\n</blockquote>"},
		{"an admonition of Python-Markdown", "", "!!! note \"Low\"\n    a\n\n    - b\n\nc", "<blockquote>\n<p><strong>Low</strong></p>\n<p>a</p>\n<ul>\n<li>b</li>\n</ul>\n</blockquote>\n<p>c</p>"},
		{"a mark below a hard line break", "", "a\\\n:::tip\nb\n:::", "<p>a\\</p>\n<blockquote>\n<p><strong>Tip</strong></p>\n<p>b</p>\n</blockquote>"},
		{"a formula in a sentence", "", "a $x_i * y_i = \\hat{{z}}$ b_c_", `<p>a $x_i * y_i = \hat{{z}}$ b_c_</p>`},
		{"a formula of several lines", "", "$$\n\\begin{aligned}\na &= b_1 \\\\\n- c -- ...\n\\end{aligned}\n$$", `<p>$$\begin{aligned} a &amp;= b_1 \\ - c -- ... \end{aligned}$$</p>`},
		{"a formula in brackets", "", `\\[ x_i < \frac{1}{2} \\] and \(a^2\)`, `<p>\[x_i &lt; \frac{1}{2}\] and \(a^2\)</p>`},
		{"brackets that are text", "", `\[1\] \(a_b\)`, `<p>[1] (a_b)</p>`},
		{"prices and variables", "", "$5 to $6_7, *$HOME_A*:$PATH_B `$a^b$` $cost two words_x *of* it$", `<p>$5 to $6_7, <em>$HOME_A</em>:$PATH_B <code>$a^b$</code> $cost two words_x <em>of</em> it$</p>`},
		{"links of a wiki", "", "![[quay.png|300]] [[Low tide|tides]] [[High]]", `<p><img src="https://example.org/a/quay.png" alt="" /> <a href="https://example.org/the/Low%20tide">tides</a> <a href="https://example.org/the/High">High</a></p>`},
		{"links of a wiki without pictures", "", "[[the/Low tide]] and [[High]], [[a#The quay]] [[1]] [[ -f x ]] `[[c d]]`", `<p><a href="https://example.org/the/the/Low%20tide">the/Low tide</a> and <a href="https://example.org/the/High">High</a>, <a href="https://example.org/the/a#The%20quay">a &gt; The quay</a> [[1]] [[ -f x ]] <code>[[c d]]</code></p>`},
		{"brackets that are no links of a wiki", "", "[[nodiscard]] [[TOC_]] [[x, y], [z, u]] [[1, 2]] [[Low tide]](b.md) `[[e|f]]`", `<p>[[nodiscard]] [[TOC_]] [[x, y], [z, u]] [[1, 2]] <a href="https://example.org/a/b.md">[Low tide]</a> <code>[[e|f]]</code></p>`},
	} {
		t.Run(mark.name, func(t *testing.T) {
			body := shownFor(t, mark.convention, "a.md", mark.text)
			if got := strings.ReplaceAll(body.HTML, "\n\n", "\n"); got != mark.want {
				t.Errorf("got  %s\nwant %s", got, mark.want)
			}
			if len(body.Problems) > 0 {
				t.Errorf("got problems %v", body.Problems)
			}
			mustHold(t, body.HTML)
		})
	}
}

func TestMarksInReStructuredTextBecomeHTML(t *testing.T) {
	for _, c := range []struct{ name, text, want, problem string }{
		{"a film", "a\n\n{{% youtube ZJthWmvUzzc %}}\n\nb", `<p>a</p>
<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc">www.youtube.com</a></p>
<p>b</p>`, ""},
		{"a gist in a sentence", "See {{% gist spf13_a 7896402 %}} *b*", `<p>See <a href="https://gist.github.com/spf13_a/7896402">gist.github.com</a> <em>b</em></p>`, ""},
		{"a note", "{{% note %}}*a*\n\n- b\n{{% /note %}}\n\nc", "<blockquote>\n<p><strong>Note</strong></p><em>a</em>\n<ul>\n<li>b</li>\n</ul></blockquote>\n<p>c</p>", ""},
		{"what is raw", "{{% raw %}}{{% x %}} *a*{{% /raw %}}", "<p>{{% x %}} <em>a</em></p>", ""},
		{"what is code", "a::\n\n  {{% a %}}\n\n  {{% b %}}\n\n``{{% c %}}``\n\n.. code:: jinja\n\n   {% d %}", "<p>a:</p>\n<pre><code>{{% a %}}\n\n{{% b %}}\n</code></pre>\n<p><code>{{% c %}}</code></p>\n<pre><code class=\"language-jinja\">{% d %}\n</code></pre>", ""},
		{"a figure in a list", "- {{< figure src=\"a.png\" caption=\"c\" >}}\n- b", `<ul>
<li><figure><img src="https://example.org/a/a.png" alt="c" /><figcaption>c</figcaption></figure></li>
<li>b</li>
</ul>`, ""},
		{"HTML", ".. raw:: html\n\n   <b>{{% youtube ZJthWmvUzzc %}}</b>", `<b><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc">www.youtube.com</a></b>`, ""},
		{"one that is not known", "a\n\n{{% clock zone=\"UTC\" %}}", "<p>a</p>", `a.rst:3: shortcode "clock" is not known; it is removed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := written("a.rst", &source{format: RST, text: c.text, line: 1, slug: "tides", convention: "nikola"})
			body, err := a.Body(fromArticle)
			problem := ""
			for _, p := range body.Problems {
				problem, _, _ = strings.Cut(p.String(), "\n")
			}
			if err != nil || body.HTML != c.want || problem != c.problem {
				t.Errorf("got  %s, %q, %v\nwant %s, %q", body.HTML, problem, err, c.want, c.problem)
			}
			mustHold(t, body.HTML)
		})
	}
}

func TestTemplatesShowWhatFrontMatterAndConfigurationSay(t *testing.T) {
	for _, c := range []struct {
		name       string
		convention Convention
		text, want string
	}{
		{"a parameter of the article", "hugo", "{{< param \"speed\" >}} {{% param sea.depth %}}", "<p>7_5_0 *deep*</p>"},
		{"a parameter of the site", "hugo", "[a]({{< param repository >}}/b)", `<p><a href="https://e.org/r_1/b">a</a></p>`},
		{"a parameter in code", "hugo", "`v{{< param speed >}} {{</* param speed */>}} {{< param wind >}}`", "<p><code>v7_5_0 {{&lt; param speed &gt;}} {{&lt; param wind &gt;}}</code></p>"},
		{"values of Jekyll", "jekyll", "{{ page.speed }} {{ site.repository }}", `<p>7_5_0 <a href="https://e.org/r_1">https://e.org/r_1</a></p>`},
		{"values of Eleventy", "eleventy", "{{ speed | upper }} {{ sea.depth }}", "<p>7_5_0 <em>deep</em></p>"},
		{"values of MDX", "docusaurus", "{frontMatter.speed}", "<p>7_5_0</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "---\ntitle: Tides\ndate: 2024-05-06\nspeed: 7_5_0\nsea: {depth: '*deep*'}\n---\n" + c.text
			a, problems := Parse("a.mdx", []byte(src), Options{Context: Context{Convention: c.convention, Values: map[string]string{"repository": "https://e.org/r_1"}}})
			if a == nil {
				t.Fatal(problems)
			}
			body, err := a.Body(fromArticle)
			if err != nil || body.HTML != c.want || len(body.Problems) > 0 {
				t.Errorf("got  %s, %v, %v\nwant %s", body.HTML, err, body.Problems, c.want)
			}
		})
	}
}

func TestComponentsLeaveTheirText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"imports and exports", "import A from './a'\nimport {\n  B,\n} from 'b';\nexport const c = {\n  d: 1,\n};\n\na", "<p>a</p>"},
		{"code about imports", "```js\nimport A from './a'\n```", "<pre><code class=\"language-js\">import A from './a'\n</code></pre>"},
		{"comments", "a {/* b */} c\n\n{/* truncate */}\n\nd", "<p>a  c</p>\n<p>d</p>"},
		{"a picture that is imported", "import quay from './quay.png'\n\n<Image src={quay} alt=\"b\" />\n\n<img src={require('./c.png').default} style={{width: 3}} />", "<figure><img src=\"https://example.org/a/./quay.png\" alt=\"b\" /></figure>\n<img src=\"https://example.org/a/./c.png\" />"},
		{"tabs", "<Tabs>\n  <TabItem value=\"a\" label=\"Go\">\n\n    text\n\n  </TabItem>\n</Tabs>", "<p><strong>Go</strong></p>\n<p>text</p>"},
		{"a film", "<YouTube id=\"ZJthWmvUzzc\" />", `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc"><img src="https://i.ytimg.com/vi/ZJthWmvUzzc/hqdefault.jpg" alt="" /><br />www.youtube.com</a></p>`},
		{"strings", "a{' '}{\"b\"} and {`c`}", "<p>a b and c</p>"},
		{"attributes of HTML that are none", "<div style={{margin: \"auto\"}} className=\"a\">\n\nb\n\n</div>", "<div>\n<p>b</p>\n</div>"},
		{"code that is a string", "<pre>{`a {b}`}</pre>", "<pre>a {b}</pre>"},
		{"code that is a component's", "<CodeBlock language=\"sh\">{`a ${b}\n*c*`}</CodeBlock>", "<pre><code class=\"language-sh\">a ${b}\n*c*\n</code></pre>"},
		{"a formula", "$$\\frac{a}{b}$$", "<p>$$\\frac{a}{b}$$</p>"},
		{"Markdown between tags on one line", "<div className=\"a\">*b* {'c'}</div>\nd", "<div><em>b</em> c</div>\n<p>d</p>"},
		{"Markdown between tags on their own lines", "<div>\n- a\n- *b*\n</div>", "<div>\n<ul>\n<li>a</li>\n<li><em>b</em></li>\n</ul>\n</div>"},
		{"a table with Markdown in it", "<table>\n  <tr>\n    <td>*a*</td><td>[b](c)</td>\n  </tr>\n</table>", "<table>\n  <tbody><tr>\n<td><em>a</em></td><td><a href=\"https://example.org/a/c\">b</a></td>\n  </tr>\n</tbody></table>"},
		{"a figure with its caption", "<figure>\n  <img src=\"a.png\" alt=\"b\" />\n  <figcaption>By [c](https://e.org)</figcaption>\n</figure>", "<figure>\n  <img src=\"https://example.org/a/a.png\" alt=\"b\" />\n  <figcaption>By <a href=\"https://e.org\">c</a></figcaption>\n</figure>"},
		{"a picture and a line below", "<img src=\"a.png\" />\n*b*\n<br />\nc", "<img src=\"https://example.org/a/a.png\" />\n<p><em>b</em>\n<br />\nc</p>"},
		{"a tag over several lines", "<div\n  className=\"a\"\n>\n*b*\n</div>", "<div>\n<p><em>b</em></p>\n</div>"},
		{"Markdown in an element of one's own", "<callout-info class=\"a\">\n\t[b\n\tc](https://e.org) *d*\n</callout-info>\n\ne", "<p><a href=\"https://e.org\">b\nc</a> <em>d</em>\n</p>\n<p>e</p>"},
		{"a tag without its end", "<p>a\n\n*b*", "<p>a</p>\n<p><em>b</em></p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := shownFor(t, "", "a.mdx", c.text)
			if got := strings.ReplaceAll(body.HTML, "\n\n", "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(body.Problems) > 0 {
				t.Errorf("got problems %v", body.Problems)
			}
		})
	}
}

func TestWhatIsNotKnownIsRemovedAndNamed(t *testing.T) {
	for _, c := range []struct{ name, convention, path, text, want, problem string }{
		{"a shortcode", "", "a.md", "a\n\n{{< clock zone=\"UTC\" >}}\n\n{{< clock >}}\n\nb", "<p>a</p>\n<p>b</p>", `a.md:3: shortcode "clock" is not known; it is removed`},
		{"a shortcode around text", "", "a.md", "{{% clock %}}a *b*{{% /clock %}}", "<p>a <em>b</em></p>", `a.md:1: shortcode "clock" is not known; it is removed`},
		{"a value of the site", "hugo", "a.md", "a {{< param \"x\" >}}b", "<p>a b</p>", `a.md:1: neither front matter nor the configuration of the site says what "x" is; the shortcode that shows it is removed`},
		{"a tag", "", "a.md", "a\n{% clock %}\nb", "<p>a\nb</p>", "a.md:2: template tag {% clock %} is not known; it is removed"},
		{"an included file", "", "a.md", "a {% include clock.html zone=utc %}", "<p>a</p>", "a.md:1: template tag {% include clock %} is not known; it is removed"},
		{"a loop", "", "a.md", "a{% for b in site.c %}{% if b %}d{% endif %}{% endfor %}", "<p>a</p>", "a.md:1: the tag {% for %} repeats what only its generator knows; it is removed with what is in it"},
		{"a condition", "", "a.md", "{% if a %}b{% else %}c{% endif %}", "<p>b</p>", "a.md:1: the tag {% if %} asks what only its generator knows; what stands up to {% else %} is kept"},
		{"a value", "jekyll", "a.md", "a {{ b.c }}", "<p>a</p>", "a.md:1: {{ b.c }} stands for a value that only the generator knows; it is removed"},
		{"a component", "", "a.mdx", "a\n\n<Clock zone={1}>b</Clock>", "<p>a</p>\n<p>b</p>", "a.mdx:3: component <Clock> is not known; only the text in it stays"},
		{"an expression", "", "a.mdx", "a {props.b}", "<p>a</p>", "a.mdx:1: {props.b} stands for a value that only the generator knows; it is removed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := shownFor(t, c.convention, c.path, c.text)
			if got := strings.ReplaceAll(body.HTML, "\n\n", "\n"); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(body.Problems) != 1 {
				t.Fatalf("got the problems %v, want one", body.Problems)
			}
			p := body.Problems[0]
			if got, _, _ := strings.Cut(p.String(), "\n"); got != c.problem || p.Severity != Warning || p.Hint == "" {
				t.Errorf("got  %s\nwant %s, with a hint", got, c.problem)
			}
		})
	}
}

func TestProseAndCodeKeepTheirBraces(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"braces of Vue", "Vue shows {{ message }} so.", "<p>Vue shows {{ message }} so.</p>"},
		{"braces of Go's templates", "Write {{ .Title }} or {{ range .A }}.", "<p>Write {{ .Title }} or {{ range .A }}.</p>"},
		{"sets", "The set {a, b} and {: c.", "<p>The set {a, b} and {: c.</p>"},
		{"a span of code", "`{{< a >}}` and ``{% b ` %}``", "<p><code>{{&lt; a &gt;}}</code> and <code>{% b ` %}</code></p>"},
		{"a fence in a list", "- a\n\n  ```\n  {{< a >}}\n  ```", "<ul>\n<li>\n<p>a</p>\n<pre><code>{{&lt; a &gt;}}\n</code></pre>\n</li>\n</ul>"},
		{"indented code", "a\n\n    {% b %}\n\n    :::tip\n\nc", "<p>a</p>\n<pre><code>{% b %}\n\n:::tip\n</code></pre>\n<p>c</p>"},
		{"code in HTML", "<pre>\n{{< a >}}\n\n{% b %}</pre>", "<pre>{{&lt; a &gt;}}\n\n{% b %}</pre>"},
		{"lists of lists", "[[1, 2], [3]]", "<p>[[1, 2], [3]]</p>"},
		{"colons", "a ::: b\n\n:::", "<p>a ::: b</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := shownFor(t, "", "a.md", c.text)
			if body.HTML != c.want || len(body.Problems) > 0 {
				t.Errorf("got  %s %v\nwant %s", body.HTML, body.Problems, c.want)
			}
		})
	}
	a := written("a.txt", &source{format: Text, text: "He wrote {{< a >}} and {% b %}.", line: 1})
	body, err := a.Body(fromArticle)
	if want := "<p>He wrote {{&lt; a &gt;}} and {% b %}.</p>"; err != nil || body.HTML != want {
		t.Errorf("got %s, %v, want %s", body.HTML, err, want)
	}
}

func TestSummaryEndsAtTheAuthorsSeparator(t *testing.T) {
	for _, text := range []string{"a b\n\nc\n\n<!--cut-->\n\nd", "a b\n\nc <!--cut--> d"} {
		a := written("a.md", &source{format: Markdown, text: text, line: 1, separator: "<!--cut-->"})
		if body, err := a.Body(fromArticle); err != nil || body.Summary != "a b c" {
			t.Errorf("%q: got %q, %v, want %q", text, body.Summary, err, "a b c")
		}
	}
}

// TestHostileMarksAreRead renders what costs minutes when the work grows with
// the square of an article's length, and memory without end when it doubles:
// then this test does not end.
func TestHostileMarksAreRead(t *testing.T) {
	ends := "{% endif %}{% endraw %}{% endx %}{% end %}{{</ a >}}{{</tabs>}}</A></pre>*/}}}%}>}}\n:::\n{% endhighlight %}{{< /highlight >}}"
	for _, s := range []string{
		"{{<", "{{< a >}}", `{{< a "`, "{{< tabs >}}\n", "{{</* a */>}}", "{{< highlight go >}}", "{{</a>}}", "{{", "{{ a | b", `{{ "a" | replace: "a", "aa" }}`,
		"{%", "{% if a %}", "{% raw %}", "{% else %}", "{% for a in b %}", "{% x %}{% endx", "{% q() %}", "{% capture a %}{{ a }}{{ a }}x{% endcapture %}\n",
		":::tip\n", "> [!NOTE]\n", "!!! note\n    !!! note\n        ", "{: .a}\n", "a{:.b}", "{::comment}\n", "* TOC\n{:toc}\n", "[[a]]",
		"import {", "export const a = {\n", "<A b={", "<A>", "<A\n", "{/*", "{a", "{'", "`", "<pre>", "<!--", "<noscript><img src=a>",
	} {
		for _, ext := range []string{".md", ".mdx", ".html"} {
			for _, end := range []string{"", ends} {
				format, _ := FormatOf("a" + ext)
				text := "![[a]] " + strings.Repeat(s, 1<<14/len(s)) + end
				a := written("a"+ext, &source{format: format, text: text, line: 1, convention: "jekyll"})
				a.Title = "a"
				a.Title = "a"
				if body, err := a.Body(fromArticle); err == nil {
					mustHold(t, body.HTML)
					if len(body.Problems) > mostReported {
						t.Errorf("%q: got %d problems", s, len(body.Problems))
					}
				}
			}
		}
	}
}
