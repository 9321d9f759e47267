package serve

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files of a certificate are read.
const lookEvery = 10 * time.Second

// Certificate is a certificate, with the chain that leads to an authority, and
// its private key, in two PEM files that may be replaced at any time.
//
// A pair is taken over when it parses, certificate and key belong together and
// both files have stood still for ten seconds: half of a file is never used,
// and a new certificate never with an old key. Until then the pair of before
// serves.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	current           atomic.Pointer[tls.Certificate]

	// What follows belongs to look.
	taken   pair // what current was made of
	seen    pair // at the look before
	refused bool // the files were found to be no pair, and that was said
	expiry  expiry
}

// pair is what is in the two files.
type pair struct{ cert, key []byte }

func (p pair) equal(q pair) bool { return bytes.Equal(p.cert, q.cert) && bytes.Equal(p.key, q.key) }

// LoadCertificate reads a certificate and its key. Log is told when the pair is
// replaced, cannot be, or is about to expire.
func LoadCertificate(certFile, keyFile string, log *slog.Logger) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log, expiry: expiry{log: log}}
	p, err := c.read()
	if err != nil {
		return nil, err
	}
	if err := c.take(p); err != nil {
		return nil, err
	}
	c.seen = p
	return c, nil
}

func (c *Certificate) read() (p pair, err error) {
	if p.cert, err = os.ReadFile(c.certFile); err != nil {
		return p, err
	}
	p.key, err = os.ReadFile(c.keyFile)
	return p, err
}

// cut reports whether PEM ends within a block.
func cut(text []byte) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(text) {
		text = rest
	}
	return bytes.Contains(text, []byte("-----BEGIN"))
}

func (c *Certificate) take(p pair) error {
	cert, err := tls.X509KeyPair(p.cert, p.key)
	if err == nil && cut(p.cert) {
		// The certificate is there, its chain is not: some clients would know
		// the rest, and others not.
		err = errors.New("the chain ends in the middle")
	}
	if err != nil {
		return fmt.Errorf("certificate %s and key %s: %w", c.certFile, c.keyFile, err)
	}
	c.taken = p
	c.current.Store(&cert)
	return nil
}

// Watch takes over what comes into the files, and warns 14, 7 and 1 days before
// the certificate expires and when it has, until ctx ends.
func (c *Certificate) Watch(ctx context.Context) {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		c.expiry.look(c.current.Load().Leaf.Subject.CommonName, c.Expires(), time.Now())
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			c.look()
		}
	}
}

// look reads the files and takes over what is in them when that is new, was
// there at the look before as well, and is a pair.
func (c *Certificate) look() {
	p, err := c.read()
	settled := err == nil && p.equal(c.seen)
	failedBefore := c.seen.cert == nil
	c.seen = p
	if err != nil {
		c.seen = pair{}
		if failedBefore { // between two renames a file may be missing
			c.refuse(err)
		}
		return
	}
	if p.equal(c.taken) {
		c.refused = false
		return
	}
	if !settled {
		return
	}
	if err := c.take(p); err != nil {
		c.refuse(err)
		return
	}
	c.refused = false
	c.log.Info("certificate replaced", "file", c.certFile, "expires", instant(c.Expires()))
}

// refuse says, once, why what is in the files is not used.
func (c *Certificate) refuse(err error) {
	if !c.refused {
		c.refused = true
		c.log.Warn("certificate not replaced, the one of before serves", "err", err, "expires", instant(c.Expires()))
	}
}

// Expires is when the certificate that serves expires.
func (c *Certificate) Expires() time.Time { return c.current.Load().Leaf.NotAfter }

// Config returns how to speak TLS with this certificate: at least version 1.2,
// and HTTP/2 for those who can.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil },
	}
}

// expiryWarnings are how long before a certificate expires an operator is told.
var expiryWarnings = [...]time.Duration{0, 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour}

// expiry warns of one certificate, once at each of the times.
type expiry struct {
	log   *slog.Logger
	until time.Time // of the certificate that was looked at last
	said  int       // which of expiryWarnings was said of it; len(expiryWarnings) for none
}

func (e *expiry) look(name string, until, now time.Time) {
	if !until.Equal(e.until) {
		e.until, e.said = until, len(expiryWarnings)
	}
	for i, before := range expiryWarnings[:e.said] {
		if left := until.Sub(now); left <= before {
			e.said = i
			if before == 0 {
				e.log.Error("certificate has expired, readers refuse it", "name", name, "expired", instant(until))
			} else {
				e.log.Warn("certificate expires soon", "name", name, "expires", instant(until), "days", int(left/(24*time.Hour)))
			}
			return
		}
	}
}

// ToHTTPS returns a handler that sends everybody to the same path by HTTPS. The
// host is that of the edition's base, never the one that a client names.
func (s *Server) ToHTTPS() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := s.current.Load()
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			notAllowed.send(w, r)
		case t == nil:
			starting.send(w, r)
		default:
			to, err := secured(t.edition.Base, r.URL)
			if err != nil {
				notFound.send(w, r)
				return
			}
			moved(to).send(w, r)
		}
	})
}

// secured is a path at the host of base by HTTPS.
func secured(base string, at *url.URL) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	host := u.Host
	if u.Scheme != "https" {
		host = u.Hostname() // that port does not speak TLS
	}
	path := at.EscapedPath()
	if len(path) == 0 || path[0] != '/' {
		return "", errors.New("not a path")
	}
	return "https://" + host + path, nil
}
