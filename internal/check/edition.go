package check

import (
	"fmt"
	"io"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"feedmill/internal/edition"
)

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
// Cost is in proportion to what changed; only when documents were removed are
// the links of all feeds looked at.
func Edition(prev, next *edition.Edition, partners map[string]*Profile, now time.Time) []Finding {
	e := editionCheck{prev: prev, next: next, partners: partners, now: now, readings: map[string]*Reading{}}
	var changed []*edition.Document
	for d := range next.Documents() {
		switch {
		case d.Kind == edition.Media:
		case e.differs(d):
			changed = append(changed, d)
			e.document(d)
		case partners[d.Path] != nil:
			e.document(d)
			// What could be better was said when it changed.
			e.findings = slices.DeleteFunc(e.findings, func(f Finding) bool { return f.Document == d.Path && f.Level != Error })
		}
	}
	linked := changed
	if e.removed() {
		linked = slices.Collect(next.Documents())
	}
	for _, d := range linked {
		if isFeed(d) {
			e.links(d)
		}
	}
	groups := map[string]bool{}
	for _, d := range changed {
		if isFeed(d) {
			groups[path.Dir(d.Path)] = true
		}
	}
	e.formats(groups)
	slices.SortStableFunc(e.findings, func(a, b Finding) int { return strings.Compare(a.Document, b.Document) })
	return e.findings
}

type editionCheck struct {
	prev, next *edition.Edition
	partners   map[string]*Profile
	now        time.Time
	readings   map[string]*Reading // nil when a document is no feed
	findings   []Finding
}

func (e *editionCheck) differs(d *edition.Document) bool {
	if e.prev == nil || e.prev.Base != e.next.Base {
		return true
	}
	was, ok := e.prev.Document(d.Path)
	return !ok || was.Digest != d.Digest || was.Type != d.Type
}

// removed tells whether an address of prev leads nowhere now.
func (e *editionCheck) removed() bool {
	if e.prev == nil {
		return false
	}
	for d := range e.prev.Documents() {
		if _, ok := e.next.Document(d.Path); !ok {
			return true
		}
	}
	return false
}

func (e *editionCheck) report(d *edition.Document, r rule, entry, format string, args ...any) {
	e.findings = append(e.findings, Finding{
		Document: d.Path, Level: r.level, Rule: r.name, Entry: entry,
		Text: fmt.Sprintf(format, args...), Hint: r.hint, Source: r.source,
	})
}

// document judges one document by itself.
func (e *editionCheck) document(d *edition.Document) {
	body, err := contentOf(d)
	if err != nil {
		e.report(d, unreadable, "", "%v", err)
		return
	}
	s := Source{Path: d.Path, Type: d.Type, URL: e.next.Base + (&url.URL{Path: "/" + d.Address()}).EscapedPath()[1:]}
	if s.Profile = e.partners[d.Path]; s.Profile != nil {
		s.Now = e.now
	}
	for _, f := range s.Judge(body) {
		switch f.Rule {
		case encodingMismatch.name, unexpectedContentType.name, containsSystemEntity.name, nonstdEncoding.name, obscureEncoding.name, missingSelf.name, missingAtomSelfLink.name, relativeSelf.name, selfDoesntMatchLocation.name:
			f.Level = Error
		case sitemapLocation.name:
			// Where the articles are on another host, the robots.txt there names the
			// sitemap (sitemaps.org, "Sitemaps & Cross Submits").
			continue
		}
		e.findings = append(e.findings, f)
	}
}

// reading reads a feed of the edition, once.
func (e *editionCheck) reading(d *edition.Document) *Reading {
	if r, ok := e.readings[d.Path]; ok {
		return r
	}
	e.readings[d.Path] = nil
	if r, err := readDocument(d); err == nil {
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
func (e *editionCheck) formats(groups map[string]bool) {
	byGroup := map[string][]*edition.Document{}
	for d := range e.next.Documents() {
		if dir := path.Dir(d.Path); isFeed(d) && groups[dir] && e.reading(d) != nil {
			byGroup[dir] = append(byGroup[dir], d)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(byGroup)) {
		first := byGroup[dir][0]
		texts := e.texts(byGroup[dir])
		want := ids(e.readings[first.Path], texts)
		for _, d := range byGroup[dir] {
			e.dates(d)
		}
		for _, d := range byGroup[dir][1:] {
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

// contentOf returns the bytes of a document, from memory or from its file.
func contentOf(d *edition.Document) ([]byte, error) {
	if body := d.Content(); body != nil {
		return body, nil
	}
	f, err := d.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func readDocument(d *edition.Document) (Reading, error) {
	body, err := contentOf(d)
	if err != nil {
		return Reading{}, err
	}
	return Read(body)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
