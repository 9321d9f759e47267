package main

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"

	"feedmill/internal/feed"
)

// What was found out about the contents of entries while they were rendered is
// kept in a file, so that another process need not render them to know which
// documents stand. It is parts, each with its length and a checksum, the first of
// which names the program; whatever cannot be read is forgotten, with all that
// follows.

func (m *mill) contentsFile() string { return filepath.Join(filepath.Dir(m.journal), "contents.cache") }

// recollect returns what is known before the first composition of this process.
func (m *mill) recollect() feed.Composition {
	data, err := os.ReadFile(m.contentsFile())
	if err != nil {
		return feed.Composition{}
	}
	parts, whole := partsOf(data)
	if len(parts) == 0 || string(parts[0]) != m.program {
		return feed.Composition{}
	}
	if whole {
		m.contents, m.needed = int64(len(data)), int64(len(data))
	}
	c, err := feed.Remember(parts[1:]...)
	if err != nil {
		return feed.Composition{}
	}
	return c
}

// learn writes down what the last composition found out: behind the rest, or anew
// when the file has grown to more than twice what it need be. What cannot be
// written is found out again.
func (m *mill) learn(c feed.Composition) {
	anew := m.contents == 0 || m.contents > 2*m.needed+1<<20
	learnt, err := c.Learnt(anew)
	if err != nil || learnt == nil {
		return
	}
	part := appendPart(nil, learnt)
	if !anew {
		f, err := os.OpenFile(m.contentsFile(), os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			m.contents = 0
			return
		}
		_, err = f.Write(part)
		if m.contents += int64(len(part)); errors.Join(err, f.Close()) != nil {
			m.contents = 0 // written anew next time
		}
		return
	}
	text := append(appendPart(nil, []byte(m.program)), part...)
	temp := m.contentsFile() + ".tmp"
	if os.WriteFile(temp, text, 0o600) == nil && os.Rename(temp, m.contentsFile()) == nil {
		m.contents, m.needed = int64(len(text)), int64(len(text))
	}
}

// forget deletes what is kept to save work.
func (m *mill) forget() error {
	m.contents, m.seal = 0, nil
	var errs []error
	for _, file := range []string{m.contentsFile(), m.sealFile()} {
		if err := os.Remove(file); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func appendPart(b, part []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(part)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(part))
	return append(b, part...)
}

// partsOf returns the parts of a file up to the first that is not whole.
func partsOf(data []byte) (parts [][]byte, whole bool) {
	const head = 8
	for len(data) >= head {
		n, sum := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
		if uint64(n) > uint64(len(data)-head) || crc32.ChecksumIEEE(data[head:head+n]) != sum {
			return parts, false
		}
		parts = append(parts, data[head:head+n])
		data = data[head+n:]
	}
	return parts, len(data) == 0
}
