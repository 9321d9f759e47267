package site

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// placeholders are what a template of an article's address may hold.
var placeholders = []string{"slug", "path", "section", "year", "month", "day"}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// link checks a template of an article's address. It comes back as a URI
// outside its placeholders: no other step has to escape what stands there.
func link(s string) (template, hint string, err error) {
	hint = "write it as https://www.example.org/{section}/{slug}/"
	names := placeholder.FindAllString(s, -1)
	for _, name := range names {
		name = strings.Trim(name, "{}")
		if !slices.Contains(placeholders, name) {
			if near := nearest(name, placeholders); near != "" {
				hint = fmt.Sprintf("did you mean {%s}?", near)
			} else {
				hint = "it may hold {" + strings.Join(placeholders, "}, {") + "}"
			}
			return "", hint, fmt.Errorf("holds {%s}, which is not known", name)
		}
	}
	if strings.ContainsAny(placeholder.ReplaceAllString(s, ""), "{}") {
		return "", hint, errors.New("has a { or } that stands alone")
	}
	// Each placeholder stands for a letter while the rest is checked: it is
	// right for a path and a query, and would be part of a host.
	u, err := address(placeholder.ReplaceAllString(s, "x"))
	if err != nil {
		return "", hint, err
	}
	if !slices.Contains(names, "{slug}") && !slices.Contains(names, "{path}") {
		return "", hint, errors.New("has neither {slug} nor {path}, so that all articles would share it")
	}
	_, rest, _ := strings.Cut(s, "//")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 || strings.Contains(rest[:end], "{") {
		return "", hint, errors.New("has a placeholder in its host")
	}
	return u.Scheme + "://" + u.Host + escape(rest[end:]), "", nil
}

// escape percent-encodes what stands in no URI (RFC 3986, section 2), braces
// excepted.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>[\\]^`|", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
