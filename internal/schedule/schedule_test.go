package schedule

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name string
		spec string
		want string // part of the error
	}{
		{"nothing", "", "empty spec"},
		{"words", "every five minutes", "expected exactly 5 fields"},
		{"six fields", "0 30 6 * * *", "expected exactly 5 fields, found 6"},
		{"an unknown descriptor", "@fortnightly", "unrecognized descriptor"},
		{"Sunday as 7", "0 0 * * 7", "end of range (7) above maximum (6)"},
		{"every nothing", "@every 0s", "0s is not a positive number of whole seconds"},
		{"every less than a second", "@every 10ms", "10ms is not a positive number"},
		{"every second and a half", "@every 1500ms", "1500ms is not a positive number"},
		{"every step into the past", "@every -5m", "-5m is not a positive number"},
		{"every something else", "@every soon", "soon"},
		{"a zone before a bad step", "TZ=UTC @every -5s", "-5s is not a positive number"},
		{"the thirtieth of February", "0 0 30 2 *", "never comes"},
		{"the thirty-first of April", "0 0 31 4 *", "never comes"},
		{"a field without values", ", * * * *", "never comes"},
		{"ninety minutes in an hour", "*/90 * * * *", `step 90 of "*/90" is longer than its field`},
		{"a step too long in a list", "0 1,2/30 * * *", `step 30 of "2/30" is longer`},
		{"a zone and nothing else", "TZ=UTC", "not a schedule"},
		{"a zone and nothing else, long form", "CRON_TZ=UTC", "not a schedule"},
		{"a zone without a name and nothing else", "TZ=", "not a schedule"},
		{"two zones and nothing else", "TZ=TZ=UTC", "not a schedule"},
		{"a zone without a name", "TZ= * * * * *", "no time zone is named"},
		{"a zone that does not exist", "CRON_TZ=Mars/Olympus 0 6 * * *", "Mars/Olympus"},
		{"a zone that is a path", "TZ=../../etc/passwd 0 6 * * *", "../../etc/passwd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.spec)
			if err == nil {
				t.Fatalf("Parse(%q) succeeded, want an error with %q", tt.spec, tt.want)
			}
			msg := err.Error()
			if !strings.Contains(msg, tt.want) {
				t.Errorf("Parse(%q): got error %q, want it to contain %q", tt.spec, msg, tt.want)
			}
			if !strings.HasPrefix(msg, `schedule "`+tt.spec+`": `) {
				t.Errorf("Parse(%q): got error %q, want it to quote the spec", tt.spec, msg)
			}
			if !strings.Contains(msg, "\n    hint: write ") {
				t.Errorf("Parse(%q): got error %q, want a hint", tt.spec, msg)
			}
		})
	}
}

func TestNext(t *testing.T) {
	tests := []struct {
		name string
		spec string
		from string
		want []string // the times that follow
	}{
		{"every minute", "@every 1m",
			"2026-11-23T10:00:20Z", []string{"2026-11-23T10:01:20Z", "2026-11-23T10:02:20Z"}},
		{"every day at half past six", "30 6 * * *",
			"2026-11-23T10:00:00Z", []string{"2026-11-24T06:30:00Z", "2026-11-25T06:30:00Z"}},
		{"in the zone of the instant", "30 6 * * *",
			"2026-11-23T10:00:00+02:00", []string{"2026-11-24T06:30:00+02:00"}},
		{"in the zone of the spec", "CRON_TZ=Europe/Skopje 30 6 * * *",
			"2026-11-23T10:00:00Z", []string{"2026-11-24T05:30:00Z"}},
		{"on a leap day", "0 0 29 2 *",
			"2026-11-23T10:00:00Z", []string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
		{"on a leap day, beyond the table of the zone", "TZ=America/Havana 0 0 29 2 *",
			"2036-11-23T10:00:00Z", []string{"2040-02-29T05:00:00Z", "2044-02-29T05:00:00Z"}},
		{"named months and days", "0 8 * dec mon-fri",
			"2026-11-23T10:00:00Z", []string{"2026-12-01T08:00:00Z"}},
		{"the hour left out in spring: at the end of the gap", "TZ=America/New_York 30 2 * * *",
			"2026-03-07T12:00:00Z", []string{"2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"}},
		{"the hour repeated in autumn: once, the first time", "TZ=America/New_York 30 1 * * *",
			"2026-10-31T12:00:00Z", []string{"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
		{"every half hour in spring: nothing is added", "TZ=America/New_York 30 * * * *",
			"2026-03-08T06:00:00Z", []string{"2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"}},
		{"every half hour in autumn: nothing is left out", "TZ=America/New_York 30 * * * *",
			"2026-11-01T05:00:00Z", []string{"2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"}},
		{"a midnight that does not exist", "TZ=America/Havana 0 0 * * *",
			"2026-03-07T12:00:00Z", []string{"2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"}},
		{"a Sunday whose midnight does not exist", "TZ=America/Havana 0 0 * * 0",
			"2026-03-03T12:00:00Z", []string{"2026-03-08T05:00:00Z", "2026-03-15T04:00:00Z"}},
		{"clocks set back by half an hour", "TZ=Australia/Lord_Howe 45 1 * * *",
			"2026-04-04T00:00:00Z", []string{"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse(tt.spec)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				next := s.Next(at)
				if got := next.Format(time.RFC3339); got != want {
					t.Fatalf("Next(%s): got %s, want %s", at.Format(time.RFC3339), got, want)
				}
				at = next
			}
		})
	}
}

// A spec of one time a day comes once on every day of a year in zones that set
// their clocks in every way there is: at midnight, by half an hour, in the
// south, in Ramadan. All of them do it before five in the morning.
func TestNextOnceADay(t *testing.T) {
	zones := []string{
		"America/New_York", "America/Havana", "America/Santiago", "Africa/Cairo", "Africa/Casablanca",
		"Asia/Beirut", "Australia/Lord_Howe", "Europe/Skopje", "Europe/Dublin", "Pacific/Chatham",
		"Antarctica/Troll", "UTC",
	}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for minute := 0; minute < 5*60; minute += 30 {
			at := time.Date(2026, 1, 1, 0, minute, 0, 0, zone)
			spec := at.Format("TZ=" + name + " 4 15 * * *")
			s, err := Parse(spec)
			if err != nil {
				t.Fatal(err)
			}
			for range 364 {
				next := s.Next(at)
				day := time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, zone)
				tomorrow := day.AddDate(0, 0, 1)
				if next.Day() != tomorrow.Day() {
					t.Fatalf("%q: got %v after %v, want it on the day after", spec, next, at)
				}
				at = next
			}
		}
	}
}

func TestZeroSchedule(t *testing.T) {
	if next := (Schedule{}).Next(time.Now()); !next.IsZero() {
		t.Errorf("got %v, want none", next)
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"@every 1m", "*/5 * * * *", "TZ=UTC", "CRON_TZ=Europe/Skopje 0 6 * * 1-5", "0 0 29 2 *", "@daily"} {
		f.Add(spec)
	}
	zone, err := time.LoadLocation("America/Havana")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := Parse(spec)
		if err != nil {
			return
		}
		at := time.Date(2026, 3, 7, 12, 0, 0, 0, zone)
		for range 5 {
			next := s.Next(at)
			if !next.After(at) {
				t.Fatalf("Parse(%q).Next(%v): got %v, want something later", spec, at, next)
			}
			at = next
		}
	})
}
