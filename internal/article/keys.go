package article

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

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
	widthKey
	heightKey
	placeKey
	expiresKey
	externalKey
	enclosureKey
	lengthKey
	durationKey
	mediaTypeKey
	authorURLKey
	authorAvatarKey
	authorAccountKey
	draftKey
	hiddenKey
	shownKey
	statusKey
	showingKey
	correctionKey
	contributorKey
	commentsKey
	relatedKey
	viaKey
	linksKey
	sourceKey
	rightsKey
	licenseKey
	pointKey
	latitudeKey
	longitudeKey
	bannerKey
	pictureTitleKey
	episodeKey
	seasonKey
	episodeTypeKey
	explicitKey
	episodeImageKey
	transcriptKey
	chaptersKey
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
	{titleKey, []string{"title", "headline", "newstitle", "subject", "params.title", "linktitle"}},
	{publishedKey, []string{
		"date.created", "date", "pubdate", "publishdate", "published", "publisheddate", "publishedat", "publishedon",
		"publicationdate", "datepublished", "publishedtime", "posted", "created", "createdat", "creationdate", "datecreated",
		"pubdatetime", "publishdatetime", "publisheddatetime", "postdate", "datetime",
	}},
	{updatedKey, []string{
		"updated", "lastmod", "extra.updated", "updateddate", "updatedat", "modified", "modifieddate", "lastmodified",
		"lastupdated", "datemodified", "dateupdated", "modifiedat",
		"moddatetime", "modifieddatetime", "updateddatetime", "updatedate", "moddate", "lastupdate.date", "date.updated",
	}},
	{authorKey, []string{"author", "authors", "by", "byline", "creator", "from", "writer", "writers", "authorname",
		"extra.author", "extra.authors", "params.author", "params.authors"}},
	{tagKey, []string{
		"tags", "tag", "categories", "category", "topics", "topic", "keywords", "keyword",
		"taxonomies.tags", "taxonomies.categories", "taxonomies.topics", "taxonomies.keywords",
		"extra.tags", "extra.categories", "params.tags", "params.categories",
	}},
	{summaryKey, []string{"summary", "description", "excerpt", "abstract", "standfirst", "spoiler", "dek", "lede", "metadescription",
		"extra.summary", "extra.description", "params.summary", "params.description"}},
	{slugKey, []string{"slug"}},
	{idKey, []string{"id", "guid"}},
	{languageKey, []string{"lang", "language", "locale", "extra.lang"}},
	{sectionKey, []string{"section"}},
	{pictureKey, []string{
		"image", "cover", "coverimage", "featuredimage", "featureimage", "heroimage", "hero",
		"images", "banner", "leadimage", "mainimage", "postimage", "picture", "photo", "photos", "img",
		"header.image", "header.overlayimage", "header.teaser", "header.ogimage",
		"extra.image", "extra.cover", "extra.coverimage", "extra.banner", "extra.hero", "extra.featuredimage", "extra.localimage", "extra.thumbnail",
		"params.image", "params.images", "params.cover", "params.featuredimage", "params.thumbnail",
		"ogimageoverride", "ogimage", "socialimage", "socialmediacard", "extra.socialmediacard", "extra.ogimage", "shareimage", "previewimage",
		"teaser", "teaserimage", "thumbnail", "thumb", "bannerimage", "extra.bannerimage", "params.bannerimage",
	}},
	{altKey, []string{
		"imagealt", "imagealttext", "coveralt", "coverimagealt", "featuredimagealt", "featureimagealt", "heroalt", "heroimagealt",
		"thumbnailalt", "socialimagealt", "ogimagealt", "header.imagedescription", "header.alt", "extra.imagealt", "alt",
	}},
	{captionKey, []string{
		"imagecaption", "covercaption", "coverimagecaption", "featuredimagecaption", "featureimagecaption", "heroimagecaption",
		"thumbnailcaption", "header.caption", "caption",
	}},
	{creditKey, []string{
		"imagecredit", "imagecredits", "covercredit", "coverimagecredit", "featuredimagecredit", "heroimagecredit", "credit", "photocredit",
		"photographer", "imageattribution", "header.credit",
	}},
	{widthKey, []string{"imagewidth", "coverwidth", "featuredimagewidth"}},
	{heightKey, []string{"imageheight", "coverheight", "featuredimageheight"}},
	{placeKey, []string{"place", "location", "dateline"}},
	{expiresKey, []string{"expirydate", "expires", "expireson", "expiresat", "expirationdate", "expiration", "unpublishdate", "unpublishon"}},
	{externalKey, []string{"externalurl", "externallink", "extra.externalurl", "params.externalurl"}},
	{enclosureKey, []string{
		"enclosure", "enclosures", "podcast", "podcastfile", "podcasturl", "podcastaudio", "episodeaudio", "episodefile",
		"audio", "audiourl", "audiofile", "mp3", "mp3url", "video", "videourl", "videofile", "media", "mediaurl", "mediafile", "file",
		"params.audio", "params.podcast", "extra.audio", "extra.podcast", "extra.enclosure",
	}},
	{lengthKey, []string{"podcastbytes", "podcastlength", "podcastsize", "enclosurelength", "audiolength", "audiosize", "audiobytes", "filesize", "bytes", "length"}},
	{durationKey, []string{"podcastduration", "itunesduration", "audioduration", "videoduration", "episodeduration", "mediaduration", "duration"}},
	{mediaTypeKey, []string{"enclosuretype", "audiotype", "podcasttype", "mediatype", "mimetype"}},
	{authorURLKey, []string{"authorurl", "authorlink", "authorsite", "authorwebsite", "authorhomepage", "bylineurl"}},
	{authorAvatarKey, []string{"authoravatar", "authorimageurl", "authorimage", "authoravatarurl", "authorphoto", "gravatar", "avatar"}},
	{authorAccountKey, []string{"authortwitter", "twitter"}},
	{draftKey, []string{"draft", "params.draft"}},
	{hiddenKey, []string{
		"unlisted", "headless", "hidden", "hidefromfeed", "hideinfeed", "hiddeninrss", "hiddenfromfeed", "excludefromfeed", "excludefromrss",
		"extra.hidefromfeed", "params.hidefromfeed", "params.hiddeninrss", "eleventyexcludefromcollections",
	}},
	{shownKey, []string{"render", "rss"}},
	{statusKey, []string{"status"}},
	{showingKey, []string{"feed", "feeds"}},
	{correctionKey, []string{"correction"}},
	{contributorKey, []string{
		"contributors", "contributor", "extra.contributors", "extra.contributor", "params.contributors", "params.contributor",
		"translator", "translators", "translatedby", "extra.translator", "extra.translators", "params.translator", "params.translators",
		"editor", "editors", "editedby", "extra.editor", "params.editor",
		"photographer", "photographers", "photosby", "photographyby", "extra.photographer", "params.photographer",
		"illustrator", "illustrators", "illustratedby", "researcher", "researchers", "producer", "producers",
		"host", "hosts", "cohost", "cohosts", "guest", "guests", "narrator", "narrators", "narratedby",
		"extra.guests", "params.guests", "extra.hosts", "params.hosts",
	}},
	{commentsKey, []string{
		"comments", "commentsurl", "commenturl", "commentslink", "discussionurl", "discussionlink", "discussion", "discussurl", "discuss",
		"extra.comments", "extra.discussion", "params.discussion",
	}},
	{relatedKey, []string{"related", "relatedlinks", "relatedurl", "relatedarticles", "seealso", "extra.related", "extra.seealso", "params.related"}},
	{viaKey, []string{"via", "viaurl", "sourceurl", "sourcelink", "originalurl", "originallink", "extra.via", "params.via"}},
	{linksKey, []string{"links", "extra.links"}},
	{sourceKey, []string{"source", "syndicatedfrom", "extra.source", "params.source"}},
	{rightsKey, []string{"rights", "copyright", "extra.rights", "extra.copyright", "params.rights", "params.copyright"}},
	{licenseKey, []string{"license", "licence", "licenseurl", "licenceurl", "extra.license", "params.license"}},
	{pointKey, []string{"geo", "geolocation", "coordinates", "coords", "latlong", "latlng", "latlon", "gps", "extra.coordinates", "params.coordinates", "params.geo", "extra.geo"}},
	{latitudeKey, []string{"latitude", "lat", "geolatitude", "extra.latitude", "params.latitude"}},
	{longitudeKey, []string{"longitude", "lng", "lon", "long", "geolongitude", "extra.longitude", "params.longitude"}},
	{bannerKey, []string{"bannerimage", "extra.bannerimage", "params.bannerimage"}},
	{pictureTitleKey, []string{"imagetitle", "covertitle", "featuredimagetitle"}},
	{episodeKey, []string{"episode", "episodenumber", "podcastepisode", "itunesepisode", "params.episode", "extra.episode", "podcast.episode"}},
	{seasonKey, []string{"season", "seasonnumber", "podcastseason", "itunesseason", "params.season", "extra.season", "podcast.season"}},
	{episodeTypeKey, []string{"episodetype", "podcastepisodetype", "itunesepisodetype"}},
	{explicitKey, []string{"explicit", "podcastexplicit", "itunesexplicit", "params.explicit", "extra.explicit"}},
	{episodeImageKey, []string{"episodeimage", "podcastimage", "itunesimage", "episodeart", "params.episodeimage", "extra.episodeimage"}},
	{transcriptKey, []string{"transcript", "transcripts", "transcripturl", "podcasttranscript", "params.transcript", "extra.transcript"}},
	{chaptersKey, []string{"chapters", "chaptersurl", "podcastchapters", "params.chapters", "extra.chapters"}},
	{otherKey, []string{
		"layout", "template", "type", "permalink", "url", "path", "saveas", "aliases", "weight",
		"series", "subtitle", "encoding", "charset", "link",
		"authoremail", "authormail", "authortitle", "authorlogin", "canonical", "canonicalurl", "redirectfrom", "legacyurl", "extra", "params",
		"taxonomies", "header", "resources", "menu", "toc", "math", "featured", "version", "hiddenfromhomepage",
		"excerptseparator", "modifiedtime", "outputs", "redirect", "redirectto", "redirecturl",
	}},
}

// naming is one meaning of a key: its role, and how many names of that role
// come before it.
type naming struct {
	role role
	rank int
}

// namings is the table of all names.
type namings struct {
	whole  map[string][]naming            // without a full stop
	nested map[string]map[string][]naming // the mapping's name, then the key's in it
}

var nameTable = sync.OnceValue(func() namings {
	t := namings{map[string][]naming{}, map[string]map[string][]naming{}}
	for _, k := range keys {
		for rank, name := range k.names {
			outer, inner, nested := strings.Cut(name, ".")
			if !nested {
				t.whole[name] = append(t.whole[name], naming{k.role, rank})
				continue
			}
			if t.nested[outer] == nil {
				t.nested[outer] = map[string][]naming{}
			}
			t.nested[outer][inner] = append(t.nested[outer][inner], naming{k.role, rank})
		}
	}
	return t
})

// roleOf tells what a key, folded, means first of all.
func roleOf(folded string) role {
	meanings := nameTable().whole[folded]
	if outer, inner, nested := strings.Cut(folded, "."); nested {
		meanings = nameTable().nested[outer][inner]
	}
	if len(meanings) == 0 {
		return noRole
	}
	return meanings[0].role
}

func knownKey(key string) bool { return roleOf(foldKey(key)) != noRole }

// foldKey makes spellings of a key comparable: Pub_Date, pub-date and pubDate
// are one.
func foldKey(key string) string {
	for i := range len(key) {
		if c := key[i]; c >= utf8.RuneSelf || c == '-' || c == '_' || c == ' ' || 'A' <= c && c <= 'Z' {
			return strings.ToLower(keySigns.Replace(key))
		}
	}
	return key
}

var keySigns = strings.NewReplacer("-", "", "_", "", " ", "")

// get finds the value under a folded name. Of a key that stands twice the
// last counts, as in most libraries.
func (v value) get(name string) (entry, bool) {
	outer, inner, nested := strings.Cut(name, ".")
	for i := len(v.entries) - 1; i >= 0; i-- {
		e := &v.entries[i]
		if v.roles != nil && v.roles.keys.words[i] != outer || v.roles == nil && foldKey(e.key) != outer {
			continue
		}
		if !nested {
			return *e, true
		}
		return e.value.get(inner)
	}
	return entry{}, false
}

// statements are the entries of a mapping that have a role and a value, by role and
// in the order of preference.
type statements struct {
	entries []entry
	namings []naming // of each entry
	roles   uint64   // those of namings, a bit for each
	keys    sequence // of all entries of the mapping, folded
}

// All roles have a bit of their own.
const _ = uint64(1) << otherKey

// byRole sorts the entries of a mapping once for all calls of stated and get.
func (v value) byRole() *statements {
	r := new(statements)
	r.of(v)
	return r
}

// of makes r the statements of v.
func (r *statements) of(v value) {
	r.roles, r.entries, r.namings = 0, r.entries[:0], r.namings[:0]
	folded := r.keys.words[:0]
	add := func(meanings []naming, e entry) {
		if len(meanings) == 0 || e.value.blank() {
			return
		}
		for _, n := range meanings {
			r.entries, r.namings = append(r.entries, e), append(r.namings, n)
			r.roles |= 1 << n.role
		}
	}
	t := nameTable()
	for i := range v.entries {
		folded = append(folded, foldKey(v.entries[i].key))
	}
	r.keys = sequenceOf(folded)
	for i, e := range v.entries {
		if r.keys.last(i) != i {
			continue // of a key that stands twice the last counts
		}
		add(t.whole[folded[i]], e)
		if e.value.kind == mapping {
			for inner, n := range t.nested[folded[i]] {
				if e, ok := e.value.get(inner); ok {
					add(n, e)
				}
			}
		}
	}
	// Few are sorted by insertion at once.
	if r.Len() > fewKeys {
		sort.Sort(r)
		return
	}
	for i := range r.Len() {
		for j := i; j > 0 && r.Less(j, j-1); j-- {
			r.Swap(j, j-1)
		}
	}
}

// fewKeys is how many things are looked through one by one, sooner than in a table.
const fewKeys = 24

// sequence are words one after the other, some of them perhaps said again.
type sequence struct {
	words []string
	// places tells where each word is said first and last; it is nil while they
	// are few.
	places map[string][2]int
}

func sequenceOf(words []string) sequence {
	s := sequence{words: words}
	if len(words) > fewKeys {
		s.places = make(map[string][2]int, len(words))
		for i, w := range words {
			at, again := s.places[w]
			if !again {
				at[0] = i
			}
			at[1] = i
			s.places[w] = at
		}
	}
	return s
}

// first tells where the word at i is said first.
func (s sequence) first(i int) int {
	if s.places != nil {
		return s.places[s.words[i]][0]
	}
	return slices.Index(s.words, s.words[i])
}

// last tells where the word at i is said last.
func (s sequence) last(i int) int {
	if s.places != nil {
		return s.places[s.words[i]][1]
	}
	for j := len(s.words) - 1; j > i; j-- {
		if s.words[j] == s.words[i] {
			return j
		}
	}
	return i
}

func (r *statements) Len() int { return len(r.entries) }

func (r *statements) Less(i, j int) bool {
	a, b := r.namings[i], r.namings[j]
	return a.role < b.role || a.role == b.role && a.rank < b.rank
}

func (r *statements) Swap(i, j int) {
	r.entries[i], r.entries[j] = r.entries[j], r.entries[i]
	r.namings[i], r.namings[j] = r.namings[j], r.namings[i]
}

// stated returns the entries of a role that have a value, in the order of
// preference.
func (v value) stated(want role) []entry {
	r := v.roles
	if r == nil {
		r = v.byRole()
	}
	if r.roles&(1<<want) == 0 {
		return nil
	}
	from := 0
	for from < len(r.namings) && r.namings[from].role != want {
		from++
	}
	to := from
	for to < len(r.namings) && r.namings[to].role == want {
		to++
	}
	return r.entries[from:to:to]
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
