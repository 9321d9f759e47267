package main

import (
	"context"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestTidiesWhatBuildsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		due := time.NewTimer(calm)
		const live = 100
		var used atomic.Uint64
		freed := make(chan uint64, 1)
		go tidy(ctx, due.C, used.Load, func() { freed <- used.Swap(live) })
		for _, step := range []struct {
			used   uint64
			tidies bool
		}{
			{used: 150, tidies: true},  // the first build
			{used: 105, tidies: false}, // little
			{used: 110, tidies: true},  // that and more
		} {
			used.Store(step.used)
			due.Reset(calm)
			time.Sleep(calm - time.Nanosecond)
			synctest.Wait()
			if len(freed) > 0 {
				t.Errorf("with %d bytes in use: tidied too soon", step.used)
			}
			time.Sleep(2 * time.Nanosecond)
			synctest.Wait()
			tidied := len(freed) > 0
			if tidied != step.tidies {
				t.Errorf("with %d bytes in use: tidied: %v", step.used, tidied)
			}
			if tidied {
				<-freed
			}
		}
		cancel()
	})
}

func TestBoundsWhatABuildTakes(t *testing.T) {
	limit := func() int64 { return debug.SetMemoryLimit(-1) }
	before := limit()
	for set, want := range map[string]int64{"": enough, "1GiB": before} {
		t.Setenv("GOMEMLIMIT", set)
		end := bound()
		if got := limit(); got != want {
			t.Errorf("GOMEMLIMIT=%s: the limit is %d, want %d", set, got, want)
		}
		if end(); limit() != before {
			t.Errorf("GOMEMLIMIT=%s: the limit is %d in the end, want %d", set, limit(), before)
		}
	}
}
