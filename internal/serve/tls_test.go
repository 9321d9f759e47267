package serve

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// authority issues certificates by way of an intermediate, so that a chain is
// needed.
type authority struct {
	roots        *x509.CertPool
	key          *ecdsa.PrivateKey // the intermediate's
	intermediate *x509.Certificate
	issued       int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	rootKey, key := newKey(t), newKey(t)
	template := func(serial int64) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "an authority"},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
			IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		}
	}
	root := issue(t, template(1), template(1), &rootKey.PublicKey, rootKey)
	below := template(2)
	below.Subject.CommonName = "an intermediate"
	a := &authority{roots: x509.NewCertPool(), key: key, intermediate: issue(t, below, root, &key.PublicKey, rootKey), issued: 10}
	a.roots.AddCert(root)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func issue(t *testing.T, template, parent *x509.Certificate, public any, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// certify returns the chain for a public key, in PEM.
func (a *authority) certify(t *testing.T, name string, public any, notAfter time.Time) []byte {
	t.Helper()
	a.issued++
	leaf := issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(a.issued), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.intermediate, public, a.key)
	var chain bytes.Buffer
	for _, cert := range []*x509.Certificate{leaf, a.intermediate} {
		if err := pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}); err != nil {
			t.Fatal(err)
		}
	}
	return chain.Bytes()
}

// pair returns a new certificate for feeds.example.org and its key.
func (a *authority) pair(t *testing.T) pair {
	t.Helper()
	key := newKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		a.certify(t, "feeds.example.org", &key.PublicKey, time.Now().AddDate(0, 3, 0)),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}
}

func writeFile(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// load writes a pair into a directory and loads it.
func load(t *testing.T, p pair, log *slog.Logger) *Certificate {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "cert.pem"), p.cert)
	writeFile(t, filepath.Join(dir, "key.pem"), p.key)
	c, err := LoadCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), log)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// While certificate and key are written anew, in pieces, one after the other,
// and the files are looked at as often as can be, every handshake succeeds.
func TestRotation(t *testing.T) {
	a := newAuthority(t)
	pairs := make([]pair, 8)
	for i := range pairs {
		pairs[i] = a.pair(t)
	}
	c := load(t, pairs[0], slog.New(slog.DiscardHandler))
	listener, err := tls.Listen("tcp", "127.0.0.1:0", c.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = conn.(*tls.Conn).Handshake() // the client says what is wrong
			}()
		}
	}()

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := 0; i < 200 || ctx.Err() == nil; i++ {
			p := pairs[i%len(pairs)]
			files := []struct {
				name string
				body []byte
			}{{c.certFile, p.cert}, {c.keyFile, p.key}}
			if i%2 == 1 {
				files[0], files[1] = files[1], files[0]
			}
			for _, f := range files {
				w, err := os.Create(f.name)
				if err != nil {
					t.Error(err)
					return
				}
				for piece := range 4 {
					if _, err := w.Write(f.body[len(f.body)*piece/4 : len(f.body)*(piece+1)/4]); err != nil {
						t.Error(err)
					}
					runtime.Gosched()
				}
				w.Close()
			}
		}
	}()
	looked := make(chan int)
	go func() {
		taken, last := 0, c.current.Load()
		for {
			select {
			case <-written:
				looked <- taken
				return
			default:
				if c.look(); c.current.Load() != last {
					taken, last = taken+1, c.current.Load()
				}
			}
		}
	}()
	for range 300 {
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: a.roots, ServerName: "feeds.example.org"})
		if err != nil {
			t.Fatalf("handshake: %v", err)
		}
		conn.Close()
	}
	stop()
	if taken := <-looked; taken == 0 {
		t.Error("no pair was taken over meanwhile: nothing was tested")
	} else {
		t.Logf("%d pairs were taken over during 300 handshakes", taken)
	}

	writeFile(t, c.certFile, pairs[3].cert)
	writeFile(t, c.keyFile, pairs[3].key)
	c.look()
	c.look()
	if !c.taken.equal(pairs[3]) {
		t.Error("the last pair is not served in the end")
	}
}

// What becomes of the files, look by look.
func TestCertificateLook(t *testing.T) {
	a := newAuthority(t)
	first, second := a.pair(t), a.pair(t)
	boundary := bytes.LastIndex(second.cert, []byte("-----BEGIN"))
	half := second.cert[:boundary+100]
	tests := []struct {
		name  string
		looks []pair // what is in the files at each look; an empty key: there is none
		want  pair
		log   []string // what the lines have in them
	}{
		{"nothing changes", []pair{first, first}, first, nil},
		{"a new pair, at its first look", []pair{second}, first, nil},
		{"a new pair that stands still", []pair{second, second}, second, []string{"certificate replaced"}},
		{"a new certificate, then its key", []pair{{second.cert, first.key}, second, second}, second, []string{"certificate replaced"}},
		{"a new key, then its certificate", []pair{{first.cert, second.key}, second, second}, second, []string{"certificate replaced"}},
		{"a new certificate without its key", []pair{{second.cert, first.key}, {second.cert, first.key}, {second.cert, first.key}}, first, []string{"private key does not match"}},
		{"one wrong pair after the other", []pair{{second.cert, first.key}, {second.cert, first.key}, {first.cert, second.key}, {first.cert, second.key}}, first, []string{"private key does not match"}},
		{"a mistake, and what was before", []pair{{second.cert, first.key}, {second.cert, first.key}, first, first}, first, []string{"private key does not match"}},
		{"the same mistake again after it was mended", []pair{{nil, first.key}, {nil, first.key}, first, first, {nil, first.key}, {nil, first.key}}, first, []string{"failed to find any PEM data", "failed to find any PEM data"}},
		{"a chain that is cut off", []pair{{half, second.key}, {half, second.key}}, first, []string{"the chain ends in the middle"}},
		{"a key that is away for a moment", []pair{{second.cert, nil}, second, second}, second, []string{"certificate replaced"}},
		{"a key that is away", []pair{{second.cert, nil}, {second.cert, nil}, {second.cert, nil}}, first, []string{"no such file"}},
		{"a key that comes late", []pair{{second.cert, nil}, {second.cert, nil}, second, second}, second, []string{"no such file", "certificate replaced"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			c := load(t, first, slog.New(slog.NewTextHandler(&log, nil)))
			for _, p := range tt.looks {
				writeFile(t, c.certFile, p.cert)
				if p.key != nil {
					writeFile(t, c.keyFile, p.key)
				} else if err := os.Remove(c.keyFile); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				c.look()
			}
			if !c.taken.equal(tt.want) {
				t.Errorf("served: the second pair %v, want %v", c.taken.equal(second), tt.want.equal(second))
			}
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			if log.Len() == 0 {
				lines = nil
			}
			if len(lines) != len(tt.log) {
				t.Fatalf("got %d lines, want %d:\n%s", len(lines), len(tt.log), &log)
			}
			for i, want := range tt.log {
				if !strings.Contains(lines[i], want) {
					t.Errorf("got %s, want %q in it", lines[i], want)
				}
			}
		})
	}
}

func TestLoadCertificateErrors(t *testing.T) {
	a := newAuthority(t)
	first, second := a.pair(t), a.pair(t)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if _, err := LoadCertificate(cert, key, nil); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("files that are not there: got %v", err)
	}
	writeFile(t, cert, first.cert)
	writeFile(t, key, second.key)
	if _, err := LoadCertificate(cert, key, nil); err == nil || !strings.Contains(err.Error(), "does not match") {
		t.Errorf("files that do not belong together: got %v", err)
	}
}

func TestExpiryWarnings(t *testing.T) {
	const day = 24 * time.Hour
	until := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	e := expiry{log: slog.New(slog.NewTextHandler(&log, nil))}
	for _, step := range []struct {
		left time.Duration
		want string
	}{
		{90 * day, ""},
		{14*day + time.Second, ""},
		{14 * day, "days=14"},
		{13 * day, ""},
		{7*day + time.Second, ""},
		{6*day + 23*time.Hour, "days=6"},
		{2 * day, ""},
		{20 * time.Hour, "days=0"},
		{time.Hour, ""},
		{0, "has expired"},
		{-day, ""},
		{90 * day, ""}, // a new certificate
		{10 * day, "days=10"},
		{9 * day, ""},
	} {
		log.Reset()
		if step.left == 90*day {
			until = until.AddDate(0, 3, 0)
		}
		e.look("feeds.example.org", until, until.Add(-step.left))
		if got := log.String(); !strings.Contains(got, step.want) || (step.want == "") != (got == "") {
			t.Errorf("%v before it expires: got %q, want %q", step.left, got, step.want)
		}
	}
}

// Watch looks every ten seconds, and takes a pair over at the second look.
func TestCertificateWatch(t *testing.T) {
	a := newAuthority(t)
	first, second := a.pair(t), a.pair(t)
	c := load(t, first, slog.New(slog.DiscardHandler))
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c.Watch(ctx)
		}()
		synctest.Wait()
		writeFile(t, c.certFile, second.cert)
		writeFile(t, c.keyFile, second.key)
		time.Sleep(21 * time.Second)
		synctest.Wait()
		stop()
		<-ended
		if !c.taken.equal(second) {
			t.Error("the second pair is not served 21 seconds after it came")
		}
	})
}

// HTTP/2 and HTTP/1.1 over TLS, from version 1.2 on.
func TestRunTLS(t *testing.T) {
	a := newAuthority(t)
	c := load(t, a.pair(t), slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- Run(ctx, testLog(t), Endpoint{Listener: listener, Handler: bytesOf(100_000), TLS: c.Config()})
	}()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	for _, tt := range []struct {
		protocols   []string
		least, most uint16
		want        string
	}{
		{[]string{"h2", "http/1.1"}, tls.VersionTLS13, tls.VersionTLS13, "HTTP/2.0"},
		{[]string{"h2", "http/1.1"}, tls.VersionTLS12, tls.VersionTLS12, "HTTP/2.0"},
		{[]string{"http/1.1"}, tls.VersionTLS12, tls.VersionTLS13, "HTTP/1.1"},
		{[]string{"http/1.1"}, tls.VersionTLS10, tls.VersionTLS11, ""},
	} {
		var protocols http.Protocols
		protocols.SetHTTP1(true)
		protocols.SetHTTP2(tt.protocols[0] == "h2")
		transport := &http.Transport{Protocols: &protocols, TLSClientConfig: &tls.Config{
			RootCAs: a.roots, ServerName: "feeds.example.org", MinVersion: tt.least, MaxVersion: tt.most,
		}}
		defer transport.CloseIdleConnections()
		resp, err := (&http.Client{Transport: transport}).Get("https://" + listener.Addr().String() + "/")
		if tt.want == "" {
			if err == nil {
				resp.Body.Close()
				t.Errorf("TLS %x: got %s, want none", tt.most, resp.Proto)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v with TLS %x: %v", tt.protocols, tt.most, err)
			continue
		}
		n, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || n != 100_000 || resp.Proto != tt.want {
			t.Errorf("%v with TLS %x: got %d bytes by %s, %v, want 100000 by %s", tt.protocols, tt.most, n, resp.Proto, err, tt.want)
		}
	}
}

func TestToHTTPS(t *testing.T) {
	tests := []struct {
		method, target, host string
		status               int
		location             string
	}{
		{"GET", "/top/rss.xml", "feeds.example.org", 301, "https://feeds.example.org/top/rss.xml"},
		{"HEAD", "/top/rss.xml", "feeds.example.org", 301, "https://feeds.example.org/top/rss.xml"},
		{"GET", "/", "evil.example", 301, "https://feeds.example.org/"},
		{"GET", "http://evil.example/rss.xml", "evil.example", 301, "https://feeds.example.org/rss.xml"},
		{"GET", "//evil.example/%2e%2e", "feeds.example.org", 301, "https://feeds.example.org//evil.example/%2e%2e"},
		{"GET", "/a%0d%0aSet-Cookie:x", "feeds.example.org", 301, "https://feeds.example.org/a%0d%0aSet-Cookie:x"},
		{"GET", "/rss.xml?utm_source=x", "feeds.example.org", 301, "https://feeds.example.org/rss.xml"},
		{"POST", "/rss.xml", "feeds.example.org", 405, ""},
		{"OPTIONS", "*", "feeds.example.org", 405, ""},
	}
	for base, port := range map[string]string{
		"https://feeds.example.org/top/":      "",
		"https://feeds.example.org:8443/top/": ":8443",
		"http://feeds.example.org:8080/top/":  "", // a port that does not speak TLS
	} {
		s := New(slog.New(slog.DiscardHandler))
		s.Swap(editionAt(t, base))
		for _, tt := range tests {
			w := record(s.ToHTTPS(), tt.method, tt.target, tt.host)
			want := strings.Replace(tt.location, "feeds.example.org", "feeds.example.org"+port, 1)
			if w.Code != tt.status || w.Header().Get("Location") != want {
				t.Errorf("%s at %s: %s %s: got %d to %q, want %d to %q", tt.host, base, tt.method, tt.target, w.Code, w.Header().Get("Location"), tt.status, want)
			}
		}
	}
	if w := record(New(nil).ToHTTPS(), "GET", "/rss.xml", "feeds.example.org"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before the first edition: got %d, want 503", w.Code)
	}
}
