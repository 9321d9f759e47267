package article

import "strings"

// formerly takes every address at which the file says that the article is read,
// or was: whatever program it was written for.
func (p *parsing) formerly(meta value) {
	if len(meta.stated(otherKey)) == 0 {
		return // all keys of addresses are among those, and most articles have none
	}
	for _, name := range addressKeys {
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

// addressKeys are the keys of addresses.
var addressKeys = []string{"permalink", "url", "aliases", "canonical", "canonicalurl", "redirectfrom", "legacyurl"}
