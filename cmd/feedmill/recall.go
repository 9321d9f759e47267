package main

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/site"
)

// A lost ledger is read back from what it led to: the documents of the last
// edition say which ids and dates subscribers know, at which addresses the
// articles are, which feeds there are and how their past is divided.

// recall gives the empty ledger of b back what the published feeds, by their
// directories, still show.
func (m *mill) recall(b before, published map[string]check.Reading, articles []*article.Article, s site.Site, now time.Time) error {
	if err := recallFeeds(b.ledger, published, now); err != nil {
		return err
	}
	guids, err := guidsOf(b.edition)
	if err != nil {
		return err
	}
	trial, err := m.ledgerOf(b.ledger.Authority())
	if err != nil {
		return err
	}
	told, err := trial.Tell(articles, now)
	if err != nil {
		return err
	}
	stories := storiesOf(articles, told.Articles, s)
	var whole check.Reading
	for _, dir := range slices.Sorted(maps.Keys(published)) {
		whole.Entries = append(whole.Entries, published[dir].Entries...)
	}
	was := formerly(b.edition)
	for _, p := range check.Match([]check.Reading{whole}, stories.known, s.Zone).Pairs {
		a := stories.articles[p.Story]
		k := ledger.Known{ID: p.Entry.ID, GUID: guids[p.Entry.Link], Published: p.Entry.Published, Updated: p.Entry.Updated}
		if k.Slug = slugOf(p.Entry.Link, b.edition.Base); k.Slug != "" {
			k.Was = was[k.Slug]
		}
		if a.ID != "" && a.ID != k.ID {
			continue // it states another by now
		}
		if err := b.ledger.Adopt(a, k, now); err != nil {
			return err
		}
	}
	return nil
}

// recallFeeds notes the feeds that there are.
func recallFeeds(book *ledger.Ledger, published map[string]check.Reading, now time.Time) error {
	archives := map[string][]string{} // of a feed, by its path
	for dir := range published {
		if of, name, ok := cutArchive(dir); ok {
			archives[of] = append(archives[of], name)
		}
	}
	for dir, reading := range published {
		if _, _, ok := cutArchive(dir); ok {
			continue
		}
		told := ledger.ToldFeed(feed.Recall(strings.TrimSuffix(dir, "/"), reading.Title, archives[dir]))
		told.ID = book.NewFeedID(told.Path)
		if reading.Format == check.Atom && reading.ID != "" {
			told.ID = reading.ID
		}
		told.Language, told.Updated = reading.Language, reading.Updated
		if err := book.ShowFeed(told, now); err != nil {
			return err
		}
	}
	return nil
}

// cutArchive parts the directory of an archive into that of its feed and its
// name.
func cutArchive(dir string) (of, name string, ok bool) {
	above, name := path.Split(strings.TrimSuffix(dir, "/"))
	of, ok = strings.CutSuffix(above, "archive/")
	return of, name, ok
}

// slugOf returns the slug of the page at an address below base; empty when it is
// none of ours.
func slugOf(link, base string) string {
	page, ok := strings.CutPrefix(link, base+"articles/")
	if !ok {
		return ""
	}
	slug, err := url.PathUnescape(strings.TrimSuffix(page, "/"))
	if err != nil {
		return ""
	}
	return slug
}

// formerly returns the slugs that lead to a page, by the slug of that.
func formerly(e *edition.Edition) map[string][]string {
	was := map[string][]string{}
	for from, to := range e.Redirects() {
		old, ok := strings.CutPrefix(strings.TrimSuffix(from, "/"), "articles/")
		page, below := strings.CutPrefix(strings.TrimSuffix(strings.TrimSuffix(to, "index.html"), "/"), "articles/")
		if ok && below {
			was[page] = append(was[page], old)
		}
	}
	for _, all := range was {
		slices.Sort(all)
	}
	return was
}

// guidsOf returns what RSS and JSON Feed say for the ids that are none for Atom,
// by the entries' links.
func guidsOf(e *edition.Edition) (map[string]string, error) {
	guids := map[string]string{}
	for d := range e.Documents() {
		if base := path.Base(d.Path); d.Kind != edition.Feed && d.Kind != edition.Archive || base == "atom.xml" {
			continue
		}
		body, err := d.ReadAll()
		if err != nil {
			return nil, err
		}
		reading, err := check.Read(body)
		if err != nil {
			return nil, err
		}
		for _, entry := range reading.Entries {
			if !check.CanBeID(entry.ID) {
				guids[entry.Link] = entry.ID
			}
		}
	}
	return guids, nil
}

// stories are articles in the form in which they are matched with entries.
type stories struct {
	articles []*article.Article // as they were read
	known    []check.Story      // the same, as they would be told
}

// storiesOf returns the articles whose time has come, as they were read and as
// the ledger completed them.
func storiesOf(articles, told []*article.Article, s site.Site) stories {
	read := map[string]*article.Article{}
	sharing := map[string]int{}
	for _, a := range articles {
		read[a.Path] = a
		sharing[a.Slug]++
	}
	links := feed.Links(told, s)
	var all stories
	for _, a := range told {
		if a.ID == "" {
			continue // its time has not come
		}
		link := links[a.Path]
		if sharing[read[a.Path].Slug] > 1 && slugOf(link, s.BaseURL) != "" {
			link = "" // which of them has which number is what the ledger knew
		}
		story := check.Story{ID: a.ID, Title: a.Title, Published: a.Published.Time(), Addresses: addresses(a, link, s)}
		if read[a.Path].Published.IsZero() {
			story.Published = time.Time{} // the file's time is no date that a feed had
		}
		all.articles = append(all.articles, read[a.Path])
		all.known = append(all.known, story)
	}
	return all
}

// ledgerOf returns the ledger as it is on disk, for a trial.
func (m *mill) ledgerOf(authority string) (*ledger.Ledger, error) {
	pending, err := m.store.Pending()
	if err != nil {
		return nil, err
	}
	book, err := ledger.Open(m.ledger, m.journal, pending...)
	if err != nil {
		return nil, err
	}
	return book, book.SetAuthority(authority)
}

// rehearsed returns articles as the ledger would complete them, which is not
// changed.
func (m *mill) rehearsed(s site.Site, articles []*article.Article, now time.Time, how manner) ([]*article.Article, error) {
	// What is told here is not to be written: another ledger than the one that is
	// kept open.
	kept := m.book
	m.book = nil
	defer func() { m.book = kept }()
	trial, err := m.open(s, articles, now, how)
	if err != nil {
		return nil, err
	}
	told, err := trial.ledger.Tell(articles, now)
	return told.Articles, err
}

// addresses are those at which an article is read: where our feeds link to, and
// where the article says that it is.
func addresses(a *article.Article, link string, s site.Site) []string {
	all := []string{link}
	if a.Link != "" {
		all = append(all, a.Link)
	}
	stated := a.Formerly
	if a.Address != "" {
		stated = append([]string{a.Address}, stated...)
	}
	for _, base := range []string{s.Address(), link} {
		u, err := url.Parse(base)
		if err != nil || base == "" {
			continue
		}
		for _, ref := range stated {
			if at, err := u.Parse(ref); err == nil {
				all = append(all, at.String())
			}
		}
	}
	return all
}
