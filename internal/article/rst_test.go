package article

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestRSTGoldens renders the files of testdata/rst/*.txtar; behind each stands
// what becomes of it.
func TestRSTGoldens(t *testing.T) {
	archives, err := filepath.Glob("testdata/rst/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		wants := map[string]string{}
		for _, f := range archive.Files {
			wants[f.Name] = string(f.Data)
		}
		got := &txtar.Archive{Comment: archive.Comment}
		for _, f := range archive.Files {
			if !strings.HasSuffix(f.Name, ".rst") {
				continue
			}
			text := shownRST(t, f.Data)
			if *update {
				got.Files = append(got.Files, f, txtar.File{Name: f.Name + ".want", Data: []byte(text)})
			} else if diff := cmp.Diff(wants[f.Name+".want"], text); diff != "" {
				t.Errorf("%s: %s (-want +got)\n%s", filepath.Base(name), f.Name, diff)
			}
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// shownRST is the article of a source, as feeds show it, and its problems.
func shownRST(t *testing.T, src []byte) string {
	t.Helper()
	a, problems := Parse("a.rst", src, Options{})
	var b strings.Builder
	if a != nil {
		body, err := a.Body(func(ref string) string {
			if strings.Contains(ref, "://") || strings.HasPrefix(ref, "mailto:") {
				return ref
			}
			return "https://example.org/a/" + ref
		})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("title: " + a.Title + "\n" + body.HTML + "\n")
	}
	for _, p := range problems {
		b.WriteString("problem " + p.String() + "\n")
	}
	return b.String()
}

// FuzzRST renders anything: without a panic, in bounded time, twice the same,
// and to markup that holds no script.
func FuzzRST(f *testing.F) {
	archives, err := filepath.Glob("testdata/rst/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
	for _, piece := range []string{
		"*a ", "**a ", "``a ", "a_ `b`_ ", "|a ", "[#]_ ", ".. [#] a\n", "a\n====\n\nb\n----\n\n", "a\n b\n\n", ":a: b\n",
		".. note:: ", "- ", ".. _a: b_\n", "+--+\n|a |\n", "| a\n", "a::\n\n b\n\n", "====\n", " a\n",
	} {
		f.Add(strings.Repeat(piece, 50))
	}
	f.Fuzz(func(t *testing.T, src string) {
		once, _ := rstHTML(src)
		if again, _ := rstHTML(src); again != once {
			t.Errorf("got %q, then %q", once, again)
		}
		a, _ := Parse("a.rst", []byte(src), Options{})
		if a == nil {
			return
		}
		body, err := a.Body(func(ref string) string { return "https://example.org/" })
		if err != nil {
			return // too much of it: a problem of its own
		}
		for _, bad := range []string{"<script", "<iframe", `="javascript:`} {
			if strings.Contains(body.HTML, bad) {
				t.Errorf("%q holds %s", body.HTML, bad)
			}
		}
	})
}

// BenchmarkRST parses and renders an article of 4 KB.
func BenchmarkRST(b *testing.B) {
	src := []byte("The Lake\n########\n\n:date: 2020-01-02\n\n" + strings.Repeat("A *paragraph* of `some <https://example.com>`_ words,\nover two lines.\n\n- one\n- two\n\n", 45))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		a, _ := Parse("a.rst", src, Options{})
		if _, err := a.Body(func(ref string) string { return ref }); err != nil {
			b.Fatal(err)
		}
	}
}
