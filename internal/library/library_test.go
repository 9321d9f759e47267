package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// long is an age at which a file is beyond doubt.
const long = time.Hour

func file(text string, age time.Duration) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(text), ModTime: noon.Add(-age)}
}

// story is an article with a title and a body.
func story(title string) *fstest.MapFile {
	return file("---\ntitle: "+title+"\n---\nText of "+title+".\n", long)
}

func draft(title string) *fstest.MapFile {
	return file("---\ntitle: "+title+"\ndraft: true\n---\nText.\n", long)
}

// brokenText is no article at all: a picture that is called like one.
const brokenText = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"

func scan(t *testing.T, l *Library, now time.Time) Snapshot {
	t.Helper()
	snap, err := l.Scan(t.Context(), site.Default(), now)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// show writes a snapshot down, one line for each thing in it.
func show(s Snapshot) string {
	var b strings.Builder
	for _, a := range s.Articles {
		fmt.Fprintf(&b, "%s: %s\n", a.Path, a.Title)
	}
	if s.Drafts > 0 {
		fmt.Fprintf(&b, "drafts: %d\n", s.Drafts)
	}
	for _, p := range s.Problems {
		fmt.Fprintf(&b, "%v %s: %s\n", p.Severity, p.Code, p.Path)
	}
	for _, path := range s.tree.others.paths {
		fmt.Fprintf(&b, "file %s\n", path)
	}
	return b.String()
}

func TestScanFinds(t *testing.T) {
	tests := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"an empty directory has no articles", fstest.MapFS{}, ""},
		{"articles in all formats and depths, by path", fstest.MapFS{
			"b.txt": file("Kosovo votes\n\nPeople in Kosovo went to the polls.\n", long),
			"a.md":  story("A"), "2026/11/c.html": file("<title>C</title><p>Text", long),
			"a/z.MD": story("Z"), "a.b.markdown": story("B"),
		}, "2026/11/c.html: C\na.b.markdown: B\na.md: A\na/z.MD: Z\nb.txt: Kosovo votes\n"},
		{"drafts are counted and kept back", fstest.MapFS{
			"a.md": story("A"), "d.md": draft("D"), "e/d.md": draft("E"),
		}, "a.md: A\ndrafts: 2\n"},
		{"other files are known", fstest.MapFS{
			"a.md": story("A"), "a.jpg": file("jpg", long), "site.yaml": file("title: A", long),
			"pictures/site.yaml": file("", long), "x.tar.gz": file("", long), "Makefile": file("", long),
		}, "a.md: A\nfile Makefile\nfile a.jpg\nfile pictures/site.yaml\nfile x.tar.gz\n"},
		{"litter is passed over", fstest.MapFS{
			"a.md": story("A"), ".a.md": story("x"), ".a.md.swp": story("x"), "a.md~": story("x"), "#a.md#": story("x"),
			"~$a.md": story("x"), "4913": story("x"), "a.md.orig": story("x"), "a.md.REJ": story("x"), "a.orig": story("x"),
			"a.md.part": story("x"), "a.jpg.filepart": story("x"), "a.tmp": story("x"), "a.md.bak": story("x"),
			"a.sync-conflict-20261123-120000-ABCDEFG.md": story("x"), ".DS_Store": story("x"), "._a.md": story("x"),
			".git/x.md": story("x"), "node_modules/x/x.md": story("x"), "_drafts/x.md": story("x"), "_index.md": story("x"),
			"news/_index.md": story("x"), "news/.hidden/x.jpg": story("x"),
		}, "a.md: A\n"},
		{"texts about the directory are passed over", fstest.MapFS{
			"README.md": story("x"), "readme.txt": story("x"), "README.de.md": story("x"), "LICENSE": story("x"), "Licence.txt": story("x"),
			"CHANGELOG.md": story("x"), "contributing.html": story("x"), "CODE_OF_CONDUCT.md": story("x"), "SECURITY.md": story("x"),
			"NOTICE": story("x"), "AUTHORS.txt": story("x"), "robots.txt": story("x"), "humans.txt": story("x"), "ads.txt": story("x"),
			"requirements.txt": story("x"), "CMakeLists.txt": story("x"), "404.html": story("x"), "sub/README.md": story("x"), "sub/NOTICE.txt": story("x"),
		}, ""},
		{"a story may be called like one of them", fstest.MapFS{
			"news/security.md": story("Security"), "news/robots.txt": file("Robots\n\nThey are coming for the polls.\n", long), "license-to-print.md": story("L"),
			"readme-for-voters.md": story("R"), "404-days.md": story("D"),
		}, "404-days.md: D\nlicense-to-print.md: L\nnews/robots.txt: Robots\nnews/security.md: Security\nreadme-for-voters.md: R\n"},
		{"a link, a pipe and a device are not read", fstest.MapFS{
			"a.md": {Mode: fs.ModeSymlink, Data: []byte("b.md")}, "b.md": story("B"), "c.md": {Mode: fs.ModeNamedPipe}, "d.md": {Mode: fs.ModeDevice | fs.ModeCharDevice},
			"e.md": {Mode: fs.ModeSocket}, "f.jpg": {Mode: fs.ModeSymlink, Data: []byte("b.md")}, "g": {Mode: fs.ModeSymlink, Data: []byte(".")}, ".#h.md": {Mode: fs.ModeSymlink, Data: []byte("nobody@nowhere")},
		}, "b.md: B\nwarning symlink: a.md\nwarning not-regular: c.md\nwarning not-regular: d.md\nwarning not-regular: e.md\n"},
		{"a directory may be called like an article", fstest.MapFS{"a.md/b.md": story("B")}, "a.md/b.md: B\n"},
		{"a broken file costs one article", fstest.MapFS{
			"a.md": story("A"), "b.md": file(brokenText, long), "c.md": file(strings.Repeat("x", mostBytes+1), long),
		}, "a.md: A\nerror binary: b.md\nerror too-large: c.md\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			snap := scan(t, New(tt.files), noon)
			if diff := cmp.Diff(tt.want, show(snap)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for path := range tt.files {
				if snap.Has(path) != strings.Contains(tt.want, "file "+path+"\n") {
					t.Errorf("Has(%q) = %v", path, snap.Has(path))
				}
			}
		})
	}
}

func TestScanSetsWhatTheFileKnows(t *testing.T) {
	fsys := fstest.MapFS{"news/a.md": story("A")}
	a := scan(t, New(fsys), noon).Articles[0]
	if a.Path != "news/a.md" || !a.Seen.Time().Equal(noon.Add(-long)) {
		t.Errorf("got path %q, modified %v, want news/a.md, %v", a.Path, a.Seen, noon.Add(-long))
	}
}

// TestScanParses counts: an unchanged file is not parsed twice, and a changed
// one always is.
func TestScanParses(t *testing.T) {
	skopje := site.Default()
	skopje.Zone = time.FixedZone("Europe/Skopje", 3600)
	tests := []struct {
		name   string
		change func(fstest.MapFS)
		site   site.Site
		parsed int
		want   string // of a.md
	}{
		{"nothing changed", func(fstest.MapFS) {}, site.Default(), 0, "A"},
		{"the settings were loaded again, with the same zone", func(fstest.MapFS) {}, func() site.Site {
			s := site.Default()
			s.Zone = time.FixedZone("UTC", 0)
			return s
		}(), 0, "A"},
		{"another size", func(m fstest.MapFS) { m["a.md"].Data = story("Another").Data }, site.Default(), 1, "Another"},
		{"the same size and another time", func(m fstest.MapFS) {
			m["a.md"] = &fstest.MapFile{Data: story("Z").Data, ModTime: noon.Add(-time.Minute)}
		}, site.Default(), 1, "Z"},
		{"touched, with the same text", func(m fstest.MapFS) { m["a.md"].ModTime = noon.Add(-time.Minute) }, site.Default(), 0, "A"},
		{"a second file", func(m fstest.MapFS) { m["c.md"] = story("C") }, site.Default(), 1, "A"},
		{"a file moved to another name", func(m fstest.MapFS) { m["c.md"] = m["b.md"]; delete(m, "b.md") }, site.Default(), 1, "A"},
		{"another zone", func(fstest.MapFS) {}, skopje, 2, "A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"a.md": story("A"), "b.md": story("B"), "a.jpg": file("jpg", long)}
			l := New(fsys)
			if got := scan(t, l, noon).Parsed; got != 2 {
				t.Fatalf("at first: got %d files parsed, want 2", got)
			}
			tt.change(fsys)
			got, err := l.Scan(t.Context(), tt.site, noon.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			if got.Parsed != tt.parsed {
				t.Errorf("got %d files parsed, want %d", got.Parsed, tt.parsed)
			}
			a := got.Articles[0]
			if a.Title != tt.want || !a.Seen.Time().Equal(fsys["a.md"].ModTime) {
				t.Errorf("got %q modified %v, want %q, %v", a.Title, a.Seen, tt.want, fsys["a.md"].ModTime)
			}
			if again := scan(t, l, noon.Add(2*time.Minute)).Parsed; again != 0 && tt.site.Zone.String() == "UTC" {
				t.Errorf("once more: got %d files parsed, want 0", again)
			}
		})
	}
}

func TestTouchedArticleIsAnotherValue(t *testing.T) {
	fsys := fstest.MapFS{"a.md": story("A")}
	l := New(fsys)
	before := scan(t, l, noon).Articles[0]
	fsys["a.md"].ModTime = noon
	scan(t, l, noon.Add(time.Minute))
	if !before.Seen.Time().Equal(noon.Add(-long)) {
		t.Errorf("an article that was handed over changed: modified %v", before.Seen)
	}
}

// TestEditInTheSameInstant edits a file without changing its size or its time.
func TestEditInTheSameInstant(t *testing.T) {
	fsys := fstest.MapFS{"a.md": story("A")}
	fsys["a.md"].ModTime = noon.Add(-time.Second)
	l := New(fsys)
	scan(t, l, noon)
	fsys["a.md"].Data = story("B").Data
	got := scan(t, l, noon.Add(time.Minute))
	if got.Articles[0].Title != "B" || got.Parsed != 1 {
		t.Errorf("got %q after %d parses, want B after 1", got.Articles[0].Title, got.Parsed)
	}
	if got := scan(t, l, noon.Add(2*time.Minute)); got.Parsed != 0 {
		t.Errorf("got %d parses of a file that is no longer fresh, want 0", got.Parsed)
	}
}

// failing is a file system of which some files cannot be opened or read.
type failing struct {
	fstest.MapFS
	open, read map[string]error
	dir        map[string]error // after the first names
}

func (f failing) Open(name string) (fs.File, error) {
	if err := f.open[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	file, err := f.MapFS.Open(name)
	if err != nil {
		return nil, err
	}
	if d, ok := file.(fs.ReadDirFile); ok && f.dir[name] != nil {
		return &failingDir{d, f.dir[name], false}, nil
	}
	if f.read[name] != nil {
		return failingFile{file, f.read[name]}, nil
	}
	return file, nil
}

type failingDir struct {
	fs.ReadDirFile
	err  error
	once bool
}

func (d *failingDir) ReadDir(int) ([]fs.DirEntry, error) {
	if d.once {
		return nil, d.err
	}
	d.once = true
	return d.ReadDirFile.ReadDir(1)
}

type failingFile struct {
	fs.File
	err error
}

func (f failingFile) Read([]byte) (int, error) { return 0, f.err }

func TestLastGoodFormStays(t *testing.T) {
	eio := errors.New("input/output error")
	tests := []struct {
		name    string
		breakIt func(failing)
		want    string
	}{
		{"when an edit breaks it", func(f failing) { f.MapFS["a.md"] = file(brokenText, time.Minute) },
			"a.md: A\nb.md: B\nerror binary: a.md\n"},
		{"when it is emptied", func(f failing) { f.MapFS["a.md"] = file("", time.Minute) },
			"a.md: A\nb.md: B\nerror empty: a.md\n"},
		{"when it cannot be opened", func(f failing) { f.MapFS["a.md"].ModTime = noon; f.open["a.md"] = fs.ErrPermission },
			"a.md: A\nb.md: B\nerror unreadable: a.md\n"},
		{"when it cannot be read", func(f failing) { f.MapFS["a.md"].ModTime = noon; f.read["a.md"] = eio },
			"a.md: A\nb.md: B\nerror unreadable: a.md\n"},
		{"when it grows beyond all measure, unread", func(f failing) {
			f.MapFS["a.md"] = file(strings.Repeat("x", mostBytes+1), time.Minute)
			f.read["a.md"] = eio
		}, "a.md: A\nb.md: B\nerror too-large: a.md\n"},
		{"but not when it is gone", func(f failing) { delete(f.MapFS, "a.md") }, "b.md: B\n"},
		{"nor when it goes away under the scan", func(f failing) { f.MapFS["a.md"].ModTime = noon; f.open["a.md"] = fs.ErrNotExist }, "b.md: B\n"},
		{"nor when it becomes a draft", func(f failing) { f.MapFS["a.md"] = draft("A") }, "b.md: B\ndrafts: 1\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := failing{fstest.MapFS{"a.md": story("A"), "b.md": story("B")}, map[string]error{}, map[string]error{}, nil}
			l := New(fsys)
			scan(t, l, noon)
			tt.breakIt(fsys)
			for i := range 2 { // it stays, and the problem is told again
				snap := scan(t, l, noon.Add(time.Duration(i+1)*time.Minute))
				if diff := cmp.Diff(tt.want, show(snap)); diff != "" {
					t.Errorf("scan %d: -want +got:\n%s", i+1, diff)
				}
			}
			fsys.MapFS["a.md"] = file(string(story("Mended").Data), -2*time.Minute)
			clear(fsys.open)
			clear(fsys.read)
			if diff := cmp.Diff("a.md: Mended\nb.md: B\n", show(scan(t, l, noon.Add(long)))); diff != "" {
				t.Errorf("mended: -want +got:\n%s", diff)
			}
		})
	}
}

// TestUnreadableIsTriedAgain mends what kept a file from being read, which
// shows in no time stamp.
func TestUnreadableIsTriedAgain(t *testing.T) {
	fsys := failing{MapFS: fstest.MapFS{"a.md": story("A")}, open: map[string]error{"a.md": fs.ErrPermission}}
	l := New(fsys)
	if diff := cmp.Diff("error unreadable: a.md\n", show(scan(t, l, noon))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	delete(fsys.open, "a.md")
	if diff := cmp.Diff("a.md: A\n", show(scan(t, l, noon.Add(time.Minute)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// Once more, now that its text is known.
	fsys.open["a.md"], fsys.MapFS["a.md"].ModTime = fs.ErrPermission, noon
	if diff := cmp.Diff("a.md: A\nerror unreadable: a.md\n", show(scan(t, l, noon.Add(2*time.Minute)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	delete(fsys.open, "a.md")
	if diff := cmp.Diff("a.md: A\n", show(scan(t, l, noon.Add(3*time.Minute)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUnchangedFileIsNotOpened(t *testing.T) {
	fsys := failing{MapFS: fstest.MapFS{"a.md": story("A"), "b.md": file(brokenText, long)}, open: map[string]error{}}
	l := New(fsys)
	want := show(scan(t, l, noon))
	fsys.open["a.md"], fsys.open["b.md"] = fs.ErrPermission, fs.ErrPermission
	if diff := cmp.Diff(want, show(scan(t, l, noon.Add(time.Minute)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// lookedAt is a file system that counts how often each file is looked at without
// being opened, and of which some cannot be.
type lookedAt struct {
	failing
	mu    *sync.Mutex
	times map[string]int
	stat  map[string]error
}

func (l lookedAt) Lstat(name string) (fs.FileInfo, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times[name]++
	if err := l.stat[name]; err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	return l.MapFS.Lstat(name)
}

// TestFirstScanLooksAtEachArticleOnce is about a library that knows nothing yet:
// to read an article is to look at it.
func TestFirstScanLooksAtEachArticleOnce(t *testing.T) {
	site := site.Default()
	site.Convention = "hugo"
	files := func() lookedAt {
		return lookedAt{failing{MapFS: fstest.MapFS{
			"a.md": story("A"), "b.md": story("B"), "d.md": draft("D"), "broken.md": file(brokenText, long), "a.jpg": file("GIF", long),
			"_index.md": story("The site"), "bundle/index.md": story("Bundle"), "bundle/part.md": story("Part"),
		}, open: map[string]error{}}, new(sync.Mutex), map[string]int{}, map[string]error{}}
	}
	look := func(t *testing.T, l *Library, now time.Time) Snapshot {
		t.Helper()
		snap, err := l.Scan(t.Context(), site, now)
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	t.Run("and finds what another finds", func(t *testing.T) {
		fsys := files()
		l := New(fsys)
		first := look(t, l, noon)
		if diff := cmp.Diff(map[string]int{"_index.md": 1, "a.jpg": 1, "bundle/part.md": 1}, fsys.times); diff != "" {
			t.Errorf("looked at: -want +got:\n%s", diff)
		}
		second := look(t, l, noon)
		if second.Parsed != 0 || first.Digest == "" || first.Digest != second.Digest {
			t.Errorf("got the digest %q, want %q; %d parsed", first.Digest, second.Digest, second.Parsed)
		}
	})
	t.Run("and what gives its convention away", func(t *testing.T) {
		fsys := files()
		clear(fsys.MapFS)
		fsys.MapFS["a.md"] = file("---\ntitle: A\n---\n{{< figure a.jpg >}}\n", long)
		l := New(fsys)
		first := scan(t, l, noon)
		fsys.open["a.md"] = fs.ErrPermission // and need not be opened for it again
		if second := scan(t, l, noon); first.Convention.Name != "hugo" || second.Convention != first.Convention {
			t.Errorf("got %v, then %v", first.Convention, second.Convention)
		}
	})
	t.Run("what goes away is gone", func(t *testing.T) {
		fsys := files()
		fsys.open["a.md"] = fs.ErrNotExist
		fsys.open["b.md"], fsys.stat["b.md"] = fs.ErrPermission, fs.ErrNotExist
		l := New(fsys)
		snap := look(t, l, noon)
		if got := show(snap); strings.Contains(got, "a.md") || strings.Contains(got, "b.md") || snap.Digest != "" {
			t.Errorf("got the digest %q of\n%s", snap.Digest, got)
		}
	})
	t.Run("it fails as a whole where no file can be looked at", func(t *testing.T) {
		fsys := files()
		fsys.open["bundle/index.md"], fsys.stat["bundle/index.md"] = fs.ErrPermission, fs.ErrPermission
		l := New(fsys)
		if snap, err := l.Scan(t.Context(), site, noon); !errors.Is(err, fs.ErrPermission) || snap.Articles != nil {
			t.Errorf("got %v and\n%s", err, show(snap))
		}
		clear(fsys.open)
		clear(fsys.stat)
		if got := look(t, l, noon); len(got.Articles) != 3 || got.Digest == "" {
			t.Errorf("afterwards: got\n%s", show(got))
		}
	})
	t.Run("the last look counts where a file must settle", func(t *testing.T) {
		l := New(files())
		l.Settle = time.Minute
		if got := look(t, l, noon); got.Digest == "" || len(got.Articles) != 3 {
			t.Errorf("got the digest %q of\n%s", got.Digest, show(got))
		}
	})
}

// TestTouchedBrokenFile keeps the time of the form that it shows.
func TestTouchedBrokenFile(t *testing.T) {
	fsys := fstest.MapFS{"a.md": story("A")}
	l := New(fsys)
	scan(t, l, noon)
	fsys["a.md"] = file(brokenText, time.Minute)
	scan(t, l, noon)
	fsys["a.md"].ModTime = noon
	if got, want := scan(t, l, noon).Articles[0].Seen.Time(), noon.Add(-long); !got.Equal(want) {
		t.Errorf("got modified %v, want %v", got, want)
	}
}

// TestBrokenFileIsWhatItWasAgain: its last good form is of the same bytes.
func TestBrokenFileIsWhatItWasAgain(t *testing.T) {
	fsys := fstest.MapFS{"a.md": story("A")}
	l := New(fsys)
	want := show(scan(t, l, noon))
	fsys["a.md"] = file(brokenText, time.Minute)
	if got := show(scan(t, l, noon)); got == want {
		t.Errorf("got no problem:\n%s", got)
	}
	fsys["a.md"] = story("A")
	if diff := cmp.Diff(want, show(scan(t, l, noon))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPanicCostsOneArticle(t *testing.T) {
	l := New(fstest.MapFS{"a.md": story("A"), "b.md": story("B")})
	l.parse = func(_ *article.Parser, path string, src []byte, opt article.Options) (*article.Article, []article.Problem) {
		if path == "a.md" {
			panic("index out of range")
		}
		return article.Parse(path, src, opt)
	}
	snap := scan(t, l, noon)
	if diff := cmp.Diff("b.md: B\nerror panic: a.md\n", show(snap)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := snap.Problems[0].Text; !strings.Contains(got, "index out of range") {
		t.Errorf("got %q, want the cause in it", got)
	}
}

func TestScanFailsAsAWhole(t *testing.T) {
	eio := errors.New("input/output error")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name string
		ctx  context.Context
		fsys failing
		want error
	}{
		{"when the directory is not there", t.Context(), failing{open: map[string]error{".": fs.ErrNotExist}}, fs.ErrNotExist},
		{"when the directory may not be read", t.Context(), failing{open: map[string]error{".": fs.ErrPermission}}, fs.ErrPermission},
		{"when a directory below may not be read", t.Context(), failing{open: map[string]error{"news": fs.ErrPermission}}, fs.ErrPermission},
		{"when a directory breaks off in the middle", t.Context(), failing{dir: map[string]error{"news": eio}}, eio},
		{"when it is cancelled, without going on", cancelled, failing{dir: map[string]error{"news": eio}}, context.Canceled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{"a.md": story("A"), "news/b.md": story("B"), "news/c.md": story("C")}
			tt.fsys.MapFS = files
			l := New(files)
			scan(t, l, noon)
			l.fsys = tt.fsys
			if snap, err := l.Scan(tt.ctx, site.Default(), noon); !errors.Is(err, tt.want) || snap.Articles != nil {
				t.Errorf("got %d articles and error %v, want %v", len(snap.Articles), err, tt.want)
			}
			l.fsys = files
			if snap := scan(t, l, noon); len(snap.Articles) != 3 || snap.Parsed != 0 {
				t.Errorf("afterwards: got %d articles, %d parsed, want 3, 0", len(snap.Articles), snap.Parsed)
			}
		})
	}
}

func TestCancelledScanParsesNoMore(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 500 {
		files[fmt.Sprintf("a%d.md", i)] = story("A")
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := New(files)
	var parsed atomic.Int64
	l.parse = func(_ *article.Parser, path string, src []byte, opt article.Options) (*article.Article, []article.Problem) {
		parsed.Add(1)
		cancel()
		return article.Parse(path, src, opt)
	}
	if _, err := l.Scan(ctx, site.Default(), noon); !errors.Is(err, context.Canceled) || parsed.Load() == int64(len(files)) {
		t.Errorf("got error %v after %d of %d files", err, parsed.Load(), len(files))
	}
}

func TestDirectoryThatGoesAwayUnderTheScan(t *testing.T) {
	l := New(failing{MapFS: fstest.MapFS{"a.md": story("A"), "news/b.md": story("B")}, open: map[string]error{"news": fs.ErrNotExist}})
	if diff := cmp.Diff("a.md: A\n", show(scan(t, l, noon))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"."}, l.Dirs()); diff != "" {
		t.Errorf("directories: -want +got:\n%s", diff)
	}
}

func TestSettle(t *testing.T) {
	const settle = 2 * time.Second
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	text := func(title string, seconds int) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("---\ntitle: " + title + "\n---\nText.\n"), ModTime: at(seconds)}
	}
	type step struct {
		write *fstest.MapFile // of a.md, before the scan; nil leaves it alone
		now   int
		want  string // the title in the snapshot, empty when it is not there
		again int    // when to look again; 0 for never
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"an old file is read at once", []step{{text("A", -60), 0, "A", 0}}},
		{"a new file waits", []step{{text("A", 9), 10, "", 11}, {nil, 11, "A", 0}}},
		{"a changed file keeps its last good form", []step{
			{text("A", -60), 0, "A", 0}, {text("AB", 9), 10, "A", 11}, {nil, 11, "AB", 0}}},
		{"each change starts the wait anew", []step{
			{text("A", 9), 10, "", 11}, {text("AB", 11), 11, "", 13}, {text("ABC", 12), 13, "", 14}, {nil, 14, "ABC", 0}}},
		{"a time in the future counts from the first look", []step{
			{text("A", 3600), 10, "", 12}, {nil, 11, "", 12}, {nil, 12, "A", 0}}},
		{"a change that is taken back is no change", []step{
			{text("A", -60), 0, "A", 0}, {text("AB", 9), 10, "A", 11}, {text("A", -60), 11, "A", 0}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			l := New(fsys)
			l.Settle = settle
			for i, st := range tt.steps {
				if st.write != nil {
					fsys["a.md"] = st.write
				}
				snap := scan(t, l, at(st.now))
				var got string
				if len(snap.Articles) > 0 {
					got = snap.Articles[0].Title
				}
				if got != st.want {
					t.Errorf("step %d: got title %q, want %q", i, got, st.want)
				}
				var again time.Time
				if st.again != 0 {
					again = at(st.again)
				}
				if !snap.Unsettled.Equal(again) {
					t.Errorf("step %d: got another look at %v, want %v", i, snap.Unsettled, again)
				}
			}
		})
	}
}

func TestUnsettledIsTheFirst(t *testing.T) {
	l := New(fstest.MapFS{"a.md": file("A", time.Second), "b.md": file("B", 3*time.Second), "c.md": story("C")})
	l.Settle = 5 * time.Second
	if got, want := scan(t, l, noon).Unsettled, noon.Add(2*time.Second); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFileThatNeverSettles(t *testing.T) {
	fsys := fstest.MapFS{}
	l := New(fsys)
	l.Settle = 2 * time.Second
	for second := 0; second <= 15*60; second += 1 {
		now := noon.Add(time.Duration(second) * time.Second)
		fsys["log.txt"] = &fstest.MapFile{Data: []byte(strings.Repeat("line\n", second+1)), ModTime: now}
		want := 0
		if second >= 10*60 {
			want = 1
		}
		if got := scan(t, l, now).Problems; len(got) != want || want == 1 && got[0].Code != "unsettled" {
			t.Fatalf("after %d s: got %v, want %d problems", second, got, want)
		}
	}
	if got := show(scan(t, l, noon.Add(long))); strings.Contains(got, "unsettled") {
		t.Errorf("after it settled: got %s", got)
	}
	fsys["log.txt"].ModTime = noon.Add(2 * long)
	if got := show(scan(t, l, noon.Add(2*long))); strings.Contains(got, "unsettled") {
		t.Errorf("at the next change: got %s", got)
	}
}

// shuffled lists directories in another order each time.
type shuffled struct{ fs.FS }

func (s shuffled) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if d, ok := f.(fs.ReadDirFile); ok {
		return &shuffledDir{ReadDirFile: d}, err
	}
	return f, err
}

type shuffledDir struct {
	fs.ReadDirFile
	rest []fs.DirEntry
	read bool
}

func (d *shuffledDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.read {
		d.read = true
		var err error
		if d.rest, err = d.ReadDirFile.ReadDir(-1); err != nil {
			return nil, err
		}
		rand.Shuffle(len(d.rest), func(i, j int) { d.rest[i], d.rest[j] = d.rest[j], d.rest[i] })
	}
	if len(d.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.rest), 1+rand.IntN(3))
	batch := d.rest[:n]
	d.rest = d.rest[n:]
	return batch, nil
}

func TestOrderOfTheDirectoryDoesNotMatter(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 60 {
		dir := fmt.Sprintf("d%d/", i%7)
		files[dir+fmt.Sprintf("%d.md", i)] = story(fmt.Sprint(i))
		files[dir+fmt.Sprintf("%d.jpg", i)] = file("jpg", long)
		files[fmt.Sprintf("broken%d.md", i)] = file(brokenText, long)
	}
	plain := New(files)
	want := show(scan(t, plain, noon))
	for range 50 {
		l := New(shuffled{files})
		if diff := cmp.Diff(want, show(scan(t, l, noon))); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if diff := cmp.Diff(plain.Dirs(), l.Dirs()); diff != "" {
			t.Fatalf("directories: -want +got:\n%s", diff)
		}
	}
}

// TestTreesAreGivenUp: each rescan makes one of the last.
func TestTreesAreGivenUp(t *testing.T) {
	fsys := fstest.MapFS{"a.md": story("A"), "b.md": story("B")}
	l := New(fsys)
	scan(t, l, noon)
	first := weak.Make(l.tree)
	for i := range 3 {
		fsys["a.md"] = file("# A\n\nText.\n", time.Duration(i)*time.Minute)
		if _, err := l.Rescan(t.Context(), site.Site{}, noon, []string{"a.md"}); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	if first.Value() != nil {
		t.Error("the tree of the first scan is still in memory")
	}
	runtime.KeepAlive(l)
}
