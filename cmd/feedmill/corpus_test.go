package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A corpus is a directory of as many articles as somebody wants, always the
// same ones: 4 KB of Markdown each, with front matter in YAML, by year and month.
// Their dates are spread evenly: of 100,000 a dozen are of one day.

var (
	corpusWords = bytes.Fields([]byte(`the of and to in government minister said border region Kosovo Serbia Albania
		election vote parliament party energy coal power plant river dam protest police court judge trial economy trade
		market growth school hospital health winter summer`))
	corpusTags    = []string{"politics", "economy", "energy", "health", "courts", "sport", "culture", "europe", "security", "media"}
	corpusAuthors = []string{"Ana Petrova", "Besa Hoxha", "Marko Nikolić", "Jo Smith"}
)

// corpusArticle is the path and the text of one article.
func corpusArticle(i int) (path string, text []byte) {
	random := rand.New(rand.NewPCG(uint64(i), 4))
	var b bytes.Buffer
	words := func(n int) []byte {
		var s []byte
		for j := range n {
			if j > 0 {
				s = append(s, ' ')
			}
			s = append(s, corpusWords[random.IntN(len(corpusWords))]...)
		}
		return s
	}
	const years, months, days = 24, 12, 28
	year, month, day := 2000+i%years, i/years%months+1, i/(years*months)%days+1
	fmt.Fprintf(&b, "---\ntitle: \"Article %d: %s\"\ndate: %04d-%02d-%02dT%02d:%02d:00Z\nauthor: %s\ntags: [%s, %s]\nsection: %s\ndescription: \"%s\"\n---\n",
		i, words(5), year, month, day, i%24, i%60, corpusAuthors[i%4], corpusTags[i%10], corpusTags[i/10%10],
		[]string{"balkans", "europe", "world"}[i%3], words(15))
	for b.Len() < 3900 {
		s := words(60)
		switch random.IntN(5) {
		case 0:
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", s[:40], s)
		case 1:
			fmt.Fprintf(&b, "\n- %s\n- %s\n- **%s**\n", s[:80], s[80:160], s[160:200])
		case 2:
			fmt.Fprintf(&b, "\n%s [link](https://www.example.org/%d) *emph* `code`\n", s, i)
		default:
			fmt.Fprintf(&b, "\n%s\n", s)
		}
	}
	return fmt.Sprintf("%04d/%02d/article-%07d.md", year, month, i), b.Bytes()
}

// corpusOwner is what every site file of a corpus begins with.
const corpusOwner = "title: Corpus\nbase_url: https://feeds.example.org/\nid_authority: example.org,2026\n"

// writeCorpus writes n articles below dir.
func writeCorpus(tb testing.TB, dir string, n int) {
	tb.Helper()
	for year := range 24 {
		for month := range 12 {
			if err := os.MkdirAll(filepath.Join(dir, fmt.Sprintf("%04d/%02d", 2000+year, month+1)), 0o777); err != nil {
				tb.Fatal(err)
			}
		}
	}
	var writers sync.WaitGroup
	const workers = 4
	for worker := range workers {
		writers.Go(func() {
			for i := worker; i < n; i += workers {
				path, text := corpusArticle(i)
				if err := os.WriteFile(filepath.Join(dir, path), text, 0o666); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
}

func TestTheCorpusIsAlwaysTheSame(t *testing.T) {
	path, text := corpusArticle(4711)
	if again, sameText := corpusArticle(4711); again != path || !bytes.Equal(sameText, text) {
		t.Error("an article differs from itself")
	}
	if path != "2007/05/article-0004711.md" || len(text) < 3900 || len(text) > 4500 {
		t.Errorf("got %s, %d bytes", path, len(text))
	}
}
