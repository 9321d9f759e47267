package check

import (
	"encoding/binary"
	"unicode/utf8"
)

// What is looked for in every byte of a document is looked for in eight at a time:
// the highest bit of each byte of the results below tells of the byte at its place.
// Above the first byte that is found they may be wrong, which does no harm.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// below tells of the bytes below n, which is at most 0x80.
func below(x, n uint64) uint64 { return (x - ones*n) &^ x }

// equal tells of the bytes that are c.
func equal(x uint64, c byte) uint64 { return below(x^ones*uint64(c), 1) }

// exactly tells of the bytes that are c, and is right about all of them.
func exactly(x uint64, c byte) uint64 {
	x ^= ones * uint64(c)
	return ^(x&^tops + ones*0x7f | x | ^uint64(tops))
}

// isASCII tells whether all bytes are below 0x80.
func isASCII(b []byte) bool { return asciiRun(b) == len(b) }

// asciiRun returns how many bytes come before the first that is not ASCII.
func asciiRun(b []byte) int {
	n := 0
	for n+8 <= len(b) && binary.LittleEndian.Uint64(b[n:])&tops == 0 {
		n += 8
	}
	for n < len(b) && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// printableRun returns how many bytes come before the first that is not ASCII, or
// a control character.
func printableRun(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		if (x|below(x, ' '))&tops != 0 {
			break
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// textRun returns how many bytes of text in XML come before the first that needs a
// second look.
func textRun(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		if (x|below(x, ' ')|equal(x, '<')|equal(x, '&')|equal(x, ']'))&tops != 0 {
			break
		}
	}
	for n < len(b) && plain[b[n]] {
		n++
	}
	return n
}

// quotedRun returns how many bytes of a string in JSON come before its end, an
// escape or a control character.
func quotedRun(b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		if (below(x, ' ')|equal(x, '"')|equal(x, '\\'))&tops != 0 {
			break
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// shownRun returns how many bytes of text, and a few less, come before white space
// that is not one space between two words. What follows n bytes of a text is looked
// at with n > 0: it does not begin a line.
func shownRun(b []byte) int {
	n := 0
	for n+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[n:])
		spaces := exactly(x, ' ')
		if below(x, ' ')&tops != 0 || spaces&(spaces<<8) != 0 || n == 0 && spaces&0x80 != 0 {
			break
		}
		// What comes after a space is looked at together with it.
		n += 8 - int(spaces>>63)
	}
	return n
}

// characters returns how many there are, as utf8.RuneCount does.
func characters(b []byte) int {
	count := 0
	for {
		n := asciiRun(b)
		count += n
		b = b[n:]
		if len(b) == 0 {
			return count
		}
		// Where one letter is not ASCII, others are likely not to be.
		n = min(len(b), 64)
		for n < len(b) && !utf8.RuneStart(b[n]) {
			n++
		}
		count += utf8.RuneCount(b[:n])
		b = b[n:]
	}
}
