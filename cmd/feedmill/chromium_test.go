package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is a Chromium that a test speaks to in the DevTools protocol
// (https://chromedevtools.github.io/devtools-protocol/), over its pipe: a JSON
// object and a zero byte each way.
type browser struct {
	t       *testing.T
	in      io.Writer
	answers chan message
	last    int

	mu     sync.Mutex
	events []message // since the last take
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct{ Message string }
}

// openBrowser starts Chromium until the test ends, or skips the test. What it
// asks of others than this machine, also on its own account, leads nowhere.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("executes a browser")
	}
	chromium := reader(t, "chromium")
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
		"--user-data-dir="+t.TempDir(), "--proxy-server=127.0.0.1:9", "--remote-debugging-pipe")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, in: in, answers: make(chan message, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.listen(out)
	}()
	t.Cleanup(func() {
		in.Close() // which it takes for the end
		select {
		case <-ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill() // it may have ended by now
		}
		_ = cmd.Wait() // its status says nothing of the pages
		out.Close()
	})
	return b
}

// listen takes in what Chromium says.
func (b *browser) listen(out io.Reader) {
	defer close(b.answers)
	var pending []byte
	chunk := make([]byte, 64<<10)
	for {
		n, err := out.Read(chunk)
		pending = append(pending, chunk[:n]...)
		for {
			text, rest, ok := bytes.Cut(pending, []byte{0})
			if !ok {
				break
			}
			pending = rest
			var m message
			if json.Unmarshal(text, &m) != nil {
				continue
			}
			if m.ID > 0 {
				b.answers <- m
				continue
			}
			b.mu.Lock()
			b.events = append(b.events, m)
			b.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// call asks for something and waits for the answer.
func (b *browser) call(session, method string, params map[string]any, result any) {
	b.t.Helper()
	b.last++
	request, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	if session != "" {
		request, err = json.Marshal(map[string]any{"id": b.last, "sessionId": session, "method": method, "params": params})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.in.Write(append(request, 0)); err != nil {
		b.t.Fatalf("chromium: %s: %v", method, err)
	}
	late := time.After(patience)
	for {
		select {
		case m, ok := <-b.answers:
			switch {
			case !ok:
				b.t.Fatalf("chromium ended during %s", method)
			case m.ID != b.last:
				continue
			case m.Error != nil:
				b.t.Fatalf("chromium: %s: %s", method, m.Error.Message)
			}
			if result != nil {
				if err := json.Unmarshal(m.Result, result); err != nil {
					b.t.Fatalf("chromium: %s: %v", method, err)
				}
			}
			return
		case <-late:
			b.t.Fatalf("chromium: %s: no answer within %v", method, patience)
		}
	}
}

// take returns the events since the last take.
func (b *browser) take() []message {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := b.events
	b.events = nil
	return events
}

// tab is one page of a browser.
type tab struct {
	*browser
	session  string
	loaded   bool
	requests []string // addresses, data: left out
	said     []string // on the console, and what went wrong
}

func (b *browser) open() *tab {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := &tab{browser: b, session: attached.SessionID}
	for _, domain := range []string{"Page", "Network", "Runtime", "Log", "Audits"} {
		p.call(domain+".enable", nil, nil)
	}
	return p
}

func (p *tab) call(method string, params map[string]any, result any) {
	p.t.Helper()
	p.browser.call(p.session, method, params, result)
}

// visit opens an address and waits until the page has all that it needs.
func (p *tab) visit(address string) {
	p.t.Helper()
	p.hear()
	p.requests, p.said, p.loaded = nil, nil, false
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !p.loaded; p.hear() {
		select {
		case <-late:
			p.t.Fatalf("%s: not loaded within %v", address, patience)
		case <-tick.C:
		}
	}
}

// hear notes what was said about the page since.
func (p *tab) hear() {
	p.t.Helper()
	for _, m := range p.take() {
		p.note(m)
	}
}

// note notes what an event says about the page.
func (p *tab) note(m message) {
	var event struct {
		Request struct{ URL string }
		Entry   struct{ Level, Text, URL string }
		Args    []struct{ Value, Description any }
		Type    string
		Issue   struct {
			Code    string
			Details struct {
				ContentSecurityPolicyIssueDetails *struct{ ViolatedDirective, BlockedURL string }
			}
		}
		ExceptionDetails struct{ Text string }
	}
	if err := json.Unmarshal(m.Params, &event); err != nil {
		p.t.Fatalf("chromium: %s: %v", m.Method, err)
	}
	switch m.Method {
	case "Page.loadEventFired":
		p.loaded = true
	case "Network.requestWillBeSent":
		if !strings.HasPrefix(event.Request.URL, "data:") {
			p.requests = append(p.requests, event.Request.URL)
		}
	case "Network.loadingFailed":
		p.said = append(p.said, string(m.Params))
	case "Log.entryAdded":
		p.said = append(p.said, event.Entry.Level+": "+event.Entry.Text+" "+event.Entry.URL)
	case "Runtime.consoleAPICalled":
		p.said = append(p.said, fmt.Sprintf("%s: %v", event.Type, event.Args))
	case "Runtime.exceptionThrown":
		p.said = append(p.said, event.ExceptionDetails.Text)
	case "Audits.issueAdded":
		if d := event.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			p.said = append(p.said, "policy: "+d.ViolatedDirective+" "+d.BlockedURL)
		} else {
			p.said = append(p.said, event.Issue.Code)
		}
	}
}

// look sets the window's width, "light" or "dark", and "screen" or "print".
func (p *tab) look(width int, scheme, media string) {
	p.t.Helper()
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	p.call("Emulation.setEmulatedMedia", map[string]any{"media": media, "features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// eval runs JavaScript in the page, from outside, and reads its value.
func (p *tab) eval(expression string, value any) {
	p.t.Helper()
	var result struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails any
	}
	p.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &result)
	if result.ExceptionDetails != nil {
		p.t.Fatalf("%s: %v", expression, result.ExceptionDetails)
	}
	if err := json.Unmarshal(result.Result.Value, value); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
}

// shoot takes a picture into a file of the test's and returns how bright the
// upper left corner of the page is, from 0 to 1.
func (p *tab) shoot(name string) float64 {
	p.t.Helper()
	var shot struct{ Data string }
	p.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true}, &shot)
	picture, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.t.ArtifactDir(), name+".png"), picture, 0o666); err != nil {
		p.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		p.t.Fatal(err)
	}
	r, g, b, _ := img.At(2, 2).RGBA()
	return float64(r+g+b) / (3 * math.MaxUint16)
}

// click presses the mouse in the middle of an element.
func (p *tab) click(selector string) {
	p.t.Helper()
	var at struct{ X, Y float64 }
	p.eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2}; })()`, selector), &at)
	for _, event := range []string{"mousePressed", "mouseReleased"} {
		p.call("Input.dispatchMouseEvent", map[string]any{"type": event, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}

// scripts are articles in many scripts, and one that has all there can be.
var scripts = map[string]string{
	"arabic.md":     "---\nlang: ar\ntags: [كوسوفو]\nauthor: ليلى حسن\n---\n# خبر قصير من بريشتينا\n\nقال الأمين العام لحلف الناتو إن *المحادثات* جارية في Kosovo.\n",
	"hebrew.md":     "---\nlang: he\nauthors: [דנה כהן, יוסי לוי]\n---\n# רכבת קטנה מטפסת אל האגם\n\nהרכבת של 8.30 יוצאת ב־8.41.\n",
	"hindi.md":      "---\nlang: hi\n---\n# झील तक चढ़ती छोटी रेलगाड़ी\n\nसाढ़े आठ बजे की गाड़ी।\n",
	"chinese.md":    "---\nlang: zh-Hans\n---\n# 驶向湖边的小火车\n\n八点半的火车八点四十一分才开，*因为列车员在等面包*。\n",
	"japanese.md":   "---\nlang: ja\n---\n# 湖へ登る小さな鉄道\n\n八時三十分の列車は八時四十一分に出発する。\n",
	"thai.md":       "---\nlang: th\n---\n# รถไฟสายเล็กที่ไต่ขึ้นไปยังทะเลสาบ\n\nรถไฟเที่ยวแปดโมงครึ่ง\n",
	"macedonian.md": "---\nlang: mk\n---\n# Малата железница\n\nВозот од 8.30 тргнува во 8.41.\n",
	"all.md": "---\ntitle: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen </script> & <b>more</b>'\nauthors: [{name: Ana, url: https://example.org/ana}, Luan]\ntags: [a, b]\nimage: travel/lake-railway.png\n" +
		"updated: 2026-06-01\ndate: 2026-05-01\n---\nText with `code` and a note.[^1]\n\n| a | b | c | d | e | f | g | h | i |\n| --- | --- | --- | ---: | --- | --- | --- | --- | --- |\n" +
		"| incomprehensible | incomprehensible | incomprehensible | incomprehensible | incomprehensible | incomprehensible | incomprehensible | incomprehensible | incomprehensible |\n\n" +
		"```\n" + strings.Repeat("a very long line ", 20) + "\n```\n\n[^1]: The note.\n",
}

var views = []struct {
	name          string
	width         int
	scheme, media string
	dark          bool
}{
	{"wide", 1280, "light", "screen", false},
	{"dark", 1280, "dark", "screen", true},
	{"narrow", 320, "light", "screen", false},
	{"print", 800, "dark", "print", false},
}

// TestChromiumShowsEveryPage opens all pages in a real browser: nothing is
// complained about, nothing is asked of anybody else, and nothing is wider than
// the window, in light and dark, wide and narrow, on screen and on paper.
func TestChromiumShowsEveryPage(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	dir := newsroom(t, nil)
	for name, text := range scripts {
		write(t, filepath.Join(dir, "articles", name), text)
	}
	address := freePort(t)
	settings := filepath.Join(dir, "articles", "site.yaml")
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + address + "/"
	write(t, settings, strings.Replace(string(text), "http://localhost:8080/", base, 1))
	r := start(t, dir, "--schedule", "@every 1h", "--listen", address)
	r.base = base
	r.wait("the articles", r.shows("rss.xml", "Kosovo"))

	var pages []string
	r.wait("all pages of articles", func() bool { // served before they lie in their places
		if pages, err = filepath.Glob(filepath.Join(dir, "feeds", "articles", "*", "index.html")); err != nil {
			t.Fatal(err)
		}
		return len(pages) == 4+len(scripts)
	})
	paths := []string{"", "feeds/", "rss.xml", "atom.xml", "feed.json"}
	for _, page := range pages {
		paths = append(paths, "articles/"+filepath.Base(filepath.Dir(page))+"/")
	}
	pictured := []string{"", "feeds/", "articles/all/", "articles/arabic/"} // one of each kind
	p := b.open()
	for _, path := range paths {
		name := strings.Trim(strings.ReplaceAll("site/"+path, "/", "-"), "-")
		p.look(1280, "light", "screen")
		p.visit(base + path)
		for _, view := range views {
			if !strings.HasSuffix(path, "/") && path != "" {
				break // Chromium shows feeds as plain text
			}
			p.look(view.width, view.scheme, view.media)
			var over int
			p.eval("document.documentElement.scrollWidth - window.innerWidth", &over)
			if over > 0 {
				t.Errorf("/%s, %s: %d pixels wider than the window", path, view.name, over)
			}
			if !slices.Contains(pictured, path) {
				continue
			}
			if bright := p.shoot(name + "-" + view.name); (bright < 0.5) != view.dark {
				t.Errorf("/%s, %s: the page is %.0f%% bright", path, view.name, 100*bright)
			}
		}
		p.hear()
		for _, request := range p.requests {
			if !strings.HasPrefix(request, base) {
				t.Errorf("/%s asks for %s", path, request)
			}
		}
		for _, what := range p.said {
			t.Errorf("/%s: chromium says: %s", path, what)
		}
	}
}

// TestChromiumSelectsAnAddress clicks an address on the page of the feeds, as
// somebody does who wants to copy it.
func TestChromiumSelectsAnAddress(t *testing.T) {
	t.Parallel()
	p := openBrowser(t).open()
	r := start(t, newsroom(t, nil), "--schedule", "@every 1h")
	r.wait("the page", r.shows("feeds/", "Atom"))
	p.visit(r.base + "feeds/")
	p.click(".addresses > div:nth-child(2) .address")
	var selected string
	p.eval("getSelection().toString().trim()", &selected)
	if want := "http://localhost:8080/atom.xml"; selected != want {
		t.Errorf("a click selects %q, want %q", selected, want)
	}
}

// TestChromiumStylesTheXML opens the published files as any web server sends
// them: as XML. Their style sheet shows titles, and no markup.
func TestChromiumStylesTheXML(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	_, feeds := buildSample(t, time.Now())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".xml") {
			w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		}
		if r.URL.Path != "/favicon.ico" {
			http.ServeFile(w, r, filepath.Join(feeds, r.URL.Path))
		}
	}))
	t.Cleanup(s.Close)
	p := b.open()
	for _, name := range []string{"rss.xml", "atom.xml"} {
		p.look(1280, "light", "screen")
		p.visit(s.URL + "/" + name)
		for _, what := range p.said {
			t.Errorf("%s: chromium says: %s", name, what)
		}
		var shown string
		p.eval(`(() => { let s = ""; for (const e of document.getElementsByTagName("*")) if (e.checkVisibility() && e.children.length == 0) s += e.textContent + "\n"; return s; })()`, &shown)
		for _, want := range []string{"The Balkan Desk", "Nato considers permanent increase in military presence in Kosovo", "Valentina Dimitrievska"} {
			if !strings.Contains(shown, want+"\n") {
				t.Errorf("%s does not show %q:\n%s", name, want, shown)
			}
		}
		for _, never := range []string{"<p>", "tag:example.org", "feedmill", "rssboard"} {
			if strings.Contains(shown, never) {
				t.Errorf("%s shows %q:\n%s", name, never, shown)
			}
		}
		if bright := p.shoot(strings.TrimSuffix(name, ".xml") + "-light"); bright < 0.9 {
			t.Errorf("%s: in light the page is %.0f%% bright", name, 100*bright)
		}
		p.look(400, "dark", "screen")
		if bright := p.shoot(strings.TrimSuffix(name, ".xml") + "-dark"); bright > 0.2 {
			t.Errorf("%s: in dark the page is %.0f%% bright", name, 100*bright)
		}
	}
}
