package article

import (
	"fmt"
	"strings"
)

// statedShowing reads where the article may stand. What it cannot read keeps
// the article out of every feed: a text for members that has gone out cannot be
// taken back.
func (p *parsing) statedShowing(meta value) {
	for _, e := range meta.stated(showingKey) {
		if is, ok := truth(e.value); ok {
			p.a.Showing.Nowhere = p.a.Showing.Nowhere || !is
			continue
		}
		names := cleanNames(e.value)
		switch {
		case len(names) == 1 && names[0] == "summary":
			p.a.Showing.Summary = true
		case len(names) > 0:
			p.a.Showing.Only = append(p.a.Showing.Only, names...)
		default:
			p.a.Showing.Nowhere = true
			p.warn(e.value.line, "bad-feed", fmt.Sprintf("%s: neither false, nor summary, nor names of feeds; the article stands in no feed", e.key), "write false, summary, or a list such as [site, kosovo]")
		}
	}
}

// cleanNames returns the names in a list of feeds.
func cleanNames(v value) []string {
	var names []string
	for _, name := range topics(v) {
		if name = strings.Trim(oneLine(name), "/"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// withdrawal is what stands where a story stood. It is followed by the
// article's correction, which says why, in the language of the story.
const withdrawal = "This story was withdrawn."

// withdraw leaves of the article what subscribers have to be told.
func (p *parsing) withdraw() {
	text := withdrawal
	if p.a.Correction != "" {
		text += "\n\n" + p.a.Correction
	}
	*p.a.body = source{format: Text, text: text, line: 1}
	p.a.Picture, p.a.Banner, p.a.Point = nil, "", nil
	p.a.Enclosures, p.a.Episode = nil, nil
	p.a.External, p.a.Links, p.a.Source = "", nil, nil
}

// correct appends the article's correction to what it says.
func (a *Article) correct(b *Body) {
	if a.Correction == "" || a.Withdrawn {
		return
	}
	note := oneLine(cleaned(a.Correction))
	b.Text = strings.TrimSpace(b.Text + "\n\n" + note)
	b.HTML = strings.TrimSpace(b.HTML + "\n<p><em>" + noteEscapes.Replace(note) + "</em></p>")
}

var noteEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
