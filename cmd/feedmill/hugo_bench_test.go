package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// hugo returns what measures Hugo's build of the corpus, where nothing was
// before: prepare makes a site in a directory, of which the articles are the
// content. Where Hugo is not installed that does nothing.
func (w works) hugo() func(name string, prepare func(b *testing.B, dir string)) {
	hugo, err := exec.LookPath("hugo")
	if err != nil {
		w.b.Logf("Hugo is not installed")
		return func(string, func(*testing.B, string)) {}
	}
	return func(name string, prepare func(b *testing.B, dir string)) {
		dir, err := os.MkdirTemp(w.dir, "hugo")
		if err != nil {
			w.b.Fatal(err)
		}
		prepare(w.b, dir)
		w.bench(name, func() *exec.Cmd {
			public, err := os.MkdirTemp(w.dir, "public")
			if err != nil {
				w.b.Fatal(err)
			}
			cmd := exec.Command(hugo, "--quiet", "--ignoreCache", "--destination", public)
			cmd.Dir = dir
			return cmd
		})
	}
}

// hugoOwner is what all configurations of Hugo begin with.
const hugoOwner = `baseURL = "https://www.example.org/"
title = "Corpus"
contentDir = "../articles"
`

// hugoFeeds is the rest of one that writes feeds alone.
const hugoFeeds = `
[outputs]
home = ["rss", "atom", "json"]
section = ["rss"]
taxonomy = []
term = ["rss"]
page = []
[mediaTypes."application/atom+xml"]
suffixes = ["atom"]
[outputFormats.atom]
mediaType = "application/atom+xml"
baseName = "index"
`

// hugoLayouts write feeds of 50 entries in full.
var hugoLayouts = map[string]string{
	"layouts/rss.xml":        `<rss version="2.0"><channel><title>{{ site.Title }}</title>{{ range first 50 (cond .IsHome site.RegularPages .Pages) }}<item><title>{{ .Title }}</title><link>{{ .RelPermalink }}</link><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate><description>{{ .Content | transform.XMLEscape | safeHTML }}</description></item>{{ end }}</channel></rss>`,
	"layouts/home.atom.atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>{{ site.Title }}</title>{{ range first 50 site.RegularPages }}<entry><title>{{ .Title }}</title><id>{{ .RelPermalink }}</id><updated>{{ .Date.Format "2006-01-02T15:04:05Z07:00" }}</updated><content type="html">{{ .Content | transform.XMLEscape | safeHTML }}</content></entry>{{ end }}</feed>`,
	"layouts/home.json":      `{"version":"https://jsonfeed.org/version/1.1","title":{{ site.Title | jsonify }},"items":[{{ range $i, $p := first 50 site.RegularPages }}{{ if $i }},{{ end }}{"id":{{ .RelPermalink | jsonify }},"title":{{ .Title | jsonify }},"content_html":{{ .Content | jsonify }}}{{ end }}]}`,
}

// hugoHome makes a site that writes the feeds of its home page in three formats
// and nothing else.
func hugoHome(b *testing.B, dir string) {
	hugoSite(b, dir, `disableKinds = ["section", "taxonomy", "term", "404", "sitemap", "robotstxt"]`+hugoFeeds)
}

// hugoTopics makes a site that writes an RSS for each year, whose directories are
// Hugo's sections, and for each tag besides.
func hugoTopics(b *testing.B, dir string) {
	hugoSite(b, dir, `disableKinds = ["404", "sitemap", "robotstxt"]
[taxonomies]
tag = "tags"`+hugoFeeds)
}

func hugoSite(b *testing.B, dir, configuration string) {
	write(b, filepath.Join(dir, "hugo.toml"), hugoOwner+configuration)
	for name, text := range hugoLayouts {
		write(b, filepath.Join(dir, name), text)
	}
}

// hugoWhole makes a site that writes all that Hugo writes when nobody says
// otherwise, as the theme has it that Hugo makes for a beginner: pages of
// articles, years and tags, and the RSS of each year and tag and of the whole.
func hugoWhole(b *testing.B, dir string) {
	write(b, filepath.Join(dir, "hugo.toml"), hugoOwner)
	theme := exec.Command("hugo", "new", "theme", "skeleton")
	theme.Dir = dir
	if out, err := theme.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", theme, err, out)
	}
	const menu = "themes/skeleton/hugo.toml" // has what the beginner's own articles need
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, "themes/skeleton/content")), os.Remove(filepath.Join(dir, menu))); err != nil {
		b.Fatal(err)
	}
	write(b, filepath.Join(dir, "hugo.toml"), hugoOwner+"theme = \"skeleton\"\n")
}
