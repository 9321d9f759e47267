package serve

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// caller is the server's end of a connection that comes from an address, and
// knows whether it was closed.
type caller struct {
	net.Conn
	from   net.Addr
	closed bool
}

func (c *caller) RemoteAddr() net.Addr { return c.from }

func (c *caller) Close() error {
	c.closed = true
	if c.Conn != nil {
		return c.Conn.Close()
	}
	return nil
}

func callFrom(ip string) *caller {
	return &caller{from: &net.TCPAddr{IP: net.ParseIP(ip), Port: 4711}}
}

// Each step is an event of a connection, named by its letter and address: "+"
// comes, "!" sends a request, "." got its answer, "-" goes. The result are the
// connections that were closed.
func TestConnections(t *testing.T) {
	tests := []struct {
		name  string
		limit *Connections
		steps string
		want  string // letters, sorted
	}{
		{"as many as there may be", &Connections{All: 2}, "+a1 +b1", ""},
		{"one idle and one too many", &Connections{All: 2}, "+a1 !a .a +b1 +c1", "a"},
		{"the oldest idle goes first", &Connections{All: 2}, "+a1 +b1 !b .b !a .a +c1", "b"},
		{"one that was busy again is not the oldest", &Connections{All: 2}, "+a1 !a .a +b1 !b .b !a .a +c1", "b"},
		{"idle ones go before those that owe their request", &Connections{All: 2}, "+a1 +b1 !b .b +c1", "b"},
		{"then those that owe their request", &Connections{All: 2}, "+a1 +b1 +c1 +d1", "ab"},
		{"a busy one is not closed", &Connections{All: 2}, "+a1 !a +b1 !b +c1", "c"},
		{"there is room when one has gone", &Connections{All: 2}, "+a1 !a +b1 !b -a +c1", "a"},
		{"one that goes twice leaves one place", &Connections{All: 2}, "+a1 +b1 !b -a -a +c1 !c +d1", "ad"},
		{"one that was closed for another leaves no place when it ends", &Connections{All: 1}, "+a1 +b1 !b -a +c1", "ac"},
		{"many of one address", &Connections{All: 9, PerAddress: 2}, "+a1 +b1 +c1 +d2", "c"},
		{"many of one address, idle", &Connections{All: 9, PerAddress: 1}, "+a1 !a .a +b1", "b"},
		{"many of one address, after one has gone", &Connections{All: 9, PerAddress: 1}, "+a1 -a +b1 +c1", "ac"},
		{"an address whose connection was closed for another's", &Connections{All: 1, PerAddress: 1}, "+a1 +b2 +c1", "ab"},
		{"an address that may", &Connections{All: 9, PerAddress: 1, Exempt: netip.Addr.IsLoopback}, "+a0 +b0 +c1 +d1", "d"},
		{"an address that may, beyond what there may be", &Connections{All: 1, PerAddress: 1, Exempt: netip.Addr.IsLoopback}, "+a0 +b0", "a"},
	}
	addresses := map[string]string{"0": "127.0.0.1", "1": "203.0.113.1", "2": "203.0.113.2"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ends, counted := map[string]*caller{}, map[string]net.Conn{}
			for step := range strings.FieldsSeq(tt.steps) {
				event, name := step[:1], step[1:2]
				switch event {
				case "+":
					l := &limited{&once{conn: callFrom(addresses[step[2:]])}, tt.limit, testLog(t)}
					ends[name] = l.Listener.(*once).conn
					if c, err := l.Accept(); err == nil {
						counted[name] = c
					}
				case "!":
					tt.limit.changed(counted[name], http.StateActive)
				case ".":
					tt.limit.changed(counted[name], http.StateIdle)
				case "-":
					counted[name].Close()
				}
			}
			var closed []string
			for name, c := range ends {
				if c.closed {
					closed = append(closed, name)
				}
			}
			slices.Sort(closed)
			if got := strings.Join(closed, ""); got != tt.want {
				t.Errorf("%s: got closed %q, want %q", tt.steps, got, tt.want)
			}
			if open := len(ends) - len(closed); tt.limit.open != open {
				t.Errorf("%s: got %d counted, want %d", tt.steps, tt.limit.open, open)
			}
			for _, c := range counted {
				c.Close()
			}
			if len(tt.limit.byAddress) != 0 || tt.limit.open != 0 || tt.limit.idle.front != nil || tt.limit.fresh.back != nil {
				t.Errorf("when all have gone: got %d open, %v", tt.limit.open, tt.limit.byAddress)
			}
		})
	}
}

// once is a listener to which one client comes.
type once struct {
	net.Listener
	conn *caller
	done bool
}

func (o *once) Accept() (net.Conn, error) {
	if o.done {
		return nil, io.EOF
	}
	o.done = true
	return o.conn, nil
}

// A /64 network of IPv6 counts as one address.
func TestConnectionsOfANetwork(t *testing.T) {
	limit := Connections{All: 9, PerAddress: 2}
	for i, want := range []bool{true, true, false} {
		ip := []string{"2001:470:1:2::1", "2001:470:1:2::2", "2001:470:1:2:ffff::3"}[i]
		if got := limit.admit(callFrom(ip), testLog(t)) != nil; got != want {
			t.Errorf("%s: got admitted %v, want %v", ip, got, want)
		}
	}
	if limit.admit(callFrom("2001:470:1:3::1"), testLog(t)) == nil {
		t.Error("another network: got refused")
	}
}

// The server tells who is busy and who is idle, and an idle client makes room
// for a new one.
func TestRunMakesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &served{pipes: newPipes(), ended: make(chan error, 1), log: &bytes.Buffer{}}
		var ctx context.Context
		ctx, s.stop = context.WithCancel(context.Background())
		logger := slog.New(slog.NewTextHandler(s.log, nil))
		bound := &Connections{All: 2}
		go func() {
			s.ended <- Run(ctx, logger, Endpoint{Listener: s.pipes, Handler: bytesOf(10), Connections: bound})
		}()
		ask := func(c net.Conn) error {
			if _, err := io.WriteString(c, plainRequest); err != nil {
				return err
			}
			_, err := readResponse(c)
			synctest.Wait()
			return err
		}
		first, second := s.dial(), s.dial()
		for _, c := range []net.Conn{first, second, first} {
			if err := ask(c); err != nil {
				t.Fatal(err)
			}
		}
		third := s.dial()
		if err := ask(third); err != nil {
			t.Errorf("the third: %v", err)
		}
		if err := ask(second); err == nil {
			t.Error("the second, idle for the longest, is still open")
		}
		if err := ask(first); err != nil {
			t.Errorf("the first: %v", err)
		}
		first.Close()
		synctest.Wait()
		if bound.open != 1 {
			t.Errorf("got %d connections counted, want 1", bound.open)
		}
		s.end(t)
		if got := strings.Count(s.log.String(), "as many connections as there may be"); got != 1 {
			t.Errorf("got it said %d times, want once:\n%s", got, s.log)
		}
	})
}

func TestMaxConnections(t *testing.T) {
	if got := MaxConnections(); got < 1 || got > 16384 {
		t.Errorf("got %d, want 1 to 16384", got)
	}
}
