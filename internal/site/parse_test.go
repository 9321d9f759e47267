package site

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test needs no zone files of the machine

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected errors in testdata/bad")

// zones compares time zones by their names.
var zones = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		src  string
		want func(*Site) // what differs from Default
	}{
		{"an empty file is the default", "", func(*Site) {}},
		{"a file of comments is the default", "# title: The Balkan Desk\n\n# nothing yet\n", func(*Site) {}},
		{"an empty document is the default", "---\n", func(*Site) {}},
		{"a byte order mark and Windows line ends are read", "\ufefftitle: A\r\ncontent: summary\r\n", func(s *Site) {
			s.Title, s.Content = "A", Summary
		}},
		{"every key at once", `
title: The Balkan Desk
description: News from the Western Balkans
base_url: https://feeds.example.org/
link: https://www.example.org/{section}/{slug}/
id_authority: example.org,2023
language: en
encoding: Windows-1252
time_zone: Europe/Skopje
author: {name: The Balkan Desk, email: desk@example.org, url: https://www.example.org/}
rights: © The Balkan Desk
icon: icon.png
image: logo.png
poll: 15m
formats: [rss, atom, json]
content: full
limit: {entries: 40, days: 6, bytes: 500KB}
each: [tag, author]
feeds:
  - path: kosovo
    title: Kosovo
    description: From Pristina
    match: {any: [{tag: [kosovo, serbia]}, {text: Pristin*}], not: {author: Agency}}
    limit: {days: 0}
  - {path: вести, title: Вести, language: mk, formats: [rss], content: summary, match: {language: mk, path: 2023/**}, listed: false}
  - {path: for-msn, limit: {entries: 20}, syndication_rights: true, image: wide.png, profile: msn, listed: true}
  - {path: mail, title: By mail, profile: newsletter, content: summary, match: {tag: kosovo}}
archive: month
retire: {tags/balkans: /kosovo, authors/ana: /, old-desk: gone}
skip_hours: [3, 1]
skip_days: [Sunday, Saturday]
aliases: {/feed: rss.xml, /feed.xml: atom.xml, /k: kosovo/atom.xml, /topics/x: tags/x/rss.xml}
favicon: favicon.png
webmaster: {name: Mira Novak, email: web@example.org}
license: https://Creativecommons.org/licenses/by/4.0/
category_scheme: tag:example.org,2020:topics
ended: true
podcast:
  category: [News / Daily News, Society & Culture]
  explicit: false
  author: The Desk
  owner: {name: Mira Novak, email: mira@example.org}
  type: serial
  image: cover.jpg
  guid: 9B024349-ccf0-5f69-a609-6b82873eab3c
  locked: false
  medium: newsletter
`, func(s *Site) {
			s.Favicon, s.License, s.CategoryScheme, s.Ended = "favicon.png", "https://creativecommons.org/licenses/by/4.0/", "tag:example.org,2020:topics", true
			s.Webmaster = Author{Name: "Mira Novak", Email: "web@example.org"}
			s.Podcast = &Podcast{
				Categories: []Category{{"News", "Daily News"}, {"Society & Culture", ""}},
				Author:     "The Desk", Owner: Author{Name: "Mira Novak", Email: "mira@example.org"},
				Type: "serial", Image: "cover.jpg", GUID: "9b024349-ccf0-5f69-a609-6b82873eab3c", Locked: "no", Medium: "newsletter",
			}
			s.Title = "The Balkan Desk"
			s.Description = "News from the Western Balkans"
			s.BaseURL, s.BaseURLStated = "https://feeds.example.org/", true
			s.Link = "https://www.example.org/{section}/{slug}/"
			s.IDAuthority = "example.org,2023"
			s.Encoding = "windows-1252"
			s.LanguageStated = true
			s.Limit = Limit{Entries: 40, Days: 6, Bytes: 500000}
			s.Each = []Dimension{Tag, Person}
			s.Feeds = []Feed{{
				Path: "kosovo", Title: "Kosovo", Description: "From Pristina", Formats: s.Formats, Content: Full, Language: "en", Listed: true,
				Limit: Limit{Entries: 40, Bytes: 500000},
				Match: Match{
					Any: []Match{{Tag: []string{"kosovo", "serbia"}}, {Text: []string{"Pristin*"}}},
					Not: []Match{{Author: []string{"Agency"}}},
				},
			}, {
				Path: "вести", Title: "Вести", Formats: []Format{RSS}, Content: Summary, Limit: s.Limit, Language: "mk",
				Match: Match{Language: []string{"mk"}, Path: []string{"2023/**"}},
			}, {
				Path: "for-msn", Title: "The Balkan Desk", Formats: []Format{RSS}, Content: Full, Language: "en", Image: "wide.png",
				Limit: Limit{Entries: 20, Bytes: 1e6}, Profile: MSN, Listed: true, Syndicated: true,
			}, {
				Path: "mail", Title: "By mail", Formats: []Format{RSS}, Content: Summary, Language: "en",
				Limit: Limit{Entries: 20, Bytes: 1e6}, Profile: Newsletter, Match: Match{Tag: []string{"kosovo"}},
			}}
			for i := range s.Feeds {
				s.Feeds[i].Ended = true
			}
			s.Archive = Month
			s.Retire = map[string]string{"tags/balkans": "/kosovo", "authors/ana": "/", "old-desk": Gone}
			s.SkipHours, s.SkipDays = []int{1, 3}, []time.Weekday{time.Sunday, time.Saturday}
			s.Zone = zone(t, "Europe/Skopje")
			s.Author = Author{"The Balkan Desk", "desk@example.org", "https://www.example.org/", ""}
			s.Rights = "© The Balkan Desk"
			s.Icon, s.Image = "icon.png", "logo.png"
			s.Aliases = map[string]string{"feed": "rss.xml", "feed.xml": "atom.xml", "k": "kosovo/atom.xml", "topics/x": "tags/x/rss.xml"}
		}},
		{"a podcast takes from the site what it leaves out", "title: A\npodcast: {category: News, explicit: true}\nauthor: {name: Ana, email: a@example.org}\nimage: logo.png\n", func(s *Site) {
			s.Title, s.Image, s.Author = "A", "logo.png", Author{Name: "Ana", Email: "a@example.org"}
			s.Podcast = &Podcast{Categories: []Category{{Name: "News"}}, Explicit: true, Author: "Ana", Owner: s.Author, Image: "logo.png"}
		}},
		{"a feed that has ended may be one of several", "feeds: [{path: cup, title: Cup, match: {tag: cup}, ended: true}]\n", func(s *Site) {
			s.Feeds = []Feed{{Path: "cup", Title: "Cup", Match: Match{Tag: []string{"cup"}}, Formats: s.Formats, Content: s.Content, Limit: s.Limit, Listed: true, Ended: true}}
		}},
		{"an author may be a name alone", "author: Valentina  Dimitrievska\n", func(s *Site) {
			s.Author.Name = "Valentina Dimitrievska"
		}},
		{"prose is one line however it is broken", "title: |\n  The\n  Balkan Desk\ndescription: >\n  News from\n  the Balkans\n", func(s *Site) {
			s.Title, s.Description = "The Balkan Desk", "News from the Balkans"
		}},
		{"text is taken as it is written", "title: 007\nrights: 2024-01-01\ndescription: off\nlanguage: no\n", func(s *Site) {
			s.Title, s.Rights, s.Description, s.Language = "007", "2024-01-01", "off", "no"
			s.LanguageStated = true
		}},
		{"limit may state one bound and keep the other", "limit: {days: 0}\n", func(s *Site) { s.Limit.Days = 0 }},
		{"formats keep their order", "formats: [json, rss]\n", func(s *Site) { s.Formats = []Format{JSON, RSS} }},
		{"an old path may be that of a format that is not published", "formats: [atom]\naliases: {/rss.xml: atom.xml}\n", func(s *Site) {
			s.Formats, s.Aliases = []Format{Atom}, map[string]string{"rss.xml": "atom.xml"}
		}},
		{"aliases may stand before the formats they depend on", "aliases: {/feed/: feed.json, /caf%C3%A9: index.html}\nformats: [json]\n", func(s *Site) {
			s.Formats, s.Aliases = []Format{JSON}, map[string]string{"feed/": "feed.json", "café": "index.html"}
		}},
		{"an anchor that nothing refers to is harmless", "title: &t A\n", func(s *Site) { s.Title = "A" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse("site.yaml", []byte(tt.src))
			if err != nil {
				t.Fatal(err)
			}
			want := Default()
			tt.want(&want)
			if diff := cmp.Diff(want, got, zones); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestNormalForms(t *testing.T) {
	get := map[string]func(Site) string{
		"base_url":     func(s Site) string { return s.BaseURL },
		"link":         func(s Site) string { return s.Link },
		"language":     func(s Site) string { return s.Language },
		"encoding":     func(s Site) string { return s.Encoding },
		"poll":         func(s Site) string { return s.Poll.String() },
		"icon":         func(s Site) string { return s.Icon },
		"id_authority": func(s Site) string { return s.IDAuthority },
	}
	tests := []struct{ key, value, want string }{
		{"base_url", "https://example.org", "https://example.org/"},
		{"base_url", "HTTPS://Example.ORG:443/Feeds", "https://example.org/Feeds/"},
		{"base_url", "http://example.org:80/a/b/", "http://example.org/a/b/"},
		{"base_url", "https://example.org:8443/", "https://example.org:8443/"},
		{"base_url", "https://münchen.example/é", "https://xn--mnchen-3ya.example/%C3%A9/"},
		{"base_url", "http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080/"},
		{"base_url", "http://127.0.0.1:8080", "http://127.0.0.1:8080/"},
		{"base_url", "http://localhost:8080", "http://localhost:8080/"},
		{"link", "https://Example.ORG/{slug}", "https://example.org/{slug}"},
		{"link", "https://example.org/é/{year}/{month}/{day}/{path}.html", "https://example.org/%C3%A9/{year}/{month}/{day}/{path}.html"},
		{"link", "https://example.org?p={slug}", "https://example.org?p={slug}"},
		{"link", "https://münchen.example/{section}/{slug}/#top", "https://xn--mnchen-3ya.example/{section}/{slug}/#top"},
		{"language", "sr-latn-rs", "sr-Latn-RS"},
		{"language", "EN-gb", "en-GB"},
		{"encoding", "latin1", "windows-1252"},
		{"encoding", "KOI8-R", "koi8-r"},
		{"encoding", "sjis", "shift_jis"},
		{"poll", "5m", "5m0s"},
		{"poll", "1h30m", "1h30m0s"},
		{"poll", "24h", "24h0m0s"},
		{"icon", "https://Example.org/i.png", "https://example.org/i.png"},
		{"icon", "images/site icon.png", "images/site icon.png"},
		{"id_authority", "Example.org,2023-11-20", "Example.org,2023-11-20"},
		{"id_authority", "desk_1@example.org,2024-02", "desk_1@example.org,2024-02"},
	}
	for _, tt := range tests {
		got, err := Parse("site.yaml", []byte(tt.key+": "+tt.value+"\n"))
		if err != nil {
			t.Errorf("%s: %s: %v", tt.key, tt.value, err)
			continue
		}
		if got := get[tt.key](got); got != tt.want {
			t.Errorf("%s: %s: got %q, want %q", tt.key, tt.value, got, tt.want)
		}
	}
}

// TestBad compares the whole text of what is said about each file in
// testdata/bad.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/bad: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Files) != 2 || a.Files[0].Name != "site.yaml" || a.Files[1].Name != "errors" {
				t.Fatal("want the files site.yaml and errors")
			}
			s, err := Parse("site.yaml", a.Files[0].Data)
			if err == nil {
				t.Fatalf("got no error, and %+v", s)
			}
			got := err.Error() + "\n"
			if *update {
				a.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBadBytes(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"Latin-1 is found where it stands", "title: A\nrights: \xa9 A\n",
			"s:2:9: is not UTF-8 from here on\n    hint: save the file as UTF-8"},
		{"UTF-16 is not UTF-8", "\xff\xfet\x00",
			"s:1:1: is not UTF-8 from here on\n    hint: save the file as UTF-8"},
		{"a NUL is found where it stands, counted in characters", "title: é\x00",
			"s:1:9: control character U+0000\n    hint: remove it"},
		{"lines that end in CR are counted", "title: A\r\rpoll: \x1b",
			"s:3:7: control character U+001B\n    hint: remove it"},
		{"a control character that an escape brings in", "title: \"a\\u0007b\"\n",
			"s:1:8: title: holds the control character U+0007\n    hint: remove it"},
		{"a file that cannot be a site file", strings.Repeat("# \n", 400_000),
			"s: more than 1 MiB is not a site file"},
		{"nesting without end", strings.Repeat("[", 20_000),
			"s:1:10001: not YAML: exceeded max depth of 10000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("s", []byte(tt.src))
			if err == nil {
				t.Fatal("got no error")
			}
			if got := err.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestBillionLaughs has no time to measure: were aliases followed, it would
// not end.
func TestBillionLaughs(t *testing.T) {
	src := "a0: &a0 [x]\n"
	for i := range 60 {
		src += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	_, err := Parse("s", []byte(src+"title: *a60\n"))
	var all Errors
	if !errors.As(err, &all) || all[len(all)-1].Key != "title" {
		t.Fatalf("got %v, want an error about the title last", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	got, err := Load(filepath.Join(dir, "site.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got, zones); diff != "" {
		t.Errorf("a missing file: -default +got:\n%s", diff)
	}

	file := filepath.Join(dir, "desk.yaml")
	if err := os.WriteFile(file, []byte("title: The Balkan Desk\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(file); err != nil || got.Title != "The Balkan Desk" {
		t.Errorf("got title %q and error %v, want The Balkan Desk", got.Title, err)
	}

	if err := os.WriteFile(file, []byte("titel: The Balkan Desk\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = Load(file)
	var all Errors
	var one Error
	if !errors.As(err, &all) || len(all) != 1 || !errors.As(err, &one) || one.Name != file || one.Line != 1 {
		t.Errorf("got %#v, want one Error in line 1 of %s", err, file)
	}

	if _, err := Load(dir); err == nil || errors.As(err, &all) {
		t.Errorf("a directory: got %v, want an error that is not about the file's text", err)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(a.Files[0].Data)
	}
	f.Add([]byte("base_url: https://münchen.example/é\nlink: https://a.b/{slug}\nauthor: {name: a, email: a@b.c}\naliases: {/feed/: rss.xml}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("s", src)
		if err != nil {
			var all Errors
			if !errors.As(err, &all) || len(all) == 0 {
				t.Fatalf("got %#v, want Errors", err)
			}
			for i, e := range all {
				if e.Line < 1 && len(src) <= maxSize || e.Text == "" {
					t.Errorf("%#v has no line or no text", e)
				}
				if i > 0 && (all[i-1].Line > e.Line || all[i-1].Line == e.Line && all[i-1].Column > e.Column) {
					t.Errorf("%v stands before %v", all[i-1], e)
				}
			}
			return
		}
		// What was accepted is in normal form: reading it again changes nothing.
		if s.Title == "" || len(s.Formats) == 0 || s.Zone == nil {
			t.Errorf("%+v is not usable", s)
		}
		if again, err := base(s.BaseURL); err != nil || again != s.BaseURL {
			t.Errorf("base URL %q comes back as %q, %v", s.BaseURL, again, err)
		}
		if s.Link != "" {
			if again, _, err := link(s.Link); err != nil || again != s.Link {
				t.Errorf("link %q comes back as %q, %v", s.Link, again, err)
			}
		}
		for old, document := range s.Aliases {
			if localPath(strings.TrimSuffix(old, "/")) != nil || localPath(document) != nil {
				t.Errorf("alias %q: %q is not local", old, document)
			}
		}
	})
}
