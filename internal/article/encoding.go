package article

import (
	"bytes"
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// declarationWindow is how far into a file its encoding may be declared. The
// HTML standard asks for 1024 bytes; pages in the wild need more.
const declarationWindow = 4096

// decode turns the bytes of a file into text with LF line ends and no byte
// order mark. In this order: a byte order mark, valid UTF-8, an encoding that
// the file declares, the one that the site names for such files, and a guess
// that stands alone, with a warning: a wrong guess publishes garbage that looks
// like text. On failure the text is empty and the problem an [Error]. Whether
// control characters are in the text is told as well.
func decode(src []byte, opt Options) (text string, controls bool, problem *Problem) {
	if len(bytes.TrimSpace(src)) == 0 {
		return "", false, &Problem{Severity: Error, Code: "empty", Text: "the file is empty"}
	}
	plain := plainFront(asText(src))
	if plain == len(src) {
		return asText(src), false, nil
	}
	text, problem = decodeBytes(src, plain, opt)
	if problem != nil && problem.Severity == Error {
		return "", false, problem
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	if first := firstControl(text); first >= 0 {
		controls = true
		if isBinary(text, first) {
			return "", false, binaryProblem()
		}
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return text, controls, problem
}

// plainFront returns the length of what stands in front of the first byte that
// needs a second look: one that is not ASCII, a control character, a carriage
// return. In most files there is none.
func plainFront(s string) int {
	const high = 0x8080808080808080
	i := 0
	for len(s)-i >= 8 {
		if len(s)-i >= 32 {
			a, b, c, d := word(s[i:i+8]), word(s[i+8:i+16]), word(s[i+16:i+24]), word(s[i+24:i+32])
			if (a|b|c|d)&high|belowBlank(a)|belowBlank(b)|belowBlank(c)|belowBlank(d) == 0 {
				i += 32
				continue
			}
		}
		w := word(s[i : i+8])
		special := w&high | belowBlank(w)
		if special == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(special) / 8; s[i] != '\n' && s[i] != '\t' {
			return i
		}
		i++
	}
	for ; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\t' {
			return i
		}
	}
	return i
}

// asText is src as a string. What the caller of a Parser promises of src makes
// it one: to copy it would cost as much as to parse the front matter.
func asText(src []byte) string { return unsafe.String(unsafe.SliceData(src), len(src)) }

// decodeBytes makes UTF-8 of a file of which the front, so many bytes, is plain.
func decodeBytes(src []byte, plain int, opt Options) (string, *Problem) {
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		mark := "\xFE\xFF"
		if order == unicode.LittleEndian {
			mark = "\xFF\xFE"
		}
		if len(src) >= len(mark) && string(src[:len(mark)]) == mark {
			out, err := unicode.UTF16(order, unicode.ExpectBOM).NewDecoder().Bytes(src)
			if err != nil {
				return "", &Problem{Severity: Error, Code: "encoding", Text: "encoding: UTF-16: " + err.Error()}
			}
			return string(out), nil
		}
	}
	if bytes.IndexByte(src[plain:], 0) >= 0 {
		return "", binaryProblem()
	}
	if utf8.Valid(src[plain:]) {
		return asText(src), nil
	}
	line, octet := firstInvalid(src)
	label, enc := declaredEncoding(src)
	said := fmt.Sprintf("the file says it is %q", label)
	if enc == nil && opt.Encoding != "" {
		enc, _ = charset.Lookup(opt.Encoding)
		said = fmt.Sprintf("the site says it is %q", opt.Encoding)
	}
	if enc == nil {
		if text, name, ok := guessEncoding(src, opt.Language); ok {
			return text, &Problem{
				Line: line, Severity: Warning, Code: "encoding",
				Text: fmt.Sprintf("encoding: byte 0x%02X is not UTF-8, and the file does not say what it is; read as %s", octet, name),
				Hint: fmt.Sprintf("save the file as UTF-8, or declare its encoding: `encoding: %s`, here or in the site file", name),
			}
		}
		return "", &Problem{
			Line: line, Severity: Error, Code: "encoding",
			Text: fmt.Sprintf("encoding: byte 0x%02X is not UTF-8, and the file does not say what it is", octet),
			Hint: fmt.Sprintf("save the file as UTF-8, or declare its encoding, for example `encoding: %s`, here or in the site file", likelyEncoding(opt.Language)),
		}
	}
	out, err := enc.NewDecoder().Bytes(src)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", &Problem{
			Line: line, Severity: Error, Code: "encoding",
			Text: fmt.Sprintf("encoding: %s, but byte 0x%02X does not fit", said, octet),
			Hint: "save the file as UTF-8, or correct the declaration",
		}
	}
	return string(out), nil
}

func binaryProblem() *Problem {
	return &Problem{
		Severity: Error, Code: "binary", Text: "the file is not text",
		Hint: "move it out of the articles, or give it the extension of what it is",
	}
}

// firstInvalid finds the line and the value of the first byte that is not
// UTF-8.
func firstInvalid(src []byte) (line int, octet byte) {
	line = 1
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			return line, src[0]
		}
		if r == '\n' {
			line++
		}
		src = src[n:]
	}
	return line, 0
}

// declaredEncoding finds what the top of a file says of its encoding:
// charset="…" in HTML, encoding="…" in XML, `encoding: …` or `charset: …` in
// front matter. UTF-8 does not count, since the file is not that.
func declaredEncoding(src []byte) (label string, enc encoding.Encoding) {
	top := strings.ToLower(string(src[:min(len(src), declarationWindow)]))
	for _, word := range []string{"charset", "encoding"} {
		rest := top
		for {
			_, after, found := strings.Cut(rest, word)
			if !found {
				break
			}
			rest = after
			after = strings.TrimLeft(after, "\"' \t")
			if after == "" || after[0] != ':' && after[0] != '=' {
				continue
			}
			after = strings.TrimLeft(after[1:], "\"' \t")
			end := strings.IndexFunc(after, func(r rune) bool {
				return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_')
			})
			if end < 0 {
				end = len(after)
			}
			if e, name := charset.Lookup(after[:end]); e != nil && name != "utf-8" {
				return after[:end], e
			}
		}
	}
	return "", nil
}

// likelyEncoding names the encoding that a text in the language was most
// probably saved in, for a hint.
func likelyEncoding(language string) string {
	switch baseLanguage(language) {
	case "ru", "uk", "be", "bg", "sr", "mk":
		return "windows-1251"
	case "pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq", "bs":
		return "windows-1250"
	case "el":
		return "windows-1253"
	case "tr":
		return "windows-1254"
	case "he":
		return "windows-1255"
	case "ar", "fa", "ur":
		return "windows-1256"
	case "lt", "lv", "et":
		return "windows-1257"
	case "ja":
		return "shift_jis"
	case "zh":
		return "gb18030"
	case "ko":
		return "euc-kr"
	default:
		return "windows-1252"
	}
}
