package article

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Point is a place on the earth, in degrees of WGS 84: Latitude from -90 to 90,
// north being positive, Longitude from -180 to 180, east being positive.
type Point struct {
	Latitude, Longitude float64
}

// statedPoint takes the place that an article is about.
func (p *parsing) statedPoint(meta value) {
	for _, e := range meta.stated(pointKey) {
		if point, ok := pointOf(e.value, 0); ok {
			p.a.Point = &point
			return
		}
		p.warn(e.value.line, "bad-location", fmt.Sprintf("%s: these are no degrees of latitude and longitude", e.key), "write them as 41.9981, 21.4254")
	}
	lat, ok := firstScalar(meta.stated(latitudeKey))
	lon, both := firstScalar(meta.stated(longitudeKey))
	if ok && both {
		if point, ok := newPoint(lat.value.text, lon.value.text); ok {
			p.a.Point = &point
			return
		}
		p.warn(lat.value.line, "bad-location", fmt.Sprintf("%s: %q and %q are no degrees of latitude and longitude", lat.key, oneLine(lat.value.text), oneLine(lon.value.text)), "write them as 41.9981 and 21.4254")
	}
	for _, e := range meta.stated(placeKey) { // where it may stand as well
		if point, ok := pointOf(e.value, 0); ok {
			p.a.Point = &point
			return
		}
	}
}

// statedPlace takes the name of the place, which is not its degrees.
func (p *parsing) statedPlace(meta value) {
	for _, e := range meta.stated(placeKey) {
		name := e.value
		if name.kind == mapping {
			inner, _ := name.firstOf("name", "title", "place", "city", "label")
			name = inner.value
		}
		if _, isPoint := pointOf(name, 0); name.kind != scalar || isPoint || oneLine(name.text) == "" {
			continue
		}
		p.a.Place = oneLine(name.text)
		return
	}
}

// pointOf reads a point in its forms: "41.9981, 21.4254", a list of the same,
// "41°59′53″N 21°25′31″E", geo:41.9981,21.4254 (RFC 5870), a mapping, GeoJSON
// (RFC 7946, section 3.1.2), whose longitude comes first.
func pointOf(v value, depth int) (Point, bool) {
	switch {
	case depth > 3:
	case v.kind == scalar:
		text, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(v.text), "geo:"), ";u=")
		lat, lon, ok := halves(strings.Trim(text, "[]()"))
		if !ok {
			return Point{}, false
		}
		return newPoint(lat, lon)
	case v.kind == list && len(v.list) == 2:
		return newPoint(v.list[0].text, v.list[1].text)
	case v.kind == mapping:
		lat, ok := v.firstOf("latitude", "lat")
		lon, both := v.firstOf("longitude", "lon", "lng", "long")
		if ok && both {
			return newPoint(lat.value.text, lon.value.text)
		}
		kind, _ := v.get("type")
		if e, ok := v.get("coordinates"); ok && kind.value.text == "Point" && len(e.value.list) >= 2 {
			return newPoint(e.value.list[1].text, e.value.list[0].text)
		}
		for _, name := range []string{"coordinates", "geo", "geometry", "point", "location"} {
			if e, ok := v.get(name); ok {
				return pointOf(e.value, depth+1)
			}
		}
	}
	return Point{}, false
}

// halves parts latitude from longitude.
func halves(s string) (lat, lon string, ok bool) {
	for _, sign := range []string{",", ";"} {
		if lat, lon, ok := strings.Cut(s, sign); ok {
			return lat, lon, true
		}
	}
	if i := strings.IndexAny(s, "NS"); i > 0 && i+1 < len(s) {
		return s[:i+1], s[i+1:], true
	}
	fields := strings.Fields(s)
	if len(fields) != 2 {
		return "", "", false
	}
	return fields[0], fields[1], true
}

// angle is degrees, perhaps with minutes and seconds, and a sign or the letter
// of a direction.
var angle = regexp.MustCompile(`^([+-]?)(\d{1,3}(?:\.\d+)?)\s*(?:[°º]\s*(?:(\d{1,2}(?:\.\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*["″”]\s*)?)?([NSEW]?)$`)

func newPoint(lat, lon string) (Point, bool) {
	latitude, ok := degrees(lat, "NS", 90)
	longitude, both := degrees(lon, "EW", 180)
	return Point{latitude, longitude}, ok && both
}

// degrees reads an angle of at most so many degrees, whose letter is one of
// directions. It is rounded to a millionth, a tenth of a metre on the ground.
func degrees(s, directions string, most float64) (float64, bool) {
	m := angle.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[5] != "" && (m[1] != "" || !strings.Contains(directions, m[5])) {
		return 0, false
	}
	total, unit := 0.0, 1.0
	for _, part := range m[2:5] {
		if part != "" {
			n, err := strconv.ParseFloat(part, 64)
			if err != nil || unit < 1 && n >= 60 {
				return 0, false
			}
			total += n * unit
		}
		unit /= 60
	}
	if m[1] == "-" || m[5] == "S" || m[5] == "W" {
		total = -total
	}
	return math.Round(total*1e6) / 1e6, math.Abs(total) <= most
}
