//go:build !linux

package serve

import "net"

// tune leaves the options of a socket as the system has them.
func tune(net.Listener) {}
