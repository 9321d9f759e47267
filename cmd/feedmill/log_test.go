package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// stuck is a writer that nobody reads from, until it is let go.
type stuck struct {
	free chan struct{}
	mu   sync.Mutex
	bytes.Buffer
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.free
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Buffer.Write(b)
}

// A log that nobody reads holds nobody up, costs bounded memory, and what is
// lost is counted.
func TestQueueDropsInsteadOfWaiting(t *testing.T) {
	for _, tt := range []struct {
		name     string
		line     string
		lines    int
		accepted int // beside the one that is being written
	}{
		{"few lines", "a line\n", 100, 99},
		{"many lines", "a line\n", 5000, queueLines},
		{"long lines", strings.Repeat("x", 100_000) + "\n", 50, 9},
		{"a line that is too long", strings.Repeat("x", 2<<20), 1, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				to := &stuck{free: make(chan struct{})}
				q := newQueue(to)
				for i := range tt.lines {
					if n, err := io.WriteString(q, tt.line); n != len(tt.line) || err != nil {
						t.Fatalf("write: %d, %v", n, err)
					}
					if i == 0 {
						synctest.Wait() // it is being written
					}
				}
				if got, want := int(q.dropped.Load()), tt.lines-1-tt.accepted; got != want {
					t.Errorf("dropped %d lines, want %d", got, want)
				}
				begun := time.Now()
				go func() {
					time.Sleep(time.Hour)
					close(to.free)
				}()
				q.Close()
				if tt.accepted >= 0 && time.Since(begun) != queueGrace {
					t.Errorf("closing took %v, want %v", time.Since(begun), queueGrace)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if got := strings.Count(to.String(), tt.line); got != tt.accepted+1 {
					t.Errorf("%d lines were written in the end, want %d", got, tt.accepted+1)
				}
				if got := q.size.Load(); got != 0 {
					t.Errorf("the queue believes to hold %d bytes, want 0", got)
				}
			})
		})
	}
}

// Closing writes what is left, in order.
func TestQueueKeepsItsOrder(t *testing.T) {
	var out bytes.Buffer
	q := newQueue(&out)
	for _, line := range []string{"one\n", "two\n", "three\n"} {
		_, _ = io.WriteString(q, line)
	}
	q.Close()
	if got := out.String(); got != "one\ntwo\nthree\n" {
		t.Errorf("got %q", got)
	}
	_, _ = io.WriteString(q, "four\n") // for nothing
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestQueueCountsWhatCannotBeWritten(t *testing.T) {
	q := newQueue(closedPipe{})
	_, _ = io.WriteString(q, "one\n")
	_, _ = io.WriteString(q, "two\n")
	q.Close()
	if got := q.dropped.Load(); got != 2 {
		t.Errorf("dropped %d lines, want 2", got)
	}
}

// What strangers write into a log stays within its line and its field.
func TestLogInjection(t *testing.T) {
	const hostile = "a\nb\x1b[2J\x00\u202e\u2028\u2066c\u200f"
	for _, format := range []string{"json", "text"} {
		var out bytes.Buffer
		q := newQueue(&out)
		log, err := (&logging{format: format}).newLog(io.Discard, q)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("answered", "path", hostile, "err", errors.New(hostile))
		q.Close()
		line := strings.TrimSuffix(out.String(), "\n")
		for _, r := range line {
			if r == '\n' || r == 0x1b || r == 0 || strings.ContainsRune("\u202e\u2028\u2066\u200f", r) {
				t.Errorf("%s: %U is in the line %q", format, r, line)
			}
		}
		if format == "json" {
			var got struct{ Path, Err string }
			if err := json.Unmarshal([]byte(line), &got); err != nil || got.Path != hostile || got.Err != hostile {
				t.Errorf("json: got %q and %q, %v", got.Path, got.Err, err)
			}
		}
	}
}

// On a terminal as well: there the text handler would pass escape sequences.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                  "plain",
		"Приливы, 潮汐":            "Приливы, 潮汐",
		"two\nlines\tand a tab":  "two\nlines\tand a tab",
		"\x1b[31mred":            `\x1b[31mred`,
		"right\u202eto left":     `right\u202eto left`,
		"a bell\a and a \u0085":  `a bell\a and a \u0085`,
		"not UTF-8: \xff\x1b":    "not UTF-8: \ufffd\\x1b",
		"it's \"quoted\" \x7fit": `it's "quoted" \x7fit`,
	} {
		if got := printable(nil, slog.String("path", in)).Value.String(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
