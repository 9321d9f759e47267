package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"feedmill/internal/edition"
)

// Conditions of a GET request for a document with the tag TAG, last modified on
// Mon, 20 Nov 2023 09:00:00 GMT, asked on the 23rd.
func TestPrecondition(t *testing.T) {
	const (
		before = "Mon, 20 Nov 2023 08:59:59 GMT"
		same   = "Mon, 20 Nov 2023 09:00:00 GMT"
		after  = "Tue, 21 Nov 2023 09:00:00 GMT"
		ahead  = "Tue, 19 Jan 2038 03:14:07 GMT"
	)
	tests := []struct {
		name   string
		fields []string // name, value …
		want   int
	}{
		{"no condition", nil, 0},

		{"the tag", []string{"If-None-Match", `"TAG"`}, 304},
		{"another tag", []string{"If-None-Match", `"other"`}, 0},
		{"the beginning of the tag", []string{"If-None-Match", `"HALF"`}, 0},
		{"the tag and more", []string{"If-None-Match", `"TAGTAG"`}, 0},
		{"any tag", []string{"If-None-Match", `*`}, 304},
		{"any tag, with spaces", []string{"If-None-Match", "\t* "}, 304},
		{"any tag in a list is no tag", []string{"If-None-Match", `"other", *`}, 0},
		{"any tag in quotation marks is a tag", []string{"If-None-Match", `"*"`}, 0},
		{"the weak tag", []string{"If-None-Match", `W/"TAG"`}, 304},
		{"a list with the tag", []string{"If-None-Match", `"other", "TAG"`}, 304},
		{"a list with the weak tag first", []string{"If-None-Match", `W/"TAG","other"`}, 304},
		{"a list without the tag", []string{"If-None-Match", `"one", W/"two"`}, 0},
		{"a list with empty parts", []string{"If-None-Match", `, ,"TAG",`}, 304},
		{"a list over two fields", []string{"If-None-Match", `"other"`, "If-None-Match", `"TAG"`}, 304},
		{"a tag with a comma", []string{"If-None-Match", `"one,two", "TAG"`}, 304},

		{"a tag that lost its quotation marks", []string{"If-None-Match", `TAG`}, 304},
		{"a tag that lost one of them", []string{"If-None-Match", `"TAG`}, 304},
		{"a weak tag in lower case", []string{"If-None-Match", `w/"TAG"`}, 304},
		{"a tag that Apache compressed", []string{"If-None-Match", `"TAG-gzip"`}, 304},
		{"a tag that Apache compressed with two hyphens", []string{"If-None-Match", `"TAG--gzip"`}, 304},
		{"a tag that Apache compressed beyond its end", []string{"If-None-Match", `"TAG"-gzip`}, 304},
		{"a tag that Jetty compressed", []string{"If-None-Match", `"TAG;gzip"`}, 304},
		{"a tag with something else behind it", []string{"If-None-Match", `"TAG-2"`}, 0},
		{"an empty field", []string{"If-None-Match", ``}, 0},
		{"an empty tag", []string{"If-None-Match", `""`}, 0},
		{"half a weak tag", []string{"If-None-Match", `W/`}, 0},
		{"quotation marks", []string{"If-None-Match", `"`}, 0},
		{"words", []string{"If-None-Match", `oos`}, 0},

		{"the date", []string{"If-Modified-Since", same}, 304},
		{"a second before the date", []string{"If-Modified-Since", before}, 0},
		{"a later date", []string{"If-Modified-Since", after}, 304},
		{"a date that is still to come", []string{"If-Modified-Since", ahead}, 0},
		{"the epoch", []string{"If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}, 0},
		{"the date in the form of RFC 850", []string{"If-Modified-Since", "Monday, 20-Nov-23 09:00:00 GMT"}, 304},
		{"the date in the form of asctime", []string{"If-Modified-Since", "Mon Nov 20 09:00:00 2023"}, 304},
		{"the date in another zone", []string{"If-Modified-Since", "Mon, 20 Nov 2023 09:00:00 EST"}, 0},
		{"the date in another zone, in the form of RFC 850", []string{"If-Modified-Since", "Monday, 20-Nov-23 09:00:00 EST"}, 0},
		{"the date with an offset", []string{"If-Modified-Since", "Mon, 20 Nov 2023 10:00:00 +0100"}, 0},
		{"the date as RFC 3339 has it", []string{"If-Modified-Since", "2023-11-20T09:00:00Z"}, 0},
		{"two dates", []string{"If-Modified-Since", same, "If-Modified-Since", same}, 0},
		{"no date at all", []string{"If-Modified-Since", "0"}, 0},
		{"an empty date", []string{"If-Modified-Since", ""}, 0},
		{"the tag as a date", []string{"If-Modified-Since", `"TAG"`}, 0},

		{"the tag, and a date before", []string{"If-None-Match", `"TAG"`, "If-Modified-Since", before}, 304},
		{"another tag, and the date", []string{"If-None-Match", `"other"`, "If-Modified-Since", same}, 0},
		{"a broken tag, and the date", []string{"If-None-Match", ``, "If-Modified-Since", same}, 0},

		{"must be the tag, and is", []string{"If-Match", `"TAG"`}, 0},
		{"must be another tag", []string{"If-Match", `"other"`}, 412},
		{"must be one of a list, and is", []string{"If-Match", `"other", "TAG"`}, 0},
		{"must be any", []string{"If-Match", `*`}, 0},
		{"must be the weak tag: never", []string{"If-Match", `W/"TAG"`}, 412},
		{"must be the tag, which lost its quotation marks", []string{"If-Match", `TAG`}, 412},
		{"must be nothing", []string{"If-Match", ``}, 412},
		{"must be the tag, and not be it", []string{"If-Match", `"TAG"`, "If-None-Match", `"TAG"`}, 304},
		{"must be another tag, and not be this", []string{"If-Match", `"other"`, "If-None-Match", `"TAG"`}, 412},

		{"must be unchanged since the date, and is", []string{"If-Unmodified-Since", same}, 0},
		{"must be unchanged since before the date", []string{"If-Unmodified-Since", before}, 412},
		{"must be unchanged since no date", []string{"If-Unmodified-Since", "yesterday"}, 0},
		{"must be unchanged, and the tag is", []string{"If-Unmodified-Since", before, "If-Match", `"TAG"`}, 0},
		{"must be unchanged, and is, and not be the tag", []string{"If-Unmodified-Since", same, "If-None-Match", `"TAG"`}, 304},
		{"must be changed, and must not be", []string{"If-Unmodified-Since", same, "If-Modified-Since", same}, 304},
	}
	doc := edition.Bytes("rss.xml", rssType, edition.Feed, []byte("<rss/>"))
	doc.Modified = published
	d := newDocument(&doc).versions[0]
	tags := strings.NewReplacer("TAG", d.tag, "HALF", d.tag[:16])
	now := time.Date(2023, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for i := 0; i < len(tt.fields); i += 2 {
				h.Add(tt.fields[i], tags.Replace(tt.fields[i+1]))
			}
			if got := d.precondition(h, now); got != tt.want {
				t.Errorf("%q: got %d, want %d", tt.fields, got, tt.want)
			}
		})
	}
}
