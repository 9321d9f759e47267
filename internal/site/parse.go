package site

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/language"
)

// Load reads the site file at path. A file that is not there gives [Default].
// What is wrong in the file comes back as [Errors].
func Load(path string) (Site, error) { return load(path, Default()) }

// load reads the site file at path over what s says already.
func load(path string, s Site) (Site, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return Site{}, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return Site{}, err
	}
	return parse(path, src, s)
}

// Parse reads a site file that is already in memory; name is what its errors
// call it. The error is nil or [Errors], and then the Site is not usable.
func Parse(name string, src []byte) (Site, error) { return parse(name, src, Default()) }

func parse(name string, src []byte, s Site) (Site, error) {
	root, errs := compose(name, src)
	if root != nil {
		s.read(value{name: name, node: root, errs: &errs})
	}
	if len(errs) > 0 {
		errs.sort()
		return Site{}, errs
	}
	return s, nil
}

// read sets what the file says, and leaves the default where it says nothing
// or something wrong.
func (s *Site) read(root value) {
	if !root.is(yaml.MappingNode, "write a key and its value on each line, such as title: The Balkan Desk") {
		return
	}
	var feeds, retire, aliases, podcast value
	root.fields(map[string]func(value){
		"title":        func(v value) { v.text(&s.Title) },
		"description":  func(v value) { v.text(&s.Description) },
		"base_url":     s.readBaseURL,
		"link":         s.readLink,
		"id_authority": s.readIDAuthority,
		"language":     s.readLanguage,
		"encoding":     s.readEncoding,
		"time_zone":    s.readZone,
		"author":       s.readAuthor,
		"rights":       func(v value) { v.text(&s.Rights) },
		"icon":         func(v value) { v.picture(&s.Icon) },
		"image":        func(v value) { v.picture(&s.Image) },
		"favicon":      func(v value) { v.picture(&s.Favicon) },
		"webmaster":    s.readWebmaster,
		"license":      func(v value) { v.address(&s.License) },
		"ended":        func(v value) { v.truth(&s.Ended) },
		"podcast":      func(v value) { podcast = v },
		"poll":         s.readPoll,

		"category_scheme": s.readCategoryScheme,

		"formats":    s.readFormats,
		"content":    func(v value) { v.content(&s.Content) },
		"limit":      func(v value) { v.limit(&s.Limit) },
		"convention": s.readConvention,
		"each":       s.readEach,
		"feeds":      func(v value) { feeds = v },
		"archive":    s.readArchive,
		"retire":     func(v value) { retire = v },
		"skip_hours": s.readSkipHours,
		"skip_days":  s.readSkipDays,
		"aliases":    func(v value) { aliases = v },
	})
	if podcast.node != nil { // for which the site's author and logo stand in
		s.readPodcast(podcast)
	}
	if feeds.node != nil {
		s.readFeeds(feeds)
	}
	if retire.node != nil {
		s.readRetire(retire)
	}
	// Which documents there are to stand for a path is known only now.
	if aliases.node != nil {
		s.readAliases(aliases)
	}
}

func (s *Site) readBaseURL(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	u, err := base(typed)
	if err != nil {
		v.failAddress(typed, err)
		return
	}
	s.BaseURL, s.BaseURLStated = u, true
}

func (s *Site) readLink(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	template, hint, err := link(typed)
	switch {
	case err == errCredentials:
		v.failAddress(typed, err)
	case err != nil:
		v.fail(hint, "%q %v", typed, err)
	default:
		s.Link = template
	}
}

// authority is RFC 4151, section 2.1: taggingEntity without its date.
var authority = regexp.MustCompile(`^([A-Za-z0-9._-]+@)?` + label + `(\.` + label + `)*$`)

const label = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?`

func (s *Site) readIDAuthority(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	name, date, found := strings.Cut(typed, ",")
	switch {
	case !found:
		v.fail("write it as example.org,2023: a domain or email address, and a day, month or year when it was yours", "%q has no date", typed)
	case !authority.MatchString(name):
		v.fail("write it as example.org,2023", "%q is neither a domain name nor an email address", name)
	case !realDate(date):
		v.fail("write it as 2023, 2023-11 or 2023-11-20", "%q is not a date", date)
	default:
		s.IDAuthority = typed
	}
}

// realDate tells the dates of RFC 4151, section 2.1. There is no clock here to
// say that one has not come yet.
func realDate(s string) bool {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return true
		}
	}
	return false
}

func (s *Site) readLanguage(v value) {
	v.language(&s.Language)
	s.LanguageStated = true
}

// language reads a BCP 47 tag into to, in its usual spelling.
func (v value) language(to *string) {
	typed, ok := v.line()
	if !ok {
		return
	}
	// Raw keeps the subtags that the owner chose.
	tag, err := language.Raw.Parse(typed)
	var unknown language.ValueError
	switch {
	case errors.As(err, &unknown):
		v.fail("write a code such as en, de or sr-Latn", "%q is not a language: %q is not known", typed, unknown.Subtag())
	case err != nil:
		v.fail("write a code such as en, de or sr-Latn", "%q is not a language", typed)
	case strings.Contains(typed, "_"):
		v.fail("write it as "+tag.String(), "%q is not a language: its parts are joined by hyphens", typed)
	default:
		*to = tag.String()
	}
}

func (s *Site) readEncoding(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	enc, err := htmlindex.Get(typed)
	if err != nil || enc == encoding.Replacement {
		v.fail("write a name such as windows-1252, iso-8859-2 or shift_jis", "%q is no encoding", typed)
		return
	}
	switch name, _ := htmlindex.Name(enc); name {
	case "utf-8", "utf-16be", "utf-16le":
		v.fail("leave the key out, or name the encoding of the other files", "files in %q are read without it", typed)
	default:
		s.Encoding = name
	}
}

func (s *Site) readZone(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	zone, err := time.LoadLocation(typed)
	if err != nil || typed == "Local" { // which zone that is would depend on the machine
		v.fail("write it as Europe/Skopje, a name of the IANA time zone database", "%q is not a time zone", typed)
		return
	}
	s.Zone = zone
}

func (s *Site) readAuthor(v value) {
	s.Author = Author{} // one from the generator's configuration gives way whole
	if v.node.Kind == yaml.MappingNode {
		v.author(&s.Author)
		return
	}
	hint := "write it as {name: The Balkan Desk, email: desk@example.org}"
	if !v.is(yaml.ScalarNode, hint) {
		return
	}
	if strings.ContainsAny(v.node.Value, "<>@") {
		v.fail(hint, "%q is more than a name", v.node.Value)
		return
	}
	v.text(&s.Author.Name)
}

// author reads somebody who has a name, and perhaps an email and an address.
func (v value) author(to *Author) {
	if !v.is(yaml.MappingNode, "write it as {name: The Balkan Desk, email: desk@example.org}") {
		return
	}
	before := len(*v.errs)
	v.fields(map[string]func(value){
		"name": func(v value) { v.text(&to.Name) },
		"email": func(v value) {
			if typed, ok := v.line(); ok {
				var err error
				if to.Email, err = email(typed); err != nil {
					v.fail("write it as desk@example.org", "%v", err)
				}
			}
		},
		"url": func(v value) { v.address(&to.URL) },
	})
	if to.Name == "" && len(*v.errs) == before {
		v.fail("write it as {name: The Balkan Desk, email: desk@example.org}", "has no name")
	}
}

// address reads an absolute address of the web.
func (v value) address(to *string) {
	typed, ok := v.line()
	if !ok {
		return
	}
	u, err := address(typed)
	if err != nil {
		v.failAddress(typed, err)
		return
	}
	*to = u.String()
}

func (s *Site) readWebmaster(v value) {
	before := len(*v.errs)
	v.author(&s.Webmaster)
	if s.Webmaster.Email == "" && len(*v.errs) == before {
		v.fail("write it as {name: Mira Novak, email: web@example.org}", "has no email")
	}
}

func (s *Site) readCategoryScheme(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	u, err := url.Parse(typed)
	if err != nil || u.Scheme == "" || u.Opaque == "" && u.Host == "" || strings.ContainsAny(typed, " <>\"{}|\\^`") {
		v.fail("write an address such as https://www.example.org/topics/, or a tag: or urn: URI", "%q is no absolute IRI", typed)
		return
	}
	s.CategoryScheme = typed
}

// picture reads the address of a picture or its path below the directory of
// articles.
func (v value) picture(to *string) {
	typed, ok := v.line()
	if !ok {
		return
	}
	// A path with a colon is rare, javascript: and data: are not wanted.
	if strings.Contains(typed, ":") || strings.HasPrefix(typed, "//") {
		switch u, err := address(typed); {
		case err == nil:
			*to = u.String()
		case strings.Contains(typed, "//"):
			v.failAddress(typed, err)
		default:
			v.fail("write an https address, or a path such as icon.png", "%q %v", typed, err)
		}
		return
	}
	if err := localPath(typed); err != nil {
		v.fail("write a path below the directory of articles, such as icon.png", "%q %v", typed, err)
		return
	}
	*to = typed
}

func (s *Site) readPoll(v value) {
	typed, ok := v.line()
	if !ok {
		return
	}
	d, err := time.ParseDuration(typed)
	switch {
	case err != nil && strings.Trim(typed, "0123456789") == "":
		v.fail("write it as "+typed+"m", "%q has no unit", typed)
	case err != nil:
		v.fail("write it as 15m, 2h or 1h30m", "%q is not a length of time", typed)
	case d%time.Minute != 0:
		v.fail("write it as 15m", "%q is not in whole minutes", typed)
	case d < 5*time.Minute || d > 24*time.Hour:
		v.fail("", "%q is not from 5m to 24h", typed)
	default:
		s.Poll = d
	}
}

func (s *Site) readFormats(v value) {
	if formats := v.formats(); formats != nil {
		s.Formats = formats
	}
}

// formats reads a list of formats; nil when it is not one.
func (v value) formats() []Format {
	hint := "write it as [rss, atom, json]"
	if v.node.Kind == yaml.ScalarNode && !isNull(v.node) {
		hint = "write it as [" + v.node.Value + "]"
	}
	if !v.is(yaml.SequenceNode, hint) {
		return nil
	}
	if len(v.node.Content) == 0 {
		v.fail("leave the key out for all three", "names no format")
		return nil
	}
	var formats []Format
	good := true
	for _, n := range v.node.Content {
		element := value{name: v.name, key: v.key, node: n, errs: v.errs}
		word, ok := element.word(string(RSS), string(Atom), string(JSON))
		if ok && slices.Contains(formats, Format(word)) {
			element.fail("keep one of them", "%s is named twice", word)
			ok = false
		}
		good = good && ok
		formats = append(formats, Format(word))
	}
	if !good {
		return nil
	}
	return formats
}

func (v value) content(to *Content) {
	if word, ok := v.word(string(Full), string(Summary)); ok {
		*to = Content(word)
	}
}

func (v value) limit(to *Limit) {
	if !v.is(yaml.MappingNode, "write it as {entries: 50, days: 7}") {
		return
	}
	v.fields(map[string]func(value){
		"entries": func(v value) { v.number(&to.Entries, 1, 300) },
		"days":    func(v value) { v.number(&to.Days, 0, 365) },
		"bytes":   func(v value) { v.size(&to.Bytes, 1e4, 1e7) },
	})
}

// documents returns the paths that are published for the site's own feed, its
// landing page, its lists for importers and crawlers, and its own feeds.
func (s *Site) documents() []string {
	paths := append(documentsOf("", s.Formats), "index.html", "feeds.opml", "sitemap.xml", "news-sitemap.xml", "robots.txt")
	for _, f := range s.Feeds {
		paths = append(paths, documentsOf(f.Path+"/", f.Formats)...)
	}
	return paths
}

func documentsOf(dir string, formats []Format) []string {
	var paths []string
	for _, f := range formats {
		paths = append(paths, dir+map[Format]string{RSS: "rss.xml", Atom: "atom.xml", JSON: "feed.json"}[f])
	}
	return paths
}

// ofValue tells whether a path may be that of a feed for a tag and the like,
// which only the articles can tell.
func (s *Site) ofValue(document string) bool {
	for _, group := range grouped {
		if rest, ok := strings.CutPrefix(document, group+"/"); ok {
			slug, name, _ := strings.Cut(rest, "/")
			return slug != "" && slices.Contains(documentsOf("", s.Formats), name)
		}
	}
	return false
}

func (s *Site) readAliases(v value) {
	if !v.is(yaml.MappingNode, "write it as {/feed/: rss.xml}") {
		return
	}
	documents := s.documents()
	aliases := map[string]string{}
	for _, p := range v.pairs() {
		old, hint, err := oldPath(p.key)
		switch {
		case err != nil:
			p.failKey(hint, "%v", err)
			continue
		case slices.Contains(documents, old):
			p.failKey("", "is published itself")
			continue
		case aliases[old] != "":
			p.failKey("keep one of them", "is the same path as another one above")
			continue
		}
		typed, ok := p.line()
		if !ok {
			continue
		}
		if !slices.Contains(documents, typed) && !s.ofValue(typed) {
			hint := "write one of " + strings.Join(documents, ", ")
			if near := nearest(strings.TrimLeft(typed, "/."), documents); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			p.fail(hint, "%q is not published", typed)
			continue
		}
		aliases[old] = typed
	}
	if len(aliases) > 0 {
		s.Aliases = aliases
	}
}

// oldPath checks the left side of an alias, an address's path below the base,
// and decodes it. A slash at its end belongs to it: /feed/ is not /feed.
func oldPath(s string) (decoded, hint string, err error) {
	rest, found := strings.CutPrefix(s, "/")
	if !found {
		return "", "write it as /feed/", errors.New("does not begin with a slash")
	}
	if strings.ContainsAny(rest, "?#") {
		return "", "write the path alone", errors.New("holds a query or a fragment")
	}
	decoded, err = url.PathUnescape(rest)
	if err != nil {
		return "", "write % as %25", errors.New("is not percent-encoded")
	}
	if decoded == "" {
		return "", "", errors.New("is the site's own page")
	}
	return decoded, "", localPath(strings.TrimSuffix(decoded, "/"))
}
