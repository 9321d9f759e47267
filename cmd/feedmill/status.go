package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"feedmill/internal/edition"
	"feedmill/internal/schedule"
	"feedmill/internal/serve"
)

// overdue is how much later than it may a build can end before something is
// wrong: the clock may have been set, and the loop needs up to a minute to see
// that.
const overdue = 2 * time.Minute

// became says how a build ended.
func (out outcome) became(err error) serve.Result {
	switch {
	case err != nil:
		return serve.Failed
	case len(out.held) > 0:
		return serve.Held
	case out.result.Written+out.result.Removed > 0:
		return serve.Published
	}
	return serve.Unchanged
}

// conclude tells everybody who wants to know what became of the build that
// began at s.start: the admin address, the metrics, the log and the service
// manager.
func (s *server) conclude(cause schedule.Cause, out outcome, err error) {
	now := time.Now()
	took := now.Sub(s.start)
	last, status := *s.status.Load(), *s.status.Load()
	status.Result, status.Ended, status.Error, status.Failures = out.became(err), now, "", 0
	switch status.Result {
	case serve.Failed:
		status.Error, status.Failures = err.Error(), last.Failures+1
	case serve.Held:
		status.Error = strings.Join(out.held, "; ")
	default:
		status.Checked = now
	}
	if err == nil {
		status.Problems = len(out.problems)
		if status.Result != serve.Held { // else those of what was not published
			status.Articles = out.entries
		}
	}
	if s.serves != nil {
		status.Edition, status.Published = shortDigest(s.serves), newest(s.serves)
	}
	status.Due = time.Time{}
	if next := s.how.when.Next(now); !next.IsZero() {
		status.Due = next.Add(buildLimit + overdue)
	}
	s.status.Store(&status)
	s.metrics.Built(status.Result, took)
	s.logPublish(cause, out, status, last, took)

	s.manager.Status(s.inWords(out, status))
	if s.asked == s.reloads.Load() {
		s.manager.Ready()
	}
}

// logPublish writes the line of a build. What needs nobody's attention is for
// those who look closely: nothing changed, or the hold that was reported stands.
func (s *server) logPublish(cause schedule.Cause, out outcome, status, last serve.Status, took time.Duration) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("result", string(status.Result)),
		slog.String("cause", cause.String()),
		slog.String("edition", status.Edition),
		slog.Int("articles", out.entries),
		slog.Int("feeds", len(out.feeds)),
		slog.Int("problems", len(out.problems)),
		slog.Int("written", out.result.Written),
		slog.Int("removed", out.result.Removed),
		slog.Int64("bytes", out.result.Bytes),
		slog.Int64("ms", took.Milliseconds()),
	}
	switch status.Result {
	case serve.Unchanged:
		level = slog.LevelDebug
	case serve.Held:
		level = slog.LevelWarn
		if last.Result == serve.Held && last.Error == status.Error {
			level = slog.LevelDebug
		}
		attrs = append(attrs, slog.String("reason", status.Error),
			slog.String("hint", "look with `feedmill build --dry-run`; if it is meant, `feedmill build --accept`"))
	case serve.Failed:
		level = slog.LevelError
		attrs = append(attrs, slog.String("reason", status.Error), slog.Int("failures", status.Failures))
	}
	s.log.LogAttrs(context.Background(), level, "publish", attrs...)
}

// inWords is the status in a line.
func (s *server) inWords(out outcome, status serve.Status) string {
	text := out.summary()
	if status.Result == serve.Failed {
		text = "failed: " + status.Error
	}
	if next := s.loop.Next(); !next.IsZero() {
		text += fmt.Sprintf("; looking again at %s", next.Format(time.TimeOnly))
	}
	return text
}

// newMetrics returns the metrics of this program.
func (s *server) newMetrics(log *queue) *serve.Metrics {
	m := serve.NewMetrics(s.now)
	m.Counter("feedmill_log_lines_dropped_total", "Lines of the log that nobody took in time.", func() float64 { return float64(log.dropped.Load()) })
	return m
}

// newest is when the last document of an edition changed: when it was
// published.
func newest(e *edition.Edition) time.Time {
	var t time.Time
	for d := range e.Documents() {
		if d.Modified.After(t) {
			t = d.Modified
		}
	}
	return t
}

// now is the status at this moment.
func (s *server) now() serve.Status {
	status := *s.status.Load()
	if s.loop != nil {
		status.Next = s.loop.Next()
	}
	return status
}
