package site

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// mostAbove is how many directories above the articles are looked at for the
// configuration of a site generator.
const mostAbove = 4

// Generator is what the configuration of a site generator says. It is read as
// data: a program is never run, and of one that is written in a programming
// language only plain assignments of literals count.
type Generator struct {
	// Convention is the generator; empty when no configuration was found.
	Convention Convention
	// File is its configuration, as a path that the caller can open. Where
	// there are several files, it is the first.
	File string
	// Below is the path from the directory of the configuration down to that
	// of the articles, slash-separated; empty when they are one.
	Below string
	// Name is the last name in the absolute path of the directory of articles,
	// such as "_posts".
	Name string

	// Title, Description, Language, Zone and Author are as in Site; empty or
	// nil where the configuration says nothing.
	Title       string
	Description string
	Language    string
	Zone        *time.Location
	Author      Author
	// Address is where the generator publishes the site: absolute, with a slash
	// at the end; empty when it is not known.
	Address string
	// People are the authors that the site keeps in a file of their own, by
	// the id that articles name them by. Labels are its topics, likewise.
	People map[string]Author
	Labels map[string]string

	// Sayings tell where each of the fields above was found.
	Sayings []Saying
	// Problems are what could not be read. They keep nothing from working.
	Problems Errors

	dir      string            // of the configuration
	pages    map[string]string // of authors, as the function pages has them
	settings settings
}

// Saying is a value that a generator's configuration has for a key of the site
// file; "address" is what the site file says by link.
type Saying struct {
	Key, Value string
	File       string
	Line       int // from 1; 0 when not known
}

// FindGenerator looks for the configuration of a site generator in dir, the
// directory of articles, and in the directories above it: the nearest counts,
// at most four above, and none above the root of a repository. Where there is
// none the result says so by an empty Convention.
//
// An error means that a directory cannot be looked at; what is wrong within a
// configuration is among the Problems.
func FindGenerator(dir string) (*Generator, error) {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	g := &Generator{Name: filepath.Base(whole), settings: settings{}}
	at, below := dir, ""
	for range mostAbove + 1 {
		found, err := g.look(at)
		if err != nil {
			return nil, err
		}
		if found {
			g.dir, g.Below = at, below
			g.readPeople(dir)
			g.take()
			return g, nil
		}
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil || filepath.Dir(whole) == whole {
			break
		}
		below = path.Join(filepath.Base(whole), below)
		at, whole = filepath.Join(at, ".."), filepath.Dir(whole)
	}
	g.readPeople(dir)
	return g, nil
}

// Load reads the site file at path as [Load] does. What it leaves out is what
// the generator's configuration says.
func (g *Generator) Load(path string) (Site, error) {
	s, err := load(path, g.site())
	if err != nil {
		return Site{}, err
	}
	return s, nil
}

// site is the site of an owner who says nothing but what g says.
func (g *Generator) site() Site {
	s := Default()
	s.Title = cmp.Or(g.Title, s.Title)
	s.Description = g.Description
	s.Language, s.LanguageStated = cmp.Or(g.Language, s.Language), g.Language != ""
	if g.Zone != nil {
		s.Zone = g.Zone
	}
	s.Author = g.Author
	s.Generator = g
	return s
}

// Value is what the configuration says under a key of the generator's own,
// written in lower case with full stops between the parts of a path
// ("permalinks.post", "article_url"); an element of a list has its number,
// from 0, for a part. Empty when it says nothing.
func (g *Generator) Value(key string) string { return g.settings[key].text }

// Stated is Value, and whether the configuration names the key at all.
func (g *Generator) Stated(key string) (text string, ok bool) {
	s, ok := g.settings[key]
	return s.text, ok
}

// Values are all that the configuration says below a key, by the rest of the
// key; below the empty key, all of it.
func (g *Generator) Values(key string) map[string]string {
	if key != "" {
		key += "."
	}
	all := map[string]string{}
	for k, set := range g.settings {
		if rest, ok := strings.CutPrefix(k, key); ok {
			all[rest] = set.text
		}
	}
	return all
}

// Digest is a text that changes whenever what the configuration says does.
func (g *Generator) Digest() string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", []any{g.Convention, g.Below, g.Name, g.settings, g.People, g.Labels})))
	return hex.EncodeToString(sum[:])
}

// Has reports whether a file lies at a path below the configuration's
// directory.
func (g *Generator) Has(name string) bool {
	if g.Convention == "" {
		return false
	}
	info, err := os.Stat(filepath.Join(g.dir, filepath.FromSlash(name)))
	return err == nil && info.Mode().IsRegular()
}

// open reads one file of data; false when it is not there or says nothing.
func (g *Generator) open(name string) (settings, bool) {
	src, ok := g.read(name)
	if !ok {
		return nil, false
	}
	set := settings{}
	if err := set.decode(name, src, ""); err != nil {
		g.problem(name, err)
		return nil, false
	}
	return set, len(set) > 0
}

// read reads a file of the configuration. One that is not there, is no regular
// file or too large is none.
func (g *Generator) read(name string) ([]byte, bool) {
	info, err := os.Stat(name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			g.problem(name, err)
		}
		return nil, false
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, false
	}
	f, err := os.Open(name)
	if err != nil {
		g.problem(name, err)
		return nil, false
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxSize))
	if err != nil {
		g.problem(name, err)
		return nil, false
	}
	return src, true
}

func (g *Generator) problem(name string, err error) {
	var at Error
	if !errors.As(err, &at) {
		at = Error{Text: err.Error()}
	}
	at.Name = name
	if at.Hint == "" {
		at.Hint = "feedmill goes on without it; what it says can be said in site.yaml"
	}
	g.Problems = append(g.Problems, at)
}

// first returns the first of the keys that says something.
func (g *Generator) first(keys ...string) (setting, bool) {
	for _, key := range keys {
		if s, ok := g.settings[key]; ok && strings.TrimSpace(s.text) != "" {
			return s, true
		}
	}
	return setting{}, false
}

// line reads one line of plain text from the first key that says something,
// and notes where it was found.
func (g *Generator) line(key string, keys ...string) string {
	s, ok := g.first(keys...)
	if !ok {
		return ""
	}
	text := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, s.text)), " ")
	g.note(key, text, s)
	return text
}

func (g *Generator) note(key, text string, s setting) {
	g.Sayings = append(g.Sayings, Saying{Key: key, Value: text, File: s.file, Line: s.line})
}

// takeLanguage reads "en", "en-US" and "en_US"; "default" and the like say
// nothing.
func (g *Generator) takeLanguage(keys ...string) {
	s, ok := g.first(keys...)
	if !ok {
		return
	}
	tag, err := language.Raw.Parse(strings.ReplaceAll(s.text, "_", "-"))
	if err != nil {
		return
	}
	g.Language = tag.String()
	g.note("language", g.Language, s)
}

func (g *Generator) takeZone(keys ...string) {
	s, ok := g.first(keys...)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(s.text)
	if err != nil || s.text == "Local" {
		g.Problems = append(g.Problems, Error{Name: s.file, Line: s.line, Key: s.key,
			Text: fmt.Sprintf("%q is no time zone", s.text), Hint: "write a name such as Europe/Skopje, or time_zone in site.yaml"})
		return
	}
	g.Zone = zone
	g.note("time_zone", zone.String(), s)
}

// takeAddress reads where the site is published, and the path below it. An
// address that only the machine of its author knows is none.
func (g *Generator) takeAddress(below string, keys ...string) {
	s, ok := g.first(keys...)
	if !ok {
		return
	}
	text := s.text
	if strings.HasPrefix(text, "//") {
		text = "https:" + text
	}
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return // "/" and "" mean wherever it is put
	}
	u, err := base(strings.TrimRight(text, "/") + "/" + strings.Trim(below, "/"))
	if err != nil {
		g.Problems = append(g.Problems, Error{Name: s.file, Line: s.line, Key: s.key,
			Text: fmt.Sprintf("%q %v", s.text, err), Hint: "correct it, or write link in site.yaml"})
		return
	}
	if strings.Contains(u, "://localhost") || strings.Contains(u, "://127.") || isPlaceholder(u) {
		return
	}
	g.Address = u
	g.note("address", u, s)
}

// isPlaceholder tells the addresses that generators write into a new site for
// its author to replace.
func isPlaceholder(u string) bool {
	_, host, _ := strings.Cut(u, "://")
	switch strings.TrimPrefix(host, "www.") {
	case "example.org/", "example.com/", "example.net/", "yoursite.com/", "yourdomain.com/", "your-domain.com/", "your-docusaurus-site.example.com/", "your-docusaurus-test-site.com/":
		return true
	}
	return false
}

// takeCNAME reads the host that a site on GitHub Pages has in a file of its own,
// when nothing else tells its address.
func (g *Generator) takeCNAME() {
	name := filepath.Join(g.dir, "CNAME")
	src, ok := g.read(name)
	if host := strings.TrimSpace(string(src)); ok && g.Address == "" && host != "" {
		g.settings.put("cname", "https://"+host, name, 1)
		g.takeAddress(g.Value("baseurl"), "cname")
	}
}

func (g *Generator) takeAuthor(name, mail, link []string) {
	g.Author.Name = g.line("author", name...)
	if g.Author.Name == "" {
		return
	}
	if s, ok := g.first(mail...); ok {
		if a, err := email(s.text); err == nil {
			g.Author.Email = a
		}
	}
	if s, ok := g.first(link...); ok {
		if u, err := address(s.text); err == nil {
			g.Author.URL = u.String()
		}
	}
}

func (g *Generator) sortSayings() {
	slices.SortStableFunc(g.Sayings, func(a, b Saying) int { return cmp.Compare(a.Key, b.Key) })
}
