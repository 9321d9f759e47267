package article

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Sources gives an article its text back. An article that was restored from a
// record does not hold it: of a large site most texts are never shown.
type Sources interface {
	// Source returns the bytes of the file that the article at path was read
	// from and the options that it was read by, of which sum is the digest that
	// Restore was given; nobody changes them any more. When they are not to be had,
	// the answer is an error.
	Source(path string, sum [16]byte) (src []byte, opt Options, err error)
}

// Append appends to b what is known of the article but for its path and its
// text: a record from which Restore makes it again. The zone is that of the
// site, in which its dates may be.
func (a *Article) Append(b []byte, zone *time.Location) []byte {
	w := recordWriter{b, zone}
	w.number(int64(a.Format))
	w.flags(a.SlugStated, a.Draft, a.Withdrawn, a.Picture != nil, a.GUID != "")
	for _, at := range []Instant{a.Published, a.Updated, a.Seen} {
		w.b = binary.LittleEndian.AppendUint64(w.b, uint64(at))
	}
	w.b = append(w.b, a.Digest[:]...)
	// What articles have in common, in groups that stand there as one text each,
	w.group(len(a.Authors) > 0 || a.Section != "" || a.Language != "" || a.Place != "", func() {
		w.people(a.Authors)
		w.text(a.Section)
		w.text(a.Language)
		w.text(a.Place)
	})
	w.group(len(a.Tags)+len(a.Categories) > 0, func() {
		w.texts(a.Tags)
		w.texts(a.Categories)
	})
	w.group(a.Seldom != &usual && !reflect.ValueOf(a.Seldom).Elem().IsZero(), func() { w.seldom(a.Seldom) })
	// and what each has for itself.
	w.text(a.ID)
	w.text(a.Slug)
	w.text(a.Title)
	w.text(a.Link)
	if p := a.Picture; p != nil {
		w.text(p.Src)
		w.text(p.Title)
		w.text(p.Alt)
		w.text(p.Caption)
		w.text(p.Credit)
		w.number(int64(p.Width))
		w.number(int64(p.Height))
	}
	if a.GUID != "" {
		w.text(a.GUID)
	}
	return w.b
}

// asJSON is the part of Seldom that is written as JSON.
type asJSON struct {
	Contributors []Contributor `json:",omitempty"`
	Formerly     []string      `json:",omitempty"`
	Links        []Link        `json:",omitempty"`
	Source       *Source       `json:",omitzero"`
	Banner       string        `json:",omitzero"`
	Episode      *Episode      `json:",omitzero"`
	Point        *Point        `json:",omitzero"`
	Rights       string        `json:",omitzero"`
}

func (w *recordWriter) seldom(s *Seldom) {
	w.flags(s.Showing.Nowhere, s.Showing.Summary)
	w.texts(s.Showing.Only)
	w.time(s.From)
	w.time(s.Until)
	w.text(s.Address)
	w.text(s.External)
	w.text(s.Correction)
	w.number(int64(len(s.Enclosures)))
	for _, e := range s.Enclosures {
		w.text(e.Src)
		w.text(e.Type)
		w.text(e.Title)
		w.number(e.Length)
		w.number(int64(e.Duration))
	}
	text, err := json.Marshal(asJSON{s.Contributors, s.Formerly, s.Links, s.Source, s.Banner, s.Episode, s.Point, s.Rights})
	if err != nil {
		text = []byte("{}") // a number that JSON does not have, which Parse refuses
	}
	w.text(string(text))
}

func (r *recordReader) seldom() *Seldom {
	var s Seldom
	r.flags(&s.Showing.Nowhere, &s.Showing.Summary)
	s.Showing.Only = r.texts()
	s.From, s.Until = r.time(), r.time()
	s.Address = r.text()
	s.External = r.text()
	s.Correction = r.text()
	if n := r.count(); n > 0 {
		s.Enclosures = make([]Enclosure, n)
		for i := range s.Enclosures {
			s.Enclosures[i] = Enclosure{r.text(), r.text(), r.text(), r.number(), time.Duration(r.number())}
		}
	}
	var rest asJSON
	if err := json.Unmarshal([]byte(r.text()), &rest); err != nil {
		r.bad = true
	}
	s.Contributors, s.Formerly, s.Links, s.Source = rest.Contributors, rest.Formerly, rest.Links, rest.Source
	s.Banner, s.Episode, s.Point, s.Rights = rest.Banner, rest.Episode, rest.Point, rest.Rights
	return &s
}

// errRecord is the error of a record that Append did not write.
var errRecord = errors.New("not the record of an article")

// Restore makes an article of its record, with no more memory than it needs:
// there are as many as the site has articles. The zone is that of the site, as
// Append was given it; from gives the text back when [Article.Body] needs it, by
// sum. What the article has in common with others is that of the pool, which may
// be nil.
func Restore(record, path string, zone *time.Location, from Sources, sum [16]byte, pool *Pool) (*Article, error) {
	r := recordReader{s: record, zone: zone}
	// In one piece: the one is of no use without the others.
	all := new(struct {
		Article
		manuscript Manuscript
		identity   Identity
	})
	a := &all.Article
	a.Manuscript, a.Identity = &all.manuscript, &all.identity
	a.Alias, a.Path, a.Origin = &noAlias, path, sum
	a.Format = Format(r.number())
	var pictured, hasGUID bool
	r.flags(&a.SlugStated, &a.Draft, &a.Withdrawn, &pictured, &hasGUID)
	for _, at := range []*Instant{&a.Published, &a.Updated, &a.Seen} {
		*at = r.instant()
	}
	copy(a.Digest[:], r.cut(uint64(len(a.Digest))))
	if pool == nil {
		pool = NewPool()
	}
	pool.mu.Lock()
	a.writing = pool.writingOf(from)
	a.Byline = pooled(pool.bylines, &r, (*recordReader).byline, &noByline)
	a.Topics = pooled(pool.topics, &r, (*recordReader).topics, &noTopics)
	a.Seldom = pooled(pool.seldoms, &r, (*recordReader).seldom, &usual)
	pool.mu.Unlock()
	r.s = strings.Clone(r.s)
	a.ID = r.text()
	a.Slug = r.text()
	a.Title = r.text()
	a.Link = r.text()
	if pictured {
		a.Picture = &Picture{Src: r.text(), Title: r.text(), Alt: r.text(), Caption: r.text(), Credit: r.text(), Width: int(r.number()), Height: int(r.number())}
	}
	if hasGUID {
		a.Alias = AliasOf(r.text())
	}
	if r.bad || r.s != "" {
		return nil, errRecord
	}
	return a, nil
}

func (r *recordReader) instant() Instant {
	s := r.cut(8)
	if r.bad {
		return 0
	}
	return Instant(binary.LittleEndian.Uint64([]byte(s)))
}

func (r *recordReader) byline() *Byline {
	return &Byline{Authors: r.people(), Section: r.text(), Language: r.text(), Place: r.text()}
}

func (r *recordReader) topics() *Topics { return &Topics{Tags: r.texts(), Categories: r.texts()} }

// RecordFormat names the form of records: an article with other fields has
// another.
func RecordFormat() string {
	var b strings.Builder
	b.WriteString("4")
	describe(&b, reflect.TypeFor[Article]())
	return b.String()
}

func describe(b *strings.Builder, t reflect.Type) {
	switch {
	case t == reflect.TypeFor[time.Time]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice && t.Kind() != reflect.Pointer:
		b.WriteString(" " + t.Kind().String())
	case t.Kind() != reflect.Struct:
		b.WriteString(" " + t.Kind().String())
		describe(b, t.Elem())
	default:
		for f := range t.Fields() {
			if f.IsExported() && f.Name != "Origin" { // which stands beside the record
				b.WriteString(" " + f.Name)
				describe(b, f.Type)
			}
		}
	}
}

type recordWriter struct {
	b    []byte
	zone *time.Location
}

// group writes what write does as one text, which is empty when there is none.
func (w *recordWriter) group(is bool, write func()) {
	start := len(w.b)
	if is {
		write()
	}
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(w.b)-start))
	w.b = slices.Insert(w.b, start, length[:n]...)
}

func (w *recordWriter) number(n int64) { w.b = binary.AppendVarint(w.b, n) }

func (w *recordWriter) text(s string) {
	w.b = append(binary.AppendUvarint(w.b, uint64(len(s))), s...)
}

func (w *recordWriter) texts(all []string) {
	w.number(int64(len(all)))
	for _, s := range all {
		w.text(s)
	}
}

func (w *recordWriter) people(all []Person) {
	w.number(int64(len(all)))
	for _, p := range all {
		w.text(p.Name)
		w.text(p.Email)
		w.text(p.URL)
		w.text(p.Avatar)
	}
}

func (w *recordWriter) flags(all ...bool) {
	var bits byte
	for i, flag := range all {
		if flag {
			bits |= 1 << i
		}
	}
	w.b = append(w.b, bits)
}

// How the location of a time is kept.
const (
	noTime  = iota
	inUTC   // of UTC
	inLocal // of this machine
	inSite  // of the site, with the offset, should the site move
	atFixed // by the offset alone
)

func (w *recordWriter) time(t time.Time) {
	kind := byte(atFixed)
	switch {
	case t.IsZero():
		w.b = append(w.b, noTime)
		return
	case t.Location() == time.UTC:
		kind = inUTC
	case t.Location() == time.Local:
		kind = inLocal
	case t.Location() == w.zone:
		kind = inSite
	}
	w.b = append(w.b, kind)
	w.number(t.Unix())
	w.b = binary.AppendUvarint(w.b, uint64(t.Nanosecond()))
	if kind == inSite || kind == atFixed {
		_, offset := t.Zone()
		w.number(int64(offset))
	}
}

// recordReader reads what a recordWriter wrote; what is not of that kind makes
// it bad.
type recordReader struct {
	s    string
	zone *time.Location
	bad  bool
}

func (r *recordReader) unsigned() uint64 {
	var n uint64
	for i := range min(len(r.s), binary.MaxVarintLen64) {
		c := r.s[i]
		n |= uint64(c&0x7F) << (7 * i)
		if c < 0x80 {
			r.s = r.s[i+1:]
			return n
		}
	}
	r.s, r.bad = "", true
	return 0
}

func (r *recordReader) number() int64 {
	n := r.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// count is the number of what follows, each of which takes a byte at least.
func (r *recordReader) count() int {
	n := r.number()
	if n < 0 || n > int64(len(r.s)) {
		r.s, r.bad = "", true
		return 0
	}
	return int(n)
}

func (r *recordReader) text() string { return r.cut(r.unsigned()) }

func (r *recordReader) cut(n uint64) string {
	if n > uint64(len(r.s)) {
		r.s, r.bad = "", true
		return ""
	}
	s := r.s[:n]
	r.s = r.s[n:]
	return s
}

func (r *recordReader) texts() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = r.text()
	}
	return all
}

func (r *recordReader) people() []Person {
	n := r.count()
	if n == 0 {
		return nil
	}
	all := make([]Person, n)
	for i := range all {
		all[i] = Person{r.text(), r.text(), r.text(), r.text()}
	}
	return all
}

func (r *recordReader) byte() byte {
	if r.s == "" {
		r.bad = true
		return 0
	}
	c := r.s[0]
	r.s = r.s[1:]
	return c
}

func (r *recordReader) flags(all ...*bool) {
	bits := r.byte()
	for i, flag := range all {
		*flag = bits&(1<<i) != 0
	}
}

func (r *recordReader) time() time.Time {
	kind := r.byte()
	if kind == noTime {
		return time.Time{}
	}
	seconds, nanoseconds := r.number(), r.unsigned()
	if nanoseconds >= uint64(time.Second) {
		r.bad = true
		return time.Time{}
	}
	t := time.Unix(seconds, int64(nanoseconds))
	switch kind {
	case inUTC:
		return t.UTC()
	case inLocal:
		return t
	case inSite, atFixed:
		offset := int(r.number())
		if kind == inSite && r.zone != nil {
			if in := t.In(r.zone); zoneOffset(in) == offset {
				return in
			}
		}
		return t.In(fixedZone(offset))
	}
	r.bad = true
	return time.Time{}
}

func zoneOffset(t time.Time) int {
	_, offset := t.Zone()
	return offset
}
