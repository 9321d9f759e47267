package serve

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", " 192.0.2.1", "2001:db8::/32", "::ffff:198.51.100.7"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"somebody", "203.0.113.9:4711", nil, "203.0.113.9"},
		{"somebody who says to be another", "203.0.113.9:4711", []string{"1.2.3.4"}, "203.0.113.9"},
		{"this machine, not trusted", "127.0.0.1:4711", []string{"1.2.3.4"}, "127.0.0.1"},
		{"a proxy that says nothing", "10.1.2.3:4711", nil, "10.1.2.3"},
		{"a proxy", "10.1.2.3:4711", []string{"1.2.3.4"}, "1.2.3.4"},
		{"a proxy by its address", "192.0.2.1:4711", []string{"1.2.3.4"}, "1.2.3.4"},
		{"an IPv4 proxy at an IPv6 socket", "[::ffff:10.1.2.3]:4711", []string{"1.2.3.4"}, "1.2.3.4"},
		{"a proxy configured as IPv4 in IPv6", "198.51.100.7:4711", []string{"1.2.3.4"}, "1.2.3.4"},
		{"its neighbour is none", "192.0.2.2:4711", []string{"1.2.3.4"}, "192.0.2.2"},
		{"a client that made an entry up", "10.1.2.3:4711", []string{"127.0.0.1, 1.2.3.4"}, "1.2.3.4"},
		{"a client that made a field up", "10.1.2.3:4711", []string{"127.0.0.1", "1.2.3.4"}, "1.2.3.4"},
		{"a client that made words up", "10.1.2.3:4711", []string{"<script>, 1.2.3.4"}, "1.2.3.4"},
		{"two proxies", "10.1.2.3:4711", []string{"1.2.3.4, 192.0.2.1"}, "1.2.3.4"},
		{"two proxies in two fields", "10.1.2.3:4711", []string{"5.6.7.8,1.2.3.4", "192.0.2.1,10.9.9.9"}, "1.2.3.4"},
		{"proxies alone", "10.1.2.3:4711", []string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		{"a proxy that writes ports", "10.1.2.3:4711", []string{"1.2.3.4:80"}, "1.2.3.4"},
		{"a proxy of IPv6", "[2001:db8::1]:4711", []string{"2001:470::5"}, "2001:470::5"},
		{"a proxy that writes brackets", "10.1.2.3:4711", []string{"[2001:470::5]"}, "2001:470::5"},
		{"a proxy that writes brackets and ports", "10.1.2.3:4711", []string{"[2001:470::5]:80"}, "2001:470::5"},
		{"a proxy that does not tell", "10.1.2.3:4711", []string{"1.2.3.4, unknown"}, "10.1.2.3"},
		{"a proxy behind one that does not tell", "10.1.2.3:4711", []string{"1.2.3.4, unknown, 192.0.2.1"}, "192.0.2.1"},
		{"an empty field", "10.1.2.3:4711", []string{""}, "10.1.2.3"},
		{"an empty entry", "10.1.2.3:4711", []string{"1.2.3.4,"}, "10.1.2.3"},
		{"a network interface", "[fe80::1%eth0]:4711", nil, "fe80::1"},
		{"a socket without addresses", "@", []string{"1.2.3.4"}, "invalid IP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
			if tt.forwarded != nil {
				r.Header["X-Forwarded-For"] = tt.forwarded
			}
			if got := proxies.Client(r).String(); got != tt.want {
				t.Errorf("%s for %q: got %s, want %s", tt.peer, tt.forwarded, got, tt.want)
			}
		})
	}
}

func TestParseProxies(t *testing.T) {
	for _, text := range []string{"", "proxy.example.org", "10.0.0.0/33", "10.0.0", "fe80::1%eth0"} {
		if _, err := ParseProxies([]string{"10.0.0.0/8", text}); err == nil || !strings.Contains(err.Error(), `"`+text+`"`) {
			t.Errorf("%q: got %v, want an error that names it", text, err)
		}
	}
}

func TestHousehold(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"2001:470:1:2::5", "2001:470:1:2:ffff::", true},
		{"2001:470:1:2::5", "2001:470:1:3::5", false},
		{"1.2.3.4", "1.2.3.4", true},
		{"1.2.3.4", "1.2.3.5", false},
		{"::ffff:1.2.3.4", "::ffff:1.2.3.5", false},
	} {
		if got := household(address(tt.a)) == household(address(tt.b)); got != tt.same {
			t.Errorf("%s and %s: got one household %v, want %v", tt.a, tt.b, got, tt.same)
		}
	}
}

func TestPublic(t *testing.T) {
	for _, tt := range []struct {
		name string
		addr net.Addr
		want bool
	}{
		{"this machine", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, false},
		{"this machine by another name", &net.TCPAddr{IP: net.IPv4(127, 3, 2, 1)}, false},
		{"this machine in IPv6", &net.TCPAddr{IP: net.IPv6loopback}, false},
		{"all interfaces", &net.TCPAddr{IP: net.IPv6zero}, true},
		{"all interfaces, of a socket without address", &net.TCPAddr{}, true},
		{"a private network", &net.TCPAddr{IP: net.IPv4(192, 168, 1, 1)}, true},
		{"a socket in a directory", &net.UnixAddr{Name: "/run/feedmill"}, false},
	} {
		if got := Public(tt.addr); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
