package check

func atomName(local string) name { return name{nsAtom, local} }

// roots are the elements that a feed begins with.
var roots = map[name]*element{
	rssName("rss"):    rssRoot,
	atomName("feed"):  atomFeed,
	atomName("entry"): atomEntry,

	{nsRDF, "RDF"}:              rdfRoot,
	rssName("opml"):             opmlRoot,
	rssName("outlineDocument"):  outlineRoot,
	{nsSitemap, "urlset"}:       sitemapURLs,
	{nsSitemap, "sitemapindex"}: sitemapIndex,
}

// metadata are the elements that a feed and the source of an entry share
// (RFC 4287, sections 4.1.1 and 4.2.11).
var metadata = map[name]child{
	atomName("author"):      {element: atomHead("4.1.1", person), many: true},
	atomName("category"):    {element: atomHead("4.2.2", atomCategory), many: true},
	atomName("contributor"): {element: atomHead("4.1.1", person), many: true},
	atomName("generator"):   {element: atomHead("4.2.4", atomGenerator)},
	atomName("icon"):        {element: atomHead("4.2.5", &element{text: all(filled, tight, uriReference)})},
	atomName("id"):          {element: atomHead("4.2.6", &element{text: all(tight, canonicalIRI)})},
	atomName("link"):        {element: atomHead("4.2.7", atomLink), many: true},
	atomName("logo"):        {element: atomHead("4.2.8", &element{text: all(filled, tight, uriReference)})},
	atomName("rights"):      {element: atomHead("4.2.10", textConstruct)},
	atomName("subtitle"):    {element: atomHead("4.2.12", textConstruct)},
	atomName("title"):       {element: atomHead("4.2.14", textConstruct)},
	atomName("updated"):     {element: atomHead("4.2.15", &element{text: all(tight, rfc3339)})},
}

// atomHead is e as an element of a feed, which stands before the entries.
func atomHead(section string, e *element) *element {
	h := atomLeaf(section, e)
	begin := h.begin
	h.begin = func(j *judge, n *node) {
		if p := j.parent(); p.name == atomName("feed") && p.has(nsAtom, "entry") {
			j.fault(n, misplacedMetadata, "", "behind an entry")
		}
		if begin != nil {
			begin(j, n)
		}
	}
	return h
}

// atomLeaf is e as a section of RFC 4287 defines it.
func atomLeaf(section string, e *element) *element {
	l := *e
	l.source = "RFC 4287, section " + section
	return &l
}

// atomFeed is <feed>.
var atomFeed = &element{
	source:   "RFC 4287, section 4.1.1",
	children: map[name]child{atomName("entry"): {element: atomEntry, many: true}},
	also:     []map[name]child{metadata, feedExtensions, channelExtensions, channelModules, itunesShared, itunesShow, podcastElements, mediaElements, anywhere, places},
	end: func(j *judge, n *node) {
		j.missingMetadata(n, missingElement)
		if j.feed.selfs == 0 {
			j.fault(n, missingSelf, "", "has no link to itself")
		}
		if entries := n.seen[atomName("entry")]; entries > 9 && j.feed.repeated == entries-1 {
			j.fault(n, duplicateIDs, "", "has the same id for every entry")
		}
		j.alternates(n, j.feed.links)
		j.history(n)
		j.podcastShow(n)
	},
}

// missingMetadata reports what a feed must say of itself.
func (j *judge) missingMetadata(n *node, r rule) {
	for _, local := range []string{"title", "id", "updated"} {
		if !n.has(nsAtom, local) {
			j.fault(n, r, "", "has no %s", local)
		}
	}
}

// history judges the links between documents of one feed (RFC 5005).
func (j *judge) history(n *node) {
	rels := map[string]string{}
	for _, l := range j.feed.links {
		rels[l.rel] = l.href
	}
	complete, archive := n.has(nsHistory, "complete"), n.has(nsHistory, "archive")
	for _, rel := range []string{"first", "last", "next", "previous", "prev-archive", "next-archive"} {
		if _, ok := rels[rel]; ok && complete {
			j.fault(n, feedRelInCompleteFeed, "", "is complete and links to its %s document", rel)
		}
	}
	if current, ok := rels["current"]; ok && complete && j.url != "" && current != j.url {
		j.fault(n, currentNotSelfInCompleteFeed, "", "is complete and current at another address")
	}
	if j.url != "" {
		for end, past := range map[string]string{"first": "previous", "last": "next"} {
			if _, ok := rels[past]; ok && rels[end] == j.url {
				j.fault(n, linkPastEnd, "", "is the %s document and links to a %s one", end, past)
			}
		}
	}
	if archive && !complete {
		if rels["prev-archive"] == "" && rels["next-archive"] == "" {
			j.fault(n, archiveIncomplete, "", "is an archive and links to no other")
		}
		if rels["current"] == "" {
			j.fault(n, missingCurrentInArchive, "", "is an archive and does not link to the current document")
		}
	}
}

// alternates reports two alternate links that a reader cannot tell apart
// (RFC 4287, sections 4.1.1 and 4.1.2).
func (j *judge) alternates(n *node, links []feedLink) {
	seen := map[feedLink]bool{}
	for _, l := range links {
		if l.rel != "alternate" {
			continue
		}
		l.href = ""
		if seen[l] {
			j.fault(n, duplicateAtomLink, "", "has two alternate links of type %q and language %q", clip(l.mime), clip(l.hreflang))
		}
		seen[l] = true
	}
}

// atomEntry is <entry>.
var atomEntry = &element{
	source: "RFC 4287, section 4.1.2",
	entry:  true,
	children: map[name]child{
		atomName("author"):      {element: atomLeaf("4.2.1", person), many: true},
		atomName("category"):    {element: atomLeaf("4.2.2", atomCategory), many: true},
		atomName("contributor"): {element: atomLeaf("4.2.3", person), many: true},
		atomName("content"):     {element: atomContent},
		atomName("id"): {element: atomLeaf("4.2.6", &element{text: all(tight, canonicalIRI, func(j *judge, n *node, _, v string) {
			j.entryID = v
			j.unique(n, v, duplicateEntries)
		})})},
		atomName("link"):      {element: atomLeaf("4.2.7", atomLink), many: true},
		atomName("published"): {element: atomLeaf("4.2.9", &element{text: all(tight, rfc3339)})},
		atomName("rights"):    {element: atomLeaf("4.2.10", textConstruct)},
		atomName("source"):    {element: atomSource},
		atomName("summary"):   {element: atomLeaf("4.2.13", textConstruct)},
		atomName("title"):     {element: atomLeaf("4.2.14", textConstruct)},
		atomName("updated"): {element: atomLeaf("4.2.15", &element{text: all(tight, rfc3339, func(j *judge, n *node, _, v string) {
			if j.feed.updates == nil {
				j.feed.updates = map[string]bool{}
			}
			if j.feed.updates[v] {
				j.fault(n, duplicateUpdated, "", "%s is the date of another entry too", clip(v))
			}
			j.feed.updates[v] = true
			j.entry.updated = v
		})})},
	},
	also: []map[name]child{itemExtensions, itemModules, itunesShared, itunesEpisode, podcastElements, mediaElements, mediaContents, anywhere, places},
	end:  endEntry,
}

func endEntry(j *judge, n *node) {
	for _, local := range []string{"title", "id", "updated"} {
		if !n.has(nsAtom, local) {
			j.fault(n, missingElement, "", "has no %s", local)
		}
	}
	j.buried(n, j.entryID, j.entry.updated)
	feed := j.parent()
	if !n.has(nsAtom, "author") && !j.entry.sourceAuthor && (feed == nil || !feed.has(nsAtom, "author")) {
		j.fault(n, missingElement, "", "has no author, and its feed has none")
	}
	switch c := j.entry.content; {
	case c.known:
		if (c.src || c.binary) && !n.has(nsAtom, "summary") {
			j.fault(n, missingSummary, "", "has no summary, and its content is elsewhere or binary")
		}
	default:
		if !n.has(nsAtom, "summary") {
			j.fault(n, missingTextualContent, "", "has neither content nor summary")
		}
		alternate := false
		for _, l := range j.entry.links {
			alternate = alternate || l.rel == "alternate"
		}
		if !alternate {
			j.fault(n, missingContentOrAlternate, "", "has neither content nor an alternate link")
		}
	}
	j.alternates(n, j.entry.links)
	j.podcastEpisode(n)
}

// atomSource is <source> of an entry: the metadata of the feed it came from.
var atomSource = &element{
	source: "RFC 4287, section 4.2.11",
	also:   []map[name]child{metadata, channelExtensions, anywhere},
	end: func(j *judge, n *node) {
		j.missingMetadata(n, missingSourceElement)
		j.entry.sourceAuthor = n.has(nsAtom, "author")
		j.alternates(n, j.entry.sourceLinks)
	},
}

// person is a person construct (RFC 4287, section 3.2).
var person = &element{
	children: map[name]child{
		atomName("name"):  {element: leaf("RFC 4287, section 3.2.1", all(filled, plainText, noEmail))},
		atomName("uri"):   {element: leaf("RFC 4287, section 3.2.2", all(filled, tight, iri))},
		atomName("email"): {element: leaf("RFC 4287, section 3.2.3", addrSpec)},
	},
	also: []map[name]child{anywhere},
	end: func(j *judge, n *node) {
		if !n.has(nsAtom, "name") {
			j.fault(n, missingElement, "", "has no name")
		}
	},
}

var atomCategory = &element{
	attrs:    map[string]check{"term": filled, "scheme": absoluteIRI, "label": plainText},
	required: []string{"term"},
}

var atomGenerator = &element{
	attrs: map[string]check{"uri": uriAttribute, "version": anything},
	text:  all(filled, plainText),
}
