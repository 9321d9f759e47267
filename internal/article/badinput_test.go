package article

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestBadInputAndWhatBecomesOfIt parses what newsrooms, disks and attackers
// hand in. An outcome is the code of the error that keeps the article out, or
// empty; then shown says what of the article matters, and warned which warning
// its author gets.
func TestBadInputAndWhatBecomesOfIt(t *testing.T) {
	title := func(a *Article) string { return a.Title }
	published := func(a *Article) string { return stamp(a.Published) }
	all := func(a *Article) string { return fmt.Sprintf("%q %q", a.Title, a.body.text) }
	const russian = "Президент России заявил в понедельник, что правительство не будет повышать налоги."
	koi8 := encoded(t, charmap.KOI8R, "Новости\n\n"+russian)
	for _, c := range []struct {
		what, name, src string
		kept            string // out, with this code
		shown           func(*Article) string
		want            string
		warned          string
	}{
		// The file.
		{what: "a file of no bytes", name: "a.md", src: "", kept: "empty"},
		{what: "a file of white space", name: "a.txt", src: " \r\n\t\f\n", kept: "empty"},
		{what: "a file of 1 MiB and a byte", name: "a.md", src: strings.Repeat("a ", 1<<19) + "b", kept: "too-large"},
		{what: "a picture called .md", name: "a.md", src: "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00", kept: "binary"},
		{what: "a document called .txt", name: "a.txt", src: "PK\x03\x04\x14\x00\x06\x00", kept: "binary"},
		{what: "an old PDF called .html", name: "a.html", src: "%PDF-1.4\n\x00\x01\x02", kept: "binary"},
		{what: "a name that is not UTF-8", name: "a\xff.md", src: "# Sea\n", kept: "bad-name"},
		{what: "a name with a line feed and an escape sequence", name: "a\n\x1b[31mb.md", src: "# Sea\n\nText.", shown: func(a *Article) string { return a.Slug }, want: "a-31mb"},
		{what: "a name of dots and signs", name: "-%2e..md", src: "# Sea\n\nText.", shown: func(a *Article) string { return a.Slug }, want: "2e"},
		{what: "a name in decomposed letters", name: "cafe\u0301.md", src: "# Sea\n\nText.", shown: func(a *Article) string { return a.Slug }, want: "café"},

		// Characters.
		{what: "UTF-16 with a mark", name: "a.txt", src: encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "Мост\n\nЗакрыт."), shown: all, want: `"Мост" "Закрыт."`},
		{what: "UTF-16 without a mark", name: "a.txt", src: encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "Bridge"), kept: "binary"},
		{what: "KOI8-R that says nothing, where nobody writes Russian", name: "a.txt", src: koi8, kept: "encoding"},
		{what: "Windows-1252 quotation marks", name: "a.txt", src: "The caf\xE9\n\n\x93Yes\x94", shown: all, want: `"The café" "“Yes”"`, warned: "encoding"},
		{what: "a NUL", name: "a.txt", src: "Sea\n\nText\x00.", kept: "binary"},
		{what: "a page of control characters", name: "a.txt", src: "Sea\n\n" + strings.Repeat("\x01a", 50), kept: "binary"},
		{what: "an escape sequence in a title", name: "a.md", src: "---\ntitle: \"Sea \\e[31mred\\x07\"\n---\n" + strings.Repeat("Text. ", 100), shown: title, want: "Sea [31mred"},
		{what: "noncharacters in a title", name: "a.txt", src: "Se\uFFFEa\uFFFF\n\nText.", shown: title, want: "Sea"},
		{what: "]]> and references that do not exist", name: "a.txt", src: "a ]]> b &bogus; <![CDATA[\n\nText.", shown: title, want: "a ]]> b &bogus; <![CDATA["},
		{what: "a mark, CR and CRLF mixed", name: "a.txt", src: "\uFEFFSea\r\n\rOne\rTwo\r\n", shown: all, want: `"Sea" "One\nTwo"`},
		{what: "a line separator in a title", name: "a.md", src: "---\ntitle: \"One\\u2028two\"\n---\nText.", shown: title, want: "One two"},
		{what: "an override that is left open", name: "a.txt", src: "Sea \u202Eslaes\n\nText.", shown: title, want: "Sea \u202Eslaes\u202C"},
		{what: "an isolate that is closed twice", name: "a.txt", src: "\u2067שלום\u2069\u2069\n\nText.", shown: title, want: "\u2067שלום\u2069"},
		{what: "joiners that Persian and emoji need", name: "a.txt", src: "می\u200cخواهم 👩\u200d🚒\n\nText.", shown: title, want: "می\u200cخواهم 👩\u200d🚒"},

		// Dates.
		{what: "a date that is none", name: "a.md", src: "---\ntitle: Sea\ndate: soon\n---\nText.", kept: "bad-date"},
		{what: "a month that does not exist", name: "a.md", src: "---\ntitle: Sea\ndate: 2026-13-01\n---\nText.", kept: "bad-date"},
		{what: "an abbreviation that names several zones", name: "a.md", src: "---\ntitle: Sea\ndate: Mon, 20 Nov 2023 08:00:00 IST\n---\nText.", kept: "bad-date"},
		{what: "EST, which package time would take for UTC", name: "a.md", src: "---\ntitle: Sea\ndate: Mon, 20 Nov 2023 08:00:00 EST\n---\nText.", shown: published, want: "2023-11-20T08:00:00-05:00"},
		{what: "the wrong day of the week", name: "a.md", src: "---\ntitle: Sea\ndate: Tue, 20 Nov 2023 08:00:00 GMT\n---\nText.", shown: published, want: "2023-11-20T08:00:00Z", warned: "bad-date"},
		{what: "the year 0", name: "a.md", src: "---\ntitle: Sea\ndate: 0000-01-01\n---\nText.", kept: "bad-date"},
		{what: "a negative year", name: "a.md", src: "---\ntitle: Sea\ndate: -0005-01-01\n---\nText.", kept: "bad-date"},
		{what: "the year 20260", name: "a.md", src: "---\ntitle: Sea\ndate: 20260-01-01\n---\nText.", kept: "bad-date"},
		{what: "the year 1969", name: "a.md", src: "---\ntitle: Sea\ndate: 1969-12-31\n---\nText.", kept: "bad-date"},
		{what: "the year 9999", name: "a.md", src: "---\ntitle: Sea\ndate: 9999-12-31\n---\nText.", kept: "bad-date"},
		{what: "a leap second", name: "a.md", src: "---\ntitle: Sea\ndate: 2016-12-31T23:59:60Z\n---\nText.", shown: published, want: "2016-12-31T23:59:59Z"},
		{what: "30 February", name: "a.md", src: "---\ntitle: Sea\ndate: 2024-02-30\n---\nText.", shown: published, want: "2024-03-01T00:00:00Z", warned: "bad-date"},
		{what: "no date at all", name: "a.md", src: "---\ntitle: Sea\n---\nText.", shown: published, want: ""},
		{what: "two dates, of which the key counts", name: "2024-05-06-a.md", src: "---\ntitle: Sea\ndate: 2024-05-07\n---\nText.", shown: published, want: "2024-05-07T00:00:00Z"},
		{what: "a draft by the word yes", name: "a.md", src: "---\ntitle: Sea\ndraft: yes\n---\nText.", shown: func(a *Article) string { return fmt.Sprint(a.Draft) }, want: "true"},
		{what: "a draft by a word nobody knows", name: "a.md", src: "---\ntitle: Sea\ndraft: nearly\n---\nText.", shown: func(a *Article) string { return fmt.Sprint(a.Draft) }, want: "true", warned: "bad-draft"},
		{what: "an expiry that cannot be read", name: "a.md", src: "---\ntitle: Sea\nexpiryDate: soon\n---\nText.", kept: "bad-date"},
		{what: "an embargo that cannot be read", name: "a.md", src: "---\ntitle: Sea\ndate: 2024-05-06\npublishDate: soon\n---\nText.", kept: "bad-date"},

		// Front matter.
		{what: "aliases that multiply", name: "a.md", src: "---\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ntags: [*d,*d]\n---\nText.", kept: "front-matter"},
		{what: "an alias of itself", name: "a.md", src: "---\ntitle: Sea\na: &a [*a]\n---\nText.", kept: "front-matter"},
		{what: "20,000 brackets", name: "a.md", src: "---\na: " + strings.Repeat("[", 20_000) + "\n---\nText.", kept: "front-matter"},
		{what: "20,000 dashes", name: "a.md", src: "---\na:\n" + strings.Repeat("- ", 20_000) + "\n---\nText.", kept: "front-matter"},
		{what: "100 KiB of front matter", name: "a.md", src: "---\na: " + strings.Repeat("x", 100<<10) + "\n---\nText.", kept: "front-matter"},
		{what: "a key that stands twice", name: "a.md", src: "---\ntitle: Sea\ntitle: Lake\n---\nText.", shown: title, want: "Lake", warned: "duplicate-key"},
		{what: "a colon in the title", name: "a.md", src: "---\ntitle: Breaking: mayor resigns\n---\nText.", shown: title, want: "Breaking: mayor resigns", warned: "front-matter"},
		{what: "a colon without a blank", name: "a.md", src: "---\ntitle:Sea\ntags: [a]\n---\nText.", shown: all, want: `"Sea" "Text."`, warned: "front-matter"},
		{what: "a tab", name: "a.md", src: "---\ntitle: Sea\ncover:\n\timage: a.png\n---\nText.", shown: title, want: "Sea", warned: "front-matter"},
		{what: "an @ without quotation marks", name: "a.md", src: "---\ntitle: @sea\n---\nText.", shown: title, want: "@sea", warned: "front-matter"},
		{what: "typographic quotation marks around a date", name: "a.md", src: "---\ntitle: Sea\ndate: “2024-05-06”\n---\nText.", shown: published, want: "2024-05-06T00:00:00Z", warned: "bad-date"},
		{what: "no end of front matter", name: "a.md", src: "---\ntitle: Sea\n\nText.", shown: all, want: `"Sea" "Text."`, warned: "front-matter"},
		{what: "no end of TOML, and text that begins at once", name: "a.md", src: "+++\ntitle = \"Sea\"\nText.", kept: "front-matter"},
		{what: "values that YAML takes for numbers, octal ones and truth", name: "a.md", src: "---\ntitle: 0777\ntags: [1.20, NO, 2024-05-06]\n---\nText.", shown: func(a *Article) string { return a.Title + " " + strings.Join(a.Tags, " ") }, want: "0777 1.20 NO 2024-05-06"},

		// Addresses.
		{what: "a slug that climbs", name: "a.md", src: "---\ntitle: Sea\nslug: ../../x\n---\nText.", shown: func(a *Article) string { return a.Slug }, want: "a", warned: "bad-slug"},
		{what: "a picture on the machine", name: "a.md", src: "---\ntitle: Sea\nimage: file:///etc/passwd\n---\nText.", shown: func(a *Article) string { return fmt.Sprint(a.Picture) }, want: "<nil>", warned: "bad-image"},
		{what: "a recording on the machine", name: "a.md", src: "---\ntitle: Sea\naudio: file:///etc/a.mp3\n---\nText.", shown: func(a *Article) string { return fmt.Sprint(a.Enclosures) }, want: "[]", warned: "bad-enclosure"},
		{what: "an author with a script", name: "a.md", src: "---\ntitle: Sea\nauthor: {name: Jane Doe, url: 'javascript:x', avatar: 'data:x', email: 'a b'}\n---\nText.", shown: func(a *Article) string { return fmt.Sprintf("%q", a.Authors) }, want: `[{"Jane Doe" "" "" ""}]`},
		{what: "an id that is none", name: "a.md", src: "---\ntitle: Sea\nid: 12\n---\nText.", shown: func(a *Article) string { return a.ID }, want: "", warned: "bad-id"},

		// Too much, and too little.
		{what: "a title of 1 MB", name: "a.txt", src: "Title: " + strings.Repeat("ab ", 20_000) + "\n\nText.", shown: func(a *Article) string {
			return fmt.Sprint(len(a.Title) <= maxTitle+len("…"), strings.HasSuffix(a.Title, "…"))
		}, want: "true true"},
		{what: "10,000 tags", name: "a.txt", src: "Title: Sea\nTags: " + numbered(10_000) + "\n\nText.", shown: func(a *Article) string { return fmt.Sprint(len(a.Tags)) }, want: "50", warned: "too-many-tags"},
		{what: "an empty title", name: "a.md", src: "---\ntitle: \"\"\n---\nThe mayor resigned on Monday.", shown: title, want: "The mayor resigned on Monday."},
		{what: "neither title nor text", name: "---.md", src: "---\ntags: [a]\n---\n", kept: "empty"},
		{what: "a title and no text", name: "a.md", src: "---\ntitle: Sea\n---\n", shown: all, want: `"Sea" ""`},
		{what: "a page of 200,000 elements", name: "a.html", src: strings.Repeat("<div></div>", 200_000), kept: "html"},
		{what: "a page of elements that are crossed and left open", name: "a.html", src: "<h1>Sea</h1>" + strings.Repeat("<b><p></b>", 100) + "Text.", shown: title, want: "Sea"},
	} {
		a, problems := Parse(c.name, []byte(c.src), Options{Zone: time.UTC, Language: "en"})
		var codes []string
		for _, p := range problems {
			codes = append(codes, p.Severity.String()+" "+p.Code)
		}
		switch got := strings.Join(codes, ", "); {
		case c.kept != "":
			if a != nil || !strings.Contains(got, "error "+c.kept) {
				t.Errorf("%s: got the article %v and %q, want it kept out as %s", c.what, a != nil, got, c.kept)
			}
		case a == nil:
			t.Errorf("%s: got %v, want it read", c.what, problems)
		default:
			if shown := c.shown(a); shown != c.want {
				t.Errorf("%s: got %.100s, want %s", c.what, shown, c.want)
			}
			if c.warned == "" && got != "" || c.warned != "" && !strings.Contains(got, "warning "+c.warned) {
				t.Errorf("%s: got the problems %q, want a warning %q", c.what, got, c.warned)
			}
		}
	}
}

// numbered is a list of n different words.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "t%d,", i)
	}
	return b.String()
}
