package feed

import (
	"path"
	"strings"
	"time"

	"feedmill/internal/site"
)

// Recall returns what the documents of a published feed tell of it when nothing
// else is known: its path, its title, and the names of its archives. Since and ID
// are left to the caller.
func Recall(feedPath, title string, archives []string) Told {
	t := Told{Path: feedPath, Kind: OwnFeed, Title: title}
	if feedPath == "" {
		t.Kind = SiteFeed
	}
	for _, d := range dimensions {
		if rest, ok := strings.CutPrefix(feedPath, d.dir+"/"); ok {
			// The address has less of the value than the title, which each gives
			// a feed of its kind.
			t.Kind, t.Value = string(d.Dimension), fold(rest)
			if i := strings.LastIndex(title, titleMark); i >= 0 && d.Dimension != site.Language {
				t.Value = fold(title[i+len(titleMark):])
			}
		}
	}
	for _, name := range archives {
		if p, ok := periodOf(path.Base(name)); ok {
			t.Period = string(p)
		}
	}
	return t
}

// periodOf returns the period of an archive by its name; see spanOf.
func periodOf(name string) (site.Period, bool) {
	for _, p := range []struct {
		period site.Period
		layout string
	}{{site.Year, "2006"}, {site.Month, "2006-01"}, {site.Day, time.DateOnly}} {
		if _, err := time.Parse(p.layout, name); err == nil {
			return p.period, true
		}
	}
	year, week, ok := strings.Cut(name, "-W")
	return site.Week, ok && len(year) == 4 && len(week) == 2
}
