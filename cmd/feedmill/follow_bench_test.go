package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// followAddress is where the benchmarks' `feedmill serve` answers.
const followAddress = "127.0.0.1:18081"

// follower is `feedmill serve` on a corpus.
type follower struct {
	works
	place  string
	newest int  // number of the article that is edited
	edits  *int // so far
}

// BenchmarkFollow measures `feedmill serve` on a corpus: from its start with a
// cache to the first answer; from an edit of one article to the feed that shows
// it, when the edit was watched, and the memory that it has then; and the same
// when nothing is watched and a signal has it look at all articles, beside such a
// look that finds nothing.
func BenchmarkFollow(b *testing.B) {
	feedmill := programFile(b)
	for _, n := range corpusSizes() {
		w := works{b: b, feedmill: feedmill, dir: b.TempDir(), n: n}
		w.articles = filepath.Join(w.dir, "articles")
		writeCorpus(b, w.articles, n)
		age()
		f := follower{works: w, place: w.place(corpusSite), newest: newestOf(n), edits: new(int)}
		for range 2 {
			if out, err := f.build(f.place).CombinedOutput(); err != nil {
				b.Fatalf("build: %v\n%s", err, out)
			}
		}
		b.Run(fmt.Sprintf("start with a cache/%d", n), f.starts)
		b.Run(fmt.Sprintf("watched edit/%d", n), f.watched)
		b.Run(fmt.Sprintf("edit by scan/%d", n), f.scanned)
		b.Run(fmt.Sprintf("scan, unchanged/%d", n), f.unchanged)
	}
}

// edit replaces the newest article in one step, as editors do: then it has
// settled.
func (f follower) edit(b *testing.B) (shown string) {
	*f.edits++
	path, text := corpusArticle(f.newest)
	shown = fmt.Sprintf("Edit %d of this run.", *f.edits)
	next := filepath.Join(f.articles, ".next")
	if err := errors.Join(os.WriteFile(next, fmt.Appendf(text, "\n%s\n", shown), 0o666), os.Rename(next, filepath.Join(f.articles, path))); err != nil {
		b.Fatal(err)
	}
	return shown
}

// process is `feedmill serve` while it runs.
type process struct {
	*exec.Cmd
	built chan string // what became of each build, in the words of the log
}

func (f follower) serve(b *testing.B, more ...string) process {
	cmd := exec.Command(f.feedmill, append([]string{"serve", "--articles", f.articles, "--site", "site.yaml", "--listen", followAddress, "--admin", "",
		"--settle", "0s", "--schedule", "@every 1h", "--allow-root", "--log-format", "json", "--log-level", "debug"}, more...)...)
	cmd.Dir = f.place
	log, err := cmd.StderrPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		b.Fatal(err)
	}
	s := process{cmd, make(chan string, 100)}
	go func() {
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			var line struct{ Msg, Result string }
			if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Msg == "publish" {
				s.built <- line.Result
			}
		}
		close(s.built)
	}()
	return s
}

func (s process) stop(b *testing.B) {
	if err := s.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	for range s.built { // all is read
	}
	if err := s.Wait(); err != nil {
		b.Fatal(err)
	}
}

// rest waits until it has come to rest after a build: when readers have the feed it
// makes the compressed forms, and collects garbage.
func (s process) rest() {
	<-s.built
	time.Sleep(200 * time.Millisecond)
	for len(s.built) > 0 {
		<-s.built
	}
}

// hangup has it look at all articles.
func (s process) hangup(b *testing.B) {
	if err := s.Process.Signal(syscall.SIGHUP); err != nil {
		b.Fatal(err)
	}
}

// resident reports the memory that it has.
func (s process) resident(b *testing.B) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	if err != nil {
		return // not on Linux
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); fields[0] == "VmRSS:" {
			kb, _ := strconv.Atoi(fields[1])
			b.ReportMetric(float64(kb)/1024, "rss-MB")
		}
	}
}

func (f follower) starts(b *testing.B) {
	for range b.N {
		b.StartTimer()
		s := f.serve(b)
		for !says("http://"+followAddress+"/atom.xml", "<entry>") {
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		s.stop(b)
	}
}

func (f follower) watched(b *testing.B) {
	s := f.serve(b)
	for shown := f.edit(b); !says("http://"+followAddress+"/atom.xml", shown); {
		time.Sleep(10 * time.Millisecond)
	}
	s.rest()
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		next := changes("http://" + followAddress + "/atom.xml")
		b.StartTimer()
		shown := f.edit(b)
		for !next(shown) {
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		s.rest()
	}
	s.resident(b)
	s.stop(b)
}

// blind starts it without a watch, and waits until it has all in memory that the
// next edit needs.
func (f follower) blind(b *testing.B) process {
	s := f.serve(b, "--watch=false")
	for !says("http://"+followAddress+"/atom.xml", "<entry>") {
		time.Sleep(10 * time.Millisecond)
	}
	for f.edit(b); ; {
		s.hangup(b)
		if result := <-s.built; result == "published" {
			return s
		}
	}
}

func (f follower) scanned(b *testing.B) {
	s := f.blind(b)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		next := changes("http://" + followAddress + "/atom.xml")
		shown := f.edit(b)
		b.StartTimer()
		s.hangup(b)
		for !next(shown) {
			time.Sleep(time.Millisecond)
		}
		b.StopTimer()
		s.rest()
	}
	s.stop(b)
}

func (f follower) unchanged(b *testing.B) {
	s := f.blind(b)
	age()
	s.hangup(b) // the last edit may have been read again until now
	<-s.built
	b.ResetTimer()
	for range b.N {
		s.hangup(b)
		if result := <-s.built; result != "unchanged" {
			b.Fatal(result)
		}
	}
	b.StopTimer()
	s.stop(b)
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
