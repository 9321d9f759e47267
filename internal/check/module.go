package check

import (
	"strings"
)

// What concerns the modules that feeds are extended by.
var (
	invalidLatitude  = rule{"InvalidLatitude", Error, geoWGSSource, "write degrees from -90 to 90"}
	invalidLongitude = rule{"InvalidLongitude", Error, geoWGSSource, "write degrees from -180 to 180"}
)

const (
	geoWGSSource = "W3C Basic Geo Vocabulary"
	rdfSource    = "RDF/XML, section 2.4"
	adminSource  = "RSS 1.0 Administrative Module"
	tbSource     = "TrackBack RSS Module"
	burnerSource = "FeedBurner extensions"
	bcSource     = "blogChannel RSS Module"
	netSource    = "Conversations Network RSS Module"
)

// resource is an element whose value is the address in rdf:resource.
func resource(source string) *element {
	return &element{source: source,
		begin: func(j *judge, n *node) {
			for _, a := range n.attrs {
				if a.name == (name{nsRDF, "resource"}) {
					fullURI(j, n, "rdf:resource", a.value)
					return
				}
			}
			j.fault(n, missingAttribute, "", "has no rdf:resource")
		},
	}
}

// either is an address that is text in RSS 2.0 and Atom and a resource in RSS
// 1.0.
func either(source string) *element {
	return &element{source: source,
		text: func(j *judge, n *node, attr, v string) {
			if !j.rdf() {
				fullURI(j, n, attr, v)
			}
		},
		begin: func(j *judge, n *node) {
			if j.rdf() {
				resource(source).begin(j, n)
				return
			}
			for _, a := range n.attrs {
				if a.name == (name{nsRDF, "resource"}) {
					j.report(a.at, unexpectedAttribute.of(source), "%s has no attribute rdf:resource in this format", label(n.name))
				}
			}
		},
	}
}

var (
	latitude  = leaf(geoWGSSource, degrees(90, invalidLatitude))
	longitude = leaf(geoWGSSource, degrees(180, invalidLongitude))
)

// degrees is a check for an angle.
func degrees(most float64, r rule) check {
	return func(j *judge, n *node, _, v string) {
		if !within(v, most) {
			j.fault(n, r, "", "%q is not an angle from -%v to %v", clip(v), most, most)
		}
	}
}

// places are further elements that may stand in every element with structure.
var places = map[name]child{
	{nsGeo, "lat"}:  {element: latitude, many: true},
	{nsGeo, "long"}: {element: longitude, many: true},
	{nsGeo, "alt"}:  {element: leaf(geoWGSSource, matching(decimal, invalidFloat, "a number")), many: true},
	{nsGeo, "Point"}: {many: true, element: &element{
		source: geoWGSSource,
		children: map[name]child{
			{nsGeo, "lat"}:  {element: latitude},
			{nsGeo, "long"}: {element: longitude},
			{nsGeo, "alt"}:  {element: leaf(geoWGSSource, matching(decimal, invalidFloat, "a number"))},
		},
		end: func(j *judge, n *node) {
			for _, local := range []string{"lat", "long"} {
				if !n.has(nsGeo, local) {
					j.fault(n, missingElement, "", "has no geo:%s", local)
				}
			}
		},
	}},
	{nsICBM, "latitude"}:    {element: latitude, many: true},
	{nsICBM, "longitude"}:   {element: longitude, many: true},
	{nsGeoURL, "latitude"}:  {element: latitude, many: true},
	{nsGeoURL, "longitude"}: {element: longitude, many: true},
	{nsRDFS, "seeAlso"}:     {element: resource(rdfSource), many: true},
}

// channelModules may stand in a channel or an Atom feed.
var channelModules = map[name]child{
	{nsAdmin, "generatorAgent"}:        {element: resource(adminSource)},
	{nsAdmin, "errorReportsTo"}:        {element: resource(adminSource)},
	{nsBlogChannel, "blogRoll"}:        {element: leaf(bcSource, fullURI)},
	{nsBlogChannel, "mySubscriptions"}: {element: leaf(bcSource, fullURI)},
	{nsBlogChannel, "blink"}:           {element: leaf(bcSource, fullURI)},
	{nsBlogChannel, "changes"}:         {element: leaf(bcSource, fullURI)},
	{nsBurner, "awareness"}:            {element: leaf(burnerSource, fullURI)},
	{nsBurner, "browserFriendly"}:      {element: leaf(burnerSource, plainText)},
	{nsBurner, "emailServiceId"}:       {element: leaf(burnerSource, anything)},
	{nsBurner, "feedburnerHostname"}:   {element: leaf(burnerSource, fullURI)},
	{nsBurner, "feedFlare"}: {many: true, element: &element{source: burnerSource, text: plainText,
		attrs: map[string]check{"href": flareURI, "src": flareURI}, required: []string{"href", "src"}}},
	{nsBurner, "info"}: {element: &element{source: burnerSource,
		attrs: map[string]check{"uri": iri}, required: []string{"uri"}}},
	{nsBurner, "license"}:    {many: true},
	{nsLicenseCC, "license"}: {many: true},
}

// flareURI is an address that Atom may give relative to the feed.
func flareURI(j *judge, n *node, attr, v string) {
	switch {
	case j.format == Atom:
		iri(j, n, attr, v)
	case !hasScheme(v):
		j.fault(n, containsRelRef, attr, "%q is relative", clip(v))
	default:
		j.uri(n, attr, v, reference, invalidURIChar)
	}
}

// itemModules may stand in an item or an Atom entry.
var itemModules = map[name]child{
	{nsTrackback, "ping"}:           {element: either(tbSource)},
	{nsTrackback, "about"}:          {element: either(tbSource), many: true},
	{nsBurner, "awareness"}:         {element: leaf(burnerSource, fullURI)},
	{nsBurner, "origLink"}:          {element: leaf(burnerSource, fullURI)},
	{nsBurner, "origEnclosureLink"}: {element: leaf(burnerSource, fullURI)},
	{nsLicenseCC, "license"}:        {many: true},

	{nsNetwork, "introMilliseconds"}: {element: leaf(netSource, nonNegative)},
	{nsNetwork, "image"}:             {element: leaf(netSource, httpURL)},
	{nsNetwork, "ratingAverage"}:     {element: leaf(netSource, matching(decimal, invalidFloat, "a number"))},
	{nsNetwork, "ratingCount"}:       {element: leaf(netSource, nonNegative)},
	{nsNetwork, "ratingIndividual"}:  {element: leaf(netSource, positive)},
	{nsNetwork, "ratingTimestamp"}:   {element: leaf(netSource, isoTime)},
}

var isoForm = pattern(`^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$`)

var isoTime = matching(isoForm, rule{"InvalidISO8601DateTime", Error, "ISO 8601", "write it as 2023-11-20T00:00:00Z"}, "a date and time")

// upToCharacters is a check for text of at most so many characters.
func upToCharacters(most int) check {
	return func(j *judge, n *node, _, v string) {
		if length := len([]rune(v)); length > most {
			j.fault(n, tooLong, "", "has %d characters, at most %d are read", length, most)
		}
	}
}

var tooLong = rule{"TooLong", Error, "", "shorten it"}

// foldedOneOf is oneOf in any case of letters.
func foldedOneOf(r rule, values ...string) check {
	strict := oneOf(r, values...)
	return func(j *judge, n *node, attr, v string) { strict(j, n, attr, strings.ToLower(v)) }
}
