package article

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// word is the stated text of a role that is one word or one line, without the
// typographic quotation marks that some editors put where straight ones
// belong.
func (p *parsing) word(meta value, r role) (entry, bool) {
	for _, e := range meta.stated(r) {
		if e.value.kind != scalar {
			continue
		}
		if inner, ok := straightened(e.value.text); ok {
			p.warn(e.value.line, "front-matter",
				fmt.Sprintf("%s: typographic quotation marks around %q", e.key, inner), "write straight ones, or none")
			e.value.text = inner
		}
		e.value.text = oneLine(e.value.text)
		if e.value.text != "" {
			return e, true
		}
	}
	return entry{}, false
}

// metadata fills in the article what its front matter states.
func (p *parsing) metadata(meta value) {
	if meta.roles == nil {
		meta.roles = meta.byRole()
	}
	p.repeatedKeys(meta)
	p.statedLanguage(meta)
	if e, ok := firstScalar(meta.stated(titleKey)); ok {
		p.a.Title = titleText(e.value.text)
		p.titleStated = p.a.Title != ""
	}
	p.statedDates(meta)
	p.statedTerm(meta)
	p.statedAddress(meta)
	p.formerly(meta)
	for _, e := range meta.stated(authorKey) {
		if p.a.Authors = people(e.value); len(p.a.Authors) > 0 {
			break
		}
	}
	p.statedAuthor(meta)
	p.statedContributors(meta)
	for _, e := range meta.stated(tagKey) {
		p.tags = append(p.tags, p.statedTopics(e)...)
	}
	if p.context.Convention == Nikola { // whose tags may say what status says
		p.tags = slices.DeleteFunc(p.tags, func(tag string) bool {
			switch strings.ToLower(strings.TrimSpace(tag)) {
			case "draft", "private":
				p.a.Draft = true
				return true
			}
			return false
		})
	}
	if e, ok := firstScalar(meta.stated(summaryKey)); ok {
		p.a.body.summary = p.summaryText(e.value.text)
	}
	p.statedPlace(meta)
	p.statedPoint(meta)
	if e, ok := p.word(meta, sectionKey); ok {
		p.a.Section = e.value.text
	}
	p.statedSlug(meta)
	p.statedID(meta)
	p.statedPicture(meta)
	p.statedEnclosures(meta)
	p.statedEpisode(meta)
	p.statedExternal(meta)
	p.statedLinks(meta)
	p.statedDraft(meta)
	p.statedShowing(meta)
	if e, ok := firstScalar(meta.stated(correctionKey)); ok {
		p.a.Correction = oneLine(e.value.text)
	}
}

// statedLanguage comes before the dates, whose words it explains.
func (p *parsing) statedLanguage(meta value) {
	e, ok := p.word(meta, languageKey)
	if !ok {
		return
	}
	tag, ok := languageTag(e.value.text)
	if !ok {
		p.warn(e.value.line, "bad-language", fmt.Sprintf("%s: %q is no language", e.key, e.value.text), "write a tag such as en, pt-BR or sr-Latn")
		return
	}
	p.speaks(tag)
}

// speaks takes the article's language.
func (p *parsing) speaks(tag string) {
	p.a.Language = tag
	p.dates.language = tag
}

// repeatedKeys warns of keys that stand twice.
func (p *parsing) repeatedKeys(meta value) {
	for i, e := range meta.entries {
		if j := meta.roles.keys.first(i); j < i {
			p.warn(e.value.line, "duplicate-key",
				fmt.Sprintf("%s: the key stands in line %d already; this one counts", e.key, meta.entries[j].value.line), "remove one of them")
		}
	}
}

func firstScalar(entries []entry) (entry, bool) {
	for _, e := range entries {
		if e.value.kind == scalar {
			return e, true
		}
	}
	return entry{}, false
}

// statedDates reads the date keys. A date of publication that cannot be read
// keeps the article out: with any other it would come at the wrong time, and
// an embargoed one perhaps too early.
func (p *parsing) statedDates(meta value) {
	for _, e := range meta.stated(publishedKey) {
		if _, ok := truth(e.value); ok && foldKey(e.key) == "published" {
			continue // it says whether, not when
		}
		if p.context.Convention == Eleventy && keptByGit(e.value.text) {
			continue
		}
		m, err := p.date(e)
		if err != nil {
			p.fail(e.value.line, "bad-date", fmt.Sprintf("%s: %q %v", e.key, oneLine(e.value.text), err), dateHint(err))
			break
		}
		p.dated(m)
		break
	}
	for _, e := range meta.stated(updatedKey) {
		m, err := p.date(e)
		if err != nil {
			p.warn(e.value.line, "bad-date", fmt.Sprintf("%s: %q %v", e.key, oneLine(e.value.text), err), dateHint(err))
			continue
		}
		p.a.Updated = At(m.at)
		break
	}
}

// keptByGit tells the words that make Eleventy ask git or the file system for a
// date: https://www.11ty.dev/docs/dates/.
func keptByGit(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "last modified", "created", "git last modified", "git created":
		return true
	}
	return false
}

// date reads a date key and warns of what it had to put right.
func (p *parsing) date(e entry) (moment, error) {
	if e.value.kind != scalar {
		return moment{}, errNoDate
	}
	text := e.value.text
	if inner, ok := straightened(text); ok {
		p.warn(e.value.line, "bad-date", e.key+": typographic quotation marks around the date", "write straight ones, or none")
		text = inner
	}
	m, note, err := dateReader{zone: p.zoneOf(e.value), language: p.dates.language}.read(text)
	if err == nil && note != "" {
		p.warn(e.value.line, "bad-date", fmt.Sprintf("%s: %q %s", e.key, oneLine(text), note), "correct the date")
	}
	return m, err
}

// statedExternal takes the address elsewhere that the article is about.
func (p *parsing) statedExternal(meta value) {
	if e, ok := p.word(meta, externalKey); ok && isWeb(e.value.text) {
		p.a.External = e.value.text
	}
}

func (p *parsing) statedSlug(meta value) {
	e, ok := p.word(meta, slugKey)
	if !ok {
		return
	}
	slug := strings.Trim(e.value.text, "/")
	if made := slugFrom(slug); p.context.Convention != "" && !validSlug(slug) && strings.EqualFold(strings.ReplaceAll(slug, " ", "-"), made) {
		slug = made // generators take blanks for hyphens
	}
	if !validSlug(slug) {
		p.warn(e.value.line, "bad-slug", fmt.Sprintf("%s: %q cannot be the last segment of an address", e.key, e.value.text), "use letters, digits and hyphens")
		return
	}
	p.a.Slug, p.a.SlugStated = slug, true
}

// statedID takes an id that can be one in every format. RFC 4287, section
// 4.2.6: an Atom id is an IRI, and an absolute one.
func (p *parsing) statedID(meta value) {
	e, ok := p.word(meta, idKey)
	if !ok {
		return
	}
	if p.context.Convention != "" && !isID(e.value.text) {
		return // to a generator it is something else: a number, the name of a page
	}
	if !isID(e.value.text) {
		p.warn(e.value.line, "bad-id", fmt.Sprintf("%s: %q is not an absolute address, so it cannot be an id", e.key, e.value.text), "write a tag:, urn: or https: address, or leave the key out")
		return
	}
	p.a.ID = e.value.text
}

func isID(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Opaque != "" || u.Host != "") && len(s) <= 1024 && !strings.ContainsAny(s, " <>\"{}|\\^`")
}

// languageTag makes a BCP 47 tag of en_US, pt-br and the like.
func languageTag(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '.'); i > 0 { // en_US.UTF-8
		s = s[:i]
	}
	if len(s) < 2 || len(s) > 35 {
		return "", false
	}
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return "", false
	}
	return tag.String(), true
}

// truth reads a truth value in every spelling that some generator takes, for
// a draft must never be published because its author wrote yes for true.
func truth(v value) (is, ok bool) {
	if v.kind != scalar {
		return false, v.kind == nothing
	}
	switch strings.ToLower(strings.TrimSpace(v.text)) {
	case "true", "yes", "on", "1", "y", "t":
		return true, true
	case "false", "no", "off", "0", "n", "f", "":
		return false, true
	}
	return false, false
}

// statedDraft decides whether the article may leave the process. What it
// cannot read it takes for a draft, which can be mended; the opposite cannot.
func (p *parsing) statedDraft(meta value) {
	for _, e := range meta.stated(draftKey) {
		is, ok := truth(e.value)
		if !ok {
			p.warn(e.value.line, "bad-draft", fmt.Sprintf("%s: %q is neither true nor false; taken for a draft", e.key, oneLine(e.value.text)), "write true or false")
		}
		p.a.Draft = p.a.Draft || is || !ok
	}
	for _, e := range meta.stated(hiddenKey) {
		is, _ := truth(e.value)
		p.a.Draft = p.a.Draft || is
	}
	for _, e := range meta.stated(shownKey) {
		is, ok := truth(e.value)
		p.a.Draft = p.a.Draft || ok && !is
	}
	if e, ok := meta.get("published"); ok && !e.value.blank() {
		if is, ok := truth(e.value); ok && !is {
			p.a.Draft = true
		}
	}
	if e, ok := firstScalar(meta.stated(statusKey)); ok {
		switch foldKey(strings.TrimSpace(e.value.text)) {
		case "draft", "hidden", "private", "pending", "unpublished", "trash":
			p.a.Draft = true
		case "withdrawn", "retracted":
			p.a.Withdrawn = true
		}
	}
}

// topics reads a list of words: a list, or one text with commas or line feeds
// between them.
func topics(v value) []string {
	switch v.kind {
	case scalar:
		text := strings.TrimSpace(v.text)
		// Header lines know no lists; what is written as one is meant as one.
		if inner, ok := strings.CutPrefix(text, "["); ok && strings.HasSuffix(inner, "]") {
			text = strings.NewReplacer(`"`, "", "'", "").Replace(strings.TrimSuffix(inner, "]"))
		}
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' })
	case list:
		all := make([]string, 0, len(v.list))
		for _, x := range v.list {
			if x.kind == scalar {
				all = append(all, x.text)
			} else if x.kind == list { // Hexo's: [[Diary, Travel], [Diary, Food]]
				all = append(all, topics(x)...)
			} else if e, ok := x.get("name"); ok && e.value.kind == scalar {
				all = append(all, e.value.text)
			}
		}
		return all
	}
	return nil
}
