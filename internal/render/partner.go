package render

import (
	"encoding/xml"
	"html"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gorilla/feeds"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

// What partners have names of their own for.
const (
	smartNewsNamespace = "http://www.smartnews.be/snf"
	msnNamespace       = "http://schemas.ingestion.microsoft.com/common/"
	termsNamespace     = "http://purl.org/dc/terms/"
)

// element is one that RSS and the usual extensions do not have.
type element struct {
	XMLName xml.Name
	XML     string `xml:",innerxml"`
}

// also returns an element with what is inside it, escaped already.
func also(name, inside string) element { return element{xml.Name{Local: name}, inside} }

// withdrawn is the title of what is no more. Of what it was called nothing is
// kept; MSN asks for more than 20 characters.
const withdrawn = "This article was withdrawn"

// suit makes of the RSS that everybody gets what the partner asks for.
func (d *document) suit(root *rss) {
	root.Media = mediaNamespace
	root.Channel.Archive = nil
	items := root.Channel.items
	switch d.Profile { // of site.Profile
	case "smartnews":
		d.suitSmartNews(root)
	case "msn":
		d.suitMSN(root)
	case "flipboard":
		// about.flipboard.com/rss-spec: the picture as enclosure, and in the text
		// as a figure.
		for i, e := range d.entries {
			items[i].lead(e)
			items[i].encloses(e)
		}
	case "applenews":
		// RSS guidelines for Apple News: an item has its whole text in its
		// description.
		for i, e := range d.entries {
			if items[i].lead(e); items[i].Content != nil {
				items[i].Description, items[i].Content = items[i].Content, nil
			}
		}
		root.Content = ""
	case "newsletter":
		for i, e := range d.entries {
			if e.full {
				items[i].Content = section(article.Reduce(withPicture(e), forMail))
			}
			if len(e.body.Enclosures) == 0 {
				items[i].encloses(e)
			}
		}
	}
}

// suitSmartNews follows SmartFormat 2.1.
func (d *document) suitSmartNews(root *rss) {
	root.Also = append(root.Also, xml.Attr{Name: xml.Name{Local: "xmlns:snf"}, Value: smartNewsNamespace})
	channel := &root.Channel
	channel.Description = plain(shorten(d.Description, d.Title, 30))
	channel.PubDate = rfc822(d.Updated)
	if d.Image != "" {
		channel.Also = append(channel.Also, also("snf:logo", "<url>"+escapeXML.Replace(d.Image)+"</url>"))
	}
	for i, e := range d.entries {
		item := &channel.items[i]
		item.lead(e)
		// An item is looked at again when this date is another.
		item.PubDate, item.Updated = rfc822(e.Updated), ""
		item.Also = append(item.Also, also("media:status", "active"))
	}
	// What is not in the feed any more stays with SmartNews; what is said to be
	// deleted, with a new date, does not.
	for _, g := range d.Gone {
		item := goneItem(g)
		item.Also = append(item.Also, also("media:status", "deleted"))
		channel.items = append(channel.items, item)
	}
}

// suitMSN follows the MSN Partner Hub's feed specifications.
func (d *document) suitMSN(root *rss) {
	root.Also = append(root.Also,
		xml.Attr{Name: xml.Name{Local: "xmlns:dcterms"}, Value: termsNamespace},
		xml.Attr{Name: xml.Name{Local: "xmlns:mi"}, Value: msnNamespace})
	channel := &root.Channel
	for i, e := range d.entries {
		item := &channel.items[i]
		if e.full {
			item.Content = section(article.Reduce(e.body.HTML, forMSN))
		}
		if e.body.Summary != "" {
			item.Description = plain(e.body.Summary) // an abstract is plain text there
		}
		item.Updated = ""
		item.Also = append(item.Also, also("dcterms:modified", rfc3339(e.Updated)))
		if !e.Until.IsZero() {
			item.expires(e.Until)
		}
		for _, m := range item.Media {
			if m.Medium != "image" {
				continue
			}
			m.Thumbnail, item.Thumbnail = item.Thumbnail, nil
			if d.Syndicated {
				m.Also = append(m.Also, also("mi:hasSyndicationRights", "1"))
			}
		}
	}
	// MSN content expiration and takedown rules: a date of expiry in the past,
	// and a newer date of modification.
	for _, g := range d.Gone {
		item := goneItem(g)
		item.Also = append(item.Also, also("dcterms:modified", rfc3339(g.When)))
		item.expires(g.When)
		channel.items = append(channel.items, item)
	}
}

// expires says until when MSN shows an item, in both of its ways.
func (i *rssItem) expires(t time.Time) {
	i.Also = append(i.Also, also("dcterms:valid", rfc3339(t)), also("mi:expirationDate", rfc3339(t)))
}

// goneItem is an article that is no more, as far as a partner has to know it.
func goneItem(g feed.Tombstone) rssItem {
	return rssItem{
		Title: plain(withdrawn),
		RssItem: feeds.RssItem{
			Link: line(g.Link), Guid: &feeds.RssGuid{Id: line(g.ID), IsPermaLink: "false"}, PubDate: rfc822(g.When),
		},
	}
}

// lead puts the lead image before the text, unless it stands in it.
func (i *rssItem) lead(e entry) {
	if e.full {
		i.Content = section(withPicture(e))
	}
}

// encloses makes the lead image the enclosure: of several an item may have one.
func (i *rssItem) encloses(e entry) {
	if p := e.body.Picture; p != nil && p.URL != "" && p.Type != "" {
		i.Enclosure = &feeds.RssEnclosure{Url: p.URL, Length: strconv.FormatInt(p.Length, 10), Type: p.Type}
	}
}

// withPicture returns the text with the lead image before it, unless it stands
// in it.
func withPicture(e entry) string {
	p := e.body.Picture
	if p == nil || p.URL == "" || strings.Contains(e.body.HTML, html.EscapeString(p.URL)) {
		return e.body.HTML
	}
	var b strings.Builder
	b.WriteString(`<figure><img src="` + html.EscapeString(p.URL) + `" alt="` + html.EscapeString(p.Alt) + `"`)
	if p.Width > 0 && p.Height > 0 {
		b.WriteString(` width="` + strconv.Itoa(p.Width) + `" height="` + strconv.Itoa(p.Height) + `"`)
	}
	b.WriteString(">")
	caption := p.Caption
	if p.Credit != "" {
		caption = strings.TrimSpace(caption + " (" + p.Credit + ")")
	}
	if caption != "" {
		b.WriteString("<figcaption>" + escapeHTML.Replace(caption) + "</figcaption>")
	}
	b.WriteString("</figure>\n")
	return b.String() + e.body.HTML
}

// shorten returns s, or where it is longer than most characters its first
// words; of nothing, instead.
func shorten(s, instead string, most int) string {
	if s == "" {
		s = instead
	}
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	runes := []rune(s)[:most] // one is the ellipsis
	cut := string(runes[:most-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 && runes[most-1] != ' ' {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.–—-") + "…"
}

// msnElements are what MSN's HTML guidelines take, and msnInstead what stands
// for what they do not.
var (
	msnElements = setOf("b i em strong sub sup small h1 h2 h3 h4 h5 a img table thead tbody tfoot tr th td col caption colgroup ul ol li p div span br blockquote")
	msnInstead  = map[string]string{
		"h6": "h5", "figure": "div", "figcaption": "p", "pre": "div", "dl": "ul", "dt": "li", "dd": "li",
		"section": "div", "article": "div", "aside": "div", "header": "div", "footer": "div", "main": "div", "nav": "div",
		"hgroup": "div", "address": "div", "center": "div", "details": "div", "summary": "p", "cite": "i", "dfn": "i", "var": "i",
	}
	mailElements = setOf("b i em strong sub sup small h1 h2 h3 h4 h5 h6 a img table thead tbody tfoot tr th td caption ul ol li p div span br hr blockquote pre code u s del ins cite")
	mailInstead  = map[string]string{
		"figure": "div", "figcaption": "p", "section": "div", "article": "div", "aside": "div", "header": "div", "footer": "div", "main": "div",
		"nav": "div", "hgroup": "div", "address": "div", "center": "div", "details": "div", "summary": "p", "dl": "div", "dt": "p", "dd": "blockquote",
		"kbd": "code", "samp": "code", "tt": "code", "strike": "s",
	}
	attributes = map[string]map[string]bool{
		"a": setOf("href"), "img": setOf("src alt width height"), "th": setOf("colspan rowspan"), "td": setOf("colspan rowspan"), "ol": setOf("start"),
	}
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// plainer returns an element as those read it who take only some.
func plainer(e article.Element, takes map[string]bool, instead map[string]string) article.Element {
	as := article.Element{Name: e.Name}
	if !takes[e.Name] {
		as.Name = instead[e.Name]
	}
	for _, a := range e.Attributes {
		if as.Name == e.Name && attributes[e.Name][a.Name] {
			as.Attributes = append(as.Attributes, a)
		}
	}
	return as
}

func forMSN(e article.Element) (as article.Element, wanted bool) {
	switch e.Name {
	case "del", "s", "strike":
		return as, false // without its line through it a text would count again
	}
	as = plainer(e, msnElements, msnInstead)
	if href := as.Get("href"); as.Name == "a" && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "mailto:") {
		return article.Element{}, true
	}
	return as, true
}

// mailWidth is how wide a picture in a mail may be, in pixels: programs that
// read mail show a wider one as wide as it is, whatever room there is.
const mailWidth = 600

func forMail(e article.Element) (as article.Element, wanted bool) {
	as = plainer(e, mailElements, mailInstead)
	width, err := strconv.Atoi(as.Get("width"))
	if as.Name != "img" || err != nil || width <= mailWidth {
		return as, true
	}
	for i, a := range as.Attributes {
		switch n, err := strconv.Atoi(a.Value); {
		case a.Name == "width":
			as.Attributes[i].Value = strconv.Itoa(mailWidth)
		case a.Name == "height" && err == nil:
			as.Attributes[i].Value = strconv.Itoa(n * mailWidth / width)
		}
	}
	return as, true
}
