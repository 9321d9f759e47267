package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"feedmill/internal/article"
)

// TestALedgerThatStaysOpenSaysWhatOneOpenedAnewSays tells two ledgers the same,
// of which one is opened for every build and the other once.
func TestALedgerThatStaysOpenSaysWhatOneOpenedAnewSays(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			anew, stays := newNewsroom(t), newNewsroom(t)
			open := stays.open()
			var articles []*article.Article
			now := day0
			reused := 0
			var before []*article.Article
			for step := range 30 {
				articles = change(random, slices.Clone(articles), now)
				l := anew.open()
				want, err := l.Tell(articles, now)
				if err != nil {
					t.Fatal(err)
				}
				got, err := open.Tell(articles, now)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(article.Manuscript{}), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("step %d: opened anew (-), open (+):\n%s", step, diff)
				}
				for _, a := range got.Articles {
					if slices.Contains(before, a) {
						reused++
					}
				}
				before = got.Articles
				in := map[string][]string{}
				for _, a := range got.Articles {
					if a.ID != "" && random.IntN(3) > 0 {
						in[a.ID] = []string{"", "tags/b"}[:1+random.IntN(2)]
					}
				}
				if err := errors.Join(l.Stand(maps.All(in)), open.Stand(maps.All(in))); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(anew.changes(l), stays.changes(open)); diff != "" {
					t.Fatalf("step %d: opened anew writes (-), open (+):\n%s", step, diff)
				}
				if diff := cmp.Diff([]any{l.Tombstones(now), l.Gone(now), l.Moved()}, []any{open.Tombstones(now), open.Gone(now), open.Moved()}, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("step %d: opened anew (-), open (+):\n%s", step, diff)
				}
				switch {
				case random.IntN(8) == 0: // held: nothing is written, and all is opened anew
					open = stays.open()
				case anew.changes(l) != "":
					anew.commit(l)
					stays.commit(open)
					fallthrough
				default:
					if !open.Current() {
						if !open.ambiguous && anew.changes(l) == "" {
							t.Fatalf("step %d: the ledger takes itself for outdated", step)
						}
						open = stays.open()
					}
				}
				if random.IntN(6) == 0 {
					if err := open.Fold(Always); err != nil {
						t.Fatal(err)
					}
					if !open.Current() && !open.ambiguous && stays.changes(open) == "" {
						t.Fatalf("step %d: folded, the ledger takes itself for outdated", step)
					}
				}
				now = now.Add(time.Duration(random.IntN(40)) * time.Hour)
			}
			if reused == 0 {
				t.Error("no answer was given twice")
			}
		})
	}
}

// change does some of what newsrooms do.
func change(random *rand.Rand, articles []*article.Article, now time.Time) []*article.Article {
	for range random.IntN(4) {
		i := 0
		if len(articles) > 0 {
			i = random.IntN(len(articles))
		}
		kind := random.IntN(9)
		if len(articles) == 0 {
			kind = 0
		}
		path := fmt.Sprintf("a%d.md", random.IntN(15))
		free := !slices.ContainsFunc(articles, func(a *article.Article) bool { return a.Path == path })
		var next *article.Article
		if kind > 0 {
			next = articles[i].Copy()
		}
		switch kind {
		case 0, 1:
			if free {
				articles = append(articles, story(path, fmt.Sprint("text ", random.IntN(20))))
			}
			continue
		case 2:
			articles = slices.Delete(articles, i, i+1)
			continue
		case 3: // edited
			next.Digest = sha256.Sum256([]byte(fmt.Sprint("text ", random.IntN(20))))
		case 4: // renamed
			if !free {
				continue
			}
			next.Path, next.Slug = path, strings.TrimSuffix(path, ".md")
		case 5:
			next.ID = fmt.Sprintf("urn:x:%d", random.IntN(3))
		case 6:
			next.From = now.Add(time.Duration(random.IntN(100)-20) * time.Hour)
		case 7:
			next.Until = now.Add(time.Duration(random.IntN(100)-20) * time.Hour)
		case 8:
			next.Updated = article.At(now.Add(time.Duration(random.IntN(100)-50) * time.Hour))
			next.SlugStated, next.Slug = true, fmt.Sprintf("s%d", random.IntN(5))
		}
		articles[i] = next
	}
	random.Shuffle(len(articles), func(i, j int) { articles[i], articles[j] = articles[j], articles[i] })
	return articles
}

func TestALedgerKnowsWhenItsFilesChanged(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"))
	for name, change := range map[string]func(){
		"somebody else told something": func() { n.build(day0.Add(time.Hour), story("a.md", "x"), story("b.md", "y")) },
		"somebody else folded it": func() {
			if err := n.open().Fold(Always); err != nil {
				t.Fatal(err)
			}
		},
		"somebody edited it": func() {
			if err := os.WriteFile(filepath.Join(n.dir, "ledger.jsonl"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		n.build(day0.Add(2*time.Hour), story("a.md", "x"), story("c.md", name))
		l := n.open()
		if !l.Current() {
			t.Errorf("just opened it is outdated")
		}
		change()
		if l.Current() {
			t.Errorf("%s: it takes itself for current", name)
		}
	}
	l := n.open()
	if _, err := l.Tell([]*article.Article{story("z.md", "z")}, day0.Add(3*time.Hour)); err != nil || l.Current() {
		t.Errorf("told, and nothing written: it takes itself for current, %v", err)
	}
}

var texts = []string{"", "a", "b/c d", "žluť", "日本", "\u2028", "\"", "\\", "<a&b>", "\t", "\x7f", "\x01", "😀"}

func randomRecord(random *rand.Rand) *record {
	text := func() string {
		if random.IntN(10) > 0 {
			return "tag:example.org,2026:žluť/日本 <a&b>"
		}
		return texts[random.IntN(len(texts))] + texts[random.IntN(len(texts))]
	}
	at := func() time.Time {
		zones := []*time.Location{time.UTC, time.Local, time.FixedZone("", 3600), time.FixedZone("", -5*3600-1800)}
		at := time.Date(1+random.IntN(9000), time.Month(1+random.IntN(12)), 1+random.IntN(31), random.IntN(24), random.IntN(60), random.IntN(60), 0, zones[random.IntN(4)])
		if random.IntN(5) == 0 {
			at = at.Add(time.Duration(random.IntN(1e9)))
		}
		return at
	}
	r := &record{past: &past{}, standing: &standing{}, Digest: sha256.Sum256([]byte(text())), Identity: article.Identity{
		Alias: article.AliasOf(""), ID: "i" + text(), Slug: "s" + text(), Published: article.At(at()).Second(), Updated: article.At(at()).Second(),
	}}
	if random.IntN(2) == 0 {
		r.Noted, r.Gone = at(), at()
	}
	if random.IntN(4) == 0 {
		r.Alias, r.Stated = article.AliasOf(text()), at()
	}
	r.see(article.At(at()).Second())
	if random.IntN(8) == 0 {
		r.Given = map[string]Given{text(): {Link: text(), Left: at()}}
	}
	for range random.IntN(3) {
		r.Was, r.In = append(r.Was, text()), append(r.In, text())
	}
	return r
}

// asJSON is the line of an article as package json has it.
func asJSON(t *testing.T, path string, r *record) []byte {
	t.Helper()
	line, err := encodeLine(articleKey+path, struct {
		ID        string           `json:"id"`
		GUID      string           `json:"guid,omitempty"`
		Slug      string           `json:"slug"`
		Was       []string         `json:"was,omitempty"`
		Digest    article.Digest   `json:"digest"`
		Published time.Time        `json:"published"`
		Stated    time.Time        `json:"stated,omitzero"`
		Updated   time.Time        `json:"updated"`
		Seen      time.Time        `json:"seen"`
		Noted     time.Time        `json:"noted,omitzero"`
		Gone      time.Time        `json:"gone,omitzero"`
		In        []string         `json:"in,omitempty"`
		Given     map[string]Given `json:"given,omitempty"`
	}{r.ID, r.GUID, r.Slug, r.Was, r.Digest, r.Published.InZone(), r.Stated, r.Updated.InZone(), r.first().InZone(), r.Noted, r.Gone, r.In, r.Given})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

func TestLinesAreWrittenAndReadAsJSONIs(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	short := 0
	for range 20_000 {
		r, path := randomRecord(random), "p"+texts[random.IntN(len(texts))]
		want := asJSON(t, path, r)
		got, err := appendRecord(nil, path, r)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got\n%s, %v, want\n%s", got, err, want)
		}
		if !json.Valid(got) {
			t.Fatalf("%s is not JSON", got)
		}
		if random.IntN(4) == 0 { // what somebody wrote by hand
			i := random.IntN(len(want))
			want[i] = "\"\\{}[]:,x9 \x00\xff"[random.IntN(13)]
		}
		read, ok := scanRecord(append(want, '\n'))
		if !ok {
			continue
		}
		short++
		var slow written
		var key struct{ Key string }
		if err := json.Unmarshal(want, &slow); err != nil {
			t.Fatalf("%q is read, and package json says %v", want, err)
		}
		if err := json.Unmarshal(want, &key); err != nil || key.Key != articleKey+read.path {
			t.Fatalf("%q: got the key %q, want %q", want, articleKey+read.path, key.Key)
		}
		if diff := cmp.Diff(slow.record(read.path), read, cmp.AllowUnexported(record{})); diff != "" {
			t.Fatalf("%q: package json reads (-), we (+):\n%s", want, diff)
		}
		if again := asJSON(t, read.path, read); !bytes.Equal(again, asJSON(t, read.path, slow.record(read.path))) {
			t.Fatalf("%q: read, and written as\n%s", want, again)
		}
	}
	if short < 2000 {
		t.Errorf("only %d lines took the short way", short)
	}
}

func FuzzScanRecord(f *testing.F) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		line, _ := appendRecord(nil, "a.md", randomRecord(random))
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		read, ok := scanRecord(line)
		if !ok {
			return
		}
		var slow struct {
			Key string
			written
		}
		if err := json.Unmarshal(line, &slow); err != nil || slow.Key != articleKey+read.path || cmp.Diff(slow.record(read.path), read, cmp.AllowUnexported(record{})) != "" {
			t.Errorf("%q: got %q %+v, package json reads %+v, %v", line, read.path, read, slow, err)
		}
	})
}

// TestWhatSomebodyWroteStays edits a ledger by hand.
func TestWhatSomebodyWroteStays(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"), story("b.md", "y"))
	if err := n.open().Fold(Always); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(n.dir, "ledger.jsonl")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(data), `"slug":"a"`, ` "slug": "a" ,"note":"never change this"`, 1) + `{"key":"remark","text":"kept in git"}`
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	n.build(day0.Add(time.Hour), story("a.md", "x"), story("b.md", "z"))
	if err := n.open().Fold(Always); err != nil {
		t.Fatal(err)
	}
	data, err = os.ReadFile(file)
	if err != nil || !strings.Contains(string(data), `"note":"never change this"`) || !strings.Contains(string(data), "kept in git") {
		t.Errorf("got %v\n%s", err, data)
	}
}

func TestASingleBuildFoldsWhatCostsLittle(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"))
	l := n.open()
	if err := l.Fold(WhenCheap); err != nil || !l.journal.Empty() {
		t.Errorf("a small ledger: %v, the journal is there still", err)
	}
	n.build(day0.Add(time.Hour), story("a.md", "y"))
	l = n.open()
	if err := l.Fold(WhenGrown); err != nil || l.journal.Empty() {
		t.Errorf("a small change: %v, the journal is folded", err)
	}
}

// TestTheFirstJournalBecomesTheLedger folds a journal that holds all there is, which
// is not written again, and one that does not.
func TestTheFirstJournalBecomesTheLedger(t *testing.T) {
	for name, builds := range map[string][][]*article.Article{
		"one build":  {{story("b.md", "x"), story("a.md", "y")}},
		"two builds": {{story("b.md", "x"), story("a.md", "y")}, {story("a.md", "z")}},
	} {
		n := newNewsroom(t)
		l := n.open()
		for i, articles := range builds {
			told, err := l.Tell(articles, day0.Add(time.Duration(i)*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(l.Stand(maps.All(map[string][]string{told.Articles[0].ID: {""}})), l.ShowFeed(ToldFeed{ID: "tag:x", Kind: "site"}, day0)); err != nil {
				t.Fatal(err)
			}
			n.commit(l)
		}
		want, err := l.whole(false)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Fold(Always); err != nil {
			t.Fatal(err)
		}
		for range 2 { // and again, of what it is then
			got, err := os.ReadFile(l.file)
			if err != nil || string(got) != string(want) {
				t.Errorf("%s: got %v and\n%s\nwant\n%s", name, err, got, want)
			}
			if !l.Current() {
				t.Errorf("%s: the ledger takes itself for outdated", name)
			}
			if _, err := l.Tell([]*article.Article{story("c.md", "new")}, day0.Add(9*time.Hour)); err != nil {
				t.Fatal(err)
			}
			if n.changes(l) != "" {
				n.commit(l)
			}
			if want, err = l.whole(false); err != nil {
				t.Fatal(err)
			}
			if err := l.Fold(Always); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestADigestOfAnotherKindIsNone opens a ledger in which somebody wrote something
// else for a digest: nothing is renamed by it, and the line stays as it is.
func TestADigestOfAnotherKindIsNone(t *testing.T) {
	n := newNewsroom(t)
	n.build(day0, story("a.md", "x"), story("b.md", "y"))
	name := filepath.Join(n.dir, "ledger.jsonl")
	if err := n.open().Fold(Always); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, digest := range []string{"", "9f2c", strings.Repeat("g", 64)} {
		foreign := strings.Replace(string(text), story("a.md", "x").Digest.String(), digest, 1)
		if err := os.WriteFile(name, []byte(foreign), 0o600); err != nil {
			t.Fatal(err)
		}
		l := n.open()
		line, err := l.appendLine(nil, articleKey+"a.md")
		if err != nil || !strings.Contains(foreign, string(line)+"\n") {
			t.Errorf("digest %q: got the line %s, %v, want it as it was written", digest, line, err)
		}
		told, err := l.Tell([]*article.Article{story("b.md", "y"), story("c.md", "x")}, day0.Add(time.Hour))
		if err != nil || told.Renamed != 0 || told.Vanished != 1 {
			t.Errorf("digest %q: %+v, %v, want one article gone and a new one", digest, told, err)
		}
	}
}
