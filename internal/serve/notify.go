package serve

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notifier tells a service manager how the process is (sd_notify(3)). Without
// one it does nothing.
type Notifier struct {
	log *slog.Logger

	mu     sync.Mutex
	ready  bool // guarded by mu: READY was said, and nothing since
	failed bool // guarded by mu: that the manager cannot be reached was said
}

// NewNotifier returns a notifier; log is told once if the manager cannot be
// reached.
func NewNotifier(log *slog.Logger) *Notifier { return &Notifier{log: log} }

// Ready says that the process does its work, or does it again after Reloading.
func (n *Notifier) Ready() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.ready {
		n.ready = true
		n.send(daemon.SdNotifyReady)
	}
}

// Reloading says that the settings are read again; Ready has to follow.
func (n *Notifier) Reloading() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ready = false
	n.send(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
}

// Stopping says that the process is about to end.
func (n *Notifier) Stopping() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.send(daemon.SdNotifyStopping)
}

// Status says in a line, for people, how it goes.
func (n *Notifier) Status(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	// A line of its own would be another message.
	n.send("STATUS=" + strings.ReplaceAll(text, "\n", " "))
}

// Watchdog tells the manager, if it wants to hear it, that the process lives,
// as long as alive says so, until ctx ends. A manager that hears nothing
// restarts the process.
func (n *Notifier) Watchdog(ctx context.Context, alive func() bool) {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		n.log.Warn("watchdog of the service manager not used", "err", err)
	}
	if limit <= 0 {
		return
	}
	every := time.NewTicker(limit / 4)
	defer every.Stop()
	for {
		if alive() {
			n.mu.Lock()
			n.send(daemon.SdNotifyWatchdog)
			n.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// send passes a message on; the caller has the lock.
func (n *Notifier) send(message string) {
	if _, err := daemon.SdNotify(false, message); err != nil && !n.failed {
		n.failed = true
		n.log.Warn("service manager not told", "err", err)
	}
}
