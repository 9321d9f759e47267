package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// garbage is how much garbage the collector lets come together between two of
// its runs, in percent of what is in use. With Go's own 100 a large site takes
// twice the memory of all that is known of its articles. GOGC, where it is set,
// counts instead.
const garbage = 50

// collect sets the collector for a process in whose runs that headroom, in
// bytes, counts as in use: else it would run all the time while there is little.
// What is returned is to be called in the end.
func collect(headroom int) (end func()) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	// Counted as in use and never touched, this takes no memory of the machine's.
	ballast := make([]byte, headroom)
	return func() { runtime.KeepAlive(ballast) }
}
