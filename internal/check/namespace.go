package check

const (
	nsAtom       = "http://www.w3.org/2005/Atom"
	nsAtom03     = "http://purl.org/atom/ns#"
	nsContent    = "http://purl.org/rss/1.0/modules/content/"
	nsDC         = "http://purl.org/dc/elements/1.1/"
	nsDCTerms    = "http://purl.org/dc/terms/"
	nsMedia      = "http://search.yahoo.com/mrss/"
	nsGeoRSS     = "http://www.georss.org/georss"
	nsSlash      = "http://purl.org/rss/1.0/modules/slash/"
	nsSy         = "http://purl.org/rss/1.0/modules/syndication/"
	nsWFW        = "http://wellformedweb.org/CommentAPI/"
	nsLicense    = "http://backend.userland.com/creativeCommonsRssModule"
	nsHistory    = "http://purl.org/syndication/history/1.0"
	nsThread     = "http://purl.org/syndication/thread/1.0"
	nsThreading  = "http://purl.org/rss/1.0/modules/threading/"
	nsTombstones = "http://purl.org/atompub/tombstones/1.0"
	nsXHTML      = "http://www.w3.org/1999/xhtml"
	nsSVG        = "http://www.w3.org/2000/svg"
	nsMathML     = "http://www.w3.org/1998/Math/MathML"
	nsRDF        = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsRDFS       = "http://www.w3.org/2000/01/rdf-schema#"
	nsRSS1       = "http://purl.org/rss/1.0/"
	nsRSS090     = "http://my.netscape.com/rdf/simple/0.9/"
	nsItunes     = "http://www.itunes.com/dtds/podcast-1.0.dtd"
	nsPodcast    = "https://podcastindex.org/namespace/1.0"
	nsGeo        = "http://www.w3.org/2003/01/geo/wgs84_pos#"
	nsGeoURL     = "http://geourl.org/rss/module/"
	nsICBM       = "http://postneo.com/icbm"
	nsAdmin      = "http://webns.net/mvcb/"
	nsTrackback  = "http://madskills.com/public/xml/rss/module/trackback/"
	nsBurner     = "http://rssnamespace.org/feedburner/ext/1.0"
	nsLicenseCC  = "http://web.resource.org/cc/"
	nsTaxonomy   = "http://purl.org/rss/1.0/modules/taxonomy/"
	nsSmartNews  = "http://www.smartnews.be/snf"
	nsMSN        = "http://schemas.ingestion.microsoft.com/common/"
	nsNetwork    = "http://conversationsnetwork.org/rssNamespace-1.0/"

	nsBlogChannel = "http://backend.userland.com/blogChannelModule"
	nsSitemap     = "http://www.sitemaps.org/schemas/sitemap/0.9"
	nsNews        = "http://www.google.com/schemas/sitemap-news/0.9"
	nsImage       = "http://www.google.com/schemas/sitemap-image/1.1"
	nsVideo       = "http://www.google.com/schemas/sitemap-video/1.1"
)

// prefixes are the namespaces that are known in feeds, with the prefix that
// they usually have: readers that are not aware of namespaces look for it.
var prefixes = map[string]string{
	nsAtom:       "atom",
	nsContent:    "content",
	nsDC:         "dc",
	nsDCTerms:    "dcterms",
	nsMedia:      "media",
	nsGeoRSS:     "georss",
	nsSlash:      "slash",
	nsSy:         "sy",
	nsWFW:        "wfw",
	nsLicense:    "creativeCommons",
	nsHistory:    "fh",
	nsThread:     "thr",
	nsTombstones: "at",
	nsXHTML:      "xhtml",
	nsSVG:        "svg",
	nsMathML:     "mathml",
	nsRDF:        "rdf",
	nsXML:        "xml",

	nsItunes:      "itunes",
	nsPodcast:     "podcast",
	nsRDFS:        "rdfs",
	nsRSS1:        "",
	nsRSS090:      "",
	nsGeo:         "geo",
	nsGeoURL:      "geourl",
	nsICBM:        "icbm",
	nsAdmin:       "admin",
	nsTrackback:   "trackback",
	nsBurner:      "feedburner",
	nsLicenseCC:   "cc",
	nsNetwork:     "conversationsNetwork",
	nsBlogChannel: "blogChannel",
	nsSitemap:     "",
	nsNews:        "news",
	nsImage:       "image",
	nsVideo:       "video",

	"http://www.opengis.net/gml":                 "gml",
	"http://xmlns.com/foaf/0.1/":                 "foaf",
	"http://a9.com/-/spec/opensearch/1.1/":       "opensearch",
	"http://a9.com/-/spec/opensearchrss/1.0/":    "opensearch10",
	"http://www.w3.org/2007/app":                 "app",
	"http://base.google.com/ns/1.0":              "g",
	"http://www.w3.org/1999/xlink":               "xlink",
	"http://schemas.google.com/g/2005":           "",
	"http://schema.org/":                         "",
	"https://schema.org/":                        "",
	"http://www.rawvoice.com/rawvoiceRssModule/": "",
	"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "",

	// Of these only the names are known.
	"http://www.bloglines.com/about/specs/fac-1.0":   "access",
	"http://purl.org/rss/1.0/modules/aggregation/":   "ag",
	"http://purl.org/rss/1.0/modules/annotate/":      "annotate",
	"http://media.tangent.org/rss/1.0/":              "audio",
	"http://www.microsoft.com/schemas/rss/core/2005": "cf",
	"http://purl.org/rss/1.0/modules/company":        "company",
	"http://my.theinfo.org/changed/1.0/rss/":         "cp",
	"http://purl.org/rss/1.0/modules/email/":         "email",
	"http://purl.org/rss/1.0/modules/event/":         "ev",
	"urn:atom-extension:indexing":                    "indexing",
	"http://purl.org/rss/1.0/modules/link/":          "l",
	"http://www.opml.org/spec2":                      "opml",
	"http://purl.org/rss/1.0/modules/reference/":     "ref",
	"http://purl.org/rss/1.0/modules/richequiv/":     "reqv",
	"http://purl.org/rss/1.0/modules/rss091#":        "rss091",
	"http://purl.org/rss/1.0/modules/search/":        "search",
	"http://purl.org/rss/1.0/modules/servicestatus/": "ss",
	"http://hacks.benhammersley.com/rss/streaming/":  "str",
	"http://purl.org/rss/1.0/modules/subscription/":  "sub",
	"http://feedsync.org/2007/feedsync":              "sx",
	nsTaxonomy:                                       "taxo",
	nsThreading:                                      "thr",
	"http://purl.org/rss/1.0/modules/wiki/":          "wiki",
	"http://www.usemod.com/cgi-bin/mb.pl?ModWiki":    "",
	"http://schemas.xmlsoap.org/soap/envelope/":      "soap",
}

// uris is prefixes the other way round.
var uris = func() map[string]string {
	m := map[string]string{}
	for uri, prefix := range prefixes {
		if prefix != "" {
			m[prefix] = uri
		}
	}
	m["thr"] = nsThread // and not the module of RSS 1.0
	return m
}()

// judged are the namespaces of which every element is known here: another one
// is a mistake. Those of the other namespaces are passed over.
var judged = map[string]bool{
	nsAtom: true, nsContent: true, nsDC: true, nsDCTerms: true, nsMedia: true, nsGeoRSS: true, nsSlash: true,
	nsSy: true, nsWFW: true, nsLicense: true, nsHistory: true, nsThread: true, nsTombstones: true,
	nsItunes: true, nsAdmin: true, nsTrackback: true, nsBurner: true, nsNetwork: true, nsBlogChannel: true,
	nsNews: true,
}

// atomNames are the elements that RFC 4287 defines outside of persons.
var atomNames = map[string]bool{
	"author": true, "category": true, "content": true, "contributor": true, "generator": true, "icon": true,
	"id": true, "link": true, "logo": true, "published": true, "rights": true, "subtitle": true, "summary": true,
	"title": true, "updated": true,
}
