package library

import (
	"testing"
	"testing/fstest"
	"time"

	"feedmill/internal/site"
)

func TestFreshArticlesAreReadOnceMore(t *testing.T) {
	const old, fresh = long, time.Second
	edit := func(name, text string) func(fstest.MapFS) {
		return func(m fstest.MapFS) { m[name] = &fstest.MapFile{Data: []byte(text), ModTime: m[name].ModTime} }
	}
	for _, tt := range []struct {
		name    string
		age     map[string]time.Duration
		between func(fstest.MapFS)
		after   time.Duration
		want    bool
	}{
		{"not while they are fresh", map[string]time.Duration{"a.md": fresh}, nil, time.Second / 2, false},
		{"when they no longer are", map[string]time.Duration{"a.md": fresh, "b.md": 0}, nil, racy, true},
		{"one changed unseen", map[string]time.Duration{"a.md": fresh}, edit("a.md", "# Z\n\nText of A.\n"), racy, false},
		{"one is gone", map[string]time.Duration{"a.md": fresh}, func(m fstest.MapFS) { delete(m, "a.md") }, racy, false},
		{"a picture was fresh", map[string]time.Duration{"a.md": fresh, "p.png": fresh}, nil, racy, false},
		{"the metadata of one lie beside it", map[string]time.Duration{"c.rst": fresh, "c.meta": old}, nil, racy, false},
		{"nothing was fresh", nil, nil, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := fstest.MapFS{}
			for _, name := range []string{"a.md", "b.md", "p.png"} {
				m[name] = file("# A\n\nText of A.\n", old)
			}
			for name, age := range tt.age {
				m[name] = file("# A\n\nText of A.\n", age)
			}
			if m["c.meta"] != nil {
				m["c.meta"] = file(".. title: C\n.. slug: c\n.. date: 2023-11-20 00:00:00 UTC\n", old)
				m["conf.py"] = file("BLOG_AUTHOR = 'A'\nPOSTS = (('*.rst', 'posts', 'post.tmpl'),)\n", old)
			}
			l := New(m)
			sight, err := l.Look(t.Context(), noon)
			if err != nil {
				t.Fatal(err)
			}
			defer sight.Close()
			s := site.Default()
			if m["c.meta"] != nil {
				s.Convention = "nikola"
			}
			snap, err := sight.Read(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			if (snap.Digest == "") != (len(tt.age) > 0) {
				t.Fatalf("got the digest %q", snap.Digest)
			}
			if tt.between != nil {
				tt.between(m)
			}
			got := sight.Recheck(noon.Add(tt.after))
			if (got != "") != tt.want {
				t.Errorf("got the digest %q", got)
			}
			if got == "" && m["a.md"] != nil {
				edit("a.md", "# Y\n\nText of A.\n")(m)
				if again, err := l.Scan(t.Context(), s, noon.Add(long)); err != nil || tt.age["a.md"] == fresh && again.Articles[0].Title != "Y" {
					t.Errorf("changed unseen afterwards: got\n%s%v", show(again), err)
				}
			}
			if got == "" {
				return
			}
			again, err := l.Scan(t.Context(), s, noon.Add(long))
			if err != nil || again.Digest != got || again.Parsed != 0 {
				t.Errorf("got the digest %q, then %q with %d parsed, %v", got, again.Digest, again.Parsed, err)
			}
		})
	}
}
