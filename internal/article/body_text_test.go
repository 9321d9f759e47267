package article

import (
	"strings"
	"testing"
)

func TestTextBecomesHTML(t *testing.T) {
	// wrapped is a paragraph as a mail program wraps it.
	const wrapped = "The move is aimed at avoiding the risk of a new violent conflict in\nKosovo or the wider region, which has seen several of them in the past\nthirty years.\n"
	const rejoined = "<p>The move is aimed at avoiding the risk of a new violent conflict in Kosovo or the wider region, which has seen several of them in the past thirty years.</p>"
	long := strings.TrimSpace(strings.Repeat("A paragraph as long as this one is not wrapped. ", 4))

	for _, block := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"nothing but white space", " \n\t\n\n", ""},
		{"paragraphs", "a\n\nb\n \t\n\nc", "<p>a</p>\n<p>b</p>\n<p>c</p>"},
		{"the last paragraph without a line end", "a\n\nb", "<p>a</p>\n<p>b</p>"},
		{"line ends of every kind", "a\r\n\r\nb\r\rc\n\nd", "<p>a</p>\n<p>b</p>\n<p>c</p>\n<p>d</p>"},
		{"a form feed between pages", "a\n\fb\f\n\fc", "<p>a</p>\n<p>b</p>\n<p>c</p>"},
		{"markup in the text", "a <b> & c &amp; \"d\" </script> 'e'", "<p>a &lt;b&gt; &amp; c &amp;amp; \"d\" &lt;/script&gt; 'e'</p>"},
		{"Markdown in the text", "*a* _b_ `c` [d](e) # f", "<p>*a* _b_ `c` [d](e) # f</p>"},
		{"wrapped lines", wrapped, rejoined},
		{"wrapped lines of two paragraphs", wrapped + "\n" + wrapped, rejoined + "\n" + rejoined},
		{"a compound parted behind its hyphen", "a well-\nknown man", "<p>a well-known man</p>"},
		{"a dash at the end of a line", "a man -\nwell known", "<p>a man - well known</p>"},
		{"wrapped Chinese", "北约秘书长\n斯托尔滕贝格说", "<p>北约秘书长斯托尔滕贝格说</p>"},
		{"wrapped Korean", "나토 사무총장은\n말했다", "<p>나토 사무총장은 말했다</p>"},
		{"lines that are whole paragraphs", long + "\n" + long, "<p>" + long + "</p>\n<p>" + long + "</p>"},
		{"paragraphs parted by indents alone", "   The move is aimed at avoiding the risk of\na new conflict in the region.\n   The second paragraph begins with an\nindent too.", "<p>The move is aimed at avoiding the risk of a new conflict in the region.</p>\n<p>The second paragraph begins with an indent too.</p>"},
		{"a paragraph that is indented as a whole", "   a\n   b", "<p>a b</p>"},
		{"an address beside wrapped lines", wrapped + "\nMinistry of Defence\nSkopje\n", rejoined + "\n<p>Ministry of Defence<br />\nSkopje</p>"},
		{"verse between whole paragraphs", long + "\n\nRoses are red,\nviolets are blue.", "<p>" + long + "</p>\n<p>Roses are red,<br />\nviolets are blue.</p>"},

		{"a heading underlined with dashes", "The talks\n---------\nbegan.", "<h3>The talks</h3>\n<p>began.</p>"},
		{"a heading underlined with equals signs", "The talks\n=========\n\nbegan.", "<h2>The talks</h2>\n<p>began.</p>"},
		{"a line that is no underline", "The talks about the border began today\n---", "<p>The talks about the border began today ---</p>"},
		{"thematic breaks", "a\n\n* * *\n\nb\n\n----\nc", "<p>a</p>\n<hr />\n<p>b</p>\n<hr />\n<p>c</p>"},

		{"a list", "- a\n- b\n", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{"a list with stars below its sentence", "The parties:\n* a\n* b\n", "<p>The parties:</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{"a list with wrapped entries", "- a\n  b\n- c", "<ul>\n<li>a b</li>\n<li>c</li>\n</ul>"},
		{"a list with empty lines between", "• a\n\n• b\n\nc", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>"},
		{"a list in a list", "- a\n  - b\n  - c\n- d", "<ul>\n<li>a\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>\n</li>\n<li>d</li>\n</ul>"},
		{"a numbered list", "1. a\n2. b\n3. c", "<ol>\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ol>"},
		{"a numbered list that goes on", "4) a\n5) b", "<ol start=\"4\">\n<li>a</li>\n<li>b</li>\n</ol>"},
		{"numbers that do not follow each other", "1. a\n3. b", "<p>1. a 3. b</p>"},
		{"one dash in a dialogue", "- Oui, dit-il.", "<p>- Oui, dit-il.</p>"},
		{"a date at the beginning", "20. November 2023 war ein Montag.", "<p>20. November 2023 war ein Montag.</p>"},
		{"a minus", "-5 degrees\n-6 degrees", "<p>-5 degrees -6 degrees</p>"},
		{"a list and a paragraph right below", "- a\n- b\nc", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>c</p>"},

		{"a quotation", "> a\n> b\n>\n> c", "<blockquote>\n<p>a b</p>\n<p>c</p>\n</blockquote>"},
		{"a quotation in a quotation", "> a\n>\n> > b", "<blockquote>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</blockquote>"},
		{"a comparison", "> 50 per cent", "<p>&gt; 50 per cent</p>"},
		{"columns", "Skopje     12\nPristina    9", "<pre>Skopje     12\nPristina    9</pre>"},

		{"an address in a sentence", "See https://e.org/a_(b)?c=d&e, or (http://e.org/x).", `<p>See <a href="https://e.org/a_(b)?c=d&amp;e">https://e.org/a_(b)?c=d&amp;e</a>, or (<a href="http://e.org/x">http://e.org/x</a>).</p>`},
		{"an address in angle brackets", "<https://e.org/>", `<p>&lt;<a href="https://e.org/">https://e.org/</a>&gt;</p>`},
		{"an address in quotation marks", "“https://e.org/”", `<p>“<a href="https://e.org/">https://e.org/</a>”</p>`},
		{"an address before a Chinese stop", "见https://e.org/。", `<p>见<a href="https://e.org/">https://e.org/</a>。</p>`},
		{"an address of mail", "a@example.org or mailto:a@example.org", "<p>a@example.org or mailto:a@example.org</p>"},
		{"a scheme without an address", "https:// and ftp://e.org and xhttps://e.org", "<p>https:// and ftp://e.org and xhttps://e.org</p>"},
		{"an address without end", "https://e.org/" + strings.Repeat("a", 3000), "<p>https://e.org/" + strings.Repeat("a", 3000) + "</p>"},
	} {
		t.Run(block.name, func(t *testing.T) {
			got := bodyOf(t, Text, block.text).HTML
			if got != block.want {
				t.Errorf("got  %s\nwant %s", got, block.want)
			}
			mustHold(t, got)
		})
	}
}

// The story has the shape of a wire story: one line for each paragraph, an
// empty line between any two, no line end behind the last.
func TestWireStoryKeepsItsParagraphs(t *testing.T) {
	paragraphs := make([]string, 10)
	for i := range paragraphs {
		paragraphs[i] = `"We are now reviewing whether we should have a more permanent increase in Kosovo's north," he said & left.` +
			strings.Repeat(" And so on.", i)
	}
	body := bodyOf(t, Text, "\n"+strings.Join(paragraphs, "\n\n"))
	if got := strings.Count(body.HTML, "<p>"); got != 10 {
		t.Errorf("got %d paragraphs, want 10", got)
	}
	if want := strings.Join(paragraphs, "\n\n"); body.Text != want {
		t.Errorf("got text %q\nwant %q", body.Text, want)
	}
}
