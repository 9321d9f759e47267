//go:build !linux

package durable

import (
	"errors"
	"os"
)

// Elsewhere sync(2) does not wait, or not report; each file is synced.
const canSyncFS = false

func syncFS(*os.File) error { return errors.ErrUnsupported }
