package library

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
)

const (
	// mostBytes is what is read of an article at most. The formats have limits
	// of their own, none of them higher.
	mostBytes = 4 << 20

	// racy is how fresh a file may be for its times to prove nothing: coarse
	// file systems count in steps of two seconds, in which it can change again.
	racy = 2 * time.Second

	// restless is how long a file may keep changing before its author hears
	// of it.
	restless = 10 * time.Minute
)

// known is what the library knows of one file that has the form of an article.
// It is not changed any more; what is new makes another one.
type known struct {
	good  *article.Article // the last good form; nil when there was none
	text  int64            // where a copy of good's text is kept; see texts
	*rest                  // never nil; shared by all of which there is nothing

	// The file as it was last read.
	stamp   stamp
	current bool // good is the form that was read
	read    bool // false when it never was, or could not be
	racy    bool // the stamp proves nothing
	outside bool // by the rules it is no article
	beside  bool // a file of metadata lies beside it, which is read each time
}

// rest is what is known of few files.
type rest struct {
	of       [16]byte          // as that of source, where good is not of it
	problems []article.Problem // of the file as it was last read
	unrest   *unrest           // nil while it is settled
}

// noRest is the rest of files that have none. Nobody changes it.
var noRest rest

// outsider is all that is known of a file that is no article by the rules.
var outsider = &known{rest: &noRest, outside: true}

// with returns k with what more is known of it.
func (k *known) with(more rest) *known {
	if k.current {
		more.of = [16]byte{}
	}
	if k.rest = &noRest; more.of != noRest.of || len(more.problems) > 0 || more.unrest != nil {
		own := more // most have nothing that would have to be held
		k.rest = &own
	}
	return k
}

// source is what the file was when it was last read, see sourceOf.
func (k *known) source() [16]byte {
	if k.current {
		return k.good.Origin
	}
	return k.of
}

// unrest is a form of a file that is not read yet because it has not settled.
type unrest struct {
	fresh   stamp
	since   time.Time // when fresh was first seen
	waiting time.Time // since when one such form has followed the other
	again   time.Time // when it can be read
}

// stands reports whether the file with a stamp need not be looked at, as long as
// the rules are the same.
func (k *known) stands(st stamp) bool {
	return k != nil && k.unrest == nil && (k.outside || k.read && k.stamp == st && !k.racy && !k.beside)
}

// steady reports whether the file is known for good, as long as its stamp is the
// same.
func (k *known) steady() bool { return k.outside || k.read && !k.racy && k.unrest == nil && !k.beside }

// reading is what one scan reads files by.
type reading struct {
	*Library
	pool    *article.Pool // of this scan
	layout  *layout
	tree    *tree
	options article.Options
	now     time.Time
	known   []*known // when all is read
}

// words returns what a file is read by besides its bytes, and the digest of
// that; false when by the rules it is no article. An error is that of the file
// of metadata beside it.
func (r *reading) words(path string) (opt article.Options, key uint64, ok bool, err error) {
	opt = r.options
	if opt.Context, ok = r.layout.context(path, r.tree); !ok {
		return opt, 0, false, nil
	}
	if name := opt.Context.MetaName; name != "" {
		// It is small, and read each time: two stamps for one article are more
		// to go wrong than they save.
		meta, _, err := readFile(r.fsys, name)
		if err != nil && !vanished(err) {
			return opt, 0, true, err
		}
		opt.Context.Meta = meta
	}
	return opt, r.layout.key(opt), true, nil
}

// lookAt looks at a file that was as given, nil when it is new. It reports
// whether it was parsed, and returns nil when it vanished.
func (r *reading) lookAt(w walker, path string, st stamp, before *known) (after *known, parsed bool) {
	var k known
	var more rest
	if before != nil {
		k, more = *before, *before.rest
		more.of = before.source()
	}
	opt, key, isArticle, err := r.words(path)
	if !isArticle {
		return outsider, false
	}
	if err != nil {
		k.read = false
		more.problems = []article.Problem{unreadable(opt.Context.MetaName, err)}
		return k.with(more), false
	}
	unchanged := k.read && k.stamp == st
	if unchanged && !k.racy && keyOf(more.of) == key {
		if more.unrest == nil {
			return before, false
		}
		more.unrest = nil
		return k.with(more), false
	}
	if !unchanged && r.Settle > 0 {
		if more.settles(st, r.Settle, r.now); more.unrest.again.After(r.now) {
			more.warnRestless(path, r.now)
			return k.with(more), false
		}
	}
	more.unrest = nil
	src, st, err := w.read(split(path))
	if vanished(err) {
		return nil, false
	}
	if err != nil {
		k.read = false // tried again next time
		more.problems = []article.Problem{unreadable(path, err)}
		return k.with(more), false
	}
	source := sourceOf(xxhash.Sum64(src), key)
	seen := k.read && more.of == source
	moved := k.stamp.modified != st.modified
	k.read, k.stamp, more.of = true, st, source
	k.outside, k.beside = false, opt.Context.MetaName != ""
	k.racy = st.fresh(r.now)
	if seen {
		// Touched, or written anew with the same text. A broken file's last
		// good form is of an earlier time, which it keeps.
		if moved && k.current {
			a, text := k.good.Copy(), k.text
			a.Seen = article.At(st.time())
			if !r.keep(&k, a, opt.Zone) {
				k.good = a
			}
			k.text = text
		}
		return k.with(more), false
	}
	parser := parsers.Get().(*article.Parser)
	defer parsers.Put(parser)
	a, problems := r.parseGuarded(parser, path, src, opt)
	k.current, more.problems = a != nil, problems
	if a != nil {
		complete := func() {
			a.Seen = article.At(st.time())
			a.Link = r.layout.link(a, opt)
			a.Origin = source
		}
		complete()
		if !r.keep(&k, a, opt.Zone) { // it would be a mistake in article
			a, _ = r.parseGuarded(new(article.Parser), path, bytes.Clone(src), opt)
			complete()
			k.good = a
		}
	} else if !slices.ContainsFunc(problems, func(p article.Problem) bool { return p.Severity == article.Error }) {
		k.good = nil // the file says that it is no article
	}
	return k.with(more), true
}

// keep makes a the last good form, without its text and with nothing of the
// memory that a is in. It reports false when a cannot be restored.
func (r *reading) keep(k *known, a *article.Article, zone *time.Location) bool {
	record := records.Get().(*[]byte)
	defer records.Put(record)
	*record = a.Append((*record)[:0], zone)
	// Restore holds on to nothing of it.
	text := unsafe.String(unsafe.SliceData(*record), len(*record))
	restored, err := article.Restore(text, a.Path, zone, r.Library, a.Origin, r.pool)
	k.good, k.text = restored, 0
	return err == nil
}

// What each file is parsed in, and the record that its article is restored from:
// there are many files.
var (
	parsers = sync.Pool{New: func() any { return new(article.Parser) }}
	records = sync.Pool{New: func() any { return new([]byte) }}
)

// sourceOf is what an article was made of, by the digests of its file and of
// what else it was read by.
func sourceOf(sum, key uint64) (source [16]byte) {
	binary.BigEndian.PutUint64(source[:8], sum)
	binary.BigEndian.PutUint64(source[8:], key)
	return source
}

func keyOf(source [16]byte) uint64 { return binary.BigEndian.Uint64(source[8:]) }

// settles notes when the form of a file with a stamp may be read. The first
// look at it counts from when the file was last touched; where that is said to
// lie ahead, because two clocks differ, from now.
func (r *rest) settles(fresh stamp, settle time.Duration, now time.Time) {
	u := unrest{waiting: now}
	if r.unrest != nil {
		u = *r.unrest
	}
	if r.unrest == nil || u.fresh != fresh {
		u.fresh, u.since = fresh, now
		if touched := fresh.last(); touched.Before(now) {
			u.since = touched
		}
	}
	u.again = u.since.Add(settle)
	r.unrest = &u
}

// warnRestless says that a file keeps changing when it has done so for long.
func (r *rest) warnRestless(path string, now time.Time) {
	const code = "unsettled"
	if now.Sub(r.unrest.waiting) < restless || len(r.problems) > 0 && r.problems[len(r.problems)-1].Code == code {
		return
	}
	r.problems = append(slices.Clip(r.problems), article.Problem{
		Path: path, Severity: article.Warning, Code: code,
		Text: fmt.Sprintf("keeps changing, for more than %d minutes; its newest form is not read", int(restless.Minutes())),
		Hint: "a file that is written to all the time is no article; name it otherwise",
	})
}

var errTooLarge = fmt.Errorf("larger than %d MiB", mostBytes>>20)

func unreadable(path string, err error) article.Problem {
	p := article.Problem{Path: path, Severity: article.Error, Code: "unreadable"}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the path stands before the text
	}
	p.Text = "not readable: " + err.Error()
	if err == errTooLarge {
		p.Code, p.Text, p.Hint = "too-large", err.Error(), "split it, or move what is no article elsewhere"
	}
	return p
}

// parseGuarded parses with p; a panic costs this one article.
func (l *Library) parseGuarded(p *article.Parser, path string, src []byte, opt article.Options) (a *article.Article, problems []article.Problem) {
	defer func() {
		if cause := recover(); cause != nil {
			a, problems = nil, []article.Problem{{Path: path, Severity: article.Error, Code: "panic",
				Text: fmt.Sprintf("feedmill broke down over this article: %v", cause),
				Hint: "this is a mistake in feedmill; please report it, with the article"}}
		}
	}()
	return l.parse(p, path, src, opt)
}
