package article

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown reads CommonMark with the extensions that generators of sites turn
// on: those of GitHub, footnotes, definition lists, attributes of headings and
// typographic punctuation. Raw HTML passes, for everything is sanitised after.
var markdown = sync.OnceValue(func() goldmark.Markdown { return newMarkdown(extension.GFM) })

// unlinked reads the same where nothing is an address: it does not look for one
// behind every blank, which is a quarter of the work.
var unlinked = sync.OnceValue(func() goldmark.Markdown {
	return newMarkdown(extension.Table, extension.Strikethrough, extension.TaskList)
})

func newMarkdown(github ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(append(github, extension.Footnote, extension.DefinitionList, extension.Typographer)...),
		goldmark.WithParserOptions(
			parser.WithAttribute(),
			parser.WithInlineParsers(util.Prioritized(singleQuotes{}, 9998)), // before the typographer's
		),
		goldmark.WithRendererOptions(
			html.WithUnsafe(),
			html.WithXHTML(),
		),
	)
}

// markdownHTML renders Markdown; of output beyond all proportion it keeps only
// as much as shows that. It is in the room.
func markdownHTML(text string, r *room) ([]byte, error) {
	r.source = append(r.source[:0], text...)
	if !needsLinks(r.source) {
		if markup, err := convert(unlinked(), r); err != nil || !showsAddress(markup) {
			return markup, err
		}
	}
	return convert(markdown(), r)
}

func convert(reader goldmark.Markdown, r *room) ([]byte, error) {
	out := bounded{r.markup[:0], mostOutput(len(r.source)) + 1}
	if err := reader.Convert(r.source, &out); err != nil {
		return nil, err
	}
	r.markup = out.kept
	return r.markup, nil
}

// needsLinks tells whether a source has any of what addresses that are no links
// yet are known by, but for those of the web which stand where a link has its own;
// or several blanks at the end of a line: of these one less is left where blanks
// are not looked behind.
func needsLinks(source []byte) bool {
	if bytes.IndexByte(source, '@') >= 0 || hasAddress(source, "](", "]: ") {
		return true
	}
	for at := range places(source, ':') {
		if bytes.HasSuffix(source[:at], []byte("ftp")) {
			return true
		}
	}
	for at := range places(source, '\n') {
		line := source[:at]
		blanks := at - len(bytes.TrimRight(line, " "))
		if blanks > 2 || bytes.HasSuffix(line[:at-blanks], []byte("\t")) {
			return true
		}
	}
	return false
}

// showsAddress tells whether markup has an address of the web in anything but a
// link or a picture, so that it may have to become one: where a link was meant
// but is none, say.
func showsAddress(markup []byte) bool { return hasAddress(markup, `href="`, `src="`) }

// hasAddress tells whether a text has an address of the web that is not behind any
// of some words.
func hasAddress(text []byte, behind ...string) bool {
	// The signs at the end of what an address begins with are seldom.
	for at := range places(text, ':') {
		if before, is := bytes.CutSuffix(bytes.TrimSuffix(text[:at], []byte("s")), []byte("http")); is && !endsWith(before, behind) {
			return true
		}
	}
	for at := range places(text, '.') {
		if before, is := bytes.CutSuffix(text[:at], []byte("www")); is && !endsWith(before, []string{"http://", "https://"}) {
			return true
		}
	}
	return false
}

// places yields where a sign stands in a text.
func places(text []byte, sign byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := 0; ; at++ {
			next := bytes.IndexByte(text[at:], sign)
			if next < 0 || !yield(at+next) {
				return
			}
			at += next
		}
	}
}

func endsWith(text []byte, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.HasSuffix(text, []byte(word)) })
}

// bounded keeps the first bytes that are written to it. It is the buffer of the
// renderer itself, which would put one of its own before any other writer.
type bounded struct {
	kept []byte
	most int
}

var _ util.BufWriter = (*bounded)(nil)

func (b *bounded) Write(p []byte) (int, error) {
	b.kept = append(b.kept, p[:min(len(p), b.most-len(b.kept))]...)
	return len(p), nil
}

func (b *bounded) WriteString(s string) (int, error) {
	b.kept = append(b.kept, s[:min(len(s), b.most-len(b.kept))]...)
	return len(s), nil
}

func (b *bounded) WriteByte(c byte) error {
	if len(b.kept) < b.most {
		b.kept = append(b.kept, c)
	}
	return nil
}

func (b *bounded) WriteRune(r rune) (int, error) { return b.WriteString(string(r)) }
func (b *bounded) Available() int                { return b.most - len(b.kept) }
func (b *bounded) Buffered() int                 { return len(b.kept) }
func (b *bounded) Flush() error                  { return nil }

// singleQuotes tells apostrophes from quotation marks. The typographer, which
// goes on to do everything else, takes the mark that opens 'the words' or
// 'nothing' for an apostrophe, because it might be that of 'twas or 'em.
type singleQuotes struct{}

// longestElision is more than what has to be seen behind a mark, in bytes.
const longestElision = 16

func (singleQuotes) Trigger() []byte { return []byte{'\''} }

func (singleQuotes) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	before, behind := block.PrecendingCharacter(), string(line[1:min(len(line), 1+longestElision)])
	mark := "’"
	switch {
	case unicode.IsDigit(before) && startsWith(behind, func(r rune) bool { return r == '"' || unicode.IsDigit(r) }):
		mark = "'" // feet or minutes
	case (unicode.IsSpace(before) || strings.ContainsRune(`"*_~([{<>/|=`, before) || unicode.In(before, unicode.Ps, unicode.Pi, unicode.Pd)) &&
		startsWith(behind, func(r rune) bool { return !unicode.IsSpace(r) }) &&
		!isElision(behind) && !(strings.ContainsRune("*_~", before) && isEnding(behind)):
		mark = "‘"
	}
	block.Advance(1)
	node := ast.NewString([]byte(mark))
	node.SetCode(true) // write as it is
	return node
}

func startsWith(s string, is func(rune) bool) bool {
	for _, r := range s {
		return is(r)
	}
	return false
}

// isElision tells whether s begins with a word whose first letters an
// apostrophe stands for: 'twas, '90s.
func isElision(s string) bool {
	word := leadingWord(s)
	if len(word) == 3 && word[2] == 's' && '0' <= word[0] && word[0] <= '9' && '0' <= word[1] && word[1] <= '9' {
		return true
	}
	return slices.Contains([]string{"twas", "tis", "twere", "twould", "em", "til", "n", "nuff", "neath"}, strings.ToLower(word))
}

// isEnding tells whether s begins with what an apostrophe joins to the
// emphasised word before it: *Guardian*'s.
func isEnding(s string) bool {
	return slices.Contains([]string{"s", "m", "t", "d", "ve", "ll", "re"}, leadingWord(s))
}

func leadingWord(s string) string {
	if end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); end >= 0 {
		return s[:end]
	}
	return s
}
