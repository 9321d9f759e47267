package site

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Podcast is what directories of podcasts want to know of a podcast, as PSP-1
// (https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification)
// has it.
type Podcast struct {
	// Categories are of Apple's list, the most fitting first. Required.
	Categories []Category
	// Explicit says that there is strong language or sex in it. Required.
	Explicit bool
	// Author is who makes it. Default the site's author, else its title.
	Author string
	// Owner is whom a directory writes to; the address is published. Default
	// the site's author.
	Owner Author
	// Type is "episodic" or "serial", whose episodes are to be heard in their
	// order. Default empty: episodic.
	Type string
	// Image is the cover, JPEG or PNG, square, of 1400 to 3000 pixels: an
	// address, or a path below the directory of articles. Default the site's
	// image.
	Image string
	// GUID is that of a podcast which had one before: a UUID, in lower case.
	// Default empty: one is made of the feed's address and kept.
	GUID string
	// Locked is "yes" when other hosts must not import the feed, else "no".
	// Default empty: nothing is said of it.
	Locked string
	// Medium is what the feed is: "podcast", "newsletter", "blog" … Default
	// empty: podcast.
	Medium string
}

// Category is one of Apple's categories of podcasts.
type Category struct {
	Name string
	Sub  string // empty: the category as a whole
}

// readPodcast is called when it is known what the site leaves to its podcasts.
func (s *Site) readPodcast(v value) {
	hint := "write it as {category: News / Daily News, explicit: false}"
	if !v.is(yaml.MappingNode, hint) {
		return
	}
	p := Podcast{Owner: s.Author, Image: s.Image, Author: cmp.Or(s.Author.Name, s.Title)}
	before, stated := len(*v.errs), false
	v.fields(map[string]func(value){
		"category": func(v value) {
			for _, one := range v.oneOrMore() {
				one.podcastCategory(&p.Categories)
			}
		},
		"explicit": func(v value) {
			stated = true
			v.truth(&p.Explicit)
		},
		"author": func(v value) { v.text(&p.Author) },
		"owner": func(v value) {
			p.Owner = Author{}
			v.author(&p.Owner)
		},
		"type":  func(v value) { p.Type, _ = v.word("episodic", "serial") },
		"image": func(v value) { v.picture(&p.Image) },
		"guid": func(v value) {
			typed, ok := v.line()
			if ok && !uuid.MatchString(typed) {
				v.fail("write it as 9b024349-ccf0-5f69-a609-6b82873eab3c", "%q is not a UUID", typed)
			}
			p.GUID = strings.ToLower(typed)
		},
		"locked": func(v value) {
			var locked bool
			v.truth(&locked)
			p.Locked = map[bool]string{true: "yes", false: "no"}[locked]
		},
		"medium": func(v value) {
			p.Medium, _ = v.word("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course")
		},
	})
	switch {
	case len(*v.errs) > before:
	case len(p.Categories) == 0:
		v.fail(hint, "has no category")
	case !stated:
		v.fail(hint, "does not say whether it is explicit")
	default:
		s.Podcast = &p
	}
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// podcastCategory reads "News" or "News / Daily News".
func (v value) podcastCategory(to *[]Category) {
	typed, ok := v.line()
	if !ok {
		return
	}
	name, sub, both := strings.Cut(typed, "/")
	c := Category{strings.TrimSpace(name), strings.TrimSpace(sub)}
	subs, known := podcastCategories[c.Name]
	switch {
	case !known:
		hint := "write one of " + strings.Join(slices.Sorted(maps.Keys(podcastCategories)), ", ")
		if near := nearest(c.Name, slices.Collect(maps.Keys(podcastCategories))); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		v.fail(hint, "%q is not one of Apple's categories", c.Name)
	case both && !slices.Contains(subs, c.Sub):
		v.fail(fmt.Sprintf("write %s alone, or with one of %s", c.Name, strings.Join(subs, ", ")), "%q is not below %s in Apple's list", c.Sub, c.Name)
	case slices.Contains(*to, c):
		v.fail("keep one of them", "%s is named twice", typed)
	default:
		*to = append(*to, c)
	}
}

// podcastCategories is Apple's list
// (https://podcasters.apple.com/support/1691-apple-podcasts-categories).
var podcastCategories = map[string][]string{
	"Arts":                    {"Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"},
	"Business":                {"Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"},
	"Comedy":                  {"Comedy Interviews", "Improv", "Stand-Up"},
	"Education":               {"Courses", "How To", "Language Learning", "Self-Improvement"},
	"Fiction":                 {"Comedy Fiction", "Drama", "Science Fiction"},
	"Government":              {},
	"Health & Fitness":        {"Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"},
	"History":                 {},
	"Kids & Family":           {"Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"},
	"Leisure":                 {"Animation & Manga", "Automotive", "Aviation", "Crafts", "Games", "Hobbies", "Home & Garden", "Video Games"},
	"Music":                   {"Music Commentary", "Music History", "Music Interviews"},
	"News":                    {"Business News", "Daily News", "Entertainment News", "News Commentary", "Politics", "Sports News", "Tech News"},
	"Religion & Spirituality": {"Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Spirituality"},
	"Science":                 {"Astronomy", "Chemistry", "Earth Sciences", "Life Sciences", "Mathematics", "Natural Sciences", "Nature", "Physics", "Social Sciences"},
	"Society & Culture":       {"Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"},
	"Sports":                  {"Baseball", "Basketball", "Cricket", "Fantasy Sports", "Football", "Golf", "Hockey", "Rugby", "Running", "Soccer", "Swimming", "Tennis", "Volleyball", "Wilderness", "Wrestling"},
	"TV & Film":               {"After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"},
	"Technology":              {},
	"True Crime":              {},
}
