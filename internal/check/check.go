// Package check reads documents as a stranger would and says what is wrong
// with them. It shares no code with what wrote them: a mistake there must not
// be repeated here.
//
// # One document
//
// A [Source] is what is known of a document; [Source.Judge] judges its bytes,
// [Source.JudgeFrom] while they are read, in a few megabytes of memory, and
// [Document] is short for the first. They know RSS 2.0 and its forerunners, Atom
// 1.0, JSON Feed 1.1, OPML, sitemaps, and lightly pages of HTML. What is not in
// UTF-8 is converted on the way. First comes XML (well-formed, namespaces
// declared, legal characters), then the structure, then the values, HTML inside
// them included. What is wrong is a [Finding]. The rules have the names of the
// W3C feed validator where it has one, and its levels, so that a finding can be
// looked up there.
//
// A [Profile] adds what one partner wants beyond the standards. A [Visitor]
// fetches a document from an address, and judges also how it is served.
//
// # From one edition to the next
//
// [Reader.Edition] judges what an edition changes, and what only shows across
// documents: links to documents that are not there, formats that disagree about
// ids. [Read] reads a feed back into a [Reading], as its subscribers have it;
// [Compare] says what they see of another; [Succession] says whether it may
// follow, with findings, and a [Hold] where an accident is more likely than an
// intention.
//
// # What it does not do
//
// Only a Visitor opens connections, and only a Visitor reads a clock: whether a
// date is in the future shows when Source says what time it is. An image that is
// too small and a link that leads nowhere outside the edition are not found
// here. Atom 0.3 is recognised, and an error.
package check

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Level tells what a finding means.
type Level int

const (
	Advice  Level = iota // valid, but readers would be better served otherwise
	Warning              // valid, but known to harm some readers
	Error                // not valid: the document is not published
)

func (l Level) String() string { return [...]string{"advice", "warning", "error"}[l] }

// Finding is something wrong with a document.
type Finding struct {
	Document string // path of the document
	Line     int    // from 1; 0 when the finding is the whole document's
	Column   int    // from 1, in characters; 0 when not known
	Level    Level
	Rule     string // a stable name; the W3C feed validator's where it has one
	Entry    string // id of the entry that the finding is about, empty for the feed's own
	Text     string // what is wrong
	Hint     string // what to do
	Source   string // the specification and section that says so
}

// String writes the finding in the form that editors can follow, its hint on
// a line of its own:
//
//	atom.xml:12:5: error: updated: "2026-13-01" is not a date and time [InvalidRFC3339Date]
//	    hint: write it as 2026-12-01T09:00:00Z
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.Document)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, ":%d", f.Column)
		}
	}
	fmt.Fprintf(&b, ": %v: %s [%s]", f.Level, f.Text, f.Rule)
	if f.Hint != "" {
		b.WriteString("\n    hint: " + f.Hint)
	}
	return b.String()
}

// maxFindings bounds what is reported of one document, for each level apart:
// a flood of warnings never hides an error.
const maxFindings = 1000

// Document judges one document and returns what is wrong with it, in the order
// of the lines. Path only names it in the findings; mediaType is the
// Content-Type that it will be served with, url the address: with an empty url
// nothing is said about self links.
//
// What it is judged as follows from the content: a document that claims to be
// a feed and is none is an error. Cost is in proportion to the size of body;
// of each level the first 1000 findings are returned.
func Document(path, mediaType, url string, body []byte) []Finding {
	return Source{Path: path, Type: mediaType, URL: url}.Judge(body)
}

// Source is what is known of a document besides its bytes. All of it may be
// empty.
type Source struct {
	Path string // names the document in findings
	Type string // Content-Type that it is served with
	URL  string // address
	// Now is the instant against which dates are judged: a date to come, news
	// that are old. Zero: they are not.
	Now time.Time
	// Profile names what partner the feed is for, beyond the standards.
	Profile *Profile

	elsewhere bool // a sitemap may list the pages of another host
}

// Judge judges a document as [Document] does.
func (s Source) Judge(body []byte) []Finding {
	findings, _, _ := s.examine(body, s.Profile != nil, nil)
	return findings
}

// examine judges a document and, when that is asked for, reads it back. An error
// is that of [Read]. Texts that proses, which may be nil, remember are not judged
// again.
func (s Source) examine(body []byte, read bool, proses *proses) ([]Finding, Reading, error) {
	j := s.newJudge(newWindow(body, nil))
	j.proses = proses
	r := &reader{proses: proses}
	x, o := &xmlReader{reader: r}, &jsonFeedReader{reader: r}
	if read {
		j.reader, j.jsonReader = x, o
	}
	findings, err := j.judge(s)
	if err != nil {
		findings = append(findings, Finding{Document: s.Path, Level: Error, Rule: unreadable.name, Text: err.Error(), Hint: unreadable.hint, Source: unreadable.source})
	}
	if !read {
		return findings, Reading{}, nil
	}
	switch {
	case x.whole:
		err = r.failure(x.fault)
	case o.whole:
	default:
		r = &reader{proses: proses}
		err = r.collect(body)
	}
	if err != nil {
		return findings, Reading{}, err
	}
	reading := r.reading()
	if s.Profile != nil {
		findings = append(findings, s.Profile.judge(s, reading, body)...)
	}
	return findings, reading, nil
}

// JudgeFrom judges a document as [Source.Judge] does while it is read from in.
// It keeps a window of 8 MB in memory and what the rules must remember: ids,
// addresses, findings. A text, a tag or an entry of a JSON Feed of more than 4 MB
// is an error (ValidatorLimit); for a [Profile] the document is held whole. An
// error is one of reading.
func (s Source) JudgeFrom(in io.Reader) ([]Finding, error) {
	if s.Profile != nil {
		body, err := io.ReadAll(in)
		if err != nil {
			return nil, err
		}
		return s.Judge(body), nil
	}
	return s.newJudge(newWindow(nil, in)).judge(s)
}

// newJudge returns a judge of what is in a window.
func (s Source) newJudge(in *window) *judge {
	return &judge{in: in, url: s.URL, now: s.Now, elsewhere: s.elsewhere, partner: s.Profile}
}

// judge judges a document by the standards.
func (j *judge) judge(s Source) ([]Finding, error) {
	j.in.fill()
	plain := isASCII(j.in.src)
	kind, params, _ := mime.ParseMediaType(s.Type)
	served := params["charset"]
	whole := j.in
	j.decode(served)
	written := cmp.Or(j.encoding, "utf-8")
	if served != "" && !strings.EqualFold(served, written) && !(plain && strings.EqualFold(served, "us-ascii")) {
		j.report(beginning, encodingMismatch, "served as %q, written in %s", clip(served), written)
	}
	if j.reader != nil && (j.in != whole || j.encoding != "" || sniff(j.in.src, "") != sniff(j.in.src, kind)) {
		j.reader, j.jsonReader = nil, nil
	}
	switch sniff(j.in.src, kind) {
	case markup:
		j.xml(kind)
	case object:
		j.json(kind)
	case hypertext:
		j.page()
	}
	if j.in.err != nil {
		return nil, j.in.err
	}
	return j.result(s.Path), nil
}

// content is how a document is to be read.
type content int

const (
	other     content = iota // pictures, style sheets, plain text: not judged
	markup                   // XML
	object                   // JSON
	hypertext                // HTML
)

// sniff tells what a body is, by its first characters; its media type only
// decides where they leave a doubt.
func sniff(body []byte, kind string) content {
	start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte(byteOrderMark)), " \t\r\n")
	begins := func(s string) bool {
		return len(start) >= len(s) && strings.EqualFold(string(start[:len(s)]), s)
	}
	feed := kind == "application/rss+xml" || kind == "application/atom+xml"
	switch {
	case kind == "text/html" || begins("<!doctype html") || begins("<html"):
		return hypertext
	case begins("<") || feed || strings.HasSuffix(kind, "/xml"):
		return markup
	case begins("{") || begins("[") && strings.HasSuffix(kind, "json") || kind == "application/feed+json":
		return object
	}
	return other
}

const byteOrderMark = "\ufeff"

// A judge collects what is wrong with one document.
type judge struct {
	in       *window
	url      string
	encoding string    // that the document was converted from, empty when it is UTF-8
	now      time.Time // zero when nothing is said about dates to come
	partner  *Profile  // nil when nobody's own elements are known
	proses   *proses   // may be nil
	// Who reads the document back meanwhile; nil: it is not read, or not here.
	reader     *xmlReader
	jsonReader *jsonFeedReader
	elsewhere  bool // a sitemap may list the pages of another host
	found      []Finding
	count      [Error + 1]int // findings of each level

	// The entry that is being read: where its findings begin, and its id as
	// far as it is known.
	entryFrom int
	entryID   string

	xmlState
}

// report notes that the document offends against r at a place.
func (j *judge) report(at place, r rule, format string, args ...any) {
	j.count[r.level]++
	if j.count[r.level] > maxFindings {
		return
	}
	j.found = append(j.found, Finding{
		Line: at.line, Column: at.column, Level: r.level, Rule: r.name, Source: r.source, Hint: r.hint, Text: fmt.Sprintf(format, args...),
	})
}

// overwhelmed tells that enough errors were found: there is no use in going on.
func (j *judge) overwhelmed() bool { return j.count[Error] > maxFindings }

func (j *judge) openEntry() {
	j.entryFrom, j.entryID = len(j.found), ""
}

// closeEntry gives the entry's id to all that was found in it: the id may
// stand behind the fault.
func (j *judge) closeEntry() {
	for i := range j.found[j.entryFrom:] {
		j.found[j.entryFrom+i].Entry = j.entryID
	}
	j.entryID = ""
}

// result puts the findings in order.
func (j *judge) result(path string) []Finding {
	slices.SortStableFunc(j.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for i := range j.found {
		j.found[i].Document = path
	}
	return j.found
}

// clip shortens a value so that it can be quoted in a finding.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
