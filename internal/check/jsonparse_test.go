package check

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// jsonPieces are what tests make JSON of.
var jsonPieces = []string{"{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\"b\": ", "\"items\":[", "\"\\u003c\\n\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\ude00\\u0041\"", "\"\\u12\"", "\"\\x\"",
	"\"é\"", "\"a line that is longer than eight bytes, with \\\" in it\"", "\"\t\"", "\\", "0", "-0", "01", "-", "1.5", "1.", "1e5", "1E+", "2e-3", "true", "false", "null", "nul", " ", "\n", "\r\n", "\x00", "\ufeff"}

// inJSON returns what a source of JSON makes of an object, and whether it was one.
func inJSON(in jsonInput) (string, bool) {
	var b strings.Builder
	write := func(d datum, at place) { fmt.Fprintf(&b, "%+v %v\n", d, at) }
	open, at, err := in.token()
	if err != nil || open != json.Delim('{') {
		return "", false
	}
	for in.more() {
		key, at, err := in.token()
		if err != nil {
			return "", false
		}
		if _, ok := key.(string); !ok {
			return "", false
		}
		fmt.Fprintf(&b, "%v %v: ", key, at)
		if key != "items" {
			d, at, err := in.datum()
			if err != nil {
				return "", false
			}
			write(d, at)
			continue
		}
		open, _, err := in.token()
		if err != nil || open != json.Delim('[') {
			return "", false
		}
		for in.more() {
			d, at, err := in.datum()
			if err != nil {
				return "", false
			}
			write(d, at)
		}
		_, end, err := in.token()
		if err != nil {
			return "", false
		}
		fmt.Fprintln(&b, end)
	}
	if _, _, err = in.token(); err == nil {
		_, at, err = in.token()
	}
	fmt.Fprintln(&b, at)
	return b.String(), err == io.EOF
}

// sameJSON tells whether a document was read by hand, and fails when encoding/json
// does not read the same.
func sameJSON(t *testing.T, v string) bool {
	t.Helper()
	if !utf8.ValidString(v) {
		return false
	}
	want, valid := inJSON(newJSONStream(newWindow([]byte(v), nil)))
	got, ok := inJSON(newJSONParser([]byte(v)))
	if ok && (!valid || got != want) {
		t.Fatalf("%q: got\n%s\nwant\n%s (%v)", v, got, want, valid)
	}
	return ok
}

// TestJSONParser: what is read by hand is what encoding/json reads.
func TestJSONParser(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	read := 0
	for range 30_000 {
		var b strings.Builder
		b.WriteString("{")
		for range r.IntN(8) {
			b.WriteString(jsonPieces[r.IntN(len(jsonPieces))])
		}
		// What is whole so far is closed, so that more of it can be read.
		for _, c := range closing(b.String()) {
			b.WriteString(c)
		}
		if sameJSON(t, b.String()) {
			read++
		}
	}
	if read < 500 {
		t.Errorf("got %d documents, want more to compare", read)
	}
	deep := "{\"a\":" + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + "}"
	if sameJSON(t, deep) != true {
		t.Error("got a refusal of what is nested as deep as is read")
	}
	if _, ok := inJSON(newJSONParser([]byte(strings.Replace(deep, "[]", "[[]]", 1)))); ok {
		t.Error("got what is nested deeper than is read")
	}
}

// closing returns the brackets that close what is open.
func closing(v string) []string {
	var all []string
	text := false
	for i, c := range []byte(v) {
		switch {
		case c == '"' && (i == 0 || v[i-1] != '\\'):
			text = !text
		case text:
		case c == '{':
			all = append([]string{"}"}, all...)
		case c == '[':
			all = append([]string{"]"}, all...)
		case (c == '}' || c == ']') && len(all) > 0:
			all = all[1:]
		}
	}
	return all
}

func FuzzJSONParser(f *testing.F) {
	for _, piece := range jsonPieces {
		f.Add("{\"a\":" + piece + "}")
		f.Add("{\"items\":[{\"b\":[" + piece + "]},1]}")
	}
	f.Fuzz(func(t *testing.T, v string) { sameJSON(t, v) })
}

// TestBracketAsName: encoding/json lets a bracket pass where a name belongs.
func TestBracketAsName(t *testing.T) {
	for _, body := range []string{"{[]}", "{{}}", `{"a":1,[]}`} {
		found := Document("feed.json", "application/feed+json", "", []byte(body))
		if len(found) != 1 || found[0].Rule != jsonSyntax.name {
			t.Errorf("%s: got %v, want %s", body, found, jsonSyntax.name)
		}
	}
}

// TestJSONFeedRead: a feed that is read while it is judged is what encoding/json
// reads of it.
func TestJSONFeedRead(t *testing.T) {
	members := []string{`"id":"a"`, `"id":7`, `"id":null`, `"ID":"b"`, `"id":true`, `"url":"https://example.org/"`, `"url":"x"`, `"title":"T"`, `"title":5`, `"Title":"U"`, `"ſummary":"s"`,
		`"content_html":"<p>x</p>"`, `"content_html":""`, `"content_html":null`, `"content_html":1`, `"content_text":"t"`, `"summary":"s"`, `"image":"i"`, `"banner_image":"b"`,
		`"date_published":"2023-11-20T08:30:15Z"`, `"date_modified":"never"`, `"authors":[{"name":"A","url":"u"}]`, `"authors":[{"url":"u","name":"A"},{}]`, `"authors":[{"name":1e3}]`, `"authors":["A"]`,
		`"authors":[{"name":"A","name":"B"}]`, `"authors":null`, `"tags":["a","b"]`, `"tags":["a",null]`, `"tags":{}`, `"attachments":[{"url":"x","URL":"y"}]`, `"attachments":[{"url":"x"},{}]`, `"attachments":[null]`,
		`"_own":{"a":1}`, `"language":"en"`, `"author":{"name":"A"}`}
	heads := []string{`"title":"F"`, `"title":null`, `"description":"d"`, `"language":"en"`, `"home_page_url":"https://example.org/"`, `"feed_url":"https://example.org/feed.json"`, `"next_url":"n"`, `"icon":"i"`,
		`"Favicon":"f"`, `"favicon":"f"`, `"hubs":[{"type":"WebSub","url":"h"},{}]`, `"hubs":1`, `"authors":[{"name":"A"}]`, `"authors":[1]`, `"authors":"A"`, `"user_comment":1`, `"items":[]`}
	r := rand.New(rand.NewPCG(9, 10))
	some := func(of []string, most int) string {
		var chosen []string
		for range r.IntN(most) {
			chosen = append(chosen, of[r.IntN(len(of))])
		}
		return strings.Join(chosen, ",")
	}
	whole := 0
	for range 20_000 {
		var items []string
		for range r.IntN(3) {
			items = append(items, "{"+some(members, 8)+"}")
		}
		body := []byte(strings.ReplaceAll(`{"version":"https://jsonfeed.org/version/1.1",`+some(heads, 5)+`,"items":[`+strings.Join(items, ",")+"]}", ",,", ","))
		slow := &reader{}
		err := slow.readJSON(body)
		fast := &jsonFeedReader{reader: &reader{}}
		(&judge{in: newWindow(body, nil), jsonReader: fast}).json("")
		if !fast.whole {
			continue
		}
		whole++
		if err != nil {
			t.Fatalf("%s: got a feed, want %v", body, err)
		}
		if got, want := fmt.Sprintf("%+v", fast.reading()), fmt.Sprintf("%+v", slow.reading()); got != want {
			t.Fatalf("%s: got\n%s\nwant\n%s", body, got, want)
		}
	}
	if whole < 2000 {
		t.Errorf("got %d feeds, want more to compare", whole)
	}
}
