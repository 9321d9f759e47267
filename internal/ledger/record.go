package ledger

import (
	"maps"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
)

// record is the line of one article. There are as many of them in memory as
// there ever were articles. Of those that are there it is also what they are told
// by: its Identity is not changed once it was told.
type record struct {
	*past     // never nil; shared by all that have none
	*standing // never nil; shared by all that stand in the same feeds
	article.Identity

	path   string
	Digest article.Digest
}

// standing is in which feeds subscribers have an article, or had it once.
type standing struct{ In []string } // their paths

// past is what few articles have: that they were known before, moved, changed,
// went away.
type past struct {
	Was    []string        // addresses of before, which answer 301
	Stated time.Time       // as long as the article states this date, Published is the one that was adopted
	Noted  time.Time       // when the ledger saw Updated move; zero when it never did
	First  article.Instant // when the ledger first saw the article, if Noted is not zero
	Gone   time.Time       // when it vanished; zero while it is there

	Given map[string]Given // to partners, by the paths of their feeds
}

// written is the line of an article as package json reads it.
type written struct {
	ID        string           `json:"id"`
	GUID      string           `json:"guid"` // what RSS and JSON Feed say for ID, see [Known]
	Slug      string           `json:"slug"`
	Was       []string         `json:"was"`
	Digest    article.Digest   `json:"digest"`
	Published time.Time        `json:"published"`
	Stated    time.Time        `json:"stated"`
	Updated   time.Time        `json:"updated"`
	Seen      time.Time        `json:"seen"` // when the ledger first saw the article
	Noted     time.Time        `json:"noted"`
	Gone      time.Time        `json:"gone"`
	In        []string         `json:"in"`
	Given     map[string]Given `json:"given"`
}

func (w written) record(path string) *record {
	r := &record{
		past: &past{Was: w.Was, Stated: w.Stated, Noted: w.Noted, Gone: w.Gone, Given: w.Given},
		Identity: article.Identity{
			Alias: article.AliasOf(w.GUID), ID: w.ID, Slug: w.Slug,
			Published: article.At(w.Published).Second(), Updated: article.At(w.Updated).Second(),
		},
		standing: &standing{w.In}, path: path, Digest: w.Digest,
	}
	r.see(article.At(w.Seen).Second())
	return r
}

// see notes when the ledger first saw the article. What is told is when it or its
// latest significant change was first seen.
func (r *record) see(first article.Instant) {
	if r.Seen = first; r.Noted.IsZero() {
		return
	}
	r.First, r.Seen = first, later(first, article.At(r.Noted))
}

// first returns when the ledger first saw the article.
func (r *record) first() article.Instant {
	if r.Noted.IsZero() {
		return r.Seen
	}
	return r.First
}

// What those records share that have none. Nobody changes it.
var (
	noPast  past
	nowhere standing
)

func (p *past) empty() bool {
	return len(p.Was) == 0 && p.Stated.IsZero() && p.Noted.IsZero() && p.Gone.IsZero() && len(p.Given) == 0
}

// copy returns a record like r that may be changed.
func (r *record) copy() *record {
	next, p := *r, *r.past
	next.past = &p
	return &next
}

// same reports whether two records are written alike.
func (r *record) same(s *record) bool {
	return r.ID == s.ID && r.GUID == s.GUID && r.Slug == s.Slug && r.Digest == s.Digest && r.Published == s.Published && r.Updated == s.Updated &&
		r.first() == s.first() && slices.Equal(r.In, s.In) && (r.past == s.past || r.past.same(s.past))
}

func (p *past) same(q *past) bool {
	alike := func(a, b time.Time) bool { // also in the offset, which is written down
		return a.Equal(b) && (a.Location() == b.Location() || a.Format(time.RFC3339) == b.Format(time.RFC3339))
	}
	return slices.Equal(p.Was, q.Was) && alike(p.Stated, q.Stated) && alike(p.Noted, q.Noted) && alike(p.Gone, q.Gone) &&
		maps.EqualFunc(p.Given, q.Given, Given.same)
}

// lists keeps of lists that are equal one: most articles stand in the same few
// feeds.
type lists map[string]*standing

// one returns what stands for all lists like it.
func (l lists) one(all []string) *standing {
	if len(all) == 0 {
		return &nowhere
	}
	key := strings.Join(all, "\x00")
	known, ok := l[key]
	if !ok {
		known = &standing{slices.Clip(all)}
		l[key] = known
	}
	return known
}
