package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"feedmill/internal/article"
)

// Known is an article as subscribers have it from a feed: the one that the site
// published until feedmill came, or that of an edition whose ledger was lost.
type Known struct {
	// ID is the entry's id when it can be one in every format; else it is empty,
	// one is minted, and GUID has what the entry said: RSS and JSON Feed, whose
	// ids are any text, go on saying it.
	ID   string
	GUID string

	Slug      string   // of the page's address; empty when it had none here
	Was       []string // addresses that lead there
	Published time.Time
	Updated   time.Time
}

// ErrTold says that subscribers know an article by another id already.
var ErrTold = errors.New("published under another id")

// Adopt makes a known entry what subscribers were told of an article, which is
// given as it was read, before it is told for the first time. Its date of
// publication stays the entry's until the article states another one than now.
// Adopting again what was adopted changes nothing, and neither does adopting
// what was told meanwhile under the same id.
//
// An error says why the article cannot have that id: it states another, another
// article has it, or errors.Is(err, ErrTold).
func (l *Ledger) Adopt(a *article.Article, k Known, now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	old := l.at(a.Path)
	r := &record{past: &past{}, standing: &nowhere, path: a.Path, Identity: article.Identity{Alias: article.AliasOf(""), Seen: article.At(now)}}
	if old != nil {
		r = old.copy()
	}
	told := old != nil && len(old.In) > 0
	switch owner := l.holder(k.ID); {
	case a.ID != "" && a.ID != k.ID:
		return fmt.Errorf("%s states the id %q", a.Path, a.ID)
	case k.ID != "" && owner != nil && owner.path != a.Path:
		return fmt.Errorf("%s has the id", owner.path)
	case k.ID != "" && l.WasPurged(k.ID):
		return errors.New("the article with this id was purged")
	case told && (k.ID != "" && k.ID != old.ID || k.ID == "" && k.GUID != old.GUID):
		return fmt.Errorf("%s is %w, %q", a.Path, ErrTold, cmp.Or(old.GUID, old.ID))
	case told:
		return nil
	case k.ID != "":
		r.ID = k.ID
	case r.ID == "":
		r.ID = l.mint(a.Path)
	}
	if r.Alias = article.AliasOf(k.GUID); k.GUID == r.ID {
		r.Alias = article.AliasOf("")
	}
	switch {
	case k.Slug != "" && !a.SlugStated:
		r.Slug = l.address(k.Slug, a.Path)
	case r.Slug == "":
		r.Slug = l.address(a.Slug, a.Path)
	}
	r.Was = slices.DeleteFunc(slices.Clone(k.Was), func(s string) bool { return s == r.Slug })
	published := cmp.Or(article.At(k.Published), a.Published, earlier(a.Seen, article.At(now))).Second()
	if r.Stated = a.Published.InZone(); a.Published.Equal(published) {
		r.Stated = time.Time{}
	}
	r.Published, r.Updated = published, published
	if !k.Updated.After(now) {
		r.Updated = later(article.At(k.Updated).Second(), published)
	}
	r.Digest = a.Digest
	l.last = telling{}
	return l.put(a.Path, r)
}
