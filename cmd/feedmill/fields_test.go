package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

// reading is what a reader says of one entry, by fields. Lists are parted by
// strokes, instants are in seconds, and text is text, not HTML.
type reading map[string]string

// seaStory says all that an article can.
const seaStory = `---
title: AT&T's "sea" & the tide
date: 2024-05-06 09:30
updated: 2024-05-07 10:00
author: [{name: Ana Marić, url: "https://example.org/ana", avatar: "https://example.org/ana.png"}, R&D]
translator: Jane Doe
photographer: {name: Luan Kola, url: "https://example.org/luan"}
guests: [Dua Krasniqi]
tags: [Sea & shore, C++, Новости]
summary: The sea < land & "more".
image: {src: dawn.png, title: Dawn, alt: The quay, caption: At dawn & dusk, credit: J. Doe / AFP}
banner_image: wide.png
location: {name: Skopje, lat: 41.9981, lng: 21.4254}
rights: © 2024 Ana Marić & Co
license: CC BY-SA 4.0
comments: https://forum.example.org/t/1?a=1&b=2
external_url: https://elsewhere.example/story?x=1&y=2
via: https://sea.example/first
related: [../tides.txt, "https://example.com/report.pdf"]
source: {title: The Sea & Paper, feed: "https://sea.example/rss.xml?a=1&b=2", home: "https://sea.example/", updated: 2024-05-06T08:00:00Z}
enclosure: [{src: sea.mp3, duration: "1:02:03", title: Read aloud}]
episode: 7
season: 2
episode_type: full
explicit: false
episode_image: square.png
transcript: said.vtt
chapters: chapters.json
---

The sea *rose* & fell at [the quay](https://example.org/quay).

Nobody < everybody.
`

const seaPlace = "https://feeds.example.org/articles/sea/"

// seaFields are what stands in seaStory.
var seaFields = reading{
	"id":        "tag:example.org,2023:sea/index",
	"title":     `AT&T's "sea" & the tide`,
	"link":      seaPlace,
	"published": "1714987800",
	"updated":   "1715076000",
	"authors":   "Ana Marić|R&D",
	"author":    "Ana Marić", // of readers that keep the first
	"last":      "R&D",       // of readers that keep the last
	"uri":       "https://example.org/ana",
	"avatar":    "https://example.org/ana.png",
	"with":      "Jane Doe|Luan Kola|Dua Krasniqi",
	"tags":      "Sea & shore|C++|Новости",
	"scheme":    "tag:example.org,2023:/tags",
	"summary":   `The sea < land & "more".`,
	"content":   "<p>The sea <em>rose</em> &amp; fell at <a href=\"https://example.org/quay\">the quay</a>.</p>\n<p>Nobody &lt; everybody.</p>",
	"image":     seaPlace + "dawn.png",
	"pictured":  "Dawn|At dawn & dusk|J. Doe / AFP",
	"banner":    seaPlace + "wide.png",
	"point":     "41.9981 21.4254",
	"rights":    "© 2024 Ana Marić & Co",
	"license":   "https://creativecommons.org/licenses/by-sa/4.0/",
	"comments":  "https://forum.example.org/t/1?a=1&b=2",
	"external":  "https://elsewhere.example/story?x=1&y=2",
	"related":   "https://elsewhere.example/story?x=1&y=2|https://feeds.example.org/articles/tides/|https://example.com/report.pdf",
	"via":       "https://sea.example/first",
	"source":    "The Sea & Paper|https://sea.example/rss.xml?a=1&b=2",
	"origin":    "https://sea.example/rss.xml?a=1&b=2|1714982400|https://sea.example/", // of an atom:source
	"enclosure": seaPlace + "sea.mp3|12345|audio/mpeg",
	"file":      seaPlace + "sea.mp3|audio/mpeg", // of readers that keep no length
	"recording": "Read aloud|3723",
	"episode":   "3723|7|2|full|" + seaPlace + "square.png",
	"podcast":   seaPlace + "said.vtt|text/vtt|" + seaPlace + "chapters.json|Jane Doe|translator|Dua Krasniqi|guest",
}

// tideFields are those of an article in plain text.
var tideFields = reading{
	"id":        "tag:example.org,2023:tides",
	"title":     "Tides of the Vardar",
	"link":      "https://feeds.example.org/articles/tides/",
	"published": "1714780800",
	"authors":   "Valentina Dimitrievska",
	"author":    "Valentina Dimitrievska",
	"last":      "Valentina Dimitrievska",
	"summary":   `The river rose & "fell" < again. A second paragraph.`,
	"content":   "<p>The river rose &amp; \"fell\" &lt; again.</p>\n<p>A second paragraph.</p>",
	"text":      "The river rose & \"fell\" < again.\n\nA second paragraph.",
}

// TestReadersReadEveryField publishes an article that says all that it can, and
// one in plain text, and asks readers of other makes what they read of them, in
// the fields that each of them knows.
func TestReadersReadEveryField(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join(projectRoot, "articles", "icon.png"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"site.yaml": `title: The Sea Desk
base_url: https://feeds.example.org/
id_authority: example.org,2023
podcast: {category: News, explicit: false, owner: {name: Mira Novak, email: mira@example.org}}
`,
		"sea/index.md": seaStory, "sea/sea.mp3": strings.Repeat("~", 12345), "sea/said.vtt": "WEBVTT\n", "sea/chapters.json": "{}",
		"tides.txt": "Tides of the Vardar\n\nBy Valentina Dimitrievska in Skopje May 4, 2024\n\nThe river rose & \"fell\" < again.\n\nA second paragraph.\n",
	}
	for _, name := range []string{"dawn.png", "wide.png", "square.png"} {
		files["sea/"+name] = string(picture)
	}
	dir := newsroom(t, files)
	execute(t, dir, "feedmill", "build")

	common := []string{"id", "title", "link", "published", "content"}
	more := func(fields ...string) []string { return append(slices.Clone(common), fields...) }
	rss := []string{"authors", "with", "tags", "summary", "image", "rights", "comments", "enclosure", "updated"}
	atom := []string{"authors", "with", "tags", "summary", "image", "rights", "enclosure", "updated", "license", "related", "via"}
	for name, test := range map[string]struct {
		document string
		read     func(t *testing.T, document string) []reading
		fields   []string // that the reader knows
	}{
		"gofeed reads RSS":        {"rss.xml", gofeedReads, more("author", "tags", "summary", "enclosure", "with", "rights", "point", "pictured", "image", "episode")},
		"gofeed reads Atom":       {"atom.xml", gofeedReads, more("authors", "tags", "summary", "enclosure", "point", "pictured", "image", "updated")},
		"gofeed reads JSON Feed":  {"feed.json", gofeedReads, more("authors", "tags", "summary", "enclosure", "image", "updated")},
		"feedparser reads RSS":    {"rss.xml", feedparserReads, more(append(rss, "scheme", "point", "source")...)},
		"feedparser reads Atom":   {"atom.xml", feedparserReads, more(append(atom, "uri", "scheme", "point", "origin")...)},
		"feedsmith reads RSS":     {"rss.xml", feedsmithReads, more(append(rss, "scheme", "point", "source", "pictured", "episode", "podcast")...)},
		"feedsmith reads Atom":    {"atom.xml", feedsmithReads, more(append(atom, "uri", "scheme", "point", "origin", "pictured", "comments")...)},
		"feedsmith reads JSON":    {"feed.json", feedsmithReads, more("text", "authors", "uri", "avatar", "tags", "summary", "image", "banner", "external", "enclosure", "recording", "updated")},
		"newsboat reads RSS":      {"rss.xml", newsboatReads, more("last", "file")},
		"newsboat reads Atom":     {"atom.xml", newsboatReads, more("authors", "file")},
		"sfeed reads RSS":         {"rss.xml", sfeedReads, more("author", "file", "tags")},
		"sfeed reads Atom":        {"atom.xml", sfeedReads, more("author", "file", "tags")},
		"feedsmith reads archive": {"archive/2024-05/atom.xml", feedsmithReads, more(append(atom, "origin", "point")...)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := test.read(t, filepath.Join(dir, "feeds", filepath.FromSlash(test.document)))
			for _, facts := range []reading{seaFields, tideFields} {
				i := slices.IndexFunc(read, func(r reading) bool { return r["id"] == facts["id"] })
				if i < 0 {
					t.Fatalf("got no %s among %d entries", facts["id"], len(read))
				}
				want, got := reading{}, reading{}
				for _, field := range test.fields {
					if facts[field] != "" {
						want[field], got[field] = facts[field], read[i][field]
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", facts["id"], diff)
				}
			}
		})
	}
}

func gofeedReads(t *testing.T, document string) (all []reading) {
	src, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	f, err := gofeed.NewParser().Parse(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) string { return s }
	if filepath.Ext(document) == ".xml" {
		text = html.UnescapeString // what gofeed returns may be HTML
	}
	for _, item := range f.Items {
		r := reading{
			"id": item.GUID, "title": text(item.Title), "link": item.Link, "content": item.Content, "summary": text(item.Description),
			"tags": strings.Join(item.Categories, "|"), "published": strconv.FormatInt(item.PublishedParsed.Unix(), 10),
		}
		if item.UpdatedParsed != nil {
			r["updated"] = strconv.FormatInt(item.UpdatedParsed.Unix(), 10)
		}
		var authors []string
		for _, a := range item.Authors {
			authors = append(authors, a.Name)
		}
		r["authors"], r["author"] = strings.Join(authors, "|"), authors[0]
		if len(item.Enclosures) > 0 {
			r["enclosure"] = item.Enclosures[0].URL + "|" + item.Enclosures[0].Length + "|" + item.Enclosures[0].Type
		}
		if dc := item.DublinCoreExt; dc != nil {
			r["with"], r["rights"] = strings.Join(dc.Contributor, "|"), strings.Join(dc.Rights, "|")
		}
		if item.Image != nil {
			r["image"] = item.Image.URL
		}
		if it := item.ITunesExt; it != nil {
			r["episode"] = strings.Join([]string{it.Duration, it.Episode, it.Season, it.EpisodeType, it.Image}, "|")
		}
		for _, p := range item.Extensions["georss"]["point"] {
			r["point"] = p.Value
		}
		for _, m := range item.Extensions["media"]["content"] {
			var said []string
			for _, name := range []string{"title", "description", "credit"} {
				for _, e := range m.Children[name] {
					said = append(said, text(e.Value))
				}
			}
			r["image"], r["pictured"] = m.Attrs["url"], strings.Join(said, "|")
		}
		all = append(all, r)
	}
	return all
}

// ask runs a program that prints a list of readings as JSON.
func ask(t *testing.T, name string, args ...string) (all []reading) {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, stderr.Bytes())
	}
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatalf("%s: %v in\n%s", name, err, out)
	}
	return all
}

// python returns a Python that has a module, or skips the test.
func python(t *testing.T, module string) string {
	t.Helper()
	const path = "/usr/bin/python3" // the system's, for which packages are made
	if err := exec.Command(path, "-c", "import "+module).Run(); err != nil {
		t.Skipf("there is no Python with %s", module)
	}
	return path
}

const feedparserScript = `
import feedparser, json, sys, calendar, html
out = []
for e in feedparser.parse(sys.argv[1]).entries:
    links = lambda rel: [l.href for l in e.links if l.rel == rel]
    r = {
        'id': e.id, 'title': html.unescape(e.title), 'link': e.link, 'content': e.content[0].value,
        'summary': html.unescape(e.get('summary', '')),
        'published': str(calendar.timegm(e.published_parsed)),
        'authors': '|'.join(a.name for a in e.authors), 'uri': e.authors[0].get('href', ''),
        'with': '|'.join(c.name for c in e.get('contributors', [])),
        'tags': '|'.join(t.term for t in e.get('tags', [])), 'scheme': (e.get('tags') or [{'scheme': ''}])[0]['scheme'],
        'rights': html.unescape(e.get('rights', '')), 'comments': e.get('comments', ''),
        'license': '|'.join(links('license')), 'related': '|'.join(links('related')), 'via': '|'.join(links('via')),
        'enclosure': '|'.join([l.href, l.length, l.type] [i] for l in e.links if l.rel == 'enclosure' for i in range(3)),
        'image': e.media_content[0]['url'] if e.get('media_content') else '',
    }
    if 'updated_parsed' in e:
        r['updated'] = str(calendar.timegm(e.updated_parsed))
    if 'where' in e:
        r['point'] = '%s %s' % e.where['coordinates'][::-1]
    s = e.get('source')
    if s and 'href' in s:
        r['source'] = s.title + '|' + s.href
    elif s:
        r['origin'] = '|'.join([s.id, str(calendar.timegm(s.updated_parsed)), s.link])
    out.append(r)
print(json.dumps(out))
`

func feedparserReads(t *testing.T, document string) []reading {
	return ask(t, python(t, "feedparser"), "-c", feedparserScript, document)
}

const feedsmithScript = `
import {createRequire} from 'node:module'
import fs from 'node:fs'
const {parseFeed} = createRequire(process.argv[2] + '/x')('feedsmith')
const {format, feed} = parseFeed(fs.readFileSync(process.argv[3], 'utf8'))
const list = (l, f) => (l ?? []).map(f).join('|')
const stamp = d => d === undefined ? '' : String(Date.parse(d) / 1000)
const text = s => (s ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
const flat = c => c === undefined ? '' : c.type === 'html' ? text(c.value) : c.value
const media = (r, m) => m && Object.assign(r, {
  image: m.contents[0].url,
  pictured: [m.contents[0].title, m.contents[0].description, ...(m.contents[0].credits ?? [])].map(x => x?.value).join('|'),
})
const out = (feed.items ?? feed.entries).map(e => {
  let r = {}
  if (format === 'rss') {
    const it = e.itunes ?? {}, p = e.podcast ?? {}
    r = {
      id: e.guid.value, title: e.title, link: e.link, published: stamp(e.pubDate), updated: stamp(e.atom?.updated),
      content: e.content.encoded, summary: text(e.description), authors: list(e.dc.creators, x => x), with: list(e.dc.contributors, x => x),
      tags: list(e.categories, c => c.name), scheme: e.categories?.[0].domain, rights: list(e.dc.rights, x => x), comments: e.comments,
      source: e.source && e.source.title + '|' + e.source.url,
      enclosure: list(e.enclosures, x => [x.url, x.length, x.type].join('|')),
      episode: [it.duration, it.episode, it.season, it.episodeType, it.image].join('|'),
      podcast: [list(p.transcripts, x => x.url + '|' + x.type), p.chapters?.url, list(p.persons, x => x.display + '|' + x.role)].join('|'),
      point: e.georss && e.georss.point.lat + ' ' + e.georss.point.lng,
    }
  } else if (format === 'atom') {
    const rel = n => e.links.filter(l => l.rel === n)
    r = {
      id: e.id, title: flat(e.title), link: rel('alternate')[0].href, published: stamp(e.published), updated: stamp(e.updated),
      content: e.content.value, summary: flat(e.summary), authors: list(e.authors, a => a.name), uri: e.authors[0].uri,
      with: list(e.contributors, a => a.name), tags: list(e.categories, c => c.term), scheme: e.categories?.[0].scheme,
      rights: flat(e.rights), comments: list(rel('replies'), l => l.href), license: list(rel('license'), l => l.href),
      related: list(rel('related'), l => l.href), via: list(rel('via'), l => l.href),
      enclosure: list(rel('enclosure'), l => [l.href, l.length, l.type].join('|')),
      origin: e.source && [e.source.id, stamp(e.source.updated), e.source.links.find(l => l.rel === 'alternate').href].join('|'),
      point: e.georss && e.georss.point.lat + ' ' + e.georss.point.lng,
    }
  } else {
    r = {
      id: e.id, title: e.title, link: e.url, published: stamp(e.date_published), updated: stamp(e.date_modified),
      content: e.content_html, text: e.content_text, summary: e.summary, authors: list(e.authors, a => a.name),
      uri: e.authors[0].url, avatar: e.authors[0].avatar, tags: list(e.tags, x => x), image: e.image, banner: e.banner_image,
      external: e.external_url, enclosure: list(e.attachments, a => [a.url, a.size_in_bytes, a.mime_type].join('|')),
      recording: list(e.attachments, a => [a.title, a.duration_in_seconds].join('|')),
    }
  }
  media(r, e.media)
  return r
})
console.log(JSON.stringify(out))
`

// feedsmithReads has feedsmith, a library for Node, read, which is looked for in
// the directory that the environment names.
func feedsmithReads(t *testing.T, document string) []reading {
	node, modules := reader(t, "node"), os.Getenv("FEEDMILL_NODE")
	if modules == "" {
		t.Skip("FEEDMILL_NODE names no directory in which feedsmith is installed")
	}
	return ask(t, node, "--input-type=module", "-e", feedsmithScript, "--", "-", modules, document)
}

const newsboatScript = `
import sqlite3, json, sys
db = sqlite3.connect(sys.argv[1])
db.row_factory = sqlite3.Row
print(json.dumps([{
    'id': e['guid'], 'title': e['title'], 'link': e['url'], 'published': str(e['pubDate']), 'content': e['content'],
    'authors': e['author'].replace(', ', '|'), 'last': e['author'], 'file': e['enclosure_url'] + '|' + e['enclosure_type'],
} for e in db.execute('select * from rss_item')]))
`

func newsboatReads(t *testing.T, document string) []reading {
	newsboat, home := reader(t, "newsboat"), t.TempDir()
	write(t, filepath.Join(home, "urls"), "file://"+document+"\n")
	write(t, filepath.Join(home, "config"), "")
	execute(t, home, newsboat, "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload")
	return ask(t, python(t, "sqlite3"), "-c", newsboatScript, filepath.Join(home, "cache.db"))
}

func sfeedReads(t *testing.T, document string) (all []reading) {
	src, err := os.Open(document)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	cmd := exec.Command(reader(t, "sfeed"))
	cmd.Stdin = src
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	unescape := strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`)
	for line := range strings.Lines(string(out)) {
		// Fields: time, title, link, content, its type, id, author, enclosure, categories.
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) < 9 {
			t.Fatalf("sfeed says %q", line)
		}
		r := reading{"published": f[0], "title": f[1], "link": f[2], "content": unescape.Replace(f[3]), "id": f[5], "author": f[6], "tags": f[8]}
		if f[7] != "" {
			r["file"] = fmt.Sprintf("%s|audio/mpeg", f[7]) // it keeps no type
		}
		all = append(all, r)
	}
	return all
}
