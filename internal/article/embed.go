package article

import (
	"cmp"
	"net/url"
	"path"
	"strings"
)

// frameOf returns what is embedded at an address: a frame, which the body shows
// as a link.
func frameOf(e *expander, t tag, src string) (piece, bool) {
	title := t.get("title", "alt", "caption", "label")
	return piece{before: "<iframe" + attr("src", encodeBlanks(src)) + attr("title", plainPhrase(e.phrase(title))) + "></iframe>", block: t.opening}, true
}

// embedded reads what is named by an id, or by its address, on one site.
func embedded(names, prefix string) builder {
	return func(e *expander, t tag, inner string) (piece, bool) {
		id := cmp.Or(t.either(0, strings.Fields(names)...), t.get("src", "url"), strings.TrimSpace(inner))
		switch {
		case id == "" || strings.ContainsAny(id, "{}<>\n") || strings.Contains(id, " ") && !strings.Contains(id, "/"):
			return piece{}, false
		case strings.Contains(id, "://"), strings.HasPrefix(id, "//"), prefix == "":
			return frameOf(e, t, id)
		case strings.HasPrefix(id, "spotify:"):
			id = strings.ReplaceAll(strings.TrimPrefix(id, "spotify:"), ":", "/")
		}
		return frameOf(e, t, prefix+strings.TrimPrefix(id, "/"))
	}
}

func tweet(e *expander, t tag, inner string) (piece, bool) {
	id, user := t.get("id", "tweetid"), t.get("user", "username")
	for _, v := range append([]string{strings.TrimSpace(inner)}, t.values()...) {
		switch {
		case strings.Contains(v, "://"):
			return frameOf(e, t, v)
		case id == "" && v != "" && strings.Trim(v, "0123456789") == "":
			id = v
		}
	}
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return piece{}, false
	}
	return frameOf(e, t, "https://x.com/"+url.PathEscape(cmp.Or(user, "i"))+"/status/"+id)
}

func gist(e *expander, t tag, _ string) (piece, bool) {
	id := cmp.Or(t.get("src", "url", "id", "gist"), strings.Join(t.positional[:min(2, len(t.positional))], "/"))
	if len(t.positional) > 1 && strings.Contains(t.positional[0], "/") || len(t.positional) > 1 && len(t.positional[0]) >= 20 {
		id = t.positional[0] // behind it stands a file of the gist
	}
	if user := t.get("user", "username"); user != "" && !strings.Contains(id, "/") {
		id = user + "/" + id
	}
	if id == "" || strings.ContainsAny(id, " {}<>") {
		return piece{}, false
	}
	if strings.Contains(id, "://") {
		return frameOf(e, t, strings.TrimSuffix(id, ".js"))
	}
	return frameOf(e, t, "https://gist.github.com/"+strings.TrimSuffix(id, ".js"))
}

func codepen(e *expander, t tag, _ string) (piece, bool) {
	user, id := cmp.Or(t.get("user", "username"), t.either(0)), cmp.Or(t.get("id", "hash", "slug", "pen"), t.either(1))
	if strings.Contains(user, "://") {
		return frameOf(e, t, user)
	}
	if user == "" || id == "" || strings.ContainsAny(user+id, " /{}<>") {
		return piece{}, false
	}
	return frameOf(e, t, "https://codepen.io/"+user+"/pen/"+id)
}

// media reads a film or a sound that lies in a file.
func media(name string) builder {
	return func(e *expander, t tag, inner string) (piece, bool) {
		src := t.get("src", "mp4", "webm", "ogg", "mp3", "url", "path", "file", "href", "link")
		if src == "" {
			for _, w := range append(t.positional, strings.TrimSpace(inner)) {
				if strings.ContainsAny(w, "./") && !strings.ContainsAny(w, " \n<>{}") {
					src = w
					break
				}
			}
		}
		if src == "" || strings.ContainsAny(src, "{}<>") {
			switch id := t.get("id"); {
			case id == "":
				return piece{}, false
			case strings.EqualFold(t.get("provider", "type"), "vimeo"):
				return frameOf(e, t, "https://player.vimeo.com/video/"+id)
			case strings.EqualFold(t.get("provider", "type"), "youtube"):
				return frameOf(e, t, "https://www.youtube.com/embed/"+id)
			}
			return piece{}, false
		}
		if path.Ext(pathOnly(src)) == "" && strings.Contains(src, "://") {
			return frameOf(e, t, src)
		}
		player := "<" + name + attr("src", encodeBlanks(src))
		if name == "video" {
			player += attr("poster", encodeBlanks(t.get("poster", "thumbnail")))
		}
		player += ` controls=""></` + name + ">"
		if caption := t.get("caption", "title"); caption != "" {
			player += "<figcaption>" + e.phrase(caption) + "</figcaption>"
		}
		return piece{before: "<figure>" + player + "</figure>", block: true}, true
	}
}

func pathOnly(ref string) string {
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		ref = ref[:i]
	}
	return ref
}
