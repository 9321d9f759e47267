package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestServeRebuildsForATheme(t *testing.T) {
	t.Parallel()
	r := start(t, newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"}), "--schedule", "@every 1h")
	r.wait("the article", r.shows("", "A first"))
	style := filepath.Join(r.dir, "articles", "_theme", "style.css")
	write(t, style, "h1 { color: red }")
	r.wait("a new style", r.shows("articles/a/", "h1 { color: red }"))
	write(t, style, "h1 { color: green }")
	r.wait("an edit of it", r.shows("articles/a/", "h1 { color: green }"))
	write(t, style, "h1 { color: '</style>' }")
	r.wait("a bad edit to be reported", func() bool { return strings.Contains(r.err.String(), `_theme/style.css: warning: \"</style\"`) })
	if _, body, _ := r.get("articles/a/"); strings.Contains(body, "h1 { color") {
		t.Error("the bad style is published")
	}
}
