package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// unasked is how long somebody at a terminal waits before being told how far a
// build is.
const unasked = time.Second

// progress tells somebody at a terminal how far a build is, when it takes more
// than a second: how many of how many, and the time left. It leaves nothing
// behind.
type progress struct {
	out   io.Writer
	began time.Time

	mu    sync.Mutex // guards what follows
	bar   *progressbar.ProgressBar
	doing string
}

// newProgress returns what tells on w, nil when nobody sits there: in a log a bar
// is litter.
func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{out: w, began: time.Now()}
}

// tell says that so many of all are done. It may be called from everywhere, and
// on nil.
func (p *progress) tell(doing string, done, all int) {
	if p == nil || time.Since(p.began) < unasked {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil || p.doing != doing {
		p.clear()
		p.doing = doing
		p.bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(doing),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(false),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	// An error is that of the terminal, which then shows no bar.
	_ = p.bar.Set(done)
}

// clear takes the bar away.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// end takes the bar away for good: what comes now is to stay.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
