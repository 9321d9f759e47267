package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"feedmill/internal/article"
)

// batch is how many names of a directory are read at a time: the memory that a
// directory of a million files costs does not depend on their number.
const batch = 1024

// source is the file of an article.
type source struct {
	path    string
	stamp   stamp
	context article.Context // what the convention says of it
}

// tree is what a walk finds.
type tree struct {
	articles []source        // sorted by path
	others   map[string]bool // paths of the other regular files
	dirs     []string        // sorted
	indexes  int             // files _index, which describe a section
	sections []string        // their paths
	problems []article.Problem
}

// walk goes through a directory to its end, or fails.
func walk(ctx context.Context, fsys fs.FS) (*tree, error) {
	t := &tree{others: map[string]bool{}}
	for queue := []string{"."}; len(queue) > 0; {
		dir := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		below, err := t.directory(ctx, fsys, dir)
		if vanished(err) && dir != "." {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.dirs = append(t.dirs, dir)
		queue = append(queue, below...)
	}
	slices.Sort(t.dirs)
	slices.SortFunc(t.articles, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	return t, nil
}

// directory adds what lies in dir and returns the directories below it.
func (t *tree) directory(ctx context.Context, fsys fs.FS, dir string) (below []string, err error) {
	f, err := fsys.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: dir, Err: errors.New("not a directory")}
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, err := d.ReadDir(batch)
		for _, e := range entries {
			if skipped(dir, e.Name(), e.IsDir()) {
				if strings.HasPrefix(e.Name(), "_index.") {
					t.indexes++
					t.sections = append(t.sections, path.Join(dir, e.Name()))
				}
				continue
			}
			name := path.Join(dir, e.Name())
			if !utf8.ValidString(name) {
				t.badName(name, e)
			} else if e.IsDir() {
				below = append(below, name)
			} else if err := t.file(name, e); err != nil {
				return nil, err
			}
		}
		if err == io.EOF || err == nil && len(entries) == 0 {
			return below, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// file adds what lies at a path and is no directory.
func (t *tree) file(name string, e fs.DirEntry) error {
	_, isArticle := article.FormatOf(name)
	if e.Type().IsRegular() {
		if !isArticle {
			t.others[name] = true
			return nil
		}
		info, err := e.Info()
		if vanished(err) {
			return nil
		}
		if err != nil {
			return err
		}
		t.articles = append(t.articles, source{path: name, stamp: stampOf(info)})
		return nil
	}
	if !isArticle {
		return nil
	}
	p := article.Problem{Path: name, Severity: article.Warning, Code: "not-regular",
		Text: fmt.Sprintf("is %s, which is not read", kind(e.Type())), Hint: "put a regular file in its place"}
	if e.Type()&fs.ModeSymlink != 0 {
		p.Code = "symlink"
		p.Text = "is a symbolic link, which is not followed"
		p.Hint = "put the file itself in its place"
	}
	t.problems = append(t.problems, p)
	return nil
}

// badName reports what would be read were its name text: neither an id nor an
// address can be made of other bytes.
func (t *tree) badName(name string, e fs.DirEntry) {
	if _, isArticle := article.FormatOf(name); !isArticle && !e.IsDir() {
		return
	}
	t.problems = append(t.problems, article.Problem{
		Path: strings.ToValidUTF8(name, "\ufffd"), Severity: article.Error, Code: "bad-name",
		Text: fmt.Sprintf("the name %q is not UTF-8", name), Hint: "rename it",
	})
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	default:
		return "no regular file"
	}
}
