package serve

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how many full answers one client gets. A client is an address, or a
// /64 network for IPv6.
type Rate struct {
	PerSecond float64 // 0: as many as it asks for
	Burst     int     // that it gets at once, after it was quiet
}

// refill is how long a client with nothing left has to be quiet until it gets
// the whole burst again.
func (r Rate) refill() time.Duration {
	return time.Duration(float64(r.Burst) / r.PerSecond * float64(time.Second))
}

// knownClients is how many clients are told apart. There may be twice as many
// for a moment.
const knownClients = 1 << 16

// rates counts answers by client. Those who were quiet until their burst is
// whole again are forgotten.
type rates struct {
	rate    Rate
	tooMany *fixed

	mu sync.Mutex
	// guarded by mu: who was here since the turn, and who between that and the
	// turn before
	now, before map[netip.Addr]*rate.Limiter
	turn        time.Time
}

func newRates(r Rate) *rates {
	// In seconds: some readers understand nothing else. It is the time after
	// which the client may ask for all its feeds again.
	wait := max(1, int((r.refill()+time.Second-1)/time.Second))
	return &rates{
		rate:    r,
		tooMany: plain(http.StatusTooManyRequests, "You ask too often.\n", "Retry-After", strconv.Itoa(wait)),
		now:     map[netip.Addr]*rate.Limiter{},
	}
}

// take counts an answer for a client, and reports whether it gets it.
func (r *rates) take(client netip.Addr, now time.Time) bool {
	client = household(client)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.now) >= knownClients || now.Sub(r.turn) > r.rate.refill() {
		r.now, r.before, r.turn = map[netip.Addr]*rate.Limiter{}, r.now, now
	}
	limiter, ok := r.now[client]
	if !ok {
		if limiter, ok = r.before[client]; !ok {
			limiter = rate.NewLimiter(rate.Limit(r.rate.PerSecond), r.rate.Burst)
		}
		r.now[client] = limiter
	}
	return limiter.AllowN(now, 1)
}
