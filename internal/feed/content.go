package feed

import (
	"container/list"
	"crypto/sha256"
	"hash"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"feedmill/internal/article"
)

// Content renders the entry's body, unless it is still at hand. An error is one
// of this entry alone: without it the rest can be shown.
func (e *Entry) Content() (Content, error) {
	s := e.words()
	if s.given != nil {
		return s.given()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content != nil {
		return s.content.Content, nil
	}
	c, f, err := render(e.Article, s.shelf.places())
	if err != nil {
		return Content{}, err
	}
	if s.facts == nil {
		s.facts = f
		s.shelf.learn(e, f)
	}
	s.content = &book{Content: c, of: s, size: len(c.HTML) + len(c.Text) + len(c.Summary)}
	s.shelf.keep(s.content)
	return c, nil
}

// Release gives up the entry's content, which nothing that is made now will show
// again. Whoever asks for it all the same has it rendered anew.
func (e *Entry) Release() {
	s := e.said.Load()
	if s == nil || s.given != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content != nil {
		s.shelf.release(s.content)
		s.content = nil
	}
}

// facts returns what is known of the content, rendering it when nothing is.
func (e *Entry) facts() (*facts, error) {
	s := e.words()
	if s.given == nil {
		s.mu.Lock()
		if s.facts == nil {
			s.facts = s.shelf.find(e)
		}
		f := s.facts
		s.mu.Unlock()
		if f != nil {
			return f, nil
		}
	}
	c, err := e.Content()
	if err != nil {
		return nil, err
	}
	if s.given != nil {
		return factsOf(c), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts, nil
}

// ask has the facts found of some entries, by their places, on all processors:
// of those of which nothing is known that is to render them.
func ask(entries []*Entry, at []int) {
	var next atomic.Int64
	work := func() {
		for n := int(next.Add(1)); n <= len(at); n = int(next.Add(1)) {
			// Whoever shows an entry that cannot be rendered says so.
			_, _ = entries[at[n-1]].facts()
		}
	}
	unknown := 0
	for _, i := range at {
		unknown += b2i(!entries[i].words().isKnown())
	}
	if unknown < 2 {
		return
	}
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), unknown) {
		workers.Go(work)
	}
	workers.Wait()
}

// isKnown reports whether the facts are at hand.
func (s *words) isKnown() bool {
	if s.given != nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts != nil
}

// Media returns the files that the entry shows, as its Content does, without
// rendering when they are known.
func (e *Entry) Media() ([]Media, error) {
	f, err := e.facts()
	if err != nil {
		return nil, err
	}
	return f.media, nil
}

// Illustrated returns the entries that show files.
func (c Composition) Illustrated() []*Entry {
	s := c.making.shelf
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*Entry
	for e := range s.asking { // a file is asked for
		if len(e.words().facts.media) > 0 && c.making.roll.at(e.Article.Path) == e {
			all = append(all, e)
		}
	}
	return all
}

// Ailments returns what rendering found in the entries that documents show. They
// must have been rendered, or their keys been asked for.
func (c Composition) Ailments() []article.Problem {
	s := c.making.shelf
	s.mu.Lock()
	ailing := slices.Collect(maps.Keys(s.ailing))
	s.mu.Unlock()
	var all []article.Problem
	for _, e := range ailing {
		if c.making.roll.at(e.Article.Path) == e && c.shows(e) {
			all = append(all, e.words().facts.problems...)
		}
	}
	return all
}

// shows reports whether a page, a feed or an archive shows an entry.
func (c Composition) shows(e *Entry) bool {
	if e.Page() != "" {
		return true
	}
	for _, d := range c.making.divisions {
		if len(d.feed.Archives) > 0 && has(d.plan.entries, e) || slices.Contains(d.feed.Entries, e) {
			return true
		}
	}
	return false
}

// words returns what e says.
func (e *Entry) words() *words {
	if said := e.said.Load(); said != nil {
		return said
	}
	e.said.CompareAndSwap(nil, &words{shelf: e.imprint.shelf})
	return e.said.Load()
}

// words is what an entry says. It is the same for as long as the entry lives: one
// whose addresses lead elsewhere is another entry.
type words struct {
	given func() (Content, error) // of NewEntry; then the rest is empty
	shelf *shelf

	mu      sync.Mutex // guards what follows
	facts   *facts     // nil: not known
	key     *Key       // of an entry; nil: not known
	keyOf   *Entry     // whose key that is: a partner's may have another date
	content *book      // nil: to be rendered
}

// holds reports whether the facts, and the content with them, are what rendering
// would give now: whether all that was asked has the same answers.
func (s *words) holds(a *article.Article, p *places) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facts == nil || s.facts.hold(a, p)
}

func (f *facts) hold(a *article.Article, p *places) bool {
	if len(f.asked) == 0 {
		return true
	}
	r := newResolver(p, a)
	for _, asked := range f.asked {
		switch ref := asked[1:]; asked[0] {
		case askedSize:
			r.measure(ref)
		case askedData:
			r.data(ref)
		default:
			r.resolve(ref)
		}
	}
	return r.answers() == f.answers
}

// facts are what is known of an entry's content without having it.
type facts struct {
	// key names what the content is made of: the article's file. Besides, it
	// depends on the answers to what was asked.
	key     Key
	asked   []string // in the order of asking; the first byte says what for
	answers Key

	said, body int // bytes, as of Entry.size
	media      []Media
	problems   []article.Problem
	private    bool // not for all: what it asks for is not written down
}

const (
	askedAddress = 'a'
	askedSize    = 's'
	askedData    = 'd' // an address that may be a file of JSON
)

func factsOf(c Content) *facts {
	return &facts{said: len(c.Summary), body: len(c.HTML), media: c.Media, problems: c.Problems}
}

// render makes the content of an article, and the facts of it.
func render(a *article.Article, p *places) (Content, *facts, error) {
	r := newResolver(p, a)
	body, err := a.Body(r.resolve)
	if err != nil {
		return Content{}, nil, err
	}
	if a.Showing.Summary {
		// The rest is for some alone: it is not here to be shown by mistake, in
		// a feed, on a page or as a file beside one.
		body.HTML, body.Text = "<p>"+escapeText.Replace(body.Summary)+"</p>", body.Summary
		body.Problems, r.media, r.names, r.problems = nil, nil, map[string]string{}, nil
	}
	c := Content{HTML: body.HTML, Text: body.Text, Summary: body.Summary}
	if pic := a.Picture; pic != nil && pic.Src != "" {
		if url := r.resolve(pic.Src); url != "" {
			c.Picture = &Picture{URL: url, Type: mediaType(pathOf(url)), Title: pic.Title, Alt: pic.Alt, Caption: pic.Caption, Credit: pic.Credit}
			c.Picture.Length, c.Picture.Width, c.Picture.Height = r.measure(pic.Src)
			if c.Picture.Width == 0 {
				c.Picture.Width, c.Picture.Height = pic.Width, pic.Height
			}
		}
	}
	if !a.Showing.Summary {
		for _, said := range a.Enclosures {
			if enc, ok := r.enclosure(said); ok {
				c.Enclosures = append(c.Enclosures, enc)
			}
		}
		c.Banner, c.Links, c.Episode = r.address(a.Banner), r.links(a.Links), r.episode(a.Episode)
	}
	c.Media, c.Problems = r.media, append(r.problems, body.Problems...)
	f := factsOf(c)
	f.key, f.asked, f.answers = sourceKey(a), r.asked, r.answers()
	f.private = a.Showing.Nowhere || a.Showing.Summary || len(a.Showing.Only) > 0 || a.Withdrawn
	return c, f, nil
}

var escapeText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// shelf is where contents stand that may be asked for again, as many as there is
// room for, and what is known of those that do not. It outlives compositions.
type shelf struct {
	mu     sync.Mutex // guards what follows
	at     *places    // where articles are read now
	room   int        // bytes
	used   int
	order  list.List       // of *book, what was put there last in front
	known  map[Key]facts   // from another process, by their keys
	fresh  []*facts        // learnt since they were last asked for
	asking map[*Entry]bool // those whose facts are not theirs alone
	ailing map[*Entry]bool // those with problems
}

// book is a content on the shelf.
type book struct {
	Content
	of   *words
	size int
	at   *list.Element // where it stands; nil when it was taken from there
}

// most is how many bytes of contents are kept while a composition is rendered:
// those of some thousand articles, for pages, archives and feeds are made of the
// same.
const most = 64 << 20

func newShelf() *shelf {
	return &shelf{room: most, asking: map[*Entry]bool{}, ailing: map[*Entry]bool{}}
}

func (s *shelf) places() *places {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// move notes where articles are read now, and returns the entries of the roll
// whose content depends on it. Those of the last roll are remembered too: what
// comes of this one may not be published, and the next follow the last.
func (s *shelf) move(p *places, r, last *roll) []*Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = p
	past := func(e *Entry, _ bool) bool {
		return r.at(e.Article.Path) != e && (last == nil || last.at(e.Article.Path) != e)
	}
	maps.DeleteFunc(s.asking, past)
	maps.DeleteFunc(s.ailing, past)
	var asking []*Entry
	for e := range s.asking {
		if r.at(e.Article.Path) == e {
			asking = append(asking, e)
		}
	}
	return asking
}

// learn notes the facts of an entry.
func (s *shelf) learn(e *Entry, f *facts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = append(s.fresh, f)
	s.sort(e, f)
}

// sort remembers the entries whose facts are to be looked at again. The caller
// has the lock.
func (s *shelf) sort(e *Entry, f *facts) {
	if len(f.asked) > 0 {
		s.asking[e] = true
	}
	if len(f.problems) > 0 {
		s.ailing[e] = true
	}
}

// find returns the facts of an entry that another process knew, if they hold.
func (s *shelf) find(e *Entry) *facts {
	s.mu.Lock()
	known, p := len(s.known) > 0, s.at
	s.mu.Unlock()
	if !known {
		return nil
	}
	key := sourceKey(e.Article)
	s.mu.Lock()
	f, ok := s.known[key]
	s.mu.Unlock()
	if !ok || !f.hold(e.Article, p) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sort(e, &f)
	return &f
}

// keep puts a content on the shelf, and takes others from it for which there is
// no room. The caller has the lock of its words.
func (s *shelf) keep(b *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b.at = s.order.PushFront(b)
	s.used += b.size
	for s.used > s.room && s.order.Len() > 1 {
		s.drop(b)
	}
}

// release takes a content from the shelf.
func (s *shelf) release(b *book) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(b)
}

func (s *shelf) take(b *book) {
	if b.at != nil {
		s.order.Remove(b.at)
		s.used -= b.size
		b.at = nil
	}
}

// drop takes from the shelf what has stood there the longest. Whose lock is
// taken just now is being rendered anew: what it had is gone already.
func (s *shelf) drop(mine *book) {
	old := s.order.Back().Value.(*book)
	s.take(old)
	if old.of != mine.of && old.of.mu.TryLock() {
		old.of.content = nil
		old.of.mu.Unlock()
	}
}

// answering hashes the answers that a resolver gives.
type answering struct {
	asked []string
	sum   hash.Hash
}

// note notes an answer.
func (a *answering) note(what byte, ref string, answer ...string) {
	if a.sum == nil {
		a.sum = sha256.New()
	}
	a.asked = append(a.asked, string(what)+ref)
	for _, s := range append([]string{string(what), ref}, answer...) {
		a.sum.Write([]byte(s))
		a.sum.Write([]byte{0xff}) // in no UTF-8
	}
}

// answers returns what names all answers.
func (a *answering) answers() (k Key) {
	if a.sum != nil {
		copy(k[:], a.sum.Sum(nil))
	}
	return k
}
