package serve

import (
	"net"
	"syscall"
)

// boundUnsent lets the kernel take no more than unsent bytes of an answer that
// it cannot send yet, on each connection that l accepts: they have the options
// of the socket that listens. Else it takes up to 4 MiB a connection: clients
// who ask for large documents and read nothing would use up the memory that the
// machine has for connections, and slow down everybody; and the server would
// not notice how slow they are.
func boundUnsent(l net.Listener) {
	const notSentLowat = 25 // TCP_NOTSENT_LOWAT, tcp(7)
	socket, ok := l.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return
	}
	// Where this is no TCP, there is nothing to bound.
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, notSentLowat, unsent)
	})
}
