package render

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

// Namespaces. Readers that do not know namespaces match on the prefix, so each
// has its usual one; a document declares on its root those that it uses.
const (
	atomNamespace    = "http://www.w3.org/2005/Atom"
	contentNamespace = "http://purl.org/rss/1.0/modules/content/"
	dcNamespace      = "http://purl.org/dc/elements/1.1/"
	mediaNamespace   = "http://search.yahoo.com/mrss/" // with the slash, says the W3C's validator

	historyNamespace   = "http://purl.org/syndication/history/1.0" // RFC 5005
	tombstoneNamespace = "http://purl.org/atompub/tombstones/1.0"  // RFC 6721
	placeNamespace     = "http://www.georss.org/georss"
)

// markup is the inside of an element, escaped already. encoding/xml would write
// it with &#39; and &#34; for every quotation mark and &#xA; for every line end,
// which doubles an HTML body.
type markup struct {
	XML string `xml:",innerxml"`

	section bool // XML is what is in a CDATA section, and must be clean
}

// section returns s as a CDATA section.
func section(s string) *markup { return &markup{XML: s, section: true} }

// MarshalXML writes m where encoding/xml writes what is around it.
func (m *markup) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(struct {
		XML string `xml:",innerxml"`
	}{inside(m.XML, m.section)}, start)
}

// inside returns the inside of an element.
func inside(s string, section bool) string {
	if section {
		return string(appendCDATA(nil, s))
	}
	return s
}

var (
	escapeXML  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeHTML = escapeXML // the same three, in text
)

// appendCDATA appends s as a CDATA section, in several parts where s would end it.
// What is inside cannot be escaped: s must be clean.
func appendCDATA(b []byte, s string) []byte {
	b = append(b, "<![CDATA["...)
	for {
		i := strings.Index(s, "]]>")
		if i < 0 {
			return append(append(b, s...), "]]>"...)
		}
		b, s = append(append(b, s[:i]...), "]]]]><![CDATA[>"...), s[i+len("]]>"):]
	}
}

// mediaContent is an entry's lead image in Media RSS, which is used in RSS and
// in Atom.
type mediaContent struct {
	URL         string  `xml:"url,attr"`
	FileSize    int64   `xml:"fileSize,attr,omitempty"`
	Type        string  `xml:"type,attr,omitempty"`
	Medium      string  `xml:"medium,attr"`
	Width       int     `xml:"width,attr,omitempty"`
	Height      int     `xml:"height,attr,omitempty"`
	Duration    int64   `xml:"duration,attr,omitempty"` // in seconds
	Title       *markup `xml:"media:title"`
	Description *markup `xml:"media:description"`
	Credit      *markup `xml:"media:credit"`
	// Of a partner's feed.
	Thumbnail *mediaThumbnail `xml:"media:thumbnail"`
	Also      []element       `xml:",any"`
}

// further returns the recordings of an entry that are no enclosures in RSS,
// which has one.
func further(all []feed.Enclosure) []*mediaContent {
	var more []*mediaContent
	for _, enc := range all[min(1, len(all)):] {
		c := &mediaContent{URL: enc.URL, FileSize: enc.Length, Type: enc.Type, Duration: int64(enc.Duration.Round(time.Second) / time.Second)}
		// Media RSS knows image, audio, video, document and executable.
		switch kind, _, _ := strings.Cut(enc.Type, "/"); kind {
		case "audio", "video", "image":
			c.Medium = kind
		default:
			c.Medium = "document"
		}
		if enc.Title != "" {
			c.Title = plain(enc.Title)
		}
		more = append(more, c)
	}
	return more
}

// mediaThumbnail is the same image for those who look for a thumbnail.
type mediaThumbnail struct {
	URL    string `xml:"url,attr"`
	Width  int    `xml:"width,attr,omitempty"`
	Height int    `xml:"height,attr,omitempty"`
}

// media describes a picture, if it is to be described: feedparser, on which many
// readers are built, takes the description of a picture for that of an entry
// which has not both a summary and a text.
func media(p *feed.Picture, described bool) (*mediaContent, *mediaThumbnail) {
	if p == nil || p.URL == "" {
		return nil, nil
	}
	c := &mediaContent{URL: p.URL, FileSize: p.Length, Type: p.Type, Medium: "image", Width: p.Width, Height: p.Height}
	if p.Title != "" {
		c.Title = plain(p.Title)
	}
	if text := cmp.Or(p.Caption, p.Alt); described && text != "" {
		c.Description = plain(text)
	}
	if p.Credit != "" {
		c.Credit = plain(p.Credit)
	}
	return c, &mediaThumbnail{URL: p.URL, Width: p.Width, Height: p.Height}
}

// point writes a place as GeoRSS Simple has it: latitude, a space, longitude.
func point(p *article.Point) string {
	if p == nil {
		return ""
	}
	return strconv.FormatFloat(p.Latitude, 'f', -1, 64) + " " + strconv.FormatFloat(p.Longitude, 'f', -1, 64)
}

// distinct returns those who took part, each once: somebody may have had two
// parts.
func distinct(all []article.Contributor) []article.Person {
	var once []article.Person
	for _, c := range all {
		if !slices.ContainsFunc(once, func(p article.Person) bool { return p.Name == c.Name }) {
			once = append(once, c.Person)
		}
	}
	return once
}

// namespace returns ns when it is used, else nothing.
func namespace(ns string, used bool) string {
	if used {
		return ns
	}
	return ""
}

// rfc822 writes t as RSS dates are written. RFC 822 names Greenwich "GMT"; "UTC"
// is not one of its zones.
func rfc822(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// marshal writes root with an element on each line, for people who compare
// documents, and with a style for those who look at one in a browser. Where root
// has the placeholder, it puts what entries writes.
func (d *document) marshal(root any, entries func(w *writer)) ([]byte, error) {
	b := drafts.Get().(*bytes.Buffer)
	defer drafts.Put(b)
	b.Reset()
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + styleInstruction(d.Path))
	e := xml.NewEncoder(b)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	before, after, _ := bytes.Cut(b.Bytes(), []byte(placeholder))
	w := writer{b: append(make([]byte, 0, d.size), before...)}
	if entries(&w); w.err != nil {
		return nil, fmt.Errorf("render: %w", w.err)
	}
	return append(append(w.b, after...), '\n'), nil
}

// placeholder stands for the entries. No clean string has the character.
const placeholder = "\x00"

// drafts are buffers for documents without their entries.
var drafts = sync.Pool{New: func() any { return new(bytes.Buffer) }}
