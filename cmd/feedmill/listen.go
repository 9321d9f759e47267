package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"feedmill/internal/serve"
)

// listening is where serve answers, and whether in private.
type listening struct {
	public string // address
	http   string // address that leads to HTTPS; empty for none
	admin  string // address; empty for none

	cert, key string // files

	acme          []string // hosts
	acmeEmail     string
	acmeDirectory string
}

func (l *listening) flags(f *pflag.FlagSet) {
	f.StringVar(&l.public, "listen", "127.0.0.1:8080", "`address` to serve on")
	f.StringVar(&l.admin, "admin", "127.0.0.1:8081", "`address` of /livez, /readyz and /metrics; empty for none")
	f.StringVar(&l.http, "listen-http", "", "`address` that sends everybody to HTTPS, and answers ACME challenges")
	f.StringVar(&l.cert, "tls-cert", "", "serve HTTPS with the certificate chain in this PEM `file`; read again when it changes")
	f.StringVar(&l.key, "tls-key", "", "`file` of the certificate's private key")
	f.StringSliceVar(&l.acme, "acme", nil, "serve HTTPS for this `host` with a certificate from Let's Encrypt, whose terms are accepted; may be repeated")
	f.StringVar(&l.acmeEmail, "acme-email", "", "`address` that the authority may write to")
	f.StringVar(&l.acmeDirectory, "acme-directory", "", "`URL` of another authority's directory (RFC 8555)")
}

// check returns what is wrong with the flags together.
func (l *listening) check() error {
	secure := l.cert != "" || len(l.acme) > 0
	switch {
	case (l.cert == "") != (l.key == ""):
		return errors.New("--tls-cert and --tls-key belong together")
	case l.cert != "" && len(l.acme) > 0:
		return errors.New("--tls-cert and --acme: a certificate comes from files or from an authority")
	case l.http != "" && !secure:
		return errNoHTTPS
	case len(l.acme) == 0 && (l.acmeEmail != "" || l.acmeDirectory != ""):
		return errors.New("--acme-email and --acme-directory need --acme")
	}
	return nil
}

// errNoHTTPS is the error of an address that leads nowhere.
var errNoHTTPS = &hintError{errors.New("--listen-http leads to HTTPS, which is not spoken"), "give --tls-cert and --tls-key, or --acme"}

// keys are what TLS is spoken with.
type keys interface {
	Config() *tls.Config
	Watch(ctx context.Context)
	Expires() time.Time
}

// keys returns nil when TLS is not wanted.
func (l *listening) keys(state string, log *slog.Logger) (keys, error) {
	switch {
	case l.cert != "":
		return serve.LoadCertificate(l.cert, l.key, log)
	case len(l.acme) > 0:
		authority, err := serve.NewACME(l.acme, filepath.Join(state, "acme"), l.acmeEmail, l.acmeDirectory, log)
		if err != nil {
			return nil, fmt.Errorf("--acme: %w", err)
		}
		return authority, nil
	}
	return nil, nil
}

// open listens at all addresses, but for those whose sockets a service manager
// has opened. When one is taken, none stays open.
func (l *listening) open() (s serve.Sockets, err error) {
	if s, err = serve.Inherited(); err != nil {
		return s, err
	}
	for _, port := range []struct {
		flag, address string
		sockets       *[]net.Listener
	}{
		{"", l.public, &s.Public},
		{"--listen-http: ", l.http, &s.HTTP},
		{"--admin: ", l.admin, &s.Admin},
	} {
		if port.address == "" || len(*port.sockets) > 0 {
			continue
		}
		listener, err := serve.Listen(port.address)
		if err != nil {
			return s, errors.Join(fmt.Errorf("%s%w", port.flag, err), s.Close())
		}
		*port.sockets = append(*port.sockets, listener)
	}
	return s, nil
}

// getKeys makes ready for TLS, if it is wanted, and says what does not go
// together with it.
func (s *server) getKeys() error {
	state, err := s.o.stateDir()
	if err != nil {
		return err
	}
	if s.keys, err = s.how.listening.keys(state, s.log); err != nil || s.keys == nil {
		return err
	}
	s.metrics.Gauge("feedmill_certificate_expiry_timestamp_seconds", "When the first of the TLS certificates expires, in Unix time; 0 without one.", func() float64 {
		if until := s.keys.Expires(); !until.IsZero() {
			return float64(until.Unix())
		}
		return 0
	})
	base, err := url.Parse(s.site.BaseURL)
	if err != nil {
		return err
	}
	if base.Scheme != "https" {
		s.log.Warn("feeds name addresses by HTTP although HTTPS is served", "base_url", s.site.BaseURL, "hint", "begin base_url with https://")
	}
	if hosts := s.how.acme; len(hosts) > 0 && !slices.Contains(hosts, base.Hostname()) {
		s.log.Warn("no certificate is asked for the host of base_url", "base_url", s.site.BaseURL, "hint", "give it to --acme")
	}
	return nil
}

// endpoints says what answers at which socket.
func (s *server) endpoints(sockets serve.Sockets) []serve.Endpoint {
	observer := &serve.Observer{Server: s.http}
	bound := s.how.bound()
	if len(sockets.Admin) > 0 {
		observer.Metrics = s.metrics
	}
	if s.how.access {
		observer.Access = s.log
	}
	var config *tls.Config
	redirect := s.http.ToHTTPS()
	if s.keys != nil {
		config = s.keys.Config()
	}
	if authority, ok := s.keys.(*serve.ACME); ok {
		redirect = authority.Challenges(redirect)
	}
	var all []serve.Endpoint
	for _, at := range []struct {
		sockets []net.Listener
		handler http.Handler
		tls     *tls.Config
		bound   *serve.Connections
	}{
		{sockets.Public, observer.Handler(s.http), config, bound},
		{sockets.HTTP, observer.Handler(redirect), nil, bound},
		{sockets.Admin, serve.Admin(s.now, s.metrics.Handler()), nil, nil},
	} {
		for _, listener := range at.sockets {
			all = append(all, serve.Endpoint{Listener: listener, Handler: at.handler, TLS: at.tls, Connections: at.bound})
		}
	}
	return all
}
