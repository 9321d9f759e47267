package check

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"

	"github.com/rogpeppe/go-internal/txtar"
)

// told returns feeds in all formats whose entries have the texts given, by their
// slugs.
func told(texts map[string]string, slugs ...string) []edition.Document {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	docs := feedDocs(slugs...)
	var all []edition.Document
	for _, d := range docs {
		body := string(d.Content())
		for _, slug := range slugs {
			text := texts[slug]
			switch d.Path {
			case "rss.xml":
				body = strings.Replace(body, "<description>x</description>", "<description>"+escape.Replace(text)+"</description>", 1)
			case "atom.xml":
				body = strings.Replace(body, "<content>x</content>", `<content type="html"><![CDATA[`+text+`]]></content>`, 1)
			case "feed.json":
				body = strings.Replace(body, `"content_text": "x"`, fmt.Sprintf(`"content_html": %q`, text), 1)
			}
		}
		all = append(all, edition.Bytes(d.Path, d.Type, d.Kind, []byte(body)))
	}
	all = append(all, page("index.html"))
	for _, slug := range slugs {
		all = append(all, page("articles/"+slug+"/index.html"))
	}
	return all
}

// TestTextsAreJudgedOnce: a text that stands in all formats is judged once, and
// after an edit only what is new; what is wrong with it is said every time.
func TestTextsAreJudgedOnce(t *testing.T) {
	long := strings.Repeat("The alliance said on Monday that it was considering an increase. ", 10)
	texts := map[string]string{"a": "<p>" + long + "</p>", "b": "<p>" + long + "</b>"}
	var r Reader
	first := published(t, nil, told(texts, "a", "b")...)
	found := r.Edition(nil, first, nil, time.Time{})
	if got := len(r.proses.known); got != 2 {
		t.Errorf("got %d texts, want 2", got)
	}
	texts["a"] = "<p>" + long + "More.</p>"
	second := published(t, nil, told(texts, "a", "b")...)
	again := r.Edition(first, second, nil, time.Time{})
	if got := len(r.proses.known); got != 3 {
		t.Errorf("after an edit: got %d texts, want 3", got)
	}
	if len(found) != 3 || !slices.Equal(offences(found), offences(again)) {
		t.Errorf("got %v, then %v; want NotHtml in each format", offences(found), offences(again))
	}
	pairs, _ := r.Pairs(first, second)
	for _, p := range pairs {
		if changes := p.Changes(); len(changes) != 1 || changes[0].ID != id("a") {
			t.Errorf("%s: got %v, want a change of a", p.Document, changes)
		}
	}
	if len(pairs) != 3 || len(r.kept) != 3 || len(r.last) != 3 {
		t.Errorf("got %d pairs, and kept %d feeds in order %d; want those of the second edition", len(pairs), len(r.kept), len(r.last))
	}
}

func offences(findings []Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Document+" "+f.Entry+" "+f.Rule)
	}
	return all
}

// TestProsesAreBounded: of any number of texts the latest are remembered.
func TestProsesAreBounded(t *testing.T) {
	var m proses
	text := func(i int) []byte { return fmt.Appendf(nil, "<p>%*d</p>", memorable, i) }
	for i := range 5 * mostProses {
		m.of(text(i))
		m.of(text(0)) // asked for all the time
	}
	if len(m.known)+len(m.before) > 2*mostProses {
		t.Errorf("got %d texts, want %d at most", len(m.known)+len(m.before), 2*mostProses)
	}
	for i, want := range map[int]bool{0: true, 5*mostProses - 1: true, 1: false} {
		p := m.recall(keyOf(text(i)))
		if got := p != nil; got != want {
			t.Errorf("text %d: got %v, want %v", i, got, want)
		}
	}
}

// TestExamine: what is found and read in one pass, with texts remembered, is what
// judging finds and reading back reads.
func TestExamine(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "small.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(13, 14))
	bodies := [][]byte{
		// Judging ends before reading.
		[]byte(`<rss version="2.0"><channel><title>T</title>` + strings.Repeat("<item><guid>x</guid></item>", 1200) + "</channel></rss>"),
		[]byte(`{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[` + strings.Repeat(`{"id":"x"},`, 1200) + `{"id":"y"}]}`),
		// Judging goes by the charset that it is told.
		[]byte("<?xml version=\"1.0\" encoding=\"koi8-r\"?><rss version=\"2.0\"><channel><title>\xf0\xd2\xc9</title></channel></rss>"),
		[]byte("<rss version=\"2.0\"><channel><title>\xe4</title></channel></rss>"),
	}
	for range 4000 {
		bodies = append(bodies, mutated(r, archive.Files[r.IntN(len(archive.Files))].Data, archive.Files[r.IntN(len(archive.Files))].Data))
	}
	var known proses
	for i, body := range bodies {
		s := Source{Path: "x", URL: "https://feeds.example.org/rss.xml"}
		if i%2 == 1 {
			s.Type = "application/rss+xml; charset=iso-8859-1"
		}
		want, wantErr := Read(body)
		findings, got, err := s.examine(body, true, &known)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Fatalf("%q: got\n%+v %v\nwant\n%+v %v", body, got, err, want, wantErr)
		}
		if judged := s.Judge(body); !slices.Equal(findings, judged) {
			t.Fatalf("%q: got\n%v\nwant\n%v", body, findings, judged)
		}
	}
}

// TestTextIsShownAsByteByByte compares what is looked at eight bytes at a time with
// what is looked at one by one.
func TestTextIsShownAsByteByByte(t *testing.T) {
	const letters = "abcdefghijklmnopq      \n\t\r\x01\v\xc3"
	r := rand.New(rand.NewPCG(3, 4))
	for range 50000 {
		v := make([]byte, r.IntN(40))
		for i := range v {
			v[i] = letters[r.IntN(len(letters))]
		}
		var got showing
		got.write(v)
		if want := strings.Join(strings.FieldsFunc(string(v), func(r rune) bool { return r < 0x80 && isSpace(byte(r)) }), " "); string(got.text) != want {
			t.Fatalf("%q: got %q, want %q", v, got.text, want)
		}
		if isShown(v) && visible(string(v)) != string(v) {
			t.Fatalf("%q is shown as %q", v, visible(string(v)))
		}
	}
	for _, v := range []string{"", "a", "a b", "Tides turn at noon."} {
		if !isShown([]byte(v)) {
			t.Errorf("%q is not known to be shown as it is", v)
		}
	}
}
