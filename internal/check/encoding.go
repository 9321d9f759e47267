package check

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

// What concerns the encoding of a document.
var (
	nonstdEncoding  = rule{"NonstdEncoding", Advice, encodingSource, "write the document in UTF-8: not every reader knows this encoding"}
	obscureEncoding = rule{"ObscureEncoding", Warning, encodingSource, "write the document in UTF-8: most readers do not know this encoding"}
)

const encodingSource = "XML 1.0, section 4.3.3; readers of feeds expect UTF-8"

// commonEncodings are those that readers of feeds know besides UTF-8 and
// UTF-16, as the W3C feed validator counts them.
var commonEncodings = map[string]bool{
	"us-ascii": true, "iso-8859-1": true, "euc-jp": true, "iso-8859-2": true, "iso-8859-15": true, "iso-8859-7": true,
	"koi8-r": true, "shift_jis": true, "windows-1250": true, "windows-1251": true, "windows-1252": true,
	"windows-1254": true, "windows-1255": true, "windows-1256": true, "gb18030": true,
}

// decode turns the body into UTF-8 when it says that it is something else: by
// its byte order mark, by its XML declaration or by the charset that it is
// served with, in this order: a charset is more often a server's default than
// true (RFC 7303, section 3.2, has it before the declaration). Only UTF-8 that
// is UTF-8 is believed.
// Positions of findings are then those of the text that an editor shows.
func (j *judge) decode(served string) {
	body := j.in.src
	switch {
	case bytes.HasPrefix(body, []byte("\xfe\xff")) || bytes.HasPrefix(body, []byte("\x00<\x00?")):
		j.convert("utf-16be", place{})
		return
	case bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("<\x00?\x00")):
		j.convert("utf-16le", place{})
		return
	case bytes.HasPrefix(body, []byte(byteOrderMark)):
		return
	}
	body = body[:min(len(body), 1024)]
	start := bytes.TrimLeft(body, " \t\r\n")
	at := j.in.place(len(body) - len(start))
	declared := ""
	if m := xmlDeclaration().FindSubmatch(start); m != nil {
		declared = strings.ToLower(string(m[3]) + string(m[4]))
	}
	if declared == "" && bytes.HasPrefix(start, []byte("<")) {
		declared, at = strings.ToLower(served), place{}
	}
	if strings.EqualFold(served, "utf-8") && !isASCII(j.in.src) && j.in.valid() {
		if declared != "utf-8" && declared != "utf8" && declared != "" {
			j.report(at, encodingMismatch, "served as utf-8, declared as %s", clip(declared))
			j.encoding = "utf-8"
		}
		return // readers that go by the charset are right
	}
	switch {
	case declared == "" || declared == "utf-8" || declared == "utf8":
	case strings.HasPrefix(declared, "utf-16") || strings.HasPrefix(declared, "utf-32"):
		// What could be read so far is not in that encoding.
	default:
		j.convert(declared, at)
	}
}

// convert lets the document be read in UTF-8.
func (j *judge) convert(label string, at place) {
	enc, _ := charset.Lookup(label)
	if label == "maccyrillic" {
		enc = charmap.MacintoshCyrillic
	} else if enc == nil {
		enc, _ = ianaindex.IANA.Encoding(label) // with what browsers never met
	}
	if enc == nil || enc == encoding.Replacement {
		return // the XML declaration will be reported
	}
	switch {
	case strings.HasPrefix(label, "utf-16") || at == place{}:
	case commonEncodings[label]:
		j.report(at, nonstdEncoding, "the document is in %s", clip(label))
	default:
		j.report(at, obscureEncoding, "the document is in %s", clip(label))
	}
	if label == "us-ascii" && !isASCII(j.in.src) {
		return // a byte beyond ASCII is an error in it
	}
	j.encoding = label
	const growth = 3 // at most, of a byte in UTF-8
	most := growth * j.in.most
	j.in = newWindow(nil, transform.NewReader(j.in, enc.NewDecoder()))
	j.in.most = most
	j.in.fill()
}
