package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// running is a `feedmill serve` of its own, in a directory of its own.
type running struct {
	t     *testing.T
	dir   string
	cmd   *exec.Cmd
	out   output
	err   output
	base  string // address with a slash at the end
	admin string
	ended chan struct{} // closed when the process has ended
}

// output is what a process prints, readable while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// newsroom makes a directory with articles, the sample's or those of files
// (path → text).
func newsroom(t *testing.T, files map[string]string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("executes the program")
	}
	dir := t.TempDir()
	if files == nil {
		if err := os.CopyFS(filepath.Join(dir, "articles"), os.DirFS(filepath.Join(projectRoot, "articles"))); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(t, filepath.Join(dir, "articles", name), text)
	}
	return dir
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freePort is an address that nobody listens on just now.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs `feedmill serve` in dir until the test ends.
func start(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	r := prepare(t, dir, args...)
	r.begin()
	return r
}

// prepare returns `feedmill serve` in dir, before it runs.
func prepare(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	public, admin := freePort(t), freePort(t)
	r := &running{t: t, dir: dir, base: "http://" + public + "/", admin: "http://" + admin, ended: make(chan struct{})}
	r.cmd = exec.Command("feedmill", append([]string{"serve", "--listen", public, "--admin", admin}, args...)...)
	r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr = dir, &r.out, &r.err
	return r
}

// begin runs it until the test ends.
func (r *running) begin() {
	r.t.Helper()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		_ = r.cmd.Wait() // its status is read where a test wants one
		close(r.ended)
	}()
	r.t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // it may have ended already
		<-r.ended
		if r.t.Failed() {
			r.t.Logf("stdout:\n%s\nstderr:\n%s", r.out.String(), r.err.String())
		}
	})
}

// wait waits until what says true.
func (r *running) wait(what string, is func() bool) {
	r.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !is(); {
		select {
		case <-late:
			r.t.Fatalf("%s: not within %v", what, patience)
		case <-tick.C:
		}
	}
}

// get asks for a path; status 0 is no answer.
func (r *running) get(path string) (status int, body string, header http.Header) {
	response, err := http.Get(r.base + path)
	if err != nil {
		return 0, "", nil
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", nil
	}
	return response.StatusCode, string(b), response.Header
}

func (r *running) shows(path, text string) func() bool {
	return func() bool {
		status, body, _ := r.get(path)
		return status == http.StatusOK && strings.Contains(body, text)
	}
}

// ready is the JSON of /readyz.
func (r *running) ready() string {
	response, err := http.Get(r.admin + "/readyz")
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	b, _ := io.ReadAll(response.Body) // half an answer is none
	return string(b)
}

// stop sends a signal and returns the exit status.
func (r *running) stop(sig os.Signal) int {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
	return r.status()
}

// status waits for the end and returns the exit status.
func (r *running) status() int {
	r.t.Helper()
	select {
	case <-r.ended:
		return r.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		r.t.Fatalf("still running after %v", patience)
		return -1
	}
}

const deskSite = "title: The Desk\nbase_url: https://feeds.example.org/\nid_authority: example.org,2026\n"

func TestServeTheSample(t *testing.T) {
	t.Parallel()
	r := start(t, newsroom(t, nil))
	r.wait("the seed story in the feed", r.shows("rss.xml", "<title>Nato considers permanent increase in military presence in Kosovo</title>"))
	r.wait("the greeting", func() bool { return strings.Contains(r.out.String(), "Ctrl-C") })
	for _, want := range []string{
		"feedmill: The Balkan Desk: published 4 articles in 1 feed, no problems",
		"http://localhost:8080/rss.xml", "http://localhost:8080/atom.xml", "http://localhost:8080/feed.json",
		"RSS 2.0", "Atom 1.0", "JSON Feed 1.1",
		"here       " + strings.Replace(r.base, "127.0.0.1", "localhost", 1),
	} {
		if !strings.Contains(r.out.String(), want) {
			t.Errorf("standard output lacks %q", want)
		}
	}
	for path, want := range map[string]struct {
		status int
		header string
	}{
		"rss.xml":                                {200, "application/rss+xml; charset=utf-8"},
		"atom.xml":                               {200, "application/atom+xml; charset=utf-8"},
		"feed.json":                              {200, "application/feed+json"},
		"":                                       {200, "text/html; charset=utf-8"},
		"articles/lake-railway/":                 {200, "text/html; charset=utf-8"},
		"articles/lake-railway/lake-railway.png": {200, "image/png"},
		"feed":                                   {200, "application/rss+xml; charset=utf-8"}, // by a redirect
		"feed.xml":                               {200, "application/atom+xml; charset=utf-8"},
		"site.yaml":                              {404, "text/plain; charset=utf-8"},
		"articles/":                              {404, "text/plain; charset=utf-8"},
		".feeds-state/ledger.jsonl":              {404, "text/plain; charset=utf-8"},
	} {
		status, _, header := r.get(path)
		if status != want.status || header.Get("Content-Type") != want.header {
			t.Errorf("/%s: %d %q, want %d %q", path, status, header.Get("Content-Type"), want.status, want.header)
		}
	}
	if got := r.ready(); !strings.Contains(got, `"state": "ok"`) {
		t.Errorf("/readyz says %s", got)
	}
	if status := r.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d after SIGTERM, want 0", status)
	}
	if b, err := os.ReadFile(filepath.Join(r.dir, ".feeds-state", "ledger.journal")); err == nil && len(b) > 0 {
		t.Errorf("a clean stop leaves changes in the journal: %s", b)
	}
}

func TestServeFollowsItsFiles(t *testing.T) {
	t.Parallel()
	r := start(t, newsroom(t, map[string]string{
		"site.yaml":           deskSite,
		"2026-03-01-tides.md": "# The tides\n\nThe river rose.\n",
	}), "--schedule", "@every 1h", "--settle", "100ms", "--log-level", "debug")
	r.wait("the article", r.shows("feed.json", "The river rose."))
	_, _, before := r.get("rss.xml")

	write(t, filepath.Join(r.dir, "articles", "2026-03-01-tides.md"), "# The tides\n\nThe river fell.\n")
	r.wait("the edit", r.shows("feed.json", "The river fell."))
	_, _, after := r.get("rss.xml")
	if before.Get("ETag") == after.Get("ETag") {
		t.Errorf("the ETag %s stayed although the bytes changed", after.Get("ETag"))
	}

	write(t, filepath.Join(r.dir, "articles", "deep", "er", "2026-03-02-new.txt"), "A new story in a new folder\n\nIts text.\n")
	r.wait("an article in a new folder", r.shows("feed.json", "A new story in a new folder"))

	write(t, filepath.Join(r.dir, "articles", "site.yaml"), "title: The Other Desk\nlimt: 3\n")
	r.wait("a bad edit to be reported", func() bool { return strings.Contains(r.err.String(), "no such key") })
	if _, body, _ := r.get("rss.xml"); !strings.Contains(body, "<title>The Desk</title>") {
		t.Errorf("the old settings did not stay")
	}
	for _, river := range []string{"The river dried.", "The river came back."} {
		write(t, filepath.Join(r.dir, "articles", "2026-03-01-tides.md"), "# The tides\n\n"+river+"\n")
		r.wait("an edit beside it", r.shows("feed.json", river))
	}
	if err := r.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	r.wait("a look at everything", func() bool { return strings.Contains(r.err.String(), `"cause":"signal"`) })
	if n := strings.Count(r.err.String(), "no such key"); n != 1 {
		t.Errorf("the bad edit is reported %d times, want once", n)
	}
	write(t, filepath.Join(r.dir, "articles", "site.yaml"), strings.Replace(deskSite, "The Desk", "The Other Desk", 1))
	r.wait("the mended site file", r.shows("rss.xml", "<title>The Other Desk</title>"))

	if err := os.Remove(filepath.Join(r.dir, "articles", "2026-03-01-tides.md")); err != nil {
		t.Fatal(err)
	}
	r.wait("the withdrawn page to be gone", func() bool { status, _, _ := r.get("articles/tides/"); return status == http.StatusGone })
}

// TestServeStartsWhereNothingChanged starts beside an edition of which a build has
// said that nothing changed: it is known to be fresh before the articles are read.
// Then it follows edits, before and after it has read them.
func TestServeStartsWhereNothingChanged(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
	trusted := func() { time.Sleep(2100 * time.Millisecond) } // until the stamps of files are
	trusted()
	build := exec.Command("feedmill", "build")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	begin := func() *running {
		r := start(t, dir, "--schedule", "@every 1h", "--settle", "0s", "--log-level", "debug")
		r.wait("the first article", r.shows("rss.xml", "A first"))
		r.wait("the greeting", func() bool { return strings.Contains(r.out.String(), "watching") })
		if out := r.out.String(); !strings.Contains(out, "unchanged: ") || !strings.Contains(out, "https://feeds.example.org/rss.xml") {
			t.Errorf("got the greeting %q", out)
		}
		return r
	}
	edit := func(r *running, name, title string) {
		write(t, filepath.Join(dir, "articles", name), title+"\n\nText.\n")
		r.wait(title, r.shows("rss.xml", title))
	}
	ran := func(r *running, cause string) func() bool {
		return func() bool { return strings.Contains(r.err.String(), `"cause":"`+cause+`"`) }
	}

	r := begin()
	r.wait("the articles are read", ran(r, "wake"))
	edit(r, "b.txt", "A second")
	trusted()
	if err := r.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	r.wait("a look at everything", ran(r, "signal"))
	if strings.Contains(r.err.String(), "panicked") || r.stop(os.Interrupt) != 0 {
		t.Error(r.err.String())
	}

	// The last one has folded the ledger, and nothing else changed.
	r = begin()
	r.wait("the articles are read", ran(r, "wake"))
	if status := r.stop(os.Interrupt); status != 0 {
		t.Errorf("got status %d", status)
	}
	r = begin()
	edit(r, "c.txt", "A third")
	edit(r, "a.txt", "A first again")
	if !r.shows("rss.xml", "A second")() || strings.Contains(r.err.String(), "panicked") {
		t.Error(r.err.String())
	}
}

func TestServeBuildsOnHangup(t *testing.T) {
	t.Parallel()
	r := start(t, newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"}), "--schedule", "@every 1h", "--watch=false")
	r.wait("the article", r.shows("rss.xml", "A first"))
	write(t, filepath.Join(r.dir, "articles", "b.txt"), "A second\n\nText.\n")
	old := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(r.dir, "articles", "b.txt"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	r.wait("the second article after SIGHUP", r.shows("rss.xml", "A second"))
	if status := r.stop(os.Interrupt); status != 0 {
		t.Errorf("exit status %d after SIGINT, want 0", status)
	}
}

func TestServeWakesForAnEmbargo(t *testing.T) {
	t.Parallel()
	due := time.Now().Add(3 * time.Second).Truncate(time.Second)
	r := start(t, newsroom(t, map[string]string{
		"site.yaml":      deskSite,
		"a.txt":          "A first\n\nText.\n",
		"canary-name.md": fmt.Sprintf("---\ntitle: Canary title\ndate: %s\n---\nCanary text.\n", due.UTC().Format(time.RFC3339)),
	}), "--schedule", "@every 1h", "--watch=false")
	r.wait("the first article", r.shows("rss.xml", "A first"))
	if time.Now().Before(due.Add(-time.Second)) {
		for _, leak := range leaks(t, r, "anary") {
			t.Errorf("before its time the article is in %s", leak)
		}
	}
	r.wait("the article at its time", r.shows("rss.xml", "Canary title"))
	if early := time.Until(due); early > 0 {
		t.Errorf("published %v before its time", early)
	}
}

// leaks returns the files outside the articles, and the outputs, that contain
// text.
func leaks(t *testing.T, r *running, text string) []string {
	t.Helper()
	var found []string
	for _, dir := range []string{"feeds", ".feeds-state"} {
		err := filepath.WalkDir(filepath.Join(r.dir, dir), func(path string, d os.DirEntry, err error) error {
			if errors.Is(err, os.ErrNotExist) {
				return nil // it was renamed into place meanwhile
			}
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if err == nil && bytes.Contains(b, []byte(text)) || strings.Contains(filepath.Base(path), text) {
				found = append(found, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, out := range map[string]*output{"standard output": &r.out, "standard error": &r.err} {
		if strings.Contains(out.String(), text) {
			found = append(found, name)
		}
	}
	return found
}

func TestServeHolds(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n", "b.txt": "A second\n\nText.\n"})
	r := start(t, dir, "--schedule", "@every 1s", "--site", filepath.Join(dir, "site.yaml"))
	r.wait("the articles", r.shows("rss.xml", "A second"))
	away := filepath.Join(dir, "away")
	if err := os.Rename(filepath.Join(dir, "articles"), away); err != nil {
		t.Fatal(err)
	}
	r.wait("the build to be held", func() bool { return strings.Contains(r.ready(), `"state": "held"`) })
	if status, body, _ := r.get("rss.xml"); status != 200 || !strings.Contains(body, "A second") {
		t.Errorf("while held the feed answers %d", status)
	}
	if err := os.Rename(away, filepath.Join(dir, "articles")); err != nil {
		t.Fatal(err)
	}
	r.wait("it to go on by itself", func() bool { return strings.Contains(r.ready(), `"state": "ok"`) })

	// What is meant is published by another process, beside the server.
	for _, name := range []string{"a.txt", "b.txt"} {
		if err := os.Remove(filepath.Join(dir, "articles", name)); err != nil {
			t.Fatal(err)
		}
	}
	r.wait("the empty directory to be held", func() bool { return strings.Contains(r.ready(), `"state": "held"`) })
	if got, want := r.ready(), `"articles": 2`; !strings.Contains(got, want) {
		t.Errorf("while held, /readyz says %s, want %s, as are served", got, want)
	}
	r.wait("build --accept", func() bool {
		accept := exec.Command("feedmill", "build", "--accept", "--site", filepath.Join(dir, "site.yaml"))
		accept.Dir = dir
		return accept.Run() == nil // the server may have the lock just then
	})
	r.wait("the server to take it up", func() bool {
		status, body, _ := r.get("rss.xml")
		return status == 200 && !strings.Contains(body, "<item>")
	})
}

func TestServeResumesWithoutItsArticles(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
	first := start(t, dir, "--site", filepath.Join(dir, "site.yaml"))
	first.wait("the article", first.shows("rss.xml", "A first"))
	_, _, before := first.get("rss.xml")
	first.stop(syscall.SIGKILL)
	if err := os.RemoveAll(filepath.Join(dir, "articles")); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir, "--site", filepath.Join(dir, "site.yaml"))
	again.wait("the last edition after kill -9", again.shows("rss.xml", "A first"))
	_, _, after := again.get("rss.xml")
	for _, name := range []string{"ETag", "Last-Modified"} {
		if before.Get(name) != after.Get(name) {
			t.Errorf("%s was %s and is %s", name, before.Get(name), after.Get(name))
		}
	}
	again.wait("it to say that it is held", func() bool { return strings.Contains(again.ready(), `"state": "held"`) })
}

func TestServeSaysWhyNot(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, test := range map[string]struct {
		files  map[string]string
		args   []string
		status int
		stderr string
	}{
		"the port is taken":       {map[string]string{"site.yaml": deskSite}, []string{"--listen", taken.Addr().String()}, 1, `^feedmill: listen 127\.0\.0\.1:\d+: address already in use\n    hint: `},
		"the admin port is taken": {map[string]string{"site.yaml": deskSite}, []string{"--admin", taken.Addr().String()}, 1, `^feedmill: --admin: listen 127\.0\.0\.1:\d+: address already in use\n    hint: `},
		"a bad site file":         {map[string]string{"site.yaml": "titel: x\n"}, nil, 2, `^feedmill: articles/site\.yaml:1:1: titel: no such key\n    hint: did you mean "title"\?\n$`},
		"no directory":            {map[string]string{}, nil, 6, `(?m)^feedmill: .*articles: no such file or directory$`},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, newsroom(t, test.files), test.args...)
			if got := r.status(); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
			if got := r.err.String(); !regexp.MustCompile(test.stderr).MatchString(got) {
				t.Errorf("standard error:\n%s\nwant %s", got, test.stderr)
			}
			if _, err := os.Stat(filepath.Join(r.dir, "feeds")); err == nil {
				t.Errorf("feeds was made all the same")
			}
		})
	}
}

// TestServeBuildsWhenAnotherPublisherHasEnded edits an article while another
// publisher is at work, and never again.
func TestServeBuildsWhenAnotherPublisherHasEnded(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, nil)
	r := start(t, dir, "--schedule", "@every 1h", "--settle", "0s")
	r.wait("the start", func() bool { return strings.Contains(r.out.String(), "watching") })
	unlock, err := edition.NewStore(filepath.Join(dir, "feeds"), filepath.Join(dir, ".feeds-state")).Lock()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "articles", "late.md"), "# Late news\n\nIt came late.\n")
	r.wait("the build to be in the way", func() bool { return strings.Contains(r.err.String(), "another publisher has the lock") })
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	r.wait("the article", func() bool {
		_, body, _ := r.get("rss.xml")
		return strings.Contains(body, "Late news")
	})
}
