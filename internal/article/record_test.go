package article

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fill gives every field of a value something that is not its zero value, and
// no two fields the same.
func fill(t *testing.T, v reflect.Value, n *int64, zone *time.Location) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Repeat("x", int(*n)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		if v.Type() == reflect.TypeFor[Instant]() {
			v.Set(reflect.ValueOf(At(time.UnixMilli(*n * 1e6).In(fixedZone(int(*n%3-1) * 5400)))))
			return
		}
		v.SetInt(*n)
	case reflect.Int:
		v.SetInt(*n)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 200))
	case reflect.Array:
		v.Index(0).SetUint(1)
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		fill(t, v.Elem(), n, zone)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(t, v.Index(i), n, zone)
		}
	case reflect.Float64:
		v.SetFloat(float64(*n) / 8)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(*n*1e6, *n).In([]*time.Location{time.UTC, time.Local, zone, fixedZone(-5400)}[*n%4])))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), n, zone)
			}
		}
	default:
		t.Fatalf("a field of a kind that records do not have: %v", v.Kind())
	}
}

func TestEveryFieldStandsInTheRecord(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	full := New("")
	var n int64
	fill(t, reflect.ValueOf(full).Elem(), &n, zone)
	for _, a := range []*Article{full, New("a.md")} {
		record := string(a.Append(nil, zone))
		got, err := Restore(record, a.Path, zone, nil, a.Origin, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" {
			t.Errorf("the article (-), the one of its record (+):\n%s", diff)
		}
		for i, at := range []fmt.Stringer{got.Published, got.Updated, got.From, got.Until, got.Seen} {
			want := []fmt.Stringer{a.Published, a.Updated, a.From, a.Until, a.Seen}[i]
			if at.String() != want.String() {
				t.Errorf("time %d: got %v, want %v", i, at, want)
			}
		}
		for n := range record {
			if got, err := Restore(record[:n], a.Path, zone, nil, [16]byte{}, nil); err == nil {
				t.Fatalf("the first %d of %d bytes: got %+v, want an error", n, len(record), got)
			}
		}
	}
	// One field at a time, so that none is read into another's place.
	parts := func(a *Article) []reflect.Value {
		var all []reflect.Value
		for _, part := range []any{a.Manuscript, a.Identity, a.Alias, a.Byline, a.Topics, a.Seldom} {
			all = append(all, reflect.ValueOf(part).Elem())
		}
		return all
	}
	for n, part := range parts(full) {
		for i := range part.NumField() {
			if field := part.Type().Field(i); field.IsExported() && !field.Anonymous {
				one := New("")
				parts(one)[n].Field(i).Set(part.Field(i))
				got, err := Restore(string(one.Append(nil, zone)), one.Path, zone, nil, one.Origin, nil)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(one, got, cmp.AllowUnexported(Manuscript{}, writing{}, source{})); diff != "" {
					t.Errorf("%s alone: %s", field.Name, diff)
				}
			}
		}
	}
}

func TestDatesKeepTheirOffsetWhenTheSiteMoves(t *testing.T) {
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	a := New("a.md")
	a.Published = At(time.Date(2024, 5, 18, 8, 30, 0, 0, skopje))
	got, err := Restore(string(a.Append(nil, skopje)), a.Path, time.UTC, nil, [16]byte{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := got.Published.String(), "2024-05-18T08:30:00+02:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTheRecordsFormatNamesEveryField(t *testing.T) {
	for _, part := range []reflect.Type{
		reflect.TypeFor[Article](), reflect.TypeFor[Manuscript](), reflect.TypeFor[Byline](), reflect.TypeFor[Topics](), reflect.TypeFor[Seldom](),
		reflect.TypeFor[Identity](), reflect.TypeFor[Alias](),
	} {
		for f := range part.Fields() {
			if f.IsExported() && f.Name != "Origin" && !strings.Contains(RecordFormat(), " "+f.Name+" ") {
				t.Errorf("%s is not in %q", f.Name, RecordFormat())
			}
		}
	}
}

func FuzzRestore(f *testing.F) {
	a, _ := Parse("a.md", []byte("---\ntitle: A\ndate: 2024-05-18\ntags: [a, b]\nauthor: Ana\nimage: {src: a.png, alt: b}\n---\nText\n"), Options{})
	f.Add(string(a.Append(nil, nil)))
	f.Fuzz(func(t *testing.T, record string) {
		a, err := Restore(record, "a.md", time.UTC, nil, [16]byte{}, nil)
		if err != nil {
			return
		}
		again, err := Restore(string(a.Append(nil, time.UTC)), "a.md", time.UTC, nil, [16]byte{}, nil)
		if err != nil || cmp.Diff(a, again, cmp.AllowUnexported(Manuscript{}, writing{}, source{})) != "" {
			t.Errorf("%q: %+v, then %+v, %v", record, a, again, err)
		}
	})
}

// kept is one file, as it was.
type kept struct {
	src []byte
	opt Options
	err error
}

func (k kept) Source(string, [16]byte) ([]byte, Options, error) { return k.src, k.opt, k.err }

func TestARestoredArticleReadsItsTextAgain(t *testing.T) {
	src := []byte("---\ntitle: Tides\n---\n\nThe *tide* comes.\n\n{{< figure >}}\n")
	opt := Options{Context: Context{Convention: Hugo}}
	a, _ := Parse("a.md", src, opt)
	want, err := a.Body(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	restored, err := Restore(string(a.Append(nil, nil)), a.Path, nil, kept{src: src, opt: opt}, [16]byte{1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := restored.Body(func(string) string { return "" })
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, the body (-), that of the restored article (+):\n%s", err, diff)
	}
	gone, _ := Restore(string(a.Append(nil, nil)), a.Path, nil, kept{err: errNoDate}, [16]byte{1}, nil)
	if _, err := gone.Body(func(string) string { return "" }); err != errNoDate {
		t.Errorf("a source that is gone: got %v, want its error", err)
	}
	empty, _ := Restore(string(a.Append(nil, nil)), a.Path, nil, kept{src: []byte("\n")}, [16]byte{1}, nil)
	if _, err := empty.Body(func(string) string { return "" }); err == nil {
		t.Error("a source that is no article: got a body")
	}
}
