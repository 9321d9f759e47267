package ledger

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
)

// TestAnIndexFindsWhatAMapDoes adds and removes texts of which many have the same
// hash.
func TestAnIndexFindsWhatAMapDoes(t *testing.T) {
	for round := range uint64(200) {
		random := rand.New(rand.NewPCG(round, 7))
		hashes := uint32(1 + random.IntN(40))
		want := map[int32]uint32{} // hash by number
		x := newIndex(random.IntN(10))
		for number := range int32(200) {
			hash := random.Uint32N(hashes) * 0x9E3779B1
			want[number+1] = hash
			x.add(hash, number+1)
			if random.IntN(3) > 0 {
				gone := 1 + random.Int32N(number+1)
				x.remove(want[gone], gone) // it may be gone already
				delete(want, gone)
			}
			if x.count != len(want) {
				t.Fatalf("got %d texts, want %d", x.count, len(want))
			}
			for n := range number + 1 {
				hash, there := want[n+1]
				s := x.find(hash, func(m int32) bool { return m == n+1 })
				if (s != nil) != there || there && (s.number != n+1 || s.hash != hash) {
					t.Fatalf("number %d: got %+v, want it there: %v", n+1, s, there)
				}
			}
		}
	}
}

func TestTextsOfARecordAreWhole(t *testing.T) {
	for _, c := range []struct{ path, id, slug string }{
		{"2023/kosovo.txt", "tag:example.org,2023:2023/kosovo", "kosovo"},
		{"2023/kosovo.txt", "tag:example.org,2023:2023/kosovo~2", "kosovo-2"},
		{"a.b/kosovo", "tag:example.org,2023:a.b/kosovo", "a"},
		{"kosovo", "urn:1", "x"},
		{".txt", "urn:1", "txt"},
		{"a.txt", "a", "a.txt"},
	} {
		path, id, slug := ownTexts([]byte(c.path), []byte(c.id), []byte(c.slug))
		if path != c.path || id != c.id || slug != c.slug {
			t.Errorf("got %q %q %q, want %q", path, id, slug, c)
		}
	}
}

// TestManyChangesAreInOrder tells about more articles than are written at a time,
// in a ledger that has other lines before and behind theirs.
func TestManyChangesAreInOrder(t *testing.T) {
	n := newNewsroom(t)
	var articles []*article.Article
	for i := range 9_000 {
		articles = append(articles, story(fmt.Sprintf("%05d.md", (i*7919)%9_000), fmt.Sprint(i)))
	}
	n.build(day0, articles[:100]...)
	l := n.open()
	for _, a := range articles[:50] {
		if err := l.Purge(a.Path, a, day0); err != nil {
			t.Fatal(err)
		}
	}
	n.authority = "example.net,2026"
	if err := l.SetAuthority(n.authority); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Tell(articles[50:], day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	changes, _, err := l.Changes()
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(bytes.Lines(changes.Data))
	keys := map[string]int{}
	for i, raw := range lines {
		read, err := readLine(raw)
		if err != nil {
			t.Fatal(err)
		}
		keys[read.name()]++
		if i > 0 && bytes.Compare(lines[i-1], raw) >= 0 {
			t.Fatalf("line %d is not behind the one before: %s", i+1, raw)
		}
	}
	stated := 0
	for key := range keys {
		if strings.HasPrefix(key, articleKey) {
			stated++
		}
	}
	// What was purged loses its line, and what was told before and did not change
	// has the one it had.
	if want := 50 + len(articles) - 100; stated != want || keys[headKey] != 1 {
		t.Errorf("got %d articles and %d heads, want %d and one", stated, keys[headKey], want)
	}
	want, err := l.whole(true)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
	if got, err := n.open().whole(true); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v: read again it is another ledger", err)
	}
}
