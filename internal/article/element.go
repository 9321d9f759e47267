package article

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
	"sync"
)

// An element is what many generators know, under many names: a figure, a film,
// a note. Each becomes HTML or Markdown, which the one policy judges like
// everything else.

// builder makes of a tag what it shows around what stands in it. It reports
// false when the tag lacks what it needs for that.
type builder func(e *expander, t tag, inner string) (piece, bool)

// elements returns the builders by folded name.
var elements = sync.OnceValue(func() map[string]builder {
	known := map[string]builder{}
	for _, e := range []struct {
		build builder
		names string
	}{
		{figure, "figure fig img image picture imgproc imageprocess assetimg fullwidthimage photo screenshot lightbox responsiveimage imgfig staticimage contentimage idealimage thumbnail"},
		{embedded("id v videoid code youtubeid", "https://www.youtube.com/embed/"), "youtube yt youtubelite liteyoutube youtubeembed embedyoutube youtubevideo youtubeprivacy"},
		{embedded("id v videoid code youtubeid", "https://www.youtube-nocookie.com/embed/"), "youtubenocookie youtubeenhancedprivacy privacyenhancedyoutube"},
		{embedded("id videoid", "https://player.vimeo.com/video/"), "vimeo vimeosimple vimeolite embedvimeo"},
		{tweet, "twitter tweet x twittersimple xsimple embedtweet"},
		{embedded("id code shortcode", "https://www.instagram.com/p/"), "instagram instagramsimple"},
		{embedded("id", "https://www.tiktok.com/embed/"), "tiktok"},
		{embedded("src uri id", "https://open.spotify.com/embed/"), "spotify"},
		{embedded("bvid id", "https://www.bilibili.com/video/"), "bilibili"},
		{embedded("id", "https://www.dailymotion.com/embed/video/"), "dailymotion"},
		{embedded("video id", "https://www.twitch.tv/videos/"), "twitch"},
		{embedded("id key", "https://asciinema.org/a/"), "asciinema"},
		{embedded("id", "https://www.loom.com/share/"), "loom"},
		{embedded("id", "https://speakerdeck.com/player/"), "speakerdeck"},
		{embedded("id key", "https://www.slideshare.net/slideshow/embed_code/key/"), "slideshare"},
		{embedded("id", "https://codesandbox.io/embed/"), "codesandbox"},
		{embedded("id", "https://jsfiddle.net/"), "jsfiddle"},
		{embedded("repo", "https://github.com/"), "github githubcard githubrepo"},
		{embedded("repo", "https://gitlab.com/"), "gitlab"},
		{embedded("src url href link file", ""), "iframe embed pdf pdfviewer responsiveiframe oembed soundcloud peertube mastodon bluesky reddit facebook linkedin bandcamp googlemap"},
		{codepen, "codepen"},
		{gist, "gist"},
		{media("video"), "video videofile html5video localvideo videoplayer mp4"},
		{media("audio"), "audio podcast mp3 audioplayer"},
		{reference, "ref relref posturl link postpath assetpath assetlink postlink geturl urlfor fullurlfor pageref"},
		{parameter, "param"},
		{button, "button btn linkbutton buttonlink cta linkcard download"},
		{details, "details detail expand collapse collapsible spoiler accordionitem fold foldable toggle expandable"},
		{note, "notice admonition alert callout hint tip note warning info danger important caution attention error success question example bug aside message messagebox infobox disclaimer seealso admonish"},
		{tab, "tab codetab tabitem"},
		{quotation, "quote blockquote pullquote epigraph multilingualquote quoteblock"},
		{wrapped("<kbd>", "</kbd>"), "kbd"},
		{wrapped("<mark>", "</mark>"), "mark"},
		{wrapped("<sub>", "</sub>"), "sub"},
		{wrapped("<sup>", "</sup>"), "sup"},
		{passed, "tabs tabpane tabgroup tabbed codetabs rawhtml html unsafe markdown md markdownify center centered left right div span section columns column cols col row grid flex cards container block wrapper steps step timeline timelineitem lead color fontcolor text wide widecontainer fullwidth forcetextdirection rtl ltr blockscover blockssection blockslead blocksfeature pageinfo def definition gallery accordion badge label underline small large align indent nowrap fragment suspense trans references"},
		{dropped, "icon fa fas fab faicon fontawesome svg br hr clear pagebreak newline spacer divider toc tableofcontents contents head browseronly"},
	} {
		for name := range strings.FieldsSeq(e.names) {
			known[name] = e.build
		}
	}
	return known
})

// rawElements are those whose content is shown as it stands, each with the
// language that it is written in when the tag does not say.
var rawElements = map[string]string{
	"codetoggle": "toml", "highlight": "", "codeblock": "", "code": "", "sourcecode": "", "snippet": "", "prism": "", "terminal": "",
	"mermaid": "mermaid", "katex": "latex", "math": "latex", "mathjax": "latex", "latex": "latex", "tex": "latex",
	"plantuml": "plantuml", "graphviz": "dot", "abc": "abc",
}

func isRaw(name string) bool {
	_, ok := rawElements[foldElement(name)]
	return ok
}

func isElement(name string) bool { return elements()[foldElement(name)] != nil }

// foldElement makes names of elements comparable: embed/youtube-lite.html and
// YoutubeLite are one.
func foldElement(name string) string {
	folded := strings.ToLower(strings.ReplaceAll(name, "::", "/"))
	if base := path.Base(folded); !strings.HasPrefix(folded, "blocks/") {
		folded = base
	}
	return elementSigns.Replace(strings.TrimSuffix(folded, ".html"))
}

var elementSigns = strings.NewReplacer("-", "", "_", "", "/", "")

// piece returns what a tag becomes. Of one that is not known only the text in
// it stays, unless it shows a picture.
func (e *expander) piece(t tag, inner string, paired bool) piece {
	if t.family == liquid && (t.name == "if" || t.name == "unless" || t.name == "ifchanged") {
		return piece{inner: inner}
	}
	if build := elements()[foldElement(t.name)]; build != nil {
		if p, ok := build(e, t, inner); ok {
			return p
		}
	} else if t.family == admonition {
		p, _ := note(e, t, inner)
		return p
	} else if src := t.picture(); src != "" && !paired {
		p, _ := figure(e, t, inner)
		return p
	}
	if !strings.HasSuffix(t.name, ".inline") && !isRaw(t.name) { // without its end, one says that there will be more
		e.lost(t)
	}
	return piece{inner: inner, block: strings.Contains(inner, "\n\n")}
}

// lost reports a tag of which nothing, or only the text in it, is left.
func (e *expander) lost(t tag) {
	shown := fmt.Sprintf("shortcode %q", t.name)
	switch t.family {
	case component:
		shown = fmt.Sprintf("component <%s>", t.name)
	case liquid:
		shown = fmt.Sprintf("template tag {%% %s %%}", strings.TrimSpace(t.includes+" "+t.name))
	}
	text := shown + " is not known; it is removed"
	switch {
	case isElement(t.name):
		text = shown + " lacks what it shows; it is removed"
	case t.family == component:
		text = shown + " is not known; only the text in it stays"
	}
	e.warn(t.at, string(t.family)+" "+t.name, "unknown-"+strings.ReplaceAll(string(t.family), " ", "-"), text, "write it as Markdown or HTML")
}

// rawPiece returns what a tag becomes whose content is shown as it stands.
func (e *expander) rawPiece(t tag, inner string) piece {
	inner = unescaped(inner)
	language := rawElements[foldElement(t.name)]
	var title string
	if language == "" {
		language = t.get("lang", "language")
		for i, word := range t.positional {
			switch {
			case strings.HasPrefix(word, "http"):
			case i == 0 && language == "" && foldElement(t.name) != "codeblock":
				language = word
			case t.family == liquid && foldElement(t.name) == "codeblock" && strings.Trim(word, "0123456789-") != "":
				title = strings.TrimSpace(title + " " + word)
			}
		}
	}
	if strings.ContainsAny(language, " \t\n`<>\"") {
		language = ""
	}
	if !t.opening && !strings.Contains(inner, "\n") || t.within {
		return piece{inner: "<code>" + escapeText(strings.TrimSpace(inner)) + "</code>"}
	}
	code := strings.TrimRight(strings.TrimLeft(inner, "\n"), " \t\n")
	var before string
	if title != "" {
		before = "<p><strong>" + html.EscapeString(title) + "</strong></p>"
	}
	if e.src.format != Markdown {
		class := attr("class", strings.TrimSuffix("language-"+language, "language-"))
		return piece{before: before, inner: "<pre><code" + class + ">" + html.EscapeString(code) + "\n</code></pre>", block: true}
	}
	if before != "" {
		before += "\n\n" + t.indent
	}
	longest, run := 2, 0
	for i := range len(code) {
		if run++; code[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	return piece{before: before + fence + language + "\n" + code + "\n" + t.indent + fence, block: true}
}

// shows writes text of which its generator takes nothing for its own.
func (e *expander) shows(text string) {
	if e.src.format == RST {
		e.out = append(e.out, rstMarkup(html.EscapeString(text))...)
		return
	}
	e.out = append(e.out, escapeText(text)...)
}

// escapeText writes text so that neither Markdown nor HTML reads anything
// into it.
func escapeText(s string) string {
	return textEscapes.Replace(s)
}

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "{", "&#123;", "}", "&#125;",
	"*", "&#42;", "_", "&#95;", "`", "&#96;", "[", "&#91;", "]", "&#93;", "~", "&#126;", "|", "&#124;", "\\", "&#92;", `"`, "&quot;", "'", "&#39;")

// phrase renders what an author wrote in an argument: a caption, a title.
func (e *expander) phrase(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if e.src.format != Markdown || !strings.ContainsAny(s, "*_`[<&\\\"'") {
		return s
	}
	out, err := markdownHTML(s, new(room))
	if err != nil {
		return html.EscapeString(s)
	}
	out = bytes.TrimSpace(out)
	if p, ok := bytes.CutPrefix(out, []byte("<p>")); ok && bytes.Count(out, []byte("<p>")) == 1 {
		out = bytes.TrimSuffix(p, []byte("</p>"))
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// picture returns the argument that names a picture, "" when none does.
func (a arguments) picture() string {
	for _, v := range a.values() {
		name, _, _ := strings.Cut(v, "?")
		switch strings.ToLower(path.Ext(name)) {
		case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg":
			if !strings.ContainsAny(v, "{}<>()*") && (!strings.Contains(strings.TrimSpace(v), " ") || strings.Contains(v, "/")) {
				return strings.TrimSpace(v)
			}
		}
	}
	return ""
}

// figure reads the picture of all generators, with Hugo's arguments: src, alt,
// caption, title, link, attr, attrlink, width, height.
func figure(e *expander, t tag, inner string) (piece, bool) {
	src := t.get("src", "imagepath", "image_path", "imageurl", "url", "path", "file", "filename", "image", "img", "source", "lightsrc", "light_src", "default_src")
	words := t.positional
	if src == "" {
		src = t.picture()
		for i, w := range words {
			if w == src || src == "" && strings.Contains(w, "/") {
				src = w
				words = words[i+1:]
				break
			}
		}
	}
	if src == "" && t.family != liquid && len(words) > 0 {
		src, words = words[0], words[1:]
	}
	if src == "" || strings.ContainsAny(src, "{}<>") {
		return piece{}, false
	}
	var texts []string
	for _, w := range words {
		if strings.Trim(w, "0123456789%px") != "" && w != src && !strings.HasPrefix(w, ".") {
			texts = append(texts, w)
		}
	}
	caption, title, alt := t.get("caption", "cap", "text"), t.get("title"), t.get("alt", "alttext", "alt_text")
	if t.family == liquid && len(texts) > 0 {
		alt = strings.Join(texts, " ")
	} else if len(texts) > 0 && alt == "" {
		alt = texts[0]
		if len(texts) > 1 && caption == "" {
			caption = texts[1]
		}
	}
	if strings.TrimSpace(inner) != "" && caption == "" {
		caption = strings.TrimSpace(inner)
	}
	if alt == "" {
		alt = plainPhrase(e.phrase(cmp.Or(caption, title)))
	}
	img := "<img" + attr("src", encodeBlanks(src)) + ` alt="` + html.EscapeString(strings.Join(strings.Fields(alt), " ")) + `"` +
		attr("width", strings.TrimSuffix(t.get("width"), "px")) + attr("height", strings.TrimSuffix(t.get("height"), "px")) + " />"
	if link := t.get("link", "href"); link != "" && link != "true" && link != "false" {
		img = "<a" + attr("href", encodeBlanks(link)) + ">" + img + "</a>"
	}
	var under []string
	if title != "" && title != alt && t.family == hugo {
		under = append(under, "<strong>"+e.phrase(title)+"</strong>")
	}
	if caption != "" {
		under = append(under, e.phrase(caption))
	}
	if credit := t.get("attr", "credit", "attribution", "source_name", "author", "photographer"); credit != "" {
		credit = e.phrase(credit)
		if link := t.get("attrlink", "attr_link", "creditlink"); link != "" {
			credit = "<a" + attr("href", encodeBlanks(link)) + ">" + credit + "</a>"
		}
		under = append(under, credit)
	}
	if t.within || !t.opening && len(under) == 0 {
		return piece{inner: img}, true
	}
	if len(under) > 0 {
		img += "<figcaption>" + strings.Join(under, " ") + "</figcaption>"
	}
	return piece{before: "<figure>" + img + "</figure>", block: true}, true
}

// plainPhrase returns the text of rendered markup.
func plainPhrase(markup string) string {
	if !strings.ContainsAny(markup, "<&") {
		return markup
	}
	tree, err := parseFragment([]byte(markup), new(room))
	if err != nil {
		return ""
	}
	return inner(tree)
}

// encodeBlanks makes one word of an address.
func encodeBlanks(ref string) string { return strings.ReplaceAll(strings.TrimSpace(ref), " ", "%20") }

// reference reads what names another article or a file, as an address or as a
// whole link.
func reference(e *expander, t tag, inner string) (piece, bool) {
	name := foldElement(t.name)
	to := t.either(0, "path", "href", "url", "to", "src")
	if t.family == liquid && (name == "link" || name == "posturl") {
		to = strings.TrimSpace(e.interpolated(t.written))
	}
	if to == "" || strings.ContainsAny(to, "{}<>") {
		return piece{}, false
	}
	label := strings.Join(t.positional[min(1, len(t.positional)):], " ")
	to = encodeBlanks(to)
	switch {
	case t.family == component, t.family == hugo && name == "link":
		label = cmp.Or(strings.TrimSpace(inner), t.get("content", "text", "title"), label, to)
		return piece{inner: "<a" + attr("href", to) + ">" + e.phrase(label) + "</a>"}, true
	case name == "assetlink":
		return piece{inner: "<a" + attr("href", to) + ">" + e.phrase(cmp.Or(label, to)) + "</a>"}, true
	case name == "postlink":
		return piece{inner: "<a" + attr("href", RefPrefix+to) + ">" + e.phrase(cmp.Or(strings.TrimSuffix(strings.TrimSuffix(label, " true"), " false"), to)) + "</a>"}, true
	case name == "assetpath":
		return piece{inner: to}, true
	case name == "urlfor", name == "fullurlfor", name == "geturl" && !strings.HasPrefix(to, "@/"):
		if !strings.Contains(to, "://") && !strings.HasPrefix(to, "/") {
			to = "/" + to
		}
		return piece{inner: to}, true
	case strings.Contains(to, "://"), strings.HasPrefix(to, "#"):
		return piece{inner: to}, true
	}
	return piece{inner: RefPrefix + strings.NewReplacer("(", "%28", ")", "%29", `"`, "%22").Replace(strings.TrimPrefix(to, "@"))}, true
}

// parameter shows a value of front matter, else of the site's configuration.
func parameter(e *expander, t tag, _ string) (piece, bool) {
	name := t.either(0, "name")
	v, ok := e.src.parameter(name)
	if !ok {
		e.warn(t.at, "param "+name, "unknown-value", fmt.Sprintf("neither front matter nor the configuration of the site says what %q is; the shortcode that shows it is removed", name), "write the value")
	}
	return piece{inner: escapeText(v)}, true
}

func button(e *expander, t tag, inner string) (piece, bool) {
	to := t.get("href", "link", "url", "relref", "ref", "to", "target")
	var words []string
	for _, w := range t.positional {
		if to == "" && strings.ContainsAny(w, "/#") {
			to = w
		} else {
			words = append(words, w)
		}
	}
	label := cmp.Or(strings.TrimSpace(inner), t.get("text", "label", "title", "content", "name"), strings.Join(words[:min(1, len(words))], ""))
	if label == "" {
		label = to
	}
	switch {
	case label == "":
		return piece{}, false
	case to == "" || strings.ContainsAny(to, "{}<>"):
		return piece{inner: label}, true
	}
	if strings.Contains(label, "\n\n") {
		return piece{inner: label, after: "<p><a" + attr("href", encodeBlanks(to)) + ">" + html.EscapeString(to) + "</a></p>", block: true}, true
	}
	return piece{inner: "<a" + attr("href", encodeBlanks(to)) + ">" + e.phrase(label) + "</a>"}, true
}

func details(e *expander, t tag, inner string) (piece, bool) {
	label := t.either(0, "summary", "title", "label", "header", "text", "name")
	if t.family == liquid && len(t.positional) > 1 {
		label = strings.Join(t.positional, " ")
	}
	if foldElement(t.name) == "spoiler" && inner == "" {
		return piece{inner: e.phrase(label)}, label != ""
	}
	open := ""
	if _, closed := t.named["closed"]; t.get("open") == "true" && !closed {
		open = ` open=""`
	}
	if label == "" {
		return piece{before: "<div>", inner: inner, after: "</div>", block: true}, true
	}
	return piece{before: "<details" + open + "><summary>" + e.phrase(label) + "</summary>", inner: inner, after: "</details>", block: true}, true
}

// noteKinds are the words by which notes say what they are.
var noteKinds = strings.Fields("note tip info hint important warning caution danger attention error success question example bug abstract todo quote failure")

// note reads what stands apart with a label. It becomes a quotation, which every
// reader sets apart.
func note(e *expander, t tag, inner string) (piece, bool) {
	kind, label := "", t.get("title", "header", "heading", "name", "label")
	for _, word := range append([]string{t.name, t.get("type", "kind", "level", "status", "severity")}, t.positional[:min(1, len(t.positional))]...) {
		if isNoteKind(foldElement(word)) {
			kind = word // what is said behind the name is closer
		}
	}
	body := inner
	if strings.TrimSpace(body) == "" {
		body = t.get("text", "content", "body", "message")
		if body == "" && t.family != admonition && len(t.positional) > 0 {
			body = t.positional[len(t.positional)-1]
		}
	}
	if label == "" {
		var words []string
		for i, w := range t.positional {
			if w != body && !(i == 0 && isNoteKind(foldElement(w))) && (t.family != hugo || strings.Contains(w, " ")) && t.family != zola {
				words = append(words, w)
			}
		}
		label = strings.Join(words, " ")
	}
	if strings.TrimSpace(body) == "" && label == "" {
		return piece{}, false
	}
	if label == "" && kind != "" {
		label = strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "-", " ")
	}
	before := "<blockquote>"
	if label != "" {
		before += "\n" + t.indent + "<p><strong>" + e.phrase(label) + "</strong></p>"
	}
	return piece{before: before, inner: body, after: "</blockquote>", block: true}, true
}

func isNoteKind(word string) bool {
	return slices.Contains(noteKinds, word)
}

func tab(e *expander, t tag, inner string) (piece, bool) {
	label := t.either(0, "name", "label", "title", "header", "tabname", "tab", "text", "value")
	if label == "" {
		return piece{inner: inner, block: true}, true
	}
	return piece{before: "<p><strong>" + e.phrase(label) + "</strong></p>", inner: inner, block: true}, true
}

func quotation(e *expander, t tag, inner string) (piece, bool) {
	if strings.TrimSpace(inner) == "" {
		inner = t.either(0, "text", "quote", "content", "translated", "original")
		if inner == "" {
			return piece{}, false
		}
		t.positional = nil
	}
	source := t.get("author", "source", "cite", "by", "attribution", "name", "caption", "title")
	link := t.get("link", "url", "href", "sourceurl")
	var words []string
	for _, w := range t.positional {
		if strings.Contains(w, "://") {
			link = w
		} else if w != "left" && w != "right" {
			words = append(words, w)
		}
	}
	if t.family == liquid && source == "" {
		source = strings.TrimSpace(strings.Join(words, " "))
	} else if source == "" && len(words) > 0 {
		source = words[0]
	}
	after := "</blockquote>"
	if source == "" {
		source = link
	}
	if source != "" {
		source = e.phrase(source)
		if link != "" {
			source = "<a" + attr("href", encodeBlanks(link)) + ">" + source + "</a>"
		}
		after = "<p>— " + source + "</p>\n" + t.indent + after
	}
	return piece{before: "<blockquote>", inner: inner, after: after, block: true}, true
}

func wrapped(before, after string) builder {
	return func(_ *expander, t tag, inner string) (piece, bool) {
		if inner == "" {
			inner = t.either(0, "text", "content")
		}
		return piece{before: before, inner: inner, after: after}, inner != ""
	}
}

// passed keeps what stands in a tag that only says how it looks.
func passed(_ *expander, t tag, inner string) (piece, bool) {
	if inner == "" {
		inner = t.get("text", "content", "body")
	}
	return piece{inner: inner, block: strings.Contains(strings.TrimSpace(inner), "\n\n") || t.opening && strings.HasPrefix(inner, "\n")}, true
}

// dropped is for what has no meaning but on its own site's pages.
func dropped(*expander, tag, string) (piece, bool) { return piece{}, true }
