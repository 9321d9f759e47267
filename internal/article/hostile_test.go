package article

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostileCorpus makes files as large as they may be of what costs a parser
// most: one piece again and again, pieces within each other, and pieces in any
// order, behind front matter and without.
func hostileCorpus() iter.Seq2[string, []byte] {
	pieces := []string{
		"[a](", "[a]: b\n", "![", "](", "[^1]", "[^1]: x\n", "*a_ ", "**a", "__", "~~", "`", "``` \n", "> ", ">\t", "- ", "1. ", "\t- ", "    ", "# ", "=\n", "---\n", "\\|", "|a", "|-", "| a |\n|---|\n",
		"<", "<!--", "-->", "<b ", "<div>", "</div>", "<p>", "<h1>x", "<table><tr><td>", "<svg><style>", "<a href='", "&", "&amp", "&#x", "<![CDATA[", "]]>", "<script>", "<span itemprop=author>x</span>", "<time datetime=x>", "<meta name=date content=2024-05-06>", "<script type=application/ld+json>[",
		"{{< a >}}", "{{% a %}}", "{% raw %}", "{% if a %}", "{{", "}}", ":::tip\n", "import a from 'b'\n", "<Tabs>", "{/*", "{: .x}",
		"By A, ", "By Jane Doe and ", "2024-05-06 ", "20 ноября 2023 ", "二〇", "令和5年", "Updated: ", "SKOPJE, Nov 20 (Reuters) - ", "a: ", "\xE2\x80\xAE", "\u2067", "e\u0301", "http://a.b/", "a@b.c ", "\f", "   ", "\n\n", "\r", ".. note::\n", ":a: b\n", "`a`_ ", "|a| ", "===\n", "[1] a\n", "[[a]] ", "$a_b$ ", "$$\n", "a.", "# a {.b ", "<noscript><img>", "<A b={{",
	}
	heads := []string{"", "---\ntitle: x\ndate: 2024-05-06\n---\n", "+++\ntitle = \"x\"\n+++\n", "Title: x\n\n"}
	return func(yield func(string, []byte) bool) {
		for _, format := range []struct {
			ext  string
			size int
		}{{".md", 1 << 20}, {".html", 4 << 20}, {".txt", 4 << 20}, {".rst", 4 << 20}} {
			for i, piece := range pieces {
				head := heads[i%len(heads)]
				body := strings.Repeat(piece, (format.size-len(head))/len(piece))
				if !yield(fmt.Sprintf("%d%s", i, format.ext), []byte(head+body)) {
					return
				}
				small := strings.Repeat(piece, 60<<10/len(piece)) // within the bounds of front matter
				if !yield(fmt.Sprintf("%d-keys%s", i, format.ext), []byte("---\ntitle: x\ntags: "+small+"\n---\nText.")) {
					return
				}
			}
			for name, body := range map[string]string{
				"brackets":      strings.Repeat("[", format.size/3) + strings.Repeat("]", format.size/3),
				"attributes":    "# a {" + strings.Repeat(".b ", format.size/4) + "}\n",
				"substitutions": ".. |a0| replace:: x\n" + substitutions(1, 30) + "\n|a29|\n",
				"substitution":  ".. |a| replace:: " + strings.Repeat("b ", format.size/8) + "\n\n" + strings.Repeat("|a| ", format.size/8),
			} {
				if !yield(name+format.ext, []byte("---\ntitle: x\n---\n"+body)) {
					return
				}
			}
			random := rand.New(rand.NewPCG(1, uint64(format.size)))
			for i := range 20 {
				var b strings.Builder
				b.WriteString(heads[i%len(heads)])
				few := pieces[random.IntN(len(pieces)-4):][:4]
				for b.Len() < format.size-64 {
					b.WriteString(few[random.IntN(len(few))])
					if random.IntN(50) == 0 {
						b.WriteString("\n")
					}
				}
				if !yield(fmt.Sprintf("random-%d%s", i, format.ext), []byte(b.String())) {
					return
				}
			}
		}
	}
}

// BenchmarkHostileCorpus tells the slowest file of the hostile corpus, read and
// shown, and the most memory that one took.
func BenchmarkHostileCorpus(b *testing.B) {
	var slowest, all time.Duration
	var most uint64
	slow, large := "", ""
	for b.Loop() {
		for name, src := range hostileCorpus() {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			if a, _ := Parse(name, src, Options{Language: "en"}); a != nil {
				_, _ = a.Body(func(ref string) string { return "https://example.org/" })
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			all += took
			if took > slowest {
				slowest, slow = took, name
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				most, large = n, name
			}
		}
	}
	b.ReportMetric(float64(slowest.Milliseconds()), "ms-slowest")
	b.ReportMetric(float64(most)/(1<<20), "MiB-allocated-most")
	b.Logf("slowest %s: %v; most allocated %s: %d MiB; all: %v", slow, slowest, large, most>>20, all)
}
