package main

import (
	"context"
	"runtime"
	"runtime/metrics"
)

// A lull is the time between two builds of a series. Garbage is collected then,
// when the next build would else meet the collector: that would slow it to a
// multiple, since all that is known of the articles is looked through. What is done
// after a series is tidy.
type lull struct {
	began chan uint64 // bytes that the build before allocated
	took  uint64      // what the process had allocated when that build began
}

func newLull() *lull { return &lull{began: make(chan uint64, 1)} }

// end notes that a build begins.
func (l *lull) end() { l.took = paceNow().allocated }

// begin notes that it is over.
func (l *lull) begin() {
	select {
	case l.began <- paceNow().allocated - l.took:
	default: // the collector is at work
	}
}

// run collects in lulls until ctx ends.
func (l *lull) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case took := <-l.began:
			collectFor(took)
		}
	}
}

// collectFor collects garbage unless there is room for a build that allocates some
// bytes.
func collectFor(took uint64) {
	if paceNow().room() < took+took/4 {
		runtime.GC()
	}
}

// pace is what the collector goes by, in bytes.
type pace struct{ live, inUse, goal, allocated uint64 }

func paceNow() pace {
	of := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(of)
	return pace{of[0].Value.Uint64(), of[1].Value.Uint64(), of[2].Value.Uint64(), of[3].Value.Uint64()}
}

// room is what can be allocated before the collector begins: it does so when seven
// tenths of the way from what was live to the goal are gone, at the earliest
// (runtime/mgcpacer.go).
func (p pace) room() uint64 {
	begins := p.live + (p.goal-min(p.live, p.goal))/10*7
	return begins - min(p.inUse, begins)
}
