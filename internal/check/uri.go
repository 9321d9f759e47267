package check

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// addressing says which addresses a place takes, besides absolute ones in ASCII.
type addressing int

const (
	reference addressing = 1 << iota // relative ones too
	world                            // with letters beyond ASCII too (RFC 3987)

	absolute addressing = 0
)

// The forms of addresses that are rare, without looking into their parts (RFC
// 3986, appendix A).
var (
	urnForm  = pattern(`^[Uu][Rr][Nn]:[a-zA-Z0-9][a-zA-Z0-9-]{1,31}:([a-zA-Z0-9()+,.:=@;$_!*'/~&-]|%[0-9A-Fa-f]{2})+$`)
	uuidForm = pattern(`(?i)^urn:uuid:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$`)
	ipv6Form = pattern(`^([a-zA-Z][0-9a-zA-Z+.-]*:)?//([^/?#@\[\]]*@)?\[[0-9A-Fa-f:.]+\]`)
)

// uriChar marks the characters of addresses. Brackets belong to IPv6 only.
var uriChar = func() (t [128]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
			strings.IndexByte(";/?:@&=+$.-_!~*'()%,#", byte(c)) >= 0
	}
	return t
}()

// schemes are those of the IANA registry that stand in feeds.
var schemes = map[string]bool{
	"http": true, "https": true, "ftp": true, "mailto": true, "tag": true, "urn": true, "tel": true, "data": true,
	"news": true, "nntp": true, "geo": true, "xmpp": true, "sip": true, "sips": true, "magnet": true, "feed": true,
	"irc": true, "ircs": true, "info": true, "file": true, "gopher": true, "gemini": true, "doi": true, "at": true,
	"acct": true, "ipfs": true, "sms": true, "webcal": true, "view-source": true, "dav": true, "cid": true, "mid": true,
	"im": true, "pres": true, "ldap": true, "dns": true, "crid": true, "rtsp": true, "rtmp": true, "about": true,
	"matrix": true, "nostr": true, "bitcoin": true, "ni": true, "did": true, "hdl": true,
}

// schemeOf returns the scheme of an address as it is written, with its colon;
// empty when it has none (RFC 3986, section 3.1).
func schemeOf(v string) string {
	for i := range len(v) {
		switch c := v[i]; {
		case isLetter(c):
		case i > 0 && (isDigit(c) || c == '+' || c == '.' || c == '-'):
		case i > 0 && c == ':':
			return v[:i+1]
		default:
			return ""
		}
	}
	return ""
}

func hasScheme(v string) bool { return schemeOf(v) != "" }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// isTag tells whether v is a tag URI (RFC 4151, section 2.1): who mints it, since
// when that name is theirs, and what they call it.
func isTag(v string) bool {
	rest, ok := strings.CutPrefix(v, "tag:")
	authority, rest, named := strings.Cut(rest, ",")
	date, specific, dated := strings.Cut(rest, ":")
	if !ok || !named || !dated {
		return false
	}
	host := authority
	if user, after, ok := strings.Cut(authority, "@"); ok {
		if !consists(user, "._-") {
			return false
		}
		host = after
	}
	if !consists(host, ".-") || !shaped(date, "0000") && !shaped(date, "0000-00") && !shaped(date, "0000-00-00") {
		return false
	}
	specific, fragment, _ := strings.Cut(specific, "#")
	return strings.IndexByte(fragment, '#') < 0 && isURI(specific) && isURI(fragment)
}

// consists tells whether v is not empty and has ASCII letters, digits and the
// marks given only.
func consists(v, marks string) bool {
	for i := range len(v) {
		if c := v[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte(marks, c) < 0 {
			return false
		}
	}
	return v != ""
}

// isURI tells whether all characters of v are those of addresses.
func isURI(v string) bool {
	for i := range len(v) {
		if v[i] >= utf8.RuneSelf || !uriChar[v[i]] {
			return false
		}
	}
	return true
}

// uri judges an address; invalid is the rule that it offends when there is
// nothing more precise to say. It tells whether the address is good.
func (j *judge) uri(n *node, attr, v string, allowed addressing, invalid rule) bool {
	scheme := strings.ToLower(strings.TrimSuffix(schemeOf(v), ":"))
	switch scheme {
	case "tag":
		if !isTag(v) {
			j.fault(n, invalidTAG, attr, "%q is not a tag (RFC 4151)", clip(v))
			return false
		}
		return true
	case "urn":
		if strings.HasPrefix(strings.ToLower(v), "urn:uuid:") && !uuidForm().MatchString(v) {
			j.fault(n, invalidUUID, attr, "%q is not a UUID (RFC 9562)", clip(v))
			return false
		}
		if !urnForm().MatchString(v) {
			j.fault(n, invalidURN, attr, "%q is not a URN (RFC 8141)", clip(v))
			return false
		}
		return true
	case "":
		if allowed&reference == 0 {
			j.fault(n, invalid, attr, "%q is not an absolute address", clip(v))
			return false
		}
	}
	rest := v
	if strings.IndexByte(v, '[') >= 0 {
		rest = v[len(ipv6Form().FindString(v)):]
	}
	beyond := false
	for i := range len(rest) {
		switch c := rest[i]; {
		case c >= utf8.RuneSelf:
			beyond = true
		case !uriChar[c]:
			j.fault(n, invalidURIChar, attr, "%q in %q", rest[i:i+1], clip(v))
			return false
		}
	}
	if beyond && allowed&world == 0 {
		j.fault(n, uriNotIRI, attr, "%q has letters beyond ASCII", clip(v))
		return false
	}
	switch {
	case scheme == "http" || scheme == "https" || scheme == "ftp":
		after, ok := strings.CutPrefix(v[len(scheme)+1:], "//")
		if !ok || after == "" || after[0] == '/' {
			j.fault(n, invalid, attr, "%q names no host", clip(v))
			return false
		}
	case scheme != "" && v[len(scheme)+1:] == "":
		j.fault(n, invalid, attr, "%q has only a scheme", clip(v))
		return false
	case scheme != "" && !schemes[scheme] && !strings.ContainsAny(scheme, "+.-"):
		j.fault(n, schemeNotIANARegistered, attr, "scheme %q is not known", scheme)
		return false
	}
	return true
}

func fullURI(j *judge, n *node, attr, v string)      { j.uri(n, attr, v, absolute, invalidFullLink) }
func uriReference(j *judge, n *node, attr, v string) { j.uri(n, attr, v, reference, invalidLink) }
func uriAttribute(j *judge, n *node, attr, v string) {
	j.uri(n, attr, v, reference|world, invalidURIAttribute)
}
func iri(j *judge, n *node, attr, v string) { j.uri(n, attr, v, reference|world, invalidIRI) }
func absoluteIRI(j *judge, n *node, attr, v string) {
	j.uri(n, attr, v, world, invalidFullLink)
}

// canonicalIRI judges an id of Atom: readers compare it character by
// character, so it should be in the form that nobody rewrites (RFC 4287,
// section 4.2.6).
func canonicalIRI(j *judge, n *node, attr, v string) {
	if j.uri(n, attr, v, world, invalidFullLink) {
		if c := canonical(v); c != v {
			j.fault(n, nonCanonicalURI, attr, "%q, which is written as %q too", clip(v), clip(c))
		}
	}
}

var hostForm = pattern(`(?i)^https?://([\pL\pN-]+\.)*[\pL\pN][\pL\pN-]*(:\d+)?(/|\?|#|$)|^https?://\[[0-9a-f:.]+\](:\d+)?(/|\?|#|$)`)

// namesHost tells that an address of http or https has a host in ASCII, and no
// port: what hostForm says of most.
func namesHost(v string) bool {
	rest, ok := strings.CutPrefix(v, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(v, "http://"); !ok {
			return false
		}
	}
	label := 0 // where it begins
	for i := range len(rest) {
		switch c := rest[i]; {
		case isLetter(c) || isDigit(c) || c == '-':
		case c == '.' && i > label:
			label = i + 1
		case c == '/' || c == '?' || c == '#':
			return i > label && rest[label] != '-'
		default:
			return false
		}
	}
	return label < len(rest) && rest[label] != '-'
}

// httpURL judges the address of a file that readers download.
func httpURL(j *judge, n *node, attr, v string) {
	if !namesHost(v) && !hostForm().MatchString(v) {
		j.fault(n, invalidURLAttribute, attr, "%q is not an address of http or https", clip(v))
		return
	}
	j.uri(n, attr, v, absolute, invalidURLAttribute)
}

// canonical returns an address in the form that RFC 3986, section 6.2.2 makes
// of all that are equivalent; what it cannot read, it returns as it is.
func canonical(v string) string {
	scheme := schemeOf(v)
	rest := v[len(scheme):]
	scheme = strings.ToLower(scheme)
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return scheme + percents(rest)
	}
	path := ""
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		authority, path = authority[:i], authority[i:]
	}
	user := ""
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, authority = authority[:i+1], authority[i+1:]
	}
	authority = strings.TrimSuffix(strings.ToLower(authority), ":")
	switch scheme {
	case "http:":
		authority = strings.TrimSuffix(authority, ":80")
	case "https:":
		authority = strings.TrimSuffix(authority, ":443")
	}
	tail := ""
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path, tail = path[:i], path[i:]
	}
	if strings.Contains(path, "/.") {
		if u, err := url.Parse("x://x" + path); err == nil {
			path = u.JoinPath().EscapedPath()
		}
	}
	if path == "" {
		path = "/"
	}
	return scheme + "//" + user + authority + percents(path) + percents(tail)
}

// percents writes percent-encoding in capitals, and not where it is not needed.
func percents(v string) string {
	if !strings.Contains(v, "%") {
		return v
	}
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '%' || i+2 >= len(v) || digit(v[i+1]) < 0 || digit(v[i+2]) < 0 {
			b.WriteByte(v[i])
			continue
		}
		c := byte(digit(v[i+1])<<4 | digit(v[i+2]))
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(v[i : i+3]))
		}
		i += 2
	}
	return b.String()
}
