package edition

import (
	"bytes"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

const (
	gzipLevel = 6
	// brotliLevel is of the encoder's second kind: as small as quality 5 of the
	// first, in half the time.
	brotliLevel = 4
	// codedAtOnce is how many bytes a compressor is given at a time: of as many it
	// makes a copy.
	codedAtOnce = 64 << 10
)

// compressor is what those of all codings have in common.
type compressor interface {
	io.WriteCloser
	Reset(io.Writer)
}

// The compressors are large, and can be used again.
var (
	gzips = sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil {
			panic(err) // there is no such level
		}
		return w
	}}
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterV2(nil, brotliLevel) }}
	codes   = sync.Pool{New: func() any { return new(bytes.Buffer) }} // what they write to
)

// Gzip returns body in the coding gzip, nil if that does not pay: it has to save
// a tenth.
func Gzip(body []byte) []byte { return compress(body, &gzips) }

// compress likewise, with a compressor of a pool.
func compress(body []byte, pool *sync.Pool) []byte {
	w := pool.Get().(compressor)
	defer pool.Put(w)
	return compressBy(w, body)
}

func compressBy(w compressor, body []byte) []byte {
	b := codes.Get().(*bytes.Buffer)
	defer codes.Put(b)
	b.Reset()
	w.Reset(b)
	// A buffer takes everything.
	for part := range slices.Chunk(body, codedAtOnce) {
		_, _ = w.Write(part)
	}
	_ = w.Close()
	if b.Len() > len(body)-len(body)/10 {
		return nil
	}
	return bytes.Clone(b.Bytes())
}

// compressors are some of a pool, for who uses them one after the other: a pool
// alone has one for each processor.
type compressors struct {
	pool *sync.Pool

	mu   sync.Mutex // guards what follows
	idle []compressor
}

// compress is the function of that name.
func (c *compressors) compress(body []byte) []byte {
	c.mu.Lock()
	var w compressor
	if last := len(c.idle) - 1; last >= 0 {
		w, c.idle = c.idle[last], c.idle[:last]
	}
	c.mu.Unlock()
	if w == nil {
		w = c.pool.Get().(compressor)
	}
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.idle = append(c.idle, w)
	}()
	return compressBy(w, body)
}

// clear gives them back.
func (c *compressors) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.idle {
		c.pool.Put(w)
	}
	c.idle = nil
}
