package library

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sys/unix"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// kept returns a library of the articles in root with a cache, as a new
// process has it.
func kept(t *testing.T, root, cache string) *Library {
	l := New(Dir(root))
	l.Cache, l.Program = cache, "this one"
	l.Warn = func(err error) { t.Errorf("the cache is not used: %v", err) }
	return l
}

func save(t *testing.T, l *Library) {
	t.Helper()
	if err := l.Save(); err != nil {
		t.Fatal(err)
	}
}

// same compares all that two scans found, the texts included.
func same(t *testing.T, name string, want, got Snapshot) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Snapshot{}, article.Manuscript{}), cmpopts.IgnoreFields(Snapshot{}, "Parsed", "Digest"), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: -want +got:\n%s", name, diff)
	}
	if diff := cmp.Diff(show(want), show(got)); diff != "" {
		t.Fatalf("%s: -want +got:\n%s", name, diff)
	}
	for i := range want.Articles {
		w, err1 := want.Articles[i].Body(func(string) string { return "" })
		g, err2 := got.Articles[i].Body(func(string) string { return "" })
		if err1 != nil || err2 != nil {
			t.Fatalf("%s: %s: %v, %v", name, want.Articles[i].Path, err1, err2)
		}
		if diff := cmp.Diff(w, g); diff != "" {
			t.Fatalf("%s: %s: -want +got:\n%s", name, want.Articles[i].Path, diff)
		}
	}
}

// newsroom changes a directory at random.
type newsroom struct {
	t      *testing.T
	root   string
	random *rand.Rand
	n      int
	breaks bool // also what costs an article its newest form
}

func (n *newsroom) files() (all []string) {
	err := filepath.WalkDir(n.root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(n.root, path)
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		n.t.Fatal(err)
	}
	return all
}

func (n *newsroom) name() string {
	dirs := []string{"", "news/", "news/2024/", "de/", "fr/", "b/c/d/", "news-2/"}
	exts := []string{".md", ".md", ".md", ".txt", ".html", ".jpg"}
	return dirs[n.random.IntN(len(dirs))] + fmt.Sprintf("a%d", n.random.IntN(12)) + exts[n.random.IntN(len(exts))]
}

// write writes a file. What was there is kept elsewhere, so that its inode is
// not given to another at once: then no stamp could tell them apart within the
// tick of the kernel's clock, and a scan long after is not to be deceived.
func (n *newsroom) write(name, text string) {
	path := filepath.Join(n.root, name)
	n.remove(name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
		n.t.Fatal(err)
	}
}

func (n *newsroom) remove(name string) {
	n.n++
	err := os.Rename(filepath.Join(n.root, name), filepath.Join(n.root+".old", fmt.Sprint(n.n)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		n.t.Fatal(err)
	}
}

// change does one thing and returns the paths that it touched.
func (n *newsroom) change() []string {
	all := n.files()
	text := fmt.Sprintf("---\ntitle: Story %04d\ndate: 2024-05-%02d\ntags: [a, b]\n---\n\nText %04d.\n", n.random.IntN(1e4), 1+n.random.IntN(28), n.random.IntN(1e4))
	if len(all) == 0 || n.random.IntN(4) == 0 {
		name := n.name()
		n.write(name, text)
		return []string{name}
	}
	name := all[n.random.IntN(len(all))]
	path := filepath.Join(n.root, name)
	kind := n.random.IntN(9)
	if !n.breaks && kind > 6 {
		kind = 0
	}
	switch kind {
	case 0, 1: // of the same size, as a rule
		n.write(name, text)
	case 2: // with the same time as before
		info, err := os.Stat(path)
		if err != nil {
			n.t.Fatal(err)
		}
		n.write(name, text)
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			n.t.Fatal(err)
		}
	case 3:
		n.remove(name)
	case 4:
		to := n.name()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(n.root, to)), 0o777); err != nil {
			n.t.Fatal(err)
		}
		if to != name {
			n.remove(to)
			if err := os.Rename(path, filepath.Join(n.root, to)); err != nil {
				n.t.Fatal(err)
			}
		}
		return []string{name, to}
	case 5: // touched
		when := time.Now().Add(-time.Duration(n.random.IntN(1e6)) * time.Second)
		if err := os.Chtimes(path, when, when); err != nil {
			n.t.Fatal(err)
		}
	case 6: // a whole directory
		dir := filepath.Dir(name)
		if dir == "." {
			break
		}
		n.remove(dir)
		return []string{dir}
	case 7:
		n.write(name, brokenText)
	case 8:
		n.write(name, "---\ntitle: Draft\ndraft: true\n---\nText.\n")
	}
	return []string{name}
}

func TestAnySequenceOfEditsIsFollowed(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "articles")
			if err := errors.Join(os.Mkdir(root, 0o777), os.Mkdir(root+".old", 0o777)); err != nil {
				t.Fatal(err)
			}
			n := &newsroom{t: t, root: root, random: rand.New(rand.NewPCG(seed, 1)), breaks: seed%2 == 1}
			cache := func(name string) string { return filepath.Join(root+"-"+name, "cache") }
			scanned, watched := kept(t, root, cache("scanned")), kept(t, root, cache("watched"))
			s := site.Default()
			for step := range 40 {
				var touched []string
				for range 1 + n.random.IntN(3) {
					touched = append(touched, n.change()...)
				}
				// Each file is so old that its stamp is trusted, or so fresh that it
				// is not.
				now := time.Now()
				if n.random.IntN(2) == 0 {
					now = now.Add(long)
				}
				want, err := scanned.Scan(t.Context(), s, now)
				if err != nil {
					t.Fatal(err)
				}
				got, err := watched.Rescan(t.Context(), s, now, touched)
				if err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("step %d: scanned, and watched %q", step, touched), want, got)
				restarted := kept(t, root, cache("restarted"))
				same(t, fmt.Sprintf("step %d: restarted", step), want, scan(t, restarted, now))
				if !n.breaks && step%4 == 0 {
					same(t, fmt.Sprintf("step %d: cold", step), want, scan(t, New(Dir(root)), now))
				}
				for _, l := range []*Library{scanned, watched, restarted} {
					if n.random.IntN(3) > 0 || l == restarted {
						save(t, l)
					}
				}
			}
		})
	}
}

func TestTheCacheSparesParsing(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "state", "cache")
	for i := range 30 {
		write(t, root, fmt.Sprintf("d%d/a%d.md", i%4, i), fmt.Sprintf("# %d\n\nText.\n", i))
	}
	later := time.Now().Add(long)
	first := kept(t, root, cache)
	want := scan(t, first, later)
	save(t, first)
	again := kept(t, root, cache)
	got := scan(t, again, later)
	if got.Parsed != 0 || got.Digest == "" || got.Digest != want.Digest {
		t.Errorf("with the cache: got %d files parsed, digest %q, want 0, %q", got.Parsed, got.Digest, want.Digest)
	}
	same(t, "with the cache", want, got)
	save(t, again) // with the texts that were shown

	write(t, root, "d1/a1.md", "# Changed\n\nText.\n")
	write(t, root, "d1/new.md", "# New\n\nText.\n")
	if err := os.Remove(filepath.Join(root, "d2/a2.md")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(cache)
	if err != nil {
		t.Fatal(err)
	}
	if got := scan(t, again, later); got.Parsed != 2 {
		t.Errorf("two files changed: got %d parsed", got.Parsed)
	}
	save(t, again)
	grown, err := os.Stat(cache)
	if err != nil || !os.SameFile(info, grown) || grown.Size()-info.Size() > 1000 {
		t.Errorf("two files of thirty changed: the cache was written whole, or by %d bytes", grown.Size()-info.Size())
	}
	if got := scan(t, kept(t, root, cache), later); got.Parsed != 0 || !strings.Contains(show(got), "Changed") || strings.Contains(show(got), "a2.md") {
		t.Errorf("once more: got %d parsed of\n%s", got.Parsed, show(got))
	}

	other := kept(t, root, cache)
	other.Program = "another one"
	if got := scan(t, other, later); got.Parsed != 30 {
		t.Errorf("another program: got %d parsed, want 30", got.Parsed)
	}
	save(t, other)
	other = kept(t, root, cache)
	other.Program = "another one"
	if got := scan(t, other, later); got.Parsed != 0 {
		t.Errorf("another program once more: got %d parsed, want 0", got.Parsed)
	}
	moved := kept(t, root, cache)
	moved.Program = other.Program
	s := site.Default()
	s.Zone = time.FixedZone("Elsewhere", 7200)
	if got, err := moved.Scan(t.Context(), s, later); err != nil || got.Parsed != 30 {
		t.Errorf("another time zone: got %d parsed, %v, want 30", got.Parsed, err)
	}
}

// TestEditInTheSecondOfTheScan edits a file after it was read, so that its
// stamp stays the same, and starts anew.
func TestEditInTheSecondOfTheScan(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	write(t, root, "a.md", "# A\n\nText.\n")
	path := filepath.Join(root, "a.md")
	l := kept(t, root, cache)
	snap := scan(t, l, time.Now())
	if snap.Digest != "" {
		t.Errorf("a fresh file: got the digest %q, want none", snap.Digest)
	}
	save(t, l)
	// The file as the cache has it, with another text.
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "a.md", "# B\n\nText.\n")
	if err := os.Chtimes(path, before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	l = kept(t, root, cache)
	l.fsys = unchanging{l.fsys, before}
	if got := show(scan(t, l, time.Now().Add(long))); got != "a.md: B\n" {
		t.Errorf("got %q, want the text of now", got)
	}
}

// unchanging says of all regular files what was said once.
type unchanging struct {
	fs.FS
	info fs.FileInfo
}

func (u unchanging) Lstat(string) (fs.FileInfo, error) { return u.info, nil }
func (u unchanging) ReadLink(string) (string, error)   { return "", fs.ErrInvalid }

func TestBrokenArticleStaysOverARestart(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	write(t, root, "a.md", "---\ntitle: A\n---\nThe text of A.\n")
	text := func(snap Snapshot) string {
		t.Helper()
		if len(snap.Articles) != 1 {
			t.Fatalf("got\n%s", show(snap))
		}
		body, err := snap.Articles[0].Body(func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		return body.Text
	}
	l := kept(t, root, cache)
	text(scan(t, l, time.Now())) // shown
	save(t, l)
	for range 2 {
		write(t, root, "a.md", brokenText)
		l = kept(t, root, cache)
		snap := scan(t, l, time.Now())
		if got := show(snap); got != "a.md: A\nerror binary: a.md\n" {
			t.Errorf("got\n%s", got)
		}
		if got := text(snap); got != "The text of A." {
			t.Errorf("got the text %q", got)
		}
		save(t, l)
	}
	// Another program knows it too.
	l = kept(t, root, cache)
	l.Program = "another one"
	if got := text(scan(t, l, time.Now())); got != "The text of A." {
		t.Errorf("got the text %q", got)
	}
	// Without the cache it is gone.
	if got := show(scan(t, New(Dir(root)), time.Now())); got != "error binary: a.md\n" {
		t.Errorf("got\n%s", got)
	}
}

func TestTextThatChangedSinceTheScan(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.md", "# A\n\nText.\n")
	l := kept(t, root, filepath.Join(t.TempDir(), "cache"))
	a := scan(t, l, time.Now()).Articles[0]
	write(t, root, "a.md", "# A\n\nAnother text.\n")
	if _, err := a.Body(func(string) string { return "" }); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want ErrChanged", err)
	}
	write(t, root, "a.md", "# A\n\nText.\n")
	for _, text := range []string{"Text.", "Another text."} { // now there is a copy
		body, err := a.Body(func(string) string { return "" })
		if err != nil || body.Text != "Text." {
			t.Errorf("got %q, %v", body.Text, err)
		}
		write(t, root, "a.md", "# A\n\n"+text+"\n")
	}
}

func TestDamagedCacheIsNotBelieved(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	write(t, root, "a.md", "# A\n\nText.\n")
	write(t, root, "b.md", brokenText)
	later := time.Now().Add(long)
	l := kept(t, root, cache)
	want := scan(t, l, later)
	save(t, l)
	write(t, root, "c.md", "# C\n\nText.\n")
	scan(t, l, later)
	save(t, l) // behind the file
	whole, err := os.ReadFile(cache)
	if err != nil {
		t.Fatal(err)
	}
	want = scan(t, l, later)
	check := func(name string, data []byte, harmless bool) {
		t.Helper()
		if err := os.WriteFile(cache, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l := kept(t, root, cache)
		told := false
		l.Warn = func(error) { told = true }
		same(t, name, want, scan(t, l, later))
		if told == harmless {
			t.Errorf("%s: told %v", name, told)
		}
		save(t, l)
		if snap := scan(t, kept(t, root, cache), later); snap.Parsed != 0 {
			t.Errorf("%s: mended: got %d parsed", name, snap.Parsed)
		}
	}
	check("as it was", whole, true)
	check("empty", nil, false)
	check("another file", []byte("title: A site\n"), false)
	for n := 1; n < len(whole); n += 37 {
		bad := slices.Clone(whole)
		bad[n] ^= 0x10
		check(fmt.Sprintf("byte %d", n), bad, false)
		if cut := whole[:n]; n > 4 {
			check(fmt.Sprintf("cut at %d", n), cut, slices.Contains(ends(whole), n))
		}
	}
}

// ends are where the segments of a cache end: what is cut there is older, not
// damaged.
func ends(data []byte) (all []int) {
	for at := 0; at < len(data); {
		at += segmentHead + int(data[at]) + int(data[at+1])<<8 + int(data[at+2])<<16
		all = append(all, at)
	}
	return all
}

func TestEverythingKnownOfAFileIsInTheCache(t *testing.T) {
	a := article.New("a.md")
	a.Title, a.Origin = "A", sourceOf(5, 6)
	problems := []article.Problem{{Path: "a.md", Line: 1, Column: 2, Severity: article.Error, Code: "c", Text: "t", Hint: "h"}}
	full := (&known{good: a, text: 9, current: true, read: true, racy: true, beside: true, stamp: stamp{1, 2, 3, 4}}).with(rest{problems: problems})
	broken := (&known{good: a, read: true}).with(rest{of: sourceOf(7, 8), problems: problems})
	// What belongs to one process only is left out.
	for _, v := range []reflect.Value{reflect.ValueOf(*full), reflect.ValueOf(*broken.rest), reflect.ValueOf(problems[0]), reflect.ValueOf(full.stamp)} {
		for i := range v.NumField() {
			switch name := v.Type().Field(i).Name; name {
			case "outside", "unrest":
			default:
				if v.Field(i).IsZero() {
					t.Errorf("%s is not tried", name)
				}
			}
		}
	}
	for _, k := range []*known{full, broken, {rest: &noRest}} {
		var e encoder
		e.known("a.md", k, time.UTC)
		d := decoder{s: string(e.b)}
		got, err := d.known(d.text(), time.UTC, nil, nil)
		if err != nil || d.bad || d.s != "" {
			t.Fatal(err, d)
		}
		if diff := cmp.Diff(k, got, cmp.AllowUnexported(known{}, rest{}, stamp{}), cmpopts.IgnoreUnexported(article.Manuscript{})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestNothingIsWrittenWhereNothingMayBe(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	write(t, root, "a.md", "# A\n\nText.\n")
	l := kept(t, root, filepath.Join(state, "cache"))
	l.ReadOnly = true
	same(t, "once more", scan(t, l, time.Now()), scan(t, l, time.Now()))
	save(t, l)
	if entries, err := os.ReadDir(state); err != nil || len(entries) > 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}

func TestWhatNobodyMaySeeIsNotWrittenDown(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	now := time.Now().Add(long)
	write(t, root, "a.md", "---\ntitle: A\n---\nText.\n")
	write(t, root, "d.md", "---\ntitle: Secret draft\ndraft: true\n---\nText.\n")
	write(t, root, "e.md", "---\ntitle: Secret until then\ndate: "+now.Add(time.Hour).Format(time.RFC3339)+"\n---\nText.\n")
	write(t, root, "secret.md", "---\ntitle: Takenback\n---\nText.\n")
	l := kept(t, root, cache)
	want := scan(t, l, now)
	same(t, "shown", want, want)
	save(t, l)
	if err := l.Forget(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(cache + "*"); err != nil || len(left) > 0 {
		t.Errorf("forgotten: got %q, %v", left, err)
	}
	l.Omit = func(a *article.Article) bool { return a.Title == "Takenback" }
	save(t, l)
	data, err := os.ReadFile(cache)
	if err != nil || strings.Contains(string(data), "Secret") || strings.Contains(string(data), "secret") || strings.Contains(string(data), "Takenback") {
		t.Errorf("%v, the cache has it:\n%q", err, data)
	}
	l = kept(t, root, cache)
	got := scan(t, l, now)
	same(t, "restarted", want, got)
	if got.Parsed != 2 {
		t.Errorf("got %d files parsed, want the one whose time has not come and the one to be omitted", got.Parsed)
	}
}

// TestArticlesAreSavedWhileTheyAreShown saves what was read while texts are asked
// for, and then the rest.
func TestArticlesAreSavedWhileTheyAreShown(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "state", "cache")
	for i := range 50 {
		write(t, root, fmt.Sprintf("a%02d.md", i), fmt.Sprintf("# %d\n\nText %d.\n", i, i))
	}
	write(t, root, "secret.md", "# Takenback\n\nText.\n")
	later := time.Now().Add(long)
	l := kept(t, root, cache)
	l.Omit = func(a *article.Article) bool { return a.Title == "Takenback" }
	want := scan(t, l, later)
	var saving sync.WaitGroup
	saving.Go(func() {
		if err := l.SaveArticles(); err != nil {
			t.Error(err)
		}
	})
	same(t, "shown meanwhile", want, want)
	saving.Wait()
	if got := scan(t, kept(t, root, cache), later); got.Parsed != 1 {
		t.Errorf("before the rest is saved: got %d parsed, want the one to be omitted", got.Parsed)
	}
	save(t, l)
	if data, err := os.ReadFile(cache); err != nil || strings.Contains(string(data), "Takenback") {
		t.Errorf("%v, the cache has what is to be omitted:\n%q", err, data)
	}
	write(t, root, "a07.md", brokenText)
	got := scan(t, kept(t, root, cache), later)
	got.Problems = nil
	same(t, "with the texts that were shown", want, got)
}

func TestTextsAreFolded(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	l := kept(t, root, cache)
	filler := strings.Repeat("So many words. ", 200_000)
	for i := range 14 {
		write(t, root, "a.md", fmt.Sprintf("# A\n\nText %d.\n", i))
		write(t, root, "b.txt", fmt.Sprintf("Title\n\n%s %d\n", filler, i))
		for _, a := range scan(t, l, time.Now()).Articles {
			if _, _, err := l.Source(a.Path, a.Origin); err != nil {
				t.Fatal(err)
			}
		}
		save(t, l)
	}
	info, err := os.Stat(cache + ".texts")
	if err != nil || info.Size() > worthFolding+4*int64(len(filler)) {
		t.Errorf("got %d bytes of texts, %v", info.Size(), err)
	}
	write(t, root, "a.md", brokenText)
	write(t, root, "b.txt", brokenText)
	l = kept(t, root, cache)
	for _, a := range scan(t, l, time.Now()).Articles {
		if text, _, err := l.Source(a.Path, a.Origin); err != nil || !strings.Contains(string(text), " 13") {
			t.Errorf("%s: got %.20q, %v", a.Path, text, err)
		}
	}
}

// TestPathsAreHeldOnce: there are as many as files.
func TestPathsAreHeldOnce(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	write(t, root, "a.md", "# A\n\nText.\n")
	write(t, root, "b/c.md", "# C\n\nText.\n")
	first := kept(t, root, cache)
	scan(t, first, time.Now().Add(time.Minute))
	save(t, first)
	l := kept(t, root, cache)
	snap := scan(t, l, time.Now().Add(time.Minute))
	save(t, l)
	if snap.Parsed > 0 {
		t.Fatalf("%d files were parsed again", snap.Parsed)
	}
	paths := l.tree.articles.paths
	for i, path := range paths {
		if other := l.known[i].good.Path; unsafe.StringData(other) != unsafe.StringData(path) {
			t.Errorf("%s: the article has another string than the tree", path)
		}
	}
	if &paths[0] != &l.saved.paths[0] {
		t.Error("the cache has another list of paths than the tree")
	}
}

// TestSegmentsAreReadIntoTheSameRoom: nothing that is known holds on to it.
func TestSegmentsAreReadIntoTheSameRoom(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	long := strings.Repeat("A long title, ", 50)
	for i := range 1500 {
		write(t, root, fmt.Sprintf("%d.md", i), fmt.Sprintf("---\ntitle: %s %d\nauthor: Author %d\ntags: [tag %d]\npicture: {src: %d.png, alt: Picture %d}\nrights: Mine, %d\n---\nText.\n", long, i, i, i, i, i, i))
	}
	first := kept(t, root, cache)
	want := scan(t, first, time.Now().Add(time.Minute))
	save(t, first)
	got := scan(t, kept(t, root, cache), time.Now().Add(time.Minute))
	if got.Parsed > 0 {
		t.Fatalf("%d files were parsed again", got.Parsed)
	}
	same(t, "from the cache", want, got)
}

// TestNothingIsLeftOfAKilledSave saves where another process was killed in doing so,
// or is at it just now.
func TestNothingIsLeftOfAKilledSave(t *testing.T) {
	root, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	write(t, root, "a.md", "# A\n\nText.\n")
	other, err := os.Create(cache + ".tmp")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.WriteString(strings.Repeat("half of a cache", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(other.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	l := kept(t, root, cache)
	scan(t, l, noon)
	if err := l.Save(); err == nil {
		t.Error("it is written while another process is at it")
	}
	if info, err := other.Stat(); err != nil || info.Size() == 0 {
		t.Error("what the other process writes is gone")
	}
	other.Close() // as when it is killed
	save(t, l)
	if got := scan(t, kept(t, root, cache), noon); got.Parsed != 0 {
		t.Errorf("got %d files parsed, want none", got.Parsed)
	}
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(cache), "*")); err != nil || !slices.Equal(names, []string{cache}) {
		t.Errorf("got files %v, %v", names, err)
	}
	write(t, filepath.Dir(cache), "cache.tmp", "half of a cache")
	if err := l.Forget(); err != nil {
		t.Fatal(err)
	}
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(cache), "*")); err != nil || len(names) > 0 {
		t.Errorf("forgotten: got files %v, %v", names, err)
	}
}
