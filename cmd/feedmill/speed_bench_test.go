package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The benchmarks of speed run programs as people do, on a corpus of 10,000
// articles, or of as many as FEEDMILL_CORPUS says:
//
//	go test -run '^$' -bench 'Build|Follow' -benchtime 3x ./cmd/feedmill
//	FEEDMILL_CORPUS=100000 go test -run '^$' -bench 'Build|Follow' -benchtime 3x -timeout 1h ./cmd/feedmill
//
// Beside the time on the clock they tell cpu-ms, the time of all processors,
// peak-MB, the most memory, and disk-MB, what was written to the disk. Hugo is measured beside where it is installed; the naive script is
// what one would write in an afternoon with the same libraries.

// corpusSizes are the numbers of articles of the corpora.
func corpusSizes() []int {
	if n, err := strconv.Atoi(os.Getenv("FEEDMILL_CORPUS")); err == nil {
		return []int{n}
	}
	return []int{10_000}
}

// What the site files of the benchmarks say.
const (
	// corpusSite has one feed, of the 50 newest entries.
	corpusSite = "link: https://www.example.org/{section}/{slug}/\narchive: off\nlimit: {entries: 50, days: 1}\n"
	// topicsSite has such a feed also for each tag, author and section.
	topicsSite = corpusSite + "each: [tag, author, section]\n"
	// wholeSite has a page for every article, and archives.
	wholeSite = "archive: auto\nlimit: {entries: 50, days: 1}\n"
	// busySite has archives of every feed.
	busySite = "link: https://www.example.org/{section}/{slug}/\narchive: auto\nlimit: {entries: 50, days: 1}\neach: [tag, author, section]\n"
)

// wholeMost is of how many articles every one gets a page in a benchmark: Hugo
// has them all in memory.
const wholeMost = 10_000

// measured adds up what processes cost.
type measured struct {
	cpu    time.Duration
	peak   int64 // KB
	blocks int64 // written, of 512 bytes
	runs   int
}

func (m *measured) run(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	b.StartTimer()
	err := cmd.Run()
	b.StopTimer()
	if err != nil {
		b.Fatalf("%v: %v\n%s", cmd, err, out.Bytes())
	}
	state := cmd.ProcessState
	m.cpu += state.UserTime() + state.SystemTime()
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		m.peak = max(m.peak, usage.Maxrss)
		m.blocks += usage.Oublock
	}
	m.runs++
}

func (m *measured) report(b *testing.B) {
	b.ReportMetric(float64(m.cpu.Microseconds())/1e3/float64(m.runs), "cpu-ms")
	b.ReportMetric(float64(m.peak)/1024, "peak-MB")
	b.ReportMetric(float64(m.blocks)*512/1e6/float64(m.runs), "disk-MB")
}

// programFile builds feedmill.
func programFile(b *testing.B) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "feedmill")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// age waits until the files of a corpus are so old that their stamps are trusted.
func age() { time.Sleep(2100 * time.Millisecond) }

// works are a corpus and what builds of it.
type works struct {
	b        *testing.B
	feedmill string // file
	dir      string
	articles string // below dir
	n        int    // articles
}

func BenchmarkBuild(b *testing.B) {
	feedmill := programFile(b)
	for _, n := range corpusSizes() {
		w := works{b: b, feedmill: feedmill, dir: b.TempDir(), n: n}
		w.articles = filepath.Join(w.dir, "articles")
		writeCorpus(b, w.articles, n)
		age()
		hugo := w.hugo()
		w.home(hugo)
		w.cold("feeds for tags, authors and sections, cold", topicsSite)
		hugo("hugo, feeds for years and tags, cold", hugoTopics)
		if n <= wholeMost {
			w.cold("archives and pages, cold", wholeSite)
			hugo("hugo, whole site, cold", hugoWhole)
		}
		w.addition()
	}
}

// home measures the feeds of the whole, without archives.
func (w works) home(hugo func(name string, prepare func(b *testing.B, dir string))) {
	w.cold("cold", corpusSite)
	built := w.place(corpusSite)
	w.bench("unchanged", func() *exec.Cmd { return w.build(built) })
	edit := 0
	w.bench("one edit", func() *exec.Cmd {
		edit++
		path, text := corpusArticle(w.n - 1)
		write(w.b, filepath.Join(w.articles, path), fmt.Sprintf("%s\nEdit %d.\n", text, edit))
		return w.build(built)
	})
	w.bench("naive script, cold", func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestNaiveScript$")
		cmd.Env = append(os.Environ(), "FEEDMILL_NAIVE="+w.articles)
		return cmd
	})
	w.b.Run(fmt.Sprintf("walk and stat alone/%d", w.n), func(b *testing.B) {
		for range b.N {
			if got := statAll(b, w.articles); got != w.n {
				b.Fatalf("%d files", got)
			}
		}
	})
	hugo("hugo, cold", hugoHome)
}

// bench measures commands, each made just before it runs.
func (w works) bench(name string, command func() *exec.Cmd) {
	w.b.Run(fmt.Sprintf("%s/%d", name, w.n), func(b *testing.B) {
		var m measured
		for range b.N {
			b.StopTimer()
			m.run(b, command())
		}
		m.report(b)
	})
}

// cold measures builds where there was nothing. Each has a directory of its own:
// some file systems take longer to create files where others were just removed.
func (w works) cold(name, site string) {
	w.bench(name, func() *exec.Cmd { return w.build(w.place(site)) })
}

// place makes a directory with a site file, where a build can go.
func (w works) place(site string) string {
	dir, err := os.MkdirTemp(w.dir, "place")
	if err != nil {
		w.b.Fatal(err)
	}
	write(w.b, filepath.Join(dir, "site.yaml"), corpusOwner+site)
	return dir
}

// build is feedmill's build of the corpus in a place.
func (w works) build(place string) *exec.Cmd {
	cmd := exec.Command(w.feedmill, "build", "--articles", w.articles, "--site", "site.yaml")
	cmd.Dir = place
	return cmd
}

// addition measures a build after one article was added, newer than all others,
// to a site with many feeds and archives. It tells how many documents were
// written, and of how many bytes, siblings included.
func (w works) addition() {
	w.b.Run(fmt.Sprintf("one article added, archives and feeds for tags/%d", w.n), func(b *testing.B) {
		place := w.place(busySite)
		if out, err := w.build(place).CombinedOutput(); err != nil {
			b.Fatalf("build: %v\n%s", err, out)
		}
		var m measured
		var documents int
		var size int64
		feeds := os.DirFS(filepath.Join(place, "feeds"))
		was := filesOf(b, feeds)
		b.ResetTimer()
		for i := range b.N {
			b.StopTimer()
			_, text := corpusArticle(w.n + i)
			head, rest, _ := bytes.Cut(text, []byte("\ndate: "))
			added := filepath.Join(w.articles, fmt.Sprintf("added-%d.md", i))
			write(b, added, fmt.Sprintf("%s\ndate: 2024-01-01T00:00:%02d%s", head, i%60, rest[len("2006-01-02T15:04:05"):]))
			b.Cleanup(func() { os.Remove(added) })
			m.run(b, w.build(place))
			is := filesOf(b, feeds)
			for path, info := range is {
				if before, ok := was[path]; ok && os.SameFile(before, info) && before.ModTime().Equal(info.ModTime()) {
					continue
				}
				size += info.Size()
				if !strings.HasSuffix(path, ".gz") && !strings.HasSuffix(path, ".br") {
					documents++
				}
			}
			was = is
		}
		m.report(b)
		b.ReportMetric(float64(documents)/float64(b.N), "documents")
		b.ReportMetric(float64(size)/1e6/float64(b.N), "documents-MB")
	})
}

// filesOf returns all files of a directory.
func filesOf(b *testing.B, dir fs.FS) map[string]fs.FileInfo {
	files := map[string]fs.FileInfo{}
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = d.Info()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return files
}

// statAll is the least that looking at every file costs.
func statAll(b *testing.B, dir string) (n int) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		var st syscall.Stat_t
		if e.IsDir() {
			n += statAll(b, name)
		} else if err := syscall.Lstat(name, &st); err != nil {
			b.Fatal(err)
		} else if strings.HasSuffix(name, ".md") {
			n++
		}
	}
	return n
}
