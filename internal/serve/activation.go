package serve

import (
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/coreos/go-systemd/v22/activation"
)

// Sockets are listeners that a service manager opened.
type Sockets struct {
	Public []net.Listener // for readers
	HTTP   []net.Listener // named "listen-http": redirects to HTTPS
	Admin  []net.Listener // named "admin"
}

// Close closes all. Closing twice is no error.
func (s Sockets) Close() error {
	var errs []error
	for _, l := range slices.Concat(s.Public, s.HTTP, s.Admin) {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Inherited returns the sockets that were passed to this process
// (sd_listen_fds(3)), none when there are none. A socket's name is the
// FileDescriptorName of its unit; those with other names than listen-http and
// admin are public. It is to be called once.
func Inherited() (Sockets, error) {
	var s Sockets
	var errs []error
	for name, files := range activation.FilesWithNames() {
		for _, file := range files {
			l, err := net.FileListener(file)
			err = errors.Join(err, file.Close()) // the listener has a copy
			if err != nil {
				errs = append(errs, fmt.Errorf("socket %q of the service manager: %w", name, err))
				continue
			}
			tune(l)
			switch name {
			case "listen-http":
				s.HTTP = append(s.HTTP, l)
			case "admin":
				s.Admin = append(s.Admin, l)
			default:
				s.Public = append(s.Public, l)
			}
		}
	}
	return s, errors.Join(errs...)
}
