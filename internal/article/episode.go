package article

import (
	"fmt"
	"strconv"
	"strings"
)

// Episode is what podcasts say of an article that comes with a recording.
type Episode struct {
	Number, Season int    // from 1; zero when not stated
	Type           string // "full", "trailer" or "bonus"; empty when not stated
	Explicit       string // "true" or "false"; empty when not stated
	Image          string // as written: a square picture of its own; may be empty
	Transcripts    []Transcript
	Chapters       string // as written: a file of chapters in JSON; may be empty
}

// Transcript is a file with what is said in a recording.
type Transcript struct {
	Src      string // as written in the article
	Type     string // stated media type; empty: by the name's extension
	Language string // BCP 47; empty: the article's
}

// maxTranscripts is how many transcripts an article may have.
const maxTranscripts = 20

// statedEpisode takes what front matter says of an episode, where there is a
// recording.
func (p *parsing) statedEpisode(meta value) {
	if len(p.a.Enclosures) == 0 {
		return
	}
	var ep Episode
	for r, field := range map[role]*int{episodeKey: &ep.Number, seasonKey: &ep.Season} {
		for _, e := range meta.stated(r) {
			if *field == 0 {
				*field = ordinal(e.value)
			}
		}
	}
	if e, ok := p.word(meta, episodeTypeKey); ok {
		switch t := strings.ToLower(e.value.text); t {
		case "full", "trailer", "bonus":
			ep.Type = t
		default:
			p.warn(e.value.line, "bad-episode", fmt.Sprintf("%s: %q is no kind of episode", e.key, e.value.text), "write full, trailer or bonus")
		}
	}
	if e, ok := p.word(meta, explicitKey); ok {
		is, known := truth(e.value)
		switch {
		case known:
			ep.Explicit = strconv.FormatBool(is)
		case strings.EqualFold(e.value.text, "clean"): // as Apple had it before 2019
			ep.Explicit = "false"
		case strings.EqualFold(e.value.text, "explicit"):
			ep.Explicit = "true"
		default:
			p.warn(e.value.line, "bad-episode", fmt.Sprintf("%s: %q is neither true nor false", e.key, e.value.text), "write true or false")
		}
	}
	for _, e := range meta.stated(episodeImageKey) {
		if pic, ok := picture(e.value); ok && publicAddress(pic.Src) && ep.Image == "" {
			ep.Image = pic.Src
		}
	}
	for _, e := range meta.stated(transcriptKey) {
		for _, l := range links(e.value, "") {
			if l.Href = strings.TrimSpace(l.Href); publicAddress(l.Href) && extensionOf(l.Href) != "" && len(ep.Transcripts) < maxTranscripts {
				ep.Transcripts = append(ep.Transcripts, Transcript{l.Href, l.Type, l.Language})
			}
		}
	}
	if e, ok := p.word(meta, chaptersKey); ok && publicAddress(e.value.text) && extensionOf(e.value.text) == ".json" {
		ep.Chapters = e.value.text
	}
	if ep.Number+ep.Season == 0 && ep.Type+ep.Explicit+ep.Image+ep.Chapters == "" && ep.Transcripts == nil {
		return
	}
	p.a.Episode = &ep
}

// mostOrdinal is the highest number of an episode that is believed.
const mostOrdinal = 100_000

// ordinal reads the number of an episode or season, alone or in a mapping;
// zero when it is none.
func ordinal(v value) int {
	if e, ok := v.firstOf("number", "episode", "season"); ok {
		v = e.value
	}
	n, err := strconv.Atoi(strings.TrimLeft(strings.TrimSpace(v.text), "#"))
	if err != nil || n < 1 || n > mostOrdinal {
		return 0
	}
	return n
}
