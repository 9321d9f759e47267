package edition

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"feedmill/internal/durable"
)

// Stage is where the documents of the next edition are put while they are made,
// so that they need not be held in memory: the staging directory, which nobody
// is served from. Any number of goroutines may use it.
type Stage struct {
	store  *Store
	last   *Edition     // what is published
	damage *DamageError // of that
	room   atomic.Int64 // bytes that may still be held in memory
	n      atomic.Int64 // names given

	once sync.Once
	fs   *durable.FS // opened before the first file is written
	err  error       // of the beginning
	kept bool        // a record speaks of what is there; guarded by the store's lock
}

// roomForStaged is how many bytes of documents a stage holds in memory when the
// store may hold any number.
const roomForStaged = 64 << 20

// Stage begins the next edition. It needs the lock. Nothing is written before the
// first document is put there; what was staged before and not published is gone.
func (s *Store) Stage() (*Stage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return nil, errNotLocked
	}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	s.give()
	s.stage = s.newStage()
	return s.stage, nil
}

func (s *Store) newStage() *Stage {
	st := &Stage{store: s, last: s.published.edition, damage: s.published.damage}
	st.room.Store(roomForStaged)
	if s.Memory > 0 {
		st.room.Store(s.Memory)
	}
	return st
}

// Discard gives up what is staged. It does nothing once that was published.
func (st *Stage) Discard() {
	s := st.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stage == st {
		s.give()
	}
}

// Put takes over a document from [Bytes], and its siblings with it, and returns it
// for the edition: as it is published already, when these are the same bytes.
func (st *Stage) Put(d Document) (Document, error) {
	if st.last != nil {
		if before, ok := st.last.Document(d.Path); ok && before.Digest == d.Digest && !st.damage.Has(before) {
			d.content, d.mark, d.siblings = before.content, before.mark, slices.Clone(before.siblings)
			return d, nil
		}
	}
	if st.once.Do(st.begin); st.err != nil {
		return d, st.err
	}
	d.siblings = siblingsOf(&d, nil)
	files := append([]*Document{&d}, documentsOf(d.siblings)...)
	for _, f := range files {
		f.staged = st.name(f.Digest)
		if err := st.store.write(f, false); err != nil {
			return d, st.store.about("write", f.Path, err)
		}
	}
	if !d.polled() || st.room.Add(-d.whole()) < 0 {
		for _, f := range files {
			f.content = placed{st.store}
		}
	}
	return d, nil
}

// name returns a new name in staging. It has the digest, so that a reader who
// comes late finds these bytes or none.
func (st *Stage) name(digest string) string { return fmt.Sprintf("%d-%s", st.n.Add(1)-1, digest) }

// begin makes the staging directory.
func (st *Stage) begin() { st.err = st.store.begin(st) }

func (s *Store) begin(st *Stage) error {
	if err := s.disk.MkdirAll(s.feeds, 0o755); err != nil {
		return err
	}
	if err := s.sweep(); err != nil {
		return err
	}
	// For us alone: what is in there is not public yet.
	if err := s.disk.Mkdir(s.staged(""), 0o700); err != nil {
		return err
	}
	var err error
	st.fs, err = s.disk.OpenFS(s.staged(""))
	return err
}

// give gives up what is staged, or what was left of it. The caller has the lock.
func (s *Store) give() {
	st := s.stage
	s.stage = nil
	if st == nil {
		return
	}
	begun := true
	st.once.Do(func() { begun = false })
	if st.fs != nil {
		st.fs.Close()
	}
	if begun && !st.kept {
		_ = s.sweep() // Open sweeps again
	}
}

// settle makes the documents durable in the staging directory and reads them
// back.
func (s *Store) settle(r *record, writes []*Document) error {
	if len(writes) == 0 {
		return nil
	}
	st := s.stage
	if err := s.disk.MkdirAll(s.feeds, 0o755); err != nil {
		return err
	}
	if err := s.checkPlaces(r); err != nil {
		return err
	}
	if st.once.Do(st.begin); st.err != nil {
		return st.err
	}
	many := durable.Bulk(len(writes))
	for _, d := range writes {
		var err error
		if !st.has(d) {
			err = s.write(d, !many)
		} else if !many {
			err = s.sync(d)
		}
		if err != nil {
			return s.about("write", d.Path, err)
		}
	}
	if many {
		if err := st.fs.Sync(); err != nil {
			return err
		}
	}
	fs := st.fs
	st.fs = nil
	if err := fs.Close(); err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.staged("")); err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.feeds); err != nil {
		return err
	}
	return s.readAllBack(writes)
}

// has reports whether a document was put there already.
func (st *Stage) has(d *Document) bool {
	_, err := st.store.disk.Lstat(st.store.staged(d.staged))
	return err == nil
}

// write stages one document.
func (s *Store) write(d *Document, sync bool) error {
	content, err := d.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	f, err := s.disk.OpenFile(s.staged(d.staged), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	// One byte more tells a source that has grown.
	if _, err := io.Copy(f, io.LimitReader(content, d.Size+1)); err != nil {
		f.Close()
		return err
	}
	if sync {
		if err := f.Sync(); err != nil {
			f.Close()
			return err
		}
	}
	return f.Close()
}

// sync makes one document durable that was staged before.
func (s *Store) sync(d *Document) error {
	f, err := s.disk.OpenFile(s.staged(d.staged), os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// readAllBack reads documents back, many of them with all cores.
func (s *Store) readAllBack(writes []*Document) error {
	const some = 128
	parts := slices.Collect(slices.Chunk(writes, some))
	errs := make([]error, len(parts))
	var readers sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		readers.Go(func() {
			buffer := make([]byte, 64<<10)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(parts) {
					return
				}
				for _, d := range parts[i] {
					if err := s.readBack(d, buffer); err != nil {
						errs[i] = s.about("read back", d.Path, err)
						return
					}
				}
			}
		})
	}
	readers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var errReadBack = errors.New("these are not the bytes that were to be written")

// readBack compares a staged file with the document: against disks that lie,
// and against sources that changed since the edition was made. It notes by what
// the file is known from now on.
func (s *Store) readBack(d *Document, buffer []byte) error {
	f, err := s.disk.OpenFile(s.staged(d.staged), os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.CopyBuffer(h, struct{ io.Reader }{f}, buffer)
	if err != nil {
		return err
	}
	if n != d.Size || hex.EncodeToString(h.Sum(nil)) != d.Digest {
		return errReadBack
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	d.mark = markOf(info)
	return nil
}

// checkPlaces refuses, while it can still be refused, paths at which no
// document can be put: below something that is no directory, or where a
// directory is that holds what we did not write.
func (s *Store) checkPlaces(r *record) error {
	cleared := map[string]bool{}
	for _, p := range r.Clear {
		cleared[p] = true
	}
	root, err := s.disk.Stat(s.feeds)
	if err != nil {
		return err
	}
	checked := map[string]bool{".": true}
	for _, p := range r.Place {
		if err := s.checkDir(path.Dir(p.Path), root, checked, cleared); err != nil {
			return err
		}
		info, err := s.disk.Lstat(s.inFeeds(p.Path))
		if absent(err) {
			continue
		}
		if err != nil {
			return err
		}
		if info.IsDir() {
			if err := s.checkOurs(p.Path, cleared); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDir accepts what can hold documents: a directory of the same file
// system, or nothing yet.
func (s *Store) checkDir(dir string, root fs.FileInfo, checked, cleared map[string]bool) error {
	if checked[dir] {
		return nil
	}
	checked[dir] = true
	if err := s.checkDir(path.Dir(dir), root, checked, cleared); err != nil {
		return err
	}
	name := s.inFeeds(dir)
	info, err := s.disk.Lstat(name)
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case !info.IsDir() && !cleared[dir]:
		return fmt.Errorf("%s: in the way: a directory must be there", name)
	case info.IsDir() && device(info) != device(root):
		return fmt.Errorf("%s: on another file system than %s", name, s.feeds)
	}
	return nil
}

// checkOurs accepts a directory that is empty once the documents of before are
// cleared.
func (s *Store) checkOurs(dir string, cleared map[string]bool) error {
	entries, err := s.disk.ReadDir(s.inFeeds(dir))
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return fmt.Errorf("%s: in the way: a document must be there", s.inFeeds(dir))
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			err = s.checkOurs(p, cleared)
		case !cleared[p]:
			err = fmt.Errorf("%s: in the way: a document must be at %s", s.inFeeds(p), s.inFeeds(dir))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// device returns the file system that a file is on.
func device(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev)
	}
	return 0
}
