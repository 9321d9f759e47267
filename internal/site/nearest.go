package site

import "strings"

// nearest returns the word that a person probably meant by typed, empty when
// none is near.
func nearest(typed string, words []string) string {
	// baseURL, base-url and baseurl are one word to the person who types them.
	plain := func(s string) string {
		return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(s))
	}
	t := plain(typed)
	best, bestDistance := "", 3
	for _, w := range words {
		p := plain(w)
		if len(t) >= 4 && (strings.HasPrefix(p, t) || strings.HasPrefix(t, p) && len(p) >= 4) {
			return w // lang for language, authors for author
		}
		// Of a short word two letters out of place leave too little.
		if d := distance(t, p); d < bestDistance && 2*d < max(len(t), len(p)) {
			best, bestDistance = w, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour that lead from a to b (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a) // no key is as long; spares the work
	}
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev2, prev, row = prev, row, prev2
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
