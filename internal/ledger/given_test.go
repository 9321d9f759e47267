package ledger

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/article"
)

// TestWhatPartnersHave keeps in the ledger what partners were given, also of an
// article that vanished or lies elsewhere.
func TestWhatPartnersHave(t *testing.T) {
	dir := t.TempDir()
	snapshot, journal := filepath.Join(dir, "ledger.jsonl"), filepath.Join(dir, "ledger.journal")
	l, err := Open(snapshot, journal)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SetAuthority("example.org,2023"); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	a, b := story("a.md", "a"), story("b.md", "b")
	a.ID, b.ID, a.Published, b.Published = "urn:a", "urn:b", article.At(now), article.At(now)
	if _, err := l.Tell([]*article.Article{a, b}, now); err != nil {
		t.Fatal(err)
	}
	want := map[string][]Given{
		"smart": {{ID: "urn:a", Link: "https://example.org/a/"}, {ID: "urn:b", Link: "https://example.org/b/"}},
		"start": {{ID: "urn:b", Link: "https://example.org/b/", Left: now}},
	}
	if err := l.Give(want); err != nil {
		t.Fatal(err)
	}
	moved := a.Copy()
	moved.Path = "news/a.md"
	if _, err := l.Tell([]*article.Article{moved}, now.Add(time.Hour)); err != nil { // b vanished
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, l.Given()); diff != "" {
		t.Errorf("in memory (-want +got):\n%s", diff)
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if l, err = Open(snapshot, journal); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, l.Given()); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	if err := l.Give(map[string][]Given{"smart": want["smart"][:1]}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]Given{"smart": want["smart"][:1]}, l.Given()); diff != "" {
		t.Errorf("what is not named any more (-want +got):\n%s", diff)
	}
}
