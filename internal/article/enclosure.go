package article

import (
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// maxEnclosures is how many enclosures an article may have.
const maxEnclosures = 20

// statedEnclosures takes the recordings and films that front matter names.
// Keys such as video and media often lead to a page of somebody else's or to a
// player; only what is a file of sound or film, by its name or its stated type,
// is one. Length and duration may stand in keys of their own; then they are of
// the first.
func (p *parsing) statedEnclosures(meta value) {
	seen := map[string]bool{}
	for _, e := range meta.stated(enclosureKey) {
		for _, enc := range enclosures(e.value, 0) {
			if seen[enc.Src] || len(p.a.Enclosures) == maxEnclosures {
				continue
			}
			if !publicAddress(enc.Src) {
				p.warn(e.value.line, "bad-enclosure", fmt.Sprintf("%s: %q is no file on the web or beside the article", e.key, enc.Src), "write a relative path or an https: address")
				continue
			}
			seen[enc.Src] = true
			p.a.Enclosures = append(p.a.Enclosures, enc)
		}
	}
	if len(p.a.Enclosures) == 0 {
		return
	}
	first := &p.a.Enclosures[0]
	if e, ok := firstScalar(meta.stated(lengthKey)); ok && first.Length == 0 {
		first.Length = octets(e.value.text)
	}
	if e, ok := firstScalar(meta.stated(durationKey)); ok && first.Duration == 0 {
		d, ok := duration(e.value.text)
		if !ok {
			p.warn(e.value.line, "bad-duration", fmt.Sprintf("%s: %q is no length of time", e.key, oneLine(e.value.text)), "write it as 1:02:03, or in seconds")
		}
		first.Duration = d
	}
	if e, ok := firstScalar(meta.stated(mediaTypeKey)); ok && first.Type == "" && isSoundOrFilm(e.value.text) {
		first.Type = strings.ToLower(oneLine(e.value.text))
	}
}

// enclosures reads an enclosure in its forms: an address, with length and type
// on lines of their own as WordPress keeps it, a mapping, a list of either.
func enclosures(v value, depth int) []Enclosure {
	var all []Enclosure
	switch {
	case depth > 2:
	case v.kind == scalar:
		var enc Enclosure
		for i, field := range strings.Fields(v.text) {
			switch {
			case i == 0:
				enc.Src = oneLine(field)
			case digits(field):
				enc.Length = octets(field)
			case isSoundOrFilm(field):
				enc.Type = strings.ToLower(field)
			}
		}
		if recorded(enc.Src) || enc.Type != "" {
			all = append(all, enc)
		}
	case v.kind == list:
		for _, x := range v.list {
			all = append(all, enclosures(x, depth+1)...)
		}
	case v.kind == mapping:
		var enc Enclosure
		if e, ok := v.firstOf("type", "mimetype", "mime", "mediatype"); ok && isSoundOrFilm(e.value.text) {
			enc.Type = strings.ToLower(oneLine(e.value.text))
		}
		if e, ok := v.firstOf("title", "name"); ok {
			enc.Title = titleText(e.value.text)
		}
		if e, ok := v.firstOf("length", "bytes", "size", "filesize", "sizeinbytes"); ok {
			enc.Length = octets(e.value.text)
		}
		if e, ok := v.firstOf("duration", "durationinseconds"); ok {
			enc.Duration, _ = duration(e.value.text)
		}
		if e, ok := v.firstOf("url", "src", "href", "file", "path", "audio", "video", "mp3", "m4a", "ogg", "opus", "mp4", "webm"); ok {
			enc.Src = oneLine(e.value.text)
			if recorded(enc.Src) || enc.Type != "" {
				all = append(all, enc)
			}
		}
	}
	return all
}

// recorded reports whether an address is that of sound or film, by its name.
func recorded(address string) bool {
	switch extensionOf(address) {
	case ".aac", ".flac", ".m4a", ".m4b", ".m4v", ".mov", ".mp3", ".mp4", ".oga", ".ogg", ".ogv", ".opus", ".wav", ".webm":
		return true
	}
	return false
}

// extensionOf is the extension of the file that an address leads to, in lower
// case, its query left aside.
func extensionOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(path.Ext(u.Path))
}

// isSoundOrFilm reports whether s is a media type of sound or film (RFC 6838,
// section 4.2).
func isSoundOrFilm(s string) bool {
	top, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "/")
	return ok && (top == "audio" || top == "video") && sub != "" && len(sub) < 64 &&
		strings.Trim(sub, "abcdefghijklmnopqrstuvwxyz0123456789.+-") == ""
}

// octets reads a length in bytes; zero when it is none.
func octets(s string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), 10, 64)
	if err != nil || n < 0 || n > 1<<50 {
		return 0
	}
	return n
}

// mostDuration is the longest duration that is believed.
const mostDuration = 100 * time.Hour

// duration reads a length of time as podcasts state it: seconds, "30:34",
// "1:02:03", "1h2m", "45 min", "PT45M30S" (ISO 8601).
func duration(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	var total time.Duration
	if parts := strings.Split(s, ":"); len(parts) <= 3 && s != "" && digits(strings.Join(parts, "")) {
		for i, part := range parts {
			n, err := strconv.Atoi(part)
			if err != nil || n > 1_000_000 || i > 0 && n > 59 {
				return 0, false
			}
			total = total*60 + time.Duration(n)*time.Second
		}
		return total, total > 0 && total <= mostDuration
	}
	s = strings.TrimPrefix(s, "pt")
	for _, unit := range []struct{ long, short string }{{"hours", "h"}, {"hour", "h"}, {"hrs", "h"}, {"minutes", "m"}, {"minute", "m"}, {"mins", "m"}, {"min", "m"}, {"seconds", "s"}, {"second", "s"}, {"secs", "s"}, {"sec", "s"}} {
		s = strings.ReplaceAll(s, unit.long, unit.short)
	}
	total, err := time.ParseDuration(s)
	return total.Truncate(time.Second), err == nil && total > 0 && total <= mostDuration
}
