package render

import (
	"bytes"
	"errors"
	"flag"
	"html"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"feedmill/internal/article"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

var update = flag.Bool("update", false, "write the goldens anew")

var formats = []site.Format{site.RSS, site.Atom, site.JSON}

func mustRender(t testing.TB, f *feed.Feed, format site.Format) []byte {
	t.Helper()
	document, _, err := Document(f, string(format))
	if err != nil {
		t.Fatalf("Document(%s): %v", format, err)
	}
	return document
}

func TestGoldens(t *testing.T) {
	for name, f := range map[string]*feed.Feed{"full": sample(), "complete": complete(), "podcast": podcast(), "summary": withSummaries(), "empty": empty(), "archive": archive(), "current": archive().Current} {
		for _, format := range formats {
			golden := filepath.Join("testdata", name+"."+path.Base(f.Document(format)))
			t.Run(golden, func(t *testing.T) {
				got := mustRender(t, f, format)
				wellFormed(t, got, format)
				if *update {
					if err := os.WriteFile(golden, got, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("document differs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestSameFeedSameBytes(t *testing.T) {
	for _, format := range formats {
		if !bytes.Equal(mustRender(t, sample(), format), mustRender(t, sample(), format)) {
			t.Errorf("%s: two documents of one feed differ", format)
		}
	}
}

func TestDocumentTellsTheMediaType(t *testing.T) {
	for format, want := range map[string]string{
		"rss":  "application/rss+xml; charset=utf-8",
		"atom": "application/atom+xml; charset=utf-8",
		"json": "application/feed+json",
	} {
		if _, got, err := Document(sample(), format); got != want || err != nil {
			t.Errorf("Document(%s): got type %q and error %v, want %q", format, got, err, want)
		}
	}
	if _, _, err := Document(sample(), "rdf"); err == nil {
		t.Error("Document(rdf): got no error")
	}
}

// gofeed is what many readers written in Go see.
func TestGofeedReadsTheSameInEveryFormat(t *testing.T) {
	for _, format := range formats {
		t.Run(string(format), func(t *testing.T) {
			f := sample()
			got, err := gofeed.NewParser().Parse(bytes.NewReader(mustRender(t, f, format)))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ what, got, want string }{
				{"title", got.Title, f.Title},
				{"description", got.Description, f.Description},
				{"link", got.Link, f.Home},
				{"feed link", got.FeedLink, f.URL(format)},
				{"language", got.Language, f.Language},
			} {
				if c.got != c.want {
					t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
				}
			}
			if len(got.Items) != len(f.Entries) {
				t.Fatalf("got %d entries, want %d", len(got.Items), len(f.Entries))
			}
			for i, e := range f.Entries {
				item, body, said := got.Items[i], content(t, e), e.Shown()
				for _, c := range []struct{ what, got, want string }{
					{"id", item.GUID, e.ID},
					{"title", gofeedTitle(format, item), e.Title},
					{"link", item.Link, e.Link()},
					{"content", item.Content, contentAs(format, body)},
					{"categories", strings.Join(item.Categories, "|"), strings.Join(e.Tags, "|")},
					{"authors", gofeedNames(item.Authors), names(format, e.Authors())},
					{"published", stamp(item.PublishedParsed), stamp(&said.Published)},
				} {
					if c.got != c.want {
						t.Errorf("entry %s: %s: got %q, want %q", e.ID, c.what, c.got, c.want)
					}
				}
				if format != site.RSS && stamp(item.UpdatedParsed) != stamp(&said.Updated) {
					t.Errorf("entry %s: updated: got %v, want %v", e.ID, item.UpdatedParsed, e.Updated)
				}
			}
		})
	}
}

func contentAs(format site.Format, c feed.Content) string {
	if format == site.JSON && c.HTML == "" {
		return c.Summary // one kind of content is required
	}
	return c.HTML
}

func content(t *testing.T, e *feed.Entry) feed.Content {
	t.Helper()
	c, err := e.Content()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func stamp(t *time.Time) string {
	if t == nil {
		return "none"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// gofeedTitle is an entry's title as text: of Atom's, which may be HTML, gofeed
// returns the source.
func gofeedTitle(format site.Format, item *gofeed.Item) string {
	if format == site.Atom {
		return html.UnescapeString(item.Title)
	}
	return item.Title
}

func names(format site.Format, people []article.Person) string {
	if format == site.RSS {
		people = people[:1] // gofeed takes one dc:creator
	}
	var all []string
	for _, p := range people {
		all = append(all, p.Name)
	}
	return strings.Join(all, "|")
}

func gofeedNames(people []*gofeed.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.Name)
	}
	return strings.Join(all, "|")
}

func TestWhatDoesNotBelongIsLeftOut(t *testing.T) {
	cases := []struct {
		name   string
		change func(f *feed.Feed)
		format site.Format
		not    []string
	}{
		{"an owner without email is no managingEditor", func(f *feed.Feed) { f.Author.Email = "" }, site.RSS, []string{"managingEditor", "<author>"}},
		{"an author's name is not put where RSS wants an email", func(f *feed.Feed) {}, site.RSS, []string{"<author>"}},
		{"an SVG is no image of RSS", func(f *feed.Feed) { f.Image = "https://example.org/logo.svg" }, site.RSS, []string{"<image>"}},
		{"a hand-written email is no addr-spec of Atom", func(f *feed.Feed) { f.Entries[0].Authors()[0].Email = "ana at example.org" }, site.Atom, []string{"ana at"}},
		{"an email with a display name is no addr-spec of Atom", func(f *feed.Feed) { f.Author.Email = "Ana <ana@example.org>" }, site.Atom, []string{"<email>Ana"}},
		{"an author's address without a scheme is no IRI", func(f *feed.Feed) { f.Entries[0].Authors()[0].URL = "twitter.com/ana" }, site.Atom, []string{"twitter"}},
		{"an author's script is no address", func(f *feed.Feed) { f.Entries[0].Authors()[0].URL = "javascript:alert(1)" }, site.JSON, []string{"javascript"}},
		{"a tag of spaces is no category", func(f *feed.Feed) { f.Entries[0].Tags = []string{" \x00"} }, site.Atom, []string{`term=""`}},
		{"the feed's language is not repeated", func(f *feed.Feed) { f.Entries = f.Entries[:2] }, site.RSS, []string{"dc:language"}},
		{"a feed of summaries carries no body", func(f *feed.Feed) { f.Content = site.Summary }, site.RSS, []string{"content:encoded", "xmlns:content"}},
		{"a feed of summaries carries no body", func(f *feed.Feed) { f.Content = site.Summary }, site.Atom, []string{"<content"}},
		{"a feed of summaries carries no body", func(f *feed.Feed) { f.Content = site.Summary }, site.JSON, []string{"content_html"}},
		{"a namespace without use is not declared", func(f *feed.Feed) { f.Entries = f.Entries[1:] }, site.Atom, []string{"xmlns:media"}},
		{"a place without degrees has no namespace", func(f *feed.Feed) {}, site.RSS, []string{"georss"}},
		{"a place without degrees has no namespace", func(f *feed.Feed) {}, site.Atom, []string{"georss"}},
		{"what is no podcast says nothing of podcasts", func(f *feed.Feed) { *f = *podcast(); f.Podcast = nil }, site.RSS, []string{"itunes", "podcast"}},
		{"podcasts are RSS", func(f *feed.Feed) { *f = *podcast() }, site.Atom, []string{"itunes", "podcast"}},
		{"podcasts are RSS", func(f *feed.Feed) { *f = *podcast() }, site.JSON, []string{"itunes", "podcast"}},
		{"an entry without a recording is no episode", func(f *feed.Feed) { *f = *podcast(); f.Entries = f.Entries[1:] }, site.RSS, []string{"itunes:duration", "podcast:person"}},
		{"an owner who cannot be written to owns no podcast", func(f *feed.Feed) { *f = *podcast(); f.Podcast.Owner.Email = "web" }, site.RSS, []string{"itunes:owner"}},
		{"a cover in WebP is none", func(f *feed.Feed) {
			*f = *podcast()
			withContent(f, func(e *feed.Shown, c *feed.Content) { c.Episode.Image = "https://example.org/a.webp" })
		}, site.RSS, []string{"a.webp"}},
		{"what is no length of time is not written", func(f *feed.Feed) {
			*f = *podcast()
			withContent(f, func(e *feed.Shown, c *feed.Content) {
				c.Enclosures = []feed.Enclosure{{URL: "https://example.org/a.mp3", Type: "audio/mpeg"}}
			})
		}, site.RSS, []string{"itunes:duration"}},
		{"a discussion in Atom is no page of comments", func(f *feed.Feed) {
			*f = *complete()
			withContent(f, func(e *feed.Shown, c *feed.Content) { c.Links[0].Type = "application/atom+xml" })
		}, site.RSS, []string{"<comments>"}},
		{"a source whose feed is not known is none in RSS", func(f *feed.Feed) {
			*f = *complete()
			withContent(f, func(e *feed.Shown, c *feed.Content) { e.Source.Feed = "" })
		}, site.RSS, []string{"<source"}},
		{"a source without an id is none in Atom", func(f *feed.Feed) {
			*f = *complete()
			withContent(f, func(e *feed.Shown, c *feed.Content) { e.Source.ID = " " })
		}, site.Atom, []string{"<source"}},
		{"a link that is a script leads nowhere", func(f *feed.Feed) {
			*f = *complete()
			withContent(f, func(e *feed.Shown, c *feed.Content) { c.Links[2].Href = "javascript:alert(1)" })
		}, site.Atom, []string{"javascript"}},
		{"one address is not related twice", func(f *feed.Feed) {
			*f = *complete()
			withContent(f, func(e *feed.Shown, c *feed.Content) { e.External = "https://example.com/report.pdf" })
		}, site.Atom, []string{`type="application/pdf" hreflang`}},
		{"a second alternate of one type has no link of its own", func(f *feed.Feed) { *f = *complete() }, site.Atom, []string{"twice.pdf"}},
		{"a picture of an entry without a text is not described", func(f *feed.Feed) { f.Content = site.Summary }, site.RSS, []string{"media:description"}},
		{"a picture of an entry without a text is not described", func(f *feed.Feed) { f.Content = site.Summary }, site.Atom, []string{"media:description"}},
		{"a webmaster without email is none", func(f *feed.Feed) { *f = *complete(); f.Webmaster.Email = "" }, site.RSS, []string{"webMaster"}},
		{"a vocabulary that has no name is not named", func(f *feed.Feed) {}, site.RSS, []string{"domain="}},
		{"a vocabulary that has no name is not named", func(f *feed.Feed) {}, site.Atom, []string{"scheme="}},
		{"a feed that goes on has not expired", func(f *feed.Feed) {}, site.JSON, []string{"expired"}},
		{"nobody subscribes to an archive", func(f *feed.Feed) { *f = *archive() }, site.JSON, []string{"user_comment"}},
		{"there is no hub to tell of", func(f *feed.Feed) { *f = *complete() }, site.JSON, []string{"hub"}},
		{"no version of the program", func(f *feed.Feed) {}, site.Atom, []string{`<generator version="v`, `<generator version="0`, ">feedmill/"}},
	}
	for _, c := range cases {
		t.Run(c.name+" in "+string(c.format), func(t *testing.T) {
			f := sample()
			c.change(f)
			document := mustRender(t, f, c.format)
			wellFormed(t, document, c.format)
			for _, s := range c.not {
				if bytes.Contains(document, []byte(s)) {
					t.Errorf("got %q in\n%s", s, document)
				}
			}
		})
	}
}

// withContent changes the first entry of f.
func withContent(f *feed.Feed, change func(*feed.Shown, *feed.Content)) {
	e, c := f.Entries[0].Shown(), must(f.Entries[0].Content())
	change(&e, &c)
	f.Entries[0] = newEntry(e, c)
}

func TestWhatBelongsIsThere(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(e *feed.Shown, c *feed.Content)
		format site.Format
		want   string
	}{
		{"a licence stands for the rights in RSS", func(e *feed.Shown, c *feed.Content) { e.Rights = "" }, site.RSS, "<dc:rights>https://creativecommons.org/licenses/by-nc/4.0/</dc:rights>"},
		{"a length that is not known is 0 in RSS", func(e *feed.Shown, c *feed.Content) { c.Enclosures[0].Length = 0 }, site.RSS, `length="0"`},
		{"a source is as new as its entry when it does not say", func(e *feed.Shown, c *feed.Content) { e.Source.Updated = time.Time{} }, site.Atom, "<updated>2023-11-21T08:00:00Z</updated>\n      <author>\n        <name>Mo Li"},
		{"the page says its language beside a translation", func(e *feed.Shown, c *feed.Content) { e.Language = "mk" }, site.Atom, `rel="alternate" type="text/html" hreflang="mk"`},
		{"a translation is related, for some readers open the last alternate", func(e *feed.Shown, c *feed.Content) {}, site.Atom, `<link href="https://feeds.example.org/fr/articles/markup/" rel="related" hreflang="fr">`},
		{"an alternate in another format is one", func(e *feed.Shown, c *feed.Content) {}, site.Atom, `<link href="https://feeds.example.org/markup.pdf" rel="alternate" type="application/pdf">`},
		{"degrees are written without an exponent", func(e *feed.Shown, c *feed.Content) { e.Point = &article.Point{Latitude: 0.000001, Longitude: 180} }, site.RSS, "<georss:point>0.000001 180</georss:point>"},
		{"a further recording is Media RSS", func(e *feed.Shown, c *feed.Content) {}, site.RSS, `<media:content url="https://feeds.example.org/articles/markup/hall.mp4" type="video/mp4" medium="video">`},
		{"plain text is there as text, too", func(e *feed.Shown, c *feed.Content) { e.Plain = true; c.Text = "Rain." }, site.JSON, `"content_text": "Rain."`},
		{"somebody with two parts is named once", func(e *feed.Shown, c *feed.Content) { e.Contributors = e.Contributors[1:] }, site.RSS, "</dc:creator>\n      <dc:contributor>Jane R&#x26;D Doe</dc:contributor>\n      <dc:rights>"},
	} {
		f := complete()
		withContent(f, c.change)
		if document := mustRender(t, f, c.format); !bytes.Contains(document, []byte(c.want)) {
			t.Errorf("%s: got no %q in\n%s", c.name, c.want, document)
		}
	}
}

func TestTheHomeOfTheProgram(t *testing.T) {
	for module, want := range map[string]string{
		"feedmill":                   "",
		"github.com/desk/feedmill":   "https://github.com/desk/feedmill",
		"command-line-arguments":     "",
		"example.org":                "https://example.org",
		"":                           "",
		"internal.things/a.b/c":      "https://internal.things/a.b/c",
		"feedmill/v2.example/module": "",
	} {
		if got := home(module); got != want {
			t.Errorf("home(%q): got %q, want %q", module, got, want)
		}
	}
}

func TestASummaryThatIsTheWholeStoryIsWrittenOnceInAtom(t *testing.T) {
	f := empty()
	f.Entries = []*feed.Entry{newEntry(feed.Shown{
		ID: "a", Title: "A", Published: f.Updated, Updated: f.Updated,
	}, feed.Content{HTML: "<p>Rain.</p>", Text: "Rain.", Summary: "Rain."})}
	if got := mustRender(t, f, site.Atom); bytes.Contains(got, []byte("<summary")) {
		t.Errorf("got a summary equal to the content:\n%s", got)
	}
	if got := mustRender(t, f, site.RSS); !bytes.Contains(got, []byte("<description>Rain.")) {
		t.Errorf("got no description beside content:encoded, which readers of RSS expect:\n%s", got)
	}
}

func TestWhetherASummaryIsTheWholeStory(t *testing.T) {
	for _, c := range []struct {
		text, summary string
		want          bool
	}{
		{"The whole story.", "The whole story.", true},
		{"The whole story.", "The whole", false},
		{"The whole story. It goes on for longer.", "The whole story.", false},
		{"The whole story.\x01\ufdd0\x02\x03\x04\x05\x06\x07", "The whole story.", true}, // nothing is left of the rest
		{"The whole\u0085 story.", "The whole… story.", true},
		{"The", "The whole", false},
		{"", "", true},
	} {
		e := entry{body: feed.Content{Text: c.text}}
		if got := e.saysNoMore(c.summary); got != c.want {
			t.Errorf("%q says no more than %q: got %v, want %v", c.text, c.summary, got, c.want)
		}
	}
}

func TestTheCallerLearnsWhichEntryIsBroken(t *testing.T) {
	early := feed.Shown{ID: "early", Published: time.Time{}, Updated: time.Unix(1e9, 0)}
	late := feed.Shown{ID: "late", Published: time.Unix(1e9, 0), Updated: time.Date(20260, 1, 1, 0, 0, 0, 0, time.UTC)}
	nameless := feed.Shown{ID: "\x00", Published: time.Unix(1e9, 0), Updated: time.Unix(1e9, 0)}
	for _, c := range []struct {
		name  string
		entry *feed.Entry
		cause error
	}{
		{"whose content fails", broken("tables"), errUnreadable},
		{"without a date", newEntry(early, feed.Content{}), nil},
		{"with a year of five digits", newEntry(late, feed.Content{}), nil},
		{"without an id", newEntry(nameless, feed.Content{}), nil},
	} {
		for _, format := range formats {
			t.Run("an entry "+c.name+" in "+string(format), func(t *testing.T) {
				f := sample()
				f.Entries = append(f.Entries, c.entry)
				document, _, err := Document(f, string(format))
				var entry *feed.EntryError
				if !errors.As(err, &entry) {
					t.Fatalf("got error %v, want a feed.EntryError", err)
				}
				if entry.ID != c.entry.ID {
					t.Errorf("got entry %q, want %q", entry.ID, c.entry.ID)
				}
				if c.cause != nil && !errors.Is(err, c.cause) {
					t.Errorf("got error %v, want it to wrap %v", err, c.cause)
				}
				if document != nil {
					t.Errorf("got a document beside the error")
				}
			})
		}
	}
}

func TestAFeedWithoutADateIsAnError(t *testing.T) {
	f := empty()
	f.Updated = time.Time{}
	var entry *feed.EntryError
	if _, err := Atom(f); err == nil || errors.As(err, &entry) {
		t.Errorf("got %v, want an error of the feed's own", err)
	}
}
