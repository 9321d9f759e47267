package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/site"
)

// newAdopt is the command that takes over from the feed of before.
func newAdopt(o *options, stdout, stderr io.Writer) *cobra.Command {
	var how adoption
	cmd := &cobra.Command{
		Use:   "adopt FILE|URL …",
		Short: "Take over ids and dates from the feed that the site published until now",
		Long: `Adopt reads the feed that the site published until now (RSS 0.9x, 1.0 or 2.0, Atom, JSON
Feed), finds the article that each entry tells, and gives the ledger the entry's id and
dates and the feed's own id, so that subscribers meet no old story as new. Run it before
the first build. An address is followed into the feed's past (RFC 5005, next_url); of
files, name those of the past too. Of several feeds the first counts where they disagree.

An entry's article is the one with the same id or link, else the one with the same title
and day. Links may differ in scheme, in a slash or index.html at the end, in percent-
encoding and in parameters that count visitors. What is not matched for sure is listed,
and left alone: state its id in the article then.

An id that is none for Atom, such as a number, stays the guid of RSS and the id of JSON
Feed; Atom gets a new one.

Nothing else is read or published. Adopting twice changes nothing. Articles that were
published under other ids are not given new ones: the exit status is 4, and nothing is
changed.

Exit status: 0 adopted, or nothing to do; 1 failed; 2 usage or site file; 3 with --strict,
when an entry was not matched; 4 published already; 5 another publisher has the lock.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.adopt(cmd.Context(), args, how, time.Now(), stdout, stderr)
		},
	}
	cmd.Flags().BoolVar(&how.dryRun, "dry-run", false, "say what would be adopted; write nothing")
	cmd.Flags().BoolVar(&how.strict, "strict", false, "exit with status 3 when an entry was not matched")
	cmd.Flags().BoolVar(&how.private, "private", false, "visit addresses that are not public")
	return cmd
}

// adoption is how adopt works: its flags.
type adoption struct{ dryRun, strict, private bool }

// adopt takes over from feeds, each the name of a file or an address.
func (o *options) adopt(ctx context.Context, names []string, how adoption, now time.Time, stdout, stderr io.Writer) (err error) {
	s, err := o.loadSite(stderr)
	if err != nil {
		return err
	}
	feeds, err := readOld(ctx, names, how.private)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	m, err := newMill(o)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	scanned, err := m.library.Scan(ctx, s, now)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	depth := rehearse
	if !how.dryRun {
		depth = publish
		unlock, locked := m.store.Lock()
		if locked != nil {
			return o.failure(locked, nil)
		}
		defer func() { err = errors.Join(err, unlock()) }()
	}
	before, err := m.open(s, scanned.Articles, now, depth)
	if err != nil {
		return o.failure(err, before.edition)
	}
	told, err := m.rehearsed(s, scanned.Articles, now, depth)
	if err != nil {
		return o.failure(err, before.edition)
	}
	stories := storiesOf(scanned.Articles, told, s)
	found := check.Match(feeds, stories.known, s.Zone)
	r := &adopted{Matching: found, articles: stories.articles, directory: o.articles}
	for i, p := range found.Pairs {
		r.adopt(before.ledger, i, p, now)
	}
	if err := r.feed(before.ledger, feeds, s, now); err != nil {
		return o.failure(err, before.edition)
	}
	switch {
	case len(r.told) > 0:
		return &exitError{exitHeld, &hintError{
			fmt.Errorf("held: %s published already under other ids; nothing is adopted\n    %s", wereArticles(len(r.told)), strings.Join(r.told, "\n    ")),
			"state `id:` in these articles; or, when nobody has subscribed yet, remove " + o.feeds + " and the state directory and adopt first",
		}}
	case len(found.Pairs) == 0:
		return &exitError{exitFailed, &hintError{
			fmt.Errorf("none of %s tells an article in %s", countEntries(r.entries()), o.articles), "look at --articles, and at base_url and link in " + o.siteFile(),
		}}
	}
	if !how.dryRun {
		if err := before.ledger.Save(); err != nil {
			return o.failure(err, before.edition)
		}
	}
	r.write(stdout, how.dryRun)
	r.past(stdout, feeds, stories.known, s)
	r.lead(stdout, feeds, s)
	if how.strict && len(r.Unknown)+len(r.Unclear)+len(r.Other)+len(r.refused) > 0 {
		return &exitError{status: exitProblems}
	}
	return nil
}

// readOld reads the feeds of before: each with its past as one.
func readOld(ctx context.Context, names []string, private bool) ([]check.Reading, error) {
	visitor := check.NewVisitor(private)
	defer visitor.Close()
	var feeds []check.Reading
	for _, name := range names {
		if !strings.HasPrefix(name, "http://") && !strings.HasPrefix(name, "https://") {
			f, err := os.Open(name)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(&limited{in: f, left: check.MaxFile})
			f.Close()
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			reading, err := check.Read(body)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			feeds = append(feeds, reading)
			continue
		}
		parts, err := visitor.Fetch(ctx, name)
		if errors.Is(err, check.ErrPrivate) {
			err = &hintError{err, "--private allows it"}
		}
		if err != nil {
			return nil, err
		}
		whole := parts[0]
		for _, part := range parts[1:] {
			whole.Entries = append(whole.Entries, part.Entries...)
		}
		feeds = append(feeds, whole)
	}
	return feeds, nil
}

// adopted is what became of a match.
type adopted struct {
	check.Matching
	articles  []*article.Article
	directory string
	minted    []int    // of Pairs: those whose id is none for Atom
	future    []int    // of Pairs: those whose date is yet to come
	told      []string // articles that were published under other ids
	refused   []string // pairs that cannot be, and why
	feedID    string
}

// adopt gives an article the entry's id and dates.
func (r *adopted) adopt(book *ledger.Ledger, i int, p check.Pairing, now time.Time) {
	k := ledger.Known{ID: p.Entry.ID, Published: p.Entry.Published, Updated: p.Entry.Updated}
	if k.Published.After(now) {
		// Subscribers have the entry: the date is wrong, and would hold the article back.
		k.Published = time.Time{}
		r.future = append(r.future, i)
	}
	if !check.CanBeID(k.ID) {
		k.ID, k.GUID = "", k.ID
		r.minted = append(r.minted, i)
	}
	switch err := book.Adopt(r.articles[p.Story], k, now); {
	case errors.Is(err, ledger.ErrTold):
		r.told = append(r.told, err.Error())
	case err != nil:
		r.refused = append(r.refused, fmt.Sprintf("%q: %v", p.Entry.ID, err))
	}
}

// feed gives the site's feed the id that the feed of before had.
func (r *adopted) feed(book *ledger.Ledger, feeds []check.Reading, s site.Site, now time.Time) error {
	known := book.Feeds()
	for _, f := range feeds {
		if f.Format != check.Atom || !check.CanBeID(f.ID) {
			continue // RSS and JSON Feed know a feed by its address
		}
		told, was := known[""]
		if was && told.ID != f.ID {
			r.told = append(r.told, fmt.Sprintf("the site's feed is published as %q", told.ID))
			return nil
		}
		r.feedID = f.ID
		if was {
			return nil
		}
		told = ledger.ToldFeed{ID: f.ID, Kind: "site", Title: s.Title}
		if !f.Updated.After(now) {
			told.Updated = f.Updated
		}
		return book.ShowFeed(told, now)
	}
	return nil
}

// entries is how many entries the feeds have, each once.
func (r *adopted) entries() int {
	return len(r.Pairs) + len(r.Unknown) + len(r.Unclear) + len(r.Other)
}

// write says what was adopted and what was not.
func (r *adopted) write(w io.Writer, dryRun bool) {
	by := map[check.Trait]int{}
	for _, p := range r.Pairs {
		by[p.By]++
	}
	var parts []string
	for _, t := range []check.Trait{check.ByID, check.ByAddress, check.ByDay, check.ByTitle} {
		if by[t] > 0 {
			parts = append(parts, fmt.Sprintf("%d by %s", by[t], t))
		}
	}
	verb := "adopted"
	if dryRun {
		verb = "would adopt"
	}
	fmt.Fprintf(w, "feedmill: %s %d of %s: %s\n", verb, len(r.Pairs)-len(r.refused), countEntries(r.entries()), strings.Join(parts, ", "))
	if r.feedID != "" {
		fmt.Fprintf(w, "the feed's own id: %s\n", r.feedID)
	}
	section(w, "entries without an article, which subscribers keep as they are", len(r.Unknown), func(i int) (string, string) {
		e := r.Unknown[i]
		return dated(e.Published, e.Title), e.ID
	})
	section(w, "entries that may be more than one thing, which are left alone: state `id:` in the article", len(r.Unclear), func(i int) (string, string) {
		u := r.Unclear[i]
		if u.Twin != nil {
			return dated(u.Entry.Published, u.Entry.Title), fmt.Sprintf("%s is the id of %q, too", u.Entry.ID, u.Twin.Title)
		}
		var may []string
		for _, s := range u.Stories {
			may = append(may, r.file(s))
		}
		return dated(u.Entry.Published, u.Entry.Title), fmt.Sprintf("%s: %s", u.Entry.ID, strings.Join(may, " or "))
	})
	section(w, "entries with another id than in an earlier feed, which counts: readers of this one meet them as new", len(r.Other), func(i int) (string, string) {
		return r.file(r.Other[i].Story), r.Other[i].Entry.ID
	})
	section(w, "entries whose article cannot have their id", len(r.refused), func(i int) (string, string) { return r.refused[i], "" })
	section(w, "ids that are none for Atom, which gets new ones; RSS and JSON Feed keep them", len(r.minted), func(i int) (string, string) {
		p := r.Pairs[r.minted[i]]
		return r.file(p.Story), p.Entry.ID
	})
	section(w, "dates that are yet to come, which are wrong: the article's own counts", len(r.future), func(i int) (string, string) {
		p := r.Pairs[r.future[i]]
		return r.file(p.Story), p.Entry.Published.Format(time.RFC3339)
	})
	section(w, "articles without an entry, which are new to subscribers", len(r.Untold), func(i int) (string, string) {
		return r.file(r.Untold[i]), ""
	})
}

// past says when the first edition would show articles that the feed of before
// had left behind: their ids of then are not known, so readers take them for new.
func (r *adopted) past(w io.Writer, feeds []check.Reading, stories []check.Story, s site.Site) {
	var oldest time.Time
	held := 0
	for _, f := range feeds {
		held = max(held, len(f.Entries))
		for _, e := range f.Entries {
			if on := cmp.Or(e.Published, e.Updated); !on.IsZero() && (oldest.IsZero() || on.Before(oldest)) {
				oldest = on
			}
		}
	}
	older := 0
	for _, i := range r.Untold {
		if on := stories[i].Published; !on.IsZero() && on.Before(oldest) {
			older++
		}
	}
	if older > 0 && held < s.Limit.Entries {
		fmt.Fprintf(w, "%s older than the feed of before, which had %s: readers take for new what they see of them; begin with `limit: {entries: %d, days: 0}`\n",
			wereArticles(older), countEntries(held), held)
	}
}

// section writes a list with its heading, nothing when it is empty.
func section(w io.Writer, heading string, n int, line func(i int) (first, second string)) {
	if n == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%d):\n", heading, n)
	for i := range n {
		first, second := line(i)
		fmt.Fprintf(w, "  %s\n", first)
		if second != "" {
			fmt.Fprintf(w, "              %s\n", second)
		}
	}
}

func dated(t time.Time, title string) string {
	if t.IsZero() {
		return cmp.Or(title, "(no title)")
	}
	return t.Format(time.DateOnly) + "  " + cmp.Or(title, "(no title)")
}

// file is where an article lies, for an editor.
func (r *adopted) file(story int) string {
	return filepath.Join(r.directory, filepath.FromSlash(r.articles[story].Path))
}

// lead says what is left to do for subscribers: their address must lead here.
func (r *adopted) lead(w io.Writer, feeds []check.Reading, s site.Site) {
	names := map[check.Format]string{check.RSS: "rss.xml", check.Atom: "atom.xml", check.JSON: "feed.json"}
	for _, f := range feeds {
		u, err := url.Parse(f.Self)
		if err != nil || !u.IsAbs() || f.Self == s.BaseURL+names[f.Format] {
			continue
		}
		old, below := strings.CutPrefix(f.Self, s.BaseURL)
		if below && (s.Aliases[old] != "" || guesses(&feed.Feed{Formats: s.Formats})[old] == names[f.Format]) {
			continue
		}
		fmt.Fprintf(w, "subscribers come to %s: redirect it to %s%s", f.Self, s.BaseURL, names[f.Format])
		if below {
			fmt.Fprintf(w, " with `aliases: {/%s: %s}` in the site file", old, names[f.Format])
		}
		fmt.Fprintln(w)
	}
}

func countEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func wereArticles(n int) string {
	if n == 1 {
		return "1 article was"
	}
	return fmt.Sprintf("%d articles were", n)
}
