package check

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the findings in testdata")

// served tells where the good documents of testdata are served, and as what.
var served = map[string]struct{ mediaType, url string }{
	"rss.txtar":     {"application/rss+xml; charset=utf-8", "https://feeds.example.org/rss.xml"},
	"atom.txtar":    {"application/atom+xml; charset=utf-8", "https://feeds.example.org/atom.xml"},
	"json.txtar":    {"application/feed+json", "https://feeds.example.org/feed.json"},
	"opml.txtar":    {"text/x-opml; charset=utf-8", "https://feeds.example.org/feeds.opml"},
	"sitemap.txtar": {"application/xml; charset=utf-8", "https://feeds.example.org/sitemap.xml"},
	"podcast.txtar": {"application/rss+xml; charset=utf-8", "https://feeds.example.org/rss.xml"},
	"page.txtar":    {"text/html; charset=utf-8", "https://feeds.example.org/"},
}

// TestDocument judges the documents of testdata: one good one in each file, and
// copies of it with one thing wrong.
func TestDocument(t *testing.T) {
	for file, at := range served {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			archive, good := load(t, file)
			if got := Document("good", at.mediaType, at.url, good); len(got) > 0 {
				t.Errorf("the good document: got %d findings, want none:\n%s", len(got), lines(got))
			}
			changed := false
			for i := range archive.Files[1:] {
				f := &archive.Files[1+i]
				t.Run(f.Name, func(t *testing.T) {
					body, edits, want := mutate(t, good, string(f.Data))
					got := lines(Document("bad", at.mediaType, at.url, body))
					if got == want {
						return
					}
					if !*update {
						t.Errorf("findings differ (-want +got):\n%s", cmp.Diff(want, got))
						return
					}
					if g, w := strings.Count(got, "\n"), strings.Count(want, "\n"); g != w {
						t.Errorf("got %d findings, want %d: not updated; correct the number of lines first:\n%s", g, w, got)
						return
					}
					f.Data, changed = []byte(edits+got), true
				})
			}
			if changed {
				if err := os.WriteFile(filepath.Join("testdata", file), txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func load(t testing.TB, file string) (archive *txtar.Archive, good []byte) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return archive, archive.Files[0].Data
}

var repeat = regexp.MustCompile(`REPEAT\((.*?),(\d+)\)`)

// mutate carries out the edits of a case and returns the findings it expects.
func mutate(t testing.TB, good []byte, text string) (body []byte, edits, want string) {
	t.Helper()
	var minus, plus []string
	for _, line := range strings.SplitAfter(text, "\n") {
		content := strings.TrimSuffix(strings.TrimPrefix(line[min(1, len(line)):], " "), "\n")
		switch {
		case line == "":
			continue
		case line[0] == '=':
			want += line
			continue
		case line[0] == '-':
			minus = append(minus, content)
		case line[0] == '+':
			plus = append(plus, content)
		case line[0] == '~':
			s, err := strconv.Unquote(content)
			if err != nil {
				t.Fatalf("%q: %v", content, err)
			}
			plus = append(plus, s)
		default:
			t.Fatalf("not an edit: %q", line)
		}
		edits += line
	}
	after := repeat.ReplaceAllStringFunc(strings.Join(plus, "\n"), func(s string) string {
		m := repeat.FindStringSubmatch(s)
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		return strings.Repeat(m[1], n)
	})
	if len(minus) == 0 {
		return []byte(after), edits, want
	}
	before := strings.Join(minus, "\n")
	if n := strings.Count(string(good), before); n != 1 {
		t.Fatalf("%q stands %d times in the good document, want once", before, n)
	}
	return []byte(strings.Replace(string(good), before, after, 1)), edits, want
}

// lines writes findings one to a line.
func lines(findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "= %d:%d %v %s", f.Line, f.Column, f.Level, f.Rule)
		if f.Entry != "" {
			fmt.Fprintf(&b, " (%s)", f.Entry)
		}
		fmt.Fprintf(&b, ": %s\n", f.Text)
	}
	return b.String()
}

// rules reads the names of all rules from their source.
func rules(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for _, source := range []string{"rule.go", "module.go", "podcast.go", "opml.go", "sitemap.go", "encoding.go"} {
		file, err := parser.ParseFile(gotoken.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		gather(t, file, names)
	}
	return names
}

// gather adds the names of the rules in a file.
func gather(t *testing.T, file *ast.File, names map[string]bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if id, ok := lit.Type.(*ast.Ident); !ok || id.Name != "rule" {
			return true
		}
		name, err := strconv.Unquote(lit.Elts[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		if names[name] {
			t.Errorf("two rules are called %s", name)
		}
		names[name] = true
		if len(lit.Elts) != 4 {
			t.Errorf("rule %s: got %d fields, want name, level, source and hint", name, len(lit.Elts))
		}
		return true
	})
}

// TestRules wants a document in testdata for each rule that judges a document,
// and a source and a hint in each finding.
func TestRules(t *testing.T) {
	untested := rules(t)
	if len(untested) < 100 {
		t.Fatalf("got %d rules, want all of them", len(untested))
	}
	// Tested by name below and in succession_test.go and edition_test.go.
	for _, name := range []string{"EncodingMismatch", "UnexpectedContentType", "NotUTF8", "UnknownEncoding", "ObscureEncoding", "InvalidOutlineType", "SitemapTooLarge", "NewsTooMany", "NewsTooOld",
		"NoTombstone", "BrokenLink", "IDsDiffer", "FormatsDiffer", "UpdatedBeforePublished", "Unreadable",
		"FeedIDChanged", "SelfChanged", "PublishedChanged", "UpdatedWentBack", "Reannounced", "FeedRemoved"} {
		delete(untested, name)
	}
	for file, at := range served {
		archive, good := load(t, file)
		for _, f := range archive.Files[1:] {
			body, _, _ := mutate(t, good, string(f.Data))
			for _, finding := range Document("bad", at.mediaType, at.url, body) {
				delete(untested, finding.Rule)
				if finding.Source == "" || finding.Hint == "" {
					t.Errorf("%s: %s: %s: got source %q and hint %q, want both", file, f.Name, finding.Rule, finding.Source, finding.Hint)
				}
			}
		}
	}
	for name := range untested {
		t.Errorf("no document in testdata offends against %s", name)
	}
}

func TestServedAs(t *testing.T) {
	_, rss := load(t, "rss.txtar")
	_, json := load(t, "json.txtar")
	tests := []struct {
		name      string
		mediaType string
		body      []byte
		want      string
	}{
		{"RSS served as Atom", "application/atom+xml", rss, "UnexpectedContentType"},
		{"RSS served as JSON", "application/feed+json", rss, ""},
		{"a JSON Feed served as plain text", "text/plain", json, "UnexpectedContentType"},
		{"RSS served in another encoding", "application/rss+xml; charset=iso-8859-1", rss, "EncodingMismatch"},
		{"a page served as a feed", "application/rss+xml", []byte("<?xml version=\"1.0\" encoding=\"utf-8\"?><page/>"), "UndefinedElement"},
		{"nothing served as a feed", "application/atom+xml", nil, "MissingEncoding SAXError"},
		{"nothing served as a JSON Feed", "application/feed+json", nil, "JSONSyntax"},
		{"an outline", "text/x-opml", []byte("<?xml version=\"1.0\" encoding=\"utf-8\"?><opml version=\"2.0\"><head/><body><outline text=\"a\"/></body></opml>"), ""},
		{"an outline of a type that OPML 1 does not have", "text/x-opml", []byte("<?xml version=\"1.0\" encoding=\"utf-8\"?><opml version=\"1.0\"><head/><body><outline text=\"a\" type=\"song\"/></body></opml>"), "InvalidOutlineType"},
		{"a style sheet", "text/css", []byte("rss { color: red }"), ""},
		{"other JSON", "application/json", []byte(`{"feed-menu": {}}`), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range Document("x", tt.mediaType, "", tt.body) {
				got = append(got, f.Rule)
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

// TestFlood judges documents with more faults than anybody reads.
func TestFlood(t *testing.T) {
	count := func(body string) (n [3]int) {
		for _, f := range Document("x", "", "", []byte(body)) {
			n[f.Level]++
		}
		return n
	}
	const head = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>`
	if got := count(head + strings.Repeat("<item/>", 5000)); got[Error] != maxFindings {
		t.Errorf("5000 errors: got %d findings, want %d", got[Error], maxFindings)
	}
	warnings := count(head + strings.Repeat(`<item><title/></item>`, 5000) + `<nonsense/></channel></rss>`)
	if warnings[Warning] != maxFindings || warnings[Error] == 0 {
		t.Errorf("5000 warnings and then an error: got %v, want %d warnings and the error", warnings, maxFindings)
	}
}

func TestFindingString(t *testing.T) {
	f := Finding{Document: "atom.xml", Line: 12, Column: 5, Level: Error, Rule: "InvalidRFC3339Date",
		Text: `updated: "2026-13-01" is not a date and time`, Hint: "write it as 2026-12-01T09:00:00Z"}
	want := "atom.xml:12:5: error: updated: \"2026-13-01\" is not a date and time [InvalidRFC3339Date]\n" +
		"    hint: write it as 2026-12-01T09:00:00Z"
	if got := f.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// wellFormed asks encoding/xml for a second opinion.
func wellFormed(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		if _, err := d.RawToken(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// FuzzDocument: no document makes the judge panic or find more than it may;
// what has no error in it is well-formed for encoding/xml too, and what can be
// read back reads the same each time.
func FuzzDocument(f *testing.F) {
	for file := range served {
		archive, good := load(f, file)
		f.Add(good)
		for _, c := range archive.Files[1:] {
			body, _, _ := mutate(f, good, string(c.Data))
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		errors := 0
		findings := Document("x", "", "https://feeds.example.org/rss.xml", body)
		if len(findings) > 3*maxFindings {
			t.Errorf("got %d findings, want %d at most", len(findings), 3*maxFindings)
		}
		last := 0
		for _, finding := range findings {
			if finding.Level == Error {
				errors++
			}
			if finding.Line < last {
				t.Errorf("line %d after line %d, want them in order", finding.Line, last)
			}
			last = finding.Line
		}
		plainXML := utf8.Valid(body) && !bytes.Contains(body, []byte{0}) && !bytes.Contains(body, []byte("<!DOCTYPE"))
		if errors == 0 && plainXML && sniff(body, "") == markup {
			if err := wellFormed(body); err != nil {
				t.Errorf("no error found, but encoding/xml says: %v", err)
			}
		}
		r, err := Read(body)
		if err != nil {
			return
		}
		again, err := Read(body)
		if err != nil || cmp.Diff(r.Entries, again.Entries, cmp.AllowUnexported(Entry{}, offering{}, place{})) != "" {
			t.Errorf("read twice: got another reading (%v), want the same", err)
		}
		if c := Compare(r, again); errors == 0 && len(c) != 0 {
			t.Errorf("compared with itself: got %v, want no change", c)
		}
	})
}
