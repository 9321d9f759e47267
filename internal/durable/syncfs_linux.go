package durable

import (
	"os"
	"runtime"
	"syscall"
)

// syncfsCall is the number of syncfs(2) by architecture: package syscall's
// tables for amd64 and 386 are older than the call.
var syncfsCall = map[string]uintptr{
	"386":     344,
	"amd64":   306,
	"arm":     373,
	"arm64":   267,
	"loong64": 267,
	"ppc64":   348,
	"ppc64le": 348,
	"riscv64": 267,
	"s390x":   338,
}[runtime.GOARCH]

var canSyncFS = syncfsCall != 0

// syncFS makes durable all that was written to the file system of f.
func syncFS(f *os.File) error {
	_, _, errno := syscall.Syscall(syncfsCall, f.Fd(), 0, 0)
	runtime.KeepAlive(f)
	if errno != 0 {
		return &os.PathError{Op: "syncfs", Path: f.Name(), Err: errno}
	}
	return nil
}
