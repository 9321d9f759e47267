package check

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	xlanguage "golang.org/x/text/language"
)

// filled reports an empty value.
func filled(j *judge, n *node, attr, v string) {
	if v == "" {
		j.fault(n, notBlank, attr, "is empty")
	}
}

func attrFilled(j *judge, n *node, attr, v string) {
	if v == "" {
		j.fault(n, attrNotBlank, attr, "is empty")
	}
}

// tight reports white space around the text of an element in which every
// character counts.
func tight(j *judge, n *node, _, v string) {
	if len(v) != len(j.value)-n.begin {
		j.fault(n, unexpectedWhitespace, "", "has white space around %q", clip(v))
	}
}

// oneOf is a check for a value of a list.
func oneOf(r rule, values ...string) check {
	return func(j *judge, n *node, attr, v string) {
		for _, known := range values {
			if v == known {
				return
			}
		}
		j.fault(n, r, attr, "%q is none of %s", clip(v), strings.Join(values, ", "))
	}
}

// matching is a check for a value in a form.
func matching(form lazyRegexp, r rule, what string) check {
	return func(j *judge, n *node, attr, v string) {
		if !form().MatchString(v) {
			j.fault(n, r, attr, "%q is not %s", clip(v), what)
		}
	}
}

var (
	decimal  = pattern(`^[-+]?\d+\.?\d*$`)
	unsigned = pattern(`^\d+\.?\d*$`)
	integer  = pattern(`^[-+]?\d+$`)
)

func positive(j *judge, n *node, attr, v string) {
	if i, err := strconv.ParseInt(v, 10, 64); err != nil || i <= 0 {
		j.fault(n, invalidPositiveInteger, attr, "%q is not a whole number above 0", clip(v))
	}
}

func nonNegative(j *judge, n *node, attr, v string) {
	if i, err := strconv.ParseInt(v, 10, 64); err != nil || i < 0 {
		j.fault(n, invalidNonNegativeInteger, attr, "%q is not a whole number from 0", clip(v))
	}
}

// upTo is a check for a number from 1 to most.
func upTo(most int, r rule) check {
	return func(j *judge, n *node, _, v string) {
		if i, err := strconv.Atoi(v); err != nil || i <= 0 || i > most {
			j.fault(n, r, "", "%q is not a number from 1 to %d", clip(v), most)
		}
	}
}

// within tells whether a number is between -most and most.
func within(v string, most float64) bool {
	f, err := strconv.ParseFloat(v, 64)
	return err == nil && -most <= f && f <= most
}

// mediaType is the form of a media type (RFC 9110, section 8.3.1).
var mediaType = pattern(`^[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+(\s*;\s*[^\s()<>,;:\\"/\[\]?=]+=("(\\"|[^"])*"|[^\s()<>,;:\\"/\[\]?=]+))*$`)

func isMIME(v string) bool { return mediaType().MatchString(v) }

func mimeType(j *judge, n *node, attr, v string) {
	if !isMIME(v) {
		j.fault(n, invalidMIMEType, attr, "%q is not a media type", clip(v))
	}
}

func mimeAttribute(j *judge, n *node, attr, v string) {
	if !isMIME(v) {
		j.fault(n, invalidMIMEAttribute, attr, "%q is not a media type", clip(v))
	}
}

// language judges a language tag (BCP 47).
func language(j *judge, n *node, attr, v string) {
	if !isLanguage(v) {
		j.fault(n, invalidLanguage, attr, "%q is not a language tag", clip(v))
	}
}

// isLanguage tells whether v is a language tag whose language is registered.
// Regions are not looked up: readers go by the language.
func isLanguage(v string) bool {
	if strings.Trim(strings.ToLower(v), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return false // the library takes the underscore for a hyphen
	}
	_, err := xlanguage.Parse(v)
	if err == nil {
		return true
	}
	if _, unknown := err.(xlanguage.ValueError); !unknown {
		return false
	}
	base, _, _ := strings.Cut(v, "-")
	_, err = xlanguage.ParseBase(base)
	return err == nil
}

func isCountry(v string) bool {
	if len(v) != 2 {
		return false
	}
	r, err := xlanguage.ParseRegion(v)
	return err == nil && r.IsCountry()
}

// address is an e-mail address without a name (RFC 5322, section 3.4.1,
// without quoted local parts and addresses of hosts by number).
var address = pattern(`^[\pL\pN_+.'!#$%&*/=?^{|}~` + "`" + `-]+@([\pL\pN-]+\.)*[\pL\pN][\pL\pN-]*$`)

func addrSpec(j *judge, n *node, attr, v string) {
	if !address().MatchString(v) {
		j.fault(n, invalidAddrSpec, attr, "%q is not an e-mail address", clip(v))
	}
}

// contact judges an e-mail address with a name, as RSS writes them:
// "desk@example.org (The Desk)".
func contact(j *judge, n *node, _, v string) {
	v = strings.TrimPrefix(v, "mailto:")
	if u, err := url.PathUnescape(v); err == nil {
		v = u
	}
	if strings.IndexByte(v, '@') > 0 && !strings.HasSuffix(v, ")") {
		if strings.ContainsRune(v, ' ') {
			j.fault(n, emailFormat, "", "%q is not in the form address (name)", clip(v))
		} else {
			j.fault(n, missingRealName, "", "%q has no name", clip(v))
		}
		return
	}
	addr := v
	if a, err := mail.ParseAddress(v); err == nil {
		addr = a.Address
	} else if i := strings.IndexByte(v, '('); i > 0 {
		addr = strings.TrimSpace(v[:i])
	}
	if !address().MatchString(addr) {
		j.fault(n, invalidContact, "", "%q has no e-mail address", clip(v))
		return
	}
	j.plain(n, v, containsHTML)
}

var bracketedAddress = pattern(`<[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+>`)

// noEmail reports a name that has an address in it.
func noEmail(j *judge, n *node, _, v string) {
	if bracketedAddress().MatchString(v) {
		j.fault(n, containsEmail, "", "%q has an e-mail address in it", clip(v))
	}
}
