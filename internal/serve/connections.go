package serve

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
)

// Connections bounds how many connections the endpoints keep that share it.
type Connections struct {
	// All is how many there may be in all. When one more comes, the one that
	// has been idle for the longest is closed; when none is idle, the one that
	// has owed its first request for the longest; when all are being answered,
	// the new one.
	All int
	// PerAddress is how many an address may have, for IPv6 a /64 network; 0
	// means any number. More are closed at once.
	PerAddress int
	// Exempt reports addresses that may have any number.
	Exempt func(netip.Addr) bool

	mu        sync.Mutex
	open      int                // guarded by mu, as is the rest
	byAddress map[netip.Addr]int // without those that are exempt
	idle      queue              // between two requests
	fresh     queue              // before their first
	full      minutely           // when All was last found to be reached
}

// descriptors kept for publishing, state and the admin address.
const reserved = 256

// MaxConnections is how many connections a process can have and still publish:
// 16384, or what the limit of open files leaves.
func MaxConnections() int {
	const most = 16384
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return most
	}
	files := int(min(uint64(limit.Cur), 1<<30))
	return min(most, files-min(reserved, files/2))
}

// conn is a connection that is counted.
type conn struct {
	net.Conn
	of      *Connections
	address netip.Addr // zero: not counted by address
	closed  bool       // guarded by of.mu, as is the rest

	in         *queue // nil while a request is answered
	prev, next *conn  // in it

	read, write deadline
	plain       bool        // not TLS: what is read are requests
	glanced     bool        // of the goroutine that reads; see Read
	gather      gather      // of the goroutine that answers
	last        bool        // of the same: the connection ends after this answer
	handed      atomic.Bool // the kernel waits for that end, see Write
}

// queue is a row of connections, the one that came first in front.
type queue struct{ front, back *conn }

func (q *queue) push(c *conn) {
	c.in, c.prev, c.next = q, q.back, nil
	if q.back != nil {
		q.back.next = c
	} else {
		q.front = c
	}
	q.back = c
}

// leave takes a connection out of its queue.
func (c *conn) leave() {
	if c.in == nil {
		return
	}
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		c.in.front = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		c.in.back = c.prev
	}
	c.in, c.prev, c.next = nil, nil, nil
}

// admit returns c to be served, nil if it is not to be.
func (cs *Connections) admit(c net.Conn, log *slog.Logger) net.Conn {
	var from netip.Addr // zero: of a socket without IP addresses
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		from = household(tcp.AddrPort().Addr().Unmap().WithZone(""))
	}
	if cs.PerAddress == 0 || cs.Exempt != nil && cs.Exempt(from) {
		from = netip.Addr{}
	}
	counted := &conn{Conn: c, of: cs, address: from}
	victim, ok := cs.enter(counted, log)
	if victim != nil {
		victim.Close()
	}
	if !ok {
		return nil
	}
	return counted
}

// enter counts a new connection. It returns another that has to be closed for
// it, nil if none has; it is not ok if there is no room.
func (cs *Connections) enter(c *conn, log *slog.Logger) (victim *conn, ok bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c.address.IsValid() && cs.byAddress[c.address] >= cs.PerAddress {
		return nil, false
	}
	if cs.open >= cs.All {
		if cs.full.due() {
			log.Warn("as many connections as there may be; idle ones are closed", "connections", cs.open)
		}
		victim = cs.idle.front
		if victim == nil {
			victim = cs.fresh.front
		}
		if victim == nil {
			return nil, false
		}
		victim.end()
	}
	cs.open++
	if c.address.IsValid() {
		if cs.byAddress == nil {
			cs.byAddress = map[netip.Addr]int{}
		}
		cs.byAddress[c.address]++
	}
	cs.fresh.push(c)
	return victim, true
}

// end takes a connection out of the count; the caller has the lock.
func (c *conn) end() {
	if c.closed {
		return
	}
	c.closed = true
	c.leave()
	c.of.open--
	if c.address.IsValid() {
		if c.of.byAddress[c.address]--; c.of.byAddress[c.address] == 0 {
			delete(c.of.byAddress, c.address)
		}
	}
}

// Close closes the connection, which is not counted any more.
func (c *conn) Close() error {
	c.of.mu.Lock()
	c.end()
	c.of.mu.Unlock()
	if c.handed.Load() {
		// Where something was left unread, to close alone would throw the answer
		// away. An error means that there is nobody to take it.
		_ = c.CloseWrite()
	}
	return c.Conn.Close()
}

// CloseWrite lets net/http end a connection so that the last answer arrives.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// changed is the ConnState of a server.
func (cs *Connections) changed(nc net.Conn, state http.ConnState) {
	if secure, ok := nc.(*tls.Conn); ok {
		nc = secure.NetConn()
	}
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if c.closed {
		return
	}
	switch state {
	case http.StateActive:
		c.leave()
	case http.StateIdle:
		c.leave()
		cs.idle.push(c)
	}
}

// limited is a listener whose connections are counted.
type limited struct {
	net.Listener
	connections *Connections
	log         *slog.Logger
}

func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if counted := l.connections.admit(c, l.log); counted != nil {
			return counted, nil
		}
		c.Close()
	}
}
