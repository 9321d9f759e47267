package check

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// tokens returns what a scanner makes of HTML, a line for each token.
func tokens(h *htmlScanner) string {
	var b strings.Builder
	for {
		kind := h.next()
		fmt.Fprintf(&b, "%v %q", kind, h.raw)
		switch kind {
		case html.TextToken:
			fmt.Fprintf(&b, " %q", h.text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			fmt.Fprintf(&b, " %s %q", h.name, h.attrs)
			if kind != html.EndTagToken {
				fmt.Fprintf(&b, " %v", h.slash)
			}
		case html.ErrorToken:
			return b.String()
		}
		b.WriteByte('\n')
	}
}

// htmlPieces are what tests make HTML of.
var htmlPieces = []string{"<p>", "</p>", "<p ", "<a", "<br/>", "<br />", "<br / >", "<img src=\"a.png\" alt='b' width=\"640\">", "<P CLASS=x>", "</P >", "</p x>", "</p/>",
	"<", ">", "/", "=", "\"", "'", "&", ";", " ", "\n", "\r\n", "\r", "\t", "\f", "\x00", "a", "B", "é", "x y", "&amp;", "&lt", "&notit;", "&copy=1", "&#39;", "&#x80;", "&nosuch;",
	" href=\"https://example.org/?a=1&amp;b=2\"", " title='&copy=1'", " alt=\"x\"", " alt=y", " alt", " Alt=\"z\"", " on:x.y_z-1=\"\"", "/>",
	"<!-- a -->", "<!-->", "<!--->", "<!-- a -- b -->", "<!-- a --!>", "<!--", "-->", "<!doctype html>", "<!DOCTYPE", "<![CDATA[x]]>", "<?xml x?>", "<!", "</", "</>", "</ p>",
	"<script>", "</script>", "</script ", "</scripts>", "<script", "<style>a < b</style>", "<title>", "</title>", "</TITLE>", "<textarea>&amp;</textarea>", "<noscript>", "</noscript>",
	"<script><!--<script></script>", "<p a=\"1\" a=\"2\">", "<p a />", "<p a='&notit;'>",
	"<plaintext>", "<xmp/>", "</xmp>", "<iframe></iframe>", "<svg/>", "<my-own a:b=\"c\">"}

// TestHTMLScanner: what is cut out by hand is what the tokenizer finds.
func TestHTMLScanner(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	alone := 0
	for range 30_000 {
		var b strings.Builder
		for range 1 + r.IntN(10) {
			b.WriteString(htmlPieces[r.IntN(len(htmlPieces))])
		}
		h := newHTMLScanner([]byte(b.String()))
		want, got := tokens(newHTMLReader(strings.NewReader(b.String()), b.Len())), tokens(h)
		if got != want {
			t.Fatalf("%q: got\n%s\nwant\n%s", b.String(), got, want)
		}
		if h.slow == nil {
			alone++
		}
	}
	if alone < 5000 {
		t.Errorf("got %d texts without the tokenizer, want more to compare", alone)
	}
}

func FuzzHTMLScanner(f *testing.F) {
	for _, piece := range htmlPieces {
		f.Add("<p>x" + piece + "y</p>")
	}
	f.Fuzz(func(t *testing.T, v string) {
		want, got := tokens(newHTMLReader(strings.NewReader(v), len(v))), tokens(newHTMLScanner([]byte(v)))
		if got != want {
			t.Errorf("%q: got\n%s\nwant\n%s", v, got, want)
		}
	})
}
