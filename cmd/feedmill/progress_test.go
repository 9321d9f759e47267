package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestProgressIsToldWhenItTakesLong(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: &out, began: time.Now()}
	p.tell("reading articles", 1, 10)
	if out.Len() > 0 {
		t.Errorf("at once: got %q", out.String())
	}
	p.began = time.Now().Add(-2 * unasked)
	p.tell("reading articles", 5, 10)
	if got := out.String(); !strings.Contains(got, "reading articles") || !strings.Contains(got, "5/10") {
		t.Errorf("later: got %q, want what is done and how much", got)
	}
	out.Reset()
	p.tell("making documents", 1, 3)
	p.end()
	if got := out.String(); !strings.Contains(got, "making documents") || strings.TrimSpace(got[strings.LastIndex(got, "\r")+1:]) != "" {
		t.Errorf("at the end: got %q, want an empty line", got)
	}
	p.end()
	newProgress(&out).tell("to nobody", 1, 2)
	newProgress(io.Discard).end()
}
