package article

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest slug in bytes; names of files end at 255, and
// suffixes must fit.
const maxSlug = 200

// slugFrom makes an address's segment of words: letters, digits and marks of
// any script in lower case, everything else one hyphen.
func slugFrom(words string) string {
	if isSlug(words) {
		return words
	}
	return makeSlug(words)
}

func makeSlug(words string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFC.String(strings.ToLower(words)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) {
			hyphen = true
			continue
		}
		if hyphen && b.Len() > 0 {
			b.WriteByte('-')
		}
		hyphen = false
		if b.Len()+4 > maxSlug {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSuffix(b.String(), "-")
}

// isSlug reports whether slugFrom leaves words as they are, as most names of
// files are.
func isSlug(words string) bool {
	if len(words) > maxSlug-4 {
		return false
	}
	hyphen := true
	for i := range len(words) {
		c := words[i]
		if c == '-' && hyphen || c != '-' && !('a' <= c && c <= 'z' || '0' <= c && c <= '9') {
			return false
		}
		hyphen = c == '-'
	}
	return !hyphen
}

// validSlug reports whether a stated slug can stand in an address and in a
// file's name as it is: one segment, of letters, digits, marks and "-_.~",
// that begins with none of the signs.
func validSlug(s string) bool {
	if s == "" || len(s) > maxSlug || strings.ContainsRune("-_.~", rune(s[0])) {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune("-_.~", r) {
			return false
		}
	}
	return true
}

// fileName takes an article's path apart: the name that an address can be made
// of, without extension, language and date; a file called index has the name
// of its folder.
type fileName struct {
	stem     string // as above; may be empty
	language string // of "tides.fr.md", else empty
	date     string // of the name itself, in a form that dateReader reads
	folder   string // date of the folders, likewise
	section  string // the first folder that names neither a day nor the article
	draft    bool   // it lies in a folder of drafts
}

func readFileName(file string) fileName {
	var f fileName
	dir, base := path.Split(file)
	folders := strings.Split(strings.Trim(dir, "/"), "/")
	if dir == "" {
		folders = nil
	}
	base = strings.TrimSuffix(base, path.Ext(base))
	if ext := path.Ext(base); ext != "" {
		if tag, ok := languageTag(ext[1:]); ok && len(ext) > 2 && ext[1:] == strings.ToLower(ext[1:]) {
			f.language, base = tag, strings.TrimSuffix(base, ext)
		}
	}
	if n := len(folders); n > 0 && (strings.EqualFold(base, "index") || strings.EqualFold(base, folders[n-1])) {
		base, folders = folders[n-1], folders[:n-1]
	}
	f.date, f.stem = cutNameDate(base)
	f.folder = folderDate(folders)
	if f.date == "" && f.folder == "" && digits(base) { // else the name adds nothing to the folders
		f.folder = folderDate(append(folders[:len(folders):len(folders)], base))
	}
	for _, name := range folders {
		if name == "_drafts" {
			f.draft = true
		}
	}
	for _, name := range folders {
		if date, rest := cutNameDate(name); strings.HasPrefix(name, "_") || digits(name) || date != "" && rest == "" {
			continue
		}
		if f.section = oneLine(name); f.section != "" {
			break
		}
	}
	return f
}

// cutNameDate splits a name such as "2015-02-06-storm", "2021-11-8_storm",
// "21Aug2007Storm" or "update.2015-02-06" into its date and the rest.
func cutNameDate(name string) (date, rest string) {
	if !mayHoldDate(name) {
		return "", name
	}
	return takeNameDate(name)
}

func takeNameDate(name string) (date, rest string) {
	const separators = "-_. "
	const n = len("2006-01-02")
	if len(name) >= n && (len(name) == n || strings.IndexByte(separators, name[n]) >= 0) && !strings.ContainsAny(name[n:], "0123456789") {
		if _, ok := (dateReader{}).readISO(name[:n]); ok {
			return name[:n], strings.TrimLeft(name[n:], separators)
		}
	}
	return findNameDate(name)
}

func findNameDate(name string) (date, rest string) {
	const separators = "-_. "
	toks := dateTokens(name)
	if toks == nil { // too long to be taken apart whole; a date stands in front
		toks = dateTokens(name[:min(len(name), 24)])
	}
	text := func(i int) string {
		if i < len(toks) {
			return toks[i].text
		}
		return ""
	}
	number := func(i, least, most int) bool {
		return i < len(toks) && toks[i].kind == numberToken && len(toks[i].text) >= least && len(toks[i].text) <= most
	}
	switch {
	case number(0, 4, 4) && number(2, 1, 2) && number(4, 1, 2) && text(1) == text(3) && strings.Contains("-_.", text(1)):
		date = text(0) + "-" + text(2) + "-" + text(4)
		rest = name[toks[4].end:]
		if rest != "" && !strings.Contains(separators, rest[:1]) {
			return "", name
		}
	case number(0, 1, 2) && len(toks) > 2 && toks[1].kind == wordToken && number(2, 4, 4):
		date, rest = text(0)+" "+text(1)+" "+text(2), name[toks[2].end:]
	default:
		if n := len(name) - len("2006-01-02"); n > 1 && strings.Contains("-_.", name[n-1:n]) {
			if d, after := cutNameDate(name[n:]); d != "" && after == "" {
				return d, name[:n-1]
			}
		}
		return "", name
	}
	if _, _, err := (dateReader{language: "en"}).read(date); err != nil {
		return "", name
	}
	return date, strings.TrimLeft(rest, separators)
}

func isASCIILetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// mayHoldDate reports false for most names in which cutNameDate finds no date:
// one stands at the front and begins with a number, or takes the last characters.
func mayHoldDate(name string) bool {
	if len(name) < len("2006-1-2") {
		return false
	}
	end := len(name) - len("2006-01-02")
	return !isASCIILetter(name[0]) || end > 1 && strings.IndexByte("-_.", name[end-1]) >= 0
}

// folderDate finds a day in the folders, "2024/05/06" or "2024-05-06", the
// nearest to the article first.
func folderDate(folders []string) string {
	for i := len(folders) - 1; i >= 0; i-- {
		if date, _ := cutNameDate(folders[i]); date != "" {
			return date
		}
		if i >= 2 && len(folders[i-2]) == 4 && digits(folders[i-2]) && digits(folders[i-1]) && digits(folders[i]) {
			date := strings.Join(folders[i-2:i+1], "-")
			if _, _, err := (dateReader{}).read(date); err == nil {
				return date
			}
		}
	}
	return ""
}

// folderYear finds a year among the folders, for a dateline that has none.
func folderYear(file string) string {
	for _, name := range strings.Split(path.Dir(file), "/") {
		if len(name) == 4 && digits(name) {
			return name
		}
	}
	return ""
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
