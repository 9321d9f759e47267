package article

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzParse parses anything under any name. Parse never panics, says the same
// twice, and what it hands over is fit to be published.
func FuzzParse(f *testing.F) {
	archives, _ := filepath.Glob("testdata/parse/*.txtar")
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if !strings.HasSuffix(file.Name, ".want") {
				f.Add(file.Name, file.Data)
			}
		}
	}
	seed, err := os.ReadFile("testdata/seed/000_ee2d5c45ba387dc9.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("seed.txt", seed)
	for _, s := range []string{
		"---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntags: *c\n---\n",
		"+++\n[[a]]\nb.c = [{d = 1}]\n[a.e]\n+++\n",
		"{\"a\":[[[[{}]]]]}",
		"\xff\xfea\x00", "By By in in 1 2 3", "1 Jan 1 1:1", "---\n---\n---", "<h1><title><script></h1>",
	} {
		for _, name := range []string{"a.txt", "a.md", "a.html"} {
			f.Add(name, []byte(s))
		}
	}
	f.Fuzz(mustBeFit)
}

// FuzzDates reads anything as a date, in any language. What is read is within
// the years of dates and read the same from its own ISO form.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"2023-11-20 15:30 +0100", "Mon, 20 Nov 2023 08:00:00 GMT", "令和5年11月20日(月) 午後3時30分", "二〇二三年十一月二十日", "15:30, 20 ноября 2023 г.", "e hënë, 20 nëntor 2023, ora 15:30", "20 Kasım 2023 Pazartesi", "20. novembra 2023. u 15.30", "Publié le 20 nov. 2023 à 15 h 30", "20 x y z 2023"} {
		f.Add(s, "en")
		f.Add(s, "sr-Latn")
	}
	f.Fuzz(func(t *testing.T, s, language string) {
		d := dateReader{language: language}
		m, _, err := d.read(s)
		if err != nil {
			return
		}
		if y := m.at.Year(); y < firstYear-1 || y > lastYear+1 {
			t.Errorf("%q: got the year %d", s, y)
		}
		again, _, err := d.read(m.at.Format("2006-01-02T15:04:05.999999999Z07:00"))
		if err == nil && !again.at.Equal(m.at) {
			t.Errorf("%q: got %v, and from its ISO form %v", s, m.at, again.at)
		}
	})
}

// FuzzDecode decodes anything. What comes out is UTF-8 with LF line ends, or a
// problem that keeps the file out.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"caf\xE9 \x93x\x94", "\xCC\xEE\xF1\xF2", "\xFF\xFEa\x00", "charset=shift_jis\n\x8B\xB4", "\x93\xFA\x96{", "a\r\nb\rc"} {
		for _, language := range []string{"en", "fr", "sr", "ja", ""} {
			f.Add([]byte(s), language, "")
		}
		f.Add([]byte(s), "en", "windows-1251")
	}
	f.Fuzz(func(t *testing.T, src []byte, language, encoding string) {
		text, _, problem := decode(src, Options{Language: language, Encoding: encoding})
		if !utf8.ValidString(text) || strings.Contains(text, "\r") {
			t.Errorf("got %q", text)
		}
		if (text == "") != (problem != nil && problem.Severity == Error) && strings.TrimLeft(string(src), "\uFEFF") != "" {
			t.Errorf("got %q and %v", text, problem)
		}
	})
}

// TestHostileFilesAreParsed parses what costs a reader minutes whose work
// grows with the square of a file's length: then this test does not end.
func TestHostileFilesAreParsed(t *testing.T) {
	for _, s := range []string{
		"<div>", "<h1>x", "<header>x", strings.Repeat("<h1>", 900) + strings.Repeat("</h1>", 900), "<span itemprop=author>x</span>", "<time datetime=x></time>",
		"<meta name=date content=x>", "<script type=application/ld+json>[</script>", "</div>", "<b ", "2024-05-06\n\n",
		"{\"a\":", "---\n", "a: [", "\t- ", "# ", "[a](", "By A, ", "<!--", "`",
	} {
		big := strings.Repeat(s, 1<<18/len(s))
		for _, name := range []string{"a.txt", "a.md", "a.html"} {
			mustBeFit(t, name, []byte(big))
			mustBeFit(t, name, []byte("---\ntitle: x\ntags: "+big[:60<<10]))
		}
	}
}

// mustBeFit parses a file and checks what every file must give.
func mustBeFit(t *testing.T, name string, src []byte) {
	opt := Options{Zone: time.FixedZone("", 3600), Language: "sr"}
	a, problems := Parse(name, src, opt)
	again, sameProblems := Parse(name, src, opt)
	if diff := cmp.Diff(a, again, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" {
		t.Errorf("parsed twice, differs: %s", diff)
	}
	if diff := cmp.Diff(problems, sameProblems); diff != "" {
		t.Errorf("parsed twice, the problems differ: %s", diff)
	}
	errors := 0
	for _, p := range problems {
		if p.Code == "parser-failed" {
			t.Errorf("the parser failed: %s", p)
		}
		if p.Severity == Error {
			errors++
		}
		if p.Path != name || p.Code == "" || p.Text == "" || p.Line < 0 || p.Line > strings.Count(strings.ReplaceAll(string(src), "\r", "\n"), "\n")+2 {
			t.Errorf("a problem that leads nowhere: %+v", p)
		}
	}
	if (a == nil) != (errors > 0) {
		t.Fatalf("got the article %v and %d errors", a, errors)
	}
	if a == nil {
		return
	}
	fields := append([]string{a.Title, a.Slug, a.ID, a.Section, a.Language, a.body.summary, a.Place}, a.Tags...)
	for _, p := range a.Authors {
		fields = append(fields, p.Name, p.Email, p.URL)
	}
	if p := a.Picture; p != nil {
		fields = append(fields, p.Src, p.Alt, p.Caption, p.Credit)
	}
	for _, s := range fields {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("%q is not one clean line", s)
		}
	}
	if a.Title == "" || !validSlug(a.Slug) || a.Digest == (Digest{}) || len(a.Tags) > maxTags {
		t.Errorf("title %q, slug %q, digest %v, %d tags", a.Title, a.Slug, a.Digest, len(a.Tags))
	}
	for _, at := range []Instant{a.Published, a.Updated} {
		if y := at.InZone().Year(); !at.IsZero() && (y < firstYear || y > lastYear) {
			t.Errorf("got the year %d", y)
		}
	}
	if len(a.body.text) > len(src)*3 || strings.Contains(a.body.text, "\r") || a.body.line < 1 {
		t.Errorf("the text has %d bytes of %d, begins in line %d", len(a.body.text), len(src), a.body.line)
	}
}

// FuzzBylines reads anything as a byline. Whoever it names has a name of one
// clean line that stands in the text.
func FuzzBylines(f *testing.F) {
	for _, s := range []string{
		"By Ann Lee and Bo Ek in OSLO, 20 Nov 2023", "By Ann Lee, Staff Writer", "Von Jörg Maß und Eva Öz", "Par Zoé Lys, à Paris",
		"Автор: Иван Петров", "文:山田 太郎", "By , and , in", "By By By", "Written by A. B. (Agency) / C D | E F",
	} {
		for _, language := range []string{"en", "de", "fr", "ru", "ja"} {
			f.Add(s, language)
		}
	}
	f.Fuzz(func(t *testing.T, line, language string) {
		b, ok := readByline(line, dateReader{language: language})
		if again, same := readByline(line, dateReader{language: language}); same != ok || !cmp.Equal(again.authors, b.authors) {
			t.Errorf("got %v, then %v", b.authors, again.authors)
		}
		if !ok {
			return
		}
		if len(b.authors) == 0 {
			t.Errorf("%q is a byline of nobody", line)
		}
		for _, p := range b.authors {
			if p.Name == "" || len(p.Name) > len(line) || strings.ContainsAny(p.Name, "\n\r\t") {
				t.Errorf("%q names %q", line, p.Name)
			}
		}
	})
}

// FuzzConventions parses anything under the rules of every generator, with
// anything that its configuration may state for articles.
func FuzzConventions(f *testing.F) {
	for _, convention := range []Convention{Hugo, Jekyll, Eleventy, Zola, Pelican, Docusaurus, Astro, Hexo, Nikola} {
		f.Add(string(convention), "a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nb", "author", "Ann", "tags.0", "x")
		f.Add(string(convention), "a.mdx", "---\ntitle: A\nparams: {a: {b: [1]}}\n---\nimport X from 'y'\n\n<X a={b}>c</X>", "params.a.c.0.d", "x", "published", "false")
		f.Add(string(convention), "a.rst", ".. title: A\n.. tags: draft\n\nb", "date", "x", "image.src", "y")
		f.Add(string(convention), "a.txt", "Title: A\nDate: 2024-01-01\n\nb", "0", "x", "1.a", "y")
	}
	f.Fuzz(func(t *testing.T, convention, name, src, key, text, key2, text2 string) {
		opt := Options{Context: Context{Convention: Convention(convention), Defaults: map[string]string{key: text, key2: text2}, Meta: []byte(src), MetaName: "a.meta"}}
		a, problems := Parse(name, []byte(src), opt)
		again, sameProblems := Parse(name, []byte(src), opt)
		if diff := cmp.Diff(a, again, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" || !cmp.Equal(problems, sameProblems) {
			t.Errorf("parsed twice, differs: %s", diff)
		}
		for _, p := range problems {
			if p.Code == "parser-failed" {
				t.Errorf("the parser failed: %s", p)
			}
			if a != nil && p.Severity == Error {
				t.Errorf("an article, and the error %s", p)
			}
		}
	})
}

// FuzzTemplates expands anything as the templates of every generator, and as
// Markdown with components: what is left is fit to be published.
func FuzzTemplates(f *testing.F) {
	for _, s := range []string{
		"{{< figure src=\"a.png\" >}}", "{{% note %}}a{{% /note %}}", "{{< a `b` >}}{{< /a", "{% raw %}{{ a }}{% endraw %}", "{% highlight go %}\na\n{% endhighlight %}",
		"{{ page.title | upcase }}", "{{ youtube(id=\"x\") }}", "{% note(a=1) %}b{% end %}", "import A from 'a'\n\n<A b={{c: `d`}}>\n\ne\n\n</A>", ":::note[a]\nb\n:::", "{/* a */}{b}",
		"{filename}a.md |filename|b {static}/c", "{% asset_img a.png b %}", "```go {1}\n{{< a >}}\n```",
	} {
		for _, convention := range []string{"", "hugo", "jekyll", "eleventy", "zola", "pelican", "docusaurus", "astro", "hexo", "nikola"} {
			f.Add(s, convention, convention == "docusaurus" || convention == "astro")
		}
	}
	f.Fuzz(func(t *testing.T, text, convention string, components bool) {
		if len(text) > 1<<14 {
			return
		}
		a := written("a.md", &source{format: Markdown, text: text, line: 1, slug: "ports", convention: convention, mdx: components,
			values: map[string]string{"a": "<b>"}, settings: map[string]string{"b": "{{ a }}"}})
		body, err := a.Body(func(ref string) string { return "https://example.org/" + ref })
		if err != nil {
			return
		}
		mustHold(t, body.HTML)
	})
}
