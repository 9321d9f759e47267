package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkStart measures `feedmill serve` on the sample, from exec to the
// first correct answer: with nothing published yet, and with an edition on
// disk.
func BenchmarkStart(b *testing.B) {
	feedmill := filepath.Join(b.TempDir(), "feedmill")
	if out, err := exec.Command("go", "build", "-o", feedmill, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for name, published := range map[string]bool{"nothing published": false, "an edition on disk": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				if err := os.CopyFS(filepath.Join(dir, "articles"), os.DirFS(filepath.Join(projectRoot, "articles"))); err != nil {
					b.Fatal(err)
				}
				if published {
					build := exec.Command(feedmill, "build")
					build.Dir = dir
					if out, err := build.CombinedOutput(); err != nil {
						b.Fatalf("build: %v\n%s", err, out)
					}
				}
				const address = "127.0.0.1:18080"
				serve := exec.Command(feedmill, "serve", "--listen", address, "--admin", "")
				serve.Dir = dir
				b.StartTimer()
				if err := serve.Start(); err != nil {
					b.Fatal(err)
				}
				for !answers("http://" + address + "/rss.xml") {
					time.Sleep(time.Millisecond)
				}
				b.StopTimer()
				if err := serve.Process.Signal(os.Interrupt); err != nil {
					b.Fatal(err)
				}
				if err := serve.Wait(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// answers reports whether the feed at url has the seed story.
func answers(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return err == nil && response.StatusCode == http.StatusOK && bytes.Contains(body, []byte("presence in Kosovo</title>"))
}
