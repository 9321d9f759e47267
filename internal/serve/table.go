package serve

import (
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"

	"feedmill/internal/edition"
)

// table is an edition made ready to be answered from.
type table struct {
	edition *edition.Edition
	root    string // path of the base, with a slash at the end
	byPath  map[string]answer
}

// answer is what a GET or HEAD request gets.
type answer interface {
	send(w http.ResponseWriter, r *http.Request)
}

func newTable(e *edition.Edition, log *slog.Logger) *table {
	t := &table{edition: e, root: "/", byPath: make(map[string]answer, e.Len())}
	// An edition's base can be parsed.
	if u, err := url.Parse(e.Base); err == nil && u.Path != "" {
		t.root = u.Path
	}
	for d := range e.Documents() {
		address := d.Address()
		t.byPath[t.root+address] = newDocument(d, log)
		if address == d.Path {
			continue
		}
		// An index.html is served at its directory; its own name and the
		// directory's without the slash lead there.
		there := moved(t.location(d))
		t.byPath[t.root+d.Path] = there
		if _, ok := e.Redirect(path.Dir(d.Path)); !ok && t.root+address != "/" {
			t.byPath[strings.TrimSuffix(t.root+address, "/")] = there
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

// find returns the answer to GET of a path, nil if there is none.
//
// What was withdrawn or has moved is found with and without a slash at the end,
// and by the index.html below.
func (t *table) find(requested string) answer {
	if a, ok := t.byPath[requested]; ok {
		return a
	}
	local, ok := strings.CutPrefix(requested, t.root)
	if !ok {
		return nil
	}
	if dir, file := path.Split(local); file == "index.html" {
		local = dir
	}
	for _, name := range [2]string{local, strings.TrimSuffix(local, "/")} {
		if a := t.former(name); a != nil {
			return a
		}
	}
	return t.former(local + "/")
}

// former returns the answer for a path that was a document's once, nil for
// others.
func (t *table) former(name string) answer {
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
