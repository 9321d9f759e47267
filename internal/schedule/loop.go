package schedule

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"
)

const (
	// look is how often the two clocks are compared, and so the longest that
	// a change of the clock goes unseen.
	look = 30 * time.Second
	// disagreement is by how much the clocks must have parted since the last
	// look to count as a change; a clock that is slewed parts by 15 ms.
	disagreement = 5 * time.Second
	// breath is the least time between the beginnings of two runs of which
	// the second was asked for by the first: a job that always asks for an
	// instant in the past must not take the whole processor.
	breath = time.Second
)

// Cause says why a job runs.
type Cause int

const (
	Start   Cause = iota // the loop began
	Timed                // the schedule came
	Change               // a file changed
	Signal               // somebody asked
	Wake                 // the last run asked for it
	CatchUp              // the clock was set, or the machine was suspended
)

// String is one lower-case word, for logs.
func (c Cause) String() string {
	switch c {
	case Start:
		return "start"
	case Timed:
		return "schedule"
	case Change:
		return "change"
	case Signal:
		return "signal"
	case Wake:
		return "wake"
	case CatchUp:
		return "catch-up"
	}
	return fmt.Sprintf("Cause(%d)", int(c))
}

// Job is one run of what a Loop repeats. Its context ends when the loop is to
// stop or the run has used up its time; the loop waits for the job in any case.
// It returns the instant at which it wants to run again although nothing
// changed, zero for none; that is heeded beside an error too.
type Job func(ctx context.Context, cause Cause) (wake time.Time, err error)

// PanicError is the outcome of a run that panicked.
type PanicError struct {
	Value any    // what was given to panic
	Stack []byte // as [debug.Stack] writes it
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Loop runs a job again and again, never twice at a time. Limit and Report are
// set before Run.
type Loop struct {
	// Limit is how long a run may take before its context ends; zero, the
	// default, is without limit.
	Limit time.Duration
	// Report, when not nil, is told how every run ended; err is a
	// [*PanicError] when the run panicked. No run begins before it returns.
	Report func(cause Cause, err error)

	schedule Schedule
	job      Job
	pokes    chan Cause // holds one
	next     atomic.Pointer[time.Time]
	wall     func() time.Time // the clock on the wall
}

// NewLoop returns a loop that has not begun.
func NewLoop(schedule Schedule, job Job) *Loop {
	return &Loop{
		schedule: schedule,
		job:      job,
		pokes:    make(chan Cause, 1),
		wall:     time.Now,
	}
}

// Poke asks for a run because of cause: at once or, during a run, when it has
// ended. Several pokes that wait for the same run are one; its cause is the
// first one's. Poke never blocks and may be called at any time, by anybody.
func (l *Loop) Poke(cause Cause) {
	select {
	case l.pokes <- cause:
	default: // the run that is waited for begins after now and sees all
	}
}

// Next is the instant of the next planned run, for people to look at; the zero
// Time when none is planned or Run was not called. During a run it is the one
// after it, as far as it is known.
func (l *Loop) Next() time.Time {
	if t := l.next.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// Run runs the job until ctx ends, and returns when the run of that moment, if
// there is one, has ended too.
func (l *Loop) Run(ctx context.Context) {
	clocks := l.readClocks()
	var due, wake time.Time
	for cause := Start; ; {
		if ctx.Err() != nil {
			return
		}
		// All that happened up to here is seen by the run that begins now.
		select {
		case <-l.pokes:
		default:
		}
		began := l.wall().Round(0)
		due = l.schedule.Next(began)
		l.plan(due)

		var err error
		wake, err = l.run(ctx, cause)
		if l.Report != nil {
			l.Report(cause, err)
		}
		if soonest := began.Add(breath); !wake.IsZero() && wake.Before(soonest) {
			wake = soonest
		}
		l.plan(earlier(due, wake))

		var ok bool
		if cause, ok = l.wait(ctx, &clocks, due, wake); !ok {
			return
		}
	}
}

// wait returns the cause of the next run when it is time, false when ctx ended.
func (l *Loop) wait(ctx context.Context, last *clocks, due, wake time.Time) (Cause, bool) {
	for {
		now := l.readClocks()
		apart := now.apart(*last)
		*last = now
		switch {
		case apart.Abs() > disagreement:
			// What was planned belongs to another time. Instants may have been
			// jumped over, or lie further away than anybody meant; one run
			// settles both.
			return CatchUp, true
		case reached(now.wall, due):
			return Timed, true
		case reached(now.wall, wake):
			return Wake, true
		}

		// A timer runs by the monotonic clock, which knows nothing of clocks
		// being set and on Linux stands still while the machine is suspended
		// (https://go.dev/issue/35012). So none is set for long.
		pause := look
		if first := earlier(due, wake); !first.IsZero() {
			pause = min(pause, first.Sub(now.wall))
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return 0, false
		case cause := <-l.pokes:
			timer.Stop()
			return cause, true
		case <-timer.C:
		}
	}
}

// run is one run of the job; a panic is an error like others.
func (l *Loop) run(ctx context.Context, cause Cause) (wake time.Time, err error) {
	if l.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, l.Limit, fmt.Errorf("run took longer than %v", l.Limit))
		defer cancel()
	}
	defer func() {
		if v := recover(); v != nil {
			wake, err = time.Time{}, &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return l.job(ctx, cause)
}

func (l *Loop) plan(next time.Time) { l.next.Store(&next) }

// clocks is one look at both clocks. Their difference is the same at two looks
// unless the clock on the wall was set or the monotonic one stood still.
type clocks struct {
	wall time.Time // without a monotonic reading
	mono time.Time // read for its monotonic reading alone
}

func (l *Loop) readClocks() clocks {
	return clocks{wall: l.wall().Round(0), mono: time.Now()}
}

func (c clocks) apart(last clocks) time.Duration {
	return c.wall.Sub(last.wall) - c.mono.Sub(last.mono)
}

func reached(now, t time.Time) bool { return !t.IsZero() && !now.Before(t) }

// earlier is the earlier of two instants of which either may be missing.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
