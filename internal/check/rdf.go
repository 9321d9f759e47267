package check

const rss1Source = "RSS 1.0"

// rdf tells that the feed is in RSS 1.0 or 0.90. Their names are read as those
// of RSS 2.0: what differs is that items stand beside the channel, and that
// the parts have addresses in rdf:about.
func (j *judge) rdf() bool { return j.version == "1.0" || j.version == "0.90" }

// rdfRoot is <rdf:RDF>.
var rdfRoot = &element{
	source: rss1Source + ", section 5.2",
	children: map[name]child{
		rssName("channel"):       {element: rdfChannel},
		rssName("item"):          {element: rdfItem, many: true},
		rssName("image"):         {element: rdfImage, many: true},
		rssName("textinput"):     {element: rdfTextInput, many: true},
		{nsLicenseCC, "License"}: {many: true},
		{nsRDF, "Description"}:   {many: true},
		{nsTaxonomy, "topic"}:    {many: true},
	},
	end: func(j *judge, n *node) {
		if !n.has("", "channel") {
			j.fault(n, missingElement, "", "has no channel")
		}
	},
}

// about judges the address of a part.
func about(j *judge, n *node) {
	for _, a := range n.attrs {
		if a.name != (name{nsRDF, "about"}) {
			continue
		}
		uriReference(j, n, "rdf:about", a.value)
		if n.name != rssName("item") {
			return
		}
		if j.feed.ids == nil {
			j.feed.ids = map[string]int{}
		}
		j.entryID = a.value
		if j.feed.ids[a.value]++; j.feed.ids[a.value] > 1 {
			j.fault(n, duplicateValue, "rdf:about", "%q is the address of another item too", clip(a.value))
		}
		return
	}
	if j.version == "1.0" {
		j.fault(n, missingAttribute, "", "has no rdf:about")
	}
}

var rdfChannel = &element{
	source: rss1Source + ", section 5.3",
	children: map[name]child{
		rssName("title"):       {element: head(all(filled, plainText, func(j *judge, _ *node, _, v string) { j.feed.title = v }))},
		rssName("link"):        {element: head(all(fullURI, func(j *judge, _ *node, _, v string) { j.feed.link = v }))},
		rssName("description"): {element: head(plainText)},
		rssName("items"):       {element: &element{source: rss1Source + ", section 5.3.5", children: map[name]child{{nsRDF, "Seq"}: {element: rdfSeq}}}},
		rssName("image"):       {element: &element{source: rss1Source + ", section 5.3.4"}},
		rssName("textinput"):   {element: &element{source: rss1Source + ", section 5.3.6"}},
		{nsRDFS, "label"}:      {element: leaf(rdfSource, anything), many: true},
		{nsRDFS, "comment"}:    {element: leaf(rdfSource, anything), many: true},
	},
	also:  []map[name]child{atomInChannel, channelExtensions, channelModules, itunesShared, itunesShow, podcastElements, mediaElements, anywhere, places},
	begin: about,
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
		if j.version == "1.0" && !n.has("", "items") {
			j.fault(n, missingElement, "", "has no items")
		}
		if !n.has(nsDC, "language") && !n.lang {
			j.fault(n, missingDCLanguage, "", "does not say its language")
		}
		j.podcastShow(n)
	},
}

// rdfSeq is <rdf:Seq> of the items.
var rdfSeq = &element{
	source: rss1Source + ", section 5.3.5",
	children: map[name]child{{nsRDF, "li"}: {many: true, element: &element{
		source: rss1Source + ", section 5.3.5",
		attrs:  map[string]check{"resource": anything},
		begin: func(j *judge, n *node) {
			for _, a := range n.attrs {
				if a.name.space == nsRDF && a.name.local != "resource" {
					j.report(a.at, unexpectedAttribute.of(n.def.source), "%s has no attribute rdf:%s", label(n.name), clip(a.name.local))
				}
			}
		},
	}}},
}

var rdfItem = &element{
	source: rss1Source + ", section 5.5",
	entry:  true,
	children: map[name]child{
		rssName("title"):       {element: leaf(rss1Source+", section 5.5.1", all(filled, plainText))},
		rssName("link"):        {element: leaf(rss1Source+", section 5.5.2", fullURI)},
		rssName("description"): {element: leaf(rss1Source+", section 5.5.3", htmlText)},
		{nsRDFS, "label"}:      {element: leaf(rdfSource, anything), many: true},
		{nsRDFS, "comment"}:    {element: leaf(rdfSource, anything), many: true},
		{nsThread, "children"}: {},
	},
	also:  []map[name]child{atomInItem, itemExtensions, itemModules, itunesShared, itunesEpisode, podcastElements, mediaElements, mediaContents, anywhere, places},
	begin: about,
	end: func(j *judge, n *node) {
		for _, local := range []string{"link", "title"} {
			if !n.has("", local) {
				j.fault(n, missingElement, "", "has no %s", local)
			}
		}
		j.podcastEpisode(n)
	},
}

var rdfImage = &element{
	source: rss1Source + ", section 5.4",
	children: map[name]child{
		rssName("title"): {element: leaf(rss1Source+", section 5.4.1", plainText)},
		rssName("url"):   {element: leaf(rss1Source+", section 5.4.2", fullURI)},
		rssName("link"):  {element: leaf(rss1Source+", section 5.4.3", fullURI)},
	},
	also:  []map[name]child{anywhere, places, itemModules},
	begin: about,
	end: func(j *judge, n *node) {
		if !n.has("", "title") {
			j.fault(n, missingTitle, "", "has no title")
		}
		if !n.has("", "link") {
			j.fault(n, missingLink, "", "has no link")
		}
		if !n.has("", "url") {
			j.fault(n, missingElement, "", "has no url")
		}
	},
}

var rdfTextInput = &element{
	source: rss1Source + ", section 5.6",
	children: map[name]child{
		rssName("title"):       {element: leaf(rss1Source+", section 5.6.1", plainText)},
		rssName("description"): {element: leaf(rss1Source+", section 5.6.2", anything)},
		rssName("name"):        {element: leaf(rss1Source+", section 5.6.3", anything)},
		rssName("link"):        {element: leaf(rss1Source+", section 5.6.4", fullURI)},
	},
	also:  []map[name]child{anywhere, places},
	begin: about,
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
