package feed

import (
	"crypto/sha1"
	"fmt"
	"path"
	"slices"
	"strings"

	"feedmill/internal/site"
)

// Podcast is what directories of podcasts want to know of a feed besides.
type Podcast struct {
	site.Podcast
	Image string // absolute address of the cover; empty when there is none
}

// podcast returns what the site says of its podcasts, nil when it says nothing.
func (c *composer) podcast(files Files) *Podcast {
	said := c.site.Podcast
	if said == nil {
		return nil
	}
	p := &Podcast{Podcast: *said, Image: c.picture(c.site, "podcast.image", said.Image, files)}
	// Apple's rules for artwork: JPEG or PNG, square.
	switch strings.ToLower(path.Ext(pathOf(p.Image))) {
	case ".jpg", ".jpeg", ".png":
	default:
		c.report("podcast-image", "podcast.image: there is no cover in JPEG or PNG", "name a square picture of 1400 to 3000 pixels; directories refuse a podcast without one")
		p.Image = ""
	}
	if file, ok := local("", said.Image); ok && p.Image != "" && !isAbsolute(said.Image) {
		if _, width, height := files.Measure(file); width > 0 && (width != height || width < 1400 || width > 3000) {
			c.report("podcast-image", fmt.Sprintf("podcast.image: %q has %d by %d pixels", said.Image, width, height), "directories take square covers of 1400 to 3000 pixels")
		}
	}
	if said.Owner.Email == "" {
		c.report("podcast-owner", "podcast.owner: nobody has an email address", "directories write to it to find out whose the podcast is")
	}
	return p
}

// podcast makes a podcast of a feed in which recordings stand, when the site
// says what its podcasts are, and nothing of any other.
func (f *Feed) podcast(entries []*Entry, told Told) {
	common := f.Podcast
	f.Podcast, f.PodcastID = nil, told.Podcast
	if common == nil || !slices.ContainsFunc(entries, func(e *Entry) bool { return len(e.Article.Enclosures) > 0 }) {
		return
	}
	f.Podcast = common
	switch stated := common.GUID; {
	case stated != "" && f.Path == "": // it is the site's own feed's
		f.PodcastID = stated
	case f.PodcastID == "":
		f.PodcastID = podcastGUID(f.URL(site.RSS))
	}
}

// podcastNamespace is the namespace of GUIDs that are made of the addresses of
// podcasts' feeds: ead4c236-bf58-58c6-a2c6-a6b28d128cb6.
var podcastNamespace = []byte{0xea, 0xd4, 0xc2, 0x36, 0xbf, 0x58, 0x58, 0xc6, 0xa2, 0xc6, 0xa6, 0xb2, 0x8d, 0x12, 0x8c, 0xb6}

// podcastGUID returns the GUID of a podcast by the address that its feed has
// when it is first published: a UUID of version 5 (RFC 9562, section 5.5) of the
// address without its scheme and the slashes at its end.
func podcastGUID(address string) string {
	_, name, _ := strings.Cut(address, "://")
	h := sha1.New()
	h.Write(podcastNamespace)
	h.Write([]byte(strings.TrimRight(name, "/")))
	id := h.Sum(nil)[:16]
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// scheme returns the name of the vocabulary of the site's tags. Like an id it
// stays what it is when the site moves, so it is made of the id of the site's
// own feed: of a tag URI (RFC 4151) another one by the same authority, which no
// feed has, for none can be called "tags".
func (c *composer) scheme() string {
	id := c.memory.Feeds[""].ID
	if id == "" {
		id = c.memory.NewID("")
	}
	switch parts := strings.SplitN(id, ":", 3); {
	case c.site.CategoryScheme != "":
		return c.site.CategoryScheme
	case len(parts) == 3 && parts[0] == "tag":
		return parts[0] + ":" + parts[1] + ":/tags"
	}
	id, _, _ = strings.Cut(id, "#")
	return id + "#tags"
}
