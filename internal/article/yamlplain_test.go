package article

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// agree compares what plainYAML reads, when it reads anything, with what the
// YAML library makes of the same text.
func agree(t *testing.T, text string) (read bool) {
	t.Helper()
	got, read := plainYAML(text, 2, nil)
	if !read {
		return false
	}
	doc, err := loadYAML(text)
	if err != nil || doc == nil {
		t.Errorf("%q: read as %+v, where the library says %v", text, got, err)
		return true
	}
	budget := maxValues
	want, ok := yamlValue(doc, 1, &budget)
	if !ok {
		t.Errorf("%q: read, where the library finds too many values", text)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(value{}, entry{}, statements{}, naming{}, sequence{})); diff != "" {
		t.Errorf("%q: the library's reading (-), ours (+):\n%s", text, diff)
	}
	return true
}

func TestPlainFrontMatterIsReadAsTheLibraryReadsIt(t *testing.T) {
	for _, text := range []string{
		"title: The tides\ndate: 2024-05-18 08:30\n",
		"title: The tides",
		"title: \"The tides: a story\"   \ntags: [railways, travel, \"Lake #1\", 'a, b']\n",
		"title: 'Mehmet said \"no\"'\nauthor: Ana Petrova\n\n\ndraft: false\n",
		"tags: []\ncategories:\n- a\n- b c\n- 'd'\nx: y\n",
		"tags:\n  - a\n  - null\n\n  - \"\"\nempty:\nlast: null",
		"author:\n    name: Ana Petrova\n    url: https://example.org/ana?x=1\n    mail:\n",
		"url: https://example.org/a#b\nclock: 12:30:45\nversion: 1.20\ncountry: NO\n",
		"título: a\n", // the library reads this one
		"a: b\na: c\n",
		"title: 日本語の記事、一\ntags: [東京, 大阪]\n",
		"price: $5 (five)\nn: +5\npath: /a/b\n",
		"a.b: c\nx-y_z: 1\n",
	} {
		if !agree(t, text) && !strings.HasPrefix(text, "tí") {
			t.Errorf("%q: left to the library", text)
		}
	}
}

func TestWhatIsNotPlainIsLeftToTheLibrary(t *testing.T) {
	for _, text := range []string{
		"", "\n", "# a comment\n", "title: a # a comment\n", "title: a: b\n", "title: a:\n", "- a\n", "just a text\n",
		"title: a\n  b\n", "title:\n  a\n", "title: |\n  a\n", "title: >-\n  a\n", "title: &x a\n", "title: *x\n", "title: !!str a\n",
		"title: \"a\\u00e9\"\n", "title: 'it''s'\n", "title: \"a\n  b\"\n", "title: \"a\" b\n", "title:\ta\n", "title: ~\n",
		"tags: [a, ]\n", "tags: [a, [b]]\n", "tags: [a,\n  b]\n", "tags: [a: b]\n", "tags: [\"a\": b]\n", "tags: [, a]\n", "tags: [a] b\n",
		"tags:\n- a\n  b\n", "tags:\n- a: b\n", "tags:\n- - a\n", "tags:\n-\n", "tags:\n  - a\n - b\n", "tags:\n- a\nb\n",
		"author:\n  name: a\n   url: b\n", "author:\n  name: a\n url: b\n", "author:\n  name:\n    first: a\n", "author:\n  name: a\n  - b\n",
		"title: a\u2028b\n", "title: \ufeffa\n", "title: a\u0085b\n", "\ufefftitle: a\n", "<<: a\n", "? a\n", "a:b\n", "title: a\n...\n", "title: a\n--- \n",
		"title: \x7f\n", "title: a\x7fb\n", "title: é\x7f\n", "title: a\tb\n", "title: é\tb\n", strings.Repeat("a: b\n", mostPlain/5+1),
	} {
		if got, ok := plainYAML(text, 2, nil); ok {
			t.Errorf("%.40q: got %+v", text, got)
		}
	}
}

// The pieces of which generated front matter is made are such that most of it
// is nearly plain.
var yamlPieces = []string{
	"title: ", "date: ", "tags:", "author:", "a-b.c_d: ", "\n", "\n", "\n", "  ", " ", "- ", "  - ", "-", ":", ": ", ",", ", ", "[", "]", "{", "}", "\"", "'", "''", `\"`,
	"#", " #", "null", "~", "true", "2024-05-18", "12:30", "Ana Petrova", "žluťoučký", "日本", "|", ">", "&a", "*a", "!", "%", "@", "`", "?", "---", "...", "\t", "\u00a0", "\u0085", "\u2028", "\ufeff", "=", "<<", "/x", "(y)", "+1", "$z", "_",
	"[a, b]", "[\"a\", 'b']", "name: Jane\n", "  name: Jane\n  url: https://example.org/\n", "key:\n- a\n- b\n",
}

func TestGeneratedFrontMatterIsReadAsTheLibraryReadsIt(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 200_000 {
		var b strings.Builder
		for range random.IntN(14) {
			b.WriteString(yamlPieces[random.IntN(len(yamlPieces))])
		}
		if agree(t, b.String()) {
			read++
		}
		if t.Failed() {
			return
		}
	}
	if read < 1000 {
		t.Errorf("only %d texts were plain", read)
	}
}

func TestFrontMatterOfTheExamplesIsReadAsTheLibraryReadsIt(t *testing.T) {
	plain := 0
	err := filepath.WalkDir("testdata", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, part := range strings.Split("\n"+string(data), "\n---\n") {
			if len(part) > mostPlain {
				continue
			}
			for part != "" { // also what is cut off in the middle
				if agree(t, part) {
					plain++
				}
				part = part[:max(0, strings.LastIndexByte(part, '\n'))]
			}
		}
		return nil
	})
	if err != nil || plain < 100 {
		t.Errorf("%d pieces are plain, %v", plain, err)
	}
}

func FuzzPlainYAML(f *testing.F) {
	for i := range yamlPieces {
		f.Add(fmt.Sprintf("title: %s\ntags: [%s]\n%s", yamlPieces[i], yamlPieces[i], yamlPieces[i]))
	}
	f.Fuzz(func(t *testing.T, text string) { agree(t, text) })
}
