package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// gather joins what net/http writes of an answer. It sends the header with the
// beginning of the body, as many bytes as its buffer has, and then the rest;
// each time the kernel makes packets of it and wakes the client. The beginning
// is held back until the rest comes, and they go together.
type gather struct {
	on   bool
	held *[gatherSize]byte // nil while nothing is held back
	n    int               // bytes of it
	both [2][]byte         // room for what is sent together
}

// gatherSize is the size of net/http's buffer.
const gatherSize = 4 << 10

var gatherBuffers = sync.Pool{New: func() any { return new([gatherSize]byte) }}

// Write writes at once, but for the beginning of what is gathered. It is called
// by one goroutine at a time: this is plain HTTP/1, where an answer has one.
//
// The last small piece before the end of a connection is handed to the kernel to be
// sent together with that end, as one packet; Close sees to it.
func (c *conn) Write(b []byte) (int, error) {
	taken := 0
	if c.last && !c.gather.on {
		if taken = hand(c.Conn, b); taken == len(b) {
			c.handed.Store(true)
			return taken, nil
		}
	}
	if err := c.write.begin(c.Conn, net.Conn.SetWriteDeadline); err != nil {
		return 0, err
	}
	defer c.write.end()
	g := &c.gather
	switch {
	case g.held != nil:
		g.both = [2][]byte{g.held[:g.n], b}
		buffers := net.Buffers(g.both[:])
		n, err := buffers.WriteTo(c.Conn)
		sent := max(0, int(n)-g.n)
		g.drop()
		return sent, err
	case g.on && len(b) <= gatherSize:
		g.held = gatherBuffers.Get().(*[gatherSize]byte)
		g.n = copy(g.held[:], b)
		return g.n, nil
	}
	n, err := c.Conn.Write(b[taken:])
	return taken + n, err
}

func (g *gather) drop() {
	gatherBuffers.Put(g.held)
	g.held, g.both = nil, [2][]byte{}
}

// gathered calls write, and sends what it writes to the connection in as few
// pieces as may be. Nothing is held back when it returns.
func (c *conn) gathered(write func() (int, error)) (int, error) {
	g := &c.gather
	g.on = true
	n, err := write()
	g.on = false
	if g.held != nil {
		b := g.held
		g.held = nil
		_, rest := c.Write(b[:g.n])
		gatherBuffers.Put(b)
		err = errors.Join(err, rest)
	}
	return n, err
}

// connKey is where a request's context has its connection: net/http tells a
// handler in no other way.
type connKey struct{}

func withConn(ctx context.Context, nc net.Conn) context.Context {
	if c, ok := nc.(*conn); ok {
		c.plain = true
		return context.WithValue(ctx, connKey{}, c)
	}
	return ctx // TLS makes records of its own
}

// connOf returns the connection that an answer goes to in plain HTTP, else nil.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(connKey{}).(*conn)
	return c
}
