package edition

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesOfANewerVersionAreRefusedAndKept(t *testing.T) {
	for name, tt := range map[string]struct{ content, want string }{
		snapshotName: {`{"key":"","format":2,"base":["it","changed"]}` + "\n" + `{"key":"rss.xml","what":"ever"}` + "\n", "format 2, and this version knows 1"},
		recordName:   {`{"format":3,"place":"elsewhere"}` + "\n", "format 3, and this version knows 2"},
	} {
		h := newHouse(t)
		h.mustPublish(t, h.store(nil), 1)
		for _, old := range []string{snapshotName, journalName} {
			if err := os.RemoveAll(filepath.Join(h.state(), old)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(h.state(), name), []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		s := h.store(nil)
		locked(t, s, func() {
			before := touched(t, h)
			_, openErr := s.Open()
			_, readErr := s.Read()
			_, _, publishErr := s.Publish(sample(2), at(2))
			for _, err := range []error{openErr, readErr, publishErr} {
				if want := name + ": " + tt.want + ": it was written by another feedmill"; err == nil || !strings.HasSuffix(err.Error(), want) {
					t.Errorf("got %v, want %s", err, want)
				}
			}
			if d := cmp.Diff(before, touched(t, h)); d != "" {
				t.Errorf("touched:\n%s", d)
			}
		})
	}
}

func TestAManifestThatCannotBeIsRefused(t *testing.T) {
	const head = `{"key":"","format":1,"base":"https://example.org/"}` + "\n"
	digest := strings.Repeat("0", 64)
	for _, tt := range []struct{ name, content, want string }{
		{"no head", `{"key":"a","gone":true}` + "\n", "no line says its format"},
		{"a line of no kind", head + `{"key":"a","x":1}` + "\n", `"a": neither a document nor a redirect nor gone`},
		{"a path outside", head + `{"key":"../a","type":"b/c","kind":"feed","digest":"` + digest + `"}` + "\n", `document "../a": not a path below the base`},
		{"no JSON", head + "rss.xml\n", snapshotName + ":2: invalid character 'r'"},
	} {
		h := newHouse(t)
		if err := os.Mkdir(h.state(), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(h.state(), snapshotName), []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		s := h.store(nil)
		locked(t, s, func() {
			if _, err := s.Open(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
			}
		})
	}
}

func TestARecordThatLeadsOutsideIsRefused(t *testing.T) {
	for _, content := range []string{
		`{"format":1,"remove":["../state/lock"]}`,
		`{"format":1,"clear":["/etc/passwd"]}`,
		`{"format":1,"place":[{"staged":"../../lock","path":"a"}]}`,
		`{"format":1,"place":[{"staged":"0","path":"../a"}]}`,
		`{"format":2,"append":[{"file":"a","part":"../lock"}]}`,
	} {
		h := newHouse(t)
		h.mustPublish(t, h.store(nil), 1)
		if err := os.WriteFile(filepath.Join(h.state(), recordName), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		s := h.store(nil)
		locked(t, s, func() {
			if _, err := s.Open(); err == nil || !strings.Contains(err.Error(), recordName) {
				t.Errorf("%s: got %v", content, err)
			}
		})
	}
}
