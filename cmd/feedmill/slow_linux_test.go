package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowClients is how many there are of each kind.
const slowClients = 2000

// BenchmarkSlowClients polls `feedmill serve` while it is beset by thousands of
// clients who send their header byte by byte, take nothing of their answers, or
// stay after them and say nothing; and come back at once when they are let go:
//
//	go test -run xxx -bench SlowClients -benchtime 1000x ./cmd/feedmill
//
// p99-ms is how long the slowest of a hundred polls takes, held how many slow
// clients were connected at least, MiB how much memory the server has.
func BenchmarkSlowClients(b *testing.B) {
	dir := b.TempDir()
	feedmill := filepath.Join(dir, "feedmill")
	if out, err := exec.Command("go", "build", "-o", feedmill, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	writeProse(b, filepath.Join(dir, "articles"))
	address := freePort(b)
	cmd := exec.Command(feedmill, "serve", "--admin", freePort(b), "--listen", address)
	cmd.Dir = dir
	s := &contestant{name: "feedmill", pids: []int{launch(b, cmd)}, at: map[string]string{"http": address}}
	for limit := time.Now().Add(patience); !responds("http://" + address + "/rss.xml"); {
		if time.Now().After(limit) {
			b.Fatalf("feedmill does not answer at %s", address)
		}
		time.Sleep(10 * time.Millisecond)
	}

	ctx, stop := context.WithCancel(b.Context())
	var clients sync.WaitGroup
	var held atomic.Int64
	for _, burden := range []func(context.Context, net.Conn){slowHeader, slowRead, sayNothing} {
		for range slowClients {
			clients.Go(func() {
				for ctx.Err() == nil {
					if c, err := net.Dial("tcp", address); err == nil {
						held.Add(1)
						burden(ctx, c)
						held.Add(-1)
						c.Close()
					}
				}
			})
		}
	}
	defer clients.Wait()
	defer stop()
	for limit := time.Now().Add(patience); held.Load() < 3*slowClients*9/10; {
		if time.Now().After(limit) {
			b.Fatalf("got %d slow clients connected, want %d", held.Load(), 3*slowClients)
		}
		time.Sleep(10 * time.Millisecond)
	}

	var took []time.Duration
	least := held.Load()
	for b.Loop() {
		begun := time.Now()
		if !responds("http://" + address + "/rss.xml") {
			b.Fatal("got no answer to a poll")
		}
		took = append(took, time.Since(begun))
		least = min(least, held.Load())
		time.Sleep(10 * time.Millisecond)
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op") // it says how long we paused
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(least), "held")
	b.ReportMetric(s.resident(b)/(1<<20), "MiB")
}

const feedRequest = "GET /rss.xml HTTP/1.1\r\nHost: localhost\r\n\r\n"

// slowHeader sends a byte of a header each second until the server hangs up.
func slowHeader(ctx context.Context, c net.Conn) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for i := 0; ; i++ {
		if _, err := io.WriteString(c, feedRequest[i%8:i%8+1]); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// slowRead asks for more than the kernels of both have room for, and takes a byte
// each second.
func slowRead(ctx context.Context, c net.Conn) {
	if err := c.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		return
	}
	if _, err := io.WriteString(c, strings.Repeat(feedRequest, 20)); err != nil {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for b := make([]byte, 1); ; {
		if _, err := c.Read(b); err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sayNothing takes one answer, and stays.
func sayNothing(ctx context.Context, c net.Conn) {
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if _, err := io.WriteString(c, feedRequest); err != nil {
		return
	}
	answers := bufio.NewReader(c)
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		return
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return
	}
	_, _ = answers.ReadByte() // comes when the server hangs up
}
