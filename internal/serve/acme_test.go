package serve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// directory is an ACME authority (RFC 8555) for one order at a time. It does
// not look at signatures; it does look whether the host answers its challenge.
type directory struct {
	*httptest.Server
	t         *testing.T
	authority *authority
	challenge string // the type that is offered
	tls       string // where the host answers TLS
	http      http.Handler
	life      time.Duration

	mu     sync.Mutex
	orders int    // guarded by mu, as is the rest
	name   string // of the host
	state  string
	chain  []byte
}

func newDirectory(t *testing.T, challenge string) *directory {
	d := &directory{t: t, authority: newAuthority(t), challenge: challenge, life: 90 * 24 * time.Hour}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Server.Close)
	return d
}

func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var message struct{ Payload string }
	var payload struct {
		Identifiers []struct{ Value string }
		CSR         string
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil {
			d.t.Error(err)
		}
		if raw, err := base64.RawURLEncoding.DecodeString(message.Payload); err != nil {
			d.t.Error(err)
		} else if len(raw) > 0 {
			if err := json.Unmarshal(raw, &payload); err != nil {
				d.t.Error(err)
			}
		}
	}
	at := func(path string) string { return d.URL + path }
	challenge := map[string]string{"type": d.challenge, "url": at("/challenge"), "token": "a-token", "status": d.state}
	order := map[string]any{
		"status":         map[string]string{"pending": "pending", "valid": "ready", "issued": "valid"}[d.state],
		"authorizations": []string{at("/authorization")}, "finalize": at("/finalize"), "certificate": at("/certificate"),
	}
	w.Header().Set("Replay-Nonce", "a-nonce")
	answer := func(status int, v any) {
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			d.t.Error(err)
		}
	}
	switch r.URL.Path {
	case "/":
		answer(200, map[string]string{"newNonce": at("/nonce"), "newAccount": at("/account"), "newOrder": at("/order/new")})
	case "/nonce":
	case "/account":
		w.Header().Set("Location", at("/account"))
		answer(201, map[string]string{"status": "valid"})
	case "/order/new":
		d.orders++
		d.name, d.state = payload.Identifiers[0].Value, "pending"
		order["status"] = "pending"
		w.Header().Set("Location", at("/order"))
		answer(201, order)
	case "/order":
		w.Header().Set("Location", at("/order"))
		answer(200, order)
	case "/authorization":
		answer(200, map[string]any{
			"status": d.state, "identifier": map[string]string{"type": "dns", "value": d.name},
			"challenges": []map[string]string{challenge},
		})
	case "/challenge":
		d.state = "invalid"
		if err := d.validate(); err != nil {
			d.t.Logf("challenge: %v", err)
		} else {
			d.state = "valid"
		}
		answer(200, challenge)
	case "/finalize":
		raw, err := base64.RawURLEncoding.DecodeString(payload.CSR)
		if err != nil {
			d.t.Error(err)
		}
		request, err := x509.ParseCertificateRequest(raw)
		if err != nil {
			d.t.Error(err)
			return
		}
		d.chain = d.authority.certify(d.t, request.DNSNames[0], request.PublicKey, time.Now().Add(d.life))
		d.state, order["status"] = "issued", "valid"
		w.Header().Set("Location", at("/order"))
		answer(200, order)
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(d.chain)
	default:
		d.t.Errorf("the authority is asked for %s", r.URL)
		http.NotFound(w, r)
	}
}

// validate looks whether the host answers the challenge.
func (d *directory) validate() error {
	switch d.challenge {
	case "http-01":
		w := record(d.http, "GET", "/.well-known/acme-challenge/a-token", d.name)
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "a-token.") {
			return fmt.Errorf("got %d %s", w.Code, w.Body)
		}
		return nil
	case "tls-alpn-01":
		conn, err := tls.Dial("tcp", d.tls, &tls.Config{ServerName: d.name, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
		if err != nil {
			return err
		}
		defer conn.Close()
		for _, extension := range conn.ConnectionState().PeerCertificates[0].Extensions {
			if extension.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) { // RFC 8737, section 3
				return nil
			}
		}
		return fmt.Errorf("the certificate is none for a challenge")
	}
	return fmt.Errorf("unknown challenge %s", d.challenge)
}

func (d *directory) ordered() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.orders
}

// secure runs a server with certificates of the authority; stop ends it.
func (d *directory) secure(t *testing.T, cache string, log *slog.Logger) (a *ACME, address string, stop func()) {
	t.Helper()
	a, err := NewACME([]string{"feeds.example.org"}, cache, "", d.URL, log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.tls = listener.Addr().String()
	d.http = a.Challenges(New(nil).ToHTTPS())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- Run(ctx, slog.New(slog.DiscardHandler), Endpoint{Listener: listener, Handler: bytesOf(3), TLS: a.Config()})
	}()
	return a, d.tls, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// fetch asks for a host by HTTPS.
func (d *directory) fetch(address, host string) (protocol string, err error) {
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: d.authority.roots, ServerName: host}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("https://" + address + "/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.Proto, err
}

func TestACME(t *testing.T) {
	for _, challenge := range []string{"tls-alpn-01", "http-01"} {
		t.Run(challenge, func(t *testing.T) {
			d := newDirectory(t, challenge)
			cache := t.TempDir()
			a, address, stop := d.secure(t, cache, slog.New(slog.DiscardHandler))
			if got := a.Expires(); !got.IsZero() {
				t.Errorf("a certificate that is not there expires %v", got)
			}
			if err := a.ensure(t.Context(), "feeds.example.org"); err != nil {
				t.Fatal(err)
			}
			if protocol, err := d.fetch(address, "feeds.example.org"); err != nil || protocol != "HTTP/2.0" {
				t.Errorf("got %q, %v, want HTTP/2.0", protocol, err)
			}
			if left := time.Until(a.Expires()); left < 89*24*time.Hour || left > 90*24*time.Hour {
				t.Errorf("expires in %v, want 90 days", left)
			}
			// A stranger's name costs no order, and is not repeated.
			if _, err := d.fetch(address, "evil.example"); err == nil {
				t.Error("evil.example has a certificate")
			}
			w := record(d.http, "GET", "/.well-known/acme-challenge/x", "evil.example")
			if w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "evil") {
				t.Errorf("challenge of a stranger: got %d %s", w.Code, w.Body)
			}
			stop()
			if got := d.ordered(); got != 1 {
				t.Errorf("got %d orders, want 1", got)
			}

			// After a restart the certificate is there.
			_, address, stop = d.secure(t, cache, slog.New(slog.DiscardHandler))
			defer stop()
			if _, err := d.fetch(address, "feeds.example.org"); err != nil {
				t.Error(err)
			}
			if got := d.ordered(); got != 1 {
				t.Errorf("got %d orders after a restart, want 1", got)
			}
		})
	}
}

// lines is a log that is read line by line.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// A host that the authority cannot reach is reported with what to do, and a
// certificate that is about to expire as well.
func TestACMEWatch(t *testing.T) {
	for _, tt := range []struct {
		name      string
		reachable bool
		want      string
	}{
		{"out of reach", false, "the host's address must lead here"},
		{"six days are left", true, "certificate expires soon"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDirectory(t, "http-01")
			d.life = 6 * 24 * time.Hour
			log := make(lines, 10)
			a, _, stop := d.secure(t, t.TempDir(), slog.New(slog.NewTextHandler(log, nil)))
			defer stop()
			if !tt.reachable {
				d.http = http.NotFoundHandler()
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				a.Watch(ctx)
			}()
			select {
			case line := <-log:
				if !strings.Contains(line, tt.want) {
					t.Errorf("got %q, want %q in it", line, tt.want)
				}
			case <-time.After(20 * time.Second):
				t.Errorf("no line in 20 seconds, want %q", tt.want)
			}
			cancel()
			<-ended
		})
	}
}

func TestACMEHosts(t *testing.T) {
	for host, ok := range map[string]bool{
		"feeds.example.org":    true,
		"example.org":          true,
		"xn--e1afmkfd.org":     true,
		"a-b.example.xn--p1ai": true,
		"Feeds.Example.org":    false,
		"пример.org":           false,
		"localhost":            false,
		"192.0.2.1":            false,
		"*.example.org":        false,
		"example.org:443":      false,
		"https://example.org":  false,
		"":                     false,
	} {
		if _, err := NewACME([]string{host}, t.TempDir(), "", "", nil); (err == nil) != ok {
			t.Errorf("%q: got %v, want accepted %v", host, err, ok)
		}
	}
	a, err := NewACME([]string{"feeds.example.org"}, t.TempDir(), "", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for host, ok := range map[string]bool{"feeds.example.org": true, "feeds.example.org.": true, "example.org": false, "feeds.example.org.evil.example": false, "": false} {
		if err := a.policy(t.Context(), host); (err == nil) != ok {
			t.Errorf("policy of %q: got %v, want accepted %v", host, err, ok)
		}
	}
}

// The chain of a test authority is one that a client needs whole.
func TestAuthorityNeedsChain(t *testing.T) {
	a := newAuthority(t)
	block, _ := pem.Decode(a.pair(t).cert)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: a.roots}); err == nil {
		t.Error("the leaf is trusted without its chain")
	}
}
