package serve

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Of an answer to a client that reads nothing, the kernel takes a little.
func TestUnsentIsBounded(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialer := net.Dialer{}
	client, err := dialer.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	say(t, client, plainRequest)
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := server.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := server.Write(make([]byte, 16<<20))
	if err == nil || n > 3*unsent {
		t.Errorf("got %d bytes taken, %v, want at most %d and a timeout", n, err, 3*unsent)
	}
}

// Connections are accepted when their request has come; but a client that says
// nothing is accepted as well, to be let go in its time.
func TestSilentClientIsAccepted(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var wait int
	if controlErr := raw.Control(func(fd uintptr) {
		wait, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_DEFER_ACCEPT)
	}); controlErr != nil || err != nil {
		t.Fatal(controlErr, err)
	}
	if wait != 1 {
		t.Errorf("got TCP_DEFER_ACCEPT %d seconds, want 1", wait)
	}
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := l.(*net.TCPListener).SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatalf("a client that says nothing: %v", err)
	}
	server.Close()
}

// The connections that Run serves have it from the socket that listens.
func TestRunBoundsUnsent(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	bound := make(chan int, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(bound)
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		raw, err := c.(*conn).Conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Error(err)
			return
		}
		if err := raw.Control(func(fd uintptr) {
			n, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 25)
			if err != nil {
				t.Error(err)
			}
			bound <- n
		}); err != nil {
			t.Error(err)
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, testLog(t), Endpoint{Listener: l, Handler: handler, Connections: &Connections{All: 1}})
	}()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got := <-bound; got != unsent {
		t.Errorf("got TCP_NOTSENT_LOWAT %d, want %d", got, unsent)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// listenAndRun serves with a handler on a socket of this machine until the test
// ends.
func listenAndRun(t *testing.T, h http.Handler) (addr string) {
	t.Helper()
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, testLog(t), Endpoint{Listener: l, Handler: h, Connections: &Connections{All: 100}})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

const lastRequest = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

// A small answer and the end of its connection come together: whoever sees the one
// need not wait for the other.
func TestLastAnswerBringsTheEnd(t *testing.T) {
	addr := listenAndRun(t, bytesOf(100))
	for range 50 {
		client, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		say(t, client, lastRequest)
		raw, err := client.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 8<<10)
		var first, second int
		var then error
		if err := raw.Read(func(fd uintptr) bool {
			if first, err = syscall.Read(int(fd), answer); err == syscall.EAGAIN {
				return false
			}
			second, then = syscall.Read(int(fd), answer[:1])
			return true
		}); err != nil {
			t.Fatal(err)
		}
		if first < 100 || err != nil || second != 0 || then != nil {
			t.Fatalf("got %d bytes, %v, and then %d, %v, want an answer and its end at once", first, err, second, then)
		}
		client.Close()
	}
}

// Nothing of an answer is lost, however large it is, nor of a small one when the
// client has sent more than it should.
func TestLastAnswerIsWhole(t *testing.T) {
	for _, tt := range []struct {
		size, more int // bytes of the answer, and after the request
	}{
		{0, 0}, {1, 0}, {3000, 0}, {5000, 0}, {70_000, 0}, {3_000_000, 0},
		{0, 2}, {100, 2}, {100, 100_000}, {3900, 100_000}, {5000, 100_000},
	} {
		addr := listenAndRun(t, bytesOf(tt.size))
		for range 10 {
			client, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			say(t, client, lastRequest)
			_, _ = io.WriteString(client, strings.Repeat("x", tt.more)) // it may have been closed already
			if n, err := readResponse(client); n != tt.size || err != nil {
				t.Fatalf("%d bytes, and %d after the request: got %d, %v", tt.size, tt.more, n, err)
			}
			client.Close()
		}
	}
}
