package check

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Profile is what one partner wants of a feed beyond the standards. Its
// findings are errors where the partner refuses the feed or the entry, and
// warnings where it takes it and shows it worse.
type Profile struct {
	Name  string // as it is given on the command line
	Title string // of the partner
	rules []partnerRule
	// own are the namespaces and elements that the partner knows besides.
	own []name
}

// knows reports whether the partner defines something in a namespace; nobody
// does.
func (p *Profile) knows(space string) bool {
	return p != nil && slices.ContainsFunc(p.own, func(n name) bool { return n.space == space })
}

// defines reports whether the partner defines an element; nobody does.
func (p *Profile) defines(n name) bool { return p != nil && slices.Contains(p.own, n) }

// partnerRule is one thing that a partner wants. Either of feed and entry says
// what is wrong, and nothing when nothing is.
type partnerRule struct {
	rule
	feed  func(f *offer) string
	entry func(f *offer, e *Entry) string
}

// offer is a feed as a partner gets it.
type offer struct {
	Reading
	Source
	size int
	utf8 bool
}

// Sources of what partners want.
const (
	flipboardSource = "about.flipboard.com/rss-spec"
	smartSource     = "SmartFormat 2.1, publishers.smartnews.com"
	msnSource       = "MSN Partner Hub, feed specifications, support.microsoft.com"
	mailSource      = "Mailchimp, RSS merge tags; Buttondown; Kit"
	appleSource     = "Apple News RSS guidelines, support.apple.com; flatplan.io"
)

// Asks reports whether a rule is the partner's own.
func (p *Profile) Asks(rule string) bool {
	return slices.ContainsFunc(p.rules, func(r partnerRule) bool { return r.name == rule })
}

// Profiles are the partners that are known.
func Profiles() []*Profile { return profiles }

// ProfileNamed returns the profile with a name, nil when there is none.
func ProfileNamed(name string) *Profile {
	i := slices.IndexFunc(profiles, func(p *Profile) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return profiles[i]
}

var profiles = []*Profile{
	{Name: "flipboard", Title: "Flipboard", rules: []partnerRule{
		feedRule("FlipboardFeed", Error, flipboardSource, "add it", missingOfFeed("title", "link", "description", "language")),
		feedRule("FlipboardEntries", Warning, flipboardSource, "let the feed hold at least 30 entries", entriesFrom(30)),
		entryRule("FlipboardEntry", Error, flipboardSource, "add it", missingOfEntry("title", "link", "date", "id")),
		entryRule("FlipboardAuthor", Warning, flipboardSource, "add dc:creator", missingOfEntry("author")),
		entryRule("FlipboardCategory", Warning, flipboardSource, "add a category", missingOfEntry("category")),
		entryRule("FlipboardText", Error, flipboardSource, "add the whole text, or a description of at least 300 characters", func(_ *offer, e *Entry) string {
			if e.offered.full > 0 || e.offered.summary >= 300 {
				return ""
			}
			return fmt.Sprintf("has a description of %d characters and no text", e.offered.summary)
		}),
		entryRule("FlipboardImage", Warning, flipboardSource, "add an enclosure or media:content with a picture of at least 400 pixels", func(_ *offer, e *Entry) string {
			switch {
			case e.offered.pictures == 0:
				return "has no picture"
			case e.offered.narrowest > 0 && e.offered.narrowest < 400:
				return fmt.Sprintf("has a picture of %d pixels", e.offered.narrowest)
			}
			return ""
		}),
		entryRule("FlipboardDomain", Warning, flipboardSource, "link to the domain of the feed's own link", func(f *offer, e *Entry) string {
			home, page := hostOf(f.Home), hostOf(e.Link)
			if home == "" || page == "" || registrable(home) == registrable(page) {
				return ""
			}
			return fmt.Sprintf("links to %s, the feed to %s", page, home)
		}),
	}},
	{Name: "smartnews", Title: "SmartNews", own: []name{{nsSmartNews, "logo"}, {nsMedia, "status"}}, rules: []partnerRule{
		feedRule("SmartNewsFeed", Error, smartSource, "add it", missingOfFeed("title", "link", "description", "language", "date")),
		feedRule("SmartNewsLogo", Error, smartSource, "add snf:logo", func(f *offer) string {
			return unless(f.offered.logo, "has no snf:logo")
		}),
		feedRule("SmartNewsSize", Error, smartSource, "let the feed hold fewer entries", sizeUpTo(1<<20)),
		feedRule("SmartNewsEncoding", Error, smartSource, "write the feed in UTF-8", func(f *offer) string {
			return unless(f.utf8, "is not in UTF-8")
		}),
		feedRule("SmartNewsDescription", Warning, smartSource, "shorten it to 30 characters", func(f *offer) string {
			if n := utf8.RuneCountInString(f.offered.description); n > 30 {
				return fmt.Sprintf("has a description of %d characters", n)
			}
			return ""
		}),
		entryRule("SmartNewsEntry", Error, smartSource, "add it", missingOfEntry("title", "link", "date", "id", "text")),
		entryRule("SmartNewsRecommended", Warning, smartSource, "add it", missingOfEntry("author", "category")),
		entryRule("SmartNewsImage", Warning, smartSource, "add media:thumbnail", func(_ *offer, e *Entry) string {
			return unless(e.offered.pictures > 0, "has no picture")
		}),
		entryRule("SmartNewsLink", Error, smartSource, "link to the canonical address", func(_ *offer, e *Entry) string {
			return unless(!strings.Contains(e.Link, "utm_"), "links with utm_ parameters")
		}),
		entryRule("SmartNewsDate", Error, smartSource, "publish it when it is due", notInFuture),
	}},
	{Name: "msn", Title: "MSN", own: []name{{nsMSN, "expirationDate"}, {nsMSN, "hasSyndicationRights"}}, rules: []partnerRule{
		feedRule("MSNFeed", Error, msnSource, "add it", missingOfFeed("title", "link")),
		feedRule("MSNLanguage", Error, msnSource, "say the language: a feed has one", missingOfFeed("language")),
		feedRule("MSNSize", Error, msnSource, "let the feed hold fewer entries", sizeUpTo(10<<20)),
		feedRule("MSNSecure", Error, msnSource, "serve it over https", func(f *offer) string {
			return unless(f.URL == "" || strings.HasPrefix(f.URL, "https://"), "is not served over https")
		}),
		feedRule("MSNFresh", Warning, msnSource, "offer fewer than 30 fresh articles at a time", func(f *offer) string {
			fresh := 0
			for i := range f.Entries {
				if !f.Now.IsZero() && f.Now.Sub(f.Entries[i].date()) < 72*time.Hour {
					fresh++
				}
			}
			return unless(fresh < 30, fmt.Sprintf("has %d entries of the last three days", fresh))
		}),
		entryRule("MSNEntry", Error, msnSource, "add it", missingOfEntry("title", "link", "date", "id", "text")),
		entryRule("MSNTitle", Error, msnSource, "write a title of 21 to 150 characters", titleOf(21, 150)),
		entryRule("MSNText", Error, msnSource, "offer the whole text: from 450 to 500,000 characters", func(_ *offer, e *Entry) string {
			if n := e.offered.full; n < 450 || n > 500_000 {
				return fmt.Sprintf("has a text of %d characters", n)
			}
			return ""
		}),
		entryRule("MSNMarkup", Warning, msnSource, "leave it out: MSN drops it", func(_ *offer, e *Entry) string {
			return unless(e.offered.beyondMSN == "", fmt.Sprintf("has an element %q in its text", e.offered.beyondMSN))
		}),
		entryRule("MSNDate", Error, msnSource, "MSN takes articles of the last 365 days", func(f *offer, e *Entry) string {
			if f.Now.IsZero() || e.date().IsZero() {
				return ""
			}
			if f.Now.Sub(e.date()) > 365*24*time.Hour {
				return "is older than 365 days"
			}
			return notInFuture(f, e)
		}),
		entryRule("MSNImage", Warning, msnSource, "add a picture: only articles with one are published by themselves", func(_ *offer, e *Entry) string {
			switch {
			case e.offered.pictures == 0:
				return "has no picture"
			case e.offered.narrowest > 0 && e.offered.narrowest < 150:
				return fmt.Sprintf("has a picture of %d pixels", e.offered.narrowest)
			}
			return ""
		}),
	}},
	{Name: "applenews", Title: "Apple News", rules: []partnerRule{
		feedRule("AppleNewsFeed", Error, appleSource, "add it", missingOfFeed("title", "link")),
		feedRule("AppleNewsLanguage", Error, appleSource, "write the language with its locale: en-GB", func(f *offer) string {
			return unless(strings.Contains(f.offered.language, "-"), fmt.Sprintf("has the language %q, without a locale", f.offered.language))
		}),
		feedRule("AppleNewsEncoding", Error, appleSource, "write the feed in UTF-8", func(f *offer) string {
			return unless(f.utf8, "is not in UTF-8")
		}),
		feedRule("AppleNewsEntries", Warning, appleSource, "let the feed hold from 10 to 60 entries", func(f *offer) string {
			return unless(10 <= len(f.Entries) && len(f.Entries) <= 60, fmt.Sprintf("has %d entries", len(f.Entries)))
		}),
		entryRule("AppleNewsEntry", Error, appleSource, "add it", missingOfEntry("title", "link", "description")),
		entryRule("AppleNewsTitle", Warning, appleSource, "write a title of 15 to 60 characters", titleOf(15, 60)),
		entryRule("AppleNewsMarkup", Error, appleSource, "leave markup out of the title", func(_ *offer, e *Entry) string {
			return unless(!endTagForm().MatchString(e.Title), "has markup in its title")
		}),
	}},
	{Name: "newsletter", Title: "a newsletter", rules: []partnerRule{
		feedRule("NewsletterFeed", Error, mailSource, "add it", missingOfFeed("title", "link")),
		feedRule("NewsletterEntries", Warning, mailSource, "let the feed hold at most 50 entries: mails are made of the newest", func(f *offer) string {
			return unless(len(f.Entries) <= 50, fmt.Sprintf("has %d entries", len(f.Entries)))
		}),
		entryRule("NewsletterEntry", Error, mailSource, "add it", missingOfEntry("title", "link", "date", "id")),
		entryRule("NewsletterDescription", Error, mailSource, "add a description: it stands below the title", func(_ *offer, e *Entry) string {
			return unless(e.offered.summary > 0, "has no description")
		}),
		entryRule("NewsletterImage", Warning, mailSource, "add media:content or an enclosure with a picture", func(_ *offer, e *Entry) string {
			return unless(e.offered.pictures > 0, "has no picture")
		}),
		entryRule("NewsletterWidth", Warning, mailSource, "say the width of pictures, at most 600 pixels: mails show them as wide as they are", func(_ *offer, e *Entry) string {
			return unless(e.offered.widest <= 600, fmt.Sprintf("has a picture of %d pixels in its text", e.offered.widest))
		}),
		entryRule("NewsletterDate", Error, mailSource, "publish it when it is due", notInFuture),
	}},
}

// msnElements are the elements of HTML that MSN shows.
var msnElements = map[string]bool{
	"b": true, "i": true, "em": true, "strong": true, "sub": true, "sup": true, "small": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "a": true, "img": true,
	"table": true, "thead": true, "tbody": true, "tfoot": true, "tr": true, "th": true, "td": true, "col": true, "caption": true, "colgroup": true,
	"ul": true, "ol": true, "li": true, "p": true, "div": true, "span": true, "br": true, "blockquote": true, "iframe": true,
}

func feedRule(name string, level Level, source, hint string, wrong func(*offer) string) partnerRule {
	return partnerRule{rule: rule{name, level, source, hint}, feed: wrong}
}

func entryRule(name string, level Level, source, hint string, wrong func(*offer, *Entry) string) partnerRule {
	return partnerRule{rule: rule{name, level, source, hint}, entry: wrong}
}

func unless(ok bool, wrong string) string {
	if ok {
		return ""
	}
	return wrong
}

func missingOfFeed(parts ...string) func(*offer) string {
	return func(f *offer) string {
		return lacks(parts, map[string]bool{
			"title": f.Title != "", "link": f.Home != "", "description": f.offered.description != "",
			"language": f.offered.language != "", "date": !f.Updated.IsZero(),
		})
	}
}

func missingOfEntry(parts ...string) func(*offer, *Entry) string {
	return func(_ *offer, e *Entry) string {
		return lacks(parts, map[string]bool{
			"title": e.Title != "", "link": e.Link != "", "date": !e.date().IsZero(), "id": e.offered.id,
			"author": e.offered.author, "category": e.offered.category, "text": e.offered.full > 0,
			"description": e.offered.summary > 0 || e.offered.full > 0,
		})
	}
}

// lacks says which parts are missing.
func lacks(parts []string, has map[string]bool) string {
	var missing []string
	for _, p := range parts {
		if !has[p] {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "has no " + strings.Join(missing, ", no ")
}

func entriesFrom(least int) func(*offer) string {
	return func(f *offer) string {
		return unless(len(f.Entries) >= least, fmt.Sprintf("has %d entries", len(f.Entries)))
	}
}

func sizeUpTo(most int) func(*offer) string {
	return func(f *offer) string {
		return unless(f.size <= most, fmt.Sprintf("has %d bytes, at most %d are read", f.size, most))
	}
}

func titleOf(least, most int) func(*offer, *Entry) string {
	return func(_ *offer, e *Entry) string {
		n := utf8.RuneCountInString(e.Title)
		return unless(least <= n && n <= most, fmt.Sprintf("has a title of %d characters", n))
	}
}

func notInFuture(f *offer, e *Entry) string {
	return unless(f.Now.IsZero() || !e.date().After(f.Now), "has a date in the future")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// registrable is the part of a host by which partners tell publishers apart:
// without a leading www.
func registrable(host string) string { return strings.TrimPrefix(host, "www.") }

// judge says what the partner would refuse of a feed.
func (p *Profile) judge(s Source, r Reading, body []byte) []Finding {
	j := &judge{in: newWindow(body, nil)}
	j.decode("")
	f := &offer{Reading: r, Source: s, size: len(body), utf8: utf8.Valid(body) && j.encoding == ""}
	var findings []Finding
	report := func(r rule, at place, entry, wrong string) {
		findings = append(findings, Finding{Document: s.Path, Line: at.line, Column: at.column, Level: r.level, Rule: r.name,
			Entry: entry, Text: wrong, Hint: r.hint, Source: r.source})
	}
	for _, r := range p.rules {
		if r.feed != nil {
			if wrong := r.feed(f); wrong != "" {
				report(r.rule, place{}, "", "the feed "+wrong)
			}
		}
	}
	for i := range f.Entries {
		for _, r := range p.rules {
			if r.entry != nil {
				if wrong := r.entry(f, &f.Entries[i]); wrong != "" {
					report(r.rule, f.Entries[i].at, f.Entries[i].ID, fmt.Sprintf("%q %s", clip(f.Entries[i].Title), wrong))
				}
			}
		}
	}
	return findings
}

// offering is what partners look at beyond what readers compare: of a feed and
// of an entry.
type offering struct {
	// of a feed
	description, language string
	logo                  bool
	// of an entry; texts in characters
	id, author, category bool
	summary, full        int
	pictures             int
	narrowest            int    // pixels of the smallest stated side; 0 when none is stated
	widest               int    // pixels of the widest picture in a text; 0 when none is stated
	beyondMSN            string // an element in a text that MSN does not show; empty when there is none
}

// picture notes a picture of an entry, with what is said of its size.
func (o *offering) picture(sides ...string) {
	o.pictures++
	for _, side := range sides {
		n := 0
		for _, c := range side {
			if c < '0' || c > '9' || n > 1<<20 {
				n = 0
				break
			}
			n = n*10 + int(c-'0')
		}
		if n > 0 && (o.narrowest == 0 || n < o.narrowest) {
			o.narrowest = n
		}
	}
}

// enclosure notes an enclosure that is a picture.
func (o *offering) enclosure(attrs map[string]string) {
	if strings.HasPrefix(attrs["type"], "image/") {
		o.picture()
	}
}

// media notes a picture of Media RSS.
func (o *offering) media(local string, attrs map[string]string) {
	if local == "thumbnail" || attrs["medium"] == "image" || strings.HasPrefix(attrs["type"], "image/") {
		o.picture(attrs["width"], attrs["height"])
	}
}

// text notes a summary or the whole text.
func (o *offering) text(summary bool, p *prose) {
	if summary {
		o.summary = max(o.summary, p.characters)
	} else {
		o.full = max(o.full, p.characters)
	}
	if p.picture {
		o.picture()
	}
	o.beyondMSN = cmp.Or(o.beyondMSN, p.beyondMSN)
	o.widest = max(o.widest, p.widest)
}
