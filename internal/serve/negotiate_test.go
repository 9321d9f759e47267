package serve

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/andybalholm/brotli"
)

// What is sent of a document that there is in br, gzip and plain.
func TestChoose(t *testing.T) {
	tests := []struct {
		name   string
		fields []string // Accept-Encoding
		want   string
	}{
		{"nothing said", nil, ""},
		{"an empty field", []string{""}, ""},
		{"gzip", []string{"gzip"}, "gzip"},
		{"its old name", []string{"x-gzip"}, "gzip"},
		{"in upper case", []string{"GZIP"}, "gzip"},
		{"br", []string{"br"}, "br"},
		{"both, the smaller one", []string{"gzip, deflate, br"}, "br"},
		{"both, in two fields", []string{"gzip", "br"}, "br"},
		{"both, gzip rather", []string{"br;q=0.5, gzip"}, "gzip"},
		{"both, gzip a little rather", []string{"br;q=0.998,gzip;q=0.999"}, "gzip"},
		{"spaces everywhere", []string{" gzip ; q = 0.9\t,\tbr ;q=0.1 "}, "gzip"},
		{"what is not known", []string{"zstd, deflate, compress"}, ""},
		{"anything", []string{"*"}, "br"},
		{"anything but br", []string{"*, br;q=0"}, "gzip"},
		{"anything a little, gzip rather", []string{"*;q=0.1, gzip"}, "gzip"},
		{"nothing but br", []string{"*;q=0, br;q=0.1"}, "br"},
		{"gzip not", []string{"gzip;q=0"}, ""},
		{"gzip not, in all digits", []string{"gzip;q=0.000"}, ""},
		{"a weight that is little", []string{"gzip;q=0.001"}, "gzip"},
		{"a weight of one in all digits", []string{"gzip;q=1.000"}, "gzip"},
		{"plain rather", []string{"identity, gzip;q=0.5"}, ""},
		{"plain less", []string{"identity;q=0.4, gzip;q=0.5"}, "gzip"},
		{"plain as well", []string{"identity, gzip"}, "gzip"},
		{"plain not", []string{"identity;q=0, gzip;q=0.1"}, "gzip"},
		{"plain not, and nothing else", []string{"identity;q=0"}, ""},
		{"nothing at all", []string{"*;q=0"}, ""},
		{"plain, else nothing", []string{"identity, *;q=0"}, ""},
		{"a weight above one", []string{"gzip;q=1.5"}, ""},
		{"a weight of too many digits", []string{"gzip;q=0.1234"}, ""},
		{"a weight that is none", []string{"gzip;q=high"}, ""},
		{"a weight below zero", []string{"gzip;q=-1"}, ""},
		{"a weight that is missing", []string{"gzip;q="}, ""},
		{"another parameter", []string{"gzip;level=9"}, "gzip"},
		{"another parameter and a weight", []string{"gzip;level=9;q=0"}, ""},
		{"commas", []string{",,, gzip ,,"}, "gzip"},
		{"a name that begins alike", []string{"gzipped, brotli"}, ""},
	}
	s := New(testLog(t))
	s.Swap(codedSample(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var fields []string
			for _, f := range tt.fields {
				fields = append(fields, "Accept-Encoding", f)
			}
			resp := get(s, "GET", "/rss.xml", fields...)
			if got := resp.Header.Get("Content-Encoding"); got != tt.want {
				t.Errorf("%q: got coding %q, want %q", tt.fields, got, tt.want)
			}
			if body := decoded(t, resp); !bytes.Equal(body, words) {
				t.Errorf("%q: got other bytes, %q …", tt.fields, body[:min(len(body), 40)])
			}
		})
	}
}

// decoded returns the body of a response without its coding.
func decoded(t testing.TB, resp *http.Response) []byte {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		body, err = decode(resp.Header.Get("Content-Encoding"), body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// decode undoes a coding, for gzip by other code than that which applied it.
func decode(coding string, body []byte) ([]byte, error) {
	switch coding {
	case "br":
		return io.ReadAll(brotli.NewReader(bytes.NewReader(body)))
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	}
	return body, nil
}

func FuzzAccepted(f *testing.F) {
	for _, seed := range []string{"", "gzip", "br;q=0.5, gzip;q=1.0, *;q=0", ";;q=,,", "gzip;q=0.", "*;Q=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		w := accepted([]string{value})
		for _, q := range []int{w.identity, w.gzip, w.brotli} {
			if q < 0 || q > 1000 {
				t.Errorf("%q: got %+v, want weights from 0 to 1000", value, w)
			}
		}
	})
}
