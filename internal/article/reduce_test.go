package article

import "testing"

func TestReduce(t *testing.T) {
	take := func(e Element) (Element, bool) {
		switch e.Name {
		case "p", "b", "img", "br":
			return e, true
		case "figure":
			return Element{Name: "div"}, true
		case "del":
			return Element{}, false
		}
		return Element{}, true
	}
	for name, test := range map[string]struct{ in, want string }{
		"what is taken stays as it is":           {`<p id="a">Fish &amp; <b>chips</b> &lt; 5</p>`, `<p id="a">Fish &amp; <b>chips</b> &lt; 5</p>`},
		"another element in its place":           {`<figure><img src="a.png" alt="&quot;a&quot;"></figure>`, `<div><img src="a.png" alt="&#34;a&#34;"></div>`},
		"tags go and text stays":                 {`<p>Press <kbd>Enter</kbd><br>now</p>`, `<p>Press Enter<br>now</p>`},
		"what is not wanted goes with its text":  {`<p>was <del>ten <b>or</b> <i>so</i><br></del>nine</p>`, `<p>was nine</p>`},
		"an end within what goes ends it":        {`<del><del>a</del>b</del><p>c</p>`, `<p>c</p>`},
		"a recording becomes a link":             {`<audio src="https://example.org/a.mp3?x=1&amp;y" controls></audio>`, `<p><a href="https://example.org/a.mp3?x=1&amp;y">https://example.org/a.mp3?x=1&amp;y</a></p>`},
		"of pictures to choose from the one":     {`<picture><source srcset="a.webp"><img src="a.png"></picture>`, `<img src="a.png">`},
		"an address cannot end its attribute":    {`<img src="a&quot;onerror=&quot;b">`, `<img src="a&#34;onerror=&#34;b">`},
		"text that looks like markup stays text": {`<p>&lt;script&gt;</p>`, `<p>&lt;script&gt;</p>`},
		"nothing":                                {``, ``},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Reduce(test.in, take); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
