package article

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// stranger is what bodies may consist of, said once more and to a library that
// judges tags and attributes one by one, without a tree.
var stranger = sync.OnceValue(func() *bluemonday.Policy {
	var (
		word     = regexp.MustCompile(`^[A-Za-z][A-Za-z-]{0,30}$`)
		number   = regexp.MustCompile(`^-?[0-9]{1,6}$`)
		length   = regexp.MustCompile(`^[0-9]{1,5}%?$`)
		id       = regexp.MustCompile(`^\S{1,200}$`)
		language = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)
		code     = regexp.MustCompile(`^language-\S+$`)
		footnote = regexp.MustCompile(`^footnote(?:-ref|-backref|s)$`)
		doc      = regexp.MustCompile(`^doc-[a-z]+$`)
	)
	p := bluemonday.NewPolicy()
	for _, pass := range []struct {
		elements   string
		attributes string         // none: the element alone
		matching   *regexp.Regexp // of the attribute's value; nil: any
	}{
		{elements: "h1 h2 h3 h4 h5 h6 hgroup p br wbr hr div span address center pre blockquote"},
		{elements: "article aside section header footer main nav figure figcaption details summary"},
		{elements: "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td"},
		{elements: "a abbr acronym b bdi bdo big cite code dfn del em i ins kbd mark q s samp small strike strong sub sup time tt u var ruby rb rt rp"},
		{elements: "img picture source audio video track"},

		{"a", "href", nil},
		{"a", "rel hreflang", regexp.MustCompile(`^[A-Za-z -]{1,100}$`)},
		{"blockquote q del ins", "cite", nil},
		{"del ins time", "datetime", regexp.MustCompile(`^[0-9A-Za-z:.,+ -]{1,60}$`)},
		{"code pre", "class", code},
		{"a div section sup li ol", "class", footnote},
		{"a div section sup li ol", "role", doc},
		{"details", "open", nil},
		{"ol", "start", number},
		{"ol", "type", regexp.MustCompile(`^[1aAiI]$`)},
		{"ol", "reversed", nil},
		{"li", "value", number},
		{"colgroup col", "span", number},
		{"th td", "colspan rowspan", number},
		{"th", "scope", word},
		{"th td", "headers", id},
		{"tr th td col colgroup", "align", word},
		{"img source", "src srcset sizes", nil},
		{"img", "alt", nil},
		{"img", "loading decoding", word},
		{"img source video", "width height", length},
		{"source", "media type", nil},
		{"audio video", "src controls loop muted", nil},
		{"audio video", "preload", word},
		{"video", "poster", nil},
		{"track", "src label default", nil},
		{"track", "kind", word},
		{"track", "srclang", language},
	} {
		elements := strings.Fields(pass.elements)
		if pass.attributes == "" {
			p.AllowNoAttrs().OnElements(elements...)
			continue
		}
		attributes := p.AllowAttrs(strings.Fields(pass.attributes)...)
		if pass.matching != nil {
			attributes = attributes.Matching(pass.matching)
		}
		attributes.OnElements(elements...)
	}
	p.AllowAttrs("id").Matching(id).Globally()
	p.AllowAttrs("lang").Matching(language).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(?:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("title").Globally()
	return p
})

// mustPass fails when the library would take anything away from a body.
func mustPass(t *testing.T, markup string) {
	t.Helper()
	got, want := tokens(stranger().Sanitize(markup)), tokens(markup)
	if !slices.Equal(got, want) {
		t.Errorf("bluemonday leaves\n     %q\nof   %q", got, want)
	}
}

// tokens writes what markup consists of so that it can be compared.
func tokens(markup string) []string {
	var all []string
	for z := html.NewTokenizer(strings.NewReader(markup)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if n := len(all); n > 0 && token.Type == html.TextToken && !strings.HasPrefix(all[n-1], "<") {
			all[n-1] += token.String()
			continue
		}
		all = append(all, token.String())
	}
	return all
}

// attacks is what a hostile article tries, and what must be left of it.
var attacks = []struct{ name, markup, want string }{
	{"a script", `<p>a<script>alert(1)</script>b</p>`, `<p>ab</p>`},
	{"a script in capitals with a slash", `<SCRIPT/SRC=//evil.example/x.js></SCRIPT>a`, `a`},
	{"a script that is never closed", `a<script>alert(1)`, `a`},
	{"a script split by a script", `<scr<script>ipt>alert(1)</scr</script>ipt>`, `ipt&gt;alert(1)ipt&gt;`},
	{"an event handler", `<img src="a.png" onerror="alert(1)">`, `<img src="https://example.org/a/a.png" />`},
	{"an event handler behind a slash", `<img/src="a.png"/onerror=alert(1)>`, `<img src="https://example.org/a/a.png" />`},
	{"an event handler behind a quotation mark", `<img src="a.png"title="x"onerror=alert(1)>`, `<img src="https://example.org/a/a.png" title="x" />`},
	{"an event handler on an unknown element", `<marquee onstart=alert(1)>a</marquee>`, `a`},
	{"details that open themselves", `<details open ontoggle=alert(1)><summary>a</summary>b</details>`, `<details open=""><summary>a</summary>b</details>`},
	{"a script as a link", `<a href="javascript:alert(1)">a</a>`, `a`},
	{"a script as a link, mixed case", `<a href="JaVaScRiPt:alert(1)">a</a>`, `a`},
	{"a script as a link behind a blank", `<a href=" javascript:alert(1)">a</a>`, `a`},
	{"a script as a link behind a control character", `<a href="&#1;javascript:alert(1)">a</a>`, `a`},
	{"a script as a link, split by a tab", `<a href="java&#9;script:alert(1)">a</a>`, `a`},
	{"a script as a link, split by a line end", "<a href=\"java\nscript:alert(1)\">a</a>", `a`},
	{"a script as a link, its colon a reference", `<a href="javascript&colon;alert(1)">a</a>`, `a`},
	{"a script as a link, split by NUL", "<a href=\"java\x00script:alert(1)\">a</a>", `a`},
	{"a script of another kind as a link", `<a href="vbscript:msgbox(1)">a</a>`, `a`},
	{"data as a link", `<a href="data:text/html,<script>alert(1)</script>">a</a>`, `a`},
	{"a file as a link", `<a href="file:///etc/passwd">a</a>`, `a`},
	{"a script as a picture", `<p>a<img src="javascript:alert(1)">b</p>`, `<p>ab</p>`},
	{"data as a picture", `<p>a<img src="data:image/svg+xml,<svg onload=alert(1)>">b</p>`, `<p>ab</p>`},
	{"a script among the sizes of a picture", `<img src="a.png" srcset="javascript:alert(1) 1x, b.png 2x">`, `<img src="https://example.org/a/a.png" srcset="https://example.org/a/b.png 2x" />`},
	{"a script as a poster", `<video src="a.mp4" controls poster="javascript:alert(1)"></video>`, `<video src="https://example.org/a/a.mp4" controls=""></video>`},
	{"a script as the source of a quotation", `<blockquote cite="javascript:alert(1)">a</blockquote>`, `<blockquote>a</blockquote>`},
	{"a script as a frame", `<iframe src="javascript:alert(1)"></iframe>a`, `a`},
	{"a frame with a document of its own", `<iframe srcdoc="<script>alert(1)</script>"></iframe>a`, `a`},
	{"an object", `<object data="javascript:alert(1)"><param name=x>b</object>a`, `a`},
	{"an embed of data", `<embed src="data:text/html,x">a`, `a`},
	{"styles", `<style>p{background:url(javascript:alert(1))}</style><p style="position:fixed">a</p>`, `<p>a</p>`},
	{"a drawing with a script", `<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)"><text>a</text></a></svg>b`, `b`},
	{"a drawing with a style", `<svg><style><img src=x onerror=alert(1)></style></svg>b`, `<img src="https://example.org/a/x" />b`},
	{"a drawing that a paragraph breaks", `<svg><p>a<img src=x.png onerror=alert(1)></p>`, `<p>a<img src="https://example.org/a/x.png" /></p>`},
	{"a formula around a style", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, `<table></table>`},
	{"noscript around a title", `<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>a`, `<img src="https://example.org/a/x" />"&gt;a`},
	{"a text area that closes early", `<textarea></textarea><img src=x onerror=alert(1)>a`, `<img src="https://example.org/a/x" />a`},
	{"a template", `<template><script>alert(1)</script></template>a`, `a`},
	{"a form", `<form action="https://evil.example/"><input name=password><button formaction=x>go</button>a</form>`, `a`},
	{"a base address", `<base href="https://evil.example/"><a href="b">a</a>`, `<a href="https://example.org/a/b">a</a>`},
	{"a redirection", `<meta http-equiv=refresh content="0;url=javascript:alert(1)">a`, `a`},
	{"a style sheet", `<link rel=stylesheet href=//evil.example/x.css>a`, `a`},
	{"a conditional comment", `<!--[if IE]><script>alert(1)</script><![endif]-->a`, `a`},
	{"a comment that closes early", `<!--><img src=x onerror=alert(1)>-->a`, `<img src="https://example.org/a/x" />--&gt;a`},
	{"character data that is none", `<![CDATA[<script>alert(1)</script>]]>a`, `alert(1)]]&gt;a`},
	{"a processing instruction", `<?xml version="1.0"?>a`, `a`},
	{"a document type", `<!DOCTYPE html [<!ENTITY x "y">]>a`, `]&gt;a`},
	{"a tag that is never closed", `a<img src="x.png" onerror="alert(1)"`, `a`},
	{"control characters", "a\x00\x08\x1b[31m\x7f\u0085&#11;&#xFFFE;&#0;b", `a[31mb`},
	{"what is hidden", `<p hidden>a</p><p>b</p>`, `<p>b</p>`},
	{"a name that shadows the document's", `<a name="cookie" href="x">a</a>`, `<a href="https://example.org/a/x" id="cookie">a</a>`},
	{"a heading within a heading by a link", `<h1>a<a href="javascript:b"><h1>c`, `<h1>a</h1><h1>c</h1>`},
	{"a definition within a definition by a table", `<dt>a<table><dt>b`, `<dt>a</dt><dt>b</dt><table></table>`},
	{"a link within a link by a table", `<a href="b">x<table><a href="c">y`, `<a href="https://example.org/a/b">x</a><a href="https://example.org/a/c">y</a><table></table>`},
	{"a link within a link by a block", `<a href="b"><div><a href="c">d</a></div></a>`, `<a href="https://example.org/a/b"></a><div><a href="https://example.org/a/b"></a><a href="https://example.org/a/c">d</a></div>`},
	{"a form within a form by a formula", `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, ``},
	{"a formula within a table within a formula", `<math><mtext><table><mglyph><style><math><img src=x onerror=alert(1)>`, `<table></table>`},
	{"a formula with a page for those who cannot read it", `<math><mi>E</mi><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>b`, `Eb`},
	{"a drawing that the end of a paragraph breaks", `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`, `<p></p><img src="https://example.org/a/1" />"&gt;`},
	{"a drawing with a page in it", `<svg><foreignObject><p>a<iframe src="javascript:alert(1)"></foreignObject></svg>b`, ``},
	{"a drawing with character data", `<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]></svg>`, ``},
	{"noscript around a style", `<noscript><style></noscript><img src=x onerror=alert(1)></style>`, `<img src="https://example.org/a/x" />`},
	{"an example that closes in an attribute", `<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>a`, `&lt;p title="<img src="https://example.org/a/x" />"&gt;a`},
	{"text to the end of the page", `<plaintext><script>alert(1)</script>`, `&lt;script&gt;alert(1)&lt;/script&gt;`},
	{"a form within a form by a table", `<table><td><form><table><form>a</form></table></form></td>b<script>x</script></table>`, `b<table><tbody><tr><td>a<table></table></td></tr></tbody></table>`},
	{"a link that a table moves out", `<table>a<a href="javascript:x">b<tr><td><a href="c">d</a></table>`, `ab<table><tbody><tr><td><a href="https://example.org/a/c">d</a></td></tr></tbody></table>`},
	{"a row in a template", `<template><table></template><tr><td onclick=x>a`, `a`},
	{"an element of one's own", `<x-card onclick=a is=b><p>c</p></x-card>`, `<p>c</p>`},
	{"a picture by its old name", `<image src=a.png onerror=x>`, `<img src="https://example.org/a/a.png" />`},
	{"a map of places to click on", `<img usemap="#m" src=a.png><map name=m><area href="javascript:x"></map>`, `<img src="https://example.org/a/a.png" />`},
	{"a description that closes a comment", `<img src=a.png alt="--&gt;&lt;img src=x onerror=alert(1)&gt;">`, `<img src="https://example.org/a/a.png" alt="--&gt;&lt;img src=x onerror=alert(1)&gt;" />`},
	{"a comment that closes with an exclamation mark", `<!-- a --!><img src=x onerror=alert(1)>-->b`, `<img src="https://example.org/a/x" />--&gt;b`},
	{"a frame behind a film", `<video src=a.mp4 onplay=x><source src="javascript:x"><track src="data:x" onload=y>b</video>`, `<video src="https://example.org/a/a.mp4" controls="">b</video>`},
	{"values that no attribute has", `<div dir="auto&quot;onclick=x" lang="e n" id="a b" role="button" class="language-x">a</div>`, `<div>a</div>`},
	{"a formula for eyes alone", `<p><span class="katex"><math><mi>E</mi><annotation>E</annotation></math><span aria-hidden="true"><span>E</span></span></span></p>`, `<p>E</p>`},
	{"the sign of a heading", `<h2 id="a">b <a href="#a">#</a></h2><h3 id="c"><a class="anchor" aria-hidden="true" href="#c"></a>d <a href="#c"><b>e</b></a></h3>`, `<h2 id="a">b </h2><h3 id="c">d <a href="https://example.org/a/#c"><b>e</b></a></h3>`},
	{"an id twice", `<p id="a">a</p><p id="a">b</p>`, `<p id="a">a</p><p>b</p>`},
	{"a body in the body", `<body onload=x><html onclick=y><p>a`, `<p>a</p>`},
}

func TestAttacksLeaveNothing(t *testing.T) {
	for _, attack := range attacks {
		t.Run(attack.name, func(t *testing.T) {
			got := bodyOf(t, HTML, attack.markup).HTML
			mustHold(t, got)
			if got != attack.want {
				t.Errorf("got  %s\nwant %s", got, attack.want)
			}
			mustHold(t, bodyOf(t, Markdown, attack.markup).HTML)
		})
	}
}

func TestPolicyPassesWhatArticlesShow(t *testing.T) {
	for _, passes := range []struct{ name, markup string }{
		{"a figure", `<figure><img src="https://e.org/a.png" alt="“A” &amp; b: c?" title="t" width="10" height="20" loading="lazy" /><figcaption>c</figcaption></figure>`},
		{"a picture in several sizes", `<picture><source srcset="https://e.org/a.webp 1x, https://e.org/b.webp 2x" type="image/webp" media="(min-width: 9em)" /><img src="https://e.org/a.png" sizes="100vw" /></picture>`},
		{"a film", `<video src="https://e.org/a.mp4" controls="" poster="https://e.org/a.png" width="100%"><track src="https://e.org/a.vtt" kind="captions" srclang="en-GB" label="English" /></video>`},
		{"sound", `<audio controls="" preload="none"><source src="https://e.org/a.mp3" type="audio/mpeg" /></audio>`},
		{"a table", `<table><caption>c</caption><thead><tr><th align="right" scope="col">a</th></tr></thead><tbody><tr><td colspan="2">b</td></tr></tbody></table>`},
		{"details", `<details open=""><summary>a</summary><p>b</p></details>`},
		{"phrases", `<p><abbr title="t">a</abbr> <time datetime="2023-11-20T09:00:00+01:00">b</time> <sub>c</sub> <sup>d</sup> <del cite="https://e.org/" datetime="2023-11-20">e</del> <ins>f</ins> <mark>g</mark> <kbd>h</kbd> <q>i</q> <ruby>漢<rp>(</rp><rt>k</rt><rp>)</rp></ruby></p>`},
		{"lists", `<ol start="3" reversed=""><li value="7">a</li></ol><dl><dt>b</dt><dd>c</dd></dl>`},
		{"code with its language", `<pre><code class="language-c++">a &lt; b</code></pre>`},
		{"an empty line at the beginning of what is preformatted", "<pre>\n\na</pre>"},
		{"ids, languages and directions", `<h2 id="größe" lang="de-AT" dir="ltr">a</h2>`},
		{"a link without anything added", `<p><a href="https://e.org/?a=1&amp;b=2#c" hreflang="de" rel="license">a</a> <a href="tel:+389">b</a> <a href="mailto:a@b.c">c</a></p>`},
		{"quotation marks", `<p>"Kosovo's"</p>`},
	} {
		t.Run(passes.name, func(t *testing.T) {
			if got := bodyOf(t, HTML, passes.markup).HTML; got != passes.markup {
				t.Errorf("got  %s\nwant %s", got, passes.markup)
			}
		})
	}
}

func TestEmbedsBecomeLinks(t *testing.T) {
	for _, embed := range []struct{ name, markup, want string }{
		{"a frame with a title", `<iframe src="https://maps.example/1" title="The port"></iframe>`, `<p><a href="https://maps.example/1">The port</a></p>`},
		{"a frame without a title", `<iframe src="//maps.example/1">old browser</iframe>`, `<p><a href="https://maps.example/1">maps.example</a></p>`},
		{"a frame that a script would have loaded", `<iframe data-src="https://maps.example/1"></iframe>`, `<p><a href="https://maps.example/1">maps.example</a></p>`},
		{"a frame in a paragraph", `<p>a <iframe src="https://maps.example/1"></iframe></p>`, `<p>a <a href="https://maps.example/1">maps.example</a></p>`},
		{"a frame in a figure keeps its caption", `<figure><iframe src="https://maps.example/1"></iframe><figcaption>c</figcaption></figure>`, `<figure><a href="https://maps.example/1">maps.example</a><figcaption>c</figcaption></figure>`},
		{"a film with its still", `<iframe src="https://www.youtube.com/embed/ZJthWmvUzzc?rel=0" title="The sea"></iframe>`, `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc"><img src="https://i.ytimg.com/vi/ZJthWmvUzzc/hqdefault.jpg" alt="" /><br />The sea</a></p>`},
		{"a film whose site shall not see its readers", `<iframe src="https://www.youtube-nocookie.com/embed/ZJthWmvUzzc"></iframe>`, `<p><a href="https://www.youtube.com/watch?v=ZJthWmvUzzc">www.youtube.com</a></p>`},
		{"a frame in a link", `<a href="https://e.org/"><iframe src="https://maps.example/1"></iframe></a>`, `<a href="https://e.org/">maps.example</a>`},
		{"an object and what stands for it", `<object data="report.pdf" title="Report"><embed src="report.pdf">none</object>`, `<p><a href="https://example.org/a/report.pdf">Report</a></p>`},
		{"a frame that leads nowhere", `<iframe src="gone"></iframe>`, ``},
		{"checkboxes", `<ul><li><input type="checkbox" disabled> a</li><li><input checked type=CHECKBOX> b</li></ul>`, `<ul><li>☐ a</li><li>☑ b</li></ul>`},
	} {
		t.Run(embed.name, func(t *testing.T) {
			if got := bodyOf(t, HTML, embed.markup).HTML; got != embed.want {
				t.Errorf("got  %s\nwant %s", got, embed.want)
			}
		})
	}
}

func TestCleanedKeepsText(t *testing.T) {
	for _, text := range []string{"a\tb\nc", "“Ж” 漢字 \U0001F469\u200D\U0001F4BB می\u200Cخواهم \uFFFD\u00A0"} {
		if got := cleaned(text); got != text {
			t.Errorf("cleaned(%q): got %q, want it unchanged", text, got)
		}
	}
	if got, want := cleaned("a\r\nb\rc\fd\x00\ufffe\xff\u0080e"), "a\nb\nc\nde"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if strings.ContainsRune(cleaned("\xff\r"), '\uFFFD') {
		t.Error("a byte that is no UTF-8 became U+FFFD")
	}
}

func TestWhatIsCleanHasNothingToBeTakenOut(t *testing.T) {
	pieces := []string{"abcdefgh", "a", " ", "\t", "\n", "\r", "\f", "\x00", "\x1f", "\x7f", "é", "漢", "\u0080", "\u009f", "\u00a0", "\ufffd", "\ufffe", "\uffff", "\U0001fffe", "\xc2", "\xff", "\xef\xbf"}
	random := rand.New(rand.NewPCG(9, 9))
	for range 50_000 {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		s := b.String()
		want := utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == '\r' || r == '\f' || unwanted(r) })
		if got := isClean(s); got != want {
			t.Fatalf("%q: got %v, want %v", s, got, want)
		}
	}
}
