package serve

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// serviceManager is the socket that one listens at.
func serviceManager(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "notify") // a short path: those of sockets are bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	name := filepath.Join(dir, "socket")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", name)
	return conn
}

func hear(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestNotifier(t *testing.T) {
	conn := serviceManager(t)
	n := NewNotifier(testLog(t))
	n.Ready()
	n.Ready() // it is
	n.Status("published 4 articles\nSTOPPING=1")
	n.Reloading()
	n.Ready()
	n.Stopping()
	for _, want := range []string{
		`READY=1`, `STATUS=published 4 articles STOPPING=1`, `RELOADING=1\nMONOTONIC_USEC=\d+\n`, `READY=1`, `STOPPING=1`,
	} {
		if got := hear(t, conn); !regexp.MustCompile("^" + want + "$").MatchString(got) {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

func TestNotifierWithoutManager(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "nobody"))
	var log bytes.Buffer
	n := NewNotifier(slog.New(slog.NewTextHandler(&log, nil)))
	n.Ready()
	n.Stopping()
	if got := strings.Count(log.String(), "service manager not told"); got != 1 {
		t.Errorf("got %d warnings, want 1:\n%s", got, &log)
	}
	t.Setenv("NOTIFY_SOCKET", "")
	log.Reset()
	n = NewNotifier(slog.New(slog.NewTextHandler(&log, nil)))
	n.Ready()
	n.Watchdog(t.Context(), func() bool { t.Error("nobody asked"); return true })
	if log.Len() > 0 {
		t.Errorf("without a manager: got %q, want nothing", &log)
	}
}

func TestWatchdog(t *testing.T) {
	conn := serviceManager(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	n := NewNotifier(testLog(t))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	var asked int
	go func() {
		defer close(ended)
		n.Watchdog(ctx, func() bool {
			asked++
			if asked == 4 {
				stop()
			}
			return asked != 2 // then a build is overdue
		})
	}()
	<-ended
	n.Stopping()
	var heard []string
	for len(heard) == 0 || heard[len(heard)-1] != "STOPPING=1" {
		heard = append(heard, hear(t, conn))
	}
	if want := []string{"WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"}; asked != 4 || !slices.Equal(heard, want) {
		t.Errorf("asked %d times: got %q, want %q", asked, heard, want)
	}
}

// TestInheritedChild is no test by itself: it is the process that TestInherited
// starts.
func TestInheritedChild(t *testing.T) {
	if os.Getenv("FEEDMILL_TEST_CHILD") == "" {
		return // a process of TestInherited; by itself there is nothing to test
	}
	s, err := Inherited()
	if err != nil {
		t.Fatal(err)
	}
	for name, listeners := range map[string][]net.Listener{"public": s.Public, "http": s.HTTP, "admin": s.Admin} {
		for _, l := range listeners {
			t.Logf("%s %s", name, l.Addr())
		}
	}
	again, err := Inherited()
	if err != nil || len(again.Public)+len(again.HTTP)+len(again.Admin) > 0 {
		t.Errorf("for the second time: got %v, %v, want none", again, err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// Sockets that another process opened come in by their names.
func TestInherited(t *testing.T) {
	if testing.Short() {
		t.Skip("executes the test")
	}
	var files []*os.File
	var addresses []string
	for range 4 {
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
		files, addresses = append(files, file), append(addresses, l.Addr().String())
	}
	packets, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	packet, err := packets.File()
	if err != nil {
		t.Fatal(err)
	}
	defer packet.Close()
	child := func(pid, names string, files ...*os.File) string {
		// The process has to be named, and is known to itself alone.
		cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=`+pid+` exec "$0" -test.run '^TestInheritedChild$' -test.v`, os.Args[0])
		cmd.Env = append(os.Environ(), "FEEDMILL_TEST_CHILD=1", "LISTEN_FDS="+string(rune('0'+len(files))), "LISTEN_FDNAMES="+names)
		cmd.ExtraFiles = files
		out, _ := cmd.CombinedOutput() // what it says is looked at
		return string(out)
	}

	out := child("$$", "feedmill.socket:listen-http:admin:listen", files...)
	for i, name := range []string{"public", "http", "admin", "public"} {
		if want := name + " " + addresses[i]; !strings.Contains(out, want) {
			t.Errorf("socket %d: want %q in\n%s", i, want, out)
		}
	}
	if !strings.Contains(out, "PASS") {
		t.Errorf("it fails:\n%s", out)
	}
	if out := child("1", "listen", files[0]); !strings.Contains(out, "PASS") || strings.Contains(out, addresses[0]) {
		t.Errorf("sockets of another process are taken:\n%s", out)
	}
	if out := child("$$", "news", packet); !strings.Contains(out, `socket "news" of the service manager`) {
		t.Errorf("a socket for packets is taken:\n%s", out)
	}
}
