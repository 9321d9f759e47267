package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"feedmill/internal/check"
)

// newValidate is the command that judges any feed, ours or not.
func newValidate(stdin io.Reader, stdout io.Writer) *cobra.Command {
	var v validation
	cmd := &cobra.Command{
		Use:   "validate FILE|URL|- …",
		Short: "Judge feeds, outlines and sitemaps, published by anybody",
		Long: `Validate judges RSS 2.0 (and 0.9x, 1.0), Atom, JSON Feed, OPML, sitemaps and news
sitemaps: each finding with its place, the rule and the specification that says so, and
what to do. The rules have the names of the W3C feed validator where it has one. A file
needs no network; - is standard input. Both are judged while they are read: up to 128 MB,
of which a single text may have 4 MB.

With an address, it is also judged how the document is served: types, validators,
conditional requests, compression, redirects. --follow goes on to the feed's archives
and hubs. Only public addresses are visited; --private allows others, so that
http://localhost:8080/rss.xml can be judged.

Exit status: 0 without errors, 3 when a document has an error, 1 when one could not be
read, 2 usage.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return v.run(cmd.Context(), args, stdin, stdout)
		},
	}
	v.form.flag(cmd)
	cmd.Flags().BoolVar(&v.follow, "follow", false, "visit the archives and hubs of a feed too")
	cmd.Flags().BoolVar(&v.private, "private", false, "visit addresses that are not public")
	cmd.Flags().Var(&v.partner, "profile", "judge also what a `partner` wants: "+partnerNames())
	return cmd
}

// validation is how validate works: its flags.
type validation struct {
	form            form
	follow, private bool
	partner         partner
}

// partner is the flag --profile.
type partner struct{ *check.Profile }

func (p *partner) Type() string { return "partner" }
func (p *partner) String() string {
	if p.Profile == nil {
		return ""
	}
	return p.Name
}

func (p *partner) Set(name string) error {
	if p.Profile = check.ProfileNamed(name); p.Profile == nil {
		return fmt.Errorf("%q is none of %s", name, partnerNames())
	}
	return nil
}

func partnerNames() string {
	var names []string
	for _, p := range check.Profiles() {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// run judges all that is named. What cannot be read does not keep the rest from
// being judged.
func (v *validation) run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	visitor := check.NewVisitor(v.private)
	defer visitor.Close()
	var r report
	var failed []error
	documents := 0
	same := func(file string) string { return file }
	for _, arg := range args {
		if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
			visits, err := visitor.Visit(ctx, arg, v.follow, v.partner.Profile)
			if err != nil {
				if errors.Is(err, check.ErrPrivate) {
					err = &hintError{err, "--private allows it"}
				}
				failed = append(failed, err)
				continue
			}
			for _, visit := range visits {
				documents++
				r.addFindings(visit.Findings, same)
				r.judge(v.partner, visit.Feed, visit.Findings, func(e check.Entry) string { return arg + ": " + e.ID })
			}
			continue
		}
		if scheme, _, ok := strings.Cut(arg, "://"); ok {
			failed = append(failed, &hintError{fmt.Errorf("read %q: %s is not visited", arg, scheme), "only http and https are"})
			continue
		}
		name := arg
		if arg == "-" {
			name = "stdin"
		}
		findings, entries, err := v.judgeFile(arg, name, stdin)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		documents++
		r.addFindings(findings, same)
		r.judge(v.partner, entries, findings, func(e check.Entry) string { return name + ": " + e.ID })
	}
	r.summary = fmt.Sprintf("%s, %s", count(documents, "document"), r.counts())
	if documents > 0 {
		if err := r.write(stdout, v.form); err != nil {
			return &exitError{exitFailed, err}
		}
	}
	switch {
	case len(failed) > 0:
		return &exitError{exitFailed, errors.Join(failed...)}
	case !r.faultless():
		return &exitError{status: exitProblems}
	}
	return nil
}

// judge adds what a partner says of each entry.
func (r *report) judge(p partner, entries []check.Entry, findings []check.Finding, file func(check.Entry) string) {
	if p.Profile != nil {
		r.verdicts = slices.Concat(r.verdicts, verdictsOf(p.Profile, entries, findings, file))
	}
}

// judgeFile judges a file, or standard input, while it is read: little of it is
// kept in memory. With a partner the entries are returned too, and the document
// is kept for it.
func (v *validation) judgeFile(file, name string, stdin io.Reader) ([]check.Finding, []check.Entry, error) {
	in := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		in = f
	}
	source := check.Source{Path: name, Now: time.Now(), Profile: v.partner.Profile}
	whole := &limited{in: in, left: check.MaxFile}
	if v.partner.Profile == nil {
		findings, err := source.JudgeFrom(whole)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", name, err)
		}
		return findings, nil, nil
	}
	body, err := io.ReadAll(whole)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	var entries []check.Entry
	if feed, err := check.Read(body); err == nil {
		entries = feed.Entries // what is no feed has none
	}
	return source.Judge(body), entries, nil
}

// limited is a reader that refuses more than so many bytes.
type limited struct {
	in   io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("more than %d MB", check.MaxFile>>20)
	}
	return n, err
}
