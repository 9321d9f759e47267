package edition

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"feedmill/internal/durable"
)

// format is the version of the manifest and of the commit record. A newer one
// is refused and left as it is.
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

	Redirect string `json:"redirect,omitzero"`
	Gone     bool   `json:"gone,omitzero"`
}

// sibling is what a line says of a [Sibling]; the rest is as in the document.
type sibling struct {
	Coding string `json:"coding"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
}

func (d *Document) line() line {
	var siblings []sibling
	for _, s := range d.siblings {
		siblings = append(siblings, sibling{s.Coding, s.Size, s.Digest})
	}
	return line{
		Type:     d.Type,
		Kind:     d.Kind,
		MaxAge:   int64(d.MaxAge / time.Second),
		Links:    d.Links,
		Size:     d.Size,
		Digest:   d.Digest,
		Modified: d.Modified,
		Twice:    d.Twice,
		Siblings: siblings,
	}
}

// document returns the document at a path, not yet read.
func (l line) document(path string) Document {
	d := Document{
		Path:     path,
		Type:     l.Type,
		Kind:     l.Kind,
		MaxAge:   time.Duration(l.MaxAge) * time.Second,
		Links:    l.Links,
		Size:     l.Size,
		Digest:   l.Digest,
		Modified: l.Modified,
		Twice:    l.Twice,
		content:  damage{}, // until it is read
	}
	for _, s := range l.Siblings {
		file := d
		file.Path, file.Size, file.Digest, file.siblings = path+suffixes[s.Coding], s.Size, s.Digest, nil
		d.siblings = append(d.siblings, Sibling{s.Coding, &file})
	}
	return d
}

// lines returns the lines of the edition by path, in an order that depends on
// nothing but the edition.
func (e *Edition) lines() iter.Seq2[string, line] {
	return func(yield func(string, line) bool) {
		if !yield("", line{Format: format, Base: e.Base}) {
			return
		}
		for _, d := range e.documents {
			if !yield(d.Path, d.line()) {
				return
			}
		}
		for _, from := range slices.Sorted(maps.Keys(e.redirects)) {
			if !yield(from, line{Redirect: e.redirects[from]}) {
				return
			}
		}
		for _, from := range slices.Sorted(maps.Keys(e.gone)) {
			if !yield(from, line{Gone: true}) {
				return
			}
		}
	}
}

// fromTable returns the edition that a manifest describes, its documents not
// yet read; nil when there is none. Name is the manifest's, for errors.
func fromTable(name string, t *durable.Table) (*Edition, error) {
	var base string
	var docs []Document
	redirects := map[string]string{}
	var gone []string
	// The edition's own line comes first, as the empty path does.
	for path, raw := range t.All() {
		var l line
		if path == "" {
			var head struct{ Format int }
			if err := json.Unmarshal(raw, &head); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if err := known(name, head.Format); err != nil {
				return nil, err
			}
		} else if base == "" {
			return nil, fmt.Errorf("%s: no line says its format", name)
		}
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, path, err)
		}
		switch {
		case path == "":
			base = l.Base
		case l.Digest != "":
			for _, s := range l.Siblings {
				if suffixes[s.Coding] == "" {
					return nil, fmt.Errorf("%s: %q: content coding %q is not known", name, path, s.Coding)
				}
			}
			docs = append(docs, l.document(path))
		case l.Redirect != "":
			redirects[path] = l.Redirect
		case l.Gone:
			gone = append(gone, path)
		default:
			return nil, fmt.Errorf("%s: %q: neither a document nor a redirect nor gone", name, path)
		}
	}
	if base == "" {
		return nil, nil
	}
	e, err := New(base, docs, redirects, gone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return e, nil
}

// known refuses the format of a file that another version wrote.
func known(name string, f int) error {
	if f != format {
		return fmt.Errorf("%s: format %d, and this version knows %d: it was written by another feedmill", name, f, format)
	}
	return nil
}
