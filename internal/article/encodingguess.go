package article

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// alphabet is what a text in one language may be written with in the encodings
// that were usual for it before UTF-8.
type alphabet struct {
	language string
	// letters beyond a to z, in lower case; of Cyrillic and Greek all of them.
	letters   string
	encodings []string
	// modelled is set for languages that the detector knows; then it must name
	// the same encoding.
	modelled bool
}

var (
	western = []string{"windows-1252", "iso-8859-15"}
	central = []string{"windows-1250", "iso-8859-2"}
	russian = []string{"windows-1251", "koi8-r", "iso-8859-5"}
	ukraine = []string{"windows-1251", "koi8-u", "iso-8859-5"}
	balkan  = []string{"windows-1251", "iso-8859-5"}
	baltic  = []string{"windows-1257", "iso-8859-13"}
)

const cyrillic = "абвгдежзийклмнопрстуфхцчшщъыьэюя"

var alphabets = []alphabet{
	{"en", "", western, true},
	{"fr", "àâæçéèêëîïôœùûüÿ", western, true},
	{"de", "äöüß", western, true},
	{"es", "áéíñóúü", western, true},
	{"it", "àèéìíîòóùú", western, true},
	{"pt", "àáâãçéêíóôõúü", western, true},
	{"nl", "áäéèëïíóöúü", western, true},
	{"sv", "åäöé", western, true},
	{"da", "åæøé", western, true},
	{"no", "åæøéòôó", western, true},
	{"nb", "åæøéòôó", western, true},
	{"fi", "åäöšž", western, false},
	{"is", "áðéíóúýþæö", western, false},
	{"sq", "çë", []string{"windows-1252", "windows-1250"}, false},
	{"pl", "ąćęłńóśźż", central, true},
	{"cs", "áčďéěíňóřšťúůýž", central, true},
	{"sk", "áäčďéíĺľňóôŕšťúýž", central, false},
	{"hu", "áéíóöőúüű", central, true},
	{"ro", "ăâîşţ", central, true},
	{"hr", "čćđšž", central, false},
	{"bs", "čćđšž", central, false},
	{"sl", "čšž", central, false},
	{"sr", "čćđšž", central, false},
	{"sr", "абвгдђежзијклљмнњопрстћуфхцчџш", balkan, false},
	{"mk", "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ", balkan, false},
	{"bg", cyrillic, balkan, false},
	{"ru", cyrillic + "ё", russian, true},
	{"uk", cyrillic + "ґєії", ukraine, false},
	{"be", cyrillic + "ёіў", balkan, false},
	{"el", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", []string{"windows-1253", "iso-8859-7"}, true},
	{"tr", "âçğıîöşûü", []string{"windows-1254"}, true},
	{"lt", "ąčęėįšųūž", baltic, false},
	{"lv", "āčēģīķļņšūž", baltic, false},
	{"et", "äöõüšž", baltic, false},
	{"ja", "", []string{"shift_jis", "euc-jp"}, true},
	{"zh", "", []string{"gb18030", "big5"}, true},
	{"ko", "", []string{"euc-kr"}, true},
}

// detected names the encodings of the detector as the table above does. What
// ISO 8859 leaves to control characters, Windows fills with letters and signs.
var detected = map[string][]string{
	"ISO-8859-1": western, "windows-1252": western,
	"ISO-8859-2": central, "windows-1250": central,
	"ISO-8859-5": {"iso-8859-5"}, "windows-1251": {"windows-1251"}, "KOI8-R": {"koi8-r", "koi8-u"},
	"ISO-8859-7": {"windows-1253", "iso-8859-7"}, "windows-1253": {"windows-1253", "iso-8859-7"},
	"ISO-8859-9": {"windows-1254"}, "windows-1254": {"windows-1254"},
	"Shift_JIS": {"shift_jis"}, "EUC-JP": {"euc-jp"},
	"GB-18030": {"gb18030"}, "GB18030": {"gb18030"}, "Big5": {"big5"}, "EUC-KR": {"euc-kr"},
}

// detectorWindow is how much of a file the detector looks at, in bytes.
const detectorWindow = 64 << 10

// guessEncoding reads a file that is not UTF-8 and does not say what it is,
// when one reading stands alone. Three witnesses must agree: the text holds
// nothing that no writing has (see plausible), its letters are those of the
// site's language, and the detector, which knows how often letters follow each
// other, names no other encoding. A language without letters beyond a to z
// cannot tell "naïve" from "naďve" by its letters; there all words that hold such
// ones must be among the loanwords, which are words in one encoding alone.
func guessEncoding(src []byte, language string) (text, name string, ok bool) {
	language = baseLanguage(language)
	readings := map[string]string{}
	read := func(name string) (string, bool) {
		text, seen := readings[name]
		if !seen {
			text = decodeAs(src, name)
			if text != "" && !plausible(text) {
				text = ""
			}
			readings[name] = text
		}
		return text, text != ""
	}
	modelled, own := false, false
	for _, a := range alphabets {
		if a.language != language {
			continue
		}
		for _, encoding := range a.encodings {
			reading, good := read(encoding)
			if !good {
				continue
			}
			fits, has := a.fits(reading)
			if latin, _ := read("windows-1252"); fits && !has && reading != latin {
				fits = false // signs alone are read only as most people write them
			}
			if !fits || reading == text {
				continue
			}
			if text != "" {
				return "", "", false // two readings, both in the language
			}
			text, name, modelled, own = reading, encoding, a.modelled, has
		}
	}
	if text == "" {
		return "", "", false
	}
	// The detector's own doubt is not asked for: it is high for short texts. Of
	// what it finds equally likely it names in a different order each time, so
	// all of that is heard.
	found, err := chardet.NewTextDetector().DetectAll(src[:min(len(src), detectorWindow)])
	if err != nil {
		return text, name, !own
	}
	agrees := false
	for _, result := range found {
		if result.Confidence < found[0].Confidence {
			break
		}
		for _, encoding := range detected[result.Charset] {
			reading, good := read(encoding)
			agrees = agrees || reading == text
			if good && reading != text && slices.ContainsFunc(alphabets, func(a alphabet) bool {
				fits, _ := a.fits(reading)
				return fits && slices.Contains(a.encodings, encoding)
			}) {
				return "", "", false
			}
		}
	}
	return text, name, agrees || !own || !modelled
}

// decodeAs decodes src, empty when it cannot be in that encoding.
func decodeAs(src []byte, name string) string {
	enc, _ := charset.Lookup(name)
	out, err := enc.NewDecoder().Bytes(src)
	if err != nil || strings.ContainsRune(string(out), utf8.RuneError) {
		return ""
	}
	return string(out)
}

// plausible reports whether a text holds none of what shows that it was
// decoded wrongly: control characters above ASCII, two alphabets in one word, a
// sign within or at a word that belongs elsewhere, a capital behind a small
// letter.
func plausible(text string) bool {
	before, prev := ' ', ' '
	for _, r := range text + " " {
		if prev >= 0x80 && (unicode.IsControl(prev) || unicode.Is(unicode.Co, prev) || !unicode.IsPrint(prev) && !unicode.IsSpace(prev) && prev != '\u00AD') {
			return false
		}
		if wordLetter(before) && wordLetter(prev) && (before >= 0x80 || prev >= 0x80) {
			x, y := script(before), script(prev)
			if x != y && x != "" && y != "" || unicode.IsLower(before) && unicode.IsUpper(prev) {
				return false
			}
		}
		if prev >= 0x80 && !wordLetter(prev) {
			left, right := wordLetter(before), wordLetter(r)
			switch {
			case strings.ContainsRune("’‘ʼ´·\u00AD–—…\u00A0", prev):
			case strings.ContainsRune("“”„«»‹›°©®™№•¡¿", prev):
				if left && right || left && strings.ContainsRune("„¡¿", prev) {
					return false
				}
			case strings.ContainsRune("£€ºª", prev):
				if right {
					return false
				}
			case left || right:
				return false
			}
		}
		before, prev = prev, r
	}
	return true
}

// wordLetter reports whether r is a letter of an alphabet whose words can be told.
func wordLetter(r rune) bool {
	return unicode.IsLetter(r) && r != 'º' && r != 'ª' && r != 'µ' && !ideographic(r)
}

func script(r rune) string {
	switch {
	case unicode.Is(unicode.Latin, r):
		return "Latin"
	case unicode.Is(unicode.Cyrillic, r):
		return "Cyrillic"
	case unicode.Is(unicode.Greek, r):
		return "Greek"
	}
	return ""
}

func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー' || r == '々' || r == '〆'
}

// fits reports whether a text can be in the language, by its letters, and
// whether it has letters that only the right encoding gives: several of them,
// unless the language has fewer, for one may be another that was decoded
// wrongly. Where they are many, a foreign name in the same encoding is none
// the worse.
func (a *alphabet) fits(text string) (fits, own bool) {
	switch a.language {
	case "ja", "zh", "ko":
		return a.fitsIdeographs(text)
	}
	if a.letters == "" {
		return !strings.ContainsFunc(text, tells) || loansAlone(text), false
	}
	mine, foreign := 0, 0
	distinct := map[rune]bool{}
	for _, r := range text {
		if !tells(r) {
			continue
		}
		if small := unicode.ToLower(r); strings.ContainsRune(a.letters, small) {
			distinct[small] = true
			mine++
		} else {
			foreign++
		}
	}
	if mine == 0 {
		return foreign == 0, false
	}
	telling := 0
	for _, r := range a.letters {
		if !inEverySet(r) {
			telling++
		}
	}
	few, kinds := 5, 3
	if a.modelled { // the detector is asked as well
		few, kinds = 4, 2
	}
	return mine >= few && mine >= 5*foreign && len(distinct) >= min(kinds, telling), true
}

// tells reports whether a letter beyond a to z is another one, or none, in some
// other encoding of Latin letters.
func tells(r rune) bool {
	return r >= 0x80 && unicode.IsLetter(r) && r != 'º' && r != 'ª' && r != 'µ' && !inEverySet(r)
}

// loanwords are words and names that stand in English texts with letters that
// windows-1252 has and its relatives have not: with what those have in their
// place ("Nińo", "crčme", "naďve") they are words in no language.
var loanwords = sync.OnceValue(func() map[string]bool {
	return wordSet(`niño niña señor señora señorita español española españa mañana piñata jalapeño
habañero cabaña doña peña año nuñez muñoz ordóñez núñez coruña logroño
crème brûlée voilà à après mère père frère célèbre première déjà vis-à-vis pièce scène arrière genève
hélène thérèse molière lumière rivière bibliothèque manière grève modèle système thème siècle
naïve naïveté naïvely faïence haïti citroën noël zoë chloë brontë
tête-à-tête tête fête fêted crêpe forêt prêt-à-porter
são joão magalhães guimarães irmão fundação associação
ångström århus færø encyclopædia cæsar æsthetic archæology mediæval søren jørgen ørsted tromsø
smørrebrød øresund sørensen`)
})

// loansAlone reports whether every word with a letter that tells is a loanword,
// a capital and a plural's s aside.
func loansAlone(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
	known := loanwords()
	for _, w := range words {
		if !strings.ContainsFunc(w, tells) {
			continue
		}
		w = strings.ToLower(strings.Trim(w, "-"))
		if !known[w] && !known[strings.TrimSuffix(w, "s")] {
			return false
		}
	}
	return true
}

// inEverySet reports whether the letter is the same byte in all encodings of
// Latin letters that Windows has for Europe, so that it tells nothing.
func inEverySet(r rune) bool {
	first, ok := charmap.Windows1252.EncodeRune(r)
	for _, set := range []*charmap.Charmap{charmap.Windows1250, charmap.Windows1254, charmap.Windows1257} {
		b, known := set.EncodeRune(r)
		ok = ok && known && b == first
	}
	return ok
}

// fitsIdeographs judges Japanese, Chinese and Korean by their scripts: only
// Japanese has kana, only Korean Hangul, and none has the narrow kana in which
// other encodings' bytes come out.
func (a *alphabet) fitsIdeographs(text string) (fits, own bool) {
	var han, kana, hangul, other, latin int
	prev := ' '
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
			if 'a' <= prev && prev <= 'z' {
				latin++
			}
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
			if 0xFF61 <= r && r <= 0xFF9F {
				return false, false
			}
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case r >= 0x80 && unicode.IsLetter(r) && r != 'ー' && r != '々' && r != '〆' && !(0xFF01 <= r && r <= 0xFF5E):
			other++
		}
		prev = r
	}
	all := han + kana + hangul
	if all == 0 || other*10 > all || latin*4 > all {
		return false, false
	}
	switch a.language {
	case "ja":
		fits = kana*5 >= all && hangul == 0
	case "zh":
		fits = kana+hangul == 0
	default:
		fits = hangul*2 >= all && kana == 0
	}
	return fits, true
}
