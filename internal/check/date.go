package check

import (
	"cmp"
	"strings"
	"time"
)

// rfc822Form is what RFC 822 allows beyond the form that every reader takes: short
// years, comments, military zones, any case.
var (
	rfc822Form = pattern(`(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?\d\d?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])$`)
	comments   = pattern(`\([^()]*\)`)
	escapes    = pattern(`\\.`)
)

// usZones are the hours of the zones that RFC 822 names.
var usZones = map[string]int{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}

// rfc2822 is a date in the form that every reader takes (RFC 2822, section 3.3,
// with the zones of RFC 822), in its parts as they are written; weekday and
// second may be empty.
type rfc2822 struct{ weekday, day, month, year, hour, minute, second, zone string }

// readRFC2822 takes a date apart.
func readRFC2822(v string) (d rfc2822, ok bool) {
	if len(v) > 5 && v[3:5] == ", " && isWord(v[:3], "MonTueWedThuFriSatSun") {
		d.weekday, v = v[:3], v[5:]
	}
	if d.day, v, ok = strings.Cut(v, " "); !ok || !shaped(d.day, "0") && !shaped(d.day, "00") {
		return d, false
	}
	if len(v) < len("Jan 2006 15:04 Z") || !isWord(v[:3], "JanFebMarAprMayJunJulAugSepOctNovDec") || !shaped(v[3:14], " 0000 00:00") {
		return d, false
	}
	d.month, d.year, d.hour, d.minute, v = v[:3], v[4:8], v[9:11], v[12:14], v[14:]
	if len(v) > 3 && shaped(v[:3], ":00") {
		d.second, v = v[1:3], v[3:]
	}
	d.zone, ok = strings.CutPrefix(v, " ")
	return d, ok && isZone(d.zone)
}

// isWord tells whether v is one of several words of three letters.
func isWord(v, words string) bool {
	for i := 0; i < len(words); i += 3 {
		if v == words[i:i+3] {
			return true
		}
	}
	return false
}

// isZone tells whether v is a zone of RFC 822, or an offset in half hours.
func isZone(v string) bool {
	switch v {
	case "GMT", "UT", "Z":
		return true
	}
	if len(v) == 5 && (v[0] == '+' || v[0] == '-') {
		v = v[1:]
	}
	if _, ok := usZones[v]; ok {
		return true
	}
	return shaped(v, "0000") && (v[2] == '0' || v[2] == '3') && v[3] == '0'
}

// shaped tells whether v has the form given, in which 0 stands for a digit.
func shaped(v, form string) bool {
	if len(v) != len(form) {
		return false
	}
	for i := range len(form) {
		if form[i] == '0' && !isDigit(v[i]) || form[i] != '0' && v[i] != form[i] {
			return false
		}
	}
	return true
}

// rfc822 judges a date of RSS.
func rfc822(j *judge, n *node, _, v string) {
	d, ok := readRFC2822(v)
	if !ok {
		loose := escapes().ReplaceAllString(v, "")
		for {
			without := comments().ReplaceAllString(loose, " ")
			if without == loose {
				break
			}
			loose = without
		}
		if rfc822Form().MatchString(strings.TrimSpace(loose)) {
			j.fault(n, problematicalRFC822Date, "", "%q is a date that some readers do not understand", clip(v))
		} else {
			j.fault(n, invalidRFC2822Date, "", "%q is not a date", clip(v))
		}
		return
	}
	day, err := time.Parse("2 Jan 2006 15:04", d.day+" "+d.month+" "+d.year+" "+d.hour+":"+d.minute)
	switch {
	case err != nil || d.second > "60":
		j.fault(n, invalidRFC2822Date, "", "%q does not exist", v)
	case d.weekday != "" && day.Weekday().String()[:3] != d.weekday:
		j.fault(n, incorrectDOW, "", "%q was a %v", v, day.Weekday())
	default:
		t, _ := d.time()
		j.plausible(n, "", v, t)
	}
}

// parseRFC822 reads a date of RSS.
func parseRFC822(v string) (time.Time, bool) {
	d, ok := readRFC2822(strings.TrimSpace(v))
	if !ok {
		return time.Time{}, false
	}
	return d.time()
}

// time returns the instant.
func (d rfc2822) time() (time.Time, bool) {
	local := d.day + " " + d.month + " " + d.year + " " + d.hour + ":" + d.minute + ":" + cmp.Or(d.second, "00")
	zone := d.zone
	switch {
	case zone == "UT" || zone == "GMT" || zone == "Z":
		t, err := time.Parse("2 Jan 2006 15:04:05", local)
		return t, err == nil
	case zone[0] >= 'A':
		t, err := time.ParseInLocation("2 Jan 2006 15:04:05", local, time.FixedZone(zone, usZones[zone]*3600))
		return t.UTC(), err == nil
	case zone[0] != '+' && zone[0] != '-':
		zone = "+" + zone
	}
	t, err := time.Parse("2 Jan 2006 15:04:05 -0700", local+" "+zone)
	return t.UTC(), err == nil
}

// parseRFC3339 reads a date and time strictly (RFC 3339, section 5.6, with the
// capital letters of RFC 4287, section 3.3). A leap second counts as the
// second before it.
func parseRFC3339(v string) (time.Time, bool) {
	if !isRFC3339(v) {
		return time.Time{}, false
	}
	if v[17:19] == "60" {
		v = v[:17] + "59" + v[19:]
	}
	t, err := time.Parse(time.RFC3339Nano, v)
	return t.UTC(), err == nil
}

// isRFC3339 tells whether v has the form of a date and time.
func isRFC3339(v string) bool {
	const whole = "0000-00-00T00:00:00"
	return len(v) > len(whole) && shaped(v[:len(whole)], whole) && isZoned(v[len(whole):])
}

// isZoned tells whether v is the end of a date and time behind the seconds:
// their fraction, if any, and the zone.
func isZoned(v string) bool {
	if fraction, ok := strings.CutPrefix(v, "."); ok {
		v = strings.TrimLeft(fraction, "0123456789")
		if v == fraction {
			return false
		}
	}
	return v == "Z" || shaped(v, "+00:00") || shaped(v, "-00:00")
}

// isW3CDTF tells whether v has the form of a date of Dublin Core.
func isW3CDTF(v string) bool {
	const minute = "0000-00-00T00:00"
	switch {
	case len(v) <= len("0000-00-00"):
		return shaped(v, "0000") || shaped(v, "0000-00") || shaped(v, "0000-00-00")
	case len(v) <= len(minute) || !shaped(v[:len(minute)], minute):
		return false
	case v[len(minute)] == ':':
		return isRFC3339(v)
	}
	return v[len(minute)] != '.' && isZoned(v[len(minute):])
}

// parseLoose reads a date of Atom, or of Dublin Core, which may be a day.
func parseLoose(v string) (time.Time, bool) {
	if t, ok := parseRFC3339(v); ok {
		return t, true
	}
	t, err := time.Parse(time.DateOnly, v)
	return t, err == nil
}

// rfc3339 judges a date of Atom or JSON Feed.
func rfc3339(j *judge, n *node, attr, v string) {
	switch t, ok := parseRFC3339(v); {
	case !ok:
		j.fault(n, invalidRFC3339Date, attr, "%q is not a date and time", clip(v))
	default:
		j.plausible(n, attr, v, t)
	}
}

// plausible reports a date before there were feeds, or in the future by more
// than clocks and zones can be wrong.
func (j *judge) plausible(n *node, attr, v string, t time.Time) {
	switch {
	case t.Year() < 1990:
		j.fault(n, implausibleDate, attr, "%q is before there were feeds", clip(v))
	case !j.now.IsZero() && t.After(j.now.Add(24*time.Hour)):
		j.fault(n, implausibleDate, attr, "%q is in the future", clip(v))
	}
}

// w3cdtf judges a date of Dublin Core, which may be as coarse as a year.
func w3cdtf(j *judge, n *node, attr, v string) {
	const finest = "2006-01-02T15:04"
	if isW3CDTF(v) {
		form := finest[:min(len(v), len(finest))]
		if t, err := time.Parse(form, v[:len(form)]); err == nil {
			if t.Year() < 1990 {
				j.fault(n, implausibleDate, attr, "%q is before there were feeds", clip(v))
			}
			return
		}
	}
	j.fault(n, invalidW3CDTFDate, attr, "%q is not a date", clip(v))
}
