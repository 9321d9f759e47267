package check

import (
	"strconv"
	"strings"
)

// rssItem is <item>.
var rssItem = &element{
	source: itemSource,
	entry:  true,
	children: map[name]child{
		rssName("title"):       {element: leaf(itemSource, all(filled, plainText))},
		rssName("link"):        {element: leaf(itemSource, fullURI)},
		rssName("description"): {element: &element{source: itemSource, long: itemDescription}},
		rssName("author"):      {element: leaf(itemSource, contact)},
		rssName("category"):    {element: categoryOf(itemSource, all(filled, plainText), false), many: true},
		rssName("comments"):    {element: leaf(itemSource, fullURI)},
		rssName("enclosure"):   {element: rssEnclosure, again: duplicateEnclosure},
		rssName("guid"):        {element: rssGUID},
		rssName("pubDate"):     {element: leaf(itemSource, rfc822)},
		rssName("source"): {element: &element{source: itemSource, text: plainText,
			attrs: map[string]check{"url": fullURI}, required: []string{"url"}}},
	},
	also: []map[name]child{atomInItem, itemExtensions, itemModules, itunesShared, itunesEpisode, podcastElements, mediaElements, mediaContents, anywhere, places},
	begin: func(j *judge, n *node) {
		if len(j.feed.misplacedAt) < maxFindings {
			j.feed.misplacedAt = append(j.feed.misplacedAt, n.at)
		}
	},
	end: func(j *judge, n *node) {
		if !n.has("", "title") && !n.has("", "description") {
			j.fault(n, itemMustContainTitleOrDescription, "", "has neither title nor description")
		}
		if !n.has("", "guid") && strings.HasPrefix(j.version, "2.") {
			j.fault(n, missingGUID, "", "has no guid")
		}
		if n.has(nsSlash, "comments") && !j.parent().has("", "lastBuildDate") {
			j.fault(n, slashDate, "", "has slash:comments in a channel without lastBuildDate")
		}
		j.twins(n, itemTwins, duplicateItemSemantics)
		j.podcastEpisode(n)
	},
}

// itemDescription is HTML, but was plain text in RSS 0.91.
func itemDescription(j *judge, n *node, v []byte) {
	if j.version == "0.91" {
		plainText(j, n, "", string(v))
		return
	}
	longHTML(j, n, v)
}

var rssGUID = &element{
	source: "RSS 2.0, guid of item",
	attrs:  map[string]check{"isPermaLink": isPermaLink},
	text:   guid,
}

func isPermaLink(j *judge, n *node, attr, v string) {
	if v != "true" && v != "false" {
		j.fault(n, invalidBooleanAttribute, attr, "%q is neither true nor false", clip(v))
	}
}

func guid(j *judge, n *node, attr, v string) {
	j.entryID = v
	permaLink := true
	if p, ok := n.attr("isPermaLink"); ok {
		permaLink = p == "true"
	}
	switch lower := strings.ToLower(v); {
	case permaLink && (strings.HasPrefix(lower, "tag:") || strings.HasPrefix(lower, "urn:uuid:")):
		j.fault(n, invalidPermalink, "", "%q cannot be opened", clip(v))
	case permaLink:
		j.uri(n, "", v, absolute, invalidHTTPGUID)
	case len(v) < 9 && v != "" && strings.Trim(v, "0123456789") == "":
		j.fault(n, notSufficientlyUnique, "", "%q will be given again by somebody", v)
	}
	j.unique(n, v, duplicateValue)
}

// unique reports an id that an earlier entry has.
func (j *judge) unique(n *node, id string, r rule) {
	if id == "" {
		j.fault(n, notBlank, "", "is empty")
		return
	}
	if j.feed.ids == nil {
		j.feed.ids = map[string]int{}
	}
	j.feed.ids[id]++
	if j.feed.ids[id] > 1 {
		j.feed.repeated++
		j.fault(n, r, "", "%q is the id of another entry too", clip(id))
	}
}

var rssEnclosure = &element{
	source:   "RSS 2.0, enclosure of item",
	attrs:    map[string]check{"url": httpURL, "length": enclosureLength, "type": mimeAttribute},
	required: []string{"url", "length", "type"},
	begin: func(j *judge, n *node) {
		if url, ok := n.attr("url"); ok && len(j.entry.enclosures) < maxFindings {
			j.entry.enclosures = append(j.entry.enclosures, url)
		}
	},
}

func enclosureLength(j *judge, n *node, attr, v string) {
	switch length, err := strconv.ParseInt(v, 10, 64); {
	case err != nil:
		j.fault(n, invalidIntegerAttribute, attr, "%q is not a number of bytes", clip(v))
	case length == -1:
		j.fault(n, useZeroForUnknown, attr, "-1 for an unknown length")
	case length < 0:
		j.fault(n, invalidNonNegativeInteger, attr, "%q is negative", clip(v))
	}
}
