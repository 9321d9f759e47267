package main

import (
	"path/filepath"
	"strings"
	"sync"

	"feedmill/internal/article"
)

// hints are paths that the watcher says have changed, for the next build.
type hints struct {
	mu    sync.Mutex
	paths map[string]bool // below the articles, slash-separated
	all   bool            // what changed is not known
	other bool            // something changed that is no article
}

// add notes changes; nil when it is not known what changed.
func (h *hints) add(articles string, changed []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = h.all || changed == nil
	for _, path := range changed {
		if _, ok := article.FormatOf(path); !ok {
			h.other = true
		}
		below, err := filepath.Rel(articles, path)
		switch {
		case err != nil || below == ".":
			h.all = true
		case below == ".." || strings.HasPrefix(below, "../"):
			h.other = true // the site file
		default:
			if h.paths == nil {
				h.paths = map[string]bool{}
			}
			h.paths[filepath.ToSlash(below)] = true
		}
	}
}

// take returns what was noted since the last call, with others, whether that is
// all that changed, and whether it was articles and nothing else.
func (h *hints) take(others []string) (paths []string, few, articles bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	paths = append([]string{}, others...)
	for path := range h.paths {
		paths = append(paths, path)
	}
	few, articles = !h.all, len(h.paths) > 0 && !h.all && !h.other
	h.paths, h.all, h.other = nil, false, false
	return paths, few, articles
}
