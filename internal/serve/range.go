package serve

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// span is the bytes from from up to, but not with, to.
type span struct{ from, to int64 }

func (s span) length() int64 { return s.to - s.from }

func (s span) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", s.from, s.to-1, size)
}

// byteRange returns what of the document a GET request asks for, and the status
// for it: 206 and a part, 200 and all of it, or 416.
//
// Several ranges at once are answered with everything, as RFC 9110, section
// 14.2 allows: thousands of tiny ones would make an answer many times as large
// as the document.
func (v *version) byteRange(h http.Header) (int, span) {
	all := span{0, v.size}
	values := h["Range"]
	if len(values) != 1 || !v.ifRange(h) {
		return http.StatusOK, all
	}
	const unit = "bytes="
	spec := strings.Trim(values[0], " \t")
	if !hasPrefixFold(spec, unit) || strings.Contains(spec, ",") {
		return http.StatusOK, all
	}
	first, last, ok := strings.Cut(strings.Trim(spec[len(unit):], " \t"), "-")
	from, haveFirst := position(first)
	to, haveLast := position(last)
	switch {
	case !ok, !haveFirst && first != "", !haveLast && last != "", !haveFirst && !haveLast:
		return http.StatusOK, all // not a range
	case haveFirst && haveLast && to < from:
		return http.StatusOK, all // RFC 9110, section 14.1.1: invalid
	case !haveFirst: // the last so many bytes
		if to == 0 || v.size == 0 {
			return http.StatusRequestedRangeNotSatisfiable, span{}
		}
		return http.StatusPartialContent, span{max(0, v.size-to), v.size}
	case from >= v.size:
		return http.StatusRequestedRangeNotSatisfiable, span{}
	case !haveLast || to >= v.size:
		return http.StatusPartialContent, span{from, v.size}
	}
	return http.StatusPartialContent, span{from, to + 1}
}

// ifRange reports whether the client's earlier part is of the same bytes, or it
// does not ask (RFC 9110, section 13.1.5).
func (v *version) ifRange(h http.Header) bool {
	values, ok := h["If-Range"]
	if !ok {
		return true
	}
	if len(values) != 1 {
		return false
	}
	if t, ok := date(values); ok {
		return !v.Twice && !v.Modified.IsZero() && t.Equal(v.Modified)
	}
	return v.strongly(strings.Trim(values[0], " \t"))
}

// position reads digits. Numbers too large for any document are the largest.
func position(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 1<<63 - 2, true
	}
	return n, true
}
