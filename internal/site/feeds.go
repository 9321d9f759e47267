package site

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Feed is a feed of the site's own making: the articles that match.
type Feed struct {
	// Path is the directory of the feed's documents below the base: one
	// segment, of letters, digits and hyphens of any script. Required.
	Path string
	// Title is the name of the feed, one line of plain text. Required.
	Title       string
	Description string // default empty
	// Image is the feed's own logo, as that of [Site]; default the site's.
	Image string
	// Match chooses the articles. Required, but for a feed with a Profile: empty
	// it takes all.
	Match Match
	// Formats, Content and Limit are as those of [Site], and are the site's by
	// default.
	Formats []Format
	Content Content
	Limit   Limit
	// Language is what the feed declares, a BCP 47 tag. Default the site's:
	// empty when the file does not state that either. It
	// chooses no articles; Match does. A feed with a Profile has those articles
	// alone that are written in it.
	Language string
	// Listed tells whether people are offered the feed: on the page of feeds and
	// in the list for importers. Default true, with a Profile false.
	Listed bool
	// Profile is the partner that the feed is for. It is RSS then, without
	// archives, of the partner's elements and limits, with the site's title when
	// it has none. Default none.
	Profile Profile
	// Syndicated says that the owner may give MSN the articles' pictures; the
	// key is syndication_rights. Default false: nothing is said about it.
	Syndicated bool
	// Ended says that nothing more will come. Default the site's.
	Ended bool
}

// Match chooses articles. An article matches when every part that is not empty
// does.
type Match struct {
	All []Match // every one of them matches
	Any []Match // at least one matches
	Not []Match // none matches

	// Of these lists one member is enough. Upper and lower case are alike.
	Tag     []string
	Author  []string // the name
	Section []string
	// Language are BCP 47 tags: "de" matches "de-AT" as well.
	Language []string
	// Path are patterns of the article's path, as path.Match reads them; a
	// segment "**" stands for any number of folders.
	Path []string
	// Text are words that stand in title, summary or body; a star at the end
	// stands for the rest of a word.
	Text []string
}

// Dimension is something that articles have and for each value of which there
// can be a feed.
type Dimension string

const (
	Tag      Dimension = "tag"
	Person   Dimension = "author"
	Section  Dimension = "section"
	Language Dimension = "language"
)

// Period is how much of a feed's past one archive holds.
type Period string

const (
	Auto  Period = "auto" // by how much is published; the ledger keeps what it was
	Day   Period = "day"
	Week  Period = "week" // ISO 8601
	Month Period = "month"
	Year  Period = "year"
	Off   Period = "off" // no archives
)

// Gone is the target in [Site.Retire] of a feed that nothing stands for.
const Gone = "gone"

// reserved are the first segments of paths that mean something else.
var reserved = []string{"archive", "articles", "authors", "feeds", "hub", "languages", "sections", "tags"}

// grouped are those of reserved below which feeds for values lie.
var grouped = []string{"authors", "languages", "sections", "tags"}

// readFeeds is called when everything is known that a feed may leave to the site.
func (s *Site) readFeeds(v value) {
	if !v.is(yaml.SequenceNode, "begin each feed with a hyphen: - path: kosovo") {
		return
	}
	before := map[string]bool{}
	for i, n := range v.node.Content {
		element := v.child(strconv.Itoa(i+1), n)
		f, ok := s.readFeed(element)
		if !ok {
			continue
		}
		if folded := cases.Fold().String(f.Path); before[folded] {
			element.fail("keep one of them", "there is a feed at %q above", f.Path)
		} else {
			before[folded] = true
			s.Feeds = append(s.Feeds, f)
		}
	}
}

// readFeed reads one feed. What it leaves out is the site's.
func (s *Site) readFeed(v value) (f Feed, ok bool) {
	f = Feed{Formats: s.Formats, Content: s.Content, Limit: s.Limit, Language: s.Language, Ended: s.Ended, Listed: true}
	if !v.is(yaml.MappingNode, "write it as {path: kosovo, title: Kosovo, match: {tag: kosovo}}") {
		return f, false
	}
	if !s.LanguageStated {
		f.Language = "" // what it will be is not known here
	}
	faults := len(*v.errs)
	f.readProfile(v)
	matches := false
	v.fields(map[string]func(value){
		"path": func(v value) {
			if typed, ok := v.line(); ok {
				if hint, err := feedName(typed); err != nil {
					v.fail(hint, "%q %v", typed, err)
					return
				}
				f.Path = typed
			}
		},
		"title":       func(v value) { v.text(&f.Title) },
		"description": func(v value) { v.text(&f.Description) },
		"match":       func(v value) { f.Match, matches = v.match(0), true },
		"formats":     func(v value) { f.Formats = v.formats() },
		"content":     func(v value) { v.content(&f.Content) },
		"limit":       func(v value) { v.limit(&f.Limit) },
		"language":    func(v value) { v.language(&f.Language) },
		"ended":       func(v value) { v.truth(&f.Ended) },
		"image":       func(v value) { v.picture(&f.Image) },
		"listed":      func(v value) { v.truth(&f.Listed) },
		"profile":     func(value) {}, // read above, for what the others default to

		"syndication_rights": func(v value) { v.truth(&f.Syndicated) },
	})
	f.keepToProfile(v)
	if len(*v.errs) > faults {
		return f, false
	}
	if f.Profile != "" {
		matches = true
		f.Title = cmp.Or(f.Title, s.Title)
	}
	for _, required := range []struct {
		key   string
		given bool
	}{{"path", f.Path != ""}, {"title", f.Title != ""}, {"match", matches}} {
		if !required.given {
			v.fail("a feed needs path, title and match", "has no %s", required.key)
			return f, false
		}
	}
	return f, true
}

// feedName checks the name of a feed's directory.
func feedName(s string) (hint string, err error) {
	hint = "write one word such as kosovo"
	if slices.Contains(reserved, s) {
		return "choose another name", errors.New("is the name of something else that feedmill publishes")
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '-' && r != '_' {
			return hint, fmt.Errorf("holds %q", r)
		}
	}
	if s[0] == '-' || s[0] == '_' {
		return hint, errors.New("begins with a sign")
	}
	if len(s) > 200 {
		return hint, errors.New("is longer than 200 bytes")
	}
	return "", nil
}

// deepestMatch bounds how deep all, any and not may stand in each other.
const deepestMatch = 10

func (v value) match(depth int) (m Match) {
	if depth > deepestMatch {
		v.fail("", "all, any and not stand more than %d deep in each other", deepestMatch)
		return m
	}
	if !v.is(yaml.MappingNode, "write it as {tag: kosovo}") {
		return m
	}
	several := func(to *[]Match) func(value) {
		return func(v value) {
			for _, one := range v.oneOrMore() {
				*to = append(*to, one.match(depth+1))
			}
		}
	}
	words := func(to *[]string, check func(string) (string, error)) func(value) {
		return func(v value) {
			for _, one := range v.oneOrMore() {
				typed, ok := one.line()
				if !ok {
					continue
				}
				if check != nil {
					if hint, err := check(typed); err != nil {
						one.fail(hint, "%q %v", typed, err)
						continue
					}
				}
				*to = append(*to, typed)
			}
		}
	}
	v.fields(map[string]func(value){
		"all":      several(&m.All),
		"any":      several(&m.Any),
		"not":      several(&m.Not),
		"tag":      words(&m.Tag, nil),
		"author":   words(&m.Author, nil),
		"section":  words(&m.Section, nil),
		"language": words(&m.Language, languageCode),
		"path":     words(&m.Path, pattern),
		"text":     words(&m.Text, phrase),
	})
	if len(v.node.Content) == 0 {
		v.fail("write what to look for, such as {tag: kosovo}", "matches everything, which the site's feed does already")
	}
	return m
}

func languageCode(s string) (string, error) {
	if _, err := language.Raw.Parse(s); err != nil || strings.Contains(s, "_") {
		return "write a code such as en, de or sr-Latn", errors.New("is not a language")
	}
	return "", nil
}

func pattern(s string) (string, error) {
	if _, err := path.Match(s, ""); err != nil {
		return "write it as 2023/*.txt or news/**", errors.New("is not a pattern")
	}
	return "", nil
}

func phrase(s string) (string, error) {
	if strings.Trim(s, "* ") == "" || strings.Contains(strings.TrimSuffix(s, "*"), "*") {
		return "write words, with a star at the end at most", errors.New("is not what an article can hold")
	}
	return "", nil
}

// oneOrMore returns the members of a list, or a value that stands alone.
func (v value) oneOrMore() []value {
	if v.node.Kind != yaml.SequenceNode {
		return []value{v}
	}
	if len(v.node.Content) == 0 {
		v.fail("leave the key out", "is empty")
	}
	var all []value
	for _, n := range v.node.Content {
		all = append(all, value{name: v.name, key: v.key, node: n, errs: v.errs})
	}
	return all
}

func (s *Site) readEach(v value) {
	for _, one := range v.oneOrMore() {
		word, ok := one.word(string(Tag), string(Person), string(Section), string(Language))
		if !ok {
			continue
		}
		if slices.Contains(s.Each, Dimension(word)) {
			one.fail("keep one of them", "%s is named twice", word)
			continue
		}
		s.Each = append(s.Each, Dimension(word))
	}
}

func (s *Site) readArchive(v value) {
	if word, ok := v.word(string(Auto), string(Day), string(Week), string(Month), string(Year), string(Off)); ok {
		s.Archive = Period(word)
	}
}

func (s *Site) readSkipHours(v value) {
	for _, one := range v.oneOrMore() {
		hour := -1
		one.number(&hour, 0, 23)
		if hour >= 0 && !slices.Contains(s.SkipHours, hour) {
			s.SkipHours = append(s.SkipHours, hour)
		}
	}
	slices.Sort(s.SkipHours)
}

func (s *Site) readSkipDays(v value) {
	days := map[string]time.Weekday{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		days[d.String()] = d
	}
	for _, one := range v.oneOrMore() {
		if word, ok := one.word(slices.Sorted(maps.Keys(days))...); ok && !slices.Contains(s.SkipDays, days[word]) {
			s.SkipDays = append(s.SkipDays, days[word])
		}
	}
	slices.Sort(s.SkipDays)
}

// readRetire is called when all feeds are known.
func (s *Site) readRetire(v value) {
	if !v.is(yaml.MappingNode, "write it as {tags/kosovo: /kosovo}") {
		return
	}
	retired := map[string]string{}
	pairs := v.pairs()
	for _, p := range pairs {
		old := strings.Trim(p.key, "/")
		if old == "" {
			p.failKey("", "is the site's own feed, which stays")
			continue
		}
		if hint, err := s.feedPath(old); err != nil {
			p.failKey(hint, "%v", err)
			continue
		}
		if slices.ContainsFunc(s.Feeds, func(f Feed) bool { return f.Path == old }) {
			p.failKey("remove it from feeds, or from here", "is one of the feeds above")
			continue
		}
		typed, ok := p.line()
		switch {
		case !ok:
			continue
		case typed == Gone:
			retired[old] = Gone
			continue
		case !strings.HasPrefix(typed, "/"):
			p.fail("write the path of another feed, such as /kosovo or / for the site's, or gone", "%q does not begin with a slash", typed)
			continue
		}
		target := strings.Trim(typed, "/")
		own := slices.ContainsFunc(s.Feeds, func(f Feed) bool { return f.Path == target })
		if _, err := s.feedPath(target); target != "" && !own && (err != nil || !strings.Contains(target, "/")) {
			p.fail("name one of the feeds, / for the site's, or gone", "%q is no feed", typed)
			continue
		}
		retired[old] = "/" + target
	}
	for _, p := range pairs {
		if to := retired[strings.Trim(p.key, "/")]; retired[strings.TrimPrefix(to, "/")] != "" {
			p.fail("name a feed that stays", "%q is retired itself", to)
		}
	}
	s.Retire = retired
}

// feedPath checks what may be the path of a feed.
func (s *Site) feedPath(p string) (hint string, err error) {
	hint = "write the path of a feed, such as kosovo or tags/kosovo"
	first, rest, found := strings.Cut(p, "/")
	if found && slices.Contains(grouped, first) && rest != "" && !strings.Contains(rest, "/") {
		return "", localPath(rest)
	}
	if found {
		return hint, errors.New("is no path of a feed")
	}
	if p == "" {
		return hint, errors.New("is no path of a feed")
	}
	if _, err := feedName(p); err != nil {
		return hint, errors.New("is no path of a feed")
	}
	return "", nil
}

// size reads an amount of bytes, "500KB" or "1MB", into to.
func (v value) size(to *int, from, upto int) {
	typed, ok := v.line()
	if !ok {
		return
	}
	digits := strings.TrimRight(typed, "KMGiBkmgb ")
	unit := map[string]int{"KB": 1e3, "MB": 1e6, "KIB": 1 << 10, "MIB": 1 << 20}[strings.ToUpper(strings.TrimSpace(typed[len(digits):]))]
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil || unit == 0:
		v.fail("write it as 500KB or 1MB", "%q is not an amount of bytes", typed)
	case n > upto || n*unit < from || n*unit > upto:
		v.fail("", "%q is not from %dKB to %dMB", typed, from/1e3, upto/1e6)
	default:
		*to = n * unit
	}
}
