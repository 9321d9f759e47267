package article

import (
	"cmp"
	"fmt"
	"strings"
)

// readPage reads HTML: a whole page or a fragment. What front matter states
// counts before what the page says.
func (p *parsing) readPage(text string, line int) {
	pg, err := takeApart(text, line)
	if err != nil {
		p.fail(0, "html", err.Error(), "keep only the article's own part of the page")
		return
	}
	a, ld, part := p.a, pg.linkedData(), pg.part()
	if a.Language == "" {
		if tag := pg.language(ld); tag != "" {
			p.speaks(tag)
		}
	}
	if a.Title == "" {
		a.Title = shorten(pg.title(ld, part), maxTitle)
	}
	p.pageTimes(pg, ld, part)
	if len(a.Authors) == 0 {
		a.Authors = pg.authors(ld)
	}
	if len(p.tags) == 0 {
		p.tags = pg.topics(ld)
	}
	if a.body.summary == "" {
		a.body.summary = cmp.Or(pg.metaText("description", "og:description"), ldText(ld, "description"))
	}
	if a.Section == "" {
		a.Section = cmp.Or(pg.metaText("article:section"), ldText(ld, "articlesection"))
	}
	if a.Picture == nil {
		a.Picture = pg.picture(ld)
	}
	p.pageBody(pg, part)
	if a.Title == "" {
		if words := textOf(a.body.text); words != "" {
			a.Title, p.titleMade = madeTitle(words), true
		}
	}
}

// linkedData returns the articles that the page describes in JSON-LD,
// schema.org's Article and its kinds.
func (pg *page) linkedData() []value {
	var found []value
	for _, e := range few(pg.find(func(e *element) bool {
		return e.name == "script" && strings.EqualFold(strings.TrimSpace(e.attrs["type"]), "application/ld+json")
	})) {
		v, err := newJSONReader(pg.inner(e), e.line).value(0)
		if err == nil { // what a machine wrote and broke, an author cannot mend
			found = append(found, ldArticles(v)...)
		}
	}
	return found
}

// ldArticles finds the articles in a piece of JSON-LD.
func ldArticles(v value) []value {
	var found []value
	switch v.kind {
	case list:
		for _, x := range v.list {
			found = append(found, ldArticles(x)...)
		}
	case mapping:
		if graph, ok := v.get("@graph"); ok {
			return ldArticles(graph.value)
		}
		e, _ := v.get("@type")
		for _, t := range append(e.value.list, e.value) {
			if strings.HasSuffix(t.text, "Article") || strings.HasSuffix(t.text, "Posting") {
				return []value{v}
			}
		}
	}
	return found
}

// ldText is the first text under a folded name.
func ldText(ld []value, name string) string {
	for _, v := range ld {
		if e, ok := v.get(name); ok && e.value.kind == scalar {
			if s := titleText(e.value.text); s != "" {
				return s
			}
		}
	}
	return ""
}

// title is the page's title without the name of its site.
func (pg *page) title(ld []value, part element) string {
	site := pg.metaText("og:site_name", "application-name")
	heading := pg.heading(part, site)
	stated := cmp.Or(ldText(ld, "headline"), pg.metaText("og:title", "twitter:title"))
	if stated == "" {
		if heading != "" {
			return heading
		}
		if titles := pg.find(named("title")); len(titles) > 0 {
			stated = pg.shortText(titles[0])
		}
	}
	if heading != "" && stated != heading && strings.Contains(fold(stated), fold(heading)) && cutSite(stated, site, true) == heading {
		return heading
	}
	return cutSite(stated, site, false)
}

// heading is the text of the first h1 of the article's part, else of the page.
func (pg *page) heading(part element, site string) string {
	outside := ""
	for _, e := range few(pg.find(named("h1"))) {
		h := pg.headingText(e)
		switch {
		case h == "" || fold(h) == fold(site):
		case e.start >= part.inner && e.end <= part.close:
			return h
		case outside == "":
			outside = h
		}
	}
	return outside
}

// headingText is the text of a heading without the sign that links to it.
func (pg *page) headingText(e *element) string {
	return strings.TrimRight(pg.shortText(e), " #¶§🔗")
}

// maxShortText is the longest markup, in bytes, that may be a title, a name or
// a heading.
const maxShortText = 8192

// shortText is the text of an element on one line, empty when it is so long
// that it can be no title or name.
func (pg *page) shortText(e *element) string {
	if e.close-e.inner > maxShortText {
		return ""
	}
	return textOf(pg.inner(e))
}

// cutSite takes the site's name off a title: what stands behind the last
// separator and is that name, or, where the name is not known, stands behind
// one that no sentence has. With any, whatever stands behind the last one.
func cutSite(title, site string, any bool) string {
	for _, sep := range []string{" | ", " :: ", " • ", " – ", " — ", " - ", " · ", " « ", " » "} {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(sep):])
		sure := site == "" && (sep == " | " || sep == " :: ") && len(tail) <= len(head)
		if any || sure || site != "" && fold(tail) == fold(site) {
			return head
		}
		if first, rest, _ := strings.Cut(title, sep); site != "" && fold(first) == fold(site) {
			return strings.TrimSpace(rest)
		}
	}
	return title
}

// pageTimes takes the dates that the page states of itself, machine-readable
// ones only.
func (p *parsing) pageTimes(pg *page, ld []value, part element) {
	var published, updated []metaTag
	add := func(to *[]metaTag, ms ...metaTag) { *to = append(*to, ms...) }
	add(&published, pg.metas("article:published_time", "og:article:published_time", "datepublished", "date",
		"pubdate", "publishdate", "publish_date", "publish-date", "publication_date", "dc.date.issued", "dcterms.issued",
		"dcterms.created", "dc.date", "dcterms.date", "citation_publication_date", "parsely-pub-date", "sailthru.date")...)
	add(&updated, pg.metas("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified")...)
	for _, v := range ld {
		if e, ok := v.get("datepublished"); ok && e.value.kind == scalar {
			add(&published, metaTag{"datePublished", e.value.text, e.value.line})
		}
		if e, ok := v.get("datemodified"); ok && e.value.kind == scalar {
			add(&updated, metaTag{"dateModified", e.value.text, e.value.line})
		}
	}
	for _, e := range pg.find(func(e *element) bool { return e.name == "time" || e.attrs["itemprop"] != "" || e.attrs["class"] != "" }) {
		m := metaTag{cmp.Or(e.attrs["itemprop"], e.name), cmp.Or(e.attrs["datetime"], e.attrs["content"]), e.line}
		switch prop := strings.ToLower(e.attrs["itemprop"]); {
		case prop == "datemodified" || hasClass(e.attrs, "dt-updated", "updated"):
			add(&updated, m)
		case prop == "datepublished" || hasClass(e.attrs, "dt-published") || e.attrs["pubdate"] != "":
			add(&published, m)
		case e.name == "time" && prop == "" && m.content != "" && e.start >= part.start && e.end <= part.end && len(published) == 0:
			add(&published, m)
		}
	}
	for _, m := range few(published) {
		if got, ok := p.pageTime(m); ok {
			p.pageDates = append(p.pageDates, got)
		}
	}
	for _, m := range few(updated) {
		if got, ok := p.pageTime(m); ok && p.a.Updated.IsZero() {
			p.a.Updated = At(got.at)
		}
	}
}

// pageTime reads one date of a page. One that cannot be read is left out, with
// a warning: the page has others, and its file's name may.
func (p *parsing) pageTime(m metaTag) (moment, bool) {
	if strings.TrimSpace(m.content) == "" {
		return moment{}, false
	}
	got, note, err := p.dates.read(m.content)
	switch {
	case err != nil:
		p.warn(m.line, "bad-date", fmt.Sprintf("%s: %q %v", m.name, oneLine(m.content), err), dateHint(err))
		return moment{}, false
	case note != "":
		p.warn(m.line, "bad-date", fmt.Sprintf("%s: %q %s", m.name, oneLine(m.content), note), "correct the date")
	}
	return got, true
}

// authors are those of the meta elements, else of JSON-LD, else those that
// links and microdata mark.
func (pg *page) authors(ld []value) []Person {
	var all []Person
	for _, m := range pg.metas("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author") {
		if isWeb(m.content) { // article:author may be the address of a profile
			continue
		}
		for _, name := range splitNames(withoutBy(oneLine(m.content))) {
			all = appendPerson(all, person(name))
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, v := range ld {
		if e, ok := v.get("author"); ok {
			for _, a := range people(e.value) {
				all = appendPerson(all, a)
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, e := range few(pg.find(func(e *element) bool {
		return strings.EqualFold(e.attrs["itemprop"], "author") || e.attrs["rel"] == "author" || hasClass(e.attrs, "p-author")
	})) {
		if pg.within(e, "author") {
			continue
		}
		name := e.attrs["content"]
		if name == "" {
			name = pg.shortText(e)
		}
		names := pg.find(func(f *element) bool {
			return strings.EqualFold(f.attrs["itemprop"], "name") && f.start >= e.inner && f.end <= e.close
		})
		if len(names) > 0 {
			name = pg.shortText(names[0])
		}
		if name = withoutBy(name); name != "" && len(name) <= 200 {
			all = appendPerson(all, person(name))
		}
	}
	return all
}

// within reports whether e lies inside another element marked as prop.
func (pg *page) within(e *element, prop string) bool {
	return len(pg.find(func(f *element) bool {
		return f != e && strings.EqualFold(f.attrs["itemprop"], prop) && f.inner <= e.start && e.end <= f.close
	})) > 0
}

func withoutBy(name string) string {
	if len(name) > 3 && strings.EqualFold(name[:3], "by ") {
		name = name[3:]
	}
	return strings.TrimSpace(name)
}

func (pg *page) topics(ld []value) []string {
	var all []string
	for _, m := range pg.metas("article:tag", "news_keywords", "keywords") {
		all = append(all, strings.Split(m.content, ",")...)
	}
	if len(all) > 0 {
		return all
	}
	for _, v := range ld {
		if e, ok := v.get("keywords"); ok {
			all = append(all, topics(e.value)...)
		}
	}
	for _, e := range few(pg.find(func(e *element) bool { return hasClass(e.attrs, "p-category") })) {
		all = append(all, pg.shortText(e))
	}
	return all
}

func (pg *page) language(ld []value) string {
	for _, e := range pg.find(named("html", "article", "body")) {
		if tag, ok := languageTag(cmp.Or(e.attrs["lang"], e.attrs["xml:lang"])); ok {
			return tag
		}
	}
	tag, _ := languageTag(cmp.Or(pg.metaText("content-language", "og:locale"), ldText(ld, "inlanguage")))
	return tag
}

// picture is the image by which the page wants to be shown elsewhere.
func (pg *page) picture(ld []value) *Picture {
	pic := Picture{
		Src: pg.metaText("og:image", "og:image:url", "twitter:image"),
		Alt: pg.metaText("og:image:alt", "twitter:image:alt"),
	}
	pic.Width = pixels(value{text: pg.metaText("og:image:width")})
	pic.Height = pixels(value{text: pg.metaText("og:image:height")})
	if pic.Src == "" {
		for _, v := range ld {
			if e, ok := v.get("image"); ok {
				pic, _ = picture(e.value)
				break
			}
		}
	}
	if pic.Src == "" || !publicAddress(pic.Src) {
		return nil
	}
	return &pic
}
