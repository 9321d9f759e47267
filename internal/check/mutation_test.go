package check

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// mutationTokens are what a mutation puts into a document: what means something
// in XML, JSON, HTML, dates and addresses.
var mutationTokens = []string{"<", ">", "&", "\"", "'", "]]>", "<![CDATA[", "<!--", "-->", "&#x", "&#60;", "&amp;lt;", "&nbsp;",
	"<!DOCTYPE a [", "<!ENTITY b \"", "]>", "\x00", "\xff\xfe", "\xef\xbb\xbf", "\xc3\xa4", " xmlns:a=\"", " xmlns=\"\"", "<a:b>", "<?", "?>", "</", "/>",
	"{\"", "[[[[", "\\u0000", "\\ud800", ",", ":", "null", "-1", "1e999", "0000-00-00T", "2023-11-20T24:00:00Z", "Mon, 32 Foo 2023",
	"http://", "//[::", "%zz", "tag:,:", " encoding=\"utf-16\"", " encoding=\"koi8-r\"", "<item>", "</item>", "<entry>", "<div>", "<script>", "<p", "\r", "\r\n"}

// mutated returns doc after one to four changes; other is what it is crossed
// with.
func mutated(r *rand.Rand, doc, other []byte) []byte {
	b := bytes.Clone(doc)
	for range 1 + r.IntN(4) {
		if len(b) == 0 {
			return b
		}
		i := r.IntN(len(b))
		span := i + r.IntN(min(64, len(b)-i))
		switch r.IntN(7) {
		case 0:
			b[i] = byte(r.IntN(256))
		case 1: // leave out
			b = append(b[:i:i], b[span:]...)
		case 2: // say twice
			b = append(b[:span:span], b[i:]...)
		case 3: // cross
			from := r.IntN(len(other))
			b = append(b[:i:i], append(bytes.Clone(other[from:from+r.IntN(min(128, len(other)-from))]), b[i:]...)...)
		case 4:
			b = append(b[:i:i], append([]byte(mutationTokens[r.IntN(len(mutationTokens))]), b[i:]...)...)
		case 5: // break off
			if r.IntN(4) == 0 {
				b = b[:i]
			}
		case 6: // an element or member again, elsewhere
			from := max(bytes.LastIndexAny(b[:i], "<{"), 0)
			to := bytes.IndexAny(b[i:], ">}")
			if to >= 0 && len(b) < 8<<10 {
				piece := bytes.Clone(b[from : i+to+1])
				at := r.IntN(len(b))
				b = append(b[:at:at], append(piece, b[at:]...)...)
			}
		}
	}
	return b
}

// TestMutations judges, reads and compares as many mutations of small documents
// as FEEDMILL_MUTATIONS says: none may panic, or take more than 100 ms. It is
// skipped when that is not set.
func TestMutations(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("FEEDMILL_MUTATIONS"))
	if n == 0 {
		t.Skip("FEEDMILL_MUTATIONS does not say how many")
	}
	archive, err := txtar.ParseFile(filepath.Join("testdata", "small.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	var before Reading
	now := time.Now()
	execute := func(i int, doc []byte) {
		defer func() {
			if p := recover(); p != nil {
				t.Fatalf("panic: %v\n%q", p, doc)
			}
		}()
		s := Source{Path: "x", URL: "https://feeds.example.org/rss.xml", Now: now}
		if i%4 == 0 {
			s.Profile = Profiles()[i/4%len(Profiles())]
		}
		findings := s.Judge(doc)
		if i%8 == 1 {
			if streamed, err := s.JudgeFrom(iotest.HalfReader(bytes.NewReader(doc))); err != nil || !slices.Equal(streamed, findings) {
				t.Errorf("%q: got %v (%v) as it comes, %v at once", doc, streamed, err, findings)
			}
		}
		if reading, err := Read(doc); err == nil {
			Compare(before, reading)
			Succession([]Pair{{Document: "x", Old: before, New: reading}}, i%3)
			before = reading
		}
	}
	slowest := time.Duration(0)
	var slow []byte
	for i := range n {
		doc := mutated(r, archive.Files[r.IntN(len(archive.Files))].Data, archive.Files[r.IntN(len(archive.Files))].Data)
		start := time.Now()
		execute(i, doc)
		took := time.Since(start)
		// Another process may have had the processor: what was slow by itself is
		// slow again.
		for range 10 {
			if took <= slowest || took < time.Millisecond {
				break
			}
			start = time.Now()
			execute(i, doc)
			took = min(took, time.Since(start))
		}
		if took > slowest {
			slowest, slow = took, doc
		}
		if i%500_000 == 499_999 {
			fmt.Printf("%d executions, the slowest %v\n", i+1, slowest)
		}
	}
	if slowest > 100*time.Millisecond {
		t.Errorf("the slowest took %v, want 100ms at most: %q", slowest, slow)
	}
	t.Logf("%d executions, the slowest %v, of %d bytes", n, slowest, len(slow))
}
