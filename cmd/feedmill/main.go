// Feedmill turns a directory of articles into feeds that every reader and
// aggregator accepts, and keeps telling subscribers the truth about them.
//
//	feedmill serve    build, then schedule, watch and serve: the main job
//	feedmill build    build once
//	feedmill check    say every problem, write nothing
//	feedmill validate judge any feed
//	feedmill adopt    take over ids and dates from the feed of before
//	feedmill purge    take an article out of everything, for good
//
// Run `feedmill help` for the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	_ "time/tzdata" // zones are there on machines that have none

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The exit status says what became of the edition.
const (
	exitOK       = 0 // published, or unchanged
	exitFailed   = 1 // failed; the last edition stays
	exitUsage    = 2 // usage or site file
	exitProblems = 3 // done, but an article was kept out or a document has an error
	exitHeld     = 4 // held by a guard; the last edition stays
	exitLocked   = 5 // another publisher has the lock
	exitNothing  = 6 // serve has no edition and no directory to make one of
)

// exitError ends the program with a status of its own.
type exitError struct {
	status int
	err    error // nil when everything has been said
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// hintError is an error with a cure.
type hintError struct {
	err  error
	hint string
}

func (e *hintError) Error() string { return e.err.Error() + "\n    hint: " + e.hint }
func (e *hintError) Unwrap() error { return e.err }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the next one ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its edges as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newCommand(stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitUsage, err} // cobra's own: flags and arguments
	}
	if exit.err != nil {
		fmt.Fprintf(stderr, "feedmill: %v\n", exit.err)
	}
	return exit.status
}

func newCommand(stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "feedmill",
		Short: "Turn a directory of articles into feeds, and serve them",
		Long: `Feedmill reads a directory of articles (plain text, Markdown, HTML), makes RSS 2.0,
Atom 1.0 and JSON Feed 1.1 of it, and serves them. Each flag has an environment
variable: --articles is FEEDMILL_ARTICLES.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd.Flags())
		},
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &hintError{err, fmt.Sprintf("see %q", cmd.CommandPath()+" --help")}
	})
	var o options
	o.flags(root.PersistentFlags())
	root.AddCommand(
		newServe(&o, stdout, stderr),
		newBuild(&o, stdout, stderr),
		newCheck(&o, stdout, stderr),
		newValidate(os.Stdin, stdout),
		newAdopt(&o, stdout, stderr),
		newPurge(&o, stdout, stderr),
		newInit(&o, stdout),
		newNew(&o, stdout),
		newVersion(stdout),
		helpTopic("articles", "How articles are written: formats, front matter, dates", articlesHelp),
		helpTopic("site", "The keys of the site file, site.yaml", siteHelp),
		helpTopic("theme", "Templates and a style of one's own for the pages", themeHelp),
		helpTopic("systemd", "Units for feedmill as a service, at ports of one's own", systemdHelp),
	)
	// Left alone, cobra's help of what it does not know prints the usage and succeeds.
	root.InitDefaultHelpCmd()
	if help, _, err := root.Find([]string{"help"}); err == nil {
		help.Args = func(_ *cobra.Command, args []string) error {
			if _, _, err := root.Find(args); err != nil {
				return &hintError{fmt.Errorf("help has nothing about %q", strings.Join(args, " ")), `"feedmill help" lists what it has`}
			}
			return nil
		}
	}
	return root
}

// options are the flags that all commands share: where things lie.
type options struct {
	articles string
	feeds    string
	site     string // empty: site.yaml in the directory of articles
	state    string // empty: .NAME-state beside the feeds directory NAME
	ledger   string // empty: ledger.jsonl in the state directory
}

func (o *options) flags(f *pflag.FlagSet) {
	f.StringVar(&o.articles, "articles", "articles", "`directory` of articles; only read")
	f.StringVar(&o.feeds, "feeds", "feeds", "`directory` where the feeds are published")
	f.StringVar(&o.site, "site", "", "site `file` (default site.yaml in the directory of articles)")
	f.StringVar(&o.state, "state", "", "`directory` of ledger and manifest (default .NAME-state beside the feeds directory NAME)")
	f.StringVar(&o.ledger, "ledger", "", "ledger `file`; may be kept in git (default ledger.jsonl in the state directory)")
}

func (o *options) siteFile() string {
	if o.site != "" {
		return o.site
	}
	return filepath.Join(o.articles, "site.yaml")
}

func (o *options) stateDir() (string, error) {
	if o.state != "" {
		return o.state, nil
	}
	feeds, err := filepath.Abs(o.feeds)
	if err != nil {
		return "", fmt.Errorf("find the state directory: %w", err)
	}
	return filepath.Join(filepath.Dir(feeds), "."+filepath.Base(feeds)+"-state"), nil
}

// fromEnvironment sets the flags that the command line leaves alone from
// FEEDMILL_NAME.
func fromEnvironment(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "FEEDMILL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if f.Changed || !ok || value == "" || f.Name == "help" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("%s=%q: %w", name, value, err))
		}
	})
	return errors.Join(errs...)
}
