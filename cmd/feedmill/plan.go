package main

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/page"
	"feedmill/internal/render"
	"feedmill/internal/site"
)

// unit is some documents that are made of the same.
type unit struct {
	paths []string                 // of the documents, but for the files that a page shows
	below string                   // where those lie; empty when there can be none
	shows []*feed.Entry            // whose contents they show
	key   func() (feed.Key, error) // of all that they are made of; nil: not known beforehand
	make  func() ([]edition.Document, error)
}

// plan is what of a composition is to be made into documents: all units, or
// those that may not be as they were in the edition before.
type plan struct {
	units []unit
	all   bool
	gone  []string // paths of documents that are no more; when all, they are not known yet
	face  feed.Key
	parts []sitemapPart

	mu      sync.Mutex          // guards what follows
	waiting map[*feed.Entry]int // how many units to come show an entry that is not shown again after them
}

// printed is what this process published last, for the next edition.
type printed struct {
	edition     *edition.Edition
	composition feed.Composition
	face        feed.Key // of all that pages have in common
	files       string   // version of the files beside the articles
	parts       []sitemapPart
}

// sitemapPart is a file of the sitemap, with what its index says of it.
type sitemapPart struct {
	page.SitemapPart
	updated time.Time
}

// plan decides what is to be made of a composition.
func (p *press) plan(c feed.Composition) *plan {
	main := c.Feeds[0]
	came, left, all := c.Changed()
	face := feed.KeyOf(p.program, main.Face(), p.theme.Files(), p.site.Zone, p.site.Poll)
	last := p.last
	if last != nil && (last.edition != p.before.edition || p.before.damage != nil || last.face != face) {
		last = nil
	}
	all = all || last == nil
	w := &plan{all: all, face: face, waiting: map[*feed.Entry]int{}}
	were := map[string]*feed.Feed{}
	if !all {
		for _, f := range last.composition.Feeds {
			were[f.Path] = f
		}
	}
	switch files := p.snapshot.FilesVersion(); {
	case all:
		came, left = c.Entries, nil
	case files == "" || files != last.files:
		came = with(came, c.Illustrated())
	}
	// Pages are made right after an archive of the same entries, whose contents are
	// still at hand then.
	pages := map[*feed.Entry]bool{} // those that are still to be made
	for _, e := range came {
		if e.Page() != "" {
			pages[e] = true
		}
	}
	show := func(entries []*feed.Entry) {
		for _, e := range entries {
			if pages[e] {
				pages[e] = false
				w.units = append(w.units, p.pageUnit(main, e, face))
			}
		}
	}
	for _, f := range c.Feeds {
		was := were[f.Path]
		delete(were, f.Path)
		if was == f {
			continue
		}
		archives := map[string]*feed.Feed{}
		if was != nil {
			for _, a := range was.Archives {
				archives[a.Path] = a
			}
		}
		key := sync.OnceValues(p.feedKey(f))
		for i := range f.Formats { // side by side: of an edit there may be one feed alone
			w.units = append(w.units, p.feedUnit(f, key, f.Formats[i:i+1]))
		}
		for _, a := range f.Archives {
			if !a.Same(archives[a.Path]) {
				w.units = append(w.units, p.feedUnit(a, p.feedKey(a), a.Formats))
				show(a.Entries)
			}
			delete(archives, a.Path)
		}
		for _, a := range archives {
			w.lose(a)
		}
	}
	for _, f := range were {
		w.lose(f)
		for _, a := range f.Archives {
			w.lose(a)
		}
	}
	w.units = append(w.units, p.indexes(c)...)
	w.sitemap(p, c, last)
	show(came)
	for _, e := range left {
		if e.Page() != "" {
			for d := range last.edition.Below(e.Page()) {
				w.gone = append(w.gone, d.Path)
			}
		}
	}
	for _, m := range c.Media {
		w.units = append(w.units, p.mediaUnit(m))
	}
	for _, u := range w.units {
		for _, e := range u.shows {
			w.waiting[e]++
		}
	}
	if p.oneShot {
		return w
	}
	for _, f := range c.Feeds {
		for _, e := range f.Entries {
			delete(w.waiting, e) // the next edit will show it again
		}
	}
	return w
}

// done gives up the contents that no unit to come shows. An edition with archives
// shows every article there is.
func (w *plan) done(u unit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range u.shows {
		switch w.waiting[e] {
		case 0:
		case 1:
			delete(w.waiting, e)
			e.Release()
		default:
			w.waiting[e]--
		}
	}
}

// with returns entries and others, each once.
func with(entries, others []*feed.Entry) []*feed.Entry {
	here := make(map[*feed.Entry]bool, len(entries))
	for _, e := range entries {
		here[e] = true
	}
	entries = slices.Clip(entries) // they are the composition's
	for _, e := range others {
		if !here[e] {
			entries = append(entries, e)
		}
	}
	return entries
}

// lose notes that the documents of a feed are no more.
func (w *plan) lose(f *feed.Feed) {
	for _, format := range f.Formats {
		w.gone = append(w.gone, f.Document(format))
	}
}

// archiveAge is how long an archive may be kept by those who fetched it: it
// changes seldom.
const archiveAge = 24 * time.Hour

// feedKey names what a feed, or an archive of one, is made of.
func (p *press) feedKey(f *feed.Feed) func() (feed.Key, error) {
	return func() (feed.Key, error) {
		k, err := f.Key()
		return feed.KeyOf(p.program, k), err
	}
}

// feedUnit is one feed, or one archive of a feed, in some of its formats.
func (p *press) feedUnit(f *feed.Feed, key func() (feed.Key, error), formats []site.Format) unit {
	u := unit{shows: f.Entries, key: key}
	for _, format := range formats {
		u.paths = append(u.paths, f.Document(format))
	}
	u.make = func() ([]edition.Document, error) {
		var documents []edition.Document
		for _, format := range formats {
			body, mediaType, err := p.render(f, string(format))
			if err != nil {
				return nil, err
			}
			d := edition.Bytes(f.Document(format), mediaType, edition.Feed, body)
			d.MaxAge = f.Poll
			if f.Current != nil {
				d.Kind, d.MaxAge = edition.Archive, archiveAge
			}
			d.Links = []edition.Link{
				{URL: f.URL(format), Rel: "self", Type: strings.TrimSuffix(mediaType, "; charset=utf-8")},
				{URL: f.Home, Rel: "alternate", Type: "text/html"},
			}
			if d, err = p.put(d, func() ([]byte, error) {
				body, _, err := p.render(f, string(format))
				return body, err
			}); err != nil {
				return nil, err
			}
			documents = append(documents, d)
		}
		return documents, nil
	}
	return u
}

// pageUnit is the page of an article, with the files that it shows.
func (p *press) pageUnit(main *feed.Feed, e *feed.Entry, face feed.Key) unit {
	path := e.Page() + "index.html"
	write := func() ([]byte, error) { return p.theme.Article(main.Face(), e, p.site.Zone) }
	return unit{
		paths: []string{path},
		below: e.Page(),
		shows: []*feed.Entry{e},
		key: func() (feed.Key, error) {
			k, err := e.Key()
			if err != nil {
				return k, &feed.EntryError{ID: e.ID, Err: err}
			}
			of := []any{face, k, e.Published.Time().In(p.site.Zone), e.Updated.Time().In(p.site.Zone)}
			media, err := e.Media()
			for _, m := range media {
				d, err := p.media(m)
				if err != nil {
					return k, err
				}
				of = append(of, d.Path, d.Type, d.Digest)
			}
			return feed.KeyOf(of...), err
		},
		make: func() ([]edition.Document, error) {
			d, err := p.page(path, edition.Page, "text/html; charset=utf-8", write)
			if err != nil {
				return nil, err
			}
			documents := []edition.Document{d}
			media, err := e.Media()
			if err != nil {
				return nil, &feed.EntryError{ID: e.ID, Err: err}
			}
			for _, m := range media {
				d, err := p.media(m)
				if err != nil {
					return nil, err
				}
				documents = append(documents, d)
			}
			return documents, nil
		},
	}
}

// mediaUnit is one of the site's own pictures. What it holds is looked at each
// time.
func (p *press) mediaUnit(m feed.Media) unit {
	return unit{paths: []string{m.Path}, make: func() ([]edition.Document, error) {
		d, err := p.media(m)
		return []edition.Document{d}, err
	}}
}

func (p *press) media(m feed.Media) (edition.Document, error) {
	size, digest, open, err := p.library.Media(m.Source)
	if err != nil {
		return edition.Document{}, fmt.Errorf("read %s: %w", m.Source, err)
	}
	d := edition.File(m.Path, m.Type, edition.Media, size, digest, open)
	d.MaxAge = p.site.Poll
	return d, nil
}

// indexes are what importers, crawlers and people find first.
func (p *press) indexes(c feed.Composition) []unit {
	main := c.Feeds[0]
	faces := func() []any {
		all := []any{p.program, p.site.Poll}
		for _, f := range c.Feeds {
			all = append(all, f.Face())
		}
		return all
	}
	index := func(path, mediaType string, kind edition.Kind, write func() ([]byte, error), of func() (feed.Key, error), shows ...*feed.Entry) unit {
		return unit{paths: []string{path}, shows: shows, key: of, make: func() ([]edition.Document, error) {
			d, err := p.page(path, kind, mediaType, write)
			return []edition.Document{d}, err
		}}
	}
	made := func(of func() []any) func() (feed.Key, error) {
		return func() (feed.Key, error) { return feed.KeyOf(append([]any{p.program, p.site.Poll}, of()...)...), nil }
	}
	fixed := func(body []byte) func() ([]byte, error) { return func() ([]byte, error) { return body, nil } }
	const html = "text/html; charset=utf-8"
	return []unit{
		index(page.OPMLPath, page.OPMLType, edition.Index, func() ([]byte, error) { return page.OPML(c.Feeds) },
			made(func() []any { return append(faces(), main.Updated) })),
		index(page.RobotsPath, page.RobotsType, edition.Index, fixed(page.Robots(p.site.BaseURL)),
			made(func() []any { return []any{p.site.BaseURL} })),
		index(page.NewsSitemapPath, page.SitemapType, edition.Index, func() ([]byte, error) { return page.NewsSitemap(main, c.News) },
			made(func() []any {
				of := []any{main.Face()}
				for _, e := range c.News {
					of = append(of, e.Link(), e.Language(), e.Published.Time(), e.Title)
				}
				return of
			})),
		index(render.StylePath, render.StyleType, edition.Page, fixed(render.Style()), made(func() []any { return nil })),
		index(page.CopyPath, page.CopyType, edition.Page, fixed(page.CopyScript()), made(func() []any { return nil })),
		index("index.html", html, edition.Page, func() ([]byte, error) { return p.theme.Landing(main, p.site.Zone) },
			func() (feed.Key, error) {
				k, err := main.Key()
				of := []any{p.program, p.site.Poll, k, p.theme.Files(), p.site.Zone}
				for _, e := range main.Entries {
					of = append(of, e.Published.Time().In(p.site.Zone), e.Updated.Time().In(p.site.Zone))
				}
				return feed.KeyOf(of...), err
			}, main.Entries...),
		index(page.FeedsPage+"index.html", html, edition.Page, func() ([]byte, error) {
			listed := slices.DeleteFunc(slices.Clone(c.Feeds), func(f *feed.Feed) bool { return !f.Listed })
			return p.theme.Feeds(listed, main.Base+page.OPMLPath)
		}, made(func() []any { return append(faces(), p.theme.Files()) })),
	}
}

// sitemap plans the files of the sitemap. Those of the same entries are the same.
func (w *plan) sitemap(p *press, c feed.Composition, last *printed) {
	main := c.Feeds[0]
	before := map[string]sitemapPart{}
	if last != nil {
		for _, part := range last.parts {
			before[part.Path] = part
		}
	}
	file := func(path string, of func() feed.Key, write func() []byte) {
		w.units = append(w.units, unit{paths: []string{path},
			key: func() (feed.Key, error) { return feed.KeyOf(p.program, p.site.Poll, of()), nil },
			make: func() ([]edition.Document, error) {
				d, err := p.page(path, edition.Index, page.SitemapType, func() ([]byte, error) { return write(), nil })
				return []edition.Document{d}, err
			}})
	}
	parts := page.SitemapParts(c.Entries, func(path string) int { return len(before[path].Entries) })
	for _, part := range parts {
		is := sitemapPart{SitemapPart: part}
		was, ok := before[part.Path]
		delete(before, part.Path)
		home := part.Path == page.SitemapPath || len(part.Entries) == 0
		if ok && !home && slices.Equal(was.Entries, part.Entries) {
			was.Entries = part.Entries // a part of the list that there is now
			w.parts = append(w.parts, was)
			continue
		}
		var on *feed.Feed
		var about []any
		if home {
			on, about = main, []any{main.Home, main.Updated}
			is.updated = main.Updated
		}
		for _, e := range part.Entries {
			if at := e.Updated.Time(); at.After(is.updated) {
				is.updated = at
			}
		}
		w.parts = append(w.parts, is)
		of := func() feed.Key { return feed.KeyOfAddresses(part.Entries, about...) }
		file(part.Path, of, func() []byte { return page.Sitemap(on, part.Entries) })
	}
	if len(parts) > 1 {
		var paths []string
		var updated []time.Time
		for _, part := range w.parts {
			paths, updated = append(paths, part.Path), append(updated, part.updated)
		}
		file(page.SitemapPath, func() feed.Key { return feed.KeyOf(main.Base, paths, updated) }, func() []byte { return page.SitemapIndex(main.Base, paths, updated) })
		delete(before, page.SitemapPath)
	}
	for path := range before {
		w.gone = append(w.gone, path)
	}
}

// page makes a document of what write writes.
func (p *press) page(path string, kind edition.Kind, mediaType string, write func() ([]byte, error)) (edition.Document, error) {
	body, err := write()
	if err != nil {
		return edition.Document{}, err
	}
	d := edition.Bytes(path, mediaType, kind, body)
	d.MaxAge = p.site.Poll
	return p.put(d, write)
}

// put puts a document where it need not be held in memory: into staging, or where
// nothing may be written, nowhere: it is made again when it is read.
func (p *press) put(d edition.Document, again func() ([]byte, error)) (edition.Document, error) {
	if p.stage != nil {
		return p.stage.Put(d)
	}
	if d.Kind == edition.Feed || d.Kind == edition.Index || d.Path == "index.html" {
		return d, nil
	}
	made := edition.File(d.Path, d.Type, d.Kind, d.Size, d.Digest, func() (io.ReadCloser, error) {
		body, err := again()
		return io.NopCloser(bytes.NewReader(body)), err
	})
	made.MaxAge, made.Links = d.MaxAge, d.Links
	return made, nil
}

// carryOut makes the documents of a plan that are not in the edition before
// already, with all cores, and returns them with the paths of those that are no
// more. Of several errors it returns that of the first unit.
func (p *press) carryOut(w *plan, before *edition.Edition) (made []edition.Document, gone []string, err error) {
	type product struct {
		made  []edition.Document
		stays []string
		err   error
	}
	products := make([]product, len(w.units))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(w.units)) {
		workers.Go(func() {
			for p.ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(w.units) {
					return
				}
				made, stays, err := p.unit(w.units[i], before)
				products[i] = product{made, stays, err}
				if p.stage != nil { // else they are made once more when they are read
					w.done(w.units[i])
				}
				p.progress.tell("making documents", i+1, len(w.units))
			}
		})
	}
	workers.Wait()
	if err := p.ctx.Err(); err != nil {
		return nil, nil, err
	}
	here := make(map[string]bool)
	for _, product := range products {
		if product.err != nil {
			return nil, nil, product.err
		}
		for _, d := range product.made {
			here[d.Path] = true
		}
		for _, path := range product.stays {
			here[path] = true
		}
		made = append(made, product.made...)
	}
	for i, u := range w.units {
		if before != nil && u.below != "" && products[i].made != nil {
			for d := range before.Below(u.below) {
				w.gone = append(w.gone, d.Path)
			}
		}
	}
	if w.all && before != nil {
		w.gone = nil
		for d := range before.Documents() {
			w.gone = append(w.gone, d.Path)
		}
	}
	for _, path := range w.gone {
		if !here[path] {
			gone = append(gone, path)
		}
	}
	return made, gone, nil
}

// unit makes the documents of a unit, or returns the paths of those that are
// there already.
func (p *press) unit(u unit, before *edition.Edition) (made []edition.Document, stays []string, err error) {
	var key feed.Key
	if u.key != nil {
		if key, err = u.key(); err != nil {
			return nil, nil, err
		}
		if stays := p.standing(u, key, before); stays != nil {
			for _, e := range u.shows {
				p.library.Keep(e.Article.Path, e.Article.Origin)
			}
			return nil, stays, nil
		}
	}
	made, err = u.make()
	for i := range made {
		made[i].Key = key
	}
	return made, nil, err
}

// standing returns the paths of a unit's documents when they are all in the
// edition before, whole, and made of the same; else none. The files that a page
// shows lie below it.
func (p *press) standing(u unit, key feed.Key, before *edition.Edition) []string {
	if before == nil {
		return nil
	}
	var paths []string
	for _, path := range u.paths {
		d, ok := before.Document(path)
		if !ok || d.Key != key || p.before.damaged(d) {
			return nil
		}
		paths = append(paths, path)
	}
	if u.below == "" {
		return paths
	}
	for m := range before.Below(u.below) {
		if m.Key != key || p.before.damaged(m) {
			return nil
		}
		paths = append(paths, m.Path)
	}
	return paths
}
