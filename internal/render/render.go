// Package render writes a [feed.Feed] as RSS 2.0, Atom 1.0 or JSON Feed 1.1.
//
// # What it promises
//
// The same feed gives the same bytes: there is no clock, no version number of a
// release and no random id in them, so an upgrade of feedmill alone never makes a feed look
// changed to its subscribers.
//
// Whatever strings a feed holds, its documents are well-formed. Characters that
// XML forbids, bytes that are not UTF-8 and the C1 controls that misread
// Windows-1252 leaves behind are dealt with once, for the three formats alike,
// before anything is written; see [clean].
//
// An id, a title, a date and a summary are the same in the three formats.
//
// # How it is built
//
// The elements that gorilla/feeds writes well come from its format types
// (RssFeed, AtomEntry, JSONItem and so on), which are embedded; a field that it
// writes wrongly or not at all is declared beside the embedded type under the
// same element name and replaces it. Its conversions from its own generic Feed
// are never used: they invent ids and lose authors and dates. Nor are its
// FeedXml and ToJSON methods, which embedding promotes and which would write
// the embedded part alone.
//
// # What it does not do
//
// It neither chooses nor sorts entries, makes no address absolute and sanitises
// no HTML: a feed comes with all that done. It judges nothing that it has
// written; package check does, and shares no code with it.
package render

import (
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"feedmill/internal/feed"
)

// Media types of the documents, exactly as a server must send them. JSON has no
// charset parameter (RFC 8259, section 11).
const (
	RSSType  = "application/rss+xml; charset=utf-8"
	AtomType = "application/atom+xml; charset=utf-8"
	JSONType = "application/feed+json"
)

// generator names the program in the documents, generatorVersion the way in
// which it writes them. It is not that of the program, which would change every
// document of every site with every release, and tell each subscriber and hub
// that there is news where there is none. It is raised when the same feed comes
// to be written differently, and the documents change anyway.
const (
	generator        = "feedmill"
	generatorVersion = "1"
)

// generatorURI is where people learn about the program: the home of its module,
// when its path is an address.
var generatorURI = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return home(info.Main.Path)
})

// home is the address of a module; empty when its path is none, as that of a
// module which is not published.
func home(module string) string {
	if host, _, _ := strings.Cut(module, "/"); !strings.Contains(host, ".") {
		return ""
	}
	return "https://" + module
}

// Document writes f in a format of site.Format ("rss", "atom" or "json") and
// returns the document with its media type. When an entry is at fault, the
// error is an [*feed.EntryError].
func Document(f *feed.Feed, format string) (document []byte, mediaType string, err error) {
	switch format {
	case "rss":
		document, err = RSS(f)
		return document, RSSType, err
	case "atom":
		document, err = Atom(f)
		return document, AtomType, err
	case "json":
		document, err = JSON(f)
		return document, JSONType, err
	}
	return nil, "", fmt.Errorf("render feed %q: no such format: %q", f.Path, format)
}
