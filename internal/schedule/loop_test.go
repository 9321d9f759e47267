package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// run is one run of a job under test.
type run struct {
	cause  Cause
	at     time.Duration // since the loop began, by the monotonic clock
	failed bool
}

func (r run) String() string {
	s := fmt.Sprintf("%v at %v", r.cause, r.at)
	if r.failed {
		s += " failed"
	}
	return s
}

// bench runs a loop in a bubble of testing/synctest and keeps what it did.
type bench struct {
	t      *testing.T
	loop   *Loop
	begun  time.Time
	runs   []run        // written by the loop, read when it rests
	ahead  atomic.Int64 // by which the clock on the wall is, a Duration
	stop   context.CancelFunc
	ended  chan struct{}
	inside int // jobs running
}

// start starts a loop with the job; begin is called on it before.
func start(t *testing.T, spec string, job Job, begin func(*Loop)) *bench {
	t.Helper()
	s, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, begun: time.Now(), ended: make(chan struct{})}
	b.loop = NewLoop(s, func(ctx context.Context, cause Cause) (time.Time, error) {
		b.inside++
		defer func() { b.inside-- }()
		if b.inside > 1 {
			t.Error("two runs at a time")
		}
		b.runs = append(b.runs, run{cause: cause, at: time.Since(b.begun)})
		return job(ctx, cause)
	})
	b.loop.wall = func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }
	b.loop.Report = func(_ Cause, err error) { b.runs[len(b.runs)-1].failed = err != nil }
	if begin != nil {
		begin(b.loop)
	}
	var ctx context.Context
	ctx, b.stop = context.WithCancel(t.Context())
	go func() {
		b.loop.Run(ctx)
		close(b.ended)
	}()
	synctest.Wait()
	return b
}

func (b *bench) sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// set sets the clock on the wall.
func (b *bench) set(by time.Duration) { b.ahead.Add(int64(by)) }

// end stops the loop and compares all runs.
func (b *bench) end(want ...string) {
	b.t.Helper()
	b.stop()
	<-b.ended
	var got []string
	for _, r := range b.runs {
		got = append(got, r.String())
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("got runs\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func quick(context.Context, Cause) (time.Time, error) { return time.Time{}, nil }

func taking(d time.Duration) Job {
	return func(context.Context, Cause) (time.Time, error) {
		time.Sleep(d)
		return time.Time{}, nil
	}
}

func TestLoopADay(t *testing.T) {
	tests := []struct {
		name string
		spec string
		job  func() Job
		want int // runs in 24 hours
	}{
		{"a quick job", "@every 1m", func() Job { return quick }, 1440},
		{"a job that takes half the step", "@every 1m", func() Job { return taking(30 * time.Second) }, 1440},
		{"a job that overruns runs without a pause", "@every 1m", func() Job { return taking(90 * time.Second) }, 960},
		{"a job that always fails", "@every 1m", func() Job {
			return func(context.Context, Cause) (time.Time, error) { return time.Time{}, errors.New("no") }
		}, 1440},
		{"a job that always panics", "@every 1m", func() Job {
			return func(context.Context, Cause) (time.Time, error) { panic("no") }
		}, 1440},
		{"a job that hangs until its time is up", "@every 1h", func() Job {
			return func(ctx context.Context, _ Cause) (time.Time, error) {
				<-ctx.Done()
				return time.Time{}, context.Cause(ctx)
			}
		}, 24},
		{"a job by the clock", "*/10 * * * *", func() Job { return quick }, 144},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, tt.spec, tt.job(), func(l *Loop) { l.Limit = 10 * time.Minute })
				time.Sleep(24*time.Hour - time.Millisecond)
				b.stop()
				<-b.ended
				if got := len(b.runs); got != tt.want {
					t.Errorf("got %d runs, want %d", got, tt.want)
				}
			})
		})
	}
}

func TestLoopPoke(t *testing.T) {
	tests := []struct {
		name string
		job  Job
		play func(*bench)
		want []string
	}{
		{
			"a poke between runs is answered at once and moves the next time",
			quick,
			func(b *bench) {
				b.sleep(90 * time.Second)
				b.loop.Poke(Change)
				b.sleep(5 * time.Minute)
			},
			[]string{"start at 0s", "change at 1m30s", "schedule at 6m30s"},
		},
		{
			"pokes during a run are one run after it",
			taking(20 * time.Second),
			func(b *bench) {
				for range 10 {
					b.sleep(time.Second)
					b.loop.Poke(Change)
				}
				b.sleep(2 * time.Minute)
			},
			[]string{"start at 0s", "change at 20s"},
		},
		{
			"a poke and the schedule during the same run are one run after it",
			taking(7 * time.Minute),
			func(b *bench) {
				b.sleep(6 * time.Minute)
				b.loop.Poke(Change)
				b.sleep(2 * time.Minute)
			},
			[]string{"start at 0s", "schedule at 7m0s"},
		},
		{
			"a poke in the last moment of a run is not lost",
			taking(20 * time.Second),
			func(b *bench) {
				b.sleep(20*time.Second - time.Nanosecond)
				b.loop.Poke(Signal)
				b.sleep(time.Minute)
			},
			[]string{"start at 0s", "signal at 20s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, "@every 5m", tt.job, nil)
				tt.play(b)
				b.end(tt.want...)
			})
		})
	}
}

func TestPokeBeforeRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "@every 5m", quick, func(l *Loop) { l.Poke(Signal) })
		b.sleep(time.Minute)
		b.end("start at 0s") // the first run sees all
	})
}

func TestLoopWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		job := func(context.Context, Cause) (time.Time, error) {
			switch time.Since(begun) {
			case 0:
				return begun.Add(90*time.Second + time.Millisecond), nil
			case 90*time.Second + time.Millisecond:
				return begun.Add(time.Hour), errors.New("no") // after the schedule; heeded beside an error
			case 6*time.Minute + 30*time.Second:
				return time.Time{}, nil
			}
			return time.Time{}, nil
		}
		b := start(t, "@every 5m", job, nil)
		if got, want := b.loop.Next().Sub(begun), 90*time.Second+time.Millisecond; got != want {
			t.Errorf("Next: got %v after the start, want %v", got, want)
		}
		b.sleep(2 * time.Minute)
		if got, want := b.loop.Next().Sub(begun), 6*time.Minute+30*time.Second; got != want {
			t.Errorf("Next: got %v after the start, want %v", got, want)
		}
		b.sleep(5 * time.Minute)
		b.end("start at 0s", "wake at 1m30.001s failed", "schedule at 6m30s")
	})
}

// A job that always asks for an instant in the past is held to one run a second.
func TestLoopWakeInThePast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "@every 5m", func(context.Context, Cause) (time.Time, error) {
			return time.Now().Add(-time.Hour), nil
		}, nil)
		time.Sleep(time.Minute - time.Millisecond)
		b.stop()
		<-b.ended
		if got, want := len(b.runs), 60; got != want {
			t.Errorf("got %d runs in a minute, want %d", got, want)
		}
	})
}

func TestLoopPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reports []string
		n := 0
		job := func(context.Context, Cause) (time.Time, error) {
			if n++; n == 2 {
				var none []int
				return time.Time{}, errors.New(string(rune(none[n])))
			}
			return time.Time{}, nil
		}
		b := start(t, "@every 1m", job, func(l *Loop) {
			l.Report = func(cause Cause, err error) {
				reports = append(reports, fmt.Sprintf("%v: %v", cause, err))
				var p *PanicError
				if errors.As(err, &p) && !strings.Contains(string(p.Stack), "loop_test.go") {
					t.Errorf("got the stack %s, want the line that panicked in it", p.Stack)
				}
			}
		})
		b.sleep(2 * time.Minute)
		b.end("start at 0s", "schedule at 1m0s", "schedule at 2m0s")
		want := []string{
			"start: <nil>",
			"schedule: panic: runtime error: index out of range [2] with length 0",
			"schedule: <nil>",
		}
		if !slices.Equal(reports, want) {
			t.Errorf("got reports %q, want %q", reports, want)
		}
	})
}

func TestLoopLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got error
		b := start(t, "@every 1h", func(ctx context.Context, _ Cause) (time.Time, error) {
			<-ctx.Done()
			return time.Time{}, context.Cause(ctx)
		}, func(l *Loop) {
			l.Limit = 10 * time.Minute
			l.Report = func(_ Cause, err error) { got = err }
		})
		b.sleep(11 * time.Minute)
		b.end("start at 0s")
		if want := "run took longer than 10m0s"; got == nil || got.Error() != want {
			t.Errorf("got error %v, want %q", got, want)
		}
	})
}

func TestLoopStopWaitsForTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "@every 1m", func(ctx context.Context, _ Cause) (time.Time, error) {
			<-ctx.Done()
			time.Sleep(3 * time.Second) // what a publish takes to end whole
			return time.Time{}, nil
		}, nil)
		b.loop.Poke(Change) // must not lead to a run any more
		b.sleep(time.Second)
		b.stop()
		b.sleep(2 * time.Second)
		select {
		case <-b.ended:
			t.Error("Run returned during a run")
		default:
		}
		b.end("start at 0s")
		if got, want := time.Since(b.begun), 4*time.Second; got != want {
			t.Errorf("Run returned after %v, want %v", got, want)
		}
	})
}

func TestLoopClockSet(t *testing.T) {
	tests := []struct {
		name string
		spec string
		job  Job
		play func(*bench)
		want []string
	}{
		{
			"set back by an hour: one run at the next look, then every step",
			"@every 5m", quick,
			func(b *bench) {
				b.sleep(7 * time.Minute)
				b.set(-time.Hour)
				b.sleep(10 * time.Minute)
			},
			[]string{"start at 0s", "schedule at 5m0s", "catch-up at 7m30s", "schedule at 12m30s"},
		},
		{
			"set forward by an hour: one run for all that were jumped over",
			"@every 5m", quick,
			func(b *bench) {
				b.sleep(7 * time.Minute)
				b.set(time.Hour)
				b.sleep(10 * time.Minute)
			},
			[]string{"start at 0s", "schedule at 5m0s", "catch-up at 7m30s", "schedule at 12m30s"},
		},
		{
			"set back by an hour with a step of a minute",
			"@every 1m", quick,
			func(b *bench) {
				b.sleep(90 * time.Second)
				b.set(-time.Hour)
				b.sleep(2 * time.Minute)
			},
			[]string{"start at 0s", "schedule at 1m0s", "catch-up at 2m0s", "schedule at 3m0s"},
		},
		{
			"set forward over a time of day, and back before it",
			"CRON_TZ=UTC 30 6 * * *", quick,
			func(b *bench) { // a bubble begins at midnight UTC
				b.sleep(6 * time.Hour)
				b.set(time.Hour)
				b.sleep(time.Minute)
				b.set(-time.Hour)
				b.sleep(time.Hour)
			},
			[]string{"start at 0s", "catch-up at 6h0m30s", "catch-up at 6h1m30s", "schedule at 6h30m0s"},
		},
		{
			"set back during a run",
			"@every 5m", taking(20 * time.Second),
			func(b *bench) {
				b.sleep(10 * time.Second)
				b.set(-time.Hour)
				b.sleep(3 * time.Minute)
			},
			[]string{"start at 0s", "catch-up at 20s"},
		},
		{
			"set forward over a wake-up",
			"@every 5h",
			func(_ context.Context, cause Cause) (time.Time, error) {
				if cause == Start {
					return time.Now().Add(2 * time.Hour), nil
				}
				return time.Time{}, nil
			},
			func(b *bench) {
				b.sleep(time.Hour)
				b.set(3 * time.Hour)
				b.sleep(2 * time.Hour)
			},
			[]string{"start at 0s", "catch-up at 1h0m30s"},
		},
		{
			"a clock that is slewed is no clock that was set",
			"@every 5m", quick,
			func(b *bench) {
				for range 600 {
					b.sleep(time.Second)
					b.set(500 * time.Microsecond)
				}
				for i := range b.runs {
					b.runs[i].at = b.runs[i].at.Round(time.Second)
				}
			},
			[]string{"start at 0s", "schedule at 5m0s", "schedule at 10m0s"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, tt.spec, tt.job, nil)
				tt.play(b)
				b.end(tt.want...)
			})
		})
	}
}

// However often the clock is set, the loop is never silent for longer than its
// step and a minute, and never runs more than once for each time it was set.
func TestLoopNeverSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, "@every 1m", quick, nil)
		steps := []time.Duration{-time.Hour, time.Hour, -24 * time.Hour, 7 * time.Minute, -6 * time.Second, 10 * time.Hour}
		for i := range 200 {
			b.sleep(time.Duration(7+i*13%400) * time.Second)
			b.set(steps[i%len(steps)])
		}
		last := time.Since(b.begun)
		b.stop()
		<-b.ended
		for i := 1; i < len(b.runs); i++ {
			if silent := b.runs[i].at - b.runs[i-1].at; silent > 2*time.Minute {
				t.Errorf("silent for %v before %v", silent, b.runs[i])
			}
		}
		if got, most := len(b.runs), int(last/time.Minute)+200; got > most {
			t.Errorf("got %d runs in %v, want at most %d", got, last, most)
		}
	})
}

func TestCauseString(t *testing.T) {
	var got []string
	for c := Start; c <= CatchUp+1; c++ {
		got = append(got, c.String())
	}
	want := []string{"start", "schedule", "change", "signal", "wake", "catch-up", "Cause(6)"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
