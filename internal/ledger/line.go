package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"feedmill/internal/article"
)

// line is a line of the ledger as it was read.
type line struct {
	key  string
	text []byte  // without spaces; nil when the line removes the key
	told *record // of an article's line, when it is written as this package writes it; then there is nothing else
}

// name is the key of the line.
func (l line) name() string {
	if l.told != nil {
		return articleKey + l.told.path
	}
	return l.key
}

// readLines reads the lines of a file, from all processors. Errors name the
// file and the line.
func readLines(name string, data []byte) ([]line, error) {
	var parts [][]byte
	for n := runtime.GOMAXPROCS(0); n > 0 && len(data) > 0; n-- {
		end := len(data)
		if at := len(data) / n; n > 1 {
			if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
				end = at + i + 1
			}
		}
		parts = append(parts, data[:end])
		data = data[end:]
	}
	read, errs := make([][]line, len(parts)), make([]error, len(parts))
	var workers sync.WaitGroup
	for i, part := range parts {
		workers.Go(func() {
			first := 1
			for _, before := range parts[:i] {
				first += bytes.Count(before, []byte("\n"))
			}
			read[i] = make([]line, 0, bytes.Count(part, []byte("\n"))+1)
			for raw := range bytes.Lines(part) {
				l, err := readLine(raw)
				if err != nil {
					errs[i] = fmt.Errorf("%s:%d: %w", name, first+len(read[i]), err)
					return
				}
				read[i] = append(read[i], l)
			}
		})
	}
	workers.Wait()
	var all []line
	for i, part := range read {
		if errs[i] != nil {
			return nil, errs[i]
		}
		all = append(all, part...)
	}
	return all, nil
}

const opening = `{"key":`

func readLine(raw []byte) (line, error) {
	if r, ok := scanRecord(raw); ok {
		return line{told: r}, nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		return line{}, err
	}
	rest, ok := bytes.CutPrefix(compact.Bytes(), []byte(opening))
	if !ok {
		return line{}, errors.New(`not an object whose first member is "key"`)
	}
	var l line
	d := json.NewDecoder(bytes.NewReader(rest))
	if err := d.Decode(&l.key); err != nil {
		return line{}, fmt.Errorf("key: %w", err)
	}
	if string(rest[d.InputOffset():]) != "}" {
		l.text = compact.Bytes()
	}
	return l, nil
}

// scanRecord reads an article's line as appendRecord writes it. It reports
// false for any other, which package json has to read.
func scanRecord(raw []byte) (r *record, ok bool) {
	if !utf8.Valid(raw) {
		return nil, false
	}
	s := scanner{rest: bytes.TrimSuffix(raw, []byte("\n"))}
	if !s.skip(opening + `"` + articleKey) {
		return nil, false
	}
	key := s.until()
	s.must(`,"id":"`)
	id := s.until()
	var p past
	var guid string
	if s.skip(`,"guid":"`) {
		guid = string(s.until())
	}
	s.must(`,"slug":"`)
	slug := s.until()
	if s.skip(`,"was":[`) {
		p.Was = s.texts()
	}
	s.must(`,"digest":"`)
	r = &record{past: &noPast, standing: &nowhere, Identity: article.Identity{Alias: article.AliasOf(guid)}}
	digest := s.until()
	if err := r.Digest.UnmarshalText(digest); err != nil || r.Digest.String() != string(digest) {
		s.bad = true
	}
	s.must(`,"published":"`)
	r.Published = s.instant()
	if s.skip(`,"stated":"`) {
		p.Stated = s.time()
	}
	s.must(`,"updated":"`)
	r.Updated = s.instant()
	s.must(`,"seen":"`)
	first := s.instant()
	if s.skip(`,"noted":"`) {
		p.Noted = s.time()
	}
	if s.skip(`,"gone":"`) {
		p.Gone = s.time()
	}
	if s.skip(`,"in":[`) {
		r.standing = &standing{s.texts()}
	}
	s.must("}")
	if s.bad || len(s.rest) > 0 || len(id) == 0 || len(slug) == 0 {
		return nil, false
	}
	if !p.empty() {
		r.past = &p
	}
	r.see(first)
	r.path, r.ID, r.Slug = ownTexts(key, id, slug)
	return r, true
}

// ownTexts returns a record's texts in one piece, which is none of the line's.
// Most ids end like the path, and most addresses are a part of it: then these are
// not held twice.
func ownTexts(path, id, slug []byte) (ownPath, ownID, ownSlug string) {
	stem := path[:max(bytes.LastIndexByte(path, '.'), 0)]
	if !bytes.HasSuffix(id, stem) {
		stem = nil
	}
	rest, apart := path[len(stem):], slug
	in := bytes.LastIndex(path, slug)
	if in >= 0 {
		apart = nil
	}
	var b strings.Builder
	b.Grow(len(id) + len(rest) + len(apart))
	b.Write(id)
	b.Write(rest)
	b.Write(apart)
	text := b.String()
	ownID, ownPath = text[:len(id)], text[len(id)-len(stem):][:len(path)]
	if in >= 0 {
		return ownPath, ownID, ownPath[in : in+len(slug)]
	}
	return ownPath, ownID, text[len(text)-len(slug):]
}

// scanner goes over a line; what it does not find makes it bad.
type scanner struct {
	rest []byte
	bad  bool
}

// skip passes over text, if it stands here.
func (s *scanner) skip(text string) bool {
	if len(s.rest) < len(text) || string(s.rest[:len(text)]) != text {
		return false
	}
	s.rest = s.rest[len(text):]
	return true
}

func (s *scanner) must(text string) { s.bad = s.bad || !s.skip(text) }

// until returns what stands before the next quotation mark, which it passes
// over too. A string with escapes, or with what has to be escaped, is bad.
func (s *scanner) until() []byte {
	for i, c := range s.rest {
		switch {
		case c == '"':
			text := s.rest[:i]
			s.rest = s.rest[i+1:]
			return text
		case c == '\\' || c < ' ':
			s.bad = true
			return nil
		}
	}
	s.bad = true
	return nil
}

// texts returns a list of strings, behind its opening bracket.
func (s *scanner) texts() (all []string) {
	for !s.bad {
		s.must(`"`)
		all = append(all, string(s.until()))
		if s.skip("]") {
			return all
		}
		s.must(",")
	}
	return nil
}

// time returns an instant behind its opening quotation mark.
func (s *scanner) time() time.Time {
	text := s.until()
	if t, ok := utcTime(text); ok {
		return t
	}
	var t time.Time
	if err := t.UnmarshalText(text); err != nil {
		s.bad = true
	}
	return t.In(article.At(t).InZone().Location()) // which all times with the offset share
}

// instant likewise; a part of a second would be lost.
func (s *scanner) instant() article.Instant {
	t := s.time()
	s.bad = s.bad || t.Nanosecond() != 0
	return article.At(t)
}

// utcTime reads "2006-01-02T15:04:05Z".
func utcTime(s []byte) (time.Time, bool) {
	if len(s) != len("2006-01-02T15:04:05Z") || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != 'Z' {
		return time.Time{}, false
	}
	number := func(from, to int) int {
		n := 0
		for _, c := range s[from:to] {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			n = 10*n + int(c-'0')
		}
		return n
	}
	year, month, day := number(0, 4), number(5, 7), number(8, 10)
	hour, minute, second := number(11, 13), number(14, 16), number(17, 19)
	if year < 0 || month < 1 || month > 12 || day < 1 || day > 28 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false // the last days of months are for package time
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// encodeLine writes the line of a key without its line end, without spaces and
// without the escapes for HTML that nobody likes to read.
func encodeLine(key string, v any) ([]byte, error) {
	object, err := encode(v)
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", key, err)
	}
	return append(append(appendString([]byte(opening), key), ','), object[1:]...), nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// appendRecord appends the line of the article at path, as package json writes
// it.
func appendRecord(b []byte, path string, r *record) ([]byte, error) {
	b = appendString(append(b, opening...), articleKey+path)
	b = appendString(append(b, `,"id":`...), r.ID)
	if r.GUID != "" {
		b = appendString(append(b, `,"guid":`...), r.GUID)
	}
	b = appendString(append(b, `,"slug":`...), r.Slug)
	b = appendTexts(b, `,"was":[`, r.Was)
	b = appendString(append(b, `,"digest":`...), r.Digest.String())
	for _, t := range [...]struct {
		name     string
		time     time.Time
		omitzero bool
	}{
		{`,"published":"`, r.Published.InZone(), false}, {`,"stated":"`, r.Stated, true}, {`,"updated":"`, r.Updated.InZone(), false}, {`,"seen":"`, r.first().InZone(), false},
		{`,"noted":"`, r.Noted, true}, {`,"gone":"`, r.Gone, true},
	} {
		if t.omitzero && t.time.IsZero() {
			continue
		}
		var err error
		if b, err = t.time.AppendText(append(b, t.name...)); err != nil {
			return nil, fmt.Errorf("key %q: %w", articleKey+path, err)
		}
		b = append(b, '"')
	}
	b = appendTexts(b, `,"in":[`, r.In)
	if len(r.Given) > 0 {
		given, err := encode(r.Given)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", articleKey+path, err)
		}
		b = append(append(b, `,"given":`...), given...)
	}
	return append(b, '}'), nil
}

func appendTexts(b []byte, opening string, all []string) []byte {
	for i, s := range all {
		if i == 0 {
			b = append(b, opening...)
		} else {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	if len(all) > 0 {
		b = append(b, ']')
	}
	return b
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, _ := encode(s) // a string always encodes
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}
