package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/durable"
	"feedmill/internal/edition"
	"feedmill/internal/library"
	"feedmill/internal/site"
)

// The commands that build once: build publishes, check only looks.

func newBuild(o *options, stdout, stderr io.Writer) *cobra.Command {
	var dryRun, strict, accepted bool
	form := terminalForm
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Build once: read, compose, render, check, publish",
		Long: `Build reads the articles, makes the feeds and publishes them, or leaves everything as
it is when nothing changed.

When the result looks like a disaster (the articles vanished, old stories would come
back as new), the last edition stays and the exit status is 4; --accept publishes once
all the same.

With --dry-run nothing is written: build says feed by feed what subscribers would see,
read from the published and the new documents. What is re-announced is a story that they
have and would be shown again, under another id. --format json says it for programs.

Exit status: 0 published or unchanged, 1 failed, 2 usage or site file, 3 with --strict
when an article was kept out, 4 held, 5 another publisher has the lock.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			how := publish
			switch {
			case form == sarifForm:
				return &exitError{exitUsage, errors.New("--format sarif is for check and validate")}
			case form == jsonForm && !dryRun:
				return &exitError{exitUsage, &hintError{errors.New("--format is for --dry-run"), "add --dry-run"}}
			case dryRun:
				how = rehearse
			case accepted:
				how = accept
			}
			out, err := o.once(cmd.Context(), how, stderr)
			if err != nil {
				return err
			}
			if dryRun {
				r, err := o.rehearse(out)
				if err == nil && form == jsonForm {
					err = r.json(stdout)
				} else if err == nil {
					err = r.terminal(stdout)
				}
				if err != nil {
					return &exitError{exitFailed, err}
				}
			} else if len(out.held) == 0 {
				fmt.Fprintf(stdout, "feedmill: %s\n", out.summary())
				if lack := out.lack(o.articles); lack != "" {
					fmt.Fprintf(stderr, "feedmill: %s\n", lack)
				}
				for _, hold := range out.released {
					fmt.Fprintf(stdout, "feedmill: accepted this once: %s\n", hold)
				}
			}
			if len(out.held) > 0 && !dryRun {
				return &exitError{exitHeld, heldError(out)}
			}
			if strict && !out.faultless() {
				return &exitError{status: exitProblems}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what subscribers would see; write nothing")
	cmd.Flags().Var(&form, "format", "`form` of what --dry-run prints: terminal or json")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with status 3 when an article was kept out")
	cmd.Flags().BoolVar(&accepted, "accept", false, "publish once what a guard holds")
	return cmd
}

func newCheck(o *options, stdout, stderr io.Writer) *cobra.Command {
	var form form
	var partner partner
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say every problem of the articles and of the documents made of them; write nothing",
		Long: `Check is the same as build, stopped before anything is published. The exit status is 3
when an article is kept out or a document has an error, else 4 when a build would be
held; warnings alone are 0.

With --profile it says of each article whether a partner would take it, and why not: of
those in the feed with that profile, or where there is none, in the site's feed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now()
			out, err := o.attempt(cmd.Context(), rehearse, now, stderr)
			printConvention(stderr, out.site, out.snapshot)
			if lack := out.lack(o.articles); lack != "" {
				fmt.Fprintf(stderr, "feedmill: %s\n", lack)
			}
			r := o.report(out)
			if partner.Profile != nil && out.next != nil {
				o.ask(&r, partner, out, now)
			}
			if err != nil {
				if len(r.remarks) > 0 {
					err = errors.Join(r.write(stdout, form), err)
				}
				return o.failure(err, out.edition)
			}
			r.summary = fmt.Sprintf("%s in %s, %s", count(out.entries, "article"), count(len(out.feeds), "feed"), out.trouble())
			r.needs = out.robots()
			for _, hold := range out.held {
				r.summary += "; a build would be held: " + hold
			}
			if err := r.write(stdout, form); err != nil {
				return &exitError{exitFailed, err}
			}
			if !r.faultless() {
				return &exitError{status: exitProblems}
			}
			if len(out.held) > 0 {
				return &exitError{status: exitHeld}
			}
			return nil
		},
	}
	form.flag(cmd)
	cmd.Flags().Var(&partner, "profile", "say of each article whether a `partner` would take it: "+partnerNames())
	return cmd
}

// report is what a build found, with the files as they are, or would be.
func (o *options) report(out outcome) report {
	var r report
	r.addProblems(out.problems, func(path string) string { return filepath.Join(o.articles, filepath.FromSlash(path)) })
	r.addFindings(out.findings, func(path string) string { return filepath.Join(o.feeds, filepath.FromSlash(path)) })
	return r
}

// ask adds what a partner says of the feed that is made for it, or else of the
// site's, article by article. It reads RSS if there is any, as all partners do.
func (o *options) ask(r *report, p partner, out outcome, now time.Time) {
	f := out.feeds[0]
	for _, own := range out.feeds {
		if string(own.Profile) == p.Name {
			f = own
			break
		}
	}
	format := f.Formats[0]
	if slices.Contains(f.Formats, site.RSS) {
		format = site.RSS
	}
	d, ok := out.next.Document(f.Document(format))
	if !ok {
		return
	}
	reading, err := check.Read(d.Content())
	if err != nil {
		return // said already: the document has an error
	}
	files := map[string]string{}
	for _, a := range out.told.Articles {
		files[a.ID] = filepath.Join(o.articles, filepath.FromSlash(a.Path))
	}
	findings := check.Source{Path: d.Path, Type: d.Type, URL: f.URL(format), Now: now, Profile: p.Profile}.Judge(d.Content())
	own := slices.DeleteFunc(findings, func(f check.Finding) bool { return !p.Asks(f.Rule) })
	if f.Profile == "" { // else they were found already
		r.addFindings(own, func(path string) string { return filepath.Join(o.feeds, filepath.FromSlash(path)) })
	}
	for _, a := range out.told.Articles {
		i := slices.IndexFunc(out.problems, func(p article.Problem) bool { return p.Path == a.Path && p.Code == string(f.Profile) })
		if f.Profile != "" && i >= 0 {
			r.verdicts = append(r.verdicts, verdict{File: files[a.ID], Entry: a.ID, Title: a.Title, Partner: p.Title, Because: []string{out.problems[i].Text}})
		}
	}
	r.judge(p, reading.Entries, own, func(e check.Entry) string { return files[e.ID] })
}

// once builds once, and says every problem.
func (o *options) once(ctx context.Context, how manner, stderr io.Writer) (outcome, error) {
	out, err := o.attempt(ctx, how, time.Now(), stderr)
	for _, text := range few(o.troubles(out.problems, out.findings)) {
		fmt.Fprintln(stderr, text)
	}
	return out, o.failure(err, out.edition)
}

// onceHeadroom is that of a process that builds once and ends, see collect.
const onceHeadroom = 8 << 20

// attempt loads the site file and builds.
func (o *options) attempt(ctx context.Context, how manner, now time.Time, stderr io.Writer) (outcome, error) {
	s, err := o.loadSite(stderr)
	if err != nil {
		return outcome{}, err
	}
	m, err := newMill(o)
	if err != nil {
		return outcome{}, &exitError{exitFailed, err}
	}
	m.oneShot, m.keeps = true, true
	defer collect(onceHeadroom)()
	defer bound()()
	warn := func(err error) { fmt.Fprintf(stderr, "feedmill: warning: %v\n", err) }
	m.library.Warn, m.library.ReadOnly = warn, how == rehearse
	m.progress = newProgress(stderr)
	m.library.Progress = func(done, all int) { m.progress.tell("reading articles", done, all) }
	out, err := m.build(ctx, s, now, how)
	m.progress.end()
	if err := m.save(); err != nil {
		warn(err)
	}
	return out, err
}

// loadSite reads the site file; what it lacks is said once.
func (o *options) loadSite(stderr io.Writer) (site.Site, error) {
	s, err := o.readSite()
	if err != nil {
		return s, &exitError{exitUsage, err}
	}
	if !s.BaseURLStated {
		fmt.Fprintf(stderr, "feedmill: %s: no base_url; the feeds say %s\n    hint: set base_url to the address that readers will use\n", o.siteFile(), s.BaseURL)
	}
	return s, nil
}

// readSite reads the site file and, for what it leaves out, the configuration
// of the site's generator.
func (o *options) readSite() (site.Site, error) {
	generator, err := site.FindGenerator(o.articles)
	if err != nil {
		return site.Site{}, err
	}
	return generator.Load(o.siteFile())
}

// printConvention says whose rules the articles were read by, why, and what the
// generator's configuration said of the site.
func printConvention(w io.Writer, s site.Site, snapshot library.Snapshot) {
	if snapshot.Convention.Name == "" {
		return // the directory could not be read
	}
	pages := ""
	if n := snapshot.Pages; n > 0 {
		pages = fmt.Sprintf("; %s no articles by its rules", count(n, "file"))
	}
	fmt.Fprintf(w, "feedmill: convention: %s (%s)%s\n", snapshot.Convention.Name, snapshot.Convention.Evidence, pages)
	if s.Generator == nil || s.Generator.Convention == "" {
		return
	}
	for _, said := range s.Taken() {
		fmt.Fprintf(w, "    %v\n", said)
	}
	for _, problem := range s.Generator.Problems {
		fmt.Fprintf(w, "feedmill: warning: %v\n", problem)
	}
}

// failure gives an error of build its exit status, and says what still stands.
func (o *options) failure(err error, last *edition.Edition) error {
	if exit := (*exitError)(nil); err == nil || errors.As(err, &exit) {
		return err
	}
	status := exitFailed
	if errors.Is(err, edition.ErrLocked) {
		status = exitLocked
		err = &hintError{err, "another feedmill publishes to " + o.feeds + " just now; try again when it is done"}
	} else {
		if last != nil {
			err = fmt.Errorf("%w\n    the previous edition %s stays", err, shortDigest(last))
		}
		if errors.Is(err, syscall.ENOSPC) {
			err = &hintError{err, "make room on the disk; the next build tries again"}
		} else if errors.Is(err, durable.ErrTorn) {
			err = &hintError{err, "something else has cut the file short: put it back from a backup, or delete its last line, which is not whole; the next build goes on from there"}
		}
	}
	return &exitError{status, err}
}

// heldError says why an edition was not published, and what to do.
func heldError(out outcome) error {
	stays := ""
	if out.edition != nil {
		stays = fmt.Sprintf("\n    the previous edition %s stays", shortDigest(out.edition))
	}
	hint := "look with `feedmill build --dry-run`; if it is meant, publish once with `feedmill build --accept`"
	if out.next == nil {
		hint = "put the directory of articles back, or name it with --articles; there is nothing to publish in its place"
	}
	return &hintError{fmt.Errorf("held: %s%s", strings.Join(out.held, "; "), stays), hint}
}

// shortDigest is enough of an edition's digest to tell it from others.
func shortDigest(e *edition.Edition) string { return e.Digest[:12] }
