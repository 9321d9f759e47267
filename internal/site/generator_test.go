package site

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes the files of a site below a directory of its own.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		where := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(where), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(where, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFindGeneratorLooksNoFurtherThanItMay(t *testing.T) {
	hugo := "title = 'A'\n"
	for _, test := range []struct {
		name, dir string
		files     map[string]string
		want      Convention
	}{
		{"beside the articles", ".", map[string]string{"hugo.toml": hugo, "a.md": ""}, Hugo},
		{"four directories above", "1/2/3/4", map[string]string{"hugo.toml": hugo, "1/2/3/4/a.md": ""}, Hugo},
		{"five directories above is too far", "1/2/3/4/5", map[string]string{"hugo.toml": hugo, "1/2/3/4/5/a.md": "", ".git/x": ""}, ""},
		{"the nearest counts", "1/2", map[string]string{"hugo.toml": hugo, "1/pelicanconf.py": "A = 1\n", "1/2/a.md": ""}, Pelican},
		{"not above the root of a repository", "1/2", map[string]string{"hugo.toml": hugo, "1/.git/HEAD": "", "1/2/a.md": ""}, ""},
		{"in the root of a repository", "1/2", map[string]string{"1/hugo.toml": hugo, "1/.git/HEAD": "", "1/2/a.md": ""}, Hugo},
		{"a conf.py of Sphinx is no Nikola", "d", map[string]string{"conf.py": "project = 'x'\n", "d/a.md": "", ".git/x": ""}, ""},
		{"a config.toml of something else", "d", map[string]string{"config.toml": "[server]\nport = 1\n", "d/a.md": "", ".git/x": ""}, ""},
		{"a config.toml of Zola", "d", map[string]string{"config.toml": "base_url = 'https://example.org'\n", "d/a.md": ""}, Zola},
		{"a _config.yml of Hexo", "d", map[string]string{"_config.yml": "source_dir: source\n", "d/a.md": ""}, Hexo},
		{"a _config.yml of Jekyll", "d", map[string]string{"_config.yml": "theme: minima\n", "d/a.md": ""}, Jekyll},
		{"a directory of settings", "d", map[string]string{"config/_default/hugo.toml": hugo, "config/_default/params.toml": "description = 'D'\n", "d/a.md": ""}, Hugo},
	} {
		t.Run(test.name, func(t *testing.T) {
			g, err := FindGenerator(filepath.Join(write(t, test.files), test.dir))
			if err != nil {
				t.Fatal(err)
			}
			if g.Convention != test.want {
				t.Errorf("got %q from %q, want %q", g.Convention, g.File, test.want)
			}
		})
	}
}

func TestStatedWins(t *testing.T) {
	root := write(t, map[string]string{
		"hugo.toml":         "baseURL = 'https://example.org/blog/'\ntitle = 'Theirs'\nlanguageCode = 'fr'\n[params]\ndescription = 'D'\n[params.author]\nname = 'A'\nemail = 'a@example.org'\n",
		"content/site.yaml": "title: Mine\nauthor: B\n",
	})
	g, err := FindGenerator(filepath.Join(root, "content"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Load(filepath.Join(root, "content", "site.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "Mine" || s.Author != (Author{Name: "B"}) || s.Description != "D" || s.Language != "fr" || s.Address() != "https://example.org/blog/" || s.BaseURLStated {
		t.Errorf("got %q, %v, %q, %q, %q", s.Title, s.Author, s.Description, s.Language, s.Address())
	}
	var keys []string
	for _, said := range s.Taken() {
		keys = append(keys, said.Key)
	}
	if got, want := strings.Join(keys, " "), "address description language"; got != want {
		t.Errorf("taken: got %s, want %s", got, want)
	}
}

// TestPeopleOfDocusaurus reads the authors of a blog, with the pages that the
// site has for them.
func TestPeopleOfDocusaurus(t *testing.T) {
	g, err := FindGenerator(filepath.Join(write(t, map[string]string{
		"docusaurus.config.js": "export default {url: 'https://wind.example.org', baseUrl: '/', presets: [['classic', {blog: {routeBasePath: 'news'}}]]};",
		"blog/authors.yml": `
kim: {name: Kim Ono, url: "https://kim.example.org/", page: true, image_url: "https://kim.example.org/k.png"}
lee:
  name: Lee
  page: true
Ana: {name: Ana, page: {permalink: /all/ana}}
bob: {name: Bob, socials: {github: bobby, x: "@bob"}}
eve: {name: Eve, title: Nobody}
`,
	}), "blog"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Author{
		"kim": {Name: "Kim Ono", URL: "https://kim.example.org/", Avatar: "https://kim.example.org/k.png"},
		"lee": {Name: "Lee", URL: "https://wind.example.org/news/authors/lee"},
		"Ana": {Name: "Ana", URL: "https://wind.example.org/news/all/ana"},
		"bob": {Name: "Bob", URL: "https://x.com/bob"},
		"eve": {Name: "Eve"},
	}
	if !maps.Equal(g.People, want) {
		t.Errorf("got %v\nwant %v", g.People, want)
	}
}

// TestPlaceholdersAreNoAddress reads configurations as generators make them.
func TestPlaceholdersAreNoAddress(t *testing.T) {
	for _, test := range []struct{ file, src, want string }{
		{"hugo.toml", "baseURL = 'https://example.org/'", ""},
		{"hugo.toml", "baseURL = 'http://localhost:1313/'", ""},
		{"hugo.toml", "baseURL = 'https://example.org/blog/'", "https://example.org/blog/"},
		{"_config.yml", "url: http://yoursite.com\nsource_dir: source", ""},
		{"_config.yml", "url: https://mill.example.org", "https://mill.example.org/"},
		{"docusaurus.config.js", "export default {url: 'https://your-docusaurus-site.example.com', baseUrl: '/'}", ""},
	} {
		g, err := FindGenerator(write(t, map[string]string{test.file: test.src}))
		if err != nil || g.Address != test.want {
			t.Errorf("%s: %s: got %q, %v, want %q", test.file, test.src, g.Address, err, test.want)
		}
	}
}

func TestOnlyLiteralsAreRead(t *testing.T) {
	for _, test := range []struct {
		name, file, src, key, want string
	}{
		{"a text", "a.py", `A = 'b'`, "a", "b"},
		{"a text with a type", "a.py", `A: str = "b"  # why`, "a", "b"},
		{"texts side by side", "a.py", "A = ('b'\n     'c')", "a", "bc"},
		{"three quotation marks", "a.py", "A = \"\"\"b\nc\"\"\"\nB = 1", "b", "1"},
		{"the last of two", "a.py", "A = 'b'\nA = 'c'", "a", "c"},
		{"a name that was assigned before", "a.py", "A = 'b'\nC = A", "c", "b"},
		{"a tuple of tuples", "a.py", "P = ((\"x/*.md\", 'y'), # no\n     ('z',))", "p.1.0", "z"},
		{"a dictionary", "a.py", "D = {'k': [1, 2]}", "d.k.1", "2"},
		{"a truth value", "a.py", "A = True", "a", "true"},
		{"a call is none", "a.py", "A = f('b')", "a", ""},
		{"a sum is none", "a.py", "A = 'b' + c", "a", ""},
		{"a format is none", "a.py", "A = 'b'.format(x)", "a", ""},
		{"a comparison is none", "a.py", "A == 'b'", "a", ""},
		{"what is indented is none", "a.py", "if x:\n    A = 'b'", "a", ""},
		{"a text within a text is none", "a.py", "B = \"\"\"\nA = 'b'\n\"\"\"", "a", ""},
		{"a constant", "a.js", "export const A = 'b'", "a", "b"},
		{"a key of the exported object", "a.js", "module.exports = {a: `b`, c: {d: 1}}", "a", "b"},
		{"a key within", "a.js", "export default defineConfig({a: {'b-c': \"d\"}})", "a.b-c", "d"},
		{"a constant's name as a value", "a.ts", "const x: string = 'y';\nexport default {a: x};", "a", "y"},
		{"what a function returns", "a.js", "export default async function (c) {\n c.add('x', {dir: {input: 'no'}});\n return {\n dir: {input: 'y'} };\n}", "dir.input", "y"},
		{"a comment is none", "a.js", "export default { /* a: 'x', */ // a: 'y'\n a: 'z' }", "a", "z"},
		{"an expression is none", "a.js", "export default { a: 'x' + y }", "a", ""},
		{"a call's result is none", "a.js", "export default { a: f('x') }", "a", ""},
		{"an object in a list", "a.js", "export default { p: [['n', {a: 'x'}]] }", "p.a", "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := settings{}
			if err := set.decode(test.file, []byte(test.src), ""); err != nil {
				t.Fatal(err)
			}
			if got := set[test.key].text; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzConfiguration reads anything as each kind of configuration: without a
// panic and in bounded time.
func FuzzConfiguration(f *testing.F) {
	for _, src := range []string{
		"A = ('b', {'c': [1, None]})\n", "export default {a: {b: 'c'}, d: [`e`]}", "title = 'x'\n[params]\na = [1, {b = 2}]\n",
		"a: &x {b: c}\nd: *x\n", "{\"a\": [1, {\"b\": null}]}",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, name := range []string{"a.py", "a.js", "a.toml", "a.yml"} {
			set := settings{}
			if err := set.decode(name, []byte(src), ""); err == nil && len(set) > mostSettings {
				t.Errorf("%s: %d settings", name, len(set))
			}
			people(set)
			labels(set)
		}
	})
}
