package main

import (
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reader returns the path of a feed reader, or skips the test.
func reader(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

// poll is one request of a reader, and its answer.
type poll struct {
	path        string
	conditional bool
	status      int
}

// recorder stands between a reader and the server and notes who asked for what.
type recorder struct {
	*httptest.Server
	mu    sync.Mutex
	polls []poll
}

func record(r *running) *recorder {
	r.t.Helper()
	to, err := url.Parse(r.base)
	if err != nil {
		r.t.Fatal(err)
	}
	rec := &recorder{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(answer *http.Response) error {
		asked := answer.Request.Header
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.polls = append(rec.polls, poll{answer.Request.URL.Path, asked.Get("If-None-Match") != "" || asked.Get("If-Modified-Since") != "", answer.StatusCode})
		return nil
	}
	rec.Server = httptest.NewServer(proxy)
	r.t.Cleanup(rec.Close)
	return rec
}

// take returns the polls since the last take.
func (rec *recorder) take() []poll {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	polls := rec.polls
	rec.polls = nil
	return polls
}

// subscriber polls with a reader in a home of its own, and returns how many
// articles there are by now and, from a reader that tells, their titles.
type subscriber func(t *testing.T) (articles int, titles []string)

// TestReadersSubscribe polls as subscribers do: three times, of which the later
// cost nothing; then an edit, which is no new article; then a new article, which
// is one. Nothing comes twice and nothing is missed.
func TestReadersSubscribe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path      string // of the feed
		subscribe func(t *testing.T, feed string) subscriber
	}{
		"newsboat to RSS":   {"rss.xml", newNewsboat},
		"newsboat to Atom":  {"atom.xml", newNewsboat},
		"sfeed to RSS":      {"rss.xml", newSfeed},
		"sfeed to Atom":     {"atom.xml", newSfeed},
		"rss2email to RSS":  {"rss.xml", newRSS2Email},
		"rss2email to Atom": {"atom.xml", newRSS2Email},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, newsroom(t, nil), "--schedule", "@every 1h")
			r.wait("the sample", r.shows(test.path, "Kosovo"))
			rec := record(r)
			look := test.subscribe(t, rec.URL+"/"+test.path)
			want := []string{
				"Bitola's library keeps its lamps on until midnight",
				"How a street makes ajvar in one afternoon",
				"Nato considers permanent increase in military presence in Kosovo",
				"The little railway that climbs to the lake: a morning on board",
			}
			expect := func(when string, asks ...poll) {
				t.Helper()
				rec.take()
				articles, titles := look(t)
				if articles != len(want) {
					t.Errorf("%s: got %d articles, want %d", when, articles, len(want))
				}
				slices.Sort(titles)
				if diff := cmp.Diff(want, titles); titles != nil && diff != "" {
					t.Errorf("%s: titles (-want +got):\n%s", when, diff)
				}
				if polls := rec.take(); len(polls) != 1 || len(asks) > 0 && polls[0] != asks[0] {
					t.Errorf("%s: got the requests %v, want one, and of %v", when, polls, asks)
				}
			}
			changed := poll{"/" + test.path, true, http.StatusOK}
			same := poll{"/" + test.path, true, http.StatusNotModified}
			expect("at first")
			expect("the second time") // newsboat has kept no validator yet
			expect("the third time", same)

			story := filepath.Join(r.dir, "articles", "night-library.txt")
			text, err := os.ReadFile(story)
			if err != nil {
				t.Fatal(err)
			}
			write(t, story, strings.Replace(string(text), "ninety chairs", "hundred chairs", 1))
			r.wait("the edit", r.shows(test.path, "hundred chairs"))
			expect("after an edit", changed)

			write(t, filepath.Join(r.dir, "articles", "fifth.md"), "---\ndate: 2024-06-01\n---\n# A fifth story\n\nText.\n")
			r.wait("the new article", r.shows(test.path, "A fifth story"))
			want = append([]string{"A fifth story"}, want...)
			expect("after a new article", changed)
			expect("and once more", same)
		})
	}
}

// execute runs a reader and returns what it prints.
func execute(t *testing.T, home, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

// newNewsboat counts unread articles; nothing is ever read here.
func newNewsboat(t *testing.T, feed string) subscriber {
	newsboat, home := reader(t, "newsboat"), t.TempDir()
	write(t, filepath.Join(home, "urls"), feed+"\n")
	write(t, filepath.Join(home, "config"), "")
	return func(t *testing.T) (articles int, titles []string) {
		t.Helper()
		out := execute(t, home, newsboat, "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload", "print-unread")
		if _, err := fmt.Sscanf(out, "%d unread articles", &articles); err != nil {
			t.Fatalf("newsboat says %q: %v", out, err)
		}
		return articles, nil
	}
}

// newSfeed keeps a line for each article. It is set up to ask conditionally as
// its README says.
func newSfeed(t *testing.T, feed string) subscriber {
	update, home := reader(t, "sfeed_update"), t.TempDir()
	reader(t, "curl")
	write(t, filepath.Join(home, ".sfeed", "sfeedrc"), `
fetch() {
	etag="$HOME/.sfeed/etag"
	curl -L --max-redirs 0 -H "User-Agent:" -f -s -m 15 --compressed --etag-save "${etag}" --etag-compare "${etag}" "$2"
}
feeds() {
	feed "desk" "`+feed+`"
}
`)
	return func(t *testing.T) (articles int, titles []string) {
		t.Helper()
		execute(t, home, update)
		kept, err := os.ReadFile(filepath.Join(home, ".sfeed", "feeds", "desk"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(kept)) {
			titles = append(titles, strings.Split(line, "\t")[1])
		}
		return len(titles), titles
	}
}

// newRSS2Email puts a letter for each article into a maildir.
func newRSS2Email(t *testing.T, feed string) subscriber {
	r2e, home := reader(t, "r2e"), t.TempDir()
	r2eDo := func(args ...string) {
		t.Helper()
		execute(t, home, r2e, append([]string{"-c", "config", "-d", "data"}, args...)...)
	}
	r2eDo("new", "reader@example.org")
	settings, err := os.ReadFile(filepath.Join(home, "config"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, "config"), strings.NewReplacer("email-protocol = sendmail", "email-protocol = maildir", "maildir-path = ~/Maildir", "maildir-path = "+home, "maildir-mailbox = INBOX", "maildir-mailbox = box").Replace(string(settings)))
	r2eDo("add", "desk", feed)
	return func(t *testing.T) (articles int, titles []string) {
		t.Helper()
		r2eDo("run")
		letters, err := filepath.Glob(filepath.Join(home, "box", "new", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range letters {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			letter, err := mail.ReadMessage(f)
			f.Close()
			if err != nil {
				t.Fatal(err)
			}
			title, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
			if err != nil {
				t.Fatal(err)
			}
			titles = append(titles, title)
		}
		return len(titles), titles
	}
}

// TestSfeedReads pipes both XML formats through sfeed, which reads without a
// parser's help, and wants the seed story field by field.
func TestSfeedReads(t *testing.T) {
	t.Parallel()
	sfeed := reader(t, "sfeed")
	r := start(t, newsroom(t, nil))
	r.wait("the sample", r.shows("rss.xml", "Kosovo"))
	for _, path := range []string{"rss.xml", "atom.xml"} {
		_, body, _ := r.get(path)
		cmd := exec.Command(sfeed)
		cmd.Stdin = strings.NewReader(body)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("sfeed: %v", err)
		}
		// Fields: time, title, link, content, its type, id, author, enclosure, categories.
		want := []string{"1700434800", "Nato considers permanent increase in military presence in Kosovo", "http://localhost:8080/articles/000-ee2d5c45ba387dc9/"}
		found := false
		for line := range strings.Lines(string(out)) {
			fields := strings.Split(line, "\t")
			if len(fields) < 8 || fields[1] != want[1] {
				continue
			}
			found = true
			if fields[0] != want[0] || fields[2] != want[2] || fields[5] != "tag:example.org,2023:000_ee2d5c45ba387dc9" || fields[6] != "Valentina Dimitrievska" {
				t.Errorf("%s: sfeed reads %q", path, fields)
			}
		}
		if !found {
			t.Errorf("%s: sfeed does not find the story in\n%s", path, out)
		}
	}
}
