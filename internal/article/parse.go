package article

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Options is what a site knows and a file does not say.
type Options struct {
	// Zone is the time zone of dates that state none; nil means UTC.
	Zone *time.Location
	// Language is the BCP 47 tag of the site's language. Its month names and
	// its order of day and month are tried first.
	Language string
	// Encoding is what the site names for files that are not UTF-8 and do not
	// say what they are: a label of the WHATWG Encoding Standard, such as
	// windows-1252. Empty: such a file is read when one reading stands alone.
	Encoding string
	// Context is what the site's generator and its files say of the article.
	Context Context
}

// Parse reads the file at path, whose content is src, as the article it is.
// The path is slash-separated, below the directory of articles.
//
// The article is nil when it is kept out; then at least one of the problems is
// an [Error]. It is nil without a problem when the file is no article by its
// own front matter: a redirect, or by the convention a page or list. Warnings
// name what was repaired or left out. Problems come in the order of their
// lines.
//
// Parse never panics, keeps no reference to src, and its cost is bounded by
// the length of src, which is refused above 1 MiB of Markdown and 4 MiB of any
// other format.
func Parse(path string, src []byte, opt Options) (*Article, []Problem) {
	return new(Parser).Parse(path, bytes.Clone(src), opt)
}

// Parser parses one file after the other in the same room.
type Parser struct{ room whole }

// Parse is [Parse] for who makes something else of the article before the next
// file is parsed, and before src changes: the article is no longer what it was
// then. The problems stay.
func (r *Parser) Parse(path string, src []byte, opt Options) (*Article, []Problem) {
	p := parsings.Get().(*parsing)
	defer parsings.Put(p)
	defer p.forget()
	r.room = whole{}
	p.a = &r.room.join().Article
	p.a.Path, p.a.body = path, &r.room.source
	p.context, p.dates = opt.Context, dateReader{zone: opt.Zone, language: opt.Language}
	return p.result(func() { p.parse(src, opt) })
}

// result runs the parser. One that panics, its libraries included, costs this
// article and no other.
func (p *parsing) result(parse func()) (*Article, []Problem) {
	func() {
		defer func() {
			if r := recover(); r != nil {
				p.fail(0, "parser-failed", fmt.Sprintf("parser failed: %v", r), "")
			}
		}()
		parse()
	}()
	if p.none {
		return nil, nil
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return a.Line - b.Line })
	for i := range p.problems {
		problem := &p.problems[i]
		problem.Text, problem.Hint = strings.Clone(problem.Text), strings.Clone(problem.Hint)
	}
	if p.failed {
		return nil, p.problems
	}
	return p.a, p.problems
}

// parsing is one file being read.
type parsing struct {
	a        *Article
	context  Context
	dates    dateReader
	problems []Problem
	failed   bool // an Error is among the problems
	none     bool // it is no article

	tags        []string // not yet cleaned
	titleStated bool     // by front matter
	titleMade   bool     // of the first words or the file's name

	// The dates of publication that the file states, by source; see publish.
	keyDate     []moment
	oneDate     [1]moment // room for it
	pageDates   []moment
	textDates   []moment
	textUpdated moment

	entries []entry    // room for those of front matter
	taken   bool       // they are in it
	roles   statements // of front matter
}

// parsings keep the room in which front matter is sorted.
var parsings = sync.Pool{New: func() any { return new(parsing) }}

// forget leaves of what was read its room alone, unless it is unusually large.
func (p *parsing) forget() {
	clear(p.entries)
	clear(p.tags)
	clear(p.roles.entries)
	clear(p.roles.keys.words)
	room := parsing{entries: p.entries[:0], tags: p.tags[:0], roles: statements{
		entries: p.roles.entries[:0], namings: p.roles.namings[:0], keys: sequence{words: p.roles.keys.words[:0]}}}
	*p = parsing{}
	if cap(room.entries)+cap(room.tags)+cap(room.roles.entries) < mostRoom {
		*p = room
	}
}

// mostRoom is how many entries and tags together are no reason to give the room
// back.
const mostRoom = 1000

func (p *parsing) report(problem Problem) {
	problem.Path = p.a.Path
	p.failed = p.failed || problem.Severity == Error
	p.problems = append(p.problems, problem)
}

func (p *parsing) warn(line int, code, text, hint string) {
	p.report(Problem{Line: line, Severity: Warning, Code: code, Text: text, Hint: hint})
}

func (p *parsing) fail(line int, code, text, hint string) {
	p.report(Problem{Line: line, Severity: Error, Code: code, Text: text, Hint: hint})
}

func (p *parsing) parse(src []byte, opt Options) {
	format, ok := FormatOf(p.a.Path)
	if !ok {
		p.fail(0, "format", fmt.Sprintf("no format of articles has the extension %q", path.Ext(p.a.Path)), "use .txt, .md or .html")
		return
	}
	if !utf8.ValidString(p.a.Path) {
		p.fail(0, "bad-name", "the file's name is not UTF-8, so no address can be made of it", "rename the file")
		return
	}
	if p.context.Convention == Nikola && format == Text {
		format = RST // Nikola's own rule for .txt
	}
	p.a.Format = format
	if limit := format.maxBytes(); len(src) > limit {
		p.fail(0, "too-large", fmt.Sprintf("the file is larger than %d MiB, the most for %s", limit>>20, format), "")
		return
	}
	text, controls, problem := decode(src, opt)
	if problem != nil {
		p.report(*problem)
	}
	if p.failed {
		return
	}
	if controls {
		text = p.withoutControls(text)
	}
	meta, rest, line, ok := p.frontMatter(text)
	if !ok {
		return
	}
	meta = p.defaults(p.siblingMeta(meta))
	name := readFileName(cmp.Or(p.context.Name, p.a.Path))
	if p.context.Language != "" {
		p.speaks(p.context.Language)
	}
	if name.language != "" {
		p.speaks(name.language)
	}
	p.roles.of(meta)
	meta.roles = &p.roles
	p.metadata(meta)
	digested := strings.Trim(rest, "\n")
	switch format {
	case Text:
		p.readText(rest, line)
	case Markdown:
		p.readMarkdown(rest, line)
	case HTML:
		p.readPage(rest, line)
		digested = p.a.body.text
	case RST:
		p.readRST(rest, line)
	}
	if p.none = !p.isArticle(meta, rest); p.none {
		return
	}
	if p.failed { // what follows would say the same once more
		return
	}
	switch {
	case p.a.Withdrawn:
		p.withdraw()
		digested = p.a.body.text
	case p.a.Correction != "":
		digested += "\n\n" + p.a.Correction
	}
	p.finish(name)
	p.a.body.convention, p.a.body.separator = string(p.context.Convention), p.separator(meta)
	p.a.body.keep(meta, p.context.Values)
	p.a.Digest = p.digest(digested)
}

// digest is what [Article.Digest] promises.
func (p *parsing) digest(body string) Digest {
	title := p.a.Title
	if p.titleMade {
		title = ""
	}
	buffer := digestBuffers.Get().(*[]byte)
	defer digestBuffers.Put(buffer)
	*buffer = append(append(append((*buffer)[:0], title...), '\n'), body...)
	return sha256.Sum256(*buffer)
}

// digestBuffers hold what is digested, of which there is a lot.
var digestBuffers = sync.Pool{New: func() any { return new([]byte) }}

// dated takes the date of front matter.
func (p *parsing) dated(m moment) {
	if p.keyDate == nil {
		p.keyDate = p.oneDate[:0]
	}
	p.keyDate = append(p.keyDate, m)
}

// finish fills in what follows from the rest.
func (p *parsing) finish(name fileName) {
	a := p.a
	if a.Section == "" {
		a.Section = name.section
	}
	a.Draft = a.Draft || name.draft || p.context.Draft
	p.folderTopics()
	p.resolvePeople()
	if name.folder == "" && a.Address != "" { // path = "2023/07/13/a-name"
		name.folder = folderDate(strings.Split(path.Dir(strings.Trim(a.Address, "/")), "/"))
	}
	p.publish(name)
	if a.Title == "" {
		p.titleMade = true
		a.Title = titleOfName(name.stem)
		if p.context.Convention != "" && strings.TrimSpace(a.body.text) == "" && len(p.keyDate) == 0 && name.date == "" {
			p.none = true // a page that a template fills
		} else if strings.TrimSpace(a.body.text) == "" || a.Title == "" {
			p.fail(0, "empty", "the article has neither title nor text", "")
		}
	}
	a.Title = shorten(a.Title, maxTitle)
	if a.Slug == "" {
		a.Slug = p.nameSlug(name.stem)
	}
	if a.Slug == "" {
		a.Slug = slugFrom(a.Title)
	}
	if a.Slug == "" {
		a.Slug = "article"
	}
	var dropped int
	if a.Tags, dropped = cleanTags(p.tags); dropped > 0 {
		p.warn(0, "too-many-tags", fmt.Sprintf("the article has %d tags too many; the first %d count", dropped, maxTags), "name the few that matter")
	}
	a.body.format, a.body.slug = a.Format, a.Slug
}

// titleOfName makes a title of a file's name: "my_first-post" is "My first post".
func titleOfName(stem string) string {
	s := oneLine(strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return ' '
		}
		return r
	}, stem))
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// publish decides the date of publication. The sources are, in this order:
// the date key, the HTML page's own dates, the file's name, its folders, then
// byline, dateline and date line. When the first gives a day only and another
// source names the same day with a time, the time counts too.
func (p *parsing) publish(name fileName) {
	dates := append(p.keyDate, p.pageDates...)
	for _, d := range []string{name.date, name.folder} {
		if m, _, err := (dateReader{zone: p.dates.zone, language: "en"}).read(d); err == nil {
			dates = append(dates, m)
		}
	}
	dates = append(dates, p.textDates...)
	if len(dates) == 0 && !p.textUpdated.at.IsZero() {
		dates = append(dates, p.textUpdated)
	}
	if len(dates) == 0 && !p.a.Updated.IsZero() { // as Hugo does
		dates = append(dates, moment{at: p.a.Updated.InZone()})
	}
	if len(dates) > 0 {
		first := dates[0]
		for _, m := range dates[1:] {
			if !first.clock && m.clock && m.at.Format(time.DateOnly) == first.at.Format(time.DateOnly) {
				first = m
			}
		}
		p.a.Published = At(first.at)
	}
	// An article changes after it came out; what says otherwise says nothing.
	if !p.a.Updated.After(p.a.Published) {
		p.a.Updated = 0
	}
}
