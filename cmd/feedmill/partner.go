package main

import (
	"slices"

	"feedmill/internal/article"
	"feedmill/internal/check"
	"feedmill/internal/feed"
	"feedmill/internal/site"
)

// What a partner refuses keeps an article out of that partner's feed, and out of
// no other. A partner that refuses the whole feed, which has no logo or is not
// served over https, is reported; the feed goes out, for the owner to mend.

// profiles returns the profiles of the feeds for partners, by the paths of their
// documents.
func profiles(c feed.Composition) map[string]*check.Profile {
	of := map[string]*check.Profile{}
	for _, f := range c.Feeds {
		if f.Profile != "" {
			of[f.Document(site.RSS)] = check.ProfileNamed(string(f.Profile))
		}
	}
	return of
}

// withhold takes out of the partners' feeds what their partners were found to
// refuse.
func (g *gate) withhold(c feed.Composition) {
	for _, f := range c.Feeds {
		if refused := g.refused[f.Path]; refused != nil {
			f.Entries = slices.DeleteFunc(f.Entries, func(e *feed.Entry) bool { return refused[e.ID] })
		}
	}
}

// refuses notes what partners refuse, by what was found in their feeds, and
// returns a problem for each article.
func (m *mill) refuses(g *gate, findings []check.Finding, c feed.Composition, told []*article.Article) []article.Problem {
	var problems []article.Problem
	for _, f := range c.Feeds {
		if f.Profile == "" {
			continue
		}
		profile := check.ProfileNamed(string(f.Profile))
		refuse := func(id string, why check.Finding) {
			i := slices.IndexFunc(told, func(a *article.Article) bool { return a.ID == id })
			if g.refused[f.Path] == nil {
				g.refused[f.Path] = map[string]bool{}
			}
			if i < 0 || g.refused[f.Path][id] {
				return
			}
			g.refused[f.Path][id] = true
			problems = append(problems, article.Problem{
				Path: told[i].Path, Severity: article.Warning, Code: string(f.Profile),
				Text: profile.Title + " does not take it: " + why.Text, Hint: why.Hint + "; it stands in the other feeds, and not in " + f.Path,
			})
		}
		for _, found := range findings {
			if found.Document != f.Document(site.RSS) || found.Level != check.Error {
				continue
			}
			if i := slices.IndexFunc(f.Entries, func(e *feed.Entry) bool { return found.Entry != "" && (e.ID == found.Entry || e.GUID == found.Entry) }); i >= 0 {
				refuse(f.Entries[i].ID, found)
				continue
			}
			for _, id := range bisect(f.Entries, func(entries []*feed.Entry) bool { return m.takes(f, profile, entries, found.Rule) }) {
				refuse(id, found)
			}
		}
	}
	return problems
}

// takes reports whether a partner would not say of a feed with these entries
// what a rule says.
func (m *mill) takes(f *feed.Feed, profile *check.Profile, entries []*feed.Entry, rule string) bool {
	part := *f
	part.Entries = entries
	body, mediaType, err := m.render(&part, string(site.RSS))
	if err != nil {
		return false
	}
	found := check.Source{Type: mediaType, URL: f.URL(site.RSS), Profile: profile}.Judge(body)
	return !slices.ContainsFunc(found, func(f check.Finding) bool { return f.Level == check.Error && f.Rule == rule })
}

// unpartnered returns the findings without what partners say of a whole feed.
func unpartnered(findings []check.Finding, partners map[string]*check.Profile) []check.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool {
		p := partners[f.Document]
		return p != nil && f.Entry == "" && p.Asks(f.Rule)
	})
}
