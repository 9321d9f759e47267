package feed

import (
	"cmp"
	"mime"
	"path"
	"strings"

	"feedmill/internal/article"
)

// address resolves an address that an article may leave out.
func (r *resolver) address(ref string) string {
	if ref == "" {
		return ""
	}
	return r.resolve(ref)
}

// links resolves what an article leads to. What leads nowhere is left out, with
// a problem.
func (r *resolver) links(said []article.Link) []article.Link {
	var all []article.Link
	for _, l := range said {
		if l.Href = r.resolve(l.Href); l.Href == "" {
			continue
		}
		l.Type = cmp.Or(l.Type, bareType(l.Href))
		all = append(all, l)
	}
	return all
}

// episode resolves what an article says of its recording.
func (r *resolver) episode(said *article.Episode) *article.Episode {
	if said == nil {
		return nil
	}
	ep := *said
	ep.Image, ep.Chapters, ep.Transcripts = r.address(said.Image), r.data(said.Chapters), nil
	for _, t := range said.Transcripts {
		if t.Src = r.data(t.Src); t.Src != "" {
			// What has no type of its own is a page.
			t.Type = cmp.Or(t.Type, bareType(t.Src), jsonType(t.Src), "text/html")
			ep.Transcripts = append(ep.Transcripts, t)
		}
	}
	return &ep
}

// data resolves the address of a file that may be JSON, which is not published
// unless the article states that it belongs to its recording.
func (r *resolver) data(ref string) string {
	answer := r.dataAt(ref)
	r.note(askedData, ref, answer)
	return answer
}

func (r *resolver) dataAt(ref string) string {
	u, err := parse(ref)
	if err == nil && u.Scheme == "" && u.Host == "" && jsonType(u.Path) != "" && r.page != "" {
		if file, ok := local(path.Dir(r.article.Path), u.Path); ok && r.places.files.Has(file) {
			return r.publishAs(jsonType(file), file, u)
		}
	}
	return r.address(ref)
}

// jsonType is the media type of a file of JSON, empty for any other.
func jsonType(name string) string {
	if strings.EqualFold(path.Ext(name), ".json") {
		return "application/json"
	}
	return ""
}

// bareType returns the media type of what an address leads to, without
// parameters, by the extension; empty for what is no file of a known kind.
func bareType(link string) string {
	bare, _, err := mime.ParseMediaType(mediaType(pathOf(link)))
	if err != nil {
		return "" // no type at all
	}
	return bare
}
