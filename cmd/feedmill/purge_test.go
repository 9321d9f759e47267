package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// TestPurgeLeavesNoByte purges one of many articles and looks through every byte
// of every file for words that only it had, compressed ones too, without the code
// that purge looks with.
func TestPurgeLeavesNoByte(t *testing.T) {
	d := newDesk(t, "archive: year\neach: [author, section]\nauthor: {name: The Desk}\n")
	for i := range 30 {
		d.story(fmt.Sprintf("story-%02d", i), fmt.Sprintf("date: %s", day.AddDate(0, -3*i, 0).Format("2006-01-02")), "Ordinary text of an ordinary day.")
	}
	d.file("2023/бургомистр-украл.md", `---
title: "Бургомистр украл & спрятал <деньги>"
date: 2023-05-04
summary: Kurzfassung über Zwölffinger
image: geheimnis.png
---
Der *Bürger*meister nahm "Schmiergeld" & mehr; that is xylophonic and \\quite unheard of.

![Beweisstück](beweis.png)

![The quay](../quay.png)
`)
	d.story("quay", "date: 2023-05-05", "The quay. ![The quay](quay.png)")
	d.file("quay.png", "a picture that both show")
	d.file("2023/geheimnis.png", "secret picture one")
	d.file("2023/beweis.png", "secret picture two")
	first := d.build(day)
	words := []string{"ургомистр", "украл", "спрятал", "Kurzfassung", "Zwölffinger", "Schmiergeld", "xylophonic", "Beweisst", "secret picture", "geheimnis", "beweis",
		"%D0%B1%D1%83%D1%80%D0%B3%D0%BE", `\u0443\u043a\u0440\u0430\u043b`}
	stands := func() (where []string) {
		for _, dir := range []string{d.o.feeds, filepath.Join(d.dir, ".feeds-state")} {
			err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				var body []byte
				if e.Type().IsRegular() {
					if body, err = os.ReadFile(name); err != nil {
						return err
					}
					if body, err = edition.Decode(name, body); err != nil {
						return err
					}
				}
				for _, word := range words {
					if strings.Contains(strings.ToLower(string(body)+name), strings.ToLower(word)) {
						where = append(where, name+": "+word)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return where
	}
	if before := stands(); len(before) < 20 {
		t.Fatalf("before it is purged it stands in %q only", before)
	}
	var stdout, stderr bytes.Buffer
	if err := d.o.purge(t.Context(), "бургомистр-украл", purgation{}, &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	if left := stands(); len(left) > 0 {
		t.Errorf("it is left in %q\n%s", left, &stdout)
	}
	// The process that built before, and had it in memory, does not bring it back.
	out := d.build(day.Add(1))
	if left := stands(); len(left) > 0 || len(d.m.good) != 31 {
		t.Errorf("after the next build it is left in %q; %d last good forms, want 31", left, len(d.m.good))
	}
	// Nor does what is noted of a build, when files are old enough for a note.
	d.build(time.Now().Add(time.Hour))
	if left := stands(); len(left) > 0 {
		t.Errorf("an hour later it is left in %q", left)
	}
	for doc := range out.edition.Documents() {
		was, ok := first.edition.Document(doc.Path)
		if doc.Kind == edition.Archive && strings.HasPrefix(doc.Path, "archive/2022/") && (!ok || was.Digest != doc.Digest) {
			t.Errorf("%s changed, which never had it", doc.Path)
		}
	}
}

// TestSearch looks for one sentence in all the forms that it has in documents.
func TestSearch(t *testing.T) {
	s := &search{passages: map[string]bool{}}
	s.take("The mayor's brother took forty thousand & more on the quay, at night.")
	s.take("mayor-took-bribes")
	s.name("tag:example.org,2026:news/mayor", "articles/mayor-took-bribes/")
	for form, text := range map[string]string{
		"plain":              "They say: the mayor's brother took forty thousand & more on the quay.",
		"HTML":               "<p>The mayor&rsquo;s <em>brother</em> took&nbsp;forty <a href=\"x\">thousand</a> &amp; more on the <b>quay</b>",
		"HTML in XML":        "&lt;p&gt;mayor&#39;s brother took forty thousand &amp;amp; more on&lt;br&gt;the quay",
		"JSON":               `"content_html": "<p>brother took forty\nthousand \u0026 more on the qu\u0061y"`,
		"an address":         "<link>https://example.org/articles/mayor-took-bribes/</link>",
		"an encoded address": "https://example.org/articles/mayor%2dtook%2dbribes/",
		"its id":             `{"id":"tag:example.org,2026:news/mayor"}`,
		"words of its slug":  "a_mayor_took_bribes.png",
	} {
		if passage, name := s.in(text); passage == "" && name == "" {
			t.Errorf("%s: not found in %q", form, text)
		}
	}
	for what, text := range map[string]string{
		"another id":      `{"id":"tag:example.org,2026:news/mayor-of-skopje"}`,
		"an id below it":  `{"id":"tag:example.org,2026:news/mayor/2"}`,
		"some words":      "The mayor's brother took forty winks.",
		"another address": "/articles/the-mayor/",
	} {
		if passage, name := s.in(text); passage != "" || name != "" {
			t.Errorf("%s: found %q, %q in %q", what, passage, name, text)
		}
	}
	said := s.except("A comment: brother took forty thousand and more. See articles/mayor-took-bribes/.")
	if len(said) != 2 {
		t.Errorf("a comment says %q, want a name and a passage", said)
	}
	if _, name := s.in("https://example.org/articles/mayor-took-bribes/"); name != "" {
		t.Errorf("what another article says is still looked for: %q", name)
	}
}

// TestPurgeBesideServe purges while a server runs that looks for articles once
// an hour.
func TestPurgeBesideServe(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, nil)
	r := start(t, dir, "--schedule", "@every 1h", "--watch=false")
	const page = "articles/lake-railway/"
	answers := func(want int) func() bool {
		return func() bool {
			status, _, _ := r.get(page)
			return status == want
		}
	}
	r.wait("the page", answers(http.StatusOK))
	cmd := exec.Command("feedmill", "purge", "lake-railway")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	r.wait("the page to be gone", answers(http.StatusNotFound))
	if status, body, _ := r.get("rss.xml"); status != http.StatusOK || strings.Contains(body, "railway") {
		t.Errorf("rss.xml answers %d, %s", status, body)
	}
}
