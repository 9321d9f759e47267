// Package schedule decides when the next build happens, and that only one
// happens at a time.
//
// A [Loop] runs one job: at its start, at the times of a [Schedule], when it is
// poked (a file changed, a signal came) and at the instant the last run asked
// to be woken at. [Watch] is what pokes it when files change.
//
// # Promises
//
// Runs never overlap. A trigger that comes during a run is kept and leads to
// one further run, however many there were. A run that fails or panics does not
// stop the next. The loop is never silent for longer than the schedule's step
// and a minute, also when the clock is set back or forward or the machine was
// suspended: it then looks once and plans anew.
//
// Watching is a hint that makes the loop quick; the schedule is what it relies
// on.
//
// The package does not know what the job does. Of robfig/cron it uses the
// parser and the calendar alone: the runner of v3.0.1 stalls when the clock is
// set back and can lose a job for good after a panic.
package schedule

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a repeating time, as Parse understands it. The zero value never
// comes.
type Schedule struct {
	spec  string
	every cron.Schedule      // of "@every"; nil for all others
	clock *cron.SpecSchedule // by the clock on the wall; nil for "@every"
	zone  *time.Location     // of clock; nil is the zone of the instant asked about
}

// Hints for people who got a schedule wrong.
const (
	hintSpec = "write \"@every 5m\", \"@hourly\", or five fields: \"30 6 * * 1-5\" is half past six from Monday to Friday"
	hintZone = "write \"CRON_TZ=Europe/Skopje 30 6 * * *\""
)

// Parse reads a schedule in the standard syntax of robfig/cron: five fields
// (minute, hour, day of the month, month, day of the week), optionally behind
// "CRON_TZ=Europe/Skopje", or one of @yearly, @monthly, @weekly, @daily,
// @hourly and "@every 1h30m".
//
// What that library takes but nobody can mean is an error as well: steps of
// less than a second or of fractions of one, steps longer than the field
// ("*/90" minutes) and dates that never come. An error quotes the spec and ends
// in a line with a hint.
func Parse(spec string) (Schedule, error) {
	s, err := parse(spec)
	if err != nil {
		hint := hintSpec
		if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
			hint = hintZone
		}
		return Schedule{}, fmt.Errorf("schedule %q: %w\n    hint: %s", spec, err, hint)
	}
	return s, nil
}

func parse(spec string) (s Schedule, err error) {
	// https://github.com/robfig/cron/issues/554: "TZ=UTC" and its like panic.
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("not a schedule")
		}
	}()
	if strings.HasPrefix(spec, "TZ= ") || strings.HasPrefix(spec, "CRON_TZ= ") {
		return Schedule{}, fmt.Errorf("no time zone is named") // cron takes it for UTC
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return Schedule{}, err
	}

	clock, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		// cron rounds to whole seconds and takes all below one for one.
		_, step, _ := strings.Cut(spec, "@every ")
		d, err := time.ParseDuration(step)
		if err != nil {
			return Schedule{}, err
		}
		if d < time.Second || d%time.Second != 0 {
			return Schedule{}, fmt.Errorf("%s is not a positive number of whole seconds", step)
		}
		return Schedule{spec: spec, every: parsed}, nil
	}

	if err := checkSteps(spec); err != nil {
		return Schedule{}, err
	}
	s = Schedule{spec: spec, clock: clock}
	if clock.Location != time.Local {
		s.zone = clock.Location
	}
	clock.Location = time.Local // cron's mark for "as in the instant given"
	// Any four years hold every date there is; which ones is of no matter.
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fmt.Errorf("this date never comes")
	}
	return s, nil
}

// checkSteps finds steps that lead out of their field: cron takes "*/90"
// minutes for once an hour.
func checkSteps(spec string) error {
	fields := strings.Fields(spec)
	if len(fields) < 5 {
		return nil // a descriptor
	}
	most := [5]int{59, 23, 31, 12, 6}
	for i, field := range fields[len(fields)-5:] {
		for part := range strings.SplitSeq(field, ",") {
			_, step, _ := strings.Cut(part, "/")
			if n, err := strconv.Atoi(step); err == nil && n > most[i] {
				return fmt.Errorf("step %d of %q is longer than its field", n, part)
			}
		}
	}
	return nil
}

// String is the spec as it was written.
func (s Schedule) String() string { return s.spec }

// Next is the first instant after t at which the schedule comes, in whole
// seconds; the zero Time when there is none within five years.
//
// Hours that the spec does not restrict are hours of real time. A spec that
// names hours comes once for every time it names, also on the days when clocks
// are changed: what falls into the hour left out in spring comes at the end of
// the gap, and the repeated hour in autumn counts the first time.
//
// cron's own Next is asked only about zones of a fixed offset: around changes
// of the clock it loses and doubles days
// (https://github.com/robfig/cron/pull/541).
func (s Schedule) Next(t time.Time) time.Time {
	if s.every != nil {
		return s.every.Next(t)
	}
	if s.clock == nil {
		return time.Time{}
	}
	zone := s.zone
	if zone == nil {
		zone = t.Location()
	}
	namesHours := bits.OnesCount32(uint32(s.clock.Hour)&(1<<24-1)) < 24

	from, era := t, t.In(zone) // era lies where the offset is the one looked at
	for {
		_, offset := era.Zone()
		_, end := era.ZoneBounds()
		if !end.IsZero() && !end.After(era) {
			// So says package time of the last day of leap years beyond a
			// zone's table: it ends a year after 365 days.
			end = era.AddDate(0, 0, 1)
		}
		next := s.clock.Next(from.In(time.FixedZone("", offset)))
		switch {
		case next.IsZero():
			return time.Time{}
		case end.IsZero() || next.Before(end):
			if !namesHours || !repeated(next.In(zone)) {
				return next.In(t.Location())
			}
			from = next
		default:
			era = end.In(zone)
			_, after := era.Zone()
			gap := time.Duration(after-offset) * time.Second
			if namesHours && next.Sub(end) < gap {
				return end.In(t.Location())
			}
			from = end.Add(-time.Second) // cron begins a second later
		}
	}
}

// repeated reports whether the clock on the wall showed t's time before: t is
// in the hour after clocks were set back.
func repeated(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).In(t.Location()).Zone()
	return t.Sub(start) < time.Duration(before-now)*time.Second
}
