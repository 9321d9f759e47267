package edition

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"feedmill/internal/durable"
)

// flip changes a bit in the middle of a file.
func flip(name string) error {
	body, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	body[len(body)/2] ^= 1
	return os.WriteFile(name, body, 0o644)
}

// fileOf returns the document or the sibling at a path.
func fileOf(e *Edition, path string) *Document {
	for d := range e.files() {
		if d.Path == path {
			return d
		}
	}
	return nil
}

func TestDamageIsReportedAndMended(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		damage     func(name string) error
		want       string
	}{
		{"removed", "headers.xml", os.Remove, "no such file or directory"},
		{"another length", "rss.xml", func(name string) error { return os.WriteFile(name, nil, 0o644) }, "has 0 bytes, and had 12"},
		{"a flipped bit", "articles/only/2/index.html", func(name string) error { return os.WriteFile(name, []byte("fdition 002\n"), 0o644) }, "changed since it was published"},
		{"a pipe", "rss.xml", func(name string) error { return errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o644)) }, "not a regular file"},
		{"a link to elsewhere", "turn/about/a.xml", func(name string) error { return errors.Join(os.Remove(name), os.Symlink("rss.xml", name)) }, "too many"},
		{"a picture of another length", "articles/a/picture.png", func(name string) error { return os.WriteFile(name, nil, 0o644) }, "has 0 bytes, and had 12"},
		{"all files", "rss.xml", func(name string) error { return os.RemoveAll(filepath.Dir(name)) }, "and 9 more"},
		{"a compressed sibling", "long.xml.gz", os.Remove, "no such file or directory"},
		{"a flipped bit in a sibling", "long.xml.br", flip, "changed since it was published"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			published := h.mustPublish(t, h.store(nil), 2)
			name := filepath.Join(h.feeds(), tt.path)
			if err := tt.damage(name); err != nil {
				t.Fatal(err)
			}
			s := h.store(nil)
			locked(t, s, func() {
				e, err := s.Open()
				var damaged *DamageError
				if !errors.As(err, &damaged) || !slices.Contains(damaged.Paths, tt.path) {
					t.Fatalf("got %v, want a DamageError with %s", err, tt.path)
				}
				if !strings.Contains(err.Error(), tt.want) || !strings.Contains(errors.Join(damaged.Errs...).Error(), name) {
					t.Errorf("got %q, want %q and %q", err, name, tt.want)
				}
				if d := diff(published, e); d != "" {
					t.Errorf("what the manifest says is lost:\n%s", d)
				}
				d := fileOf(e, tt.path)
				if _, err := d.Open(); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("Open of the document: got %v", err)
				}
				if _, readErr := h.store(nil).Read(); readErr == nil || readErr.Error() != err.Error() {
					t.Errorf("Read: got %v, want %v", readErr, err)
				}

				e, result, err := s.Publish(sample(2), at(9))
				if err != nil {
					t.Fatal(err)
				}
				documents := slices.DeleteFunc(damaged.Paths, func(path string) bool { _, ok := e.Document(path); return !ok })
				if result.Written != len(documents) {
					t.Errorf("got %d documents written, want %d", result.Written, len(documents))
				}
				if d := diff(published, e); d != "" {
					t.Errorf("mending changed the edition:\n%s", d)
				}
			})
			if err := h.tidy(2); err != nil {
				t.Error(err)
			}
			h.mustOpen(t, h.store(nil))
		})
	}
}

// Media are not read when the edition is opened, but no wrong byte goes out.
func TestMediaThatChangedAreNotServed(t *testing.T) {
	h := newHouse(t)
	e := h.mustPublish(t, h.store(nil), 1)
	name := filepath.Join(h.feeds(), "articles/a/picture.png")
	d, _ := e.Document("articles/a/picture.png")
	steps := []struct {
		name string
		do   func() error
		ok   bool
	}{
		{"as published", func() error { return nil }, true},
		{"replaced by the same", func() error { return durable.Disk{}.WriteFile(name, []byte("edition 001\n"), 0o644) }, true},
		{"replaced by another", func() error { return durable.Disk{}.WriteFile(name, []byte("edition 002\n"), 0o644) }, false},
		{"and back", func() error { return durable.Disk{}.WriteFile(name, []byte("edition 001\n"), 0o644) }, true},
		{"removed", func() error { return os.Remove(name) }, false},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := whole(d); (err == nil) != step.ok || errors.Is(err, errWrongBytes) {
				t.Errorf("%s: got %v", step.name, err)
			}
		}
	}
}

func TestMediaAreServedFromTheFeedsDirectory(t *testing.T) {
	h := newHouse(t)
	s := h.store(nil)
	opened := 0
	d := media("a.png", []byte("picture"))
	source := d.content
	d.content = file(func() (io.ReadCloser, error) { opened++; return source.open(nil) })
	e, err := New(base, []Document{d}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	locked(t, s, func() {
		published, _, err := s.Publish(e, at(1))
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := s.Publish(e, at(2))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*Edition{published, again} {
			d, _ := e.Document("a.png")
			if err := whole(d); err != nil {
				t.Error(err)
			}
			r, err := d.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := r.(io.ReadSeeker); !ok {
				t.Error("a range of it cannot be served")
			}
			r.Close()
		}
	})
	if opened != 1 {
		t.Errorf("the source was opened %d times, want once", opened)
	}
}
