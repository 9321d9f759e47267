package library

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/cespare/xxhash/v2"

	"feedmill/internal/article"
)

// ErrChanged is the error of an article's text, or of a file beside it, that is
// no longer what the last scan found: it has to be scanned anew.
var ErrChanged = errors.New("changed since it was looked at")

// Source gives an article its text back, as [article.Sources] wants it: that of
// its file, when it is still the same, else the copy that was made when the
// text was last asked for. The error is ErrChanged when there is neither.
func (l *Library) Source(path string, source [16]byte) ([]byte, article.Options, error) {
	l.mu.Lock()
	r := l.reads
	l.mu.Unlock()
	fail := func(err error) ([]byte, article.Options, error) {
		return nil, article.Options{}, fmt.Errorf("read %s: %w", path, err)
	}
	opt, key, isArticle, err := r.words(path)
	if err != nil {
		return fail(err)
	}
	kept := r.textOf(path, source)
	if isArticle {
		src, err := l.read(path)
		if err == nil && sourceOf(xxhash.Sum64(src), key) == source {
			if kept == 0 {
				l.texts.add(l, source, src)
			}
			return src, opt, nil
		}
	}
	src, err := l.texts.find(l, source, kept)
	if err != nil {
		return fail(err)
	}
	return src, opt, nil
}

// read returns the bytes of a file.
func (l *Library) read(name string) ([]byte, error) {
	g, err := l.open()
	if err != nil {
		return nil, err
	}
	defer g.Close()
	w := g.walker()
	defer w.close()
	src, _, err := w.read(path.Dir(name), path.Base(name))
	return bytes.Clone(src), err // what was read is the walker's
}

// Keep makes a copy of the text of an article that is shown without anybody asking
// for it, because what shows it is there already: when that was made the copy was,
// but it may be lost since.
func (l *Library) Keep(path string, source [16]byte) {
	l.mu.Lock()
	r := l.reads
	l.mu.Unlock()
	if l.Cache == "" || l.ReadOnly || r.textOf(path, source) != 0 || l.texts.has(source) {
		return
	}
	// Of a file that changed meanwhile there is nothing to copy.
	_, _, _ = l.Source(path, source)
}

// textOf is where the text of an article is kept in the file of texts, behind
// its first byte; zero when it is not.
func (r *reading) textOf(path string, source [16]byte) int64 {
	if i, ok := r.tree.articles.find(path); ok {
		if k := r.known[i]; k.good != nil && k.good.Origin == source {
			return k.text
		}
	}
	return 0
}

// texts are copies of the texts of articles that were shown, so that an article
// can stay in its last good form when its file no longer has it. They are kept
// in a file beside the cache, one behind the other: the article's Source, the
// length in 32 bits, the text. A copy vouches for itself, by the digest in its
// Source.
type texts struct {
	mu      sync.Mutex
	size    int64              // of the file; 0 while it is not known
	at      map[[16]byte]int64 // where the texts of this process are, behind their first byte
	pending []byte             // what the file will get at its end
	failed  error              // of writing it; told by Save
}

const (
	textHead = 16 + 4
	// mostPending is how many bytes of texts wait for being written together.
	mostPending = 128 << 10
)

func (l *Library) textsFile() string { return l.Cache + ".texts" }

// add keeps a copy.
func (t *texts) add(l *Library, source [16]byte, src []byte) {
	if l.Cache == "" || l.ReadOnly {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.at[source]; ok {
		return
	}
	if t.at == nil {
		t.at = map[[16]byte]int64{}
	}
	if t.size == 0 {
		t.size = 1 // no text is at zero
		if info, err := os.Stat(l.textsFile()); err == nil {
			t.size = max(info.Size(), 1)
		}
	}
	t.at[source] = t.size + int64(len(t.pending))
	t.pending = append(t.pending, source[:]...)
	t.pending = binary.LittleEndian.AppendUint32(t.pending, uint32(len(src)))
	t.pending = append(t.pending, src...)
	if len(t.pending) > mostPending {
		t.flush(l)
	}
}

// has reports whether a copy was made in this process.
func (t *texts) has(source [16]byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.at[source]
	return ok
}

// flush writes what waits. It is not synced: what a power cut spoils does not
// vouch for itself any more.
func (t *texts) flush(l *Library) {
	if len(t.pending) == 0 {
		return
	}
	err := func() error {
		if err := os.MkdirAll(filepath.Dir(l.Cache), 0o700); err != nil {
			return err
		}
		f, err := os.OpenFile(l.textsFile(), os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		_, err = f.WriteAt(t.pending, t.size)
		return errors.Join(err, f.Close())
	}()
	t.size += int64(len(t.pending))
	t.pending = t.pending[:0]
	if t.failed == nil {
		t.failed = err
	}
}

// find returns a copy: one of this process, or the one that is kept at at.
func (t *texts) find(l *Library, source [16]byte, at int64) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if own, ok := t.at[source]; ok {
		at = own
	}
	if at == 0 || l.Cache == "" {
		return nil, ErrChanged
	}
	t.flush(l)
	f, err := os.Open(l.textsFile())
	if err != nil {
		return nil, ErrChanged
	}
	defer f.Close()
	return readText(f, at, source)
}

func readText(f io.ReaderAt, at int64, source [16]byte) ([]byte, error) {
	var head [textHead]byte
	if _, err := f.ReadAt(head[:], at); err != nil || [16]byte(head[:16]) != source {
		return nil, ErrChanged
	}
	length := binary.LittleEndian.Uint32(head[16:])
	if length > mostBytes {
		return nil, ErrChanged
	}
	src := make([]byte, length)
	if _, err := f.ReadAt(src, at+textHead); err != nil || xxhash.Sum64(src) != binary.BigEndian.Uint64(source[:8]) {
		return nil, ErrChanged
	}
	return src, nil
}

// worthFolding is how many bytes of texts nobody minds beyond those that are
// needed.
const worthFolding = 32 << 20

// fold writes the file of texts anew with the texts of all files alone, when
// more than half of it is of others, and tells where they are now. Texts that
// are older than a file's last good form go.
func (t *texts) fold(l *Library, all []*known) (folded []*known, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	needed := int64(0)
	for _, k := range all {
		if k.text != 0 {
			needed += textHead + k.stamp.size
		}
	}
	info, err := os.Stat(l.textsFile())
	if err != nil || info.Size() < 2*needed+worthFolding {
		return nil, nil
	}
	old, err := os.Open(l.textsFile())
	if err != nil {
		return nil, err
	}
	defer old.Close()
	next := make([]*known, len(all))
	size := int64(1)
	err = replaceFile(l.textsFile(), func(w io.WriteSeeker) error {
		if _, err := w.Write([]byte{0}); err != nil {
			return err
		}
		for i, k := range all {
			next[i] = k
			if k.text == 0 {
				continue
			}
			moved := *k
			moved.text = 0
			next[i] = &moved
			src, err := readText(old, k.text, k.good.Origin)
			if err != nil {
				continue // spoilt
			}
			b := binary.LittleEndian.AppendUint32(k.good.Origin[:], uint32(len(src)))
			if _, err := w.Write(append(b, src...)); err != nil {
				return err
			}
			moved.text = size
			size += textHead + int64(len(src))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.size, t.at = size, nil
	return next, nil
}
