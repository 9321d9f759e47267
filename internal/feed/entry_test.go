package feed

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"feedmill/internal/article"
)

// TestAnEntryShowsAllThatItWasGiven gives an entry one thing at a time: all of it
// is shown, and is part of its key.
func TestAnEntryShowsAllThatItWasGiven(t *testing.T) {
	full := Shown{
		ID: "id", GUID: "guid", Title: "Title", Link: "https://example.org/", Page: "articles/a/", Authors: []article.Person{{Name: "Ana"}},
		Contributors: []article.Contributor{{Person: article.Person{Name: "Luan"}}}, Section: "section", Tags: []string{"tag"}, Language: "mk",
		Place: "Skopje", Point: &article.Point{Latitude: 1}, Rights: "© Ana", Source: &article.Source{Title: "Sea"}, External: "https://example.com/",
		Published: noon, Updated: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour), Plain: true, Brief: true,
	}
	nothing := func() (Content, error) { return Content{}, nil }
	keys := map[Key]string{}
	v := reflect.ValueOf(full)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if v.Field(i).IsZero() {
			t.Errorf("%s is not tried", name)
		}
		var one Shown
		reflect.ValueOf(&one).Elem().Field(i).Set(v.Field(i))
		e := NewEntry(one, nothing)
		if diff := cmp.Diff(one, e.Shown()); diff != "" {
			t.Errorf("%s: given (-), shown (+):\n%s", name, diff)
		}
		k, err := e.Key()
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := keys[k]; ok {
			t.Errorf("%s and %s make the same key", name, other)
		}
		keys[k] = name
	}
}
