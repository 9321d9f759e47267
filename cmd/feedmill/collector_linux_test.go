package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestBallastTakesNoMemory has it lie where something else was before.
func TestBallastTakesNoMemory(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "")
	resident := func() (pages int) {
		statm, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Fatal(err)
		}
		var all int
		if _, err := fmt.Sscan(string(statm), &all, &pages); err != nil {
			t.Fatal(err)
		}
		return pages
	}
	const size = 64 << 20
	used := make([]byte, 2*size)
	for i := range used {
		used[i] = 1
	}
	used = nil
	debug.FreeOSMemory()
	before := resident()
	ballast := ballastOf(size)
	if grown := (resident() - before) * os.Getpagesize(); grown > size/8 {
		t.Errorf("%d bytes more are in memory for a ballast of %d", grown, size)
	}
	runtime.KeepAlive(ballast)
	runtime.KeepAlive(used)
}
