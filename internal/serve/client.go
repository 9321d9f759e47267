package serve

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the reverse proxies in front of a server, who are
// trusted to say in X-Forwarded-For for whom they ask.
type Proxies []netip.Prefix

// ParseProxies reads networks, "10.0.0.0/8", and addresses, "192.0.2.1".
func ParseProxies(list []string) (Proxies, error) {
	var proxies Proxies
	for _, text := range list {
		text = strings.TrimSpace(text)
		if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
			a = a.Unmap()
			proxies = append(proxies, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither a network, as 10.0.0.0/8, nor an address", text)
		}
		proxies = append(proxies, p.Masked())
	}
	return proxies, nil
}

// Has reports whether an address is one of a trusted proxy.
func (p Proxies) Has(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// Client returns the address of who asks: that of the connection, or when it is
// a trusted proxy's the last one in X-Forwarded-For that is not. It is the zero
// Addr when the connection has no IP address.
//
// What stands further to the left was written by that client, and may be
// anything.
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := address(r.RemoteAddr)
	if len(p) == 0 || !p.Has(client) {
		return client
	}
	fields := r.Header["X-Forwarded-For"]
	for i := len(fields) - 1; i >= 0; i-- {
		for rest := fields[i]; rest != ""; {
			comma := strings.LastIndexByte(rest, ',')
			hop := address(strings.Trim(rest[comma+1:], " \t"))
			rest = rest[:max(comma, 0)]
			if !hop.IsValid() {
				return client
			}
			if client = hop; !p.Has(client) {
				return client
			}
		}
	}
	return client
}

// address reads an IP address with or without a port; it is the zero Addr when
// the text is anything else.
func address(text string) netip.Addr {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// household is what counts as one client: an address, or for IPv6 the network
// of 64 bits that one customer has at the least.
func household(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	network, _ := a.Prefix(64) // IPv6 addresses have as many
	return network.Addr()
}

// Public reports whether others than this machine reach a listener's address.
func Public(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && !tcp.IP.IsLoopback()
}
