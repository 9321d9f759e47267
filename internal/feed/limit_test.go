package feed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"feedmill/internal/site"
)

// hourly returns n entries, one an hour, the newest at noon, each of 1000
// bytes: 10 of title and summary, 990 of body.
func hourly(n int) (all []*Entry) {
	for i := range n {
		e := Shown{ID: fmt.Sprint(i), Title: "12345", Published: noon.Add(-time.Duration(i) * time.Hour)}
		all = append(all, NewEntry(e, func() (Content, error) {
			return Content{Summary: "12345", HTML: strings.Repeat("x", 990)}, nil
		}))
	}
	return all
}

func TestLimit(t *testing.T) {
	const plenty = 1e6
	for name, test := range map[string]struct {
		articles int
		limit    site.Limit
		closed   int // so many of the oldest stand in closed archives; -1: there are no archives
		again    []int
		want     int // entries
		brief    int
		beyond   bool
	}{
		"fewer than the limit":                        {articles: 3, limit: site.Limit{Entries: 50, Days: 7, Bytes: plenty}, closed: -1, want: 3},
		"a slow week ends at the entries":             {articles: 400, limit: site.Limit{Entries: 50, Days: 1, Bytes: plenty}, closed: -1, want: 50},
		"a busy week goes on to the days":             {articles: 400, limit: site.Limit{Entries: 50, Days: 7, Bytes: plenty}, closed: -1, want: 7*24 + 1},
		"never more than readers take":                {articles: 400, limit: site.Limit{Entries: 50, Days: 30, Bytes: plenty}, closed: -1, want: 300},
		"no days: the entries alone":                  {articles: 400, limit: site.Limit{Entries: 10, Bytes: plenty}, closed: -1, want: 10},
		"nothing":                                     {articles: 0, limit: site.Limit{Entries: 10, Days: 7, Bytes: plenty}, closed: -1},
		"bytes: the oldest lose their bodies":         {articles: 50, limit: site.Limit{Entries: 50, Bytes: 30_000}, closed: -1, want: 50, brief: 21},
		"bytes: then the oldest go":                   {articles: 300, limit: site.Limit{Entries: 300, Bytes: 2000}, closed: -1, want: 200, brief: 200},
		"bytes: the newest always stays":              {articles: 5, limit: site.Limit{Entries: 5, Bytes: 5}, closed: -1, want: 1, brief: 1},
		"what no archive holds stays":                 {articles: 100, limit: site.Limit{Entries: 10, Bytes: plenty}, closed: 40, want: 60, beyond: true},
		"what no archive holds stays beyond 300":      {articles: 500, limit: site.Limit{Entries: 10, Bytes: plenty}, closed: 100, want: 400, beyond: true},
		"what no archive holds stays, without body":   {articles: 100, limit: site.Limit{Entries: 100, Bytes: 500}, closed: 40, want: 60, brief: 60, beyond: true},
		"an archive is closed: the limit counts":      {articles: 100, limit: site.Limit{Entries: 50, Bytes: plenty}, closed: 60, want: 50},
		"what is said again comes on top":             {articles: 100, limit: site.Limit{Entries: 50, Bytes: plenty}, closed: 60, again: []int{90, 70}, want: 52},
		"of what is said again no more than a feed":   {articles: 100, limit: site.Limit{Entries: 3, Bytes: plenty}, closed: 99, again: []int{50, 51, 52, 53, 54}, want: 6},
		"bytes: what is said again goes after others": {articles: 100, limit: site.Limit{Entries: 50, Bytes: 30}, closed: 99, again: []int{90, 91}, want: 3, brief: 3},
	} {
		t.Run(name, func(t *testing.T) {
			entries := hourly(test.articles)
			w := window{limit: test.limit, archived: test.closed >= 0, open: len(entries) - max(test.closed, 0), again: test.again}
			kept, brief := w.cut(entries)
			if len(kept) != test.want || w.brief != test.brief || len(brief) < w.brief {
				t.Errorf("%d entries, %d of them by their summaries, want %d and %d", len(kept), w.brief, test.want, test.brief)
			}
			if (w.beyond > 0) != test.beyond {
				t.Errorf("%d entries beyond the limit, want some: %v", w.beyond, test.beyond)
			}
			for i := 1; i < len(kept); i++ {
				if kept[i].Published.After(kept[i-1].Published) {
					t.Fatal("not sorted")
				}
				if brief[kept[i-1]] && !brief[kept[i]] {
					t.Error("an older entry has its body and a newer one has not")
				}
			}
			for _, i := range test.again {
				if test.limit.Bytes == 30 && kept[len(kept)-1].ID != "91" && kept[len(kept)-2].ID != "90" {
					t.Errorf("entry %d, which is said again, is not there", i)
				}
			}
		})
	}
}
