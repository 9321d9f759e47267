// Package internal holds the rules of the house: which package may know which.
package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says which packages of internal/ each may import. It is a statement
// of policy: code follows it, not the other way round.
const layers = `
	article:
	library: article site durable
	site:
	ledger: article durable
	feed: article site
	render: feed article
	page: feed article site
	edition: durable
	check: edition
	serve: edition
	schedule:
	durable:
`

// homes says where each third-party library lives. More than one home needs a
// reason.
const homes = `
	github.com/andybalholm/brotli: edition
	github.com/cespare/xxhash: library
	github.com/clipperhouse/uax29: article
	github.com/coreos/go-systemd: serve
	github.com/fsnotify/fsnotify: schedule
	github.com/go-playground/locales: article
	github.com/gorilla/feeds: render
	github.com/klauspost/compress: edition
	github.com/prometheus/client_golang: serve
	github.com/robfig/cron: schedule
	github.com/yuin/goldmark: article
	golang.org/x/crypto/acme: serve
	golang.org/x/sys: library
	golang.org/x/time/rate: serve

	# front matter, the site file and the configurations of site generators
	github.com/pelletier/go-toml: article site
	go.yaml.in/yaml: article site

	# the guarded dialer
	code.dny.dev/ssrf: check websub

	# bodies are made of HTML, and judged again by a stranger
	golang.org/x/net/html: article check

	# addresses in any script, the owner's and the authors'
	golang.org/x/net/idna: feed site

	# language tags: stated by site and articles, judged by check, their direction on pages
	golang.org/x/text/language: site article check page
	# letters compared without case, for tags and for names of feeds
	golang.org/x/text: article check feed library page site

	# the encodings of old files: the site names them, articles and feeds of others are in them
	golang.org/x/text/encoding: article site check
	github.com/gogs/chardet: article

	# WebP, as package image has the other forms of pictures
	golang.org/x/image: library
`

func parseTable(t *testing.T, table string) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	for line := range strings.Lines(table) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("a row without a colon: %q", line)
		}
		rows[name] = strings.Fields(rest)
	}
	return rows
}

// imports returns the imports of each package below internal/, tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(name))
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !slices.Contains(found[pkg], imported) {
				found[pkg] = append(found[pkg], imported)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLayers(t *testing.T) {
	allowed := parseTable(t, layers)
	for pkg, imported := range imports(t) {
		may, ok := allowed[pkg]
		if !ok {
			t.Errorf("package %s is not in the table of layers", pkg)
		}
		for _, name := range imported {
			other, ours := strings.CutPrefix(name, "feedmill/")
			if !ours {
				continue
			}
			if other = strings.TrimPrefix(other, "internal/"); !slices.Contains(may, other) {
				t.Errorf("%s imports %s; it may know %v", pkg, other, may)
			}
		}
	}
}

func TestEachLibraryHasOneHome(t *testing.T) {
	allowed := parseTable(t, homes)
	for pkg, imported := range imports(t) {
		for _, name := range imported {
			if !strings.Contains(strings.Split(name, "/")[0], ".") {
				continue
			}
			home := ""
			for library := range allowed {
				if strings.HasPrefix(name, library) && len(library) > len(home) {
					home = library
				}
			}
			if home == "" {
				t.Errorf("%s imports %s, which has no home in the table", pkg, name)
			} else if !slices.Contains(allowed[home], pkg) {
				t.Errorf("%s imports %s, whose home is %v", pkg, name, allowed[home])
			}
		}
	}
}
