package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "Скопје — “Nato’s”\tplan\n😀", "Скопје — “Nato’s”\tplan\n😀"},
		{"terminal colours go", "\x1b[31mred\x1b[0m", "[31mred[0m"},
		{"NUL, BEL, vertical tab and form feed go", "a\x00b\x07c\x0bd\x0ce", "abcde"},
		{"DEL goes", "a\x7fb", "ab"},
		{"line ends become line feeds", "a\r\nb\rc\r\r\nd\r", "a\nb\nc\n\nd\n"},
		{"noncharacters that XML forbids go", "a\uFFFEb\uFFFFc", "abc"},
		{"noncharacters that HTML forbids go", "a\uFDD0b\uFDEFc\U0001FFFEd\U0010FFFFe", "abcde"},
		{"a replacement character of the author's stays", "a\uFFFDb", "a\uFFFDb"},
		{"bytes that are not UTF-8 go", "caf\xe9 \xff\xfe", "caf "},
		{"a character cut in two goes", "a\xe2\x80", "a"},
		{"half a surrogate pair goes", "a\xed\xa0\x80b", "ab"},
		{"quotation marks of Windows-1252 come back", "\u0093Nato\u0092s\u0094 \u0096 \u0080\u0085", "“Nato’s” – €…"},
		{"controls without a meaning in Windows-1252 go", "a\u0081\u008d\u008f\u0090\u009db", "ab"},
	} {
		if got := clean(c.in); got != c.want {
			t.Errorf("%s: clean(%q): got %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestUnwantedCharactersAreFoundWhereverTheyStand(t *testing.T) {
	for r := rune(0); r < 0x300; r++ {
		for at := range 20 {
			s := strings.Repeat("a", at) + string(r) + strings.Repeat("~", 20-at)
			want := -1
			if unwanted(r) {
				want = at
			}
			if got := firstUnwanted(s); got != want {
				t.Fatalf("%U behind %d letters: got %d, want %d", r, at, got, want)
			}
		}
	}
	for r := rune(0x300); r <= utf8.MaxRune; r++ {
		if s := string(r); (firstUnwanted(s) < 0) == (unwanted(r) || !utf8.ValidRune(r)) && s != "\ufffd" {
			t.Fatalf("%U: got %d", r, firstUnwanted(s))
		}
	}
	for _, s := range []string{"\xc3", "\xc3a", "\xe2\x80", "\xe2\x80a", "\xe2a\x80", "\xed\xa0\x80", "\xc1\x80"} {
		if got := firstUnwanted("a" + s); got != 1 {
			t.Errorf("%q: got %d, want 1", s, got)
		}
	}
	for _, s := range []string{"", "a", "\n", "12345678", "1234567\x7f", "1234567\xff", "\x1f2345678"} {
		if got, want := firstUnwanted(s), strings.IndexFunc(s, func(r rune) bool { return r == '\uFFFD' || unwanted(r) }); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}

func TestLineKeepsSpacesThatDoNotBreak(t *testing.T) {
	if got, want := line(" «\u00a0Non\u00a0»,\r\n dit-il\t\x0b "), "«\u00a0Non\u00a0», dit-il"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// nasty are strings that break what is written without care.
var nasty = map[string]string{
	"markup":                 `<b>bold</b> & <script>alert("1")</script>`,
	"references":             `&amp; &lt; &nbsp; &bogus; &#x3C; &#0; &#xFFFF; &apos &Q2`,
	"ampersands":             `AT&T, R&D && Q&A, a&`,
	"less than":              `a < b <c > d <3`,
	"quotes":                 `"double" 'single' “curly”`,
	"end of CDATA":           `a]]>b ]]]]>> ]]`,
	"CDATA":                  `<![CDATA[x]]>`,
	"nested CDATA":           `]]><![CDATA[<rss>]]>]]>`,
	"comment":                `<!-- a -- b -->`,
	"processing instruction": `<?xml version="1.0"?>`,
	"document type":          `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;`,
	"closing tags":           `</title></item></channel></rss></entry></feed>`,
	"end of JSON":            `"}],"items":[{"id":"\u0000"`,
	"backslashes":            `\ \\ \n \u003c \"`,
	"C0 controls":            "\x00\x01\x07\x08\x0b\x0c\x0e\x1b\x1f",
	"C1 controls":            "\u0080\u0085\u0093\u009d",
	"DEL":                    "\x7f",
	"noncharacters":          "\uFFFE \uFFFF \uFDD0 \U0001FFFE",
	"replacement character":  "\uFFFD",
	"not UTF-8":              "\xff\xfe\xc0\x80 caf\xe9",
	"surrogates":             "\xed\xa0\x80\xed\xb0\x80",
	"truncated":              "end\xe2\x80",
	"line ends":              "a\rb\r\nc\nd\te",
	"separators":             "a\u2028b\u2029c\u0085d\u00a0e",
	"byte order mark":        "\uFEFFa",
	"bidi":                   "\u202Eabc\u202C \u2067שלום\u2069 \u200Fعربي",
	"emoji":                  "👩‍👩‍👧 🇲🇰 \U0010FFFD",
	"spaces":                 "   a   b   ",
	"template":               `{{.}} ${x} %s %[1]d`,
	"long":                   strings.Repeat("<&]]>", 5000),
}

// filled is a feed with s in every string that a feed, its entries and their
// contents have, so that a field added later is tried too.
func filled(s string) *feed.Feed {
	date := time.Date(2023, 11, 20, 0, 0, 0, 0, time.UTC)
	f := &feed.Feed{Updated: date, Poll: time.Hour, Podcast: &feed.Podcast{}}
	fill(reflect.ValueOf(f).Elem(), s)
	f.Content, f.Formats = site.Full, nil
	e := feed.Shown{Published: date, Updated: date.Add(time.Hour), Plain: true, Source: &article.Source{}, Point: &article.Point{}}
	fill(reflect.ValueOf(&e).Elem(), s)
	c := feed.Content{Picture: &feed.Picture{}, Episode: &article.Episode{}}
	fill(reflect.ValueOf(&c).Elem(), s)
	f.Entries = []*feed.Entry{newEntry(e, c)}
	return f
}

func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x" + s)
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Pointer {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fill(v.Index(0), s)
			fill(v.Index(1), s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Type() != reflect.TypeFor[time.Time]() {
				fill(v.Field(i), s)
			}
		}
	}
}

func TestNastyStringsComeThrough(t *testing.T) {
	dir := t.TempDir()
	var documents []string
	for name, s := range nasty {
		for _, format := range formats {
			t.Run(name+" in "+string(format), func(t *testing.T) {
				f := filled(s)
				document := mustRender(t, f, format)
				wellFormed(t, document, format)
				if !strings.Contains(s, "\uFFFD") && bytes.Contains(document, []byte("\uFFFD")) {
					t.Error("got U+FFFD, which was not in the string")
				}
				text, oneLine := clean("x"+s), line("x"+s)
				id := strings.TrimSpace(text) // a guid keeps the spaces within it
				if format == site.Atom {
					id = oneLine
				}
				got := readBack(t, document, format)
				for _, c := range []struct{ what, got, want string }{
					{"feed's title", got.FeedTitle, oneLine},
					{"feed's description", got.FeedDescription, text},
					{"id", got.ID, id},
					{"title", got.Title, oneLine},
					{"link", got.Link, oneLine},
					{"authors", strings.Join(got.Authors, "|"), oneLine + "|" + oneLine},
					{"tags", strings.Join(got.Tags, "|"), oneLine + "|" + oneLine},
					{"content", got.Content, text},
					{"picture", got.Picture, oneLine},
				} {
					if c.got != c.want {
						t.Errorf("%s: got %.200q, want %.200q", c.what, c.got, c.want)
					}
				}
				// Its summary equals its text, so Atom leaves it out.
				if want := text; format != site.Atom && got.Summary != want {
					t.Errorf("summary: got %.200q, want %.200q", got.Summary, want)
				}
				if format != site.JSON {
					file := filepath.Join(dir, fmt.Sprintf("%d.xml", len(documents)))
					if err := os.WriteFile(file, document, 0o666); err != nil {
						t.Fatal(err)
					}
					documents = append(documents, file)
				}
			})
		}
	}
	t.Run("xmllint agrees", func(t *testing.T) {
		if testing.Short() {
			t.Skip("runs a binary")
		}
		xmllint, err := exec.LookPath("xmllint")
		if err != nil {
			t.Skip("xmllint, a second opinion on well-formedness, is not installed")
		}
		if out, err := exec.Command(xmllint, append([]string{"--noout", "--nonet"}, documents...)...).CombinedOutput(); err != nil {
			t.Errorf("xmllint: %v\n%s", err, out)
		}
	})
}

// story is what a reader makes of a document with one entry.
type story struct {
	FeedTitle, FeedDescription        string
	ID, Title, Link, Summary, Content string
	Authors, Tags                     []string
	Picture                           string
}

// readBack reads a document as its specification says. It shares nothing with
// what wrote it but the names of elements.
func readBack(t *testing.T, document []byte, format site.Format) story {
	t.Helper()
	switch format {
	case site.RSS:
		var v struct {
			Title       string `xml:"channel>title"`
			Description string `xml:"channel>description"`
			Item        struct {
				GUID        string   `xml:"guid"`
				Title       string   `xml:"title"`
				Link        string   `xml:"link"`
				Description string   `xml:"description"`
				Content     string   `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
				Creators    []string `xml:"http://purl.org/dc/elements/1.1/ creator"`
				Categories  []string `xml:"category"`
				Media       struct {
					URL string `xml:"url,attr"`
				} `xml:"http://search.yahoo.com/mrss/ content"`
			} `xml:"channel>item"`
		}
		if err := xml.Unmarshal(document, &v); err != nil {
			t.Fatal(err)
		}
		i := v.Item
		return story{v.Title, v.Description, i.GUID, i.Title, i.Link, htmlText(i.Description), i.Content, i.Creators, i.Categories, i.Media.URL}
	case site.Atom:
		type text struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		}
		plain := func(x text) string {
			if x.Type == "html" {
				return htmlText(x.Text)
			}
			return x.Text
		}
		var v struct {
			Title    text `xml:"http://www.w3.org/2005/Atom title"`
			Subtitle text `xml:"http://www.w3.org/2005/Atom subtitle"`
			Entry    struct {
				ID    string `xml:"http://www.w3.org/2005/Atom id"`
				Title text   `xml:"http://www.w3.org/2005/Atom title"`
				Link  struct {
					Href string `xml:"href,attr"`
				} `xml:"http://www.w3.org/2005/Atom link"`
				Summary    text     `xml:"http://www.w3.org/2005/Atom summary"`
				Content    text     `xml:"http://www.w3.org/2005/Atom content"`
				Authors    []string `xml:"http://www.w3.org/2005/Atom author>name"`
				Categories []struct {
					Term string `xml:"term,attr"`
				} `xml:"http://www.w3.org/2005/Atom category"`
				Media struct {
					URL string `xml:"url,attr"`
				} `xml:"http://search.yahoo.com/mrss/ content"`
			} `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := xml.Unmarshal(document, &v); err != nil {
			t.Fatal(err)
		}
		e := v.Entry
		if e.Content.Type != "html" {
			t.Errorf("content has type %q, want html", e.Content.Type)
		}
		var tags []string
		for _, c := range e.Categories {
			tags = append(tags, c.Term)
		}
		return story{plain(v.Title), plain(v.Subtitle), e.ID, plain(e.Title), e.Link.Href, plain(e.Summary), e.Content.Text, e.Authors, tags, e.Media.URL}
	default:
		var v struct {
			Title, Description string
			Items              []struct {
				ID, URL, Title, Summary, Image string
				HTML                           string `json:"content_html"`
				Authors                        []struct{ Name string }
				Tags                           []string
			}
		}
		if err := json.Unmarshal(document, &v); err != nil {
			t.Fatal(err)
		}
		i := v.Items[0]
		var authors []string
		for _, a := range i.Authors {
			authors = append(authors, a.Name)
		}
		return story{v.Title, v.Description, i.ID, i.Title, i.URL, i.Summary, i.HTML, authors, i.Tags, i.Image}
	}
}

// htmlText is the text of HTML that has no tags.
func htmlText(s string) string {
	if strings.ContainsAny(s, "<>") {
		return "HTML with tags: " + s
	}
	return html.UnescapeString(s)
}

// wellFormed reads a document to its end as strictly as can be.
func wellFormed(t *testing.T, document []byte, format site.Format) {
	t.Helper()
	if format == site.JSON {
		if !json.Valid(document) || !bytes.HasSuffix(document, []byte("}\n")) || !bytes.HasPrefix(document, []byte("{\n  \"version\"")) {
			t.Errorf("not a JSON Feed:\n%.2000s", document)
		}
		return
	}
	const declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<"
	if !bytes.HasPrefix(document, []byte(declaration)) {
		t.Errorf("document begins with %.60q, want %q", document, declaration)
	}
	if err := readXML(document); err != nil {
		t.Errorf("not well-formed: %v\n%.2000s", err, document)
	}
}

// readXML does what encoding/xml leaves undone: a prefix must be declared, on
// the root, and be used.
func readXML(document []byte) error {
	declared := map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"}
	used := []string{"xml"}
	d := xml.NewDecoder(bytes.NewReader(document))
	for depth := 0; ; {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			for _, a := range e.Attr {
				switch {
				case a.Name.Space == "xmlns" && depth == 1:
					declared[a.Name.Local] = a.Value
				case a.Name.Space == "xmlns":
					return fmt.Errorf("prefix %s is declared on <%s>, not on the root", a.Name.Local, e.Name.Local)
				case a.Name.Space != "":
					used = append(used, a.Name.Space)
				}
			}
			if e.Name.Space != "" {
				used = append(used, e.Name.Space)
			}
		case xml.EndElement:
			depth--
		}
	}
	for _, prefix := range used {
		if declared[prefix] == "" {
			return fmt.Errorf("prefix %s is used and not declared", prefix)
		}
	}
	for prefix := range declared {
		if !slices.Contains(used, prefix) {
			return fmt.Errorf("prefix %s is declared and not used", prefix)
		}
	}
	return xml.Unmarshal(document, new(struct{})) // tags match
}

func TestReadXMLNotices(t *testing.T) {
	for name, document := range map[string]string{
		"a prefix that is not declared":      `<rss><channel><dc:creator>A</dc:creator></channel></rss>`,
		"a prefix of an attribute":           `<rss><channel x:a="b"></channel></rss>`,
		"a prefix that is not used":          `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel></channel></rss>`,
		"a prefix declared below the root":   `<rss><dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">A</dc:creator></rss>`,
		"an end tag that matches no start":   `<rss><channel></rss></channel>`,
		"a document that ends too early":     `<rss><channel>`,
		"a character that is not one of XML": "<rss>\x1b</rss>",
	} {
		if readXML([]byte(document)) == nil {
			t.Errorf("%s passes: %s", name, document)
		}
	}
}

// Double escaping shows in goldens that people would only skim.
func TestNoGoldenIsEscapedTwice(t *testing.T) {
	title := regexp.MustCompile(`(?s)<title[^>]*>.*?</title>|"title": "[^\n]*`)
	goldens, err := filepath.Glob("testdata/*")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("got goldens %v, error %v", goldens, err)
	}
	for _, golden := range goldens {
		data, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range title.FindAllString(string(data), -1) {
			if strings.Contains(found, `type="html"`) {
				continue // HTML, in XML
			}
			for _, mark := range []string{"&amp;amp;", "&amp;lt;", "&lt;p&gt;", "&amp;#", "&#x26;amp;#", "\\u003c"} {
				if strings.Contains(found, mark) {
					t.Errorf("%s: got %q in %s", golden, mark, found)
				}
			}
		}
	}
}
