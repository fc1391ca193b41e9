package loopback

import (
	"net"
	"net/http"
	"strconv"
)

// address is the address of every listener. It is written out because the name localhost may have another address, or
// none.
const address = "127.0.0.1"

// Listener is a guarded port of the loopback interface.
type Listener struct {
	listener net.Listener
}

// Listen listens on a port; 0 chooses a free one. The error of a busy port wraps syscall.EADDRINUSE.
func Listen(port int) (*Listener, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return &Listener{listener}, nil
}

// Port returns the port's number.
func (l *Listener) Port() int { return l.listener.Addr().(*net.TCPAddr).Port }

// Addr returns the address, such as 127.0.0.1:8080.
func (l *Listener) Addr() string { return l.listener.Addr().String() }

// URL returns the base URL, such as http://127.0.0.1:8080.
func (l *Listener) URL() string { return "http://" + l.Addr() }

// Origins returns the origins of the pages that it serves, by either name of this machine.
func (l *Listener) Origins() []string {
	return []string{l.URL(), "http://" + net.JoinHostPort(localNames[0], strconv.Itoa(l.Port()))}
}

// Serve runs the server behind the guard until the server is closed. It returns the server's error.
func (l *Listener) Serve(server *http.Server, guard Guard) error {
	server.Handler = guard.Wrap(server.Handler)
	return server.Serve(l.listener)
}

// Close frees the port.
func (l *Listener) Close() error { return l.listener.Close() }
