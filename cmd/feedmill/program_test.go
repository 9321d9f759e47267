package main

import (
	"strings"
	"testing"
)

func TestTheProgramIsNamedByItsContents(t *testing.T) {
	if got := program(); strings.Count(got, "/") != 3 {
		t.Errorf("got %q, want a build ID of four parts", got)
	}
}
