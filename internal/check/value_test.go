package check

import (
	"testing"
	"time"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a plain address", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"},
		{"capitals in scheme and host", "HTTPS://Example.ORG/A", "https://example.org/A"},
		{"the usual port of https", "https://example.org:443/", "https://example.org/"},
		{"the usual port of http", "http://example.org:80/", "http://example.org/"},
		{"an unusual port", "https://example.org:8443/", "https://example.org:8443/"},
		{"an empty port", "https://example.org:/", "https://example.org/"},
		{"no path", "https://example.org", "https://example.org/"},
		{"no path and a query", "https://example.org?a", "https://example.org/?a"},
		{"dots in the path", "https://example.org/a/./b/../c", "https://example.org/a/c"},
		{"small letters in an encoding", "https://example.org/%c3%a4", "https://example.org/%C3%A4"},
		{"an encoding that is not needed", "https://example.org/%7Ea%41", "https://example.org/~aA"},
		{"a user", "https://A@Example.org/", "https://A@example.org/"},
		{"a tag", "tag:example.org,2023:a%2fb", "tag:example.org,2023:a%2Fb"},
		{"a percent sign that encodes nothing", "https://example.org/100%", "https://example.org/100%"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := canonical(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseDates(t *testing.T) {
	want := time.Date(2023, 11, 20, 8, 30, 15, 0, time.UTC)
	for _, v := range []string{
		"Mon, 20 Nov 2023 08:30:15 GMT",
		"20 Nov 2023 08:30:15 UT",
		"Mon, 20 Nov 2023 08:30:15 Z",
		"Mon, 20 Nov 2023 10:00:15 +0130",
		"Mon, 20 Nov 2023 03:30:15 EST",
		"Mon, 20 Nov 2023 01:30:15 PDT",
	} {
		if got, ok := parseRFC822(v); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v (%v), want %v", v, got, ok, want)
		}
	}
	for _, v := range []string{"2023-11-20T08:30:15Z", "2023-11-20T09:30:15.00+01:00"} {
		if got, ok := parseRFC3339(v); !ok || !got.Equal(want) {
			t.Errorf("%q: got %v (%v), want %v", v, got, ok, want)
		}
	}
	if _, ok := parseRFC3339("2016-12-31T23:59:60Z"); !ok {
		t.Error("a leap second: got a refusal, want a date")
	}
	for _, v := range []string{"2023-11-20t08:30:15z", "2023-11-20T08:30Z", "2023-02-29T08:30:15Z", "2023-11-20T24:00:00Z", "2023-11-20T08:30:15"} {
		if got, ok := parseRFC3339(v); ok {
			t.Errorf("%q: got %v, want a refusal", v, got)
		}
	}
}

func TestIsLanguage(t *testing.T) {
	for _, v := range []string{"en", "en-GB", "en-us", "mk", "sr-Latn", "zh-Hant-TW", "en-EN", "x-own"} {
		if !isLanguage(v) {
			t.Errorf("%q: got a refusal, want a language", v)
		}
	}
	for _, v := range []string{"", "en_US", "xx", "english", "en-", "e", "en US"} {
		if isLanguage(v) {
			t.Errorf("%q: got a language, want a refusal", v)
		}
	}
}
