package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// TestJudgeFrom: a document that comes in pieces is judged as one that is there
// at once.
func TestJudgeFrom(t *testing.T) {
	for file, at := range served {
		archive, good := load(t, file)
		for _, f := range archive.Files[1:] {
			body, _, _ := mutate(t, good, string(f.Data))
			s := Source{Path: "x", Type: at.mediaType, URL: at.url}
			want := s.Judge(body)
			for name, in := range map[string]io.Reader{
				"whole": bytes.NewReader(body), "in halves": iotest.HalfReader(bytes.NewReader(body)),
				"byte by byte": iotest.OneByteReader(bytes.NewReader(body)),
				"with the end": iotest.DataErrReader(bytes.NewReader(body)),
			} {
				if got, err := s.JudgeFrom(in); err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: %s: read %s: got %v (%v), want %v", file, f.Name, name, got, err, want)
				}
			}
		}
	}
}

// TestSmallWindow moves a window of every small size over a document.
func TestSmallWindow(t *testing.T) {
	_, good := load(t, "rss.txtar")
	bad := bytes.Replace(good, []byte("</channel>"), []byte("\n<item><title>Приштина & \x01</title><!-- x -- --><nonsense a='1'/></item></channel>"), 1)
	s := Source{Path: "x"}
	want := s.Judge(bad)
	if len(want) < 4 {
		t.Fatalf("got %v, want several findings", want)
	}
	if len(bad) < 4*900 {
		t.Fatalf("got a document of %d bytes, want one of several windows", len(bad))
	}
	for most := 800; most < 900; most++ {
		w := newWindow(nil, bytes.NewReader(bad))
		w.most = most
		if got, err := s.newJudge(w).judge(s); err != nil || !slices.Equal(got, want) {
			t.Fatalf("a window of %d bytes: got %v (%v), want %v", most, got, err, want)
		}
	}
}

// TestTooLong: what is too long to be read whole is an error of its own, however
// the document comes.
func TestTooLong(t *testing.T) {
	const most = 4000
	long := strings.Repeat("long ", most/5+1)
	const head = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>`
	for name, body := range map[string]string{
		"a text":                   head + long + `</title></channel></rss>`,
		"a CDATA section":          head + `<![CDATA[` + long + `]]></title></channel></rss>`,
		"a text in pieces":         head + long[:most/2] + `<!-- -->` + long[:most/2] + `<!-- -->x</title></channel></rss>`,
		"a comment":                head + `<!--` + long + `--></title></channel></rss>`,
		"a comment without an end": head + `<!--` + long + long + long,
		"a start tag":              head + `</title><link a="` + long + `"/></channel></rss>`,
		"a tag of spaces":          head + `</title><link` + strings.Repeat(" ", 3*most) + `/></channel></rss>`,
		"an instruction":           head + `<?p ` + long + `?></title></channel></rss>`,
		"an item":                  `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"` + long + long + long + `"}]}`,
	} {
		limited := func(f Finding) bool { return f.Rule == validatorLimit.name }
		s := Source{Path: "x"}
		for how, w := range map[string]*window{"at once": newWindow([]byte(body), nil), "as it comes": newWindow(nil, strings.NewReader(body))} {
			w.most = most
			if got, err := s.newJudge(w).judge(s); err != nil || !slices.ContainsFunc(got, limited) {
				t.Errorf("%s, %s: got %v (%v), want %s", name, how, got, err, validatorLimit.name)
			}
		}
	}
}

// TestUnreadable: what cannot be read to its end is not judged.
func TestUnreadable(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, body := range []string{`<?xml version="1.0" encoding="utf-8"?><rss version="2.0">`, `{"version":`, `<!DOCTYPE html><title>`} {
		_, err := Source{Path: "x"}.JudgeFrom(io.MultiReader(strings.NewReader(body), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("%q: got error %v, want %v", body, err, broken)
		}
	}
}

// TestMemory: what judging keeps in memory does not grow with the document.
func TestMemory(t *testing.T) {
	one := bytes.TrimPrefix(large(), []byte("\xef\xbb\xbf"))
	body := one[:bytes.LastIndex(one, []byte("</channel>"))]
	items := body[bytes.Index(body, []byte("<item>")):]
	peak := uint64(0)
	var parts []io.Reader
	parts = append(parts, bytes.NewReader(body))
	for range 8 {
		parts = append(parts, readFunc(func([]byte) (int, error) {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			return 0, io.EOF
		}), bytes.NewReader(items))
	}
	parts = append(parts, strings.NewReader("</channel></rss>\n"))
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	if _, err := (Source{Path: "x"}).JudgeFrom(io.MultiReader(parts...)); err != nil {
		t.Fatal(err)
	}
	if kept := int64(peak) - int64(before.HeapAlloc); kept > 4*longest {
		t.Errorf("got %s kept of a document of %s, want a window's", megabytes(kept), megabytes(int64(9*len(items))))
	}
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
