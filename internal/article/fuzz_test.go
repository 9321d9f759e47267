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
	if diff := cmp.Diff(a, again, cmp.AllowUnexported(Article{}, source{})); diff != "" {
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
	fields := append([]string{a.Title, a.Slug, a.ID, a.Section, a.Language, a.Summary, a.Place}, a.Tags...)
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
	if a.Title == "" || !validSlug(a.Slug) || len(a.Digest) != 64 || len(a.Tags) > maxTags {
		t.Errorf("title %q, slug %q, digest %q, %d tags", a.Title, a.Slug, a.Digest, len(a.Tags))
	}
	for _, at := range []time.Time{a.Published, a.Updated} {
		if y := at.Year(); !at.IsZero() && (y < firstYear || y > lastYear) {
			t.Errorf("got the year %d", y)
		}
	}
	if len(a.body.text) > len(src)*3 || strings.Contains(a.body.text, "\r") || a.body.line < 1 {
		t.Errorf("the text has %d bytes of %d, begins in line %d", len(a.body.text), len(src), a.body.line)
	}
}
