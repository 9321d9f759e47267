package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// busyRoom is a site on disk in which things happen by chance.
type busyRoom struct {
	t      *testing.T
	random *rand.Rand
	dir    string
	now    time.Time
	n      int
}

func newBusyRoom(t *testing.T, seed uint64) *busyRoom {
	t.Helper()
	dir := t.TempDir()
	if memory, err := os.MkdirTemp("/dev/shm", "newsroom"); err == nil {
		dir = memory // what is asked is what is written, not how fast
		t.Cleanup(func() { os.RemoveAll(memory) })
	}
	r := &busyRoom{t: t, random: rand.New(rand.NewPCG(seed, 3)), dir: dir, now: time.Now().Truncate(time.Second)}
	r.settings("", "")
	for range 12 {
		r.article()
	}
	r.put("p.png", strings.Repeat("picture", 20))
	return r
}

func (r *busyRoom) one(of ...string) string { return of[r.random.IntN(len(of))] }

func (r *busyRoom) put(name, text string) {
	r.t.Helper()
	r.n++
	file := filepath.Join(r.dir, "articles", name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	// No file is so fresh that its times prove nothing.
	at := r.now.Add(time.Duration(r.n)*time.Millisecond - time.Hour)
	if err := os.Chtimes(file, at, at); err != nil {
		r.t.Fatal(err)
	}
}

func (r *busyRoom) name() string { return fmt.Sprintf("%s/a%d.md", r.one("x", "y"), r.random.IntN(9)) }

func (r *busyRoom) article() string {
	name := r.name()
	published := r.now.Add(-time.Duration(r.random.IntN(100*24)) * time.Hour)
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: Story %d & more\ndate: %s\n", r.n, published.UTC().Format(time.RFC3339))
	for _, line := range []string{"tags: [Kosovo, NATO]", "tags: [kosovo]", "author: Ana", "author: Besa", "section: world", "language: sr", "image: ../p.png", "description: In short", "draft: true", "updated: " + r.now.UTC().Format(time.RFC3339)} {
		if key, _, _ := strings.Cut(line, ":"); r.random.IntN(4) == 0 && !strings.Contains(b.String(), key+":") {
			fmt.Fprintln(&b, line)
		}
	}
	fmt.Fprintf(&b, "---\nText %d.\n\n", r.n)
	for range r.random.IntN(4) {
		fmt.Fprintln(&b, r.one("![a picture](../p.png)", "![a picture](../q.png)", "[another](../x/a1.md)", "[another](../y/a2.md#end)", "Pristina <b>bold</b>", strings.Repeat("long ", 400), "[away](https://example.com/?a&b)")+"\n")
	}
	r.put(name, b.String())
	return "write " + name
}

func (r *busyRoom) settings(key, value string) string {
	all := map[string]string{
		"title": "The Desk", "base_url": "https://feeds.example.org/", "archive": r.one("off", "month", "day"),
		"each": r.one("[]", "[tag]", "[tag, author, section]"), "limit": r.one("{entries: 3, days: 2}", "{entries: 50}", "{entries: 50, bytes: 10KB}"),
		"time_zone": r.one("Europe/Skopje", "UTC"), "rights": r.one("all", "none"),
		"feeds": r.one("[]", "[{path: own, title: Own, match: {text: Pristina}}]"),
	}
	if key != "" {
		all[key] = value
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key] != "[]" {
			fmt.Fprintf(&b, "%s: %s\n", key, all[key])
		}
	}
	r.put("site.yaml", b.String())
	return "settings"
}

// happen lets something happen, and says what.
func (r *busyRoom) happen() string {
	switch r.random.IntN(14) {
	case 12, 13:
		name := r.name()
		text, err := os.ReadFile(filepath.Join(r.dir, "articles", name))
		if err != nil {
			return "nothing"
		}
		r.put(name, string(text)+fmt.Sprintf("\nMore %d.\n", r.n))
		return "go on with " + name
	case 0:
		name := r.name()
		os.Remove(filepath.Join(r.dir, "articles", name))
		return "remove " + name
	case 1:
		name := r.one("p.png", "q.png")
		r.put(name, strings.Repeat("another picture", 1+r.random.IntN(5)))
		return "draw " + name
	case 2:
		name := r.one("p.png", "q.png")
		os.Remove(filepath.Join(r.dir, "articles", name))
		return "remove " + name
	case 3:
		return r.settings("", "")
	case 4:
		return r.settings("link", r.one("https://www.example.org/{slug}/", "https://www.example.org/{section}/{slug}/"))
	case 5:
		return r.settings("base_url", r.one("https://feeds.example.org/", "https://elsewhere.example.org/news/"))
	case 6:
		r.put("_theme/style.css", fmt.Sprintf("body { margin: %dpx }\n", r.random.IntN(3)))
		return "restyle"
	case 7:
		r.now = r.now.Add(time.Duration(r.random.IntN(400)) * time.Hour)
		return "time passes"
	case 8:
		from, to := r.name(), r.name()
		os.Rename(filepath.Join(r.dir, "articles", from), filepath.Join(r.dir, "articles", to))
		return "rename " + from + " to " + to
	}
	return r.article()
}

func (r *busyRoom) options(name string) *options {
	return &options{articles: filepath.Join(r.dir, "articles"), feeds: filepath.Join(r.dir, name), site: filepath.Join(r.dir, "articles/site.yaml")}
}

func (r *busyRoom) mill(name string) *mill {
	r.t.Helper()
	m, err := newMill(r.options(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *busyRoom) build(m *mill, how manner) outcome {
	r.t.Helper()
	s, err := r.options("").loadSite(io.Discard)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := m.build(context.Background(), s, r.now, how)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// every is what an edition says, and the bytes of its documents.
func every(t *testing.T, e *edition.Edition) map[string]string {
	t.Helper()
	all := map[string]string{}
	for d := range e.Documents() {
		body, err := d.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		all[d.Path] = fmt.Sprint(d.Type, d.Kind, d.MaxAge, d.Links, d.Digest, string(body))
	}
	for from, to := range e.Redirects() {
		all[from] = "to " + to
	}
	return all
}

// Whatever is taken over from the last edition, in one process or from another,
// an edition is the one that is made of nothing but the ledger.
func TestWhatIsTakenOverIsWhatWouldBeMade(t *testing.T) {
	seeds, steps := uint64(6), 14
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := newBusyRoom(t, seed)
			m := r.mill("feeds")
			var did []string
			for step := range steps {
				if r.random.IntN(3) == 0 {
					m = r.mill("feeds") // another process
					did = append(did, "(restart)")
				}
				got := r.build(m, accept)
				// The same ledger, and nothing else.
				fresh := r.mill(fmt.Sprintf("fresh%d", step))
				for _, file := range []struct{ from, to string }{{m.ledger, fresh.ledger}, {m.journal, fresh.journal}} {
					data, err := os.ReadFile(file.from)
					if err != nil && !errors.Is(err, os.ErrNotExist) {
						t.Fatal(err)
					}
					if err := os.MkdirAll(filepath.Dir(file.to), 0o700); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file.to, data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want := r.build(fresh, accept)
				is, should := every(t, got.edition), every(t, want.edition)
				for _, path := range slices.Sorted(maps.Keys(should)) {
					if is[path] != should[path] {
						t.Fatalf("step %d, after %q: %s is\n%.3000s\nwant\n%.3000s", step, did, path, is[path], should[path])
					}
				}
				if len(is) != len(should) || got.edition.Digest != want.edition.Digest {
					maps.DeleteFunc(is, func(path, _ string) bool { return should[path] != "" })
					t.Fatalf("step %d, after %q: %q are left over", step, did, slices.Sorted(maps.Keys(is)))
				}
				did = append(did, r.happen())
			}
		})
	}
}
