package serve

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// timed is a connection that counts how often a deadline was set.
type timed struct {
	net.Conn
	reads, writes int
}

func (c *timed) SetReadDeadline(t time.Time) error {
	c.reads++
	return c.Conn.SetReadDeadline(t)
}

func (c *timed) SetWriteDeadline(t time.Time) error {
	c.writes++
	return c.Conn.SetWriteDeadline(t)
}

// Requests that follow each other move the deadlines once a second, not each.
func TestDeadlinesAreRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		counted := &timed{Conn: server}
		p := newPipes()
		s := runEndpoint(t, p, Endpoint{Listener: p, Handler: bytesOf(1), Connections: &Connections{All: 9}})
		p.conns <- counted
		answers := bufio.NewReader(client)
		for range 100 {
			say(t, client, plainRequest)
			wholeAnswer(t, answers)
			time.Sleep(slack / 20)
		}
		if counted.reads > 10 || counted.writes > 10 {
			t.Errorf("100 requests in 5 seconds set the deadlines %d and %d times, want 10 at the most", counted.reads, counted.writes)
		}
		client.Close()
		s.end(t)
	})
}

// wholeAnswer reads an answer whole.
func wholeAnswer(t *testing.T, from *bufio.Reader) {
	t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("got %s", resp.Status)
	}
}

// A deadline holds for what waits already, and for what begins to wait later.
func TestDeadline(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  []time.Duration // before the wait; 0 means none
		then []time.Duration // a second after it has begun
		want time.Duration   // how long the wait takes
	}{
		{"one of before", []time.Duration{5 * time.Second}, nil, 5 * time.Second},
		{"the last one of before", []time.Duration{time.Second, time.Hour, 7 * time.Second}, nil, 7 * time.Second},
		{"one that was taken back", []time.Duration{5 * time.Second, 0}, []time.Duration{9 * time.Second}, 10 * time.Second},
		{"one that has passed", []time.Duration{-time.Hour}, nil, 0},
		{"one that has passed, and another", []time.Duration{-time.Hour, 3 * time.Second}, nil, 3 * time.Second},
		{"one that comes meanwhile", nil, []time.Duration{4 * time.Second}, 5 * time.Second},
		{"one that breaks off", []time.Duration{time.Hour}, []time.Duration{-time.Hour}, time.Second},
		{"one that comes sooner by a little", []time.Duration{5 * time.Second}, []time.Duration{3500 * time.Millisecond}, 4500 * time.Millisecond},
		{"one that comes later by a little", []time.Duration{5 * time.Second}, []time.Duration{4500 * time.Millisecond}, 5 * time.Second},
		{"one that comes later", []time.Duration{5 * time.Second}, []time.Duration{8 * time.Second}, 9 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, wait := range map[string]func(c *conn) error{
				"read":  func(c *conn) error { _, err := c.Read(make([]byte, 9)); return err },
				"write": func(c *conn) error { _, err := c.Write(make([]byte, 9)); return err },
			} {
				synctest.Test(t, func(t *testing.T) {
					client, server := net.Pipe()
					defer client.Close()
					c := &conn{Conn: server, of: &Connections{}}
					set := c.SetReadDeadline
					if name == "write" {
						set = c.SetWriteDeadline
					}
					apply := func(all []time.Duration) {
						for _, d := range all {
							at := time.Now().Add(d)
							if d == 0 {
								at = time.Time{}
							}
							if err := set(at); err != nil {
								t.Error(err)
							}
						}
					}
					apply(tt.set)
					begun := time.Now()
					go func() {
						time.Sleep(time.Second)
						apply(tt.then)
					}()
					err := wait(c)
					if took := time.Since(begun); !errors.Is(err, os.ErrDeadlineExceeded) || took != tt.want {
						t.Errorf("%s: got %v after %v, want the deadline after %v", name, err, took, tt.want)
					}
					time.Sleep(2 * time.Second)
				})
			}
		})
	}
}

// A single byte is read when it is asked for twice.
func TestReadSingleByte(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	go io.WriteString(client, "abc")
	c := &conn{Conn: server, of: &Connections{}, plain: true}
	got, err := io.ReadAll(io.LimitReader(io.MultiReader(oneByOne{c}), 3))
	if string(got) != "abc" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// oneByOne reads single bytes.
type oneByOne struct{ io.Reader }

func (o oneByOne) Read(b []byte) (int, error) { return o.Reader.Read(b[:1]) }

// Requests are answered one by one, however they come.
func TestRequestsInPieces(t *testing.T) {
	three := strings.Repeat(plainRequest, 3)
	for name, pieces := range map[string][]string{
		"together":                               {three},
		"byte after byte":                        strings.Split(three, ""),
		"cut within":                             {three[:50], three[50:]},
		"the first byte alone":                   {three[:1], three[1:]},
		"the second's first byte with the first": {three[:len(plainRequest)+1], three[len(plainRequest)+1:]},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				s := runEndpoint(t, p, Endpoint{Listener: p, Handler: bytesOf(20_000), Connections: &Connections{All: 9}})
				c := p.dial()
				go func() {
					for _, piece := range pieces {
						say(t, c, piece)
					}
				}()
				answers := bufio.NewReader(c)
				for range 3 {
					wholeAnswer(t, answers)
				}
				c.Close()
				s.end(t)
			})
		})
	}
}
