package article

import (
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// samples are texts as newsrooms wrote them before UTF-8, each with the
// encodings that it was written in.
var samples = []struct{ language, encodings, text string }{
	{"en", "windows-1252", "The minister “did not know,” he said – and didn’t ask. The café was closed."},
	{"en", "windows-1252", "Prices rose by £20 to €300, a record high for the region’s farmers…"},
	{"en", "windows-1252 iso-8859-15", "El Niño is back, said the naïve owner, and the crème of São Paulo costs more. An encyclopædia agrees."},
	{"fr", "windows-1252 iso-8859-15", "Le gouvernement a annoncé lundi que les élèves de première année seraient reçus à la mairie. Les négociations ont été très difficiles, a déclaré la ministre."},
	{"fr", "iso-8859-15", "La sœur du président a été reçue à l'hôpital après une très longue opération du cœur."},
	{"de", "windows-1252", "Die Bürgermeisterin erklärte am Montag, dass die Brücke über den Fluss größer werden müsse. „Wir können nicht länger warten“, sagte sie."},
	{"es", "windows-1252", "El presidente anunció ayer que los niños de la región podrán acudir a la escuela mañana. «No habrá más retrasos», añadió."},
	{"it", "windows-1252", "Il governo ha deciso lunedì che la città non potrà più costruire perché mancano i soldi. È una novità, ha detto il sindaco."},
	{"pt", "windows-1252", "A ministra disse que a situação não é fácil e que as eleições serão adiadas até ao próximo mês."},
	{"nl", "windows-1252", "De coördinator van de reünie zei dat België één miljoen euro betaalt voor de financiële crisis. Officiële cijfers uit Italië en naïeve ideeën geven geen beeld."},
	{"sv", "windows-1252", "Regeringen säger att över hälften av alla människor får högre lön nästa år på grund av förslaget. Så är det också på många andra håll."},
	{"sq", "windows-1252 windows-1250", "Kryeministri tha se qeveria është e gatshme për të ndërtuar rrugën që çon në jug të vendit."},
	{"pl", "windows-1250 iso-8859-2", "Minister powiedział, że rząd nie może już dłużej czekać na decyzję sądu. Środa będzie dniem żałoby w całej Łodzi."},
	{"cs", "windows-1250 iso-8859-2", "Vláda včera oznámila, že příští rok zvýší daně. Ministr řekl, že žádné jiné řešení není možné."},
	{"hu", "windows-1250 iso-8859-2", "A miniszterelnök szerint a kormány őszre befejezi az új törvény előkészítését, és erről értesíti a szövetségeseket."},
	{"ro", "windows-1250 iso-8859-2", "Guvernul a hotărât să mărească salariile profesorilor şi să construiască două spitale în această ţară până la sfârşitul anului."},
	{"hr", "windows-1250 iso-8859-2", "Predsjednik Vlade rekao je da će sljedeće godine početi gradnja škole u Šibeniku. Građani više ne žele čekati."},
	{"sr-Latn", "windows-1250", "Predsednik Milošević rekao je da će Đorđe Čolić doći u četvrtak na žurku u Niš."},
	{"sl", "windows-1250", "Predsednik vlade je včeraj povedal, da bo naslednje leto začela gradnja šole. Žal še ni denarja."},
	{"ru", "windows-1251 koi8-r iso-8859-5", "Президент России заявил в понедельник, что правительство не будет повышать налоги до конца года. Об этом сообщает агентство."},
	{"uk", "windows-1251 koi8-u", "Президент України заявив у понеділок, що уряд не підвищуватиме податки до кінця року. Її слова підтвердив міністр."},
	{"sr", "windows-1251 iso-8859-5", "Председник Владе рекао је да ће следеће године почети изградња школе у Нишу. Грађани више не желе да чекају."},
	{"mk", "windows-1251", "Претседателот на Владата рече дека следната година ќе започне изградбата на училиштето во Скопје. Граѓаните не сакаат да чекаат."},
	{"bg", "windows-1251", "Министърът заяви в понеделник, че правителството няма да повишава данъците до края на годината."},
	{"el", "windows-1253 iso-8859-7", "Η κυβέρνηση ανακοίνωσε τη Δευτέρα ότι δεν θα αυξήσει τους φόρους μέχρι το τέλος του έτους, όπως είπε ο υπουργός."},
	{"tr", "windows-1254 iso-8859-9", "Başbakan pazartesi günü yaptığı açıklamada hükümetin yıl sonuna kadar vergileri artırmayacağını söyledi. İstanbul'da gösteri düzenlendi."},
	{"ja", "shift_jis euc-jp", "政府は月曜日、来年の予算案を発表した。首相は記者会見で「国民の皆様のご理解をお願いします」と述べた。東京で開かれた会議には多くの人が参加しました。"},
	{"zh", "gb18030", "政府星期一宣布明年的预算。总理在记者会上说,我们要为人民服务,发展经济,改善人民的生活。这是一个很重要的决定。"},
	{"zh-Hant", "big5", "政府星期一宣布明年的預算。總理在記者會上說,我們要為人民服務,發展經濟,改善人民的生活。這是一個很重要的決定。"},
	{"ko", "euc-kr", "정부는 월요일 내년도 예산안을 발표했다. 대통령은 기자회견에서 국민 여러분의 이해를 부탁드린다고 말했다."},
	{"lt", "windows-1257", "Vyriausybė pirmadienį pranešė, kad kitais metais mokesčiai nebus didinami. Žmonės šį sprendimą sutiko džiaugsmingai."},
	{"lv", "windows-1257", "Valdība pirmdien paziņoja, ka nākamgad nodokļi netiks paaugstināti. Cilvēki šo lēmumu uzņēma ar prieku Rīgā."},
	{"et", "windows-1257", "Valitsus teatas esmaspäeval, et järgmisel aastal makse ei tõsteta. Inimesed võtsid otsuse rõõmuga vastu. Garaaž ja šokolaad on kõigile."},
	// What tells too little of where it was written.
	{"en", "windows-1250", "Slobodan Milošević and Đorđe Čolić met Václav Klaus and Antonín Dvořák."},
	{"en", "windows-1257", "The mayor of Rīga met Andrius Kubilius and Ainārs Šlesers on Monday."},
	{"en", "windows-1254", "Recep Tayyip Erdoğan spoke in İzmir and Diyarbakır on Monday."},
	{"en", "windows-1250", "Lech Wałęsa spoke in Łódź on Wednesday."},
	{"en", "windows-1252", "Åsgård has a fjord called Lærdalsfjord."},
	{"en", "windows-1250", "In Gdańsk Andrej Plenković spoke."},
	{"en", "windows-1257", "The train to Šiauliai left Klaipėda; mąstė."},
	{"pl", "windows-1250", "środa"},
	{"fr", "windows-1252", "très"},
	{"ru", "koi8-r", "Да"},
	{"ru", "ibm866", "Президент России заявил в понедельник, что правительство не будет повышать налоги до конца года."},
	{"fr", "macintosh", "Le gouvernement a annoncé lundi que les élèves de première année seraient reçus à la mairie."},
	{"fr", "ibm850", "Le gouvernement a annoncé lundi que les élèves de première année seraient reçus à la mairie."},
	{"en", "macintosh", "The minister “did not know,” he said – and didn’t ask. The café was closed."},
}

func encodingNamed(name string) encoding.Encoding {
	if name == "ibm850" { // no browser knows it
		return charmap.CodePage850
	}
	e, _ := charset.Lookup(name)
	return e
}

// siteLanguages are those of sites that the samples may turn up in.
var siteLanguages = []string{
	"", "en", "en-GB", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "no", "nb", "fi", "is", "sq", "pl", "cs", "sk", "hu", "ro", "hr", "bs", "sl",
	"sr", "sr-Latn", "mk", "bg", "ru", "uk", "be", "el", "tr", "lt", "lv", "et", "ja", "zh", "zh-Hant", "ko", "ar", "he", "eo",
}

// TestUndeclaredEncodingsAreNeverReadWrong reads every sample in every
// language of a site. What is read must be what was written, to the letter.
func TestUndeclaredEncodingsAreNeverReadWrong(t *testing.T) {
	trials, read := 0, 0
	for _, s := range samples {
		for name := range strings.FieldsSeq(s.encodings) {
			enc := encodingNamed(name)
			for _, text := range []string{s.text, "2024\n\n" + s.text + "\n", strings.Repeat(s.text+" ", 20), s.text[:len(s.text)/3]} {
				text = strings.ToValidUTF8(text, "")
				src := encoded(t, enc, text)
				if src == text {
					continue // ASCII tells nothing
				}
				for _, language := range siteLanguages {
					trials++
					got, _, ok := guessEncoding([]byte(src), language)
					if ok {
						read++
					}
					if ok && got != text {
						t.Errorf("%s in %s, on a site in %q: got %.80q, want %.80q or nothing", name, s.language, language, got, text)
					}
				}
			}
		}
	}
	t.Logf("%d of %d readings in 43 languages of sites, none wrong", read, trials)
}

// TestUndeclaredEncodingsAreReadInTheSitesLanguage reads the samples that are
// long enough where they belong.
func TestUndeclaredEncodingsAreReadInTheSitesLanguage(t *testing.T) {
	for _, s := range samples[:33] {
		for name := range strings.FieldsSeq(s.encodings) {
			enc := encodingNamed(name)
			if got, _, ok := guessEncoding([]byte(encoded(t, enc, s.text)), s.language); !ok || got != s.text {
				t.Errorf("%s in %s: got %q %v, want it read", name, s.language, got, ok)
			}
		}
	}
}

// TestGuessIsTheSameEachTime guesses texts of which the detector, which works
// on several threads, finds several encodings equally likely.
func TestGuessIsTheSameEachTime(t *testing.T) {
	for _, src := range []string{strings.Repeat("\xC9", 64), strings.Repeat("\xE9\xF8 ", 40), "tr\xE8s \xE9\xE0\xF9 \xE7a \xEA"} {
		for _, language := range []string{"sr", "ru", "fr", "cs"} {
			text, _, ok := guessEncoding([]byte(src), language)
			for range 50 {
				if again, _, okAgain := guessEncoding([]byte(src), language); again != text || okAgain != ok {
					t.Fatalf("%q in %s: got %q %v, then %q %v", src, language, text, ok, again, okAgain)
				}
			}
		}
	}
}
