package page

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// tongue is the language of a text and the direction it is written in, as the
// attributes lang and dir of HTML say it.
type tongue struct {
	Language  string
	Direction string // "ltr" or "rtl"
}

// rightToLeft are the scripts of living languages that are written from right
// to left (ISO 15924).
const rightToLeft = "Adlm Arab Aran Hebr Mand Nkoo Rohg Samr Syrc Thaa Yezi"

// newTongue returns the tongue of a BCP 47 tag. Where the tag names no script
// it is the one that the language is commonly written in: "fa" from right to
// left, "az" from left to right, "az-Arab" from right to left.
func newTongue(tag string) tongue { return traitsOf(tag).tongue }

// traits are what has to be known of a language.
type traits struct {
	tongue
	english bool // its dates name the month
}

// traitsKnown are those of the languages of late: every page is in one of a few.
var traitsKnown struct {
	mu sync.Mutex // guards what follows
	by map[string]traits
}

// mostTraits is how many are kept.
const mostTraits = 64

func traitsOf(tag string) traits {
	known := &traitsKnown
	known.mu.Lock()
	defer known.mu.Unlock()
	if t, ok := known.by[tag]; ok {
		return t
	}
	read := language.Make(tag)
	t := traits{tongue: tongue{tag, "ltr"}}
	if script, _ := read.Script(); strings.Contains(rightToLeft, script.String()) {
		t.Direction = "rtl"
	}
	base, confidence := read.Base()
	t.english = base.String() == "en" && confidence == language.Exact
	if known.by == nil || len(known.by) == mostTraits {
		known.by = map[string]traits{}
	}
	known.by[strings.Clone(tag)] = t
	return t
}

// instant is a point in time as it is shown in a language, in the zone of time.
type instant struct {
	Machine  string // for the attribute datetime: RFC 3339
	time     time.Time
	language string
}

func newInstant(t time.Time, language string) *instant {
	return &instant{t.Format(time.RFC3339), t, language}
}

// Day returns the date.
func (i *instant) Day() string {
	if traitsOf(i.language).english {
		return i.time.Format("2 January 2006")
	}
	return i.time.Format(time.DateOnly)
}

// Moment returns the date and, unless it is midnight, the time with its zone:
// an article that states a day and no time stands at midnight.
func (i *instant) Moment() string {
	if hour, minute, second := i.time.Clock(); hour == 0 && minute == 0 && second == 0 {
		return i.Day()
	}
	zone := i.time.Format("MST")
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + zone // a zone without a name, such as that of Istanbul
	}
	return i.Day() + ", " + i.time.Format("15:04 ") + zone
}
