package site

import (
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
					g.People = people(set)
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
