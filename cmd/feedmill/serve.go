package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/edition"
	"feedmill/internal/ledger"
	"feedmill/internal/schedule"
	"feedmill/internal/serve"
	"feedmill/internal/site"
)

// buildLimit is how long one build may take before it is given up.
const buildLimit = 10 * time.Minute

// serveHeadroom is that of a server, see collect. Without it one that is busy with
// a small site would spend a seventh of its time on collecting.
const serveHeadroom = 18 << 20

// server is the feedmill that keeps running: it builds, serves what was built,
// and says what happens. Its fields are the loop's but for status, which the
// admin address reads.
type server struct {
	*mill
	o       *options
	how     serving
	http    *serve.Server
	loop    *schedule.Loop
	log     *slog.Logger
	stdout  io.Writer
	listen  net.Addr
	keys    keys // nil without TLS
	metrics *serve.Metrics
	manager *serve.Notifier
	reloads atomic.Uint64 // how often SIGHUP came
	hints   hints         // of what changed
	lull    *lull
	calm    *time.Timer // fires when the last build has ended a while ago, see tidy

	site    site.Site          // the last good settings
	serves  *edition.Edition   // what the HTTP server has; nil before the first
	said    map[string]bool    // problems that stood after the last build, and were said
	stands  map[string]bool    // those of this build
	start   time.Time          // of this build
	asked   uint64             // reloads that this build answers
	waits   []string           // files that had not settled at the last build
	whole   bool               // the next build has to look at everything
	settled bool               // this build need not read the settings again
	unread  bool               // they could not be read the last time
	began   bool               // the summary of the start was printed
	ended   context.CancelFunc // ends the program
	fatal   error              // why it was ended

	status atomic.Pointer[serve.Status]
	latest atomic.Pointer[edition.Edition] // what serves is, for other goroutines
	locked atomic.Bool                     // another publisher was in the way of the last build
}

func newServe(o *options, stdout, stderr io.Writer) *cobra.Command {
	var how serving
	var spec string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Build, then schedule, watch and serve: the main job",
		Long: `Serve publishes the articles and serves what is published. It builds at its start, on the
schedule, when a file changes, when an article's time has come, and on SIGHUP. SIGTERM or
Ctrl-C ends it; requests under way are finished.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if how.when, err = schedule.Parse(spec); err != nil {
				return &exitError{exitUsage, fmt.Errorf("--schedule: %w", err)}
			}
			if err := errors.Join(how.listening.check(), how.limiting.check()); err != nil {
				return &exitError{exitUsage, err}
			}
			return o.serve(cmd.Context(), how, stdout, stderr)
		},
	}
	how.listening.flags(cmd.Flags())
	how.limiting.flags(cmd.Flags())
	how.logging.flags(cmd.Flags())
	cmd.Flags().StringVar(&spec, "schedule", "@every 1m", "when to look at all articles: cron `spec`, or @every and a duration")
	cmd.Flags().BoolVar(&how.watch, "watch", true, "build when a file changes")
	cmd.Flags().DurationVar(&how.settle, "settle", 2*time.Second, "how long a changed file is left alone before it is read: what is still being copied is not published in part")
	return cmd
}

// serving is how serve works: its flags.
type serving struct {
	listening
	limiting
	logging
	when   schedule.Schedule
	watch  bool
	settle time.Duration
}

// serve runs until ctx ends; then the result is nil.
func (o *options) serve(ctx context.Context, how serving, stdout, stderr io.Writer) error {
	signal.Ignore(syscall.SIGPIPE) // a log that nobody reads any more must not end the server
	defer collect(serveHeadroom)()
	lines, greeting := newQueue(stderr), newQueue(stdout)
	defer lines.Close()
	defer greeting.Close()
	log, err := how.newLog(stderr, lines)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	settings, err := o.loadSite(stderr)
	if err != nil {
		return err
	}
	m, err := newMill(o)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	s := &server{
		mill: m, o: o, how: how, site: settings, http: serve.New(log), log: log, stdout: greeting,
		manager: serve.NewNotifier(log), lull: newLull(), calm: time.NewTimer(calm),
	}
	m.library.Warn = func(err error) { log.Warn("read what was kept of the articles", "error", err) }
	how.limiting.apply(s.http, m.store)
	m.store.Committed, m.store.SiblingsLater = s.swap, true
	s.status.Store(&serve.Status{Due: time.Now().Add(buildLimit + overdue)})
	s.metrics = s.newMetrics(lines)
	if err := s.getKeys(); err != nil {
		return &exitError{exitFailed, err}
	}

	// The ports come first: when they are taken, nothing is touched.
	sockets, err := how.open()
	if err != nil {
		return &exitError{exitFailed, err}
	}
	defer sockets.Close() // for the second time, but for errors before serve.Run
	if len(sockets.HTTP) > 0 && s.keys == nil {
		return &exitError{exitUsage, errNoHTTPS}
	}
	if err := how.checkRoot(log, os.Geteuid(), sockets); err != nil {
		return &exitError{exitUsage, err}
	}
	s.listen = sockets.Public[0].Addr()
	endpoints := s.endpoints(sockets)
	if err := s.resume(); err != nil {
		return &exitError{exitFailed, err}
	}
	if s.serves != nil {
		s.manager.Ready()
	}
	defer context.AfterFunc(ctx, s.manager.Stopping)()

	ctx, s.ended = context.WithCancel(ctx)
	defer s.ended()
	s.loop = schedule.NewLoop(how.when, s.build)
	s.loop.Limit = buildLimit
	s.loop.Report = s.report
	var tasks sync.WaitGroup
	tasks.Go(func() { s.loop.Run(ctx) })
	tasks.Go(func() { s.lull.run(ctx) })
	tasks.Go(func() { s.hangups(ctx) })
	tasks.Go(func() { s.others(ctx) })
	tasks.Go(func() { tidy(ctx, s.calm.C, heap, debug.FreeOSMemory) })
	tasks.Go(func() { s.manager.Watchdog(ctx, func() bool { return !s.now().Overdue(time.Now()) }) })
	if s.keys != nil {
		tasks.Go(func() { s.keys.Watch(ctx) })
	}
	if how.watch {
		w := schedule.NewWatcher(s.roots, func(changed []string) {
			s.hints.add(o.articles, changed)
			s.loop.Poke(schedule.Change)
		}, log)
		w.Settle = min(w.Settle, how.settle)
		tasks.Go(func() { w.Run(ctx) })
	}
	err = serve.Run(ctx, log, endpoints...)
	s.ended()
	tasks.Wait()
	if err == nil {
		err = s.fatal
	}
	if err != nil {
		var exit *exitError
		if errors.As(err, &exit) {
			return err
		}
		return &exitError{exitFailed, err}
	}
	return s.stop()
}

// resume serves the edition that is on disk, at once, without a build.
func (s *server) resume() error {
	last, err := s.standing()
	if damage := (*edition.DamageError)(nil); errors.As(err, &damage) {
		err = nil // the first build writes anew what is missing
	}
	s.swap(last)
	return err
}

// standing returns the published edition: tidied up by the way, or only read
// where another publisher or the disk does not let it.
func (s *server) standing() (*edition.Edition, error) {
	unlock, err := s.store.Lock()
	if errors.Is(err, edition.ErrLocked) {
		return s.store.Glance()
	} else if err != nil {
		return nil, err
	}
	last, err := s.store.Last()
	if last == nil && err != nil {
		s.log.Error("open the last edition", "error", err)
		last, err = s.store.Glance()
	}
	return last, errors.Join(err, unlock())
}

// swap tells the HTTP server what is published now.
func (s *server) swap(e *edition.Edition) {
	if e != nil && e != s.serves {
		s.serves = e
		s.latest.Store(e)
		s.http.Swap(e)
	}
}

// build is one run of the loop.
func (s *server) build(ctx context.Context, cause schedule.Cause) (wake time.Time, err error) {
	s.lull.end()
	defer s.lull.begin()
	asked := s.asked
	s.start, s.asked = time.Now(), s.reloads.Load()
	s.look(cause, asked != s.asked)
	s.stands = map[string]bool{}
	defer func() { s.said = s.stands }()
	s.calm.Stop()
	defer s.calm.Reset(calm)
	if !s.settled || s.overtaken(s.left()) {
		s.reload()
	}
	out, err := s.mill.build(ctx, s.site, s.start, publish)
	s.whole, s.waits = err != nil, out.snapshot.Waiting
	s.locked.Store(errors.Is(err, edition.ErrLocked))
	s.swap(out.edition)
	if err := s.save(); err != nil {
		s.log.Warn("keep what was read of the articles", "error", err)
	}
	if cannot := (*unreadable)(nil); errors.As(err, &cannot) && !s.began {
		// There is nothing to serve and nothing to make it of.
		s.fatal = &exitError{exitNothing, err}
		s.ended()
		return time.Time{}, err
	}
	if !errors.Is(err, context.Canceled) {
		s.conclude(cause, out, err)
	}
	s.say(out)
	if err != nil {
		return out.wake, err
	}
	wake = soonest(out.wake, out.snapshot.Unsettled)
	if !s.began {
		s.began, s.warm = true, true
		s.library.Settle = s.how.settle // what was there at the start is taken as it stood
		s.greet(out)
		if s.last == nil && len(out.held) == 0 {
			// Nothing changed since somebody else's build. What the first edit needs is
			// read now that readers are served.
			s.whole = true
			wake = s.start
		}
	}
	return wake, nil
}

// look decides what the build looks at: what is said to have changed, when that
// is why it runs and nobody asked for more; else everything. The settings are what
// they were when nothing but articles is said to have changed.
func (s *server) look(cause schedule.Cause, asked bool) {
	changed, few, articles := s.hints.take(s.waits)
	if s.changed = changed; !few || s.whole || asked || cause != schedule.Change && cause != schedule.Wake {
		s.changed = nil
	}
	s.settled = s.changed != nil && articles && !s.unread
}

func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// reload reads the site file again; a bad edit is said and changes nothing.
func (s *server) reload() {
	settings, err := s.o.readSite()
	s.unread = err != nil
	if err != nil {
		if problem := err.Error() + "\n    the settings of before stay"; s.news(problem) {
			s.log.Warn(problem)
		}
		return
	}
	s.site = settings
}

// report says where a build panicked; the rest has been said.
func (s *server) report(cause schedule.Cause, err error) {
	if panicked := (*schedule.PanicError)(nil); errors.As(err, &panicked) {
		s.conclude(cause, outcome{edition: s.serves}, err)
		s.log.Error("build panicked", "error", err, "stack", string(panicked.Stack))
	}
}

// say logs what a build found, but for what stood after the last one as well.
func (s *server) say(out outcome) {
	all := s.o.troubles(out.problems, out.findings)
	if out.damage != nil {
		all = append(all, trouble{"damage", out.damage.Error()})
	}
	for _, text := range few(slices.DeleteFunc(all, func(t trouble) bool { return !s.news(t.text) })) {
		s.log.Warn(text)
	}
}

// news reports whether a problem did not stand after the last build, and was
// not told in this one.
func (s *server) news(problem string) bool {
	known := s.said[problem] || s.stands[problem]
	s.stands[problem] = true
	return !known
}

// greet says what was done and what to open.
func (s *server) greet(out outcome) {
	w := s.stdout
	fmt.Fprintf(w, "feedmill: %s: %s\n", s.site.Title, out.summary())
	if lack := out.lack(s.o.articles); lack != "" {
		fmt.Fprintf(w, "feedmill: %s\n", lack)
	}
	if len(out.feeds) > 0 {
		f := out.feeds[0]
		fmt.Fprintf(w, "  open       %s\n", f.Base)
		for i, format := range f.Formats {
			label := "subscribe"
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(w, "  %-10s %-36s %s\n", label, f.URL(format), formatName(format))
		}
		if here := s.here(); here != "" {
			fmt.Fprintf(w, "  here       %s\n", here)
		}
	}
	looking := ""
	if next := s.loop.Next(); !next.IsZero() {
		looking = ", and looking again at " + next.Format(time.TimeOnly)
	}
	fmt.Fprintf(w, "  watching   %s%s; Ctrl-C stops\n", s.o.articles, looking)
}

func formatName(f site.Format) string {
	return map[site.Format]string{site.RSS: "RSS 2.0", site.Atom: "Atom 1.0", site.JSON: "JSON Feed 1.1"}[f]
}

// here is the address on this machine, when base_url does not lead to it.
func (s *server) here() string {
	base, err := url.Parse(s.site.BaseURL)
	if err != nil {
		return ""
	}
	host, port, err := net.SplitHostPort(s.listen.String())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip.IsUnspecified() || ip.IsLoopback() {
		if local := base.Hostname(); (local == "localhost" || local == "127.0.0.1" || local == "::1") && base.Port() == port {
			return ""
		}
		host = "localhost"
	}
	scheme := "http://"
	if s.keys != nil {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port) + base.EscapedPath()
}

// roots are what a watcher looks at.
func (s *server) roots() []string { return []string{s.o.articles, s.o.siteFile()} }

// hangups builds whenever SIGHUP comes.
func (s *server) hangups(ctx context.Context) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			s.reloads.Add(1)
			s.manager.Reloading()
			s.loop.Poke(schedule.Signal)
		}
	}
}

// glance is how often the server looks whether another process has published:
// what was purged must not be served until the schedule comes round.
const glance = time.Second

// others builds when another process has published, which takes over its
// edition, and when one that was at it in the way of a build has ended.
func (s *server) others(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for was := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		changed := s.store.Changed(s.latest.Load())
		if changed && !was || s.locked.Load() && s.free() {
			s.loop.Poke(schedule.Change)
		}
		was = changed
	}
}

// free reports whether no other publisher has the lock just now.
func (s *server) free() bool {
	unlock, err := s.store.Lock()
	return err == nil && unlock() == nil
}

// stop folds the ledger, so that one file says all, and ends.
func (s *server) stop() error {
	unlock, err := s.store.Lock()
	if err != nil {
		return nil // another publisher will fold it
	}
	if _, err = s.store.Open(); err == nil {
		var book *ledger.Ledger
		if book, err = ledger.Open(s.ledger, s.journal); err == nil {
			err = s.reseal(func() error { return book.Fold(ledger.Always) })
		}
	}
	if err = errors.Join(err, unlock()); err != nil {
		return &exitError{exitFailed, fmt.Errorf("stop: %w", err)}
	}
	s.log.Info("stopped")
	return nil
}
