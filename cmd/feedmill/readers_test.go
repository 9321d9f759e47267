package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// TestNewsboatSubscribes polls with newsboat as a subscriber does: an edit is
// no new article, a new article is one, and nothing comes twice.
func TestNewsboatSubscribes(t *testing.T) {
	t.Parallel()
	newsboat := reader(t, "newsboat")
	r := start(t, newsroom(t, nil), "--schedule", "@every 1h")
	r.wait("the sample", r.shows("rss.xml", "Kosovo"))
	home := t.TempDir()
	write(t, filepath.Join(home, "urls"), r.base+"rss.xml\n")
	write(t, filepath.Join(home, "config"), "")
	unread := func() string {
		t.Helper()
		cmd := exec.Command(newsboat, "-u", filepath.Join(home, "urls"), "-c", filepath.Join(home, "cache.db"), "-C", filepath.Join(home, "config"), "-x", "reload", "print-unread")
		cmd.Env = append(os.Environ(), "HOME="+home)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("newsboat: %v\n%s", err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for range 2 { // the second time the server says that nothing changed
		if got, want := unread(), "4 unread articles"; got != want {
			t.Fatalf("newsboat says %q, want %q", got, want)
		}
	}
	story := filepath.Join(r.dir, "articles", "night-library.txt")
	text, err := os.ReadFile(story)
	if err != nil {
		t.Fatal(err)
	}
	write(t, story, strings.Replace(string(text), "ninety chairs", "hundred chairs", 1))
	r.wait("the edit", r.shows("rss.xml", "hundred chairs"))
	if got, want := unread(), "4 unread articles"; got != want {
		t.Errorf("after an edit newsboat says %q, want %q", got, want)
	}
	write(t, filepath.Join(r.dir, "articles", "fifth.md"), "---\ndate: 2024-06-01\n---\n# A fifth story\n\nText.\n")
	r.wait("the new article", r.shows("rss.xml", "A fifth story"))
	if got, want := unread(), "5 unread articles"; got != want {
		t.Errorf("after a new article newsboat says %q, want %q", got, want)
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
