package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME gets certificates from an authority (RFC 8555), keeps them in a directory
// and renews them when a third of their life is left.
type ACME struct {
	manager *autocert.Manager
	hosts   []string
	log     *slog.Logger

	mu      sync.Mutex
	expires map[string]time.Time // guarded by mu: of each host's certificate
}

// NewACME returns certificates for hosts, kept in the directory cache, and
// accepts the authority's terms. Email may be empty: it is for the authority's
// warnings. Directory is the authority's address; empty is Let's Encrypt.
func NewACME(hosts []string, cache, email, directory string, log *slog.Logger) (*ACME, error) {
	for _, host := range hosts {
		if !hostName.MatchString(host) {
			return nil, fmt.Errorf("%q is not the name of a host: write it as feeds.example.org, a name in another script as xn--e1afmkfd.org", host)
		}
	}
	a := &ACME{
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS,
			Cache:  autocert.DirCache(cache),
			Email:  email,
		},
		hosts:   hosts,
		log:     log,
		expires: map[string]time.Time{},
	}
	a.manager.HostPolicy = a.policy
	if directory != "" {
		a.manager.Client = &acme.Client{DirectoryURL: directory}
	}
	return a, nil
}

// hostName matches a name of two labels or more, the last not a number.
var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])$`)

// errForeign does not repeat the name: it is shown to whoever asked for it.
var errForeign = errors.New("not a host of this server")

// policy keeps strangers from having certificates asked for.
func (a *ACME) policy(_ context.Context, host string) error {
	if slices.Contains(a.hosts, strings.TrimSuffix(host, ".")) {
		return nil
	}
	return errForeign
}

// Config returns how to speak TLS with these certificates, and to answer the
// authority's TLS-ALPN challenges (RFC 8737).
func (a *ACME) Config() *tls.Config {
	config := a.manager.TLSConfig()
	config.MinVersion = tls.VersionTLS12
	return config
}

// Challenges returns a handler that answers the authority's HTTP challenges,
// and next for all else. The authority asks at port 80.
func (a *ACME) Challenges(next http.Handler) http.Handler { return a.manager.HTTPHandler(next) }

// renewalEvery is how often Watch makes sure of the certificates.
const renewalEvery = time.Hour

// Watch gets the certificates before the first reader wants them, sees every
// hour that they are there, and warns 14, 7 and 1 days before one expires, until
// ctx ends.
func (a *ACME) Watch(ctx context.Context) {
	warn := map[string]*expiry{}
	for _, host := range a.hosts {
		warn[host] = &expiry{log: a.log}
	}
	every := time.NewTicker(renewalEvery)
	defer every.Stop()
	for {
		for _, host := range a.hosts {
			if err := a.ensure(ctx, host); err != nil && ctx.Err() == nil {
				a.log.Error("no certificate from the authority", "host", host, "err", err,
					"hint", "the host's address must lead here, at port 443 or, for --listen-http, 80")
			}
			if until := a.until(host); !until.IsZero() {
				warn[host].look(host, until, time.Now())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// ensure gets a host's certificate: from the cache, or from the authority.
func (a *ACME) ensure(ctx context.Context, host string) error {
	ended := make(chan error, 1)
	go func() {
		// As a client of today asks.
		cert, err := a.manager.GetCertificate(&tls.ClientHelloInfo{
			ServerName:   host,
			CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		})
		if err == nil {
			a.mu.Lock()
			a.expires[host] = cert.Leaf.NotAfter
			a.mu.Unlock()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		// The manager has limits of its own and cannot be told to stop: what it
		// does ends with the process.
		return ctx.Err()
	}
}

func (a *ACME) until(host string) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.expires[host]
}

// Expires is when the first of the certificates expires; zero when one is not
// there yet.
func (a *ACME) Expires() time.Time {
	var first time.Time
	for i, host := range a.hosts {
		if until := a.until(host); i == 0 || until.Before(first) {
			first = until
		}
	}
	return first
}
