package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"feedmill/internal/edition"
	"feedmill/internal/site"
)

// killedEnv names a site that TestKilledPublisher publishes.
const killedEnv = "FEEDMILL_TEST_KILLED"

// TestKilledPublisher publishes as a server does, and is killed the first or the
// second time that an edition is committed: with its siblings still to be made, or
// just made. It is a process of TestLateSiblings; by itself there is nothing to test.
func TestKilledPublisher(t *testing.T) {
	commit, dir, ok := strings.Cut(os.Getenv(killedEnv), ":")
	if !ok {
		return
	}
	left, err := strconv.Atoi(commit)
	if err != nil {
		t.Fatal(err)
	}
	o := &options{articles: filepath.Join(dir, "articles"), feeds: filepath.Join(dir, "feeds")}
	m, err := newMill(o)
	if err != nil {
		t.Fatal(err)
	}
	m.store.SiblingsLater = true
	m.store.Committed = func(*edition.Edition) {
		if left--; left == 0 {
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			select {} // until it comes
		}
	}
	s, err := site.Load(o.siteFile())
	if err != nil {
		t.Fatal(err)
	}
	// A process that another test is about to start may hold the lock for a moment:
	// it has all that is open until it executes its program.
	err = m.patiently(t.Context(), func() error {
		_, err := m.build(t.Context(), s, time.Now(), publish)
		return err
	})
	t.Errorf("it was not killed: %v", err)
}

// TestLateSiblings kills a publisher in the moments in which siblings of what readers
// have are missing, or not in their places. Whoever comes next makes them.
func TestLateSiblings(t *testing.T) {
	if testing.Short() {
		t.Skip("executes the program")
	}
	const word = "xylophonic"
	feeds := []string{"rss.xml", "atom.xml", "feed.json"}
	for _, commit := range []string{"1", "2"} {
		for name, next := range map[string]func(t *testing.T, d *desk){
			"build": func(t *testing.T, d *desk) {
				if out := d.build(time.Now()); out.result.Written != 0 {
					t.Errorf("%d documents written, and none is new", out.result.Written)
				}
			},
			"serve": func(t *testing.T, d *desk) {
				r := start(t, d.dir, "--schedule", "@every 1h")
				r.wait("siblings", func() bool {
					_, err := os.Stat(filepath.Join(d.o.feeds, "feed.json.gz"))
					return err == nil && strings.Contains(r.out.String(), "watching")
				})
			},
			"purge": func(t *testing.T, d *desk) {
				var stdout, stderr bytes.Buffer
				if err := d.o.purge(t.Context(), "second", purgation{}, &stdout, &stderr); err != nil {
					t.Errorf("%v\n%s%s", err, &stdout, &stderr)
				}
			},
		} {
			t.Run(name+" after commit "+commit, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t, "archive: off\nlink: https://www.example.org/{slug}/\n")
				var text []byte
				for i := range 5 {
					_, text = corpusArticle(i)
					d.file(strconv.Itoa(i)+".md", string(text))
				}
				d.build(time.Now())
				d.file("second.md", strings.ReplaceAll(string(text), "Article", word))
				killed := exec.Command(os.Args[0], "-test.run", "^TestKilledPublisher$")
				killed.Env = append(os.Environ(), killedEnv+"="+commit+":"+d.dir)
				if out, err := killed.CombinedOutput(); err == nil || killed.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("got %v\n%s", err, out)
				}
				d.m = newMillOf(t, d.o)

				next(t, d)
				_, err := os.ReadDir(filepath.Join(d.o.feeds, ".staging"))
				if err == nil {
					t.Error("staging is left")
				}
				for _, path := range feeds {
					body, err := os.ReadFile(filepath.Join(d.o.feeds, path))
					if err != nil {
						t.Fatal(err)
					}
					if has := bytes.Contains(body, []byte(word)); has == (name == "purge") {
						t.Errorf("%s: has the word of the second article: %v", path, has)
					}
					for _, suffix := range []string{".gz", ".br"} {
						sibling, err := os.ReadFile(filepath.Join(d.o.feeds, path+suffix))
						if err != nil {
							t.Error(err)
							continue
						}
						if plain, err := edition.Decode(path+suffix, sibling); err != nil || !bytes.Equal(plain, body) {
							t.Errorf("%s%s is not that of the document: %v", path, suffix, err)
						}
					}
				}
			})
		}
	}
}

func newMillOf(t *testing.T, o *options) *mill {
	t.Helper()
	m, err := newMill(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
