package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/lmittmann/tint"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// logging is how serve logs.
type logging struct {
	format string // auto, text or json
	level  slog.Level
	access bool // a line for each answer
}

func (l *logging) flags(f *pflag.FlagSet) {
	f.StringVar(&l.format, "log-format", "auto", "text for people, json for programs, auto: text on a terminal, else json (`format`)")
	f.TextVar(&l.level, "log-level", slog.LevelInfo, "the least that is logged: debug, info, warn or error (`level`)")
	f.BoolVar(&l.access, "access-log", false, "log every answer: who asked for what, and what was said")
}

// newLog returns a log whose lines go to q, which writes to w.
func (l *logging) newLog(w io.Writer, q *queue) (*slog.Logger, error) {
	file, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(file.Fd()))
	format := l.format
	if format == "auto" {
		format = "json"
		if terminal {
			format = "text"
		}
	}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(visible{q}, &slog.HandlerOptions{Level: l.level})), nil
	case "text":
		stamp := time.RFC3339
		if terminal {
			stamp = time.TimeOnly
		}
		return slog.New(tint.NewTextHandler(q, &tint.Options{
			Level:       l.level,
			TimeFormat:  stamp,
			NoColor:     !terminal || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
			ReplaceAttr: printable,
		})), nil
	}
	return nil, fmt.Errorf("--log-format: %q is none of auto, text and json", l.format)
}

// printable makes what others wrote (paths, User-Agent fields) harmless for a
// terminal; the text handler passes escape sequences in messages and, with
// colours, in values.
func printable(_ []string, a slog.Attr) slog.Attr {
	switch {
	case a.Value.Kind() == slog.KindString:
		a.Value = slog.StringValue(escape(a.Value.String()))
	case a.Value.Kind() == slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			a.Value = slog.StringValue(escape(err.Error()))
		}
	}
	return a
}

// escape writes what cannot be seen as Go source would have it.
func escape(s string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' }
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visible writes characters that turn the direction of text as JSON escapes:
// slog's JSON handler passes them, and a line that is looked at would say
// something else than it does.
type visible struct{ io.Writer }

func (v visible) Write(line []byte) (int, error) {
	if _, err := v.Writer.Write([]byte(turns.Replace(string(line)))); err != nil {
		return 0, err
	}
	return len(line), nil
}

var turns = func() *strings.Replacer {
	var pairs []string
	for _, r := range "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
	}
	return strings.NewReplacer(pairs...)
}()

// What a queue holds at the most, and how long it is waited for at the end.
const (
	queueLines = 1024
	queueBytes = 1 << 20
	queueGrace = time.Second
)

// queue is a writer that never waits for the one behind it: neither publishing
// nor serving stops because nobody reads the log. What does not fit is dropped,
// and counted.
type queue struct {
	to      io.Writer
	lines   chan []byte
	size    atomic.Int64 // bytes in lines
	dropped atomic.Uint64
	stop    chan struct{}
	ended   chan struct{}
}

func newQueue(to io.Writer) *queue {
	q := &queue{to: to, lines: make(chan []byte, queueLines), stop: make(chan struct{}), ended: make(chan struct{})}
	go q.run()
	return q
}

// Write takes a line over. It fails never.
func (q *queue) Write(line []byte) (int, error) {
	if q.size.Add(int64(len(line))) <= queueBytes {
		select {
		case q.lines <- bytes.Clone(line):
			return len(line), nil
		default:
		}
	}
	q.size.Add(-int64(len(line)))
	q.dropped.Add(1)
	return len(line), nil
}

func (q *queue) run() {
	defer close(q.ended)
	for {
		select {
		case line := <-q.lines:
			q.pass(line)
		case <-q.stop:
			for {
				select {
				case line := <-q.lines:
					q.pass(line)
				default:
					return
				}
			}
		}
	}
}

func (q *queue) pass(line []byte) {
	if _, err := q.to.Write(line); err != nil {
		q.dropped.Add(1) // there is nobody left to be told
	}
	q.size.Add(-int64(len(line)))
}

// Close writes what is left, unless that takes longer than a second. A queue
// may still be written to, for nothing.
func (q *queue) Close() {
	close(q.stop)
	select {
	case <-q.ended:
	case <-time.After(queueGrace):
	}
}
