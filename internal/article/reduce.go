package article

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Element is an element of HTML.
type Element struct {
	Name       string // in lower case
	Attributes []Attribute
}

// Attribute is an attribute of an element, its value not escaped.
type Attribute struct{ Name, Value string }

// Get returns the value of an attribute, empty when the element has none.
func (e Element) Get(name string) string {
	for _, a := range e.Attributes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// void elements have no end tag (HTML Living Standard, section 13.1.2).
var void = []string{"br", "col", "hr", "img", "source", "track", "wbr"}

// Reduce returns the HTML of a [Body] for those who take less than browsers:
// each element becomes what take makes of it. One that take gives no name
// loses its tags, and what is in it stays; of a recording or film that stays
// there, a link to it. One that take does not want goes with all that is in it.
func Reduce(body string, take func(Element) (as Element, wanted bool)) string {
	var b strings.Builder
	b.Grow(len(body))
	var open []string // what the elements that are open became
	gone := 0         // how many of them are within one that goes, itself included
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String() // its end: a body is sound
		case html.TextToken:
			if gone > 0 {
				continue
			}
			b.WriteString(noteEscapes.Replace(string(z.Text())))
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			e := Element{Name: token.Data}
			for _, a := range token.Attr {
				e.Attributes = append(e.Attributes, Attribute{a.Key, a.Val})
			}
			as, wanted := take(e)
			if !slices.Contains(void, e.Name) {
				if open = append(open, as.Name); gone > 0 || !wanted {
					gone++
				}
			}
			if gone > 0 || !wanted {
				continue
			}
			if as.Name != "" {
				b.WriteByte('<')
				b.WriteString(as.Name)
				for _, a := range as.Attributes {
					b.WriteString(" " + a.Name + `="` + html.EscapeString(a.Value) + `"`)
				}
				b.WriteByte('>')
			} else if src := e.Get("src"); src != "" && slices.Contains([]string{"audio", "video", "source"}, e.Name) {
				b.WriteString(`<p><a href="` + html.EscapeString(src) + `">` + noteEscapes.Replace(src) + "</a></p>")
			}
		case html.EndTagToken:
			if n := len(open); n > 0 {
				if gone > 0 {
					gone--
				} else if open[n-1] != "" {
					b.WriteString("</" + open[n-1] + ">")
				}
				open = open[:n-1]
			}
		}
	}
}
