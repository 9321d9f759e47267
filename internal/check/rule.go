package check

// A rule is one thing that a document can do wrong. Names and levels are those
// of the W3C feed validator where it has the rule; docs-xml in its repository
// explains them at length.
type rule struct {
	name   string
	level  Level
	source string // who says so; empty: what defines the element in question
	hint   string // what to do
}

// of returns r as said by source, unless it says who says so itself.
func (r rule) of(source string) rule {
	if r.source == "" {
		r.source = source
	}
	return r
}

const (
	xmlSource       = "XML 1.0"
	namespaceSource = "Namespaces in XML 1.0"
	jsonSource      = "JSON Feed 1.1"
	htmlSource      = "HTML Living Standard"
	uriSource       = "RFC 3986"
)

// What any document of XML can do wrong.
var (
	saxError             = rule{"SAXError", Error, xmlSource, "escape &, < and > in text, close what is open, leave out control characters"}
	unicodeError         = rule{"UnicodeError", Error, "XML 1.0, section 4.3.3", "write the document in UTF-8"}
	unknownEncoding      = rule{"UnknownEncoding", Error, "XML 1.0, section 4.3.3; readers of feeds expect UTF-8", "write the document in UTF-8 and say so in the XML declaration"}
	notUTF8              = rule{"NotUTF8", Warning, itunesSource, "write the document in UTF-8 and say so in the XML declaration"}
	wpBlankLine          = rule{"WPBlankLine", Error, "XML 1.0, section 2.8", "let the document begin with <?xml"}
	byteOrder            = rule{"ByteOrderMark", Advice, "XML 1.0, appendix F", "leave it out: some readers stumble over it"}
	missingEncoding      = rule{"MissingEncoding", Advice, "XML 1.0, section 4.3.3", `begin with <?xml version="1.0" encoding="utf-8"?>`}
	badXMLVersion        = rule{"BadXmlVersion", Error, "XML 1.0, section 2.8", "write 1.0"}
	badCharacters        = rule{"BadCharacters", Warning, "XML 1.0, section 2.2", "convert the text from its real encoding: most often Windows-1252"}
	undefinedNamedEntity = rule{"UndefinedNamedEntity", Error, "XML 1.0, section 4.1", "write the character itself, or its number"}
	containsSystemEntity = rule{"ContainsSystemEntity", Advice, "XML 1.0, section 2.8; feeds have no document type", "leave it out: readers do not look at it, some refuse it"}
	deprecatedDTD        = rule{"DeprecatedDTD", Error, "RSS 0.91", "leave the document type out"}
	missingNamespace     = rule{"MissingNamespace", Error, namespaceSource + ", section 5", "declare the prefix at the root element"}
	validatorLimit       = rule{"ValidatorLimit", Error, "the limits of this validator", "feeds need no such structure"}
	encodingMismatch     = rule{"EncodingMismatch", Warning, "RFC 7303, section 3", "serve it with charset=utf-8"}
)

// What concerns namespaces and the structure of feeds.
var (
	invalidNamespace         = rule{"InvalidNamespace", Error, namespaceSource, "RSS 2.0 has no namespace, Atom has " + nsAtom}
	obsoleteNamespace        = rule{"ObsoleteNamespace", Error, "RFC 4287, section 1.2", "use " + nsAtom}
	obsoleteVersion          = rule{"ObsoleteVersion", Warning, opmlSource, "write opml, with its version"}
	oldRSS                   = rule{"OldRSS", Advice, rss1Source, "RSS 2.0 and Atom are understood by more readers"}
	mediaRSSNamespace        = rule{"MediaRssNamespace", Error, mediaSource, "write " + nsMedia}
	reservedPrefix           = rule{"ReservedPrefix", Warning, namespaceSource, "use another prefix: some readers look at it only"}
	nonstdPrefix             = rule{"NonstdPrefix", Advice, namespaceSource, "use the usual one: some readers look at it only"}
	avoidNamespacePrefix     = rule{"AvoidNamespacePrefix", Warning, "RFC 4287, section 1.2", "declare it as the default namespace"}
	unknownNamespace         = rule{"UnknownNamespace", Warning, namespaceSource, "leave out what readers do not know"}
	undeterminableVocabulary = rule{"UndeterminableVocabulary", Warning, "RFC 4287, section 6.3", "give the element a namespace"}
	notInANamespace          = rule{"NotInANamespace", Error, "RSS 2.0, extending RSS", "give the element a namespace"}
	useOfExtensionAttr       = rule{"UseOfExtensionAttr", Warning, "RSS 2.0, extending RSS", "use elements of one's own instead"}
	misplacedXHTMLContent    = rule{"MisplacedXHTMLContent", Warning, nsXHTML, "put markup into a description or content"}
	questionableUsage        = rule{"QuestionableUsage", Warning, "", "look where other feeds have it"}
	undefinedElement         = rule{"UndefinedElement", Error, "", "leave it out, or look at its spelling"}
	unexpectedAttribute      = rule{"UnexpectedAttribute", Error, "", "leave it out, or look at its spelling"}
	missingAttribute         = rule{"MissingAttribute", Error, "", "add it"}
	missingElement           = rule{"MissingElement", Error, "", "add it"}
	missingTitle             = rule{"MissingTitle", Error, "", "add it"}
	missingLink              = rule{"MissingLink", Error, "", "add it"}
	missingDescription       = rule{"MissingDescription", Error, "", "add it"}
	duplicateElement         = rule{"DuplicateElement", Error, "", "keep one"}
	unexpectedText           = rule{"UnexpectedText", Error, "", "leave it out, or put it into an element"}
	unexpectedContentType    = rule{"UnexpectedContentType", Warning, "RFC 9110, section 8.3", "serve it as what it is"}
)

// What concerns feeds in RSS.
var (
	invalidRSSVersion                 = rule{"InvalidRSSVersion", Error, "RSS 2.0, what is RSS?", `write version="2.0"`}
	missingAtomSelfLink               = rule{"MissingAtomSelfLink", Warning, profileSource + ", atom:link", `add <atom:link rel="self">`}
	missingDCLanguage                 = rule{"MissingDCLanguage", Advice, channelSource, "add language"}
	misplacedItem                     = rule{"MisplacedItem", Warning, profileSource + ", item", "put items behind everything else"}
	itemMustContainTitleOrDescription = rule{"ItemMustContainTitleOrDescription", Error, itemSource, "add one of them"}
	missingGUID                       = rule{"MissingGuid", Warning, profileSource + ", guid", "add a guid: readers know an entry by it"}
	invalidHTTPGUID                   = rule{"InvalidHttpGUID", Error, "RSS 2.0, guid of item", `add isPermaLink="false"`}
	invalidPermalink                  = rule{"InvalidPermalink", Error, "RSS 2.0, guid of item", `add isPermaLink="false"`}
	notSufficientlyUnique             = rule{"NotSufficientlyUnique", Warning, "RSS 2.0, guid of item", "use an address or a tag"}
	duplicateEnclosure                = rule{"DuplicateEnclosure", Warning, profileSource + ", enclosure", "put further media into media:content"}
	duplicateSemantics                = rule{"DuplicateSemantics", Warning, profileSource, "keep the one that RSS defines"}
	duplicateItemSemantics            = rule{"DuplicateItemSemantics", Warning, profileSource, "keep one of them"}
	duplicateDescriptionSemantics     = rule{"DuplicateDescriptionSemantics", Warning, profileSource, "keep the one that RSS defines"}
	needDescriptionBeforeContent      = rule{"NeedDescriptionBeforeContent", Warning, profileSource + ", content:encoded", "put a description before it"}
	slashDate                         = rule{"SlashDate", Warning, profileSource + ", slash:comments", "add lastBuildDate"}
	useZeroForUnknown                 = rule{"UseZeroForUnknown", Error, profileSource + ", enclosure", "write 0"}
	useZeroForMidnight                = rule{"UseZeroForMidnight", Warning, profileSource + ", skipHours", "write 0"}
	notEnoughHoursInTheDay            = rule{"NotEnoughHoursInTheDay", Error, channelSource, "leave hours out"}
	eightDaysAWeek                    = rule{"EightDaysAWeek", Error, channelSource, "leave days out"}
	invalidHour                       = rule{"InvalidHour", Error, channelSource, "write an hour of GMT from 0 to 23"}
	invalidDay                        = rule{"InvalidDay", Error, channelSource, "write Monday to Sunday"}
	invalidWidth                      = rule{"InvalidWidth", Error, "RSS 2.0, image of channel", "leave width out for larger pictures"}
	invalidHeight                     = rule{"InvalidHeight", Error, "RSS 2.0, image of channel", "leave height out for larger pictures"}
	imageURLFormat                    = rule{"ImageUrlFormat", Warning, "RSS 2.0, image of channel", "use GIF, JPEG or PNG"}
	imageLinkDoesntMatch              = rule{"ImageLinkDoesntMatch", Warning, profileSource + ", image", "repeat the channel's link"}
	imageTitleDoesntMatch             = rule{"ImageTitleDoesntMatch", Warning, profileSource + ", image", "repeat the channel's title"}
	avoidTextInput                    = rule{"AvoidTextInput", Warning, profileSource + ", textInput", "leave it out"}
	invalidFormComponentName          = rule{"InvalidFormComponentName", Error, "RSS 2.0, textInput of channel", "begin with a letter, without spaces"}
	characterData                     = rule{"CharacterData", Warning, profileSource + ", character data", "write & as &#x26; and < as &#x3C;"}
	emailFormat                       = rule{"EmailFormat", Warning, profileSource + ", author", "write it as desk@example.org (The Desk)"}
	missingRealName                   = rule{"MissingRealName", Warning, profileSource + ", author", "write it as desk@example.org (The Desk)"}
	commentRSS                        = rule{"CommentRSS", Warning, "Well-Formed Web Comment API", "write commentRss"}
)

// What concerns feeds in Atom and their history.
var (
	missingSelf                  = rule{"MissingSelf", Warning, "RFC 4287, section 4.1.1", "add the address at which the feed is served"}
	relativeSelf                 = rule{"RelativeSelf", Warning, "RFC 4287, section 4.2.7.2", "write the whole address"}
	selfDoesntMatchLocation      = rule{"SelfDoesntMatchLocation", Warning, "RFC 4287, section 4.2.7.2", "write the address at which the feed is served: readers move to it"}
	selfNotAtom                  = rule{"SelfNotAtom", Warning, "RFC 4287, section 4.2.7.2", "name the type of this document, and others as alternate"}
	misplacedMetadata            = rule{"MisplacedMetadata", Error, "RFC 4287, section 4.1.1", "put it before the entries"}
	missingSourceElement         = rule{"MissingSourceElement", Warning, "RFC 4287, section 4.2.11", "add it"}
	missingContentOrAlternate    = rule{"MissingContentOrAlternate", Error, "RFC 4287, section 4.1.2", "add one of them"}
	missingSummary               = rule{"MissingSummary", Error, "RFC 4287, section 4.1.2", "add a summary"}
	missingTextualContent        = rule{"MissingTextualContent", Warning, "RFC 4287, section 4.1.1.1", "add one of them"}
	missingHref                  = rule{"MissingHref", Error, "RFC 4287, section 4.2.7.1", "add it"}
	duplicateAtomLink            = rule{"DuplicateAtomLink", Error, "RFC 4287, section 4.1.2", "keep one, or tell them apart by type or hreflang"}
	duplicateEntries             = rule{"DuplicateEntries", Warning, "RFC 4287, section 4.1.1", "keep the newest: readers show one of them"}
	duplicateIDs                 = rule{"DuplicateIds", Error, "RFC 4287, section 4.2.6", "give each entry an id of its own"}
	duplicateUpdated             = rule{"DuplicateUpdated", Advice, "RFC 4287, section 4.2.15", "write the time of day"}
	atomLinkNotEmpty             = rule{"AtomLinkNotEmpty", Warning, "RFC 4287, section 4.2.7", "put the address into href"}
	unregisteredAtomLinkRel      = rule{"UnregisteredAtomLinkRel", Warning, "RFC 4287, section 4.2.7.2", "use a relation of the IANA registry, or an address"}
	attrNotBlank                 = rule{"AttrNotBlank", Warning, "", "leave it out, or say something"}
	invalidTextType              = rule{"InvalidTextType", Error, "RFC 4287, section 3.1.1", "write text, html or xhtml"}
	missingTypeAttr              = rule{"MissingTypeAttr", Warning, "RFC 4287, section 4.1.3.2", "add type"}
	missingXHTMLDiv              = rule{"MissingXhtmlDiv", Error, "RFC 4287, section 3.1.1.3", "put everything into one div of " + nsXHTML}
	notBase64                    = rule{"NotBase64", Error, "RFC 4287, section 4.1.3.3", "encode it, or look at the type"}
	notInline                    = rule{"NotInline", Warning, "RFC 4287, section 3.1.1.3", "write markup as elements, or use type html"}
	htmlFragment                 = rule{"HtmlFragment", Warning, "RFC 4287, section 4.1.3.3", "use type html or xhtml"}
	invalidAddrSpec              = rule{"InvalidAddrSpec", Error, "RFC 4287, section 3.2.3", "write the bare address"}
	containsEmail                = rule{"ContainsEmail", Warning, "RFC 4287, section 3.2.1", "put the address into email"}
	duplicateTombstone           = rule{"DuplicateTombstone", Warning, "RFC 6721, section 3", "say it once"}
	entryDeleted                 = rule{"EntryDeleted", Warning, "RFC 6721, section 3", "take the entry or the tombstone out: readers may delete it"}
	feedHistoryRelInEntry        = rule{"FeedHistoryRelInEntry", Warning, "RFC 5005, section 1.1", "put it into the feed"}
	feedRelInCompleteFeed        = rule{"FeedRelInCompleteFeed", Error, "RFC 5005, section 2", "a complete feed has no further documents"}
	currentNotSelfInCompleteFeed = rule{"CurrentNotSelfInCompleteFeed", Error, "RFC 5005, section 2", "a complete feed has no further documents"}
	linkPastEnd                  = rule{"LinkPastEnd", Error, "RFC 5005, section 3", "leave it out"}
	missingCurrentInArchive      = rule{"MissingCurrentInArchive", Warning, "RFC 5005, section 4", "add a link current"}
	archiveIncomplete            = rule{"ArchiveIncomplete", Warning, "RFC 5005, section 4", "add a link prev-archive or next-archive"}
)

// What concerns values.
var (
	notBlank                      = rule{"NotBlank", Warning, "", "leave it out, or say something"}
	unexpectedWhitespace          = rule{"UnexpectedWhitespace", Error, "", "write it without line breaks and spaces"}
	duplicateValue                = rule{"DuplicateValue", Error, "", "keep one"}
	invalidRFC2822Date            = rule{"InvalidRFC2822Date", Error, "RSS 2.0, with RFC 822, section 5", "write it as Mon, 20 Nov 2023 00:00:00 GMT"}
	incorrectDOW                  = rule{"IncorrectDOW", Error, "RFC 822, section 5.2", "name the right day, or none"}
	problematicalRFC822Date       = rule{"ProblematicalRFC822Date", Warning, "RSS 2.0, with RFC 822, section 5", "write it as Mon, 20 Nov 2023 00:00:00 GMT"}
	implausibleDate               = rule{"ImplausibleDate", Warning, "", "look at the date"}
	invalidRFC3339Date            = rule{"InvalidRFC3339Date", Error, "RFC 3339, section 5.6", "write it as 2023-11-20T00:00:00Z"}
	invalidW3CDTFDate             = rule{"InvalidW3CDTFDate", Error, "W3C Date and Time Formats", "write it as 2023-11-20T00:00:00Z or 2023-11-20"}
	invalidLink                   = rule{"InvalidLink", Error, uriSource, "write an address"}
	invalidFullLink               = rule{"InvalidFullLink", Error, uriSource + ", section 4.3", "write the whole address, beginning with https://"}
	invalidIRI                    = rule{"InvalidIRI", Error, "RFC 3987", "write an address"}
	invalidURIAttribute           = rule{"InvalidURIAttribute", Error, uriSource, "write an address"}
	invalidURLAttribute           = rule{"InvalidURLAttribute", Error, "", "write the whole address, beginning with https://"}
	invalidURIChar                = rule{"InvalidUriChar", Error, uriSource + ", section 2", "write the character as % and its number"}
	uriNotIRI                     = rule{"UriNotIri", Error, uriSource + ", section 2", "encode letters beyond ASCII"}
	nonCanonicalURI               = rule{"NonCanonicalURI", Warning, uriSource + ", section 6.2.2", "write it in its normal form, unless it was published before"}
	schemeNotIANARegistered       = rule{"SchemeNotIANARegistered", Warning, "RFC 7595", "use an address that readers can open"}
	invalidTAG                    = rule{"InvalidTAG", Error, "RFC 4151, section 2.1", "write it as tag:example.org,2023:name"}
	invalidURN                    = rule{"InvalidURN", Error, "RFC 8141, section 2", "write it as urn:isbn:9780000000000"}
	invalidUUID                   = rule{"InvalidUUID", Error, "RFC 9562, section 4", "write it as urn:uuid: and 36 characters"}
	invalidLanguage               = rule{"InvalidLanguage", Error, "BCP 47", "write it as en or en-GB"}
	invalidContact                = rule{"InvalidContact", Error, "", "write it as desk@example.org (The Desk), or use dc:creator"}
	invalidBooleanAttribute       = rule{"InvalidBooleanAttribute", Error, "", "write true or false"}
	invalidIntegerAttribute       = rule{"InvalidIntegerAttribute", Error, "", "write a whole number"}
	invalidInteger                = rule{"InvalidInteger", Error, "", "write a whole number"}
	invalidNonNegativeInteger     = rule{"InvalidNonNegativeInteger", Error, "", "write a whole number from 0"}
	invalidPositiveInteger        = rule{"InvalidPositiveInteger", Error, "", "write a whole number above 0"}
	invalidFloat                  = rule{"InvalidFloat", Error, "", "write a number"}
	invalidMIMEType               = rule{"InvalidMIMEType", Error, "RFC 9110, section 8.3.1", "write it as text/html"}
	invalidMIMEAttribute          = rule{"InvalidMIMEAttribute", Error, "RFC 9110, section 8.3.1", "write it as image/jpeg"}
	invalidTrueFalse              = rule{"InvalidTrueFalse", Error, "", "write true or false"}
	invalidUpdatePeriod           = rule{"InvalidUpdatePeriod", Error, "", "write hourly, daily, weekly, monthly or yearly"}
	invalidCommaSeparatedIntegers = rule{"InvalidCommaSeparatedIntegers", Error, "", "write it as 1,2,3"}
	invalidCountryCode            = rule{"InvalidCountryCode", Error, "ISO 3166-1", "write two letters"}
	invalidCoord                  = rule{"InvalidCoord", Error, geoSource, "write it as 41.99 21.43"}
	invalidCoordList              = rule{"InvalidCoordList", Error, geoSource, "write it as 41.99 21.43 42.66 21.17"}
	coordComma                    = rule{"CoordComma", Warning, geoSource, "write a space"}
)

// What concerns media.
var (
	deprecatedMediaAdult          = rule{"DeprecatedMediaAdult", Warning, mediaSource, "use media:rating"}
	mediaGroupWithoutAlternatives = rule{"MediaGroupWithoutAlternatives", Error, mediaSource, "use media:content without a group"}
	invalidMediaTextType          = rule{"InvalidMediaTextType", Error, mediaSource, "write plain or html"}
	invalidMediaHash              = rule{"InvalidMediaHash", Error, mediaSource, "use md5 or sha-1"}
	invalidMediaRating            = rule{"InvalidMediaRating", Error, mediaSource, "use a value of the scheme"}
	invalidMediaRestriction       = rule{"InvalidMediaRestriction", Error, mediaSource, "write all or none, or add a type"}
	invalidMediaRestrictionRel    = rule{"InvalidMediaRestrictionRel", Error, mediaSource, "write allow or deny"}
	invalidMediaRestrictionType   = rule{"InvalidMediaRestrictionType", Error, mediaSource, "write country or uri"}
	invalidMediaMedium            = rule{"InvalidMediaMedium", Error, mediaSource, "write image, audio, video, document or executable"}
	invalidMediaExpression        = rule{"InvalidMediaExpression", Error, mediaSource, "write sample, full or nonstop"}
	invalidCreditRole             = rule{"InvalidCreditRole", Error, mediaSource, "write it in lower case"}
	invalidNPTTime                = rule{"InvalidNPTTime", Error, mediaSource, "write it as 12:05:35"}
)

// What concerns text and HTML.
var (
	containsHTML           = rule{"ContainsHTML", Warning, profileSource + ", character data", "leave markup out: readers show it as it is"}
	containsUndeclaredHTML = rule{"ContainsUndeclaredHTML", Warning, "RFC 4287, section 3.1.1", "leave markup out, or use type html"}
	notHTML                = rule{"NotHtml", Warning, htmlSource, "balance the tags, and escape < and & that are text"}
	containsRelRef         = rule{"ContainsRelRef", Warning, profileSource + ", relative addresses", "write the whole address: readers do not know the base"}
	securityRisk           = rule{"SecurityRisk", Warning, "RFC 4287, section 8.1", "leave it out"}
	securityRiskAttr       = rule{"SecurityRiskAttr", Warning, "RFC 4287, section 8.1", "leave it out"}
	dangerousStyleAttr     = rule{"DangerousStyleAttr", Warning, "RFC 4287, section 8.1", "leave it out"}
)

// What a JSON Feed can do wrong beyond its values.
var (
	jsonSyntax      = rule{"JSONSyntax", Error, "RFC 8259", "write it with a library"}
	jsonDuplicate   = rule{"JSONDuplicate", Error, "RFC 8259, section 4", "keep one"}
	jsonType        = rule{"JSONType", Error, jsonSource, "write the type that the specification names"}
	jsonVersion     = rule{"JSONVersion", Error, jsonSource + ", top-level", `write "https://jsonfeed.org/version/1.1"`}
	jsonOldVersion  = rule{"JSONOldVersion", Advice, jsonSource + ", top-level", `write "https://jsonfeed.org/version/1.1"`}
	jsonOrder       = rule{"JSONOrder", Advice, jsonSource + ", top-level", "put version first: readers know the format by it"}
	jsonMissing     = rule{"JSONMissing", Error, jsonSource, "add it"}
	jsonRecommended = rule{"JSONRecommended", Warning, jsonSource, "add it"}
	jsonContent     = rule{"JSONContent", Error, jsonSource + ", items", "add content_html or content_text"}
	jsonExtension   = rule{"JSONExtension", Error, jsonSource + ", extensions", "begin with _ and a letter, without full stops, and hold an object"}
	jsonLoop        = rule{"JSONLoop", Error, jsonSource + ", top-level", "leave next_url out of the last document"}
)

// What a page can do wrong.
var (
	pageDoctype = rule{"PageDoctype", Error, htmlSource + ", section 13.1.1", "begin with <!doctype html>"}
	pageTitle   = rule{"PageTitle", Error, htmlSource + ", section 4.2.2", "add a title"}
	pageLang    = rule{"PageLang", Warning, htmlSource + ", section 3.2.6.2", "add lang to <html>"}
	pageID      = rule{"PageID", Error, htmlSource + ", section 3.2.6", "give each element an id of its own"}
	pageFeed    = rule{"PageFeed", Error, htmlSource + ", section 4.6.7.1", "write the whole address of the feed"}
)

// What shows only across the documents of an edition.
var (
	brokenLink             = rule{"BrokenLink", Error, "every link below the base leads to a document of the edition", "publish the document, or take the link out"}
	unreadable             = rule{"Unreadable", Error, "every document of an edition can be read", "build again"}
	formatsDiffer          = rule{"FormatsDiffer", Error, "the formats of a feed say the same", "give an entry the same date and link in every format"}
	updatedBeforePublished = rule{"UpdatedBeforePublished", Error, "RFC 4287, sections 4.2.9 and 4.2.15", "an entry is published first"}
	idsDiffer              = rule{"IDsDiffer", Error, "the formats of a feed say the same", "give an entry the same id in every format"}
)

// What shows only against the edition before.
var (
	noTombstone      = rule{"NoTombstone", Advice, "RFC 6721, section 3", "add at:deleted-entry: readers keep the entry otherwise"}
	feedIDChanged    = rule{"FeedIDChanged", Warning, "RFC 4287, section 4.2.6", "keep the id: readers know the feed by it"}
	selfChanged      = rule{"SelfChanged", Warning, "RFC 4287, section 4.2.7.2", "keep the old address answering with 301 for years"}
	publishedChanged = rule{"PublishedChanged", Warning, "RFC 4287, section 4.2.9", "leave it: some readers show the entry again, others never move it"}
	updatedWentBack  = rule{"UpdatedWentBack", Warning, "RFC 4287, section 4.2.15", "let it grow: readers take an older date for an older text"}
	reannounced      = rule{"Reannounced", Warning, "RFC 4287, section 4.2.6", "keep the id: subscribers are shown the story again"}
	feedRemoved      = rule{"FeedRemoved", Warning, "RFC 9110, section 15.4.2", "redirect its address to the feed that follows it"}
)
