package check

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// large builds an RSS feed of about 11 MB: 2200 stories of thirty paragraphs,
// half of them in CDATA, as feeds are found.
func large() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>T</title><link>https://www.example.org/</link><description>D</description><language>en</language>
<atom:link rel="self" href="https://feeds.example.org/rss.xml"/>
`)
	paragraph := `<p>The alliance said on Monday that it was “considering” a <a href="https://www.example.org/a?b=1&amp;c=2">permanent increase</a> of its troops – in Priština.</p>` + "\n"
	body := strings.Repeat(paragraph, 30)
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(body)
	for i := range 2200 {
		fmt.Fprintf(&b, `<item><title>Story %d</title><link>https://www.example.org/%d/</link><description>The alliance</description>`+
			`<dc:creator>Ana</dc:creator><category>Kosovo</category><guid isPermaLink="false">tag:example.org,2023:%d</guid>`+
			`<pubDate>Mon, 20 Nov 2023 08:00:00 GMT</pubDate><content:encoded>`, i, i, i)
		if i%2 == 0 {
			b.WriteString(escaped)
		} else {
			b.WriteString("<![CDATA[" + body + "]]>")
		}
		b.WriteString("</content:encoded></item>\n")
	}
	b.WriteString("</channel></rss>\n")
	return b.Bytes()
}

// BenchmarkScan measures well-formedness alone.
func BenchmarkScan(b *testing.B) {
	body := large()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		s := newScanner(newWindow(body, nil), "", func(at place, r rule, format string, args ...any) {
			b.Fatalf("line %d: %s", at.line, fmt.Sprintf(format, args...))
		})
		for s.next() != endOfDocument {
		}
	}
}

// BenchmarkDocument measures all rules.
func BenchmarkDocument(b *testing.B) {
	body := large()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if f := Document("rss.xml", "application/rss+xml", "https://feeds.example.org/rss.xml", body); len(f) > 0 {
			b.Fatal(f[0])
		}
	}
}

// BenchmarkRead measures reading back.
func BenchmarkRead(b *testing.B) {
	body := large()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if r, err := Read(body); err != nil || len(r.Entries) != 2200 {
			b.Fatalf("got %d entries (%v), want 2200", len(r.Entries), err)
		}
	}
}
