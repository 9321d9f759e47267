package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"
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
	ballast := ballastOf(headroom)
	return func() { runtime.KeepAlive(ballast) }
}

// ballastOf returns the room of size bytes, which counts as in use. Never touched,
// it takes no memory of the machine's; so it is a builder's, which alone is not
// cleared where it lies in room that was in use before. It would count against
// GOMEMLIMIT: where that is set there is none.
func ballastOf(size int) *strings.Builder {
	if os.Getenv("GOMEMLIMIT") != "" {
		return nil
	}
	var room strings.Builder
	room.Grow(size)
	return &room
}

// enough is how many bytes a process that builds once and ends should take at most.
// More than a million articles fit in; where they do not, the collector takes half
// of the processors' time, and no more (runtime/debug.SetMemoryLimit).
const enough = 1800 << 20

// bound has the collector run more often when the process is about to take more
// than enough. GOMEMLIMIT, where it is set, counts instead. What is returned is to
// be called in the end.
func bound() (end func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(enough)
	return func() { debug.SetMemoryLimit(before) }
}

const (
	// calm is how long no build must have ended for a server to tidy up: edits
	// come in series, and none is to wait for it.
	calm = 2 * time.Second
	// litter is the part of what was in use after the last tidying that must have
	// come together since for the next to be worth it.
	litter = 1. / 16
)

// tidy returns memory to the machine with free whenever it is due, after builds,
// and they have left much of it behind: left alone, the collector waits for half
// as much again as is in use. Used tells how many bytes are taken.
func tidy(ctx context.Context, due <-chan time.Time, used func() uint64, free func()) {
	var last uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-due:
			if now := used(); float64(now) > float64(last)*(1+litter) {
				free()
				last = used()
			}
		}
	}
}

// heap returns how many bytes of the machine's memory the heap takes.
func heap() uint64 {
	all := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(all)
	n := uint64(0)
	for _, s := range all {
		n += s.Value.Uint64()
	}
	return n
}
