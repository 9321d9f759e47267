package article

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Body renders the article: its source as HTML, sanitised by the one policy,
// with every address absolute, and the same in plain text and in short.
//
// resolve is given each address of a link, picture, film, sound or quotation
// as it is written in the body, once for each time it is written, in the
// order of the document; an address within the article ("#ports") too, and
// that of a footnote with the prefix that its id has been given. It returns
// the absolute address, or "" when the reference leads nowhere: then a picture,
// film or sound is left out, with the figure and the caption that stood around
// it, and of a link the text remains. An answer that is not http, https or, in
// a link, mailto or tel counts as "".
//
// The same article and the same answers give the same bytes. An error is
// always a [Problem]: this one article cannot be shown.
func (a *Article) Body(resolve func(ref string) string) (Body, error) {
	src := a.body
	src.text = cleaned(src.text)
	tree, err := src.tree()
	if err != nil {
		return Body{}, a.refusal(err)
	}
	s := shown{
		resolve:  resolve,
		prefix:   strings.Join(strings.Fields(src.slug), "-"),
		markdown: src.format == Markdown,
		replace:  strings.ContainsRune(src.text, unicode.ReplacementChar),
	}
	s.show(tree)
	markup, err := settled(tree, s.mended)
	if err == nil {
		err = src.tooMuch(markup)
	}
	if err != nil {
		return Body{}, a.refusal(err)
	}
	body := Body{HTML: string(bytes.TrimSpace(markup)), Text: plain(tree), Summary: src.summary}
	if body.Summary == "" {
		body.Summary = summary(tree)
	}
	a.correct(&body)
	return body, nil
}

// refusal makes err the Problem that keeps this article out.
func (a *Article) refusal(err error) error {
	var p Problem
	if !errors.As(err, &p) {
		p = Problem{Line: a.body.line, Code: "body-unreadable", Text: err.Error(), Hint: "close the elements that are left open, or nest them less deep"}
	}
	p.Path, p.Severity = a.Path, Error
	return p
}

// tree renders the source, sanitises it and returns a body element that holds
// it. A library that panics costs this article and no other.
func (s source) tree() (tree *html.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("render the body: %v", r)
		}
	}()
	if err := s.exceeds(); err != nil {
		return nil, err
	}
	var markup []byte
	switch s.format {
	case Text:
		markup = []byte(textHTML(s.text))
	case Markdown:
		if markup, err = markdownHTML(s.text); err != nil {
			return nil, err
		}
	case HTML:
		markup = []byte(s.text)
	}
	if err := s.tooMuch(markup); err != nil {
		return nil, err
	}
	return parseFragment(sanitiser().SanitizeBytes(markup))
}
