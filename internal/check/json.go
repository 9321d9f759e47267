package check

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A datum is one value of JSON.
type datum struct {
	at      place
	kind    kindOfDatum
	value   []byte // of a string; a number as written
	members []member
	list    []datum
}

type member struct {
	name  string
	at    place
	value datum
}

type kindOfDatum int

const (
	null kindOfDatum = iota
	boolean
	number
	str
	list
	record
)

func (k kindOfDatum) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

func (d *datum) get(name string) *datum {
	for i := range d.members {
		if d.members[i].name == name {
			return &d.members[i].value
		}
	}
	return nil
}

// keep makes copies of what is lent.
func (d *datum) keep() {
	d.value, d.members = bytes.Clone(d.value), slices.Clone(d.members)
	for i := range d.members {
		d.members[i].value.keep()
	}
	for i := range d.list {
		d.list[i].keep()
	}
}

// shape is what JSON Feed says of one member of an object.
type shape struct {
	kind  kindOfDatum
	check check  // of a string, or of each string in an array
	html  bool   // the string is HTML
	each  *table // of an object, or of each object in an array
}

// table is what JSON Feed says of one object.
type table struct {
	def     element // says who says so
	members map[string]shape
	needs   []string
	wants   []string
	end     func(*judge, *node, *datum)
}

var (
	authorTable = table{
		def: element{source: "JSON Feed 1.1, top-level, authors"},
		members: map[string]shape{
			"name":   {kind: str, check: plainJSON},
			"url":    {kind: str, check: absoluteIRI},
			"avatar": {kind: str, check: absoluteIRI},
		},
		end: func(j *judge, n *node, d *datum) {
			if d.get("name") == nil && d.get("url") == nil && d.get("avatar") == nil {
				j.fault(n, jsonMissing, "", "has neither name, url nor avatar")
			}
		},
	}
	hubTable = table{
		def:     element{source: "JSON Feed 1.1, subscribing to real-time notifications"},
		members: map[string]shape{"type": {kind: str, check: filled}, "url": {kind: str, check: absoluteIRI}},
		needs:   []string{"type", "url"},
	}
	attachmentTable = table{
		def: element{source: "JSON Feed 1.1, attachments"},
		members: map[string]shape{
			"url":                 {kind: str, check: absoluteIRI},
			"mime_type":           {kind: str, check: mimeType},
			"title":               {kind: str, check: plainJSON},
			"size_in_bytes":       {kind: number, check: amount},
			"duration_in_seconds": {kind: number, check: amount},
		},
		needs: []string{"url", "mime_type"},
	}
	feedTable = table{
		def: element{source: "JSON Feed 1.1, top-level"},
		members: map[string]shape{
			"version":       {kind: str, check: feedVersion},
			"title":         {kind: str, check: all(filled, plainJSON)},
			"home_page_url": {kind: str, check: absoluteIRI},
			"feed_url": {kind: str, check: all(absoluteIRI, func(j *judge, n *node, _, v string) {
				j.location(n, "", v)
			})},
			"description":  {kind: str, check: plainJSON},
			"user_comment": {kind: str, check: anything},
			"next_url":     {kind: str, check: absoluteIRI},
			"icon":         {kind: str, check: absoluteIRI},
			"favicon":      {kind: str, check: absoluteIRI},
			"authors":      {kind: list, each: &authorTable},
			"author":       {kind: record, each: &authorTable},
			"language":     {kind: str, check: language},
			"expired":      {kind: boolean},
			"hubs":         {kind: list, each: &hubTable},
		},
		needs: []string{"version", "title"},
		wants: []string{"home_page_url"},
		end: func(j *judge, n *node, d *datum) {
			self, next := d.get("feed_url"), d.get("next_url")
			if self == nil {
				j.fault(n, missingSelf, "", "has no feed_url")
			} else if next != nil && bytes.Equal(next.value, self.value) {
				j.report(next.at, jsonLoop, "next_url is the document itself")
			}
		},
	}
	itemTable = table{
		def: element{source: "JSON Feed 1.1, items"},
		members: map[string]shape{
			"id": {kind: str, check: func(j *judge, n *node, _, v string) {
				j.entryID = v
				j.unique(n, strings.TrimSpace(v), duplicateValue)
			}},
			"url":            {kind: str, check: absoluteIRI},
			"external_url":   {kind: str, check: absoluteIRI},
			"title":          {kind: str, check: plainJSON},
			"content_html":   {kind: str, html: true},
			"content_text":   {kind: str},
			"summary":        {kind: str, check: plainJSON},
			"image":          {kind: str, check: absoluteIRI},
			"banner_image":   {kind: str, check: absoluteIRI},
			"date_published": {kind: str, check: rfc3339},
			"date_modified":  {kind: str, check: rfc3339},
			"authors":        {kind: list, each: &authorTable},
			"author":         {kind: record, each: &authorTable},
			"tags":           {kind: list, check: plainJSON},
			"language":       {kind: str, check: language},
			"attachments":    {kind: list, each: &attachmentTable},
		},
		needs: []string{"id"},
		wants: []string{"url"},
		end: func(j *judge, n *node, d *datum) {
			if d.get("content_html") == nil && d.get("content_text") == nil {
				j.fault(n, jsonContent, "", "has neither content_html nor content_text")
			}
		},
	}
)

func feedVersion(j *judge, n *node, _, v string) {
	switch v {
	case "https://jsonfeed.org/version/1.1":
	case "https://jsonfeed.org/version/1":
		j.fault(n, jsonOldVersion, "", "is that of JSON Feed 1")
	default:
		j.fault(n, jsonVersion, "", "%q is not a version of JSON Feed", clip(v))
	}
}

// plainJSON judges text in which HTML is not allowed.
func plainJSON(j *judge, n *node, _, v string) { j.plain(n, v, containsHTML.of("")) }

// amount judges a number of bytes or seconds.
func amount(j *judge, n *node, _, v string) {
	if f, err := strconv.ParseFloat(v, 64); err != nil || f < 0 {
		j.fault(n, invalidNonNegativeInteger, "", "%s is less than nothing", clip(v))
	}
}

// A jsonInput reads an object of JSON member by member, and knows their places.
type jsonInput interface {
	// token reads a bracket or the name of a member.
	token() (json.Token, place, error)
	// more tells whether something comes before the closing bracket.
	more() bool
	// datum reads the value of a member or of an array.
	datum() (datum, place, error)
}

// json judges a document of JSON.
func (j *judge) json(mediaType string) {
	if j.in.whole() && utf8.Valid(j.in.src) {
		before := *j
		if _, err := j.jsonFeed(newJSONParser(j.in.src), mediaType); err == nil || err == errEnough {
			return
		}
		*j = before
	}
	j.jsonReader = nil
	in := newJSONStream(j.in)
	switch at, err := j.jsonFeed(in, mediaType); err {
	case nil, errEnough:
	case errDeep:
		j.report(at, validatorLimit, "nested deeper than %d", maxDepth)
	default:
		j.found = nil // of what is not JSON nothing is known
		switch {
		case errors.Is(err, errNotUTF8):
			j.report(at, unicodeError.of("RFC 8259, section 8.1"), "byte %#02x is not UTF-8", in.tape.invalid)
		case errors.Is(err, errTooLong):
			j.report(at, validatorLimit, "a value of more than %d bytes", j.in.most)
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			j.report(at, jsonSyntax, "the document ends too early")
		default:
			j.report(at, jsonSyntax, "%v", err)
		}
	}
}

// jsonFeed judges a feed. Everything in it but the items is small; the items
// are read and judged one at a time. An error says why the document is not
// JSON, and where.
func (j *judge) jsonFeed(in jsonInput, mediaType string) (place, error) {
	open, at, err := in.token()
	if err != nil {
		return at, err
	}
	if open != json.Delim('{') {
		j.report(at, jsonType, "the document is not an object")
		return at, errEnough
	}
	feed := datum{kind: record, at: at}
	var items *place // where they stand
	for in.more() {
		key, at, err := in.token()
		if err != nil {
			return at, err
		}
		name, ok := key.(string)
		if !ok {
			// The decoder lets brackets pass where a name belongs.
			return at, fmt.Errorf("invalid character '%v' looking for beginning of object key string", key)
		}
		m := member{name: name, at: at}
		if m.name == "items" && items == nil {
			items = &m.at
			if at, err := j.items(in); err != nil {
				return at, err
			}
			continue
		}
		if m.value, at, err = in.datum(); err != nil {
			return at, err
		}
		m.value.keep()
		feed.members = append(feed.members, m)
	}
	for range 2 { // the closing bracket, and the end of the document
		if _, at, err = in.token(); err != nil {
			break
		}
	}
	if err != io.EOF {
		return at, cmp.Or(err, errors.New("more after the end of the object"))
	}
	if feed.get("version") == nil && mediaType != "application/feed+json" && items == nil {
		return at, nil // JSON, but no feed and not said to be one
	}
	if first := feed.members; len(first) > 0 && (first[0].name != "version" || items != nil && items.before(first[0].at)) {
		j.report(first[0].at, jsonOrder, "version is not the first member")
	}
	if items == nil {
		j.report(feed.at, jsonMissing, "the feed has no items")
	}
	if feed.get("version") != nil && mediaType != "" && mediaType != "application/feed+json" && mediaType != "application/json" {
		j.report(feed.at, unexpectedContentType, "a JSON Feed is served as %s", mediaType)
	}
	j.object("feed", &feed, &feedTable)
	if j.jsonReader != nil {
		j.jsonReader.feed(&feed)
	}
	return at, nil
}

// items judges the array of the items, one at a time.
func (j *judge) items(in jsonInput) (place, error) {
	open, at, err := in.token()
	if err != nil {
		return at, err
	}
	if open != json.Delim('[') {
		j.report(at, jsonType.of(jsonSource), "items: is not an array")
		return at, errEnough
	}
	for in.more() {
		item, at, err := in.datum()
		if err != nil {
			return at, err
		}
		if j.jsonReader != nil {
			j.jsonReader.item(&item)
		}
		j.openEntry()
		if item.kind != record {
			j.report(item.at, jsonType, "items: %v where an object belongs", item.kind)
		} else {
			j.object("item", &item, &itemTable)
		}
		j.closeEntry()
		if j.overwhelmed() {
			return at, errEnough
		}
	}
	_, at, err = in.token()
	return at, err
}

// errEnough ends the judgement of what is JSON.
var errEnough = errors.New("judged as far as it goes")

// object judges an object by its table.
func (j *judge) object(label string, d *datum, t *table) {
	n := &node{def: &t.def}
	few := len(d.members) <= usualMembers
	var seen map[string]bool // of many
	if !few {
		seen = make(map[string]bool, len(d.members))
	}
	for i := range d.members {
		m := &d.members[i]
		n.name, n.at = name{local: label + "." + m.name}, m.at
		if seen[m.name] || few && named(d.members[:i], m.name) {
			j.fault(n, jsonDuplicate, "", "stands there twice")
		}
		if !few {
			seen[m.name] = true
		}
		s, ok := t.members[m.name]
		switch {
		case strings.HasPrefix(m.name, "_"):
			j.extension(n, m)
		case !ok:
			j.fault(n, undefinedElement, "", "is not defined")
		case m.value.kind != s.kind:
			j.fault(n, jsonType, "", "is %v, not %v", m.value.kind, s.kind)
		case s.kind == list:
			for i := range m.value.list {
				j.one(n, &m.value.list[i], s)
			}
		default:
			j.one(n, &m.value, s)
		}
	}
	n.name, n.at = name{local: label}, d.at
	for _, needed := range t.needs {
		if d.get(needed) == nil {
			j.fault(n, jsonMissing, "", "has no %s", needed)
		}
	}
	for _, wanted := range t.wants {
		if d.get(wanted) == nil {
			j.fault(n, jsonRecommended, "", "has no %s", wanted)
		}
	}
	if t.end != nil {
		t.end(j, n, d)
	}
}

// named tells whether a member has a name.
func named(members []member, name string) bool {
	return slices.ContainsFunc(members, func(m member) bool { return m.name == name })
}

// one judges a value, alone or of an array.
func (j *judge) one(n *node, d *datum, s shape) {
	switch {
	case s.each != nil && d.kind != record:
		j.fault(n, jsonType, "", "has %v where an object belongs", d.kind)
	case s.each != nil:
		j.object(n.name.local, d, s.each)
	case s.kind == list && d.kind != str:
		j.fault(n, jsonType, "", "has %v where a string belongs", d.kind)
	case s.html:
		longHTML(j, n, d.value)
	case s.check != nil:
		s.check(j, n, "", string(d.value))
	}
}

// extension judges a member of a publisher's own.
func (j *judge) extension(n *node, m *member) {
	letter := len(m.name) > 1 && (m.name[1]|0x20 >= 'a' && m.name[1]|0x20 <= 'z')
	if !letter || strings.Contains(m.name, ".") || m.value.kind != record {
		j.fault(n, jsonExtension, "", "is not an extension")
		return
	}
	for _, inner := range m.value.members {
		if strings.HasPrefix(inner.name, "_") || strings.Contains(inner.name, ".") {
			j.report(inner.at, jsonExtension, "%s: %q is not a name in an extension", n.name.local, clip(inner.name))
		}
	}
}

// A jsonReader reads a value that is valid JSON, with the places in it.
type jsonReader struct {
	src  []byte
	dec  *json.Decoder
	mark mark
	at   place // of the last token
	deep bool  // nested deeper than is read
}

func newJSONReader(src []byte, at place) *jsonReader {
	p := &jsonReader{src: src, dec: json.NewDecoder(bytes.NewReader(src)), mark: mark{place: at}}
	p.dec.UseNumber()
	return p
}

func (p *jsonReader) token() json.Token {
	at := int(p.dec.InputOffset())
	for at < len(p.src) && bytes.IndexByte([]byte(" \t\r\n,:"), p.src[at]) >= 0 {
		at++
	}
	p.mark.advance(p.src, at)
	p.at = p.mark.place
	t, _ := p.dec.Token() // the value was read before
	return t
}

func (p *jsonReader) read(depth int) datum {
	t := p.token()
	d := datum{at: p.at}
	switch t := t.(type) {
	case string:
		d.kind, d.value = str, []byte(t)
	case json.Number:
		d.kind, d.value = number, []byte(t.String())
	case bool:
		d.kind = boolean
	case json.Delim:
		if depth == maxDepth {
			p.deep = true
			return d
		}
		if t == '[' {
			d.kind = list
			for p.dec.More() && !p.deep {
				d.list = append(d.list, p.read(depth+1))
			}
		} else {
			d.kind = record
			for p.dec.More() && !p.deep {
				key := p.token()
				m := member{name: key.(string), at: p.at}
				m.value = p.read(depth + 1)
				d.members = append(d.members, m)
			}
		}
		p.token()
	}
	return d
}
