package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkBeside sets `feedmill serve` beside nginx, beside net/http alone, which
// is the most that a server in Go can reach, and beside Caddy where it is
// installed: servers of the same files, each on the first processor, and wrk with
// 64 connections on the second. They take turns, a second each:
//
//	go test -run xxx -bench Beside -benchtime 3x ./cmd/feedmill
//
// Of all rounds the median counts. rps/nginx is how many answers feedmill gives
// in the time of one of nginx's, cpu/nginx what processor time one takes beside
// one of nginx's.
func BenchmarkBeside(b *testing.B) {
	for _, program := range []string{"nginx", "wrk", "taskset"} {
		if _, err := exec.LookPath(program); err != nil {
			b.Skipf("%s is not installed", program)
		}
	}
	if runtime.NumCPU() < 2 {
		b.Skip("the server and its clients need a processor each")
	}
	r := newRace(b)
	for _, bench := range []struct {
		name   string
		scheme string
		fields []string
		tag    bool // asks for what is newer than its copy
		other  string
	}{
		{"304", "http", nil, true, ""},
		{"200 gzip", "http", []string{"Accept-Encoding: gzip"}, false, ""},
		{"200 gzip, nginx compressing", "http", []string{"Accept-Encoding: gzip"}, false, "compressing"},
		{"200 identity", "http", nil, false, "without sendfile"},
		{"304, a connection each", "http", []string{"Connection: close"}, true, ""},
		{"304, a TLS connection each", "https", []string{"Connection: close"}, true, ""},
	} {
		b.Run(bench.name, func(b *testing.B) {
			rounds := map[string][]round{}
			for b.Loop() {
				for _, s := range r.servers {
					at := s.at[bench.scheme]
					if other := s.at[bench.other]; other != "" {
						at = other
					}
					if at == "" {
						continue
					}
					fields := bench.fields
					if bench.tag {
						fields = append(slices.Clip(fields), "If-None-Match: "+entityTag(b, bench.scheme+"://"+at))
					}
					rounds[s.name] = append(rounds[s.name], s.load(b, bench.scheme+"://"+at, fields))
				}
			}
			b.ReportMetric(0, "ns/op") // of a round: it is what wrk was told
			for _, s := range r.servers {
				if len(rounds[s.name]) == 0 {
					continue
				}
				if s.name == "feedmill" {
					b.ReportMetric(median(rounds["feedmill"], func(_ int, ours round) float64 { return ours.cpu * 1e6 }), "cpu-µs/answer")
					continue
				}
				theirs := rounds[s.name]
				b.ReportMetric(median(rounds["feedmill"], func(i int, ours round) float64 { return ours.rate / theirs[i].rate }), "rps/"+s.name)
				b.ReportMetric(median(rounds["feedmill"], func(i int, ours round) float64 { return ours.cpu / theirs[i].cpu }), "cpu/"+s.name)
			}
		})
	}
	b.Run("memory", func(b *testing.B) {
		s := r.servers[0]
		before := s.resident(b)
		const idle = 1000
		for b.Loop() {
			for range idle {
				c := s.poll(b)
				defer c.Close()
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(before/(1<<20), "MiB")
		b.ReportMetric((s.resident(b)-before)/1024/float64(idle*b.N), "KiB/connection")
	})
}

// round is what one server did in a second.
type round struct {
	rate float64 // answers a second
	cpu  float64 // seconds for one answer
}

func median(ours []round, of func(i int, ours round) float64) float64 {
	var values []float64
	for i, r := range ours {
		values = append(values, of(i, r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// race is servers that run until the benchmark ends, feedmill first.
type race struct{ servers []*contestant }

// contestant is a server on the first processor.
type contestant struct {
	name string
	pids []int
	at   map[string]string // addresses: "http", "https" and other ways of serving
}

// newRace publishes a site whose rss.xml has 100 KB, and starts servers of it.
func newRace(b *testing.B) *race {
	dir := b.TempDir()
	feedmill := filepath.Join(dir, "feedmill")
	if out, err := exec.Command("go", "build", "-o", feedmill, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	writeProse(b, filepath.Join(dir, "articles"))
	build := exec.Command(feedmill, "build")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	certificate(b, dir)
	r := &race{}
	add := func(name string, at map[string]string, commands ...*exec.Cmd) {
		s := &contestant{name: name, at: at}
		for _, cmd := range commands {
			cmd.Dir = dir
			s.pids = append(s.pids, launch(b, cmd))
		}
		r.servers = append(r.servers, s)
	}

	at := map[string]string{"http": freePort(b), "https": freePort(b)}
	add("feedmill", at,
		exec.Command("taskset", "-c", "0", feedmill, "serve", "--admin", freePort(b), "--listen", at["http"]),
		exec.Command("taskset", "-c", "0", feedmill, "serve", "--admin", freePort(b), "--feeds", "secure", "--listen", at["https"],
			"--tls-cert", "cert.pem", "--tls-key", "key.pem"))

	at = map[string]string{"http": freePort(b), "https": freePort(b), "compressing": freePort(b), "without sendfile": freePort(b)}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;" // another could not read the directory
	}
	write(b, filepath.Join(dir, "nginx.conf"), strings.NewReplacer("USER", user, "DIR", dir, "HTTPS", at["https"],
		"HTTP", at["http"], "COMPRESSING", at["compressing"], "PLAIN", at["without sendfile"]).Replace(nginxConf))
	add("nginx", at, exec.Command("taskset", "-c", "0", "nginx", "-c", filepath.Join(dir, "nginx.conf")))

	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	at = map[string]string{"http": freePort(b)}
	bare := exec.Command("taskset", "-c", "0", self, "-test.run", "^TestBareServer$")
	bare.Env = append(os.Environ(), bareEnv+"="+at["http"])
	add("bare", at, bare)

	if _, err := exec.LookPath("caddy"); err == nil {
		at = map[string]string{"http": freePort(b)}
		write(b, filepath.Join(dir, "Caddyfile"), strings.NewReplacer("DIR", dir, "HTTP", at["http"]).Replace(caddyfile))
		add("caddy", at, exec.Command("taskset", "-c", "0", "caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"))
	}
	for _, s := range r.servers {
		for scheme, address := range s.at {
			if scheme != "https" {
				scheme = "http"
			}
			for limit := time.Now().Add(patience); !responds(scheme + "://" + address + "/rss.xml"); {
				if time.Now().After(limit) {
					b.Fatalf("%s does not answer at %s", s.name, address)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
	return r
}

const nginxConf = `USER
worker_processes 1;
daemon off;
pid DIR/nginx.pid;
error_log DIR/nginx.log;
events { worker_connections 4096; }
http {
	access_log off;
	types { application/rss+xml xml; }
	open_file_cache max=1000 inactive=60s;
	keepalive_requests 100000000;
	sendfile on;
	tcp_nopush on;
	root DIR/feeds;
	add_header Cache-Control "public, max-age=900";
	server { listen HTTP; gzip_static on; gzip_vary on; }
	server { listen PLAIN; sendfile off; output_buffers 2 128k; }
	server { listen COMPRESSING; gzip on; gzip_types application/rss+xml; gzip_comp_level 6; }
	server {
		listen HTTPS ssl;
		ssl_certificate DIR/cert.pem;
		ssl_certificate_key DIR/key.pem;
		ssl_protocols TLSv1.3;
		ssl_session_tickets off;
		ssl_session_cache off;
		ssl_ecdh_curve X25519;
	}
}
`

const caddyfile = `{
	admin off
	auto_https off
}
http://HTTP {
	root * DIR/feeds
	file_server {
		precompressed gzip
	}
}
`

// writeProse writes articles that make 100 KB of RSS. Their text compresses about
// as well as a language does.
func writeProse(b *testing.B, dir string) {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 3000)
	for i := range words {
		letters := make([]byte, 2+random.IntN(9))
		for k := range letters {
			letters[k] = "abcdefghijklmnoprstuvz"[random.IntN(22)]
		}
		words[i] = string(letters)
	}
	prose := func(n int) string {
		text := make([]string, n)
		for i := range text {
			// Common words come more often.
			text[i] = words[random.IntN(1+random.IntN(1+random.IntN(len(words))))]
		}
		return strings.Join(text, " ")
	}
	write(b, filepath.Join(dir, "site.yaml"), "title: The Desk\nbase_url: http://localhost/\nid_authority: example.org,2026\nlink: https://www.example.org/{slug}/\n")
	for i := range 50 {
		write(b, filepath.Join(dir, fmt.Sprintf("story-%d.md", i)),
			fmt.Sprintf("---\ntitle: %s\ndate: 2026-10-%02dT09:00:00Z\n---\n%s\n\n%s\n", prose(8), 1+i%28, prose(100), prose(100)))
	}
}

// launch runs a server until the benchmark ends.
func launch(b *testing.B, cmd *exec.Cmd) (pid int) {
	var out output
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended already
		if err := cmd.Wait(); err != nil && b.Failed() {
			b.Logf("%v: %v\n%s", cmd.Args, err, out.String())
		}
	})
	return cmd.Process.Pid
}

// strangers trusts any certificate.
var strangers = &http.Client{Transport: &http.Transport{
	TLSClientConfig:    &tls.Config{InsecureSkipVerify: true},
	DisableKeepAlives:  true,
	DisableCompression: true,
}}

// responds reports whether there is something at url.
func responds(url string) bool {
	resp, err := strangers.Get(url)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK
}

func entityTag(b *testing.B, base string) string {
	resp, err := strangers.Head(base + "/rss.xml")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Header.Get("ETag")
}

var (
	wrkCount = regexp.MustCompile(`(\d+) requests in`)
	wrkRate  = regexp.MustCompile(`Requests/sec: *([\d.]+)`)
)

// load lets wrk ask a server for its RSS for a second.
func (s *contestant) load(b *testing.B, base string, fields []string) round {
	args := []string{"-c", "1", "wrk", "-t1", "-c64", "-d1s"}
	for _, field := range fields {
		args = append(args, "-H", field)
	}
	before := s.cpu(b)
	out, err := exec.Command("taskset", append(args, base+"/rss.xml")...).CombinedOutput()
	took := s.cpu(b) - before
	count, rate := wrkCount.FindSubmatch(out), wrkRate.FindSubmatch(out)
	if err != nil || count == nil || rate == nil || strings.Contains(string(out), "Non-2xx") {
		b.Fatalf("wrk %s: %v\n%s", base, err, out)
	}
	n, _ := strconv.ParseFloat(string(count[1]), 64) // digits
	perSecond, _ := strconv.ParseFloat(string(rate[1]), 64)
	if n == 0 {
		b.Fatalf("%s gave no answer in a second", s.name)
	}
	return round{perSecond, took / n}
}

// cpu is the processor time that a server has taken, in seconds.
func (s *contestant) cpu(b *testing.B) float64 {
	var all float64
	for _, pid := range s.pids {
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if err != nil {
			b.Fatal(err)
		}
		for _, process := range append(strings.Fields(string(children)), strconv.Itoa(pid)) {
			tasks, err := filepath.Glob("/proc/" + process + "/task/*/schedstat")
			if err != nil || len(tasks) == 0 {
				b.Fatalf("process %s of %s has ended", process, s.name)
			}
			for _, task := range tasks {
				figures, err := os.ReadFile(task)
				if err != nil {
					continue // a thread that has ended
				}
				nanoseconds, _, _ := strings.Cut(string(figures), " ")
				n, err := strconv.ParseFloat(nanoseconds, 64)
				if err != nil {
					b.Fatal(err)
				}
				all += n / 1e9
			}
		}
	}
	return all
}

// resident is how much memory the first process of a server has, in bytes.
func (s *contestant) resident(b *testing.B) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pids[0]))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
	if err != nil {
		b.Fatal(err)
	}
	return kib * 1024
}

// poll asks once, and keeps the connection.
func (s *contestant) poll(b *testing.B) net.Conn {
	c, err := net.Dial("tcp", s.at["http"])
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /rss.xml HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: *\r\n\r\n"); err != nil {
		b.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != http.StatusNotModified {
		b.Fatalf("got %v, %v, want a 304", resp, err)
	}
	return c
}
