package feed

import (
	"fmt"
	"path"
	"strings"

	"feedmill/internal/article"
)

// mediaTypes are the files that are published beside an article, by extension:
// pictures, sound, film, their captions, and papers. The table is ours because
// the system's differs from machine to machine. Sources of articles are never
// among them, so that a draft cannot leave by a link.
var mediaTypes = map[string]string{
	".aac":  "audio/aac",
	".apng": "image/apng",
	".avif": "image/avif",
	".csv":  "text/csv; charset=utf-8",
	".epub": "application/epub+zip",
	".flac": "audio/flac",
	".gif":  "image/gif",
	".ico":  "image/vnd.microsoft.icon",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".m4a":  "audio/mp4",
	".m4b":  "audio/mp4",
	".m4v":  "video/mp4",
	".mov":  "video/quicktime",
	".mp3":  "audio/mpeg",
	".mp4":  "video/mp4",
	".oga":  "audio/ogg",
	".ogg":  "audio/ogg",
	".ogv":  "video/ogg",
	".opus": "audio/ogg",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".srt":  "application/x-subrip",
	".svg":  "image/svg+xml",
	".vtt":  "text/vtt; charset=utf-8",
	".wav":  "audio/wav",
	".webm": "video/webm",
	".webp": "image/webp",
	".zip":  "application/zip",
}

// mediaType returns the media type of a file by its name, empty for a kind
// that is not published.
func mediaType(name string) string { return mediaTypes[strings.ToLower(path.Ext(name))] }

// measure returns what is known of the file beside the article that ref means.
func (r *resolver) measure(ref string) (length int64, width, height int) {
	length, width, height = r.size(ref)
	r.note(askedSize, ref, fmt.Sprint(length, width, height))
	return length, width, height
}

func (r *resolver) size(ref string) (length int64, width, height int) {
	u, err := parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" {
		return 0, 0, 0
	}
	file, ok := local(path.Dir(r.article.Path), u.Path)
	if !ok || !r.places.files.Has(file) {
		return 0, 0, 0
	}
	return r.places.files.Measure(file)
}

// enclosure resolves an enclosure. The file itself knows its length better than
// the article does.
func (r *resolver) enclosure(said article.Enclosure) (Enclosure, bool) {
	enc := Enclosure{URL: r.resolve(said.Src), Type: said.Type, Title: said.Title, Length: said.Length, Duration: said.Duration}
	if enc.URL == "" {
		return Enclosure{}, false
	}
	if enc.Type == "" {
		enc.Type = mediaType(pathOf(enc.URL))
	}
	if length, _, _ := r.measure(said.Src); length > 0 {
		enc.Length = length
	}
	return enc, enc.Type != ""
}
