package article

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// ideographicDay finds a date of Japanese or Chinese, with the day of the week
// and the time of day that may follow.
var ideographicDay = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(令和|平成)?(\d{1,4}|元)年(\d{1,2})月(\d{1,2})[日号號]` +
		`(?:[(]?(?:[月火水木金土日](?:曜日?)?|(?:星期|礼拜|禮拜|周|週)[一二三四五六日天])[)]?)?` +
		`,?(上午|下午|午前|午後|凌晨|清晨|早上|中午|晚上|晚间|晚間|傍晚)?` +
		`(?:(\d{1,2})(?::|時|时|点|點)(?:(\d{1,2})分?(?::?(\d{1,2})秒?)?)?)?(?:頃|ごろ)?(JST|\(?JST\)?)?(.*)$`)
})

// eras are the years before the first of a Japanese emperor's.
var eras = map[string]int{"令和": 2018, "平成": 1988}

// ideographicDate writes such a date as ISO 8601 does; what follows it stays
// behind. A text that is none is returned as it is.
func ideographicDate(s string) string {
	if len(s) > 200 {
		return s
	}
	m := ideographicDay().FindStringSubmatch(numerals(strings.Join(strings.Fields(norm.NFKC.String(s)), "")))
	if m == nil {
		return s
	}
	year := 1 // 元
	if m[2] != "元" {
		year, _ = strconv.Atoi(m[2])
	}
	if first := eras[m[1]]; first > 0 && year < 100 {
		year += first
	} else if len(m[2]) != 4 {
		return s
	}
	date := fmt.Sprintf("%04d-%s-%s", year, m[3], m[4])
	if m[6] != "" {
		hour, _ := strconv.Atoi(m[6])
		switch m[5] {
		case "下午", "午後", "晚上", "晚间", "晚間", "傍晚":
			if hour < 12 {
				hour += 12
			}
		case "中午":
			if hour < 3 {
				hour += 12
			}
		}
		minute, second := m[7], m[8]
		for _, part := range []*string{&minute, &second} {
			if *part == "" {
				*part = "00"
			}
		}
		date += fmt.Sprintf(" %d:%s:%s", hour, minute, second)
	} else if m[5] != "" {
		return s
	}
	if m[9] != "" {
		date += " +0900"
	}
	if m[10] != "" {
		date += " " + m[10]
	}
	return date
}

// numerals writes the numbers of "二〇二三年十一月二十日" in digits.
func numerals(s string) string {
	const digit = "〇一二三四五六七八九"
	if !strings.ContainsAny(s, digit+"十") || strings.ContainsAny(s[:1], "0123456789") {
		return s
	}
	var b strings.Builder
	rest := s
	for _, unit := range []string{"年", "月", "日"} {
		number, after, found := strings.Cut(rest, unit)
		if !found {
			return s
		}
		rest = after
		tens, ones, has := strings.Cut(number, "十")
		read := func(s string) string {
			var out strings.Builder
			for _, r := range s {
				i := strings.IndexRune(digit, r)
				if i < 0 {
					out.WriteRune(r)
				} else {
					out.WriteByte('0' + byte(i/len("〇")))
				}
			}
			return out.String()
		}
		switch {
		case !has:
			b.WriteString(read(number))
		case tens == "" && ones == "":
			b.WriteString("10")
		case tens == "":
			b.WriteString("1" + read(ones))
		case ones == "":
			b.WriteString(read(tens) + "0")
		default:
			b.WriteString(read(tens) + read(ones))
		}
		b.WriteString(unit)
	}
	return b.String() + rest
}
