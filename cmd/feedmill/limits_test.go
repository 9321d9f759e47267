package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"feedmill/internal/edition"
	"feedmill/internal/serve"
)

// limitsOf parses flags.
func limitsOf(t *testing.T, args ...string) *limiting {
	t.Helper()
	l := &limiting{}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	l.flags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLimitsAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		want string // empty: no error
	}{
		"left alone":             {nil, ""},
		"all that can be":        {[]string{"--memory=1", "--rate=0", "--burst=1", "--connections=1", "--connections-per-address=0", "--trusted-proxies=10.0.0.0/8,::1"}, ""},
		"no memory":              {[]string{"--memory=0"}, "--memory: 0 MiB is too little"},
		"a negative rate":        {[]string{"--rate=-1"}, "--rate: -1 is less than none"},
		"no burst":               {[]string{"--burst=0"}, "--burst: with 0 no client ever gets anything"},
		"connections below zero": {[]string{"--connections=-1"}, "--connections: -1 is less than none"},
		"of an address as well":  {[]string{"--connections-per-address=-1"}, "--connections-per-address: -1 is less than none"},
		"a proxy by its name":    {[]string{"--trusted-proxies=proxy.example.org"}, `--trusted-proxies: "proxy.example.org" is neither a network, as 10.0.0.0/8, nor an address`},
	} {
		got := ""
		if err := limitsOf(t, test.args...).check(); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestLimitsReachTheServer(t *testing.T) {
	l := limitsOf(t, "--memory=3", "--rate=5", "--burst=7", "--trusted-proxies=10.0.0.0/8")
	if err := l.check(); err != nil {
		t.Fatal(err)
	}
	var s serve.Server
	var store edition.Store
	l.apply(&s, &store)
	if s.Memory != 3<<20 || store.Memory != 3<<20 || s.Rate != (serve.Rate{PerSecond: 5, Burst: 7}) || !s.Proxies.Has(netip.MustParseAddr("10.1.1.1")) {
		t.Errorf("got memory %d and %d, rate %v, proxies %v", s.Memory, store.Memory, s.Rate, s.Proxies)
	}
}

// This machine and trusted proxies have any number of connections, unless a
// number is said.
func TestConnectionsPerAddress(t *testing.T) {
	for name, test := range map[string]struct {
		args   []string
		all    int
		each   int
		exempt []string
		not    []string
	}{
		"left alone":    {[]string{"--trusted-proxies=10.0.0.0/8"}, serve.MaxConnections(), 64, []string{"127.0.0.1", "::1", "10.1.1.1"}, []string{"203.0.113.9"}},
		"said":          {[]string{"--connections-per-address=5", "--trusted-proxies=10.0.0.0/8"}, serve.MaxConnections(), 5, nil, []string{"127.0.0.1", "10.1.1.1", "203.0.113.9"}},
		"fewer in all":  {[]string{"--connections=9"}, 9, 64, []string{"127.0.0.1"}, nil},
		"more than fit": {[]string{"--connections=99999999"}, serve.MaxConnections(), 64, nil, nil},
	} {
		l := limitsOf(t, test.args...)
		if err := l.check(); err != nil {
			t.Fatal(err)
		}
		b := l.bound()
		if b.All != test.all || b.PerAddress != test.each {
			t.Errorf("%s: got %d in all and %d of an address, want %d and %d", name, b.All, b.PerAddress, test.all, test.each)
		}
		exempt := func(ip string) bool { return b.Exempt != nil && b.Exempt(netip.MustParseAddr(ip)) }
		for _, ip := range test.exempt {
			if !exempt(ip) {
				t.Errorf("%s: %s may not have any number of connections", name, ip)
			}
		}
		for _, ip := range test.not {
			if exempt(ip) {
				t.Errorf("%s: %s may have any number of connections", name, ip)
			}
		}
	}
}

// at is a listener of which only the address matters.
type at struct {
	net.Listener
	ip string
}

func (a at) Addr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(a.ip), Port: 8080} }

func TestRootServesOnlyThisMachine(t *testing.T) {
	for name, test := range map[string]struct {
		uid         int
		args        []string
		public, adm string
		refused     bool
		warned      bool
	}{
		"somebody else":                 {1000, nil, "0.0.0.0", "127.0.0.1", false, false},
		"root for this machine":         {0, nil, "127.0.0.1", "::1", false, true},
		"root for all":                  {0, nil, "0.0.0.0", "127.0.0.1", true, false},
		"root for all by IPv6":          {0, nil, "::", "127.0.0.1", true, false},
		"root for a private network":    {0, nil, "192.168.1.1", "127.0.0.1", true, false},
		"root, the admin address":       {0, nil, "127.0.0.1", "192.168.1.1", true, false},
		"root for all, by a clear word": {0, []string{"--allow-root"}, "0.0.0.0", "127.0.0.1", false, false},
	} {
		var log bytes.Buffer
		err := limitsOf(t, test.args...).checkRoot(slog.New(slog.NewTextHandler(&log, nil)), test.uid,
			serve.Sockets{Public: []net.Listener{at{ip: test.public}}, Admin: []net.Listener{at{ip: test.adm}}})
		if (err != nil) != test.refused || err != nil && (!strings.Contains(err.Error(), "not as root") || !strings.Contains(err.Error(), "--allow-root")) {
			t.Errorf("%s: got %v, want refused %v", name, err, test.refused)
		}
		if warned := strings.Contains(log.String(), "running as root"); warned != test.warned {
			t.Errorf("%s: got warned %v, want %v", name, warned, test.warned)
		}
	}
}
