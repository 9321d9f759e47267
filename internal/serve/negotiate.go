package serve

import "strings"

// Content codings that are known here (RFC 9110, section 8.4.1, and RFC 7932).
const (
	gzipCoding   = "gzip"
	brotliCoding = "br"
)

// weights are how much a client wants each coding, in thousandths: 0 means not
// at all.
type weights struct{ identity, gzip, brotli int }

// accepted reads the Accept-Encoding fields of a request (RFC 9110, section
// 12.5.3).
func accepted(values []string) weights {
	const unsaid = -1
	identity, gzip, brotli, others := unsaid, unsaid, unsaid, unsaid
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(part, ";")
			switch name, q := strings.Trim(name, " \t"), quality(parameters); {
			case strings.EqualFold(name, gzipCoding), strings.EqualFold(name, "x-gzip"):
				gzip = max(gzip, q)
			case strings.EqualFold(name, brotliCoding):
				brotli = max(brotli, q)
			case strings.EqualFold(name, "identity"):
				identity = max(identity, q)
			case name == "*":
				others = max(others, q)
			}
		}
	}
	if identity == unsaid && others == unsaid {
		identity = 1 // it need not be named, but what is named is liked better
	} else if identity == unsaid {
		identity = others
	}
	if gzip == unsaid {
		gzip = max(others, 0)
	}
	if brotli == unsaid {
		brotli = max(others, 0)
	}
	return weights{identity, gzip, brotli}
}

// of returns the weight of a coding.
func (w weights) of(coding string) int {
	switch coding {
	case gzipCoding:
		return w.gzip
	case brotliCoding:
		return w.brotli
	}
	return w.identity
}

// quality reads the weight (RFC 9110, section 12.4.2) among the parameters of a
// coding, in thousandths. One that is malformed says no.
func quality(parameters string) int {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.Trim(p, " \t"), "=")
		if !strings.EqualFold(strings.TrimRight(name, " \t"), "q") {
			continue
		}
		whole, fraction, _ := strings.Cut(strings.Trim(value, " \t"), ".")
		if whole != "0" && whole != "1" || len(fraction) > 3 || strings.Trim(fraction, "0123456789") != "" {
			return 0
		}
		q := int(whole[0] - '0')
		for i := range 3 {
			q *= 10
			if i < len(fraction) {
				q += int(fraction[i] - '0')
			}
		}
		if q > 1000 {
			return 0
		}
		return q
	}
	return 1000
}
