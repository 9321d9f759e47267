package feed

import (
	"path"
	"strings"
)

// mediaTypes are the files that are published beside an article, by extension:
// pictures, sound, film, their captions, and papers. The table is ours because
// the system's differs from machine to machine. Sources of articles are never
// among them, so that a draft cannot leave by a link.
var mediaTypes = map[string]string{
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
	".m4v":  "video/mp4",
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
