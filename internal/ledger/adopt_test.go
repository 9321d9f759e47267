package ledger

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
)

var longAgo = time.Date(2019, 5, 4, 7, 30, 0, 0, time.UTC)

func TestAdopt(t *testing.T) {
	dated := func(a *article.Article, on time.Time) *article.Article { a.Published = article.At(on); return a }
	for name, test := range map[string]struct {
		known     Known
		article   *article.Article
		id, guid  string
		published time.Time
		updated   time.Time
	}{
		"an id that is an address is the article's": {
			known: Known{ID: "https://example.org/a/", Published: longAgo, Updated: longAgo.Add(time.Hour)}, article: story("a.md", "x"),
			id: "https://example.org/a/", published: longAgo, updated: longAgo.Add(time.Hour),
		},
		"one that is not stays beside a minted one": {
			known: Known{GUID: "4711", Published: longAgo}, article: story("a.md", "x"),
			id: "tag:example.org,2026:a", guid: "4711", published: longAgo, updated: longAgo,
		},
		"the hour that subscribers saw counts while the article's date stays": {
			known: Known{ID: "urn:a", Published: longAgo}, article: dated(story("a.md", "x"), longAgo.Truncate(24*time.Hour)),
			id: "urn:a", published: longAgo, updated: longAgo,
		},
		"without dates the article's counts": {
			known: Known{ID: "urn:a"}, article: dated(story("a.md", "x"), longAgo),
			id: "urn:a", published: longAgo, updated: longAgo,
		},
		"a change that is yet to come is none": {
			known: Known{ID: "urn:a", Published: longAgo, Updated: day0.AddDate(1, 0, 0)}, article: story("a.md", "x"),
			id: "urn:a", published: longAgo, updated: longAgo,
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			for range 2 {
				l := n.open()
				if err := l.Adopt(test.article, test.known, day0); err != nil {
					t.Fatal(err)
				}
				if err := l.Save(); err != nil {
					t.Fatal(err)
				}
			}
			l := n.open()
			if err := l.Adopt(test.article, test.known, day0.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if changes := n.changes(l); changes != "" {
				t.Errorf("adopting again would write %s", changes)
			}
			told := n.build(day0.Add(time.Hour), test.article)
			got := told.Articles[0]
			if got.ID != test.id || got.GUID != test.guid || !got.Published.Time().Equal(test.published) || !got.Updated.Time().Equal(test.updated) {
				t.Errorf("got id %q, guid %q, published %v, updated %v, want %q, %q, %v, %v",
					got.ID, got.GUID, got.Published, got.Updated, test.id, test.guid, test.published, test.updated)
			}
			if told.New != 0 {
				t.Errorf("%d articles are new, want none", told.New)
			}
		})
	}
}

// TestAnAdoptedArticleIsAnArticle renames, edits and dates anew what was adopted.
func TestAnAdoptedArticleIsAnArticle(t *testing.T) {
	n := newNewsroom(t)
	a := story("a.md", "x")
	a.Published = article.At(longAgo.Truncate(24 * time.Hour))
	l := n.open()
	if err := l.Adopt(a, Known{ID: "urn:a", Published: longAgo}, day0); err != nil {
		t.Fatal(err)
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	renamed := a.Copy()
	renamed.Path = "b.md"
	if got := n.build(day0.Add(time.Hour), renamed).Articles[0]; got.ID != "urn:a" || !got.Published.Time().Equal(longAgo) {
		t.Errorf("renamed: got %q of %v, want urn:a of %v", got.ID, got.Published, longAgo)
	}
	renamed.Published = article.At(longAgo.AddDate(0, 0, 1))
	if got := n.build(day0.Add(2*time.Hour), renamed).Articles[0]; !got.Published.Equal(renamed.Published) {
		t.Errorf("dated anew: got %v, want %v", got.Published, renamed.Published)
	}
}

func TestAdoptRefuses(t *testing.T) {
	stated := story("a.md", "x")
	stated.ID = "urn:stated"
	for name, test := range map[string]struct {
		article *article.Article
		told    bool // that subscribers were told of the articles is in the ledger
		known   Known
		want    string // part of the error; empty: none
		isTold  bool
	}{
		"an article that states another id":        {stated, false, Known{ID: "urn:a"}, "states the id", false},
		"an id that another article has":           {story("a.md", "x"), true, Known{ID: "tag:example.org,2026:b"}, "b.md has the id", false},
		"an article that was published otherwise":  {story("a.md", "x"), true, Known{ID: "urn:a"}, "published under another id", true},
		"one that was published with another guid": {story("a.md", "x"), true, Known{GUID: "4711"}, "published under another id", true},
		"not one that was published likewise":      {story("a.md", "x"), true, Known{ID: "tag:example.org,2026:a", Published: longAgo}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			if test.told {
				n.build(day0, story("a.md", "x"), story("b.md", "y"))
				l := n.open()
				if err := l.Stand(maps.All(map[string][]string{"tag:example.org,2026:a": {""}, "tag:example.org,2026:b": {""}})); err != nil {
					t.Fatal(err)
				}
				n.commit(l)
			}
			l := n.open()
			err := l.Adopt(test.article, test.known, day0)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if errors.Is(err, ErrTold) != test.isTold {
				t.Errorf("errors.Is(%v, ErrTold) is %v", err, !test.isTold)
			}
			if changes := n.changes(l); changes != "" && test.told {
				t.Errorf("what is refused would write %s", changes)
			}
		})
	}
}
