package check

import (
	"strconv"
	"strings"
)

const (
	channelSource = "RSS 2.0, elements of channel"
	itemSource    = "RSS 2.0, elements of item"
	profileSource = "RSS Best Practices Profile"
)

// feedState is what a judge remembers of the feed while it reads it.
type feedState struct {
	title, link string            // of an RSS channel
	selfs       int               // self links
	tombstones  map[string]string // when an entry was deleted last, by id
	ids         map[string]int    // of the entries
	updates     map[string]bool   // dates of the entries
	repeated    int               // entries with an id that another entry has
	links       []feedLink        // atom:link of the feed itself
	news        int               // news:news of a sitemap
	here        *here             // where a sitemap stands; nil when that is not known
	itunes      bool              // it has elements of itunes
	misplacedAt []place           // RSS items that something of the channel may follow
}

// entryState is what a judge remembers of the entry that it reads.
type entryState struct {
	updated string // of an Atom entry
	links   []feedLink
	content struct {
		known, src, binary bool
	}
	sourceLinks  []feedLink
	sourceAuthor bool
	itunes       bool     // it has elements of itunes
	enclosures   []string // their addresses
}

// twin is an element of RSS and an extension that says the same.
type twin struct {
	core name
	ext  name
}

var channelTwins = []twin{
	{rssName("managingEditor"), name{nsDC, "creator"}},
	{rssName("webMaster"), name{nsDC, "publisher"}},
	{rssName("category"), name{nsDC, "subject"}},
	{rssName("pubDate"), name{nsDC, "date"}},
	{rssName("language"), name{nsDC, "language"}},
	{rssName("generator"), name{nsAdmin, "generatorAgent"}},
	{rssName("copyright"), name{nsDC, "rights"}},
	{rssName("lastBuildDate"), name{nsDCTerms, "modified"}},
}

var itemTwins = []twin{
	{rssName("author"), name{nsDC, "creator"}},
	{rssName("category"), name{nsDC, "subject"}},
	{rssName("pubDate"), name{nsDC, "date"}},
	{rssName("pubDate"), name{nsAtom, "published"}},
	{rssName("guid"), name{nsAtom, "id"}},
	{rssName("source"), name{nsDC, "source"}},
}

func rssName(local string) name { return name{local: local} }

// rssRoot is <rss>.
var rssRoot = &element{
	source:   "RSS 2.0, what is RSS?",
	attrs:    map[string]check{"version": rssVersion},
	required: []string{"version"},
	children: map[name]child{rssName("channel"): {element: rssChannel}},
	begin:    func(j *judge, n *node) { j.version, _ = n.attr("version") },
	end: func(j *judge, n *node) {
		if !n.has("", "channel") {
			j.fault(n, missingElement, "", "has no channel")
		}
	},
}

func rssVersion(j *judge, n *node, attr, v string) {
	switch v {
	case "2.0", "0.91", "0.92":
	default:
		j.fault(n, invalidRSSVersion, attr, "%q is not a version of RSS 2.0", clip(v))
	}
}

// rssChannel is <channel>. Its elements stand before its items.
var rssChannel = &element{
	source: channelSource,
	children: map[name]child{
		rssName("title"):          {element: head(all(filled, plainText, func(j *judge, _ *node, _, v string) { j.feed.title = v }))},
		rssName("link"):           {element: head(all(fullURI, func(j *judge, _ *node, _, v string) { j.feed.link = v }))},
		rssName("description"):    {element: head(plainText)},
		rssName("language"):       {element: head(language)},
		rssName("copyright"):      {element: head(plainText)},
		rssName("managingEditor"): {element: head(contact)},
		rssName("webMaster"):      {element: head(contact)},
		rssName("pubDate"):        {element: head(rfc822)},
		rssName("lastBuildDate"):  {element: head(rfc822)},
		rssName("category"):       {element: categoryOf(channelSource, plainText, true), many: true},
		rssName("generator"):      {element: head(anything)},
		rssName("docs"):           {element: head(fullURI)},
		rssName("rating"):         {element: head(anything)},
		rssName("ttl"):            {element: head(all(filled, positive))},
		rssName("cloud"):          {element: rssCloud},
		rssName("image"):          {element: rssImage},
		rssName("textInput"):      {element: rssTextInput},
		rssName("skipHours"):      {element: rssSkipHours},
		rssName("skipDays"):       {element: rssSkipDays},
		rssName("item"):           {element: rssItem, many: true},
	},
	also: []map[name]child{atomInChannel, channelExtensions, channelModules, itunesShared, itunesShow, podcastElements, mediaElements, anywhere, places},
	end: func(j *judge, n *node) {
		if !n.has("", "title") {
			j.fault(n, missingTitle, "", "has no title")
		}
		if !n.has("", "link") {
			j.fault(n, missingLink, "", "has no link")
		}
		if !n.has("", "description") {
			j.fault(n, missingDescription, "", "has no description")
		}
		if !n.has("", "language") && !n.has(nsDC, "language") && !n.lang {
			j.fault(n, missingDCLanguage, "", "does not say its language")
		}
		if j.version == "2.0" && j.feed.selfs == 0 {
			j.fault(n, missingAtomSelfLink, "", "has no atom:link to itself")
		}
		j.twins(n, channelTwins, duplicateSemantics)
		j.podcastShow(n)
	},
}

// twins reports what is said twice in different words.
func (j *judge) twins(n *node, twins []twin, r rule) {
	for _, t := range twins {
		if n.seen[t.core] > 0 && n.seen[t.ext] > 0 {
			j.fault(n, r, "", "has both %s and %s", label(t.core), prefixes[t.ext.space]+":"+t.ext.local)
		}
	}
}

// head is an element of a channel that has text only.
func head(text check) *element {
	return &element{source: channelSource, text: text, begin: beforeItems}
}

// beforeItems reports the items that stand before n.
func beforeItems(j *judge, n *node) {
	if j.format != RSS {
		return
	}
	for _, at := range j.feed.misplacedAt {
		j.report(at, misplacedItem, "item before %s of the channel", label(n.name))
	}
	j.feed.misplacedAt = nil
}

func categoryOf(source string, text check, channel bool) *element {
	e := &element{source: source, text: text, attrs: map[string]check{"domain": anything}}
	if channel {
		e.begin = beforeItems
	}
	return e
}

func leaf(source string, text check) *element { return &element{source: source, text: text} }

var rssCloud = &element{
	source: "RSS 2.0, cloud of channel",
	attrs: map[string]check{"domain": anything, "path": anything, "registerProcedure": anything, "protocol": anything,
		"port": func(j *judge, n *node, attr, v string) {
			if port, err := strconv.Atoi(v); err != nil || port <= 0 {
				j.fault(n, invalidIntegerAttribute, attr, "%q is not a port", clip(v))
			}
		}},
	required: []string{"domain", "port", "path", "registerProcedure", "protocol"},
	begin:    beforeItems,
}

var rssImage = &element{
	source: "RSS 2.0, image of channel",
	children: map[name]child{
		rssName("url"): {element: leaf("RSS 2.0, image of channel", all(fullURI, imageFormat))},
		rssName("title"): {element: leaf("RSS 2.0, image of channel", all(filled, plainText, func(j *judge, n *node, _, v string) {
			if t := j.feed.title; t != "" && t != v {
				j.fault(n, imageTitleDoesntMatch, "", "%q is not the channel's title", clip(v))
			}
		}))},
		rssName("link"): {element: leaf("RSS 2.0, image of channel", all(fullURI, func(j *judge, n *node, _, v string) {
			if l := j.feed.link; l != "" && l != v {
				j.fault(n, imageLinkDoesntMatch, "", "%q is not the channel's link", clip(v))
			}
		}))},
		rssName("width"):       {element: leaf("RSS 2.0, image of channel", upTo(144, invalidWidth))},
		rssName("height"):      {element: leaf("RSS 2.0, image of channel", upTo(400, invalidHeight))},
		rssName("description"): {element: leaf("RSS 2.0, image of channel", plainText)},
	},
	also:  []map[name]child{anywhere},
	begin: beforeItems,
	end: func(j *judge, n *node) {
		if !n.has("", "title") {
			j.fault(n, missingTitle, "", "has no title")
		}
		if !n.has("", "url") {
			j.fault(n, missingElement, "", "has no url")
		}
		if !n.has("", "link") {
			j.fault(n, missingLink, "", "has no link")
		}
	},
}

// imageFormat reports pictures that readers of RSS do not expect.
func imageFormat(j *judge, n *node, _, v string) {
	dot := strings.LastIndexByte(v, '.')
	switch ext := strings.ToLower(v[dot+1:]); {
	case dot < 0 || strings.ContainsAny(ext, "/?&=#-:"):
	case ext != "jpg" && ext != "jpeg" && ext != "gif" && ext != "png":
		j.fault(n, imageURLFormat, "", "%q is neither GIF, JPEG nor PNG", clip(v))
	}
}

var rssTextInput = &element{
	source: "RSS 2.0, textInput of channel",
	children: map[name]child{
		rssName("title"):       {element: leaf("RSS 2.0, textInput of channel", plainText)},
		rssName("description"): {element: leaf("RSS 2.0, textInput of channel", anything)},
		rssName("name"): {element: leaf("RSS 2.0, textInput of channel", func(j *judge, n *node, _, v string) {
			if v == "" || !isName([]byte(v)) {
				j.fault(n, invalidFormComponentName, "", "%q is not the name of a form field", clip(v))
			}
		})},
		rssName("link"): {element: leaf("RSS 2.0, textInput of channel", fullURI)},
	},
	also: []map[name]child{anywhere},
	begin: func(j *judge, n *node) {
		beforeItems(j, n)
		j.fault(n, avoidTextInput, "", "no reader shows it")
	},
	end: func(j *judge, n *node) {
		if !n.has("", "title") {
			j.fault(n, missingTitle, "", "has no title")
		}
		if !n.has("", "link") {
			j.fault(n, missingLink, "", "has no link")
		}
		if !n.has("", "description") {
			j.fault(n, missingDescription, "", "has no description")
		}
		if !n.has("", "name") {
			j.fault(n, missingElement, "", "has no name")
		}
	},
}

var rssSkipHours = &element{
	source: "RSS 2.0, skipHours of channel",
	children: map[name]child{rssName("hour"): {many: true,
		element: leaf("RSS 2.0, skipHours of channel", func(j *judge, n *node, _, v string) {
			hour, err := strconv.Atoi(v)
			switch {
			case err != nil || hour < 0 || hour > 24:
				j.fault(n, invalidHour, "", "%q is not an hour from 0 to 23", clip(v))
				return
			case hour == 24:
				j.fault(n, useZeroForMidnight, "", "24 for midnight")
			}
			j.again(n, strconv.Itoa(hour%24))
		})}},
	begin: beforeItems,
	end: func(j *judge, n *node) {
		if !n.has("", "hour") {
			j.fault(n, missingElement, "", "has no hour")
		}
		if n.seen[rssName("hour")] > 24 {
			j.fault(n, notEnoughHoursInTheDay, "", "has more than 24 hours")
		}
	},
}

var rssSkipDays = &element{
	source: "RSS 2.0, skipDays of channel",
	children: map[name]child{rssName("day"): {many: true,
		element: leaf("RSS 2.0, skipDays of channel", func(j *judge, n *node, _, v string) {
			switch v {
			case "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday":
				j.again(n, v)
			default:
				j.fault(n, invalidDay, "", "%q is not the English name of a day", clip(v))
			}
		})}},
	begin: beforeItems,
	end: func(j *judge, n *node) {
		if !n.has("", "day") {
			j.fault(n, missingElement, "", "has no day")
		}
		if n.seen[rssName("day")] > 7 {
			j.fault(n, eightDaysAWeek, "", "has more than 7 days")
		}
	},
}

// again reports a value that an element beside n has too.
func (j *judge) again(n *node, v string) {
	beside := j.parent().seen
	key := name{"value", v}
	if beside[key]++; beside[key] > 1 {
		j.fault(n, duplicateValue, "", "%s stands there twice", v)
	}
}
