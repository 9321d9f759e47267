package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gorilla/feeds"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

type jsonFeed struct {
	feeds.JSONFeed            // version first, as the specification asks
	Items          []struct{} `json:"items"` // required, also when there are none; what there is comes later
}

type jsonItem struct {
	feeds.JSONItem
	BannerImage string           `json:"banner_image,omitempty"` // gorilla/feeds calls it banner_
	Language    string           `json:"language,omitempty"`
	Attachments []jsonAttachment `json:"attachments,omitempty"`
}

// jsonAttachment is gorilla/feeds' own, whose size ends at 2 GiB, and which
// writes a duration that is not known as 0.
type jsonAttachment struct {
	URL      string  `json:"url"`
	Type     string  `json:"mime_type"`
	Title    string  `json:"title,omitempty"`
	Size     int64   `json:"size_in_bytes,omitempty"`
	Duration float64 `json:"duration_in_seconds,omitempty"`
}

// JSON writes f as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).
func JSON(f *feed.Feed) ([]byte, error) {
	d, err := open(f)
	if err != nil {
		return nil, err
	}
	root := jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version:     "https://jsonfeed.org/version/1.1",
			Title:       d.Title,
			Language:    d.Language,
			HomePageUrl: d.Home,
			FeedUrl:     d.URL("json"),
			Description: d.Description,
			Icon:        d.Icon,
			Favicon:     d.Favicon,
			Authors:     []*feeds.JSONAuthor{newJSONAuthor(d.Author)},
		},
		Items: []struct{}{},
	}
	if d.Current == nil { // nobody subscribes to an archive
		root.UserComment = "This is a feed for feed readers. To subscribe, copy its address into yours: " + root.FeedUrl
	}
	if d.Ended {
		root.Expired = &d.Ended
	}
	// The format knows no archives, but a feed that goes on elsewhere.
	if d.Prev != nil {
		root.NextUrl = d.Prev.URL("json")
	}
	b := drafts.Get().(*bytes.Buffer)
	defer drafts.Put(b)
	b.Reset()
	enc := newEncoder(b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	w := jsonWriter{b: append(make([]byte, 0, d.size), b.Bytes()...)}
	if len(d.entries) == 0 {
		return w.b, nil
	}
	w.b = bytes.TrimSuffix(w.b, []byte("]\n}\n"))
	for i, e := range d.entries {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		item := newJSONItem(e)
		w.item(&item)
	}
	if w.err != nil {
		return nil, fmt.Errorf("render: %w", w.err)
	}
	return append(w.b, "\n  ]\n}\n"...), nil
}

func newEncoder(b *bytes.Buffer) *json.Encoder {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false) // nobody puts this document into a script element
	return enc
}

func newJSONItem(e entry) jsonItem {
	published, updated := jsonTime(e.Published), jsonTime(e.Updated)
	item := jsonItem{
		JSONItem: feeds.JSONItem{
			Id:            cmp.Or(e.GUID, e.ID),
			Url:           e.Link,
			ExternalUrl:   e.External,
			Title:         e.Title,
			Summary:       e.body.Summary,
			PublishedDate: &published,
			ModifiedDate:  &updated,
			Tags:          e.Tags,
		},
		BannerImage: e.body.Banner,
		Language:    e.Language,
	}
	switch {
	case !e.full:
		// An item must have content of one kind; the title is never empty.
		item.ContentText = cmp.Or(e.body.Summary, e.Title)
	case e.Plain:
		item.ContentHTML, item.ContentText = e.body.HTML, clean(e.body.Text)
	default:
		item.ContentHTML = e.body.HTML
	}
	if p := e.body.Picture; p != nil {
		item.Image = p.URL
	}
	for _, enc := range e.body.Enclosures {
		item.Attachments = append(item.Attachments, jsonAttachment{enc.URL, enc.Type, enc.Title, enc.Length, enc.Duration.Seconds()})
	}
	for _, p := range e.Authors {
		item.Authors = append(item.Authors, newJSONAuthor(p))
	}
	return item
}

func newJSONAuthor(p article.Person) *feeds.JSONAuthor {
	return &feeds.JSONAuthor{Name: p.Name, Url: p.URL, Avatar: p.Avatar}
}

// jsonTime returns t as encoding/json writes it without a fraction, in UTC.
func jsonTime(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
