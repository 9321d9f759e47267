package check

import (
	"strings"
)

const (
	dcSource    = "Dublin Core Metadata Element Set 1.1"
	termsSource = "DCMI Metadata Terms"
	mediaSource = "Media RSS 1.5"
	geoSource   = "OGC GeoRSS 1.0"
)

// anywhere are extensions that may stand in every element with structure.
var anywhere = map[name]child{
	{nsDC, "title"}:       {element: leaf(dcSource, anything)},
	{nsDC, "creator"}:     {element: leaf(dcSource, anything), many: true},
	{nsDC, "subject"}:     {element: leaf(dcSource, anything), many: true},
	{nsDC, "description"}: {element: leaf(dcSource, anything)},
	{nsDC, "publisher"}:   {element: leaf(dcSource, anything), many: true},
	{nsDC, "contributor"}: {element: leaf(dcSource, anything), many: true},
	{nsDC, "date"}:        {element: leaf(dcSource, w3cdtf), many: true},
	{nsDC, "type"}:        {element: leaf(dcSource, anything)},
	{nsDC, "format"}:      {element: leaf(dcSource, anything)},
	{nsDC, "identifier"}:  {element: leaf(dcSource, anything), many: true},
	{nsDC, "source"}:      {element: leaf(dcSource, anything)},
	{nsDC, "language"}:    {element: leaf(dcSource, language)},
	{nsDC, "relation"}:    {element: leaf(dcSource, anything), many: true},
	{nsDC, "coverage"}:    {element: leaf(dcSource, anything), many: true},
	{nsDC, "rights"}:      {element: leaf(dcSource, plainText)},

	{nsDCTerms, "created"}:     {element: leaf(termsSource, w3cdtf)},
	{nsDCTerms, "issued"}:      {element: leaf(termsSource, w3cdtf)},
	{nsDCTerms, "modified"}:    {element: leaf(termsSource, w3cdtf)},
	{nsDCTerms, "abstract"}:    {element: leaf(termsSource, anything)},
	{nsDCTerms, "alternative"}: {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "audience"}:    {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "available"}:   {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "valid"}:       {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "license"}:     {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "references"}:  {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "isPartOf"}:    {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "spatial"}:     {element: leaf(termsSource, anything), many: true},
	{nsDCTerms, "extent"}:      {element: leaf(termsSource, positive)},

	{nsDCTerms, "dateAccepted"}:    {element: leaf(termsSource, anything)},
	{nsDCTerms, "dateCopyrighted"}: {element: leaf(termsSource, anything)},
	{nsDCTerms, "dateSubmitted"}:   {element: leaf(termsSource, anything)},
	{nsDCTerms, "mediator"}:        {element: leaf(termsSource, anything)},
	{nsDCTerms, "temporal"}:        {many: true},

	{nsDCTerms, "tableOfContents"}: {},
	{nsDCTerms, "isVersionOf"}:     {many: true},
	{nsDCTerms, "hasVersion"}:      {many: true},
	{nsDCTerms, "isReplacedBy"}:    {many: true},
	{nsDCTerms, "replaces"}:        {many: true},
	{nsDCTerms, "isRequiredBy"}:    {many: true},
	{nsDCTerms, "requires"}:        {many: true},
	{nsDCTerms, "hasPart"}:         {many: true},
	{nsDCTerms, "isReferencedBy"}:  {many: true},
	{nsDCTerms, "isFormatOf"}:      {many: true},
	{nsDCTerms, "hasFormat"}:       {many: true},
	{nsDCTerms, "conformsTo"}:      {many: true},

	{nsDCTerms, "accessRights"}:          {many: true},
	{nsDCTerms, "accrualMethod"}:         {many: true},
	{nsDCTerms, "accrualPeriodicity"}:    {many: true},
	{nsDCTerms, "accrualPolicy"}:         {many: true},
	{nsDCTerms, "bibliographicCitation"}: {many: true},
	{nsDCTerms, "educationLevel"}:        {many: true},
	{nsDCTerms, "instructionalMethod"}:   {many: true},
	{nsDCTerms, "provenance"}:            {many: true},
	{nsDCTerms, "rightsHolder"}:          {many: true},

	{nsGeoRSS, "point"}:           {element: leaf(geoSource, point), many: true},
	{nsGeoRSS, "line"}:            {element: leaf(geoSource, points), many: true},
	{nsGeoRSS, "polygon"}:         {element: leaf(geoSource, points), many: true},
	{nsGeoRSS, "box"}:             {element: leaf(geoSource, points), many: true},
	{nsGeoRSS, "where"}:           {many: true},
	{nsGeoRSS, "featureTypeTag"}:  {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "relationshipTag"}: {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "relationshiptag"}: {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "featuretypetag"}:  {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "featurename"}:     {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "featureName"}:     {element: leaf(geoSource, anything), many: true},
	{nsGeoRSS, "elev"}:            {element: leaf(geoSource, matching(decimal, invalidFloat, "a number")), many: true},
	{nsGeoRSS, "floor"}:           {element: leaf(geoSource, matching(integer, invalidInteger, "a whole number")), many: true},
	{nsGeoRSS, "radius"}:          {element: leaf(geoSource, matching(unsigned, invalidFloat, "a number")), many: true},
}

// atomInChannel are the elements of Atom that say in RSS what RSS cannot.
var atomInChannel = map[name]child{
	atomName("author"):      {element: atomLeaf("4.2.1", person), many: true},
	atomName("category"):    {element: atomLeaf("4.2.2", atomCategory), many: true},
	atomName("contributor"): {element: atomLeaf("4.2.3", person), many: true},
	atomName("generator"):   {element: atomLeaf("4.2.4", atomGenerator)},
	atomName("icon"):        {element: leaf("RFC 4287, section 4.2.5", all(filled, uriReference))},
	atomName("id"):          {element: leaf("RFC 4287, section 4.2.6", fullURI)},
	atomName("link"):        {element: atomLeaf("4.2.7", atomLink), many: true},
	atomName("logo"):        {element: leaf("RFC 4287, section 4.2.8", all(filled, uriReference))},
	atomName("rights"):      {element: atomLeaf("4.2.10", textConstruct)},
	atomName("subtitle"):    {element: atomLeaf("4.2.12", textConstruct)},
	atomName("title"):       {element: atomLeaf("4.2.14", textConstruct)},
	atomName("updated"):     {element: leaf("RFC 4287, section 4.2.15", rfc3339)},
}

// atomInItem are the same for an item.
var atomInItem = map[name]child{
	atomName("author"):      {element: atomLeaf("4.2.1", person)},
	atomName("category"):    {element: atomLeaf("4.2.2", atomCategory), many: true},
	atomName("contributor"): {element: atomLeaf("4.2.3", person), many: true},
	atomName("content"):     {element: atomContent},
	atomName("id"):          {element: leaf("RFC 4287, section 4.2.6", fullURI)},
	atomName("link"):        {element: atomLeaf("4.2.7", atomLink), many: true},
	atomName("published"):   {element: leaf("RFC 4287, section 4.2.9", rfc3339)},
	atomName("summary"):     {element: atomLeaf("4.2.13", textConstruct)},
	atomName("title"):       {element: atomLeaf("4.2.14", textConstruct)},
	atomName("updated"):     {element: leaf("RFC 4287, section 4.2.15", rfc3339)},
}

// channelExtensions may stand in a channel or an Atom feed.
var channelExtensions = map[name]child{
	{nsSy, "updatePeriod"}: {element: leaf("RSS 1.0 Syndication Module",
		oneOf(invalidUpdatePeriod, "hourly", "daily", "weekly", "monthly", "yearly"))},
	{nsSy, "updateFrequency"}: {element: leaf("RSS 1.0 Syndication Module", all(filled, positive))},
	{nsSy, "updateBase"}:      {element: leaf("RSS 1.0 Syndication Module", w3cdtf)},
	{nsHistory, "archive"}:    {element: &element{source: "RFC 5005, section 4"}},
	{nsHistory, "complete"}:   {element: &element{source: "RFC 5005, section 2"}},
	{nsLicense, "license"}:    {element: leaf("creativeCommons RSS Module", fullURI), many: true},
	{nsThread, "in-reply-to"}: {element: inReplyTo, many: true},
}

// feedExtensions may stand in an Atom feed.
var feedExtensions = map[name]child{
	{nsTombstones, "deleted-entry"}: {many: true, element: &element{
		source:   "RFC 6721, section 3",
		attrs:    map[string]check{"ref": absoluteIRI, "when": rfc3339},
		required: []string{"ref", "when"},
		begin:    tombstone,
		children: map[name]child{
			{nsTombstones, "by"}:      {element: person},
			{nsTombstones, "comment"}: {element: textConstruct},
			atomName("link"):          {element: atomLeaf("4.2.7", atomLink), many: true},
			atomName("source"):        {element: atomSource},
		},
		also: []map[name]child{anywhere},
	}},
}

// itemExtensions may stand in an item or an Atom entry.
var itemExtensions = map[name]child{
	{nsContent, "encoded"}: {element: &element{
		source: "RSS 1.0 Content Module",
		long:   longHTML,
		begin: func(j *judge, n *node) {
			if j.format == RSS && !j.rdf() && !j.parent().has("", "description") {
				j.fault(n, needDescriptionBeforeContent, "", "stands before the description, or there is none")
			}
		},
	}},
	{nsContent, "items"}:      {},
	{nsSlash, "comments"}:     {element: leaf("RSS 1.0 Slash Module", nonNegative)},
	{nsSlash, "section"}:      {element: leaf("RSS 1.0 Slash Module", anything), many: true},
	{nsSlash, "department"}:   {element: leaf("RSS 1.0 Slash Module", anything), many: true},
	{nsSlash, "hit_parade"}:   {element: leaf("RSS 1.0 Slash Module", matching(hitParade, invalidCommaSeparatedIntegers, "whole numbers with commas"))},
	{nsWFW, "comment"}:        {element: leaf("Well-Formed Web Comment API", fullURI)},
	{nsWFW, "commentRss"}:     {element: leaf("Well-Formed Web Comment API", fullURI)},
	{nsWFW, "commentRSS"}:     {element: leaf("Well-Formed Web Comment API", all(fullURI, misspeltCommentRSS))},
	{nsThread, "total"}:       {element: leaf("RFC 4685, section 5", nonNegative)},
	{nsThread, "in-reply-to"}: {element: inReplyTo, many: true},
	{nsLicense, "license"}:    {element: leaf("creativeCommons RSS Module", fullURI), many: true},
}

var hitParade = pattern(`^\d+(,\s*\d+)*$`)

func misspeltCommentRSS(j *judge, n *node, _, _ string) {
	j.fault(n, commentRSS, "", "is written commentRss")
}

var inReplyTo = &element{
	source: "RFC 4685, section 3",
	attrs:  map[string]check{"ref": canonicalIRI, "href": iri, "source": iri, "type": mimeType},
}

// point judges latitude and longitude in degrees.
func point(j *judge, n *node, _, v string) {
	switch m := coordinates().FindStringSubmatch(v); {
	case m == nil:
		j.fault(n, invalidCoord, "", "%q is not a latitude, a space and a longitude", clip(v))
	case !within(m[1], 90) || !within(m[3], 180):
		j.fault(n, invalidCoord, "", "%q is nowhere on earth", clip(v))
	case m[2] == ",":
		j.fault(n, coordComma, "", "%q has a comma where a space belongs", clip(v))
	}
}

// points judges two or more points.
func points(j *judge, n *node, _, v string) {
	if !coordinateList().MatchString(v) {
		j.fault(n, invalidCoordList, "", "%q is not a list of latitudes and longitudes", clip(v))
	} else if strings.Contains(v, ",") {
		j.fault(n, coordComma, "", "%q has a comma where a space belongs", clip(v))
	}
}

var (
	coordinates    = pattern(`^([-+]?\d+\.?\d*)([ ,])([-+]?\d+\.?\d*)$`)
	coordinateList = pattern(`^[-+]?\d+\.?\d*[ ,][-+]?\d+\.?\d*(\s+[-+]?\d+\.?\d*[ ,][-+]?\d+\.?\d*)+$`)
)

// tombstone notes what was deleted, and reports a deletion that is said twice.
func tombstone(j *judge, n *node) {
	ref, _ := n.attr("ref")
	when, _ := n.attr("when")
	if j.feed.tombstones == nil {
		j.feed.tombstones = map[string]string{}
	}
	if was, ok := j.feed.tombstones[ref]; ok && was == when {
		j.fault(n, duplicateTombstone, "ref", "%q was deleted twice at %s", clip(ref), clip(when))
	}
	if when > j.feed.tombstones[ref] {
		j.feed.tombstones[ref] = when
	}
}

// buried reports an entry that its feed says was deleted after its last update
// (RFC 6721, section 3).
func (j *judge) buried(n *node, id, updated string) {
	when, deleted := parseRFC3339(j.feed.tombstones[id])
	changed, ok := parseRFC3339(updated)
	if deleted && ok && !when.Before(changed) {
		j.fault(n, entryDeleted, "", "%q was deleted at %s and is there all the same", clip(id), stamp(when))
	}
}
