package article

import (
	"strings"

	"golang.org/x/net/html"
)

// maxHeader is the longest header, in bytes besides the title, that is taken
// for byline and date and leaves the text with the title.
const maxHeader = 300

// maxTries is how many headers and headings are compared with the title; one
// inside the other, they would be read again and again.
const maxTries = 32

// pageBody takes as the article's text the inner HTML of its part without what
// is no text of it: the heading that repeats the title (with the header around
// it, or the lines of byline and date below it), navigation, footer, forms,
// comments, scripts. Line feeds stay where something is cut out, so that lines
// can be counted.
func (p *parsing) pageBody(pg *page, part element) {
	var b strings.Builder
	at := part.inner
	cutOut := func(start, end int) {
		if start < at || end > part.close {
			return
		}
		b.WriteString(pg.text[at:start])
		b.WriteString(strings.Repeat("\n", strings.Count(pg.text[start:end], "\n")))
		at = end
	}
	title := fold(p.a.Title)
	titled, tries, quotation := title == "", 0, 0
	for i := range pg.elements {
		e := &pg.elements[i]
		if e.start < at || e.end > part.close {
			continue
		}
		switch e.name {
		case "blockquote":
			quotation = e.end
		case "footer":
			if e.start >= quotation { // that of a quotation names its source
				cutOut(e.start, e.end)
			}
		case "head", "title", "nav", "form", "script", "style", "template":
			cutOut(e.start, e.end)
		case "header":
			if tries++; tries > maxTries {
				break
			}
			if inside := fold(pg.shortText(e)); !titled && strings.Contains(inside, title) && len(inside)-len(title) <= maxHeader {
				cutOut(e.start, e.end)
				titled = true
			}
		case "h1":
			if tries++; tries > maxTries {
				break
			}
			if !titled && fold(pg.headingText(e)) == title {
				cutOut(e.start, p.credits(pg, e.end, part.close))
				titled = true
			}
		default:
			if id := e.attrs["id"]; id == "comments" || id == "disqus_thread" {
				cutOut(e.start, e.end)
			}
		}
	}
	b.WriteString(pg.text[min(at, part.close):part.close])
	text := b.String()
	trimmed := strings.TrimLeft(text, " \t\n")
	p.a.body.line = pg.line + strings.Count(pg.text[:part.inner], "\n") + strings.Count(text[:len(text)-len(trimmed)], "\n")
	p.a.body.text = strings.TrimRight(trimmed, " \t\n")
}

// credits reads the lines between a page's title and its first block when each
// of them certainly is a date, a byline, a name or an account:
//
//	September 5, 2024 -
//	  Xiqian Yu
//	  Qingsheng Ren <a href="…">(@renqsqy)</a>
//
// It returns the offset behind them, which is from when they may be text.
func (p *parsing) credits(pg *page, from, limit int) int {
	lines, end := pg.looseLines(from, limit)
	var b byline
	for i, l := range lines {
		date := strings.TrimRight(l, " -–—|·,")
		if m, _, ok := readDateLine(date, p.dates); ok {
			b.date = m
			continue
		}
		account := i+1 < len(lines) && isAccount(lines[i+1])
		by, ok := readByline(l, p.dates)
		switch {
		case isAccount(l) && len(b.authors) > 0:
		case ok && by.whole:
			b.authors = append(b.authors, by.authors...)
			if !by.date.at.IsZero() {
				b.date = by.date
			}
			if p.a.Place == "" {
				p.a.Place = by.place
			}
		case !b.date.at.IsZero() && (isName(l) || account && startsUpper(l) && len(strings.Fields(l)) == 1):
			b.authors = appendPerson(b.authors, Person{Name: l})
		default:
			return from
		}
	}
	if b.date.at.IsZero() && len(b.authors) == 0 {
		return from
	}
	if len(p.a.Authors) == 0 {
		p.a.Authors = b.authors
	}
	p.datedInText(b.date, false)
	return end
}

// isAccount reports whether a line is a name in a social network.
func isAccount(s string) bool {
	return strings.HasPrefix(strings.TrimPrefix(s, "("), "@") && !strings.Contains(s, " ")
}

// looseLines returns the lines of text from an offset up to the first element
// that is no phrase, and the offset there.
func (pg *page) looseLines(from, limit int) (lines []string, end int) {
	z := html.NewTokenizer(strings.NewReader(pg.text[from:min(limit, from+4*maxHeader)]))
	var b strings.Builder
	for end = from; ; end += len(z.Raw()) {
		switch z.Next() {
		case html.ErrorToken: // too long for lines of that kind
			return nil, from
		case html.TextToken:
			b.Write(z.Text())
			continue
		case html.CommentToken:
			continue
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			if tag, _ := z.TagName(); isInlineTag(string(tag)) || string(tag) == "time" {
				continue
			}
		}
		for l := range strings.Lines(b.String()) {
			if l = oneLine(l); l != "" {
				lines = append(lines, l)
			}
		}
		return lines, end
	}
}
