package edition

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// publisherEnv makes the test binary a publisher of sample 2 in that house, of its
// siblings last.
const publisherEnv = "FEEDMILL_TEST_PUBLISHER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(publisherEnv); dir != "" {
		// strace counts the calls of each thread.
		runtime.LockOSThread()
		if err := publisher(house(dir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func publisher(h house) error {
	s := h.later(nil)
	s.disk.Fault = nil // syncs and all
	unlock, err := s.Lock()
	if err != nil {
		return err
	}
	if err := h.publishLater(s, 2); err != nil {
		return err
	}
	return unlock()
}

// The process is killed when it enters its n-th call of each of the system
// calls that change files.
func TestPublishSurvivesBeingKilledAtEachSystemCall(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it runs fifty processes")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace, which kills at a system call, is not installed")
	}
	probe := exec.Command(strace, "-qq", "-o", "/dev/null", "-e", "inject=write:error=EIO:when=9999", "true")
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("strace cannot trace here: %v: %s", err, out)
	}
	outcome, late := map[int]int{}, 0
	for _, call := range []string{"write", "pwrite64", "fsync", "ftruncate", "renameat", "mkdirat", "unlinkat"} {
		for n := 1; ; n++ {
			h := newHouse(t)
			h.mustPublish(t, h.store(nil), 1)
			cmd := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call,
				"-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n), os.Args[0])
			cmd.Env = append(os.Environ(), publisherEnv+"="+string(h))
			out, err := cmd.CombinedOutput()
			if err != nil && !killed(err) {
				t.Fatalf("%s %d: %v: %s", call, n, err, out)
			}

			e, readErr := h.store(nil).Read()
			read, wholeErr := which(e, 2)
			if readErr != nil || wholeErr != nil {
				t.Fatalf("%s %d: Read: %v, %v", call, n, readErr, wholeErr)
			}
			got, wholeErr := which(h.mustOpen(t, h.store(nil)), 2)
			if wholeErr != nil || got != read {
				t.Fatalf("%s %d: got edition %d, %v, want %d", call, n, got, wholeErr, read)
			}
			if e.isLate() {
				late++
			}
			h.mustComplete(t)
			if err := h.tidy(got); err != nil {
				t.Fatalf("%s %d: %v", call, n, err)
			}
			if err == nil {
				if got != 2 {
					t.Fatalf("got edition %d from a process that nobody killed, want 2", got)
				}
				break
			}
			outcome[got]++
			h.mustPublish(t, h.store(nil), 3)
			if err := h.tidy(3); err != nil {
				t.Fatalf("%s %d: the next publish: %v", call, n, err)
			}
		}
	}
	if outcome[1] < 10 || late < 10 || outcome[2]-late < 5 {
		t.Errorf("got %d kills before the commit, %d after it and before that of the siblings, %d after that; want more of each", outcome[1], late, outcome[2]-late)
	}
	t.Logf("%d kills before the commit, %d after it, %d of these before that of the siblings", outcome[1], outcome[2], late)
}

// killed reports whether strace ended as the process that it killed.
func killed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL || strings.Contains(err.Error(), "exit status 137")
}
