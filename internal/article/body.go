package article

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Body renders the article: its source as HTML, sanitised by the one policy,
// with every address absolute, and the same in plain text and in short.
//
// resolve is given each address of a link, picture, film, sound or quotation
// as it is written in the body, once for each time it is written, in the order
// of the document; an address within the article ("#ports") too, that of a
// footnote with the prefix that its id has been given, and the name of another
// article behind [RefPrefix]. It returns the absolute address, or "" when the
// reference leads nowhere: then a picture, film or sound is left out, with the
// figure and the caption that stood around it, and of a link the text remains.
// An answer that is not http, https or, in a link, mailto or tel counts as "".
//
// The same article and the same answers give the same bytes. An error is a
// [Problem]: this one article cannot be shown; or it is that of the [Sources],
// when the article was restored from a record.
func (a *Article) Body(resolve func(ref string) string) (Body, error) {
	src, err := a.source()
	if err != nil {
		return Body{}, err
	}
	src.text = cleaned(src.text)
	src.title, src.mdx = a.Title, strings.EqualFold(path.Ext(a.Path), ".mdx")
	r := rooms.Get().(*room)
	defer r.leave()
	tree, problems, err := src.tree(r)
	if err != nil {
		return Body{}, a.refusal(err, src.line)
	}
	s := shown{
		resolve:  resolve,
		prefix:   strings.Join(strings.Fields(src.slug), "-"),
		markdown: src.format == Markdown,
		marked:   src.format == Markdown || src.format == RST,
		replace:  strings.Contains(src.text, string(unicode.ReplacementChar)),
		encoded:  strings.Contains(src.text, "&#"),
	}
	s.show(tree)
	markup, err := settled(tree, r)
	if err == nil {
		err = src.tooMuch(markup)
	}
	if err != nil {
		return Body{}, a.refusal(err, src.line)
	}
	for i := range problems {
		problems[i].Path = a.Path
	}
	// The summary must not keep the whole text in memory of which it is a part.
	body := Body{HTML: string(bytes.TrimSpace(markup)), Text: plain(tree, r), Summary: strings.Clone(src.summary), Problems: problems}
	if body.Summary == "" || src.format == HTML && characters(body.Summary) > mostCharacters {
		// What a page describes itself by at such length is the beginning of
		// its text, as a generator put it there.
		body.Summary = summary(tree)
	}
	a.correct(&body)
	return body, nil
}

// source is the article's body before rendering. Where the article does not
// hold it, its file is parsed once more.
func (a *Article) source() (source, error) {
	if a.from == nil && a.body == nil {
		return source{}, nil
	}
	if a.from == nil {
		return *a.body, nil
	}
	src, opt, err := a.from.Source(a.Path, a.Origin)
	if err != nil {
		return source{}, err
	}
	again, problems := new(Parser).Parse(a.Path, src, opt)
	if again != nil {
		return *again.body, nil
	}
	for _, p := range problems {
		if p.Severity == Error {
			return source{}, p
		}
	}
	return source{}, Problem{Path: a.Path, Severity: Error, Code: "body-unreadable", Text: "the file is no article any more"}
}

// refusal makes err the Problem that keeps this article out, at the line on which
// its body begins unless err says another.
func (a *Article) refusal(err error, line int) error {
	var p Problem
	if !errors.As(err, &p) {
		p = Problem{Line: line, Code: "body-unreadable", Text: err.Error(), Hint: "close the elements that are left open, or nest them less deep"}
	}
	p.Path, p.Severity = a.Path, Error
	return p
}

// tree renders the source and returns a body element that holds it, parsed but
// not yet judged, and what of the source could not be kept. A library that panics costs
// this article and no other.
func (s source) tree(r *room) (tree *html.Node, problems []Problem, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("render the body: %v", cause)
		}
	}()
	if err := s.exceeds(); err != nil {
		return nil, nil, err
	}
	plain, problems := s.expanded()
	if plain.text != s.text {
		// What stood apart may stand together now.
		if err := plain.exceeds(); err != nil {
			return nil, nil, atBeginning(err, s.line)
		}
	}
	var markup []byte
	switch s.format {
	case Text:
		markup = []byte(textHTML(plain.text))
	case Markdown:
		if markup, err = markdownHTML(plain.text, r); err != nil {
			return nil, nil, err
		}
	case HTML:
		markup = []byte(plain.text)
	case RST:
		made, ok := rstHTML(plain.text)
		if !ok {
			return nil, nil, Problem{Line: s.line, Code: "body-too-big",
				Text: fmt.Sprintf("its substitutions become more than %d bytes of HTML", mostOutput(len(plain.text))),
				Hint: "write out what they stand for where it is needed"}
		}
		markup = []byte(made)
	}
	if err := s.tooMuch(markup); err != nil {
		return nil, nil, err
	}
	tree, err = parseFragment(markup, r)
	return tree, problems, err
}

// atBeginning puts a problem at the line on which the body begins.
func atBeginning(err error, line int) error {
	var p Problem
	if errors.As(err, &p) {
		p.Line = line
		return p
	}
	return err
}
