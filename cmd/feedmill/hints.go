package main

import (
	"path/filepath"
	"strings"
	"sync"
)

// hints are paths that the watcher says have changed, for the next build.
type hints struct {
	mu    sync.Mutex
	paths map[string]bool // below the articles, slash-separated
	all   bool            // what changed is not known
}

// add notes changes; nil when it is not known what changed.
func (h *hints) add(articles string, changed []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = h.all || changed == nil
	for _, path := range changed {
		below, err := filepath.Rel(articles, path)
		switch {
		case err != nil || below == ".":
			h.all = true
		case below == ".." || strings.HasPrefix(below, "../"): // the site file
		default:
			if h.paths == nil {
				h.paths = map[string]bool{}
			}
			h.paths[filepath.ToSlash(below)] = true
		}
	}
}

// take returns what was noted since the last call, with others, and whether that
// is all that changed.
func (h *hints) take(others []string) (paths []string, few bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	paths = append([]string{}, others...)
	for path := range h.paths {
		paths = append(paths, path)
	}
	few = !h.all
	h.paths, h.all = nil, false
	return paths, few
}
