package ledger

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"feedmill/internal/article"
)

// record is the line of one article. There are as many of them in memory as
// there ever were articles.
type record struct {
	*past // never nil; shared by all that have none

	ID        string         `json:"id"`
	Slug      string         `json:"slug"`
	In        []string       `json:"in"` // paths of the feeds in which subscribers have it, or had it once; see lists
	Digest    article.Digest `json:"digest"`
	Published instant        `json:"published"`
	Updated   instant        `json:"updated"`
	Seen      instant        `json:"seen"` // when the ledger first saw the article
}

// past is what few articles have: that they were known before, moved, changed,
// went away.
type past struct {
	GUID   string    `json:"guid"`   // what RSS and JSON Feed say for ID, see [Known]
	Was    []string  `json:"was"`    // addresses of before, which answer 301
	Stated time.Time `json:"stated"` // as long as the article states this date, Published is the one that was adopted
	Noted  time.Time `json:"noted"`  // when the ledger saw Updated move; zero when it never did
	Gone   time.Time `json:"gone"`   // when it vanished; zero while it is there

	Given map[string]Given `json:"given"` // to partners, by the paths of their feeds
}

// noPast is the past of records that have none. Nobody changes it.
var noPast past

func (p *past) empty() bool {
	return p.GUID == "" && len(p.Was) == 0 && p.Stated.IsZero() && p.Noted.IsZero() && p.Gone.IsZero() && len(p.Given) == 0
}

// copy returns a record like r that may be changed.
func (r *record) copy() *record {
	next, p := *r, *r.past
	next.past = &p
	return &next
}

// same reports whether two records are written alike.
func (r *record) same(s *record) bool {
	return r.ID == s.ID && r.Slug == s.Slug && r.Digest == s.Digest && r.Published == s.Published && r.Updated == s.Updated &&
		r.Seen == s.Seen && slices.Equal(r.In, s.In) && (r.past == s.past || r.past.same(s.past))
}

func (p *past) same(q *past) bool {
	alike := func(a, b time.Time) bool { // also in the offset, which is written down
		return a.Equal(b) && (a.Location() == b.Location() || a.Format(time.RFC3339) == b.Format(time.RFC3339))
	}
	return p.GUID == q.GUID && slices.Equal(p.Was, q.Was) && alike(p.Stated, q.Stated) && alike(p.Noted, q.Noted) && alike(p.Gone, q.Gone) &&
		maps.EqualFunc(p.Given, q.Given, Given.same)
}

// instant is a time in whole seconds, as it is written: the seconds since the
// year 1 and, in the lowest bits, the offset from Greenwich in minutes.
type instant int64

const (
	offsetBits = 12          // a day has 1440 minutes
	toYearOne  = 62135596800 // seconds from there to 1970
)

func instantOf(t time.Time) instant {
	_, offset := t.Zone()
	return instant((t.Unix()+toYearOne)<<offsetBits | int64(offset/60)&(1<<offsetBits-1))
}

// time is in UTC, or in the one zone of its offset.
func (i instant) time() time.Time {
	t := time.Unix(int64(i)>>offsetBits-toYearOne, 0)
	if offset := int64(i) << (64 - offsetBits) >> (64 - offsetBits); offset != 0 {
		return t.In(zoneOf(int(offset) * 60))
	}
	return t.UTC()
}

func (i *instant) UnmarshalText(text []byte) error {
	var t time.Time
	err := t.UnmarshalText(text)
	*i = instantOf(t)
	return err
}

// zones are the zones of offsets that were met: a hundred thousand lines have
// two or three.
var zones sync.Map // int, seconds → *time.Location

func zoneOf(offset int) *time.Location {
	zone, ok := zones.Load(offset)
	if !ok {
		zone, _ = zones.LoadOrStore(offset, time.FixedZone("", offset))
	}
	return zone.(*time.Location)
}

// lists keeps of lists that are equal one: most articles stand in the same few
// feeds.
type lists map[string][]string

// one returns the list that stands for all like it.
func (l lists) one(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	key := strings.Join(all, "\x00")
	known, ok := l[key]
	if !ok {
		known = slices.Clip(all)
		l[key] = known
	}
	return known
}
