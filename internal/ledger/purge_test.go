package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
)

func TestPurge(t *testing.T) {
	const path = "news/mayor-took-bribes.md"
	first := story(path, "the accusation")
	n := newNewsroom(t)
	n.build(day0, first, story("other.md", "other"))
	l := n.open()
	if err := l.Purge(path, first, day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	var text string
	for _, name := range []string{"ledger.jsonl", "ledger.journal"} {
		b, err := os.ReadFile(filepath.Join(n.dir, name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		text += string(b)
	}
	for _, word := range []string{"mayor", "bribe", "accusation"} {
		if strings.Contains(text, word) {
			t.Errorf("the ledger still says %q: %s", word, text)
		}
	}
	copied, edited := story("copy.md", "the accusation"), story(path, "the accusation, edited")
	stated := story("stated.md", "another text")
	stated.ID = "tag:example.org,2026:news/mayor-took-bribes"
	for name, a := range map[string]*article.Article{"again": first, "edited": edited, "copied": copied, "with its id": stated} {
		told := n.build(day0.Add(2*time.Hour), a, story("other.md", "other"))
		if len(told.Articles) != 1 || len(told.Problems) != 1 || told.Problems[0].Code != "purged" {
			t.Errorf("%s: got %d articles and problems %v, want the other article alone, and a word on this one", name, len(told.Articles), told.Problems)
		}
	}
	// Its address and id are nobody else's, either.
	told := n.build(day0.Add(3*time.Hour), story("2027/mayor-took-bribes.md", "good news"), story("other.md", "other"))
	if got := told.at(t, "2027/mayor-took-bribes.md").Slug; got != "mayor-took-bribes-2" {
		t.Errorf("another article is at %q, want mayor-took-bribes-2", got)
	}
	if told := n.build(day0.Add(4*time.Hour), story("other.md", "other"), story("2027/mayor-took-bribes.md", "good news")); told.Hold() != "" || told.New != 0 {
		t.Errorf("later: %d new, held %q, want nothing", told.New, told.Hold())
	}
}
