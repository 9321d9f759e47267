package article

import "strings"

// role is what feedmill understands by a key.
type role int

const (
	noRole role = iota
	titleKey
	publishedKey
	updatedKey
	authorKey
	tagKey
	summaryKey
	slugKey
	idKey
	languageKey
	sectionKey
	pictureKey
	altKey
	captionKey
	creditKey
	placeKey
	draftKey
	hiddenKey
	statusKey
	expiresKey
	showingKey
	correctionKey
	otherKey
)

// keys names, for every role, the keys that site generators and newsrooms use,
// folded by foldKey; the first that has a value counts. A full stop leads into
// a mapping. Keys of otherKey say nothing to feedmill, but a file that begins
// with one begins with front matter.
var keys = []struct {
	role  role
	names []string
}{
	{titleKey, []string{"title", "headline", "newstitle", "subject"}},
	{publishedKey, []string{
		"date", "pubdate", "publishdate", "published", "publisheddate", "publishedat", "publishedon",
		"publicationdate", "datepublished", "publishedtime", "posted", "created", "createdat", "creationdate", "datecreated",
	}},
	{updatedKey, []string{
		"updated", "lastmod", "updateddate", "updatedat", "modified", "modifieddate", "lastmodified",
		"lastupdated", "datemodified", "dateupdated", "modifiedat",
	}},
	{authorKey, []string{"author", "authors", "by", "byline", "creator", "from", "extra.author", "extra.authors", "params.author"}},
	{tagKey, []string{
		"tags", "tag", "categories", "category", "topics", "topic", "keywords", "keyword",
		"taxonomies.tags", "taxonomies.categories",
	}},
	{summaryKey, []string{"summary", "description", "excerpt", "abstract", "standfirst"}},
	{slugKey, []string{"slug"}},
	{idKey, []string{"id", "guid"}},
	{languageKey, []string{"lang", "language", "locale"}},
	{sectionKey, []string{"section"}},
	{pictureKey, []string{
		"image", "cover", "coverimage", "featuredimage", "featureimage", "heroimage", "hero",
		"thumbnail", "images", "banner",
	}},
	{altKey, []string{"imagealt", "coveralt", "alt"}},
	{captionKey, []string{"imagecaption", "covercaption", "caption"}},
	{creditKey, []string{"imagecredit", "covercredit", "credit", "photocredit"}},
	{placeKey, []string{"place", "location", "dateline"}},
	{draftKey, []string{"draft"}},
	{hiddenKey, []string{"unlisted", "headless", "hidden"}},
	{statusKey, []string{"status"}},
	{expiresKey, []string{"expirydate", "expires", "expireson", "expiresat", "expirationdate", "expiration", "unpublishdate", "unpublishon"}},
	{showingKey, []string{"feed", "feeds"}},
	{correctionKey, []string{"correction"}},
	{otherKey, []string{
		"layout", "template", "type", "permalink", "url", "path", "saveas", "aliases", "weight",
		"series", "comments", "subtitle", "encoding", "charset", "link",
	}},
}

// roleOf tells what a key, folded, means.
func roleOf(folded string) role {
	for _, k := range keys {
		for _, name := range k.names {
			if name == folded {
				return k.role
			}
		}
	}
	return noRole
}

func knownKey(key string) bool { return roleOf(foldKey(key)) != noRole }

// foldKey makes spellings of a key comparable: Pub_Date, pub-date and pubDate
// are one.
func foldKey(key string) string {
	return strings.ToLower(keySigns.Replace(key))
}

var keySigns = strings.NewReplacer("-", "", "_", "", " ", "")

// get finds the value under a folded name. Of a key that stands twice the
// last counts, as in most libraries.
func (v value) get(name string) (entry, bool) {
	outer, inner, nested := strings.Cut(name, ".")
	for i := len(v.entries) - 1; i >= 0; i-- {
		e := v.entries[i]
		if foldKey(e.key) != outer {
			continue
		}
		if !nested {
			return e, true
		}
		e, ok := e.value.get(inner)
		return e, ok
	}
	return entry{}, false
}

// stated returns the entries of a role that have a value, in the order of
// preference.
func (v value) stated(r role) []entry {
	var found []entry
	for _, k := range keys {
		if k.role != r {
			continue
		}
		for _, name := range k.names {
			if e, ok := v.get(name); ok && !e.value.blank() {
				found = append(found, e)
			}
		}
	}
	return found
}

func (v value) blank() bool {
	switch v.kind {
	case scalar:
		return strings.TrimSpace(v.text) == ""
	case list:
		return len(v.list) == 0
	case mapping:
		return len(v.entries) == 0
	default:
		return true
	}
}
