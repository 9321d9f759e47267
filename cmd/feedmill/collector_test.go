package main

import (
	"context"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestTidiesWhatBuildsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		due := time.NewTimer(calm)
		var used, live uint64 = 0, 100
		var freed []uint64
		go tidy(ctx, due.C, func() uint64 { return used }, func() { freed, used = append(freed, used), live })
		for _, step := range []struct {
			used uint64
			want []uint64
		}{
			{used: 150, want: []uint64{150}},      // the first build
			{used: 105, want: []uint64{150}},      // little
			{used: 110, want: []uint64{150, 110}}, // that and more
		} {
			used = step.used
			due.Reset(calm)
			time.Sleep(calm - time.Nanosecond)
			synctest.Wait()
			if slices.Contains(freed, used) {
				t.Errorf("with %d bytes in use: tidied too soon", used)
			}
			time.Sleep(2 * time.Nanosecond)
			synctest.Wait()
			if !slices.Equal(freed, step.want) {
				t.Errorf("with %d bytes in use: tidied at %v, want %v", step.used, freed, step.want)
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
