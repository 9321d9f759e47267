//go:build !linux

package library

import (
	"context"
	"os"
)

// listDisk reads the directory behind a descriptor, which it closes.
func listDisk(ctx context.Context, fd int, _ uint64) ([]name, uint64, error) {
	f := os.NewFile(uintptr(fd), ".")
	defer f.Close()
	names, err := listEntries(ctx, f)
	return names, 0, err
}
