package check

import (
	"mime"
	"net/url"
	"strings"
)

// feedLink is an atom:link.
type feedLink struct{ rel, mime, hreflang, href string }

// atomLink is <link> (RFC 4287, section 4.2.7).
var atomLink = &element{
	attrs: map[string]check{
		"href":        iri,
		"rel":         linkRelation,
		"type":        mimeType,
		"hreflang":    language,
		"title":       all(attrFilled, plainText),
		"length":      nonNegative,
		"thr:count":   nonNegative,
		"thr:updated": rfc3339,
	},
	begin: func(j *judge, n *node) {
		l := feedLink{rel: "alternate"}
		if rel, ok := n.attr("rel"); ok {
			l.rel = strings.TrimPrefix(rel, "http://www.iana.org/assignments/relation/")
		}
		l.mime, _ = n.attr("type")
		l.hreflang, _ = n.attr("hreflang")
		href, ok := n.attr("href")
		l.href = href
		if !ok {
			j.fault(n, missingHref, "", "has no href")
		}
		switch p := j.parent(); {
		case p == nil:
		case p.def.entry:
			if len(j.entry.links) < maxFindings {
				j.entry.links = append(j.entry.links, l)
			}
			if historyRelations[l.rel] {
				j.fault(n, feedHistoryRelInEntry, "rel", "%s leads from a feed, not from an entry", l.rel)
			}
		case p.name == atomName("source"):
			if len(j.entry.sourceLinks) < maxFindings {
				j.entry.sourceLinks = append(j.entry.sourceLinks, l)
			}
		default:
			if p.name == rssName("channel") {
				beforeItems(j, n)
			}
			if len(j.feed.links) < maxFindings {
				j.feed.links = append(j.feed.links, l)
			}
			if l.rel == "self" {
				j.self(n, l)
			}
		}
	},
}

// self judges the link of a feed to itself.
func (j *judge) self(n *node, l feedLink) {
	j.feed.selfs++
	if kind, _, err := mime.ParseMediaType(l.mime); err == nil &&
		kind != "application/atom+xml" && kind != "application/rss+xml" && kind != "application/rdf+xml" {
		j.fault(n, selfNotAtom, "type", "%s is not this document's", clip(l.mime))
	}
	if _, ok := n.attr("href"); ok {
		j.location(n, "href", l.href)
	}
}

// location judges the address that a feed gives for itself.
func (j *judge) location(n *node, attr, href string) {
	if !hasScheme(href) {
		base := j.base()
		target, err := base.Parse(href)
		if base.Scheme == "" || err != nil {
			j.fault(n, relativeSelf, attr, "%q is relative", clip(href))
			return
		}
		href = target.String()
	}
	if j.url != "" && canonical(href) != canonical(j.url) {
		j.fault(n, selfDoesntMatchLocation, attr, "%q is not where this document is: %q", clip(href), clip(j.url))
	}
}

// base returns the base of relative addresses that the open elements state
// (XML Base, section 4); one without a scheme when they state none.
func (j *judge) base() *url.URL {
	base := &url.URL{}
	for i := range j.nodes[:j.depth] {
		for _, a := range j.nodes[i].attrs {
			if a.name != (name{nsXML, "base"}) {
				continue
			}
			if next, err := base.Parse(a.value); err == nil {
				base = next
			}
		}
	}
	return base
}

// historyRelations connect the documents of one feed (RFC 5005).
var historyRelations = map[string]bool{
	"current": true, "first": true, "last": true, "next": true, "next-archive": true, "prev-archive": true, "previous": true,
}

// relations are those of the IANA registry that stand in feeds.
var relations = map[string]bool{
	"alternate": true, "appendix": true, "author": true, "bookmark": true, "canonical": true, "contents": true,
	"copyright": true, "describedby": true, "edit": true, "edit-media": true, "enclosure": true, "help": true,
	"hub": true, "icon": true, "license": true, "monitor": true, "monitor-group": true, "payment": true,
	"predecessor-version": true, "related": true, "replies": true, "search": true, "section": true, "self": true,
	"service": true, "start": true, "subsection": true, "successor-version": true, "tag": true, "terms-of-service": true,
	"up": true, "version-history": true, "via": true,
}

func linkRelation(j *judge, n *node, attr, v string) {
	rel := strings.TrimPrefix(v, "http://www.iana.org/assignments/relation/")
	switch {
	case v == "":
		j.fault(n, attrNotBlank, attr, "is empty")
	case !relations[rel] && !historyRelations[rel] && !hasScheme(rel):
		j.fault(n, unregisteredAtomLinkRel, attr, "%q is neither registered nor an address", clip(v))
	}
}
