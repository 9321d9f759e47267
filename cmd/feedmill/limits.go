package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"

	"github.com/spf13/pflag"

	"feedmill/internal/edition"
	"feedmill/internal/serve"
)

// limiting is how much serve gives to whom: its flags.
type limiting struct {
	memory      int // MiB
	rate        float64
	burst       int
	connections int // 0: as many as there can be
	perAddress  *pflag.Flag
	each        int // connections per address
	proxies     []string
	trusted     serve.Proxies // what proxies say
	allowRoot   bool
}

func (l *limiting) flags(f *pflag.FlagSet) {
	f.IntVar(&l.memory, "memory", 128, "`MiB` of documents held in memory; the rest is read when it is asked for")
	f.Float64Var(&l.rate, "rate", 10, "full `answers` a second for one client, not counting 304; 0 for any number")
	f.IntVar(&l.burst, "burst", 300, "full `answers` that one client gets at once")
	f.IntVar(&l.connections, "connections", 0, "`connections` in all (default 16384, or what the limit of open files leaves)")
	f.IntVar(&l.each, "connections-per-address", 64, "`connections` of one client, 0 for any number; left alone, this machine and trusted proxies have any number")
	f.StringSliceVar(&l.proxies, "trusted-proxies", nil, "`networks` of reverse proxies, which say in X-Forwarded-For for whom they ask: 10.0.0.0/8,192.0.2.1")
	f.BoolVar(&l.allowRoot, "allow-root", false, "serve as root even on an address that others reach")
	l.perAddress = f.Lookup("connections-per-address")
}

// check reads the flags; its errors are usage.
func (l *limiting) check() (err error) {
	switch {
	case l.memory < 1:
		return fmt.Errorf("--memory: %d MiB is too little", l.memory)
	case l.rate < 0:
		return fmt.Errorf("--rate: %v is less than none", l.rate)
	case l.burst < 1:
		return fmt.Errorf("--burst: with %d no client ever gets anything", l.burst)
	case l.connections < 0:
		return fmt.Errorf("--connections: %d is less than none", l.connections)
	case l.each < 0:
		return fmt.Errorf("--connections-per-address: %d is less than none", l.each)
	}
	if l.trusted, err = serve.ParseProxies(l.proxies); err != nil {
		return fmt.Errorf("--trusted-proxies: %w", err)
	}
	return nil
}

// apply tells the parts of a server what to give.
func (l *limiting) apply(s *serve.Server, store *edition.Store) {
	s.Memory = int64(l.memory) << 20
	store.Memory = s.Memory
	s.Proxies = l.trusted
	s.Rate = serve.Rate{PerSecond: l.rate, Burst: l.burst}
}

// bound is how many connections the public addresses keep together.
func (l *limiting) bound() *serve.Connections {
	all := serve.MaxConnections()
	if l.connections > 0 {
		all = min(all, l.connections)
	}
	c := &serve.Connections{All: all, PerAddress: l.each}
	if !l.perAddress.Changed {
		c.Exempt = func(a netip.Addr) bool { return a.IsLoopback() || l.trusted.Has(a) }
	}
	return c
}

// checkRoot refuses to serve others as root: whoever finds a way into the server
// would have the machine.
func (l *limiting) checkRoot(log *slog.Logger, uid int, sockets serve.Sockets) error {
	if uid != 0 || l.allowRoot {
		return nil
	}
	for _, listener := range slices.Concat(sockets.Public, sockets.HTTP, sockets.Admin) {
		if a := listener.Addr(); serve.Public(a) {
			return &hintError{
				fmt.Errorf("listen %s: not as root, where others reach it", a),
				"run it as another user; a service manager can open ports below 1024 for it (feedmill help systemd). Or --allow-root",
			}
		}
	}
	log.Warn("running as root; any other user will do")
	return nil
}
