package serve

import (
	"net/http"
	"strings"
	"time"
)

// precondition evaluates the conditions of a GET or HEAD request in the order
// of RFC 9110, section 13.2.2. It returns 304 or 412, or 0 when the request is
// to be answered.
func (v *version) precondition(h http.Header, now time.Time) int {
	if values, ok := h["If-Match"]; ok {
		if !matches(values, v.strongly) {
			return http.StatusPreconditionFailed
		}
	} else if t, ok := date(h["If-Unmodified-Since"]); ok && !v.unchangedSince(t) {
		return http.StatusPreconditionFailed
	}
	if values, ok := h["If-None-Match"]; ok {
		if matches(values, v.weakly) {
			return http.StatusNotModified
		}
		return 0 // If-Modified-Since does not count beside it
	}
	// Some readers make dates up. One that is still to come says nothing about
	// what they have; they would keep it for ever.
	if t, ok := date(h["If-Modified-Since"]); ok && !t.After(now) && v.unchangedSince(t) {
		return http.StatusNotModified
	}
	return 0
}

// unchangedSince reports whether what a client got at t, or with the
// Last-Modified t, is certainly what it would get now.
func (v *version) unchangedSince(t time.Time) bool {
	if v.Modified.IsZero() || v.Modified.After(t) {
		return false
	}
	// In a second in which the bytes changed twice, the client may have got
	// those that did not stay.
	return !v.Twice || t.After(v.Modified)
}

// matches reports whether one of the entity tags in a field satisfies is, or
// the field is "*".
func matches(values []string, is func(tag string) bool) bool {
	if len(values) == 1 && strings.Trim(values[0], " \t") == "*" {
		return true
	}
	for _, value := range values {
		// A comma within a tag parts it, but not into anything like ours.
		for tag := range strings.SplitSeq(value, ",") {
			if is(strings.Trim(tag, " \t")) {
				return true
			}
		}
	}
	return false
}

// strongly is the comparison for If-Match and If-Range (RFC 9110, section
// 8.8.3.2).
func (v *version) strongly(tag string) bool {
	return len(tag) == len(v.tag)+2 && tag[0] == '"' && tag[len(tag)-1] == '"' && tag[1:len(tag)-1] == v.tag
}

// weakly is the comparison for If-None-Match. It forgives what is known to
// happen to tags on their way: lost quotation marks, and what Apache and others
// append when they compress. As a tag stands for bytes, one that is left to
// compare is never taken for another.
func (v *version) weakly(tag string) bool {
	if hasPrefixFold(tag, "w/") {
		tag = tag[2:]
	}
	tag = strings.Trim(tag, `"`)
	if tag == v.tag {
		return true
	}
	// Who compresses on the way may have got the plain bytes, and its client
	// asks for another coding now.
	for _, ours := range [2]string{v.tag, entityTag(v.Digest)} {
		if rest, ok := strings.CutPrefix(tag, ours); ok {
			switch strings.Trim(rest, `"`) {
			case "-gzip", "--gzip", ";gzip", "-br":
				return true
			}
		}
	}
	return false
}

// date reads an HTTP-date (RFC 9110, section 5.6.7) in any of its three forms.
// It is not ok when the field is missing, repeated or anything else.
func date(values []string) (t time.Time, ok bool) {
	if len(values) != 1 {
		return time.Time{}, false
	}
	t, err := http.ParseTime(values[0])
	if err != nil {
		return time.Time{}, false
	}
	// The form of RFC 850 is read with any zone, of which only GMT is allowed.
	zone, _ := t.Zone()
	return t, zone == "GMT" || zone == "UTC"
}

// hasPrefixFold reports whether s begins with prefix, upper and lower case
// being the same.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
