package serve

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// rated is a server that bounds what a client gets.
func rated(t *testing.T, r Rate) *Server {
	s := New(testLog(t))
	s.Rate = r
	s.Proxies = Proxies{netip.MustParsePrefix("10.0.0.0/8")}
	s.Swap(codedSample(t))
	return s
}

// from asks for the feed from an address, and returns the answer.
func from(s *Server, peer, path string, fields ...string) *http.Response {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = peer
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func TestRate(t *testing.T) {
	const burst = 20
	tests := []struct {
		name   string
		ask    func(s *Server, n int) int // asks for the n-th time and returns the status
		limits bool
	}{
		{"a client", func(s *Server, _ int) int { return from(s, "203.0.113.9:1", "/rss.xml").StatusCode }, true},
		{"a client that asks for what is not there", func(s *Server, n int) int {
			status := from(s, "203.0.113.9:1", fmt.Sprintf("/%d", n)).StatusCode
			return map[int]int{404: 200, 429: 429}[status]
		}, true},
		{"a client with another port each time", func(s *Server, n int) int {
			return from(s, fmt.Sprintf("203.0.113.9:%d", n+1), "/rss.xml").StatusCode
		}, true},
		{"a network of IPv6", func(s *Server, n int) int {
			return from(s, fmt.Sprintf("[2001:470:1:2::%x]:1", n+1), "/rss.xml").StatusCode
		}, true},
		{"networks of IPv6", func(s *Server, n int) int {
			return from(s, fmt.Sprintf("[2001:470:1:%x::1]:1", n+1), "/rss.xml").StatusCode
		}, false},
		{"many clients", func(s *Server, n int) int {
			return from(s, fmt.Sprintf("203.0.113.%d:1", n%250), "/rss.xml").StatusCode
		}, false},
		{"this machine", func(s *Server, _ int) int { return from(s, "127.0.0.1:1", "/rss.xml").StatusCode }, false},
		{"this machine in IPv6", func(s *Server, _ int) int { return from(s, "[::1]:1", "/rss.xml").StatusCode }, false},
		{"a proxy for itself", func(s *Server, _ int) int { return from(s, "10.0.0.1:1", "/rss.xml").StatusCode }, false},
		{"a client behind a proxy", func(s *Server, _ int) int {
			return from(s, "10.0.0.1:1", "/rss.xml", "X-Forwarded-For", "203.0.113.9").StatusCode
		}, true},
		{"clients behind a proxy", func(s *Server, n int) int {
			return from(s, "10.0.0.1:1", "/rss.xml", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n%250)).StatusCode
		}, false},
		{"a client that says to be many", func(s *Server, n int) int {
			return from(s, "203.0.113.9:1", "/rss.xml", "X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n%250)).StatusCode
		}, true},
		{"a client that has the feed", func(s *Server, _ int) int {
			status := from(s, "203.0.113.9:1", "/rss.xml", "If-None-Match", "*").StatusCode
			return map[int]int{304: 200, 429: 429}[status]
		}, false},
		{"a client with an old feed", func(s *Server, _ int) int {
			return from(s, "203.0.113.9:1", "/rss.xml", "If-None-Match", `"old"`).StatusCode
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := rated(t, Rate{PerSecond: 2, Burst: burst})
				for n := range burst {
					if got := tt.ask(s, n); got != 200 {
						t.Fatalf("answer %d: got %d, want 200", n, got)
					}
				}
				want := 200
				if tt.limits {
					want = 429
				}
				if got := tt.ask(s, burst); got != want {
					t.Errorf("answer %d: got %d, want %d", burst, got, want)
				}
				time.Sleep(time.Second)
				for n, want := range []int{200, 200, want} {
					if got := tt.ask(s, burst+1+n); got != want {
						t.Errorf("a second later, answer %d: got %d, want %d", n, got, want)
					}
				}
				time.Sleep(burst / 2 * time.Second)
				for n := range burst {
					if got := tt.ask(s, 100+n); got != 200 {
						t.Fatalf("after Retry-After, answer %d: got %d, want 200", n, got)
					}
				}
			})
		})
	}
}

// Who keeps asking gets what there is in that time, and no more.
func TestRateOverTime(t *testing.T) {
	r := newRates(Rate{PerSecond: 2, Burst: 20})
	now := time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)
	client, got := netip.MustParseAddr("203.0.113.9"), 0
	const seconds = 100
	for n := range seconds * 10 {
		if r.take(client, now.Add(time.Duration(n)*time.Second/10)) {
			got++
		}
	}
	if want := 20 + 2*seconds - 1; got != want {
		t.Errorf("got %d answers in %d seconds, want %d", got, seconds, want)
	}
}

// Readers understand seconds, and caches must not keep it.
func TestTooMany(t *testing.T) {
	s := rated(t, Rate{PerSecond: 10, Burst: 300})
	var resp *http.Response
	for range 310 {
		resp = from(s, "203.0.113.9:1", "/rss.xml")
	}
	if got := resp.StatusCode; got != http.StatusTooManyRequests {
		t.Fatalf("got %d, want 429", got)
	}
	for name, want := range map[string]string{
		"Retry-After": "30", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "ETag": "",
		"Content-Type": "text/plain; charset=utf-8",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := from(s, "203.0.113.9:1", "/rss.xml", "If-None-Match", "*").StatusCode; got != http.StatusNotModified {
		t.Errorf("what the client has: got %d, want 304", got)
	}
}

func TestRatesForget(t *testing.T) {
	r := newRates(Rate{PerSecond: 1, Burst: 10})
	now := time.Date(2023, 11, 20, 9, 0, 0, 0, time.UTC)
	const clients = 3 * knownClients
	for n := range uint32(clients) {
		a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if !r.take(a, now) {
			t.Fatalf("client %d gets nothing", n)
		}
	}
	if got := len(r.now) + len(r.before); got > 2*knownClients {
		t.Errorf("got %d clients in memory, want at most %d", got, 2*knownClients)
	}
}
