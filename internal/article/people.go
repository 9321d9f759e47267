package article

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// people reads the authors of front matter: a text, a list of texts or
// mappings, or a mapping. The entries of a list stay whole; a text is parted
// only where every part is certainly somebody.
func people(v value) []Person {
	var all []Person
	switch v.kind {
	case scalar:
		for line := range strings.SplitSeq(v.text, "\n") {
			if isWhole(line) {
				all = appendPerson(all, person(line))
				continue
			}
			for _, name := range splitNames(line) {
				all = appendPerson(all, person(name))
			}
		}
	case list:
		for _, x := range v.list {
			if x.kind == mapping {
				all = append(all, people(x)...)
			} else {
				all = appendPerson(all, person(x.text))
			}
		}
	case mapping:
		for _, name := range []string{"name", "key"} { // key: Docusaurus's id of a known author
			if _, ok := v.get(name); ok {
				return appendPerson(nil, personOf(v, ""))
			}
		}
		for _, e := range v.entries { // {jdoe: {name: Jane Doe}}
			if e.value.kind == mapping {
				all = appendPerson(all, personOf(e.value, e.key))
			}
		}
	}
	return all
}

func appendPerson(all []Person, p Person) []Person {
	if p.Name == "" {
		return all
	}
	for _, q := range all {
		if strings.EqualFold(q.Name, p.Name) {
			return all
		}
	}
	return append(all, p)
}

// personOf reads a mapping with a name, an address and a mail address; name
// stands in for a missing one.
func personOf(v value, name string) Person {
	field := func(names ...string) string {
		for _, n := range names {
			if e, ok := v.get(n); ok && e.value.kind == scalar && !e.value.blank() {
				return oneLine(e.value.text)
			}
		}
		return ""
	}
	p := person(field("name", "key"))
	if p.Name == "" {
		p.Name = oneLine(name)
	}
	if mail := field("email", "mail"); isMail(mail) {
		p.Email = strings.TrimPrefix(mail, "mailto:")
	}
	for _, n := range []string{"url", "link", "website", "homepage", "uri", "web", "site"} {
		if u := field(n); isWeb(u) && p.URL == "" {
			p.URL = u
		}
	}
	if p.URL == "" {
		p.URL = account(field("twitter", "socials.x", "socials.twitter"), field("github", "socials.github"))
	}
	p.Avatar = portrait(field("avatar", "imageurl", "image", "photo", "picture", "avatarurl", "gravatar"))
	return p
}

// account is the address of somebody's page on Twitter or GitHub, from their
// name there.
func account(twitter, github string) string {
	for _, of := range []struct{ name, at string }{{twitter, "https://twitter.com/"}, {github, "https://github.com/"}} {
		name := strings.TrimPrefix(of.name, "@")
		switch {
		case isWeb(name):
			return name
		case name != "" && len(name) <= 40 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "":
			return of.at + name
		}
	}
	return ""
}

// portrait is the address of a portrait: an absolute one, or the digest of a
// mail address by which Gravatar knows it.
func portrait(s string) string {
	if isWeb(s) {
		return s
	}
	if len(s) == 32 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == "" {
		return "https://www.gravatar.com/avatar/" + strings.ToLower(s)
	}
	return ""
}

// statedAuthor adds what keys of their own say of the author (authorURL,
// gravatar …). Of several authors they say nothing. The address in author_email,
// which exports of blogs carry along, is not stated for publication; one that
// stands with the author's name is.
func (p *parsing) statedAuthor(meta value) {
	if len(p.a.Authors) != 1 {
		return
	}
	author := &p.a.Authors[0]
	text := func(r role) string {
		e, _ := firstScalar(meta.stated(r))
		return oneLine(e.value.text)
	}
	if u := text(authorURLKey); author.URL == "" && isWeb(u) {
		author.URL = u
	}
	if author.URL == "" {
		author.URL = account(text(authorAccountKey), "")
	}
	if author.Avatar == "" {
		author.Avatar = portrait(text(authorAvatarKey))
	}
}

// nameLinks are links of Markdown among names.
var nameLinks = pattern(`\[([^\[\]]*)\]\(([^()\s]*)\)`)

// nameWithLink is one name that is a link, or has one in brackets behind it.
var nameWithLink = pattern(`^(?:\[([^\[\]]+)\]|([^\[\]()]+?)\s*\(\[[^\[\]]*\])\(([^()\s]*)\)\)?$`)

// person reads one author: "Jane Doe", "Jane Doe <jane@example.org>",
// "jane@example.org (Jane Doe)", "[Jane Doe](https://example.org/jane)",
// "Jane Doe ([@jane](https://example.org/jane))".
func person(s string) Person {
	s = titleText(s)
	if strings.Contains(s, "](") {
		if m := nameWithLink().FindStringSubmatch(s); m != nil {
			p := Person{Name: oneLine(m[1] + m[2])}
			if isWeb(m[3]) {
				p.URL = m[3]
			}
			return p
		}
		s = nameLinks().ReplaceAllString(s, "$1")
	}
	for _, brackets := range []string{"<>", "()"} {
		before, inside, found := strings.Cut(s, brackets[:1])
		if !found || !strings.HasSuffix(inside, brackets[1:]) {
			continue
		}
		before, inside = strings.TrimSpace(before), strings.TrimSpace(strings.TrimSuffix(inside, brackets[1:]))
		switch {
		case before == "":
		case isMail(inside):
			return Person{Name: strings.Trim(before, `"`), Email: strings.TrimPrefix(inside, "mailto:")}
		case isWeb(inside):
			return Person{Name: strings.Trim(before, `"`), URL: inside}
		case isMail(before) && inside != "":
			return Person{Name: inside, Email: before}
		}
	}
	if isMail(s) {
		name, _, _ := strings.Cut(s, "@")
		return Person{Name: name, Email: s}
	}
	return Person{Name: s}
}

func isMail(s string) bool {
	s = strings.TrimPrefix(s, "mailto:")
	at := strings.IndexByte(s, '@')
	return at > 0 && strings.Contains(s[at:], ".") && !strings.ContainsAny(s, " <>()[],;:\"") && strings.Count(s, "@") == 1
}

func isWeb(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " <>\"")
}

// splitNames parts a text of several authors where every part is certainly
// one: names of two words and more ("Qi Zhu, Jigao Luo and Andrew Lamb", an
// employer behind each in brackets perhaps), or user names ("alamb, tustvold").
// All else stays whole: "Josh Aas, ISRG Executive Director", "Smith, John".
func splitNames(s string) []string {
	parts := nameParts(s)
	if len(parts) < 2 {
		return []string{s}
	}
	names, handles := true, true
	for i, part := range parts {
		if strings.Contains(part, "](") {
			if m := nameWithLink().FindStringSubmatch(part); m != nil {
				part = m[1] + m[2]
			}
		} else if name, employer, ok := strings.Cut(part, " ("); ok && strings.HasSuffix(employer, ")") && !strings.Contains(employer, "@") {
			part = name
			parts[i] = name
		}
		names = names && isName(part)
		handles = handles && isHandle(part)
	}
	if names || handles {
		return parts
	}
	return []string{s}
}

// isWhole reports whether a text certainly has one part alone.
func isWhole(s string) bool { return !strings.ContainsAny(s, ",;&/|") && !strings.Contains(s, " and ") }

// nameParts parts a list of names at commas, semicolons, strokes and "and",
// but not inside brackets.
func nameParts(s string) []string {
	var parts []string
	add := func(part string) {
		part = strings.TrimSpace(part)
		for _, and := range []string{"and ", "& "} {
			part = strings.TrimSpace(strings.TrimPrefix(part, and))
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth != 0 {
			continue
		}
		rest := s[i:]
		for _, sep := range []string{",", ";", " and ", " & ", " / ", " | "} {
			if i >= start && strings.HasPrefix(rest, sep) {
				add(s[start:i])
				start = i + len(sep)
				break
			}
		}
	}
	add(s[min(start, len(s)):])
	return parts
}

// particles are the words of a name that begin small.
var particles = sync.OnceValue(func() map[string]bool {
	return wordSet("de da di do du del della der den des dos das e y van von zu zum zur af av ter ten te el al la le los las lo bin ibn bint ben abu san st o d vom ze und")
})

// notNames are words that no name begins with or holds, of roles, employers
// and everyday speech.
var notNames = sync.OnceValue(func() map[string]bool {
	return wordSet(`the a an this that these those our your my his her its their all any some every
writer correspondent reporter editor staff journalist columnist contributor photographer analyst producer
director president secretary minister professor chairman chairwoman manager engineer officer chief head founder lead
news press agency reuters afp ap cnn bbc dpa ansa tass upi bloomberg associated agencies wire service bureau
team group foundation foundry institute university college department ministry inc ltd llc gmbh company labs
special senior executive project desk newsroom
appointment request demand invitation order day night morning evening dawn dusk design default choice law land sea
air train car bus foot hook numbers way means contrast comparison accident now then chance nature far royal popular
monday tuesday wednesday thursday friday saturday sunday`)
})

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// isName reports whether s is certainly the name of a person: two to six
// words of letters, each with a capital except for particles, and none of
// them a word of offices or everyday speech.
func isName(s string) bool {
	ws := strings.Fields(s)
	if len(ws) < 2 || len(ws) > 6 {
		return false
	}
	for i, w := range ws {
		if notNames()[strings.ToLower(w)] || strings.HasSuffix(w, ".") && i == len(ws)-1 && !isSuffix(w) {
			return false
		}
		r, _ := utf8.DecodeRuneInString(w)
		lower := particles()[w] || strings.HasPrefix(w, "d'") || strings.HasPrefix(w, "al-") || strings.HasPrefix(w, "el-")
		if !unicode.IsLetter(r) || unicode.IsLower(r) && (!lower || i == len(ws)-1 && particles()[w]) {
			return false
		}
		for _, r := range w {
			if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune("'’.-‐·", r) {
				return false
			}
		}
	}
	return true
}

func isSuffix(w string) bool { return w == "Jr." || w == "Sr." }

// isHandle reports whether s is a user name.
func isHandle(s string) bool {
	s = strings.TrimPrefix(s, "@")
	for _, r := range s {
		if !unicode.IsLower(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r) {
			return false
		}
	}
	return s != ""
}
