package render

import (
	_ "embed" // the style sheet
	"strings"
)

// StylePath is the path of the style sheet below the base. RSS and Atom name it
// by a processing instruction (https://www.w3.org/TR/xml-stylesheet/), which
// browsers may follow and readers pass over.
const StylePath = "feed.css"

// StyleType is the media type of the style sheet.
const StyleType = "text/css; charset=utf-8"

//go:embed feed.css
var style []byte

// Style returns the style sheet that makes RSS and Atom readable for somebody
// who opens one in a browser. The caller must not change it.
func Style() []byte { return style }

// styleInstruction names the style sheet to a document of the feed at a path. It
// is relative, so that it leads there wherever the files are put.
//
// Browsers that hold feeds for plain text or for something to download, by their
// media types, do not come so far. Those that are given them as XML do: the
// files themselves, and what other web servers send.
func styleInstruction(path string) string {
	up := 0
	if path != "" {
		up = 1 + strings.Count(path, "/")
	}
	return `<?xml-stylesheet type="text/css" href="` + strings.Repeat("../", up) + StylePath + `"?>` + "\n"
}
