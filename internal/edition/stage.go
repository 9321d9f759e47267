package edition

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
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
//
// What is polled is compressed and written in the background, and the first
// files are made durable there, while the caller goes on to check the edition:
// Publish waits for that.
type Stage struct {
	store  *Store
	last   *Edition     // what is published
	damage *DamageError // of that
	room   atomic.Int64 // bytes that may still be held in memory
	n      atomic.Int64 // names given
	syncs  atomic.Int64 // files that may still be synced one by one

	once sync.Once
	fs   *durable.FS // opened before the first file is written
	err  error       // of the beginning
	kept bool        // a record speaks of what is there; guarded by the store's lock

	coders     chan struct{} // holds one for each document that is compressed, and for each core that is not to
	waiting    atomic.Int64  // documents that are compressed, or are to be
	hurried    atomic.Bool   // all cores compress
	gzips      compressors
	brotlis    compressors
	background sync.WaitGroup // who compresses and syncs

	mu       sync.Mutex            // guards what follows
	coded    map[*staged][]Sibling // of what was put there
	unsynced []*staged             // what was put there and is to be synced together
	pending  int64                 // bytes of that
	failed   error                 // of the background: the first
}

const (
	// roomForStaged is how many bytes of documents a stage holds in memory when the
	// store may hold any number.
	roomForStaged = 64 << 20
	// syncedAlone is how many files a stage syncs one by one. Of more it is better
	// to sync the file system once; but that waits for what others write to it, too,
	// and an edit of one article leads to fewer.
	syncedAlone = 24
	// syncedTogether is after how many bytes what was put there is synced while the
	// next is made: not all at once in the end, when it has to be waited for.
	syncedTogether = 128 << 20
)

// staged is a file of staging.
type staged struct {
	name    string
	written bool        // by Put
	synced  atomic.Bool // and durable
	read    atomic.Bool // and read back since, with the mark that it was written with
	placed  atomic.Bool // it is at its path by now
}

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
	st := &Stage{
		store: s, last: s.published.edition, damage: s.published.damage,
		coders: make(chan struct{}, runtime.GOMAXPROCS(0)), coded: map[*staged][]Sibling{},
		gzips: compressors{pool: &gzips}, brotlis: compressors{pool: &brotlis},
	}
	// Of few documents one core compresses while others are rendered and checked:
	// compressors are large.
	for range cap(st.coders) - 1 {
		st.coders <- struct{}{}
	}
	st.syncs.Store(syncedAlone)
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
// for the edition: as it is published already, when these are the same bytes. An
// error may also come from Publish.
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
	d.staged = st.name(d.Digest)
	if d.polled() && st.room.Add(-d.Size) >= 0 {
		whole := d
		st.waiting.Add(1)
		st.background.Go(func() {
			st.coders <- struct{}{}
			defer func() { <-st.coders }()
			st.fail(st.write(&whole))
			st.waiting.Add(-1)
		})
		return d, nil
	}
	err := st.write(&d)
	d.content = placed{st.store}
	return d, err
}

// write stages a document, and its siblings unless they are to be made later.
func (st *Stage) write(d *Document) error {
	if err := st.writeFile(d); err != nil || st.store.SiblingsLater {
		return err
	}
	siblings, err := st.code(d, d.Content())
	st.mu.Lock()
	defer st.mu.Unlock()
	st.coded[d.staged] = siblings
	return err
}

// code stages the siblings of a document with these bytes.
func (st *Stage) code(d *Document, body []byte) ([]Sibling, error) {
	if !d.polled() || !d.Codable() {
		return nil, nil
	}
	var gz, br []byte
	if st.hurried.Load() {
		var beside sync.WaitGroup
		beside.Go(func() { gz = st.gzips.compress(body) })
		br = st.brotlis.compress(body)
		beside.Wait()
	} else {
		gz, br = st.gzips.compress(body), st.brotlis.compress(body)
	}
	siblings := siblingsOf(d, gz, br)
	for _, s := range siblings {
		s.staged = st.name(s.Digest)
		if err := st.writeFile(s.Document); err != nil {
			return nil, err
		}
		if st.room.Add(-s.Size) < 0 {
			s.content = placed{st.store}
		}
	}
	return siblings, nil
}

// complete stages the siblings of documents that are published without, with all
// cores.
func (st *Stage) complete(docs []Document) error {
	if st.once.Do(st.begin); st.err != nil {
		return st.err
	}
	st.waiting.Add(int64(len(docs)))
	st.hurry()
	for i := range docs {
		d := &docs[i]
		st.coders <- struct{}{}
		st.background.Go(func() {
			defer func() { <-st.coders }()
			body, err := d.ReadAll()
			if err != nil {
				return // it is damaged, and will be written anew
			}
			siblings, err := st.code(d, body)
			d.siblings = append([]Sibling{}, siblings...) // not nil: that there are none is known
			st.fail(err)
		})
	}
	return st.wait()
}

func (st *Stage) writeFile(d *Document) error {
	if err := st.store.write(d, false); err != nil {
		return st.store.about("write", d.Path, err)
	}
	d.staged.written = true
	if st.syncs.Add(-1) < 0 {
		st.mu.Lock()
		defer st.mu.Unlock()
		st.unsynced = append(st.unsynced, d.staged)
		if st.pending += d.Size; st.pending >= syncedTogether {
			st.syncMany()
		}
		return nil
	}
	file := *d
	st.background.Go(func() {
		if err := st.store.sync(&file); err != nil {
			st.fail(st.store.about("write", file.Path, err))
			return
		}
		file.staged.synced.Store(true)
	})
	return nil
}

// Sync makes durable, in the background, what was put there until now, when that is
// more than a few files. Who has put all there and still has to check the edition
// calls it, so that Publish finds little left to wait for.
func (st *Stage) Sync() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.syncMany()
}

// syncMany needs the lock.
func (st *Stage) syncMany() {
	if !durable.Bulk(len(st.unsynced)) {
		return
	}
	files := st.unsynced
	st.unsynced, st.pending = nil, 0
	st.background.Go(func() {
		if err := st.fs.Sync(); err != nil {
			st.fail(err)
			return
		}
		for _, f := range files {
			f.synced.Store(true)
		}
	})
}

// fail notes what went wrong in the background.
func (st *Stage) fail(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.failed == nil {
		st.failed = err
	}
}

// hurry lets all cores compress: nothing else is to be done. Of few documents each
// is in both codings at once, which takes half the compressors.
func (st *Stage) hurry() {
	const few = 6
	if st.hurried.Swap(true) || st.waiting.Load() <= few {
		return
	}
	for range cap(st.coders) - 1 {
		<-st.coders
	}
}

// wait waits for the background.
func (st *Stage) wait() error {
	st.hurry()
	st.background.Wait()
	return st.failed
}

// name returns a new name in staging. It has the digest, so that a reader who
// comes late finds these bytes or none.
func (st *Stage) name(digest string) *staged {
	return &staged{name: fmt.Sprintf("%d-%s", st.n.Add(1)-1, digest)}
}

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
	st.background.Wait()
	st.gzips.clear()
	st.brotlis.clear()
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
	left := slices.DeleteFunc(slices.Clone(writes), func(d *Document) bool { return d.staged.synced.Load() })
	many := durable.Bulk(len(left))
	for _, d := range left {
		var err error
		if !d.staged.written {
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
	return s.readAllBack(slices.DeleteFunc(slices.Clone(writes), func(d *Document) bool { return d.staged.read.Load() }))
}

// write stages one document. It notes by what the file is known, so that who
// opens it before it is read back need not compare it first.
func (s *Store) write(d *Document, sync bool) error {
	content, err := d.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	f, err := s.disk.OpenFile(s.staged(d.staged.name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	var source io.Reader = content
	if _, ok := d.content.(memory); !ok {
		source = io.LimitReader(content, d.Size+1) // one byte more tells one that has grown
	}
	if _, err := io.Copy(f, source); err != nil {
		f.Close()
		return err
	}
	if sync {
		if err := f.Sync(); err != nil {
			f.Close()
			return err
		}
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	d.mark = markOf(info)
	return f.Close()
}

// sync makes one document durable that was staged before.
func (s *Store) sync(d *Document) error {
	f, err := s.disk.OpenFile(s.staged(d.staged.name), os.O_RDONLY, 0)
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
	share(len(parts), func(i int) {
		buffer := make([]byte, 64<<10)
		for _, d := range parts[i] {
			if err := s.readBack(d, buffer); err != nil {
				errs[i] = s.about("read back", d.Path, err)
				return
			}
		}
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// share calls do with each number below n, on all cores.
func share(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var workers sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)); i <= n; i = int(next.Add(1)) {
				do(i - 1)
			}
		})
	}
	workers.Wait()
}

var errReadBack = errors.New("these are not the bytes that were to be written")

// readBack compares a staged file with the document: against disks that lie,
// and against sources that changed since the edition was made. It notes by what
// the file is known from now on.
func (s *Store) readBack(d *Document, buffer []byte) error {
	f, err := s.disk.OpenFile(s.staged(d.staged.name), os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != d.Size {
		return errReadBack
	}
	h := sha256.New()
	n, err := io.CopyBuffer(h, io.LimitReader(f, d.Size), buffer)
	if err != nil {
		return err
	}
	if n != d.Size || hex.EncodeToString(h.Sum(nil)) != d.Digest {
		return errReadBack
	}
	d.mark = markOf(info)
	return nil
}
