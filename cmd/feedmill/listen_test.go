package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"feedmill/internal/schedule"
	"feedmill/internal/serve"
)

// certificate writes a certificate for feeds.example.org that signs itself, and
// its key, into dir.
func certificate(t testing.TB, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"feeds.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Unix(4_000_000_000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, filepath.Join(dir, "cert.pem"), string(cert))
	write(t, filepath.Join(dir, "key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	return pool
}

// metrics is the text of /metrics.
func (r *running) metrics() string {
	response, err := http.Get(r.admin + "/metrics")
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	b, _ := io.ReadAll(response.Body) // half an answer is none
	return string(b)
}

func TestServeByHTTPS(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
	pool := certificate(t, dir)
	plain := freePort(t)
	r := start(t, dir, "--tls-cert", "cert.pem", "--tls-key", "key.pem", "--listen-http", plain, "--access-log")
	client := &http.Client{
		Transport:     &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "feeds.example.org"}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	address := strings.Replace(r.base, "http://", "https://", 1)
	r.wait("the feed by HTTPS", func() bool {
		response, err := client.Get(address + "rss.xml")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		b, err := io.ReadAll(response.Body)
		return err == nil && response.Proto == "HTTP/2.0" && strings.Contains(string(b), "A first")
	})
	response, err := client.Get("http://" + plain + "/rss.xml")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Get("Location"); response.StatusCode != 301 || got != "https://feeds.example.org/rss.xml" {
		t.Errorf("by HTTP: got %s to %q, want 301 to https://feeds.example.org/rss.xml", response.Status, got)
	}
	for _, want := range []string{
		"\nfeedmill_certificate_expiry_timestamp_seconds 4e+09\n",
		`feedmill_http_requests_total{conditional="false",kind="feed",status="200"} `,
		`feedmill_http_requests_total{conditional="false",kind="feed",status="301"} 1`,
	} {
		if got := r.metrics(); !strings.Contains(got, want) {
			t.Errorf("the metrics lack %q:\n%s", want, got)
		}
	}
	r.wait("the greeting", func() bool { return strings.Contains(r.out.String(), "here       https://localhost:") })
	r.wait("the access log", func() bool {
		return strings.Contains(r.err.String(), `"msg":"answered","method":"GET","path":"/rss.xml","status":301`)
	})
}

// A service manager opens the ports, is told how it goes, and told when settings
// are read again.
func TestServeUnderAServiceManager(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
	r := prepare(t, dir, "--schedule", "@every 1h", "--watch=false")
	for i, address := range []*string{&r.base, &r.admin} {
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		file, err := l.File()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r.cmd.ExtraFiles = append(r.cmd.ExtraFiles, file)
		*address = "http://" + l.Addr().String() + []string{"/", ""}[i]
		l.Close() // the file has a copy
	}
	manager, err := os.MkdirTemp("", "manager") // a short path: those of sockets are bounded
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(manager)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(manager, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// The process has to be named, and is known to itself alone.
	r.cmd.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`}, append([]string{r.cmd.Path}, r.cmd.Args[1:]...)...)
	r.cmd.Path = "/bin/sh"
	r.cmd.Env = append(os.Environ(), "LISTEN_FDS=2", "LISTEN_FDNAMES=feedmill.socket:admin",
		"NOTIFY_SOCKET="+filepath.Join(manager, "notify"), "WATCHDOG_USEC=400000")
	hear := func(pattern string) {
		t.Helper()
		want := regexp.MustCompile("^" + pattern)
		b := make([]byte, 4096)
		for {
			if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			n, err := conn.Read(b)
			if err != nil {
				t.Fatalf("wait for %s: %v", pattern, err)
			}
			if want.Match(b[:n]) {
				return
			}
			// The watchdog speaks whenever it likes.
			if got := string(b[:n]); got != "WATCHDOG=1" {
				t.Errorf("got %q, want %s", got, pattern)
			}
		}
	}
	r.begin()
	hear(`STATUS=published 1 article in 1 feed, no problems; .*; looking again at \d\d:`)
	hear(`READY=1$`)
	if status, body, _ := r.get("rss.xml"); status != 200 || !strings.Contains(body, "A first") {
		t.Errorf("at the socket that was handed on: got %d %s", status, body)
	}
	if got := r.ready(); !strings.Contains(got, `"state": "ok"`) {
		t.Errorf("/readyz says %s", got)
	}
	if err := r.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	hear(`RELOADING=1\nMONOTONIC_USEC=\d+\n$`)
	hear(`STATUS=unchanged: `)
	hear(`READY=1$`)
	hear(`WATCHDOG=1$`)
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	hear(`STOPPING=1$`)
	if status := r.status(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}
}

// A service manager that asked for new settings during a build hears that they
// are in use only after the next one.
func TestReadyAfterTheBuildThatReloads(t *testing.T) {
	dir, err := os.MkdirTemp("", "manager")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", filepath.Join(dir, "notify"))
	log := slog.New(slog.DiscardHandler)
	s := &server{log: log, manager: serve.NewNotifier(log), loop: schedule.NewLoop(schedule.Schedule{}, nil)}
	s.status.Store(&serve.Status{})
	s.metrics = s.newMetrics(newQueue(io.Discard))
	s.manager.Ready()

	s.reloads.Add(1) // during a build that began before
	s.manager.Reloading()
	s.conclude(schedule.Timed, outcome{}, nil)
	s.asked = 1
	s.conclude(schedule.Signal, outcome{}, nil)
	for _, want := range []string{"READY=1", "RELOADING=1", "STATUS=unchanged", "STATUS=unchanged", "READY=1"} {
		b := make([]byte, 4096)
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(b)
		if err != nil || !strings.HasPrefix(string(b[:n]), want) {
			t.Errorf("got %q, %v, want %s", b[:n], err, want)
		}
	}
}

// Sockets that lead to HTTPS are no use without it.
func TestServeRefusesARedirectToNowhere(t *testing.T) {
	t.Parallel()
	r := prepare(t, newsroom(t, map[string]string{"site.yaml": deskSite}))
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r.cmd.ExtraFiles = []*os.File{file}
	r.cmd.Args = append([]string{"sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`}, append([]string{r.cmd.Path}, r.cmd.Args[1:]...)...)
	r.cmd.Path = "/bin/sh"
	r.cmd.Env = append(os.Environ(), "LISTEN_FDS=1", "LISTEN_FDNAMES=listen-http")
	r.begin()
	if got := r.status(); got != exitUsage || !strings.Contains(r.err.String(), "feedmill: --listen-http leads to HTTPS") {
		t.Errorf("exit status %d, %s, want %d and why", got, r.err.String(), exitUsage)
	}
}

// Three builds in a row that fail are another matter than one.
func TestServeTellsStaleFromDegraded(t *testing.T) {
	t.Parallel()
	dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
	ledger := filepath.Join(dir, "ledger.jsonl")
	r := start(t, dir, "--schedule", "@every 1s", "--watch=false", "--ledger", ledger)
	r.wait("the article", r.shows("rss.xml", "A first"))
	if err := os.Mkdir(ledger, 0o700); err != nil {
		t.Fatal(err)
	}
	r.wait("one build to fail", func() bool { return strings.Contains(r.ready(), `"state": "stale"`) })
	if got := r.metrics(); !strings.Contains(got, "\nfeedmill_stale 1\n") || !strings.Contains(got, "\nfeedmill_degraded 0\n") {
		t.Errorf("after a build that failed the metrics say\n%s", got)
	}
	r.wait("three builds to fail", func() bool { return strings.Contains(r.ready(), `"state": "degraded"`) })
	if got := r.metrics(); !strings.Contains(got, "\nfeedmill_stale 0\n") || !strings.Contains(got, "\nfeedmill_degraded 1\n") {
		t.Errorf("after three builds that failed the metrics say\n%s", got)
	}
	if status, _, _ := r.get("rss.xml"); status != 200 {
		t.Errorf("the feed answers %d meanwhile, want 200", status)
	}
	if err := os.Remove(ledger); err != nil {
		t.Fatal(err)
	}
	r.wait("it to go on by itself", func() bool { return strings.Contains(r.ready(), `"state": "ok"`) })
	if got := r.err.String(); !strings.Contains(got, `"level":"ERROR","msg":"publish","result":"failed"`) || !strings.Contains(got, `"failures":3`) {
		t.Errorf("the log lacks the builds that failed:\n%s", got)
	}
}

// Neither a log that nobody takes nor one that was closed stops anything.
func TestServeWithoutAReaderOfItsLog(t *testing.T) {
	t.Parallel()
	for _, closed := range []bool{true, false} {
		t.Run(fmt.Sprintf("closed %v", closed), func(t *testing.T) {
			t.Parallel()
			dir := newsroom(t, map[string]string{"site.yaml": deskSite, "a.txt": "A first\n\nText.\n"})
			r := prepare(t, dir, "--schedule", "@every 1h", "--access-log", "--log-format", "text")
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			r.cmd.Stdout, r.cmd.Stderr = writer, writer
			if closed {
				reader.Close()
			} else {
				defer reader.Close()
			}
			r.begin()
			r.wait("the article", r.shows("rss.xml", "A first"))
			for range 2500 { // of 130 bytes: more than the pipe and the queue take
				if status, _, _ := r.get("rss.xml"); status != 200 {
					t.Fatalf("got %d, want 200", status)
				}
			}
			dropped := regexp.MustCompile(`(?m)^feedmill_log_lines_dropped_total [1-9]`)
			if got := r.metrics(); !dropped.MatchString(got) {
				t.Errorf("no line is counted as dropped:\n%s", got)
			}
			write(t, filepath.Join(dir, "articles", "b.txt"), "A second\n\nText.\n")
			r.wait("another article", r.shows("rss.xml", "A second"))
			if status := r.stop(syscall.SIGTERM); status != 0 {
				t.Errorf("exit status %d, want 0", status)
			}
		})
	}
}
