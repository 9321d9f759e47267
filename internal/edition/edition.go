// Package edition is everything that is published at one moment: named
// documents, each with what a server must say of it, the redirects and the
// paths that are gone, and the digest that names them all.
//
// # Whole or old
//
// An edition is published whole or not at all. A [Store] keeps plain files in
// the feeds directory, at the paths of their addresses, so that any web server
// can serve them, and in the state directory a manifest, which says which
// documents are published and what a server must say of them. To replace one
// edition by the next, [Store.Publish]
//
//  1. compares it with the manifest: when nothing differs, nothing is touched;
//  2. stages the documents whose bytes differ in .staging of the feeds
//     directory, syncs them, reads each back and compares its digest;
//  3. writes one commit record, durably, with all that is to be done: what to
//     rename, what to remove, what manifest and ledger get. From here on the
//     edition is published;
//  4. applies the record: renames in the order in which documents link to each
//     other (media and pages, then feeds, then indexes), removals, journals;
//     syncs the directories and drops the record.
//
// An error or a crash before step 3 leaves the edition of before. After it, the
// next [Store.Open] or Publish applies the rest with the code of step 4, each
// part of which can be repeated. [Store.Read] sees a committed edition as
// published, wherever its documents lie just then.
//
// All that a server needs is in the manifest, so that a restart serves the last
// edition without a build.
//
// # What it does not do
//
// It does not remove or change a file that it did not write, unless one stands
// at the path of a document. It does not know that its documents are feeds.
package edition

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// Edition is all documents of one moment. Once made it is not changed, and any
// number of goroutines may use it.
type Edition struct {
	// Base is the absolute URL that paths are below, with a slash at the end.
	Base string
	// Digest names the edition: two with the same base, documents, redirects
	// and gone paths have the same. When a document was modified is no part
	// of it. Hexadecimal.
	Digest string

	documents []*Document // sorted by path
	byPath    map[string]*Document
	redirects map[string]string // path → path of a document
	gone      map[string]bool

	seen stamp // what the store's files looked like
}

// New returns the edition of these documents.
//
// Base is an absolute http or https URL with a slash at the end. Redirects map
// a path to the document that stands for it now: its path, or an absolute path
// such as "/blog/articles/kosovo/", which begins with that of base; a path with
// a slash at the end means the index.html below. The paths of redirects and
// gone are below base, without a leading slash, and may end in a slash. No path
// can be two of document, redirect and gone.
func New(base string, docs []Document, redirects map[string]string, gone []string) (*Edition, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || !strings.HasSuffix(u.Path, "/") || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("base: %q is not an absolute URL with a slash at the end", base)
	}
	e := &Edition{
		Base:      base,
		documents: make([]*Document, 0, len(docs)),
		byPath:    make(map[string]*Document, len(docs)),
		redirects: make(map[string]string, len(redirects)),
		gone:      make(map[string]bool, len(gone)),
	}
	for _, d := range docs {
		if err := d.validate(); err != nil {
			return nil, fmt.Errorf("document %q: %w", d.Path, err)
		}
		if e.byPath[d.Path] != nil {
			return nil, fmt.Errorf("document %q: there are two", d.Path)
		}
		e.documents = append(e.documents, &d)
		e.byPath[d.Path] = &d
	}
	slices.SortFunc(e.documents, func(a, b *Document) int { return strings.Compare(a.Path, b.Path) })

	addresses := make(map[string]bool, len(docs))
	for _, d := range e.documents {
		for above := path.Dir(d.Path); above != "."; above = path.Dir(above) {
			if e.byPath[above] != nil {
				return nil, fmt.Errorf("document %q: it is below the document %q", d.Path, above)
			}
		}
		addresses[d.Path], addresses[d.Address()] = true, true
	}
	for _, from := range slices.Sorted(maps.Keys(redirects)) {
		to, err := e.resolve(u.Path, redirects[from])
		if err == nil {
			err = validPath(from)
		}
		if err == nil && addresses[from] {
			err = errors.New("there is a document")
		}
		if err != nil {
			return nil, fmt.Errorf("redirect %q: %w", from, err)
		}
		e.redirects[from] = to
	}
	for _, from := range gone {
		_, redirected := redirects[from]
		switch err := validPath(from); {
		case err != nil:
			return nil, fmt.Errorf("gone %q: %w", from, err)
		case addresses[from]:
			return nil, fmt.Errorf("gone %q: there is a document", from)
		case redirected:
			return nil, fmt.Errorf("gone %q: there is a redirect", from)
		}
		e.gone[from] = true
	}
	if e.Digest, err = e.digest(); err != nil {
		return nil, err
	}
	return e, nil
}

// validPath accepts a path below the base, with or without a slash at the end.
func validPath(name string) error {
	local := strings.TrimSuffix(name, "/")
	if !fs.ValidPath(local) || local == "." {
		return errors.New("not a path below the base")
	}
	return nil
}

// resolve returns the path of the document that a redirect leads to.
func (e *Edition) resolve(root, target string) (string, error) {
	to := target
	if strings.HasPrefix(target, "/") {
		local, ok := strings.CutPrefix(target, root)
		if !ok {
			return "", fmt.Errorf("%q is not below %q", target, root)
		}
		to = local
	}
	if to == "" || strings.HasSuffix(to, "/") {
		to += indexName
	}
	if e.byPath[to] == nil {
		return "", fmt.Errorf("no document %q to lead to", target)
	}
	return to, nil
}

// digest hashes the lines of the manifest, without what Publish adds to
// them and without their format.
func (e *Edition) digest() (string, error) {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for name, l := range e.lines() {
		l.Format, l.Modified, l.Twice, l.Siblings = 0, time.Time{}, false, nil
		if err := enc.Encode([]any{name, l}); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Len returns the number of documents.
func (e *Edition) Len() int { return len(e.documents) }

// Document returns the document at a path.
func (e *Edition) Document(path string) (*Document, bool) {
	d, ok := e.byPath[path]
	return d, ok
}

// Documents returns all documents, sorted by path.
func (e *Edition) Documents() iter.Seq[*Document] { return slices.Values(e.documents) }

// Redirect returns the path of the document that stands for a path now.
func (e *Edition) Redirect(path string) (string, bool) {
	to, ok := e.redirects[path]
	return to, ok
}

// Redirects returns all paths that lead elsewhere, each with the path of the
// document that stands for it, in no order.
func (e *Edition) Redirects() iter.Seq2[string, string] { return maps.All(e.redirects) }

// Gone reports whether there was something at a path that was withdrawn.
func (e *Edition) Gone(path string) bool { return e.gone[path] }
