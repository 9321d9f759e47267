package library

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/site"
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

// tongue is what articles are read by that do not tell. The zone is named,
// because one that is loaded twice is two pointers.
type tongue struct{ zone, language, encoding, context string }

// known is what the library knows of one article's file.
type known struct {
	good     *article.Article  // the last good form; nil when there was none
	current  bool              // good is the form that was last read
	problems []article.Problem // of the file as it was last read

	// The file as it was last read.
	read   bool // false when it never was, or could not be
	stamp  stamp
	racy   bool // the stamp proves nothing
	sum    [sha256.Size]byte
	tongue tongue

	// A form that is not read yet because it has not settled.
	fresh   stamp
	since   time.Time // when fresh was first seen
	waiting time.Time // since when one such form has followed the other
}

// look is the outcome of looking at one file.
type look struct {
	known  known
	gone   bool // vanished since the walk
	parsed bool
	again  time.Time // when an unsettled file can be read; else zero
}

// look looks at each file, some at a time, and returns what it finds in the
// same order.
func (l *Library) look(ctx context.Context, fsys fs.FS, files []source, s site.Site, lay *layout, now time.Time) ([]look, error) {
	looks := make([]look, len(files))
	opt := article.Options{Zone: s.Zone, Language: s.Language, Encoding: s.Encoding}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				opt := opt
				opt.Context = files[i].context
				looks[i] = l.lookAt(fsys, files[i], opt, lay, now)
			}
		})
	}
	workers.Wait()
	return looks, ctx.Err()
}

func (l *Library) lookAt(fsys fs.FS, file source, opt article.Options, lay *layout, now time.Time) look {
	k := l.known[file.path]
	if name := opt.Context.MetaName; name != "" {
		// It is small, and read each time: two stamps for one article are more
		// to go wrong than they save.
		meta, _, err := read(fsys, name)
		if err != nil && !vanished(err) {
			k.read = false
			k.problems = []article.Problem{unreadable(name, err)}
			return look{known: k}
		}
		opt.Context.Meta = meta
	}
	t := tongue{opt.Zone.String(), opt.Language, opt.Encoding, lay.fingerprint(opt.Context)}
	unchanged := k.read && k.stamp.same(file.stamp)
	if unchanged && !k.racy && k.tongue == t {
		k.fresh, k.waiting = stamp{}, time.Time{}
		return look{known: k}
	}
	if !unchanged && l.Settle > 0 {
		if again := k.settles(file.stamp, l.Settle, now); again.After(now) {
			k.warnRestless(file.path, now)
			return look{known: k, again: again}
		}
	}
	k.fresh, k.waiting = stamp{}, time.Time{}

	src, st, err := read(fsys, file.path)
	if vanished(err) {
		return look{gone: true}
	}
	if err != nil {
		k.read = false // tried again next time
		k.problems = []article.Problem{unreadable(file.path, err)}
		return look{known: k}
	}
	sum := sha256.Sum256(src)
	seen := k.read && k.sum == sum && k.tongue == t
	moved := !k.stamp.modified.Equal(st.modified)
	k.read, k.stamp, k.sum, k.tongue = true, st, sum, t
	k.racy = now.Sub(st.last()) < racy
	if seen {
		// Touched, or written anew with the same text. A broken file's last
		// good form is of an earlier time, which it keeps.
		if moved && k.current {
			a := *k.good
			a.Modified = st.modified
			k.good = &a
		}
		return look{known: k}
	}
	a, problems := l.parseGuarded(file.path, src, opt)
	k.problems, k.current = problems, a != nil
	if a != nil {
		a.Modified = st.modified
		a.Link = lay.link(a, opt)
	}
	if a != nil || !slices.ContainsFunc(problems, func(p article.Problem) bool { return p.Severity == article.Error }) {
		k.good = a // none when the file says that it is no article
	}
	return look{known: k, parsed: true}
}

// settles returns when the form of a file with a stamp may be read. The first
// look at it counts from when the file was last touched; where that is said to
// lie ahead, because two clocks differ, from now.
func (k *known) settles(fresh stamp, settle time.Duration, now time.Time) time.Time {
	if !k.fresh.same(fresh) {
		k.fresh, k.since = fresh, now
		if touched := fresh.last(); touched.Before(now) {
			k.since = touched
		}
	}
	return k.since.Add(settle)
}

// warnRestless notes since when a file keeps changing, and says so when that
// is long ago.
func (k *known) warnRestless(path string, now time.Time) {
	if k.waiting.IsZero() {
		k.waiting = now
	}
	const code = "unsettled"
	if now.Sub(k.waiting) < restless || len(k.problems) > 0 && k.problems[len(k.problems)-1].Code == code {
		return
	}
	k.problems = append(k.problems[:len(k.problems):len(k.problems)], article.Problem{
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

// read returns a file's bytes and its stamp from before they were read: what
// is written meanwhile changes the stamp for the next look.
func read(fsys fs.FS, path string) ([]byte, stamp, error) {
	f, info, err := openRegular(fsys, path)
	if err != nil {
		return nil, stamp{}, err
	}
	defer f.Close()
	if info.Size() > mostBytes {
		return nil, stamp{}, errTooLarge
	}
	// The size may be outdated by now; the limit holds all the same.
	src, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, stamp{}, err
	}
	if len(src) > mostBytes {
		return nil, stamp{}, errTooLarge
	}
	return src, stampOf(info), nil
}

// openRegular opens a regular file, of any file system.
func openRegular(fsys fs.FS, path string) (fs.File, fs.FileInfo, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// parseGuarded parses; a panic costs this one article.
func (l *Library) parseGuarded(path string, src []byte, opt article.Options) (a *article.Article, problems []article.Problem) {
	defer func() {
		if cause := recover(); cause != nil {
			a, problems = nil, []article.Problem{{Path: path, Severity: article.Error, Code: "panic",
				Text: fmt.Sprintf("feedmill broke down over this article: %v", cause),
				Hint: "this is a mistake in feedmill; please report it, with the article"}}
		}
	}()
	return l.parse(path, src, opt)
}
