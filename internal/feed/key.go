package feed

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
)

// Key names what a document is made of: two with the same key have the same
// bytes, when the same program writes them.
type Key [16]byte

func (k Key) String() string { return hex.EncodeToString(k[:]) }

// KeyOf returns the key of what is made of all these values. It goes through
// every field of them, exported or not, so that none can be forgotten; of what
// it cannot go through (functions, interfaces that hold pointers to others of
// their kind) it panics, which a test shows.
func KeyOf(values ...any) Key {
	w := newKeyWriter()
	for _, v := range values {
		w.value(reflect.ValueOf(v))
	}
	return w.key()
}

// KeyOfAddresses is KeyOf for what a list of pages says: where entries are read,
// and when they were updated; of is what else it says.
func KeyOfAddresses(entries []*Entry, of ...any) Key {
	w := newKeyWriter()
	for _, v := range of {
		w.value(reflect.ValueOf(v))
	}
	w.int(int64(len(entries)))
	for _, e := range entries {
		w.string(e.Link())
		w.int(e.Updated.Time().Unix())
	}
	return w.key()
}

// Key names all that a document can show of the entry, its content included. An
// error is the content's.
func (e *Entry) Key() (Key, error) {
	f, err := e.facts()
	if err != nil {
		return Key{}, err
	}
	said := e.words()
	said.mu.Lock()
	defer said.mu.Unlock()
	if said.key != nil && said.keyOf == e {
		return *said.key, nil
	}
	source := f.key
	if said.given != nil {
		c, _ := said.given()
		source = KeyOf(c)
	}
	w := newKeyWriter()
	w.value(reflect.ValueOf(e.Shown()))
	w.write(source[:])
	w.write(f.answers[:])
	k := w.key()
	said.key, said.keyOf = &k, e
	return k, nil
}

// Key names all that a document of the feed can show. An error is an
// [*EntryError].
func (f *Feed) Key() (Key, error) {
	if m := f.made; m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.key != nil {
			return *m.key, nil
		}
	}
	w := newKeyWriter()
	w.header(f)
	w.value(reflect.ValueOf(f.Gone))
	for _, other := range []*Feed{f.Current, f.Prev, f.Next} {
		if other == nil {
			w.string("-")
		} else {
			w.header(other.Face())
		}
	}
	for _, e := range f.Entries {
		k, err := e.Key()
		if err != nil {
			return Key{}, &EntryError{ID: e.ID, Err: err}
		}
		w.write(k[:])
		w.value(reflect.ValueOf(f.Brief(e)))
	}
	k := w.key()
	if f.made != nil {
		f.made.key = &k
	}
	return k, nil
}

// Face returns f as those know it who are told nothing of its entries: it stays
// the same when they change.
func (f *Feed) Face() *Feed {
	face := *f
	face.Updated, face.Entries, face.Gone, face.Archives, face.brief, face.made = time.Time{}, nil, nil, nil, nil, nil
	face.Current, face.Prev, face.Next = nil, nil, nil
	return &face
}

// sourceKey names an article's file and the rules by which it was read: all
// that its content depends on besides what it asks for.
func sourceKey(a *article.Article) Key {
	w := newKeyWriter()
	w.string(a.Path)
	w.write(a.Origin[:])
	if a.Origin == [len(a.Origin)]byte{} {
		// It comes from no library, and has its text.
		w.fields(reflect.ValueOf(a).Elem())
	}
	return w.key()
}

// keyWriter hashes values so that different ones never look the same.
type keyWriter struct {
	hash.Hash
	buf []byte
}

func newKeyWriter() *keyWriter { return &keyWriter{Hash: sha256.New()} }

func (w *keyWriter) key() (k Key) {
	w.flush()
	copy(k[:], w.Sum(nil))
	return k
}

func (w *keyWriter) flush() {
	w.Write(w.buf)
	w.buf = w.buf[:0]
}

func (w *keyWriter) write(b []byte) {
	if w.buf = append(w.buf, b...); len(w.buf) > 4096 {
		w.flush()
	}
}

func (w *keyWriter) int(n int64) { w.write(binary.AppendVarint(nil, n)) }

func (w *keyWriter) string(s string) {
	w.int(int64(len(s)))
	if len(s) > 4096 {
		w.flush()
		w.Write([]byte(s))
		return
	}
	w.buf = append(w.buf, s...)
}

// header writes what a feed says of itself.
func (w *keyWriter) header(f *Feed) {
	w.fields(reflect.ValueOf(f).Elem(), "Entries", "Gone", "Archives", "Current", "Prev", "Next", "brief", "made")
}

// fields writes the fields of a struct but for those named.
func (w *keyWriter) fields(v reflect.Value, except ...string) {
	t := v.Type()
	for i := range t.NumField() {
		if !slices.Contains(except, t.Field(i).Name) {
			w.value(v.Field(i))
		}
	}
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	locationType = reflect.TypeFor[*time.Location]()
)

func (w *keyWriter) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		w.string(v.String())
	case reflect.Bool:
		w.int(int64(b2i(v.Bool())))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.int(int64(v.Uint()))
	case reflect.Float64:
		w.string(fmt.Sprint(v.Float()))
	case reflect.Slice, reflect.Array:
		w.int(int64(v.Len()))
		for i := range v.Len() {
			w.value(v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		w.int(int64(len(keys)))
		for _, k := range keys {
			w.value(k)
			w.value(v.MapIndex(k))
		}
	case reflect.Pointer:
		switch {
		case v.IsNil():
			w.string("nil")
		case v.Type() == locationType:
			w.string(v.Interface().(*time.Location).String())
		default:
			w.string("to")
			w.value(v.Elem())
		}
	case reflect.Interface:
		if v.IsNil() {
			w.string("nil")
			return
		}
		w.string(v.Elem().Type().String())
		w.value(v.Elem())
	case reflect.Struct:
		if v.Type() == timeType {
			t := v.Interface().(time.Time)
			w.int(t.Unix())
			w.int(int64(t.Nanosecond()))
			_, offset := t.Zone()
			w.int(int64(offset))
			return
		}
		w.fields(v)
	default:
		panic(fmt.Sprintf("a document cannot be known by a %v", v.Type()))
	}
}
