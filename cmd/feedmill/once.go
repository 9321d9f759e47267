package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/edition"
	"feedmill/internal/site"
)

// The commands that build once: build publishes, check only looks.

func newBuild(o *options, stdout, stderr io.Writer) *cobra.Command {
	var dryRun, strict, accepted bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Build once: read, compose, render, check, publish",
		Long: `Build reads the articles, makes the feeds and publishes them, or leaves everything as
it is when nothing changed.

When the result looks like a disaster (the articles vanished, old stories would come
back as new), the last edition stays and the exit status is 4; --accept publishes once
all the same.

Exit status: 0 published or unchanged, 1 failed, 2 usage or site file, 3 with --strict
when an article was kept out, 4 held, 5 another publisher has the lock.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			how := publish
			switch {
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
				printChanges(stdout, out.changes)
				for _, hold := range out.held {
					fmt.Fprintf(stdout, "it would be held: %s\n", hold)
				}
			} else if len(out.held) == 0 {
				fmt.Fprintf(stdout, "feedmill: %s\n", out.summary())
			}
			if len(out.held) > 0 && !dryRun {
				return &exitError{exitHeld, heldError(out.held, out.edition)}
			}
			if strict && !out.faultless() {
				return &exitError{status: exitProblems}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print what subscribers would see; write nothing")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with status 3 when an article was kept out")
	cmd.Flags().BoolVar(&accepted, "accept", false, "publish once what a guard holds")
	return cmd
}

func newCheck(o *options, stdout, stderr io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Say every problem of the articles and of the documents made of them; write nothing",
		Long: `Check is the same as build, stopped before anything is published. The exit status is 3
when an article is kept out or a document has an error; warnings alone are 0.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := o.once(cmd.Context(), rehearse, stderr)
			if err != nil {
				return err
			}
			fmt.Fprintf(stdout, "feedmill: %s in %s, %s\n", count(out.entries, "article"), count(len(out.feeds), "feed"), out.trouble())
			if needs := out.robots(); needs != "" {
				fmt.Fprintf(stdout, "feedmill: %s\n", needs)
			}
			for _, hold := range out.held {
				fmt.Fprintf(stdout, "feedmill: a build would be held: %s\n", hold)
			}
			if !out.faultless() {
				return &exitError{status: exitProblems}
			}
			return nil
		},
	}
}

// once loads the site file and builds once, and says every problem.
func (o *options) once(ctx context.Context, how manner, stderr io.Writer) (outcome, error) {
	s, err := o.loadSite(stderr)
	if err != nil {
		return outcome{}, err
	}
	m, err := newMill(o)
	if err != nil {
		return outcome{}, &exitError{exitFailed, err}
	}
	m.oneShot = true
	out, err := m.build(ctx, s, time.Now(), how)
	o.printProblems(stderr, out.problems)
	o.printFindings(stderr, out.findings)
	return out, o.failure(err, out.edition)
}

// loadSite reads the site file; what it lacks is said once.
func (o *options) loadSite(stderr io.Writer) (site.Site, error) {
	s, err := site.Load(o.siteFile())
	if err != nil {
		return s, &exitError{exitUsage, err}
	}
	if !s.BaseURLStated {
		fmt.Fprintf(stderr, "feedmill: %s: no base_url; the feeds say %s\n    hint: set base_url to the address that readers will use\n", o.siteFile(), s.BaseURL)
	}
	return s, nil
}

// failure gives an error of build its exit status, and says what still stands.
func (o *options) failure(err error, last *edition.Edition) error {
	if err == nil {
		return nil
	}
	status := exitFailed
	if errors.Is(err, edition.ErrLocked) {
		status = exitLocked
		err = &hintError{err, "another feedmill publishes to " + o.feeds + " just now; try again when it is done"}
	} else if last != nil {
		err = fmt.Errorf("%w\n    the previous edition %s stays", err, shortDigest(last))
	}
	return &exitError{status, err}
}

// heldError says why an edition was not published, and what to do.
func heldError(reasons []string, last *edition.Edition) error {
	stays := ""
	if last != nil {
		stays = fmt.Sprintf("\n    the previous edition %s stays", shortDigest(last))
	}
	return &hintError{fmt.Errorf("held: %s%s", strings.Join(reasons, "; "), stays),
		"look with `feedmill build --dry-run`; if it is meant, publish once with `feedmill build --accept`"}
}

// shortDigest is enough of an edition's digest to tell it from others.
func shortDigest(e *edition.Edition) string { return e.Digest[:12] }
