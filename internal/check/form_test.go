package check

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestForms: what is looked for by hand, for it is looked for in every entry, is
// what a regular expression says.
func TestForms(t *testing.T) {
	forms := []struct {
		name   string
		is     func(v string) bool
		want   *regexp.Regexp
		pieces []string
	}{
		{"a scheme", hasScheme, regexp.MustCompile(`^[a-zA-Z][0-9a-zA-Z+.-]*:`),
			[]string{"a", "Z", "http", "0", "+", ".", "-", ":", "//", "_", "é", " "}},
		{"a tag", isTag, regexp.MustCompile(`^tag:([a-zA-Z0-9._-]+@)?[a-zA-Z0-9.-]+,\d{4}(-\d{2}(-\d{2})?)?:[0-9a-zA-Z;/?:@&=+$._!~*'()%,-]*(#[0-9a-zA-Z;/?:@&=+$._!~*'()%,-]*)?$`),
			[]string{"tag:", "tag:example.org,2023", "tag:e,2023-11:", "tag:e_e,2023:", "Tag:", "me@", "-11", "-20", ":", "/a;b", "#", "@", ",", "_", " ", "é", "2023"}},
		{"a date of RFC 3339", isRFC3339, regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$`),
			[]string{"2023-11-20T08:30:15", "2023-11-20", "T", "08:30:15", "08:30", ".", "5", "Z", "+01:00", "-01:00", ":", "t", "z", " "}},
		{"a date of Dublin Core", isW3CDTF, regexp.MustCompile(`^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?$`),
			[]string{"2023-11-20T08:30", "2023", "-11", "-20", "T", "08:30", ":15", ".", "5", "Z", "+01:00", "-01:00", ":", "t", " "}},
		{"a date of RFC 2822", func(v string) bool { _, ok := readRFC2822(v); return ok },
			regexp.MustCompile(`^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]?\d\d[03]0|UT|GMT|[ECMP][SD]T|Z)$`),
			[]string{"Mon, ", "Sun,", "2", "20 ", "20 Nov 2023 08:30", "20 Nov 2023 08:30:15", " A", "5 May 1999 01:02:03 ", "1 Nov 2023 ", " Nov ", "Jun ", "2023 ", "08:30", ":15", " ", "GMT", "UT", "Z", "EST", "XST", "+0130", " -0100", "0530", " 0540", "+01:00"}},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			matches := 0
			for range 60_000 {
				var b strings.Builder
				for range 1 + r.IntN(6) {
					b.WriteString(form.pieces[r.IntN(len(form.pieces))])
				}
				v := b.String()
				want := form.want.MatchString(v)
				if got := form.is(v); got != want {
					t.Fatalf("%q: got %v, want %v", v, got, want)
				}
				if want {
					matches++
				}
			}
			if matches < 100 {
				t.Errorf("got %d matches, want more to compare", matches)
			}
		})
	}
}

// TestPlainAddresses: of what is seen at a glance nobody else thinks otherwise.
func TestPlainAddresses(t *testing.T) {
	pieces := []string{"https://example.org", "http://", "https://", "HTTP://", "example.org", "a", "-", ".", "xn--a", ":8080", "/", "/a/b", "?q=1", "#f", "%41", "%zz", "[::1]", "é", " ", "@", "..", "~", "&"}
	r := rand.New(rand.NewPCG(3, 4))
	hosts, below := 0, 0
	for range 200_000 {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		v := b.String()
		if namesHost(v) {
			hosts++
			if !hostForm().MatchString(v) {
				t.Fatalf("%q: got a host, want none", v)
			}
		}
		path, ok := plainPath(v, "https", "example.org")
		if !ok {
			continue
		}
		below++
		if u, err := url.Parse(v); err != nil || u.Scheme != "https" || u.Host != "example.org" || u.Path != path {
			t.Fatalf("%q: got the path %q, want %+v (%v)", v, path, u, err)
		}
	}
	if hosts < 1000 || below < 500 {
		t.Errorf("got %d hosts and %d paths, want more to compare", hosts, below)
	}
}
