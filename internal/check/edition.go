package check

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/internal/edition"
)

// Reader remembers feeds that it has read, by their digests, and what it thought
// of the texts in them: from one edition to the next each is read and judged
// once. The zero Reader is ready for use.
type Reader struct {
	proses proses

	mu   sync.Mutex // guards what follows
	kept map[string]Reading
	last []string // their digests, in the order of reading
}

// mostKept is how many readings are remembered.
const mostKept = 48

// read reads a document.
func (r *Reader) read(d *edition.Document) (Reading, error) {
	r.mu.Lock()
	reading, ok := r.kept[d.Digest]
	r.mu.Unlock()
	if ok {
		return reading, nil
	}
	reading, err := readDocument(d, &r.proses)
	if err != nil {
		return Reading{}, err
	}
	r.keep(d, reading)
	return reading, nil
}

// keep remembers what was read of a feed that readers poll; of its past nobody
// asks again.
func (r *Reader) keep(d *edition.Document, reading Reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d.Kind != edition.Feed {
		return
	}
	if r.kept == nil {
		r.kept = map[string]Reading{}
	}
	if _, ok := r.kept[d.Digest]; !ok {
		r.last = append(r.last, d.Digest)
	}
	r.kept[d.Digest] = reading
	if len(r.last) > mostKept {
		delete(r.kept, r.last[0])
		r.last = r.last[1:]
	}
}

// forget drops what was read of a feed that has a successor.
func (r *Reader) forget(d *edition.Document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, d.Digest)
	r.last = slices.DeleteFunc(r.last, func(digest string) bool { return digest == d.Digest })
}

// Edition judges what next brings: every feed, page and index whose bytes prev
// does not have, and what shows only across documents: that links below the
// base lead to a document, and that the formats of a feed have the same ids.
// Prev is nil at the first publish.
//
// Partners are the profiles of the feeds that are for partners, by the paths of
// their documents. These are judged by them too, at the instant now, and also
// when their bytes are the same: what a partner wants may be a matter of time.
//
// In an edition it is known where a document will be served: a self link that
// is missing, relative or another address is an error here, where [Document]
// can only doubt; so are another encoding
// than UTF-8, a document type and the wrong Content-Type.
//
// Cost is in proportion to what changed, and shared by all cores; only when
// documents were removed are the bytes of all feeds looked at, for links to these.
func (r *Reader) Edition(prev, next *edition.Edition, partners map[string]*Profile, now time.Time) []Finding {
	all := editionCheck{reader: r, prev: prev, next: next, partners: partners, now: now}
	if prev != nil && prev.Base != next.Base {
		prev = nil
	}
	// The formats of a feed stand in one directory.
	groups := map[string]*group{}
	in := func(d *edition.Document) *group {
		dir := path.Dir(d.Path)
		if groups[dir] == nil {
			groups[dir] = &group{}
		}
		return groups[dir]
	}
	var removed []string // addresses
	for was, d := range next.Since(prev) {
		switch {
		case d == nil:
			removed = append(removed, all.address(was))
		case d.Kind == edition.Media:
		case was == nil || was.Digest != d.Digest || was.Type != d.Type:
			g := in(d)
			g.changed = append(g.changed, d)
		}
	}
	changed := func(d *edition.Document) bool {
		g := groups[path.Dir(d.Path)]
		return g != nil && slices.Contains(g.changed, d)
	}
	for at := range partners {
		if d, ok := next.Document(at); ok && !changed(d) {
			g := in(d)
			g.again = append(g.again, d)
		}
	}
	if len(removed) > 0 {
		for d := range next.Documents() {
			if isFeed(d) && !changed(d) {
				g := in(d)
				g.linked = append(g.linked, d)
			}
		}
	}
	dirs := slices.Sorted(maps.Keys(groups))
	findings := make([][]Finding, len(dirs))
	share(len(dirs), func(i int) {
		e := all
		e.readings = map[string]*Reading{}
		e.judge(dirs[i], groups[dirs[i]], removed)
		findings[i] = e.findings
	})
	found := slices.Concat(findings...)
	slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(a.Document, b.Document) })
	return found
}

// share calls do with each number below n, on all cores.
func share(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	workers.Wait()
}

// group is what is to be judged of one directory.
type group struct {
	changed []*edition.Document
	again   []*edition.Document // for partners
	linked  []*edition.Document // for links to what was removed
}

type editionCheck struct {
	reader     *Reader
	prev, next *edition.Edition
	partners   map[string]*Profile
	now        time.Time
	readings   map[string]*Reading // nil when a document is no feed
	findings   []Finding
}

// judge judges a group. The texts of one format stand in the others: these are
// judged one after the other, so that each text is judged once.
func (e *editionCheck) judge(dir string, g *group, removed []string) {
	var feeds []int
	var tasks [][]int // of indexes into changed
	for i, d := range g.changed {
		if isFeed(d) {
			feeds = append(feeds, i)
		} else {
			tasks = append(tasks, []int{i})
		}
	}
	if len(feeds) > 0 {
		tasks = slices.Insert(tasks, 0, feeds)
	}
	found := make([][]Finding, len(g.changed))
	readings := make([]*Reading, len(g.changed))
	share(len(tasks), func(task int) {
		for _, i := range tasks[task] {
			one := editionCheck{reader: e.reader, next: e.next, partners: e.partners, now: e.now}
			readings[i] = one.document(g.changed[i])
			found[i] = one.findings
		}
	})
	e.findings = slices.Concat(found...)
	for _, i := range feeds {
		e.readings[g.changed[i].Path] = readings[i]
	}
	for _, d := range g.again {
		e.document(d)
		// What could be better was said when it changed.
		e.findings = slices.DeleteFunc(e.findings, func(f Finding) bool { return f.Document == d.Path && f.Level != Error })
	}
	for _, i := range feeds {
		e.links(g.changed[i])
	}
	for _, d := range g.linked {
		leads := func(body []byte) bool {
			return slices.ContainsFunc(removed, func(address string) bool { return bytes.Contains(body, []byte(address)) })
		}
		if mentions, err := look(d, leads); err != nil || mentions {
			e.links(d)
		}
	}
	if len(feeds) > 0 {
		e.formats(dir)
	}
}

// address is that of a document, as links have it.
func (e *editionCheck) address(d *edition.Document) string {
	return e.next.Base + (&url.URL{Path: "/" + d.Address()}).EscapedPath()[1:]
}

func (e *editionCheck) report(d *edition.Document, r rule, entry, format string, args ...any) {
	e.findings = append(e.findings, Finding{
		Document: d.Path, Level: r.level, Rule: r.name, Entry: entry,
		Text: fmt.Sprintf(format, args...), Hint: r.hint, Source: r.source,
	})
}

// document judges one document by itself, and returns what it says when it is a
// feed that can be read.
func (e *editionCheck) document(d *edition.Document) *Reading {
	// Where the articles are on another host, the robots.txt there names the
	// sitemap (sitemaps.org, "Sitemaps & Cross Submits").
	s := Source{Path: d.Path, Type: d.Type, URL: e.address(d), elsewhere: true}
	if s.Profile = e.partners[d.Path]; s.Profile != nil {
		s.Now = e.now
	}
	type verdict struct {
		findings []Finding
		reading  Reading
		err      error
	}
	v, err := look(d, func(body []byte) (v verdict) {
		v.findings, v.reading, v.err = s.examine(body, isFeed(d) || s.Profile != nil, &e.reader.proses)
		return v
	})
	if err != nil {
		e.report(d, unreadable, "", "%v", err)
		return nil
	}
	for _, f := range v.findings {
		switch f.Rule {
		case encodingMismatch.name, unexpectedContentType.name, containsSystemEntity.name, nonstdEncoding.name, obscureEncoding.name, missingSelf.name, missingAtomSelfLink.name, relativeSelf.name, selfDoesntMatchLocation.name:
			f.Level = Error
		}
		e.findings = append(e.findings, f)
	}
	if !isFeed(d) || v.err != nil {
		return nil
	}
	e.reader.keep(d, v.reading)
	return &v.reading
}

// reading reads a feed of the edition, once.
func (e *editionCheck) reading(d *edition.Document) *Reading {
	if r, ok := e.readings[d.Path]; ok {
		return r
	}
	e.readings[d.Path] = nil
	if r, err := e.reader.read(d); err == nil {
		e.readings[d.Path] = &r
	}
	return e.readings[d.Path]
}

// links reports the addresses below the base at which nothing will be.
func (e *editionCheck) links(d *edition.Document) {
	r := e.reading(d)
	if r == nil {
		return
	}
	for _, l := range r.links {
		if local, ok := strings.CutPrefix(l.url, e.next.Base); ok && !e.leads(local) {
			e.report(d, brokenLink, l.entry, "%s: nothing is published at %q", l.what, clip(l.url))
		}
	}
}

// leads tells whether an address below the base leads to a document.
func (e *editionCheck) leads(local string) bool {
	local, _, _ = strings.Cut(local, "#")
	local, _, _ = strings.Cut(local, "?")
	if p, err := url.PathUnescape(local); err == nil {
		local = p
	}
	if _, ok := e.next.Redirect(local); ok {
		return true
	}
	if local == "" || strings.HasSuffix(local, "/") {
		local += "index.html"
	}
	_, ok := e.next.Document(local)
	return ok
}

// formats reports ids that one format of a feed has and another has not. The
// formats of a feed stand in one directory.
func (e *editionCheck) formats(dir string) {
	var group []*edition.Document
	for d := range e.next.In(dir) {
		if isFeed(d) && e.reading(d) != nil {
			group = append(group, d)
		}
	}
	if len(group) == 0 {
		return
	}
	first := group[0]
	texts := e.texts(group)
	want := ids(e.readings[first.Path], texts)
	for _, d := range group {
		e.dates(d)
	}
	for _, d := range group[1:] {
		e.agree(first, d, texts)
		got := ids(e.readings[d.Path], texts)
		for _, id := range missing(want, got) {
			e.report(d, idsDiffer, id, "%q is in %s and not here", clip(id), first.Path)
		}
		for _, id := range missing(got, want) {
			e.report(d, idsDiffer, id, "%q is here and not in %s", clip(id), first.Path)
		}
	}
}

// dates reports entries that were updated before they were published.
func (e *editionCheck) dates(d *edition.Document) {
	for _, entry := range e.readings[d.Path].Entries {
		if entry.Updated.Before(entry.Published) {
			e.report(d, updatedBeforePublished, entry.ID, "%q was updated %s and published %s", clip(entry.Title), stamp(entry.Updated), stamp(entry.Published))
		}
	}
}

// texts returns the links of the entries whose id is no address in some format:
// Atom must have another there (RFC 4287, section 4.2.6), and the link tells that
// they are the same.
func (e *editionCheck) texts(group []*edition.Document) map[string]bool {
	texts := map[string]bool{}
	for _, d := range group {
		for _, entry := range e.readings[d.Path].Entries {
			if entry.Link != "" && !CanBeID(entry.ID) {
				texts[entry.Link] = true
			}
		}
	}
	return texts
}

// agree reports entries with another date or link than in another format.
func (e *editionCheck) agree(first, d *edition.Document, texts map[string]bool) {
	was := map[string]*Entry{}
	for i := range e.readings[first.Path].Entries {
		entry := &e.readings[first.Path].Entries[i]
		was[entry.name(texts)] = entry
	}
	for _, entry := range e.readings[d.Path].Entries {
		other := was[entry.name(texts)]
		switch {
		case other == nil:
		case entry.Published.Unix() != other.Published.Unix():
			e.report(d, formatsDiffer, entry.ID, "%q was published %s here and %s in %s", clip(entry.Title), stamp(entry.Published), stamp(other.Published), first.Path)
		case entry.Link != other.Link:
			e.report(d, formatsDiffer, entry.ID, "%q links to %q here and to %q in %s", clip(entry.Title), clip(entry.Link), clip(other.Link), first.Path)
		}
	}
}

// isFeed tells whether a document is a feed, or the past of one.
func isFeed(d *edition.Document) bool { return d.Kind == edition.Feed || d.Kind == edition.Archive }

// ids returns what the entries are called in all formats.
func ids(r *Reading, texts map[string]bool) []string {
	var all []string
	for _, e := range r.Entries {
		all = append(all, e.name(texts))
	}
	return all
}

// name is the entry's id, or its link if that is among texts.
func (e *Entry) name(texts map[string]bool) string {
	if texts[e.Link] {
		return e.Link
	}
	return e.ID
}

// missing returns what is in want and not in got.
func missing(want, got []string) []string {
	has := make(map[string]bool, len(got))
	for _, id := range got {
		has[id] = true
	}
	var m []string
	for _, id := range want {
		if !has[id] {
			m = append(m, id)
		}
	}
	return m
}

// look calls do with the bytes of a document, from memory or from its file. They
// are lent: do keeps nothing of them.
func look[T any](d *edition.Document, do func(body []byte) T) (T, error) {
	var nothing T
	if body := d.Content(); body != nil {
		return do(body), nil
	}
	b := buffers.Get().(*[]byte)
	defer buffers.Put(b)
	body, err := d.ReadInto(*b)
	if err != nil {
		return nothing, err
	}
	*b = body
	return do(body), nil
}

// buffers are for documents that are read from files.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// readDocument reads a feed.
func readDocument(d *edition.Document, proses *proses) (Reading, error) {
	r := &reader{proses: proses}
	failure, err := look(d, r.collect)
	if err := cmp.Or(err, failure); err != nil {
		return Reading{}, err
	}
	return r.reading(), nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
