package render

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

// document is a feed as all three formats write it: every string clean, every
// entry's content at hand. Its own Entries are empty.
type document struct {
	feed.Feed
	entries []entry
	size    int // about how long it gets, in bytes
}

// entry is one entry of a document.
type entry struct {
	feed.Shown
	body feed.Content // its Text is not clean yet: few documents show it
	full bool         // whether body.HTML is to be written
}

// open is the door through which every feed comes in: it returns a clean copy
// of f.
func open(f *feed.Feed) (*document, error) {
	d := &document{Feed: *f, entries: make([]entry, 0, len(f.Entries)), size: 4 << 10}
	for _, s := range []*string{&d.ID, &d.Title, &d.Home, &d.Base, &d.Path, &d.Language, &d.Rights, &d.Icon, &d.Favicon, &d.Image, &d.Scheme, &d.PodcastID} {
		*s = line(*s)
	}
	d.Description = clean(d.Description)
	d.Author, d.Webmaster = person(d.Author), person(d.Webmaster)
	d.License, d.Podcast = web(d.License), cleanPodcast(d.Podcast, d.Author.Name)
	d.Entries = nil
	if err := plausible(d.Updated); err != nil {
		return nil, fmt.Errorf("render feed %q: updated: %w", f.Path, err)
	}
	for _, e := range f.Entries {
		c, err := openEntry(e)
		if err != nil {
			return nil, &feed.EntryError{ID: e.ID, Err: err}
		}
		// An entry whose article has no body has only its summary to show.
		c.full = !f.Brief(e) && c.body.HTML != ""
		if c.Language == d.Language {
			c.Language = "" // said once, for the whole feed
		}
		d.entries = append(d.entries, c)
		d.size += 2<<10 + len(c.body.Summary)
		if c.full {
			d.size += len(c.body.HTML) + len(c.body.HTML)/16
		}
	}
	return d, nil
}

// link is an Atom link of a document to one in the same format.
type link struct {
	rel, url string
}

// links returns the links of a document to itself and to the feed's past (RFC
// 5005, section 4), whose address in its format url returns.
func (d *document) links(url func(*feed.Feed) string) []link {
	links := []link{{"self", url(&d.Feed)}}
	for _, l := range []struct {
		rel string
		to  *feed.Feed
	}{{"current", d.Current}, {"prev-archive", d.Prev}, {"next-archive", d.Next}} {
		if l.to != nil {
			links = append(links, link{l.rel, url(l.to)})
		}
	}
	return links
}

// archive returns the mark of an archive, nil for any other feed.
func (d *document) archive() *struct{} {
	if d.Current == nil {
		return nil
	}
	return &struct{}{}
}

func openEntry(e *feed.Entry) (entry, error) {
	body, err := e.Content()
	if err != nil {
		return entry{}, err
	}
	c := entry{Shown: e.Shown(), body: body}
	for _, s := range []*string{&c.ID, &c.Title, &c.Link, &c.Language} {
		*s = line(*s)
	}
	// Readers compare it character by character: what another program made has
	// its own spaces.
	c.GUID = strings.TrimSpace(clean(c.GUID))
	c.body.HTML, c.body.Summary = clean(c.body.HTML), clean(c.body.Summary)
	c.Tags = nil
	for _, tag := range e.Tags {
		// A category without a name is invalid in every format.
		if tag = line(tag); tag != "" {
			c.Tags = append(c.Tags, tag)
		}
	}
	c.Authors = nil
	for _, p := range e.Authors() {
		if p = person(p); p.Name != "" {
			c.Authors = append(c.Authors, p)
		}
	}
	c.Contributors = nil
	for _, p := range e.Contributors {
		if p.Person, p.Role = person(p.Person), line(p.Role); p.Name != "" {
			c.Contributors = append(c.Contributors, p)
		}
	}
	if p := body.Picture; p != nil {
		c.body.Picture = &feed.Picture{
			URL: line(p.URL), Type: line(p.Type), Title: line(p.Title), Alt: line(p.Alt), Caption: line(p.Caption), Credit: line(p.Credit),
			Length: p.Length, Width: p.Width, Height: p.Height,
		}
	}
	c.External, c.Rights, c.Source = web(e.External), line(e.Rights), cleanSource(e.Source)
	c.body.Banner, c.body.Links, c.body.Episode = web(body.Banner), cleanLinks(body.Links), cleanEpisode(body.Episode)
	c.body.Enclosures = nil
	for _, enc := range body.Enclosures {
		enc.URL, enc.Type, enc.Title = line(enc.URL), line(enc.Type), line(enc.Title)
		c.body.Enclosures = append(c.body.Enclosures, enc)
	}
	if c.ID == "" {
		return entry{}, errors.New("it has no id")
	}
	if err := plausible(c.Published); err != nil {
		return entry{}, fmt.Errorf("published: %w", err)
	}
	if err := plausible(c.Updated); err != nil {
		return entry{}, fmt.Errorf("updated: %w", err)
	}
	return c, nil
}

// plausible refuses the instants that the formats cannot write: RFC 822 as RSS
// uses it and RFC 3339 have years of four digits.
func plausible(t time.Time) error {
	if year := t.UTC().Year(); t.IsZero() || year < 1 || year > 9999 {
		return fmt.Errorf("%v cannot be written in a feed", t)
	}
	return nil
}

// person returns p clean, without an email or address that would make a
// document invalid: authors' lines are written by hand.
func person(p article.Person) article.Person {
	p.Name, p.Email = line(p.Name), line(p.Email)
	// RFC 4287, section 3.2.3: an email is an addr-spec of RFC 2822, without a
	// display name.
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
			p.Email = ""
		}
	}
	p.URL, p.Avatar = web(p.URL), web(p.Avatar)
	return p
}

// web returns an absolute address of the web, percent-encoded; empty when s is
// none.
func web(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(line(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// line returns s clean and on one line, without space at its ends. Spaces that
// do not break stay what they are.
func line(s string) string {
	s = clean(s)
	if isLine(s) {
		return s
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
	return strings.Join(words, " ")
}

// isLine reports whether s is one line already: words with a space between them.
func isLine(s string) bool {
	space := true // came last
	for i := range len(s) {
		switch s[i] {
		case '\t', '\n':
			return false
		case ' ':
			if space {
				return false
			}
			space = true
		default:
			space = false
		}
	}
	return !space || s == ""
}

// windows1252 is what the bytes 0x80 to 0x9F mean in Windows-1252; zero where
// they mean nothing.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// clean returns s with only such characters as both XML 1.0 (section 2.2) and
// HTML (section 13.2.3.5) allow, without DEL, and with a line feed for every
// line end.
//
// What is not allowed is dropped and not replaced by U+FFFD: such a character
// (an escape sequence of a terminal, a page break) was never meant to be seen.
// C1 controls are allowed by XML, yet no text contains them on purpose: they
// are Windows-1252 that somebody read as Latin-1, and become what was meant.
func clean(s string) string {
	dirty := firstUnwanted(s)
	if dirty < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(s[:dirty])
	for i := dirty; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1: // not UTF-8
		case r == '\r':
			if i+1 == len(s) || s[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case 0x80 <= r && r <= 0x9F:
			if meant := windows1252[r-0x80]; meant != 0 {
				b.WriteRune(meant)
			}
		case unwanted(r):
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// firstUnwanted returns where the first character stands that may not stay as it
// is, -1 when there is none. Every byte of every body comes by here, once for
// each format.
func firstUnwanted(s string) int {
	for i := 0; i < len(s); {
		for i+8 <= len(s) && wanted8(s[i:i+8]) {
			i += 8
		}
		if i == len(s) {
			break
		}
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' || c == 0x7F {
				return i
			}
			i++
			continue
		}
		if n := usual(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || unwanted(r) {
			return i
		}
		i += size
	}
	return -1
}

// usual returns the length of the character that s begins with when it is one of
// those beyond ASCII of which there is no doubt: U+00C0 to U+07FF, and from U+1000
// on those of three bytes, but for the surrogates and what comes after U+EFFF. It
// is 0 for any other.
func usual(s string) int {
	switch c := s[0]; {
	case 0xC3 <= c && c <= 0xDF && len(s) > 1 && s[1]&0xC0 == 0x80:
		return 2
	case 0xE1 <= c && c <= 0xEE && c != 0xED && len(s) > 2 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return 3
	}
	return 0
}

// wanted8 reports whether eight bytes are all printable ASCII, at one glance:
// most of most texts is.
func wanted8(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x := eight(s)
	// A byte's top bit is set when it is set in x, when the byte is below a
	// space, or when it is DEL.
	return (x|(x-ones*' ')|(x+ones))&tops == 0
}

// eight returns the first eight bytes of s as one word.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// unwanted reports whether a document may not have r in it.
func unwanted(r rune) bool {
	control := r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r <= 0x9F
	noncharacter := 0xFDD0 <= r && r <= 0xFDEF || r&0xFFFE == 0xFFFE
	return control || noncharacter
}
