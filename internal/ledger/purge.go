package ledger

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"feedmill/internal/article"
)

// A purged article must not be published again while its file still lies there,
// nor its id or address be given to another; and the ledger must not say what it
// was called. So the ledger has salted digests of them: who guesses a title can
// test the guess, nobody can read it.

const purgedKey = "purged/"

// purge is the line of one thing that was purged: an id, an address, a path, the
// digest of a text. Its key is the salted digest of that.
type purge struct {
	When time.Time `json:"when"`
}

// Entry is what the ledger has of an article, by which people may name it.
type Entry struct {
	Path      string
	ID        string
	GUID      string   // empty when RSS and JSON Feed say ID, too
	Addresses []string // slugs: that of its page, then those that lead there
	Gone      bool     // the article is not there any more
	In        []string // paths of the feeds in which subscribers have it, or had it once
}

// Entries returns every article that the ledger knows, in no order.
func (l *Ledger) Entries() []Entry {
	all := make([]Entry, 0, l.paths.count)
	for _, r := range l.records {
		if r == nil {
			continue
		}
		all = append(all, Entry{
			Path: r.path, ID: r.ID, GUID: r.GUID, Addresses: append([]string{r.Slug}, r.Was...), Gone: !r.Gone.IsZero(), In: r.In,
		})
	}
	return all
}

// Purge forgets the article at a path, and sees to it that neither the file
// there, nor one with its id or text, is ever told again. The article is given
// as it was read, too, when it is still there.
func (l *Ledger) Purge(path string, a *article.Article, now time.Time) error {
	l.last = telling{}
	words := []string{path}
	if r := l.at(path); r != nil {
		words = append(words, r.ID, r.GUID, r.Digest.String(), r.Slug)
		words = append(words, r.Was...)
		if err := l.put(path, nil); err != nil {
			return err
		}
	}
	if a != nil {
		words = append(words, a.ID, a.Digest.String(), a.Slug)
	}
	if l.head.Salt == "" {
		l.head.Salt = rand.Text()
		if err := l.setOther(headKey, l.head); err != nil {
			return err
		}
	}
	for _, word := range words {
		if word == "" {
			continue
		}
		digest := l.salted(word)
		l.purged[digest] = true
		if l.others[purgedKey+digest] != nil {
			continue
		}
		if err := l.setOther(purgedKey+digest, purge{now.UTC().Truncate(time.Second)}); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) salted(word string) string {
	sum := sha256.Sum256([]byte(l.head.Salt + "\x00" + word))
	return hex.EncodeToString(sum[:16])
}

// WasPurged reports whether an id, an address, a path or a text's digest was
// purged.
func (l *Ledger) WasPurged(word string) bool {
	return len(l.purged) > 0 && word != "" && l.purged[l.salted(word)]
}

// Purged reports whether an article was purged. Its address does not tell:
// another one may want the same.
func (l *Ledger) Purged(a *article.Article) bool {
	return len(l.purged) > 0 && (l.WasPurged(a.Path) || l.WasPurged(a.ID) || l.WasPurged(a.Digest.String()))
}

func purgedProblem(a *article.Article) article.Problem {
	return article.Problem{
		Path: a.Path, Severity: article.Error, Code: "purged", Text: "this article was purged, and is not published",
		Hint: "remove the file from the directory of articles",
	}
}
