package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/library"
	"feedmill/internal/page"
	"feedmill/internal/site"
)

// A press makes one edition: it composes, renders and checks, and begins again
// without what is at fault, until the edition is valid.
type press struct {
	*mill
	*outcome
	ctx    context.Context
	site   site.Site
	now    time.Time
	how    manner
	before before
	gate   *gate
	theme  *page.Theme
	memory feed.Memory
	stage  *edition.Stage // nil: nothing is written

	composition feed.Composition
	plans       *plan
	ailments    []article.Problem // of this try
	ballast     *strings.Builder  // while many documents are made and checked; see manyUnits
}

// Who makes manyUnits makes garbage of many times the size of what is in use, and
// lets the collector run less often meanwhile: manyHeadroom counts as in use.
const (
	manyUnits    = 2000
	manyHeadroom = 128 << 20
)

// newPress tells the ledger, beside what stands, what was read.
func (m *mill) newPress(ctx context.Context, out *outcome, s site.Site, now time.Time, how manner, last before) (*press, error) {
	p := &press{mill: m, outcome: out, ctx: ctx, site: s, now: now, how: how, before: last, gate: newGate(out.snapshot.Articles, m.good)}
	if err := m.ready(last, s, out.snapshot.Articles, now); err != nil {
		return nil, err
	}
	if err := p.tell(); err != nil {
		return nil, err
	}
	out.edition = p.before.edition
	if p.before.damage != nil {
		out.damage = p.before.damage
	}
	theme, problems := page.NewTheme(m.library.Aside)
	p.theme, out.problems = theme, append(out.problems, problems...)
	if how == rehearse {
		return p, nil
	}
	var err error
	p.stage, err = m.store.Stage()
	return p, err
}

// tell tells the ledger what is there now.
func (p *press) tell() (err error) {
	if p.told, err = p.before.ledger.Tell(p.gate.sources, p.now); err != nil {
		return err
	}
	p.memory = remember(p.before.ledger, p.now)
	return nil
}

// discard gives up what is not published.
func (p *press) discard() {
	if p.stage != nil {
		p.stage.Discard()
	}
}

// compose decides what the site says.
func (p *press) compose() {
	if p.last == nil && p.first == nil {
		first := p.recollect()
		p.first = &first
	}
	last := p.first
	if p.last != nil {
		last = &p.last.composition
	}
	p.composition = last.Next(p.gate.pass(p.told.Articles), p.site, p.snapshot, p.memory, p.now)
	p.gate.withhold(p.composition)
}

// print renders what is not in the last edition as it is to be, and makes the
// next of it.
func (p *press) print() error {
	p.plans = p.plan(p.composition)
	if len(p.plans.units) >= manyUnits && p.ballast == nil {
		p.ballast = ballastOf(manyHeadroom)
	}
	before := p.before.edition
	if before != nil && before.Base != p.site.BaseURL {
		before = nil
	}
	made, gone, err := p.carryOut(p.plans, before)
	if err != nil {
		return err
	}
	if p.stage != nil {
		p.stage.Sync()
	}
	next := before
	if next == nil {
		next, err = edition.New(p.site.BaseURL, made, nil, nil)
	} else {
		next, err = next.With(made, gone, nil, nil)
	}
	if err != nil {
		return err
	}
	to, dead := redirects(p.composition, p.site, p.before.ledger, next)
	p.ailments = append(p.composition.Ailments(), dead...)
	p.next, err = next.With(nil, nil, to, gonePaths(p.composition, p.site, p.before.ledger, p.now))
	return err
}

// check judges the edition as a stranger would.
func (p *press) check() error {
	partners := profiles(p.composition)
	p.findings = p.reader.Edition(p.before.edition, p.next, partners, p.now)
	if refused := p.refuses(p.gate, p.findings, p.composition, p.told.Articles); refused != nil {
		p.problems = append(p.problems, refused...)
		return errWithheld
	}
	if faults := p.faults(unpartnered(p.findings, partners), p.composition); len(faults) > 0 {
		return faultsError(faults)
	}
	return nil
}

// errWithheld says that articles are withheld from partners who would not take
// them: the next try is without them.
var errWithheld = errors.New("articles are withheld")

// faultsError says what keeps an edition from being valid.
type faultsError []fault

func (e faultsError) Error() string { return invalid(e[0]).Error() }

// mend takes away what is at fault, so that the next try can do without; an
// error when that cannot be mended.
func (p *press) mend(err error) error {
	var faults faultsError
	var broken *page.ThemeError
	if err == errWithheld {
		return nil
	}
	id, cause, ofEntry := entryOf(err)
	if errors.Is(err, library.ErrChanged) {
		if !ofEntry || !p.isBroken(id) {
			return err
		}
		// To read it again would not help. Its last good form was never shown until
		// now, and so no copy of its text was made.
		return p.refuse(fault{id: id, cause: article.Problem{Code: "kept-out",
			Text: "the article is not to be read, and what it said before is not known any more",
			Hint: "mend the file; until then the others go out"}})
	} else if ofEntry {
		return p.refuse(fault{id: id, cause: cause})
	} else if errors.As(err, &broken) {
		p.undress(err)
		return nil
	} else if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults {
		switch {
		case p.theme.Own() && (f.id == "" || f.page):
			p.undress(f.cause)
		case f.id == "":
			return invalid(f)
		default:
			if err := p.refuse(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// isBroken reports whether the file of the article with an id cannot be taken as
// it is.
func (p *press) isBroken(id string) bool {
	i := slices.IndexFunc(p.told.Articles, func(a *article.Article) bool { return a.ID == id })
	return i >= 0 && slices.ContainsFunc(p.snapshot.Problems, func(problem article.Problem) bool {
		return problem.Path == p.told.Articles[i].Path && problem.Severity == article.Error
	})
}

// refuse leaves an article in its last good form, or keeps it out, and says so.
func (p *press) refuse(f fault) (err error) {
	i := slices.IndexFunc(p.told.Articles, func(a *article.Article) bool { return a.ID == f.id })
	path := p.told.Articles[i].Path
	restored := p.gate.refuse(path)
	problem := article.Problem{Code: "kept-out", Text: f.cause.Error(), Hint: "the article is kept out of this edition; the others go out"}
	if said := (article.Problem{}); errors.As(f.cause, &said) {
		problem = said // with the line, and the cure
	} else if restored {
		problem.Code, problem.Hint = "kept-back", "the article stays as it was published last; the others go out"
	}
	problem.Path, problem.Severity = path, article.Error
	p.problems = append(p.problems, problem)
	if !restored {
		return nil
	}
	if p.before, err = p.mill.open(p.site, p.snapshot.Articles, p.now, p.how); err != nil {
		return err
	}
	return p.tell()
}

// undress notes what is wrong with the site's own theme, or with a document when
// that may be the theme's fault, and takes the built-in one for the next try.
func (p *press) undress(cause error) {
	var broken *page.ThemeError
	if errors.As(cause, &broken) {
		p.problems = append(p.problems, broken.Problem)
	} else {
		p.problems = append(p.problems, article.Problem{
			Path: page.ThemeDir, Severity: article.Warning, Code: "theme", Text: cause.Error(),
			Hint: "all pages are made with the built-in theme",
		})
	}
	p.theme = page.BuiltIn()
}

// conclude collects what the operator is told about the edition, and what the
// ledger is.
func (p *press) conclude() error {
	p.ballast = nil
	c := p.composition
	p.entries, p.feeds, p.wake = len(c.Entries), c.Feeds, c.Wake
	p.problems = slices.Concat(p.snapshot.Problems, p.told.Problems, c.Problems, p.ailments, p.problems)
	slices.SortFunc(p.problems, article.Problem.Compare)
	if err := show(c, p.before.ledger, p.now); err != nil {
		return fmt.Errorf("tell the ledger: %w", err)
	}
	follows := p.succeed(p.before.edition, p.next, p.told.New, p.before.ledger.Fresh, c)
	p.stands = func(feed, id string) bool { return c.Stands(id, feed) }
	p.findings = append(p.findings, follows.findings...)
	if hold := p.told.Hold(); hold != "" {
		p.held = append(p.held, hold)
	} else if p.how != purging {
		p.held = follows.holds
	}
	return nil
}

// published notes what this process published, for the next edition.
func (p *press) published() {
	p.last = &printed{
		edition: p.outcome.edition, composition: p.composition, face: p.plans.face,
		files: p.snapshot.FilesVersion(), parts: p.plans.parts,
	}
	p.first = nil
	p.learn(p.composition)
	p.good = p.before.ledger.WithoutPurged(p.gate.published())
}
