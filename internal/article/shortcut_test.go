package article

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The shortcuts that most articles take must lead where the long way leads.

func TestDatesOfProgramsAreReadAsAllDatesAre(t *testing.T) {
	zone := time.FixedZone("site", 3600)
	pieces := []string{"2023", "1969", "2201", "0000", "-", "-", "11", "20", "02", "29", "31", "13", "1", "T", " ", "t", "08:30", "24:00", "23:60", ":59", ":60", ".5", "Z", "z", "+01:00", "-05:30", "+15:00", "+14:59", "+0100", " +01:00", " ", "x", "−01:00"}
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"2023-11-20", "2024-02-29", "2023-02-29", "2023-11-20T08:30", "2023-11-20 08:30:59", "2023-11-20T08:30:00Z", "2023-11-20T08:30:00+01:00", "2023-11-20T08:30-05:30"}
	for range 100_000 {
		var b strings.Builder
		if random.IntN(2) == 0 {
			b.WriteString([]string{"2023-11-20", "2024-02-29", "2023-02-30", "2200-12-31T23:59", "1970-01-01 00:00"}[random.IntN(5)])
		}
		for range random.IntN(7) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	short := 0
	for _, text := range texts {
		d := dateReader{zone: zone, language: "en"}
		got, ok := d.readISO(text)
		if !ok {
			continue
		}
		short++
		want, note, err := d.readAny(text)
		if err != nil || note != "" || !got.at.Equal(want.at) || got.at.String() != want.at.String() || got.clock != want.clock {
			t.Fatalf("%q: got %v, want %v %q %v", text, got, want, note, err)
		}
	}
	if short < 1000 {
		t.Errorf("only %d of %d dates took the short way", short, len(texts))
	}
}

// textPieces are signs that mean something to Markdown, HTML or YAML, and what
// stands between them.
var textPieces = []string{"a", "Word ", "é", "日本", " ", "  ", "\t", "\u00a0", "\u2028", "\ufeff", "\u202e", "\x00", "\x01", "\x1f", "\x7f", "-", "- ", "1. ", "#", "=", "~", "~~~", "*", "_", "`", "[", "]", "(", ")", "<", ">", "&", "&amp;", "!", "\\", "|", "\"", "'", ".", ":", "https://example.org/a", "\n", "\ufffd"}

func generated(t *testing.T, check func(text string) (short bool)) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	short := 0
	for range 50_000 {
		var b strings.Builder
		for range random.IntN(10) {
			b.WriteString(textPieces[random.IntN(len(textPieces))])
		}
		if check(b.String()) {
			short++
		}
		if t.Failed() {
			return
		}
	}
	if short < 300 {
		t.Errorf("only %d texts took the short way", short)
	}
}

func TestTextWithoutMarksIsReadAsMarkdownReadsIt(t *testing.T) {
	generated(t, func(text string) bool {
		if !hasNoMarks(text) {
			return false
		}
		if got, want := oneLine(text), readMarks(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		return true
	})
}

func TestALineStaysAsItIs(t *testing.T) {
	generated(t, func(text string) bool {
		if !isOneLine(text) {
			return false
		}
		if got := asOneLine(text); got != text {
			t.Errorf("%q: got %q", text, got)
		}
		return true
	})
}

func TestTheFirstControlCharacterIsFound(t *testing.T) {
	generated(t, func(text string) bool {
		text = strings.Repeat("é und o\n", len(text)%9) + text
		want := strings.IndexFunc(text, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) })
		if got := firstControl(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
		return want >= 0
	})
}

// TestAPlainFileIsDecodedAsAnyOther puts a byte order mark in front, behind which
// no file is plain.
func TestAPlainFileIsDecodedAsAnyOther(t *testing.T) {
	others := strings.NewReplacer("日本", "\r\n", "!", "\f", "|", "\r", "&amp;", "\xff", "https://example.org/a", "\x1b[0m")
	generated(t, func(text string) bool {
		text = strings.Repeat("Plain text, and more.\n", len(text)%7) + others.Replace(text)
		want := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf || r < ' ' && r != '\t' && r != '\n' })
		if want < 0 {
			want = len(text)
		}
		if got := plainFront(text); got != want {
			t.Fatalf("%q: got %d plain bytes, want %d", text, got, want)
		}
		read, refused := decodeBytes([]byte(text), want, Options{})
		if wholly, why := decodeBytes([]byte(text), 0, Options{}); read != wholly || !reflect.DeepEqual(refused, why) {
			t.Errorf("%q: got %q, %v, looked at wholly %q, %v", text, read, refused, wholly, why)
		}
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "\uFEFF") || !utf8.ValidString(text) {
			return want == len(text)
		}
		got, controls, problem := decode([]byte(text), Options{})
		marked, markedControls, markedProblem := decode([]byte("\uFEFF"+text), Options{})
		if got != marked || controls != markedControls || !reflect.DeepEqual(problem, markedProblem) {
			t.Errorf("%q: got %q, %v, %v, want %q, %v, %v", text, got, controls, problem, marked, markedControls, markedProblem)
		}
		return want == len(text)
	})
}

func TestKeysOfAddressesAreKnown(t *testing.T) {
	for _, key := range addressKeys {
		if roleOf(key) != otherKey {
			t.Errorf("%s: formerly does not look for it", key)
		}
	}
}

// namePieces are what names of files and people are made of.
var namePieces = []string{"a", "Storm", "é", "-", "-", "_", ".", " ", "2023", "11", "20", "2", "9", "2023-11-20", "2023-11-20-", "2023-02-30", "2023_11_20", "1 May 2020", "21Aug2007", "and", " and ", " & ", " / ", ",", ";", "(", ")", "Jo", "Smith"}

func TestNamesAreReadTheSameByTheShortcuts(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var undated, slugs, whole int
	for range 200_000 {
		var b strings.Builder
		for range random.IntN(7) {
			b.WriteString(namePieces[random.IntN(len(namePieces))])
		}
		name := b.String()
		if !mayHoldDate(name) {
			undated++
			if date, _ := findNameDate(name); date != "" {
				t.Fatalf("%q: said to hold no date, it holds %s", name, date)
			}
		}
		date, rest := takeNameDate(name)
		if wantDate, wantRest := findNameDate(name); mayHoldDate(name) && (date != wantDate || rest != wantRest) {
			t.Fatalf("%q: got %q and %q, want %q and %q", name, date, rest, wantDate, wantRest)
		}
		if isSlug(name) {
			slugs++
			if got := makeSlug(name); got != name {
				t.Fatalf("%q: said to be a slug, its slug is %q", name, got)
			}
		}
		if isWhole(name) {
			whole++
			if got := splitNames(name); len(got) != 1 || got[0] != name {
				t.Fatalf("%q: said to be one name, it is %q", name, got)
			}
		}
		if folders := []string{"2023", "11"}; !digits(name) && mayHoldDate(name) {
			if date, _ := cutNameDate(name); date == "" && folderDate(append(folders, name)) != "" {
				t.Fatalf("%q: no day, but one with the folders", name)
			}
		}
	}
	if min(undated, slugs, whole) < 1000 {
		t.Errorf("of the names %d were without a date, %d slugs, %d one name", undated, slugs, whole)
	}
}

// TestDatesHaveDigits has the words of dates in all orders: without a digit
// they are none.
func TestDatesHaveDigits(t *testing.T) {
	pieces := []string{"Monday", "lundi", "May", "november", "Nov", "novembra", "le", "on", ",", ".", ":", "-", " ", " ", "T", "Z", "UTC", "at", "pm", "h", "um", "г", "月", "日", "te"}
	random := rand.New(rand.NewPCG(9, 10))
	for range 50_000 {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		toks := withoutPreposition(dateTokens(b.String()))
		for from := range toks {
			if m, _, err := (dateReader{language: "en"}).readTokens(toks[from:], ""); err != errNoDate {
				t.Fatalf("%q: got %v %v", b.String(), m, err)
			}
		}
	}
}

func TestALineOfTextIsWrittenWordByWord(t *testing.T) {
	for _, owed := range []bool{false, true} {
		generated(t, func(text string) bool {
			line, _, _ := strings.Cut(text, "\n")
			var got, want plainWriter
			for _, w := range []*plainWriter{&got, &want} {
				w.word("before")
				w.space = owed
			}
			got.words(line)
			want.parted(line)
			if got, want := got.b.String(), want.b.String(); got != want {
				t.Errorf("%q: got %q, want %q", line, got, want)
			}
			if got.space != want.space {
				t.Errorf("%q: a blank is owed: got %v, want %v", line, got.space, want.space)
			}
			return !strings.Contains(line, "  ") && line != ""
		})
	}
}
