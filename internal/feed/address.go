package feed

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"feedmill/internal/article"
	"feedmill/internal/site"
)

// place is where an article is read.
type place struct {
	link string // absolute
	page string // path below the base with a slash at the end; empty when elsewhere
}

// places knows where every published article is read, and which other files
// there are.
type places struct {
	of    map[string]place // by path of the article
	files Files
	site  site.Site
	// byName has the paths of articles, sorted, by the last segment of their
	// bare path.
	byName func() map[string][]string
}

func newPlaces(s site.Site, articles []*article.Article, files Files) *places {
	p := &places{of: make(map[string]place, len(articles)), files: files, site: s}
	for _, a := range articles {
		if s.Link != "" {
			p.of[a.Path] = place{link: expand(s, a)}
			continue
		}
		if a.Link != "" { // its own generator publishes it
			p.of[a.Path] = place{link: a.Link}
			continue
		}
		page := "articles/" + a.Slug + "/"
		p.of[a.Path] = place{link: s.BaseURL + escapePath(page), page: page}
	}
	p.byName = sync.OnceValue(func() map[string][]string {
		names := map[string][]string{}
		for _, file := range slices.Sorted(maps.Keys(p.of)) {
			name := path.Base(bare(file))
			names[name] = append(names[name], file)
		}
		return names
	})
	return p
}

// Links returns the absolute addresses at which articles are read, by path.
func Links(articles []*article.Article, s site.Site) map[string]string {
	links := make(map[string]string, len(articles))
	for path, at := range newPlaces(s, articles, nil).of {
		links[path] = at.link
	}
	return links
}

// expand fills the template of an article's address.
func expand(s site.Site, a *article.Article) string {
	day := a.Published.In(s.Zone)
	link := strings.NewReplacer(
		"{slug}", escapePath(a.Slug),
		"{section}", escapePath(a.Section),
		"{path}", escapePath(strings.TrimSuffix(a.Path, path.Ext(a.Path))),
		"{year}", day.Format("2006"),
		"{month}", day.Format("01"),
		"{day}", day.Format("02"),
	).Replace(s.Link)
	// An article without a section leaves no empty segment behind.
	scheme, rest, _ := strings.Cut(link, "://")
	for strings.Contains(rest, "//") {
		rest = strings.ReplaceAll(rest, "//", "/")
	}
	return scheme + "://" + rest
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
// the files that they mean.
type resolver struct {
	places   *places
	article  *article.Article
	at       place
	media    []Media
	names    map[string]string // path of a media document → its source
	problems []article.Problem
}

// resolve returns the absolute address that ref, as written in the article,
// stands for, percent-encoded; empty when it leads nowhere.
func (r *resolver) resolve(ref string) string {
	if name, ok := strings.CutPrefix(ref, article.RefPrefix); ok {
		return r.reference(name)
	}
	u, err := parse(ref)
	if err != nil {
		return r.nowhere(ref, "is not an address")
	}
	switch {
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return r.nowhere(ref, "has no host")
		}
		return encode(u)
	case u.Scheme == "mailto" || u.Scheme == "tel":
		return u.String()
	case u.Scheme != "":
		return r.nowhere(ref, "has a scheme that feeds do not carry")
	case u.Host != "" || u.Path == "":
		return encode(r.base().ResolveReference(u))
	}
	if file, ok := local(path.Dir(r.article.Path), u.Path); ok {
		if at, ok := r.places.article(file); ok {
			return withFragment(at.link, u)
		}
		if r.at.page != "" && r.places.files.Has(file) {
			return r.publish(ref, file, u)
		}
	}
	if r.at.page != "" {
		return r.nowhere(ref, "is not there")
	}
	return encode(r.base().ResolveReference(u))
}

func (r *resolver) base() *url.URL {
	base, err := url.Parse(r.at.link)
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
		if at, ok := r.places.article(file); ok {
			return withFragment(at.link, u)
		}
		if r.at.page != "" && mediaType(file) != "" && r.places.files.Has(file) {
			return r.publish(name, file, u)
		}
	}
	if at, ok := r.places.ending(u.Path); ok {
		return withFragment(at.link, u)
	}
	if r.at.page != "" {
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
	stem := r.at.page + strings.TrimSuffix(name, ext)
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
	r.problems = append(r.problems, article.Problem{
		Path: r.article.Path, Severity: article.Warning, Code: "dead-reference",
		Text: fmt.Sprintf("%q %s; it is left out", ref, why),
		Hint: "put the file beside the article, or write the whole address",
	})
	return ""
}

// ending returns where the article is read whose path ends in name, or that
// name ends in: where articles lie in a folder of their own, names may begin
// further up. Of several the nearest name counts, then the first.
func (p *places) ending(name string) (place, bool) {
	name = bare(name)
	best := ""
	for _, file := range p.byName()[path.Base(name)] {
		known := bare(file)
		if (strings.HasSuffix("/"+known, "/"+name) || strings.HasSuffix("/"+name, "/"+known)) && (best == "" || len(known) < len(bare(best))) {
			best = file
		}
	}
	return p.of[best], best != ""
}

// article returns where the article is read that file means: the file itself,
// or its address without extension as site generators write it.
func (p *places) article(file string) (place, bool) {
	if at, ok := p.of[file]; ok {
		return at, true
	}
	for _, ext := range []string{".md", ".html", ".txt", ".mdx", ".markdown", ".rst"} {
		for _, name := range []string{file + ext, strings.TrimSuffix(file, ".html") + ext, file + "/index" + ext} {
			if at, ok := p.of[name]; ok {
				return at, true
			}
		}
	}
	return place{}, false
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
	ref = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(strings.TrimSpace(ref))
	u, err := url.Parse(ref)
	if err == nil {
		return u, nil
	}
	return url.Parse(strings.NewReplacer(" ", "%20", "%", "%25").Replace(ref))
}

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
func escapePath(p string) string { return (&url.URL{Path: "/" + p}).EscapedPath()[1:] }

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
