package article

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// written is an article with a text.
func written(path string, text *source) *Article {
	a := New(path)
	a.body = text
	return a
}

// bodyOf renders a source whose article lies at https://example.org/a/.
func bodyOf(t *testing.T, format Format, text string) Body {
	t.Helper()
	a := written("a.md", &source{format: format, text: text, line: 1, slug: "ports"})
	body, err := a.Body(fromArticle)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// fromArticle resolves against https://example.org/a/; whatever is called gone
// leads nowhere.
func fromArticle(ref string) string {
	switch {
	case strings.Contains(ref, "gone"):
		return ""
	case strings.HasPrefix(ref, "//"):
		return "https:" + ref
	case strings.HasPrefix(ref, "/"):
		return "https://example.org" + ref
	case strings.HasPrefix(ref, "#"), !strings.Contains(strings.SplitN(ref, "/", 2)[0], ":"):
		return "https://example.org/a/" + ref
	}
	return ref
}

// mustHold fails when a body is not safe and settled: it is the oracle of the
// fuzz test and of the corpus of attacks.
func mustHold(t *testing.T, markup string) {
	t.Helper()
	tree, err := parseAny([]byte(markup))
	if err != nil {
		t.Fatalf("the body cannot be read again: %v\n%s", err, markup)
	}
	if again := string(appendChildren(nil, tree)); again != markup {
		t.Errorf("the body reads differently the second time:\n got %s\nwant %s", again, markup)
	}
	mustPass(t, markup)
	for n := range tree.Descendants() {
		switch n.Type {
		case html.TextNode:
			continue
		case html.ElementNode:
		default:
			t.Errorf("a node that is neither element nor text in %s", markup)
		}
		switch n.Data {
		case "script", "style", "iframe", "object", "embed", "meta", "link", "base", "form", "input",
			"button", "select", "textarea", "svg", "math", "template", "noscript", "frame", "frameset":
			t.Errorf("<%s> in %s", n.Data, markup)
		}
		for p := n.Parent; p != nil && n.DataAtom == atom.P; p = p.Parent {
			if p.DataAtom == atom.P {
				t.Errorf("a paragraph in a paragraph in %s", markup)
			}
		}
		for _, attr := range n.Attr {
			switch attr.Key {
			case "href":
				mustLead(t, attr.Val, true)
			case "src", "poster", "cite":
				mustLead(t, attr.Val, false)
			case "srcset":
				for candidate := range strings.SplitSeq(attr.Val, ", ") {
					mustLead(t, candidate, false)
				}
			default:
				if strings.HasPrefix(attr.Key, "on") || strings.HasPrefix(attr.Key, "data-") || attr.Key == "style" || attr.Key == "srcdoc" {
					t.Errorf("attribute %s in %s", attr.Key, markup)
				}
			}
		}
	}
}

func mustLead(t *testing.T, address string, link bool) {
	t.Helper()
	for _, scheme := range []string{"http://", "https://"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			return
		}
	}
	if link && (strings.HasPrefix(strings.ToLower(address), "mailto:") || strings.HasPrefix(strings.ToLower(address), "tel:")) {
		return
	}
	t.Errorf("address %q is not absolute", address)
}

func FuzzBody(f *testing.F) {
	for _, attack := range attacks {
		f.Add(int(HTML), attack.markup)
		f.Add(int(Markdown), attack.markup)
	}
	f.Add(int(RST), ".. |a| replace:: *b*\n\n|a| `c <d>`_ [1]_ {{% e %}}\n\n.. [1] f\n\n.. raw:: html\n\n   <g>")
	f.Add(int(Text), "A\n=\n\n- a\n- b\n\n> c\n\nhttps://example.org/(x).\n")
	f.Add(int(Markdown), "a[^1]\n\n| a |\n|---|\n| b |\n\n- [x] c\n\n[^1]: d\n")
	f.Fuzz(func(t *testing.T, format int, text string) {
		if format < int(Text) || format > int(RST) || len(text) > 1<<14 {
			return
		}
		a := written("a.md", &source{format: Format(format), text: text, line: 1, slug: "ports"})
		body, err := a.Body(func(ref string) string { return "https://example.org/" + ref })
		if err != nil {
			return
		}
		mustHold(t, body.HTML)
		again, err := a.Body(func(ref string) string { return "https://example.org/" + ref })
		if diff := cmp.Diff(body, again); err != nil || diff != "" {
			t.Errorf("the second time it differs, %v: %s", err, diff)
		}
		if !strings.ContainsRune(strings.ToValidUTF8(text, ""), '\uFFFD') && strings.ContainsRune(body.HTML+body.Text+body.Summary, '\uFFFD') {
			t.Errorf("U+FFFD introduced into %q", body.HTML)
		}
		for _, s := range []string{body.HTML, body.Text, body.Summary} {
			if cleaned(s) != s {
				t.Errorf("control characters left in %q", s)
			}
		}
	})
}

// BenchmarkBody renders about 4 KB of each format, and next to it what
// goldmark and bluemonday alone take for the same source.
func BenchmarkBody(b *testing.B) {
	markdownText := strings.Repeat(`## A heading of some length

Nato Secretary General *Jens Stoltenberg* said on [November 20](https://example.org/a) in Pristina that discussions are underway regarding the potential for a permanent increase in the alliance's military contingent in Kosovo. "Yes", he said.

- one
- two **bold** and [this](../b)

![The port](port.jpg) and text about the alliance's military contingent in Kosovo and the wider region, arrived Pristina from Sarajevo.

`, 8)
	rendered, err := markdownHTML(markdownText, new(room))
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name   string
		format Format
		text   string
	}{
		{"text", Text, strings.Repeat("Nato Secretary General Jens Stoltenberg said on November 20 in Pristina that discussions are underway regarding the potential for a permanent increase in the alliance's military contingent in Kosovo.\n\n", 20)},
		{"markdown", Markdown, markdownText},
		{"html", HTML, string(rendered)},
	} {
		a := written("a.md", &source{format: bench.format, text: bench.text, line: 1, slug: "ports"})
		b.Run(bench.name+"/body", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.text)))
			for b.Loop() {
				if _, err := a.Body(fromArticle); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(bench.name+"/libraries", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.text)))
			policy := bluemonday.UGCPolicy()
			for b.Loop() {
				markup := []byte(bench.text)
				if bench.format != HTML {
					var out bytes.Buffer
					if err := markdown().Convert(markup, &out); err != nil {
						b.Fatal(err)
					}
					markup = out.Bytes()
				}
				policy.SanitizeBytes(markup)
			}
		})
	}
}
