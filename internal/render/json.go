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
	Items          []jsonItem `json:"items"` // required, also when there are none
}

type jsonItem struct {
	feeds.JSONItem
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
			Authors:     []*feeds.JSONAuthor{newJSONAuthor(d.Author)},
		},
		Items: make([]jsonItem, 0, len(d.entries)),
	}
	for _, e := range d.entries {
		root.Items = append(root.Items, newJSONItem(e))
	}
	// The format knows no archives, but a feed that goes on elsewhere.
	if d.Prev != nil {
		root.NextUrl = d.Prev.URL("json")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // nobody puts this document into a script element
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return b.Bytes(), nil
}

func newJSONItem(e entry) jsonItem {
	published, updated := jsonTime(e.Published), jsonTime(e.Updated)
	item := jsonItem{
		JSONItem: feeds.JSONItem{
			Id:            e.ID,
			Url:           e.Link,
			ExternalUrl:   e.External,
			Title:         e.Title,
			Summary:       e.body.Summary,
			PublishedDate: &published,
			ModifiedDate:  &updated,
			Tags:          e.Tags,
		},
		Language: e.Language,
	}
	switch {
	case !e.full:
		// An item must have content of one kind; the title is never empty.
		item.ContentText = cmp.Or(e.body.Summary, e.Title)
	case e.Plain:
		item.ContentHTML, item.ContentText = e.body.HTML, e.body.Text
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
