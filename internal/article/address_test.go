package article

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddressesBecomeAbsolute(t *testing.T) {
	for _, address := range []struct{ name, markup, want string }{
		{"a file beside the article", `<a href="b.html">a</a>`, `<a href="https://example.org/a/b.html">a</a>`},
		{"a path of the site", `<a href="/b/">a</a>`, `<a href="https://example.org/b/">a</a>`},
		{"an address without a scheme", `<a href="//e.org/b">a</a>`, `<a href="https://e.org/b">a</a>`},
		{"a whole address", `<a href="HTTPS://e.org/b?c=%20d&amp;e#f">a</a>`, `<a href="HTTPS://e.org/b?c=%20d&amp;e#f">a</a>`},
		{"a place in the article", `<a href="#b">a</a>`, `<a href="https://example.org/a/#b">a</a>`},
		{"an address with blanks around it", "<a href=' b.html\n'>a</a>", `<a href="https://example.org/a/b.html">a</a>`},
		{"an address with a blank in it", `<img src="the port.jpg">`, `<img src="https://example.org/a/the%20port.jpg" />`},
		{"an address that a line end breaks", "<a href='b.h\ntml'>a</a>", `<a href="https://example.org/a/b.html">a</a>`},
		{"a path with a colon behind a slash", `<a href="b/c:d">a</a>`, `<a href="https://example.org/a/b/c:d">a</a>`},
		{"the empty address", `<a href="">a</a>`, `a`},
		{"a link that leads nowhere keeps its text", `<p><a href="gone">a <b>b</b></a></p>`, `<p>a <b>b</b></p>`},
		{"a link that leads nowhere keeps its place", `<p><a href="gone" id="b">a</a></p>`, `<p><a id="b">a</a></p>`},
		{"a link that leads nowhere keeps its picture", `<a href="gone"><img src="b.png"></a>`, `<img src="https://example.org/a/b.png" />`},
		{"a picture that leads nowhere", `<p>a<img src="gone.png">b</p>`, `<p>ab</p>`},
		{"a picture alone in its paragraph", `<p>a</p><p> <a href="b"><img src="gone.png"></a> </p>`, `<p>a</p>`},
		{"a figure with its caption", `<figure><a href="b"><img src="gone.png"></a><figcaption>c</figcaption></figure><p>a</p>`, `<p>a</p>`},
		{"a figure of which one picture is left", `<figure><img src="gone.png"><img src="b.png"><figcaption>c</figcaption></figure>`, `<figure><img src="https://example.org/a/b.png" /><figcaption>c</figcaption></figure>`},
		{"a figure that never had a picture", `<figure><pre>a</pre><figcaption>c</figcaption></figure>`, `<figure><pre>a</pre><figcaption>c</figcaption></figure>`},
		{"a picture element without its picture", `<picture><source srcset="b.webp"><img src="gone.png"></picture>a`, `a`},
		{"a film whose sources are gone", `<video controls><source src="gone.mp4"><a href="b">c</a></video>a`, `a`},
		{"a film with one source left", `<video controls><source src="gone.mp4"><source src="b.webm"></video>`, `<video controls=""><source src="https://example.org/a/b.webm" /></video>`},
		{"a film without controls is given them", `<video src="b.mp4" autoplay loop muted></video>`, `<video src="https://example.org/a/b.mp4" loop="" muted="" controls=""></video>`},
		{"the poster of a film", `<video src="b.mp4" controls poster="p.png"></video>`, `<video src="https://example.org/a/b.mp4" controls="" poster="https://example.org/a/p.png"></video>`},
		{"the source of a quotation", `<blockquote cite="b">a</blockquote><q cite="gone">c</q>`, `<blockquote cite="https://example.org/a/b">a</blockquote><q>c</q>`},
		{"a picture that is loaded late", `<img src="data:image/gif;base64,R0lGOD" data-src="b.png">`, `<img src="https://example.org/a/b.png" />`},
		{"a picture that is loaded late, in sizes", `<img data-srcset="b.png 1x, c.png 2x" srcset="grey.png">`, `<img srcset="https://example.org/a/b.png 1x, https://example.org/a/c.png 2x" src="https://example.org/a/b.png" />`},
		{"a picture in sizes", `<img src="b.png" srcset="b.png, c,1.png 2x,/gone.png 3x">`, `<img src="https://example.org/a/b.png" srcset="https://example.org/a/b.png, https://example.org/a/c,1.png 2x" />`},
		{"sizes with stray commas", `<img src="b.png" srcset=" ,b.png 100w,, c.png 200w, ">`, `<img src="https://example.org/a/b.png" srcset="https://example.org/a/b.png 100w, https://example.org/a/c.png 200w" />`},
		{"a player of films", `<iframe src="https://www.youtube-nocookie.com/embed/abc?rel=0" title="A film"></iframe><iframe src="//player.vimeo.com/video/12"></iframe>`, `<p><a href="https://www.youtube.com/watch?v=abc">A film</a></p><p><a href="https://vimeo.com/12">vimeo.com</a></p>`},
		{"the same attribute twice", `<a href="b" href="c">a</a>`, `<a href="https://example.org/a/b">a</a>`},
		{"the same id twice", `<p id="b">a</p><p id="b">c</p>`, `<p id="b">a</p><p>c</p>`},
		{"a footnote", `<sup id="fnref1"><a href="#fn1">1</a></sup><p id="fn1">b</p>`, `<sup id="ports-fnref1"><a href="https://example.org/a/#ports-fn1">1</a></sup><p id="ports-fn1">b</p>`},
	} {
		t.Run(address.name, func(t *testing.T) {
			got := bodyOf(t, HTML, address.markup).HTML
			if got != address.want {
				t.Errorf("got  %s\nwant %s", got, address.want)
			}
			mustHold(t, got)
		})
	}
}

func TestResolveIsAskedOncePerAddressInOrder(t *testing.T) {
	const markup = `<a href="1"><img src="2" srcset="3 1x, 4 2x" alt="x"></a>
<video poster="5" src="6"><source src="7"><track src="8"></video>
<blockquote cite="9"><a href="#10">a</a></blockquote>
<iframe src="11"></iframe><img data-src="12" src="placeholder.gif">
<a href="javascript:alert(1)">a</a><a href="mailto:13">b</a><a href="tel:14">b</a>
<script src="no"></script><p hidden><a href="no">c</a></p><a href="1">again</a>`
	want := strings.Fields("1 2 3 4 5 6 7 8 9 #10 11 12 mailto:13 tel:14 1")
	var got []string
	a := written("a.html", &source{format: HTML, text: markup})
	if _, err := a.Body(func(ref string) string {
		got = append(got, ref)
		return "https://example.org/"
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses that were asked for (-want +got):\n%s", diff)
	}
}

func TestOnlyAbsoluteAnswersCount(t *testing.T) {
	for _, answer := range []string{"", "b.html", "/b.html", "//e.org/", "javascript:alert(1)", "data:text/html,x", "ftp://e.org/", "java\tscript:alert(1)"} {
		a := written("a.html", &source{format: HTML, text: `<p>a <a href="x">b</a><img src="y" alt=""></p>`})
		body, err := a.Body(func(string) string { return answer })
		if err != nil {
			t.Fatal(err)
		}
		if want := "<p>a b</p>"; body.HTML != want {
			t.Errorf("with the answer %q: got %s, want %s", answer, body.HTML, want)
		}
	}
	a := written("a.html", &source{format: HTML, text: `<p><img src="x" alt="">a</p>`})
	if body, _ := a.Body(func(string) string { return "mailto:a@b.c" }); body.HTML != "<p>a</p>" {
		t.Errorf("a picture at a mail address: got %s, want it left out", body.HTML)
	}
}

func TestAllowedAddress(t *testing.T) {
	type rule struct {
		ref            string
		link, relative bool
	}
	for _, r := range []rule{
		{"https://e.org", false, false}, {"HTTP://e.org", false, false}, {"mailto:a@b.c", true, false}, {"tel:1", true, false},
		{"a", false, true}, {"a/b:c", false, true}, {"?a:b", false, true}, {"#a:b", false, true}, {"//e.org:80", false, true},
	} {
		if !allowedAddress(r.ref, r.link, r.relative) {
			t.Errorf("%+v: got refused, want allowed", r)
		}
	}
	for _, r := range []rule{
		{"a", true, false}, {"mailto:a@b.c", false, true}, {"javascript:a", true, true}, {"ftp://e.org", true, true},
		{":a", true, true}, {"https", true, false}, {"ht tps://e.org", true, true},
	} {
		if allowedAddress(r.ref, r.link, r.relative) {
			t.Errorf("%+v: got allowed, want refused", r)
		}
	}
}

func TestPicturesForThoseWithoutScriptAreShown(t *testing.T) {
	for _, lazy := range []struct{ name, markup, want string }{
		{"behind a placeholder", `<p><img src="blank.gif" class="lazy"><noscript><img src="a.jpg" srcset="b.jpg 2x" alt="c" onerror="x"></noscript></p>`, `<p><img src="https://example.org/a/a.jpg" srcset="https://example.org/a/b.jpg 2x" alt="c" /></p>`},
		{"behind data", `<figure><img src="data:image/gif;base64,R0"> <noscript><img src="a.jpg" alt="c"></noscript><figcaption>d</figcaption></figure>`, `<figure> <img src="https://example.org/a/a.jpg" alt="c" /><figcaption>d</figcaption></figure>`},
		{"behind the address that a script would read", `<img data-src="a.jpg" alt="c"><noscript><img src="a.jpg" alt="c"></noscript>`, `<img src="https://example.org/a/a.jpg" alt="c" />`},
		{"alone", `<p>a</p><noscript><p>b <img src="a.jpg"></p></noscript>`, `<p>a</p><img src="https://example.org/a/a.jpg" />`},
		{"behind another picture's text", `<p><img src="b.jpg" alt="" /> d <noscript><img src="a.jpg"></noscript></p>`, `<p><img src="https://example.org/a/b.jpg" alt="" /> d <img src="https://example.org/a/a.jpg" /></p>`},
		{"that leads nowhere", `<p>a<noscript><img src="gone.jpg"></noscript></p>`, `<p>a</p>`},
		{"no picture", `<p>a<noscript>Turn scripts on</noscript></p>`, `<p>a</p>`},
	} {
		t.Run(lazy.name, func(t *testing.T) {
			got := bodyOf(t, HTML, lazy.markup).HTML
			if got != lazy.want {
				t.Errorf("got  %s\nwant %s", got, lazy.want)
			}
			mustHold(t, got)
		})
	}
}
