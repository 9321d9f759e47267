package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/ledger"
	"feedmill/internal/site"
)

// newPurge is the command for what must be gone, and seen to be gone.
func newPurge(o *options, stdout, stderr io.Writer) *cobra.Command {
	var how purgation
	cmd := &cobra.Command{
		Use:   "purge ID|FILE|ADDRESS",
		Short: "Take an article out of everything that is published and remembered, for good",
		Long: `Purge is for what must not be there any more, such as a story that a court forbids. It
takes an article out of feeds, archives, pages, compressed copies and the ledger, with the
files that only it showed, publishes that at once, also beside a running serve, and then
looks for its words in every file of the feeds and state directories. The exit status is 0
only when nothing of it is left.

The article is named by its id, its file or its page address: by as much as tells it from
all others. The ledger keeps salted digests of its names and text, so that the file, for
as long as it lies in the directory of articles, is not published again, and neither is a
copy of it; nothing else is kept. So there is no tombstone: that would say its id, which is
made of the file's name. Its page answers 404. Readers keep what they have; those that
should get a notice instead need it before: publish the article with "status: withdrawn",
and purge it a day later.

What other articles quote stays, and is named. What purge cannot reach: caches in front of
the server, copies of the feeds, backups, versions in git, the log.

Exit status: 0 nothing of it is left; 1 failed, or something is left; 2 no such article, or
more than one; 4 held by a guard, since other articles vanished too: --accept publishes all
the same; 5 another publisher has the lock.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.purge(cmd.Context(), args[0], how, stdout, stderr)
		},
	}
	cmd.Flags().BoolVar(&how.dryRun, "dry-run", false, "say which article it is and which files have something of it; write nothing")
	cmd.Flags().BoolVar(&how.accepted, "accept", false, "publish also what a guard would hold for other reasons")
	return cmd
}

// purgation is how purge works: its flags.
type purgation struct{ dryRun, accepted bool }

// purge takes the article that name stands for out of everything.
func (o *options) purge(ctx context.Context, name string, how purgation, stdout, stderr io.Writer) error {
	now := time.Now()
	s, err := o.loadSite(stderr)
	if err != nil {
		return err
	}
	m, err := newMill(o)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	m.oneShot = true
	snapshot, err := m.library.Scan(ctx, s, now)
	if err != nil {
		return &exitError{exitFailed, fmt.Errorf("%w\n    without the other articles nothing can be published in its place", err)}
	}
	var t target
	var look *search
	work := func() error {
		depth := publish
		if how.dryRun {
			depth = rehearse
		}
		before, err := m.open(s, snapshot.Articles, now, depth)
		if err != nil {
			return err
		}
		told, err := m.rehearsed(s, snapshot.Articles, now, depth)
		if err != nil {
			return err
		}
		if t, err = o.pick(name, before, snapshot.Articles, told, s); err != nil {
			return err
		}
		if look, err = t.search(before.edition, told, s); err != nil || how.dryRun {
			return err
		}
		if t.again {
			return nil
		}
		if err := before.ledger.Purge(t.path, t.source, now); err != nil {
			return err
		}
		// From here on no build publishes it again, whatever becomes of this one.
		return before.ledger.Save()
	}
	if how.dryRun {
		err = work()
	} else {
		err = m.patiently(ctx, func() error { return m.underLock(work) })
	}
	if err != nil {
		return o.failure(err, nil)
	}
	fmt.Fprintf(stdout, "feedmill: purge %s\n", t)
	dirs, err := o.searched(m)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	for _, q := range t.quotes {
		fmt.Fprintf(stdout, "warning: %s\n", q)
	}
	if how.dryRun {
		found, read, err := look.files(dirs...)
		if err != nil {
			return &exitError{exitFailed, err}
		}
		fmt.Fprintf(stdout, "feedmill: it stands in %d of %d files in %s\n", len(found), read, strings.Join(dirs, ", "))
		for _, f := range found {
			fmt.Fprintf(stdout, "  %s: %s\n", f.file, f.what)
		}
		return nil
	}

	if err := errors.Join(m.library.Forget(), m.forget()); err != nil { // the caches have the text, and where it lay
		return &exitError{exitFailed, err}
	}
	depth := purging
	if how.accepted {
		depth = accept
	}
	var out outcome
	err = m.patiently(ctx, func() (err error) {
		out, err = m.build(ctx, s, now, depth)
		return err
	})
	switch {
	case err != nil:
		return o.failure(fmt.Errorf("it will not be published again, but it still is: %w", err), out.edition)
	case len(out.held) > 0:
		return &exitError{exitHeld, &hintError{
			fmt.Errorf("held: %s\n    it will not be published again, but it still is", strings.Join(out.held, "; ")),
			"bring the other articles back, or publish all the same with --accept; then purge it once more",
		}}
	}
	fmt.Fprintf(stdout, "feedmill: %s\n", out.summary())
	err = m.patiently(ctx, func() error {
		return m.underLock(func() error { return m.store.Fold() }) // journals still say its address
	})
	if err != nil {
		return o.failure(err, nil)
	}
	look.withoutMedia(out.edition)
	found, read, err := look.files(dirs...)
	if err != nil {
		return &exitError{exitFailed, fmt.Errorf("look for what is left: %w", err)}
	}
	if len(found) > 0 {
		var left []string
		for _, f := range found {
			left = append(left, fmt.Sprintf("%s: %s", f.file, f.what))
		}
		return &exitError{exitFailed, fmt.Errorf("something of it is left in %s\n    %s", count(len(found), "file"), strings.Join(left, "\n    "))}
	}
	fmt.Fprintf(stdout, "feedmill: nothing of it is left in %s (%s)\n", strings.Join(dirs, ", "), count(read, "file")+" searched")
	t.remains(stdout, o, out)
	return nil
}

// lockPatience is how long a purge waits for another publisher.
const lockPatience = 20 * time.Second

// patiently does what needs the lock again as long as another publisher has it.
func (m *mill) patiently(ctx context.Context, do func() error) error {
	for until := time.Now().Add(lockPatience); ; {
		err := do()
		if !errors.Is(err, edition.ErrLocked) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// underLock does something as the only publisher.
func (m *mill) underLock(do func() error) error {
	unlock, err := m.store.Lock()
	if err != nil {
		return err
	}
	return errors.Join(do(), unlock())
}

// searched are the directories that can have something of an article, and the
// ledger's when that is elsewhere.
func (o *options) searched(m *mill) ([]string, error) {
	state, err := o.stateDir()
	if err != nil {
		return nil, err
	}
	dirs := []string{o.feeds, state}
	if o.ledger != "" {
		dirs = append(dirs, m.ledger)
	}
	return dirs, nil
}

// target is the article that is to be purged.
type target struct {
	path, id, guid, title, link string
	slugs                       []string
	in                          []string         // paths of the feeds in which it stood
	source                      *article.Article // as it was read; nil when the file is not there
	again                       bool             // it was purged before
	quotes                      []string         // what of it stands in other articles
}

func (t target) String() string {
	title := ""
	if t.title != "" {
		title = fmt.Sprintf("%q, ", t.title)
	}
	if t.again {
		return t.path + ", which was purged before"
	}
	return fmt.Sprintf("%s: %s%s", t.path, title, t.id)
}

// pick returns the article that a person means by a name: by its whole id, path,
// file or page address, else by its slug or its file's name, else by the end of
// its path.
func (o *options) pick(name string, before before, articles, told []*article.Article, s site.Site) (target, error) {
	targets := targetsOf(before, articles, told, s)
	file := name
	if rel, err := filepath.Rel(o.articles, name); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel)
	}
	for _, means := range []func(t target) bool{
		func(t target) bool {
			page := func(slug string) bool { return check.SamePage(name, s.BaseURL+"articles/"+slug+"/") }
			return name == t.id || name == t.guid || name == t.path || file == t.path || check.SamePage(name, t.link) || slices.ContainsFunc(t.slugs, page)
		},
		func(t target) bool {
			base := path.Base(t.path)
			return slices.Contains(t.slugs, strings.Trim(name, "/")) || name == base || name == strings.TrimSuffix(base, path.Ext(base))
		},
		func(t target) bool {
			return strings.HasSuffix("/"+t.path, "/"+name) || strings.HasSuffix(t.id, "/"+name) || strings.HasSuffix(t.id, ":"+name)
		},
	} {
		var meant []target
		for _, t := range targets {
			if means(t) {
				meant = append(meant, t)
			}
		}
		if len(meant) == 1 {
			return meant[0], nil
		}
		if len(meant) > 1 {
			var names []string
			for _, t := range meant {
				names = append(names, t.String())
			}
			return target{}, &exitError{exitUsage, &hintError{fmt.Errorf("%q may be more than one article:\n    %s", name, strings.Join(names, "\n    ")), "name it by its id"}}
		}
	}
	slug := cmp.Or(slugOf(name, s.BaseURL), strings.Trim(name, "/"))
	for _, word := range []string{name, file, slug} {
		if before.ledger.WasPurged(word) {
			return purgedBefore(name, file, slug, before.ledger, articles), nil
		}
	}
	return target{}, &exitError{exitUsage, &hintError{fmt.Errorf("there is no article %q", name), "name it by its id, its file or the address of its page"}}
}

// purgedBefore is an article of which the ledger knows nothing any more: only what
// a person calls it, and what its file says if that still lies there.
func purgedBefore(name, file, slug string, book *ledger.Ledger, articles []*article.Article) target {
	t := target{path: file, id: name, again: true}
	if !strings.ContainsAny(slug, "/:") {
		t.slugs = []string{slug}
	}
	for _, a := range articles {
		if book.Purged(a) && (a.Path == file || a.ID == name || a.Slug == slug) {
			t.path, t.title, t.slugs, t.source = a.Path, a.Title, []string{a.Slug}, a
		}
	}
	return t
}

// targetsOf returns all articles, those that vanished too.
func targetsOf(before before, articles, told []*article.Article, s site.Site) []target {
	byPath := map[string]*target{}
	for _, e := range before.ledger.Entries() {
		byPath[e.Path] = &target{path: e.Path, id: e.ID, guid: e.GUID, slugs: e.Addresses, in: e.In}
	}
	links := feed.Links(told, s)
	for _, a := range told {
		t := byPath[a.Path]
		if t == nil {
			t = &target{path: a.Path, id: a.ID}
			byPath[a.Path] = t
		}
		if a.ID != "" {
			t.id, t.link = a.ID, links[a.Path]
		}
		t.title = a.Title
		if !slices.Contains(t.slugs, a.Slug) {
			t.slugs = append(t.slugs, a.Slug)
		}
	}
	for _, a := range articles {
		if t := byPath[a.Path]; t != nil {
			t.source = a
		}
	}
	var all []target
	for _, t := range byPath {
		all = append(all, *t)
	}
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.path, b.path) })
	return all
}

// search returns what is to be looked for: all that the article says in its file
// and in the published feeds, without what other articles say, which is noted.
func (t *target) search(last *edition.Edition, told []*article.Article, s site.Site) (*search, error) {
	look := &search{passages: map[string]bool{}, media: map[string]string{}}
	look.name(t.id, t.guid, "article/"+t.path, `"`+t.path+`"`)
	if t.link != "" {
		look.name(t.link)
	}
	for _, slug := range t.slugs {
		look.name("articles/" + slug + "/")
		look.take(slug)
	}
	look.take(strings.TrimSuffix(t.path, path.Ext(t.path)))
	look.take(t.title)
	if t.source != nil {
		text, err := textOf(t.source)
		if err != nil {
			return nil, err
		}
		look.take(text)
	}
	if last != nil {
		if err := t.published(last, look); err != nil {
			return nil, err
		}
	}
	for _, a := range told {
		if a.Path == t.path {
			continue
		}
		text, err := textOf(a)
		if err != nil {
			continue // an article that cannot be shown is nowhere
		}
		for _, quoted := range look.except(a.Title + "\n" + text) {
			t.quotes = append(t.quotes, fmt.Sprintf("%s says, too: %q", a.Path, quoted))
		}
	}
	slices.Sort(t.quotes)
	return look, nil
}

// textOf returns all that an article says, and the addresses that it names.
func textOf(a *article.Article) (string, error) {
	var refs []string
	body, err := a.Body(func(ref string) string {
		refs = append(refs, ref)
		return ""
	})
	if err != nil {
		return "", err
	}
	return strings.Join(append([]string{body.Text, body.Summary, a.Correction}, refs...), "\n"), nil
}

// published adds what the last edition says of the article.
func (t *target) published(last *edition.Edition, look *search) error {
	for d := range last.Documents() {
		page := slices.ContainsFunc(t.slugs, func(slug string) bool { return strings.HasPrefix(d.Path, "articles/"+slug+"/") })
		if page && d.Kind == edition.Media {
			look.media[d.Digest] = d.Path
		}
		if d.Kind != edition.Feed && d.Kind != edition.Archive {
			continue
		}
		body, err := d.ReadAll()
		if err != nil {
			continue // it is damaged, and will be written anew
		}
		for _, id := range []string{t.id, t.guid} {
			said, err := check.Said(body, id)
			if err != nil {
				return err
			}
			for _, text := range said {
				look.take(text)
			}
		}
	}
	return nil
}

// remains says what the operator has to see to.
func (t *target) remains(w io.Writer, o *options, out outcome) {
	if t.source != nil {
		file := filepath.Join(o.articles, filepath.FromSlash(t.path))
		if _, err := os.Lstat(file); err == nil {
			fmt.Fprintf(w, "remove the file %s; until then it is left out\n", file)
		}
	}
	for _, f := range out.feeds {
		if slices.Contains(t.in, f.Path) && len(f.Entries) == 0 && len(f.Archives) == 0 && f.Path != "" {
			fmt.Fprintf(w, "the feed %s has no other article; if its name must go, too: `retire: {%s: gone}` in the site file\n", f.Path, f.Path)
		}
	}
	fmt.Fprintln(w, "not reached: caches in front of the server, copies of the feeds, backups, versions in git, the log")
}
