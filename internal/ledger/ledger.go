// Package ledger remembers what subscribers were told: each article's id,
// address, dates and digest, each feed's id and date, and what was withdrawn.
// It is why a restart, an edit, a rename or a new base URL makes no old story
// new.
//
// # The file
//
// A ledger is text, one JSON object a line, sorted by key, so that it can be
// read, compared and kept in git:
//
//	{"key":"article/2023/kosovo.txt","id":"tag:example.org,2023:2023/kosovo","slug":"kosovo","digest":"9f2c…","published":"2023-11-20T00:00:00+01:00","updated":"2023-11-20T00:00:00+01:00","seen":"2026-11-23T09:00:00Z","in":["","tags/nato"]}
//	{"key":"feed/","id":"tag:example.org,2023:/","kind":"site","title":"The Balkan Desk","period":"month","updated":"2023-11-20T00:00:00+01:00","since":"2026-11-23T09:00:00Z"}
//	{"key":"ledger","format":1,"authority":"example.org,2023"}
//
// Changes since go to a journal, which is written with an edition's commit and
// folded into the file later. A ledger is precious: what it holds can be
// derived from nothing else but, in part, the published feeds (see
// [Ledger.Adopt]).
//
// # Identity
//
// An article has the id that it states, else the one the ledger has for its
// path, else one minted from the path, once: tag:AUTHORITY:PATH (RFC 4151),
// the path without extension and percent-encoded. A string that was ever given
// to another article gets "~2", "~3". A file at a new path whose digest is that
// of exactly one article that vanished in the same scan, or in the last 30
// days, is that article, renamed: id, dates and address stay.
//
// The package knows no format of feeds and no published file.
package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"feedmill/internal/durable"
)

// format is what the head line says; a ledger with another one is refused.
const format = 1

// renameWindow is how long a vanished article may come back at another path
// and still be the same one.
const renameWindow = 30 * 24 * time.Hour

// Ledger is what subscribers were told until now. Tell, ShowFeed and Stand
// change it in memory only; the changes count once the append that Changes
// returns is written with an edition. A ledger of which they are not written
// has to be opened anew. It is for one goroutine.
type Ledger struct {
	journal  *durable.Journal
	file     string      // the snapshot of the journal
	log      string      // the file of the journal
	alone    bool        // what the journal holds could be the snapshot
	snapshot os.FileInfo // of file, as it was read or written; nil when it was not there

	// records are those of articles, by their numbers; nil for those that are not
	// there any more. One is replaced, but for where it stands.
	records           []*record
	old               int                 // how many there were when all that was told was in the files
	paths, ids, slugs index               // of records, by path, by each id and each address that was ever given
	feeds             map[string]ToldFeed // by path
	others            map[string][]byte   // by key, the lines that are neither
	asWritten         map[string][]byte   // by key, the lines that somebody wrote in words of his own
	head              head
	before            map[string][]byte // by key, the lines of what changed since, as they were; nil when there was none

	stated map[string]string // ids that articles state, by which Tell does not know them yet → their paths
	gone   map[string]bool   // paths of records that are gone
	moved  map[string]bool   // paths of records with addresses of before
	given  map[string]bool   // paths of records of what partners have
	lists  lists             // those of records
	// ambiguous says that two records claim one id or address: who has it may
	// depend on what came first.
	ambiguous bool
	purged    map[string]bool // salted digests of what was purged
	fresh     map[string]bool // ids first given since the ledger's changes were published last
	last      telling         // what Tell answered last
}

// head is the line of the ledger itself.
type head struct {
	Format    int    `json:"format"`
	Authority string `json:"authority,omitempty"` // RFC 4151, minted at the first publish
	Salt      string `json:"salt,omitempty"`      // of the digests of what was purged
}

const (
	articleKey = "article/"
	feedKey    = "feed/"
	headKey    = "ledger"
)

// Open reads the ledger in the file snapshot and its journal; files that are
// missing make an empty ledger. Pending appends, of an edition that is
// committed and not yet applied, are read as if they were in the files.
func Open(snapshot, journal string, pending ...durable.Append) (*Ledger, error) {
	l := &Ledger{
		file: snapshot, log: journal,
		paths: newIndex(0), feeds: map[string]ToldFeed{}, others: map[string][]byte{}, asWritten: map[string][]byte{},
		gone: map[string]bool{}, moved: map[string]bool{}, given: map[string]bool{}, lists: lists{},
		purged: map[string]bool{}, fresh: map[string]bool{}, before: map[string][]byte{},
		head: head{Format: format},
	}
	l.snapshot, _ = os.Stat(snapshot) // before it is read: who writes it meanwhile is found out
	var whole, later []byte
	var err error
	if l.journal, whole, later, err = (durable.Disk{}).OpenJournal(snapshot, journal, pending...); err == nil {
		if err = l.load(snapshot, whole, true); err == nil {
			err = l.load(journal, later, false)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	l.ownAll()
	l.old = len(l.records)
	return l, nil
}

// ownAll notes what all records hold. Where two claim the same, the later by
// path has it.
func (l *Ledger) ownAll() {
	l.ids, l.slugs = newIndex(l.paths.count), newIndex(l.paths.count)
	for n, r := range l.records {
		if r != nil {
			l.own(int32(n+1), r)
		}
	}
	if !l.ambiguous {
		return // as nearly always
	}
	l.ids, l.slugs = newIndex(l.paths.count), newIndex(l.paths.count)
	records := slices.DeleteFunc(slices.Clone(l.records), func(r *record) bool { return r == nil })
	slices.SortFunc(records, func(a, b *record) int { return strings.Compare(a.path, b.path) })
	for _, r := range records {
		l.own(l.numberOf(r.path), r)
	}
}

// load takes the lines of a file. In a snapshot each key stands once: one that
// is repeated is the mark of a bad merge.
func (l *Ledger) load(file string, data []byte, once bool) error {
	lines, err := readLines(file, data)
	if err != nil {
		return err
	}
	if once {
		l.records, l.paths = make([]*record, 0, len(lines)), newIndex(len(lines))
	}
	for i, line := range lines {
		if err := l.take(line, once); err != nil {
			return fmt.Errorf("%s:%d: %q: %w", file, i+1, line.name(), err)
		}
	}
	return nil
}

var errTwice = errors.New("the key stands here twice")

func (l *Ledger) take(line line, once bool) error {
	if r := line.told; r != nil {
		if once && l.numberOf(r.path) != 0 {
			return errTwice
		}
		if len(l.asWritten) > 0 {
			delete(l.asWritten, articleKey+r.path)
		}
		l.keep(r)
		return nil
	}
	path, isArticle := strings.CutPrefix(line.key, articleKey)
	feed, isFeed := strings.CutPrefix(line.key, feedKey)
	if once {
		_, there := l.others[line.key]
		if isArticle {
			there = l.numberOf(path) != 0
		} else if isFeed {
			_, there = l.feeds[feed]
		}
		if there {
			return errTwice
		}
		if line.text == nil {
			return fmt.Errorf("the key stands here alone")
		}
	}
	delete(l.asWritten, line.key)
	switch {
	case line.text == nil:
		l.unset(path)
		delete(l.feeds, feed)
		delete(l.others, line.key)
	case isArticle:
		var w written
		if err := json.Unmarshal(line.text, &w); err != nil {
			return err
		}
		if w.ID == "" || w.Slug == "" {
			return fmt.Errorf("a line without id or slug")
		}
		l.keep(w.record(path))
		l.asWritten[line.key] = line.text
	case isFeed:
		f := ToldFeed{Path: feed}
		if err := json.Unmarshal(line.text, &f); err != nil {
			return err
		}
		l.feeds[feed] = f
		l.asWritten[line.key] = line.text
	case line.key == headKey:
		if err := json.Unmarshal(line.text, &l.head); err != nil {
			return err
		}
		if l.head.Format != format {
			return fmt.Errorf("format %d is not known to this version, which knows %d", l.head.Format, format)
		}
		l.others[headKey] = line.text
	default:
		if digest, ok := strings.CutPrefix(line.key, purgedKey); ok {
			l.purged[digest] = true
		}
		l.others[line.key] = line.text
	}
	return nil
}

// lineLength is about how many bytes the line of an article takes.
const lineLength = 400

// appendLine appends the line of a key as it is now, and nothing when there is
// none.
func (l *Ledger) appendLine(b []byte, key string) ([]byte, error) {
	if path, ok := strings.CutPrefix(key, articleKey); ok {
		return l.appendArticle(b, path)
	}
	if text, ok := l.asWritten[key]; ok {
		return append(b, text...), nil
	}
	if path, ok := strings.CutPrefix(key, feedKey); ok {
		f, ok := l.feeds[path]
		if !ok {
			return b, nil
		}
		text, err := encodeLine(key, f)
		return append(b, text...), err
	}
	return append(b, l.others[key]...), nil
}

// appendArticle is appendLine for the article at a path.
func (l *Ledger) appendArticle(b []byte, path string) ([]byte, error) {
	if len(l.asWritten) > 0 {
		if text, ok := l.asWritten[articleKey+path]; ok {
			return append(b, text...), nil
		}
	}
	r := l.at(path)
	if r == nil {
		return b, nil
	}
	return appendRecord(slices.Grow(b, lineLength), path, r)
}

// change notes that the line of a key is about to change.
func (l *Ledger) change(key string) error {
	if _, noted := l.before[key]; !noted {
		was, err := l.appendLine(nil, key)
		if err != nil {
			return err
		}
		l.before[key] = was
	}
	delete(l.asWritten, key)
	return nil
}

// changeArticle is change for the article at a path. Of a new one there was no
// line, which need not be noted.
func (l *Ledger) changeArticle(path string) error {
	if n := l.numberOf(path); n == 0 || int(n) > l.old {
		return nil
	}
	return l.change(articleKey + path)
}

// keep makes r the record at its path, and of it what others have, too, theirs. It
// returns its number.
func (l *Ledger) keep(r *record) int32 {
	if r.past.empty() {
		r.past = &noPast
	}
	r.standing = l.lists.one(r.In)
	return l.set(r)
}

// put makes r the record at path; nil removes it.
func (l *Ledger) put(path string, r *record) error {
	if n := l.numberOf(path); n != 0 {
		if err := l.changeArticle(path); err != nil {
			return err
		}
		l.disown(n)
	}
	if r == nil {
		l.unset(path)
		return nil
	}
	r.path = path
	l.own(l.keep(r), r)
	return nil
}

// own notes that a record has its id and addresses.
func (l *Ledger) own(number int32, r *record) {
	l.claim(&l.ids, r.ID, number, func(n int32) bool { return l.records[n-1].ID == r.ID })
	l.claim(&l.slugs, r.Slug, number, func(n int32) bool { return l.records[n-1].lives(r.Slug) })
	for _, was := range r.Was {
		if other := l.resident(was); other == nil {
			l.slugs.add(hashOf(was), number)
		} else {
			l.ambiguous = l.ambiguous || other != r
		}
	}
	if !r.Gone.IsZero() {
		l.gone[r.path] = true
	}
	if len(r.Was) > 0 {
		l.moved[r.path] = true
	}
	if len(r.Given) > 0 {
		l.given[r.path] = true
	}
}

// claim notes that a record has an id or an address: those for which is reports
// true have it.
func (l *Ledger) claim(texts *index, s string, number int32, is func(number int32) bool) {
	hash := hashOf(s)
	if held := texts.find(hash, is); held == nil {
		texts.add(hash, number)
	} else if held.number != number {
		held.number, l.ambiguous = number, true
	}
}

// disown takes back what own noted.
func (l *Ledger) disown(number int32) {
	r := l.records[number-1]
	l.ids.remove(hashOf(r.ID), number)
	l.slugs.remove(hashOf(r.Slug), number)
	for _, was := range r.Was {
		l.slugs.remove(hashOf(was), number)
	}
	delete(l.gone, r.path)
	delete(l.moved, r.path)
	delete(l.given, r.path)
}

// Empty reports whether the ledger knows no article: it is new, or was lost.
func (l *Ledger) Empty() bool { return l.paths.count == 0 }

// Authority returns the owner's part of minted ids, empty before the first.
func (l *Ledger) Authority() string { return l.head.Authority }

// SetAuthority says whose ids are minted from now on; ids already given stay.
func (l *Ledger) SetAuthority(authority string) error {
	if authority == l.head.Authority {
		return nil
	}
	l.head.Authority = authority
	return l.setOther(headKey, l.head)
}

// setOther makes v the line of a key that is neither an article's nor a feed's.
func (l *Ledger) setOther(key string, v any) error {
	if err := l.change(key); err != nil {
		return err
	}
	text, err := encodeLine(key, v)
	l.others[key] = text
	return err
}

// Fresh reports whether an article has an id that was first given since the
// ledger was opened or published last: no subscriber can have it under that yet.
func (l *Ledger) Fresh(id string) bool { return l.fresh[id] }

// Changes returns what the journal must get for everything told since Open or
// Committed, and whether there is anything.
func (l *Ledger) Changes() (durable.Append, bool, error) {
	var paths, keys []string
	for key := range l.before {
		if path, ok := strings.CutPrefix(key, articleKey); ok {
			paths = append(paths, path)
		} else {
			keys = append(keys, key)
		}
	}
	for _, r := range l.records[l.old:] {
		if r != nil {
			paths = append(paths, r.path)
		}
	}
	data, err := inOrder(paths, keys, func(b []byte, key string) ([]byte, error) {
		start := len(b)
		b, err := l.appendLine(b, key)
		switch text := b[start:]; {
		case err != nil:
			return nil, err
		case len(l.before) > 0 && bytes.Equal(text, l.before[key]):
			return b[:start], nil
		case len(text) == 0:
			b = append(appendString(append(b, opening...), key), '}')
		}
		return append(b, '\n'), nil
	})
	return l.journal.Append(data), len(data) > 0, err
}

// Committed says that an append of Changes is published.
func (l *Ledger) Committed(a durable.Append) {
	l.alone = a.At == 0 && l.snapshot == nil && filepath.Dir(l.file) == filepath.Dir(l.log)
	l.journal.Committed(a)
	// New ones: after the first build of a large site the old ones are large.
	l.before, l.fresh, l.old = map[string][]byte{}, map[string]bool{}, len(l.records)
}

// changed reports whether something was told that may not be in the files.
func (l *Ledger) changed() bool { return len(l.before) > 0 || len(l.records) > l.old }

// Current reports whether the files still hold what the ledger has read and
// written, and all that it was told is in them: then it need not be opened
// anew.
func (l *Ledger) Current() bool {
	if l.ambiguous {
		return false
	}
	if l.changed() {
		if _, changed, err := l.Changes(); changed || err != nil {
			return false
		}
	}
	return !l.Altered()
}

// Altered reports whether somebody else has written the files since.
func (l *Ledger) Altered() bool {
	now, err := os.Stat(l.file)
	if err != nil {
		now = nil
	}
	if (now == nil) != (l.snapshot == nil) || now != nil && !(os.SameFile(now, l.snapshot) && now.Size() == l.snapshot.Size() && now.ModTime().Equal(l.snapshot.ModTime())) {
		return true
	}
	size := int64(0)
	if info, err := os.Stat(l.log); err == nil {
		size = info.Size()
	}
	return size != l.journal.Append(nil).At
}

// Folding says when the journal is written into the ledger's file.
type Folding int

const (
	WhenGrown Folding = iota // when it outgrows the file
	WhenCheap                // also when that costs little: at the end of a single build
	Always                   // at a clean stop: then one file says all
)

// Of a file that is no larger, and of one of which the journal is this part,
// writing it costs little.
const (
	smallFile = 512 << 10
	smallPart = 16
)

// Fold writes the journal into the ledger's file. Changes must be committed.
func (l *Ledger) Fold(when Folding) error {
	grown := l.journal.Append(nil).At
	if grown == 0 {
		return nil
	}
	size := int64(0)
	if l.snapshot != nil {
		size = l.snapshot.Size()
	}
	if when == WhenGrown && !l.journal.Overgrown() || when == WhenCheap && size > smallFile && grown < size/smallPart {
		return nil
	}
	if l.alone {
		if err := l.journal.Promote(); err != nil {
			return err
		}
	} else {
		data, err := l.whole(false)
		if err != nil {
			return err
		}
		if err := l.journal.Fold(data); err != nil {
			return err
		}
	}
	l.alone = false
	var err error
	l.snapshot, err = os.Stat(l.file)
	return err
}

// whole is the ledger's file, with the changes that are not committed or
// without.
func (l *Ledger) whole(changed bool) ([]byte, error) {
	paths := make([]string, 0, l.paths.count)
	for n, r := range l.records {
		if r != nil && (changed || n < l.old) {
			paths = append(paths, r.path)
		}
	}
	keys := slices.Collect(maps.Keys(l.others))
	for path := range l.feeds {
		keys = append(keys, feedKey+path)
	}
	for key := range l.before {
		keys = append(keys, key)
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		path, isArticle := strings.CutPrefix(key, articleKey)
		if isArticle {
			paths = append(paths, path)
		}
		return isArticle
	})
	return inOrder(paths, keys, func(b []byte, key string) ([]byte, error) {
		start := len(b)
		var err error
		was, noted := []byte(nil), false
		if len(l.before) > 0 {
			was, noted = l.before[key]
		}
		if noted && !changed {
			b = append(b, was...)
		} else if b, err = l.appendLine(b, key); err != nil {
			return nil, err
		}
		if len(b) > start {
			b = append(b, '\n')
		}
		return b, nil
	})
}

// inOrder returns the lines of articles, by their paths, and those of other keys
// as line writes them, sorted by key.
func inOrder(paths, keys []string, line func(b []byte, key string) ([]byte, error)) ([]byte, error) {
	for _, all := range []*[]string{&paths, &keys} {
		if !slices.IsSorted(*all) {
			slices.Sort(*all)
		}
		*all = slices.Compact(*all)
	}
	data := make([]byte, 0, (len(paths)+len(keys))*lineLength)
	var err error
	at, _ := slices.BinarySearch(keys, articleKey)
	for _, key := range keys[:at] {
		if data, err = line(data, key); err != nil {
			return nil, err
		}
	}
	if data, err = inParts(data, paths, line); err != nil {
		return nil, err
	}
	for _, key := range keys[at:] {
		if data, err = line(data, key); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// inParts appends the lines of articles, from all processors.
func inParts(data []byte, paths []string, line func(b []byte, key string) ([]byte, error)) ([]byte, error) {
	const most = 1 << 10 // of one part: they need room beside data
	type part struct {
		lines []byte
		err   error
	}
	parts := make([]part, runtime.GOMAXPROCS(0))
	for len(paths) > 0 {
		var workers sync.WaitGroup
		used := 0
		for i := range parts {
			some := paths[:min(most, len(paths))]
			if paths = paths[len(some):]; len(some) == 0 {
				break
			}
			used++
			p := &parts[i]
			workers.Go(func() {
				p.lines = p.lines[:0]
				for _, path := range some {
					if p.lines, p.err = line(p.lines, articleKey+path); p.err != nil {
						return
					}
				}
			})
		}
		workers.Wait()
		for _, p := range parts[:used] {
			if p.err != nil {
				return nil, p.err
			}
			data = append(data, p.lines...)
		}
	}
	return data, nil
}

// Save writes everything told and adopted since Open into the ledger's file, in
// one step, without an edition. No edition may be waiting to be applied. After
// an error the ledger must be opened anew.
func (l *Ledger) Save() error {
	// What the journal says would come after what is saved, and undo it.
	if err := l.Fold(Always); err != nil || !l.changed() {
		return err
	}
	data, err := l.whole(true)
	if err != nil {
		return err
	}
	if err := l.journal.Save(data); err != nil {
		return err
	}
	l.before, l.fresh, l.old = map[string][]byte{}, map[string]bool{}, len(l.records)
	l.snapshot, err = os.Stat(l.file)
	return err
}
