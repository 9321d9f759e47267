package library

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
	"testing/fstest"
	"time"

	"feedmill/internal/site"
)

func TestPicturesAreMeasured(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 30, 20), color.Palette{color.Black})
	var asPNG, asJPEG, asGIF bytes.Buffer
	if err := png.Encode(&asPNG, picture); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&asGIF, picture, nil); err != nil {
		t.Fatal(err)
	}
	// A picture of one pixel.
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	old := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	files := fstest.MapFS{}
	for name, data := range map[string][]byte{
		"a.png": asPNG.Bytes(), "b.JPG": asJPEG.Bytes(), "c.gif": asGIF.Bytes(), "d.webp": webp,
		"broken.png": []byte("no picture"), "e.mp3": make([]byte, 77), "f.md": []byte("# Title\n"),
	} {
		files[name] = &fstest.MapFile{Data: data, ModTime: old}
	}
	snapshot, err := New(files).Scan(t.Context(), site.Default(), old.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	type size struct {
		length        int64
		width, height int
	}
	for name, want := range map[string]size{
		"a.png": {int64(asPNG.Len()), 30, 20}, "b.JPG": {int64(asJPEG.Len()), 30, 20}, "c.gif": {int64(asGIF.Len()), 30, 20},
		"d.webp": {int64(len(webp)), 1, 1}, "broken.png": {10, 0, 0}, "e.mp3": {77, 0, 0}, "f.md": {}, "none.png": {},
	} {
		for range 2 { // the second time from memory
			var got size
			if got.length, got.width, got.height = snapshot.Measure(name); got != want {
				t.Errorf("%s: got %+v, want %+v", name, got, want)
			}
		}
	}
	var smaller bytes.Buffer
	if err := png.Encode(&smaller, image.NewGray(image.Rect(0, 0, 8, 6))); err != nil {
		t.Fatal(err)
	}
	files["a.png"] = &fstest.MapFile{Data: smaller.Bytes(), ModTime: old.Add(time.Minute)}
	if _, width, height := snapshot.Measure("a.png"); width != 8 || height != 6 {
		t.Errorf("a file that changed: got %d by %d, want 8 by 6", width, height)
	}
}
