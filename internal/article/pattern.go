package article

import (
	"regexp"
	"sync"
)

// A lazyRegexp is compiled when it is first used: a process that reads no
// article does not wait for it.
type lazyRegexp func() *regexp.Regexp

func pattern(expr string) lazyRegexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
