package main

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"testing"
)

// lullEnv makes TestLullOfItsOwn a process that measures its collector.
const lullEnv = "FEEDMILL_TEST_LULL"

// TestTheCollectorWaitsForALull builds, as far as memory is concerned, again and
// again: all collecting is done in between, and not every time.
func TestTheCollectorWaitsForALull(t *testing.T) {
	if testing.Short() {
		t.Skip("executes the program")
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestLullOfItsOwn$", "-test.v")
	cmd.Env = append(os.Environ(), lullEnv+"=1", "GOGC=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLullOfItsOwn is the process of TestTheCollectorWaitsForALull, in which nothing
// else takes memory; by itself there is nothing to test.
func TestLullOfItsOwn(t *testing.T) {
	if os.Getenv(lullEnv) == "" {
		return
	}
	defer collect(serveHeadroom)()
	known := make([][]byte, 40_000) // the articles
	for i := range known {
		known[i] = make([]byte, 1<<10)
	}
	const builds, each = 100, 3 << 20
	var garbage []byte
	build := func() {
		for range each >> 16 {
			garbage = make([]byte, 1<<16)
		}
	}
	runtime.GC()
	before := cycles()
	for n := 0; cycles().automatic-before.automatic < 3; n++ {
		if n == 100*builds {
			t.Fatal("the collector does not run by itself: this proves nothing")
		}
		build()
	}

	runtime.GC()
	before = cycles()
	l := newLull()
	for range builds {
		l.end()
		build()
		l.begin()
		collectFor(<-l.began)
	}
	now := cycles()
	automatic, forced := now.automatic-before.automatic, now.forced-before.forced
	if automatic > 0 || forced < 3 || forced > builds/3 {
		t.Errorf("the collector ran %d times in builds and %d times in lulls, want 0, and some", automatic, forced)
	}
	runtime.KeepAlive(known)
	runtime.KeepAlive(garbage)
}

// collections counts the runs of the collector.
type collections struct{ automatic, forced uint64 }

func cycles() collections {
	of := []metrics.Sample{{Name: "/gc/cycles/automatic:gc-cycles"}, {Name: "/gc/cycles/forced:gc-cycles"}}
	metrics.Read(of)
	return collections{of[0].Value.Uint64(), of[1].Value.Uint64()}
}
