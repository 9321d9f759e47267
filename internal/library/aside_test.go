package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAsideReadsRegularFilesOnly would not end if it opened the pipe.
func TestAsideReadsRegularFilesOnly(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, outside, "secret.css", "secret")
	write(t, root, "_theme/style.css", "p { color: red }")
	write(t, root, "_theme/large.tmpl", strings.Repeat("x", mostAside+1))
	write(t, root, "_theme/whole.tmpl", strings.Repeat("x", mostAside))
	if err := os.Mkdir(filepath.Join(root, "_theme", "dir.tmpl"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(root, "_theme", "pipe.tmpl"), 0o666); err != nil {
		t.Fatal(err)
	}
	link(t, filepath.Join(outside, "secret.css"), filepath.Join(root, "_theme", "link.css"))
	link(t, outside, filepath.Join(root, "_linked"))
	l := New(Dir(root))
	for name, want := range map[string]int{"_theme/style.css": len("p { color: red }"), "_theme/whole.tmpl": mostAside} {
		if text, err := l.Aside(name); err != nil || len(text) != want {
			t.Errorf("%s: got %d bytes, error %v, want %d", name, len(text), err, want)
		}
	}
	for _, name := range []string{"_theme/large.tmpl", "_theme/pipe.tmpl", "_theme/dir.tmpl", "_theme/link.css", "_linked/secret.css", "../secret.css"} {
		if text, err := l.Aside(name); err == nil {
			t.Errorf("%s: got %d bytes, want an error", name, len(text))
		} else if errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, which says that there is none", name, err)
		}
	}
	if _, err := l.Aside("_theme/missing.tmpl"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: got %v, want fs.ErrNotExist", err)
	}
	if _, _, _, err := l.Media("_theme/style.css"); err == nil {
		t.Error("a file of the theme can be published")
	}
}
