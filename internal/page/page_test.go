package page

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"feedmill/internal/article"
	"feedmill/internal/feed"
)

var update = flag.Bool("update", false, "write the goldens anew")

func mustLanding(t *testing.T, f *feed.Feed) string {
	t.Helper()
	page, err := BuiltIn().Landing(f, skopje)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func mustArticle(t *testing.T, f *feed.Feed, e *feed.Entry) string {
	t.Helper()
	page, err := BuiltIn().Article(f, e, skopje)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func mustFeeds(t *testing.T, opml string, feeds ...*feed.Feed) string {
	t.Helper()
	page, err := BuiltIn().Feeds(feeds, opml)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// pages are all kinds of pages.
func pages(t *testing.T) map[string]string {
	f := sample()
	return map[string]string{
		"feeds":         mustFeeds(t, "https://feeds.example.org/feeds.opml", several()...),
		"feeds-rtl":     mustFeeds(t, "", empty()),
		"landing":       mustLanding(t, f),
		"landing-empty": mustLanding(t, empty()),
		"article-full":  mustArticle(t, f, f.Entries[0]),
		"article-wire":  mustArticle(t, f, f.Entries[1]),
		"article-rtl":   mustArticle(t, f, f.Entries[2]),
	}
}

func TestGoldens(t *testing.T) {
	for name, got := range pages(t) {
		t.Run(name, func(t *testing.T) {
			// The style is a file of its own and not repeated in the goldens.
			got = strings.Replace(got, string(BuiltIn().style), "<style></style>", 1)
			got = strings.Replace(got, html.EscapeString(BuiltIn().policy), "POLICY", 1)
			golden := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("page differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSameFeedSameBytes(t *testing.T) {
	first := pages(t)
	for name, again := range pages(t) {
		if first[name] != again {
			t.Errorf("%s: two pages of one feed differ", name)
		}
	}
}

func TestPagesAreSoundHTML(t *testing.T) {
	for name, page := range pages(t) {
		t.Run(name, func(t *testing.T) {
			if err := sound(page); err != nil {
				t.Error(err)
			}
		})
	}
}

// sound reads a page tag by tag: all that is opened is closed in order, no id
// comes twice, nothing runs, and nothing is fetched but pictures.
func sound(page string) error {
	void := strings.Fields("area base br col embed hr img input link meta source track wbr")
	var open []string
	ids := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				return z.Err()
			}
			if len(open) > 0 {
				return fmt.Errorf("<%s> is not closed", strings.Join(open, "> <"))
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			ours := false // the one script that pages may have
			for _, a := range tag.Attr {
				switch {
				case a.Key == "id" && ids[a.Val]:
					return fmt.Errorf("id %q comes twice", a.Val)
				case a.Key == "id":
					ids[a.Val] = true
				case a.Key == "http-equiv" && a.Val != "Content-Security-Policy", a.Key == "style", strings.HasPrefix(a.Key, "on"):
					return fmt.Errorf("<%s> has %s", tag.Data, a.Key)
				case a.Key == "src" && tag.Data == "script" && a.Val == "../"+CopyPath:
					ours = true
				case a.Key == "src" && tag.Data != "img":
					return fmt.Errorf("<%s> fetches %s", tag.Data, a.Val)
				case a.Key == "rel" && !slices.Contains([]string{"canonical", "alternate", "icon"}, a.Val):
					return fmt.Errorf("<%s> is a %s", tag.Data, a.Val)
				case strings.Contains(a.Val, "ZgotmplZ"):
					return fmt.Errorf("html/template distrusts %s of <%s>", a.Key, tag.Data)
				}
			}
			data := slices.Contains(tag.Attr, html.Attribute{Key: "type", Val: "application/ld+json"})
			if tag.Data == "script" && !data && !ours || tag.Data == "iframe" || tag.Data == "base" {
				return fmt.Errorf("there is a <%s>", tag.Data)
			}
			if !slices.Contains(void, tag.Data) {
				if kind == html.SelfClosingTagToken {
					return fmt.Errorf("<%s/> does not close itself in HTML", tag.Data)
				}
				open = append(open, tag.Data)
			}
		case html.EndTagToken:
			tag := z.Token()
			if len(open) == 0 || open[len(open)-1] != tag.Data {
				return fmt.Errorf("</%s> within <%s>", tag.Data, strings.Join(open, "> <"))
			}
			open = open[:len(open)-1]
		}
	}
}

func TestSoundNotices(t *testing.T) {
	for name, page := range map[string]string{
		"an element left open":      `<div><p>a</div>`,
		"an element never closed":   `<div>`,
		"an element never opened":   `</div>`,
		"a div that closes itself":  `<div/>`,
		"an id that comes twice":    `<p id="a"></p><p id="a"></p>`,
		"a script":                  `<script></script>`,
		"a script of a module":      `<script type="module"></script>`,
		"a script of another site":  `<script src="https://example.org/copy.js"></script>`,
		"an event":                  `<p onclick="x"></p>`,
		"a refresh":                 `<meta http-equiv="refresh">`,
		"a style sheet from afar":   `<link rel="stylesheet" href="https://example.org/a.css">`,
		"a frame":                   `<iframe src="https://example.org/"></iframe>`,
		"an address that is unsafe": `<a href="#ZgotmplZ"></a>`,
	} {
		if sound(page) == nil {
			t.Errorf("%s passes: %s", name, page)
		}
	}
}

func TestStyleAsksForNothing(t *testing.T) {
	for _, s := range []string{"url(", "@import", "http:", "https:", "</"} {
		if strings.Contains(strings.TrimSuffix(string(BuiltIn().style), "</style>"), s) {
			t.Errorf("style.css contains %q", s)
		}
	}
}

// Of a text with one letter that is not ASCII, programs that guess its encoding
// guess another than the one that is declared.
func TestStyleIsASCII(t *testing.T) {
	style := string(BuiltIn().style)
	if i := strings.IndexFunc(style, func(r rune) bool { return r > 0x7f }); i >= 0 {
		t.Errorf("style.css has %q", style[i:min(i+9, len(style))])
	}
}

func TestTextIsNeverMarkup(t *testing.T) {
	const hostile = `x</title></h1><script>alert(1)</script><b> & "'` + "\u0000\u001b\u0085\uFFFE\xff {{.}} `"
	date := time.Date(2023, 11, 21, 8, 0, 0, 0, time.UTC)
	f := sample()
	f.Title, f.Description, f.Rights, f.Language, f.Icon, f.Home = hostile, hostile, hostile, hostile, hostile, hostile
	f.Entries = []*feed.Entry{newEntry(feed.Shown{
		ID: hostile, Title: hostile, Link: hostile, Authors: []article.Person{{Name: hostile, URL: hostile}, {Name: "A", URL: "https://example.org/" + hostile}},
		Tags: []string{hostile}, Language: "x" + hostile, Place: hostile, Published: date, Updated: date.Add(time.Hour),
	}, feed.Content{
		HTML: "<p>Body</p>", Summary: hostile,
		Picture: &feed.Picture{URL: "https://example.org/" + hostile, Alt: hostile, Caption: hostile, Credit: hostile},
	})}
	for name, page := range map[string]string{"landing": mustLanding(t, f), "article": mustArticle(t, f, f.Entries[0]), "feeds": mustFeeds(t, hostile, f)} {
		if err := sound(page); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.ContainsAny(page, "\x00\x1b\u0085\uFFFE") || !utf8.ValidString(page) {
			t.Errorf("%s: got a character that HTML forbids in %q", name, page)
		}
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		want := `x</title></h1><script>alert(1)</script><b> & "'` + "\uFFFD\uFFFD {{.}} `"
		if got := text(find(doc, "h1")); name != "feeds" && got != want {
			t.Errorf("%s: heading: got %q, want %q", name, got, want)
		}
	}
}

func find(n *html.Node, tag string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag {
			return d
		}
	}
	return n
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func TestTitleOfAnArticleIsEscapedOnce(t *testing.T) {
	page := mustArticle(t, sample(), full())
	for _, want := range []string{
		`<title>How AT&amp;T &lt;b&gt;counts&lt;/b&gt; &#34;tides&#34; – The Balkan Desk</title>`,
		`<h1 class="p-name">How AT&amp;T &lt;b&gt;counts&lt;/b&gt; &#34;tides&#34;</h1>`,
		`<meta property="og:title" content="How AT&amp;T &lt;b&gt;counts&lt;/b&gt; &#34;tides&#34;">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	for name, page := range pages(t) {
		for _, mark := range []string{"&amp;amp;", "&amp;lt;", "&amp;#", "&lt;p&gt;"} {
			if strings.Contains(page, mark) {
				t.Errorf("%s: got %q: escaped twice", name, mark)
			}
		}
	}
}

func TestEveryPageNamesTheFeedsInTheOrderToChoose(t *testing.T) {
	alternate := regexp.MustCompile(`<link rel="alternate" type="([^"]*)" title="([^"]*)" href="([^"]*)">`)
	want := [][]string{
		{"application/rss+xml", "The Balkan Desk (RSS)", "https://feeds.example.org/rss.xml"},
		{"application/atom+xml", "The Balkan Desk (Atom)", "https://feeds.example.org/atom.xml"},
		{"application/feed+json", "The Balkan Desk (JSON Feed)", "https://feeds.example.org/feed.json"},
	}
	for name, page := range map[string]string{"landing": mustLanding(t, sample()), "article": mustArticle(t, sample(), wire()), "feeds": mustFeeds(t, "", sample())} {
		var got [][]string
		for _, m := range alternate.FindAllStringSubmatch(page, -1) {
			got = append(got, m[1:])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLeadPictureIsShownOnce(t *testing.T) {
	const address = `khabar/hall.png?a=1&amp;b=2"`
	page := mustArticle(t, sample(), rightToLeftEntry())
	if n := strings.Count(page, `src="https://feeds.example.org/articles/`+address); n != 1 {
		t.Errorf("a picture of the body is shown %d times, want once", n)
	}
	if n := strings.Count(mustArticle(t, sample(), full()), `<img class="u-photo" src=`); n != 1 {
		t.Errorf("a picture that the body does not show is shown %d times, want once", n)
	}
}

func TestDatesAreTheSitesAndUnambiguous(t *testing.T) {
	istanbul := time.FixedZone("+03", 3*3600)
	midnight := time.Date(2023, 11, 19, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name              string
		at                time.Time
		zone              *time.Location
		language          string
		day, moment, attr string
	}{
		{"midnight of the site is a day", midnight, skopje, "en", "20 November 2023", "20 November 2023", "2023-11-20T00:00:00+01:00"},
		{"the same in Greenwich is an hour", midnight, time.UTC, "en", "19 November 2023", "19 November 2023, 23:00 UTC", "2023-11-19T23:00:00Z"},
		{"a zone without a name", midnight, istanbul, "en-GB", "20 November 2023", "20 November 2023, 02:00 UTC+03", "2023-11-20T02:00:00+03:00"},
		{"no month is named in Macedonian", midnight, skopje, "mk", "2023-11-20", "2023-11-20", "2023-11-20T00:00:00+01:00"},
		{"nor in what is no language", midnight, time.UTC, "?", "2023-11-19", "2023-11-19, 23:00 UTC", "2023-11-19T23:00:00Z"},
	} {
		i := newInstant(c.at.In(c.zone), c.language)
		if i.Day() != c.day || i.Moment() != c.moment || i.Machine != c.attr {
			t.Errorf("%s: got %q, %q, %q, want %q, %q, %q", c.name, i.Day(), i.Moment(), i.Machine, c.day, c.moment, c.attr)
		}
	}
}

func TestDirections(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "ltr", "mk": "ltr", "zh-Hant": "ltr", "": "ltr", "?": "ltr", "az": "ltr",
		"ar": "rtl", "he": "rtl", "fa-IR": "rtl", "ur": "rtl", "dv": "rtl", "az-Arab": "rtl", "ckb": "rtl", "yi": "rtl",
		"ar-Latn": "ltr",
	} {
		if got := newTongue(tag).Direction; got != want {
			t.Errorf("%q: got %s, want %s", tag, got, want)
		}
	}
}

func TestTheCallerLearnsWhichEntryIsBroken(t *testing.T) {
	cause := errors.New("the table has 90000 cells")
	broken := feed.NewEntry(feed.Shown{ID: "tables"}, func() (feed.Content, error) { return feed.Content{}, cause })
	f := sample()
	f.Entries = append(f.Entries, broken)
	_, landing := BuiltIn().Landing(f, skopje)
	_, page := BuiltIn().Article(f, broken, skopje)
	for name, err := range map[string]error{"landing": landing, "article": page} {
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), `"tables"`) {
			t.Errorf("%s: got error %v, want one that names the entry and wraps %q", name, err, cause)
		}
	}
}

func BenchmarkArticle(b *testing.B) {
	f := sample()
	var n int
	for b.Loop() {
		page, err := BuiltIn().Article(f, f.Entries[0], skopje)
		if err != nil {
			b.Fatal(err)
		}
		n = len(page)
	}
	b.ReportMetric(float64(n), "bytes/page")
}

// TestAStorySaysWhatEveryPageSays has a field forgotten turn up.
func TestAStorySaysWhatEveryPageSays(t *testing.T) {
	c := common{tongue: tongue{"mk", "ltr"}, parts: parts{"1", "2", "3", "4"}, SiteTongue: &tongue{"en", "ltr"}, Title: "5", Description: "6", Canonical: "7",
		Site: "8", Home: "9", FeedsPage: "10", Rights: "11", Icon: "12", Feeds: []document{{Name: "13"}}, Style: "14", Policy: "15"}
	says, story := reflect.ValueOf(c), reflect.ValueOf(newStory(&c))
	for _, field := range reflect.VisibleFields(says.Type()) {
		if field.Anonymous {
			continue
		}
		want := says.FieldByIndex(field.Index)
		if want.IsZero() {
			t.Errorf("%s: the test has nothing in it", field.Name)
		}
		if got := story.FieldByName(field.Name); !got.IsValid() || !reflect.DeepEqual(got.Interface(), want.Interface()) {
			t.Errorf("%s: got %v, want %v", field.Name, got, want)
		}
	}
	for _, field := range reflect.VisibleFields(story.Type()) {
		if field.Anonymous {
			t.Errorf("%s is embedded: its fields are slow to find", field.Name)
		}
	}
}

// TestUnwantedCharactersAreFoundWhereverTheyStand has them at all places of a word
// of eight bytes.
func TestUnwantedCharactersAreFoundWhereverTheyStand(t *testing.T) {
	for r := range rune(0x300) {
		for at := range 20 {
			text := strings.Repeat("a", at) + string(r) + strings.Repeat("~ ", 10)
			if got := allWanted([]byte(text)); got == unwanted(r) {
				t.Fatalf("%q: got %v", text, got)
			}
		}
	}
	for _, text := range []string{"aaaaaaa\xff", "aaaaaaaaaa\ufffe", "aaaaaaaaaa\U0001fffe", "aaaaaaaaaaaa\ufdd0", "aaaaaaa\xc3"} {
		if allWanted([]byte(text)) {
			t.Errorf("%q is said to be wanted", text)
		}
	}
}
