package article

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// parseMeta parses an article with these lines in its front matter.
func parseMeta(t *testing.T, meta, body string) (*Article, []Problem) {
	t.Helper()
	a, problems := Parse("a.md", []byte("---\ntitle: The dam\n"+meta+"\n---\n"+body+"\n"), Options{})
	if a == nil {
		t.Fatalf("kept out: %v", problems)
	}
	return a, problems
}

func TestShowing(t *testing.T) {
	for name, test := range map[string]struct {
		meta     string
		want     Showing
		problems int
	}{
		"nothing said":                 {"", Showing{}, 0},
		"true is nothing said":         {"feed: true", Showing{}, 0},
		"false":                        {"feed: false", Showing{Nowhere: true}, 0},
		"no":                           {"feed: no", Showing{Nowhere: true}, 0},
		"the summary alone":            {"feed: summary", Showing{Summary: true}, 0},
		"one feed by its name":         {"feed: kosovo", Showing{Only: []string{"kosovo"}}, 0},
		"several":                      {"feeds: [site, /tags/dam/]", Showing{Only: []string{"site", "tags/dam"}}, 0},
		"what cannot be read: nowhere": {"feed: {a: b}", Showing{Nowhere: true}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			a, problems := parseMeta(t, test.meta, "Text.")
			if !reflect.DeepEqual(a.Showing, test.want) || len(problems) != test.problems {
				t.Errorf("got %+v and problems %v, want %+v and %d", a.Showing, problems, test.want, test.problems)
			}
		})
	}
}

func TestAWithdrawnStorySaysThatAndNothingElse(t *testing.T) {
	const story = "The dam *broke*. ![](dam.jpg)"
	before, _ := parseMeta(t, "tags: [dam]", story)
	a, _ := parseMeta(t, "tags: [dam]\nstatus: withdrawn\ncorrection: The dam < stands & holds.\nimage: dam.jpg\nsummary: It broke.", story)
	body, err := a.Body(fromArticle)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, body.HTML)
	if want := "<p>This story was withdrawn.</p>\n<p>The dam &lt; stands &amp; holds.</p>"; body.HTML != want {
		t.Errorf("body %q, want %q", body.HTML, want)
	}
	if a.Picture != nil || strings.Contains(body.Summary+body.Text, "broke") {
		t.Errorf("picture %v, summary %q: something of the story is left", a.Picture, body.Summary)
	}
	if a.Title != before.Title || len(a.Tags) != 1 {
		t.Errorf("title %q, tags %v, want them as they were", a.Title, a.Tags)
	}
	if a.Digest == before.Digest {
		t.Error("the digest is the same, so nobody would be told")
	}
	if empty, problems := Parse("a.md", []byte("---\ntitle: The dam\nstatus: withdrawn\n---\n"), Options{}); empty == nil {
		t.Errorf("without text it is kept out: %v", problems)
	}
}

func TestACorrectionStandsAtTheEnd(t *testing.T) {
	plain, _ := parseMeta(t, "", "The dam broke.")
	a, _ := parseMeta(t, `correction: "An earlier version named the <wrong> dam."`, "The dam broke.")
	body, err := a.Body(fromArticle)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, body.HTML)
	if want := "<p>The dam broke.</p>\n<p><em>An earlier version named the &lt;wrong&gt; dam.</em></p>"; body.HTML != want {
		t.Errorf("body %q, want %q", body.HTML, want)
	}
	if want := "The dam broke.\n\nAn earlier version named the <wrong> dam."; body.Text != want {
		t.Errorf("text %q, want %q", body.Text, want)
	}
	if body.Summary != "The dam broke." {
		t.Errorf("summary %q, want that of the story", body.Summary)
	}
	if a.Digest == plain.Digest {
		t.Error("the digest is the same, so nobody would be told")
	}
}

func TestUntil(t *testing.T) {
	a, _ := parseMeta(t, "expires: 2026-03-01T12:00:00Z", "Text.")
	if want := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC); !a.Until.Equal(want) {
		t.Errorf("until %v, want %v", a.Until, want)
	}
	if a, problems := Parse("a.md", []byte("---\nexpires: soon\n---\nText.\n"), Options{}); a != nil {
		t.Errorf("an end that cannot be read is passed over: %v", problems)
	}
}
