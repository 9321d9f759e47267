package serve

import (
	"context"
	"io"
	"net"
	"net/http"
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
