package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// node is an element as a reader that knows no schema has it.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// all returns the children of a name, "space local", or "local" without a space.
func (n node) all(name string) (found []node) {
	for _, c := range n.Children {
		if strings.TrimSpace(c.XMLName.Space+" "+c.XMLName.Local) == name {
			found = append(found, c)
		}
	}
	return found
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// text returns what the only child of a name says; it is "missing" or "several"
// otherwise.
func (n node) text(name string) string {
	switch found := n.all(name); len(found) {
	case 0:
		return "missing"
	case 1:
		return found[0].Text
	}
	return "several"
}

// place returns where the first child of a name stands, behind all when there is
// none.
func (n node) place(local string) int {
	i := slices.IndexFunc(n.Children, func(c node) bool { return c.XMLName.Local == local })
	if i < 0 {
		return len(n.Children)
	}
	return i
}

func tree(t *testing.T, document []byte) node {
	t.Helper()
	var root node
	if err := xml.Unmarshal(document, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// samples are feeds of all kinds.
func samples() map[string]*feed.Feed {
	return map[string]*feed.Feed{
		"full": sample(), "complete": complete(), "podcast": podcast(), "summary": withSummaries(), "empty": empty(), "archive": archive(), "current": archive().Current,
	}
}

var (
	rfc822Form  = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$`)
	rfc3339Form = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
	contactForm = regexp.MustCompile(`^[^@ ]+@[^@ ]+ \(.+\)$`)
)

func isAbsolute(s string) bool {
	u, err := url.Parse(s)
	ascii := strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 || r <= ' ' }) < 0
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && ascii
}

// once reports the names that occur more than once among the children of n,
// without those that may.
func once(n node, may ...string) (repeated []string) {
	seen := map[xml.Name]bool{}
	for _, c := range n.Children {
		if seen[c.XMLName] && !slices.Contains(may, c.XMLName.Local) {
			repeated = append(repeated, c.XMLName.Local)
		}
		seen[c.XMLName] = true
	}
	return repeated
}

// TestXMLAsReadersNeedIt asks of both formats what XML and those who sniff ask.
func TestXMLAsReadersNeedIt(t *testing.T) {
	for name, f := range samples() {
		for _, format := range []site.Format{site.RSS, site.Atom} {
			document := mustRender(t, f, format)
			for what, ok := range map[string]bool{
				"the declaration is the first thing, and says UTF-8":      bytes.HasPrefix(document, []byte(`<?xml version="1.0" encoding="utf-8"?>`)),
				"there is no document type":                               !bytes.Contains(document, []byte("<!DOCTYPE")),
				"the root begins where sniffers look":                     bytes.Contains(document[:min(512, len(document))], []byte(map[site.Format]string{site.RSS: "<rss", site.Atom: "<feed"}[format])),
				"only the five entities that XML has":                     !regexp.MustCompile(`&(?:[a-z]+;)`).Match(regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>|&(?:amp|lt|gt|quot|apos);`).ReplaceAll(document, nil)),
				"Atom's own elements have no prefix in Atom":              format == site.RSS || !bytes.Contains(document, []byte("<atom:")),
				"no namespace but the document's own is the default":      bytes.Count(document, []byte(` xmlns="`)) == map[site.Format]int{site.RSS: 0, site.Atom: 1}[format],
				"every address is absolute and in ASCII":                  relative(tree(t, document)) == "",
				"a base that could be mistaken for the document's is not": !bytes.Contains(document, []byte("xml:base")),
			} {
				if !ok {
					t.Errorf("%s in %s: not so: %s %s", name, format, what, relative(tree(t, document)))
				}
			}
		}
	}
}

// relative returns an address below n that is none of the web.
func relative(n node) string {
	for _, a := range n.Attrs {
		switch a.Name.Local {
		case "url", "href", "img":
			if !isAbsolute(a.Value) {
				return a.Value
			}
		}
	}
	switch n.XMLName.Local {
	case "link", "url", "comments", "docs", "uri", "icon", "logo":
		if text := strings.TrimSpace(n.Text); text != "" && !isAbsolute(text) {
			return text
		}
	}
	for _, c := range n.Children {
		if found := relative(c); found != "" {
			return found
		}
	}
	return ""
}

func TestRSSAsTheSpecificationAndTheProfileHaveIt(t *testing.T) {
	const dc, atom = "http://purl.org/dc/elements/1.1/ ", atomNamespace + " "
	for name, f := range samples() {
		root := tree(t, mustRender(t, f, site.RSS))
		channel := root.all("channel")[0]
		must := func(ok bool, format string, args ...any) {
			t.Helper()
			if !ok {
				t.Errorf("%s: not so: %s", name, fmt.Sprintf(format, args...))
			}
		}
		must(root.attr("version") == "2.0" && len(root.Children) == 1, "the root is rss 2.0 with one channel")
		for _, required := range []string{"title", "link", "description", "lastBuildDate", "language", "docs", "generator", "ttl"} {
			must(strings.TrimSpace(channel.text(required)) != "" && channel.text(required) != "missing" && channel.text(required) != "several", "channel has one %s", required)
		}
		repeated := once(channel, "link", "item", "category")
		must(len(repeated) == 0, "nothing in a channel stands twice: %q", repeated)
		must(channel.place("item") >= len(channel.Children)-len(channel.all("item")), "all items stand behind all else")
		must(channel.text("docs") == "https://www.rssboard.org/rss-specification", "docs is the specification")
		must(rfc822Form.MatchString(channel.text("lastBuildDate")), "lastBuildDate %q is of RFC 822", channel.text("lastBuildDate"))
		must(!strings.Contains(channel.text("language"), "_"), "language %q has a hyphen", channel.text("language"))
		ttl, err := strconv.Atoi(channel.text("ttl"))
		must(err == nil && ttl > 0, "ttl %q is of whole minutes", channel.text("ttl"))
		for _, never := range []string{"textInput", "rating", "cloud"} {
			must(channel.text(never) == "missing", "there is no %s", never)
		}
		for _, contact := range []string{"managingEditor", "webMaster"} {
			must(channel.text(contact) == "missing" || contactForm.MatchString(channel.text(contact)), "%s %q is an address and a name", contact, channel.text(contact))
		}
		for _, image := range channel.all("image") {
			must(image.text("title") == channel.text("title") && image.text("link") == channel.text("link") && isAbsolute(image.text("url")), "the image says title and link as the channel does")
			must(image.text("width") == "missing" && image.text("height") == "missing", "a large logo has no size")
		}
		selfs := 0
		for _, l := range channel.all(atom + "link") {
			if l.attr("rel") == "self" {
				selfs++
				must(l.attr("href") == f.URL(site.RSS) && l.attr("type") == "application/rss+xml", "self %q is where the document is", l.attr("href"))
			}
		}
		must(selfs == 1, "there is one link to itself")
		guids := map[string]bool{}
		for _, item := range channel.all("item") {
			repeated := once(item, "category", "creator", "contributor", "content", "transcript", "person")
			must(len(repeated) == 0, "nothing in an item stands twice: %q", repeated)
			must(item.text("title") != "missing" || item.text("description") != "missing", "an item has title or description")
			guid := item.all("guid")[0]
			must(guid.attr("isPermaLink") == "false" && !guids[guid.Text], "guid %q is its own and no link", guid.Text)
			guids[guid.Text] = true
			must(rfc822Form.MatchString(item.text("pubDate")), "pubDate %q is of RFC 822", item.text("pubDate"))
			if day, err := time.Parse(time.RFC1123, item.text("pubDate")); err == nil {
				must(day.Format("Mon") == item.text("pubDate")[:3], "the weekday of %q is that of the date", item.text("pubDate"))
			}
			must(item.text("author") == "missing", "an author without an address is dc:creator")
			for _, twice := range []string{"subject", "date", "source", "identifier"} {
				must(item.text(dc+twice) == "missing", "dc:%s does not say again what RSS says", twice)
			}
			must(item.text(atom+"published") == "missing" && item.text(atom+"id") == "missing", "atom says nothing again")
			if u := item.text(atom + "updated"); u != "missing" {
				must(rfc3339Form.MatchString(u), "atom:updated %q is of RFC 3339", u)
			}
			must(item.place("encoded") == len(item.Children) || item.place("description") < item.place("encoded"), "the summary stands before the whole")
			must(len(item.all("enclosure")) <= 1, "there is one enclosure at most")
			for _, e := range item.all("enclosure") {
				length, err := strconv.ParseInt(e.attr("length"), 10, 64)
				must(err == nil && length >= 0 && isAbsolute(e.attr("url")) && strings.Contains(e.attr("type"), "/"), "an enclosure has url, length and type")
			}
			for _, c := range item.all("category") {
				must(strings.TrimSpace(c.Text) != "", "a category is not blank")
			}
			for _, s := range item.all("source") {
				must(isAbsolute(s.attr("url")) && strings.TrimSpace(s.Text) != "", "a source has an address and a title")
			}
		}
	}
}

func TestAtomAsRFC4287HasIt(t *testing.T) {
	const ns = atomNamespace + " "
	for name, f := range samples() {
		root := tree(t, mustRender(t, f, site.Atom))
		must := func(ok bool, format string, args ...any) {
			t.Helper()
			if !ok {
				t.Errorf("%s: not so: %s", name, fmt.Sprintf(format, args...))
			}
		}
		person := func(p node) {
			must(strings.TrimSpace(p.text(ns+"name")) != "" && p.text(ns+"name") != "missing" && !strings.Contains(p.text(ns+"name"), "@"), "a person has one name")
			must(p.text(ns+"uri") != "several" && p.text(ns+"email") != "several", "a person has one address at most")
			if mail := p.text(ns + "email"); mail != "missing" {
				must(!strings.ContainsAny(mail, " <>()"), "%q is an address alone", mail)
			}
		}
		// The links of a feed, an entry or a source.
		links := func(n node) map[string]int {
			rels, alternates := map[string]int{}, map[string]bool{}
			for _, l := range n.all(ns + "link") {
				rels[l.attr("rel")]++
				must(isAbsolute(l.attr("href")) && strings.TrimSpace(l.Text) == "" && len(l.Children) == 0, "a link has an address and is empty")
				if l.attr("rel") == "alternate" {
					kind := l.attr("type") + " " + l.attr("hreflang")
					must(!alternates[kind], "no two alternates are %q", kind)
					alternates[kind] = true
				}
				if length := l.attr("length"); length != "" {
					n, err := strconv.ParseInt(length, 10, 64)
					must(err == nil && n >= 0, "a length %q is of bytes", length)
				}
			}
			return rels
		}
		for _, required := range []string{"id", "title", "updated", "generator"} {
			must(root.text(ns+required) != "missing" && root.text(ns+required) != "several", "the feed has one %s", required)
		}
		must(len(once(root, "link", "entry", "author", "contributor", "category", "deleted-entry")) == 0, "nothing else stands twice")
		must(len(root.all(ns+"author")) == 1, "the feed has an author, for it may come to have no entries")
		person(root.all(ns + "author")[0])
		must(root.attr("lang") == f.Language, "the feed says its language")
		must(root.place("entry") >= len(root.Children)-len(root.all(ns+"entry")), "all entries stand behind all else, tombstones included")
		rels := links(root)
		must(rels["self"] == 1 && rels["alternate"] == 1, "the feed has a link to itself and one to the page: %v", rels)
		generator := root.all(ns + "generator")[0]
		must(generator.attr("version") != "" && (generator.attr("uri") == "" || isAbsolute(generator.attr("uri"))), "the generator has a version")
		last, ids := "", map[string]bool{}
		for _, e := range root.all(ns + "entry") {
			for _, required := range []string{"id", "title", "updated", "published"} {
				must(e.text(ns+required) != "missing" && e.text(ns+required) != "several", "an entry has one %s", required)
			}
			must(len(once(e, "link", "author", "contributor", "category")) == 0, "nothing else in an entry stands twice")
			id := e.text(ns + "id")
			must(!ids[id] && id == strings.TrimSpace(id) && strings.Contains(id, ":"), "id %q is an IRI of its own", id)
			ids[id] = true
			published, updated := e.text(ns+"published"), e.text(ns+"updated")
			must(rfc3339Form.MatchString(published) && rfc3339Form.MatchString(updated) && published <= updated, "%q and %q are dates of RFC 3339 in their order", published, updated)
			last = max(last, updated)
			must(links(e)["alternate"] >= 1, "an entry has a page")
			must(e.text(ns+"content") != "missing" || e.text(ns+"summary") != "missing", "an entry has content or summary")
			must(strings.TrimSpace(e.text(ns+"title")) != "", "an entry has a title")
			must(e.text(ns+"summary") != e.text(ns+"title"), "a summary does not repeat the title")
			for _, text := range append(append(e.all(ns+"title"), e.all(ns+"summary")...), append(e.all(ns+"rights"), e.all(ns+"content")...)...) {
				must(len(text.Children) == 0 && slices.Contains([]string{"", "html"}, text.attr("type")), "text is of type text or html, and escaped")
				if text.attr("type") == "" {
					must(!regexp.MustCompile(`<[a-z/]`).MatchString(text.Text), "plain text that looks like HTML is sent as HTML: %q", text.Text)
				}
			}
			for _, c := range e.all(ns + "category") {
				must(c.attr("term") != "" && c.attr("label") != "" && (c.attr("scheme") == "" || strings.Contains(c.attr("scheme"), ":")), "a category has a term")
			}
			for _, p := range append(e.all(ns+"author"), e.all(ns+"contributor")...) {
				person(p)
			}
			for _, s := range e.all(ns + "source") {
				for _, required := range []string{"id", "title", "updated"} {
					must(s.text(ns+required) != "missing" && s.text(ns+required) != "several", "a source has one %s", required)
				}
				links(s)
			}
			for _, l := range e.all(ns + "link") {
				must(!slices.Contains([]string{"self", "current", "prev-archive", "next-archive"}, l.attr("rel")), "history stands in the feed alone")
			}
		}
		for _, d := range root.all("http://purl.org/atompub/tombstones/1.0 deleted-entry") {
			must(d.attr("ref") != "" && rfc3339Form.MatchString(d.attr("when")), "a tombstone says what and when")
			last = max(last, d.attr("when"))
		}
		must(root.text(ns+"updated") >= last, "the feed is as new as the newest in it: %q, %q", root.text(ns+"updated"), last)
	}
}

func TestJSONAsJSONFeedHasIt(t *testing.T) {
	for name, f := range samples() {
		document := mustRender(t, f, site.JSON)
		must := func(ok bool, format string, args ...any) {
			t.Helper()
			if !ok {
				t.Errorf("%s: not so: %s", name, fmt.Sprintf(format, args...))
			}
		}
		must(bytes.HasPrefix(document, []byte("{\n  \"version\": \"https://jsonfeed.org/version/1.1\",")), "version is the first key")
		for _, escaped := range []string{`\u003c`, `\u003e`, `\u0026`} {
			must(!bytes.Contains(document, []byte(escaped)), "HTML is not escaped as %s", escaped)
		}
		var root map[string]any
		if err := json.Unmarshal(document, &root); err != nil {
			t.Fatal(err)
		}
		for _, required := range []string{"title", "home_page_url", "feed_url", "language"} {
			s, ok := root[required].(string)
			must(ok && s != "", "there is a %s", required)
		}
		must(root["feed_url"] == f.URL(site.JSON), "feed_url is where the document is")
		must(root["next_url"] != root["feed_url"], "next_url leads on")
		must(root["author"] == nil && root["hubs"] == nil, "neither the author of version 1.0 nor a hub that is not there")
		items, ok := root["items"].([]any)
		must(ok, "items are an array, also when there are none")
		authors := func(of map[string]any) {
			list, _ := of["authors"].([]any)
			for _, a := range list {
				must(a.(map[string]any)["name"] != nil, "an author has a name")
			}
		}
		authors(root)
		ids := map[string]bool{}
		for _, one := range items {
			item := one.(map[string]any)
			id, ok := item["id"].(string)
			must(ok && id != "" && !ids[id], "id %q is a string of its own", id)
			ids[id] = true
			must(item["url"] != nil, "an item has an address")
			must(item["content_html"] != nil || item["content_text"] != nil, "an item has content")
			for _, date := range []string{"date_published", "date_modified"} {
				s, _ := item[date].(string)
				must(rfc3339Form.MatchString(s), "%s %q is of RFC 3339", date, s)
			}
			must(item["language"] != root["language"], "a language is said where it differs")
			must(item["author"] == nil, "authors are a list")
			authors(item)
			list, _ := item["attachments"].([]any)
			for _, one := range list {
				a := one.(map[string]any)
				_, sized := a["size_in_bytes"].(float64)
				_, timed := a["duration_in_seconds"].(float64)
				must(a["url"] != nil && a["mime_type"] != nil && (sized || a["size_in_bytes"] == nil) && (timed || a["duration_in_seconds"] == nil), "an attachment has url and mime_type")
			}
			for key := range item {
				must(!strings.HasPrefix(key, "_"), "there is no extension %s", key)
			}
		}
	}
}

// TestArchivesAsRFC5005HasThem asks how a feed, its archives and their formats
// lead to each other.
func TestArchivesAsRFC5005HasThem(t *testing.T) {
	month := archive()
	for _, format := range []site.Format{site.RSS, site.Atom} {
		head := func(f *feed.Feed) (rels map[string]string, marks string, id string) {
			root := tree(t, mustRender(t, f, format))
			if format == site.RSS {
				root = root.all("channel")[0]
			}
			rels = map[string]string{}
			for _, l := range root.all(atomNamespace + " link") {
				rels[l.attr("rel")] = l.attr("href")
			}
			for _, c := range root.Children {
				if c.XMLName.Space == historyNamespace {
					marks += c.XMLName.Local
				}
			}
			return rels, marks, root.text(atomNamespace + " id")
		}
		rels, marks, id := head(month)
		for rel, want := range map[string]string{"self": month.URL(format), "current": month.Current.URL(format), "prev-archive": month.Prev.URL(format), "next-archive": month.Next.URL(format)} {
			if rels[rel] != want {
				t.Errorf("%s: an archive's %s: got %q, want %q", format, rel, rels[rel], want)
			}
		}
		if marks != "archive" {
			t.Errorf("%s: an archive says that it is %q", format, marks)
		}
		rels, marks, current := head(month.Current)
		if rels["prev-archive"] != month.Current.Prev.URL(format) || rels["next-archive"] != "" || rels["current"] != "" || marks != "" {
			t.Errorf("%s: the subscription document leads to %v and says that it is %q", format, rels, marks)
		}
		if id != current {
			t.Errorf("%s: an archive has the id %q, its feed %q", format, id, current)
		}
		for _, paged := range []string{"first", "last", "next", "previous"} {
			if rels[paged] != "" {
				t.Errorf("%s: a feed is archived and paged: %s", format, paged)
			}
		}
	}
}

// TestMediaAsTheirModulesHaveThem asks what Media RSS, GeoRSS and Dublin Core
// ask.
func TestMediaAsTheirModulesHaveThem(t *testing.T) {
	const media, dc = "http://search.yahoo.com/mrss/ ", "http://purl.org/dc/elements/1.1/ "
	item := tree(t, mustRender(t, podcast(), site.RSS)).all("channel")[0].all("item")[0]
	if got := len(item.all(dc + "creator")); got != 2 {
		t.Errorf("got %d dc:creator, want one for each of the two authors", got)
	}
	for _, c := range item.all(media + "content") {
		if !slices.Contains([]string{"image", "audio", "video", "document", "executable"}, c.attr("medium")) || !isAbsolute(c.attr("url")) || !strings.Contains(c.attr("type"), "/") {
			t.Errorf("media:content has the attributes %v", c.Attrs)
		}
	}
	if item.text(media+"group") != "missing" || item.text(media+"status") != "missing" || item.text(media+"adult") != "missing" {
		t.Error("got elements of Media RSS that readers refuse")
	}
	var lat, lon float64
	if _, err := fmt.Sscanf(item.text("http://www.georss.org/georss point"), "%f %f", &lat, &lon); err != nil || lat != 41.9981 || lon != -21.4254 {
		t.Errorf("got the point %q: %v", item.text("http://www.georss.org/georss point"), err)
	}
	thumbnail := item.all(media + "thumbnail")[0]
	if first := item.all(media + "content")[0]; first.attr("url") != thumbnail.attr("url") || first.attr("medium") != "image" {
		t.Errorf("content %q and thumbnail %q are not the lead image", first.attr("url"), thumbnail.attr("url"))
	}
}

// TestPodcastsAsPSP1HasThem asks for what PSP-1 requires and recommends.
func TestPodcastsAsPSP1HasThem(t *testing.T) {
	const itunes, ns = "http://www.itunes.com/dtds/podcast-1.0.dtd ", "https://podcastindex.org/namespace/1.0 "
	document := mustRender(t, podcast(), site.RSS)
	for _, declaration := range []string{
		`xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"`, `xmlns:podcast="https://podcastindex.org/namespace/1.0"`,
		`xmlns:atom="http://www.w3.org/2005/Atom"`, `xmlns:content="http://purl.org/rss/1.0/modules/content/"`,
	} {
		if !bytes.Contains(document, []byte(declaration)) {
			t.Errorf("got no %s", declaration)
		}
	}
	channel := tree(t, document).all("channel")[0]
	for name, want := range map[string]string{
		itunes + "explicit": "false", itunes + "author": "The Balkan Desk & friends", itunes + "type": "episodic",
		ns + "guid": "9b024349-ccf0-5f69-a609-6b82873eab3c", ns + "locked": "yes", ns + "medium": "newsletter", "language": "en",
		itunes + "complete": "missing", // an error to the W3C's validator
	} {
		if got := channel.text(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := channel.all(itunes + "category"); len(got) != 2 || got[0].attr("text") != "News" || got[0].all(itunes + "category")[0].attr("text") != "Daily News" || got[1].attr("text") != "Society & Culture" {
		t.Errorf("got the categories %+v", got)
	}
	if got := channel.all(itunes + "image"); len(got) != 1 || !isAbsolute(got[0].attr("href")) {
		t.Errorf("got the cover %+v", got)
	}
	if got := channel.all(itunes + "owner"); len(got) != 1 || got[0].text(itunes+"email") != "desk@example.org" || got[0].text(itunes+"name") == "missing" {
		t.Errorf("got the owner %+v", got)
	}
	item := channel.all("item")[0]
	for name, want := range map[string]string{
		itunes + "duration": "63", itunes + "explicit": "false", itunes + "episode": "7", itunes + "season": "2", itunes + "episodeType": "bonus",
	} {
		if got := item.text(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if item.text("guid") == "missing" || item.text("title") == "missing" || len(item.all("enclosure")) != 1 || len(item.all(ns+"transcript")) != 2 || len(item.all(ns+"chapters")) != 1 || len(item.all(ns+"person")) != 2 {
		t.Error("an episode has guid, title, one enclosure, transcripts, chapters and people")
	}
}
