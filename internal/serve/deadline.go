package serve

import (
	"errors"
	"net"
	"sync"
	"time"
)

// deadline is the read or the write deadline of a connection. net/http sets
// them eight times for a request, and each time a timer of the runtime moves.
// Here one is noted, and set when something begins to wait for it, unless it is
// set to almost the same.
type deadline struct {
	mu      sync.Mutex
	wanted  time.Time // guarded by mu, as is the rest; zero for none
	set     time.Time // what the connection has
	waiting bool      // something waits that it bounds
}

// slack is how much before its time a deadline may come.
const slack = time.Second

// setter sets a deadline of a connection.
type setter func(net.Conn, time.Time) error

// want notes a deadline. What waits already is bounded by it.
func (d *deadline) want(t time.Time, on net.Conn, set setter) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if !d.waiting {
		return nil
	}
	return d.apply(on, set)
}

// begin is called before something that waits, end when it has ended.
func (d *deadline) begin(on net.Conn, set setter) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = true
	return d.apply(on, set)
}

func (d *deadline) end() {
	d.mu.Lock()
	d.waiting = false
	d.mu.Unlock()
}

// apply sets the deadline that is wanted; the caller has the lock.
func (d *deadline) apply(on net.Conn, set setter) error {
	if d.wanted.Equal(d.set) {
		return nil
	}
	if early := d.wanted.Sub(d.set); !d.wanted.IsZero() && !d.set.IsZero() && 0 < early && early < slack {
		return nil
	}
	d.set = d.wanted
	return set(on, d.wanted)
}

// SetReadDeadline implements [net.Conn].
func (c *conn) SetReadDeadline(t time.Time) error {
	return c.read.want(t, c.Conn, net.Conn.SetReadDeadline)
}

// SetWriteDeadline implements [net.Conn].
func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.write.want(t, c.Conn, net.Conn.SetWriteDeadline)
}

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// Read reads, but for the first time that it is asked for a single byte. That
// is net/http, which waits so for a client's going away while a request is
// answered. Answers here are made at once; to begin and to break off that wait
// takes longer than most of them. That nothing was read is no news to it
// ([io.Reader]). Who wants a single byte asks again, and gets it.
func (c *conn) Read(b []byte) (int, error) {
	if c.plain && len(b) == 1 && !c.glanced {
		c.glanced = true
		return 0, nil
	}
	c.glanced = false
	if err := c.read.begin(c.Conn, net.Conn.SetReadDeadline); err != nil {
		return 0, err
	}
	defer c.read.end()
	return c.Conn.Read(b)
}
