package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWritersWriteWhatTheStandardLibraryWrites compares the elements of entries
// with what encoding/xml and encoding/json make of their types.
func TestWritersWriteWhatTheStandardLibraryWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wrote := map[bool]int{} // items, by whether they are rare
	for range 1000 {
		var item rssItem
		fillSome(r, reflect.ValueOf(&item).Elem())
		if r.IntN(4) > 0 {
			item.Source, item.Also, item.podcastEpisode = nil, nil, nil
		}
		wrote[item.rare()]++
		compare(t, 2, func(w *writer) { w.rssItem(&item) }, func(w *writer) { w.element("item", &item) })
		var entry atomEntry
		fillSome(r, reflect.ValueOf(&entry).Elem())
		if r.IntN(4) > 0 {
			entry.Source = nil
		}
		entry.AtomEntry.Links = nil // nobody sets it, and it would be written beside those
		compare(t, 1, func(w *writer) { w.atomEntry(&entry) }, func(w *writer) { w.element("entry", &entry) })

		var object jsonItem
		fillSome(r, reflect.ValueOf(&object).Elem())
		if r.IntN(4) > 0 {
			object.Attachments, object.Author = nil, nil
		}
		object.JSONItem.BannerImage = "" // likewise
		var direct, slow jsonWriter
		direct.item(&object)
		slow.b = append(slow.b, "\n    "...)
		slow.rare(&object)
		if direct.err != nil || slow.err != nil {
			t.Fatal(direct.err, slow.err)
		}
		if !bytes.Equal(direct.b, slow.b) {
			t.Fatalf("got\n%q\nwant\n%q", direct.b, slow.b)
		}
	}
	if wrote[true] == 0 || wrote[false] == 0 {
		t.Errorf("got items by whether they are rare: %v", wrote)
	}
}

func compare(t *testing.T, depth int, direct, library func(*writer)) {
	t.Helper()
	got, want := writer{depth: depth}, writer{depth: depth}
	direct(&got)
	library(&want)
	if got.err != nil || want.err != nil {
		t.Fatal(got.err, want.err)
	}
	if !bytes.Equal(got.b, want.b) {
		t.Fatalf("the elements differ (-want +got):\n%s", cmp.Diff(strings.Split(string(want.b), "\n"), strings.Split(string(got.b), "\n")))
	}
}

// fillSome gives some of the fields of a value something that breaks what is written
// without care.
func fillSome(r *rand.Rand, v reflect.Value) {
	if v.Type() == reflect.TypeFor[xml.Name]() {
		return
	}
	if v.Type() == reflect.TypeFor[element]() {
		v.Set(reflect.ValueOf(also("x:y", "<z>1</z>")))
		return
	}
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Unix(r.Int64N(1<<33), 0).UTC()))
		return
	}
	if v.Type() == reflect.TypeFor[markup]() {
		v.Set(reflect.ValueOf(*section(anyText(r))))
		if r.IntN(2) == 0 {
			v.Set(reflect.ValueOf(*plain(anyText(r))))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(anyText(r))
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(r.Int64N(3) * 1000)
	case reflect.Float64:
		v.SetFloat(float64(r.IntN(3)) * 1.5)
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && r.IntN(2) == 0 {
				fillSome(r, f)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillSome(r, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(3), 4))
		for i := range v.Len() {
			fillSome(r, v.Index(i))
		}
	}
}

// anyText returns a text of some of what has to be escaped, or has not.
func anyText(r *rand.Rand) string {
	words := []string{"", "", "a", "tag:example.org,2023:1", " and ", "é", "Скопје", "😀", "\"", "'", "&", "<b>", "]]>", "\n", "\t", "\\", "\r", "\b", "\f", "\x7f", "\x01", "\x80", "\u2028", "\u2029", "\ufffd", "\xe2\x80", "12345678", "1234567\"", "\\2345678"}
	var b strings.Builder
	for range r.IntN(6) {
		b.WriteString(words[r.IntN(len(words))])
	}
	return mostlyClean(b.String(), r)
}

// mostlyClean has most texts be clean, as they are behind the door.
func mostlyClean(s string, r *rand.Rand) string {
	if r.IntN(4) > 0 {
		return clean(s)
	}
	return strings.ReplaceAll(s, placeholder, "")
}

func FuzzAppendJSON(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Add(strings.Repeat("1234567", 9) + "\"\\\u2028\xe2\x80\xa9\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(s); err != nil {
			t.Fatal(err)
		}
		if got := string(appendJSON(nil, s)) + "\n"; got != want.String() {
			t.Errorf("%q: got %s, want %s", s, got, want.String())
		}
	})
}

func TestOneLineIsKnown(t *testing.T) {
	for _, c := range []struct {
		s    string
		want bool
	}{
		{"", true}, {"a", true}, {"a b", true}, {"Скопје е", true}, {"a\u00a0 b", true},
		{" ", false}, {"a ", false}, {" a", false}, {"a  b", false}, {"a\tb", false}, {"a\n", false},
	} {
		if got := isLine(c.s); got != c.want {
			t.Errorf("isLine(%q): got %v", c.s, got)
		}
		if got := line(c.s); (got == c.s) != c.want {
			t.Errorf("line(%q): got %q", c.s, got)
		}
	}
}
