package edition

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"feedmill/internal/durable"
)

// ErrLocked says that another publisher has the lock.
var ErrLocked = errors.New("another publisher has the lock")

// errNotLocked says that the program, not the disk, is wrong.
var errNotLocked = errors.New("the store is not locked")

// Names in the state directory, and the one in the feeds directory that is no
// document's.
const (
	lockName     = "lock"
	snapshotName = "manifest.jsonl"
	journalName  = "manifest.journal"
	recordName   = "commit.json"
	stagingName  = ".staging"
)

// Store keeps the published edition on disk. Lock, Open, Fold and Publish are
// for the one goroutine that publishes; Read, Pending and Changed are for any.
type Store struct {
	// Memory is how many bytes of documents an edition from the store may hold
	// in memory; 0 means any number. What is polled is held as far as there is
	// room. All else is opened whenever it is read.
	Memory int64
	// Committed is told of an edition at the moment from which nothing can take it
	// back: Publish has yet to put its files into their places, but they can be
	// read. It must not call the store. It may be nil.
	Committed func(*Edition)
	// SiblingsLater says that Publish leaves the siblings of documents that are new
	// to Complete, which readers need not wait for. A document has none meanwhile.
	SiblingsLater bool

	feeds, state string
	inRecord     int // bytes of an append
	disk         durable.Disk
	vouched      sync.Map // path of a file → vouched

	mu        sync.Mutex // guards what follows
	locked    bool
	published *published // nil: to be read from the disk first
	stage     *Stage     // nil: nothing is staged
}

// published is what the store knows of the disk while nobody else writes it.
type published struct {
	edition *Edition // nil: there is none yet
	journal *durable.Journal
	damage  *DamageError // nil: all documents are as they were published
	seen    stamp
}

// NewStore returns the store of two directories, which need not exist yet.
// Everything in the state directory is private.
func NewStore(feeds, state string) *Store {
	return &Store{feeds: feeds, state: state, inRecord: inRecord}
}

func (s *Store) inState(name string) string { return filepath.Join(s.state, name) }

func (s *Store) inFeeds(path string) string {
	return filepath.Join(s.feeds, filepath.FromSlash(path))
}

func (s *Store) staged(name string) string { return filepath.Join(s.feeds, stagingName, name) }

// Lock takes the publisher's lock, which ends with unlock or with the process.
// It does not wait: errors.Is(err, ErrLocked) when another has it. It makes the
// state directory when there is none, for its owner alone.
func (s *Store) Lock() (unlock func() error, err error) {
	if err := s.disk.MkdirAll(s.state, 0o700); err != nil {
		return nil, err
	}
	name := s.inState(lockName)
	f, err := s.disk.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = s.disk.Do("flock", name, func() error {
		return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	})
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", s.state, ErrLocked)
		}
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = true
	return func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.locked = false
		return f.Close()
	}, nil
}

// Open returns the published edition, nil when there is none yet. It needs the
// lock: it first finishes a publish that was interrupted, and sweeps up what one
// left that was given up. What is not as it was published is reported as a
// [*DamageError] together with the edition: a file is read when it has not the
// mark of the one that was written. Another error says that the disk does not
// let it; what is published may still be there for Read.
//
// An edition that this store knows, and that nobody replaced since, is not read
// again; its files are looked at.
func (s *Store) Open() (*Edition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return nil, errNotLocked
	}
	if s.published != nil && s.published.damage != nil {
		s.published = nil // somebody may have mended it
	}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	s.published.damage = s.look(s.published.edition)
	return s.published.edition, s.published.damage.orNil()
}

// Last is Open for who looked at the files a moment ago: it does not look again.
func (s *Store) Last() (*Edition, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return nil, errNotLocked
	}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	return s.published.edition, s.published.damage.orNil()
}

// load reads what is published, under the lock.
func (s *Store) load() error {
	s.published = nil
	if err := s.checkFeeds(); err != nil {
		return err
	}
	if err := s.finish(); err != nil {
		return err
	}
	// What is left in there belongs to no edition. That it stays, on a disk that
	// cannot be written just now, harms nobody; Publish insists.
	if s.stage == nil {
		_ = s.sweep()
	}
	_ = s.sweepParts() // likewise
	seen := s.stamp()
	journal, before, later, err := s.disk.OpenJournal(s.inState(snapshotName), s.inState(journalName))
	if err != nil {
		return err
	}
	e, damage, err := s.assemble(before, later, nil)
	if err != nil {
		return err
	}
	if e != nil {
		e.see(seen)
	}
	s.published = &published{edition: e, journal: journal, damage: damage, seen: seen}
	return nil
}

// checkFeeds refuses a feeds directory that is none.
func (s *Store) checkFeeds() error {
	info, err := s.disk.Stat(s.feeds)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: not a directory", s.feeds)
	}
	return nil
}

// reads is how often Read tries to see the store between two changes of it.
const reads = 100

// Read returns the published edition without the lock, and without writing
// anything: for a dry run, and for a server beside another publisher. It is
// nil when there is none. What is committed counts as published, applied or not.
// Damage is reported as by Open.
func (s *Store) Read() (*Edition, error) { return s.settled(s.look) }

// Glance is Read without looking at what is not held in memory: a server starts
// with what it returns.
func (s *Store) Glance() (*Edition, error) {
	return s.settled(func(*Edition) *DamageError { return nil })
}

func (s *Store) settled(look func(*Edition) *DamageError) (*Edition, error) {
	if err := s.checkFeeds(); err != nil {
		return nil, err
	}
	var err error
	doubts := 2 // damage is believed when it is still there: a file may have been replaced while it was looked at
	for range reads {
		var e *Edition
		var settled bool
		e, settled, err = s.read(look)
		if damage := (*DamageError)(nil); settled && errors.As(err, &damage) && doubts > 0 {
			doubts--
		} else if settled {
			return e, err
		}
	}
	if err == nil {
		err = errors.New("it never rests")
	}
	return nil, fmt.Errorf("read %s while another process publishes: %w", s.state, err)
}

// read is one attempt of Read. It is settled when what it returns was true at
// one moment.
func (s *Store) read(look func(*Edition) *DamageError) (e *Edition, settled bool, err error) {
	seen := s.stamp()
	record, err := s.recordBytes()
	unchanged := func() bool {
		// A record may be given its successor's inode, size and time, all within one
		// tick of the file system's clock: only what it says tells them apart.
		again, err := s.recordBytes()
		return err == nil && bytes.Equal(record, again) && seen.equal(s.stamp())
	}
	if err != nil {
		return nil, seen.equal(s.stamp()), err
	}
	r, err := s.parseRecord(record)
	if err != nil {
		return nil, unchanged(), err
	}
	pending, err := r.appends(s)
	if err != nil {
		return nil, unchanged(), err
	}
	_, before, later, err := s.disk.OpenJournal(s.inState(snapshotName), s.inState(journalName), pending...)
	// Record, snapshot and journal belong together if none of them changed
	// while they were read.
	if !unchanged() {
		return nil, false, err
	}
	if err != nil {
		return nil, true, err
	}
	e, damage, err := s.assemble(before, later, r.places())
	if err != nil {
		return nil, true, err
	}
	if e != nil {
		e.see(seen)
	}
	if found := look(e); found != nil {
		damage = found // with that of what is held
	}
	// Documents that have the digests of this manifest are this edition's,
	// whatever happened meanwhile; others may be those of the next.
	if damage != nil {
		return e, unchanged(), damage
	}
	return e, true, nil
}

// Files returns the files that say what is published: as long as they stay what
// they are, so does that.
func (s *Store) Files() []string {
	return []string{s.inState(snapshotName), s.inState(journalName), s.inState(recordName)}
}

// Pending returns the appends of a publish that is committed and not yet
// applied, for who reads a ledger without the lock.
func (s *Store) Pending() ([]durable.Append, error) {
	r, err := s.readRecord()
	if err != nil {
		return nil, err
	}
	return r.appends(s)
}

// Fold writes the manifest's journal into its snapshot. It needs the lock. A
// server does so when it starts; Publish does by itself when the journal
// outgrows the snapshot. Of the published edition it changes nothing.
func (s *Store) Fold() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return errNotLocked
	}
	if err := s.refresh(); err != nil {
		return err
	}
	if err := s.fold(); err != nil {
		s.published = nil
		return err
	}
	s.published.seen = s.stamp()
	if s.published.edition != nil {
		s.published.edition.see(s.published.seen)
	}
	return nil
}

// fold writes the manifest of the published edition whole.
func (s *Store) fold() error {
	if s.published.journal.Empty() || s.published.edition == nil {
		return nil
	}
	text, err := s.published.edition.text()
	if err != nil {
		return err
	}
	return s.published.journal.Fold(text)
}

// refresh reads what is published anew unless it is known.
func (s *Store) refresh() error {
	if s.published == nil || !s.published.seen.equal(s.stamp()) {
		return s.load()
	}
	return nil
}

// assemble returns the edition that a manifest describes, with the documents that
// are held in memory, and what is wrong with these. Names are those of the files of
// staging that documents may still be in, by path.
func (s *Store) assemble(before, later []byte, names map[string]string) (*Edition, *DamageError, error) {
	e, err := s.parse(before, later)
	if err != nil || e == nil {
		return nil, nil, err
	}
	if len(names) > 0 {
		for d := range e.files() {
			if name, ok := names[d.Path]; ok {
				d.staged = &staged{name: name}
			}
		}
	}
	var damaged DamageError
	held := s.held(e)
	for _, d := range slices.SortedFunc(maps.Keys(held), byPath) {
		body, err := s.readWhole(d)
		if err != nil {
			d.content = damage{err}
			damaged.add(d.Path, err)
			continue
		}
		d.content = memory(body)
	}
	return e, damaged.orNone(), nil
}

// look looks at the files of all documents, some at a time.
func (s *Store) look(e *Edition) *DamageError {
	if e == nil {
		return nil
	}
	const some = 512
	parts := slices.Collect(slices.Chunk(e.documents, some))
	damaged := make([]DamageError, len(parts))
	share(len(parts), func(i int) {
		for _, d := range parts[i] {
			if err := s.inspect(d); err != nil {
				damaged[i].add(d.Path, err)
			}
			for _, sibling := range d.siblings {
				if err := s.inspect(sibling.Document); err != nil {
					damaged[i].add(sibling.Path, err)
				}
			}
		}
	})
	var all DamageError
	for _, d := range damaged {
		for i, path := range d.Paths {
			all.add(path, d.Errs[i])
		}
	}
	return all.orNone()
}
