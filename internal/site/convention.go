package site

// Convention is a site generator whose rules tell which files are articles and
// what they mean.
type Convention string

const (
	Plain      Convention = "plain" // no generator's: every file is an article
	Hugo       Convention = "hugo"
	Jekyll     Convention = "jekyll"
	Eleventy   Convention = "eleventy"
	Zola       Convention = "zola"
	Pelican    Convention = "pelican"
	Docusaurus Convention = "docusaurus"
	Astro      Convention = "astro"
	Hexo       Convention = "hexo"
	Nikola     Convention = "nikola"
)

var conventions = []string{
	string(Plain), string(Hugo), string(Jekyll), string(Eleventy), string(Zola),
	string(Pelican), string(Docusaurus), string(Astro), string(Hexo), string(Nikola),
}

func (s *Site) readConvention(v value) {
	if word, ok := v.word(conventions...); ok {
		s.Convention = Convention(word)
	}
}
