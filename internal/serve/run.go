package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	headerTime = 5 * time.Second  // for the header of a request, and for a body nobody wants
	idleTime   = 60 * time.Second // between two requests of a connection
	headerSize = 8 << 10          // bytes
	maxStreams = 64               // requests at once of an HTTP/2 connection
	// A client takes each chunk within chunkTime, or it is let go: 2 KB a
	// second. That asks for progress, and of a large document not for more
	// than of a small one, as a deadline for the whole would. The last two go
	// together. With the header a chunk has room in one packet of the kernel's,
	// 64 KB; a little more would be sent, and wake the client, by itself.
	chunkSize = 60 << 10 // bytes
	chunkTime = 30 * time.Second
	unsent    = 128 << 10 // bytes that wait in the kernel, of a connection
	// graceTime is how long requests under way may take to end when the server
	// stops.
	graceTime = 10 * time.Second
)

// Listen listens on a TCP address, "127.0.0.1:8080". Its error has one line
// about what is wrong and, for the usual causes, one with a hint.
func Listen(addr string) (net.Listener, error) {
	// Clients who have gone without a word are let go by the deadlines of Run,
	// sooner than by the kernel's probes, which cost four calls a connection.
	config := net.ListenConfig{KeepAlive: -1}
	// No reader speaks Multipath TCP. What listens for it makes every connection
	// dearer, and does not pass its options on to them.
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), "tcp", addr)
	if err == nil {
		tune(l)
		return l, nil
	}
	var hint string
	var system syscall.Errno
	if errors.As(err, &system) {
		err = system
		switch system {
		case syscall.EADDRINUSE:
			hint = "is it running already? Else choose another port"
		case syscall.EACCES:
			hint = "ports below 1024 need a privilege; choose a higher one"
		case syscall.EADDRNOTAVAIL:
			hint = "no interface of this machine has that address; 0.0.0.0 means all"
		}
	} else if address := (*net.AddrError)(nil); errors.As(err, &address) {
		err = errors.New(address.Err) // without the address, which stands before it
		hint = "write it as 127.0.0.1:8080, or :8080 for all interfaces"
	}
	if hint != "" {
		return nil, fmt.Errorf("listen %s: %w\n    hint: %s", addr, err, hint)
	}
	return nil, fmt.Errorf("listen %s: %w", addr, err)
}

// Endpoint is a place to listen at and what answers there.
type Endpoint struct {
	Listener net.Listener
	Handler  http.Handler
	TLS      *tls.Config // how to speak TLS there; nil for plain HTTP
	// Connections bounds how many there are; nil for an address that only the
	// operator reaches.
	Connections *Connections
}

// Run serves at all endpoints until ctx ends or one of them fails. It then
// closes the listeners, lets requests under way end for up to 10 seconds and
// cuts off what is left. The error is nil after ctx ended.
//
// It bounds what a client can hold: 5 seconds for the header of a request, of
// up to 8 KiB; 60 seconds of silence between requests; answers at 2 KB a second
// at the least, but for as long as they take.
func Run(ctx context.Context, logger *slog.Logger, endpoints ...Endpoint) error {
	var servers []*http.Server
	failed := make(chan error, len(endpoints))
	errorLog := log.New(&errorWriter{log: logger}, "", 0)
	for _, e := range endpoints {
		server := &http.Server{
			Handler:           paced(e.Handler),
			ReadHeaderTimeout: headerTime,
			WriteTimeout:      chunkTime, // for the first chunk; see pacedWriter
			IdleTimeout:       idleTime,
			MaxHeaderBytes:    headerSize,
			ErrorLog:          errorLog,
			HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams, SendPingTimeout: idleTime / 2, PingTimeout: headerTime},
		}
		servers = append(servers, server)
		listener := e.Listener
		if e.Connections != nil {
			listener = &limited{listener, e.Connections, logger}
			server.ConnState = e.Connections.changed
			server.ConnContext = withConn
		}
		if e.TLS != nil {
			listener = tls.NewListener(listener, e.TLS)
		}
		go func() {
			failed <- fmt.Errorf("serve %s: %w", e.Listener.Addr(), server.Serve(listener))
		}()
	}

	var err error
	running := len(servers)
	select {
	case <-ctx.Done():
	case err = <-failed:
		running--
	}

	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	defer cancel()
	var stopping sync.WaitGroup
	for _, server := range servers {
		stopping.Go(func() {
			if server.Shutdown(grace) != nil {
				logger.Warn("requests cut off", "after", graceTime)
				server.Close()
			}
		})
	}
	stopping.Wait()
	for range running {
		<-failed
	}
	return err
}

// paced gives every chunk of an answer its own deadline, and a request that
// brings a body, for which there is no use here, one for that.
func paced(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &pacedWriter{ResponseWriter: w, conn: connOf(r)}
		if p.conn != nil {
			// A body that is still to come would keep the connection open.
			p.conn.last = r.Close && r.ContentLength == 0
		}
		if r.ContentLength != 0 {
			// net/http reads some of a body after the answer, without a limit
			// of time of its own.
			w.Header().Set("Connection", "close")
			_ = p.control().SetReadDeadline(time.Now().Add(headerTime))
		}
		handler.ServeHTTP(p, r)
	})
}

// pacedWriter rolls the write deadline. That of the first chunk is the server's
// WriteTimeout: it counts from the end of the request's header.
type pacedWriter struct {
	http.ResponseWriter
	conn    *conn // nil if there is none to gather for
	written bool
}

// Unwrap is for [http.ResponseController].
func (p *pacedWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *pacedWriter) control() *http.ResponseController {
	return http.NewResponseController(p.ResponseWriter)
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	n := 0
	for {
		chunk, chunks := b[n:], time.Duration(1)
		if len(chunk) > 2*chunkSize {
			chunk = chunk[:chunkSize]
		} else if len(chunk) > chunkSize {
			chunks = 2
		}
		if p.written || chunks > 1 {
			// An error means a connection without deadlines, as of a test.
			_ = p.control().SetWriteDeadline(time.Now().Add(chunks * chunkTime))
		}
		p.written = true
		m, err := p.write(chunk)
		n += m
		if err != nil || n == len(b) {
			return n, err
		}
	}
}

func (p *pacedWriter) write(chunk []byte) (int, error) {
	if p.conn == nil || len(chunk) <= gatherSize {
		return p.ResponseWriter.Write(chunk)
	}
	return p.conn.gathered(func() (int, error) { return p.ResponseWriter.Write(chunk) })
}

// errorWriter takes the lines that net/http logs. Connections that cannot be
// accepted, for want of descriptors, it reports up to a hundred times a
// second; one a minute is passed on.
type errorWriter struct {
	log *slog.Logger

	mu     sync.Mutex
	accept minutely // guarded by mu: accept errors that were passed on
}

func (e *errorWriter) Write(line []byte) (int, error) {
	text := strings.TrimPrefix(strings.TrimSpace(string(line)), "http: ")
	if strings.HasPrefix(text, "TLS handshake error") {
		e.log.Debug("serve", "err", text) // scanners; there is no end of them
		return len(line), nil
	}
	if !strings.HasPrefix(text, "Accept error") || e.due() {
		e.log.Warn("serve", "err", text)
	}
	return len(line), nil
}

func (e *errorWriter) due() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.accept.due()
}

// minutely is when something was last said that may be said once a minute.
type minutely struct{ last time.Time }

// due reports whether it may be said again, and takes it as said.
func (m *minutely) due() bool {
	now := time.Now()
	if !m.last.IsZero() && now.Sub(m.last) < time.Minute {
		return false
	}
	m.last = now
	return true
}
