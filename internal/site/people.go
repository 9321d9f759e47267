package site

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// readPeople reads the files in which sites keep authors and topics: beside
// the articles, or where the generator keeps its data.
func (g *Generator) readPeople(dir string) {
	places := []string{dir}
	if g.Convention != "" {
		for _, name := range []string{"", "_data", "data", "blog", "src/_data", "source/_data"} {
			places = append(places, filepath.Join(g.dir, filepath.FromSlash(name)))
		}
	}
	for _, place := range places {
		for _, ext := range []string{".yml", ".yaml", ".json", ".toml"} {
			if g.People == nil {
				set, ok := g.open(filepath.Join(place, "authors"+ext))
				if ok {
					g.People, g.pages = people(set), pages(set)
				}
			}
			if g.Labels == nil {
				set, ok := g.open(filepath.Join(place, "tags"+ext))
				if ok {
					g.Labels = labels(set)
				}
			}
		}
	}
}

// people reads {id: {name: …, url: …, email: …}} and {id: name}.
func people(set settings) map[string]Author {
	all := map[string]Author{}
	for key, s := range set {
		id, field, nested := cutLast(key)
		if !nested {
			id, field = key, "name"
		}
		if whose, inner, ok := cutLast(id); ok && (inner == "socials" || inner == "page") {
			id = whose
		}
		id = set.spelt(id)
		a := all[id]
		switch field {
		case "name", "display_name":
			a.Name = s.text
		case "email", "mail":
			if mail, err := email(s.text); err == nil {
				a.Email = mail
			}
		case "url", "web", "website", "uri", "link":
			if u, err := address(s.text); err == nil {
				a.URL = u.String()
			}
		case "image_url", "imageurl", "avatar", "image", "photo", "picture":
			if u, err := address(s.text); err == nil {
				a.Avatar = u.String()
			}
		}
		all[id] = a
	}
	for id, a := range all { // an account elsewhere, where no page is stated
		for _, of := range []struct{ field, at string }{{"x", "https://x.com/"}, {"twitter", "https://twitter.com/"}, {"github", "https://github.com/"}} {
			for _, key := range []string{id + ".socials." + of.field, id + "." + of.field} {
				name := strings.TrimPrefix(set[strings.ToLower(key)].text, "@")
				if name == "" || a.URL != "" {
					continue
				}
				if !strings.Contains(name, "://") {
					name = of.at + name
				}
				if u, err := address(name); err == nil {
					a.URL = u.String()
				}
			}
		}
		all[id] = a
	}
	for id, a := range all {
		if a.Name == "" {
			delete(all, id)
		}
	}
	return all
}

// givePages gives those authors of Docusaurus who have no address elsewhere that
// of their page on the site: https://docusaurus.io/docs/blog#author-pages.
func (g *Generator) givePages() {
	if g.Address == "" {
		return
	}
	route := g.Value("presets.blog.routebasepath")
	if route == "" {
		route = "blog"
	}
	for id, a := range g.People {
		permalink, has := g.pages[strings.ToLower(id)]
		if !has || a.URL != "" {
			continue
		}
		if permalink == "" {
			permalink = "authors/" + url.PathEscape(strings.ToLower(id))
		}
		a.URL = g.Address + strings.TrimPrefix(path.Join(route, permalink), "/")
		g.People[id] = a
	}
}

// pages are the authors with a page of their own, by their ids in lower case, and
// the permalinks of those pages that have one of their own.
func pages(set settings) map[string]string {
	all := map[string]string{}
	for key, s := range set {
		if id, field, ok := cutLast(key); ok && field == "page" && s.text == "true" {
			all[id] = ""
		} else if whose, inner, ok := cutLast(id); ok && inner == "page" && field == "permalink" {
			all[whose] = s.text
		}
	}
	return all
}

// labels reads {id: {label: …}}.
func labels(set settings) map[string]string {
	all := map[string]string{}
	for key, s := range set {
		if id, field, ok := cutLast(key); ok && field == "label" {
			all[set.spelt(id)] = s.text
		}
	}
	return all
}

func cutLast(key string) (before, last string, ok bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key, false
	}
	return key[:i], key[i+1:], true
}
