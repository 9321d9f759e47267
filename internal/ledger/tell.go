package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"feedmill/internal/article"
)

// Told is what Tell answers.
type Told struct {
	// Articles are the articles given, completed with id, address and dates,
	// sorted by path. Those dated after now pass as they came, without an id:
	// the ledger does not know them before their time.
	Articles []*article.Article
	// Problems name the articles that were kept out.
	Problems []article.Problem

	Before   int // articles that were there until now
	New      int // seen for the first time
	Vanished int // there until now, and no longer
	Renamed  int
	Early    int // of those that vanished, those whose time had come and has not any more
}

// Hold returns why an edition made of these articles should not follow the
// last one without being asked for, or an empty string: articles vanish by
// tens when a disk is not mounted or an export failed, seldom because someone
// meant it. That an article's time comes twice nobody means: the clock was set back.
func (t Told) Hold() string {
	left := t.Before - t.Vanished
	switch {
	case t.Before > 0 && left == 0 && t.New == 0:
		return fmt.Sprintf("all %d articles vanished", t.Before)
	case t.Vanished > 10 && t.Vanished > t.Before/2:
		return fmt.Sprintf("%d of %d articles vanished", t.Vanished, t.Before)
	case t.Early > 0:
		return fmt.Sprintf("the clock was set back: published already, and dated later than now: %d", t.Early)
	}
	return ""
}

// telling is what Tell was given and answered last.
type telling struct {
	now      time.Time // zero before the first
	all      []toldArticle
	problems bool // articles were kept out because of their ids
	purged   map[*article.Article]bool
	// changes is when, without anything changing, Tell has to be asked for an
	// article again; zero for never.
	changes time.Time
}

// toldArticle is an article as it was given and as it was answered; out is nil
// when it is not there.
type toldArticle struct{ in, out *article.Article }

// Tell takes note of the articles that are there at the instant now and
// completes each with what subscribers were, or will be, told about it. Of two
// articles with one id the one published earlier stays, then the first by
// path; the other is kept out. The articles given are not changed; of one that
// was given the last time too, the answer is the same value, if nothing about it
// changed.
func (l *Ledger) Tell(articles []*article.Article, now time.Time) (Told, error) {
	now = now.UTC().Truncate(time.Second)
	byPath := func(a, b *article.Article) int { return cmp.Compare(a.Path, b.Path) }
	// What stands where it stood the last time is in order.
	front, back := 0, 0
	for front < min(len(articles), len(l.last.all)) && articles[front] == l.last.all[front].in {
		front++
	}
	for back < min(len(articles), len(l.last.all))-front && articles[len(articles)-1-back] == l.last.all[len(l.last.all)-1-back].in {
		back++
	}
	if !slices.IsSortedFunc(articles[max(front-1, 0):min(len(articles)-back+1, len(articles))], byPath) {
		articles = slices.SortedFunc(slices.Values(articles), byPath)
	}
	if l.Empty() { // these will be all
		n := len(articles)
		l.records = slices.Grow(l.records, n)
		l.paths, l.ids, l.slugs = newIndex(n), newIndex(n), newIndex(n)
		l.fresh = make(map[string]bool, n)
	}
	articles, purged, refused := l.withoutPurged(articles)
	t := teller{Ledger: l, now: now, all: make([]toldArticle, len(articles)), blank: &record{
		past: &noPast, standing: &nowhere, Identity: article.Identity{Alias: article.AliasOf(""), Seen: article.At(now)}}}
	few := t.compare(articles)
	if few {
		few = t.certain()
	}
	if !few {
		t.again = slices.Grow(t.again[:0], len(t.all))
		for i := range t.all {
			t.again = append(t.again, i)
		}
		t.left = t.left[:0]
		here := make([]bool, len(l.records))
		for _, a := range articles {
			if n := l.numberOf(a.Path); n != 0 {
				here[n-1] = true
			}
		}
		for i, r := range l.records {
			if r != nil && r.Gone.IsZero() && !here[i] {
				t.left = append(t.left, r.path)
			}
		}
		slices.Sort(t.left)
	}
	if err := t.tellAgain(); err != nil {
		l.last = telling{}
		return Told{}, err
	}
	t.told.Articles = make([]*article.Article, 0, len(t.all))
	for _, a := range t.all {
		if a.out != nil {
			t.told.Articles = append(t.told.Articles, a.out)
		}
	}
	l.last = telling{now: now, all: t.all, problems: len(t.told.Problems) > 0, purged: purged, changes: t.changes}
	t.told.Problems = append(refused, t.told.Problems...)
	return t.told, nil
}

// WithoutPurged returns the articles that were not purged.
func (l *Ledger) WithoutPurged(articles []*article.Article) []*article.Article {
	kept, _, _ := l.withoutPurged(articles)
	return kept
}

// withoutPurged leaves out what was purged. It is not asked again about what was
// told the last time.
func (l *Ledger) withoutPurged(articles []*article.Article) (kept []*article.Article, purged map[*article.Article]bool, problems []article.Problem) {
	if len(l.purged) == 0 {
		return articles, nil, nil
	}
	purged = map[*article.Article]bool{}
	for _, a := range articles {
		i, there := slices.BinarySearchFunc(l.last.all, a.Path, func(a toldArticle, path string) int { return cmp.Compare(a.in.Path, path) })
		switch {
		case there && l.last.all[i].in == a:
			kept = append(kept, a)
		case l.last.purged[a] || l.Purged(a):
			purged[a] = true
			problems = append(problems, purgedProblem(a))
		default:
			kept = append(kept, a)
		}
	}
	return kept, purged, problems
}

// teller is one telling.
type teller struct {
	*Ledger
	now     time.Time
	all     []toldArticle
	again   []int    // indexes of those that have to be told about
	left    []string // paths of articles that were there and are not given any more
	changes time.Time
	told    Told
	blank   *record // what is known of a new article
}

// compare finds what is not as it was at the last telling, and reports false
// when there was none to compare with.
func (t *teller) compare(articles []*article.Article) bool {
	last := &t.last
	t.changes = last.changes
	passed := !last.changes.IsZero() && !t.now.Before(last.changes)
	if passed {
		t.changes = time.Time{}
	}
	at := 0
	for i, a := range articles {
		t.all[i].in = a
		for at < len(last.all) && last.all[at].in != a && last.all[at].in.Path < a.Path {
			t.left = append(t.left, last.all[at].in.Path)
			at++
		}
		if at < len(last.all) && last.all[at].in == a {
			t.all[i].out = last.all[at].out
			at++
			if !passed || !t.turned(a) {
				continue
			}
		} else if at < len(last.all) && last.all[at].in.Path == a.Path {
			at++
		}
		t.again = append(t.again, i)
	}
	for ; at < len(last.all); at++ {
		t.left = append(t.left, last.all[at].in.Path)
	}
	return !last.now.IsZero() && !t.now.Before(last.now) && !last.problems
}

// turned reports whether between the last telling and this one an instant came
// that an article states, and notes those that are still to come.
func (t *teller) turned(a *article.Article) (turned bool) {
	for _, at := range []time.Time{a.Begins(), a.Until, a.Updated.Time()} {
		switch {
		case at.After(t.now):
			t.changes = soonest(t.changes, at)
		case at.After(t.last.now):
			turned = true
		}
	}
	return turned
}

// certain reports whether what changed can be told about by itself: none of it
// claims an id that another article has or had.
func (t *teller) certain() bool {
	claimed := map[string]bool{}
	for _, i := range t.again {
		a := t.all[i].in
		id := cmp.Or(a.ID, t.idAt(a.Path))
		if id == "" {
			continue
		}
		owner := t.holder(id)
		if claimed[id] || owner != nil && owner.path != a.Path && (t.given(owner.path) || t.at(a.Path) != nil) {
			return false
		}
		claimed[id] = true
	}
	return true
}

// given reports whether an article at a path is among those that were given.
func (t *teller) given(path string) bool {
	_, ok := slices.BinarySearchFunc(t.all, path, func(a toldArticle, path string) int { return cmp.Compare(a.in.Path, path) })
	return ok
}

// tellAgain tells about what may have changed.
func (t *teller) tellAgain() error {
	due := make([]int, 0, len(t.again))
	for _, i := range t.again {
		a := t.all[i].in
		t.turned(a)
		switch {
		case a.Begins().After(t.now):
			t.all[i].out = a
			if r := t.at(a.Path); r != nil && r.Gone.IsZero() {
				t.left = append(t.left, a.Path)
				// Who keeps an article back again gives it another date.
				same := a.Published.Second().Equal(r.Published) || a.Published.Equal(article.At(r.Stated))
				if same && !a.From.After(a.Published.Time()) {
					t.told.Early++
				}
			}
		case a.Ended(t.now):
			t.all[i].out = nil
			if err := t.end(a.Path, t.now); err != nil {
				return err
			}
		default:
			due = append(due, i)
		}
	}
	t.told.Before = t.paths.count - len(t.gone)
	if err := t.rename(due); err != nil {
		return err
	}
	due = t.unique(due)
	t.stated = map[string]string{}
	for _, i := range due {
		if a := t.all[i].in; a.ID != "" {
			t.stated[a.ID] = a.Path
		}
	}
	// Articles that the ledger knows keep what they have before new ones are
	// given anything: a new file must not take an old one's address.
	unknown := due[:0]
	for _, i := range due {
		if old := t.at(t.all[i].in.Path); old == nil {
			unknown = append(unknown, i)
		} else if err := t.complete(i, old); err != nil {
			return err
		}
	}
	for _, i := range unknown {
		if err := t.complete(i, nil); err != nil {
			return err
		}
	}
	t.told.New += len(unknown)
	t.stated = nil
	slices.Sort(t.left)
	for _, path := range t.left {
		if r := t.at(path); r != nil && r.Gone.IsZero() {
			t.told.Vanished++
			if err := t.end(path, t.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete completes the article with an index, of which old is the record.
func (t *teller) complete(i int, old *record) error {
	a := &t.all[i]
	full, err := t.tell(a.in, old)
	if err != nil {
		return err
	}
	if was := a.out; was == nil || was == a.in || was.ID != full.ID || was.GUID != full.GUID || was.Slug != full.Slug ||
		!was.Published.Equal(full.Published) || !was.Updated.Equal(full.Updated) || !was.Seen.Equal(full.Seen) {
		a.out = full
	}
	return nil
}

// soonest is the earlier of two instants of which either may be missing.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// end notes that the article at path is not published any more.
func (l *Ledger) end(path string, now time.Time) error {
	r := l.at(path)
	if r == nil || !r.Gone.IsZero() {
		return nil
	}
	next := r.copy()
	next.Gone = now
	return l.put(path, next)
}

// rename moves the records of articles whose file lies elsewhere now: known by
// the id that the file states, else by a digest that only one vanished has.
func (t *teller) rename(due []int) error {
	waits := func(path string) bool { // it is given, and its time has not come
		i, ok := slices.BinarySearchFunc(t.all, path, func(a toldArticle, path string) int { return cmp.Compare(a.in.Path, path) })
		return ok && t.all[i].in.Begins().After(t.now)
	}
	away := func(path string) bool { return !t.given(path) || waits(path) }
	vanished := map[article.Digest][]string{} // paths
	note := func(path string) {
		if r := t.at(path); r != nil && away(path) && (r.Gone.IsZero() || t.now.Sub(r.Gone) <= renameWindow) {
			vanished[r.Digest] = append(vanished[r.Digest], path)
		}
	}
	isNew := func(i int) bool { return t.at(t.all[i].in.Path) == nil }
	if !slices.ContainsFunc(due, isNew) {
		return nil
	}
	for path := range t.gone {
		note(path)
	}
	for _, path := range t.left {
		if !t.gone[path] {
			note(path)
		}
	}
	for _, i := range due {
		a := t.all[i].in
		if a.ID == "" && len(vanished) == 0 || !isNew(i) {
			continue
		}
		old, ok := "", false
		if a.ID != "" {
			if owner := t.holder(a.ID); owner != nil {
				old, ok = owner.path, away(owner.path)
			}
		} else if paths := vanished[a.Digest]; len(paths) == 1 {
			old, ok = paths[0], t.at(paths[0]) != nil
		}
		if !ok {
			continue
		}
		r := *t.at(old)
		if err := errors.Join(t.put(old, nil), t.put(a.Path, &r)); err != nil {
			return err
		}
		t.told.Renamed++
	}
	return nil
}

// unique keeps out all but one of the articles that state the same id.
func (t *teller) unique(due []int) []int {
	var holders map[string]int // most articles of a new ledger have no id yet
	lost := map[int]int{}
	for _, i := range due {
		a := t.all[i].in
		id := a.ID
		if r := t.at(a.Path); id == "" && r != nil {
			id = r.ID
		}
		if id == "" {
			continue
		}
		if holders == nil {
			holders = make(map[string]int, len(due))
		}
		other, held := holders[id]
		if !held {
			holders[id] = i
			continue
		}
		winner, loser := other, i
		if t.published(a).Before(t.published(t.all[other].in)) {
			winner, loser = i, other
		}
		holders[id], lost[loser] = winner, winner
	}
	if len(lost) == 0 {
		return due
	}
	var kept []int
	for _, i := range due {
		winner, out := lost[i]
		if !out {
			kept = append(kept, i)
			continue
		}
		a := t.all[i].in
		t.all[i].out = nil
		t.told.Problems = append(t.told.Problems, article.Problem{
			Path: a.Path, Severity: article.Error, Code: "duplicate-id",
			Text: fmt.Sprintf("id: %q is the id of %s", cmp.Or(a.ID, t.idAt(a.Path)), t.all[winner].in.Path),
			Hint: "give this article an id of its own, or none",
		})
	}
	return kept
}

func (l *Ledger) idAt(path string) string {
	if r := l.at(path); r != nil {
		return r.ID
	}
	return ""
}

// published returns the date by which two articles with one id are ranked.
func (l *Ledger) published(a *article.Article) article.Instant {
	if a.Published.IsZero() {
		if r := l.at(a.Path); r != nil {
			return r.Published
		}
		return a.Seen
	}
	return a.Published
}

// tell completes one article, of which old is the record, nil when it is new, and
// notes what was told.
func (t *teller) tell(a *article.Article, old *record) (*article.Article, error) {
	now := article.At(t.now)
	isNew := old == nil
	if isNew {
		old = t.blank
	}
	r, p := *old, *old.past
	p.Gone = time.Time{}

	switch {
	case a.ID != "":
		r.ID = a.ID
	case r.ID == "":
		r.ID = t.mint(a.Path)
	}

	switch {
	case isNew:
		r.Slug = t.address(a.Slug, a.Path)
	case a.SlugStated:
		if slug := t.address(a.Slug, a.Path); slug != r.Slug {
			p.Was = append(slices.DeleteFunc(slices.Clone(p.Was), func(s string) bool { return s == slug }), r.Slug)
			r.Slug = slug
		}
	}

	switch {
	case !a.Published.IsZero() && !a.Published.Equal(article.At(p.Stated)):
		r.Published, p.Stated = a.Published, time.Time{}
	case r.Published.IsZero():
		r.Published = earlier(a.Seen, now)
	}
	r.Published = r.Published.Second()

	switch {
	case !a.Updated.IsZero() && !a.Updated.After(now):
		r.Updated = a.Updated
		if !isNew && old.Digest == a.Digest && old.Updated.Equal(article.At(old.Noted)) {
			r.Updated = later(a.Updated, old.Updated) // it was told when it came back
		}
	case isNew:
		r.Updated = r.Published
	case old.Digest != a.Digest:
		r.Updated = later(now, old.Updated)
	}
	if !old.Gone.IsZero() && !r.Updated.After(article.At(old.Gone)) {
		// RFC 6721, section 3: of an entry and its tombstone the later one counts.
		r.Updated = now
	}
	r.Updated = later(r.Updated.Second(), r.Published)
	if !isNew && !r.Updated.Equal(old.Updated) {
		p.Noted = t.now
	}
	r.Digest = a.Digest

	if isNew || old.ID != r.ID {
		t.fresh[r.ID] = true
	}
	told := old
	if changed := !p.same(old.past); changed || isNew || !r.same(old) {
		next := r
		if changed {
			kept := p
			next.past = &kept
			next.see(old.first())
		}
		if err := t.put(a.Path, &next); err != nil {
			return nil, err
		}
		told = &next
	}
	return &article.Article{Manuscript: a.Manuscript, Identity: &told.Identity}, nil
}

func earlier(a, b article.Instant) article.Instant {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b article.Instant) article.Instant {
	if b.After(a) {
		return b
	}
	return a
}

// mint makes an id for the article at path that no other article ever had.
func (l *Ledger) mint(path string) string {
	id := "tag:" + l.head.Authority + ":" + escape(withoutExt(path))
	return unused(id, "~", func(s string) bool { return l.stated[s] != "" || l.holder(s) != nil || l.WasPurged(s) })
}

// address returns slug, or slug with a number that no other article ever had.
func (l *Ledger) address(slug, path string) string {
	return unused(slug, "-", func(s string) bool { r := l.resident(s); return r != nil && r.path != path || l.WasPurged(s) })
}

// unused returns s, or s with the first number from 2 for which taken is false.
func unused(s, mark string, taken func(string) bool) string {
	if !taken(s) {
		return s
	}
	for n := 2; ; n++ {
		if t := s + mark + strconv.Itoa(n); !taken(t) {
			return t
		}
	}
}

// withoutExt drops the extension of the last segment.
func withoutExt(path string) string {
	dot, slash := strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '/')
	if dot > slash+1 {
		return path[:dot]
	}
	return path
}

// escape percent-encodes what RFC 3986 does not allow in a path, so that the
// result is the specific part of a tag URI (RFC 4151, section 2.1).
func escape(path string) string {
	keeps := func(c byte) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0
	}
	n := 0
	for n < len(path) && keeps(path[n]) {
		n++
	}
	if n == len(path) {
		return path
	}
	var b strings.Builder
	b.WriteString(path[:n])
	for _, c := range []byte(path[n:]) {
		if keeps(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
