package article

import "strings"

// formerly takes every address at which the file says that the article is read,
// or was: whatever program it was written for.
func (p *parsing) formerly(meta value) {
	for _, name := range []string{"permalink", "url", "aliases", "canonical", "canonicalurl", "redirectfrom", "legacyurl"} {
		e, ok := meta.get(name)
		if !ok {
			continue
		}
		for _, v := range append([]value{e.value}, e.value.list...) {
			address := strings.TrimSpace(v.text)
			if v.kind == scalar && address != "" && publicAddress(address) && !strings.ContainsAny(address, "{} \t") {
				p.a.Formerly = append(p.a.Formerly, address)
			}
		}
	}
}
