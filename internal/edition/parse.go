package edition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// row is a line of the manifest as it was read.
type row struct {
	path string
	line line
	base bool // nothing but its key: it removes
	doc  *Document
}

// parse returns the edition that a manifest describes, its documents not yet
// read; nil when there is none. Snapshot and journal are its files, for errors.
func (s *Store) parse(before, later []byte) (*Edition, error) {
	snapshot, journal := s.inState(snapshotName), s.inState(journalName)
	rows, err := s.rows(snapshot, before)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		switch {
		case i > 0 && rows[i-1].path == r.path:
			return nil, fmt.Errorf("%s: key %q stands here twice", snapshot, r.path)
		case r.base:
			return nil, fmt.Errorf("%s: key %q stands here alone", snapshot, r.path)
		}
	}
	if len(later) > 0 {
		changed, err := s.rows(journal, later)
		if err != nil {
			return nil, err
		}
		rows = merge(rows, changed)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	if rows[0].path != "" || rows[0].line.Base == "" {
		return nil, fmt.Errorf("%s: no line says its format", snapshot)
	}
	e := &Edition{Base: rows[0].line.Base}
	redirects := map[string]string{}
	var gone []string
	for _, r := range rows[1:] {
		switch {
		case r.doc != nil:
			if err := r.doc.validate(); err != nil {
				return nil, fmt.Errorf("%s: document %q: %w", snapshot, r.path, err)
			}
			e.documents = append(e.documents, r.doc)
			e.sum.add(r.doc.sum)
		case r.line.Redirect != "":
			redirects[r.path] = r.line.Redirect
		case r.line.Gone:
			gone = append(gone, r.path)
		default:
			return nil, fmt.Errorf("%s: %q: neither a document nor a redirect nor gone", snapshot, r.path)
		}
	}
	if err := e.sorted(); err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot, err)
	}
	if e, err = e.With(nil, nil, redirects, gone); err != nil {
		return nil, fmt.Errorf("%s: %w", snapshot, err)
	}
	return e, nil
}

// sorted refuses documents that lie below another.
func (e *Edition) sorted() error {
	for i, d := range e.documents {
		for _, next := range e.documents[i+1:] {
			rest, ok := strings.CutPrefix(next.Path, d.Path)
			if !ok || rest[0] > '/' {
				break
			}
			if rest[0] == '/' {
				return fmt.Errorf("document %q: it is below the document %q", next.Path, d.Path)
			}
		}
	}
	return nil
}

// merge returns the rows of a snapshot, sorted by path, as a journal changes
// them.
func merge(rows, changed []row) []row {
	slices.SortStableFunc(changed, func(a, b row) int { return strings.Compare(a.path, b.path) })
	all := make([]row, 0, len(rows)+len(changed))
	for i := 0; i < len(changed); i++ {
		if i+1 < len(changed) && changed[i+1].path == changed[i].path {
			continue // the last one counts
		}
		n, found := slices.BinarySearchFunc(rows, changed[i].path, func(r row, path string) int { return strings.Compare(r.path, path) })
		all = append(all, rows[:n]...)
		rows = rows[n:]
		if found {
			rows = rows[1:]
		}
		if !changed[i].base {
			all = append(all, changed[i])
		}
	}
	return append(all, rows...)
}

// rows reads lines, sorted by path where the file is. The lines of large files
// are read by all cores.
func (s *Store) rows(name string, data []byte) ([]row, error) {
	if head := firstLine(data); len(head) > 0 {
		// A file of another version may be anything.
		var h struct {
			Key    *string
			Format int
		}
		if json.Unmarshal(head, &h) == nil && h.Key != nil && *h.Key == "" {
			if err := known(name, h.Format, format); err != nil {
				return nil, err
			}
		}
	}
	parts := chunks(data, runtime.GOMAXPROCS(0))
	rows := make([][]row, len(parts))
	errs := make([]error, len(parts))
	var workers sync.WaitGroup
	first := 1
	for i, part := range parts {
		line := first
		first += bytes.Count(part, []byte("\n"))
		workers.Go(func() { rows[i], errs[i] = s.lines(name, part, line) })
	}
	workers.Wait()
	if err := errors.Join(errs...); err != nil {
		for _, err := range errs {
			if err != nil {
				return nil, err
			}
		}
	}
	all := slices.Concat(rows...)
	if name == s.inState(snapshotName) && !slices.IsSortedFunc(all, func(a, b row) int { return strings.Compare(a.path, b.path) }) {
		slices.SortStableFunc(all, func(a, b row) int { return strings.Compare(a.path, b.path) })
	}
	return all, nil
}

func firstLine(data []byte) []byte {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return line
}

// chunks parts a text into n of about one size, at ends of lines.
func chunks(data []byte, n int) [][]byte {
	const worth = 256 << 10
	var parts [][]byte
	size := max(len(data)/n, worth)
	for len(data) > size {
		end := bytes.IndexByte(data[size:], '\n')
		if end < 0 {
			break
		}
		parts = append(parts, data[:size+end+1])
		data = data[size+end+1:]
	}
	if len(data) > 0 {
		parts = append(parts, data)
	}
	return parts
}

// lines reads lines, the first of which has a number.
func (s *Store) lines(name string, data []byte, first int) ([]row, error) {
	text := string(data) // paths and digests are parts of it
	rows := make([]row, 0, strings.Count(text, "\n")+1)
	docs := make([]Document, 0, cap(rows))
	same := scan{types: map[string]string{}}
	for n := first; text != ""; n++ {
		var raw string
		raw, text, _ = strings.Cut(text, "\n")
		r, err := same.row(raw)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		if r.line.Digest != "" {
			docs = append(docs, Document{})
			r.doc = &docs[len(docs)-1]
			if err := r.line.document(r.doc, r.path); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			r.line = line{}
			r.doc.sum = r.doc.digest()
			r.doc.content = placed{s}
			for _, sibling := range r.doc.siblings {
				sibling.content = placed{s}
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// scan reads lines as this program writes them, and has encoding/json read what
// looks otherwise.
type scan struct {
	types    map[string]string // so that each is in memory once
	text     string            // of modified, as it was read last
	modified time.Time
}

func (s *scan) row(raw string) (row, error) {
	if r, ok := s.quick(raw); ok {
		return r, nil
	}
	var key struct{ Key *string }
	dec := json.NewDecoder(strings.NewReader(raw))
	var members map[string]json.RawMessage
	if err := dec.Decode(&members); err != nil {
		return row{}, err
	}
	if err := json.Unmarshal([]byte(raw), &key); err != nil {
		return row{}, err
	}
	if key.Key == nil {
		return row{}, errors.New(`not an object with a "key"`)
	}
	r := row{path: *key.Key, base: len(members) == 1}
	if err := json.Unmarshal([]byte(raw), &r.line); err != nil {
		return row{}, fmt.Errorf("%q: %w", r.path, err)
	}
	return r, nil
}

// quick reads a line without spaces, escapes and members that it does not know.
func (s *scan) quick(raw string) (r row, ok bool) {
	rest, ok := strings.CutPrefix(raw, `{"key":"`)
	if !ok {
		return r, false
	}
	if r.path, rest, ok = quoted(rest); !ok {
		return r, false
	}
	if r.base = rest == "}"; r.base {
		return r, true
	}
	for rest != "}" {
		if rest, ok = strings.CutPrefix(rest, `,"`); !ok {
			return r, false
		}
		name, value, found := strings.Cut(rest, `":`)
		if !found || value == "" {
			return r, false
		}
		var text string
		switch c := value[0]; {
		case c == '"':
			text, rest, ok = quoted(value[1:])
		case c == '[':
			end := strings.IndexByte(value, ']')
			if name == "links" || name == "siblings" {
				end = strings.Index(value, "}]") + 1
			}
			if ok = end > 0; ok {
				text, rest = value[:end+1], value[end+1:]
			}
		default:
			end := strings.IndexAny(value, ",}")
			if ok = end > 0; ok {
				text, rest = value[:end], value[end:]
			}
		}
		if !ok || !s.member(&r.line, name, text) {
			return r, false
		}
	}
	return r, true
}

// quoted reads up to the end of a string without escapes.
func quoted(s string) (text, rest string, ok bool) {
	end := strings.IndexByte(s, '"')
	if end < 0 || strings.IndexByte(s[:end], '\\') >= 0 {
		return "", "", false
	}
	return s[:end], s[end+1:], true
}

func (s *scan) member(l *line, name, text string) (ok bool) {
	var err error
	switch name {
	case "type":
		kept, known := s.types[text]
		if !known {
			kept = strings.Clone(text)
			s.types[kept] = kept
		}
		l.Type = kept
	case "kind":
		i := slices.Index(order, Kind(text))
		if i < 0 {
			return false
		}
		l.Kind = order[i]
	case "max_age":
		l.MaxAge, err = strconv.ParseInt(text, 10, 64)
	case "size":
		l.Size, err = strconv.ParseInt(text, 10, 64)
	case "digest":
		l.Digest = text
	case "of":
		l.Of = text
	case "modified":
		if text != s.text {
			if s.modified, err = time.Parse(time.RFC3339, text); err == nil {
				s.text = text
			}
		}
		l.Modified = s.modified
	case "twice":
		l.Twice = text == "true"
		return text == "true" || text == "false"
	case "mark":
		a, b, _ := strings.Cut(strings.Trim(text, "[]"), ",")
		l.Mark = make([]int64, 2)
		if l.Mark[0], err = strconv.ParseInt(a, 10, 64); err == nil {
			l.Mark[1], err = strconv.ParseInt(b, 10, 64)
		}
	case "links":
		err = json.Unmarshal([]byte(text), &l.Links)
	case "siblings":
		err = json.Unmarshal([]byte(text), &l.Siblings)
	case "late":
		l.Late = text == "true"
		return text == "true" || text == "false"
	case "redirect":
		l.Redirect = text
	case "gone":
		l.Gone = text == "true"
	default:
		return false
	}
	return err == nil
}
