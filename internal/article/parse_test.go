package article

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite what the golden files want")

// TestParseGoldens parses every file of testdata/parse/*.txtar. An archive
// holds articles and, behind each, a file of the same name with ".want": the
// article that comes out and its problems. The archive's comment may set the
// options, "zone: …" and "language: …".
func TestParseGoldens(t *testing.T) {
	archives, err := filepath.Glob("testdata/parse/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			opt := optionsIn(t, string(archive.Comment))
			wants := make(map[string]string)
			for _, f := range archive.Files {
				if in, ok := strings.CutSuffix(f.Name, ".want"); ok {
					wants[in] = string(f.Data)
				}
			}
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				if strings.HasSuffix(f.Name, ".want") {
					continue
				}
				a, problems := Parse(f.Name, f.Data, opt)
				text := readable(a, problems)
				want := wants[f.Name]
				if *update {
					if before := strings.Count(want, "\nproblem "); want != "" && before != len(problems) {
						t.Errorf("%s: has %d problems, had %d: remove what it wants first, if that is meant\n%s", f.Name, len(problems), before, text)
						text = want
					}
					got.Files = append(got.Files, f, txtar.File{Name: f.Name + ".want", Data: []byte(text)})
				} else if diff := cmp.Diff(want, text); diff != "" {
					t.Errorf("%s (-want +got)\n%s", f.Name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(name, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func optionsIn(t *testing.T, comment string) Options {
	var opt Options
	for line := range strings.Lines(comment) {
		key, val, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "zone":
			zone, err := time.LoadLocation(val)
			if err != nil {
				t.Fatal(err)
			}
			opt.Zone = zone
		case "language":
			opt.Language = val
		}
	}
	return opt
}

// readable writes an article as a person would want to compare it: what is
// empty is left out.
func readable(a *Article, problems []Problem) string {
	var b strings.Builder
	line := func(key, val string) {
		if val != "" {
			fmt.Fprintf(&b, "%-9s %s\n", key, val)
		}
	}
	if a == nil {
		line("kept", "out")
	} else {
		line("title", a.Title)
		line("slug", a.Slug)
		line("id", a.ID)
		for _, p := range a.Authors {
			line("author", strings.TrimSpace(p.Name+" "+p.Email+" "+p.URL+" "+p.Avatar))
		}
		for _, c := range a.Contributors {
			line("with", strings.TrimSpace(c.Role+": "+c.Name+" "+c.Email+" "+c.URL+" "+c.Avatar))
		}
		line("section", a.Section)
		line("tags", strings.Join(a.Tags, " | "))
		line("language", a.Language)
		line("summary", a.body.summary)
		line("place", a.Place)
		if a.Point != nil {
			line("point", fmt.Sprint(a.Point.Latitude, " ", a.Point.Longitude))
		}
		line("rights", a.Rights)
		line("published", stamp(a.Published))
		line("updated", stamp(a.Updated))
		if a.Draft {
			line("draft", "yes")
		}
		if p := a.Picture; p != nil {
			size := ""
			if p.Width+p.Height > 0 {
				size = fmt.Sprintf(" of %d by %d", p.Width, p.Height)
			}
			line("picture", fmt.Sprintf("src %q alt %q caption %q credit %q", p.Src, p.Alt, p.Caption, p.Credit)+size)
			line("pictured", p.Title)
		}
		for _, e := range a.Enclosures {
			line("enclosure", fmt.Sprintf("src %q type %q title %q length %d duration %v", e.Src, e.Type, e.Title, e.Length, e.Duration))
		}
		line("banner", a.Banner)
		if a.Episode != nil {
			line("episode", fmt.Sprintf("%+v", *a.Episode))
		}
		line("external", a.External)
		for _, l := range a.Links {
			line("link", strings.TrimSpace(fmt.Sprintf("%s %s type %q language %q title %q length %d", l.Rel, l.Href, l.Type, l.Language, l.Title, l.Length)))
		}
		if a.Source != nil {
			line("source", fmt.Sprintf("%+v", *a.Source))
		}
		line("body", fmt.Sprintf("from line %d", a.body.line))
		for l := range strings.SplitSeq(a.body.text, "\n") {
			b.WriteString(strings.TrimRight("| "+l, " ") + "\n")
		}
	}
	for _, p := range problems {
		fmt.Fprintf(&b, "problem   %s [%s] %s\n", p.Severity, p.Code, p)
	}
	return b.String()
}

func stamp(at Instant) string {
	if at.IsZero() {
		return ""
	}
	return at.String()
}

func TestWireStoryComesOutWhole(t *testing.T) {
	src, err := os.ReadFile("testdata/seed/000_ee2d5c45ba387dc9.txt")
	if err != nil {
		t.Fatal(err)
	}
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	a, problems := Parse("000_ee2d5c45ba387dc9.txt", src, Options{Zone: skopje, Language: "en"})
	if len(problems) > 0 {
		t.Fatalf("got problems %v, want none", problems)
	}
	for _, c := range []struct{ what, got, want string }{
		{"title", a.Title, "Nato considers permanent increase in military presence in Kosovo"},
		{"authors", fmt.Sprint(a.Authors), "[{Valentina Dimitrievska   }]"},
		{"place", a.Place, "Skopje"},
		{"published", a.Published.String(), "2023-11-20T00:00:00+01:00"},
		{"caption", a.Picture.Caption, "Nato Secretary General Jens Stoltenberg with Kosovo's President Vjosa Osmani."},
		{"credit", a.Picture.Credit, "Nato"},
		{"picture", a.Picture.Src, ""},
		{"slug", a.Slug, "000-ee2d5c45ba387dc9"},
		{"line of the text", fmt.Sprint(a.body.line), "7"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	paragraphs := strings.Split(a.body.text, "\n\n")
	if len(paragraphs) != 10 {
		t.Errorf("got %d paragraphs, want 10", len(paragraphs))
	}
	// The text that stays is the file's own, to the byte: quotation marks,
	// apostrophes and no-break spaces included.
	_, tail, _ := strings.Cut(string(src), "November 20, 2023\n\n")
	if a.body.text != strings.TrimRight(tail, "\n") {
		t.Errorf("the text is not that of the file: %s", cmp.Diff(tail, a.body.text))
	}
}

func TestParseRefusesWhatIsTooLarge(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit int
	}{{"a.md", 1 << 20}, {"a.txt", 4 << 20}, {"a.html", 4 << 20}} {
		fits := []byte("Title\n\n" + strings.Repeat("word ", c.limit/5))[:c.limit]
		if a, problems := Parse(c.name, fits, Options{}); a == nil {
			t.Errorf("%s of %d bytes: got %v, want an article", c.name, len(fits), problems)
		}
		a, problems := Parse(c.name, append(fits, 'x'), Options{})
		if a != nil || len(problems) != 1 || problems[0].Code != "too-large" || problems[0].Severity != Error {
			t.Errorf("%s of %d bytes: got %v, want it refused as too-large", c.name, len(fits)+1, problems)
		}
	}
}

func TestDigestNamesTitleAndText(t *testing.T) {
	digest := func(name, src string) string {
		t.Helper()
		a, problems := Parse(name, []byte(src), Options{})
		if a == nil {
			t.Fatal(problems)
		}
		return a.Digest.String()
	}
	story := digest("story.md", "---\ntitle: A storm\ntags: [sea]\n---\nIt blew.\n")
	for _, c := range []struct {
		what, name, src string
		same            bool
	}{
		{"lies elsewhere", "2024/other.md", "---\ntitle: A storm\ntags: [sea]\n---\nIt blew.\n", true},
		{"has its metadata in TOML", "story.md", "+++\ntitle = \"A storm\"\n+++\nIt blew.\n", true},
		{"has CRLF line ends", "story.md", "---\r\ntitle: A storm\r\n---\r\nIt blew.\r\n", true},
		{"has a byte order mark and empty lines around it", "story.md", "\uFEFF---\ntitle: A storm\n---\n\n\nIt blew.\n\n", true},
		{"says something else", "story.md", "---\ntitle: A storm\n---\nIt blew hard.\n", false},
		{"is called something else", "story.md", "---\ntitle: The storm\n---\nIt blew.\n", false},
	} {
		if got := digest(c.name, c.src) == story; got != c.same {
			t.Errorf("the story that %s: got the same digest %v, want %v", c.what, got, c.same)
		}
	}
	if digest("a-storm.md", "    code\n") != digest("the-calm.md", "    code\n") {
		t.Error("the name of a file changes the digest of a text without title")
	}
	if len(story) != 64 {
		t.Errorf("got the digest %q, want 64 hexadecimal digits", story)
	}
}

func TestParserThatPanicsCostsOneArticle(t *testing.T) {
	p := &parsing{a: New("a.md")}
	a, problems := p.result(func() { panic("index out of range") })
	if a != nil || len(problems) != 1 || problems[0].Severity != Error || problems[0].String() != "a.md: parser failed: index out of range" {
		t.Errorf("got %v, %v, want no article and the problem", a, problems)
	}
}

// TestNothingIsLeftInTheRoomOfAParser parses in a room in which every field was
// set.
func TestNothingIsLeftInTheRoomOfAParser(t *testing.T) {
	const name, src = "a.md", "---\ntitle: A\n---\nText.\n"
	want, _ := Parse(name, []byte(src), Options{})
	var p Parser
	a, _ := p.Parse(name, []byte(src), Options{})
	var n int64
	fill(t, reflect.ValueOf(a).Elem(), &n, time.UTC)
	a.body.text, a.body.values = "Left.", map[string]string{"left": "here"}
	got, _ := p.Parse(name, []byte(src), Options{})
	if got != a {
		t.Error("the next article has a room of its own")
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSourceMayChange changes what was parsed: nothing of Parse's article is
// part of it, and of that of a Parser none of the problems.
func TestSourceMayChange(t *testing.T) {
	archives, err := filepath.Glob("testdata/parse/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			a, problems := Parse(file.Name, file.Data, Options{})
			src := bytes.Clone(file.Data)
			again, same := Parse(file.Name, src, Options{})
			_, shared := new(Parser).Parse(file.Name, src, Options{})
			for i := range src {
				src[i] = '!'
			}
			if diff := cmp.Diff(a, again, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" {
				t.Errorf("%s: %s changed with the source: %s", name, file.Name, diff)
			}
			if diff := cmp.Diff([][]Problem{problems, problems}, [][]Problem{same, shared}); diff != "" {
				t.Errorf("%s: the problems of %s changed with the source: %s", name, file.Name, diff)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	seed, err := os.ReadFile("testdata/seed/000_ee2d5c45ba387dc9.txt")
	if err != nil {
		b.Fatal(err)
	}
	prose := strings.Repeat("The committee met on Tuesday and decided nothing at all of any weight.\n\n", 60)[:4000]
	for _, c := range []struct{ name, src string }{
		{"wire.txt", string(seed) + prose[:2000]},
		{"story.md", "---\ntitle: A storm\ndate: 2024-05-06 07:08:09 +0200\ntags: [sea, wind]\nauthor: Jane Doe\n---\n" + prose},
		{"page.html", "<!doctype html><html lang=en><head><title>A storm | Site</title><meta name=author content='Jane Doe'></head><body><nav>x</nav><article><h1>A storm</h1><p>" + strings.ReplaceAll(prose, "\n\n", "</p>\n<p>") + "</article></body></html>"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.src)))
			b.ReportAllocs()
			for b.Loop() {
				if a, problems := Parse(c.name, []byte(c.src), Options{Language: "en"}); a == nil {
					b.Fatal(problems)
				}
			}
		})
	}
}
