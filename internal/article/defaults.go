package article

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// defaults adds what the generator's files state for articles that leave it
// out. What the article says itself stands, and so does what it says by another
// key that means the same: a folder's author is nobody where an article has
// authors. Whether it may be shown is another matter: there each key counts for
// itself, for "date" does not take back "published: false".
func (p *parsing) defaults(meta value) value {
	if len(p.context.Defaults) == 0 {
		return meta
	}
	return beneath(meta, tree(p.context.Defaults), saysOtherwise)
}

// saysOtherwise reports whether an article states by some key what a default
// states by another.
func saysOtherwise(meta value, key string) bool {
	switch key {
	case "published":
		return false
	case "category":
		e, ok := meta.get("categories")
		return ok && !e.value.blank()
	case "categories":
		e, ok := meta.get("category")
		return ok && !e.value.blank()
	}
	switch r := roleOf(key); r {
	case titleKey, publishedKey, updatedKey, authorKey, summaryKey, slugKey, idKey, languageKey, sectionKey, pictureKey, expiresKey, enclosureKey:
		return len(meta.stated(r)) > 0
	}
	return false
}

// beneath is a mapping, and behind it what another has besides, but for the keys
// that are said otherwise. A key without a value says nothing; an empty list is
// a value.
func beneath(own, other value, otherwise func(own value, key string) bool) value {
	own.entries = slices.Clone(own.entries)
	for _, e := range other.entries {
		key := foldKey(e.key)
		i := slices.IndexFunc(own.entries, func(mine entry) bool { return foldKey(mine.key) == key })
		switch {
		case i < 0:
			if otherwise == nil || !otherwise(own, key) {
				own.entries = append(own.entries, e)
			}
		case own.entries[i].value.kind == mapping && e.value.kind == mapping: // params, extra
			own.entries[i].value = beneath(own.entries[i].value, e.value, nil)
		case own.entries[i].value.kind != list && own.entries[i].value.blank():
			own.entries[i].value = e.value
		}
	}
	return own
}

// tree makes a mapping of values that have their paths for keys, as
// [Context.Defaults] has them.
func tree(flat map[string]string) value {
	root := value{kind: mapping}
	for _, path := range slices.SortedFunc(maps.Keys(flat), comparePaths) {
		at := &root
		for part := range strings.SplitSeq(path, ".") {
			if n, err := strconv.Atoi(part); err == nil && (at.kind == list || at.kind == nothing) && n == len(at.list) {
				at.kind = list
				at.list = append(at.list, value{})
				at = &at.list[n]
				continue
			}
			if at.kind == list && len(at.list) > 0 { // a further key of its last element
				if n, err := strconv.Atoi(part); err == nil && n == len(at.list)-1 {
					at = &at.list[n]
					continue
				}
			}
			at.kind = mapping
			at = at.child(part, 0)
		}
		if at.kind == nothing {
			at.kind, at.text = scalar, flat[path]
		}
	}
	return root
}

// comparePaths sorts the tenth element of a list behind the second.
func comparePaths(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(x, y, func(a, b string) int {
		m, errA := strconv.Atoi(a)
		n, errB := strconv.Atoi(b)
		if errA == nil && errB == nil {
			return cmp.Compare(m, n)
		}
		return cmp.Compare(a, b)
	})
}
