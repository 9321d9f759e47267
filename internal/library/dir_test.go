package library

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestDirIsAFileSystem(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.md", "A")
	write(t, root, "news/2026/b.md", "B")
	if err := fstest.TestFS(Dir(root), "a.md", "news/2026/b.md"); err != nil {
		t.Error(err)
	}
}

// TestDirOpensRegularFilesOnly would not end if it opened the pipe, or read
// the endless device.
func TestDirOpensRegularFilesOnly(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, "secret.md", "# Secret\n\nText.\n")
	root := t.TempDir()
	write(t, root, "a.md", "# A\n\nText.\n")
	write(t, root, "news/b.md", "# B\n\nText.\n")
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.md"), 0o666); err != nil {
		t.Fatal(err)
	}
	link(t, "a.md", filepath.Join(root, "inside.md"))
	link(t, filepath.Join(outside, "secret.md"), filepath.Join(root, "escaping.md"))
	link(t, "nowhere.md", filepath.Join(root, "dangling.md"))
	link(t, "loop.md", filepath.Join(root, "loop.md"))
	link(t, "/dev/zero", filepath.Join(root, "endless.md"))
	link(t, outside, filepath.Join(root, "elsewhere"))
	link(t, ".", filepath.Join(root, "news/again"))
	link(t, "a.md", filepath.Join(root, "picture.jpg"))

	l := New(Dir(root))
	want := `a.md: A
news/b.md: B
warning symlink: dangling.md
warning symlink: endless.md
warning symlink: escaping.md
warning symlink: inside.md
warning symlink: loop.md
warning not-regular: pipe.md
`
	if diff := cmp.Diff(want, show(scan(t, l, time.Now()))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{".", "news"}, l.Dirs()); diff != "" {
		t.Errorf("directories: -want +got:\n%s", diff)
	}
	for _, name := range []string{"pipe.md", "inside.md", "escaping.md", "dangling.md", "loop.md", "endless.md", "elsewhere/secret.md", "elsewhere", "../secret.md", "/a.md"} {
		if f, err := Dir(root).Open(name); err == nil {
			f.Close()
			t.Errorf("opened %s", name)
		}
	}
}

func TestRootMayBeALink(t *testing.T) {
	parent := t.TempDir()
	write(t, parent, "monday/a.md", "# Monday\n\nText.\n")
	write(t, parent, "tuesday/a.md", "# Tuesday\n\nText.\n")
	current := filepath.Join(parent, "current")
	link(t, "monday", current)
	l := New(Dir(current))
	if got := show(scan(t, l, time.Now())); got != "a.md: Monday\n" {
		t.Errorf("got %s, want Monday", got)
	}
	// A deployment that points the link elsewhere is seen by the next scan.
	if err := os.Remove(current); err != nil {
		t.Fatal(err)
	}
	link(t, "tuesday", current)
	if got := show(scan(t, l, time.Now())); got != "a.md: Tuesday\n" {
		t.Errorf("got %s, want Tuesday", got)
	}
}

func TestRootThatIsNone(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.md", "A")
	for path, want := range map[string]string{
		filepath.Join(root, "missing"): "no such file or directory",
		filepath.Join(root, "a.md"):    "not a directory",
	} {
		_, err := New(Dir(path)).Scan(t.Context(), site.Default(), time.Now())
		if got := fmt.Sprint(err); !strings.Contains(got, want) || !strings.Contains(got, path) {
			t.Errorf("got %s, want %q and the path %s", got, want, path)
		}
	}
}

func TestNamesOfAnyBytes(t *testing.T) {
	root := t.TempDir()
	good := []string{"-a.md", "a b.md", "a%2eb.md", "a\nb.md", "a\x1b[31m.md", "ä.md", "a\u0308.md", "\u202ea.md", strings.Repeat("a", 252) + ".md"}
	for _, name := range good {
		write(t, root, name, "# A\n\nText.\n")
	}
	for _, name := range []string{"bad\xff.md", "worse\xff/a.md", "passed\xffover.jpg"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777); err != nil {
			t.Skipf("this file system takes UTF-8 only: %v", err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte("# A\n\nText.\n"), 0o666); err != nil {
			t.Skipf("this file system takes UTF-8 only: %v", err)
		}
	}
	snap := scan(t, New(Dir(root)), time.Now())
	if len(snap.Articles) != len(good) {
		t.Errorf("got %d articles, want %d:\n%s", len(snap.Articles), len(good), show(snap))
	}
	var got []string
	for _, p := range snap.Problems {
		got = append(got, p.Code+" "+p.Path)
	}
	if diff := cmp.Diff([]string{"bad-name bad\ufffd.md", "bad-name worse\ufffd"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestRootIsReplacedUnderTheScan points the path elsewhere as soon as the
// first article is parsed: the rest must come from where the scan began.
func TestRootIsReplacedUnderTheScan(t *testing.T) {
	parent := t.TempDir()
	for i := range 20 {
		write(t, parent, fmt.Sprintf("monday/%d.md", i), "# Monday\n\nText.\n")
		write(t, parent, fmt.Sprintf("tuesday/%d.md", i), "# Tuesday\n\nText.\n")
	}
	current := filepath.Join(parent, "current")
	link(t, "monday", current)
	l := New(Dir(current))
	var once sync.Once
	l.parse = func(_ *article.Parser, path string, src []byte, opt article.Options) (*article.Article, []article.Problem) {
		once.Do(func() {
			if err := errors.Join(os.Remove(current), os.Symlink("tuesday", current)); err != nil {
				t.Error(err)
			}
		})
		return article.Parse(path, src, opt)
	}
	snap := scan(t, l, time.Now())
	if len(snap.Articles) != 20 || strings.Contains(show(snap), "Tuesday") {
		t.Errorf("got\n%s, want Monday's twenty", show(snap))
	}
}

// TestEditThatKeepsSizeAndTime is what rsync -t and touch -r do.
func TestEditThatKeepsSizeAndTime(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.md", "# A\n\nText.\n")
	old := time.Now().Add(-long)
	path := filepath.Join(root, "a.md")
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	l := New(Dir(root))
	later := time.Now().Add(long) // nothing is fresh any more: only the stamp is left to tell
	scan(t, l, later)
	write(t, root, "b.md", "# B\n\nText.\n")
	if err := os.Chtimes(filepath.Join(root, "b.md"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(root, "b.md"), path); err != nil {
		t.Fatal(err)
	}
	if got := scan(t, l, later); show(got) != "a.md: B\n" || got.Parsed != 1 {
		t.Errorf("got %q after %d parses, want B after 1", show(got), got.Parsed)
	}
	if got := scan(t, l, later); got.Parsed != 0 {
		t.Errorf("got %d parses of an unchanged file, want 0", got.Parsed)
	}
}

// TestFreshCopyOfAnOldFile settles by when the copy was made, not by the time
// that it brought along.
func TestFreshCopyOfAnOldFile(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.md", "# A\n\nText.\n")
	old := time.Now().Add(-long)
	if err := os.Chtimes(filepath.Join(root, "a.md"), old, old); err != nil {
		t.Fatal(err)
	}
	l := New(Dir(root))
	l.Settle = 10 * time.Minute
	snap := scan(t, l, time.Now())
	if len(snap.Articles) != 0 || snap.Unsettled.IsZero() {
		t.Errorf("got %q, another look at %v, want it to wait", show(snap), snap.Unsettled)
	}
	if got := show(scan(t, l, snap.Unsettled)); got != "a.md: A\n" {
		t.Errorf("at the time that was told: got %q", got)
	}
}

func TestScanWhileItIsUsed(t *testing.T) {
	root := t.TempDir()
	for i := range 50 {
		write(t, root, fmt.Sprintf("d%d/a%d.md", i%5, i), fmt.Sprintf("# %d\n\nText.\n", i))
	}
	write(t, root, "a.jpg", "jpg")
	l := New(Dir(root))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				snap, err := l.Scan(t.Context(), site.Default(), time.Now())
				if err != nil || len(snap.Articles) != 50 {
					t.Errorf("got %d articles, error %v, want 50", len(snap.Articles), err)
				}
				l.Dirs()
				if _, _, _, err := l.Media("a.jpg"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestMedia(t *testing.T) {
	root := t.TempDir()
	write(t, root, "news/a.jpg", "abc")
	l := New(Dir(root))
	size, digest, open, err := l.Media("news/a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-4
	if size != 3 || digest != abc {
		t.Errorf("got %d bytes, digest %s, want 3, %s", size, digest, abc)
	}
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || string(got) != "abc" || f.Close() != nil {
		t.Errorf("got %q, %v, want abc", got, err)
	}

	write(t, root, "news/a.jpg", "abcd")
	if f, err := open(); err == nil {
		f.Close()
		t.Error("opened a file that had changed")
	}
	if _, changed, _, err := l.Media("news/a.jpg"); err != nil || changed == digest {
		t.Errorf("after a change: got digest %s, error %v", changed, err)
	}
}

func TestMediaIsHashedOnce(t *testing.T) {
	fsys := failing{MapFS: fstest.MapFS{"a.jpg": file("abc", long), "a.md": story("A")}, read: map[string]error{}}
	l := New(fsys)
	_, first, _, err := l.Media("a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	fsys.read["a.jpg"] = errors.New("read twice")
	scan(t, l, noon)
	if _, again, _, err := l.Media("a.jpg"); err != nil || again != first {
		t.Errorf("got %s, %v, want %s without reading", again, err, first)
	}
	fsys.MapFS["a.jpg"].ModTime = noon
	if _, _, _, err := l.Media("a.jpg"); err == nil {
		t.Error("a touched file was not read again")
	}
	delete(fsys.MapFS, "a.jpg")
	if scan(t, l, noon); len(l.hashes) != 0 {
		t.Errorf("of files that are gone %d digests are kept", len(l.hashes))
	}
}

func TestMediaRefuses(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a.md", "draft.TXT", "site.yaml", ".env", ".git/a.jpg", "_drafts/a.jpg", "node_modules/a.jpg", "a.jpg~", "LICENSE"} {
		write(t, root, name, "text")
	}
	link(t, "a.md", filepath.Join(root, "a.jpg"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.jpg"), 0o666); err != nil {
		t.Fatal(err)
	}
	write(t, root, "large.mp4", "")
	if err := os.Truncate(filepath.Join(root, "large.mp4"), mostMedia+1); err != nil {
		t.Fatal(err)
	}
	l := New(Dir(root))
	for _, name := range []string{
		"a.md", "draft.TXT", "site.yaml", ".env", ".git/a.jpg", "_drafts/a.jpg", "node_modules/a.jpg", "a.jpg~", "LICENSE",
		"a.jpg", "pipe.jpg", "large.mp4", "missing.jpg", "../a.jpg", "/etc/passwd", "", ".", "a//b.jpg",
	} {
		if _, _, _, err := l.Media(name); err == nil {
			t.Errorf("%q was not refused", name)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	const files = 20_000
	root := b.TempDir()
	body := strings.Repeat("A sentence of an ordinary story, as it is written every day. ", 40)
	for i := range files {
		write(b, root, fmt.Sprintf("%02d/%05d.md", i%50, i), fmt.Sprintf("---\ntitle: Story %d\ndate: 2026-01-02\n---\n%s\n", i, body))
	}
	later := time.Now().Add(long)
	run := func(b *testing.B, l *Library, parsed int) {
		snap, err := l.Scan(b.Context(), site.Default(), later)
		if err != nil || len(snap.Articles) != files || snap.Parsed != parsed {
			b.Fatalf("got %d articles, %d parsed, error %v", len(snap.Articles), snap.Parsed, err)
		}
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			run(b, New(Dir(root)), files)
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		l := New(Dir(root))
		run(b, l, files)
		for b.Loop() {
			run(b, l, 0)
		}
	})
}
