package article

import "strings"

// Contributor is somebody who took part in an article besides its authors.
type Contributor struct {
	Person
	// Role is the part that they had, in lower case: "translator", "editor",
	// "photographer", "guest". Empty when it is not said.
	Role string
}

// contributorRoles are the parts that keys of their own name, by those keys.
var contributorRoles = map[string]string{
	"translator": "translator", "translators": "translator", "translatedby": "translator",
	"editor": "editor", "editors": "editor", "editedby": "editor",
	"photographer": "photographer", "photographers": "photographer", "photosby": "photographer", "photographyby": "photographer",
	"illustrator": "illustrator", "illustrators": "illustrator", "illustratedby": "illustrator",
	"researcher": "researcher", "researchers": "researcher",
	"producer": "producer", "producers": "producer",
	"host": "host", "hosts": "host", "cohost": "co-host", "cohosts": "co-host",
	"guest": "guest", "guests": "guest", "narrator": "narrator", "narrators": "narrator", "narratedby": "narrator",
}

// notPeople are what keys of people hold in the files of some programs, such as
// the editor that a wiki opens the page with.
var notPeople = map[string]bool{
	"markdown": true, "ckeditor": true, "code": true, "visual": true, "wysiwyg": true, "html": true, "asciidoc": true,
	"gutenberg": true, "classic": true, "default": true, "none": true, "unknown": true, "localhost": true,
}

// statedContributors takes those who took part besides the authors.
func (p *parsing) statedContributors(meta value) {
	for _, e := range meta.stated(contributorKey) {
		if _, ok := truth(e.value); ok {
			continue
		}
		for _, c := range contributors(e.value, contributorRoles[foldKey(e.key)]) {
			p.a.Contributors = p.contributor(p.a.Contributors, c)
		}
	}
}

// contributor appends c to all unless it is somebody who is named already.
func (p *parsing) contributor(all []Contributor, c Contributor) []Contributor {
	domain := strings.Contains(c.Name, ".") && !strings.Contains(c.Name, " ")
	if c.Name == "" || isWeb(c.Name) || domain || notPeople[strings.ToLower(c.Name)] {
		return all
	}
	for _, a := range p.a.Authors {
		if strings.EqualFold(a.Name, c.Name) && c.Role == "" {
			return all
		}
	}
	for _, b := range all {
		if strings.EqualFold(b.Name, c.Name) && (b.Role == c.Role || c.Role == "") {
			return all
		}
	}
	return append(all, c)
}

// contributors reads people, as those of authors are read, and the part of each:
// a mapping may have it under a key, a text behind the name in brackets.
func contributors(v value, role string) []Contributor {
	var all []Contributor
	if v.kind == list {
		for _, x := range v.list {
			all = append(all, contributors(x, role)...)
		}
		return all
	}
	if e, ok := v.firstOf("role", "part", "as"); ok && v.kind == mapping {
		role = strings.ToLower(oneLine(e.value.text))
	}
	for _, who := range people(v) {
		c := Contributor{Person: who, Role: role}
		name, part, found := strings.Cut(who.Name, " (")
		if part, closed := strings.CutSuffix(part, ")"); found && closed && name != "" && v.kind == scalar {
			if known := contributorRoles[foldKey(part)]; known != "" {
				c.Name, c.Role = name, known
			}
		}
		all = append(all, c)
	}
	return all
}
