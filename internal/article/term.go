package article

import "fmt"

// statedTerm takes the instant from which on the article may not be shown. One
// that cannot be read keeps the article out: it may be over already.
func (p *parsing) statedTerm(meta value) {
	for _, e := range meta.stated(expiresKey) {
		m, err := p.date(e)
		if err != nil {
			p.fail(e.value.line, "bad-date", fmt.Sprintf("%s: %q %v", e.key, oneLine(e.value.text), err), dateHint(err))
			continue
		}
		p.a.Until = m.at
		break
	}
}
