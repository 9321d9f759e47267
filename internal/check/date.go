package check

import (
	"strings"
	"time"
)

// rfc2822Form is the form that every reader takes (RFC 2822, section 3.3, with
// the zones of RFC 822); rfc822Form is what RFC 822 allows beyond it: short
// years, comments, military zones, any case.
var (
	rfc2822Form = pattern(`^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? ([+-]?\d\d[03]0|UT|GMT|[ECMP][SD]T|Z)$`)
	rfc822Form  = pattern(`(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)\s*,\s*)?\d\d?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d\d(?:\d\d)?\s+\d\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|ut|gmt|[ecmp][sd]t|[a-ik-z])$`)
	comments    = pattern(`\([^()]*\)`)
	escapes     = pattern(`\\.`)
)

// usZones are the hours of the zones that RFC 822 names.
var usZones = map[string]int{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}

// rfc822 judges a date of RSS.
func rfc822(j *judge, n *node, _, v string) {
	m := rfc2822Form().FindStringSubmatch(v)
	if m == nil {
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
	day, err := time.Parse("2 Jan 2006 15:04", m[2]+" "+m[3]+" "+m[4]+" "+m[5]+":"+m[6])
	switch {
	case err != nil || m[7] > "60":
		j.fault(n, invalidRFC2822Date, "", "%q does not exist", v)
	case m[1] != "" && day.Weekday().String()[:3] != m[1]:
		j.fault(n, incorrectDOW, "", "%q was a %v", v, day.Weekday())
	default:
		t, _ := parseRFC822(v)
		j.plausible(n, "", v, t)
	}
}

// parseRFC822 reads a date of RSS.
func parseRFC822(v string) (time.Time, bool) {
	m := rfc2822Form().FindStringSubmatch(strings.TrimSpace(v))
	if m == nil {
		return time.Time{}, false
	}
	if m[7] == "" {
		m[7] = "00"
	}
	zone := m[8]
	switch {
	case zone == "UT" || zone == "GMT" || zone == "Z":
		zone = "+0000"
	case zone[0] >= 'A':
		t, err := time.ParseInLocation("2 Jan 2006 15:04:05", m[2]+" "+m[3]+" "+m[4]+" "+m[5]+":"+m[6]+":"+m[7],
			time.FixedZone(zone, usZones[zone]*3600))
		return t.UTC(), err == nil
	case zone[0] != '+' && zone[0] != '-':
		zone = "+" + zone
	}
	t, err := time.Parse("2 Jan 2006 15:04:05 -0700", m[2]+" "+m[3]+" "+m[4]+" "+m[5]+":"+m[6]+":"+m[7]+" "+zone)
	return t.UTC(), err == nil
}

var (
	rfc3339Form = pattern(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$`)
	w3cdtfForm  = pattern(`^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?$`)
)

// parseRFC3339 reads a date and time strictly (RFC 3339, section 5.6, with the
// capital letters of RFC 4287, section 3.3). A leap second counts as the
// second before it.
func parseRFC3339(v string) (time.Time, bool) {
	if !rfc3339Form().MatchString(v) {
		return time.Time{}, false
	}
	if v[17:19] == "60" {
		v = v[:17] + "59" + v[19:]
	}
	t, err := time.Parse(time.RFC3339Nano, v)
	return t.UTC(), err == nil
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
	if w3cdtfForm().MatchString(v) {
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
