package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/feeds"
	"github.com/yuin/goldmark"
	"go.yaml.in/yaml/v4"
)

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
