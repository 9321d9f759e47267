package article

import (
	"strings"
	"testing"
	"time"
)

func TestDatesAsPeopleWriteThem(t *testing.T) {
	skopje, err := time.LoadLocation("Europe/Skopje")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, language, want, note string }{
		// ISO 8601, RFC 3339 and their neighbours.
		{"2018-05-01", "en", "2018-05-01T00:00:00+02:00 day", ""},
		{"2014-08-26T10:00:00Z", "en", "2014-08-26T10:00:00Z", ""},
		{"2023-01-10T08:00:00.000Z", "en", "2023-01-10T08:00:00Z", ""},
		{"2013-05-06 02:12:52 +0200", "en", "2013-05-06T02:12:52+02:00", ""},
		{"2015-01-12 10:40:00", "en", "2015-01-12T10:40:00+01:00", ""},
		{"2008-02-04 13:06:07.000000001 +00:00", "en", "2008-02-04T13:06:07.000000001Z", ""},
		{"2015-02-15 9:18:00", "en", "2015-02-15T09:18:00+01:00", ""},
		{"2018-7-24 9:05", "en", "2018-07-24T09:05:00+02:00", ""},
		{"2023-12-20T09:30:00-08:00", "en", "2023-12-20T09:30:00-08:00", ""},
		{"\u00a0 2017-09-12 10:00:00", "en", "2017-09-12T10:00:00+02:00", ""},
		{"2010-10-20 10:14", "en", "2010-10-20T10:14:00+02:00", ""},
		{"2012-03-30 23:00:00 UTC-03:00", "en", "2012-03-30T23:00:00-03:00", ""},
		{"2024-10-23T16:00", "en", "2024-10-23T16:00:00+02:00", ""},
		{"2024-4-09", "en", "2024-04-09T00:00:00+02:00 day", ""},
		{"2015/02/15", "en", "2015-02-15T00:00:00+01:00 day", ""},
		{"20231120", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"20231120T093000Z", "en", "2023-11-20T09:30:00Z", ""},
		{"2016-12-31T23:59:60Z", "en", "2016-12-31T23:59:59Z", ""},
		{"2013-05-06 02:12:52 +2", "en", "2013-05-06T02:12:52+02:00", ""},
		// Mail and JavaScript.
		{"Sun, 10 Jul 2022 15:22:15 GMT", "en", "2022-07-10T15:22:15Z", ""},
		{"Mon, 20 Nov 2023 08:00:00 -0500 (EST)", "en", "2023-11-20T08:00:00-05:00", ""},
		{"20 Nov 23 08:00 EST", "en", "2023-11-20T08:00:00-05:00", ""},
		{"Mon Nov 20 2023 08:00:00 GMT+0100 (Central European Standard Time)", "en", "2023-11-20T08:00:00+01:00", ""},
		{"Mon Nov 20 08:00:00 2023", "en", "2023-11-20T08:00:00+01:00", ""},
		{"Mon Nov 20 08:00:00 PST 2023", "en", "2023-11-20T08:00:00-08:00", ""},
		// Words.
		{"Jul 08 2022", "en", "2022-07-08T00:00:00+02:00 day", ""},
		{"November 20, 2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"Nov. 20, 2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"Sept 5th, 2024", "en", "2024-09-05T00:00:00+02:00 day", ""},
		{"Monday, November 20, 2023 at 8:30 p.m. EST", "en", "2023-11-20T20:30:00-05:00", ""},
		{"20 January 2014", "en", "2014-01-20T00:00:00+01:00 day", ""},
		{"1st of May, 2020", "en", "2020-05-01T00:00:00+02:00 day", ""},
		{"20-Nov-2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"Nov 20, 2023 8pm", "en", "2023-11-20T20:00:00+01:00", ""},
		{"12 May 2020 12:05 am", "en", "2020-05-12T00:05:00+02:00", ""},
		// Other languages, the site's own or not.
		{"20. November 2023", "de", "2023-11-20T00:00:00+01:00 day", ""},
		{"Montag, 20. März 2023 um 14:30 Uhr", "en", "2023-03-20T14:30:00+01:00", ""},
		{"lundi 20 novembre 2023 à 14h30", "fr", "2023-11-20T14:30:00+01:00", ""},
		{"1er août 2023", "fr", "2023-08-01T00:00:00+02:00 day", ""},
		{"20 de noviembre de 2023", "es", "2023-11-20T00:00:00+01:00 day", ""},
		{"segunda-feira, 20 de novembro de 2023", "pt", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 novembre 2023", "it", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 maart 2023", "nl", "2023-03-20T00:00:00+01:00 day", ""},
		{"20 listopada 2023", "pl", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 listopad 2023", "pl", "2023-11-20T00:00:00+01:00 day", ""},
		{"3 maja 2023", "pl", "2023-05-03T00:00:00+02:00 day", ""},
		{"1 października 2023", "pl", "2023-10-01T00:00:00+02:00 day", ""},
		{"20 ноября 2023 г., 15:30", "ru", "2023-11-20T15:30:00+01:00", ""},
		{"9 май 2023", "ru", "2023-05-09T00:00:00+02:00 day", ""},
		{"20 листопада 2023 року", "uk", "2023-11-20T00:00:00+01:00 day", ""},
		{"20. новембра 2023. године", "sr", "2023-11-20T00:00:00+01:00 day", ""},
		{"20. novembar 2023.", "sr-Latn", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 nëntor 2023", "sq", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 Νοεμβρίου 2023", "el", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 Νοέμβριος 2023", "el", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 KASIM 2023", "tr", "2023-11-20T00:00:00+01:00 day", ""},
		{"20 Kasım 2023", "tr", "2023-11-20T00:00:00+01:00 day", ""},
		{"2023年11月20日 15:30", "ja", "2023-11-20T15:30:00+01:00", ""},
		{"20 نوفمبر 2023", "ar", "2023-11-20T00:00:00+01:00 day", ""},
		// Numbers in the order of the country.
		{"20.11.2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"3.4.2023, 14:05", "sr", "2023-04-03T14:05:00+02:00", ""},
		{"20/11/2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"11/20/2023", "en", "2023-11-20T00:00:00+01:00 day", ""},
		{"03/04/2023", "fr", "2023-04-03T00:00:00+02:00 day", ""},
		{"03/04/2023", "en-GB", "2023-04-03T00:00:00+02:00 day", ""},
		{"03/04/2023", "en-US", "2023-03-04T00:00:00+01:00 day", ""},
		{"04/04/2023", "en", "2023-04-04T00:00:00+02:00 day", ""},
		// Put right, with a note.
		{"2017-02-29 11:00:00", "en", "2017-03-01T11:00:00+01:00", "does not exist, taken as 2017-03-01"},
		{"2023-01-29 18:30:22 2023 -0800", "en", "2023-01-29T18:30:22-08:00", "names the year twice"},
		{"Tue, 20 Nov 2023 08:00:00 GMT", "en", "2023-11-20T08:00:00Z", "names the wrong day of the week, 2023-11-20 is a Monday"},
	} {
		m, note, err := dateReader{zone: skopje, language: c.language}.read(c.text)
		if err != nil {
			t.Errorf("%q in %s: got the error %v, want %s", c.text, c.language, err, c.want)
			continue
		}
		got := m.at.Format(time.RFC3339Nano)
		if !m.clock {
			got += " day"
		}
		if got != c.want || note != c.note {
			t.Errorf("%q in %s: got %s %q, want %s %q", c.text, c.language, got, note, c.want, c.note)
		}
	}
}

func TestWhatIsNoDate(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "is not a date"},
		{"2026-13-01", "is not a date"},
		{"2026-12-32", "is not a date"},
		{"2026-12", "is not a date"},
		{"2023", "is not a date"},
		{"8:30", "is not a date"},
		{"yesterday", "is not a date"},
		{"November 2023", "is not a date"},
		{"Nov 20", "is not a date"},
		{"9/11", "is not a date"},
		{"2001: A Space Odyssey", "is not a date"},
		{"7/7/2005 bombings", "is not a date"},
		{"3 Mar 1 Apr 2020", "is not a date"},
		{"20 Marvel 2023", "is not a date"},
		{"20 ju 2023", "is not a date"},
		{"20 jui 2023", "is not a date"},
		{"2024-05-06 25:00", "is not a date"},
		{"2024-05-06 13:00 pm", "is not a date"},
		{"2024-05-06 10:61", "is not a date"},
		{"20231120 4", "is not a date"},
		{strings.Repeat("2024-05-06 ", 50), "is not a date"},
		{"1969-12-31", "is not within the years 1970 to 2200"},
		{"9999-01-01", "is not within the years 1970 to 2200"},
		{"20260-01-01", "is not within the years 1970 to 2200"},
		{"0999-01-01", "is not within the years 1970 to 2200"},
		{"0000-00-00", "is not a date"},
		{"2024-05-06 10:00 XYZT", `has the time zone "XYZT", which is not one of RFC 822`},
		{"Mon, 20 Nov 2023 08:00:00 IST", `has the time zone "IST", which is not one of RFC 822`},
		{"2024-05-06 10:00 +9900", "has the offset +9900, which no time zone has"},
		{"03/04/2023", "may be 2023-04-03 or 2023-03-04"},
	} {
		m, _, err := dateReader{language: "en"}.read(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, %v, want the error %q", c.text, m.at, err, c.want)
		}
	}
}

func TestEveryMonthOfEveryCalendarIsRead(t *testing.T) {
	for i := range calendars {
		c := &calendars[i]
		translator := c.cldr()
		for j, name := range translator.MonthsWide() {
			if strings.ContainsAny(name, "0123456789") {
				continue // Japanese and Chinese count their months
			}
			for _, word := range []string{name, strings.ToUpper(name), translator.MonthsAbbreviated()[j]} {
				got, ok := monthNamed(word, c.language)
				if !ok || got != time.Month(j+1) {
					t.Errorf("%s: %q: got %v %v, want %v", c.language, word, got, ok, time.Month(j+1))
				}
			}
		}
	}
}

func BenchmarkDates(b *testing.B) {
	for _, text := range []string{"2013-05-06 02:12:52 +0200", "November 20, 2023", "20 ноября 2023", "no date at all"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dateReader{language: "en"}.read(text)
			}
		})
	}
}

// TestZonesByNameInTheSitesOwn reads abbreviations that mean one offset, there
// or everywhere.
func TestZonesByNameInTheSitesOwn(t *testing.T) {
	for _, test := range []struct{ zone, text, want string }{
		{"UTC", "2024-05-06 10:00 CEST", "2024-05-06T10:00:00+02:00"},
		{"UTC", "2024-01-06 10:00 CET", "2024-01-06T10:00:00+01:00"},
		{"UTC", "6 May 2024, 10:00 EEST", "2024-05-06T10:00:00+03:00"},
		{"Europe/Paris", "2024-01-06 10:00 CET", "2024-01-06T10:00:00+01:00"},
		{"Europe/Paris", "2024-07-06 10:00 CEST", "2024-07-06T10:00:00+02:00"},
		{"Europe/Paris", "2024-07-06 10:00 CET", ""}, // the name is wrong, or the time
		{"Asia/Kolkata", "2024-07-06 10:00 IST", "2024-07-06T10:00:00+05:30"},
		{"Europe/Dublin", "2024-07-06 10:00 IST", "2024-07-06T10:00:00+01:00"},
		{"Europe/Paris", "2024-07-06 10:00 IST", ""},
		{"Europe/London", "2024-07-06 10:00 BST", "2024-07-06T10:00:00+01:00"},
		{"Asia/Shanghai", "2024-07-06 10:00 CST", "2024-07-06T10:00:00+08:00"},
		{"UTC", "2024-07-06 10:00 CST", "2024-07-06T10:00:00-06:00"}, // RFC 822
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := dateReader{zone: zone, language: "en"}.read(test.text)
		got := ""
		if err == nil {
			got = m.at.Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("%q in %s: got %q, %v, want %q", test.text, test.zone, got, err, test.want)
		}
	}
}

func TestAColonTooManyIsForgiven(t *testing.T) {
	m, note, err := dateReader{}.read("2024-05-06 00:10::05")
	if err != nil || note != "has a colon too many" || m.at.Format(time.RFC3339) != "2024-05-06T00:10:05Z" {
		t.Errorf("got %v, %q, %v", m.at, note, err)
	}
	for _, s := range []string{"2024-05-06 00::10:05", "2024-05-06 00:10:::05", "2024-05-06 00:10::5", "2024-05-06 00:10::"} {
		if m, _, err := (dateReader{}).read(s); err == nil {
			t.Errorf("%q: got %v, want no date", s, m.at)
		}
	}
}
