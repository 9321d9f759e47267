package article

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Link is an address that an article leads to besides its own.
type Link struct {
	// Rel is the relation, of the registry that RFC 8288, section 4.2 founds:
	// "related", "via", "license", "replies", "alternate".
	Rel  string
	Href string // as written in the article: absolute, or the name of another article
	// Type is a media type, Language a BCP 47 tag, Length in bytes; each is
	// empty or zero when it is not stated.
	Type     string
	Language string
	Title    string
	Length   int64
}

// Source is the feed that an article was taken over from.
type Source struct {
	Title   string // never empty
	Feed    string // absolute address of the feed; may be empty
	Home    string // absolute address of the site; may be empty
	ID      string // the feed's own id, else one of its addresses; never empty
	Authors []Person
	Rights  string
	Updated time.Time // of the feed, zero when it is not stated
}

// maxLinks is how many links an article may state.
const maxLinks = 50

// relations are those that an article may state of itself. What leads from a
// feed to its parts, and what has keys of its own, is not among them.
var relations = map[string]bool{
	"alternate": true, "author": true, "canonical": true, "describedby": true, "license": true, "payment": true,
	"related": true, "replies": true, "via": true,
}

// statedLinks takes what the article leads to: where it is talked about, its
// licence, what is related to it, where it comes from.
func (p *parsing) statedLinks(meta value) {
	for _, e := range meta.stated(commentsKey) { // often a truth value
		for _, l := range links(e.value, "replies") {
			if l.Type = cmp.Or(l.Type, "text/html"); isWeb(l.Href) { // RFC 4685, section 4: without a type it is Atom
				p.link(e, l)
			}
		}
	}
	p.statedRights(meta)
	for _, e := range meta.stated(relatedKey) {
		for _, l := range links(e.value, "related") {
			p.link(e, l)
		}
	}
	for _, e := range meta.stated(viaKey) {
		for _, l := range links(e.value, "via") {
			if isWeb(l.Href) {
				p.link(e, l)
			}
		}
	}
	for _, e := range meta.stated(sourceKey) {
		p.statedSource(e)
	}
	for _, e := range meta.stated(linksKey) {
		for _, l := range links(e.value, "") {
			p.link(e, l)
		}
	}
}

// link takes a link, unless it leads nowhere that a stranger can go.
func (p *parsing) link(e entry, l Link) {
	l.Rel = cmp.Or(l.Rel, "related")
	if !relations[l.Rel] && !isWeb(l.Rel) { // RFC 4287, section 4.2.7.2: or an IRI
		p.warn(e.value.line, "bad-link", fmt.Sprintf("%s: %q is no relation that an article can have", e.key, l.Rel), "write related, via, replies, license or alternate")
		return
	}
	if len(p.a.Links) == maxLinks || !leads(l.Href) {
		return
	}
	for _, have := range p.a.Links {
		if have.Rel == l.Rel && have.Href == l.Href {
			return
		}
	}
	p.a.Links = append(p.a.Links, l)
}

// leads reports whether s is an address of the web or of another article, and
// not a word or a title.
func leads(s string) bool {
	if isWeb(s) {
		return true
	}
	_, known := FormatOf(s)
	return publicAddress(s) && !strings.ContainsAny(s, " \t") && (known || strings.Contains(s, "/"))
}

// links reads links in their forms: an address, a mapping, a list of either, a
// mapping of titles to addresses.
func links(v value, rel string) []Link {
	var all []Link
	switch v.kind {
	case scalar:
		for field := range strings.FieldsSeq(v.text) {
			all = append(all, Link{Rel: rel, Href: strings.Trim(field, "<>,")})
		}
	case list:
		for _, x := range v.list {
			if x.kind != list {
				all = append(all, links(x, rel)...)
			}
		}
	case mapping:
		l := Link{Rel: rel}
		if e, ok := v.firstOf("rel", "relation"); ok {
			l.Rel = strings.ToLower(oneLine(e.value.text))
		}
		if e, ok := v.firstOf("title", "name", "text", "label"); ok {
			l.Title = titleText(e.value.text)
		}
		if e, ok := v.firstOf("type", "mimetype", "mediatype"); ok && isMediaType(e.value.text) {
			l.Type = strings.ToLower(oneLine(e.value.text))
		}
		if e, ok := v.firstOf("hreflang", "lang", "language"); ok {
			l.Language, _ = languageTag(e.value.text)
		}
		if e, ok := v.firstOf("length", "size", "bytes"); ok {
			l.Length = octets(e.value.text)
		}
		if e, ok := v.firstOf("href", "url", "link", "src", "path"); ok {
			l.Href = oneLine(e.value.text)
			return append(all, l)
		}
		for _, e := range v.entries { // {Discussion: https://…}
			if e.value.kind == scalar && isWeb(e.value.text) {
				all = append(all, Link{Rel: l.Rel, Href: oneLine(e.value.text), Title: titleText(e.key)})
			}
		}
	}
	return all
}

// isMediaType reports whether s is a media type without parameters (RFC 6838,
// section 4.2).
func isMediaType(s string) bool {
	top, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "/")
	const name = "abcdefghijklmnopqrstuvwxyz0123456789.+-"
	return ok && top != "" && sub != "" && len(s) < 128 && strings.Trim(top, name) == "" && strings.Trim(sub, name) == ""
}

// statedRights takes who holds the rights, and the licence: an address, or the
// name of one of Creative Commons'. What is neither is text about the rights.
func (p *parsing) statedRights(meta value) {
	for _, e := range meta.stated(rightsKey) {
		if _, ok := truth(e.value); !ok && e.value.kind == scalar {
			p.a.Rights = titleText(e.value.text)
			break
		}
	}
	for _, e := range meta.stated(licenseKey) {
		name := e.value
		if name.kind == mapping {
			inner, _ := name.firstOf("url", "href", "link", "name", "id")
			name = inner.value
		}
		if _, ok := truth(name); ok || name.kind != scalar {
			continue
		}
		text := oneLine(name.text)
		switch address := creativeCommons(text); {
		case isWeb(text):
			p.link(e, Link{Rel: "license", Href: text})
		case address != "":
			p.link(e, Link{Rel: "license", Href: address, Title: text})
		case p.a.Rights == "":
			p.a.Rights = titleText(text)
		}
		return
	}
}

var ccName = regexp.MustCompile(`^(?:cc|creative commons) (by(?: nc)?(?: sa| nd)?)(?: (\d\.\d))?(?: (?:international|unported))?$`)

// creativeCommons is the address of a licence of Creative Commons that goes by
// its short name, "CC BY-SA 4.0" or "cc-by-sa-4.0"; empty for any other.
func creativeCommons(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(name))
	if name == "cc0" || name == "cc0 1.0" {
		return "https://creativecommons.org/publicdomain/zero/1.0/"
	}
	m := ccName.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return "https://creativecommons.org/licenses/" + strings.ReplaceAll(m[1], " ", "-") + "/" + cmp.Or(m[2], "4.0") + "/"
}

// statedSource takes the feed from which an article was taken over, and the
// address at which it first stood.
func (p *parsing) statedSource(e entry) {
	v := e.value
	if v.kind != mapping {
		for _, l := range links(v, "via") {
			if isWeb(l.Href) {
				p.link(e, l)
			}
		}
		return
	}
	web := func(names ...string) string {
		inner, ok := v.firstOf(names...)
		if !ok {
			return ""
		}
		if !isWeb(oneLine(inner.value.text)) {
			p.warn(inner.value.line, "bad-link", fmt.Sprintf("%s.%s: %q is not an address of the web", e.key, inner.key, inner.value.text), "write a whole address, https://…")
			return ""
		}
		return oneLine(inner.value.text)
	}
	src := Source{Feed: web("feed", "feedurl", "rss", "atom", "xmlurl"), Home: web("home", "homepage", "site", "website")}
	if first := web("url", "link", "href", "original", "article"); first != "" {
		p.link(e, Link{Rel: "via", Href: first})
	}
	if inner, ok := v.firstOf("title", "name"); ok {
		src.Title = titleText(inner.value.text)
	}
	if inner, ok := v.firstOf("rights", "copyright"); ok {
		src.Rights = titleText(inner.value.text)
	}
	if inner, ok := v.get("author"); ok {
		src.Authors = people(inner.value)
	}
	if inner, ok := v.firstOf("id"); ok && isID(oneLine(inner.value.text)) {
		src.ID = oneLine(inner.value.text)
	}
	if inner, ok := v.firstOf("updated", "date"); ok {
		if m, err := p.date(inner); err == nil {
			src.Updated = m.at
		}
	}
	if src.ID = cmp.Or(src.ID, src.Feed, src.Home); src.ID == "" {
		return // a name alone is no feed
	}
	if u, err := url.Parse(src.ID); src.Title == "" && err == nil {
		src.Title = cmp.Or(u.Host, src.ID)
	}
	p.a.Source = &src
}
