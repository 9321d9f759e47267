package edition

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// format is the version of the manifest and of the commit record. A newer one
// is refused and left as it is, but for a record with parts.
const format = 1

// line is one line of the manifest; its key is the path it is about. The line
// of the empty path is the edition's own and has format and base; that of a
// document has a digest.
//
//	{"key":"","format":1,"base":"https://feeds.example.org/"}
//	{"key":"feed","redirect":"rss.xml"}
//	{"key":"old/","gone":true}
//	{"key":"rss.xml","type":"application/rss+xml","kind":"feed",…}
//
// The siblings of a document stand in its line.
type line struct {
	Format int    `json:"format,omitzero"`
	Base   string `json:"base,omitzero"`

	Type     string    `json:"type,omitzero"`
	Kind     Kind      `json:"kind,omitzero"`
	MaxAge   int64     `json:"max_age,omitzero"` // seconds
	Links    []Link    `json:"links,omitempty"`
	Size     int64     `json:"size,omitzero"`
	Digest   string    `json:"digest,omitzero"`
	Modified time.Time `json:"modified,omitzero"`
	Twice    bool      `json:"twice,omitzero"`
	Siblings []sibling `json:"siblings,omitempty"`
	Late     bool      `json:"late,omitzero"` // they are still to be made
	Of       string    `json:"of,omitzero"`   // the document's Key, hexadecimal
	Mark     []int64   `json:"mark,omitempty"`

	Redirect string `json:"redirect,omitzero"`
	Gone     bool   `json:"gone,omitzero"`
}

// sibling is what a line says of a [Sibling]; the rest is as in the document.
type sibling struct {
	Coding string  `json:"coding"`
	Size   int64   `json:"size"`
	Digest string  `json:"digest"`
	Mark   []int64 `json:"mark,omitempty"`
}

func (d *Document) line() line {
	var siblings []sibling
	for _, s := range d.siblings {
		siblings = append(siblings, sibling{s.Coding, s.Size, s.Digest, s.mark.numbers()})
	}
	of := ""
	if d.Key != [16]byte{} {
		of = hex.EncodeToString(d.Key[:])
	}
	return line{
		Of:       of,
		Mark:     d.mark.numbers(),
		Type:     d.Type,
		Kind:     d.Kind,
		MaxAge:   int64(d.MaxAge / time.Second),
		Links:    d.Links,
		Size:     d.Size,
		Digest:   d.Digest,
		Modified: d.Modified,
		Twice:    d.Twice,
		Siblings: siblings,
		Late:     d.late,
	}
}

// numbers is the mark in a line; nothing when there is none.
func (m mark) numbers() []int64 {
	if m == (mark{}) {
		return nil
	}
	return []int64{m.modified, int64(m.inode)}
}

func newMark(numbers []int64) mark {
	if len(numbers) != 2 {
		return mark{}
	}
	return mark{numbers[0], uint64(numbers[1])}
}

// document fills in the document at a path, not yet read.
func (l *line) document(d *Document, path string) error {
	d.Path, d.Type, d.Kind, d.Links = path, l.Type, l.Kind, l.Links
	d.MaxAge = time.Duration(l.MaxAge) * time.Second
	d.Size, d.Digest, d.Modified, d.Twice = l.Size, l.Digest, l.Modified, l.Twice
	d.mark, d.late = newMark(l.Mark), l.Late
	if l.Of != "" {
		if n, err := hex.Decode(d.Key[:], []byte(l.Of)); err != nil || n != len(d.Key) {
			return fmt.Errorf("%q: of %q is not a key", path, l.Of)
		}
	}
	for _, s := range l.Siblings {
		if suffixes[s.Coding] == "" {
			return fmt.Errorf("%q: content coding %q is not known", path, s.Coding)
		}
		file := *d
		file.Path, file.Size, file.Digest, file.siblings, file.mark, file.Key = path+suffixes[s.Coding], s.Size, s.Digest, nil, newMark(s.Mark), [16]byte{}
		d.siblings = append(d.siblings, Sibling{s.Coding, &file})
	}
	return nil
}

// changes returns what a manifest's journal must get to say of e what it says of
// before, which is nil when it says nothing.
func (e *Edition) changes(before *Edition) ([]byte, error) {
	var b []byte
	var err error
	set := func(path string, l line) {
		if err == nil {
			b, err = l.append(b, path)
		}
	}
	remove := func(path string) { b = appendRemoved(b, path) }
	if before == nil || before.Base != e.Base {
		set("", line{Format: format, Base: e.Base})
	}
	if before == nil {
		before = &Edition{}
	}
	is := make(map[string]bool)
	var pairs []pair
	differ(before.documents, e.documents, func(was, d *Document) {
		pairs = append(pairs, pair{was, d})
		if d != nil {
			is[d.Path] = true
		}
	})
	said, err := lines(pairs)
	b = append(b, said...)
	for _, from := range slices.Sorted(maps.Keys(e.redirects)) {
		if to := e.redirects[from]; before.redirects[from] != to {
			set(from, line{Redirect: to})
		}
		is[from] = true
	}
	for _, from := range slices.Sorted(maps.Keys(e.gone)) {
		if !before.gone[from] {
			set(from, line{Gone: true})
		}
		is[from] = true
	}
	// What was of another kind at the same path is replaced already.
	for _, from := range slices.Sorted(maps.Keys(before.redirects)) {
		if _, served := e.Document(from); !served && !is[from] {
			remove(from)
		}
	}
	for _, from := range slices.Sorted(maps.Keys(before.gone)) {
		if _, served := e.Document(from); !served && !is[from] {
			remove(from)
		}
	}
	return b, err
}

// pair is what two editions have at a path; nil stands for nothing.
type pair struct{ was, is *Document }

// lines returns the lines of a manifest's journal about documents, of many with all
// cores.
func lines(pairs []pair) ([]byte, error) {
	const some = 512
	parts := slices.Collect(slices.Chunk(pairs, some))
	said := make([][]byte, len(parts))
	errs := make([]error, len(parts))
	share(len(parts), func(i int) {
		for _, p := range parts[i] {
			switch {
			case p.is == nil:
				said[i] = appendRemoved(said[i], p.was.Path)
			case p.was == nil || !reflect.DeepEqual(p.was.line(), p.is.line()):
				if said[i], errs[i] = p.is.line().append(said[i], p.is.Path); errs[i] != nil {
					return
				}
			}
		}
	})
	return bytes.Join(said, nil), errors.Join(errs...)
}

// appendRemoved appends the line of a path at which nothing is any more.
func appendRemoved(b []byte, path string) []byte {
	head, _ := json.Marshal(path) // a string always encodes
	return fmt.Appendf(b, "{\"key\":%s}\n", head)
}

// differ calls f for every path at which two lists, sorted by path, have not the
// same document; nil stands for none.
func differ(before, after []*Document, f func(was, is *Document)) {
	i, j := 0, 0
	for i < len(before) || j < len(after) {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			i++
			j++
		case j == len(after) || i < len(before) && before[i].Path < after[j].Path:
			f(before[i], nil)
			i++
		case i == len(before) || after[j].Path < before[i].Path:
			f(nil, after[j])
			j++
		default:
			f(before[i], after[j])
			i++
			j++
		}
	}
}

// text returns the manifest of e, whole.
func (e *Edition) text() ([]byte, error) {
	paths := make(map[string]line)
	for _, from := range slices.Collect(maps.Keys(e.redirects)) {
		paths[from] = line{Redirect: e.redirects[from]}
	}
	for from := range e.gone {
		paths[from] = line{Gone: true}
	}
	others := slices.Sorted(maps.Keys(paths))
	b, err := (line{Format: format, Base: e.Base}).append(make([]byte, 0, 300*len(e.documents)), "")
	for _, d := range e.documents {
		for len(others) > 0 && others[0] < d.Path && err == nil {
			b, err = paths[others[0]].append(b, others[0])
			others = others[1:]
		}
		if err != nil {
			return nil, err
		}
		b, err = d.line().append(b, d.Path)
	}
	for _, from := range others {
		if err == nil {
			b, err = paths[from].append(b, from)
		}
	}
	return b, err
}

// append writes the line of a path.
func (l line) append(b []byte, path string) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(path); err != nil {
		return nil, err
	}
	b = append(append(b, `{"key":`...), bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
	text.Reset()
	if err := enc.Encode(l); err != nil {
		return nil, err
	}
	return append(append(b, ','), text.Bytes()[1:]...), nil
}

// known refuses the format of a file that another version wrote.
func known(name string, f, newest int) error {
	if f < format || f > newest {
		return fmt.Errorf("%s: format %d, and this version knows %d: it was written by another feedmill", name, f, newest)
	}
	return nil
}
