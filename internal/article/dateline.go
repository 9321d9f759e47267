package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dateLabels are what stands before the date in a line of its own, in small
// letters; of two that begin alike the longer counts. A label of updated dates
// the last change.
var dateLabels = [...]struct {
	words   string
	updated bool
}{
	{"first published", false}, {"published", false}, {"posted", false}, {"date", false},
	{"last updated", true}, {"updated", true}, {"last modified", true}, {"modified", true},
	{"publié", false}, {"mis à jour", true}, {"mise à jour", true}, {"modifié", true}, {"dernière mise à jour", true},
	{"veröffentlicht", false}, {"erschienen", false}, {"datum", false}, {"zuletzt aktualisiert", true}, {"aktualisiert", true}, {"stand", true},
	{"publicado", false}, {"fecha", false}, {"actualizado", true}, {"última actualización", true},
	{"pubblicato", false}, {"data di pubblicazione", false}, {"ultimo aggiornamento", true}, {"aggiornato", true}, {"modificato", true},
	{"data", false}, {"última atualização", true}, {"atualizado", true},
	{"gepubliceerd", false}, {"laatst bijgewerkt", true}, {"bijgewerkt", true}, {"laatst gewijzigd", true}, {"gewijzigd", true},
	{"data publikacji", false}, {"opublikowano", false}, {"ostatnia aktualizacja", true}, {"aktualizacja", true}, {"zaktualizowano", true},
	{"опубликовано", false}, {"дата", false}, {"обновлено", true}, {"последнее обновление", true},
	{"опубліковано", false}, {"оновлено", true}, {"останнє оновлення", true},
	{"објављено", false}, {"датум", false}, {"ажурирано", true}, {"последња измена", true},
	{"objavljeno", false}, {"ažurirano", true}, {"poslednja izmena", true}, {"posljednja izmjena", true},
	{"publikuar", false}, {"përditësuar", true},
	{"δημοσιεύτηκε", false}, {"δημοσιεύθηκε", false}, {"ημερομηνία", false}, {"τελευταία ενημέρωση", true}, {"ενημερώθηκε", true},
	{"yayınlanma tarihi", false}, {"yayınlanma", false}, {"giriş", false}, {"tarih", false},
	{"son güncelleme", true}, {"güncellenme tarihi", true}, {"güncelleme", true}, {"güncellendi", true},
	{"投稿日", false}, {"公開日", false}, {"配信", false}, {"掲載", false}, {"更新日", true}, {"最終更新", true}, {"更新", true},
	{"发布时间", false}, {"发布于", false}, {"發布時間", false}, {"發布於", false}, {"更新时间", true}, {"更新于", true}, {"更新時間", true}, {"更新於", true}, {"最后更新", true}, {"最後更新", true},
}

// maxDateLine is the longest line in bytes that may be a date.
const maxDateLine = 150

// readDateLine reads a line that holds a date and nothing else but a label.
func readDateLine(line string, dates dateReader) (m moment, updated, ok bool) {
	if line = strings.TrimSpace(line); len(line) > maxDateLine || !strings.ContainsFunc(line, isNumeral) {
		return moment{}, false, false
	}
	line = oneLine(line)
	line, updated = cutDateLabel(line)
	m, _, err := dates.read(line)
	return m, updated, err == nil
}

func isNumeral(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune("〇二十", r) }

// cutDateLabel takes the label off a line: before the date, with a colon or a
// blank behind it, or, in Japanese, at the end.
func cutDateLabel(line string) (rest string, updated bool) {
	first, _ := utf8.DecodeRuneInString(line)
	if unicode.IsDigit(first) {
		if rest, ok := strings.CutSuffix(line, "更新"); ok {
			return strings.TrimSpace(rest), true
		}
		return line, false
	}
	small := strings.ToLower(line)
	if len(small) != len(line) { // "İ" is longer in small letters
		return line, false
	}
	longest := 0
	for _, label := range dateLabels {
		after, ok := strings.CutPrefix(small, label.words)
		if !ok || len(label.words) < longest {
			continue
		}
		behind := strings.TrimLeft(after, " :\uFF1A\u3000\u00A0")
		if r, _ := utf8.DecodeRuneInString(after); len(behind) < len(after) || label.words[0] >= 0xE0 && unicode.IsDigit(r) {
			longest, rest, updated = len(label.words), line[len(line)-len(behind):], label.updated
		}
	}
	if longest > 0 {
		return rest, updated
	}
	return line, false
}

// readDateLines reads a line of several dates, each with its label:
// "Published: 20 November 2023 | Updated: 21 November 2023, 08:15".
func readDateLines(line string, dates dateReader) (published, updated moment, ok bool) {
	for _, sep := range []string{" | ", " · ", " • ", " / ", " – ", " - ", ", ", "  "} {
		before, after, found := strings.Cut(line, sep)
		if !found {
			continue
		}
		p, first, ok := readDateLine(before, dates)
		u, second, also := readDateLine(after, dates)
		if _, labelled := cutDateLabel(strings.TrimSpace(after)); ok && also && !first && second && labelled {
			return p, u, true
		}
	}
	return moment{}, moment{}, false
}
