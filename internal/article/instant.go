package article

import (
	"cmp"
	"time"
)

// Instant is a point in time, to the millisecond, and how far from Greenwich the
// clock was by which it was stated, to the minute. The zero value is no instant.
//
// A [time.Time] takes three times the room, with a pointer that the collector
// follows; of instants there are several for each article.
type Instant int64 // milliseconds since the year 1, then the minutes in the lowest bits

const (
	offsetBits = 12             // a day has 1440 minutes
	toYearOne  = 62135596800000 // milliseconds from there to 1970
)

// At returns the instant of a time, without what is less than a millisecond.
func At(t time.Time) Instant {
	_, offset := t.Zone()
	return Instant((t.UnixMilli()+toYearOne)<<offsetBits | int64(offset/60)&(1<<offsetBits-1))
}

// Time returns the instant as a time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)>>offsetBits - toYearOne).UTC() }

// InZone returns the instant as a time in the zone that is named by nothing but
// its offset.
func (i Instant) InZone() time.Time {
	offset := int64(i) << (64 - offsetBits) >> (64 - offsetBits)
	return i.Time().In(fixedZone(int(offset) * 60))
}

// Second returns the instant without what is less than a second.
func (i Instant) Second() Instant {
	over := i >> offsetBits % 1000
	return i - over<<offsetBits
}

// IsZero reports whether there is no instant.
func (i Instant) IsZero() bool { return i>>offsetBits == 0 }

// Compare is that of [time.Time]: the offset does not count.
func (i Instant) Compare(j Instant) int { return cmp.Compare(i>>offsetBits, j>>offsetBits) }

// Before, After and Equal likewise.
func (i Instant) Before(j Instant) bool { return i>>offsetBits < j>>offsetBits }
func (i Instant) After(j Instant) bool  { return i>>offsetBits > j>>offsetBits }
func (i Instant) Equal(j Instant) bool  { return i>>offsetBits == j>>offsetBits }

func (i Instant) String() string { return i.InZone().Format(time.RFC3339Nano) }
