package check

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// TestEncodings judges one feed in the encodings that feeds are found in: a
// fault has the same place in each.
func TestEncodings(t *testing.T) {
	feed := func(encoding string) string {
		return `<?xml version="1.0" encoding="` + encoding + `"?>` + "\n" + `<rss version="2.0"><channel>
<title>Приштина & Скопје</title><link>https://www.example.org/</link><description>D</description></channel></rss>`
	}
	utf16le := func(s string) string {
		var b strings.Builder
		for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	in := func(m *charmap.Charmap, s string) string {
		s, err := m.NewEncoder().String(strings.ReplaceAll(s, "ј", "j"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tests := []struct{ name, mediaType, body, rule string }{
		{"UTF-8", "", feed("utf-8"), ""},
		{"UTF-16 with its mark", "", utf16le(feed("utf-16")), ""},
		{"Windows-1251", "", in(charmap.Windows1251, feed("windows-1251")), "NonstdEncoding"},
		{"KOI8-R", "", in(charmap.KOI8R, feed("koi8-r")), "NonstdEncoding"},
		{"one that browsers do not know", "", in(charmap.CodePage855, feed("ibm855")), "ObscureEncoding"},
		{"Windows-1251 by its charset only", "application/rss+xml; charset=windows-1251",
			in(charmap.Windows1251, strings.Replace(feed(""), ` encoding=""`, "", 1)), ""},
		{"UTF-8 that is declared as something else", "application/rss+xml; charset=utf-8", feed("windows-1251"), "EncodingMismatch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := map[string]Finding{}
			for _, f := range Document("x", tt.mediaType, "", []byte(tt.body)) {
				found[f.Rule] = f
			}
			if f := found["SAXError"]; f.Line != 3 || f.Column != 17 {
				t.Errorf("the fault: got %d:%d, want 3:17", f.Line, f.Column)
			}
			if _, ok := found[tt.rule]; tt.rule != "" && !ok {
				t.Errorf("got %v, want %s", found, tt.rule)
			}
			if r, err := Read([]byte(strings.Replace(tt.body, "&", " ", 1))); !strings.HasPrefix(tt.name, "UTF-16") && !strings.Contains(tt.name, "charset") && !strings.Contains(tt.name, "declared") && (err != nil || !strings.HasPrefix(r.Title, "Приштина")) {
				t.Errorf("read back: got %q (%v), want Приштина", r.Title, err)
			}
		})
	}
}
