package render

import (
	"cmp"
	"strconv"

	"github.com/gorilla/feeds"

	"feedmill/internal/article"
)

// atomLink is gorilla/feeds' own, which has neither a language nor a title.
type atomLink struct {
	Href     string `xml:"href,attr"`
	Rel      string `xml:"rel,attr"`
	Type     string `xml:"type,attr,omitempty"`
	Hreflang string `xml:"hreflang,attr,omitempty"`
	Title    string `xml:"title,attr,omitempty"`
	Length   string `xml:"length,attr,omitempty"`
}

// newAtomLinks returns the links of an entry in a feed of that language.
func newAtomLinks(e entry, language string) []atomLink {
	// RFC 4287, section 4.1.2: an entry without content must have this link.
	all := []atomLink{{Href: e.Link, Rel: "alternate", Type: "text/html"}}
	for _, enc := range e.body.Enclosures {
		link := atomLink{Href: enc.URL, Rel: "enclosure", Type: enc.Type}
		if enc.Length > 0 {
			link.Length = strconv.FormatInt(enc.Length, 10)
		}
		all = append(all, link)
	}
	if e.External != "" {
		all = append(all, atomLink{Href: e.External, Rel: "related"})
	}
	for _, l := range e.body.Links {
		link := atomLink{Href: l.Href, Rel: l.Rel, Type: l.Type, Hreflang: l.Language, Title: l.Title}
		if l.Length > 0 {
			link.Length = strconv.FormatInt(l.Length, 10)
		}
		if l.Language != "" {
			all[0].Hreflang = cmp.Or(e.Language, language)
		}
		// Of several pages that are alternates some readers open the first and
		// some the last. So only what is no page can be another alternate.
		if l.Rel == "alternate" && (l.Type == "" || l.Type == "text/html" || l.Type == "application/xhtml+xml") {
			link.Rel = "related"
		}
		// RFC 4287, section 4.1.2: no two alternates of one type and language.
		if link.Rel == "related" && l.Href == e.External || link.Rel == "alternate" && taken(all, link) {
			continue
		}
		all = append(all, link)
	}
	return all
}

// taken reports whether there is an alternate of the type and language of l.
func taken(all []atomLink, l atomLink) bool {
	for _, have := range all {
		if have.Rel == "alternate" && have.Type == l.Type && have.Hreflang == l.Hreflang {
			return true
		}
	}
	return false
}

// comments returns the address of the page where an entry is talked about;
// empty when there is none.
func comments(links []article.Link) string {
	for _, l := range links {
		if l.Rel == "replies" && (l.Type == "text/html" || l.Type == "application/xhtml+xml") {
			return l.Href
		}
	}
	return ""
}

// rights returns what RSS says of the rights in an entry: the line, else the
// address of the licence, else nothing.
func rights(e entry) string {
	for _, l := range e.body.Links {
		if e.Rights == "" && l.Rel == "license" {
			return l.Href
		}
	}
	return e.Rights
}

// atomSource is the metadata of the feed that an entry was taken over from (RFC
// 4287, section 4.2.11).
type atomSource struct {
	ID      string             `xml:"id"`
	Title   *atomText          `xml:"title"`
	Updated string             `xml:"updated"`
	Authors []feeds.AtomAuthor `xml:"author"`
	Links   []feeds.AtomLink   `xml:"link"`
	Rights  *atomText          `xml:"rights"`
}

func newAtomSource(e entry) *atomSource {
	if e.Source == nil {
		return nil
	}
	updated := e.Source.Updated
	if updated.IsZero() {
		// It was not earlier than the entry that it holds.
		updated = e.Published
	}
	src := &atomSource{ID: e.Source.ID, Title: newAtomText(e.Source.Title), Updated: rfc3339(updated)}
	for _, p := range e.Source.Authors {
		src.Authors = append(src.Authors, *newAtomAuthor(p))
	}
	for _, l := range []feeds.AtomLink{{Href: e.Source.Home, Rel: "alternate", Type: "text/html"}, {Href: e.Source.Feed, Rel: "self"}} {
		if l.Href != "" {
			src.Links = append(src.Links, l)
		}
	}
	if e.Source.Rights != "" {
		src.Rights = newAtomText(e.Source.Rights)
	}
	return src
}

// rssSource is the same in RSS, which knows a feed by its address.
type rssSource struct {
	URL  string `xml:"url,attr"`
	Text string `xml:",innerxml"`
}

// newRSSSource returns nil when the address of the feed is not known.
func newRSSSource(src *article.Source) *rssSource {
	if src == nil || src.Feed == "" {
		return nil
	}
	return &rssSource{URL: src.Feed, Text: escapePlain.Replace(src.Title)}
}

// cleanLinks returns links with clean strings, without those that are none.
func cleanLinks(links []article.Link) []article.Link {
	var all []article.Link
	for _, l := range links {
		l.Href, l.Rel, l.Type, l.Language, l.Title = web(l.Href), line(l.Rel), line(l.Type), line(l.Language), line(l.Title)
		if l.Href != "" && l.Rel != "" {
			all = append(all, l)
		}
	}
	return all
}

// cleanSource returns src with clean strings; nil when there is none.
func cleanSource(src *article.Source) *article.Source {
	if src == nil {
		return nil
	}
	c := *src
	c.Feed, c.Home, c.ID, c.Title, c.Rights, c.Authors = web(c.Feed), web(c.Home), line(c.ID), line(c.Title), line(c.Rights), nil
	for _, p := range src.Authors {
		if p = person(p); p.Name != "" {
			c.Authors = append(c.Authors, p)
		}
	}
	if c.ID == "" || c.Title == "" || !c.Updated.IsZero() && plausible(c.Updated) != nil {
		return nil
	}
	return &c
}
