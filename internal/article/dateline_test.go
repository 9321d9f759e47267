package article

import (
	"testing"
	"time"
)

// TestDateLinesInEveryLanguage reads lines as they stand below headlines.
func TestDateLinesInEveryLanguage(t *testing.T) {
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	const day, clock, updated = "2023-11-20", "2023-11-20 15:30", "updated 2023-11-20 15:30"
	for _, c := range []struct {
		language string
		lines    []string
		want     string
	}{
		{"en", []string{"November 20, 2023", "20 November 2023", "Monday, 20 November 2023", "Mon 20 Nov 2023", "Nov. 20, 2023", "20th November 2023", "Published: 2023-11-20", "Published on Monday 20 November 2023", "Posted on November 20th, 2023", "Date: 20 November 2023"}, day},
		{"en", []string{"November 20, 2023 3:30 PM", "Nov 20, 2023, 3:30 p.m.", "20 November 2023 at 15:30", "Monday, November 20, 2023 at 3:30 pm", "3:30 PM, November 20, 2023", "15:30, 20 November 2023", "20 November 2023 | 15:30", "20/11/2023 15:30", "First published: 20 November 2023 15:30"}, clock},
		{"en", []string{"Updated: November 20, 2023 3:30 PM", "Last updated on 20 November 2023 at 15:30", "Last modified: 2023-11-20 15:30"}, updated},
		{"fr", []string{"20 novembre 2023", "Lundi 20 novembre 2023", "le 20 novembre 2023", "Publié le 20 novembre 2023", "20 nov. 2023", "Publié le lundi 20 novembre 2023", "20/11/2023"}, day},
		{"fr", []string{"20 novembre 2023 à 15h30", "Publié le 20 novembre 2023 à 15 h 30", "20/11/2023 à 15:30", "lundi 20 novembre 2023, 15h30", "Le 20 nov. 2023 à 15:30"}, clock},
		{"fr", []string{"Mis à jour le 20 novembre 2023 à 15h30", "Mise à jour : 20/11/2023 15:30", "Modifié le 20 novembre 2023 à 15:30"}, updated},
		{"de", []string{"20. November 2023", "Montag, 20. November 2023", "Mo., 20.11.2023", "20.11.2023", "20. Nov. 2023", "am 20. November 2023", "Veröffentlicht am 20. November 2023", "den 20. November 2023"}, day},
		{"de", []string{"20. November 2023, 15:30 Uhr", "20.11.2023, 15.30 Uhr", "20. November 2023 um 15:30 Uhr", "Montag, 20. November 2023, 15:30", "Veröffentlicht: 20.11.2023 15:30"}, clock},
		{"de", []string{"Aktualisiert am 20. November 2023 um 15:30 Uhr", "Stand: 20.11.2023 15:30 Uhr", "Zuletzt aktualisiert: 20.11.2023, 15:30 Uhr"}, updated},
		{"es", []string{"20 de noviembre de 2023", "Lunes, 20 de noviembre de 2023", "20 nov 2023", "20 noviembre, 2023", "el 20 de noviembre del 2023", "Publicado el 20 de noviembre de 2023", "20/11/2023"}, day},
		{"es", []string{"20 de noviembre de 2023 a las 15:30", "20 nov 2023 - 15:30", "20 de noviembre de 2023, 3:30 p. m.", "Publicado: 20/11/2023 15:30", "20 NOV 2023 15:30"}, clock},
		{"es", []string{"Actualizado el 20 de noviembre de 2023 a las 15:30", "Actualizado: 20/11/2023 15:30", "Última actualización: 20 nov 2023 15:30"}, updated},
		{"it", []string{"20 novembre 2023", "Lunedì 20 novembre 2023", "lunedì, 20 novembre 2023", "20 nov 2023", "Pubblicato il 20 novembre 2023", "20/11/2023"}, day},
		{"it", []string{"20 novembre 2023 alle 15:30", "20 novembre 2023, ore 15.30", "20 novembre 2023 alle ore 15.30", "Pubblicato il 20/11/2023 15:30", "20 Novembre 2023 15:30"}, clock},
		{"it", []string{"Aggiornato il 20 novembre 2023 alle 15:30", "Ultimo aggiornamento: 20/11/2023 15:30", "Modificato il 20 novembre 2023 15:30"}, updated},
		{"pt", []string{"20 de novembro de 2023", "Segunda-feira, 20 de novembro de 2023", "20 nov. 2023", "20 Nov 2023", "Publicado em 20 de novembro de 2023", "20/11/2023"}, day},
		{"pt", []string{"20 de novembro de 2023 às 15:30", "20 de novembro de 2023, 15h30", "20/11/2023 15h30", "Publicado em 20/11/2023 às 15h30", "20 de novembro de 2023 às 15 h 30"}, clock},
		{"pt", []string{"Atualizado em 20 de novembro de 2023 às 15:30", "Atualizado: 20/11/2023 15h30", "Última atualização: 20/11/2023 15:30"}, updated},
		{"nl", []string{"20 november 2023", "maandag 20 november 2023", "20 nov. 2023", "ma 20 nov 2023", "Gepubliceerd op 20 november 2023", "20-11-2023"}, day},
		{"nl", []string{"20 november 2023 om 15:30", "20 november 2023, 15.30 uur", "maandag 20 november 2023 om 15.30 uur", "Gepubliceerd: 20-11-2023 15:30"}, clock},
		{"nl", []string{"Bijgewerkt op 20 november 2023 om 15:30", "Laatst bijgewerkt: 20-11-2023 15:30", "Laatst gewijzigd op 20 november 2023 15:30"}, updated},
		{"pl", []string{"20 listopada 2023", "20 listopada 2023 r.", "poniedziałek, 20 listopada 2023", "20 lis 2023", "dnia 20 listopada 2023 roku", "Opublikowano 20 listopada 2023", "20.11.2023 r.", "Data publikacji: 20 listopada 2023"}, day},
		{"pl", []string{"20 listopada 2023, 15:30", "20 listopada 2023, godz. 15:30", "20 listopada 2023 r., godz. 15.30", "20.11.2023 15:30", "poniedziałek, 20 listopada 2023 o 15:30"}, clock},
		{"pl", []string{"Aktualizacja: 20.11.2023 15:30", "Zaktualizowano 20 listopada 2023 o 15:30", "Ostatnia aktualizacja: 20 listopada 2023 15:30"}, updated},
		{"ru", []string{"20 ноября 2023", "20 ноября 2023 г.", "20 ноября 2023 года", "Понедельник, 20 ноября 2023", "20.11.2023", "20 нояб. 2023 г.", "Опубликовано 20 ноября 2023"}, day},
		{"ru", []string{"20 ноября 2023, 15:30", "20 ноября 2023 года в 15:30", "15:30, 20 ноября 2023", "15:30 20.11.2023", "20.11.2023 15:30", "Опубликовано: 20.11.2023, 15:30"}, clock},
		{"ru", []string{"Обновлено: 20.11.2023 15:30", "Обновлено 20 ноября 2023 в 15:30", "Последнее обновление: 20 ноября 2023, 15:30"}, updated},
		{"uk", []string{"20 листопада 2023", "20 листопада 2023 р.", "20 листопада 2023 року", "Понеділок, 20 листопада 2023", "20.11.2023", "Опубліковано 20 листопада 2023"}, day},
		{"uk", []string{"20 листопада 2023, 15:30", "20 листопада 2023 року о 15:30", "20.11.2023 15:30", "15:30, 20 листопада 2023"}, clock},
		{"uk", []string{"Оновлено: 20.11.2023 15:30", "Оновлено 20 листопада 2023 о 15:30", "Останнє оновлення: 20 листопада 2023, 15:30"}, updated},
		{"sr", []string{"20. новембра 2023.", "20. новембар 2023.", "20. новембра 2023. године", "понедељак, 20. новембар 2023.", "20.11.2023.", "Објављено 20. новембра 2023.", "20. нов 2023"}, day},
		{"sr", []string{"20. новембра 2023. у 15:30", "20.11.2023. 15:30", "20. новембар 2023, 15:30", "понедељак, 20.11.2023, 15:30"}, clock},
		{"sr", []string{"Ажурирано: 20.11.2023. 15:30", "Последња измена: 20. новембар 2023, 15:30"}, updated},
		{"sr-Latn", []string{"20. novembra 2023.", "20. novembar 2023.", "20. novembra 2023. godine", "ponedeljak, 20. novembar 2023.", "20.11.2023.", "Objavljeno 20. novembra 2023.", "20. nov 2023"}, day},
		{"sr-Latn", []string{"20. novembra 2023. u 15:30", "20.11.2023. 15:30", "20. novembar 2023, 15:30", "20.11.2023. u 15.30", "ponedeljak, 20.11.2023, 15:30h"}, clock},
		{"sr-Latn", []string{"Ažurirano: 20.11.2023. 15:30", "Poslednja izmena: 20. novembar 2023, 15:30", "Ažurirano 20. novembra 2023. u 15:30"}, updated},
		{"sq", []string{"20 nëntor 2023", "20 Nëntor, 2023", "më 20 nëntor 2023", "e hënë, 20 nëntor 2023", "E hënë, 20 nëntor 2023", "Publikuar më 20 nëntor 2023", "20.11.2023"}, day},
		{"sq", []string{"20 nëntor 2023, ora 15:30", "20 nëntor 2023 15:30", "20 nëntor 2023 në orën 15:30", "20/11/2023 15:30", "Publikuar: 20.11.2023 15:30"}, clock},
		{"sq", []string{"Përditësuar më 20 nëntor 2023, 15:30", "Përditësuar: 20.11.2023 15:30"}, updated},
		{"el", []string{"20 Νοεμβρίου 2023", "Δευτέρα, 20 Νοεμβρίου 2023", "Δευτέρα 20 Νοεμβρίου 2023", "20 Νοε 2023", "20 Νοέμβριος 2023", "Δημοσιεύτηκε στις 20 Νοεμβρίου 2023", "20/11/2023"}, day},
		{"el", []string{"20 Νοεμβρίου 2023, 15:30", "20 Νοεμβρίου 2023 στις 15:30", "20 Νοεμβρίου 2023, 3:30 μ.μ.", "20/11/2023 15:30", "Δευτέρα, 20 Νοεμβρίου 2023 15:30"}, clock},
		{"el", []string{"Ενημερώθηκε: 20/11/2023 15:30", "Τελευταία ενημέρωση: 20 Νοεμβρίου 2023, 15:30"}, updated},
		{"tr", []string{"20 Kasım 2023", "20 Kasım 2023 Pazartesi", "20 Kasım 2023, Pazartesi", "20.11.2023", "20 KASIM 2023", "Yayınlanma tarihi: 20 Kasım 2023", "20 Kas 2023"}, day},
		{"tr", []string{"20 Kasım 2023 Pazartesi 15:30", "20 Kasım 2023, 15:30", "20 Kasım 2023 saat 15:30", "20.11.2023 - 15:30", "Yayınlanma: 20.11.2023 15:30"}, clock},
		{"tr", []string{"Güncelleme: 20.11.2023 15:30", "Son güncelleme: 20 Kasım 2023 15:30", "Güncellenme tarihi: 20.11.2023 - 15:30"}, updated},
		{"ja", []string{"2023年11月20日", "2023年11月20日(月)", "2023年11月20日月曜日", "2023年11月20日\uFF08月\uFF09", "令和5年11月20日", "2023/11/20", "投稿日\uFF1A2023年11月20日", "二〇二三年十一月二十日"}, day},
		{"ja", []string{"2023年11月20日 15:30", "2023年11月20日 15時30分", "2023年11月20日(月) 15時30分", "2023年11月20日午後3時30分", "2023/11/20 15:30", "公開日:2023年11月20日 15:30"}, clock},
		{"ja", []string{"更新日:2023年11月20日 15:30", "最終更新:2023年11月20日 15時30分", "2023年11月20日 15時30分 更新"}, updated},
		{"zh", []string{"2023年11月20日", "2023年11月20日 星期一", "\uFF12\uFF10\uFF12\uFF13年\uFF11\uFF11月\uFF12\uFF10日", "发布时间\uFF1A2023年11月20日", "2023-11-20", "二〇二三年十一月二十日", "2023年11月20日(星期一)"}, day},
		{"zh", []string{"2023年11月20日 15:30", "2023年11月20日 15时30分", "2023年11月20日 星期一 15:30", "2023年11月20日下午3:30", "发布时间:2023-11-20 15:30", "發布時間:2023年11月20日 15:30"}, clock},
		{"zh", []string{"更新时间\uFF1A2023年11月20日 15:30", "更新於:2023-11-20 15:30", "最后更新:2023-11-20 15:30"}, updated},
	} {
		for _, line := range c.lines {
			got := "no date"
			if m, isUpdate, ok := readDateLine(line, dateReader{zone: skopje, language: c.language}); ok {
				got = m.at.Format(time.DateOnly)
				if m.clock {
					got = m.at.Format("2006-01-02 15:04")
				}
				if isUpdate {
					got = "updated " + got
				}
			}
			if got != c.want {
				t.Errorf("%s: %q: got %s, want %s", c.language, line, got, c.want)
			}
		}
	}
}
