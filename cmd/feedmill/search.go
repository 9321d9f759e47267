package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"feedmill/internal/edition"
)

// A search looks for what is left of an article in files: its words, the names
// that it had, and the files that only it showed.
type search struct {
	// passages are the runs of words, eight long, that only this article has;
	// a text that is shorter is one run.
	passages map[string]bool
	// names are what stands for the article: id, path, address.
	names   []string
	media   map[string]string // SHA-256 of files that only it showed → path
	lengths []int             // of passages, in words
}

// passageWords is how many words tell one text from others.
const passageWords = 8

// leastRun is how many words a title, or the words of an address, must have to
// be looked for by themselves: fewer are everybody's.
const leastRun = 3

// passagesOf returns the runs of words in a text.
func passagesOf(text string) []string {
	words := wordsOf(text)
	if len(words) < leastRun {
		return nil
	}
	if len(words) <= passageWords {
		return []string{strings.Join(words, " ")}
	}
	var all []string
	for i := 0; i+passageWords <= len(words); i++ {
		all = append(all, strings.Join(words[i:i+passageWords], " "))
	}
	return all
}

var (
	elements = regexp.MustCompile(`</?[a-zA-Z!?][^<>]*>`)
	escapes  = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\[nrt"/\\]`)
)

// wordsOf returns the words of a text in lower case, whether it is plain or in
// HTML, XML or JSON, or one in the other.
func wordsOf(text string) []string {
	if strings.Contains(text, `\`) {
		text = escapes.ReplaceAllStringFunc(text, func(e string) string {
			if e[1] != 'u' {
				return " "
			}
			var r rune
			if _, err := fmt.Sscanf(e[2:], "%04x", &r); err != nil {
				return " "
			}
			return string(r)
		})
	}
	for range 2 { // HTML in XML is escaped twice
		text = html.UnescapeString(elements.ReplaceAllString(text, " "))
	}
	text = elements.ReplaceAllString(text, " ")
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r)
	})
}

// take adds what a text says to what is looked for.
func (s *search) take(text string) {
	for _, p := range passagesOf(text) {
		s.passages[p] = true
		if n := strings.Count(p, " ") + 1; !slices.Contains(s.lengths, n) {
			s.lengths = append(s.lengths, n)
		}
	}
}

// name adds a name that stands for the article.
func (s *search) name(names ...string) {
	for _, n := range names {
		if n != "" && !slices.Contains(s.names, n) {
			s.names = append(s.names, n)
		}
	}
}

// except takes what another text says, too, out of what is looked for, and
// returns the first name and the first passage of it.
func (s *search) except(text string) (said []string) {
	for {
		_, name := s.in(text)
		if name == "" {
			break
		}
		if len(said) == 0 {
			said = append(said, name)
		}
		s.names = slices.DeleteFunc(s.names, func(n string) bool { return n == name })
	}
	first := ""
	words := wordsOf(text)
	for i := range words {
		for _, n := range s.lengths {
			if i+n > len(words) {
				continue
			}
			if p := strings.Join(words[i:i+n], " "); s.passages[p] {
				first = cmp.Or(first, p)
				delete(s.passages, p)
			}
		}
	}
	if first != "" {
		said = append(said, first)
	}
	return said
}

// withoutMedia leaves out the files that an edition has.
func (s *search) withoutMedia(e *edition.Edition) {
	for d := range e.Documents() {
		delete(s.media, d.Digest)
	}
}

// in returns what of the article stands in a text: the first passage and the
// first name; empty strings when nothing does.
func (s *search) in(text string) (passage, name string) {
	plain := strings.ToLower(html.UnescapeString(text))
	decoded := plain
	if strings.Contains(plain, "%") {
		if d, err := url.PathUnescape(strings.ReplaceAll(plain, "%%", "%25%")); err == nil {
			decoded = d
		}
	}
	for _, n := range s.names {
		if l := strings.ToLower(n); stands(plain, l) || stands(decoded, l) {
			name = n
			break
		}
	}
	if len(s.passages) == 0 {
		return "", name
	}
	words := wordsOf(text)
	for i := range words {
		for _, n := range s.lengths {
			if i+n > len(words) {
				continue
			}
			if p := strings.Join(words[i:i+n], " "); s.passages[p] {
				return p, name
			}
		}
	}
	return "", name
}

// stands reports whether a name stands in a text by itself, not as a part of
// another.
func stands(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		from = i + 1
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		first, _ := utf8.DecodeRuneInString(name)
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		last, _ := utf8.DecodeLastRuneInString(name)
		if !(part(first) && part(before)) && !(part(last) && (part(after) || after == '/' || after == '~')) {
			return true
		}
	}
}

// part reports whether a character may continue a name.
func part(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_' || r == '%')
}

// find is a file with something of the article.
type find struct {
	file string
	what string
}

// files looks through every file below the directories, compressed ones too, and
// returns what it found and how many files it read.
func (s *search) files(dirs ...string) (found []find, read int, err error) {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil // gone while we look, or never there
			}
			if err != nil {
				return err
			}
			if _, n := s.in(filepath.ToSlash(strings.TrimPrefix(name, dir))); n != "" && name != dir {
				found = append(found, find{name, "its name"})
			}
			if !d.Type().IsRegular() {
				return nil
			}
			body, err := os.ReadFile(name)
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil {
				return err
			}
			read++
			sum := sha256.Sum256(body)
			if of := s.media[hex.EncodeToString(sum[:])]; of != "" {
				found = append(found, find{name, "the file " + of})
				return nil
			}
			if plain, err := edition.Decode(name, body); err == nil {
				body = plain
			}
			switch passage, of := s.in(string(body)); {
			case passage != "":
				found = append(found, find{name, fmt.Sprintf("the words %q", passage)})
			case of != "":
				found = append(found, find{name, fmt.Sprintf("%q", of)})
			}
			return nil
		})
		if err != nil {
			return found, read, err
		}
	}
	return found, read, nil
}
