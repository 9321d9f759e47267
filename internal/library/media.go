package library

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"feedmill/internal/article"
)

// mostMedia is the size of a file beside an article, in bytes, above which it
// is not published.
const mostMedia = 256 << 20

// hash is a file's digest and the state that it is of.
type hash struct {
	stamp  stamp
	digest string
}

// Media returns what is needed to publish a file that lies beside an article,
// by its path below the directory: its size in bytes, the SHA-256 of its bytes
// in hexadecimal, and a way to open it. A file that has not changed is hashed
// once. Opening is an error when the file is no longer the same.
//
// An article, litter, and what is no regular file or larger than 256 MiB is
// refused: only what [Snapshot.Has] tells of can leave the directory.
func (l *Library) Media(name string) (size int64, digest string, open func() (io.ReadCloser, error), err error) {
	fail := func(err error) (int64, string, func() (io.ReadCloser, error), error) {
		return 0, "", nil, &fs.PathError{Op: "publish", Path: name, Err: err}
	}
	if !publishable(name) {
		return fail(errors.New("not a file that is published beside articles"))
	}
	f, info, err := openRegular(l.fsys, name)
	if err != nil {
		return 0, "", nil, err
	}
	defer f.Close()
	if info.Size() > mostMedia {
		return fail(fmt.Errorf("larger than %d MiB", mostMedia>>20))
	}
	st := stampOf(info)
	l.mu.Lock()
	h, ok := l.hashes[name]
	l.mu.Unlock()
	if !ok || h.stamp != st {
		sum := sha256.New()
		n, err := io.Copy(sum, io.LimitReader(f, mostMedia+1))
		if err != nil {
			return fail(err)
		}
		if after, err := f.Stat(); err != nil || n != st.size || stampOf(after) != st {
			return fail(errors.Join(ErrChanged, err))
		}
		h = hash{st, hex.EncodeToString(sum.Sum(nil))}
		l.mu.Lock()
		l.hashes[name] = h
		l.mu.Unlock()
	}
	return st.size, h.digest, func() (io.ReadCloser, error) {
		f, info, err := openRegular(l.fsys, name)
		if err != nil {
			return nil, err
		}
		if stampOf(info) != st {
			f.Close()
			return nil, &fs.PathError{Op: "open", Path: name, Err: ErrChanged}
		}
		return f, nil
	}, nil
}

// publishable tells the paths of what a walk would find beside the articles.
func publishable(name string) bool {
	if !fs.ValidPath(name) || name == "." {
		return false
	}
	if _, isArticle := article.FormatOf(name); isArticle {
		return false
	}
	dir, base := path.Split(name)
	if skipped(path.Clean(dir), base, false) {
		return false
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		if segment != "" && (skipped("", segment, true) || segment == "_drafts") {
			return false
		}
	}
	return true
}
