package article

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodingsThatAreDeclaredAreRead(t *testing.T) {
	const russian = "Мост закрыт"
	for _, c := range []struct{ what, src, want string }{
		{"UTF-8", "Мост", "Мост"},
		{"UTF-8 with a mark", "\uFEFFМост", "Мост"},
		{"UTF-16, little end first", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), russian), russian},
		{"UTF-16, big end first", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), russian), russian},
		{"Windows-1251 in front matter", "encoding: windows-1251\n\n" + encoded(t, charmap.Windows1251, russian), "encoding: windows-1251\n\n" + russian},
		{"KOI8-R in HTML", "<meta charset=\"koi8-r\">" + encoded(t, charmap.KOI8R, russian), "<meta charset=\"koi8-r\">" + russian},
		{"Windows-1250 in an old page", "<meta http-equiv=Content-Type content='text/html; charset=windows-1250'>" + encoded(t, charmap.Windows1250, "Škoda"),
			"<meta http-equiv=Content-Type content='text/html; charset=windows-1250'>Škoda"},
		{"ISO 8859-2 in XHTML", "<?xml version=\"1.0\" encoding=\"iso-8859-2\"?>" + encoded(t, charmap.ISO8859_2, "Škoda"), "<?xml version=\"1.0\" encoding=\"iso-8859-2\"?>Škoda"},
		{"Shift JIS", "charset=shift_jis\n" + encoded(t, japanese.ShiftJIS, "橋"), "charset=shift_jis\n橋"},
		{"UTF-8 that says it is Latin-1", "<meta charset=iso-8859-1>Мост", "<meta charset=iso-8859-1>Мост"},
		{"line ends of three systems", "a\r\nb\rc\nd", "a\nb\nc\nd"},
		{"a page break", "a\fb", "a\fb"},
	} {
		got, _, problem := decode([]byte(c.src), Options{Language: "en"})
		if problem != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.what, got, problem, c.want)
		}
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	for _, c := range []struct {
		what, src, language string
		code                string
		line                int
		hint                string
	}{
		{"nothing", "", "en", "empty", 0, ""},
		{"blanks", " \n\t\r\n", "en", "empty", 0, ""},
		{"a picture", "\xFF\xD8\xFF\xE0\x00\x10JFIF", "en", "binary", 0, "move it"},
		{"UTF-16 without a mark", "a\x00b\x00", "en", "binary", 0, "move it"},
		{"many control characters", strings.Repeat("a\x01", 100), "en", "binary", 0, "move it"},
		{"a letter that may be ñ or ń", "one\ntwo Gda\xF1sk", "en", "encoding", 2, "`encoding: windows-1252`"},
		{"Windows-1251 that says nothing", "\xCC\xEE\xF1\xF2", "sr-Cyrl", "encoding", 1, "`encoding: windows-1251`"},
		{"Latin-1 that says it is UTF-8", "charset=utf-8\n\xE8", "fr", "encoding", 2, "`encoding: windows-1252`"},
		{"Latin-1 that says it is something unknown", "charset=klingon\n\xE8", "fr", "encoding", 2, "windows-1252"},
		{"bytes that do not fit what the file says", "charset=shift_jis\n\x85\xFF\xFF", "en", "encoding", 2, "correct the declaration"},
	} {
		text, _, problem := decode([]byte(c.src), Options{Language: c.language})
		if problem == nil {
			t.Errorf("%s: got %q, want a problem", c.what, text)
			continue
		}
		if problem.Code != c.code || problem.Line != c.line || problem.Severity != Error || !strings.Contains(problem.Hint, c.hint) {
			t.Errorf("%s: got %s %s, want %s in line %d with a hint of %q", c.what, problem.Code, problem, c.code, c.line, c.hint)
		}
	}
}

func TestFewControlCharactersAreForgiven(t *testing.T) {
	for _, test := range []struct{ what, src, text string }{
		{"two in a long text", strings.Repeat("word ", 100) + "\x07\x1B.", strings.Repeat("word ", 100) + "."},
		{"one in a short text", "a\x01b", "ab"},
		{"the colours of a terminal", "# Log\n\n    \x1b[32mok\x1b[0m \x1b[1;31mno\x1b[K\x1b[0m\n", "# Log\n\n    ok no\n"},
		{"the title that a terminal is given", "a\x1b]0;title\x07b", "ab"},
		{"a vertical tab is a blank", "one\vtwo", "one two"},
	} {
		text, _, problem := decode([]byte(test.src), Options{Language: "en"})
		if problem != nil {
			t.Errorf("%s: got %v, want it forgiven", test.what, problem)
			continue
		}
		p := &parsing{a: New("a.md")}
		if got := p.withoutControls(text); got != test.text || len(p.problems) != 1 || p.problems[0].Severity != Warning {
			t.Errorf("%s: got %q and %v, want %q and a warning", test.what, got, p.problems, test.text)
		}
	}
}

func TestTheSitesEncodingIsForFilesThatSayNothing(t *testing.T) {
	opt := Options{Language: "en", Encoding: "windows-1251"}
	for _, c := range []struct{ what, src, want string }{
		{"Windows-1251", encoded(t, charmap.Windows1251, "Мост"), "Мост"},
		{"UTF-8", "Мост", "Мост"},
		{"another encoding that is declared", "charset=koi8-r\n" + encoded(t, charmap.KOI8R, "Мост"), "charset=koi8-r\nМост"},
	} {
		if got, _, problem := decode([]byte(c.src), opt); problem != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q without a problem", c.what, got, problem, c.want)
		}
	}
	_, _, problem := decode([]byte("one\n\x98"), opt)
	if problem == nil || problem.Severity != Error || problem.Line != 2 || !strings.Contains(problem.Text, "the site says") {
		t.Errorf("a byte that is not in the site's encoding: got %v, want an error in line 2", problem)
	}
}

func TestGuessedEncodingIsSaid(t *testing.T) {
	a, problems := Parse("a.txt", []byte("The caf\xE9\n\nIt is \x93closed\x94.\n"), Options{Language: "en"})
	if a == nil || a.Title != "The café" || a.body.text != "It is “closed”." {
		t.Fatalf("got %+v, %v, want it read", a, problems)
	}
	if len(problems) != 1 || problems[0].Severity != Warning || problems[0].Line != 1 || !strings.Contains(problems[0].Text, "read as windows-1252") {
		t.Errorf("got %v, want one warning that names windows-1252", problems)
	}
}
