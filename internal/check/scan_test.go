package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// scan returns what a scanner makes of a document, and the errors it reports.
func scan(body string) (tokens, errors string) {
	var t, e strings.Builder
	s := newScanner(newWindow([]byte(body), nil), "", func(at place, r rule, format string, args ...any) {
		if r.level == Error {
			fmt.Fprintf(&e, "%d %s: %s\n", at.column-1, r.name, fmt.Sprintf(format, args...))
		}
	})
	write := func(n name) {
		if n.space != "" {
			fmt.Fprintf(&t, "{%s}", n.space)
		}
		t.WriteString(n.local)
	}
	for {
		switch s.next() {
		case startTag:
			t.WriteByte('<')
			write(s.name)
			for _, a := range s.attrs {
				t.WriteByte(' ')
				write(a.name)
				fmt.Fprintf(&t, "=%q", a.value)
			}
			t.WriteByte('>')
		case text:
			t.Write(s.text)
		case endTag:
			t.WriteString("</")
			write(s.name)
			t.WriteByte('>')
		case endOfDocument:
			return t.String(), e.String()
		}
	}
}

func TestScan(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"an element", "<a>x</a>", "<a>x</a>"},
		{"an empty element", "<a />", "<a></a>"},
		{"things around the root", "<?xml version='1.0' standalone='yes'?>\n<!-- x --><?p d?><a/><!--y-->\n", "<a></a>"},
		{"references", "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;</a>", `<a><>&"'AA</a>`},
		{"a character beyond 16 bits", "<a>&#x1F4F0;\U0001F4F0</a>", "<a>\U0001F4F0\U0001F4F0</a>"},
		{"line ends", "<a>1\r\n2\r3\n<![CDATA[4\r\n5\r6]]></a>", "<a>1\n2\n3\n4\n5\n6</a>"},
		{"CDATA", "<a><![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>", "<a><b>&amp;]]></a>"},
		{"brackets in text", "<a>]] > ]></a>", "<a>]] > ]></a>"},
		{"attributes", "<a b='1' c = \"&lt;'&#10;\"/>", "<a b=\"1\" c=\"<'\\n\"></a>"},
		{"white space in attributes", "<a b='1\n2\r\n3\t4'/>", `<a b="1 2 3 4"></a>`},
		{"a default namespace", "<a xmlns='u' b='1'><c xmlns=''/><d/></a>", `<{u}a b="1"><c></c><{u}d></{u}d></{u}a>`},
		{"prefixes", "<p:a xmlns:p='u' p:b='1'><p:c xmlns:p='v'/><p:d/></p:a>", `<{u}a {u}b="1"><{v}c></{v}c><{u}d></{u}d></{u}a>`},
		{"the prefix xml", "<a xml:lang='en'/>", `<a {http://www.w3.org/XML/1998/namespace}lang="en"></a>`},
		{"names in other scripts", "<вест ñ='1'/>", `<вест ñ="1"></вест>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, errors := scan(tt.body)
			if errors != "" {
				t.Errorf("got errors %q, want none", errors)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestScanRefuses(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"nothing", "", "0 SAXError: the document has no element"},
		{"text before the root", "x<a/>", "0 SAXError: text outside the root element"},
		{"text behind the root", "<a/>x", "4 SAXError: text outside the root element"},
		{"CDATA outside the root", "<![CDATA[x]]><a/>", "0 SAXError: a CDATA section outside the root element"},
		{"a second root", "<a/><b/>", "4 SAXError: a second root element <b>"},
		{"an end without a beginning", "<a/></a>", "4 SAXError: </a> outside the root element"},
		{"a beginning without an end", "<a><b></b>", "10 SAXError: the document ends inside <a>"},
		{"crossed elements", "<a><b></a></b>", "6 SAXError: </a> where <b> should end"},
		{"a tag without a name", "<a>< b/></a>", "3 SAXError: < that begins no tag"},
		{"a name that begins with a digit", "<1/>", "0 SAXError: < that begins no tag"},
		{"a tag that is cut off", "<a b='1'", "0 SAXError: the document ends inside <a>"},
		{"an end tag with an attribute", "<a></a b='1'>", "3 SAXError: an end tag that is malformed"},
		{"an attribute without a value", "<a b/>", "0 SAXError: <a>: attribute b has no value"},
		{"an attribute without quotation marks", "<a b=1/>", "0 SAXError: <a>: the value of attribute b is not in quotation marks"},
		{"an attribute without an end", "<a b='1/>", "0 SAXError: <a>: the value of attribute b has no end"},
		{"attributes without space", "<a b='1'c='2'/>", "8 SAXError: no space before an attribute of <a>"},
		{"less-than in an attribute", "<a b='<'/>", "0 SAXError: <a>: < in the value of attribute b"},
		{"an attribute twice", "<a b='1' b='2'/>", "9 SAXError: <a>: attribute b stands there twice"},
		{"an attribute twice by its namespace", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "35 SAXError: <a>: attribute b stands there twice"},
		{"a namespace twice", "<a xmlns:p='u' xmlns:p='v'/>", `15 SAXError: prefix "p" is declared twice`},
		{"a prefix for nothing", "<a xmlns:p=''/>", `3 SAXError: prefix "p" is declared as nothing`},
		{"the prefix xmlns", "<a xmlns:xmlns='u'/>", `3 SAXError: prefix "xmlns" cannot be declared as "u"`},
		{"the prefix xml for something else", "<a xmlns:xml='u'/>", `3 SAXError: prefix "xml" cannot be declared as "u"`},
		{"a namespace with a space", "<a xmlns='u v'/>", `3 SAXError: namespace "u v" is not an address`},
		{"a prefix out of scope", "<a><b xmlns:p='u'/><p:c/></a>", `19 MissingNamespace: prefix "p" of p:c is not declared`},
		{"a prefix of an attribute", "<a p:b='1'/>", `3 MissingNamespace: prefix "p" of p:b is not declared`},
		{"two colons", "<a xmlns:p='u'><p:q:r/></a>", `15 SAXError: "p:q:r" is not a name`},
		{"a comment that does not end", "<a><!-- x</a>", "3 SAXError: a comment without an end"},
		{"hyphens in a comment", "<a><!-- x -- y --></a>", "10 SAXError: -- in a comment"},
		{"three hyphens at the end of a comment", "<a><!-- x ---></a>", "10 SAXError: -- in a comment"},
		{"an instruction without an end", "<a><?p</a>", "3 SAXError: a processing instruction without an end"},
		{"a declaration inside", "<a><?xml version='1.0'?></a>", "3 SAXError: an XML declaration that is malformed or not at the beginning"},
		{"a declaration without a version", "<?xml encoding='utf-8'?><a/>", "0 SAXError: an XML declaration that is malformed or not at the beginning"},
		{"CDATA without an end", "<a><![CDATA[x</a>", "3 SAXError: a CDATA section without an end"},
		{"a document type inside", "<a><!DOCTYPE a></a>", "3 SAXError: markup that is no tag, comment or CDATA section"},
		{"the character zero by its number", "<a>&#0;</a>", "3 SAXError: &#0; is a character that is not allowed in XML"},
		{"half a pair by its number", "<a>&#xD800;</a>", "3 SAXError: &#xD800; is a character that is not allowed in XML"},
		{"a number beyond all characters", "<a>&#99999999999;</a>", "3 SAXError: &#99999999999; is no reference to a character"},
		{"a reference without an end", "<a>&amp</a>", "3 SAXError: & that begins no reference"},
		{"a control character in a comment", "<a><!-- \x01 --></a>", "8 SAXError: character U+0001 is not allowed in XML"},
		{"half a pair in UTF-8", "<a>\xed\xa0\x80</a>", "3 UnicodeError: byte 0xed is not UTF-8\n4 UnicodeError: byte 0xa0 is not UTF-8\n5 UnicodeError: byte 0x80 is not UTF-8"},
		{"another encoding", "<?xml version='1.0' encoding='klingon'?><a>\xc1</a>", "0 UnknownEncoding: the document is declared as klingon: it was not judged"},
		{"too many attributes", "<a" + attributes(300) + "/>", "0 ValidatorLimit: more than 256 attributes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := scan(tt.body); got != tt.want+"\n" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d=''", i)
	}
	return b.String()
}

// TestColumn: columns count characters, not bytes.
func TestColumn(t *testing.T) {
	got := Document("x", "", "", []byte("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss>Приштина & x</rss>"))
	got = slices.DeleteFunc(got, func(f Finding) bool { return f.Rule != "SAXError" })
	if len(got) != 1 || got[0].Line != 2 || got[0].Column != 15 {
		t.Errorf("got %v, want one finding at 2:15", got)
	}
}
