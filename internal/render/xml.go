package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

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
)

// markup is the inside of an element, escaped already. encoding/xml would write
// it with &#39; and &#34; for every quotation mark and &#xA; for every line end,
// which doubles an HTML body.
type markup struct {
	XML string `xml:",innerxml"`
}

var (
	escapeXML  = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeHTML = escapeXML // the same three, in text
)

// cdata returns s as a CDATA section, in several parts where s would end it.
// What is inside cannot be escaped: s must be clean.
func cdata(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
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
	Description *markup `xml:"media:description"`
	Credit      *markup `xml:"media:credit"`
}

// mediaThumbnail is the same image for those who look for a thumbnail.
type mediaThumbnail struct {
	URL    string `xml:"url,attr"`
	Width  int    `xml:"width,attr,omitempty"`
	Height int    `xml:"height,attr,omitempty"`
}

func media(p *feed.Picture) (*mediaContent, *mediaThumbnail) {
	if p == nil || p.URL == "" {
		return nil, nil
	}
	c := &mediaContent{URL: p.URL, FileSize: p.Length, Type: p.Type, Medium: "image", Width: p.Width, Height: p.Height}
	if p.Caption != "" {
		c.Description = plain(p.Caption)
	} else if p.Alt != "" {
		c.Description = plain(p.Alt)
	}
	if p.Credit != "" {
		c.Credit = plain(p.Credit)
	}
	return c, &mediaThumbnail{URL: p.URL, Width: p.Width, Height: p.Height}
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
// documents, and with a style for those who look at one in a browser. Path is
// the feed's.
func marshal(root any, path string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + styleInstruction(path))
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}
