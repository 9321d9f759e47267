package article

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBodiesLeaveNothingToTheNext makes bodies of all sizes one after the other and
// at once, each of which must be what it was when it was alone.
func TestBodiesLeaveNothingToTheNext(t *testing.T) {
	var all []*Article
	var want []Body
	for i := range 40 {
		text := strings.Repeat(fmt.Sprintf("## Part %d\n\n*One* [two](a%d \"it's\") three.\n\n- four\n- five\n\n<!--more-->\n\n", i, i), i*i%17+1)
		if i%5 == 0 {
			text += "<p>six<p>seven <a href=b>eight <a href=c>nine</a></a>" // read by the parser, more than once
		}
		a := written("a.md", &source{format: []Format{Markdown, HTML, Text}[i%3], text: text, line: 1, slug: "ports"})
		body, err := a.Body(fromArticle)
		if err != nil {
			t.Fatal(err)
		}
		all, want = append(all, a), append(want, body)
	}
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for range 500 {
				i := random.IntN(len(all))
				if got, err := all[i].Body(fromArticle); err != nil || cmp.Diff(want[i], got) != "" {
					t.Errorf("body %d is another one the next time, %v: %s", i, err, cmp.Diff(want[i], got))
					return
				}
			}
		})
	}
	workers.Wait()
}
