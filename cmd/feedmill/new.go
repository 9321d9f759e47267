package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"feedmill/internal/site"
)

// newInit and newNew are the only commands that write to the directory of
// articles, and they only add files.

func newInit(o *options, stdout io.Writer) *cobra.Command {
	var title, baseURL string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Start a directory of articles: a site file and a first article",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			now := time.Now()
			if title == "" {
				dir, err := filepath.Abs(o.articles)
				if err != nil {
					return &exitError{exitFailed, fmt.Errorf("name the site: %w", err)}
				}
				if title = filepath.Base(dir); title == "articles" {
					title = filepath.Base(filepath.Dir(dir))
				}
			}
			file := siteTemplate(title, baseURL, now)
			if _, err := site.Parse(o.siteFile(), []byte(file)); err != nil {
				return &exitError{exitUsage, err}
			}
			if err := create(o.siteFile(), file, "edit it, or name another directory with --articles"); err != nil {
				return err
			}
			first := filepath.Join(o.articles, "welcome.md")
			if err := create(first, articleTemplate("Welcome", now, false)+"Hello. This is the first article; edit or remove it.\n", ""); err != nil {
				return err
			}
			fmt.Fprintf(stdout, "%s: the site: its title, address and author\n%s: a first article\nnow: feedmill serve%s\n",
				o.siteFile(), first, o.articlesFlag())
			return nil
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "`title` of the site (default the directory's name)")
	cmd.Flags().StringVar(&baseURL, "base-url", "", "`address` where the feeds directory will be reachable")
	return cmd
}

func newNew(o *options, stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "new TITLE",
		Short: "Start an article, as a draft",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			title := strings.Join(args, " ")
			name := slugify(title)
			if name == "" {
				return &exitError{exitUsage, fmt.Errorf("new %q: a title needs a letter or a digit", title)}
			}
			s, err := o.readSite()
			if err != nil {
				return &exitError{exitUsage, err}
			}
			path := filepath.Join(o.articles, name+".md")
			if err := create(path, articleTemplate(title, time.Now().In(s.Zone), true)+"\n", "give the article another title"); err != nil {
				return err
			}
			fmt.Fprintf(stdout, "%s: a draft; it is published when the line %q is gone\n", path, "draft: true")
			return nil
		},
	}
}

// articlesFlag is the flag that finds the directory of articles again.
func (o *options) articlesFlag() string {
	if o.articles == "articles" {
		return ""
	}
	return " --articles " + o.articles
}

// create writes a file that must not be there yet.
func create(path, content, hint string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return &exitError{exitFailed, err}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already", path)
		if hint != "" {
			err = &hintError{err, hint}
		}
		return &exitError{exitFailed, err}
	}
	if err == nil {
		_, err = f.WriteString(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return &exitError{exitFailed, err}
	}
	return nil
}

func siteTemplate(title, baseURL string, now time.Time) string {
	zone := now.Location().String()
	if zone == "Local" || zone == "" {
		zone = "UTC"
	}
	address := "# base_url: https://feeds.example.org/   # where the feeds directory is reachable; set it before you tell anybody\n"
	if baseURL != "" {
		address = "base_url: " + quote(baseURL) + "\n"
	}
	return "# What each key means: feedmill help site\n" +
		"title: " + quote(title) + "\n" +
		"description: " + quote("News from "+title) + "\n" +
		address +
		"language: en\n" +
		"time_zone: " + zone + "   # for dates without a zone\n" +
		"# author: {name: " + title + ", email: desk@example.org}\n"
}

func articleTemplate(title string, now time.Time, draft bool) string {
	head := "---\ntitle: " + quote(title) + "\ndate: " + now.Format(time.RFC3339) + "\ntags: []\n"
	if draft {
		head += "draft: true\n"
	}
	return head + "---\n\n"
}

// quote writes s as a YAML string in double quotes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// slugify makes a file name of a title: letters and digits of any script in
// lower case, with hyphens between.
func slugify(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.TrimSuffix(b.String(), "-")
	for len(name) > 80 {
		cut := strings.LastIndexByte(name, '-')
		if cut <= 0 {
			break
		}
		name = name[:cut]
	}
	return name
}
