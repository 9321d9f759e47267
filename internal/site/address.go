package site

import (
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// address parses an absolute http or https address; scheme and host come back
// in lower case and in ASCII. Its errors go on where the address itself ends.
func address(s string) (*url.URL, error) {
	if strings.ContainsFunc(s, unicode.IsSpace) {
		return nil, errors.New("has a space in it")
	}
	// Looked for before parsing, whose errors may repeat them.
	if _, rest, ok := strings.Cut(s, "//"); ok {
		if end := strings.IndexAny(rest+"/", "/?#"); strings.Contains(rest[:end], "@") {
			return nil, errCredentials
		}
	}
	u, err := url.Parse(s)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("is not an address: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("is not an absolute http or https address")
	}
	host, err := hostname(u.Hostname())
	if err != nil {
		return nil, err
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	// RFC 3986, section 6.2.3: the scheme's own port and no port are the same.
	port := u.Port()
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		port = ""
	}
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, fmt.Errorf("has no valid port: %s", port)
		}
		host += ":" + port
	}
	u.Host = host
	return u, nil
}

// errCredentials is apart because the address must not be shown.
var errCredentials = errors.New("holds a user name or a password, which would be published")

// hosts maps a name as browsers do before they look it up (UTS 46).
var hosts = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// hostname returns the host in lower case and in ASCII: a domain name as
// RFC 5890 writes it, or an IP address without brackets.
func hostname(s string) (string, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		if ip.Zone() != "" {
			return "", fmt.Errorf("names a network card, which only one machine knows: %q", ip.Zone())
		}
		return ip.String(), nil
	}
	ascii, err := hosts.ToASCII(strings.TrimSuffix(s, "."))
	if err != nil {
		return "", fmt.Errorf("has a host that is no host name: %q", s)
	}
	// A name that ends in a number is an IPv4 address or a mistake in one.
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("has a host that is no IP address: %q", s)
	}
	return ascii, nil
}

// failAddress adds what address has against what was typed.
func (v value) failAddress(typed string, err error) {
	switch {
	case err == errCredentials:
		v.fail("leave them out", "%v", err) // and not into a log by way of this error
	case strings.Contains(typed, "://"):
		v.fail("", "%q %v", typed, err)
	default:
		hint := "write it as https://www.example.org/"
		if u, err := address("https://" + strings.TrimLeft(typed, "/")); err == nil {
			hint = "write it as " + u.String()
		}
		v.fail(hint, "%q %v", typed, err)
	}
}

// base normalises the address that the published files lie below.
func base(s string) (string, error) {
	u, err := address(s)
	if err != nil {
		return "", err
	}
	if u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#") {
		return "", errors.New("holds a query (?) or a fragment (#), and files cannot lie below it")
	}
	p := strings.TrimSuffix(u.EscapedPath(), "/") + "/"
	if strings.Contains(p, "//") || p != "/" && path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") {
		return "", errors.New("has an empty, . or .. segment in its path")
	}
	return u.Scheme + "://" + u.Host + p, nil
}

// email checks an addr-spec (RFC 5322, section 3.4.1); its domain comes back
// in ASCII.
func email(s string) (string, error) {
	bad := fmt.Errorf("%q is not an email address", s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", bad
	}
	at := strings.LastIndexByte(s, '@')
	host, err := hostname(s[at+1:])
	if err != nil {
		return "", bad
	}
	if strings.ContainsFunc(s[:at], func(r rune) bool { return r >= utf8.RuneSelf }) {
		// RFC 6532 allows them; what reads feeds does not.
		return "", fmt.Errorf("%q has letters outside ASCII before the @", s)
	}
	return s[:at+1] + host, nil
}

// localPath checks a path below the directory of articles or of feeds: slashes
// between its segments, none of them empty, . or .. .
func localPath(s string) error {
	switch {
	case strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s):
		return errors.New("holds a control character or is not UTF-8")
	case strings.HasPrefix(s, "/"):
		return errors.New("begins with a slash, and is a path below a directory")
	case strings.Contains(s, `\`):
		return errors.New(`has a backslash in it; segments of a path are parted by /`)
	case s == "." || s == ".." || strings.HasPrefix(s, "../") || path.Clean(s) != s:
		return errors.New("has an empty, . or .. segment")
	}
	return nil
}
