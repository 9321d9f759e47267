package library

import (
	"image"
	_ "image/gif" // the forms of pictures that can be measured
	_ "image/jpeg"
	_ "image/png"
	"io"
	"path"
	"strings"

	_ "golang.org/x/image/webp"
)

// mostHead is how much of a picture is read, in bytes, to find its size: what
// cameras and editors write before it is seldom a tenth of that.
const mostHead = 1 << 20

// measured is what is known of a file beside the articles, and the state that
// it is of.
type measured struct {
	stamp         stamp
	width, height int
}

// Measure returns the length in bytes of a file that is no article, by its path
// below the directory, and of a GIF, JPEG, PNG or WebP its width and height in
// pixels. What is not known is zero. A file that has not changed is read once.
func (s Snapshot) Measure(path string) (length int64, width, height int) {
	if !s.Has(path) || s.library == nil {
		return 0, 0, 0
	}
	return s.library.measure(path)
}

func (l *Library) measure(name string) (length int64, width, height int) {
	f, info, err := openRegular(l.fsys, name)
	if err != nil {
		return 0, 0, 0 // publishing it tells
	}
	defer f.Close()
	st := stampOf(info)
	l.mu.Lock()
	m, ok := l.measures[name]
	l.mu.Unlock()
	if !ok || m.stamp != st {
		m = measured{stamp: st}
		if isPicture(name) {
			if c, _, err := image.DecodeConfig(io.LimitReader(f, mostHead)); err == nil {
				m.width, m.height = c.Width, c.Height
			}
		}
		l.mu.Lock()
		l.measures[name] = m
		l.mu.Unlock()
	}
	return st.size, m.width, m.height
}

func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".gif", ".jpeg", ".jpg", ".png", ".webp":
		return true
	}
	return false
}
