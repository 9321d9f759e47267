//go:build !linux

package serve

import "net"

// hand takes nothing: it is written, and the connection ended, one after the other.
func hand(net.Conn, []byte) int { return 0 }

// tune leaves the options of a socket as the system has them.
func tune(net.Listener) {}
