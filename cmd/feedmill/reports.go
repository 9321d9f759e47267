package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"feedmill/internal/article"
	"feedmill/internal/check"
)

// A report is what check and validate say: the problems of articles and the
// findings of documents, in one form.
type report struct {
	remarks  []remark
	verdicts []verdict // of a partner, article by article; empty without a profile
	summary  string    // one line for people
	needs    string    // what is to be done elsewhere, in lines for people; empty when nothing is
}

// A remark is one problem or finding.
type remark struct {
	File   string `json:"file"` // a path, or the address of what was fetched
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Level  string `json:"level"` // error, warning or advice
	Rule   string `json:"rule"`
	Entry  string `json:"entry,omitempty"` // id
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
	Source string `json:"source,omitempty"` // the specification that says so
}

// A verdict says whether a partner would take an article.
type verdict struct {
	File    string   `json:"file"` // of the article, or the document when it has none
	Entry   string   `json:"entry"`
	Title   string   `json:"title"`
	Partner string   `json:"partner"`
	Takes   bool     `json:"takes"`
	Because []string `json:"because,omitempty"` // what the partner refuses, or shows worse
}

// add takes problems and findings in; where names the file of each.
func (r *report) addProblems(problems []article.Problem, where func(string) string) {
	for _, p := range problems {
		level := check.Error
		if p.Severity == article.Warning {
			level = check.Warning
		}
		r.remarks = append(r.remarks, remark{
			File: where(p.Path), Line: p.Line, Column: p.Column, Level: level.String(), Rule: p.Code, Text: p.Text, Hint: p.Hint,
		})
	}
}

func (r *report) addFindings(findings []check.Finding, where func(string) string) {
	for _, f := range findings {
		r.remarks = append(r.remarks, remark{
			File: where(f.Document), Line: f.Line, Column: f.Column, Level: f.Level.String(), Rule: f.Rule,
			Entry: f.Entry, Text: f.Text, Hint: f.Hint, Source: f.Source,
		})
	}
}

// faultless reports whether there is no error.
func (r *report) faultless() bool {
	return !slices.ContainsFunc(r.remarks, func(m remark) bool { return m.Level == check.Error.String() })
}

// counts says how many remarks there are of each level, in words.
func (r *report) counts() string {
	var parts []string
	for _, level := range []check.Level{check.Error, check.Warning} {
		n := 0
		for _, m := range r.remarks {
			if m.Level == level.String() {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, count(n, level.String()))
		}
	}
	if len(parts) == 0 {
		return "no problems"
	}
	return strings.Join(parts, ", ")
}

// form is how a report is written: the flag --format.
type form string

const (
	terminalForm form = "terminal"
	jsonForm     form = "json"
	sarifForm    form = "sarif"
)

func (f *form) String() string { return string(*f) }
func (f *form) Type() string   { return "form" }
func (f *form) Set(v string) error {
	switch form(v) {
	case terminalForm, jsonForm, sarifForm:
		*f = form(v)
		return nil
	}
	return fmt.Errorf("%q is none of terminal, json and sarif", v)
}

func (f *form) flag(cmd *cobra.Command) {
	*f = terminalForm
	cmd.Flags().Var(f, "format", "`form` of the report: terminal, json, or sarif (SARIF 2.1.0, for code hosts)")
}

// write writes the report.
func (r *report) write(w io.Writer, f form) error {
	switch f {
	case jsonForm:
		return r.json(w)
	case sarifForm:
		return r.sarif(w)
	}
	return r.terminal(w)
}

// colours of the levels on a terminal (ECMA-48, section 8.3.117).
var colours = map[string]string{"error": "\x1b[31m", "warning": "\x1b[33m", "advice": "\x1b[36m"}

// terminal writes the report for people, in the form that editors can follow.
func (r *report) terminal(w io.Writer) error {
	colour := func(code, text string) string { return text }
	if coloured(w) {
		colour = func(code, text string) string { return code + text + "\x1b[0m" }
	}
	var b strings.Builder
	for _, m := range r.remarks {
		place := m.File
		if m.Line > 0 {
			place += fmt.Sprintf(":%d", m.Line)
			if m.Column > 0 {
				place += fmt.Sprintf(":%d", m.Column)
			}
		}
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", colour("\x1b[1m", place), colour(colours[m.Level], m.Level), printableText(m.Text), m.Rule)
		if m.Source != "" {
			fmt.Fprintf(&b, "    rule: %s\n", m.Source)
		}
		if m.Hint != "" {
			fmt.Fprintf(&b, "    hint: %s\n", m.Hint)
		}
	}
	for _, v := range r.verdicts {
		answer := colour("\x1b[32m", "yes")
		if !v.Takes {
			answer = colour("\x1b[31m", "no")
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", v.File, v.Partner, answer)
		for _, reason := range v.Because {
			fmt.Fprintf(&b, "    %s\n", printableText(reason))
		}
	}
	fmt.Fprintf(&b, "feedmill: %s\n", r.summary)
	if r.needs != "" {
		fmt.Fprintf(&b, "feedmill: %s\n", r.needs)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// coloured reports whether w shows colours: a terminal whose user has not said
// no (no-color.org).
func coloured(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// printableText keeps what a stranger's document says from moving the cursor.
func printableText(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' || c == 0x7f || 0x80 <= c && c <= 0x9f {
			return '\ufffd'
		}
		return c
	}, s)
}

// json writes the report for programs.
func (r *report) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Summary  string    `json:"summary"`
		Needs    string    `json:"needs,omitempty"`
		Findings []remark  `json:"findings"`
		Verdicts []verdict `json:"verdicts,omitempty"`
	}{r.summary, r.needs, append([]remark{}, r.remarks...), r.verdicts})
}

// sarif writes the report as SARIF 2.1.0 (OASIS), which code hosts show beside
// the files.
func (r *report) sarif(w io.Writer) error {
	type object = map[string]any
	rules := map[string]remark{}
	for _, m := range r.remarks {
		if _, known := rules[m.Rule]; !known {
			rules[m.Rule] = m
		}
	}
	names := slices.SortedFunc(func(yield func(string) bool) {
		for name := range rules {
			if !yield(name) {
				return
			}
		}
	}, cmp.Compare)
	index := map[string]int{}
	descriptions := []object{}
	for i, name := range names {
		index[name] = i
		rule := rules[name]
		description := object{"id": name, "defaultConfiguration": object{"level": sarifLevel(rule.Level)}}
		if rule.Source != "" {
			description["shortDescription"] = object{"text": rule.Source}
		}
		if rule.Hint != "" {
			description["help"] = object{"text": rule.Hint}
		}
		descriptions = append(descriptions, description)
	}
	results := []object{}
	for _, m := range r.remarks {
		physical := object{"artifactLocation": object{"uri": sarifURI(m.File)}}
		if m.Line > 0 {
			region := object{"startLine": m.Line}
			if m.Column > 0 {
				region["startColumn"] = m.Column
			}
			physical["region"] = region
		}
		text := m.Text
		if m.Hint != "" {
			text += ". " + m.Hint
		}
		result := object{
			"ruleId": m.Rule, "ruleIndex": index[m.Rule], "level": sarifLevel(m.Level), "message": object{"text": text},
			"locations": []object{{"physicalLocation": physical}},
		}
		if m.Entry != "" {
			result["properties"] = object{"entry": m.Entry}
		}
		results = append(results, result)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(object{
		"$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		"version": "2.1.0",
		"runs": []object{{
			"tool":       object{"driver": object{"name": "feedmill", "rules": descriptions}},
			"columnKind": "unicodeCodePoints",
			"results":    results,
		}},
	})
}

func sarifLevel(level string) string {
	if level == check.Advice.String() {
		return "note"
	}
	return level
}

// sarifURI is a file as SARIF names it: an address, or a relative reference.
func sarifURI(file string) string {
	if u, err := url.Parse(file); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return u.String()
	}
	return (&url.URL{Path: filepath.ToSlash(file)}).String()
}

// verdictsOf answers for each entry whether a partner would take it, by what
// its profile found.
func verdictsOf(p *check.Profile, entries []check.Entry, findings []check.Finding, file func(check.Entry) string) []verdict {
	var refusesAll []string
	because := map[string][]string{}
	refused := map[string]bool{}
	for _, f := range findings {
		if !p.Asks(f.Rule) && f.Level != check.Error {
			continue
		}
		said := fmt.Sprintf("%v: %s [%s]", f.Level, f.Text, f.Rule)
		if f.Entry == "" {
			if f.Level == check.Error {
				refusesAll = append(refusesAll, said)
			}
			continue
		}
		because[f.Entry] = append(because[f.Entry], said)
		refused[f.Entry] = refused[f.Entry] || f.Level == check.Error
	}
	var all []verdict
	for _, e := range entries {
		all = append(all, verdict{
			File: file(e), Entry: e.ID, Title: e.Title, Partner: p.Title,
			Takes:   len(refusesAll) == 0 && !refused[e.ID],
			Because: append(slices.Clone(refusesAll), because[e.ID]...),
		})
	}
	return all
}
