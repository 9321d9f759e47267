package check

import (
	"strings"
)

// mediaElements describe media; they may stand in a channel, an item, a group
// or beside one content.
var mediaElements = map[name]child{
	{nsMedia, "adult"}: {element: leaf(mediaSource, func(j *judge, n *node, _, _ string) {
		j.fault(n, deprecatedMediaAdult, "", "was replaced by media:rating")
	})},
	{nsMedia, "category"}: {many: true, element: &element{source: mediaSource, text: plainText,
		attrs: map[string]check{"label": plainText, "scheme": fullURI}}},
	{nsMedia, "copyright"}: {element: &element{source: mediaSource, text: plainText, attrs: map[string]check{"url": fullURI}}},
	{nsMedia, "credit"}: {many: true, element: &element{source: mediaSource, text: anything,
		attrs: map[string]check{"role": creditRole, "scheme": fullURI}}},
	{nsMedia, "description"}: {element: mediaText},
	{nsMedia, "keywords"}:    {element: leaf(mediaSource, anything), many: true},
	{nsMedia, "hash"}: {many: true, element: &element{source: mediaSource, text: mediaHash,
		attrs: map[string]check{"algo": oneOf(invalidMediaHash, "md5", "sha-1")}}},
	{nsMedia, "player"}: {many: true, element: &element{source: mediaSource, required: []string{"url"},
		attrs: map[string]check{"url": fullURI, "height": positive, "width": positive}}},
	{nsMedia, "rating"}: {many: true, element: &element{source: mediaSource, text: mediaRating,
		attrs: map[string]check{"scheme": anything}}},
	{nsMedia, "restriction"}: {many: true, element: &element{source: mediaSource, text: mediaRestriction,
		required: []string{"relationship"},
		attrs: map[string]check{
			"relationship": oneOf(invalidMediaRestrictionRel, "allow", "deny"),
			"type":         oneOf(invalidMediaRestrictionType, "country", "uri"),
		}}},
	{nsMedia, "text"}: {many: true, element: &element{source: mediaSource, text: mediaTextValue,
		attrs: map[string]check{"type": mediaTextType, "lang": language, "start": playTime, "end": playTime}}},
	{nsMedia, "thumbnail"}: {many: true, element: &element{source: mediaSource, required: []string{"url"},
		attrs: map[string]check{"url": fullURI, "height": positive, "width": positive, "time": playTime}}},
	{nsMedia, "title"}: {element: mediaText},
}

// mediaContents may stand in an item or entry.
var mediaContents = map[name]child{
	{nsMedia, "content"}: {element: mediaContent, many: true},
	{nsMedia, "group"}: {many: true, element: &element{
		source:   mediaSource,
		children: map[name]child{{nsMedia, "content"}: {element: mediaContent, many: true}},
		also:     []map[name]child{mediaElements},
		end: func(j *judge, n *node) {
			if n.seen[name{nsMedia, "content"}] < 2 {
				j.fault(n, mediaGroupWithoutAlternatives, "", "has fewer than two media:content")
			}
		},
	}},
}

var mediaContent = &element{
	source: mediaSource,
	attrs: map[string]check{
		"url":          fullURI,
		"type":         mimeAttribute,
		"medium":       oneOf(invalidMediaMedium, "image", "audio", "video", "document", "executable"),
		"expression":   oneOf(invalidMediaExpression, "sample", "full", "nonstop"),
		"isDefault":    oneOf(invalidTrueFalse, "true", "false"),
		"fileSize":     positive,
		"height":       positive,
		"width":        positive,
		"channels":     nonNegative,
		"bitrate":      matching(unsigned, invalidFloat, "a number"),
		"duration":     matching(unsigned, invalidFloat, "a number"),
		"framerate":    matching(unsigned, invalidFloat, "a number"),
		"samplingrate": matching(unsigned, invalidFloat, "a number"),
		"lang":         language,
	},
	also: []map[name]child{mediaElements, anywhere},
}

// mediaText is media:title or media:description.
var mediaText = &element{source: mediaSource, text: mediaTextValue, attrs: map[string]check{"type": mediaTextType}}

var mediaTextType = oneOf(invalidMediaTextType, "plain", "html")

func mediaTextValue(j *judge, n *node, attr, v string) {
	if kind, _ := n.attr("type"); kind == "html" {
		htmlText(j, n, attr, v)
	} else {
		j.plain(n, v, containsUndeclaredHTML)
	}
}

// creditRole judges a role; those of the default scheme are in lower case.
func creditRole(j *judge, n *node, attr, v string) {
	if v != strings.ToLower(v) {
		j.fault(n, invalidCreditRole, attr, "%q is not in lower case", clip(v))
	}
}

func mediaHash(j *judge, n *node, _, v string) {
	algo, _ := n.attr("algo")
	want := 32
	if algo == "sha-1" {
		want = 40
	}
	if len(v) != want || strings.Trim(strings.ToLower(v), "0123456789abcdef") != "" {
		j.fault(n, invalidMediaHash, "", "%q is not a hash of %d hexadecimal digits", clip(v), want)
	}
}

// ratings are the values of the schemes that Media RSS names.
var ratings = map[string]lazyRegexp{
	"urn:simple": pattern(`^(adult|nonadult)$`),
	"urn:mpaa":   pattern(`^(g|m|nc-17|pg|pg-13|r|x)$`),
	"urn:v-chip": pattern(`^(14\+|18\+|c|c8|g|pg|tv-(14|g|ma|pg|y|y7|y7-fv))$`),
	"urn:icra":   pattern(`^r \([nsvlocx][a-kz] [01]( [nsvlocx][a-kz] [01])*\)$`),
}

func mediaRating(j *judge, n *node, _, v string) {
	scheme, ok := n.attr("scheme")
	if !ok {
		scheme = "urn:simple"
	}
	if known, ok := ratings[scheme]; !ok {
		fullURI(j, n, "scheme", scheme)
	} else if !known().MatchString(v) {
		j.fault(n, invalidMediaRating, "", "%q is no rating of %s", clip(v), scheme)
	}
}

func mediaRestriction(j *judge, n *node, _, v string) {
	switch kind, _ := n.attr("type"); kind {
	case "":
		if v != "" && v != "all" && v != "none" {
			j.fault(n, invalidMediaRestriction, "", "%q is neither all nor none", clip(v))
		}
	case "country":
		for _, c := range strings.Fields(v) {
			if !isCountry(c) {
				j.fault(n, invalidCountryCode, "", "%q is not a country of ISO 3166", clip(c))
			}
		}
	case "uri":
		fullURI(j, n, "", v)
	}
}

// playTime is a normal play time (RFC 2326, section 3.6).
var playTime = matching(pattern(`^(now|\d+(\.\d*)?|\d+:\d\d:\d\d(\.\d*)?)$`), invalidNPTTime, "a play time such as 12:05:35")
