package library

import (
	"path"
	"slices"
	"strings"

	"feedmill/internal/article"
)

// skipped tells the names that are passed over without a word, whatever the
// file holds: litter, and what somebody keeps beside the articles for others
// to read. dir is where the file lies, "." for the root.
func skipped(dir, name string, isDir bool) bool {
	switch name[0] {
	// Hidden files and .git; Emacs's locks (.#x) and saves (#x#); Office's locks
	// (~$x); the partials and drafts of site generators (_x).
	case '.', '#', '~', '_':
		return !isDir || name != "_posts" && name != "_drafts" // those of Jekyll and Hexo
	}
	if isDir {
		return name == "node_modules"
	}
	return litter(name) || document(dir, name)
}

// litter tells what editors, synchronisers, downloads and version control
// leave behind.
func litter(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, "~") ||
		slices.Contains([]string{".orig", ".rej", ".swp", ".part", ".filepart", ".tmp", ".bak"}, path.Ext(lower)) ||
		strings.Contains(lower, ".sync-conflict-") || // Syncthing
		name == "4913" // Vim, trying whether it may write here
}

// document tells the texts that describe a directory or a site to others, in
// any of the formats of articles.
func document(dir, name string) bool {
	ext := path.Ext(name)
	if _, isArticle := article.FormatOf(name); !isArticle && ext != "" {
		return dir == "." && strings.EqualFold(name, "site.yaml")
	}
	base := strings.TrimSuffix(name, ext)
	upper := strings.ToUpper(base)
	if upper == "README" || strings.HasPrefix(upper, "README.") { // README.de.md
		return true
	}
	switch upper {
	case "LICENSE", "LICENCE", "CHANGELOG", "CONTRIBUTING", "CODE_OF_CONDUCT", "SECURITY", "NOTICE", "AUTHORS":
		// Below the root only in capitals: news/security.md is a story.
		return dir == "." || base == upper
	}
	if dir != "." {
		return false
	}
	switch strings.ToLower(name) {
	case "robots.txt", "humans.txt", "ads.txt", "app-ads.txt", "security.txt", "llms.txt",
		"requirements.txt", "constraints.txt", "cmakelists.txt":
		return true
	}
	return base == "404" // a server's answer for what is not there
}
