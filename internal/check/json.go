package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A datum is one value of JSON.
type datum struct {
	at      int
	kind    kindOfDatum
	text    string // of a string; a number as written
	members []member
	list    []datum
}

type member struct {
	name  string
	at    int
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

// shape is what JSON Feed says of one member of an object.
type shape struct {
	kind  kindOfDatum
	check check  // of a string, or of each string in an array
	each  *table // of an object, or of each object in an array
}

// table is what JSON Feed says of one object.
type table struct {
	source  string
	members map[string]shape
	needs   []string
	wants   []string
	end     func(*judge, *node, *datum)
}

var (
	authorTable = table{
		source: "JSON Feed 1.1, top-level, authors",
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
		source:  "JSON Feed 1.1, subscribing to real-time notifications",
		members: map[string]shape{"type": {kind: str, check: filled}, "url": {kind: str, check: absoluteIRI}},
		needs:   []string{"type", "url"},
	}
	attachmentTable = table{
		source: "JSON Feed 1.1, attachments",
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
		source: "JSON Feed 1.1, top-level",
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
			} else if next != nil && next.text == self.text {
				j.report(next.at, jsonLoop, "next_url is the document itself")
			}
		},
	}
	itemTable = table{
		source: "JSON Feed 1.1, items",
		members: map[string]shape{
			"id": {kind: str, check: func(j *judge, n *node, _, v string) {
				j.entryID = v
				j.unique(n, strings.TrimSpace(v), duplicateValue)
			}},
			"url":            {kind: str, check: absoluteIRI},
			"external_url":   {kind: str, check: absoluteIRI},
			"title":          {kind: str, check: plainJSON},
			"content_html":   {kind: str, check: htmlText},
			"content_text":   {kind: str, check: anything},
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

// json judges a document of JSON.
func (j *judge) json(mediaType string) {
	if !utf8.Valid(j.body) {
		at := 0
		for at < len(j.body) {
			r, n := utf8.DecodeRune(j.body[at:])
			if r == utf8.RuneError && n <= 1 {
				break
			}
			at += n
		}
		j.report(at, unicodeError.of("RFC 8259, section 8.1"), "byte %#02x is not UTF-8", j.body[at])
		return
	}
	var whole json.RawMessage
	if err := json.Unmarshal(j.body, &whole); err != nil {
		at := 0
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = max(int(syntax.Offset)-1, 0)
		}
		j.report(at, jsonSyntax, "%v", err)
		return
	}
	p := &jsonReader{src: j.body, dec: json.NewDecoder(bytes.NewReader(j.body))}
	p.dec.UseNumber()
	if open, _ := p.token(); open != json.Delim('{') {
		j.report(p.at, jsonType, "the document is not an object")
		return
	}
	// Everything but the items is small; the items are judged one at a time.
	feed := datum{kind: record, at: p.at}
	items := -1 // where they stand
	for p.dec.More() {
		key, _ := p.token()
		m := member{name: key.(string), at: p.at}
		if m.name != "items" || items >= 0 {
			if m.value = p.read(0); p.deep {
				j.report(p.at, validatorLimit, "nested deeper than %d", maxDepth)
				return
			}
			feed.members = append(feed.members, m)
			continue
		}
		items = m.at
		if open, _ := p.token(); open != json.Delim('[') {
			j.report(p.at, jsonType.of(jsonSource), "items: is not an array")
			return
		}
		for p.dec.More() && !j.overwhelmed() {
			item := p.read(0)
			if p.deep {
				j.report(p.at, validatorLimit, "nested deeper than %d", maxDepth)
				return
			}
			j.openEntry()
			if item.kind != record {
				j.report(item.at, jsonType, "items: %v where an object belongs", item.kind)
			} else {
				j.object("item", &item, &itemTable)
			}
			j.closeEntry()
		}
		if j.overwhelmed() {
			return
		}
		p.token()
	}
	if feed.get("version") == nil && mediaType != "application/feed+json" && items < 0 {
		return // JSON, but no feed and not said to be one
	}
	if len(feed.members) > 0 && (feed.members[0].name != "version" || 0 <= items && items < feed.members[0].at) {
		j.report(feed.members[0].at, jsonOrder, "version is not the first member")
	}
	if items < 0 {
		j.report(feed.at, jsonMissing, "the feed has no items")
	}
	if feed.get("version") != nil && mediaType != "" && mediaType != "application/feed+json" && mediaType != "application/json" {
		j.report(feed.at, unexpectedContentType, "a JSON Feed is served as %s", mediaType)
	}
	j.object("feed", &feed, &feedTable)
}

// object judges an object by its table.
func (j *judge) object(label string, d *datum, t *table) {
	def := &element{source: t.source}
	seen := map[string]bool{}
	for _, m := range d.members {
		n := &node{name: name{local: label + "." + m.name}, at: m.at, def: def}
		if seen[m.name] {
			j.fault(n, jsonDuplicate, "", "stands there twice")
		}
		seen[m.name] = true
		s, ok := t.members[m.name]
		switch {
		case strings.HasPrefix(m.name, "_"):
			j.extension(n, &m)
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
	n := &node{name: name{local: label}, at: d.at, def: def}
	for _, needed := range t.needs {
		if !seen[needed] {
			j.fault(n, jsonMissing, "", "has no %s", needed)
		}
	}
	for _, wanted := range t.wants {
		if !seen[wanted] {
			j.fault(n, jsonRecommended, "", "has no %s", wanted)
		}
	}
	if t.end != nil {
		t.end(j, n, d)
	}
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
	case s.check != nil:
		s.check(j, n, "", d.text)
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

// A jsonReader reads values with their offsets from a body that is valid JSON.
type jsonReader struct {
	src  []byte
	dec  *json.Decoder
	at   int  // of the last token
	deep bool // nested deeper than is read
}

func (p *jsonReader) token() (json.Token, error) {
	p.at = int(p.dec.InputOffset())
	for p.at < len(p.src) && bytes.IndexByte([]byte(" \t\r\n,:"), p.src[p.at]) >= 0 {
		p.at++
	}
	return p.dec.Token()
}

func (p *jsonReader) read(depth int) datum {
	t, _ := p.token()
	d := datum{at: p.at}
	switch t := t.(type) {
	case string:
		d.kind, d.text = str, t
	case json.Number:
		d.kind, d.text = number, t.String()
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
				key, _ := p.token()
				m := member{name: key.(string), at: p.at}
				m.value = p.read(depth + 1)
				d.members = append(d.members, m)
			}
		}
		p.token()
	}
	return d
}
