package ledger

import (
	"fmt"
	"testing"

	"feedmill/internal/article"
)

// BenchmarkTell tells a new ledger about 10,000 articles.
func BenchmarkTell(b *testing.B) {
	var articles []*article.Article
	for i := range 10_000 {
		articles = append(articles, story(fmt.Sprintf("2023/%02d/article-%06d.md", i/1000, i), fmt.Sprintf("Article %d", i)))
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := Open("none.jsonl", "none.journal")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Tell(articles, day0); err != nil {
			b.Fatal(err)
		}
	}
}
