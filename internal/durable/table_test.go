package durable

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

type value struct {
	N    int    `json:"n"`
	Text string `json:"text,omitempty"`
}

// files writes a snapshot and a journal, and returns their names.
func files(t *testing.T, snapshot, journal string) (string, string) {
	t.Helper()
	dir := t.TempDir()
	names := [2]string{filepath.Join(dir, "snapshot"), filepath.Join(dir, "journal")}
	for i, data := range []string{snapshot, journal} {
		if data == "" {
			continue
		}
		if err := os.WriteFile(names[i], []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return names[0], names[1]
}

// dump returns the table's lines as text.
func dump(t *Table) string {
	var b strings.Builder
	for _, line := range t.All() {
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

func content(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

func set(t *testing.T, table *Table, key string, v any) {
	t.Helper()
	if err := table.Set(key, v); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTable(t *testing.T) {
	for _, tt := range []struct{ name, snapshot, journal, want string }{
		{"missing files are an empty table", "", "", ""},
		{
			"a later line replaces an earlier one and the snapshot's",
			`{"key":"a","n":1}` + "\n" + `{"key":"b","n":1}` + "\n",
			`{"key":"a","n":2}` + "\n" + `{"key":"a","n":3}` + "\n",
			`{"key":"a","n":3}` + "\n" + `{"key":"b","n":1}` + "\n",
		},
		{
			"a line with nothing but its key removes",
			`{"key":"a","n":1}` + "\n" + `{"key":"b","n":1}` + "\n",
			`{"key":"a"}` + "\n" + `{"key":"never there"}` + "\n",
			`{"key":"b","n":1}` + "\n",
		},
		{
			"lines are sorted whatever the order of the file",
			`{"key":"b","n":1}` + "\n" + `{"key":"a","n":1}` + "\n",
			"",
			`{"key":"a","n":1}` + "\n" + `{"key":"b","n":1}` + "\n",
		},
		{
			"an editor may have added spaces and left out the last line end",
			` {"key" : "a", "n":1}` + "\r\n" + `{"key":"b","n":1}`,
			"",
			`{"key":"a","n":1}` + "\n" + `{"key":"b","n":1}` + "\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			snapshot, journal := files(t, tt.snapshot, tt.journal)
			table, err := disk.OpenTable(snapshot, journal)
			if err != nil {
				t.Fatal(err)
			}
			if got := dump(table); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
			if a, ok := table.Changes(); ok {
				t.Errorf("got changes %q, want none", a.Data)
			}
		})
	}
}

func TestOpenTableNamesFileAndLineOfWhatItCannotRead(t *testing.T) {
	const good = `{"key":"a","n":1}` + "\n"
	for _, tt := range []struct{ name, snapshot, journal, want string }{
		{"marks of a merge", good + "<<<<<<< HEAD\n", "", "snapshot:2: invalid character '<'"},
		{"a key twice in the snapshot", good + good, "", `snapshot:2: key "a" stands here twice`},
		{"a removal in the snapshot", `{"key":"a"}` + "\n", "", `snapshot:1: key "a" stands here alone`},
		{"key not first", `{"n":1,"key":"a"}` + "\n", "", `snapshot:1: not an object whose first member is "key"`},
		{"no object", "[1]\n", "", `snapshot:1: not an object whose first member is "key"`},
		{"key not a string", `{"key":1}` + "\n", "", "snapshot:1: key: json: cannot unmarshal number"},
		{"an empty line", "", good + "\n", "journal:2: unexpected end of JSON input"},
		{"a torn line", "", good + good[:8], "journal:2: the line does not end"},
		{"a torn line that is whole but for its end", "", good + strings.TrimSpace(good), "journal:2: the line does not end"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := disk.OpenTable(files(t, tt.snapshot, tt.journal))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestTableChangesAreAppliedByOneAppend(t *testing.T) {
	snapshot, journal := files(t, `{"key":"a","n":1}`+"\n"+`{"key":"b","n":1}`+"\n"+`{"key":"c","n":1}`+"\n", `{"key":"d","n":1}`+"\n")
	table, err := disk.OpenTable(snapshot, journal)
	if err != nil {
		t.Fatal(err)
	}
	set(t, table, "new", value{N: 1, Text: "<a & b>"})
	set(t, table, "a", value{N: 2})
	set(t, table, "b", value{N: 1}) // as it is
	set(t, table, "c", value{N: 2})
	set(t, table, "c", value{N: 1}) // and back
	set(t, table, "short-lived", value{N: 1})
	table.Delete("short-lived")
	table.Delete("d")
	table.Delete("never there")

	a, ok := table.Changes()
	want := `{"key":"a","n":2}` + "\n" + `{"key":"d"}` + "\n" + `{"key":"new","n":1,"text":"<a & b>"}` + "\n"
	if !ok || string(a.Data) != want {
		t.Errorf("got changes\n%swant\n%s", a.Data, want)
	}
	if a.File != journal || a.At != int64(len(`{"key":"d","n":1}`+"\n")) {
		t.Errorf("got an append to %s at %d", a.File, a.At)
	}
	inMemory := dump(table)

	pending, err := disk.OpenTable(snapshot, journal, Append{File: "elsewhere", At: 99}, a)
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(pending); got != inMemory {
		t.Errorf("with a pending append: got\n%swant\n%s", got, inMemory)
	}
	if got := content(t, journal); got != `{"key":"d","n":1}`+"\n" {
		t.Errorf("a pending append was written: %q", got)
	}

	if err := a.Apply(); err != nil {
		t.Fatal(err)
	}
	table.Committed()
	if a, ok := table.Changes(); ok {
		t.Errorf("got changes %q after they were committed, want none", a.Data)
	}
	reopened, err := disk.OpenTable(snapshot, journal)
	if err != nil {
		t.Fatal(err)
	}
	if got := dump(reopened); got != inMemory {
		t.Errorf("reopened: got\n%swant\n%s", got, inMemory)
	}

	// Later changes go behind the first.
	set(t, table, "a", value{N: 3})
	a, _ = table.Changes()
	if want := int64(len(content(t, journal))); a.At != want {
		t.Errorf("got a second append at %d, want %d", a.At, want)
	}
}

func TestTableGetSeesChanges(t *testing.T) {
	table, err := disk.OpenTable(files(t, `{"key":"a","n":1}`+"\n"+`{"key":"b","n":1}`+"\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	set(t, table, "a", value{N: 2})
	table.Delete("b")
	var v value
	line, ok := table.Get("a")
	if err := json.Unmarshal(line, &v); !ok || err != nil || v.N != 2 {
		t.Errorf("got %s, %v, want n = 2", line, ok)
	}
	for _, key := range []string{"b", "c"} {
		if line, ok := table.Get(key); ok {
			t.Errorf("%s: got %s, want nothing", key, line)
		}
	}
}

func TestTableRefusesLinesThatCouldNotBeReadBack(t *testing.T) {
	table, err := disk.OpenTable(files(t, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, key string
		v         any
	}{
		{"no members", "a", struct{}{}},
		{"not an object", "a", []int{1, 2, 3, 4}},
		{"null", "a", nil},
		{"a key of its own", "a", map[string]int{"key": 1}},
		{"a key that is not UTF-8", "\xff", value{}},
		{"not JSON", "a", func() {}},
	} {
		if err := table.Set(tt.key, tt.v); err == nil {
			t.Errorf("%s: got no error", tt.name)
		}
	}
	set(t, table, "a", map[string]any{"inner": map[string]int{"key": 1}})
	a, _ := table.Changes()
	if want := `{"key":"a","inner":{"key":1}}` + "\n"; string(a.Data) != want {
		t.Errorf("got %q, want %q", a.Data, want)
	}
}

func TestTableFold(t *testing.T) {
	snapshot, journal := files(t, `{"key":"b","n":1}`+"\n", `{"key":"a","n":2}`+"\n"+`{"key":"b"}`+"\n")
	table, err := disk.OpenTable(snapshot, journal)
	if err != nil {
		t.Fatal(err)
	}
	set(t, table, "later", value{N: 1})
	if err := table.Fold(); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, snapshot), `{"key":"a","n":2}`+"\n"; got != want {
		t.Errorf("got snapshot %q, want %q", got, want)
	}
	if got := content(t, journal); got != "" {
		t.Errorf("got journal %q, want none", got)
	}
	if a, ok := table.Changes(); !ok || a.At != 0 || string(a.Data) != `{"key":"later","n":1}`+"\n" {
		t.Errorf("got changes %q at %d, want the one that was not committed at 0", a.Data, a.At)
	}
}

func TestTableFoldRefusesAJournalThatChanged(t *testing.T) {
	snapshot, journal := files(t, "", `{"key":"a","n":1}`+"\n")
	table, err := disk.OpenTable(snapshot, journal)
	if err != nil {
		t.Fatal(err)
	}
	set(t, table, "b", value{N: 1})
	a, _ := table.Changes()
	if err := a.Apply(); err != nil { // and no Committed
		t.Fatal(err)
	}
	before := content(t, journal)
	if err := table.Fold(); err == nil {
		t.Error("got no error")
	}
	if got := content(t, journal); got != before {
		t.Errorf("got journal %q, want %q", got, before)
	}
}

func TestTableFoldLosesNothingWhereverItStops(t *testing.T) {
	for n := 1; ; n++ {
		snapshot, journal := files(t, `{"key":"b","n":1}`+"\n", `{"key":"a","n":2}`+"\n"+`{"key":"b"}`+"\n")
		calls := 0
		disk := Disk{}
		table, err := Disk{Fault: func(op, name string, do func() error) error {
			return disk.Do(op, name, do)
		}}.OpenTable(snapshot, journal)
		if err != nil {
			t.Fatal(err)
		}
		want := dump(table)
		disk.Fault = func(op, name string, do func() error) error {
			if calls++; calls >= n {
				return syscall.EIO
			}
			return do()
		}
		err = table.Fold()
		reopened, openErr := Disk{}.OpenTable(snapshot, journal)
		if openErr != nil {
			t.Fatalf("stopped at operation %d: %v", n, openErr)
		}
		if got := dump(reopened); got != want {
			t.Errorf("stopped at operation %d: got\n%swant\n%s", n, got, want)
		}
		if err == nil {
			if n < 10 {
				t.Errorf("got %d operations, want more", n)
			}
			return
		}
		if !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
	}
}

func TestTableIsOvergrownWhenTheJournalOutgrowsTheSnapshot(t *testing.T) {
	line := `{"key":"a","text":"` + strings.Repeat("x", worthFolding) + `"}` + "\n"
	for _, tt := range []struct {
		name, snapshot, journal string
		want                    bool
	}{
		{"a small journal", "", `{"key":"a","n":1}` + "\n", false},
		{"a large journal, no snapshot", "", line, true},
		{"a large journal, a snapshot as large", line, line, false},
		{"a journal larger than the snapshot", line, line + line, true},
	} {
		table, err := disk.OpenTable(files(t, tt.snapshot, tt.journal))
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Overgrown(); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestSave writes everything at once, and what comes after goes on from there.
func TestSave(t *testing.T) {
	dir := t.TempDir()
	snapshot, journal := filepath.Join(dir, "t.jsonl"), filepath.Join(dir, "t.journal")
	open := func() *Table {
		t.Helper()
		table, err := disk.OpenTable(snapshot, journal)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	set := func(table *Table, key string, v int) {
		t.Helper()
		if err := table.Set(key, map[string]int{"v": v}); err != nil {
			t.Fatal(err)
		}
	}
	table := open()
	set(table, "a", 1)
	set(table, "b", 1)
	changes, _ := table.Changes()
	if err := changes.Apply(); err != nil {
		t.Fatal(err)
	}
	table.Committed()
	set(table, "a", 2)
	table.Delete("b")
	if err := table.Save(); err != nil {
		t.Fatal(err)
	}
	set(table, "c", 3)
	if changes, _ = table.Changes(); changes.At != 0 {
		t.Errorf("after a save the journal goes on at %d, want 0", changes.At)
	}
	if err := changes.Apply(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range open().All() {
		got = append(got, string(line))
	}
	if want := []string{`{"key":"a","v":2}`, `{"key":"c","v":3}`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
