package feed

import (
	"sync/atomic"
	"testing"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// looks counts how often a file beside the articles is asked for, as whoever
// renders an article with a picture does.
type looks struct{ atomic.Int64 }

func (n *looks) Has(string) bool                  { n.Add(1); return true }
func (n *looks) Measure(string) (int64, int, int) { return 0, 0, 0 }

func pictured(t *testing.T, n *looks) (c Composition) {
	t.Helper()
	now := time.Date(2023, 11, 20, 12, 0, 0, 0, time.UTC)
	var all []*article.Article
	for _, path := range []string{"a.md", "b.md", "c.md"} {
		a, problems := article.Parse(path, []byte("# "+path+"\n\nText ![x](x.png) and more.\n"), article.Options{})
		if a == nil {
			t.Fatal(problems)
		}
		a.ID, a.Published, a.Updated = "tag:example.org,2023:"+path, article.At(now), article.At(now)
		all = append(all, a)
	}
	return Compose(all, site.Default(), n, Memory{NewID: func(path string) string { return "tag:example.org,2023:/" + path }}, now)
}

func TestReleasedContentIsRenderedAnew(t *testing.T) {
	var n looks
	c := pictured(t, &n)
	shelf := c.making.shelf
	e := c.Entries[0]
	first, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range c.Entries[1:] {
		if _, err := other.Content(); err != nil {
			t.Fatal(err)
		}
	}
	before, used := n.Load(), shelf.used
	if e.Content(); n.Load() != before {
		t.Error("a content at hand is rendered anew")
	}
	e.Release()
	e.Release()
	if shelf.order.Len() != 2 || shelf.used != used-len(first.HTML)-len(first.Text)-len(first.Summary) {
		t.Errorf("%d contents of %d bytes stand on the shelf, want 2, and %d bytes less than %d", shelf.order.Len(), shelf.used, len(first.HTML)+len(first.Text)+len(first.Summary), used)
	}
	again, err := e.Content()
	if err != nil || again.HTML != first.HTML || n.Load() == before || shelf.used != used {
		t.Errorf("after its release the content is %q, %v, rendered %v; want %q, anew", again.HTML, err, n.Load() != before, first.HTML)
	}
	// What fell from the shelf is released as well.
	shelf.room = 1
	c.Entries[1].Release()
	if _, err := c.Entries[1].Content(); err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Entries {
		e.Release()
	}
	if shelf.order.Len() != 0 || shelf.used != 0 {
		t.Errorf("%d contents of %d bytes are left, want none", shelf.order.Len(), shelf.used)
	}
}
