package serve

import (
	"net"
	"syscall"
)

// tune sets the options of a socket that listens, which each connection that it
// accepts has from it. Where this is no TCP, there is nothing to set.
//
// The kernel takes no more than unsent bytes of an answer that it cannot send
// yet. Else it takes up to 4 MiB a connection: clients who ask for large
// documents and read nothing would use up the memory that the machine has for
// connections, and slow down everybody; and the server would not notice how
// slow they are.
//
// A connection is accepted when its request, or the client's first word of TLS,
// has come: the goroutine that answers it need not wait, and be woken, before it
// has begun. That is a sixth of what an answer on a new connection takes. A
// client who says nothing is accepted all the same a second later, when it has
// confirmed once more that it is there, and then Run's deadlines bound it.
func tune(l net.Listener) {
	const notSentLowat = 25 // TCP_NOTSENT_LOWAT, tcp(7)
	socket, ok := l.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, notSentLowat, unsent)
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_DEFER_ACCEPT, 1)
	})
}

// hand gives the kernel bytes to be sent together with those that follow, or with
// the end of the connection, and returns how many it has room for just now.
func hand(c net.Conn, b []byte) (taken int) {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return 0
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0
	}
	// An error comes again when the rest is written.
	_ = raw.Write(func(fd uintptr) bool {
		taken, _ = syscall.SendmsgN(int(fd), b, nil, nil, syscall.MSG_MORE|syscall.MSG_NOSIGNAL)
		return true
	})
	return max(0, taken)
}
