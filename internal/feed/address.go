package feed

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// places knows where every published article is read, and which other files
// there are.
type places struct {
	roll  *roll
	files Files
	site  site.Site
	read  address
	// byName has the paths of articles, sorted, by the last segment of their
	// bare path.
	byName func() map[string][]string
}

func newPlaces(s site.Site, r *roll, files Files) *places {
	p := &places{roll: r, files: files, site: s, read: newAddress(s)}
	p.byName = sync.OnceValue(func() map[string][]string {
		names := map[string][]string{}
		for i, a := range r.articles {
			if r.entries[i] != nil {
				name := path.Base(bare(a.Path))
				names[name] = append(names[name], a.Path)
			}
		}
		return names
	})
	return p
}

// address tells where articles are read.
type address struct {
	link func(*article.Article) string
	// page is the path of the article's page below the base, with a slash at the
	// end; empty when it is read elsewhere.
	page func(*article.Article) string
}

func newAddress(s site.Site) address {
	if s.Link != "" {
		t := newTemplate(s.Link)
		return address{
			link: func(a *article.Article) string { return t.expand(a, s.Zone) },
			page: func(*article.Article) string { return "" },
		}
	}
	page := func(a *article.Article) string {
		if a.Link != "" { // its own generator publishes it
			return ""
		}
		return "articles/" + a.Slug + "/"
	}
	return address{page: page, link: func(a *article.Article) string {
		if a.Link != "" {
			return a.Link
		}
		return s.BaseURL + escapePath(page(a))
	}}
}

// Links returns the absolute addresses at which articles are read, by path.
func Links(articles []*article.Article, s site.Site) map[string]string {
	links := make(map[string]string, len(articles))
	read := newAddress(s)
	for _, a := range articles {
		links[a.Path] = read.link(a)
	}
	return links
}

// template is that of an article's address: what stands between the placeholders
// and, at the odd indexes, their names.
type template []string

func newTemplate(link string) template {
	var t template
	for {
		before, rest, found := strings.Cut(link, "{")
		t = append(t, before)
		if !found {
			return t
		}
		var name string
		name, link, _ = strings.Cut(rest, "}")
		t = append(t, name)
	}
}

// expand fills the template.
func (t template) expand(a *article.Article, zone *time.Location) string {
	b := make([]byte, 0, 128)
	for i, part := range t {
		switch {
		case i%2 == 0:
			b = append(b, part...)
		case part == "slug":
			b = append(b, escapePath(a.Slug)...)
		case part == "section":
			b = append(b, escapePath(a.Section)...)
		case part == "path":
			b = append(b, escapePath(strings.TrimSuffix(a.Path, path.Ext(a.Path)))...)
		case part == "year":
			b = a.Published.Time().In(zone).AppendFormat(b, "2006")
		case part == "month":
			b = a.Published.Time().In(zone).AppendFormat(b, "01")
		case part == "day":
			b = a.Published.Time().In(zone).AppendFormat(b, "02")
		}
	}
	// An article without a section leaves no empty segment behind.
	if from := bytes.Index(b, []byte("://")) + len("://"); bytes.Contains(b[from:], []byte("//")) {
		rest := string(b[from:])
		for strings.Contains(rest, "//") {
			rest = strings.ReplaceAll(rest, "//", "/")
		}
		return string(b[:from]) + rest
	}
	return string(b)
}

// home returns the address of the page that people read: the part of the link
// template before its first placeholder, where the site's generator publishes
// it, or our own landing page.
func home(s site.Site) string {
	before, _, _ := strings.Cut(s.Link, "{")
	if s.Link == "" {
		return cmp.Or(s.Address(), s.BaseURL)
	}
	return before[:strings.LastIndexByte(before, '/')+1]
}

// resolver turns the addresses in one article into absolute ones, and notes
// the files that they mean, and its answers.
type resolver struct {
	answering
	places     *places
	article    *article.Article
	link, page string // where the article is read
	media      []Media
	names      map[string]string // path of a media document → its source
	problems   []article.Problem
}

func newResolver(p *places, a *article.Article) *resolver {
	r := &resolver{places: p, article: a, names: map[string]string{}}
	r.link, r.page = p.read.link(a), p.read.page(a)
	return r
}

// resolve returns the absolute address that ref, as written in the article,
// stands for, percent-encoded; empty when it leads nowhere.
func (r *resolver) resolve(ref string) string {
	n := len(r.problems)
	answer, fixed := r.answer(ref)
	if !fixed {
		said := []string{answer}
		for _, p := range r.problems[n:] {
			said = append(said, p.Text)
		}
		r.note(askedAddress, ref, said...)
	}
	return answer
}

// answer is what resolve says; fixed tells that it is so wherever this and other
// articles are read.
func (r *resolver) answer(ref string) (address string, fixed bool) {
	if name, ok := strings.CutPrefix(ref, article.RefPrefix); ok {
		return r.reference(name), false
	}
	u, err := parse(ref)
	if err != nil {
		return r.nowhere(ref, "is not an address"), false
	}
	switch {
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return r.nowhere(ref, "has no host"), false
		}
		return encode(u), true
	case u.Scheme == "mailto" || u.Scheme == "tel":
		return u.String(), true
	case u.Scheme != "":
		return r.nowhere(ref, "has a scheme that feeds do not carry"), false
	case u.Host != "" || u.Path == "":
		return encode(r.base().ResolveReference(u)), false
	}
	for _, dir := range []string{path.Dir(r.article.Path), ""} { // beside the article, else as in a vault of Obsidian
		file, ok := local(dir, u.Path)
		if !ok {
			continue
		}
		if link, ok := r.places.article(file); ok {
			return withFragment(link, u), false
		}
		if r.page != "" && r.places.files.Has(file) {
			return r.publish(ref, file, u), false
		}
	}
	if r.page != "" {
		return r.nowhere(ref, "is not there"), false
	}
	return encode(r.base().ResolveReference(u)), false
}

func (r *resolver) base() *url.URL {
	base, err := url.Parse(r.link)
	if err != nil {
		return &url.URL{}
	}
	return base
}

// reference returns the address of the article of that name, with its fragment.
// Elsewhere than on our own pages it may be that of a page which is no article.
func (r *resolver) reference(name string) string {
	u, err := parse(name)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return r.nowhere(name, "is not the name of an article")
	}
	if u.Path == "" {
		return encode(r.base().ResolveReference(u))
	}
	for _, dir := range []string{path.Dir(r.article.Path), ""} {
		file, ok := local(dir, u.Path)
		if !ok {
			continue
		}
		if link, ok := r.places.article(file); ok {
			return withFragment(link, u)
		}
		if r.page != "" && mediaType(file) != "" && r.places.files.Has(file) {
			return r.publish(name, file, u)
		}
	}
	if link, ok := r.places.ending(u.Path); ok {
		return withFragment(link, u)
	}
	if r.page != "" {
		return r.nowhere(name, "is not the name of an article")
	}
	if page := bare(u.Path); page != strings.Trim(u.Path, "/") || path.Ext(page) == "" {
		u.Path = "/" + page + "/"
		if page == "" {
			u.Path = "/"
		}
	}
	return encode(r.base().ResolveReference(u))
}

// bare returns the path of a source without its extension, nor the name that
// all have which stand for their folder.
func bare(file string) string {
	file = strings.Trim(file, "/")
	switch ext := path.Ext(file); ext {
	case ".md", ".mdx", ".markdown", ".rst", ".txt", ".html", ".htm":
		file = strings.TrimSuffix(file, ext)
	}
	for _, index := range []string{"_index", "index"} {
		if file == index {
			return ""
		}
		file = strings.TrimSuffix(file, "/"+index)
	}
	return file
}

// publish notes that file is to be published with the article's page, and
// returns its address there.
func (r *resolver) publish(ref, file string, u *url.URL) string {
	kind := mediaType(file)
	if kind == "" {
		return r.nowhere(ref, "is of a kind that is not published")
	}
	return r.publishAs(kind, file, u)
}

// publishAs is publish for a file of a kind that the caller answers for.
func (r *resolver) publishAs(kind, file string, u *url.URL) string {
	name := path.Clean(u.Path)
	for strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		name = strings.TrimPrefix(strings.TrimPrefix(name, "../"), "/")
	}
	ext := path.Ext(name)
	stem := r.page + strings.TrimSuffix(name, ext)
	at := stem + ext
	for n := 2; r.names[at] != "" && r.names[at] != file; n++ {
		at = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	if r.names[at] == "" {
		r.names[at] = file
		r.media = append(r.media, Media{Source: file, Path: at, Type: kind})
	}
	return withFragment(r.places.site.BaseURL+escapePath(at), u)
}

// nowhere notes a reference that leads nowhere.
func (r *resolver) nowhere(ref, why string) string {
	hint := "put the file beside the article, or write the whole address"
	if r.page != "" && strings.HasPrefix(ref, "/") {
		hint = "when it is a page of the site, say where that is: `link: https://www.example.org/{slug}/` in site.yaml; else put the file into the directory of articles"
	}
	r.problems = append(r.problems, article.Problem{
		Path: r.article.Path, Severity: article.Warning, Code: "dead-reference",
		Text: fmt.Sprintf("%q %s; it is left out", ref, why),
		Hint: hint,
	})
	return ""
}

// ending returns where the article is read whose path ends in name, or that
// name ends in: where articles lie in a folder of their own, names may begin
// further up. Of several the nearest name counts, then the first.
func (p *places) ending(name string) (link string, ok bool) {
	name = bare(name)
	best := ""
	for _, file := range p.byName()[path.Base(name)] {
		known := bare(file)
		if (strings.HasSuffix("/"+known, "/"+name) || strings.HasSuffix("/"+name, "/"+known)) && (best == "" || len(known) < len(bare(best))) {
			best = file
		}
	}
	return p.of(best)
}

// article returns where the article is read that file means: the file itself,
// or its address without extension as site generators write it.
func (p *places) article(file string) (link string, ok bool) {
	if link, ok := p.of(file); ok {
		return link, true
	}
	for _, ext := range []string{".md", ".html", ".txt", ".mdx", ".markdown", ".rst"} {
		for _, name := range []string{file + ext, strings.TrimSuffix(file, ".html") + ext, file + "/index" + ext} {
			if link, ok := p.of(name); ok {
				return link, true
			}
		}
	}
	return "", false
}

// of returns where the article at a path is read.
func (p *places) of(file string) (link string, ok bool) {
	if e := p.roll.at(file); e != nil {
		return e.Link(), true
	}
	return "", false
}

// local returns the path below the directory of articles that a reference in
// dir means; false when it leads out of it.
func local(dir, ref string) (string, bool) {
	p := path.Join(dir, ref)
	if strings.HasPrefix(ref, "/") {
		p = path.Clean(ref)[1:]
	}
	if p == "." || p == "" || p == ".." || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") {
		return "", false
	}
	return p, true
}

// parse reads an address as browsers do: white space around it and line breaks
// within do not count, spaces and bare percent signs are data.
func parse(ref string) (*url.URL, error) {
	ref = lineBreaks.Replace(strings.TrimSpace(ref))
	u, err := url.Parse(ref)
	if err == nil {
		return u, nil
	}
	return url.Parse(bareSigns.Replace(ref))
}

var (
	lineBreaks = strings.NewReplacer("\n", "", "\r", "", "\t", "")
	bareSigns  = strings.NewReplacer(" ", "%20", "%", "%25")
)

// encode writes an address as a URI: a host in any script in its ASCII form,
// everything else percent-encoded (RFC 3987, section 3.1).
func encode(u *url.URL) string {
	v := *u
	if host, err := idna.Lookup.ToASCII(v.Hostname()); err == nil && host != v.Hostname() {
		v.Host = strings.Replace(v.Host, v.Hostname(), host, 1)
	}
	if v.Path == "" {
		v.Path = "/"
	}
	v.RawQuery = escapeIllegal(v.RawQuery)
	return v.String()
}

// escapeIllegal percent-encodes what may not stand in a query (RFC 3986,
// section 3.4) and leaves all else as it is.
func escapeIllegal(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>\^{|}`+"`", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escapePath percent-encodes a path, its slashes kept.
func escapePath(p string) string {
	for _, c := range []byte(p) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '/', c == '-', c == '.', c == '_':
		default:
			return (&url.URL{Path: "/" + p}).EscapedPath()[1:]
		}
	}
	return p
}

func withFragment(link string, u *url.URL) string {
	if u.Fragment == "" {
		return link
	}
	return link + "#" + u.EscapedFragment()
}

func isAbsolute(ref string) bool {
	return strings.HasPrefix(ref, "http://") || strings.HasPrefix(ref, "https://")
}

// pathOf returns the path of an absolute address, for its extension.
func pathOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Path
}
