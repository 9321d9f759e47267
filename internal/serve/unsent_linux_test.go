package serve

import (
	"net"
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
	limit := &limited{l, &Connections{All: 1}, testLog(t)}
	server, err := limit.Accept()
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
