package article

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// statedPicture takes the first picture that front matter names, in the order
// of the keys, and what other keys say of it.
func (p *parsing) statedPicture(meta value) {
	candidates := meta.stated(pictureKey)
	if e, ok := meta.get("resources"); ok {
		candidates = append(candidates, leadResource(e)...)
	}
	for _, e := range candidates {
		pic, ok := picture(e.value)
		if !ok || isPageOfPicture(pic.Src) {
			continue
		}
		if !publicAddress(pic.Src) {
			p.warn(e.value.line, "bad-image", fmt.Sprintf("%s: %q is no picture on the web or beside the article", e.key, pic.Src), "write a relative path or an https: address")
			continue
		}
		p.a.Picture = &pic
		break
	}
	for _, e := range meta.stated(bannerKey) {
		if banner, ok := picture(e.value); ok && publicAddress(banner.Src) && p.a.Banner == "" {
			p.a.Banner = banner.Src
		}
	}
	pic := p.a.Picture
	if pic == nil {
		return
	}
	for r, field := range map[role]*string{pictureTitleKey: &pic.Title, altKey: &pic.Alt, captionKey: &pic.Caption, creditKey: &pic.Credit} {
		if e, ok := p.word(meta, r); ok && *field == "" {
			*field = titleText(e.value.text)
		}
	}
	for r, field := range map[role]*int{widthKey: &pic.Width, heightKey: &pic.Height} {
		if e, ok := p.word(meta, r); ok && *field == 0 {
			*field = pixels(e.value)
		}
	}
	if p.a.Format == Markdown { // themes render these as the text
		pic.Title, pic.Alt, pic.Caption, pic.Credit = marked(pic.Title), marked(pic.Alt), marked(pic.Caption), marked(pic.Credit)
	}
	if credit, ok := cutCredit(pic.Caption); ok && pic.Credit == "" {
		pic.Caption, pic.Credit = "", credit
	}
}

// isPageOfPicture tells the address of a page at which a picture is shown, by the
// services from which pictures are taken most: authors name it for the credit.
// As the picture of the article it shows nothing.
func isPageOfPicture(src string) bool {
	u, err := url.Parse(src)
	if err != nil || u.Host == "" {
		return false
	}
	switch host := strings.TrimPrefix(u.Host, "www."); {
	case host == "unsplash.com", host == "pexels.com", host == "pixabay.com", host == "flickr.com":
		return strings.HasPrefix(u.Path, "/photo/") || strings.HasPrefix(u.Path, "/photos/")
	case strings.HasSuffix(host, ".wikimedia.org"), strings.HasSuffix(host, ".wikipedia.org"):
		return strings.HasPrefix(u.Path, "/wiki/File:")
	}
	return false
}

// marked is what a line of Markdown says; most have no marks.
func marked(s string) string {
	if !strings.ContainsAny(s, "*_`[<&\\") {
		return s
	}
	return markdownText(s)
}

// cutCredit reads a caption that is a credit and nothing else: "Photo: Reuters".
func cutCredit(caption string) (string, bool) {
	for _, word := range []string{"Photo credit: ", "Image credit: ", "Photo by ", "Image by ", "Credit: ", "Photo: "} {
		if len(caption) > len(word) && strings.EqualFold(caption[:len(word)], word) {
			credit := strings.TrimSuffix(caption[len(word):], ".")
			return credit, isCredit(credit)
		}
	}
	return "", false
}

// leadResource finds among the files that a page bundle of Hugo describes the
// one that themes take for the lead image: by its name, else an only one.
func leadResource(resources entry) []entry {
	var pictures []entry
	for _, r := range resources.value.list {
		src, ok := r.get("src")
		if !ok || src.value.kind != scalar || strings.Contains(src.value.text, "*") {
			continue
		}
		e := entry{resources.key, r}
		name, _ := r.get("name")
		for _, word := range []string{"cover", "featur", "thumb", "hero", "header", "banner", "lead"} {
			if strings.Contains(strings.ToLower(name.value.text+" "+src.value.text), word) {
				return []entry{e}
			}
		}
		if isPictureName(src.value.text) {
			pictures = append(pictures, e)
		}
	}
	if len(pictures) == 1 {
		return pictures
	}
	return nil
}

func isPictureName(name string) bool {
	switch extensionOf(name) {
	case ".apng", ".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp":
		return true
	}
	return false
}

// picture reads a picture in its forms: an address, a mapping, a list of
// either, of which the first counts. "![alt](address)" is an address too.
func picture(v value) (Picture, bool) {
	switch v.kind {
	case scalar:
		src := oneLine(v.text)
		alt := ""
		if inner, ok := strings.CutPrefix(src, "!["); ok {
			if before, after, found := strings.Cut(inner, "]("); found && strings.HasSuffix(after, ")") {
				alt, src = before, strings.TrimSuffix(after, ")")
				src, _, _ = strings.Cut(src, " ")
			}
		}
		_, isTruth := truth(v)
		sentence := strings.Contains(src, " ") && !isPictureName(strings.ReplaceAll(src, " ", "")) // a caption, not an address
		return Picture{Src: src, Alt: alt}, src != "" && !isTruth && !sentence
	case list:
		if len(v.list) > 0 && v.list[0].kind != list {
			return picture(v.list[0])
		}
	case mapping:
		var pic Picture
		for _, said := range []struct {
			field *string
			names []string
		}{
			{&pic.Title, []string{"title"}},
			{&pic.Alt, []string{"alt", "alttext", "imagealt", "imagedescription"}},
			{&pic.Caption, []string{"caption", "imagecaption", "params.caption"}},
			{&pic.Credit, []string{"credit", "credits", "attribution", "copyright", "photographer", "params.credit", "params.byline"}},
		} {
			if e, ok := v.firstOf(said.names...); ok {
				*said.field = titleText(e.value.text)
			}
		}
		if e, ok := v.firstOf("width"); ok {
			pic.Width = pixels(e.value)
		}
		if e, ok := v.firstOf("height"); ok {
			pic.Height = pixels(e.value)
		}
		for _, name := range []string{"src", "url", "image", "path", "file", "filename", "href", "feature", "featured", "large", "hero", "teaser", "thumb", "thumbnail"} {
			e, ok := v.get(name)
			if !ok {
				continue
			}
			// What "image" leads to may be a mapping again.
			if inner, ok := picture(e.value); ok && e.value.kind != list {
				inner.Title, inner.Alt = cmp.Or(inner.Title, pic.Title), cmp.Or(inner.Alt, pic.Alt)
				inner.Caption, inner.Credit = cmp.Or(inner.Caption, pic.Caption), cmp.Or(inner.Credit, pic.Credit)
				if inner.Width == 0 {
					inner.Width, inner.Height = pic.Width, pic.Height
				}
				return inner, true
			}
		}
	}
	return Picture{}, false
}

// firstOf is the first of the names that leads to a text.
func (v value) firstOf(names ...string) (entry, bool) {
	for _, name := range names {
		if e, ok := v.get(name); ok && e.value.kind == scalar && !e.value.blank() {
			return e, true
		}
	}
	return entry{}, false
}

// mostPixels is the longest side of a picture that is believed.
const mostPixels = 100_000

// pixels reads a length such as 1200 or "1200px"; zero when it is none.
func pixels(v value) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(v.text), "px"))
	if err != nil || n < 1 || n > mostPixels {
		return 0
	}
	return n
}

// publicAddress reports whether an address is relative or on the web.
func publicAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "" || u.Scheme == "http" || u.Scheme == "https")
}
