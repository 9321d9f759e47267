package feed

import (
	"fmt"
	"time"

	"feedmill/internal/site"
)

// span is one period of the calendar.
type span struct {
	name  string    // as in the address of its archive: "2023-11", "2023-W47"
	start time.Time // its first instant
	end   time.Time // the instant at which the next one begins
}

// spanOf returns the period that holds an instant, in the zone of t.
func spanOf(p site.Period, t time.Time) span {
	y, m, d := t.Date()
	at := func(y int, m time.Month, d int) time.Time { return midnight(y, m, d, t.Location()) }
	switch p {
	case site.Year:
		return span{fmt.Sprintf("%04d", y), at(y, time.January, 1), at(y+1, time.January, 1)}
	case site.Week:
		year, week := t.ISOWeek()
		monday := d - (int(t.Weekday())+6)%7
		return span{fmt.Sprintf("%04d-W%02d", year, week), at(y, m, monday), at(y, m, monday+7)}
	case site.Day:
		return span{t.Format(time.DateOnly), at(y, m, d), at(y, m, d+1)}
	}
	return span{fmt.Sprintf("%04d-%02d", y, m), at(y, m, 1), at(y, m+1, 1)}
}

// midnight returns the first instant of a day. Where clocks are put forward or
// back at midnight, time.Date may return one of the day before.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for noon := time.Date(y, m, d, 12, 0, 0, 0, zone); t.Day() != noon.Day(); {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// Of a feed whose archives nobody has chosen the period of, an archive holds
// about so many entries.
const aboutEntries = 50

// choosePeriod returns the longest period in which, at the busiest stretch of
// the feed's past, not many more than aboutEntries were published. Entries are
// sorted.
func choosePeriod(entries []*Entry) site.Period {
	const stretch = 4 * aboutEntries
	n := min(len(entries), stretch)
	var perDay float64
	for i := 0; i+n <= len(entries); i++ {
		length := entries[i].Published.Time().Sub(entries[i+n-1].Published.Time())
		perDay = max(perDay, float64(n)/max(length.Hours()/24, 1))
	}
	for _, p := range []struct {
		period site.Period
		days   float64
	}{{site.Year, 365}, {site.Month, 30}, {site.Week, 7}} {
		if perDay*p.days <= 1.25*aboutEntries {
			return p.period
		}
	}
	return site.Day
}

// shorter returns the next shorter period.
func shorter(p site.Period) site.Period {
	return map[site.Period]site.Period{site.Year: site.Month, site.Month: site.Week, site.Week: site.Day}[p]
}
