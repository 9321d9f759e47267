package render

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// A jsonWriter writes items, as [writer] the elements of entries: the same bytes
// that encoding/json makes of their types.
type jsonWriter struct {
	b    []byte
	more bool // a member stands before the next
	err  error
}

// item writes an item of a feed.
func (w *jsonWriter) item(i *jsonItem) {
	w.b = append(w.b, "\n    "...)
	if i.Attachments != nil || i.Author != nil {
		w.rare(i)
		return
	}
	w.b, w.more = append(w.b, '{'), false
	w.member("id")
	w.b = appendJSON(w.b, i.Id)
	w.text("url", i.Url)
	w.text("external_url", i.ExternalUrl)
	w.text("title", i.Title)
	w.text("content_html", i.ContentHTML)
	w.text("content_text", i.ContentText)
	w.text("summary", i.Summary)
	w.text("image", i.Image)
	w.date("date_published", i.PublishedDate)
	w.date("date_modified", i.ModifiedDate)
	if len(i.Authors) > 0 {
		w.member("authors")
		for n, a := range i.Authors {
			w.b = append(append(w.b, "[,"[min(n, 1)]), "\n        {"...)
			w.more = false
			for _, m := range [][2]string{{"name", a.Name}, {"url", a.Url}, {"avatar", a.Avatar}} {
				if m[1] == "" {
					continue
				}
				if w.more {
					w.b = append(w.b, ',')
				}
				w.b = append(append(append(w.b, "\n          \""...), m[0]...), "\": "...)
				w.b = appendJSON(w.b, m[1])
				w.more = true
			}
			if w.more {
				w.b = append(w.b, "\n        "...)
			}
			w.b = append(w.b, '}')
		}
		w.b, w.more = append(w.b, "\n      ]"...), true
	}
	if len(i.Tags) > 0 {
		w.member("tags")
		for n, tag := range i.Tags {
			w.b = append(append(w.b, "[,"[min(n, 1)]), "\n        "...)
			w.b = appendJSON(w.b, tag)
		}
		w.b = append(w.b, "\n      ]"...)
	}
	w.text("banner_image", i.BannerImage)
	w.text("language", i.Language)
	w.b = append(w.b, "\n    }"...)
}

// rare leaves an item to encoding/json.
func (w *jsonWriter) rare(i *jsonItem) {
	b := bytes.NewBuffer(w.b)
	enc := newEncoder(b)
	enc.SetIndent("    ", "  ")
	w.fail(enc.Encode(i))
	w.b = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// member begins a member of an item.
func (w *jsonWriter) member(name string) {
	if w.more {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, "\n      \""...), name...), "\": "...)
	w.more = true
}

// text writes a member, unless it is empty.
func (w *jsonWriter) text(name, value string) {
	if value != "" {
		w.member(name)
		w.b = appendJSON(w.b, value)
	}
}

// date writes a member, unless it is nil.
func (w *jsonWriter) date(name string, t *time.Time) {
	if t == nil {
		return
	}
	w.member(name)
	b, err := t.AppendText(append(w.b, '"'))
	w.fail(err)
	w.b = append(b, '"')
}

func (w *jsonWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// appendJSON appends a string as encoding/json writes it.
func appendJSON(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0 // what is before it is written
	for i := 0; i < len(s); {
		for i+8 <= len(s) && literal8(s[i:i+8]) {
			i += 8
		}
		if i == len(s) {
			break
		}
		c := s[i]
		if c >= utf8.RuneSelf {
			if n := usual(s[i:]); n > 0 && s[i:i+n] != "\u2028" && s[i:i+n] != "\u2029" {
				i += n
				continue
			}
			r, n := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				b = append(append(b, s[from:i]...), `\ufffd`...)
				from = i + n
			case r == '\u2028' || r == '\u2029': // they end a line of JavaScript
				b = append(append(append(b, s[from:i]...), `\u202`...), digits[r&0xf])
				from = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, digits[c>>4], digits[c&0xf])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}

// literal8 reports whether eight bytes are all printable ASCII that stands for
// itself in a string of JSON.
func literal8(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	x := eight(s)
	// A byte's top bit is set when it is set in x, or when the byte is below a
	// space, a quotation mark or a backslash.
	return (x|(x-ones*' ')|((x^ones*'"')-ones)|((x^ones*'\\')-ones))&tops == 0
}
