package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// jsonID is the id of an item. JSON Feed 1.1, items: a reader must take a number
// for its text.
type jsonID string

func (id *jsonID) UnmarshalJSON(raw []byte) error {
	var number json.Number
	if raw[0] != '"' && json.Unmarshal(raw, &number) == nil {
		*id = jsonID(number)
		return nil
	}
	return json.Unmarshal(raw, (*string)(id))
}

// jsonHead is what is read of a JSON Feed beside its items.
type jsonHead struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	About    string     `json:"description"`
	Language string     `json:"language"`
	Authors  []any      `json:"authors"`
	Home     string     `json:"home_page_url"`
	Self     string     `json:"feed_url"`
	Next     string     `json:"next_url"`
	Icon     string     `json:"icon"`
	Favicon  string     `json:"favicon"`
	Hubs     []jsonLink `json:"hubs"`
}

// jsonItem is what is read of an item.
type jsonItem struct {
	ID          jsonID     `json:"id"`
	URL         string     `json:"url"`
	Title       string     `json:"title"`
	HTML        string     `json:"content_html"`
	Text        string     `json:"content_text"`
	Summary     string     `json:"summary"`
	Image       string     `json:"image"`
	Banner      string     `json:"banner_image"`
	Published   string     `json:"date_published"`
	Modified    string     `json:"date_modified"`
	Authors     []any      `json:"authors"`
	Tags        []string   `json:"tags"`
	Attachments []jsonLink `json:"attachments"`
}

// jsonLink is what is read of a hub or an attachment.
type jsonLink struct {
	URL string `json:"url"`
}

// readJSON reads a JSON Feed.
func (r *reader) readJSON(body []byte) error {
	var f struct {
		jsonHead
		Items []jsonItem `json:"items"`
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&f); err != nil {
		return err
	}
	if err := r.jsonHead(&f.jsonHead); err != nil {
		return err
	}
	for i := range f.Items {
		item := &f.Items[i]
		var people []string
		for _, who := range item.Authors {
			people = append(people, fmt.Sprint(who)) // of a map, sorted by key
		}
		r.jsonItem(item, people, []byte(item.HTML))
	}
	return nil
}

// addLink adds a link that may be missing.
func addLink(links *[]link, what, url string) {
	if url != "" {
		*links = append(*links, link{url: url, what: what})
	}
}

// jsonHead takes in what a feed says of itself.
func (r *reader) jsonHead(f *jsonHead) error {
	if !strings.HasPrefix(f.Version, "https://jsonfeed.org/version/1") {
		return errors.New("not a JSON Feed")
	}
	r.Reading = Reading{Format: JSON, ID: f.Self, Title: f.Title, Self: f.Self, Home: f.Home}
	r.offered.description, r.offered.language, r.Language = f.About, f.Language, f.Language
	addLink(&r.links, "feed_url", f.Self)
	addLink(&r.links, "home_page_url", f.Home)
	addLink(&r.links, "next_url", f.Next)
	addLink(&r.links, "icon", f.Icon)
	addLink(&r.links, "favicon", f.Favicon)
	for _, hub := range f.Hubs {
		r.hubs = append(r.hubs, hub.URL)
	}
	return nil
}

// jsonItem takes in an item.
func (r *reader) jsonItem(item *jsonItem, people []string, html []byte) {
	content := r.prose(html)
	d := draft{Entry: Entry{ID: string(item.ID), Title: item.Title, Link: item.URL}, who: people, about: item.Tags}
	d.Published, _ = parseRFC3339(item.Published)
	d.Updated, _ = parseRFC3339(item.Modified)
	d.offered.author = len(people) > 0
	d.offered.category = len(item.Tags) > 0
	d.offered.text(true, judgeProse([]byte(item.Summary)))
	if len(html) == 0 {
		d.offered.text(false, judgeProse([]byte(item.Text)))
	} else {
		d.offered.text(false, content)
	}
	if item.Image != "" {
		d.offered.picture()
	}
	r.say(&d, []byte(item.Summary))
	r.say(&d, []byte(item.Text))
	r.sayHTML(&d, content, html)
	addLink(&d.links, "image", item.Image)
	addLink(&d.links, "banner_image", item.Banner)
	for _, a := range item.Attachments {
		addLink(&d.links, "attachment", a.URL)
	}
	r.drafts = append(r.drafts, d)
}

// A jsonFeedReader reads a JSON Feed back from what a judge has read already. Of a
// feed in which something is not what it should be, encoding/json has to say what
// it is taken for: a name in capitals, a member that stands there twice, a number
// in place of a text.
type jsonFeedReader struct {
	*reader
	irregular bool
	whole     bool // all of the feed was read
}

// headNames and itemNames are the members that are read.
var (
	headNames = nameSet("version title description language authors home_page_url feed_url next_url icon favicon hubs items")
	itemNames = nameSet("id url title content_html content_text summary image banner_image date_published date_modified authors tags attachments")
	linkNames = nameSet("url")
)

func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(names) {
		set[name] = true
	}
	return set
}

// members checks the names of the members of an object, and passes on those that
// are read.
func (r *jsonFeedReader) members(d *datum, names map[string]bool, take func(m *member)) {
	const most = 64
	if d.kind != record || len(d.members) > most {
		r.irregular = true
		return
	}
	for i := range d.members {
		m := &d.members[i]
		if !names[m.name] {
			r.irregular = r.irregular || !isASCII([]byte(m.name)) || names[strings.ToLower(m.name)]
			continue
		}
		for _, earlier := range d.members[:i] {
			r.irregular = r.irregular || earlier.name == m.name
		}
		take(m)
	}
}

// str returns the value of a text; null is none.
func (r *jsonFeedReader) str(d *datum) string {
	r.irregular = r.irregular || d.kind != str && d.kind != null
	return string(d.value)
}

// list returns the values of an array; null is none.
func (r *jsonFeedReader) list(d *datum) []datum {
	r.irregular = r.irregular || d.kind != list && d.kind != null
	return d.list
}

// link returns what is read of a hub or an attachment.
func (r *jsonFeedReader) link(d *datum) jsonLink {
	var l jsonLink
	r.members(d, linkNames, func(m *member) { l.URL = r.str(&m.value) })
	return l
}

// person returns what stands for an author, as fmt.Sprint writes a map.
func (r *jsonFeedReader) person(d *datum) string {
	var parts []string
	r.irregular = r.irregular || d.kind != record
	for i := range d.members {
		m := &d.members[i]
		r.irregular = r.irregular || m.value.kind != str
		parts = append(parts, m.name)
	}
	slices.Sort(parts)
	r.irregular = r.irregular || len(slices.Compact(slices.Clone(parts))) < len(parts)
	for i, name := range parts {
		parts[i] += ":" + string(d.get(name).value)
	}
	return "map[" + strings.Join(parts, " ") + "]"
}

// item takes in an item.
func (r *jsonFeedReader) item(d *datum) {
	r.lastProse = nil
	if r.irregular {
		return
	}
	var item jsonItem
	var people []string
	var html []byte
	r.members(d, itemNames, func(m *member) {
		v := &m.value
		switch m.name {
		case "id":
			if item.ID = jsonID(v.value); v.kind != number {
				r.str(v)
			}
		case "url":
			item.URL = r.str(v)
		case "title":
			item.Title = r.str(v)
		case "content_html":
			r.irregular = r.irregular || v.kind != str && v.kind != null
			html = v.value
		case "content_text":
			item.Text = r.str(v)
		case "summary":
			item.Summary = r.str(v)
		case "image":
			item.Image = r.str(v)
		case "banner_image":
			item.Banner = r.str(v)
		case "date_published":
			item.Published = r.str(v)
		case "date_modified":
			item.Modified = r.str(v)
		case "authors":
			for i := range r.list(v) {
				people = append(people, r.person(&v.list[i]))
			}
		case "tags":
			for i := range r.list(v) {
				r.irregular = r.irregular || v.list[i].kind != str
				item.Tags = append(item.Tags, string(v.list[i].value))
			}
		case "attachments":
			for i := range r.list(v) {
				item.Attachments = append(item.Attachments, r.link(&v.list[i]))
			}
		}
	})
	r.jsonItem(&item, people, html)
}

// feed takes in what the feed says of itself, which ends it.
func (r *jsonFeedReader) feed(d *datum) {
	var f jsonHead
	r.members(d, headNames, func(m *member) {
		v := &m.value
		switch m.name {
		case "version":
			f.Version = r.str(v)
		case "title":
			f.Title = r.str(v)
		case "description":
			f.About = r.str(v)
		case "language":
			f.Language = r.str(v)
		case "authors":
			r.list(v)
		case "home_page_url":
			f.Home = r.str(v)
		case "feed_url":
			f.Self = r.str(v)
		case "next_url":
			f.Next = r.str(v)
		case "icon":
			f.Icon = r.str(v)
		case "favicon":
			f.Favicon = r.str(v)
		case "hubs":
			for i := range r.list(v) {
				f.Hubs = append(f.Hubs, r.link(&v.list[i]))
			}
		case "items":
			r.irregular = true // a second time
		}
	})
	r.whole = !r.irregular && r.jsonHead(&f) == nil
}
