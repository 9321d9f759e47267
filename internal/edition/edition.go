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
//     rename, what to remove, what manifest and ledger get (if that is much, in
//     files beside it, written before). From here on the edition is published,
//     and a server may answer from it;
//  4. applies the record: renames in the order in which documents link to each
//     other (media and pages, then feeds, then indexes), removals, journals;
//     syncs the directories and drops the record.
//
// The compressed siblings of a document are published with it, or where readers
// wait for it ([Store.SiblingsLater]), by [Store.Complete] in the same way right
// after it: those of before are gone by then.
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
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"math/bits"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync/atomic"
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

	documents []*Document       // sorted by path
	redirects map[string]string // path → path of a document
	gone      map[string]bool
	sum       sum // of the documents

	// seen points to what the store's files looked like that say that this is
	// published: to nothing while they are put into place. Nil of an edition that
	// is not published.
	seen *atomic.Pointer[stamp]
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
	return (&Edition{Base: base}).With(docs, nil, redirects, gone)
}

// With returns the edition that has the documents of e, but docs in place of
// those at the same paths, and none at the paths in without; redirects and gone
// are all that there are. What it costs, beside a copy of a list of pointers, is
// in proportion to what it is given.
func (e *Edition) With(docs []Document, without []string, redirects map[string]string, gone []string) (*Edition, error) {
	base, err := url.Parse(e.Base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	next := &Edition{Base: e.Base, sum: e.sum, redirects: make(map[string]string, len(redirects)), gone: make(map[string]bool, len(gone))}
	fresh := make([]*Document, len(docs))
	invalid := make([]error, len(docs))
	const some = 512
	share((len(docs)+some-1)/some, func(part int) {
		for i := part * some; i < min((part+1)*some, len(docs)); i++ {
			d := docs[i]
			invalid[i] = d.validate()
			d.sum = d.digest()
			fresh[i] = &d
		}
	})
	for i, err := range invalid {
		if err != nil {
			return nil, fmt.Errorf("document %q: %w", docs[i].Path, err)
		}
	}
	slices.SortFunc(fresh, byPath)
	for i, d := range fresh {
		if i > 0 && fresh[i-1].Path == d.Path {
			return nil, fmt.Errorf("document %q: there are two", d.Path)
		}
	}
	without = slices.Clone(without)
	slices.Sort(without)
	next.documents = make([]*Document, 0, len(e.documents)+len(fresh))
	from := 0
	keep := func(path string) (replaced bool) { // those before the path
		to, found := slices.BinarySearchFunc(e.documents[from:], path, comparePath)
		next.documents = append(next.documents, e.documents[from:from+to]...)
		if from += to; found {
			next.sum.subtract(e.documents[from].sum)
			from++
		}
		return found
	}
	for i, j := 0, 0; i < len(fresh) || j < len(without); {
		if i == len(fresh) || j < len(without) && without[j] < fresh[i].Path {
			keep(without[j])
			j++
			continue
		}
		keep(fresh[i].Path)
		next.documents = append(next.documents, fresh[i])
		next.sum.add(fresh[i].sum)
		i++
	}
	next.documents = append(next.documents, e.documents[from:]...)
	if err := next.nested(fresh); err != nil {
		return nil, err
	}
	for _, from := range slices.Sorted(maps.Keys(redirects)) {
		to, err := next.resolve(base.Path, redirects[from])
		if err == nil {
			err = validPath(from)
		}
		if err == nil && next.serves(from) {
			err = errors.New("there is a document")
		}
		if err != nil {
			return nil, fmt.Errorf("redirect %q: %w", from, err)
		}
		next.redirects[from] = to
	}
	for _, from := range gone {
		_, redirected := redirects[from]
		switch err := validPath(from); {
		case err != nil:
			return nil, fmt.Errorf("gone %q: %w", from, err)
		case next.serves(from):
			return nil, fmt.Errorf("gone %q: there is a document", from)
		case redirected:
			return nil, fmt.Errorf("gone %q: there is a redirect", from)
		}
		next.gone[from] = true
	}
	next.Digest = next.digest()
	return next, nil
}

// nested refuses documents that lie below another: a name is either a file's or
// a directory's. Of all others it is known.
func (e *Edition) nested(fresh []*Document) error {
	for _, d := range fresh {
		for above := path.Dir(d.Path); above != "."; above = path.Dir(above) {
			if _, ok := e.Document(above); ok {
				return fmt.Errorf("document %q: it is below the document %q", d.Path, above)
			}
		}
		if below := e.below(d.Path); below != nil {
			return fmt.Errorf("document %q: it is below the document %q", below.Path, d.Path)
		}
	}
	return nil
}

// below returns a document that lies below a path, nil when there is none.
func (e *Edition) below(path string) *Document {
	i, _ := slices.BinarySearchFunc(e.documents, path+"/", comparePath)
	if i < len(e.documents) && strings.HasPrefix(e.documents[i].Path, path) && strings.HasPrefix(e.documents[i].Path[len(path):], "/") {
		return e.documents[i]
	}
	return nil
}

// serves reports whether a document is served at an address.
func (e *Edition) serves(address string) bool {
	if _, ok := e.Document(address); ok {
		return true
	}
	_, ok := e.Document(address + indexName)
	return ok && (address == "" || strings.HasSuffix(address, "/"))
}

func byPath(a, b *Document) int { return strings.Compare(a.Path, b.Path) }

func comparePath(d *Document, path string) int { return strings.Compare(d.Path, path) }

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
	if _, ok := e.Document(to); !ok {
		return "", fmt.Errorf("no document %q to lead to", target)
	}
	return to, nil
}

// digest names the edition by its base, the sum of its documents, its redirects
// and what is gone.
func (e *Edition) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %x\n", e.Base, e.sum)
	for _, from := range slices.Sorted(maps.Keys(e.redirects)) {
		fmt.Fprintf(h, "%q %q\n", from, e.redirects[from])
	}
	for _, from := range slices.Sorted(maps.Keys(e.gone)) {
		fmt.Fprintf(h, "%q\n", from)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sum is the sum of SHA-256 digests, modulo 2^256: so a document can be taken
// out of it and another put in (M. Bellare and D. Micciancio, "A New Paradigm
// for Collision-Free Hashing", AdHash).
type sum [4]uint64

func (s *sum) add(t sum) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], t[i], carry)
	}
}

func (s *sum) subtract(t sum) {
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], t[i], borrow)
	}
}

// Len returns the number of documents.
func (e *Edition) Len() int { return len(e.documents) }

// Document returns the document at a path.
func (e *Edition) Document(path string) (*Document, bool) {
	i, ok := slices.BinarySearchFunc(e.documents, path, comparePath)
	if !ok {
		return nil, false
	}
	return e.documents[i], true
}

// Below returns the documents whose paths begin with a prefix, sorted by path.
func (e *Edition) Below(prefix string) iter.Seq[*Document] {
	i, _ := slices.BinarySearchFunc(e.documents, prefix, comparePath)
	return func(yield func(*Document) bool) {
		for _, d := range e.documents[i:] {
			if !strings.HasPrefix(d.Path, prefix) || !yield(d) {
				return
			}
		}
	}
}

// In returns the documents that lie in a directory, "." for the topmost, and in
// none below it, sorted by path.
func (e *Edition) In(dir string) iter.Seq[*Document] {
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	return func(yield func(*Document) bool) {
		for at := prefix; ; {
			i, _ := slices.BinarySearchFunc(e.documents, at, comparePath)
			for ; i < len(e.documents); i++ {
				name, ok := strings.CutPrefix(e.documents[i].Path, prefix)
				if !ok {
					return
				}
				if below, _, deeper := strings.Cut(name, "/"); deeper {
					at = prefix + below + "0" // which comes after all that begins with "/"
					break
				}
				if !yield(e.documents[i]) {
					return
				}
			}
			if i == len(e.documents) {
				return
			}
		}
	}
}

// Since yields the documents that are not those of the edition before, each with
// what stood at its path, and those of it that are no more; nil stands for
// nothing. Documents that were taken over from it are not looked at.
func (e *Edition) Since(before *Edition) iter.Seq2[*Document, *Document] {
	var old []*Document
	if before != nil {
		old = before.documents
	}
	return func(yield func(was, is *Document) bool) {
		more := true
		differ(old, e.documents, func(was, is *Document) { more = more && yield(was, is) })
	}
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
