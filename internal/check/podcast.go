package check

import (
	"slices"
	"strings"
)

const (
	itunesSource  = "Apple Podcasts, RSS feed tags"
	podcastSource = "Podcasting 2.0 namespace"
)

// What concerns podcasts.
var (
	invalidYesNoClean        = rule{"InvalidYesNoClean", Error, itunesSource, "write yes or no"}
	invalidItunesChannelType = rule{"InvalidItunesChannelType", Error, itunesSource, "write episodic or serial"}
	invalidItunesEpisodeType = rule{"InvalidItunesEpisodeType", Error, itunesSource, "write full, trailer or bonus"}
	invalidItunesCategory    = rule{"InvalidItunesCategory", Error, itunesSource, "use a category of Apple's list, with its capitals"}
	obsoleteItunesCategory   = rule{"ObsoleteItunesCategory", Warning, itunesSource, "use a category of Apple's list"}
	missingItunesElement     = rule{"MissingItunesElement", Warning, itunesSource, "add it"}
	missingItunesEmail       = rule{"MissingItunesEmail", Warning, itunesSource, "add itunes:owner with itunes:email"}
	unsupportedItunesFormat  = rule{"UnsupportedItunesFormat", Warning, itunesSource, "use m4a, mp3, mov, mp4, m4v, pdf or epub"}
	invalidDuration          = rule{"InvalidDuration", Error, itunesSource, "write seconds, or 1:02:03"}
	invalidKeywords          = rule{"InvalidKeywords", Warning, itunesSource, "put commas between them"}
	podcastGUID              = rule{"PodcastGUID", Warning, podcastSource + ", guid", "make it of the feed's address, as the specification says"}
	podcastValue             = rule{"PodcastValue", Warning, podcastSource, "use a value of the specification"}
	podcastAttribute         = rule{"PodcastAttribute", Warning, podcastSource, "add it"}
)

// itunesShared are the elements of itunes that a show and an episode share.
var itunesShared = map[name]child{
	{nsItunes, "author"}:   {element: leaf(itunesSource, all(upToCharacters(255), plainText))},
	{nsItunes, "block"}:    {element: leaf(itunesSource, foldedOneOf(invalidYesNoClean, "yes", "no", "clean"))},
	{nsItunes, "explicit"}: {element: leaf(itunesSource, untrimmed(foldedOneOf(invalidTrueFalse, "true", "false")))},
	{nsItunes, "keywords"}: {element: leaf(itunesSource, all(upToCharacters(255), plainText, func(j *judge, n *node, _, v string) {
		if strings.Contains(v, " ") && !strings.Contains(v, ",") {
			j.fault(n, invalidKeywords, "", "%q has no commas", clip(v))
		}
	}))},
	{nsItunes, "subtitle"}: {element: leaf(itunesSource, all(upToCharacters(255), plainText))},
	{nsItunes, "summary"}:  {element: leaf(itunesSource, all(upToCharacters(4000), plainText))},
	{nsItunes, "image"}: {element: &element{source: itunesSource,
		attrs: map[string]check{"href": httpURL}, required: []string{"href"}}},
}

// untrimmed judges the text of an element with the space around it.
func untrimmed(c check) check {
	return func(j *judge, n *node, attr, _ string) { c(j, n, attr, string(j.value[n.begin:])) }
}

// itunesShow may stand in a channel or an Atom feed.
var itunesShow = map[name]child{
	{nsItunes, "owner"}: {element: &element{source: itunesSource,
		children: map[name]child{
			{nsItunes, "email"}: {element: leaf(itunesSource, addrSpec)},
			{nsItunes, "name"}:  {element: leaf(itunesSource, all(upToCharacters(255), plainText))},
		},
		end: func(j *judge, n *node) {
			if !n.has(nsItunes, "email") {
				j.fault(n, missingElement, "", "has no itunes:email")
			}
		},
	}},
	{nsItunes, "category"}: {many: true, element: &element{source: itunesSource,
		attrs: map[string]check{"text": func(j *judge, n *node, attr, v string) {
			j.itunesCategory(n, v, categoryNames(itunesCategories), categoryNames(itunesOldCategories))
		}},
		required: []string{"text"},
		children: map[name]child{{nsItunes, "category"}: {many: true, element: &element{source: itunesSource,
			attrs: map[string]check{"text": func(j *judge, n *node, attr, v string) {
				outer, _ := j.parent().attr("text")
				j.itunesCategory(n, v, itunesCategories[outer], itunesOldCategories[outer])
			}},
			required: []string{"text"},
		}}},
	}},
	{nsItunes, "pubDate"}:      {element: leaf(itunesSource, rfc822)},
	{nsItunes, "new-feed-url"}: {element: leaf(itunesSource, fullURI)},
	{nsItunes, "type"}:         {element: leaf(itunesSource, oneOf(invalidItunesChannelType, "episodic", "serial"))},
	{nsItunes, "title"}:        {element: leaf(itunesSource, anything)},
	{nsItunes, "complete"}:     {element: leaf(itunesSource, anything)},
}

// itunesEpisode may stand in an item or an Atom entry.
var itunesEpisode = map[name]child{
	{nsItunes, "duration"}:    {element: leaf(itunesSource, matching(durationForm, invalidDuration, "a duration"))},
	{nsItunes, "title"}:       {element: leaf(itunesSource, anything)},
	{nsItunes, "episode"}:     {element: leaf(itunesSource, positive)},
	{nsItunes, "season"}:      {element: leaf(itunesSource, positive)},
	{nsItunes, "episodeType"}: {element: leaf(itunesSource, oneOf(invalidItunesEpisodeType, "full", "trailer", "bonus"))},
}

var durationForm = pattern(`^\d+(:[0-5]\d(:[0-5]\d)?)?$`)

func (j *judge) itunesCategory(n *node, v string, now, once []string) {
	switch {
	case slices.Contains(now, v):
	case slices.Contains(once, v):
		j.fault(n, obsoleteItunesCategory, "text", "%q is in Apple's list no more", clip(v))
	default:
		j.fault(n, invalidItunesCategory, "text", "%q is not in Apple's list", clip(v))
	}
}

// podcastShow judges a feed that has elements of itunes.
func (j *judge) podcastShow(n *node) {
	if !j.feed.itunes {
		return
	}
	if j.encoding != "" && j.encoding != "utf-8" {
		j.fault(n, notUTF8, "", "is in %s", clip(j.encoding))
	}
	if !n.has("", "language") && !n.lang {
		j.fault(n, missingItunesElement, "", "has no language")
	}
	for _, local := range []string{"category", "explicit"} {
		if !n.has(nsItunes, local) {
			j.fault(n, missingItunesElement, "", "has no itunes:%s", local)
		}
	}
	if !n.has(nsItunes, "owner") {
		j.fault(n, missingItunesEmail, "", "has no itunes:owner")
	}
}

// podcastEpisode judges the enclosures of an entry with elements of itunes.
func (j *judge) podcastEpisode(n *node) {
	if !j.entry.itunes {
		return
	}
	for _, url := range j.entry.enclosures {
		file, _, _ := strings.Cut(url, "?")
		extension := file[strings.LastIndexByte(file, '.')+1:]
		switch extension {
		case "m4a", "mp3", "mov", "mp4", "m4v", "pdf", "epub":
		default:
			j.fault(n, unsupportedItunesFormat, "", "has an enclosure %q", clip(url))
		}
	}
}

// podcastElements are those of the Podcasting 2.0 namespace whose values can
// be judged; the others are passed over.
var podcastElements = map[name]child{
	{nsPodcast, "guid"}:   {many: true, element: lax(podcastSource, matching(uuidText, podcastGUID, "a UUID"))},
	{nsPodcast, "locked"}: {many: true, element: lax(podcastSource, oneOf(podcastValue, "yes", "no"))},
	{nsPodcast, "medium"}: {many: true, element: lax(podcastSource, func(j *judge, n *node, _, v string) {
		oneOf(podcastValue, "podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course", "mixed")(j, n, "", strings.TrimSuffix(v, "L"))
	})},
	{nsPodcast, "transcript"}: {many: true, element: podcastMedia("url", "type")},
	{nsPodcast, "chapters"}:   {many: true, element: podcastMedia("url", "type")},
}

func lax(source string, text check) *element { return &element{source: source, text: text, lax: true} }

var uuidText = pattern(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// podcastMedia is an element that must have attributes.
func podcastMedia(needs ...string) *element {
	return &element{source: podcastSource, lax: true,
		begin: func(j *judge, n *node) {
			for _, attr := range needs {
				if _, ok := n.attr(attr); !ok {
					j.fault(n, podcastAttribute, "", "has no %s", attr)
				}
			}
		},
	}
}

func categoryNames(m map[string][]string) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	return names
}

// itunesCategories is Apple's list of categories with those below them.
var itunesCategories = map[string][]string{
	"Arts":                    {"Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"},
	"Business":                {"Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"},
	"Comedy":                  {"Comedy Interviews", "Improv", "Stand-Up"},
	"Education":               {"Courses", "How To", "Language Learning", "Self-Improvement"},
	"Fiction":                 {"Comedy Fiction", "Drama", "Science Fiction"},
	"Government":              {},
	"Health & Fitness":        {"Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"},
	"History":                 {},
	"Kids & Family":           {"Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"},
	"Leisure":                 {"Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"},
	"Music":                   {"Music Commentary", "Music History", "Music Interviews"},
	"News":                    {"Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News", "Tech News"},
	"Religion & Spirituality": {"Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Spirituality"},
	"Science":                 {"Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature", "Physics", "Social Sciences"},
	"Society & Culture":       {"Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"},
	"Sports":                  {"Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running", "Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"},
	"TV & Film":               {"After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"},
	"Technology":              {},
	"True Crime":              {},
}

// itunesOldCategories were in the list before 2019.
var itunesOldCategories = map[string][]string{
	"Arts":                       {"Literature"},
	"Arts & Entertainment":       {"Architecture", "Design", "Entertainment", "Games", "Performing Arts", "Photography", "Poetry", "Science Fiction"},
	"Audio Blogs":                {},
	"Business":                   {"Careers", "Finance", "Investing", "Management & Marketing", "News", "Shopping"},
	"Comedy":                     {},
	"Education":                  {"Education Technology", "Higher Education", "K-12", "Language Courses", "Training"},
	"Family":                     {},
	"Food":                       {},
	"Games & Hobbies":            {"Automotive", "Aviation", "Hobbies", "Other Games", "Video Games"},
	"Government & Organizations": {"Local", "National", "Non-Profit", "Regional"},
	"Health":                     {"Alternative Health", "Diet & Nutrition", "Fitness", "Fitness & Nutrition", "Relationships", "Self-Help", "Sexuality"},
	"International":              {"Australian", "Belgian", "Brazilian", "Canadian", "Chinese", "Dutch", "French", "German", "Hebrew", "Italian", "Japanese", "Norwegian", "Polish", "Portuguese", "Spanish", "Swedish"},
	"Movies & Television":        {},
	"News & Politics":            {},
	"Politics":                   {},
	"Public Radio":               {},
	"Religion & Spirituality":    {"Buddhism", "Christianity", "Islam", "Judaism", "New Age", "Philosophy", "Other", "Spirituality"},
	"Science & Medicine":         {"Medicine", "Natural Sciences", "Social Sciences"},
	"Society & Culture":          {"History"},
	"Sports & Recreation":        {"Amateur", "College & High School", "Outdoor", "Professional"},
	"Talk Radio":                 {},
	"Technology":                 {"Computers", "Developers", "Gadgets", "Information Technology", "News", "Operating Systems", "Podcasting", "Smart Phones", "Software How-To", "Tech News", "Text/Speech"},
	"Transportation":             {"Automotive", "Aviation", "Bicycles", "Commuting"},
	"Travel":                     {},
}
