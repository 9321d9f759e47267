package article

import (
	"strings"

	"golang.org/x/net/html/charset"
)

// cutHeaderLines finds lines "Key: value" at the front of a text, up to the
// first empty line, as in mail (RFC 5322), MultiMarkdown and Pelican. Lines
// that are indented continue the value before.
//
// Many headlines look like such a line ("Campbell: E-mail row 'not
// important'"), so the first key must be one that feedmill knows, and alone it
// must be one that no headline begins with.
func cutHeaderLines(text string, line int) (block, bool) {
	n, keys := 0, 0
	var firstKey, firstValue string
	for l := range strings.Lines(text) {
		t := strings.TrimRight(l, " \t\n")
		if t == "" {
			break
		}
		key, val, ok := cutKey(t)
		switch {
		case ok && strings.TrimLeft(t, " \t") == t:
			if keys++; keys == 1 {
				firstKey, firstValue = key, val
			}
		case keys > 0 && strings.ContainsAny(t[:1], " \t"):
		default:
			return block{}, false
		}
		n += len(l)
	}
	if keys == 0 || !opensHeader(firstKey) || keys == 1 && !aloneIsHeader(firstKey, firstValue) {
		return block{}, false
	}
	b := block{text: text[:n], line: line, rest: text[n:]}
	b.next = line + strings.Count(b.text, "\n")
	return b, true
}

// opensHeader reports whether a key can be the first of header lines. Words
// that begin captions and headlines as often ("Video: …") cannot.
func opensHeader(key string) bool {
	switch folded := foldKey(key); roleOf(folded) {
	case noRole, pictureKey, captionKey, creditKey, altKey, enclosureKey, lengthKey, durationKey, shownKey, showingKey,
		relatedKey, viaKey, linksKey, sourceKey, rightsKey, licenseKey, pointKey, latitudeKey, longitudeKey,
		bannerKey, pictureTitleKey, episodeKey, seasonKey, episodeTypeKey, explicitKey, episodeImageKey, transcriptKey, chaptersKey:
		return false
	case contributorKey, commentsKey:
		return folded == "translator" || folded == "comments"
	case otherKey:
		switch folded {
		case "featured", "header", "version", "params", "extra", "menu", "math":
			return false
		}
	}
	return true
}

// aloneIsHeader reports whether one line "key: value" is front matter though
// no other key stands beside it.
func aloneIsHeader(key, val string) bool {
	switch foldKey(key) {
	case "encoding", "charset":
		e, _ := charset.Lookup(val)
		return e != nil
	}
	switch roleOf(foldKey(key)) {
	case titleKey, authorKey:
		return val != ""
	case publishedKey, updatedKey:
		_, _, err := (dateReader{language: "en-us"}).read(val)
		return err == nil
	}
	return false
}

// cutCommentLines finds lines ".. key: value", Nikola's front matter, which in
// Markdown and HTML stand in a comment.
func cutCommentLines(text string, line int) (block, bool) {
	b := block{line: line}
	comment := false
	if first, rest, _ := strings.Cut(text, "\n"); strings.TrimSpace(first) == "<!--" {
		text, comment = rest, true
		b.line++
	}
	n := 0
	for l := range strings.Lines(text) {
		inner, ok := strings.CutPrefix(strings.TrimPrefix(l, "# "), ".. ") // "# .. title:" in files of metadata
		if _, _, isKey := cutKey(strings.TrimRight(inner, " \t\n")); !ok || !isKey {
			break
		}
		n += len(l)
	}
	if n == 0 {
		return block{}, false
	}
	b.text, b.rest = text[:n], text[n:]
	b.next = b.line + strings.Count(b.text, "\n")
	if comment {
		end := strings.Index(b.rest, "-->")
		if end < 0 {
			return block{}, false
		}
		end += len("-->")
		b.next += strings.Count(b.rest[:end], "\n")
		b.rest = b.rest[end:]
	}
	return b, true
}

// readLines reads what cutHeaderLines or cutCommentLines found. The lines of
// a continued value stay apart by a line feed.
func (p *parsing) readLines(b *block) (value, bool) {
	meta := value{kind: mapping, line: b.line}
	line := b.line
	for l := range strings.Lines(b.text) {
		l = strings.TrimRight(l, " \t\n")
		if inner, ok := strings.CutPrefix(strings.TrimPrefix(l, "# "), ".. "); ok {
			l = inner
		}
		if key, val, ok := cutKey(l); ok && strings.TrimLeft(l, " \t") == l {
			v := value{kind: scalar, text: val, line: line}
			if val == "" {
				v.kind = nothing
			}
			meta.entries = append(meta.entries, entry{key, v})
		} else if n := len(meta.entries); n > 0 {
			v := &meta.entries[n-1].value
			v.text = strings.TrimPrefix(v.text+"\n"+strings.TrimSpace(l), "\n")
			v.kind = scalar
		}
		line++
	}
	return meta, true
}
