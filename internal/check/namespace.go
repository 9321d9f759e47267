package check

const (
	nsAtom       = "http://www.w3.org/2005/Atom"
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
	nsTombstones = "http://purl.org/atompub/tombstones/1.0"
	nsXHTML      = "http://www.w3.org/1999/xhtml"
	nsSVG        = "http://www.w3.org/2000/svg"
	nsMathML     = "http://www.w3.org/1998/Math/MathML"
	nsRDF        = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
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

	"http://www.itunes.com/dtds/podcast-1.0.dtd":            "itunes",
	"https://podcastindex.org/namespace/1.0":                "podcast",
	"http://www.w3.org/2000/01/rdf-schema#":                 "rdfs",
	"http://www.w3.org/2003/01/geo/wgs84_pos#":              "geo",
	"http://www.opengis.net/gml":                            "gml",
	"http://webns.net/mvcb/":                                "admin",
	"http://web.resource.org/cc/":                           "cc",
	"http://xmlns.com/foaf/0.1/":                            "foaf",
	"http://rssnamespace.org/feedburner/ext/1.0":            "feedburner",
	"http://madskills.com/public/xml/rss/module/trackback/": "trackback",
	"http://a9.com/-/spec/opensearch/1.1/":                  "opensearch",
	"http://www.w3.org/2007/app":                            "app",
	"http://base.google.com/ns/1.0":                         "g",
	"http://www.w3.org/1999/xlink":                          "xlink",
	"http://schemas.google.com/g/2005":                      "",
	"http://schema.org/":                                    "",
	"https://schema.org/":                                   "",
}

// uris is prefixes the other way round.
var uris = func() map[string]string {
	m := map[string]string{}
	for uri, prefix := range prefixes {
		if prefix != "" {
			m[prefix] = uri
		}
	}
	return m
}()

// judged are the namespaces of which every element is known here: another one
// is a mistake. Those of the other namespaces are passed over.
var judged = map[string]bool{
	nsAtom: true, nsContent: true, nsDC: true, nsDCTerms: true, nsMedia: true, nsGeoRSS: true, nsSlash: true,
	nsSy: true, nsWFW: true, nsLicense: true, nsHistory: true, nsThread: true, nsTombstones: true,
}

// atomNames are the elements that RFC 4287 defines outside of persons.
var atomNames = map[string]bool{
	"author": true, "category": true, "content": true, "contributor": true, "generator": true, "icon": true,
	"id": true, "link": true, "logo": true, "published": true, "rights": true, "subtitle": true, "summary": true,
	"title": true, "updated": true,
}
