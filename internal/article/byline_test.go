package article

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBylines(t *testing.T) {
	for _, c := range []struct{ line, language, want string }{
		{"By Valentina Dimitrievska in Skopje November 20, 2023", "en", "Valentina Dimitrievska; in Skopje; on 2023-11-20"},
		{"By Jane Doe", "en", "Jane Doe"},
		{"BY JANE DOE", "en", "JANE DOE"},
		{"By: Jane Doe", "en", "Jane Doe"},
		{"by Jane Doe and John Smith", "en", "Jane Doe, John Smith"},
		{"By Jane Doe, John Smith and Maria Garcia, CNN", "en", "Jane Doe, John Smith, Maria Garcia"},
		{"By Jane Doe, John Smith, and Maria Garcia", "en", "Jane Doe, John Smith, Maria Garcia"},
		{"By Jane Doe & John Smith", "en", "Jane Doe, John Smith"},
		{"By Jane Doe, Staff Writer", "en", "Jane Doe"},
		{"By MARK NIESSE, Associated Press Writer", "en", "MARK NIESSE"},
		{"By Jane Doe, Reuters", "en", "Jane Doe"},
		{"By Jane Doe of Reuters", "en", "Jane Doe"},
		{"By Jane Doe for the Guardian", "en", "Jane Doe"},
		{"By Jane Doe | BBC News", "en", "Jane Doe"},
		{"By Jane Doe, example.com", "en", "Jane Doe"},
		{"By Ludwig van der Berg in Rio de Janeiro", "en", "Ludwig van der Berg; in Rio de Janeiro"},
		{"By Jane Doe in Washington, D.C., on Monday, 20 November 2023", "en", "Jane Doe; in Washington, D.C.; on 2023-11-20"},
		{"By Jane Doe | 2023-11-20 15:30 +0100", "en", "Jane Doe; on 2023-11-20"},
		{"By Seán O’Brien-Smith Jr.", "en", "Seán O’Brien-Smith Jr."},
		{"By J. R. Smith", "en", "J. R. Smith"},
		{"By Reuters", "en", "Reuters"},
		{"By April Smith", "en", "April Smith"},
		{"By Ана Петрова", "en", "Ана Петрова"},
		{"Von Hans Müller und Eva Klein aus Wien", "de", "Hans Müller, Eva Klein; in Wien"},
		{"Par Jeanne Dupont à Paris", "fr", "Jeanne Dupont; in Paris"},
		{"Por Juan Pérez en Madrid, 20 de noviembre de 2023", "es", "Juan Pérez; in Madrid; on 2023-11-20"},
		{"Written by Jane Doe", "en", "Jane Doe"},
		{"Text: Eva Klein", "de", "Eva Klein"},
		{"Texte : Jeanne Dupont", "fr", "Jeanne Dupont"},
		{"Di Maria Rossi e Luca Bianchi", "it", "Maria Rossi, Luca Bianchi"},
		{"Por Ana Silva e João Costa em Lisboa", "pt", "Ana Silva, João Costa; in Lisboa"},
		{"Door Jan de Vries", "nl", "Jan de Vries"},
		{"Autor: Jan Kowalski", "pl", "Jan Kowalski"},
		{"Автор: Иван Петров, 20 ноября 2023", "ru", "Иван Петров; on 2023-11-20"},
		{"Автор: Олена Коваль", "uk", "Олена Коваль"},
		{"Пише: Јелена Петровић", "sr", "Јелена Петровић"},
		{"Piše: Jelena Petrović i Marko Ilić", "sr-Latn", "Jelena Petrović, Marko Ilić"},
		{"Nga Agim Krasniqi në Prishtinë, 20 nëntor 2023", "sq", "Agim Krasniqi; in Prishtinë; on 2023-11-20"},
		{"Του Γιάννη Παπαδόπουλου", "el", "Γιάννη Παπαδόπουλου"},
		{"Haber: Ayşe Yılmaz", "tr", "Ayşe Yılmaz"},
		{"文・山田太郎", "ja", "山田太郎"},
		{"筆者\uFF1A山田 太郎、佐藤花子", "ja", "山田 太郎, 佐藤花子"},
		{"记者\uFF1A张三、李四", "zh", "张三, 李四"},
		{"作者:张三 2023年11月20日", "zh", "张三; on 2023-11-20"},
		// Somebody, and words that are not understood: the line stays.
		{"By Jane Doe, Balkan Insight", "en", "Jane Doe; stays"},
		{"By Jane Doe, John Smith", "en", "Jane Doe; stays"},
		// No bylines.
		{"By the way, nothing happened", "en", "none"},
		{"By The Numbers", "en", "none"},
		{"By Monday Morning", "en", "none"},
		{"By Popular demand", "en", "none"},
		{"By Skopje", "en", "none"},
		{"By land and by sea", "en", "none"},
		{"By Jane Doe came the answer", "en", "none"},
		{"By 2023 the river was dry", "en", "none"},
		{"Bypassing Jane Doe", "en", "none"},
		{"Von Hans Müller", "en", "none"},
		{"By Royal Appointment", "en", "none"},
		{"By Land And Sea", "en", "none"},
		{"Автор: неизвестен", "ru", "none"},
		{"Του χρόνου τέτοια μέρα", "el", "none"},
		{"Nga Shqipëria me dashuri", "sq", "none"},
		{"文:この本は読まれるべきだと思います", "ja", "none"},
		{"By " + strings.Repeat("Jane ", 100), "en", "none"},
		{"By", "en", "none"},
		{"By ", "en", "none"},
		{"By ,", "en", "none"},
	} {
		b, ok := readByline(c.line, dateReader{language: c.language})
		got := "none"
		if ok {
			var names []string
			for _, p := range b.authors {
				names = append(names, p.Name)
			}
			got = strings.Join(names, ", ")
			if b.place != "" {
				got += "; in " + b.place
			}
			if !b.date.at.IsZero() {
				got += "; on " + b.date.at.Format(time.DateOnly)
			}
			if !b.whole {
				got += "; stays"
			}
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

func TestDatelines(t *testing.T) {
	for _, c := range []struct{ paragraph, want string }{
		{"SKOPJE, Nov 20 (Reuters) - The government fell.", "SKOPJE; Nov 20"},
		{"LONDON (Reuters) - Rates rose.", "LONDON; "},
		{"London (Reuters) - Rates rose.", "London; "},
		{"WASHINGTON, D.C. (AP) _ The Senate voted.", "WASHINGTON, D.C.; "},
		{"WASHINGTON, D.C. — The Senate voted.", "WASHINGTON, D.C.; "},
		{"NEW YORK, November 20, 2023 – Shares fell.", "NEW YORK; November 20, 2023"},
		{"PRISTINA, 20 Nov. 2023 (AFP)— Voters went.", "PRISTINA; 20 Nov. 2023"},
		{"EXCLUSIVE - The minister knew.", "none"},
		{"WASHINGTON - The Senate voted.", "none"},
		{"Monday, May 6, 2024 - nothing happened.", "none"},
		{"The answer (in short) - no.", "none"},
		{"Skopje - the capital - is large.", "none"},
		{"No dash in this paragraph.", "none"},
		{"", "none"},
	} {
		d, ok := readDateline(c.paragraph, dateReader{language: "en"})
		got := "none"
		if ok {
			got = fmt.Sprintf("%s; %s", d.place, d.text)
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.paragraph, got, c.want)
		}
	}
}

func TestAuthorsInOneText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Jane Doe", "Jane Doe"},
		{"Qi Zhu and Andrew Lamb", "Qi Zhu | Andrew Lamb"},
		{"Qi Zhu (Cloudera), Jigao Luo (Systems Group at TU Darmstadt), and Andrew Lamb (InfluxData)", "Qi Zhu | Jigao Luo | Andrew Lamb"},
		{"alamb, Dandandan, tustvold", "alamb, Dandandan, tustvold"},
		{"alamb, akurmustafa", "alamb | akurmustafa"},
		{"Smith, John", "Smith, John"},
		{"Josh Aas, ISRG Executive Director", "Josh Aas, ISRG Executive Director"},
		{"Jane Lusby, Project Director of Collaboration", "Jane Lusby, Project Director of Collaboration"},
		{"Carlos Amedee, on behalf of the Go team", "Carlos Amedee, on behalf of the Go team"},
		{"Carol (Nichols || Goulding)", "Carol (Nichols || Goulding)"},
		{"Oznur Hanci and Berkay Sahin on behalf of the PMC", "Oznur Hanci and Berkay Sahin on behalf of the PMC"},
		{"Jane Doe; John Smith", "Jane Doe | John Smith"},
		{"Jane Doe\nJohn Smith", "Jane Doe | John Smith"},
		{"Jane Doe <jane@example.org>", "Jane Doe jane@example.org"},
		{"jane@example.org (Jane Doe)", "Jane Doe jane@example.org"},
		{"jane@example.org", "jane jane@example.org"},
		{"[Jane Doe](https://example.org/)", "Jane Doe https://example.org/"},
		{"[Jane Doe](javascript:alert)", "Jane Doe"},
		{"Jane Doe ([@jane](https://example.org/jane))", "Jane Doe https://example.org/jane"},
		{"[Jane Doe](https://example.org/a,b), John Smith ([@js](https://example.org/js)) and Ann Lee", "Jane Doe https://example.org/a,b | John Smith https://example.org/js | Ann Lee"},
		{"Jane Doe ([@jane](https://example.org/jane)), keeper of flags", "Jane Doe (@jane), keeper of flags"},
		{"Jane Doe, jane doe", "Jane Doe, jane doe"},
		{" \u200b", "\u200b"},
	} {
		var got []string
		for _, p := range people(value{kind: scalar, text: c.text}) {
			got = append(got, strings.TrimSpace(strings.TrimSpace(p.Name+" "+p.Email)+" "+p.URL))
		}
		if s := strings.Join(got, " | "); s != c.want {
			t.Errorf("%q: got %q, want %q", c.text, s, c.want)
		}
	}
}
