package page

import _ "embed" // the script

// CopyPath is the path, below the base, of the script that puts a button for
// copying beside each address on the page of the feeds. The page works without
// it.
const CopyPath = "copy.js"

// CopyType is the media type of the script.
const CopyType = "text/javascript; charset=utf-8"

//go:embed copy.js
var copyScript []byte

// CopyScript returns the script at CopyPath. The caller must not change it.
func CopyScript() []byte { return copyScript }
