package render

import (
	"bytes"
	"strings"
	"testing"

	"feedmill/internal/site"
)

func TestXMLNamesItsStyleSheet(t *testing.T) {
	for path, want := range map[string]string{
		"":                           `href="feed.css"`,
		"kosovo":                     `href="../feed.css"`,
		"tags/kosovo":                `href="../../feed.css"`,
		"tags/kosovo/archive/2023-1": `href="../../../../feed.css"`,
	} {
		f := sample()
		f.Path = path
		for format, root := range map[site.Format]string{site.RSS: "<rss ", site.Atom: "<feed "} {
			lines := strings.SplitN(string(mustRender(t, f, format)), "\n", 3)
			if want := `<?xml-stylesheet type="text/css" ` + want + `?>`; lines[1] != want {
				t.Errorf("%s of %q: got %s, want %s", format, path, lines[1], want)
			}
			// Programs that guess a document's kind look at its first 512 bytes.
			if at := len(lines[0]) + len(lines[1]) + 2; !strings.HasPrefix(lines[2], root) || at+len(root) > 512 {
				t.Errorf("%s of %q: %s is not where programs look for it", format, path, root)
			}
		}
	}
	if bytes.Contains(mustRender(t, sample(), site.JSON), []byte("stylesheet")) {
		t.Error("JSON names a style sheet")
	}
}

func TestStyleSheetAsksForNothing(t *testing.T) {
	for _, s := range []string{"url(", "@import"} {
		if bytes.Contains(Style(), []byte(s)) {
			t.Errorf("feed.css contains %q", s)
		}
	}
}

// See the style of pages, in package page.
func TestStyleSheetIsASCII(t *testing.T) {
	if i := bytes.IndexFunc(Style(), func(r rune) bool { return r > 0x7f }); i >= 0 {
		t.Errorf("feed.css has %q", Style()[i:min(i+9, len(Style()))])
	}
}
