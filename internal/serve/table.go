package serve

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"feedmill/internal/edition"
)

// table is an edition made ready to be answered from.
type table struct {
	edition  *edition.Edition
	root     string               // path of the base, with a slash at the end
	polled   map[string]*document // by requested path: what the edition holds in memory
	held     int64                // bytes of that
	replaced chan struct{}        // closed when the next one is there
}

func newTable(e *edition.Edition) *table {
	t := &table{edition: e, root: "/", polled: map[string]*document{}, replaced: make(chan struct{})}
	// An edition's base can be parsed.
	if u, err := url.Parse(e.Base); err == nil && u.Path != "" {
		t.root = u.Path
	}
	for d := range e.Documents() {
		if d.Content() == nil {
			continue
		}
		ready := newDocument(d)
		t.polled[t.root+d.Address()] = ready
		for _, v := range ready.versions {
			t.held += int64(len(v.body))
		}
	}
	return t
}

// location is the value of a Location field that leads to d (RFC 9110, section
// 10.2.2): the absolute path, below the base's.
func (t *table) location(d *edition.Document) string {
	u := url.URL{Path: t.root + d.Address()}
	return u.EscapedPath()
}

const index = "index.html"

// find returns what answers GET of a path: a document, or a fixed answer when
// there is none.
//
// An index.html is served at its directory; its own name and the directory's
// without the slash lead there. What was withdrawn or has moved is found with
// and without a slash at the end, and by the index.html below.
func (t *table) find(requested string) (*edition.Document, *fixed) {
	local, ok := strings.CutPrefix(requested, t.root)
	if !ok {
		if d, ok := t.edition.Document(index); ok && requested+"/" == t.root {
			return nil, moved(t.location(d))
		}
		return nil, notFound
	}
	if d, ok := t.edition.Document(local); ok {
		if d.Address() != d.Path {
			return nil, moved(t.location(d))
		}
		return d, nil
	}
	dir, file := path.Split(local)
	if file == "" {
		if d, ok := t.edition.Document(dir + index); ok {
			return d, nil
		}
	} else if file == index {
		local = dir
	}
	for _, name := range [3]string{local, strings.TrimSuffix(local, "/"), local + "/"} {
		if f := t.former(name); f != nil {
			return nil, f
		}
	}
	if file != "" {
		if d, ok := t.edition.Document(local + "/" + index); ok {
			return nil, moved(t.location(d))
		}
	}
	return nil, notFound
}

// former returns the answer for a path that was a document's once, nil for
// others.
func (t *table) former(name string) *fixed {
	if to, ok := t.edition.Redirect(name); ok {
		if d, ok := t.edition.Document(to); ok {
			return moved(t.location(d))
		}
	}
	if t.edition.Gone(name) {
		return gone
	}
	return nil
}

// options answers what may be done at any path; browsers ask before they let a
// page of another site send a conditional request, and that page wants to learn
// of a 404 or 410 as well.
func options(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Allow"] = allow
	h["Access-Control-Allow-Origin"] = anyOrigin
	if len(r.Header["Access-Control-Request-Method"]) > 0 {
		h["Access-Control-Allow-Methods"] = allow
		h["Access-Control-Allow-Headers"] = conditionFields
		h["Access-Control-Max-Age"] = aDay
	}
	w.WriteHeader(http.StatusNoContent)
}
