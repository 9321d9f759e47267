package ledger

import (
	"crypto/sha256"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/article"
)

var day0 = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// newsroom is a ledger in a directory of its own, reopened for every build as
// the program does.
type newsroom struct {
	t         *testing.T
	dir       string
	authority string
}

func newNewsroom(t *testing.T) *newsroom {
	return &newsroom{t: t, dir: t.TempDir(), authority: "example.org,2026"}
}

func (n *newsroom) open() *Ledger {
	n.t.Helper()
	l, err := Open(filepath.Join(n.dir, "ledger.jsonl"), filepath.Join(n.dir, "ledger.journal"))
	if err != nil {
		n.t.Fatal(err)
	}
	if err := l.SetAuthority(n.authority); err != nil {
		n.t.Fatal(err)
	}
	return l
}

// build tells the ledger about articles and commits what it answered.
func (n *newsroom) build(now time.Time, articles ...*article.Article) Told {
	n.t.Helper()
	l := n.open()
	told, err := l.Tell(articles, now)
	if err != nil {
		n.t.Fatal(err)
	}
	if n.changes(l) != "" {
		n.commit(l)
	}
	return told
}

func story(path, text string) *article.Article {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	a := article.New(path)
	a.Title, a.Slug, a.Digest, a.Seen = text, name, sha256.Sum256([]byte(text)), article.At(day0.Add(-time.Hour))
	return a
}

func (told Told) at(t *testing.T, path string) *article.Article {
	t.Helper()
	for _, a := range told.Articles {
		if a.Path == path {
			return a
		}
	}
	t.Fatalf("no article at %q", path)
	return nil
}

func TestTheSameStoryKeepsItsID(t *testing.T) {
	const id = "tag:example.org,2026:news/tides"
	edited := func(a *article.Article, text string) *article.Article {
		a.Digest = sha256.Sum256([]byte(text))
		return a
	}
	for name, test := range map[string]struct {
		authority string
		again     *article.Article
	}{
		"when nothing happened":           {again: story("news/tides.md", "the tides")},
		"when it is edited":               {again: edited(story("news/tides.md", "the tides"), "the tides, corrected")},
		"when it is renamed":              {again: story("news/high-water.md", "the tides")},
		"when it is moved":                {again: story("2026/03/tides.txt", "the tides")},
		"when the owner's part changes":   {authority: "example.net,2030", again: story("news/tides.md", "the tides")},
		"when renamed in another country": {authority: "example.net,2030", again: story("приливы.md", "the tides")},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			first := n.build(day0, story("news/tides.md", "the tides"), story("news/other.md", "another"))
			if got := first.at(t, "news/tides.md").ID; got != id {
				t.Fatalf("minted %q, want %q", got, id)
			}
			if test.authority != "" {
				n.authority = test.authority
			}
			told := n.build(day0.Add(time.Hour), test.again, story("news/other.md", "another"))
			got := told.at(t, test.again.Path)
			if got.ID != id || got.Slug != "tides" {
				t.Errorf("id %q at address %q, want %q at %q", got.ID, got.Slug, id, "tides")
			}
			if !got.Published.Equal(first.at(t, "news/tides.md").Published) {
				t.Errorf("published moved to %v", got.Published)
			}
			if told.New != 0 {
				t.Errorf("%d articles are new, want 0", told.New)
			}
		})
	}
}

func TestRenames(t *testing.T) {
	stated := func(a *article.Article) *article.Article { a.ID = "urn:stated"; return a }
	for name, test := range map[string]struct {
		before, after []*article.Article
		gap           time.Duration
		path          string
		want          string // id of the article at path
	}{
		"within 30 days a file that comes back elsewhere is the same": {
			before: []*article.Article{story("a.md", "x")}, after: []*article.Article{story("b.md", "x")},
			gap: 29 * 24 * time.Hour, path: "b.md", want: "tag:example.org,2026:a",
		},
		"after 30 days it is a new one": {
			before: []*article.Article{story("a.md", "x")}, after: []*article.Article{story("b.md", "x")},
			gap: 31 * 24 * time.Hour, path: "b.md", want: "tag:example.org,2026:b",
		},
		"of two that vanished with one text neither is guessed": {
			before: []*article.Article{story("a.md", "x"), story("b.md", "x")}, after: []*article.Article{story("c.md", "x")},
			path: "c.md", want: "tag:example.org,2026:c",
		},
		"a copy beside the original is new": {
			before: []*article.Article{story("a.md", "x")}, after: []*article.Article{story("a.md", "x"), story("b.md", "x")},
			path: "b.md", want: "tag:example.org,2026:b",
		},
		"a stated id is found again under another name and text": {
			before: []*article.Article{stated(story("a.md", "x"))}, after: []*article.Article{stated(story("b.md", "y"))},
			path: "b.md", want: "urn:stated",
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			n.build(day0, append(test.before, story("keep.md", "keep"))...)
			n.build(day0.Add(time.Minute), story("keep.md", "keep"))
			told := n.build(day0.Add(time.Minute+test.gap), append(test.after, story("keep.md", "keep"))...)
			if got := told.at(t, test.path).ID; got != test.want {
				t.Errorf("id %q, want %q", got, test.want)
			}
		})
	}
}

func TestAStringIsNeverGivenTwice(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"))
	n.build(day0.Add(time.Hour), story("b.md", "x")) // renamed: still tag:…:a
	told := n.build(day0.Add(2*time.Hour), story("b.md", "x"), story("a.md", "new"), story("a.txt", "third"))
	for path, want := range map[string]string{
		"b.md":  "tag:example.org,2026:a",
		"a.md":  "tag:example.org,2026:a~2",
		"a.txt": "tag:example.org,2026:a~3",
	} {
		if got := told.at(t, path).ID; got != want {
			t.Errorf("%s: id %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]string{"b.md": "a", "a.md": "a-2", "a.txt": "a-3"} {
		if got := told.at(t, path).Slug; got != want {
			t.Errorf("%s: address %q, want %q", path, got, want)
		}
	}
}

func TestMintedIDsAreTagURIs(t *testing.T) {
	n := newNewsroom(t)
	told := n.build(day0, story("dir one/ž \"x\"%.v2.md", "x"))
	const want = "tag:example.org,2026:dir%20one/%C5%BE%20%22x%22%25.v2"
	if got := told.Articles[0].ID; got != want {
		t.Errorf("id %q, want %q", got, want)
	}
}

func TestTwoArticlesWithOneID(t *testing.T) {
	claim := func(path string, published time.Time) *article.Article {
		a := story(path, path)
		a.ID, a.Published = "urn:one", article.At(published)
		return a
	}
	for name, test := range map[string]struct {
		articles []*article.Article
		winner   string
	}{
		"the one published earlier stays": {[]*article.Article{claim("a.md", day0), claim("b.md", day0.Add(-time.Hour))}, "b.md"},
		"else the first by path":          {[]*article.Article{claim("b.md", day0), claim("a.md", day0)}, "a.md"},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				told := newNewsroom(t).build(day0, test.articles...)
				if len(told.Articles) != 1 || told.Articles[0].Path != test.winner {
					t.Fatalf("got %v, want %s alone", told.Articles, test.winner)
				}
				if len(told.Problems) != 1 || told.Problems[0].Code != "duplicate-id" || !strings.Contains(told.Problems[0].Text, test.winner) {
					t.Errorf("problems %v, want one duplicate-id that names %s", told.Problems, test.winner)
				}
				slices.Reverse(test.articles)
			}
		})
	}
}

func TestDates(t *testing.T) {
	n := newNewsroom(t)
	undated := func(text string, modified time.Time) *article.Article {
		a := story("a.md", text)
		a.Seen = article.At(modified)
		return a
	}
	first := n.build(day0, undated("x", day0.Add(-time.Hour))).Articles[0]
	if want := day0.Add(-time.Hour); !first.Published.Time().Equal(want) || !first.Updated.Time().Equal(want) {
		t.Errorf("at first sight published %v, updated %v, want the file's time %v for both", first.Published, first.Updated, want)
	}
	touched := n.build(day0.Add(time.Hour), undated("x", day0.Add(time.Minute))).Articles[0]
	if !touched.Published.Equal(first.Published) || !touched.Updated.Equal(first.Updated) {
		t.Errorf("after a touch published %v, updated %v, want both as before", touched.Published, touched.Updated)
	}
	edited := n.build(day0.Add(2*time.Hour), undated("y", day0.Add(time.Minute))).Articles[0]
	if want := day0.Add(2 * time.Hour); !edited.Updated.Time().Equal(want) || !edited.Published.Equal(first.Published) {
		t.Errorf("after an edit published %v, updated %v, want %v and %v", edited.Published, edited.Updated, first.Published, want)
	}
	back := n.build(day0.Add(time.Minute), undated("z", day0)).Articles[0]
	if back.Updated.Before(edited.Updated) {
		t.Errorf("the clock went back and updated with it, to %v", back.Updated)
	}
	later := newNewsroom(t).build(day0, undated("x", day0.Add(48*time.Hour))).Articles[0]
	if !later.Published.Time().Equal(day0) {
		t.Errorf("a file from the future is published %v, want now, %v", later.Published, day0)
	}
}

func TestStatedDates(t *testing.T) {
	n := newNewsroom(t)
	a := story("a.md", "x")
	a.Published, a.Updated = article.At(day0.Add(-72*time.Hour)), article.At(day0.Add(-24*time.Hour))
	got := n.build(day0, a).Articles[0]
	if !got.Published.Equal(a.Published) || !got.Updated.Equal(a.Updated) {
		t.Errorf("published %v, updated %v, want the stated %v, %v", got.Published, got.Updated, a.Published, a.Updated)
	}
	a.Updated = article.At(day0.Add(-96 * time.Hour))
	if got := n.build(day0, a).Articles[0]; !got.Updated.Equal(a.Published) {
		t.Errorf("updated before it was published: got %v, want %v", got.Updated, a.Published)
	}
	a.Updated = article.At(day0.Add(time.Hour))
	if got := n.build(day0, a).Articles[0]; got.Updated.After(article.At(day0)) {
		t.Errorf("updated in the future: %v", got.Updated)
	}
}

func TestBeforeItsTimeAnArticleIsUnknown(t *testing.T) {
	n := newNewsroom(t)
	embargoed := story("secret-name.md", "embargoed")
	embargoed.Published = article.At(day0.Add(time.Hour))
	told := n.build(day0, embargoed, story("a.md", "x"))
	if got := told.at(t, "secret-name.md"); got != embargoed {
		t.Errorf("got %v, want the article as it came", got)
	}
	for _, name := range []string{"ledger.jsonl", "ledger.journal"} {
		if b, err := os.ReadFile(filepath.Join(n.dir, name)); err == nil && strings.Contains(string(b), "secret") {
			t.Errorf("%s names the article before its time: %s", name, b)
		}
	}
	if told := n.build(day0.Add(time.Hour), embargoed, story("a.md", "x")); told.New != 1 || told.at(t, "secret-name.md").ID == "" {
		t.Errorf("at its time %d articles are new, want 1 with an id", told.New)
	}
}

func TestHold(t *testing.T) {
	many := func(n int) []*article.Article {
		var all []*article.Article
		for i := range n {
			name := "a" + strings.Repeat("x", i)
			all = append(all, story(name+".md", name))
		}
		return all
	}
	for name, test := range map[string]struct {
		before, after int
		hold          bool
	}{
		"the first publish":           {0, 5, false},
		"everything is there":         {30, 30, false},
		"one of two left":             {2, 1, false},
		"all of two left":             {2, 0, true},
		"ten of ten left but one":     {11, 1, false},
		"more than half of many left": {30, 14, true},
		"less than half of many left": {30, 16, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			n.build(day0, many(test.before)...)
			told := n.build(day0.Add(time.Hour), many(test.after)...)
			if got := told.Hold(); (got != "") != test.hold {
				t.Errorf("hold %q, want one: %v", got, test.hold)
			}
		})
	}
}

// TestHoldWhenTheClockWasSetBack tells a ledger again at an earlier instant, which is
// before the dates of articles that were published.
func TestHoldWhenTheClockWasSetBack(t *testing.T) {
	dated := func(at time.Time) *article.Article {
		a := story("a.md", "x")
		a.Published = article.At(at)
		return a
	}
	for name, test := range map[string]struct {
		first, then *article.Article
		back        time.Duration
		hold        bool
	}{
		"an article was published in between": {dated(day0.Add(-time.Hour)), dated(day0.Add(-time.Hour)), 2 * time.Hour, true},
		"none was":                            {dated(day0.Add(-time.Hour)), dated(day0.Add(-time.Hour)), time.Minute, false},
		"its author keeps it back":            {dated(day0.Add(-time.Hour)), dated(day0.Add(time.Hour)), 0, false},
		"it was not published yet":            {dated(day0.Add(time.Hour)), dated(day0.Add(time.Hour)), 2 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNewsroom(t)
			other := story("b.md", "y")
			other.Published = article.At(day0.Add(-24 * time.Hour))
			n.build(day0, test.first, other)
			if got := n.build(day0.Add(-test.back), test.then, other).Hold(); (got != "") != test.hold {
				t.Errorf("hold %q, want one: %v", got, test.hold)
			}
			if got := n.build(day0.Add(time.Minute), test.then, other).Hold(); got != "" {
				t.Errorf("when the clock is right again: %q", got)
			}
		})
	}
	n := newNewsroom(t)
	other := story("b.md", "y")
	n.build(day0, dated(day0.Add(-time.Hour)), other)
	from := dated(day0.Add(-time.Hour))
	from.From = day0.Add(time.Hour)
	if got := n.build(day0, from, other).Hold(); got != "" {
		t.Errorf("kept back by its author until another instant: %q", got)
	}
}

func TestAddresses(t *testing.T) {
	n := newNewsroom(t)
	stated := func(slug string) *article.Article {
		a := story("a.md", "x")
		a.Slug, a.SlugStated = slug, true
		return a
	}
	n.build(day0, story("a.md", "x"))
	n.build(day0.Add(time.Hour), stated("first"))
	n.build(day0.Add(2*time.Hour), stated("second"))
	l := n.open()
	if got := l.Moved(); len(got) != 2 || got["a"] != "second" || got["first"] != "second" {
		t.Errorf("moved %v, want a and first to second", got)
	}
	n.build(day0.Add(3*time.Hour), stated("a"))
	if got := n.open().Moved(); len(got) != 2 || got["first"] != "a" || got["second"] != "a" {
		t.Errorf("moved back: %v, want first and second to a", got)
	}
	told := n.build(day0.Add(4*time.Hour), stated("a"), story("first.md", "new"))
	if got := told.at(t, "first.md").Slug; got != "first-2" {
		t.Errorf("a new article took an old address: %q, want first-2", got)
	}
	n.build(day0.Add(5*time.Hour), story("first.md", "new"))
	if got := n.open().Gone(day0.Add(6 * time.Hour)); !slices.Equal(got, []string{"a", "first", "second"}) {
		t.Errorf("gone %v, want every address of the article that vanished", got)
	}
	if got := n.open().Gone(day0.Add(40 * 24 * time.Hour)); len(got) != 0 {
		t.Errorf("gone after 40 days: %v, want none", got)
	}
}

// changes is what a build would write.
func (n *newsroom) changes(l *Ledger) string {
	n.t.Helper()
	changes, ok, err := l.Changes()
	if err != nil || ok != (len(changes.Data) > 0) {
		n.t.Fatal(ok, err)
	}
	return string(changes.Data)
}

func (n *newsroom) commit(l *Ledger) {
	n.t.Helper()
	changes, ok, err := l.Changes()
	if !ok || err != nil {
		n.t.Fatal("no changes", err)
	}
	if err := changes.Apply(); err != nil {
		n.t.Fatal(err)
	}
	l.Committed(changes)
}

func TestFeeds(t *testing.T) {
	n := newNewsroom(t)
	l := n.open()
	want := ToldFeed{Path: "tags/кафе", ID: l.NewFeedID("tags/кафе"), Kind: "tag", Value: "кафе", Title: "Кафе", Period: "month", Language: "mk", Updated: day0.Add(-time.Hour)}
	if got := "tag:example.org,2026:/tags/%D0%BA%D0%B0%D1%84%D0%B5"; want.ID != got {
		t.Errorf("id %q, want %q", want.ID, got)
	}
	if err := l.ShowFeed(want, day0); err != nil {
		t.Fatal(err)
	}
	n.commit(l)
	want.Since = day0
	n.authority = "example.net,2030"
	l = n.open()
	if feeds := l.Feeds(); len(feeds) != 1 || feeds["tags/кафе"] != want {
		t.Errorf("feeds %+v, want %+v", feeds, want)
	}
	n.authority = "example.org,2026"
	l = n.open()
	if err := l.ShowFeed(want, day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if changes := n.changes(l); changes != "" {
		t.Errorf("showing the same would write %s", changes)
	}
	want.Title = "Кафето"
	if err := l.ShowFeed(want, day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	n.commit(l)
	if feeds := n.open().Feeds(); feeds["tags/кафе"] != want {
		t.Errorf("feeds %+v, want %+v, known since the beginning", feeds, want)
	}
}

func TestTombstones(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"), story("b.md", "y"), story("c.md", "z"))
	l := n.open()
	if err := l.Stand(maps.All(map[string][]string{"tag:example.org,2026:a": {"tags/dam", ""}, "tag:example.org,2026:b": {""}})); err != nil {
		t.Fatal(err)
	}
	n.commit(l)
	gone := day0.Add(time.Hour)
	n.build(gone, story("b.md", "y"))
	l = n.open()
	if err := l.Stand(maps.All(map[string][]string{"tag:example.org,2026:b": {"", "tags/new"}})); err != nil {
		t.Fatal(err)
	}
	n.commit(l)
	for name, test := range map[string]struct {
		now  time.Time
		want int
	}{"at once": {gone, 1}, "for 30 days": {gone.Add(30 * 24 * time.Hour), 1}, "and no longer": {gone.Add(31 * 24 * time.Hour), 0}} {
		all := n.open().Tombstones(test.now)
		if len(all) != test.want {
			t.Fatalf("%s: %+v, want %d: that of c stood in no feed", name, all, test.want)
		}
		if len(all) > 0 && (all[0].ID != "tag:example.org,2026:a" || !all[0].When.Equal(gone) || !slices.Equal(all[0].In, []string{"", "tags/dam"})) {
			t.Errorf("%s: got %+v", name, all[0])
		}
	}
	// RFC 6721, section 3: only an entry that is later than its tombstone is
	// there again.
	back := gone.Add(time.Hour)
	if got := n.build(back, story("a.md", "x"), story("b.md", "y")).at(t, "a.md").Updated; !got.Time().Equal(back) {
		t.Errorf("back again it is updated %v, want %v", got, back)
	}
	if all := n.open().Tombstones(back); len(all) != 0 {
		t.Errorf("back again there are tombstones %+v", all)
	}
}

func TestSeen(t *testing.T) {
	n := newNewsroom(t)
	for _, step := range []struct {
		what string
		at   time.Time
		text string
		want time.Time
	}{
		{"at first sight", day0, "x", day0},
		{"when nothing happens", day0.Add(time.Hour), "x", day0},
		{"after an edit", day0.Add(2 * time.Hour), "y", day0.Add(2 * time.Hour)},
		{"later", day0.Add(3 * time.Hour), "y", day0.Add(2 * time.Hour)},
	} {
		if got := n.build(step.at, story("a.md", step.text)).at(t, "a.md").Seen; !got.Time().Equal(step.want) {
			t.Errorf("%s: seen %v, want %v", step.what, got, step.want)
		}
	}
}

func TestAnArticleWhoseTimeIsOver(t *testing.T) {
	n := newNewsroom(t)
	offers := func() (all []*article.Article) {
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			a := story(name+".md", name)
			a.Until = day0.Add(time.Hour)
			all = append(all, a)
		}
		return all
	}
	if told := n.build(day0, offers()...); len(told.Articles) != 12 {
		t.Fatalf("before its end there are %d articles, want 12", len(told.Articles))
	}
	told := n.build(day0.Add(time.Hour), offers()...)
	if len(told.Articles) != 0 || told.Hold() != "" {
		t.Errorf("at the end %d articles stay, held %q, want none and no hold: this was announced", len(told.Articles), told.Hold())
	}
	if gone := n.open().Gone(day0.Add(time.Hour)); len(gone) != 12 {
		t.Errorf("%d addresses are gone, want 12", len(gone))
	}
	early := story("x.md", "x")
	early.From = day0.Add(9 * time.Hour)
	early.Published = article.At(day0)
	if told := n.build(day0.Add(2*time.Hour), early); told.at(t, "x.md").ID != "" {
		t.Error("an article is known before it may be shown")
	}
}

func TestTellingTwiceChangesNothing(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"), story("b.md", "y"))
	l := n.open()
	if _, err := l.Tell([]*article.Article{story("b.md", "y"), story("a.md", "x")}, day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if changes := n.changes(l); changes != "" {
		t.Errorf("the second build would write %s", changes)
	}
}

func TestAForeignLedgerIsRefused(t *testing.T) {
	for name, line := range map[string]string{
		"of a newer version": `{"key":"ledger","format":2}`,
		"without an id":      `{"key":"article/a.md","slug":"a"}`,
		"of another kind":    `{"key":"article/a.md","id":7}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ledger.jsonl")
			if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(file, file+".journal"); err == nil || !strings.Contains(err.Error(), "read ledger") {
				t.Errorf("got error %v, want one that says read ledger", err)
			}
		})
	}
}
