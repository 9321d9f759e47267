package check

import (
	"bytes"
	"crypto/sha256"
	"hash/maphash"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// A prose is what is known of HTML that stands in a feed, by its bytes alone.
type prose struct {
	faults []remark
	shown  sum // of what a reader sees, see [visible]

	characters int    // that a reader sees
	picture    bool   // there is one
	widest     int    // pixels of the widest picture; 0 when none is stated
	beyondMSN  string // an element that MSN does not show; empty when there is none
}

// A remark is something wrong with a text, wherever that stands.
type remark struct {
	rule rule
	text string
}

// sum is a digest.
type sum [16]byte

func sumOf(b []byte) sum {
	whole := sha256.Sum256(b)
	return sum(whole[:])
}

// judgeProse judges HTML. Each rule is reported once of one text.
func judgeProse(v []byte) *prose {
	if bytes.IndexByte(v, '<') < 0 && bytes.IndexByte(v, '&') < 0 {
		shown := v
		if !isShown(v) {
			shown = []byte(visible(string(v)))
		}
		return &prose{characters: characters(v), shown: sumOf(shown)}
	}
	w := proseWorks.Get().(*proseWork)
	defer proseWorks.Put(w)
	w.reset(v)
	var p prose
	f, s, h := &w.fragment, &w.showing, &w.scanner
	for {
		switch h.next() {
		case html.ErrorToken:
			if len(bytes.TrimSpace(h.raw)) > 0 {
				f.fault(notHTML, "ends inside a tag or comment")
			}
			f.close()
			p.faults, p.shown = f.found, sumOf(s.text)
			w.reset(nil)
			return &p
		case html.TextToken:
			f.text(h.raw)
			text := h.text()
			p.characters += characters(bytes.TrimSpace(text))
			s.write(text)
		case html.StartTagToken, html.SelfClosingTagToken:
			f.start(h)
			s.open(h)
			p.element(h)
		case html.EndTagToken:
			f.end(h)
		}
	}
}

// A proseWork is what judging a text needs, for the next one.
type proseWork struct {
	fragment fragment
	showing  showing
	scanner  htmlScanner
}

var proseWorks = sync.Pool{New: func() any { return new(proseWork) }}

// reset begins with a text.
func (w *proseWork) reset(v []byte) {
	w.fragment = fragment{open: w.fragment.open[:0]}
	w.showing = showing{text: w.showing.text[:0]}
	w.scanner = htmlScanner{src: v, attrs: w.scanner.attrs[:0]}
}

// isShown tells that text without markup is shown as it is written: words of ASCII
// with a space between them.
func isShown(v []byte) bool {
	space := true // came last
	for _, c := range v {
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || len(v) == 0
}

// element notes what partners make of an element.
func (p *prose) element(h *htmlScanner) {
	if p.beyondMSN == "" && !msnElements[string(h.name)] {
		p.beyondMSN = string(h.name)
	}
	if string(h.name) != "img" {
		return
	}
	p.picture = true
	for _, a := range h.attrs {
		if string(a.key) == "width" {
			if n, err := strconv.Atoi(string(a.value)); err == nil {
				p.widest = max(p.widest, n)
			}
		}
	}
}

// visible returns what a reader sees of HTML: its text, with white space as it
// is shown, and marks for structure, links and pictures.
func visible(v string) string {
	if !strings.ContainsAny(v, "<&") {
		return strings.Join(strings.Fields(v), " ")
	}
	var s showing
	for h := newHTMLScanner([]byte(v)); ; {
		switch h.next() {
		case html.ErrorToken:
			return string(s.text)
		case html.TextToken:
			s.write(h.text())
		case html.StartTagToken, html.SelfClosingTagToken:
			s.open(h)
		}
	}
}

// A showing gathers what is visible.
type showing struct {
	text  []byte
	space bool // white space came last
}

// write takes in text.
func (s *showing) write(text []byte) {
	for len(text) > 0 {
		n := shownRun(text) // bytes that are shown as they are
		for n < len(text) && (text[n] > ' ' || !isSpace(text[n]) || text[n] == ' ' && n > 0 && n+1 < len(text) && !isSpace(text[n+1])) {
			n++
		}
		if n > 0 {
			if s.space && len(s.text) > 0 {
				s.text = append(s.text, ' ')
			}
			s.text = append(s.text, text[:n]...)
			s.space = false
		}
		for text = text[n:]; len(text) > 0 && isSpace(text[0]); text = text[1:] {
			s.space = true
		}
	}
}

// open takes in a start tag.
func (s *showing) open(h *htmlScanner) {
	if len(s.text) > 0 || string(h.name) != "p" {
		s.text = append(append(s.text, '<'), h.name...)
	}
	for _, a := range h.attrs {
		switch string(a.key) {
		case "href", "src", "alt":
			s.text = append(append(s.text, ' '), a.value...)
		}
	}
	s.space = false
}

// proses remember what was judged: the text of an entry is the same in all
// formats, in its archive and in the next edition. Nil remembers nothing.
type proses struct {
	mu sync.Mutex // guards what follows
	// Those of before are dropped when there are enough new ones.
	known, before map[proseKey]*prose
}

// mostProses is how many are remembered at least, and half of how many at most.
const mostProses = 2048

// memorable is from how many bytes on a text is remembered.
const memorable = 200

// proseKey names a text. Both hashes begin with what nobody outside of the
// process can know, so that no two texts can be made to have the same.
type proseKey struct{ first, second uint64 }

var firstSeed, secondSeed = maphash.MakeSeed(), maphash.MakeSeed()

func keyOf(v []byte) proseKey {
	return proseKey{maphash.Bytes(firstSeed, v), maphash.Bytes(secondSeed, v)}
}

// of judges a text, or remembers it.
func (m *proses) of(v []byte) *prose {
	if m == nil || len(v) < memorable {
		return judgeProse(v)
	}
	key := keyOf(v)
	if p := m.recall(key); p != nil {
		return p
	}
	p := judgeProse(v)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(key, p)
	return p
}

func (m *proses) recall(key proseKey) *prose {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.known[key]
	if p == nil {
		if p = m.before[key]; p != nil {
			m.keep(key, p)
		}
	}
	return p
}

// keep needs the lock.
func (m *proses) keep(key proseKey, p *prose) {
	if m.known == nil || len(m.known) >= mostProses {
		m.known, m.before = map[proseKey]*prose{}, m.known
	}
	m.known[key] = p
}
