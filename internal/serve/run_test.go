package serve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are made of net.Pipe, which keeps the
// time of a testing/synctest bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	fail   chan error // what Accept returns
}

func newPipes() *pipes {
	return &pipes{make(chan net.Conn), make(chan struct{}), make(chan error)}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case err := <-p.fail:
		return nil, err
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

// served is Run at work on pipes.
type served struct {
	*pipes
	stop  context.CancelFunc
	ended chan error
	log   *bytes.Buffer
}

func run(t *testing.T, h http.Handler) *served {
	t.Helper()
	p := newPipes()
	return runEndpoint(t, p, Endpoint{Listener: p, Handler: h})
}

func runEndpoint(t *testing.T, p *pipes, e Endpoint) *served {
	t.Helper()
	s := &served{pipes: p, ended: make(chan error, 1), log: &bytes.Buffer{}}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	go func() { s.ended <- Run(ctx, logger, e) }()
	return s
}

// end stops the server and waits until Run has returned.
func (s *served) end(t *testing.T) {
	t.Helper()
	s.stop()
	if err := <-s.ended; err != nil {
		t.Errorf("Run: got %v, want nil after a stop", err)
	}
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// bytesOf is a handler that sends so many bytes.
func bytesOf(n int) http.Handler {
	body := bytes.Repeat([]byte("."), n)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(n))
		_, _ = w.Write(body)
	})
}

const plainRequest = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

// What a client may hold, and for how long.
func TestRunLimits(t *testing.T) {
	tests := []struct {
		name string
		play func(t *testing.T, c net.Conn) // then the connection has to end
		want time.Duration                  // when it does
	}{
		{"a client that says nothing", func(t *testing.T, c net.Conn) {}, 5 * time.Second},
		{"a client that says its request byte by byte", func(t *testing.T, c net.Conn) {
			go io.Copy(io.Discard, c) // a pipe has no room for the 400 that comes
			for _, b := range []byte(plainRequest)[:20] {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(900 * time.Millisecond)
			}
			t.Error("18 seconds for a header, and nobody minded")
		}, 5 * time.Second},
		{"a client that stays after its answer", func(t *testing.T, c net.Conn) {
			say(t, c, plainRequest)
			if _, err := readResponse(c); err != nil {
				t.Error(err)
			}
		}, 60 * time.Second},
		{"a client that announces a body and does not send it", func(t *testing.T, c net.Conn) {
			say(t, c, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
			go readResponse(c)
		}, 5 * time.Second},
		{"a client that does not take the answer", func(t *testing.T, c net.Conn) {
			say(t, c, plainRequest)
			time.Sleep(time.Minute)
		}, 60 * time.Second}, // cut off after 30 seconds, and noticed when it looks
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := run(t, bytesOf(300_000))
				c := s.dial()
				defer c.Close()
				begun := time.Now()
				tt.play(t, c)
				_, _ = io.Copy(io.Discard, c)
				if got := time.Since(begun).Truncate(time.Second); got != tt.want {
					t.Errorf("got the connection closed after %v, want %v", got, tt.want)
				}
				s.end(t)
			})
		})
	}
}

func readResponse(c net.Conn) (int, error) {
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	return int(n), err
}

// slowly reads so many bytes a second.
type slowly struct {
	net.Conn
	rate int
}

func (s slowly) Read(b []byte) (int, error) {
	time.Sleep(time.Second)
	return s.Conn.Read(b[:min(len(b), s.rate)])
}

// How fast a client has to be does not depend on how large the answer is.
func TestRunSlowReaders(t *testing.T) {
	const large, small = 2_000_000, 110_000
	tests := []struct {
		name string
		size int           // bytes of the answer
		rate int           // bytes a second
		want time.Duration // when it is cut off at the latest; 0: never
	}{
		{"a modem", large, 4000, 0},
		{"a modem that is slow", large, 2200, 0},
		{"a modem that is slow, of a small answer", small, 2200, 0},
		{"a client that wants to be a burden", large, 100, 40 * time.Second},
		{"a client that wants to be a burden, of a small answer", small, 100, 70 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := run(t, bytesOf(tt.size))
				c := s.dial()
				defer c.Close()
				begun := time.Now()
				say(t, c, plainRequest)
				n, err := readResponse(slowly{c, tt.rate})
				took := time.Since(begun)
				if tt.want == 0 && (err != nil || n != tt.size) {
					t.Errorf("got %d bytes, %v, after %v, want all", n, err, took)
				}
				if tt.want > 0 && (err == nil || took > tt.want) {
					t.Errorf("got %d bytes, %v, after %v, want to be cut off within %v", n, err, took, tt.want)
				}
				s.end(t)
			})
		})
	}
}

func TestRunHeaderSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := run(t, bytesOf(1))
		c := s.dial()
		defer c.Close()
		go func() {
			// The rest is not taken; that is what is tested.
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 20_000)+"\r\n\r\n")
		}()
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("got %s, want 431", resp.Status)
		}
		s.end(t)
	})
}

// A body that comes with a request is neither waited for nor kept.
func TestRunUnwantedBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := run(t, bytesOf(1))
		c := s.dial()
		defer c.Close()
		say(t, c, "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc")
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || !resp.Close {
			t.Errorf("got %s with Connection: close %v, want 200 and true", resp.Status, resp.Close)
		}
		s.end(t)
	})
}

func TestRunStop(t *testing.T) {
	tests := []struct {
		name string
		take time.Duration // that a request takes
		stop time.Duration // how long the stop takes
		want error
		log  string
	}{
		{"a request under way ends", 5 * time.Second, 5 * time.Second, nil, ""},
		{"a request that takes too long is cut off", time.Minute, 10 * time.Second, io.EOF, "requests cut off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := run(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(tt.take) }))
				c := s.dial()
				defer c.Close()
				say(t, c, plainRequest)
				got := make(chan error)
				go func() {
					_, err := readResponse(c)
					got <- err
				}()
				synctest.Wait()

				begun := time.Now()
				s.stop()
				if err := <-got; err != tt.want && !(tt.want != nil && errors.Is(err, io.ErrUnexpectedEOF)) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				s.end(t)
				// Shutdown looks twice a second.
				if took := time.Since(begun); took < tt.stop || took > tt.stop+time.Second {
					t.Errorf("the stop took %v, want %v", took, tt.stop)
				}
				if !strings.Contains(s.log.String(), tt.log) {
					t.Errorf("got the log %q, want %q in it", s.log, tt.log)
				}
				select {
				case <-s.closed:
				default:
					t.Error("the listener is open")
				}
				time.Sleep(time.Minute) // the handler that was cut off
			})
		})
	}
}

// One endpoint that fails stops all.
func TestRunFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		public, admin := newPipes(), newPipes()
		ended := make(chan error)
		go func() {
			ended <- Run(t.Context(), testLog(t), Endpoint{Listener: public, Handler: bytesOf(1)}, Endpoint{Listener: admin, Handler: bytesOf(1)})
		}()
		admin.fail <- errors.New("no more")
		err := <-ended
		if want := "serve 127.0.0.1:8080: no more"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
		<-public.closed
	})
}

// temporary is an error of Accept after which net/http tries again, as when
// there are no descriptors left.
type temporary struct{ error }

func (temporary) Temporary() bool { return true }
func (temporary) Timeout() bool   { return false }

// A server without descriptors tries to accept every second, and says so once a
// minute.
func TestRunAcceptErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := run(t, bytesOf(1))
		begun := time.Now()
		tries := 0
		for time.Since(begun) < 150*time.Second {
			s.fail <- temporary{errors.New("too many open files")}
			tries++
		}
		s.end(t)
		told := strings.Count(s.log.String(), "too many open files")
		if told != 3 || tries < 100 {
			t.Errorf("got %d of %d errors in the log in 150 seconds, want 3 of more than 100:\n%s", told, tries, s.log)
		}
	})
}

// What net/http has to say goes to the log as well.
func TestRunPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := run(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("mine") }))
		c := s.dial()
		defer c.Close()
		say(t, c, plainRequest)
		_, _ = io.Copy(io.Discard, c)
		s.end(t)
		if !strings.Contains(s.log.String(), "mine") {
			t.Errorf("got the log %q, want the panic in it", s.log)
		}
	})
}

func TestListen(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	tests := []struct {
		name, addr, want string
	}{
		{"a port in use", taken, "listen " + taken + ": address already in use\n    hint: is it running already?"},
		{"an address of another machine", "192.0.2.1:8080", "listen 192.0.2.1:8080: "},
		{"a port alone", "8080", "listen 8080: missing port in address\n"},
		{"no such port", "127.0.0.1:99999", "listen 127.0.0.1:99999: invalid port\n"},
		{"nothing like an address", "localhost:http:8080", "listen localhost:http:8080: too many colons in address\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Listen(tt.addr)
			if err == nil {
				l.Close()
				t.Fatal("got no error")
			}
			if !strings.HasPrefix(err.Error(), tt.want) || !strings.Contains(err.Error(), "\n    hint: ") {
				t.Errorf("got %q, want %q and a hint", err, tt.want)
			}
		})
	}
}
