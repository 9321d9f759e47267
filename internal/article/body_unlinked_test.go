package article

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// mustHaveItsLinks fails when looking for addresses everywhere changes a text.
func mustHaveItsLinks(t *testing.T, text string) {
	t.Helper()
	var want strings.Builder
	if err := markdown().Convert([]byte(text), &want); err != nil {
		return
	}
	got, err := markdownHTML(text, new(room))
	if err != nil || string(got) != want.String()[:min(want.Len(), mostOutput(len(text))+1)] {
		t.Fatalf("%q becomes %q, %v, want %q", text, got, err, want.String())
	}
}

func TestAddressesAreLookedForWhereTheyAre(t *testing.T) {
	pieces := strings.Split(`a|b c|é|1|.| |  |`+"\n|\n\n|\t"+`|*|**|_|~~|~|(|)|[|]|](d)|![|"|'|--|...|<|>|<b>|</b>|&|&amp;|\|`+"`|```\n"+`|# |- |> |1. |: |[^1]|[^1]: |[a]: b|---|www|http|ftp:|{#a}|{.b}|](http://d)|](https://d.de)|(https://d.de)|[a]: https://e.de|[a]|https://f.de|](https://www.d.de)|www.f.de|'https://g.de'|<a href="http://h.de">|`, "|")
	pieces = append(pieces, "| a | b |\n|---|---|\n| c | d |\n")
	random := rand.New(rand.NewPCG(3, 3))
	for range 40_000 {
		var b strings.Builder
		for range random.IntN(24) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		mustHaveItsLinks(t, b.String())
	}
}

// TestWhatIsWrittenToARendererIsBounded by whichever of its methods it comes.
func TestWhatIsWrittenToARendererIsBounded(t *testing.T) {
	b := bounded{most: 5}
	for range 3 {
		b.Write([]byte("ab"))
		b.WriteString("c")
		b.WriteByte('d')
		b.WriteRune('é')
	}
	if got, want := string(b.kept), "abcd\xc3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzUnlinked(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack.markup)
	}
	f.Add("*a* (b) _c_ ~~d~~ e\\\nf  \ng \"h\" 'i' -- j... [k](l)\n\n| m |\n|---|\n| n |\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<12 {
			mustHaveItsLinks(t, text)
		}
	})
}
