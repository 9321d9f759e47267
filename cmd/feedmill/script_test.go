package main

import (
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"feedmill/internal/edition"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"feedmill": main})
}

// TestScripts runs the scripts in testdata/script with the real program. Each
// starts in an empty directory, with nothing of this machine's environment.
func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("executes the program")
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"locked":  locked,
			"picture": picture,
			"sample":  sample,
		},
		RequireUniqueNames: true,
	})
}

// exits runs a command and wants an exact exit status:
//
//	exits 4 feedmill build
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// locked runs a command while another publisher has the lock of a state
// directory:
//
//	locked .feeds-state exits 5 feedmill build
func locked(ts *testscript.TestScript, neg bool, args []string) {
	store := edition.NewStore(ts.MkAbs("feeds"), ts.MkAbs(args[0]))
	unlock, err := store.Lock()
	// A program that another test starts just now has a copy of the last lock
	// until it runs.
	for end := time.Now().Add(patience); errors.Is(err, edition.ErrLocked) && time.Now().Before(end); unlock, err = store.Lock() {
		time.Sleep(time.Millisecond)
	}
	ts.Check(err)
	defer func() { ts.Check(unlock()) }()
	exits(ts, neg, args[2:])
}

// picture makes a PNG of so many pixels:
//
//	picture articles/dam.png 1200 800
func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: picture FILE WIDTH HEIGHT")
	}
	width, err := strconv.Atoi(args[1])
	ts.Check(err)
	height, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(errors.Join(png.Encode(f, image.NewGray(image.Rect(0, 0, width, height))), f.Close()))
}

// sample copies the sample articles of the project to a directory.
func sample(ts *testscript.TestScript, neg bool, args []string) {
	from, err := filepath.Abs(filepath.Join(projectRoot, "articles"))
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(from)))
}

// projectRoot is where the tests of this package find the project.
var projectRoot = func() string {
	wd, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Join(wd, "..", "..")
}()
