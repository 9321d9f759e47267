package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

// The files of a theme.
const (
	landingTemplate = "landing.tmpl"
	articleTemplate = "article.tmpl"
	feedsTemplate   = "feeds.tmpl"
	layoutTemplate  = "layout.tmpl"
	styleSheet      = "style.css"
)

// ThemeDir is where a site has its own, below the directory of articles.
const ThemeDir = "_theme"

//go:embed *.tmpl style.css
var files embed.FS

// Theme is how pages look: a template for each kind of page, the definitions
// that these share (layout.tmpl), and one style. It is not changed once made,
// and any number of goroutines may use it.
type Theme struct {
	own    bool
	files  map[string]string             // the site's own, by name
	pages  map[string]*template.Template // by the name of the file
	style  template.HTML                 // the element, whole
	policy string
	known  partsMade
}

// ThemeError is the error of a theme that cannot write a page. Without it
// ([BuiltIn]) the page can be written.
type ThemeError struct{ Problem article.Problem }

func (e *ThemeError) Error() string { return e.Problem.String() }

// BuiltIn returns the theme of the program itself. It is made when the first
// page is written and not at every start of the program.
var BuiltIn = sync.OnceValue(func() *Theme {
	t, err := parse(nil)
	if err != nil {
		panic(err)
	}
	return t
})

// NewTheme returns the theme of a site. Read is asked for each file that it may
// have, by its path below the directory of articles ("_theme/article.tmpl"), and
// answers [fs.ErrNotExist] for those that it has not. Ours stand in for those,
// and for the definitions that its layout.tmpl does not make.
//
// A file that cannot be used, because it cannot be read or because a specimen
// of a page cannot be written with it, is a problem; then ours stands in too.
func NewTheme(read func(path string) ([]byte, error)) (*Theme, []article.Problem) {
	var problems []article.Problem
	own := map[string]string{}
	for _, name := range []string{landingTemplate, articleTemplate, feedsTemplate, layoutTemplate, styleSheet} {
		text, err := read(path.Join(ThemeDir, name))
		text = bytes.TrimPrefix(text, []byte("\ufeff")) // some editors leave a byte order mark
		if err == nil && !utf8.Valid(text) {
			err = errors.New("not UTF-8")
		}
		// HTML, section 13.1.2.6: the text of a style ends at this, wherever it
		// stands.
		if err == nil && name == styleSheet && bytes.Contains(bytes.ToLower(text), []byte("</style")) {
			err = errors.New(`"</style" ends a style in the middle`)
		}
		switch {
		case err == nil:
			own[name] = string(text)
		case !errors.Is(err, fs.ErrNotExist):
			var in *fs.PathError
			if errors.As(err, &in) {
				err = in.Err // the problem names the file itself
			}
			problems = append(problems, problem(name, 0, err.Error()))
		}
	}
	for len(own) > 0 {
		t, err := parse(own)
		if err == nil {
			err = t.try()
		}
		if err == nil {
			return t, problems
		}
		// What our own template stumbles over is what layout.tmpl defines
		// otherwise.
		p := problemOf(err)
		if _, ok := own[path.Base(p.Path)]; !ok {
			p = problem(layoutTemplate, 0, p.Text)
		}
		problems = append(problems, p)
		delete(own, path.Base(p.Path))
	}
	return BuiltIn(), problems
}

// Files are the site's own files, by their names: all that a page has from a
// theme besides the program's own.
func (t *Theme) Files() map[string]string { return t.files }

// Own reports whether anything of the theme is the site's.
func (t *Theme) Own() bool { return t.own }

// parse makes a theme of files of its own, by name, and of ours.
func parse(own map[string]string) (*Theme, error) {
	ours := func(name string) string {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it is in the program
		}
		return string(text)
	}
	text := func(name string) string {
		if text, ok := own[name]; ok {
			return text
		}
		return ours(name)
	}
	t := &Theme{own: len(own) > 0, files: maps.Clone(own), pages: map[string]*template.Template{}}
	for _, name := range []string{landingTemplate, articleTemplate, feedsTemplate} {
		set := template.New("")
		// A later definition replaces an earlier one of the same name.
		for _, layout := range []string{ours(layoutTemplate), text(layoutTemplate)} {
			if _, err := set.New(layoutTemplate).Parse(layout); err != nil {
				return nil, err
			}
		}
		page, err := set.New(name).Parse(text(name))
		if err != nil {
			return nil, err
		}
		t.pages[name] = page
	}
	css := string(clean([]byte(text(styleSheet))))
	// The style is in every page: a page is looked at once, by somebody who came
	// for one article, and should need one request.
	t.style = template.HTML("<style>" + css + "</style>")
	sum := sha256.Sum256([]byte(css))
	t.policy = "default-src 'none'; img-src * data:; media-src * data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
	return t, nil
}

// try writes specimens of all kinds of pages, with all that there can be and
// with as little as there can be.
func (t *Theme) try() error {
	for _, f := range specimens() {
		_, landing := t.Landing(f, time.UTC)
		_, feeds := t.Feeds([]*feed.Feed{f}, f.Home)
		err := errors.Join(landing, feeds)
		for _, e := range f.Entries {
			_, article := t.Article(f, e, time.UTC)
			err = errors.Join(err, article)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// execute writes a page of data with a template.
func (t *Theme) execute(name string, data any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	err := t.pages[name].ExecuteTemplate(b, name, data)
	if err == nil && len(bytes.TrimSpace(b.Bytes())) == 0 {
		err = errors.New("writes nothing")
	}
	if err != nil {
		return nil, t.blame(name, err)
	}
	return clean(b.Bytes()), nil
}

// blame makes an error of a template a [*ThemeError] when that may be the site's.
func (t *Theme) blame(name string, err error) error {
	if t.own {
		return &ThemeError{problemOf(fmt.Errorf("%s: %w", name, err))}
	}
	return fmt.Errorf("page: %w", err)
}

// buffers are those in which pages grow: the bytes of a page are copied once, and
// not each time that it turns out to be larger.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// clean returns a copy of text without what may not stand in HTML (section
// 13.2.3.5): controls and noncharacters are errors of the document. Bytes that
// are not UTF-8 become U+FFFD, as in a browser.
func clean(text []byte) []byte {
	if allWanted(text) { // as nearly always
		return bytes.Clone(text)
	}
	return bytes.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, text)
}

// allWanted reports whether text is UTF-8 and has nothing that is unwanted. Every
// byte of every page comes by here.
func allWanted(text []byte) bool {
	for i := 0; i < len(text); {
		if i+8 <= len(text) && arePrintable(binary.LittleEndian.Uint64(text[i:])) { // nearly all of nearly all
			i += 8
			continue
		}
		if c := text[i]; ' ' <= c && c < 0x7F || c == '\n' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || unwanted(r) {
			return false
		}
		i += size
	}
	return true
}

// arePrintable tells, at one glance, whether eight characters are printable ASCII.
func arePrintable(word uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	// A byte's highest bit is set when it is set in the word, when the byte is
	// below a blank, or when it is DEL.
	return (word|(word-ones*' ')|(word+ones))&high == 0
}

func unwanted(r rune) bool {
	control := r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r <= 0x9F
	noncharacter := 0xFDD0 <= r && r <= 0xFDEF || r&0xFFFE == 0xFFFE
	return control || noncharacter
}

// templateError is the form in which the template packages say what is wrong:
// the file, the line, the column, which template was executed, and the text.
var templateError = regexp.MustCompile(`(?s)(?:html/)?template: ?([a-z]+\.tmpl):(\d+):(?:\d+:)? (?:executing "[^"]*" (at <.*?>: ))?(.*)$`)

// problemOf turns an error of a template into a problem of its author.
func problemOf(err error) article.Problem {
	var broken *ThemeError
	if errors.As(err, &broken) {
		return broken.Problem
	}
	if m := templateError.FindStringSubmatch(err.Error()); m != nil {
		if line, err := strconv.Atoi(m[2]); err == nil {
			return problem(m[1], line, m[3]+m[4])
		}
	}
	name, text, _ := strings.Cut(err.Error(), ": ")
	return problem(name, 0, text)
}

func problem(name string, line int, text string) article.Problem {
	return article.Problem{
		Path: path.Join(ThemeDir, name), Line: line, Severity: article.Warning, Code: "theme", Text: text,
		Hint: "the built-in " + name + " is used; what a theme can say: feedmill help theme",
	}
}
