package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	gorilla "github.com/gorilla/feeds"
	"github.com/yuin/goldmark"
	"go.yaml.in/yaml/v4"
)

// The benchmarks of speed run programs as people do, on a corpus of 10,000
// articles, or of as many as FEEDMILL_CORPUS says:
//
//	go test -run '^$' -bench 'Build|Follow' -benchtime 3x ./cmd/feedmill
//	FEEDMILL_CORPUS=100000 go test -run '^$' -bench 'Build|Follow' -benchtime 3x -timeout 1h ./cmd/feedmill
//
// Beside the time on the clock they tell cpu-ms, the time of all processors,
// and peak-MB, the most memory. Hugo is measured beside where it is installed;
// the naive script is what one would write in an afternoon with the same
// libraries.

// corpusSizes are the numbers of articles of the corpora.
func corpusSizes() []int {
	if n, err := strconv.Atoi(os.Getenv("FEEDMILL_CORPUS")); err == nil {
		return []int{n}
	}
	return []int{10_000}
}

// corpusSite is what the site file of a benchmark says: one feed, of the 50
// newest entries.
const corpusSite = "archive: off\nlimit: {entries: 50, days: 1}\n"

// measured adds up what processes cost.
type measured struct {
	cpu  time.Duration
	peak int64 // KB
	runs int
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
	m.add(cmd.ProcessState)
}

func (m *measured) add(state *os.ProcessState) {
	m.cpu += state.UserTime() + state.SystemTime()
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		m.peak = max(m.peak, usage.Maxrss)
	}
	m.runs++
}

func (m *measured) report(b *testing.B) {
	b.ReportMetric(float64(m.cpu.Microseconds())/1e3/float64(m.runs), "cpu-ms")
	b.ReportMetric(float64(m.peak)/1024, "peak-MB")
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

func BenchmarkBuild(b *testing.B) {
	feedmill := programFile(b)
	for _, n := range corpusSizes() {
		dir := filepath.Join(b.TempDir(), "corpus")
		articles := filepath.Join(dir, "articles")
		writeCorpus(b, articles, n, corpusSite)
		age()
		build := func() *exec.Cmd {
			cmd := exec.Command(feedmill, "build")
			cmd.Dir = dir
			return cmd
		}
		forget := func() {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "feeds")), os.RemoveAll(filepath.Join(dir, ".feeds-state"))); err != nil {
				b.Fatal(err)
			}
		}
		bench := func(name string, prepare func(), command func() *exec.Cmd) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				var m measured
				for range b.N {
					b.StopTimer()
					prepare()
					m.run(b, command())
				}
				m.report(b)
			})
		}
		bench("cold", forget, build)
		bench("unchanged", func() {}, build)
		edit := 0
		bench("one edit", func() {
			edit++
			path, text := corpusArticle(n - 1)
			if err := os.WriteFile(filepath.Join(articles, path), fmt.Appendf(text, "\nEdit %d.\n", edit), 0o666); err != nil {
				b.Fatal(err)
			}
		}, build)
		bench("naive script, cold", func() {}, func() *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestNaiveScript$")
			cmd.Env = append(os.Environ(), "FEEDMILL_NAIVE="+articles)
			return cmd
		})
		b.Run(fmt.Sprintf("walk and stat alone/%d", n), func(b *testing.B) {
			for range b.N {
				if got := statAll(b, articles); got != n {
					b.Fatalf("%d files", got)
				}
			}
		})
		hugo, err := exec.LookPath("hugo")
		if err != nil {
			b.Logf("Hugo is not installed")
			continue
		}
		hugoSite(b, dir)
		bench("hugo, cold", func() {
			if err := os.RemoveAll(filepath.Join(dir, "public")); err != nil {
				b.Fatal(err)
			}
		}, func() *exec.Cmd { return hugoBuild(hugo, dir) })
	}
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

// hugoSite makes a site for Hugo of the same articles, which writes the feeds
// of its home page in three formats, 50 entries in full, and nothing else.
func hugoSite(b *testing.B, dir string) {
	for name, text := range map[string]string{
		"hugo.toml": `baseURL = "https://www.example.org/"
title = "Corpus"
contentDir = "articles"
disableKinds = ["section", "taxonomy", "term", "404", "sitemap", "robotstxt"]
[outputs]
home = ["rss", "atom", "json"]
[mediaTypes."application/atom+xml"]
suffixes = ["atom"]
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "index"
[[cascade]]
[cascade.build]
render = "never"
list = "always"
`,
		"layouts/home.rss.xml":   `<rss version="2.0"><channel><title>{{ site.Title }}</title>{{ range first 50 site.RegularPages }}<item><title>{{ .Title }}</title><link>{{ .RelPermalink }}</link><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><description>{{ .Content | transform.XMLEscape | safeHTML }}</description></item>{{ end }}</channel></rss>`,
		"layouts/home.atom.atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ site.Title }}</title>{{ range first 50 site.RegularPages }}<entry><title>{{ .Title }}</title><id>{{ .RelPermalink }}</id><updated>{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}</updated><content type="html">{{ .Content | transform.XMLEscape | safeHTML }}</content></entry>{{ end }}</feed>`,
		"layouts/home.json":      `{"version":"https://jsonfeed.org/version/1.1","title":{{ site.Title | jsonify }},"items":[{{ range $i, $p := first 50 site.RegularPages }}{{ if $i }},{{ end }}{"id":{{ .RelPermalink | jsonify }},"title":{{ .Title | jsonify }},"content_html":{{ .Content | jsonify }}}{{ end }}]}`,
	} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(text), 0o666)); err != nil {
			b.Fatal(err)
		}
	}
}

func hugoBuild(hugo, dir string) *exec.Cmd {
	cmd := exec.Command(hugo, "--quiet", "--ignoreCache", "-d", filepath.Join(dir, "public"))
	cmd.Dir = dir
	return cmd
}

// TestNaiveScript is the script, in a process of BenchmarkBuild; by itself there is
// nothing to test.
func TestNaiveScript(t *testing.T) {
	dir := os.Getenv("FEEDMILL_NAIVE")
	if dir == "" {
		return
	}
	type item struct {
		meta struct {
			Title, Author, Section, Description string
			Date                                time.Time
			Tags                                []string
		}
		html string
	}
	var items []item
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".md") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head, body, _ := strings.Cut(strings.TrimPrefix(string(text), "---\n"), "\n---\n")
		var i item
		if err := yaml.Unmarshal([]byte(head), &i.meta); err != nil {
			return err
		}
		var html bytes.Buffer
		if err := goldmark.Convert([]byte(body), &html); err != nil {
			return err
		}
		i.html = html.String()
		items = append(items, i)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	newest := func(n int) (newest int) {
		for j := n; j < len(items); j++ {
			if j == n || items[j].meta.Date.After(items[newest].meta.Date) {
				newest = j
			}
		}
		return newest
	}
	feed := gorilla.Feed{Title: "Corpus", Link: &gorilla.Link{Href: "https://www.example.org/"}, Created: time.Now()}
	for n := range min(50, len(items)) {
		j := newest(n)
		items[n], items[j] = items[j], items[n]
		i := items[n]
		feed.Add(&gorilla.Item{Title: i.meta.Title, Link: &gorilla.Link{Href: "https://www.example.org/" + strconv.Itoa(n)}, Author: &gorilla.Author{Name: i.meta.Author},
			Description: i.meta.Description, Content: i.html, Created: i.meta.Date})
	}
	rss, err1 := feed.ToRss()
	atom, err2 := feed.ToAtom()
	json, err3 := feed.ToJSON()
	if err := errors.Join(err1, err2, err3); err != nil || len(rss)*len(atom)*len(json) == 0 {
		t.Fatal(err)
	}
}

// BenchmarkFollow measures `feedmill serve` on a corpus: from its start with a
// cache to the first answer, from an edit of one article to the feed that shows
// it, and the memory that it has then.
func BenchmarkFollow(b *testing.B) {
	feedmill := programFile(b)
	for _, n := range corpusSizes() {
		dir := filepath.Join(b.TempDir(), "corpus")
		articles := filepath.Join(dir, "articles")
		writeCorpus(b, articles, n, corpusSite)
		age()
		for range 2 {
			build := exec.Command(feedmill, "build")
			build.Dir = dir
			if out, err := build.CombinedOutput(); err != nil {
				b.Fatalf("build: %v\n%s", err, out)
			}
		}
		const address = "127.0.0.1:18081"
		edits := 0
		newest := newestOf(n)
		edit := func() (shown string) {
			edits++
			path, text := corpusArticle(newest)
			shown = fmt.Sprintf("Edit %d of this run.", edits)
			// In one step, as editors do: then it has settled.
			next := filepath.Join(articles, ".next")
			if err := errors.Join(os.WriteFile(next, fmt.Appendf(text, "\n%s\n", shown), 0o666), os.Rename(next, filepath.Join(articles, path))); err != nil {
				b.Fatal(err)
			}
			return shown
		}
		start := func() *exec.Cmd {
			serve := exec.Command(feedmill, "serve", "--listen", address, "--admin", "", "--settle", "0s", "--schedule", "@every 1h", "--allow-root")
			serve.Dir = dir
			if err := serve.Start(); err != nil {
				b.Fatal(err)
			}
			return serve
		}
		stop := func(serve *exec.Cmd) {
			if err := errors.Join(serve.Process.Signal(os.Interrupt), serve.Wait()); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(fmt.Sprintf("start with a cache/%d", n), func(b *testing.B) {
			for range b.N {
				b.StartTimer()
				serve := start()
				for !says("http://"+address+"/atom.xml", "<entry>") {
					time.Sleep(time.Millisecond)
				}
				b.StopTimer()
				stop(serve)
			}
		})
		b.Run(fmt.Sprintf("watched edit/%d", n), func(b *testing.B) {
			serve := start()
			for shown := edit(); !says("http://"+address+"/atom.xml", shown); {
				time.Sleep(10 * time.Millisecond)
			}
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				next := changes("http://" + address + "/atom.xml")
				b.StartTimer()
				shown := edit()
				for !next(shown) {
					time.Sleep(time.Millisecond)
				}
			}
			b.StopTimer()
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", serve.Process.Pid))
			if err == nil {
				for line := range strings.Lines(string(status)) {
					if fields := strings.Fields(line); fields[0] == "VmRSS:" {
						kb, _ := strconv.Atoi(fields[1])
						b.ReportMetric(float64(kb)/1024, "rss-MB")
					}
				}
			}
			stop(serve)
		})
	}
}

// newestOf is the number of the newest article of a corpus.
func newestOf(n int) int {
	best, newest := "", 0
	for i := max(0, n-24*12*28*2); i < n; i++ {
		_, text := corpusArticle(i)
		_, date, _ := strings.Cut(string(text), "\ndate: ")
		if date = date[:20]; date > best {
			best, newest = date, i
		}
	}
	return newest
}

// changes returns a function that reports whether the document at url has become
// another one, which holds some words. It asks as readers do: what they have is
// not sent again, which would be most of the work.
func changes(url string) func(words string) bool {
	tag := ""
	ask := func(words string) bool {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			return false
		}
		request.Header.Set("If-None-Match", tag)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			return false
		}
		tag = response.Header.Get("ETag")
		return bytes.Contains(body, []byte(words))
	}
	ask("")
	return ask
}

// says reports whether the document at url holds some words.
func says(url, words string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	return err == nil && response.StatusCode == http.StatusOK && strings.Contains(body.String(), words)
}
