package page

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// OPMLPath is where the list of feeds lies, below the base; OPMLType is its
// media type.
const (
	OPMLPath = "feeds.opml"
	OPMLType = "text/x-opml; charset=utf-8"
)

type opml struct {
	XMLName  xml.Name  `xml:"opml"`
	Version  string    `xml:"version,attr"`
	Title    string    `xml:"head>title"`
	Modified string    `xml:"head>dateModified"`
	Outlines []outline `xml:"body>outline"`
}

// outline is one feed. The case of its attributes matters to readers.
type outline struct {
	Type        string `xml:"type,attr"`
	Text        string `xml:"text,attr"`
	Title       string `xml:"title,attr"`
	Description string `xml:"description,attr,omitempty"`
	XMLURL      string `xml:"xmlUrl,attr"`
	HTMLURL     string `xml:"htmlUrl,attr"`
	Language    string `xml:"language,attr"`
	Version     string `xml:"version,attr,omitempty"`
}

// OPML writes the list of feeds in the form in which readers import and export
// their subscriptions (https://opml.org/spec2.opml): each listed feed once, in
// the format that most readers know. One that is in JSON alone is left out, for
// they expect XML. The first feed is the site's.
func OPML(feeds []*feed.Feed) ([]byte, error) {
	main := feeds[0]
	root := opml{Version: "2.0", Title: plain(main.Title), Modified: main.Updated.UTC().Format(http.TimeFormat)}
	for _, f := range feeds {
		if !f.Listed {
			continue
		}
		o := outline{
			Type: "rss", Text: plain(f.Title), Title: plain(f.Title), Description: plain(f.Description),
			HTMLURL: f.Home, Language: f.Language,
		}
		switch {
		case slices.Contains(f.Formats, site.RSS):
			o.XMLURL, o.Version = f.URL(site.RSS), "RSS2"
		case slices.Contains(f.Formats, site.Atom):
			o.XMLURL = f.URL(site.Atom)
		default:
			continue
		}
		root.Outlines = append(root.Outlines, o)
	}
	return marshal(root)
}

// plain returns s on one line, without the characters that XML forbids
// (section 2.2), which encoding/xml would replace by U+FFFD.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r <= 0x9F || 0xFDD0 <= r && r <= 0xFDEF || r&0xFFFE == 0xFFFE {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func marshal(root any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// newsLanguage is how a language is named in a news sitemap: ISO 639, but for
// the two forms of Chinese.
func newsLanguage(tag string) string {
	tag = strings.ToLower(tag)
	switch {
	case strings.HasPrefix(tag, "zh-hant"), strings.HasPrefix(tag, "zh-tw"), strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"):
		return "zh-tw"
	case tag == "zh" || strings.HasPrefix(tag, "zh-"):
		return "zh-cn"
	}
	base, _, _ := strings.Cut(tag, "-")
	return cmp.Or(base, tag)
}
