package render

import (
	"cmp"
	"encoding/xml"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/feeds"

	"feedmill/internal/feed"
)

// rss is the root of an RSS document; gorilla/feeds' own declares one namespace.
type rss struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Content string     `xml:"xmlns:content,attr,omitempty"`
	History string     `xml:"xmlns:fh,attr,omitempty"`
	DC      string     `xml:"xmlns:dc,attr,omitempty"`
	Media   string     `xml:"xmlns:media,attr,omitempty"`
	Place   string     `xml:"xmlns:georss,attr,omitempty"`
	Itunes  string     `xml:"xmlns:itunes,attr,omitempty"`
	Podcast string     `xml:"xmlns:podcast,attr,omitempty"`
	Also    []xml.Attr `xml:",any,attr"` // namespaces of partners
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       *markup `xml:"title"`
	Description *markup `xml:"description"`
	feeds.RssFeed
	Copyright      *markup    `xml:"copyright"`
	ManagingEditor *markup    `xml:"managingEditor"`
	WebMaster      *markup    `xml:"webMaster"`
	SkipHours      *skipHours `xml:"skipHours"`
	SkipDays       *skipDays  `xml:"skipDays"`
	Links          []rssLink  `xml:"atom:link"`
	Archive        *struct{}  `xml:"fh:archive"`
	Image          *rssImage  `xml:"image"`
	Also           []element  `xml:",any"`
	*podcastShow
	Inside string `xml:",innerxml"` // the items: last, says the RSS Profile

	items []rssItem
}

// skipHours are the hours, in Greenwich, in which readers need not come;
// skipDays the days, likewise.
type skipHours struct {
	Hours []int `xml:"hour"`
}

type skipDays struct {
	Days []string `xml:"day"`
}

// rssLink is an Atom link in RSS.
type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type rssImage struct {
	Title *markup `xml:"title"`
	feeds.RssImage
}

type rssItem struct {
	Title *markup `xml:"title"`
	feeds.RssItem
	Updated      string        `xml:"atom:updated,omitempty"`
	Creators     []*markup     `xml:"dc:creator"`
	Contributors []*markup     `xml:"dc:contributor"`
	Language     string        `xml:"dc:language,omitempty"`
	Rights       *markup       `xml:"dc:rights"`
	Categories   []rssCategory `xml:"category"`
	// The RSS Profile has the summary before the whole; readers that know only
	// one of them take what comes first. Media and source have titles and
	// descriptions of their own, which some take for the item's unless that has
	// them already.
	Description *markup         `xml:"description"`
	Content     *markup         `xml:"content:encoded"`
	Media       []*mediaContent `xml:"media:content"`
	Thumbnail   *mediaThumbnail `xml:"media:thumbnail"`
	Source      *rssSource      `xml:"source"`
	Point       string          `xml:"georss:point,omitempty"`
	Also        []element       `xml:",any"`
	*podcastEpisode
}

// rssCategory is a tag, and the vocabulary that it is of.
type rssCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	XML    string `xml:",innerxml"`
}

// RSS writes f as RSS 2.0 (https://www.rssboard.org/rss-specification), in the
// forms that the RSS Profile recommends
// (https://www.rssboard.org/rss-profile).
func RSS(f *feed.Feed) ([]byte, error) {
	d, err := open(f)
	if err != nil {
		return nil, err
	}
	description := d.Description
	if description == "" {
		description = d.Title // required
	}
	channel := rssChannel{
		Title:       plain(d.Title),
		Description: plain(description),
		RssFeed: feeds.RssFeed{
			Link:          d.Home,
			Language:      d.Language,
			LastBuildDate: rfc822(d.Updated),
			Generator:     generator,
			Docs:          "https://www.rssboard.org/rss-specification",
			Ttl:           int(d.Poll / time.Minute),
		},
		Archive: d.archive(),
		Inside:  placeholder,
		items:   make([]rssItem, 0, len(d.entries)),
	}
	for _, l := range d.links(func(f *feed.Feed) string { return f.URL("rss") }) {
		channel.Links = append(channel.Links, rssLink{Href: l.url, Rel: l.rel, Type: "application/rss+xml"})
	}
	if d.License != "" {
		channel.Links = append(channel.Links, rssLink{Href: d.License, Rel: "license"})
	}
	if len(d.SkipHours) > 0 {
		channel.SkipHours = &skipHours{d.SkipHours}
	}
	if len(d.SkipDays) > 0 {
		channel.SkipDays = &skipDays{}
		for _, day := range d.SkipDays {
			channel.SkipDays.Days = append(channel.SkipDays.Days, day.String())
		}
	}
	if d.Rights != "" {
		channel.Copyright = plain(d.Rights)
	}
	if d.Author.Email != "" {
		channel.ManagingEditor = plain(d.Author.Email + " (" + d.Author.Name + ")")
	}
	if d.Webmaster.Email != "" {
		channel.WebMaster = plain(d.Webmaster.Email + " (" + d.Webmaster.Name + ")")
	}
	if rssCanShow(d.Image) {
		channel.Image = &rssImage{Title: channel.Title, RssImage: feeds.RssImage{Url: d.Image, Link: d.Home}}
	}
	root := rss{Version: "2.0", Atom: atomNamespace, History: namespace(historyNamespace, channel.Archive != nil)}
	if channel.podcastShow = newPodcastShow(d); channel.podcastShow != nil {
		root.Itunes, root.Podcast = itunesNamespace, podcastNamespace
	}
	for _, e := range d.entries {
		item := newRSSItem(e, d)
		root.Content = namespace(contentNamespace, root.Content != "" || item.Content != nil)
		root.DC = namespace(dcNamespace, root.DC != "" || item.usesDC())
		root.Media = namespace(mediaNamespace, root.Media != "" || item.Media != nil)
		root.Place = namespace(placeNamespace, root.Place != "" || item.Point != "")
		channel.items = append(channel.items, item)
	}
	root.Channel = channel
	if d.Profile != "" {
		d.suit(&root)
	}
	return d.marshal(root, func(w *writer) {
		w.depth = 2
		for i := range root.Channel.items {
			w.rssItem(&root.Channel.items[i])
		}
	})
}

func (i *rssItem) usesDC() bool {
	return i.Creators != nil || i.Contributors != nil || i.Language != "" || i.Rights != nil
}

func newRSSItem(e entry, d *document) rssItem {
	item := rssItem{
		RssItem: feeds.RssItem{
			Link:    e.Link,
			Guid:    &feeds.RssGuid{Id: cmp.Or(e.GUID, e.ID), IsPermaLink: "false"}, // absent, it would mean true
			PubDate: rfc822(e.Published),

			Comments: comments(e.body.Links),
		},
		Language: e.Language,
		Source:   newRSSSource(e.Source),
		Point:    point(e.Point),
	}
	if e.Title != "" {
		item.Title = plain(e.Title)
	}
	if !e.Updated.Equal(e.Published) {
		// RSS has no such date of its own.
		item.Updated = rfc3339(e.Updated)
	}
	// An author of RSS is an email address; a name is Dublin Core's creator.
	for _, p := range e.Authors {
		item.Creators = append(item.Creators, plain(p.Name))
	}
	for _, p := range distinct(e.Contributors) {
		item.Contributors = append(item.Contributors, plain(p.Name))
	}
	if r := rights(e); r != "" {
		item.Rights = plain(r)
	}
	for _, tag := range e.Tags {
		item.Categories = append(item.Categories, rssCategory{d.Scheme, escapePlain.Replace(tag)})
	}
	if d.Podcast != nil {
		item.podcastEpisode = newPodcastEpisode(e)
	}
	if len(e.body.Enclosures) > 0 {
		// The RSS Profile: an item should have no more than one, and a length
		// that is not known is 0.
		enc := e.body.Enclosures[0]
		item.Enclosure = &feeds.RssEnclosure{Url: enc.URL, Length: strconv.FormatInt(enc.Length, 10), Type: enc.Type}
	}
	if e.body.Summary != "" {
		// A description is HTML: text is escaped as HTML, then as XML.
		item.Description = &markup{XML: escapeXML.Replace(escapeHTML.Replace(e.body.Summary))}
	}
	if e.full {
		item.Content = section(e.body.HTML)
	}
	picture, thumbnail := media(e.body.Picture, item.Description != nil && item.Content != nil)
	if picture != nil {
		item.Media, item.Thumbnail = []*mediaContent{picture}, thumbnail
	}
	item.Media = append(item.Media, further(e.body.Enclosures)...)
	return item
}

var escapePlain = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;")

// plain returns text that is not HTML. The RSS Profile, section on character
// data: hexadecimal references come through more readers unharmed than &amp;
// and &lt; do.
func plain(s string) *markup { return &markup{XML: escapePlain.Replace(s)} }

// rssCanShow reports whether RSS allows an image: it knows GIF, JPEG and PNG.
func rssCanShow(image string) bool { return extension(image) == ".gif" || isJPEGOrPNG(image) }

func isJPEGOrPNG(image string) bool {
	switch extension(image) {
	case ".jpg", ".jpeg", ".png":
		return true
	}
	return false
}

// extension returns that of the file which an address leads to, in lower case.
func extension(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(path.Ext(u.Path))
}
