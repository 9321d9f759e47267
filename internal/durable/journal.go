package durable

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// Journal is a text in two files: a snapshot, and a journal of what was appended
// since. What the lines mean is the caller's. A journal is for one goroutine.
type Journal struct {
	disk              Disk
	snapshot, journal string // files

	snapshotSize, journalSize int64 // bytes
}

// ErrTorn says that a journal was cut short, and not by who was killed: appends are
// made whole by what was recorded of them.
var ErrTorn = errors.New("the line does not end")

// OpenJournal reads two files; one that is missing is empty. Of the pending
// appends, those to this journal are read as if they were applied; nothing is
// written. Such a journal is for reading: the appends must be applied before
// it can be changed. [ErrTorn] when the last line of the journal does not end.
func (d Disk) OpenJournal(snapshot, journal string, pending ...Append) (j *Journal, before, later []byte, err error) {
	before, err = d.ReadFile(snapshot)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, err
	}
	later, err = d.ReadFile(journal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, err
	}
	for _, a := range pending {
		same, err := sameName(a.File, journal)
		if err != nil {
			return nil, nil, nil, err
		}
		if !same {
			continue
		}
		if later, err = a.Applied(later); err != nil {
			return nil, nil, nil, err
		}
	}
	// An editor may leave out the last line end of a snapshot.
	if len(later) > 0 && later[len(later)-1] != '\n' {
		return nil, nil, nil, fmt.Errorf("%s:%d: %w", journal, bytes.Count(later, []byte("\n"))+1, ErrTorn)
	}
	return &Journal{disk: d, snapshot: snapshot, journal: journal, snapshotSize: int64(len(before)), journalSize: int64(len(later))}, before, later, nil
}

func sameName(a, b string) (bool, error) {
	a, err := filepath.Abs(a)
	if err != nil {
		return false, err
	}
	b, err = filepath.Abs(b)
	return a == b, err
}

// Append returns data as an append to the journal, which the caller applies at
// the moment that makes it true, and then says so with Committed.
func (j *Journal) Append(data []byte) Append {
	return Append{File: j.journal, At: j.journalSize, Data: data}
}

// Committed says that an append is applied, or certain to be.
func (j *Journal) Committed(a Append) { j.journalSize = a.At + int64(len(a.Data)) }

// worthFolding is the size in bytes of a journal that nobody minds.
const worthFolding = 64 << 10

// Overgrown reports whether the journal is so much larger than the snapshot
// that it should be folded.
func (j *Journal) Overgrown() bool { return j.journalSize > j.snapshotSize+worthFolding }

// Fold writes the snapshot anew, which says all that is in the journal too, and
// then empties the journal. A crash in between is harmless where the journal
// says again what the snapshot says already. After an error the journal must be
// opened anew.
func (j *Journal) Fold(snapshot []byte) error {
	// What was appended since, by another process or by a caller who forgot
	// Committed, would be lost.
	info, err := j.disk.Stat(j.journal)
	if err != nil {
		return err
	}
	if info.Size() != j.journalSize {
		return fmt.Errorf("fold %s: %s has changed since it was read", j.snapshot, j.journal)
	}
	if err := j.Save(snapshot); err != nil {
		return err
	}
	if err := j.disk.Apply(Append{File: j.journal}); err != nil {
		return err
	}
	j.journalSize = 0
	return nil
}

// Promote makes the journal the snapshot, when there is none: for a journal that
// holds one append, which is sorted and says each thing once. After an error the
// journal must be opened anew.
func (j *Journal) Promote() error {
	if err := j.disk.Rename(j.journal, j.snapshot); err != nil {
		return err
	}
	for _, dir := range slices.Compact([]string{filepath.Dir(j.snapshot), filepath.Dir(j.journal)}) {
		if err := j.disk.SyncDir(dir); err != nil {
			return err
		}
	}
	j.snapshotSize, j.journalSize = j.journalSize, 0
	return nil
}

// Save writes the snapshot anew, and leaves the journal as it is.
func (j *Journal) Save(snapshot []byte) error {
	if err := j.disk.WriteFile(j.snapshot, snapshot, 0o644); err != nil {
		return err
	}
	j.snapshotSize = int64(len(snapshot))
	return nil
}

// Empty reports whether nothing was appended since the snapshot.
func (j *Journal) Empty() bool { return j.journalSize == 0 }
