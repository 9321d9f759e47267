package durable

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"
)

// Table is keyed lines, kept in two text files: a snapshot, sorted by key, that
// people can read, compare and keep in git, and a journal of later lines.
//
// Each line is a JSON object whose first member is "key". In the journal a
// later line of a key replaces an earlier one, and the snapshot's; a line with
// nothing but its key removes.
//
//	{"key":"rss.xml","type":"application/rss+xml","size":8124}
//	{"key":"old.xml"}
//
// Set and Delete change the table in memory only. What they changed comes out
// of Changes as one append to the journal, which the caller applies at the
// moment that makes it true, and then says so with Committed. A table is for
// one goroutine.
type Table struct {
	files   *Journal
	lines   map[string]json.RawMessage // as in the files
	changed map[string]json.RawMessage // since then; nil removes
}

// OpenTable reads the table of two files; one that is missing is empty. Errors
// in a line name the file and the line. Of the pending appends, those to this
// journal are read as if they were applied; nothing is written. Such a table is
// for reading: the appends must be applied before it can be changed.
func (d Disk) OpenTable(snapshot, journal string, pending ...Append) (*Table, error) {
	j, before, later, err := d.OpenJournal(snapshot, journal, pending...)
	if err != nil {
		return nil, err
	}
	t := &Table{files: j, lines: map[string]json.RawMessage{}, changed: map[string]json.RawMessage{}}
	if err := t.load(snapshot, before, t.loadOnce); err != nil {
		return nil, err
	}
	if err := t.load(journal, later, t.loadLater); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Table) load(name string, data []byte, add func(key string, line json.RawMessage) error) error {
	n := 0
	for raw := range bytes.Lines(data) {
		n++
		key, line, err := parseLine(raw)
		if err == nil {
			err = add(key, line)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return nil
}

// loadOnce takes a line of the snapshot, where a repeated key is the mark of a
// bad merge.
func (t *Table) loadOnce(key string, line json.RawMessage) error {
	if _, ok := t.lines[key]; ok {
		return fmt.Errorf("key %q stands here twice", key)
	}
	if line == nil {
		return fmt.Errorf("key %q stands here alone", key)
	}
	t.lines[key] = line
	return nil
}

func (t *Table) loadLater(key string, line json.RawMessage) error {
	if line == nil {
		delete(t.lines, key)
	} else {
		t.lines[key] = line
	}
	return nil
}

const opening = `{"key":`

// parseLine returns the key of a line and the line without spaces, nil when it
// removes the key.
func parseLine(raw []byte) (key string, line json.RawMessage, err error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return "", nil, err
	}
	rest, ok := bytes.CutPrefix(compact.Bytes(), []byte(opening))
	if !ok {
		return "", nil, errors.New(`not an object whose first member is "key"`)
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	if err := d.Decode(&key); err != nil {
		return "", nil, fmt.Errorf("key: %w", err)
	}
	if string(rest[d.InputOffset():]) == "}" {
		return key, nil, nil
	}
	return key, compact.Bytes(), nil
}

// encode writes v without spaces, and without the escapes for HTML that nobody
// likes to read.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Get returns the line of a key, with its key: an object that the caller must
// not change.
func (t *Table) Get(key string) (json.RawMessage, bool) {
	if line, ok := t.changed[key]; ok {
		return line, line != nil
	}
	line, ok := t.lines[key]
	return line, ok
}

// All returns all keys and lines, sorted by key.
func (t *Table) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		keys := slices.AppendSeq(slices.Collect(maps.Keys(t.lines)), maps.Keys(t.changed))
		slices.Sort(keys)
		for _, key := range slices.Compact(keys) {
			if line, ok := t.Get(key); ok && !yield(key, line) {
				return
			}
		}
	}
}

// Set makes v the line of a key. It must encode as a JSON object with at least
// one member, and none that is called "key".
func (t *Table) Set(key string, v any) error {
	if !utf8.ValidString(key) {
		return fmt.Errorf("key %q: not UTF-8", key)
	}
	head, _ := encode(key) // a string always encodes
	object, err := encode(v)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	if len(object) < len(`{"":0}`) || object[0] != '{' {
		return fmt.Errorf("key %q: %s is not an object with members", key, object)
	}
	// Most objects need no second look.
	if bytes.Contains(object, []byte(`"key":`)) {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(object, &members); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if _, ok := members["key"]; ok {
			return fmt.Errorf(`key %q: the object has a member "key" of its own`, key)
		}
	}
	line := slices.Concat([]byte(opening), head, []byte(","), object[1:])
	if old, ok := t.lines[key]; ok && bytes.Equal(old, line) {
		delete(t.changed, key)
	} else {
		t.changed[key] = line
	}
	return nil
}

// Delete removes a key, if it is there.
func (t *Table) Delete(key string) {
	if _, ok := t.lines[key]; ok {
		t.changed[key] = nil
	} else {
		delete(t.changed, key)
	}
}

// Changes returns what the journal must get for everything set and deleted
// since the table was opened or last committed, and whether there is anything:
// a key that has its old line again is no change.
func (t *Table) Changes() (Append, bool) {
	var data []byte
	for _, key := range slices.Sorted(maps.Keys(t.changed)) {
		line := t.changed[key]
		if line == nil {
			head, _ := encode(key) // a string always encodes
			line = slices.Concat([]byte(opening), head, []byte("}"))
		}
		data = append(append(data, line...), '\n')
	}
	return t.files.Append(data), len(data) > 0
}

// Committed says that the append of Changes is applied, or certain to be.
func (t *Table) Committed() {
	a, _ := t.Changes()
	t.files.Committed(a)
	for key, line := range t.changed {
		if line == nil {
			delete(t.lines, key)
		} else {
			t.lines[key] = line
		}
	}
	clear(t.changed)
}

// Overgrown reports whether the journal is so much larger than the snapshot
// that it should be folded.
func (t *Table) Overgrown() bool { return t.files.Overgrown() }

// Fold writes the snapshot anew with all that is in the journal and then
// empties the journal. A crash in between is harmless: the journal says again
// what the snapshot says already. Changes that are not committed stay what they
// are, and Changes must be asked again for where they go. After an error the
// table must be opened anew.
func (t *Table) Fold() error {
	if t.files.Empty() {
		return nil
	}
	return t.files.Fold(t.text())
}

// Save writes the snapshot anew with everything set and deleted, in one step
// and without an append. After an error the table must be opened anew.
func (t *Table) Save() error {
	// What the journal says would come after what is saved, and undo it.
	if err := t.Fold(); err != nil || len(t.changed) == 0 {
		return err
	}
	for key, line := range t.changed {
		if line == nil {
			delete(t.lines, key)
		} else {
			t.lines[key] = line
		}
	}
	clear(t.changed)
	return t.files.Save(t.text())
}

// text is the snapshot.
func (t *Table) text() []byte {
	var b bytes.Buffer
	for _, key := range slices.Sorted(maps.Keys(t.lines)) {
		b.Write(t.lines[key])
		b.WriteByte('\n')
	}
	return b.Bytes()
}
