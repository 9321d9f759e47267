package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/edition"
	"feedmill/internal/feed"
	"feedmill/internal/page"
	"feedmill/internal/site"
)

// A seal says what a build was made of and what became of it, so that the next
// one, of this process or another, can end as soon as it sees that nothing
// changed. It may be deleted at any time: that costs one build.
type seal struct {
	Of       string    // names all that the build was made of
	Left     string    // names what it left: ledger and manifest
	Kept     string    // names what was kept of the articles, which has to be made anew when it is lost
	Made     time.Time // holds from then on
	Wake     time.Time // when something changes by itself; zero for never
	Entries  int
	Feeds    int
	Problems []article.Problem
	Findings []check.Finding
}

// sealLife is how long a seal is good for at most: the ledger forgets by days.
const sealLife = time.Hour

// of names what a build is made of: all but the ledger and the clock.
func (m *mill) of(sight string, s site.Site) string {
	theme, _ := page.NewTheme(m.library.Aside)
	return feed.KeyOf(m.program, s, sight, theme.Files()).String()
}

// left names the files that say what subscribers have.
func (m *mill) left() string {
	return stampsOf(append([]string{m.ledger, m.journal}, m.store.Files()...))
}

// stampsOf names the states of files.
func stampsOf(files []string) string {
	text := ""
	for _, file := range files {
		info, err := os.Lstat(file)
		if err != nil {
			text += "- "
			continue
		}
		inode := uint64(0)
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			inode = uint64(st.Ino)
		}
		text += fmt.Sprint(info.Size(), info.ModTime().UnixNano(), inode, " ")
	}
	return text
}

func (m *mill) sealFile() string { return filepath.Join(filepath.Dir(m.journal), "unchanged.json") }

// sealed returns what became of the last build, when this one would be the same:
// ok is false when it may not be.
func (m *mill) sealed(sight string, s site.Site, now time.Time) (out outcome, ok bool) {
	if sight == "" || m.last == nil && m.warm {
		return out, false
	}
	if m.seal == nil {
		m.seal = &seal{}
		if data, err := os.ReadFile(m.sealFile()); err == nil && json.Unmarshal(data, m.seal) != nil {
			m.seal = &seal{}
		}
	}
	last := m.seal
	if now.Before(last.Made) || !now.Before(last.Made.Add(sealLife)) || !last.Wake.IsZero() && !now.Before(last.Wake) ||
		last.Of != m.of(sight, s) || last.Left != m.left() || last.Kept != stampsOf(m.library.Files()) {
		return out, false
	}
	e, err := m.store.Open() // looks at the documents
	if err != nil || e == nil {
		return out, false
	}
	out = outcome{
		edition: e, next: e, site: s, entries: last.Entries, wake: last.Wake, problems: last.Problems, findings: last.Findings,
		result: edition.Result{Unchanged: e.Len()}, stands: func(string, string) bool { return true },
	}
	if m.last != nil {
		out.feeds = m.last.composition.Feeds
	} else {
		// Their number is said, and where the first is.
		out.feeds = make([]*feed.Feed, max(last.Feeds, 1))
		out.feeds[0] = &feed.Feed{Base: s.BaseURL, Formats: s.Formats}
	}
	return out, true
}

// setSeal makes the seal of a build, which save writes, or breaks it when nothing
// can be said of the next one, or nothing may: the problem that an article which
// was purged lies there still would keep its name.
func (m *mill) setSeal(sight string, s site.Site, now time.Time, out outcome) {
	m.seal, m.unsealed = &seal{}, false
	purged := func(p article.Problem) bool { return p.Code == "purged" }
	left := m.left()
	// Who has altered the ledger since it was read, and before it was looked at, is
	// to be heard by the next build.
	if sight == "" || m.book.Altered() || slices.ContainsFunc(out.problems, purged) {
		_ = os.Remove(m.sealFile())
		return
	}
	m.seal = &seal{
		Of: m.of(sight, s), Left: left, Made: now, Wake: out.wake,
		Entries: out.entries, Feeds: len(out.feeds), Problems: out.problems, Findings: out.findings,
	}
	m.unsealed = true
}

// save keeps what was read of the articles for the next process, and then seals the
// build that read them: were it sealed without, and they not kept, no build would
// make up for it. A seal that cannot be written is missed by nobody but the clock.
func (m *mill) save() error {
	m.keeping.Wait()
	if err := m.library.Save(); err != nil {
		m.seal, m.unsealed = &seal{}, false
		return err
	}
	if m.unsealed {
		m.unsealed = false
		m.seal.Kept = stampsOf(m.library.Files())
		m.seal.write(m.sealFile())
	}
	return nil
}

func (s *seal) write(file string) {
	if data, err := json.Marshal(s); err == nil {
		temp := file + ".tmp"
		if os.WriteFile(temp, data, 0o600) == nil {
			_ = os.Rename(temp, file)
		}
	}
}

// reseal writes a ledger that says the same in other files: a seal that held
// before holds after.
func (m *mill) reseal(fold func() error) error {
	holds := m.seal != nil && m.seal.Of != "" && m.seal.Left == m.left()
	err := fold()
	if holds && err == nil {
		m.seal.Left = m.left()
		m.seal.write(m.sealFile())
	}
	return err
}
