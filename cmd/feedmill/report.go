package main

import (
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/page"
	"feedmill/internal/site"
)

// What people read on the terminal is said here. The result goes to standard
// output; problems go to standard error, each with a file that an editor can
// open and, on a line of its own, the cure. No capital at the beginning, no
// full stop at the end.

// succession is what follows from putting one edition after another.
type succession struct {
	findings []check.Finding // what harms readers and may yet be meant
	holds    []string        // why it should not be done without being asked for
}

// succeed reads the feeds of two editions back and compares them; newcomers is
// how many articles were never there before, fresh tells which ids were first
// given for the next, c is what it was made of.
func (m *mill) succeed(last, next *edition.Edition, newcomers int, fresh func(id string) bool, c feed.Composition) succession {
	pairs, findings := m.reader.Pairs(last, next)
	partners := profiles(c)
	for i, pair := range pairs {
		pairs[i].Redated = partners[pair.Document] != nil
		dir := strings.TrimSuffix(path.Dir(pair.Document), ".")
		pairs[i].Stands = func(id string) bool { return c.Stands(id, dir) }
		pairs[i].Fresh = fresh
		pairs[i].Lives = func(id string) bool { return c.Lives(id) }
	}
	more, holds := check.Succession(pairs, newcomers)
	out := succession{findings: append(findings, more...)}
	for _, hold := range holds {
		// A feed that nobody asks for any more may be empty, and a partner's, which
		// is never the only one.
		if dir := path.Dir(hold.Document); partners[hold.Document] != nil || slices.ContainsFunc(c.Feeds, func(f *feed.Feed) bool { return !f.Listed && f.Path == dir }) {
			continue
		}
		if !slices.Contains(out.holds, hold.Reason) {
			out.holds = append(out.holds, hold.Reason)
		}
	}
	return out
}

// A trouble is a problem or a finding in the form that editors can follow, and
// what others of its kind have in common.
type trouble struct {
	kind, text string
}

// troubles returns what a build found, each with its file as it is, or would
// be, published. Advice is for check alone.
func (o *options) troubles(problems []article.Problem, findings []check.Finding) []trouble {
	var all []trouble
	for _, p := range problems {
		p.Path = filepath.Join(o.articles, filepath.FromSlash(p.Path))
		if p.Severity == article.Warning {
			p.Text = "warning: " + p.Text
		}
		all = append(all, trouble{p.Code, p.String()})
	}
	for _, f := range findings {
		if f.Level == check.Advice {
			continue
		}
		f.Document = filepath.Join(o.feeds, filepath.FromSlash(f.Document))
		all = append(all, trouble{f.Rule, f.String()})
	}
	return all
}

// alike is how many troubles of one kind are written out. The next thousand
// would only hide what else there is.
const alike = 10

// few returns the texts of the first troubles of each kind, and how many more
// there are.
func few(all []trouble) []string {
	var texts, kinds []string
	of := map[string]int{}
	for _, t := range all {
		if of[t.kind]++; of[t.kind] <= alike {
			texts = append(texts, t.text)
		} else if of[t.kind] == alike+1 {
			kinds = append(kinds, t.kind)
		}
	}
	for _, kind := range kinds {
		texts = append(texts, fmt.Sprintf("feedmill: %d more of the kind [%s]; `feedmill check` lists them all", of[kind]-alike, kind))
	}
	return texts
}

// summary says in one line what became of a build.
func (out outcome) summary() string {
	about := fmt.Sprintf("%s in %s, %s", count(out.entries, "article"), count(len(out.feeds), "feed"), out.trouble())
	switch {
	case len(out.held) > 0:
		return "held: " + strings.Join(out.held, "; ")
	case out.result.Written+out.result.Removed > 0:
		return fmt.Sprintf("published %s; %s written, %d removed", about, count(out.result.Written, "document"), out.result.Removed)
	}
	return "unchanged: " + about
}

// lack says why none of the files in the directory of articles is one, and what
// to do; empty when one is, or nobody has looked.
func (out outcome) lack(dir string) string {
	s := out.snapshot
	if out.entries > 0 || s.Convention.Name == "" || len(s.Articles)+s.Drafts+len(s.Problems) > 0 {
		return ""
	}
	if s.Pages > 0 && s.Convention.Name != site.Plain {
		return fmt.Sprintf("no file in %s is an article: by the rules of %s (%s) they are pages\n    hint: if they are not, write \"convention: plain\" in site.yaml", dir, s.Convention.Name, s.Convention.Evidence)
	}
	return fmt.Sprintf("no file in %s is an article\n    hint: their names end in .txt, .md, .rst or .html; `feedmill help articles` says the rest", dir)
}

// robots says what crawlers need to find the sitemaps: a robots.txt counts only
// at the root of a host, and for the pages of that host.
func (out outcome) robots() string {
	if len(out.feeds) == 0 {
		return ""
	}
	base, home := out.feeds[0].Base, out.feeds[0].Home
	from, err := url.Parse(base)
	if err != nil {
		return ""
	}
	to, err := url.Parse(home)
	if err != nil || from.Host == to.Host && from.Path == "/" {
		return ""
	}
	return fmt.Sprintf("crawlers find the articles when %s://%s/robots.txt has the lines\n    %s", to.Scheme, to.Host,
		strings.ReplaceAll(strings.TrimSpace(page.SitemapLines(base)), "\n", "\n    "))
}

// trouble counts what somebody should look at.
func (out outcome) trouble() string {
	keptOut, warnings := 0, 0
	for _, p := range out.problems {
		if p.Severity == article.Error {
			keptOut++
		} else {
			warnings++
		}
	}
	errors := 0
	for _, f := range out.findings {
		if f.Level == check.Error {
			errors++
		} else if f.Level == check.Warning {
			warnings++
		}
	}
	var parts []string
	if keptOut > 0 {
		parts = append(parts, count(keptOut, "article")+" kept out")
	}
	if errors > 0 {
		parts = append(parts, count(errors, "error"))
	}
	if warnings > 0 {
		parts = append(parts, count(warnings, "warning"))
	}
	if len(parts) == 0 {
		return "no problems"
	}
	return strings.Join(parts, ", ")
}

// faultless reports whether no article was kept out and no document has an
// error.
func (out outcome) faultless() bool {
	return !slices.ContainsFunc(out.problems, func(p article.Problem) bool { return p.Severity == article.Error }) &&
		!slices.ContainsFunc(out.findings, func(f check.Finding) bool { return f.Level == check.Error })
}

// count writes a number with its noun: "1 article", "2 articles".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
