package page

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"feedmill/internal/article"
)

// themed makes a theme of files, by name.
func themed(files map[string]string) (*Theme, []article.Problem) {
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[path.Join(ThemeDir, name)] = &fstest.MapFile{Data: []byte(text)}
	}
	return NewTheme(dir.ReadFile)
}

func TestThemeReplacesWhatItHas(t *testing.T) {
	f := sample()
	const shell = `<!doctype html><html lang="{{.Language}}"><title>{{.Title}}</title>{{.Style}}<body>`
	theme, problems := themed(map[string]string{
		"landing.tmpl": shell + `{{range .Entries}}<p>{{.Title}} by {{template "authors" .Authors}}</p>{{end}}`,
		"layout.tmpl":  `{{define "authors"}}{{range .}}[{{.Name}}]{{end}}{{end}}`,
		"style.css":    "\ufeffbody > p { color: red }",
	})
	if len(problems) > 0 || !theme.Own() {
		t.Fatalf("got problems %v, own %v, want none, true", problems, theme.Own())
	}
	landing, err := theme.Landing(f, skopje)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<style>body > p { color: red }</style>",
		"<p>How AT&amp;T &lt;b&gt;counts&lt;/b&gt; &#34;tides&#34; by [Ana Marić][R&amp;D]</p>",
	} {
		if !strings.Contains(string(landing), want) {
			t.Errorf("the landing page lacks %s:\n%s", want, landing)
		}
	}
	article, err := theme.Article(f, f.Entries[1], skopje)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"body > p { color: red }", `<article class="story h-entry">`, "[Valentina Dimitrievska]"} {
		if !strings.Contains(string(article), want) {
			t.Errorf("the article's page, which has no template of its own, lacks %s:\n%s", want, article)
		}
	}
}

func TestNoThemeIsTheBuiltInOne(t *testing.T) {
	theme, problems := themed(map[string]string{"readme.txt": "x", "other.tmpl": "{{broken"})
	if theme != BuiltIn() || theme.Own() || len(problems) > 0 {
		t.Errorf("got own %v, problems %v, want the built-in theme and none", theme.Own(), problems)
	}
}

func TestBrokenThemeFilesAreProblemsAndOursStandIn(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string // the problems, without hints
		own   bool
	}{
		{"an action that is not closed", map[string]string{"article.tmpl": "<p>\n<p>{{.Title\n"}, "_theme/article.tmpl:3: unclosed action started at article.tmpl:2\n", false},
		{"a function that there is not", map[string]string{"feeds.tmpl": "\n\n{{shout .Title}}"}, "_theme/feeds.tmpl:3: function \"shout\" not defined\n", false},
		{"a field that there is not", map[string]string{"landing.tmpl": "{{.Title}}\n{{range .Entries}}\n{{.Titel}}{{end}}"}, "_theme/landing.tmpl:3: at <.Titel>: can't evaluate field Titel in type page.shown\n", false},
		{"a definition that there is not", map[string]string{"article.tmpl": "\n{{template \"haed\" .}}"}, "_theme/article.tmpl:2: no such template \"haed\"\n", false},
		{"branches that end in different places", map[string]string{"landing.tmpl": "<a {{if .Icon}}href=\"{{end}}x\">"}, "_theme/landing.tmpl:1: {{if}} branches end in different contexts", false},
		{"a definition of ours that is broken", map[string]string{"layout.tmpl": "x\n{{define \"head\"}}\n{{.Nothing}}{{end}}"}, "_theme/layout.tmpl:3: at <.Nothing>: can't evaluate field Nothing in type page.landing\n", false},
		{"one that leaves our own template in a quotation", map[string]string{"layout.tmpl": "{{define \"authors\"}}<a href=\"{{end}}"}, "_theme/layout.tmpl: ", false},
		{"one that never ends", map[string]string{"feeds.tmpl": "{{define \"a\"}}x{{template \"a\"}}{{end}}{{template \"a\"}}"}, "_theme/feeds.tmpl:1: ", false},
		{"two broken files and a good one", map[string]string{"feeds.tmpl": "{{", "landing.tmpl": "{{.X}}", "style.css": "p{}"},
			"_theme/feeds.tmpl:1: unclosed action\n_theme/landing.tmpl:1: at <.X>: can't evaluate field X in type page.landing\n", true},
		{"an empty file", map[string]string{"article.tmpl": "\n"}, "_theme/article.tmpl: writes nothing\n", false},
		{"a style that would end in the middle", map[string]string{"style.css": "p { content: '</STYLE>' }"}, "_theme/style.css: \"</style\" ends a style in the middle\n", false},
		{"what is no text", map[string]string{"layout.tmpl": "\xff\xfe{\x00"}, "_theme/layout.tmpl: not UTF-8\n", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			theme, problems := themed(test.files)
			var got strings.Builder
			for _, p := range problems {
				if p.Severity != article.Warning || p.Hint == "" {
					t.Errorf("got severity %v and hint %q of %q, want a warning with a hint", p.Severity, p.Hint, p.Text)
				}
				p.Hint = ""
				fmt.Fprintln(&got, p)
			}
			if strings.HasSuffix(test.want, "\n") && got.String() != test.want || !strings.HasPrefix(got.String(), test.want) || got.Len() == 0 {
				t.Errorf("problems: got\n%s\nwant\n%s", &got, test.want)
			}
			if theme.Own() != test.own {
				t.Errorf("own: got %v, want %v", theme.Own(), test.own)
			}
			page, err := theme.Landing(sample(), skopje)
			if err != nil || !strings.Contains(string(page), `<body class="landing h-feed">`) {
				t.Errorf("our landing page does not stand in: %v", err)
			}
		})
	}
}

func TestUnreadableThemeFileIsAProblem(t *testing.T) {
	theme, problems := NewTheme(func(name string) ([]byte, error) {
		if name == "_theme/style.css" {
			return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
		}
		return nil, fs.ErrNotExist
	})
	if len(problems) != 1 || problems[0].Path != "_theme/style.css" || problems[0].Text != "not a regular file" || theme.Own() {
		t.Errorf("got %v, own %v, want one problem of the style, and ours", problems, theme.Own())
	}
}

// TestThemeThatBreaksOverAnArticle has a template that no specimen makes fail.
func TestThemeThatBreaksOverAnArticle(t *testing.T) {
	theme, problems := themed(map[string]string{"article.tmpl": "<title>x</title>\n{{if eq .Entry.Place \"Skopje\"}}{{index .Entry.Tags 99}}{{end}}"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := theme.Article(sample(), full(), skopje); err != nil {
		t.Error(err)
	}
	_, err := theme.Article(sample(), wire(), skopje)
	var broken *ThemeError
	if !errors.As(err, &broken) || broken.Problem.Path != "_theme/article.tmpl" || broken.Problem.Line != 2 {
		t.Errorf("got %v, want a *ThemeError of line 2 of _theme/article.tmpl", err)
	}
}

// TestPolicyAllowsTheStyle computes the hash as a browser does, from the text of
// the element.
func TestPolicyAllowsTheStyle(t *testing.T) {
	own, problems := themed(map[string]string{"style.css": "\r\np { color: red }\r\n\x00\xc2\x85"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, theme := range map[string]*Theme{"ours": BuiltIn(), "a theme's, with what HTML forbids": own} {
		page, err := theme.Landing(sample(), skopje)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(strings.NewReader(string(page)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(text(find(doc, "style"))))
		want := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		policy := ""
		for n := range doc.Descendants() {
			if n.Data == "meta" && len(n.Attr) == 2 && n.Attr[0].Val == "Content-Security-Policy" {
				policy = n.Attr[1].Val
			}
		}
		if !strings.Contains(policy, "style-src "+want+";") || !strings.HasPrefix(policy, "default-src 'none';") {
			t.Errorf("%s: got the policy %q, want one that allows %s", name, policy, want)
		}
	}
}

func TestSpecimensHaveAllThereCanBe(t *testing.T) {
	theme, problems := themed(map[string]string{"article.tmpl": strings.Join([]string{
		"{{with .SiteTongue}}SiteTongue {{end}}", "{{with .Lead}}Lead {{end}}", "{{if .Entry.Edited}}Edited {{end}}", "{{with .Entry.Section}}Section {{end}}",
		"{{with .Entry.Place}}Place {{end}}", "{{with .Entry.Tags}}Tags {{end}}", "{{with .Entry.Authors}}Authors {{end}}", "{{with .Rights}}Rights {{end}}", "{{with .Icon}}Icon {{end}}",
	}, "")})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	seen := map[string]bool{}
	for _, f := range specimens() {
		for _, e := range f.Entries {
			page, err := theme.Article(f, e, skopje)
			if err != nil {
				t.Fatal(err)
			}
			for word := range strings.FieldsSeq(string(page)) {
				seen[word] = true
			}
		}
	}
	want := map[string]bool{"SiteTongue": true, "Lead": true, "Edited": true, "Section": true, "Place": true, "Tags": true, "Authors": true, "Rights": true, "Icon": true}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
